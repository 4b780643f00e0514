//! The settings of an org that integrations depend on, as far as they were read.
//!
//! Source: Metadata API Developer Guide, SecuritySettings, ConnectedAppSettings, MyDomainSettings, OauthOidcSettings.

use crate::facts::Known;
use crate::salesforce::error::OrgError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an org is set to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrgSettings {
    /// Whether only installed apps may use the API (`enableAdminApprovedAppsOnly`): API Access Control.
    pub api_access_control: Known<bool>,
    /// Whether login IP ranges hold for each request, not only at login (`enforceIpRangesEveryRequest`).
    pub ip_ranges_every_request: Known<bool>,
    /// Minutes without use after which a session ends (`sessionTimeout`).
    pub session_minutes: Known<u32>,
    /// Whether the OAuth username-password flow is blocked (`blockOAuthUnPwFlow`).
    pub blocks_password_flow: Known<bool>,
    /// Whether the OAuth user-agent flow is blocked (`blockOAuthUsrAgtFlow`).
    pub blocks_user_agent_flow: Known<bool>,
    /// Whether software must log in at the org's own address (`doesApiLoginRequireOrgDomain`).
    pub api_login_needs_my_domain: Known<bool>,
    /// Whether every app's web server flow needs a code challenge (`isPkceRequired`).
    pub pkce_required: Known<bool>,
    /// Characters that a password has at least (`minimumPasswordLength`).
    pub password_length: Known<u32>,
    /// Wrong passwords after which a user is locked out (`maxLoginAttempts`); 0 is no limit.
    pub login_attempts: Known<u32>,
    /// Days after which a password ends (`expiration`); 0 is never.
    pub password_days: Known<u32>,
    /// Profiles with login IP ranges, among those that were read.
    pub profiles_with_ranges: Known<usize>,
    /// Integration users that log in with a password, among those that were looked at.
    pub password_users: Known<usize>,
    /// Licenses for integrations; absent where the org has none.
    pub seats: Known<Seats>,
}

/// The types of metadata whose files are read here.
pub(crate) const KINDS: [&str; 4] =
    ["SecuritySettings", "ConnectedAppSettings", "MyDomainSettings", "OauthOidcSettings"];

/// What the file of such a type is called: the type without its last word, `Security` of `SecuritySettings`.
/// Source: Metadata API Developer Guide, Settings.
pub(crate) fn file_of(kind: &'static str) -> &'static str {
    kind.strip_suffix("Settings").unwrap_or(kind)
}

/// Salesforce Integration licenses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// All of them.
    pub total: u64,
    /// Those that nobody has.
    pub free: u64,
    /// Integration users on other licenses that could have one.
    pub elsewhere: usize,
}

/// Values of `maxLoginAttempts`. Source: Metadata API 66.0, MaxLoginAttempts.
const ATTEMPTS: &[(&str, u32)] =
    &[("ThreeAttempts", 3), ("FiveAttempts", 5), ("TenAttempts", 10), ("NoLimit", 0)];

/// Values of `expiration`, in days. Source: Metadata API 66.0, Expiration.
const EXPIRATIONS: &[(&str, u32)] = &[
    ("ThirtyDays", 30),
    ("SixtyDays", 60),
    ("NinetyDays", 90),
    ("SixMonths", 180),
    ("OneYear", 365),
    ("Never", 0),
];

/// Values of `sessionTimeout`, in minutes. Source: Metadata API 66.0, SessionTimeout.
const TIMEOUTS: &[(&str, u32)] = &[
    ("FifteenMinutes", 15),
    ("ThirtyMinutes", 30),
    ("SixtyMinutes", 60),
    ("NinetyMinutes", 90),
    ("TwoHours", 120),
    ("FourHours", 240),
    ("EightHours", 480),
    ("TwelveHours", 720),
    ("TwentyFourHours", 1440),
];

impl OrgSettings {
    /// From what the files of settings say, by the path of each element (`sessionSettings.sessionTimeout`). What is not among
    /// it is not known, because of `why` or else because it was left out.
    pub(crate) fn from_files(read: &BTreeMap<String, String>, why: Option<&OrgError>) -> OrgSettings {
        let not = || why.cloned().unwrap_or(OrgError::LeftOut);
        let flag = |path: &str, what: &str| match read.get(path).map(String::as_str) {
            Some("true") => Known::Is(true),
            Some("false") => Known::Is(false),
            _ => Known::unavailable(what, not()),
        };
        let listed = |path: &str, values: &[(&str, u32)], what: &str| match read.get(path) {
            None => Known::unavailable(what, not()),
            Some(own) => match values.iter().find(|(name, _)| name == own) {
                Some((_, number)) => Known::Is(*number),
                None => Known::unavailable(what, OrgError::Unreadable { what: format!("what {own} means") }),
            },
        };
        let length =
            read.get("passwordPolicies.minimumPasswordLength").and_then(|text| text.trim().parse().ok());
        OrgSettings {
            api_access_control: flag("enableAdminApprovedAppsOnly", "API Access Control"),
            ip_ranges_every_request: flag(
                "sessionSettings.enforceIpRangesEveryRequest",
                "whether login IP ranges are enforced on every request",
            ),
            session_minutes: listed("sessionSettings.sessionTimeout", TIMEOUTS, "the org's session timeout"),
            blocks_password_flow: flag("blockOAuthUnPwFlow", "whether the username-password flow is blocked"),
            blocks_user_agent_flow: flag("blockOAuthUsrAgtFlow", "whether the user-agent flow is blocked"),
            api_login_needs_my_domain: flag(
                "doesApiLoginRequireOrgDomain",
                "whether API logins need the My Domain address",
            ),
            pkce_required: flag("isPkceRequired", "whether the org requires PKCE"),
            password_length: length
                .map_or_else(|| Known::unavailable("how long passwords must be", not()), Known::Is),
            login_attempts: listed(
                "passwordPolicies.maxLoginAttempts",
                ATTEMPTS,
                "how many login attempts are allowed",
            ),
            password_days: listed("passwordPolicies.expiration", EXPIRATIONS, "when passwords expire"),
            profiles_with_ranges: Known::unavailable("login IP ranges of profiles", not()),
            password_users: Known::unavailable(
                "which integrations log in with a password",
                OrgError::LeftOut,
            ),
            seats: Known::unavailable("the org's integration licenses", OrgError::LeftOut),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_not_known_and_why() {
        let none = OrgSettings::from_files(&BTreeMap::new(), None);
        assert_eq!(none.api_access_control, Known::unavailable("API Access Control", OrgError::LeftOut));
        let none = OrgSettings::from_files(&BTreeMap::new(), Some(&OrgError::Timeout));
        assert_eq!(none.api_access_control, Known::unavailable("API Access Control", OrgError::Timeout));
        let read = [
            ("enableAdminApprovedAppsOnly", "true"),
            ("sessionSettings.sessionTimeout", "TwelveHours"),
            ("blockOAuthUnPwFlow", "perhaps"),
        ];
        let read = read.into_iter().map(|(path, value)| (path.to_owned(), value.to_owned())).collect();
        let some = OrgSettings::from_files(&read, None);
        assert_eq!((some.api_access_control, some.session_minutes), (Known::Is(true), Known::Is(720)));
        assert_eq!(some.blocks_password_flow.known(), None);
        let read = [("sessionSettings.sessionTimeout".to_owned(), "AWeek".to_owned())].into();
        let odd = OrgSettings::from_files(&read, None).session_minutes;
        assert!(
            matches!(odd, Known::Unavailable(ref why) if why.why.sentence().contains("AWeek")),
            "{odd:?}"
        );
    }
}
