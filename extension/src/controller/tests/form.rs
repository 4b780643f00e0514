//! Forms of frames: who may speak of one, what is told to whom, and what a worker that was stopped does.

use super::{Effect, Event, Incoming, NOW, PageController, Step, incoming, session};
use crate::controller::form;
use crate::state::forms;
use crate::storage::{Area, Found, Write};
use leastwise_core::protocol::{Command, PushedMessage};
use leastwise_core::salesforce::http::{Answer, Response};
use serde_json::{Value, json};

const EDIT: &str = "https://acme.my.salesforce.com/00e5g000002AbCd/e?s=SystemPermissions";

fn command(tab: i32, frame: i32, url: &str, message: &Value) -> Option<Incoming> {
    let sender = json!({ "id": super::ID, "url": url, "frameId": frame, "tab": { "id": tab, "url": url } });
    incoming(message, &sender)
}

/// Two boxes: Modify All Data and API Only User.
fn edit(on: &str, with_form: bool) -> Value {
    let boxed = |name: &str| format!("j:{name}:userPerm\t\t\t\t\t{name}\n");
    let mut ask = json!({ "command": "Edit", "number": 7, "on": on, "values": "", "open": [0] });
    if with_form {
        ask["form"] =
            json!({ "boxes": boxed("ModifyAllData") + &boxed("ApiUserOnly"), "fields": "", "object": "" });
    }
    ask
}

/// What is told to the panel.
fn shown(effects: Vec<Effect>) -> Vec<Effect> {
    effects.into_iter().filter(|effect| matches!(effect, Effect::TellPanel(..))).collect()
}

/// What a form is answered, as JSON, and what else is done.
fn told(tab: i32, frame: i32, url: &str, message: &Value) -> (Value, Vec<Effect>) {
    let incoming = command(tab, frame, url, message).unwrap();
    if incoming.command == Command::Submitted {
        return (Value::Null, form::submitted(&incoming));
    }
    let (answer, effects) = form::edit(incoming);
    (serde_json::to_value(answer.unwrap()).unwrap(), effects)
}

fn check(tab: i32) -> Effect {
    Effect::TellPanel(tab, PushedMessage::CheckAgain)
}

fn message(message: &PushedMessage) -> String {
    serde_json::to_string(message).unwrap()
}

/// What a page's top frame asks, begun where nothing is stored.
fn begun(tab: i32, url: &str, message: &Value) -> Box<PageController> {
    let mut controller = PageController::new(command(tab, 0, url, message).unwrap(), String::new()).unwrap();
    controller.bind(None);
    controller.begin(&super::found(&json!({}), &json!({})), "r".into(), NOW);
    controller
}

/// Reads the profile's page in a tab to its end: a profile with these permissions.
fn read(tab: i32, url: &str, permissions: &[&str]) -> Vec<Effect> {
    read_with(tab, url, permissions, &json!({}))
}

/// The same, with what is kept in memory.
fn read_with(tab: i32, url: &str, permissions: &[&str], memory: &Value) -> Vec<Effect> {
    let check = json!({ "command": "Check", "url": url, "number": 3 });
    let mut reading = PageController::new(command(tab, 0, url, &check).unwrap(), String::new()).unwrap();
    reading.bind(Some(session()));
    let found = Found { local: Some(json!({})), session: Some(memory.clone()), managed: Some(json!({})) };
    reading.begin(&found, "r".into(), NOW);
    let mut next = reading.next();
    let mut row = json!({ "Id": "0PS5g000000AAAA", "IsOwnedByProfile": true, "ProfileId": "00e5g000002AbCd",
        "Profile": { "Name": "Acme ERP" }, "IsCustom": true, "ObjectPerms": null, "SetupEntityAccessItems": null,
        "Assignments": { "records": [{ "AssigneeId": "0055g000001Abcd", "Assignee": { "Name": "ERP Bot", "Username": "erp.bot@acme.example" } }] } });
    for name in permissions {
        row[format!("Permissions{name}")] = json!(true);
    }
    let part = |id: &str, body: Value| json!({ "referenceId": id, "httpStatusCode": 200, "body": body });
    let composite = json!({ "compositeResponse": [
        part("profile", json!({ "Id": "00e5g000002AbCd", "Name": "Acme ERP" })),
        part("license", json!({ "Name": "Salesforce Integration" })),
        part("sets", json!({ "records": [row] })),
        part("signIns", json!({ "records": [] })), part("tokens", json!({ "records": [] })),
        part("apps", json!({ "records": [] })), part("jobs", json!({ "records": [] })),
        part("labels", json!({ "fields": [
            { "name": "PermissionsModifyAllData", "label": "Alle Daten modifizieren" },
            { "name": "PermissionsApiUserOnly", "label": "Nur-API-Benutzer" },
        ] })),
    ] });
    let metadata = json!({ "records": [{ "Metadata": { "loginIpRanges": [] } }] });
    let mut effects = reading.take_effects();
    let mut bodies = vec![metadata, composite];
    while let (Some(Step::Send(request)), Some(body)) = (next.take(), bodies.pop()) {
        let answer = Ok(Answer { status: 200, body: body.to_string() });
        reading.handle(Event::Response(Response { id: request.id, answer }), NOW);
        next = reading.next();
        effects.extend(reading.take_effects());
    }
    effects
}

