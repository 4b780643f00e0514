//! The browser's extension API, as far as it is used: the only Rust file that names `chrome` or `browser`.
//!
//! It never decides anything, and never keeps what it is given.

use js_sys::{Function, JsString, Object, Promise, Reflect, Uint8Array};
use leastwise_core::json::Value;
use leastwise_core::message::Sender;
use leastwise_core::time::Timestamp;
use serde::Serialize;
use std::cmp::Reverse;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = digest)]
    fn digest(algorithm: &str, data: &Uint8Array) -> Promise;
}

/// An object of the browser's API, by its path: `["storage", "local"]`. Firefox calls the root `browser`, Chromium
/// `chrome`; both answer promises there.
fn api(path: &[&str]) -> Result<JsValue, JsValue> {
    let global = js_sys::global();
    let browser = Reflect::get(&global, &"browser".into())?;
    let root = if browser.is_object() { browser } else { Reflect::get(&global, &"chrome".into())? };
    path.iter().try_fold(root, |object, name| Reflect::get(&object, &(*name).into()))
}

/// Calls a method of the API and waits for what it promises.
async fn call(path: &[&str], method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let object = api(path)?;
    let function: Function = Reflect::get(&object, &method.into())?.dyn_into()?;
    let answer = Reflect::apply(&function, &object, &arguments.iter().cloned().collect())?;
    match answer.dyn_into::<Promise>() {
        Ok(promise) => JsFuture::from(promise).await,
        Err(answer) => Ok(answer),
    }
}

/// As the browser's API wants it: plain objects, nothing for what is not there.
pub(crate) fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// One of the browser's objects, as JSON; `None` for what JSON cannot say.
fn from_js(value: &JsValue) -> Option<Value> {
    // `JSON.stringify(undefined)` is no string.
    if value.is_undefined() {
        return None;
    }
    Value::parse(&String::from(js_sys::JSON::stringify(value).ok()?))
}

/// Where something is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Area {
    /// On disk, until the extension is removed.
    Local,
    /// In memory, until the browser is closed; content scripts cannot read it.
    Session,
}

impl Area {
    const fn path(self) -> [&'static str; 2] {
        ["storage", if matches!(self, Area::Local) { "local" } else { "session" }]
    }

    /// What is kept under `key`.
    pub(crate) async fn read(self, key: &str) -> Option<Value> {
        let found = call(&self.path(), "get", &[key.into()]).await.ok()?;
        from_js(&Reflect::get(&found, &key.into()).ok()?)
    }

    /// Keeps `value` under `key`.
    pub(crate) async fn write<T: Serialize + ?Sized>(self, key: &str, value: &T) -> Result<(), JsValue> {
        let entry = Object::new();
        Reflect::set(&entry, &key.into(), &to_js(value)?)?;
        call(&self.path(), "set", &[entry.into()]).await.map(drop)
    }

    /// Forgets what is kept under `key`.
    pub(crate) async fn remove(self, key: &str) -> Result<(), JsValue> {
        call(&self.path(), "remove", &[key.into()]).await.map(drop)
    }
}

/// A tab of the browser.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tab {
    /// Its number; none for a devtools window and the like.
    pub(crate) id: Option<i32>,
    /// Its address, where the extension may know it.
    pub(crate) url: String,
    /// Firefox: the container whose cookies it uses.
    pub(crate) cookie_store: Option<String>,
}

impl Tab {
    fn read(tab: &Value) -> Tab {
        let store = tab.get("cookieStoreId").and_then(Value::as_str);
        Tab { id: number(tab, "id"), url: text(tab, "url"), cookie_store: store.map(str::to_owned) }
    }
}

fn text(object: &Value, key: &str) -> String {
    object.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn number(object: &Value, key: &str) -> Option<i32> {
    i32::try_from(object.get(key)?.as_i64()?).ok()
}

/// What the browser says of a message's sender (`runtime.MessageSender`), and the tab it comes from.
pub(crate) fn sender(sender: &JsValue) -> Option<(Sender, Tab)> {
    let sender = from_js(sender)?;
    let tab = sender.get("tab").map(Tab::read).unwrap_or_default();
    let frame = number(&sender, "frameId").unwrap_or(0);
    let (id, url) = (text(&sender, "id"), text(&sender, "url"));
    Some((Sender { id, url, tab: tab.id, tab_url: tab.url.clone(), frame }, tab))
}

/// The tab in front in the window of the popup that asks.
pub(crate) async fn front_tab() -> Option<Tab> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Query {
        active: bool,
        last_focused_window: bool,
    }
    let query = to_js(&Query { active: true, last_focused_window: true }).ok()?;
    let tabs = from_js(&call(&["tabs"], "query", &[query]).await.ok()?)?;
    tabs.first().map(Tab::read)
}

