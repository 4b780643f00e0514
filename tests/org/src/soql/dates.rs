//! Dates in queries and values: dates and times as written, date literals, and the functions of dates.
//!
//! It never takes a day that the calendar does not have. Everybody's time zone is UTC here, their week begins on
//! Sunday and their fiscal year in January.

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Duration, Month, OffsetDateTime, UtcOffset};

/// A date, or a date and time, as the API reads them; a date is its first moment.
pub fn moment(text: &str) -> Option<OffsetDateTime> {
    if text.len() == 10 {
        let day = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
        return Some(day.midnight().assume_utc());
    }
    OffsetDateTime::parse(&normal(text), &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)
}

/// `+0000` as `+00:00`, which RFC 3339 wants.
fn normal(text: &str) -> String {
    let cut = text.len().checked_sub(5).filter(|at| text.is_char_boundary(*at));
    match cut.and_then(|at| text.split_at_checked(at)) {
        Some((head, zone))
            if zone.starts_with(['+', '-']) && zone.bytes().skip(1).all(|b| b.is_ascii_digit()) =>
        {
            let (hours, minutes) = zone.split_at_checked(3).unwrap_or((zone, ""));
            format!("{head}{hours}:{minutes}")
        }
        _ => text.to_owned(),
    }
}

/// What a date literal, a date or a moment covers: from, and up to but without. `None` when it is none of them.
pub fn span(written: &str) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let today = OffsetDateTime::now_utc().date();
    if let Some(at) = moment(written) {
        let length = if written.len() == 10 { Duration::days(1) } else { Duration::seconds(1) };
        return Some((at, at.checked_add(length)?));
    }
    let (from, to) = literal(&written.to_uppercase(), today)?;
    Some((from.midnight().assume_utc(), to.midnight().assume_utc()))
}

/// The units that literals count in.
#[derive(Clone, Copy)]
enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

fn unit(word: &str) -> Option<Unit> {
    Some(match word.strip_prefix("FISCAL_").unwrap_or(word).trim_end_matches('S') {
        "DAY" if !word.starts_with("FISCAL_") => Unit::Day,
        "WEEK" if !word.starts_with("FISCAL_") => Unit::Week,
        "MONTH" if !word.starts_with("FISCAL_") => Unit::Month,
        "QUARTER" => Unit::Quarter,
        "YEAR" => Unit::Year,
        _ => return None,
    })
}

/// The first day of the unit that is `n` units from the one with `day` in it.
fn start(day: Date, unit: Unit, n: i64) -> Option<Date> {
    let months = |first: Date, n: i64| {
        let count = i64::from(first.year()) * 12 + i64::from(u8::from(first.month())) - 1 + n;
        let month = Month::try_from(u8::try_from(count.rem_euclid(12) + 1).ok()?).ok()?;
        Date::from_calendar_date(i32::try_from(count.div_euclid(12)).ok()?, month, 1).ok()
    };
    match unit {
        Unit::Day => day.checked_add(Duration::days(n)),
        Unit::Week => {
            let back = i64::from(day.weekday().number_days_from_sunday());
            day.checked_add(Duration::days(n.checked_mul(7)? - back))
        }
        Unit::Month => months(day.replace_day(1).ok()?, n),
        Unit::Quarter => {
            let first = i64::from(u8::from(day.month()) - 1) % 3;
            months(day.replace_day(1).ok()?, n.checked_mul(3)? - first)
        }
        Unit::Year => {
            months(Date::from_calendar_date(day.year(), Month::January, 1).ok()?, n.checked_mul(12)?)
        }
    }
}

/// From, and up to but without, of a literal in capitals.
fn literal(word: &str, today: Date) -> Option<(Date, Date)> {
    let day = |n: i64| start(today, Unit::Day, n);
    let (name, count) = match word.split_once(':') {
        Some((name, n)) => (name, Some(n.parse::<i64>().ok().filter(|n| (0..=100_000).contains(n))?)),
        None => (word, None),
    };
    match (name, count) {
        ("TODAY", None) => return Some((today, day(1)?)),
        ("YESTERDAY", None) => return Some((day(-1)?, today)),
        ("TOMORROW", None) => return Some((day(1)?, day(2)?)),
        ("LAST_90_DAYS", None) => return Some((day(-90)?, day(1)?)),
        ("NEXT_90_DAYS", None) => return Some((day(1)?, day(91)?)),
        ("LAST_N_DAYS", Some(n)) => return Some((day(-n)?, day(1)?)),
        ("NEXT_N_DAYS", Some(n)) => return Some((day(1)?, day(n + 1)?)),
        _ => {}
    }
    let of = |unit: Unit, from: i64, to: i64| Some((start(today, unit, from)?, start(today, unit, to)?));
    if let Some(n) = count {
        if let Some(rest) = name.strip_prefix("LAST_N_") {
            return of(unit(rest)?, -n, 0);
        }
        if let Some(rest) = name.strip_prefix("NEXT_N_") {
            return of(unit(rest)?, 1, n + 1);
        }
        return of(unit(name.strip_prefix("N_")?.strip_suffix("_AGO")?)?, -n, 1 - n);
    }
    let (first, rest) = name.split_once('_')?;
    let unit = unit(rest).filter(|_| !rest.ends_with('S') && rest != "DAY")?;
    match first {
        "THIS" => of(unit, 0, 1),
        "LAST" => of(unit, -1, 0),
        "NEXT" => of(unit, 1, 2),
        _ => None,
    }
}

