//! The rows of a report: one a finding, and one a rule that found nothing.
//!
//! Severities, order and words are the report's.

use leastwise_core::plan::Plan;
use leastwise_core::report::{Report, Row};
use leastwise_core::rules::rule::{Finding, Outcome, Rule};
use leastwise_core::salesforce::error::OrgError;
use maud::{Markup, html};

/// Lines of evidence shown at once; the rest is behind a click.
const EVIDENCE: usize = 5;

/// The findings, the worst first.
pub(super) fn findings(report: &Report, plans: &[Vec<Plan>]) -> Markup {
    let of = |at: usize| plans.get(at).map(Vec::as_slice).unwrap_or_default();
    let findings = report.findings();
    html! {
        @if !findings.is_empty() {
            section aria-labelledby="findings" {
                h2 #findings .hush { "Findings" }
                ol .findings {
                    @for (at, (rule, found)) in findings.iter().enumerate() { (finding(at, rule, found, of(at))) }
                }
            }
        }
    }
}

fn finding(at: usize, rule: &Rule, finding: &Finding, plans: &[Plan]) -> Markup {
    let first = plans.first();
    let severity = finding.severity.unwrap_or(rule.integration).word();
    let (shown, more) = finding.evidence.split_at(finding.evidence.len().min(EVIDENCE));
    html! {
        li .(severity) data-rule=(rule.id) data-outcome="finding" data-severity=(severity)
            data-fix=[first.map(|plan| &plan.fix)] data-safety=[first.map(|plan| plan.safety.word())] {
            h3 dir="auto" { span .pill { (severity) } span .hush { ": " } (finding.title) }
            @if !shown.is_empty() {
                ul .evidence { @for line in shown { li dir="auto" { (line) } } }
            }
            @if !more.is_empty() {
                details #{ "more-" (at) } {
                    summary { (more.len()) " more" }
                    ul .evidence { @for line in more { li dir="auto" { (line) } } }
                }
            }
            (super::changes::fixes(&at.to_string(), plans))
            details #{ "why-" (rule.id) "-" (at) } .why {
                summary { "Why, and what to do" }
                h4 { "Why it matters" }
                p { (rule.section("Why it matters")) }
                h4 { "What to do" }
                p { (rule.section("Fix")) }
                (sources(rule))
            }
        }
    }
}

/// Links to what the rule rests on, named by what stands before each.
fn sources(rule: &Rule) -> Markup {
    let text = rule.section("Source");
    let links = text
        .split('>')
        .filter_map(|part| part.split_once('<'))
        .filter(|(_, url)| url.starts_with("https://"));
    html! {
        @for (title, url) in links {
            @let title = title.trim_matches([' ', ',', ';', '.', ':']);
            p .source {
                "Source: "
                a href=(url) target="_blank" rel="noopener noreferrer" {
                    (if title.is_empty() { url } else { title }) span .hush { " (opens in a new tab)" }
                }
            }
        }
    }
}

/// What passed, did not apply, or could not be checked.
pub(super) fn others(report: &Report) -> Markup {
    let unknown: Vec<&Row> = report.with_outcome("cannot-tell").collect::<Vec<_>>();
    let is_waiting = |row: &&Row| matches!(&row.outcome, Outcome::CannotTell { why: OrgError::Pending, .. });
    let refused = unknown.iter().any(|row| !is_waiting(row));
    html! {
        (group("unknown", "Cannot tell", &unknown, refused && report.refusal.is_none(), report.refusal.as_ref()))
        (group("passed", "Passed", &report.with_outcome("pass").collect::<Vec<_>>(), false, None))
        (group("inapplicable", "Not applicable", &report.with_outcome("not-applicable").collect::<Vec<_>>(), false, None))
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

/// The reason first; a rule's title names what it looked for, which is not what it found.
fn outcome(row: &Row, above: Option<&OrgError>) -> Markup {
    let title = row.rule.title();
    html! {
        @match &row.outcome {
            Outcome::Pass { note: text } | Outcome::NotApplicable { why: text } => {
                @if text.is_empty() { p { "Not found: " (title) "." } }
                @else { p dir="auto" { (text) } p .small { "Looked for: " (title) } }
            }
            Outcome::CannotTell { missing, why } => {
                p { (title) "?" }
                p .small dir="auto" {
                    "Not read: " (missing) "."
                    @if above != Some(why) { " " (why.sentence()) " " (why.advice()) }
                }
            }
            Outcome::Findings(_) => {}
        }
    }
}
