//! The rule `scattered-addresses`: it logs in from a few addresses.
//!
//! It never says whom an address belongs to, and never judges the profile's ranges: see `unrestricted-login-ip`.
use crate::facts::subject::{SignInsBy, Subject};
use crate::facts::{Known, LoginIpRanges, SignIns, User};
use crate::rules::apps_in_use;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule};
use crate::text::counted;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

declare_rule! {
    /// It logs in from many addresses
    ///
    /// ## Check
    /// Logs in from a few addresses
    ///
    /// ## Why it matters
    /// A server calls from one network. Many addresses mean a cloud service without fixed addresses, several systems with
    /// the same credentials, or a copy of them in use elsewhere. They also make login IP ranges hard to keep. Since April
    /// 2026 Salesforce freezes users that call from addresses it knows to be risky.
    ///
    /// ## Fix
    /// Find out which system each network belongs to. Give every system its own user, and ask the vendor for fixed outbound
    /// addresses.
    ///
    /// ## Source
    /// Salesforce Help, "Salesforce Automatic Security Containment"
    /// <https://help.salesforce.com/s/articleView?id=005318944&type=1>;
    /// Security Benchmark for Salesforce, SBS-AUTH-003
    /// <https://docs.securitybenchmark.org/controls-at-a-glance.html>
    "scattered-addresses", integration: Low, person: None, check
}

/// More addresses than this are many.
const ADDRESSES: usize = 20;
/// More networks than this are many.
const NETWORKS: usize = 8;

fn check(_: &User, sign_ins: &SignIns, ranges: &Known<LoginIpRanges>) -> Outcome {
    let from: BTreeSet<IpAddr> =
        sign_ins.successes().filter_map(|row| row.source_ip.trim().parse().ok()).collect();
    let networks: BTreeSet<IpAddr> = from.iter().copied().map(network).collect();
    if from.len() > ADDRESSES || networks.len() > NETWORKS {
        let few: Vec<String> = networks.iter().take(5).map(ToString::to_string).collect();
        let more = networks.len() - few.len();
        let mut evidence = vec![format!(
            "{} in {} in the last 6 months: {}{}.",
            counted(from.len(), "address"),
            counted(networks.len(), "network"),
            few.join(", "),
            if more > 0 { format!(" and {more} more") } else { String::new() }
        )];
        let countries: BTreeSet<&str> =
            sign_ins.successes().map(|row| row.country.as_str()).filter(|name| !name.is_empty()).collect();
        if countries.len() > 1 {
            let all: Vec<&str> = countries.into_iter().collect();
            evidence.push(format!("Countries: {}.", all.join(", ")));
        }
        let is_within = |ranges: &LoginIpRanges| {
            from.iter().all(|address| ranges.ranges.iter().any(|range| range.contains(*address)))
        };
        let title = format!("It logs in from {}", counted(from.len(), "address"));
        let mut finding = Finding::new(Subject::SignIns(SignInsBy::Addresses), title, evidence);
        if ranges.known().is_some_and(is_within) {
            finding.evidence.push("All of them are inside the profile's login IP ranges.".to_owned());
            finding = finding.with(Severity::Info);
        }
        return Outcome::Findings(vec![finding]);
    }
    if let Some(doubt) = apps_in_use::cut(sign_ins) {
        return doubt;
    }
    match from.len() {
        0 => Outcome::not_applicable("No login from an address in the last 6 months."),
        n => Outcome::pass(format!("It logged in from {} in the last 6 months.", counted(n, "address"))),
    }
}

/// The network of an address: the /24 of IPv4, the /48 of IPv6, which is what a site is given (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(own) => Ipv4Addr::from_bits(own.to_bits() & !0xff).into(),
        IpAddr::V6(own) => Ipv6Addr::from_bits(own.to_bits() & !(u128::MAX >> 48)).into(),
    }
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, sign_in};
    let from = |addresses: Vec<String>, cut| {
        let mut facts = facts();
        let row = |source_ip| crate::facts::SignIn { source_ip, ..sign_in("Remote Access 2.0", "", "Acme ERP") };
        facts.sign_ins = Known::Is(SignIns { rows: addresses.into_iter().map(row).collect(), cut });
        facts
    };
    let one_network = |n: u8| (1..=n).map(|last| format!("198.51.100.{last}")).collect::<Vec<_>>();
    let networks = |n: u8| (1..=n).map(|third| format!("203.0.{third}.1")).collect::<Vec<_>>();
    vec![
        Example { name: "21 addresses of one network", facts: from(one_network(21), false), outcome: "finding" },
        Example { name: "9 networks", facts: from(networks(9), false), outcome: "finding" },
        Example { name: "8 networks", facts: from(networks(8), false), outcome: "pass" },
        Example { name: "more logins than were read", facts: from(one_network(2), true), outcome: "cannot-tell" },
        Example { name: "names for addresses", facts: from(vec!["Salesforce.com IP".into()], false), outcome: "not-applicable" },
    ]
}
