//! Requests to the org: the only file that fetches.
//!
//! The session id never leaves it: it is read from the cookie for one request, stands in a local variable until that
//! request is sent, and is never stored, logged, or given to anybody but the org that made it.

use crate::browser;
use gloo::timers::callback::Timeout;
use leastwise_core::id::Id;
use leastwise_core::page::Page;
use leastwise_core::request::{Answer, Failure, Request, Response};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCredentials, RequestInit, RequestRedirect};

/// An answer that takes longer than this is none.
const PATIENCE: u32 = 20_000;

/// How the org's logs name this client (`Sforce-Call-Options`, REST API Developer Guide).
const CLIENT: &str = concat!("client=Leastwise/", env!("CARGO_PKG_VERSION"));

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn fetch_with_request(request: &web_sys::Request) -> js_sys::Promise;
}

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

/// Whose session it is, without the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    /// The org that the session id names.
    pub(crate) org_id: Id,
    /// The SHA-256 of the session id: tells that it is another, not what it is.
    pub(crate) hash: String,
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
        Bound::of(&self.sid().await?).await
    }

    /// The session id of the API's host: the one of the same org as the page's own.
    async fn sid(&self) -> Option<String> {
        let store = self.store.as_deref();
        let own = browser::cookies(&self.url, "sid", store).await;
        let org = own.iter().find_map(|sid| org_of(sid));
        let mut sids = browser::cookies(&format!("https://{}/", self.api_host), "sid", store).await;
        let at = sids
            .iter()
            .position(|sid| org_of(sid).is_some_and(|o| org.as_ref().is_none_or(|own| *own == o)))?;
        Some(sids.swap_remove(at))
    }

    /// Carries out `request` with the session that `bound` names.
    pub(crate) async fn send(&self, request: Request, bound: &Bound) -> Result<Response, Changed> {
        let Some(sid) = self.sid().await else {
            return Ok(Response { id: request.id, answer: Err(Failure::NotSignedIn) });
        };
        if Bound::of(&sid).await.as_ref() != Some(bound) {
            return Err(Changed);
        }
        Ok(Response { id: request.id, answer: self.fetch(&request, &sid).await })
    }

    async fn fetch(&self, request: &Request, sid: &str) -> Result<Answer, Failure> {
        let late = Rc::new(Cell::new(false));
        let controller = AbortController::new().map_err(|_| Failure::Offline)?;
        let timer = {
            let (late, controller) = (late.clone(), controller.clone());
            Timeout::new(PATIENCE, move || {
                late.set(true);
                controller.abort();
            })
        };
        let answer = fetched(&self.api_host, request, sid, &controller).await;
        timer.cancel();
        answer.map_err(|_| if late.get() { Failure::Timeout } else { Failure::Offline })
    }
}

async fn fetched(
    host: &str,
    request: &Request,
    sid: &str,
    controller: &AbortController,
) -> Result<Answer, JsValue> {
    let headers = Headers::new()?;
    headers.set("Authorization", &format!("Bearer {sid}"))?;
    headers.set("Accept", "application/json")?;
    headers.set("Sforce-Call-Options", CLIENT)?;
    let init = RequestInit::new();
    init.set_method(&request.method);
    init.set_credentials(RequestCredentials::Omit);
    // A redirect leads to a sign-in page: that is an answer without data, and nobody else's to have.
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&controller.signal()));
    if let Some(body) = &request.body {
        headers.set("Content-Type", "application/json")?;
        init.set_body(&body.into());
    }
    init.set_headers(&headers);
    let request = web_sys::Request::new_with_str_and_init(&format!("https://{host}{}", request.path), &init)?;
    let response: web_sys::Response = JsFuture::from(fetch_with_request(&request)).await?.dyn_into()?;
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Answer { status: response.status(), body })
}

impl Bound {
    async fn of(sid: &str) -> Option<Bound> {
        Some(Bound { org_id: org_of(sid)?, hash: browser::sha256(sid).await? })
    }
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
