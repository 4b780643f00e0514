//! Every way in which the org (or the way to it) refuses, as a sentence and what to do about it.
//!
//! It never decides what a refusal means for a rule: the fact that could not be read does.

use crate::salesforce::http::Failure;
use crate::text::capitalized;
use serde::{Deserialize, Serialize};

/// Why something could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrgError {
    /// No session of this org in the browser.
    NotSignedIn,
    /// Microsoft Defender for Cloud Apps stands before the org, and keeps its session to itself.
    BehindDefender,
    /// The session ended (401 `INVALID_SESSION_ID` "Session expired or invalid").
    SessionExpired,
    /// The session exists but is not accepted by the API (401 "This session is not valid for use with the REST API"):
    /// API Access Control, the kind of session, or an IP restriction.
    SessionNotForApi,
    /// The user lacks API Enabled, or the org has no API (403 `API_DISABLED_FOR_ORG`, `API_CURRENTLY_DISABLED`).
    ApiDisabled,
    /// The org's daily requests are used up (403 `REQUEST_LIMIT_EXCEEDED`).
    RequestLimit,
    /// Too many requests were under way in the org at once (403 or 429 `REQUEST_LIMIT_EXCEEDED`, "ConcurrentRequests
    /// (Concurrent API Requests) Limit exceeded.", "ConcurrentPerOrgLongTxn Limit exceeded"): it passes in seconds.
    ConcurrentLimit,
    /// The signed-in user may not see an object or a row.
    NoPermission {
        /// The object, or what the platform named.
        what: String,
    },
    /// The org has no such object, field or relationship for this user.
    NotInThisOrg {
        /// Its API name.
        what: String,
    },
    /// The record does not exist, or is not visible.
    NotFound,
    /// No answer in time.
    Timeout,
    /// The host could not be reached.
    Offline,
    /// The answer was not JSON: most often a login page.
    NotJson,
    /// More rows than the platform gives.
    RowLimit {
        /// The object whose rows were cut.
        what: String,
    },
    /// The org is busy or under maintenance (HTTP 5xx, `SERVER_UNAVAILABLE`, `QUERY_TIMEOUT`, 429).
    Unavailable {
        /// The HTTP status.
        status: u16,
    },
    /// No API tells it at all.
    Unreadable {
        /// What, in words.
        what: String,
    },
    /// The platform has not yet worked out what a permission set group grants (`Status` is not `Updated`).
    Recalculating {
        /// The group's label.
        group: String,
    },
    /// Whether what a permission set group grants is worked out could not be read.
    GroupUnread {
        /// The group's label.
        group: String,
    },
    /// It was asked, and the answer said nothing of it.
    LeftOut,
    /// Not asked yet, or on its way.
    Pending,
    /// Metadata in a folder does not tell it.
    NeedsOrg,
    /// The file of a component does not say it: it is a part of one.
    LeftOutOfFile,
    /// Anything else, in the platform's own words; or, without a code, what was found to stand in the way, in ours.
    Other {
        /// `errorCode` of the answer.
        code: String,
        /// `message` of the answer.
        message: String,
    },
}

