//! Fixes of users: what depends on them, the last administrator, several tokens of one app, a mailed address, guided steps.
//!
//! They never open a socket, like the rest of these tests.

use super::*;
use leastwise_core::plan::{Look, Step, Way};
use serde_json::json;

/// The user with that name, and a plan for them.
pub(super) fn plan_of(world: &mut World, admin: &str, user: &str, fix: &str) -> Option<Plan> {
    let acting = Id::parse(admin).unwrap();
    let gather = world.gather(user);
    let context = Context { facts: gather.facts(), acting: &acting, labels: gather.labels() };
    let mut all = fixes::emergency(context);
    for (rule, finding) in Report::new(&gather).findings() {
        all.extend(fixes::plans(rule, finding, context));
    }
    all.into_iter().map(entered).find(|plan| plan.fix == fix)
}

fn with_token(org: &Org) -> (String, String) {
    let rows = org.rows("OauthToken");
    let token = rows.max_by_key(|row| text(row, "UserId").to_owned()).unwrap();
    (text(token, "UserId").to_owned(), text(token, "AppName").to_owned())
}

pub(super) fn put(org: &mut Org, object: &str, fields: Value) -> String {
    let Value::Object(row) = fields else { panic!() };
    org.put(object, row)
}

/// What the preview's look that is called so says, if it found something or could not be read.
fn told<'a>(plan: &'a Plan, words: &str) -> Option<&'a String> {
    plan.depends.iter().find(|line| line.starts_with(words))
}

#[test]
fn each_token_of_an_app_is_revoked_and_no_other() {
    let (mut org, admin) = seeded();
    let erp = org.rows("User").find(|row| text(row, "Username").starts_with("erp")).unwrap();
    let erp = text(erp, "Id").to_owned();
    for n in 0..4 {
        let token = json!({ "UserId": erp, "AppName": "It's \"one\"", "DeleteToken": format!("d+{n}/="), "UseCount": n });
        put(&mut org, "OauthToken", token);
    }
    let other = json!({ "UserId": erp, "AppName": "Another", "DeleteToken": "o", "UseCount": 1 });
    put(&mut org, "OauthToken", other);
    let left =
        |org: &Org, app: &str| org.rows("OauthToken").filter(|row| text(row, "AppName") == app).count();
    let mut world = World::new(&org, &admin);
    let acting = Id::parse(&admin).unwrap();
    let gather = world.gather(&erp);
    let context = Context { facts: gather.facts(), acting: &acting, labels: gather.labels() };
    let plan = Report::new(&gather)
        .findings()
        .into_iter()
        .flat_map(|(rule, finding)| fixes::plans(rule, finding, context))
        .find(|plan| plan.fix == "revoke-token" && plan.title.contains("It's"))
        .unwrap();
    let plan = world.preview(&plan).unwrap();
    assert_eq!(told(&plan, "Tokens").unwrap().split(';').count(), 4);
    assert!(matches!(plan.undo, Undo::Never(_)));
    let first = world.sent;
    let whole = world.run(Executor::new(plan.clone()), None);
    assert!(whole.is_done() && whole.undo().is_none() && world.writes == 4, "{whole:?}");
    assert_eq!((left(&world.org, "It's \"one\""), left(&world.org, "Another")), (0, 1));
    let last = world.sent;
    // Whatever breaks, what is left is revoked, and nothing else.
    for at in first..last {
        for trouble in [Trouble::Lost, Trouble::Unanswered, Trouble::Torn, Trouble::Busy, Trouble::Locked] {
            for kill in [None, Some(2), Some(3), Some(5)] {
                let mut world = World::new(&org, &admin);
                world.sent = first;
                world.trouble = Some((at, trouble));
                let mut apply = world.run(Executor::new(plan.clone()), kill);
                assert!(apply.is_done() || apply.stop().is_some());
                world.trouble = None;
                apply.resume();
                let apply = world.run(apply, None);
                assert!(apply.is_done(), "{at} {trouble:?} {kill:?}: {apply:?}");
                assert_eq!((left(&world.org, "It's \"one\""), left(&world.org, "Another")), (0, 1));
                assert!(world.writes <= 6);
            }
        }
    }
    // A token is nowhere in what is put away.
    assert!(!serde_json::to_string(&plan).unwrap().contains("d+0"));
}

