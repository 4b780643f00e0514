//! Metadata files, by their root element, whatever the folder and the ending.
//!
//! It never takes what a partial retrieve leaves out for "off in the file": it is simply not granted in this org.

use crate::store::{Org, Row, STANDARD_PROFILES, object, text};
use anyhow::{Context, Result};
use percent_encoding::percent_decode_str;
use roxmltree::{Document, Node};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Loads every metadata file; the ids of the profiles found.
pub(super) fn load(org: &mut Org, files: &[PathBuf]) -> Result<Vec<String>> {
    let mut documents: Vec<(String, String)> = vec![];
    for path in files.iter().filter(|path| is_xml(path)) {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        documents.push((developer_name(path), text));
    }
    let mut profiles = vec![];
    // Groups after sets, apps after everything that they name.
    for wanted in [
        "Profile",
        "PermissionSet",
        "MutingPermissionSet",
        "PermissionSetGroup",
        "ConnectedApp",
        "ExternalClientApplication",
        "ExtlClntAppOauthConfigurablePolicies",
        "ExtlClntAppOauthSettings",
        "ExtlClntAppGlobalOauthSettings",
        "ExtlClntAppConfigurablePolicies",
        "ProfilePasswordPolicy",
        "ProfileSessionSetting",
        "SecuritySettings",
        "ConnectedAppSettings",
    ] {
        for (name, text) in &documents {
            let Ok(document) = Document::parse(text) else { continue };
            let root = document.root_element();
            if root.tag_name().name() != wanted {
                continue;
            }
            match wanted {
                "Profile" => profiles.push(profile(org, name, root)),
                "PermissionSet" | "MutingPermissionSet" => permission_set(org, wanted, name, root),
                "PermissionSetGroup" => group(org, name, root),
                "ConnectedApp" => connected_app(org, name, root),
                "ExternalClientApplication" => external_app(org, name, root),
                "ExtlClntAppOauthConfigurablePolicies" => external_policy(org, name, root),
                other => org.keep_document(other, name, "", root),
            }
        }
    }
    Ok(profiles)
}

fn is_xml(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let kinds = [
        ".profile",
        ".permissionset",
        ".permissionsetgroup",
        ".mutingpermissionset",
        ".connectedapp",
        ".eca",
        ".ecaoauthplcy",
        ".ecaplcy",
        ".ecaoauth",
        ".ecaglbloauth",
        ".profilepasswordpolicy",
        ".profilesessionsetting",
        ".settings",
        ".xml",
    ];
    kinds.iter().any(|kind| name.to_lowercase().ends_with(kind))
}

/// The name before the first dot of the ending, percent-decoded as the platform's tools encode it.
fn developer_name(path: &Path) -> String {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = name.strip_suffix("-meta.xml").unwrap_or(name);
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}

pub(super) fn child<'a>(node: Node<'a, 'a>, tag: &str) -> &'a str {
    node.children().find(|c| c.tag_name().name() == tag).and_then(|c| c.text()).unwrap_or_default().trim()
}

pub(super) fn children<'a>(node: Node<'a, 'a>, tag: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(move |c| c.tag_name().name() == tag)
}

fn permissions(root: Node<'_, '_>) -> Vec<String> {
    children(root, "userPermissions")
        .filter(|n| child(*n, "enabled") == "true")
        .map(|n| child(n, "name").to_owned())
        .collect()
}

fn objects(org: &mut Org, parent: &str, root: Node<'_, '_>) {
    for node in children(root, "objectPermissions") {
        let on = |tag: &str| child(node, tag) == "true";
        let row = json!({ "ParentId": parent, "SobjectType": child(node, "object"), "PermissionsRead": on("allowRead"),
            "PermissionsCreate": on("allowCreate"), "PermissionsEdit": on("allowEdit"), "PermissionsDelete": on("allowDelete"),
            "PermissionsViewAllRecords": on("viewAllRecords"), "PermissionsModifyAllRecords": on("modifyAllRecords") });
        org.put("ObjectPermissions", object(row));
    }
}

/// Field permissions of objects that the org has. What is neither read nor edited has no row, as in an org.
fn fields(org: &mut Org, parent: &str, root: Node<'_, '_>) {
    for node in children(root, "fieldPermissions") {
        let full = child(node, "field");
        let (kind, name) = full.split_once('.').unwrap_or_default();
        let known = org.schema.object(kind).filter(|object| object.field(name).is_some());
        let Some(kind) = known.map(|object| object.name.clone()) else { continue };
        org.field_profiles.insert((parent.to_owned(), kind.clone()));
        let on = |tag: &str| child(node, tag) == "true";
        if on("readable") || on("editable") {
            let row = json!({ "ParentId": parent, "SobjectType": kind, "Field": full, "PermissionsRead": true, "PermissionsEdit": on("editable") });
            org.put("FieldPermissions", object(row));
        }
    }
}