impl OrgError {
    /// What happened, in a sentence.
    pub fn sentence(&self) -> String {
        match self {
            OrgError::NotSignedIn => "You're not logged in to this org in this browser.".into(),
            OrgError::BehindDefender => "Microsoft Defender for Cloud Apps stands between this browser and the org (its addresses end in .mcas.ms), so Leastwise can't use your session.".into(),
            OrgError::SessionExpired => "Your Salesforce session has ended.".into(),
            OrgError::SessionNotForApi => "Salesforce doesn't accept your session for API calls.".into(),
            OrgError::ApiDisabled => "API access is turned off for your user or this org.".into(),
            OrgError::RequestLimit => "This org has reached its 24-hour API request limit.".into(),
            OrgError::ConcurrentLimit => "This org had too many API requests running at once.".into(),
            OrgError::NoPermission { what } => {
                format!("You don't have permission to view {}.", called(what))
            }
            OrgError::NotInThisOrg { what } => {
                let what = called(what);
                let verb = if is_several(&what) { "aren't" } else { "isn't" };
                capitalized(&format!("{what} {verb} available in this org or to you."))
            }
            OrgError::NotFound => "This record doesn't exist, or you don't have access to it.".into(),
            OrgError::Timeout => "Salesforce didn't answer in time.".into(),
            OrgError::Offline => "Leastwise can't reach Salesforce.".into(),
            OrgError::NotJson => "Salesforce sent a page instead of data, usually its login page.".into(),
            OrgError::RowLimit { what } => {
                format!("Salesforce doesn't return all of {} at once.", called(what))
            }
            OrgError::Unavailable { status } => {
                format!("Salesforce is busy or under maintenance (HTTP {status}).")
            }
            OrgError::Unreadable { what } => format!("Salesforce's API doesn't show {what}."),
            OrgError::Recalculating { group } => {
                format!("Permission set group “{group}” is still being recalculated.")
            }
            OrgError::GroupUnread { group } => {
                format!("Leastwise couldn't read the status of permission set group “{group}”.")
            }
            OrgError::LeftOut => "Salesforce's answer didn't include this.".into(),
            OrgError::Pending => "Still reading.".into(),
            OrgError::NeedsOrg => "Metadata doesn't tell this.".into(),
            OrgError::LeftOutOfFile => "The file doesn't say it.".into(),
            // Not the platform's: what was found to stand in the way.
            OrgError::Other { code, message } if code.is_empty() => message.clone(),
            OrgError::Other { code, message } => format!("Salesforce refused: {message} ({code})."),
        }
    }

