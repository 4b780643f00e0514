//! The settings of one connected or external client app, as far as they were read.
//!
//! It never takes what was not in what was read for a default: each setting has a reason of its own where it is not known.
//! No consumer key and no secret is in it.
//!
//! Source: Metadata API Developer Guide, ConnectedApp, ExternalClientApplication, ExtlClntAppOauthSettings,
//! ExtlClntAppOauthConfigurablePolicies.

use crate::classification::Who;
use crate::facts::app_key::AppKey;
use crate::facts::{AppKind, Flow, Known};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::time::Timestamp;
use crate::text::counted;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// What an org's app is set to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppSettings {
    /// Which app it is, as tokens and logins name it.
    pub key: AppKey,
    /// `0H4…` a connected app, `0xI…` an external client app; none where it is not installed, or comes from a file.
    pub id: Option<Id>,
    /// Its API name; empty where it is not installed.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Which kind it is; absent where it is not installed in the org.
    pub kind: Known<AppKind>,
    /// Whether a package installed it: its maker sets it up, not this org.
    pub is_managed: bool,
    /// Whether only users whom an admin approved may use it.
    pub admin_approved: Known<bool>,
    /// The profiles and permission sets whose users are approved.
    pub approved: Known<Vec<Approval>>,
    /// What its tokens may be used for, by the names of the Metadata API (`Api`, `Full`, `RefreshToken`).
    pub scopes: Known<Vec<String>>,
    /// How long its refresh tokens live.
    pub refresh_tokens: Known<RefreshTokens>,
    /// Whether login IP ranges hold for it.
    pub ip_relaxation: Known<IpRelaxation>,
    /// Whether the web server flow needs a code challenge (PKCE).
    pub pkce_required: Known<bool>,
    /// Whether each use of a refresh token gives a new one, and ends the old one.
    pub rotates_refresh_tokens: Known<bool>,
    /// Whether the web server flow works without the app's secret.
    pub secret_optional: Known<bool>,
    /// Whether the device flow is on.
    pub device_flow: Known<bool>,
    /// When the certificate ends that its JWTs are checked with; absent where it has none.
    pub certificate_ends: Known<Timestamp>,
    /// Whom the client credentials flow acts as; absent where that flow is off.
    pub run_as: Known<RunAs>,
    /// Whom Salesforce and others write to about it.
    pub contact: Known<Contact>,
    /// Minutes after which its sessions end; absent where it has no timeout of its own.
    pub session_minutes: Known<u32>,
    /// The ways in which it was seen to log in.
    pub ways: Known<BTreeSet<Flow>>,
}

/// A profile or permission set whose users may use an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// What it is called.
    pub name: String,
    /// Whether it is a profile.
    pub is_profile: bool,
    /// Its active users; none where they were not counted.
    pub users: Option<u64>,
}

/// How long refresh tokens live (`refreshTokenPolicy` of ConnectedAppOauthPolicy, `refreshTokenPolicyType` of
/// ExtlClntAppOauthConfigurablePolicies).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefreshTokens {
    /// Until they are revoked.
    Endless,
    /// They end at once.
    None,
    /// So long after they were given, in words ("30 days"); empty where that was not read.
    Lifetime(String),
    /// So long without use.
    Inactivity(String),
    /// A policy that is in no published list, by its name.
    Other(String),
}

/// Whether login IP ranges hold for an app (`ipRelaxation`, `ipRelaxationPolicyType`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum IpRelaxation {
    /// They do.
    Enforced,
    /// Not when a refresh token gives a new session.
    RelaxedForRefreshTokens,
    /// Not after another proof of identity, or from the addresses that the app lists.
    RelaxedWithSecondFactor,
    /// They do not.
    Relaxed,
    /// A policy that is in no published list, by its name.
    Other(String),
}

/// Whom the client credentials flow acts as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAs {
    /// Their username, or their id, as the app names them.
    pub named: String,
    /// What is known of them; none where they were not looked at.
    pub user: Option<RunAsUser>,
}

/// What is known of the user whom an app acts as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAsUser {
    /// Their name.
    pub name: String,
    /// Who they are, and whether that is certain.
    pub who: Option<(Who, bool)>,
    /// Whether they may only use the API; none where that could not be read.
    pub is_api_only: Option<bool>,
}

/// Whom to write to about an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The email address.
    pub email: String,
    /// Active and inactive users who have it; none where they were not asked for.
    pub users: Option<(usize, usize)>,
}

