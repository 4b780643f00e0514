//! The looks of a preview as requests: five queries in one, which is what a composite takes.
//!
//! It never takes a look that was refused for one that found nothing.

use super::exchange::{Draft, body};
use crate::plan::Look;
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{Answer, Failure, composite_body, composite_path, query_path};
use crate::salesforce::json::{self, Value};

/// Queries in one composite. Source: REST API Developer Guide, "Composite": five of its parts may be queries.
pub(super) const PARTS: usize = 5;

/// The request for these looks.
pub(super) fn request(looks: &[Look]) -> Draft {
    let parts = looks.iter().enumerate().map(|(at, look)| (query_path(&look.soql), format!("look{at}")));
    Draft::post(composite_path(), Some(composite_body(parts)))
}

/// What came of the look at place `at`: its rows.
pub(super) fn rows(answer: &Result<Answer, Failure>, at: usize) -> Result<Vec<Value>, OrgError> {
    let whole = body(answer)?;
    let id = format!("look{at}");
    let parts = whole.get("compositeResponse").and_then(Value::as_array).ok_or(OrgError::NotJson)?;
    let own = parts.iter().find(|own| own.get("referenceId").and_then(Value::as_str) == Some(&id));
    let own = own.and_then(|own| own.get("body")).ok_or(OrgError::NotJson)?;
    match own.get("records").and_then(Value::as_array) {
        Some(rows) => Ok(rows.clone()),
        None => Err(OrgError::from_error(400, own)),
    }
}

/// What a record or an object is called, out of a row of a look for names.
pub(super) fn name(row: &Value, (key, name): &(String, String)) -> Option<(String, String)> {
    let (key, name) = (json::text(row, key), json::text(row, name));
    (!key.is_empty() && !name.is_empty()).then(|| (key.to_owned(), name.to_owned()))
}

/// What a person's step found: how many licenses are used, or the rows.
pub(super) fn told(rows: &[Value]) -> String {
    let number = |row: &Value, name: &str| row.get(name).and_then(Value::as_u64);
    let line = |row: &Value| match (number(row, "UsedLicenses"), number(row, "TotalLicenses")) {
        (Some(used), Some(total)) => format!("{used} of {total} licenses used"),
        _ => row_text(row),
    };
    let lines: Vec<String> = rows.iter().map(line).filter(|line| !line.is_empty()).collect();
    lines.join("; ")
}

/// What a row says, field by field.
pub(super) fn row_text(row: &Value) -> String {
    let parts: Vec<String> = row
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, value)| *name != "attributes" && **value != Value::Null)
        .map(|(name, value)| match value {
            // Of a moment, the day.
            Value::String(text) if text.get(10..11) == Some("T") && json::time(row, name).is_some() => {
                json::time(row, name).map(|at| at.to_string()).unwrap_or_default()
            }
            Value::String(text) => text.clone(),
            Value::Object(_) => row_text(value),
            other => other.to_string(),
        })
        .collect();
    parts.join(" · ")
}