    /// What the admin can do about it, in a sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            OrgError::NotSignedIn | OrgError::SessionExpired | OrgError::NotJson => {
                "Log in to Salesforce in this browser, then try again."
            }
            OrgError::BehindDefender => {
                "Open Setup at the org's own address, or ask your security team to exclude Setup from session control, then try again."
            }
            // Not Use Any API Client: it would let every app in, and is a critical finding of `broad-permission`.
            OrgError::SessionNotForApi => {
                "Check the org's API Access Control and your profile's login IP ranges, and that you aren't logged in to a portal. Don't grant Use Any API Client for this: it bypasses API Access Control."
            }
            OrgError::ApiDisabled => "You need the API Enabled permission.",
            OrgError::RequestLimit => "Try again later. Setup shows the usage under Company Information.",
            OrgError::NoPermission { what } => needed(what),
            OrgError::NotInThisOrg { .. } => {
                "Check it in Setup. Your user or this edition may not have the feature."
            }
            OrgError::NotFound => "Check the address, then reload the page.",
            OrgError::Timeout
            | OrgError::Unavailable { .. }
            | OrgError::ConcurrentLimit
            | OrgError::LeftOut => "Wait a moment, then try again.",
            OrgError::GroupUnread { .. } => {
                "Look at the group in Setup. You may not have access to it, or it came with a package."
            }
            OrgError::Offline => "Check your network or VPN, then try again.",
            OrgError::RowLimit { .. } => "Look at the complete list in Setup.",
            OrgError::Unreadable { .. } => "Look in Setup, or ask the owner of the integration.",
            OrgError::Recalculating { .. } => "Open the group in Setup, select Recalculate, then try again.",
            OrgError::Pending => "Wait a moment.",
            OrgError::NeedsOrg => "Review the org to see it.",
            OrgError::LeftOutOfFile => "Retrieve the whole component.",
            OrgError::Other { code, .. } if code.is_empty() => "",
            OrgError::Other { .. } => "Try again. If it keeps failing, see the message above.",
        }
    }

    /// Whether another transaction held the record: it passes.
    pub(crate) fn is_lock(&self) -> bool {
        matches!(self, OrgError::Other { code, .. } if code == "UNABLE_TO_LOCK_ROW")
    }

    /// Whether everything asked with this session fails alike, so that the panel shows one refusal, not one a rule.
    pub fn is_total(&self) -> bool {
        matches!(
            self,
            OrgError::NotSignedIn
                | OrgError::BehindDefender
                | OrgError::SessionExpired
                | OrgError::SessionNotForApi
                | OrgError::ApiDisabled
                | OrgError::RequestLimit
                | OrgError::ConcurrentLimit
                | OrgError::LeftOut
                | OrgError::Timeout
                | OrgError::Offline
                | OrgError::NotJson
                | OrgError::Unavailable { .. }
        )
    }

    /// What an error answer means. `body` is the array of errors as REST writes it: `[{"message","errorCode"}]`.
    /// Sources: recorded error bodies (401, 403, 404) and the REST API guide's "Status Codes and Error Responses".
    pub fn from_error(status: u16, body: &crate::salesforce::json::Value) -> OrgError {
        let first = crate::salesforce::json::first(body).unwrap_or(body);
        let text = |key: &str| first.get(key).and_then(|v| v.as_str()).unwrap_or_default();
        let (code, message) = (text("errorCode"), text("message"));
        match code {
            "INVALID_SESSION_ID" if message.contains("not valid for use") => OrgError::SessionNotForApi,
            "INVALID_SESSION_ID" | "INVALID_AUTH_HEADER" => OrgError::SessionExpired,
            "API_DISABLED_FOR_ORG" | "API_CURRENTLY_DISABLED" => OrgError::ApiDisabled,
            "REQUEST_LIMIT_EXCEEDED" if message.to_ascii_lowercase().contains("concurrent") => {
                OrgError::ConcurrentLimit
            }
            "REQUEST_LIMIT_EXCEEDED" => OrgError::RequestLimit,
            "INSUFFICIENT_ACCESS"
            | "INSUFFICIENT_ACCESS_OR_READONLY"
            | "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY" => {
                OrgError::NoPermission { what: "this record".into() }
            }
            "INVALID_TYPE" => OrgError::NotInThisOrg {
                what: named_after(message, &["sObject type ", "entity type ", "relationship "])
                    .unwrap_or("the object")
                    .into(),
            },
            "INVALID_FIELD" => OrgError::NotInThisOrg { what: field(message) },
            "NOT_FOUND" | "INVALID_CROSS_REFERENCE_KEY" | "ENTITY_IS_DELETED" => OrgError::NotFound,
            "QUERY_TIMEOUT" | "SERVER_UNAVAILABLE" => OrgError::Unavailable { status },
            "EXCEEDED_ID_LIMIT" => OrgError::RowLimit { what: "this list".into() },
            "" => match status {
                401 => OrgError::SessionExpired,
                404 => OrgError::NotFound,
                420 | 429 | 500.. => OrgError::Unavailable { status },
                _ => OrgError::NotJson,
            },
            _ => OrgError::Other { code: code.to_owned(), message: message.to_owned() },
        }
    }
}

/// The platform's own words. It puts the query before them, with ids and other texts in quotes of their own, then "ERROR at
/// Row:1:Column:9" in a line, so the first thing in quotes is not what the message is about (Restforce's recorded errors;
/// SalesforceLabs/OrgCheck issue 614).
fn words(message: &str) -> &str {
    let place = message.rsplit_once("ERROR at Row:").map(|(_, rest)| rest);
    place.map_or(message, |rest| rest.split_once('\n').map_or("", |(_, words)| words))
}

/// What stands in single quotes behind one of the marks.
fn named_after<'a>(message: &'a str, marks: &[&str]) -> Option<&'a str> {
    marks.iter().find_map(|mark| quoted(words(message).split_once(mark)?.1)).filter(|name| !name.is_empty())
}

/// The field or relationship that an `INVALID_FIELD` is about, with its object where the message says it: "No such column
/// 'X' on entity 'Y'", "No such column 'X' on sobject of type Y", "Didn't understand relationship 'X' in field path".
fn field(message: &str) -> String {
    let Some(name) = named_after(message, &["No such column ", "relationship ", "column "]) else {
        return "a field".to_owned();
    };
    let of_type = || {
        let (_, rest) = words(message).split_once("on sobject of type ")?;
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()
    };
    match named_after(message, &["on entity "]).or_else(of_type).filter(|object| !object.is_empty()) {
        Some(object) => format!("the field {name} of {}", called(object)),
        None => format!("the field {name}"),
    }
}

