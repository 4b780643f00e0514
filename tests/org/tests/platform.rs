//! The platform's rules: what a write is refused for, word for word where the words are known, and what else it changes.
//!
//! It never reads a row by anything but the org's own answers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

use leastwise_org::store::{Actor, Org, PASSWORD, Row, object, text};
use leastwise_org::{seed, soql};
use serde_json::{Value, json};
use std::path::Path;

struct Setup {
    org: Org,
    admin: Actor,
}

impl Setup {
    fn new() -> Setup {
        let mut org = Org::new("acme");
        let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme");
        let admin = seed::load(&mut org, &[seed]).unwrap();
        Setup { org, admin: Actor { user_id: admin.id } }
    }

    fn id(&self, kind: &str, field: &str, value: &str) -> String {
        text(self.org.rows_by(kind, field, value).first().unwrap_or_else(|| panic!("{kind} {value}")), "Id")
            .to_owned()
    }

    fn create(&mut self, kind: &str, fields: Value) -> Result<String, (String, String)> {
        self.org.create(&self.admin, kind, object(fields)).map_err(|errors| said(&errors))
    }

    fn update(&mut self, kind: &str, id: &str, fields: Value) -> Result<(), (String, String)> {
        self.org.update(&self.admin, kind, id, object(fields)).map_err(|errors| said(&errors))
    }

    fn delete(&mut self, kind: &str, id: &str) -> Result<(), (String, String)> {
        self.org.delete(&self.admin, kind, id).map_err(|errors| said(&errors))
    }

    fn row(&self, kind: &str, id: &str) -> Row {
        self.org.row(kind, id).unwrap().clone()
    }

    /// Every row, for "nothing changed".
    fn all(&self) -> Vec<Row> {
        self.org.schema.objects().flat_map(|object| self.org.rows(&object.name)).cloned().collect()
    }

    fn trail(&self) -> Vec<(String, String)> {
        self.org
            .rows("SetupAuditTrail")
            .map(|row| (text(row, "Action").to_owned(), text(row, "Display").to_owned()))
            .collect()
    }

    fn has(&self, action: &str, display: &str) -> bool {
        self.trail().iter().any(|(a, d)| a == action && d == display)
    }
}

fn said(errors: &[leastwise_org::error::ApiError]) -> (String, String) {
    (errors[0].code.clone(), errors[0].message.clone())
}

fn refused(code: &str, message: &str) -> Result<String, (String, String)> {
    Err((code.into(), message.into()))
}

fn new_user(profile: &str) -> Value {
    json!({ "Username": "new.one@acme.example", "LastName": "One", "FirstName": "New", "Email": "new.one@acme.example", "Alias": "none",
        "TimeZoneSidKey": "Europe/Berlin", "LocaleSidKey": "en_US", "EmailEncodingKey": "UTF-8", "LanguageLocaleKey": "en_US", "ProfileId": profile })
}

