//! What is kept of approved plans reads back, by this version and the next, and says how far each came.
//!
//! They never run a plan: the test org's tests and the journeys do.

use super::*;
use crate::execute::{Progress, Said};
use crate::plan::{Input, InputKind, Look, Place, Reached, Safety, Step, Term, Way, fields};
use crate::salesforce::http::{Answer, Response};

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn plan() -> Plan {
    let user = id("0055g00000AbCdE");
    let key = fields([("PermissionSetId", Term::Made(0)), ("AssigneeId", Term::id(&user))]);
    let ranges = Step {
        place: Place::Component {
            kind: "Profile".into(),
            names: vec![Term::text("A \"b\" ü")],
            from: Some(Term::read(0, "Name")),
            of: Some("A".into()),
        },
        way: Way::Hand("/x".into()),
        unless: Some(0),
        before: Some(vec![("loginIpRanges".into(), Term::Is(Value::Array(vec![])))]),
        after: Some(fields([("n", Term::Within(-90))])),
        ..Step::update("Ranges", "Profile", &user, vec![])
    };
    let mut steps = vec![
        Step::create(
            "Make",
            "PermissionSet",
            fields([("Name", Term::text("X"))]),
            fields([("Label", Term::text("X"))]),
        ),
        Step::create("Give", "PermissionSetAssignment", key.clone(), key.clone()),
        Step::delete("Take", "PermissionSetAssignment", key, &["PermissionSetId"]),
        ranges,
    ];
    steps[0].before = None;
    let reaches = vec![Reached { id: user, name: "Ann \u{1F600}".into() }];
    let undo = Undo::Never("why".into());
    let breaks = vec!["That".into()];
    let title = "Title".into();
    let seen = vec!["192.0.2.1".into()];
    let inputs = [InputKind::Email, InputKind::Text(80), InputKind::Ranges { seen, kept: vec![] }]
        .map(|kind| Input { label: "L".into(), kind, value: "v".into(), notes: vec!["n".into()] })
        .into();
    let looks =
        vec![Look { words: "W".into(), soql: "SELECT Id FROM User".into(), spares: true, names: None }];
    let safety = Safety::Confirm;
    Plan { safety, reaches, reaches_more: true, breaks, undo, inputs, looks, ..Plan::new("f", title, steps) }
}

fn entry(name: &str, apply: Executor) -> Entry {
    Entry {
        format: FORMAT,
        id: name.into(),
        at: 1_795_478_400,
        org: id("00D5g000000AAAA"),
        host: "acme.my.salesforce.com".into(),
        user: id("0055g00000AdMiN"),
        username: "ada@acme.example".into(),
        subject: id("0055g00000AbCdE"),
        name: "ERP".into(),
        undoes: String::new(),
        stop: String::new(),
        apply,
    }
}

fn parsed(text: &str) -> Value {
    crate::salesforce::json::parse(text).unwrap()
}

fn progressed(progress: Vec<Progress>) -> Executor {
    let mut plan = plan();
    plan.undo = Undo::Exact;
    Executor::from_progress(plan, progress)
}

#[test]
fn an_entry_reads_back_with_its_plan_and_how_far_it_came() {
    let made = Progress::Verified { id: Some(id("0PS5g000000AAAA")) };
    for progress in
        [vec![], vec![made.clone(), Progress::Writing], vec![Progress::Already { id: None }, made]]
    {
        let own = entry("one", Executor::from_progress(plan(), progress));
        assert_eq!(Entry::from_json(&parsed(&own.text())), Some(own.clone()));
        let offer = Offer {
            token: "t".into(),
            at: 7,
            session: "h".into(),
            number: 3,
            intent: Intent::Fix(vec!["7".into()]),
            fields: vec![("a".into(), "b\n".into())],
            entry: own,
        };
        let again: Offer = serde_json::from_value(serde_json::to_value(&offer).unwrap()).unwrap();
        assert_eq!(again, offer);
    }
}

