//! The order of users: what is worst first, by what a reader can check, without points or grades.

use super::result::{Ability, Subject};
use crate::rules::rule::Severity;
use std::cmp::Reverse;

/// Sorts users: the worst severity, how many critical and high findings, how far they reach, how exposed they are, how
/// lately they logged in; then by name.
pub(super) fn sort(subjects: &mut [Subject]) {
    subjects.sort_by_cached_key(|subject| {
        (
            !subject.is_integration(),
            subject.worst().map_or(usize::MAX, |severity| severity as usize),
            Reverse(subject.count(Severity::Critical)),
            Reverse(subject.count(Severity::High)),
            Reverse(reach(subject)),
            Reverse(exposure(subject)),
            Reverse(subject.last_login),
            subject.name.to_lowercase(),
            subject.id.clone(),
        )
    });
}

/// How far a user reaches: everything, then every record, then some objects.
fn reach(subject: &Subject) -> usize {
    let has = |what: Ability| subject.reach.iter().any(|power| power.what == what);
    let whole = has(Ability::ChangesAll) || has(Ability::Permissions) || has(Ability::Metadata);
    let all = has(Ability::ReadsAll) || has(Ability::Users);
    usize::from(whole) * 4
        + usize::from(all) * 2
        + usize::from(has(Ability::WholeObjects) || has(Ability::Deletes))
}

/// From how many sides a user can be got at: any address, an old password, several apps.
fn exposure(subject: &Subject) -> usize {
    ["unrestricted-login-ip", "stale-secret", "several-apps-on-one-user", "browser-sign-in-allowed"]
        .into_iter()
        .filter(|rule| subject.fails(rule))
        .count()
}
