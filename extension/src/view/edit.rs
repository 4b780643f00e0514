//! What a form would change, in the panel; and what a marker beside a box says when it is opened.
//!
//! What is judged is judged by `leastwise_core::form`.

use super::chip::chip;
use super::names;
use leastwise_core::form::{Detail, Edit, Entry, InForm};
use leastwise_core::protocol::PanelParts;
use leastwise_core::rules::rule::Severity;
use maud::{Markup, html};

/// The section of the panel.
pub(super) fn section(edit: &Edit) -> Markup {
    let (new, solved, unknown) = (edit.new_findings(), edit.solved(), edit.unrecognised());
    let (untold, put_back) = (edit.untold(), edit.put_back());
    html! {
        @if edit.is_refused() {
            p .note data-refused { b { "Not saved." } " Salesforce refused the last save. The message on the page says why." }
        }
        h2 { "If you save this" }
        p { (words(edit)) "." }
        @if !put_back.is_empty() {
            p { button #put-back type="button" data-command="PutBack" { (put_back) } }
        }
        (list(if edit.is_clone() { "In the copy" } else { "New" }, "new", edit, &new))
        (list("Fixed", "solved", edit, &solved))
        @if !untold.is_empty() {
            p .small { "Can't be checked before you save: " (untold.iter().map(|rule| rule.title()).collect::<Vec<_>>().join("; ")) ". " (edit.unknown()) }
        }
        @if unknown > 0 {
            p .small data-unrecognised=(unknown) {
                @if unknown == 1 { "1 box on this page wasn't recognized, so it isn't checked." }
                @else { (unknown) " boxes on this page weren't recognized, so they aren't checked." }
            }
        }
    }
}

/// Findings, each leading to its box.
fn list(name: &str, kind: &str, edit: &Edit, entries: &[&Entry]) -> Markup {
    html! {
        @if !entries.is_empty() {
            h3 { (name) }
            ul .evidence data-change=(kind) {
                @for (at, entry) in entries.iter().enumerate() {
                    li .(entry.severity.word()) dir="auto" data-severity=(entry.severity.word()) {
                        span .pill { (entry.severity.label()) } " "
                        @if let Some(place) = entry.place {
                            button #{ "show-" (kind) "-" (at) } .link type="button" data-command="ShowField" data-place=(place) { (entry.title) }
                        } @else {
                            (entry.title)
                        }
                        @if let Some(cause) = edit.cause(entry) { " " span .small { (cause) } }
                    }
                }
            }
        }
    }
}

/// The chip's color: that of the worst that is new; never the color of what is fine while the page has findings.
pub(super) fn tone(edit: &Edit) -> &'static str {
    match edit.new_findings().first() {
        Some(worst) => worst.severity.word(),
        None if edit.already_here() > 0 || edit.is_refused() => Severity::Info.word(),
        None => "fine",
    }
}

/// The chip's words.
pub(super) fn words(edit: &Edit) -> String {
    edit.summary()
}

/// What is drawn anew in the panel of the command `number`, whatever else stands there.
pub(crate) fn panel_parts(number: u32, edit: &Edit) -> PanelParts {
    let parts = [("chip", chip(&words(edit))), ("edit", section(edit))];
    PanelParts {
        number,
        parts: parts.into_iter().map(|(id, html)| (id, names::screen(&html.0))).collect(),
        tone: tone(edit),
        status: names::plain(&format!("Leastwise: {}", edit.summary())),
    }
}

/// What an open marker says under its `words`: these are not said again. What can be done comes first; why it matters is
/// folded.
pub(crate) fn marker(detail: &Detail, words: &str) -> Markup {
    let more = || detail.lines.iter().filter(|line| line.strip_suffix('.') != Some(words));
    html! {
        @if more().next().is_some() { ul { @for line in more() { li dir="auto" { (line) } } } }
        @if !detail.reach.is_empty() { p dir="auto" { b { "Used by: " } (detail.reach) "." } }
        p {
            button type="button" data-back { "Undo this" }
            @for fix in &detail.fixes {
                @match fix {
                    InForm::Click(at, words) => { button type="button" data-click=(at) { (words) } }
                    InForm::Enter(texts, words) => {
                        button type="button" data-enter=(serde_json::to_string(texts).unwrap_or_default()) { (words) }
                    }
                }
            }
        }
        @if !detail.others.is_empty() {
            details {
                summary { (detail.others.len()) @if detail.others.len() == 1 { " other" } @else { " others" } }
                ul { @for name in &detail.others { li dir="auto" { (name) } } }
            }
        }
        @if !detail.rules.is_empty() {
            details {
                summary { "Why" }
                @for rule in &detail.rules {
                    p { (rule.section("Why it matters")) }
                    p { b { "Fix: " } (rule.section("Fix")) }
                }
            }
        }
    }
}

/// After a save: what became of what was expected.
pub(super) fn after(changed: usize, differences: &[String]) -> Markup {
    html! {
        section .note aria-label="After the save" data-saved=(differences.len()) {
            @if differences.is_empty() {
                p { b { "Saved." } " Salesforce has what you entered (" (changed) @if changed == 1 { " change)." } @else { " changes)." } }
            } @else {
                p { b { "Saved, but Salesforce shows something else:" } }
                ul { @for line in differences { li .(Severity::High.word()) dir="auto" { (line) "." } } }
            }
        }
    }
}
