//! The time of day: the core has no clock.

use leastwise_core::salesforce::time::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now; the beginning of 1970 where the clock stands before it.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