#[test]
fn what_depends_on_a_user_is_shown_before_they_go_and_what_was_refused_cannot_be_told() {
    let (mut org, admin) = seeded();
    let (user, app) = with_token(&org);
    let job = put(&mut org, "CronJobDetail", json!({ "Name": "Nightly", "JobType": "7" }));
    put(&mut org, "CronTrigger", json!({ "CronJobDetailId": job, "OwnerId": user, "State": "WAITING" }));
    let group = put(&mut org, "Group", json!({ "Name": "Tier 2", "Type": "Queue" }));
    put(&mut org, "GroupMember", json!({ "GroupId": group, "UserOrGroupId": user }));
    let job = json!({ "JobType": "BatchApex", "Status": "Queued", "CreatedById": user });
    put(&mut org, "AsyncApexJob", job);
    let done = json!({ "JobType": "Future", "Status": "Completed", "CreatedById": user });
    put(&mut org, "AsyncApexJob", done);
    put(&mut org, "Dashboard", json!({ "Title": "Sales of the week", "RunningUserId": user }));
    put(&mut org, "FlowInterview", json!({ "InterviewLabel": "Onboarding", "OwnerId": user }));
    put(&mut org, "EmailServicesAddress", json!({ "LocalPart": "orders", "RunAsUserId": user }));
    put(
        &mut org,
        "ProcessInstanceWorkitem",
        json!({ "ActorId": user, "CreatedDate": "2026-01-02T03:04:05.000+0000" }),
    );
    let mut world = World::new(&org, &admin);
    let plan = plan_of(&mut world, &admin, &user, "deactivate").unwrap();
    let asked = world.sent;
    let mut other = plan.clone();
    let plan = world.preview(&plan).unwrap();
    assert!(world.sent - asked <= 4, "the user, the other admin, five looks each: {}", world.sent - asked);
    for (words, part) in [
        ("Scheduled jobs", "Nightly"),
        ("OAuth tokens", app.as_str()),
        ("Running Apex jobs", "BatchApex · Queued"),
        ("Dashboards", "Sales of the week"),
        ("Queues", "Queue · Tier 2"),
        ("Paused flows", "Onboarding"),
        ("Email services", "orders"),
        ("Pending approvals", "2026-01-02"),
    ] {
        assert!(told(&plan, words).unwrap().contains(part), "{words}: {:?}", plan.depends);
    }
    assert!(!told(&plan, "Running Apex jobs").unwrap().contains("Completed"));
    // Sites are not in this org: what was refused is not taken for nothing.
    assert!(told(&plan, "Sites").unwrap().contains("couldn't be read"), "{:?}", plan.depends);
    // A look that forbids and cannot be read forbids.
    other.first(Step::bars("y", "SELECT Nonsense FROM User".into()));
    assert!(world.preview(&other).is_err());
    assert_eq!(world.writes, 0);
}

