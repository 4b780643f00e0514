//! Many rows of one object as requests: read back together, and written in parts that take place as a whole.
//!
//! It never writes a part that it has not looked at, and never takes one row's outcome for another's.
//!
//! A part is written with `allOrNone`: then it is one transaction, of which one reading tells whether it took place, and
//! where it stands is one number, however it was broken off. The price is that one row which is refused holds up its part;
//! it is named, and what was done before it stays done.

use super::record::{self, Asked, Unwritten, literal, query, same, solid, value};
use super::{Executor, Found, Progress, Stop, proof};
use crate::plan::{Fields, Place, Step, Term};
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
pub(super) enum Is {
    /// As it was when the preview was read.
    Before,
    /// As it is to be.
    After,
    /// Neither: how it differs from what was.
    Other(String),
}

/// What a reading found of the row at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) at: usize,
    pub(super) id: Option<Id>,
    pub(super) is: Is,
}

fn place(step: &Step) -> Option<(&str, &Fields, &str)> {
    match &step.place {
        Place::Rows { object, shared, by } => Some((object, shared, by)),
        _ => None,
    }
}

/// The query for the rows from place `from` on, and how many it asks for: as many as one reading takes.
fn ask(step: &Step, from: usize, made: &[Option<Id>]) -> (Asked, usize) {
    let Some((object, shared, by)) = place(step) else { return (query(""), 0) };
    let mut names = vec!["Id"];
    names.extend(step.names());
    let filters = shared.iter().map(|(name, term)| {
        let value = value(term, made).unwrap_or(Value::Null);
        [name, " = ", &*literal(&value), " AND "].concat()
    });
    let head = ["SELECT ", &names.join(", "), " FROM ", object, " WHERE "].concat();
    let head = [head, filters.collect::<Vec<_>>().concat(), [by, " IN ("].concat()].concat();
    let length = |soql: &str| query(soql).1.len();
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
    (query(&[head, values.join(","), ")".to_owned()].concat()), count)
}

/// How the rows from place `from` on are read.
pub(super) fn read(step: &Step, from: usize, made: &[Option<Id>]) -> Asked {
    ask(step, from, made).0
}

