//! Points in time as the API writes them, in whole seconds.
//!
//! It never reads a clock: "now" comes from the caller.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

/// Seconds in a day.
pub const DAY: i64 = 86_400;

impl Timestamp {
    /// Reads `2026-11-24T10:31:00.000+0000`, the form of every dateTime in REST responses, with any offset (none is
    /// UTC) and with or without fractions; also a plain date, which is its first second in UTC. `None` for anything
    /// else, and for what is in no calendar (31 February, 25:61).
    pub fn parse(text: &str) -> Option<Timestamp> {
        if !text.contains('T') {
            let date: Date = text.parse().ok()?;
            return Some(Timestamp(
                Offset::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).ok()?.as_second(),
            ));
        }
        let moment = text.parse::<jiff::Timestamp>().ok();
        let local = || Offset::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok();
        Some(Timestamp(moment.or_else(local)?.as_second()))
    }

    /// Whole days from `self` to `later`; negative when `later` is before.
    pub fn days_until(self, later: Timestamp) -> i64 {
        (later.0 - self.0).div_euclid(DAY)
    }
}

/// The date, `2026-11-24`, in UTC; the number itself when it is beyond the calendar (year 9999).
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(moment) => write!(f, "{}", Offset::UTC.to_datetime(moment).date()),
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_api_writes() {
        assert_eq!(Timestamp::parse("1970-01-01T00:00:00.000+0000"), Some(Timestamp(0)));
        assert_eq!(Timestamp::parse("2026-11-24T10:31:00.000+0000"), Some(Timestamp(1_795_516_260)));
        assert_eq!(Timestamp::parse("2026-11-24T10:31:00Z"), Timestamp::parse("2026-11-24T12:31:00+02:00"));
        assert_eq!(
            Timestamp::parse("2026-11-24T10:31:00.000"),
            Timestamp::parse("2026-11-24T10:31:00Z"),
            "UTC"
        );
        assert_eq!(Timestamp::parse("2024-02-29"), Some(Timestamp(1_709_164_800)));
    }

    #[test]
    fn refuses_the_rest() {
        let calendar = [
            "2026-02-31",
            "2026-02-29",
            "2026-11-31T00:00:00Z",
            "2026-11-24T25:61:00.000+0000",
            "2026-11-24T10:61:00Z",
        ];
        let others = [
            "",
            "today",
            "2026-13-01",
            "2026-11",
            "2026-11-24Tnoon",
            "26-11-24",
            "2026-11-24T",
            "T10:31:00Z",
            "😀",
        ];
        for text in calendar.into_iter().chain(others) {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_reads_back() {
        for days in -100_000..100_000 {
            let t = Timestamp(days * DAY);
            assert_eq!(Timestamp::parse(&t.to_string()), Some(t));
        }
    }
}
