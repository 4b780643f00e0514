//! What the rules say of every user and profile of the seed acme, against the verdicts checked by hand in its
//! README, with the core's own machine asking the org's own API; and of every profile that others wrote, against what its
//! files say, read here once more and more simply.
//!
//! It never opens a socket: requests and answers are handed over as values.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test"
)]

use leastwise_core::classification::{AdminAnswer, Who};
use leastwise_core::collect::Collector;
use leastwise_core::report::Report;
use leastwise_core::salesforce::http::{Answer, Response};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use leastwise_org::api::{Api, ApiRequest};
use leastwise_org::fault::Faults;
use leastwise_org::seed;
use leastwise_org::store::{Org, standard_profile, text};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

fn acme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme")
}

fn now() -> Timestamp {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    Timestamp(i64::try_from(seconds).unwrap())
}

/// Reads one page through the API as `viewer`, and counts the requests.
fn read(org: &mut Org, viewer: &str, id: &str) -> (Collector, usize) {
    read_as(org, viewer, id, None)
}

/// The same, with what an admin said of the user.
fn read_as(org: &mut Org, viewer: &str, id: &str, said: Option<AdminAnswer>) -> (Collector, usize) {
    read_with(org, viewer, id, said, false)
}

/// The same in an org that lacks a field, where a part is refused and asked for again without it.
fn read_lacking(org: &mut Org, viewer: &str, id: &str) -> (Collector, usize) {
    read_with(org, viewer, id, Some(AdminAnswer::Integration), true)
}

fn read_with(
    org: &mut Org,
    viewer: &str,
    id: &str,
    said: Option<AdminAnswer>,
    lacks: bool,
) -> (Collector, usize) {
    let sid = org.start_session(viewer, true).sid;
    let page = Page::from_url(&format!("https://acme.my.salesforce.com/{id}")).unwrap();
    let mut gather = Collector::new(&page, now(), None, said);
    let (mut faults, mut cursors, mut count) = (Faults::default(), HashMap::new(), 0);
    while let Some(request) = gather.next() {
        count += 1;
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let query = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, value)| {
            let value = percent_encoding::percent_decode_str(&value.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned();
            (key.to_owned(), value)
        });
        let asked = ApiRequest {
            method: request.method.clone(),
            path: path.to_owned(),
            query: query.collect(),
            headers: HashMap::from([("authorization".to_owned(), format!("Bearer {sid}"))]),
            body: request.body.clone().unwrap_or_default(),
        };
        let mut api =
            Api { org, faults: &mut faults, cursors: &mut cursors, parts: vec![], user: String::new() };
        let answer = api.answer(&asked);
        for part in &api.parts {
            assert!(part.status < 300 || lacks, "{} {}: {}", part.reference, part.status, part.url);
        }
        gather.feed(Response {
            id: request.id,
            answer: Ok(Answer { status: answer.status, body: answer.body }),
        });
    }
    (gather, count)
}

fn seeded() -> (Org, seed::Admin) {
    let mut org = Org::new("acme");
    let admin = seed::load(&mut org, &[acme()]).unwrap();
    (org, admin)
}

/// `(who, sure, findings, cannot tell)` of a report; findings as rule ids.
fn verdict(gather: &Collector) -> (String, BTreeSet<String>, BTreeSet<String>) {
    let report = Report::new(gather);
    let who = gather.facts().classification.known().map(|c| {
        let word = match c.who {
            Who::Integration => "integration",
            Who::Person => "person",
            Who::Mixed { .. } => "mixed",
            Who::Platform => "platform",
        };
        format!("{word}{}", if c.sure { "" } else { "?" })
    });
    let findings = report.findings().iter().map(|(rule, _)| rule.id.to_owned()).collect();
    let unknown = report.with_outcome("cannot-tell").map(|row| row.rule.id.to_owned()).collect();
    (who.unwrap_or_default(), findings, unknown)
}

/// The table of the README: `| name | who | findings | cannot tell |`.
fn table() -> BTreeMap<String, (String, BTreeSet<String>, BTreeSet<String>)> {
    let text = std::fs::read_to_string(acme().join("README.md")).unwrap();
    let set = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
    text.lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            (cells[0].trim_matches('`').to_owned(), (cells[1].to_owned(), set(cells[3]), set(cells[4])))
        })
        .collect()
}