#[test]
fn values_are_refused_with_the_code_the_label_and_the_limit() {
    let mut setup = Setup::new();
    let profile = setup.id("Profile", "Name", "Acme Sales");
    let before = setup.all();
    let mut with = |key: &str, value: Value| {
        let mut fields = new_user(&profile);
        fields[key] = value;
        setup.create("User", fields)
    };
    assert_eq!(
        with("LastName", json!("x".repeat(81))),
        refused(
            "STRING_TOO_LONG",
            &format!("Last Name: data value too large: {} (max length=80)", "x".repeat(81))
        )
    );
    assert_eq!(
        with("LastName", Value::Null),
        refused("REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]")
    );
    assert_eq!(
        with("TimeZoneSidKey", json!("Europe/Nowhere")),
        refused(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Time Zone: bad value for restricted picklist field: Europe/Nowhere"
        )
    );
    assert_eq!(
        with("Email", json!("no mail")),
        refused("INVALID_EMAIL_ADDRESS", "Email: invalid email address: no mail")
    );
    assert_eq!(with("Username", json!("plain")).unwrap_err().0, "INVALID_EMAIL_ADDRESS");
    assert_eq!(
        with("Username", json!("ADMIN@acme.example")).unwrap_err().0,
        "DUPLICATE_USERNAME",
        "user names have no case"
    );
    assert_eq!(
        with("ProfileId", json!("nonsense")),
        refused("MALFORMED_ID", "Profile ID: id value of incorrect type: nonsense")
    );
    assert_eq!(with("ProfileId", json!("0055g00000Nobody")).unwrap_err().0, "MALFORMED_ID");
    assert_eq!(with("ProfileId", json!("00e5g00000NobodY")).unwrap_err().0, "MALFORMED_ID", "16 characters");
    assert_eq!(
        with("ProfileId", json!("00e5g00000Nobod")),
        refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    );
    assert_eq!(
        with("Nope", json!(1)),
        refused("INVALID_FIELD", "No such column 'Nope' on sobject of type User")
    );
    assert_eq!(
        with("LastLoginDate", json!("2020-01-01T00:00:00Z")).unwrap_err().0,
        "INVALID_FIELD_FOR_INSERT_UPDATE"
    );
    let (code, message) = with("IsActive", json!("yes")).unwrap_err();
    assert!(
        code == "JSON_PARSER_ERROR"
            && message.starts_with("Cannot deserialize instance of boolean from VALUE_STRING value yes")
    );
    assert_eq!(setup.all(), before, "what is refused changes nothing");

    let id = setup.create("User", new_user(&profile)).unwrap();
    let row = setup.row("User", &id);
    assert_eq!(
        (text(&row, "Name"), text(&row, "UserType"), text(&row, "CreatedById")),
        ("New One", "Standard", setup.admin.user_id.as_str())
    );
    assert!(
        setup.org.rows_by("UserLogin", "UserId", &id).is_empty(),
        "no sign-in row before the first sign-in"
    );
    assert!(setup.has("createduser", "Created new user New One"));
    assert!(setup.org.sign_in_browser("New.One@acme.example", PASSWORD, "192.0.2.1").is_ok());
}

#[test]
fn every_profile_owns_a_permission_set_that_is_kept_equal() {
    let mut setup = Setup::new();
    let license = setup.id("UserLicense", "Name", "Salesforce");
    let id = setup
        .create(
            "Profile",
            json!({ "Name": "Fresh", "UserLicenseId": license, "PermissionsRunReports": true }),
        )
        .unwrap();
    let set = setup.org.profile_set(&id).unwrap().clone();
    assert_eq!(
        (text(&set, "Type"), &set["IsOwnedByProfile"], &set["PermissionsRunReports"]),
        ("Profile", &json!(true), &json!(true))
    );
    let set = text(&set, "Id").to_owned();
    setup.update("Profile", &id, json!({ "PermissionsExportReport": true })).unwrap();
    assert_eq!(setup.row("PermissionSet", &set)["PermissionsExportReport"], json!(true));
    assert!(setup.has(
        "profilePermChangedCustom",
        "Changed profile Fresh: general user permission Export Reports was changed from disabled to enabled"
    ));
    assert!(setup.update("PermissionSet", &set, json!({ "PermissionsExportReport": false })).is_err());
    assert!(setup.delete("PermissionSet", &set).is_err());
    assert_eq!(
        setup.create("Profile", json!({ "Name": "fresh", "UserLicenseId": license })),
        refused("FIELD_INTEGRITY_EXCEPTION", "The profile name is already in use")
    );
    setup.delete("Profile", &id).unwrap();
    assert!(setup.org.row("PermissionSet", &set).is_none(), "the set goes with its profile");
    assert_eq!(
        setup.update("Profile", &id, json!({ "Name": "x" })),
        Err(("ENTITY_IS_DELETED".into(), "entity is deleted".into()))
    );

    let standard = setup.id("Profile", "Name", "System Administrator");
    assert_eq!(
        setup.update("Profile", &standard, json!({ "PermissionsViewAllData": false })).unwrap_err().0,
        "FIELD_INTEGRITY_EXCEPTION"
    );
    let used = setup.id("Profile", "Name", "Acme Sales");
    assert_eq!(setup.delete("Profile", &used).unwrap_err().0, "DELETE_FAILED");
}

