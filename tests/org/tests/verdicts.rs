//! What the rules say of every user and profile of the seed acme, against the verdicts checked by hand in its
//! README, with the core's own machine asking the org's own API.
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

use leastwise_core::classification::Who;
use leastwise_core::gather::Gather;
use leastwise_core::page::Page;
use leastwise_core::report::Report;
use leastwise_core::request::{Answer, Response};
use leastwise_core::time::Timestamp;
use leastwise_org::api::{Api, ApiRequest};
use leastwise_org::fault::Faults;
use leastwise_org::seed;
use leastwise_org::store::{Org, text};
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
fn read(org: &mut Org, viewer: &str, id: &str) -> (Gather, usize) {
    let sid = org.start_session(viewer, true).sid;
    let page = Page::from_url(&format!("https://acme.my.salesforce.com/{id}")).unwrap();
    let mut gather = Gather::new(&page, now(), None, None);
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
            assert!(part.status < 300, "{} {}: {}", part.reference, part.status, part.url);
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
fn verdict(gather: &Gather) -> (String, BTreeSet<String>, BTreeSet<String>) {
    let report = Report::new(gather);
    let who = gather.facts().classification.known().map(|c| {
        let word = match c.who {
            Who::Integration => "integration",
            Who::Person => "person",
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
        assert_eq!(requests, 2, "{name}: one composite and one for the ranges");
        let found = verdict(&gather);
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
    assert_eq!(report.with_outcome("pass").count(), 0, "nothing that she may not see is fine");
    assert!(report.with_outcome("cannot-tell").count() > 3);
}
