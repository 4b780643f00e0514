//! `chrome.permissions`: which of the addresses that few orgs have somebody allowed.

use super::js;
use crate::view::hosts::Hosts;
use leastwise_core::salesforce::hosts::{HOST_GROUPS, HostGroup};
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "permissions"])]
    async fn contains(permissions: JsValue) -> Result<JsValue, JsValue>;
}

/// Whether all addresses of a group may be used.
pub(crate) async fn are_allowed(group: &HostGroup) -> bool {
    #[derive(Serialize)]
    struct Permissions<'a> {
        origins: &'a [&'a str],
    }
    contains(js::value(&Permissions { origins: group.origins })).await.is_ok_and(|answer| answer.is_truthy())
}

/// Every group, and whether it may be used.
pub(crate) async fn all() -> Vec<Hosts> {
    let all = HOST_GROUPS.iter().map(async |group| Hosts { group, is_allowed: are_allowed(group).await });
    futures_util::future::join_all(all).await
}
