//! Records as `sf data export tree` writes them: `{"records":[{"attributes":{"type","referenceId"}, …}]}`.
//!
//! It never drops anything silently: what this org has no object or field for, and a record whose reference leads
//! nowhere, is named on standard error.

use crate::store::{Org, Row, stamp, text};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use time::{Duration, OffsetDateTime};

/// Objects in the order in which they may refer to each other.
const ORDER: &[&str] = &[
    "UserRole",
    "User",
    "PermissionSetAssignment",
    "CronJobDetail",
    "CronTrigger",
    "Account",
    "Contact",
    "Lead",
    "Opportunity",
    "Case",
];

pub(super) fn load(org: &mut Org, files: &[PathBuf]) -> Result<()> {
    let mut records: Vec<(String, String, Row)> = vec![];
    for path in files.iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
        let Some(text) = super::text_of(path)? else { continue };
        // A repository has other JSON too: only records with a type and a reference are a tree's.
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        for record in value.get("records").and_then(Value::as_array).into_iter().flatten() {
            collect(org, record, None, &mut records);
        }
    }
    records.sort_by_key(|(kind, ..)| ORDER.iter().position(|name| name == kind).unwrap_or(ORDER.len()));
    let mut known: HashMap<String, String> = HashMap::new();
    // Users refer to each other (a manager): those references are put in at the end.
    let mut later: Vec<(String, String, String)> = vec![];
    'records: for (kind, reference, row) in records {
        let Some(name) = org.schema.object(&kind).map(|object| object.name.clone()) else {
            eprintln!("seed: {reference} is left out: this org has no object {kind}");
            continue;
        };
        let mut clean = Row::new();
        let mut waiting = vec![];
        for (key, value) in row {
            let Some(field) = org.schema.object(&name).and_then(|object| object.field(&key)).cloned() else {
                eprintln!("seed: {reference}.{key} is left out: {name} has no such field");
                continue;
            };
            let value = match value.as_str() {
                Some(text) if text.starts_with("@now") => {
                    json!(
                        moment(text)
                            .with_context(|| format!("seed: {reference}.{key}: {text} is no moment"))?
                    )
                }
                Some(text) if text.starts_with('@') => match resolved(org, &known, text) {
                    Some(id) => json!(id),
                    None if name == "User" => {
                        waiting.push((field.name.clone(), text.to_owned()));
                        continue;
                    }
                    None => {
                        eprintln!(
                            "seed: {reference} ({name}) is left out: its {key} is {text}, and nothing is called that"
                        );
                        continue 'records;
                    }
                },
                _ => value,
            };
            clean.insert(field.name, value);
        }
        if name == "User"
            && let Some(why) = is_nobody(org, &clean)
        {
            eprintln!("seed: {reference} (User) is left out: {why}");
            continue;
        }
        let id = put(org, &name, clean);
        later.extend(waiting.into_iter().map(|(field, to)| (id.clone(), field, to)));
        known.insert(format!("@{reference}"), id);
    }
    for (user, field, to) in later {
        let Some(target) = resolved(org, &known, &to) else {
            eprintln!("seed: {field} of a user is left out: nothing is called {to}");
            continue;
        };
        if let Some(mut row) = org.row("User", &user).cloned() {
            row.insert(field, json!(target));
            org.put("User", row);
        }
    }
    Ok(())
}

/// Why a user cannot be in this org: an export keeps the ids of profiles, which are another org's.
fn is_nobody(org: &Org, row: &Row) -> Option<String> {
    if org.row("Profile", text(row, "ProfileId")).is_none() {
        return Some(format!("there is no profile {:?}", text(row, "ProfileId")));
    }
    let username = text(row, "Username");
    if !username.contains('@') {
        return Some(format!("{username:?} is no user name"));
    }
    let taken = !org.rows_by("User", "Username", username).is_empty();
    taken.then(|| format!("{username} is there already"))
}

