//! What a company allows of accepted risks, and for how long each may be.

use crate::rules::rule::Severity;
use serde::{Deserialize, Serialize};

/// Days that any risk may be accepted for at the most.
pub const MOST_DAYS: u32 = 365;

/// Days that a critical one may be.
pub const MOST_DAYS_CRITICAL: u32 = 90;

/// The days of an entry that nobody has given a reason for yet: what was there when somebody began to look.
pub const BASELINE_DAYS: u32 = 90;

/// The reason of such an entry.
pub const BASELINE: &str = "baseline";

/// So many letters a reason has at the least.
pub const REASON: usize = 10;

/// What holds for those that admins accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Whether admins may accept a risk at all (`allowWaivers`).
    pub is_allowed: bool,
    /// Days at the most, where that is fewer than by default (`maxWaiverDays`).
    pub most_days: u32,
    /// Whether each needs a ticket (`requireTicket`).
    pub needs_ticket: bool,
}

impl Default for Terms {
    fn default() -> Terms {
        Terms { is_allowed: true, most_days: MOST_DAYS, needs_ticket: false }
    }
}

impl Terms {
    /// Days that a risk of this severity may be accepted for.
    pub fn days(self, severity: Severity) -> u32 {
        let own = if severity == Severity::Critical { MOST_DAYS_CRITICAL } else { MOST_DAYS };
        own.min(self.most_days)
    }
}
