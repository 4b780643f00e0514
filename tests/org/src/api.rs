//! The API under `/services`: who may use it, and each resource.
//!
//! It never looks at the network: a request is a value, and so is its answer.

mod around;
pub mod async_api;
mod batch;
pub mod bulk;
mod collections;
mod columns;
pub(crate) mod composite;
mod conditional;
mod csv;
mod deploys;
mod describe;
mod field;
pub mod ingest;
mod limits;
mod oauth;
mod password;
mod query;
mod reply;
mod resources;
mod rows;
mod search;
mod soap;
mod tooling;
mod tree;
mod usage;
mod xml;

pub(crate) use reply::Reply;

use crate::error::ApiError;
use crate::fault::Faults;
use crate::identity::Source;
use crate::store::{Actor, Org, Row, Session, text};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A request to the API.
#[derive(Debug, Clone)]
pub struct ApiRequest {
    /// HTTP method.
    pub method: String,
    /// Path, decoded.
    pub path: String,
    /// Query parameters, decoded.
    pub query: Vec<(String, String)>,
    /// Headers, names in lower case.
    pub headers: HashMap<String, String>,
    /// Body.
    pub body: String,
}

/// An answer of the API.
#[derive(Debug, Clone)]
pub struct ApiAnswer {
    /// HTTP status.
    pub status: u16,
    /// Content type.
    pub kind: &'static str,
    /// Body.
    pub body: String,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
}

/// One part of a composite, for the record that tests count with.
#[derive(Debug, Clone)]
pub struct Part {
    /// Method, url, status, reference id.
    pub method: String,
    /// Its url.
    pub url: String,
    /// Its status.
    pub status: u16,
    /// Its reference id.
    pub reference: String,
}

/// What the API is given besides the request.
pub struct Api<'a> {
    /// The org.
    pub org: &'a mut Org,
    /// Faults on demand.
    pub faults: &'a mut Faults,
    /// Rows kept for the next page, by locator.
    pub cursors: &'a mut HashMap<String, (usize, Vec<Value>)>,
    /// Parts of the composite answered, filled in.
    pub parts: Vec<Part>,
    /// Whose request it was, filled in.
    pub user: String,
}

/// API versions answered.
pub const VERSIONS: std::ops::RangeInclusive<u32> = 31..=67;

/// The newest of them.
pub const NEWEST: u32 = *VERSIONS.end();

impl ApiAnswer {
    /// An answer without further headers.
    pub fn of(status: u16, kind: &'static str, body: String) -> ApiAnswer {
        ApiAnswer { status, kind, body, headers: vec![] }
    }

    /// JSON.
    pub fn json(status: u16, body: &Value) -> ApiAnswer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        ApiAnswer::of(status, "application/json;charset=UTF-8", body)
    }
}

type Result<T> = std::result::Result<T, Vec<ApiError>>;

fn one(error: ApiError) -> Vec<ApiError> {
    vec![error]
}

