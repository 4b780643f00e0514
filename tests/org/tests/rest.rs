//! REST resources against what is published of them: statuses, headers, bodies, limits, rollback.
//!
//! It never asks more of the org than a client could see.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test"
)]

mod client;

use client::{Client, DATA};
use serde_json::{Value, json};

fn header<'a>(answer: &'a leastwise_org::api::ApiAnswer, name: &str) -> &'a str {
    answer.headers.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
}

#[test]
fn versions_resources_and_limits() {
    let mut client = Client::new();
    for version in 31..=67 {
        assert_eq!(client.get(&format!("/services/data/v{version}.0/limits")).0, 200);
    }
    for bad in ["v30.0", "v68.0", "v62", "v62.1", "62.0", "vx.0"] {
        let (status, code, message, _) =
            client.refused("GET", &format!("/services/data/{bad}/limits"), &Value::Null);
        assert_eq!(
            (status, code.as_str(), message.as_str()),
            (404, "NOT_FOUND", "The requested resource does not exist")
        );
    }
    let (_, list) = client.get(DATA);
    for (name, address) in list.as_object().unwrap() {
        if ["identity", "query", "queryAll", "search", "parameterizedSearch", "jobs", "tooling"]
            .contains(&name.as_str())
        {
            continue;
        }
        assert_eq!(client.get(address.as_str().unwrap()).0, 200, "{name}");
    }
    let (_, before) = client.get("limits");
    let (_, after) = client.get("limits");
    let left = |limits: &Value| limits["DailyApiRequests"]["Remaining"].as_u64().unwrap();
    assert_eq!(
        (before["DailyApiRequests"]["Max"].as_u64(), left(&before) - left(&after)),
        (Some(100_000), 1)
    );
    assert!(after["PermissionSets"]["CreateCustom"]["Remaining"].as_u64().unwrap() < 1_500);
    client.create("Account", json!({ "Name": "One" }));
    let (_, counts) = client.get("limits/recordCount?sObjects=Account,Contact");
    assert_eq!(counts, json!({ "sObjects": [{ "count": 1, "name": "Account" }] }));
}

#[test]
fn methods_that_a_resource_lacks() {
    let mut client = Client::new();
    for (method, address, allowed) in [
        ("POST", "limits", "GET,HEAD"),
        ("DELETE", "query?q=x", "GET,HEAD"),
        ("PUT", "sobjects/Account", "GET,HEAD,POST"),
        ("PUT", "sobjects/Account/001000000000001", "HEAD,GET,PATCH,DELETE"),
        ("GET", "composite/batch", "POST"),
        ("DELETE", "composite", "POST"),
        ("PUT", "jobs/query", "GET,HEAD,POST"),
        ("POST", "tooling/query", "HEAD,GET"),
    ] {
        let (status, code, message, _) = client.refused(method, address, &json!({}));
        assert_eq!((status, code.as_str()), (405, "METHOD_NOT_ALLOWED"), "{method} {address}");
        assert_eq!(message, format!("HTTP Method '{method}' not allowed. Allowed are {allowed}"));
    }
    let id = client.create("Account", json!({ "Name": "One" }));
    let answer = client.send("HEAD", &format!("sobjects/Account/{id}"), &[], "");
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    let (status, _) =
        client.json("POST", &format!("sobjects/Account/{id}?_HttpMethod=PATCH"), &json!({ "Name": "Two" }));
    assert_eq!((status, client.rows("SELECT Name FROM Account")[0]["Name"].as_str()), (204, Some("Two")));
}

