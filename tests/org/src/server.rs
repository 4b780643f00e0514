//! TLS on loopback: which host, which part of the org, and the control address beside it.
//!
//! It never listens beyond this machine.

mod control;

use crate::api::composite::{decoded, pairs};
use crate::api::{Api, ApiRequest};
use crate::fault::{Fault, Faults, half};
use crate::identity::login::OrgError;
use crate::identity::{SOURCE_HEADER, Source};
use crate::page::{Host, Hosts, LOGIN_HOSTS, PageOptions, PageRequest, PageResponse};
use crate::pages;
use crate::proxy::Sources;
use crate::store::{Org, Session};
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The largest body taken, as the platform: 50 MB.
const BODY: usize = 50 * 1024 * 1024;

/// What a user who is API Only is told by the sign-in page.
const API_ONLY: &str = "Your account is restricted to API access only.";

/// Everything behind the server.
pub struct State {
    /// The org.
    pub org: Org,
    /// Faults asked for.
    pub faults: Faults,
    /// Cursors of queries.
    pub cursors: HashMap<String, (usize, Vec<Value>)>,
    /// API requests since the last DELETE.
    pub requests: Vec<Value>,
    /// Milliseconds that each API answer waits.
    pub latency: u64,
    /// How pages are served.
    pub options: PageOptions,
    /// One-time passes from host to host.
    pub passes: HashMap<String, String>,
    /// Whence proxied connections are said to come.
    pub sources: Sources,
}

/// The state, shared by connections.
pub type Shared = Arc<Mutex<State>>;

fn locked(shared: &Shared) -> MutexGuard<'_, State> {
    // A panic in one request must not end the org for the others.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers one request.
pub async fn answer(shared: Shared, request: Request<Body>) -> Response<Body> {
    let (mut head, body) = request.into_parts();
    let mut name = host_name(&head.headers, head.uri.host());
    // An instance's address that ends in a slash gives two of them: clients do so, and the platform answers.
    let path = format!("/{}", decoded(head.uri.path()).trim_start_matches('/'));
    let raw_query = head.uri.query().unwrap_or_default().to_owned();
    let Ok(body) = to_bytes(body, BODY).await else {
        let error =
            json!([{ "message": "The request body is too large.", "errorCode": "REQUEST_ENTITY_TOO_LARGE" }]);
        return plain(413, "application/json;charset=UTF-8", error.to_string());
    };
    let parts = head.headers.get("content-type").and_then(|kind| kind.to_str().ok());
    let body = if parts.is_some_and(|kind| kind.starts_with("multipart/")) {
        // A zip among the parts is no UTF-8: each byte is the character of its number.
        body.iter().map(|byte| char::from(*byte)).collect()
    } else {
        String::from_utf8_lossy(&body).into_owned()
    };
    let method = head.method.as_str().to_owned();
    let hosts = Hosts::of(locked(&shared).org.my_domain());
    let loopback = matches!(name.as_str(), "127.0.0.1" | "localhost" | "[::1]");
    if loopback && path.starts_with("/_org/") {
        return control::answer(&shared, &method, &path, &body);
    }
    if loopback && head.headers.contains_key(SOURCE_HEADER) {
        // A test client that names its address speaks to the core host.
        name.clone_from(&hosts.core);
        head.headers.insert("host", name.parse().unwrap_or(HeaderValue::from_static("")));
    } else {
        head.headers.remove(SOURCE_HEADER);
        let peer = head.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
        let named = peer.and_then(|peer| locked(&shared).sources.of(peer));
        if let Some(Ok(address)) = named.map(|address| address.to_string().parse()) {
            head.headers.insert(SOURCE_HEADER, address);
        }
    }
    let host = match name.as_str() {
        "127.0.0.1" | "localhost" | "[::1]" => {
            return plain(404, "text/plain", "The control address is /_org/.".into());
        }
        name if LOGIN_HOSTS.contains(&name) => Host::Core,
        name if name == hosts.core => Host::Core,
        name if name == hosts.setup => Host::Setup,
        name if name == hosts.lightning => Host::Lightning,
        _ => {
            return plain(
                404,
                "text/html",
                "<title>Salesforce</title><p>This My Domain does not exist.</p>".into(),
            );
        }
    };
    if (path.starts_with("/services/") || path.starts_with("/id/")) && path != "/services/oauth2/authorize" {
        let headers = head
            .headers
            .iter()
            .filter_map(|(key, value)| Some((key.as_str().to_lowercase(), value.to_str().ok()?.to_owned())))
            .collect();
        return api(&shared, ApiRequest { method, path, query: pairs(&raw_query), headers, body }, &name)
            .await;
    }
    page(&shared, &head.headers, method, host, hosts, path, &raw_query, &body)
}

