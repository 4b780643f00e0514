//! Profiles, permission sets and muting sets of a seed's metadata. A component may lie in several package directories, a
//! part in each: the parts are put together, as deploying one after the other does.
//!
//! It never grants what a file does not say, save what the platform grants along with an object permission.

use super::metadata::{child, children, namespaced};
use crate::platform::dependencies::{self, OBJECT_NEEDS};
use crate::store::{Org, Row, object, standard_profile, text};
use roxmltree::Node;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The permissions that a file switches on, and those that it switches off.
fn permissions(root: Node<'_, '_>) -> (Vec<String>, Vec<String>) {
    let (mut on, mut off) = (vec![], vec![]);
    for node in children(root, "userPermissions") {
        let into = if child(node, "enabled") == "true" { &mut on } else { &mut off };
        into.push(child(node, "name").to_owned());
    }
    (on, off)
}

/// What is granted already, less what is switched off now.
fn kept(row: Option<&Row>, off: &[String]) -> Vec<String> {
    let on = row.into_iter().flatten().filter(|(_, value)| **value == json!(true));
    let names = on.filter_map(|(key, _)| key.strip_prefix("Permissions"));
    names.filter(|name| !off.iter().any(|one| one == name)).map(str::to_owned).collect()
}

/// Object permissions, one row an object. What grants nothing has no row, as in an org.
fn objects(org: &mut Org, parent: &str, root: Node<'_, '_>, mutes: bool) {
    let rows = org.rows_by("ObjectPermissions", "ParentId", parent);
    let mut known: HashMap<String, Row> =
        rows.into_iter().map(|row| (text(row, "SobjectType").to_lowercase(), row.clone())).collect();
    for node in children(root, "objectPermissions") {
        let name = child(node, "object");
        let mut row = known.remove(&name.to_lowercase()).unwrap_or_else(|| {
            object(json!({ "ParentId": parent, "SobjectType": name, "PermissionsRead": false, "PermissionsCreate": false,
                "PermissionsEdit": false, "PermissionsDelete": false, "PermissionsViewAllRecords": false, "PermissionsModifyAllRecords": false }))
        });
        for (tag, field) in [
            ("allowRead", "Read"),
            ("allowCreate", "Create"),
            ("allowEdit", "Edit"),
            ("allowDelete", "Delete"),
            ("viewAllRecords", "ViewAllRecords"),
            ("modifyAllRecords", "ModifyAllRecords"),
        ] {
            if children(node, tag).next().is_some() {
                row.insert(format!("Permissions{field}"), json!(child(node, tag) == "true"));
            }
        }
        for (field, along) in OBJECT_NEEDS.iter().filter(|_| !mutes) {
            if row.get(*field) == Some(&json!(true)) {
                along.iter().for_each(|one| drop(row.insert((*one).to_owned(), json!(true))));
            }
        }
        let grants = row.iter().any(|(key, value)| key.starts_with("Permissions") && *value == json!(true));
        if grants || row.contains_key("Id") {
            let id = org.put("ObjectPermissions", row.clone());
            row.insert("Id".into(), json!(id));
            known.insert(name.to_lowercase(), row);
        }
    }
}

/// Field permissions of objects that the org has. What is neither read nor edited has no row, as in an org.
fn fields(org: &mut Org, parent: &str, root: Node<'_, '_>) {
    let rows = org.rows_by("FieldPermissions", "ParentId", parent);
    let mut known: HashMap<String, String> =
        rows.into_iter().map(|row| (text(row, "Field").to_owned(), text(row, "Id").to_owned())).collect();
    for node in children(root, "fieldPermissions") {
        let full = child(node, "field");
        let (kind, name) = full.split_once('.').unwrap_or_default();
        let field = org.schema.object(kind).filter(|object| object.field(name).is_some());
        let Some(kind) = field.map(|object| object.name.clone()) else { continue };
        org.field_profiles.insert((parent.to_owned(), kind.clone()));
        let on = |tag: &str| child(node, tag) == "true";
        if on("readable") || on("editable") {
            let mut row = object(
                json!({ "ParentId": parent, "SobjectType": kind, "Field": full, "PermissionsRead": true, "PermissionsEdit": on("editable") }),
            );
            if let Some(id) = known.get(full) {
                row.insert("Id".into(), json!(id));
            }
            let id = org.put("FieldPermissions", row);
            known.insert(full.to_owned(), id);
        }
    }
}

/// What the parts of a profile say of it as a whole; of several that say it the first.
#[derive(Default)]
pub(super) struct Whole {
    license: String,
    custom: String,
}

/// Reads a part of a profile, before any is made: the part that names the licence may not be the first.
pub(super) fn part_of_profile(parts: &mut BTreeMap<String, Whole>, name: &str, root: Node<'_, '_>) {
    let whole = parts.entry(name.trim().to_owned()).or_default();
    for (said, tag) in [(&mut whole.license, "userLicense"), (&mut whole.custom, "custom")] {
        if said.is_empty() {
            child(root, tag).clone_into(said);
        }
    }
}

