//! Records of business: what the platform fills in, what permissions keep, what a write is refused for.
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

use client::Client;
use leastwise_org::store::object;
use serde_json::{Value, json};

fn sales() -> Client {
    Client::seeded(&["acme", "sales"])
}

/// A user who has nothing but API Enabled, and what `sets` grant.
fn reader(client: &mut Client, sets: &[&str]) -> String {
    let profile = client.org.add_profile("Bare", "Salesforce", true, &["ApiEnabled".to_owned()]);
    let user = client.org.add_user(object(json!({ "Username": "bare@acme.example", "LastName": "Bare", "IsActive": true, "ProfileId": profile })));
    for set in sets {
        let set = client.org.rows_by("PermissionSet", "Name", set)[0]["Id"].clone();
        client.org.put(
            "PermissionSetAssignment",
            object(json!({ "AssigneeId": user, "PermissionSetId": set, "IsActive": true })),
        );
    }
    client.become_user("bare@acme.example")
}

#[test]
fn the_seed_has_records_that_belong_together() {
    let mut client = sales();
    let rows = client.rows(
        "SELECT Name, Owner.Username, (SELECT Name, Email FROM Contacts ORDER BY Name), (SELECT Name, Stage__c FROM Projects__r), \
         (SELECT Amount, ExpectedRevenue, IsWon FROM Opportunities ORDER BY Amount) FROM Account WHERE Number__c = 'k-100'",
    );
    let account = &rows[0];
    assert_eq!(
        (&account["Contacts"]["records"][1]["Name"], &account["Projects__r"]["records"][0]["Stage__c"]),
        (&json!("Mila Brandt"), &json!("Running"))
    );
    assert_eq!(account["Opportunities"]["records"][1]["ExpectedRevenue"], 225_000.0);
    assert!(account["Owner"]["Username"].is_string());
    let rows = client.rows("SELECT Who.Name, Who.Type, What.Name, What.Type, TYPEOF What WHEN Account THEN Industry, Phone ELSE Name END, Account.Name, IsHighPriority FROM Task");
    assert_eq!(
        (&rows[0]["Who"]["Type"], &rows[0]["Who"]["attributes"]["type"]),
        (&json!("Contact"), &json!("Contact"))
    );
    assert_eq!(
        (&rows[0]["Account"]["Name"], &rows[0]["IsHighPriority"]),
        (&json!("Kestrel Logistics"), &json!(true))
    );
    assert_eq!(
        client.rows("SELECT Id FROM Task WHERE What.Type = 'Account' AND Who.Type = 'Contact'").len(),
        1
    );
    assert_eq!(client.query("SELECT Id FROM Name").1[0]["errorCode"], "INVALID_TYPE_FOR_OPERATION");
    assert_eq!(
        client.rows("SELECT Name FROM Project__c WHERE Account__r.Number__c = 'S-200'")[0]["Name"],
        "Discovery"
    );
    let numbers: Vec<Value> = client
        .rows("SELECT CaseNumber, IsClosed FROM Case ORDER BY CaseNumber")
        .iter()
        .map(|row| row["CaseNumber"].clone())
        .collect();
    assert_eq!(numbers, ["00001001", "00001002"]);
}

#[test]
fn what_the_platform_fills_in() {
    let mut client = Client::new();
    let account = client.create("Account", json!({ "Name": "Acme", "BillingStreet": "1 Way" }));
    let contact = client.create(
        "Contact",
        json!({ "FirstName": "Ann", "LastName": "Low", "AccountId": account, "Phone": "1" }),
    );
    let lead = client.create("Lead", json!({ "LastName": "Hi", "Company": "Co" }));
    let deal = client.create(
        "Opportunity",
        json!({ "Name": "Deal", "StageName": "Value Proposition", "CloseDate": "2026-05-17", "Amount": 100 }),
    );
    let case = client.create("Case", json!({ "Subject": "Help", "ContactId": contact }));
    let task = client.create("Task", json!({ "Subject": "Call", "WhoId": contact, "Status": "Completed" }));
    let mut row = |object: &str, id: &str| client.get(&format!("sobjects/{object}/{id}")).1;
    assert_eq!(row("Account", &account)["BillingAddress"]["street"], "1 Way");
    assert_eq!(row("Contact", &contact)["Name"], "Ann Low");
    let lead = row("Lead", &lead);
    assert_eq!(
        (&lead["Status"], &lead["IsConverted"], &lead["Name"]),
        (&json!("Open - Not Contacted"), &json!(false), &json!("Hi"))
    );
    let opportunity = row("Opportunity", &deal);
    assert_eq!(
        (&opportunity["Probability"], &opportunity["ForecastCategory"], &opportunity["ExpectedRevenue"]),
        (&json!(50.0), &json!("Pipeline"), &json!(50.0))
    );
    assert_eq!(
        (&opportunity["FiscalQuarter"], &opportunity["Fiscal"], &opportunity["IsClosed"]),
        (&json!(2), &json!("2026 2"), &json!(false))
    );
    let case = row("Case", &case);
    assert_eq!(
        (&case["CaseNumber"], &case["Status"], &case["Priority"], &case["ContactPhone"]),
        (&json!("00001001"), &json!("New"), &json!("Medium"), &json!("1"))
    );
    assert_eq!(case["AccountId"], account.as_str());
    let task = row("Task", &task);
    assert_eq!(
        (&task["IsClosed"], &task["Priority"], &task["AccountId"]),
        (&json!(true), &json!("Normal"), &json!(account))
    );
    assert_eq!(
        client
            .json("PATCH", &format!("sobjects/Opportunity/{deal}"), &json!({ "StageName": "Closed Won" }))
            .0,
        204
    );
    let won = client.get(&format!("sobjects/Opportunity/{deal}")).1;
    assert_eq!(
        (&won["IsWon"], &won["IsClosed"], &won["Probability"]),
        (&json!(true), &json!(true), &json!(100.0))
    );
}

