//! Where each step of a plan stands.

use crate::salesforce::id::Id;
use serde::{Deserialize, Serialize};

/// A person's word that a step is done of which no API tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The step's place.
    pub step: usize,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Whose word it is.
    pub by: String,
}

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Not begun.
    Planned,
    /// Put away, and perhaps written: a reading will tell.
    Writing,
    /// Written, and read back as it should be.
    Verified {
        /// The row's id, where it was made or changed.
        #[serde(deserialize_with = "Option::deserialize")]
        id: Option<Id>,
    },
    /// It was so already: nothing was written, and undo leaves it alone.
    Already {
        /// The row's id.
        #[serde(deserialize_with = "Option::deserialize")]
        id: Option<Id>,
    },
    /// A person's step that no API tells of: passed over, and not known to be done.
    Untold,
    /// It is as it is to be, but the write that it takes back was never answered, and may still arrive.
    Late,
    /// Of many rows, those up to a place: a part is written at a time, and takes place as a whole or not at all.
    Rows {
        /// Rows that are as they are to be, from the first on.
        done: usize,
        /// Rows in all.
        of: usize,
        /// Rows after those, stored, and perhaps written.
        writing: usize,
        /// The places of those that were so already: undo leaves them alone.
        skipped: Vec<usize>,
    },
}

impl Progress {
    /// Whether nothing is left to do.
    pub const fn is_done(&self) -> bool {
        match self {
            Progress::Planned | Progress::Writing | Progress::Late => false,
            Progress::Rows { done, of, .. } => *done == *of,
            Progress::Verified { .. } | Progress::Already { .. } | Progress::Untold => true,
        }
    }

    /// Of many rows, where the one at a place stands by itself.
    #[must_use]
    pub fn of_row(&self, at: usize) -> Progress {
        match self {
            Progress::Rows { skipped, .. } if skipped.contains(&at) => Progress::Already { id: None },
            Progress::Rows { done, .. } if at < *done => Progress::Verified { id: None },
            Progress::Rows { done, writing, .. } if at < done + writing => Progress::Writing,
            Progress::Rows { .. } => Progress::Planned,
            own => own.clone(),
        }
    }

    /// Whether something was written, or may have been.
    pub(super) fn has_written(&self) -> bool {
        match self {
            Progress::Writing | Progress::Verified { .. } => true,
            Progress::Rows { done, writing, skipped, .. } => *writing > 0 || *done > skipped.len(),
            _ => false,
        }
    }

    /// Whether a reading will tell what became of it.
    pub(super) fn is_open(&self) -> bool {
        match self {
            Progress::Writing | Progress::Late => true,
            Progress::Rows { writing, .. } => *writing > 0,
            _ => false,
        }
    }

    pub(super) fn id(&self) -> Option<&Id> {
        match self {
            Progress::Verified { id } | Progress::Already { id } => id.as_ref(),
            Progress::Planned
            | Progress::Writing
            | Progress::Untold
            | Progress::Late
            | Progress::Rows { .. } => None,
        }
    }
}
