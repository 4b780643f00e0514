//! The file: read line by line with all that is wrong with it, and written so that a difference is read as one.

use super::{BASELINE, Day, FORMAT, Fault, Note, Removed, SubjectKind, Terms, Waiver, Waivers};
use crate::rules::rule::Severity;
use crate::salesforce::id::Id;
use crate::salesforce::json::mended;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// Why a whole file is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileError {
    /// It is no JSON: what is wrong, and where.
    NotJson {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// It is JSON, and no list of accepted risks.
    NotOurs,
    /// A later version wrote it.
    Newer(u64),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileError::NotJson { line, column, what } => {
                write!(f, "The file isn't valid JSON. Line {line}, column {column}: {what}.")
            }
            FileError::NotOurs => {
                write!(f, "The file isn't a list of accepted risks: it needs “version” and “waivers”.")
            }
            FileError::Newer(version) => write!(
                f,
                "The file is of version {version}. This version of Leastwise reads version {FORMAT}. Update Leastwise."
            ),
        }
    }
}

impl std::error::Error for FileError {}

/// What is wrong with an entry of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which: "Accepted risk 3 (broad-permission of erp@acme.example)", "Note 1".
    pub entry: String,
    /// What, a sentence each.
    pub what: Vec<String>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Read {
    /// What can be taken.
    pub waivers: Waivers,
    /// Entries with something wrong, which were left out.
    pub problems: Vec<Problem>,
    /// What is worth knowing, and keeps nothing out.
    pub remarks: Vec<String>,
}

impl Waivers {
    /// Reads what this extension stored: entries that cannot be read are kept as they stand, and accept nothing.
    ///
    /// # Errors
    /// Why nothing of it can be read: then it is not to be written over.
    pub fn stored(text: &str) -> Result<Waivers, FileError> {
        let mut object = document(text)?;
        let mut all = Waivers::default();
        for value in list(&mut object, "waivers").unwrap_or_default() {
            match entry::<Waiver>(&value, waiver_problems) {
                Ok(mut waiver) => {
                    waiver.stamp();
                    all.waivers.push(waiver);
                }
                Err(_) => all.unreadable.push(value),
            }
        }
        for value in list(&mut object, "notes").unwrap_or_default() {
            match entry::<Note>(&value, note_problems) {
                Ok(note) => all.notes.push(note),
                Err(_) => all.unreadable_notes.push(value),
            }
        }
        for value in list(&mut object, "removed").unwrap_or_default() {
            all.removed.extend(serde_json::from_value::<Removed>(value));
        }
        object.remove("version");
        all.more = object;
        Ok(all)
    }

    /// Reads a file that somebody brings: each entry with something wrong is left out, and told.
    ///
    /// # Errors
    /// Why nothing of it can be read.
    pub fn import(text: &str, terms: Terms, today: Day) -> Result<Read, FileError> {
        let mut object = document(text)?;
        let Some(waivers) = list(&mut object, "waivers") else { return Err(FileError::NotOurs) };
        let mut read = Read::default();
        let (mut newest, mut twice, mut is_expired, mut is_stamped) = (BTreeMap::new(), 0, 0, 0);
        for (at, value) in waivers.into_iter().enumerate() {
            let name = |what: Vec<String>| Problem { entry: named("Accepted risk", at, &value), what };
            let mut waiver = match entry::<Waiver>(&value, waiver_problems) {
                Ok(waiver) => waiver,
                Err(what) => {
                    read.problems.push(name(what));
                    continue;
                }
            };
            let faults = waiver.faults(terms, today);
            if !faults.is_empty() {
                read.problems.push(name(faults.into_iter().map(|own| sentence(own, &waiver)).collect()));
                continue;
            }
            let written = std::mem::take(&mut waiver.fingerprint);
            waiver.stamp();
            is_stamped += usize::from(!written.is_empty() && written != waiver.fingerprint);
            is_expired += usize::from(waiver.last_day(terms) < today);
            let place = newest.entry(waiver.fingerprint.clone()).or_insert(read.waivers.waivers.len());
            match read.waivers.waivers.get_mut(*place) {
                None => read.waivers.waivers.push(waiver),
                Some(own) => {
                    twice += 1;
                    if own.created < waiver.created {
                        *own = waiver;
                    }
                }
            }
        }
        for (at, value) in list(&mut object, "notes").unwrap_or_default().into_iter().enumerate() {
            match entry::<Note>(&value, note_problems) {
                Ok(note) => read.waivers.notes.push(note),
                Err(what) => read.problems.push(Problem { entry: named("Note", at, &value), what }),
            }
        }
        let remarks = [
            (is_expired, "expired already. They're kept, and accept nothing."),
            (twice, "on a finding that another one is about too. The newest is taken."),
            (is_stamped, "with a fingerprint that didn't fit. It was calculated again."),
        ];
        let told = remarks.into_iter().filter(|(count, _)| *count > 0);
        read.remarks = told.map(|(count, what)| format!("Accepted risks: {count} {what}")).collect();
        Ok(read)
    }

