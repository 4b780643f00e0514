//! The seed acme is an org that the platform would have let come about: what its permissions need is granted along, and
//! every user's licence allows what they have.
//!
//! And other seeds, as odd as public repositories are, stand as far as they can be read.
//!
//! It never asks the former of other seeds: a retrieve of a public repository is often partial.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test"
)]

use leastwise_org::platform::dependencies;
use leastwise_org::seed;
use leastwise_org::store::{Actor, Org, text};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn seeded() -> (Org, String) {
    let mut org = Org::new("acme");
    let acme = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme");
    let admin = seed::load(&mut org, &[acme]).unwrap();
    (org, admin.id)
}

#[test]
fn every_permission_has_what_it_needs() {
    let (org, _) = seeded();
    // What other seeds are forgiven.
    assert!(org.schema.not_needed.is_empty(), "{:?}", org.schema.not_needed);
    let mut wrong = vec![];
    for object in ["Profile", "PermissionSet"] {
        for row in org.rows(object) {
            let granted: BTreeSet<String> = row
                .iter()
                .filter(|(_, value)| value.as_bool() == Some(true))
                .filter_map(|(name, _)| name.strip_prefix("Permissions").map(str::to_owned))
                .collect();
            let lacks = dependencies::user_permissions(&org.schema, &granted);
            if !lacks.is_empty() {
                wrong.push(format!(
                    "{object} {} {}: {}",
                    text(row, "Name"),
                    text(row, "Label"),
                    dependencies::by_names(&lacks)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_assignment_could_be_made_again() {
    let (org, admin) = seeded();
    let actor = Actor { user_id: admin };
    let mut wrong = vec![];
    let is_own = |row: &&leastwise_org::store::Row| {
        let set = org.row("PermissionSet", text(row, "PermissionSetId"));
        set.is_some_and(|set| set.get("IsOwnedByProfile") == Some(&serde_json::json!(true)))
    };
    for row in org.rows("PermissionSetAssignment").filter(|row| !is_own(row)) {
        let mut org = org.clone();
        org.delete(&actor, "PermissionSetAssignment", text(row, "Id")).unwrap();
        let mut again = row.clone();
        again.retain(|name, value| {
            !value.is_null()
                && (name == "AssigneeId" || name == "PermissionSetId" || name == "PermissionSetGroupId")
        });
        if again.contains_key("PermissionSetGroupId") {
            again.remove("PermissionSetId");
        }
        if let Err(errors) = org.create(&actor, "PermissionSetAssignment", again) {
            wrong.push(format!("{row:?}: {errors:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A folder of files, as a repository may have them.
fn folder(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("leastwise-seed-{}-{name}", std::process::id()));
    for (path, bytes) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

fn loaded(folders: &[PathBuf]) -> Org {
    let mut org = Org::new("acme");
    seed::load(&mut org, folders).unwrap();
    folders.iter().for_each(|folder| std::fs::remove_dir_all(folder).unwrap());
    org
}

fn document(root: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"http://soap.sforce.com/2006/04/metadata\">{body}</{root}>"
    )
}

fn permission(name: &str, on: bool) -> String {
    format!("<userPermissions><enabled>{on}</enabled><name>{name}</name></userPermissions>")
}

fn usernames(org: &Org) -> Vec<&str> {
    org.rows("User").map(|row| text(row, "Username")).filter(|name| *name != "admin@acme.example").collect()
}

const DELETES: &str =
    "<objectPermissions><allowDelete>true</allowDelete><object>Account</object></objectPermissions>";
const RANGE: &str = "<loginIpRanges><endAddress>203.0.113.9</endAddress><startAddress>203.0.113.1</startAddress></loginIpRanges>";

#[test]
fn parts_of_a_component_in_several_folders_are_one() {
    let profile = |body: &str| document("Profile", body);
    let first = profile(&format!("{}{RANGE}", permission("ApiEnabled", true)));
    let second = profile(&format!("<userLicense>Salesforce Platform</userLicense>{DELETES}{DELETES}"));
    let third = profile(&format!("{}{}", permission("ViewSetup", true), permission("ApiEnabled", false)));
    let set = |body: &str| document("PermissionSet", &format!("<label>Same</label>{body}"));
    let org = loaded(&[folder(
        "parts",
        &[
            ("a/profiles/ETL.profile-meta.xml", first.as_bytes()),
            ("b/profiles/ETL.profile-meta.xml", second.as_bytes()),
            ("c/profiles/ETL.profile", third.as_bytes()),
            ("a/permissionsets/Same.permissionset-meta.xml", set(&permission("ApiEnabled", true)).as_bytes()),
            ("b/permissionsets/Same.permissionset-meta.xml", set(DELETES).as_bytes()),
        ],
    )]);
    let profiles = org.rows_by("Profile", "Name", "ETL");
    assert_eq!((profiles.len(), usernames(&org)), (1, vec!["etl@seed.example"]));
    let (etl, id) = (profiles[0], text(profiles[0], "Id"));
    let granted: Vec<&str> = etl
        .iter()
        .filter(|(name, value)| name.starts_with("Permissions") && value.as_bool() == Some(true))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(granted, ["PermissionsViewSetup"], "what a later part switches off is off");
    let license = org.row("UserLicense", text(etl, "UserLicenseId")).unwrap();
    assert_eq!(text(license, "Name"), "Salesforce Platform");
    let metadata = &org.profile_metadata[id];
    assert_eq!(metadata["loginIpRanges"].as_array().map(Vec::len), Some(1), "{metadata}");
    let set = text(org.profile_set(id).unwrap(), "Id");
    let rows = org.rows_by("ObjectPermissions", "ParentId", set);
    assert_eq!(rows.len(), 1, "one row an object");
    for (name, is) in [("Delete", true), ("Edit", true), ("Read", true), ("Create", false)] {
        assert_eq!(rows[0][&format!("Permissions{name}")], is, "{name}");
    }
    let sets = org.rows_by("PermissionSet", "Name", "Same");
    assert_eq!((sets.len(), &sets[0]["PermissionsApiEnabled"]), (1, &true.into()));
    assert_eq!(org.rows_by("ObjectPermissions", "ParentId", text(sets[0], "Id")).len(), 1);
}

#[test]
fn what_cannot_be_read_is_left_out_and_the_rest_is_there() {
    let good = document("Profile", &permission("ApiEnabled", true));
    let with_mark = [b"\xef\xbb\xbf", good.replace('\n', "\r\n").as_bytes()].concat();
    let prefixed = "<m:Profile xmlns:m=\"http://soap.sforce.com/2006/04/metadata\"><m:custom>true</m:custom></m:Profile>";
    let wide: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let users = r#"{"records":[
        {"attributes":{"type":"User","referenceId":"U1"},"Username":"a@x.example","LastName":"A","ProfileId":"00e5g000001AbcdAAA"},
        {"attributes":{"type":"User","referenceId":"U2"},"LastName":"B","ProfileId":"@Profile:Mark"},
        {"attributes":{"type":"Account","referenceId":"A1"},"Name":"x","OwnerId":"@U9"},
        {"attributes":{"type":"Nothing__c","referenceId":"N1"}}]}"#;
    let org = loaded(&[folder(
        "broken",
        &[
            ("profiles/Mark.profile-meta.xml", &with_mark),
            ("profiles/Prefixed.profile", prefixed.as_bytes()),
            ("profiles/Empty.profile", b""),
            ("profiles/Cut.profile", &good.as_bytes()[..good.len() - 12]),
            ("profiles/Wide.profile", &wide),
            ("profiles/Latin.profile", b"<Profile><description>Int\xe9gration</description></Profile>"),
            ("profiles/Pointer.profile", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n"),
            ("profiles/Root.profile", b"<Profil/>"),
            ("data/Users.json", users.as_bytes()),
            ("data/broken.json", b"{ not json"),
            ("pom.xml", b"<project"),
        ],
    )]);
    assert_eq!(usernames(&org), ["mark@seed.example", "prefixed@seed.example"]);
    assert_eq!(org.rows("Account").count(), 0);
}

#[test]
fn names_are_as_the_platform_has_them() {
    let profile = document("Profile", "<custom>false</custom>");
    let (first, second) = ("profiles/連携.profile", "profiles/統合.profile");
    let set = document("PermissionSet", "<label>Packaged</label>");
    let group = document(
        "PermissionSetGroup",
        "<label>G</label><permissionSets>acme__Packaged</permissionSets><permissionSets>Nowhere</permissionSets>",
    );
    let files: Vec<(&str, &[u8])> = vec![
        ("profiles/MarketingProfile.profile", profile.as_bytes()),
        ("profiles/O'Brien %26 Sons %2F API.profile", profile.as_bytes()),
        (first, profile.as_bytes()),
        (second, profile.as_bytes()),
        ("permissionsets/acme__Packaged.permissionset", set.as_bytes()),
        ("permissionsetgroups/G.permissionsetgroup", group.as_bytes()),
    ];
    let org = loaded(&[folder("names", &files), folder("names-again", &files[..1])]);
    let mut names = usernames(&org);
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "marketing.user.2@seed.example",
            "marketing.user@seed.example",
            "o.brien...sons...api@seed.example",
            "user.2@seed.example",
            "user@seed.example"
        ]
    );
    assert_eq!(org.rows_by("Profile", "Name", "O'Brien & Sons / API").len(), 1);
    let packaged = org.rows_by("PermissionSet", "Name", "Packaged");
    assert_eq!(text(packaged[0], "NamespacePrefix"), "acme");
    assert_eq!(org.rows("PermissionSetGroupComponent").count(), 1);
}

#[test]
fn sets_without_profiles_have_somebody_who_has_them() {
    let set = document("PermissionSet", &permission("ManageUsers", true));
    let group = document(
        "PermissionSetGroup",
        "<label>Juniors</label><permissionSets>Base</permissionSets><mutingPermissionSets>Less</mutingPermissionSets>",
    );
    let muting = document("MutingPermissionSet", &permission("ManageUsers", true));
    let org = loaded(&[folder(
        "sets",
        &[
            ("permissionsets/Base.permissionset", set.as_bytes()),
            ("permissionsetgroups/Juniors.permissionsetgroup", group.as_bytes()),
            ("mutingpermissionsets/Less.mutingpermissionset", muting.as_bytes()),
        ],
    )]);
    let has = |name: &str| {
        let user = text(org.rows_by("User", "Username", name)[0], "Id");
        org.has_permission(user, "ManageUsers")
    };
    assert!(has("base@seed.example"));
    assert!(!has("juniors@seed.example"), "a group less what it mutes");
}
