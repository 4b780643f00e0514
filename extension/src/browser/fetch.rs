//! The platform's `fetch`, without credentials and without following redirects.

use super::js;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    // Firefox runs the background script in a page, Chromium in a worker: what is global in both.
    #[wasm_bindgen(catch)]
    async fn fetch(url: &str, init: &web_sys::RequestInit) -> Result<JsValue, JsValue>;
}

/// Status and body of the response to a request. It is given up after `timeout` milliseconds.
///
/// # Errors
/// The name of what was thrown (`TimeoutError`).
pub(crate) async fn send(
    url: &str,
    method: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
    timeout: u32,
) -> Result<(u16, String), String> {
    let init = web_sys::RequestInit::new();
    init.set_method(method);
    init.set_credentials(web_sys::RequestCredentials::Omit);
    init.set_redirect(web_sys::RequestRedirect::Manual);
    init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(timeout)));
    let own = web_sys::Headers::new().map_err(js::name)?;
    for (key, value) in headers {
        own.set(key, value).map_err(js::name)?;
    }
    init.set_headers(&own);
    if let Some(body) = body {
        init.set_body(&body.into());
    }
    let response: web_sys::Response = fetch(url, &init).await.map_err(js::name)?.unchecked_into();
    let text = JsFuture::from(response.text().map_err(js::name)?).await.map_err(js::name)?;
    Ok((response.status(), text.as_string().unwrap_or_default()))
}