#[test]
fn what_another_version_wrote_is_read_or_kept_as_it_stands() {
    let text = entry("one", Executor::new(plan())).text();
    // A member that this version does not know.
    let newer = text.replacen('{', "{\"mood\":[1],", 1);
    assert_eq!(Entry::from_json(&parsed(&newer)).map(|entry| entry.text()), Some(text.clone()));
    // A kind of step that it does not know, another format, and nonsense: nothing is guessed, nothing is lost.
    let unknown = text.replace("\"Row\"", "\"Teleport\"");
    let later = text.replace("\"format\":1", "\"format\":2");
    let all = format!("[{text},{unknown},{later},7]");
    let mut journal = Journal::from_json(&parsed(&all));
    assert_eq!((journal.entries().count(), journal.unreadable()), (1, 3));
    assert_eq!(parsed(&journal.text()), parsed(&all));
    journal.clear();
    assert_eq!((journal.entries().count(), journal.unreadable()), (0, 3));
    assert_eq!(Journal::from_json(&parsed("{\"a\":1}")).text(), "[{\"a\":1}]");
}

#[test]
fn an_entry_of_another_record_is_kept_as_it_stands_and_is_nobody_s() {
    let own = entry("own", Executor::new(plan()));
    let other =
        Entry { host: "evil.example/x?".into(), ..entry("other", progressed(vec![Progress::Writing])) };
    let all = format!("[{},{}]", other.text(), own.text());
    let mut journal = Journal::of(&parsed(&all), |entry| entry.host == "acme.my.salesforce.com");
    assert_eq!((journal.entries().count(), journal.unreadable()), (1, 1));
    assert!(journal.find("other").is_none());
    journal.clear();
    assert_eq!(parsed(&journal.text()), parsed(&format!("[{}]", other.text())), "not thrown away");
}

#[test]
fn the_state_is_what_the_steps_say() {
    let verified = || Progress::Verified { id: None };
    let mut journal = Journal::new();
    journal.put(&entry("nothing", progressed(vec![])));
    journal.put(&entry("begun", progressed(vec![verified(), Progress::Writing])));
    journal.put(&entry(
        "done",
        progressed(vec![verified(), verified(), verified(), Progress::Already { id: None }]),
    ));
    let state = |journal: &Journal, id| journal.state(journal.find(id).unwrap());
    assert_eq!(state(&journal, "nothing"), State::Nothing);
    assert_eq!(state(&journal, "begun"), State::Unfinished);
    assert_eq!(state(&journal, "done"), State::Verified);
    assert_eq!(journal.find("begun").unwrap().count().0, 1);
    // An undo that is not finished leaves it as it was; one that is takes it back.
    let mut undo = Entry { undoes: "done".into(), ..entry("undo", progressed(vec![verified()])) };
    journal.put(&undo);
    assert_eq!(state(&journal, "done"), State::Verified);
    assert_eq!(state(&journal, "undo"), State::Unfinished);
    undo.apply = progressed(vec![verified(), verified(), verified(), verified()]);
    journal.put(&undo);
    assert_eq!(state(&journal, "done"), State::Undone);
    assert_eq!(journal.entries().count(), 4, "an entry is put in its own place");
    journal.clear();
    assert_eq!(journal.entries().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["begun"]);
}

#[test]
fn a_machine_that_is_read_back_looks_before_it_writes() {
    let mut own = entry("one", progressed(vec![Progress::Writing]));
    own = Entry::from_json(&parsed(&own.text())).unwrap();
    own.apply.resume();
    let crate::execute::Effect::Send(request) = own.apply.next() else { panic!("nothing is sent") };
    assert_eq!(request.method, "GET");
    let body = "{\"totalSize\":0,\"done\":true,\"records\":[]}".to_owned();
    own.apply.feed(&Response { id: request.id, answer: Ok(Answer { status: 200, body }) });
    assert!(!matches!(own.apply.next(), crate::execute::Effect::Send(request) if request.method != "GET"));
}

