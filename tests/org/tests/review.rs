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
use leastwise_core::review::compare::{Change, compare};
use leastwise_core::review::{About, Judge, Options, Pause, Reader, Review, Scope, Traffic, export};
use leastwise_core::rules;
use leastwise_core::salesforce::http::{Answer, Failure, Response};
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use serde_json::Value;

const SEEDS: [&[&str]; 3] = [&["acme"], &["sales"], &["acme", "sales"]];

fn now() -> Timestamp {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    Timestamp(i64::try_from(seconds).unwrap())
}

/// Reads to the end, where nothing is refused; how many rounds it took.
fn read(client: &mut Client, reader: &mut Reader) -> usize {
    let refused = |pause: &Pause| {
        if let Pause::Refused(why) = pause {
            panic!("{why:?}");
        }
    };
    client.drive(reader, refused, |_, answer| answer)
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
        let response = client.answer(request);
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

#[test]
fn a_review_is_what_its_schema_says() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/leastwise-review.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for seeds in SEEDS {
        let mut client = Client::seeded(seeds);
        let review = review(&mut client, Options::default());
        let value = serde_json::to_value(&review).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{seeds:?}: {errors:?}");
        let broken = serde_json::json!({ "format": "leastwise-review/1" });
        assert!(!validator.is_valid(&broken), "a schema that takes everything says nothing");
    }
}

#[test]
fn files_are_read_by_others() {
    use calamine::{DataType as _, Reader as _};
    let mut client = Client::new();
    let review = review(&mut client, Options::default());
    let bytes = export::xlsx(&review).unwrap();
    assert_eq!(bytes, export::xlsx(&review).unwrap(), "the same review makes the same file");
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names().first().map(String::as_str), Some("Index"));
    let users = book.worksheet_range("Users").unwrap();
    assert_eq!(users.height(), review.subjects.len() + 1);
    let names: Vec<String> = users.rows().skip(1).map(|row| row[0].to_string()).collect();
    assert!(
        names.contains(&"ERP Sync".to_owned()) && names.contains(&"<img src=x onerror=alert(1)>".to_owned())
    );
    assert!(users.rows().skip(1).any(|row| row[10].is_datetime()), "dates are dates");
    let zip = export::csv(&review).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("findings.csv").unwrap(), &mut text).unwrap();
    let users = review.subjects.iter().flat_map(|one| &one.rows);
    let rows = users.chain(review.apps.iter().flat_map(|one| &one.rows)).chain(&review.org_rows);
    let findings: usize = rows.map(|row| row.findings.len()).sum();
    let mut csv = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(csv.records().map(Result::unwrap).count(), findings);
}

#[test]
fn a_report_has_no_script_and_loads_nothing() {
    let mut client = Client::new();
    let review = review(&mut client, Options::default());
    let html = export::html(&review, None);
    println!("{} bytes for {} users", html.len(), review.subjects.len());
    assert!(html.len() <= 300_000, "{} bytes", html.len());
    for part in ["<script", "<img", "<link", "src=\"", "url(", "@import"] {
        assert!(!html.contains(part), "{part}");
    }
    assert!(html.contains("default-src 'none'") && html.contains("&lt;img src=x onerror"));
}

#[test]
fn a_report_without_names_has_none() {
    let mut client = Client::new();
    let names: Vec<String> = client
        .org
        .rows("User")
        .flat_map(|row| {
            [row["Name"].as_str().unwrap().to_owned(), row["Username"].as_str().unwrap().to_owned()]
        })
        .filter(|name| name.len() > 3)
        .collect();
    let review = review(&mut client, Options::default());
    let open = export::json(&review).unwrap();
    assert!(names.iter().any(|name| open.contains(name.as_str())));
    let closed = export::json(&export::pseudonymous(&review)).unwrap();
    // What an app or a profile is called is no person's name, though it may have one in it.
    let shown: Vec<&String> = names.iter().filter(|name| closed.contains(name.as_str())).collect();
    assert!(shown.is_empty(), "{shown:?}");
    assert!(closed.contains("U-001") && closed.contains("/24"));
}

/// What becomes of the findings of two reviews, with something done to the org between them.
fn changes(between: impl FnOnce(&mut Client)) -> Vec<(Change, String, String)> {
    let mut client = Client::new();
    let before = review(&mut client, Options::default());
    between(&mut client);
    let after = review(&mut client, Options::default());
    let all = compare(&before, &after);
    all.into_iter()
        .filter(|one| one.change != Change::Still)
        .map(|one| (one.change, one.name, one.rule))
        .collect()
}

#[test]
fn what_is_solved_is_told_and_nothing_else() {
    assert_eq!(changes(|_| {}), [], "nothing was done");
    let solved = changes(|client| {
        let set = client.rows("SELECT Id FROM PermissionSet WHERE Label = 'HR Extras'")[0]["Id"].clone();
        let own = set.as_str().unwrap();
        let row = client.rows(&format!("SELECT Id, Assignee.Name FROM PermissionSetAssignment WHERE PermissionSetId = '{own}' AND Assignee.Name = 'HR Feed'"));
        let id = row[0]["Id"].as_str().unwrap().to_owned();
        assert_eq!(
            client.send("DELETE", &format!("sobjects/PermissionSetAssignment/{id}"), &[], "").status,
            204
        );
    });
    assert!(
        solved.iter().any(|(change, name, _)| *change == Change::Solved && name == "HR Feed"),
        "{solved:?}"
    );
    assert!(solved.iter().all(|(change, ..)| *change == Change::Solved), "{solved:?}");
}

