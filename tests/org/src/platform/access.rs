//! Who may write which object, by the permissions that reach them.
//!
//! It never decides what a value may be: `fields` and the rules of each object do.

use super::{Refused, Write, refusal};
use crate::error::ApiError;
use crate::schema::{Field, Object};
use crate::store::{Actor, Org, Row, text};
use serde_json::json;

/// Rows that a client ends by DELETE. Source: "Supported Calls" in the Object Reference.
const DELETABLE: &[&str] = &[
    "AuthSession",
    "FieldPermissions",
    "MutingPermissionSet",
    "ObjectPermissions",
    "PermissionSet",
    "PermissionSetAssignment",
    "PermissionSetGroup",
    "PermissionSetGroupComponent",
    "PermissionSetLicenseAssign",
    "Profile",
    "SetupEntityAccess",
    "UserRole",
];

/// Standard objects with records of business.
const BUSINESS: &[&str] =
    &["Account", "Case", "Contact", "Event", "Lead", "Opportunity", "OpportunityContactRole", "Task"];

/// Fields of their own row that people change without Manage Users.
const NOT_OWN: &[&str] =
    &["IsActive", "ProfileId", "UserRoleId", "Username", "FederationIdentifier", "ManagerId"];

/// A permission, or any of several, that a write of an object takes.
fn needs(object: &str) -> &'static [&'static str] {
    match object {
        "User" => &["ManageUsers", "ManageInternalUsers"],
        "UserLogin" => &["ManageUsers", "FreezeUsers"],
        "AuthSession" => &["ManageUsers"],
        "Profile"
        | "PermissionSet"
        | "PermissionSetGroup"
        | "PermissionSetGroupComponent"
        | "MutingPermissionSet"
        | "ObjectPermissions"
        | "FieldPermissions"
        | "SetupEntityAccess" => &["ManageProfilesPermissionsets"],
        "PermissionSetAssignment" | "PermissionSetLicenseAssign" => &["AssignPermissionSets"],
        "UserPackageLicense" => &["ManageUsers"],
        "UserRole" => &["ManageRoles"],
        "AuthProvider" => &["ManageAuthProviders"],
        "NamedCredential"
        | "SamlSsoConfig"
        | "Organization"
        | "AppMenuItem"
        | "ExternalClientApplication"
        | "ExtlClntAppOauthPlcyCnfg"
        | "CronTrigger" => &["CustomizeApplication"],
        _ => &["ApiEnabled"],
    }
}

