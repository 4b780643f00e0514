//! Forms as they are edited: what they are taken for, what they would change, and what is said of them.
//!
//! It never opens a browser: the journeys do.

mod markers;
mod sections;
mod user;

use super::*;
use crate::classification::AdminAnswer;
use crate::facts::{Grants, LoginIpRanges, ObjectGrant, Profile, Reach, SignIns};
use crate::rules::example;
use crate::salesforce::error::OrgError;
use crate::salesforce::ip_range::IpRange;

/// A form with the facts that it is lent.
struct Open {
    edit: Edit,
    facts: Facts,
    labels: Labels,
}

impl Open {
    fn new(page: &Page, facts: &Facts, labels: &Labels, form: Form) -> Open {
        let facts = facts.clone();
        let before = facts.clone();
        let edit = Edit::new(page, &facts, labels, form);
        assert_eq!(facts, before, "facts are as they were");
        Open { edit, facts, labels: labels.clone() }
    }

    fn take(&mut self, state: State) {
        let before = self.facts.clone();
        self.edit.take(state, &self.facts, &self.labels);
        assert_eq!(self.facts, before, "facts are as they were");
    }

    fn expected(&mut self) -> Expected {
        self.edit.expected(&self.facts)
    }

    fn detail(&self, at: usize) -> Detail {
        self.edit.detail(at, &self.facts, &self.labels)
    }

    /// All markers, whoever uses the page.
    fn markers(&self) -> Vec<&Marker> {
        self.edit.markers(Marking::All).collect()
    }
}

impl std::ops::Deref for Open {
    type Target = Edit;
    fn deref(&self) -> &Edit {
        &self.edit
    }
}

/// A profile's page: nobody shown, three users on it.
fn profile() -> Facts {
    let mut facts = example::facts();
    facts.user = Known::Absent("a profile".into());
    facts.classification = Known::Is(Classification::new(&facts, None));
    facts
}

fn page(section: &str) -> Page {
    Page {
        api_host: "acme.my.salesforce.com".into(),
        kind: PageKind::Profile,
        id: example::id("00e", 1),
        editing: true,
        section: Some(section.into()),
    }
}

/// The labels of a few permissions, two of them alike.
fn labels() -> Labels {
    [
        ("ModifyAllData", "Modify All Data"),
        ("ViewAllData", "View All\u{a0}Data"),
        ("ApiUserOnly", "Api Only User"),
        ("ApiEnabled", "API Enabled"),
        ("ManageUsers", "Manage Users"),
        ("RunReports", "Run Reports"),
        ("EditTask", "Edit Tasks"),
        ("EditEvent", "edit tasks"),
        ("BulkApiHardDelete", "Bulk API Hard Delete"),
        ("PasswordNeverExpires", "Password Never Expires"),
        ("FreezeUsers", "Freeze Users"),
    ]
    .into_iter()
    .map(|(name, label)| (name.to_owned(), label.to_owned()))
    .collect()
}

/// A box, as the page describes it.
fn described(id: &str, label: &str, entity: &str, column: &str, was: bool, names: &[&str]) -> String {
    [&[id, label, entity, column, if was { "1" } else { "" }], names].concat().join("\t")
}

/// A box with a title, as the enhanced user interface has it.
fn titled(name: &str) -> String {
    described(&format!("page:console:j_id77:permissions_form:0:{name}:userPerm"), "", "", "", false, &[name])
}

/// A box with a label, as the original user interface has it.
fn labelled(label: &str) -> String {
    described(&format!("up{label}"), label, "", "", false, &[&format!("up{label}")])
}

fn form(boxes: Vec<String>) -> Form {
    Form { boxes, ..Form::default() }
}

fn all_titled() -> Form {
    form(labels().keys().map(|name| titled(name)).collect())
}

/// A mark a box.
fn marks(on: impl IntoIterator<Item = bool>) -> String {
    on.into_iter().map(|on| if on { '1' } else { '0' }).collect()
}

/// The state in which exactly these of [`all_titled`] are ticked.
fn ticked(names: &[&str]) -> State {
    State { on: marks(labels().keys().map(|name| names.contains(&name.as_str()))), ..State::default() }
}

