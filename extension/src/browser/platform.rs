//! What every browser has: a clock, timers, random numbers, hashes and a console.

use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["chrome", "runtime"], js_name = getManifest)]
    fn get_manifest() -> JsValue;
}

/// The manifest, as far as it is looked at.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Manifest {
    version: String,
    host_permissions: Vec<String>,
    optional_host_permissions: Vec<String>,
}

fn manifest() -> Manifest {
    serde_wasm_bindgen::from_value(get_manifest()).unwrap_or_default()
}

/// The extension's version.
pub(crate) fn version() -> String {
    manifest().version
}

/// The patterns of Salesforce's addresses, also of those that nobody allowed: of tabs there the browser says nothing.
pub(crate) fn salesforce() -> Vec<String> {
    let Manifest { host_permissions, optional_host_permissions, .. } = manifest();
    [host_permissions, optional_host_permissions].concat()
}

/// Firefox runs the background script in a page, Chromium in a worker: what both have is taken from what is global.
fn crypto() -> Option<web_sys::Crypto> {
    js_sys::Reflect::get(&js_sys::global(), &"crypto".into()).ok()?.dyn_into().ok()
}

/// A text that nobody can guess.
pub(crate) fn random() -> String {
    crypto().map(|crypto| crypto.random_uuid()).unwrap_or_default()
}

/// The SHA-256 of `text`, in hexadecimal.
pub(crate) async fn sha256(text: &str) -> Option<String> {
    let digest = crypto()?.subtle().digest_with_str_and_u8_array("SHA-256", text.as_bytes()).ok()?;
    let bytes = js_sys::Uint8Array::new(&JsFuture::from(digest).await.ok()?).to_vec();
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Waits so many milliseconds.
pub(crate) async fn wait(milliseconds: u32) {
    gloo_timers::future::TimeoutFuture::new(milliseconds).await;
}

/// The clock, in seconds since 1970.
pub(crate) fn now() -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit")]
    let seconds = (js_sys::Date::now() / 1_000.0) as i64;
    seconds
}

/// Writes a warning to the console.
pub(crate) fn warn(message: &str) {
    web_sys::console::warn_1(&message.into());
}
