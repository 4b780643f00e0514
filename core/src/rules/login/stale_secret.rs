//! The rule `stale-secret`: the password or secret is changed, judged by how the user really signs in.
//!
//! It never counts the password of a user that signs in without one.
use crate::rules::{apps_in_use, granted};
use crate::facts::{CheckSettings, Flow, Grant, Grants, Known, SignIns, Tokens, User};
use crate::salesforce::error::OrgError;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule, unknown};
use crate::facts::subject::{Setting, Subject};
use crate::salesforce::time::Timestamp;

declare_rule! {
    /// The password that software signs in with is old
    ///
    /// ## Check
    /// Its password is rotated
    ///
    /// ## Why it matters
    /// A password in a configuration file is copied, backed up and handed over; the longer it stays, the more people
    /// have it. An expiry alone is no answer: it stops the integration on the day that nobody expected. “Password
    /// Never Expires” is right only where somebody changes it on a plan of their own.
    ///
    /// ## Fix
    /// Change the password now and in the integration, at a time that you choose, and again every 90 days. Better:
    /// move to OAuth (client credentials or JWT bearer), where there is no password; SOAP login() ends with
    /// Summer '27 in any case. How old an app's own secret or certificate is, Setup shows and no API does: note it,
    /// and replace it on the same plan.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-ACS-009
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>;
    /// Salesforce Help, "Platform SOAP API login() Retirement"
    /// <https://help.salesforce.com/s/articleView?id=005132110&type=1>
    "stale-secret", integration: High, person: Some(Severity::Medium), check
}

/// Days after which a password is very old, whatever is chosen as old.
const VERY_OLD: i64 = 365;

fn check(
    user: &User,
    sign_ins: &SignIns,
    grants: &Known<Grants>,
    tokens: &Known<Tokens>,
    now: &Timestamp,
    checks: &CheckSettings,
) -> Outcome {
    let (soap, soap_last) = sign_ins.count(&[Flow::SoapPassword]);
    let (oauth, oauth_last) = sign_ins.count(&[Flow::OauthPassword]);
    let age = user.last_password_change.map(|changed| changed.days_until(*now));
    if soap == 0 && oauth == 0 {
        return without_password(user, sign_ins, tokens, checks, age);
    }

    let on = |last: Option<Timestamp>| last.map(|last| format!(", the last on {last}")).unwrap_or_default();
    let mut evidence = vec![];
    if soap > 0 {
        evidence.push(format!(
            "{soap} sign-ins by SOAP login() in the last six months{}; Salesforce ends it with Summer '27.",
            on(soap_last)
        ));
    }
    if oauth > 0 {
        evidence.push(format!(
            "{oauth} sign-ins by the OAuth username-password flow in the last six months{}.",
            on(oauth_last)
        ));
    }
    let never: Vec<&Grant> =
        grants.known().into_iter().flat_map(|grants| grants.granting("PasswordNeverExpires")).collect();
    let never_expires = !never.is_empty();
    let lines = granted::lines(&never);
    let since = age.or_else(|| user.created.map(|created| created.days_until(*now)));
    let title = match (age, since) {
        (Some(days), _) if checks.is_old_password(days) => format!("Software signs in with a password that is {days} days old"),
        (None, Some(days)) if checks.is_old_password(days) => {
            "Software signs in with a password that was never changed".to_owned()
        }
        (None, None) => {
            return Outcome::CannotTell {
                missing: "when the password was changed last".into(),
                why: OrgError::NoPermission { what: "User.LastPasswordChangeDate".into() },
            };
        }
        _ if never_expires => {
            evidence.push("Nothing but your own plan changes it.".into());
            evidence.extend(lines);
            let title = "The password that software signs in with never expires";
            let finding = Finding::new(granted::subject("PasswordNeverExpires", &never), title, evidence).with(Severity::Low);
            return Outcome::Findings(vec![finding]);
        }
        (_, Some(days)) | (Some(days), None) => {
            if let Known::Is(grants) = grants {
                let soon =
                    if soap > 0 { " SOAP login() ends with Summer '27: move to OAuth before." } else { "" };
                let note = format!("It signs in with a password, which was changed {days} days ago.{soon}");
                return granted::judged(vec![], grants, note);
            }
            return unknown(grants);
        }
    };
    evidence.push(match (user.last_password_change, user.created) {
        (Some(changed), _) => format!("The password was changed last on {changed}."),
        (None, Some(created)) => {
            format!("No change of it is recorded since the user was created on {created}.")
        }
        (None, None) => "No change of it is recorded.".into(),
    });
    if never_expires {
        evidence.push("Password Never Expires is on, so nothing will ask for a change.".into());
        evidence.extend(lines);
    }
    let severity = if since.is_some_and(|days| days > VERY_OLD) { Severity::High } else { Severity::Medium };
    Outcome::Findings(vec![Finding::new(Subject::Setting(Setting::Password), title, evidence).with(severity)])
}

