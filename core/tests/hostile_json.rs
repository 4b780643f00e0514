//! Answers that no org should write: 50 MB, 1,000 levels deep, keys twice, half a character.
//!
//! None of them is taken for a pass, and none breaks what reads it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use leastwise_core::collect::Collector;
use leastwise_core::facts::Known;
use leastwise_core::report::Report;
use leastwise_core::rules::rule::Outcome;
use leastwise_core::salesforce::error::OrgError;
use leastwise_core::salesforce::http::{Answer, Response};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;

const USER: &str = "0055g000001AbcdAAC";

/// The user's row as it stands in a composite answer, with `more` members.
fn user(more: &str) -> String {
    format!(
        r#"{{"referenceId":"user","httpStatusCode":200,"body":{{"Id":"{USER}","Name":"ERP","Username":"erp@acme.example","IsActive":true,"UserType":"Standard"{more}}}}}"#
    )
}

/// A collector that was answered with these parts.
fn answered(parts: &str) -> Collector {
    let page = Page::from_url(&format!("https://acme.my.salesforce.com/{USER}")).unwrap();
    let mut collector = Collector::new(&page, Timestamp(1_795_478_400), None, None);
    let request = collector.next().unwrap();
    let body = format!(r#"{{"compositeResponse":[{parts}]}}"#);
    collector.feed(Response { id: request.id, answer: Ok(Answer { status: 200, body }) });
    collector
}

fn passes(collector: &Collector) -> usize {
    Report::new(collector).rows.iter().filter(|row| matches!(row.outcome, Outcome::Pass { .. })).count()
}

#[test]
fn a_thousand_levels_are_not_read_and_nothing_passes() {
    let deep = format!(r#","Deep":{}{}"#, "[".repeat(1_000), "]".repeat(1_000));
    let collector = answered(&user(&deep));
    let Known::Unavailable(unavailable) = &collector.facts().user else { panic!("read") };
    assert_eq!(unavailable.why, OrgError::NotJson);
    assert_eq!(passes(&collector), 0);
}

#[test]
fn fifty_megabytes_are_read() {
    let collector = answered(&user(&format!(r#","AboutMe":"{}""#, "x".repeat(50_000_000))));
    assert_eq!(collector.facts().user.known().unwrap().name, "ERP");
}

#[test]
fn a_key_that_stands_there_twice_has_the_later_value_or_is_refused() {
    let twice = answered(&user(r#","Name":"Other""#));
    assert_eq!(twice.facts().user.known().unwrap().name, "Other");
    let parts = format!(r#"{}],"compositeResponse":[{}"#, user(""), user(""));
    let whole = answered(&parts);
    assert!(whole.facts().user.known().is_none(), "which of the two answers it is nobody knows");
    assert_eq!(passes(&whole), 0);
}

#[test]
fn half_a_character_is_one_that_cannot_be_shown() {
    let collector = answered(&user(r#","Title":"Bot \ud83d""#));
    assert_eq!(collector.facts().user.known().unwrap().title, "Bot \u{fffd}");
}
