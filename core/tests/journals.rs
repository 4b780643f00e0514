//! Journals that earlier versions wrote are read, continued and undone: samples of each kind of entry, as those versions
//! wrote them.
//!
//! They are never written anew: what a version wrote stays what it wrote. `journals/format-1.json` is what commit f28a3a2
//! made of the fixes for the made-up company acme: each done, broken off in the middle, taken back, and taken back in part.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test"
)]

use leastwise_core::execute::{Effect, Executor, LATEST, Preview, Progress, Stop};
use leastwise_core::journal::{Entry, Journal, State};
use leastwise_core::plan::{Fields, Place, Plan, Step, Term, Way};
use leastwise_core::salesforce::http::{Answer, Request, Response};
use serde_json::{Map, Value, json};

const SAMPLES: &str = include_str!("journals/format-1.json");

fn samples() -> Vec<Value> {
    serde_json::from_str::<Value>(SAMPLES).unwrap().as_array().unwrap().clone()
}

#[test]
fn every_sample_is_read_and_says_what_it_said() {
    let all = Value::Array(samples());
    let journal = Journal::from_json(&all);
    assert_eq!(journal.unreadable(), 0);
    // Written by this version it says the same.
    let again = Journal::from_json(&serde_json::from_str::<Value>(&journal.text()).unwrap());
    assert_eq!(again, journal);
    let mut kinds = std::collections::BTreeSet::new();
    for entry in journal.entries() {
        let (fix, kind) = entry.id.split_once(' ').unwrap();
        kinds.insert(fix);
        let state = journal.state(entry);
        match kind {
            "begun" | "undo begun" => {
                assert!(matches!(state, State::Unfinished | State::Undone), "{}", entry.id)
            }
            "done" => {
                assert!(matches!(state, State::Verified | State::Undone | State::Nothing), "{}", entry.id)
            }
            _ => {}
        }
        let may = entry.undoes.is_empty() && entry.never().is_none() && entry.apply.has_written();
        assert_eq!(entry.undo().is_some(), may, "{}", entry.id);
    }
    assert!(kinds.len() >= 15, "{kinds:?}");
}

/// An org of rows alone.
struct Rows {
    all: Vec<(String, Map<String, Value>)>,
    queries: Vec<(String, bool)>,
    writes: usize,
}

fn told(term: &Term, made: &dyn Fn(usize) -> String) -> Value {
    match term {
        Term::Is(value) => value.clone(),
        Term::Made(at) => Value::from(made(*at)),
        other => panic!("{other:?}"),
    }
}

impl Rows {
    /// The org as a plan left it whose first steps are done: what each says is there, or was.
    fn new(apply: &Executor) -> Rows {
        let made = |at: usize| match &apply.progress()[at] {
            Progress::Verified { id: Some(id) } | Progress::Already { id: Some(id) } => id.to_string(),
            _ => format!("0PS5g00000000{at:02}"),
        };
        let (mut all, mut queries): (Vec<(String, Map<String, Value>)>, _) = (vec![], vec![]);
        for (at, (step, progress)) in apply.plan().steps.iter().zip(apply.progress()).enumerate() {
            if let Place::Query { soql } = &step.place {
                queries.push((soql.clone(), step.after.is_some()));
            }
            let Place::Row { object, key } = &step.place else { continue };
            let is = if progress.is_done() || step.way != Way::Write { &step.after } else { &step.before };
            let known = |fields: &Fields| -> Map<String, Value> {
                fields.iter().map(|(name, term)| (name.clone(), told(term, &made))).collect()
            };
            let Some(is) = is else { continue };
            let mut row = known(key);
            let other = known(step.before.as_ref().unwrap_or(&vec![]));
            row.extend(other);
            row.extend(known(is));
            if !row.contains_key("Id") {
                row.insert("Id".into(), Value::from(made(at)));
            }
            let same = all.iter_mut().find(|(own, other)| own == object && other["Id"] == row["Id"]);
            match same {
                Some((_, other)) => other.extend(row),
                None => all.push((object.clone(), row)),
            }
        }
        Rows { all, queries, writes: 0 }
    }

    fn answer(&mut self, request: &Request) -> Answer {
        let ok = |status: u16, body: String| Answer { status, body };
        if let Some((_, soql)) = request.path.split_once("/query?q=") {
            let soql = decoded(soql);
            let records = match self.queries.iter().find(|(own, _)| *own == soql) {
                Some((_, is)) => (0..usize::from(*is)).map(|_| json!({ "Id": "x" })).collect(),
                None => self.found(&soql),
            };
            return ok(
                200,
                json!({ "totalSize": records.len(), "done": true, "records": records }).to_string(),
            );
        }
        if request.path.ends_with("/composite") {
            return ok(200, json!({ "compositeResponse": [] }).to_string());
        }
        self.writes += 1;
        let mut path = request.path.split("/sobjects/").nth(1).unwrap().split('/');
        let (object, id) = (path.next().unwrap().to_owned(), path.next().map(str::to_owned));
        let fields: Map<String, Value> =
            request.body.as_deref().map(|body| serde_json::from_str(body).unwrap()).unwrap_or_default();
        let own = |row: &(String, Map<String, Value>)| {
            row.0 == object && is_same(row.1["Id"].as_str().unwrap(), id.as_deref().unwrap_or_default())
        };
        match request.method.as_str() {
            "DELETE" => self.all.retain(|row| !own(row)),
            "PATCH" => self.all.iter_mut().find(|row| own(row)).unwrap().1.extend(fields),
            _ => {
                let id = format!("0PS5g00000001{:02}", self.all.len());
                let mut row = fields;
                row.insert("Id".into(), Value::from(id.clone()));
                self.all.push((object, row));
                return ok(201, json!({ "id": id, "success": true, "errors": [] }).to_string());
            }
        }
        ok(204, String::new())
    }

