//! Dates in queries and values: dates and times as written, and date literals.
//!
//! It never takes a day that the calendar does not have.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// A date, or a date and time, as the API reads them; a date is its first moment.
pub fn moment(text: &str) -> Option<OffsetDateTime> {
    if text.len() == 10 {
        return Date::parse(text, format_description!("[year]-[month]-[day]"))
            .ok()
            .map(|day| day.midnight().assume_utc());
    }
    OffsetDateTime::parse(&normal(text), &Rfc3339).ok()
}

/// `+0000` as `+00:00`, which RFC 3339 wants.
fn normal(text: &str) -> String {
    let cut = text.len().checked_sub(5).filter(|at| text.is_char_boundary(*at));
    match cut.and_then(|at| text.split_at_checked(at)) {
        Some((head, zone))
            if zone.starts_with(['+', '-']) && zone.chars().skip(1).all(|c| c.is_ascii_digit()) =>
        {
            let (hours, minutes) = zone.split_at_checked(3).unwrap_or((zone, ""));
            format!("{head}{hours}:{minutes}")
        }
        _ => text.to_owned(),
    }
}
