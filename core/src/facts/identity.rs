//! Who it is: the user's record, the profile, the licence.
//!
//! It never says what they may do: see `access`.

use crate::facts::Names;
use crate::salesforce::id::Id;
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};

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

/// A row of `UserLicense`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct License {
    /// `Name`: "Salesforce", "Salesforce Integration", …
    pub name: String,
}

impl License {
    /// Whether it is the license that customers assign to integration users: "Salesforce Integration", or the older
    /// "Salesforce API Only" (Salesforce Help, "Give Integration Users API Only Access"). The licenses of the users that
    /// Salesforce makes for its own products ("Analytics Cloud Integration User") are others.
    pub fn is_integration(&self) -> bool {
        let name = self.name.trim().to_lowercase();
        name.starts_with("salesforce integration") || name.contains("api only")
    }

    /// Whether it is an Agentforce agent's: such a user has no password (Salesforce Help, `ai.agent_user`).
    pub fn is_agent(&self) -> bool {
        self.name.trim().to_lowercase().contains("einstein agent")
    }
}
