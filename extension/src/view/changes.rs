//! What can be changed, and what was: what is unfinished, checklists that were begun, and the changes of this page.
//!
//! Only what was read back is said to be done.

use super::screen::{Changes, Screen};
use super::{remedies, words};
use crate::state::plans::Stage;
use leastwise_core::journal::{Entry, State};
use leastwise_core::protocol::Surface;
use leastwise_core::salesforce::time::DAY;
use maud::{Markup, html};

/// A button that asks for something about a thing: its name is the verb and what it acts on.
pub(super) fn button(id: &str, verb: &str, of: &str, plan: &str, entry: &str) -> Markup {
    html! {
        button #{ (verb) "-" (id) } type="button" data-command=(verb) data-plan=[some(plan)] data-entry=[some(entry)] {
            b { (verb) } @if !of.is_empty() { " " (of) }
        }
    }
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// What was begun and not finished, to be seen before all else.
pub(super) fn unfinished(screen: &Screen<'_>) -> Markup {
    let changes = &screen.changes;
    let is_at_work =
        changes.plan.is_some_and(|plan| plan.stage != Stage::Ended && plan.stage != Stage::Refused);
    let journal = changes.journal;
    html! {
        @if !is_at_work {
            @for entry in journal.entries().filter(|entry| journal.state(entry) == State::Unfinished) {
                div .note.unfinished data-entry=(entry.id) data-state="unfinished" {
                    p { b { (so_far(entry)) } " " (entry.apply.plan().title) }
                    @if !entry.stop.is_empty() { p dir="auto" { (entry.stop) } }
                    (actions("first", entry, State::Unfinished))
                }
            }
            // What has just been looked at says the same.
            @for entry in journal.checklists().filter(|own| changes.plan.is_none_or(|plan| !plan.is_of(&own.id))) {
                div .note.checklist data-entry=(entry.id) data-state="checklist" {
                    p { b { "Checklist: " (progress(entry)) ". " } (entry.apply.plan().title) }
                    (checklist_actions("first", entry))
                }
            }
        }
    }
}

/// What can be done with a checklist.
pub(super) fn checklist_actions(place: &str, entry: &Entry) -> Markup {
    let title = html! { span .hush { " " (entry.apply.plan().title) } };
    html! {
        div .actions {
            @if !entry.apply.is_done() {
                button #{ "Continue-" (place) "-" (entry.id) } type="button" data-command="Continue" data-entry=(entry.id) {
                    b { "Check again" } (title)
                }
                button #{ "Dismiss-" (place) "-" (entry.id) } type="button" data-command="Dismiss" data-entry=(entry.id) {
                    "Dismiss" (title)
                }
            }
        }
    }
}

/// Seconds for which the last change stands at the top.
const RECENT: i64 = DAY;

/// The last change of this page, so that undoing it is one look away.
pub(super) fn last(screen: &Screen<'_>) -> Markup {
    let changes = &screen.changes;
    let journal = changes.journal;
    let last = journal
        .entries()
        .rev()
        .find(|entry| entry.undoes.is_empty() && journal.state(entry) != State::Nothing);
    let is_recent = |entry: &&Entry| {
        journal.state(entry) == State::Verified
            && changes.now.0 - entry.at < RECENT
            && !entry.apply.plan().is_guided()
    };
    html! {
        // What has just ended says the same.
        @if changes.plan.is_none() && let Some(entry) = last.filter(is_recent) {
            div #last .note.fine.last data-last=(entry.id) {
                p dir="auto" { b { "Done: " } (entry.apply.plan().title) }
                div .actions {
                    @if entry.undo().is_some() { (button("last", "Undo", "", "", &entry.id)) }
                    button #reload type="button" data-command="reload" { "Reload the page" }
                    span .small { "The page may still show what was there before." }
                }
            }
        }
    }
}

/// "Unfinished: 2 of 5 done. Perhaps more was written."
pub(super) fn so_far(entry: &Entry) -> String {
    let more = if entry.apply.is_unsure() { " Perhaps more was written." } else { "" };
    format!("Unfinished: {}.{more}", progress(entry))
}

/// "2 of 5 done"
pub(super) fn progress(entry: &Entry) -> String {
    let (done, of) = entry.count();
    format!("{done} of {of} done")
}

/// What can be done with an entry of the journal.
pub(super) fn actions(place: &str, entry: &Entry, state: State) -> Markup {
    let id = format!("{place}-{}", entry.id);
    let title = &entry.apply.plan().title;
    let back = matches!(state, State::Unfinished | State::Verified);
    html! {
        @if state == State::Unfinished && entry.apply.is_unsure() {
            button #{ "Verify-" (id) } type="button" data-command="Verify" data-entry=(entry.id) {
                b { "Check again" } " " (title)
            }
        }
        @if state == State::Unfinished { (button(&id, "Continue", title, "", &entry.id)) }
        @if back && entry.undo().is_some() { (button(&id, "Undo", title, "", &entry.id)) }
        @if back { @if let Some(why) = entry.never() { p .small { (why) } } }
    }
}

/// How far an entry came, in words.
pub(super) fn state(entry: &Entry, state: State) -> String {
    match state {
        // What people do is never written: it is found.
        State::Nothing if entry.apply.plan().is_guided() => match entry.apply.is_done() {
            true => "Checklist done.".to_owned(),
            false => format!("{}.", progress(entry)),
        },
        State::Nothing => "Nothing was changed.".to_owned(),
        State::Unfinished => so_far(entry),
        State::Verified => "Done. Salesforce confirms it.".to_owned(),
        State::Undone => "Undone.".to_owned(),
    }
}

/// What was changed on this page, the newest first.
pub(super) fn journal(changes: &Changes<'_>) -> Markup {
    let journal = changes.journal;
    html! {
        @if !journal.is_empty() {
            details #changes .group {
                summary { "Changes made with Leastwise " span .count { (journal.entries().count()) } }
                ul {
                    @for entry in journal.entries().rev() {
                        @let how = journal.state(entry);
                        li data-entry=(entry.id) data-state=(how.word()) {
                            p dir="auto" { (entry.apply.plan().title) }
                            p .small dir="auto" { (words::moment(entry.at)) ", " (entry.username) ": " (state(entry, how)) }
                            @if how == State::Verified { (actions("made", entry, how)) }
                        }
                    }
                }
                @if journal.unreadable() > 0 {
                    p .small { (journal.unreadable()) " entries come from another version and can't be shown here. They're kept." }
                }
                @if changes.surface != Surface::Popup {
                    p .small { "The history of all orgs is behind the Leastwise button in the toolbar." }
                }
            }
        }
    }
}

/// Plans that answer no finding.
pub(super) fn emergency(screen: &Screen<'_>) -> Markup {
    html! {
        @if !screen.changes.emergency.is_empty() {
            details #emergency .group {
                summary { "Stop this integration" }
                (remedies::of_plans("emergency", screen.changes.emergency, screen))
            }
        }
    }
}
