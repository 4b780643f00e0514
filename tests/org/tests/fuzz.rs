//! Bad input: kept, and made up by a bounded run. Whatever comes, the answer has Salesforce's shape, and what is refused
//! has changed nothing.
//!
//! It never runs longer than its number of cases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test"
)]

#[path = "../../../core/tests/drawn/mod.rs"]
mod drawn;

use leastwise_org::api::{Api, ApiAnswer, ApiRequest};
use leastwise_org::fault::Faults;
use leastwise_org::store::{Actor, Org, Row};
use leastwise_org::{seed, soql};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;

struct Setup {
    org: Org,
    admin: String,
    sid: String,
}

impl Setup {
    fn new() -> Setup {
        let mut org = Org::new("acme");
        let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme");
        let admin = seed::load(&mut org, &[seed]).unwrap().id;
        let sid = org.start_session(&admin, true).sid;
        Setup { org, admin, sid }
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> ApiAnswer {
        let soap = path.starts_with("/services/Soap");
        self.send_as(method, path, if soap { "text/xml" } else { "application/json" }, body)
    }

    fn send_as(&mut self, method: &str, path: &str, kind: &str, body: &str) -> ApiAnswer {
        self.send_with(method, path, vec![], &[("content-type", kind), ("soapaction", "\"\"")], body)
    }

    fn send_with(
        &mut self,
        method: &str,
        path: &str,
        query: Vec<(String, String)>,
        headers: &[(&str, &str)],
        body: &str,
    ) -> ApiAnswer {
        let sid = format!("Bearer {}", self.sid);
        let headers = headers.iter().copied().chain([("authorization", sid.as_str())]);
        let request = ApiRequest {
            method: method.into(),
            path: path.into(),
            query,
            headers: headers.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            body: body.into(),
        };
        let (mut faults, mut cursors) = (Faults::default(), HashMap::new());
        Api {
            org: &mut self.org,
            faults: &mut faults,
            cursors: &mut cursors,
            parts: vec![],
            user: String::new(),
        }
        .answer(&request)
    }

    /// Every row but the signs of sign-ins.
    fn rows(&self) -> Vec<Row> {
        let objects = self.org.schema.objects().filter(|object| object.name != "LoginHistory");
        objects.flat_map(|object| self.org.rows(&object.name)).cloned().collect()
    }
}

fn kept(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name);
    std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

/// An error as the API writes it: an array of objects with a code and a message.
fn is_error(answer: &ApiAnswer) -> bool {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
    let shaped = |error: &Value| {
        error["message"].is_string()
            && error["errorCode"]
                .as_str()
                .is_some_and(|code| code.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
    };
    (400..600).contains(&answer.status)
        && body.as_array().is_some_and(|errors| !errors.is_empty() && errors.iter().all(shaped))
}

fn ask(setup: &Setup, query: &str) {
    if let Err(error) = soql::run(&setup.org, &setup.admin, query, "") {
        assert_eq!(error.status, 400, "{query}");
        assert!(!error.code.is_empty() && !error.message.is_empty(), "{query}");
    }
}

#[test]
fn kept_queries() {
    let setup = Setup::new();
    let all = kept("soql.txt");
    assert!(all.len() > 50);
    for query in all {
        ask(&setup, &query.replace("\\n", "\n"));
    }
}

#[test]
fn kept_bodies() {
    let mut setup = Setup::new();
    let user = setup.admin.clone();
    let paths = [
        "sobjects/User",
        "sobjects/PermissionSet",
        "sobjects/ObjectPermissions",
        "composite",
        "composite/batch",
        "composite/sobjects",
        "composite/tree/User",
        "composite/graph",
        "composite/tree/Account",
        "composite/sobjects/Account",
        "sobjects/Account",
        "jobs/query",
        "parameterizedSearch",
    ];
    for body in kept("json.txt") {
        for (method, path) in paths.iter().map(|path| ("POST", (*path).to_owned())).chain([
            ("PATCH", format!("sobjects/User/{user}")),
            ("PATCH", "composite/sobjects".into()),
            ("PATCH", "composite/sobjects/Contact/Email".into()),
            ("PATCH", "sobjects/Contact/Email/a@b.example".into()),
        ]) {
            let before = setup.rows();
            let answer = setup.send(method, &format!("/services/data/v62.0/{path}"), &body);
            if answer.status >= 400 {
                assert!(is_error(&answer), "{method} {path} {body}: {} {}", answer.status, answer.body);
                assert!(setup.rows() == before, "{method} {path} {body} changed something");
            }
        }
    }
}

#[test]
fn kept_documents() {
    let mut setup = Setup::new();
    for document in kept("xml.txt") {
        for path in [
            "/services/Soap/u/62.0",
            "/services/Soap/c/62.0",
            "/services/Soap/m/62.0",
            "/services/Soap/",
            "/services/Soap/u/x",
        ] {
            let before = setup.rows();
            let answer = setup.send("POST", path, &document);
            assert!(answer.status >= 400 && setup.rows() == before, "{path} {document}: {}", answer.body);
            assert!(!answer.body.contains("root:"), "no file is read");
        }
    }
}

/// Documents as bodies of REST: entities and deep nests are refused, and never read by recursion.
#[test]
fn kept_documents_as_bodies() {
    let mut setup = Setup::new();
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let wide = format!("<a>{}</a>", "<b/>".repeat(100_000));
    for document in kept("xml.txt").into_iter().chain([deep, wide]) {
        for path in ["sobjects/Account", "composite", "composite/sobjects", "jobs/query"] {
            let before = setup.rows();
            let answer =
                setup.send_as("POST", &format!("/services/data/v62.0/{path}"), "application/xml", &document);
            let short: String = document.chars().take(80).collect();
            assert!(is_error(&answer), "{path} {short}: {} {}", answer.status, answer.body);
            assert!(setup.rows() == before, "{path} {short}");
        }
    }
}

/// Bodies that would grow: many references to a long value, a list without end, a deep nest.
#[test]
fn bodies_that_would_grow() {
    let mut setup = Setup::new();
    let long = "x".repeat(255);
    let many = "@{a.Name}".repeat(200_000);
    let growing = json!({ "compositeRequest": [
        { "method": "POST", "url": "/services/data/v62.0/sobjects/Account", "referenceId": "a", "body": { "Name": long } },
        { "method": "GET", "url": format!("/services/data/v62.0/sobjects/Account/@{{a.id}}"), "referenceId": "b" },
        { "method": "PATCH", "url": "/services/data/v62.0/sobjects/Account/@{a.id}", "referenceId": "c", "body": { "Description": many.replace("@{a.", "@{b.") } }] });
    let answer = setup.send("POST", "/services/data/v62.0/composite", &growing.to_string());
    assert!(
        answer.body.len() < 100_000 && answer.body.contains("PROCESSING_HALTED"),
        "{}",
        answer.body.len()
    );
    for body in [
        format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000)),
        json!({ "records": vec![json!({}); 100_000] }).to_string(),
        json!({ "graphs": vec![json!({ "graphId": "g", "compositeRequest": [] }); 1_000] }).to_string(),
    ] {
        for path in [
            "composite",
            "composite/sobjects",
            "composite/tree/Account",
            "composite/graph",
            "sobjects/Account",
        ] {
            let before = setup.rows();
            let answer = setup.send("POST", &format!("/services/data/v62.0/{path}"), &body);
            assert!(is_error(&answer), "{path}: {} {}", answer.status, answer.body);
            assert!(setup.rows() == before);
        }
    }
}

