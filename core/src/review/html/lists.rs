//! The lists of a review.

use super::{Output, cell, date, mark, name, pill, setup};
use crate::controls::{ControlResult, ControlStatus, VERSION};
use crate::report::Area;
use crate::review::result::{Found, Kind, Review, Row, Subject};
use crate::rules;
use crate::rules::rule::{Rule, Severity};
use crate::text::counted;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Six numbers that a client understands, each with what it counts.
pub fn numbers(review: &Review) -> Markup {
    let all: Vec<&Subject> = review.integrations().collect();
    let count = |test: &dyn Fn(&Subject) -> bool| all.iter().filter(|subject| test(subject)).count();
    let has = |subject: &Subject, what: &[&str]| {
        what.iter().all(|name| subject.findings().any(|found| found.about == *name))
    };
    let soap =
        |subject: &Subject| subject.logins.iter().any(|one| one.count > 0 && one.way.starts_with("SOAP"));
    let good = count(&|one| one.worst().is_none_or(|worst| worst > Severity::High));
    let rows = [
        (all.len(), "integration users", "", ""),
        (count(&|one| has(one, &["ModifyAllData"])), "can edit every record", "critical", ""),
        (count(&|one| one.fails("browser-sign-in-allowed")), "can log in through the UI", "high", ""),
        (count(&|one| one.fails("unrestricted-login-ip")), "can log in from too many addresses", "high", ""),
        (count(&|one| one.fails("shared-profile")), "share a profile", "medium", ""),
        (count(&soap), "log in with SOAP login()", "critical", "Salesforce retires it with Summer '27"),
    ];
    html! {
        p .headline { b { (good) " of " (counted(all.len(), "integration user")) } " without a critical or high finding." }
        dl .numbers {
            @for (n, label, tone, note) in rows {
                div {
                    dt { (label) @if !note.is_empty() { span .small { " " (note) } } }
                    dd class=[(n > 0 && !tone.is_empty()).then(|| format!("tone {tone}"))] { (n) }
                }
            }
        }
    }
}

/// What to do first: what one change ends the most of.
pub fn causes(review: &Review, most: usize) -> Markup {
    html! {
        @if review.causes.is_empty() { p { "Nothing critical or high was found that one change would end." } }
        ol .causes {
            @for cause in review.causes.iter().take(most) {
                li {
                    span .what { span .tone .(cause.severity.word()) aria-hidden="true" { (mark(cause.severity)) } " " (name(&cause.title)) }
                    span .small { (counted(cause.findings, "finding")) " · " (cause.severity.label()) }
                    a href=(setup(review, &cause.record)) target="_blank" rel="noopener noreferrer" { "Open in Setup" span .hush { ": " (cause.title) } }
                }
            }
        }
    }
}

/// The integration users, the worst first, with the four areas as columns.
pub fn integrations(review: &Review, output: Output) -> Markup {
    let all: Vec<&Subject> = review.integrations().collect();
    users(&all, output)
}

/// People whose user software logs in as.
pub fn people(review: &Review, output: Output) -> Markup {
    let all: Vec<&Subject> =
        review.subjects.iter().filter(|one| one.kind == Kind::Person && one.acts_as_integration).collect();
    html! {
        @if all.is_empty() { p { "No person's user was seen logging in as software." } }
        @else { (users(&all, output)) }
    }
}

/// Agentforce agents.
pub fn agents(review: &Review, output: Output) -> Markup {
    let all: Vec<&Subject> = review.subjects.iter().filter(|one| one.kind == Kind::Agent).collect();
    html! {
        @if all.is_empty() { p { "No Agentforce agent works as a user of this org." } }
        @else { (users(&all, output)) }
    }
}

fn users(all: &[&Subject], output: Output) -> Markup {
    html! {
        div .wide {
            table .users {
                thead { tr {
                    th scope="col" { "User" }
                    th scope="col" { "Profile and license" }
                    th scope="col" { "Last login" }
                    th scope="col" { "Apps" }
                    @for area in Area::ALL { th scope="col" { (area.name()) } }
                } }
                tbody { @for subject in all { (row(subject, output)) } }
            }
        }
    }
}

