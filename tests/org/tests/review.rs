//! The laws of a review: for every user of every seed it says, word for word, what the user's page says; it writes nothing;
//! it makes few requests; and what the org refuses is told, never taken for fine.

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
use leastwise_core::collect::Collector;
use leastwise_core::facts::Facts;
use leastwise_core::review::{About, Judge, Options, Pause, Reader, Review, Scope};
use leastwise_core::rules;
use leastwise_core::salesforce::http::{Answer, Request, Response};
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use serde_json::Value;

const SEEDS: [&[&str]; 3] = [&["acme"], &["sales"], &["acme", "sales"]];

fn now() -> Timestamp {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    Timestamp(i64::try_from(seconds).unwrap())
}

fn send(client: &mut Client, request: Request) -> Response {
    let body = request.body.unwrap_or_default();
    let is_soap = body.starts_with('<');
    let body = body.replace("{{session}}", &client.sid);
    let kind = if is_soap { "text/xml; charset=utf-8" } else { "application/json" };
    let headers = [("content-type", kind), ("soapaction", "\"\"")];
    let answer = client.send(&request.method, &request.path, &headers, &body);
    Response { id: request.id, answer: Ok(Answer { status: answer.status, body: answer.body }) }
}

/// Reads to the end; how many rounds of requests, one after another, it took.
fn read(client: &mut Client, reader: &mut Reader) -> usize {
    let mut rounds = 0;
    loop {
        let requests: Vec<Request> = std::iter::from_fn(|| reader.next()).collect();
        if requests.is_empty() {
            match reader.pause() {
                None => return rounds,
                Some(Pause::Refused(why)) => panic!("{why:?}"),
                Some(_) => reader.go_on(),
            }
            continue;
        }
        rounds += 1;
        for request in requests {
            let response = send(client, request);
            reader.feed(&response);
        }
    }
}

fn everybody(client: &Client) -> Options {
    let also = client.org.rows("User").map(|row| Id::parse(row["Id"].as_str().unwrap()).unwrap());
    Options { also: also.collect(), ..Options::default() }
}

/// The facts of the user's page.
fn of_page(client: &mut Client, now: Timestamp, user: &Id) -> Facts {
    let page = Page::from_url(&format!("https://acme.my.salesforce.com/{user}")).unwrap();
    let mut collector = Collector::new(&page, now, None, None);
    while let Some(request) = collector.next() {
        let response = send(client, request);
        collector.feed(response);
    }
    collector.facts().clone()
}

fn review(client: &mut Client, options: Options) -> Review {
    let mut reader = Reader::new(now(), options);
    read(client, &mut reader);
    assert!(reader.is_complete());
    Judge::new(reader, About::default()).finish()
}

#[test]
fn a_user_is_judged_in_a_review_as_on_their_page() {
    let (mut users, mut findings) = (0, 0);
    for seeds in SEEDS {
        let mut client = Client::seeded(seeds);
        let now = now();
        let options = everybody(&client);
        let ids = options.also.clone();
        let mut reader = Reader::new(now, options);
        read(&mut client, &mut reader);
        let judge = Judge::new(reader, About::default());
        for id in ids {
            let own = judge.facts_of(&id).unwrap_or_else(|| panic!("{seeds:?} {id}"));
            let page = of_page(&mut client, now, &id);
            let name = &own.user.known().unwrap().name;
            assert_eq!(own.classification, page.classification, "{seeds:?} {name}");
            assert_eq!((&own.frozen, &own.lapsed), (&page.frozen, &page.lapsed), "{seeds:?} {name}");
            for ((rule, own), (_, of_page)) in rules::run(&own).into_iter().zip(rules::run(&page)) {
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
fn a_review_finds_the_integration_users_and_writes_nothing() {
    let mut client = Client::new();
    let before = client.org.rows("SetupAuditTrail").count();
    let mut reader = Reader::new(now(), Options::default());
    let rounds = read(&mut client, &mut reader);
    let traffic = reader.traffic();
    println!("{traffic:?}, {rounds} rounds");
    assert!(traffic.calls <= 15, "{traffic:?}");
    assert!(rounds <= 12, "{rounds}");
    let review = Judge::new(reader, About::default()).finish();
    assert_eq!(client.org.rows("SetupAuditTrail").count(), before);
    let names: Vec<&str> = review.integrations().map(|subject| subject.name.as_str()).collect();
    println!("{names:?}");
    assert!(names.contains(&"ERP Sync") && names.contains(&"Legacy Middleware"));
    assert!(names.len() >= 14, "{names:?}");
    for missing in &review.missing {
        println!("{missing:?}");
    }
    for cause in &review.causes {
        println!("{:?} {} {}", cause.severity, cause.findings, cause.title);
    }
    let text = serde_json::to_string(&review).unwrap();
    let back: Review = serde_json::from_str(&text).unwrap();
    assert_eq!(back, review);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["format"], "leastwise-review/1");
}

#[test]
fn every_active_user_can_be_looked_at() {
    let mut client = Client::new();
    let active = client.org.rows("User").filter(|row| row["IsActive"] == true).count();
    let all = review(&mut client, Options { scope: Scope::Everyone, ..Options::default() });
    assert!(all.subjects.len() >= active, "{} of {active}", all.subjects.len());
    let few = review(&mut client, Options { scope: Scope::Integrations, ..Options::default() });
    assert!(few.subjects.len() < all.subjects.len());
    assert_eq!(few.integrations().count(), all.integrations().count());
}