#[test]
fn dependencies_are_enforced_both_ways_without_cascade() {
    let mut setup = Setup::new();
    let id = setup.create("PermissionSet", json!({ "Name": "Reporting", "Label": "Reporting", "PermissionsRunReports": true, "PermissionsExportReport": true })).unwrap();
    let before = setup.all();
    assert_eq!(
        setup.update("PermissionSet", &id, json!({ "PermissionsRunReports": false })),
        Err((
            "FIELD_INTEGRITY_EXCEPTION".into(),
            "Permission Export Reports depends on permission(s): Run Reports".into()
        ))
    );
    let (code, message) =
        setup.update("PermissionSet", &id, json!({ "PermissionsManageUsers": true })).unwrap_err();
    assert_eq!(code, "FIELD_INTEGRITY_EXCEPTION");
    assert!(
        message.starts_with("Permission Manage Users depends on permission(s): ")
            && message.contains("View Setup and Configuration"),
        "{message}"
    );
    assert_eq!(setup.all(), before);
    setup
        .update(
            "PermissionSet",
            &id,
            json!({ "PermissionsRunReports": false, "PermissionsExportReport": false }),
        )
        .unwrap();
    assert!(setup.has(
        "PermSetDisableUserPerm",
        "Changed permission set Reporting: Export Reports permission was changed from enabled to disabled"
    ));
    let row = setup.row("PermissionSet", &id);
    assert_eq!(text(&row, "LastModifiedById"), setup.admin.user_id);

    let access = |setup: &mut Setup, fields: Value| {
        let mut all = json!({ "ParentId": id, "SobjectType": "Account" });
        all.as_object_mut().unwrap().extend(object(fields));
        setup.create("ObjectPermissions", all)
    };
    assert_eq!(
        access(&mut setup, json!({ "PermissionsRead": true, "PermissionsDelete": true })),
        refused(
            "FIELD_INTEGRITY_EXCEPTION",
            "Permission Delete Account depends on permission(s): Edit Account"
        )
    );
    assert!(access(&mut setup, json!({})).is_err(), "nothing ticked");
    let row = access(&mut setup, json!({ "PermissionsRead": true, "PermissionsEdit": true })).unwrap();
    assert_eq!(access(&mut setup, json!({ "PermissionsRead": true })).unwrap_err().0, "DUPLICATE_VALUE");
    assert_eq!(
        setup.update("ObjectPermissions", &row, json!({ "PermissionsRead": false })).unwrap_err().0,
        "FIELD_INTEGRITY_EXCEPTION"
    );
    assert!(setup.update("ObjectPermissions", &row, json!({ "PermissionsModifyAllRecords": true })).is_err());
    setup.update("ObjectPermissions", &row, json!({ "PermissionsEdit": false })).unwrap();
    assert!(setup.has(
        "PermSetEntityPermChanged",
        "Changed permission set Reporting: Account object permissions were changed from Read, Edit to Read"
    ));
    setup.delete("ObjectPermissions", &row).unwrap();
}

