//! The third law: every relationship and child relationship of the published describes is understood, where both its
//! objects are there.

use super::asked::{Asked, Known, condition, described, seeds};
use super::truth;
use serde_json::Value;

/// Child relationships of set-up objects: parent, name, child. Source: a recorded object-info of User, published enterprise
/// contracts (User, Group, PermissionSet, PermissionSetLicense), Tooling API guide (EntityDefinition).
const CHILDREN: &[(&str, &str, &str)] = &[
    ("User", "DelegatedUsers", "User"),
    ("User", "ManagedUsers", "User"),
    ("User", "PermissionSetAssignments", "PermissionSetAssignment"),
    ("User", "PermissionSetLicenseAssignments", "PermissionSetLicenseAssign"),
    ("User", "UserLogins", "UserLogin"),
    ("User", "UserPreferences", "UserPreference"),
    ("Group", "DelegatedUsers", "User"),
    ("Group", "GroupMembers", "GroupMember"),
    ("Group", "QueueSobjects", "QueueSobject"),
    ("PermissionSet", "Assignments", "PermissionSetAssignment"),
    ("PermissionSet", "FieldPerms", "FieldPermissions"),
    ("PermissionSet", "ObjectPerms", "ObjectPermissions"),
    ("PermissionSet", "SetupEntityAccessItems", "SetupEntityAccess"),
    ("PermissionSetGroup", "PermissionSetGroupComponents", "PermissionSetGroupComponent"),
    ("PermissionSetLicense", "PermissionSetLicenseAssignments", "PermissionSetLicenseAssign"),
    ("Profile", "Users", "User"),
    ("UserRole", "Users", "User"),
    ("EntityDefinition", "Fields", "FieldDefinition"),
    ("EntityDefinition", "Particles", "EntityParticle"),
];

#[test]
fn every_published_relationship_is_understood() {
    let mut asked = Asked::of(&seeds()[2]);
    let mut missing = vec![];
    let mut told = 0;
    let mut ask = |asked: &mut Asked, api: &str, what: String, soql: &str| {
        told += 1;
        let (status, answer) = asked.query(api, soql);
        if status != 200 {
            missing.push(format!("{what}: {answer}"));
        }
    };
    for (parent, name, child) in CHILDREN {
        assert!(asked.org.schema.object(child).is_some(), "{child}");
        let field = if matches!(*child, "FieldDefinition" | "EntityParticle") { "DurableId" } else { "Id" };
        let soql = format!("SELECT Id, (SELECT {field} FROM {name}) FROM {parent} LIMIT 1");
        ask(&mut asked, "", format!("{parent}.{name}"), &soql);
    }
    // What the org's own describes say holds too: of both APIs.
    for api in ["", "tooling/"] {
        let all = described(&mut asked, api, &mut Known::new());
        let names: Vec<&str> = all.iter().map(|describe| describe["name"].as_str().unwrap()).collect();
        for describe in &all {
            let object = describe["name"].as_str().unwrap().to_owned();
            // A relationship to what this org or this API has not leads nowhere, as on the platform.
            let there = |to: &&Value| names.contains(&to.as_str().unwrap());
            let parents: Vec<&str> = describe["fields"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|field| field["referenceTo"].as_array().unwrap().iter().any(|to| there(&to)))
                .filter_map(|field| field["relationshipName"].as_str())
                .collect();
            for name in parents {
                let soql = format!("SELECT {name}.Id FROM {object}{} LIMIT 1", condition(&object));
                ask(&mut asked, api, format!("{object}.{name}"), &soql);
            }
            let children = describe["childRelationships"].as_array().unwrap().clone();
            for name in children.iter().filter_map(|child| child["relationshipName"].as_str()) {
                let field = if matches!(name, "Fields" | "Particles") { "DurableId" } else { "Id" };
                let soql = format!(
                    "SELECT Id, (SELECT {field} FROM {name}) FROM {object}{} LIMIT 1",
                    condition(&object)
                );
                ask(&mut asked, api, format!("{object}.{name}"), &soql);
            }
        }
    }
    // The describes that lie beside the project, read by themselves.
    if let Some(table) = truth("sobject-fields-v64.tsv") {
        for line in table.lines().skip(1) {
            let parts: Vec<&str> = line.split('\t').collect();
            let [object, _, name, "relationship", .., to] = parts.as_slice() else { continue };
            if asked.org.schema.object(object).is_some() && asked.org.schema.object(to).is_some() {
                let soql = format!("SELECT {name}.Id FROM {object} LIMIT 1");
                ask(&mut asked, "", format!("{object}.{name}"), &soql);
            }
        }
    }
    println!("relations of published describes not understood: {} of {told}", missing.len());
    assert!(missing.is_empty(), "{missing:#?}");
}

/// What permission tools ask for, word for word, and what they look for in the answers.
#[test]
fn what_tools_for_permissions_read() {
    let mut asked = Asked::of(&seeds()[1]);
    let (_, sets) = asked.query("", "SELECT License.Name, License.Type FROM PermissionSet WHERE LicenseId != null AND IsOwnedByProfile = true LIMIT 1");
    assert_eq!(sets["records"][0]["License"]["Type"], "UserLicense");
    assert!(sets["records"][0]["License"]["Name"].is_string());
    let fields = "SELECT QualifiedApiName, DataType, EntityDefinition.QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName IN ('Account') AND QualifiedApiName = 'Name'";
    let (_, answer) = asked.query("tooling/", fields);
    assert_eq!(answer["records"][0]["DataType"], "Text(255)", "{answer}");
    assert_eq!(answer["records"][0]["EntityDefinition"]["QualifiedApiName"], "Account");
    let (status, refused) = asked.query("tooling/", "SELECT QualifiedApiName FROM EntityParticle");
    assert_eq!((status, &refused[0]["errorCode"]), (400, &Value::from("MALFORMED_QUERY")));
    assert_eq!(
        refused[0]["message"],
        "EntityParticle: a filter on a reified column is required [EntityDefinitionId,FieldDefinitionId,DurableId]"
    );
    for (api, object) in [
        ("", "CustomPermission"),
        ("", "QueueSobject"),
        ("tooling/", "ApexClass"),
        ("tooling/", "Flow"),
        ("", "FlowDefinitionView"),
    ] {
        assert_eq!(asked.query(api, &format!("SELECT Id FROM {object} LIMIT 1")).0, 200, "{object}");
    }
    // What one API has the other has not.
    assert_eq!(asked.query("", "SELECT Id FROM Flow").1[0]["errorCode"], "INVALID_TYPE");
    assert_eq!(asked.query("tooling/", "SELECT Id FROM Account").1[0]["errorCode"], "INVALID_TYPE");
    for mode in ["USER_MODE", "SYSTEM_MODE", "SECURITY_ENFORCED"] {
        assert_eq!(
            asked.query("", &format!("SELECT Id FROM User WHERE IsActive = true WITH {mode} LIMIT 1")).0,
            200
        );
    }
    assert_eq!(asked.query("", "SELECT Id FROM User WITH ANY_MODE").0, 400);
    assert_eq!(asked.query("", "SELECT Id, (SELECT Id FROM UserLogins WITH USER_MODE) FROM User").0, 400);
}
