//! What a form would change, in the panel; and what a marker beside a box says when it is opened.
//!
//! It never judges: `leastwise_core::form` does.

use super::names;
use leastwise_core::form::{Detail, Edit, Entry, InForm};
use leastwise_core::rules::rule::Severity;
use leastwise_core::salesforce::json::quoted;
use leastwise_core::text::joined;
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
            p .small { "Not known before the save: " (joined(&untold.iter().map(|r| r.title()).collect::<Vec<_>>(), "; ")) ". " (edit.unknown()) }
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

/// The chip's colour: that of the worst that is new.
pub(super) fn tone(edit: &Edit) -> &'static str {
    edit.new_findings().first().map_or("fine", |worst| worst.severity.word())
}

/// The chip's words.
pub(super) fn words(edit: &Edit) -> String {
    let mut words = edit.summary();
    words.get_mut(..1).map(str::make_ascii_uppercase).unwrap_or_default();
    words
}

/// What is drawn anew in the panel of the ask `number`, whatever else stands there (JSON).
pub(crate) fn edit_parts(number: u32, edit: &Edit) -> String {
    let chip = super::chip(&words(edit));
    let parts = [&chip.0, &section(edit).0].map(|html| quoted(&names::screen(html)));
    let [chip, section] = &parts;
    let (tone, status) =
        (quoted(tone(edit)), quoted(&names::plain(&["Leastwise: ", &edit.summary()].concat())));
    let number = number.to_string();
    [
        "{\"number\":",
        &number,
        ",\"parts\":{\"chip\":",
        chip,
        ",\"edit\":",
        section,
        "},\"tone\":",
        &tone,
        ",\"status\":",
        &status,
        "}",
    ]
    .concat()
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
                            button type="button" data-enter=(entered(texts)) { (words) }
                        }
                    }
                }
                button type="button" data-back { "Take back" }
        }
    }
}

/// Texts by their fields' places, as JSON.
fn entered(texts: &[(usize, String)]) -> String {
    let each = texts.iter().map(|(at, text)| ["[", &at.to_string(), ",", &quoted(text), "]"].concat());
    ["[", &joined(&each.collect::<Vec<_>>(), ","), "]"].concat()
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
