//! Fixes of password policies and session settings: found whatever they are called, made stricter, and put back.
//!
//! They never open a socket, like the rest of these tests.

use super::people::plan_of;
use super::*;
use leastwise_org::contract::Contract;
use leastwise_org::store::Actor;
use serde_json::json;

const KIND: &str = "ProfilePasswordPolicy";
const EXPIRE: &str = "expire-password";
const ENFORCE: &str = "enforce-ip-ranges";

fn user(org: &Org, username: &str) -> String {
    text(org.rows("User").find(|row| text(row, "Username") == username).unwrap(), "Id").to_owned()
}

fn of(world: &mut World, admin: &str, username: &str, fix: &str) -> Option<Plan> {
    let user = user(&world.org, username);
    plan_of(world, admin, &user, fix)
}

fn policy<'o>(org: &'o mut Org, profile: &str) -> &'o mut Value {
    let all = org.documents.iter_mut();
    let mut own = all.filter(|((kind, _), document)| kind == KIND && document["profile"] == profile);
    own.next().unwrap().1
}

/// What a plan's last step changes: field, before, after.
fn changes(plan: &Plan) -> Vec<(String, String, String)> {
    let step = plan.steps.last().unwrap();
    let told = |term: &leastwise_core::plan::Term| match term {
        leastwise_core::plan::Term::Is(value) => value.to_string().replace('"', ""),
        other => panic!("{other:?}"),
    };
    let before = step.before.as_ref().unwrap();
    let all = step.after.iter().flatten().map(|(name, term)| {
        let was = &before.iter().find(|(own, _)| own == name).unwrap().1;
        (name.clone(), told(was), told(term))
    });
    all.filter(|(_, was, is)| was != is).collect()
}

fn changed(name: &str, was: &str, is: &str) -> (String, String, String) {
    (name.into(), was.into(), is.into())
}

#[test]
fn a_profile_s_passwords_expire_and_whom_that_reaches_is_said() {
    let (org, admin) = seeded();
    let mut world = World::new(&org, &admin);
    // A policy that was made under another name of the profile, and is weak in all that it can be.
    let plan = of(&mut world, &admin, "old.loader@acme.example", EXPIRE).unwrap();
    let plan = world.preview(&plan).unwrap();
    assert_eq!(
        changes(&plan),
        [
            changed("maxLoginAttempts", "0", "10"),
            changed("minimumPasswordLength", "5", "8"),
            changed("passwordExpiration", "0", "90"),
            changed("passwordHistory", "0", "3"),
        ]
    );
    // All of it is put away, and so is what it is called.
    let before = plan.steps[1].before.as_ref().unwrap();
    assert_eq!(before.len(), 12);
    assert!(format!("{before:?}").contains("Acme_Links_profilePasswordPolicy1671051777049"), "{before:?}");
    let named = |name: &str| plan.reaches.iter().any(|other| other.name == name);
    assert!(named("Jira Connector") && named("Ravi Rao") && !named("Old Loader"), "{:?}", plan.reaches);
    assert!(plan.breaks[0].contains("is 500 days old"), "{:?}", plan.breaks);
    let old = plan.depends.iter().find(|line| line.starts_with("Older passwords")).unwrap();
    assert!(old.contains("Old Loader") && !old.contains("Ravi Rao"), "{old}");
    let apply = there_and_back(&mut world, &plan);
    assert_eq!(apply.progress().len(), 2);
    assert_eq!(world.writes, 2, "one to do it, one to take it back");
    // Where one never expires whatever the policy says, that is said.
    let plan = of(&mut world, &admin, "legacy.middleware@acme.example", EXPIRE).unwrap();
    let plan = world.preview(&plan).unwrap();
    assert!(plan.breaks[0].contains("Password Never Expires"), "{:?}", plan.breaks);
    assert!(plan.reaches.is_empty() && plan.safety.word() == "confirm", "{:?}", plan.reaches);
    assert_eq!(changes(&plan), [changed("passwordExpiration", "0", "90")]);
    there_and_back(&mut world, &plan);
}

