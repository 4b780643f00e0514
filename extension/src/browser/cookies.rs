//! `chrome.cookies`: the session cookies of an org.

use super::js;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "cookies"], js_name = getAll)]
    async fn get_all(query: JsValue) -> Result<JsValue, JsValue>;
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cookie {
    domain: String,
    value: String,
    #[serde(default)]
    host_only: bool,
    #[serde(default)]
    http_only: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Query<'a> {
    name: &'static str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    store_id: Option<&'a str>,
}

/// The values of the cookies called `sid` that a request to `url` would carry: first what the org itself set. A page's
/// script can set one too, also for the hosts below another; but none that only its host gets back and that scripts cannot
/// read.
pub(crate) async fn session_ids(url: &str, store: Option<&str>) -> Vec<String> {
    let found = get_all(js::value(&Query { name: "sid", url, store_id: store })).await;
    let mut cookies: Vec<Cookie> =
        found.ok().and_then(|found| serde_wasm_bindgen::from_value(found).ok()).unwrap_or_default();
    cookies.sort_by_key(|cookie| Reverse((cookie.host_only, cookie.http_only, cookie.domain.len())));
    cookies.into_iter().map(|cookie| cookie.value).collect()
}
