//! Charts as plain SVG and tables.

use super::{Output, mark, name};
use crate::review::result::{Ability, Review, Subject};
use crate::rules::rule::Severity;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// Who can do what: users by abilities.
pub fn reach_table(review: &Review, output: Output) -> Markup {
    let all: Vec<&Subject> = review.integrations().filter(|subject| !subject.reach.is_empty()).collect();
    html! {
        @if all.is_empty() { p { "No integration user can do more than view and edit what is shared with it." } }
        @else {
            div .wide { table .reach {
                caption .hush { "What each integration user can do to the whole org" }
                thead { tr { th scope="col" { "User" } @for what in Ability::ALL { th scope="col" { (what.label()) } } th scope="col" { "From" } } }
                tbody { @for subject in all {
                    tr {
                        th scope="row" { a href=(output.user(subject)) { (name(&subject.name)) } }
                        @for what in Ability::ALL {
                            @let power = subject.reach.iter().find(|power| power.what == what);
                            td title=[power.map(|power| power.by.join("; "))] {
                                @if let Some(power) = power {
                                    span .tone .(power.severity.word()) { (mark(power.severity)) span .hush { (power.severity.label()) } }
                                } @else { span .hush { "no" } }
                            }
                        }
                        td { (subject.from) }
                    }
                } }
            } }
        }
    }
}

/// So many ways have a color of their own; the rest are told together.
const WAYS: usize = 6;

const WIDTH: usize = 780;
const HEIGHT: usize = 180;

/// Logins by way over the weeks, as stacked bars, and the same as a table.
pub fn weeks_chart(review: &Review) -> Markup {
    let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
    for week in &review.weeks {
        *totals.entry(&week.way).or_default() += week.count;
    }
    let mut ways: Vec<(&str, u64)> = totals.into_iter().collect();
    ways.sort_by_key(|(way, total)| (std::cmp::Reverse(*total), *way));
    let ways: Vec<&str> = ways.into_iter().map(|(way, _)| way).take(WAYS).collect();
    let weeks: BTreeSet<&str> = review.weeks.iter().map(|week| week.week.as_str()).collect();
    let weeks: Vec<&str> = weeks.into_iter().collect();
    let count = |week: &str, way: &str| -> u64 {
        review.weeks.iter().filter(|one| one.week == week && one.way == way).map(|one| one.count).sum()
    };
    let most = weeks
        .iter()
        .map(|week| ways.iter().map(|way| count(week, way)).sum::<u64>())
        .max()
        .unwrap_or(0)
        .max(1);
    let step = WIDTH / weeks.len().max(1);
    html! {
        @if weeks.is_empty() { p { "No logins were read." } }
        @else {
            figure .chart {
                svg viewBox=(format!("0 0 {WIDTH} {}", HEIGHT + 20)) role="img" aria-label="Logins by week and way" {
                    @for (x, week) in weeks.iter().enumerate() {
                        @let below = stack(ways.iter().map(|way| count(week, way)), most);
                        @for (place, (y, height)) in below.into_iter().enumerate() {
                            rect .{ "way-" (place) } x=(x * step) y=(y) width=(step.saturating_sub(2).max(1)) height=(height) {
                                title { (week) ": " (ways.get(place).copied().unwrap_or_default()) }
                            }
                        }
                    }
                    text x="0" y=(HEIGHT + 16) { (weeks.first().copied().unwrap_or_default()) }
                    text x=(WIDTH) y=(HEIGHT + 16) text-anchor="end" { (weeks.last().copied().unwrap_or_default()) }
                    text x="0" y="10" { (most) " a week" }
                }
                figcaption { ul .legend { @for (place, way) in ways.iter().enumerate() { li { span .{ "swatch way-" (place) } aria-hidden="true" {} (way) } } } }
            }
            details { summary { "As a table" }
                div .wide { table {
                    thead { tr { th scope="col" { "Week of" } @for way in &ways { th scope="col" { (way) } } } }
                    tbody { @for week in &weeks { tr { th scope="row" { (week) } @for way in &ways { td { (count(week, way)) } } } } }
                } }
            }
        }
    }
}

/// Places and heights of the parts of a bar, from its bottom up.
fn stack(counts: impl Iterator<Item = u64>, most: u64) -> Vec<(u64, u64)> {
    let mut y = HEIGHT as u64;
    counts
        .map(|count| {
            let height = count * (HEIGHT as u64 - 14) / most;
            y -= height;
            (y, height)
        })
        .collect()
}

/// Which app logs in as which user: a row or column with several dots is what is wrong.
pub fn apps_by_user(review: &Review, output: Output) -> Markup {
    let users: Vec<&Subject> = review.integrations().filter(|subject| !subject.apps.is_empty()).collect();
    let apps: BTreeSet<&str> =
        users.iter().flat_map(|user| &user.apps).map(|app| app.label.as_str()).collect();
    html! {
        @if users.is_empty() { p { "No app logs in as an integration user." } }
        @else {
            div .wide { table .dots {
                caption .hush { "Which app logs in as which integration user" }
                thead { tr { th scope="col" { "User" } @for app in &apps { th scope="col" { (name(app)) } } } }
                tbody { @for user in users {
                    @let own: BTreeSet<&str> = user.apps.iter().map(|app| app.label.as_str()).collect();
                    tr {
                        th scope="row" { a href=(output.user(user)) { (name(&user.name)) } }
                        @for app in &apps { td .several[own.len() > 1 && own.contains(app)] { @if own.contains(app) { "●" span .hush { "yes" } } } }
                    }
                } }
            } }
        }
    }
}

/// Findings by severity before and after.
pub fn before_and_after(before: &[(Severity, usize)], after: &[(Severity, usize)]) -> Markup {
    let of = |all: &[(Severity, usize)], severity| {
        all.iter().find(|(own, _)| *own == severity).map_or(0, |(_, n)| *n)
    };
    html! {
        table .before-after {
            thead { tr { th scope="col" { "Severity" } th scope="col" { "Before" } th scope="col" { "Now" } } }
            tbody { @for severity in Severity::ALL {
                tr {
                    th scope="row" { span .tone .(severity.word()) { (mark(severity)) " " (severity.label()) } }
                    td { (of(before, severity)) } td { (of(after, severity)) }
                }
            } }
        }
    }
}
