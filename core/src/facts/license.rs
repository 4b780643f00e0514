//! The user license of the profile.

use crate::facts::table::{Rows, Table};
use crate::salesforce::json::{self, Value};
use serde::{Deserialize, Serialize};

/// The row, whole.
pub(crate) const TABLE: Table = Table::new("UserLicense", Rows::Record);

/// A row of `UserLicense`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct License {
    /// `Name`: "Salesforce", "Salesforce Integration", …
    pub name: String,
}

impl License {
    /// From a row of `UserLicense`.
    pub(crate) fn from_row(row: &Value) -> Option<License> {
        let name = json::text(row, "Name");
        (!name.is_empty()).then(|| License { name: name.into() })
    }

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
