//! Requests to the org: the only file that says what is fetched.
//!
//! The session id never leaves it but in the request: it is read from the cookie for that one, and is never stored,
//! logged, or given to anybody but the org that made it.

use crate::browser;
use crate::reading::Bound;
use leastwise_core::execute::SESSION;
use leastwise_core::salesforce::http::{Answer, Failure, Request, Response};
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::text::after;

/// An answer that takes longer than this, in milliseconds, is none.
const PATIENCE: u32 = 20_000;

/// How the org's logs name this client (`Sforce-Call-Options`, REST API Developer Guide).
const CLIENT: &str = concat!("client=Leastwise/", env!("CARGO_PKG_VERSION"));

/// An org as one tab sees it.
#[derive(Debug, Clone)]
pub(crate) struct Org {
    /// The tab's address.
    pub(crate) url: String,
    /// The host that answers the API.
    pub(crate) api_host: String,
    /// Firefox: the container whose cookies the tab uses.
    pub(crate) store: Option<String>,
}

/// A request was not sent, because the session is no longer the one that the report is bound to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Changed;

impl Org {
    /// The org of a page.
    pub(crate) fn new(page: &Page, url: &str, store: Option<String>) -> Org {
        Org { url: url.to_owned(), api_host: page.api_host.clone(), store }
    }

    /// Whose session the tab's org has in this browser; none when nobody is signed in.
    pub(crate) async fn bound(&self) -> Option<Bound> {
        self.session().await.map(|(_, bound)| bound)
    }

    /// The session id of the API's host (the one of the same org as the page's own), and whose it is.
    async fn session(&self) -> Option<(String, Bound)> {
        let api = ["https://", &self.api_host, "/"].concat();
        let mut own = None;
        for sids in browser::session_cookies([&self.url, &api], self.store.as_deref()).await {
            let mut of_orgs = sids.into_iter().filter_map(|sid| Some((org_of(&sid)?, sid)));
            // The last is the API's: none of the same org there is none at all.
            own = of_orgs.find(|(org, _)| own.as_ref().is_none_or(|(own, _)| own == org));
        }
        let (org_id, sid) = own?;
        let hash = browser::sha256(&sid).await?;
        Some((sid, Bound { org_id, hash }))
    }

    /// Carries out `request` with the session that `bound` names; when it names none, nobody is signed in.
    pub(crate) async fn send(&self, request: &Request, bound: Option<&Bound>) -> Result<Response, Changed> {
        let answer = match (self.session().await, bound) {
            (Some((_, now)), Some(bound)) if now != *bound => return Err(Changed),
            (Some((sid, _)), Some(_)) => fetched(&self.api_host, request, &sid).await,
            _ => Err(Failure::NotSignedIn),
        };
        Ok(Response { id: request.id, answer })
    }
}

async fn fetched(host: &str, request: &Request, sid: &str) -> Result<Answer, Failure> {
    let bearer = format!("Bearer {sid}");
    let mut headers = vec![
        ("Accept", "application/json"),
        ("Sforce-Call-Options", CLIENT),
        ("Authorization", bearer.as_str()),
    ];
    let body = match &request.body {
        // An envelope of the Metadata API names the session in its header, before anything that a person wrote.
        Some(body) if body.starts_with('<') => {
            headers.extend([("Content-Type", "text/xml"), ("SOAPAction", "\"\"")]);
            Some(signed(body, sid))
        }
        Some(body) => {
            headers.push(("Content-Type", "application/json"));
            Some(body.clone())
        }
        None => None,
    };
    let url = format!("https://{host}{}", request.path);
    match browser::fetched(&url, &request.method, &headers, body.as_deref(), PATIENCE).await {
        Ok((status, body)) => Ok(Answer { status, body }),
        Err(error) if error == "TimeoutError" => Err(Failure::Timeout),
        Err(_) => Err(Failure::Offline),
    }
}

/// An envelope with the session id in its place.
fn signed(body: &str, sid: &str) -> String {
    let Some(rest) = after(body, SESSION) else { return body.to_owned() };
    let start = body.get(..body.len() - rest.len() - SESSION.len()).unwrap_or_default();
    [start, sid, rest].concat()
}

/// The org that a session id names: what stands before its `!`.
fn org_of(sid: &str) -> Option<Id> {
    let id = Id::parse(sid.split_once('!')?.0)?;
    (id.prefix() == "00D").then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn the_org_stands_before_the_mark() {
        assert_eq!(org_of("00D5g000000AAAA!AQEA").unwrap().prefix(), "00D");
        for sid in ["", "00D5g000000AAAA", "0055g000000AAAA!AQEA", "short!AQEA"] {
            assert_eq!(org_of(sid), None, "{sid}");
        }
    }
}