/// Requests that are nearly requests: any method, a path of known words, any parameter, header and body.
#[test]
fn drawn_requests() {
    let setup = std::cell::RefCell::new(Setup::new());
    let word = prop::sample::select(vec![
        "sobjects",
        "Account",
        "User",
        "Profile",
        "Contact",
        "Name",
        "describe",
        "layouts",
        "deleted",
        "updated",
        "query",
        "queryAll",
        "composite",
        "batch",
        "graph",
        "tree",
        "search",
        "parameterizedSearch",
        "limits",
        "recordCount",
        "jobs",
        "ingest",
        "results",
        "tooling",
        "Email",
        "Username",
        "Id",
        "a@b.example",
        "001000000000001AAA",
        "0055g000000000000",
        "01g000000000001AAA-200",
        "750000000000001AAA",
        "é",
        "..",
        ".xml",
        "%",
        "v62.0",
        "Owner",
        "Contacts",
    ]);
    let path = prop::collection::vec(word, 0..5).prop_map(|words| words.join("/"));
    // Few of these are anything, so a third of all is what there is, if it is only asked for with GET or HEAD.
    let there = ["limits", "limits/recordCount", "sobjects", "sobjects/Account", "sobjects/User/describe"];
    let path = prop_oneof![2 => path, 1 => prop::sample::select(there.to_vec()).prop_map(str::to_owned)];
    let key = prop::sample::select(vec![
        "q",
        "fields",
        "ids",
        "start",
        "end",
        "sobject",
        "locator",
        "maxRecords",
        "allOrNone",
        "_HttpMethod",
        "sObjects",
    ]);
    let text = prop_oneof![
        Just("SELECT Id FROM User".to_owned()),
        Just("FIND {acme} RETURNING Account(Id".to_owned()),
        Just("FIND {ac*} IN NAME FIELDS RETURNING Account(Id WHERE Name != null), User".to_owned()),
        Just("2026-01-01T00:00:00Z".to_owned()),
        Just("9999-12-31T23:59:59+23:59".to_owned()),
        Just("PATCH".to_owned()),
        any::<String>(),
    ];
    let body = prop_oneof![
        Just(String::new()),
        any::<String>(),
        value().prop_map(|value| value.to_string()),
        Just(
            "{\"records\":[{\"attributes\":{\"type\":\"Account\",\"referenceId\":\"r\"},\"Name\":\"x\"}]}"
                .to_owned()
        ),
        Just("{\"operation\":\"query\",\"query\":\"SELECT FIELDS(ALL) FROM Account LIMIT 5\"}".to_owned()),
        Just("<a><Name>x</Name></a>".to_owned()),
    ];
    let method = prop::sample::select(vec!["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "x"]);
    let kind = prop::sample::select(vec!["application/json", "application/xml", "text/csv", "", "☃"]);
    let header = prop::sample::select(vec![
        "sforce-query-options",
        "if-modified-since",
        "if-none-match",
        "if-match",
        "accept",
        "x-nothing",
    ]);
    let all = (method, path, prop::collection::vec((key, text.clone()), 0..3), kind, (header, text), body);
    let mut runner = TestRunner::new(drawn::config(1_500));
    let answered = std::cell::Cell::new(0);
    runner
        .run(&all, |(method, path, query, kind, (header, text), body)| {
            let mut setup = setup.borrow_mut();
            let before = setup.rows();
            let query = query.into_iter().map(|(key, text)| (key.to_owned(), text)).collect();
            let answer = setup.send_with(
                method,
                &format!("/services/data/v62.0/{path}"),
                query,
                &[("content-type", kind), (header, &text)],
                &body,
            );
            prop_assert!((200..600).contains(&answer.status));
            answered.set(answered.get() + usize::from(answer.status < 300));
            if answer.status >= 400
                && answer.kind.starts_with("application/json")
                && method != "HEAD"
                && answer.status != 412
            {
                prop_assert!(
                    is_error(&answer) || answer.body.contains("hasErrors"),
                    "{method} {path}: {} {}",
                    answer.status,
                    answer.body
                );
            }
            if answer.status >= 400 || matches!(method, "GET" | "HEAD") {
                prop_assert!(setup.rows() == before, "{method} {path} changed something: {}", answer.status);
            }
            Ok(())
        })
        .unwrap();
    // About 170 are expected.
    println!("{} were answered", answered.get());
    assert!(answered.get() > 80, "{} were answered", answered.get());
}

/// Texts that are nearly queries.
fn query() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "SELECT",
        "Id",
        "Name",
        "FROM",
        "User",
        "Profile",
        "WHERE",
        "AND",
        "OR",
        "NOT",
        "IN",
        "LIKE",
        "=",
        "!=",
        "<",
        ">=",
        "(",
        ")",
        ",",
        "'x'",
        "'\\u0041%'",
        "'",
        "null",
        "true",
        "5",
        "-1.5e3",
        "TODAY",
        "LAST_N_DAYS:3",
        "N_WEEKS_AGO:2",
        "2024-02-29",
        "2024-02-29T01:02:03Z",
        "GROUP",
        "BY",
        "ROLLUP",
        "CUBE",
        "HAVING",
        "COUNT",
        "COUNT()",
        "MAX(CreatedDate)",
        "GROUPING(Name)",
        "DAY_ONLY(CreatedDate)",
        "ORDER",
        "NULLS",
        "LAST",
        "LIMIT",
        "OFFSET",
        "10",
        "FIELDS(ALL)",
        "Profile.Name",
        "u",
        "u.Name",
        "TYPEOF",
        "WHEN",
        "THEN",
        "END",
        "USING",
        "SCOPE",
        "mine",
        "FOR",
        "VIEW",
        "IsActive",
        "CreatedDate",
        "PermissionSetAssignment",
        "AssigneeId",
        "(SELECT Id FROM Users)",
        "(SELECT AssigneeId FROM PermissionSetAssignment)",
        "é",
        "\n",
        "\\",
        "☃",
    ]);
    let loose = prop::collection::vec(word.clone(), 0..25).prop_map(|words| words.join(" "));
    let framed = prop::collection::vec(word, 0..12)
        .prop_map(|words| format!("SELECT Id, Name FROM User WHERE {}", words.join(" ")));
    prop_oneof![loose, framed, any::<String>()]
}

