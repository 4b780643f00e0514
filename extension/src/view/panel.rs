//! The panel in the page, and what a screen reader is told of it.

use super::chip::chip;
use super::screen::{Changes, Screen};
use super::{changes, edit, plan, rows};
use crate::state::plans::Stage;
use leastwise_core::classification::{AdminAnswer, Classification, Who};
use leastwise_core::protocol::Surface;
use leastwise_core::report::Report;
use leastwise_core::rules::rule::Severity;
use maud::{Markup, html};

/// The panel in the page: a chip, and what it opens.
pub(crate) fn panel(screen: &Screen<'_>) -> Markup {
    html! {
        button #chip .chip .(tone(screen)) type="button" aria-expanded="false" aria-controls="panel" data-command="open" {
            (chip(&summary(screen)))
        }
        section #panel .panel role="dialog" aria-labelledby="name" tabindex="-1" hidden {
            div .tools {
                button #move type="button" data-command="Place" { "Move" span .hush { " to another corner" } }
                button #close type="button" data-command="Close" { "Hide on this page" }
                button #fold type="button" data-command="fold" { "Close" span .hush { " the panel" } }
            }
            (body(screen))
        }
    }
}

/// What a screen reader is told when it changes.
pub(crate) fn status(screen: &Screen<'_>) -> String {
    format!("Leastwise: {}", screen.changes.plan.map_or_else(|| summary(screen), plan::status))
}

fn summary(screen: &Screen<'_>) -> String {
    if let Some(edit) = screen.edit {
        return edit::words(edit);
    }
    if screen.is_reading { "reading…".to_owned() } else { screen.report.summary() }
}

/// The color of the chip: that of the worst finding.
fn tone(screen: &Screen<'_>) -> &'static str {
    if let Some(edit) = screen.edit {
        return edit::tone(edit);
    }
    match (screen.is_reading, &screen.report.refusal, screen.report.counts().first()) {
        (true, ..) => "reading",
        (_, Some(_), _) => "unknown",
        (.., Some((severity, _))) => severity.word(),
        _ if screen.report.with_outcome("pass").next().is_none() => "unknown",
        _ => "fine",
    }
}

pub(super) fn body(screen: &Screen<'_>) -> Markup {
    let report = screen.report;
    html! {
        header {
            p .kind { (report.subject.kind) }
            h1 #name { bdi { (report.subject.name) } }
            @if !report.subject.detail.is_empty() { p .detail { (report.subject.detail) } }
        }
        @if let Some((changed, differences)) = screen.saved { (edit::after(*changed, differences)) }
        div #edit .edit { @if let Some(edit) = screen.edit { (edit::section(edit)) } }
        (storage_notes(&screen.changes))
        (changes::unfinished(screen))
        (plan::plan(&screen.changes))
        @if screen.changes.plan.is_some_and(|plan| plan.stage != Stage::Ended) {
        } @else if screen.is_reading {
            p .reading { "Reading from Salesforce…" }
        } @else {
            @if let Some(refusal) = &report.refusal {
                div .note .refusal {
                    p { b { (refusal.sentence()) } }
                    p { (refusal.advice()) }
                    button #again type="button" data-command="Retry" { "Try again" }
                }
            } @else if let Some(classification) = &report.classification {
                (who(classification, report.subject.kind))
            }
            @if screen.viewer.is_some_and(|viewer| viewer.user_id == report.subject.id) {
                p .note data-own { "These are your own permissions. Leastwise doesn't change the user you're logged in as." }
            }
            @if report.refusal.is_none() { (counts(report)) }
            (rows::findings(report, screen.changes.plans))
            (changes::all(&screen.changes))
            (changes::emergency(&screen.changes))
            (rows::others(report))
            (changes::journal(&screen.changes))
        }
        (signed_in(screen))
    }
}

/// What is wrong with what the browser keeps.
fn storage_notes(changes: &Changes<'_>) -> Markup {
    html! {
        @if changes.is_unread {
            div .note data-storage="unread" {
                p { b { "What was changed here before could not be read from this browser." }
                    " Nothing was lost by that, and nothing is written to the org until it can be read." }
                button #again-storage type="button" data-command="Retry" { "Try again" }
            }
        }
        @if changes.is_unsaved {
            p .note data-storage="unsaved" {
                "The browser could not save your last choice: it is forgotten when this page is closed. Its storage may be full."
            }
        }
    }
}

/// Who it is, why it seems so, and the admin's own answer.
fn who(classification: &Classification, kind: &str) -> Markup {
    let profile = kind == "Profile";
    let verdict = match (classification.who, classification.sure, classification.answer) {
        (Who::Integration, _, Some(_)) => "Integration, as you said",
        (Who::Person, _, Some(_)) => "Person, as you said",
        (Who::Integration, true, _) => "An integration",
        (Who::Integration, false, _) => "Perhaps an integration",
        (Who::Person, true, _) => "A person",
        (Who::Person, false, _) => "Perhaps a person",
        (Who::Mixed { .. }, ..) => "People and integration users",
        (Who::Platform, ..) => "Salesforce’s own",
    };
    let (integration, person) = if profile {
        ("This profile is for integrations", "This profile is for people")
    } else {
        ("This is an integration user", "This is a person")
    };
    let answer = classification.answer;
    html! {
        section .who aria-labelledby="who" data-who=(word_of(classification.who)) data-sure=(classification.sure) {
            h2 #who { span .hush { "Who it is: " } (verdict) }
            @if !classification.reasons.is_empty() {
                ul { @for reason in &classification.reasons { li dir="auto" { (reason.text) } } }
            }
            div .say role="group" aria-label="Your own word" {
                button #say-integration type="button" data-command="Answer" data-answer="Integration"
                    aria-pressed=(answer == Some(AdminAnswer::Integration)) { (integration) }
                button #say-person type="button" data-command="Answer" data-answer="Person"
                    aria-pressed=(answer == Some(AdminAnswer::Person)) { (person) }
                @if answer.is_some() {
                    button #say-nothing type="button" data-command="Answer" { "Forget my answer" }
                }
            }
        }
    }
}

const fn word_of(who: Who) -> &'static str {
    match who {
        Who::Integration => "integration",
        Who::Person => "person",
        Who::Mixed { .. } => "mixed",
        Who::Platform => "platform",
    }
}

/// How many findings of each severity.
fn counts(report: &Report) -> Markup {
    let counts = report.counts();
    let of = |severity: Severity| counts.iter().find(|(s, _)| *s == severity).map_or(0, |(_, n)| *n);
    html! {
        @if !counts.is_empty() {
            ul .counts aria-label="Findings by severity" {
                @for severity in Severity::ALL {
                    @if of(severity) > 0 {
                        li .(severity.word()) { b { (of(severity)) } " " (severity.word()) }
                    }
                }
            }
        }
    }
}

pub(super) fn signed_in(screen: &Screen<'_>) -> Markup {
    html! {
        @if let Some(viewer) = screen.viewer {
            footer {
                @if screen.changes.is_allowed && screen.changes.surface != Surface::Page {
                    button #forbid type="button" data-command="Forbid" { "Make this org read-only again" }
                }
                p { "Signed in as " b { bdi { (viewer.name) } } " (" bdi { (viewer.username) } ")" }
                @if let Some(before) = screen.earlier_viewer {
                    p .note {
                        "Before, it was " bdi { (before) } ". After Login As, what you see here is what "
                        bdi { (viewer.name) } " may read, not what you may."
                    }
                }
            }
        }
    }
}
