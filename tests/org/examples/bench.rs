//! How fast the org answers the product's own queries, how soon it is there, and what memory it takes.
//!
//! It never asks over the network: what is measured is the org, not TLS.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a program that measures"
)]

use leastwise_core::collect::Collector;
use leastwise_core::salesforce::http::{Answer, Response};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use leastwise_org::api::{Api, ApiRequest};
use leastwise_org::fault::Faults;
use leastwise_org::store::Org;
use leastwise_org::{scale, seed};
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long each size is asked.
const ASKED: Duration = Duration::from_secs(3);

fn main() {
    let sizes: Vec<String> = std::env::args().skip(1).collect();
    match sizes.as_slice() {
        [] => {}
        [users, profiles] => {
            return measured(users.parse().expect("USERS"), profiles.parse().expect("PROFILES"));
        }
        _ => return begun(sizes.join(",").parse().expect("USERS,PROFILES,SETS,INTEGRATIONS")),
    }
    // Each size in a process of its own, so that memory is its own.
    for size in [&["25", "13"][..], &["10000", "500"], &["100000", "1500", "5000", "1500"]] {
        let program = std::env::current_exe().expect("this program");
        let status = std::process::Command::new(program).args(size).status().expect("starts");
        assert!(status.success());
    }
}

/// How soon the largest org is there.
fn begun(scale: scale::Scale) {
    let began = Instant::now();
    let mut org = Org::new("acme");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme");
    seed::load(&mut org, &[folder]).expect("the seed loads");
    scale::add_all(&mut org, scale);
    println!(
        "org, {} users, {} sets, {} sign-ins: start {:.2} s (goal: at most 10 s), memory {} MB",
        org.rows("User").count(),
        org.rows("PermissionSet").count(),
        org.rows("LoginHistory").count(),
        began.elapsed().as_secs_f64(),
        memory() / 1_000_000
    );
}

fn measured(users: usize, profiles: usize) {
    let began = Instant::now();
    let mut org = Org::new("acme");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme");
    let admin = seed::load(&mut org, &[folder]).expect("the seed loads").id;
    let own = org.rows("User").count();
    scale::add(&mut org, users.saturating_sub(own), profiles);
    let start = began.elapsed();
    let ids: Vec<String> =
        org.rows("User").map(|row| row["Id"].as_str().unwrap_or_default().to_owned()).collect();
    let sid = org.start_session(&admin, true).sid;
    let (mut reads, mut queries, mut busy, mut slowest) = (0u32, 0usize, Duration::ZERO, Duration::ZERO);
    let began = Instant::now();
    while began.elapsed() < ASKED {
        // Users from all over, not one that stays warm.
        let id = &ids[(reads as usize * 7_919) % ids.len()];
        let (asked, took) = read(&mut org, &sid, id);
        queries += asked;
        busy += took;
        slowest = slowest.max(took);
        reads += 1;
    }
    let seconds = busy.as_secs_f64();
    println!(
        "org, {} users: {:.0} queries/s of the product ({reads} panels, {:.1} ms each, {:.1} ms the slowest), start {:.2} s, memory {} MB",
        ids.len(),
        queries as f64 / seconds,
        seconds * 1000.0 / f64::from(reads),
        slowest.as_secs_f64() * 1000.0,
        start.as_secs_f64(),
        memory() / 1_000_000
    );
}

/// Reads a user's page as the product does; how many queries and rows that asked for, and the org's time for it.
fn read(org: &mut Org, sid: &str, id: &str) -> (usize, Duration) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let page = Page::from_url(&format!("https://acme.my.salesforce.com/{id}")).expect("a page of ours");
    let mut gather = Collector::new(&page, Timestamp(i64::try_from(now).unwrap_or(0)), None, None);
    let (mut faults, mut cursors, mut parts) = (Faults::default(), HashMap::new(), 0);
    let mut took = Duration::ZERO;
    while let Some(request) = gather.next() {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let query = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, value)| {
            let value = value.replace('+', " ");
            let value = percent_encoding::percent_decode_str(&value).decode_utf8_lossy().into_owned();
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
        let began = Instant::now();
        let answer = api.answer(&asked);
        took += began.elapsed();
        parts += api.parts.len().max(1);
        gather.feed(Response {
            id: request.id,
            answer: Ok(Answer { status: answer.status, body: answer.body }),
        });
    }
    (parts, took)
}

/// Bytes of memory that this process has, as the kernel counts them; 0 where it does not say.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse::<usize>().ok()).unwrap_or(0) * 1_000
}
