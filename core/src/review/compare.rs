//! Two reviews of one org, one after the other: what got better, what is new, and what cannot be compared.
//!
//! It never calls solved what was not read again.

use super::result::{Found, Kind, Review, Row};
use crate::rules;
use crate::rules::rule::Severity;
use crate::salesforce::id::Id;
use std::collections::BTreeMap;
use std::fmt;

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

/// Whose a finding is; written as the id of a user, what tells an app from others, or `org`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// A user's, by id.
    User(Id),
    /// An app's, by [`App::key`](super::result::App::key).
    App(String),
    /// The org's own.
    Org,
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Whose::User(id) => write!(f, "{id}"),
            Whose::App(key) => write!(f, "{key}"),
            Whose::Org => write!(f, "org"),
        }
    }
}

/// A finding, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// What became of it.
    pub change: Change,
    /// Whose it is.
    pub whose: Whose,
    /// Their name.
    pub name: String,
    /// The rule's id.
    pub rule: String,
    /// The finding as it is now, or as it was.
    pub found: Found,
    /// Why, where that is not plain.
    pub why: String,
}

/// Who or what was looked at, and what the checks said.
struct Subject<'a> {
    name: &'a str,
    /// What a user is.
    kind: Option<Kind>,
    rows: &'a [Row],
}

/// Everyone and everything that a review looked at.
fn subjects(review: &Review) -> BTreeMap<Whose, Subject<'_>> {
    let users = review.subjects.iter().map(|one| {
        let own = Subject { name: &one.name, kind: Some(one.kind), rows: &one.rows };
        (Whose::User(one.id.clone()), own)
    });
    let apps = review
        .apps
        .iter()
        .map(|one| (Whose::App(one.key()), Subject { name: &one.label, kind: None, rows: &one.rows }));
    let org = (Whose::Org, Subject { name: "Org settings", kind: None, rows: &review.org_rows });
    users.chain(apps).chain([org]).collect()
}

/// Compares a review with an earlier one of the same org.
pub fn compare(earlier: &Review, now: &Review) -> Vec<Compared> {
    let (before, after) = (subjects(earlier), subjects(now));
    let mut all = vec![];
    for (whose, subject) in &after {
        for (row, found) in findings(subject) {
            let earlier = before.get(whose);
            let was = earlier.and_then(|was| was.rows.iter().find(|own| own.rule == row.rule));
            let old =
                was.and_then(|was| was.findings.iter().find(|own| own.fingerprint == found.fingerprint));
            let (change, why) = match (earlier, was, old) {
                (_, _, Some(old)) if found.severity < old.severity => (Change::Worse, String::new()),
                (_, _, Some(_)) => (Change::Still, String::new()),
                (None, ..) => (Change::New, format!("This {} was not in the earlier review.", what(whose))),
                (Some(_), None, _) => (Change::NewRule, String::new()),
                (Some(_), Some(was), None) if was.outcome == "cannot-tell" => {
                    (Change::CannotCompare, "The earlier review couldn't read it.".into())
                }
                _ => (Change::New, String::new()),
            };
            all.push(one(change, whose, subject, row, found, why));
        }
    }
    for (whose, subject) in &before {
        for (row, found) in findings(subject) {
            let Some(is) = after.get(whose) else {
                let why = gone(whose).to_owned();
                all.push(one(Change::CannotCompare, whose, subject, row, found, why));
                continue;
            };
            let now = is.rows.iter().find(|own| own.rule == row.rule);
            if now.is_some_and(|now| now.findings.iter().any(|own| own.fingerprint == found.fingerprint)) {
                continue;
            }
            let (change, why) = match now.map(|now| now.outcome.as_str()) {
                Some("finding" | "pass") => (Change::Solved, String::new()),
                Some("not-applicable") => match is.kind.filter(|kind| Some(*kind) != subject.kind) {
                    Some(kind) => {
                        (Change::CannotCompare, format!("It counts as {} now.", kind.label().to_lowercase()))
                    }
                    None => (Change::CannotCompare, "The check doesn't apply any more.".into()),
                },
                Some(_) => (Change::CannotCompare, "The new review couldn't read it.".into()),
                None => (Change::CannotCompare, "The new review has no such check.".into()),
            };
            all.push(one(change, whose, subject, row, found, why));
        }
    }
    let place = |change: Change| Change::ALL.iter().position(|own| *own == change);
    all.sort_by(|a, b| {
        let key = |one: &Compared| (place(one.change), one.found.severity);
        key(a).cmp(&key(b)).then_with(|| (&a.name, &a.rule).cmp(&(&b.name, &b.rule)))
    });
    all
}

const fn what(whose: &Whose) -> &'static str {
    match whose {
        Whose::User(_) => "user",
        Whose::App(_) => "app",
        Whose::Org => "part",
    }
}

/// Why a finding's subject may not be there any more.
const fn gone(whose: &Whose) -> &'static str {
    match whose {
        Whose::User(_) => "This user is not in the new review: deactivated, deleted, or no longer looked at.",
        Whose::App(_) => "This app is not in the new review: deleted, or without tokens.",
        Whose::Org => "The new review didn't look at it.",
    }
}

fn findings<'a>(subject: &Subject<'a>) -> impl Iterator<Item = (&'a Row, &'a Found)> {
    subject.rows.iter().flat_map(|row| row.findings.iter().map(move |found| (row, found)))
}

fn one(
    change: Change,
    whose: &Whose,
    subject: &Subject<'_>,
    row: &Row,
    found: &Found,
    why: String,
) -> Compared {
    Compared {
        change,
        whose: whose.clone(),
        name: subject.name.to_owned(),
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
