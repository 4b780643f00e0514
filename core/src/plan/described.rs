//! What a step changes, in the words of Salesforce's own pages: a label, what was there, and what is to be there.
//!
//! It never shows an id, a field's name or a truth value: what has no words is left out here, and stands with the technical
//! details.

use super::{Fields, Plan, Step, Term};
use crate::salesforce::id::Id;
use crate::salesforce::json::Value;
use serde::{Deserialize, Serialize};

/// One thing that a step changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Described {
    /// One value in place of another: `Manager: Ada Admin → (none)`.
    Change {
        /// What it is called in Setup.
        label: String,
        /// What was there.
        before: Shown,
        /// What is to be there.
        after: Shown,
    },
    /// Things that are given or taken: `Removed: Modify All Data, Manage Users`.
    List {
        /// What happens to them ("Removed").
        label: String,
        /// What happens to them when it is undone ("Given back").
        undone: String,
        /// What they are called.
        items: Vec<String>,
    },
}

/// A value of a [`Described::Change`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// These words.
    Text(String),
    /// What the step says of this field: before on the side of before, after on the other.
    Field(String),
    /// A number of days in this field; none is "Never".
    Days(String),
    /// Nothing.
    Nothing,
}

/// One line of what a person reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What it is called in Setup, or what happens to the things.
    pub label: String,
    /// What was there; none where things are only listed.
    pub before: Option<Vec<String>>,
    /// What is to be there, or the things.
    pub after: Vec<String>,
}

/// What is said where there is nothing.
const NONE: &str = "(none)";

impl Described {
    /// `label: before → after`.
    pub fn change(label: impl Into<String>, before: Shown, after: Shown) -> Described {
        Described::Change { label: label.into(), before, after }
    }

    /// A field before and after, as it stands in the org.
    pub fn field(label: &str, field: &str) -> Described {
        Described::change(label, Shown::Field(field.to_owned()), Shown::Field(field.to_owned()))
    }

    /// `label: items`.
    pub fn list(label: impl Into<String>, undone: impl Into<String>, items: Vec<String>) -> Described {
        Described::List { label: label.into(), undone: undone.into(), items }
    }

    /// What taking it back changes.
    #[must_use]
    pub fn reversed(&self) -> Described {
        match self.clone() {
            Described::Change { label, before, after } => {
                Described::Change { label, before: after, after: before }
            }
            Described::List { label, undone, items } => {
                Described::List { label: undone, undone: label, items }
            }
        }
    }

    /// What it is called in Setup, of one value.
    pub fn label(&self) -> Option<&str> {
        match self {
            Described::Change { label, .. } => Some(label),
            Described::List { .. } => None,
        }
    }

    fn line(&self, step: &Step, names: &[(String, String)]) -> Line {
        match self {
            Described::Change { label, before, after } => Line {
                label: label.clone(),
                before: Some(before.words(step.before.as_ref(), names)),
                after: after.words(step.after.as_ref(), names),
            },
            Described::List { label, items, .. } => {
                // Of many rows, those that are left to change.
                let items = if step.rows.is_empty() { items } else { &step.rows };
                let named = items.iter().map(|item| called(item, names).unwrap_or(item).to_owned());
                Line { label: label.clone(), before: None, after: named.collect() }
            }
        }
    }
}

impl Shown {
    /// These words.
    pub fn text(words: impl Into<String>) -> Shown {
        Shown::Text(words.into())
    }

    fn words(&self, fields: Option<&Fields>, names: &[(String, String)]) -> Vec<String> {
        let of = |name: &str| fields?.iter().find(|(own, _)| own == name).map(|(_, term)| term);
        match self {
            Shown::Text(words) => vec![words.clone()],
            Shown::Nothing => vec![NONE.to_owned()],
            Shown::Field(name) => {
                of(name).map_or_else(|| vec![NONE.to_owned()], |term| term_words(term, names))
            }
            Shown::Days(name) => match of(name).map(|term| term_words(term, names).join("")) {
                Some(days) if !matches!(&*days, "" | "0" | NONE) => vec![format!("{days} days")],
                _ => vec!["Never".to_owned()],
            },
        }
    }
}

