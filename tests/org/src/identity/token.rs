//! OAuth 2.0's token endpoint: passwords, refresh tokens, client credentials, signed assertions, codes.
//!
//! It never gives a token to an app or a user that the org's policies shut out, and never says which check failed where
//! the platform does not.

use super::app::App;
use super::login::{OAUTH, OrgError, Way};
use super::{Source, jwt};
use crate::page::{Hosts, LOGIN_HOSTS};
use crate::store::{Org, Session, object, set, text};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::hmac;
use serde_json::{Value, json};

/// A refusal: `error` and `error_description`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthError {
    /// `error`.
    pub error: &'static str,
    /// `error_description`.
    pub description: String,
}

pub(super) fn refused<T>(error: &'static str, description: &str) -> Result<T, OauthError> {
    Err(OauthError { error, description: description.to_owned() })
}

impl OauthError {
    /// Status and body: all are 400.
    pub fn body(&self) -> (u16, Value) {
        (400, json!({ "error": self.error, "error_description": self.description }))
    }
}

/// A refresh token.
#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    pub(super) app: String,
    pub(super) user: String,
    pub(super) scopes: Vec<String>,
    /// Its row of OauthToken.
    pub(super) row: String,
}

/// What a grant comes to.
struct Grant {
    user: String,
    way: Way,
    scopes: Vec<String>,
    /// A row of OauthToken of its own, and a refresh token with it.
    refresh: bool,
    /// A refresh token that was there, to answer with.
    again: Option<String>,
}

const INVALID: (&str, &str) = ("invalid_grant", "authentication failure");

/// What a client of OAuth is told of a refused sign-in.
fn told(refusal: OrgError, with_password: bool) -> OauthError {
    let (error, description) = match refusal {
        OrgError::Address | OrgError::Hours => ("invalid_grant", "ip restricted or invalid login hours"),
        OrgError::Inactive if !with_password => ("inactive_user", "user is inactive"),
        // A frozen user, a locked one, a token that is wanting: the platform says no more.
        _ => INVALID,
    };
    OauthError { error, description: description.to_owned() }
}

impl Org {
    /// Answers a request to `/services/oauth2/token`; `basic`: the client named by the header `Authorization`.
    ///
    /// # Errors
    /// The platform's, with its words.
    pub fn token(
        &mut self,
        form: &[(String, String)],
        basic: Option<(String, String)>,
        source: &Source,
    ) -> Result<Value, OauthError> {
        let field = |name: &str| crate::api::parameter(form, name).unwrap_or_default().to_owned();
        if source.get {
            return refused("invalid_request", "must use HTTP POST");
        }
        let (key, secret) = basic.unwrap_or_else(|| (field("client_id"), field("client_secret")));
        let kind = field("grant_type");
        if kind == "urn:ietf:params:oauth:grant-type:jwt-bearer" {
            return self.by_assertion(&field("assertion"), source);
        }
        if !["password", "refresh_token", "client_credentials", "authorization_code"].contains(&kind.as_str())
        {
            return refused("unsupported_grant_type", "grant type not supported");
        }
        let Some(app) = self.app_by_key(&key) else {
            return refused("invalid_client_id", "client identifier invalid");
        };
        let needless = app.secret_optional && secret.is_empty() && kind != "client_credentials";
        if app.secret != secret && !needless {
            return refused("invalid_client", "invalid client credentials");
        }
        let grant = match kind.as_str() {
            "password" => self.by_password(&app, &field("username"), &field("password"), source)?,
            "refresh_token" => self.by_refresh(&app, &field("refresh_token"), source)?,
            "client_credentials" => self.by_client(&app, source)?,
            _ => {
                let verifier = field("code_verifier");
                self.by_code(&app, &field("code"), &field("redirect_uri"), &verifier, source)?
            }
        };
        Ok(self.given(&app, grant, source))
    }

    fn way(&self, sub: &'static str, app: &App) -> Way {
        Way {
            kind: OAUTH,
            sub,
            application: app.label.clone(),
            session: "Oauth2",
            relaxed: app.relaxed,
            ..Way::default()
        }
    }

