//! Words in names of users, profiles and mailboxes: what integrations are called, in the languages of Salesforce's users.
//!
//! It never looks at a part of a word, unless the word is put together of two that it knows, or the language writes
//! without spaces. What it finds is the weakest sign of all: names lie.

use std::borrow::Cow;

/// Words that say "software" by themselves, without accents. People's family names and teams are in [`UNSURE`].
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "airbyte", "api", "apis", "boomi", "celigo", "cicd", "connector", "connectors", "cron", "daemon",
    "elt", "esb", "etl", "fivetran", "iface", "informatica", "interface", "interfaces", "ipaas",
    "jitterbit", "middleware", "mulesoft", "rpa", "snaplogic", "svc", "sync", "synch", "syncs", "talend",
    "uipath", "webhook", "webhooks", "workato", "zapier",
];

/// Beginnings of words that say so, whatever ending the language gives them.
const TELLING_STEMS: &[&str] = &[
    // English, German, French, Swedish, Danish; Dutch; Norwegian; Finnish; Indonesian; Turkish.
    "integration",
    "integratie",
    "integrasjon",
    "integraatio",
    "integrasi",
    "entegrasyon",
    // Spanish, Portuguese, Polish, Czech, Slovak, Croatian, Hungarian, Catalan; Italian; Romanian.
    "integrac",
    "integrazion",
    "integrari",
    "schnittstelle",
    "anbindung",
    "koppeling",
    "passerelle",
    "interfaz",
    "interfac",
    "interfejs",
    "rozhrani",
    "rajapinta",
    "granssnitt",
    "graenseflade",
    "grensesnitt",
    "arayuz",
    "conector",
    "connecteur",
    "connettor",
    "konnektor",
    "konektor",
    "synchroniz",
    "synchronis",
    "sincroniz",
    "sincronis",
    "synkronis",
    "synkroniser",
    "интеграц",
    "інтеграц",
    "интеграци",
    "обмен",
    "обмін",
    "синхрониз",
    "синхроніз",
    "шлюз",
    "διασυνδεσ",
    "ממשק",
    "אינטגרצי",
    "تكامل",
];

/// Ends of words that are put together without a space.
const TELLING_ENDS: &[&str] = &[
    "integration",
    "integrations",
    "integratie",
    "integrasjon",
    "schnittstelle",
    "schnittstellen",
    "anbindung",
    "koppeling",
    "middleware",
    "connector",
    "webhook",
    "synchronisation",
];

/// In languages that are written without spaces, wherever they stand.
#[rustfmt::skip]
const TELLING_INSIDE: &[&str] = &[
    "連携", "連係", "同期", "インターフェース", "インタフェース", "インターフェイス", "インテグレーション", "バッチ", "接口", "集成", "对接", "對接", "介接",
    "介面", "整合", "中间件", "연동", "연계", "인터페이스",
];

/// Short words that often stand in one with another: "datasync", "sapapi", "svcerp".
const JOINED: &[&str] = &["sync", "api", "svc", "etl", "bot", "interface", "feed", "batch"];

/// Words of software that are family names, teams or tasks of people too: they say something only beside a second one.
#[rustfmt::skip]
const UNSURE: &[&str] = &[
    "adapter", "automation", "automations", "backup", "backups", "batch", "batches", "bot", "bots",
    "bridge", "data", "dataloader", "deploy", "deployer", "deployment", "dispatcher", "export", "exporter",
    "exports", "feed", "feeder", "feeds", "flux", "gateway", "gateways", "import", "importer", "imports",
    "job", "jobs", "listener", "loader", "logger", "migration", "monitoring", "pipeline", "pipelines",
    "poller", "process", "processor", "pull", "push", "release", "replication", "replicator", "robot",
    "robots", "scheduler", "server", "service", "services", "stream", "system", "systeme", "systems",
    "sistema", "upload", "uploader", "uploads", "warehouse", "worker",
];