/// What a record or an object is called, by its id or its API name.
fn called<'a>(key: &str, names: &'a [(String, String)]) -> Option<&'a str> {
    let id = Id::parse(key);
    let is = |own: &str| own == key || id.is_some() && Id::parse(own) == id;
    names.iter().find(|(own, _)| is(own)).map(|(_, name)| name.as_str())
}

fn term_words(term: &Term, names: &[(String, String)]) -> Vec<String> {
    match term {
        Term::Is(value) => value_words(value, names),
        Term::Within(bound) => vec![bound.abs().to_string()],
        Term::Input(_) => vec!["(what you enter)".to_owned()],
        Term::Made(_) | Term::Read { .. } => vec!["(new)".to_owned()],
    }
}

fn value_words(value: &Value, names: &[(String, String)]) -> Vec<String> {
    match value {
        Value::Null => vec![NONE.to_owned()],
        Value::Bool(is) => vec![if *is { "On" } else { "Off" }.to_owned()],
        Value::String(text) if text.is_empty() => vec![NONE.to_owned()],
        Value::String(text) => match (called(text, names), Id::parse(text)) {
            (Some(name), _) => vec![name.to_owned()],
            (None, Some(_)) => vec!["(a record whose name couldn't be read)".to_owned()],
            (None, None) => vec![text.clone()],
        },
        Value::Array(items) if items.is_empty() => vec![NONE.to_owned()],
        Value::Array(items) => items.iter().flat_map(|item| value_words(item, names)).collect(),
        Value::Object(_) => vec![range(value)],
        other => vec![other.to_string()],
    }
}

/// A value as people read it.
pub(crate) fn in_words(value: &Value) -> String {
    value_words(value, &[]).join(", ")
}

/// A login IP range: the first address, the last, and what it is for.
fn range(value: &Value) -> String {
    let part = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    let (start, end) = (part("startAddress"), part("endAddress"));
    let addresses = if start == end { start.to_owned() } else { format!("{start} – {end}") };
    match part("description") {
        "" => addresses,
        description => format!("{addresses} ({description})"),
    }
}

/// Puts what a step comes to together with what another step about the same row does.
pub(super) fn join(own: &mut Vec<Described>, more: Vec<Described>) {
    for one in more {
        let Described::List { label, items: more, .. } = &one else {
            if !own.contains(&one) {
                own.push(one);
            }
            continue;
        };
        let same = own.iter_mut().find_map(|other| match other {
            Described::List { label: of, items, .. } if of == label => Some(items),
            _ => None,
        });
        match same {
            Some(items) => {
                let fresh: Vec<String> = more.iter().filter(|item| !items.contains(item)).cloned().collect();
                items.extend(fresh);
            }
            None => own.push(one),
        }
    }
}

impl Step {
    /// What a field is called where people read: as the step's own lines say it, else its name as words.
    pub fn label_of(&self, field: &str) -> String {
        let letters = |text: &str| {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
        };
        let words = crate::text::field_words(field);
        let is_of = |shown: &Shown| matches!(shown, Shown::Field(own) | Shown::Days(own) if own == field);
        let own = self.described.iter().find_map(|described| match described {
            Described::Change { label, before, after } => (is_of(before) || is_of(after)).then_some(label),
            Described::List { items, .. } => items.iter().find(|item| letters(item) == letters(&words)),
        });
        own.cloned().unwrap_or(words)
    }

    /// Says what it changes, as a person reads it.
    #[must_use]
    pub fn says(mut self, described: Described) -> Step {
        self.described.push(described);
        self
    }

    /// Says what taking it back does, as a request ("Delete profile “ERP”").
    #[must_use]
    pub fn undone_by(mut self, words: impl Into<String>) -> Step {
        self.undone = words.into();
        self
    }
}

