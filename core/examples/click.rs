//! What a click in a form costs: `cargo run --release -p leastwise-core --example click`.
//!
//! It never judges by seconds: the figure is a click in a form of 409 boxes, relative to reading and judging its page.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program for people"
)]

use leastwise_core::collect::Collector;
use leastwise_core::form::{Edit, Form, State};
use leastwise_core::report::Report;
use leastwise_core::salesforce::http::{Answer, Response};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::{Duration, Instant};

fn collected(path: &str, body: &str) -> Collector {
    let page = Page::from_url(&format!("https://acme.my.salesforce.com{path}")).unwrap();
    let mut collector = Collector::new(&page, Timestamp(1_795_478_400), None, None);
    let request = collector.next().unwrap();
    collector.feed(Response { id: request.id, answer: Ok(Answer { status: 200, body: body.to_owned() }) });
    assert!(collector.facts().grants.known().is_some());
    collector
}

/// The answer for a profile with 2,000 groups of sign-ins.
fn profile() -> String {
    let list = |records: Vec<Value>| json!({ "totalSize": records.len(), "done": true, "records": records });
    let set = json!({ "Id": "0PS5g0000000001", "Label": "X", "IsOwnedByProfile": true, "ProfileId": "00e5g000001Abcd",
        "Profile": { "Name": "ERP" }, "IsCustom": true, "PermissionsApiEnabled": true, "PermissionsModifyAllData": true,
        "Assignments": null, "ObjectPerms": null, "SetupEntityAccessItems": null });
    let sign_ins = (0..1_999).map(|n| {
        json!({ "UserId": format!("0055g00000{:05}", n % 50), "LoginType": "Remote Access 2.0", "LoginSubType": "OauthRefreshToken",
            "Application": format!("App {n}"), "ApiType": "REST API", "Status": "Success", "SourceIp": "198.51.100.7", "total": 12,
            "newest": "2026-11-20T01:02:03.000+0000" })
    });
    let part = |name: &str, body: Value| json!({ "referenceId": name, "httpStatusCode": 200, "body": body });
    json!({ "compositeResponse": [
        part("profile", json!({ "Id": "00e5g000001Abcd", "Name": "ERP", "PermissionsApiEnabled": true })),
        part("license", json!({ "Name": "Salesforce" })),
        part("sets", list(vec![set])), part("signIns", list(sign_ins.collect())),
        part("tokens", list(vec![])), part("apps", list(vec![])), part("jobs", list(vec![])),
    ]})
    .to_string()
}

/// A profile's form of 409 boxes, and the cost of a click in it; beside it that of reading and judging the page.
fn click() -> (Duration, Duration) {
    let body = profile();
    let path = "/00e5g000001Abcd/e?s=SystemPermissions";
    let names = include_str!("../src/salesforce/permissions/known.txt").lines();
    let names: Vec<&str> =
        names.filter(|line| !line.starts_with('#') && !line.is_empty()).take(409).collect();
    let form = Form {
        boxes: names.iter().enumerate().map(|(n, name)| format!("p{n}:userPerm\t\t\t\t\t{name}")).collect(),
        ..Form::default()
    };
    let collector = collected(path, &body);
    let mut edit = Edit::new(collector.page(), collector.facts(), collector.labels(), form);
    let ticked = names.iter().position(|name| *name == "AuthorApex").unwrap();
    let (mut clicks, mut counts) = (0, [0; 2]);
    let mut click = || {
        clicks += 1;
        let on: String = (0..409).map(|n| if n == ticked && clicks % 2 == 0 { '1' } else { '0' }).collect();
        edit.take(State { on, ..State::default() }, collector.facts(), collector.labels());
        counts[clicks % 2] = edit.new_findings().len();
    };
    let page = || {
        black_box(Report::new(&collected(path, &body)).findings().len());
    };
    let click = least_of(50, &mut click);
    assert!(counts[0] > counts[1], "what is ticked is found: {counts:?}");
    (click, least_of(5, page))
}

/// The least of several runs: noise only adds.
fn least_of(times: u32, mut work: impl FnMut()) -> Duration {
    let once = |_| {
        let start = Instant::now();
        (0..times).for_each(|_| work());
        start.elapsed() / times
    };
    (0..7).map(once).min().unwrap()
}

fn main() {
    let (click, page) = click();
    let part = click.as_secs_f64() / page.as_secs_f64();
    println!(
        "a click in a form of 409 boxes, of a profile with 2,000 groups of sign-ins: {part:.3} of its page, {:.3} ms",
        click.as_secs_f64() * 1_000.0
    );
}
