//! Licences, profiles with the permission set that each owns, users, and what reaches a user.
//!
//! It never asks whether somebody may write them: seeds come in by here as well.

use super::{Org, Row, object, text};
use serde_json::json;
use std::sync::Arc;

impl Org {
    /// The licence called `name`, made when it is not there.
    pub fn license(&mut self, name: &str) -> String {
        if let Some(row) = self.rows_by("UserLicense", "Name", name).first() {
            return text(row, "Id").to_owned();
        }
        let row = json!({ "Name": name, "MasterLabel": name, "Status": "Active", "TotalLicenses": 100, "UsedLicenses": 1,
            "LicenseDefinitionKey": name.to_uppercase().replace(' ', "_") });
        self.put("UserLicense", object(row))
    }

    /// Object permissions of a standard profile, as it comes with an org.
    pub(super) fn standard_access(&mut self, profile: &str, edits: bool) {
        let Some(set) = self.profile_set(profile).map(|set| text(set, "Id").to_owned()) else { return };
        for kind in ["Account", "Case", "Contact", "Lead", "Opportunity"] {
            // Nobody but administrators deletes cases. Source: Salesforce Help, "Standard Profiles".
            let row = json!({ "ParentId": set, "SobjectType": kind, "PermissionsRead": true, "PermissionsCreate": edits,
                "PermissionsEdit": edits, "PermissionsDelete": edits && kind != "Case", "PermissionsViewAllRecords": false, "PermissionsModifyAllRecords": false });
            self.put("ObjectPermissions", object(row));
        }
    }

    /// Gives the records that nobody owns to somebody.
    pub(crate) fn own_orphans(&mut self, owner: &str) {
        let kinds: Vec<String> = self
            .schema
            .objects()
            .filter(|kind| crate::platform::is_business(&kind.name))
            .map(|kind| kind.name.clone())
            .collect();
        for kind in kinds {
            let fields: Vec<&str> = ["OwnerId", "CreatedById", "LastModifiedById"]
                .into_iter()
                .filter(|field| self.schema.object(&kind).is_some_and(|kind| kind.field(field).is_some()))
                .collect();
            let orphans: Vec<Row> = self
                .rows(&kind)
                .filter(|row| fields.iter().any(|field| text(row, field).is_empty()))
                .cloned()
                .collect();
            for mut row in orphans {
                for field in &fields {
                    if text(&row, field).is_empty() {
                        row.insert((*field).to_owned(), json!(owner));
                    }
                }
                self.put(&kind, row);
            }
        }
    }

    /// A profile and the permission set that it owns.
    pub fn add_profile(&mut self, name: &str, license: &str, custom: bool, permissions: &[String]) -> String {
        if let Some(row) = self.rows_by("Profile", "Name", name).first() {
            let id = text(row, "Id").to_owned();
            if custom {
                self.set_profile_permissions(&id, permissions);
            }
            return id;
        }
        let license_id = self.license(license);
        let now = self.stamp();
        let kind = user_type(license);
        let row = json!({ "Name": name, "UserLicenseId": license_id, "UserType": kind, "CreatedDate": now, "LastModifiedDate": now, "SystemModstamp": now });
        let id = self.put("Profile", object(row));
        let set = json!({ "Name": format!("X{}", &id.get(..15).unwrap_or(&id)), "Label": format!("X{}", id.get(..15).unwrap_or(&id)), "ProfileId": id,
            "IsOwnedByProfile": true, "IsCustom": custom, "Type": "Profile", "LicenseId": license_id, "CreatedDate": now, "LastModifiedDate": now, "SystemModstamp": now });
        self.put("PermissionSet", object(set));
        self.set_profile_permissions(&id, permissions);
        id
    }

    /// Makes the `Permissions…` fields of a profile and of its set exactly `permissions`.
    pub fn set_profile_permissions(&mut self, profile: &str, permissions: &[String]) {
        let schema = Arc::make_mut(&mut self.schema);
        permissions.iter().for_each(|name| schema.add_permission(name));
        let set = self.profile_set(profile).map(|row| text(row, "Id").to_owned());
        for (object, id) in [("Profile", Some(profile.to_owned())), ("PermissionSet", set)] {
            let Some(mut row) = id.and_then(|id| self.row(object, &id).cloned()) else { continue };
            row.retain(|key, _| !key.starts_with("Permissions"));
            for name in permissions {
                row.insert(format!("Permissions{name}"), json!(true));
            }
            self.put(object, row);
        }
    }

