//! What an entry of the journal changes, a line a field: for people as what it is called, for files as the API calls it.

use super::plan::term_text;
use leastwise_core::journal::Entry;
use leastwise_core::plan::{Fields, Step, Term, Way};
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::json::Value;
use leastwise_core::text::field_words;
use maud::{Markup, html};

/// A line for people: what changes, and to what; from what, where there was something that is more than an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) label: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// What an entry changes, for people: as its preview said it, each thing of a list a line. What an earlier version wrote says
/// it field by field, and what is told by ids alone is told in the words of its step.
pub(super) fn lines(entry: &Entry) -> Vec<Line> {
    let plan = entry.apply.plan();
    let described = plan.lines();
    if described.is_empty() {
        let steps = plan.steps.iter().filter(|step| step.way != Way::Read);
        return steps.flat_map(of_step).collect();
    }
    let lines = described.into_iter().flat_map(|line| match line.before {
        Some(before) => {
            let (before, after) = (Some(before.join(", ")), Some(line.after.join(", ")));
            vec![Line { label: line.label, before, after }]
        }
        None => {
            let of = |item| Line { label: line.label.clone(), before: None, after: Some(item) };
            line.after.into_iter().map(of).collect()
        }
    });
    lines.collect()
}

fn of_step(step: &Step) -> Vec<Line> {
    let fields: Vec<Line> = pairs(step).into_iter().filter_map(|pair| shown(&pair)).collect();
    if fields.is_empty() {
        return vec![Line { label: step.words.clone(), before: None, after: None }];
    }
    fields
}

/// A field, by its API name, before and after.
pub(super) struct Pair<'a> {
    pub(super) field: &'a str,
    pub(super) before: Option<&'a Term>,
    pub(super) after: Option<&'a Term>,
}

/// The fields of a step that change.
pub(super) fn pairs(step: &Step) -> Vec<Pair<'_>> {
    fn find<'a>(all: &'a Option<Fields>, name: &str) -> Option<&'a Term> {
        all.iter().flatten().find(|(own, _)| own == name).map(|(_, term)| term)
    }
    let names = step.before.iter().filter(|_| step.after.is_none()).chain(&step.after).flatten();
    names
        .map(|(field, _)| Pair { field, before: find(&step.before, field), after: find(&step.after, field) })
        .filter(|pair| pair.before.map(term_text) != pair.after.map(term_text))
        .collect()
}

fn shown(pair: &Pair<'_>) -> Option<Line> {
    let value = |term: Option<&Term>| match term {
        None | Some(Term::Is(Value::Null)) => Some("(none)".to_owned()),
        Some(Term::Is(Value::Bool(true))) => Some("On".to_owned()),
        Some(Term::Is(Value::Bool(false))) => Some("Off".to_owned()),
        Some(Term::Is(Value::String(text))) if Id::parse(text).is_some() => None,
        Some(term @ (Term::Is(_) | Term::Within(_))) => Some(term_text(term)),
        // What was only known while it was carried out.
        Some(_) => None,
    };
    let (before, after) = (Some(value(pair.before)?), Some(value(pair.after)?));
    Some(Line { label: field_words(pair.field), before, after })
}

/// A line, drawn.
pub(super) fn markup(line: &Line) -> Markup {
    html! {
        bdi { (line.label) }
        @if let Some(after) = &line.after {
            ": "
            @if let Some(before) = &line.before { del dir="auto" { (before) } " → " }
            ins dir="auto" { (after) }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_not_shown() {
        let term = |text: &str| Term::text(text);
        let (one, two) = (term("0055g000001Abcd"), term("0055g000001Bbcd"));
        let pair = Pair { field: "ManagerId", before: Some(&one), after: Some(&two) };
        assert_eq!(shown(&pair), None);
        let (on, off) = (Term::flag(true), Term::flag(false));
        let pair = Pair { field: "IsFrozen", before: Some(&off), after: Some(&on) };
        let line = Line { label: "Is Frozen".into(), before: Some("Off".into()), after: Some("On".into()) };
        assert_eq!(shown(&pair), Some(line));
    }
}
