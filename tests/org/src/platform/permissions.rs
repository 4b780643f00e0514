//! Profiles, permission sets, muting sets, and the object and field permissions in them.
//!
//! It never ticks what a permission needs: a write that lacks something is refused whole.

use super::{Refused, dependencies, refusal};
use crate::store::{Org, Row, object, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const YES: Value = Value::Bool(true);
/// What an API name may be, as refusals say it.
pub(crate) const API_NAME: &str = "can only contain underscores and alphanumeric characters. It must be unique, begin with a letter, not include spaces, not end with an underscore, and not contain two consecutive underscores.";

/// The user permissions that a row ticks, without `Permissions`.
pub(super) fn ticked(row: &Row) -> BTreeSet<String> {
    row.iter()
        .filter(|(_, value)| **value == YES)
        .filter_map(|(key, _)| key.strip_prefix("Permissions").map(str::to_owned))
        .collect()
}

/// A row with changes.
fn with(old: &Row, changes: &Row) -> Row {
    let mut row = old.clone();
    row.extend(changes.clone());
    row
}

/// Whether a text is an API name.
pub(crate) fn is_api_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.ends_with('_')
        && !name.contains("__")
}

pub(super) fn check_api_name(what: &str, field: &str, name: &str) -> Result<(), Refused> {
    if is_api_name(name) {
        return Ok(());
    }
    refusal("FIELD_INTEGRITY_EXCEPTION", format!("The {what} API Name {API_NAME}"), &[field])
}

impl Org {
    pub(super) fn before_profile_create(&self, row: &mut Row) -> Result<(), Refused> {
        self.check_profile_name(None, row)?;
        let license = text(row, "UserLicenseId");
        let named =
            self.row("UserLicense", license).map(|row| text(row, "Name").to_owned()).unwrap_or_default();
        let kind = match named.as_str() {
            "Guest User License" => "Guest",
            "Chatter Free" => "CsnOnly",
            _ => "Standard",
        };
        self.check_user_permissions(&BTreeSet::new(), &ticked(row), &named)?;
        row.insert("UserType".into(), json!(kind));
        Ok(())
    }

    /// The permission set that the new profile owns.
    pub(super) fn after_profile_create(&mut self, id: &str) {
        let Some(row) = self.row("Profile", id).cloned() else { return };
        let name = format!("X{}", id.get(..15).unwrap_or(id));
        let mut set = object(
            json!({ "Name": name, "Label": name, "ProfileId": id, "IsOwnedByProfile": true, "IsCustom": true,
            "Type": "Profile", "LicenseId": text(&row, "UserLicenseId") }),
        );
        for key in ["CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp"] {
            set.insert(key.into(), row.get(key).cloned().unwrap_or(Value::Null));
        }
        self.put("PermissionSet", set);
        self.after_profile_update(&row);
    }

    pub(super) fn before_profile_update(&self, old: &Row, changes: &Row) -> Result<(), Refused> {
        let id = text(old, "Id");
        self.check_profile_name(Some(id), changes)?;
        let (before, after) = (ticked(old), ticked(&with(old, changes)));
        if !changes.keys().any(|key| key.starts_with("Permissions")) {
            return Ok(());
        }
        if self.is_standard_profile(id) {
            return refusal(
                "FIELD_INTEGRITY_EXCEPTION",
                "You can't edit the permissions of a standard profile.",
                &[],
            );
        }
        self.check_user_permissions(&before, &after, &self.license_of_profile(id))
    }

    /// The profile's own set is kept equal.
    pub(super) fn after_profile_update(&mut self, row: &Row) {
        let all: Vec<String> = ticked(row).into_iter().collect();
        self.set_profile_permissions(text(row, "Id"), &all);
        let set = self.profile_set(text(row, "Id")).cloned();
        if let Some(mut set) = set {
            for key in ["LastModifiedDate", "LastModifiedById", "SystemModstamp"] {
                set.insert(key.into(), row.get(key).cloned().unwrap_or(Value::Null));
            }
            self.put("PermissionSet", set);
        }
    }

    pub(super) fn before_profile_delete(&self, old: &Row) -> Result<(), Refused> {
        let id = text(old, "Id");
        if self.is_standard_profile(id) {
            return refusal(
                "INSUFFICIENT_ACCESS_OR_READONLY",
                "insufficient access rights on object id",
                &[],
            );
        }
        if self.rows_by("User", "ProfileId", id).is_empty() {
            return Ok(());
        }
        let message =
            format!("You cannot delete the profile {} because it is assigned to users.", text(old, "Name"));
        refusal("DELETE_FAILED", message, &[])
    }

