//! The rule `password-sign-in`: it logs in without a password.
//!
//! It never judges how old the password is: see `stale-secret`.
use crate::facts::subject::{SignInsBy, Subject};
use crate::facts::{Flow, SignIns, User};
use crate::rules::apps_in_use;
use crate::rules::rule::{Finding, Outcome, declare_rule};
use crate::salesforce::time::Timestamp;
use crate::text::counted;

declare_rule! {
    /// It logs in with a username and password
    ///
    /// ## Check
    /// Logs in without a password
    ///
    /// ## Why it matters
    /// A username and password work from any program, aren't tied to one app, and can be copied without a trace. No app
    /// policy applies to SOAP login(). Salesforce retires it in Summer '27, and external client apps have no
    /// username-password flow at all.
    ///
    /// ## Fix
    /// Move the integration to the client credentials flow or the JWT bearer flow, with an external client app that only it uses. Then set
    /// a random password that nobody stores, and block the username-password flow in OAuth and OpenID Connect Settings.
    ///
    /// ## Source
    /// Salesforce Help, "Platform SOAP API login() Retirement"
    /// <https://help.salesforce.com/s/articleView?id=005132110&type=1>;
    /// Salesforce Help, "OAuth 2.0 Username-Password Flow for Special Scenarios"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_username_password_flow.htm&type=5>
    "password-sign-in", integration: High, person: None, check
}

/// Days that are looked back.
const RECENT: i64 = 90;

fn check(_: &User, sign_ins: &SignIns, now: &Timestamp) -> Outcome {
    let ways = [
        (Flow::SoapPassword, "SOAP login()"),
        (Flow::OauthPassword, "the OAuth username-password flow"),
    ];
    let mut evidence = vec![];
    for (flow, name) in ways {
        let (count, last) = sign_ins.count(&[flow]);
        let Some(last) = last.filter(|last| last.days_until(*now) <= RECENT) else { continue };
        evidence.push(format!(
            "{} with {name} in the last 6 months (last on {last}).",
            counted(count, "login")
        ));
    }
    if !evidence.is_empty() {
        let finding = Finding::new(Subject::SignIns(SignInsBy::Password), RULE.title(), evidence);
        return Outcome::Findings(vec![finding]);
    }
    if let Some(doubt) = apps_in_use::cut(sign_ins) {
        return doubt;
    }
    if sign_ins.successes().next().is_none() {
        return Outcome::not_applicable("No login in the last 6 months.");
    }
    Outcome::pass(format!("No API login with a password in the last {RECENT} days."))
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::{days_ago, facts, sign_in};
    let with = |rows: Vec<_>, cut| {
        let mut facts = facts();
        facts.sign_ins = Known::Is(SignIns { rows: rows.into(), cut });
        facts
    };
    let jwt = || sign_in("Remote Access 2.0", "", "Acme ERP");
    let mut old = sign_in("Other Apex API", "", "N/A");
    old.last = Some(days_ago(120));
    vec![
        Example {
            name: "SOAP login()",
            facts: with(vec![sign_in("Other Apex API", "", "N/A")], false),
            outcome: "finding",
        },
        Example {
            name: "the username-password flow",
            facts: with(vec![sign_in("Remote Access 2.0", "OauthUsernamePassword", "Acme ERP")], false),
            outcome: "finding",
        },
        Example { name: "a signed assertion", facts: with(vec![jwt()], false), outcome: "pass" },
        Example { name: "SOAP login() 120 days ago", facts: with(vec![old, jwt()], false), outcome: "pass" },
        Example { name: "more logins than were read", facts: with(vec![jwt()], true), outcome: "cannot-tell" },
        Example { name: "no login", facts: with(vec![], false), outcome: "not-applicable" },
    ]
}
