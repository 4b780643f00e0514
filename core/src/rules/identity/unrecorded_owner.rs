//! The rule `unrecorded-owner`: somebody answers for the integration, and it is known what it is for.
//!
//! It never asks this in an org where nobody keeps notes: there it would say the same of every user.
use crate::facts::subject::{Setting, Subject};
use crate::facts::{Record, User};
use crate::rules::rule::{Finding, Outcome, declare_rule};

declare_rule! {
    /// Nobody is noted as its owner
    ///
    /// ## Check
    /// Its owner and purpose are noted
    ///
    /// ## Why it matters
    /// When an integration fails, or its credentials leak, someone has to decide within minutes whether it may be stopped.
    /// Without an owner and a purpose on record nobody can, and the user outlives everyone who knew what it was for.
    ///
    /// ## Fix
    /// Find out which system logs in with this user, and who is responsible for it. Add both under “Notes” on this panel.
    /// Leastwise keeps notes in this browser; export them in its settings to share them.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-ACS-007
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "unrecorded-owner", integration: Medium, person: None, check
}

fn check(user: &User, record: &Record) -> Outcome {
    if !user.is_active {
        return Outcome::not_applicable("The user is inactive.");
    }
    if !record.is_kept {
        return Outcome::not_applicable("Nothing is noted in this org yet. Add a note to have this checked.");
    }
    let missing: Vec<&str> = [("owner", &record.owner), ("purpose", &record.purpose)]
        .into_iter()
        .filter(|(_, text)| text.trim().is_empty())
        .map(|(name, _)| name)
        .collect();
    if missing.is_empty() {
        return Outcome::pass(format!("{} is responsible for it: {}.", record.owner.trim(), record.purpose.trim()));
    }
    let evidence = vec![format!("Its note has no {}.", missing.join(" and no "))];
    let title = if missing == ["purpose"] { "It isn't noted what it's for" } else { RULE.title() };
    Outcome::Findings(vec![Finding::new(Subject::Setting(Setting::Record), title, evidence)])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::facts;
    let noted = |is_kept, owner: &str, purpose: &str| {
        let mut facts = facts();
        facts.record = Known::Is(Record { is_kept, owner: owner.into(), purpose: purpose.into() });
        facts
    };
    vec![
        Example { name: "others have notes", facts: noted(true, "", ""), outcome: "finding" },
        Example { name: "an owner without a purpose", facts: noted(true, "Ann Lee", ""), outcome: "finding" },
        Example { name: "an owner and a purpose", facts: noted(true, "Ann Lee", "Orders"), outcome: "pass" },
        Example { name: "nobody keeps notes", facts: noted(false, "", ""), outcome: "not-applicable" },
    ]
}
