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
    let untold = edit.untold();
    html! {
        h2 { "If you save this" }
        p { (words(edit)) "." }
        (list(if edit.is_clone() { "Of the copy" } else { "New" }, "new", &new))
        (list("Solved", "solved", &solved))
        @if !untold.is_empty() {
            p .small { "Not known before the save: " (untold.iter().map(|rule| rule.title()).collect::<Vec<_>>().join("; ")) ". " (edit.unknown()) }
        }
        @if unknown > 0 {
            p .small data-unrecognised=(unknown) {
                (unknown) @if unknown == 1 { " box of this page was" } @else { " boxes of this page were" }
                " not recognised for certain, and nothing is said of what " @if unknown == 1 { "it means." } @else { "they mean." }
            }
        }
    }
}

fn list(name: &str, kind: &str, entries: &[&Entry]) -> Markup {
    html! {
        @if !entries.is_empty() {
            h3 { (name) }
            ul .evidence data-change=(kind) {
                @for entry in entries {
                    li .(entry.severity.word()) dir="auto" { span .pill { (entry.severity.word()) } " " (entry.title) }
                }
            }
        }
    }
}

/// The chip's color: that of the worst that is new.
pub(super) fn tone(edit: &Edit) -> &'static str {
    edit.new_findings().first().map_or("fine", |worst| worst.severity.word())
}

/// The chip's words.
pub(super) fn words(edit: &Edit) -> String {
    let mut words = edit.summary();
    words.get_mut(..1).map(str::make_ascii_uppercase).unwrap_or_default();
    words
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

/// What an open marker says under its `words`: these are not said again, where there is anything else.
pub(crate) fn marker(detail: &Detail, words: &str) -> Markup {
    let is_bare = detail.reach.is_empty() && detail.rules.is_empty() && detail.fixes.is_empty();
    let more = || detail.lines.iter().filter(|line| is_bare || line.strip_suffix('.') != Some(words));
    html! {
        @if more().next().is_some() { ul { @for line in more() { li dir="auto" { (line) } } } }
        @if !detail.reach.is_empty() { p dir="auto" { b { "Whom it reaches: " } (detail.reach) } }
        @for rule in &detail.rules {
            p { b { "Why: " } (rule.section("Why it matters")) }
            p { b { "Instead: " } (rule.section("Fix")) }
        }
        p {
                @for fix in &detail.fixes {
                    @match fix {
                        InForm::Click(at, words) => { button type="button" data-click=(at) { (words) } }
                        InForm::Enter(texts, words) => {
                            button type="button" data-enter=(serde_json::to_string(texts).unwrap_or_default()) { (words) }
                        }
                    }
                }
                button type="button" data-back { "Take back" }
        }
    }
}

/// After a save: what became of what was expected.
pub(super) fn after(changed: usize, differences: &[String]) -> Markup {
    html! {
        section .note aria-label="After the save" data-saved=(differences.len()) {
            @if differences.is_empty() {
                p { "Saved as expected: " (changed) @if changed == 1 { " change." } @else { " changes." } }
            } @else {
                p { b { "Saved, and not as the form said:" } }
                ul { @for line in differences { li .(Severity::High.word()) dir="auto" { (line) "." } } }
            }
        }
    }
}
