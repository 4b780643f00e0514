//! Typed values as the browser takes them, and what it throws.

use serde::Serialize;
use wasm_bindgen::prelude::*;

/// A value as JSON would have it: objects, not maps; numbers, not BigInts.
pub(super) fn value(value: &(impl Serialize + ?Sized)) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

/// The message of what was thrown.
pub(super) fn message(thrown: &JsValue) -> String {
    property(thrown, "message").unwrap_or_default()
}

/// The name of what was thrown.
pub(super) fn name(thrown: JsValue) -> String {
    property(&thrown, "name").unwrap_or_default()
}

fn property(of: &JsValue, name: &str) -> Option<String> {
    js_sys::Reflect::get(of, &name.into()).ok()?.as_string()
}
