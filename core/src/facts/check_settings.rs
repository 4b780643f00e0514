//! What an admin, or their company, chose of the checks: which are off, and from where on something is too much.
//!
//! It is a fact like any other to a rule, but for that nothing is read from the org for it.

use crate::salesforce::ip_range::{IpRange, WIDE, WIDE_V6, open};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is chosen of the checks; each as it is without a choice where none was made.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CheckSettings {
    /// The rules that are off, by id.
    pub off: BTreeSet<String>,
    /// A password that is more days old than this is old.
    pub old_password_days: u32,
    /// Login IP ranges of more IPv4 addresses than this are broad.
    pub wide_range_addresses: u32,
}

impl Default for CheckSettings {
    fn default() -> CheckSettings {
        CheckSettings {
            off: BTreeSet::new(),
            old_password_days: OLD_PASSWORD_DAYS,
            wide_range_addresses: WIDE,
        }
    }
}

/// Days after which a password is old (SBS-ACS-009).
const OLD_PASSWORD_DAYS: u32 = 90;

impl CheckSettings {
    /// The fewest and the most days, and addresses, that can be chosen.
    pub const DAYS: (u32, u32) = (1, 3_650);
    /// A range of one address is never broad; beyond an IPv4 /8 it restricts nothing, whatever is chosen.
    pub const ADDRESSES: (u32, u32) = (1, 1 << 24);

    /// The same with its numbers inside of what can be chosen: what is stored may be another version's.
    #[must_use]
    pub fn bounded(mut self) -> CheckSettings {
        self.old_password_days = self.old_password_days.clamp(Self::DAYS.0, Self::DAYS.1);
        self.wide_range_addresses = self.wide_range_addresses.clamp(Self::ADDRESSES.0, Self::ADDRESSES.1);
        self
    }

    /// Whether the rule of this id runs.
    pub fn is_on(&self, rule: &str) -> bool {
        !self.off.contains(rule)
    }

    /// Whether a password of so many days is old.
    pub(crate) fn is_old_password(&self, days: i64) -> bool {
        days > i64::from(self.old_password_days)
    }

    /// Whether so many addresses, of IPv4 and of IPv6, are broad: worth a look, not yet pointless.
    pub(crate) fn is_wide(&self, four: u128, six: u128) -> bool {
        four > u128::from(self.wide_range_addresses) || six > WIDE_V6
    }

    /// Whether a range is broad. Private addresses do not count.
    pub(crate) fn is_wide_range(&self, range: &IpRange) -> bool {
        let (four, six) = open(std::slice::from_ref(range));
        self.is_wide(four, six)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_never_broad() {
        let range = |start: &str, end: &str| IpRange {
            start: start.parse().unwrap(),
            end: end.parse().unwrap(),
            description: String::new(),
        };
        let own = CheckSettings::default();
        assert!(!own.is_wide_range(&range("10.0.0.0", "10.255.255.255")));
        assert!(own.is_wide_range(&range("8.0.0.0", "12.0.0.0")));
        assert!(!own.is_wide_range(&range("8.0.0.0", "8.0.0.255")));
        let strict = CheckSettings { wide_range_addresses: 255, ..own };
        assert!(strict.is_wide_range(&range("8.0.0.0", "8.0.0.255")));
    }

    #[test]
    fn what_another_version_stored_is_read() {
        let read = |text: &str| serde_json::from_str::<CheckSettings>(text).unwrap().bounded();
        assert_eq!(read("{}"), CheckSettings::default());
        let own = read(r#"{"off":["stale-secret","of-another-version"],"oldPasswordDays":0,"more":1}"#);
        assert!(!own.is_on("stale-secret") && own.is_on("shared-profile"));
        assert_eq!((own.old_password_days, own.wide_range_addresses), (1, 100_000));
    }
}