/// An object as Salesforce labels it; whatever else as it is.
fn called(what: &str) -> String {
    match LABELS.iter().find(|(name, _)| *name == what) {
        Some((_, label)) => (*label).to_owned(),
        None => what.to_owned(),
    }
}

/// Whether what is called so is several things: labels of objects are in the plural, but for a history.
fn is_several(called: &str) -> bool {
    LABELS.iter().any(|(_, label)| *label == called) && called.ends_with('s')
}

/// The one permission that shows what was refused, in a sentence: a tool that speaks against broad permissions asks for no
/// more than the narrowest. Source: Object Reference, the special access rules of each object.
fn needed(what: &str) -> &'static str {
    match what {
        "LoginHistory" => "You need Monitor Login History to see other users' logins.",
        "OauthToken" => "You need Customize Application to see other users' tokens.",
        "UserLogin" => "You need Freeze Users to see who is frozen.",
        "this record" => "Ask an admin who has access to look at it with you.",
        _ => "You need View Setup and Configuration.",
    }
}

/// What the objects that are read are called. Source: labels of the describe, English.
const LABELS: &[(&str, &str)] = &[
    ("AppMenuItem", "App Menu Items"),
    ("AsyncApexJob", "Apex Jobs"),
    ("AuthSession", "Auth Sessions"),
    ("ConnectedApplication", "Connected Apps"),
    ("CronTrigger", "Scheduled Jobs"),
    ("EmailServicesAddress", "Email Services Addresses"),
    ("ExternalClientApplication", "External Client Applications"),
    ("FlowInterview", "Flow Interviews"),
    ("GroupMember", "Group Members"),
    ("LoginHistory", "Login History"),
    ("OauthToken", "OAuth Tokens"),
    ("ObjectPermissions", "Object Permissions"),
    ("PermissionSet", "Permission Sets"),
    ("PermissionSetAssignment", "Permission Set Assignments"),
    ("PermissionSetGroup", "Permission Set Groups"),
    ("PermissionSetGroupComponent", "Permission Set Group Components"),
    ("PermissionSetLicenseAssign", "Permission Set License Assignments"),
    ("ProcessInstanceWorkitem", "Approval Requests"),
    ("SetupAuditTrail", "Setup Audit Trail"),
    ("SetupEntityAccess", "Setup Entity Access"),
    ("UserLicense", "User Licenses"),
    ("UserLogin", "User Login"),
];

/// The first part of `message` in single quotes: what Salesforce's messages are about.
pub(crate) fn quoted(message: &str) -> Option<&str> {
    message.split('\'').nth(1)
}

