//! The worker's entry: a message is judged, handed to the handler of its kind, and answered. What a handler without a browser
//! says is carried out here.

use crate::browser::{action, locks, platform, storage, tabs, types::MessageSender, windows};
use crate::controller::drawing;
use crate::controller::effect::{Effect, Event, Step};
use crate::controller::incoming::Incoming;
use crate::controller::panel::PageController;
use crate::controller::{accepted, form, history, options, popup, save_check, welcome};
use crate::salesforce_client::{Org, SessionChanged};
use crate::storage::Area;
use leastwise_core::protocol::{Command, Corner, Drawing, Response, Surface};
use leastwise_core::salesforce::http::{Failure, Response as OrgResponse};
use leastwise_core::salesforce::time::Timestamp;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

/// Answers a message of one of the extension's surfaces with what it is to draw, or with nothing. `sender` is the
/// browser's `runtime.MessageSender`, `id` and `origin` this extension's own, `css` the style sheet of the panel.
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "wasm-bindgen exports what is pub")]
pub async fn answer(message: JsValue, sender: JsValue, id: String, origin: String, css: String) -> JsValue {
    let response = match read(message, sender, &id, &origin) {
        Some(incoming) => handle(incoming, css).await,
        None => None,
    };
    response
        .and_then(|response| response.serialize(&Serializer::json_compatible()).ok())
        .unwrap_or(JsValue::UNDEFINED)
}

/// A message that is a command, of a surface that may send it. One of a content script of another version, after an update,
/// may be none.
fn read(message: JsValue, sender: JsValue, id: &str, origin: &str) -> Option<Incoming> {
    let command: Command = serde_wasm_bindgen::from_value(message).ok()?;
    let sender: MessageSender = serde_wasm_bindgen::from_value(sender).ok()?;
    Incoming::new(command, sender, id, origin)
}

async fn handle(mut incoming: Incoming, css: String) -> Option<Response> {
    if let (Command::ForbidOrg { org }, Surface::Popup) = (&incoming.command, incoming.surface) {
        // What the popup shows after it is what holds then.
        options::forbid(org).await;
        incoming.command = Command::Front;
    }
    match incoming.command {
        Command::Edit { .. } => {
            let (answer, effects) = form::edit(incoming);
            in_background(effects);
            answer.map(Response::Form)
        }
        Command::Submitted => {
            in_background(form::submitted(&incoming));
            None
        }
        Command::ShowField { .. } | Command::PutBack { .. } => {
            in_background(form::act(&incoming));
            None
        }
        Command::SaveCheck { on } => {
            incoming.form_page()?;
            save_check::save_check(on).await.map(Response::SaveCheck)
        }
        Command::History | Command::Export | Command::Clear => {
            Some(Box::pin(history::history(&incoming.command, &css)).await)
        }
        Command::OpenEntry { entry, preview } => {
            popup::open_entry(&entry, preview).await;
            None
        }
        Command::OpenReview { .. } => {
            popup::open_review(incoming.tab.as_ref()).await;
            None
        }
        Command::OpenPanel => {
            popup::open_panel().await;
            None
        }
        Command::ExportAccepted { ref org } => match accepted::export(org).await {
            Ok(file) => Some(Response::Accepted(file)),
            // The page says why.
            Err(_) => Some(Response::Drawing(Box::new(
                Box::pin(options::options(Command::Options, incoming.surface, &css)).await?,
            ))),
        },
        Command::Options
        | Command::Configure { .. }
        | Command::ForbidOrg { .. }
        | Command::ForgetAnswers { .. }
        | Command::ShowPanels { .. }
        | Command::ImportAccepted { .. }
        | Command::ForgetAccepted { .. }
        | Command::Erase => {
            let drawing = Box::pin(options::options(incoming.command, incoming.surface, &css)).await?;
            Some(Response::Drawing(Box::new(drawing)))
        }
        Command::Welcome | Command::ReloadTabs => {
            let drawing = Box::pin(welcome::welcome(&incoming.command, &css)).await;
            Some(Response::Drawing(Box::new(drawing)))
        }
        _ => of_page(incoming, css).await.map(|drawing| Response::Drawing(Box::new(drawing))),
    }
}