/// A record and the children inside it, each by its own; a child refers to its parent.
fn collect(
    org: &Org,
    record: &Value,
    parent: Option<(String, String)>,
    into: &mut Vec<(String, String, Row)>,
) {
    let attribute =
        |key: &str| record.pointer(&format!("/attributes/{key}")).and_then(Value::as_str).map(str::to_owned);
    let (Some(kind), Some(reference)) = (attribute("type"), attribute("referenceId")) else { return };
    let mut row = Row::new();
    let mut below = vec![];
    for (key, value) in record.as_object().into_iter().flatten().filter(|(key, _)| *key != "attributes") {
        let list = value.get("records").and_then(Value::as_array);
        let relation = org.schema.children(&kind).find(|child| child.name.eq_ignore_ascii_case(key));
        match (relation, list) {
            (Some(relation), Some(list)) => below.push((relation.field.clone(), list)),
            _ => drop(row.insert(key.clone(), value.clone())),
        }
    }
    if let Some((field, parent)) = parent {
        row.insert(field, json!(format!("@{parent}")));
    }
    into.push((kind, reference.clone(), row));
    for (field, list) in below {
        for record in list {
            collect(org, record, Some((field.clone(), reference.clone())), into);
        }
    }
}

/// `@UserRef1` of a file, or `@Profile:Name` of what the metadata made (`@PermissionSet:`, `@PermissionSetGroup:`,
/// `@AppMenuItem:` and their like, by name or label).
fn resolved(org: &Org, known: &HashMap<String, String>, reference: &str) -> Option<String> {
    if let Some(id) = known.get(reference) {
        return Some(id.clone());
    }
    let (kind, name) = reference.strip_prefix('@')?.split_once(':')?;
    let fields = ["Name", "DeveloperName", "Label", "MasterLabel", "Username"];
    org.rows(kind)
        .find(|row| fields.iter().any(|field| text(row, field) == name))
        .map(|row| text(row, "Id").to_owned())
}

/// Puts a record in place with what the platform adds; its id.
pub(super) fn put(org: &mut Org, kind: &str, mut row: Row) -> String {
    match kind {
        "User" => {
            let name = [text(&row, "FirstName"), text(&row, "LastName")].join(" ").trim().to_owned();
            for (key, value) in [
                ("Name", json!(name)),
                ("IsActive", json!(true)),
                ("UserType", json!("Standard")),
                ("LanguageLocaleKey", json!("en_US")),
                ("LocaleSidKey", json!("en_US")),
                ("TimeZoneSidKey", json!("Europe/Berlin")),
                ("EmailEncodingKey", json!("UTF-8")),
            ] {
                row.entry(key.to_owned()).or_insert(value);
            }
            org.add_user(row)
        }
        "PermissionSetAssignment" => {
            row.entry("IsActive".to_owned()).or_insert(json!(true));
            let group = text(&row, "PermissionSetGroupId").to_owned();
            if !group.is_empty() {
                org.recalculate(&group);
                let aggregate = org
                    .rows("PermissionSet")
                    .find(|set| text(set, "PermissionSetGroupId") == group)
                    .map(|set| text(set, "Id").to_owned());
                row.insert("PermissionSetId".into(), json!(aggregate));
            }
            org.put(kind, row)
        }
        _ if crate::platform::is_business(kind) => {
            org.defaults(kind, &mut row);
            let given = row.clone();
            org.derived(kind, &mut row, &given);
            let now = json!(org.stamp());
            for key in ["CreatedDate", "LastModifiedDate", "SystemModstamp"] {
                row.entry(key.to_owned()).or_insert_with(|| now.clone());
            }
            org.put(kind, row)
        }
        _ => org.put(kind, row),
    }
}

/// `@now-3d4h` and its like, so that a seed's history stays fresh.
fn moment(text: &str) -> Option<String> {
    let rest = text.strip_prefix("@now")?;
    let mut at = OffsetDateTime::now_utc();
    let (sign, mut rest) = match rest.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, rest.strip_prefix('-').unwrap_or(rest)),
    };
    while let Some(end) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        let n: i64 = rest.get(..end)?.parse().ok()?;
        let unit = match rest.get(end..=end)? {
            "d" => Duration::days(n),
            "h" => Duration::hours(n),
            "m" => Duration::minutes(n),
            _ => return None,
        };
        at += unit * sign;
        rest = rest.get(end + 1..)?;
    }
    rest.is_empty().then(|| stamp(at))
}
