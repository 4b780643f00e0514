//! A review as markup: the parts that its page and its report are both made of.
//!
//! It never loads anything and has no script: what is drawn is text, tables and plain SVG.

mod charts;
mod comparison;
mod lists;
mod subject;

pub use charts::{apps_by_user, before_and_after, reach_table, weeks_chart};
pub use comparison::comparison;
pub use lists::{
    agents, apps, by_rule, causes, controls, integrations, missing, numbers, people, privileged, settings,
};
pub use subject::subject;

use super::result::{Review, Row, Subject};
use crate::report::Area;
use crate::rules::rule::Severity;
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
    let rows: Vec<&Row> = subject.rows.iter().filter(|row| row.area == area.id()).collect();
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