/// The frame is answered at once: what is stored of a form is only for after its save.
fn in_background(effects: Vec<Effect>) {
    wasm_bindgen_futures::spawn_local(async move { drop(carry_out(effects).await) });
}

/// Answers a command about the page in a tab.
async fn of_page(mut incoming: Incoming, css: String) -> Option<Drawing> {
    if incoming.tab.is_none() {
        incoming.tab = match incoming.approves_tab {
            Some(tab) => tabs::get(tab).await,
            None => tabs::front().await,
        };
    }
    let surface = incoming.surface;
    if let (Surface::Popup, Some(tab)) = (surface, &incoming.tab)
        && let Some(drawing) = Box::pin(popup::not_allowed(&tab.url, &css)).await
    {
        return Some(drawing);
    }
    if incoming.is_nowhere() {
        return Some(match surface {
            Surface::Popup => popup::popup(None, &css).await,
            // The tab was closed, or shows something else: there is nothing to approve.
            _ => drawing::nothing(0, &css, Corner::default()),
        });
    }
    let tab = incoming.tab.clone().unwrap_or_default();
    let mut controller = match PageController::new(incoming, css.clone()) {
        Ok(controller) => controller,
        Err(effects) => {
            carry_out(effects).await;
            return None;
        }
    };
    let org = Org::new(controller.page(), &tab);
    // A session that becomes another one in the middle: everything is read anew, once.
    let mut lock = None;
    for is_last in [false, true] {
        let keys = controller.bind(Box::pin(org.session()).await);
        let found = Box::pin(storage::read_areas(&keys, controller.needs_policy())).await;
        controller.begin(&found, platform::random(), now());
        if run(&mut controller, &org, &mut lock, is_last).await.is_ok() {
            break;
        }
    }
    drop(lock);
    let lost = carry_out(controller.take_effects()).await;
    controller.not_stored(&lost);
    carry_out(controller.take_effects()).await;
    if surface == Surface::Popup {
        return Some(Box::pin(popup::popup(Some(&controller), &css)).await);
    }
    controller.answer()
}

/// Runs a controller to its end.
///
/// # Errors
/// The session is another one, and nothing was written: it has to begin anew. Not where it `is_last`.
async fn run(
    controller: &mut PageController,
    org: &Org,
    lock: &mut Option<locks::Lock>,
    is_last: bool,
) -> Result<(), SessionChanged> {
    loop {
        let step = controller.next();
        let lost = Box::pin(carry_out(controller.take_effects())).await;
        controller.not_stored(&lost);
        let event = match step {
            None => return Ok(()),
            Some(Step::Send(request)) => match Box::pin(org.send(&request, controller.session())).await {
                Ok(response) => Event::Response(response),
                Err(SessionChanged) if controller.is_applying() => Event::SessionChanged,
                Err(SessionChanged) if is_last => {
                    Event::Response(OrgResponse { id: request.id, answer: Err(Failure::NotSignedIn) })
                }
                Err(SessionChanged) => return Err(SessionChanged),
            },
            Some(Step::Store(write)) => Event::Stored(storage::write(&write).await.is_ok()),
            Some(Step::Read(key)) => Event::Read(storage::read(Area::Local, &[key]).await.ok()),
            Some(Step::Wait(milliseconds)) => {
                platform::wait(milliseconds).await;
                Event::Done
            }
            Some(Step::Lock(name)) => {
                *lock = locks::hold(&name).await;
                Event::Done
            }
        };
        controller.handle(event, now());
    }
}

fn now() -> Timestamp {
    Timestamp(platform::now())
}

