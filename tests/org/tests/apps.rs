//! What a review says of the apps of the seed acme and of its settings, against verdicts made by hand from the seed's files;
//! and that neither is taken for fine where it could not be read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test"
)]

mod client;

use client::Client;
use leastwise_core::review::result::{App, Row};
use leastwise_core::review::{About, Judge, Options, Reader, Review};
use leastwise_core::salesforce::http::{Answer, Response};
use leastwise_core::salesforce::time::Timestamp;
use leastwise_core::waivers::{Day, Waivers};
use std::collections::BTreeMap;

fn now() -> Timestamp {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    Timestamp(i64::try_from(seconds).unwrap())
}

/// What the Metadata API says to whom it does not let in, as tests/org has it.
const FAULT: &str = r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="http://soap.sforce.com/2006/04/metadata"><soapenv:Body><soapenv:Fault><faultcode>sf:INSUFFICIENT_ACCESS</faultcode><faultstring>INSUFFICIENT_ACCESS: use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>"#;

/// A review of the org; `lacks` refuses requests whose body has this text.
fn review_without(client: &mut Client, lacks: Option<&str>) -> Review {
    review_with(client, lacks, About::default())
}

fn review_with(client: &mut Client, lacks: Option<&str>, about: About) -> Review {
    let mut reader = Reader::new(now(), Options::default());
    client.drive_on(&mut reader, |request, answer| {
        let is_refused = |body: &String| lacks.is_some_and(|lacks| body.contains(lacks));
        if !request.body.as_ref().is_some_and(is_refused) {
            return answer;
        }
        Response { answer: Ok(Answer { status: 500, body: FAULT.into() }), ..answer }
    });
    Judge::new(reader, about).finish()
}

fn review(client: &mut Client) -> Review {
    review_without(client, None)
}

fn app<'a>(review: &'a Review, label: &str) -> &'a App {
    review.apps.iter().find(|app| app.label == label).unwrap_or_else(|| panic!("{label}"))
}

/// Rules by outcome; of findings with the severity of each.
fn said(rows: &[Row], outcome: &str) -> BTreeMap<String, Vec<String>> {
    let own = rows.iter().filter(|row| row.outcome == outcome);
    let severities = |row: &Row| row.findings.iter().map(|found| found.severity.word().to_owned()).collect();
    own.map(|row| (row.rule.clone(), severities(row))).collect()
}

/// Verdicts made by hand: rule, and the severity of each of its findings.
fn by_hand(verdicts: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    verdicts.iter().map(|(rule, severities)| ((*rule).to_owned(), owned(severities))).collect()
}

#[test]
fn apps_are_judged_by_what_their_files_say() {
    let review = review(&mut Client::new());
    for app in &review.apps {
        println!("{} ({}): {:?}", app.label, app.kind, said(&app.rows, "finding"));
    }
    let findings = |label: &str| said(&app(&review, label).rows, "finding");
    // Full access until revoked, from anywhere; no PKCE, no rotation, no secret.
    assert_eq!(
        findings("ERP Connector"),
        by_hand(&[
            ("endless-refresh-token", &["critical"]),
            ("full-scope", &["high"]),
            ("legacy-connected-app", &["info"]),
            ("relaxed-ip-policy", &["high"]),
            ("weak-oauth-flow", &["medium"; 3]),
        ])
    );
    // Until revoked, for the API alone; its contact is at a private mailbox; no PKCE and no rotation.
    assert_eq!(
        findings("Jira Sync"),
        by_hand(&[
            ("app-contact-gone", &["medium"]),
            ("endless-refresh-token", &["medium"]),
            ("legacy-connected-app", &["info"]),
            ("weak-oauth-flow", &["medium"; 2]),
        ])
    );
    // Full access without refresh tokens; approved for ten profiles and two permission sets.
    assert_eq!(
        findings("Marketing Hub"),
        by_hand(&[
            ("full-scope", &["high"]),
            ("legacy-connected-app", &["info"]),
            ("widely-approved-app", &["medium"]),
        ])
    );
    assert_eq!(
        findings("Backup Vault"),
        by_hand(&[("legacy-connected-app", &["info"]), ("relaxed-ip-policy", &["high"])])
    );
    // Its contact looks like a person's, and no user has that address; HR Feed logs in by it with a password.
    assert_eq!(
        findings("HR Bridge"),
        by_hand(&[
            ("app-contact-gone", &["low"]),
            ("legacy-connected-app", &["info"]),
            ("long-session", &["medium"]),
            ("weak-oauth-flow", &["high"]),
        ])
    );
    // Its certificate ended in 2025.
    assert_eq!(
        findings("Ledger Export"),
        by_hand(&[("expiring-certificate", &["high"]), ("legacy-connected-app", &["info"])])
    );
    // Anna is a person.
    assert_eq!(
        findings("Chat Notifier"),
        by_hand(&[("client-credentials-as-person", &["high"]), ("legacy-connected-app", &["info"])])
    );
    // Its policy says nothing of refresh tokens: the default, which its row has, is "until revoked".
    assert_eq!(findings("Quantum Link"), by_hand(&[("endless-refresh-token", &["medium"])]));
    assert_eq!(findings("Billing Engine"), by_hand(&[("legacy-connected-app", &["info"])]));
    // The loader has no scope for refresh tokens, and runs as an integration's user who may only use the API.
    assert_eq!(findings("Warehouse Loader"), by_hand(&[]));
    let passed = said(&app(&review, "Warehouse Loader").rows, "pass");
    for rule in ["client-credentials-as-person", "full-scope", "relaxed-ip-policy", "weak-oauth-flow"] {
        assert!(passed.contains_key(rule), "{rule}: {passed:?}");
    }
    assert_eq!(findings("Data Loader"), by_hand(&[("look-alike-app", &["high"])]));
    assert_eq!(app(&review, "Data Loader").kind, "Not installed");
    let causes: Vec<&str> = review.causes.iter().map(|cause| cause.title.as_str()).collect();
    assert!(causes.contains(&"“ERP Connector” keeps full access until it is revoked"), "{causes:?}");
    // Nobody knows what an app is set to that stands in no list: that is told, and never a pass.
    for label in ["Old Reporting Tool", "Salesforce for iOS"] {
        let passed = said(&app(&review, label).rows, "pass");
        assert_eq!(passed.keys().collect::<Vec<_>>(), ["look-alike-app"], "{label}");
        assert!(said(&app(&review, label).rows, "cannot-tell").contains_key("full-scope"), "{label}");
    }
    assert_eq!(app(&review, "Salesforce for iOS").kind, "Salesforce's own");
    assert_eq!(app(&review, "Dataloader Bulk").kind, "Salesforce's own");
    assert_eq!(app(&review, "Old Reporting Tool").kind, "Not installed");
}

