//! The gather machine against answers as the org writes them: whole, cut, refused, and in pieces.
//!
//! It never runs a server: see the org's own tests and the browser journeys for that.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test"
)]

use leastwise_core::collect::{Collector, Labels};
use leastwise_core::facts::{Frozen, Known, Source};
use leastwise_core::report::Report;
use leastwise_core::rules::rule::Judges;
use leastwise_core::salesforce::error::OrgError;
use leastwise_core::salesforce::http::{Answer, Failure, Request, Response};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use serde_json::{Value, json};

const USER: &str = "0055g000001AbcdAAC";
const PROFILE: &str = "00e5g000002AbcdAAC";
const NOW: Timestamp = Timestamp(1_795_478_400);

fn page(id: &str) -> Page {
    Page::from_url(&format!("https://acme.my.salesforce.com/{}?noredirect=1", &id[..15])).unwrap()
}

/// A gather for the user, and its first request.
fn started() -> (Collector, Request) {
    let mut gather = Collector::new(&page(USER), NOW, None, None);
    let request = gather.next().unwrap();
    assert_eq!(gather.next(), None);
    (gather, request)
}

fn rest(gather: &mut Collector) -> Vec<Request> {
    std::iter::from_fn(|| gather.next()).collect()
}

fn answer(gather: &mut Collector, request: &Request, status: u16, body: &Value) {
    gather.feed(Response { id: request.id, answer: Ok(Answer { status, body: body.to_string() }) });
}

fn subrequests(request: &Request) -> Vec<(String, String)> {
    let body: Value = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
    let parts = body["compositeRequest"].as_array().unwrap();
    parts
        .iter()
        .map(|part| (part["referenceId"].as_str().unwrap().into(), part["url"].as_str().unwrap().into()))
        .collect()
}

fn rows(records: &Value) -> Value {
    json!({ "totalSize": records.as_array().unwrap().len(), "done": true, "records": records })
}

fn error(code: &str, message: &str) -> Value {
    json!([{ "errorCode": code, "message": message }])
}

