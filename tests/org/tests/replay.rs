//! Recorded exchanges of public repositories, asked of the org again: answers must have the recorded shape.
//!
//! It never compares values: ids, dates and counts are the recording's own.

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

use client::{Client, DATA};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use yaml_rust2::{Yaml, YamlLoader};

/// One recorded exchange.
struct Exchange {
    method: String,
    address: String,
    body: String,
    status: u16,
    answer: Value,
}

fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let corpus = std::env::var_os("LEASTWISE_SHARED").map_or_else(beside, PathBuf::from).join("corpus");
    if corpus.is_dir() {
        return Some(corpus);
    }
    println!("skipped: ../shared/corpus is not there");
    None
}

fn files(folder: &Path, end: &str, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, end, into);
        } else if path.to_string_lossy().ends_with(end) {
            into.push(path);
        }
    }
    into.sort();
}

/// The exchanges of one cassette with the data API; the files that it includes are read by themselves.
fn exchanges(path: &Path) -> Vec<Exchange> {
    let documents = YamlLoader::load_from_str(&std::fs::read_to_string(path).unwrap()).unwrap_or_default();
    let Some(document) = documents.first() else { return vec![] };
    let listed = document["interactions"].as_vec();
    let all: Vec<&Yaml> = listed.map_or_else(|| vec![document], |all| all.iter().collect());
    all.into_iter()
        .filter_map(|one| {
            let (request, response) = (&one["request"], &one["response"]);
            let address = request["uri"].as_str()?.split_once(".com").map(|(_, rest)| rest)?;
            let rest = address.strip_prefix("/services/data/v")?;
            let (_, rest) = rest.split_once('/')?;
            let text = response["body"]["string"].as_str().unwrap_or_default();
            Some(Exchange {
                method: request["method"].as_str()?.to_owned(),
                address: rest.trim_end_matches('/').replace("/?", "?"),
                body: request["body"].as_str().unwrap_or_default().to_owned(),
                status: u16::try_from(response["status"]["code"].as_i64()?).ok()?,
                answer: serde_json::from_str(text).ok()?,
            })
        })
        .collect()
}

/// What differs between the recorded shape and ours. Null fits anything, and an empty list fits any list.
fn differences(recorded: &Value, ours: &Value, at: &str, into: &mut BTreeSet<String>) {
    let kind = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    match (recorded, ours) {
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(theirs), Value::Object(own)) => {
            for (key, value) in theirs {
                match own.get(key) {
                    Some(own) => differences(value, own, &format!("{at}.{key}"), into),
                    None => drop(into.insert(format!("{at}.{key} is lacking"))),
                }
            }
            for key in own.keys().filter(|key| !theirs.contains_key(*key)) {
                into.insert(format!("{at}.{key} is more"));
            }
        }
        (Value::Array(theirs), Value::Array(own)) => {
            let (theirs, own) = (merged(theirs), merged(own));
            if let (Some(theirs), Some(own)) = (theirs, own) {
                differences(&theirs, &own, &format!("{at}[]"), into);
            }
        }
        (theirs, own) if kind(theirs) == kind(own) => {}
        (theirs, own) => drop(into.insert(format!("{at} is a {} for a {}", kind(own), kind(theirs)))),
    }
}

/// One value with the shape of all elements of a list.
fn merged(all: &[Value]) -> Option<Value> {
    let mut shape: Option<Value> = None;
    for value in all {
        shape = Some(match (shape, value) {
            (Some(Value::Object(mut map)), Value::Object(more)) => {
                for (key, value) in more {
                    let both = [map.get(key).cloned().unwrap_or(Value::Null), value.clone()];
                    map.insert(key.clone(), merged(&both).unwrap_or(Value::Null));
                }
                Value::Object(map)
            }
            (Some(Value::Array(mut list)), Value::Array(more)) => {
                list.extend(more.clone());
                Value::Array(list)
            }
            (None | Some(Value::Null), value) => value.clone(),
            (Some(shape), _) => shape,
        });
    }
    shape
}

/// Ids of a recording, by their own, as those of ours.
struct Known(BTreeMap<String, String>);

impl Known {
    fn told(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
    }

