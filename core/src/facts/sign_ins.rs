//! How a user really signs in: rows of `LoginHistory`, grouped.
//!
//! It never filters in the query what the platform only groups (`Status`, `Application`, `ApiType`).

use crate::facts::Shared;
use crate::facts::table::{Rows, Table};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Those of the page's users, grouped, the newest first.
pub(crate) const TABLE: Table = Table {
    group: &[
        "UserId",
        "LoginType",
        "LoginSubType",
        "Application",
        "ApiType",
        "Status",
        "SourceIp",
        "CountryIso",
    ],
    fields: &["COUNT(Id) total", "MIN(LoginTime) oldest", "MAX(LoginTime) newest"],
    order: "ORDER BY MAX(LoginTime) DESC LIMIT 2000",
    ..Table::new("LoginHistory", Rows::OfUsers("UserId"))
};

/// The sign-ins of six months, which is what the org keeps (Object Reference, LoginHistory).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SignIns {
    /// One entry for each combination of user, type, application, status and address.
    pub rows: Shared<Vec<SignIn>>,
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
    /// `CountryIso`: the country of that address as ISO 3166 has it ("DE"); empty where Salesforce knows none. It follows
    /// from the address, so that grouping by it makes no more rows.
    #[serde(default)]
    pub country: String,
    /// How many.
    pub count: u64,
    /// The oldest of them.
    pub first: Option<Timestamp>,
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
    /// An API sign-in of which nothing says by which of these ways: a portal user's ("Networks Portal API Only").
    Api,
    /// Anything else.
    Other,
}

impl Flow {
    /// The way that a `LoginType` names by itself: the values and their labels, both of which rows carry.
    /// Source: Object Reference, LoginHistory (LoginType).
    pub fn of(login_type: &str) -> Flow {
        match login_type {
            "Application"
            | "LightningLogin"
            | "Lightning Login"
            | "ThirdPartySso"
            | "Third Party SSO"
            | "Portal"
            | "Customer Service Portal"
            | "PortalThirdPartySso"
            | "Customer Service Portal Third-Party SSO"
            | "PrmPortal"
            | "Partner Portal"
            | "PrmPortalThirdPartySso"
            | "Partner Portal Third-Party SSO"
            | "ChatterCommunityPortalUnPwd"
            | "Chatter Communities External User"
            | "ChatterCommunityThirdPartySso"
            | "Chatter Communities External User Third Party SSO"
            | "EmployeeLoginToCommunity"
            | "Employee Login to Community"
            | "SelfService"
            | "HelpAndTraining"
            | "Help And Training" => Flow::Browser,
            kind if kind.starts_with("Passwordless") => Flow::Browser,
            kind if kind.starts_with("Saml") || kind.starts_with("SAML") => Flow::Browser,
            "OtherApi" | "Other Apex API" | "Partner" | "Partner Product" | "AppExchange" => {
                Flow::SoapPassword
            }
            "NetworksPortalApiOnly" | "Networks Portal API Only" => Flow::Api,
            kind if kind.starts_with("Oauth") || kind.starts_with("Remote Access") => Flow::OauthOther,
            _ => Flow::Other,
        }
    }
}

impl Flow {
    /// By which way a login was. `LoginType` carries labels in the rows that were recorded, values in the documentation:
    /// both are read.
    pub fn of_login(login_type: &str, sub_type: &str) -> Flow {
        match sub_type {
            "OauthClientCredentials" => Flow::ClientCredentials,
            "OauthUsernamePassword" => Flow::OauthPassword,
            "UsernamePasswordUiLogin" | "UiPasswordReset" | "UiLoginAfterTotp" | "PasswordlessLogin" => {
                Flow::Browser
            }
            other if other.starts_with("SoapApiLogin") => Flow::SoapPassword,
            other if other.starts_with("Oauth") => Flow::OauthToken,
            _ => Flow::of(login_type),
        }
    }
}

impl SignIn {
    /// From a row of the grouped query.
    pub(crate) fn from_row(row: &Value) -> Option<SignIn> {
        Some(SignIn {
            user_id: json::id(row, "UserId")?,
            login_type: json::text(row, "LoginType").into(),
            sub_type: json::text(row, "LoginSubType").into(),
            application: json::text(row, "Application").into(),
            api_type: json::text(row, "ApiType").into(),
            status: json::text(row, "Status").into(),
            source_ip: json::text(row, "SourceIp").into(),
            country: json::text(row, "CountryIso").into(),
            count: json::number(row, "total"),
            first: json::time(row, "oldest"),
            last: json::time(row, "newest"),
        })
    }

    /// Whether it let the user in.
    pub fn succeeded(&self) -> bool {
        self.status.eq_ignore_ascii_case("success")
    }

    /// By which way.
    pub fn flow(&self) -> Flow {
        Flow::of_login(&self.login_type, &self.sub_type)
    }

    /// The connected or external client app's name, when it signed in through one. An app's name is there for the
    /// OAuth ways, and for a portal user's by API.
    pub fn app(&self) -> Option<&str> {
        let oauth = matches!(
            self.flow(),
            Flow::OauthPassword | Flow::ClientCredentials | Flow::OauthToken | Flow::OauthOther | Flow::Api
        );
        (oauth && !self.application.is_empty() && self.application != "N/A")
            .then_some(self.application.as_str())
    }
}

impl SignIns {
    /// From the rows of the grouped query. A row that is no fact is a row not read: the list counts as cut.
    pub(crate) fn from_rows(rows: &[Value], cut: bool) -> SignIns {
        let read: Vec<_> = rows.iter().filter_map(SignIn::from_row).collect();
        SignIns { cut: cut || read.len() < rows.len(), rows: read.into() }
    }

    /// Those that let the user in.
    pub fn successes(&self) -> impl Iterator<Item = &SignIn> {
        self.rows.iter().filter(|row| row.succeeded())
    }

    /// Whether anybody signs in by SOAP `login()`; none where too few were read to tell that nobody does.
    pub fn by_soap(&self) -> Option<bool> {
        let any = self.successes().any(|row| row.flow() == Flow::SoapPassword);
        (any || !self.cut).then_some(any)
    }

    /// How many got in by one of `flows`, and when last.
    pub fn count(&self, flows: &[Flow]) -> (u64, Option<Timestamp>) {
        self.successes()
            .filter(|row| flows.contains(&row.flow()))
            .fold((0, None), |(n, last), row| (n + row.count, last.max(row.last)))
    }
}
