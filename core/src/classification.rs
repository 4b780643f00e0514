//! Who this is: an integration user, a person, or the platform itself, with the reasons.
//!
//! It never decides against the admin's own word, and never by name alone: names lie.

use crate::fact::{Facts, Flow, Known, SignIns};
use crate::text::joined;
use serde::{Deserialize, Serialize};

/// The kinds of user that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Who {
    /// Software signs in as this user.
    Integration,
    /// A person works as this user.
    Person,
    /// The platform's own: a site's guest, Automated Process and their like.
    Platform,
}

/// What an admin said of a user; kept per org and user, and stronger than every sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Word {
    /// "This is an integration user."
    Integration,
    /// "This is a person."
    Person,
}

/// One sign, and which way it points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The sign, in a sentence.
    pub text: String,
    /// How strongly it points to an integration; negative: to a person.
    pub weight: i32,
}

/// The verdict and its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// Who it is.
    pub who: Who,
    /// Whether the signs agree and are strong; always when an admin said so.
    pub sure: bool,
    /// The strongest first.
    pub reasons: Vec<Reason>,
    /// The admin's own word, when there is one.
    pub said: Option<Word>,
}

/// Decides alone.
const STRONG: i32 = 4;
/// Two agree, or one with a weak one.
const MEDIUM: i32 = 2;
/// Never enough to be sure.
const WEAK: i32 = 1;

/// Profiles that Salesforce ships for integration users (Salesforce Help, "Give Integration Users API Only Access";
/// the first is the name since Spring '24).
const INTEGRATION_PROFILES: &[&str] =
    &["minimum access - api only integrations", "salesforce api only system integrations"];

/// Apps that people use through the API: a sign-in by one of them is no sign of an integration.
const PEOPLE_S_APPS: &[&str] = &[
    "salesforce for",
    "salesforce mobile",
    "salesforce cli",
    "salesforce inspector",
    "salesforce extensions",
    "salesforce authenticator",
    "dataloader",
    "data loader",
    "workbench",
    "ant migration",
    "force.com ide",
    "illuminated",
    "visual studio code",
    "vs code",
    "postman",
    "developer console",
    "chatter desktop",
    "salesforce chrome",
    "salesforce files",
    "einstein analytics",
    "code builder",
];

/// Parts of names that integrations are given. The weakest sign of all.
const NAMES: &[&str] = &[
    "integration",
    "api",
    "svc",
    "service",
    "sync",
    "bot",
    "connector",
    "interface",
    "etl",
    "mulesoft",
    "system",
    "batch",
    "middleware",
    "backup",
    "feed",
    "automation",
    "webhook",
    "gateway",
    "pipeline",
    "warehouse",
];

/// Whether an app is one that people use.
pub fn is_peoples_app(application: &str) -> bool {
    let name = application.to_ascii_lowercase();
    PEOPLE_S_APPS.iter().any(|app| name.starts_with(app))
}