impl AppSettings {
    /// An app of which nothing but its name is known, for one reason.
    pub fn unread(key: AppKey, label: &str, why: &OrgError) -> AppSettings {
        fn not<T>(what: &str, why: &OrgError) -> Known<T> {
            Known::unavailable(what, why.clone())
        }
        AppSettings {
            key,
            id: None,
            name: String::new(),
            label: label.to_owned(),
            kind: not("whether the app is installed", why),
            is_managed: false,
            admin_approved: not("who may use the app", why),
            approved: not("which users are approved for the app", why),
            scopes: not(SCOPES, why),
            refresh_tokens: not("the app's refresh token policy", why),
            ip_relaxation: not("the app's IP relaxation policy", why),
            pkce_required: not("whether the app requires PKCE", why),
            rotates_refresh_tokens: not("whether the app rotates refresh tokens", why),
            secret_optional: not("whether the app needs its secret", why),
            device_flow: not("whether the app allows the device flow", why),
            certificate_ends: not("when the app's certificate expires", why),
            run_as: not("which user the app's client credentials flow runs as", why),
            contact: not("the app's contact email", why),
            session_minutes: not("the app's session timeout", why),
            ways: not("how the app logs in", why),
        }
    }

    /// Whether it is a connected app, not an external client app.
    pub fn is_connected(&self) -> bool {
        self.kind == Known::Is(AppKind::Connected)
    }

    /// Its label in quotation marks.
    pub fn shown(&self) -> String {
        format!("“{}”", self.label.trim())
    }

    /// Whether its tokens may be used for everything that the user can; none where the scopes are not known.
    pub fn has_full_scope(&self) -> Option<bool> {
        self.scopes.known().map(|all| has_scope(all, &["Full"]))
    }

    /// Whether it may be given refresh tokens; none where the scopes are not known.
    /// Source: ConnectedApp, `scopes`: `OfflineAccess` is deployed as `RefreshToken`.
    pub fn may_refresh(&self) -> Option<bool> {
        self.scopes.known().map(|all| has_scope(all, &["RefreshToken", "OfflineAccess"]))
    }

    /// Whether it was seen to log in, and by nothing but JWTs: it has a certificate that they are checked with, and each of
    /// its logins is of the kind that a JWT makes.
    /// Source: Object Reference, LoginHistory: a JWT's login is `Remote Access 2.0` without a `LoginSubType`.
    pub fn is_jwt_alone(&self) -> bool {
        self.logs_in_by(&[Flow::OauthOther]) && self.certificate_ends.known().is_some()
    }

    /// Whether it was seen to log in, and by nothing but the client credentials flow and JWTs: in neither a person is asked,
    /// a code is sent or a refresh token is given.
    pub fn is_server_to_server(&self) -> bool {
        self.logs_in_by(&[Flow::ClientCredentials])
            || self.logs_in_by(&[Flow::ClientCredentials, Flow::OauthOther])
                && self.certificate_ends.known().is_some()
    }

    fn logs_in_by(&self, ways: &[Flow]) -> bool {
        self.ways.known().is_some_and(|own| !own.is_empty() && own.iter().all(|way| ways.contains(way)))
    }
}

/// What [`AppSettings::scopes`] is called when it is unavailable.
pub(crate) const SCOPES: &str = "the app's OAuth scopes";

fn has_scope(all: &[String], any: &[&str]) -> bool {
    all.iter().any(|own| any.iter().any(|one| is_scope(own, one)))
}

/// Whether a scope is the one that the Metadata API calls so; lists of external client apps also spell it as tokens do
/// (`refresh_token`).
fn is_scope(own: &str, name: &str) -> bool {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    plain(own) == plain(name)
}

/// Scopes that are published. Source: Metadata API 66.0, ConnectedAppOauthAccessScope.
#[rustfmt::skip]
const KNOWN_SCOPES: &[&str] = &[
    "Basic", "Api", "Web", "Full", "Chatter", "CustomApplications", "RefreshToken", "OpenID", "Profile", "Email", "Address",
    "Phone", "OfflineAccess", "CustomPermissions", "Wave", "Eclair", "Pardot", "Lightning", "Content", "CDPIngest",
    "CDPProfile", "CDPQuery", "Chatbot", "CDPSegment", "CDPIdentityResolution", "CDPCalculatedInsight", "ForgotPassword",
    "UserRegistration", "SFAP", "Interaction", "CDP", "EinsteinGPT", "PwdlessLogin", "MCP", "SCRT",
];

/// Whether a scope is in the published list.
pub(crate) fn is_known_scope(scope: &str) -> bool {
    KNOWN_SCOPES.iter().any(|known| is_scope(scope, known))
}