#[test]
fn deleting_takes_what_hangs_on_it_and_is_kept_by_cases() {
    let mut client = sales();
    let id = |client: &mut Client, soql: &str| client.rows(soql)[0]["Id"].as_str().unwrap().to_owned();
    let kestrel = id(&mut client, "SELECT Id FROM Account WHERE Number__c = 'K-100'");
    let before = client.everything();
    let (status, code, message, _) =
        client.refused("DELETE", &format!("sobjects/Account/{kestrel}"), &Value::Null);
    assert_eq!((status, code.as_str()), (400, "DELETE_FAILED"));
    assert!(message.contains("is associated with the following cases.: 00001001, 00001002"), "{message}");
    assert!(client.everything() == before);
    let solstice = id(&mut client, "SELECT Id FROM Account WHERE Number__c = 'S-200'");
    let contact = id(&mut client, "SELECT Id FROM Contact WHERE LastName = 'Okafor'");
    let project = id(&mut client, "SELECT Id FROM Project__c WHERE Name = 'Discovery'");
    assert_eq!(client.json("DELETE", &format!("sobjects/Account/{solstice}"), &Value::Null).0, 204);
    assert_eq!(
        client.refused("GET", &format!("sobjects/Contact/{contact}"), &Value::Null).1,
        "ENTITY_IS_DELETED"
    );
    assert_eq!(client.get(&format!("sobjects/Project__c/{project}")).1["Account__c"], Value::Null);
    assert_eq!(
        client.refused("POST", "sobjects/Contact", &json!({ "LastName": "x", "AccountId": solstice })).1,
        "ENTITY_IS_DELETED"
    );
}

