//! Findings about permissions, each with everything that grants it: what several rules share.
//!
//! It never judges: which permission matters, and how much, is the rule's.

use crate::facts::subject::Subject;
use crate::facts::{Grant, Grants, Source};
use crate::rules::rule::{Finding, Outcome};
use crate::salesforce::error::OrgError;
use std::collections::BTreeMap;

/// Every permission that is granted, with the sets that grant it.
pub(super) fn by_permission(grants: &Grants) -> BTreeMap<&str, Vec<&Grant>> {
    let mut all: BTreeMap<&str, Vec<&Grant>> = BTreeMap::new();
    for set in &grants.sets {
        set.permissions.iter().for_each(|name| all.entry(name).or_default().push(set));
    }
    all
}

/// A finding about `permission`, which `lets` its holder do something, with one line of evidence a set. Its title is the
/// API name: the report puts the org's label there.
pub(super) fn finding(permission: &str, lets: impl Into<String>, sets: &[&Grant]) -> Finding {
    Finding { lets: Some(lets.into()), ..Finding::new(subject(permission, sets), permission, lines(sets)) }
}

/// A permission, and the sets that grant it.
pub(super) fn subject(permission: &str, sets: &[&Grant]) -> Subject {
    let granted_by = sets.iter().map(|set| set.id.clone()).collect();
    Subject::Permission { name: permission.to_owned(), granted_by }
}

/// One line of evidence a set, and one more where what a group grants is still being worked out.
pub(super) fn lines(sets: &[&Grant]) -> Vec<String> {
    let unsettled = sets.iter().filter_map(|set| match &set.source {
        Source::Group { name, status } if status != "Updated" => Some(unsettled_line(name, status)),
        _ => None,
    });
    sets.iter().map(|set| set.evidence()).chain(unsettled).collect::<Vec<_>>()
}

/// That what a group grants is not certain, and why, in a sentence.
pub(super) fn unsettled_line(group: &str, status: &str) -> String {
    match status {
        "" => {
            format!("Leastwise couldn't read the status of group “{group}”, so it may grant something else.")
        }
        "Failed" => format!(
            "Salesforce couldn't recalculate group “{group}” (status “Failed”), so it may grant something else."
        ),
        _ => format!(
            "Group “{group}” is being recalculated (status “{status}”), so what it grants may still change."
        ),
    }
}

/// Why "nothing grants it" cannot be said, if it cannot: sets that were not read, or groups not yet worked out.
pub(super) fn doubt(grants: &Grants) -> Option<Outcome> {
    if grants.cut {
        let why = OrgError::RowLimit { what: "PermissionSetAssignment".into() };
        return Some(Outcome::CannotTell { missing: "some of the permission sets".into(), why });
    }
    let (group, status) = grants.unsettled().next()?;
    let (missing, group) = (format!("what permission set group “{group}” grants"), group.to_owned());
    let why =
        if status.is_empty() { OrgError::GroupUnread { group } } else { OrgError::Recalculating { group } };
    Some(Outcome::CannotTell { missing, why })
}

/// Why "it administers nobody" cannot be said of who sees Setup: it may be a delegated administrator, who creates and edits
/// users, resets passwords and assigns profiles without a permission for it. No object and no metadata tells who is one
/// (Salesforce Help, "Delegate Administrative Duties"; metadata type DelegateGroup has no members).
pub(super) fn delegated(grants: &Grants) -> Option<Outcome> {
    grants.has("ViewSetup").then(|| Outcome::CannotTell {
        missing: "whether it's a delegated administrator (Setup, Delegated Administration)".into(),
        why: OrgError::Unreadable { what: "who is a delegated administrator".into() },
    })
}

/// Why it cannot be said on which objects nothing is granted, if it cannot.
pub(super) fn unread_objects(grants: &Grants) -> Option<OrgError> {
    let what = || "ObjectPermissions".to_owned();
    if grants.sets.iter().any(|set| set.deletes.is_none()) {
        Some(OrgError::NoPermission { what: what() })
    } else if grants.sets.iter().any(|set| set.objects_cut) {
        Some(OrgError::RowLimit { what: what() })
    } else {
        None
    }
}

/// Findings when there are any; else the doubt about the grants; else a pass.
pub(super) fn judged(findings: Vec<Finding>, grants: &Grants, note: impl Into<String>) -> Outcome {
    Outcome::of(findings, || doubt(grants).unwrap_or_else(|| Outcome::pass(note)))
}
