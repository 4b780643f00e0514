//! What becomes of asks: who may ask, what is asked of the org and told to the tab, and what comes too late.
//!
//! It never runs a browser: the journeys do.

mod fixing;

use super::*;
use leastwise_core::salesforce::http::{Answer, Failure};
use serde_json::json;

const ID: &str = "abcdefghijklmnop";
const ORIGIN: &str = "moz-extension://abcdefghijklmnop/";
const NOW: Timestamp = Timestamp(1_795_478_400);
const ANN: &str = "/0055g000001Abcd?noredirect=1";
const BOB: &str = "/0055g000001Bbcd?noredirect=1";

fn url(path: &str) -> String {
    format!("https://acme.my.salesforce.com{path}")
}

/// An ask of the page in a tab.
fn page(tab: i32, message: &Value) -> Option<Asked> {
    let url = url(ANN);
    let sender = json!({ "id": ID, "url": url, "frameId": 0, "tab": { "id": tab, "url": url } });
    Asked::new(message, &sender, ID, ORIGIN)
}

fn check(tab: i32, path: &str, number: u32) -> Asked {
    page(tab, &json!({ "ask": "Check", "url": url(path), "number": number })).unwrap()
}

/// An ask of the popup, about the page at `path` in a tab.
fn popup(tab: i32, path: &str, message: &Value) -> Asked {
    let sender = json!({ "id": ID, "url": format!("{ORIGIN}popup.html") });
    let mut asked = Asked::new(message, &sender, ID, ORIGIN).unwrap();
    assert!(asked.tab.is_none());
    asked.tab = Some(Tab { id: Some(tab), url: url(path), cookie_store: None });
    asked
}

/// An ask of the window that approves what the page at `path` in a tab asked for.
fn approval(tab: i32, path: &str, message: &Value) -> Asked {
    let sender = json!({ "id": ID, "url": format!("{ORIGIN}approve.html?tab={tab}"), "frameId": 0,
        "tab": { "id": 1_000 + tab, "url": format!("{ORIGIN}approve.html?tab={tab}") } });
    let mut asked = Asked::new(message, &sender, ID, ORIGIN).unwrap();
    assert!(asked.tab.is_none() && asked.of == Some(tab) && asked.surface() == Surface::Approval);
    asked.tab = Some(Tab { id: Some(tab), url: url(path), cookie_store: None });
    asked
}

fn bound() -> Bound {
    Bound { org_id: Id::parse("00D5g000000AAAA").unwrap(), hash: "ab12".into() }
}

/// A reading that has begun, with what is kept on disk and in memory; and its first request.
fn begun(asked: Asked, local: &Value, session: &Value) -> (Box<Reading>, Option<Request>) {
    let mut reading = Reading::new(asked, "css".into()).unwrap();
    let keys = reading.bind(Some(bound()));
    let value = |json: &Value| leastwise_core::salesforce::json::parse(&json.to_string()).unwrap();
    assert_eq!(reading.bound(), Some(&bound()));
    assert_eq!(reading.page().api_host, "acme.my.salesforce.com");
    let (local, session, managed) = (value(local), value(session), json!({}));
    reading.begin(keys, [Some(&local), Some(&session), Some(&managed)], "random".into(), NOW);
    let request = wants(&mut reading);
    (reading, request)
}

/// The request that a reading wants sent now.
fn wants(reading: &mut Reading) -> Option<Request> {
    match reading.next() {
        Some(Turn::Send(request)) => Some(request),
        None => None,
        other => panic!("{other:?}"),
    }
}

/// Gives it the answer; what it wants next.
fn took(reading: &mut Reading, response: Response) -> Option<Request> {
    reading.took(Came::Answer(response), NOW);
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

/// What a tab was told: number, markup, whether more is coming.
fn told(effects: &[Effect], tab: i32) -> Vec<(u64, String, bool)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Tell(to, message) if *to == tab => {
                let message: Value = serde_json::from_str(message).unwrap();
                let html = message["html"].as_str().unwrap().to_owned();
                Some((message["number"].as_u64().unwrap(), html, message["pending"].as_bool().unwrap()))
            }
            _ => None,
        })
        .collect()
}

fn written(effects: &[Effect]) -> Vec<(Area, &str, Option<&str>)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Write(area, key, json) => Some((*area, key.as_str(), json.as_deref())),
            Effect::Tell(..) | Effect::TellFrame(..) | Effect::TellFrames(..) | Effect::ShowApproval(_) => {
                None
            }
        })
        .collect()
}

