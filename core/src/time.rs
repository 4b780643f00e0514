//! Points in time as the API writes them, in whole seconds.
//!
//! It never reads a clock: "now" comes from the caller.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

/// Seconds in a day.
pub const DAY: i64 = 86_400;

impl Timestamp {
    /// Reads `2026-11-24T10:31:00.000+0000`, the form of every dateTime in REST responses, with any offset and with
    /// or without fractions; also a plain date. `None` for anything else.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let is = |at: usize, byte: u8| text.as_bytes().get(at) == Some(&byte);
        let (year, month, day) = (digits(text, 0, 4)?, digits(text, 5, 2)?, digits(text, 8, 2)?);
        if !is(4, b'-')
            || !is(7, b'-')
            || !(1..=12).contains(&month)
            || !(1..=31).contains(&day)
            || year < 1600
        {
            return None;
        }
        let date = days_from_civil(year, month, day) * DAY;
        if text.len() == 10 {
            return Some(Timestamp(date));
        }
        let (hour, minute) = (digits(text, 11, 2)?, digits(text, 14, 2)?);
        if !is(10, b'T') || !is(13, b':') {
            return None;
        }
        let second = if is(16, b':') { digits(text, 17, 2)? } else { 0 };
        let offset = text.bytes().skip(16).position(|b| matches!(b, b'Z' | b'+' | b'-'));
        let at = offset.map_or(text.len(), |at| at + 16);
        Some(Timestamp(date + hour * 3_600 + minute * 60 + second - offset_seconds(text.get(at..)?)?))
    }

    /// Whole days from `self` to `later`; negative when `later` is before.
    pub fn days_until(self, later: Timestamp) -> i64 {
        (later.0 - self.0).div_euclid(DAY)
    }
}

/// The number that `count` digits at `at` write.
fn digits(text: &str, at: usize, count: usize) -> Option<i64> {
    let digits = text.as_bytes().get(at..at + count)?;
    digits.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
}

/// `+0000`, `-05:30`, `Z` or nothing as seconds east of Greenwich.
fn offset_seconds(text: &str) -> Option<i64> {
    if matches!(text, "" | "Z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let minutes = digits(text, 3, 2).or_else(|| digits(text, 4, 2)).unwrap_or(0);
    Some(sign * (digits(text, 1, 2)? * 3_600 + minutes * 60))
}

/// Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "chrono-compatible low-level date algorithms";
/// a date library would cost 8 KB of the shipped Wasm for these two functions).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

/// The date, `2026-11-24`, in UTC.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY));
        write!(f, "{year:04}-{month:02}-{day:02}")
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
        assert_eq!(Timestamp::parse("2024-02-29"), Some(Timestamp(1_709_164_800)));
    }

    #[test]
    fn refuses_the_rest() {
        for text in ["", "today", "2026-13-01", "2026-11", "2026-11-24Tnoon", "26-11-24"] {
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
