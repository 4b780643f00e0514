//! The browser's extension API, as far as it is used: typed imports, and what they mean to the machine.

use crate::reading::Tab;
use crate::storage::Area;
use leastwise_core::salesforce::json::Value;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[wasm_bindgen]
extern "C" {
    /// `storage.StorageArea`.
    type StorageArea;
    #[wasm_bindgen(thread_local_v2, js_namespace = ["chrome", "storage"], js_name = local)]
    static LOCAL: StorageArea;
    #[wasm_bindgen(thread_local_v2, js_namespace = ["chrome", "storage"], js_name = session)]
    static SESSION: StorageArea;
    #[wasm_bindgen(thread_local_v2, js_namespace = ["chrome", "storage"], js_name = managed)]
    static MANAGED: StorageArea;
    #[wasm_bindgen(method, catch)]
    async fn get(this: &StorageArea, keys: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = get)]
    fn getting(this: &StorageArea, keys: JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn set(this: &StorageArea, items: JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn remove(this: &StorageArea, key: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = query)]
    async fn tabs_query(query: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = sendMessage)]
    async fn tabs_send(tab: i32, message: JsValue, options: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = get)]
    async fn tabs_get(tab: i32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = create)]
    async fn tabs_create(tab: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "windows"], js_name = get)]
    async fn windows_get(window: i32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "windows"], js_name = create)]
    async fn windows_create(window: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "windows"], js_name = update)]
    async fn windows_update(window: i32, to: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "cookies"], js_name = getAll)]
    async fn cookies_get_all(query: JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["navigator", "locks"], js_name = request)]
    fn lock_request(name: &str, callback: &Closure<dyn FnMut(JsValue) -> js_sys::Promise>);
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(call: &js_sys::Function, milliseconds: u32);
    #[wasm_bindgen(catch)]
    async fn fetch(url: &str, init: &web_sys::RequestInit) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn parse(text: &str) -> Result<JsValue, JsValue>;
}

fn object(value: &impl Serialize) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

fn with<T>(area: Area, then: impl FnOnce(&StorageArea) -> T) -> T {
    match area {
        Area::Local => LOCAL.with(then),
        Area::Session => SESSION.with(then),
        Area::Managed => MANAGED.with(then),
    }
}

/// What Firefox says of `storage.managed` where no company wrote anything (`ext-storage.js`).
const NO_POLICY: &str = "Managed storage manifest not found";

/// What is kept in an area under each of the `keys` (without any: all that is), as an object.
///
/// # Errors
/// What the browser says when it cannot be read: that is not the same as nothing.
pub(crate) async fn read(area: Area, keys: &[String]) -> Result<Value, String> {
    let keys = if keys.is_empty() { JsValue::NULL } else { object(&keys) };
    let own = with(area, |area| JsValue::from(area).unchecked_into::<StorageArea>());
    read_as(area, own.get(keys).await)
}

/// What came of a read.
fn read_as(area: Area, came: Result<JsValue, JsValue>) -> Result<Value, String> {
    match came {
        Ok(found) => serde_wasm_bindgen::from_value(found).map_err(|error| error.to_string()),
        Err(thrown) => match words(&thrown) {
            words if area == Area::Managed && words.contains(NO_POLICY) => Ok(json!({})),
            words => Err(words),
        },
    }
}

/// What was thrown, in words.
fn words(thrown: &JsValue) -> String {
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => error.message().into(),
        None => js_sys::Reflect::get(thrown, &"message".into())
            .ok()
            .and_then(|message| message.as_string())
            .unwrap_or_default(),
    }
}

/// The same of every area at once (none of one that cannot be read), and what nobody can guess. Of what the company decides
/// the browser may be told seconds after its start: for that is waited only where it is `needed`.
pub(crate) async fn read_all(keys: &[String], needed: bool) -> ([Option<Value>; 3], String) {
    let patience = if needed { 20_000 } else { 50 };
    let managed = async {
        // Raced by the browser, not here: a timer of ours that is dropped wakes this ask once more, and one that broke off
        // meanwhile would break again.
        let own = with(Area::Managed, |area| JsValue::from(area).unchecked_into::<StorageArea>());
        let came = match own.getting(object(&keys)) {
            Ok(getting) => {
                let late = js_sys::Promise::new(&mut |_, reject| set_timeout(&reject, patience));
                JsFuture::from(js_sys::Promise::race(&js_sys::Array::of2(&getting, &late))).await
            }
            Err(thrown) => Err(thrown),
        };
        read_as(Area::Managed, came)
    };
    let (local, session, managed) =
        futures_util::join!(read(Area::Local, keys), read(Area::Session, keys), managed);
    let found = [local, session, managed].map(Result::ok);
    (found, crypto().map(|crypto| crypto.random_uuid()).unwrap_or_default())
}