#[test]
fn a_stricter_policy_stays_as_it_is() {
    let (org, admin) = seeded();
    let mut world = World::new(&org, &admin);
    let plan = of(&mut world, &admin, "old.loader@acme.example", EXPIRE).unwrap();
    let own = policy(&mut world.org, "acme connector");
    for (name, value) in [
        ("passwordExpiration", 30),
        ("passwordHistory", 24),
        ("minimumPasswordLength", 20),
        ("maxLoginAttempts", 3),
    ] {
        own[name] = json!(value);
    }
    // Nothing is offered that would do nothing, and nothing is asked of people that is done.
    for fix in [EXPIRE, "guide-password-policy"] {
        assert!(of(&mut world, &admin, "old.loader@acme.example", fix).is_none(), "{fix}");
    }
    // Somebody else made it stricter after it was offered.
    let plan = world.preview(&plan).unwrap();
    assert!(changes(&plan).is_empty());
    let apply = world.run(Executor::new(plan), None);
    assert!(apply.is_done() && apply.undo().is_none());
    assert_eq!(world.writes, 0);
}

#[test]
fn a_profile_without_a_policy_is_left_to_people() {
    let (mut org, admin) = seeded();
    let plan = of(&mut World::new(&org, &admin), &admin, "old.loader@acme.example", EXPIRE).unwrap();
    org.documents.retain(|(kind, name), _| kind != KIND || !name.starts_with("Acme_Links"));
    let mut world = World::new(&org, &admin);
    // It is not offered where there is none to change; and where it went meanwhile, that is said.
    assert!(of(&mut world, &admin, "old.loader@acme.example", EXPIRE).is_none());
    let none = "Leastwise found no password policy on profile “Acme Connector” itself";
    let why = world.preview(&plan).unwrap_err();
    assert!(why.starts_with(none), "{why}");
    // None in the org at all: the same.
    world.org.documents.retain(|(kind, _), _| kind != KIND);
    assert!(world.preview(&plan).unwrap_err().starts_with(none));
    assert!(of(&mut world, &admin, "old.loader@acme.example", EXPIRE).is_none());
    let hand = of(&mut world, &admin, "old.loader@acme.example", "guide-password-policy").unwrap();
    assert!(world.preview(&hand).is_ok());
    let Some(leastwise_core::plan::Way::Hand(link)) = hand.steps.last().map(|step| &step.way) else {
        panic!()
    };
    assert!(link.starts_with("/lightning/setup/EnhancedProfiles/page?address=%2F00e"), "{link}");
    assert_eq!(world.writes, 0);
}

#[test]
fn a_policy_is_found_whatever_it_is_called_and_among_many() {
    let (mut org, admin) = seeded();
    // The profile has another name now, and one that is gone has left its policy behind.
    let mut gone = policy(&mut org, "acme connector").clone();
    gone["profile"] = json!("Nobody Any More");
    org.documents.insert((KIND.into(), "AAA_profilePasswordPolicy1".into()), gone.clone());
    let kind = leastwise_org::metadata::kind_of("Profile").unwrap();
    let actor = Actor { user_id: admin.clone() };
    org.rename_component(&actor, kind, "Acme Connector", "Ämter & Links (now)").unwrap();
    let mut world = World::new(&org, &admin);
    let plan = of(&mut world, &admin, "old.loader@acme.example", EXPIRE).unwrap();
    let seen = world.preview(&plan).unwrap();
    assert_eq!(changes(&seen).len(), 4);
    there_and_back(&mut world, &seen);
    // More than one request reads: those called after the profile are looked at, here the one that is its own.
    for n in 0..12 {
        world.org.documents.insert((KIND.into(), format!("B{n}_profilePasswordPolicy{n}")), gone.clone());
    }
    assert!(world.preview(&plan).unwrap_err().contains("found no password policy on profile"));
    let key = (KIND.to_owned(), "Acme_Links_profilePasswordPolicy1671051777049".to_owned());
    let own = world.org.documents.remove(&key).unwrap();
    world.org.documents.insert((KIND.into(), "mter_Links_now_profilePasswordPolicy7".into()), own);
    let plan = of(&mut world, &admin, "old.loader@acme.example", EXPIRE).unwrap();
    let seen = world.preview(&plan).unwrap();
    assert_eq!(changes(&seen).len(), 4);
    there_and_back(&mut world, &seen);
}