/// Names of systems and of technical things.
#[rustfmt::skip]
const SYSTEMS: &[&str] = &[
    "aws", "azure", "background", "bigquery", "bulk", "ci", "cli", "crm", "databricks", "db", "dwh", "edi",
    "erp", "ftp", "gcp", "github", "gitlab", "hubspot", "jenkins", "jira", "jwt", "kafka", "ldap",
    "looker", "magento", "marketo", "navision", "netsuite", "nightly", "oauth", "odoo", "okta", "oracle",
    "pardot", "powerbi", "prod", "redshift", "rest", "salesforce", "sandbox", "sap", "scim", "servicenow",
    "sf", "sfdc", "sftp", "sharepoint", "shopify", "snowflake", "soap", "splunk", "sql", "staging",
    "stripe", "tableau", "uat", "web", "workday", "zuora",
];

/// What such systems carry. A user called "Order Feed" is software; a profile called so may be its people's.
#[rustfmt::skip]
const CARGO: &[&str] = &[
    "account", "accounts", "asset", "assets", "billing", "catalog", "contract", "contracts", "finance",
    "hr", "inventory", "invoice", "invoices", "lead", "leads", "marketing", "order", "orders", "payment",
    "payments", "payroll", "price", "prices", "pricing", "product", "products", "quote", "quotes",
    "reporting", "shipping", "stock",
];

/// What people are: "Integration Manager" and "API Developer" are jobs.
#[rustfmt::skip]
const ROLES: &[&str] = &[
    "agent", "agents", "analyst", "analysts", "architect", "architects", "clerk", "consultant",
    "consultants", "coordinator", "developer", "developers", "director", "engineer", "engineers",
    "manager", "managers", "rep", "representative", "representatives", "reps", "specialist", "specialists",
    "supervisor", "supervisors", "technician", "technicians", "tester", "testers", "trainer", "entwickler",
    "berater", "leiter", "desarrollador", "developpeur",
];

/// What titles of people have in them besides.
#[rustfmt::skip]
const RANKS: &[&str] = &[
    "accountant", "administrator", "assistant", "associate", "buyer", "ceo", "cfo", "chief", "cio",
    "controller", "cto", "executive", "head", "intern", "lead", "leader", "officer", "partner",
    "president", "secretary", "vp",
];

/// What makes "service" a technical word: "Customer Service", "Service Desk" and "Service Cloud" are for people.
const OF_A_SERVICE: &[&str] =
    &["account", "acct", "background", "batch", "erp", "nightly", "sap", "web", "windows"];

/// Words that "user" makes software of when it stands beside them: "Batch User". "Service User" and "System User" are what
/// people's profiles are called.
const USED: &[&str] = &[
    "automation",
    "backup",
    "batch",
    "bot",
    "deployment",
    "export",
    "gateway",
    "import",
    "migration",
    "robot",
    "upload",
];

/// Words that mailboxes of teams and systems have, beside those above.
#[rustfmt::skip]
const SHARED: &[&str] = &[
    "accounts", "acct", "admin", "admins", "alert", "alerts", "analytics", "app", "apps", "billing",
    "build", "business", "cloud", "contact", "customer", "customers", "dev", "kunden", "devops", "email",
    "finance", "help", "helpdesk", "hello", "hr", "info", "int", "it", "itsm", "mail", "mailer",
    "marketing", "notifications", "no", "noreply", "office", "ops", "operations", "payroll", "platform",
    "portal", "production", "project", "qa", "reply", "reporting", "sales", "security", "shared", "sso",
    "stage", "support", "team", "tech", "test", "tool", "tools", "user", "users", "website",
];

/// Of the words that say little alone, those that are family names: they make a mailbox a system's only where all of
/// its words are such.
const FAMILY_NAMES: &[&str] =
    &["batch", "bot", "bridge", "bridges", "feeder", "job", "jobs", "process", "worker"];

/// Of those, the ones that people have for a first name: before what looks like a family name they say nothing.
const FIRST_NAMES: &[&str] = &["dev", "no", "int", "hello", "tech"];

