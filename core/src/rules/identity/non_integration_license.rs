//! The rule `non-integration-license`: the license made for integrations, and not a person's own user.
//!
//! It never looks at what the license costs, nor at permission set licenses.

use crate::classification::{Division, divide};
use crate::facts::{Grants, Known, License, SignIns, User};
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule};
use crate::facts::subject::{Setting, Subject};
use crate::text::counted;

declare_rule! {
    /// Not on the Salesforce Integration license
    ///
    /// ## Check
    /// Uses the Salesforce Integration license
    ///
    /// ## Why it matters
    /// The Salesforce Integration license is API-only, which rules out many risks. A license for people brings the UI
    /// and far broader permissions. The worst case is an integration that logs in as an admin's personal user: it has
    /// all their power, its work can't be told from theirs, and it stops when they leave.
    ///
    /// ## Fix
    /// Create a user with the Salesforce Integration license and the profile “Minimum Access - API Only Integrations”.
    /// Grant it what the integration needs with permission sets (some need the Salesforce API Integration permission
    /// set license), switch the integration to it, and free the old license. The license of an existing user changes
    /// only with its profile.
    ///
    /// ## Source
    /// Salesforce Help, "Give Integration Users API Only Access"
    /// <https://help.salesforce.com/s/articleView?id=platform.integration_user.htm>;
    /// Salesforce Admins blog, "Best Practices for Configuring Your Integration User"
    /// <https://admin.salesforce.com/blog/2023/best-practices-for-configuring-your-integration-user>
    "non-integration-license", integration: High, person: None, check
}

fn check(
    license: &License,
    sign_ins: &Known<SignIns>,
    grants: &Known<Grants>,
    user: &Known<User>,
) -> Outcome {
    if license.is_integration() {
        return Outcome::pass(format!("User license: {}.", license.name));
    }
    if license.is_agent() {
        return Outcome::pass(format!("User license: {}, for an Agentforce agent.", license.name));
    }
    let mut evidence = vec![format!("User license: {}.", license.name)];
    let mut title = "Not on the Salesforce Integration license".to_owned();
    let mut severity = Severity::Medium;
    // On a profile's page the logins are those of different users: none of them need be a person's and software's.
    if let (Known::Is(sign_ins), Known::Is(_)) = (sign_ins, user) {
        let Division { browser, unaided, is_shared, .. } = divide(sign_ins);
        let admin =
            grants.known().is_some_and(|grants| grants.has("ModifyAllData") && grants.has("ManageUsers"));
        if is_shared || browser > 0 && admin {
            title = if admin {
                "An integration logs in as an admin's personal user"
            } else {
                "An integration logs in as a person's own user"
            }
            .into();
            severity = Severity::High;
            evidence.push(format!(
                "{} and {} in the last 6 months.",
                counted(browser, "UI login"),
                counted(unaided, "API login")
            ));
            if admin {
                evidence.push("It has Modify All Data and Manage Users, like an admin.".into());
            }
        }
    }
    Outcome::Findings(vec![Finding::new(Subject::Setting(Setting::License), title, evidence).with(severity)])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, grant, sign_in};
    let with = |name: &str| {
        let mut facts = facts();
        facts.license = Known::Is(License { name: name.into() });
        facts
    };
    let mut admin = with("Salesforce");
    admin.grants =
        Known::Is(Grants { sets: vec![grant().permissions(&["ModifyAllData", "ManageUsers"])], cut: false });
    let rows = vec![
        sign_in("Application", "", "Browser"),
        sign_in("Remote Access 2.0", "OauthRefreshToken", "Acme ERP"),
    ];
    admin.sign_ins = Known::Is(SignIns { rows: rows.into(), cut: false });
    vec![
        Example { name: "the license for full users", facts: with("Salesforce"), outcome: "finding" },
        Example { name: "an admin's personal user", facts: admin, outcome: "finding" },
        Example {
            name: "the license for integrations",
            facts: with("Salesforce Integration"),
            outcome: "pass",
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_admin_s_own_user_is_worse_than_a_license() {
        let severity = |n: usize| match RULE.run(&(RULE.examples)()[n].facts) {
            Outcome::Findings(findings) => findings[0].severity,
            other => panic!("{other:?}"),
        };
        assert_eq!((severity(0), severity(1)), (Some(Severity::Medium), Some(Severity::High)));
    }
}
