//! The browser's extension API, as far as it is used: the only Rust file that names `browser`.
//!
//! It never decides anything, and never keeps what it is given. What crosses the border is text (JSON): typed values
//! by serde-wasm-bindgen and paths by `Reflect` cost 4 KB of what is shipped, gzipped.

use crate::reading::Tab;
use crate::storage::Area;
use js_sys::{Array, JSON, Promise, Reflect, Uint8Array};
use leastwise_core::json::{Value, quoted};
use leastwise_core::order;
use leastwise_core::time::Timestamp;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

// Firefox calls the root `browser`, Chromium `chrome`: `boot/worker.js` makes it `browser` in both.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = digest)]
    fn digest(algorithm: &str, data: &Uint8Array) -> Promise;
    #[wasm_bindgen(catch, js_namespace = ["browser", "cookies"], js_name = getAll)]
    fn get_all_cookies(query: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["browser", "tabs"], js_name = query)]
    fn query_tabs(query: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["browser", "tabs"], js_name = sendMessage)]
    fn send_message(tab: i32, message: &JsValue, to: &JsValue) -> Result<Promise, JsValue>;
    // Of `boot/worker.js`.
    #[wasm_bindgen(js_name = ignore)]
    fn ignore(promised: Promise);
    #[wasm_bindgen(js_name = StorageArea)]
    type StorageArea;
    #[wasm_bindgen(catch, method, js_name = get)]
    fn read(area: &StorageArea, keys: &Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, method, js_name = set)]
    fn write(area: &StorageArea, entries: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, method, js_name = remove)]
    fn forget(area: &StorageArea, key: &str) -> Result<Promise, JsValue>;
}

/// What a call of the API promises; its refusal, when it refuses at once, likewise.
async fn settled(promised: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(promised?).await
}

/// Waits for nothing; what comes of it is no error. Nothing of the Wasm is kept for it: its memory may be gone by then.
fn let_go(promised: Result<Promise, JsValue>) {
    if let Ok(promised) = promised {
        ignore(promised);
    }
}

/// Text (JSON) as the API's object.
fn to_js(json: &str) -> JsValue {
    JSON::parse(json).unwrap_or(JsValue::UNDEFINED)
}

/// One of the browser's objects, as JSON; null for what JSON cannot say.
fn from_js(value: &JsValue) -> Value {
    // `JSON.stringify(undefined)` is no string.
    let text = if value.is_undefined() { None } else { JSON::stringify(value).ok() };
    text.and_then(|text| Value::parse(&String::from(text))).unwrap_or(Value::Null)
}

fn object(area: Area) -> Option<StorageArea> {
    let name = if matches!(area, Area::Local) { "local" } else { "session" };
    let mut object: JsValue = js_sys::global().into();
    for name in ["browser", "storage", name] {
        object = Reflect::get(&object, &name.into()).ok()?;
    }
    Some(object.unchecked_into())
}

/// What is kept in an area under each of the `keys`, as an object; null when nothing can be read.
pub(crate) async fn read(area: Area, keys: &[String]) -> Value {
    let Some(area) = object(area) else { return Value::Null };
    let keys: Array = keys.iter().map(|key| JsValue::from_str(key)).collect();
    settled(area.read(&keys)).await.map_or(Value::Null, |found| from_js(&found))
}

/// Keeps `json` under `key`, or forgets what is kept there. Nobody waits for it: the browser takes reads and writes in
/// their order.
pub(crate) fn write(area: Area, key: &str, json: Option<&str>) {
    let Some(area) = object(area) else { return };
    let_go(match json {
        Some(json) => area.write(&to_js(&["{", &quoted(key), ":", json, "}"].concat())),
        None => area.forget(key),
    });
}

/// The tab in front in the window of the popup that asks.
pub(crate) async fn front_tab() -> Option<Tab> {
    let query = to_js(r#"{"active":true,"lastFocusedWindow":true}"#);
    from_js(&settled(query_tabs(&query)).await.ok()?).first().map(Tab::from_json)
}

/// Sends `message` (JSON) to the top frame of a tab, and waits for nothing. A tab that is gone is no error.
pub(crate) fn tell(tab: i32, message: &str) {
    let_go(send_message(tab, &to_js(message), &to_js(r#"{"frameId":0}"#)));
}

/// The values of the cookies called `sid` that a request to `url` would carry, the most specific first.
pub(crate) async fn session_cookies(url: &str, store: Option<&str>) -> Vec<String> {
    let store = store.map_or_else(String::new, |store| format!(",\"storeId\":{}", quoted(store)));
    let query = to_js(&format!("{{\"name\":\"sid\",\"url\":{}{store}}}", quoted(url)));
    let Ok(found) = settled(get_all_cookies(&query)).await else { return vec![] };
    let Value::List(mut cookies) = from_js(&found) else { return vec![] };
    let domain = |cookie: &Value| cookie.get("domain").and_then(Value::as_str).map_or(0, str::len);
    order::put(&mut cookies, |a, b| domain(a) > domain(b));
    cookies.iter().filter_map(|cookie| Some(cookie.get("value")?.as_str()?.to_owned())).collect()
}

/// The SHA-256 of `text`, in hexadecimal.
pub(crate) async fn sha256(text: &str) -> Option<String> {
    let hash = JsFuture::from(digest("SHA-256", &Uint8Array::from(text.as_bytes()))).await.ok()?;
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let nibbles = Uint8Array::new(&hash).to_vec().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.map(|nibble| DIGITS.get(usize::from(nibble)).copied().map(char::from)).collect()
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

    #[wasm_bindgen_test]
    fn what_json_cannot_say_is_nothing() {
        assert_eq!(from_js(&JsValue::UNDEFINED), Value::Null);
        assert_eq!(from_js(&JsValue::NULL), Value::Null);
    }

    #[wasm_bindgen_test]
    fn objects_come_back_as_they_went() {
        let text = r#"{"a":[1,null],"b":{"c":"d"}}"#;
        assert_eq!(from_js(&to_js(text)), Value::parse(text).unwrap());
    }

    #[wasm_bindgen_test]
    async fn a_hash_as_the_standard_has_it() {
        let hash = sha256("abc").await.unwrap();
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[wasm_bindgen_test]
    async fn without_a_browser_nothing_is_kept() {
        write(Area::Session, "x", Some("1"));
        assert_eq!(read(Area::Session, &["x".into()]).await, Value::Null);
        assert!(session_cookies("https://acme.my.salesforce.com/", None).await.is_empty());
    }
}
