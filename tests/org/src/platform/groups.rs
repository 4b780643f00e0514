//! Permission set groups: the aggregate set that follows members and muting.
//!
//! It never grants what no member grants.

use crate::store::{Org, Row, object, text};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

use super::permissions::check_api_name;
use super::{Refused, refusal};
use serde_json::Value;

/// What a write of an object changes in groups: the field that names a permission set.
const FOLLOWED: &[(&str, &str)] = &[
    ("PermissionSet", "Id"),
    ("MutingPermissionSet", "Id"),
    ("ObjectPermissions", "ParentId"),
    ("FieldPermissions", "ParentId"),
    ("SetupEntityAccess", "ParentId"),
];

impl Org {
    pub(super) fn before_group_create(&self, row: &mut Row) -> Result<(), Refused> {
        self.before_group_update(&Row::new(), row)?;
        row.insert("Status".into(), json!("Updated"));
        Ok(())
    }

    pub(super) fn before_group_update(&self, old: &Row, changes: &Row) -> Result<(), Refused> {
        let Some(name) = changes.get("DeveloperName").and_then(Value::as_str) else { return Ok(()) };
        check_api_name("Permission Set Group", "DeveloperName", name)?;
        let taken = self.rows("PermissionSetGroup").any(|other| {
            text(other, "DeveloperName").eq_ignore_ascii_case(name) && text(other, "Id") != text(old, "Id")
        });
        if taken {
            let message = format!("The API name you specified is already in use: {name}");
            return refusal("DUPLICATE_DEVELOPER_NAME", message, &["DeveloperName"]);
        }
        Ok(())
    }

    pub(super) fn before_component_create(&self, row: &Row) -> Result<(), Refused> {
        let (group, member) = (text(row, "PermissionSetGroupId"), text(row, "PermissionSetId"));
        let Some(set) = self.row("PermissionSet", member).or_else(|| self.row("MutingPermissionSet", member))
        else {
            return refusal(
                "INVALID_CROSS_REFERENCE_KEY",
                "invalid cross reference id",
                &["PermissionSetId"],
            );
        };
        if matches!(text(set, "Type"), "Profile" | "Group") {
            return refusal(
                "INVALID_CROSS_REFERENCE_KEY",
                "invalid cross reference id",
                &["PermissionSetId"],
            );
        }
        let members = self.rows_by("PermissionSetGroupComponent", "PermissionSetGroupId", group);
        if let Some(twin) = members.iter().find(|other| text(other, "PermissionSetId") == member) {
            let message = format!(
                "duplicate value found: PermissionSetGroupComponent duplicates value on record with id: {}",
                text(twin, "Id")
            );
            return refusal("DUPLICATE_VALUE", message, &[]);
        }
        if member.starts_with("0QM")
            && members.iter().any(|other| text(other, "PermissionSetId").starts_with("0QM"))
        {
            let message = "A permission set group can have only one muting permission set.";
            return refusal("FIELD_INTEGRITY_EXCEPTION", message, &["PermissionSetId"]);
        }
        Ok(())
    }

    /// The aggregate permission set of a group.
    pub(super) fn aggregate_of(&self, group: &str) -> Option<String> {
        self.rows_by("PermissionSet", "PermissionSetGroupId", group)
            .first()
            .map(|set| text(set, "Id").to_owned())
    }

    /// After a write: the groups that it concerns are worked out anew, now or after some requests.
    pub(crate) fn groups_follow(&mut self, kind: &str, row: &Row) {
        let groups: Vec<String> = if kind == "PermissionSetGroupComponent" {
            vec![text(row, "PermissionSetGroupId").to_owned()]
        } else if let Some((_, field)) = FOLLOWED.iter().find(|(name, _)| *name == kind) {
            self.rows_by("PermissionSetGroupComponent", "PermissionSetId", text(row, field))
                .iter()
                .map(|component| text(component, "PermissionSetGroupId").to_owned())
                .collect()
        } else {
            return;
        };
        for group in groups {
            if self.group_delay == 0 {
                self.recalculate(&group);
                self.group_status(&group, "Updated");
            } else {
                self.group_status(&group, "Updating");
                self.pending_groups.insert(group, self.group_delay);
            }
        }
    }

    fn group_status(&mut self, group: &str, status: &str) {
        let Some(mut row) = self.row("PermissionSetGroup", group).cloned() else { return };
        row.insert("Status".into(), json!(status));
        self.put("PermissionSetGroup", row);
    }