#[test]
fn every_verdict_is_the_one_checked_by_hand() {
    let (mut org, admin) = seeded();
    let table = table();
    let named: Vec<(String, String)> = org
        .rows("User")
        .map(|row| (text(row, "Username").to_owned(), text(row, "Id").to_owned()))
        .chain(org.rows("Profile").map(|row| (text(row, "Name").to_owned(), text(row, "Id").to_owned())))
        .collect();
    let mut wrong = vec![];
    let mut looked = 0;
    for (name, id) in named {
        let (gather, requests) = read(&mut org, &admin.id, &id);
        let found = verdict(&gather);
        // Where software signs in with an old password, two more find the profile's own password policy, after all else.
        let most = if found.1.contains("stale-secret") { 4 } else { 2 };
        assert!(
            (2..=most).contains(&requests),
            "{name}: one composite and one for the ranges, not {requests}"
        );
        let line = format!("| `{name}` | {} | … | {} | {} |", found.0, listed(&found.1), listed(&found.2));
        match table.get(&name) {
            Some(expected) if *expected == found => looked += 1,
            Some(_) => wrong.push(line),
            None if id.starts_with("005") => wrong.push(line),
            None => {}
        }
    }
    assert!(wrong.is_empty(), "the README says otherwise:\n{}", wrong.join("\n"));
    assert!(looked >= 29, "only {looked} were looked at");
}

