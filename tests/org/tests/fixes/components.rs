//! Fixes by the Metadata API: apps closed, profiles and sets of one's own, muting in a group.
//!
//! They never open a socket, like the rest of these tests.

use super::people::plan_of;
use super::*;
use serde_json::json;

fn user(org: &Org, name: &str) -> String {
    let found = org.rows("User").find(|row| text(row, "Name") == name);
    text(found.unwrap_or_else(|| panic!("no {name}")), "Id").to_owned()
}

/// The first user for whom there is such a plan.
fn first(org: &Org, admin: &str, fix: &str) -> (String, Plan) {
    let mut world = World::new(org, admin);
    let users: Vec<String> = org.rows("User").map(|row| text(row, "Id").to_owned()).collect();
    users.into_iter().find_map(|user| Some((user.clone(), plan_of(&mut world, admin, &user, fix)?))).unwrap()
}

fn rest(world: &mut World, method: &str, path: &str, body: Option<Value>) -> Answer {
    let path = format!("/services/data/v62.0/sobjects/{path}");
    let request = Request { id: 1, method: method.into(), path, body: body.map(|body| body.to_string()) };
    let answer = world.send(&request).answer.unwrap();
    assert!(answer.status < 300, "{} {}", answer.status, answer.body);
    world.writes = 0;
    answer
}

#[test]
fn a_group_without_a_muting_set_has_one_made_for_it() {
    let (org, admin) = seeded();
    let mut world = World::new(&org, &admin);
    let muting: Vec<String> = org
        .rows("PermissionSetGroupComponent")
        .filter(|row| text(row, "PermissionSetId").starts_with("0QM"))
        .map(|row| text(row, "Id").to_owned())
        .collect();
    assert!(!muting.is_empty());
    muting
        .iter()
        .for_each(|id| drop(rest(&mut world, "DELETE", &format!("PermissionSetGroupComponent/{id}"), None)));
    (0..20).for_each(|_| world.org.tick());
    let (user, plan) = first(&world.org.clone(), &admin, "mute-permission");
    let seen = world.preview(&plan).unwrap();
    let apply = there_and_back(&mut world, &seen);
    assert!(!apply.plan().reaches.iter().any(|other| other.id.as_str() == user));
    // Salesforce takes its time: it is waited for.
    world.org.group_delay = 6;
    let seen = world.preview(&plan).unwrap();
    there_and_back(&mut world, &seen);
    // Or never comes to it: that is said, and what was done stays on record.
    world.org.group_outcome = Some("Failed".into());
    let plan = world.preview(&plan).unwrap();
    let apply = world.run(Executor::new(plan), None);
    assert!(matches!(apply.stop(), Some(Stop::Waits { .. })), "{:?}", apply.stop());
    assert_eq!((world.writes > 0, apply.is_done(), apply.undo().is_some()), (true, false, true));
    world.org.group_outcome = None;
    world.org.group_delay = 0;
    let group = text(world.org.rows("PermissionSetGroup").next().unwrap(), "Id").to_owned();
    world.org.recalculate(&group);
    assert!(
        world
            .run(Executor::new(apply.undo().unwrap()), None)
            .stop()
            .is_none_or(|stop| matches!(stop, Stop::Waits { .. }))
    );
}

