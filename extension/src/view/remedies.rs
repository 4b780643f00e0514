//! The buttons that fix: one a cause, with a choice of its parts and other ways behind a click.

use super::screen::Screen;
use leastwise_core::fixes::Remedy;
use leastwise_core::plan::{Plan, Undo};
use leastwise_core::report::{Area, FailedCheck};
use leastwise_core::rules::rule::{Finding, Rule};
use maud::{Markup, html};

/// The names of others that a line tells.
const NAMED: usize = 3;

/// The remedies of an area: those whose first finding is there.
pub(super) fn of_area(area: Area, screen: &Screen<'_>) -> Markup {
    let all = screen.changes.remedies.iter().enumerate();
    let mut own = all.filter(|(_, remedy)| area_of(remedy, screen) == Some(area)).peekable();
    html! {
        @if own.peek().is_some() {
            ul .remedies {
                @for (at, remedy) in own { li { (self::remedy(&at.to_string(), remedy, at == 0, screen)) } }
            }
        }
    }
}

/// Where a remedy is shown: in the first of the areas that it answers something in.
fn area_of(remedy: &Remedy, screen: &Screen<'_>) -> Option<Area> {
    let findings = screen.findings;
    remedy.answers.iter().filter_map(|place| findings.get(*place)).map(|(rule, _)| Area::of(rule)).min()
}

/// What ends a check, where its button stands in another area.
pub(super) fn elsewhere(check: &FailedCheck<'_>, screen: &Screen<'_>) -> Markup {
    let own = Area::of(check.rule);
    let ends = |remedy: &&Remedy| check.items.iter().any(|item| remedy.ends.contains(&item.place));
    let area = |remedy: &Remedy| area_of(remedy, screen).filter(|area| *area != own);
    let remedy = screen.changes.remedies.iter().filter(ends).find_map(|remedy| Some((remedy, area(remedy)?)));
    html! {
        @if let Some((remedy, area)) = remedy {
            p .small { "Fixed by “" (button_name(remedy, screen)) "” under " (area.name()) "." }
        }
    }
}

/// Plans that answer no finding, each as it is.
pub(super) fn of_plans(row: &str, plans: &[Plan], screen: &Screen<'_>) -> Markup {
    html! {
        ul .remedies {
            @for (at, plan) in plans.iter().enumerate() {
                @let one = Remedy { plan: plan.clone(), parts: vec![plan.clone()], answers: vec![], ends: vec![], others: vec![] };
                li { (remedy(&format!("{row}-{at}"), &one, false, screen)) }
            }
        }
    }
}

fn remedy(id: &str, remedy: &Remedy, is_primary: bool, screen: &Screen<'_>) -> Markup {
    let plan = &remedy.plan;
    html! {
        div .remedy data-fix=(fix_of(remedy)) data-safety=(plan.safety.word()) data-guided[plan.is_guided()] {
            div .actions {
                (fix_button(id, remedy, is_primary, screen))
                @if remedy.parts.len() > 1 { (choose(id, remedy, screen)) }
                @if !remedy.others.is_empty() {
                    details #{ "ways-" (id) } .choice {
                        summary { "More ways" }
                        ul .others {
                            @for (at, other) in remedy.others.iter().enumerate() {
                                @let id = format!("{id}w{at}");
                                li .remedy data-fix=(fix_of(other)) data-safety=(other.plan.safety.word()) {
                                    div .actions {
                                        (fix_button(&id, other, false, screen))
                                        @if other.parts.len() > 1 { (choose(&id, other, screen)) }
                                    }
                                    p .small dir="auto" { (note(other, screen)) }
                                }
                            }
                        }
                    }
                }
            }
            p .small dir="auto" { (note(remedy, screen)) }
        }
    }
}

/// The fix that a remedy is made of.
fn fix_of(remedy: &Remedy) -> &str {
    remedy.parts.first().map_or(&*remedy.plan.fix, |plan| &plan.fix)
}

/// What its button says, as the page is a user's, or that of what users have.
fn button_name(remedy: &Remedy, screen: &Screen<'_>) -> String {
    if screen.changes.users.is_empty() { remedy.button() } else { remedy.button_of_set() }
}

