//! Salesforce's own users: those that the platform makes for itself, whatever their `UserType` says.
//!
//! It never takes a customer's integration user for one: the Salesforce Integration license is the customer's.

use super::words::folded;
use crate::facts::{Facts, Known};

/// Licenses of users that Salesforce provisions, by what they are for; no customer buys or assigns them.
/// Sources: Salesforce Help 005385258, 000384569 and 000382200 (CRM Analytics: Integration User, Security User),
/// "Account Engagement Integration User" (B2BMA Integration: provisioned, no password, no login); the licenses' names
/// from public metadata (`userLicense` of the standard profiles).
const LICENSES: &[(&str, &str)] = &[
    ("analytics cloud integration user", "CRM Analytics"),
    ("sales insights integration user", "Sales Insights"),
    ("salesforceiq integration user", "Einstein Activity Capture"),
    ("b2bma integration user", "Account Engagement"),
];

/// Profiles that come with those licenses, for where the license could not be read.
const PROFILES: &[(&str, &str)] = &[
    ("analytics cloud integration user", "CRM Analytics"),
    ("analytics cloud security user", "CRM Analytics"),
    ("sales insights integration user", "Sales Insights"),
    ("salesforceiq integration user", "Einstein Activity Capture"),
    ("b2bma integration user", "Account Engagement"),
];

/// Why a user or profile is Salesforce's own, in a sentence; none when it is the customer's.
pub(super) fn why(facts: &Facts) -> Option<String> {
    let user_type = match (&facts.user, &facts.profile) {
        (Known::Is(user), _) => user.user_type.as_str(),
        (_, Known::Is(profile)) => profile.user_type.as_str(),
        _ => "",
    };
    // Source: Object Reference, User (UserType); Salesforce Help, "Platform Integration User": "You can't create or
    // manage it".
    match user_type {
        "Guest" => {
            return Some(
                "A site's guest user: everyone who visits the site without logging in uses it (user type Guest)."
                    .into(),
            );
        }
        "AutomatedProcess" => {
            return Some(
                "Salesforce's Automated Process user: platform events and scheduled flows run as this user (user type AutomatedProcess)."
                    .into(),
            );
        }
        "CloudIntegrationUser" => {
            return Some(
                "Salesforce's Platform Integration User, which its cloud services use. Nobody can create or manage it (user type CloudIntegrationUser)."
                    .into(),
            );
        }
        "OrgUser" => return Some("A user of the platform itself (user type OrgUser).".into()),
        _ => {}
    }
    let license = facts.license.known().map(|license| license.name.trim());
    let of = match (license, &facts.profile) {
        (Some(license), _) => product(license),
        (None, Known::Is(profile)) => {
            let name = folded(profile.name.trim());
            PROFILES.iter().find(|(own, _)| *own == name).map(|(_, product)| *product)
        }
        _ => None,
    };
    let what = match license {
        Some(license) if folded(license).starts_with("guest") => {
            return Some(format!(
                "For guest users of sites: everyone who visits without logging in (license {license})."
            ));
        }
        Some(license) => format!("license {license}"),
        None => "Salesforce's profile".to_owned(),
    };
    of.map(|product| {
        format!(
            "Salesforce created this user for {product} ({what}). Nobody logs in as it. Don't freeze or deactivate it, and don't change its profile or permissions, or {product} stops."
        )
    })
}

/// The product that a license was provisioned for. One of a name like these that is not in the list is Salesforce's too:
/// what customers assign is called "Salesforce Integration".
fn product(license: &str) -> Option<&'static str> {
    let name = folded(license);
    let known = LICENSES.iter().find(|(own, _)| *own == name).map(|(_, product)| *product);
    known.or_else(|| name.ends_with(" integration user").then_some("one of its features"))
}