fn row(subject: &Subject, output: Output) -> Markup {
    let apps: Vec<&str> = subject.apps.iter().map(|app| app.label.as_str()).collect();
    let worst = subject.worst().map_or("none", Severity::word);
    html! {
        tr data-user=(subject.id) data-severity=(worst) data-sure=(subject.is_sure) data-kind=(subject.kind.label()) {
            th scope="row" data-head="User" {
                a href=(output.user(subject)) { (name(&subject.name)) }
                " " span .small {
                    @if !subject.is_active { "inactive " }
                    @if subject.is_frozen == Some(true) { "frozen " }
                    @if subject.kind == Kind::Person { "a person's user" }
                    @else if subject.kind == Kind::Agent { "agent" }
                    @else if !subject.is_sure { "probably" }
                }
                @if output == Output::Page && !subject.is_sure && subject.kind != Kind::Agent { (answer(subject)) }
            }
            td data-head="Profile and license" { (name(&subject.profile)) @if !subject.license.is_empty() { " · " (name(&subject.license)) } }
            td data-head="Last login" { (date(subject.last_login)) }
            td data-head="Apps" {
                @for (at, app) in apps.iter().take(3).enumerate() { @if at > 0 { ", " } (name(app)) }
                @if apps.len() > 3 { " and " (apps.len() - 3) " more" }
            }
            @for area in Area::ALL { td .area data-head=(area.name()) { (cell(subject, area)) } }
        }
    }
}

/// Who this is, for somebody who knows.
fn answer(subject: &Subject) -> Markup {
    html! {
        span .answer {
            button type="button" data-command="Integration" data-user=(subject.id) { "Integration" span .hush { ": " (subject.name) } }
            button type="button" data-command="Person" data-user=(subject.id) { "Person" span .hush { ": " (subject.name) } }
        }
    }
}

/// People who could take over the org, by what makes them so.
pub fn privileged(review: &Review) -> Markup {
    html! {
        @if review.privileged.is_empty() { p { "Privileged people were not looked at." } }
        @else {
            div .wide { table {
                thead { tr { th scope="col" { "Granted by" } th scope="col" { "People" } th scope="col" { "Among them" } } }
                tbody { @for group in &review.privileged {
                    tr {
                        th scope="row" data-head="Granted by" { (name(&group.by)) }
                        td data-head="People" { (group.count) }
                        td data-head="Among them" {
                            @for (at, one) in group.names.iter().enumerate() { @if at > 0 { ", " } (name(one)) }
                            @if group.count > group.names.len() { " and " (group.count - group.names.len()) " more" }
                        }
                    }
                } }
            } }
        }
    }
}

/// Settings of the org.
pub fn settings(review: &Review) -> Markup {
    html! {
        div .wide { table {
            thead { tr { th scope="col" { "Setting" } th scope="col" { "Is" } th scope="col" { "Why it matters" } } }
            tbody { @for setting in &review.settings {
                tr {
                    th scope="row" data-head="Setting" { (setting.name) }
                    td data-head="Is" {
                        @match setting.is_advised {
                            Some(true) => span .fine { "✓ " (setting_value(&setting.value)) },
                            Some(false) => span .tone.medium { "■ " (setting_value(&setting.value)) },
                            None => span .quiet { "? Couldn't read" },
                        }
                    }
                    td data-head="Why it matters" { (setting.why) }
                }
            } }
        } }
    }
}

fn setting_value(value: &str) -> String {
    match value {
        "true" => "On".into(),
        "false" => "Off".into(),
        other => crate::text::spaced(other),
    }
}

/// A user, an app or the org, with where its part is.
#[derive(Debug, Clone)]
struct Whose<'a> {
    name: &'a str,
    link: String,
}

/// Every row of the review, with whose it is.
fn every_row(review: &Review, output: Output) -> Vec<(Whose<'_>, &Row)> {
    let of_users = review.subjects.iter().flat_map(move |subject| {
        let whose = Whose { name: &subject.name, link: output.user(subject) };
        subject.rows.iter().map(move |row| (whose.clone(), row))
    });
    let of_apps = review.apps.iter().flat_map(move |app| {
        let whose = Whose { name: &app.label, link: output.app(app) };
        app.rows.iter().map(move |row| (whose.clone(), row))
    });
    let org = Whose { name: "Org settings", link: output.org().to_owned() };
    of_users.chain(of_apps).chain(review.org_rows.iter().map(|row| (org.clone(), row))).collect()
}

