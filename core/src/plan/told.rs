//! A plan as text: steps by hand, for an org that is not to be written to.
//!
//! It never asks anything of the org.

use super::{Place, Plan, Step, Term, Way};
use crate::json::Value;

impl Plan {
    /// The plan as text to copy: its steps by hand, and components of the Metadata API as XML.
    pub fn text(&self) -> String {
        let mut out = self.title.clone();
        for (at, step) in self.steps.iter().enumerate() {
            out.push_str(&["\n", &(at + 1).to_string(), ". ", &step.words].concat());
            match (&step.way, &step.place) {
                (Way::Hand(link), _) => out.push_str(&[" (", link, ")"].concat()),
                (Way::Write, Place::Component { kind, names, from: None }) => {
                    out.push_str(&["\n", &component(kind, names.first(), step)].concat());
                }
                (Way::Write, Place::Row { object, .. }) => {
                    for (name, term) in step.after.iter().flatten() {
                        out.push_str(&["\n   ", object, ".", name, " = ", &told(term)].concat());
                    }
                }
                _ => {}
            }
        }
        out
    }
}

/// What a term says, for a person.
fn told(term: &Term) -> String {
    match term {
        Term::Is(Value::Text(text)) => text.clone(),
        Term::Is(value) => value.to_string(),
        Term::Made(step) => ["the record of step ", &(step + 1).to_string()].concat(),
        Term::Read { step, field } => [field, " of step ", &(step + 1).to_string()].concat(),
        Term::Input(_) => "what you chose".to_owned(),
        Term::Added(name) => ["what is there, and ", name].concat(),
    }
}

/// The file of a component, with what is to be changed in it.
fn component(kind: &str, name: Option<&Term>, step: &Step) -> String {
    let mut out = ["<", kind, " xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n"].concat();
    if let Some(Term::Is(Value::Text(name))) = name {
        out.push_str(&["  <fullName>", &crate::xml::escaped(name), "</fullName>\n"].concat());
    }
    for (path, term) in step.after.iter().flatten() {
        let value = if let Term::Is(value) = term { value.clone() } else { Value::Text(told(term)) };
        out.push_str(&["  ", &crate::xml::set("", path, &value), "\n"].concat());
    }
    out + "</" + kind + ">"
}
