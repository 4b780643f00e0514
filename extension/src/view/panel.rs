//! The panel in the page, and what a screen reader is told of it.

use super::chip::{MARK, chip};
use super::screen::{Changes, Screen};
use super::{accept, areas, changes, edit, plan, rows, who};
use crate::state::plans::Stage;
use leastwise_core::classification::Who;
use leastwise_core::plan::Reached;
use leastwise_core::protocol::Surface;
use leastwise_core::report::Report;
use leastwise_core::rules::rule::Finding;
use maud::{Markup, html};

/// Permissions that matter whoever has them: each lets in apps that nobody approved.
const OF_EVERYBODY: &[&str] = &["UseAnyApiClient", "CanApproveUninstalledApps"];

/// The panel in the page: a chip, and what it opens.
pub(crate) fn panel(screen: &Screen<'_>) -> Markup {
    html! {
        button #chip .chip .(tone(screen)) .person[is_quiet(screen)] type="button" aria-expanded="false" aria-controls="panel"
            data-command="open" { (chip(&summary(screen))) }
        section #panel .panel role="dialog" aria-labelledby="name" tabindex="-1" hidden {
            div .head {
                span .brand { (MARK) "Leastwise" }
                div .tools {
                    details #menu .menu {
                        summary #more aria-label="More" title="More" { "⋯" }
                        div .sheet {
                            button #again-all type="button" data-command="Retry" { "Check again" }
                            button #dock type="button" data-command="dock" {
                                @if screen.is_docked { "Float over the page" } @else { "Dock to the side" }
                            }
                            button #move type="button" data-command="Place" { "Move to another corner" }
                            button #review type="button" data-command="OpenReview" { "Review this org" }
                            button #close type="button" data-command="Close" {
                                "Hide for this " (screen.report.subject.kind.to_lowercase())
                            }
                        }
                    }
                    button #fold type="button" data-command="fold" aria-label="Close" title="Close" { "✕" }
                }
            }
            div #filter .filter hidden {
                label for="filter-text" .hush { "Filter checks and permissions" }
                input #filter-text type="search" placeholder="Filter checks and permissions" autocomplete="off" spellcheck="false";
            }
            (body(screen))
        }
        div .grip aria-hidden="true" {}
    }
}

/// What a screen reader is told when it changes.
pub(crate) fn status(screen: &Screen<'_>) -> String {
    let told = screen.changes.plan.map(plan::status).or_else(|| accept::status(screen));
    format!("Leastwise: {}", told.unwrap_or_else(|| summary(screen)))
}

fn summary(screen: &Screen<'_>) -> String {
    if let Some(edit) = screen.edit {
        return edit::words(edit);
    }
    if is_quiet(screen) {
        return "Person".to_owned();
    }
    if screen.is_reading { "checking…".to_owned() } else { screen.report.summary() }
}

/// Whether little is said: of people nothing is checked unless somebody asks, but for what matters whoever has it.
fn is_quiet(screen: &Screen<'_>) -> bool {
    let report = screen.report;
    is_person(report) && !screen.is_reading && screen.edit.is_none() && of_everybody(report).is_empty()
}

/// Whether it is a person's user. One that may be an integration's, for not all was read, is none.
fn is_person(report: &Report) -> bool {
    let is_certain = |sure: bool| sure || report.with_outcome("cannot-tell").all(|row| row.is_waiting());
    report.subject.kind == "User"
        && report.refusal.is_none()
        && report.classification.as_ref().is_some_and(|classification| {
            classification.who == Who::Person
                && is_certain(classification.sure || classification.answer.is_some())
        })
}

/// The permissions of a report that matter whoever has them.
fn of_everybody(report: &Report) -> Vec<(&str, &Finding)> {
    let findings = report.findings().into_iter();
    findings
        .filter_map(|(_, finding)| Some((finding.permission()?, finding)))
        .filter(|(name, _)| OF_EVERYBODY.contains(name))
        .collect()
}