#[test]
fn what_was_not_read_again_is_never_solved() {
    let mut client = Client::new();
    let before = review(&mut client, Options::default());
    let fault = serde_json::json!({ "kind": "no-access", "object": "LoginHistory" });
    client.faults.0.push(leastwise_org::fault::Fault::from_json(&fault));
    let after = review(&mut client, Options::default());
    let all = compare(&before, &after);
    assert!(all.iter().any(|one| one.change == Change::CannotCompare));
    assert!(!all.iter().any(|one| one.change == Change::Solved), "{all:?}");
}

/// A reader that is stopped after so many answers, and another one that is given them again and goes on.
#[test]
fn what_was_read_is_not_asked_again_however_often_it_is_broken_off() {
    let mut client = Client::new();
    let now = now();
    let whole = {
        let mut reader = Reader::new(now, Options::default());
        read(&mut client, &mut reader);
        serde_json::to_value(Judge::new(reader, About::default()).finish()).unwrap()
    };
    let calls = whole["calls"].as_u64().unwrap();
    for stop in 1..calls {
        // What was kept: the answers, and that it was told to go on.
        let mut kept: Vec<Option<Response>> = vec![];
        let mut reader = Reader::new(now, Options::default());
        let mut pending = std::collections::VecDeque::new();
        for _ in 0..stop {
            pending.extend(std::iter::from_fn(|| reader.next()));
            if pending.is_empty() {
                reader.go_on();
                kept.push(None);
                pending.extend(std::iter::from_fn(|| reader.next()));
            }
            let response = client.answer(pending.pop_front().unwrap());
            reader.feed(&response);
            kept.push(Some(response));
        }
        drop(reader);
        let mut reader = Reader::new(now, Options::default());
        for event in kept {
            while reader.next().is_some() {}
            match event {
                Some(response) => reader.feed(&response),
                None => reader.go_on(),
            }
        }
        reader.forget_requests();
        let before = reader.traffic().calls;
        assert_eq!(u64::from(before), stop);
        read(&mut client, &mut reader);
        let again = serde_json::to_value(Judge::new(reader, About::default()).finish()).unwrap();
        assert_eq!(again["subjects"], whole["subjects"], "stopped after {stop}");
        assert!(again["calls"].as_u64().unwrap() <= calls + 2, "{} of {calls}", again["calls"]);
    }
}

/// Users, apps and the org by name, with the rules that pass, or find something.
fn outcomes(review: &Review, outcome: &str) -> std::collections::BTreeSet<(String, String)> {
    let users = review.subjects.iter().map(|one| (&one.name, &one.rows));
    let apps = review.apps.iter().map(|one| (&one.label, &one.rows));
    let all = users.chain(apps).chain([(&review.org.host, &review.org_rows)]);
    let rows = all.flat_map(|(name, rows)| rows.iter().map(move |row| (name, row)));
    let rows = rows.filter(|(_, row)| row.outcome == outcome);
    rows.map(|(name, row)| (name.clone(), row.rule.clone())).collect()
}

