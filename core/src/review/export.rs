//! A review as files that are handed over: a report, a workbook, tables and data.
//!
//! It never holds a script, and nothing in it is loaded from anywhere.

mod pseudonyms;
mod report;
mod tables;
mod workbook;

pub use pseudonyms::pseudonymous;
pub use report::html;
pub use tables::csv;
pub use workbook::xlsx;

use super::result::Review;

/// The review as data, `leastwise-review/1`.
///
/// # Errors
/// None that is known: everything in a review can be written.
pub fn json(review: &Review) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(review)
}