#[test]
fn the_last_administrator_is_neither_deactivated_nor_frozen() {
    let (org, admin) = seeded();
    let administrators = text(&org.row("User", &admin).unwrap().clone(), "ProfileId").to_owned();
    let mut org = org;
    let mut row = org.row("User", &admin).unwrap().clone();
    row.remove("Id");
    row.insert("Username".into(), json!("second.admin@acme.example"));
    assert_eq!(text(&row, "ProfileId"), administrators);
    let last = org.add_user(row);
    // They have signed in: there is a row to freeze.
    put(&mut org, "UserLogin", json!({ "UserId": last, "IsFrozen": false, "IsPasswordLocked": false }));
    let mut world = World::new(&org, &admin);
    for fix in ["deactivate", "freeze"] {
        let plan = plan_of(&mut world, &admin, &last, fix).unwrap();
        let needs = |plan: &Plan| -> String {
            let step = plan.steps.iter().find(|step| step.way == Way::Read).unwrap();
            let Place::Query { soql } = &step.place else { panic!() };
            soql.clone()
        };
        assert!(needs(&plan).contains(&last), "the one who goes does not count");
        if fix == "deactivate" {
            assert!(world.preview(&plan).is_ok(), "the acting admin is another one");
        }
        // As it is when the acting admin is none, and nobody else is.
        let sets: Vec<String> = world
            .org
            .rows("PermissionSet")
            .filter(|set| set.get("PermissionsModifyAllData") == Some(&json!(true)))
            .map(|set| text(set, "Id").to_owned())
            .collect();
        let given: Vec<String> = world
            .org
            .rows("PermissionSetAssignment")
            .filter(|row| sets.iter().any(|set| set == text(row, "PermissionSetId")))
            .map(|row| text(row, "AssigneeId").to_owned())
            .filter(|id| *id != last && *id != admin)
            .collect();
        let mut alone = World { org: world.org.clone(), sid: world.sid.clone(), ..World::new(&org, &admin) };
        for id in given {
            let mut row = alone.org.row("User", &id).unwrap().clone();
            row.insert("IsActive".into(), json!(false));
            alone.org.put("User", row);
        }
        let mut plan = plan;
        for step in &mut plan.steps {
            if let Place::Query { soql } = &mut step.place {
                *soql = soql.replace(" LIMIT", &format!(" AND AssigneeId != '{admin}' LIMIT"));
            }
        }
        let why = alone.preview(&plan).unwrap_err();
        assert!(why.contains("must keep at least one"), "{why}");
        // Applied all the same, the machine goes no further than the look.
        let before = alone.state();
        let apply = alone.run(Executor::new(plan), None);
        assert!(matches!(apply.stop(), Some(Stop::Differs { .. })), "{apply:?}");
        assert_eq!((alone.writes, alone.state()), (0, before));
    }
    // And never oneself.
    assert!(plan_of(&mut world, &admin, &admin, "deactivate").is_none());
}

#[test]
fn only_who_is_frozen_is_unfrozen() {
    let (org, admin) = seeded();
    let login = org.rows("UserLogin").find(|row| text(row, "UserId") != admin).unwrap();
    let user = text(login, "UserId").to_owned();
    let mut world = World::new(&org, &admin);
    // Only who is frozen is offered to be unfrozen, and nobody is frozen twice.
    assert!(plan_of(&mut world, &admin, &user, "unfreeze").is_none());
    let freeze = plan_of(&mut world, &admin, &user, "freeze").unwrap();
    // Who has never tried to sign in has no row to freeze.
    let mut fresh = World::new(&org, &admin);
    let id = text(login, "Id").to_owned();
    fresh.org.take("UserLogin", &id).unwrap();
    assert!(fresh.preview(&freeze).unwrap_err().starts_with("This user has never tried to log in"));
    let freeze = world.preview(&freeze).unwrap();
    let before = world.state();
    assert!(world.run(Executor::new(freeze), None).is_done());
    assert!(plan_of(&mut world, &admin, &user, "freeze").is_none());
    let unfreeze = plan_of(&mut world, &admin, &user, "unfreeze").unwrap();
    let unfreeze = world.preview(&unfreeze).unwrap();
    assert!(world.run(Executor::new(unfreeze.clone()), None).is_done());
    // Somebody else was faster: the preview says so.
    assert_eq!(world.preview(&unfreeze).unwrap_err(), "The user is not frozen.");
    alike(&world.state(), &before, "frozen and unfrozen");
}

