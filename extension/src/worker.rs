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
use leastwise_core::protocol::{Ask, Corner, Surface};
use leastwise_core::salesforce::http::{Failure, Response};
use leastwise_core::salesforce::json::Value;
use leastwise_core::salesforce::time::Timestamp;
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
        // The frame is answered at once: what is kept of a form is only for after its save.
        wasm_bindgen_futures::spawn_local(async move { drop(carry_out(effects).await) });
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
        let html = match browser::read(Area::Local, &[]).await {
            Ok(all) => view::no_page(&all),
            Err(_) => history::trouble("What was changed before could not be read from this browser."),
        };
        return draw(0, &html, "", &css, Corner::default(), false);
    }
    let tab = asked.tab.clone().unwrap_or_default();
    let mut reading = match Reading::new(asked, css) {
        Ok(reading) => reading,
        Err((answer, effect)) => {
            carry_out(effect.into_iter().collect()).await;
            return answer;
        }
    };
    let org = Org::new(reading.page(), &tab.url, tab.cookie_store);
    let mut lock = None;
    // A session that becomes another one in the middle: everything is read anew, once.
    'anew: for is_last in [false, true] {
        let keys = reading.bind(Box::pin(org.bound()).await);
        let (found, random) = Box::pin(browser::read_all(&keys, reading.is_about_a_plan())).await;
        reading.begin(keys, found.each_ref().map(Option::as_ref), random, Timestamp(browser::now()));
        loop {
            let turn = reading.next();
            let lost = Box::pin(carry_out(reading.effects())).await;
            reading.lost(&lost);
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
                Some(Turn::Find(key)) => Came::Found(browser::read(Area::Local, &[key]).await.ok()),
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
    let lost = carry_out(reading.effects()).await;
    reading.lost(&lost);
    carry_out(reading.effects()).await;
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
    let of = async |area| Some(browser::read(area, &keys).await.ok()?.get(KEY).and_then(Value::as_bool));
    // What cannot be read is not chosen: there is no answer, and nothing is asked or changed.
    let (Some(decided), Some(own)) = (of(Area::Managed).await, of(Area::Local).await) else {
        return String::new();
    };
    let on = decided.or(own) == Some(true);
    format!(r#"{{"on":{on},"decided":{}}}"#, decided.is_some())
}

/// What the history shows, or the file that it gives out; before that it is cleared, if that is asked for.
async fn history(ask: &Ask, css: &str) -> String {
    const UNREAD: &str = "The history could not be read from this browser.";
    let drawn = |html: &maud::Markup| draw(0, html, "", css, Corner::default(), false);
    let Ok(mut all) = browser::read(Area::Local, &[]).await else { return drawn(&history::trouble(UNREAD)) };
    if *ask == Ask::Export {
        return serde_json::json!({ "csv": history::csv(&all) }).to_string();
    }
    let mut is_done = true;
    if *ask == Ask::Clear {
        for (org, key) in history::keys(&all) {
            // Whoever writes to this org keeps its journal meanwhile.
            let lock = browser::hold(&["write:", &org].concat()).await;
            // What cannot be read is not empty: it is left as it is.
            match browser::read(Area::Local, &[key.clone(), history::host_key(&key)]).await {
                Ok(now) => {
                    let left = history::cleared(&now, &key);
                    is_done &= browser::write(Area::Local, &key, left.as_deref()).await.is_ok();
                }
                Err(_) => is_done = false,
            }
            drop(lock);
        }
        match browser::read(Area::Local, &[]).await {
            Ok(now) => all = now,
            Err(_) => return drawn(&history::trouble(UNREAD)),
        }
    }
    let trouble = if is_done {
        maud::Markup::default()
    } else {
        history::trouble("Not everything could be cleared: the browser refused it.")
    };
    drawn(&maud::html! { (trouble) (history::page(&all)) })
}

/// What the browser is to do, in this order, but that pages are told first; the keys under which nothing could be kept.
async fn carry_out(effects: Vec<Effect>) -> Vec<String> {
    let (writes, others): (Vec<Effect>, Vec<_>) =
        effects.into_iter().partition(|effect| matches!(effect, Effect::Write(..)));
    let mut shows = vec![];
    for effect in others {
        match effect {
            Effect::Tell(tab, message) => browser::tell(tab, Some(0), &message),
            Effect::TellFrame(tab, frame, message) => browser::tell(tab, Some(frame), &message),
            Effect::TellFrames(tab, message) => browser::tell(tab, None, message),
            Effect::ShowApproval(tab) => shows.push(tab),
            Effect::Write(..) => {}
        }
    }
    // Begun one after another, so that they take place in this order, also beside those of another ask.
    let lost = futures_util::future::join_all(writes.into_iter().map(async |effect| {
        let Effect::Write(area, key, json) = effect else { return None };
        browser::write(area, &key, json.as_deref()).await.err().map(|_| key)
    }));
    let lost: Vec<String> = lost.await.into_iter().flatten().collect();
    // What waits for a person's word has to be there first.
    shows.into_iter().filter(|_| lost.is_empty()).for_each(browser::show_approval);
    lost
}
