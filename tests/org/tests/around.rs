//! What there is around records: versions, further resources, the front door, deploys in parts, and Bulk API 1.
//!
//! It never looks behind an answer but where a test says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

mod client;

use client::Client;
use serde_json::{Value, json};

#[test]
fn versions_from_31_to_67_each_with_the_resources_of_its_time() {
    let mut client = Client::new();
    let (_, all) = client.get("/services/data");
    let versions: Vec<&str> =
        all.as_array().unwrap().iter().map(|one| one["version"].as_str().unwrap()).collect();
    assert_eq!((versions.first(), versions.last(), versions.len()), (Some(&"31.0"), Some(&"67.0"), 37));
    assert_eq!(all[0]["label"], "Summer '14");
    assert_eq!(all[36]["label"], "Summer '26");
    for (address, status) in [
        ("/services/data/v67.0/limits", 200),
        ("/services/data/v31.0/limits", 200),
        ("/services/data/v68.0/limits", 404),
        ("/services/data/v30.0/limits", 404),
        ("/services/data/v33.0/composite", 404),
        ("/services/data/v34.0/composite", 200),
        ("/services/data/v46.0/jobs/query", 404),
        ("/services/data/v47.0/jobs/query", 200),
        ("/services/data/v44.0/sobjects/PermissionSetGroup", 404),
        ("/services/data/v45.0/sobjects/PermissionSetGroup", 200),
    ] {
        assert_eq!(client.get(address).0, status, "{address}");
    }
}

#[test]
fn resources_around_records_answer_if_only_with_a_refusal() {
    let mut client = Client::seeded(&["acme", "sales"]);
    for (address, is) in [
        ("recent", json!([])),
        ("quickActions", json!([])),
        ("theme", json!({ "themeItems": [] })),
        ("process/rules", json!({ "rules": {} })),
        ("sobjects/Account/quickActions", json!([])),
    ] {
        assert_eq!(client.get(address), (200, is), "{address}");
    }
    let (status, tabs) = client.get("tabs");
    assert!(
        status == 200 && tabs.as_array().unwrap().iter().any(|tab| tab["name"] == "standard-Account"),
        "{tabs}"
    );
    let (_, views) = client.get("sobjects/Account/listviews");
    assert_eq!((&views["size"], &views["sobjectType"]), (&json!(0), &json!("Account")));
    let (_, compact) = client.get("sobjects/Account/describe/compactLayouts");
    assert_eq!(compact["compactLayouts"][0]["fieldItems"][0]["layoutComponents"][0]["value"], "Name");
    for address in
        ["ui-api/records/001", "connect/organization", "chatter/users/me", "/services/data/v60.0/graphql"]
    {
        let (status, code, message, _) = client.refused("GET", address, &Value::Null);
        assert_eq!((status, code.as_str()), (403, "API_DISABLED_FOR_ORG"), "{address}: {message}");
    }
    assert_eq!(client.refused("GET", "nothing/of/this", &Value::Null).0, 404);
    let (_, plan) = client.get("query?explain=SELECT+Id+FROM+Account+WHERE+Name='x'");
    assert_eq!(
        (&plan["plans"][0]["sobjectType"], &plan["plans"][0]["cardinality"]),
        (&json!("Account"), &json!(0))
    );
    assert_eq!(client.refused("GET", "query?explain=SELECT+FROM", &Value::Null).1, "MALFORMED_QUERY");
    let (_, columns) = client.get("tooling/query?q=SELECT+Id+FROM+User&columns=true");
    assert_eq!(columns["columnMetadata"][0]["columnName"], "Id");
    let (_, usage) = client.get("apps/oauth/usage");
    assert!(usage["apps"].is_array(), "{usage}");
}

