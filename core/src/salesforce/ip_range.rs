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

/// More than this is wide where nobody chose another number: worth a look, not yet pointless (the same source).
pub const WIDE: u32 = 100_000;

/// The same of IPv6: more than a provider's usual whole allocation (a /32) restricts nothing.
pub const MEANINGLESS_V6: u128 = 1 << 96;

/// Of IPv6 more than a site's (a /48) is wide.
pub const WIDE_V6: u128 = 1 << 80;

/// Addresses that no request from the internet can come from: private networks (RFC 1918, RFC 4193), carriers' inner
/// networks (RFC 6598), the machine itself and its own link (RFC 1122, 3927, 4291). A range of them lets nobody in from
/// outside; Salesforce's own services use 10.0.0.0/8 (Salesforce Help 000384569). IPv4 stands where IPv6 maps it.
const INNER: &[(u128, u128)] = &[
    mapped([10, 0, 0, 0], 8),
    mapped([100, 64, 0, 0], 10),
    mapped([127, 0, 0, 0], 8),
    mapped([169, 254, 0, 0], 16),
    mapped([172, 16, 0, 0], 12),
    mapped([192, 168, 0, 0], 16),
    (1, 1),
    (0xfc00 << 112, (0xfe00 << 112) - 1),
    (0xfe80 << 112, (0xfec0 << 112) - 1),
];

/// The first and the last address of a block of IPv4, as IPv6 maps them.
const fn mapped(of: [u8; 4], bits: u32) -> (u128, u128) {
    let first = V4_FIRST | u32::from_be_bytes(of) as u128;
    (first, first | ((1 << (32 - bits)) - 1))
}

const V4_FIRST: u128 = 0xffff_0000_0000;
const V4_LAST: u128 = 0xffff_ffff_ffff;

/// Whether nobody reaches Salesforce from this address over the internet: it is private, or the machine's own.
pub fn is_inner(address: IpAddr) -> bool {
    let number = wide(address);
    INNER.iter().any(|(first, last)| (*first..=*last).contains(&number))
}

/// More ranges than this are no list that anybody keeps up.
const MANY: usize = 20;

/// Fewer addresses than this say nothing of whether they keep changing.
const FEW: usize = 5;

/// Addresses further apart than this are not one range.
pub const GAP: u128 = 16;

/// Whether `next` is close enough after `last` to be of one range with it.
pub fn is_near(last: IpAddr, next: IpAddr) -> bool {
    last.is_ipv4() == next.is_ipv4() && number(next).saturating_sub(number(last)) <= GAP
}

/// How many ranges it takes to hold these addresses, those close together being of one.
pub fn places(mut addresses: Vec<IpAddr>) -> usize {
    addresses.sort_unstable();
    let apart = addresses.windows(2).filter(|pair| matches!(pair, [last, next] if !is_near(*last, *next)));
    apart.count() + usize::from(!addresses.is_empty())
}

/// Whether sign-ins come from addresses that keep changing, as those of hosted services do: `counts` are the sign-ins of
/// each address, `ranges` how many ranges it takes to hold them. A list of such addresses is out of date tomorrow.
pub fn keep_changing(counts: &[u64], ranges: usize) -> bool {
    let once = counts.iter().filter(|count| **count <= 1).count();
    ranges > MANY || counts.len() > FEW && 2 * once > counts.len()
}

/// How many addresses of the internet the ranges let in together, of IPv4 and of IPv6: what overlaps is counted once,
/// private addresses not at all. A range from `::` up holds IPv4 too.
pub fn open(ranges: &[IpRange]) -> (u128, u128) {
    let mut spans: Vec<(u128, u128)> =
        ranges.iter().map(|range| (wide(range.start), wide(range.end))).collect();
    spans.sort_unstable();
    let (mut four, mut all, mut reached) = (0u128, 0u128, None::<u128>);
    for (start, end) in spans {
        let start = match reached {
            Some(last) if last >= end => continue,
            Some(last) if last >= start => last.saturating_add(1),
            _ => start,
        };
        reached = Some(end);
        all = all.saturating_add(shared((start, end), (0, u128::MAX)));
        four = four.saturating_add(shared((start, end), (V4_FIRST, V4_LAST)));
        for inner in INNER {
            let own = shared((start, end), *inner);
            all = all.saturating_sub(own);
            if (V4_FIRST..=V4_LAST).contains(&inner.0) {
                four = four.saturating_sub(own);
            }
        }
    }
    (four, all.saturating_sub(four))
}

/// How many addresses two spans have in common.
fn shared(a: (u128, u128), b: (u128, u128)) -> u128 {
    let (first, last) = (a.0.max(b.0), a.1.min(b.1));
    if first > last { 0 } else { (last - first).saturating_add(1) }
}