impl Plan {
    /// What a person reads of it, line by line; lists of the same label are one.
    pub fn lines(&self) -> Vec<Line> {
        let mut all: Vec<Line> = vec![];
        for step in &self.steps {
            let lines = step.described.iter().map(|own| own.line(step, &self.names));
            // What is within bounds already is no change.
            for line in
                lines.filter(|line| step.before.is_none() || line.before.as_ref() != Some(&line.after))
            {
                let same = all
                    .iter_mut()
                    .find(|own| own.before.is_none() && line.before.is_none() && own.label == line.label);
                match same {
                    Some(own) => own.after.extend(line.after),
                    None => all.push(line),
                }
            }
        }
        all.dedup();
        all
    }

    /// How many changes a person approves: what is listed together counts as one.
    pub fn changes(&self) -> usize {
        match self.lines().len() {
            0 => self.steps.iter().filter(|step| step.is_write()).count(),
            lines => lines,
        }
    }

    /// What undo does, a request each, in its order.
    pub fn undo_words(&self) -> Vec<&str> {
        let mut all: Vec<&str> = vec![];
        for step in self.steps.iter().rev().filter(|step| step.is_write() && !step.undone.is_empty()) {
            if !all.contains(&&*step.undone) {
                all.push(&step.undone);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fields;

    fn step(before: Value, after: Value) -> Step {
        let id = Id::parse("0055g00000AbCdE").unwrap();
        let mut step = Step::update("Clear", "User", &id, fields([("ManagerId", Term::Is(after))]));
        step.before = Some(fields([("ManagerId", Term::Is(before))]));
        step.says(Described::field("Manager", "ManagerId"))
    }

    fn lines(step: Step, names: &[(&str, &str)]) -> Vec<String> {
        let mut plan = Plan::new("f", "T".into(), vec![step]);
        plan.names = names.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned())).collect();
        let before = |line: &Line| line.before.as_ref().map(|all| format!("{} → ", all.join(", ")));
        let all = plan.lines();
        all.iter()
            .map(|line| {
                format!("{}: {}{}", line.label, before(line).unwrap_or_default(), line.after.join(", "))
            })
            .collect()
    }

    #[test]
    fn a_record_is_shown_by_its_name_and_never_by_its_id() {
        let gone = step("0055g00000AdMiN".into(), Value::Null);
        assert_eq!(lines(gone.clone(), &[("0055g00000AdMiN", "Ada Admin")]), ["Manager: Ada Admin → (none)"]);
        assert_eq!(lines(gone.clone(), &[]), ["Manager: (a record whose name couldn't be read) → (none)"]);
        let mut back = step(Value::Null, "0055g00000AdMiN".into());
        back.described = gone.described.iter().map(Described::reversed).collect();
        assert_eq!(lines(back, &[("0055g00000AdMiN", "Ada Admin")]), ["Manager: (none) → Ada Admin"]);
    }

    #[test]
    fn lists_of_one_label_are_one_line_and_ranges_are_read() {
        let list = |items: &[&str]| {
            Described::list("Removed", "Given back", items.iter().map(|item| (*item).to_owned()).collect())
        };
        let mut own = vec![list(&["Manage Users"])];
        join(&mut own, vec![list(&["Manage Users", "Author Apex"]), Described::field("Title", "Title")]);
        join(&mut own, vec![Described::field("Title", "Title")]);
        assert_eq!(own, [list(&["Manage Users", "Author Apex"]), Described::field("Title", "Title")]);
        assert_eq!(own[0].reversed().reversed(), own[0]);
        let range = serde_json::json!([
            { "startAddress": "198.51.100.7", "endAddress": "198.51.100.9", "description": "ERP" },
            { "startAddress": "203.0.113.1", "endAddress": "203.0.113.1" },
        ]);
        assert_eq!(value_words(&range, &[]), ["198.51.100.7 – 198.51.100.9 (ERP)", "203.0.113.1"]);
        assert_eq!(value_words(&Value::Bool(true), &[]), ["On"]);
    }
}
