//! The rule `several-apps-on-one-user`: one user per integration.
//!
//! It never counts the apps that people use themselves (the mobile app, Data Loader): they are no integration.

use crate::rules::apps_in_use::{self, Directory, Used};
use crate::classification::is_peoples_app;
use crate::text::listed;
use crate::facts::{Apps, Known, SignIns, Tokens, User};
use crate::salesforce::error::OrgError;
use crate::rules::rule::{Finding, Outcome, declare_rule, unknown};
use crate::facts::subject::{AppKey, Subject};

declare_rule! {
    /// Several apps sign in as the same user
    ///
    /// ## Check
    /// One app per user
    ///
    /// ## Why it matters
    /// What one of them does cannot be told from what another does; the user needs the permissions of all of them
    /// together; and when one is broken into, stopping it stops the others too.
    ///
    /// ## Fix
    /// Give each app a user of its own with the permissions that it needs, move them over one at a time, and revoke
    /// the tokens left behind here.
    ///
    /// ## Source
    /// Lovalto, "Give each Salesforce integration its own user"
    /// <https://www.lovalto.com/blog/salesforce-integration-user-per-system/>;
    /// Security Benchmark for Salesforce, SBS-ACS-009
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "several-apps-on-one-user", integration: High, person: None, check
}

fn check(
    user: &User,
    tokens: &Known<Tokens>,
    sign_ins: &Known<SignIns>,
    apps: &Known<Apps>,
) -> Outcome {
    let all = apps_in_use::apps(Directory::new(user, tokens, apps), sign_ins.known());
    // What is left of an app that was deleted signs in no more: `open-app` is about its tokens.
    let mut used: Vec<&Used> = all.iter().filter(|app| app.key != AppKey::Deleted).collect();
    let by_password = sign_ins.known().map(apps_in_use::by_password).unwrap_or_default();
    // People's tools are somebody's beside the integration; where nothing else signs in, they are the integration.
    let only_tools = used.iter().all(|app| is_peoples_app(&app.label))
        && by_password.keys().all(|name| name.is_some_and(is_peoples_app));
    let is_tool = |name: &str| !only_tools && is_peoples_app(name);
    used.retain(|app| !is_tool(&app.label));
    // A name that may be an earlier one of another app is no second app.
    let perhaps = used.iter().find(|app| app.perhaps.is_some()).and_then(|app| app.doubt());
    used.retain(|app| app.perhaps.is_none());
    let mut names: Vec<String> = used.iter().map(|app| app.shown.clone()).collect();
    let mut keys: Vec<AppKey> = used.iter().map(|app| app.key.clone()).collect();
    let mut evidence: Vec<String> = used.iter().map(|app| app.evidence()).collect();
    let mut unnamed = false;
    for (name, (n, _)) in by_password {
        match name {
            Some(name) if is_tool(name) || used.iter().any(|app| apps_in_use::is_called(app, name)) => {}
            Some(name) => {
                evidence.push(format!("“{name}” signed in {n}× with user name and password."));
                names.push(format!("“{name}”"));
                keys.push(AppKey::Name(name.to_owned()));
            }
            None => {
                unnamed = true;
                evidence
                    .push(format!("Software that gives no name signed in {n}× with user name and password."));
                names.push("one that gives no name".into());
            }
        }
    }
    if apps_in_use::may_be_one(&used, apps) {
        return unknown(apps);
    }
    if let [first, second, rest @ ..] = names.as_slice() {
        let title = match rest {
            [] => format!("Two apps sign in as this user: {first} and {second}"),
            _ if names.len() <= 4 => format!("{} apps sign in as this user: {}", names.len(), listed(&names)),
            _ => format!("{} apps sign in as this user, {first} and {second} among them", names.len()),
        };
        return Outcome::Findings(vec![Finding::new(Subject::Apps(keys), title, evidence)]);
    }
    if let Some(doubt) = apps_in_use::doubt(tokens, sign_ins, apps).or(perhaps) {
        return doubt;
    }
    match names.first() {
        None => Outcome::not_applicable(
            "No app holds a token for this user, and none signed in over the last six months.",
        ),
        Some(_) if unnamed => {
            let what = "which programs sign in with user name and password; they give no name".into();
            Outcome::CannotTell {
                missing: "the names of the programs that sign in".into(),
                why: OrgError::Unreadable { what },
            }
        }
        Some(name) => Outcome::pass(format!("Only {name} signs in as this user.")),
    }
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, sign_in, token};
    let with = |tokens: &[&str], sign_ins: Vec<_>| {
        let mut facts = facts();
        facts.tokens =
            Known::Is(Tokens { rows: tokens.iter().map(|app| token(app, 1)).collect(), cut: false });
        facts.sign_ins = Known::Is(SignIns { rows: sign_ins.into(), cut: false });
        facts
    };
    let erp = || sign_in("Remote Access 2.0", "OauthRefreshToken", "Acme ERP");
    let soap = || sign_in("Other Apex API", "", "N/A");
    let mut unread = with(&["Acme ERP", "Mailer"], vec![]);
    unread.sign_ins = Known::unavailable("the sign-in history", OrgError::Timeout);
    let mut half = with(&["Acme ERP"], vec![]);
    half.sign_ins = Known::unavailable("the sign-in history", OrgError::Timeout);
    vec![
        Example {
            name: "tokens of two apps",
            facts: with(&["Acme ERP", "Mailer"], vec![erp()]),
            outcome: "finding",
        },
        Example {
            name: "an app and a SOAP program",
            facts: with(&[], vec![erp(), soap()]),
            outcome: "finding",
        },
        Example { name: "tokens of two apps, sign-ins unread", facts: unread, outcome: "finding" },
        Example {
            name: "a token and sign-ins of one app",
            facts: with(&["Acme ERP"], vec![erp()]),
            outcome: "pass",
        },
        Example {
            name: "an app, and an admin's Data Loader",
            facts: with(&["Acme ERP", "Dataloader Bulk"], vec![erp()]),
            outcome: "pass",
        },
        Example {
            name: "a script's command line alone",
            facts: with(&["Salesforce CLI"], vec![sign_in("Remote Access 2.0", "OauthRefreshToken", "Salesforce CLI")]),
            outcome: "pass",
        },
        Example { name: "one app, sign-ins unread", facts: half, outcome: "cannot-tell" },
        Example {
            name: "SOAP programs, which give no name",
            facts: with(&[], vec![soap()]),
            outcome: "cannot-tell",
        },
        Example { name: "nobody signs in", facts: with(&[], vec![]), outcome: "not-applicable" },
    ]
}