#[test]
fn writes_that_do_not_fit() {
    let mut client = sales();
    let account = client.create("Account", json!({ "Name": "Fits", "Number__c": "F-1" }));
    let before = client.everything();
    for (object, body, code, message, fields) in [
        (
            "Account",
            json!({}),
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [Name]",
            json!(["Name"]),
        ),
        (
            "Account",
            json!({ "Name": null }),
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [Name]",
            json!(["Name"]),
        ),
        (
            "Opportunity",
            json!({ "Name": "x" }),
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [StageName, CloseDate]",
            json!(["StageName", "CloseDate"]),
        ),
        (
            "Account",
            json!({ "Name": "x", "Nope": 1 }),
            "INVALID_FIELD",
            "No such column 'Nope' on sobject of type Account",
            Value::Null,
        ),
        (
            "Account",
            json!({ "Name": "x", "CreatedDate": "2026-01-01T00:00:00Z" }),
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: CreatedDate. Please check the security settings of this field and verify that it is read/write for your profile or permission set.",
            json!(["CreatedDate"]),
        ),
        (
            "Account",
            json!({ "Name": "x".repeat(256) }),
            "STRING_TOO_LONG",
            "Account Name: data value too large: ",
            json!(["Name"]),
        ),
        (
            "Account",
            json!({ "Name": "x", "NumberOfEmployees": "many" }),
            "JSON_PARSER_ERROR",
            "Cannot deserialize instance of int from VALUE_STRING value many or request may be missing a required field at [line:1, column:2]",
            Value::Null,
        ),
        (
            "Contact",
            json!({ "LastName": "x", "Birthdate": "tomorrow" }),
            "JSON_PARSER_ERROR",
            "Cannot deserialize instance of date from VALUE_STRING value tomorrow or request may be missing a required field at [line:1, column:2]",
            Value::Null,
        ),
        (
            "Contact",
            json!({ "LastName": "x", "Email": "no" }),
            "INVALID_EMAIL_ADDRESS",
            "Email: invalid email address: no",
            json!(["Email"]),
        ),
        (
            "Contact",
            json!({ "LastName": "x", "AccountId": "001" }),
            "MALFORMED_ID",
            "Account ID: id value of incorrect type: 001",
            json!(["AccountId"]),
        ),
        (
            "Contact",
            json!({ "LastName": "x", "AccountId": "0035g00000000000AA" }),
            "MALFORMED_ID",
            "Account ID: id value of incorrect type: 0035g00000000000AA",
            json!(["AccountId"]),
        ),
        (
            "Contact",
            json!({ "LastName": "x", "AccountId": "001000000000001AAA" }),
            "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id",
            json!(["AccountId"]),
        ),
        (
            "Project__c",
            json!({ "Name": "x", "Stage__c": "Nope" }),
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Stage: bad value for restricted picklist field: Nope",
            json!(["Stage__c"]),
        ),
        (
            "Account",
            json!({ "Name": "x", "Id": account }),
            "INVALID_FIELD",
            "The Id field should not be specified in the sobject data.",
            Value::Null,
        ),
        (
            "Contact",
            json!({ "LastName": "x", "Account": { "Number__c": "none" } }),
            "INVALID_FIELD",
            "Foreign key external ID: none not found for field Number__c in entity Account",
            Value::Null,
        ),
    ] {
        let (status, said, told, on) = client.refused("POST", &format!("sobjects/{object}"), &body);
        assert_eq!((status, said.as_str()), (400, code), "{body}");
        assert!(told.starts_with(message), "{told}");
        assert_eq!(on, fields, "{body}");
    }
    let (_, code, message, _) =
        client.refused("POST", "sobjects/Account", &json!({ "Name": "x", "Number__c": "f-1" }));
    assert_eq!(
        (code.as_str(), message),
        (
            "DUPLICATE_VALUE",
            format!(
                "duplicate value found: Number__c duplicates value on record with id: {}",
                &account[..15]
            )
        )
    );
    assert!(client.everything() == before, "nothing was written");
    for bad in ["[]", "7", "\"x\"", "{", "{\"Name\":", "{\"Name\":\"a\"", "nonsense", "{\"Name\" \"a\"}"] {
        let answer = client.send("POST", "sobjects/Account", &[("content-type", "application/json")], bad);
        assert!(answer.status == 400 && answer.body.contains("JSON_PARSER_ERROR"), "{bad}: {}", answer.body);
    }
    // A picklist that is not restricted takes any value, and a key of the other record does for its id.
    client.create("Account", json!({ "Name": "x", "Industry": "Unheard of" }));
    let contact = client.create("Contact", json!({ "LastName": "x", "Account": { "Number__c": "F-1" } }));
    assert_eq!(client.get(&format!("sobjects/Contact/{contact}")).1["AccountId"], account.as_str());
    assert_eq!(client.create("Project__c", json!({ "Name": "Default" })).get(..3), Some("a00"));
    assert_eq!(
        client.rows("SELECT Stage__c FROM Project__c WHERE Name = 'Default'")[0]["Stage__c"],
        "Planned"
    );
    let made = client.json("PATCH", "sobjects/Account/Number__c/U-9", &json!({ "Name": "Upserted" }));
    assert_eq!(
        (made.0, client.get("sobjects/Account/Number__c/u-9").1["Name"].as_str()),
        (201, Some("Upserted"))
    );
}

