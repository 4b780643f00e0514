//! Signing in: who is let in, what is said to those who are not, what stays behind, and how long a session lasts.
//!
//! It never asks the network: addresses are headers, and the clock is the org's own.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test")]

mod client;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use client::Client;
use leastwise_org::identity::app::{App, der};
use leastwise_org::page::{Host, Hosts, PageOptions, PageRequest};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

const FROM: &str = "x-org-source-ip";
/// An address that nobody trusts.
const ELSEWHERE: &str = "203.0.113.9";

struct Soap {
    status: u16,
    body: String,
}

impl Soap {
    /// The text of the first element of a name.
    fn text(&self, name: &str) -> String {
        let document = roxmltree::Document::parse(&self.body).unwrap();
        let mut nodes = document.descendants();
        nodes
            .find(|node| node.tag_name().name() == name)
            .and_then(|node| node.text())
            .unwrap_or_default()
            .into()
    }
}

fn login(client: &mut Client, at: &str, username: &str, password: &str, from: &str) -> Soap {
    let kind = if at.starts_with('c') { "enterprise" } else { "partner" };
    let body = format!(
        "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><login xmlns='urn:{kind}.soap.sforce.com'><username>{username}</username><password>{password}</password></login></e:Body></e:Envelope>"
    );
    let mut headers = vec![("content-type", "text/xml"), ("soapaction", "login")];
    if !from.is_empty() {
        headers.push((FROM, from));
    }
    let answer = client.send("POST", &format!("/services/Soap/{at}"), &headers, &body);
    Soap { status: answer.status, body: answer.body }
}

