//! What can be changed, and what was: the buttons of a finding, what is unfinished, and the changes of this page.
//!
//! Only what was read back is said to be done.

use super::screen::{Changes, Screen};
use crate::state::plans::Stage;
use leastwise_core::journal::{Entry, State};
use leastwise_core::plan::{Plan, Safety};
use leastwise_core::protocol::Surface;
use leastwise_core::salesforce::time::{DAY, Timestamp};
use maud::{Markup, html};

/// A button that asks for something about a thing: its name is the verb and what it acts on.
pub(super) fn button(id: &str, verb: &str, of: &str, plan: &str, entry: &str) -> Markup {
    html! {
        button #{ (verb) "-" (id) } type="button" data-command=(verb) data-plan=[some(plan)] data-entry=[some(entry)] {
            b { (verb) } " " (of)
        }
    }
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// What can be done about a finding, the narrowest way first.
pub(super) fn fixes(row: &str, plans: &[Plan]) -> Markup {
    html! {
        @if !plans.is_empty() {
            ul .fixes {
                @for (at, plan) in plans.iter().enumerate() {
                    li data-fix=(plan.fix) data-safety=(plan.safety.word()) {
                        @if at == 0 && plan.safety == Safety::Safe {
                            input #{ "pick-" (row) } name=(plan.key()) type="checkbox" checked[!plan.in_use]
                                aria-label={ "Select " (plan.title) };
                        }
                        (button(&format!("{row}-{at}"), "Fix", &plan.title, &plan.key(), ""))
                    }
                }
            }
        }
    }
}

/// All that is selected, as one.
pub(super) fn all(changes: &Changes<'_>) -> Markup {
    let safe = |plans: &&Vec<Plan>| plans.first().is_some_and(|plan| plan.safety == Safety::Safe);
    html! {
        @if changes.plans.iter().filter(safe).count() > 1 {
            (button("all", "Fix", "all selected, which only affect this user", "", ""))
        }
    }
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
        State::Nothing if entry.apply.plan().is_guided() => format!("{}.", progress(entry)),
        State::Nothing => "Nothing was written.".to_owned(),
        State::Unfinished => so_far(entry),
        State::Verified => "Done, and read back as it should be.".to_owned(),
        State::Undone => "Undone.".to_owned(),
    }
}

/// When it was approved, in UTC, to the minute.
pub(super) fn when(entry: &Entry) -> String {
    let minutes = entry.at.rem_euclid(DAY) / 60;
    format!("{} {:02}:{:02} UTC", Timestamp(entry.at), minutes / 60, minutes % 60)
}

/// What was changed on this page, the newest first.
pub(super) fn journal(changes: &Changes<'_>) -> Markup {
    let journal = changes.journal;
    html! {
        @if !journal.is_empty() {
            details #changes .group {
                summary { "Changes made here " span .count { (journal.entries().count()) } }
                ul {
                    @for entry in journal.entries().rev() {
                        @let how = journal.state(entry);
                        li data-entry=(entry.id) data-state=(how.word()) {
                            p dir="auto" { (entry.apply.plan().title) }
                            p .small dir="auto" { (when(entry)) ", " (entry.username) ": " (state(entry, how)) }
                            @if how == State::Verified { (actions("made", entry, how)) }
                        }
                    }
                }
                @if journal.unreadable() > 0 {
                    p .small { (journal.unreadable()) " entries cannot be read by this version. They are kept." }
                }
                @if changes.surface != Surface::Popup {
                    p .small { "The history of all orgs is in the popup, by the button in the toolbar." }
                }
            }
        }
    }
}

/// Plans that answer no finding.
pub(super) fn emergency(changes: &Changes<'_>) -> Markup {
    html! {
        @if !changes.emergency.is_empty() {
            details #emergency .group {
                summary { "In an emergency" }
                (fixes("emergency", changes.emergency))
            }
        }
    }
}