fn profile(org: &mut Org, name: &str, root: Node<'_, '_>) -> String {
    let standard = STANDARD_PROFILES.iter().find(|(file, ..)| *file == name);
    let label = standard.map_or(name, |(_, label, _)| *label);
    let license = Some(child(root, "userLicense"))
        .filter(|l| !l.is_empty())
        .or(standard.map(|(_, _, license)| *license))
        .unwrap_or("Salesforce");
    let custom = child(root, "custom") != "false" && standard.is_none();
    let granted = permissions(root);
    let id = org.add_profile(label, license, custom, &granted);
    if !granted.is_empty() && !custom {
        // A standard profile's own permissions, as the file has them.
        let mut all = granted;
        if label == "System Administrator" {
            all.extend(org.row("Profile", &id).into_iter().flatten().filter_map(|(key, value)| {
                (*value == json!(true)).then(|| key.strip_prefix("Permissions").map(str::to_owned)).flatten()
            }));
        }
        org.set_profile_permissions(&id, &all);
    }
    if let Some(set) = org.profile_set(&id).map(|set| text(set, "Id").to_owned()) {
        objects(org, &set, root);
        fields(org, &set, root);
    }
    let ranges: Vec<Value> = children(root, "loginIpRanges")
        .map(|n| json!({ "description": Some(child(n, "description")).filter(|d| !d.is_empty()), "endAddress": child(n, "endAddress"), "startAddress": child(n, "startAddress") }))
        .collect();
    let hours = children(root, "loginHours").next().map(|hours| {
        let days: BTreeMap<&str, &str> = hours
            .children()
            .filter(Node::is_element)
            .map(|n| (n.tag_name().name(), n.text().unwrap_or_default()))
            .collect();
        json!(days)
    });
    let mut metadata = json!({ "custom": custom, "userLicense": license, "loginIpRanges": ranges });
    if let Some(hours) = hours {
        crate::store::set(&mut metadata, "loginHours", hours);
    }
    org.profile_metadata.insert(id.clone(), metadata);
    org.keep_profile_lists(&id, root);
    id
}

fn permission_set(org: &mut Org, kind: &str, name: &str, root: Node<'_, '_>) {
    let granted = permissions(root);
    granted.iter().for_each(|name| org.schema.add_permission(name));
    let label = Some(child(root, "label")).filter(|l| !l.is_empty()).unwrap_or(name);
    let mut row = if kind == "PermissionSet" {
        object(
            json!({ "Name": name, "Label": label, "Description": child(root, "description"), "IsOwnedByProfile": false, "IsCustom": true, "Type": "Regular",
            "HasActivationRequired": child(root, "hasActivationRequired") == "true" }),
        )
    } else {
        object(json!({ "DeveloperName": name, "MasterLabel": label }))
    };
    for name in &granted {
        row.insert(format!("Permissions{name}"), json!(true));
    }
    let id = org.put(kind, row);
    objects(org, &id, root);
    fields(org, &id, root);
    org.keep_document(kind, name, "", root);
}

fn group(org: &mut Org, name: &str, root: Node<'_, '_>) {
    let label = Some(child(root, "label")).filter(|l| !l.is_empty()).unwrap_or(name);
    let status = Some(child(root, "status")).filter(|s| !s.is_empty()).unwrap_or("Updated");
    let id = org.put("PermissionSetGroup", object(json!({ "DeveloperName": name, "MasterLabel": label, "Description": child(root, "description"), "Status": status, "Language": "en_US" })));
    for (tag, kind, field) in [
        ("permissionSets", "PermissionSet", "Name"),
        ("mutingPermissionSets", "MutingPermissionSet", "DeveloperName"),
    ] {
        for node in children(root, tag) {
            let wanted = node.text().unwrap_or_default().trim();
            let found = org.rows_by(kind, field, wanted).first().map(|row| text(row, "Id").to_owned());
            if let Some(member) = found {
                org.put(
                    "PermissionSetGroupComponent",
                    object(json!({ "PermissionSetGroupId": id, "PermissionSetId": member })),
                );
            }
        }
    }
}

fn menu_item(org: &mut Org, app: &str, label: &str, name: &str, approved: bool) {
    let order = org.rows("AppMenuItem").count() + 1;
    org.put("AppMenuItem", object(json!({ "ApplicationId": app.get(..15), "Label": label, "Name": name, "Type": "ConnectedApplication",
        "IsUsingAdminAuthorization": approved, "IsVisible": true, "IsAccessible": true, "SortOrder": order })));
}

