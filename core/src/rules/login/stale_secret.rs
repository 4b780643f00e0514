//! The rule `stale-secret`: the password or secret is changed, judged by how the user really logs in.
//!
//! It never counts the password of a user that logs in without one.
use crate::rules::{apps_in_use, granted};
use crate::facts::{CheckSettings, Flow, Grant, Grants, Known, SignIns, Tokens, User};
use crate::salesforce::error::OrgError;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule, unknown};
use crate::facts::subject::{Setting, Subject};
use crate::salesforce::time::Timestamp;
use crate::text::counted;

declare_rule! {
    /// The password the integration uses is old
    ///
    /// ## Check
    /// Its password is rotated
    ///
    /// ## Why it matters
    /// A password in a configuration file is copied, backed up and handed over. The longer it stays the same, the more
    /// people have it. Expiration alone is no answer: it stops the integration on a day nobody planned for. “Password
    /// Never Expires” is fine only if someone rotates the password on a schedule.
    ///
    /// ## Fix
    /// Change the password now, in Salesforce and in the integration, at a time you choose, and again every 90 days.
    /// Better: move to OAuth (client credentials or JWT bearer), which uses no password. Salesforce retires SOAP
    /// login() in Summer '27. How old an app's own secret or certificate is, only Setup shows, not the API. Make a note
    /// of it, and rotate it on the same schedule.
    ///
    /// ## Source
    /// Salesforce Help, "Platform SOAP API login() Retirement"
    /// <https://help.salesforce.com/s/articleView?id=005132110&type=1>;
    /// Security Benchmark for Salesforce, SBS-ACS-009
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
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

    let on = |last: Option<Timestamp>| last.map(|last| format!(" (last on {last})")).unwrap_or_default();
    let mut evidence = vec![];
    if soap > 0 {
        evidence.push(format!(
            "{} with SOAP login() in the last 6 months{}. Salesforce retires it in Summer '27.",
            counted(soap, "login"),
            on(soap_last)
        ));
    }
    if oauth > 0 {
        evidence.push(format!(
            "{} with the OAuth username-password flow in the last 6 months{}.",
            counted(oauth, "login"),
            on(oauth_last)
        ));
    }
    let never: Vec<&Grant> =
        grants.known().into_iter().flat_map(|grants| grants.granting("PasswordNeverExpires")).collect();
    let never_expires = !never.is_empty();
    let lines = granted::lines(&never);
    let since = age.or_else(|| user.created.map(|created| created.days_until(*now)));
    let title = match (age, since) {
        (Some(days), _) if checks.is_old_password(days) => format!("The password it logs in with is {days} days old"),
        (None, Some(days)) if checks.is_old_password(days) => {
            "The password it logs in with was never changed".to_owned()
        }
        (None, None) => {
            return Outcome::CannotTell {
                missing: "when the password was last changed".into(),
                why: OrgError::NoPermission { what: "the date of the last password change".into() },
            };
        }
        _ if never_expires => {
            evidence.push("It changes only when someone changes it.".into());
            evidence.extend(lines);
            let title = "The password it logs in with never expires";
            let finding = Finding::new(granted::subject("PasswordNeverExpires", &never), title, evidence).with(Severity::Low);
            return Outcome::Findings(vec![finding]);
        }
        (_, Some(days)) | (Some(days), None) => {
            if let Known::Is(grants) = grants {
                let soon =
                    if soap > 0 { " Salesforce retires SOAP login() in Summer '27: move to OAuth before then." } else { "" };
                let note = format!("It logs in with a password that was changed {days} days ago.{soon}");
                return granted::judged(vec![], grants, note);
            }
            return unknown(grants);
        }
    };
    evidence.push(match (user.last_password_change, user.created) {
        (Some(changed), _) => format!("The password was last changed on {changed}."),
        (None, Some(created)) => {
            format!("No password change is recorded since the user was created on {created}.")
        }
        (None, None) => "No password change is recorded.".into(),
    });
    if never_expires {
        evidence.push("Password Never Expires is on, so Salesforce never asks for a new one.".into());
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
            "how old an app's secret is. This user logs in with the client credentials flow, without a password".into();
        return Outcome::CannotTell {
            missing: "the age of the app's secret".into(),
            why: OrgError::Unreadable { what },
        };
    }
    if any(Flow::OauthToken) || any(Flow::OauthOther) {
        return Outcome::pass(
            "It logs in with OAuth tokens or signed assertions, not with a password. The app's policy decides how long they last.",
        );
    }
    if any(Flow::Api) {
        let what = "whether a portal user's API logins use a password".into();
        return Outcome::CannotTell {
            missing: "how it logs in".into(),
            why: OrgError::Unreadable { what },
        };
    }
    if any(Flow::Browser) {
        return Outcome::not_applicable(
            "No integration uses its password. It was used for UI logins only.",
        );
    }
    match (age, user.last_password_change) {
        (Some(days), Some(changed)) if checks.is_old_password(days) => {
            // An app that holds a token goes on without a login.
            let newest = tokens.known().and_then(|tokens| tokens.of(&user.id).max_by_key(|token| token.last_used));
            let signed_in = match newest.and_then(|token| Some((token, token.last_used?))) {
                Some((token, last)) => format!(
                    "No login with it in the last 6 months. “{}” uses a token instead (last used on {last}).",
                    token.app.trim()
                ),
                None => "No login in the last 6 months.".into(),
            };
            let evidence = vec![
                signed_in,
                format!(
                    "The password was last changed on {changed}, and works as long as the user is active."
                ),
            ];
            let finding = Finding::new(
                Subject::Setting(Setting::Password),
                format!("Unused password, {days} days old"),
                evidence,
            );
            if user.is_active {
                Outcome::Findings(vec![finding.with(Severity::Low)])
            } else {
                Outcome::not_applicable("The user is inactive, so its password doesn't work.")
            }
        }
        _ => Outcome::not_applicable("No login in the last 6 months."),
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
            name: "changed recently, but it never expires",
            facts: soap(Some(10), &["PasswordNeverExpires"]),
            outcome: "finding",
        },
        Example { name: "old, though its permissions couldn't be read", facts: old, outcome: "finding" },
        Example { name: "an old, unused password", facts: idle, outcome: "finding" },
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
        Example { name: "permissions that couldn't be read", facts: unread, outcome: "cannot-tell" },
        Example {
            name: "UI logins only",
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
