//! A step as requests: how what is there is read, how it is written, and what the answers mean.
//!
//! It never decides what is done next: the machine does.

use super::Found;
use crate::id::Id;
use crate::json::{Value, quoted};
use crate::plan::{Fields, Place, Step, Term};
use crate::refusal::Refusal;
use crate::request::{API_VERSION, Answer, Failure, encoded};
use crate::text::{after, joined};

/// What stands for the session id in a SOAP body: who sends the request puts it in.
pub const SESSION: &str = "{{session}}";

/// A request, as far as a step knows it: method, path, body.
type Asked = (&'static str, String, Option<String>);

fn value(term: &Term, made: &[Option<Id>]) -> Option<Value> {
    match term {
        Term::Is(value) => Some(value.clone()),
        Term::Made(step) => Some(Value::Text(made.get(*step)?.as_ref()?.to_string())),
    }
}

/// A value as a SOQL literal.
fn literal(value: &Value) -> String {
    match value {
        Value::Text(text) => {
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
        other => json(other),
    }
}

fn json(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(is) => if *is { "true" } else { "false" }.to_owned(),
        Value::Number(digits) => digits.clone(),
        Value::Text(text) => quoted(text),
        Value::List(items) => ["[", &joined(&items.iter().map(json).collect::<Vec<_>>(), ","), "]"].concat(),
        Value::Object(members) => {
            let all: Vec<String> =
                members.iter().map(|(name, value)| [&quoted(name), ":", &json(value)].concat()).collect();
            ["{", &joined(&all, ","), "}"].concat()
        }
    }
}

/// Whether a step cannot be read before an earlier one has made its row.
pub(super) fn needs_made(step: &Step) -> bool {
    match &step.place {
        Place::Row { key, .. } => key.iter().any(|(_, term)| matches!(term, Term::Made(_))),
        Place::LoginIpRanges { .. } => false,
    }
}

/// How what is there is read: the row by its key, two at the most, so that a key which tells nothing apart is seen.
pub(super) fn read(step: &Step, made: &[Option<Id>]) -> Asked {
    let base = format!("/services/data/{API_VERSION}");
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
            let soql = format!(
                "SELECT {} FROM {object} WHERE {} LIMIT 2",
                joined(&names, ", "),
                joined(&filters, " AND ")
            );
            ("GET", format!("{base}/query?q={}", encoded(&soql)), None)
        }
        Place::LoginIpRanges { profile, .. } => {
            let soql = format!("SELECT Metadata FROM Profile WHERE Id = '{profile}'");
            ("GET", format!("{base}/tooling/query?q={}", encoded(&soql)), None)
        }
    }
}

/// How it is written: a new row, a change, a deletion; or the profile's list as a whole.
pub(super) fn write(step: &Step, row: Option<&Id>, made: &[Option<Id>]) -> Asked {
    match &step.place {
        Place::LoginIpRanges { full_name, .. } => {
            let ranges = step.after.iter().flatten().find_map(|(_, term)| value(term, made));
            let path = format!("/services/Soap/m/{}", API_VERSION.trim_start_matches('v'));
            ("POST", path, Some(update_metadata(full_name, ranges.as_ref())))
        }
        Place::Row { object, .. } => {
            let path = format!("/services/data/{API_VERSION}/sobjects/{object}");
            let body = step.after.as_ref().map(|fields| {
                // Only what changes: a field that stays as it is may not be this person's to write.
                let is_new = |name: &str, term: &Term| {
                    row.is_none() || !step.before.iter().flatten().any(|(n, t)| n == name && t == term)
                };
                // What a group's assignment names besides the group is the platform's to fill in.
                let group = |name: &str| fields.iter().any(|(n, t)| n == name && *t != Term::Is(Value::Null));
                let is_given = |name: &str| name == "PermissionSetId" && group("PermissionSetGroupId");
                let members: Vec<(String, Value)> = fields
                    .iter()
                    .filter(|(name, term)| is_new(name, term) && !is_given(name))
                    .filter_map(|(name, term)| Some((name.clone(), value(term, made)?)))
                    .filter(|(_, value)| row.is_some() || *value != Value::Null)
                    .collect();
                json(&Value::Object(members))
            });
            match (row, body) {
                (None, body) => ("POST", path, body),
                (Some(id), Some(body)) => ("PATCH", format!("{path}/{id}"), Some(body)),
                (Some(id), None) => ("DELETE", format!("{path}/{id}"), None),
            }
        }
    }
}

