//! Whether an assignment of a permission set counts.

use crate::facts::table::{Rows, Table};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether an assignment counts. Source: Object Reference, PermissionSetAssignment. What `IsActive` says of a revoked one
/// is not documented, so all three are read and judged here.
pub(crate) const COUNTS: &[&str] = &["IsActive", "IsRevoked", "ExpirationDate"];

/// Who has a permission set, and whether the assignment counts.
pub(crate) const ASSIGNEE: &[&str] =
    &["AssigneeId", "Assignee.Name", "Assignee.Username", "IsActive", "IsRevoked", "ExpirationDate"];

/// A user's own assignments. By the relationship they come whole, so that no column is asked for that an org lacks.
pub(crate) const TABLE: Table = Table {
    fields: &["PermissionSetId", "PermissionSetGroupId", "IsActive", "IsRevoked", "ExpirationDate"],
    ..Table::new(
        "PermissionSetAssignment",
        Rows::Related { by: "PermissionSetAssignments", of: "AssigneeId" },
    )
};

/// One assignment of a permission set, as far as it tells whether it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Assignment {
    set: Option<Id>,
    group: Option<Id>,
    /// `IsActive` is false, or `IsRevoked` true.
    is_off: bool,
    expires: Option<Timestamp>,
}

impl Assignment {
    /// From a row of `PermissionSetAssignment`. A column that the org lacks ends nothing.
    pub(crate) fn from_row(row: &Value) -> Option<Assignment> {
        row.as_object()?;
        Some(Assignment {
            set: json::id(row, "PermissionSetId"),
            group: json::id(row, "PermissionSetGroupId"),
            is_off: row.get("IsActive").and_then(Value::as_bool) == Some(false)
                || json::flag(row, "IsRevoked"),
            expires: json::time(row, "ExpirationDate"),
        })
    }

    /// What the list of who has a set says of one user.
    pub(crate) fn in_set(row: &Value, user: &Id) -> Vec<Assignment> {
        let list = json::children(row, "Assignments").map_or(&[][..], |list| list.rows);
        let own = list.iter().filter(|row| json::id(row, "AssigneeId").as_ref() == Some(user));
        own.filter_map(Assignment::from_row).collect()
    }

    /// The set that it is of, and the group whose aggregate a set may be.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &Id> {
        self.set.iter().chain(&self.group)
    }

    /// Whether it no longer counts. Source: Object Reference, PermissionSetAssignment: `IsActive`, `IsRevoked` (by a user
    /// access policy) and `ExpirationDate`, any of which ends it.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.is_off || self.expires.is_some_and(|expires| expires <= now)
    }
}

/// When permission sets stop being assigned to the user: by `PermissionSet.Id`, of a group by `PermissionSetGroup.Id`. Those
/// that are assigned without an end are not in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Expirations(pub BTreeMap<Id, Timestamp>);

impl Expirations {
    /// Of a user's own assignments, those that count and end. One that is also assigned without an end does not end.
    pub(crate) fn new<'a>(all: impl IntoIterator<Item = &'a Assignment>, now: Timestamp) -> Expirations {
        let mut ends: BTreeMap<&Id, Option<Timestamp>> = BTreeMap::new();
        for one in all.into_iter().filter(|one| !one.is_over(now)) {
            // A group's assignment names the group; the set that comes with it is the group's aggregate.
            let Some(target) = one.group.as_ref().or(one.set.as_ref()) else { continue };
            let end = ends.entry(target).or_insert(one.expires);
            *end = end.zip(one.expires).map(|(a, b)| a.max(b));
        }
        Expirations(ends.into_iter().filter_map(|(id, end)| Some((id.clone(), end?))).collect())
    }
}

/// Whether there are assignments, and none of them counts any more.
pub(crate) fn are_over<'a>(all: impl IntoIterator<Item = &'a Assignment>, now: Timestamp) -> bool {
    let mut all = all.into_iter().peekable();
    all.peek().is_some() && all.all(|one| one.is_over(now))
}