/// Letters and what they are without their marks.
const MARKS: &[(&str, &str)] = &[
    ("a", "àáâãäåāăąǎạảấầẩẫậắằẳẵặ"),
    ("ae", "æǽ"),
    ("c", "çćĉċč"),
    ("d", "ðďđ"),
    ("e", "èéêëēĕėęěẹẻẽếềểễệ"),
    ("g", "ĝğġģ"),
    ("h", "ĥħ"),
    ("i", "ìíîïĩīĭįıỉị"),
    ("j", "ĵ"),
    ("k", "ķ"),
    ("l", "ĺļľŀł"),
    ("n", "ñńņňŉ"),
    ("o", "òóôõöøōŏőơọỏốồổỗộớờởỡợ"),
    ("oe", "œ"),
    ("r", "ŕŗř"),
    ("s", "śŝşšș"),
    ("ss", "ß"),
    ("t", "ţťŧț"),
    ("th", "þ"),
    ("u", "ùúûüũūŭůűųưụủứừửữự"),
    ("w", "ŵ"),
    ("y", "ýÿŷỳỵỷỹ"),
    ("z", "źżž"),
    // Greek, as far as the words above need it.
    ("α", "ά"),
    ("ε", "έ"),
    ("η", "ή"),
    ("ι", "ίϊΐ"),
    ("ο", "ό"),
    ("υ", "ύϋΰ"),
    ("ω", "ώ"),
];

/// The letters that an address often writes as two: Jürgen Müller is jmueller, Bjørn Åse is baase.
const AS_TWO: &[(char, &str)] = &[('ä', "ae"), ('ö', "oe"), ('ü', "ue"), ('å', "aa"), ('ø', "oe")];

/// Whether a character is a mark over the letter before it (Unicode, "Combining Diacritical Marks").
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Small letters as Unicode has them, without accents: "Intégration" is "integration".
pub(crate) fn folded(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase).filter(|c| !is_mark(*c)) {
        match MARKS.iter().find(|(_, marked)| !c.is_ascii() && marked.contains(c)) {
            Some((plain, _)) => all.push_str(plain),
            None => all.push(c),
        }
    }
    all
}

/// The same with ü as "ue" and its like. A mark that stands by itself is first put onto its letter.
pub(crate) fn folded_as_two(text: &str) -> String {
    let text = text.to_lowercase().replace("a\u{308}", "ä").replace("o\u{308}", "ö");
    let text = text.replace("u\u{308}", "ü").replace("a\u{30a}", "å");
    let mut all = String::with_capacity(text.len());
    for c in text.chars() {
        match AS_TWO.iter().find(|(own, _)| *own == c) {
            Some((_, two)) => all.push_str(two),
            None => all.push(c),
        }
    }
    folded(&all)
}

/// The words of a text as they stand there: split where no letter, digit or mark is, and, where `camel` says so, where
/// a capital follows a small letter ("ErpSync").
fn raw_words(text: &str, camel: bool) -> Vec<&str> {
    let mut words = vec![];
    let (mut start, mut before) = (0, ' ');
    for (at, c) in text.char_indices() {
        let inside = c.is_alphanumeric() || is_mark(c);
        if !inside || camel && before.is_lowercase() && c.is_uppercase() {
            words.extend(text.get(start..at).filter(|word| !word.is_empty()));
            start = if inside { at } else { at + c.len_utf8() };
        }
        before = c;
    }
    words.extend(text.get(start..).filter(|word| !word.is_empty()));
    words
}

/// The words of a text, folded, without digits at their ends ("bridge2" is "bridge").
pub(crate) fn words(text: &str) -> Vec<String> {
    raw_words(text, true).into_iter().map(plain).filter(|word| !word.is_empty()).collect()
}

fn plain(word: &str) -> String {
    folded(word.trim_matches(char::is_numeric))
}

/// Whether a word says "software" by itself.
fn tells(word: &str) -> bool {
    TELLING.contains(&word)
        || TELLING_STEMS.iter().any(|stem| word.starts_with(stem))
        || TELLING_ENDS.iter().any(|end| word.ends_with(end))
        || TELLING_INSIDE.iter().any(|part| word.contains(part))
        || JOINED.iter().any(|part| {
            let rest = word.strip_suffix(part).or_else(|| word.strip_prefix(part));
            rest.is_some_and(|rest| is_technical(rest) || CARGO.contains(&rest) || rest == "user")
        })
}