impl Org {
    /// The object's own name, when the actor may write it.
    pub(super) fn may_write(&self, actor: &Actor, kind: &str, write: Write) -> Result<String, Refused> {
        let Some(object) = self.schema.object(kind) else { return Err(vec![ApiError::not_found()]) };
        let open = match write {
            Write::Create => object.fields.iter().any(|field| field.createable),
            Write::Update => object.fields.iter().any(|field| field.updateable),
            Write::Delete => DELETABLE.contains(&object.name.as_str()) || is_business(&object.name),
        };
        if !open {
            return match write {
                Write::Delete => Err(vec![ApiError::new(
                    405,
                    "METHOD_NOT_ALLOWED",
                    "HTTP Method 'DELETE' not allowed. Allowed are HEAD,GET,PATCH",
                )]),
                _ => {
                    let done = if write == Write::Create { "inserted" } else { "updated" };
                    let message = format!("entity type cannot be {done}: {}", object.name);
                    refusal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message, &[])
                }
            };
        }
        let allowed = if is_business(&object.name) {
            let verb = match write {
                Write::Create => "PermissionsCreate",
                Write::Update => "PermissionsEdit",
                Write::Delete => "PermissionsDelete",
            };
            self.may_touch(&actor.user_id, &object.name, verb)
        } else {
            needs(&object.name).iter().any(|permission| self.has_permission(&actor.user_id, permission))
        };
        if allowed {
            return Ok(object.name.clone());
        }
        if is_business(&object.name) && write == Write::Create {
            let message = format!("entity type cannot be inserted: {}", object.label);
            return refusal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message, &[]);
        }
        refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", &[])
    }

    /// The same for a change of a row that is there: people change their own details.
    pub(super) fn may_change(
        &self,
        actor: &Actor,
        kind: &str,
        old: &Row,
        fields: &Row,
    ) -> Result<String, Refused> {
        let own = kind.eq_ignore_ascii_case("User")
            && text(old, "Id") == actor.user_id
            && !fields.keys().any(|key| {
                NOT_OWN.iter().any(|name| name.eq_ignore_ascii_case(key))
                    || key.starts_with("UserPermissions")
            });
        if own { Ok("User".into()) } else { self.may_write(actor, kind, Write::Update) }
    }

    /// The same for a deletion.
    pub(super) fn may_delete(&self, actor: &Actor, kind: &str, old: &Row) -> Result<String, Refused> {
        let own = |field: &str| text(old, field) == actor.user_id;
        match kind.to_lowercase().as_str() {
            "authsession" if own("UsersId") => return Ok("AuthSession".into()),
            _ => {}
        }
        self.may_write(actor, kind, Write::Delete)
    }

    /// Whether object permissions let a user read, create, edit or delete (`PermissionsRead` and its like).
    pub fn may_touch(&self, user: &str, object: &str, verb: &str) -> bool {
        if self.has_permission(user, "ModifyAllData") {
            return true;
        }
        if verb == "PermissionsRead" && self.has_permission(user, "ViewAllData") {
            return true;
        }
        match object {
            "Task" | "Event" => {
                let edit = if object == "Task" { "EditTask" } else { "EditEvent" };
                self.has_permission(user, edit)
                    || (verb == "PermissionsRead" && self.has_permission(user, "ActivitiesAccess"))
            }
            "OpportunityContactRole" => self.is_given(user, "Opportunity", verb),
            _ => self.is_given(user, object, verb),
        }
    }

    fn is_given(&self, user: &str, object: &str, verb: &str) -> bool {
        let all = match verb {
            "PermissionsRead" => &["PermissionsViewAllRecords", "PermissionsModifyAllRecords"][..],
            "PermissionsCreate" => &[],
            _ => &["PermissionsModifyAllRecords"],
        };
        let gives = |row: &&Row| {
            let on = |verb: &str| row.get(verb) == Some(&json!(true));
            text(row, "SobjectType") == object && (on(verb) || all.iter().any(|verb| on(verb)))
        };
        self.sets_of(user)
            .iter()
            .any(|set| self.rows_by("ObjectPermissions", "ParentId", text(set, "Id")).iter().any(gives))
    }

    /// Whether a user reads, and whether a user writes, a field of an object of business.
    ///
    /// A profile that says nothing of an object's fields has its standard fields, as profiles are made; what a seed's
    /// metadata says replaces that for the object.
    pub fn field_access(&self, user: &str, object: &Object, field: &Field) -> (bool, bool) {
        if !is_business(&object.name) || !field.is_permissionable() {
            return (true, true);
        }
        let full = format!("{}.{}", object.name, field.name);
        let (mut read, mut write) = (false, false);
        for set in self.sets_of(user) {
            let id = text(set, "Id");
            let rows = self.rows_by("FieldPermissions", "ParentId", id);
            let own = rows.iter().find(|row| text(row, "Field") == full);
            if let Some(row) = own {
                let edit = row.get("PermissionsEdit") == Some(&json!(true));
                read |= edit || row.get("PermissionsRead") == Some(&json!(true));
                write |= edit;
            }
            let silent =
                own.is_none() && !self.field_profiles.contains(&(id.to_owned(), object.name.clone()));
            if silent && set.get("IsOwnedByProfile") == Some(&json!(true)) && !field.is_custom() {
                return (true, true);
            }
        }
        (read, write)
    }

    /// Whether a user reads a field.
    pub fn may_read(&self, user: &str, object: &Object, field: &Field) -> bool {
        self.field_access(user, object, field).0
    }

    /// Whether a user reads the rows of an object at all.
    pub fn sees(&self, user: &str, object: &Object) -> bool {
        !is_business(&object.name) || self.may_touch(user, &object.name, "PermissionsRead")
    }
}

/// Objects with records of business, which object permissions govern; set-up objects have permissions of their own.
pub(crate) fn is_business(object: &str) -> bool {
    BUSINESS.contains(&object) || object.ends_with("__c")
}
