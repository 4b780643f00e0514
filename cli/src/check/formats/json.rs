//! `leastwise-check/1`: all of it as data.

use crate::check::checked::{Checked, shown};
use leastwise_core::classification::Who;
use serde_json::{Value, json};

pub(super) fn text(checked: &Checked<'_>) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&value(checked))
}

fn value(checked: &Checked<'_>) -> Value {
    let findings: Vec<Value> = checked
        .items
        .iter()
        .map(|item| {
            let place = item.located.place;
            json!({
                "rule": item.rule.id,
                "severity": item.severity.word(),
                "kind": item.subject.id.kind.name(),
                "subject": item.subject.name,
                "title": item.located.finding.sentence(),
                "evidence": item.located.finding.evidence,
                "about": item.located.about,
                "fingerprint": item.located.fingerprint,
                "path": checked.path(place),
                "line": place.line,
                "column": place.column,
                "also": item.located.also.iter().map(|place| json!({
                    "path": checked.path(*place), "line": place.line, "column": place.column,
                })).collect::<Vec<_>>(),
                "accepted": item.accepted,
                "lapsed": item.lapsed,
            })
        })
        .collect();
    let unread: Vec<Value> = checked
        .unread
        .iter()
        .map(|one| {
            json!({
                "rule": one.rule.id, "kind": one.subject.id.kind.name(), "subject": one.subject.name,
                "path": checked.path(one.subject.place), "why": one.why,
            })
        })
        .collect();
    let problems: Vec<Value> = checked
        .problems
        .iter()
        .map(|one| {
            json!({ "path": shown(&one.path), "line": one.place.map(|place| place.line), "why": one.why })
        })
        .collect();
    let subjects: Vec<Value> = checked
        .subjects
        .iter()
        .map(|one| {
            let who = one.who.as_ref();
            json!({
                "kind": one.id.kind.name(), "name": one.name, "path": checked.path(one.place),
                "who": who.map(|own| word(own.who)), "isSure": who.map(|own| own.sure),
                "reasons": who.map(|own| own.reasons.iter().map(|reason| &reason.text).collect::<Vec<_>>()),
            })
        })
        .collect();
    json!({
        "format": "leastwise-check/1",
        "tool": env!("CARGO_PKG_VERSION"),
        "findings": findings,
        "couldNotCheck": unread,
        "couldNotRead": problems,
        "needsOrg": checked.needs_org,
        "subjects": subjects,
        "skipped": checked.skipped,
        "off": checked.off,
        "earlier": checked.earlier,
    })
}

const fn word(who: Who) -> &'static str {
    match who {
        Who::Integration => "integration",
        Who::Person | Who::Mixed { .. } => "person",
        Who::Platform => "platform",
    }
}