fn form(pairs: &[(&str, &str)]) -> String {
    let encoded = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    pairs.iter().map(|(key, value)| format!("{key}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

fn post(client: &mut Client, path: &str, pairs: &[(&str, &str)], headers: &[(&str, &str)]) -> (u16, Value) {
    let answer = client.send("POST", &format!("/services/oauth2/{path}"), headers, &form(pairs));
    (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::String(answer.body)))
}

fn app(client: &Client, label: &str) -> App {
    client.org.apps().into_iter().find(|app| app.label == label).unwrap()
}

fn by_password(client: &mut Client, label: &str, username: &str, password: &str) -> (u16, Value) {
    let app = app(client, label);
    let pairs = [
        ("grant_type", "password"),
        ("client_id", &app.key),
        ("client_secret", &app.secret),
        ("username", username),
        ("password", password),
    ];
    post(client, "token", &pairs, &[])
}

fn user(client: &Client, username: &str) -> String {
    client.org.rows_by("User", "Username", username)[0]["Id"].as_str().unwrap().into()
}

/// Field values of a user's history, the newest last.
fn history(client: &Client, username: &str, field: &str) -> Vec<String> {
    let id = user(client, username);
    let mut rows: Vec<_> = client.org.rows_by("LoginHistory", "UserId", &id);
    rows.sort_by_key(|row| {
        (row["LoginTime"].as_str().unwrap().to_owned(), row["Id"].as_str().unwrap().to_owned())
    });
    rows.iter().map(|row| row.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()).collect()
}

fn last(client: &Client, username: &str, field: &str) -> String {
    history(client, username, field).last().cloned().unwrap()
}

fn refusal(error: &str, description: &str) -> (u16, Value) {
    (400, json!({ "error": error, "error_description": description }))
}

/// Form fields.
type Pairs<'p> = &'p [(&'p str, &'p str)];

const ADMIN: &str = "admin@acme.example";
const WORD: &str = "leastwise-1";

#[test]
fn login_answers_in_full_up_to_version_64() {
    let mut client = Client::new();
    for (at, api) in [("u/62.0", "SOAP Partner"), ("c/64.0", "SOAP Enterprise")] {
        let answer = login(&mut client, at, ADMIN, WORD, "");
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.text("userId"), client.admin);
        assert_eq!(answer.text("userName"), ADMIN);
        assert_eq!(answer.text("sandbox"), "false");
        assert_eq!(answer.text("sessionSecondsValid"), "7200");
        let organization = &client.org.org_id()[..15];
        assert_eq!(
            answer.text("serverUrl"),
            format!("https://acme.my.salesforce.com/services/Soap/{at}/{organization}")
        );
        client.sid = answer.text("sessionId");
        assert_eq!(client.query("SELECT Id FROM User LIMIT 1").0, 200);
        assert_eq!(last(&client, ADMIN, "LoginType"), "Other Apex API");
        assert_eq!(last(&client, ADMIN, "ApiType"), api);
        assert_eq!(last(&client, ADMIN, "Status"), "Success");
    }
    for at in ["u/65.0", "u/66.0", "c/65.0"] {
        let answer = login(&mut client, at, ADMIN, WORD, "");
        assert_eq!((answer.status, answer.text("faultcode").as_str()), (500, "INVALID_OPERATION"));
        assert!(answer.text("faultstring").contains("is not available in the API version specified (6"));
    }
    client.org.identity.soap_login = false;
    assert_eq!(login(&mut client, "u/62.0", ADMIN, WORD, "").text("exceptionCode"), "INVALID_OPERATION");
}

#[test]
fn every_refusal_of_login_has_its_code_and_its_status_in_the_history() {
    let mut client = Client::new();
    let admin = client.admin.clone();
    let with_token = format!("{WORD}{}", client.org.security_token(&admin));
    let cases = [
        (ADMIN, "wrong", "", "INVALID_LOGIN", "Invalid Password"),
        (ADMIN, WORD, ELSEWHERE, "LOGIN_MUST_USE_SECURITY_TOKEN", "Failed: API security token required"),
        ("old.loader@acme.example", WORD, "", "INVALID_LOGIN", "User Is Frozen"),
        ("retired.sync@acme.example", WORD, "", "INVALID_LOGIN", "User is Inactive"),
        ("warehouse@acme.example", WORD, ELSEWHERE, "LOGIN_DURING_RESTRICTED_DOMAIN", "Restricted IP"),
    ];
    for (username, password, from, code, status) in cases {
        let answer = login(&mut client, "u/62.0", username, password, from);
        assert_eq!(
            (answer.status, answer.text("exceptionCode")),
            (500, code.to_owned()),
            "{username} {password}"
        );
        assert_eq!(answer.text("faultcode"), code);
        assert!(answer.text("faultstring").starts_with(&format!("{code}: ")));
        assert_eq!(last(&client, username, "Status"), status);
    }
    assert_eq!(last(&client, ADMIN, "SourceIp"), ELSEWHERE);
    assert_eq!(login(&mut client, "u/62.0", ADMIN, &with_token, ELSEWHERE).status, 200);
    assert_eq!(
        login(&mut client, "u/62.0", "nobody@acme.example", WORD, "").text("exceptionCode"),
        "INVALID_LOGIN"
    );
    // Within its profile's ranges a user needs no security token.
    let warehouse = user(&client, "warehouse@acme.example");
    let profile = client.org.row("User", &warehouse).unwrap()["ProfileId"].as_str().unwrap().to_owned();
    let within = client.org.profile_metadata[&profile]["loginIpRanges"][0]["startAddress"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(login(&mut client, "u/62.0", "warehouse@acme.example", WORD, &within).status, 200);
    // Hours that no moment is in.
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: serde_json::Map<String, Value> = days
        .iter()
        .flat_map(|day| [(format!("{day}Start"), json!("60")), (format!("{day}End"), json!("60"))])
        .collect();
    client.org.profile_metadata.get_mut(&profile).unwrap()["loginHours"] = Value::Object(hours);
    let late = login(&mut client, "u/62.0", "warehouse@acme.example", WORD, &within);
    assert_eq!(late.text("exceptionCode"), "LOGIN_DURING_RESTRICTED_TIME");
    assert_eq!(last(&client, "warehouse@acme.example", "Status"), "Restricted Time");
    let hours = by_password(&mut client, "ERP Connector", "warehouse@acme.example", WORD);
    assert_eq!(hours, refusal("invalid_grant", "ip restricted or invalid login hours"));
}

#[test]
fn ten_wrong_passwords_lock_for_fifteen_minutes() {
    let mut client = Client::new();
    let id = user(&client, "finn.fox@acme.example");
    for _ in 0..10 {
        assert_eq!(login(&mut client, "u/62.0", "finn.fox@acme.example", "wrong", "").status, 500);
    }
    let locked = |client: &Client| {
        client.org.rows_by("UserLogin", "UserId", &id)[0]["IsPasswordLocked"] == json!(true)
    };
    assert!(locked(&client));
    assert_eq!(
        login(&mut client, "u/62.0", "finn.fox@acme.example", WORD, "").text("exceptionCode"),
        "INVALID_LOGIN"
    );
    assert_eq!(last(&client, "finn.fox@acme.example", "Status"), "Password Lockout");
    client.org.identity.ahead = 16 * 60;
    assert_eq!(login(&mut client, "u/62.0", "finn.fox@acme.example", WORD, "").status, 200);
    assert!(!locked(&client));
}

#[test]
fn the_first_attempt_makes_the_sign_in_row() {
    let mut client = Client::new();
    let id = user(&client, "never.used@acme.example");
    assert!(client.org.rows_by("UserLogin", "UserId", &id).is_empty());
    login(&mut client, "u/62.0", "never.used@acme.example", WORD, "");
    assert_eq!(client.org.rows_by("UserLogin", "UserId", &id).len(), 1);
    // API Only: the browser is refused, and says so in the history.
    assert!(client.org.sign_in_browser("never.used@acme.example", WORD, "192.0.2.10").is_err());
    assert_eq!(last(&client, "never.used@acme.example", "LoginType"), "Application");
    assert_ne!(last(&client, "never.used@acme.example", "Status"), "Success");
}

#[test]
fn a_token_by_password_writes_its_row_and_counts_its_uses() {
    let mut client = Client::new();
    let (status, body) = by_password(&mut client, "ERP Connector", ADMIN, WORD);
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["instance_url"], "https://acme.my.salesforce.com");
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(
        body["id"],
        format!("https://login.salesforce.com/id/{}/{}", client.org.org_id(), client.admin)
    );
    assert!(
        body["issued_at"].as_str().unwrap().parse::<u64>().is_ok() && body.get("refresh_token").is_none()
    );
    by_password(&mut client, "ERP Connector", ADMIN, WORD);
    let admin = client.admin.clone();
    let tokens = client.org.rows_by("OauthToken", "UserId", &admin);
    let own: Vec<_> = tokens.iter().filter(|row| row["AppName"] == "ERP Connector").collect();
    assert_eq!((own.len(), &own[0]["UseCount"]), (1, &json!(2)));
    assert_eq!(last(&client, ADMIN, "LoginType"), "Remote Access 2.0");
    assert_eq!(last(&client, ADMIN, "LoginSubType"), "OauthUsernamePassword");
    assert_eq!(last(&client, ADMIN, "Application"), "ERP Connector");
    client.sid = body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(client.query("SELECT Id FROM User LIMIT 1").0, 200);
}

#[test]
fn the_token_endpoint_refuses_in_the_platforms_words() {
    let mut client = Client::new();
    let app = app(&client, "ERP Connector");
    let wrong = by_password(&mut client, "ERP Connector", ADMIN, "wrong");
    assert_eq!(wrong, refusal("invalid_grant", "authentication failure"));
    let retired = by_password(&mut client, "ERP Connector", "retired.sync@acme.example", WORD);
    assert_eq!(retired, refusal("invalid_grant", "authentication failure"));
    // An app for admin approved users, and a user who is none of them.
    let shut_out = by_password(&mut client, "HR Bridge", "finn.fox@acme.example", WORD);
    assert_eq!(shut_out, refusal("invalid_app_access", "user is not admin approved to access this app"));
    assert_eq!(last(&client, "finn.fox@acme.example", "Status"), "Failed: Not approved for access");
    let cases: [(Pairs<'_>, &str, &str); 4] = [
        (&[("grant_type", "magic")], "unsupported_grant_type", "grant type not supported"),
        (
            &[("grant_type", "password"), ("client_id", "none")],
            "invalid_client_id",
            "client identifier invalid",
        ),
        (
            &[("grant_type", "password"), ("client_id", &app.key), ("client_secret", "x")],
            "invalid_client",
            "invalid client credentials",
        ),
        (
            &[
                ("grant_type", "refresh_token"),
                ("client_id", &app.key),
                ("client_secret", &app.secret),
                ("refresh_token", "x"),
            ],
            "invalid_grant",
            "expired access/refresh token",
        ),
    ];
    for (pairs, error, description) in cases {
        assert_eq!(post(&mut client, "token", pairs, &[]), refusal(error, description));
    }
    let get = client.send("GET", "/services/oauth2/token", &[], "");
    assert!(get.status == 400 && get.body.contains("must use HTTP POST"), "{}", get.body);
    client.org.identity.password_flow = false;
    let off = by_password(&mut client, "ERP Connector", ADMIN, WORD);
    assert_eq!(off, refusal("invalid_grant", "authentication failure"));
    assert_eq!(last(&client, ADMIN, "Status"), "Username-Password Flow Disabled");
}

#[test]
fn client_credentials_run_as_the_policys_user_from_their_addresses() {
    let mut client = Client::new();
    let of = |client: &mut Client, label: &str, headers: &[(&str, &str)]| {
        let app = app(client, label);
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", app.key, app.secret));
        let basic = format!("Basic {basic}");
        let mut all = vec![("authorization", basic.as_str())];
        all.extend(headers);
        post(client, "token", &[("grant_type", "client_credentials")], &all)
    };
    let (status, body) = of(&mut client, "Quantum Link", &[(FROM, "198.51.100.64")]);
    assert_eq!(status, 200, "{body}");
    assert!(body["id"].as_str().unwrap().ends_with(&user(&client, "quantum.sync@acme.example")));
    assert_eq!(last(&client, "quantum.sync@acme.example", "LoginSubType"), "OauthClientCredentials");
    let elsewhere = of(&mut client, "Quantum Link", &[(FROM, ELSEWHERE)]);
    assert_eq!(elsewhere, refusal("invalid_grant", "ip restricted or invalid login hours"));
    let generic = of(&mut client, "Quantum Link", &[("host", "login.salesforce.com")]);
    assert_eq!(generic, refusal("invalid_grant", "request not supported on this domain"));
    let off = of(&mut client, "ERP Connector", &[]);
    assert_eq!(off, refusal("invalid_grant", "client credentials flow not enabled"));
}

fn assertion(key: &str, username: &str, audience: &str, end: i64) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({ "iss": key, "sub": username, "aud": audience, "exp": end });
    let message = format!("{}.{}", part(json!({ "alg": "RS256" })), part(claims));
    let pair = RsaKeyPair::from_pkcs8(&der(include_str!("jwt/key.pem")).unwrap()).unwrap();
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn a_signed_assertion_stands_for_a_user_who_approved_or_is_approved() {
    let mut client = Client::new();
    let app = app(&client, "ERP Connector");
    let certificate = der(include_str!("jwt/certificate.pem")).unwrap();
    client.org.identity.certificates.insert(app.id.clone(), certificate);
    let now = client.org.now().unix_timestamp();
    let good = "https://login.salesforce.com";
    let of = |client: &mut Client, assertion: &str| {
        let kind = "urn:ietf:params:oauth:grant-type:jwt-bearer";
        post(client, "token", &[("grant_type", kind), ("assertion", assertion)], &[])
    };
    let fresh = assertion(&app.key, ADMIN, good, now + 120);
    assert_eq!(of(&mut client, &fresh), refusal("invalid_grant", "user hasn't approved this consumer"));
    // A token of theirs is the approval.
    by_password(&mut client, "ERP Connector", ADMIN, WORD);
    let (status, body) = of(&mut client, &fresh);
    assert_eq!(status, 200, "{body}");
    assert!(body.get("refresh_token").is_none());
    let own = "https://acme.my.salesforce.com";
    assert_eq!(of(&mut client, &assertion(&app.key, ADMIN, own, now + 120)).0, 200);
    // Not the last letter: four in a row say the same there.
    let at = fresh.len() - 10;
    let other = if fresh[at..].starts_with('A') { "B" } else { "A" };
    let forged = [&fresh[..at], other, &fresh[at + 1..]].concat();
    let cases = [
        (assertion(&app.key, ADMIN, "https://test.salesforce.com", now + 120), "Audience validation failed"),
        (assertion(&app.key, ADMIN, good, now - 600), "expired authorization code"),
        (fresh.replacen("eyJ", "eyK", 1), "invalid assertion"),
        (forged, "invalid assertion"),
        (assertion(&app.key, "nobody@acme.example", good, now + 120), "user hasn't approved this consumer"),
    ];
    for (assertion, description) in cases {
        let (status, body) = of(&mut client, &assertion);
        assert_eq!((status, body["error_description"].as_str().unwrap()), (400, description));
    }
}

fn asking(
    client: &mut Client,
    query: &[(&str, &str)],
    form: &[(&str, &str)],
) -> leastwise_org::page::PageResponse {
    let own =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let request = PageRequest {
        method: if form.is_empty() { "GET".into() } else { "POST".into() },
        host: Host::Core,
        hosts: Hosts::of("acme"),
        path: "/services/oauth2/authorize".into(),
        query: own(query),
        form: own(form),
        options: PageOptions::default(),
    };
    let session = client.org.sessions[&client.sid].clone();
    client.org.authorize(&session, &request)
}

#[test]
fn a_code_with_its_verifier_becomes_tokens_that_refresh_and_end() {
    let mut client = Client::new();
    let app = app(&client, "ERP Connector");
    let verifier = "a-verifier-that-is-long-enough-to-be-one-0123456789";
    let challenge = URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes()));
    let redirect = app.callbacks[0].clone();
    let wanted = [
        ("response_type", "code"),
        ("client_id", app.key.as_str()),
        ("redirect_uri", redirect.as_str()),
        ("state", "a&b"),
        ("code_challenge", challenge.as_str()),
    ];
    let page = asking(&mut client, &wanted, &[]);
    assert!(page.status == 200 && page.body.contains("Allow Access?"), "{}", page.body);
    let mut allowed = wanted.to_vec();
    let mut denied = allowed.clone();
    denied.push(("save", "Deny"));
    let to = |page: leastwise_org::page::PageResponse| page.headers[0].1.clone();
    assert!(to(asking(&mut client, &[], &denied)).contains("error=access_denied"));
    allowed.push(("save", "Allow"));
    let location = to(asking(&mut client, &[], &allowed));
    assert!(
        location.starts_with(&format!("{redirect}?code=aPrx")) && location.ends_with("&state=a%26b"),
        "{location}"
    );
    let code = location.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let redeem = |client: &mut Client, code: &str, verifier: &str| {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", app.key.as_str()),
            ("client_secret", app.secret.as_str()),
            ("redirect_uri", redirect.as_str()),
            ("code", code),
            ("code_verifier", verifier),
        ];
        post(client, "token", &pairs, &[])
    };
    let (status, body) = redeem(&mut client, &code, verifier);
    assert_eq!(status, 200, "{body}");
    assert_eq!(redeem(&mut client, &code, verifier), refusal("invalid_grant", "invalid authorization code"));
    // Approved now: no page any more. A wrong verifier spends the code.
    let again = to(asking(&mut client, &wanted, &[]));
    let second = again.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    assert_eq!(redeem(&mut client, &second, "another"), refusal("invalid_grant", "invalid code verifier"));
    let elsewhere: Vec<_> = wanted
        .iter()
        .map(|(k, v)| (*k, if *k == "redirect_uri" { "https://evil.example/" } else { *v }))
        .collect();
    let refused = asking(&mut client, &elsewhere, &[]);
    assert!(refused.status == 400 && refused.body.contains("redirect_uri_mismatch"));

    let refresh = body["refresh_token"].as_str().unwrap().to_owned();
    let access = body["access_token"].as_str().unwrap().to_owned();
    let own = [("client_id", app.key.as_str()), ("client_secret", app.secret.as_str())];
    let ask = |client: &mut Client, token: &str| {
        post(client, "introspect", &[own[0], own[1], ("token", token)], &[]).1
    };
    let about = ask(&mut client, &access);
    assert_eq!(
        (&about["active"], &about["username"], &about["token_type"]),
        (&json!(true), &json!(ADMIN), &json!("access_token"))
    );
    assert_eq!(ask(&mut client, &refresh)["token_type"], "refresh_token");
    assert_eq!(ask(&mut client, "00D!nothing"), json!({ "active": false }));
    let renew = |client: &mut Client| {
        post(
            client,
            "token",
            &[own[0], own[1], ("grant_type", "refresh_token"), ("refresh_token", &refresh)],
            &[],
        )
    };
    let (status, renewed) = renew(&mut client);
    assert_eq!(status, 200, "{renewed}");
    assert_eq!(last(&client, ADMIN, "LoginSubType"), "OauthRefreshToken");
    assert_eq!(post(&mut client, "revoke", &[("token", &refresh)], &[]).0, 200);
    assert_eq!(renew(&mut client), refusal("invalid_grant", "expired access/refresh token"));
    // The access tokens end with the refresh token that they came from.
    assert_eq!(ask(&mut client, &access), json!({ "active": false }));
    client.sid = access;
    assert_eq!(client.get("limits").0, 401);
}