#[test]
fn describes_have_the_published_shape() {
    let mut client = Client::new();
    let (_, global) = client.get("sobjects");
    let user = global["sobjects"].as_array().unwrap().iter().find(|object| object["name"] == "User").unwrap();
    assert_eq!(
        (&user["keyPrefix"], &user["labelPlural"], &user["deletable"]),
        (&json!("005"), &json!("Users"), &json!(false))
    );
    assert_eq!(user["urls"]["passwordUtilities"], "/services/data/v62.0/sobjects/User/{ID}/password");
    let (_, account) = client.get("sobjects/Account/describe");
    let field = |name: &str| {
        account["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap().clone()
    };
    assert_eq!(
        (&field("Name")["length"], &field("Name")["byteLength"], &field("Name")["nameField"]),
        (&json!(255), &json!(765), &json!(true))
    );
    assert_eq!(
        (&field("Name")["nillable"], &field("Name")["soapType"]),
        (&json!(false), &json!("xsd:string"))
    );
    assert_eq!(
        (&field("OwnerId")["referenceTo"], &field("OwnerId")["relationshipName"]),
        (&json!(["User"]), &json!("Owner"))
    );
    assert_eq!(
        (&field("AnnualRevenue")["precision"], &field("AnnualRevenue")["groupable"]),
        (&json!(18), &json!(false))
    );
    assert_eq!(
        field("Rating")["picklistValues"][0],
        json!({ "active": true, "defaultValue": false, "label": "Hot", "validFor": null, "value": "Hot" })
    );
    assert_eq!(account["recordTypeInfos"][0]["recordTypeId"], "012000000000000AAA");
    let contacts = account["childRelationships"]
        .as_array()
        .unwrap()
        .iter()
        .find(|child| child["relationshipName"] == "Contacts")
        .unwrap();
    assert_eq!(
        (&contacts["childSObject"], &contacts["field"], &contacts["cascadeDelete"]),
        (&json!("Contact"), &json!("AccountId"), &json!(true))
    );
    assert_eq!(account["urls"]["rowTemplate"], "/services/data/v62.0/sobjects/Account/{ID}");
    let (_, info) = client.get("sobjects/Account");
    assert_eq!((&info["objectDescribe"]["name"], &info["recentItems"]), (&json!("Account"), &json!([])));
    let (_, layouts) = client.get("sobjects/Account/describe/layouts/012000000000000AAA");
    assert_eq!(
        layouts["layouts"][0]["detailLayoutSections"][0]["layoutRows"][0]["layoutItems"][0]["required"],
        true
    );
    assert_eq!(client.get("sobjects/Nothing/describe").0, 404);
    // What a version does not have yet.
    assert_eq!(client.get("/services/data/v55.0/sobjects/ExternalClientApplication/describe").0, 404);
    assert_eq!(client.get("/services/data/v60.0/sobjects/ExternalClientApplication/describe").0, 200);
    let (_, old) = client.get("/services/data/v62.0/sobjects/ObjectPermissions/describe");
    let (_, new) = client.get("/services/data/v63.0/sobjects/ObjectPermissions/describe");
    let has = |describe: &Value| {
        describe["fields"].as_array().unwrap().iter().any(|field| field["name"] == "PermissionsViewAllFields")
    };
    assert_eq!((has(&old), has(&new)), (false, true));
    assert_eq!(client.query("SELECT PermissionsViewAllFields FROM ObjectPermissions").0, 400);
}

#[test]
fn conditional_requests() {
    let mut client = Client::new();
    for address in ["sobjects", "sobjects/Account/describe"] {
        let first = client.send("GET", address, &[], "");
        let (tag, at) = (header(&first, "ETag").to_owned(), header(&first, "Last-Modified").to_owned());
        assert!(tag.len() == 10 && at.ends_with(" GMT"), "{tag} {at}");
        for (name, value, status) in [
            ("if-none-match", tag.as_str(), 304),
            ("if-none-match", "\"other\"", 200),
            ("if-none-match", "W/\"x\", *", 304),
            ("if-modified-since", at.as_str(), 304),
            ("if-modified-since", "Thu, 03 Sep 2015 21:35:00 GMT", 200),
            ("if-modified-since", "yesterday", 200),
            ("if-match", "\"other\"", 412),
            ("if-match", tag.as_str(), 200),
            ("if-unmodified-since", "Thu, 03 Sep 2015 21:35:00 GMT", 412),
        ] {
            let answer = client.send("GET", address, &[(name, value)], "");
            assert_eq!(answer.status, status, "{address} {name}: {value}");
            assert_eq!(answer.body.is_empty(), status != 200);
        }
    }
    let (_, body) = client.json("POST", "composite", &json!({ "compositeRequest": [{ "method": "GET", "referenceId": "d",
        "url": "/services/data/v62.0/sobjects/Account/describe", "httpHeaders": { "If-Modified-Since": "Thu, 03 Sep 2035 21:35:00 GMT" } }] }));
    let part = &body["compositeResponse"][0];
    assert_eq!((&part["httpStatusCode"], &part["body"]), (&json!(304), &Value::Null));
    assert!(part["httpHeaders"]["ETag"].is_string(), "{part}");
}

#[test]
fn rows_by_id() {
    let mut client = Client::new();
    let answer = client.send(
        "POST",
        "sobjects/Account",
        &[],
        "{\"Name\":\"Acme\",\"BillingCity\":\"Berlin\",\"AnnualRevenue\":5}",
    );
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let id = body["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (answer.status, header(&answer, "Location")),
        (201, format!("{DATA}/sobjects/Account/{id}").as_str())
    );
    let (status, row) = client.get(&format!("sobjects/Account/{id}"));
    assert_eq!(
        (status, &row["attributes"]),
        (200, &json!({ "type": "Account", "url": format!("{DATA}/sobjects/Account/{id}") }))
    );
    assert_eq!(
        (&row["BillingAddress"]["city"], &row["AnnualRevenue"], &row["IsDeleted"]),
        (&json!("Berlin"), &json!(5.0), &json!(false))
    );
    let (_, row) = client.get(&format!("sobjects/Account/{}?fields=Name,billingcity", &id[..15]));
    let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["attributes", "Name", "BillingCity", "Id"]);
    assert_eq!(
        client.refused("GET", &format!("sobjects/Account/{id}?fields=Foo"), &Value::Null).1,
        "INVALID_FIELD"
    );
    let gone = "The requested resource does not exist";
    assert_eq!(client.refused("GET", "sobjects/Account/001000000000001AAA", &Value::Null).2, gone);
    for bad in ["23foo", "0030000000000001AA", "001000000000001AAB"] {
        let (status, code, message, _) =
            client.refused("GET", &format!("sobjects/Account/{bad}"), &Value::Null);
        assert_eq!((status, code.as_str()), (404, "NOT_FOUND"));
        assert_eq!(message, format!("Provided external ID field does not exist or is not accessible: {bad}"));
    }
    assert_eq!(
        client.json("PATCH", &format!("sobjects/Account/{id}"), &json!({ "Phone": "1" })),
        (204, Value::Null)
    );
    let (status, list) = client.get(&format!("sobjects/Account/{id}/Contacts"));
    assert_eq!((status, &list["totalSize"]), (200, &json!(0)));
    let (_, owner) = client.get(&format!("sobjects/Account/{id}/Owner?fields=Username"));
    assert_eq!(owner["attributes"]["type"], "User");
    assert_eq!(client.json("DELETE", &format!("sobjects/Account/{id}"), &Value::Null), (204, Value::Null));
    for method in ["GET", "PATCH", "DELETE"] {
        let (status, code, message, _) =
            client.refused(method, &format!("sobjects/Account/{id}"), &json!({ "Name": "x" }));
        assert_eq!(
            (status, code.as_str(), message.as_str()),
            (404, "ENTITY_IS_DELETED", "entity is deleted")
        );
    }
    assert_eq!(client.rows("SELECT Id FROM Account").len(), 0);
    let (_, all) = client.get("queryAll?q=SELECT+Id,IsDeleted+FROM+Account+WHERE+IsDeleted=true");
    assert_eq!((&all["totalSize"], &all["records"][0]["IsDeleted"]), (&json!(1), &json!(true)));
}