/// What was found, by rule, with who it concerns.
pub fn by_rule(review: &Review, output: Output) -> Markup {
    let mut of: BTreeMap<&str, Vec<(Whose<'_>, &Found)>> = BTreeMap::new();
    for (whose, row) in every_row(review, output) {
        of.entry(&row.rule).or_default().extend(row.findings.iter().map(|found| (whose.clone(), found)));
    }
    let mut all: Vec<(&Rule, Vec<(Whose<'_>, &Found)>)> = rules::all()
        .iter()
        .filter_map(|rule| Some((*rule, of.remove(rule.id)?)))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    all.sort_by_key(|(rule, found)| {
        (found.iter().map(|(_, found)| found.severity).min(), std::cmp::Reverse(found.len()), rule.id)
    });
    html! {
        @for (rule, found) in all {
            details .rule #{ "rule-" (rule.id) } {
                summary {
                    @if let Some(worst) = found.iter().map(|(_, found)| found.severity).min() { (pill(worst)) " " }
                    b { (rule.title()) } " · " (counted(found.len(), "finding"))
                }
                p { (rule.section("Why it matters")) }
                p { b { "Fix: " } (rule.section("Fix")) }
                ul { @for (whose, found) in found {
                    li { a href=(whose.link) { (name(whose.name)) } ": " (name(&found.title)) }
                } }
            }
        }
    }
}

/// What could not be told, and what to do about it.
pub fn missing(review: &Review) -> Markup {
    // Where it leads to is not said here: the same names stand in the other views.
    let all = every_row(review, Output::Page).into_iter();
    let unknown: Vec<(&str, &str)> = all
        .filter(|(_, row)| row.outcome == "cannot-tell")
        .map(|(whose, row)| (whose.name, row.headline.as_str()))
        .collect();
    html! {
        @if review.missing.is_empty() && unknown.is_empty() { p { "Everything could be read." } }
        @if !review.missing.is_empty() {
            table {
                thead { tr { th scope="col" { "What" } th scope="col" { "Why" } th scope="col" { "What to do" } } }
                tbody { @for one in &review.missing {
                    tr { th scope="row" data-head="What" { (one.what) } td data-head="Why" { (one.why) } td data-head="What to do" { (one.grant) } }
                } }
            }
        }
        @if !unknown.is_empty() {
            h3 { "Checks that gave no answer" }
            ul { @for (whose, why) in unknown { li { (name(whose)) ": " (why) } } }
        }
    }
}

/// The benchmark's controls, those first that are not met.
pub fn controls(review: &Review) -> Markup {
    let mut all: Vec<&ControlResult> = review.controls.iter().collect();
    all.sort_by_key(|control| control.status);
    let tone = |status: ControlStatus| match status {
        ControlStatus::NotMet => "tone high",
        ControlStatus::CannotTell | ControlStatus::NotLookedAt => "quiet",
        ControlStatus::Met => "fine",
    };
    html! {
        p .small { "By the Security Benchmark for Salesforce (SBS) " (VERSION) ", in our own words. Met and not met are said only of what was read." }
        @if all.is_empty() { p { "No control was looked at." } }
        @else { div .wide { table .controls {
            thead { tr { th scope="col" { "Control" } th scope="col" { "Stands" } th scope="col" { "What shows it" } } }
            tbody { @for control in all {
                tr data-control=(control.id) {
                    th scope="row" data-head="Control" { b { (control.id) } " " (control.name) }
                    td data-head="Stands" { span class=(tone(control.status)) { (control.status.words()) } @if control.subjects > 0 { " " span .small { (counted(control.subjects, "user")) } } }
                    td data-head="What shows it" {
                        (control.note)
                        @if !control.rows.is_empty() { details { summary { (counted(control.rows.len(), "reason")) }
                            ul { @for row in &control.rows { li { (name(&row.subject)) ": " (name(&row.why)) } } }
                        } }
                    }
                }
            } }
        } } }
    }
}
