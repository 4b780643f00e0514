//! A step as requests: how what is there is read, how it is written, and what the answers mean.
//!
//! It never decides what is done next: the machine does.

use super::Found;
use super::{component, proof};
use crate::facts::subject::AppKey;
use crate::plan::{Fields, Place, Step, Term, Way};
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{API_VERSION, Answer, Failure, encoded};
use crate::salesforce::id::Id;
use crate::salesforce::json::Value;

/// A request, as far as a step knows it: method, path, body.
pub(super) type Asked = (&'static str, String, Option<String>);

pub(super) fn value(term: &Term, made: &[Option<Id>]) -> Option<Value> {
    match term {
        Term::Is(value) => Some(value.clone()),
        Term::Made(step) => Some(Value::String(made.get(*step)?.as_ref()?.to_string())),
        // A preview puts values in the place of these.
        Term::Read { .. } | Term::Input(_) | Term::Within(_) => None,
    }
}

/// A value as a SOQL literal.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => text_literal(text),
        other => other.to_string(),
    }
}

/// A text as a SOQL literal.
pub(crate) fn text_literal(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        if matches!(c, '\'' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('\'');
    out
}

/// The condition that finds the tokens which an app holds for a user, and no other app's.
/// Source: Object Reference, OauthToken (`AppMenuItemId` and `AppName`: Filter, Nillable; `Id` is always null).
pub(crate) fn tokens_of(user: &Id, app: &AppKey) -> String {
    let of = match app {
        AppKey::MenuItem(id) => format!("AppMenuItemId = '{id}'"),
        AppKey::Name(name) => format!("AppName = {} AND AppMenuItemId = null", text_literal(name)),
        AppKey::Deleted => "AppName = null AND AppMenuItemId = null".to_owned(),
    };
    format!("UserId = '{user}' AND {of}")
}

/// Whether only a user's new e-mail address is not there yet: it is once the link sent to it was opened (Salesforce
/// Help, "Change a user's email address"; by an API too).
pub(super) fn is_mailed(step: &Step, found: &Found) -> bool {
    let is_user = matches!(&step.place, Place::Row { object, .. } if object == "User");
    let differs = differences(found, step.after.as_ref(), &[]);
    is_user && !differs.is_empty() && differs.iter().all(|line| line.starts_with("Email "))
}

/// Whether a step is about something that an earlier one makes or finds: there is nothing to read before.
pub(crate) fn needs_made(step: &Step) -> bool {
    is_place_open(step, &[])
}

/// Whether it looks for a group's muting set among the group's members.
fn is_muting(step: &Step) -> bool {
    step.way == Way::Read
        && matches!(&step.place, Place::Row { object, .. } if object == "PermissionSetGroupComponent")
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

/// What was read, as the fields of a step.
pub(super) fn solid(fields: &[(String, Value)]) -> Fields {
    fields.iter().map(|(name, value)| (name.clone(), Term::Is(value.clone()))).collect::<Vec<_>>()
}

pub(super) fn query(soql: &str) -> Asked {
    ("GET", ["/services/data/", API_VERSION, "/query?q=", &encoded(soql)].concat(), None)
}

/// How what is there is read: the row by its key, two at the most, so that a key which tells nothing apart is seen.
pub(super) fn read(step: &Step, made: &[Option<Id>]) -> Asked {
    match &step.place {
        Place::Row { object, key } => {
            let mut names = vec!["Id"];
            names.extend(step.names());
            let filters: Vec<String> = key
                .iter()
                .map(|(name, term)| {
                    [name, " = ", &*literal(&value(term, made).unwrap_or(Value::Null))].concat()
                })
                .collect::<Vec<_>>();
            // Two, so that a key which tells nothing apart is seen; of a group's members one is looked for.
            let most = if is_muting(step) { " LIMIT 200" } else { " LIMIT 2" };
            let parts =
                ["SELECT ", &names.join(", "), " FROM ", object, " WHERE ", &filters.join(" AND "), most];
            query(&parts.concat())
        }
        Place::Component { kind, names, from, .. } => component::read(
            kind,
            &names.iter().chain(from).filter_map(|term| value(term, made)).collect::<Vec<_>>(),
        ),
        // Rows are read by parts.
        Place::Rows { .. } => super::records::read(step, 0, made),
        Place::Query { soql } => query(soql),
        Place::Tokens { user, app } => query(
            &["SELECT DeleteToken FROM OauthToken WHERE ", &tokens_of(user, app), " LIMIT 200"].concat(),
        ),
    }
}

/// How it is written: a new row, a change, a deletion; a component; a token's end.
pub(super) fn write(step: &Step, row: Option<&Id>, raw: &str, made: &[Option<Id>]) -> Asked {
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
        Place::Rows { .. } => super::records::write(step, &[], made),
        // Nothing is written to what a query finds.
        Place::Query { soql } => query(soql),
        Place::Tokens { .. } => ("POST", ["/services/oauth2/revoke?token=", &encoded(raw)].concat(), None),
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
                (None, body) => ("POST", path, body),
                (Some(id), Some(body)) => ("PATCH", format!("{path}/{id}"), Some(body)),
                (Some(id), None) => ("DELETE", format!("{path}/{id}"), None),
            }
        }
    }
}