fn edit(names: &[&str]) -> Open {
    let mut edit = Open::new(&page("systempermissions"), &profile(), &labels(), all_titled());
    edit.take(ticked(names));
    edit
}

fn titles(entries: &[&Entry]) -> Vec<String> {
    entries.iter().map(|entry| format!("{} {}", entry.severity.word(), entry.title)).collect()
}

#[test]
fn what_a_save_brings_and_takes_away() {
    let unchanged = edit(&["ApiEnabled", "ApiUserOnly"]);
    assert_eq!(unchanged.summary(), "No new risks");
    assert_eq!(unchanged.note(), None);
    let worse = edit(&["ApiEnabled", "ApiUserOnly", "ModifyAllData"]);
    assert_eq!(
        titles(&worse.new_findings()),
        ["critical Modify All Data: can view, edit and delete every record, regardless of sharing"]
    );
    assert_eq!(worse.summary(), "This edit adds 1 critical");
    let note = worse.note().unwrap();
    assert_eq!(
        (note.lead.as_str(), note.words.as_str()),
        ("This save adds a critical risk:", "Modify All Data")
    );
    assert!(note.is_critical && note.place == worse.permission_box("ModifyAllData"));
    let mut back = worse;
    back.take(ticked(&["ApiEnabled", "ApiUserOnly"]));
    assert_eq!(back.summary(), unchanged.summary());
    assert_eq!(back.markers(), unchanged.markers());
}

#[test]
fn what_was_wrong_before_is_solved() {
    let mut facts = profile();
    facts.grants = Known::Is(Grants {
        sets: vec![example::grant().profile("Acme ERP").permissions(&["ApiEnabled", "ModifyAllData"])],
        cut: false,
    });
    facts.classification = Known::Is(Classification::new(&facts, Some(AdminAnswer::Integration)));
    let mut edit = Open::new(&page("systempermissions"), &facts, &labels(), all_titled());
    edit.take(ticked(&["ApiEnabled", "ModifyAllData"]));
    assert!(edit.solved().is_empty() && edit.new_findings().is_empty());
    let off =
        edit.markers().into_iter().find(|marker| marker.words.starts_with("API Only User is off")).unwrap();
    assert_eq!(off.severity, Severity::High);
    assert_eq!(edit.detail(off.at).fixes, [InForm::Click(off.at, "Select".into())]);
    edit.take(ticked(&["ApiEnabled", "ApiUserOnly"]));
    assert_eq!(edit.solved().len(), 2, "{:?}", titles(&edit.solved()));
    assert_eq!(edit.summary(), "No new risks · fixes 2");
}

/// The law: what stands beside a box is what the rules say of the profile saved with exactly that box ticked.
#[test]
fn a_box_s_verdict_is_the_rules_verdict_on_the_saved_state() {
    for said in [None, Some(AdminAnswer::Integration), Some(AdminAnswer::Person)] {
        for base in [&["ApiEnabled"][..], &["ApiEnabled", "ApiUserOnly"], &["RunReports", "ViewAllData"]] {
            let mut facts = profile();
            let set = |names: &[&str]| Grants {
                sets: vec![example::grant().profile("Acme ERP").permissions(names)],
                cut: false,
            };
            facts.grants = Known::Is(set(base));
            facts.classification = Known::Is(Classification::new(&facts, said));
            let mut edit = Open::new(&page("systempermissions"), &facts, &labels(), all_titled());
            edit.take(ticked(base));
            for (at, name) in labels().keys().enumerate().filter(|(_, name)| *name != API_ONLY) {
                let with: Vec<&str> = base.iter().copied().chain([name.as_str()]).collect();
                let mut saved = facts.clone();
                saved.grants = Known::Is(set(&with));
                saved.classification = Known::Is(Classification::new(&saved, said));
                let found: Vec<Severity> = rules::run(&saved)
                    .into_iter()
                    .filter_map(|(rule, outcome)| match outcome {
                        Outcome::Findings(findings) => Some((rule, findings)),
                        _ => None,
                    })
                    .flat_map(|(rule, findings)| {
                        findings
                            .into_iter()
                            .filter(|f| f.permission() == Some(name))
                            .map(|f| f.severity.unwrap_or(rule.integration))
                            .collect::<Vec<_>>()
                    })
                    .collect();
                let marker = edit.markers().into_iter().find(|marker| marker.at == at);
                assert_eq!(
                    marker.map(|m| m.severity),
                    found.iter().min().copied(),
                    "{name} {said:?} {base:?}"
                );
            }
        }
    }
}

