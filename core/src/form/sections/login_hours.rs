//! Login hours in a form: which sign-ins of software they would shut out.
//!
//! It never takes a time zone for known. The hours keep the zone that the org had when they were set first, and Help says
//! two things of the one that the page shows: no API tells it. So what is said holds in every zone, or says that it may not.
//! Source: Salesforce Help, "View and Edit Login Hours in Profiles"; SOAP API guide, "Security and the API" (sign-ins by
//! API outside the hours are denied).

use crate::facts::{Facts, WEEK};
use crate::form::{Edit, InForm, State, recognize};
use crate::rules::rule::Severity::{self, High, Info};

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Hours from UTC of the zones that there are: the last is fourteen, two after the end.
const ZONES: std::ops::RangeInclusive<usize> = WEEK - 12..=WEEK + 12;

/// What of a day is open.
enum Day {
    Open(u32, u32),
    /// Only one of the two ends is there, or they are reversed.
    Wrong(&'static str),
}

/// Each day from Sunday on, with the place of the field of its end.
type Days = Vec<(usize, Day)>;

impl Edit {
    /// Says what is wrong with the form's hours, where it has all of them and each is understood.
    pub(in crate::form) fn take_hours(&mut self, state: &State, facts: &Facts) {
        let Some((changed, days)) = self.days(state) else { return };
        let Some(&first) = changed.first() else { return };
        let back = |at: &usize| {
            let line = self.form.fields.get(*at)?;
            Some((self.meanings.len() + at, recognize::part(line, 1).to_owned()))
        };
        let fix = InForm::Enter(changed.iter().filter_map(back).collect(), "Put the hours back".into());
        let mut closed = vec![false; WEEK];
        let mut wrong = false;
        for (day, (end, hours)) in days.iter().enumerate() {
            match hours {
                Day::Open(from, to) => {
                    let hours = closed.iter_mut().skip(day * 24).take(24);
                    hours.zip(0..).for_each(|(is, hour)| *is = hour < *from || hour >= *to);
                }
                Day::Wrong(why) => {
                    wrong = true;
                    let name = DAYS.get(day).copied().unwrap_or_default();
                    self.remark(*end, High, format!("{name}: {why}"), Some(fix.clone()));
                }
            }
        }
        if !wrong && let Some((severity, words)) = shut_out(facts, &closed) {
            self.remark(first, severity, words, Some(fix));
        }
    }

    /// Fields that are not as they came, and each day with the place of its end; none where the form has no hours, or
    /// has what is not understood.
    fn days(&self, state: &State) -> Option<(Vec<usize>, Days)> {
        let (mut changed, mut days) = (vec![], vec![]);
        for name in DAYS {
            let name = name.to_ascii_lowercase();
            let mut hour = |end: &str| {
                let at = self.field(&[&name, end].concat())?;
                let line = state.values.get(at)?;
                let value = recognize::part(line, 0);
                if value != recognize::part(self.form.fields.get(at)?, 1) {
                    changed.push(at);
                }
                Some((at, hour(value, recognize::part(line, 1))?))
            };
            let ((_, start), (at, end)) = (hour("Start")?, hour("End")?);
            days.push((
                at,
                match (start, end) {
                    // A day without hours has no limits, nor has one whose two ends are not there.
                    (None, None) => Day::Open(0, 24),
                    // Nobody signs in on a day whose ends are the same (Salesforce Help, as above).
                    (Some(start), Some(end)) if start <= end => Day::Open(start, end),
                    (Some(_), Some(_)) => Day::Wrong("the hours are reversed: they end before they start"),
                    _ => Day::Wrong("set both a start and an end"),
                },
            ));
        }
        Some((changed, days))
    }
}

/// What a choice means: minutes since midnight, in whole hours, of which what is shown must be one (`13:00`, `1:00 PM`;
/// the end of the day may be words). Source: Metadata API guide, ProfileLoginHours.
fn hour(value: &str, shown: &str) -> Option<Option<u32>> {
    if value.is_empty() {
        return Some(None);
    }
    let minutes: u32 = value.parse().ok()?;
    let hour = minutes / 60;
    let told = recognize::number(shown);
    let twelve = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
    let agrees = told.is_none_or(|told| [hour, hour % 24, twelve].contains(&told));
    (minutes.is_multiple_of(60) && hour <= 24 && agrees).then_some(Some(hour))
}

/// What hours that are closed mean for recent sign-ins of software.
fn shut_out(facts: &Facts, closed: &[bool]) -> Option<(Severity, String)> {
    if closed.iter().all(|is| *is) {
        return Some((High, "Nobody on this profile could log in on any day".into()));
    }
    if !closed.contains(&true) {
        return None;
    }
    let Some(week) = &facts.week else {
        let words = "Can't check which API logins this blocks until you save: no recent logins were read";
        return Some((Info, words.into()));
    };
    let is_closed = |hour: usize| closed.get(hour % WEEK) == Some(&true);
    // An hour of UTC falls into three local ones at the most: zones are parts of an hour from each other, and summer time
    // moves them. Shut out for certain is what is in three that are closed, perhaps what is in one.
    let count = |zone: usize, every: bool| -> u64 {
        let out = |hour: usize| {
            let closed = (0..3).filter(|more| is_closed(hour + zone + more)).count();
            closed == 3 || !every && closed > 0
        };
        week.0.iter().enumerate().filter(|(hour, _)| out(*hour)).map(|(_, count)| count).sum()
    };
    let least = ZONES.map(|zone| count(zone, true)).min().unwrap_or(0);
    let most = ZONES.map(|zone| count(zone, false)).max().unwrap_or(0);
    let (least_text, total) = (least.to_string(), week.total().to_string());
    let recent = format!(" of the {total} API logins of the last 90 days");
    match (least, most) {
        (_, 0) => None,
        (0, _) => {
            let most = most.to_string();
            let zone = " (depending on the time zone of the login hours)";
            Some((Info, format!("This could block up to {most}{recent}{zone}")))
        }
        _ => {
            let at_least = if least == most { "" } else { "at least " };
            let certain =
                |hour: &usize| ZONES.into_iter().all(|zone| (0..3).all(|more| is_closed(hour + zone + more)));
            let mut hours: Vec<(u64, usize)> = week.0.iter().copied().zip(0..).collect();
            hours.retain(|(count, hour)| *count > 0 && certain(hour));
            hours.sort_by_key(|own| std::cmp::Reverse(own.0));
            hours.truncate(3);
            let each = hours.iter().map(|(_, hour)| {
                let (day, hour) = (DAYS.get(hour / 24).copied().unwrap_or_default(), hour % 24);
                format!("{day}{}{hour}:00 UTC", if hour < 10 { "s at 0" } else { "s at " })
            });
            let when = each.collect::<Vec<_>>().join(", ");
            let on = if when.is_empty() { "" } else { ", such as on " };
            Some((High, format!("This would block {at_least}{least_text}{recent}{on}{when}")))
        }
    }
}
