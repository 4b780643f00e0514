//! `leastwise review` against the stand-in org, over TLS and through its proxy: what it says is what the core says, it writes
//! nothing to the org, no token is shown, and what breaks off goes on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]
#![cfg(unix)]

mod org;
mod program;

use leastwise_core::facts::Labels;
use leastwise_core::report::Viewer;
use leastwise_core::review::result::RunBy;
use leastwise_core::review::{About, Judge, Options, Reader, Review};
use leastwise_core::salesforce::http::{Answer, Request, Response};
use leastwise_core::salesforce::time::Timestamp;
use leastwise_core::waivers::Waivers;
use leastwise_org::api::{Api, ApiRequest};
use leastwise_org::server::State;
use org::Running;
use program::{code, err, out};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap, VecDeque};

const HOST: &str = "acme.my.salesforce.com";

/// Sends a request to the org without a network.
fn send(org: &Running, request: &Request) -> Response {
    let body = request.body.clone().unwrap_or_default().replace("{{session}}", &org.sid);
    let kind = if body.starts_with('<') { "text/xml; charset=utf-8" } else { "application/json" };
    let mut headers = HashMap::from([("authorization".to_owned(), format!("Bearer {}", org.sid))]);
    headers.insert("content-type".into(), kind.into());
    headers.insert("soapaction".into(), "\"\"".into());
    headers.insert("host".into(), HOST.into());
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
    };
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let asked = ApiRequest {
        method: request.method.clone(),
        path: decoded(path),
        query: pairs.map(|(key, value)| (decoded(key), decoded(value))).collect(),
        headers,
        body,
    };
    let mut state = org.shared.lock().unwrap();
    let State { org, faults, cursors, .. } = &mut *state;
    let answer = Api { org, faults, cursors, parts: vec![], user: String::new() }.answer(&asked);
    Response { id: request.id, answer: Ok(Answer { status: answer.status, body: answer.body }) }
}

/// The first place where two values differ, with both.
fn difference(path: &str, own: &Value, other: &Value) -> Option<String> {
    match (own, other) {
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
            a.iter().find_map(|(key, value)| difference(&format!("{path}.{key}"), value, &b[key]))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(at, (a, b))| difference(&format!("{path}[{at}]"), a, b))
        }
        _ => (own != other).then(|| format!("{path}: {own} and {other}")),
    }
}

/// The queries that were answered, of requests that the org had.
fn answered(org: &Running) -> Vec<String> {
    let requests = org.requests();
    let parts = requests.iter().flat_map(|request| request["subrequests"].as_array().unwrap());
    parts.filter(|part| part["status"] == 200).map(|part| part["url"].to_string()).collect()
}

/// The review as the core makes it, as the extension does.
fn of_core(org: &Running, now: Timestamp) -> Review {
    let mut reader = Reader::new(now, Options::default());
    let mut to_send = VecDeque::new();
    loop {
        // As the extension's page does: what is under way is refilled after each answer.
        to_send.extend(std::iter::from_fn(|| reader.next()));
        match to_send.pop_front() {
            Some(request) => reader.feed(&send(org, &request)),
            None if reader.pause().is_some() => reader.go_on(),
            None => break,
        }
    }
    let path = "/services/oauth2/userinfo".to_owned();
    let who = send(org, &Request { id: 0, method: "GET".into(), path, body: None }).answer.unwrap();
    let who = Viewer::from_userinfo(&who.body).unwrap();
    let about = About {
        viewer: RunBy { id: who.user_id.to_string(), name: who.name, username: who.username },
        host: HOST.into(),
        labels: Labels::default(),
        version: "extension".into(),
        waivers: Waivers::default(),
    };
    Judge::new(reader, about).finish()
}