/// Carries out effects in their order, but that pages are told first; the keys under which nothing could be stored.
async fn carry_out(effects: Vec<Effect>) -> Vec<String> {
    let mut writes = vec![];
    let mut approvals = vec![];
    for effect in effects {
        match effect {
            Effect::TellPanel(tab, message) => tabs::send(tab, Some(0), &message),
            Effect::TellFrame(tab, frame, message) => tabs::send(tab, Some(frame), &message),
            Effect::TellFrames(tab, message) => tabs::send(tab, None, &message),
            Effect::SetBadge(tab, badge) => action::set_badge(tab, badge),
            Effect::Warn(message) => platform::warn(&message),
            Effect::ShowApproval(tab) => approvals.push(tab),
            Effect::Store(write) => writes.push(write),
        }
    }
    // Begun one after another, so that they take place in this order, also beside those of another command.
    let failed = futures_util::future::join_all(writes.into_iter().map(async |write| {
        let failed = storage::write(&write).await.is_err();
        failed.then_some(write.key)
    }));
    let failed: Vec<String> = failed.await.into_iter().flatten().collect();
    // What waits for approval has to be stored first.
    if failed.is_empty() {
        approvals.into_iter().for_each(windows::show_approval);
    }
    failed
}

#[cfg(test)]
mod tests {
    use super::*;
    use leastwise_core::form::Standing;
    use leastwise_core::protocol::{Drawing, FormAnswer, Marker, PushedMessage};
    use leastwise_core::rules::rule::Severity;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn command(json: &str) -> Option<Command> {
        serde_wasm_bindgen::from_value(js_sys::JSON::parse(json).unwrap()).ok()
    }

    fn json(value: &impl Serialize) -> String {
        let value = value.serialize(&Serializer::json_compatible()).unwrap();
        js_sys::JSON::stringify(&value).unwrap().into()
    }

    #[wasm_bindgen_test]
    fn a_message_of_javascript_is_a_command() {
        let text = r#"{"command":"Edit","number":4294967295,"form":{"boxes":"x\n","fields":"","object":""},
            "on":"01","values":"","open":[0,409],"clicks":[{"place":1,"others":[2]}],"more":{"is":"ignored"}}"#;
        let Some(Command::Edit { number: u32::MAX, form: Some(form), open, .. }) = command(text) else {
            panic!("{text}")
        };
        assert_eq!((form.boxes.as_str(), open), ("x\n", vec![0, 409]));
        for text in [
            "null",
            "7",
            "{}",
            r#"{"command":"Edit"}"#,
            r#"{"ask":"Front"}"#,
            r#"{"command":"Retry","number":-1}"#,
        ] {
            assert_eq!(command(text), None, "{text}");
        }
    }

    #[wasm_bindgen_test]
    fn an_answer_is_a_plain_object() {
        let drawing = Drawing { number: u32::MAX, html: "<p>ü</p>".into(), ..Drawing::default() };
        let markers = vec![Marker {
            place: 3,
            severity: Severity::High,
            standing: Standing::Off,
            label: "High".into(),
            words: "w".into(),
            note: String::new(),
            undo: String::new(),
            in_column: true,
        }];
        let judged = FormAnswer::Judged { number: 7, note: None, details: vec![], markers: Some(markers) };
        assert_eq!(
            json(&Response::Drawing(Box::new(drawing))),
            r#"{"type":"drawing","number":4294967295,"html":"<p>ü</p>","status":"","css":"","corner":"bottom-right","settings":{"findingsOn":true,"markers":"integrations","askBeforeCritical":false,"place":"floating","width":400,"theme":"salesforce"},"open":false,"pending":false}"#
        );
        assert_eq!(
            json(&PushedMessage::Form(judged)),
            r#"{"type":"form","state":"judged","number":7,"details":[],"markers":[{"place":3,"severity":"high","standing":"off","label":"High","words":"w","note":"","undo":"","inColumn":true}]}"#
        );
        assert_eq!(json(&PushedMessage::CheckAgain), r#"{"type":"checkAgain"}"#);
    }
}
