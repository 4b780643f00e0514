//! Requests as steps draft them; and a write's answer: whether it proves that something was written, or that nothing was, and what may be tried again.

use super::proof;
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{Answer, Failure, Request, query_path};
use crate::salesforce::json::{self, Value};

/// A request, as far as a step knows it: the executor numbers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) method: &'static str,
    /// From `/services/` on.
    pub(super) path: String,
    pub(super) body: Option<String>,
}

impl Draft {
    /// A SOQL query.
    pub(super) fn query(soql: &str) -> Draft {
        Draft { method: "GET", path: query_path(soql), body: None }
    }

    /// A `POST`, with a body where there is one.
    pub(super) const fn post(path: String, body: Option<String>) -> Draft {
        Draft { method: "POST", path, body }
    }

    /// The request under its number.
    pub(super) fn numbered(self, id: u32) -> Request {
        Request { id, method: self.method.to_owned(), path: self.path, body: self.body }
    }
}

/// Why a write is not known to have taken place.
pub(super) enum NotWritten {
    /// No answer, or one that does not prove that nothing was written: it may have; and what was said.
    Unknown(Option<OrgError>),
    /// It is as it should be, the platform says: a row that exists, or is gone.
    There,
    /// It did not, and these depend on what was to go.
    Dependents(Vec<String>),
    /// It did not.
    Refused(OrgError),
}

pub(super) fn body(answer: &Result<Answer, Failure>) -> Result<Value, OrgError> {
    let answer = answer.as_ref().map_err(|failure| OrgError::from(*failure))?;
    match json::parse(&answer.body) {
        Some(value) if (200..300).contains(&answer.status) => Ok(value),
        Some(value) => Err(OrgError::from_error(answer.status, &value)),
        None if answer.status >= 500 || matches!(answer.status, 420 | 429) => {
            Err(OrgError::Unavailable { status: answer.status })
        }
        None if answer.status == 401 => Err(OrgError::SessionExpired),
        // It began as an answer and broke off.
        None if answer.body.starts_with(['{', '[']) => Err(OrgError::Timeout),
        None => Err(OrgError::NotJson),
    }
}

/// The answer to a write; without one it may have taken place, unless there was no session to send it with.
pub(super) fn sent(answer: &Result<Answer, Failure>) -> Result<&Answer, NotWritten> {
    match answer {
        Ok(answer) => Ok(answer),
        Err(failure @ (Failure::NotSignedIn | Failure::BehindDefender)) => {
            Err(NotWritten::Refused(OrgError::from(*failure)))
        }
        Err(Failure::Offline | Failure::Timeout) => Err(NotWritten::Unknown(None)),
    }
}

/// What an error says of a write.
pub(super) fn refused(answer: &Answer) -> NotWritten {
    let Some(body) = json::parse(&answer.body) else {
        // Behind a gateway's page the write may have taken place.
        return NotWritten::Unknown(Some(OrgError::Unavailable { status: answer.status }));
    };
    let error = json::first(&body);
    let text = |key: &str| error.and_then(|e| e.get(key)).and_then(Value::as_str).unwrap_or_default();
    let (code, message) = (text("errorCode"), text("message"));
    // The revoke endpoint says it as OAuth does.
    if let (true, Some(error)) = (code.is_empty(), body.get("error").and_then(Value::as_str)) {
        let said = body.get("error_description").and_then(Value::as_str).unwrap_or_default();
        let refusal = OrgError::Other { code: error.to_owned(), message: said.to_owned() };
        let proven = proof::is(answer.status, error);
        return if proven { NotWritten::Refused(refusal) } else { NotWritten::Unknown(Some(refusal)) };
    }
    let refusal = OrgError::from_error(answer.status, &body);
    if !proof::is(answer.status, code) {
        return NotWritten::Unknown(Some(refusal));
    }
    match code {
        "DUPLICATE_VALUE" | "ENTITY_IS_DELETED" => NotWritten::There,
        _ if message.contains("depends on permission(s): ") => NotWritten::Dependents(dependents(message)),
        _ => NotWritten::Refused(refusal),
    }
}

/// The permissions that the platform's sentences name as depending: "Permission Convert Leads depends on …; Permission …".
pub(super) fn dependents(message: &str) -> Vec<String> {
    let mut names: Vec<String> = vec![];
    let mut rest = message;
    while let Some((_, tail)) = rest.split_once("Permission ") {
        let name = tail.split_once(" depends on").map(|(name, _)| name);
        if let Some(name) = name.filter(|name| !names.iter().any(|other| other == name)) {
            names.push(name.to_owned());
        }
        rest = tail;
    }
    names
}

/// Whether asking again after a pause can help.
pub(super) fn may_pass(refusal: &OrgError) -> bool {
    match refusal {
        OrgError::Timeout | OrgError::Offline | OrgError::Unavailable { .. } => true,
        OrgError::Other { code, .. } => matches!(code.as_str(), "UNABLE_TO_LOCK_ROW" | "SERVER_UNAVAILABLE"),
        _ => false,
    }
}
