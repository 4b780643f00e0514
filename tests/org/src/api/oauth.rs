//! OAuth 2.0 below `/services/oauth2`, and the identity URL.
//!
//! It never decides anything: `identity` does.

use super::composite::pairs;
use super::{Api, ApiAnswer, ApiRequest, NEWEST, Reply, bearer, parameter, reply};
use crate::identity::Source;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Answers, when it is one of these addresses.
pub(super) fn answer(api: &mut Api<'_>, path: &str, request: &ApiRequest) -> Option<ApiAnswer> {
    let source = Source::of(request, api.org);
    let mut form = request.query.clone();
    if request.method == "POST" {
        form.extend(pairs(&request.body));
    }
    let field = |name: &str| parameter(&form, name).unwrap_or_default();
    let as_xml = reply::wants_xml(request) || field("format") == "xml";
    let done = match path {
        "/services/oauth2/token" => api.org.token(&form, basic(request), &source),
        "/services/oauth2/introspect" => {
            let own = || (field("client_id").to_owned(), field("client_secret").to_owned());
            let (key, secret) = basic(request).unwrap_or_else(own);
            api.org.introspect(&key, &secret, field("token"))
        }
        "/services/oauth2/revoke" => api.org.revoke(field("token")).map(|()| Value::Null),
        "/services/oauth2/singleaccess" => return Some(single_access(api, request, &form, &source)),
        "/services/oauth2/userinfo" => return Some(userinfo(api, request, &source, None, None)),
        _ => {
            let (org, user) = path.strip_prefix("/id/")?.split_once('/')?;
            let newest = format!("{NEWEST}.0");
            let version = parameter(&form, "version")
                .map(|version| if version == "latest" { &newest } else { version });
            return Some(if crate::id::long(org).as_deref() == Some(api.org.org_id()) {
                userinfo(api, request, &source, Some(user), version)
            } else {
                plain("Bad_Id")
            });
        }
    };
    let reply = match done {
        Ok(body) => Reply::ok("OAuth", body),
        Err(error) => {
            let (status, body) = error.body();
            Reply { status, body, root: "OAuth".into(), ..Reply::default() }
        }
    };
    Some(reply.with("Cache-Control", "no-cache, no-store").with("Pragma", "no-cache").written(as_xml))
}

/// The identity service tells a bad token in a word of plain text. Source: recorded; clients look for it.
fn plain(word: &str) -> ApiAnswer {
    ApiAnswer::of(403, "text/html;charset=UTF-8", word.to_owned())
}

fn userinfo(
    api: &mut Api<'_>,
    request: &ApiRequest,
    source: &Source,
    about: Option<&str>,
    version: Option<&str>,
) -> ApiAnswer {
    let given =
        parameter(&request.query, "oauth_token").or_else(|| parameter(&request.query, "access_token"));
    let sid = bearer(request).filter(|sid| !sid.is_empty()).or(given);
    let Some(sid) = sid else { return plain("Missing_OAuth_Token") };
    let Some(session) = api.org.live_session(sid, Some(&source.address)).filter(|session| session.api) else {
        return plain("Bad_OAuth_Token");
    };
    api.user.clone_from(&session.user_id);
    let user = match about {
        None => return ApiAnswer::json(200, &api.org.userinfo(&session.user_id)),
        Some(user) => crate::id::long(user).filter(|user| api.org.row("User", user).is_some()),
    };
    match user {
        Some(user) if api.org.may_ask_about(&session, &user) => {
            Reply::ok("user", api.org.identity_of(&user, version)).written(reply::wants_xml(request))
        }
        _ => plain("Bad_Id"),
    }
}

/// A front door for one use: where a client leads its user's browser. Source: Salesforce Help, "Generate a Frontdoor URL to
/// Bridge into UI Sessions"; released clients read `frontdoor_uri`.
fn single_access(
    api: &mut Api<'_>,
    request: &ApiRequest,
    form: &[(String, String)],
    source: &Source,
) -> ApiAnswer {
    let given = parameter(form, "access_token").or_else(|| parameter(form, "oauth_token"));
    let Some(sid) = bearer(request).filter(|sid| !sid.is_empty()).or(given) else {
        return plain("Missing_OAuth_Token");
    };
    let Some(session) = api.org.live_session(sid, Some(&source.address)).filter(|session| session.api) else {
        return plain("Bad_OAuth_Token");
    };
    if !session.may("web") {
        let body = serde_json::json!({ "error": "invalid_scope", "error_description": "this token does not have the web scope" });
        return ApiAnswer::json(403, &body);
    }
    api.user.clone_from(&session.user_id);
    let pass = api.org.one_time_pass(&session.sid);
    let host = crate::page::Hosts::of(api.org.my_domain()).core;
    let to =
        parameter(form, "redirect_uri").map(|to| format!("&startURL={}", encoded(to))).unwrap_or_default();
    let body =
        serde_json::json!({ "frontdoor_uri": format!("https://{host}/secur/frontdoor.jsp?otp={pass}{to}") });
    ApiAnswer::json(200, &body)
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Key and secret of the header `Authorization: Basic`.
fn basic(request: &ApiRequest) -> Option<(String, String)> {
    let text = request.headers.get("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
    let (key, secret) = text.split_once(':')?;
    Some((key.to_owned(), secret.to_owned()))
}