#[test]
fn what_was_changed_and_deleted() {
    let mut client = Client::new();
    let keep = client.create("Account", json!({ "Name": "Keep" }));
    let drop = client.create("Account", json!({ "Name": "Drop" }));
    client.json("DELETE", &format!("sobjects/Account/{drop}"), &Value::Null);
    let day = |ahead: i64| {
        let at = time::OffsetDateTime::now_utc() + time::Duration::days(ahead);
        leastwise_org::store::stamp(at).replace(".000+0000", "Z")
    };
    let span = format!("start={}&end={}", day(-1), day(1));
    let (_, deleted) = client.get(&format!("sobjects/Account/deleted?{span}"));
    assert_eq!(deleted["deletedRecords"][0]["id"], drop.as_str());
    assert!(deleted["earliestDateAvailable"].is_string() && deleted["latestDateCovered"].is_string());
    let (_, updated) = client.get(&format!("sobjects/Account/updated?{span}"));
    assert_eq!(updated["ids"], json!([keep]));
    for bad in [
        format!("start={}&end={}", day(1), day(-1)),
        "start=x&end=y".into(),
        format!("start={}&end={}", day(-60), day(0)),
    ] {
        assert_eq!(
            client.refused("GET", &format!("sobjects/Account/updated?{bad}"), &Value::Null).1,
            "INVALID_REPLICATION_DATE"
        );
    }
}

#[test]
fn rows_by_key() {
    let mut client = Client::new();
    let made = client.json("PATCH", "sobjects/Contact/Email/new@acme.example", &json!({ "LastName": "New" }));
    let id = made.1["id"].as_str().unwrap().to_owned();
    assert_eq!((made.0, &made.1["created"]), (201, &json!(true)));
    let kept =
        client.json("PATCH", "sobjects/Contact/Email/NEW@acme.example", &json!({ "FirstName": "Ann" }));
    assert_eq!(kept, (200, json!({ "id": id, "success": true, "errors": [], "created": false })));
    let (_, row) = client.get("sobjects/Contact/Email/new@acme.example?fields=Name,Email");
    assert_eq!((&row["Name"], &row["Email"]), (&json!("Ann New"), &json!("new@acme.example")));
    client.create("Contact", json!({ "LastName": "Twin", "Email": "new@acme.example" }));
    let (status, choices) =
        client.json("PATCH", "sobjects/Contact/Email/new@acme.example", &json!({ "FirstName": "x" }));
    assert_eq!((status, choices.as_array().unwrap().len()), (300, 2));
    assert_eq!(choices[0], format!("{DATA}/sobjects/Contact/{id}"));
    for key in ["Phone", "Namez"] {
        let (status, code, message, _) =
            client.refused("PATCH", &format!("sobjects/Contact/{key}/x"), &json!({ "LastName": "x" }));
        assert_eq!((status, code.as_str()), (404, "NOT_FOUND"));
        assert_eq!(message, format!("Provided external ID field does not exist or is not accessible: {key}"));
    }
    assert_eq!(client.get("sobjects/Contact/Email/nobody@acme.example").0, 404);
    let twice = json!({ "Email": "a@b.example", "LastName": "x" });
    assert_eq!(client.refused("PATCH", "sobjects/Contact/Email/a@b.example", &twice).1, "INVALID_FIELD");
    let (_, user) = client.get("sobjects/User/Username/erp.sync@acme.example");
    assert_eq!(user["Username"], "erp.sync@acme.example");
}

#[test]
fn passwords() {
    let mut client = Client::new();
    let user = client.rows("SELECT Id FROM User WHERE Username = 'anna.aalto@acme.example'")[0]["Id"]
        .as_str()
        .unwrap()
        .to_owned();
    let address = format!("sobjects/User/{user}/password");
    assert_eq!(client.get(&address), (200, json!({ "isExpired": false })));
    assert_eq!(client.json("POST", &address, &json!({ "NewPassword": "new-secret-7" })), (204, Value::Null));
    assert!(client.org.is_password(&user, "new-secret-7"));
    for bad in [json!({ "NewPassword": "short" }), json!({ "NewPassword": "new-secret-7" }), json!({})] {
        assert_eq!(client.refused("POST", &address, &bad).1, "INVALID_NEW_PASSWORD");
    }
    let (_, made) = client.json("DELETE", &address, &Value::Null);
    assert!(client.org.is_password(&user, made["NewPassword"].as_str().unwrap()));
    client.become_user("ben.brook@acme.example");
    if client.get("limits").0 == 200 {
        assert_eq!(client.refused("POST", &address, &json!({ "NewPassword": "stolen-77" })).0, 403);
    }
}

#[test]
fn collections() {
    let mut client = Client::new();
    let record = |name: &str| json!({ "attributes": { "type": "Account" }, "Name": name });
    let (status, made) = client.json(
        "POST",
        "composite/sobjects",
        &json!({ "records": [record("A"), { "attributes": { "type": "Account" } }, record("C")] }),
    );
    assert_eq!((status, made.as_array().unwrap().len()), (200, 3));
    assert_eq!(
        made[1],
        json!({ "success": false, "errors": [{ "statusCode": "REQUIRED_FIELD_MISSING", "message": "Required fields are missing: [Name]", "fields": ["Name"] }] })
    );
    let before = client.everything();
    let (_, none) = client.json(
        "POST",
        "composite/sobjects",
        &json!({ "allOrNone": true, "records": [record("D"), { "attributes": { "type": "Nothing" } }] }),
    );
    assert_eq!(
        (&none[0]["errors"][0]["statusCode"], &none[1]["errors"][0]["statusCode"]),
        (&json!("ALL_OR_NONE_OPERATION_ROLLED_BACK"), &json!("INVALID_TYPE"))
    );
    assert!(client.everything() == before);
    let id = made[0]["id"].as_str().unwrap().to_owned();
    let (_, changed) = client.json("PATCH", "composite/sobjects", &json!({ "records": [{ "attributes": { "type": "Account" }, "id": id, "Phone": "1" }, record("no id")] }));
    assert_eq!(
        (&changed[0], &changed[1]["errors"][0]["statusCode"]),
        (&json!({ "id": id, "success": true, "errors": [] }), &json!("MISSING_ARGUMENT"))
    );
    let contact = |mail: &str| json!({ "attributes": { "type": "Contact" }, "LastName": "x", "Email": mail });
    let (_, upserted) = client.json(
        "PATCH",
        "composite/sobjects/Contact/Email",
        &json!({ "records": [contact("a@a.example"), contact("b@b.example")] }),
    );
    assert_eq!(upserted[0]["created"], true);
    let (_, again) = client.json(
        "PATCH",
        "composite/sobjects/Contact/Email",
        &json!({ "records": [contact("a@a.example")] }),
    );
    assert_eq!((&again[0]["created"], &again[0]["id"]), (&json!(false), &upserted[0]["id"]));
    let (_, read) =
        client.get(&format!("composite/sobjects/Account?ids={id},001000000000001AAA&fields=Id,Name"));
    assert_eq!((&read[0]["Name"], &read[1]), (&json!("A"), &Value::Null));
    let (_, posted) =
        client.json("POST", "composite/sobjects/Account", &json!({ "ids": [id], "fields": ["Name"] }));
    assert_eq!(posted[0]["Name"], "A");
    let many: Vec<Value> = (0..201).map(|n| record(&n.to_string())).collect();
    assert_eq!(client.refused("POST", "composite/sobjects", &json!({ "records": many })).0, 400);
    let (_, deleted) =
        client.json("DELETE", &format!("composite/sobjects?ids={id},nonsense&allOrNone=true"), &Value::Null);
    assert_eq!(
        (&deleted[0]["success"], &deleted[1]["errors"][0]["statusCode"]),
        (&json!(false), &json!("MALFORMED_ID"))
    );
    let (_, deleted) = client.json("DELETE", &format!("composite/sobjects?ids={id}"), &Value::Null);
    assert_eq!(deleted, json!([{ "id": id, "success": true, "errors": [] }]));
}

