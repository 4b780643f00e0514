//! The history: every change in every org, from all that is on disk.
//!
//! It never shows an org's data but what was changed, and never clears what is unfinished.

use super::changes::{so_far, state, when};
use leastwise_core::journal::{Entry, Journal, State};
use leastwise_core::json::Value;
use leastwise_core::plan::Way;
use leastwise_core::text::joined;
use maud::{Markup, html};

/// The orgs that have a journal, and under which keys.
pub(crate) fn keys(all: &Value) -> Vec<(String, String)> {
    let keys = all.as_object().into_iter().flatten();
    keys.filter_map(|(key, _)| {
        Some((key.strip_prefix("journal:")?.split(':').next()?.to_owned(), key.clone()))
    })
    .collect::<Vec<_>>()
}

/// A journal without what is settled; none when nothing is left.
pub(crate) fn cleared(kept: Option<&Value>) -> Option<String> {
    let mut journal = Journal::from_json(kept.unwrap_or(&Value::Null));
    journal.clear();
    (!journal.is_empty()).then(|| journal.text())
}

/// Every entry and how far it came, the newest first; and how many cannot be read.
fn entries(all: &Value) -> (Vec<(Entry, State)>, usize) {
    let mut rows: Vec<(Entry, State)> = vec![];
    let mut unreadable = 0;
    for (_, key) in keys(all) {
        let journal = Journal::from_json(all.get(&key).unwrap_or(&Value::Null));
        unreadable += journal.unreadable();
        rows.extend(journal.entries().map(|entry| (entry.clone(), journal.state(entry))));
    }
    leastwise_core::order::put(&mut rows, |a, b| a.0.at > b.0.at);
    (rows, unreadable)
}

/// What was begun and not finished, each with the page where it goes on.
pub(crate) fn unfinished(all: &Value) -> Markup {
    html! {
        @for (entry, _) in entries(all).0.iter().filter(|(_, how)| *how == State::Unfinished) {
            p .note.unfinished data-entry=(entry.id) data-state="unfinished" {
                b { (so_far(entry)) } " " (entry.apply.plan().title) ": " (subject(entry))
            }
        }
    }
}

/// The user or profile, as a link to its page.
fn subject(entry: &Entry) -> Markup {
    html! { a href={ "https://" (entry.host) "/" (entry.subject.as_str()) "?noredirect=1" } target="_blank" { (entry.name) } }
}

/// All of it, the newest first.
pub(crate) fn page(all: &Value) -> Markup {
    let (rows, unreadable) = entries(all);
    html! {
      div .panel {
        h1 #name { "History" }
        @if rows.is_empty() { p { "Nothing was changed with Leastwise in this browser." } }
        @else {
            p .say {
                button #json type="button" data-ask="json" { "Export as JSON" }
                button #csv type="button" data-ask="csv" { "Export as CSV" }
                button #clear type="button" data-ask="Clear" { "Clear what is settled" }
            }
            div .table tabindex="0" role="region" aria-label="Changes" {
                table {
                    thead { tr { @for name in ["When", "Who", "Org", "On", "What", "Changes", "How it stands", "Id"] {
                        th scope="col" { (name) }
                    } } }
                    tbody { @for (entry, how) in &rows { (row(entry, *how)) } }
                }
            }
        }
        @if unreadable > 0 { p { (unreadable) " entries cannot be read by this version. They are kept." } }
      }
    }
}

fn row(entry: &Entry, how: State) -> Markup {
    let plan = entry.apply.plan();
    let steps = plan.steps.iter().filter(|step| step.way != Way::Read);
    let words: Vec<&str> = steps.map(|step| step.words.as_str()).collect::<Vec<_>>();
    html! {
        tr data-entry=(entry.id) data-state=(how.word()) {
            td { (when(entry)) }
            td { (entry.username) }
            td { (entry.org.as_str()) " " (entry.host) }
            td { (subject(entry)) }
            td { (plan.title) }
            td { (joined(&words, "; ")) }
            td { (state(entry, how)) " " (entry.stop) }
            td { (entry.id) @if !entry.undoes.is_empty() { ", takes back " (entry.undoes) } }
        }
    }
}
