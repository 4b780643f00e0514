//! The history: every change in every org, a row an entry. Of an org's data it shows what was changed, and nothing else; ids
//! stand in its files alone.

use super::words;
use super::{changed, ticket};
use crate::storage::journals::History;
use leastwise_core::journal::{Entry, State};
use leastwise_core::text::counted;
use maud::{Markup, html};

/// What is said where what is on disk could not be read, or not be cleared.
pub(crate) fn unread(words: &str) -> Markup {
    html! {
        div .note data-storage="unread" {
            p { b { (words) } " Nothing was lost by that." }
            button #again type="button" data-command="History" { "Try again" }
        }
    }
}

/// All of it, the newest first. Where the company `hides_exports`, nothing of it is given out as a file.
pub(crate) fn page(history: &History, hides_exports: bool) -> Markup {
    let History { entries, unreadable } = history;
    html! {
        h1 #name { "History" }
        @if entries.is_empty() {
            p { "No changes yet. Changes that you make with Leastwise in this browser appear here." }
        } @else {
            (filters(entries))
            p .buttons {
                @if !hides_exports {
                    button #csv type="button" data-command="csv" { "Export as CSV" }
                    button #json type="button" data-command="json" { "Export as JSON" }
                }
                button #clear type="button" data-command="Clear" { "Clear finished entries" }
            }
            table .history {
                caption .hush { "Changes, the newest first" }
                thead { tr { @for name in HEADS { th scope="col" { (name) } } } }
                tbody { @for (entry, state) in entries { (row(entry, *state)) } }
            }
            p #nothing .note hidden { "No change is from this org and these days." }
        }
        @if *unreadable > 0 { p .note { (unreadable) (if *unreadable == 1 { " entry" } else { " entries" }) " cannot be read by this version. What is stored is kept." } }
    }
}

const HEADS: [&str; 8] =
    ["Date", "Changed by", "Org", "Record", "Change", "Before → after", "Status", "Actions"];

/// By org and date: the page's script hides what does not fit.
fn filters(entries: &[(Entry, State)]) -> Markup {
    let mut hosts: Vec<&str> = entries.iter().map(|(entry, _)| entry.host.as_str()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    html! {
        div .filters role="search" aria-label="Filter changes" {
            p { label for="org" { "Org" }
                select #org { option value="" { "All orgs" } @for host in hosts { option value=(host) { (host) } } } }
            p { label for="from" { "From" } input #from type="date"; }
            p { label for="to" { "To" } input #to type="date"; }
        }
    }
}

fn row(entry: &Entry, state: State) -> Markup {
    let plan = entry.apply.plan();
    let lines = changed::lines(entry);
    let of = |name: usize| HEADS.get(name);
    html! {
        tr data-entry=(entry.id) data-state=(state.word()) data-org=(entry.host) data-at=(entry.at) {
            td .when data-head=[of(0)] { (words::moment(entry.at)) }
            td .who data-head=[of(1)] { bdi { (breakable(&entry.username)) } }
            td .org data-head=[of(2)] { bdi { (breakable(&entry.host)) } }
            td .record data-head=[of(3)] {
                a href=(words::page_of(entry)) target="_blank" rel="noopener noreferrer" { bdi { (entry.name) } }
            }
            td .what data-head=[of(4)] dir="auto" { (plan.title) }
            td .values data-head=[of(5)] {
                @match lines.as_slice() {
                    [] => "–",
                    [line] => (changed::markup(line)),
                    lines => details #{ "changes-" (entry.id) } {
                        summary { (counted(lines.len(), "change")) }
                        ul { @for line in lines { li { (changed::markup(line)) } } }
                    },
                }
            }
            td .status data-head=[of(6)] {
                span .state data-state=(state.word()) { (words::status(entry, state)) }
                @if !entry.undoes.is_empty() { p .small { "An undo of an earlier change" } }
                @if !entry.stop.is_empty() { p .small dir="auto" { (entry.stop) } }
                @if matches!(state, State::Verified | State::Unfinished) {
                    @if let Some(why) = entry.never() { p .small dir="auto" { (why) } }
                }
            }
            td .actions data-head=[of(7)] { (actions(entry, state)) }
        }
    }
}

/// A host or user name, which breaks where it has a dot or an at sign.
fn breakable(name: &str) -> Markup {
    html! { @for part in name.split_inclusive(['.', '@']) { (part) wbr; } }
}

/// Undo and Continue lead to the record's page, with the preview that is approved there.
fn actions(entry: &Entry, state: State) -> Markup {
    let title = &entry.apply.plan().title;
    let is_done = matches!(state, State::Verified | State::Unfinished);
    html! {
        @if state == State::Unfinished {
            button #{ "continue-" (entry.id) } type="button" data-command="OpenEntry" data-entry=(entry.id) data-preview="Continue" {
                "Continue…" span .hush { " " (title) }
            }
        }
        @if is_done && entry.undo().is_some() {
            button #{ "undo-" (entry.id) } type="button" data-command="OpenEntry" data-entry=(entry.id) data-preview="Undo" {
                "Undo…" span .hush { " " (title) }
            }
        }
        button #{ "copy-" (entry.id) } type="button" data-command="copy" data-text=(ticket::text(entry, state)) {
            "Copy for change ticket" span .hush { ": " (title) }
        }
    }
}