#[test]
fn a_new_address_is_unfinished_until_its_link_is_opened() {
    let (org, admin) = seeded();
    let mut tried = 0;
    for user in org.rows("User").map(|row| text(row, "Id").to_owned()).collect::<Vec<_>>() {
        let mut world = World::new(&org, &admin);
        let Some(plan) = plan_of(&mut world, &admin, &user, "rename-user") else { continue };
        let plan = world.preview(&plan).unwrap();
        let own = |world: &World, field: &str| text(world.org.row("User", &user).unwrap(), field).to_owned();
        let before = (own(&world, "Email"), own(&world, "Username"), own(&world, "Name"));
        let mut apply = world.run(Executor::new(plan), None);
        assert_eq!(apply.stop(), Some(&Stop::Confirmation));
        assert_eq!((own(&world, "Name"), own(&world, "Email")), ("Nightly jobs".into(), before.0.clone()));
        assert_eq!(apply.progress()[1], Progress::Writing, "not said to be done");
        // Undone before the link was opened: all is as it was.
        let mut other = World { org: world.org.clone(), sid: world.sid.clone(), ..World::new(&org, &admin) };
        let undone = other.run(Executor::new(apply.undo().unwrap()), None);
        assert!(undone.is_done(), "{undone:?}");
        assert_eq!((own(&other, "Email"), own(&other, "Username"), own(&other, "Name")), before);
        assert!(world.org.confirm_email(&user));
        apply.resume();
        let apply = world.run(apply, None);
        assert!(apply.is_done(), "{apply:?}");
        assert_eq!(own(&world, "Email"), "integrations@acme.example");
        tried += 1;
    }
    assert!(tried > 0);
}

#[test]
fn guided_steps_are_checked_off_by_the_org_alone() {
    let (org, admin) = seeded();
    let mut world = World::new(&org, &admin);
    let all = every_plan(&org, &admin);
    let user = all.iter().find(|(_, _, plan)| plan.fix == "guide-user").unwrap().0.clone();
    let plan = plan_of(&mut world, &admin, &user, "guide-user").unwrap();
    let done = |plan: &Plan| -> Vec<bool> {
        plan.steps.iter().map(|step| step.before.is_some() == step.after.is_some()).collect()
    };
    let first = world.preview(&plan).unwrap();
    assert_eq!(done(&first).last(), Some(&false), "the old one is still active");
    let mut row = world.org.row("User", &user).unwrap().clone();
    row.insert("IsActive".into(), json!(false));
    world.org.put("User", row);
    let then = world.preview(&plan).unwrap();
    assert_eq!(done(&then).last(), Some(&true));
    // There is nothing to write: the machine waits for a person at the first step that is not done.
    let apply = world.run(Executor::new(then), None);
    assert!(matches!(apply.stop(), Some(Stop::ByHand { .. })) && !apply.has_written(), "{apply:?}");
    assert_eq!(world.writes, 0);
    // The org answers the queries of every guided plan.
    for (_, _, plan) in all.into_iter().filter(|(_, _, plan)| plan.is_guided()) {
        let read = World::new(&org, &admin).preview(&plan);
        assert!(read.is_ok(), "{}: {read:?}", plan.title);
    }
    let unknown = Look::depends("x", "SELECT Id FROM NoSuchThing__c".into());
    let mut plan = plan;
    plan.looks.push(unknown);
    assert!(told(&world.preview(&plan).unwrap(), "x").unwrap().contains("couldn't be read"));
}

/// An admin on the profile of the ERP's user, with 260 people between them, and that user.
fn crowded() -> (Org, String, String) {
    let (mut org, _) = seeded();
    let erp = org.rows_by("User", "Username", "erp.sync@acme.example")[0].clone();
    let profile = text(&erp, "ProfileId").to_owned();
    let mut acting = String::new();
    for n in 0..260 {
        let Value::Object(row) = json!({ "Username": format!("crowd{n}@acme.example"), "LastName": format!("Crowd {n:03}"),
            "Name": format!("Crowd {n:03}"), "Email": format!("crowd{n}@acme.example"), "ProfileId": profile,
            "IsActive": true, "UserType": "Standard" })
        else {
            panic!()
        };
        acting = org.add_user(row);
    }
    (org, acting, text(&erp, "Id").to_owned())
}

