//! The rule `api-access-control-off`: only apps that an admin approved may use the API.
//!
//! It never says that an org can turn it on by itself: Salesforce Customer Support does.

use crate::facts::OrgSettings;
use crate::facts::subject::Subject;
use crate::rules::rule::{Finding, Outcome, declare_rule, read};

declare_rule! {
    /// Any program may use the API
    ///
    /// ## Check
    /// API Access Control is on
    ///
    /// ## Why it matters
    /// Without API Access Control, anyone who has a user's password or token may use any program with the API, without an app
    /// that this org knows. With it, only installed apps whose users an admin approved get in.
    ///
    /// ## Fix
    /// Ask Salesforce Customer Support for API Access Control. Install and approve every app that is in use first: the list
    /// of apps of this review is a start. Then turn on “For admin-approved users, limit API access to only allowlisted
    /// connected apps”.
    ///
    /// ## Source
    /// Salesforce Help, "Manage API Access"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.security_api_access_control_about.htm&type=5>
    "api-access-control-off", integration: Info, person: None, check
}

fn check(org: &OrgSettings) -> Outcome {
    match read(&org.api_access_control) {
        Err(outcome) => outcome,
        Ok(true) => Outcome::pass("API Access Control is on: only approved apps may use the API."),
        Ok(false) => {
            let evidence = vec!["“Limit API access to only allowlisted connected apps” is off.".into()];
            Outcome::Findings(vec![Finding::new(
                Subject::metadata("enableAdminApprovedAppsOnly"),
                "API Access Control is off",
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
            name: "API Access Control is off",
            facts: of_org(|org| org.api_access_control = Known::Is(false)),
            outcome: "finding",
        },
        Example { name: "API Access Control is on", facts: of_org(|_| {}), outcome: "pass" },
        Example {
            name: "a setting that couldn't be read",
            facts: of_org(|org| org.api_access_control = unread("API Access Control")),
            outcome: "cannot-tell",
        },
    ]
}
