//! The rule `browser-sign-in-allowed`: API Only User is on.
//!
//! It never takes a profile's name for the permission: profiles called "API Only" often are not.
use crate::rules::granted;
use crate::facts::{Flow, Grant, Grants, Known, License, SignIns, Source, User};
use crate::rules::rule::{Finding, Outcome, declare_rule};
use crate::facts::subject::{Setting, Subject};
use crate::text::counted;

declare_rule! {
    /// API Only User is off: this user can log in to the UI
    ///
    /// ## Check
    /// API Only User is on
    ///
    /// ## Why it matters
    /// An integration never needs the UI. Anyone who gets its password can open Salesforce with it, look around, and
    /// change Setup like any admin. With API Only User on, Salesforce refuses that login.
    ///
    /// ## Fix
    /// Assign a permission set with “API Only User” (and “API Enabled”), or select both on the integration's own
    /// profile. Check the UI logins first: someone may be working as this user.
    ///
    /// ## Source
    /// Salesforce Help, "Give Integration Users API Only Access"
    /// <https://help.salesforce.com/s/articleView?id=platform.integration_user.htm>
    "browser-sign-in-allowed", integration: High, person: None, check
}

fn check(
    grants: &Grants,
    sign_ins: &Known<SignIns>,
    user: &Known<User>,
    license: &Known<License>,
) -> Outcome {
    if license.known().is_some_and(License::is_agent) {
        return Outcome::not_applicable("An Agentforce agent's user has no password, so it can't log in to the UI.");
    }
    let on: Vec<&Grant> = grants.at_login("ApiUserOnly").collect();
    let unsettled = |set: &Grant| matches!(&set.source, Source::Group { status, .. } if status != "Updated");
    if let Some(set) = on.iter().find(|set| !unsettled(set)) {
        return Outcome::pass(format!("API Only User is on ({}).", set.shown()));
    }
    if (grants.cut || !on.is_empty())
        && let Some(doubt) = granted::doubt(grants)
    {
        return doubt;
    }
    // On a profile's own page there is no user shown, and their permission sets are not read.
    let mut evidence = vec![match user {
        Known::Absent(_) => {
            "The profile doesn't have “API Only User”. A user may still have it from a permission set.".to_owned()
        }
        _ => "No profile, permission set or group of this user has “API Only User”.".to_owned(),
    }];
    evidence.extend(grants.unsettled().map(|(group, status)| granted::unsettled_line(group, status)));
    match sign_ins {
        Known::Is(sign_ins) if sign_ins.cut && sign_ins.count(&[Flow::Browser]).0 == 0 => {
            evidence.push("No UI login among the logins Leastwise could read. There are more.".into());
        }
        Known::Is(sign_ins) => match sign_ins.count(&[Flow::Browser]) {
            (0, _) => evidence.push(
                "No UI login in the last 6 months, so turning it on locks nobody out.".into(),
            ),
            (n, Some(last)) => {
                evidence.push(format!("{} in the last 6 months (last on {last}).", counted(n, "UI login")))
            }
            (n, None) => evidence.push(format!("{} in the last 6 months.", counted(n, "UI login"))),
        },
        _ => evidence.push("Leastwise couldn't check whether someone logs in to the UI.".into()),
    }
    let title = match user {
        Known::Absent(_) => "API Only User is off: users can log in to the UI",
        _ => RULE.title(),
    };
    Outcome::Findings(vec![Finding::new(Subject::Setting(Setting::ApiOnly), title, evidence)])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, grant};
    let sets = |sets| {
        let mut facts = facts();
        facts.grants = Known::Is(Grants { sets, cut: false });
        facts
    };
    let with = |permissions: &[&str]| sets(vec![grant().profile("Acme ERP").permissions(permissions)]);
    vec![
        Example { name: "API Enabled only", facts: with(&["ApiEnabled"]), outcome: "finding" },
        Example {
            name: "API Only User on the profile",
            facts: with(&["ApiEnabled", "ApiUserOnly"]),
            outcome: "pass",
        },
        Example {
            name: "API Only User from a group that is being recalculated",
            facts: sets(vec![grant().group(2, "Integrations", "Updating").permissions(&["ApiUserOnly"])]),
            outcome: "cannot-tell",
        },
    ]
}