    /// New records' ids, in order.
    fn learn(&mut self, recorded: &Value, ours: &Value) {
        match (recorded, ours) {
            (Value::Array(theirs), Value::Array(own)) => {
                theirs.iter().zip(own).for_each(|(theirs, own)| self.learn(theirs, own));
            }
            (theirs, own) => {
                if let (Some(theirs), Some(own)) = (theirs["id"].as_str(), own["id"].as_str()) {
                    self.0.insert(theirs.to_owned(), own.to_owned());
                }
            }
        }
    }
}

/// `GET query`, `PATCH composite/sobjects`: which resource it is.
fn kind_of(exchange: &Exchange) -> String {
    let path = exchange.address.split('?').next().unwrap_or_default();
    let short = |part: &&str| part.len() < 15 || !part.chars().any(|c| c.is_ascii_digit());
    format!("{} {}", exchange.method, path.split('/').filter(short).collect::<Vec<_>>().join("/"))
}

/// Objects, fields and resources that recordings ask for and no org of ours has: what they are about is code, packages
/// and communities, or a field of that org's own.
fn is_beyond(exchange: &Exchange) -> bool {
    let asked = exchange.address.replace(['+', '%'], " ") + &exchange.body;
    let beyond = [
        "Apex",
        "SubscriberPackage",
        "connect/communities",
        "runTests",
        "XYZZY",
        "Campaign",
        "Household",
        "npsp__",
        "npe01__",
        "__c",
        "Foo",
    ];
    beyond.iter().any(|word| asked.contains(word))
}

/// Whether a body names a record of the recorded org.
fn has_unknown_id(body: &str) -> bool {
    let parsed: Value = serde_json::from_str(body).unwrap_or(Value::Null);
    let ids = parsed["records"].as_array().into_iter().flatten().filter_map(|record| record["Id"].as_str());
    ids.into_iter().any(|id| id.get(3..5) != Some("5g"))
}

/// What differs and why it may: keys that came with a later version than the recorded one.
fn is_explained(difference: &str) -> bool {
    let later = [
        ".associateEntityType is more",
        ".associateParentEntity is more",
        ".sobjectDescribeOption is more",
        ".implementsInterfaces",
        ".defaultValues is lacking",
        ".isInterface is more",
        // Of the organization: each release and edition has its own.
        ".DelegatedAuthenticationServiceUrl is lacking",
        ".PreferencesEmailSenderIdCompliance is more",
        ".PreferencesTerminateOldestSession is lacking",
    ];
    later.iter().any(|end| difference.contains(end))
}