#[test]
fn what_goes_wrong_once_at_any_request_changes_nothing() {
    let mut client = Client::new();
    let now = now();
    let mut reader = Reader::new(now, Options::default());
    read(&mut client, &mut reader);
    let calls = reader.traffic().calls;
    let whole = Judge::new(reader, About::default()).finish();
    let answer = |status: u16, body: &str| Ok(Answer { status, body: body.to_owned() });
    let wrongs = [
        Err(Failure::Timeout),
        Err(Failure::Offline),
        Err(Failure::NotSignedIn),
        answer(503, "<html>Service unavailable</html>"),
        answer(200, "<!doctype html><title>Login</title>"),
        answer(401, r#"[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]"#),
        answer(403, r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]"#),
        answer(200, r#"{"compositeResponse":[]}"#),
    ];
    for wrong in &wrongs {
        for at in 0..calls {
            let mut reader = Reader::new(now, Options::default());
            let mut count = 0;
            client.drive_on(&mut reader, |request, answer| {
                count += 1;
                // A list of profiles, a retrieve and `/limits` have an answer of their own kind.
                let is_composite = request.path.ends_with("/composite");
                let is_left_out = matches!(wrong, Ok(answer) if answer.body.contains("compositeResponse"));
                if count == at + 1 && (is_composite || !is_left_out) {
                    return Response { answer: wrong.clone(), ..answer };
                }
                answer
            });
            let review = Judge::new(reader, About::default()).finish();
            assert_eq!(review.subjects, whole.subjects, "{wrong:?} at {at}");
        }
    }
}

/// Each part of each composite refused for good: the review ends, says what is missing, and passes nothing that it had not
/// passed.
#[test]
fn what_is_refused_is_told_and_never_a_pass() {
    let mut client = Client::new();
    let now = now();
    let mut reader = Reader::new(now, Options::default());
    let mut objects = std::collections::BTreeSet::new();
    client.drive_on(&mut reader, |request, answer| {
        let body = request.body.clone().unwrap_or_default();
        objects.extend(
            body.split("+FROM+")
                .skip(1)
                .filter_map(|rest| rest.split(['+', '"', '&']).next())
                .map(str::to_owned),
        );
        answer
    });
    let whole = Judge::new(reader, About::default()).finish();
    assert!(objects.len() >= 20, "{objects:?}");
    let passed = outcomes(&whole, "pass");
    for object in &objects {
        for code in ["INVALID_TYPE", "QUERY_TIMEOUT", "INSUFFICIENT_ACCESS", "EXCEEDED_ID_LIMIT"] {
            let mut reader = Reader::new(now, Options::default());
            client.drive_on(&mut reader, |request, answer| {
                let asked: Value =
                    serde_json::from_str(&request.body.clone().unwrap_or_default()).unwrap_or_default();
                let Ok(Answer { status, body }) = &answer.answer else { return answer };
                let mut value: Value = match serde_json::from_str(body) {
                    Ok(value) => value,
                    Err(_) => return answer,
                };
                let parts = asked["compositeRequest"].as_array().cloned().unwrap_or_default();
                for (at, part) in parts.iter().enumerate() {
                    let url = part["url"].as_str().unwrap_or_default();
                    if url.contains(&format!("+FROM+{object}+")) || url.ends_with(&format!("+FROM+{object}"))
                    {
                        value["compositeResponse"][at]["httpStatusCode"] = 400.into();
                        value["compositeResponse"][at]["body"] = serde_json::json!([{ "errorCode": code, "message": format!("sObject type '{object}' is not supported") }]);
                    }
                }
                let body = value.to_string();
                Response { id: answer.id, answer: Ok(Answer { status: *status, body }) }
            });
            let review = Judge::new(reader, About::default()).finish();
            let fewer = review.subjects.len() < whole.subjects.len();
            let optional =
                ["BotDefinition", "ExternalClientApplication", "ExtlClntAppOauthPlcyCnfg", "EventLogFile"];
            let is_told = !review.missing.is_empty() || optional.contains(&object.as_str());
            assert!(is_told, "{object} {code}: nothing is said to be missing, {fewer}");
            // Who is not known to be an integration any more is judged as somebody else: of the others nothing passes anew.
            let known = |name: &str| {
                let is_user = whole.subjects.iter().any(|one| one.name == name);
                !is_user
                    || whole.subjects.iter().any(|one| {
                        one.name == name
                            && review.subjects.iter().any(|own| own.name == name && own.kind == one.kind)
                    })
            };
            let new: Vec<_> = outcomes(&review, "pass")
                .difference(&passed)
                .filter(|(name, _)| known(name))
                .cloned()
                .collect();
            assert!(new.is_empty(), "{object} {code}: {new:?}");
        }
    }
}

/// Reads an org of a size that is made up; calls, biggest answer, rounds, and what is left when it is done.
fn of_size(scale: &str) -> (Traffic, usize, Review) {
    let mut client = Client::new();
    leastwise_org::scale::add_all(&mut client.org, scale.parse().unwrap());
    let mut reader = Reader::new(now(), Options::default());
    let rounds = read(&mut client, &mut reader);
    let traffic = reader.traffic();
    let review = Judge::new(reader, About::default()).finish();
    println!(
        "{scale}: {} calls, {} KB, biggest {} KB, {rounds} rounds; {} users looked at, report {} KB, {:?}",
        traffic.calls,
        traffic.bytes / 1_000,
        traffic.biggest / 1_000,
        review.subjects.len(),
        export::html(&review, None).len() / 1_000,
        review.missing.iter().map(|missing| &missing.what).collect::<Vec<_>>()
    );
    (traffic, rounds, review)
}

#[test]
fn calls_grow_with_the_org_slowly() {
    let (traffic, rounds, review) = of_size("50,10,20,20");
    assert!(traffic.calls <= 15 && rounds <= 12, "{traffic:?}, {rounds} rounds");
    assert!(review.integrations().count() >= 20);
    let (traffic, rounds, _) = of_size("2000,119,300,100");
    assert!(traffic.calls <= 15 && rounds <= 12, "{traffic:?}, {rounds} rounds");
    assert!(traffic.biggest <= 1_200_000, "{traffic:?}");
}

/// It takes minutes: `./build.sh bench` runs it, no gate does.
#[cfg(feature = "large")]
#[test]
fn calls_of_large_orgs() {
    let (traffic, rounds, _) = of_size("10000,479,1000,289");
    assert!(traffic.calls <= 20 && rounds <= 12, "{traffic:?}, {rounds} rounds");
    let (traffic, rounds, _) = of_size("100000,1519,5000,1019");
    assert!(traffic.calls <= 39 && rounds <= 14, "{traffic:?}, {rounds} rounds");
}