/// Firefox runs the background script in a page, Chromium in a worker: what both have is taken from what is global.
fn crypto() -> Option<web_sys::Crypto> {
    js_sys::Reflect::get(&js_sys::global(), &"crypto".into()).ok()?.dyn_into().ok()
}

/// Keeps `json` under `key`, or forgets what is kept there; it is so once this is awaited.
///
/// # Errors
/// What the browser says when it refuses (no room, for one).
pub(crate) async fn write(area: Area, key: &str, json: Option<&str>) -> Result<(), String> {
    let area = with(area, |area| JsValue::from(area).unchecked_into::<StorageArea>());
    let came = match json {
        Some(json) => area.set(entry(key, json)).await,
        None => area.remove(key).await,
    };
    came.map_err(|thrown| words(&thrown))
}

/// Keeps `json` on disk under `key`; whether it is there now.
pub(crate) async fn store(key: &str, json: &str) -> bool {
    write(Area::Local, key, Some(json)).await.is_ok()
}

fn entry(key: &str, json: &str) -> JsValue {
    let entry = js_sys::Object::new();
    let value = parse(json).unwrap_or(JsValue::NULL);
    let _ = js_sys::Reflect::set(&entry, &key.into(), &value);
    entry.into()
}

/// The tab in front in the window of the popup that asks.
pub(crate) async fn front_tab() -> Option<Tab> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Query {
        active: bool,
        last_focused_window: bool,
    }
    let tabs = tabs_query(object(&Query { active: true, last_focused_window: true })).await.ok()?;
    let tabs: Vec<Value> = serde_wasm_bindgen::from_value(tabs).ok()?;
    tabs.first().map(Tab::from_json)
}

/// A tab by its number; none when it was closed.
pub(crate) async fn tab(tab: i32) -> Option<Tab> {
    let found: Value = serde_wasm_bindgen::from_value(tabs_get(tab).await.ok()?).ok()?;
    Some(Tab::from_json(&found))
}

/// Shows the window where what was asked for in a tab is approved; there is one a tab at most.
pub(crate) fn show_approval(tab: i32) {
    spawn_local(async move {
        let lock = hold("approval").await;
        let key = format!("approval:{tab}");
        let known = read(Area::Session, std::slice::from_ref(&key)).await;
        let known = known.ok().and_then(|known| known.get(&key).cloned());
        let known = known.as_ref().and_then(Value::as_i64).and_then(|id| i32::try_from(id).ok());
        let is_shown = match known {
            // A window that was closed is none: the update fails.
            Some(window) => {
                windows_update(window, object(&json!({ "focused": true, "state": "normal" }))).await.is_ok()
            }
            None => false,
        };
        if !is_shown && let Some(window) = open_approval(tab).await {
            // Not kept, the next preview of this tab has a second window: both show the same.
            drop(write(Area::Session, &key, Some(&window.to_string())).await);
        }
        drop(lock);
    });
}

/// Opens the window where what was asked for in a tab is approved, over the right side of that tab's own; its number. A
/// browser that has no windows of an extension opens a tab.
async fn open_approval(tab: i32) -> Option<i64> {
    const SIZE: (i64, i64) = (480, 640);
    let url = format!("approve.html?tab={tab}");
    let plain = json!({ "type": "popup", "url": url, "width": SIZE.0, "height": SIZE.1 });
    let mut placed = plain.clone();
    if let Some((left, top, width)) = bounds(tab).await {
        placed["left"] = json!((left + width - SIZE.0 - 24).max(left));
        placed["top"] = json!(top + 80);
    }
    let mut made = windows_create(object(&placed)).await;
    if made.is_err() {
        // Where that would be off the screen the browser refuses it.
        made = windows_create(object(&plain)).await;
    }
    let Ok(made) = made else {
        let _ = tabs_create(object(&json!({ "url": url }))).await;
        return None;
    };
    serde_wasm_bindgen::from_value::<Value>(made).ok()?.get("id")?.as_i64()
}