fn host_name(headers: &HeaderMap, uri: Option<&str>) -> String {
    let header = headers.get("host").and_then(|value| value.to_str().ok()).or(uri).unwrap_or_default();
    header.rsplit_once(':').map_or(header, |(name, _)| name).to_lowercase()
}

async fn api(shared: &Shared, request: ApiRequest, host: &str) -> Response<Body> {
    let (latency, fault) = {
        let mut state = locked(shared);
        let fault = state.faults.strike(&request.method, &request.path, &request.body);
        (state.latency, fault)
    };
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    if let Some(fault) = &fault {
        if fault.kind == "no-answer" {
            tokio::time::sleep(Duration::from_secs(600)).await;
        }
        if fault.kind == "slow" {
            tokio::time::sleep(Duration::from_millis(fault.ms)).await;
        }
    }
    let drops = fault.as_ref().and_then(Fault::drops);
    if drops == Some(false) {
        return broken();
    }
    if let Some(late) = fault.as_ref().and_then(Fault::late) {
        let shared = shared.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(late)).await;
            let mut state = locked(&shared);
            let State { org, faults, cursors, .. } = &mut *state;
            Api { org, faults, cursors, parts: vec![], user: String::new() }.answer(&request);
        });
        return broken();
    }
    let struck = fault.as_ref().and_then(Fault::answer);
    let mut state = locked(shared);
    let State { org, faults, cursors, requests, .. } = &mut *state;
    let mut api = Api { org, faults, cursors, parts: vec![], user: String::new() };
    if let Some(fault) = &fault {
        fault.somebody_else(api.org, false);
    }
    let mut answer = struck.unwrap_or_else(|| api.answer(&request));
    if let Some(fault) = &fault {
        fault.somebody_else(api.org, true);
        if let Some(other) = fault.after() {
            answer = other;
        }
        if fault.kind == "truncated" {
            answer.body = half(&answer.body);
        }
    }
    let client = request
        .headers
        .get("sforce-call-options")
        .and_then(|options| options.split("client=").nth(1))
        .unwrap_or_default();
    let parts: Vec<Value> = api
        .parts
        .iter()
        .map(|part| json!({ "method": part.method, "url": part.url, "status": part.status, "referenceId": part.reference }))
        .collect();
    let query: String =
        request.query.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&");
    requests.push(json!({ "method": request.method, "path": request.path, "query": query, "host": host, "status": answer.status,
        "operation": operation(&request.body), "user": api.user, "client": client, "subrequests": parts }));
    let (used, limit) = (api.org.api_requests, api.org.identity.api_limit);
    let counted = !api.user.is_empty();
    drop(state);
    let mut response = plain(answer.status, answer.kind, answer.body);
    for (key, value) in answer.headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().append(key, value);
        }
    }
    if counted && let Ok(value) = format!("api-usage={used}/{limit}").parse() {
        response.headers_mut().insert("Sforce-Limit-Info", value);
    }
    if let Some(seconds) = fault.as_ref().and_then(|fault| fault.retry_after) {
        response.headers_mut().insert("Retry-After", seconds.into());
    }
    if drops.is_some() { broken() } else { response }
}

/// A body that ends before its stated length breaks the connection off.
fn broken() -> Response<Body> {
    Response::builder()
        .status(200)
        .header("content-length", "100000")
        .body(Body::from_stream(Body::empty().into_data_stream()))
        .unwrap_or_default()
}

