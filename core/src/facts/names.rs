//! Permission names as a set.

use crate::salesforce::json::{Value, as_fields};
use serde::{Deserialize, Serialize};

/// Names, each once and in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Names(Vec<String>);

impl Names {
    /// Whether `name` is one of them.
    pub fn contains(&self, name: &str) -> bool {
        self.0.binary_search_by(|own| own.as_str().cmp(name)).is_ok()
    }

    /// Puts `name` among them, or takes it away.
    pub fn put(&mut self, name: &str, on: bool) {
        match (self.0.binary_search_by(|own| own.as_str().cmp(name)), on) {
            (Err(at), true) => self.0.insert(at, name.to_owned()),
            (Ok(at), false) => drop(self.0.remove(at)),
            _ => {}
        }
    }

    /// Each, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, String> {
        self.0.iter()
    }
}

impl FromIterator<String> for Names {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Names {
        let mut names: Vec<String> = names.into_iter().collect::<Vec<_>>();
        names.sort_unstable();
        names.dedup();
        Names(names)
    }
}

impl<const N: usize> From<[String; N]> for Names {
    fn from(names: [String; N]) -> Names {
        names.into_iter().collect()
    }
}

impl<'a> IntoIterator for &'a Names {
    type Item = &'a String;
    type IntoIter = std::slice::Iter<'a, String>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Names {
    /// The `Permissions…` fields of a row that are true, without that prefix.
    pub(crate) fn from_row(row: &Value) -> Names {
        as_fields(row)
            .filter(|(_, value)| value.as_bool() == Some(true))
            .filter_map(|(key, _)| key.strip_prefix("Permissions").map(str::to_owned))
            .collect()
    }
}
