//! What becomes of commands: who may send them, what is asked of the org and told to the tab, and what comes too late.

mod accept;
mod checklist;
mod form;
mod plan;

use super::effect::{Effect, Event, Step};
use super::incoming::Incoming;
use super::panel::PageController;
use super::viewer::VIEWER;
use crate::browser::types::{MessageSender, Tab};
use crate::session::Session;
use crate::storage::record::ReadOnly;
use crate::storage::{Area, Found, Write};
use crate::view::popup::PageState;
use leastwise_core::protocol::{Command, Drawing, PushedMessage, Surface};
use leastwise_core::report::Viewer;
use leastwise_core::salesforce::http::{Answer, Failure, Request, Response};
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::time::Timestamp;
use serde_json::{Value, json};

const ID: &str = "abcdefghijklmnop";
const ORIGIN: &str = "moz-extension://abcdefghijklmnop/";
const NOW: Timestamp = Timestamp(1_795_478_400);
const ANN: &str = "/0055g000001Abcd?noredirect=1";
const BOB: &str = "/0055g000001Bbcd?noredirect=1";

fn url(path: &str) -> String {
    format!("https://acme.my.salesforce.com{path}")
}

/// What the browser passes on, read as the worker reads it.
fn incoming(message: &Value, sender: &Value) -> Option<Incoming> {
    let command: Command = serde_json::from_value(message.clone()).ok()?;
    let sender: MessageSender = serde_json::from_value(sender.clone()).ok()?;
    Incoming::new(command, sender, ID, ORIGIN)
}

/// A command of the page in a tab.
fn page(tab: i32, message: &Value) -> Option<Incoming> {
    let url = url(ANN);
    let sender = json!({ "id": ID, "url": url, "frameId": 0, "tab": { "id": tab, "url": url } });
    incoming(message, &sender)
}

fn check(tab: i32, path: &str, number: u32) -> Incoming {
    page(tab, &json!({ "command": "Check", "url": url(path), "number": number })).unwrap()
}

/// A command of the popup, about the page at `path` in a tab.
fn popup(tab: i32, path: &str, message: &Value) -> Incoming {
    let sender = json!({ "id": ID, "url": format!("{ORIGIN}popup.html") });
    let mut command = incoming(message, &sender).unwrap();
    assert!(command.tab.is_none());
    command.tab = Some(Tab { id: Some(tab), url: url(path), ..Tab::default() });
    command
}

/// A command of the window that approves what the page at `path` in a tab asked for.
fn approval(tab: i32, path: &str, message: &Value) -> Incoming {
    let sender = json!({ "id": ID, "url": format!("{ORIGIN}approve.html?tab={tab}"), "frameId": 0,
        "tab": { "id": 1_000 + tab, "url": format!("{ORIGIN}approve.html?tab={tab}") } });
    let mut command = incoming(message, &sender).unwrap();
    assert!(
        command.tab.is_none() && command.approves_tab == Some(tab) && command.surface == Surface::Approval
    );
    command.tab = Some(Tab { id: Some(tab), url: url(path), ..Tab::default() });
    command
}

fn session() -> Session {
    Session { org_id: Id::parse("00D5g000000AAAA").unwrap(), hash: "ab12".into() }
}

fn found(local: &Value, session: &Value) -> Found {
    Found { local: Some(local.clone()), session: Some(session.clone()), managed: Some(json!({})) }
}

/// A controller that has begun, with what is stored on disk and in memory; and its first request.
fn begun(command: Incoming, local: &Value, memory: &Value) -> (Box<PageController>, Option<Request>) {
    let mut reading = PageController::new(command, "css".into()).unwrap();
    reading.bind(Some(session()));
    assert_eq!(reading.session(), Some(&session()));
    assert_eq!(reading.page().api_host, "acme.my.salesforce.com");
    reading.begin(&found(local, memory), "random".into(), NOW);
    let request = wants(&mut reading);
    (reading, request)
}

/// The request that a controller wants sent now.
fn wants(reading: &mut PageController) -> Option<Request> {
    match reading.next() {
        Some(Step::Send(request)) => Some(request),
        None => None,
        other => panic!("{other:?}"),
    }
}

/// Gives it the answer; what it wants next.
fn took(reading: &mut PageController, response: Response) -> Option<Request> {
    reading.handle(Event::Response(response), NOW);
    wants(reading)
}

fn refused(request: &Request) -> Response {
    Response { id: request.id, answer: Err(Failure::Timeout) }
}

fn answered(request: &Request, body: &Value) -> Response {
    Response { id: request.id, answer: Ok(Answer { status: 200, body: body.to_string() }) }
}

fn userinfo(org: &str, user: &str, name: &str) -> Value {
    json!({ "organization_id": org, "user_id": user, "name": name, "preferred_username": "a@b.example", "language": "de" })
}