#[test]
fn a_sender_as_the_browser_writes_it() {
    let sender = r#"{"id":"abc","url":"https://acme.my.salesforce.com/005","origin":"https://acme.my.salesforce.com",
        "frameId":0,"documentId":"51D9","tab":{"id":898589408,"active":true,"lastAccessed":1795520651570.192,
        "url":"https://acme.my.salesforce.com/005?x","cookieStoreId":"firefox-container-1"}}"#;
    let (sender, tab) = sent(&leastwise_core::salesforce::json::parse(sender).unwrap());
    assert_eq!((sender.id.as_str(), sender.frame, sender.tab), ("abc", 0, Some(898_589_408)));
    assert_eq!(sender.tab_url, "https://acme.my.salesforce.com/005?x");
    assert_eq!(tab.cookie_store.as_deref(), Some("firefox-container-1"));
    let (sender, tab) = sent(
        &leastwise_core::salesforce::json::parse(r#"{"id":"abc","url":"moz-extension://abc/popup.html"}"#)
            .unwrap(),
    );
    assert_eq!((sender.tab, sender.frame, tab.id), (None, 0, None));
}

#[test]
fn strangers_start_nothing() {
    let message = json!({ "ask": "Check", "url": url(ANN), "number": 1 });
    for sender in [
        json!({ "id": "other", "url": url(ANN), "tab": { "id": 1 } }),
        json!({ "id": ID, "url": "https://example.com/", "tab": { "id": 1 } }),
        json!({ "id": ID, "url": url(ANN), "frameId": 2, "tab": { "id": 1 } }),
        json!({ "id": ID, "url": url(ANN) }),
        json!("no object"),
    ] {
        assert!(Asked::new(&message, &sender, ID, ORIGIN).is_none(), "{sender}");
    }
    // A page may not ask what only the popup may, nor about another host.
    assert!(page(1, &json!({ "ask": "Front" })).is_none());
    assert!(
        page(1, &json!({ "ask": "Check", "url": "https://other.my.salesforce.com/005", "number": 1 }))
            .is_none()
    );
    assert!(page(1, &json!({ "ask": "Check", "url": "nonsense", "number": 1 })).is_none());
}

#[test]
fn a_page_of_nobodys_costs_no_request_and_removes_the_panel() {
    let (answer, effect) = Reading::new(check(2, "/home/home.jsp", 7), "css".into()).unwrap_err();
    assert_eq!(answer, "");
    assert_eq!(told(&[effect.unwrap()], 2), [(7, String::new(), false)]);
    assert!(popup(2, "/home/home.jsp", &json!({ "ask": "Front" })).is_nowhere());
    assert!(!popup(2, ANN, &json!({ "ask": "Front" })).is_nowhere());
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
    assert!(told(&reading.effects(), 3)[0].1.contains("Reading from Salesforce"));
    let mut next = took(&mut reading, answered(&composite, &bare()));
    assert_eq!(told(&reading.effects(), 3).len(), 1);
    let mut paths = vec![];
    while let Some(request) = next {
        paths.push(request.path.clone());
        next = took(
            &mut reading,
            match request.id {
                WHO => answered(&request, &userinfo("00D5g000000AAAA", "0055g000001Cccc", "Cleo")),
                _ => refused(&request),
            },
        );
    }
    assert_eq!(paths.last().unwrap(), "/services/oauth2/userinfo");
    let effects = reading.effects();
    assert!(told(&effects, 3).last().unwrap().1.contains("Cleo"));
    let keys: Vec<_> = written(&effects).iter().map(|(area, key, _)| (*area, key.to_string())).collect();
    let first = format!("first:{}", bound().org_id);
    let host = format!("host:{}", bound().org_id);
    assert_eq!(
        keys,
        [(Area::Session, "viewer:ab12".to_owned()), (Area::Local, host), (Area::Session, first)]
    );
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
    let effects = reading.effects();
    assert!(written(&effects).is_empty());
    assert!(told(&effects, 4).iter().all(|(_, html, _)| !html.contains("Mallory")));
}

