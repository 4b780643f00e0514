//! The platform's rules: what a person's write is refused for, and what else it changes.
//!
//! It never leaves half a write behind: what is refused is undone whole.

mod access;
mod apps;
mod assignments;
mod audit;
mod business;
pub mod dependencies;
mod fields;
mod groups;
mod licenses;
mod permissions;
mod users;

pub(crate) use access::is_business;
pub(crate) use fields::same_key;
pub(crate) use permissions::{API_NAME, is_api_name};

use crate::error::ApiError;
use crate::store::{Actor, Org, Row, text};
use serde_json::{Value, json};

/// What refusals are told as.
pub type Refused = Vec<ApiError>;

/// A kind of write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// A new row.
    Create,
    /// A change.
    Update,
    /// The end of a row.
    Delete,
}

/// One refusal, naming fields.
pub(crate) fn refusal<T>(code: &str, message: impl Into<String>, fields: &[&str]) -> Result<T, Refused> {
    let status = if code.starts_with("INSUFFICIENT_ACCESS") { 403 } else { 400 };
    Err(vec![ApiError::new(status, code, message).on(fields)])
}

impl Org {
    /// Creates a record by a person's request.
    pub fn create(&mut self, actor: &Actor, kind: &str, fields: Row) -> Result<String, Refused> {
        self.whole(|org| {
            let name = org.may_write(actor, kind, Write::Create)?;
            let mut row = org.checked(actor, &name, fields, Write::Create)?;
            match name.as_str() {
                "User" => org.before_user_create(&mut row)?,
                "Profile" => org.before_profile_create(&mut row)?,
                "PermissionSet" => org.before_set_create(&mut row)?,
                "MutingPermissionSet" => org.before_muting_create(&row)?,
                "ObjectPermissions" | "FieldPermissions" => org.before_access_write(&name, None, &row)?,
                "PermissionSetAssignment" => org.before_assignment(&mut row)?,
                "PermissionSetLicenseAssign" => org.before_license_assign(&row)?,
                "PermissionSetGroup" => org.before_group_create(&mut row)?,
                "PermissionSetGroupComponent" => org.before_component_create(&row)?,
                "SetupEntityAccess" => org.before_app_access(actor, &mut row)?,
                _ => {}
            }
            org.check_unique(&name, None, &row)?;
            if is_business(&name) {
                org.defaults(&name, &mut row);
                let given = row.clone();
                org.derived(&name, &mut row, &given);
            }
            org.stamped(actor, &name, &mut row, Write::Create);
            let id = match name.as_str() {
                "User" => org.add_user(row.clone()),
                _ => org.put(&name, row.clone()),
            };
            match name.as_str() {
                "Profile" => org.after_profile_create(&id),
                "PermissionSetGroup" => org.recalculate(&id),
                "PermissionSetLicenseAssign" => org.count_license(text(&row, "PermissionSetLicenseId")),
                "User" => org.count_user_licenses(),
                _ => org.groups_follow(&name, &row),
            }
            let new = org.row(&name, &id).cloned().unwrap_or_default();
            org.audit_write(actor, &name, None, Some(&new));
            Ok(id)
        })
    }