#[test]
fn sessions_end_by_time_by_revocation_and_by_their_row() {
    let mut client = Client::new();
    let sign_in = |client: &mut Client| login(client, "u/62.0", ADMIN, WORD, "").text("sessionId");
    let alive = |client: &mut Client, sid: &str| {
        client.sid = sid.to_owned();
        client.get("sobjects/User/describe").0
    };
    let sid = sign_in(&mut client);
    client.org.identity.ahead = 70 * 60;
    assert_eq!(alive(&mut client, &sid), 200);
    // Used after half of its two hours: it has two more.
    client.org.identity.ahead = 180 * 60;
    assert_eq!(alive(&mut client, &sid), 200);
    client.org.identity.ahead = 310 * 60;
    client.sid = sid;
    let (status, code, message, _) = client.refused("GET", "sobjects/User/describe", &Value::Null);
    assert_eq!(
        (status, code.as_str(), message.as_str()),
        (401, "INVALID_SESSION_ID", "Session expired or invalid")
    );

    let (first, second) = (sign_in(&mut client), sign_in(&mut client));
    client.sid.clone_from(&first);
    let sessions = client.rows("SELECT Id, SessionType, NumSecondsValid, LoginType, LoginHistoryId FROM AuthSession WHERE IsCurrent = false ORDER BY CreatedDate");
    assert!(sessions.iter().all(|row| row["NumSecondsValid"] == 7200));
    let row = client.org.sessions[&second].row.clone();
    assert!(
        sessions.iter().any(|session| session["Id"] == row && session["LoginHistoryId"].is_string()),
        "{sessions:?}"
    );
    assert_eq!(client.json("DELETE", &format!("sobjects/AuthSession/{row}"), &Value::Null).0, 204);
    assert_eq!(alive(&mut client, &second), 401);
    assert_eq!(post(&mut client, "revoke", &[("token", &first)], &[]).0, 200);
    assert_eq!(alive(&mut client, &first), 401);
    let (status, body) = post(&mut client, "revoke", &[("token", &first)], &[]);
    assert_eq!((status, body["error"].as_str()), (400, Some("invalid_token")));
}