fn is_technical(word: &str) -> bool {
    UNSURE.contains(&word) || SYSTEMS.contains(&word) || TELLING.contains(&word)
}

/// What a name is the name of: the same words mean less on a profile, which is called after the work of its people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameOf {
    /// A user's name, or what stands before the `@` of its user name.
    User,
    /// A profile's name.
    Profile,
}

/// The word, or the words, of a name that integrations are given, as they are written there.
pub(crate) fn telling(name: &str, of: NameOf) -> Option<Cow<'_, str>> {
    let split = |camel| raw_words(name, camel).into_iter().map(|raw| (raw, plain(raw))).collect::<Vec<_>>();
    let all: Vec<(&str, String)> = split(true);
    let has = |list: &[&str]| all.iter().any(|(_, word)| list.contains(&word.as_str()));
    if has(ROLES) {
        return None;
    }
    // "MuleSoft" is one word, "ErpSync" two.
    if let Some((raw, _)) = all.iter().chain(&split(false)).find(|(_, word)| tells(word)) {
        return Some(Cow::Borrowed(raw));
    }
    // "Nightly Batch", "SAP Gateway", "Order Feed": two words that mean little alone.
    for (at, (raw, word)) in all.iter().enumerate().filter(|(_, (_, word))| UNSURE.contains(&word.as_str())) {
        let beside = |other: &str| match (word.as_str(), of) {
            ("service" | "services", NameOf::User) => OF_A_SERVICE.contains(&other),
            ("service" | "services", NameOf::Profile) => other == "account",
            (own, NameOf::User) if other == "user" => USED.contains(&own),
            (_, NameOf::User) => other != word && (is_technical(other) || CARGO.contains(&other)),
            (_, NameOf::Profile) => {
                other != word && is_technical(other) && !matches!(other, "service" | "services")
            }
        };
        let near = |other: usize, word: &str| other != at && (word != "user" || other.abs_diff(at) == 1);
        let second = all.iter().enumerate().find(|(other, (_, word))| near(*other, word) && beside(word));
        if let Some((other, (second, _))) = second {
            let (first, then) = if at < other { (raw, second) } else { (second, raw) };
            return Some(Cow::Owned(format!("{first} {then}")));
        }
    }
    None
}

/// Whether a word belongs to a system, to what it carries, to a team or to a job.
fn is_impersonal(word: &str) -> bool {
    is_technical(word) || [CARGO, SHARED, ROLES].iter().any(|list| list.contains(&word))
}

/// Whether a name or mailbox is a system's or a team's: a word that says so stands in it, and not for a person's first
/// name, as in "Dev Patel", or their family name, as in "Ann Price".
pub(crate) fn is_of_a_system(text: &str) -> bool {
    let all = words(text);
    if all.iter().any(|word| tells(word)) || all.iter().all(|word| is_impersonal(word)) {
        return !all.is_empty();
    }
    let all = match all.as_slice() {
        [first, rest @ ..] if FIRST_NAMES.contains(&first.as_str()) => rest,
        all => all,
    };
    all.iter().any(|word| {
        let word = word.as_str();
        let carried = CARGO.contains(&word) && !SHARED.contains(&word);
        is_impersonal(word) && !carried && !FAMILY_NAMES.contains(&word)
    })
}

/// Whether a user's name is a system's or a team's: "Acme ERP", "Customer Support", but not "Lena Service".
pub(crate) fn is_a_system_s_name(name: &str) -> bool {
    let all = words(name);
    telling(name, NameOf::User).is_some()
        || all.iter().any(|word| SYSTEMS.contains(&word.as_str()))
        || all.iter().all(|word| is_impersonal(word))
}

