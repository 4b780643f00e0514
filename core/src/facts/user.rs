//! The user's record.

use crate::facts::table::{Rows, Table};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The row, whole.
pub(crate) const TABLE: Table = Table::new("User", Rows::Record);

/// A row of `User`, as far as rules look at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// `Id`.
    pub id: Id,
    /// `Name`.
    pub name: String,
    /// `Username`.
    pub username: String,
    /// `Email`.
    pub email: String,
    /// `IsActive`.
    pub is_active: bool,
    /// `UserType`: `Standard`, `Guest`, `AutomatedProcess`, `CsnOnly`, …
    pub user_type: String,
    /// `ProfileId`.
    pub profile_id: Option<Id>,
    /// `CreatedDate`.
    pub created: Option<Timestamp>,
    /// `LastLoginDate`; none before the first sign-in.
    pub last_login: Option<Timestamp>,
    /// `LastPasswordChangeDate`; none when no password was ever set.
    pub last_password_change: Option<Timestamp>,
    /// Whether `ManagerId` is set.
    pub has_manager: bool,
    /// `EmployeeNumber`, empty when none.
    pub employee_number: String,
    /// `Title`, empty when none.
    pub title: String,
    /// `Department`, empty when none.
    pub department: String,
}

impl User {
    /// From a row of `User`.
    pub(crate) fn from_row(row: &Value) -> Option<User> {
        let of = |key| json::text(row, key).to_owned();
        Some(User {
            id: json::id(row, "Id")?,
            name: of("Name"),
            username: of("Username"),
            email: of("Email"),
            is_active: json::flag(row, "IsActive"),
            user_type: of("UserType"),
            profile_id: json::id(row, "ProfileId"),
            created: json::time(row, "CreatedDate"),
            last_login: json::time(row, "LastLoginDate"),
            last_password_change: json::time(row, "LastPasswordChangeDate"),
            has_manager: !json::text(row, "ManagerId").is_empty(),
            employee_number: of("EmployeeNumber"),
            title: of("Title"),
            department: of("Department"),
        })
    }
}
