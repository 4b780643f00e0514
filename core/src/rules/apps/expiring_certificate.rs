//! The rule `expiring-certificate`: the certificate that an app's JWTs are checked with is replaced before it ends.
//!
//! It never says that logins stop on that day: Salesforce documents no such check, nor that there is none.

use crate::facts::AppSettings;
use crate::facts::subject::Subject;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule, read};
use crate::salesforce::time::Timestamp;

declare_rule! {
    /// The app's certificate has expired or is about to
    ///
    /// ## Check
    /// The app's certificate is valid
    ///
    /// ## Why it matters
    /// An app that logs in with JWTs proves itself with the private key of this certificate, which is as good as a password.
    /// Its end is the day on which that key is meant to be replaced: one that is past it has been around for longer than
    /// anyone planned. Salesforce doesn't document whether logins stop then, so nobody can count on either.
    ///
    /// ## Fix
    /// Have the integration's owner create a new key and certificate. Upload the certificate to the app, switch the
    /// integration to the new key at the same time, and watch for refused logins. Certificates of public authorities last 200
    /// days at most since March 2026, so plan this as a routine.
    ///
    /// ## Source
    /// Salesforce Help, "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration"
    /// <https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm&type=5>;
    /// Metadata API Developer Guide, "ConnectedApp" (`certificate`)
    /// <https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_connectedapp.htm>
    "expiring-certificate", integration: High, person: None, check
}

/// So many days before its end a certificate is about to expire.
const SOON: i64 = 30;

fn check(app: &AppSettings, now: &Timestamp) -> Outcome {
    let end = match read(&app.certificate_ends) {
        Ok(end) => *end,
        Err(outcome) => return outcome,
    };
    let left = now.days_until(end);
    let (title, severity) = match left {
        ..0 => (format!("The certificate of {} expired on {end}", app.shown()), Severity::High),
        0..=SOON => (format!("The certificate of {} expires on {end}", app.shown()), Severity::Medium),
        _ => return Outcome::pass(format!("Its certificate is valid until {end}.")),
    };
    let evidence = vec![format!("Valid until {end}.")];
    Outcome::Findings(vec![Finding::new(Subject::metadata("certificate"), title, evidence).with(severity)])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::{days_ago, of_app, unread};
    let with = |days: i64| of_app(|app| app.certificate_ends = Known::Is(days_ago(-days)));
    vec![
        Example { name: "it expired 3 days ago", facts: with(-3), outcome: "finding" },
        Example { name: "it expires in 30 days", facts: with(30), outcome: "finding" },
        Example { name: "it expires in 31 days", facts: with(31), outcome: "pass" },
        Example { name: "an app without a certificate", facts: of_app(|_| {}), outcome: "not-applicable" },
        Example {
            name: "a certificate that couldn't be read",
            facts: of_app(|app| app.certificate_ends = unread("when the app's certificate expires")),
            outcome: "cannot-tell",
        },
    ]
}
