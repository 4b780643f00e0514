//! Metadata files, by their root element, whatever the folder and the ending; and permission set groups.
//!
//! It never takes what a partial retrieve leaves out for "off in the file": it is simply not granted in this org.

use super::{access, apps};
use crate::store::{Org, object, text};
use anyhow::Result;
use percent_encoding::percent_decode_str;
use roxmltree::{Document, Node};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Types of metadata in the order in which they may refer to each other: groups after sets, apps after everything that
/// they name.
const ORDER: &[&str] = &[
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
    "MyDomainSettings",
    "OauthOidcSettings",
    "TransactionSecurityPolicy",
    "CustomPermission",
];

/// What a folder's metadata made, by id: whom somebody can be given.
#[derive(Default)]
pub(super) struct Made {
    /// Profiles.
    pub(super) profiles: Vec<String>,
    /// Permission sets.
    pub(super) sets: Vec<String>,
    /// Permission set groups.
    pub(super) groups: Vec<String>,
}

/// Loads every metadata file. What cannot be read is named on standard error with its path, and left out.
pub(super) fn load(org: &mut Org, files: &[PathBuf]) -> Result<Made> {
    let mut documents: Vec<(usize, String, String)> = vec![];
    let mut parts = BTreeMap::new();
    for path in files.iter().filter(|path| is_xml(path)) {
        let Some(text) = super::text_of(path)? else { continue };
        let name = developer_name(path);
        let wanted = match Document::parse(&text) {
            Ok(document) => {
                let root = document.root_element();
                let wanted = ORDER.iter().position(|kind| *kind == root.tag_name().name());
                if wanted.is_none() && is_access(path) {
                    super::left_out(path, &format!("its root element is {}", root.tag_name().name()));
                }
                if wanted == Some(0) {
                    access::part_of_profile(&mut parts, &name, root);
                }
                wanted
            }
            // Other XML in a repository is nobody's concern.
            Err(why) => {
                if is_access(path) {
                    super::left_out(path, &format!("it is no XML: {why}"));
                }
                None
            }
        };
        documents.extend(wanted.map(|at| (at, name, text)));
    }
    documents.sort_by_key(|(at, ..)| *at);
    let mut made = Made::default();
    for (at, name, text) in &documents {
        let Ok(document) = Document::parse(text) else { continue };
        let root = document.root_element();
        let (into, id) = match ORDER.get(*at).copied().unwrap_or_default() {
            "Profile" => {
                let id = access::profile(org, &parts, name, root, &made.profiles);
                (&mut made.profiles, id)
            }
            "PermissionSet" => (&mut made.sets, access::permission_set(org, "PermissionSet", name, root)),
            "MutingPermissionSet" => {
                access::permission_set(org, "MutingPermissionSet", name, root);
                continue;
            }
            "PermissionSetGroup" => (&mut made.groups, group(org, name, root)),
            "ConnectedApp" => {
                apps::connected_app(org, name, root);
                continue;
            }
            "ExternalClientApplication" => {
                apps::external_app(org, name, root);
                continue;
            }
            "ExtlClntAppOauthConfigurablePolicies" => {
                apps::external_policy(org, name, root);
                continue;
            }
            "CustomPermission" => {
                let label = Some(child(root, "label")).filter(|label| !label.is_empty()).unwrap_or(name);
                org.put(
                    "CustomPermission",
                    object(json!({ "DeveloperName": name, "MasterLabel": label, "Language": "en_US",
                    "Description": Some(child(root, "description")).filter(|text| !text.is_empty()) })),
                );
                continue;
            }
            other => {
                org.keep_document(other, name, "", root);
                continue;
            }
        };
        if !into.contains(&id) {
            into.push(id);
        }
    }
    Ok(made)
}

/// The endings of what says who may do what.
const ACCESS: &[&str] = &[
    ".profile",
    ".permissionset",
    ".permissionsetgroup",
    ".mutingpermissionset",
    ".connectedapp",
    ".eca",
    ".ecaoauthplcy",
];

/// Whether a file is of a type that matters here, by its ending.
fn is_access(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_lowercase();
    let name = name.strip_suffix("-meta.xml").unwrap_or(&name);
    ACCESS.iter().any(|kind| name.ends_with(kind))
}

fn is_xml(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let others = [
        ".ecaplcy",
        ".ecaoauth",
        ".ecaglbloauth",
        ".profilepasswordpolicy",
        ".profilesessionsetting",
        ".settings",
        ".xml",
    ];
    is_access(path) || others.iter().any(|kind| name.to_lowercase().ends_with(kind))
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

/// The namespace of a developer name, where it has one, and the name within it: no name has two underscores in a row.
pub(super) fn namespaced(full_name: &str) -> (Option<&str>, &str) {
    full_name.split_once("__").map_or((None, full_name), |(namespace, name)| (Some(namespace), name))
}

/// The set, muting set or group that metadata calls `full_name`; its id.
pub(super) fn called(org: &Org, kind: &str, full_name: &str) -> Option<String> {
    let (namespace, name) = namespaced(full_name);
    let field = if kind == "PermissionSet" { "Name" } else { "DeveloperName" };
    let rows = org.rows_by(kind, field, name);
    let found = rows.into_iter().find(|row| text(row, "NamespacePrefix") == namespace.unwrap_or_default());
    found.map(|row| text(row, "Id").to_owned())
}

/// Makes a group of its file, or adds a further part to it; its id. Members that are nowhere are named.
fn group(org: &mut Org, full_name: &str, root: Node<'_, '_>) -> String {
    let label = Some(child(root, "label")).filter(|l| !l.is_empty()).unwrap_or(full_name);
    let (namespace, name) = namespaced(full_name);
    let id = called(org, "PermissionSetGroup", full_name).unwrap_or_else(|| {
        let mut row = object(json!({ "DeveloperName": name, "MasterLabel": label, "Description": child(root, "description"), "Status": "Updated", "Language": "en_US" }));
        if let Some(namespace) = namespace {
            row.insert("NamespacePrefix".into(), json!(namespace));
        }
        org.put("PermissionSetGroup", row)
    });
    for (tag, kind) in [("permissionSets", "PermissionSet"), ("mutingPermissionSets", "MutingPermissionSet")]
    {
        for node in children(root, tag) {
            let wanted = node.text().unwrap_or_default().trim();
            let Some(member) = called(org, kind, wanted) else {
                eprintln!("seed: {wanted} of the group {full_name} is left out: there is no such {kind}");
                continue;
            };
            let there = org.rows_by("PermissionSetGroupComponent", "PermissionSetGroupId", &id);
            if !there.iter().any(|row| text(row, "PermissionSetId") == member) {
                org.put(
                    "PermissionSetGroupComponent",
                    object(json!({ "PermissionSetGroupId": id, "PermissionSetId": member })),
                );
            }
        }
    }
    id
}
