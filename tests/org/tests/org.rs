//! The org against what is published and recorded of the platform: errors, queries, composites, sessions, seeds.
//!
//! It never asks more of the org than a client could see: requests in, answers out.

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
use leastwise_org::page::{Host, Hosts, PageOptions, PageRequest};
use leastwise_org::store::{Org, PASSWORD, text};
use leastwise_org::{pages, seed};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

struct Client {
    org: Org,
    sid: String,
    admin: String,
    faults: Faults,
    cursors: HashMap<String, (usize, Vec<Value>)>,
}

impl Client {
    fn new() -> Client {
        let mut org = Org::new("acme");
        let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme");
        let admin = seed::load(&mut org, &[seed]).unwrap();
        let sid = org.sign_in_browser(&admin.username, PASSWORD, "192.0.2.1").unwrap().sid;
        Client { org, sid, admin: admin.id, faults: Faults::default(), cursors: HashMap::new() }
    }

    fn send(
        &mut self,
        method: &str,
        path: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        body: &Value,
    ) -> ApiAnswer {
        let mut all = HashMap::from([("authorization".to_owned(), format!("Bearer {}", self.sid))]);
        all.extend(headers.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        let request = ApiRequest {
            method: method.into(),
            path: path.into(),
            query: query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            headers: all,
            body: if body.is_null() { String::new() } else { body.to_string() },
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

    fn get(&mut self, path: &str) -> (u16, Value) {
        let answer = self.send("GET", path, &[], &[], &Value::Null);
        (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
    }

    fn query(&mut self, soql: &str) -> (u16, Value) {
        let answer = self.send("GET", "/services/data/v62.0/query", &[("q", soql)], &[], &Value::Null);
        (answer.status, serde_json::from_str(&answer.body).unwrap())
    }

    fn rows(&mut self, soql: &str) -> Vec<Value> {
        let (status, body) = self.query(soql);
        assert_eq!(status, 200, "{soql}: {body}");
        body["records"].as_array().unwrap().clone()
    }

    /// Status, code and message of a refused query.
    fn refused(&mut self, soql: &str) -> (u16, String, String) {
        let (status, body) = self.query(soql);
        let text = |key: &str| body[0][key].as_str().unwrap_or_default().to_owned();
        (status, text("errorCode"), text("message"))
    }
}

#[test]
fn versions_are_the_published_ones() {
    let mut client = Client::new();
    let (_, versions) = client.get("/services/data");
    let find = |version: &str| {
        versions.as_array().unwrap().iter().find(|v| v["version"] == version).unwrap()["label"].clone()
    };
    assert_eq!(find("31.0"), "Summer '14");
    assert_eq!(find("50.0"), "Winter '21");
    assert_eq!(find("61.0"), "Summer '24");
    assert_eq!(find("66.0"), "Spring '26");
    assert_eq!(find("67.0"), "Summer '26");
    assert_eq!(client.get("/services/data/v30.0/limits").0, 404);
}

#[test]
fn recorded_refusals() {
    let mut client = Client::new();
    assert_eq!(client.refused("SELECT foo FROM User").1, "INVALID_FIELD");
    assert!(client.refused("SELECT foo FROM User").2.contains("No such column 'foo' on entity 'User'"));
    let (status, code, message) = client.refused("SELECT Id FROM Nothing");
    assert_eq!((status, code.as_str()), (400, "INVALID_TYPE"));
    assert!(
        message.starts_with("\nSELECT Id FROM Nothing\n")
            && message.contains("ERROR at Row:1:Column:16\nsObject type 'Nothing' is not supported.")
    );
    assert_eq!(client.refused("SELECT Id FROM").1, "MALFORMED_QUERY");
    assert_eq!(client.refused("SELECT Id FROM User WHERE").1, "MALFORMED_QUERY");
    assert_eq!(client.refused("SELECT Id FROM User ;").1, "MALFORMED_QUERY");
    assert_eq!(client.refused("SELECT Id FROM LoginHistory WHERE Status = 'Success'").1, "INVALID_FIELD");
    let (status, body) = client.get("/services/data/v62.0/sobjects/User/0055g00000Nobody");
    assert_eq!((status, body[0]["errorCode"].as_str()), (404, Some("NOT_FOUND")));
    assert_eq!(client.get("/services/data/v62.0/sobjects/Nothing/describe").0, 404);

    client.sid = "00Dnobody!x".into();
    let (status, body) = client.get("/services/data/v62.0/limits");
    assert_eq!(
        (status, &body),
        (401, &json!([{ "message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID" }]))
    );
    let admin = client.admin.clone();
    client.sid = client.org.start_session(&admin, false).sid;
    let (status, body) = client.get("/services/data/v62.0/limits");
    assert_eq!(
        (status, body[0]["message"].as_str()),
        (401, Some("This session is not valid for use with the REST API"))
    );
}

#[test]
fn soql_as_the_product_and_others_write_it() {
    let mut client = Client::new();
    let rows = client.rows("SELECT Name, Profile.Name, Profile.UserLicense.Name FROM User WHERE Username = 'ERP.SYNC@acme.example'");
    assert_eq!(rows[0]["Profile"]["UserLicense"]["Name"], "Salesforce");
    assert_eq!(rows[0]["attributes"]["type"], "User");

    let rows = client.rows("SELECT FIELDS(STANDARD), (SELECT AssigneeId FROM Assignments LIMIT 2) FROM PermissionSet WHERE Name = 'Backup_Access'");
    assert_eq!(rows[0]["PermissionsViewAllData"], true);
    assert_eq!(rows[0]["PermissionsModifyAllData"], false);
    assert_eq!(rows[0]["Assignments"]["totalSize"], 2);
    assert_eq!(client.refused("SELECT FIELDS(ALL) FROM User").1, "MALFORMED_QUERY");

    let counted = client.rows("SELECT LoginType, COUNT(Id) n, MAX(LoginTime) FROM LoginHistory GROUP BY LoginType ORDER BY COUNT(Id) DESC");
    assert!(counted[0]["n"].as_u64().unwrap() > counted[1]["n"].as_u64().unwrap());
    assert!(counted[0]["expr0"].is_string());
    assert_eq!(
        client.query("SELECT COUNT() FROM Profile").1["totalSize"].as_u64().unwrap() as usize,
        client.org.rows("Profile").count()
    );
    assert!(
        client
            .refused("SELECT Name, COUNT(Id) FROM User GROUP BY ProfileId")
            .2
            .contains("must be grouped or aggregated")
    );

    let same = "SELECT Id FROM User WHERE ManagerId IN (SELECT Id FROM User)";
    assert!(
        client.refused(same).2.contains("The inner and outer selects should not be on the same object type")
    );
    assert!(!client.rows("SELECT Id FROM PermissionSet WHERE Id IN (SELECT PermissionSetId FROM PermissionSetAssignment WHERE Assignee.Username = 'billing.bot@acme.example')").is_empty());
    assert_eq!(
        client
            .rows("SELECT Id FROM User WHERE (Name LIKE 'ERP%' OR Name = 'x') AND NOT IsActive = false")
            .len(),
        1
    );
    assert!(
        client.rows("SELECT Id FROM LoginHistory WHERE LoginTime = LAST_N_DAYS:3").len()
            < client.rows("SELECT Id FROM LoginHistory").len()
    );
}

#[test]
fn long_answers_come_in_pages() {
    let mut client = Client::new();
    let answer = client.send(
        "GET",
        "/services/data/v62.0/query",
        &[("q", "SELECT Id FROM LoginHistory")],
        &[("sforce-query-options", "batchSize=200")],
        &Value::Null,
    );
    let page: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((page["done"].as_bool(), page["records"].as_array().unwrap().len()), (Some(false), 200));
    let next = page["nextRecordsUrl"].as_str().unwrap().to_owned();
    let (_, rest) = client.get(&next);
    assert_eq!(rest["done"], true);
    assert_eq!(200 + rest["records"].as_array().unwrap().len(), page["totalSize"].as_u64().unwrap() as usize);
    assert_eq!(client.get(&next).1, rest, "a page can be read again");
    let beyond = format!("{}-9999", next.rsplit_once('-').unwrap().0);
    for bad in
        [beyond.as_str(), "/services/data/v62.0/query/01g5g00000000000AA-200", "/services/data/v62.0/query/x"]
    {
        assert_eq!(client.get(bad).1[0]["errorCode"], "INVALID_QUERY_LOCATOR");
    }
    assert!(next.starts_with("/services/data/v62.0/query/0r8"), "{next}");
}

#[test]
fn composites_keep_the_platforms_limits_and_references() {
    let mut client = Client::new();
    let part = |url: &str, reference: &str| json!({ "method": "GET", "url": url, "referenceId": reference });
    let send = |client: &mut Client, parts: Vec<Value>| {
        let answer = client.send(
            "POST",
            "/services/data/v62.0/composite",
            &[],
            &[],
            &json!({ "compositeRequest": parts }),
        );
        (answer.status, serde_json::from_str::<Value>(&answer.body).unwrap())
    };
    let user = format!("/services/data/v62.0/sobjects/User/{}", client.admin);
    let (_, body) = send(
        &mut client,
        vec![
            part(&user, "u"),
            part("/services/data/v62.0/sobjects/Profile/@{u.ProfileId}", "p"),
            part("/services/data/v62.0/sobjects/Profile/@{u.NoField}", "q"),
        ],
    );
    assert_eq!(body["compositeResponse"][1]["body"]["Name"], "System Administrator");
    assert_eq!(body["compositeResponse"][2]["body"][0]["errorCode"], "PROCESSING_HALTED");
    let six = (0..6)
        .map(|n| part("/services/data/v62.0/query?q=SELECT+Id+FROM+Profile", &format!("q{n}")))
        .collect();
    assert_eq!(send(&mut client, six).0, 400);
    let many = (0..26).map(|n| part(&user, &format!("u{n}"))).collect();
    assert_eq!(send(&mut client, many).0, 400);
    let (_, body) = send(&mut client, vec![part("/services/data/v62.0/limits", "l")]);
    assert_eq!(body["compositeResponse"][0]["httpStatusCode"], 400);
}

#[test]
fn metadata_is_given_for_one_profile_a_query() {
    let mut client = Client::new();
    let mut tooling = |soql: &str| {
        let answer =
            client.send("GET", "/services/data/v62.0/tooling/query", &[("q", soql)], &[], &Value::Null);
        (answer.status, serde_json::from_str::<Value>(&answer.body).unwrap())
    };
    let (_, body) = tooling("SELECT Metadata FROM Profile WHERE Name = 'Acme Data Warehouse'");
    assert_eq!(body["records"][0]["Metadata"]["loginIpRanges"][0]["startAddress"], "198.51.100.0");
    let (_, body) = tooling("SELECT FullName, Metadata FROM Profile WHERE Name = 'System Administrator'");
    assert_eq!(body["records"][0]["FullName"], "Admin");
    let (status, body) = tooling("SELECT Metadata FROM Profile");
    assert_eq!((status, body[0]["errorCode"].as_str()), (400, Some("MALFORMED_QUERY")));
}

#[test]
fn writes_are_refused_as_the_platform_refuses_them() {
    let mut client = Client::new();
    let find = |client: &Client, object: &str, field: &str, value: &str| {
        text(client.org.rows_by(object, field, value)[0], "Id").to_owned()
    };
    let patch = |client: &mut Client, object: &str, id: &str, body: Value| {
        let answer =
            client.send("PATCH", &format!("/services/data/v62.0/sobjects/{object}/{id}"), &[], &[], &body);
        (
            answer.status,
            serde_json::from_str::<Value>(&answer.body).unwrap_or(Value::Null)[0]["errorCode"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    let erp = find(&client, "User", "Username", "erp.sync@acme.example");
    assert_eq!(patch(&mut client, "User", &erp, json!({ "Nope": 1 })).1, "INVALID_FIELD");
    assert_eq!(
        patch(&mut client, "User", &erp, json!({ "LastLoginDate": "2020-01-01T00:00:00Z" })).1,
        "INVALID_FIELD_FOR_INSERT_UPDATE"
    );
    assert_eq!(
        patch(&mut client, "User", &erp, json!({ "Username": "admin@acme.example" })).1,
        "DUPLICATE_USERNAME"
    );
    let standard = find(&client, "Profile", "Name", "System Administrator");
    assert_eq!(
        patch(&mut client, "Profile", &standard, json!({ "PermissionsViewAllData": false })).1,
        "FIELD_INTEGRITY_EXCEPTION"
    );
    let custom = find(&client, "Profile", "Name", "Acme Marketing");
    assert_eq!(patch(&mut client, "Profile", &custom, json!({ "PermissionsRunReports": false })).0, 204);
    let set = client.org.profile_set(&custom).unwrap();
    assert_eq!(set.get("PermissionsRunReports"), None, "the profile's own set follows");
    let set = text(set, "Id").to_owned();
    assert!(patch(&mut client, "PermissionSet", &set, json!({ "PermissionsRunReports": true })).0 >= 400);

    let anna = find(&client, "User", "Username", "anna.aalto@acme.example");
    client.sid = client.org.start_session(&anna, true).sid;
    assert_eq!(
        patch(&mut client, "User", &erp, json!({ "Title": "x" })).1,
        "INSUFFICIENT_ACCESS_OR_READONLY"
    );
    assert!(
        client.rows("SELECT Id FROM LoginHistory").len() < 20,
        "others' sign-ins are hidden, without an error"
    );
    let dev = find(&client, "User", "Username", "cara.cruz@acme.example");
    assert!(client.org.has_permission(&dev, "ApiEnabled"));
    let hidden = find(&client, "User", "Username", "tom.tool@acme.example");
    client.sid = client.org.start_session(&hidden, true).sid;
    assert_eq!(client.get("/services/data/v62.0/limits").1[0]["errorCode"], "API_DISABLED_FOR_ORG");
}

#[test]
fn groups_grant_what_their_members_do_less_what_is_muted() {
    let client = Client::new();
    let id = |username: &str| text(client.org.rows_by("User", "Username", username)[0], "Id").to_owned();
    let billing = id("billing.bot@acme.example");
    assert!(client.org.has_permission(&billing, "ManageLeads"));
    assert!(!client.org.has_permission(&billing, "ModifyAllData"));
    assert!(!client.org.has_permission(&id("dev.desai@acme.example"), "ResetPasswords"));
}

#[test]
fn soap_login_is_there_up_to_version_64() {
    let mut client = Client::new();
    let mut login = |version: &str, password: &str| {
        let body = format!(
            "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/' xmlns='urn:partner.soap.sforce.com'><e:Body><login><username>erp.sync@acme.example</username><password>{password}</password></login></e:Body></e:Envelope>"
        );
        let request = ApiRequest {
            method: "POST".into(),
            path: format!("/services/Soap/u/{version}"),
            query: vec![],
            headers: HashMap::from([("soapaction".to_owned(), "login".to_owned())]),
            body,
        };
        Api {
            org: &mut client.org,
            faults: &mut client.faults,
            cursors: &mut client.cursors,
            parts: vec![],
            user: String::new(),
        }
        .answer(&request)
    };
    assert!(login("64.0", PASSWORD).body.contains("<sessionId>00D"));
    assert!(login("64.0", "wrong").body.contains("INVALID_LOGIN"));
    assert!(login("65.0", PASSWORD).body.contains("INVALID_OPERATION"));
}

fn page(
    client: &mut Client,
    host: Host,
    path: &str,
    query: &[(&str, &str)],
    form: &[(&str, &str)],
) -> (u16, String) {
    let session = client.org.sessions[&client.sid].clone();
    let own = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    let request = PageRequest {
        method: if form.is_empty() { "GET" } else { "POST" }.into(),
        host,
        hosts: Hosts::of("acme"),
        path: path.into(),
        query: own(query),
        form: own(form),
        options: PageOptions::default(),
    };
    let answer = pages::respond(&mut client.org, Some(&session), &request);
    (answer.status, answer.body)
}

#[test]
fn pages_have_the_markup_that_is_known() {
    let mut client = Client::new();
    let user = text(client.org.rows_by("User", "Username", "hostile@acme.example")[0], "Id").to_owned();
    let profile = text(client.org.rows_by("Profile", "Name", "Acme Marketing")[0], "Id").to_owned();
    let (_, html) = page(&mut client, Host::Core, &format!("/{user}/e"), &[], &[]);
    for id in [
        "active",
        "Profile",
        "role",
        "user_license_id",
        "name_firstName",
        "name_lastName",
        "Email",
        "Username",
    ] {
        assert!(html.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert!(!html.contains("<img src=x") && html.contains("&lt;img src=x"));
    let (_, html) =
        page(&mut client, Host::Core, &format!("/{profile}/e"), &[("s", "SystemPermissions")], &[]);
    assert!(
        html.contains(":userPerm\"")
            && html.contains("title=\"ViewAllData\"")
            && html.contains(":button_pc_save\"")
    );
    let (_, html) = page(&mut client, Host::Core, &format!("/{profile}/e"), &[], &[]);
    assert!(
        html.contains("id=\"editPage\"")
            && html.contains("class=\"labelCol\"")
            && !html.contains("title=\"ViewAllData\"")
    );
    let (_, html) = page(&mut client, Host::Core, &format!("/{profile}/e"), &[("language", "ja")], &[]);
    assert!(
        html.contains("すべてのデータ") || html.contains("API の有効化"),
        "labels are translated, ids are not"
    );
    let (status, _) = page(&mut client, Host::Core, "/0055g00000Nobody", &[], &[]);
    assert_eq!(status, 404);
}

#[test]
fn forms_really_save() {
    let mut client = Client::new();
    let user = text(client.org.rows_by("User", "Username", "marketing.hub@acme.example")[0], "Id").to_owned();
    let profile = text(client.org.rows_by("Profile", "Name", "Acme Sales")[0], "Id").to_owned();
    let form = [
        ("name_lastName", "Marketing Hub 2"),
        ("Email", "m@acme.example"),
        ("Username", "marketing.hub@acme.example"),
        ("Alias", "mh"),
        ("Profile", &profile),
        ("active", "1"),
        ("save", "Save"),
    ];
    assert_eq!(page(&mut client, Host::Core, &format!("/{user}/e"), &[], &form).0, 302);
    let row = client.org.row("User", &user).unwrap();
    assert_eq!((text(row, "Name"), text(row, "ProfileId")), ("Marketing Hub 2", profile.as_str()));
    assert!(client.org.has_permission(&user, "ConvertLeads"), "the new profile's permissions reach the user");

    let at = |client: &Client, wanted: &str| {
        let at = client.org.schema.permissions().position(|(name, _)| name == wanted).unwrap();
        format!("page:console:x:{at}:userPerm")
    };
    let post = |client: &mut Client, field: &str| {
        page(client, Host::Core, &format!("/{profile}/e"), &[("s", "SystemPermissions")], &[(field, "true")])
    };
    let lacking = at(&client, "ModifyAllData");
    let (status, body) = post(&mut client, &lacking);
    assert!(status == 200 && body.contains("Permission Modify All Data depends on permission(s): "));
    assert!(!client.org.has_permission(&user, "ModifyAllData"), "what is refused changes nothing");
    assert!(client.org.has_permission(&user, "ConvertLeads"));
    let alone = at(&client, "DataExport");
    assert_eq!(post(&mut client, &alone).0, 302);
    assert!(client.org.has_permission(&user, "DataExport"));
    assert!(!client.org.has_permission(&user, "ConvertLeads"), "what is not ticked is off");
}

#[test]
fn every_public_repository_can_be_a_seed() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if !corpus.is_dir() {
        println!("skipped: ../shared/corpus is not there");
        return;
    }
    let folders: Vec<PathBuf> =
        std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(folders.len() > 10);
    for folder in folders {
        let mut org = Org::new("acme");
        let admin = seed::load(&mut org, std::slice::from_ref(&folder))
            .unwrap_or_else(|error| panic!("{}: {error:#}", folder.display()));
        assert!(org.has_permission(&admin.id, "ModifyAllData"));
        let profiles = org
            .rows("Profile")
            .filter(|row| !org.rows_by("User", "ProfileId", text(row, "Id")).is_empty())
            .count();
        assert!(profiles > 0);
    }
}

#[test]
fn nonsense_is_refused_and_never_a_panic() {
    let mut client = Client::new();
    for soql in [
        "",
        "SELECT",
        "'",
        "SELECT (((((",
        "SELECT Id FROM User WHERE Name = 'a",
        "SELECT Id FROM User LIMIT -1",
        "SELECT \u{0} FROM User",
        "ＳＥＬＥＣＴ Id FROM User",
        "SELECT Id FROM User WHERE Id IN ()",
        "SELECT a.b.c.d.e.f FROM User",
        "SELECT Id FROM User WHERE Name LIKE '%%%%%%%%%%%%%%%%%%%%%%%%x'",
    ] {
        let (status, _) = client.query(soql);
        assert!(status == 400 || status == 200, "{soql}");
    }
    let deep = format!("SELECT Id FROM User WHERE {}Name = 'x'{}", "(".repeat(2_500), ")".repeat(2_500));
    assert_eq!(client.query(&deep).0, 400);
    for body in ["", "[]", "{", "{\"compositeRequest\":{}}", "null"] {
        let request = ApiRequest {
            method: "POST".into(),
            path: "/services/data/v62.0/composite".into(),
            query: vec![],
            headers: HashMap::from([("authorization".to_owned(), format!("Bearer {}", client.sid))]),
            body: body.into(),
        };
        let answer = Api {
            org: &mut client.org,
            faults: &mut client.faults,
            cursors: &mut client.cursors,
            parts: vec![],
            user: String::new(),
        }
        .answer(&request);
        assert_eq!(answer.status, 400, "{body}");
    }
}

proptest::proptest! {
    #![proptest_config(drawn::config(256))]

    #[test]
    fn drawn_query_is_answered(soql in "(SELECT |FROM |WHERE |User|Id|Name|[(),='<>]| |GROUP BY |COUNT\\(Id\\)|LIMIT 5|IN |NOT |LIKE |'x'|true|\\PC){0,24}") {
        let org = Org::new("acme");
        let _ = leastwise_org::soql::run(&org, "005", &soql, "/services/data/v62.0");
    }
}
