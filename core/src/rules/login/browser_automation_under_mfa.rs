//! The rule `browser-automation-under-mfa`: software that clicks through the UI does not depend on a login without MFA.
//!
//! It never says that people need it less: their MFA is the org's matter.
use crate::facts::subject::{SignInsBy, Subject};
use crate::facts::{Flow, Grants, SignIns, User};
use crate::rules::rule::{Finding, Outcome, declare_rule};
use crate::rules::{apps_in_use, granted};
use crate::salesforce::time::Timestamp;
use crate::text::counted;

declare_rule! {
    /// Its UI logins have to pass phishing-resistant MFA
    ///
    /// ## Check
    /// Doesn't depend on UI logins without MFA
    ///
    /// ## Why it matters
    /// Since July 2026 (in sandboxes since June) Salesforce asks users with Modify All Data, View All Data, Customize
    /// Application or Author Apex for phishing-resistant MFA at every UI login, and the permission that waived MFA no longer
    /// works by itself. A program that clicks through the UI can't pass it. API logins are exempt.
    ///
    /// ## Fix
    /// Move what it does to the API, then turn on API Only User. Until then, take the powerful permissions away from it,
    /// if what it does in the UI doesn't need them.
    ///
    /// ## Source
    /// Salesforce Help, "Exclude Exempt Users from MFA"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.security_mfa_exclude_exempt_users.htm>;
    /// Salesforce Help 005317465
    /// <https://help.salesforce.com/s/articleView?id=005317465&type=1>
    "browser-automation-under-mfa", integration: High, person: None, check
}

/// What makes a login one that has to resist phishing, and the waiver that no longer works alone.
const PERMISSIONS: [(&str, &str); 5] = [
    ("ModifyAllData", "Modify All Data"),
    ("ViewAllData", "View All Data"),
    ("CustomizeApplication", "Customize Application"),
    ("AuthorApex", "Author Apex"),
    ("BypassMFAForUiLogins", "Waive Multi-Factor Authentication for Exempt Users"),
];

/// Days that are looked back.
const RECENT: i64 = 30;

fn check(_: &User, sign_ins: &SignIns, grants: &Grants, now: &Timestamp) -> Outcome {
    if grants.at_login("ApiUserOnly").next().is_some() {
        return Outcome::pass("API Only User is on, so it doesn't log in to the UI any more.");
    }
    let (count, last) = sign_ins.count(&[Flow::Browser]);
    let Some(last) = last.filter(|last| last.days_until(*now) <= RECENT) else {
        return apps_in_use::cut(sign_ins).unwrap_or_else(|| {
            Outcome::not_applicable(format!("No UI login in the last {RECENT} days."))
        });
    };
    let held: Vec<(&str, &str)> = PERMISSIONS.into_iter().filter(|(name, _)| grants.has(name)).collect();
    if held.is_empty() {
        return granted::doubt(grants).unwrap_or_else(|| {
            Outcome::pass("It logs in to the UI without a permission that needs phishing-resistant MFA.")
        });
    }
    let labels: Vec<String> = held.iter().map(|(_, label)| format!("“{label}”")).collect();
    let evidence = vec![
        format!("{} in the last 6 months (last on {last}).", counted(count, "UI login")),
        format!("It has {}.", crate::text::listed(&labels)),
    ];
    Outcome::Findings(vec![Finding::new(Subject::SignIns(SignInsBy::Browser), RULE.title(), evidence)])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::{facts, grant, sign_in};
    let with = |permissions: &[&str], cut| {
        let mut facts = facts();
        facts.sign_ins = Known::Is(SignIns { rows: vec![sign_in("Application", "", "Browser")].into(), cut: false });
        facts.grants = Known::Is(Grants { sets: vec![grant().permissions(permissions)], cut });
        facts
    };
    vec![
        Example { name: "View All Data and a UI login", facts: with(&["ViewAllData"], false), outcome: "finding" },
        Example {
            name: "API Only User since the UI login",
            facts: with(&["ViewAllData", "ApiUserOnly"], false),
            outcome: "pass",
        },
        Example { name: "a UI login alone", facts: with(&["ApiEnabled"], false), outcome: "pass" },
        Example { name: "more sets than were read", facts: with(&[], true), outcome: "cannot-tell" },
        Example {
            name: "no UI login",
            facts: {
                let mut facts = facts();
                facts.grants = Known::Is(Grants { sets: vec![grant().permissions(&["ApiEnabled"])], cut: false });
                facts
            },
            outcome: "not-applicable",
        },
    ]
}
