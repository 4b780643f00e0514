//! The server without a network: hosts, cookies, the front door, and whence a client says that it comes.
//!
//! It never opens a port.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

use axum::body::{Body, to_bytes};
use axum::http::Request;
use leastwise_org::fault::Faults;
use leastwise_org::page::PageOptions;
use leastwise_org::proxy::Sources;
use leastwise_org::seed;
use leastwise_org::server::{self, Shared, State};
use leastwise_org::store::Org;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

const CORE: &str = "acme.my.salesforce.com";
const FROM: &str = "x-org-source-ip";
const ELSEWHERE: &str = "203.0.113.9";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The session cookie that it sets, as a client sends it.
    fn cookie(&self) -> String {
        let set = self.headers.iter().find(|(key, value)| key == "set-cookie" && value.starts_with("sid="));
        set.map(|(_, value)| value.split(';').next().unwrap().to_owned()).unwrap_or_default()
    }
}

fn org() -> Shared {
    let mut org = Org::new("acme");
    let acme = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme");
    seed::load(&mut org, &[acme]).unwrap();
    let (faults, options, sources) = (Faults::default(), PageOptions::default(), Sources::default());
    let (cursors, passes) = (HashMap::new(), HashMap::new());
    Arc::new(Mutex::new(State {
        org,
        faults,
        cursors,
        requests: vec![],
        latency: 0,
        options,
        passes,
        sources,
    }))
}

fn ask(org: &Shared, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let (host, path) = url.split_once('/').unwrap();
    let mut request = Request::builder().method(method).uri(format!("/{path}")).header("host", host);
    for (key, value) in headers {
        request = request.header(*key, *value);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let response = server::answer(org.clone(), request.body(Body::from(body.to_owned())).unwrap()).await;
        let (head, body) = response.into_parts();
        let text = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers.iter().map(|(key, value)| (key.to_string(), text(value))).collect(),
            body: String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap(),
        }
    })
}

