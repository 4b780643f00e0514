//! Permission sets and muting sets as metadata, and the permissions that they share with profiles.
//!
//! It never merges a permission set: what a write leaves out is gone (API 40 and later).

use super::entries::lists_of;
use super::{Component, compact, not_referred, refused, string};
use crate::platform::{Refused, dependencies};
use crate::store::{Actor, Org, Row, text};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Element of an object permission, and field of its row.
const OBJECT: &[(&str, &str)] = &[
    ("allowCreate", "PermissionsCreate"),
    ("allowDelete", "PermissionsDelete"),
    ("allowEdit", "PermissionsEdit"),
    ("allowRead", "PermissionsRead"),
    ("modifyAllRecords", "PermissionsModifyAllRecords"),
    ("viewAllFields", "PermissionsViewAllFields"),
    ("viewAllRecords", "PermissionsViewAllRecords"),
];

/// The same of a field permission.
const FIELD: &[(&str, &str)] = &[("editable", "PermissionsEdit"), ("readable", "PermissionsRead")];

/// What is written of a kind of access: rows' object, list, what names it, its flags.
type Access = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);
const ACCESS: &[Access] = &[
    ("ObjectPermissions", "objectPermissions", "object", OBJECT),
    ("FieldPermissions", "fieldPermissions", "field", FIELD),
];

/// What an access row is about: an object, or a field with its object.
fn about(kind: &str, row: &Row) -> String {
    text(row, if kind == "FieldPermissions" { "Field" } else { "SobjectType" }).to_owned()
}

impl Org {
    /// Ticked user permissions as entries.
    pub(super) fn permission_entries(row: &Row) -> Value {
        let names: BTreeSet<&str> = row
            .iter()
            .filter(|(_, value)| **value == json!(true))
            .filter_map(|(key, _)| key.strip_prefix("Permissions"))
            .collect();
        json!(names.into_iter().map(|name| json!({ "enabled": true, "name": name })).collect::<Vec<_>>())
    }

    /// Object and field permissions of a set, as lists of entries.
    pub(super) fn access_entries(&self, set: &str) -> Vec<(&'static str, Value)> {
        let of = |(kind, list, name, flags): &Access| {
            let mut all: BTreeMap<String, Value> = BTreeMap::new();
            for row in self.rows_by(kind, "ParentId", set) {
                let mut entry = Map::new();
                for (element, field) in *flags {
                    entry.insert((*element).to_owned(), json!(row.get(*field) == Some(&json!(true))));
                }
                entry.insert((*name).to_owned(), json!(about(kind, row)));
                all.insert(about(kind, row), Value::Object(entry));
            }
            (*list, json!(all.into_values().collect::<Vec<_>>()))
        };
        ACCESS.iter().map(of).collect()
    }

    /// The user permissions that a value ticks and unticks; one that the org does not have is refused.
    pub(super) fn said_permissions(&self, value: &Value) -> Result<BTreeMap<String, bool>, Refused> {
        let mut said = BTreeMap::new();
        for entry in super::entries::entries(value, "userPermissions") {
            let name = string(entry, "name");
            if !self.schema.has_permission(name) {
                return refused("INVALID_CROSS_REFERENCE_KEY", format!("Unknown user permission: {name}"));
            }
            said.insert(name.to_owned(), entry.get("enabled") == Some(&json!(true)));
        }
        Ok(said)
    }

    /// The `Permissions…` fields that change from `old` when exactly, or besides the others, `said` is so. What they
    /// lack is told by API names, as a deploy does.
    pub(super) fn permission_changes(
        &self,
        old: &Row,
        said: &BTreeMap<String, bool>,
        whole: bool,
    ) -> Result<Row, Refused> {
        let before: BTreeSet<String> = old
            .iter()
            .filter(|(_, value)| **value == json!(true))
            .filter_map(|(key, _)| key.strip_prefix("Permissions").map(str::to_owned))
            .collect();
        let mut after = if whole { BTreeSet::new() } else { before.clone() };
        for (name, on) in said {
            if *on {
                after.insert(name.clone())
            } else {
                after.remove(name)
            };
        }
        let lacking = dependencies::new_user_permissions(&self.schema, &before, &after);
        if !lacking.is_empty() {
            return refused("FIELD_INTEGRITY_EXCEPTION", dependencies::by_names(&lacking));
        }
        let change = |name: &String| (format!("Permissions{name}"), json!(after.contains(name)));
        Ok(before.symmetric_difference(&after).map(change).collect())
    }

