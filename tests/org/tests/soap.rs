//! The SOAP endpoints, called as clients call them: what they answer, refuse, and leave as it was.
//!
//! It never opens a socket: requests and answers are handed over as values.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test"
)]

#[path = "soap/world.rs"]
mod world;

use leastwise_org::store::text;
use serde_json::json;
use std::io::Write;
use world::{World, element, elements, problem, refusal};

const RANGE: &str = "<loginIpRanges><description>a</description><endAddress>192.0.2.9</endAddress><startAddress>192.0.2.1</startAddress></loginIpRanges>";

#[test]
fn a_profiles_ranges_are_replaced_and_everything_else_stays() {
    let mut world = World::new();
    let before = world.org.row("Profile", &world.profile("Acme Data Warehouse")).unwrap().clone();
    let xml = world.read("Profile", "Acme Data Warehouse");
    assert_eq!(element(&xml, "startAddress").unwrap(), "198.51.100.0");
    assert_eq!(element(&xml, "userLicense").unwrap(), "Salesforce Integration");
    assert_eq!(elements(&xml, "object"), ["Account", "Opportunity"]);

    let two = format!(
        "{RANGE}<loginIpRanges><endAddress>2001:db8::9</endAddress><startAddress>2001:db8::1</startAddress></loginIpRanges>"
    );
    let done = world.update("Profile", &format!("<fullName>Acme Data Warehouse</fullName>{two}"));
    assert_eq!(element(&done, "success").unwrap(), "true", "{done}");
    let xml = world.read("Profile", "Acme Data Warehouse");
    assert_eq!(elements(&xml, "startAddress"), ["192.0.2.1", "2001:db8::1"]);
    assert_eq!(elements(&xml, "object"), ["Account", "Opportunity"]);
    let after = world.org.row("Profile", &world.profile("Acme Data Warehouse")).unwrap();
    assert_eq!(before.get("PermissionsApiUserOnly"), after.get("PermissionsApiUserOnly"));
    assert_ne!(before.get("LastModifiedById"), after.get("LastModifiedById"));
    let actions: Vec<&str> = world.org.rows("SetupAuditTrail").map(|row| text(row, "Display")).collect();
    assert!(
        actions.contains(&"Added Login Ip Range to Acme Data Warehouse from 192.0.2.1 to 192.0.2.9"),
        "{actions:?}"
    );
    assert!(
        actions.contains(&"Deleted Login Ip Range to Acme Data Warehouse from 198.51.100.0 to 198.51.100.15")
    );

    // Without the element nothing happens to them: how the last one goes is not known.
    let done =
        world.update("Profile", "<fullName>Acme Data Warehouse</fullName><description>x</description>");
    assert_eq!(element(&done, "success").unwrap(), "true");
    assert_eq!(elements(&world.read("Profile", "Acme Data Warehouse"), "startAddress").len(), 2);
}

#[test]
fn a_range_that_is_none_changes_nothing() {
    let mut world = World::new();
    let id = world.profile("Acme Data Warehouse");
    let before = world.org.profile_metadata[&id].clone();
    for (start, end) in
        [("192.0.2.9", "192.0.2.1"), ("192.0.2.1", "::1"), ("x", "192.0.2.1"), ("192.0.2.1", "")]
    {
        let range = format!(
            "<loginIpRanges><endAddress>{end}</endAddress><startAddress>{start}</startAddress></loginIpRanges>"
        );
        let permission = "<userPermissions><enabled>true</enabled><name>RunReports</name></userPermissions>";
        let done =
            world.update("Profile", &format!("<fullName>Acme Data Warehouse</fullName>{range}{permission}"));
        problem(&done);
        assert_eq!(world.org.profile_metadata[&id], before);
        assert_eq!(world.org.row("Profile", &id).unwrap().get("PermissionsRunReports"), None);
    }
}

#[test]
fn login_hours_are_replaced_and_an_empty_element_takes_them_away() {
    let mut world = World::new();
    let hours = "<loginHours><mondayEnd>1020</mondayEnd><mondayStart>480</mondayStart></loginHours>";
    let name = "<fullName>Acme Sales</fullName>";
    assert_eq!(element(&world.update("Profile", &format!("{name}{hours}")), "success").unwrap(), "true");
    assert_eq!(element(&world.read("Profile", "Acme Sales"), "mondayStart").unwrap(), "480");
    let told = "Changed profile Acme Sales: login hours were changed from Monday All Day to Monday 8:00 AM - 5:00 PM";
    assert!(world.org.rows("SetupAuditTrail").any(|row| text(row, "Display") == told));
    for bad in ["<mondayEnd>1021</mondayEnd><mondayStart>480</mondayStart>", "<mondayStart>480</mondayStart>"]
    {
        problem(&world.update("Profile", &format!("{name}<loginHours>{bad}</loginHours>")));
    }
    assert_eq!(
        element(&world.update("Profile", &format!("{name}<loginHours/>")), "success").unwrap(),
        "true"
    );
    assert_eq!(element(&world.read("Profile", "Acme Sales"), "loginHours"), None);
}