fn listed(set: &BTreeSet<String>) -> String {
    if set.is_empty() {
        "–".into()
    } else {
        set.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn a_viewer_without_permissions_gets_no_pass_for_what_is_hidden() {
    let (mut org, _) = seeded();
    let viewer = text(org.rows_by("User", "Username", "anna.aalto@acme.example")[0], "Id").to_owned();
    let shown = text(org.rows_by("User", "Username", "erp.sync@acme.example")[0], "Id").to_owned();
    let (gather, _) = read(&mut org, &viewer, &shown);
    let report = Report::new(&gather);
    // That it logged in once stands in the user's record, which she may see.
    let passed: Vec<&str> = report.with_outcome("pass").map(|row| row.rule.id).collect();
    assert_eq!(passed, ["never-signed-in"], "nothing that she may not see is fine");
    assert!(report.with_outcome("cannot-tell").count() > 3);
}

/// What the files of a folder say of one profile: permissions, objects whose records it deletes, ranges.
#[derive(Debug, Default)]
struct Said {
    permissions: BTreeSet<String>,
    deletes: BTreeSet<String>,
    ranges: Vec<(String, String)>,
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

/// The profiles of a folder by the names of their files, the parts of each together.
fn said(folder: &Path) -> BTreeMap<String, Said> {
    let (mut all, mut said) = (vec![], BTreeMap::<String, Said>::new());
    files(folder, &mut all);
    all.sort();
    for path in all {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(name) = name.strip_suffix(".profile-meta.xml").or(name.strip_suffix(".profile")) else {
            continue;
        };
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Ok(document) = roxmltree::Document::parse(&text) else { continue };
        if document.root_element().tag_name().name() != "Profile" {
            continue;
        }
        let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy().trim().to_owned();
        let profile = said.entry(name).or_default();
        for node in document.root_element().children() {
            let of = |tag: &str| {
                let child = node.children().find(|child| child.tag_name().name() == tag);
                child.and_then(|child| child.text()).unwrap_or_default().trim().to_owned()
            };
            match node.tag_name().name() {
                "userPermissions" => {
                    if of("enabled") == "true" {
                        profile.permissions.insert(of("name"));
                    } else {
                        profile.permissions.remove(&of("name"));
                    }
                }
                "objectPermissions" if of("allowDelete") == "true" || of("modifyAllRecords") == "true" => {
                    profile.deletes.insert(of("object"));
                }
                "loginIpRanges" => profile.ranges.push((of("startAddress"), of("endAddress"))),
                _ => {}
            }
        }
    }
    said
}

/// Permissions whose holders anybody would want to know of, and the rule that names each.
const TELLING: &[(&str, &str)] = &[
    ("ModifyAllData", "broad-permission"),
    ("ViewAllData", "broad-permission"),
    ("AuthorApex", "broad-permission"),
    ("CustomizeApplication", "broad-permission"),
    ("ManageUsers", "manage-users-permission"),
    ("ManageInternalUsers", "manage-users-permission"),
    ("ResetPasswords", "user-administration-permission"),
    ("AssignPermissionSets", "broad-permission"),
    ("BulkApiHardDelete", "record-deletion"),
];

/// What a report says otherwise than the files do.
fn differs(report: &Report, said: &Said) -> Vec<String> {
    let mut wrong = vec![];
    let findings = report.findings();
    let has = |rule: &str| findings.iter().any(|(own, _)| own.id == rule);
    for (rule, finding) in &findings {
        if let Some(permission) = finding.permission()
            && !said.permissions.contains(permission)
        {
            wrong.push(format!("{} names {permission}, which no file grants", rule.id));
        }
    }
    for (permission, rule) in TELLING.iter().filter(|(name, _)| said.permissions.contains(*name)) {
        let named =
            |(own, finding): &(&leastwise_core::rules::rule::Rule, &leastwise_core::rules::rule::Finding)| {
                own.id == *rule && finding.permission() == Some(*permission)
            };
        if !findings.iter().any(named) {
            wrong.push(format!("{permission} is not named by {rule}"));
        }
    }
    // Modify All Data is told once, by broad-permission.
    let deleting = ["BulkApiHardDelete", "DeleteActivatedContract", "DeleteCrMemoAndInvoice"];
    let deletes = !said.deletes.is_empty() || deleting.iter().any(|name| said.permissions.contains(*name));
    let api_only = said.permissions.contains("ApiUserOnly");
    for (rule, expected) in [("record-deletion", deletes), ("browser-sign-in-allowed", !api_only)] {
        if has(rule) != expected {
            wrong.push(format!("{rule}: the files say {expected}"));
        }
    }
    let all = ("0.0.0.0".to_owned(), "255.255.255.255".to_owned());
    if (said.ranges.is_empty() || said.ranges.contains(&all)) && !has("unrestricted-login-ip") {
        wrong.push("unrestricted-login-ip: the files say it is".into());
    }
    let told: String = findings
        .iter()
        .filter(|(rule, _)| rule.id == "record-deletion")
        .flat_map(|(_, finding)| finding.evidence.clone())
        .collect();
    // Of hundreds the first are named.
    let named = said.deletes.iter().take(if said.deletes.len() > 10 { 0 } else { 10 });
    wrong.extend(
        named.filter(|one| !told.contains(one.as_str())).map(|one| format!("{one} is not named: {told}")),
    );
    wrong
}

#[test]
fn what_pages_say_of_others_profiles_is_what_their_files_say() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if !corpus.is_dir() {
        println!("skipped: ../shared/corpus is not there");
    }
    let mut folders = vec![];
    for of in std::iter::once(corpus).chain(std::env::var_os("LEASTWISE_SEEDS").map(PathBuf::from)) {
        let entries = std::fs::read_dir(of).into_iter().flatten().flatten();
        folders.extend(entries.map(|entry| entry.path()).filter(|path| path.is_dir()));
    }
    let (mut wrong, mut looked) = (vec![], 0);
    for folder in folders {
        let mut org = Org::new("acme");
        let admin = seed::load(&mut org, std::slice::from_ref(&folder)).unwrap();
        for (file, said) in said(&folder) {
            let label = standard_profile(&file).map_or(file.as_str(), |(label, _)| label);
            // Standard profiles have more than a file says, in every org.
            if standard_profile(&file).is_some() {
                continue;
            }
            let profile = text(org.rows_by("Profile", "Name", label)[0], "Id").to_owned();
            let user =
                org.rows_by("User", "ProfileId", &profile).first().map(|row| text(row, "Id").to_owned());
            for page in user.into_iter().chain([profile]) {
                let (gather, _) = read_as(&mut org, &admin.id, &page, Some(AdminAnswer::Integration));
                looked += 1;
                let report = Report::new(&gather);
                for one in differs(&report, &said) {
                    wrong.push(format!("{} {file} {page}: {one}", folder.display()));
                }
            }
        }
    }
    println!("{looked} pages");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_told_of_use_is_what_the_org_recorded() {
    use leastwise_core::rules::rule::Outcome;
    let titles = |gather: &Collector, rule: &str| match outcome(gather, rule) {
        Outcome::Findings(all) => all.into_iter().map(|finding| finding.title).collect::<Vec<_>>(),
        other => vec![other.word().to_owned()],
    };
    let ago = |days: i64| {
        let day = Timestamp(now().0 - days * 86_400).to_string();
        format!("{day}T00:00:00.000+0000")
    };
    let (mut org, admin) = seeded();
    let (user, set) = user_with(&mut org, "quiet", &["ApiEnabled"]);
    let set_field = |org: &mut Org, object: &str, id: &str, field: &str, value: serde_json::Value| {
        let mut changed = org.row(object, id).unwrap().clone();
        changed.insert(field.to_owned(), value);
        org.put(object, changed);
    };
    // Used last 120 days ago, by a token that is as old as that.
    set_field(&mut org, "User", &user, "LastLoginDate", json!(ago(120)));
    set_field(&mut org, "User", &user, "CreatedDate", json!(ago(500)));
    let login = |days: i64, address: String| {
        row(
            json!({ "UserId": user, "LoginTime": ago(days), "LoginType": "Remote Access 2.0", "LoginSubType": "OauthRefreshToken",
            "Application": "ERP Connector", "Status": "Success", "SourceIp": address, "CountryIso": "US" }),
        )
    };
    org.put("LoginHistory", login(120, "203.0.113.5".into()));
    let token = org.put(
        "OauthToken",
        row(json!({ "AppName": "Old Feed", "UserId": user, "UseCount": 3, "LastUsedDate": ago(110), "CreatedDate": ago(480) })),
    );
    let read = |org: &mut Org| read_as(org, &admin.id, &user, Some(AdminAnswer::Integration)).0;
    let gather = read(&mut org);
    assert_eq!(titles(&gather, "dormant-integration"), ["Nothing has used this user for 110 days"]);
    assert_eq!(titles(&gather, "stale-token"), ["“Old Feed” hasn't used its token for 110 days"]);
    assert_eq!(titles(&gather, "orphan-token"), ["“Old Feed” isn't installed in this org"]);
    assert_eq!(titles(&gather, "standing-grant"), ["pass"]);
    assert_eq!(titles(&gather, "expiring-grant"), ["pass"]);
    // The token is used again: neither dormant nor stale, but old.
    set_field(&mut org, "OauthToken", &token, "LastUsedDate", json!(ago(2)));
    let gather = read(&mut org);
    assert_eq!(titles(&gather, "dormant-integration"), ["pass"]);
    assert_eq!(titles(&gather, "stale-token"), ["pass"]);
    assert_eq!(titles(&gather, "standing-grant"), ["“Old Feed” uses a token that is 480 days old"]);
    // Frozen meanwhile.
    org.put("UserLogin", row(json!({ "UserId": user, "IsFrozen": true })));
    assert_eq!(titles(&read(&mut org), "frozen-integration"), ["It's frozen, and something still uses it"]);
    // From nine networks, and a grant that ends in ten days.
    for third in 1..=9 {
        org.put("LoginHistory", login(40, format!("198.18.{third}.1")));
    }
    let ends =
        row(json!({ "Name": "Ends", "Label": "Ends", "IsCustom": true, "Description": "For a while." }));
    let ends = org.put("PermissionSet", ends);
    let assigned =
        json!({ "AssigneeId": user, "PermissionSetId": ends, "IsActive": true, "ExpirationDate": ago(-10) });
    org.put("PermissionSetAssignment", row(assigned));
    let gather = read(&mut org);
    assert_eq!(titles(&gather, "scattered-addresses"), ["It logs in from 10 addresses"]);
    assert_eq!(titles(&gather, "expiring-grant").len(), 1);
    assert!(titles(&gather, "expiring-grant")[0].ends_with("permission set “Ends”"));
    assert_eq!(titles(&gather, "undescribed-set"), ["pass"]);
    // The same user as an agent's.
    on_object(&mut org, &set, "Case", json!({ "PermissionsDelete": true, "PermissionsEdit": true }));
    let license = org.put("UserLicense", row(json!({ "Name": "Einstein Agent", "Status": "Active" })));
    let profile = text(org.rows_by("User", "Username", "quiet@acme.example")[0], "ProfileId").to_owned();
    set_field(&mut org, "Profile", &profile, "UserLicenseId", json!(license));
    assert_eq!(titles(&read(&mut org), "overreaching-agent"), ["The agent has too much on 1 object"]);
}

/// A user on a profile of their own, with the permissions; on the licence of integrations.
fn user_with(org: &mut Org, name: &str, permissions: &[&str]) -> (String, String) {
    let license = text(
        org.rows("UserLicense").find(|row| text(row, "Name") == "Salesforce Integration").unwrap(),
        "Id",
    )
    .to_owned();
    let profile =
        row(json!({ "Name": format!("{name} profile"), "UserType": "Standard", "UserLicenseId": license }));
    let profile = org.put("Profile", profile);
    let mut set =
        row(json!({ "Name": format!("X{}", &profile[3..15]), "Label": format!("X{}", &profile[3..15]),
        "IsOwnedByProfile": true, "ProfileId": profile, "IsCustom": true, "Type": "Profile" }));
    for permission in permissions {
        set.insert(format!("Permissions{permission}"), json!(true));
    }
    let set = org.put("PermissionSet", set);
    let user = row(json!({ "Name": name, "LastName": name, "Username": format!("{name}@acme.example"),
        "Email": format!("{name}@acme.example"), "IsActive": true, "UserType": "Standard", "ProfileId": profile }));
    (org.add_user(user), set)
}

fn row(value: serde_json::Value) -> leastwise_org::store::Row {
    leastwise_org::store::object(value)
}

fn on_object(org: &mut Org, set: &str, object: &str, fields: serde_json::Value) {
    let mut row = row(fields);
    row.insert("ParentId".into(), json!(set));
    row.insert("SobjectType".into(), json!(object));
    row.insert("PermissionsRead".into(), json!(true));
    org.put("ObjectPermissions", row);
}

fn outcome(gather: &Collector, rule: &str) -> leastwise_core::rules::rule::Outcome {
    Report::new(gather).rows.into_iter().find(|row| row.rule.id == rule).unwrap().outcome
}

#[test]
fn every_object_of_a_set_of_hundreds_is_counted() {
    for (count, requests) in [(180, 2), (260, 3), (507, 4), (2_000, 12)] {
        let (mut org, admin) = seeded();
        let (user, set) = user_with(&mut org, "wide", &["ApiEnabled"]);
        for n in 0..count {
            let all = n + 1 == count;
            let fields = json!({ "PermissionsDelete": true, "PermissionsModifyAllRecords": all, "PermissionsViewAllRecords": all });
            on_object(&mut org, &set, &format!("Obj_{n:04}__c"), fields);
        }
        let (gather, asked) = read_as(&mut org, &admin.id, &user, Some(AdminAnswer::Integration));
        let report = Report::new(&gather);
        let title = format!("Can delete records of {count} objects");
        let (_, finding) = report
            .findings()
            .into_iter()
            .find(|(_, finding)| finding.title.starts_with(&title))
            .unwrap_or_else(|| panic!("{count}: {:?}", outcome(&gather, "record-deletion")));
        assert!(finding.evidence[0].contains(&format!("Obj_{:04}__c", count - 1)), "{:?}", finding.evidence);
        assert_eq!(asked, requests, "{count}");
    }
}

#[test]
fn what_is_revoked_or_has_expired_grants_nothing() {
    for (key, value, counts) in [
        ("IsRevoked", json!(false), true),
        ("IsRevoked", json!(true), false),
        ("IsActive", json!(false), false),
        ("ExpirationDate", json!("2020-01-01T00:00:00.000+0000"), false),
        ("ExpirationDate", json!("2999-01-01T00:00:00.000+0000"), true),
    ] {
        let (mut org, admin) = seeded();
        let (user, _) = user_with(&mut org, "feed", &["ApiEnabled"]);
        let set = org.put(
            "PermissionSet",
            row(json!({ "Name": "Power", "Label": "Power", "IsCustom": true, "PermissionsModifyAllData": true })),
        );
        let mut assignment = row(json!({ "AssigneeId": user, "PermissionSetId": set, "IsActive": true }));
        assignment.insert(key.to_owned(), value.clone());
        org.put("PermissionSetAssignment", assignment);
        assert_eq!(org.has_permission(&user, "ModifyAllData"), counts, "{key} {value}: the org itself");
        let (gather, requests) = read_as(&mut org, &admin.id, &user, Some(AdminAnswer::Integration));
        assert_eq!(requests, 2);
        let found =
            Report::new(&gather).findings().iter().any(|(_, f)| f.permission() == Some("ModifyAllData"));
        assert_eq!(found, counts, "{key} {value}");
        assert_eq!(Report::new(&gather).subject.detail.contains("revoked or has expired"), !counts);
    }
}

#[test]
fn a_frozen_user_says_so() {
    let (mut org, admin) = seeded();
    let (user, _) = user_with(&mut org, "stock", &["ApiEnabled"]);
    let said = |org: &mut Org| {
        let (gather, requests) = read(org, &admin.id, &user);
        assert_eq!(requests, 2);
        (gather.facts().frozen.clone(), Report::new(&gather).subject.detail.contains("frozen"))
    };
    use leastwise_core::facts::{Frozen, Known};
    assert_eq!(said(&mut org), (Known::Is(Frozen(false)), false), "no row before the first sign-in");
    let mut login = row(json!({ "UserId": user, "IsFrozen": true, "IsPasswordLocked": false }));
    let id = org.put("UserLogin", login.clone());
    assert_eq!(said(&mut org), (Known::Is(Frozen(true)), true));
    login.insert("Id".into(), json!(id));
    login.insert("IsFrozen".into(), json!(false));
    org.put("UserLogin", login);
    assert_eq!(said(&mut org), (Known::Is(Frozen(false)), false));
}

#[test]
fn who_sees_setup_may_be_a_delegated_administrator() {
    for (permissions, word) in
        [(&["ApiEnabled"][..], "pass"), (&["ApiEnabled", "ViewSetup"][..], "cannot-tell")]
    {
        let (mut org, admin) = seeded();
        let (user, _) = user_with(&mut org, "hr", permissions);
        let (gather, _) = read_as(&mut org, &admin.id, &user, Some(AdminAnswer::Integration));
        let found = outcome(&gather, "user-administration-permission");
        assert_eq!(found.word(), word, "{found:?}");
        let told = format!("{:?}", outcome(&gather, "manage-users-permission"));
        assert_eq!(told.contains("delegated administrator"), word == "cannot-tell", "{told}");
    }
}

#[test]
fn view_all_on_objects_is_found() {
    let (mut org, admin) = seeded();
    let (user, set) = user_with(&mut org, "copy", &["ApiEnabled"]);
    let (gather, _) = read_as(&mut org, &admin.id, &user, Some(AdminAnswer::Integration));
    assert_eq!(outcome(&gather, "whole-object-access").word(), "pass");
    on_object(&mut org, &set, "Account", json!({ "PermissionsViewAllRecords": true }));
    on_object(
        &mut org,
        &set,
        "Contact",
        json!({ "PermissionsViewAllRecords": true, "PermissionsViewAllFields": true }),
    );
    on_object(&mut org, &set, "Case", json!({ "PermissionsViewAllFields": true }));
    on_object(&mut org, &set, "Lead", json!({ "PermissionsEdit": true }));
    let (gather, requests) = read_as(&mut org, &admin.id, &user, Some(AdminAnswer::Integration));
    assert_eq!(requests, 2);
    let leastwise_core::rules::rule::Outcome::Findings(found) = outcome(&gather, "whole-object-access")
    else {
        panic!("{:?}", outcome(&gather, "whole-object-access"))
    };
    assert_eq!(found.len(), 1);
    assert!(found[0].title.starts_with("Can see all records of 3 objects"), "{}", found[0].title);
    assert_eq!(
        found[0].evidence[..2],
        ["View All Records on Account and Contact.", "View All Fields on Case and Contact."]
    );
    // An org whose objects have no View All Fields is asked again without it.
    std::sync::Arc::make_mut(&mut org.schema).remove_field("ObjectPermissions", "PermissionsViewAllFields");
    let (gather, _) = read_lacking(&mut org, &admin.id, &user);
    let leastwise_core::rules::rule::Outcome::Findings(found) = outcome(&gather, "whole-object-access")
    else {
        panic!()
    };
    assert!(found[0].title.starts_with("Can see all records of 2 objects"), "{}", found[0].title);
}
