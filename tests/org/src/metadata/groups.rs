//! Permission set groups as metadata: members and muting sets by name.
//!
//! It never writes a group's aggregate: that follows its members.

use super::{Component, compact, not_referred, string, texts};
use crate::platform::Refused;
use crate::store::{Actor, Org, Row, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// List, object of its members, the field that names them.
const MEMBERS: &[(&str, &str, &str)] = &[
    ("mutingPermissionSets", "MutingPermissionSet", "DeveloperName"),
    ("permissionSets", "PermissionSet", "Name"),
];

impl Org {
    /// Names of a group's members of a kind.
    fn members(&self, group: &str, kind: &str, name: &str) -> BTreeSet<String> {
        let components = self.rows_by("PermissionSetGroupComponent", "PermissionSetGroupId", group);
        let rows = components.iter().filter_map(|row| self.row(kind, text(row, "PermissionSetId")));
        rows.map(|row| text(row, name).to_owned()).collect()
    }

    pub(super) fn group_value(&self, row: &Row) -> Value {
        let id = text(row, "Id");
        let mut pairs = vec![
            ("description", json!(text(row, "Description"))),
            ("hasActivationRequired", json!(row.get("HasActivationRequired") == Some(&json!(true)))),
            ("label", json!(text(row, "MasterLabel"))),
            ("status", json!(text(row, "Status"))),
        ];
        for (list, kind, name) in MEMBERS {
            pairs.push((list, json!(self.members(id, kind, name))));
        }
        compact(pairs)
    }

    pub(super) fn write_group(
        &mut self,
        actor: &Actor,
        found: Option<&Component>,
        value: &Value,
    ) -> Result<(), Refused> {
        let mut fields = Row::new();
        fields.insert("MasterLabel".into(), json!(string(value, "label")));
        fields.insert("Description".into(), value.get("description").cloned().unwrap_or(Value::Null));
        let activation = value.get("hasActivationRequired") == Some(&json!(true));
        fields.insert("HasActivationRequired".into(), json!(activation));
        let id = match found {
            Some(found) => {
                self.update(actor, "PermissionSetGroup", &found.id, fields)?;
                found.id.clone()
            }
            None => {
                fields.insert("DeveloperName".into(), json!(string(value, "fullName")));
                self.create(actor, "PermissionSetGroup", fields)?
            }
        };
        for (list, kind, name) in MEMBERS {
            let (old, new) = (self.members(&id, kind, name), texts(value, list).into_iter().collect());
            self.write_members(actor, &id, (list, kind, name), &old, &new)?;
        }
        Ok(())
    }

    fn write_members(
        &mut self,
        actor: &Actor,
        group: &str,
        (list, kind, name): (&str, &str, &str),
        old: &BTreeSet<String>,
        new: &BTreeSet<String>,
    ) -> Result<(), Refused> {
        let id_of = |org: &Org, wanted: &str| {
            org.rows(kind).find(|row| text(row, name) == wanted).map(|row| text(row, "Id").to_owned())
        };
        for gone in old.difference(new) {
            let set = id_of(self, gone).unwrap_or_default();
            let components = self.rows_by("PermissionSetGroupComponent", "PermissionSetGroupId", group);
            let component = components.iter().find(|row| text(row, "PermissionSetId") == set);
            if let Some(id) = component.map(|row| text(row, "Id").to_owned()) {
                self.delete(actor, "PermissionSetGroupComponent", &id)?;
            }
        }
        for wanted in new.difference(old) {
            let Some(set) = id_of(self, wanted) else { return not_referred(list, kind, wanted) };
            let mut row = Row::new();
            row.insert("PermissionSetGroupId".into(), json!(group));
            row.insert("PermissionSetId".into(), json!(set));
            self.create(actor, "PermissionSetGroupComponent", row)?;
        }
        Ok(())
    }
}