#[test]
fn booleans_in_quotes_are_taken_and_a_wrong_id_is_shown_where_it_stands() {
    let mut client = Client::new();
    let made = json!({ "Name": "Quoted", "Label": "Quoted", "PermissionsRunReports": "true" });
    let id = client.create("PermissionSet", made);
    assert_eq!(
        client.rows(&format!("SELECT PermissionsRunReports FROM PermissionSet WHERE Id = '{id}'"))[0]["PermissionsRunReports"],
        true
    );
    for other in [json!("yes"), json!(1), json!("1")] {
        let (status, code, ..) = client.refused(
            "PATCH",
            &format!("sobjects/PermissionSet/{id}"),
            &json!({ "PermissionsRunReports": other }),
        );
        assert_eq!((status, code.as_str()), (400, "JSON_PARSER_ERROR"), "{other}");
    }
    let (_, refused) = client.query("SELECT Id, Name FROM Contact WHERE (Id = 'somethingwonky') LIMIT 1");
    assert!(
        refused[0]["message"]
            .as_str()
            .unwrap()
            .contains("ERROR at Row:1:Column:37\ninvalid ID field: somethingwonky"),
        "{refused}"
    );
}

#[test]
fn the_front_door_for_one_use() {
    let mut client = Client::new();
    let (status, body) = client.json(
        "POST",
        "/services/oauth2/singleaccess?redirect_uri=%2Flightning%2Fsetup%2FSetupOneHome%2Fhome",
        &Value::Null,
    );
    assert_eq!(status, 200);
    let address = body["frontdoor_uri"].as_str().unwrap();
    let pass = address.split("otp=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    assert!(address.starts_with("https://acme.my.salesforce.com/secur/frontdoor.jsp?otp="), "{address}");
    assert_eq!(client.org.redeem_pass(&pass), Some(client.sid.clone()));
    assert_eq!(client.org.redeem_pass(&pass), None);
    client.sid = "nobody".into();
    assert_eq!(client.send("GET", "/services/oauth2/singleaccess", &[], "").body, "Bad_OAuth_Token");
}

#[test]
fn settings_and_files_over_the_tooling_and_the_data_api() {
    let mut client = Client::new();
    let (status, body) = client.get("tooling/query?q=SELECT+Id,Metadata+FROM+SecuritySettings");
    assert_eq!(status, 200, "{body}");
    assert!(body["records"][0]["Metadata"]["passwordPolicies"].is_object(), "{body}");
    let files = client.rows("SELECT EventType, LogFile FROM EventLogFile WHERE EventType = 'ApiTotalUsage'");
    let file = files[0]["LogFile"].as_str().unwrap().to_owned();
    let text = client.send("GET", &file, &[], "").body;
    assert!(text.starts_with("\"EVENT_TYPE\",\"TIMESTAMP\""), "{text}");
    client.become_user("erp.sync@acme.example");
    let own = client.query("SELECT Id FROM EventLogFile").1["totalSize"].as_u64();
    let may = client.org.has_permission(client.org.sessions[&client.sid].user_id.as_str(), "ViewAllData");
    assert_eq!(own.unwrap_or(0) > 0, may);
}

#[test]
fn a_deploy_in_parts() {
    let mut client = Client::new();
    let zip = "PK\u{5}\u{6}\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"json\"\r\nContent-Type: application/json\r\n\r\n{{\"deployOptions\":{{\"checkOnly\":true}}}}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"d.zip\"\r\nContent-Type: application/zip\r\n\r\n{zip}\r\n--x--\r\n"
    );
    let asked = client.send(
        "POST",
        "metadata/deployRequest",
        &[("content-type", "multipart/form-data; boundary=x")],
        &body,
    );
    assert_eq!(asked.status, 201, "{}", asked.body);
    let id = serde_json::from_str::<Value>(&asked.body).unwrap()["id"].as_str().unwrap().to_owned();
    let (_, done) = client.get(&format!("metadata/deployRequest/{id}?includeDetails=true"));
    assert_eq!(done["deployResult"]["done"], true, "{done}");
    assert_eq!(client.refused("GET", "metadata/deployRequest/0Af000000000000AAA", &Value::Null).0, 404);
}

/// A request of Bulk API 1 in XML or CSV, its status and body.
fn bulk(client: &mut Client, method: &str, path: &str, kind: &str, body: &str) -> (u16, String) {
    let sid = client.sid.clone();
    let address = format!("/services/async/62.0/{path}");
    let answer = client.send(method, &address, &[("x-sfdc-session", &sid), ("content-type", kind)], body);
    (answer.status, answer.body)
}

