//! SOQL: text to a query, and a query to rows.
//!
//! It never guesses at a field: what the schema does not have is the platform's own error.

pub mod dates;
pub mod eval;
mod filter;
mod group;
pub mod parse;
mod path;
mod project;
mod tokens;
mod value;

use crate::error::ApiError;
use crate::store::Org;
use serde_json::Value;

/// The rows of a query for a viewer, before paging.
pub fn run(org: &Org, viewer: &str, text: &str, base: &str) -> Result<Answer, ApiError> {
    run_over(org, viewer, text, base, false)
}

/// The same; with `all`, over what is in the recycle bin too.
pub fn run_over(org: &Org, viewer: &str, text: &str, base: &str, all: bool) -> Result<Answer, ApiError> {
    let query = parse::query(text)?;
    eval::Eval { org, viewer, text, base, all }.run(&query)
}

pub(crate) use path::is_usable;

/// What a query gives.
#[derive(Debug, Clone)]
pub struct Answer {
    /// `totalSize`.
    pub total: usize,
    /// All records, in order.
    pub records: Vec<Value>,
    /// Rows come in pages of this many at most.
    pub page: usize,
}

/// An error that points at a character of the text: the line, a caret below it, row and column, and the sentence.
pub(crate) fn pointed(text: &str, at: usize, code: &str, message: &str) -> ApiError {
    let before: String = text.chars().take(at).collect();
    let row = before.matches('\n').count();
    let column = before.chars().rev().take_while(|c| *c != '\n').count();
    // The platform shows what is around the place, not the whole of a long query.
    let from = column.saturating_sub(100);
    let line: String = text.lines().nth(row).unwrap_or_default().chars().skip(from).take(200).collect();
    let caret = " ".repeat(column - from);
    let message = format!("\n{line}\n{caret}^\nERROR at Row:{}:Column:{}\n{message}", row + 1, column + 1);
    ApiError::new(400, code, message)
}

/// `MALFORMED_QUERY`, pointing at a character of the text.
pub(crate) fn malformed(text: &str, at: usize, message: &str) -> ApiError {
    pointed(text, at, "MALFORMED_QUERY", message)
}

/// Where a name stands in the text, as a word of its own: the first time, or the last.
pub(crate) fn place(text: &str, name: &str, last: bool) -> usize {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let whole = |at: &usize| {
        let before = text.get(..*at).and_then(|head| head.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|tail| tail.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    };
    let mut all = text.match_indices(name).map(|(at, _)| at).filter(whole);
    let at = if last { all.last() } else { all.next() };
    text.get(..at.unwrap_or(0)).map_or(0, |head| head.chars().count())
}

/// An error that points at a name in the conditions of a query.
pub(crate) fn at_condition(text: &str, name: &str, code: &str, message: &str) -> ApiError {
    let lower = text.to_lowercase();
    let from = lower.find(" where ").filter(|from| text.is_char_boundary(*from)).unwrap_or(0);
    let (head, tail) = text.split_at(from);
    let found = tail.contains(name);
    let at = if found { head.chars().count() + place(tail, name, false) } else { place(text, name, false) };
    pointed(text, at, code, message)
}

/// An error that points at a name.
pub(crate) fn at_name(text: &str, name: &str, code: &str, message: &str) -> ApiError {
    pointed(text, place(text, name, false), code, message)
}

/// `INVALID_FIELD`, pointing at the name.
pub(crate) fn no_column(text: &str, name: &str, object: &str) -> ApiError {
    let message = format!(
        "No such column '{name}' on entity '{object}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."
    );
    at_name(text, name, "INVALID_FIELD", &message)
}