/// Functions of dates, in capitals.
pub fn is_function(name: &str) -> bool {
    matches!(
        name,
        "CALENDAR_YEAR"
            | "CALENDAR_QUARTER"
            | "CALENDAR_MONTH"
            | "FISCAL_YEAR"
            | "FISCAL_QUARTER"
            | "FISCAL_MONTH"
            | "DAY_IN_YEAR"
            | "DAY_IN_MONTH"
            | "DAY_IN_WEEK"
            | "DAY_ONLY"
            | "HOUR_IN_DAY"
            | "WEEK_IN_MONTH"
            | "WEEK_IN_YEAR"
    )
}

/// The value of a function of a date; null of null.
pub fn function(name: &str, value: &Value) -> Value {
    let Some(at) = value.as_str().and_then(moment) else { return Value::Null };
    let (month, day) = (u8::from(at.month()), at.day());
    match name {
        "CALENDAR_YEAR" | "FISCAL_YEAR" => json!(at.year()),
        "CALENDAR_QUARTER" | "FISCAL_QUARTER" => json!((month - 1) / 3 + 1),
        "CALENDAR_MONTH" | "FISCAL_MONTH" => json!(month),
        "DAY_IN_YEAR" => json!(at.ordinal()),
        "DAY_IN_MONTH" => json!(day),
        "DAY_IN_WEEK" => json!(at.weekday().number_days_from_sunday() + 1),
        "DAY_ONLY" => {
            json!(at.date().format(format_description!("[year]-[month]-[day]")).unwrap_or_default())
        }
        "HOUR_IN_DAY" => json!(at.hour()),
        "WEEK_IN_MONTH" => json!((day - 1) / 7 + 1),
        "WEEK_IN_YEAR" => json!((at.ordinal() - 1) / 7 + 1),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_cover_calendar_units() {
        let today = Date::from_calendar_date(2024, Month::February, 29).unwrap();
        let of = |word: &str| literal(word, today).map(|(from, to)| format!("{from} {to}"));
        for (word, wanted) in [
            ("TODAY", "2024-02-29 2024-03-01"),
            ("LAST_WEEK", "2024-02-18 2024-02-25"),
            ("THIS_MONTH", "2024-02-01 2024-03-01"),
            ("NEXT_QUARTER", "2024-04-01 2024-07-01"),
            ("LAST_FISCAL_YEAR", "2023-01-01 2024-01-01"),
            ("LAST_N_DAYS:2", "2024-02-27 2024-03-01"),
            ("NEXT_N_DAYS:1", "2024-03-01 2024-03-02"),
            ("LAST_N_MONTHS:2", "2023-12-01 2024-02-01"),
            ("NEXT_N_WEEKS:1", "2024-03-03 2024-03-10"),
            ("N_DAYS_AGO:1", "2024-02-28 2024-02-29"),
            ("N_YEARS_AGO:1", "2023-01-01 2024-01-01"),
            ("N_FISCAL_QUARTERS_AGO:1", "2023-10-01 2024-01-01"),
        ] {
            assert_eq!(of(word).as_deref(), Some(wanted), "{word}");
        }
        for word in [
            "LAST_N_DAYS",
            "TODAY:1",
            "LAST_DAY",
            "N_DAYS_AGO:-1",
            "SOMEDAY",
            "LAST_N_DAYS:9999999999",
            "THIS_WEEKS",
            "LAST_FISCAL_WEEK",
        ] {
            assert_eq!(of(word), None, "{word}");
        }
    }

    #[test]
    fn moments_are_read_in_every_zone_and_impossible_ones_are_not() {
        let same = moment("2024-02-29T12:00:00Z");
        assert!(same.is_some());
        for text in ["2024-02-29T13:00:00+01:00", "2024-02-29T12:00:00.000+0000", "2024-02-29T12:00:00.000Z"]
        {
            assert_eq!(moment(text), same, "{text}");
        }
        assert!(
            moment("2023-02-29").is_none()
                && moment("2024-02-29T25:00:00Z").is_none()
                && moment("é").is_none()
        );
        assert_eq!(function("DAY_ONLY", &json!("2024-02-29T12:00:00.000+0000")), json!("2024-02-29"));
        assert_eq!(function("CALENDAR_QUARTER", &json!("2024-02-29")), json!(1));
    }
}
