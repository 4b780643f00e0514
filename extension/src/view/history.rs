//! The history: every change in every org. Of an org's data it shows what was changed, and nothing else.

use super::changes::{so_far, state, when};
use super::plan::{difference, standing};
use crate::storage::journals::History;
use leastwise_core::journal::{Entry, State};
use leastwise_core::plan::Way;
use maud::{Markup, html};

/// What is said where what is on disk could not be read, or not be cleared.
pub(crate) fn unread(words: &str) -> Markup {
    html! {
        div .panel {
            div .note data-storage="unread" {
                p { b { (words) } " Nothing was lost by that." }
                button #again type="button" data-command="History" { "Try again" }
            }
        }
    }
}

/// What was begun and not finished, each with the page where it goes on.
pub(crate) fn unfinished(history: &History) -> Markup {
    html! {
        @for entry in history.unfinished() {
            p .note.unfinished data-entry=(entry.id) data-state="unfinished" {
                b { (so_far(entry)) } " " (entry.apply.plan().title) ": " (subject(entry))
            }
        }
    }
}

/// The user or profile, as a link to its page.
fn subject(entry: &Entry) -> Markup {
    html! { a href={ "https://" (entry.host) "/" (entry.subject.as_str()) "?noredirect=1" } target="_blank" { bdi { (entry.name) } } }
}

/// The way to the history, from the popup.
pub(crate) fn link() -> Markup {
    html! { p .foot { a #history href="history.html" target="_blank" { "History of all orgs" } } }
}

/// All of it, the newest first.
pub(crate) fn page(history: &History) -> Markup {
    let History { entries, unreadable } = history;
    html! {
      div .panel {
        h1 #name { "History" }
        @if entries.is_empty() { p { "No changes yet. Changes that you make with Leastwise in this browser appear here." } }
        @else {
            p .say {
                button #json type="button" data-command="json" { "Export as JSON" }
                button #csv type="button" data-command="csv" { "Export as CSV" }
                button #clear type="button" data-command="Clear" { "Clear finished entries" }
            }
            div .table tabindex="0" role="region" aria-label="Changes" {
                table .history {
                    thead { tr { @for name in ["Date", "Changed by", "Org", "Record", "Change", "Status"] {
                        th scope="col" { (name) }
                    } } }
                    tbody { @for (entry, how) in entries { (row(entry, *how)) } }
                }
            }
        }
        @if *unreadable > 0 { p { (unreadable) " entries cannot be read by this version. They are kept." } }
      }
    }
}

fn row(entry: &Entry, how: State) -> Markup {
    let plan = entry.apply.plan();
    let steps = plan.steps.iter().zip(entry.apply.progress()).filter(|(step, _)| step.way != Way::Read);
    let steps = steps.collect::<Vec<_>>();
    html! {
        tr data-entry=(entry.id) data-state=(how.word()) {
            td .when { (when(entry)) }
            td { bdi { (entry.username) } }
            td { bdi { (entry.host) } br; span .small { (entry.org.as_str()) } }
            td { (subject(entry)) br; span .small { (entry.subject.as_str()) } }
            td .what {
                details #{ "what-" (entry.id) } {
                    summary { (plan.title) }
                    ul { @for (step, progress) in &steps {
                        li {
                            (step.words)
                            @let words = standing(progress, step).1;
                            @if !words.is_empty() { " " span .small { (words) } }
                            (difference(step))
                        }
                    } }
                    p .small { "Entry " (entry.id) @if !entry.undoes.is_empty() { ", takes back " (entry.undoes) } }
                }
            }
            td { (state(entry, how)) " " (entry.stop) }
        }
    }
}
