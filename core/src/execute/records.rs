//! Many rows of one object as requests: read back together, and written in parts that take place as a whole.
//!
//! It never writes a part that it has not looked at, and never takes one row's outcome for another's.
//!
//! A part is written with `allOrNone`: then it is one transaction, of which one reading tells whether it took place, and
//! where it stands is one number, however it was broken off. The price is that one row which is refused holds up its part;
//! it is named, and what was done before it stays done.

use super::exchange::{Draft, NotWritten, body, refused, sent};
use super::proof;
use super::terms::{differences, is, literal, same, solid, value};
use super::{Found, Progress};
use crate::plan::{Described, Fields, Place, Step, Term};
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{API_VERSION, Answer, Failure};
use crate::salesforce::id::Id;
use crate::salesforce::json::Value;
use serde_json::json;

/// Records in one request. Source: REST API Developer Guide, "Using Resources to Work with sObject Collections": up to 200.
pub(super) const MOST: usize = 200;

/// Bytes of one reading's path and query: Salesforce refuses more than 16,384 of URL and headers (REST API Developer
/// Guide, "Status Codes and Error Responses", 414 and 431), and the headers need some.
const LONGEST: usize = 15_000;

/// How a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowState {
    /// As it was when the preview was read.
    Before,
    /// As it is to be.
    After,
    /// Neither: how it differs from what was.
    Other(String),
}

/// What a reading found of the row at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowRead {
    pub(super) at: usize,
    pub(super) id: Option<Id>,
    pub(super) is: RowState,
}

fn place(step: &Step) -> Option<(&str, &Fields, &str)> {
    match &step.place {
        Place::Rows { object, shared, by } => Some((object, shared, by)),
        _ => None,
    }
}

/// The query for the rows from place `from` on, and how many it asks for: as many as one reading takes.
fn query_from(step: &Step, from: usize, made: &[Option<Id>]) -> (Draft, usize) {
    let Some((object, shared, by)) = place(step) else { return (Draft::query(""), 0) };
    let mut names = vec!["Id"];
    names.extend(step.names());
    let filters = shared.iter().map(|(name, term)| {
        let value = value(term, made).unwrap_or(Value::Null);
        format!("{name} = {} AND ", literal(&value))
    });
    let head = format!("SELECT {} FROM {object} WHERE ", names.join(", "));
    let head = [head, filters.collect::<Vec<_>>().concat(), format!("{by} IN (")].concat();
    let length = |soql: &str| Draft::query(soql).path.len();
    let mut left = LONGEST.saturating_sub(length(&head));
    let mut values: Vec<String> = vec![];
    for row in step.rows.iter().skip(from) {
        let own = literal(&Value::String(row.clone()));
        // At most what it is encoded, with its comma.
        let size = length(&own).saturating_sub(length("")) + 1;
        if size > left && !values.is_empty() {
            break;
        }
        left = left.saturating_sub(size);
        values.push(own);
    }
    let count = values.len();
    (Draft::query(&[head, values.join(","), ")".to_owned()].concat()), count)
}

/// How the rows from place `from` on are read.
pub(super) fn read(step: &Step, from: usize, made: &[Option<Id>]) -> Draft {
    query_from(step, from, made).0
}

/// What one reading of rows from place `from` on found: each row's id and fields, or that there is none.
pub(super) fn found(
    step: &Step,
    from: usize,
    answer: &Result<Answer, Failure>,
    made: &[Option<Id>],
) -> Result<Vec<Found>, OrgError> {
    let (_, count) = query_from(step, from, made);
    let body = body(answer)?;
    let records = body.get("records").and_then(Value::as_array).ok_or(OrgError::NotJson)?;
    // What is not in the answer would be taken for rows that are not there.
    if body.get("done").and_then(Value::as_bool) == Some(false) {
        return Err(OrgError::RowLimit { what: "the rows to change".into() });
    }
    let (_, _, by) = place(step).ok_or(OrgError::NotFound)?;
    let names = step.names();
    let found = |key: &String| {
        let key = Value::String(key.clone());
        let mut own = records.iter().filter(|record| record.get(by).is_some_and(|own| same(own, &key)));
        let Some(record) = own.next() else { return Ok(Found::default()) };
        if own.next().is_some() {
            return Err(OrgError::RowLimit { what: "the row to change".into() });
        }
        let fields = names.iter().map(|name| {
            let value =
                record.get(*name).ok_or_else(|| OrgError::NoPermission { what: (*name).to_owned() })?;
            Ok(((*name).to_owned(), value.clone()))
        });
        let id = record.get("Id").and_then(Value::as_str).and_then(Id::parse);
        Ok(Found { id, fields: Some(fields.collect::<Result<_, OrgError>>()?), ..Found::default() })
    };
    step.rows.iter().skip(from).take(count).map(found).collect()
}

