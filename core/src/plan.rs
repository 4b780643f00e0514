//! A plan: what a fix changes, step by step, as data that a person can read before anything is written.
//!
//! It never writes, and never guesses what is there: a step's `before` is what was read for the preview.

use crate::id::Id;
use crate::json::Value;
use serde::{Deserialize, Serialize};

/// How careful a fix must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Safety {
    /// Reversible, and touches only this user.
    Safe,
    /// Reversible, and touches others or can stop an integration: the preview says whom and what.
    Confirm,
    /// Cannot be undone, or people must decide: guided steps.
    ByHand,
}

impl Safety {
    /// The value of `data-safety`.
    pub const fn word(self) -> &'static str {
        match self {
            Safety::Safe => "safe",
            Safety::Confirm => "confirm",
            Safety::ByHand => "by-hand",
        }
    }
}

/// What undoing comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Undo {
    /// It restores what was there.
    Exact,
    /// It cannot be undone, and why; the nearest thing, in a sentence.
    Never(String),
}

/// What a field is, or is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Term {
    /// This value.
    Is(Value),
    /// The id of the row that an earlier step (by its place in the plan) made.
    Made(usize),
}

impl Term {
    /// A text.
    pub fn text(text: impl Into<String>) -> Term {
        Term::Is(Value::Text(text.into()))
    }

    /// A truth value.
    pub const fn flag(is: bool) -> Term {
        Term::Is(Value::Bool(is))
    }

    /// An id.
    pub fn id(id: &Id) -> Term {
        Term::text(id.as_str())
    }
}

/// Fields by API name.
pub type Fields = Vec<(String, Term)>;

/// `fields` from names and terms.
pub fn fields<const N: usize>(all: [(&str, Term); N]) -> Fields {
    all.into_iter().map(|(name, term)| (name.to_owned(), term)).collect()
}

/// Where something stands in the org.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// The one row of an object that these fields tell from all others.
    Row {
        /// The object's API name.
        object: String,
        /// What tells it: its `Id`, or the fields that are unique together.
        key: Fields,
    },
    /// The login IP ranges of a profile, which only the Metadata API writes (`salesforce-facts`: Profile,
    /// `loginIpRanges`; the list is replaced as a whole, the rest of the profile stays). The field is `loginIpRanges`.
    LoginIpRanges {
        /// The profile.
        profile: Id,
        /// Its `fullName` in the Metadata API.
        full_name: String,
    },
}

/// One change: a row made, changed or taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it does, in words.
    pub words: String,
    /// Where.
    pub place: Place,
    /// Whether it makes the row when there is none; else a row that is not there cannot be changed.
    pub makes: bool,
    /// Further fields that are read along, so that a row which is taken away can be made again.
    pub keep: Vec<String>,
    /// What was there when the preview was made; none: no such row.
    pub before: Option<Fields>,
    /// What is to be there; none: no such row.
    pub after: Option<Fields>,
}

impl Step {
    /// A change of fields of the row with this id.
    pub fn update(words: impl Into<String>, object: &str, id: &Id, after: Fields) -> Step {
        let place = Place::Row { object: object.to_owned(), key: fields([("Id", Term::id(id))]) };
        Step { words: words.into(), place, makes: false, keep: vec![], before: None, after: Some(after) }
    }

    /// A change of fields of the one row that `key` tells.
    pub fn change(words: impl Into<String>, object: &str, key: Fields, after: Fields) -> Step {
        Step { makes: false, ..Step::create(words, object, key, after) }
    }

    /// A new row, which `key` tells from all others.
    pub fn create(words: impl Into<String>, object: &str, key: Fields, after: Fields) -> Step {
        let place = Place::Row { object: object.to_owned(), key };
        Step { words: words.into(), place, makes: true, keep: vec![], before: None, after: Some(after) }
    }

    /// The row that `key` tells taken away; `keep` is what it takes to make it again.
    pub fn delete(words: impl Into<String>, object: &str, key: Fields, keep: &[&str]) -> Step {
        let keep = keep.iter().map(|name| (*name).to_owned()).collect();
        let place = Place::Row { object: object.to_owned(), key };
        Step { words: words.into(), place, makes: false, keep, before: None, after: None }
    }

    /// The fields that are read of it, in order and once each.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = vec![];
        let keys = match &self.place {
            Place::Row { key, .. } => key.as_slice(),
            Place::LoginIpRanges { .. } => &[],
        };
        let own = self.after.iter().chain(&self.before).flatten().chain(keys).map(|(name, _)| name.as_str());
        for name in own.chain(self.keep.iter().map(String::as_str)) {
            if name != "Id" && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// Another user whom a plan reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Their id.
    pub id: Id,
    /// Their name.
    pub name: String,
}

/// What a fix changes, whom it reaches, what it may break, and how it is undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The fix, as in `data-fix`.
    pub fix: String,
    /// What it does, in a sentence.
    pub title: String,
    /// How careful it must be.
    pub safety: Safety,
    /// In this order.
    pub steps: Vec<Step>,
    /// Every other user whom it reaches, as far as they were read.
    pub reaches: Vec<Reached>,
    /// Whether it reaches more than those.
    pub reaches_more: bool,
    /// What it may break, a sentence each.
    pub breaks: Vec<String>,
    /// Whether it can be undone.
    pub undo: Undo,
}
