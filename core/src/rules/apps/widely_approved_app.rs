//! The rule `widely-approved-app`: an app lets in the few who need it.
//!
//! It never judges an app that everyone may authorize: `open-app` does, for each user whom it acts as.

use crate::facts::AppSettings;
use crate::facts::app_settings::Approval;
use crate::facts::subject::Subject;
use crate::rules::rule::{Finding, Outcome, declare_rule, read};
use crate::salesforce::error::OrgError;
use crate::text::counted;

declare_rule! {
    /// The app is approved for too many users
    ///
    /// ## Check
    /// The app is approved for few users
    ///
    /// ## Why it matters
    /// Anyone who is approved gives the app their access with a click, or is tricked into it. An integration needs one user. An
    /// app that half of the company is approved for is nearly as open as one that everyone may authorize.
    ///
    /// ## Fix
    /// Create a permission set for the app and assign it to those who use it: the app's OAuth usage shows who. Then remove
    /// the other profiles and permission sets from the app.
    ///
    /// ## Source
    /// Salesforce Help, "Manage OAuth Access Policies for a Connected App"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.connected_app_manage_oauth.htm&type=5>;
    /// Security Benchmark for Salesforce, SBS-OAUTH-002
    /// <https://docs.securitybenchmark.org/controls-at-a-glance.html>
    "widely-approved-app", integration: Medium, person: None, check
}

/// More profiles and permission sets than that are no choice any more.
const SETS: usize = 10;

/// A profile that so many people have is a part of the company, not an integration.
const USERS: u64 = 50;

fn check(app: &AppSettings) -> Outcome {
    match read(&app.admin_approved) {
        Ok(true) => {}
        Ok(false) => {
            return Outcome::not_applicable(
                "All users may authorize the app. That is reported for each integration user it acts as.",
            );
        }
        Err(outcome) => return outcome,
    }
    let approved = match read(&app.approved) {
        Ok(approved) => approved,
        Err(outcome) => return outcome,
    };
    let large: Vec<&Approval> =
        approved.iter().filter(|one| one.users.is_some_and(|users| users > USERS)).collect();
    let mut evidence: Vec<String> = large
        .iter()
        .map(|one| format!("Profile “{}” has {}.", one.name, counted(one.users.unwrap_or_default(), "active user")))
        .collect();
    if approved.len() > SETS {
        let names: Vec<&str> = approved.iter().map(|one| one.name.as_str()).filter(|name| !name.is_empty()).take(SETS).collect();
        evidence.push(format!("Approved for {} profiles and permission sets, among them: {}.", approved.len(), names.join(", ")));
    }
    if !evidence.is_empty() {
        let title = match large.first() {
            Some(_) => format!("{} is approved for large profiles", app.shown()),
            None => format!("{} is approved for {} profiles and sets", app.shown(), approved.len()),
        };
        return Outcome::Findings(vec![Finding::new(Subject::metadata("approved"), title, evidence)]);
    }
    if approved.iter().any(|one| one.is_profile && one.users.is_none()) {
        let why = OrgError::RowLimit { what: "the users of each profile".into() };
        return Outcome::CannotTell { missing: "how many users have each approved profile".into(), why };
    }
    Outcome::pass(format!("Approved for {}.", counted(approved.len(), "profile or permission set")))
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::{of_app, unread};
    let profile = |users: Option<u64>| Approval { name: "Sales".into(), is_profile: true, users };
    let with = |all: Vec<Approval>| of_app(|app| app.approved = Known::Is(all));
    let many = (0..12).map(|n| Approval { name: format!("Set {n}"), is_profile: false, users: None });
    vec![
        Example { name: "a profile of 800 people", facts: with(vec![profile(Some(800))]), outcome: "finding" },
        Example { name: "12 permission sets", facts: with(many.collect()), outcome: "finding" },
        Example { name: "a profile of 3 people", facts: with(vec![profile(Some(3))]), outcome: "pass" },
        Example { name: "one permission set", facts: of_app(|_| {}), outcome: "pass" },
        Example { name: "a profile nobody counted", facts: with(vec![profile(None)]), outcome: "cannot-tell" },
        Example {
            name: "all users may authorize it",
            facts: of_app(|app| app.admin_approved = Known::Is(false)),
            outcome: "not-applicable",
        },
        Example {
            name: "who is approved couldn't be read",
            facts: of_app(|app| app.approved = unread("which users are approved for the app")),
            outcome: "cannot-tell",
        },
    ]
}