/// The session of a page's cookie.
fn session(state: &mut State, headers: &HeaderMap) -> Option<Session> {
    let cookies = headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    let sid = cookies.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix("sid="))?;
    let address = headers.get(SOURCE_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let address = address.unwrap_or_else(|| state.org.identity.address.clone());
    state.org.live_session(&decoded(sid), Some(&address))
}

#[expect(clippy::too_many_arguments, reason = "the parts of one request, taken apart by its caller")]
fn page(
    shared: &Shared,
    headers: &HeaderMap,
    method: String,
    host: Host,
    hosts: Hosts,
    path: String,
    raw_query: &str,
    body: &str,
) -> Response<Body> {
    let mut state = locked(shared);
    let options = state.options;
    let request =
        PageRequest { method, host, hosts, path, query: pairs(raw_query), form: pairs(body), options };
    let own = session(&mut state, headers);
    let response = match request.path.as_str() {
        path if pages::is_public(path) => pages::respond(&mut state.org, None, &request),
        "/secur/logout.jsp" => {
            if let Some(session) = &own {
                state.org.end_session(&session.sid);
            }
            signed(&state, "", PageResponse::redirect("/"))
        }
        // A pass made by another host, or a session id as tools open the front door with.
        "/secur/frontdoor.jsp" => {
            let core = format!("https://{}", request.hosts.core);
            let to = request
                .parameter("retURL")
                .or_else(|| request.parameter("startURL"))
                .map(|to| to.strip_prefix(&core).unwrap_or(to))
                .filter(|to| to.starts_with('/'))
                .unwrap_or("/lightning/setup/SetupOneHome/home")
                .to_owned();
            let sid = request.parameter("sid").unwrap_or_default().to_owned();
            let sid = state.passes.remove(&sid).unwrap_or(sid);
            let once = request.parameter("otp").and_then(|pass| state.org.redeem_pass(pass));
            let sid = once.unwrap_or(sid);
            // Of an app's token it takes the scope `web`, or all of them.
            let from = state.org.live_session(&sid, None).filter(|session| session.may("web"));
            match from {
                None => PageResponse::redirect(format!("https://{}/?ec=302", request.hosts.core)),
                Some(session) if state.org.has_permission(&session.user_id, "ApiUserOnly") => {
                    pages::sign_in(&state.org, &request, Some(API_ONLY))
                }
                Some(session) if host == Host::Core && session.api => {
                    signed(&state, &session.sid, PageResponse::redirect(to))
                }
                Some(session) => {
                    let child = state.org.begin_child(&session);
                    signed(&state, &child.sid, PageResponse::redirect(to))
                }
            }
        }
        "/services/oauth2/authorize" if own.is_some() => match &own {
            Some(session) => state.org.authorize(session, &request),
            None => PageResponse::redirect("/"),
        },
        // Another host asks who is signed in here: back it goes with a pass.
        "/secur/contentDoor" if host == Host::Core => {
            let to = request.parameter("startURL").unwrap_or_default().to_owned();
            match own {
                None => PageResponse::redirect(format!("/?startURL={}", encoded(&to))),
                Some(session) => {
                    let pass = state.org.next_id("Pass");
                    state.passes.insert(pass.clone(), session.sid);
                    let (origin, path) = split_origin(&to);
                    let ours = [&request.hosts.setup, &request.hosts.lightning, &request.hosts.core]
                        .iter()
                        .any(|h| origin == format!("https://{h}"));
                    if ours {
                        PageResponse::redirect(format!(
                            "{origin}/secur/frontdoor.jsp?sid={pass}&retURL={}",
                            encoded(path)
                        ))
                    } else {
                        PageResponse::redirect("/")
                    }
                }
            }
        }
        path if host == Host::Core
            && (path == "/" || path == "/login.jsp")
            && (own.is_none() || names_user(&request)) =>
        {
            sign_in(&mut state, &request, headers)
        }
        _ => match own {
            None if host == Host::Core => {
                let here = format!("https://{}{}", request.hosts.core, full(&request.path, raw_query));
                PageResponse::redirect(format!("/?ec=302&startURL={}", encoded(&here)))
            }
            None => {
                let name = if host == Host::Setup { &request.hosts.setup } else { &request.hosts.lightning };
                let here = format!("https://{name}{}", full(&request.path, raw_query));
                PageResponse::redirect(format!(
                    "https://{}/secur/contentDoor?startURL={}",
                    request.hosts.core,
                    encoded(&here)
                ))
            }
            Some(session) => pages::respond(&mut state.org, Some(&session), &request),
        },
    };
    let mut builder =
        Response::builder().status(StatusCode::from_u16(response.status).unwrap_or(StatusCode::OK));
    for (key, value) in &response.headers {
        builder = builder.header(key, value);
    }
    builder.body(Body::from(response.body)).unwrap_or_default()
}

