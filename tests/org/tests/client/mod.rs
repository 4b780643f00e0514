//! A client of the org without a network: requests in, answers out.
//!
//! It never looks behind an answer but where a test says so.

#![allow(dead_code, reason = "each test file uses some of it")]

mod reading;

use leastwise_org::api::{Api, ApiAnswer, ApiRequest};
use leastwise_org::fault::Faults;
use leastwise_org::seed;
use leastwise_org::store::{Org, Row};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;

/// The version that is asked where a test says nothing.
pub(crate) const DATA: &str = "/services/data/v62.0";

pub(crate) struct Client {
    pub(crate) org: Org,
    pub(crate) sid: String,
    pub(crate) admin: String,
    pub(crate) faults: Faults,
    pub(crate) cursors: HashMap<String, (usize, Vec<Value>)>,
}

impl Client {
    pub(crate) fn new() -> Client {
        Client::seeded(&["acme"])
    }

    /// An org with these of the seeds.
    pub(crate) fn seeded(seeds: &[&str]) -> Client {
        let mut org = Org::new("acme");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
        let folders: Vec<_> = seeds.iter().map(|seed| folder.join(seed)).collect();
        let admin = seed::load(&mut org, &folders).unwrap().id;
        let sid = org.start_session(&admin, true).sid;
        Client { org, sid, admin, faults: Faults::default(), cursors: HashMap::new() }
    }

    /// Signs another user in.
    pub(crate) fn become_user(&mut self, username: &str) -> String {
        let id = self.org.rows_by("User", "Username", username)[0]["Id"].as_str().unwrap().to_owned();
        self.sid = self.org.start_session(&id, true).sid;
        id
    }

    /// A request as it comes over the network: address with its query, headers, body.
    pub(crate) fn send(
        &mut self,
        method: &str,
        address: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> ApiAnswer {
        let address = if address.starts_with('/') { address.to_owned() } else { format!("{DATA}/{address}") };
        let (path, query) = address.split_once('?').unwrap_or((&address, ""));
        let mut all = HashMap::from([("authorization".to_owned(), format!("Bearer {}", self.sid))]);
        all.extend(headers.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        let decoded = |text: &str| {
            percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
        };
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let request = ApiRequest {
            method: method.into(),
            path: decoded(path),
            query: pairs.map(|(key, value)| (decoded(key), decoded(value))).collect(),
            headers: all,
            body: body.into(),
        };
        Api {
            org: &mut self.org,
            faults: &mut self.faults,
            cursors: &mut self.cursors,
            parts: vec![],
            user: String::new(),
        }
        .answer(&request)
    }

    /// The same with JSON both ways.
    pub(crate) fn json(&mut self, method: &str, address: &str, body: &Value) -> (u16, Value) {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.send(method, address, &[("content-type", "application/json")], &text);
        (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
    }

    pub(crate) fn get(&mut self, address: &str) -> (u16, Value) {
        self.json("GET", address, &Value::Null)
    }

    pub(crate) fn query(&mut self, soql: &str) -> (u16, Value) {
        let q = percent_encoding::utf8_percent_encode(soql, percent_encoding::NON_ALPHANUMERIC);
        self.get(&format!("query?q={q}"))
    }

    pub(crate) fn rows(&mut self, soql: &str) -> Vec<Value> {
        let (status, body) = self.query(soql);
        assert_eq!(status, 200, "{soql}: {body}");
        body["records"].as_array().unwrap().clone()
    }

    /// A new record's id.
    pub(crate) fn create(&mut self, object: &str, fields: Value) -> String {
        let (status, body) = self.json("POST", &format!("sobjects/{object}"), &fields);
        assert_eq!(status, 201, "{object} {fields}: {body}");
        assert_eq!((&body["success"], &body["errors"]), (&json!(true), &json!([])));
        body["id"].as_str().unwrap().to_owned()
    }

    /// Status, code, message and fields of a refusal.
    pub(crate) fn refused(
        &mut self,
        method: &str,
        address: &str,
        body: &Value,
    ) -> (u16, String, String, Value) {
        let (status, body) = self.json(method, address, body);
        assert!(status >= 400, "{method} {address}: {status} {body}");
        let text = |key: &str| body[0][key].as_str().unwrap_or_default().to_owned();
        (status, text("errorCode"), text("message"), body[0]["fields"].clone())
    }

    /// Every row, to see that nothing changed.
    pub(crate) fn everything(&self) -> Vec<Row> {
        let objects = self.org.schema.objects().filter(|object| object.name != "LoginHistory");
        objects.flat_map(|object| self.org.rows(&object.name)).cloned().collect()
    }
}
