//! A fact as far as it is known.
//!
//! It never guesses: what was not read has a reason, and no rule can take it for fine.

use crate::salesforce::error::OrgError;
use serde::{Deserialize, Serialize};

/// A fact as far as it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Known<T> {
    /// It was read.
    Is(T),
    /// It could not be read.
    Unavailable(Unavailable),
    /// It does not exist for what this page shows (a profile has no e-mail address).
    Absent(String),
}

/// A fact that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unavailable {
    /// What is missing, in words ("the sign-in history").
    pub what: String,
    /// Why.
    pub why: OrgError,
}

/// Why a fact is not there, whichever fact it is.
#[derive(Debug, Clone, Copy)]
pub enum NotKnown<'a> {
    /// It could not be read.
    Unavailable(&'a Unavailable),
    /// It does not exist for what this page shows.
    Absent(&'a str),
}

impl<T> Known<T> {
    /// Unavailable, because of `why`.
    pub fn unavailable(what: &str, why: OrgError) -> Known<T> {
        Known::Unavailable(Unavailable { what: what.to_owned(), why })
    }

    /// Why it is not there, when it is not.
    pub fn not_known(&self) -> Option<NotKnown<'_>> {
        match self {
            Known::Is(_) => None,
            Known::Unavailable(missing) => Some(NotKnown::Unavailable(missing)),
            Known::Absent(why) => Some(NotKnown::Absent(why)),
        }
    }

    /// Another fact made of this one, which is there as far as this one is.
    pub fn map<'a, U>(&'a self, make: impl FnOnce(&'a T) -> U) -> Known<U> {
        match self {
            Known::Is(fact) => Known::Is(make(fact)),
            Known::Unavailable(missing) => Known::Unavailable(missing.clone()),
            Known::Absent(why) => Known::Absent(why.clone()),
        }
    }

    /// The fact, when it was read.
    pub fn known(&self) -> Option<&T> {
        match self {
            Known::Is(fact) => Some(fact),
            _ => None,
        }
    }
}