    fn check_profile_name(&self, id: Option<&str>, row: &Row) -> Result<(), Refused> {
        let Some(name) = row.get("Name").and_then(Value::as_str) else { return Ok(()) };
        let taken = self
            .rows("Profile")
            .any(|other| text(other, "Name").eq_ignore_ascii_case(name) && Some(text(other, "Id")) != id);
        if taken {
            return refusal("FIELD_INTEGRITY_EXCEPTION", "The profile name is already in use", &["Name"]);
        }
        Ok(())
    }

    /// Whether a profile is one of the platform's own.
    pub fn is_standard_profile(&self, id: &str) -> bool {
        self.profile_set(id).is_some_and(|set| set.get("IsCustom") == Some(&json!(false)))
    }

    /// Dependencies, and what the licence allows, of what a write ticks and unticks.
    pub(super) fn check_user_permissions(
        &self,
        before: &BTreeSet<String>,
        after: &BTreeSet<String>,
        license: &str,
    ) -> Result<(), Refused> {
        let lacking = dependencies::new_user_permissions(&self.schema, before, after);
        dependencies::refused(&self.schema, &lacking)?;
        let news: Row = after.difference(before).map(|name| (format!("Permissions{name}"), YES)).collect();
        match self.not_allowed(license, &[], &news) {
            Some(label) => {
                let message = format!("The user license doesn't allow the permission: {label}");
                refusal("FIELD_INTEGRITY_EXCEPTION", message, &[])
            }
            None => Ok(()),
        }
    }

    pub(super) fn before_set_create(&self, row: &mut Row) -> Result<(), Refused> {
        self.check_set_name(None, row)?;
        let license = self.license_name(text(row, "LicenseId"));
        self.check_user_permissions(&BTreeSet::new(), &ticked(row), &license)?;
        for (key, value) in
            [("IsOwnedByProfile", json!(false)), ("IsCustom", YES), ("Type", json!("Regular"))]
        {
            row.insert(key.into(), value);
        }
        Ok(())
    }

    pub(super) fn before_set_update(&self, old: &Row, changes: &Row) -> Result<(), Refused> {
        own_set(old)?;
        self.check_set_name(Some(text(old, "Id")), changes)?;
        let row = with(old, changes);
        let (before, after) = (ticked(old), ticked(&row));
        self.check_user_permissions(&before, &after, &self.license_name(text(old, "LicenseId")))?;
        // People who have the set must be allowed what is new in it.
        let mut news: Row =
            after.difference(&before).map(|name| (format!("Permissions{name}"), YES)).collect();
        if news.is_empty() {
            return Ok(());
        }
        news.insert("Id".into(), json!(""));
        for assignment in self.rows_by("PermissionSetAssignment", "PermissionSetId", text(old, "Id")) {
            let user = text(assignment, "AssigneeId");
            if let Some(label) = self.not_allowed(&self.license_of(user), &self.psls_of(user), &news) {
                let message = format!("The user license doesn't allow the permission: {label}");
                return refusal("FIELD_INTEGRITY_EXCEPTION", message, &[]);
            }
        }
        Ok(())
    }

    pub(super) fn before_set_delete(&self, old: &Row) -> Result<(), Refused> {
        own_set(old)?;
        let id = text(old, "Id");
        if self.rows_by("PermissionSetAssignment", "PermissionSetId", id).is_empty() {
            return Ok(());
        }
        let message = format!(
            "You can't delete the permission set {} because it is assigned to users. Remove all assignments first.",
            text(old, "Label")
        );
        refusal("DELETE_FAILED", message, &[])
    }

    fn check_set_name(&self, id: Option<&str>, row: &Row) -> Result<(), Refused> {
        let Some(name) = row.get("Name").and_then(Value::as_str) else { return Ok(()) };
        check_api_name("Permission Set", "Name", name)?;
        let taken = self
            .rows("PermissionSet")
            .any(|other| text(other, "Name").eq_ignore_ascii_case(name) && Some(text(other, "Id")) != id);
        if taken {
            let message = format!("The API name you specified is already in use: {name}");
            return refusal("DUPLICATE_DEVELOPER_NAME", message, &["Name"]);
        }
        Ok(())
    }

