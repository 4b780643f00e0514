//! Who may write which object, by the permissions that reach them.
//!
//! It never decides what a value may be: `fields` and the rules of each object do.

use super::{Refused, Write, refusal};
use crate::error::ApiError;
use crate::store::{Actor, Org, Row, text};
use serde_json::json;

/// Rows that a client ends by DELETE. Source: "Supported Calls" in the Object Reference.
const DELETABLE: &[&str] = &[
    "Account",
    "AuthSession",
    "FieldPermissions",
    "MutingPermissionSet",
    "OauthToken",
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
            Write::Delete => DELETABLE.contains(&object.name.as_str()),
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
        refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", &[])
    }

    /// The same for a change of a row that is there: people change their own details, and stop their own tokens.
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
            "oauthtoken" if own("UserId") => return Ok("OauthToken".into()),
            "oauthtoken" if !self.has_permission(&actor.user_id, "CustomizeApplication") => {
                return refusal(
                    "INSUFFICIENT_ACCESS_OR_READONLY",
                    "insufficient access rights on object id",
                    &[],
                );
            }
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
        self.sets_of(user).iter().any(|set| {
            self.rows_by("ObjectPermissions", "ParentId", text(set, "Id"))
                .iter()
                .any(|row| text(row, "SobjectType") == object && row.get(verb) == Some(&json!(true)))
        })
    }
}

/// Objects with records of business, which object permissions govern; set-up objects have permissions of their own.
pub(crate) fn is_business(object: &str) -> bool {
    object == "Account" || object.ends_with("__c")
}
