//! The web server flow: a signed-in user lets an app have a code.
//!
//! It never sends a code to an address that the app does not have.

use super::app::App;
use super::token::{OauthError, refused};
use crate::page::{PageRequest, PageResponse};
use crate::store::{Org, Session};
use maud::{DOCTYPE, html};
use time::OffsetDateTime;

/// An authorization code.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(super) app: String,
    pub(super) user: String,
    pub(super) scopes: Vec<String>,
    pub(super) redirect: String,
    pub(super) challenge: Option<String>,
    pub(super) at: OffsetDateTime,
}

impl Org {
    /// `/services/oauth2/authorize` for a signed-in user: the approval page, or the way back to the app.
    pub fn authorize(&mut self, session: &Session, request: &PageRequest) -> PageResponse {
        let either = |name: &str| {
            request.field(name).or_else(|| request.parameter(name)).unwrap_or_default().to_owned()
        };
        let redirect = either("redirect_uri");
        let app = match self.asking(&either("client_id"), &redirect, &either("response_type")) {
            Ok(app) => app,
            // Without an address that is known there is nowhere to send the error to.
            Err(error) => {
                let status = error.body().0;
                let body = format!("error={}&error_description={}", error.error, error.description);
                return PageResponse {
                    status,
                    headers: vec![("Content-Type".into(), "text/html".into())],
                    body,
                };
            }
        };
        let state = either("state");
        let back = |query: &str| {
            let mark = if redirect.contains('?') { '&' } else { '?' };
            let state = if state.is_empty() { String::new() } else { format!("&state={}", encoded(&state)) };
            PageResponse::redirect(format!("{redirect}{mark}{query}{state}"))
        };
        let failed = |error: &OauthError| {
            let code =
                if error.error == "invalid_app_access" { "OAUTH_APP_ACCESS_DENIED" } else { error.error };
            back(&format!("error={code}&error_description={}", encoded(&error.description)))
        };
        if let Err(error) = self.lets_in(&app, &session.user_id) {
            return failed(&error);
        }
        let challenge = Some(either("code_challenge")).filter(|challenge| !challenge.is_empty());
        if app.needs_challenge && challenge.is_none() {
            let missing = OauthError {
                error: "invalid_request",
                description: "missing required code challenge".into(),
            };
            return failed(&missing);
        }
        let wanted = either("scope");
        let scopes: Vec<String> = match wanted.trim() {
            "" => app.scopes.clone(),
            wanted => wanted.split_whitespace().map(str::to_owned).collect(),
        };
        if scopes
            .iter()
            .any(|scope| !app.scopes.contains(scope) && !app.scopes.iter().any(|own| own == "full"))
        {
            let unknown = OauthError {
                error: "invalid_scope",
                description: "the requested scope is not allowed".into(),
            };
            return failed(&unknown);
        }
        match (request.method.as_str(), request.field("save")) {
            ("POST", Some("Deny")) => {
                return back("error=access_denied&error_description=end-user+denied+authorization");
            }
            ("POST", Some(_)) => {}
            _ if app.admin_approved || self.has_approved(&session.user_id, &app) => {}
            _ => return approval(request, &app, &scopes),
        }
        let code = self.secret("code");
        let code = format!("aPrx{}", code.get(7..).unwrap_or_default());
        let kept = Code {
            app: app.key,
            user: session.user_id.clone(),
            scopes,
            redirect: redirect.clone(),
            challenge,
            at: self.now(),
        };
        self.identity.codes.insert(code.clone(), kept);
        back(&format!("code={}", encoded(&code)))
    }

    fn asking(&self, key: &str, redirect: &str, kind: &str) -> Result<App, OauthError> {
        let Some(app) = self.app_by_key(key) else {
            return refused("invalid_client_id", "client identifier invalid");
        };
        if kind != "code" {
            return refused("unsupported_response_type", "response type not supported");
        }
        if redirect.is_empty() {
            return refused("redirect_uri_missing", "redirect_uri must be provided");
        }
        if !app.callbacks.iter().any(|own| own == redirect) {
            return refused("redirect_uri_mismatch", "redirect_uri must match configuration");
        }
        Ok(app)
    }
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// "Allow access?"
fn approval(request: &PageRequest, app: &App, scopes: &[String]) -> PageResponse {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Allow Access? | Salesforce" } link rel="stylesheet" href="/sCSS/shell.css"; }
            body .login {
                form #editPage method="post" action="/services/oauth2/authorize" {
                    h1 { "Allow Access?" }
                    p { (app.label) " is asking to:" }
                    ul { @for scope in scopes { li { (scope) } } }
                    @for (name, value) in &request.query { input type="hidden" name=(name) value=(value); }
                    button #oadeny type="submit" name="save" value="Deny" { "Deny" }
                    button #oaapprove type="submit" name="save" value="Allow" { "Allow" }
                }
            }
        }
    };
    let headers = vec![
        ("Content-Type".into(), "text/html; charset=utf-8".into()),
        ("Cache-Control".into(), "no-store".into()),
    ];
    PageResponse { status: 200, headers, body: markup.into_string() }
}
