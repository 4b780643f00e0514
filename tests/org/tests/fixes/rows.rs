//! A fix of many rows: few requests, stopped at each of them, continued and undone, and one row that is refused.
//!
//! They never open a socket, like the rest of these tests.

use super::people::plan_of;
use super::*;
use serde_json::json;

/// Acme with one more permission set, which lets the ERP's user delete the records of `count` objects, and of every
/// fifth of them all that there are.
fn wide(count: usize) -> (Org, String, String) {
    let (mut org, admin) = seeded();
    let erp = org.rows("User").find(|row| text(row, "Username").starts_with("erp")).unwrap();
    let erp = text(erp, "Id").to_owned();
    let put = |org: &mut Org, object: &str, fields: Value| {
        let Value::Object(row) = fields else { panic!() };
        org.put(object, row)
    };
    let set = json!({ "Name": "Wide", "Label": "Wide", "IsOwnedByProfile": false, "IsCustom": true, "Type": "Regular" });
    let set = put(&mut org, "PermissionSet", set);
    put(
        &mut org,
        "PermissionSetAssignment",
        json!({ "AssigneeId": erp, "PermissionSetId": set, "IsActive": true }),
    );
    for n in 0..count {
        let all = n % 5 == 0;
        let row = json!({ "ParentId": set, "SobjectType": format!("Warehouse_Order_Line_{n:04}__c"), "PermissionsRead": true,
            "PermissionsCreate": true, "PermissionsEdit": true, "PermissionsDelete": true,
            "PermissionsViewAllRecords": all, "PermissionsModifyAllRecords": all, "PermissionsViewAllFields": false });
        put(&mut org, "ObjectPermissions", row);
    }
    (org, admin, erp)
}

fn plan_for(world: &mut World, admin: &str, erp: &str) -> Plan {
    let acting = Id::parse(admin).unwrap();
    let gather = world.gather(erp);
    let context = Context { facts: gather.facts(), acting: &acting, labels: gather.labels() };
    let report = Report::new(&gather);
    let plans =
        report.findings().into_iter().flat_map(|(rule, finding)| fixes::plans(rule, finding, context));
    let is = |plan: &Plan| plan.fix == "remove-object-delete" && plan.title.contains("Wide");
    plans.into_iter().find(is).unwrap_or_else(|| panic!("{:?}", report.findings()))
}

/// Objects of the set that let records be deleted.
fn deleting(org: &Org) -> usize {
    let rows = org.rows("ObjectPermissions").filter(|row| text(row, "SobjectType").starts_with("Warehouse_"));
    rows.filter(|row| row["PermissionsDelete"] == true || row["PermissionsModifyAllRecords"] == true).count()
}

#[test]
fn hundreds_and_thousands_of_rows_take_few_requests_and_a_journal_in_proportion() {
    let mut journals = vec![];
    for (count, most) in [(507, 15), (2_000, 50)] {
        let (org, admin, erp) = wide(count);
        let mut world = World::new(&org, &admin);
        let plan = plan_for(&mut world, &admin, &erp);
        let before = world.state();
        world.sent = 0;
        let plan = world.preview(&plan).unwrap();
        let rows: usize = plan.steps.iter().map(|step| step.rows.len()).sum();
        assert_eq!(rows, count, "{}", plan.title);
        let apply = world.run(Executor::new(plan), None);
        assert!(apply.is_done(), "{:?}", apply.stop());
        assert_eq!(deleting(&world.org), 0);
        println!("{count} objects: {} requests, {} of them writes", world.sent, world.writes);
        assert!(world.sent <= most, "{count}: {}", world.sent);
        journals.push(serde_json::to_string(&apply).unwrap().len());
        world.sent = 0;
        let undo = world.preview(&apply.undo().unwrap()).unwrap();
        let undone = world.run(Executor::new(undo), None);
        assert!(undone.is_done(), "{:?}", undone.stop());
        assert!(world.sent <= most, "{count} back: {}", world.sent);
        alike(&world.state(), &before, "undone");
    }
    let [few, many] = journals.as_slice() else { panic!() };
    println!("journal: {few} and {many} bytes");
    assert!(*many < few * 2_000 / 507 + 1_000, "{journals:?}");
}

