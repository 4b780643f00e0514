//! One user of a review.

use super::{Output, check, date, mark, name, others, setup};
use crate::report::Area;
use crate::review::result::{Review, Row, Subject};
use crate::text::{counted, spaced};
use maud::{Markup, html};

/// A user: who it is, what is wrong and what shows it, apps, logins, addresses, what grants permissions, and how far it
/// reaches.
pub fn subject(review: &Review, subject: &Subject, output: Output) -> Markup {
    html! {
        p .who {
            (subject.kind.label()) @if !subject.is_sure { ", probably" } " · " (name(&subject.username)) " · "
            (name(&subject.profile)) @if !subject.license.is_empty() { " · " (name(&subject.license)) }
            @if !subject.is_active { " · inactive" }
            @match subject.is_frozen { Some(true) => " · frozen", Some(false) => "", None => " · couldn't read whether it is frozen" }
        }
        @if !subject.purpose.is_empty() || !subject.owner.is_empty() {
            p { @if !subject.purpose.is_empty() { "For: " (name(&subject.purpose)) } @if !subject.owner.is_empty() { " · Owner: " (name(&subject.owner)) } }
        }
        p { a href=(setup(review, subject.id.as_str())) target="_blank" rel="noopener noreferrer" { "Open this user in Setup" } }
        @if let Some(verdict) = &subject.verdict { p .verdict { b { (verdict) } } }
        @else { p .verdict { b .fine { "Nothing was found." } } }
        details { summary { "Who this is" } ul { @for reason in &subject.reasons { li { (name(reason)) } } } }
        @for area in Area::ALL { (area_part(subject, area, output)) }
        (reach(subject))
        (apps(subject))
        (logins(subject))
        (grants(subject))
        (others(&subject.rows, output))
    }
}

fn area_part(subject: &Subject, area: Area, output: Output) -> Markup {
    let failed: Vec<&Row> = subject.failed(area.id()).collect();
    html! {
        @if !failed.is_empty() {
            section .area data-area=(area.id()) {
                h3 { (area.name()) }
                @for row in failed {
                    (check(row, output))
                }
            }
        }
    }
}

fn reach(subject: &Subject) -> Markup {
    html! {
        section .reach-of {
            h3 { "What it can do to the whole org" }
            p { "Logs in from: " (subject.from) "." }
            @if subject.reach.is_empty() { p { "Nothing was found beyond viewing and editing what is shared with it." } }
            @else { ul { @for power in &subject.reach {
                li { span .tone .(power.severity.word()) { (mark(power.severity)) } " " b { (power.what.label()) } ": " (name(&power.by.join("; "))) }
            } } }
        }
    }
}

fn apps(subject: &Subject) -> Markup {
    html! {
        @if !subject.apps.is_empty() {
            section { h3 { "Apps" }
                div .wide { table {
                    thead { tr { th scope="col" { "App" } th scope="col" { "Tokens" } th scope="col" { "Uses" } th scope="col" { "Last used" } th scope="col" { "Logins" } } }
                    tbody { @for app in &subject.apps {
                        tr { th scope="row" { (name(&app.label)) } td { (app.tokens) } td { (app.uses) } td { (date(app.last_used)) } td { (app.logins) } }
                    } }
                } }
            }
        }
    }
}

fn logins(subject: &Subject) -> Markup {
    let months: std::collections::BTreeSet<&str> =
        subject.months.iter().map(|one| one.month.as_str()).collect();
    let count = |month: &str| -> u64 {
        subject.months.iter().filter(|one| one.month == month).map(|one| one.count).sum()
    };
    let most = months.iter().map(|month| count(month)).max().unwrap_or(0).max(1);
    html! {
        section { h3 { "Logins" }
            @if subject.logins.is_empty() { p { "None were seen." } }
            @else {
                @if !months.is_empty() {
                    svg .spark viewBox=(format!("0 0 {} 40", months.len() * 24)) role="img" aria-label=(sparkline_words(subject)) {
                        @for (x, month) in months.iter().enumerate() {
                            @let height = count(month) * 36 / most;
                            rect .way-0 x=(x * 24) y=(38 - height) width="20" height=(height + 2) { title { (month) ": " (count(month)) } }
                        }
                    }
                }
                div .wide { table {
                    thead { tr { th scope="col" { "Way" } th scope="col" { "Logins" } th scope="col" { "Refused" } th scope="col" { "Last" } } }
                    tbody { @for one in &subject.logins {
                        tr { th scope="row" { (one.way) } td { (one.count) } td { (one.refused) } td { (date(one.last)) } }
                    } }
                } }
                details { summary { (counted(subject.addresses.len(), "address")) }
                    ul { @for one in &subject.addresses { li { (one.address) ": " (counted(one.count, "login")) ", last on " (date(one.last)) } } }
                }
            }
        }
    }
}

fn sparkline_words(subject: &Subject) -> String {
    let total: u64 = subject.months.iter().map(|one| one.count).sum();
    format!("{} by month", counted(total, "login"))
}

fn grants(subject: &Subject) -> Markup {
    html! {
        @if !subject.grants.is_empty() {
            section { h3 { "What grants its permissions" }
                div .wide { table {
                    thead { tr { th scope="col" { "Profile or permission set" } th scope="col" { "Permissions that are looked at" } th scope="col" { "Objects it deletes" } th scope="col" { "Objects it edits" } th scope="col" { "Who else has it" } } }
                    tbody { @for set in &subject.grants {
                        tr {
                            th scope="row" { (name(&set.name)) }
                            td { @for (at, one) in set.permissions.iter().enumerate() { @if at > 0 { ", " } (spaced(one)) } @if set.permissions.is_empty() { "none" } }
                            td { (known(set.deletes)) } td { (known(set.edits)) } td { (set.others) }
                        }
                    } }
                } }
            }
        }
    }
}

fn known<T: std::fmt::Display>(n: Option<T>) -> String {
    n.map_or_else(|| "couldn't tell".into(), |n| n.to_string())
}
