//! The profile's login IP ranges, which only its metadata has.

use crate::facts::table::{Rows, Table};
use crate::facts::{Fact, Known, Shared};
use crate::salesforce::error::OrgError;
use crate::salesforce::ip_range::IpRange;
use crate::salesforce::json::{self, Value};
use serde::{Deserialize, Serialize};

/// `Metadata` and `FullName` are given for one row a query. Source: Tooling API, Profile.
pub(crate) const TABLE: Table =
    Table { fields: &["FullName", "Metadata"], ..Table::new("Profile", Rows::Metadata) };

/// `loginIpRanges` of Metadata `Profile`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LoginIpRanges {
    /// The ranges, in the org's order.
    pub ranges: Shared<Vec<IpRange>>,
    /// `FullName`: what the Metadata API calls the profile (a standard one's is not its name); empty when it was not
    /// given.
    pub full_name: String,
}

impl LoginIpRanges {
    /// Out of a Tooling query for `Metadata` of one profile.
    pub(crate) fn from_answer(body: &Value) -> Known<LoginIpRanges> {
        let unavailable = |why| Known::unavailable(LoginIpRanges::NAME, why);
        let Some(row) = json::rows(body).first() else { return unavailable(OrgError::NotFound) };
        let Some(metadata) = row.get("Metadata").filter(|m| m.is_object()) else {
            return unavailable(OrgError::NotInThisOrg { what: "the profile's metadata".into() });
        };
        let ranges = metadata.get("loginIpRanges").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let read: Option<Shared<Vec<IpRange>>> = ranges
            .iter()
            .map(|range| {
                let of = |key| json::text(range, key);
                IpRange::parse(of("startAddress"), of("endAddress"), of("description"))
            })
            .collect();
        match read {
            Some(ranges) => {
                Known::Is(LoginIpRanges { ranges, full_name: json::text(row, "FullName").into() })
            }
            None => unavailable(OrgError::Other {
                code: "range".into(),
                message: "Leastwise couldn't read one of the login IP ranges".into(),
            }),
        }
    }
}