/// Left, top and width of the window that a tab stands in.
async fn bounds(tab: i32) -> Option<(i64, i64, i64)> {
    let found: Value = serde_wasm_bindgen::from_value(tabs_get(tab).await.ok()?).ok()?;
    let window = i32::try_from(found.get("windowId")?.as_i64()?).ok()?;
    let window: Value = serde_wasm_bindgen::from_value(windows_get(window).await.ok()?).ok()?;
    let of = |name| window.get(name).and_then(Value::as_i64);
    Some((of("left")?, of("top")?, of("width")?))
}

/// Sends `message` (JSON) to a frame of a tab, or to all. A tab that is gone is no error.
pub(crate) fn tell(tab: i32, frame: Option<i32>, message: &str) {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Options {
        #[serde(skip_serializing_if = "Option::is_none")]
        frame_id: Option<i32>,
    }
    let message = parse(message).unwrap_or(JsValue::NULL);
    let options = object(&Options { frame_id: frame });
    spawn_local(async move { drop(tabs_send(tab, message, options).await) });
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
struct CookieQuery<'a> {
    name: &'static str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    store_id: Option<&'a str>,
}

/// The values of the cookies called `sid` that a request to each of the `urls` would carry: first what the org itself set.
/// A page's script can set one too, also for the hosts below another; but none that only its host gets back and that
/// scripts cannot read.
pub(crate) async fn session_cookies(urls: [&str; 2], store: Option<&str>) -> Vec<Vec<String>> {
    let of = async |url| {
        let found = cookies_get_all(object(&CookieQuery { name: "sid", url, store_id: store })).await;
        let mut cookies: Vec<Cookie> =
            found.ok().and_then(|found| serde_wasm_bindgen::from_value(found).ok()).unwrap_or_default();
        cookies.sort_by_key(|cookie| {
            std::cmp::Reverse((cookie.host_only, cookie.http_only, cookie.domain.len()))
        });
        cookies.into_iter().map(|cookie| cookie.value).collect::<Vec<_>>()
    };
    let (first, second) = futures_util::join!(of(urls[0]), of(urls[1]));
    vec![first, second]
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

/// A lock that is held: it is let go of when this is dropped.
pub(crate) struct Lock(Option<js_sys::Function>);

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(free) = &self.0 {
            let _ = free.call0(&JsValue::NULL);
        }
    }
}

/// Waits until nobody else holds the lock called `name`; what lets go of it. The browser does when the worker ends.
pub(crate) async fn hold(name: &str) -> Option<Lock> {
    let held = js_sys::Promise::new(&mut |held, _| {
        let callback = Closure::once(move |_: JsValue| {
            js_sys::Promise::new(&mut |free, _| {
                let _ = held.call1(&JsValue::NULL, &free);
            })
        });
        lock_request(name, &callback);
        callback.forget();
    });
    let free = JsFuture::from(held).await.ok()?;
    Some(Lock(free.dyn_into().ok()))
}

/// The clock, in seconds since 1970.
pub(crate) fn now() -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit")]
    let seconds = (js_sys::Date::now() / 1_000.0) as i64;
    seconds
}

/// What a request to `url` comes to: its status and its body. It is given up after so many milliseconds.
///
/// # Errors
/// The name of what was thrown (`TimeoutError`).
pub(crate) async fn fetched(
    url: &str,
    method: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
    patience: u32,
) -> Result<(u16, String), String> {
    let name = |thrown: JsValue| {
        thrown.dyn_ref::<web_sys::DomException>().map_or_else(String::new, web_sys::DomException::name)
    };
    let init = web_sys::RequestInit::new();
    init.set_method(method);
    init.set_credentials(web_sys::RequestCredentials::Omit);
    init.set_redirect(web_sys::RequestRedirect::Manual);
    init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(patience)));
    let own = web_sys::Headers::new().map_err(name)?;
    for (key, value) in headers {
        own.set(key, value).map_err(name)?;
    }
    init.set_headers(&own);
    if let Some(body) = body {
        init.set_body(&body.into());
    }
    let response: web_sys::Response = fetch(url, &init).await.map_err(name)?.unchecked_into();
    let text = JsFuture::from(response.text().map_err(name)?).await.map_err(name)?;
    Ok((response.status(), text.as_string().unwrap_or_default()))
}