/// A value without one of its members, or items, each in turn; and where each was.
fn less(value: &Value, at: &str) -> Vec<(String, Value)> {
    let mut all = vec![];
    match value {
        Value::Object(members) => {
            for (name, own) in members {
                let path = format!("{at}/{name}");
                let mut without = members.clone();
                without.remove(name);
                all.push((path.clone(), Value::Object(without)));
                for (path, inner) in less(own, &path) {
                    let mut with = members.clone();
                    with.insert(name.clone(), inner);
                    all.push((path, Value::Object(with)));
                }
            }
        }
        Value::Array(items) => {
            for (at_item, own) in items.iter().enumerate() {
                for (path, inner) in less(own, &format!("{at}/{at_item}")) {
                    let mut with = items.clone();
                    with[at_item] = inner;
                    all.push((path, Value::Array(with)));
                }
            }
        }
        _ => {}
    }
    all
}

#[test]
fn an_entry_that_lacks_a_list_a_text_or_a_flag_is_unreadable_and_not_empty() {
    let progress = vec![Progress::Verified { id: Some(id("0PS5g000000AAAA")) }, Progress::Writing];
    let whole = parsed(&entry("one", Executor::from_progress(plan(), progress)).text());
    assert!(Entry::from_json(&whole).is_some());
    let without = less(&whole, "");
    assert!(without.len() > 100, "{}", without.len());
    // Earlier versions left out whose policy a component is, which plan it is, and whether it takes access from somebody
    // who is at work: they knew none of these.
    let is_new = |path: &String| {
        ["/Component/of", "/plan/ids", "/plan/in_use", "/Ranges/kept"].iter().any(|end| path.ends_with(end))
    };
    for (path, value) in without.into_iter().filter(|(path, _)| !is_new(path)) {
        assert_eq!(Entry::from_json(&value), None, "{path} is missing");
    }
    // A list that is a text, null where a text stands, and steps of which nothing is said.
    for (path, other) in [
        ("/apply/plan/steps", Value::Null),
        ("/apply/plan/breaks", Value::from("That")),
        ("/apply/plan/reaches_more", Value::Null),
        ("/apply/plan/title", Value::Null),
        ("/apply/progress", Value::Array(vec![])),
        ("/apply/progress/0", Value::from("Imagined")),
        ("/stop", Value::Null),
    ] {
        let mut value = whole.clone();
        *value.pointer_mut(path).unwrap() = other;
        assert_eq!(Entry::from_json(&value), None, "{path}");
        let journal = Journal::from_json(&Value::Array(vec![value]));
        assert_eq!((journal.entries().count(), journal.unreadable()), (0, 1));
    }
}

#[test]
fn many_rows_are_counted_and_what_is_open_is_unfinished() {
    let shared = fields([("ParentId", Term::text("0PS5g000000AAAA"))]);
    let rows: Vec<String> = (0..507).map(|n| format!("Object_{n}__c")).collect();
    let off = fields([("PermissionsDelete", Term::flag(false))]);
    let step = Step::change_all("Untick", "ObjectPermissions", shared, "SobjectType", rows, off);
    let of =
        |progress| Executor::from_progress(Plan::new("f", "T".into(), vec![step.clone()]), vec![progress]);
    let some = |done, writing| Progress::Rows { done, of: 507, writing, skipped: vec![3] };
    let mut journal = Journal::new();
    for (name, progress, state, done) in [
        ("first", some(0, 200), State::Unfinished, 0),
        ("part", some(200, 0), State::Unfinished, 200),
        ("all", some(507, 0), State::Verified, 507),
        ("late", Progress::Late, State::Unfinished, 0),
        ("none", Progress::Planned, State::Nothing, 0),
    ] {
        let own = entry(name, of(progress));
        journal.put(&own);
        assert_eq!((journal.state(&own), own.count()), (state, (done, 507)), "{name}");
        assert_eq!(Entry::from_json(&parsed(&own.text())), Some(own), "{name}");
    }
    assert_eq!(journal.unsure().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["first", "late"]);
    let undo = journal.find("all").unwrap().undo().unwrap();
    assert_eq!(undo.steps[0].rows.len(), 506, "what was so already is left alone");
    let undo = journal.find("first").unwrap().undo().unwrap();
    assert_eq!(undo.steps[0].rows.len(), 199);
}

