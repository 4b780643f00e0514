//! The rule `escalation-path`: permissions that together make an administrator.
//!
//! It never alarms a second time: where one of them is critical alone, `broad-permission` or `manage-users-permission` says
//! so, and this has nothing to add.
use crate::facts::subject::Subject;
use crate::facts::{Classification, Grants, Known};
use crate::rules::granted;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule};
use crate::salesforce::permissions;
use crate::text::{listed, spaced};

declare_rule! {
    /// Its permissions add up to an administrator's
    ///
    /// ## Check
    /// Can't make itself an administrator
    ///
    /// ## Why it matters
    /// Some permissions lead to others: who can assign permission sets can assign the strongest one to itself, and who can
    /// write Apex can run it as anyone. Anyone who has these together owns the org, whatever the profile is called.
    ///
    /// ## Fix
    /// Remove the permission that is the easiest to do without, which the finding names first. One cut is enough to end the
    /// path.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-ACS-004
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "escalation-path", integration: Critical, person: Some(Severity::High), check
}

/// Permissions that make an administrator together, and what their holder can do.
const PATHS: &[(&[&str], &str)] = &[
    (&["ModifyAllData", "ManageUsers", "CustomizeApplication"], "is an administrator in all but name"),
    (&["ManageUsers", "AssignPermissionSets"], "can create a user and give it anything"),
    (&["AuthorApex", "ModifyAllData"], "can run any code on any record"),
    (&["AssignPermissionSets", "ViewAllData"], "can see everything, and give itself the rest"),
    (&["ManageAuthProviders", "ManageUsers"], "can let anyone log in as anyone"),
    (&["ManageRemoteAccess", "UseAnyApiClient"], "can let any app in"),
];

fn check(grants: &Grants, classification: &Known<Classification>) -> Outcome {
    let person = classification.known().is_some_and(Classification::is_of_people);
    let is_whole = |legs: &[&str]| legs.iter().all(|name| grants.has(name));
    let Some((legs, what)) = PATHS.iter().find(|(legs, _)| is_whole(legs)) else {
        return granted::judged(vec![], grants, "No permissions of it add up to an administrator's.");
    };
    // What the fewest sets grant is the easiest to take away.
    let mut legs: Vec<&str> = legs.to_vec();
    legs.sort_by_key(|name| grants.granting(name).count());
    // One that `broad-permission` doesn't judge has a rule of its own: critical, of a person high.
    let alone = if person { Severity::High } else { Severity::Critical };
    let severity = |name: &&str| {
        permissions::broad(name).map_or(alone, |own| if person { own.person } else { own.integration })
    };
    let worst = legs.iter().map(severity).min().unwrap_or(Severity::Critical);
    if worst == Severity::Critical {
        let labels: Vec<String> = legs.iter().map(|name| format!("“{}”", spaced(name))).collect();
        return Outcome::not_applicable(format!(
            "With {} it {what}. See “Only the permissions it needs” for each of them.",
            listed(&labels)
        ));
    }
    let mut evidence: Vec<String> = legs
        .iter()
        .map(|name| {
            let sets: Vec<String> = grants.granting(name).map(|set| set.shown()).collect();
            format!("“{}” is granted by {}.", spaced(name), listed(&sets))
        })
        .collect();
    if let Some(first) = legs.first() {
        evidence.push(format!("“{}” is the easiest to remove.", spaced(first)));
    }
    let names = legs.iter().map(|name| (*name).to_owned()).collect();
    let finding = Finding::new(Subject::Permissions(names), format!("It {what}"), evidence);
    Outcome::Findings(vec![finding])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, grant, person};
    let of = |mut facts: crate::facts::Facts, permissions: &[&str], cut| {
        facts.grants = Known::Is(Grants { sets: vec![grant().permissions(permissions)], cut });
        facts
    };
    let with = |permissions: &[&str], cut| of(facts(), permissions, cut);
    let both = ["AssignPermissionSets", "ViewAllData"];
    vec![
        Example {
            name: "a person with Assign Permission Sets and View All Data",
            facts: of(person(), &both, false),
            outcome: "finding",
        },
        Example {
            name: "an integration with both, of which one is critical alone",
            facts: with(&both, false),
            outcome: "not-applicable",
        },
        Example { name: "View All Data alone", facts: with(&["ViewAllData"], false), outcome: "pass" },
        Example { name: "more sets than were read", facts: with(&["ViewAllData"], true), outcome: "cannot-tell" },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::example::{grant, person};

    #[test]
    fn one_cause_is_one_alarm() {
        assert_eq!(RULE.run(&(RULE.examples)()[1].facts).word(), "not-applicable");
        // For people each of these is high alone, and so is what they come to.
        let mut human = person();
        let sets = vec![grant().permissions(&["AssignPermissionSets", "ViewAllData"])];
        human.grants = Known::Is(Grants { sets, cut: false });
        let Outcome::Findings(of_person) = RULE.run(&human) else { panic!() };
        assert_eq!(of_person[0].severity, Some(Severity::High));
    }

    #[test]
    fn what_the_fewest_sets_grant_is_named_first() {
        let mut facts = person();
        let sets = vec![
            grant().set(2, "A").permissions(&["AuthorApex", "ModifyAllData"]),
            grant().set(3, "B").permissions(&["AuthorApex"]),
        ];
        facts.grants = Known::Is(Grants { sets, cut: false });
        let Outcome::Findings(all) = RULE.run(&facts) else { panic!() };
        assert_eq!(all[0].evidence[0], "“Modify All Data” is granted by permission set “A”.");
        assert_eq!(all[0].evidence[2], "“Modify All Data” is the easiest to remove.");
    }
}