#[test]
fn a_profile_is_cloned_with_its_license() {
    let mut world = World::new();
    let body = format!(
        "<fullName>Warehouse 2%3A EU</fullName><custom>true</custom>{RANGE}<userLicense>Salesforce Integration</userLicense><userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>"
    );
    let create = format!("<createMetadata><metadata xsi:type=\"Profile\">{body}</metadata></createMetadata>");
    assert_eq!(element(&world.metadata(&create), "success").unwrap(), "true");
    let xml = world.read("Profile", "Warehouse 2%3A EU");
    assert_eq!(element(&xml, "userLicense").unwrap(), "Salesforce Integration");
    assert_eq!(element(&xml, "custom").unwrap(), "true");
    assert_eq!(world.org.rows_by("Profile", "Name", "Warehouse 2: EU").len(), 1);
    assert_eq!(problem(&world.metadata(&create)).0, "DUPLICATE_DEVELOPER_NAME");
    let lost =
        create.replace("Warehouse 2", "Warehouse 3").replace("Salesforce Integration", "No Such License");
    assert_eq!(
        problem(&world.metadata(&lost)).1,
        "In field: userLicense - no UserLicense named No Such License found"
    );
    // The licence decides what can be ticked.
    let too_much = create.replace("Warehouse 2", "Warehouse 4").replace("ApiEnabled", "DataExport");
    assert!(
        problem(&world.metadata(&too_much)).1.starts_with("The user license doesn't allow the permission: ")
    );
    assert!(world.org.rows_by("Profile", "Name", "Warehouse 4: EU").is_empty());
}

#[test]
fn user_permissions_of_profiles() {
    let mut world = World::new();
    let entry = |on: bool, name: &str| {
        format!("<userPermissions><enabled>{on}</enabled><name>{name}</name></userPermissions>")
    };
    let own = |entries: String| format!("<fullName>Acme Integration Admin</fullName>{entries}");
    // By API names, as a deploy; nothing is changed.
    let (code, words) = problem(&world.update("Profile", &own(entry(false, "ViewSetup"))));
    assert_eq!(code, "FIELD_INTEGRITY_EXCEPTION");
    assert!(words.contains("Permission CustomizeApplication depends on permission(s): ViewSetup"), "{words}");
    let (_, words) = problem(&world.update("Profile", &own(entry(true, "NoSuchThing"))));
    assert_eq!(words, "Unknown user permission: NoSuchThing");
    // Those of a standard profile are fixed, and saying what is so is no change.
    let (code, _) = problem(
        &world.update("Profile", &format!("<fullName>Standard</fullName>{}", entry(false, "ApiEnabled"))),
    );
    assert_eq!(code, "FIELD_INTEGRITY_EXCEPTION");
    let same = world
        .update("Profile", &format!("<fullName>Standard</fullName>{RANGE}{}", entry(true, "ApiEnabled")));
    assert_eq!(element(&same, "success").unwrap(), "true", "{same}");
    assert_eq!(
        problem(&world.update("Profile", "<fullName>Nobody</fullName>")).1,
        "no Profile named Nobody found"
    );
}

