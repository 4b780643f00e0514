//! SARIF 2.1.0, as GitHub's code scanning takes it.
//!
//! Sources: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; GitHub Docs, "SARIF support for code
//! scanning" (security-severity, fingerprints, limits of 25,000 results a run and 20 tags a rule).

use crate::check::checked::{Checked, Item, shown};
use leastwise_core::folder::Place;
use leastwise_core::names;
use leastwise_core::rules;
use leastwise_core::rules::rule::{Rule, Severity};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// Results that GitHub takes of a run.
const MOST: usize = 25_000;

/// What stands in an address for itself.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

pub(super) fn text(checked: &Checked<'_>) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&log(checked, MOST))
}

fn log(checked: &Checked<'_>, most: usize) -> Value {
    // They stand in the order of severity: the least bad are left out.
    let results: Vec<Value> = checked.items.iter().take(most).map(|item| result(checked, item)).collect();
    let left_out = checked.items.len().saturating_sub(most);
    let mut notes: Vec<Value> = checked
        .problems
        .iter()
        .map(|problem| {
            let place = problem.place.unwrap_or(Place { line: 1, column: 1, ..Place::default() });
            json!({
                "level": "error",
                "message": { "text": names::plain(&problem.why) },
                "locations": [location(&shown(&problem.path), place)],
            })
        })
        .collect();
    notes.extend(checked.unread.iter().map(|one| {
        let subject = one.subject.shown();
        json!({
            "level": "note",
            "message": { "text": names::plain(&format!("{subject}: {}", one.why)) },
            "associatedRule": { "id": one.rule.id },
            "locations": [location(&checked.path(one.subject.place), one.subject.place)],
        })
    }));
    if left_out > 0 {
        let text =
            format!("{left_out} further findings, the least severe, are left out: a run has {most} at most.");
        notes.push(json!({ "level": "warning", "message": { "text": text } }));
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Leastwise",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules::all().iter().map(|rule| described(rule)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "%SRCROOT%": { "description": { "text": "Where leastwise was run." } } },
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notes }],
            "results": results,
        }],
    })
}

fn described(rule: &Rule) -> Value {
    let sources: String = rule.sources().iter().map(|source| format!("- <{source}>\n")).collect();
    let why = rule.section("Why it matters");
    let fix = rule.section("Fix");
    let markdown = format!("{why}\n\n## Fix\n\n{fix}\n\n## Source\n\n{sources}");
    let mut described = json!({
        "id": rule.id,
        "name": pascal(rule.id),
        "shortDescription": { "text": rule.title() },
        "fullDescription": { "text": why },
        "help": { "text": format!("{why}\n\n{fix}"), "markdown": markdown },
        "defaultConfiguration": { "level": level(rule.integration) },
        "properties": {
            "tags": ["security", "salesforce", rule.family()],
            "precision": "high",
            "security-severity": security_severity(rule.integration),
        },
    });
    if let (Some(source), Some(object)) = (rule.sources().first(), described.as_object_mut()) {
        object.insert("helpUri".into(), json!(source));
    }
    described
}

/// `broad-permission` as `BroadPermission`: what GitHub shows as a rule's name has no other letters.
fn pascal(id: &str) -> String {
    id.split('-').map(leastwise_core::text::capitalized).collect()
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// GitHub: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low.
const fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "1.0",
    }
}

fn result(checked: &Checked<'_>, item: &Item<'_>) -> Value {
    let located = item.located;
    let subject = item.subject.shown();
    let evidence = located.finding.evidence.join(" ");
    let message = format!("{subject}: {}. {evidence}", located.finding.sentence());
    let hash = located.fingerprint.rsplit_once(':').map_or("", |(_, hash)| hash);
    let mut result = json!({
        "ruleId": item.rule.id,
        "ruleIndex": rules::all().iter().position(|rule| rule.id == item.rule.id),
        "level": level(item.severity),
        "message": { "text": names::plain(message.trim()) },
        "locations": [location(&checked.path(located.place), located.place)],
        "partialFingerprints": {
            "leastwise/v1": located.fingerprint,
            // What GitHub tells alerts apart by: the same wherever in the file the element moves to.
            "primaryLocationLineHash": format!("{hash}:1"),
        },
        "properties": { "severity": item.severity.word(), "security-severity": security_severity(item.severity) },
    });
    let Some(object) = result.as_object_mut() else { return result };
    if !located.also.is_empty() {
        let related: Vec<Value> = located
            .also
            .iter()
            .take(100)
            .enumerate()
            .map(|(id, place)| {
                let mut one = location(&checked.path(*place), *place);
                if let Some(one) = one.as_object_mut() {
                    one.insert("id".into(), json!(id));
                }
                one
            })
            .collect();
        object.insert("relatedLocations".into(), json!(related));
    }
    if let Some(how) = &item.accepted {
        let suppression = json!([{ "kind": "external", "status": "accepted", "justification": how }]);
        object.insert("suppressions".into(), suppression);
    }
    result
}

fn location(path: &str, place: Place) -> Value {
    let uri = utf8_percent_encode(path, PATH).to_string();
    // A path that is none below the folder has no base.
    let artifact = if path.starts_with('/') || path.starts_with("..") {
        json!({ "uri": uri })
    } else {
        json!({ "uri": uri, "uriBaseId": "%SRCROOT%" })
    };
    json!({ "physicalLocation": {
        "artifactLocation": artifact,
        "region": { "startLine": place.line.max(1), "startColumn": place.column.max(1) },
    } })
}
