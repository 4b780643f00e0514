//! The rule `browser-sign-in-allowed`: API Only is on.
//!
//! It never takes a profile's name for the permission: profiles called "API Only" often are not.
use crate::rules::granted;
use crate::facts::{Flow, Grant, Grants, Known, License, SignIns, Source, User};
use crate::rules::rule::{Finding, Outcome, declare_rule};
use crate::facts::subject::{Setting, Subject};

declare_rule! {
    /// API Only is off: the user can sign in by browser
    ///
    /// ## Check
    /// API Only User is on
    ///
    /// ## Why it matters
    /// An integration never needs the user interface. Whoever gets hold of its password can open Salesforce with it,
    /// look around, and change set-up as a person would; with API Only Salesforce refuses that sign-in.
    ///
    /// ## Fix
    /// Assign a permission set with “API Only User” (and “API Enabled”), or tick both on the integration's own profile.
    /// Look at the sign-ins by browser first: somebody may be working as this user.
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
        return Outcome::not_applicable("An Agentforce agent's user has no password: it can't log in by browser.");
    }
    // A set that a session has to activate does not hold at the sign-in.
    let on: Vec<&Grant> = grants.granting("ApiUserOnly").filter(|set| !set.session_based).collect();
    let unsettled = |set: &Grant| matches!(&set.source, Source::Group { status, .. } if status != "Updated");
    if let Some(set) = on.iter().find(|set| !unsettled(set)) {
        return Outcome::pass(format!("API Only is on, by {}.", set.shown()));
    }
    if (grants.cut || !on.is_empty())
        && let Some(doubt) = granted::doubt(grants)
    {
        return doubt;
    }
    // On a profile's own page there is no user shown, and their permission sets are not read.
    let mut evidence = vec![match user {
        Known::Absent(_) => {
            "The profile lacks “API Only User”; a user may still have it by a permission set.".to_owned()
        }
        _ => "No profile, permission set or group of this user has “API Only User”.".to_owned(),
    }];
    evidence.extend(grants.unsettled().map(|(group, status)| granted::unsettled_line(group, status)));
    match sign_ins {
        Known::Is(sign_ins) if sign_ins.cut && sign_ins.count(&[Flow::Browser]).0 == 0 => {
            evidence.push("Among the sign-ins that could be read none is by browser; there are more.".into());
        }
        Known::Is(sign_ins) => match sign_ins.count(&[Flow::Browser]) {
            (0, _) => evidence.push(
                "Nobody signed in by browser in the last six months, so switching it on stops nobody.".into(),
            ),
            (n, Some(last)) => {
                evidence.push(format!("{n} sign-ins by browser in the last six months, the last on {last}."))
            }
            (n, None) => evidence.push(format!("{n} sign-ins by browser in the last six months.")),
        },
        _ => evidence.push("Whether somebody signs in by browser could not be read.".into()),
    }
    Outcome::Findings(vec![Finding::new(Subject::Setting(Setting::ApiOnly), "API Only is off: the user can sign in by browser", evidence)])
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
        Example { name: "API Enabled alone", facts: with(&["ApiEnabled"]), outcome: "finding" },
        Example {
            name: "API Only on the profile",
            facts: with(&["ApiEnabled", "ApiUserOnly"]),
            outcome: "pass",
        },
        Example {
            name: "API Only by a group that is being recalculated",
            facts: sets(vec![grant().group(2, "Integrations", "Updating").permissions(&["ApiUserOnly"])]),
            outcome: "cannot-tell",
        },
    ]
}
