//! The rule `unattributable-activity`: what is done as this user was done by one piece of software.
//!
//! It never reads the activity itself: Setup Audit Trail and the records' history stay in the org. Several apps are told by
//! `several-apps-on-one-user`: here they are never a pass.
use crate::rules::apps::several_apps_on_one_user;
use crate::rules::apps_in_use::{self, Directory, UNNAMED, Used};
use crate::classification::{divide, is_peoples_app};
use crate::text::{capitalized, counted, listed, times};
use crate::facts::{Apps, CheckSettings, Flow, Known, SignIns, Tokens, User};
use crate::rules::rule::{Finding, Outcome, declare_rule, unknown};
use crate::facts::subject::{SignInsBy, Subject};
use std::collections::BTreeMap;

declare_rule! {
    /// You can't tell who did what as this user
    ///
    /// ## Check
    /// Activity can be traced to one integration
    ///
    /// ## Why it matters
    /// Setup Audit Trail, field history and “Last Modified By” name a user. If people use this user too, or several
    /// programs do, that name doesn't answer the question: after an incident nobody can say who changed what, and an
    /// attack hides in normal activity.
    ///
    /// ## Fix
    /// Find out who logs in to the UI or with an admin tool and give them their own users. Then change the password and
    /// turn on API Only User. Give each program its own user. Then filter Setup Audit Trail and Login History by this
    /// user: what remains is the integration.
    ///
    /// ## Source
    /// Salesforce Help, "Give Integration Users API Only Access"
    /// <https://help.salesforce.com/s/articleView?id=platform.integration_user.htm>;
    /// Object Reference, SetupAuditTrail
    /// <https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_setupaudittrail.htm>;
    /// Lovalto, "Give each Salesforce integration its own user"
    /// <https://www.lovalto.com/blog/salesforce-integration-user-per-system/>
    "unattributable-activity", integration: Medium, person: None, check
}

fn check(
    user: &User,
    sign_ins: &SignIns,
    tokens: &Known<Tokens>,
    apps: &Known<Apps>,
    checks: &CheckSettings,
) -> Outcome {
    let mut findings = vec![];
    let (browser, last) = sign_ins.count(&[Flow::Browser]);
    if browser > 0 {
        let mut from: BTreeMap<String, u64> = BTreeMap::new();
        for row in sign_ins.successes() {
            if row.flow() == Flow::Browser && !row.source_ip.is_empty() {
                from.insert(row.source_ip.clone(), 1);
            }
        }
        let last = last.map(|last| format!(" (last on {last})")).unwrap_or_default();
        let mut evidence = vec![format!("{} in the last 6 months{last}.", counted(browser, "UI login"))];
        if !from.is_empty() {
            let shown: Vec<&str> = from.keys().map(String::as_str).take(5).collect();
            let more = from.len() - shown.len();
            let more = if more > 0 { format!(" and {more} more IP addresses") } else { String::new() };
            evidence.push(format!("From {}{more}.", if more.is_empty() { listed(&shown) } else { shown.join(", ") }));
        }
        findings.push(Finding::new(Subject::SignIns(SignInsBy::Browser), "People log in to the UI as this user", evidence));
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
            None => add("", UNNAMED.to_owned(), n),
        }
    }
    let lines = |all: &BTreeMap<String, u64>| {
        let mut lines: Vec<String> =
            all.iter().take(8).map(|(name, n)| format!("{} logged in {}.", capitalized(name), times(*n))).collect();
        let more = all.len().saturating_sub(8);
        if more > 0 {
            lines.push(format!("{more} more logged in too."));
        }
        lines
    };
    if !tools.is_empty() {
        findings.push(Finding::new(Subject::SignIns(SignInsBy::Tools), "Someone uses this user with an admin tool", lines(&tools)));
    }
    let signed_in: Vec<&Used> = used.iter().filter(|app| app.sign_ins > 0).collect();
    let may_be_one = apps_in_use::may_be_one(&signed_in, apps);
    let is_told = software.len() > 1
        && checks.is_on("several-apps-on-one-user")
        && several_apps_on_one_user::is_found(user, tokens, sign_ins, apps);
    if software.len() > 1 && !may_be_one && !is_told {
        let title = format!("{} programs use this user; their activity can't be told apart", software.len());
        findings.push(Finding::new(Subject::SignIns(SignInsBy::Programs), title, lines(&software)));
    }
    Outcome::of(findings, || {
        if is_told {
            return Outcome::not_applicable("Several apps use this user. See “One app per user”.");
        }
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
                Outcome::pass(format!("Only {name} logged in as this user in the last 6 months."))
            }
            None => Outcome::not_applicable("Nothing logged in as this user in the last 6 months."),
        }
    })
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
            name: "an app, and someone in the UI",
            facts: with(vec![erp(), sign_in("Application", "", "Browser")]),
            outcome: "finding",
        },
        Example {
            name: "an app, and Data Loader",
            facts: with(vec![erp(), sign_in("Remote Access 2.0", "OauthWebServer", "Dataloader Partner")]),
            outcome: "finding",
        },
        Example {
            name: "an app and a SOAP client, which another check reports",
            facts: with(vec![erp(), sign_in("Other Apex API", "", "N/A")]),
            outcome: "not-applicable",
        },
        Example {
            name: "a script's command line, and no UI login",
            facts: with(vec![sign_in("Remote Access 2.0", "OauthRefreshToken", "Salesforce CLI")]),
            outcome: "pass",
        },
        Example { name: "one app", facts: with(vec![erp()]), outcome: "pass" },
        Example { name: "a UI login that failed", facts: with(vec![erp(), failed]), outcome: "pass" },
        Example { name: "more logins than were read", facts: cut, outcome: "cannot-tell" },
        Example { name: "no login", facts: with(vec![]), outcome: "not-applicable" },
    ]
}