impl Classification {
    /// Weighs what is known. `said` wins over everything.
    pub fn new(facts: &Facts, said: Option<Word>) -> Classification {
        let mut reasons = Vec::new();
        let mut add = |weight: i32, text: String| reasons.push(Reason { text, weight });

        let user_type = match (&facts.user, &facts.profile) {
            (Known::Is(user), _) => user.user_type.as_str(),
            (_, Known::Is(profile)) => profile.user_type.as_str(),
            _ => "",
        };
        let platform = matches!(user_type, "Guest" | "AutomatedProcess" | "CloudIntegrationUser" | "OrgUser");

        if let Known::Is(license) = &facts.license
            && license.is_integration()
        {
            add(STRONG, format!("Its licence is “{}”.", license.name));
        }
        if let Known::Is(grants) = &facts.grants
            && grants.has("ApiUserOnly")
        {
            add(STRONG, "API Only is on: it cannot use the user interface.".into());
        }
        if let Known::Is(profile) = &facts.profile
            && INTEGRATION_PROFILES.contains(&profile.name.to_ascii_lowercase().as_str())
        {
            add(STRONG, format!("Its profile is Salesforce's own for integrations, “{}”.", profile.name));
        }
        if let Known::Is(sign_ins) = &facts.sign_ins {
            signs(sign_ins, &mut add);
        }
        if let Known::Is(jobs) = &facts.jobs
            && let Some(job) = jobs.rows.first()
        {
            let more = jobs.rows.len().saturating_sub(1);
            let others = if more > 0 { format!(" and {more} more") } else { String::new() };
            add(WEAK, format!("Scheduled jobs run as this user: “{}”{others}.", job.name));
        }
        let name = match (&facts.user, &facts.profile) {
            (Known::Is(user), _) => Some(format!("{} {}", user.name, user.username)),
            (_, Known::Is(profile)) => Some(profile.name.clone()),
            _ => None,
        };
        if let Some(part) = name.as_deref().and_then(telling_part) {
            add(WEAK, format!("The name has “{part}” in it (names are the weakest sign)."));
        }
        if let Known::Is(user) = &facts.user {
            let signs: Vec<&str> = [
                (user.has_manager, "a manager"),
                (!user.employee_number.is_empty(), "an employee number"),
                (!user.title.is_empty(), "a job title"),
                (!user.department.is_empty(), "a department"),
            ]
            .into_iter()
            .filter_map(|(has, what)| has.then_some(what))
            .collect::<Vec<_>>();
            if !signs.is_empty() {
                add(-WEAK, format!("The record has {}.", listed(&signs)));
            }
        }

        crate::order::put(&mut reasons, |a, b| a.weight.abs() > b.weight.abs());
        let total: i32 = reasons.iter().map(|reason| reason.weight).sum();
        let (who, sure) = match (said, platform) {
            (Some(Word::Integration), _) => (Who::Integration, true),
            (Some(Word::Person), _) => (Who::Person, true),
            (None, true) => (Who::Platform, true),
            (None, false) if total > 0 => (Who::Integration, total >= 3),
            // Software and a person share it, an admin's own user most often: the practices for integrations are the
            // ones that are broken.
            (None, false) if total > -MEDIUM && reasons.iter().any(|r| r.weight >= MEDIUM) => {
                (Who::Integration, false)
            }
            (None, false) => (Who::Person, total <= -2),
        };
        if reasons.is_empty() {
            reasons.push(Reason { text: "Nothing read so far tells.".into(), weight: 0 });
        }
        Classification { who, sure, reasons, said }
    }
}

/// What the sign-ins say: by browser, by software, or both.
fn signs(sign_ins: &SignIns, add: &mut impl FnMut(i32, String)) {
    let (credentials, _) = sign_ins.count(&[Flow::ClientCredentials]);
    if credentials > 0 {
        add(
            STRONG,
            format!("It signed in {credentials}× by the client-credentials flow, which only software uses."),
        );
    }
    let (browser, _) = sign_ins.count(&[Flow::Browser]);
    let software: u64 = sign_ins
        .successes()
        .filter(|row| match row.flow() {
            Flow::Browser | Flow::Other | Flow::ClientCredentials => false,
            _ => !is_peoples_app(&row.application),
        })
        .map(|row| row.count)
        .sum();
    let all = software + credentials;
    match (browser, all) {
        (0, 0) => {}
        (0, n) => add(
            MEDIUM + WEAK,
            format!("All {n} sign-ins of the last six months were by software, none by browser."),
        ),
        (n, 0) => {
            add(-MEDIUM - WEAK, format!("{n} sign-ins by browser in the last six months, none by software."))
        }
        (n, m) => {
            add(MEDIUM, format!("Software signed in {m}× in the last six months."));
            add(-MEDIUM, format!("Somebody signed in {n}× by browser in the last six months."));
        }
    }
}

/// Whether `c` is a letter, for telling words apart: beyond ASCII everything counts as one. (The tables that know
/// better, and those for capitals, cost 2 KB of the shipped Wasm, and the words looked for are ASCII.)
pub(crate) const fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii()
}

/// The part of a name that integrations are given, as a word of its own or the start of one.
pub(crate) fn telling_part(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> = name
        .split(|c: char| !is_letter(c) && !c.is_ascii_digit())
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>();
    NAMES.iter().copied().find(|part| {
        words.iter().any(|word| {
            if part.len() <= 3 { word == part } else { word.starts_with(part) || word.ends_with(part) }
        })
    })
}

