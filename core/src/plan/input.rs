//! What an admin may enter in a plan before it is previewed.

use crate::salesforce::ip_range::IpRange;
use serde::{Deserialize, Serialize};

/// What an admin may change in a plan before it is previewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// What it is called, in words ("Name of the new profile").
    pub label: String,
    /// What may be given.
    pub kind: InputKind,
    /// What is given: proposed at first.
    pub value: String,
    /// What stands behind the proposal, a sentence each: for ranges, the sign-ins that each covers.
    pub notes: Vec<String>,
}

/// What an [`Input`] takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum InputKind {
    /// A line of text, not empty, of at most so many characters.
    Text(usize),
    /// An e-mail address.
    Email,
    /// Login IP ranges, one a line: `198.51.100.0 - 198.51.100.15 what it is`, one address alone being its own range.
    Ranges {
        /// Addresses of recent sign-ins: one at least must be inside, or everything is locked out.
        seen: Vec<String>,
        /// The ranges that are there and stay: a line that still says one is written as it was read.
        #[serde(default)]
        kept: Vec<IpRange>,
    },
}