#[test]
fn drawn_queries() {
    let setup = Setup::new();
    let mut runner = TestRunner::new(drawn::config(2_000));
    runner
        .run(&query(), |text| {
            ask(&setup, &text);
            Ok(())
        })
        .unwrap();
}

/// A value that may or may not fit a field.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z]{1,8}@[a-z]{1,8}\\.example".prop_map(Value::from),
        "(005|00e|0PS|0QM|100)5g00000[A-Za-z0-9]{5}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,5}", inner, 0..3).prop_map(|map| json!(map)),
        ]
    })
}

/// Writes that an admin may do to any row, with a text of letters.
const RIGHT: [(&str, &str, &str); 6] = [
    ("POST", "Account", "Name"),
    ("PATCH", "Account", "Name"),
    ("POST", "Contact", "LastName"),
    ("PATCH", "User", "Title"),
    ("PATCH", "User", "Department"),
    ("PATCH", "PermissionSet", "Description"),
];

#[test]
fn drawn_writes() {
    let setup = std::cell::RefCell::new(Setup::new());
    let objects: Vec<(String, Vec<String>)> = {
        let setup = setup.borrow();
        let writable = |object: &leastwise_org::schema::Object| {
            let few = object.fields.iter().filter(|f| {
                !f.name.starts_with("Permissions") || f.name.ends_with("Data") || f.name.ends_with("Read")
            });
            (object.name.clone(), few.map(|field| field.name.clone()).collect::<Vec<_>>())
        };
        setup.org.schema.objects().map(writable).collect()
    };
    // Mostly fields of the object itself, and now and then one of another.
    let body = prop::sample::select(objects.clone()).prop_flat_map(move |(object, own)| {
        let foreign = objects.iter().flat_map(|(_, fields)| fields.clone()).collect::<Vec<_>>();
        let field = prop_oneof![9 => prop::sample::select(own), 1 => prop::sample::select(foreign)];
        prop::collection::vec((Just(object), field), 1..6)
    });
    let body = body.prop_flat_map(|names| {
        let count = names.len();
        (Just(names), prop::collection::vec(value(), count)).prop_map(|(names, values)| {
            let object = names[0].0.clone();
            let pairs = names.into_iter().zip(values).map(|((_, field), value)| (field, value));
            (object, pairs.collect::<serde_json::Map<String, Value>>())
        })
    });
    let method = prop::sample::select(vec!["POST", "PATCH", "DELETE"]);
    let loose = (method, body).prop_map(|(method, (object, fields))| (method, object, fields));
    // Few of these are taken, so a third of all is such that nothing speaks against it.
    let right = (prop::sample::select(RIGHT.to_vec()), "[A-Z][a-z]{1,12}").prop_map(|(write, text)| {
        let (method, object, field): (&'static str, &str, &str) = write;
        (method, object.to_owned(), serde_json::Map::from_iter([(field.to_owned(), Value::from(text))]))
    });
    let case = prop_oneof![2 => loose, 1 => right];
    let mut runner = TestRunner::new(drawn::config(600));
    let (taken, refused) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    runner
        .run(&(case, any::<prop::sample::Index>()), |((method, object, map), at)| {
            let mut setup = setup.borrow_mut();
            let ids: Vec<String> =
                setup.org.rows(&object).map(|row| row["Id"].as_str().unwrap().to_owned()).collect();
            let path = match (method, ids.is_empty()) {
                ("POST", _) | (_, true) => format!("/services/data/v62.0/sobjects/{object}"),
                _ => format!("/services/data/v62.0/sobjects/{object}/{}", at.get(&ids)),
            };
            // Groups that an earlier write concerned are worked out first: that is not this write's doing.
            (0..3).for_each(|_| setup.org.tick());
            let before = setup.rows();
            let answer = setup.send(method, &path, &Value::Object(map).to_string());
            let counter = if answer.status < 400 { &taken } else { &refused };
            counter.set(counter.get() + 1);
            if answer.status >= 400 {
                prop_assert!(is_error(&answer), "{method} {path}: {} {}", answer.status, answer.body);
                prop_assert!(setup.rows() == before, "{method} {path} is refused but changed something");
            }
            Ok(())
        })
        .unwrap();
    // About 200 and 390 are expected.
    println!("{} taken, {} refused", taken.get(), refused.get());
    assert!(taken.get() > 100 && refused.get() > 200, "{} taken, {} refused", taken.get(), refused.get());
    // Whatever was written: every profile still owns a set, and somebody still administers.
    let setup = setup.into_inner();
    for profile in setup.org.rows("Profile") {
        assert!(setup.org.profile_set(profile["Id"].as_str().unwrap()).is_some(), "{profile:?}");
    }
    let actor = Actor { user_id: setup.admin.clone() };
    assert!(setup.org.has_permission(&actor.user_id, "ManageUsers"));
}
