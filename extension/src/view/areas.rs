//! What failed, in four areas: a row a check, each thing said once, and under them what fixes them.

use super::screen::Screen;
use super::{accept, remedies, sources};
use leastwise_core::report::{Area, FailedCheck, Item};
use leastwise_core::rules::rule::Severity;
use maud::{Markup, html};

/// Permissions named in a row; the rest is behind a click.
const NAMED: usize = 3;

/// The areas with failed checks. The worst is open.
pub(super) fn areas(screen: &Screen<'_>) -> Markup {
    let failed: Vec<(Area, Vec<FailedCheck<'_>>)> = Area::ALL
        .into_iter()
        .map(|area| (area, screen.report.failed(area)))
        .filter(|(_, checks)| !checks.is_empty())
        .collect();
    let worst = failed.iter().min_by_key(|(_, checks)| worst(checks)).map(|(area, _)| *area);
    html! {
        @if !failed.is_empty() {
            section #findings .areas aria-label="Failed checks" {
                @for (area, checks) in &failed { (section(*area, checks, Some(*area) == worst, screen)) }
            }
        }
    }
}

fn worst(checks: &[FailedCheck<'_>]) -> Option<Severity> {
    checks.iter().map(|check| check.severity).min()
}

fn section(area: Area, checks: &[FailedCheck<'_>], is_open: bool, screen: &Screen<'_>) -> Markup {
    let report = screen.report;
    let severity = worst(checks).unwrap_or(Severity::Info);
    let headlines: Vec<String> = checks.iter().map(|check| check.headline(report.is_of_people())).collect();
    let shared = shared(checks);
    html! {
        details #{ "area-" (area.id()) } .area .(severity.word()) data-area=(area.id()) open[is_open] {
            summary #{ "of-" (area.id()) } {
                h2 { (area.name()) }
                span .pill { (severity.label()) }
                span .count { (checks.len()) @if checks.len() == 1 { " check" } @else { " checks" } }
                span .gist dir="auto" { (headlines.join(" · ")) }
            }
            @for line in &shared { p .small.source dir="auto" { (line) } }
            ol .checks {
                @for (check, headline) in checks.iter().zip(&headlines) { (row(check, headline, severity, &shared, screen)) }
            }
            (remedies::of_area(area, screen))
        }
    }
}

/// Evidence that all checks of permissions in an area have: told once for all of them.
fn shared<'a>(checks: &[FailedCheck<'a>]) -> Vec<&'a str> {
    let mut of_permissions = checks.iter().filter(|check| check.is_of_permissions());
    let Some(first) = of_permissions.next() else { return vec![] };
    let rest: Vec<_> = of_permissions.collect();
    if rest.is_empty() {
        return vec![];
    }
    let is_shared = |line: &&str| rest.iter().all(|check| check.shared.contains(line));
    first.shared.iter().copied().filter(is_shared).collect()
}

fn row(
    check: &FailedCheck<'_>,
    headline: &str,
    worst: Severity,
    told: &[&str],
    screen: &Screen<'_>,
) -> Markup {
    let (rule, severity) = (check.rule, check.severity.word());
    let first = check.items.first().and_then(|item| screen.changes.plans.get(item.place)?.first());
    let evidence: Vec<&str> = check.shared.iter().copied().filter(|line| !told.contains(line)).collect();
    html! {
        li .check.(severity) data-rule=(rule.id) data-outcome="finding" data-severity=(severity)
            data-fix=[first.map(|plan| &plan.fix)] data-safety=[first.map(|plan| plan.safety.word())] {
            details #{ "check-" (rule.id) } {
                summary #{ "row-" (rule.id) } {
                    h3 dir="auto" {
                        @if check.severity == worst { span .hush { (check.severity.label()) ": " } }
                        @else { span .pill { (check.severity.label()) } " " }
                        (headline)
                    }
                    (gist(check))
                }
                @if check.items.len() > 1 || check.is_of_permissions() {
                    ul .items { @for item in &check.items { (self::item(item)) } }
                }
                @if let ([one], false) = (check.items.as_slice(), check.is_of_permissions()) {
                    @if !one.own.is_empty() || !evidence.is_empty() {
                        ul .evidence { @for line in evidence.iter().chain(&one.own) { li dir="auto" { (line) } } }
                    }
                } @else if !evidence.is_empty() {
                    ul .evidence { @for line in &evidence { li dir="auto" { (line) } } }
                }
                (accept::lapsed(check, screen))
                (remedies::elsewhere(check, screen))
                h4 { "Why it matters" }
                p { (rule.section("Why it matters")) }
                h4 { "What to do" }
                p { (rule.section("Fix")) }
                (sources::sources(rule))
                (accept::form(check, screen))
            }
        }
    }
}

/// The first of several permissions, in a line; of anything else what shows it.
fn gist(check: &FailedCheck<'_>) -> Markup {
    let names: Vec<&str> = check
        .items
        .iter()
        .filter(|item| item.finding.permission().is_some())
        .map(|item| item.finding.title.as_str())
        .collect();
    let more = check.items.len().saturating_sub(NAMED.min(names.len()));
    html! {
        @if names.len() > 1 {
            span .gist dir="auto" {
                (names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", "))
                @if more > 0 { " and " (more) " more" }
            }
        } @else if names.is_empty() {
            @if let Some(line) = check.shared.first() { span .gist dir="auto" { (line) } }
        }
    }
}

/// A permission, or another finding of a check that has several.
fn item(item: &Item<'_>) -> Markup {
    let finding = item.finding;
    let severity = finding.severity.map(Severity::word);
    html! {
        li dir="auto" data-permission=[finding.permission()] data-severity=[severity] {
            @if let (Some(name), Some(lets)) = (finding.permission(), &finding.lets) {
                b { (finding.title) } " "
                @if finding.title != name { span .api dir="ltr" lang="en" { (name) } " " }
                span .lets { (lets) }
            } @else {
                b { (finding.title) }
            }
            @if !item.own.is_empty() {
                ul .evidence { @for line in &item.own { li dir="auto" { (line) } } }
            }
        }
    }
}