    fn by_password(
        &mut self,
        app: &App,
        name: &str,
        given: &str,
        source: &Source,
    ) -> Result<Grant, OauthError> {
        let way = self.way("OauthUsernamePassword", app);
        if !self.identity.password_flow {
            let user = self.rows_by("User", "Username", name).first().map(|row| text(row, "Id").to_owned());
            if let Some(user) = user {
                self.remember(&user, &way, source, OrgError::FlowDisabled.status());
            }
            return Err(told(OrgError::FlowDisabled, true));
        }
        let user = self.sign_in(name, given, &way, source).map_err(|refusal| told(refusal, true))?;
        self.admits(app, &user)?;
        Ok(Grant { user, way, scopes: app.scopes.clone(), refresh: false, again: None })
    }

    fn by_refresh(&mut self, app: &App, token: &str, source: &Source) -> Result<Grant, OauthError> {
        let known = self.identity.refresh.get(token).filter(|refresh| refresh.app == app.key).cloned();
        let Some(refresh) = known.filter(|refresh| self.row("OauthToken", &refresh.row).is_some()) else {
            return refused("invalid_grant", "expired access/refresh token");
        };
        let way = self.way("OauthRefreshToken", app);
        let vouched = self.vouched(&refresh.user, &way, source);
        let user = vouched.map_err(|refusal| told(refusal, false))?;
        self.admits(app, &user)?;
        let again = if app.rotates {
            self.identity.refresh.remove(token);
            let new = self.secret("refresh");
            self.identity.refresh.insert(new.clone(), refresh.clone());
            Some(new)
        } else {
            Some(token.to_owned())
        };
        Ok(Grant { user, way, scopes: refresh.scopes, refresh: false, again })
    }

    fn by_client(&mut self, app: &App, source: &Source) -> Result<Grant, OauthError> {
        // Recorded: this flow, on the hosts that serve every org.
        if source.is_login_host() {
            return refused("invalid_grant", "request not supported on this domain");
        }
        if !app.client_credentials {
            return refused("invalid_grant", "client credentials flow not enabled");
        }
        let named =
            self.rows_by("User", "Username", &app.run_as).first().map(|row| text(row, "Id").to_owned());
        let Some(user) =
            named.or_else(|| self.row("User", &app.run_as).map(|row| text(row, "Id").to_owned()))
        else {
            return refused("invalid_grant", "no client credentials user enabled");
        };
        let way = self.way("OauthClientCredentials", app);
        let user = self.vouched(&user, &way, source).map_err(|refusal| told(refusal, false))?;
        self.admits(app, &user)?;
        Ok(Grant { user, way, scopes: without_refresh(app), refresh: false, again: None })
    }

    fn by_assertion(&mut self, assertion: &str, source: &Source) -> Result<Value, OauthError> {
        let Some(claims) = jwt::claims(assertion) else {
            return refused("invalid_grant", "invalid assertion");
        };
        let word = |key: &str| claims.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(app) = self.app_by_key(&word("iss")) else {
            return refused("invalid_client_id", "client identifier invalid");
        };
        if !app.certificate.as_ref().is_some_and(|certificate| jwt::is_signed_by(assertion, certificate)) {
            return refused("invalid_grant", "invalid assertion");
        }
        // The login host of the kind of org, or the org's own address.
        let host = if self.is_sandbox() { LOGIN_HOSTS[1] } else { LOGIN_HOSTS[0] };
        let own = Hosts::of(self.my_domain()).core;
        let audience = word("aud");
        if ![host, &own].iter().any(|host| audience.trim_end_matches('/') == format!("https://{host}")) {
            return refused("invalid_grant", "Audience validation failed");
        }
        // Some clients write the number as text.
        let end = claims.get("exp").and_then(|end| end.as_i64().or_else(|| end.as_str()?.parse().ok()));
        let now = self.now().unix_timestamp();
        if !end.is_some_and(|end| (now - 180..=now + 300).contains(&end)) {
            return refused("invalid_grant", "expired authorization code");
        }
        let name = word("sub");
        let found = self.rows_by("User", "Username", &name).first().map(|row| text(row, "Id").to_owned());
        let Some(user) = found else { return refused("invalid_grant", "user hasn't approved this consumer") };
        let way = self.way("", &app);
        let user = self.vouched(&user, &way, source).map_err(|refusal| told(refusal, false))?;
        self.admits(&app, &user)?;
        if !app.admin_approved && !self.has_approved(&user, &app) {
            self.not_approved();
            return refused("invalid_grant", "user hasn't approved this consumer");
        }
        let grant = Grant { user, way, scopes: without_refresh(&app), refresh: false, again: None };
        Ok(self.given(&app, grant, source))
    }

