//! The rule `unrestricted-login-ip`: the profile has login IP ranges, and they restrict something.
//!
//! It never says whom an address belongs to, nor what the org's trusted ranges allow: those waive a check, they
//! forbid nothing.
use crate::classification::Classification;
use crate::text::{self, listed};
use crate::facts::{CheckSettings, Known, LoginIpRanges, SignIns};
use crate::salesforce::ip_range::{IpRange, MEANINGLESS, MEANINGLESS_V6, keep_changing, open, places};
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule};
use crate::facts::subject::{RangeFault, Setting, Subject};
use std::collections::BTreeMap;
use std::net::IpAddr;

declare_rule! {
    /// Login IP ranges don't restrict where it logs in from
    ///
    /// ## Check
    /// Login IP ranges restrict access
    ///
    /// ## Why it matters
    /// An integration calls from a few known addresses. Without login IP ranges on its profile, anyone who has its
    /// credentials can use them from anywhere. A range of millions of addresses is no better. For people, who move
    /// around, it matters less.
    ///
    /// ## Fix
    /// Look at the addresses it logged in from, ask the vendor for its outbound IP ranges, and enter those on the
    /// profile. The profile should be the integration's own, or the others on it are locked out. To enforce the ranges
    /// during the session too, turn on “Enforce login IP ranges on every request” in Session Settings, which applies to
    /// the whole org.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-AUTH-003
    /// <https://docs.securitybenchmark.org/controls-at-a-glance.html>;
    /// Metadata API Developer Guide, Profile (loginIpRanges)
    /// <https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_profile.htm>
    "unrestricted-login-ip", integration: High, person: Some(Severity::Medium), check
}

const fn subject(fault: RangeFault) -> Subject {
    Subject::Setting(Setting::LoginIpRanges(fault))
}

fn check(
    ranges: &LoginIpRanges,
    sign_ins: &Known<SignIns>,
    classification: &Known<Classification>,
    checks: &CheckSettings,
) -> Outcome {
    let person = classification.known().is_some_and(Classification::is_of_people);
    let ranges = &ranges.ranges;
    let from = sources(sign_ins);
    if ranges.is_empty() {
        let mut evidence = vec!["The profile has no login IP ranges.".to_owned()];
        evidence.push(seen(sign_ins, &from));
        evidence.extend(changing(&from).filter(|_| !person));
        let title = "No login IP ranges: logins from any address are allowed";
        let mut finding = Finding::new(subject(RangeFault::None), title, evidence);
        finding.severity = person.then_some(Severity::Low);
        return Outcome::Findings(vec![finding]);
    }
    let (four, six) = open(ranges);
    if four > MEANINGLESS || six > MEANINGLESS_V6 {
        let mut evidence: Vec<String> = ranges
            .iter()
            .filter(|range| range.is_meaningless())
            .take(5)
            .map(allowed)
            .collect();
        evidence.push(together(ranges, four, six));
        evidence.push(seen(sign_ins, &from));
        return Outcome::Findings(vec![Finding::new(
            subject(RangeFault::Meaningless),
            "Login IP ranges are too broad to restrict anything",
            evidence,
        )]);
    }
    let mut findings = vec![];
    if checks.is_wide(four, six) {
        let size = |range: &IpRange| {
            let (four, six) = open(std::slice::from_ref(range));
            four.saturating_add(six)
        };
        let mut widest: Vec<&IpRange> = ranges.iter().filter(|range| size(range) > 0).collect();
        widest.sort_by_key(|range| std::cmp::Reverse(size(range)));
        let mut evidence: Vec<String> = widest
            .iter()
            .take(3)
            .map(|range| allowed(range))
            .collect();
        evidence.push(together(ranges, four, six));
        evidence.push(seen(sign_ins, &from));
        let severity = if person { Severity::Low } else { Severity::Medium };
        findings.push(Finding::new(subject(RangeFault::Wide), "Login IP ranges are broad", evidence).with(severity));
    }
    let outside: Vec<&(IpAddr, u64)> =
        from.iter().filter(|(address, _)| !ranges.iter().any(|range| range.contains(*address))).collect();
    if !outside.is_empty() {
        let evidence = vec![
            format!("{}.", counted(&outside)),
            "They were before the ranges were set, or the app relaxes IP restrictions."
                .into(),
        ];
        let severity = if person { Severity::Info } else { Severity::Low };
        findings.push(Finding::new(subject(RangeFault::SignInsOutside), "Logins from outside the login IP ranges", evidence).with(severity));
    }
    Outcome::of(findings, || {
        let compared = match sign_ins {
            Known::Is(_) if from.is_empty() => "There are no logins to compare them with.",
            Known::Is(_) => "Every login Leastwise read came from inside them.",
            _ => "Leastwise couldn't read the logins to compare them with.",
        };
        Outcome::pass(format!("{} {compared}", together(ranges, four, six)))
    })
}

