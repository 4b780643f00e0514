//! The browser's extension API, as far as it is used: the only Rust file that names it.
//!
//! It never decides anything, and never keeps what it is given. What a name means is the browser's own (`cookies.getAll`
//! is `browser.cookies.getAll`); the others are in `boot/browser.js`.

use crate::reading::Tab;
use crate::storage::Area;
use crate::turn::{Called, call, let_go};
use leastwise_core::json::{Value, quoted};
use leastwise_core::order;
use leastwise_core::text::joined;

/// What is kept in an area under each of the `keys` (without any: all that is), as an object; null when nothing can be
/// read.
pub(crate) async fn read(area: Area, keys: &[String]) -> Value {
    let keys: Vec<String> = keys.iter().map(|key| quoted(key)).collect();
    let list = ["[", &joined(&keys, ","), "]"].concat();
    call(&of(area, "get"), if keys.is_empty() { "null" } else { &list }).await.unwrap_or(Value::Null)
}

/// Keeps `json` under `key`, or forgets what is kept there.
pub(crate) fn write(area: Area, key: &str, json: Option<&str>) {
    match json {
        Some(json) => let_go(&of(area, "set"), &entry(key, json)),
        None => let_go(&of(area, "remove"), &quoted(key)),
    }
}

/// Keeps `json` on disk under `key`; whether it is there now.
pub(crate) async fn store(key: &str, json: &str) -> bool {
    call("storage.local.set", &entry(key, json)).await.is_ok()
}

fn entry(key: &str, json: &str) -> String {
    ["{", &quoted(key), ":", json, "}"].concat()
}

fn of(area: Area, function: &str) -> String {
    let name = match area {
        Area::Local => "local.",
        Area::Session => "session.",
        Area::Managed => "managed.",
    };
    ["storage.", name, function].concat()
}

/// The tab in front in the window of the popup that asks.
pub(crate) async fn front_tab() -> Option<Tab> {
    let tabs = call("tabs.query", r#"{"active":true,"lastFocusedWindow":true}"#).await.ok()?;
    tabs.first().map(Tab::from_json)
}

/// Sends `message` (JSON) to a frame of a tab. A tab that is gone is no error.
pub(crate) fn tell(tab: i32, frame: i32, message: &str) {
    let (tab, frame) = (tab.to_string(), frame.to_string());
    let_go("tabs.sendMessage", &[&tab, ",", message, ",{\"frameId\":", &frame, "}"].concat());
}

/// The values of the cookies called `sid` that a request to `url` would carry, the most specific first.
pub(crate) async fn session_cookies(url: &str, store: Option<&str>) -> Vec<String> {
    let store = store.map_or_else(String::new, |store| [",\"storeId\":", &quoted(store)].concat());
    let query = ["{\"name\":\"sid\",\"url\":", &quoted(url), &store, "}"].concat();
    let Ok(Value::List(mut cookies)) = call("cookies.getAll", &query).await else { return vec![] };
    let domain = |cookie: &Value| cookie.get("domain").and_then(Value::as_str).map_or(0, str::len);
    order::put(&mut cookies, |a, b| domain(a) > domain(b));
    cookies.iter().filter_map(|cookie| Some(cookie.get("value")?.as_str()?.to_owned())).collect()
}

/// The SHA-256 of `text`, in hexadecimal.
pub(crate) async fn sha256(text: &str) -> Option<String> {
    Some(call("sha256", &quoted(text)).await.ok()?.as_str()?.to_owned())
}

/// What nobody can guess; empty when there is none.
pub(crate) async fn random() -> String {
    let text = call("random", "0").await.ok();
    text.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Waits so many milliseconds.
pub(crate) async fn wait(milliseconds: u32) {
    drop(call("wait", &milliseconds.to_string()).await);
}

/// Waits until nobody else holds the lock called `name`; what lets go of it. The browser does when the worker ends.
pub(crate) async fn hold(name: &str) -> Option<u64> {
    call("hold", &quoted(name)).await.ok()?.as_u64()
}

/// Lets go of a lock.
pub(crate) fn free(lock: Option<u64>) {
    if let Some(lock) = lock {
        let_go("free", &lock.to_string());
    }
}

/// What a request to `url` comes to: a list of its status and its body. It is given up after so many milliseconds.
pub(crate) fn fetched(url: &str, init: &str, patience: u32) -> Called {
    call("fetched", &[&quoted(url), ",", init, ",", &patience.to_string()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::turn::{begin, came};
    use leastwise_core::json::Value;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn calls(turn: &str) -> (Value, u32) {
        let turn = Value::parse(turn).unwrap();
        (turn.get("call").unwrap().clone(), u32::try_from(turn.get("id").unwrap().as_u64().unwrap()).unwrap())
    }

    #[wasm_bindgen_test]
    fn calls_are_the_browsers_own() {
        let ask = async {
            write(Area::Session, "x", Some("[1]"));
            write(Area::Local, "a\"b", None);
            tell(3, 0, "{}");
            let kept = read(Area::Session, &["x".into(), "y".into()]).await;
            let cookies = session_cookies("https://acme.my.salesforce.com/", Some("2")).await;
            let kept = kept == Value::Null;
            quoted(&format!("{kept} {}", cookies.join(" ")))
        };
        let turn = begin(Box::pin(ask), 0.0);
        assert_eq!(
            Value::parse(&turn).unwrap().get("quiet"),
            Value::parse(
                r#"[["storage.session.set",{"x":[1]}],["storage.local.remove","a\"b"],["tabs.sendMessage",3,{},{"frameId":0}]]"#
            )
            .as_ref()
        );
        let (call, id) = calls(&turn);
        assert_eq!(call, Value::parse(r#"["storage.session.get",["x","y"]]"#).unwrap());
        let (call, id) = calls(&came(id, "null".into(), false, 0.0));
        let query =
            r#"["cookies.getAll",{"name":"sid","url":"https://acme.my.salesforce.com/","storeId":"2"}]"#;
        assert_eq!(call, Value::parse(query).unwrap());
        let end = came(
            id,
            r#"[{"domain":".salesforce.com","value":"far"},{"domain":"acme.my.salesforce.com","value":"near"}]"#.into(),
            false,
            0.0,
        );
        assert_eq!(end, r#"{"quiet":[],"answer":"true near far"}"#);
    }

    #[wasm_bindgen_test]
    fn without_a_browser_nothing_is_kept() {
        let ask = async {
            quoted(if read(Area::Local, &["x".into()]).await == Value::Null { "nothing" } else { "" })
        };
        let (_, id) = calls(&begin(Box::pin(ask), 0.0));
        assert!(came(id, "TypeError".into(), true, 0.0).contains("nothing"));
    }
}
