//! `chrome.windows`: the window where what a page asked for is approved.

use super::{js, locks, storage, tabs};
use crate::storage::{Area, Write};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "windows"])]
    async fn get(window: i32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "windows"])]
    async fn create(window: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "windows"])]
    async fn update(window: i32, to: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = create)]
    async fn create_tab(tab: JsValue) -> Result<JsValue, JsValue>;
}

/// Width and height of the window, in pixels.
const SIZE: (i64, i64) = (480, 640);

/// A window, as far as it is looked at (`windows.Window`).
#[derive(Deserialize)]
struct Window {
    id: Option<i32>,
    left: Option<i64>,
    top: Option<i64>,
    width: Option<i64>,
}

#[derive(Serialize)]
struct Create<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a str,
    width: i64,
    height: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top: Option<i64>,
}

#[derive(Serialize)]
struct Update {
    focused: bool,
    state: &'static str,
}

#[derive(Serialize)]
struct CreateTab<'a> {
    url: &'a str,
}

/// Shows the window where what was asked for in a tab is approved; there is one a tab at most.
pub(crate) fn show_approval(tab: i32) {
    spawn_local(async move {
        let lock = locks::hold("approval").await;
        let key = format!("approval:{tab}");
        let known = storage::read(Area::Session, std::slice::from_ref(&key)).await.ok();
        let known = known.and_then(|known| i32::try_from(known.get(&key)?.as_i64()?).ok());
        let is_shown = match known {
            // A window that was closed is none: the update fails.
            Some(window) => {
                update(window, js::value(&Update { focused: true, state: "normal" })).await.is_ok()
            }
            None => false,
        };
        if !is_shown && let Some(window) = open_approval(tab).await {
            // Not stored, the next preview of this tab has a second window: both show the same.
            drop(storage::write(&Write { area: Area::Session, key, value: Some(Value::from(window)) }).await);
        }
        drop(lock);
    });
}

/// Opens the window over the right side of the tab's own; its number. A browser that has no windows of an extension opens
/// a tab.
async fn open_approval(tab: i32) -> Option<i32> {
    let url = format!("approve.html?tab={tab}");
    let plain = || Create { kind: "popup", url: &url, width: SIZE.0, height: SIZE.1, left: None, top: None };
    let placed = match window_of(tab).await {
        Some(Window { left: Some(left), top: Some(top), width: Some(width), .. }) => {
            Create { left: Some((left + width - SIZE.0 - 24).max(left)), top: Some(top + 80), ..plain() }
        }
        _ => plain(),
    };
    let mut made = create(js::value(&placed)).await;
    if made.is_err() {
        // Where that would be off the screen the browser refuses it.
        made = create(js::value(&plain())).await;
    }
    let Ok(made) = made else {
        drop(create_tab(js::value(&CreateTab { url: &url })).await);
        return None;
    };
    serde_wasm_bindgen::from_value::<Window>(made).ok()?.id
}

/// The window that a tab stands in.
async fn window_of(tab: i32) -> Option<Window> {
    let window = tabs::get(tab).await?.window_id?;
    serde_wasm_bindgen::from_value(get(window).await.ok()?).ok()
}