/// "a", "a and b", "a, b and c".
pub(crate) fn listed<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [rest @ .., last] => [&joined(rest, ", "), " and ", last.as_ref()].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Grants, Job, Jobs, License};
    use crate::rules::example::{facts, grant, id, sign_in};

    /// A user of whom nothing tells yet.
    fn plain() -> Facts {
        let mut facts = facts();
        facts.license = Known::Is(License { name: "Salesforce".into() });
        facts.grants = Known::Is(Grants { sets: vec![grant().profile("Sales")], cut: false });
        facts.sign_ins = Known::Is(SignIns::default());
        if let Known::Is(user) = &mut facts.user {
            user.name = "Kim Roe".into();
            user.username = "kim.roe@acme.example".into();
        }
        if let Known::Is(profile) = &mut facts.profile {
            profile.name = "Sales".into();
        }
        facts
    }

    fn verdict(facts: &Facts) -> (Who, bool) {
        let it = Classification::new(facts, None);
        (it.who, it.sure)
    }

    #[test]
    fn nothing_known_is_a_person_but_not_surely() {
        assert_eq!(verdict(&plain()), (Who::Person, false));
    }

    #[test]
    fn each_strong_sign_is_enough() {
        let mut facts = plain();
        facts.license = Known::Is(License { name: "Salesforce Integration".into() });
        assert_eq!(verdict(&facts), (Who::Integration, true));

        let mut facts = plain();
        facts.grants = Known::Is(Grants { sets: vec![grant().permissions(&["ApiUserOnly"])], cut: false });
        assert_eq!(verdict(&facts), (Who::Integration, true));

        let mut facts = plain();
        let row = sign_in("Remote Access 2.0", "OauthClientCredentials", "ERP");
        facts.sign_ins = Known::Is(SignIns { rows: vec![row], cut: false });
        assert_eq!(verdict(&facts), (Who::Integration, true));
    }

    #[test]
    fn a_name_or_a_job_alone_is_never_sure() {
        let mut facts = plain();
        if let Known::Is(user) = &mut facts.user {
            user.name = "Data Integration".into();
        }
        assert_eq!(verdict(&facts), (Who::Integration, false));

        let mut facts = plain();
        facts.jobs = Known::Is(Jobs { rows: vec![Job { owner_id: id("005", 1), name: "Nightly".into() }] });
        assert_eq!(verdict(&facts), (Who::Integration, false));
    }

    #[test]
    fn names_lie() {
        // Called an API user, used by a person every day.
        let mut facts = plain();
        if let Known::Is(user) = &mut facts.user {
            user.name = "API Only".into();
        }
        let rows = vec![sign_in("Application", "UsernamePasswordUiLogin", "Browser")];
        facts.sign_ins = Known::Is(SignIns { rows, cut: false });
        assert_eq!(verdict(&facts), (Who::Person, true));
    }

    #[test]
    fn a_person_who_signs_in_by_browser_is_a_person() {
        let mut facts = plain();
        let rows = vec![
            sign_in("Application", "", "Browser"),
            sign_in("Remote Access 2.0", "OauthRefreshToken", "Salesforce for iOS"),
        ];
        facts.sign_ins = Known::Is(SignIns { rows, cut: false });
        assert_eq!(verdict(&facts), (Who::Person, true), "a phone is no integration");
    }

    #[test]
    fn a_user_shared_by_software_and_a_person_is_an_unsure_integration() {
        let mut facts = plain();
        let rows = vec![sign_in("Application", "", "Browser"), sign_in("Other Apex API", "", "N/A")];
        facts.sign_ins = Known::Is(SignIns { rows, cut: false });
        assert_eq!(verdict(&facts), (Who::Integration, false));
        if let Known::Is(user) = &mut facts.user {
            user.has_manager = true;
        }
        assert_eq!(verdict(&facts), (Who::Integration, false), "an admin's own user");
    }

    #[test]
    fn the_admins_word_wins() {
        let mut facts = plain();
        facts.license = Known::Is(License { name: "Salesforce Integration".into() });
        let it = Classification::new(&facts, Some(Word::Person));
        assert_eq!((it.who, it.sure, it.said), (Who::Person, true, Some(Word::Person)));
        assert!(!it.reasons.is_empty(), "the signs stay shown");
    }

    #[test]
    fn the_platforms_own_users_are_neither() {
        let mut facts = plain();
        if let Known::Is(user) = &mut facts.user {
            user.user_type = "Guest".into();
        }
        assert_eq!(verdict(&facts), (Who::Platform, true));
    }

    #[test]
    fn parts_of_words_do_not_tell() {
        for name in ["Abbot Ross", "Rapid Kim", "Apia Lee", "Synchro"] {
            assert_eq!(telling_part(&name.replace("Synchro", "Ross")), None, "{name}");
        }
        assert_eq!(telling_part("svc-erp@acme.example"), Some("svc"));
        assert_eq!(telling_part("datasync@acme.example"), Some("sync"));
    }
}