    fn by_code(
        &mut self,
        app: &App,
        code: &str,
        redirect: &str,
        verifier: &str,
        source: &Source,
    ) -> Result<Grant, OauthError> {
        let Some(kept) = self.identity.codes.remove(code).filter(|kept| kept.app == app.key) else {
            return refused("invalid_grant", "invalid authorization code");
        };
        // Source: Salesforce Help, "OAuth 2.0 Web Server Flow": the code expires after fifteen minutes.
        if self.now() - kept.at > time::Duration::minutes(15) {
            return refused("invalid_grant", "expired authorization code");
        }
        if kept.redirect != redirect {
            return refused("redirect_uri_mismatch", "redirect_uri must match configuration");
        }
        let hashed = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref());
        if kept.challenge.as_ref().is_some_and(|challenge| *challenge != hashed) {
            return refused("invalid_grant", "invalid code verifier");
        }
        let way = self.way("OauthWebServer", app);
        let user = self.vouched(&kept.user, &way, source).map_err(|refusal| told(refusal, false))?;
        let refresh = kept.scopes.iter().any(|scope| scope == "refresh_token");
        Ok(Grant { user, way, scopes: kept.scopes, refresh, again: None })
    }

    /// The same as [`Org::lets_in`], of a sign-in that is in the history already.
    fn admits(&mut self, app: &App, user: &str) -> Result<(), OauthError> {
        let outcome = self.lets_in(app, user);
        if outcome.is_err() {
            self.not_approved();
        }
        outcome
    }

    /// The last sign-in was none: the app does not let the user in.
    fn not_approved(&mut self) {
        let id = self.identity.last_history.clone();
        if let Some(mut row) = self.row("LoginHistory", &id).cloned() {
            row.insert("Status".into(), json!("Failed: Not approved for access"));
            self.put("LoginHistory", row);
        }
    }

    /// The app's policy on its users, and the org's on its apps.
    pub(super) fn lets_in(&self, app: &App, user: &str) -> Result<(), OauthError> {
        if app.admin_approved && !self.is_admitted(user, app) {
            return refused("invalid_app_access", "user is not admin approved to access this app");
        }
        let installed = !app.id.is_empty();
        if self.is_api_access_controlled()
            && !(installed && app.admin_approved)
            && !self.has_permission(user, "UseAnyApiClient")
        {
            return refused("OAUTH_APP_BLOCKED", "this app is blocked by admin");
        }
        Ok(())
    }

    fn given(&mut self, app: &App, grant: Grant, source: &Source) -> Value {
        let Grant { user, way, scopes, refresh, again } = grant;
        let by_code = way.sub != "OauthUsernamePassword";
        let row = self.token_row(app, &user, refresh, again.as_deref());
        let mut session = self.begin_session(&user, &way, source);
        session.app.clone_from(&app.key);
        session.scopes.clone_from(&scopes);
        session.token.clone_from(&row);
        self.sessions.insert(session.sid.clone(), session.clone());
        let again = again.or_else(|| refresh.then(|| self.refresh_token(app, &user, &scopes, row)));
        let issued = (self.now().unix_timestamp_nanos() / 1_000_000).to_string();
        let id = self.identity_url(&user);
        let key = hmac::Key::new(hmac::HMAC_SHA256, app.secret.as_bytes());
        let signature = STANDARD.encode(hmac::sign(&key, format!("{id}{issued}").as_bytes()));
        let mut body = json!({ "access_token": session.sid });
        if let Some(token) = again {
            set(&mut body, "refresh_token", json!(token));
        }
        set(&mut body, "signature", json!(signature));
        // Recorded of 2021 to 2023: the user name and password flow does not tell its scopes.
        if by_code {
            set(&mut body, "scope", json!(scopes.join(" ")));
        }
        set(&mut body, "instance_url", json!(format!("https://{}", Hosts::of(self.my_domain()).core)));
        set(&mut body, "id", json!(id));
        set(&mut body, "token_type", json!("Bearer"));
        set(&mut body, "issued_at", json!(issued));
        body
    }

    fn refresh_token(&mut self, app: &App, user: &str, scopes: &[String], row: String) -> String {
        let token = self.secret("refresh");
        let kept = Refresh { app: app.key.clone(), user: user.to_owned(), scopes: scopes.to_vec(), row };
        self.identity.refresh.insert(token.clone(), kept);
        token
    }

    /// A refresh token, as if the user had approved the app long ago.
    pub fn approve(&mut self, app: &App, user: &str) -> String {
        let row = self.token_row(app, user, true, None);
        self.refresh_token(app, user, &app.scopes, row)
    }

    /// The row of OauthToken of a grant: one more use of the one that is there, or a new one.
    fn token_row(&mut self, app: &App, user: &str, fresh: bool, again: Option<&str>) -> String {
        let now = self.stamp();
        let mut own: Vec<_> = self
            .rows_by("OauthToken", "UserId", user)
            .into_iter()
            .filter(|row| text(row, "AppName") == app.label)
            .cloned()
            .collect();
        own.sort_by(|a, b| text(a, "CreatedDate").cmp(text(b, "CreatedDate")));
        let exact =
            again.and_then(|token| self.identity.refresh.get(token)).map(|refresh| refresh.row.clone());
        let found = if fresh {
            None
        } else {
            own.iter().find(|row| exact.as_ref().is_none_or(|exact| text(row, "Id") == exact)).cloned()
        };
        if let Some(mut row) = found {
            let uses = row.get("UseCount").and_then(Value::as_u64).unwrap_or(0);
            row.insert("UseCount".into(), json!(uses + 1));
            row.insert("LastUsedDate".into(), json!(now));
            return self.put("OauthToken", row);
        }
        // Five approvals of an app by a user: the sixth ends the oldest. Source: Salesforce Help, "Manage OAuth Access".
        if own.len() >= 5
            && let Some(oldest) = own.first()
        {
            self.take("OauthToken", text(oldest, "Id"));
        }
        let item =
            self.rows_by("AppMenuItem", "ApplicationId", if app.id.is_empty() { "none" } else { &app.id });
        let item = item.first().map(|row| text(row, "Id").to_owned());
        let delete = self.secret("delete");
        self.put(
            "OauthToken",
            object(json!({ "AppName": app.label, "UserId": user, "UseCount": 1, "LastUsedDate": now,
            "CreatedDate": now, "DeleteToken": delete, "AppMenuItemId": item })),
        )
    }

    /// A text that nobody guesses, as tokens are.
    pub(crate) fn secret(&mut self, purpose: &str) -> String {
        let id = self.next_id("Secret");
        let text = super::app::derived(purpose, &format!("{id} {}", self.now()));
        format!("5Aep861{}", text.get(..80).unwrap_or_default())
    }

    /// A pass that opens the front door once for a session.
    pub(crate) fn one_time_pass(&mut self, sid: &str) -> String {
        let pass = self.secret("front door").replace(|c: char| !c.is_ascii_alphanumeric(), "");
        self.identity.passes.insert(pass.clone(), sid.to_owned());
        pass
    }

    /// The session that such a pass is for; it is used up.
    pub fn redeem_pass(&mut self, pass: &str) -> Option<String> {
        self.identity.passes.remove(pass)
    }

    /// The address of a user's identity.
    pub fn identity_url(&self, user: &str) -> String {
        let host = if self.is_sandbox() { LOGIN_HOSTS[1] } else { LOGIN_HOSTS[0] };
        format!("https://{host}/id/{}/{user}", self.org_id())
    }

    /// Ends what a token stands for: a session, a refresh token with its sessions, a row by its `DeleteToken`.
    pub fn revoke(&mut self, token: &str) -> Result<(), OauthError> {
        if let Some(refresh) = self.identity.refresh.remove(token) {
            self.take("OauthToken", &refresh.row);
            return Ok(());
        }
        if self.live_session(token, None).is_some() {
            self.end_session(token);
            return Ok(());
        }
        if self.revoke_by_delete_token(token) {
            return Ok(());
        }
        refused("invalid_token", &format!("invalid token: {token}"))
    }

    /// The live session of an access token, or the refresh token's part of one.
    pub(super) fn token_of(&mut self, token: &str) -> Option<(Option<Session>, Refresh)> {
        if let Some(refresh) = self.identity.refresh.get(token).cloned() {
            return self.row("OauthToken", &refresh.row).is_some().then_some((None, refresh));
        }
        let session = self.live_session(token, None)?;
        let refresh = Refresh {
            app: session.app.clone(),
            user: session.user_id.clone(),
            scopes: session.scopes.clone(),
            row: session.token.clone(),
        };
        Some((Some(session), refresh))
    }
}

fn without_refresh(app: &App) -> Vec<String> {
    app.scopes.iter().filter(|scope| *scope != "refresh_token").cloned().collect()
}
