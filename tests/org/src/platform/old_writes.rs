//! A person's writes.
//!
//! It never changes half.

use crate::error::ApiError;
use crate::id;
use crate::store::{Actor, Org, Row, object, text};
use serde_json::{Value, json};

impl Org {
    /// Creates a record by a person's request.
    pub fn create(&mut self, actor: &Actor, kind: &str, fields: Row) -> Result<String, Vec<ApiError>> {
        let name = self.writable(actor, kind)?;
        let mut row = self.checked(&name, fields, true)?;
        let now = self.stamp();
        for key in ["CreatedDate", "LastModifiedDate", "SystemModstamp"] {
            row.insert(key.into(), json!(now));
        }
        if name == "User" {
            return Ok(self.add_user(row));
        }
        let id = self.put(&name, row);
        self.audit(actor, &format!("created {name}"), &id);
        Ok(id)
    }

    /// Changes a record by a person's request.
    pub fn update(&mut self, actor: &Actor, kind: &str, id: &str, fields: Row) -> Result<(), Vec<ApiError>> {
        let name = self.writable(actor, kind)?;
        let changes = self.checked(&name, fields, false)?;
        let Some(mut row) = self.row(&name, id).cloned() else { return Err(vec![ApiError::not_found()]) };
        let id = text(&row, "Id").to_owned();
        let touches_permissions = changes.keys().any(|key| key.starts_with("Permissions"));
        if name == "Profile"
            && touches_permissions
            && self.profile_set(&id).is_some_and(|set| set.get("IsCustom") == Some(&json!(false)))
        {
            return Err(vec![ApiError::new(
                400,
                "FIELD_INTEGRITY_EXCEPTION",
                "You can't edit the permissions of a standard profile.",
            )]);
        }
        if name == "PermissionSet" && row.get("IsOwnedByProfile") == Some(&json!(true)) {
            return Err(vec![ApiError::new(
                400,
                "CANNOT_MODIFY_MANAGED_OBJECT",
                "You can't modify a permission set that is owned by a profile.",
            )]);
        }
        if name == "User" {
            self.check_user(&id, &changes)?;
        }
        let old_profile = text(&row, "ProfileId").to_owned();
        for (key, value) in &changes {
            row.insert(key.clone(), value.clone());
        }
        let now = self.stamp();
        row.insert("LastModifiedDate".into(), json!(now));
        row.insert("SystemModstamp".into(), json!(now));
        row.insert("LastModifiedById".into(), json!(actor.user_id));
        let new_profile = text(&row, "ProfileId").to_owned();
        let permissions: Vec<String> = row
            .iter()
            .filter(|(_, value)| **value == json!(true))
            .filter_map(|(key, _)| key.strip_prefix("Permissions").map(str::to_owned))
            .collect();
        self.put(&name, row);
        match name.as_str() {
            "Profile" if touches_permissions => self.set_profile_permissions(&id, &permissions),
            "User" if old_profile != new_profile => self.move_user(&id, &old_profile, &new_profile),
            "PermissionSet" => {
                let groups: Vec<String> = self
                    .rows_by("PermissionSetGroupComponent", "PermissionSetId", &id)
                    .iter()
                    .map(|component| text(component, "PermissionSetGroupId").to_owned())
                    .collect();
                groups.iter().for_each(|group| self.recalculate(group));
            }
            _ => {}
        }
        self.audit(actor, &format!("changed {name}"), &id);
        Ok(())
    }

    /// Deletes a record by a person's request.
    pub fn delete(&mut self, actor: &Actor, kind: &str, id: &str) -> Result<(), Vec<ApiError>> {
        let name = self.writable(actor, kind)?;
        if name == "User" {
            return Err(vec![ApiError::new(
                405,
                "METHOD_NOT_ALLOWED",
                "HTTP Method 'DELETE' not allowed. Allowed are HEAD,GET,PATCH",
            )]);
        }
        self.take(&name, id).map(drop).ok_or_else(|| vec![ApiError::not_found()])?;
        self.audit(actor, &format!("deleted {name}"), id);
        Ok(())
    }

