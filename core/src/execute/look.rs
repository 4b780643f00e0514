//! The looks of a preview as requests: five queries in one, which is what a composite takes.
//!
//! It never takes a look that was refused for one that found nothing.

use super::record::{Asked, body};
use crate::plan::Look;
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{API_VERSION, Answer, Failure, encoded};
use crate::salesforce::json::{Value, quoted};

/// Queries in one composite. Source: REST API Developer Guide, "Composite": five of its parts may be queries.
pub(super) const PARTS: usize = 5;

/// The request for these looks.
pub(super) fn ask(looks: &[Look]) -> Asked {
    let base = ["/services/data/", API_VERSION].concat();
    let part = |(at, look): (usize, &Look)| {
        let url = quoted(&[&base, "/query?q=", &encoded(&look.soql)].concat());
        ["{\"method\":\"GET\",\"url\":", &url, ",\"referenceId\":\"look", &at.to_string(), "\"}"].concat()
    };
    let parts: Vec<String> = looks.iter().enumerate().map(part).collect::<Vec<_>>();
    let body = ["{\"allOrNone\":false,\"compositeRequest\":[", &parts.join(","), "]}"].concat();
    ("POST", [&base, "/composite"].concat(), Some(body))
}

/// What came of the look at place `at`: its rows.
pub(super) fn rows(answer: &Result<Answer, Failure>, at: usize) -> Result<Vec<Value>, OrgError> {
    let whole = body(answer)?;
    let id = ["look", &at.to_string()].concat();
    let parts = whole.get("compositeResponse").and_then(Value::as_array).ok_or(OrgError::NotJson)?;
    let own = parts.iter().find(|own| own.get("referenceId").and_then(Value::as_str) == Some(&id));
    let own = own.and_then(|own| own.get("body")).ok_or(OrgError::NotJson)?;
    match own.get("records").and_then(Value::as_array) {
        Some(rows) => Ok(rows.clone()),
        None => Err(OrgError::from_error(400, own)),
    }
}

/// What a row says, field by field.
pub(super) fn told(row: &Value) -> String {
    let parts: Vec<String> = row
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, value)| *name != "attributes" && **value != Value::Null)
        .map(|(_, value)| match value {
            Value::String(text) => text.clone(),
            Value::Object(_) => told(value),
            other => other.to_string(),
        })
        .collect::<Vec<_>>();
    parts.join(" · ")
}
