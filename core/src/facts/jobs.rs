//! Scheduled jobs, which run by themselves as their owner.

use crate::facts::Shared;
use crate::facts::table::{Rows, Table};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use serde::{Deserialize, Serialize};

/// Those of the page's users.
pub(crate) const TABLE: Table = Table {
    fields: &["OwnerId", "State", "CronJobDetail.Name"],
    ..Table::new("CronTrigger", Rows::OfUsers("OwnerId"))
};

/// Scheduled jobs that run as the user (`CronTrigger.OwnerId`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Jobs {
    /// One entry a job.
    pub rows: Shared<Vec<Job>>,
}

/// A scheduled job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// `OwnerId`.
    pub owner_id: Id,
    /// `CronJobDetail.Name`.
    pub name: String,
}

impl Jobs {
    /// From the rows of `CronTrigger`: those that will run again.
    pub(crate) fn from_rows(rows: &[Value]) -> Jobs {
        Jobs { rows: rows.iter().filter_map(Job::from_row).collect() }
    }
}

impl Job {
    /// A job that will run again.
    pub(crate) fn from_row(row: &Value) -> Option<Job> {
        let is_over = matches!(json::text(row, "State"), "COMPLETE" | "DELETED" | "ERROR");
        let owner_id = json::id(row, "OwnerId")?;
        (!is_over).then(|| Job { owner_id, name: json::text(row, "CronJobDetail.Name").into() })
    }
}
