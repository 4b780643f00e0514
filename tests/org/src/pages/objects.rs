//! Object permissions as the pages read and write them.
//!
//! It never decides what a box means: which of the six are on is asked, and written as asked.

use crate::error::ApiError;
use crate::store::{Actor, Org, Row, object, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The six, in the order of the pages, with the words beside them and the keys of the page's script.
pub(super) const SIX: [(&str, &str, &str); 6] = [
    ("PermissionsRead", "Read", "read"),
    ("PermissionsCreate", "Create", "create"),
    ("PermissionsEdit", "Edit", "edit"),
    ("PermissionsDelete", "Delete", "delete"),
    ("PermissionsViewAllRecords", "View All", "viewAll"),
    ("PermissionsModifyAllRecords", "Modify All", "modifyAll"),
];

/// Standard objects that every page lists, whether or not anything is granted on them.
const ALWAYS: &[&str] = &[
    "Account",
    "Asset",
    "Campaign",
    "Case",
    "Contact",
    "Contract",
    "Document",
    "Idea",
    "Lead",
    "Opportunity",
    "Order",
    "Pricebook2",
    "Product2",
    "Solution",
];

/// The permission set whose object permissions a profile's or permission set's page shows.
pub(super) fn parent(org: &Org, kind: &str, row: &Row) -> String {
    if kind == "Profile" {
        org.profile_set(text(row, "Id")).map(|set| text(set, "Id").to_owned()).unwrap_or_default()
    } else {
        text(row, "Id").to_owned()
    }
}

/// Every object of the org that has permissions, standard ones first.
pub(super) fn names(org: &Org) -> Vec<String> {
    let used = org.rows("ObjectPermissions").map(|row| text(row, "SobjectType").to_owned());
    let all: BTreeSet<String> = used.chain(ALWAYS.iter().map(|name| (*name).to_owned())).collect();
    let (custom, mut standard): (Vec<String>, Vec<String>) =
        all.into_iter().filter(|name| !name.is_empty()).partition(|name| is_custom(name));
    standard.extend(custom);
    standard
}

/// Whether it is a custom object.
pub(super) fn is_custom(name: &str) -> bool {
    name.ends_with("__c")
}

/// Which of the six are on.
pub(super) fn granted(org: &Org, parent: &str, name: &str) -> [bool; 6] {
    let row = find(org, parent, name);
    SIX.map(|(field, ..)| row.is_some_and(|row| row.get(field) == Some(&json!(true))))
}

/// Makes exactly these the ones that are on.
pub(super) fn save(
    org: &mut Org,
    actor: &Actor,
    parent: &str,
    name: &str,
    wanted: [bool; 6],
) -> Result<(), Vec<ApiError>> {
    if granted(org, parent, name) == wanted {
        return Ok(());
    }
    let set = org.row("PermissionSet", parent).cloned().unwrap_or_default();
    if set.get("IsCustom") == Some(&json!(false)) {
        return Err(vec![ApiError::new(
            400,
            "FIELD_INTEGRITY_EXCEPTION",
            "You can't edit the permissions of a standard profile.",
        )]);
    }
    let mut fields: Row =
        SIX.iter().zip(wanted).map(|((field, ..), on)| ((*field).to_owned(), Value::Bool(on))).collect();
    let existing = find(org, parent, name).map(|row| text(row, "Id").to_owned());
    match existing {
        Some(id) if wanted == [false; 6] => org.delete(actor, "ObjectPermissions", &id)?,
        Some(id) => org.update(actor, "ObjectPermissions", &id, fields)?,
        None => {
            fields.extend(object(json!({ "ParentId": parent, "SobjectType": name })));
            org.create(actor, "ObjectPermissions", fields)?;
        }
    }
    let groups: Vec<String> = org
        .rows_by("PermissionSetGroupComponent", "PermissionSetId", text(&set, "Id"))
        .iter()
        .map(|component| text(component, "PermissionSetGroupId").to_owned())
        .collect();
    groups.iter().for_each(|group| org.recalculate(group));
    Ok(())
}

fn find<'a>(org: &'a Org, parent: &str, name: &str) -> Option<&'a Row> {
    org.rows_by("ObjectPermissions", "ParentId", parent)
        .into_iter()
        .find(|row| text(row, "SobjectType") == name)
}
