//! A step as requests, whatever it is about: how what is there is read, how it is written, and what the answers mean.
//!
//! What comes next is the executor's to decide.

use super::exchange::{Draft, NotWritten, body, refused, sent};
use super::terms::{differing, literal, value};
use super::{Found, component, records};
use crate::plan::{Place, Step, Term, Way, tokens_of};
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{API_VERSION, Answer, Failure, encoded};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};

/// Whether a step is about something that an earlier one makes or finds: there is nothing to read before.
pub(crate) fn needs_made(step: &Step) -> bool {
    is_place_open(step, &[])
}

/// Whether a preview cannot read it: what it is about is not there yet, or no API tells.
pub(super) fn is_skipped(step: &Step, made: &[Option<Id>]) -> bool {
    is_place_open(step, made)
        || matches!(&step.place, Place::Query { soql } if soql.is_empty())
        || matches!(&step.place, Place::Rows { .. } if step.rows.is_empty())
}

fn is_place_open(step: &Step, made: &[Option<Id>]) -> bool {
    match &step.place {
        Place::Row { key, .. } => key.iter().any(|(_, term)| value(term, made).is_none()),
        Place::Component { names, from, .. } => {
            names.iter().chain(from).any(|term| value(term, made).is_none())
        }
        Place::Rows { shared, .. } => shared.iter().any(|(_, term)| value(term, made).is_none()),
        Place::Tokens { .. } | Place::Query { .. } => false,
    }
}

/// Whether something that it is about, or that is to be written, is not known.
pub(super) fn is_open(step: &Step, made: &[Option<Id>]) -> bool {
    let mut after = step.after.iter().flatten();
    is_place_open(step, made) || after.any(|(_, term)| value(term, made).is_none())
}

/// Whether only a user's new e-mail address is not there yet: it is once the link sent to it was opened (Salesforce
/// Help, "Change a user's email address"; by an API too).
pub(super) fn is_mailed(step: &Step, found: &Found) -> bool {
    let is_user = matches!(&step.place, Place::Row { object, .. } if object == "User");
    let differs = differing(found, step.after.as_ref(), &[]);
    is_user && !differs.is_empty() && differs.iter().all(|(name, ..)| *name == "Email")
}

/// Whether it looks for a group's muting set among the group's members.
fn is_muting(step: &Step) -> bool {
    step.way == Way::Read
        && matches!(&step.place, Place::Row { object, .. } if object == "PermissionSetGroupComponent")
}

/// How what is there is read: the row by its key, two at the most, so that a key which tells nothing apart is seen.
pub(super) fn read(step: &Step, made: &[Option<Id>]) -> Draft {
    match &step.place {
        Place::Row { object, key } => {
            let mut names = vec!["Id"];
            names.extend(step.names());
            let filters: Vec<String> = key
                .iter()
                .map(|(name, term)| {
                    format!("{name} = {}", literal(&value(term, made).unwrap_or(Value::Null)))
                })
                .collect();
            // Two, so that a key which tells nothing apart is seen; of a group's members one is looked for.
            let most = if is_muting(step) { " LIMIT 200" } else { " LIMIT 2" };
            let parts =
                ["SELECT ", &names.join(", "), " FROM ", object, " WHERE ", &filters.join(" AND "), most];
            Draft::query(&parts.concat())
        }
        Place::Component { kind, names, from, .. } => component::read(
            kind,
            &names.iter().chain(from).filter_map(|term| value(term, made)).collect::<Vec<_>>(),
        ),
        // Rows are read by parts.
        Place::Rows { .. } => records::read(step, 0, made),
        Place::Query { soql } => Draft::query(soql),
        Place::Tokens { user, app } => Draft::query(&format!(
            "SELECT DeleteToken FROM OauthToken WHERE {} LIMIT 200",
            tokens_of(user, app)
        )),
    }
}

