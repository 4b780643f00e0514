//! Requests to the org: the only file that says what is fetched.
//!
//! The session id never leaves it but in the request: it is read from the cookie for that one, and is never stored,
//! logged, or given to anybody but the org that made it.

use crate::browser::types::Tab;
use crate::browser::{cookies, fetch, platform};
use crate::session::Session;
use leastwise_core::execute::SESSION;
use leastwise_core::salesforce::http::{Answer, Failure, Request, Response};
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::setup_url::{Page, is_behind_defender};

/// How long the org may take for a response, in milliseconds.
const TIMEOUT: u32 = 20_000;

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
    pub(crate) cookie_store: Option<String>,
}

/// A request was not sent, because the session is no longer the one that the report is bound to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SessionChanged;

impl Org {
    /// The org of a page.
    pub(crate) fn new(page: &Page, tab: &Tab) -> Org {
        let Tab { url, cookie_store_id, .. } = tab.clone();
        Org { url, api_host: page.api_host.clone(), cookie_store: cookie_store_id }
    }

    /// The session that the tab's org has in this browser; none when nobody is signed in.
    pub(crate) async fn session(&self) -> Option<Session> {
        self.session_id().await.map(|(_, session)| session)
    }

    /// The session id of the API's host (the one of the same org as the page's own), and what is known of that session.
    async fn session_id(&self) -> Option<(String, Session)> {
        let api = format!("https://{}/", self.api_host);
        let store = self.cookie_store.as_deref();
        let (of_page, of_api) =
            futures_util::join!(cookies::session_ids(&self.url, store), cookies::session_ids(&api, store));
        let with_org = |sid: String| Some((org_of(&sid)?, sid));
        let page_org = of_page.into_iter().find_map(with_org).map(|(org, _)| org);
        // The page's own cookie says which org is shown; without one of that org the API's host has none for it.
        let is_same = |(org, _): &(Id, String)| page_org.as_ref().is_none_or(|own| own == org);
        let (org_id, sid) = of_api.into_iter().filter_map(with_org).find(is_same)?;
        let hash = platform::sha256(&sid).await?;
        Some((sid, Session { org_id, hash }))
    }

    /// Sends `request` with the session that it is bound to; bound to none, nobody is signed in.
    pub(crate) async fn send(
        &self,
        request: &Request,
        bound: Option<&Session>,
    ) -> Result<Response, SessionChanged> {
        let answer = match (self.session_id().await, bound) {
            (Some((_, now)), Some(bound)) if now != *bound => return Err(SessionChanged),
            (Some((sid, _)), Some(_)) => fetch_answer(&self.api_host, request, &sid).await,
            _ if is_behind_defender(&self.url) => Err(Failure::BehindDefender),
            _ => Err(Failure::NotSignedIn),
        };
        Ok(Response { id: request.id, answer })
    }
}

async fn fetch_answer(host: &str, request: &Request, sid: &str) -> Result<Answer, Failure> {
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
    match fetch::send(&url, &request.method, &headers, body.as_deref(), TIMEOUT).await {
        Ok((status, body)) => Ok(Answer { status, body }),
        Err(error) if error == "TimeoutError" => Err(Failure::Timeout),
        Err(_) => Err(Failure::Offline),
    }
}

/// An envelope with the session id in its place.
fn signed(body: &str, sid: &str) -> String {
    body.replacen(SESSION, sid, 1)
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
