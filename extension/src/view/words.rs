//! Words that the panel, the popup and the history share.

use leastwise_core::journal::{Entry, State};
use leastwise_core::salesforce::time::{DAY, Timestamp};
use maud::{Markup, html};

/// A moment in UTC, to the minute: "2026-11-24 10:31 UTC".
pub(crate) fn moment_text(at: i64) -> String {
    let (day, time) = day_and_time(at);
    format!("{day} {time} UTC")
}

/// The same, which a page's script says in the time of the place.
pub(crate) fn moment(at: i64) -> Markup {
    let (day, time) = day_and_time(at);
    html! { time datetime=(format!("{day}T{time}Z")) { (moment_text(at)) } }
}

fn day_and_time(at: i64) -> (String, String) {
    let minutes = at.rem_euclid(DAY) / 60;
    (Timestamp(at).to_string(), format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

/// How an entry of the journal stands, in a word or two.
pub(crate) fn status(entry: &Entry, state: State) -> String {
    let (done, of) = entry.count();
    match state {
        State::Nothing if entry.apply.plan().is_guided() && entry.apply.is_done() => {
            "Checklist done".to_owned()
        }
        State::Nothing if entry.apply.plan().is_guided() => format!("Checklist: {done} of {of} done"),
        State::Nothing => "Nothing was changed".to_owned(),
        State::Unfinished if entry.apply.is_unsure() => {
            format!("Unfinished: {done} of {of} done, perhaps more")
        }
        State::Unfinished => format!("Unfinished: {done} of {of} done"),
        State::Verified => "Done and verified".to_owned(),
        State::Undone => "Undone".to_owned(),
    }
}

/// The page of the record that an entry was made on.
pub(crate) fn page_of(entry: &Entry) -> String {
    format!("https://{}/{}?noredirect=1", entry.host, entry.subject.as_str())
}