/// Nobody signed in with a password through the API.
fn without_password(
    user: &User,
    sign_ins: &SignIns,
    tokens: &Known<Tokens>,
    checks: &CheckSettings,
    age: Option<i64>,
) -> Outcome {
    if let Some(doubt) = apps_in_use::cut(sign_ins) {
        return doubt;
    }
    let any = |flow| sign_ins.count(&[flow]).0 > 0;
    if any(Flow::ClientCredentials) {
        let what =
            "how old an app's secret is: it signs in by the client-credentials flow, without a password"
                .into();
        return Outcome::CannotTell {
            missing: "the age of the app's secret".into(),
            why: OrgError::Unreadable { what },
        };
    }
    if any(Flow::OauthToken) || any(Flow::OauthOther) {
        return Outcome::pass(
            "It signs in with OAuth tokens or signed assertions, not with a password; how long they last is the app's policy.",
        );
    }
    if any(Flow::Api) {
        let what = "whether a portal user's API logins are by password; they don't say".into();
        return Outcome::CannotTell {
            missing: "how it signs in".into(),
            why: OrgError::Unreadable { what },
        };
    }
    if any(Flow::Browser) {
        return Outcome::not_applicable(
            "No software signs in with its password; it was used by browser only.",
        );
    }
    match (age, user.last_password_change) {
        (Some(days), Some(changed)) if checks.is_old_password(days) => {
            // An app that holds a token goes on without a sign-in.
            let newest = tokens.known().and_then(|tokens| tokens.of(&user.id).max_by_key(|token| token.last_used));
            let signed_in = match newest.and_then(|token| Some((token, token.last_used?))) {
                Some((token, last)) => format!(
                    "Nobody signed in with it over the last six months: “{}” goes on with a token, last used on {last}.",
                    token.app.trim()
                ),
                None => "Nobody signed in over the last six months.".into(),
            };
            let evidence = vec![
                signed_in,
                format!(
                    "The password was changed last on {changed}, and still works while the user is active."
                ),
            ];
            let finding = Finding::new(
                Subject::Setting(Setting::Password),
                format!("It has a password that is {days} days old and that nobody uses"),
                evidence,
            );
            if user.is_active {
                Outcome::Findings(vec![finding.with(Severity::Low)])
            } else {
                Outcome::not_applicable("The user is inactive, so its password opens nothing.")
            }
        }
        _ => Outcome::not_applicable("Nobody signed in over the last six months."),
    }
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{days_ago, facts, grant, sign_in};
    let with = |login_type: &str, sub_type: &str, changed: Option<i64>, permissions: &[&str]| {
        let mut facts = facts();
        facts.sign_ins = Known::Is(SignIns { rows: vec![sign_in(login_type, sub_type, "N/A")].into(), cut: false });
        facts.grants = Known::Is(Grants { sets: vec![grant().permissions(permissions)], cut: false });
        if let Known::Is(user) = &mut facts.user {
            user.last_password_change = changed.map(days_ago);
        }
        facts
    };
    let soap = |changed, permissions: &[&str]| with("Other Apex API", "", changed, permissions);
    let mut worst = soap(Some(400), &[]);
    let profile = grant().profile("Acme ERP");
    worst.grants = Known::Is(Grants { sets: vec![profile], cut: false });
    let mut idle = soap(Some(200), &[]);
    idle.sign_ins = Known::Is(SignIns::default());
    let mut unread = soap(Some(10), &[]);
    unread.grants = Known::unavailable("the permissions and what grants them", OrgError::Timeout);
    let mut old = unread.clone();
    if let Known::Is(user) = &mut old.user {
        user.last_password_change = Some(days_ago(100));
    }
    vec![
        Example {
            name: "SOAP login(), password 400 days old",
            facts: worst,
            outcome: "finding",
        },
        Example { name: "the password was never changed", facts: soap(None, &[]), outcome: "finding" },
        Example {
            name: "changed lately, but it never expires",
            facts: soap(Some(10), &["PasswordNeverExpires"]),
            outcome: "finding",
        },
        Example { name: "old, whatever could not be read beside", facts: old, outcome: "finding" },
        Example { name: "an old password that nobody uses", facts: idle, outcome: "finding" },
        Example { name: "changed 30 days ago", facts: soap(Some(30), &[]), outcome: "pass" },
        Example {
            name: "JWT bearer, and a very old password",
            facts: with("Remote Access 2.0", "", Some(900), &["PasswordNeverExpires"]),
            outcome: "pass",
        },
        Example {
            name: "client credentials",
            facts: with("Remote Access 2.0", "OauthClientCredentials", Some(900), &[]),
            outcome: "cannot-tell",
        },
        Example { name: "permissions that could not be read", facts: unread, outcome: "cannot-tell" },
        Example {
            name: "by browser only",
            facts: with("Application", "", Some(900), &[]),
            outcome: "not-applicable",
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_admin_chooses_what_is_old() {
        let of = |example: usize, days| {
            let mut facts = (RULE.examples)().remove(example).facts;
            facts.checks.old_password_days = days;
            RULE.run(&facts).word()
        };
        // 400 days old; one that nobody uses, of 200 days; one of 30 days.
        assert_eq!([of(0, 399), of(0, 400)], ["finding", "pass"]);
        assert_eq!([of(4, 199), of(4, 200)], ["finding", "not-applicable"]);
        assert_eq!([of(5, 29), of(5, 30)], ["finding", "pass"]);
    }

    #[test]
    fn older_is_worse() {
        let severity = |n: usize| match RULE.run(&(RULE.examples)()[n].facts) {
            Outcome::Findings(findings) => findings[0].severity,
            other => panic!("{other:?}"),
        };
        let all: Vec<_> = (0..5).filter_map(severity).collect();
        assert_eq!(all, [Severity::High, Severity::High, Severity::Low, Severity::Medium, Severity::Low]);
    }
}