    /// The file, as it is stored here: with what was ended, and what cannot be read.
    pub fn to_stored(&self) -> String {
        let removed = self.removed.iter().map(line).collect();
        self.written(&[("removed", removed)], true)
    }

    /// The file, to give out.
    pub fn export(&self) -> String {
        self.written(&[], false)
    }

    /// Sorted, one entry a line, so that a difference of two files is read as one.
    fn written(&self, further: &[(&str, Vec<String>)], with_unreadable: bool) -> String {
        let mut waivers: Vec<&Waiver> = self.waivers.iter().collect();
        waivers.sort_by_key(|own| {
            let key = own.subject.key.to_lowercase();
            (own.subject.kind, key, own.rule.clone(), own.about.clone(), own.fingerprint.clone())
        });
        let mut notes: Vec<&Note> = self.notes.iter().collect();
        notes.sort_by_key(|own| (own.subject.kind, own.subject.key.to_lowercase(), own.subject.id.clone()));
        let kept = |values: &[Value]| -> Vec<String> {
            if with_unreadable { values.iter().map(Value::to_string).collect() } else { vec![] }
        };
        let lists = [
            ("waivers", waivers.into_iter().map(line).chain(kept(&self.unreadable)).collect()),
            ("notes", notes.into_iter().map(line).chain(kept(&self.unreadable_notes)).collect()),
        ];
        let mut text = format!("{{\"version\":{FORMAT}");
        for (name, lines) in lists.iter().chain(further.iter().filter(|(_, lines)| !lines.is_empty())) {
            let lines: &Vec<String> = lines;
            text.push_str(&format!(",\n\"{name}\":["));
            if !lines.is_empty() {
                text.push_str(&format!("\n{}\n", lines.join(",\n")));
            }
            text.push(']');
        }
        for (key, value) in &self.more {
            text.push_str(&format!(",\n{}:{value}", Value::from(key.as_str())));
        }
        text.push_str("}\n");
        text
    }
}

/// An entry as a line. What is typed here always has JSON.
fn line(entry: &impl serde::Serialize) -> String {
    serde_json::to_string(entry).unwrap_or_default()
}

fn document(text: &str) -> Result<Map<String, Value>, FileError> {
    // Editors of Windows begin a file with a mark that JSON does not have.
    let text = mended(text.trim_start_matches('\u{feff}'));
    let value: Value = serde_json::from_str(&text).map_err(|error| FileError::NotJson {
        line: error.line(),
        column: error.column(),
        what: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
    })?;
    let Value::Object(object) = value else { return Err(FileError::NotOurs) };
    match object.get("version").and_then(Value::as_u64) {
        Some(FORMAT) => Ok(object),
        Some(version) if version > FORMAT => Err(FileError::Newer(version)),
        _ => Err(FileError::NotOurs),
    }
}

fn list(object: &mut Map<String, Value>, key: &str) -> Option<Vec<Value>> {
    match object.remove(key)? {
        Value::Array(values) => Some(values),
        _ => None,
    }
}

fn entry<T: DeserializeOwned>(
    value: &Value,
    problems: fn(&Map<String, Value>) -> Vec<String>,
) -> Result<T, Vec<String>> {
    let object = value.as_object().ok_or_else(|| vec!["It's not an object in braces.".to_owned()])?;
    let what = problems(object);
    if !what.is_empty() {
        return Err(what);
    }
    T::deserialize(value).map_err(|error| vec![format!("It can't be read: {error}.")])
}