impl From<Failure> for OrgError {
    fn from(failure: Failure) -> OrgError {
        match failure {
            Failure::NotSignedIn => OrgError::NotSignedIn,
            Failure::BehindDefender => OrgError::BehindDefender,
            Failure::Offline => OrgError::Offline,
            Failure::Timeout => OrgError::Timeout,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn recorded_bodies() {
        let read = |status, code: &str, message: &str| {
            OrgError::from_error(
                status,
                &crate::salesforce::json::parse(
                    &json!([{ "message": message, "errorCode": code }]).to_string(),
                )
                .unwrap(),
            )
        };
        assert_eq!(read(401, "INVALID_SESSION_ID", "Session expired or invalid"), OrgError::SessionExpired);
        assert_eq!(
            read(401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API"),
            OrgError::SessionNotForApi
        );
        assert_eq!(
            read(403, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization."),
            OrgError::ApiDisabled
        );
        assert_eq!(
            read(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
            OrgError::RequestLimit
        );
        assert_eq!(
            read(400, "INVALID_TYPE", "sObject type 'LoginHistory' is not supported."),
            OrgError::NotInThisOrg { what: "LoginHistory".into() }
        );
        assert_eq!(
            OrgError::from_error(
                503,
                &crate::salesforce::json::parse(&json!("maintenance").to_string()).unwrap()
            ),
            OrgError::Unavailable { status: 503 }
        );
        assert_eq!(
            OrgError::from_error(
                429,
                &crate::salesforce::json::parse(&json!([{ "message": "too many" }]).to_string()).unwrap()
            ),
            OrgError::Unavailable { status: 429 }
        );
    }

    #[test]
    fn what_is_refused_is_named_whatever_stands_in_the_query() {
        let read = |code: &str, message: &str| {
            OrgError::from_error(400, &json!([{ "message": message, "errorCode": code }])).sentence()
        };
        let query = "\nSELECT Id FROM LoginHistory WHERE UserId = '0055g0004Clgm1SAQQ' AND Name = 'sObject type ''\n ^\nERROR at Row:1:Column:9\n";
        assert_eq!(
            read(
                "INVALID_TYPE",
                &format!(
                    "{query}sObject type 'LoginHistory' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name."
                )
            ),
            "Login History isn't available in this org or to you."
        );
        assert_eq!(
            read(
                "INVALID_FIELD",
                &format!(
                    "{query}No such column 'LoginSubType' on entity 'LoginHistory'. If you are attempting to use a custom field, be sure to append the '__c'"
                )
            ),
            "The field LoginSubType of Login History isn't available in this org or to you."
        );
        assert_eq!(
            read("INVALID_FIELD", "No such column 'foo' on sobject of type Bar"),
            "The field foo of Bar isn't available in this org or to you."
        );
        assert_eq!(
            read(
                "INVALID_FIELD",
                &format!("{query}Didn't understand relationship 'Assignee' in field path. If you")
            ),
            "The field Assignee isn't available in this org or to you."
        );
        assert_eq!(
            read(
                "INVALID_TYPE",
                &format!("{query}Didn't understand relationship 'UserLogins' in FROM part of query call.")
            ),
            "UserLogins isn't available in this org or to you."
        );
        assert_eq!(
            OrgError::NotInThisOrg { what: "PermissionSetGroup".into() }.sentence(),
            "Permission Set Groups aren't available in this org or to you."
        );
        assert_eq!(read("INVALID_TYPE", query), "The object isn't available in this org or to you.");
        assert_eq!(read("INVALID_FIELD", query), "A field isn't available in this org or to you.");
    }

    #[test]
    fn a_limit_that_passes_in_seconds_is_not_that_of_the_day() {
        let read = |status, message: &str| {
            let body = json!([{ "message": message, "errorCode": "REQUEST_LIMIT_EXCEEDED" }]);
            OrgError::from_error(status, &body)
        };
        for (status, message) in [
            (429, "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
            (403, "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
            (503, "ConcurrentPerOrgLongTxn Limit exceeded."),
        ] {
            let refusal = read(status, message);
            assert_eq!(refusal, OrgError::ConcurrentLimit, "{message}");
            assert!(
                !refusal.sentence().contains("24 hours") && refusal.advice().starts_with("Wait a moment")
            );
            assert!(refusal.is_total());
        }
        assert_eq!(read(403, "TotalRequests Limit exceeded."), OrgError::RequestLimit);
    }

    #[test]
    fn every_refusal_says_what_and_what_to_do() {
        for refusal in [
            OrgError::NotSignedIn,
            OrgError::SessionNotForApi,
            OrgError::NoPermission { what: "LoginHistory".into() },
            OrgError::Unreadable { what: "how old it is".into() },
            OrgError::Recalculating { group: "Sales".into() },
            OrgError::GroupUnread { group: "Sales".into() },
            OrgError::ConcurrentLimit,
            OrgError::LeftOut,
            OrgError::Other { code: "X".into(), message: "y".into() },
        ] {
            assert!(refusal.sentence().ends_with('.'));
            assert!(refusal.advice().ends_with('.'));
        }
    }

    #[test]
    fn no_advice_asks_for_more_than_one_permission() {
        for what in ["LoginHistory", "OauthToken", "UserLogin", "ObjectPermissions", "this record"] {
            let advice = OrgError::NoPermission { what: what.into() }.advice();
            assert!(!advice.contains(" and Manage ") && !advice.contains("Manage Users"), "{what}: {advice}");
        }
        let advice = OrgError::SessionNotForApi.advice();
        assert!(advice.contains("Don't grant Use Any API Client"), "{advice}");
    }
}
