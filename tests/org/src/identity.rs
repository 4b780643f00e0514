//! Who may sign in, from where and when, and what a sign-in leaves behind.
//!
//! It never answers HTTP: a request is a value, and so is its answer.

pub mod app;
pub mod authorize;
pub mod history;
pub mod inquiry;
mod jwt;
pub mod login;
pub mod restrictions;
pub mod session;
pub mod soap;
pub mod token;

use crate::api::ApiRequest;
use crate::page::{Hosts, LOGIN_HOSTS};
use crate::store::{Org, set};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The header by which a test client names the address it comes from, on the loopback host alone: the server drops it
/// from every other request.
pub const SOURCE_HEADER: &str = "x-org-source-ip";

/// The address of a client that names none: of the office, which the org trusts unless its seed says otherwise.
pub const OFFICE: &str = "192.0.2.10";

/// Whence and with what a client comes.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its address.
    pub address: String,
    /// The host that it asked.
    pub host: String,
    /// Its `User-Agent`.
    pub agent: String,
    /// Its method is GET.
    pub get: bool,
}

impl Source {
    /// The source of an API request.
    pub fn of(request: &ApiRequest, org: &Org) -> Source {
        let header = |name: &str| request.headers.get(name).cloned().unwrap_or_default();
        Source::new(org, &header(SOURCE_HEADER), &header("host"), &header("user-agent"), &request.method)
    }

    /// A source from the parts of a request; empty parts are the org's own.
    pub fn new(org: &Org, address: &str, host: &str, agent: &str, method: &str) -> Source {
        let host = host.split(':').next().unwrap_or_default().to_lowercase();
        let own = |text: &str, otherwise: &str| {
            if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
        };
        Source {
            address: own(address, &org.identity.address),
            host: own(&host, &Hosts::of(org.my_domain()).core),
            agent: agent.to_owned(),
            get: method == "GET",
        }
    }

    /// It asked one of the hosts that serve every org.
    pub fn is_login_host(&self) -> bool {
        LOGIN_HOSTS.contains(&self.host.as_str())
    }
}

/// What the org knows of signing in besides its rows and its metadata.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The address of a client that names none.
    pub address: String,
    /// SOAP `login()` is there at all: it is switched off in new orgs.
    pub soap_login: bool,
    /// OAuth's user name and password flow is there: it is switched off in new orgs.
    pub password_flow: bool,
    /// Seconds that the org's clock is ahead.
    pub ahead: i64,
    /// Seconds that every session lasts without use, over all settings.
    pub timeout: Option<i64>,
    /// API requests a day.
    pub api_limit: u64,
    /// Certificates of apps beyond their metadata, by app id: DER.
    pub certificates: BTreeMap<String, Vec<u8>>,
    /// Wrong passwords in a row, and when they locked the user, by user id.
    pub(crate) failures: BTreeMap<String, login::Failures>,
    /// The history row of the last sign-in, for the session that begins with it.
    pub(crate) last_history: String,
    /// Refresh tokens.
    pub(crate) refresh: BTreeMap<String, token::Refresh>,
    /// Authorization codes.
    pub(crate) codes: BTreeMap<String, authorize::Code>,
    /// Front doors for one use: pass, session id.
    pub(crate) passes: BTreeMap<String, String>,
}

impl Default for Identity {
    fn default() -> Identity {
        Identity {
            address: OFFICE.to_owned(),
            soap_login: true,
            password_flow: true,
            ahead: 0,
            timeout: None,
            api_limit: 100_000,
            certificates: BTreeMap::new(),
            failures: BTreeMap::new(),
            last_history: String::new(),
            refresh: BTreeMap::new(),
            codes: BTreeMap::new(),
            passes: BTreeMap::new(),
        }
    }
}

impl Identity {
    /// Takes what a JSON object names of it, as the control address has it: seconds, requests, switches.
    pub fn set(&mut self, options: &Value) {
        let number = |key: &str| options.get(key).and_then(Value::as_i64);
        let switch = |key: &str| options.get(key).and_then(Value::as_bool);
        self.ahead = number("clockAhead").unwrap_or(self.ahead);
        self.timeout = number("sessionTimeout").or(self.timeout);
        self.api_limit =
            number("apiLimit").and_then(|limit| u64::try_from(limit).ok()).unwrap_or(self.api_limit);
        self.soap_login = switch("soapLogin").unwrap_or(self.soap_login);
        self.password_flow = switch("passwordFlow").unwrap_or(self.password_flow);
        if let Some(address) = options.get("address").and_then(Value::as_str) {
            address.clone_into(&mut self.address);
        }
    }
}

impl Org {
    /// Switches API Access Control.
    pub fn control_api_access(&mut self, on: bool) {
        let key = ("Settings".to_owned(), "ConnectedApp".to_owned());
        let settings = self.documents.entry(key).or_insert_with(|| json!({}));
        set(settings, "enableAdminApprovedAppsOnly", json!(on));
    }

    /// Makes it the sandbox of a name: `acme--dev`.
    pub fn become_sandbox(&mut self, name: &str) {
        self.rename(&format!("{}--{name}", self.my_domain()));
        let row = self.rows("Organization").next().cloned();
        if let Some(mut row) = row {
            row.insert("IsSandbox".into(), json!(true));
            self.put("Organization", row);
        }
    }
}
