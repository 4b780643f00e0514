//! Login IP ranges as a profile has them: a first and a last address, of one family.
//!
//! It never looks an address up: what a range belongs to is not known here.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// A login IP range of a profile (`loginIpRanges` of Metadata `Profile`: `startAddress`, `endAddress`, `description`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IpRange {
    /// First address in the range.
    pub start: IpAddr,
    /// Last address in the range, itself inside.
    pub end: IpAddr,
    /// What the admin wrote of it; empty when nothing.
    pub description: String,
}

/// More addresses than this in all restrict nothing worth the name: a whole IPv4 /8 (rules.md PRF-01, after the
/// Security Benchmark for Salesforce SBS-AUTH-003).
pub const MEANINGLESS: u128 = 1 << 24;

/// More than this is wide: worth a look, not yet pointless (the same source).
pub const WIDE: u128 = 100_000;

impl IpRange {
    /// A range from two addresses as text; `None` when one is no address, they are of different families, or the
    /// first is after the last.
    pub fn parse(start: &str, end: &str, description: &str) -> Option<IpRange> {
        let (start, end): (IpAddr, IpAddr) = (start.trim().parse().ok()?, end.trim().parse().ok()?);
        let range = IpRange { start, end, description: description.to_owned() };
        (start.is_ipv4() == end.is_ipv4() && start <= end).then_some(range)
    }

    /// How many addresses it has; saturating for the whole of IPv6. IPv4 addresses written as IPv6 (`::ffff:0:0/96`,
    /// as the platform may answer them) are counted as what they are.
    pub fn addresses(&self) -> u128 {
        number(self.end).saturating_sub(number(self.start)).saturating_add(1)
    }

    /// Whether `address` is inside; an IPv4 address written as IPv6 is the same address.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (a, start, end) = (address.to_canonical(), self.start.to_canonical(), self.end.to_canonical());
        a.is_ipv4() == start.is_ipv4() && start <= a && a <= end
    }

    /// Whether it allows so much that it restricts nothing: more than 2²⁴ addresses of IPv4, or, of IPv6, more than
    /// one provider's usual whole allocation (a /32).
    pub fn is_meaningless(&self) -> bool {
        let v4 = self.start.to_canonical().is_ipv4() && self.end.to_canonical().is_ipv4();
        self.addresses() > if v4 { MEANINGLESS } else { 1 << 96 }
    }
}

fn number(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(a) => u128::from(a.to_bits()),
        IpAddr::V6(a) => a.to_bits(),
    }
}

/// `198.51.100.0 – 198.51.100.255`, or the one address.
impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.start == self.end {
            write!(f, "{}", self.start)
        } else {
            write!(f, "{} – {}", self.start, self.end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_addresses() {
        assert_eq!(IpRange::parse("198.51.100.0", "198.51.100.255", "").unwrap().addresses(), 256);
        assert_eq!(IpRange::parse("0.0.0.0", "255.255.255.255", "").unwrap().addresses(), 1 << 32);
        assert_eq!(
            IpRange::parse("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "").unwrap().addresses(),
            u128::MAX
        );
        assert!(IpRange::parse("0.0.0.0", "255.255.255.255", "").unwrap().is_meaningless());
        assert!(!IpRange::parse("10.0.0.0", "10.255.255.255", "").unwrap().is_meaningless());
        assert!(
            !IpRange::parse("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "")
                .unwrap()
                .is_meaningless()
        );
    }

    #[test]
    fn refuses_what_is_no_range() {
        assert!(IpRange::parse("198.51.100.9", "198.51.100.1", "").is_none());
        assert!(IpRange::parse("198.51.100.9", "::1", "").is_none());
        assert!(IpRange::parse("here", "there", "").is_none());
    }

    #[test]
    fn four_in_six_is_four() {
        let range = IpRange::parse("198.51.100.0", "198.51.100.255", "").unwrap();
        assert!(range.contains("::ffff:198.51.100.7".parse().unwrap()));
        assert!(!range.contains("198.51.101.7".parse().unwrap()));
        assert!(!range.contains("2001:db8::1".parse().unwrap()));
    }
}
