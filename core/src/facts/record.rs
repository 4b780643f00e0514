//! What is written down about a user: who answers for it, and what it is for. No API tells; admins note it in Leastwise.

use serde::{Deserialize, Serialize};

/// What admins noted about the user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Record {
    /// Whether anything at all is noted in this org: where nothing is, nobody keeps notes here.
    pub is_kept: bool,
    /// Who answers for it, empty when nobody is noted.
    pub owner: String,
    /// What it is for, empty when that is not noted.
    pub purpose: String,
}