    /// Changes a record by a person's request.
    pub fn update(&mut self, actor: &Actor, kind: &str, id: &str, fields: Row) -> Result<(), Refused> {
        self.whole(|org| {
            let Some(old) = org.row(kind, id).cloned() else { return org.no_row(kind, id) };
            let name = org.may_change(actor, kind, &old, &fields)?;
            let mut changes = org.checked(actor, &name, fields, Write::Update)?;
            let id = text(&old, "Id").to_owned();
            match name.as_str() {
                "User" => {
                    org.before_user_update(actor, &old, &changes)?;
                    org.mail_link(&old, &mut changes);
                }
                "UserLogin" => org.before_freeze(actor, &old, &changes)?,
                "Profile" => org.before_profile_update(&old, &changes)?,
                "PermissionSet" => org.before_set_update(&old, &changes)?,
                "MutingPermissionSet" => org.check_dependencies_of_muting(&changes)?,
                "ObjectPermissions" | "FieldPermissions" => {
                    org.before_access_write(&name, Some(&old), &changes)?;
                }
                "PermissionSetGroup" => org.before_group_update(&old, &changes)?,
                _ => {}
            }
            let mut row = old.clone();
            row.extend(changes.clone());
            // A box that a seed does not tick, and that is ticked and unticked, is as it was.
            if name == "MutingPermissionSet" {
                row.retain(|_, value| *value != Value::Bool(false));
            }
            if name == "User" {
                users::rename(&mut row, &changes);
            }
            org.check_unique(&name, Some(&id), &changes)?;
            if is_business(&name) {
                org.derived(&name, &mut row, &changes);
            }
            org.stamped(actor, &name, &mut row, Write::Update);
            org.put(&name, row.clone());
            match name.as_str() {
                "Profile" => org.after_profile_update(&row),
                "User" => org.after_user_update(&old, &row),
                _ => org.groups_follow(&name, &row),
            }
            let new = org.row(&name, &id).cloned().unwrap_or_default();
            org.audit_write(actor, &name, Some(&old), Some(&new));
            Ok(())
        })
    }

    /// Deletes a record by a person's request.
    pub fn delete(&mut self, actor: &Actor, kind: &str, id: &str) -> Result<(), Refused> {
        self.whole(|org| {
            let Some(old) = org.row(kind, id).cloned() else { return org.no_row(kind, id) };
            let name = org.may_delete(actor, kind, &old)?;
            match name.as_str() {
                "Profile" => org.before_profile_delete(&old)?,
                "PermissionSet" => org.before_set_delete(&old)?,
                "ObjectPermissions" | "FieldPermissions" | "SetupEntityAccess" => {
                    org.parent_is_writable(&name, text(&old, "ParentId"))?;
                }
                "PermissionSetAssignment" => org.before_unassign(&old)?,
                _ => {}
            }
            if is_business(&name) {
                org.check_kept(&name, &old)?;
                org.take_dependents(&name, text(&old, "Id"));
            }
            org.bin(&name, id);
            org.take_children(&name, text(&old, "Id"));
            match name.as_str() {
                "PermissionSetLicenseAssign" => org.count_license(text(&old, "PermissionSetLicenseId")),
                _ => org.groups_follow(&name, &old),
            }
            org.audit_write(actor, &name, Some(&old), None);
            Ok(())
        })
    }

    /// Takes a record out of the recycle bin.
    pub fn undelete(&mut self, actor: &Actor, id: &str) -> Result<(), Refused> {
        let deleted = crate::id::long(id).and_then(|id| self.deleted.get(&id)).cloned();
        let Some(deleted) =
            deleted.filter(|one| self.schema.object(&one.object).is_some_and(|of| of.is('U')))
        else {
            return refusal("UNDELETE_FAILED", "Entity is not in the recycle bin", &[]);
        };
        self.may_write(actor, &deleted.object, Write::Delete)?;
        let mut row = deleted.row;
        row.remove("IsDeleted");
        self.stamped(actor, &deleted.object, &mut row, Write::Update);
        self.put(&deleted.object, row);
        Ok(())
    }

    /// Takes a record out of the recycle bin for good.
    pub fn forget(&mut self, actor: &Actor, id: &str) -> Result<(), Refused> {
        let key = crate::id::long(id).filter(|id| self.deleted.contains_key(id));
        let Some((key, object)) =
            key.and_then(|key| Some((key.clone(), self.deleted.get(&key)?.object.clone())))
        else {
            return refusal("INVALID_ID_FIELD", "Entity is not in the recycle bin", &[]);
        };
        self.may_write(actor, &object, Write::Delete)?;
        self.deleted.remove(&key);
        Ok(())
    }