fn between(text: &str, tag: &str) -> String {
    let inner = text.split(&format!("<{tag}>")).nth(1).unwrap_or_else(|| panic!("{tag} in {text}"));
    inner.split('<').next().unwrap().to_owned()
}

fn job(client: &mut Client, operation: &str, object: &str, more: &str) -> String {
    let body = format!(
        "<jobInfo xmlns=\"http://www.force.com/2009/06/asyncapi/dataload\"><operation>{operation}</operation><object>{object}</object>{more}<contentType>CSV</contentType></jobInfo>"
    );
    let (status, answer) = bulk(client, "POST", "job", "application/xml", &body);
    assert_eq!((status, between(&answer, "state").as_str()), (201, "Open"), "{answer}");
    between(&answer, "id")
}

#[test]
fn bulk_api_1_writes_and_queries() {
    let mut client = Client::seeded(&["acme", "sales"]);
    let id = job(&mut client, "insert", "Account", "");
    let (status, batch) =
        bulk(&mut client, "POST", &format!("job/{id}/batch"), "text/csv", "Name,Phone\nBulk One,1\n,2\n");
    assert_eq!((status, between(&batch, "state").as_str()), (201, "Queued"), "{batch}");
    let batch = between(&batch, "id");
    let (_, told) = bulk(&mut client, "GET", &format!("job/{id}/batch/{batch}"), "application/xml", "");
    assert_eq!(
        (between(&told, "state").as_str(), between(&told, "numberRecordsFailed").as_str()),
        ("Completed", "1"),
        "{told}"
    );
    let (_, result) =
        bulk(&mut client, "GET", &format!("job/{id}/batch/{batch}/result"), "application/xml", "");
    let lines: Vec<&str> = result.lines().collect();
    assert_eq!(lines[0], "\"Id\",\"Success\",\"Created\",\"Error\"");
    assert!(lines[1].starts_with("\"001") && lines[2].contains("REQUIRED_FIELD_MISSING"), "{result}");
    let account = lines[1].get(1..19).unwrap().to_owned();
    let (_, closed) = bulk(
        &mut client,
        "POST",
        &format!("job/{id}"),
        "application/xml",
        "<jobInfo xmlns=\"http://www.force.com/2009/06/asyncapi/dataload\"><state>Closed</state></jobInfo>",
    );
    assert_eq!(between(&closed, "state"), "Closed");
    let (status, late) = bulk(&mut client, "POST", &format!("job/{id}/batch"), "text/csv", "Name\nX\n");
    assert_eq!((status, between(&late, "exceptionCode").as_str()), (400, "InvalidJobState"));
    for (operation, csv) in
        [("update", format!("Id,Phone\n{account},9\n")), ("delete", format!("Id\n{account}\n"))]
    {
        let id = job(&mut client, operation, "Account", "");
        let (_, told) = bulk(&mut client, "POST", &format!("job/{id}/batch"), "text/csv", &csv);
        let batch = between(&told, "id");
        let (_, result) = bulk(&mut client, "GET", &format!("job/{id}/batch/{batch}/result"), "text/csv", "");
        assert!(result.contains(&format!("\"{account}\",\"true\",\"false\",\"\"")), "{operation}: {result}");
    }
    let id = job(&mut client, "query", "User", "");
    let (_, told) = bulk(
        &mut client,
        "POST",
        &format!("job/{id}/batch"),
        "text/csv",
        "SELECT Id, Username, Profile.Name FROM User",
    );
    let batch = between(&told, "id");
    let (_, list) = bulk(&mut client, "GET", &format!("job/{id}/batch/{batch}/result"), "text/csv", "");
    let file = between(&list, "result");
    let (_, rows) =
        bulk(&mut client, "GET", &format!("job/{id}/batch/{batch}/result/{file}"), "text/csv", "");
    assert!(rows.starts_with("\"Id\",\"Username\",\"Profile.Name\"\n\"005"), "{rows}");
    assert_eq!(rows.lines().count() - 1, client.org.rows("User").count());
    let (_, told) =
        bulk(&mut client, "POST", &format!("job/{id}/batch"), "text/csv", "SELECT Nothing FROM User");
    let batch = between(&told, "id");
    let (_, told) = bulk(&mut client, "GET", &format!("job/{id}/batch/{batch}"), "text/csv", "");
    assert!(
        between(&told, "stateMessage").starts_with("InvalidBatch : Failed to process query: INVALID_FIELD"),
        "{told}"
    );
}