/// Sends `message` to the top frame of a tab, and waits for nothing. A tab that is gone is no error.
pub(crate) fn tell<T: Serialize>(tab: i32, message: &T) {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct To {
        frame_id: i32,
    }
    let (Ok(message), Ok(to)) = (to_js(message), to_js(&To { frame_id: 0 })) else { return };
    spawn_local(async move {
        let _ = call(&["tabs"], "sendMessage", &[tab.into(), message, to]).await;
    });
}

/// The values of the cookies called `name` that a request to `url` would carry, the most specific first.
pub(crate) async fn cookies(url: &str, name: &str, store: Option<&str>) -> Vec<String> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Query<'a> {
        url: &'a str,
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        store_id: Option<&'a str>,
    }
    let Ok(query) = to_js(&Query { url, name, store_id: store }) else { return vec![] };
    let Ok(found) = call(&["cookies"], "getAll", &[query]).await else { return vec![] };
    let Some(Value::List(mut cookies)) = from_js(&found) else { return vec![] };
    cookies.sort_by_key(|cookie| Reverse(cookie.get("domain").and_then(Value::as_str).map_or(0, str::len)));
    cookies.iter().map(|cookie| text(cookie, "value")).collect()
}

/// This extension's id, and its origin with a slash at the end.
pub(crate) fn own() -> Result<(String, String), JsValue> {
    let id = api(&["runtime", "id"])?.as_string().unwrap_or_default();
    let runtime = api(&["runtime"])?;
    let url: Function = Reflect::get(&runtime, &"getURL".into())?.dyn_into()?;
    let origin = url.call1(&runtime, &JsString::from("").into())?.as_string().unwrap_or_default();
    Ok((id, origin))
}

/// The SHA-256 of `text`, in hexadecimal.
pub(crate) async fn sha256(text: &str) -> Option<String> {
    let hash = JsFuture::from(digest("SHA-256", &Uint8Array::from(text.as_bytes()))).await.ok()?;
    Some(Uint8Array::new(&hash).to_vec().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The clock, for those who are given the time.
pub(crate) fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit")]
    Timestamp((js_sys::Date::now() / 1_000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn object(json: &str) -> JsValue {
        js_sys::JSON::parse(json).unwrap()
    }

    #[wasm_bindgen_test]
    fn a_sender_as_the_browser_writes_it() {
        let (sender, tab) = sender(&object(
            r#"{"id":"abc","url":"https://acme.my.salesforce.com/005","origin":"https://acme.my.salesforce.com",
                "frameId":0,"documentId":"51D9","tab":{"id":898589408,"active":true,"lastAccessed":1795520651570.192,
                "url":"https://acme.my.salesforce.com/005?x","cookieStoreId":"firefox-container-1"}}"#,
        ))
        .unwrap();
        assert_eq!((sender.id.as_str(), sender.frame, sender.tab), ("abc", 0, Some(898_589_408)));
        assert_eq!(sender.tab_url, "https://acme.my.salesforce.com/005?x");
        assert_eq!(tab.cookie_store.as_deref(), Some("firefox-container-1"));
    }

    #[wasm_bindgen_test]
    fn a_sender_without_a_tab() {
        let (sender, tab) =
            sender(&object(r#"{"id":"abc","url":"chrome-extension://abc/popup.html"}"#)).unwrap();
        assert_eq!((sender.tab, sender.frame, tab.id), (None, 0, None));
    }

    #[wasm_bindgen_test]
    fn what_json_cannot_say_is_nothing() {
        assert_eq!(from_js(&JsValue::UNDEFINED), None);
        assert_eq!(from_js(&JsValue::NULL), Some(Value::Null));
    }

    #[wasm_bindgen_test]
    fn objects_are_plain() {
        let js = to_js(&serde_json::json!({ "a": [1, null], "b": { "c": "d" } })).unwrap();
        assert_eq!(String::from(js_sys::JSON::stringify(&js).unwrap()), r#"{"a":[1,null],"b":{"c":"d"}}"#);
    }

    #[wasm_bindgen_test]
    async fn a_hash_as_the_standard_has_it() {
        let hash = sha256("abc").await.unwrap();
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[wasm_bindgen_test]
    async fn without_a_browser_nothing_is_kept() {
        assert_eq!(Area::Session.read("x").await, None);
        assert!(cookies("https://acme.my.salesforce.com/", "sid", None).await.is_empty());
    }
}
