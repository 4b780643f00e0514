//! Commands that accept a risk or note something: what is stored, under which lock, and what stores nothing.

use super::plan::World;
use super::*;
use crate::state;
use leastwise_core::waivers::Waivers;

fn command(tab: i32, name: &str, more: &Value) -> Incoming {
    let mut message = json!({ "command": name, "number": 1 });
    message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    page(tab, &message).unwrap()
}

/// The rule that the panel offers to accept, and what its finding is about, as its markup has it.
fn offered(html: &str) -> (String, String) {
    assert!(html.contains("data-command=\"Accept\""), "nothing to accept");
    let form = html.split("data-command=\"Accept\"").next().unwrap();
    let about = form.rsplit("name=\"about\" value=\"").next().unwrap().split('"').next().unwrap();
    let rule = html.split("data-command=\"Accept\" data-rule=\"").nth(1).unwrap().split('"').next().unwrap();
    (rule.to_owned(), about.to_owned())
}

fn accept(tab: i32, rule: &str, about: &str, change: Option<(&str, &str)>) -> Incoming {
    let mut fields = vec![
        ("about", about),
        ("reason", "The vendor moves in spring."),
        ("owner", "jane@acme.example"),
        ("ticket", "SEC-12"),
        ("until", "2027-01-31"),
    ];
    for field in &mut fields {
        if let Some((_, value)) = change.filter(|(name, _)| *name == field.0) {
            field.1 = value;
        }
    }
    command(tab, "Accept", &json!({ "rule": rule, "fields": fields }))
}

/// A page that was read, and what is drawn of it.
fn drawn(world: &mut World, tab: i32) -> String {
    world.ask(check(tab, ANN, 1), tab)
}

/// An org where somebody said that Ann is an integration user: there is something to find.
fn world() -> World {
    let mut world = World::new(true);
    let key = format!("word:{}:{}", session().org_id, Id::parse("0055g000001Abcd").unwrap());
    world.local[key] = json!("Integration");
    world.licensed = true;
    world
}

fn stored(world: &World) -> Waivers {
    let text = world.local[format!("waivers:{}", session().org_id)].as_str();
    text.map_or_else(Waivers::default, |text| Waivers::stored(text).unwrap())
}

#[test]
fn what_is_accepted_is_stored_under_its_lock_and_leaves_the_counts() {
    let mut world = world();
    let html = drawn(&mut world, 60);
    let (rule, about) = offered(&html);
    let failed = |html: &str| html.matches("data-outcome=\"finding\"").count();
    let html2 = world.ask(accept(60, &rule, &about, None), 60);
    assert_eq!(world.log, ["waivers", "find", "journal"], "no request, and what is on disk is read first");
    assert_eq!(failed(&html2), failed(&html) - 1);
    assert!(
        html2.contains("data-outcome=\"accepted\"") && html2.contains("Accepted until Jan 31, 2027"),
        "{html2}"
    );
    assert!(html2.contains("1 accepted"), "{html2}");
    let all = stored(&world);
    let own = &all.all()[0];
    assert_eq!(
        (own.rule.as_str(), own.by.as_str(), own.owner.as_str()),
        (&*rule, "a@b.example", "jane@acme.example")
    );
    assert_eq!(own.subject.key, "ann@acme.example");
    // A new worker finds it, also when the page is read anew.
    state::restart();
    assert!(drawn(&mut world, 60).contains("data-outcome=\"accepted\""));
    // Its last day over, it is back, and says why.
    world.now = Timestamp::parse("2027-02-01").unwrap().0;
    let html = drawn(&mut world, 60);
    assert!(
        html.contains("Acceptance expired on Jan 31, 2027.") && !html.contains("data-outcome=\"accepted\""),
        "{html}"
    );
    world.now = NOW.0;
    // And ended, it is remembered.
    drawn(&mut world, 60);
    let stop = command(60, "StopAccepting", &json!({ "fingerprint": own.fingerprint }));
    let html = world.ask(stop, 60);
    assert!(!html.contains("data-outcome=\"accepted\"") && failed(&html) == failed(&html2) + 1, "{html}");
    let all = stored(&world);
    assert_eq!((all.all().len(), all.removed().len()), (0, 1));
    assert_eq!(all.removed()[0].removed_by, "a@b.example");
}

#[test]
fn a_worker_that_was_stopped_meanwhile_reads_the_page_first() {
    let mut world = world();
    let html = drawn(&mut world, 61);
    let (rule, about) = offered(&html);
    state::restart();
    let html = world.ask(accept(61, &rule, &about, None), 61);
    assert!(html.contains("data-outcome=\"accepted\""), "{html}");
    assert_eq!(stored(&world).all().len(), 1);
}

#[test]
fn two_tabs_lose_nothing_of_each_other() {
    let mut world = world();
    drawn(&mut world, 62);
    let html = drawn(&mut world, 63);
    let (rule, about) = offered(&html);
    let before = world.local.clone();
    world.ask(accept(62, &rule, &about, None), 62);
    let note = command(
        63,
        "Note",
        &json!({ "fields": [["purpose", "Sends orders"], ["owner", ""], ["vendor", "Acme"]] }),
    );
    // The other tab's command began before that was stored.
    let mut late = PageController::new(note, "css".into()).unwrap();
    late.bind(Some(session()));
    late.begin(
        &Found {
            local: Some(before),
            session: Some(json!({ "viewer:ab12": viewer("0055g000001Cccc", "Cleo") })),
            managed: Some(json!({})),
        },
        "r".into(),
        NOW,
    );
    assert!(matches!(late.next(), Some(Step::Lock(name)) if name.starts_with("waivers:")));
    late.handle(Event::Done, NOW);
    assert!(matches!(late.next(), Some(Step::Read(_))));
    late.handle(Event::Read(Some(world.local.clone())), NOW);
    let Some(Step::Store(write)) = late.next() else { panic!() };
    world.local[write.key] = write.value.unwrap();
    late.handle(Event::Stored(true), NOW);
    assert_eq!(late.next(), None);
    let all = stored(&world);
    assert_eq!((all.all().len(), all.notes()[0].purpose.as_str()), (1, "Sends orders"));
    assert!(drawn(&mut world, 62).contains("Purpose: Sends orders · Vendor: Acme"));
}