#[test]
fn composites_keep_references_and_roll_back() {
    let mut client = Client::new();
    let part = |method: &str, url: &str, reference: &str, body: Value| json!({ "method": method, "url": format!("{DATA}/{url}"), "referenceId": reference, "body": body });
    let family = |last: Value| {
        json!({ "allOrNone": true, "compositeRequest": [
            part("POST", "sobjects/Account", "a", json!({ "Name": "Quote \" and \\ back" })),
            part("POST", "sobjects/Contact", "c", json!({ "LastName": "x", "AccountId": "@{a.id}" })),
            { "method": "GET", "url": format!("{DATA}/query?q=SELECT Id, Name FROM Account WHERE Id = '@{{a.id}}'"), "referenceId": "q" },
            part("PATCH", "sobjects/Contact/@{c.id}", "p", last) ] })
    };
    let (status, body) =
        client.json("POST", "composite", &family(json!({ "Title": "@{q.records[0].Name}" })));
    let codes: Vec<u64> = body["compositeResponse"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["httpStatusCode"].as_u64().unwrap())
        .collect();
    assert_eq!((status, codes), (200, vec![201, 201, 200, 204]), "{body}");
    assert!(body["compositeResponse"][0]["httpHeaders"]["Location"].as_str().unwrap().starts_with(DATA));
    assert_eq!(client.rows("SELECT Title, Account.Name FROM Contact")[0]["Title"], "Quote \" and \\ back");
    let before = client.everything();
    let (_, body) = client.json("POST", "composite", &family(json!({ "Nope": 1 })));
    let parts = body["compositeResponse"].as_array().unwrap();
    assert!(parts.iter().all(|part| part["httpStatusCode"] == 400), "{body}");
    assert_eq!(
        (&parts[0]["body"][0]["errorCode"], &parts[3]["body"][0]["errorCode"]),
        (&json!("PROCESSING_HALTED"), &json!("INVALID_FIELD"))
    );
    assert!(client.everything() == before);
    let twice = json!({ "compositeRequest": [part("GET", "sobjects", "x", Value::Null), part("GET", "sobjects", "x", Value::Null)] });
    assert_eq!(client.refused("POST", "composite", &twice).0, 400);

    // Graphs: one is kept, the other is not.
    let graph = |id: &str, name: Value| json!({ "graphId": id, "compositeRequest": [part("POST", "sobjects/Account", "a", json!({ "Name": name })), part("POST", "sobjects/Contact", "c", json!({ "LastName": "y", "AccountId": "@{a.id}" }))] });
    let (_, body) = client.json(
        "POST",
        "composite/graph",
        &json!({ "graphs": [graph("1", json!("Good")), graph("2", Value::Null)] }),
    );
    assert_eq!(
        (&body["graphs"][0]["isSuccessful"], &body["graphs"][1]["isSuccessful"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        body["graphs"][1]["graphResponse"]["compositeResponse"][1]["body"][0]["errorCode"],
        "PROCESSING_HALTED"
    );
    assert_eq!(client.rows("SELECT Id FROM Account WHERE Name = 'Good'").len(), 1);

    // Batches: each for itself, unless asked to halt.
    let batch = |halt: bool| json!({ "haltOnError": halt, "batchRequests": [{ "method": "GET", "url": "v62.0/limits" }, { "method": "POST", "url": "v62.0/sobjects/Account", "richInput": {} }, { "method": "GET", "url": "v62.0/sobjects/Account" }] });
    let (_, body) = client.json("POST", "composite/batch", &batch(false));
    let codes = |body: &Value| {
        body["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| part["statusCode"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!((body["hasErrors"].as_bool(), codes(&body)), (Some(true), vec![200, 400, 200]));
    let (_, body) = client.json("POST", "composite/batch", &batch(true));
    assert_eq!(
        (codes(&body), &body["results"][2]["result"][0]["errorCode"]),
        (vec![200, 400, 412], &json!("BATCH_PROCESSING_HALTED"))
    );
    let many = vec![json!({ "method": "GET", "url": "v62.0/limits" }); 26];
    assert_eq!(
        client.refused("POST", "composite/batch", &json!({ "batchRequests": many })).1,
        "LIMIT_EXCEEDED"
    );
}

#[test]
fn trees() {
    let mut client = Client::new();
    let node = |kind: &str, reference: &str, rest: Value| {
        let mut record = json!({ "attributes": { "type": kind, "referenceId": reference } });
        record.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        record
    };
    let tree = |mail: &str| {
        json!({ "records": [node("Account", "r1", json!({ "Name": "Tree", "Contacts": { "records": [
            node("Contact", "r2", json!({ "LastName": "Leaf", "Email": mail })), node("Contact", "r3", json!({ "LastName": "Bud" })) ] } }))] })
    };
    let (status, body) = client.json("POST", "composite/tree/Account", &tree("leaf@acme.example"));
    assert_eq!(
        (status, &body["hasErrors"], body["results"].as_array().unwrap().len()),
        (201, &json!(false), 3)
    );
    assert_eq!(body["results"][1]["referenceId"], "r2");
    let (_, account) =
        client.query("SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account");
    assert_eq!(account["records"][0]["Contacts"]["records"][0]["LastName"], "Bud");
    let before = client.everything();
    let (status, body) = client.json("POST", "composite/tree/Account", &tree("123"));
    assert_eq!(
        (status, body),
        (
            400,
            json!({ "hasErrors": true, "results": [{ "referenceId": "r2", "errors": [{ "statusCode": "INVALID_EMAIL_ADDRESS", "message": "Email: invalid email address: 123", "fields": ["Email"] }] }] })
        )
    );
    assert!(client.everything() == before);
    let many: Vec<Value> =
        (0..201).map(|n| node("Account", &format!("r{n}"), json!({ "Name": "x" }))).collect();
    assert_eq!(client.refused("POST", "composite/tree/Account", &json!({ "records": many })).0, 400);
    let same = json!({ "records": [node("Account", "r", json!({ "Name": "x" })), node("Account", "r", json!({ "Name": "y" }))] });
    assert_eq!(client.refused("POST", "composite/tree/Account", &same).0, 400);
}

#[test]
fn searches() {
    let mut client = Client::new();
    let account = client.create("Account", json!({ "Name": "Acme Rockets", "Phone": "555 0100" }));
    client.create("Account", json!({ "Name": "Anvils" }));
    client.create(
        "Contact",
        json!({ "LastName": "Rockets", "Email": "wile@acme.example", "AccountId": account }),
    );
    let mut find = |q: &str| {
        client.get(&format!(
            "search?q={}",
            percent_encoding::utf8_percent_encode(q, percent_encoding::NON_ALPHANUMERIC)
        ))
    };
    let (status, body) = find("FIND {rockets}");
    assert_eq!((status, body["searchRecords"].as_array().unwrap().len()), (200, 2));
    let (_, body) = find(
        "FIND {Rock*} IN NAME FIELDS RETURNING Account(Id, Name WHERE Name LIKE 'Acme%' ORDER BY Name LIMIT 5), Contact(LastName)",
    );
    assert_eq!(
        (&body["searchRecords"][0]["Name"], &body["searchRecords"][1]["LastName"]),
        (&json!("Acme Rockets"), &json!("Rockets"))
    );
    assert_eq!(
        find("FIND {wile} IN EMAIL FIELDS RETURNING Contact").1["searchRecords"][0]["attributes"]["type"],
        "Contact"
    );
    assert_eq!(find("FIND {wile} IN NAME FIELDS").1, json!({ "searchRecords": [] }));
    for (bad, code, message) in [
        ("FIND foo", "MALFORMED_SEARCH", "No search term found. The search term must be enclosed in braces."),
        ("", "MALFORMED_SEARCH", "No search term found. The search term must be enclosed in braces."),
        ("FIND {x}", "MALFORMED_SEARCH", "search term must be longer than one character: x"),
        ("FIND {rockets} NOW", "MALFORMED_SEARCH", "unexpected token: NOW"),
    ] {
        let (status, body) = find(bad);
        assert_eq!(
            (status, &body[0]["errorCode"], &body[0]["message"]),
            (400, &json!(code), &json!(message))
        );
    }
    assert_eq!(find("FIND {rockets} RETURNING Nothing").1[0]["errorCode"], "INVALID_TYPE");
    assert_eq!(find("FIND {rockets} RETURNING Account(Nope)").1[0]["errorCode"], "INVALID_FIELD");
    let (_, body) =
        client.get("parameterizedSearch?q=rockets&sobject=Account&Account.fields=id,name&Account.limit=1");
    assert_eq!(body["searchRecords"][0]["Name"], "Acme Rockets");
    let (_, body) = client.json("POST", "parameterizedSearch", &json!({ "q": "rockets", "fields": ["Id"], "sobjects": [{ "name": "Contact", "fields": ["Email"] }], "in": "ALL" }));
    assert_eq!(body["searchRecords"][0]["Email"], "wile@acme.example");
}

#[test]
fn bulk_query_jobs() {
    let mut client = Client::new();
    for n in 0..5 {
        client.create("Account", json!({ "Name": format!("Ac\"me, {n}"), "Phone": null }));
    }
    let ask = |q: &str| json!({ "operation": "query", "query": q });
    let (status, job) = client.json(
        "POST",
        "jobs/query",
        &ask("SELECT Name, Phone, Owner.Username FROM Account ORDER BY Name"),
    );
    assert_eq!(
        (status, &job["state"], &job["object"], &job["apiVersion"]),
        (200, &json!("UploadComplete"), &json!("Account"), &json!(62.0))
    );
    let id = job["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("750"));
    assert_eq!(client.refused("GET", &format!("jobs/query/{id}/results"), &Value::Null).1, "INVALIDJOBSTATE");
    let (_, done) = client.get(&format!("jobs/query/{id}"));
    assert_eq!((&done["state"], &done["numberRecordsProcessed"]), (&json!("JobComplete"), &json!(5)));
    let all = client.send("GET", &format!("jobs/query/{id}/results"), &[], "");
    assert_eq!(
        (all.kind, header(&all, "Sforce-Locator"), header(&all, "Sforce-NumberOfRecords")),
        ("text/csv", "null", "5")
    );
    assert!(
        all.body.starts_with("\"Name\",\"Phone\",\"Owner.Username\"\n\"Ac\"\"me, 0\",\"\",\""),
        "{}",
        all.body
    );
    let (mut locator, mut rows) = (String::new(), 0);
    loop {
        let page = client.send("GET", &format!("jobs/query/{id}/results?maxRecords=2{locator}"), &[], "");
        rows += page.body.lines().count() - 1;
        match header(&page, "Sforce-Locator") {
            "null" => break,
            next => locator = format!("&locator={next}"),
        }
    }
    assert_eq!(rows, 5);
    assert_eq!(
        client.refused("GET", &format!("jobs/query/{id}/results?locator=!"), &Value::Null).1,
        "INVALID_QUERY_LOCATOR"
    );
    assert_eq!(client.get(&format!("/services/data/v61.0/jobs/query/{id}/results")).0, 409);
    assert_eq!(
        client.refused("PATCH", &format!("jobs/query/{id}"), &json!({ "state": "Aborted" })).1,
        "INVALIDJOBSTATE"
    );
    assert_eq!(client.get("jobs/query").1["records"].as_array().unwrap().len(), 1);
    assert_eq!(client.json("DELETE", &format!("jobs/query/{id}"), &Value::Null).0, 204);
    assert_eq!(client.get(&format!("jobs/query/{id}")).0, 404);
    let (_, job) = client.json("POST", "jobs/query", &ask("SELECT Id FROM User"));
    let id = job["id"].as_str().unwrap().to_owned();
    assert_eq!(
        client.json("PATCH", &format!("jobs/query/{id}"), &json!({ "state": "Aborted" })).1["state"],
        "Aborted"
    );
    for (q, code) in [
        ("SELECT", "MALFORMED_QUERY"),
        ("SELECT Nope FROM User", "INVALID_FIELD"),
        ("SELECT COUNT(Id) FROM User", "API_ERROR"),
    ] {
        assert_eq!(client.refused("POST", "jobs/query", &ask(q)).1, code);
    }
    client.become_user("erp.sync@acme.example");
    assert_eq!(client.get(&format!("jobs/query/{id}")).0, 404);
}

#[test]
fn bulk_ingest_jobs() {
    let mut client = Client::seeded(&["acme", "sales"]);
    let run = |client: &mut Client, job: Value, csv: &str| -> (Value, String, String) {
        let (status, job) = client.json("POST", "jobs/ingest", &job);
        assert_eq!((status, &job["state"]), (200, &json!("Open")), "{job}");
        let id = job["id"].as_str().unwrap().to_owned();
        let put = client.send(
            "PUT",
            &format!("/{}", job["contentUrl"].as_str().unwrap()),
            &[("content-type", "text/csv")],
            csv,
        );
        assert_eq!((put.status, put.body.as_str()), (201, ""));
        let (_, closed) =
            client.json("PATCH", &format!("jobs/ingest/{id}"), &json!({ "state": "UploadComplete" }));
        assert_eq!(closed["state"], "UploadComplete");
        let (_, done) = client.get(&format!("jobs/ingest/{id}"));
        let mut results =
            |which: &str| client.send("GET", &format!("jobs/ingest/{id}/{which}"), &[], "").body;
        let (good, bad) = (results("successfulResults"), results("failedResults"));
        assert_eq!(results("unprocessedrecords").lines().count(), 1);
        (done, good, bad)
    };
    let (done, good, bad) = run(
        &mut client,
        json!({ "object": "Account", "operation": "insert" }),
        "Name,NumberOfEmployees,Number__c\n\"One, \"\"Inc\"\"\",7,B-1\n,8,B-2\n",
    );
    assert_eq!(
        (&done["state"], &done["numberRecordsProcessed"], &done["numberRecordsFailed"]),
        (&json!("JobComplete"), &json!(2), &json!(1))
    );
    assert!(
        good.starts_with("\"sf__Id\",\"sf__Created\",\"Name\"")
            && good.contains("\"true\",\"One, \"\"Inc\"\"\",\"7\""),
        "{good}"
    );
    assert!(
        bad.contains(
            "\"\",\"REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --\",\"\",\"8\",\"B-2\""
        ),
        "{bad}"
    );
    let upsert = json!({ "object": "Account", "operation": "upsert", "externalIdFieldName": "Number__c", "lineEnding": "CRLF", "columnDelimiter": "SEMICOLON" });
    let (_, good, _) = run(&mut client, upsert, "Number__c;Name\r\nB-1;Renamed\r\nB-9;New\r\n");
    assert_eq!((good.matches("\"true\"").count(), good.matches("\"false\"").count()), (1, 1), "{good}");
    let contact = json!({ "object": "Contact", "operation": "insert" });
    run(&mut client, contact, "LastName,Account.Number__c\nBulk,B-9\n");
    let row = &client.rows("SELECT Id, Account.Name FROM Contact WHERE LastName = 'Bulk'")[0];
    assert_eq!(row["Account"]["Name"], "New");
    let (_, _, bad) = run(
        &mut client,
        json!({ "object": "Contact", "operation": "delete" }),
        &format!("Id\n{}\n0035g00000000000AA\n", row["Id"].as_str().unwrap()),
    );
    assert_eq!(bad.lines().count(), 2);
    assert_eq!(client.rows("SELECT Id FROM Contact WHERE LastName = 'Bulk'").len(), 0);
    for (job, code) in [
        (json!({ "object": "Nothing", "operation": "insert" }), "INVALIDENTITY"),
        (json!({ "object": "Account", "operation": "merge" }), "INVALIDOPERATION"),
        (json!({ "object": "Account", "operation": "upsert", "externalIdFieldName": "Phone" }), "INVALIDJOB"),
    ] {
        assert_eq!(client.refused("POST", "jobs/ingest", &job).1, code);
    }
}

#[test]
fn tooling() {
    let mut client = Client::new();
    let (_, body) = client.get("tooling/query?q=SELECT+Id,Name+FROM+Profile");
    assert_eq!(
        (&body["size"], &body["entityTypeName"], &body["queryLocator"]),
        (&body["totalSize"], &json!("Profile"), &Value::Null)
    );
    let id = body["records"][0]["Id"].as_str().unwrap().to_owned();
    assert!(body["records"][0]["attributes"]["url"].as_str().unwrap().contains("/tooling/sobjects/Profile/"));
    let (_, profile) = client.get(&format!("tooling/sobjects/Profile/{id}"));
    assert!(profile["Metadata"]["userPermissions"].is_array());
    assert_eq!(client.json("PATCH", &format!("tooling/sobjects/Profile/{id}"), &json!({})).0, 405);
    let (_, all) = client.get("tooling/sobjects");
    let names: Vec<&str> =
        all["sobjects"].as_array().unwrap().iter().map(|object| object["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"Profile") && !names.contains(&"Account"), "{names:?}");
    let (_, describe) = client.get("tooling/sobjects/Profile/describe");
    assert!(describe["fields"].as_array().unwrap().iter().any(|field| field["name"] == "Metadata"));
    assert_eq!(client.get("tooling/sobjects/Account/describe").0, 404);
    assert_eq!(client.get("tooling/query?q=").1[0]["errorCode"], "MALFORMED_QUERY");
    let defined = client.rows("SELECT QualifiedApiName, Label, KeyPrefix, DurableId, IsEverCreatable FROM EntityDefinition WHERE QualifiedApiName IN ('Account', 'LoginHistory') ORDER BY QualifiedApiName");
    assert_eq!((&defined[0]["KeyPrefix"], &defined[0]["IsEverCreatable"]), (&json!("001"), &json!(true)));
    assert_eq!(
        (&defined[1]["Label"], &defined[1]["IsEverCreatable"]),
        (&json!("Login History"), &json!(false))
    );
}

#[test]
fn xml_where_it_is_asked_for() {
    let mut client = Client::new();
    let xml = [("accept", "application/xml"), ("content-type", "application/xml")];
    let made = client.send(
        "POST",
        "sobjects/Account",
        &xml,
        "<Account><Name>A &amp; B</Name><NumberOfEmployees>7</NumberOfEmployees></Account>",
    );
    assert_eq!((made.status, made.kind), (201, "application/xml;charset=UTF-8"), "{}", made.body);
    assert!(
        made.body.contains("<Result><id>001") && made.body.contains("<success>true</success>"),
        "{}",
        made.body
    );
    let read = client.send("GET", "query.xml?q=SELECT+Name,NumberOfEmployees,Phone+FROM+Account", &[], "");
    assert!(
        read.body.contains("<QueryResult><totalSize>1</totalSize><done>true</done><records type=\"Account\""),
        "{}",
        read.body
    );
    assert!(
        read.body.contains("<Name>A &amp; B</Name><NumberOfEmployees>7</NumberOfEmployees>"),
        "{}",
        read.body
    );
    roxmltree::Document::parse(&read.body).unwrap();
    for address in
        ["sobjects", "sobjects/Account/describe", "limits", "/services/data", "sobjects/Nothing", "nowhere"]
    {
        let answer = client.send("GET", address, &xml, "");
        roxmltree::Document::parse(&answer.body).unwrap_or_else(|error| panic!("{address}: {error}"));
    }
    let refused = client.send("POST", "sobjects/Account", &xml, "<Account><Nope>1</Nope></Account>");
    assert!(refused.body.contains("<Errors><Error><message>No such column 'Nope' on sobject of type Account</message><errorCode>INVALID_FIELD</errorCode></Error></Errors>"), "{}", refused.body);
    for bad in ["<a>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "nothing"] {
        assert_eq!(client.send("POST", "sobjects/Account", &xml, bad).status, 400);
    }
    let other = client.send("POST", "sobjects/Account", &[("content-type", "text/plain")], "Name=x");
    assert_eq!(other.status, 415);
    let empty = client.send("POST", "sobjects/Account", &[], "");
    assert!(empty.body.contains("entity body is required"));
}

/// Accounts with contacts, by name and how many.
fn accounts_with(client: &mut Client, counts: &[(&str, usize)]) {
    for (name, count) in counts {
        let Value::Object(account) = json!({ "Name": name }) else { panic!() };
        let account = client.org.put("Account", account);
        for n in 0..*count {
            let Value::Object(contact) = json!({ "LastName": format!("C{n:04}"), "AccountId": account })
            else {
                panic!()
            };
            client.org.put("Contact", contact);
        }
    }
}

/// All records of a list inside a row, page by page, and the sizes of its pages.
fn whole(client: &mut Client, list: &Value) -> (Vec<Value>, Vec<usize>) {
    let (mut all, mut sizes, mut page) = (vec![], vec![], list.clone());
    loop {
        let records = page["records"].as_array().unwrap().clone();
        sizes.push(records.len());
        all.extend(records);
        assert_eq!(page["totalSize"], list["totalSize"]);
        if page["done"] == true {
            assert!(page["nextRecordsUrl"].is_null());
            return (all, sizes);
        }
        page = client.get(page["nextRecordsUrl"].as_str().unwrap()).1;
    }
}

#[test]
fn lists_inside_rows_come_in_pages_of_their_own() {
    let mut client = Client::new();
    accounts_with(&mut client, &[("Big", 1_200), ("Edge", 499), ("None", 0)]);
    let narrow = "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName LIMIT 1100) FROM Account ORDER BY Name";
    let (_, body) = client.query(narrow);
    let rows = body["records"].as_array().unwrap();
    assert_eq!((body["done"].as_bool(), rows.len()), (Some(true), 3));
    let big = rows[0]["Contacts"].clone();
    assert_eq!(
        (big["totalSize"].as_u64(), big["done"].as_bool(), big["records"].as_array().unwrap().len()),
        (Some(1_100), Some(false), 499),
        "a LIMIT does not help"
    );
    assert!(big["nextRecordsUrl"].as_str().unwrap().ends_with("-499"));
    let (all, sizes) = whole(&mut client, &big);
    assert_eq!(sizes, [499, 500, 101]);
    let names: Vec<String> = (0..1_100).map(|n| format!("C{n:04}")).collect();
    assert_eq!(all.iter().map(|one| one["LastName"].as_str().unwrap()).collect::<Vec<_>>(), names);
    assert_eq!(rows[1]["Contacts"]["done"], true);
    assert_eq!(rows[2]["Contacts"], Value::Null);

    // In a wide row the pages are the smaller.
    let (_, body) = client.query("SELECT FIELDS(STANDARD), (SELECT AssigneeId FROM Assignments) FROM PermissionSet WHERE Profile.Name = 'System Administrator'");
    assert!(body["records"][0].as_object().unwrap().len() > 300);
    assert_eq!(body["records"][0]["Assignments"]["done"], true);
    let profile = body["records"][0]["ProfileId"].as_str().unwrap().to_owned();
    for n in 0..230 {
        let Value::Object(user) = json!({ "Username": format!("u{n}@acme.example"), "LastName": "U", "ProfileId": profile, "IsActive": true })
        else {
            panic!()
        };
        client.org.add_user(user);
    }
    let (_, body) = client.query("SELECT FIELDS(STANDARD), (SELECT AssigneeId FROM Assignments) FROM PermissionSet WHERE Profile.Name = 'System Administrator'");
    let list = body["records"][0]["Assignments"].clone();
    let (all, sizes) = whole(&mut client, &list);
    assert_eq!((sizes[0], all.len() > 229), (199, true), "{sizes:?}");
    let mut ids: Vec<&str> = all.iter().map(|one| one["AssigneeId"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len(), "each once");
}

#[test]
fn a_request_gives_two_thousand_rows_with_those_inside() {
    let mut client = Client::new();
    let many: Vec<(String, usize)> = (0..10).map(|n| (format!("A{n}"), 450)).collect();
    accounts_with(&mut client, &many.iter().map(|(name, count)| (name.as_str(), *count)).collect::<Vec<_>>());
    let (_, mut page) = client.query("SELECT Name, (SELECT Id FROM Contacts) FROM Account ORDER BY Name");
    assert_eq!(page["totalSize"], 10);
    let (mut seen, mut pages) = (0, vec![]);
    loop {
        let records = page["records"].as_array().unwrap();
        let inside: usize =
            records.iter().map(|one| one["Contacts"]["records"].as_array().map_or(0, Vec::len)).sum();
        assert!(records.len() + inside <= 2_000 && !records.is_empty());
        seen += inside;
        pages.push(records.len());
        let Some(next) = page["nextRecordsUrl"].as_str().map(str::to_owned) else { break };
        assert_eq!(page["done"], false);
        page = client.get(&next).1;
    }
    assert_eq!((pages, seen), (vec![4, 4, 2], 4_500));
}

#[test]
fn what_the_caller_may_do_is_one_row_of_their_own() {
    let mut client = Client::new();
    let mine = |client: &mut Client| {
        let rows = client
            .rows("SELECT Id, PermissionsModifyAllData, PermissionsApiEnabled FROM UserPermissionAccess");
        assert_eq!(rows.len(), 1, "{rows:?}");
        (
            rows[0]["Id"].as_str().unwrap().to_owned(),
            rows[0]["PermissionsModifyAllData"].clone(),
            rows[0]["PermissionsApiEnabled"].clone(),
        )
    };
    let admin = mine(&mut client);
    assert_eq!((&admin.1, &admin.2), (&json!(true), &json!(true)));
    assert_eq!(mine(&mut client).0, admin.0, "the same row");
    client.become_user("anna.aalto@acme.example");
    let other = mine(&mut client);
    assert_eq!((&other.1, &other.2), (&json!(false), &json!(true)));
    assert_ne!(other.0, admin.0);
}

#[test]
fn an_address_that_is_too_long_is_refused() {
    let mut client = Client::new();
    let query = |length: usize| {
        let soql = format!("SELECT Id FROM User WHERE Name = '{}'", "x".repeat(length));
        format!("query?q={}", soql.replace(' ', "+").replace('\'', "%27").replace('=', "%3D"))
    };
    let status = |client: &mut Client, length: usize| client.send("GET", &query(length), &[], "").status;
    assert_eq!(status(&mut client, 15_000), 200);
    assert_eq!(status(&mut client, 16_300), 431, "with its headers");
    assert_eq!(status(&mut client, 31_000), 414);
    let long = "x".repeat(16_400);
    assert_eq!(client.send("GET", "limits", &[("x-padding", &long)], "").status, 431);
    // In the body of a composite it may be longer.
    let soql = format!("SELECT Id FROM User WHERE Name = '{}'", "x".repeat(31_000));
    let url = format!("{DATA}/query?q={}", soql.replace(' ', "+"));
    let body = json!({ "compositeRequest": [{ "method": "GET", "url": url, "referenceId": "q" }] });
    let (status, answer) = client.json("POST", "composite", &body);
    assert_eq!((status, &answer["compositeResponse"][0]["httpStatusCode"]), (200, &json!(200)));
}

#[test]
fn the_setup_audit_trail_is_only_counted() {
    let mut client = Client::new();
    let (status, body) = client.query("SELECT COUNT() FROM SetupAuditTrail");
    assert!(status == 200 && body["totalSize"].as_u64().unwrap() > 0, "{body}");
    assert_eq!(client.query("SELECT COUNT() FROM SetupAuditTrail WHERE CreatedDate = LAST_N_DAYS:30").0, 200);
    let rows =
        client.rows("SELECT Action, Section, Display FROM SetupAuditTrail ORDER BY CreatedDate DESC LIMIT 5");
    assert!(!rows.is_empty());
    for soql in [
        "SELECT COUNT(Id) FROM SetupAuditTrail",
        "SELECT MAX(CreatedDate) FROM SetupAuditTrail",
        "SELECT Action, COUNT(Id) n FROM SetupAuditTrail GROUP BY Action",
        "SELECT Action FROM SetupAuditTrail GROUP BY Action",
        "SELECT Id FROM SetupAuditTrail WHERE Section = 'Manage Users'",
        "SELECT Id FROM SetupAuditTrail WHERE Display LIKE '%a%'",
        "SELECT COUNT() FROM SetupAuditTrail WHERE Section = 'Manage Users'",
    ] {
        assert_eq!(client.query(soql).0, 400, "{soql}");
    }
}

#[test]
fn an_assignment_that_is_over_gives_nothing_to_its_user() {
    let mut client = Client::new();
    let user = client.become_user("anna.aalto@acme.example");
    let Value::Object(set) = json!({ "Name": "S", "Label": "S", "PermissionsModifyAllData": true }) else {
        panic!()
    };
    let set = client.org.put("PermissionSet", set);
    for (key, value, counts) in [
        ("IsRevoked", json!(false), true),
        ("IsRevoked", json!(true), false),
        ("IsActive", json!(false), false),
        ("ExpirationDate", json!("2020-01-01T00:00:00.000+0000"), false),
        ("ExpirationDate", json!("2999-01-01T00:00:00.000+0000"), true),
    ] {
        let Value::Object(mut row) = json!({ "AssigneeId": user, "PermissionSetId": set, "IsActive": true })
        else {
            panic!()
        };
        row.insert(key.to_owned(), value);
        let id = client.org.put("PermissionSetAssignment", row);
        assert_eq!(client.org.has_permission(&user, "ModifyAllData"), counts, "{key}");
        client.org.take("PermissionSetAssignment", &id);
    }
}