/// Somebody who is signed in, as it is stored.
fn viewer(user: &str, name: &str) -> Value {
    let info = userinfo("00D5g000000AAAA", user, name).to_string();
    serde_json::to_value(Viewer::from_userinfo(&info).unwrap()).unwrap()
}

/// What the panel of a tab was told to draw.
fn told(effects: &[Effect], tab: i32) -> Vec<Drawing> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::TellPanel(to, PushedMessage::Drawing(drawing)) if *to == tab => Some((**drawing).clone()),
            _ => None,
        })
        .collect()
}

fn written(effects: &[Effect]) -> Vec<&Write> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Store(write) = effect { Some(write) } else { None })
        .collect()
}

#[test]
fn strangers_start_nothing() {
    let message = json!({ "command": "Check", "url": url(ANN), "number": 1 });
    for sender in [
        json!({ "id": "other", "url": url(ANN), "tab": { "id": 1 } }),
        json!({ "id": ID, "url": "https://example.com/", "tab": { "id": 1 } }),
        json!({ "id": ID, "url": url(ANN), "frameId": 2, "tab": { "id": 1 } }),
        json!({ "id": ID, "url": url(ANN) }),
        json!("no object"),
    ] {
        assert!(incoming(&message, &sender).is_none(), "{sender}");
    }
    // A page may not ask what only the popup may, nor about another host.
    assert!(page(1, &json!({ "command": "Front" })).is_none());
    assert!(
        page(1, &json!({ "command": "Check", "url": "https://other.my.salesforce.com/005", "number": 1 }))
            .is_none()
    );
    assert!(page(1, &json!({ "command": "Check", "url": "nonsense", "number": 1 })).is_none());
}

#[test]
fn a_page_of_nobodys_costs_no_request_and_removes_the_panel() {
    let effects = PageController::new(check(2, "/home/home.jsp", 7), "css".into()).unwrap_err();
    let drawing = told(&effects, 2).pop().unwrap();
    assert_eq!((drawing.number, &*drawing.html, drawing.pending), (7, "", false));
    assert!(popup(2, "/home/home.jsp", &json!({ "command": "Front" })).is_nowhere());
    assert!(!popup(2, ANN, &json!({ "command": "Front" })).is_nowhere());
}

/// An answer with one part, and that refused: one with none is a refusal of the whole, after which nothing is asked.
fn bare() -> Value {
    let error =
        json!([{ "errorCode": "INVALID_TYPE", "message": "sObject type 'CronTrigger' is not supported." }]);
    json!({ "compositeResponse": [{ "referenceId": "jobs", "httpStatusCode": 400, "httpHeaders": {}, "body": error }] })
}

#[test]
fn one_request_after_another_and_who_is_signed_in_at_the_end() {
    let (mut reading, request) = begun(check(3, ANN, 1), &json!({}), &json!({}));
    let composite = request.unwrap();
    assert_eq!(composite.method, "POST");
    assert!(told(&reading.take_effects(), 3)[0].html.contains("Checking with Salesforce"));
    let mut next = took(&mut reading, answered(&composite, &bare()));
    assert_eq!(told(&reading.take_effects(), 3).len(), 1);
    let mut paths = vec![];
    while let Some(request) = next {
        paths.push(request.path.clone());
        next = took(
            &mut reading,
            match request.id {
                VIEWER => answered(&request, &userinfo("00D5g000000AAAA", "0055g000001Cccc", "Cleo")),
                _ => refused(&request),
            },
        );
    }
    assert_eq!(paths.last().unwrap(), "/services/oauth2/userinfo");
    let effects = reading.take_effects();
    assert!(told(&effects, 3).last().unwrap().html.contains("Cleo"));
    let keys: Vec<_> = written(&effects).iter().map(|write| (write.area, write.key.clone())).collect();
    let first = format!("first:{}", session().org_id);
    let [org, host] = ["org", "host"].map(|kind| format!("{kind}:{}", session().org_id));
    let viewer = "viewer:ab12".to_owned();
    let expected = [(Area::Session, viewer), (Area::Local, org), (Area::Local, host), (Area::Session, first)];
    assert_eq!(keys, expected);
}

#[test]
fn who_is_signed_in_to_another_org_is_not_believed() {
    let (mut reading, request) = begun(check(4, ANN, 1), &json!({}), &json!({}));
    let mut next = took(&mut reading, answered(&request.unwrap(), &bare()));
    while let Some(request) = next {
        next = took(
            &mut reading,
            answered(&request, &userinfo("00D5g000000BBBB", "0055g000001Cccc", "Mallory")),
        );
    }
    let effects = reading.take_effects();
    assert!(written(&effects).is_empty());
    assert!(told(&effects, 4).iter().all(|drawing| !drawing.html.contains("Mallory")));
}