/// Where the successful sign-ins came from, the most frequent first.
fn sources(sign_ins: &Known<SignIns>) -> Vec<(IpAddr, u64)> {
    let mut counts: BTreeMap<IpAddr, u64> = BTreeMap::new();
    for row in sign_ins.known().into_iter().flat_map(SignIns::successes) {
        // What is no address ("Salesforce.com IP") is the platform itself.
        if let Ok(address) = row.source_ip.trim().parse::<IpAddr>() {
            let count = counts.entry(address.to_canonical()).or_default();
            *count = count.saturating_add(row.count);
        }
    }
    let mut all: Vec<_> = counts.into_iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all
}

fn seen(sign_ins: &Known<SignIns>, from: &[(IpAddr, u64)]) -> String {
    match sign_ins {
        Known::Is(_) if from.is_empty() => {
            "No successful login with an IP address in the last 6 months.".into()
        }
        Known::Is(_) => format!("{} in the last 6 months.", counted(&from.iter().collect::<Vec<_>>())),
        _ => "Leastwise couldn't read where it logs in from.".into(),
    }
}

/// That the addresses keep changing, where they do: then no list of those that were seen holds.
fn changing(from: &[(IpAddr, u64)]) -> Option<String> {
    let counts: Vec<u64> = from.iter().map(|(_, count)| *count).collect();
    let once = counts.iter().filter(|count| **count <= 1).count();
    let times = if once == counts.len() { "none of them twice".to_owned() } else { format!("{once} of them once") };
    let places = places(from.iter().map(|(address, _)| *address).collect());
    keep_changing(&counts, places).then(|| {
        format!(
            "{} addresses, {times}. They keep changing, so a list of them would lock it out. Ask the vendor for fixed addresses or its outbound IP ranges.",
            counts.len()
        )
    })
}

/// "Logged in from 198.51.100.7 (10 logins) and 198.51.100.8 (2 logins)".
fn counted(from: &[&(IpAddr, u64)]) -> String {
    let mut parts: Vec<String> =
        from.iter().take(5).map(|(address, n)| format!("{address} ({})", text::counted(*n, "login"))).collect();
    let more = from.len().saturating_sub(5);
    if more > 0 {
        parts.push(format!("{more} more addresses"));
    }
    format!("Logged in from {}", listed(&parts))
}

fn allowed(range: &IpRange) -> String {
    format!("{range} allows {} addresses.", amount(range.addresses()))
}

fn together(ranges: &[IpRange], four: u128, six: u128) -> String {
    let parts: Vec<String> = [(four, "IPv4"), (six, "IPv6")]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, family)| format!("{} {family} address{}", amount(n), if n == 1 { "" } else { "es" }))
        .collect();
    let what = if parts.is_empty() { "private addresses only".to_owned() } else { listed(&parts) };
    match ranges {
        [_] => format!("One range allows {what}."),
        _ => format!("{} ranges together allow {what}.", ranges.len()),
    }
}

