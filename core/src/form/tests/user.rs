//! A user's form: another profile, licence or address, and the boxes of features.
//!
//! It never opens a browser: the journeys do.

use super::*;
use crate::facts::FEATURE;
use crate::facts::{Choice, License};
use crate::salesforce::permissions;

const KEPT: &str = "1005g000000AAAA\tSalesforce Integration";
const MAIL: &str = "integrations@acme.example";

fn user_page() -> Page {
    Page { kind: PageKind::User, id: example::id("005", 1), section: None, ..page("") }
}

fn user_form() -> Form {
    let field = |id: &str, value: &str| format!("{id}\t{value}");
    let feature = |n: usize, label: &str| {
        let id = format!("{FEATURE}_{n}");
        described(&id, label, "", "", false, &[&id, &id])
    };
    Form {
        boxes: vec![
            described("active", "Active", "", "", true, &[]),
            feature(0, "Marketing User"),
            feature(1, "Offline User"),
            feature(2, "Something new"),
            described("00N5g000001AbCd", "Marketing User", "", "", false, &[]),
        ],
        fields: vec![
            field("Email", MAIL),
            field("Profile", example::id("00e", 1).as_str()),
            field("user_license_id", KEPT),
        ],
        ..Form::default()
    }
}

fn state(email: &str, profile: &Id, license: &str) -> State {
    State {
        on: "10000".into(),
        values: vec![email.into(), profile.to_string(), license.into()],
        ..State::default()
    }
}

/// Labels of permissions, and of two features.
fn all_labels() -> Labels {
    let mut all = labels();
    all.insert(format!("{FEATURE}MarketingUser"), "Marketing User".into());
    all.insert(format!("{FEATURE}OfflineUser"), "Offline User".into());
    all
}

fn choice(n: u32, license: &str, names: &[&str]) -> Choice {
    let mut set = example::grant().profile("Other").permissions(names).shared_with(&["Ann Lee"]);
    set.id = example::id("0PS", n);
    set.deletes = None;
    let permissions = set.permissions.clone();
    Choice {
        profile: Profile {
            id: example::id("00e", n),
            name: "Other".into(),
            user_type: "Standard".into(),
            permissions,
        },
        license: License { name: license.into() },
        set,
    }
}

#[test]
fn a_licence_an_address_and_a_profile_that_was_not_read() {
    let facts = example::facts();
    let own = example::id("00e", 1);
    let mut edit = Open::new(&user_page(), &facts, &all_labels(), user_form());
    edit.take(state(MAIL, &own, KEPT));
    assert_eq!(edit.new_findings().len(), 0);
    edit.take(state(MAIL, &own, "1005g000000AAAB\tSalesforce"));
    let new = titles(&edit.new_findings());
    assert!(new.iter().any(|title| title.contains("Salesforce")), "{new:?}");
    edit.take(state("kim.roe@acme.example", &own, KEPT));
    assert!(!edit.new_findings().is_empty());
    // What another profile grants is not known: that solves nothing.
    edit.take(state(MAIL, &example::id("00e", 2), KEPT));
    assert!(edit.solved().is_empty() && !edit.untold().is_empty() && !edit.unknown().is_empty());
    assert!(edit.markers().into_iter().any(|marker| marker.at == 6 && marker.severity == Severity::Info));
}

/// The law: what is said of another profile is what the rules say of the user who has it.
#[test]
fn a_user_with_another_profile_is_judged_with_it() {
    let mut facts = example::facts();
    let choices = vec![
        choice(2, "Salesforce Integration", &["ApiEnabled", "ApiUserOnly"]),
        choice(3, "Salesforce", &["ApiEnabled", "ModifyAllData", "ManageUsers", "PasswordNeverExpires"]),
        choice(4, "Salesforce Integration", &["ViewAllData", "ApiUserOnly", "FlyToTheMoon"]),
        choice(5, "Salesforce Integration", &["ApiEnabled", "ApiUserOnly"]),
    ];
    facts.choices = choices.into();
    // Of two the objects that they let delete were read: one lets delete.
    let object = ObjectGrant { object: "Account".into(), delete: true, ..ObjectGrant::default() };
    facts.choices[0].set.deletes = Some(vec![object].into());
    facts.choices[3].set.deletes = Some(vec![].into());
    let own = example::id("00e", 1);
    for choice in facts.choices.clone().iter() {
        let mut edit = Open::new(&user_page(), &facts, &all_labels(), user_form());
        edit.take(state(MAIL, &choice.profile.id, KEPT));
        let mut saved = facts.clone();
        if let Known::Is(user) = &mut saved.user {
            user.profile_id = Some(choice.profile.id.clone());
        }
        (saved.profile, saved.license) =
            (Known::Is(choice.profile.clone()), Known::Is(choice.license.clone()));
        saved.grants = Known::Is(Grants { sets: vec![choice.set.clone()], cut: false });
        saved.login_ip_ranges = Known::unavailable(LoginIpRanges::NAME, OrgError::Pending);
        saved.classification = Known::Is(Classification::new(&saved, None));
        let said: Vec<_> = edit.outcomes.iter().map(|(rule, outcome)| (rule.id, outcome.clone())).collect();
        let is: Vec<_> = rules::run(&saved).into_iter().map(|(rule, outcome)| (rule.id, outcome)).collect();
        assert_eq!(said, is, "{:?}", choice.profile.id);
        let untold: Vec<_> = edit.untold().iter().map(|rule| rule.id).collect();
        let listed = choice.set.deletes.is_some();
        let of_objects = ["record-deletion", "unrestricted-login-ip", "whole-object-access"];
        assert_eq!(untold, if listed { &of_objects[1..2] } else { &of_objects[..] });
        let deletes =
            edit.new_findings().iter().any(|entry| entry.title.starts_with("Can delete records of Account"));
        assert_eq!(deletes, choice.set.deletes.as_ref().is_some_and(|all| !all.is_empty()));
        assert_ne!(edit.unknown().contains("object permissions"), listed);
        let worst = edit.markers().into_iter().find(|marker| marker.at == 6).unwrap();
        let new = edit.new_findings();
        assert_eq!(worst.severity, new.first().map_or(Severity::Info, |entry| entry.severity));
        assert!(edit.detail(6).lines.last().unwrap().contains("after you save"));
        edit.take(state(MAIL, &own, KEPT));
        assert!(edit.new_findings().is_empty() && edit.untold().is_empty());
    }
}

