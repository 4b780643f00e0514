//! How the work of collecting and of the rules grows with what an org grants: `./build.sh bench` prints it.
//!
//! It never judges by seconds: the figure is the cost of a row at 10,000 rows relative to that at 100.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people")]

use leastwise_core::collect::Collector;
use leastwise_core::report::Report;
use leastwise_core::salesforce::http::{Answer, Response};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// A composite answer with `rows` permission rows: a tenth of them permission sets, each with nine objects.
fn composite(rows: usize) -> String {
    let list = |records: Vec<Value>| json!({ "totalSize": records.len(), "done": true, "records": records });
    let sets = (0..rows / 10).map(|n| {
        let objects = (0..9).map(|o| json!({ "SobjectType": format!("Object{o}__c"), "PermissionsDelete": true, "PermissionsModifyAllRecords": o == 0 }));
        json!({ "Id": format!("0PS5g00000{n:05}"), "Label": format!("Set {n}"), "IsCustom": true,
            "PermissionsApiEnabled": true, "PermissionsModifyAllData": n % 7 == 0, "PermissionsViewAllData": true,
            "PermissionsRunReports": false, "PermissionsViewSetup": n % 3 == 0,
            "Assignments": null, "ObjectPerms": list(objects.collect()), "SetupEntityAccessItems": null })
    });
    let user = json!({ "Id": "0055g000001Abcd", "Name": "ERP", "Username": "erp@acme.example", "ProfileId": "00e5g000001Abcd", "IsActive": true, "UserType": "Standard" });
    let part = |name: &str, body: Value| json!({ "referenceId": name, "httpStatusCode": 200, "body": body });
    json!({ "compositeResponse": [
        part("user", user),
        part("profile", json!({ "Id": "00e5g000001Abcd", "Name": "ERP", "PermissionsApiEnabled": true })),
        part("license", json!({ "Name": "Salesforce Integration" })),
        part("sets", list(sets.collect())),
        part("signIns", list(vec![])), part("tokens", list(vec![])), part("apps", list(vec![])), part("jobs", list(vec![])),
    ]})
    .to_string()
}

fn once(body: &str) {
    let page = Page::from_url("https://acme.my.salesforce.com/0055g000001Abcd").unwrap();
    let mut gather = Collector::new(&page, Timestamp(1_795_478_400), None, None);
    let request = gather.next().unwrap();
    gather.feed(Response { id: request.id, answer: Ok(Answer { status: 200, body: body.to_owned() }) });
    assert!(gather.facts().grants.known().is_some());
    black_box(Report::new(&gather).findings().len());
}

/// The least of several runs: noise only adds.
fn least(rows: usize, times: usize) -> Duration {
    let body = composite(rows);
    (0..7)
        .map(|_| {
            let start = Instant::now();
            (0..times).for_each(|_| once(&body));
            start.elapsed() / u32::try_from(times).unwrap()
        })
        .min()
        .unwrap()
}

fn main() {
    let (small, large) = (least(100, 200), least(10_000, 2));
    let per_row = large.as_secs_f64() / 100.0 / small.as_secs_f64();
    println!(
        "growth of collect + rules, 100 to 10,000 permission rows: a row costs {per_row:.2}x (goal: linear, at most 2x), all {:.2} ms",
        large.as_secs_f64() * 1_000.0
    );
}
