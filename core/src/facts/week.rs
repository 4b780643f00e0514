//! When software signs in: what a profile's login hours are weighed by.
//!
//! It never holds a time zone: no API tells that of a profile's login hours.

use crate::facts::Flow;
use crate::facts::table::{Rows, Table};
use crate::salesforce::json::{self, Value};
use serde::{Deserialize, Serialize};

/// Hours are those of UTC (SOQL reference, "Date Functions"). What did not succeed is left out when it is read: `Status`
/// does not filter.
pub(crate) const TABLE: Table = Table {
    group: &["Status", "LoginType", "DAY_IN_WEEK(LoginTime) weekday", "HOUR_IN_DAY(LoginTime) hour"],
    fields: &["COUNT(Id) total"],
    filter: "LoginTime = LAST_N_DAYS:90",
    order: "ORDER BY COUNT(Id) DESC LIMIT 2000",
    ..Table::new("LoginHistory", Rows::OfUsers("UserId"))
};

/// The hours of a week.
pub const WEEK: usize = 168;

/// The sign-ins of ninety days that succeeded and were not by browser, of the profile's active users, for each hour of
/// the week from Sunday 00:00 UTC on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week(pub Vec<u64>);

impl Week {
    /// From the rows of the grouped query. Source: Object Reference, LoginHistory; SOQL reference, "Date Functions" (days
    /// from 1, Sunday). None at all may be those that this viewer may not see.
    pub(crate) fn from_rows(rows: &[Value]) -> Option<Week> {
        let mut all = vec![0; WEEK];
        for row in rows {
            let day = json::number(row, "weekday").wrapping_sub(1);
            let hours = day.checked_mul(24).map(|hours| hours + json::number(row, "hour"));
            let is_software = json::text(row, "Status").eq_ignore_ascii_case("success")
                && Flow::of(json::text(row, "LoginType")) != Flow::Browser;
            let at = hours.and_then(|hours| usize::try_from(hours).ok());
            if let Some(count) = at.and_then(|at| all.get_mut(at)).filter(|_| is_software) {
                *count += json::number(row, "total");
            }
        }
        Some(Week(all)).filter(|week| week.total() > 0)
    }

    /// How many in all.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}
