//! The screens, as markup: a pure function of what is known.
//!
//! It never touches a browser, and never writes a `style` attribute (Firefox refuses those under a page's policy).
//! Whatever comes from an org is text: maud escapes it.

mod changes;
mod edit;
pub(crate) mod history;
pub(crate) mod names;
mod plan;
mod rows;

pub(crate) use edit::{edit_parts, marker};

use crate::fixing::{Stage, Work};
use crate::storage::ReadOnly;
use leastwise_core::classification::{Classification, Who, Word};
use leastwise_core::form::Edit;
use leastwise_core::journal::Journal;
use leastwise_core::plan::Plan;
use leastwise_core::protocol::Surface;
use leastwise_core::report::{Report, Viewer};
use leastwise_core::rules::rule::Severity;
use leastwise_core::salesforce::json::Value;
use maud::{Markup, PreEscaped, html};

/// What a screen is drawn from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen<'a> {
    /// What is known of the page.
    pub(crate) report: &'a Report,
    /// What the form on the page would change, where there is one.
    pub(crate) edit: Option<&'a Edit>,
    /// After a save: how much was changed, and what is not as was expected.
    pub(crate) saved: Option<&'a (usize, Vec<String>)>,
    /// Whether nothing was answered yet.
    pub(crate) is_reading: bool,
    /// Who is signed in, once that is known.
    pub(crate) viewer: Option<&'a Viewer>,
    /// The name of whoever was signed in before, when that was somebody else.
    pub(crate) before: Option<&'a str>,
    /// Whether the panel on the page was closed.
    pub(crate) closed: bool,
    /// What can be changed, and what was.
    pub(crate) desk: Desk<'a>,
}

/// What can be changed here, and what was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Desk<'a> {
    /// The plans for each finding of the report, in its order.
    pub(crate) plans: &'a [Vec<Plan>],
    /// Those that answer none.
    pub(crate) emergency: &'a [Plan],
    /// What was changed on this page.
    pub(crate) journal: &'a Journal,
    /// What is previewed or carried out.
    pub(crate) work: Option<&'a Work>,
    /// Where it is drawn.
    pub(crate) surface: Surface,
    /// Why nothing may be written.
    pub(crate) read_only: Option<ReadOnly>,
    /// Whether an admin allowed writing to this org.
    pub(crate) allowed: bool,
    /// What the org is called, once that is known; the host that answers its API; and whether it is a sandbox.
    pub(crate) org: &'a str,
    pub(crate) host: &'a str,
    pub(crate) sandbox: Option<bool>,
    /// Whether what was changed before could not be read, and whether something could not be kept.
    pub(crate) unread: bool,
    pub(crate) unsaved: bool,
}

/// A shield with a tick: drawn, so that nothing is loaded into the page.
const MARK: PreEscaped<&str> = PreEscaped(
    r#"<svg class="mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false"><path d="M8 1 2.5 3v4.4c0 3.4 2.3 6.2 5.5 7.6 3.2-1.4 5.5-4.2 5.5-7.6V3z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/><path d="m5.3 8 2 2 3.5-4" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/></svg>"#,
);

/// The panel in the page: a chip, and what it opens.
pub(crate) fn panel(screen: &Screen<'_>) -> Markup {
    html! {
        button #chip .chip .(tone(screen)) type="button" aria-expanded="false" aria-controls="panel" data-ask="open" {
            (chip(&summary(screen)))
        }
        section #panel .panel role="dialog" aria-labelledby="name" tabindex="-1" hidden {
            div .tools {
                button #move type="button" data-ask="Place" { "Move" span .hush { " to another corner" } }
                button #close type="button" data-ask="Close" { "Hide on this page" }
                button #fold type="button" data-ask="fold" { "Close" span .hush { " the panel" } }
            }
            (body(screen))
        }
    }
}

/// What stands on the chip.
fn chip(words: &str) -> Markup {
    html! { (MARK) span .hush { "Leastwise: " } (words) }
}