/// Who is let in by name, written as access of a permission set to the app.
fn admit(org: &mut Org, app: &str, kind: &str, profiles: &[String], sets: &[String]) {
    let mut parents: Vec<String> = vec![];
    for name in profiles {
        let label = STANDARD_PROFILES
            .iter()
            .find(|(file, ..)| file == name)
            .map_or(name.as_str(), |(_, label, _)| *label);
        let profile = org
            .rows("Profile")
            .find(|row| text(row, "Name").eq_ignore_ascii_case(label))
            .map(|row| text(row, "Id").to_owned());
        parents.extend(profile.and_then(|id| org.profile_set(&id)).map(|set| text(set, "Id").to_owned()));
    }
    for name in sets {
        parents
            .extend(org.rows_by("PermissionSet", "Name", name).first().map(|row| text(row, "Id").to_owned()));
    }
    for parent in parents {
        org.put(
            "SetupEntityAccess",
            object(json!({ "ParentId": parent, "SetupEntityId": app, "SetupEntityType": kind })),
        );
    }
}

fn connected_app(org: &mut Org, name: &str, root: Node<'_, '_>) {
    let label = Some(child(root, "label")).filter(|l| !l.is_empty()).unwrap_or(name).to_owned();
    let oauth = children(root, "oauthConfig").next();
    let approved = oauth.is_some_and(|oauth| child(oauth, "isAdminApproved") == "true");
    let now = org.stamp();
    let id = org.put("ConnectedApplication", object(json!({ "Name": label, "OptionsAllowAdminApprovedUsersOnly": approved, "CreatedDate": now, "LastModifiedDate": now })));
    menu_item(org, &id, &label, name, approved);
    org.keep_document("ConnectedApp", name, &id, root);
    let names = |tag: &str| {
        children(root, tag).map(|n| n.text().unwrap_or_default().trim().to_owned()).collect::<Vec<_>>()
    };
    admit(org, &id, "ConnectedApplication", &names("profileName"), &names("permissionSetName"));
}

fn external_app(org: &mut Org, name: &str, root: Node<'_, '_>) {
    let label = Some(child(root, "label")).filter(|l| !l.is_empty()).unwrap_or(name).to_owned();
    let id = org.put(
        "ExternalClientApplication",
        object(
            json!({ "DeveloperName": name, "MasterLabel": label, "Description": child(root, "description") }),
        ),
    );
    menu_item(org, &id, &label, name, false);
    org.keep_document("ExternalClientApplication", name, &id, root);
}

fn external_policy(org: &mut Org, name: &str, root: Node<'_, '_>) {
    let app = child(root, "externalClientApplication");
    let Some(id) = org
        .rows_by("ExternalClientApplication", "DeveloperName", app)
        .first()
        .map(|row| text(row, "Id").to_owned())
    else {
        return;
    };
    let approved = child(root, "permittedUsersPolicyType") == "AdminApprovedPreAuthorized";
    let said = |tag: &str, default: &str| {
        Some(child(root, tag)).filter(|text| !text.is_empty()).unwrap_or(default).to_owned()
    };
    let policy = org.put("ExtlClntAppOauthPlcyCnfg", object(json!({ "ExternalClientApplicationId": id,
        "PermittedUsersPolicyType": said("permittedUsersPolicyType", "AllSelfAuthorized"),
        "IpRelaxationPolicyType": said("ipRelaxationPolicyType", "Enforce"),
        "RefreshTokenPolicyType": said("refreshTokenPolicyType", "Infinite"),
        "RequiredSessionLevel": said("requiredSessionLevel", "STANDARD"), "IsClientCredentialsFlowEnabled": child(root, "isClientCredentialsFlowEnabled") == "true",
        "ClientCredentialsFlowUser": Some(child(root, "clientCredentialsFlowUser")).filter(|u| !u.is_empty()) })));
    org.keep_document("ExtlClntAppOauthConfigurablePolicies", name, &policy, root);
    let item: Option<Row> = org
        .rows("AppMenuItem")
        .find(|row| id.starts_with(text(row, "ApplicationId")) && !text(row, "ApplicationId").is_empty())
        .cloned();
    if let Some(mut item) = item {
        item.insert("IsUsingAdminAuthorization".into(), json!(approved));
        org.put("AppMenuItem", item);
    }
    let list = |tag: &str| {
        child(root, tag)
            .split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>()
    };
    admit(
        org,
        &id,
        "ExternalClientApplication",
        &list("commaSeparatedProfile"),
        &list("commaSeparatedPermissionSet"),
    );
}