#[test]
fn permission_sets_have_api_names_and_are_deleted_when_nobody_has_them() {
    let mut setup = Setup::new();
    for bad in ["1st", "two words", "end_", "two__lines", ""] {
        assert!(setup.create("PermissionSet", json!({ "Name": bad, "Label": "x" })).is_err(), "{bad}");
    }
    assert_eq!(
        setup.create("PermissionSet", json!({ "Name": "backup_access", "Label": "x" })).unwrap_err().0,
        "DUPLICATE_DEVELOPER_NAME"
    );
    let id = setup.create("PermissionSet", json!({ "Name": "Extra", "Label": "Extra" })).unwrap();
    assert!(setup.has("PermSetCreateNoLicense", "Created permission set Extra: with no license"));
    let user = setup.id("User", "Username", "anna.aalto@acme.example");
    let assignment = setup
        .create("PermissionSetAssignment", json!({ "AssigneeId": user, "PermissionSetId": id }))
        .unwrap();
    assert_eq!(
        setup.create("PermissionSetAssignment", json!({ "AssigneeId": user, "PermissionSetId": id })),
        refused(
            "DUPLICATE_VALUE",
            &format!("Duplicate PermissionSetAssignment. Assignee: {user}; Permission Set: {id}")
        )
    );
    assert_eq!(setup.delete("PermissionSet", &id).unwrap_err().0, "DELETE_FAILED");
    setup.delete("PermissionSetAssignment", &assignment).unwrap();
    setup.delete("PermissionSet", &id).unwrap();
    assert!(setup.trail().iter().any(|(action, _)| action == "PermSetUnassign"));
    assert_eq!(
        setup.create("PermissionSetAssignment", json!({ "AssigneeId": user })).unwrap_err().0,
        "REQUIRED_FIELD_MISSING"
    );
    let owned =
        text(setup.org.profile_set(&setup.id("Profile", "Name", "Acme Sales")).unwrap(), "Id").to_owned();
    assert!(
        setup
            .create("PermissionSetAssignment", json!({ "AssigneeId": user, "PermissionSetId": owned }))
            .is_err()
    );
}

#[test]
fn licences_limit_what_is_assigned_and_how_many() {
    let mut setup = Setup::new();
    let profile = setup.id("Profile", "Name", "Minimum Access - API Only Integrations");
    let mut fields = new_user(&profile);
    fields["Username"] = json!("licensed@acme.example");
    let user = setup.create("User", fields).unwrap();
    let set = setup.create("PermissionSet", json!({ "Name": "Accounts", "Label": "Accounts" })).unwrap();
    setup
        .create(
            "ObjectPermissions",
            json!({ "ParentId": set, "SobjectType": "Account", "PermissionsRead": true }),
        )
        .unwrap();
    let assign = json!({ "AssigneeId": user, "PermissionSetId": set });
    assert_eq!(
        setup.create("PermissionSetAssignment", assign.clone()),
        refused(
            "FIELD_INTEGRITY_EXCEPTION",
            "Can't assign permission set \"Accounts\" to user \"New One\". The user license doesn't allow the permission: Read Account"
        )
    );
    let license = setup.id("PermissionSetLicense", "DeveloperName", "SalesforceAPIIntegrationPsl");
    setup
        .create(
            "PermissionSetLicenseAssign",
            json!({ "AssigneeId": user, "PermissionSetLicenseId": license }),
        )
        .unwrap();
    // Two of the seed have one already.
    assert_eq!(setup.row("PermissionSetLicense", &license)["UsedLicenses"], json!(3));
    setup.create("PermissionSetAssignment", assign).unwrap();
    assert_eq!(
        setup
            .create(
                "PermissionSetLicenseAssign",
                json!({ "AssigneeId": user, "PermissionSetLicenseId": license })
            )
            .unwrap_err()
            .0,
        "DUPLICATE_VALUE"
    );

    let mut full = setup.row("UserLicense", &setup.id("UserLicense", "Name", "Salesforce"));
    full.insert("UsedLicenses".into(), full["TotalLicenses"].clone());
    setup.org.put("UserLicense", full);
    let sales = setup.id("Profile", "Name", "Acme Sales");
    assert_eq!(setup.create("User", new_user(&sales)).unwrap_err().0, "LICENSE_LIMIT_EXCEEDED");
}