#[test]
fn stopped_at_each_request_it_goes_on_and_back() {
    // Two parts of one step, and one of another.
    let (org, admin, erp) = wide(260);
    let mut world = World::new(&org, &admin);
    let plan = plan_for(&mut world, &admin, &erp);
    let before = world.state();
    let plan = world.preview(&plan).unwrap();
    let first = world.sent;
    let whole = world.run(Executor::new(plan.clone()), None);
    assert!(whole.is_done());
    let (last, after) = (world.sent, world.state());
    let troubles = [Trouble::Lost, Trouble::Unanswered, Trouble::Torn, Trouble::Busy, Trouble::Locked]
        .into_iter()
        .chain(AFTER.map(|(status, code)| Trouble::After(status, code)))
        .chain([0, 1, 2, 3, usize::MAX].map(Trouble::Late));
    let mut cases: Vec<Case> = vec![];
    for (n, trouble) in troubles.enumerate() {
        for at in first..last {
            // A reading never changes anything.
            let is_late = matches!(trouble, Trouble::After(..) | Trouble::Late(_));
            if (at + n) % 3 == 0 || is_late {
                cases.push((Some((at, trouble)), None));
            }
        }
    }
    cases.extend((0..2 * (last - first) + 6).map(|turn| (None, Some(turn))));
    let mut open = 0;
    for (trouble, kill) in cases {
        let mut world = World::new(&org, &admin);
        world.sent = first;
        world.trouble = trouble;
        let apply = world.run(Executor::new(plan.clone()), kill);
        let told = format!("{trouble:?} killed {kill:?}: {:?} {:?}", apply.stop(), apply.progress());
        match account(&apply) {
            Account::Nothing => alike(&world.state(), &before, &told),
            Account::Done => alike(&world.state(), &after, &told),
            Account::Open => open += 1,
        }
        world.land();
        world.trouble = None;
        let mut checked = world.check(&apply);
        if checked.is_unsure() {
            world.now += LATEST;
            checked = world.check(&checked);
        }
        match account(&checked) {
            Account::Nothing => alike(&world.state(), &before, &told),
            Account::Done => alike(&world.state(), &after, &told),
            Account::Open => assert!(!checked.is_unsure(), "{told}"),
        }
        let mut forth = world.clone();
        let mut on = checked.with_plan(forth.preview_rest(&checked));
        on.resume();
        let on = forth.run(on, None);
        assert!(on.is_done(), "{told}\n{:?}", on.stop());
        alike(&forth.state(), &after, &told);
        if let Some(undo) = checked.undo() {
            let undo = world.preview(&undo).unwrap();
            let undone = world.run(Executor::new(undo), None);
            assert!(undone.is_done(), "{told}\n{:?}", undone.stop());
        }
        alike(&world.state(), &before, &told);
    }
    assert!(open >= 10, "{open}");
}

#[test]
fn one_row_that_is_refused_holds_up_its_part_alone_and_is_named() {
    let (org, admin, erp) = wide(507);
    let mut world = World::new(&org, &admin);
    let plan = plan_for(&mut world, &admin, &erp);
    let before = world.state();
    let plan = world.preview(&plan).unwrap();
    // Another administrator takes one row away, and changes another one, of the second part.
    let row_of = |org: &Org, n: usize| {
        let name = format!("Warehouse_Order_Line_{n:04}__c");
        org.rows("ObjectPermissions").find(|row| text(row, "SobjectType") == name).unwrap().clone()
    };
    let mut row = row_of(&world.org, 300);
    row.insert("PermissionsDelete".into(), Value::Bool(false));
    row.insert("PermissionsModifyAllRecords".into(), Value::Bool(false));
    world.org.put("ObjectPermissions", row);
    let mut here = world.clone();
    let apply = here.run(Executor::new(plan.clone()), None);
    assert!(apply.is_done(), "so already is not in the way: {:?}", apply.stop());
    // What somebody else made so stays theirs.
    let undone = here.undone(&apply).unwrap();
    assert!(undone.is_done());
    assert_eq!(deleting(&here.org), 506);
    // A row that is gone stops it there; what was done before stays done, and goes back.
    let mut gone = World { org: org.clone(), ..world.clone() };
    gone.sid = gone.org.start_session(&admin, true).sid;
    let id = text(&row_of(&gone.org, 401), "Id").to_owned();
    gone.org.take("ObjectPermissions", &id);
    let apply = gone.run(Executor::new(plan), None);
    let stop = apply.stop().map(Stop::sentence).unwrap_or_default();
    assert!(stop.contains("Warehouse_Order_Line_0401__c"), "{stop}");
    assert_eq!(account(&apply), Account::Open);
    assert!(deleting(&gone.org) < 507 && deleting(&gone.org) > 100, "{}", deleting(&gone.org));
    assert!(gone.undone(&apply).unwrap().is_done());
    assert_eq!(deleting(&gone.org), 506);
    drop(before);
    assert!(plan_of(&mut gone, &admin, &erp, "remove-object-delete").is_some());
}