#[test]
fn only_forms_may_speak_of_forms() {
    assert!(command(1, 4, EDIT, &edit("00", true)).is_some());
    assert!(command(1, 0, EDIT, &edit("00", true)).is_some());
    let view = EDIT.replace("/e?", "?");
    assert!(command(1, 4, &view, &edit("00", true)).is_none());
    // In the top frame anything may ask; what is no edit page is not answered.
    assert_eq!(form::edit(command(1, 0, &view, &edit("00", true)).unwrap()), (None, vec![]));
    assert!(command(1, 4, "https://example.com/00e5g000002AbCd/e", &edit("00", true)).is_none());
    assert!(command(1, 4, EDIT, &json!({ "command": "Retry", "number": 3 })).is_none());
    assert!(command(1, 0, EDIT, &json!({ "command": "Retry", "number": 3 })).is_some());
}

#[test]
fn a_form_before_its_facts_is_told_when_they_come() {
    let (first, effects) = told(31, 4, EDIT, &edit("01", true));
    assert_eq!(first, json!({ "state": "waiting", "number": 7 }));
    assert_eq!(shown(effects), [], "its page asks by itself");
    assert_eq!(told(31, 4, EDIT, &edit("01", false)).1, [check(31)], "a second later");
    // Once is enough.
    assert_eq!(told(31, 4, EDIT, &edit("01", false)).1, []);
    let effects = read(31, EDIT, &["ApiUserOnly"]);
    let mut frames = effects.iter().filter_map(|effect| match effect {
        Effect::TellFrame(31, 4, message) => Some(serde_json::to_value(message).unwrap()),
        _ => None,
    });
    let first = frames.next().unwrap();
    assert_eq!(first["markers"][0]["place"], 0);
    assert_eq!(first["markers"][0]["severity"], "critical");
    assert!(first["details"][0]["html"].as_str().unwrap().contains("ERP Bot"));
}

#[test]
fn a_form_of_what_could_not_be_read_is_answered() {
    let user = "https://acme.my.salesforce.com/0055g000001Abcd/e";
    let mut reading = begun(35, user, &json!({ "command": "Check", "url": user, "number": 3 }));
    let Some(Step::Send(request)) = reading.next() else { panic!("nothing was asked") };
    let answer = Ok(Answer { status: 200, body: r#"{"compositeResponse":[]}"#.into() });
    reading.handle(Event::Response(Response { id: request.id, answer }), NOW);
    let ask = json!({ "command": "Edit", "number": 7, "on": "1", "values": "", "form": { "boxes": "active\t\t\t\t\t\n", "fields": "", "object": "" } });
    let (first, effects) = told(35, 4, user, &ask);
    assert_eq!(first["markers"], json!([]));
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::Store(Write { area: Area::Session, key, value: Some(_) }) if key.starts_with("expected:")))
    );
}