/// What one reading of rows from place `from` on found: each row's id and fields, or that there is none.
pub(super) fn found(
    step: &Step,
    from: usize,
    answer: &Result<Answer, Failure>,
    made: &[Option<Id>],
) -> Result<Vec<Found>, OrgError> {
    let (_, count) = ask(step, from, made);
    let body = record::body(answer)?;
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
fn standing(
    step: &Step,
    from: usize,
    answer: &Result<Answer, Failure>,
    made: &[Option<Id>],
) -> Result<Vec<Seen>, OrgError> {
    let all = found(step, from, answer, made)?;
    let seen = all.into_iter().enumerate().map(|(at, found)| {
        let is = if record::is(&found, step.after.as_ref(), made) {
            Is::After
        } else if record::is(&found, step.before.as_ref(), made) {
            Is::Before
        } else {
            let differs = record::differences(&found, step.before.as_ref(), made);
            let key = step.rows.get(from + at).map_or("", String::as_str);
            Is::Other([key, ": ", &differs.join(", ")].concat())
        };
        Seen { at: from + at, id: found.id, is }
    });
    Ok(seen.collect())
}

/// How a part is written: changed, made, or taken away.
pub(super) fn write(step: &Step, part: &[Seen], made: &[Option<Id>]) -> Asked {
    let base = ["/services/data/", API_VERSION, "/composite/sobjects"].concat();
    let Some((object, shared, by)) = place(step) else { return ("GET", base, None) };
    let Some(after) = &step.after else {
        let ids: Vec<&str> = part.iter().filter_map(|row| Some(row.id.as_ref()?.as_str())).collect();
        return ("DELETE", [&base, "?allOrNone=true&ids=", &ids.join(",")].concat(), None);
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
    (if step.before.is_some() { "PATCH" } else { "POST" }, base, Some(body.to_string()))
}

/// What came of a part: all of it took place, or none.
pub(super) fn written(step: &Step, part: &[Seen], answer: &Result<Answer, Failure>) -> Result<(), Unwritten> {
    let answer = record::sent(answer)?;
    let is_error = !(200..300).contains(&answer.status);
    let body = crate::salesforce::json::parse(&answer.body);
    let results = body.as_ref().and_then(Value::as_array);
    // An error of the request as a whole has no results, but errors in their place.
    let is_results = |all: &&Vec<Value>| all.iter().all(|one| one.get("success").is_some());
    let Some(results) = results.filter(|all| all.len() == part.len()).filter(is_results) else {
        return Err(if is_error { record::refused(answer) } else { Unwritten::Unknown(None) });
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
            let message = [key, ": ", message].concat();
            why = Some(OrgError::Other { code: code.to_owned(), message });
        }
    }
    match (is_proven, why) {
        (true, Some(why)) if why.is_lock() => Err(Unwritten::Refused(why)),
        (true, _) if is_there => Err(Unwritten::There),
        (true, Some(why)) => Err(Unwritten::Refused(why)),
        (true, None) => Err(Unwritten::Unknown(None)),
        (false, why) => Err(Unwritten::Unknown(why)),
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
                words: ["Undo: ", &step.words].concat(),
                place: Place::Rows { object: object.to_owned(), shared: shared.clone(), by: by.to_owned() },
                way: step.way.clone(),
                makes: step.after.is_none(),
                unless: None,
                keep: vec![],
                before: before.clone(),
                after: after.clone(),
                rows,
                late,
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
        if record::is(found, step.after.as_ref(), made) && step.late.is_none() {
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
        } else if !record::is(found, step.before.as_ref(), made)
            && !record::is(found, step.after.as_ref(), made)
        {
            other.push(key.clone());
        }
    }
    if !other.is_empty() && !is_set {
        let message = [
            "They do not stand alike any more, so they are not written as one: ",
            &crate::classification::listed(&other),
            ". Close this and let the page be read again.",
        ];
        return Err(OrgError::Other { code: String::new(), message: message.concat() });
    }
    step.rows = rows;
    Ok(other)
}

impl Executor {
    /// Rows of this step that are as they are to be, from the first on.
    pub(super) fn rows_done(&self) -> usize {
        match self.progress.get(self.at) {
            Some(Progress::Rows { done, .. }) => *done,
            _ => 0,
        }
    }

    /// The rows of the part that is under way which a reading found as they were.
    pub(super) fn part(&self) -> Vec<Seen> {
        let Some(Progress::Rows { done, writing, .. }) = self.progress.get(self.at) else { return vec![] };
        let is_own = |seen: &&Seen| (*done..done + writing).contains(&seen.at) && seen.is == Is::Before;
        self.seen.iter().filter(is_own).cloned().collect()
    }

    fn rows_progress(&self, of: usize) -> (usize, usize, Vec<usize>) {
        match self.progress.get(self.at) {
            Some(Progress::Rows { done, writing, skipped, .. }) => (*done, *writing, skipped.clone()),
            _ => (0, 0, Vec::with_capacity(of.min(8))),
        }
    }

    pub(super) fn looked_rows(&mut self, step: &Step, answer: &Result<Answer, Failure>) {
        match standing(step, self.rows_done(), answer, &self.made()) {
            Ok(seen) => {
                self.seen = seen;
                self.next_part(step);
            }
            Err(refusal) => self.again_or(false, false, refusal),
        }
    }

    /// The next part of what was looked at goes out, once it was put away; rows that are so already are passed over.
    fn next_part(&mut self, step: &Step) {
        let of = step.rows.len();
        loop {
            let (done, writing, mut skipped) = self.rows_progress(of);
            let rest: Vec<Seen> = self.seen.iter().filter(|seen| seen.at >= done).cloned().collect();
            // A part that perhaps took place is settled by itself.
            let most = if writing > 0 { writing } else { MOST };
            let part = rest.get(..most).unwrap_or(&rest);
            let differs: Vec<String> = part
                .iter()
                .filter_map(|seen| if let Is::Other(how) = &seen.is { Some(how.clone()) } else { None })
                .collect();
            if !differs.is_empty() {
                return self.end(Stop::Differs { found: differs });
            }
            if part.iter().any(|seen| seen.is == Is::Before) {
                if self.is_check() {
                    self.set_planned();
                    return self.end(Stop::Arrived);
                }
                if writing == 0 {
                    let there = part.iter().filter(|seen| seen.is == Is::After).map(|seen| seen.at);
                    skipped.extend(there);
                }
                let writing = part.len();
                self.set(Progress::Rows { done, of, writing, skipped });
                return self.store();
            }
            if part.is_empty() {
                // All that was looked at is done.
                self.tries = 0;
                self.phase = super::Phase::Look;
                return;
            }
            if writing == 0 && step.late.is_some_and(|until| self.now < until) {
                return self.done(Progress::Late);
            }
            if writing == 0 {
                skipped.extend(part.iter().map(|seen| seen.at));
            } else {
                self.settle();
            }
            if self.passed(step, done + part.len(), skipped) {
                return;
            }
        }
    }

    /// So many rows are done; whether the step is.
    fn passed(&mut self, step: &Step, done: usize, skipped: Vec<usize>) -> bool {
        let of = step.rows.len();
        if done < of {
            self.set(Progress::Rows { done, of, writing: 0, skipped });
            return false;
        }
        self.done(match skipped.len() {
            0 => Progress::Verified { id: None },
            all if all == of => Progress::Already { id: None },
            _ => Progress::Rows { done, of, writing: 0, skipped },
        });
        true
    }

    pub(super) fn settled_rows(&mut self, step: &Step, answer: &Result<Answer, Failure>, answered: bool) {
        let (done, writing, skipped) = self.rows_progress(step.rows.len());
        let seen = match standing(step, done, answer, &self.made()) {
            Ok(seen) => seen,
            Err(refusal) => return self.again_or(true, answered, refusal),
        };
        let part = seen.get(..writing).unwrap_or(&seen);
        let lacking: Vec<&Seen> = part.iter().filter(|row| row.is != Is::After).collect();
        if lacking.is_empty() && part.len() == writing {
            if !answered {
                self.settle();
            }
            if self.passed(step, done + writing, skipped) {
                return;
            }
            self.tries = 0;
            let next = done + writing;
            let left = step.rows.len() - next;
            if self.is_check() {
                return self.done_checking();
            }
            // What was read along is the look at the next part, where it was read as a whole.
            if seen.len() >= writing + left.min(MOST) {
                self.seen = seen;
                return self.next_part(step);
            }
            self.phase = super::Phase::Look;
            return;
        }
        let tell = |row: &Seen| match &row.is {
            Is::Other(how) => how.clone(),
            Is::Before | Is::After => {
                let key = step.rows.get(row.at).map_or("", String::as_str);
                [key, ": as before"].concat()
            }
        };
        let lacks: Vec<String> = lacking.iter().map(|row| tell(row)).collect();
        // Some of a part that takes place as a whole are as they are to be: somebody else was at it.
        let is_as_before = part.iter().all(|row| row.is == Is::Before || skipped.contains(&row.at));
        let differs = (!is_as_before).then(|| lacks.clone());
        self.not_shown(answered, false, differs, || lacks);
    }
}