impl Api<'_> {
    /// Answers a request.
    pub fn answer(&mut self, request: &ApiRequest) -> ApiAnswer {
        let as_xml = reply::wants_xml(request);
        if let Some(refused) = too_long(request) {
            return refused;
        }
        let path = request.path.trim_end_matches('/');
        if path == "/services/data" || path.starts_with("/services/data.") {
            let versions: Vec<Value> = VERSIONS
                .map(|n| json!({ "label": label(n), "url": format!("/services/data/v{n}.0"), "version": format!("{n}.0") }))
                .collect();
            return Reply::ok("Versions", json!(versions)).written(as_xml);
        }
        if path.starts_with("/services/Soap/") {
            return soap::answer(self, request);
        }
        if let Some(answer) = oauth::answer(self, path, request) {
            return answer;
        }
        if path.starts_with("/services/async/") {
            return async_api::answer(self, path, request);
        }
        let session = match self.session(request) {
            Ok(session) => session,
            Err(error) => return Reply::errors(&[error]).written(as_xml),
        };
        self.org.tick();
        self.org.run_jobs();
        self.user.clone_from(&session.user_id);
        if !self.org.has_permission(&session.user_id, "ApiEnabled") {
            // Seen for users without API Enabled as well as for editions without the API.
            let message = "The REST API is not enabled for this Organization.";
            return Reply::errors(&[ApiError::new(403, "API_DISABLED_FOR_ORG", message)]).written(as_xml);
        }
        if let Err(error) = self.org.count_request() {
            return Reply::errors(&[error]).written(as_xml);
        }
        let Some((version, rest)) = versioned(path) else {
            return Reply::errors(&[ApiError::not_found()]).written(as_xml);
        };
        let actor = Actor { user_id: session.user_id };
        let mut asked = request.clone();
        // Clients without PATCH say so in a parameter of a POST.
        if let ("POST", Some(method)) = (request.method.as_str(), parameter(&request.query, "_HttpMethod")) {
            asked.method = method.to_uppercase();
        }
        let (rest, as_xml) = match (rest.strip_suffix(".xml"), rest.strip_suffix(".json")) {
            (Some(rest), _) => (rest, true),
            (_, Some(rest)) => (rest, false),
            _ => (rest, as_xml),
        };
        let reply =
            self.resource(&actor, version, rest, &asked).unwrap_or_else(|errors| Reply::errors(&errors));
        let mut answer = reply.written(as_xml);
        if request.method == "HEAD" {
            answer.body.clear();
        }
        answer
    }

    fn session(&mut self, request: &ApiRequest) -> std::result::Result<Session, ApiError> {
        let source = Source::of(request, self.org);
        self.org.api_session(bearer(request).unwrap_or_default(), &source)
    }
}

/// Bytes of a REST request's address and headers. Source: Salesforce Help 000386264: 414 for the address alone, 431 for
/// both.
const HEAD: usize = 16_384;

/// The refusal of a REST request whose head is too long; it comes from before the API, so it is no JSON (assumed).
fn too_long(request: &ApiRequest) -> Option<ApiAnswer> {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    if !request.path.starts_with("/services/data") {
        return None;
    }
    // Letters and digits are one byte, as is what addresses need not encode; a space may be a plus.
    const SET: &percent_encoding::AsciiSet =
        &NON_ALPHANUMERIC.remove(b' ').remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b',');
    let length = |text: &str| utf8_percent_encode(text, SET).map(str::len).sum::<usize>();
    let query: usize = request.query.iter().map(|(key, value)| length(key) + length(value) + 2).sum();
    let address = request.path.len() + query;
    let headers: usize = request.headers.iter().map(|(key, value)| key.len() + value.len() + 4).sum();
    let (status, title) = match (address > HEAD, address + headers > HEAD) {
        (true, _) => (414, "URI Too Long"),
        (_, true) => (431, "Request Header Fields Too Large"),
        _ => return None,
    };
    Some(ApiAnswer::of(
        status,
        "text/html;charset=UTF-8",
        format!("<html><head><title>{title}</title></head></html>"),
    ))
}

/// The session id that a request bears.
fn bearer(request: &ApiRequest) -> Option<&str> {
    let header = request.headers.get("authorization")?;
    ["Bearer ", "OAuth "].iter().find_map(|scheme| header.strip_prefix(scheme)).map(str::trim)
}

/// The user's language, English where none is set.
pub fn language(user: &Row) -> String {
    Some(text(user, "LanguageLocaleKey")).filter(|l| !l.is_empty()).unwrap_or("en_US").to_owned()
}

/// The first parameter of a name.
pub fn parameter<'q>(query: &'q [(String, String)], name: &str) -> Option<&'q str> {
    query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// `/services/data/v62.0/query` as 62 and `/query`.
fn versioned(path: &str) -> Option<(u32, &str)> {
    let rest = path.strip_prefix("/services/data/v")?;
    let (version, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let version: u32 = version.strip_suffix(".0")?.parse().ok()?;
    VERSIONS.contains(&version).then_some((version, rest))
}

/// "Summer '24" for 61, "Winter '25" for 62, "Spring '25" for 63: three releases a year, winter and spring named after
/// the year in which they end.
fn label(version: u32) -> String {
    let (season, ahead) = match version % 3 {
        1 => ("Summer", 0),
        2 => ("Winter", 1),
        _ => ("Spring", 1),
    };
    let year = 24 + (version.saturating_sub(61)) / 3 + ahead - (61u32.saturating_sub(version)).div_ceil(3);
    format!("{season} '{year}")
}
