//! The rule `manage-users-permission`: no Manage Users, no Manage Internal Users.
//!
//! It never judges the lesser ways to administer users: see `user-administration-permission`.
use crate::rules::granted;
use crate::facts::Grants;
use crate::rules::rule::{Outcome, Severity, declare_rule};

declare_rule! {
    /// It can manage users
    ///
    /// ## Check
    /// Can't manage users
    ///
    /// ## Several
    /// {n} permissions to create and edit users
    ///
    /// ## Why it matters
    /// Manage Users lets its holder create users, change their profiles and emails, and reset their passwords. An
    /// attacker can make themselves an admin, and keep access after you change this user's password.
    ///
    /// ## Fix
    /// Remove the permission where it's granted. Permissions that require it must be removed first (Manage MFA in API,
    /// Manage Auth. Providers, packaging); Salesforce names them when it refuses. An integration that must create
    /// users, such as provisioning from a directory, keeps only this permission, in its own user and permission set.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-ACS-004 and SBS-ACS-008
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "manage-users-permission", integration: Critical, person: Some(Severity::High), check
}

const PERMISSIONS: [(&str, &str); 2] = [
    ("ManageUsers", "can create, edit and deactivate any user"),
    ("ManageInternalUsers", "can create, edit and deactivate internal users"),
];

fn check(grants: &Grants) -> Outcome {
    let findings = PERMISSIONS
        .into_iter()
        .filter(|(name, _)| grants.has(name))
        .map(|(name, lets)| granted::finding(name, lets, &grants.granting(name).collect::<Vec<_>>()))
        .collect::<Vec<_>>();
    let note = if granted::delegated(grants).is_some() {
        "Nothing grants Manage Users or Manage Internal Users. It may still be a delegated administrator (Setup, Delegated Administration)."
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
            name: "Manage Users from a permission set",
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
