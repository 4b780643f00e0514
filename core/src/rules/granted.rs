//! Findings about permissions, each with everything that grants it: what several rules share.
//!
//! It never judges: which permission matters, and how much, is the rule's.

use crate::fact::{Grant, Grants, Source};
use crate::refusal::Refusal;
use crate::rule::{Finding, Outcome};
use crate::subject::Subject;
use std::collections::BTreeMap;

/// Every permission that is granted, with the sets that grant it.
pub(super) fn by_permission(grants: &Grants) -> BTreeMap<&str, Vec<&Grant>> {
    let mut all: BTreeMap<&str, Vec<&Grant>> = BTreeMap::new();
    for set in &grants.sets {
        set.permissions.iter().for_each(|name| all.entry(name).or_default().push(set));
    }
    all
}

/// A finding about `permission`, which `lets` its holder do something, with one line of evidence a set.
pub(super) fn finding(permission: &str, lets: impl Into<String>, sets: &[&Grant]) -> Finding {
    let lets = lets.into();
    let title = format!("{permission}: {lets}");
    Finding { lets: Some(lets), ..Finding::new(subject(permission, sets), title, lines(sets)) }
}

/// A permission, and the sets that grant it.
pub(super) fn subject(permission: &str, sets: &[&Grant]) -> Subject {
    let granted_by = sets.iter().map(|set| set.id.clone()).collect();
    Subject::Permission { name: permission.to_owned(), granted_by }
}

/// One line of evidence a set, and one more where what a group grants is still being worked out.
pub(super) fn lines(sets: &[&Grant]) -> Vec<String> {
    let unsettled = sets.iter().filter_map(|set| match &set.source {
        Source::Group { name, status } if status != "Updated" => Some(format!(
            "The group “{name}” is being recalculated (its status is “{status}”): what it grants may still change."
        )),
        _ => None,
    });
    sets.iter().map(|set| set.evidence()).chain(unsettled).collect::<Vec<_>>()
}

/// Why "nothing grants it" cannot be said, if it cannot: sets that were not read, or groups not yet worked out.
pub(super) fn doubt(grants: &Grants) -> Option<Outcome> {
    if grants.cut {
        let why = Refusal::RowLimit { what: "PermissionSetAssignment".into() };
        return Some(Outcome::CannotTell { missing: "some of the permission sets".into(), why });
    }
    let group = grants.unsettled_groups().next()?.to_owned();
    let missing = format!("what the permission set group “{group}” grants");
    Some(Outcome::CannotTell { missing, why: Refusal::Recalculating { group } })
}

/// Findings when there are any; else the doubt about the grants; else a pass.
pub(super) fn judged(findings: Vec<Finding>, grants: &Grants, note: impl Into<String>) -> Outcome {
    Outcome::of(findings, || doubt(grants).unwrap_or_else(|| Outcome::pass(note)))
}
