//! Permissions on objects, as far as they go beyond reading and writing what is shared.

use crate::facts::Shared;
use crate::facts::table::Children;
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use serde::{Deserialize, Serialize};

/// What is read of the permissions on an object.
pub(crate) const FIELDS: &[&str] = &[
    "SobjectType",
    "PermissionsDelete",
    "PermissionsModifyAllRecords",
    "PermissionsViewAllRecords",
    "PermissionsViewAllFields",
];

/// Which permissions on objects are read: those beyond reading and writing what is shared. Modify All brings Delete and
/// View All along (Object Reference, ObjectPermissions).
pub(crate) const BEYOND: &[&str] =
    &["PermissionsDelete = true", "PermissionsViewAllRecords = true", "PermissionsViewAllFields = true"];

/// The list of them inside a permission set's row.
pub(crate) const OF_SET: Children =
    Children { relationship: "ObjectPerms", fields: FIELDS, any: BEYOND, filter: "" };

/// `ObjectPermissions` on one object, as far as it goes beyond reading and writing what is shared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct ObjectGrant {
    /// `SobjectType`.
    pub object: String,
    /// `PermissionsDelete`.
    pub delete: bool,
    /// `PermissionsModifyAllRecords`.
    pub modify_all: bool,
    /// `PermissionsViewAllRecords`.
    pub view_all: bool,
    /// `PermissionsViewAllFields`, which API 63.0 and later have.
    pub view_fields: bool,
}

impl ObjectGrant {
    /// What a row of `ObjectPermissions` says.
    pub(crate) fn from_row(row: &Value) -> ObjectGrant {
        ObjectGrant {
            object: json::text(row, "SobjectType").into(),
            delete: json::flag(row, "PermissionsDelete"),
            modify_all: json::flag(row, "PermissionsModifyAllRecords"),
            view_all: json::flag(row, "PermissionsViewAllRecords"),
            view_fields: json::flag(row, "PermissionsViewAllFields"),
        }
    }

    /// Whether it grants any of these.
    pub fn is_any(&self) -> bool {
        self.deletes() || self.view_all || self.view_fields
    }

    /// Whether it lets records be deleted.
    pub fn deletes(&self) -> bool {
        self.delete || self.modify_all
    }
}

/// The objects that one of many sets lets delete; none where that is not certain: rows are in the order of sets, so where
/// they were cut the last set may have more, and one without a row may have had its rows behind.
pub(crate) fn of_set(rows: &[Value], cut: bool, set: &Id) -> Option<Shared<Vec<ObjectGrant>>> {
    let of = |row: &Value| json::id(row, "ParentId").as_ref() == Some(set);
    let own: Shared<Vec<_>> = rows.iter().filter(|row| of(row)).map(ObjectGrant::from_row).collect();
    // In every org some profile lets delete: no row at all means that the viewer may not see them.
    let is_whole = if cut { !own.is_empty() && !rows.last().is_some_and(of) } else { !rows.is_empty() };
    is_whole.then_some(own)
}
