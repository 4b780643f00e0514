//! How old passwords are: what a profile's password policies are weighed by.

use crate::facts::assignment::{self, Assignment};
use crate::facts::table::{Children, Rows, Table};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Active users of the profile, the oldest password first.
pub(crate) const TABLE: Table = Table {
    fields: &["Id", "Name", "LastPasswordChangeDate"],
    children: &[NEVER_EXPIRES],
    filter: "IsActive = true AND LastPasswordChangeDate != null",
    order: "ORDER BY LastPasswordChangeDate LIMIT 200",
    ..Table::new("User", Rows::OfProfile("ProfileId"))
};

/// Whose password never expires by something else than the profile.
const NEVER_EXPIRES: Children = Children {
    relationship: "PermissionSetAssignments",
    fields: assignment::COUNTS,
    any: &[],
    filter: "WHERE PermissionSet.IsOwnedByProfile = false AND PermissionSet.PermissionsPasswordNeverExpires = true LIMIT 50",
};

/// The password of an active user of the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password {
    /// Whose.
    pub user_id: Id,
    /// Their name.
    pub name: String,
    /// `LastPasswordChangeDate`.
    pub changed: Timestamp,
    /// Whether a permission set or a group, not the profile, grants Password Never Expires.
    pub never_expires: bool,
}

impl Password {
    /// From a row of `User`.
    pub(crate) fn from_row(row: &Value, now: Timestamp) -> Option<Password> {
        Some(Password {
            user_id: json::id(row, "Id")?,
            name: json::text(row, "Name").into(),
            changed: json::time(row, "LastPasswordChangeDate")?,
            // Where more of them were not read than counted, one that counts may be behind: the password may never expire.
            never_expires: json::children(row, NEVER_EXPIRES.relationship).is_some_and(|list| {
                list.cut || list.rows.iter().filter_map(Assignment::from_row).any(|one| !one.is_over(now))
            }),
        })
    }
}
