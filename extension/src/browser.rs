//! The browser's extension API, as far as it is used: the only Rust file that names it.
//!
//! It never decides anything, and never keeps what it is given. What a name means is the browser's own (`cookies.getAll`
//! is `browser.cookies.getAll`); the others are in `boot/browser.js`.

use crate::reading::Tab;
use crate::storage::Area;
use crate::turn::{Called, call, let_go, written};
use leastwise_core::json::{Value, quoted};
use leastwise_core::list::List;
use leastwise_core::order;
use leastwise_core::text::joined;

/// What is kept in an area under each of the `keys` (without any: all that is), as an object; null when nothing can be
/// read.
pub(crate) async fn read(area: Area, keys: &[String]) -> Value {
    call(&of(area, "get"), &list(keys)).await.unwrap_or(Value::Null)
}

/// The same of every area at once, and what nobody can guess (empty when there is none): one wait, for a panel waits for
/// it before its first request.
pub(crate) async fn read_all(keys: &[String]) -> ([Value; 3], String) {
    let keys = list(keys);
    let [local, session, managed] =
        [Area::Local, Area::Session, Area::Managed].map(|area| written(&of(area, "get"), &keys));
    let mut came = all(&[&local, &session, &managed, "[\"random\"]"]).await.into_iter();
    let mut next = || came.next().unwrap_or(Value::Null);
    let areas = [next(), next(), next()];
    (areas, next().as_str().unwrap_or_default().to_owned())
}

/// What comes of each of the `calls`, which are made beside each other; null for one that is refused.
async fn all(calls: &[&str]) -> Vec<Value> {
    match call("all", &calls.join(",")).await {
        Ok(Value::List(came)) => came,
        _ => vec![],
    }
}

fn list(keys: &[String]) -> String {
    if keys.is_empty() {
        return "null".to_owned();
    }
    let keys: Vec<String> = keys.iter().map(|key| quoted(key)).list();
    ["[", &joined(&keys, ","), "]"].concat()
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

/// Sends `message` (JSON) to a frame of a tab, or to all. A tab that is gone is no error.
pub(crate) fn tell(tab: i32, frame: Option<i32>, message: &str) {
    let frame = frame.map_or_else(String::new, |frame| [",{\"frameId\":", &frame.to_string(), "}"].concat());
    let_go("tabs.sendMessage", &[&tab.to_string(), ",", message, &frame].concat());
}

/// The values of the cookies called `sid` that a request to each of the `urls` would carry, the most specific first.
pub(crate) async fn session_cookies(urls: [&str; 2], store: Option<&str>) -> Vec<Vec<String>> {
    let store = store.map_or_else(String::new, |store| [",\"storeId\":", &quoted(store)].concat());
    let query =
        |url| written("cookies.getAll", &["{\"name\":\"sid\",\"url\":", &quoted(url), &store, "}"].concat());
    let [first, second] = urls.map(query);
    all(&[&first, &second]).await.into_iter().map(values).list()
}

fn values(cookies: Value) -> Vec<String> {
    let Value::List(mut cookies) = cookies else { return vec![] };
    let domain = |cookie: &Value| cookie.get("domain").and_then(Value::as_str).map_or(0, str::len);
    order::put(&mut cookies, |a, b| domain(a) > domain(b));
    cookies.iter().filter_map(|cookie| Some(cookie.get("value")?.as_str()?.to_owned())).list()
}

/// The SHA-256 of `text`, in hexadecimal.
pub(crate) async fn sha256(text: &str) -> Option<String> {
    Some(call("sha256", &quoted(text)).await.ok()?.as_str()?.to_owned())
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
            tell(3, Some(0), "{}");
            let kept = read(Area::Session, &["x".into(), "y".into()]).await;
            let urls = ["https://acme.my.salesforce-setup.com/", "https://acme.my.salesforce.com/"];
            let cookies = session_cookies(urls, Some("2")).await;
            let kept = kept == Value::Null;
            let (areas, random) = read_all(&["z".into()]).await;
            let areas = areas.map(|area| area == Value::Null).map(|null| null.to_string()).join(" ");
            quoted(&format!("{kept} {} {areas} {random}", cookies.concat().join(" ")))
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
        let cookies = |host: &str| {
            format!(r#"["cookies.getAll",{{"name":"sid","url":"https://acme.my.{host}/","storeId":"2"}}]"#)
        };
        let query = format!(r#"["all",{},{}]"#, cookies("salesforce-setup.com"), cookies("salesforce.com"));
        assert_eq!(call, Value::parse(&query).unwrap());
        let turn = came(
            id,
            r#"[null,[{"domain":".salesforce.com","value":"far"},{"domain":"acme.my.salesforce.com","value":"near"}]]"#.into(),
            false,
            0.0,
        );
        let (call, id) = calls(&turn);
        let reads = r#"["all",["storage.local.get",["z"]],["storage.session.get",["z"]],["storage.managed.get",["z"]],["random"]]"#;
        assert_eq!(call, Value::parse(reads).unwrap());
        let end = came(id, r#"[{"z":1},{},null,"r"]"#.into(), false, 0.0);
        assert_eq!(end, r#"{"quiet":[],"answer":"true near far false false true r"}"#);
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
