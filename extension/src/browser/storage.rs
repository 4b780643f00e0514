//! `chrome.storage`: what is kept on disk, in memory, and of the company that runs the browser.

use super::js;
use crate::storage::{Area, Found, Write};
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// `storage.StorageArea`.
    #[derive(Clone)]
    type StorageArea;
    #[wasm_bindgen(thread_local_v2, js_namespace = ["chrome", "storage"], js_name = local)]
    static LOCAL: StorageArea;
    #[wasm_bindgen(thread_local_v2, js_namespace = ["chrome", "storage"], js_name = session)]
    static SESSION: StorageArea;
    #[wasm_bindgen(thread_local_v2, js_namespace = ["chrome", "storage"], js_name = managed)]
    static MANAGED: StorageArea;
    #[wasm_bindgen(method, catch)]
    fn get(this: &StorageArea, keys: JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn set(this: &StorageArea, items: JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn remove(this: &StorageArea, key: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = clear)]
    async fn clear_area(this: &StorageArea) -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(call: &js_sys::Function, milliseconds: u32);
}

/// What Firefox says of `storage.managed` where no company wrote anything (`ext-storage.js`).
const NO_POLICY: &str = "Managed storage manifest not found";

/// How long the browser may take to say what the company decides, in milliseconds: after its start it is told so seconds
/// late. Only what is written waits for it.
const POLICY_TIMEOUT: u32 = 20_000;
const POLICY_TIMEOUT_OF_A_READING: u32 = 50;

fn area(area: Area) -> StorageArea {
    match area {
        Area::Local => LOCAL.with(StorageArea::clone),
        Area::Session => SESSION.with(StorageArea::clone),
        Area::Managed => MANAGED.with(StorageArea::clone),
    }
}

/// What is stored under each of the `keys`, as an object.
///
/// # Errors
/// What the browser says when it cannot be read: that is not the same as nothing.
pub(crate) async fn read(of: Area, keys: &[String]) -> Result<Value, String> {
    get_within(of, js::value(keys), None).await
}

/// All that is stored in an area, as an object.
///
/// # Errors
/// What the browser says when it cannot be read: that is not the same as nothing.
pub(crate) async fn read_all(of: Area) -> Result<Value, String> {
    get_within(of, JsValue::NULL, None).await
}

/// All that the company decided, waited for so many milliseconds.
///
/// # Errors
/// When it cannot be read, or not in time: that is not the same as nothing.
pub(crate) async fn read_policy(timeout: u32) -> Result<Value, String> {
    get_within(Area::Managed, JsValue::NULL, Some(timeout)).await
}

/// What is stored under `keys` in every area at once. For what the company decides is waited only where it `needs_policy`.
pub(crate) async fn read_areas(keys: &[String], needs_policy: bool) -> Found {
    let timeout = if needs_policy { POLICY_TIMEOUT } else { POLICY_TIMEOUT_OF_A_READING };
    let (local, session, managed) = futures_util::join!(
        read(Area::Local, keys),
        read(Area::Session, keys),
        get_within(Area::Managed, js::value(keys), Some(timeout))
    );
    Found { local: local.ok(), session: session.ok(), managed: managed.ok() }
}

async fn get_within(of: Area, keys: JsValue, timeout: Option<u32>) -> Result<Value, String> {
    let found = match (area(of).get(keys), timeout) {
        (Ok(promise), None) => JsFuture::from(promise).await,
        // Raced by the browser, not here: a timer of ours that is dropped wakes this command once more, and one that broke
        // off meanwhile would break again.
        (Ok(promise), Some(timeout)) => {
            let late = js_sys::Promise::new(&mut |_, reject| set_timeout(&reject, timeout));
            JsFuture::from(js_sys::Promise::race(&js_sys::Array::of2(&promise, &late))).await
        }
        (Err(thrown), _) => Err(thrown),
    };
    match found {
        Ok(found) => serde_wasm_bindgen::from_value(found).map_err(|error| error.to_string()),
        Err(thrown) => match js::message(&thrown) {
            message if of == Area::Managed && message.contains(NO_POLICY) => {
                Ok(Value::Object(Default::default()))
            }
            message => Err(message),
        },
    }
}

/// Stores a value under a key, or removes what is stored there; it is so once this is awaited.
///
/// # Errors
/// What the browser says when it refuses (no room, for one).
pub(crate) async fn write(write: &Write) -> Result<(), String> {
    let area = area(write.area);
    let done = match &write.value {
        Some(value) => area.set(entry(&write.key, value)).await,
        None => area.remove(&write.key).await,
    };
    done.map_err(|thrown| js::message(&thrown))
}

/// Removes all that is stored in an area.
///
/// # Errors
/// What the browser says when it refuses.
pub(crate) async fn clear(of: Area) -> Result<(), String> {
    area(of).clear_area().await.map_err(|thrown| js::message(&thrown))
}

/// An object of one property.
fn entry(key: &str, value: &(impl Serialize + ?Sized)) -> JsValue {
    let entry = js_sys::Object::new();
    // A plain object takes any property.
    let _ = js_sys::Reflect::set(&entry, &key.into(), &js::value(value));
    entry.into()
}