type Part = (&'static str, u16, Value);

/// The parts of a composite answer: a user on a profile of its own and in a group with Modify All Data.
fn parts() -> Vec<Part> {
    let own = json!([{ "AssigneeId": USER, "Assignee": { "Name": "ERP", "Username": "erp@acme.example" } }]);
    let ann = json!([{ "AssigneeId": "0055g000009AbcdAAC", "Assignee": { "Name": "Ann", "Username": "ann@acme.example" } }]);
    let account = json!([{ "SobjectType": "Account", "PermissionsDelete": true, "PermissionsModifyAllRecords": false }]);
    let sets = json!([
        { "Id": "0PS5g000001Abcd", "Label": "X00e", "IsOwnedByProfile": true, "ProfileId": PROFILE, "IsCustom": true,
          "Profile": { "Name": "Acme ERP" }, "PermissionSetGroup": null,
          "PermissionsApiEnabled": true, "PermissionsBrandNew": true,
          "Assignments": rows(&own), "ObjectPerms": null, "SetupEntityAccessItems": null },
        { "Id": "0PS5g000002Abcd", "Label": "G", "IsOwnedByProfile": false, "ProfileId": null,
          "PermissionSetGroupId": "0PG5g000001Abcd",
          "PermissionSetGroup": { "MasterLabel": "Billing", "Status": "Outdated" },
          "PermissionsModifyAllData": true,
          "Assignments": rows(&ann), "ObjectPerms": rows(&account),
          "SetupEntityAccessItems": rows(&json!([{ "SetupEntityId": "0H45g000001Abcd" }])) },
    ]);
    let sign_ins = json!([{ "UserId": USER, "LoginType": "Other Apex API", "LoginSubType": null, "Application": "N/A",
        "ApiType": "SOAP Partner", "Status": "Success", "SourceIp": "198.51.100.7", "total": 12,
        "newest": "2026-11-20T01:02:03.000+0000" }]);
    let apps = json!([
        { "Id": "0DS5g000001Abcd", "ApplicationId": "0H45g000001Abcd", "Label": "Acme ERP", "Name": "Acme_ERP",
          "IsUsingAdminAuthorization": true },
        { "Id": "0DS5g000002Abcd", "ApplicationId": "02u5g000001Abcd", "Label": "Sales", "Name": "Sales" },
    ]);
    vec![
        (
            "user",
            200,
            json!({ "Id": USER, "Name": "ERP", "Username": "erp@acme.example", "Email": "erp@acme.example",
            "IsActive": true, "UserType": "Standard", "ProfileId": PROFILE,
            "LastLoginDate": "2026-11-20T01:02:03.000+0000", "AFieldNobodyKnows__c": 7 }),
        ),
        ("frozen", 200, rows(&json!([{ "Id": "0Yw5g000000AbcdAAC", "IsFrozen": false }]))),
        (
            "profile",
            200,
            json!({ "Id": PROFILE, "Name": "Acme ERP", "UserType": "Standard",
            "PermissionsApiEnabled": true, "PermissionsBrandNew": true, "PermissionsModifyAllData": false }),
        ),
        ("license", 200, json!({ "Id": "1005g000000AbcdAAA", "Name": "Salesforce" })),
        ("sets", 200, rows(&sets)),
        ("signIns", 200, rows(&sign_ins)),
        ("tokens", 200, rows(&json!([]))),
        ("apps", 200, rows(&apps)),
        ("jobs", 200, rows(&json!([]))),
        (
            "labels",
            200,
            json!({ "fields": [
            { "name": "PermissionsBrandNew", "label": "Brand New Thing" }, { "name": "Name", "label": "Name" }] }),
        ),
    ]
}

fn composite(parts: &[Part]) -> Value {
    let parts: Vec<Value> = parts
        .iter()
        .map(|(reference, status, body)| {
            json!({ "referenceId": reference, "httpStatusCode": status, "httpHeaders": {}, "body": body })
        })
        .collect();
    json!({ "compositeResponse": parts })
}

/// The composite answer with another answer for one part.
fn with(name: &str, status: u16, body: Value) -> Value {
    let mut parts = parts();
    let part = parts.iter_mut().find(|(part, ..)| *part == name).unwrap();
    (part.1, part.2) = (status, body);
    composite(&parts)
}

#[test]
fn one_composite_then_one_request_for_the_ranges() {
    let (mut gather, first) = started();
    let asked = subrequests(&first);
    assert!(asked.len() <= 25);
    assert_eq!(asked.iter().filter(|(_, url)| url.contains("/query?")).count(), 5);
    assert!(asked.iter().any(|(name, url)| name == "profile" && url.ends_with("/Profile/@{user.ProfileId}")));
    assert!(!gather.has_first());

    answer(&mut gather, &first, 200, &composite(&parts()));
    assert!(gather.has_first() && !gather.is_complete() && Report::new(&gather).pending);

    let second = rest(&mut gather);
    assert_eq!(second.len(), 1);
    assert!(second[0].path.contains("/tooling/query?q=SELECT+FullName,+Metadata+FROM+Profile"));
    let metadata =
        json!({ "loginIpRanges": [{ "startAddress": "198.51.100.0", "endAddress": "198.51.100.9" }] });
    answer(&mut gather, &second[0], 200, &rows(&json!([{ "Metadata": metadata }])));
    assert!(gather.is_complete() && !Report::new(&gather).pending);
    assert_eq!(gather.facts().login_ip_ranges.known().unwrap().ranges[0].addresses(), 10);
}

#[test]
fn facts_are_what_the_rows_say() {
    let (mut gather, request) = started();
    answer(&mut gather, &request, 200, &composite(&parts()));
    let facts = gather.facts();
    let grants = facts.grants.known().unwrap();
    assert_eq!(grants.sets[0].source, Source::Profile { name: "Acme ERP".into() });
    assert!(
        grants.sets[0].reach.as_ref().unwrap().others.is_empty(),
        "the user shown is not one of the others"
    );
    assert_eq!(grants.sets[0].deletes.as_deref(), Some(&vec![]), "a null child list is an empty one");
    assert_eq!(grants.sets[1].source, Source::Group { name: "Billing".into(), status: "Outdated".into() });
    assert_eq!(grants.sets[1].reach.as_ref().unwrap().others.len(), 1);
    assert!(grants.has("BrandNew"), "a permission that nobody listed is there");
    assert_eq!(grants.unsettled_groups().collect::<Vec<_>>(), ["Billing"]);
    assert_eq!(facts.apps.known().unwrap().rows.len(), 1, "a tab set is no app");
    assert_eq!(gather.labels().get("BrandNew").map(String::as_str), Some("Brand New Thing"));
}

#[test]
fn labels_that_are_known_are_not_asked_for() {
    let mut gather = Collector::new(&page(USER), NOW, Some(Labels::new()), None);
    assert!(!subrequests(&gather.next().unwrap()).iter().any(|(name, _)| name == "labels"));
}

#[test]
fn a_profile_page_asks_both_at_once() {
    let mut gather = Collector::new(&page(PROFILE), NOW, None, None);
    let requests = rest(&mut gather);
    assert_eq!(requests.len(), 2);
    let asked = subrequests(&requests[0]);
    assert!(!asked.iter().any(|(name, _)| name == "user"));
    assert_eq!(asked.iter().filter(|(_, url)| url.contains("/query?")).count(), 5);
    assert!(matches!(gather.facts().user, Known::Absent(_)));
}

#[test]
fn a_field_that_the_org_lacks_is_left_out_and_asked_again() {
    let (mut gather, request) = started();
    let message =
        "\nSELECT …\n ^\nERROR at Row:1:Column:30\nNo such column 'LoginSubType' on entity 'LoginHistory'.";
    answer(&mut gather, &request, 200, &with("signIns", 400, error("INVALID_FIELD", message)));
    assert!(!gather.has_first());
    let requests = rest(&mut gather);
    let again = requests.iter().find(|request| request.method == "POST").unwrap();
    let asked = subrequests(again);
    assert_eq!(asked.len(), 1);
    assert!(!asked[0].1.contains("LoginSubType") && asked[0].1.contains("LoginType"));
    answer(&mut gather, again, 200, &composite(&parts()[5..6]));
    assert!(gather.has_first() && gather.facts().sign_ins.known().is_some());
}

#[test]
fn one_refused_part_leaves_the_others() {
    let (mut gather, request) = started();
    let refused = error("INVALID_TYPE", "sObject type 'LoginHistory' is not supported.");
    answer(&mut gather, &request, 200, &with("signIns", 400, refused));
    let Known::Unavailable(missing) = &gather.facts().sign_ins else { panic!("read") };
    assert_eq!(missing.why, OrgError::NotInThisOrg { what: "LoginHistory".into() });
    assert!(gather.facts().grants.known().is_some() && gather.refusal().is_none());
    let report = Report::new(&gather);
    assert!(!report.findings().is_empty(), "findings of other rules stay");
    assert!(report.with_outcome("cannot-tell").next().is_some());
}

#[test]
fn what_hangs_on_a_refused_part_has_its_reason() {
    let (mut gather, request) = started();
    let halted = "Invalid reference specified. No value for user.ProfileId found in user";
    let mut parts = parts();
    parts[0] = ("user", 404, error("NOT_FOUND", "The requested resource does not exist"));
    for part in &mut parts[2..4] {
        *part = (part.0, 400, error("PROCESSING_HALTED", halted));
    }
    answer(&mut gather, &request, 200, &composite(&parts));
    let facts = gather.facts();
    assert!(matches!(&facts.profile, Known::Unavailable(missing) if missing.why == OrgError::NotFound));
    assert!(matches!(&facts.license, Known::Unavailable(missing) if missing.why == OrgError::NotFound));
    assert!(
        matches!(&facts.login_ip_ranges, Known::Unavailable(missing) if missing.why == OrgError::NotFound)
    );
    assert!(gather.is_complete());
}

#[test]
fn every_refusal_of_the_whole_is_one_refusal() {
    let expired = error("INVALID_SESSION_ID", "Session expired or invalid").to_string();
    let not_for_api =
        error("INVALID_SESSION_ID", "This session is not valid for use with the REST API").to_string();
    let limit = error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.").to_string();
    let cases = [
        (Ok((401, expired)), OrgError::SessionExpired),
        (Ok((401, not_for_api)), OrgError::SessionNotForApi),
        (Ok((403, limit)), OrgError::RequestLimit),
        (Ok((200, "<!DOCTYPE html><title>Login</title>".into())), OrgError::NotJson),
        (Ok((503, "<html>maintenance</html>".into())), OrgError::Unavailable { status: 503 }),
        (Err(Failure::Timeout), OrgError::Timeout),
        (Err(Failure::NotSignedIn), OrgError::NotSignedIn),
    ];
    for (came, refusal) in cases {
        let (mut gather, request) = started();
        gather.feed(Response { id: request.id, answer: came.map(|(status, body)| Answer { status, body }) });
        assert_eq!(gather.refusal(), Some(&refusal));
        let report = Report::new(&gather);
        assert_eq!(report.summary(), "Couldn't check");
        assert_eq!(report.with_outcome("pass").count(), 0, "what was not read is never a pass");
        // What is about apps and the org's settings is never read on a page.
        let of_users = report.with_outcome("not-applicable").filter(|row| row.rule.judges() == Judges::Users);
        assert_eq!(of_users.count(), 0, "nobody is a person for want of signs");
        assert!(report.findings().is_empty());
        assert!(gather.is_complete());
    }
}

#[test]
fn silence_is_not_taken_for_emptiness() {
    // The user signed in four days ago, and the history shows nothing: the viewer may not see it.
    let (mut gather, request) = started();
    answer(&mut gather, &request, 200, &with("signIns", 200, rows(&json!([]))));
    assert!(
        matches!(&gather.facts().sign_ins, Known::Unavailable(m) if matches!(m.why, OrgError::NoPermission { .. }))
    );

    // Every user has the set of their profile: none at all is no answer.
    let (mut gather, request) = started();
    answer(&mut gather, &request, 200, &with("sets", 200, rows(&json!([]))));
    assert!(matches!(&gather.facts().grants, Known::Unavailable(_)));
}

#[test]
fn long_lists_are_read_on() {
    let (mut gather, request) = started();
    let mut first = parts()[4].2.clone();
    first["done"] = json!(false);
    first["nextRecordsUrl"] = json!("/services/data/v62.0/query/01g5g000000Abcd-200");
    answer(&mut gather, &request, 200, &with("sets", 200, first));
    let next = rest(&mut gather).into_iter().find(|r| r.path.contains("01g5g000000Abcd-200")).unwrap();
    let more = json!([{ "Id": "0PS5g000003Abcd", "Label": "More", "PermissionsAuthorApex": true }]);
    answer(&mut gather, &next, 200, &rows(&more));
    let grants = gather.facts().grants.known().unwrap();
    assert_eq!((grants.sets.len(), grants.cut), (3, false));
    assert_eq!(grants.sets[2].deletes, None, "what was not in the row is not known");
}

#[test]
fn a_cut_list_of_tokens_is_asked_for_this_user_alone() {
    let (mut gather, request) = started();
    let many: Vec<Value> = (0..2_000)
        .map(|n| json!({ "AppName": format!("App {n}"), "UserId": "0055g000009AbcdAAC", "uses": 1 }))
        .collect();
    answer(&mut gather, &request, 200, &with("tokens", 200, rows(&json!(many))));
    let own = rest(&mut gather).into_iter().find(|r| r.path.contains("OauthToken")).unwrap();
    assert!(own.path.contains("UserId"));
    answer(&mut gather, &own, 200, &rows(&json!([{ "AppName": "ERP", "UserId": USER, "uses": 4 }])));
    let tokens = gather.facts().tokens.known().unwrap();
    assert!(tokens.cut);
    assert_eq!(tokens.of(&page(USER).id).count(), 1);
}

#[test]
fn it_survives_being_put_away_at_any_moment() {
    let put_away = |gather: &Collector| -> Collector {
        serde_json::from_str(&serde_json::to_string(gather).unwrap()).unwrap()
    };
    let (gather, request) = started();
    let mut gather = put_away(&gather);
    answer(&mut gather, &request, 200, &composite(&parts()));
    let mut gather = put_away(&gather);
    let request = gather.next().unwrap();
    let mut gather = put_away(&gather);
    answer(&mut gather, &request, 200, &rows(&json!([{ "Metadata": { "loginIpRanges": null } }])));
    assert!(gather.is_complete());
    let again = put_away(&gather);
    assert!(again.is_complete());
    assert_eq!(again.facts(), gather.facts());
    assert_eq!(again.labels(), gather.labels());
    assert!(gather.facts().login_ip_ranges.known().unwrap().ranges.is_empty());
}

#[test]
fn answers_nobody_waits_for_are_dropped() {
    let (mut gather, _) = started();
    let before = gather.facts().clone();
    gather
        .feed(Response { id: 99, answer: Ok(Answer { status: 200, body: composite(&parts()).to_string() }) });
    assert_eq!(*gather.facts(), before);
}

/// Where a user is edited, the profiles that could be chosen are asked for after the composite: of the permissions those that
/// a rule looks at and the org has.
#[test]
fn the_profiles_that_could_be_chosen_are_a_sixth_query() {
    let url = format!("https://acme.my.salesforce.com/{}/e", &USER[..15]);
    let mut gather = Collector::new(&Page::from_url(&url).unwrap(), NOW, None, None);
    let composite = gather.next().unwrap();
    let asked = subrequests(&composite);
    assert_eq!(asked.iter().filter(|(_, url)| url.contains("/query?")).count(), 5);
    assert!(asked.iter().any(|(id, url)| id == "features" && url.ends_with("/sobjects/User/describe")));
    let field = |name: &str| json!({ "name": name, "label": name });
    let describe = ["PermissionsModifyAllData", "PermissionsRunReports", "PermissionsBrandNew"].map(field);
    let features = ["UserPermissionsMarketingUser", "Email"].map(field);
    let mut parts = parts();
    parts.retain(|(id, ..)| *id != "labels");
    parts.push(("labels", 200, json!({ "fields": describe })));
    parts.push(("features", 200, json!({ "fields": features })));
    let body: Vec<Value> = parts
        .into_iter()
        .map(|(id, status, body)| json!({ "referenceId": id, "httpStatusCode": status, "body": body }))
        .collect();
    answer(&mut gather, &composite, 200, &json!({ "compositeResponse": body }));
    assert!(
        gather.labels().contains_key("UserPermissionsMarketingUser")
            && !gather.labels().contains_key("Email")
    );
    let after = rest(&mut gather);
    let [_, choices] = after.as_slice() else { panic!("{after:?}") };
    for (part, is) in [
        ("PermissionsModifyAllData", true),
        ("PermissionsBrandNew", true),
        ("PermissionsRunReports", false),
        ("MarketingUser", false),
        ("IsOwnedByProfile", true),
        ("LIMIT+2000", true),
    ] {
        let asked = subrequests(choices);
        let url = &asked.iter().find(|(id, _)| id == "choices").unwrap().1;
        assert_eq!(url.contains(part), is, "{part} in {url}");
    }
    assert!(gather.has_first(), "what is shown waits for none of it");
    let row = |n: u32, license: Value| {
        json!({ "Id": format!("0PS5g00000{n:05}"), "Name": "X", "IsCustom": true, "ProfileId": format!("00e5g00000{n:05}"),
            "Profile": { "Name": "Other", "UserType": "Standard", "UserLicense": license }, "PermissionsModifyAllData": true,
            "Assignments": null, "SetupEntityAccessItems": null })
    };
    // A profile whose licence was not told is none that could be judged.
    let license = || json!({ "Name": "Salesforce" });
    let found = json!([row(7, license()), row(8, Value::Null), row(9, license()), row(10, license())]);
    let object = |n: u32| {
        json!({ "ParentId": format!("0PS5g00000{n:05}"), "SobjectType": "Account", "PermissionsDelete": true,
            "PermissionsModifyAllRecords": false })
    };
    let known = |objects: Value| {
        let mut gather = gather.clone();
        let part = |id: &str, status: u16, body: Value| json!({ "referenceId": id, "httpStatusCode": status, "body": body });
        let refused = json!([{ "errorCode": "INVALID_TYPE", "message": "no" }]);
        let objects = if objects.is_null() {
            part("objects", 400, refused)
        } else {
            part("objects", 200, rows(&objects))
        };
        let answers = json!({ "compositeResponse": [part("choices", 200, rows(&found)), objects] });
        answer(&mut gather, choices, 200, &answers);
        let choices = gather.facts().choices.clone();
        assert!(
            choices[0].set.permissions.contains("ModifyAllData") && choices[0].license.name == "Salesforce"
        );
        choices.iter().map(|c| c.set.deletes.as_ref().map(|all| all.len())).collect::<Vec<_>>()
    };
    assert_eq!(known(json!([object(7), object(7), object(10)])), [Some(2), Some(0), Some(1)]);
    // Nobody may delete anything: then nothing was shown. Nor is anything known that was refused.
    assert_eq!(known(json!([])), [None; 3]);
    assert_eq!(known(Value::Null), [None; 3]);
    // Of a list that was cut only those are known that others follow.
    let cut: Vec<Value> = (0..2_000).map(|n| object(if n < 1_990 { 7 } else { 9 })).collect();
    assert_eq!(known(json!(cut)), [Some(1_990), None, None]);
    // A user who is only looked at is asked nothing of the kind.
    assert!(!subrequests(&started().1).iter().any(|(id, _)| id == "features"));
}

#[test]
fn a_frozen_user_is_said_to_be() {
    let login = |is: bool| rows(&json!([{ "Id": "0Yw5g000000AbcdAAC", "IsFrozen": is }]));
    for is in [true, false] {
        let (mut gather, request) = started();
        assert!(subrequests(&request).iter().any(|(name, url)| name == "frozen" && !url.contains("/query")));
        answer(&mut gather, &request, 200, &with("frozen", 200, login(is)));
        assert_eq!(gather.facts().frozen, Known::Is(Frozen(is)));
        assert_eq!(Report::new(&gather).subject.detail.contains("frozen"), is);
    }

    // Who signed in has a row: none at all is one that this viewer may not see.
    let (mut gather, request) = started();
    answer(&mut gather, &request, 200, &with("frozen", 200, rows(&json!([]))));
    assert!(
        matches!(&gather.facts().frozen, Known::Unavailable(m) if matches!(m.why, OrgError::NoPermission { .. }))
    );
    assert!(!Report::new(&gather).subject.detail.contains("frozen"));

    // Who never did has none, and is not frozen.
    let (mut gather, request) = started();
    let mut parts = parts();
    parts[0].2["LastLoginDate"] = json!(null);
    parts[1].2 = rows(&json!([]));
    answer(&mut gather, &request, 200, &composite(&parts));
    assert_eq!(gather.facts().frozen, Known::Is(Frozen(false)));
}

#[test]
fn an_org_without_the_list_by_its_relationship_is_asked_by_a_query() {
    let (mut gather, request) = started();
    let unknown = error("NOT_FOUND", "The requested resource does not exist");
    answer(&mut gather, &request, 200, &with("frozen", 404, unknown));
    let again = rest(&mut gather).into_iter().find(|request| request.method == "POST").unwrap();
    let asked = subrequests(&again);
    assert_eq!(asked.len(), 1);
    assert!(asked[0].1.contains("FROM+UserLogin+WHERE"), "{}", asked[0].1);
    let found = rows(&json!([{ "Id": "0Yw5g000000AbcdAAC", "IsFrozen": true }]));
    answer(&mut gather, &again, 200, &composite(&[("frozen", 200, found)]));
    assert_eq!(gather.facts().frozen, Known::Is(Frozen(true)));

    // Refused twice, it is not known, and not asked a third time.
    let (mut gather, request) = started();
    let refused = || error("INVALID_TYPE", "sObject type 'UserLogin' is not supported.");
    answer(&mut gather, &request, 200, &with("frozen", 404, refused()));
    let again = rest(&mut gather).into_iter().find(|request| request.method == "POST").unwrap();
    answer(&mut gather, &again, 200, &composite(&[("frozen", 400, refused())]));
    assert!(matches!(&gather.facts().frozen, Known::Unavailable(_)));
    assert!(!rest(&mut gather).iter().any(|request| request.method == "POST"));
}

/// The composite answer with rows of `list` of the first set cut where the platform cuts them, and the rest of them.
fn cut(list: &str, rows_read: &Value, total: usize) -> Value {
    let mut sets = parts().into_iter().find(|(name, ..)| *name == "sets").unwrap().2;
    sets["records"][0][list] = json!({ "totalSize": total, "done": false, "records": rows_read,
        "nextRecordsUrl": "/services/data/v63.0/query/01g5g000000Cut0-199" });
    with("sets", 200, sets)
}

fn assignees(from: usize, to: usize) -> Value {
    (from..to)
        .map(|n| {
            json!({ "AssigneeId": format!("0055g0000{n:06}"), "IsActive": true, "IsRevoked": false,
                "ExpirationDate": null, "Assignee": { "Name": format!("U{n}"), "Username": format!("u{n}@acme.example") } })
        })
        .collect()
}

fn next_of(gather: &mut Collector) -> Request {
    rest(gather).into_iter().find(|request| request.path.contains("01g5g000000Cut0")).unwrap()
}

#[test]
fn a_list_inside_a_row_is_read_on() {
    let object = |n: usize, all: bool| json!({ "SobjectType": format!("O{n:03}__c"), "PermissionsDelete": true, "PermissionsModifyAllRecords": all });
    let first: Vec<Value> = (0..199).map(|n| object(n, false)).collect();
    let (mut gather, request) = started();
    answer(&mut gather, &request, 200, &cut("ObjectPerms", &json!(first), 260));
    assert!(gather.facts().grants.known().is_none(), "not before all of it is there");
    let next = next_of(&mut gather);
    let more: Vec<Value> = (199..260).map(|n| object(n, n == 259)).collect();
    answer(&mut gather, &next, 200, &rows(&json!(more)));
    let set = &gather.facts().grants.known().unwrap().sets[0];
    assert_eq!((set.deletes.as_ref().unwrap().len(), set.objects_cut), (260, false));
    assert!(set.deletes.as_ref().unwrap()[259].modify_all);
    let report = Report::new(&gather);
    let found = report.findings();
    let of_objects = found.iter().find(|(_, finding)| finding.title.contains("260 objects")).unwrap();
    assert!(of_objects.1.evidence[0].contains("O259__c"), "{:?}", of_objects.1.evidence);
}

#[test]
fn a_list_inside_a_row_that_cannot_be_read_on_is_cut() {
    // The list of objects: what was read is said, and that there are more.
    let (mut gather, request) = started();
    let none = json!([{ "SobjectType": "Account", "PermissionsViewAllRecords": false }]);
    answer(&mut gather, &request, 200, &cut("ObjectPerms", &none, 260));
    let next = next_of(&mut gather);
    answer(&mut gather, &next, 500, &error("UNKNOWN_EXCEPTION", "An unexpected error occurred."));
    let set = &gather.facts().grants.known().unwrap().sets[0];
    assert_eq!((set.deletes.as_deref(), set.objects_cut), (Some(&vec![]), true));

    // Who has the set: "or more".
    let (mut gather, request) = started();
    answer(&mut gather, &request, 200, &cut("Assignments", &assignees(0, 150), 201));
    let next = next_of(&mut gather);
    gather.feed(Response { id: next.id, answer: Err(Failure::Timeout) });
    let reach = gather.facts().grants.known().unwrap().sets[0].reach.clone().unwrap();
    assert_eq!((reach.others.len(), reach.more), (150, true));

    // Which apps it admits to: not known, rather than those that were read alone.
    let (mut gather, request) = started();
    answer(
        &mut gather,
        &request,
        200,
        &cut("SetupEntityAccessItems", &json!([{ "SetupEntityId": "0H45g000001Abcd" }]), 300),
    );
    let next = next_of(&mut gather);
    answer(&mut gather, &next, 404, &error("INVALID_QUERY_LOCATOR", "invalid query locator"));
    assert_eq!(gather.facts().grants.known().unwrap().sets[0].apps, None);

    // Without an address to go on at, nothing is asked and the list is cut all the same.
    let (mut gather, request) = started();
    let mut whole = cut("Assignments", &assignees(0, 199), 201);
    for part in whole["compositeResponse"].as_array_mut().unwrap() {
        if part["referenceId"] == "sets" {
            part["body"]["records"][0]["Assignments"].as_object_mut().unwrap().remove("nextRecordsUrl");
        }
    }
    answer(&mut gather, &request, 200, &whole);
    assert!(gather.facts().grants.known().unwrap().sets[0].reach.as_ref().unwrap().more);
}

#[test]
fn lists_inside_rows_are_read_on_so_often_and_no_more() {
    let (mut gather, request) = started();
    answer(&mut gather, &request, 200, &cut("ObjectPerms", &json!([]), 100_000));
    let mut pages = 0;
    while let Some(next) =
        rest(&mut gather).into_iter().find(|request| request.path.contains("01g5g000000Cut0"))
    {
        pages += 1;
        assert!(pages < 100);
        let page = json!({ "totalSize": 100_000, "done": false,
            "nextRecordsUrl": format!("/services/data/v63.0/query/01g5g000000Cut0-{pages}"),
            "records": [{ "SobjectType": format!("O{pages}__c"), "PermissionsDelete": true }] });
        answer(&mut gather, &next, 200, &page);
    }
    assert_eq!(pages, 20);
    let set = &gather.facts().grants.known().unwrap().sets[0];
    assert_eq!((set.deletes.as_ref().unwrap().len(), set.objects_cut), (20, true));
    let report = Report::new(&gather);
    assert!(report.findings().iter().any(|(_, finding)| finding.title.contains("20 or more objects")));
}

#[test]
fn an_assignment_that_is_over_grants_nothing() {
    // The group of the answer grants Modify All Data; each of the three columns ends the user's assignment.
    let assigned = |set: &str, group: Value, over: (&str, Value)| {
        let mut row = json!({ "PermissionSetId": set, "PermissionSetGroupId": group, "AssigneeId": USER,
            "IsActive": true, "IsRevoked": false, "ExpirationDate": null });
        row[over.0] = over.1;
        row
    };
    let own = |over: (&str, Value)| {
        let mut parts = parts();
        let rows_of = json!([
            assigned("0PS5g000001Abcd", json!(null), ("IsActive", json!(true))),
            assigned("0PS5g000002Abcd", json!("0PG5g000001Abcd"), over),
        ]);
        parts.push(("assigned", 200, rows(&rows_of)));
        composite(&parts)
    };
    for (over, counts) in [
        (("IsActive", json!(true)), true),
        (("IsActive", json!(false)), false),
        (("IsRevoked", json!(true)), false),
        (("ExpirationDate", json!("2026-11-23T00:00:00.000+0000")), false),
        (("ExpirationDate", json!("2026-11-25T00:00:00.000+0000")), true),
        // What no date could be read of is not over.
        (("ExpirationDate", json!("2026-02-31T00:00:00.000+0000")), true),
    ] {
        let (mut gather, request) = started();
        answer(&mut gather, &request, 200, &own(over.clone()));
        let facts = gather.facts();
        let grants = facts.grants.known().unwrap();
        assert_eq!(grants.has("ModifyAllData"), counts, "{over:?}");
        assert_eq!(facts.lapsed.len(), usize::from(!counts), "{over:?}");
        let report = Report::new(&gather);
        assert_eq!(report.subject.detail.contains("has expired"), !counts);
        let said = report.findings().iter().any(|(_, f)| f.permission() == Some("ModifyAllData"));
        assert_eq!(said, counts, "{over:?}");
    }
}

#[test]
fn where_the_own_assignments_are_not_given_the_lists_of_who_has_a_set_tell() {
    let (mut gather, request) = started();
    let mut parts = parts();
    let sets = parts.iter_mut().find(|(name, ..)| *name == "sets").unwrap();
    sets.2["records"][1]["Assignments"] = rows(&json!([
        { "AssigneeId": USER, "IsRevoked": true, "Assignee": { "Name": "ERP", "Username": "erp@acme.example" } },
        { "AssigneeId": "0055g000009AbcdAAC", "IsActive": false, "Assignee": { "Name": "Ann", "Username": "ann@acme.example" } },
        { "AssigneeId": "0055g000008AbcdAAC", "IsActive": true, "Assignee": { "Name": "Ben", "Username": "ben@acme.example" } },
    ]));
    let refused = error("NOT_FOUND", "The requested resource does not exist");
    parts.push(("assigned", 404, refused.clone()));
    answer(&mut gather, &request, 200, &composite(&parts));
    assert!(!gather.facts().grants.known().unwrap().has("ModifyAllData"));
    assert_eq!(gather.facts().lapsed, [Source::Group { name: "Billing".into(), status: "Outdated".into() }]);

    // They are asked for once more, by a query, and then no more.
    let again = rest(&mut gather).into_iter().find(|request| request.method == "POST").unwrap();
    assert!(subrequests(&again)[0].1.contains("FROM+PermissionSetAssignment+WHERE"));
    answer(&mut gather, &again, 200, &composite(&[("assigned", 400, refused)]));
    assert!(!rest(&mut gather).iter().any(|request| request.method == "POST"));
    assert!(!gather.facts().grants.known().unwrap().has("ModifyAllData"));
}

#[test]
fn others_whose_assignment_is_over_are_not_reached() {
    let (mut gather, request) = started();
    let mut sets = parts().into_iter().find(|(name, ..)| *name == "sets").unwrap().2;
    let mut all = assignees(0, 3);
    all[0]["IsRevoked"] = json!(true);
    all[1]["ExpirationDate"] = json!("2020-01-01T00:00:00.000+0000");
    sets["records"][0]["Assignments"] = rows(&all);
    answer(&mut gather, &request, 200, &with("sets", 200, sets));
    let reach = gather.facts().grants.known().unwrap().sets[0].reach.clone().unwrap();
    assert_eq!(reach.others.iter().map(|other| other.name.as_str()).collect::<Vec<_>>(), ["U2"]);
}

#[test]
fn a_group_that_cannot_be_seen_is_not_said_to_be_recalculated() {
    let (mut gather, request) = started();
    let mut sets = parts().into_iter().find(|(name, ..)| *name == "sets").unwrap().2;
    sets["records"][1]["PermissionSetGroup"] = json!(null);
    answer(&mut gather, &request, 200, &with("sets", 200, sets));
    let report = Report::new(&gather);
    let text = serde_json::to_string(&report).unwrap();
    assert!(!text.contains("recalculated") && !text.contains("“”"), "{text}");
    let why = OrgError::GroupUnread { group: "G".into() };
    assert!(text.contains("read the status of group “G”, so it may grant something else"), "{text}");
    assert!(why.sentence().contains("status") && !why.advice().contains("Recalculate"));
}

#[test]
fn an_answer_without_anything_is_not_nothing_to_check() {
    for body in [json!({ "compositeResponse": [] }), composite(&[("other", 200, json!({}))])] {
        let (mut gather, request) = started();
        answer(&mut gather, &request, 200, &body);
        assert_eq!(gather.refusal(), Some(&OrgError::LeftOut));
        assert_eq!(Report::new(&gather).summary(), "Couldn't check");
        assert!(gather.is_complete());
    }
    // One part left out is missing with the reason, and does not stay "still reading".
    let (mut gather, request) = started();
    let left: Vec<Part> = parts().into_iter().filter(|(name, ..)| *name != "signIns").collect();
    answer(&mut gather, &request, 200, &composite(&left));
    assert!(
        matches!(&gather.facts().sign_ins, Known::Unavailable(missing) if missing.why == OrgError::LeftOut)
    );
    assert!(gather.facts().grants.known().is_some());
}

#[test]
fn half_a_character_in_a_name_blinds_nothing() {
    let (mut gather, request) = started();
    let body = composite(&parts()).to_string().replace("\"Ann\"", r#""Ann \ud83d""#);
    assert!(body.contains(r"\ud83d"));
    gather.feed(Response { id: request.id, answer: Ok(Answer { status: 200, body }) });
    let facts = gather.facts();
    assert!(gather.refusal().is_none() && facts.user.known().is_some());
    let reach = facts.grants.known().unwrap().sets[1].reach.clone().unwrap();
    assert_eq!(reach.others[0].name, "Ann \u{fffd}");
}
