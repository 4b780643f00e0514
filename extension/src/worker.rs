//! The worker: carries each ask of a surface from the browser to the machine that answers it, and its requests to the org.
//!
//! It never decides anything: `reading` does. All that waits is in one function, for what is kept over an `await` costs
//! bytes at each of them.

use crate::browser;
use crate::editing;
use crate::fixing::{Came, Turn};
use crate::reading::{Asked, Effect, Reading, draw};
use crate::salesforce::{Changed, Org};
use crate::storage::Area;
use crate::view::{self, history};
use leastwise_core::json::Value;
use leastwise_core::message::{Ask, Corner, Surface};
use leastwise_core::request::{Failure, Response};
use leastwise_core::time::Timestamp;
use wasm_bindgen::prelude::*;

/// Answers a message of one of the extension's surfaces with what it is to draw, or with nothing. `sender` is the
/// browser's `runtime.MessageSender`, `id` and `origin` this extension's own, `css` the style sheet of the panel.
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "wasm-bindgen exports what is pub")]
pub async fn answer(message: JsValue, sender: JsValue, id: String, origin: String, css: String) -> JsValue {
    let (Ok(message), Ok(sender)) =
        (serde_wasm_bindgen::from_value(message), serde_wasm_bindgen::from_value(sender))
    else {
        return JsValue::UNDEFINED;
    };
    let answer = answered(message, sender, id, origin, css).await;
    if answer.is_empty() {
        JsValue::UNDEFINED
    } else {
        js_sys::JSON::parse(&answer).unwrap_or(JsValue::UNDEFINED)
    }
}

async fn answered(message: Value, sender: Value, id: String, origin: String, css: String) -> String {
    let Some(mut asked) = Asked::new(&message, &sender, &id, &origin) else { return String::new() };
    if let Some((answer, effects)) = editing::answer(&mut asked) {
        effects.into_iter().for_each(carry_out);
        return answer;
    }
    if let Some(on) = asked.save_check() {
        return save_check(on).await;
    }
    if let Some(ask) = asked.history() {
        return Box::pin(history(ask, &css)).await;
    }
    if asked.tab.is_none() {
        asked.tab = match asked.of {
            Some(tab) => browser::tab(tab).await,
            None => browser::front_tab().await,
        };
    }
    if asked.is_nowhere() && asked.surface() == Surface::Approval {
        // The tab was closed, or shows something else: there is nothing to approve.
        return draw(0, &maud::Markup::default(), "", &css, Corner::default(), false);
    }
    if asked.is_nowhere() {
        let all = browser::read(Area::Local, &[]).await;
        return draw(0, &view::no_page(&all), "", &css, Corner::default(), false);
    }
    let tab = asked.tab.clone().unwrap_or_default();
    let mut reading = match Reading::new(asked, css) {
        Ok(reading) => reading,
        Err((answer, effect)) => {
            effect.map(carry_out);
            return answer;
        }
    };
    let org = Org::new(reading.page(), &tab.url, tab.cookie_store);
    let mut lock = None;
    // A session that becomes another one in the middle: everything is read anew, once.
    'anew: for is_last in [false, true] {
        let keys = reading.bind(Box::pin(org.bound()).await);
        let (found, random) = Box::pin(browser::read_all(&keys)).await;
        reading.begin(keys, found.each_ref(), random, Timestamp(browser::now()));
        loop {
            let turn = reading.next();
            reading.effects().into_iter().for_each(carry_out);
            let came = match turn {
                None => break 'anew,
                Some(Turn::Send(request)) => match Box::pin(org.send(&request, reading.bound())).await {
                    Ok(response) => Came::Answer(response),
                    Err(Changed) if reading.is_applying() => Came::Changed,
                    Err(Changed) if is_last => {
                        Came::Answer(Response { id: request.id, answer: Err(Failure::NotSignedIn) })
                    }
                    Err(Changed) => continue 'anew,
                },
                Some(Turn::Store(key, json)) => Came::Stored(browser::store(&key, &json).await),
                Some(Turn::Find(key)) => Came::Found(browser::read(Area::Local, &[key]).await),
                Some(Turn::Wait(milliseconds)) => {
                    browser::wait(milliseconds).await;
                    Came::Done
                }
                Some(Turn::Hold(name)) => {
                    lock = browser::hold(&name).await;
                    Came::Done
                }
            };
            reading.took(came, Timestamp(browser::now()));
        }
    }
    drop(lock);
    reading.effects().into_iter().for_each(carry_out);
    reading.answer()
}

/// Whether a save of something critical is asked about once, and whether that is the company's word (JSON); chosen first, if
/// it is.
async fn save_check(on: Option<bool>) -> String {
    const KEY: &str = "askBeforeSave";
    if let Some(on) = on {
        browser::store(KEY, &on.to_string()).await;
    }
    let keys = [KEY.to_owned()];
    let of = async |area| browser::read(area, &keys).await.get(KEY).and_then(Value::as_bool);
    let decided = of(Area::Managed).await;
    let on = match decided {
        Some(on) => on,
        None => of(Area::Local).await == Some(true),
    };
    format!(r#"{{"on":{on},"decided":{}}}"#, decided.is_some())
}

/// What the history shows, or the file that it gives out; before that it is cleared, if that is asked for.
async fn history(ask: &Ask, css: &str) -> String {
    let mut all = browser::read(Area::Local, &[]).await;
    if *ask == Ask::Export {
        return serde_json::json!({ "csv": history::csv(&all) }).to_string();
    }
    if *ask == Ask::Clear {
        for (org, key) in history::keys(&all) {
            // Whoever writes to this org keeps its journal meanwhile.
            let lock = browser::hold(&["write:", &org].concat()).await;
            let now = browser::read(Area::Local, std::slice::from_ref(&key)).await;
            browser::write(Area::Local, &key, history::cleared(now.get(&key)).as_deref());
            drop(lock);
        }
        all = browser::read(Area::Local, &[]).await;
    }
    draw(0, &history::page(&all), "", css, Corner::default(), false)
}

fn carry_out(effect: Effect) {
    match effect {
        Effect::Tell(tab, message) => browser::tell(tab, Some(0), &message),
        Effect::TellFrame(tab, frame, message) => browser::tell(tab, Some(frame), &message),
        Effect::TellFrames(tab, message) => browser::tell(tab, None, message),
        Effect::Write(area, key, json) => browser::write(area, &key, json.as_deref()),
        Effect::ShowApproval(tab) => browser::show_approval(tab),
    }
}
