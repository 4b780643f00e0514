//! The profiles that a user could be given, where a user is edited.

use crate::facts::table::{Children, Rows, Table};
use crate::facts::{Grant, License, Profile, assignment};
use crate::salesforce::json::{self, Value};
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};

/// So many users are read of each profile that could be chosen.
const REACH_LIMIT: usize = 5;

/// The profiles; the permissions that are read of each are those that a rule looks at and the org has.
pub(crate) const TABLE: Table = Table {
    fields: &[
        "Id",
        "Name",
        "Label",
        "IsCustom",
        "ProfileId",
        "Profile.Name",
        "Profile.UserType",
        "Profile.UserLicense.Name",
    ],
    children: &[
        Children {
            relationship: "Assignments",
            fields: assignment::ASSIGNEE,
            any: &[],
            filter: "WHERE Assignee.IsActive = true LIMIT 6",
        },
        crate::facts::grants::APPS_OF_SET,
    ],
    order: "LIMIT 2000",
    ..Table::new("PermissionSet", Rows::All("IsOwnedByProfile = true"))
};

/// The objects that those let delete.
pub(crate) const OBJECTS: Table = Table {
    fields: &[
        "ParentId",
        "SobjectType",
        "PermissionsDelete",
        "PermissionsModifyAllRecords",
        "PermissionsViewAllRecords",
        "PermissionsViewAllFields",
    ],
    order: "ORDER BY ParentId LIMIT 2000",
    ..Table::new(
        "ObjectPermissions",
        Rows::All(
            "Parent.IsOwnedByProfile = true AND (PermissionsDelete = true OR PermissionsViewAllRecords = true OR PermissionsViewAllFields = true)",
        ),
    )
};

/// A profile that a user could be given: what rules would look at, but for its login IP ranges, which are told of one
/// profile at a time. Of the objects that it lets delete nothing is known where they were too many to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The profile.
    pub profile: Profile,
    /// Its user license.
    pub license: License,
    /// The permission set that it owns: of its permissions those that a rule looks at.
    pub set: Grant,
}

impl Choice {
    /// The set that a profile owns, with the profile and its license, which stand in the same row.
    pub(crate) fn from_row(row: &Value, now: Timestamp) -> Option<Choice> {
        let set = Grant::from_row(row, None, REACH_LIMIT, now)?;
        let profile = Profile {
            id: json::id(row, "ProfileId")?,
            name: json::text(row, "Profile.Name").into(),
            user_type: json::text(row, "Profile.UserType").into(),
            permissions: set.permissions.clone(),
        };
        Some(Choice { profile, license: License::from_row(json::at(row, "Profile.UserLicense")?)?, set })
    }
}
