//! The law of an org's tables: for every user of every seed, the facts out of tables that were read org-wide give the same
//! outcomes, word for word, as those of the user's page.
//!
//! One difference is honest, and no seed has it: a page reads at most 200 other holders of a permission set beside the
//! user, a table at most 200 with the user among them; both say "or more" then, of 200 others or of 199.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test"
)]

mod client;

use client::Client;
use leastwise_core::classification::Classification;
use leastwise_core::collect::Collector;
use leastwise_core::facts::{Facts, Known, OrgFacts, OrgTables, Shared, TableRows};
use leastwise_core::rules;
use leastwise_core::salesforce::error::OrgError;
use leastwise_core::salesforce::http::{Answer, Response};
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use serde_json::Value;

const DATA: &str = "/services/data/v63.0";

fn now() -> Timestamp {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    Timestamp(i64::try_from(seconds).unwrap())
}

fn encoded(soql: &str) -> String {
    percent_encoding::utf8_percent_encode(soql, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn get(client: &mut Client, address: &str) -> Value {
    let (status, body) = client.get(address);
    assert_eq!(status, 200, "{address}: {body}");
    body
}

/// All rows of a list, page after page, from a page of it on.
fn all_of(client: &mut Client, mut page: Value) -> Vec<Value> {
    let mut rows = vec![];
    loop {
        rows.extend(page["records"].as_array().unwrap().iter().cloned());
        match page["nextRecordsUrl"].as_str() {
            Some(next) => page = get(client, next),
            None => return rows,
        }
    }
}

/// All rows of a query, with all rows of the lists inside them.
fn table(client: &mut Client, soql: &str) -> Result<TableRows, OrgError> {
    let page = get(client, &format!("{DATA}/query?q={}", encoded(soql)));
    let mut rows = all_of(client, page);
    for row in &mut rows {
        for list in row.as_object_mut().unwrap().values_mut().filter(|value| value["records"].is_array()) {
            let records = all_of(client, list.take());
            *list = serde_json::json!({ "done": true, "records": records });
        }
    }
    // A seed has fewer than an aggregate gives.
    assert!(rows.len() < 2_000, "{soql}");
    Ok(TableRows { rows, cut: false })
}

fn tables(client: &mut Client) -> OrgTables {
    let holders = "(SELECT AssigneeId, Assignee.Name, Assignee.Username, IsActive, IsRevoked, ExpirationDate FROM Assignments WHERE Assignee.IsActive = true)";
    let objects = "(SELECT SobjectType, PermissionsDelete, PermissionsModifyAllRecords, PermissionsViewAllRecords, PermissionsViewAllFields FROM ObjectPerms)";
    let apps =
        "(SELECT SetupEntityId FROM SetupEntityAccessItems WHERE SetupEntityType = 'ConnectedApplication')";
    let group = "PermissionSetGroup.MasterLabel, PermissionSetGroup.DeveloperName, PermissionSetGroup.Status";
    let sets = format!(
        "SELECT FIELDS(STANDARD), Profile.Name, {group}, {holders}, {objects}, {apps} FROM PermissionSet"
    );
    let sign_ins = "UserId, LoginType, LoginSubType, Application, ApiType, Status, SourceIp";
    let sign_ins = format!(
        "SELECT {sign_ins}, COUNT(Id) total, MIN(LoginTime) oldest, MAX(LoginTime) newest FROM LoginHistory GROUP BY {sign_ins} ORDER BY MAX(LoginTime) DESC"
    );
    let mut tables = OrgTables {
        users: table(client, "SELECT FIELDS(STANDARD) FROM User"),
        logins: table(client, "SELECT UserId, IsFrozen FROM UserLogin"),
        profiles: table(client, "SELECT FIELDS(STANDARD) FROM Profile"),
        licenses: table(client, "SELECT Id, Name FROM UserLicense"),
        sets: table(client, &sets),
        assignments: table(
            client,
            "SELECT AssigneeId, PermissionSetId, PermissionSetGroupId, IsActive, IsRevoked, ExpirationDate FROM PermissionSetAssignment",
        ),
        sign_ins: table(client, &sign_ins),
        tokens: table(
            client,
            "SELECT AppName, AppMenuItemId, UserId, User.Name userName, COUNT(UseCount) held, SUM(UseCount) uses, MAX(LastUsedDate) newest FROM OauthToken GROUP BY AppName, AppMenuItemId, UserId, User.Name ORDER BY MAX(LastUsedDate) DESC NULLS LAST",
        ),
        apps: table(
            client,
            "SELECT Id, ApplicationId, Label, Name, IsUsingAdminAuthorization FROM AppMenuItem WHERE Type NOT IN ('TabSet', 'Network')",
        ),
        jobs: table(client, "SELECT OwnerId, State, CronJobDetail.Name FROM CronTrigger"),
        metadata: Default::default(),
    };
    for profile in &tables.profiles.clone().unwrap().rows {
        let id = Id::parse(profile["Id"].as_str().unwrap()).unwrap();
        let soql = format!("SELECT FullName, Metadata FROM Profile WHERE Id = '{id}'");
        let answer = get(client, &format!("{DATA}/tooling/query?q={}", encoded(&soql)));
        tables.metadata.insert(id, Ok(answer));
    }
    tables
}

/// The facts of the user's page.
fn of_page(client: &mut Client, now: Timestamp, user: &Id) -> Facts {
    let page = Page::from_url(&format!("https://acme.my.salesforce.com/{user}")).unwrap();
    let mut collector = Collector::new(&page, now, None, None);
    while let Some(request) = collector.next() {
        let body = request.body.unwrap_or_default();
        let answer =
            client.send(&request.method, &request.path, &[("content-type", "application/json")], &body);
        let answer = Answer { status: answer.status, body: answer.body };
        collector.feed(Response { id: request.id, answer: Ok(answer) });
    }
    collector.facts().clone()
}

#[test]
fn a_user_s_facts_out_of_the_org_s_tables_are_judged_as_those_of_the_page() {
    let (mut users, mut findings) = (0, 0);
    for seeds in [&["acme"][..], &["sales"], &["acme", "sales"]] {
        let mut client = Client::seeded(seeds);
        let now = now();
        let org = OrgFacts::new(now, &tables(&mut client));
        let ids: Vec<Id> = org.users().map(|user| user.id.clone()).collect();
        assert_eq!(ids.len(), client.org.rows("User").count(), "{seeds:?}");
        for id in ids {
            let mut sliced = org.of_user(&id).unwrap();
            sliced.classification = Known::Is(Classification::new(&sliced, None));
            let page = of_page(&mut client, now, &id);
            let name = &sliced.user.known().unwrap().name;
            assert_eq!(sliced.classification, page.classification, "{seeds:?} {name}");
            assert_eq!((&sliced.frozen, &sliced.lapsed), (&page.frozen, &page.lapsed), "{seeds:?} {name}");
            for ((rule, own), (_, of_page)) in rules::run(&sliced).into_iter().zip(rules::run(&page)) {
                assert_eq!(own, of_page, "{seeds:?} {name}: {}", rule.id);
                findings += usize::from(own.word() == "finding");
            }
            users += 1;
        }
    }
    println!("{users} users, {findings} rules with findings");
    assert!(users >= 60 && findings >= 100, "{users} users, {findings} rules with findings");
}

#[test]
fn users_of_one_org_share_what_is_the_same_for_all() {
    let mut client = Client::new();
    let org = OrgFacts::new(now(), &tables(&mut client));
    let all: Vec<Facts> = org.users().filter_map(|user| org.of_user(&user.id)).collect();
    let rows = |facts: &Facts| facts.apps.known().unwrap().rows.clone();
    assert!(all.iter().all(|facts| rows(facts).is_same(&rows(&all[0]))), "one list of apps");
    let sets = all.iter().flat_map(|facts| facts.grants.known()).flat_map(|grants| &grants.sets);
    let with = |id: &Id| -> Vec<Shared<Vec<_>>> {
        let sets = all.iter().flat_map(|facts| facts.grants.known()).flat_map(|grants| &grants.sets);
        sets.filter(|set| set.id == *id).filter_map(|set| set.deletes.clone()).collect()
    };
    let mut most = 0;
    for set in sets {
        let own = with(&set.id);
        assert!(own.iter().all(|one| one.is_same(&own[0])), "{}", set.shown());
        most = most.max(own.len());
    }
    assert!(most > 1, "some set is of several users");
}
