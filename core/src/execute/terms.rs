//! What a step says against what is there: values, and how they differ.

use super::Found;
use crate::plan::{COPY, Fields, Step, Term, in_words};
use crate::salesforce::id::Id;
use crate::salesforce::json::Value;
use crate::salesforce::soql::text_literal;

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

/// What was read, as the fields of a step.
pub(super) fn solid(fields: &[(String, Value)]) -> Fields {
    fields.iter().map(|(name, value)| (name.clone(), Term::Is(value.clone()))).collect::<Vec<_>>()
}

/// Whether what was found is what is said.
pub(super) fn is(found: &Found, said: Option<&Fields>, made: &[Option<Id>]) -> bool {
    match (&found.fields, said) {
        (None, None) => true,
        (Some(_), Some(_)) => !differs(found, said, made),
        _ => false,
    }
}

/// The fields in which what was found is not what is said: their names, what is there, and what is said.
pub(super) fn differing<'a>(
    found: &'a Found,
    said: Option<&'a Fields>,
    made: &[Option<Id>],
) -> Vec<(&'a str, &'a Value, Value)> {
    let fields = found.fields.as_deref().unwrap_or_default();
    let differs = |(name, term): &'a (String, Term)| {
        let wanted = value(term, made)?;
        let (_, own) = fields.iter().find(|(other, _)| other == name)?;
        (!same(own, &wanted)).then_some((name.as_str(), own, wanted))
    };
    said.into_iter().flatten().filter_map(differs).collect()
}

fn differs(found: &Found, said: Option<&Fields>, made: &[Option<Id>]) -> bool {
    !differing(found, said, made).is_empty()
}

/// How what was found differs from what a step says, a line each, as people read it.
pub(super) fn differences(
    step: &Step,
    found: &Found,
    said: Option<&Fields>,
    made: &[Option<Id>],
) -> Vec<String> {
    match (&found.fields, said) {
        (None, Some(_)) => vec!["the record no longer exists".into()],
        (Some(_), None) => vec!["the record already exists".into()],
        (None, None) => vec![],
        (Some(_), Some(_)) => {
            let all = differing(found, said, made).into_iter();
            all.map(|(name, own, wanted)| told(step, name, own, &wanted)).collect()
        }
    }
}

/// "Manage Users is Off, not On": by the field's label, and no id.
fn told(step: &Step, name: &str, own: &Value, wanted: &Value) -> String {
    if name == COPY {
        return "the copy is no longer as the original".to_owned();
    }
    let label = step.label_of(name);
    let is_id = |value: &Value| value.as_str().and_then(Id::parse).is_some();
    if is_id(own) || is_id(wanted) {
        return format!("{label} is another one");
    }
    format!("{label} is {}, not {}", in_words(own), in_words(wanted))
}

/// Ids are the same in 15 and in 18 characters.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    let id = |value: &Value| value.as_str().and_then(Id::parse);
    a == b || id(a).is_some_and(|own| Some(own) == id(b))
}