/// `text` as it stands in XML.
fn xml(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// `updateMetadata` of a profile with its full name and its ranges alone: the list is replaced, the rest stays.
/// Elements in the order of the WSDL: description, endAddress, startAddress.
fn update_metadata(full_name: &str, ranges: Option<&Value>) -> String {
    let ranges = ranges.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |range: &Value, key: &str| range.get(key).and_then(Value::as_str).map(xml);
    let element = |range: &Value, key: &str| {
        text(range, key)
            .filter(|text| !text.is_empty())
            .map_or_else(String::new, |text| format!("<{key}>{text}</{key}>"))
    };
    let ranges: Vec<String> = ranges
        .iter()
        .map(|range| {
            let [description, end, start] =
                ["description", "endAddress", "startAddress"].map(|key| element(range, key));
            format!("<loginIpRanges>{description}{end}{start}</loginIpRanges>")
        })
        .collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://soap.sforce.com/2006/04/metadata"><soapenv:Header><SessionHeader><sessionId>{SESSION}</sessionId></SessionHeader></soapenv:Header><soapenv:Body><updateMetadata><metadata xsi:type="Profile"><fullName>{}</fullName>{}</metadata></updateMetadata></soapenv:Body></soapenv:Envelope>"#,
        xml(full_name),
        joined(&ranges, "")
    )
}

fn body(answer: &Result<Answer, Failure>) -> Result<Value, Refusal> {
    let answer = answer.as_ref().map_err(|failure| Refusal::from(*failure))?;
    match Value::parse(&answer.body) {
        Some(value) if (200..300).contains(&answer.status) => Ok(value),
        Some(value) => Err(Refusal::from_error(answer.status, &value)),
        None if answer.status >= 500 || matches!(answer.status, 420 | 429) => {
            Err(Refusal::Unavailable { status: answer.status })
        }
        None if answer.status == 401 => Err(Refusal::SessionExpired),
        // It began as an answer and broke off.
        None if answer.body.starts_with(['{', '[']) => Err(Refusal::Timeout),
        None => Err(Refusal::NotJson),
    }
}

/// What was read.
pub(super) fn found(step: &Step, answer: &Result<Answer, Failure>) -> Result<Found, Refusal> {
    let body = body(answer)?;
    let rows = body.get("records").and_then(Value::as_array).ok_or(Refusal::NotJson)?;
    let row = match rows.as_slice() {
        [] => None,
        [row] => Some(row),
        _ => return Err(Refusal::RowLimit { what: "the row to change".into() }),
    };
    if let Place::LoginIpRanges { profile, .. } = &step.place {
        let metadata = row.and_then(|row| row.get("Metadata")).ok_or(Refusal::NotFound)?;
        metadata
            .as_object()
            .ok_or_else(|| Refusal::NotInThisOrg { what: "the profile's metadata".into() })?;
        let ranges =
            metadata.get("loginIpRanges").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let fields = vec![("loginIpRanges".to_owned(), Value::List(ranges.iter().map(plain).collect()))];
        return Ok(Found { id: Some(profile.clone()), fields: Some(fields) });
    }
    let Some(row) = row else { return Ok(Found { id: None, fields: None }) };
    let fields = step.names().into_iter().map(|name| {
        // A field is there in the answer, or this person may not see it: then nothing can be compared.
        row.get(name)
            .map(|value| (name.to_owned(), value.clone()))
            .ok_or_else(|| Refusal::NoPermission { what: name.to_owned() })
    });
    Ok(Found {
        id: row.get("Id").and_then(Value::as_str).and_then(Id::parse),
        fields: Some(fields.collect::<Result<_, _>>()?),
    })
}

/// A range with its three fields, in one order, none of them null.
fn plain(range: &Value) -> Value {
    let text = |key: &str| Value::Text(range.get(key).and_then(Value::as_str).unwrap_or_default().to_owned());
    Value::Object(["startAddress", "endAddress", "description"].map(|key| (key.to_owned(), text(key))).into())
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
                (!same(own, &wanted)).then(|| format!("{name} is {}, not {}", json(own), json(&wanted)))
            })
            .collect(),
    }
}

/// Ids are the same in 15 and in 18 characters.
fn same(a: &Value, b: &Value) -> bool {
    let id = |value: &Value| value.as_str().and_then(Id::parse);
    a == b || id(a).is_some_and(|own| Some(own) == id(b))
}

/// Why a write is not known to have taken place.
pub(super) enum Unwritten {
    /// No answer, or one that says nothing: it may have.
    Unknown,
    /// It is as it should be, the platform says: a row that exists, or is gone.
    There,
    /// It did not, and these depend on what was to go.
    Dependents(Vec<String>),
    /// It did not.
    Refused(Refusal),
}