    /// The name of a user licence by id; empty for none, and for a permission set licence.
    fn license_name(&self, id: &str) -> String {
        self.row("UserLicense", id).map(|row| text(row, "Name").to_owned()).unwrap_or_default()
    }

    pub(super) fn before_muting_create(&self, row: &Row) -> Result<(), Refused> {
        check_api_name("Muting Permission Set", "DeveloperName", text(row, "DeveloperName"))
    }

    pub(super) fn check_dependencies_of_muting(&self, changes: &Row) -> Result<(), Refused> {
        match changes.get("DeveloperName").and_then(Value::as_str) {
            Some(name) => check_api_name("Muting Permission Set", "DeveloperName", name),
            None => Ok(()),
        }
    }

    /// Whether a parent's object permissions, field permissions or app access may be written.
    pub(super) fn parent_is_writable(&self, kind: &str, parent: &str) -> Result<(), Refused> {
        let Some(set) = self.row("PermissionSet", parent) else { return Ok(()) };
        if text(set, "Type") == "Group" {
            return own_set(set);
        }
        if !text(set, "NamespacePrefix").is_empty() {
            return refusal("CANNOT_MODIFY_MANAGED_OBJECT", "Cannot modify managed object", &["ParentId"]);
        }
        // Apps of a standard profile are open to change, its object and field permissions are not.
        if kind != "SetupEntityAccess" && self.is_standard_profile(text(set, "ProfileId")) {
            let message = "You can't edit the object permissions of a standard profile.";
            return refusal("FIELD_INTEGRITY_EXCEPTION", message, &["ParentId"]);
        }
        Ok(())
    }

    pub(super) fn before_access_write(
        &self,
        kind: &str,
        old: Option<&Row>,
        changes: &Row,
    ) -> Result<(), Refused> {
        let row = old.map_or_else(|| changes.clone(), |old| with(old, changes));
        let parent = text(&row, "ParentId");
        self.parent_is_writable(kind, parent)?;
        let on = |field: &str| row.get(field) == Some(&YES);
        if kind == "FieldPermissions" {
            if on("PermissionsEdit") && !on("PermissionsRead") {
                let message =
                    format!("Permission Edit {0} depends on permission(s): Read {0}", text(&row, "Field"));
                return refusal("FIELD_INTEGRITY_EXCEPTION", message, &[]);
            }
            if !text(&row, "Field").starts_with(&format!("{}.", text(&row, "SobjectType"))) {
                let message =
                    format!("Field Name: bad value for restricted picklist field: {}", text(&row, "Field"));
                return refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, &["Field"]);
            }
        } else if !parent.starts_with("0QM") {
            // A muting set takes away: what it ticks needs nothing.
            let name = text(&row, "SobjectType");
            dependencies::refused(&self.schema, &dependencies::object_permissions(name, &on))?;
            if old.is_none() && !on("PermissionsRead") {
                let message = "Object permissions need at least the permission Read.";
                return refusal("FIELD_INTEGRITY_EXCEPTION", message, &["PermissionsRead"]);
            }
        }
        let keys: &[&str] =
            if kind == "FieldPermissions" { &["SobjectType", "Field"] } else { &["SobjectType"] };
        if old.is_none()
            && let Some(twin) = self
                .rows_by(kind, "ParentId", parent)
                .into_iter()
                .find(|other| keys.iter().all(|key| text(other, key) == text(&row, key)))
        {
            let message = format!(
                "duplicate value found: {kind} duplicates value on record with id: {}",
                text(twin, "Id")
            );
            return refusal("DUPLICATE_VALUE", message, &[]);
        }
        Ok(())
    }
}

/// A set that is written by itself: not a profile's, not a group's, not a package's.
fn own_set(set: &Row) -> Result<(), Refused> {
    if !text(set, "NamespacePrefix").is_empty() {
        return refusal("CANNOT_MODIFY_MANAGED_OBJECT", "Cannot modify managed object", &[]);
    }
    let message = match (set.get("IsOwnedByProfile") == Some(&YES), text(set, "Type")) {
        (true, _) => "You can't modify a permission set that is owned by a profile.",
        (_, "Group") => "You can't modify a permission set that is owned by a permission set group.",
        _ => return Ok(()),
    };
    refusal("CANNOT_MODIFY_MANAGED_OBJECT", message, &[])
}