    /// Writes object and field permissions of a set. `whole`: those that are not said go.
    pub(super) fn write_access(
        &mut self,
        actor: &Actor,
        set: &str,
        value: &Value,
        whole: bool,
    ) -> Result<(), Refused> {
        for (kind, list, name, flags) in ACCESS {
            let mut said: BTreeMap<String, Row> = BTreeMap::new();
            for entry in super::entries::entries(value, list) {
                let flag = |(element, field): &(&str, &str)| {
                    entry
                        .get(*element)
                        .filter(|on| on.is_boolean())
                        .map(|on| ((*field).to_owned(), on.clone()))
                };
                said.insert(string(entry, name).to_owned(), flags.iter().filter_map(flag).collect());
            }
            let old: BTreeMap<String, Row> = self
                .rows_by(kind, "ParentId", set)
                .iter()
                .map(|row| (about(kind, row), (*row).clone()))
                .collect();
            for (target, changes) in &said {
                self.check_target(kind, target)?;
                if let Some((object, _)) = target.split_once('.') {
                    self.field_profiles.insert((set.to_owned(), object.to_owned()));
                }
                self.write_one_access(actor, kind, set, target, old.get(target), changes)?;
            }
            if whole {
                for (_, row) in old.iter().filter(|(target, _)| !said.contains_key(*target)) {
                    self.delete(actor, kind, text(row, "Id"))?;
                }
            }
        }
        Ok(())
    }

    fn write_one_access(
        &mut self,
        actor: &Actor,
        kind: &str,
        set: &str,
        target: &str,
        old: Option<&Row>,
        changes: &Row,
    ) -> Result<(), Refused> {
        let mut row = old.cloned().unwrap_or_default();
        row.extend(changes.clone());
        let grants = row.iter().any(|(key, value)| key.starts_with("Permissions") && *value == json!(true));
        let is = |row: &Row, key: &str| row.get(key) == Some(&json!(true));
        match old {
            Some(old) if !grants => self.delete(actor, kind, text(old, "Id")),
            Some(old) => {
                let differ: Row = changes
                    .iter()
                    .filter(|(key, value)| json!(is(old, key)) != **value)
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect();
                if differ.is_empty() { Ok(()) } else { self.update(actor, kind, text(old, "Id"), differ) }
            }
            None if !grants => Ok(()),
            None => {
                let mut fields = changes.clone();
                fields.insert("ParentId".into(), json!(set));
                let object = target.split('.').next().unwrap_or_default();
                fields.insert("SobjectType".into(), json!(object));
                if kind == "FieldPermissions" {
                    fields.insert("Field".into(), json!(target));
                }
                self.create(actor, kind, fields).map(|_| ())
            }
        }
    }

    /// Whether an object or field is there: in the schema, or named by rows that came with the org's metadata.
    fn check_target(&self, kind: &str, target: &str) -> Result<(), Refused> {
        if self.rows(kind).any(|row| about(kind, row) == target) {
            return Ok(());
        }
        let Some((object, field)) = target.split_once('.') else {
            return match self.schema.object(target) {
                Some(_) if kind == "ObjectPermissions" => Ok(()),
                _ => not_referred("field", "CustomObject", target),
            };
        };
        match self.schema.object(object).and_then(|object| object.field(field)) {
            None => not_referred("field", "CustomField", target),
            Some(field) if !field.nillable && field.createable && field.kind != "boolean" => refused(
                "FIELD_INTEGRITY_EXCEPTION",
                format!("You cannot deploy to a required field: {target}"),
            ),
            Some(_) => Ok(()),
        }
    }