/// How it is written: a new row, a change, a deletion; a component; a token's end.
pub(super) fn write(step: &Step, row: Option<&Id>, raw: &str, made: &[Option<Id>]) -> Draft {
    match &step.place {
        Place::Component { kind, names, from, .. } => {
            let after: Option<Vec<(String, Value)>> = step.after.as_ref().map(|fields| {
                let known = |(name, term): &(String, Term)| Some((name.clone(), value(term, made)?));
                fields.iter().filter_map(known).collect::<Vec<_>>()
            });
            let name = names.first().and_then(|name| value(name, made)).unwrap_or(Value::Null);
            component::write(kind, name.as_str().unwrap_or_default(), from.is_some(), raw, after)
        }
        // Rows are written by parts.
        Place::Rows { .. } => records::write(step, &[], made),
        // Nothing is written to what a query finds.
        Place::Query { soql } => Draft::query(soql),
        Place::Tokens { .. } => Draft::post(format!("/services/oauth2/revoke?token={}", encoded(raw)), None),
        Place::Row { object, .. } => {
            let path = format!("/services/data/{API_VERSION}/sobjects/{object}");
            let body = step.after.as_ref().map(|fields| {
                // Only what changes: a field that stays as it is may not be this person's to write.
                let is_new = |name: &str, term: &Term| {
                    row.is_none() || !step.before.iter().flatten().any(|(n, t)| n == name && t == term)
                };
                // What a group's assignment names besides the group is the platform's to fill in.
                let group = |name: &str| fields.iter().any(|(n, t)| n == name && *t != Term::Is(Value::Null));
                let is_given = |name: &str| {
                    object == "PermissionSetAssignment"
                        && name == "PermissionSetId"
                        && group("PermissionSetGroupId")
                };
                let members: serde_json::Map<String, Value> = fields
                    .iter()
                    .filter(|(name, term)| is_new(name, term) && !is_given(name))
                    .filter_map(|(name, term)| Some((name.clone(), value(term, made)?)))
                    .filter(|(_, value)| row.is_some() || *value != Value::Null)
                    .collect();
                Value::Object(members).to_string()
            });
            match (row, body) {
                (None, body) => Draft::post(path, body),
                (Some(id), Some(body)) => {
                    Draft { method: "PATCH", path: format!("{path}/{id}"), body: Some(body) }
                }
                (Some(id), None) => Draft { method: "DELETE", path: format!("{path}/{id}"), body: None },
            }
        }
    }
}

/// What was read.
pub(super) fn found(
    step: &Step,
    answer: &Result<Answer, Failure>,
    made: &[Option<Id>],
) -> Result<Found, OrgError> {
    if let Place::Component { names, from, .. } = &step.place {
        let names: Vec<Value> = names.iter().chain(from).filter_map(|term| value(term, made)).collect();
        return component::found(step, &names, answer);
    }
    let body = body(answer)?;
    let rows = body.get("records").and_then(Value::as_array).ok_or(OrgError::NotJson)?;
    if matches!(step.place, Place::Query { .. }) {
        let raw = super::look::told(rows);
        return Ok(Found { fields: rows.first().map(|_| vec![]), raw, ..Found::default() });
    }
    if matches!(step.place, Place::Tokens { .. }) {
        let token = rows.first().map(|row| row.get("DeleteToken").and_then(Value::as_str));
        return match token {
            None => Ok(Found::default()),
            Some(Some(token)) => {
                Ok(Found { fields: Some(vec![]), raw: token.to_owned(), id: None, count: rows.len() })
            }
            Some(None) => Err(OrgError::NoPermission { what: "DeleteToken".into() }),
        };
    }
    if is_muting(step) {
        let sets = rows.iter().filter_map(|row| row.get("PermissionSetId").and_then(Value::as_str));
        let id = sets.filter(|id| id.starts_with("0QM")).find_map(Id::parse);
        let fields = id.as_ref().map(|_| vec![]);
        return Ok(Found { id, fields, ..Found::default() });
    }
    let row = match rows.as_slice() {
        [] => return Ok(Found::default()),
        [row] => row,
        _ => return Err(OrgError::RowLimit { what: "the row to change".into() }),
    };
    let fields = step.names().into_iter().map(|name| {
        // A field is there in the answer, or this person may not see it: then nothing can be compared.
        row.get(name)
            .map(|value| (name.to_owned(), value.clone()))
            .ok_or_else(|| OrgError::NoPermission { what: name.to_owned() })
    });
    Ok(Found {
        id: row.get("Id").and_then(Value::as_str).and_then(Id::parse),
        fields: Some(fields.collect::<Result<_, _>>()?),
        ..Found::default()
    })
}

/// What came of a write: the new row's id, if it made one.
pub(super) fn written(answer: &Result<Answer, Failure>) -> Result<Option<Id>, NotWritten> {
    let answer = sent(answer)?;
    if answer.body.trim_start().starts_with('<') {
        return component::written(answer);
    }
    if (200..300).contains(&answer.status) {
        if answer.body.trim().is_empty() {
            return Ok(None);
        }
        // A body that breaks off came after the write.
        let body = json::parse(&answer.body).ok_or(NotWritten::Unknown(None))?;
        return Ok(body.get("id").and_then(Value::as_str).and_then(Id::parse));
    }
    Err(refused(answer))
}