#[test]
fn a_groups_set_follows_its_members_after_a_while() {
    let mut setup = Setup::new();
    let member = setup.create("PermissionSet", json!({ "Name": "Member", "Label": "Member", "PermissionsRunReports": true, "PermissionsDataExport": true })).unwrap();
    let group = setup
        .create("PermissionSetGroup", json!({ "DeveloperName": "Team", "MasterLabel": "Team" }))
        .unwrap();
    let user = setup.id("User", "Username", "marketing.hub@acme.example");
    setup
        .create("PermissionSetAssignment", json!({ "AssigneeId": user, "PermissionSetGroupId": group }))
        .unwrap();
    let status = |setup: &Setup| text(&setup.row("PermissionSetGroup", &group), "Status").to_owned();
    assert!(!setup.org.has_permission(&user, "DataExport") && status(&setup) == "Updated");
    let part = setup
        .create(
            "PermissionSetGroupComponent",
            json!({ "PermissionSetGroupId": group, "PermissionSetId": member }),
        )
        .unwrap();
    assert!(!setup.org.has_permission(&user, "DataExport") && status(&setup) == "Updating");
    setup.org.tick();
    setup.org.tick();
    assert!(setup.org.has_permission(&user, "DataExport") && status(&setup) == "Updated");

    let muting = setup.create("MutingPermissionSet", json!({ "DeveloperName": "Team_Muting", "MasterLabel": "Team Muting", "PermissionsDataExport": true })).unwrap();
    setup
        .create(
            "PermissionSetGroupComponent",
            json!({ "PermissionSetGroupId": group, "PermissionSetId": muting }),
        )
        .unwrap();
    setup.org.tick();
    setup.org.tick();
    assert!(!setup.org.has_permission(&user, "DataExport"));
    setup.org.group_outcome = Some("Failed".into());
    setup.delete("PermissionSetGroupComponent", &part).unwrap();
    setup.org.tick();
    setup.org.tick();
    assert_eq!(status(&setup), "Failed");
    let aggregate = setup.id("PermissionSet", "PermissionSetGroupId", &group);
    assert!(setup.update("PermissionSet", &aggregate, json!({ "PermissionsDataExport": true })).is_err());
}

#[test]
fn somebody_must_be_left_to_administer_and_nobody_freezes_themselves() {
    let mut setup = Setup::new();
    let admins: Vec<String> = setup
        .org
        .rows_by("User", "ProfileId", &setup.id("Profile", "Name", "System Administrator"))
        .iter()
        .filter(|row| row["IsActive"] == json!(true))
        .map(|row| text(row, "Id").to_owned())
        .collect();
    let own = setup.admin.user_id.clone();
    for other in admins.iter().filter(|id| **id != own) {
        setup.update("User", other, json!({ "IsActive": false })).unwrap();
    }
    assert_eq!(
        setup.update("User", &own, json!({ "IsActive": false })),
        Err((
            "CANNOT_DISABLE_LAST_ADMIN".into(),
            "You must have at least one active administrator user.".into()
        ))
    );
    let sales = setup.id("Profile", "Name", "Acme Sales");
    assert_eq!(
        setup.update("User", &own, json!({ "ProfileId": sales })).unwrap_err().1,
        "Cannot change profile for current user"
    );
    let login = setup.id("UserLogin", "UserId", &own);
    assert_eq!(
        setup.update("UserLogin", &login, json!({ "IsFrozen": true })).unwrap_err().0,
        "CANNOT_FREEZE_SELF"
    );

    let erp = setup.id("User", "Username", "erp.sync@acme.example");
    let sentence = "You cannot deactivate a user who is the default owner of cases";
    setup.org.needed_users.insert(erp.clone(), sentence.into());
    assert_eq!(setup.update("User", &erp, json!({ "IsActive": false })).unwrap_err().1, sentence);
    let login = setup.id("UserLogin", "UserId", &erp);
    setup.update("UserLogin", &login, json!({ "IsFrozen": true })).unwrap();
    assert!(setup.trail().iter().any(|(action, _)| action == "frozeuser"));
    assert_eq!(
        setup.create("UserLogin", json!({ "UserId": erp })).unwrap_err().0,
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    );
    assert!(setup.org.sign_in_browser("erp.sync@acme.example", PASSWORD, "192.0.2.1").is_err());
}

