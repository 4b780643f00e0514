//! What is asked of an org for each kind of page, byte for byte: `requests/pages.txt`.
//!
//! A change of that file is a change of what is read. `LEASTWISE_BLESS=1` writes it anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test")]

use leastwise_core::collect::Collector;
use leastwise_core::salesforce::http::{Answer, Request, Response};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

const NOW: Timestamp = Timestamp(1_795_478_400);

const PAGES: &[(&str, &str)] = &[
    ("a user", "/0055g000001Abcd?noredirect=1"),
    ("a user's form", "/0055g000001Abcd/e"),
    ("a profile", "/00e5g000002Abcd"),
    ("a profile's form", "/00e5g000002Abcd/e?s=SystemPermissions"),
    ("a profile's login hours", "/00e5g000002Abcd/e?s=LoginHours"),
    ("a profile's password policies", "/00e5g000002Abcd/e?s=PasswordPolicies"),
    ("a profile's form in the original user interface", "/00e5g000002Abcd/e"),
    ("a permission set's form", "/0PS5g000001Abcd/e?s=SystemPermissions"),
];

fn all(collector: &mut Collector) -> Vec<Request> {
    std::iter::from_fn(|| collector.next()).collect()
}

/// One part after another, each on a line, so that a difference is seen.
fn written(request: &Request) -> String {
    let mut text = format!("{} {}\n", request.method, request.path);
    let Some(body) = &request.body else { return text };
    let parts: Value = serde_json::from_str(body).unwrap();
    for part in parts["compositeRequest"].as_array().unwrap() {
        let name = part["referenceId"].as_str().unwrap();
        writeln!(text, "  {name} {}", part["url"].as_str().unwrap()).unwrap();
    }
    // The parts above are what is read; the text is what is sent.
    writeln!(text, "  = {body}").unwrap();
    text
}

/// An answer that brings everything that follows: a profile, a field that is judged, no assignments by relationship.
fn answer() -> String {
    let part = |name: &str, status: u16, body: Value| json!({ "referenceId": name, "httpStatusCode": status, "body": body });
    let refused = json!([{ "errorCode": "NOT_FOUND", "message": "The requested resource does not exist" }]);
    let user = json!({ "Id": "0055g000001AbcdAAC", "Name": "ERP", "ProfileId": "00e5g000002AbcdAAC" });
    let labels = json!({ "fields": [{ "name": "PermissionsModifyAllData", "label": "Modify All Data" }] });
    json!({ "compositeResponse": [
        part("user", 200, user),
        part("frozen", 404, refused.clone()),
        part("assigned", 404, refused),
        part("profile", 200, json!({ "Id": "00e5g000002AbcdAAC", "Name": "ERP" })),
        part("labels", 200, labels),
    ]})
    .to_string()
}

#[test]
fn what_is_asked_for_each_page_is_what_is_written_down() {
    let mut text = String::new();
    for (name, path) in PAGES {
        let page = Page::from_url(&format!("https://acme.my.salesforce.com{path}")).expect(path);
        let mut collector = Collector::new(&page, NOW, None, None);
        writeln!(text, "## {name}\n").unwrap();
        let first = all(&mut collector);
        first.iter().for_each(|request| text.push_str(&written(request)));
        collector.feed(Response { id: first[0].id, answer: Ok(Answer { status: 200, body: answer() }) });
        writeln!(text, "\nthen\n").unwrap();
        all(&mut collector).iter().for_each(|request| text.push_str(&written(request)));
        text.push('\n');
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/requests/pages.txt");
    if std::env::var_os("LEASTWISE_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    for (line, (own, expected)) in text.lines().zip(expected.lines()).enumerate() {
        assert_eq!(own, expected, "line {}", line + 1);
    }
    assert_eq!(text.len(), expected.len());
}