/// What came of a write: the new row's id, if it made one.
pub(super) fn written(answer: &Result<Answer, Failure>) -> Result<Option<Id>, Unwritten> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(Failure::NotSignedIn) => return Err(Unwritten::Refused(Refusal::NotSignedIn)),
        Err(Failure::Offline | Failure::Timeout) => return Err(Unwritten::Unknown),
    };
    if answer.body.trim_start().starts_with('<') {
        return soap(answer);
    }
    if (200..300).contains(&answer.status) {
        if answer.body.trim().is_empty() {
            return Ok(None);
        }
        // A body that breaks off came after the write.
        let body = Value::parse(&answer.body).ok_or(Unwritten::Unknown)?;
        return Ok(body.get("id").and_then(Value::as_str).and_then(Id::parse));
    }
    let Some(body) = Value::parse(&answer.body) else { return Err(Unwritten::Unknown) };
    let error = body.first();
    let text = |key: &str| error.and_then(|e| e.get(key)).and_then(Value::as_str).unwrap_or_default();
    match text("errorCode") {
        "DUPLICATE_VALUE" | "ENTITY_IS_DELETED" => Err(Unwritten::There),
        _ if after(text("message"), "depends on permission(s): ").is_some() => {
            Err(Unwritten::Dependents(dependents(text("message"))))
        }
        // Behind a gateway's error the write may have taken place.
        "" if answer.status >= 500 => Err(Unwritten::Unknown),
        _ => Err(Unwritten::Refused(Refusal::from_error(answer.status, &body))),
    }
}

/// The permissions that the platform's sentences name as depending: "Permission Convert Leads depends on …; Permission …".
fn dependents(message: &str) -> Vec<String> {
    let mut names: Vec<String> = vec![];
    let mut rest = message;
    while let Some(tail) = after(rest, "Permission ") {
        let name = tail.find(" depends on").and_then(|end| tail.get(..end));
        if let Some(name) = name.filter(|name| !names.iter().any(|other| other == name)) {
            names.push(name.to_owned());
        }
        rest = tail;
    }
    names
}

/// The answer of `updateMetadata`: success, errors, or a fault. Success without an error element is not success
/// (`success=false` with no `errors` occurs).
fn soap(answer: &Answer) -> Result<Option<Id>, Unwritten> {
    let element = |name: &str| {
        let start = after(&answer.body, &format!("<{name}>"))?;
        start.find('<').and_then(|end| start.get(..end)).map(str::to_owned)
    };
    let refused = |code: String, message: String| {
        Err(Unwritten::Refused(match code.rsplit(':').next() {
            Some("INVALID_SESSION_ID") => Refusal::SessionExpired,
            _ => Refusal::Other { code, message },
        }))
    };
    if let Some(code) = element("faultcode") {
        return refused(code, element("faultstring").unwrap_or_default());
    }
    match element("success").as_deref() {
        Some("true") => Ok(None),
        Some(_) => refused(
            element("statusCode").unwrap_or_else(|| "UNKNOWN".into()),
            element("message").unwrap_or_else(|| "Salesforce did not say why".into()),
        ),
        None => Err(Unwritten::Unknown),
    }
}

/// Whether asking again after a pause can help.
pub(super) fn may_pass(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::Timeout | Refusal::Offline | Refusal::Unavailable { .. } => true,
        Refusal::Other { code, .. } => matches!(code.as_str(), "UNABLE_TO_LOCK_ROW" | "SERVER_UNAVAILABLE"),
        _ => false,
    }
}

/// The step that takes this one back: before and after changed places, on the very row.
pub(super) fn reversed(step: &Step, row: Option<&Id>, made: &[Option<Id>]) -> Option<Step> {
    let solid = |fields: &Fields| -> Option<Fields> {
        fields.iter().map(|(name, term)| Some((name.clone(), Term::Is(value(term, made)?)))).collect()
    };
    let changed = |fields: &Fields, other: Option<&Fields>| -> Option<Fields> {
        let names: Vec<&String> = other.into_iter().flatten().map(|(name, _)| name).collect();
        let kept = fields.iter().filter(|(name, _)| names.is_empty() || names.contains(&name)).cloned();
        solid(&kept.collect())
    };
    let after = match (&step.before, &step.after) {
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
        (ranges, _) => ranges.clone(),
    };
    let makes = after.is_some() && before.is_none();
    Some(Step { words: format!("Undo: {}", step.words), place, makes, keep: vec![], before, after })
}