#[test]
fn what_is_wrong_stands_beside_its_field_and_nothing_is_stored() {
    let mut world = world();
    let html = drawn(&mut world, 64);
    let (rule, about) = offered(&html);
    for (change, said) in [
        (("reason", "short"), "Give a reason of at least 10 characters."),
        (("owner", " "), "Enter who is responsible."),
        (("until", "2026-01-01"), "Enter a date that is still to come."),
        (("until", "2036-01-01"), "Enter a date within"),
        (("until", ""), "Enter a date."),
        (("about", "ModifyAllData"), "This finding is no longer there"),
        (("about", "*"), "This finding is no longer there"),
    ] {
        let (effects, _) = world.carry(accept(64, &rule, &about, Some(change)));
        let drawing = told(&effects, 64).pop().unwrap();
        let html = drawing.html;
        assert!(html.contains(said), "{change:?}: {html}");
        assert!(drawing.status.contains("Not saved."), "{}", drawing.status);
        if change.0 != "about" {
            assert!(html.contains("aria-invalid=\"true\""), "{html}");
            let value = match change.0 {
                "reason" => ">short</textarea>".to_owned(),
                _ => format!("value=\"{}\"", change.1),
            };
            assert!(html.contains(&value), "what was entered stays: {html}");
        }
    }
    // What could not be checked, and rules that pass, have nothing to accept.
    for rule in leastwise_core::rules::all() {
        if html.contains(&format!("data-rule=\"{}\" data-outcome=\"cannot-tell\"", rule.id)) {
            world.ask(accept(64, rule.id, &about, None), 64);
        }
    }
    assert_eq!(stored(&world), Waivers::default());
}

#[test]
fn a_company_s_policy_forbids_asks_for_tickets_and_accepts() {
    let mut world = world();
    let html = drawn(&mut world, 65);
    let (rule, about) = offered(&html);
    world.managed = json!({ "allowWaivers": false });
    assert!(!drawn(&mut world, 65).contains("data-command=\"Accept\""));
    let html = world.ask(accept(65, &rule, &about, None), 65);
    assert_eq!(stored(&world), Waivers::default(), "{html}");
    world.managed = json!({ "requireTicket": true, "maxWaiverDays": 30 });
    drawn(&mut world, 65);
    let html = world.ask(accept(65, &rule, &about, Some(("ticket", ""))), 65);
    assert!(html.contains("Enter a ticket.") && html.contains("Enter a date within 30 days."), "{html}");
    // Policy that cannot be read allows nothing to be stored, and says so.
    world.unread = vec![Area::Managed];
    let html = world.ask(accept(65, &rule, &about, None), 65);
    assert!(html.contains("company's policy from this browser"), "{html}");
    assert_eq!(stored(&world), Waivers::default());
    world.unread.clear();
    let own = json!({ "rule": rule, "subject": { "kind": "user", "key": "ann@acme.example" }, "about": "*",
        "reason": "Agreed with security.", "owner": "security", "created": "2026-11-01", "expires": "2027-01-20", "severity": "critical" });
    world.managed = json!({ "allowWaivers": false, "waivers": [own] });
    let html = drawn(&mut world, 65);
    assert!(html.contains("Accepted until Jan 20, 2027 by your company"), "{html}");
    assert!(!html.contains("StopAccepting"), "{html}");
}

#[test]
fn what_is_not_stored_is_not_accepted_and_what_cannot_be_read_is_not_written_over() {
    let mut world = world();
    let html = drawn(&mut world, 66);
    let (rule, about) = offered(&html);
    world.full = true;
    let html = world.ask(accept(66, &rule, &about, None), 66);
    assert!(html.contains("couldn't save this") && !html.contains("data-outcome=\"accepted\""), "{html}");
    world.full = false;
    world.finds = 0;
    assert!(
        world.ask(accept(66, &rule, &about, None), 66).contains("couldn't read what was accepted before")
    );
    world.finds = usize::MAX;
    let key = format!("waivers:{}", session().org_id);
    world.local[&key] = json!("{ broken");
    assert!(world.ask(accept(66, &rule, &about, None), 66).contains("can't be read by this version"));
    assert_eq!(world.local[&key], json!("{ broken"));
}

#[test]
fn a_note_is_stored_with_the_user_and_taken_back_when_it_says_nothing() {
    let mut world = world();
    drawn(&mut world, 67);
    let fields = |purpose: &str| json!({ "fields": [["purpose", purpose], ["owner", " "], ["vendor", ""]] });
    let html = world.ask(command(67, "Note", &fields("<b>Orders</b>")), 67);
    assert!(html.contains("Purpose: &lt;b&gt;Orders&lt;/b&gt;"), "{html}");
    assert_eq!(stored(&world).notes()[0].purpose, "<b>Orders</b>");
    let html = world.ask(command(67, "Note", &fields("")), 67);
    assert!(html.contains("Note…") && stored(&world).notes().is_empty(), "{html}");
}