/// How each of those rows stands.
pub(super) fn states(
    step: &Step,
    from: usize,
    answer: &Result<Answer, Failure>,
    made: &[Option<Id>],
) -> Result<Vec<RowRead>, OrgError> {
    let all = found(step, from, answer, made)?;
    let seen = all.into_iter().enumerate().map(|(at, found)| {
        let is = if is(&found, step.after.as_ref(), made) {
            RowState::After
        } else if is(&found, step.before.as_ref(), made) {
            RowState::Before
        } else {
            let differs = differences(step, &found, step.before.as_ref(), made);
            let key = step.rows.get(from + at).map_or("", String::as_str);
            RowState::Other(format!("{key}: {}", differs.join(", ")))
        };
        RowRead { at: from + at, id: found.id, is }
    });
    Ok(seen.collect())
}

/// How a part is written: changed, made, or taken away.
pub(super) fn write(step: &Step, part: &[RowRead], made: &[Option<Id>]) -> Draft {
    let base = format!("/services/data/{}/composite/sobjects", API_VERSION);
    let Some((object, shared, by)) = place(step) else {
        return Draft { method: "GET", path: base, body: None };
    };
    let Some(after) = &step.after else {
        let ids: Vec<&str> = part.iter().filter_map(|row| Some(row.id.as_ref()?.as_str())).collect();
        let path = format!("{base}?allOrNone=true&ids={}", ids.join(","));
        return Draft { method: "DELETE", path, body: None };
    };
    let is_new = |name: &str, term: &Term| {
        !step.before.iter().flatten().any(|(own, before)| own == name && before == term)
    };
    let records = part.iter().map(|seen| {
        let mut record = serde_json::Map::new();
        record.insert("attributes".to_owned(), json!({ "type": object }));
        let mut put = |name: &str, term: &Term| {
            if let Some(value) = value(term, made).filter(|value| seen.id.is_some() || *value != Value::Null)
            {
                record.insert(name.to_owned(), value);
            }
        };
        match &seen.id {
            Some(id) => put("id", &Term::id(id)),
            None => {
                shared.iter().for_each(|(name, term)| put(name, term));
                put(by, &Term::text(step.rows.get(seen.at).map_or("", String::as_str)));
            }
        }
        for (name, term) in after.iter().filter(|(name, term)| is_new(name, term)) {
            put(name, term);
        }
        Value::Object(record)
    });
    let body = json!({ "allOrNone": true, "records": records.collect::<Vec<_>>() });
    let method = if step.before.is_some() { "PATCH" } else { "POST" };
    Draft { method, path: base, body: Some(body.to_string()) }
}

/// What came of a part: all of it took place, or none.
pub(super) fn written(
    step: &Step,
    part: &[RowRead],
    answer: &Result<Answer, Failure>,
) -> Result<(), NotWritten> {
    let answer = sent(answer)?;
    let is_error = !(200..300).contains(&answer.status);
    let body = crate::salesforce::json::parse(&answer.body);
    let results = body.as_ref().and_then(Value::as_array);
    // An error of the request as a whole has no results, but errors in their place.
    let is_results = |all: &&Vec<Value>| all.iter().all(|one| one.get("success").is_some());
    let Some(results) = results.filter(|all| all.len() == part.len()).filter(is_results) else {
        return Err(if is_error { refused(answer) } else { NotWritten::Unknown(None) });
    };
    let done = results.iter().filter(|one| one.get("success").and_then(Value::as_bool) == Some(true)).count();
    if done == results.len() && !is_error {
        return Ok(());
    }
    let mut why = None;
    let mut is_proven = done == 0 && answer.status < 500;
    let mut is_there = false;
    for (seen, result) in part.iter().zip(results) {
        let error = result.get("errors").and_then(crate::salesforce::json::first);
        let text = |key: &str| error.and_then(|own| own.get(key)?.as_str()).unwrap_or_default();
        let (code, message) = (text("statusCode"), text("message"));
        is_proven &= proof::has(code);
        is_there |= matches!(code, "DUPLICATE_VALUE" | "ENTITY_IS_DELETED");
        if why.is_none() && !code.is_empty() && code != "ALL_OR_NONE_OPERATION_ROLLED_BACK" {
            let key = step.rows.get(seen.at).map_or("", String::as_str);
            let message = format!("{key}: {message}");
            why = Some(OrgError::Other { code: code.to_owned(), message });
        }
    }
    match (is_proven, why) {
        (true, Some(why)) if why.is_lock() => Err(NotWritten::Refused(why)),
        (true, _) if is_there => Err(NotWritten::There),
        (true, Some(why)) => Err(NotWritten::Refused(why)),
        (true, None) => Err(NotWritten::Unknown(None)),
        (false, why) => Err(NotWritten::Unknown(why)),
    }
}

