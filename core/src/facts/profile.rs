//! The profile, and what it grants by itself.

use crate::facts::Names;
use crate::facts::table::{Rows, Table};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use serde::{Deserialize, Serialize};

/// The row, whole: whatever permission fields the org has.
pub(crate) const TABLE: Table = Table::new("Profile", Rows::Record);

/// A row of `Profile`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// `Id`.
    pub id: Id,
    /// `Name`, in the signed-in user's language for standard profiles.
    pub name: String,
    /// `UserType`.
    pub user_type: String,
    /// The `Permissions…` fields that are true, without that prefix.
    pub permissions: Names,
}

impl Profile {
    /// From a row of `Profile`.
    pub(crate) fn from_row(row: &Value) -> Option<Profile> {
        Some(Profile {
            id: json::id(row, "Id")?,
            name: json::text(row, "Name").into(),
            user_type: json::text(row, "UserType").into(),
            permissions: Names::from_row(row),
        })
    }
}