    pub(super) fn set_value(&self, kind: &str, row: &Row) -> Value {
        let muting = kind == "MutingPermissionSet";
        let name = text(row, if muting { "DeveloperName" } else { "Name" });
        let license = text(row, "LicenseId");
        let license = self
            .row("UserLicense", license)
            .or_else(|| self.row("PermissionSetLicense", license))
            .map(|row| text(row, "MasterLabel").to_owned());
        let mut pairs = vec![
            ("description", json!(text(row, "Description"))),
            ("label", json!(text(row, if muting { "MasterLabel" } else { "Label" }))),
            ("license", json!(license)),
            ("userPermissions", Self::permission_entries(row)),
        ];
        if !muting {
            pairs.push((
                "hasActivationRequired",
                json!(row.get("HasActivationRequired") == Some(&json!(true))),
            ));
        }
        pairs.extend(self.access_entries(text(row, "Id")));
        let mut value = compact(pairs);
        if let (Value::Object(value), Some(document)) =
            (&mut value, self.documents.get(&(kind.to_owned(), name.to_owned())))
        {
            value.extend(lists_of(document));
        }
        value
    }

    pub(super) fn write_set(
        &mut self,
        actor: &Actor,
        kind: &str,
        found: Option<&Component>,
        value: &Value,
    ) -> Result<(), Refused> {
        self.check_entries(value)?;
        let muting = kind == "MutingPermissionSet";
        let full_name = string(value, "fullName");
        let old = found.map(|found| found.row.clone()).unwrap_or_default();
        let said = self.said_permissions(value)?;
        // What a muting set ticks is taken away: it needs nothing.
        let mut fields = if muting {
            let on: BTreeSet<&String> = said.iter().filter(|(_, on)| **on).map(|(name, _)| name).collect();
            let ticked =
                old.iter().filter(|(key, value)| key.starts_with("Permissions") && **value == json!(true));
            let off = ticked.map(|(key, _)| (key.clone(), json!(false)));
            let mut row: Row = off.collect();
            row.extend(on.into_iter().map(|name| (format!("Permissions{name}"), json!(true))));
            row
        } else {
            self.permission_changes(&old, &said, true)?
        };
        fields.insert(if muting { "MasterLabel" } else { "Label" }.into(), json!(string(value, "label")));
        if !muting {
            let description = value.get("description").cloned().unwrap_or(Value::Null);
            fields.insert("Description".into(), description);
            let activation = value.get("hasActivationRequired") == Some(&json!(true));
            fields.insert("HasActivationRequired".into(), json!(activation));
        }
        let license = self.license_by_label(string(value, "license"))?;
        let id = match found {
            Some(found) => {
                let own = text(&found.row, "LicenseId");
                if license.as_deref().is_some_and(|new| new != own) {
                    let message = "You can't change the license of a permission set.";
                    return refused("FIELD_INTEGRITY_EXCEPTION", message);
                }
                self.update(actor, kind, &found.id, fields)?;
                found.id.clone()
            }
            None => {
                fields.insert(if muting { "DeveloperName" } else { "Name" }.into(), json!(full_name));
                if let Some(license) = license {
                    fields.insert("LicenseId".into(), json!(license));
                }
                self.create(actor, kind, fields)?
            }
        };
        self.write_access(actor, &id, value, true)?;
        let document = Value::Object(lists_of(value));
        let key = found.map_or(full_name, |found| &found.full_name).to_owned();
        self.documents.insert((kind.to_owned(), key), document);
        Ok(())
    }

    /// A user licence or permission set licence by its label; none for an empty one.
    pub(super) fn license_by_label(&self, label: &str) -> Result<Option<String>, Refused> {
        if label.is_empty() {
            return Ok(None);
        }
        let found = ["UserLicense", "PermissionSetLicense"].iter().find_map(|kind| {
            self.rows(kind)
                .find(|row| text(row, "MasterLabel") == label || text(row, "DeveloperName") == label)
        });
        match found {
            Some(row) => Ok(Some(text(row, "Id").to_owned())),
            None => not_referred("license", "UserLicense", label),
        }
    }
}