#[test]
fn a_connected_apps_policy_is_read_changed_and_written_back() {
    let mut world = World::new();
    let xml = world.read("ConnectedApp", "ERP_Connector");
    assert_eq!(element(&xml, "isAdminApproved").unwrap(), "false");
    let record = &xml[xml.find("<fullName>").unwrap()..xml.find("</records>").unwrap()];
    let approved = record.replace("<isAdminApproved>false", "<isAdminApproved>true");
    let people = "<permissionSetName>Backup_Access</permissionSetName><profileName>Acme Backup</profileName>";
    let whole = approved.replace("</oauthConfig>", &format!("</oauthConfig>{people}"));
    let done = world.update("ConnectedApp", &whole);
    assert_eq!(element(&done, "success").unwrap(), "true", "{done}");
    let xml = world.read("ConnectedApp", "ERP_Connector");
    assert_eq!(element(&xml, "isAdminApproved").unwrap(), "true");
    assert_eq!(elements(&xml, "profileName"), ["Acme Backup"]);
    let app = text(world.org.rows_by("ConnectedApplication", "Name", "ERP Connector")[0], "Id").to_owned();
    let access = world.org.rows_by("SetupEntityAccess", "SetupEntityId", &app).len();
    assert_eq!(access, elements(&xml, "permissionSetName").len() + 1);
    let item = world.org.rows("AppMenuItem").find(|row| app.starts_with(text(row, "ApplicationId"))).unwrap();
    assert_eq!(item["IsUsingAdminAuthorization"], json!(true));
    // An empty element clears a list, none leaves it.
    let cleared = approved.replace("</oauthConfig>", "</oauthConfig><profileName></profileName>");
    assert_eq!(element(&world.update("ConnectedApp", &cleared), "success").unwrap(), "true");
    let xml = world.read("ConnectedApp", "ERP_Connector");
    assert!(elements(&xml, "profileName").is_empty());
    assert!(elements(&xml, "permissionSetName").contains(&"Backup_Access".to_owned()));
    // Approval is needed for a list, and what is required must be there.
    problem(&world.update("ConnectedApp", &whole.replace("<isAdminApproved>true", "<isAdminApproved>false")));
    let bare = refusal(&world.update("ConnectedApp", "<fullName>ERP_Connector</fullName><label>x</label>"));
    assert_eq!(bare.1, "Required field is missing: contactEmail");
    let create = format!(
        "<createMetadata><metadata xsi:type=\"ConnectedApp\">{}</metadata></createMetadata>",
        record.replace("ERP_Connector", "New_One")
    );
    assert!(problem(&world.metadata(&create)).1.starts_with("You can't create a connected app."));
}

#[test]
fn a_permission_set_is_replaced_whole() {
    let mut world = World::new();
    let old = world.set("Backup_Access").clone();
    assert_eq!(old.get("PermissionsViewAllData"), Some(&json!(true)));
    let body = "<fullName>Backup_Access</fullName><label>Backup Access</label><objectPermissions><allowCreate>false</allowCreate><allowDelete>false</allowDelete><allowEdit>false</allowEdit><allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>Account</object><viewAllRecords>false</viewAllRecords></objectPermissions><userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>";
    let done = world.update("PermissionSet", body);
    assert_eq!(element(&done, "success").unwrap(), "true", "{done}");
    let new = world.set("Backup_Access").clone();
    assert_eq!(new.get("PermissionsViewAllData"), Some(&json!(false)));
    assert_eq!(new.get("PermissionsApiEnabled"), Some(&json!(true)));
    let xml = world.read("PermissionSet", "Backup_Access");
    assert_eq!(elements(&xml, "object"), ["Account"]);
    assert_eq!(elements(&xml, "name"), ["ApiEnabled"]);
    let lost = body.replace(">Account<", ">Nowhere__c<");
    assert_eq!(
        problem(&world.update("PermissionSet", &lost)).1,
        "In field: field - no CustomObject named Nowhere__c found"
    );
    assert_eq!(elements(&world.read("PermissionSet", "Backup_Access"), "object"), ["Account"]);
}

#[test]
fn who_may_not_gets_what_salesforce_gives() {
    let mut world = World::new();
    world.become_user("anna.aalto@acme.example");
    let (code, words) = refusal(&world.read("Profile", "Admin"));
    assert_eq!((code.as_str(), &words[..20]), ("sf:INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS:"), "{words}");
    world.sid = "00D!nothing".into();
    let (code, words) = refusal(&world.read("Profile", "Admin"));
    assert_eq!(code, "sf:INVALID_SESSION_ID");
    assert!(
        words.starts_with("INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session.")
    );
}

