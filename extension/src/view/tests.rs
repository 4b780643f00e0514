//! Every screen as markup, kept as snapshots. The reports come from the core, fed with answers as an org gives them.

use super::panel::{panel, signed_in};
use super::plan;
use super::screen::{Changes, Screen};
use leastwise_core::collect::Collector;
use leastwise_core::journal::Journal;
use leastwise_core::protocol::Surface;
use leastwise_core::report::{Report, Viewer};
use leastwise_core::salesforce::http::{Answer, Failure, Response};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use maud::Markup;
use serde_json::{Value, json};

const URL: &str =
    "https://acme.my.salesforce-setup.com/lightning/setup/ManageUsers/page?address=%2F0055g00000AbCdE";
const PROFILE: &str = "https://acme.my.salesforce.com/00e5g000002AbCd?s=SystemPermissions";

/// A gather for `url`, its first request answered by `answer`.
fn gather(url: &str, answer: impl FnOnce(&Value) -> Result<Answer, Failure>) -> Collector {
    let page = Page::from_url(url).unwrap();
    let mut gather = Collector::new(&page, Timestamp(1_795_478_400), None, None);
    let request = gather.next().unwrap();
    let asked = serde_json::from_str(&request.body.unwrap()).unwrap();
    gather.feed(Response { id: request.id, answer: answer(&asked) });
    gather
}

/// An integration user by the name of `name`, with a shared administrator's profile.
fn user(name: &str) -> Collector {
    gather(URL, |asked| {
        let parts = asked["compositeRequest"].as_array().unwrap().iter().map(|part| {
            let body = match part["referenceId"].as_str().unwrap() {
                "user" => json!({
                    "Id": "0055g00000AbCdE", "Name": name, "Username": "erp@acme.example", "IsActive": true,
                    "UserType": "Standard", "ProfileId": "00e5g000002AbCd",
                }),
                "profile" => json!({
                    "Id": "00e5g000002AbCd", "Name": "System Administrator", "UserType": "Standard",
                    "UserLicenseId": "1005g000000AAAA",
                }),
                "license" => json!({ "Id": "1005g000000AAAA", "Name": "Salesforce", "LicenseDefinitionKey": "SFDC" }),
                "signIns" => json!({ "records": [{
                    "UserId": "0055g00000AbCdE", "LoginType": "Remote Access 2.0",
                    "LoginSubType": "OauthClientCredentials", "Application": "Acme ERP", "Status": "Success",
                    "SourceIp": "198.51.100.9", "total": 412, "newest": "2026-11-20T00:00:00.000+0000",
                }] }),
                "labels" => json!({ "fields": [] }),
                _ => json!({ "records": [] }),
            };
            json!({ "referenceId": part["referenceId"], "httpStatusCode": 200, "body": body, "httpHeaders": {} })
        });
        let body = json!({ "compositeResponse": parts.collect::<Vec<_>>() }).to_string();
        Ok(Answer { status: 200, body })
    })
}

fn refused() -> Collector {
    gather(URL, |_| {
        let body = json!([{ "message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID" }]);
        Ok(Answer { status: 401, body: body.to_string() })
    })
}

fn viewer() -> Viewer {
    Viewer::from_userinfo(
        r#"{"organization_id":"00D5g000000AAAA","user_id":"0055g00000AdMiN","name":"Ada Admin",
            "preferred_username":"ada@acme.example","language":"en_US"}"#,
    )
    .unwrap()
}

fn screen(report: &Report) -> Screen<'_> {
    Screen {
        report,
        findings: report.findings().leak(),
        edit: None,
        saved: None,
        is_reading: false,
        viewer: None,
        earlier_viewer: None,
        accepting: None,
        is_docked: false,
        changes: no_changes(),
    }
}

static NONE: Journal = Journal::new();

