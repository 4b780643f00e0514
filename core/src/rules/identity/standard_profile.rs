//! The rule `standard-profile`: its profile is one of the org's own.
//!
//! It never asks this of Salesforce's profiles for integrations and agents, which are made for them.
use crate::facts::subject::{Setting, Subject};
use crate::facts::{Grants, Known, License, User};
use crate::rules::rule::{Finding, Outcome, declare_rule, unknown};
use crate::salesforce::error::OrgError;

declare_rule! {
    /// It's on a standard profile
    ///
    /// ## Check
    /// Has a custom profile
    ///
    /// ## Why it matters
    /// The permissions of a standard profile can't be changed, grow with Salesforce's releases, and hold for everyone who was
    /// ever put on it. System Administrator and Standard User are what attackers hope to find.
    ///
    /// ## Fix
    /// Clone the profile under the integration's name, move the user to it, and remove what it doesn't need. Or use the
    /// profile Minimum Access - API Only Integrations, with a permission set for the rest.
    ///
    /// ## Source
    /// Salesforce Help, "Standard Profiles"
    /// <https://help.salesforce.com/s/articleView?id=platform.standard_profiles.htm>;
    /// Security Benchmark for Salesforce, SBS-ACS-005
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "standard-profile", integration: Medium, person: None, check
}

fn check(user: &User, grants: &Grants, license: &Known<License>) -> Outcome {
    let Some(profile) = grants.profile() else {
        let missing = "what the profile grants".to_owned();
        return Outcome::CannotTell { missing, why: OrgError::NotFound };
    };
    if profile.custom {
        return Outcome::pass(format!("{} is a custom profile.", crate::text::capitalized(&profile.shown())));
    }
    // The standard profiles of these licenses are made for software.
    match license {
        Known::Is(license) if license.is_integration() || license.is_agent() => {
            return Outcome::pass(format!(
                "{} is Salesforce's own for the license {}.",
                crate::text::capitalized(&profile.shown()),
                license.name
            ));
        }
        Known::Is(_) => {}
        _ => return unknown(license),
    }
    let evidence = vec![format!("{} has {}.", user.name, profile.shown())];
    Outcome::Findings(vec![Finding::new(Subject::Setting(Setting::Profile), RULE.title(), evidence)])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Grant;
    use crate::rules::example::{facts, grant};
    let with = |custom: bool, license: &str| {
        let mut facts = facts();
        let profile = Grant { custom, ..grant().profile("Standard User") };
        facts.grants = Known::Is(Grants { sets: vec![profile], cut: false });
        facts.license = Known::Is(License { name: license.into() });
        facts
    };
    let mut unread = with(false, "Salesforce");
    unread.license = Known::unavailable("the user license", OrgError::Timeout);
    vec![
        Example { name: "Standard User", facts: with(false, "Salesforce"), outcome: "finding" },
        Example { name: "a custom profile", facts: with(true, "Salesforce"), outcome: "pass" },
        Example {
            name: "Salesforce's own profile for integrations",
            facts: with(false, "Salesforce Integration"),
            outcome: "pass",
        },
        Example { name: "a license that could not be read", facts: unread, outcome: "cannot-tell" },
    ]
}
