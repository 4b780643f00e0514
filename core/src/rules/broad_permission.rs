//! The rule `broad-permission`: each permission that reaches far, with everything that grants it.
//!
//! It never judges what has a rule of its own: user administration, deleting, passwords.
use super::granted;
use crate::classification::Classification;
use crate::fact::{Grants, Known};
use crate::permission;
use crate::rule::{Finding, Outcome, Severity, declare_rule};

declare_rule! {
    /// A permission reaches further than an integration needs
    ///
    /// ## Why it matters
    /// Whoever steals this identity's secret has all that it may do. Most integrations need a few objects and fields;
    /// a permission for the whole org turns a leak in one system into a leak, or the loss, of everything. A permission
    /// that is in no published list is shown too: nobody has weighed it yet.
    ///
    /// ## Fix
    /// Take each permission away where it is granted: the evidence names the profile, permission set or group, and how
    /// many others lose it too. Where others need it, give the integration a permission set of its own instead, with
    /// the objects and fields that it uses.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-ACS-008 (also SBS-ACS-003 and SBS-ACS-006)
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>;
    /// Salesforce Admins blog, "Best Practices for Configuring Your Integration User"
    /// <https://admin.salesforce.com/blog/2023/best-practices-for-configuring-your-integration-user>
    "broad-permission", integration: Critical, person: Some(Severity::Critical), check
}

fn check(grants: &Grants, classification: &Known<Classification>) -> Outcome {
    // A name alone makes nothing of a permission that it wouldn't be for a person.
    let as_person = |c: &Classification| c.is_of_people() || c.is_a_guess();
    let person = classification.known().is_some_and(as_person);
    let mut findings: Vec<Finding> = granted::by_permission(grants)
        .into_iter()
        .filter_map(|(name, sets)| {
            if let Some(broad) = permission::broad(name) {
                let severity = if person { broad.person } else { broad.integration };
                Some(granted::finding(name, format!("can {}", broad.lets), &sets).with(severity))
            } else if permission::is_known(name) {
                None
            } else {
                let severity = if person { Severity::Info } else { Severity::Low };
                let mut finding =
                    granted::finding(name, "a permission in no published list", &sets);
                finding.evidence.push("What it lets its holder do has to be looked up in Setup.".into());
                Some(finding.with(severity))
            }
        })
        .collect::<Vec<_>>();
    findings.sort_by_key(|finding| finding.severity);
    granted::judged(
        findings,
        grants,
        "No profile, permission set or group grants a broad user permission; permissions on objects are checked by themselves.",
    )
}

#[cfg(test)]
use crate::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use super::example::{facts, grant};
    let with = |sets| {
        let mut facts = facts();
        facts.grants = Known::Is(Grants { sets, cut: false });
        facts
    };
    let cut = |mut facts: crate::fact::Facts| {
        if let Known::Is(grants) = &mut facts.grants {
            grants.cut = true;
        }
        facts
    };
    vec![
        Example {
            name: "Modify All Data from the profile and from a group",
            facts: with(vec![
                grant().profile("Acme ERP").permissions(&["ApiEnabled", "ModifyAllData"]),
                grant()
                    .group(2, "Data team", "Updated")
                    .permissions(&["ModifyAllData"])
                    .shared_with(&["Ann Lee"]),
            ]),
            outcome: "finding",
        },
        Example {
            name: "a permission that nobody has heard of",
            facts: with(vec![grant().set(2, "Beta").permissions(&["FlyToTheMoon"])]),
            outcome: "finding",
        },
        Example {
            name: "API Enabled and API Only",
            facts: with(vec![grant().profile("Acme ERP").permissions(&["ApiEnabled", "ApiUserOnly"])]),
            outcome: "pass",
        },
        Example {
            name: "a group that is being recalculated",
            facts: with(vec![grant().profile("Acme ERP"), grant().group(2, "Data team", "Outdated")]),
            outcome: "cannot-tell",
        },
        Example { name: "more sets than were read", facts: cut(with(vec![grant()])), outcome: "cannot-tell" },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::example::{facts, grant, person};

    fn findings(outcome: Outcome) -> Vec<Finding> {
        match outcome {
            Outcome::Findings(findings) => findings,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_grant_is_named_with_its_reach() {
        let all = findings(RULE.run(&(RULE.examples)()[0].facts));
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].severity, Some(Severity::Critical));
        assert_eq!(
            all[0].evidence,
            [
                "Granted by profile “Acme ERP”, which reaches nobody else.",
                "Granted by permission set group “Data team” (after muting), which reaches 1 other active user.",
            ]
        );
    }

    #[test]
    fn the_worst_comes_first_and_people_are_judged_more_mildly() {
        let sets =
            vec![grant().permissions(&["ExportReport", "ModifyAllData", "FlyToTheMoon", "UseAnyApiClient"])];
        let mut integration = facts();
        integration.grants = Known::Is(Grants { sets, cut: true });
        let mut human = person();
        human.grants = integration.grants.clone();
        let severities =
            |facts| findings(RULE.run(&facts)).into_iter().filter_map(|f| f.severity).collect::<Vec<_>>();
        assert_eq!(
            severities(integration),
            [Severity::Critical, Severity::Critical, Severity::High, Severity::Low]
        );
        assert_eq!(severities(human), [Severity::Critical, Severity::High, Severity::Medium, Severity::Info]);
    }

    #[test]
    fn an_unsettled_group_is_said_beside_what_it_grants() {
        let mut facts = facts();
        let sets = vec![grant().group(2, "Data team", "Updating").permissions(&["ViewAllData"])];
        facts.grants = Known::Is(Grants { sets, cut: false });
        let all = findings(RULE.run(&facts));
        assert!(all[0].evidence[1].contains("being recalculated"), "{:?}", all[0].evidence);
    }
}