#[test]
fn a_click_is_answered_at_once_and_the_panel_told() {
    read(32, EDIT, &["ApiUserOnly"]);
    let (first, effects) = told(32, 4, EDIT, &edit("01", true));
    assert!(first["markers"].is_array() && first.get("note").is_none());
    assert!(
        matches!(shown(effects).as_slice(), [Effect::TellPanel(32, PushedMessage::Parts(parts))] if parts.number == 3)
    );
    let (second, effects) = told(32, 4, EDIT, &edit("11", false));
    let note = &second["note"];
    assert_eq!(
        (&note["lead"], &note["words"], &note["place"]),
        (&json!("This save adds a critical risk:"), &json!("Alle Daten modifizieren"), &json!(0))
    );
    assert_eq!(second["markers"][0]["label"], "New · Critical");
    let Some(Effect::TellPanel(_, panel)) = effects.first() else { panic!("the panel was not told") };
    let panel = message(panel);
    assert!(panel.contains("This edit adds 1 critical"), "{panel}");
    // The same markers are not sent twice.
    assert!(told(32, 4, EDIT, &edit("11", false)).0.get("markers").is_none());
    assert!(
        second["details"][0]["html"].as_str().unwrap().contains("data-click=\\\"0\\\"")
            || second["details"][0]["html"].as_str().unwrap().contains("data-click=\"0\"")
    );
}

#[test]
fn a_new_worker_asks_for_the_form() {
    let again = json!({ "state": "unknown", "number": 7 });
    assert_eq!(told(33, 4, EDIT, &edit("01", false)), (again.clone(), vec![check(33)]));
    // What was read is known yet: forms alone were too many.
    read(36, EDIT, &["ApiUserOnly"]);
    assert_eq!(told(36, 4, EDIT, &edit("01", false)), (again, vec![]));
}

/// A page's check waits up to a second (it is braked), and so does a form that hears nothing: both at once would be two
/// readings of one page.
#[test]
fn a_new_worker_has_the_page_read_once_and_again_only_when_nothing_comes() {
    let (_, effects) = told(41, 4, EDIT, &edit("00", false));
    assert_eq!(shown(effects), [check(41)], "it knows nothing");
    let (_, effects) = told(41, 4, EDIT, &edit("00", true));
    assert!(shown(effects).is_empty(), "described, and its page was asked already");
    let (_, effects) = told(41, 4, EDIT, &edit("00", false));
    assert!(shown(effects).is_empty(), "its check may be on its way");
    let (_, effects) = told(41, 4, EDIT, &edit("00", false));
    assert_eq!(shown(effects), [check(41)], "nothing came");
    let (_, effects) = told(41, 4, EDIT, &edit("00", false));
    assert!(shown(effects).is_empty(), "once");
}

#[test]
fn where_the_panel_is_hidden_nothing_is_drawn() {
    read(37, EDIT, &["ApiUserOnly"]);
    assert!(told(37, 4, EDIT, &edit("01", true)).0["markers"].is_array());
    let close = json!({ "command": "Close", "number": 3 });
    let effects = begun(37, EDIT, &close).take_effects();
    // Every frame is told: the worker that knew of them may be gone.
    assert!(effects.contains(&Effect::TellFrames(37, PushedMessage::Hidden)), "{effects:?}");
    // A frame that comes anew.
    let (first, effects) = told(37, 5, EDIT, &edit("01", true));
    assert_eq!((first, shown(effects)), (json!({ "state": "waiting", "number": 7 }), vec![]));
    assert_eq!(told(37, 5, EDIT, &edit("01", false)).1, []);
}

/// What effects stored in memory, on top of what is there.
fn kept(memory: &mut serde_json::Map<String, Value>, effects: &[Effect]) {
    for effect in effects {
        let Effect::Store(Write { key, value, .. }) = effect else { continue };
        match value {
            Some(value) => drop(memory.insert(key.clone(), value.clone())),
            None => drop(memory.remove(key)),
        }
    }
}

#[test]
fn the_question_before_a_save_is_a_form_s_alone() {
    let ask = json!({ "command": "SaveCheck", "on": true });
    assert!(command(35, 0, EDIT, &ask).unwrap().form_page().is_some());
    assert!(command(35, 4, EDIT, &json!({ "command": "SaveCheck" })).unwrap().form_page().is_some());
    assert!(command(35, 0, &EDIT.replace("/e?", "?"), &ask).unwrap().form_page().is_none());
    // What a copy is saved as is another record: nothing of the original's is expected.
    let copy = "https://acme.my.salesforce.com/setup/ui/profileclone.jsp?id=00e5g000002AbCd";
    assert_eq!(told(35, 0, copy, &json!({ "command": "Submitted" })).1, []);
}