#[test]
fn recorded_exchanges_have_their_shape_again() {
    let Some(corpus) = corpus() else { return };
    let mut cassettes = vec![];
    files(&corpus.join("SFDO-Tooling__CumulusCI"), ".yaml", &mut cassettes);
    let (mut counts, mut found, mut beyond) = (
        BTreeMap::<String, (usize, usize)>::new(),
        BTreeMap::<String, BTreeSet<String>>::new(),
        BTreeMap::<String, usize>::new(),
    );
    for path in cassettes {
        let mut client = Client::new();
        let mut known =
            Known(BTreeMap::from([("00D0xORGID00000000".to_owned(), client.org.org_id().to_owned())]));
        for exchange in exchanges(&path) {
            if is_beyond(&exchange) && !exchange.answer.to_string().contains("errorCode") {
                *beyond.entry(kind_of(&exchange)).or_default() += 1;
                continue;
            }
            let versioned = |text: &str| {
                let text = ["vxx.0", "v48.0", "v49.0"]
                    .iter()
                    .fold(text.to_owned(), |text, old| text.replace(old, "v62.0"));
                known.told(&text)
            };
            let (address, body) = (versioned(&exchange.address), versioned(&exchange.body));
            let broken = !body.is_empty() && serde_json::from_str::<Value>(&body).is_err();
            if broken || (exchange.method == "PATCH" && has_unknown_id(&body)) {
                let why = if broken {
                    "whose body was broken by hand"
                } else {
                    "of a record made by the older Bulk API"
                };
                *beyond.entry(format!("{} {why}", kind_of(&exchange))).or_default() += 1;
                continue;
            }
            let answer = client.send(
                &exchange.method,
                &format!("{DATA}/{address}"),
                &[("content-type", "application/json")],
                &body,
            );
            let ours: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
            let mut differing = BTreeSet::new();
            if answer.status == exchange.status {
                let (mut theirs, mut ours) = (exchange.answer.clone(), ours.clone());
                known_fields(&mut theirs, &mut ours);
                differences(&theirs, &ours, "", &mut differing);
            } else {
                differing
                    .insert(format!("status {} for {}: {}", answer.status, exchange.status, answer.body));
            }
            differing.retain(|one| !is_explained(one));
            // Cassettes that were edited by hand leave out what their test does not need.
            if path.to_string_lossy().contains("ManualEdit") {
                differing.retain(|one| !one.ends_with(" is more"));
            }
            let kind = kind_of(&exchange);
            let count = counts.entry(kind.clone()).or_default();
            count.0 += 1;
            count.1 += differing.len();
            found.entry(kind).or_default().extend(differing);
            known.learn(&exchange.answer, &ours);
        }
    }
    for (kind, (asked, differing)) in &counts {
        println!("{asked:3} × {kind}: {differing} differences");
        found[kind].iter().for_each(|difference| println!("      {difference}"));
    }
    println!("beyond this org: {beyond:?}");
    let total: usize = counts.values().map(|(_, differing)| differing).sum();
    println!(
        "{} kinds, {} exchanges, {total} differences",
        counts.len(),
        counts.values().map(|(asked, _)| asked).sum::<usize>()
    );
    assert!(counts.len() >= 15, "the recordings were read");
    assert_eq!(total, 0);
}

/// Describes are compared by the fields that both have: which fields an org has is its own matter.
fn known_fields(theirs: &mut Value, ours: &mut Value) {
    for key in ["fields", "sobjects"] {
        let names = |value: &Value| -> BTreeSet<String> {
            let all = value[key].as_array().into_iter().flatten();
            all.filter_map(|one| one["name"].as_str().map(str::to_owned)).collect()
        };
        let both: BTreeSet<String> = names(theirs).intersection(&names(ours)).cloned().collect();
        for value in [&mut *theirs, &mut *ours] {
            if let Some(Value::Array(all)) = value.get_mut(key) {
                all.retain(|one| one["name"].as_str().is_some_and(|name| both.contains(name)));
            }
        }
    }
}

/// What a field's describe says, value by value, where a recording has the same field.
#[test]
fn described_fields_are_the_recorded_ones() {
    let Some(corpus) = corpus() else { return };
    let mut cassettes = vec![];
    files(&corpus.join("SFDO-Tooling__CumulusCI"), "_describe.yaml", &mut cassettes);
    let mut client = Client::new();
    let (mut compared, mut wrong) = (0, vec![]);
    for path in cassettes.iter().filter(|path| path.to_string_lossy().contains("shared_cassettes")) {
        for exchange in exchanges(path).iter().filter(|exchange| exchange.address.ends_with("/describe")) {
            let (status, ours) = client.get(&exchange.address);
            if status != 200 {
                continue;
            }
            for theirs in exchange.answer["fields"].as_array().unwrap() {
                let own = ours["fields"].as_array().unwrap().iter().find(|own| own["name"] == theirs["name"]);
                let (Some(own), Value::Object(theirs)) = (own, theirs) else { continue };
                for (key, value) in theirs.iter().filter(|(key, _)| {
                    !["picklistValues", "referenceTo", "controllerName"].contains(&key.as_str())
                }) {
                    compared += 1;
                    if own.get(key) != Some(value) {
                        wrong.push(format!(
                            "{} {}.{key}: {} for {value}",
                            exchange.address, theirs["name"], own[key]
                        ));
                    }
                }
            }
        }
    }
    println!("{compared} values compared, {} differ", wrong.len());
    wrong.iter().take(60).for_each(|line| println!("  {line}"));
    assert!(compared > 10_000);
    assert!(wrong.is_empty());
}

