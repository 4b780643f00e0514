//! How markers stand, what a click brought along, and what stands beside the save buttons.
//!
//! It never opens a browser: the journeys do.

use super::*;

fn at(name: &str) -> usize {
    labels().keys().position(|own| own == name).unwrap()
}

fn marker<'a>(open: &'a Open, name: &str) -> &'a Marker {
    open.markers().into_iter().find(|marker| marker.at == at(name)).unwrap()
}

/// A profile that has these, with the form as the page brings it: these boxes selected.
fn with(names: &[&str]) -> Open {
    let mut facts = profile();
    let sets = vec![example::grant().profile("Acme ERP").permissions(names)];
    facts.grants = Known::Is(Grants { sets, cut: false });
    let mut form = all_titled();
    for name in names {
        form.boxes[at(name)] = described(&format!("x:{name}:userPerm"), "", "", "", true, &[name]);
    }
    let mut open = Open::new(&page("systempermissions"), &facts, &labels(), form);
    open.take(ticked(names));
    open
}

/// The state in which exactly these are selected, after a click that brought others along.
fn clicked(names: &[&str], place: &str, others: &[&str]) -> State {
    let others = others.iter().map(|name| at(name)).collect();
    State { clicks: vec![Click { place: at(place), others }], ..ticked(names) }
}

#[test]
fn a_box_is_a_dot_then_words_then_new() {
    let mut open = with(&["ApiEnabled", "ApiUserOnly", "ManageUsers"]);
    assert_eq!(marker(&open, "ModifyAllData").standing, Standing::Off);
    let before = marker(&open, "ManageUsers");
    assert_eq!((before.standing, before.label().as_str()), (Standing::On, "Critical"));
    assert_eq!((open.changes(), open.put_back().as_str()), (0, ""));
    open.take(ticked(&["ApiEnabled", "ApiUserOnly", "ManageUsers", "ModifyAllData"]));
    let new = marker(&open, "ModifyAllData");
    assert_eq!((new.standing, new.label().as_str()), (Standing::New, "New · Critical"));
    assert_eq!(open.put_back(), "Put the page back (1 change)");
    // What is wrong is that it is not selected: that is said in words, and is new where it was.
    open.take(ticked(&["ApiEnabled", "ManageUsers"]));
    assert_eq!(marker(&open, "ApiUserOnly").standing, Standing::New);
    assert_eq!(open.put_back(), "Put the page back (1 change)");
    assert_eq!(marker(&with(&["ApiEnabled"]), "ApiUserOnly").standing, Standing::On);
}

#[test]
fn what_a_click_brought_along_is_said_and_undone_with_it() {
    let mut open = with(&["ApiEnabled", "ApiUserOnly"]);
    let names = ["ApiEnabled", "ApiUserOnly", "ModifyAllData", "ViewAllData", "RunReports"];
    open.take(clicked(&names, "ModifyAllData", &["ViewAllData", "RunReports"]));
    let cause = marker(&open, "ModifyAllData");
    assert_eq!((cause.note.as_str(), cause.undo.as_str()), ("also selected 2 others", "Undo all 3"));
    let follower = marker(&open, "ViewAllData");
    assert_eq!((follower.note.as_str(), follower.undo.as_str()), ("because of Modify All Data", ""));
    let detail = open.detail(at("ModifyAllData"));
    assert_eq!(detail.others, ["View All\u{a0}Data", "Run Reports"]);
    let deselects =
        |detail: &Detail| detail.fixes.contains(&InForm::Click(at("ModifyAllData"), "Deselect".into()));
    assert!(!deselects(&detail), "alone it would leave the others");
    let new = open.new_findings();
    let entry = new.iter().find(|entry| entry.title.starts_with("View All")).unwrap();
    assert_eq!(open.cause(entry).as_deref(), Some("because of Modify All Data"));
    assert_eq!(entry.place, Some(at("ViewAllData")));
    // The box that was clicked is clicked back, and the others stay.
    let left = ["ApiEnabled", "ApiUserOnly", "ViewAllData", "RunReports"];
    open.take(clicked(&left, "ModifyAllData", &["ViewAllData", "RunReports"]));
    let cause = marker(&open, "ModifyAllData");
    assert_eq!(cause.standing, Standing::Off);
    let said = (cause.note.as_str(), cause.undo.as_str());
    assert_eq!(said, ("2 others that it selected stay selected", "Undo all 2"));
    // A click that brought nothing along is undone where it was made.
    open.take(clicked(&names[..3], "ModifyAllData", &[]));
    let alone = marker(&open, "ModifyAllData");
    assert_eq!((alone.note.as_str(), alone.undo.as_str()), ("", ""));
    assert!(deselects(&open.detail(at("ModifyAllData"))));
}