/// The popup: the same, without a chip.
pub(crate) fn popup(screen: &Screen<'_>) -> Markup {
    html! {
        div .panel {
            @if screen.closed {
                div .note {
                    p { "You hid this panel on the page." }
                    button #again type="button" data-ask="Retry" { "Show it again" }
                }
            }
            (body(screen))
            (history::link())
        }
    }
}

/// The window where what a page asked for is approved: of which org, and what would be changed. Nothing where nothing
/// waits for a person's word, nor is carried out.
pub(crate) fn approval(screen: &Screen<'_>) -> Markup {
    let subject = &screen.report.subject;
    let desk = &screen.desk;
    let kind = match desk.sandbox {
        Some(true) => "Sandbox",
        Some(false) => "Production",
        None => "May be production",
    };
    html! {
        @if desk.work.is_some_and(|work| work.stage != Stage::Ended) {
            div .panel {
                header {
                    p .kind { "Approve a change" }
                    h1 #name { bdi { (subject.name) } }
                    p .detail { (subject.kind) @if !subject.detail.is_empty() { ", " (subject.detail) } }
                }
                p #org .note .(if desk.sandbox == Some(true) { "fine" } else { "high" }) {
                    b .kind-of-org { (kind) } " " bdi { (if desk.org.is_empty() { desk.host } else { desk.org }) }
                    @if !desk.org.is_empty() { " (" (desk.host) ")" }
                }
                (plan::work(desk))
                (signed_in(screen))
            }
        }
    }
}

/// The popup, where the tab shows nothing of ours; `all` is what is kept on disk.
pub(crate) fn no_page(all: &Value) -> Markup {
    html! {
        div .panel {
            h1 #name { "Leastwise" }
            p { "Open a user or a profile in Salesforce Setup to see what Leastwise finds there." }
            ul .ways {
                li { "Users: Setup, " b { "Users" } ", then a user’s name." }
                li { "Profiles: Setup, " b { "Profiles" } ", then a profile’s name." }
            }
            p .small { "If such a page is open already, reload it once." }
            (history::unfinished(all))
            (history::link())
        }
    }
}

/// What a screen reader is told when it changes.
pub(crate) fn status(screen: &Screen<'_>) -> String {
    ["Leastwise: ", &*screen.desk.work.map_or_else(|| summary(screen), plan::status)].concat()
}

fn summary(screen: &Screen<'_>) -> String {
    if let Some(edit) = screen.edit {
        return edit::words(edit);
    }
    if screen.is_reading { "reading…".to_owned() } else { screen.report.summary() }
}