#[test]
fn a_checklist_is_found_again_until_it_is_done_or_dismissed() {
    let hand = |words: &str| Step::hand(words, "/x", "SELECT Id FROM User".into(), true);
    let mut plan = Plan::new("guide-user", "Own user".into(), vec![hand("One"), hand("Two")]);
    plan.ids[0].records = vec!["0055g00000AbCdE".into()];
    let done = Progress::Already { id: None };
    let begun = entry("begun", Executor::from_progress(plan.clone(), vec![done.clone(), Progress::Planned]));
    let mut journal = Journal::new();
    journal.put(&entry("change", progressed(vec![])));
    journal.put(&begun);
    assert_eq!(journal.checklist(&plan).map(|own| own.id.as_str()), Some("begun"));
    let other = Plan { ids: vec![], ..plan.clone() };
    assert!(journal.checklist(&other).is_none(), "a plan without a name is nobody's");
    // Clearing what is settled leaves it.
    journal.clear();
    assert_eq!(journal.checklists().count(), 1);
    assert!(!journal.dismiss("change") && journal.dismiss("begun") && journal.checklists().count() == 0);
    journal.put(&entry("begun", Executor::from_progress(plan, vec![done.clone(), done])));
    assert_eq!(journal.checklists().count(), 0, "it is done");
}

#[test]
fn what_no_api_tells_is_done_by_a_person_s_word_alone_and_that_is_kept() {
    let hand = |words: &str| Step::hand(words, "/x", String::new(), true);
    let plan = Plan::new("guide-ranges", "Ranges".into(), vec![hand("Ask"), hand("Enter")]);
    let mut own =
        entry("own", Executor::from_progress(plan, vec![Progress::Untold, Progress::Already { id: None }]));
    let mut journal = Journal::new();
    journal.put(&own);
    assert_eq!((own.count(), own.apply.is_done()), ((1, 2), false));
    assert_eq!(journal.checklists().count(), 1, "it is not finished without the word");
    let said = |step| Said { step, at: 1_795_478_400, by: "ann@acme.example".into() };
    // Only of what no reading tells.
    assert!(!own.apply.say(said(1), true) && !own.apply.say(said(7), true));
    assert!(own.apply.say(said(0), true));
    assert_eq!((own.count(), own.apply.is_done(), own.apply.has_written()), ((2, 2), true, false));
    journal.put(&own);
    let read = Journal::from_json(&serde_json::from_str(&journal.text()).unwrap());
    assert_eq!(read.checklists().count(), 0);
    let mut read = read.find("own").unwrap().clone();
    assert_eq!(read.apply.said(0), Some(&said(0)), "with whose word it is and when");
    // A new look keeps it, and it can be taken back.
    read.apply = read.apply.with_plan(read.apply.plan().clone());
    assert!(read.apply.is_done() && read.apply.say(said(0), false) && !read.apply.is_done());
}

#[test]
fn the_last_change_of_a_day_is_the_one_that_can_be_undone() {
    let made = |name: &str| Progress::Verified { id: Some(id(name)) };
    let all = vec![
        made("0PS5g000000AAAA"),
        made("0Pa5g000000AAAA"),
        made("0Pa5g000000AAAB"),
        Progress::Already { id: None },
    ];
    let own = entry("own", progressed(all.clone()));
    let mut journal = Journal::new();
    journal.put(&own);
    assert_eq!(journal.state(&own), State::Verified);
    let found = |journal: &Journal, later: i64| journal.last_change(own.at + later).map(|own| own.id.clone());
    assert_eq!(found(&journal, 60), own.undo().map(|_| "own".to_owned()));
    assert_eq!(found(&journal, DAY + 1), None, "it is older");
    journal.put(&Entry { undoes: "own".into(), ..entry("back", progressed(all)) });
    assert_eq!(found(&journal, 60), None, "it was undone");
}
