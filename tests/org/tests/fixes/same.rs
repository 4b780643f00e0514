//! Names that tell nothing: everything called the same, and tokens without an app.
//!
//! It never looks at what a plan says: only at the rows that it changed.

use super::people::put;
use super::*;
use serde_json::json;

fn every_row(org: &Org) -> BTreeMap<(String, String), Value> {
    let objects =
        ["User", "Profile", "PermissionSet", "PermissionSetAssignment", "ObjectPermissions", "OauthToken"];
    let rows = objects.iter().flat_map(|object| org.rows(object).map(move |row| (object, row)));
    rows.map(|(object, row)| {
        ((String::from(*object), text(row, "Id").to_owned()), Value::Object(row.clone()))
    })
    .collect()
}

/// The plans of a user's page for the findings of a rule.
fn plans_of(world: &mut World, admin: &str, user: &str, fix: &str) -> Vec<Plan> {
    let acting = Id::parse(admin).unwrap();
    let gather = world.gather(user);
    let context = Context { facts: gather.facts(), acting: &acting, labels: gather.labels() };
    let findings = Report::new(&gather);
    let all = findings.findings().into_iter().flat_map(|(rule, found)| fixes::plans(rule, found, context));
    all.filter(|plan| plan.fix == fix).collect()
}

fn erp(org: &Org) -> String {
    let user = org.rows("User").find(|row| text(row, "Username").starts_with("erp")).unwrap();
    text(user, "Id").to_owned()
}

#[test]
fn of_sets_that_are_called_the_same_each_fix_changes_its_own() {
    let (mut org, admin) = seeded();
    let user = erp(&org);
    let mut sets = vec![];
    for n in 0..3 {
        let set = json!({ "Name": format!("Same_{n}"), "Label": "Same", "IsCustom": true, "Type": "Regular",
            "PermissionsApiEnabled": true, "PermissionsViewAllData": true });
        let set = put(&mut org, "PermissionSet", set);
        let own = json!({ "AssigneeId": user, "PermissionSetId": set, "IsActive": true, "IsRevoked": false });
        put(&mut org, "PermissionSetAssignment", own);
        sets.push(set);
    }
    for fix in ["untick-permission", "remove-assignment"] {
        let mut tried = vec![];
        for plan in plans_of(&mut World::new(&org, &admin), &admin, &user, fix) {
            let Some(set) = plan.ids[0].records.get(1).filter(|set| sets.contains(set)).cloned() else {
                continue;
            };
            assert!(
                plan.title
                    .contains(&format!("“Same” (Same_{})", sets.iter().position(|own| *own == set).unwrap())),
                "{}",
                plan.title
            );
            let mut world = World::new(&org, &admin);
            let before = every_row(&world.org);
            let plan = world.preview(&plan).unwrap();
            assert!(world.run(Executor::new(plan), None).is_done());
            let after = every_row(&world.org);
            let changed: Vec<&(String, String)> =
                before.keys().filter(|key| after.get(*key) != before.get(*key)).collect();
            let of_set = |key: &&(String, String)| {
                key.1 == set || before[*key].get("PermissionSetId") == Some(&json!(set))
            };
            assert!(!changed.is_empty() && changed.iter().all(of_set), "{fix} {set}: {changed:?}");
            tried.push(plan_key(&before, &set));
        }
        tried.sort();
        tried.dedup();
        assert_eq!(tried.len(), 3, "{fix}");
    }
}

fn plan_key(rows: &BTreeMap<(String, String), Value>, set: &str) -> String {
    rows[&("PermissionSet".to_owned(), set.to_owned())]["Name"].as_str().unwrap().to_owned()
}

#[test]
fn tokens_of_a_deleted_app_are_found_and_revoked_and_what_is_not_found_is_not_so_already() {
    let (mut org, admin) = seeded();
    let user = erp(&org);
    for n in 0..2 {
        let token =
            json!({ "UserId": user, "AppName": null, "DeleteToken": format!("g{n}"), "UseCount": 1 + n });
        put(&mut org, "OauthToken", token);
    }
    let left =
        |org: &Org| org.rows("OauthToken").filter(|row| text(row, "DeleteToken").starts_with('g')).count();
    let others = |org: &Org| org.rows("OauthToken").count() - left(org);
    let mut world = World::new(&org, &admin);
    let plan = plans_of(&mut world, &admin, &user, "revoke-token")
        .into_iter()
        .find(|plan| plan.title.starts_with("Revoke the OAuth tokens of a deleted app"))
        .unwrap();
    let shown = world.preview(&plan).unwrap();
    assert!(world.run(Executor::new(shown), None).is_done());
    assert_eq!((left(&world.org), others(&world.org)), (0, others(&org)));
    // The same plan again: there is nothing, and nobody says that it is so already.
    let why = world.preview(&plan).unwrap_err();
    assert!(why.contains("weren't found") && why.contains("OAuth Connected Apps"), "{why}");
}

#[test]
fn an_app_that_was_renamed_is_one_app() {
    let (mut org, admin) = seeded();
    let user = erp(&org);
    let item = org.rows("AppMenuItem").find(|row| text(row, "Label") == "ERP Connector").unwrap();
    let item = text(item, "Id").to_owned();
    let gone: Vec<String> = org
        .rows("OauthToken")
        .filter(|row| text(row, "UserId") == user)
        .map(|row| text(row, "Id").to_owned())
        .collect();
    gone.iter().for_each(|id| drop(org.take("OauthToken", id)));
    let token = json!({ "UserId": user, "AppName": "ERP as it was", "AppMenuItemId": item, "DeleteToken": "t", "UseCount": 1 });
    put(&mut org, "OauthToken", token);
    let mut world = World::new(&org, &admin);
    let gather = world.gather(&user);
    for (_, finding) in Report::new(&gather).findings() {
        assert!(!finding.title.contains("ERP as it was"), "{}", finding.title);
    }
}
