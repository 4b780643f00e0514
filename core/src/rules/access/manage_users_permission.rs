//! The rule `manage-users-permission`: no Manage Users, no Manage Internal Users.
//!
//! It never judges the lesser ways to administer users: see `user-administration-permission`.
use crate::rules::granted;
use crate::facts::Grants;
use crate::rules::rule::{Outcome, Severity, declare_rule};

declare_rule! {
    /// The user can manage other users
    ///
    /// ## Check
    /// Can't manage users
    ///
    /// ## Why it matters
    /// Manage Users creates users, changes their profile and e-mail address, and resets their passwords. Whoever
    /// takes over this identity can make an admin of themselves, and stay after the secret is changed.
    ///
    /// ## Fix
    /// Take the permission away where it is granted; permissions that need it have to go first (Manage MFA in API,
    /// Manage Auth. Providers, packaging: Salesforce names them when it refuses). An integration that must create
    /// users (provisioning from a directory) keeps it alone, in a user and a permission set of its own.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-ACS-004 and SBS-ACS-008
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "manage-users-permission", integration: Critical, person: Some(Severity::High), check
}

const PERMISSIONS: [(&str, &str); 2] = [
    ("ManageUsers", "can create, change and deactivate any user"),
    ("ManageInternalUsers", "can create, change and deactivate users of the company"),
];

fn check(grants: &Grants) -> Outcome {
    let findings = PERMISSIONS
        .into_iter()
        .filter(|(name, _)| grants.has(name))
        .map(|(name, lets)| granted::finding(name, lets, &grants.granting(name).collect::<Vec<_>>()))
        .collect::<Vec<_>>();
    let note = if granted::delegated(grants).is_some() {
        "Nothing grants Manage Users or Manage Internal Users; it may still be a delegated administrator (Setup, Delegated Administration)."
    } else {
        "Nothing grants Manage Users or Manage Internal Users."
    };
    granted::judged(findings, grants, note)
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, grant};
    use crate::facts::Known;
    let with = |sets, cut| {
        let mut facts = facts();
        facts.grants = Known::Is(Grants { sets, cut });
        facts
    };
    let profile = || grant().profile("Acme ERP").permissions(&["ApiEnabled"]);
    vec![
        Example {
            name: "Manage Users by a permission set",
            facts: with(vec![profile(), grant().set(2, "User sync").permissions(&["ManageUsers"])], false),
            outcome: "finding",
        },
        Example {
            name: "found although not every set was read",
            facts: with(vec![grant().permissions(&["ManageInternalUsers"])], true),
            outcome: "finding",
        },
        Example { name: "no such permission", facts: with(vec![profile()], false), outcome: "pass" },
        Example {
            name: "more sets than were read",
            facts: with(vec![profile()], true),
            outcome: "cannot-tell",
        },
    ]
}
