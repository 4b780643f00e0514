//! `chrome.action`: the toolbar's button of a tab.

use super::js;
use crate::controller::badge::Badge;
use leastwise_core::rules::rule::Severity;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "action"], js_name = setBadgeText)]
    async fn set_badge_text(details: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "action"], js_name = setTitle)]
    async fn set_title(details: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "action"], js_name = setBadgeBackgroundColor)]
    async fn set_background(details: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "action"], js_name = setBadgeTextColor)]
    async fn set_color(details: JsValue) -> Result<JsValue, JsValue>;
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    tab_id: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'a str>,
}

/// Has the button of a tab say something. A tab that is gone is no error.
pub(crate) fn set_badge(tab: i32, badge: Badge) {
    let details = |text, title, color| js::value(&Details { tab_id: tab, text, title, color });
    let calls = (
        details(Some(badge.text), None, None),
        details(None, Some(badge.title.as_str()), None),
        details(None, None, Some(color(badge.severity))),
        details(None, None, Some("#ffffff")),
    );
    spawn_local(async move {
        drop(set_background(calls.2).await);
        drop(set_color(calls.3).await);
        drop(set_badge_text(calls.0).await);
        drop(set_title(calls.1).await);
    });
}

/// White letters stand on it.
const fn color(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Critical) => "#a8071a",
        Some(Severity::High) => "#a63d00",
        Some(Severity::Medium) => "#7a5b00",
        Some(Severity::Low) => "#1f5aa6",
        Some(Severity::Info) | None => "#57606a",
    }
}