#[test]
fn object_permissions_decide() {
    let mut client = sales();
    let account =
        client.rows("SELECT Id FROM Account WHERE Number__c = 'K-100'")[0]["Id"].as_str().unwrap().to_owned();
    reader(&mut client, &[]);
    // Without Read the object is not there.
    assert_eq!(client.query("SELECT Id FROM Account").1[0]["errorCode"], "INVALID_TYPE");
    for address in ["sobjects/Account", "sobjects/Account/describe", &format!("sobjects/Account/{account}")] {
        assert_eq!(client.refused("GET", address, &Value::Null).1, "NOT_FOUND", "{address}");
    }
    assert_eq!(client.refused("POST", "sobjects/Account", &json!({ "Name": "x" })).0, 404);
    let (_, global) = client.get("sobjects");
    assert!(!global["sobjects"].as_array().unwrap().iter().any(|object| object["name"] == "Account"));

    let mut client = sales();
    reader(&mut client, &["Sales_Reader"]);
    assert_eq!(client.rows("SELECT Id FROM Account").len(), 3);
    let before = client.everything();
    let (status, code, message, _) = client.refused("POST", "sobjects/Account", &json!({ "Name": "x" }));
    assert_eq!(
        (status, code.as_str(), message.as_str()),
        (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "entity type cannot be inserted: Account")
    );
    let account = client.rows("SELECT Id FROM Account")[0]["Id"].as_str().unwrap().to_owned();
    for method in ["PATCH", "DELETE"] {
        let (status, code, message, _) =
            client.refused(method, &format!("sobjects/Account/{account}"), &json!({ "Name": "x" }));
        assert_eq!(
            (status, code.as_str(), message.as_str()),
            (403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
        );
    }
    assert!(client.everything() == before);
    let (_, describe) = client.get("sobjects/Account/describe");
    assert_eq!(
        (&describe["createable"], &describe["updateable"], &describe["queryable"]),
        (&json!(false), &json!(false), &json!(true))
    );
}

#[test]
fn field_permissions_decide() {
    let mut client = sales();
    let profile = client.org.add_profile("Some fields", "Salesforce", true, &["ApiEnabled".to_owned()]);
    let set = client.org.profile_set(&profile).unwrap()["Id"].as_str().unwrap().to_owned();
    for (kind, fields) in [
        (
            "ObjectPermissions",
            json!({ "PermissionsRead": true, "PermissionsCreate": true, "PermissionsEdit": true }),
        ),
        (
            "FieldPermissions",
            json!({ "Field": "Account.Phone", "PermissionsRead": true, "PermissionsEdit": false }),
        ),
        (
            "FieldPermissions",
            json!({ "Field": "Account.Site", "PermissionsRead": false, "PermissionsEdit": false }),
        ),
    ] {
        let mut row = object(fields);
        row.insert("ParentId".into(), json!(set));
        row.insert("SobjectType".into(), json!("Account"));
        client.org.put(kind, row);
    }
    client.org.add_user(object(json!({ "Username": "some@acme.example", "LastName": "Some", "IsActive": true, "ProfileId": profile })));
    client.become_user("some@acme.example");
    // A standard field that nothing is said of, a field that is read alone, one that is not, and one of the org's own.
    let id = client.create("Account", json!({ "Name": "x", "Industry": "Banking" }));
    let (status, code, message, fields) =
        client.refused("PATCH", &format!("sobjects/Account/{id}"), &json!({ "Phone": "1" }));
    assert_eq!((status, code.as_str(), fields), (400, "INVALID_FIELD_FOR_INSERT_UPDATE", json!(["Phone"])));
    assert!(message.starts_with("Unable to create/update fields: Phone."));
    for hidden in ["Site", "Number__c"] {
        assert_eq!(
            client.refused("PATCH", &format!("sobjects/Account/{id}"), &json!({ hidden: "1" })).1,
            "INVALID_FIELD"
        );
        for soql in [
            format!("SELECT {hidden} FROM Account"),
            format!("SELECT Id FROM Account WHERE {hidden} = '1'"),
            format!("SELECT Id FROM Account ORDER BY {hidden}"),
            format!("SELECT {hidden}, COUNT(Id) FROM Account GROUP BY {hidden}"),
        ] {
            let (status, body) = client.query(&soql);
            assert_eq!((status, &body[0]["errorCode"]), (400, &json!("INVALID_FIELD")), "{soql}");
            assert!(
                body[0]["message"]
                    .as_str()
                    .unwrap()
                    .contains(&format!("No such column '{hidden}' on entity 'Account'"))
            );
        }
        let (_, row) = client.get(&format!("sobjects/Account/{id}"));
        assert!(row.get(hidden).is_none() && row.get("Phone").is_some());
        assert_eq!(
            client.refused("GET", &format!("sobjects/Account/{id}?fields={hidden}"), &Value::Null).1,
            "INVALID_FIELD"
        );
        let (_, describe) = client.get("sobjects/Account/describe");
        let fields = describe["fields"].as_array().unwrap();
        assert!(!fields.iter().any(|field| field["name"] == hidden));
        let phone = fields.iter().find(|field| field["name"] == "Phone").unwrap();
        assert_eq!((&phone["updateable"], &phone["createable"]), (&json!(false), &json!(false)));
    }
    assert_eq!(client.refused("GET", "sobjects/Account/Number__c/K-100", &Value::Null).0, 404);
    assert!(
        !client.rows("SELECT FIELDS(ALL) FROM Account LIMIT 1")[0].as_object().unwrap().contains_key("Site")
    );

    // What a profile's metadata says of an object's fields is all that there is.
    let mut client = sales();
    reader(&mut client, &["Sales_Reader"]);
    let set = client.org.rows_by("PermissionSet", "Name", "Sales_Reader")[0]["Id"].clone();
    assert!(set.is_string());
    assert_eq!(
        client.rows("SELECT Name, Phone, Number__c FROM Account WHERE Number__c = 'K-100'")[0]["Phone"],
        "+49 30 5550100"
    );
}