    /// Refuses a value of a unique field that another row has.
    fn check_unique(&self, name: &str, own: Option<&str>, row: &Row) -> Result<(), Refused> {
        let Some(object) = self.schema.object(name).filter(|object| is_business(&object.name)) else {
            return Ok(());
        };
        for field in object.fields.iter().filter(|field| field.is('U')) {
            let Some(value) = row.get(&field.name).filter(|value| !value.is_null()) else { continue };
            let wanted = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let other = self
                .rows(name)
                .find(|row| same_key(row.get(&field.name), &wanted) && own != Some(text(row, "Id")));
            if let Some(other) = other {
                let id = text(other, "Id");
                let message = format!(
                    "duplicate value found: {} duplicates value on record with id: {}",
                    field.name,
                    id.get(..15).unwrap_or(id)
                );
                return refusal("DUPLICATE_VALUE", message, &[]);
            }
        }
        Ok(())
    }

    /// Does all of it, or, when it is refused, nothing.
    fn whole<T>(&mut self, work: impl FnOnce(&mut Org) -> Result<T, Refused>) -> Result<T, Refused> {
        let mark = self.mark();
        let done = work(self);
        if done.is_ok() {
            self.keep(mark)
        } else {
            self.undo(mark)
        }
        done
    }

    /// What is said of a row that is not there.
    fn no_row<T>(&self, kind: &str, id: &str) -> Result<T, Refused> {
        let Some(object) = self.schema.object(kind) else { return Err(vec![ApiError::not_found()]) };
        match crate::id::long(id) {
            Some(long) if self.deleted.contains_key(&long) => {
                Err(vec![ApiError::new(404, "ENTITY_IS_DELETED", "entity is deleted")])
            }
            Some(long) if long.starts_with(&object.prefix) => Err(vec![ApiError::not_found()]),
            Some(_) => refusal(
                "MALFORMED_ID",
                format!("{} ID: id value of incorrect type: {id}", object.name),
                &["Id"],
            ),
            None => {
                let message = format!("Provided external ID field does not exist or is not accessible: {id}");
                Err(vec![ApiError::new(404, "NOT_FOUND", message)])
            }
        }
    }

    /// Who and when, in the fields that the object has for it.
    fn stamped(&self, actor: &Actor, name: &str, row: &mut Row, write: Write) {
        let now = self.stamp();
        let Some(object) = self.schema.object(name) else { return };
        let mut set = |field: &str, value: &Value| {
            if object.field(field).is_some() {
                row.insert(field.to_owned(), value.clone());
            }
        };
        let (now, who) = (json!(now), json!(actor.user_id));
        if write == Write::Create {
            set("CreatedDate", &now);
            set("CreatedById", &who);
        }
        set("LastModifiedDate", &now);
        set("LastModifiedById", &who);
        set("SystemModstamp", &now);
        if write == Write::Create && object.field("OwnerId").is_some() {
            row.entry("OwnerId".to_owned()).or_insert(who);
        }
    }

    /// What goes with a row.
    fn take_children(&mut self, name: &str, id: &str) {
        let of: &[(&str, &str)] = match name {
            "PermissionSet" | "MutingPermissionSet" => &[
                ("ObjectPermissions", "ParentId"),
                ("FieldPermissions", "ParentId"),
                ("SetupEntityAccess", "ParentId"),
                ("PermissionSetGroupComponent", "PermissionSetId"),
            ],
            "PermissionSetGroup" => &[
                ("PermissionSetGroupComponent", "PermissionSetGroupId"),
                ("PermissionSetAssignment", "PermissionSetGroupId"),
                ("PermissionSet", "PermissionSetGroupId"),
            ],
            "Profile" => &[("PermissionSet", "ProfileId")],
            _ => &[],
        };
        for (kind, field) in of {
            let ids: Vec<String> =
                self.rows_by(kind, field, id).iter().map(|row| text(row, "Id").to_owned()).collect();
            for child in ids {
                self.take(kind, &child);
                self.take_children(kind, &child);
            }
        }
    }
}