impl RefreshTokens {
    /// Of a connected app: `infinite`, `zero`, `specific_lifetime:30:DAYS`, `specific_inactivity:7:DAYS`.
    pub(crate) fn of_connected_app(policy: &str) -> RefreshTokens {
        let mut parts = policy.split(':').map(str::trim);
        let name = parts.next().unwrap_or_default().to_lowercase();
        let span = span(parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        RefreshTokens::named(&name, policy, span)
    }

    /// Of an external client app: `Infinite`, `Zero`, `SpecificLifetime`, `SpecificInactivity`, with a period beside it.
    pub(crate) fn of_client_app(policy: &str, period: &str, unit: &str) -> RefreshTokens {
        RefreshTokens::named(&policy.to_lowercase(), policy, span(period, unit))
    }

    fn named(name: &str, policy: &str, span: String) -> RefreshTokens {
        match name {
            "infinite" => RefreshTokens::Endless,
            "zero" => RefreshTokens::None,
            "specific_lifetime" | "specificlifetime" => RefreshTokens::Lifetime(span),
            "specific_inactivity" | "specificinactivity" => RefreshTokens::Inactivity(span),
            _ => RefreshTokens::Other(policy.to_owned()),
        }
    }
}

/// "30 days" of `30` and `DAYS`; empty where one of them is missing.
fn span(number: &str, unit: &str) -> String {
    let unit = unit.to_lowercase();
    let unit = unit.trim_end_matches('s');
    match number.parse::<u64>() {
        Ok(number) if !unit.is_empty() => counted(number, unit),
        _ => String::new(),
    }
}

impl fmt::Display for RefreshTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RefreshTokens::Endless => write!(f, "Valid until revoked"),
            RefreshTokens::None => write!(f, "Expire immediately"),
            RefreshTokens::Lifetime(span) if span.is_empty() => write!(f, "Expire after a set time"),
            RefreshTokens::Lifetime(span) => write!(f, "Expire after {span}"),
            RefreshTokens::Inactivity(span) if span.is_empty() => {
                write!(f, "Expire after a set time without use")
            }
            RefreshTokens::Inactivity(span) => write!(f, "Expire after {span} without use"),
            RefreshTokens::Other(name) => write!(f, "{name}"),
        }
    }
}

impl IpRelaxation {
    /// By the name that either kind of app has for it: `ENFORCE`, `Bypass_2factor`.
    pub(crate) fn named(name: &str) -> IpRelaxation {
        match name.to_uppercase().as_str() {
            "ENFORCE" => IpRelaxation::Enforced,
            "ENFORCE_RELAXREFRESH" => IpRelaxation::RelaxedForRefreshTokens,
            "BYPASS_2FACTOR" => IpRelaxation::RelaxedWithSecondFactor,
            "BYPASS" => IpRelaxation::Relaxed,
            _ => IpRelaxation::Other(name.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_read_by_their_published_names_and_others_stay_what_they_are() {
        for (text, shown) in [
            ("infinite", "Valid until revoked"),
            ("zero", "Expire immediately"),
            ("specific_lifetime:1:DAYS", "Expire after 1 day"),
            ("specific_inactivity:7:DAYS", "Expire after 7 days without use"),
            ("specific_lifetime:x", "Expire after a set time"),
            ("forever_and_a_day", "forever_and_a_day"),
        ] {
            assert_eq!(RefreshTokens::of_connected_app(text).to_string(), shown);
        }
        let client = RefreshTokens::of_client_app("SpecificInactivity", "30", "Days");
        assert_eq!(client, RefreshTokens::Inactivity("30 days".into()));
        assert_eq!(RefreshTokens::of_client_app("Infinite", "", ""), RefreshTokens::Endless);
        assert_eq!(IpRelaxation::named("Bypass_2factor"), IpRelaxation::RelaxedWithSecondFactor);
        assert_eq!(IpRelaxation::named("Sometimes"), IpRelaxation::Other("Sometimes".into()));
    }

    #[test]
    fn scopes_are_one_however_they_are_spelt() {
        let mut app = AppSettings::unread(AppKey::Name("A".into()), "A", &OrgError::LeftOut);
        assert_eq!((app.has_full_scope(), app.may_refresh()), (None, None));
        app.scopes = Known::Is(vec!["api".into(), "refresh_token".into()]);
        assert_eq!((app.has_full_scope(), app.may_refresh()), (Some(false), Some(true)));
        assert!(is_known_scope("refresh_token") && is_known_scope("Api") && !is_known_scope("Everything"));
    }
}