#[test]
fn sessions_are_bound_to_addresses_where_the_settings_say_so() {
    let mut client = Client::new();
    client.sid = login(&mut client, "u/62.0", ADMIN, WORD, "").text("sessionId");
    let from =
        |client: &mut Client, address: &str| client.send("GET", "limits", &[(FROM, address)], "").status;
    assert_eq!(from(&mut client, ELSEWHERE), 200);
    let kind = leastwise_org::metadata::kind_of("Settings").unwrap();
    let lock = json!({ "fullName": "Security", "sessionSettings": { "lockSessionsToIp": true } });
    let actor = leastwise_org::store::Actor { user_id: client.admin.clone() };
    client.org.write_component(&actor, kind, &lock, leastwise_org::metadata::Mode::Update).unwrap();
    assert_eq!(from(&mut client, ELSEWHERE), 401);
    assert_eq!(from(&mut client, "192.0.2.10"), 200);
}

#[test]
fn api_access_control_lets_in_installed_apps_and_those_who_may_use_any() {
    let mut client = Client::new();
    let sid = login(&mut client, "u/62.0", ADMIN, WORD, "").text("sessionId");
    client.org.control_api_access(true);
    client.sid = sid;
    let (status, _, message, _) = client.refused("GET", "limits", &Value::Null);
    assert_eq!((status, message.as_str()), (401, "This session is not valid for use with the REST API"));
    let blocked = by_password(&mut client, "ERP Connector", ADMIN, WORD);
    assert_eq!(blocked, refusal("OAUTH_APP_BLOCKED", "this app is blocked by admin"));
    let profile = client.org.row("User", &client.admin).unwrap()["ProfileId"].as_str().unwrap().to_owned();
    let set = client.org.profile_set(&profile).unwrap().clone();
    let mut set = set;
    set.insert("PermissionsUseAnyApiClient".into(), json!(true));
    client.org.put("PermissionSet", set);
    assert_eq!(client.get("limits").0, 200);
    assert_eq!(by_password(&mut client, "ERP Connector", ADMIN, WORD).0, 200);
}

