//! Checklists: begun without an approval, for nothing is written to the org; steps by a person's word; taken away.

use super::plan::{USER, World, panel};
use super::*;
use leastwise_core::execute::{Executor, Progress};
use leastwise_core::journal::{Entry, FORMAT};
use leastwise_core::plan::{Plan, Step as PlanStep};

/// An org where a checklist of two steps was begun of which no API tells; its entry in the journal is called "list".
fn begun_checklist() -> World {
    let hand = |words: &str| PlanStep::hand(words, "/lightning/setup/x", String::new(), true);
    let plan =
        Plan::new("guide-ranges", "Enter ranges".into(), vec![hand("Ask the vendor"), hand("Enter them")]);
    let entry = Entry {
        format: FORMAT,
        id: "list".into(),
        at: NOW.0,
        org: session().org_id,
        host: "acme.my.salesforce.com".into(),
        user: Id::parse("0055g000001Cccc").unwrap(),
        username: "cleo@acme.example".into(),
        subject: Id::parse(USER).unwrap(),
        name: "Ann".into(),
        undoes: String::new(),
        stop: String::new(),
        apply: Executor::from_progress(plan, vec![Progress::Untold, Progress::Untold]),
    };
    let mut world = World::new(false);
    let key = format!("journal:{}:{}", session().org_id, Id::parse(USER).unwrap());
    world.local[key] = json!([serde_json::to_value(entry).unwrap()]);
    world
}

fn say(tab: i32, step: &str, word: &str) -> Incoming {
    let message =
        json!({ "command": "ConfirmStep", "number": 1, "entry": "list", "step": step, "word": word });
    page(tab, &message).unwrap()
}

fn ask(tab: i32, command: &str) -> Incoming {
    page(tab, &json!({ "command": command, "number": 1, "entry": "list" })).unwrap()
}

#[test]
fn a_checklist_goes_on_without_an_approval_also_where_the_org_is_read_only() {
    let mut world = begun_checklist();
    panel(60);
    let (effects, _) = world.carry(ask(60, "Continue"));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::ShowApproval(_))), "{effects:?}");
    let html = told(&effects, 60).pop().unwrap().html;
    assert!(html.contains("data-stage=\"ended\"") && html.contains("0 of 2 done"), "{html}");
    assert_eq!(html.matches("data-command=\"ConfirmStep\"").count(), 2, "{html}");
    // The journal alone was written.
    assert!(world.log.iter().all(|what| !what.contains("PATCH")), "{:?}", world.log);
    assert_eq!(world.journal().as_array().unwrap().len(), 1, "it is the same one");
}

#[test]
fn a_person_s_word_is_kept_with_their_name_and_can_be_taken_back() {
    let mut world = begun_checklist();
    panel(61);
    world.ask(ask(61, "Continue"), 61);
    let html = world.ask(say(61, "0", "done"), 61);
    assert!(html.contains("cleo@acme.example") && html.contains("1 of 2 done"), "{html}");
    assert_eq!(world.log, ["write", "find", "journal"], "nothing is asked of the org");
    let html = world.ask(say(61, "1", "done"), 61);
    assert!(html.contains("Checklist done.") && !html.contains("data-command=\"Dismiss\""), "{html}");
    let html = world.ask(say(61, "1", "open"), 61);
    assert!(html.contains("1 of 2 done"), "{html}");
    // What is none of its steps is nothing.
    let before = world.journal().clone();
    for step in ["2", "x", "-1"] {
        world.ask(say(61, step, "done"), 61);
        assert_eq!(world.journal(), &before, "{step}");
    }
    // What cannot be read is not empty, and what cannot be stored is said.
    world.finds = 0;
    world.ask(say(61, "1", "done"), 61);
    assert_eq!(world.journal(), &before);
    (world.finds, world.full) = (usize::MAX, true);
    assert!(world.ask(say(61, "1", "done"), 61).contains("data-storage=\"unsaved\""));
}

#[test]
fn a_checklist_stands_at_the_top_until_it_is_dismissed() {
    let mut world = begun_checklist();
    let html = world.ask(check(62, ANN, 1), 62);
    assert!(html.contains("Enter ranges") && html.contains("data-command=\"Dismiss\""), "{html}");
    let html = world.ask(ask(62, "Dismiss"), 62);
    assert!(!html.contains("Enter ranges"), "{html}");
    assert_eq!(world.journal(), &json!([]));
    // A second click finds nothing, and a change is never taken out.
    world.ask(ask(62, "Dismiss"), 62);
    assert_eq!(world.journal(), &json!([]));
}

#[test]
fn neither_is_taken_from_where_no_checklist_is_shown() {
    let command = json!({ "command": "Dismiss", "number": 1, "entry": "list" });
    let sender = json!({ "id": ID, "url": format!("{ORIGIN}popup.html") });
    assert!(incoming(&command, &sender).is_none());
}