#[test]
fn what_somebody_else_set_meanwhile_stays() {
    let (org, admin) = seeded();
    let mut world = World::new(&org, &admin);
    let plan = of(&mut world, &admin, "old.loader@acme.example", EXPIRE).unwrap();
    let plan = world.preview(&plan).unwrap();
    let was = policy(&mut world.org, "acme connector").clone();
    policy(&mut world.org, "acme connector")["passwordExpiration"] = json!(365);
    policy(&mut world.org, "acme connector")["passwordHistory"] = json!(5);
    let before = world.state();
    let apply = world.run(Executor::new(plan.clone()), None);
    assert!(matches!(apply.stop(), Some(Stop::Differs { .. })), "{apply:?}");
    assert_eq!((world.writes, world.state()), (0, before));
    // Between Apply and Undo: its own preview has it, and what else they changed stays.
    *policy(&mut world.org, "acme connector") = was;
    let apply = world.run(Executor::new(plan), None);
    policy(&mut world.org, "acme connector")["passwordComplexity"] = json!(4);
    let undone = world.run(Executor::new(apply.undo().unwrap()), None);
    assert!(undone.is_done(), "{undone:?}");
    let own = policy(&mut world.org, "acme connector");
    assert_eq!((&own["passwordComplexity"], &own["passwordExpiration"]), (&json!(4), &json!(0)));
}

#[test]
fn ranges_hold_on_every_request_and_nothing_else_of_the_settings_changes() {
    let (org, admin) = seeded();
    let mut world = World::new(&org, &admin);
    // Ranges that keep nobody out are not worth it, nor none.
    for username in ["jira.connector@acme.example", "erp.sync@acme.example"] {
        assert!(of(&mut world, &admin, username, ENFORCE).is_none(), "{username}");
    }
    let plan = of(&mut world, &admin, "marketing.hub@acme.example", ENFORCE).unwrap();
    let plan = world.preview(&plan).unwrap();
    assert!(plan.reaches_more && plan.safety.word() == "confirm" && plan.breaks[0].contains("whole org"));
    let is = |org: &Org| org.documents[&("Settings".into(), "Security".into())]["sessionSettings"].clone();
    let was = is(&world.org);
    let apply = world.run(Executor::new(plan.clone()), None);
    assert!(apply.is_done());
    let mut now = is(&world.org);
    assert_eq!(now["enforceIpRangesEveryRequest"], json!(true));
    now["enforceIpRangesEveryRequest"] = json!(false);
    assert_eq!(now, was);
    let undone = world.run(Executor::new(apply.undo().unwrap()), None);
    assert!(undone.is_done());
    assert_eq!(is(&world.org), was);
    there_and_back(&mut world, &plan);
}

#[test]
fn who_may_not_is_told_so_and_nothing_changes() {
    let (org, admin) = seeded();
    for (username, fix, needs) in [
        ("old.loader@acme.example", EXPIRE, "ManagePasswordPolicies"),
        ("old.loader@acme.example", EXPIRE, "ManageProfilesPermissionsets"),
        ("marketing.hub@acme.example", ENFORCE, "CustomizeApplication"),
    ] {
        let mut world = World::new(&org, &admin);
        let plan = of(&mut world, &admin, username, fix).unwrap();
        let plan = world.preview(&plan).unwrap();
        let sets: Vec<_> = world.org.rows("PermissionSet").cloned().collect();
        for mut set in sets {
            set.insert(format!("Permissions{needs}"), json!(false));
            world.org.put("PermissionSet", set);
        }
        let before = world.state();
        let apply = world.run(Executor::new(plan), None);
        let Some(Stop::Refused(refusal)) = apply.stop() else { panic!("{apply:?}") };
        assert!(refusal.sentence().contains("insufficient access"), "{}", refusal.sentence());
        assert!(apply.undo().is_none());
        alike(&world.state(), &before, fix);
    }
}

#[test]
fn the_text_of_a_plan_is_a_file_that_the_platform_takes() {
    let (org, admin) = seeded();
    let mut world = World::new(&org, &admin);
    for (username, fix, kind) in [
        ("old.loader@acme.example", EXPIRE, KIND),
        ("marketing.hub@acme.example", ENFORCE, "SecuritySettings"),
    ] {
        let plan = of(&mut world, &admin, username, fix).unwrap();
        let plan = world.preview(&plan).unwrap();
        let told = plan.text();
        let xml = &told[told.find(&format!("<{kind} ")).unwrap()..];
        let document = roxmltree::Document::parse(xml).unwrap();
        let value = Contract::metadata().read(kind, document.root_element()).unwrap();
        // Deployed by hand it is what Apply does.
        let mut by_hand = World::new(&org, &admin);
        let kind = leastwise_org::metadata::kind_of(kind).unwrap();
        let mode = leastwise_org::metadata::Mode::Update;
        by_hand.org.write_component(&Actor { user_id: admin.clone() }, kind, &value, mode).unwrap();
        let apply = world.run(Executor::new(plan), None);
        assert!(apply.is_done());
        alike(&by_hand.state(), &world.state(), fix);
        let undone = world.run(Executor::new(apply.undo().unwrap()), None);
        assert!(undone.is_done());
    }
}
