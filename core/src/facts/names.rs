//! Permission names as a set.

use crate::facts::Shared;
use crate::salesforce::json::{Value, as_fields};
use crate::salesforce::permission_names;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Names, each once and in order, shared by all who have the same. A name that is known stands in memory once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct Names(Shared<Vec<Name>>);

type Name = Cow<'static, str>;

fn interned(name: &str) -> Name {
    permission_names::known(name).map_or_else(|| Name::Owned(name.to_owned()), Name::Borrowed)
}

impl Names {
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|own| (**own).cmp(name))
    }

    /// Whether `name` is one of them.
    pub fn contains(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// Puts `name` among them, or takes it away.
    pub fn put(&mut self, name: &str, on: bool) {
        match (self.place(name), on) {
            (Err(at), true) => self.0.insert(at, interned(name)),
            (Ok(at), false) => drop(self.0.remove(at)),
            _ => {}
        }
    }

    /// Each, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|name| &**name)
    }

    /// The `Permissions…` fields of a row that are true, without that prefix.
    pub(crate) fn from_row(row: &Value) -> Names {
        let on = as_fields(row).filter(|(_, value)| value.as_bool() == Some(true));
        on.filter_map(|(key, _)| key.strip_prefix("Permissions")).collect()
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Names {
        let mut names: Vec<Name> = names.into_iter().map(interned).collect();
        names.sort_unstable();
        names.dedup();
        names.shrink_to_fit();
        Names(names.into())
    }
}

impl FromIterator<String> for Names {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Names {
        let names: Vec<String> = names.into_iter().collect();
        names.iter().map(String::as_str).collect()
    }
}

impl From<Vec<String>> for Names {
    fn from(names: Vec<String>) -> Names {
        names.into_iter().collect()
    }
}

impl<const N: usize> From<[String; N]> for Names {
    fn from(names: [String; N]) -> Names {
        names.into_iter().collect()
    }
}
