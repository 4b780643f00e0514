//! Permission set groups: the aggregate set that follows members and muting.
//!
//! It never grants what no member grants.

use crate::store::{Org, Row, object, text};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

impl Org {
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
        let old = self
            .rows("PermissionSet")
            .find(|set| text(set, "PermissionSetGroupId") == group)
            .map(|set| text(set, "Id").to_owned());
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
