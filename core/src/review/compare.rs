//! Two reviews of one org, one after the other: what got better, what is new, and what cannot be compared.
//!
//! It never calls solved what was not read again.

use super::result::{Found, Review, Row, Subject};
use crate::rules;
use crate::rules::rule::Severity;
use crate::salesforce::id::Id;
use std::collections::BTreeMap;

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It was not there before.
    New,
    /// It is more severe than before.
    Worse,
    /// It is as it was, or less severe.
    Still,
    /// It is gone, and was looked for.
    Solved,
    /// It was found by a check that the earlier review did not have.
    NewRule,
    /// It is gone, and it is not known whether it is solved.
    CannotCompare,
}

impl Change {
    /// All, in the order in which they are told.
    pub const ALL: [Change; 6] =
        [Change::New, Change::Worse, Change::NewRule, Change::Solved, Change::CannotCompare, Change::Still];

    /// What it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Change::New => "New",
            Change::Worse => "Got worse",
            Change::Still => "Still there",
            Change::Solved => "Solved",
            Change::NewRule => "Found by a new check",
            Change::CannotCompare => "Can't be compared",
        }
    }
}

/// A finding, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// What became of it.
    pub change: Change,
    /// Whose it is.
    pub subject: Id,
    /// Their name.
    pub name: String,
    /// The rule's id.
    pub rule: String,
    /// The finding as it is now, or as it was.
    pub found: Found,
    /// Why, where that is not plain.
    pub why: String,
}

/// Compares a review with an earlier one of the same org.
pub fn compare(earlier: &Review, now: &Review) -> Vec<Compared> {
    let by_id = |review: &Review| -> BTreeMap<Id, Subject> {
        review.subjects.iter().map(|one| (one.id.clone(), one.clone())).collect()
    };
    let (before, after) = (by_id(earlier), by_id(now));
    let mut all = vec![];
    for subject in after.values() {
        for (row, found) in findings(subject) {
            let was =
                before.get(&subject.id).and_then(|was| was.rows.iter().find(|own| own.rule == row.rule));
            let old =
                was.and_then(|was| was.findings.iter().find(|own| own.fingerprint == found.fingerprint));
            let (change, why) = match (before.get(&subject.id), was, old) {
                (_, _, Some(old)) if found.severity < old.severity => (Change::Worse, String::new()),
                (_, _, Some(_)) => (Change::Still, String::new()),
                (None, ..) => (Change::New, "This user was not in the earlier review.".into()),
                (Some(_), None, _) => (Change::NewRule, String::new()),
                (Some(_), Some(was), None) if was.outcome == "cannot-tell" => {
                    (Change::CannotCompare, "The earlier review couldn't read it.".into())
                }
                _ => (Change::New, String::new()),
            };
            all.push(one(change, subject, row, found, why));
        }
    }
    for subject in before.values() {
        for (row, found) in findings(subject) {
            let Some(is) = after.get(&subject.id) else {
                let why = "This user is not in the new review: deactivated, deleted, or no longer looked at.";
                all.push(one(Change::CannotCompare, subject, row, found, why.into()));
                continue;
            };
            let now = is.rows.iter().find(|own| own.rule == row.rule);
            if now.is_some_and(|now| now.findings.iter().any(|own| own.fingerprint == found.fingerprint)) {
                continue;
            }
            let (change, why) = match now.map(|now| now.outcome.as_str()) {
                Some("finding" | "pass") => (Change::Solved, String::new()),
                Some("not-applicable") if is.kind != subject.kind => {
                    (Change::CannotCompare, format!("It counts as {} now.", is.kind.label().to_lowercase()))
                }
                Some("not-applicable") => (Change::CannotCompare, "The check doesn't apply any more.".into()),
                Some(_) => (Change::CannotCompare, "The new review couldn't read it.".into()),
                None => (Change::CannotCompare, "The new review has no such check.".into()),
            };
            all.push(one(change, subject, row, found, why));
        }
    }
    let place = |change: Change| Change::ALL.iter().position(|own| *own == change);
    all.sort_by(|a, b| {
        let key = |one: &Compared| (place(one.change), one.found.severity);
        key(a).cmp(&key(b)).then_with(|| (&a.name, &a.rule).cmp(&(&b.name, &b.rule)))
    });
    all
}

fn findings(subject: &Subject) -> impl Iterator<Item = (&Row, &Found)> {
    subject.rows.iter().flat_map(|row| row.findings.iter().map(move |found| (row, found)))
}

fn one(change: Change, subject: &Subject, row: &Row, found: &Found, why: String) -> Compared {
    Compared {
        change,
        subject: subject.id.clone(),
        name: subject.name.clone(),
        rule: row.rule.clone(),
        found: found.clone(),
        why,
    }
}

/// How many findings of integration users there are of each severity.
pub fn counts(review: &Review) -> Vec<(Severity, usize)> {
    let count = |severity| review.integrations().map(|subject| subject.count(severity)).sum();
    Severity::ALL.into_iter().map(|severity| (severity, count(severity))).collect()
}

/// What a rule is called by the state that fails it.
pub fn title(rule: &str) -> &'static str {
    rules::all().iter().find(|own| own.id == rule).map_or("", |own| own.title())
}