/// Answers that Restforce keeps as fixtures, against ours to the same kind of request.
#[test]
fn fixtures_of_another_client_have_our_shape() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("restforce__restforce/spec/fixtures/sobject");
    let mut client = Client::seeded(&["acme", "sales"]);
    let id = client.rows("SELECT Id FROM Account LIMIT 1")[0]["Id"].as_str().unwrap().to_owned();
    let now = |days: i64| {
        leastwise_org::store::stamp(time::OffsetDateTime::now_utc() + time::Duration::days(days))
            .replace(".000+0000", "Z")
    };
    let span = format!("start={}&end={}", now(-1), now(1));
    let doomed = client.create("Account", json!({ "Name": "Doomed" }));
    client.json("DELETE", &format!("sobjects/Account/{doomed}"), &Value::Null);
    let mut total = BTreeSet::new();
    for (fixture, method, address, body) in [
        ("create_success", "POST", "sobjects/Account".to_owned(), json!({ "Name": "x" })),
        ("delete_error", "DELETE", "sobjects/Account/rid".to_owned(), Value::Null),
        ("get_deleted_success", "GET", format!("sobjects/Account/deleted?{span}"), Value::Null),
        ("get_updated_success", "GET", format!("sobjects/Account/updated?{span}"), Value::Null),
        ("query_empty", "GET", "query?q=SELECT+Id+FROM+Account+WHERE+Name='none'".to_owned(), Value::Null),
        ("query_error", "GET", "query?q=SELECT+nope+FROM+Account".to_owned(), Value::Null),
        (
            "query_aggregate_success",
            "GET",
            "query?q=SELECT+OwnerId,SUM(Amount)+FROM+Opportunity+GROUP+BY+OwnerId".to_owned(),
            Value::Null,
        ),
        ("sobject_find_error", "GET", "sobjects/Account/23foo".to_owned(), Value::Null),
        ("sobject_describe_error", "GET", "sobjects/Whizbang/describe".to_owned(), Value::Null),
        ("search_error", "GET", "search?q=nothing".to_owned(), Value::Null),
        (
            "upsert_created_success",
            "PATCH",
            "sobjects/Account/Number__c/new".to_owned(),
            json!({ "Name": "x" }),
        ),
        ("upsert_error", "PATCH", "sobjects/Account/Namez/x".to_owned(), json!({ "Name": "x" })),
        ("write_error", "PATCH", format!("sobjects/Account/{id}"), json!({ "foo": "x" })),
    ] {
        let text = std::fs::read_to_string(folder.join(format!("{fixture}_response.json"))).unwrap();
        let mut recorded: Value = serde_json::from_str(&text).unwrap();
        let (_, mut ours) = client.json(method, &address, &body);
        if fixture == "query_aggregate_success" {
            // Which field it is grouped by is the query's own.
            for value in [&mut recorded, &mut ours] {
                for record in value["records"].as_array_mut().unwrap() {
                    record.as_object_mut().unwrap().retain(|key, _| key == "attributes" || key == "expr0");
                }
            }
        }
        if fixture == "upsert_created_success" {
            // Since version 46 an upsert says whether the record is new.
            ours.as_object_mut().unwrap().remove("created");
        }
        let mut differing = BTreeSet::new();
        differences(&recorded, &ours, fixture, &mut differing);
        if let (Some(theirs), Some(own)) = (recorded[0]["errorCode"].as_str(), ours[0]["errorCode"].as_str())
            && theirs != own
        {
            differing.insert(format!("{fixture}: {own} for {theirs}"));
        }
        total.extend(differing);
    }
    total.iter().for_each(|difference| println!("  {difference}"));
    assert_eq!(total.len(), 0);
}

/// The comparison itself tells what differs.
#[test]
fn a_difference_is_seen() {
    let mut found = BTreeSet::new();
    differences(
        &json!({ "a": [{ "b": 1 }, { "c": "x" }], "d": null }),
        &json!({ "a": [{ "b": "1" }], "d": 2, "e": 0 }),
        "",
        &mut found,
    );
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        [".a[].b is a string for a number", ".a[].c is lacking", ".e is more"]
    );
    assert_eq!(merged(&[Value::Null, json!({ "a": 1 })]), Some(json!({ "a": 1 })));
}