#[test]
fn it_says_what_the_extension_says_and_writes_nothing() {
    let org = Running::new();
    let before = org.shared.lock().unwrap().org.rows("SetupAuditTrail").count();
    let output = org.run(&["review", "--format", "json"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    let mut own: Value = serde_json::from_str(&out(&output)).unwrap();
    let read: Review = serde_json::from_value(own.clone()).unwrap();
    let mut other = serde_json::to_value(of_core(&org, read.taken)).unwrap();
    assert_eq!(own["tool"], env!("CARGO_PKG_VERSION"));
    for review in [&mut own, &mut other] {
        review["tool"] = Value::Null;
        // The requests of the first one are counted by the org too: it is one second later that it is asked again.
        assert!(review["taken"].take().is_string());
    }
    assert_eq!(difference("", &own, &other), None);
    assert_eq!(own, other);
    assert!(read.integrations().count() >= 14);
    let requests = org.requests();
    assert!(requests.len() >= 10, "{}", requests.len());
    for request in &requests {
        let is_reading = request["method"] == "GET"
            || request["path"].as_str().unwrap().ends_with("/composite")
            || ["listMetadata", "retrieve", "checkRetrieveStatus"]
                .iter()
                .any(|own| request["operation"] == *own);
        assert!(is_reading, "{request}");
        for part in request["subrequests"].as_array().unwrap() {
            assert_eq!(part["method"], "GET", "{request}");
        }
        assert_eq!(request["client"], concat!("Leastwise/", env!("CARGO_PKG_VERSION")), "{request}");
    }
    assert_eq!(org.shared.lock().unwrap().org.rows("SetupAuditTrail").count(), before);
}

#[test]
fn each_format_has_its_file_and_no_token() {
    let org = Running::new();
    let output = org.run(&[
        "review",
        "--format",
        "human,json,html,csv,xlsx",
        "--output",
        "out",
        "--save",
        "kept.json",
    ]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert_eq!(out(&output), "");
    let mut names: Vec<String> = std::fs::read_dir(org.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let endings = ["html", "json", "txt", "xlsx", "zip"];
    assert_eq!(names, endings.map(|ending| format!("leastwise-review.{ending}")));
    let token = org.sid.as_bytes();
    let mut texts: Vec<Vec<u8>> =
        names.iter().map(|name| std::fs::read(org.path("out").join(name)).unwrap()).collect();
    texts.extend([output.stderr, std::fs::read(org.path("kept.json")).unwrap()]);
    for text in &texts {
        assert!(!text.is_empty());
        assert!(!text.windows(token.len()).any(|part| part == token));
    }
    assert!(!org.path("kept.json.unfinished").exists());
    let text = std::fs::read_to_string(org.path("out/leastwise-review.txt")).unwrap();
    assert!(text.contains("ERP Sync") && text.contains("without a critical or high finding."), "{text}");
    // The same review again: nothing is new.
    let again =
        org.run(&["review", "--format", "json", "--save", "later.json", "--fail-on", "never", "--quiet"]);
    assert_eq!((code(&again), err(&again).as_str()), (0, ""));
    let diff = org.run(&["diff", "kept.json", "later.json"]);
    assert_eq!(code(&diff), 0, "{}", out(&diff));
    assert!(!out(&diff).contains("New\n") && out(&diff).contains("Still there: "), "{}", out(&diff));
}

#[test]
fn what_breaks_off_at_any_request_goes_on_and_asks_nothing_twice() {
    let org = Running::new();
    let whole = org.run(&["review", "--format", "json"]);
    let calls = org.requests().len();
    let read: Review = serde_json::from_str(&out(&whole)).unwrap();
    for stop in 1..calls {
        org.shared.lock().unwrap().requests.clear();
        org.mend();
        // From this request on, the session is over.
        org.break_by(&json!({ "kind": "expired-session", "after": stop }));
        let first = org.run(&["review", "--format", "json", "--save", "kept.json"]);
        assert_eq!(code(&first), 4, "{stop}: {}", err(&first));
        assert_eq!(out(&first), "", "{stop}");
        let told = err(&first);
        assert!(!told.contains(&org.sid) && told.contains("Log in to Salesforce, then try again."), "{told}");
        assert!(!org.path("kept.json").exists());
        org.mend();
        let second = org.run(&["review", "--format", "json", "--save", "kept.json"]);
        assert_eq!(code(&second), 1, "{stop}: {}", err(&second));
        let mut later: Review = serde_json::from_str(&out(&second)).unwrap();
        // The one that was refused, and what was to go with it, which is packed anew.
        assert!(later.calls <= read.calls + 3, "{stop}: {} of {}", later.calls, read.calls);
        let asked = answered(&org);
        assert_eq!(asked.iter().collect::<BTreeSet<_>>().len(), asked.len(), "{stop}: {asked:?}");
        (later.taken, later.calls) = (read.taken, read.calls);
        assert_eq!(later.subjects.len(), read.subjects.len(), "{stop}");
        std::fs::remove_file(org.path("kept.json")).unwrap();
        assert!(!org.path("kept.json.unfinished").exists(), "{stop}");
    }
}

#[test]
fn a_refusal_ends_with_4_and_shows_no_token() {
    let org = Running::new();
    let output = org.command(&["review"]).env("SF_ACCESS_TOKEN", "00D5g000000AAAA!AQwrong").output().unwrap();
    assert_eq!(code(&output), 4, "{}", err(&output));
    assert!(
        err(&output).contains("session has ended") && !err(&output).contains("AQwrong"),
        "{}",
        err(&output)
    );
    let nowhere = org.command(&["review"]).env("HTTPS_PROXY", "http://127.0.0.1:1").output().unwrap();
    assert_eq!(code(&nowhere), 4, "{}", err(&nowhere));
    assert!(err(&nowhere).contains("can't reach Salesforce"), "{}", err(&nowhere));
    // Without the authority of its certificate it is not spoken to.
    let untrusted = org.command(&["review"]).env_remove("SSL_CERT_FILE").output().unwrap();
    assert_eq!(code(&untrusted), 4, "{}", err(&untrusted));
    for (token, url) in
        [("", "https://acme.my.salesforce.com"), ("x", ""), ("x", "http://acme.my.salesforce.com")]
    {
        let output = org
            .command(&["review"])
            .env("SF_ACCESS_TOKEN", token)
            .env("SF_INSTANCE_URL", url)
            .output()
            .unwrap();
        assert_eq!(code(&output), 2, "{token} {url}: {}", err(&output));
    }
}

/// An `sf` as it is since 2.136.8: warnings before its JSON, and no token in `org display`.
fn new_sf(org: &Running) -> String {
    let display = json!({ "status": 0, "result": { "id": "00D", "username": "admin@acme.example", "instanceUrl": format!("https://{HOST}"),
        "accessToken": "[REDACTED] Use 'sf org auth show-access-token' to view" }, "warnings": [] });
    let token = json!({ "status": 0, "result": { "accessToken": org.sid } });
    format!(
        "echo ' ›   Warning: @salesforce/cli update available {{2.1}}.'\ncase \"$2\" in\ndisplay) cat <<'X'\n{display}\nX\n;;\n*) cat <<'X'\n{token}\nX\n;;\nesac"
    )
}

fn with_sf(org: &Running, script: &str) -> std::process::Output {
    let bin = org.sf(script);
    let mut command = org.command(&["review", "--target-org", "acme", "--format", "json", "--timeout", "5"]);
    command.env_remove("SF_ACCESS_TOKEN").env_remove("SF_INSTANCE_URL");
    command.env("PATH", format!("{}:/usr/bin:/bin", bin.display())).output().unwrap()
}

#[test]
fn a_token_comes_from_sf_and_stands_in_no_argument() {
    let org = Running::new();
    let output = with_sf(&org, &new_sf(&org));
    assert_eq!(code(&output), 1, "{}", err(&output));
    let review: Review = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(review.org.host, HOST);
    let asked = std::fs::read_to_string(org.path("asked")).unwrap();
    assert_eq!(
        asked,
        "org display --target-org acme --json\norg auth show-access-token --target-org acme --no-prompt --json\n"
    );
    // An older one has no such command, and shows the token with the rest.
    let display = json!({ "status": 0, "result": { "instanceUrl": format!("https://{HOST}/"), "accessToken": org.sid } });
    let old = format!(
        "case \"$2\" in\ndisplay) cat <<'X'\n{display}\nX\n;;\n*) echo 'Warning: auth show-access-token is not a sf command.' >&2; exit 127;;\nesac"
    );
    let output = with_sf(&org, &old);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert!(!err(&output).contains(&org.sid));
}

#[test]
fn an_sf_that_does_not_answer_is_told_of() {
    let org = Running::new();
    let unknown = json!({ "name": "NamedOrgNotFoundError", "message": "No authorization information found for acme.", "exitCode": 1, "status": 1 });
    let output = with_sf(&org, &format!("cat <<'X'\n{unknown}\nX\nexit 1"));
    assert_eq!(code(&output), 2, "{}", err(&output));
    assert!(err(&output).contains("No authorization information found for acme."), "{}", err(&output));
    // It asks somebody, and gets nobody.
    let output = with_sf(&org, "printf 'Show the token? (y/N) '\nread answer || exit 1\ncat /dev/null");
    assert_eq!(code(&output), 4, "{}", err(&output));
    assert!(err(&output).contains("printed no JSON"), "{}", err(&output));
    // It waits for somebody at a terminal.
    let output = with_sf(&org, "exec sleep 60");
    assert_eq!(code(&output), 4, "{}", err(&output));
    assert!(err(&output).contains("didn't end within 5 s"), "{}", err(&output));
    let mut none = org.command(&["review", "--target-org", "acme"]);
    let output = none.env("PATH", "/nowhere").output().unwrap();
    assert_eq!(code(&output), 2, "{}", err(&output));
    assert!(err(&output).contains("needs sf, the Salesforce CLI"), "{}", err(&output));
    assert_eq!(org.requests().len(), 0);
}
