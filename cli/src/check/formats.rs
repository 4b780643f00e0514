//! The forms in which a folder's findings are written.

mod github;
mod human;
mod json;
mod junit;
mod sarif;

use super::checked::Checked;
use crate::arguments::{CheckFormat, Color};
use crate::end::Failure;

/// The whole text of a format.
///
/// # Errors
/// None that is known: all of it can be written.
pub(super) fn text(format: CheckFormat, checked: &Checked<'_>, color: Color) -> Result<String, Failure> {
    let json = |value: Result<String, serde_json::Error>| {
        value.map(|text| text + "\n").map_err(|why| Failure::Output(why.into()))
    };
    Ok(match format {
        CheckFormat::Human => human::text(checked, color),
        CheckFormat::Json => json(json::text(checked))?,
        CheckFormat::Sarif => json(sarif::text(checked))?,
        CheckFormat::Junit => junit::text(checked),
        CheckFormat::Github => github::text(checked),
    })
}
