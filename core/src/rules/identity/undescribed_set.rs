//! The rule `undescribed-set`: each of its permission sets says what it is for.
//!
//! It never asks this of what came with a package, of Salesforce's own sets, or of profiles and groups.
use crate::facts::{Grants, Source};
use crate::rules::granted;
use crate::rules::rule::{Finding, Outcome, declare_rule};
use crate::salesforce::error::OrgError;

declare_rule! {
    /// Some of its permission sets don't say what they're for
    ///
    /// ## Check
    /// Its permission sets have a description
    ///
    /// ## Several
    /// {n} permission sets don't say what they're for
    ///
    /// ## Why it matters
    /// Nobody dares to remove a permission whose purpose isn't written down. A line in the description, with the integration
    /// and its owner, is what the next admin looks for.
    ///
    /// ## Fix
    /// Write into the description of each permission set which integration needs it, and why.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-ACS-007
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "undescribed-set", integration: Low, person: None, check
}

fn check(grants: &Grants) -> Outcome {
    let mut own = grants
        .sets
        .iter()
        .filter(|set| matches!(set.source, Source::PermissionSet { .. }) && set.custom && set.namespace.is_none())
        .peekable();
    if own.peek().is_none() {
        return granted::doubt(grants).unwrap_or_else(|| {
            Outcome::pass("It has no permission set of your own that could lack a description.")
        });
    }
    let mut findings = vec![];
    for set in own {
        match &set.description {
            None => {
                let what = "the descriptions of permission sets".to_owned();
                return Outcome::CannotTell { missing: what.clone(), why: OrgError::NotInThisOrg { what } };
            }
            Some(text) if text.trim().is_empty() => {
                let title = format!("No description: {}", set.shown());
                let evidence = vec![format!("Its API name is {}.", set.api_name)];
                findings.push(Finding::new(set.subject(), title, evidence));
            }
            Some(_) => {}
        }
    }
    granted::judged(findings, grants, "Each permission set of your own that it has is described.")
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::{Grant, Known};
    use crate::rules::example::{facts, grant};
    let with = |sets: Vec<Grant>, cut| {
        let mut facts = facts();
        facts.grants = Known::Is(Grants { sets, cut });
        facts
    };
    let said = |text: Option<&str>| Grant { description: text.map(str::to_owned), ..grant().set(2, "ERP") };
    let packaged = Grant { namespace: Some("acme".into()), ..said(Some("")) };
    vec![
        Example { name: "an empty description", facts: with(vec![said(Some(" "))], false), outcome: "finding" },
        Example { name: "a description", facts: with(vec![said(Some("For the ERP."))], false), outcome: "pass" },
        Example { name: "a package's set", facts: with(vec![packaged], false), outcome: "pass" },
        Example { name: "descriptions were not read", facts: with(vec![said(None)], false), outcome: "cannot-tell" },
        Example { name: "more sets than were read", facts: with(vec![said(Some("For the ERP."))], true), outcome: "cannot-tell" },
    ]
}