#[test]
fn after_login_as_it_says_so() {
    let kept = json!({ "viewer:ab12": viewer("0055g000001Cccc", "Cleo"),
        (format!("first:{}", session().org_id)): viewer("0055g000001Dddd", "Dora") });
    let (mut reading, request) = begun(check(5, ANN, 1), &json!({}), &kept);
    let next = took(&mut reading, refused(&request.unwrap()));
    assert!(next.is_none(), "who is signed in is known, and the rest was refused");
    let html = told(&reading.take_effects(), 5).pop().unwrap().html;
    assert!(html.contains("Cleo") && html.contains("Earlier, <bdi>Dora</bdi> was logged in here"), "{html}");
}

#[test]
fn what_comes_late_is_dropped() {
    let (mut reading, request) = begun(check(6, ANN, 1), &json!({}), &json!({}));
    let request = request.unwrap();
    reading.take_effects();
    let later = check(6, BOB, 2);
    assert!(took(&mut reading, refused(&request)).is_none());
    assert_eq!(reading.take_effects(), [], "the first answer comes for a page that is no longer there");
    // An earlier command whose storage was slow begins only now: it reads nothing.
    let (mut late, request) = begun(
        page(6, &json!({ "command": "Check", "url": url(ANN), "number": 1 })).unwrap(),
        &json!({}),
        &json!({}),
    );
    assert!(request.is_some(), "asked anew, it is the page's newest command");
    late.take_effects();
    let (mut stale, request) = begun(later, &json!({}), &json!({}));
    assert!(request.is_none() && stale.take_effects().is_empty());
}

#[test]
fn a_closed_panel_is_not_read_until_it_is_wanted() {
    let closed =
        json!({ (format!("closed:{}", session().org_id)): [Id::parse("0055g000001Abcd").unwrap().as_str()] });
    let (mut reading, request) = begun(check(7, ANN, 1), &closed, &json!({}));
    let effects = reading.take_effects();
    assert!(request.is_none() && told(&effects, 7).is_empty() && written(&effects).is_empty());
    let (mut reading, request) =
        begun(popup(7, ANN, &json!({ "command": "Retry", "number": 1 })), &closed, &json!({}));
    assert!(request.is_some());
    let effects = reading.take_effects();
    assert_eq!(written(&effects)[0].value, Some(json!([])));
    assert!(matches!(reading.for_popup().0.state, PageState::Reading));
}

#[test]
fn the_popup_says_that_a_panel_is_hidden_and_brings_nothing_back_by_that() {
    let closed =
        json!({ (format!("closed:{}", session().org_id)): [Id::parse("0055g000001Abcd").unwrap().as_str()] });
    let known = json!({ (format!("sandbox:{}", session().org_id)): { "sandbox": false, "name": "Acme" } });
    let (mut front, request) = begun(popup(12, ANN, &json!({ "command": "Front" })), &closed, &known);
    assert!(request.is_none() && told(&front.take_effects(), 12).is_empty());
    let (page, org, pending) = front.for_popup();
    let org = org.unwrap();
    assert!(matches!(page.state, PageState::Hidden) && !pending);
    assert_eq!(
        (org.name.as_str(), org.is_sandbox, org.read_only),
        ("Acme", Some(false), Some(ReadOnly::Production))
    );
    // A new worker: the page asks by itself, for it alone knows the number that it listens for.
    let retry = json!({ "command": "Retry", "number": 0 });
    let (mut again, request) = begun(popup(12, ANN, &retry), &closed, &known);
    let effects = again.take_effects();
    assert!(request.is_none() && effects.contains(&Effect::TellPanel(12, PushedMessage::CheckAgain)));
    assert_eq!(written(&effects)[0].value, Some(json!([])));
    // Findings are off: nothing is read, and what stood there goes.
    let off = json!({ "settings": { "findingsOn": false } });
    let (mut check, request) = begun(check(12, ANN, 3), &off, &known);
    let effects = check.take_effects();
    assert!(request.is_none() && told(&effects, 12)[0].html.is_empty());
    assert!(effects.contains(&Effect::TellFrames(12, PushedMessage::Hidden)));
    let (front, _) = begun(popup(12, ANN, &json!({ "command": "Front" })), &off, &known);
    assert!(matches!(front.for_popup().0.state, PageState::Off));
}