#[test]
fn whoever_loses_an_app_is_named_and_is_never_the_admin() {
    let (org, admin) = seeded();
    let erp = user(&org, "ERP Sync");
    let mut world = World::new(&org, &admin);
    let others: Vec<String> = org
        .rows("OauthToken")
        .filter(|row| text(row, "AppName") == "ERP Connector" && text(row, "UserId") != erp)
        .map(|row| text(row, "UserId").to_owned())
        .collect();
    assert!(others.len() > 1);
    let plan = plan_of(&mut world, &admin, &erp, "close-app").unwrap();
    assert!(plan.title.contains("ERP Connector"), "{}", plan.title);
    for other in &others {
        let name = text(org.row("User", other).unwrap(), "Name");
        assert!(plan.reaches.iter().any(|own| own.id.as_str() == other), "{:?}", plan.reaches);
        // Whom the same profile lets in keeps their access.
        let profile = |id: &str| text(org.row("User", id).unwrap(), "ProfileId").to_owned();
        assert_eq!(plan.breaks[0].contains(name), profile(other) != profile(&erp), "{:?}", plan.breaks);
        // As that one, it is not even offered.
        let gather = world.gather(&erp);
        let acting = Id::parse(other).unwrap();
        let context = Context { facts: gather.facts(), acting: &acting, labels: gather.labels() };
        for (rule, finding) in Report::new(&gather).findings() {
            let plans = fixes::plans(rule, finding, context);
            assert!(
                !plans.iter().any(|plan| plan.fix == "close-app" && plan.title.contains("ERP Connector"))
            );
        }
    }
    // Who has a permission set that lets them in is not reached: only the preview can tell.
    let named = |own: &&String| plan.breaks[0].contains(text(org.row("User", own).unwrap(), "Name"));
    let let_in = others.iter().find(named).unwrap();
    let app = text(
        org.rows("ConnectedApplication").find(|row| text(row, "Name") == "ERP Connector").unwrap(),
        "Id",
    );
    let mut other = World::new(&org, &admin);
    let mut make = |object: &str, fields: Value| {
        let answer = rest(&mut other, "POST", object, Some(fields));
        serde_json::from_str::<Value>(&answer.body).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let set = make("PermissionSet", json!({ "Name": "Lets_In", "Label": "Lets in" }));
    make("SetupEntityAccess", json!({ "ParentId": set, "SetupEntityId": app }));
    make("PermissionSetAssignment", json!({ "AssigneeId": let_in, "PermissionSetId": set }));
    let reached = |plan: &Plan| plan.reaches.iter().any(|own| own.id.as_str() == let_in);
    assert!(reached(&world.preview(&plan).unwrap()));
    assert!(!reached(&other.preview(&plan).unwrap()));
    // First they are let in, then others are kept out.
    let mut writes = plan.steps.iter().map(|step| matches!(step.place, Place::Component { .. }));
    assert_eq!((writes.next_back(), writes.any(|is| is)), (Some(true), false));
    let seen = world.preview(&plan).unwrap();
    there_and_back(&mut world, &seen);
    // An app of a package is no component of this org: nothing is written, and the preview says why.
    world.org.documents.retain(|(kind, _), _| kind != "ConnectedApp");
    let why = world.preview(&plan).unwrap_err();
    assert!(why.contains("ConnectedApp"), "{why}");
}

#[test]
fn a_copy_takes_nobody_s_name_and_is_not_deleted_once_it_is_somebody_s() {
    let (org, admin) = seeded();
    let (user, plan) = first(&org, &admin, "own-profile");
    let Place::Component { names, .. } = &plan.steps[0].place else { panic!() };
    let leastwise_core::plan::Term::Is(name) = &names[0] else { panic!() };
    let name = name.as_str().unwrap();
    let mut world = World::new(&org, &admin);
    let license = text(org.rows("UserLicense").next().unwrap(), "Id");
    rest(&mut world, "POST", "Profile", Some(json!({ "Name": name, "UserLicenseId": license })));
    let why = world.preview(&plan).unwrap_err();
    assert!(why.contains("already") && world.writes == 0, "{why}");

    let mut world = World::new(&org, &admin);
    let old = text(org.row("User", &user).unwrap(), "ProfileId").to_owned();
    let ready = world.preview(&plan).unwrap();
    let apply = world.run(Executor::new(ready), None);
    assert!(apply.is_done());
    let own = text(world.org.row("User", &user).unwrap(), "ProfileId").to_owned();
    let is = |org: &Org, id: &str| org.row("Profile", id).unwrap().clone();
    let (copy, original) = (is(&world.org, &own), is(&world.org, &old));
    for (name, value) in original.iter().filter(|(name, _)| name.starts_with("Permissions")) {
        let own = copy.get(name).unwrap_or(&Value::Bool(false));
        assert_eq!(own, value, "{name}");
    }
    assert_eq!(copy["UserLicenseId"], original["UserLicenseId"]);
    // Somebody ticks something in it: the user goes back, and the profile stays for that somebody.
    let body = json!({ "PermissionsViewSetup": true, "PermissionsEmailSingle": true });
    let before = is(&world.org, &own);
    rest(&mut world, "PATCH", &format!("Profile/{own}"), Some(body));
    assert_ne!(is(&world.org, &own), before);
    let undone = world.run(Executor::new(apply.undo().unwrap()), None);
    let stop = undone.stop().map(Stop::sentence).unwrap_or_default();
    assert!(
        matches!(undone.stop(), Some(Stop::Differs { .. })) && stop.contains("as the original"),
        "{stop}"
    );
    assert_eq!(text(world.org.row("User", &user).unwrap(), "ProfileId"), old);
    assert!(world.org.row("Profile", &own).is_some());
}

#[test]
fn a_standard_profile_s_permission_is_left_behind_with_the_profile() {
    let (org, admin) = seeded();
    let standard = |user: &str| {
        let profile = text(org.row("User", user).unwrap(), "ProfileId");
        org.is_standard_profile(profile)
    };
    let (user, _, plan) = every_plan(&org, &admin)
        .into_iter()
        .find(|(user, _, plan)| plan.fix == "own-profile-without" && standard(user))
        .unwrap();
    let mut world = World::new(&org, &admin);
    let seen = world.preview(&plan).unwrap();
    there_and_back(&mut world, &seen);
    let plan = world.preview(&plan).unwrap();
    assert!(plan.reaches.is_empty() && !plan.reaches_more);
    let off = plan.steps.iter().filter_map(|step| match &step.place {
        Place::Row { object, .. } if object == "Profile" => step.after.as_ref(),
        _ => None,
    });
    let off: Vec<String> =
        off.flatten().map(|(name, _)| name.clone()).filter(|name| name.starts_with("Permissions")).collect();
    assert!(!off.is_empty());
    let apply = world.run(Executor::new(plan.clone()), None);
    assert!(apply.is_done(), "{:?}", apply.stop());
    let own = text(world.org.row("User", &user).unwrap(), "ProfileId").to_owned();
    assert!(!world.org.is_standard_profile(&own));
    for field in &off {
        assert_ne!(world.org.row("Profile", &own).unwrap().get(field), Some(&Value::Bool(true)), "{field}");
    }
}
