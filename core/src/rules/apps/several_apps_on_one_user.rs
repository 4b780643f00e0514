//! The rule `several-apps-on-one-user`: one user per integration.
//!
//! It never counts the apps that people use themselves (the mobile app, Data Loader): they are no integration.

use crate::rules::apps_in_use::{self, Directory, Used};
use crate::classification::is_peoples_app;
use crate::text::{capitalized, times};
use crate::facts::{Apps, Known, SignIns, Tokens, User};
use crate::salesforce::error::OrgError;
use crate::rules::rule::{Finding, Outcome, declare_rule, unknown};
use crate::facts::subject::{AppKey, Subject};

declare_rule! {
    /// Several apps share this user
    ///
    /// ## Check
    /// One app per user
    ///
    /// ## Why it matters
    /// You can't tell what one app did from what another did. The user needs the permissions of all of them together.
    /// And if one is compromised, you can't stop it without stopping the others.
    ///
    /// ## Fix
    /// Give each app its own user with the permissions it needs. Move them over one at a time, and revoke the tokens
    /// left behind here.
    ///
    /// ## Source
    /// Salesforce Help, "Give Integration Users API Only Access"
    /// <https://help.salesforce.com/s/articleView?id=platform.integration_user.htm>;
    /// Security Benchmark for Salesforce, SBS-ACS-009
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>;
    /// Lovalto, "Give each Salesforce integration its own user"
    /// <https://www.lovalto.com/blog/salesforce-integration-user-per-system/>
    "several-apps-on-one-user", integration: High, person: None, check
}

fn check(
    user: &User,
    tokens: &Known<Tokens>,
    sign_ins: &Known<SignIns>,
    apps: &Known<Apps>,
) -> Outcome {
    let Seen { names, keys, evidence, has_unnamed, perhaps, may_be_one } =
        seen(user, tokens, sign_ins.known(), apps);
    if may_be_one {
        return unknown(apps);
    }
    if let [first, second, rest @ ..] = names.as_slice() {
        let title = match rest {
            [] => format!("2 apps use this user: {first} and {second}"),
            [third] => format!("3 apps use this user: {first}, {second} and {third}"),
            _ => format!("{} apps use this user, including {first} and {second}", names.len()),
        };
        return Outcome::Findings(vec![Finding::new(Subject::Apps(keys), title, evidence)]);
    }
    if let Some(doubt) = apps_in_use::doubt(tokens, sign_ins, apps).or(perhaps) {
        return doubt;
    }
    match names.first() {
        None => Outcome::not_applicable(
            "No app has a token for this user or logged in during the last 6 months.",
        ),
        Some(_) if has_unnamed => Outcome::CannotTell {
            missing: "the names of the SOAP clients that log in".into(),
            why: OrgError::Unreadable { what: "which clients log in with username and password".into() },
        },
        Some(name) => Outcome::pass(format!("Only {name} uses this user.")),
    }
}

/// Whether this rule finds several apps, so that what else is wrong with them need not be told once more.
pub(in crate::rules) fn is_found(
    user: &User,
    tokens: &Known<Tokens>,
    sign_ins: &SignIns,
    apps: &Known<Apps>,
) -> bool {
    let seen = seen(user, tokens, Some(sign_ins), apps);
    !seen.may_be_one && seen.names.len() > 1
}

/// The apps, and the programs with a password, that act as the user.
struct Seen {
    names: Vec<String>,
    keys: Vec<AppKey>,
    evidence: Vec<String>,
    /// Whether one of them gives no name: there may be several behind it.
    has_unnamed: bool,
    /// Why one may be another under an earlier name.
    perhaps: Option<Outcome>,
    /// Whether two of them may be one.
    may_be_one: bool,
}

fn seen(
    user: &User,
    tokens: &Known<Tokens>,
    sign_ins: Option<&SignIns>,
    apps: &Known<Apps>,
) -> Seen {
    let all = apps_in_use::apps(Directory::new(user, tokens, apps), sign_ins);
    // What is left of an app that was deleted logs in no more: `open-app` is about its tokens.
    let mut used: Vec<&Used> = all.iter().filter(|app| app.key != AppKey::Deleted).collect();
    let by_password = sign_ins.map(apps_in_use::by_password).unwrap_or_default();
    // People's tools are somebody's beside the integration; where nothing else logs in, they are the integration.
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
    let mut has_unnamed = false;
    for (name, (n, _)) in by_password {
        let client = match name {
            Some(name) if is_tool(name) || used.iter().any(|app| apps_in_use::is_called(app, name)) => continue,
            Some(name) => {
                keys.push(AppKey::Name(name.to_owned()));
                format!("“{name}”")
            }
            None => {
                has_unnamed = true;
                apps_in_use::UNNAMED.to_owned()
            }
        };
        evidence.push(format!(
            "{} logged in {} with username and password (SOAP).",
            capitalized(&client),
            times(n)
        ));
        names.push(client);
    }
    let may_be_one = apps_in_use::may_be_one(&used, apps);
    Seen { names, keys, evidence, has_unnamed, perhaps, may_be_one }
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
    unread.sign_ins = Known::unavailable("the login history", OrgError::Timeout);
    let mut half = with(&["Acme ERP"], vec![]);
    half.sign_ins = Known::unavailable("the login history", OrgError::Timeout);
    vec![
        Example {
            name: "tokens of two apps",
            facts: with(&["Acme ERP", "Mailer"], vec![erp()]),
            outcome: "finding",
        },
        Example {
            name: "an app and a SOAP client",
            facts: with(&[], vec![erp(), soap()]),
            outcome: "finding",
        },
        Example { name: "tokens of two apps, logins unread", facts: unread, outcome: "finding" },
        Example {
            name: "a token and logins of one app",
            facts: with(&["Acme ERP"], vec![erp()]),
            outcome: "pass",
        },
        Example {
            name: "an app, and an admin's Data Loader",
            facts: with(&["Acme ERP", "Dataloader Bulk"], vec![erp()]),
            outcome: "pass",
        },
        Example {
            name: "only a script's command line",
            facts: with(&["Salesforce CLI"], vec![sign_in("Remote Access 2.0", "OauthRefreshToken", "Salesforce CLI")]),
            outcome: "pass",
        },
        Example { name: "one app, logins unread", facts: half, outcome: "cannot-tell" },
        Example {
            name: "unnamed SOAP clients",
            facts: with(&[], vec![soap()]),
            outcome: "cannot-tell",
        },
        Example { name: "no login", facts: with(&[], vec![]), outcome: "not-applicable" },
    ]
}