#[test]
fn nobody_takes_from_themselves_behind_a_cut_list() {
    let (org, acting, erp) = crowded();
    // The admin is the last of 260, and no more than 201 are asked for, in two pages: the second may be lost too.
    for trouble in [None, Some((1, Trouble::Lost)), Some((1, Trouble::Busy))] {
        let mut world = World::new(&org, &acting);
        world.trouble = trouble;
        let gather = world.gather(&erp);
        let reach = gather.facts().grants.known().unwrap().profile().unwrap().reach.clone().unwrap();
        assert!(reach.more && !reach.others.iter().any(|other| other.id.as_str() == acting), "{trouble:?}");
        assert_eq!(reach.others.len() < 200, trouble.is_some(), "{trouble:?}: {}", reach.others.len());
        world.trouble = None;
        let context =
            Context { facts: gather.facts(), acting: &Id::parse(&acting).unwrap(), labels: gather.labels() };
        let plans: Vec<Plan> = Report::new(&gather)
            .findings()
            .into_iter()
            .flat_map(|(rule, finding)| fixes::plans(rule, finding, context))
            .filter(|plan| plan.fix == "untick-permission" && plan.title.contains("profile"))
            .collect();
        assert!(plans.iter().any(|plan| plan.title.contains("Manage Users")), "{trouble:?}");
        for plan in plans {
            let why = world.preview(&plan).unwrap_err();
            assert!(why.contains("This would remove your own access"), "{}: {why}", plan.title);
        }
        assert_eq!(world.writes, 0);
    }
}

#[test]
fn an_administrator_whose_assignment_is_over_is_none() {
    let (mut org, admin) = seeded();
    // The only other administrators have it by a set that was revoked, or has expired.
    let user = org.rows_by("User", "Username", "erp.sync@acme.example")[0]["Id"].as_str().unwrap().to_owned();
    let sets: Vec<String> = org
        .rows("PermissionSet")
        .filter(|row| row.get("PermissionsModifyAllData") == Some(&json!(true)))
        .map(|row| text(row, "Id").to_owned())
        .collect();
    let rows: Vec<_> = org
        .rows("PermissionSetAssignment")
        .filter(|row| sets.iter().any(|set| text(row, "PermissionSetId") == set))
        .filter(|row| text(row, "AssigneeId") != user)
        .cloned()
        .collect();
    assert!(rows.len() > 1);
    let plan = plan_of(&mut World::new(&org, &admin), &admin, &user, "freeze").unwrap();
    assert!(World::new(&org, &admin).preview(&plan).is_ok());
    for (at, mut row) in rows.into_iter().enumerate() {
        let (key, value) = if at % 2 == 0 {
            ("IsRevoked", json!(true))
        } else {
            ("ExpirationDate", json!("2020-01-01T00:00:00.000+0000"))
        };
        row.insert(key.to_owned(), value);
        org.put("PermissionSetAssignment", row);
    }
    // Whoever looks sees it by a set of their own, which makes no administrator.
    let viewer = put(
        &mut org,
        "PermissionSet",
        json!({ "Name": "Looks", "Label": "Looks", "IsCustom": true,
        "PermissionsApiEnabled": true, "PermissionsViewSetup": true, "PermissionsManageUsers": true }),
    );
    put(
        &mut org,
        "PermissionSetAssignment",
        json!({ "AssigneeId": admin, "PermissionSetId": viewer, "IsActive": true }),
    );
    let why = World::new(&org, &admin).preview(&plan).unwrap_err();
    assert!(why.contains("No other active administrator found"), "{why}");
}