fn no_changes() -> Changes<'static> {
    Changes {
        plans: &[],
        remedies: &[],
        users: &[],
        refusal: None,
        now: Timestamp(1_795_478_400),
        emergency: &[],
        journal: &NONE,
        plan: None,
        surface: Surface::Page,
        read_only: None,
        is_allowed: false,
        org: "",
        host: "acme.my.salesforce.com",
        is_sandbox: None,
        is_unread: false,
        is_unsaved: false,
    }
}

/// Markup a tag a line, so that a difference is read as one.
fn lines(markup: Markup) -> String {
    markup.into_string().replace('<', "\n<").replace("\n</", "</")
}

#[test]
fn a_report() {
    let gather = user("ERP Integration");
    let (report, viewer) = (Report::new(&gather), viewer());
    insta::assert_snapshot!(lines(panel(&Screen { viewer: Some(&viewer), ..screen(&report) })));
}

#[test]
fn a_report_after_login_as() {
    let gather = user("ERP Integration");
    let (report, viewer) = (Report::new(&gather), viewer());
    let html =
        signed_in(&Screen { viewer: Some(&viewer), earlier_viewer: Some("Bo Boss"), ..screen(&report) });
    insta::assert_snapshot!(lines(html));
}

#[test]
fn an_admin_s_own_page_says_why_nothing_is_offered() {
    let gather = user("Ada Admin");
    let report = Report::new(&gather);
    let sentence = "These are your own permissions. Leastwise doesn't change the user you're logged in as.";
    let says = |refusal| {
        let changes = Changes { refusal, ..no_changes() };
        panel(&Screen { viewer: Some(&viewer()), changes, ..screen(&report) }).into_string()
    };
    assert!(says(Some(sentence)).contains(sentence));
    assert!(!says(None).contains("data-own"));
}

#[test]
fn what_has_to_be_entered_is_marked_where_it_stands() {
    use leastwise_core::plan::{Input, InputKind};
    let input = Input {
        label: "Team email address".into(),
        kind: InputKind::Email,
        value: String::new(),
        notes: vec![],
    };
    let html = |value: &str| plan::control_of(2, &input, value).into_string();
    let empty = html("");
    for part in [
        r#"aria-invalid="true""#,
        r#"aria-describedby="in-2-fault""#,
        r#"<p class="fault" id="in-2-fault" dir="auto">Enter a team email address.</p>"#,
        "required",
    ] {
        assert!(empty.contains(part), "{part}: {empty}");
    }
    assert!(html("nobody").contains("is not an email address."));
    assert!(!html("team@acme.example").contains("fault"));
}

#[test]
fn reading() {
    let page = Page::from_url(PROFILE).unwrap();
    let gather = Collector::new(&page, Timestamp(1_795_478_400), None, None);
    let report = Report::new(&gather);
    insta::assert_snapshot!(lines(panel(&Screen { is_reading: true, ..screen(&report) })));
}

#[test]
fn a_refusal() {
    let report_of = refused();
    let report = Report::new(&report_of);
    insta::assert_snapshot!(lines(panel(&screen(&report))));
}

#[test]
fn names_stay_text() {
    let gather = user("<img src=x onerror=alert(1)>\"'&");
    let html = panel(&screen(&Report::new(&gather))).into_string();
    assert!(!html.contains("<img"));
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"));
}

#[test]
fn nothing_is_styled_in_place() {
    let gather = user("ERP Integration");
    let html = panel(&screen(&Report::new(&gather))).into_string();
    assert!(!html.contains("style=") && !html.contains("<style"));
}

#[test]
fn every_rule_has_a_row() {
    for gather in [user("ERP Integration"), refused()] {
        let html = panel(&screen(&Report::new(&gather))).into_string();
        for rule in leastwise_core::rules::all() {
            assert!(html.contains(&format!("data-rule=\"{}\"", rule.id)), "{}", rule.id);
        }
    }
}

#[test]
fn ids_are_unique() {
    for gather in [user("ERP Integration"), refused()] {
        let html = panel(&screen(&Report::new(&gather))).into_string();
        let mut ids: Vec<&str> =
            html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
