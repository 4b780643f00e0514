//! What the sections of a profile's form are weighed by: when software signs in, and how old its passwords are.
//!
//! It never holds a time zone: no API tells that of a profile's login hours.

use crate::salesforce::id::Id;
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The hours of a week.
pub const WEEK: usize = 168;

/// The sign-ins of ninety days that succeeded and were not by browser, of the profile's active users, for each hour of
/// the week from Sunday 00:00 UTC on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week(pub Vec<u64>);

impl Week {
    /// How many in all.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// The password of an active user of the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password {
    /// Whose.
    pub user_id: Id,
    /// Their name.
    pub name: String,
    /// `LastPasswordChangeDate`.
    pub changed: Timestamp,
    /// Whether a permission set or a group, not the profile, grants Password Never Expires.
    pub never_expires: bool,
}

/// What a profile's own password policy comes to (`ProfilePasswordPolicy` of the Metadata API).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordPolicy {
    /// The profile has none: the org's policy holds for it.
    None,
    /// It is less strict than what Leastwise would set.
    Loose,
    /// There is nothing in it that Leastwise would change.
    Strict,
}
