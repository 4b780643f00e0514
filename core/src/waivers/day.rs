//! A day of the calendar, as accepted risks have it: nobody accepts a risk until half past three.

use crate::salesforce::time::{DAY, Timestamp};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A day, written `2026-11-29`. Which day it is now is told in UTC, so that it is the same for all who share a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Day {
    /// The last there is.
    pub const MAX: Day = Day(Date::MAX);

    /// Reads `2026-11-29`, and nothing else: a day that can be read in two ways is none.
    pub fn parse(text: &str) -> Option<Day> {
        let day = Day(text.parse().ok()?);
        (day.to_string() == text).then_some(day)
    }

    /// The day of a moment.
    pub fn of(moment: Timestamp) -> Day {
        // Beyond the calendar (the year 9999) there is no day, and nobody is there to accept anything.
        Day::parse(&moment.to_string()).unwrap_or(Day::MAX)
    }

    /// So many days later.
    #[must_use]
    pub fn plus(self, days: u32) -> Day {
        Day::of(Timestamp(self.start().0 + i64::from(days) * DAY))
    }

    /// Whole days from this one to a later one; negative where that is earlier.
    pub fn days_until(self, later: Day) -> i64 {
        self.start().days_until(later.start())
    }

    /// Its first second.
    pub fn start(self) -> Timestamp {
        Timestamp::parse(&self.to_string()).unwrap_or(Timestamp(0))
    }

    /// As people read it: "Mar 1, 2027".
    pub fn words(self) -> String {
        let month = usize::try_from(self.0.month()).ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
        format!("{} {}, {}", month.copied().unwrap_or_default(), self.0.day(), self.0.year())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Day::parse(&text).ok_or_else(|| serde::de::Error::custom("not a day like 2026-11-29"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_in_one_way() {
        let day = Day::parse("2027-03-01").unwrap();
        assert_eq!((day.to_string().as_str(), day.words().as_str()), ("2027-03-01", "Mar 1, 2027"));
        assert_eq!(day.start(), Timestamp::parse("2027-03-01").unwrap());
        for text in ["", "2027-02-30", "2027-3-1", "20270301", "01.03.2027", "2027-03-01T00:00:00Z", "soon"] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_over_years() {
        let day = Day::parse("2028-02-28").unwrap();
        assert_eq!(day.plus(2).to_string(), "2028-03-01");
        assert_eq!(day.days_until(day.plus(365)), 365);
        assert_eq!(day.plus(1).days_until(day), -1);
        assert_eq!(Day::of(Timestamp(day.plus(1).start().0 - 1)), day);
    }
}
