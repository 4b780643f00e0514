//! The rule `ip-checked-at-login-only`: a session that was stolen stops at the profile's login IP ranges.
//!
//! It never asks for the setting where no profile has ranges: then it does nothing.

use crate::facts::OrgSettings;
use crate::facts::subject::Subject;
use crate::rules::rule::{Finding, Outcome, declare_rule, read};
use crate::text::counted;

declare_rule! {
    /// Login IP ranges are checked at login only
    ///
    /// ## Check
    /// Login IP ranges hold for every request
    ///
    /// ## Why it matters
    /// Without this setting an address is looked at once, when a session begins. A session or access token that is copied
    /// afterwards works from anywhere until it ends, whatever ranges the profile has.
    ///
    /// ## Fix
    /// See in the login history that people and integrations stay inside the ranges while they work, such as on a VPN that
    /// changes. Then turn on “Enforce login IP ranges on every request” in Setup, Session Settings.
    ///
    /// ## Source
    /// Metadata API Developer Guide, "SecuritySettings" (`enforceIpRangesEveryRequest`)
    /// <https://developer.salesforce.com/docs/platform/api-metadata/references/meta-types/metadata-securitysettings.html>;
    /// Salesforce Help, "Connected App IP Relaxation and Continuous IP Enforcement"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.connected_app_continuous_ip.htm&type=5>
    "ip-checked-at-login-only", integration: Medium, person: None, check
}

fn check(org: &OrgSettings) -> Outcome {
    match read(&org.ip_ranges_every_request) {
        Err(outcome) => return outcome,
        Ok(true) => return Outcome::pass("“Enforce login IP ranges on every request” is on."),
        Ok(false) => {}
    }
    match read(&org.profiles_with_ranges) {
        Err(outcome) => outcome,
        Ok(0) => Outcome::not_applicable("None of the profiles that were looked at has login IP ranges."),
        Ok(n) => {
            let evidence = vec![
                "“Enforce login IP ranges on every request” is off.".to_owned(),
                format!("{} that were looked at have login IP ranges.", counted(*n, "profile")),
            ];
            Outcome::Findings(vec![Finding::new(
                Subject::metadata("enforceIpRangesEveryRequest"),
                "Login IP ranges are checked at login only",
                evidence,
            )])
        }
    }
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::{of_org, unread};
    vec![
        Example {
            name: "ranges that are checked at login only",
            facts: of_org(|org| org.ip_ranges_every_request = Known::Is(false)),
            outcome: "finding",
        },
        Example { name: "ranges that hold for every request", facts: of_org(|_| {}), outcome: "pass" },
        Example {
            name: "no profile has ranges",
            facts: of_org(|org| {
                org.ip_ranges_every_request = Known::Is(false);
                org.profiles_with_ranges = Known::Is(0);
            }),
            outcome: "not-applicable",
        },
        Example {
            name: "profiles that couldn't be read",
            facts: of_org(|org| {
                org.ip_ranges_every_request = Known::Is(false);
                org.profiles_with_ranges = unread("login IP ranges of profiles");
            }),
            outcome: "cannot-tell",
        },
        Example {
            name: "a setting that couldn't be read",
            facts: of_org(|org| org.ip_ranges_every_request = unread("whether ranges hold for every request")),
            outcome: "cannot-tell",
        },
    ]
}
