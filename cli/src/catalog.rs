//! `rules`, `explain` and `schema`: what the checks say of themselves.

use crate::arguments::{Schema, TextFormat};
use crate::end::{End, Failure};
use crate::out;
use leastwise_core::rules;
use leastwise_core::rules::rule::Rule;
use serde::Serialize;

const REVIEW: &str = include_str!("../../docs/leastwise-review.schema.json");

/// A check, as data.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    id: &'static str,
    family: &'static str,
    name: String,
    title: &'static str,
    /// Of an integration user's.
    severity: &'static str,
    /// Of a person's; none where it says nothing of people.
    person: Option<&'static str>,
    needs: Vec<&'static str>,
    sources: Vec<String>,
}

impl Listed {
    fn new(rule: &Rule) -> Listed {
        Listed {
            id: rule.id,
            family: rule.family(),
            name: rule.name(),
            title: rule.title(),
            severity: rule.integration.word(),
            person: rule.person.map(|severity| severity.word()),
            needs: (rule.needs)(),
            sources: rule.sources(),
        }
    }
}

/// # Errors
/// The output cannot be written.
pub(crate) fn list(format: TextFormat) -> Result<End, Failure> {
    let text = match format {
        TextFormat::Json => {
            let all: Vec<Listed> = rules::all().iter().map(|rule| Listed::new(rule)).collect();
            serde_json::to_string_pretty(&all).map_err(|why| Failure::Output(why.into()))? + "\n"
        }
        TextFormat::Human => rules::all()
            .iter()
            .map(|rule| {
                let sources: Vec<String> =
                    rule.sources().iter().map(|source| format!("{:>12}{source}\n", "")).collect();
                format!(
                    "{:<9} {:<33} {}\n{}",
                    rule.integration.word(),
                    rule.id,
                    rule.title(),
                    sources.concat()
                )
            })
            .collect::<String>(),
    };
    out::write(text.as_bytes())?;
    Ok(End::Clean)
}

/// # Errors
/// There is no such check.
pub(crate) fn explain(id: &str) -> Result<End, Failure> {
    let Some(rule) = rules::all().iter().find(|rule| rule.id == id) else {
        return Err(Failure::WrongUse(format!("No check is called “{id}”. List them with: leastwise rules")));
    };
    let person = rule.person.map_or("doesn't apply to people", |severity| severity.word());
    let mut text = format!(
        "{}: {}\n\nIntegration users: {}. People: {person}.\n",
        rule.id,
        rule.title(),
        rule.integration.word()
    );
    for heading in ["Check", "Why it matters", "Fix", "Source"] {
        text.push_str(&format!("\n{heading}\n{}\n", wrapped(&rule.section(heading))));
    }
    out::write(text.as_bytes())?;
    Ok(End::Clean)
}

/// # Errors
/// The output cannot be written.
pub(crate) fn schema(of: Schema) -> Result<End, Failure> {
    match of {
        Schema::Review => out::write(REVIEW.as_bytes())?,
    }
    Ok(End::Clean)
}

/// Letters in a line.
const WIDTH: usize = 96;

/// The text in lines that a terminal has room for, two letters in.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        if lines.last().is_some_and(|line| line.chars().count() + word.chars().count() > WIDTH) {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(if line.is_empty() { "  " } else { " " });
            line.push_str(word);
        }
    }
    lines.join("\n")
}