fn control(org: &Shared, path: &str, body: &Value) -> Value {
    let answer = ask(org, "POST", &format!("127.0.0.1/_org/{path}"), &[], &body.to_string());
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// A token by user name and password of an app whose scopes are those given.
fn token(org: &Shared, host: &str, headers: &[(&str, &str)]) -> Answer {
    let app = org.lock().unwrap().org.apps().into_iter().find(|app| app.label == "Jira Sync").unwrap();
    let body = format!(
        "grant_type=password&client_id={}&client_secret={}&username=admin@acme.example&password=leastwise-1",
        app.key, app.secret
    );
    let all: Vec<_> = headers.iter().copied().chain([FORM]).collect();
    ask(org, "POST", &format!("{host}/services/oauth2/token"), &all, &body)
}

const SIGN_IN: &str = "un=admin%40acme.example&pw=leastwise-1";

#[test]
fn a_cookie_that_scripts_cannot_read_comes_from_the_form_and_ends_with_the_sign_out() {
    let org = org();
    let answer = ask(&org, "POST", &format!("{CORE}/"), &[FORM], SIGN_IN);
    assert_eq!((answer.status, answer.header("location")), (302, "/lightning/setup/SetupOneHome/home"));
    assert!(answer.header("set-cookie").contains("; Secure; HttpOnly"));
    let cookie = answer.cookie();
    let page = |org: &Shared| ask(org, "GET", &format!("{CORE}/00e"), &[("cookie", &cookie)], "");
    assert_ne!(page(&org).status, 302);
    assert!(
        ask(&org, "GET", &format!("{CORE}/secur/logout.jsp"), &[("cookie", &cookie)], "")
            .header("set-cookie")
            .contains("Max-Age=0")
    );
    assert_eq!(page(&org).status, 302);
    let wrong = ask(&org, "POST", &format!("{CORE}/"), &[FORM], "un=admin%40acme.example&pw=wrong");
    assert!(wrong.cookie().is_empty() && wrong.body.contains("Please check your username and password"));
}

#[test]
fn the_login_host_leads_to_the_orgs_own_with_its_session() {
    let org = org();
    let answer = ask(&org, "POST", "login.salesforce.com/", &[FORM], SIGN_IN);
    let door = answer.header("location").strip_prefix("https://").unwrap().to_owned();
    assert!(door.starts_with(&format!("{CORE}/secur/frontdoor.jsp?sid=00D")), "{door}");
    assert!(answer.cookie().is_empty());
    let inside = ask(&org, "GET", &door, &[], "");
    assert!(inside.status == 302 && inside.cookie().starts_with("sid=00D"), "{:?}", inside.headers);
    // Production's users are nobody at the sandboxes' host.
    assert!(
        ask(&org, "POST", "test.salesforce.com/", &[FORM], SIGN_IN)
            .body
            .contains("Please check your username")
    );
}

#[test]
fn the_front_door_takes_a_session_and_no_token_without_the_scope() {
    let org = org();
    let sid = control(&org, "sign-in", &json!({ "username": "admin@acme.example" }))["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    let door = |org: &Shared, sid: &str| {
        let sid = sid.replace('!', "%21");
        ask(org, "GET", &format!("{CORE}/secur/frontdoor.jsp?sid={sid}&retURL=%2F00e"), &[], "")
    };
    let inside = door(&org, &sid);
    assert_eq!((inside.header("location"), inside.cookie()), ("/00e", format!("sid={sid}")));
    let body: Value = serde_json::from_str(&token(&org, CORE, &[]).body).unwrap();
    let outside = door(&org, body["access_token"].as_str().unwrap());
    assert!(outside.header("location").contains("ec=302") && outside.cookie().is_empty());
    // API Only.
    let only = control(&org, "sign-in", &json!({ "username": "never.used@acme.example" }));
    assert!(door(&org, only["sid"].as_str().unwrap()).body.contains("API access only"));
}

#[test]
fn an_address_is_believed_on_the_loopback_host_alone() {
    let org = org();
    assert_eq!(token(&org, CORE, &[(FROM, ELSEWHERE)]).status, 200);
    let named = token(&org, "127.0.0.1", &[(FROM, ELSEWHERE)]);
    assert!(named.status == 400 && named.body.contains("authentication failure"), "{}", named.body);
    assert_eq!(token(&org, "127.0.0.1", &[(FROM, "192.0.2.44")]).status, 200);
    assert_eq!(token(&org, "127.0.0.1", &[]).status, 404);
    control(&org, "options", &json!({ "address": ELSEWHERE }));
    assert_eq!(token(&org, CORE, &[]).status, 400);
}

#[test]
fn the_settings_of_the_control_address_hold() {
    let org = org();
    let sid = control(&org, "sign-in", &json!({ "username": "admin@acme.example" }))["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    let bearer = format!("Bearer {sid}");
    let limits = |org: &Shared| {
        ask(org, "GET", &format!("{CORE}/services/data/v62.0/limits"), &[("authorization", &bearer)], "")
    };
    assert_eq!(limits(&org).header("sforce-limit-info"), "api-usage=1/100000");
    control(&org, "options", &json!({ "apiLimit": 2 }));
    assert_eq!(limits(&org).header("sforce-limit-info"), "api-usage=2/2");
    let over = limits(&org);
    assert!(over.status == 403 && over.body.contains("REQUEST_LIMIT_EXCEEDED"));
    control(&org, "options", &json!({ "apiLimit": 100, "sessionTimeout": 60, "clockAhead": 61 }));
    assert_eq!(limits(&org).status, 401);
}

#[test]
fn the_command_lines_app_needs_no_secret() {
    let org = org();
    let told = control(&org, "sign-in", &json!({ "username": "admin@acme.example", "app": "PlatformCLI" }));
    let body = format!(
        "grant_type=refresh_token&client_id=PlatformCLI&refresh_token={}",
        told["refresh_token"].as_str().unwrap()
    );
    let renewed = ask(&org, "POST", "login.salesforce.com/services/oauth2/token", &[FORM], &body);
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    let other = body.replace("PlatformCLI", "PlatformCL");
    assert_eq!(ask(&org, "POST", &format!("{CORE}/services/oauth2/token"), &[FORM], &other).status, 400);
}

#[test]
fn an_app_asks_a_signed_in_user_and_others_to_sign_in() {
    let org = org();
    let app = org.lock().unwrap().org.apps().into_iter().find(|app| app.label == "ERP Connector").unwrap();
    let encoded = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let query =
        format!("response_type=code&client_id={}&redirect_uri={}", app.key, encoded(&app.callbacks[0]));
    let url = format!("{CORE}/services/oauth2/authorize?{query}");
    let stranger = ask(&org, "GET", &url, &[], "");
    assert!(
        stranger.header("location").starts_with("/?ec=302&startURL=https%3A%2F%2Facme"),
        "{:?}",
        stranger.headers
    );
    let cookie = ask(&org, "POST", &format!("{CORE}/"), &[FORM], SIGN_IN).cookie();
    let page = ask(&org, "GET", &url, &[("cookie", &cookie)], "");
    assert!(page.status == 200 && page.body.contains("Allow Access?"));
    let allowed = ask(
        &org,
        "POST",
        &format!("{CORE}/services/oauth2/authorize"),
        &[("cookie", &cookie), FORM],
        &format!("{query}&save=Allow"),
    );
    assert!(
        allowed.header("location").starts_with(&format!("{}?code=aPrx", app.callbacks[0])),
        "{:?}",
        allowed.headers
    );
}
