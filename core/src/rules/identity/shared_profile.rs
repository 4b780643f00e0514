//! The rule `shared-profile`: one profile, one integration.
//!
//! It never counts inactive users: they can do nothing.
use crate::classification::{Classification, Who};
use crate::facts::{Grants, Known, Reach, User};
use crate::salesforce::error::OrgError;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule};
use crate::facts::subject::{Setting, Subject};

declare_rule! {
    /// It shares its profile with other users
    ///
    /// ## Check
    /// Has a profile to itself
    ///
    /// ## Why it matters
    /// Login IP ranges, login hours, and session and password policies are set on the profile. An integration on a
    /// shared profile can't have its own, and gets everything the profile grants the others.
    ///
    /// ## Fix
    /// Clone the profile under the integration's name, move the integration user to it, and remove what it doesn't
    /// need.
    ///
    /// ## Source
    /// Salesforce Help, "Give Integration Users API Only Access"
    /// <https://help.salesforce.com/s/articleView?id=platform.integration_user.htm>
    "shared-profile", integration: High, person: None, check
}

fn check(grants: &Grants, user: &Known<User>, classification: &Known<Classification>) -> Outcome {
    let Some(profile) = grants.profile() else {
        if let (Known::Absent(why), false) = (user, grants.sets.is_empty()) {
            // A permission set's own page: it is no profile's.
            return Outcome::not_applicable(why.clone());
        }
        return Outcome::CannotTell {
            missing: "what the profile grants".into(),
            why: OrgError::NotFound,
        };
    };
    let Some(reach) = &profile.reach else {
        return Outcome::CannotTell {
            missing: "the users of the profile".into(),
            why: OrgError::NotInThisOrg { what: "PermissionSetAssignment".into() },
        };
    };
    // On a profile's own page there is no user shown, whose others they could be: they are all its users.
    let all = matches!(user, Known::Absent(_));
    let allowed = usize::from(all);
    if reach.count() <= allowed && !reach.more {
        return Outcome::pass(match (all, reach.others.first()) {
            (false, _) => "No other active user has this profile.".to_owned(),
            (true, Some(one)) => format!("{} ({}) is its only active user.", one.name, one.username),
            (true, None) => "No active user has this profile.".to_owned(),
        });
    }
    if let Known::Is(Classification { who: Who::Mixed { integrations, people }, reasons, .. }) = classification {
        let mut evidence: Vec<String> =
            reasons.iter().filter(|reason| reason.weight != 0).map(|reason| reason.text.clone()).collect();
        if reach.more {
            evidence.push(format!("In all: {}.", count(reach, all)));
        }
        let counted = |n: usize, one: &str, several: &str| format!("{n} {}", if n == 1 { one } else { several });
        let title = format!(
            "This profile is shared by {} and {}",
            counted(*integrations, "integration user", "integration users"),
            counted(*people, "person", "people")
        );
        let finding = Finding::new(Subject::Setting(Setting::Profile), title, evidence);
        return Outcome::Findings(vec![finding.with(Severity::High)]);
    }
    let severity = if reach.count() > allowed + 1 { Severity::High } else { Severity::Medium };
    Outcome::Findings(vec![finding(reach, all).with(severity)])
}

fn finding(reach: &Reach, all: bool) -> Finding {
    let too = if all { "" } else { " too" };
    let mut evidence: Vec<String> =
        reach.others.iter().take(5).map(|o| format!("{} ({}) is on this profile{too}.", o.name, o.username)).collect();
    if reach.count() > 5 || reach.more {
        evidence.push(format!("In all: {}.", count(reach, all)));
    }
    let title = match reach.others.as_slice() {
        [one] if !all && !reach.more => format!("It shares its profile with {}", one.name),
        _ if all => format!("{} share this profile", count(reach, all)),
        _ => format!("It shares its profile with {}", count(reach, all)),
    };
    Finding::new(Subject::Setting(Setting::Profile), title, evidence)
}

fn count(reach: &Reach, all: bool) -> String {
    reach.words(if all { "" } else { "other " })
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, grant};
    let with = |others: &[&str]| {
        let mut facts = facts();
        facts.grants =
            Known::Is(Grants { sets: vec![grant().profile("Acme ERP").shared_with(others)], cut: false });
        facts
    };
    let page = |others: &[&str]| {
        let mut facts = with(others);
        facts.user = Known::Absent("Open one of the profile's users to see this.".into());
        facts
    };
    vec![
        Example {
            name: "two others have the profile",
            facts: with(&["Ann Lee", "Bo Chan"]),
            outcome: "finding",
        },
        Example { name: "its own profile", facts: with(&[]), outcome: "pass" },
        Example {
            name: "the page of a profile with two users",
            facts: page(&["Ann Lee", "Bo Chan"]),
            outcome: "finding",
        },
        Example { name: "the page of a profile with one user", facts: page(&["Ann Lee"]), outcome: "pass" },
    ]
}