/// The colour of the chip: that of the worst finding.
fn tone(screen: &Screen<'_>) -> &'static str {
    if let Some(edit) = screen.edit {
        return edit::tone(edit);
    }
    match (screen.is_reading, &screen.report.refusal, screen.report.counts().first()) {
        (true, ..) => "reading",
        (_, Some(_), _) => "unknown",
        (.., Some((severity, _))) => severity.word(),
        _ if screen.report.with_outcome("pass").next().is_none() => "unknown",
        _ => "fine",
    }
}

fn body(screen: &Screen<'_>) -> Markup {
    let report = screen.report;
    html! {
        header {
            p .kind { (report.subject.kind) }
            h1 #name { bdi { (report.subject.name) } }
            @if !report.subject.detail.is_empty() { p .detail { (report.subject.detail) } }
        }
        @if let Some((changed, differences)) = screen.saved { (edit::after(*changed, differences)) }
        div #edit .edit { @if let Some(edit) = screen.edit { (edit::section(edit)) } }
        (storage(&screen.desk))
        (changes::unfinished(screen))
        (plan::work(&screen.desk))
        @if screen.desk.work.is_some_and(|work| work.stage != Stage::Ended) {
        } @else if screen.is_reading {
            p .reading { "Reading from Salesforce…" }
        } @else {
            @if let Some(refusal) = &report.refusal {
                div .note .refusal {
                    p { b { (refusal.sentence()) } }
                    p { (refusal.advice()) }
                    button #again type="button" data-ask="Retry" { "Try again" }
                }
            } @else if let Some(classification) = &report.classification {
                (who(classification, report.subject.kind))
            }
            @if screen.viewer.is_some_and(|viewer| viewer.user_id == report.subject.id) {
                p .note data-own { "These are your own permissions. Leastwise doesn't change the user you're logged in as." }
            }
            @if report.refusal.is_none() { (counts(report)) }
            (rows::findings(report, screen.desk.plans))
            (changes::all(&screen.desk))
            (changes::emergency(&screen.desk))
            (rows::others(report))
            (changes::journal(&screen.desk))
        }
        (signed_in(screen))
    }
}

/// What is wrong with what the browser keeps.
fn storage(desk: &Desk<'_>) -> Markup {
    html! {
        @if desk.unread {
            div .note data-storage="unread" {
                p { b { "What was changed here before could not be read from this browser." }
                    " Nothing was lost by that, and nothing is written to the org until it can be read." }
                button #again-storage type="button" data-ask="Retry" { "Try again" }
            }
        }
        @if desk.unsaved {
            p .note data-storage="unsaved" {
                "The browser could not save your last choice: it is forgotten when this page is closed. Its storage may be full."
            }
        }
    }
}

/// Who it is, why it seems so, and the admin's own word.
fn who(classification: &Classification, kind: &str) -> Markup {
    let profile = kind == "Profile";
    let verdict = match (classification.who, classification.sure, classification.said) {
        (Who::Integration, _, Some(_)) => "Integration, as you said",
        (Who::Person, _, Some(_)) => "Person, as you said",
        (Who::Integration, true, _) => "An integration",
        (Who::Integration, false, _) => "Perhaps an integration",
        (Who::Person, true, _) => "A person",
        (Who::Person, false, _) => "Perhaps a person",
        (Who::Mixed { .. }, ..) => "People and integration users",
        (Who::Platform, ..) => "Salesforce’s own",
    };
    let (integration, person) = if profile {
        ("This profile is for integrations", "This profile is for people")
    } else {
        ("This is an integration user", "This is a person")
    };
    let said = classification.said;
    html! {
        section .who aria-labelledby="who" data-who=(word_of(classification.who)) data-sure=(classification.sure) {
            h2 #who { span .hush { "Who it is: " } (verdict) }
            @if !classification.reasons.is_empty() {
                ul { @for reason in &classification.reasons { li dir="auto" { (reason.text) } } }
            }
            div .say role="group" aria-label="Your own word" {
                button #say-integration type="button" data-ask="Say" data-word="Integration"
                    aria-pressed=(said == Some(Word::Integration)) { (integration) }
                button #say-person type="button" data-ask="Say" data-word="Person"
                    aria-pressed=(said == Some(Word::Person)) { (person) }
                @if said.is_some() {
                    button #say-nothing type="button" data-ask="Say" { "Forget my answer" }
                }
            }
        }
    }
}

const fn word_of(who: Who) -> &'static str {
    match who {
        Who::Integration => "integration",
        Who::Person => "person",
        Who::Mixed { .. } => "mixed",
        Who::Platform => "platform",
    }
}

/// How many findings of each severity.
fn counts(report: &Report) -> Markup {
    let counts = report.counts();
    let of = |severity: Severity| counts.iter().find(|(s, _)| *s == severity).map_or(0, |(_, n)| *n);
    html! {
        @if !counts.is_empty() {
            ul .counts aria-label="Findings by severity" {
                @for severity in Severity::ALL {
                    @if of(severity) > 0 {
                        li .(severity.word()) { b { (of(severity)) } " " (severity.word()) }
                    }
                }
            }
        }
    }
}

fn signed_in(screen: &Screen<'_>) -> Markup {
    html! {
        @if let Some(viewer) = screen.viewer {
            footer {
                @if screen.desk.allowed && screen.desk.surface != Surface::Page {
                    button #forbid type="button" data-ask="Forbid" { "Make this org read-only again" }
                }
                p { "Signed in as " b { bdi { (viewer.name) } } " (" bdi { (viewer.username) } ")" }
                @if let Some(before) = screen.before {
                    p .note {
                        "Before, it was " bdi { (before) } ". After Login As, what you see here is what "
                        bdi { (viewer.name) } " may read, not what you may."
                    }
                }
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;
