//! What licences allow: seats, and the permissions that a user's licence and permission set licences let them have.
//!
//! It never counts a seat by hand: used seats follow from the rows.

use super::{Refused, refusal};
use crate::platform::dependencies::object_words;
use crate::store::{Org, Row, text};
use serde_json::json;
use std::collections::BTreeMap;

/// User permissions that a licence allows; a licence that is not here allows every one. Assumed: what the profiles of
/// these licences carry in published retrieves.
const ALLOWS: &[(&str, &str)] = &[
    (
        "Salesforce Integration",
        "ApiEnabled ApiUserOnly PasswordNeverExpires LightningConsoleAllowedForUser ViewHelpLink ChatterInternalUser \
        ActivitiesAccess EditEvent EditTask RunReports UseWebLink ViewSetup ViewRoles BulkApiHardDelete",
    ),
    ("Chatter Free", "ChatterInternalUser ViewHelpLink PasswordNeverExpires"),
    ("Guest User License", "ViewHelpLink PasswordNeverExpires RunFlow"),
];

/// Licences without access to business objects of their own. Source: "Give Integration Users API Only Access": the
/// permission set license comes first; Chatter Free has none.
const WITHOUT_OBJECTS: &[&str] = &["Salesforce Integration", "Chatter Free"];

/// The permission set licences that open a licence to everything that an integration needs.
const OPENS: &[(&str, &str)] = &[("SalesforceAPIIntegrationPsl", "Salesforce Integration")];

impl Org {
    /// The name of a user's licence.
    pub(super) fn license_of(&self, user: &str) -> String {
        self.row("User", user)
            .map(|user| self.license_of_profile(text(user, "ProfileId")))
            .unwrap_or_default()
    }

    pub(super) fn license_of_profile(&self, profile: &str) -> String {
        self.row("Profile", profile)
            .and_then(|profile| self.row("UserLicense", text(profile, "UserLicenseId")))
            .map(|license| text(license, "Name").to_owned())
            .unwrap_or_default()
    }

    /// The first permission of a set that a licence does not allow, with its label; `psls`: names of permission set
    /// licences beside it.
    pub(super) fn not_allowed(&self, license: &str, psls: &[String], set: &Row) -> Option<String> {
        if OPENS.iter().any(|(psl, opened)| *opened == license && psls.iter().any(|name| name == psl)) {
            return None;
        }
        if let Some((_, allowed)) = ALLOWS.iter().find(|(name, _)| *name == license) {
            let refused = set
                .iter()
                .filter(|(_, value)| **value == json!(true))
                .filter_map(|(key, _)| key.strip_prefix("Permissions"))
                // Of a permission that no describe lists nobody knows which licence it comes with.
                .filter(|name| self.schema.is_published(name))
                .find(|name| !allowed.split_whitespace().any(|one| one == *name));
            if let Some(name) = refused {
                return Some(self.schema.label(name, "en_US"));
            }
        }
        if WITHOUT_OBJECTS.contains(&license) {
            let id = text(set, "Id");
            let read = self
                .rows_by("ObjectPermissions", "ParentId", id)
                .into_iter()
                .find(|row| row.get("PermissionsRead") == Some(&json!(true)));
            return read.map(|row| object_words("PermissionsRead", text(row, "SobjectType")));
        }
        None
    }

    /// Developer names of the permission set licences that a user has.
    pub(super) fn psls_of(&self, user: &str) -> Vec<String> {
        self.rows_by("PermissionSetLicenseAssign", "AssigneeId", user)
            .iter()
            .filter_map(|row| self.row("PermissionSetLicense", text(row, "PermissionSetLicenseId")))
            .map(|row| text(row, "DeveloperName").to_owned())
            .collect()
    }

    /// Whether a profile's licence has a seat left.
    pub(super) fn check_seat(&self, profile: &str) -> Result<(), Refused> {
        let license =
            self.row("Profile", profile).and_then(|row| self.row("UserLicense", text(row, "UserLicenseId")));
        let number = |field: &str| license.and_then(|row| row.get(field)).and_then(serde_json::Value::as_i64);
        match (number("TotalLicenses"), number("UsedLicenses")) {
            (Some(total), Some(used)) if used >= total => {
                refusal("LICENSE_LIMIT_EXCEEDED", "License Limit Exceeded", &[])
            }
            _ => Ok(()),
        }
    }

    /// `UsedLicenses` of every user licence, by its active users.
    pub(crate) fn count_user_licenses(&mut self) {
        let mut used: BTreeMap<String, u64> = BTreeMap::new();
        for user in self.rows("User").filter(|row| row.get("IsActive") != Some(&json!(false))) {
            if let Some(profile) = self.row("Profile", text(user, "ProfileId")) {
                *used.entry(text(profile, "UserLicenseId").to_owned()).or_default() += 1;
            }
        }
        let rows: Vec<Row> = self.rows("UserLicense").cloned().collect();
        for mut row in rows {
            let now = json!(used.get(text(&row, "Id")).copied().unwrap_or(0));
            if row.get("UsedLicenses") != Some(&now) {
                row.insert("UsedLicenses".into(), now);
                self.put("UserLicense", row);
            }
        }
    }

    /// `UsedLicenses` of a permission set licence.
    pub(crate) fn count_license(&mut self, license: &str) {
        let used = self
            .rows("PermissionSetLicenseAssign")
            .filter(|row| text(row, "PermissionSetLicenseId") == license)
            .count();
        if let Some(mut row) = self.row("PermissionSetLicense", license).cloned() {
            row.insert("UsedLicenses".into(), json!(used));
            self.put("PermissionSetLicense", row);
        }
    }
}