#[test]
fn places_that_are_none_are_not_taken_for_one() {
    let mut open = with(&["ApiEnabled", "ApiUserOnly"]);
    let clicks = vec![Click { place: 5_000, others: vec![9_999, at("ModifyAllData")] }];
    open.take(State { clicks, ..ticked(&["ApiEnabled", "ApiUserOnly", "ModifyAllData"]) });
    assert_eq!(marker(&open, "ModifyAllData").note, "because of another box");
    let _ = (open.detail(5_000), open.detail(9_999));
}

#[test]
fn on_what_only_people_have_there_is_what_is_new_alone() {
    let mut open = with(&["ApiEnabled", "ManageUsers"]);
    open.facts.classification = Known::Is(Classification::new(&open.facts, Some(AdminAnswer::Person)));
    let mut people = Open::new(&page("systempermissions"), &open.facts, &open.labels, open.edit.form.clone());
    let count = |open: &Open, marking| open.edit.markers(marking).count();
    people.take(ticked(&["ApiEnabled", "ManageUsers"]));
    assert_eq!((count(&people, Marking::Integrations), count(&people, Marking::Off)), (0, 0));
    assert!(count(&people, Marking::All) > 0);
    people.take(ticked(&["ApiEnabled", "ManageUsers", "ModifyAllData"]));
    let new: Vec<usize> = people.edit.markers(Marking::Integrations).map(|marker| marker.at).collect();
    assert_eq!(new, [at("ModifyAllData")]);
    assert_eq!(count(&people, Marking::Off), 0);
}

#[test]
fn the_note_beside_save_names_two_and_leads_to_the_first() {
    let note = |names: &[&str]| {
        let all = [&["ApiEnabled", "ApiUserOnly"], names].concat();
        let mut open = with(&["ApiEnabled", "ApiUserOnly"]);
        open.take(ticked(&all));
        open.note()
    };
    assert_eq!(note(&["RunReports"]), None);
    let two = note(&["ModifyAllData", "ManageUsers"]).unwrap();
    assert_eq!(two.lead, "This save adds 2 critical risks:");
    assert!(two.words.contains("Modify All Data") && two.words.contains(" and "), "{}", two.words);
    assert!([at("ModifyAllData"), at("ManageUsers")].contains(&two.place.unwrap()));
    assert_eq!(two.put_back, "Put the page back (2 changes)");
}

#[test]
fn a_save_that_was_refused_is_said() {
    let mut open = with(&["ApiEnabled", "ApiUserOnly"]);
    open.edit.set_refused();
    let note = open.note().unwrap();
    assert_eq!((note.lead.as_str(), note.is_critical), ("Not saved.", false));
    open.take(ticked(&["ApiEnabled", "ApiUserOnly", "ModifyAllData"]));
    assert!(open.note().unwrap().is_critical, "what the next save adds matters more");
}

#[test]
fn what_is_here_already_is_counted_and_never_fine() {
    let open = with(&["ApiEnabled", "ManageUsers", "ModifyAllData"]);
    let n = open.already_here();
    assert!(n > 2, "{n}");
    assert_eq!(open.summary(), format!("No new risks · {n} already here"));
}
