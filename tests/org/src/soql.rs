//! SOQL: text to a query, and a query to rows.
//!
//! It never guesses at a field: what the schema does not have is the platform's own error.

pub mod dates;
pub mod eval;
pub mod parse;

use crate::error::ApiError;
use crate::store::Org;
use serde_json::Value;

/// The rows of a query for a viewer, before paging.
pub fn run(org: &Org, viewer: &str, text: &str, base: &str) -> Result<Answer, ApiError> {
    let query = parse::query(text)?;
    eval::Eval { org, viewer, text, base }.run(&query)
}

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

/// `MALFORMED_QUERY`, pointing at a place in the text.
pub(crate) fn malformed(text: &str, at: usize, message: &str) -> ApiError {
    let at = at.min(text.len());
    let line: String = text.chars().take(200).collect();
    let caret = " ".repeat(at.min(200));
    ApiError::new(
        400,
        "MALFORMED_QUERY",
        format!("\n{line}\n{caret}^\nERROR at Row:1:Column:{}\n{message}", at + 1),
    )
}

/// `INVALID_FIELD`, pointing at the name.
pub(crate) fn no_column(text: &str, name: &str, object: &str) -> ApiError {
    let at = text.find(name).unwrap_or(0);
    let line: String = text.chars().take(200).collect();
    let message = format!(
        "\n{line}\n{}^\nERROR at Row:1:Column:{}\nNo such column '{name}' on entity '{object}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.",
        " ".repeat(at.min(200)),
        at + 1
    );
    ApiError::new(400, "INVALID_FIELD", message)
}
