//! What a step says against what is there: values, and how they differ.

use super::Found;
use crate::plan::{Fields, Term};
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
        (Some(_), Some(_)) => differences(found, said, made).is_empty(),
        _ => false,
    }
}

/// How what was found differs from what is said, a line each.
pub(super) fn differences(found: &Found, said: Option<&Fields>, made: &[Option<Id>]) -> Vec<String> {
    match (&found.fields, said) {
        (None, Some(_)) => vec!["the record no longer exists".into()],
        (Some(_), None) => vec!["the record already exists".into()],
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