#[test]
fn after_login_as_it_says_so() {
    let kept = json!({ "viewer:ab12": userinfo("00D5g000000AAAA", "0055g000001Cccc", "Cleo").to_string(),
        (format!("first:{}", bound().org_id)): userinfo("00D5g000000AAAA", "0055g000001Dddd", "Dora").to_string() });
    let (mut reading, request) = begun(check(5, ANN, 1), &json!({}), &kept);
    let next = took(&mut reading, refused(&request.unwrap()));
    assert!(next.is_none(), "who is signed in is known, and the rest was refused");
    let html = told(&reading.effects(), 5).pop().unwrap().1;
    assert!(html.contains("Cleo") && html.contains("Before, it was <bdi>Dora</bdi>"), "{html}");
}

#[test]
fn what_comes_late_is_dropped() {
    let (mut reading, request) = begun(check(6, ANN, 1), &json!({}), &json!({}));
    let request = request.unwrap();
    reading.effects();
    let later = check(6, BOB, 2);
    assert!(took(&mut reading, refused(&request)).is_none());
    assert_eq!(reading.effects(), [], "the first answer comes for a page that is no longer there");
    // An earlier ask whose storage was slow begins only now: it reads nothing.
    let (mut late, request) = begun(
        page(6, &json!({ "ask": "Check", "url": url(ANN), "number": 1 })).unwrap(),
        &json!({}),
        &json!({}),
    );
    assert!(request.is_some(), "asked anew, it is the page's newest ask");
    late.effects();
    let (mut stale, request) = begun(later, &json!({}), &json!({}));
    assert!(request.is_none() && stale.effects().is_empty());
}

#[test]
fn a_closed_panel_is_not_read_until_it_is_wanted() {
    let closed =
        json!({ (format!("closed:{}", bound().org_id)): [Id::parse("0055g000001Abcd").unwrap().as_str()] });
    let (mut reading, request) = begun(check(7, ANN, 1), &closed, &json!({}));
    assert!(request.is_none() && reading.effects().is_empty());
    let (mut reading, request) =
        begun(popup(7, ANN, &json!({ "ask": "Retry", "number": 1 })), &closed, &json!({}));
    assert!(request.is_some());
    let effects = reading.effects();
    assert_eq!(written(&effects)[0].2, Some("[]"));
    assert!(reading.answer().contains("Reading from Salesforce"));
}

#[test]
fn the_admins_word_is_kept_and_drawn_without_a_request() {
    let (mut reading, request) = begun(check(8, ANN, 1), &json!({}), &json!({}));
    took(&mut reading, answered(&request.unwrap(), &bare()));
    let word = json!({ "ask": "Say", "number": 1, "word": "Person" });
    let (mut said, request) = begun(page(8, &word).unwrap(), &json!({}), &json!({}));
    assert!(request.is_none());
    let effects = said.effects();
    assert_eq!(written(&effects)[0].2, Some("\"Person\""));
    assert_eq!(told(&effects, 8).len(), 1);
    // The worker was stopped in between: it is read again.
    let (mut said, request) = begun(page(9, &word).unwrap(), &json!({}), &json!({}));
    assert!(request.is_some());
    assert_eq!(written(&said.effects())[0].2, Some("\"Person\""));
}

#[test]
fn the_popup_shows_what_the_page_has() {
    let (mut reading, request) = begun(check(10, ANN, 1), &json!({}), &json!({}));
    took(&mut reading, refused(&request.unwrap()));
    let (front, request) = begun(popup(10, ANN, &json!({ "ask": "Front" })), &json!({}), &json!({}));
    assert!(request.is_none());
    assert!(front.answer().contains("Try again"), "{}", front.answer());
    // Another page in the tab than the one that is known: it is read.
    let (_, request) = begun(popup(10, BOB, &json!({ "ask": "Front" })), &json!({}), &json!({}));
    assert!(request.is_some());
}

#[test]
fn corners_and_closing_are_kept() {
    let (mut reading, request) =
        begun(page(11, &json!({ "ask": "Place", "corner": "top-left" })).unwrap(), &json!({}), &json!({}));
    assert!(request.is_none());
    assert_eq!(written(&reading.effects())[0].2, Some("\"top-left\""));
    let (mut reading, request) =
        begun(page(11, &json!({ "ask": "Close", "number": 1 })).unwrap(), &json!({}), &json!({}));
    assert!(request.is_none());
    let id = Id::parse("0055g000001Abcd").unwrap();
    assert_eq!(written(&reading.effects())[0].2, Some(format!("[\"{id}\"]").as_str()));
}
