//! `chrome.tabs`: which tab is meant, and messages to its frames.

use super::types::Tab;
use super::{js, platform};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"])]
    async fn query(query: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = sendMessage)]
    async fn send_message(tab: i32, message: JsValue, options: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = get)]
    async fn get_tab(tab: i32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"])]
    async fn create(tab: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = reload)]
    async fn reload_tab(tab: i32) -> Result<JsValue, JsValue>;
}

/// The tab in front in the window of the popup that asks.
pub(crate) async fn front() -> Option<Tab> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Query {
        active: bool,
        last_focused_window: bool,
    }
    let tabs = query(js::value(&Query { active: true, last_focused_window: true })).await.ok()?;
    serde_wasm_bindgen::from_value::<Vec<Tab>>(tabs).ok()?.into_iter().next()
}

/// A tab by its number; none when it was closed.
pub(crate) async fn get(tab: i32) -> Option<Tab> {
    serde_wasm_bindgen::from_value(get_tab(tab).await.ok()?).ok()
}

/// The tabs that show Salesforce.
pub(crate) async fn of_salesforce() -> Vec<Tab> {
    #[derive(Serialize)]
    struct Query {
        url: Vec<String>,
    }
    let tabs = query(js::value(&Query { url: platform::salesforce() })).await.ok();
    tabs.and_then(|tabs| serde_wasm_bindgen::from_value(tabs).ok()).unwrap_or_default()
}

/// Opens an address in a tab of its own; its number.
pub(crate) async fn open(url: &str) -> Option<i32> {
    #[derive(Serialize)]
    struct Create<'a> {
        url: &'a str,
    }
    let tab = create(js::value(&Create { url })).await.ok()?;
    serde_wasm_bindgen::from_value::<Tab>(tab).ok()?.id
}

/// Reloads a tab. One that is gone is no error.
pub(crate) async fn reload(tab: i32) {
    drop(reload_tab(tab).await);
}

/// Sends a message to a frame of a tab, or to all. A tab that is gone is no error.
pub(crate) fn send(tab: i32, frame: Option<i32>, message: &impl Serialize) {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Options {
        #[serde(skip_serializing_if = "Option::is_none")]
        frame_id: Option<i32>,
    }
    let message = js::value(message);
    let options = js::value(&Options { frame_id: frame });
    spawn_local(async move { drop(send_message(tab, message, options).await) });
}
