//! Asks that wait for the browser: each is a future that stands still at a call, and goes on with what came of it.
//!
//! It never calls the browser: it says which call is next, as text (JSON), and `boot/browser.js` carries it out. So there
//! is no closure, no promise and no object of JavaScript here, which cost 6.6 KB gzipped of what is shipped.

use leastwise_core::json::{Value, quoted};
use leastwise_core::text::joined;
use leastwise_core::time::Timestamp;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::prelude::*;

/// An ask under way: at its end, the answer (JSON), or nothing.
type Ask = Pin<Box<dyn Future<Output = String>>>;

thread_local! {
    /// What waits, each under its number.
    static ASKS: RefCell<Vec<(u32, Ask)>> = const { RefCell::new(vec![]) };
    static LAST: Cell<u32> = const { Cell::new(0) };
    /// The call that the ask which is being polled stands at.
    static CALL: RefCell<String> = const { RefCell::new(String::new()) };
    /// What came of the call that it stood at.
    static CAME: RefCell<Result<Value, String>> = const { RefCell::new(Ok(Value::Null)) };
    /// Calls that nobody waits for.
    static QUIET: RefCell<Vec<String>> = const { RefCell::new(vec![]) };
    static NOW: Cell<f64> = const { Cell::new(0.0) };
}

/// A call, and then what came of it; else the name of what was thrown (`TimeoutError`).
#[derive(Debug)]
#[must_use]
pub(crate) struct Called(Option<String>);

impl Future for Called {
    type Output = Result<Value, String>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        match self.0.take() {
            Some(call) => {
                CALL.set(call);
                Poll::Pending
            }
            None => Poll::Ready(CAME.replace(Ok(Value::Null))),
        }
    }
}

/// Calls the function `name` with `values` (JSON, with commas between).
pub(crate) fn call(name: &str, values: &str) -> Called {
    Called(Some(written(name, values)))
}

/// The same, waiting for nothing; what comes of it is no error. The browser takes such calls in their order.
pub(crate) fn let_go(name: &str, values: &str) {
    QUIET.with_borrow_mut(|calls| calls.push(written(name, values)));
}

/// The call of the function `name` with `values`, as it is carried out.
pub(crate) fn written(name: &str, values: &str) -> String {
    ["[", &quoted(name), ",", values, "]"].concat()
}

/// The clock, for those who are given the time: that of the moment when the ask was last gone on with.
pub(crate) fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit")]
    Timestamp((NOW.get() / 1_000.0) as i64)
}

/// Begins an ask at `now` (milliseconds since 1970); what is next, as [`came`] says it.
pub(crate) fn begin(ask: Ask, now: f64) -> String {
    NOW.set(now);
    let id = LAST.get().wrapping_add(1);
    LAST.set(id);
    go_on(id, ask)
}

/// Goes on with the ask `id`: `came` is what came of its call (JSON), or, when that was refused, the name of what was
/// thrown.
///
/// What is next is `{"quiet": […], "id": …, "call": [name, value…]}`, or at the end `{"quiet": […], "answer": …}`.
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "wasm-bindgen exports what is pub")]
pub fn came(id: u32, came: String, refused: bool, now: f64) -> String {
    let ask = ASKS.with_borrow_mut(|asks| {
        let at = asks.iter().position(|(other, _)| *other == id)?;
        Some(asks.swap_remove(at).1)
    });
    NOW.set(now);
    CAME.set(if refused { Err(came) } else { Ok(Value::parse(&came).unwrap_or(Value::Null)) });
    ask.map_or_else(String::new, |ask| go_on(id, ask))
}

fn go_on(id: u32, mut ask: Ask) -> String {
    let answer = match ask.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => {
            ASKS.with_borrow_mut(|asks| asks.push((id, ask)));
            None
        }
    };
    let quiet = joined(&QUIET.take(), ",");
    let (id, call) = (id.to_string(), CALL.take());
    let next = match &answer {
        None => [",\"id\":", &id, ",\"call\":", &call],
        Some(answer) if answer.is_empty() => [""; 4],
        Some(answer) => [",\"answer\":", answer, "", ""],
    };
    ["{\"quiet\":[", &quiet, "]", &next.concat(), "}"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    /// What came, in words: the build's own `Debug` says nothing.
    fn words(came: Result<Value, String>) -> String {
        match came {
            Ok(Value::Null) => "nothing".to_owned(),
            Ok(Value::Number(number)) => number,
            Ok(_) => "something".to_owned(),
            Err(name) => name,
        }
    }

    async fn twice(name: &'static str) -> String {
        let first = words(call(name, "1").await);
        let_go("tell", &quoted(name));
        let second = words(call(name, "2").await);
        quoted(&format!("{first} {second} {}", now().0))
    }

    fn id(turn: &str) -> u32 {
        u32::try_from(Value::parse(turn).unwrap().get("id").unwrap().as_u64().unwrap()).unwrap()
    }

    #[wasm_bindgen_test]
    fn asks_wait_beside_each_other_each_for_its_own() {
        let came = |id, text: &str, refused, now| came(id, text.to_owned(), refused, now);
        let turn = |quiet: &str, id: u32, call: &str| {
            format!("{{\"quiet\":[{quiet}],\"id\":{id},\"call\":[{call}]}}")
        };
        let begun = [begin(Box::pin(twice("a")), 0.0), begin(Box::pin(twice("b")), 0.0)];
        let [a, b] = begun.each_ref().map(|turn| id(turn));
        assert_eq!(begun, [turn("", a, r#""a",1"#), turn("", b, r#""b",1"#)]);
        assert_eq!(came(a, "7", false, 0.0), turn(r#"["tell","a"]"#, a, r#""a",2"#));
        assert_eq!(came(b, "TypeError", true, 0.0), turn(r#"["tell","b"]"#, b, r#""b",2"#));
        assert_eq!(came(b, "no JSON", false, 9_000.0), r#"{"quiet":[],"answer":"TypeError nothing 9"}"#);
        assert_eq!(came(a, "8", false, 10_000.0), r#"{"quiet":[],"answer":"7 8 10"}"#);
        assert_eq!(came(a, "9", false, 0.0), "", "what has ended does not go on");
    }

    #[wasm_bindgen_test]
    fn an_ask_that_waits_for_nothing_is_answered_at_once() {
        assert_eq!(begin(Box::pin(async { String::new() }), 0.0), r#"{"quiet":[]}"#);
        assert_eq!(begin(Box::pin(async { "{}".to_owned() }), 0.0), r#"{"quiet":[],"answer":{}}"#);
    }
}