#[test]
fn the_button_in_the_toolbar_says_the_worst_of_the_page_and_forgets_it_with_the_page() {
    let badges = |effects: &[Effect]| {
        let of = |effect: &Effect| match effect {
            Effect::SetBadge(13, badge) => Some((badge.text, badge.title.clone())),
            _ => None,
        };
        effects.iter().filter_map(of).collect::<Vec<_>>()
    };
    let (mut reading, request) = begun(check(13, ANN, 1), &json!({}), &json!({}));
    let none = ("", "Leastwise: integration user security".to_owned());
    assert_eq!(badges(&reading.take_effects()), std::slice::from_ref(&none));
    took(&mut reading, refused(&request.unwrap()));
    let told = badges(&reading.take_effects());
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].0.is_empty() && told[0].1.contains("Couldn't check"), "{told:?}");
    let left = PageController::new(check(13, "/home/home.jsp", 2), "css".into()).unwrap_err();
    assert_eq!(badges(&left), [none]);
}

#[test]
fn a_tab_that_was_opened_for_a_preview_shows_it_once() {
    let begin = json!({ "begin:14": { "entry": "e", "subject": Id::parse("0055g000001Abcd").unwrap(), "preview": "Undo" } });
    let (mut reading, request) = begun(check(14, ANN, 1), &json!({}), &begin);
    let effects = reading.take_effects();
    assert!(request.is_some() && effects.contains(&Effect::TellPanel(14, PushedMessage::OpenPanel)));
    assert!(effects.contains(&Effect::Store(Write::remove(Area::Session, "begin:14"))));
    assert!(
        told(&effects, 14).last().unwrap().html.contains("data-stage=\"reading\""),
        "a preview is on its way"
    );
    // Of another record it begins nothing.
    let (mut reading, _) = begun(check(15, BOB, 1), &json!({}), &json!({ "begin:15": begin["begin:14"] }));
    assert!(!reading.take_effects().contains(&Effect::TellPanel(15, PushedMessage::OpenPanel)));
}

#[test]
fn the_admins_word_is_kept_and_drawn_without_a_request() {
    let (mut reading, request) = begun(check(8, ANN, 1), &json!({}), &json!({}));
    took(&mut reading, answered(&request.unwrap(), &bare()));
    let word = json!({ "command": "Answer", "number": 1, "answer": "Person" });
    let (mut said, request) = begun(page(8, &word).unwrap(), &json!({}), &json!({}));
    assert!(request.is_none());
    let effects = said.take_effects();
    assert_eq!(written(&effects)[0].value, Some(json!("Person")));
    assert_eq!(told(&effects, 8).len(), 1);
    // The worker was stopped in between: it is read again.
    let (mut said, request) = begun(page(9, &word).unwrap(), &json!({}), &json!({}));
    assert!(request.is_some());
    assert_eq!(written(&said.take_effects())[0].value, Some(json!("Person")));
}

#[test]
fn of_two_answers_the_last_stands_also_while_the_page_is_read() {
    let word =
        |answer: Value| page(17, &json!({ "command": "Answer", "number": 1, "answer": answer })).unwrap();
    // A worker that was just started reads the page for the first of them, and only for that.
    let (mut reading, request) = begun(word(json!("Person")), &json!({}), &json!({}));
    assert!(told(&reading.take_effects(), 17).pop().unwrap().html.contains("you confirmed"));
    let (mut said, none) = begun(word(json!(null)), &json!({}), &json!({}));
    assert!(none.is_none());
    assert_eq!(written(&said.take_effects())[0].value, None);
    took(&mut reading, answered(&request.unwrap(), &bare()));
    let html = &told(&reading.take_effects(), 17).pop().unwrap().html;
    assert!(!html.contains("you confirmed"), "{html}");
}

#[test]
fn the_popup_shows_what_the_page_has() {
    let (mut reading, request) = begun(check(10, ANN, 1), &json!({}), &json!({}));
    took(&mut reading, refused(&request.unwrap()));
    let known = json!({ (format!("sandbox:{}", session().org_id)): { "sandbox": true, "name": "Acme" } });
    let (front, request) = begun(popup(10, ANN, &json!({ "command": "Front" })), &json!({}), &known);
    assert!(request.is_none());
    assert!(matches!(front.for_popup().0.state, PageState::Refused { .. }) && front.number() == 1);
    // Another page in the tab than the one that is known: it is read.
    let (_, request) = begun(popup(10, BOB, &json!({ "command": "Front" })), &json!({}), &json!({}));
    assert!(request.is_some());
}

#[test]
fn corners_and_closing_are_kept() {
    let (mut reading, request) = begun(
        page(11, &json!({ "command": "Place", "corner": "top-left" })).unwrap(),
        &json!({}),
        &json!({}),
    );
    assert!(request.is_none());
    assert_eq!(written(&reading.take_effects())[0].value, Some(json!("top-left")));
    let (mut reading, request) =
        begun(page(11, &json!({ "command": "Close", "number": 1 })).unwrap(), &json!({}), &json!({}));
    assert!(request.is_none());
    let id = Id::parse("0055g000001Abcd").unwrap();
    assert_eq!(written(&reading.take_effects())[0].value, Some(json!([id.as_str()])));
}
