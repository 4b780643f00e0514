//! The worker: carries each ask of a surface from the browser to the machine that answers it, and its requests to the org.
//!
//! It never decides anything: `reading` does. All that waits is in one function, for what is kept over an `await` costs
//! bytes at each of them.

use crate::browser;
use crate::reading::{Asked, Effect, Reading};
use crate::salesforce::{Changed, Org};
use crate::storage::Area;
use crate::turn;
use leastwise_core::request::{Failure, Response};
use wasm_bindgen::prelude::*;

/// Begins to answer a message (JSON) of one of the extension's surfaces with what it is to draw (JSON), or with
/// nothing, at `now` (milliseconds since 1970). `sender` is the browser's `runtime.MessageSender` (JSON), `id` and
/// `origin` this extension's own, `css` the style sheet of the panel. What is next is as [`turn::came`] says it.
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "wasm-bindgen exports what is pub")]
pub fn asked(message: String, sender: String, id: String, origin: String, css: String, now: f64) -> String {
    turn::begin(Box::pin(answer(message, sender, id, origin, css)), now)
}

async fn answer(message: String, sender: String, id: String, origin: String, css: String) -> String {
    let Some(mut asked) = Asked::new(&message, &sender, &id, &origin) else { return String::new() };
    if asked.tab.is_none() {
        asked.tab = browser::front_tab().await;
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
    // A session that becomes another one in the middle: everything is read anew, once.
    'anew: for is_last in [false, true] {
        let keys = reading.bind(org.bound().await);
        let local = browser::read(Area::Local, &keys).await;
        let session = browser::read(Area::Session, &keys).await;
        let mut next = reading.begin(keys, &local, &session, turn::now());
        while let Some(request) = next {
            reading.effects().into_iter().for_each(carry_out);
            next = reading.took(match org.send(&request, reading.bound()).await {
                Ok(response) => response,
                Err(Changed) if is_last => Response { id: request.id, answer: Err(Failure::NotSignedIn) },
                Err(Changed) => continue 'anew,
            });
        }
        break;
    }
    reading.effects().into_iter().for_each(carry_out);
    reading.answer()
}

fn carry_out(effect: Effect) {
    match effect {
        Effect::Tell(tab, message) => browser::tell(tab, &message),
        Effect::Write(area, key, json) => browser::write(area, &key, json.as_deref()),
    }
}