#[test]
fn app_access_takes_its_kind_from_the_id_and_comes_once() {
    let mut setup = Setup::new();
    let set = setup.id("PermissionSet", "Name", "Backup_Access");
    let app = setup.create_app("Fresh App");
    let access = json!({ "ParentId": set, "SetupEntityId": app });
    let mut typed = access.clone();
    typed["SetupEntityType"] = json!("ConnectedApplication");
    assert_eq!(setup.create("SetupEntityAccess", typed).unwrap_err().0, "INVALID_FIELD_FOR_INSERT_UPDATE");
    let id = setup.create("SetupEntityAccess", access.clone()).unwrap();
    assert_eq!(text(&setup.row("SetupEntityAccess", &id), "SetupEntityType"), "ConnectedApplication");
    assert_eq!(setup.create("SetupEntityAccess", access).unwrap_err().0, "DUPLICATE_VALUE");
    assert_eq!(
        setup.update("SetupEntityAccess", &id, json!({})).unwrap_err().0,
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    );
    setup.delete("SetupEntityAccess", &id).unwrap();
    assert!(setup.trail().iter().any(|(action, display)| action
        == "SetupEntityAccessAudit_PermissionSet_ConnectedApplication_Disabled"
        && display.ends_with("Fresh App connected app is disabled")));
    assert_eq!(
        setup.create("SetupEntityAccess", json!({ "ParentId": set, "SetupEntityId": set })).unwrap_err().0,
        "MALFORMED_ID"
    );
}

impl Setup {
    fn create_app(&mut self, name: &str) -> String {
        self.org.put("ConnectedApplication", object(json!({ "Name": name })))
    }
}

#[test]
fn people_without_permission_are_refused_and_own_their_details_and_tokens() {
    let mut setup = Setup::new();
    let anna = setup.id("User", "Username", "anna.aalto@acme.example");
    let erp = setup.id("User", "Username", "erp.sync@acme.example");
    let actor = Actor { user_id: anna.clone() };
    let mut denied = |kind: &str, id: &str, fields: Value| {
        let errors = setup.org.update(&actor, kind, id, object(fields)).unwrap_err();
        assert_eq!(
            (errors[0].status, errors[0].code.as_str()),
            (403, "INSUFFICIENT_ACCESS_OR_READONLY"),
            "{kind}"
        );
    };
    denied("User", &erp, json!({ "Title": "x" }));
    denied("User", &anna, json!({ "IsActive": false }));
    setup.org.update(&actor, "User", &anna, object(json!({ "Title": "Own" }))).unwrap();
    let own =
        setup.org.put("OauthToken", object(json!({ "UserId": anna, "AppName": "x", "DeleteToken": "d1" })));
    setup.org.put("OauthToken", object(json!({ "UserId": erp, "AppName": "x", "DeleteToken": "d2" })));
    assert!(setup.org.delete(&actor, "OauthToken", &own).is_err(), "no row of them is deleted");
    assert!(setup.org.revoke_by_delete_token("d1") && setup.org.revoke_by_delete_token("d2"));
    assert!(!setup.org.revoke_by_delete_token("d1") && !setup.org.revoke_by_delete_token(""));
    // A new e-mail address waits for its owner.
    let own = setup.row("User", &erp);
    let admin = setup.admin.clone();
    setup
        .org
        .update(&admin, "User", &erp, object(json!({ "Email": "erp@acme.example", "Title": "x" })))
        .unwrap();
    assert_eq!(setup.row("User", &erp).get("Email"), own.get("Email"));
    assert_eq!(text(&setup.row("User", &erp), "Title"), "x");
    assert!(setup.org.confirm_email(&erp) && !setup.org.confirm_email(&erp));
    assert_eq!(text(&setup.row("User", &erp), "Email"), "erp@acme.example");
    let set = setup.id("PermissionSet", "Name", "Backup_Access");
    assert!(
        setup
            .org
            .create(
                &actor,
                "PermissionSetAssignment",
                object(json!({ "AssigneeId": anna, "PermissionSetId": set }))
            )
            .is_err()
    );
    let account = setup.create("Account", json!({ "Name": "Acme" })).unwrap();
    assert_eq!(text(&setup.row("Account", &account), "OwnerId"), setup.admin.user_id);
    let nobody = setup.id("User", "Username", "marketing.hub@acme.example");
    let able = setup.org.may_touch(&nobody, "Account", "PermissionsRead");
    let seen = soql::run(&setup.org, &nobody, "SELECT Id FROM Account", "");
    assert_eq!(able, seen.is_ok(), "object permissions decide what is there");
}