#[test]
fn labels_name_permissions_only_where_one_has_them() {
    let boxes = [
        "Modify All Data",
        "view  all data:",
        "* API Enabled",
        "Edit Tasks",
        "",
        "Something else",
        "\u{200f}Run Reports\u{200f}",
    ];
    let form = form(boxes.iter().map(|label| labelled(label)).collect());
    let edit = Open::new(&page(""), &profile(), &labels(), form);
    let names: Vec<Option<&str>> = edit
        .meanings
        .iter()
        .map(|meaning| match meaning {
            Meaning::Permission(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(
        names,
        [
            Some("ModifyAllData"),
            Some("ViewAllData"),
            Some("ApiEnabled"),
            None,
            None,
            None,
            Some("RunReports")
        ]
    );
    assert_eq!(edit.unrecognised(), 3);
}

#[test]
fn a_box_that_contradicts_itself_or_another_is_nobody_s() {
    let contradicting = described("x:userPerm", "View All Data", "", "", false, &["ModifyAllData"]);
    let unknown_title = described("x:userPerm", "Run Reports", "", "", false, &["Bearbeiten"]);
    let boxes = vec![
        contradicting,
        titled("ApiEnabled"),
        labelled("API Enabled"),
        titled("FlyToTheMoon"),
        unknown_title,
    ];
    let edit = Open::new(&page(""), &profile(), &labels(), form(boxes));
    assert_eq!(edit.unrecognised(), 4);
    assert_eq!(edit.meanings.last(), Some(&Meaning::Permission("RunReports".into())));
    // Without a describe the published names are what is known.
    let edit = Open::new(
        &page(""),
        &profile(),
        &Labels::new(),
        form(vec![titled("ModifyAllData"), titled("Nonsense")]),
    );
    assert_eq!(edit.unrecognised(), 1);
}

#[test]
fn the_boxes_of_one_object() {
    let id = |n: usize| format!("page:console:j:objects_tabs_detail:j:0:j:{n}:olp_check");
    let boxes = (0..6).map(|n| described(&id(n), "?", "", "", false, &[])).collect();
    let form = Form { boxes, object: "Account".into(), ..Form::default() };
    let mut edit = Open::new(&page("objectsandtabs"), &profile(), &labels(), form);
    let state = |on: [bool; 6]| State { on: marks(on), ..State::default() };
    edit.take(state([true, true, true, false, false, false]));
    assert!(edit.new_findings().is_empty());
    let marked: Vec<(usize, Severity)> = edit.markers().into_iter().map(|m| (m.at, m.severity)).collect();
    assert_eq!(marked, [(3, Severity::High), (4, Severity::Medium), (5, Severity::High)]);
    edit.take(state([true, true, true, true, true, true]));
    assert_eq!(titles(&edit.new_findings()), ["high Modify All on Account"]);
    edit.take(state([true, true, true, true, false, false]));
    assert_eq!(titles(&edit.new_findings()), ["high Delete on Account"]);
}

#[test]
fn a_table_of_objects_is_believed_where_it_agrees_with_what_is_granted() {
    let mut facts = profile();
    if let Known::Is(grants) = &mut facts.grants {
        let object = |name: &str| ObjectGrant { object: name.into(), delete: true, ..ObjectGrant::default() };
        grants.sets.iter_mut().for_each(|set| set.deletes = Some(vec![object("Account")].into()));
    }
    let delete = |entity: &str, was| described("crud", "", entity, "3", was, &[]);
    let boxes = vec![
        delete("Account", true),
        delete("Contact", false),
        delete("Case", true),
        delete("取引先", false),
    ];
    let edit = Open::new(&page(""), &facts, &labels(), form(boxes));
    assert_eq!(edit.unrecognised(), 2, "{:?}", edit.meanings);
}

#[test]
fn a_seventh_box_is_none_of_the_six_and_another_order_is_seen() {
    let mut facts = profile();
    if let Known::Is(grants) = &mut facts.grants {
        let object = ObjectGrant { object: "Account".into(), delete: true, ..ObjectGrant::default() };
        grants.sets.iter_mut().for_each(|set| set.deletes = Some(vec![object.clone()].into()));
    }
    let boxes = |on: &str| -> Vec<String> {
        let one = |(at, was)| {
            let id = format!("page:console:j:objects_tabs_detail:j:{at}:olp_check");
            described(&id, "?", "", "", was == '1', &[])
        };
        on.chars().enumerate().map(one).collect()
    };
    for (on, unsure) in [("1111000", 0), ("111100", 0), ("1111010", 7), ("1110000", 7), ("11110001", 1)] {
        let form = Form { boxes: boxes(on), object: "Account".into(), ..Form::default() };
        let edit = Open::new(&page("objectsandtabs"), &facts, &labels(), form);
        assert_eq!(edit.unrecognised(), unsure, "{on}: {:?}", edit.meanings);
    }
    let all = |n: usize| described("crud", "", "Account", &n.to_string(), n < 4, &[]);
    let edit = Open::new(&page(""), &facts, &labels(), form((0..7).map(all).collect()));
    assert_eq!(edit.unrecognised(), 0, "{:?}", edit.meanings);
}

#[test]
fn fields_that_two_have_the_id_of_are_left_alone() {
    let (mut form, mut state) = ranges("203.0.113.9", "203.0.113.1");
    form.fields.push("IpEndAddress\t".into());
    state.values.push("203.0.113.1".into());
    let mut edit = Open::new(&page("loginipranges"), &profile(), &labels(), form);
    edit.take(state);
    assert!(edit.markers().is_empty() && edit.new_findings().is_empty(), "{:?}", edit.markers());
}

fn ranges(start: &str, end: &str) -> (Form, State) {
    let field = |id: &str| format!("{id}\t");
    let form = Form { fields: vec![field("IpStartAddress"), field("IpEndAddress")], ..Form::default() };
    (form, State { values: vec![start.into(), end.into()], ..State::default() })
}

#[test]
fn ranges_are_weighed_before_they_are_saved() {
    let mut facts = profile();
    facts.sign_ins = Known::Is(SignIns {
        rows: vec![example::sign_in("Remote Access 2.0", "OauthClientCredentials", "Acme ERP")].into(),
        cut: false,
    });
    facts.login_ip_ranges = Known::Is(LoginIpRanges::default());
    for (start, end, says) in [
        ("203.0.113.9", "203.0.113.1", "high The range is reversed: it ends before it starts"),
        ("203.0.113.9", "::1", "high One address is IPv4, the other IPv6"),
        ("here", "there", "low Not a valid IP address"),
        (
            "203.0.113.1",
            "203.0.113.9",
            "high This would block 10 logins of the last 90 days, from 198.51.100.7",
        ),
        ("0.0.0.0", "255.255.255.255", "high Login IP ranges are too broad to restrict anything"),
    ] {
        let (form, state) = ranges(start, end);
        let mut edit = Open::new(&page("loginipranges"), &facts, &labels(), form);
        edit.take(state);
        assert!(
            titles(&edit.new_findings()).contains(&says.to_owned()),
            "{start}: {:?}",
            titles(&edit.new_findings())
        );
        let marker = edit.markers().pop().unwrap();
        assert_eq!(marker.at, 1, "beside the end of the range");
        let InForm::Enter(texts, _) = edit.detail(1).fixes.remove(0) else { panic!("no range is proposed") };
        assert_eq!(texts, [(0, "198.51.100.7".into()), (1, "198.51.100.7".into())]);
    }
    let (form, state) = ranges("198.51.100.0", "198.51.100.15");
    let mut edit = Open::new(&page("loginipranges"), &facts, &labels(), form);
    edit.take(state);
    assert!(edit.new_findings().is_empty() && edit.solved().len() == 1);
    facts.login_ip_ranges = Known::Is(LoginIpRanges {
        full_name: String::new(),
        ranges: vec![IpRange::parse("198.51.100.8", "198.51.100.9", "").unwrap()].into(),
    });
    let (form, state) = ranges("198.51.100.0", "198.51.100.15");
    let mut edit = Open::new(&page("loginipranges"), &facts, &labels(), form);
    edit.take(state);
    assert_eq!(titles(&edit.new_findings()), ["low The range overlaps 198.51.100.8 – 198.51.100.9"]);
}

#[test]
fn the_copy_of_a_profile_has_all_that_it_has() {
    let mut facts = profile();
    if let Known::Is(grants) = &mut facts.grants {
        grants.sets.iter_mut().for_each(|set| set.permissions.put("ModifyAllData", true));
    }
    let form = Form { fields: vec!["name	".into()], ..Form::default() };
    let mut edit = Open::new(&page(Page::CLONE), &facts, &labels(), form);
    edit.take(State { values: vec!["Copy".into()], ..State::default() });
    assert!(edit.summary().starts_with("The copy has 1 critical"), "{}", edit.summary());
    assert_eq!(edit.markers().first().map(|marker| marker.at), Some(0));
}

#[test]
fn after_a_save_the_difference_is_told() {
    let mut open = edit(&["ApiEnabled", "ApiUserOnly", "ModifyAllData"]);
    let expected = open.expected();
    let again: Expected = serde_json::from_value(serde_json::to_value(&expected).unwrap()).unwrap();
    assert_eq!(expected, again, "stored and read back");
    assert_eq!(expected.changed(), 1);
    let compare = |names: &[&str]| {
        let mut now = profile();
        now.grants = Known::Is(Grants {
            sets: vec![example::grant().profile("Acme ERP").permissions(names)],
            cut: false,
        });
        expected.compare(&now, PageKind::Profile, &labels())
    };
    assert_eq!(compare(&["ApiEnabled", "ApiUserOnly", "ModifyAllData"]), Some(vec![]));
    assert_eq!(
        compare(&["ApiEnabled", "ApiUserOnly", "ModifyAllData", "ViewAllData"]),
        Some(vec!["View All\u{a0}Data is on, but you entered the opposite".to_owned()])
    );
}

#[test]
fn facts_that_could_not_be_read_give_no_wrong_marker() {
    let mut facts = profile();
    facts.grants = Known::unavailable(Grants::NAME, OrgError::NoPermission { what: "PermissionSet".into() });
    facts.profile = Known::unavailable(Profile::NAME, OrgError::NotFound);
    let mut edit = Open::new(&page("systempermissions"), &facts, &labels(), all_titled());
    edit.take(ticked(&["ModifyAllData"]));
    assert!(edit.new_findings().is_empty() && edit.solved().is_empty());
    assert_eq!(edit.unrecognised(), 0);
    // What a permission lets its holder do is known without them.
    let at = labels().keys().position(|name| name == "ModifyAllData").unwrap();
    let marker = edit.markers().into_iter().find(|marker| marker.at == at).unwrap();
    assert_eq!(marker.severity, Severity::Critical);
    assert!(edit.detail(at).reach.contains("couldn't check"));
    // A state that does not fit the description is taken as far as it goes.
    let mut short = Open::new(&page("systempermissions"), &profile(), &labels(), all_titled());
    short.take(State::default());
    short.take(State { on: "1".repeat(5_000), values: vec!["x".into(); 9], ..State::default() });
    let _ = (short.detail(0), short.detail(4_999), short.summary());
}

#[test]
fn whom_it_reaches() {
    let mut facts = profile();
    let users: Vec<_> = (1..=8)
        .map(|n| crate::facts::Assignee {
            id: example::id("005", n),
            name: format!("User {n}"),
            username: String::new(),
        })
        .map(Into::into)
        .collect();
    let set_reach = |facts: &mut Facts, reach| {
        if let Known::Is(grants) = &mut facts.grants {
            grants.sets.iter_mut().for_each(|set| set.reach = Some(Reach::clone(&reach)));
        }
    };
    set_reach(&mut facts, Reach { others: users, more: true, ..Reach::default() });
    let words = reach::words(&facts, PageKind::Profile);
    assert_eq!(
        words,
        "8 integration users (User 1, User 2, User 3, User 4, User 5 and 3 more) and more other active users"
    );
    set_reach(&mut facts, Reach::default());
    assert_eq!(reach::words(&facts, PageKind::Profile), "no active users today");
}