/// Whether somebody signs in, also over a session that is there.
fn names_user(request: &PageRequest) -> bool {
    request.parameter("un").or_else(|| request.field("un")).is_some()
}

fn full(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn split_origin(url: &str) -> (String, &str) {
    let at = url.get(8..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| at + 8);
    (
        url.get(..at).unwrap_or_default().to_owned(),
        url.get(at..).filter(|path| !path.is_empty()).unwrap_or("/"),
    )
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The sign-in page: by form, or as the real page takes it, `/?un=…&pw=…`.
fn sign_in(state: &mut State, request: &PageRequest, headers: &HeaderMap) -> PageResponse {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let source =
        Source::new(&state.org, header(SOURCE_HEADER), header("host"), header("user-agent"), &request.method);
    let either = |name: &str| request.field(name).or_else(|| request.parameter(name)).map(str::to_owned);
    let (Some(username), Some(password)) = (either("un"), either("pw")) else {
        return pages::sign_in(&state.org, request, None);
    };
    match state.org.sign_in_page(&username, &password, &source) {
        Ok(session) => {
            let to = either("startURL")
                .filter(|to| !to.is_empty())
                .unwrap_or_else(|| "/lightning/setup/SetupOneHome/home".into());
            let (origin, path) = split_origin(&to);
            let core = format!("https://{}", request.hosts.core);
            let to = if source.is_login_host() {
                // Whose org it is is known now: on to its own host, with the session that begins there.
                let path = if origin == core { path.to_owned() } else { to };
                let (sid, path) = (encoded(&session.sid), encoded(&path));
                return PageResponse::redirect(format!("{core}/secur/frontdoor.jsp?sid={sid}&retURL={path}"));
            } else if to.starts_with('/') {
                to
            } else if origin == core {
                path.to_owned()
            } else {
                format!("/secur/contentDoor?startURL={}", encoded(&to))
            };
            signed(state, &session.sid, PageResponse::redirect(to))
        }
        Err(OrgError::ApiOnly) => pages::sign_in(&state.org, request, Some(API_ONLY)),
        Err(_) => pages::sign_in(
            &state.org,
            request,
            Some(
                "Please check your username and password. If you still can't log in, contact your Salesforce administrator.",
            ),
        ),
    }
}

/// Sets (or, empty, ends) the session cookie.
fn signed(state: &State, sid: &str, mut response: PageResponse) -> PageResponse {
    let age = if sid.is_empty() { "; Max-Age=0" } else { "" };
    response
        .headers
        .push(("Set-Cookie".into(), format!("sid={sid}; Path=/; Secure; HttpOnly; SameSite=None{age}")));
    response
        .headers
        .push(("Set-Cookie".into(), format!("oid={}; Path=/; Secure; SameSite=None", state.org.org_id())));
    response
}

fn plain(status: u16, kind: &str, body: String) -> Response<Body> {
    Response::builder().status(status).header("content-type", kind).body(Body::from(body)).unwrap_or_default()
}

/// The operation of a SOAP request: the first element in its body; empty of others.
fn operation(body: &str) -> String {
    let inner = body.split_once("Body>").map(|(_, inner)| inner).unwrap_or_default();
    let name = inner.trim_start().strip_prefix('<').unwrap_or_default();
    name.chars().take_while(|c| c.is_ascii_alphanumeric()).collect()
}
