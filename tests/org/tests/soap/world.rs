//! An org with the seed acme, asked over SOAP.
//!
//! It never opens a socket: requests and answers are handed over as values.

#![allow(dead_code, unreachable_pub, reason = "two tests use it, each its part")]

use leastwise_org::api::{Api, ApiAnswer, ApiRequest};
use leastwise_org::fault::Faults;
use leastwise_org::seed;
use leastwise_org::store::{Org, text};
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;

pub struct World {
    pub org: Org,
    faults: Faults,
    cursors: HashMap<String, (usize, Vec<Value>)>,
    pub sid: String,
}

impl World {
    pub fn new() -> World {
        let mut org = Org::new("acme");
        let acme = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme");
        let admin = seed::load(&mut org, &[acme]).unwrap();
        let sid = org.start_session(&admin.id, true).sid;
        World { org, faults: Faults::default(), cursors: HashMap::new(), sid }
    }

    /// An operation of the Partner API (`u`) or the Enterprise API (`c`), and further headers.
    pub fn data(&mut self, letter: &str, headers: &str, operation: &str) -> String {
        let word = if letter == "u" { "partner" } else { "enterprise" };
        let body = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:sf="urn:sobject.{word}.soap.sforce.com" xmlns="urn:{word}.soap.sforce.com"><soapenv:Header><SessionHeader><sessionId>{}</sessionId></SessionHeader>{headers}</soapenv:Header><soapenv:Body>{operation}</soapenv:Body></soapenv:Envelope>"#,
            self.sid
        );
        self.post(&format!("/services/Soap/{letter}/66.0"), &body).body
    }

    /// The session of another user.
    pub fn become_user(&mut self, username: &str) {
        let id = text(self.org.rows_by("User", "Username", username)[0], "Id").to_owned();
        self.sid = self.org.start_session(&id, true).sid;
    }

    pub fn post(&mut self, path: &str, body: &str) -> ApiAnswer {
        let headers = [("content-type", "text/xml"), ("soapaction", "\"\"")];
        let request = ApiRequest {
            method: "POST".into(),
            path: path.into(),
            query: vec![],
            headers: headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            body: body.into(),
        };
        self.send(&request)
    }

    pub fn send(&mut self, request: &ApiRequest) -> ApiAnswer {
        let World { org, faults, cursors, .. } = self;
        Api { org, faults, cursors, parts: vec![], user: String::new() }.answer(request)
    }

    /// An operation of the Metadata API, and further headers.
    pub fn metadata_with(&mut self, headers: &str, operation: &str) -> String {
        let body = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://soap.sforce.com/2006/04/metadata"><soapenv:Header><SessionHeader><sessionId>{}</sessionId></SessionHeader>{headers}</soapenv:Header><soapenv:Body>{operation}</soapenv:Body></soapenv:Envelope>"#,
            self.sid
        );
        self.post("/services/Soap/m/66.0", &body).body
    }

    pub fn metadata(&mut self, operation: &str) -> String {
        self.metadata_with("", operation)
    }

    pub fn read(&mut self, kind: &str, name: &str) -> String {
        self.metadata(&format!(
            "<readMetadata><type>{kind}</type><fullNames>{name}</fullNames></readMetadata>"
        ))
    }

    pub fn update(&mut self, kind: &str, body: &str) -> String {
        self.metadata(&format!(
            "<updateMetadata><metadata xsi:type=\"{kind}\">{body}</metadata></updateMetadata>"
        ))
    }

    pub fn profile(&self, name: &str) -> String {
        text(self.org.rows_by("Profile", "Name", name)[0], "Id").to_owned()
    }

    pub fn set(&self, name: &str) -> &leastwise_org::store::Row {
        self.org.rows_by("PermissionSet", "Name", name)[0]
    }
}

/// The text of the first element of a name; `None` where there is none.
pub fn element(xml: &str, name: &str) -> Option<String> {
    let document = roxmltree::Document::parse(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    let found = document.descendants().find(|node| node.tag_name().name() == name);
    found.map(|node| node.text().unwrap_or_default().to_owned())
}

pub fn elements(xml: &str, name: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(xml).unwrap();
    let all = document.descendants().filter(|node| node.tag_name().name() == name);
    all.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

pub fn problem(xml: &str) -> (String, String) {
    assert_eq!(element(xml, "success").as_deref(), Some("false"), "{xml}");
    (element(xml, "statusCode").unwrap(), element(xml, "message").unwrap())
}

pub fn refusal(xml: &str) -> (String, String) {
    (element(xml, "faultcode").unwrap_or_else(|| panic!("{xml}")), element(xml, "faultstring").unwrap())
}