#[test]
fn after_a_save_the_panel_tells_what_came_of_it() {
    let mut memory = serde_json::Map::new();
    read(34, EDIT, &["ApiUserOnly"]);
    kept(&mut memory, &told(34, 4, EDIT, &edit("01", true)).1);
    kept(&mut memory, &told(34, 4, EDIT, &edit("11", false)).1);
    let view = EDIT.replace("/e?", "?");
    let html = |memory: &serde_json::Map<String, Value>, permissions: &[&str]| {
        let effects = read_with(34, &view, permissions, &Value::Object(memory.clone()));
        match effects.into_iter().rev().find(|effect| matches!(effect, Effect::TellPanel(..))) {
            Some(Effect::TellPanel(34, told)) => message(&told),
            other => panic!("{other:?}"),
        }
    };
    assert!(!html(&memory, &["ApiUserOnly"]).contains("Saved"), "left without a save");
    // At the save the worker that knew the form is gone.
    forms::restart();
    let (answer, effects) = told(34, 4, EDIT, &json!({ "command": "Submitted" }));
    assert_eq!(answer, Value::Null);
    kept(&mut memory, &effects);
    let as_expected = html(&memory, &["ApiUserOnly", "ModifyAllData"]);
    assert!(as_expected.contains("Salesforce has what you entered (1 change)"), "{as_expected}");
    let other = html(&memory, &["ApiUserOnly"]);
    assert!(other.contains("Alle Daten modifizieren is off, but you entered the opposite"), "{other}");
    // Another form is another matter.
    kept(&mut memory, &told(34, 4, EDIT, &edit("01", true)).1);
    assert!(!html(&memory, &["ApiUserOnly"]).contains("Saved"));
}

#[test]
fn a_page_that_comes_back_after_it_was_submitted_was_refused() {
    let again = |is_again: bool| {
        let mut form = edit("01", true);
        form["form"]["isAgain"] = json!(is_again);
        form
    };
    read(42, EDIT, &["ApiUserOnly"]);
    assert!(told(42, 4, EDIT, &again(true)).0.get("note").is_none(), "nothing was submitted");
    told(42, 4, EDIT, &json!({ "command": "Submitted" }));
    let (answer, effects) = told(42, 4, EDIT, &again(true));
    assert_eq!(answer["note"]["lead"], "Not saved.");
    let Some(Effect::TellPanel(_, panel)) = effects.iter().find(|e| matches!(e, Effect::TellPanel(..)))
    else {
        panic!("the panel was not told")
    };
    assert!(message(panel).contains("data-refused"), "{panel:?}");
    // It came from elsewhere: the save went well, and the form is edited again.
    told(42, 4, EDIT, &json!({ "command": "Submitted" }));
    assert!(told(42, 4, EDIT, &again(false)).0.get("note").is_none());
    assert!(told(42, 4, EDIT, &again(true)).0.get("note").is_none(), "that save was another form's");
}

#[test]
fn a_line_of_the_panel_leads_to_its_box_and_the_page_is_put_back() {
    read(43, EDIT, &["ApiUserOnly"]);
    told(43, 4, EDIT, &edit("01", true));
    let (_, effects) = told(43, 4, EDIT, &edit("11", false));
    let Some(Effect::TellPanel(_, panel)) = effects.first() else { panic!("the panel was not told") };
    let panel = message(panel);
    assert!(panel.contains("ShowField") && panel.contains("Put the page back (2 changes)"), "{panel}");
    let act = |message: Value| form::act(&command(43, 0, &EDIT.replace("/e?", "?"), &message).unwrap());
    let show = act(json!({ "command": "ShowField", "number": 3, "place": "0" }));
    let message = PushedMessage::ShowField { number: 7, place: 0 };
    assert!(show.contains(&Effect::TellFrame(43, 4, message)), "{show:?}");
    assert!(
        matches!(shown(show).as_slice(), [Effect::TellPanel(43, PushedMessage::Parts(parts))] if parts.number == 3)
    );
    let back = act(json!({ "command": "PutBack", "number": 3 }));
    assert!(back.contains(&Effect::TellFrame(43, 4, PushedMessage::PutBack { number: 7 })), "{back:?}");
    assert_eq!(act(json!({ "command": "ShowField", "number": 3, "place": "x" })), []);
    // A frame asks for neither.
    assert!(command(43, 4, EDIT, &json!({ "command": "PutBack", "number": 3 })).is_none());
}