    /// The permission set that a profile owns.
    pub fn profile_set(&self, profile: &str) -> Option<&Row> {
        self.rows_by("PermissionSet", "ProfileId", profile).into_iter().next()
    }

    /// A user, with the assignment to their profile's set that every user has.
    pub fn add_user(&mut self, row: Row) -> String {
        let profile = text(&row, "ProfileId").to_owned();
        let id = self.put("User", row);
        let set = self.profile_set(&profile).map(|set| text(set, "Id").to_owned());
        if let Some(set) = set {
            self.put(
                "PermissionSetAssignment",
                object(json!({ "AssigneeId": id, "PermissionSetId": set, "IsActive": true })),
            );
        }
        id
    }

    /// Moves a user's own assignment from the set of one profile to that of another.
    pub(crate) fn move_user(&mut self, user: &str, from: &str, to: &str) {
        let old = self.profile_set(from).map(|set| text(set, "Id").to_owned()).unwrap_or_default();
        let new = self.profile_set(to).map(|set| text(set, "Id").to_owned());
        let assignment = self
            .rows_by("PermissionSetAssignment", "AssigneeId", user)
            .into_iter()
            .find(|assignment| text(assignment, "PermissionSetId") == old)
            .cloned();
        if let (Some(mut assignment), Some(new)) = (assignment, new) {
            assignment.insert("PermissionSetId".into(), json!(new));
            self.put("PermissionSetAssignment", assignment);
        }
    }

    /// Whether an assignment counts: active, not revoked, not expired. Source: Object Reference, PermissionSetAssignment.
    fn counts(&self, assignment: &Row) -> bool {
        let over = |expires: &str| {
            crate::soql::dates::moment(expires).is_some_and(|expires| {
                crate::soql::dates::moment(&self.stamp()).is_some_and(|now| expires <= now)
            })
        };
        assignment.get("IsActive") != Some(&json!(false))
            && assignment.get("IsRevoked") != Some(&json!(true))
            && !over(text(assignment, "ExpirationDate"))
    }

    /// Writes down what a user may do, in the one row of `UserPermissionAccess` that they see.
    pub(crate) fn note_access(&mut self, user: &str) {
        let mut row = self
            .rows_by("UserPermissionAccess", "UserId", user)
            .first()
            .map_or_else(|| object(json!({ "UserId": user })), |row| (*row).clone());
        let names: Vec<String> = self.schema.permissions().map(|(name, _)| name.to_owned()).collect();
        for name in names {
            let has = self.has_permission(user, &name);
            row.insert(format!("Permissions{name}"), json!(has));
        }
        row.insert("LastCacheUpdate".into(), json!(self.stamp()));
        self.put("UserPermissionAccess", row);
    }

    /// The permission sets that reach a user.
    pub fn sets_of(&self, user: &str) -> Vec<&Row> {
        self.rows_by("PermissionSetAssignment", "AssigneeId", user)
            .into_iter()
            .filter(|assignment| self.counts(assignment))
            .filter_map(|assignment| self.row("PermissionSet", text(assignment, "PermissionSetId")))
            .collect()
    }

    /// Whether anything grants the user a permission (`ManageUsers`, without the prefix).
    pub fn has_permission(&self, user: &str, permission: &str) -> bool {
        let key = format!("Permissions{permission}");
        self.sets_of(user).iter().any(|set| set.get(&key) == Some(&json!(true)))
    }
}

/// What `UserType` users of a licence have. Source: Object Reference, User.
fn user_type(license: &str) -> &'static str {
    let begins = |starts: &[&str]| starts.iter().any(|start| license.starts_with(start));
    if begins(&["Guest"]) {
        "Guest"
    } else if begins(&["Chatter Free", "Chatter External"]) {
        "CsnOnly"
    } else if begins(&["Customer Community Plus", "Customer Portal Manager"]) {
        "PowerCustomerSuccess"
    } else if begins(&["Partner Community", "Gold Partner", "Silver Partner", "Bronze Partner"]) {
        "PowerPartner"
    } else if begins(&[
        "Customer Community",
        "External Identity",
        "High Volume",
        "Overage High Volume",
        "Authenticated Website",
        "Overage Authenticated Website",
    ]) {
        "CspLitePortal"
    } else {
        "Standard"
    }
}
