//! Labels of permissions, out of describes.

use crate::collect::part::Part;
use crate::facts::{FEATURE, Labels};
use serde::Deserialize;
use std::borrow::Cow;

/// A describe, as far as labels go.
#[derive(Deserialize)]
struct Describe<'a> {
    #[serde(borrow)]
    fields: Vec<Field<'a>>,
}

#[derive(Deserialize)]
struct Field<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    label: Cow<'a, str>,
}

/// Adds the labels of a describe. Those of permissions stand under their names without `Permissions`, a user's features
/// under the whole name.
pub(super) fn add(labels: &mut Labels, part: Part, describe: &str) {
    let Ok(describe) = serde_json::from_str::<Describe<'_>>(describe) else { return };
    for field in describe.fields {
        let name = match part {
            Part::Labels => field.name.strip_prefix("Permissions"),
            _ => Some(&*field.name).filter(|name| name.starts_with(FEATURE)),
        };
        if let Some(name) = name {
            labels.insert(name.to_owned(), field.label.into_owned());
        }
    }
}