/// Makes a profile of its file, or adds a further part to it; its id.
pub(super) fn profile(
    org: &mut Org,
    parts: &BTreeMap<String, Whole>,
    name: &str,
    root: Node<'_, '_>,
    made: &[String],
) -> String {
    let name = name.trim();
    let standard = standard_profile(name);
    let label = standard.map_or(name, |(label, _)| label);
    let whole = parts.get(name);
    let license = whole
        .map(|whole| whole.license.as_str())
        .filter(|license| !license.is_empty())
        .or(standard.map(|(_, license)| license))
        .unwrap_or("Salesforce");
    let custom = whole.is_none_or(|whole| whole.custom != "false") && standard.is_none();
    let (on, off) = permissions(root);
    let old = org.rows_by("Profile", "Name", label).first().map(|row| text(row, "Id").to_owned());
    let id = match &old {
        Some(id) => id.clone(),
        None => org.add_profile(label, license, custom, &[]),
    };
    // A standard profile's own permissions are as its first file has them, where it has any; an administrator keeps all.
    let is_part = made.contains(&id) || label == "System Administrator";
    if !on.is_empty() || !off.is_empty() {
        let mut all = on;
        if is_part {
            all.extend(kept(org.row("Profile", &id), if made.contains(&id) { &off } else { &[] }));
        }
        org.set_profile_permissions(&id, &all);
    }
    if let Some(set) = org.profile_set(&id).map(|set| text(set, "Id").to_owned()) {
        objects(org, &set, root, false);
        fields(org, &set, root);
    }
    if !made.contains(&id) {
        let metadata = json!({ "custom": custom, "userLicense": license, "loginIpRanges": [] });
        org.profile_metadata.insert(id.clone(), metadata);
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
    let said = [("loginIpRanges", Some(json!(ranges)).filter(|_| !ranges.is_empty())), ("loginHours", hours)];
    if let Some(metadata) = org.profile_metadata.get_mut(&id) {
        for (key, value) in said {
            value.into_iter().for_each(|value| crate::store::set(metadata, key, value));
        }
    }
    org.keep_profile_lists(&id, root);
    id
}

/// Makes a permission set or a muting set of its file, or adds a further part to it; its id.
pub(super) fn permission_set(org: &mut Org, kind: &str, full_name: &str, root: Node<'_, '_>) -> String {
    let (on, off) = permissions(root);
    let schema = Arc::make_mut(&mut org.schema);
    on.iter().for_each(|name| schema.add_permission(name));
    let label = Some(child(root, "label")).filter(|l| !l.is_empty()).unwrap_or(full_name);
    let (namespace, name) = namespaced(full_name);
    let old = super::metadata::called(org, kind, full_name).and_then(|id| org.row(kind, &id).cloned());
    let mut row = old.unwrap_or_else(|| {
        let mut row = if kind == "PermissionSet" {
            object(json!({ "Name": name, "Description": child(root, "description"), "IsOwnedByProfile": false, "IsCustom": true, "Type": "Regular",
                "HasActivationRequired": child(root, "hasActivationRequired") == "true" }))
        } else {
            object(json!({ "DeveloperName": name }))
        };
        if let Some(namespace) = namespace {
            row.insert("NamespacePrefix".into(), json!(namespace));
        }
        row
    });
    row.insert(if kind == "PermissionSet" { "Label" } else { "MasterLabel" }.into(), json!(label));
    for (names, value) in [(&off, false), (&on, true)] {
        let known = |key: &String| value || row.contains_key(key);
        let keys: Vec<String> = names.iter().map(|name| format!("Permissions{name}")).filter(known).collect();
        keys.into_iter().for_each(|key| drop(row.insert(key, json!(value))));
    }
    let id = org.put(kind, row);
    objects(org, &id, root, kind != "PermissionSet");
    fields(org, &id, root);
    org.keep_document(kind, name, "", root);
    id
}

/// Takes it for granted in this org that a seed's permissions do without what its files do not grant along: which needs
/// which varies from org to org, and a file may be a part. Else what was there could not be had again once it is gone.
pub(super) fn take_as_they_are(org: &mut Org) {
    let mut not_needed = vec![];
    for row in ["Profile", "PermissionSet"].iter().flat_map(|kind| org.rows(kind)) {
        let granted: BTreeSet<String> = kept(Some(row), &[]).into_iter().collect();
        for violation in dependencies::user_permissions(&org.schema, &granted) {
            let one = |need| (violation.permission.clone(), need);
            not_needed.extend(violation.lacks.into_iter().map(one));
        }
    }
    Arc::make_mut(&mut org.schema).not_needed.extend(not_needed);
}
