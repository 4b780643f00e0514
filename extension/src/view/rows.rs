//! The rows of a report that are no findings: what passed, does not apply, or could not be checked.

use super::accept;
use super::screen::Screen;
use leastwise_core::report::Row;
use leastwise_core::rules::rule::Outcome;
use leastwise_core::salesforce::error::OrgError;
use maud::{Markup, html};

/// What passed, did not apply, or could not be checked.
pub(super) fn others(screen: &Screen<'_>) -> Markup {
    let report = screen.report;
    let unknown: Vec<&Row> = report.with_outcome("cannot-tell").collect::<Vec<_>>();
    let refused = unknown.iter().any(|row| !row.is_waiting());
    html! {
        div .counts {
        (accept::accepted(screen))
        (group("unknown", "Couldn't check", &unknown, refused && report.refusal.is_none(), report.refusal.as_ref()))
        (group("passed", "Passed", &report.with_outcome("pass").collect::<Vec<_>>(), false, None))
        (group("inapplicable", "Not applicable", &report.with_outcome("not-applicable").collect::<Vec<_>>(), false, None))
        }
    }
}

/// `above`: what the panel says above of everything, and no row has to repeat.
fn group(id: &str, name: &str, rows: &[&Row], again: bool, above: Option<&OrgError>) -> Markup {
    html! {
        @if !rows.is_empty() {
            details #(id) .group {
                summary { (name) " " span .count { (rows.len()) } }
                ul {
                    @for row in rows {
                        li data-rule=(row.rule.id) data-outcome=(row.outcome.word()) { (outcome(row, above)) }
                    }
                }
                @if again { button #{ "again-" (id) } type="button" data-command="Retry" { "Try again" } }
            }
        }
    }
}

/// By the check's positive name; the reason, where there is one, under it.
fn outcome(row: &Row, above: Option<&OrgError>) -> Markup {
    html! {
        p { b { (row.rule.name()) } }
        @match &row.outcome {
            Outcome::Pass { note: text } | Outcome::NotApplicable { why: text } => {
                @if !text.is_empty() { p .small dir="auto" { (text) } }
            }
            Outcome::CannotTell { missing, why } => p .small dir="auto" {
                "Couldn't read " (missing) "."
                @if above != Some(why) { " " (why.sentence()) " " (why.advice()) }
            },
            Outcome::Findings(_) => {}
        }
    }
}