    /// A step of the platform's own work in the background: each API request is one.
    pub fn tick(&mut self) {
        if self.pending_groups.is_empty() {
            return;
        }
        for left in self.pending_groups.values_mut() {
            *left = left.saturating_sub(1);
        }
        let ready: Vec<String> = self
            .pending_groups
            .iter()
            .filter(|(_, left)| **left == 0)
            .map(|(group, _)| group.clone())
            .collect();
        for group in ready {
            self.pending_groups.remove(&group);
            match self.group_outcome.clone() {
                // Stuck: nothing happens, for as long as the fault lasts.
                Some(status) => self.group_status(&group, &status),
                None => {
                    self.recalculate(&group);
                    self.group_status(&group, "Updated");
                }
            }
        }
    }

    /// Works a group's aggregate permission set out anew: its members' permissions less what its muting sets mute.
    pub fn recalculate(&mut self, group: &str) {
        let Some(row) = self.row("PermissionSetGroup", group).cloned() else { return };
        let mut on: BTreeSet<String> = BTreeSet::new();
        let mut off: BTreeSet<String> = BTreeSet::new();
        let mut objects: BTreeMap<String, Row> = BTreeMap::new();
        let mut access: BTreeSet<(String, String)> = BTreeSet::new();
        let members: Vec<String> = self
            .rows_by("PermissionSetGroupComponent", "PermissionSetGroupId", group)
            .iter()
            .map(|component| text(component, "PermissionSetId").to_owned())
            .collect();
        let mut muted_objects: Vec<Row> = vec![];
        for member in &members {
            let muting = member.starts_with("0QM");
            let from = if muting { "MutingPermissionSet" } else { "PermissionSet" };
            let Some(set) = self.row(from, member) else { continue };
            let into = if muting { &mut off } else { &mut on };
            into.extend(
                set.iter()
                    .filter(|(key, value)| key.starts_with("Permissions") && **value == json!(true))
                    .map(|(key, _)| key.clone()),
            );
            for permission in self.rows_by("ObjectPermissions", "ParentId", member) {
                if muting {
                    muted_objects.push(permission.clone());
                    continue;
                }
                let merged = objects.entry(text(permission, "SobjectType").to_owned()).or_default();
                for (key, value) in permission
                    .iter()
                    .filter(|(key, value)| key.starts_with("Permissions") && **value == json!(true))
                {
                    merged.insert(key.clone(), value.clone());
                }
            }
            for item in self.rows_by("SetupEntityAccess", "ParentId", member) {
                access.insert((
                    text(item, "SetupEntityId").to_owned(),
                    text(item, "SetupEntityType").to_owned(),
                ));
            }
        }
        for muted in muted_objects {
            if let Some(merged) = objects.get_mut(text(&muted, "SobjectType")) {
                merged.retain(|key, _| muted.get(key) != Some(&json!(true)));
            }
        }
        let old = self.aggregate_of(group);
        let mut set = object(
            json!({ "Name": text(&row, "DeveloperName"), "Label": text(&row, "MasterLabel"), "Type": "Group",
            "IsOwnedByProfile": false, "IsCustom": true, "PermissionSetGroupId": group }),
        );
        if let Some(id) = &old {
            set.insert("Id".into(), json!(id));
        }
        on.difference(&off).for_each(|key| {
            set.insert(key.clone(), json!(true));
        });
        let id = self.put("PermissionSet", set);
        for (kind, ids) in [
            (
                "ObjectPermissions",
                self.rows_by("ObjectPermissions", "ParentId", &id)
                    .iter()
                    .map(|r| text(r, "Id").to_owned())
                    .collect::<Vec<_>>(),
            ),
            (
                "SetupEntityAccess",
                self.rows_by("SetupEntityAccess", "ParentId", &id)
                    .iter()
                    .map(|r| text(r, "Id").to_owned())
                    .collect(),
            ),
        ] {
            ids.iter().for_each(|old| drop(self.take(kind, old)));
        }
        for (name, mut merged) in objects {
            merged.insert("ParentId".into(), json!(id));
            merged.insert("SobjectType".into(), json!(name));
            self.put("ObjectPermissions", merged);
        }
        for (entity, kind) in access {
            self.put(
                "SetupEntityAccess",
                object(json!({ "ParentId": id, "SetupEntityId": entity, "SetupEntityType": kind })),
            );
        }
    }
}