#[test]
fn what_is_no_request_is_refused_and_changes_nothing() {
    let mut world = World::new();
    let metadata = world.org.profile_metadata.clone();
    let bomb =
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>";
    for body in [
        "",
        "{}",
        "<a",
        "<a/>",
        bomb,
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"/>",
    ] {
        let answer = world.post("/services/Soap/m/66.0", body);
        assert_eq!(answer.status, 500);
        assert_eq!(refusal(&answer.body).0, "soapenv:Client", "{body}");
    }
    let (code, words) = refusal(&world.metadata("<burnMetadata/>"));
    assert_eq!(code, "soapenv:Client");
    assert_eq!(
        words,
        "No operation available for request {http://soap.sforce.com/2006/04/metadata}burnMetadata, please check the WSDL for the service."
    );
    let (_, words) = refusal(&world.metadata("<readMetadata xmlns=\"urn:other\"/>"));
    assert!(words.starts_with("No operation available for request {urn:other}readMetadata"));
    let (_, words) = refusal(&world.update("Profile", "<fullName>Acme Sales</fullName><sessionSettings/>"));
    assert_eq!(
        words,
        "Element {http://soap.sforce.com/2006/04/metadata}sessionSettings invalid at this location in type Profile"
    );
    let many: String = (0..11).map(|n| format!("<fullNames>P{n}</fullNames>")).collect();
    let (code, _) =
        refusal(&world.metadata(&format!("<readMetadata><type>Profile</type>{many}</readMetadata>")));
    assert_eq!(code, "sf:EXCEEDED_ID_LIMIT");
    let (code, _) = refusal(&world.read("ApexClass", "X"));
    assert_eq!(code, "sf:INVALID_TYPE");
    for path in ["/services/Soap/m/99.0", "/services/Soap/m/x", "/services/Soap/m"] {
        assert_eq!(refusal(&world.post(path, "").body).0, "UNSUPPORTED_API_VERSION");
    }
    assert_eq!(world.org.profile_metadata, metadata);
}

#[test]
fn all_or_none_rolls_back_what_was_good() {
    let mut world = World::new();
    let id = world.profile("Acme Sales");
    let before = world.org.profile_metadata[&id].clone();
    let two = format!(
        "<updateMetadata><metadata xsi:type=\"Profile\"><fullName>Acme Sales</fullName>{RANGE}</metadata><metadata xsi:type=\"Profile\"><fullName>Nobody</fullName></metadata></updateMetadata>"
    );
    let xml = world.metadata_with("<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>", &two);
    assert_eq!(elements(&xml, "success"), ["false", "false"]);
    assert_eq!(
        elements(&xml, "statusCode"),
        ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_CROSS_REFERENCE_KEY"]
    );
    assert_eq!(world.org.profile_metadata[&id], before);
    let xml = world.metadata(&two);
    assert_eq!(elements(&xml, "success"), ["true", "false"]);
    assert_ne!(world.org.profile_metadata[&id], before);
}

/// A zip of files, as base64.
fn zipped(files: &[(&str, &str)]) -> String {
    use base64::Engine;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    for (name, content) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    base64::engine::general_purpose::STANDARD.encode(zip.finish().unwrap().into_inner())
}

fn package(kind: &str, members: &[&str]) -> String {
    let members: String = members.iter().map(|one| format!("<members>{one}</members>")).collect();
    format!(
        "<Package xmlns=\"http://soap.sforce.com/2006/04/metadata\"><types>{members}<name>{kind}</name></types><version>66.0</version></Package>"
    )
}

fn permission_set(label: &str, permission: &str) -> String {
    format!(
        "<PermissionSet xmlns=\"http://soap.sforce.com/2006/04/metadata\"><label>{label}</label><userPermissions><enabled>true</enabled><name>{permission}</name></userPermissions></PermissionSet>"
    )
}

/// Deploys and looks after it; what checkDeployStatus says in the end.
fn deployed(world: &mut World, zip: &str, options: &str) -> String {
    let asked = world.metadata(&format!(
        "<deploy><ZipFile>{zip}</ZipFile><DeployOptions><singlePackage>true</singlePackage>{options}</DeployOptions></deploy>"
    ));
    assert_eq!(element(&asked, "state").unwrap(), "Queued", "{asked}");
    let id = element(&asked, "id").unwrap();
    let check = format!(
        "<checkDeployStatus><asyncProcessId>{id}</asyncProcessId><includeDetails>true</includeDetails></checkDeployStatus>"
    );
    let status = world.metadata(&check);
    assert_eq!(element(&status, "done").unwrap(), "true", "{status}");
    status
}

