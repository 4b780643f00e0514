//! The controls of the Security Benchmark for Salesforce (SBS), and what the rules' outcomes say of each: met, not met, cannot
//! tell, or not looked at. Ids and our own words only: the benchmark's text is not ours.
//!
//! What was not read is never met. A control that asks for a documented reason is met by a risk that is accepted with one;
//! every other counts an accepted finding as what it is.

mod judge;
mod table;

pub use judge::{Controls, Judged};
pub use table::{CONTROLS, Control};

use serde::{Deserialize, Serialize};

/// The benchmark's version.
pub const VERSION: &str = "0.4.1";

/// How a control stands, the one that decides first: one subject that does not meet it is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ControlStatus {
    /// Something shows that it is not.
    NotMet,
    /// Something that it needs could not be read.
    CannotTell,
    /// Leastwise does not look at it, or was told not to.
    NotLookedAt,
    /// Everything that it needs was read, and is so.
    Met,
}

impl ControlStatus {
    /// What people read.
    pub const fn words(self) -> &'static str {
        match self {
            ControlStatus::NotMet => "Not met",
            ControlStatus::CannotTell => "Couldn't check",
            ControlStatus::NotLookedAt => "Not looked at",
            ControlStatus::Met => "Met",
        }
    }
}

/// What says how a control stands, of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ControlRow {
    /// Whose outcome it is, as it was named.
    pub subject: String,
    /// The rule; empty where a note says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// How it stands there.
    pub status: ControlStatus,
    /// What was found, or is missing, in a sentence.
    pub why: String,
}

/// How a control stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ControlResult {
    /// Its id, `SBS-ACS-003`.
    pub id: String,
    /// What it asks for, in our own words.
    pub name: String,
    /// How it stands.
    pub status: ControlStatus,
    /// Of how many subjects it was judged.
    pub subjects: usize,
    /// What says so: of what is met nothing.
    pub rows: Vec<ControlRow>,
    /// What is to be known of it, in a sentence; empty for nothing.
    pub note: String,
}
