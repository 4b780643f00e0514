//! The rule `new-country`: it goes on logging in from where it always did.
//!
//! It never says who is there: an address's country is a guess of the platform's.
use crate::facts::subject::{SignInsBy, Subject};
use crate::facts::{SignIns, User};
use crate::rules::apps_in_use;
use crate::rules::rule::{Finding, Outcome, declare_rule};
use crate::salesforce::time::Timestamp;
use crate::text::counted;
use std::collections::{BTreeMap, BTreeSet};

declare_rule! {
    /// It logs in from a country it never logged in from before
    ///
    /// ## Check
    /// Logs in from the same countries as before
    ///
    /// ## Why it matters
    /// Stolen tokens and passwords are used from elsewhere. In the thefts through Drift (August 2025), Gainsight (November
    /// 2025) and Klue (June 2026), a new country in the login history was the first thing to see.
    ///
    /// ## Fix
    /// Ask the integration's owner or vendor whether it moved. If nobody knows, freeze the user, revoke its tokens, and
    /// look at what it did since then.
    ///
    /// ## Source
    /// Google Threat Intelligence Group, "Widespread Data Theft Targets Salesforce Instances via Salesloft Drift"
    /// <https://cloud.google.com/blog/topics/threat-intelligence/data-theft-salesforce-instances-via-salesloft-drift>;
    /// Object Reference, LoginHistory (CountryIso)
    /// <https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_loginhistory.htm>
    "new-country", integration: Medium, person: None, check
}

/// Days within which a country is new.
const NEW: i64 = 30;

/// What is known of one country.
#[derive(Debug, Default)]
struct Country<'a> {
    logins: u64,
    first: Option<Timestamp>,
    addresses: BTreeSet<&'a str>,
}

fn check(_: &User, sign_ins: &SignIns, now: &Timestamp) -> Outcome {
    let mut countries: BTreeMap<&str, Country<'_>> = BTreeMap::new();
    for row in sign_ins.successes().filter(|row| !row.country.is_empty()) {
        let own = countries.entry(&row.country).or_default();
        own.logins = own.logins.saturating_add(row.count);
        own.first = [own.first, row.first.or(row.last)].into_iter().flatten().min();
        own.addresses.insert(&row.source_ip);
    }
    if sign_ins.successes().next().is_none() {
        return Outcome::not_applicable("No login in the last 6 months.");
    }
    if countries.is_empty() {
        return Outcome::unreadable("the countries it logs in from");
    }
    // What is missing of a list that is cut is the oldest: a country may only seem new.
    if let Some(doubt) = apps_in_use::cut(sign_ins) {
        return doubt;
    }
    let is_new = |own: &Country<'_>| own.first.is_some_and(|first| first.days_until(*now) <= NEW);
    let (new, known): (Vec<_>, Vec<_>) = countries.iter().partition(|(_, own)| is_new(own));
    let names = |all: &[(&&str, &Country<'_>)]| all.iter().map(|(name, _)| **name).collect::<Vec<_>>().join(", ");
    if known.is_empty() {
        return Outcome::not_applicable(format!(
            "All its logins are of the last {NEW} days, so there is nothing to compare them with."
        ));
    }
    if new.is_empty() {
        return Outcome::pass(format!("Every country it logs in from is known since more than {NEW} days: {}.", names(&known)));
    }
    let mut evidence: Vec<String> = new
        .iter()
        .map(|(name, own)| {
            let since = own.first.map(|first| format!(" since {first}")).unwrap_or_default();
            let from: Vec<&str> = own.addresses.iter().take(3).copied().collect();
            format!("{name}: {}{since}, from {}.", counted(own.logins, "login"), from.join(", "))
        })
        .collect();
    evidence.push(format!("Before: {}.", names(&known)));
    let title = format!("New in the last {NEW} days: logins from {}", names(&new.into_iter().take(5).collect::<Vec<_>>()));
    Outcome::Findings(vec![Finding::new(Subject::SignIns(SignInsBy::Countries), title, evidence)])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::{days_ago, facts, sign_in};
    let with = |rows: &[(&str, i64)], cut| {
        let mut facts = facts();
        let row = |(country, first): &(&str, i64)| crate::facts::SignIn {
            country: (*country).to_owned(),
            first: Some(days_ago(*first)),
            ..sign_in("Remote Access 2.0", "", "Acme ERP")
        };
        facts.sign_ins = Known::Is(SignIns { rows: rows.iter().map(row).collect(), cut });
        facts
    };
    vec![
        Example { name: "a country since last week", facts: with(&[("US", 170), ("RO", 7)], false), outcome: "finding" },
        Example { name: "two countries for months", facts: with(&[("US", 170), ("DE", 40)], false), outcome: "pass" },
        Example { name: "a new integration", facts: with(&[("US", 7)], false), outcome: "not-applicable" },
        Example { name: "no country given", facts: with(&[("", 170)], false), outcome: "cannot-tell" },
        Example { name: "more logins than were read", facts: with(&[("US", 170), ("RO", 7)], true), outcome: "cannot-tell" },
    ]
}
