//! The rule `expiring-grant`: what it needs does not run out unnoticed.
//!
//! It never asks for grants without an end: one with an end is better, as long as somebody knows the day.
use crate::facts::{Expirations, Grants};
use crate::rules::granted;
use crate::rules::rule::{Finding, Outcome, declare_rule};
use crate::salesforce::time::Timestamp;

declare_rule! {
    /// Some of its access ends within 30 days
    ///
    /// ## Check
    /// Its access doesn't end within 30 days
    ///
    /// ## Several
    /// {n} permission sets or groups of it end within 30 days
    ///
    /// ## Why it matters
    /// An assignment with an expiration date ends by itself. The integration then fails on that day, often at night, with
    /// errors about missing fields and records.
    ///
    /// ## Fix
    /// Ask its owner. If the integration still needs it, assign it again with a later date, before that day. If not, let it
    /// end.
    ///
    /// ## Source
    /// Salesforce Help, "Permission Set and Permission Set Group Assignment Expiration"
    /// <https://help.salesforce.com/s/articleView?id=platform.perm_sets_assign_expiration.htm>;
    /// Object Reference, PermissionSetAssignment (ExpirationDate)
    /// <https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionsetassignment.htm>
    "expiring-grant", integration: Medium, person: None, check
}

/// Days that are looked ahead.
const SOON: i64 = 30;

fn check(expirations: &Expirations, grants: &Grants, now: &Timestamp) -> Outcome {
    let mut findings = vec![];
    for set in &grants.sets {
        let target = set.group.as_ref().unwrap_or(&set.id);
        let Some(end) = expirations.0.get(target) else { continue };
        let days = now.days_until(*end);
        if days <= SOON {
            let when = if days == 0 { "today".to_owned() } else { format!("on {end}") };
            let title = format!("Ends {when}: {}", set.shown());
            let evidence = vec![format!("Its assignment expires on {end}.")];
            findings.push(Finding::new(set.subject(), title, evidence));
        }
    }
    granted::judged(findings, grants, format!("No permission set or group of it ends in the next {SOON} days."))
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::{days_ago, facts, grant};
    let ends = |days: Option<i64>, cut| {
        let mut facts = facts();
        let set = grant().set(2, "ERP");
        facts.expirations =
            Known::Is(Expirations(days.map(|days| (set.id.clone(), days_ago(-days))).into_iter().collect()));
        facts.grants = Known::Is(Grants { sets: vec![set], cut });
        facts
    };
    vec![
        Example { name: "in 20 days", facts: ends(Some(20), false), outcome: "finding" },
        Example { name: "in 31 days", facts: ends(Some(31), false), outcome: "pass" },
        Example { name: "without an end", facts: ends(None, false), outcome: "pass" },
        Example { name: "more sets than were read", facts: ends(None, true), outcome: "cannot-tell" },
    ]
}