#[test]
fn a_deploy_is_whole_or_by_parts_as_it_is_asked() {
    let mut world = World::new();
    let sets = |world: &World| world.org.rows("PermissionSet").count();
    let before = sets(&world);
    let files = [
        ("package.xml", package("PermissionSet", &["Good_One", "Bad_One", "Lost_One"])),
        ("permissionsets/Good_One.permissionset", permission_set("Good", "ApiEnabled")),
        ("permissionsets/Bad_One.permissionset", permission_set("Bad", "ModifyAllData")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let zip = zipped(&files);
    let status = deployed(&mut world, &zip, "<rollbackOnError>true</rollbackOnError>");
    assert_eq!(element(&status, "status").unwrap(), "Failed");
    assert_eq!(element(&status, "numberComponentErrors").unwrap(), "2");
    let problems = elements(&status, "problem");
    assert!(problems.contains(&"An object 'Lost_One' of type PermissionSet was named in package.xml, but was not found in zipped directory".to_owned()), "{problems:?}");
    assert!(
        problems.iter().any(|one| one.starts_with("Permission ModifyAllData depends on permission(s): ")),
        "{problems:?}"
    );
    assert_eq!(sets(&world), before);

    let status = deployed(&mut world, &zip, "<rollbackOnError>false</rollbackOnError>");
    assert_eq!(element(&status, "status").unwrap(), "SucceededPartial");
    assert_eq!(sets(&world), before + 1);

    let zip = zipped(&[
        ("package.xml", &package("PermissionSet", &["*"])),
        ("permissionsets/Checked.permissionset", &permission_set("Checked", "ApiEnabled")),
    ]);
    let status =
        deployed(&mut world, &zip, "<checkOnly>true</checkOnly><rollbackOnError>true</rollbackOnError>");
    assert_eq!(element(&status, "status").unwrap(), "Succeeded");
    assert_eq!(sets(&world), before + 1, "a check keeps nothing");

    let zip = zipped(&[
        ("package.xml", &package("PermissionSet", &[])),
        ("destructiveChanges.xml", &package("PermissionSet", &["Good_One", "Never_There"])),
    ]);
    let status = deployed(&mut world, &zip, "<rollbackOnError>true</rollbackOnError>");
    assert_eq!(element(&status, "status").unwrap(), "Succeeded", "{status}");
    assert_eq!(elements(&status, "problemType"), ["Warning"]);
    assert_eq!(sets(&world), before);
}

#[test]
fn bad_zips_and_files_are_told_by_line_and_change_nothing() {
    let mut world = World::new();
    let before = world.org.rows("PermissionSet").count();
    let manifest = package("PermissionSet", &["*"]);
    let broken =
        permission_set("x", "ApiEnabled").replace("<label>", "\n<lable>").replace("</label>", "</lable>");
    for (zip, told) in [
        ("AAAA".to_owned(), "The zip file could not be read: "),
        (zipped(&[("readme.txt", "x")]), "No package.xml found"),
        (zipped(&[("package.xml", "<Package")]), ""),
        (
            zipped(&[("package.xml", &package("Nothing", &["*"]))]),
            "Unknown type name 'Nothing' specified in package.xml",
        ),
        (
            zipped(&[("package.xml", &manifest), ("permissionsets/A.permissionset", &broken)]),
            "Error parsing file: Element {http://soap.sforce.com/2006/04/metadata}lable invalid at this location in type PermissionSet (2:1)",
        ),
        (
            zipped(&[
                ("package.xml", &manifest),
                ("permissionsets/A.permissionset", "<!DOCTYPE a [<!ENTITY b \"b\">]><PermissionSet/>"),
            ]),
            "Error parsing file: ",
        ),
    ] {
        let status = deployed(&mut world, &zip, "<rollbackOnError>true</rollbackOnError>");
        assert_eq!(element(&status, "status").unwrap(), "Failed", "{told}");
        let problem = element(&status, "problem").unwrap();
        assert!(problem.starts_with(told), "{problem}");
        assert_eq!(world.org.rows("PermissionSet").count(), before);
    }
    let fault = refusal(&world.metadata("<deploy><ZipFile>%%%</ZipFile></deploy>"));
    assert_eq!(fault.0, "soapenv:Client");
}

#[test]
fn a_deploy_can_be_stopped_before_it_begins() {
    let mut world = World::new();
    let zip = zipped(&[
        ("package.xml", &package("PermissionSet", &["*"])),
        ("permissionsets/A.permissionset", &permission_set("A", "ApiEnabled")),
    ]);
    let asked = world.metadata(&format!("<deploy><ZipFile>{zip}</ZipFile></deploy>"));
    let id = element(&asked, "id").unwrap();
    let stopped = world.metadata(&format!("<cancelDeploy><String>{id}</String></cancelDeploy>"));
    assert_eq!(element(&stopped, "done").unwrap(), "true", "{stopped}");
    let status = world
        .metadata(&format!("<checkDeployStatus><asyncProcessId>{id}</asyncProcessId></checkDeployStatus>"));
    assert_eq!(element(&status, "status").unwrap(), "Canceled");
    assert!(world.org.rows("PermissionSet").all(|row| text(row, "Name") != "A"));
}

#[test]
fn what_is_retrieved_can_be_deployed_again_and_changes_nothing() {
    let mut world = World::new();
    let types: String = [
        "Profile",
        "PermissionSet",
        "PermissionSetGroup",
        "MutingPermissionSet",
        "ConnectedApp",
        "ExternalClientApplication",
        "ExtlClntAppOauthConfigurablePolicies",
        "Settings",
    ]
    .iter()
    .map(|kind| format!("<types><members>*</members><name>{kind}</name></types>"))
    .collect();
    let asked = world.metadata(&format!("<retrieve><retrieveRequest><apiVersion>66.0</apiVersion><singlePackage>true</singlePackage><unpackaged>{types}<types><members>Nobody</members><name>PermissionSet</name></types><version>66.0</version></unpackaged></retrieveRequest></retrieve>"));
    let id = element(&asked, "id").unwrap();
    let done = world.metadata(&format!("<checkRetrieveStatus><asyncProcessId>{id}</asyncProcessId><includeZip>true</includeZip></checkRetrieveStatus>"));
    assert_eq!(element(&done, "status").unwrap(), "Succeeded");
    assert_eq!(
        element(&done, "problem").unwrap(),
        "Entity of type 'PermissionSet' named 'Nobody' cannot be found"
    );
    let rows = |world: &World| -> Vec<String> {
        let kinds = [
            "Profile",
            "PermissionSet",
            "ObjectPermissions",
            "SetupEntityAccess",
            "PermissionSetGroupComponent",
            "ConnectedApplication",
        ];
        let stamps = ["LastModifiedDate", "LastModifiedById", "SystemModstamp", "Description"];
        kinds
            .iter()
            .flat_map(|kind| world.org.rows(kind))
            .map(|row| {
                let mut row = row.clone();
                stamps.iter().for_each(|stamp| drop(row.remove(*stamp)));
                row.retain(|_, value| !value.is_null() && *value != json!(false));
                let sorted: std::collections::BTreeMap<_, _> = row.iter().collect();
                serde_json::to_string(&sorted).unwrap()
            })
            .collect()
    };
    let before = rows(&world);
    let status =
        deployed(&mut world, &element(&done, "zipFile").unwrap(), "<rollbackOnError>true</rollbackOnError>");
    assert_eq!(element(&status, "status").unwrap(), "Succeeded", "{:?}", elements(&status, "problem"));
    let after = rows(&world);
    let new: Vec<&String> = after.iter().filter(|row| !before.contains(row)).collect();
    assert!(new.is_empty(), "{new:#?}");
    assert_eq!(before.len(), after.len());
}

#[test]
fn an_external_client_apps_policy_is_replaced_by_names() {
    let mut world = World::new();
    let name = "<fullName>Quantum_Link_oauthPlcy</fullName>";
    let policy = |people: &str, kind: &str| {
        format!(
            "{name}{people}<externalClientApplication>Quantum_Link</externalClientApplication><permittedUsersPolicyType>{kind}</permittedUsersPolicyType>"
        )
    };
    let kind = "ExtlClntAppOauthConfigurablePolicies";
    let set = text(world.set("Backup_Access"), "Id").to_owned();
    let by_id = policy(
        &format!("<commaSeparatedPermissionSet>{set}</commaSeparatedPermissionSet>"),
        "AdminApprovedPreAuthorized",
    );
    assert_eq!(
        problem(&world.update(kind, &by_id)),
        ("INVALID_FIELD".into(), format!("We couldn't find permission sets called {set}"))
    );
    let by_name = policy(
        "<commaSeparatedPermissionSet>Backup_Access,API_Only</commaSeparatedPermissionSet>",
        "AdminApprovedPreAuthorized",
    );
    let done = world.update(kind, &by_name);
    assert_eq!(element(&done, "success").unwrap(), "true", "{done}");
    let xml = world.read(kind, "Quantum_Link_oauthPlcy");
    assert_eq!(element(&xml, "commaSeparatedPermissionSet").unwrap(), "API_Only,Backup_Access");
    let row = world.org.rows("ExtlClntAppOauthPlcyCnfg").find(|row| {
        text(row, "PermittedUsersPolicyType") == "AdminApprovedPreAuthorized"
            && text(row, "IpRelaxationPolicyType") == "Enforce"
    });
    assert!(row.is_some());
    let twin = by_name.replace("Quantum_Link_oauthPlcy", "Quantum_Link_other");
    let create = format!("<createMetadata><metadata xsi:type=\"{kind}\">{twin}</metadata></createMetadata>");
    assert_eq!(
        problem(&world.metadata(&create)).1,
        "duplicate value found: ExtlClntAppOauthSettingsId duplicates value on Quantum_Link_oauthPlcy"
    );
    let done = world.update(kind, &policy("", "AllSelfAuthorized"));
    assert_eq!(element(&done, "success").unwrap(), "true");
    assert_eq!(element(&world.read(kind, "Quantum_Link_oauthPlcy"), "commaSeparatedPermissionSet"), None);
}

#[test]
fn groups_settings_and_policies() {
    let mut world = World::new();
    let group = "<fullName>Billing_Automation</fullName><label>Billing</label><permissionSets>Billing_Core</permissionSets>";
    assert_eq!(element(&world.update("PermissionSetGroup", group), "success").unwrap(), "true");
    let xml = world.read("PermissionSetGroup", "Billing_Automation");
    assert_eq!(elements(&xml, "permissionSets"), ["Billing_Core"]);
    assert_eq!(elements(&xml, "mutingPermissionSets").len(), 0);
    let lost = group.replace("Billing_Core", "Nobody");
    assert_eq!(
        problem(&world.update("PermissionSetGroup", &lost)).1,
        "In field: permissionSets - no PermissionSet named Nobody found"
    );
    // Settings keep what a write leaves out.
    let settings = "<fullName>Security</fullName><sessionSettings><lockSessionsToIp>true</lockSessionsToIp></sessionSettings>";
    assert_eq!(element(&world.update("SecuritySettings", settings), "success").unwrap(), "true");
    let xml = world.read("SecuritySettings", "Security");
    assert_eq!(element(&xml, "lockSessionsToIp").unwrap(), "true");
    assert_eq!(element(&xml, "lockSessionsToDomain").unwrap(), "true");
    let policy = "<fullName>Acme_Sales_policy</fullName><lockoutInterval>15</lockoutInterval><maxLoginAttempts>3</maxLoginAttempts><minimumPasswordLength>12</minimumPasswordLength><passwordComplexity>3</passwordComplexity><passwordExpiration>90</passwordExpiration><passwordHistory>3</passwordHistory><passwordQuestion>1</passwordQuestion><profile>Acme Sales</profile>";
    let create = |body: &str| {
        format!(
            "<createMetadata><metadata xsi:type=\"ProfilePasswordPolicy\">{body}</metadata></createMetadata>"
        )
    };
    assert_eq!(element(&world.metadata(&create(policy)), "success").unwrap(), "true");
    assert_eq!(
        problem(&world.metadata(&create(&policy.replace("Acme_Sales_policy", "Twin")))),
        ("DUPLICATE_VALUE".into(), "A password policy with this profile already exists.".into())
    );
    // A policy names its profile in small letters, and has the values of the guide alone.
    let read = world.read("ProfilePasswordPolicy", "Acme_Sales_policy");
    assert_eq!(element(&read, "profile").unwrap(), "acme sales");
    for (from, to) in [
        ("<passwordHistory>3", "<passwordHistory>0"),
        ("<passwordExpiration>90", "<passwordExpiration>91"),
        ("<minimumPasswordLength>12", "<minimumPasswordLength>4"),
        ("<maxLoginAttempts>3", "<maxLoginAttempts>4"),
    ] {
        let (code, _) = problem(&world.update("ProfilePasswordPolicy", &policy.replace(from, to)));
        assert_eq!(code, "FIELD_INTEGRITY_EXCEPTION", "{to}");
    }
    let listed =
        world.metadata("<listMetadata><queries><type>ProfilePasswordPolicy</type></queries></listMetadata>");
    assert!(elements(&listed, "fullName").contains(&"Acme_Sales_policy".to_owned()), "{listed}");
    let gone = world.metadata("<deleteMetadata><type>ProfilePasswordPolicy</type><fullNames>Acme_Sales_policy</fullNames><fullNames>Acme_Sales_policy</fullNames></deleteMetadata>");
    assert_eq!(elements(&gone, "success"), ["true", "false"]);
}

#[test]
fn the_partner_api_does_what_rest_does() {
    let mut world = World::new();
    let xml = world.data("u", "", "<query><queryString>SELECT Id, Username, Title, Profile.Name, (SELECT PermissionSet.Name FROM PermissionSetAssignments) FROM User WHERE Username = 'anna.aalto@acme.example'</queryString></query>");
    assert_eq!(element(&xml, "size").unwrap(), "1", "{xml}");
    assert_eq!(element(&xml, "Username").unwrap(), "anna.aalto@acme.example");
    let id = element(&xml, "Id").unwrap();
    let update = format!(
        "<update><sObjects><sf:type>User</sf:type><sf:fieldsToNull>Department</sf:fieldsToNull><sf:Id>{id}</sf:Id><sf:Title>Boss</sf:Title></sObjects></update>"
    );
    assert_eq!(element(&world.data("u", "", &update), "success").unwrap(), "true");
    assert_eq!(text(world.org.row("User", &id).unwrap(), "Title"), "Boss");
    let create = "<create><sObjects><sf:type>Account</sf:type><sf:Name>One</sf:Name></sObjects><sObjects><sf:type>Account</sf:type><sf:Nothing>x</sf:Nothing></sObjects></create>";
    let xml = world.data("u", "", create);
    assert_eq!(elements(&xml, "success"), ["true", "false"], "{xml}");
    assert_eq!(element(&xml, "statusCode").unwrap(), "INVALID_FIELD");
    let accounts = |world: &World| world.org.rows("Account").count();
    let before = accounts(&world);
    let xml = world.data("u", "<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>", create);
    assert_eq!(elements(&xml, "success"), ["false", "false"]);
    assert_eq!(accounts(&world), before);
    let one = text(world.org.rows_by("Account", "Name", "One")[0], "Id").to_owned();
    let xml = world.data("u", "", &format!("<retrieve><fieldList>Id, Name</fieldList><sObjectType>Account</sObjectType><ids>{one}</ids></retrieve>"));
    assert_eq!(element(&xml, "Name").unwrap(), "One", "{xml}");
    assert_eq!(
        element(&world.data("u", "", &format!("<delete><ids>{one}</ids></delete>")), "success").unwrap(),
        "true"
    );
    let xml = world.data("u", "", "<describeSObject><sObjectType>Profile</sObjectType></describeSObject>");
    assert_eq!(element(&xml, "keyPrefix").unwrap(), "00e");
    assert!(elements(&xml, "name").contains(&"PermissionsApiEnabled".to_owned()));
    assert_eq!(element(&world.data("u", "", "<getUserInfo/>"), "userName").unwrap(), "admin@acme.example");
    // The same in the other contract, where a record has its type by xsi:type.
    let xml = world.data(
        "c",
        "",
        "<create><sObjects xsi:type=\"sf:Account\"><sf:Name>Two</sf:Name></sObjects></create>",
    );
    assert_eq!(element(&xml, "success").unwrap(), "true", "{xml}");
    let xml = world.data(
        "c",
        "",
        "<query><queryString>SELECT COUNT(Id) FROM Account WHERE Name = 'Two'</queryString></query>",
    );
    assert_eq!(element(&xml, "expr0").unwrap(), "1", "{xml}");
    assert_eq!(
        refusal(&world.data("u", "", "<query><queryString>SELECT Nothing FROM User</queryString></query>")).0,
        "sf:INVALID_FIELD"
    );
    assert_eq!(
        refusal(&world.data("u", "", "<query><queryString>SELECT</queryString></query>")).0,
        "sf:MALFORMED_QUERY"
    );
    assert_eq!(
        refusal(&world.data("u", "", "<queryMore><queryLocator>01gNothing</queryLocator></queryMore>")).0,
        "sf:INVALID_QUERY_LOCATOR"
    );
    assert_eq!(
        refusal(&world.data(
            "u",
            "",
            "<describeSObject><sObjectType>Nothing</sObjectType></describeSObject>"
        ))
        .0,
        "sf:INVALID_TYPE"
    );
    world.data("u", "", "<logout/>");
    assert_eq!(refusal(&world.data("u", "", "<getUserInfo/>")).0, "sf:INVALID_SESSION_ID");
}

#[test]
fn pages_of_a_query_over_soap() {
    let mut world = World::new();
    leastwise_org::scale::add(&mut world.org, 600, 2);
    let query = "<query><queryString>SELECT Id FROM User</queryString></query>";
    let first = world.data("u", "<QueryOptions><batchSize>250</batchSize></QueryOptions>", query);
    let (locator, size) = (element(&first, "queryLocator").unwrap(), element(&first, "size").unwrap());
    assert_eq!(elements(&first, "records").len(), 250);
    let more = world.data("u", "", &format!("<queryMore><queryLocator>{locator}</queryLocator></queryMore>"));
    assert_eq!((elements(&more, "records").len(), element(&more, "size").unwrap()), (250, size));
    assert_eq!(element(&more, "done").unwrap(), "false");
}