/// Of the profiles that could be chosen only the permissions that a rule looks at are read: the others change nothing.
#[test]
fn a_permission_that_is_not_judged_changes_no_outcome() {
    let run = |name: &str| {
        let mut facts = example::facts();
        if let Known::Is(grants) = &mut facts.grants {
            grants.sets.iter_mut().for_each(|set| set.permissions.put(name, true));
        }
        facts.classification = Known::Is(Classification::new(&facts, None));
        rules::run(&facts).into_iter().map(|(_, outcome)| outcome).collect::<Vec<_>>()
    };
    let without = run("ApiEnabled");
    let (judged, others): (Vec<&str>, Vec<&str>) =
        permissions::published().partition(|name| permissions::is_judged(name));
    assert!(judged.len() > 50 && others.len() > 250);
    for name in others {
        assert_eq!(run(name), without, "{name}");
    }
    assert!(permissions::is_judged("FlyToTheMoon") && permissions::is_judged("ApiUserOnly"));
}

#[test]
fn features_have_one_line_for_all_that_are_selected() {
    let facts = example::facts();
    let edit = |facts: &Facts, labels: &Labels, on: &str| {
        let mut edit = Open::new(&user_page(), facts, labels, user_form());
        edit.take(State { on: on.into(), ..state(MAIL, &example::id("00e", 1), KEPT) });
        edit
    };
    assert!(
        edit(&facts, &all_labels(), "10000").markers().is_empty(),
        "nothing is said of what is not selected"
    );
    let open = edit(&facts, &all_labels(), "11000");
    // Beside the last that is known: a field that the org made, of the same name, is none; nor is a box with a label that
    // nobody has.
    let marked: Vec<_> = open.markers().into_iter().map(|m| (m.at, m.severity, m.words.clone())).collect();
    assert_eq!(marked, [(2, Severity::Info, "Integrations rarely need these features".to_owned())]);
    assert_eq!(open.unrecognised(), 1);
    assert_eq!(open.detail(2).lines, ["Marketing User: only needed to create and edit campaigns."]);
    let both = edit(&facts, &all_labels(), "11101");
    assert_eq!(both.detail(2).lines.len(), 2, "{:?}", both.detail(2));
    // A person may well need them; without the org's labels which is which is not known.
    assert!(edit(&example::person(), &all_labels(), "11100").markers().is_empty());
    let blind = edit(&facts, &labels(), "11100");
    assert_eq!((blind.markers().len(), blind.unrecognised()), (0, 3));
}

#[test]
fn after_a_user_s_save_the_difference_is_told() {
    let facts = example::facts();
    let mut open = Open::new(&user_page(), &facts, &all_labels(), user_form());
    open.take(state("other@acme.example", &example::id("00e", 2), KEPT));
    let expected = open.expected();
    assert_eq!(expected.changed(), 2);
    assert!(!serde_json::to_string(&expected).unwrap().contains("acme.example"), "no address is stored");
    let compare = |email: &str, profile: u32, active| {
        let mut now = facts.clone();
        if let Known::Is(user) = &mut now.user {
            (user.email, user.is_active) = (email.into(), active);
            user.profile_id = Some(example::id("00e", profile));
        }
        expected.compare(&now, PageKind::User, &labels()).unwrap()
    };
    assert!(compare("other@acme.example", 2, true).is_empty());
    assert_eq!(
        compare(MAIL, 1, false),
        ["Active", "The email address", "The profile"]
            .map(|what| format!("{what} differs from what you entered"))
    );
    let unread = Facts::pending(facts.now);
    assert_eq!(expected.compare(&unread, PageKind::User, &labels()), None);
    // Nothing is expected of what is not known, and that too can be stored.
    let nothing = Open::new(&user_page(), &unread, &labels(), user_form()).expected();
    let again: Expected = serde_json::from_value(serde_json::to_value(&nothing).unwrap()).unwrap();
    assert_eq!(again, nothing);
}

#[test]
fn a_name_that_nobody_changed_and_a_profile_that_is_no_choice_are_as_they_were_read() {
    let mut facts = example::facts();
    if let Known::Is(user) = &mut facts.user {
        user.name = "Ann Maria Lee".into();
    }
    let field = |id: &str, value: &str| format!("{id}\t{value}");
    let fields = vec![
        field("name_firstName", "Ann"),
        field("name_lastName", "Lee"),
        field("Profile", "AcmeIntegration"),
    ];
    let form = Form { fields, ..Form::default() };
    let mut edit = Open::new(&user_page(), &facts, &all_labels(), form);
    let state = |last: &str| State {
        values: vec!["Ann".into(), last.into(), "AcmeIntegration".into()],
        ..State::default()
    };
    edit.take(state("Lee"));
    assert_eq!((edit.unknown(), edit.new_findings().len(), edit.solved().len()), ("", 0, 0));
    edit.take(state("Integration"));
    assert_eq!(edit.unknown(), "", "fifteen letters are no profile's id");
}