/// Whether a job title is no person's: "Service account", "Integration", "IT".
pub(crate) fn is_no_person_s_title(title: &str) -> bool {
    let all = words(title);
    let of_a_person = |word: &String| ROLES.contains(&word.as_str()) || RANKS.contains(&word.as_str());
    !all.iter().any(of_a_person) && all.iter().any(|word| tells(word) || is_impersonal(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> Option<String> {
        telling(name, NameOf::User).map(Cow::into_owned)
    }

    #[test]
    fn letters_are_small_as_unicode_has_it_and_without_accents() {
        assert_eq!(folded("INTÉGRATION Łódź ĞŞİ"), "integration lodz gsi");
        assert_eq!(folded("Jose\u{301} Garci\u{301}a"), "jose garcia", "marks that stand by themselves");
        assert_eq!(folded_as_two("Jürgen Müller"), "juergen mueller");
        assert_eq!(folded_as_two("Mu\u{308}ller"), "mueller");
        assert_eq!(words("d'intégration—API_v2 «x»"), ["d", "integration", "api", "v", "x"]);
        assert_eq!(words("ErpSync renkei01"), ["erp", "sync", "renkei"]);
    }

    #[test]
    fn words_that_tell_in_the_languages_of_users() {
        #[rustfmt::skip]
        let names = [
            "SAP Integration", "Utilisateur d'intégration", "Usuario Integración",
            "Usuário de Integração", "Utente Integrazione", "Schnittstelle SAP", "SAP-Schnittstellen",
            "Auftragsschnittstelle", "連携用 システム", "データ連携実行ユーザ", "Обмен 1С", "Интеграция 1С", "接口 用户",
            "集成用户", "ERP 연동", "Integratie Gebruiker", "Integracja SAP", "Integrační uživatel",
            "Entegrasyon Kullanıcısı", "INTEGRATION", "svc-erp", "datasync", "ErpSync",
            "erpintegration", "api.user", "Lead Sync",
        ];
        for name in names {
            assert!(user(name).is_some(), "{name}");
        }
    }

    #[test]
    fn two_words_that_mean_little_alone() {
        #[rustfmt::skip]
        let names = [
            "Nightly Batch", "SAP Gateway", "Order Feed", "Service Account", "Batch User",
            "Automation User", "Data Warehouse", "Nightly Jobs", "Old Loader Job", "Payment Gateway",
            "Price Upload", "ERP Feed", "Kafka Bridge2", "Release Deployment", "Web Service",
        ];
        for name in names {
            assert!(user(name).is_some(), "{name}");
        }
        assert_eq!(user("My Nightly SAP Batch").as_deref(), Some("Nightly Batch"), "as they are written");
    }

    #[test]
    fn people_teams_and_parts_of_words_do_not_tell() {
        #[rustfmt::skip]
        let names = [
            "Amy Batchelor", "Tom Feeder", "Lena Service", "Ann Gateway", "Kim Data", "Anna Bot",
            "Paul System", "Abbot Ross", "Rapid Kim", "Apia Lee", "Ross", "Dev Patel", "No Tran",
            "Feedback Team", "Customer Service", "Service Desk", "Service Agent",
            "Integration Manager", "API Developer", "System Administrator", "Service User",
            "System User", "User of System Administrator", "User of Lightning Service User", "佐藤 健",
            "システム管理者", "王小明", "Иван Петров", "Sinclair Sinc", "Thapa Apinya", "Systemadministrator",
        ];
        for name in names {
            assert_eq!(user(name), None, "{name}");
        }
    }

    #[test]
    fn profiles_are_called_after_the_work_of_their_people() {
        #[rustfmt::skip]
        let names = [
            "Service Agent", "Customer Service", "Service User", "Lightning Service User",
            "Service Supervisor", "GSA System User", "System Administrator", "Warehouse User",
            "Marketing Automation", "Data Services", "Billing User", "Field Service Technician",
            "Premier Support User", "Order Service", "Service Cloud",
        ];
        for name in names {
            assert_eq!(telling(name, NameOf::Profile), None, "{name}");
        }
        for name in [
            "ERP Integration",
            "API Only",
            "Integration User",
            "Service Account",
            "Data Warehouse",
            "MuleSoft",
        ] {
            assert!(telling(name, NameOf::Profile).is_some(), "{name}");
        }
    }
}
