//! Two files as one: the same finding by its fingerprint, the newest entry wins, and what was decided so is told.

use super::{Matched, Note, Waiver, Waivers};
use crate::salesforce::id::Id;
use std::collections::{BTreeMap, BTreeSet};

/// What came of merging.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// Accepted risks that were new.
    pub added: usize,
    /// Those that were there already, the same.
    pub same: usize,
    /// Notes that were new or newer.
    pub notes: usize,
    /// What was decided between two entries on the same.
    pub conflicts: Vec<Conflict>,
}

/// Two entries on the same finding, and which was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// The other one is newer, and took the place of ours.
    Replaced {
        /// Ours, as it was.
        own: Box<Waiver>,
        /// What stands now.
        other: Box<Waiver>,
    },
    /// Ours stays: it is newer, or of the same day.
    Kept {
        /// Ours.
        own: Box<Waiver>,
        /// What was not taken.
        other: Box<Waiver>,
    },
    /// It was ended here since: it is not accepted again.
    Ended {
        /// What was not taken.
        other: Box<Waiver>,
    },
    /// Two notes on the same: ours stays.
    Note {
        /// What was not taken.
        other: Box<Note>,
    },
}

impl Waivers {
    /// Takes what another file has. Ours stay where they are newer, or of the same day.
    pub fn merge(&mut self, other: Waivers) -> Merged {
        let mut merged = Merged::default();
        let mut places: BTreeMap<String, usize> =
            self.waivers.iter().enumerate().map(|(at, own)| (own.fingerprint.clone(), at)).collect();
        for other in other.waivers {
            let ended = self.removed.iter().find(|one| one.waiver.fingerprint == other.fingerprint);
            let at = places.get(&other.fingerprint).copied();
            match (at.and_then(|at| self.waivers.get_mut(at)), ended) {
                (Some(own), _) if *own == other => merged.same += 1,
                (Some(own), _) if own.created < other.created => {
                    let was = std::mem::replace(own, other.clone());
                    merged.conflicts.push(Conflict::Replaced { own: Box::new(was), other: Box::new(other) });
                }
                (Some(own), _) => merged
                    .conflicts
                    .push(Conflict::Kept { own: Box::new(own.clone()), other: Box::new(other) }),
                (None, Some(ended)) if ended.removed >= other.created => {
                    merged.conflicts.push(Conflict::Ended { other: Box::new(other) });
                }
                (None, _) => {
                    places.insert(other.fingerprint.clone(), self.waivers.len());
                    self.waivers.push(other);
                    merged.added += 1;
                }
            }
        }
        for other in other.notes {
            self.merge_note(other, &mut merged);
        }
        merged
    }

    fn merge_note(&mut self, other: Note, merged: &mut Merged) {
        let is_same = |own: &&mut Note| {
            own.subject.matches(&other.subject).is_some_and(|how| how == Matched::ById)
                || own.subject == other.subject
        };
        match self.notes.iter_mut().find(is_same) {
            Some(own) if *own == other => {}
            Some(own) if own.changed < other.changed => {
                *own = other;
                merged.notes += 1;
            }
            Some(_) => merged.conflicts.push(Conflict::Note { other: Box::new(other) }),
            None => {
                self.notes.push(other);
                merged.notes += 1;
            }
        }
    }

    /// How many entries are of other orgs than this one. What names no org is of any.
    pub fn of_others(&self, org: &Id) -> usize {
        let of = self.waivers.iter().map(|own| &own.subject).chain(self.notes.iter().map(|own| &own.subject));
        of.filter(|subject| subject.org.as_ref().is_some_and(|own| own != org)).count()
    }

    /// The orgs that entries are of.
    pub fn orgs(&self) -> BTreeSet<&Id> {
        let of = self.waivers.iter().map(|own| &own.subject).chain(self.notes.iter().map(|own| &own.subject));
        of.filter_map(|subject| subject.org.as_ref()).collect()
    }
}

impl Conflict {
    /// What is said of it.
    pub fn sentence(&self) -> String {
        let named =
            |waiver: &Waiver| format!("{} of {}, {}", waiver.rule, waiver.subject.label(), waiver.about);
        match self {
            Conflict::Replaced { own, other } => format!(
                "{}: the file's entry of {} replaces yours of {}.",
                named(other),
                other.created.words(),
                own.created.words()
            ),
            Conflict::Kept { own, other } if own.created == other.created => {
                format!("{}: both are of {}. Yours stays.", named(other), own.created.words())
            }
            Conflict::Kept { own, other } => format!(
                "{}: yours of {} is newer than the file's of {} and stays.",
                named(other),
                own.created.words(),
                other.created.words()
            ),
            Conflict::Ended { other } => {
                format!("{}: you stopped accepting it since. It isn't imported.", named(other))
            }
            Conflict::Note { other } => format!(
                "Note on {}: yours stays, because it's newer or the file's has no date.",
                other.subject.label()
            ),
        }
    }
}