pub(super) fn body(answer: &Result<Answer, Failure>) -> Result<Value, OrgError> {
    let answer = answer.as_ref().map_err(|failure| OrgError::from(*failure))?;
    match crate::salesforce::json::parse(&answer.body) {
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

/// What was read.
pub(super) fn found(
    step: &Step,
    answer: &Result<Answer, Failure>,
    made: &[Option<Id>],
) -> Result<Found, OrgError> {
    if let Place::Component { names, from, .. } = &step.place {
        let names: Vec<Value> =
            names.iter().chain(from).filter_map(|term| value(term, made)).collect::<Vec<_>>();
        return component::found(step, &names, answer);
    }
    let body = body(answer)?;
    let rows = body.get("records").and_then(Value::as_array).ok_or(OrgError::NotJson)?;
    if matches!(step.place, Place::Query { .. }) {
        return Ok(Found { fields: rows.first().map(|_| vec![]), ..Found::default() });
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

/// Whether what was found is what is said.
pub(super) fn is(found: &Found, said: Option<&Fields>, made: &[Option<Id>]) -> bool {
    match (&found.fields, said) {
        (None, None) => true,
        (Some(_), Some(_)) => differences(found, said, made).is_empty(),
        _ => false,
    }
}

/// How what was found differs from what is said, a line each.
pub(super) fn differences(found: &Found, said: Option<&Fields>, made: &[Option<Id>]) -> Vec<String> {
    match (&found.fields, said) {
        (None, Some(_)) => vec!["there is no such record".into()],
        (Some(_), None) => vec!["there is such a record already".into()],
        (None, None) => vec![],
        (Some(fields), Some(said)) => said
            .iter()
            .filter_map(|(name, term)| {
                let wanted = value(term, made)?;
                let (_, own) = fields.iter().find(|(other, _)| other == name)?;
                (!same(own, &wanted)).then(|| format!("{name} is {}, not {}", own, wanted))
            })
            .collect::<Vec<_>>(),
    }
}

/// Ids are the same in 15 and in 18 characters.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    let id = |value: &Value| value.as_str().and_then(Id::parse);
    a == b || id(a).is_some_and(|own| Some(own) == id(b))
}

/// Why a write is not known to have taken place.
pub(super) enum Unwritten {
    /// No answer, or one that does not prove that nothing was written: it may have; and what was said.
    Unknown(Option<OrgError>),
    /// It is as it should be, the platform says: a row that exists, or is gone.
    There,
    /// It did not, and these depend on what was to go.
    Dependents(Vec<String>),
    /// It did not.
    Refused(OrgError),
}

/// What came of a write: the new row's id, if it made one.
pub(super) fn written(answer: &Result<Answer, Failure>) -> Result<Option<Id>, Unwritten> {
    let answer = sent(answer)?;
    if answer.body.trim_start().starts_with('<') {
        return component::written(answer);
    }
    if (200..300).contains(&answer.status) {
        if answer.body.trim().is_empty() {
            return Ok(None);
        }
        // A body that breaks off came after the write.
        let body = crate::salesforce::json::parse(&answer.body).ok_or(Unwritten::Unknown(None))?;
        return Ok(body.get("id").and_then(Value::as_str).and_then(Id::parse));
    }
    Err(refused(answer))
}

/// The answer to a write; without one it may have taken place, unless there was no session to send it with.
pub(super) fn sent(answer: &Result<Answer, Failure>) -> Result<&Answer, Unwritten> {
    match answer {
        Ok(answer) => Ok(answer),
        Err(Failure::NotSignedIn) => Err(Unwritten::Refused(OrgError::NotSignedIn)),
        Err(Failure::Offline | Failure::Timeout) => Err(Unwritten::Unknown(None)),
    }
}

/// What an error says of a write.
pub(super) fn refused(answer: &Answer) -> Unwritten {
    let Some(body) = crate::salesforce::json::parse(&answer.body) else {
        // Behind a gateway's page the write may have taken place.
        return Unwritten::Unknown(Some(OrgError::Unavailable { status: answer.status }));
    };
    let error = crate::salesforce::json::first(&body);
    let text = |key: &str| error.and_then(|e| e.get(key)).and_then(Value::as_str).unwrap_or_default();
    let (code, message) = (text("errorCode"), text("message"));
    // The revoke endpoint says it as OAuth does.
    if let (true, Some(error)) = (code.is_empty(), body.get("error").and_then(Value::as_str)) {
        let said = body.get("error_description").and_then(Value::as_str).unwrap_or_default();
        let refusal = OrgError::Other { code: error.to_owned(), message: said.to_owned() };
        let proven = proof::is(answer.status, error);
        return if proven { Unwritten::Refused(refusal) } else { Unwritten::Unknown(Some(refusal)) };
    }
    let refusal = OrgError::from_error(answer.status, &body);
    if !proof::is(answer.status, code) {
        return Unwritten::Unknown(Some(refusal));
    }
    match code {
        "DUPLICATE_VALUE" | "ENTITY_IS_DELETED" => Unwritten::There,
        _ if message.contains("depends on permission(s): ") => Unwritten::Dependents(dependents(message)),
        _ => Unwritten::Refused(refusal),
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

/// The step that takes this one back: before and after changed places, on the very row.
pub(super) fn reversed(step: &Step, row: Option<&Id>, made: &[Option<Id>]) -> Option<Step> {
    let solid = |fields: &Fields| -> Option<Fields> {
        fields.iter().map(|(name, term)| Some((name.clone(), Term::Is(value(term, made)?)))).collect()
    };
    let changed = |fields: &Fields, other: Option<&Fields>| -> Option<Fields> {
        let names: Vec<&String> = other.into_iter().flatten().map(|(name, _)| name).collect::<Vec<_>>();
        let kept = fields.iter().filter(|(name, _)| names.is_empty() || names.contains(&name)).cloned();
        solid(&kept.collect::<Vec<_>>())
    };
    // What a step found was made by an earlier one, and is gone with it: there is no row to wait for.
    let is_find = step.way == Way::Wait && (needs_made(step) || is_key(step));
    let after = match (&step.before, &step.after) {
        _ if is_find => None,
        // A change: only the fields that it changed go back.
        (Some(before), Some(after)) => Some(changed(before, Some(after))?),
        (before, _) => before.as_ref().and_then(solid),
    };
    let before = step.after.as_ref().map(solid).unwrap_or_default();
    let place = match (&step.place, row) {
        // A row that was made is told by its id; one that was taken away comes back with another.
        (Place::Row { object, .. }, Some(id)) if after.is_some() || step.after.is_some() => {
            Place::Row { object: object.clone(), key: vec![("Id".to_owned(), Term::id(id))] }
        }
        (Place::Row { object, key }, _) => Place::Row { object: object.clone(), key: solid(key)? },
        // A copy is compared with its original: what somebody has made of it since is not taken away. Where it was taken
        // away, it is made again in the same way.
        (Place::Component { kind, names, from, of }, _) => {
            let is = |name: &Term| Some(Term::Is(value(name, made)?));
            let names: Option<_> = names.iter().map(is).collect();
            let from = from.as_ref().and_then(is);
            Place::Component { kind: kind.clone(), names: names?, from, of: of.clone() }
        }
        (tokens, _) => tokens.clone(),
    };
    let makes = after.is_some() && before.is_none();
    let words = ["Undo: ", &step.words].concat();
    let (rows, late) = (vec![], None);
    Some(Step {
        words,
        place,
        way: step.way.clone(),
        makes,
        unless: None,
        keep: vec![],
        before,
        after,
        rows,
        late,
    })
}

/// Whether what is to be there is no more than what tells the row: it is only looked for.
fn is_key(step: &Step) -> bool {
    let Place::Row { key, .. } = &step.place else { return false };
    step.after.iter().flatten().all(|field| key.contains(field))
}