#[test]
fn the_days_requests_run_out() {
    let mut client = Client::new();
    client.org.identity.api_limit = 3;
    let statuses: Vec<u16> = (0..4).map(|_| client.get("limits").0).collect();
    assert_eq!(statuses, [200, 200, 200, 403]);
    let (_, code, message, _) = client.refused("GET", "limits", &Value::Null);
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    );
}

#[test]
fn identity_is_told_to_its_owner_and_to_who_manages_users() {
    let mut client = Client::new();
    let (status, info) = client.get("/services/oauth2/userinfo");
    assert_eq!((status, &info["preferred_username"]), (200, &json!(ADMIN)));
    let url = |id: &str| format!("/id/{}/{id}", client.org.org_id());
    let (own, other) = (url(&client.admin.clone()), url(&user(&client, "finn.fox@acme.example")));
    let (_, identity) = client.get(&format!("{own}?version=62.0"));
    assert_eq!(identity["username"], ADMIN);
    assert_eq!(identity["urls"]["rest"], "https://acme.my.salesforce.com/services/data/v62.0/");
    assert_eq!(client.get(&other).1["username"], "finn.fox@acme.example");
    client.become_user("finn.fox@acme.example");
    assert_eq!(client.send("GET", &own, &[], "").status, 403);
    client.sid = "00D!wrong".into();
    let bad = client.send("GET", "/services/oauth2/userinfo", &[], "");
    assert_eq!((bad.status, bad.body.as_str()), (403, "Bad_OAuth_Token"));
}

