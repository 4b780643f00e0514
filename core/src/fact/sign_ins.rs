//! How a user really signs in: rows of `LoginHistory`, grouped.
//!
//! It never filters in the query what the platform only groups (`Status`, `Application`, `ApiType`).

use crate::id::Id;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The sign-ins of six months, which is what the org keeps (Object Reference, LoginHistory).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SignIns {
    /// One entry for each combination of user, type, application, status and address.
    pub rows: Vec<SignIn>,
    /// Whether there are more combinations than were read.
    pub cut: bool,
}

/// Sign-ins alike in everything but time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// `UserId`.
    pub user_id: Id,
    /// `LoginType`: "Application", "Other Apex API", "Remote Access 2.0", …
    pub login_type: String,
    /// `LoginSubType`: `OauthClientCredentials`, `UsernamePasswordUiLogin`, …; empty when none.
    pub sub_type: String,
    /// `Application`: the connected app's name for OAuth, "Browser" for the user interface, "N/A" for SOAP.
    pub application: String,
    /// `ApiType`: "SOAP Partner", "REST API", …; empty when none.
    pub api_type: String,
    /// `Status`: "Success", or the reason for the failure.
    pub status: String,
    /// `SourceIp`.
    pub source_ip: String,
    /// How many.
    pub count: u64,
    /// The newest of them.
    pub last: Option<Timestamp>,
}

/// The way in, as far as passwords and secrets are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Flow {
    /// The user interface, by browser.
    Browser,
    /// SOAP `login()` with user name and password.
    SoapPassword,
    /// OAuth 2.0 username-password flow.
    OauthPassword,
    /// OAuth 2.0 client-credentials flow: the app's secret.
    ClientCredentials,
    /// OAuth 2.0 with a refresh token, a code, or a device: a person consented once.
    OauthToken,
    /// OAuth 2.0 without a subtype: the JWT bearer flow and others that name none.
    OauthOther,
    /// Anything else.
    Other,
}

impl Flow {
    /// The way that a `LoginType` names by itself.
    pub fn of(login_type: &str) -> Flow {
        match login_type {
            "Application" | "LightningLogin" | "Lightning Login" | "PasswordlessLogin"
            | "Passwordless Login" | "ThirdPartySso" | "Third Party SSO" => Flow::Browser,
            kind if kind.starts_with("Saml") || kind.starts_with("SAML") => Flow::Browser,
            "OtherApi" | "Other Apex API" | "Partner" | "Partner Product" | "AppExchange" => {
                Flow::SoapPassword
            }
            kind if kind.starts_with("Oauth") || kind.starts_with("Remote Access") => Flow::OauthOther,
            _ => Flow::Other,
        }
    }
}

impl SignIn {
    /// Whether it let the user in.
    pub fn succeeded(&self) -> bool {
        self.status.eq_ignore_ascii_case("success")
    }

    /// By which way. `LoginType` carries labels in the rows that were recorded, values in the documentation: both
    /// are read.
    pub fn flow(&self) -> Flow {
        match self.sub_type.as_str() {
            "OauthClientCredentials" => return Flow::ClientCredentials,
            "OauthUsernamePassword" => return Flow::OauthPassword,
            "UsernamePasswordUiLogin" | "UiPasswordReset" | "UiLoginAfterTotp" | "PasswordlessLogin" => {
                return Flow::Browser;
            }
            "SoapApiLogin" => return Flow::SoapPassword,
            other if other.starts_with("Oauth") => return Flow::OauthToken,
            _ => {}
        }
        Flow::of(&self.login_type)
    }

    /// The connected or external client app's name, when it signed in through one. An app's name is there for the
    /// OAuth ways only.
    pub fn app(&self) -> Option<&str> {
        let oauth = matches!(
            self.flow(),
            Flow::OauthPassword | Flow::ClientCredentials | Flow::OauthToken | Flow::OauthOther
        );
        (oauth && !self.application.is_empty() && self.application != "N/A")
            .then_some(self.application.as_str())
    }
}

impl SignIns {
    /// Those that let the user in.
    pub fn successes(&self) -> impl Iterator<Item = &SignIn> {
        self.rows.iter().filter(|row| row.succeeded())
    }

    /// How many got in by one of `flows`, and when last.
    pub fn count(&self, flows: &[Flow]) -> (u64, Option<Timestamp>) {
        self.successes()
            .filter(|row| flows.contains(&row.flow()))
            .fold((0, None), |(n, last), row| (n + row.count, last.max(row.last)))
    }
}