    /// The object's own name, when the actor may write it.
    fn writable(&self, actor: &Actor, kind: &str) -> Result<String, Vec<ApiError>> {
        let Some(object) = self.schema.object(kind) else {
            return Err(vec![ApiError::new(404, "NOT_FOUND", "The requested resource does not exist")]);
        };
        let needs = match object.name.as_str() {
            "User" | "UserLogin" => "ManageUsers",
            "Profile" | "PermissionSet" | "PermissionSetGroup" | "ObjectPermissions"
            | "SetupEntityAccess" => "ManageProfilesPermissionsets",
            "PermissionSetAssignment" => "AssignPermissionSets",
            "LoginHistory"
            | "OauthToken"
            | "ConnectedApplication"
            | "AppMenuItem"
            | "SetupAuditTrail"
            | "Organization"
            | "UserLicense"
            | "CronTrigger" => {
                let message = format!("entity type cannot be updated: {}", object.name);
                return Err(vec![ApiError::new(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)]);
            }
            _ => "ApiEnabled",
        };
        if self.has_permission(&actor.user_id, needs) {
            return Ok(object.name.clone());
        }
        Err(vec![ApiError::new(
            403,
            "INSUFFICIENT_ACCESS_OR_READONLY",
            "insufficient access rights on object id",
        )])
    }

    /// The fields of a write, by their own names, when each exists, may be written and has the right type.
    fn checked(&self, kind: &str, fields: Row, create: bool) -> Result<Row, Vec<ApiError>> {
        let Some(object) = self.schema.object(kind) else { return Err(vec![ApiError::not_found()]) };
        let mut checked = Row::new();
        for (key, value) in fields {
            if key == "attributes" {
                continue;
            }
            let Some(field) = object.field(&key) else {
                let message = format!("No such column '{key}' on sobject of type {}", object.name);
                return Err(vec![ApiError::new(400, "INVALID_FIELD", message)]);
            };
            if !(if create { field.createable } else { field.updateable }) {
                let message = format!(
                    "Unable to create/update fields: {}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.",
                    field.name
                );
                return Err(vec![
                    ApiError::new(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message).on(&[&field.name]),
                ]);
            }
            let fits = match (field.kind.as_str(), &value) {
                (_, Value::Null) => field.nillable,
                ("boolean", value) => value.is_boolean(),
                ("int" | "double", value) => value.is_number(),
                ("reference" | "id", value) => value.as_str().and_then(id::long).is_some(),
                (_, value) => value.is_string(),
            };
            if !fits {
                let message = format!("{}: value not of required type: {value}", field.label);
                return Err(vec![ApiError::new(400, "JSON_PARSER_ERROR", message).on(&[&field.name])]);
            }
            let value = match (field.kind.as_str(), value.as_str()) {
                ("reference", Some(text)) => id::long(text).map_or(Value::Null, Value::from),
                _ => value,
            };
            checked.insert(field.name.clone(), value);
        }
        Ok(checked)
    }

    /// What the platform says of a user's own values.
    fn check_user(&self, id: &str, changes: &Row) -> Result<(), Vec<ApiError>> {
        if let Some(username) = changes.get("Username").and_then(Value::as_str)
            && self.rows_by("User", "Username", username).iter().any(|row| text(row, "Id") != id)
        {
            let message = "Duplicate Username.<br>The username already exists in this or another Salesforce organization. Usernames must be unique across all Salesforce organizations. To resolve, use a different username (it doesn't need to match the user's email address).";
            return Err(vec![ApiError::new(400, "DUPLICATE_USERNAME", message).on(&["Username"])]);
        }
        if let Some(profile) = changes.get("ProfileId").and_then(Value::as_str)
            && self.row("Profile", profile).is_none()
        {
            return Err(vec![
                ApiError::new(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
                    .on(&["ProfileId"]),
            ]);
        }
        Ok(())
    }

    fn audit(&mut self, actor: &Actor, what: &str, id: &str) {
        let row = json!({ "Action": what.replace(' ', ""), "Section": "Manage Users", "CreatedDate": self.stamp(),
            "CreatedById": actor.user_id, "Display": format!("{what} {id}") });
        self.put("SetupAuditTrail", object(row));
    }
}