fn fix_button(id: &str, remedy: &Remedy, is_primary: bool, screen: &Screen<'_>) -> Markup {
    html! {
        button #{ "Fix-" (id) } .primary[is_primary] type="button" data-command="Fix" data-plan=(remedy.plan.key())
            title=(remedy.plan.title) { (button_name(remedy, screen)) }
    }
}

/// A box for each part. Nothing that a running integration may need is selected beforehand.
fn choose(id: &str, remedy: &Remedy, screen: &Screen<'_>) -> Markup {
    html! {
        details #{ "choose-" (id) } .choice {
            summary { "Choose" }
            fieldset {
                legend .hush { (remedy.plan.title) }
                ul .parts {
                    @for (at, part) in remedy.parts.iter().enumerate() {
                        li data-fix=(part.fix) data-safety=(part.safety.word()) {
                            label dir="auto" {
                                input #{ "pick-" (id) "-" (at) } name=(part.key()) type="checkbox" title=(part.title)
                                    checked[!part.in_use];
                                " " (part_name(part, screen.findings))
                            }
                        }
                    }
                }
                button #{ "Fix-" (id) "-chosen" } type="button" data-command="Fix" data-plan="" { "Preview selected…" }
            }
        }
    }
}

/// What a part is called: the permission that it takes away, by the org's label.
fn part_name<'a>(part: &'a Plan, findings: &[(&Rule, &'a Finding)]) -> &'a str {
    let name = part.ids.first().and_then(|id| id.records.first());
    let of_it = name.and_then(|name| findings.iter().find(|(_, finding)| finding.permission() == Some(name)));
    of_it.map_or(&part.title, |(_, finding)| &finding.title)
}

/// What it does, whom else it affects, what else it fixes, and whether it can be undone.
fn note(remedy: &Remedy, screen: &Screen<'_>) -> String {
    let plan = &remedy.plan;
    let name = &screen.report.subject.name;
    let is_of_profile = |part: &Plan| part.fix.starts_with("own-profile");
    let mut lines = vec![];
    if remedy.parts.iter().all(is_of_profile) {
        lines.push(format!("Moves {name} to its own copy of the profile. Nobody else is affected."));
    } else if !plan.title.is_empty() {
        lines.push(format!("{}.", plan.title));
    }
    let names: Vec<&str> = plan.reaches.iter().map(|other| other.name.as_str()).collect();
    if !names.is_empty() {
        let more = names.len().saturating_sub(NAMED) + usize::from(plan.reaches_more);
        let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = if more > 0 { " and others" } else { "" };
        let verb = if screen.changes.users.is_empty() { "Also affects" } else { "Affects" };
        lines.push(format!("{verb} {shown}{more}."));
    } else if plan.reaches_more {
        lines.push("May affect other users.".to_owned());
    }
    if let Some(others) = ends(remedy, screen) {
        lines.push(format!("Also fixes: {others}."));
    }
    match &plan.undo {
        _ if plan.is_guided() => lines.push("Nothing is changed for you; each step is checked.".to_owned()),
        Undo::Exact => lines.push("Can be undone.".to_owned()),
        Undo::Partly(_) => lines.push("Can be undone in part.".to_owned()),
        Undo::Never(_) => lines.push("Can't be undone.".to_owned()),
    }
    lines.join(" ")
}

/// The checks besides that of its first finding that it ends, by name.
fn ends(remedy: &Remedy, screen: &Screen<'_>) -> Option<String> {
    let findings = screen.findings;
    let mut names: Vec<&str> = vec![];
    let own = remedy.answers.first().and_then(|place| findings.get(*place)).map(|(rule, _)| rule.id);
    let is_permission = findings.iter().filter(|(_, finding)| finding.permission().is_some()).count() > 0;
    for (rule, finding) in remedy.ends.iter().filter_map(|place| findings.get(*place)) {
        let is_same_kind = is_permission && finding.permission().is_some();
        if Some(rule.id) != own && !is_same_kind && !names.contains(&rule.title()) {
            names.push(rule.title());
        }
    }
    (!names.is_empty()).then(|| names.join("; "))
}