/// "Accepted risk 3 (broad-permission of erp@acme.example)": found by counting, and by its names.
fn named(kind: &str, at: usize, value: &Value) -> String {
    let text =
        |path: &[&str]| path.iter().try_fold(value, |value, key| value.get(key)).and_then(Value::as_str);
    let parts: Vec<&str> = [text(&["rule"]), text(&["subject", "key"])].into_iter().flatten().collect();
    let number = at + 1;
    if parts.is_empty() {
        format!("{kind} {number}")
    } else {
        format!("{kind} {number} ({})", parts.join(" of "))
    }
}

fn sentence(fault: Fault, waiver: &Waiver) -> String {
    match fault {
        Fault::Reason => format!("{} (or “{BASELINE}”)", fault.sentence()),
        Fault::Past => "“expires” is before “created”.".to_owned(),
        Fault::TooLong(days) => {
            format!("It holds for {} days; {days} are allowed.", waiver.created.days_until(waiver.expires))
        }
        Fault::Future => format!("“created” is {}, which is still to come.", waiver.created),
        other => other.sentence(),
    }
}

const SEVERITIES: &str = "critical, high, medium, low or info";
const KINDS: &str = "user, profile, permission-set, permission-set-group, app or org";

fn waiver_problems(object: &Map<String, Value>) -> Vec<String> {
    let mut what = vec![];
    for key in ["rule", "about", "reason", "owner"] {
        text(object, key, true, &mut what);
    }
    for key in ["ticket", "by", "fingerprint"] {
        text(object, key, false, &mut what);
    }
    for key in ["created", "expires"] {
        day(object, key, true, &mut what);
    }
    match object.get("severity").and_then(Value::as_str) {
        Some(word) if Severity::ALL.iter().any(|own| own.word() == word) => {}
        _ => what.push(format!("“severity” has to be {SEVERITIES}.")),
    }
    subject(object, &mut what);
    what
}

fn note_problems(object: &Map<String, Value>) -> Vec<String> {
    let mut what = vec![];
    for key in ["purpose", "owner", "vendor"] {
        text(object, key, false, &mut what);
    }
    for key in ["reviewed", "secretRotated", "changed"] {
        day(object, key, false, &mut what);
    }
    match object.get("criticality") {
        None => {}
        Some(Value::String(word)) if matches!(&**word, "high" | "medium" | "low") => {}
        Some(_) => what.push("“criticality” has to be high, medium or low.".to_owned()),
    }
    subject(object, &mut what);
    what
}

fn text(object: &Map<String, Value>, key: &str, is_needed: bool, what: &mut Vec<String>) {
    match object.get(key) {
        None if is_needed => what.push(format!("“{key}” is missing.")),
        None | Some(Value::String(_)) => {}
        Some(_) => what.push(format!("“{key}” has to be text in quotation marks.")),
    }
}

fn day(object: &Map<String, Value>, key: &str, is_needed: bool, what: &mut Vec<String>) {
    match object.get(key) {
        None if is_needed => what.push(format!("“{key}” is missing.")),
        None => {}
        Some(Value::String(text)) if Day::parse(text).is_some() => {}
        Some(other) => what.push(format!("“{key}” has to be a date like \"2027-02-28\". It's {other}.")),
    }
}

fn subject(object: &Map<String, Value>, what: &mut Vec<String>) {
    let Some(subject) = object.get("subject").and_then(Value::as_object) else {
        what.push("“subject” is missing: whose finding it is.".to_owned());
        return;
    };
    let kind = subject.get("kind").and_then(SubjectKind::deserialize_word);
    if kind.is_none() {
        what.push(format!("“kind” of the subject has to be {KINDS}."));
    }
    text(subject, "key", false, what);
    for key in ["id", "org"] {
        match subject.get(key) {
            None => {}
            Some(Value::String(id)) if Id::parse(id).is_some() => {}
            Some(other) => what.push(format!("“{key}” of the subject isn't a Salesforce ID: {other}.")),
        }
    }
}

impl SubjectKind {
    fn deserialize_word(value: &Value) -> Option<SubjectKind> {
        serde::Deserialize::deserialize(value).ok()
    }
}