/// An address as a number, IPv4 where IPv6 maps it.
fn wide(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(a) => a.to_ipv6_mapped().to_bits(),
        IpAddr::V6(a) => a.to_bits(),
    }
}

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
    /// one provider's usual whole allocation (a /32). Private addresses do not count.
    pub fn is_meaningless(&self) -> bool {
        let (four, six) = open(std::slice::from_ref(self));
        four > MEANINGLESS || six > MEANINGLESS_V6
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
        assert!(!IpRange::parse("20.0.0.0", "20.255.255.255", "").unwrap().is_meaningless());
        assert!(
            !IpRange::parse("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "")
                .unwrap()
                .is_meaningless()
        );
    }

    #[test]
    fn private_addresses_are_nobody_s_internet() {
        let range = |start: &str, end: &str| IpRange::parse(start, end, "").unwrap();
        for (start, end) in [
            ("10.0.0.0", "10.255.255.255"),
            ("172.16.0.0", "172.31.255.255"),
            ("192.168.0.0", "192.168.255.255"),
            ("100.64.0.0", "100.127.255.255"),
            ("127.0.0.0", "127.255.255.255"),
            ("169.254.0.0", "169.254.255.255"),
            ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("::1", "::1"),
            ("::ffff:10.0.0.0", "::ffff:10.255.255.255"),
        ] {
            let own = range(start, end);
            assert_eq!(open(std::slice::from_ref(&own)), (0, 0), "{start}");
            assert!(!own.is_meaningless(), "{start}");
            assert!(is_inner(own.start) && is_inner(own.end), "{start}");
        }
        // One address more on either side is the internet's.
        for (start, end) in [("9.255.255.255", "11.0.0.0"), ("172.15.255.255", "172.32.0.0")] {
            let own = range(start, end);
            assert_eq!(open(std::slice::from_ref(&own)), (2, 0), "{start}");
            assert!(!is_inner(own.start) && !is_inner(own.end), "{start}");
        }
        // All of IPv4 less what is private: 2^32 - 2^24 - 2^22 - 2^24 - 2^16 - 2^20 - 2^16.
        let all = open(&[range("0.0.0.0", "255.255.255.255")]).0;
        assert_eq!(all, (1 << 32) - 2 * (1 << 24) - (1 << 22) - (1 << 20) - 2 * (1 << 16));
        assert!(range("0.0.0.0", "255.255.255.255").is_meaningless());
        assert!(!range("8.0.0.0", "8.255.255.255").is_meaningless());
    }

    #[test]
    fn addresses_that_keep_changing_are_no_list() {
        assert!(keep_changing(&[1; 289], 289) && keep_changing(&[3; 21], 21) && keep_changing(&[1; 6], 1));
        assert!(keep_changing(&[1, 1, 1, 1, 40, 50], 6));
        assert!(!keep_changing(&[1; 5], 5) && !keep_changing(&[9; 20], 20) && !keep_changing(&[9; 30], 2));
        assert!(!keep_changing(&[1, 1, 1, 40, 50, 60], 6) && !keep_changing(&[], 0));
        let of = |all: &[&str]| places(all.iter().map(|text| text.parse().unwrap()).collect());
        assert_eq!(of(&["198.51.100.23", "198.51.100.7", "198.51.100.40", "2001:db8::1"]), 3);
        assert_eq!((of(&[]), of(&["198.51.100.7"])), (0, 1));
    }

    #[test]
    fn what_overlaps_counts_once() {
        let of = |ranges: &[(&str, &str)]| {
            open(&ranges.iter().map(|(a, b)| IpRange::parse(a, b, "").unwrap()).collect::<Vec<_>>())
        };
        assert_eq!(
            of(&[("20.0.0.0", "20.0.0.9"), ("20.0.0.5", "20.0.0.19"), ("20.0.0.2", "20.0.0.3")]),
            (20, 0)
        );
        assert_eq!(of(&[("::ffff:20.0.0.0", "::ffff:20.0.0.9"), ("20.0.0.0", "20.0.0.9")]), (10, 0));
        assert_eq!(of(&[("20.0.0.0", "20.0.0.9"), ("10.0.0.0", "10.255.255.255")]), (10, 0));
        assert_eq!(of(&[("2001:db8::", "2001:db8::f")]), (0, 16));
        assert!(of(&[("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]).0 > 4_000_000_000);
        assert!(of(&[("::", "::ffff:ffff:ffff")]).0 > 4_000_000_000);
        assert_eq!(of(&[]), (0, 0));
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
