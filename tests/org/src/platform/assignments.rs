//! Assignments of permission sets, groups and permission set licences to users.
//!
//! It never assigns what the user's licence does not allow.

use super::{Refused, refusal};
use crate::store::{Org, Row, object, text};
use serde_json::{Value, json};

impl Org {
    pub(super) fn before_assignment(&mut self, row: &mut Row) -> Result<(), Refused> {
        let [user, set, group] =
            ["AssigneeId", "PermissionSetId", "PermissionSetGroupId"].map(|key| text(row, key).to_owned());
        let set = match (set.is_empty(), group.is_empty()) {
            (true, true) => {
                let message = "Required fields are missing: [PermissionSetId]";
                return refusal("REQUIRED_FIELD_MISSING", message, &["PermissionSetId"]);
            }
            (false, false) => {
                let message = "Specify either a permission set or a permission set group, not both.";
                return refusal("FIELD_INTEGRITY_EXCEPTION", message, &["PermissionSetGroupId"]);
            }
            (false, true) => set,
            (true, false) => self.aggregate_of(&group).unwrap_or_default(),
        };
        let Some(found) = self.row("PermissionSet", &set).cloned() else {
            return refusal(
                "INVALID_CROSS_REFERENCE_KEY",
                "invalid cross reference id",
                &["PermissionSetId"],
            );
        };
        if found.get("IsOwnedByProfile") == Some(&json!(true))
            || (group.is_empty() && text(&found, "Type") == "Group")
        {
            return refusal(
                "INVALID_CROSS_REFERENCE_KEY",
                "invalid cross reference id",
                &["PermissionSetId"],
            );
        }
        if self
            .rows_by("PermissionSetAssignment", "AssigneeId", &user)
            .iter()
            .any(|row| text(row, "PermissionSetId") == set)
        {
            let message =
                format!("Duplicate PermissionSetAssignment. Assignee: {user}; Permission Set: {set}");
            return refusal("DUPLICATE_VALUE", message, &["AssigneeId", "PermissionSetId"]);
        }
        self.check_license_of_set(&user, &found)?;
        row.insert("PermissionSetId".into(), json!(set));
        row.insert("IsActive".into(), json!(true));
        Ok(())
    }

    fn check_license_of_set(&mut self, user: &str, set: &Row) -> Result<(), Refused> {
        let license = text(set, "LicenseId").to_owned();
        let (own, who) = (
            self.license_of(user),
            self.row("User", user).map(|u| text(u, "Name").to_owned()).unwrap_or_default(),
        );
        let label = text(set, "Label");
        if license.starts_with("0PL") {
            // A set that needs a permission set licence brings it along while there are seats.
            let has = self
                .rows_by("PermissionSetLicenseAssign", "AssigneeId", user)
                .iter()
                .any(|row| text(row, "PermissionSetLicenseId") == license);
            if !has {
                let assign = object(json!({ "AssigneeId": user, "PermissionSetLicenseId": license }));
                self.before_license_assign(&assign)?;
                self.put("PermissionSetLicenseAssign", assign);
                self.count_license(&license);
            }
        } else if let Some(needed) = self.row("UserLicense", &license).map(|row| text(row, "Name").to_owned())
            && needed != own
        {
            let message = format!(
                "Can't assign permission set \"{label}\" to user \"{who}\". The permission set's license {needed} doesn't match the user's license {own}."
            );
            return refusal("FIELD_INTEGRITY_EXCEPTION", message, &["PermissionSetId"]);
        }
        match self.not_allowed(&own, &self.psls_of(user), set) {
            None => Ok(()),
            Some(permission) => {
                let message = format!(
                    "Can't assign permission set \"{label}\" to user \"{who}\". The user license doesn't allow the permission: {permission}"
                );
                refusal("FIELD_INTEGRITY_EXCEPTION", message, &["PermissionSetId"])
            }
        }
    }

    pub(super) fn before_unassign(&self, old: &Row) -> Result<(), Refused> {
        let owned = self
            .row("PermissionSet", text(old, "PermissionSetId"))
            .is_some_and(|set| set.get("IsOwnedByProfile") == Some(&json!(true)));
        if owned {
            return refusal(
                "INSUFFICIENT_ACCESS_OR_READONLY",
                "insufficient access rights on object id",
                &[],
            );
        }
        Ok(())
    }

    pub(super) fn before_license_assign(&self, row: &Row) -> Result<(), Refused> {
        let (user, license) = (text(row, "AssigneeId"), text(row, "PermissionSetLicenseId"));
        let twin = self
            .rows_by("PermissionSetLicenseAssign", "AssigneeId", user)
            .into_iter()
            .find(|other| text(other, "PermissionSetLicenseId") == license);
        if let Some(twin) = twin {
            let message = format!(
                "duplicate value found: AssigneeId duplicates value on record with id: {}",
                text(twin, "Id")
            );
            return refusal("DUPLICATE_VALUE", message, &[]);
        }
        let number = |field: &str| {
            self.row("PermissionSetLicense", license).and_then(|row| row.get(field)).and_then(Value::as_i64)
        };
        match (number("TotalLicenses"), number("UsedLicenses").unwrap_or(0)) {
            (Some(total), used) if used >= total => {
                refusal("LICENSE_LIMIT_EXCEEDED", "License Limit Exceeded", &[])
            }
            _ => Ok(()),
        }
    }
}