#[test]
fn a_sandbox_is_signed_in_to_at_its_own_login_host() {
    let mut client = Client::new();
    client.org.become_sandbox("dev");
    let at = |client: &mut Client, host: &str| {
        let body = format!(
            "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><login xmlns='urn:partner.soap.sforce.com'><username>{ADMIN}</username><password>{WORD}</password></login></e:Body></e:Envelope>"
        );
        let headers = [("content-type", "text/xml"), ("soapaction", "login"), ("host", host)];
        let answer = client.send("POST", "/services/Soap/u/62.0", &headers, &body);
        Soap { status: answer.status, body: answer.body }
    };
    assert_eq!(at(&mut client, "login.salesforce.com").text("exceptionCode"), "INVALID_LOGIN");
    let answer = at(&mut client, "test.salesforce.com");
    assert_eq!((answer.status, answer.text("sandbox").as_str()), (200, "true"));
    assert!(answer.text("serverUrl").starts_with("https://acme--dev.sandbox.my.salesforce.com/"));
    assert_eq!(client.rows("SELECT IsSandbox FROM Organization")[0]["IsSandbox"], true);
}

#[test]
fn a_seeds_settings_and_policies_hold() {
    let folder = std::env::temp_dir().join(format!("leastwise-settings-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let ns = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";
    let security = format!(
        "<SecuritySettings {ns}><sessionSettings><sessionTimeout>FifteenMinutes</sessionTimeout></sessionSettings><passwordPolicies><maxLoginAttempts>ThreeAttempts</maxLoginAttempts></passwordPolicies></SecuritySettings>"
    );
    let own = format!(
        "<ProfileSessionSetting {ns}><externalCommunityUserIdentityVerif>false</externalCommunityUserIdentityVerif><forceLogout>false</forceLogout><profile>Standard</profile><sessionPersistence>false</sessionPersistence><sessionTimeout>30</sessionTimeout><sessionTimeoutWarning>false</sessionTimeoutWarning></ProfileSessionSetting>"
    );
    std::fs::write(folder.join("Security.settings-meta.xml"), security).unwrap();
    std::fs::write(folder.join("Standard.profileSessionSetting-meta.xml"), own).unwrap();
    let mut client = Client::new();
    leastwise_org::seed::load(&mut client.org, std::slice::from_ref(&folder)).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    let valid =
        |client: &mut Client, name: &str| login(client, "u/62.0", name, WORD, "").text("sessionSecondsValid");
    assert_eq!(valid(&mut client, ADMIN), "900");
    // The profile's own comes before the org's; what the file leaves out is as it was.
    assert_eq!(valid(&mut client, "finn.fox@acme.example"), "1800");
    let finn = user(&client, "finn.fox@acme.example");
    assert_eq!(client.org.lockout_of(&finn), (3, 15));
}
