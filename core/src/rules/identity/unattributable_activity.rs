//! The rule `unattributable-activity`: what is done as this user was done by one piece of software.
//!
//! It never reads the activity itself: the set-up audit trail and the records' history stay in the org.
use crate::rules::apps_in_use::{self, Directory, Used};
use crate::classification::{divide, is_peoples_app};
use crate::text::listed;
use crate::facts::{Apps, Flow, Known, SignIns, Tokens, User};
use crate::rules::rule::{Finding, Outcome, declare_rule, unknown};
use crate::facts::subject::{SignInsBy, Subject};
use std::collections::BTreeMap;

declare_rule! {
    /// What is done as this user cannot be traced to one integration
    ///
    /// ## Check
    /// Activity can be traced to one integration
    ///
    /// ## Why it matters
    /// The set-up audit trail, field history and “Last Modified By” name a user. If people work as this user too, or
    /// several programs do, that name answers no question: after an incident nobody can say who changed what, and
    /// normal work hides what is not.
    ///
    /// ## Fix
    /// Find out who signs in by browser or with a tool for people, give them users of their own, then change the
    /// password and switch on API Only. Give each program its own user. Then filter the audit trail and the login
    /// history by this user: all that is left is the integration.
    ///
    /// ## Source
    /// Lovalto, "Give each Salesforce integration its own user"
    /// <https://www.lovalto.com/blog/salesforce-integration-user-per-system/>;
    /// Object Reference, SetupAuditTrail
    /// <https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_setupaudittrail.htm>
    "unattributable-activity", integration: Medium, person: None, check
}

fn check(user: &User, sign_ins: &SignIns, tokens: &Known<Tokens>, apps: &Known<Apps>) -> Outcome {
    let mut findings = vec![];
    let (browser, last) = sign_ins.count(&[Flow::Browser]);
    if browser > 0 {
        let mut from: BTreeMap<String, u64> = BTreeMap::new();
        for row in sign_ins.successes() {
            if row.flow() == Flow::Browser && !row.source_ip.is_empty() {
                from.insert(row.source_ip.clone(), 1);
            }
        }
        let last = last.map(|last| format!(", the last on {last}")).unwrap_or_default();
        let mut evidence = vec![format!("{browser} sign-ins by browser in the last six months{last}.")];
        if !from.is_empty() {
            let shown: Vec<&str> = from.keys().map(String::as_str).take(5).collect();
            let more = from.len() - shown.len();
            let more = if more > 0 { format!(", and {more} more addresses") } else { String::new() };
            evidence.push(format!("They came from {}{more}.", listed(&shown)));
        }
        findings.push(Finding::new(Subject::SignIns(SignInsBy::Browser), "People sign in as this user by browser", evidence));
    }

    let used = apps_in_use::apps(Directory::new(user, tokens, apps), Some(sign_ins));
    let doubt = used.iter().find(|app| app.perhaps.is_some()).and_then(Used::doubt);
    let (mut tools, mut software) = (BTreeMap::new(), BTreeMap::new());
    // A tool is somebody's beside a browser; without one it is a script's.
    let people = divide(sign_ins).by_people > 0;
    let mut add = |label: &str, shown: String, n: u64| {
        let tool = people && is_peoples_app(label);
        let all: &mut BTreeMap<String, u64> = if tool { &mut tools } else { &mut software };
        let count = all.entry(shown).or_default();
        *count = count.saturating_add(n);
    };
    for app in used.iter().filter(|app| app.sign_ins > 0 && app.perhaps.is_none()) {
        add(&app.label, app.shown.clone(), app.sign_ins);
    }
    for (name, (n, _)) in apps_in_use::by_password(sign_ins) {
        match name {
            Some(name) => {
                let app = used.iter().find(|app| apps_in_use::is_called(app, name));
                add(name, app.map_or_else(|| format!("“{name}”"), |app| app.shown.clone()), n);
            }
            None => add("", NAMELESS.to_owned(), n),
        }
    }
    let lines = |all: &BTreeMap<String, u64>| {
        let mut lines: Vec<String> =
            all.iter().take(8).map(|(name, n)| format!("{} signed in {n}×.", capitalized(name))).collect();
        let more = all.len().saturating_sub(8);
        if more > 0 {
            lines.push(format!("And {more} more."));
        }
        lines
    };
    if !tools.is_empty() {
        findings.push(Finding::new(Subject::SignIns(SignInsBy::Tools), "Somebody works as this user with a tool made for people", lines(&tools)));
    }
    let signed_in: Vec<&Used> = used.iter().filter(|app| app.sign_ins > 0).collect();
    let may_be_one = apps_in_use::may_be_one(&signed_in, apps);
    if software.len() > 1 && !may_be_one {
        let title = format!("{} programs act as this user, and what each does looks alike", software.len());
        findings.push(Finding::new(Subject::SignIns(SignInsBy::Programs), title, lines(&software)));
    }
    Outcome::of(findings, || {
        if let Some(doubt) = apps_in_use::cut(sign_ins).or(doubt) {
            return doubt;
        }
        if may_be_one || apps.known().is_none() {
            return unknown(apps);
        }
        if tokens.known().is_none() {
            return unknown(tokens);
        }
        match software.keys().next() {
            Some(name) => {
                Outcome::pass(format!("Only {} signed in as this user in the last six months.", name))
            }
            None => Outcome::not_applicable("Nothing signed in as this user in the last six months."),
        }
    })
}

const NAMELESS: &str = "software that gives no name";

fn capitalized(name: &str) -> String {
    if name == NAMELESS { "Software that gives no name".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, sign_in};
    use crate::facts::Known;
    let with = |rows: Vec<_>| {
        let mut facts = facts();
        facts.sign_ins = Known::Is(SignIns { rows: rows.into(), cut: false });
        facts
    };
    let erp = || sign_in("Remote Access 2.0", "OauthClientCredentials", "Acme ERP");
    let mut failed = sign_in("Application", "", "Browser");
    failed.status = "Invalid Password".into();
    let mut cut = with(vec![erp()]);
    cut.sign_ins = Known::Is(SignIns { rows: vec![erp()].into(), cut: true });
    vec![
        Example {
            name: "an app, and somebody by browser",
            facts: with(vec![erp(), sign_in("Application", "", "Browser")]),
            outcome: "finding",
        },
        Example {
            name: "an app, and Data Loader",
            facts: with(vec![erp(), sign_in("Remote Access 2.0", "OauthWebServer", "Dataloader Partner")]),
            outcome: "finding",
        },
        Example {
            name: "an app and a SOAP program",
            facts: with(vec![erp(), sign_in("Other Apex API", "", "N/A")]),
            outcome: "finding",
        },
        Example {
            name: "a script's command line, and nobody by browser",
            facts: with(vec![sign_in("Remote Access 2.0", "OauthRefreshToken", "Salesforce CLI")]),
            outcome: "pass",
        },
        Example { name: "one app", facts: with(vec![erp()]), outcome: "pass" },
        Example { name: "a browser that was refused", facts: with(vec![erp(), failed]), outcome: "pass" },
        Example { name: "more sign-ins than were read", facts: cut, outcome: "cannot-tell" },
        Example { name: "nobody", facts: with(vec![]), outcome: "not-applicable" },
    ]
}
