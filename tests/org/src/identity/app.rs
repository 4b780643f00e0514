//! Connected and external client apps as clients of OAuth: keys, callback addresses, scopes, flows, whom they let in.
//!
//! It never keeps a copy of a policy: each is read from the rows and the metadata where it is written.

use crate::metadata::Component;
use crate::store::{Org, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

/// An app as a client.
#[derive(Debug, Clone)]
pub struct App {
    /// Its id; empty for the platform's own that nobody has installed.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Its consumer key, `client_id`.
    pub key: String,
    /// Its consumer secret, `client_secret`; empty where it needs none.
    pub secret: String,
    /// Addresses that codes are sent to.
    pub callbacks: Vec<String>,
    /// Scopes, as tokens name them.
    pub scopes: Vec<String>,
    /// The certificate of its assertions: DER.
    pub certificate: Option<Vec<u8>>,
    /// The secret may be left out.
    pub secret_optional: bool,
    /// PKCE is required.
    pub needs_challenge: bool,
    /// The flow of client credentials is enabled.
    pub client_credentials: bool,
    /// Who runs it: a user name, or an id.
    pub run_as: String,
    /// Admin approved users are pre-authorized.
    pub admin_approved: bool,
    /// Its policy relaxes the ranges of addresses.
    pub relaxed: bool,
    /// A refresh token is good for one use.
    pub rotates: bool,
}

/// The platform's own app of its command line: in every org, without a secret.
const COMMAND_LINE: &str = "PlatformCLI";

/// Scopes in metadata, and as tokens name them. Source: Metadata API guide, ConnectedAppOauthAccessScope; Salesforce
/// Help, "OAuth Tokens and Scopes".
const SCOPES: &[(&str, &str)] = &[
    ("Api", "api"),
    ("Basic", "id"),
    ("Address", "address"),
    ("Chatter", "chatter_api"),
    ("CustomApplications", "visualforce"),
    ("CustomPermissions", "custom_permissions"),
    ("Email", "email"),
    ("Full", "full"),
    ("OpenID", "openid"),
    ("Phone", "phone"),
    ("Profile", "profile"),
    ("RefreshToken", "refresh_token"),
    ("Web", "web"),
];

impl Org {
    /// Every app.
    pub fn apps(&self) -> Vec<App> {
        let of =
            |kind: &str| crate::metadata::kind_of(kind).map(|kind| self.components(kind)).unwrap_or_default();
        let connected = of("ConnectedApp");
        let external = of("ExternalClientApplication");
        let mut all: Vec<App> = connected.iter().map(|one| self.connected(one)).collect();
        all.extend(external.iter().map(|one| self.external(one)));
        all.push(App {
            id: String::new(),
            label: "Salesforce CLI".into(),
            key: COMMAND_LINE.into(),
            secret: String::new(),
            callbacks: vec!["http://localhost:1717/OauthRedirect".into()],
            scopes: ["refresh_token", "api", "web"].map(str::to_owned).to_vec(),
            certificate: None,
            secret_optional: true,
            needs_challenge: false,
            client_credentials: false,
            run_as: String::new(),
            admin_approved: false,
            relaxed: false,
            rotates: false,
        });
        all
    }

    fn connected(&self, one: &Component) -> App {
        let document = self.documents.get(&("ConnectedApp".to_owned(), one.full_name.clone()));
        let empty = json!({});
        let document = document.unwrap_or(&empty);
        let oauth = document.get("oauthConfig").unwrap_or(&empty);
        let policy = document.get("oauthPolicy").unwrap_or(&empty);
        let scopes =
            oauth.get("scopes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        App {
            label: text(&one.row, "Name").to_owned(),
            run_as: word(oauth, "oauthClientCredentialUser").to_owned(),
            client_credentials: is(oauth, "isClientCredentialEnabled"),
            relaxed: word(policy, "ipRelaxation").starts_with("BYPASS"),
            ..self.client(&one.id, oauth, scopes)
        }
    }

    fn external(&self, one: &Component) -> App {
        let empty = json!({});
        let part = |kind: &str| {
            let mut documents = self.documents.iter().filter(|((other, _), _)| other == kind);
            documents
                .find(|(_, part)| word(part, "externalClientApplication") == one.full_name)
                .map(|(_, part)| part)
        };
        let oauth = part("ExtlClntAppGlobalOauthSettings").unwrap_or(&empty);
        let settings = part("ExtlClntAppOauthSettings").unwrap_or(&empty);
        let scopes = word(settings, "commaSeparatedOauthScopes").split(',').map(str::trim);
        let policy = self
            .rows("ExtlClntAppOauthPlcyCnfg")
            .find(|row| text(row, "ExternalClientApplicationId") == one.id);
        let policy = policy.cloned().unwrap_or_default();
        App {
            label: text(&one.row, "MasterLabel").to_owned(),
            run_as: text(&policy, "ClientCredentialsFlowUser").to_owned(),
            client_credentials: policy.get("IsClientCredentialsFlowEnabled") == Some(&json!(true)),
            relaxed: text(&policy, "IpRelaxationPolicyType").starts_with("Bypass"),
            ..self.client(&one.id, oauth, scopes)
        }
    }

    fn client<'s>(&self, id: &str, oauth: &Value, scopes: impl Iterator<Item = &'s str>) -> App {
        let mut scopes: Vec<String> = scopes
            .filter_map(|name| {
                SCOPES.iter().find(|(own, _)| *own == name).map(|(_, name)| (*name).to_owned())
            })
            .collect();
        if scopes.is_empty() {
            scopes = ["api", "refresh_token"].map(str::to_owned).to_vec();
        }
        let given = |key: &str, otherwise: String| match word(oauth, key) {
            "" => otherwise,
            own => own.to_owned(),
        };
        let certificate =
            self.identity.certificates.get(id).cloned().or_else(|| der(word(oauth, "certificate")));
        let approved = self.rows_by("AppMenuItem", "ApplicationId", id);
        App {
            id: id.to_owned(),
            label: String::new(),
            key: given(
                "consumerKey",
                format!("3MVG9{}", derived("consumer key", id).get(..80).unwrap_or_default()),
            ),
            secret: given(
                "consumerSecret",
                derived("consumer secret", id).get(..64).unwrap_or_default().to_uppercase(),
            ),
            callbacks: word(oauth, "callbackUrl").split_whitespace().map(str::to_owned).collect(),
            scopes,
            certificate,
            secret_optional: is(oauth, "isConsumerSecretOptional"),
            needs_challenge: is(oauth, "isPkceRequired"),
            client_credentials: false,
            run_as: String::new(),
            admin_approved: approved
                .iter()
                .any(|row| row.get("IsUsingAdminAuthorization") == Some(&json!(true))),
            relaxed: false,
            rotates: is(oauth, "isRefreshTokenRotationEnabled"),
        }
    }

    /// The app of a consumer key.
    pub fn app_by_key(&self, key: &str) -> Option<App> {
        self.apps().into_iter().find(|app| !key.is_empty() && app.key == key)
    }

    /// Whether a profile or permission set of the user lets them use the app.
    pub(crate) fn is_admitted(&self, user: &str, app: &App) -> bool {
        let sets = self.sets_of(user);
        let access = self.rows_by("SetupEntityAccess", "SetupEntityId", &app.id);
        access.iter().any(|row| sets.iter().any(|set| text(set, "Id") == text(row, "ParentId")))
    }

    /// Whether the user has approved the app: there is a token of theirs.
    pub(crate) fn has_approved(&self, user: &str, app: &App) -> bool {
        self.rows_by("OauthToken", "UserId", user).iter().any(|row| text(row, "AppName") == app.label)
    }
}

fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is(value: &Value, key: &str) -> bool {
    value.get(key) == Some(&Value::Bool(true))
}

/// The bytes of a certificate as PEM, or as the text within.
pub fn der(text: &str) -> Option<Vec<u8>> {
    let inner: String = text.lines().filter(|line| !line.starts_with("-----")).flat_map(str::chars).collect();
    let inner: String = inner.chars().filter(|c| !c.is_whitespace()).collect();
    STANDARD.decode(inner).ok().filter(|bytes| !bytes.is_empty())
}

/// 128 characters that follow from a purpose and an id.
pub(crate) fn derived(purpose: &str, id: &str) -> String {
    let mut text = String::new();
    for part in 0..2 {
        let hash = digest(&SHA256, format!("{part} {purpose} of {id}").as_bytes());
        text.extend(hash.as_ref().iter().map(|byte| format!("{byte:02x}")));
    }
    text
}
