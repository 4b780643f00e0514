//! Words that the popup, the toolbar's button and the history share.

use leastwise_core::journal::{Entry, State};
use leastwise_core::report::Report;
use leastwise_core::rules::rule::Severity;
use leastwise_core::salesforce::time::{DAY, Timestamp};
use leastwise_core::text::counted;
use maud::{Markup, html};

/// The worst severity of a report.
pub(crate) fn worst(report: &Report) -> Option<Severity> {
    report.refusal.is_none().then(|| report.counts().first().map(|(severity, _)| *severity))?
}

/// "14 checks failed", or what else there is to say in a few words. What could not be checked never counts as passed.
pub(crate) fn summary(report: &Report) -> String {
    if report.refusal.is_some() {
        return "couldn’t check".to_owned();
    }
    let failed = report.with_outcome("finding").count();
    let unknown = report.with_outcome("cannot-tell").filter(|row| !row.is_waiting()).count();
    let passed = report.with_outcome("pass").count();
    match (failed, unknown, passed) {
        (0, 0, _) if report.pending => "still reading".to_owned(),
        (0, 0, 0) => "nothing to check".to_owned(),
        (0, 0, _) => "all checks passed".to_owned(),
        (0, unknown, _) => format!("couldn’t check {unknown}"),
        (failed, ..) => format!("{} failed", counted(failed, "check")),
    }
}

/// A moment in UTC, to the minute; the page's script says it in the time of the place.
pub(crate) fn moment(at: i64) -> Markup {
    let (text, minutes) = (Timestamp(at).to_string(), at.rem_euclid(DAY) / 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    html! {
        time datetime=(format!("{text}T{hours:02}:{minutes:02}Z")) { (text) " " (format!("{hours:02}:{minutes:02}")) " UTC" }
    }
}

/// How an entry of the journal stands, in a word or two.
pub(crate) fn status(entry: &Entry, state: State) -> String {
    let (done, of) = entry.count();
    match state {
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
