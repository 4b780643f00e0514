//! What an admin may change in a plan before it is previewed: names, addresses, ranges.
//!
//! It never takes what would lock out every recent sign-in, and never what the platform is known to refuse.

use super::{Input, InputKind, Plan, Term};
use crate::salesforce::json::Value;

impl Plan {
    /// Puts what was given for the input at place `at` into the plan.
    ///
    /// # Errors
    /// Why it cannot be that, in a sentence.
    pub fn set(&mut self, at: usize, given: &str) -> Result<(), String> {
        let Some(input) = self.inputs.get_mut(at) else { return Ok(()) };
        let given = Input { value: given.trim().replace('\r', ""), ..input.clone() };
        given.value()?;
        *input = given;
        Ok(())
    }

    /// What is not given yet, or cannot be: then there is nothing to preview.
    pub fn unset(&self) -> Option<String> {
        self.inputs.iter().find_map(|input| Some(format!("{}: {}", input.label, input.value().err()?)))
    }

    /// The plan with what was given in the place of each [`Term::Input`]: a preview is made of that one.
    #[must_use]
    pub fn filled(mut self) -> Plan {
        let given: Vec<Option<Value>> = self.inputs.iter().map(|input| input.value().ok()).collect();
        self.each_term(|term| {
            if let Term::Input(at) = term
                && let Some(Some(value)) = given.get(*at)
            {
                *term = Term::Is(value.clone());
            }
        });
        self
    }

    /// Does something with every term of every step.
    pub(crate) fn each_term(&mut self, mut with: impl FnMut(&mut Term)) {
        self.steps.iter_mut().for_each(|step| step.each_term(&mut with));
    }
}

impl super::Step {
    /// Does something with every term of its place, and of what is to be there.
    pub(crate) fn each_term(&mut self, with: &mut impl FnMut(&mut Term)) {
        match &mut self.place {
            super::Place::Row { key, .. } | super::Place::Rows { shared: key, .. } => {
                key.iter_mut().for_each(|(_, term)| with(term))
            }
            super::Place::Component { names, from, .. } => {
                names.iter_mut().for_each(&mut *with);
                from.iter_mut().for_each(&mut *with);
            }
            super::Place::Tokens { .. } | super::Place::Query { .. } => {}
        }
        self.after.iter_mut().flatten().for_each(|(_, term)| with(term));
    }
}

impl Input {
    /// What is given, as it is written.
    ///
    /// # Errors
    /// Why it cannot be that, in a sentence.
    pub fn value(&self) -> Result<Value, String> {
        let given = self.value.trim();
        match &self.kind {
            InputKind::Text(_) | InputKind::Email if given.is_empty() => {
                let mut label = self.label.chars();
                let first = label.next().map(char::to_lowercase).into_iter().flatten();
                Err(format!("Enter a {}.", first.chain(label).collect::<String>()))
            }
            InputKind::Text(most) if given.is_empty() || given.chars().count() > *most => {
                Err(format!("It needs 1 to {most} characters."))
            }
            InputKind::Email if !is_email(given) => Err(format!("“{given}” is not an email address.")),
            InputKind::Text(_) | InputKind::Email => Ok(Value::String(given.to_owned())),
            InputKind::Ranges { seen, kept } => super::ranges::ranges(given, seen, kept),
        }
    }
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_word = |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == '@');
    is_word(local)
        && is_word(domain)
        && domain.contains('.')
        && text.len() <= 80
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_asked_for_by_its_name() {
        let input = |kind, label: &str| Input { label: label.into(), kind, value: " ".into(), notes: vec![] };
        let why = |kind, label| input(kind, label).value().unwrap_err();
        assert_eq!(why(InputKind::Email, "Team email address"), "Enter a team email address.");
        assert_eq!(why(InputKind::Text(80), "Name"), "Enter a name.");
    }

    #[test]
    fn addresses_of_mail() {
        for good in ["erp@acme.example", "a.b+c@acme.co.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in
            ["", "erp", "@acme.example", "erp@", "erp@acme", "erp@acme.", "e rp@acme.example", "a@b@c.d"]
        {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
