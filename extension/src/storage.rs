//! Where something is stored, and how it is read back: what cannot be read is an error, never nothing.

pub(crate) mod company;
pub(crate) mod inventory;
pub(crate) mod journals;
pub(crate) mod keys;
pub(crate) mod orgs;
pub(crate) mod record;
pub(crate) mod settings;
pub(crate) mod waivers;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Where something is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    /// On disk, until the extension is removed.
    Local,
    /// In memory, until the browser is closed; content scripts cannot read it.
    Session,
    /// What the company that runs the browser decides.
    Managed,
}

/// What was found in each area, as an object; none of one that could not be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) local: Option<Value>,
    pub(crate) session: Option<Value>,
    pub(crate) managed: Option<Value>,
}

/// A value that is to be stored under a key, or (none) what is stored there to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Write {
    pub(crate) area: Area,
    pub(crate) key: String,
    pub(crate) value: Option<Value>,
}

impl Write {
    /// Stores `value` under `key`.
    pub(crate) fn put(area: Area, key: &str, value: &impl Serialize) -> Write {
        // Only a map whose keys are no texts has no JSON, and nothing that is stored here has one.
        Write { area, key: key.to_owned(), value: Some(serde_json::to_value(value).unwrap_or_default()) }
    }

    /// Removes what is stored under `key`.
    pub(crate) fn remove(area: Area, key: &str) -> Write {
        Write { area, key: key.to_owned(), value: None }
    }
}

/// What is stored under a key is not what this version writes there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) key: String,
}

/// Reads what is stored under `key` of an area; none when nothing is.
///
/// # Errors
/// When something else is stored there.
pub(crate) fn read<T: DeserializeOwned>(area: &Value, key: &str) -> Result<Option<T>, Unreadable> {
    match area.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => T::deserialize(value).map(Some).map_err(|_| Unreadable { key: key.to_owned() }),
    }
}