/// The color of the chip: that of the worst finding.
fn tone(screen: &Screen<'_>) -> &'static str {
    if let Some(edit) = screen.edit {
        return edit::tone(edit);
    }
    match (screen.is_reading, &screen.report.refusal, screen.report.counts().first()) {
        (true, ..) => "reading",
        (_, Some(_), _) => "unknown",
        _ if is_quiet(screen) => "unknown",
        (.., Some((severity, _))) => severity.word(),
        // What is accepted is not fine.
        _ if !screen.report.accepted().is_empty() => "unknown",
        _ if screen.report.with_outcome("pass").next().is_none() => "unknown",
        _ => "fine",
    }
}

pub(super) fn body(screen: &Screen<'_>) -> Markup {
    let report = screen.report;
    html! {
        header {
            @match report.classification.as_ref().filter(|_| report.refusal.is_none()) {
                Some(classification) => (who::who(classification, report.subject.kind, !report.pending)),
                None => p .kind { (report.subject.kind) },
            }
            h1 #name { bdi { (report.subject.name) } }
            @if !report.subject.detail.is_empty() { p .detail dir="auto" { (report.subject.detail) } }
            @if report.refusal.is_none() && !screen.is_reading { (accept::note(screen)) }
            @if report.refusal.is_none() && !screen.is_reading && !is_person(report) { (verdict(screen)) }
        }
        @if let Some((changed, differences)) = screen.saved { (edit::after(*changed, differences)) }
        div #edit .edit { @if let Some(edit) = screen.edit { (edit::section(edit)) } }
        (storage_notes(&screen.changes))
        (accept::trouble(screen))
        (changes::unfinished(screen))
        (changes::last(screen))
        (plan::plan(&screen.changes))
        @if screen.changes.plan.is_some_and(|plan| plan.stage != Stage::Ended) {
        } @else if screen.is_reading {
            p .reading { "Checking with Salesforce…" }
        } @else {
            @if let Some(refusal) = &report.refusal {
                div .note .refusal {
                    p { b { (refusal.sentence()) } }
                    p { (refusal.advice()) }
                    button #again type="button" data-command="Retry" { "Try again" }
                }
            }
            @if let Some(why) = screen.changes.refusal { p .note data-own dir="auto" { (why) } }
            (users(screen))
            @if is_person(report) { (person(screen)) }
            @else { (areas::areas(screen)) (rows::others(screen)) }
            (changes::emergency(screen))
            (changes::journal(&screen.changes))
        }
        (signed_in(screen))
    }
}

/// Users told at once; the rest is behind a click.
const USERS: usize = 5;

/// Who has the profile, set or group: what is found of users is on their own pages.
fn users(screen: &Screen<'_>) -> Markup {
    let users = screen.changes.users;
    let (shown, more) = users.split_at(users.len().min(USERS));
    let link = |user: &Reached| {
        html! { li { a href={ "https://" (screen.changes.host) "/" (user.id) "?noredirect=1" } { bdi { (user.name) } } } }
    };
    html! {
        @if !users.is_empty() {
            p .small { (users.len()) @if users.len() == 1 { " user has it:" } @else { " users have it:" } }
            ul .users { @for user in shown { (link(user)) } }
            @if !more.is_empty() {
                details #users { summary .small { (more.len()) " more" } ul .users { @for user in more { (link(user)) } } }
            }
        }
    }
}

/// Of a person only what matters for everybody is said; the rest where it is asked for.
fn person(screen: &Screen<'_>) -> Markup {
    let report = screen.report;
    let grave = of_everybody(report);
    html! {
        @if !grave.is_empty() {
            div .note.critical data-everybody {
                p { b { "With this permission, anyone can let in apps that nobody approved:" } }
                ul { @for (name, finding) in &grave { li { b { (finding.title) } " " span .api { (name) } } } }
            }
        }
        p .small { "Leastwise checks integration users. This user looks like a person's." }
        details #anyway .group open[!grave.is_empty()] {
            summary { "Check anyway" }
            (areas::areas(screen))
            (rows::others(screen))
        }
    }
}

/// What is wrong in one sentence, and how much.
fn verdict(screen: &Screen<'_>) -> Markup {
    let report = screen.report;
    let (failed, of) = report.failed_of();
    let accepted = report.accepted().len();
    let worst = report.counts().first().map(|(severity, _)| *severity);
    html! {
        @match (worst, report.verdict()) {
            (Some(severity), Some(sentence)) => p #verdict .verdict.(severity.word()) {
                span .pill { (severity.label()) } " " b { (sentence) }
            },
            _ => {}
        }
        @if of > 0 {
            p .tally {
                @if failed == 0 && worst.is_none() { (report.summary()) }
                @else { (failed) " of " (of) " checks failed" @if accepted > 0 { " · " (accepted) " accepted" } }
                (best(screen))
            }
        }
    }
}

/// How much the best of the remedies ends.
fn best(screen: &Screen<'_>) -> Markup {
    let all = screen.findings.len();
    let most = screen
        .changes
        .remedies
        .iter()
        .filter(|remedy| !remedy.plan.is_guided())
        .map(|remedy| remedy.ends.len())
        .max();
    html! {
        @if let Some(most) = most && most > 1 { " · one change fixes " (most) " of " (all) " findings" }
    }
}

/// What is wrong with what the browser keeps.
fn storage_notes(changes: &Changes<'_>) -> Markup {
    html! {
        @if changes.is_unread {
            div .note data-storage="unread" {
                p { b { "Leastwise couldn't read earlier changes from this browser." }
                    " Nothing is lost, and nothing is changed in the org until it can be read." }
                button #again-storage type="button" data-command="Retry" { "Try again" }
            }
        }
        @if changes.is_unsaved {
            p .note data-storage="unsaved" {
                "The browser couldn't save your last choice, so it's forgotten when you close this page. Its storage may be full."
            }
        }
    }
}

pub(super) fn signed_in(screen: &Screen<'_>) -> Markup {
    html! {
        @if let Some(viewer) = screen.viewer {
            footer {
                @if screen.changes.is_allowed && screen.changes.surface != Surface::Page {
                    button #forbid type="button" data-command="Forbid" { "Stop allowing changes in this org" }
                }
                p { "Logged in as " b { bdi { (viewer.name) } } " (" bdi { (viewer.username) } ")" }
                @if let Some(before) = screen.earlier_viewer {
                    p .note {
                        "Earlier, " bdi { (before) } " was logged in here. After Login As, you see what "
                        bdi { (viewer.name) } " can see, not what you can."
                    }
                }
            }
        }
    }
}