/// The steps that take back those rows that were written: the ones that are known to be, and those that perhaps are.
pub(super) fn reversed(
    step: &Step,
    progress: &Progress,
    latest: Option<i64>,
    made: &[Option<Id>],
) -> Option<Vec<Step>> {
    let (done, writing, skipped) = match progress {
        Progress::Rows { done, writing, skipped, .. } => (*done, *writing, skipped.as_slice()),
        Progress::Verified { .. } => (step.rows.len(), 0, Default::default()),
        _ => return Some(vec![]),
    };
    let (object, shared, by) = place(step)?;
    let known = |fields: &Fields| -> Option<Fields> {
        fields.iter().map(|(name, term)| Some((name.clone(), Term::Is(value(term, made)?)))).collect()
    };
    let shared = known(shared)?;
    // Only the fields that it changed go back.
    let after = step.before.as_ref().map(|before| {
        let is_own = |name: &String| step.after.as_ref().is_none_or(|own| own.iter().any(|(n, _)| n == name));
        let is_key = |name: &String| name == by || shared.iter().any(|(own, _)| own == name);
        before.iter().filter(|(name, _)| is_own(name) && !is_key(name)).cloned().collect::<Fields>()
    });
    let before = match &step.after {
        Some(after) => Some(known(after)?),
        None => None,
    };
    let mut all = vec![];
    // The last first.
    for (from, to, late) in [(done, done + writing, latest), (0, done, None)] {
        let places = (from..to.min(step.rows.len())).filter(|at| !skipped.contains(at));
        let rows: Vec<String> = places.filter_map(|at| step.rows.get(at).cloned()).collect();
        if !rows.is_empty() {
            all.push(Step {
                words: super::reverse::words(step),
                place: Place::Rows { object: object.to_owned(), shared: shared.clone(), by: by.to_owned() },
                way: step.way.clone(),
                makes: step.after.is_none(),
                unless: None,
                keep: vec![],
                before: before.clone(),
                after: after.clone(),
                rows,
                late,
                described: step.described.iter().map(Described::reversed).collect(),
                found: String::new(),
                undone: String::new(),
            });
        }
    }
    Some(all)
}

/// What a preview makes of the rows that it read: those that are so already are left out, and the others are to be alike.
///
/// # Errors
/// Why they cannot be written as one.
pub(super) fn previewed(
    step: &mut Step,
    all: &[Found],
    made: &[Option<Id>],
) -> Result<Vec<String>, OrgError> {
    let mut rows = vec![];
    let mut other = vec![];
    let is_set = step.before.is_some();
    let (by, shared) = match place(step) {
        Some((_, shared, by)) => (by.to_owned(), shared.clone()),
        None => return Ok(vec![]),
    };
    for (key, found) in step.rows.iter().zip(all) {
        if is(found, step.after.as_ref(), made) && step.late.is_none() {
            continue;
        }
        rows.push(key.clone());
        if found.fields.is_none() && step.after.is_some() && !step.makes && !is_set {
            return Err(OrgError::NotFound);
        }
        if rows.len() == 1 && !is_set {
            let is_key = |name: &String| *name == by || shared.iter().any(|(own, _)| own == name);
            step.before = found.fields.as_ref().map(|fields| {
                let own: Vec<_> = fields.iter().filter(|(name, _)| !is_key(name)).cloned().collect();
                solid(&own)
            });
        } else if !is(found, step.before.as_ref(), made) && !is(found, step.after.as_ref(), made) {
            other.push(key.clone());
        }
    }
    if !other.is_empty() && !is_set {
        let message = [
            "They do not stand alike any more, so they are not written as one: ",
            &crate::text::listed(&other),
            ". Close this and let the page be read again.",
        ];
        return Err(OrgError::Other { code: String::new(), message: message.concat() });
    }
    step.rows = rows;
    Ok(other)
}