#[test]
fn bulk_api_1_refuses_in_its_own_words() {
    let mut client = Client::new();
    let body = "{\"operation\":\"query\",\"object\":\"User\",\"contentType\":\"JSON\"}";
    let (status, made) = bulk(&mut client, "POST", "job", "application/json", body);
    let made: Value = serde_json::from_str(&made).unwrap();
    assert_eq!((status, &made["state"], &made["contentType"]), (201, &json!("Open"), &json!("JSON")));
    let hard = body.replace("query", "hardDelete");
    let sid = client.sid.clone();
    client.become_user("erp.sync@acme.example");
    let (status, told) =
        bulk(&mut client, "POST", "job", "application/json", &hard.replace("User", "Account"));
    if !client.org.has_permission(&client.org.sessions[&client.sid].user_id.clone(), "BulkApiHardDelete") {
        assert_eq!((status, told.contains("FeatureNotEnabled")), (400, true), "{told}");
    }
    client.sid = sid;
    for (path, body, code) in [
        ("job", "<jobInfo><operation>merge</operation><object>User</object></jobInfo>", "InvalidJob"),
        ("job", "<jobInfo><operation>query</operation><object>Nothing</object></jobInfo>", "InvalidJob"),
        ("job/750000000000000AAA", "<jobInfo><state>Closed</state></jobInfo>", "InvalidJob"),
        ("nothing", "", "InvalidUrl"),
    ] {
        let (status, told) = bulk(&mut client, "POST", path, "application/xml", body);
        assert_eq!((status, between(&told, "exceptionCode").as_str()), (400, code), "{path} {body}");
    }
    client.sid = "nobody".into();
    let (status, told) = bulk(&mut client, "POST", "job", "application/xml", "<jobInfo/>");
    assert_eq!((status, between(&told, "exceptionCode").as_str()), (400, "InvalidSessionId"));
}

#[test]
fn objects_are_components_too() {
    let mut client = Client::seeded(&["acme", "sales"]);
    let soap = |client: &mut Client, body: &str| {
        let ns = "http://soap.sforce.com/2006/04/metadata";
        let text = format!(
            "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><e:Header><SessionHeader xmlns=\"{ns}\"><sessionId>{}</sessionId></SessionHeader></e:Header><e:Body>{}</e:Body></e:Envelope>",
            client.sid,
            body.replace("<m:", "<").replace("</m:", "</").replacen('>', &format!(" xmlns=\"{ns}\">"), 1)
        );
        client
            .send(
                "POST",
                "/services/Soap/m/66.0",
                &[("content-type", "text/xml"), ("soapaction", "\"\"")],
                &text,
            )
            .body
    };
    let list = soap(&mut client, "<listMetadata><queries><type>CustomObject</type></queries></listMetadata>");
    assert!(
        list.contains("<fullName>Project__c</fullName>") && list.contains("<fullName>Account</fullName>"),
        "{list}"
    );
    assert!(!list.contains("1970-01-01"), "{list}");
    let read = soap(
        &mut client,
        "<readMetadata><type>CustomObject</type><fullNames>Project__c</fullNames></readMetadata>",
    );
    assert_eq!(between(&read, "pluralLabel"), "Projects");
    assert!(
        read.contains("<sharingModel>ReadWrite</sharingModel>")
            && read.contains("<fields><fullName>Stage__c"),
        "{read}"
    );
    let write = |model: &str| {
        format!(
            "<updateMetadata><metadata xsi:type=\"CustomObject\"><fullName>Account</fullName><sharingModel>{model}</sharingModel></metadata></updateMetadata>"
        )
    };
    assert_eq!(between(&soap(&mut client, &write("ReadWrite")), "success"), "true");
    let refused = soap(&mut client, &write("Private"));
    assert_eq!(between(&refused, "statusCode"), "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "{refused}");
}