    fn found(&self, soql: &str) -> Vec<Value> {
        let (select, rest) = soql.strip_prefix("SELECT ").unwrap().split_once(" FROM ").unwrap();
        let (object, rest) = rest.split_once(" WHERE ").unwrap();
        let filters: Vec<(&str, String)> = rest
            .split(" LIMIT ")
            .next()
            .unwrap()
            .split(" AND ")
            .map(|one| one.split_once(" = ").unwrap())
            .map(|(name, value)| (name, value.trim_matches('\'').to_owned()))
            .collect();
        let text = |value: Option<&Value>| match value {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => "null".to_owned(),
        };
        let is = |row: &&(String, Map<String, Value>)| {
            let same = |(name, value): &(&str, String)| is_same(&text(row.1.get(*name)), value);
            row.0 == object && filters.iter().all(same)
        };
        let shown = |row: &(String, Map<String, Value>)| {
            let fields = select
                .split(", ")
                .map(|name| (name.to_owned(), row.1.get(name).cloned().unwrap_or(Value::Null)));
            Value::Object(fields.collect())
        };
        self.all.iter().filter(is).map(shown).collect()
    }
}

/// Ids are the same in 15 and in 18 characters.
fn is_same(a: &str, b: &str) -> bool {
    a == b
        || leastwise_core::salesforce::id::Id::parse(a)
            .is_some_and(|own| leastwise_core::salesforce::id::Id::parse(b) == Some(own))
}

fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = vec![];
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits: String = bytes.by_ref().take(2).map(char::from).collect();
                out.push(u8::from_str_radix(&digits, 16).unwrap());
            }
            other => out.push(other),
        }
    }
    String::from_utf8(out).unwrap()
}

fn run(mut apply: Executor, rows: &mut Rows) -> Executor {
    for _ in 0..200 {
        match apply.next() {
            Effect::Idle => return apply,
            Effect::Persist => apply.stored(),
            Effect::Wait(_) => apply.paused(),
            Effect::Send(request) => {
                let answer = Ok(rows.answer(&request));
                apply.feed(&Response { id: request.id, answer });
            }
        }
    }
    panic!("no end: {apply:?}");
}

/// Whether a plan is about rows alone, which the org here has.
fn is_of_rows(plan: &Plan) -> bool {
    let is = |step: &Step| matches!(step.place, Place::Row { .. } | Place::Query { .. });
    let is_muting = |step: &Step| matches!(&step.place, Place::Row { object, .. } if object == "PermissionSetGroupComponent");
    plan.steps.iter().all(is) && !plan.steps.iter().any(is_muting) && !plan.is_guided()
}

#[test]
fn what_was_begun_goes_on_and_what_was_done_goes_back() {
    let (mut on, mut back) = (0, 0);
    for value in samples() {
        let entry = Entry::from_json(&value).unwrap();
        if !is_of_rows(entry.apply.plan()) {
            // Whatever it is, it is looked at before anything is written.
            let mut apply = entry.apply.clone();
            apply.resume();
            if let Effect::Send(request) = apply.next() {
                let reads = request.method == "GET" || request.body.unwrap().contains("Metadata><type>");
                assert!(reads, "{}", entry.id);
            }
            continue;
        }
        let mut rows = Rows::new(&entry.apply);
        let mut apply = entry.apply.clone();
        if !apply.is_done() {
            let mut preview = Preview::of_rest(&apply);
            while let Some(request) = preview.next() {
                let answer = Ok(rows.answer(&request));
                preview.feed(&Response { id: request.id, answer });
            }
            apply = apply.with_plan(apply.rest_of(preview.plan().unwrap().clone()));
            apply.resume();
            apply = run(apply, &mut rows);
            assert!(apply.is_done(), "{}: {:?}", entry.id, apply.stop());
            assert!(rows.writes > 0, "{}", entry.id);
            on += 1;
        }
        let Some(undo) = Some(apply.undo()).flatten().filter(|_| entry.undoes.is_empty()) else { continue };
        let undone = run(Executor::new(undo), &mut rows);
        assert!(undone.is_done(), "{}: {:?}", entry.id, undone.stop());
        back += 1;
    }
    assert!(on >= 5 && back >= 8, "{on} {back}");
}

#[test]
fn what_was_perhaps_written_is_settled_by_a_reading_also_of_an_old_entry() {
    let mut tried = 0;
    for value in samples() {
        let entry = Entry::from_json(&value).unwrap();
        if !is_of_rows(entry.apply.plan()) || !entry.apply.is_unsure() {
            continue;
        }
        tried += 1;
        let mut rows = Rows::new(&entry.apply);
        let mut apply = entry.apply.clone();
        apply.set_now(2_000_000_000);
        apply.check();
        let mut apply = run(apply, &mut rows);
        assert!(matches!(apply.stop(), Some(Stop::Perhaps { .. })), "{}: {:?}", entry.id, apply.stop());
        apply.set_now(2_000_000_000 + LATEST);
        apply.check();
        let apply = run(apply, &mut rows);
        assert!(!apply.is_unsure() && rows.writes == 0, "{}", entry.id);
    }
    assert!(tried >= 5, "{tried}");
}