#[test]
fn the_org_is_judged_by_its_settings() {
    let mut client = Client::new();
    let before = review(&mut client);
    assert_eq!(
        said(&before.org_rows, "finding"),
        by_hand(&[
            ("api-access-control-off", &["info"]),
            ("ip-checked-at-login-only", &["medium"]),
            ("password-flow-allowed", &["medium"; 3]),
            ("unused-integration-seat", &["info"]),
        ])
    );
    // API Access Control stays off: with it, no session of a browser is let in.
    for (kind, field) in [
        ("OauthOidc", "blockOAuthUnPwFlow"),
        ("OauthOidc", "blockOAuthUsrAgtFlow"),
        ("MyDomain", "doesApiLoginRequireOrgDomain"),
    ] {
        let key = ("Settings".to_owned(), kind.to_owned());
        client.org.documents.get_mut(&key).unwrap()[field] = true.into();
    }
    client.org.identity.password_flow = false;
    let security = ("Settings".to_owned(), "Security".to_owned());
    client.org.documents.get_mut(&security).unwrap()["sessionSettings"]["enforceIpRangesEveryRequest"] =
        true.into();
    let after = review(&mut client);
    assert_eq!(
        said(&after.org_rows, "finding"),
        by_hand(&[("api-access-control-off", &["info"]), ("unused-integration-seat", &["info"])])
    );
    let passed = said(&after.org_rows, "pass");
    let expected = ["ip-checked-at-login-only", "password-flow-allowed", "weak-password-policy"];
    assert_eq!(passed.keys().collect::<Vec<_>>(), expected);
    let solved = leastwise_core::review::compare::compare(&before, &after);
    let solved: Vec<&str> = solved
        .iter()
        .filter(|one| one.change == leastwise_core::review::compare::Change::Solved)
        .map(|one| one.rule.as_str())
        .collect();
    let medium = ["ip-checked-at-login-only"].into_iter().chain(["password-flow-allowed"; 3]);
    assert_eq!(solved, medium.collect::<Vec<_>>());
}

#[test]
fn without_the_metadata_nothing_of_apps_and_settings_passes() {
    let mut client = Client::new();
    let review = review_without(&mut client, Some("checkRetrieveStatus"));
    assert!(!review.missing.is_empty());
    for rows in review.apps.iter().map(|app| &app.rows).chain([&review.org_rows]) {
        let read = ["finding", "pass"].map(|word| said(rows, word));
        // Rows tell a little of external client apps, and which kind an app is.
        let of_rows = [
            "client-credentials-as-person",
            "endless-refresh-token",
            "legacy-connected-app",
            "look-alike-app",
            "relaxed-ip-policy",
            "unused-integration-seat",
            "weak-oauth-flow",
            "widely-approved-app",
        ];
        assert!(
            read.iter().flat_map(BTreeMap::keys).all(|rule| of_rows.contains(&rule.as_str())),
            "{read:?}"
        );
        assert!(!said(rows, "cannot-tell").is_empty());
    }
    let erp = said(&app(&review, "ERP Connector").rows, "cannot-tell");
    for rule in ["app-contact-gone", "endless-refresh-token", "full-scope", "relaxed-ip-policy"] {
        assert!(erp.contains_key(rule), "{rule}: {erp:?}");
    }
}

#[test]
fn what_is_accepted_of_an_app_is_told_as_such() {
    let mut client = Client::new();
    let first = review(&mut client);
    let erp = app(&first, "ERP Connector");
    let found = &erp.rows.iter().find(|row| row.rule == "full-scope").unwrap().findings[0];
    let day = |days: i64| Timestamp(now().0 + days * 86_400).to_string();
    let file = serde_json::json!({ "version": 1, "notes": [], "waivers": [{
        "rule": "full-scope", "about": found.about, "fingerprint": found.fingerprint,
        "subject": { "kind": "app", "key": "ERP_Connector", "id": erp.id, "org": first.org.id },
        "reason": "The vendor needs it until the next release", "owner": "it@acme.example",
        "created": day(-1), "expires": day(60), "severity": "high", "by": "admin@acme.example" }] });
    let read = Waivers::import(&file.to_string(), Waivers::default().terms(), Day::of(now())).unwrap();
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    let second = review_with(&mut client, None, About { waivers: read.waivers, ..About::default() });
    let row = |review: &Review| {
        app(review, "ERP Connector").rows.iter().find(|row| row.rule == "full-scope").cloned().unwrap()
    };
    let accepted = row(&second).findings[0].accepted.clone().unwrap_or_default();
    assert!(accepted.contains("it@acme.example") && row(&first).findings[0].accepted.is_none(), "{accepted}");
}
