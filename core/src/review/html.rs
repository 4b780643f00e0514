//! A review as markup: the parts that its page and its report are both made of.
//!
//! It never loads anything and has no script: what is drawn is text, tables and plain SVG.

mod app;
mod charts;
mod comparison;
mod lists;
mod subject;

pub use app::{app, apps, org_checks};
pub use charts::{apps_by_user, before_and_after, reach_table, weeks_chart};
pub use comparison::comparison;
pub use lists::{
    agents, by_rule, causes, controls, integrations, missing, numbers, people, privileged, settings,
};
pub use subject::subject;

use super::result::{App, Review, Row, Subject};
use crate::report::Area;
use crate::rules;
use crate::rules::rule::{Rule, Severity};
use maud::{Markup, html};

/// Where links lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The page of the extension, of which a view is open at a time.
    Page,
    /// One file, in which everything stands.
    File,
}

impl Output {
    /// The address of a user's part.
    pub fn user(self, subject: &Subject) -> String {
        match self {
            Output::Page => format!("#user/{}", subject.id),
            Output::File => format!("#user-{}", subject.id),
        }
    }

    /// The address of an app's part.
    pub fn app(self, app: &App) -> String {
        match self {
            Output::Page => format!("#app/{}", fragment(&app.key())),
            Output::File => format!("#app-{}", fragment(&app.key())),
        }
    }

    /// The address of the part on the org's settings.
    pub const fn org(self) -> &'static str {
        match self {
            Output::Page => "#settings",
            Output::File => "#org-settings",
        }
    }
}

/// What stands behind `#` for a name: letters and digits as they are, everything else by its number.
pub fn fragment(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("_{:x}_", u32::from(c)) })
        .collect()
}

fn rule(id: &str) -> Option<&'static Rule> {
    rules::all().iter().find(|rule| rule.id == id).copied()
}

/// A failed check: what is wrong, what shows it and, on a page, why it matters and what to do.
pub(super) fn check(row: &Row, output: Output) -> Markup {
    html! {
        details .check data-rule=(row.rule) data-outcome=(row.outcome) open[row.findings.len() == 1] {
            summary {
                @if let Some(worst) = row.findings.iter().map(|found| found.severity).min() { (pill(worst)) " " }
                b { (name(&row.headline)) }
            }
            ul .findings { @for found in &row.findings {
                li {
                    span .tone .(found.severity.word()) { (mark(found.severity)) span .hush { (found.severity.label()) } } " "
                    @if found.title != row.headline { (name(&found.title)) }
                    @if let Some(accepted) = &found.accepted { " " span .small { (accepted) } }
                    @if !found.evidence.is_empty() { ul .evidence { @for line in &found.evidence { li { (name(line)) } } } }
                }
            } }
            // A report says it once, under what the checks look for.
            @if let (Some(rule), Output::Page) = (rule(&row.rule), output) {
                p .small { b { "Why it matters: " } (rule.section("Why it matters")) }
                p .small { b { "Fix: " } (rule.section("Fix")) }
            }
        }
    }
}

/// The checks that found nothing, each with what it says. In a file that is handed over those that passed are named, and
/// those that do not apply are a number: the same sentences for every user would be half of it.
pub(super) fn others(rows: &[Row], output: Output) -> Markup {
    let of = |outcome: &'static str| rows.iter().filter(move |row| row.outcome == outcome);
    let is_number = |outcome: &str| outcome == "not-applicable" && output != Output::Page;
    html! {
        @for (outcome, heading) in [("cannot-tell", "Couldn't check"), ("pass", "Passed"), ("not-applicable", "Not applicable")] {
            @let count = of(outcome).count();
            @if count > 0 && is_number(outcome) { p .small data-outcomes=(outcome) { (heading) " · " (count) } }
            @else if count > 0 {
                details data-outcomes=(outcome) { summary { (heading) " · " (count) }
                    ul { @for row in of(outcome) {
                        li {
                            @if let Some(rule) = rule(&row.rule) { (rule.name()) }
                            @if outcome != "pass" || output == Output::Page { ": " (name(&row.headline)) }
                        }
                    } }
                }
            }
        }
    }
}

/// A record's page in Setup.
pub fn setup(review: &Review, record: &str) -> String {
    format!("https://{}/{record}?noredirect=1", review.org.host)
}

/// A severity as a mark that needs no color.
pub(super) const fn mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "●",
        Severity::High => "▲",
        Severity::Medium => "■",
        Severity::Low => "◆",
        Severity::Info => "○",
    }
}

/// A severity as a pill.
pub fn pill(severity: Severity) -> Markup {
    html! { span .pill .(severity.word()) { (severity.label()) } }
}

/// A name of the org, which may be written in any direction. What else it may do to what stands around it, is kept from it
/// on the way out ([`crate::names::screen`]).
pub fn name(text: &str) -> Markup {
    html! { bdi { (text) } }
}

/// What an area says of a user in a cell: the worst mark and how many findings, a tick, or a question mark.
pub(super) fn cell(subject: &Subject, area: Area) -> Markup {
    marks(subject.rows.iter().filter(|row| row.area == area.id()))
}

/// The same of any rows.
pub(super) fn marks<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Markup {
    let rows: Vec<&Row> = rows.into_iter().collect();
    let findings: Vec<Severity> = rows
        .iter()
        .flat_map(|row| &row.findings)
        .filter(|found| found.accepted.is_none())
        .map(|found| found.severity)
        .collect();
    let unknown = rows.iter().filter(|row| row.outcome == "cannot-tell").count();
    html! {
        @if let Some(worst) = findings.iter().min() {
            span .tone .(worst.word()) { (mark(*worst)) " " (findings.len()) span .hush { " " (worst.label()) } }
        } @else if unknown > 0 {
            span .quiet { "? " (unknown) span .hush { " couldn't check" } }
        } @else if rows.iter().any(|row| row.outcome == "pass") {
            span .fine { "✓" span .hush { " passed" } }
        } @else {
            span .quiet { "–" span .hush { " not applicable" } }
        }
    }
}

/// A date, and the moment for whoever reads it by machine.
pub(super) fn date(moment: Option<crate::salesforce::time::Timestamp>) -> Markup {
    html! {
        @match moment {
            Some(moment) => time datetime=(super::result::moment::text(moment)) { (moment) },
            None => span .quiet { "never" },
        }
    }
}