/// A count for readers: in full to a million, then in words.
fn amount(n: u128) -> String {
    // In 64 bits where it fits: to write out 128 costs a kilobyte.
    let Some(n) = u64::try_from(n).ok().filter(|n| *n < 1_000_000_000_000) else {
        return format!("2^{} or more", n.ilog2());
    };
    match n {
        0..1_000_000 => {
            let digits = n.to_string();
            match digits.len().checked_sub(3).and_then(|at| digits.split_at_checked(at)) {
                Some((thousands, rest)) if !thousands.is_empty() => format!("{thousands},{rest}"),
                _ => digits,
            }
        }
        1_000_000..1_000_000_000 => format!("{} million", n / 1_000_000),
        _ => format!("{}.{} billion", n / 1_000_000_000, n / 100_000_000 % 10),
    }
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, person};
    use crate::salesforce::error::OrgError;
    let with = |ranges: &[(&str, &str)]| {
        let mut facts = facts();
        let ranges = ranges.iter().map(|(start, end)| IpRange::parse(start, end, "").unwrap()).collect();
        facts.login_ip_ranges = Known::Is(LoginIpRanges { ranges, full_name: "Acme ERP".into() });
        facts
    };
    let mut unread = with(&[]);
    unread.login_ip_ranges = Known::unavailable("the profile's login IP ranges", OrgError::Timeout);
    let mut human = person();
    human.login_ip_ranges = Known::Is(LoginIpRanges::default());
    vec![
        Example { name: "no range", facts: with(&[]), outcome: "finding" },
        Example { name: "all of IPv4", facts: with(&[("0.0.0.0", "255.255.255.255")]), outcome: "finding" },
        Example {
            name: "two halves that are too much together",
            facts: with(&[("198.0.0.0", "198.255.255.255"), ("203.0.0.0", "203.255.255.255")]),
            outcome: "finding",
        },
        Example {
            name: "private addresses beside sixteen",
            facts: with(&[("198.51.100.0", "198.51.100.15"), ("10.0.0.0", "10.255.255.255")]),
            outcome: "pass",
        },
        Example {
            name: "a /15 of a cloud",
            facts: with(&[("198.50.0.0", "198.51.255.255")]),
            outcome: "finding",
        },
        Example {
            name: "logs in from outside",
            facts: with(&[("203.0.113.0", "203.0.113.7")]),
            outcome: "finding",
        },
        Example { name: "a person without login IP ranges", facts: human, outcome: "finding" },
        Example {
            name: "a range of sixteen",
            facts: with(&[("198.51.100.0", "198.51.100.15")]),
            outcome: "pass",
        },
        Example { name: "ranges that couldn't be read", facts: unread, outcome: "cannot-tell" },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_readable() {
        let words: Vec<String> =
            [1, 256, 131_072, 838_860_800, 1 << 32, u128::MAX].into_iter().map(amount).collect();
        assert_eq!(words, ["1", "256", "131,072", "838 million", "4.2 billion", "2^127 or more"]);
    }

    #[test]
    fn an_admin_chooses_what_is_broad() {
        let of = |last: &str, addresses| {
            let mut facts = crate::rules::example::facts();
            let range = IpRange {
                start: "203.0.113.0".parse().unwrap(),
                end: last.parse().unwrap(),
                description: String::new(),
            };
            facts.login_ip_ranges =
                Known::Is(LoginIpRanges { ranges: vec![range].into(), full_name: "Acme ERP".into() });
            facts.sign_ins = Known::Is(SignIns::default());
            facts.checks.wide_range_addresses = addresses;
            RULE.run(&facts).word()
        };
        assert_eq!([of("203.0.113.255", 255), of("203.0.113.255", 256)], ["finding", "pass"]);
        // What restricts nothing is no choice.
        assert_eq!(of("205.255.255.255", u32::MAX), "finding");
    }

    #[test]
    fn addresses_that_keep_changing_are_said_to() {
        let mut facts = (RULE.examples)()[0].facts.clone();
        let row = crate::rules::example::sign_in("Remote Access 2.0", "", "Zap");
        let rows = (1..=30).map(|n| crate::facts::SignIn {
            source_ip: format!("192.0.2.{n}"),
            count: 1,
            ..row.clone()
        });
        facts.sign_ins = Known::Is(SignIns { rows: rows.collect(), cut: false });
        let Outcome::Findings(findings) = RULE.run(&facts) else { panic!() };
        assert!(findings[0].evidence[2].starts_with("30 addresses, none of them twice. They keep changing"), "{findings:?}");
    }

    #[test]
    fn the_finding_names_where_it_signs_in_from() {
        let Outcome::Findings(findings) = RULE.run(&(RULE.examples)()[0].facts) else { panic!() };
        assert!(findings[0].evidence.iter().any(|line| line.contains("198.51.100.7 (10 logins)")), "{findings:?}");
        assert_eq!(findings[0].severity, Some(Severity::High));
    }
}
