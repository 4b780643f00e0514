//! Requests to the org and what came back, as data.
//!
//! It never sends anything, and never holds a session: who carries a request out adds host and authorization.

use crate::salesforce::json::quoted;
use serde::{Deserialize, Serialize};

/// The REST API version asked for: Summer '24, which every org on a supported release answers.
pub const API_VERSION: &str = "v63.0";

/// What a caller is to ask of the org.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Tells the answer's request; unique within one [`crate::collect::Collector`].
    pub id: u32,
    /// `GET` or `POST`.
    pub method: String,
    /// Path and query, from `/services/` on.
    pub path: String,
    /// A JSON body, for `POST`.
    pub body: Option<String>,
}

/// What came of a [`Request`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The request's id.
    pub id: u32,
    /// The answer, or why there is none.
    pub answer: Result<Answer, Failure>,
}

/// An HTTP answer, of whatever status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// The body as text.
    pub body: String,
}

/// Why a request got no HTTP answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// There is no session of this org to ask with.
    NotSignedIn,
    /// Microsoft Defender for Cloud Apps stands before the org, and keeps its session to itself.
    BehindDefender,
    /// The browser is offline, or the host could not be reached.
    Offline,
    /// No answer in the time given.
    Timeout,
}

/// Where a SOQL query is asked.
pub(crate) fn query_path(soql: &str) -> String {
    format!("/services/data/{API_VERSION}/query?q={}", encoded(soql))
}

/// Where a composite is asked.
pub(crate) fn composite_path() -> String {
    format!("/services/data/{API_VERSION}/composite")
}

/// The body of a composite of readings, of which each fails by itself: the address of each part, and what the answer calls it.
pub(crate) fn composite_body(parts: impl IntoIterator<Item = (String, String)>) -> String {
    let part = |(url, reference): (String, String)| {
        let (url, reference) = (quoted(&url), quoted(&reference));
        format!(r#"{{"method":"GET","url":{url},"referenceId":{reference}}}"#)
    };
    let parts: Vec<String> = parts.into_iter().map(part).collect();
    format!(r#"{{"allOrNone":false,"compositeRequest":[{}]}}"#, parts.join(","))
}

/// `text` as it must stand in a query string.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 5 / 4);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' | b'(' | b')' => {
                out.push(char::from(byte))
            }
            b' ' => out.push('+'),
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                out.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    out.push(HEX.get(usize::from(nibble)).copied().map_or('0', char::from));
                }
            }
        }
    }
    out
}
