//! The rule `user-administration-permission`: other ways to create, freeze or administer users.
//!
//! It never repeats Manage Users, which has a rule of its own.
use crate::rules::granted;
use crate::facts::Grants;
use crate::salesforce::permissions::USER_ADMINISTRATION;
use crate::rules::rule::{Outcome, Severity, declare_rule};

declare_rule! {
    /// It can create, freeze or administer users
    ///
    /// ## Check
    /// Can't create, freeze or reset users
    ///
    /// ## Several
    /// {n} permissions to lock people out or take over their accounts
    ///
    /// ## Why it matters
    /// Besides Manage Users, there are narrower permissions to create external users, freeze users, or reset their
    /// passwords and MFA methods. Each can be used to lock people out or take over their accounts. Delegated
    /// administrators create and edit users with no permission but View Setup and Configuration. Salesforce's API
    /// doesn't show who they are, so if this user has that permission, look in Setup under Delegated Administration.
    ///
    /// ## Fix
    /// Remove the permission where it's granted. Keep it only for an integration whose purpose is to administer these
    /// users, in its own permission set.
    ///
    /// ## Source
    /// Salesforce Help, "Delegate Administrative Duties"
    /// <https://help.salesforce.com/s/articleView?id=platform.admin_delegate.htm>;
    /// Security Benchmark for Salesforce, SBS-ACS-008
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "user-administration-permission", integration: High, person: Some(Severity::Medium), check
}

fn check(grants: &Grants) -> Outcome {
    let findings = USER_ADMINISTRATION
        .iter()
        .filter(|(name, _)| grants.has(name))
        .map(|(name, lets)| {
            granted::finding(name, format!("can {lets}"), &grants.granting(name).collect::<Vec<_>>())
        })
        .collect::<Vec<_>>();
    let manages = ["ManageUsers", "ManageInternalUsers"].iter().any(|name| grants.has(name));
    let note = if manages {
        "Only Manage Users, which has its own check, lets it administer users."
    } else {
        "Nothing lets it create, freeze or administer users."
    };
    if findings.is_empty()
        && granted::doubt(grants).is_none()
        && let Some(doubt) = granted::delegated(grants)
    {
        return doubt;
    }
    granted::judged(findings, grants, note)
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, grant};
    use crate::facts::Known;
    let with = |names: &[&str]| {
        let mut facts = facts();
        facts.grants =
            Known::Is(Grants { sets: vec![grant().profile("Acme ERP").permissions(names)], cut: false });
        facts
    };
    vec![
        Example { name: "Freeze Users", facts: with(&["ApiEnabled", "FreezeUsers"]), outcome: "finding" },
        Example { name: "Manage External Users", facts: with(&["ManagePartners"]), outcome: "finding" },
        Example { name: "no such permission", facts: with(&["ApiEnabled"]), outcome: "pass" },
        Example {
            name: "View Setup and Configuration, so that it may be a delegated administrator",
            facts: with(&["ApiEnabled", "ViewSetup"]),
            outcome: "cannot-tell",
        },
    ]
}
