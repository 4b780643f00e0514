//! Users and their sign-in rows: names, profiles, licences, the last administrator, freezing.
//!
//! It never deactivates somebody whom the org needs.

use super::fields::is_email;
use super::{Refused, refusal};
use crate::store::{Actor, Org, Row, text};
use serde_json::{Value, json};

/// What Salesforce says of a user name that is taken.
const TAKEN: &str = "Duplicate Username.<br>The username already exists in this or another Salesforce organization. Usernames must be unique across all Salesforce organizations. To resolve, use a different username (it doesn't need to match the user's email address).";

impl Org {
    pub(super) fn before_user_create(&self, row: &mut Row) -> Result<(), Refused> {
        self.check_username(None, row)?;
        let profile = text(row, "ProfileId").to_owned();
        if row.get("IsActive") != Some(&json!(false)) {
            self.check_seat(&profile)?;
        }
        let kind = self.row("Profile", &profile).map(|profile| text(profile, "UserType").to_owned());
        let nick =
            text(row, "Username").split('@').next().unwrap_or_default().chars().take(40).collect::<String>();
        for (key, value) in [
            ("IsActive", json!(true)),
            ("UserType", json!(kind.filter(|kind| !kind.is_empty()).unwrap_or_else(|| "Standard".into()))),
            ("CommunityNickname", json!(nick)),
            ("DigestFrequency", json!("D")),
            ("DefaultGroupNotificationFrequency", json!("N")),
        ] {
            row.entry(key.to_owned()).or_insert(value);
        }
        let all = row.clone();
        rename(row, &all);
        Ok(())
    }

    pub(super) fn before_user_update(&self, actor: &Actor, old: &Row, changes: &Row) -> Result<(), Refused> {
        let id = text(old, "Id");
        self.check_username(Some(id), changes)?;
        let becomes =
            |field: &str| changes.get(field).and_then(Value::as_str).filter(|new| *new != text(old, field));
        if let Some(profile) = becomes("ProfileId") {
            if id == actor.user_id {
                let message = "Cannot change profile for current user";
                return refusal("FIELD_INTEGRITY_EXCEPTION", message, &["ProfileId"]);
            }
            self.check_user_type(old, profile)?;
            if old.get("IsActive") != Some(&json!(false)) {
                self.check_seat(profile)?;
            }
            if self.is_administrators(text(old, "ProfileId")) && !self.is_administrators(profile) {
                self.check_last_administrator(id)?;
            }
        }
        let was_active = old.get("IsActive") != Some(&json!(false));
        if was_active && changes.get("IsActive") == Some(&json!(false)) {
            if self.is_administrators(text(old, "ProfileId")) {
                self.check_last_administrator(id)?;
            }
            if id == actor.user_id {
                let message = "You cannot deactivate your own user.";
                return refusal("FIELD_INTEGRITY_EXCEPTION", message, &["IsActive"]);
            }
            if let Some(why) = self.needed_users.get(id) {
                return refusal("FIELD_INTEGRITY_EXCEPTION", why.clone(), &["IsActive"]);
            }
        }
        if !was_active && changes.get("IsActive") == Some(&json!(true)) {
            self.check_seat(becomes("ProfileId").unwrap_or_else(|| text(old, "ProfileId")))?;
        }
        Ok(())
    }

    pub(super) fn after_user_update(&mut self, old: &Row, row: &Row) {
        let id = text(row, "Id").to_owned();
        let (from, to) = (text(old, "ProfileId").to_owned(), text(row, "ProfileId").to_owned());
        if from != to {
            self.move_user(&id, &from, &to);
        }
        if row.get("IsActive") == Some(&json!(false)) {
            for session in self.sessions.values_mut().filter(|session| session.user_id == id) {
                session.expired = true;
            }
        }
        self.count_user_licenses();
    }

    /// A new e-mail address of a user waits until its owner opens the link that is sent to it; whoever changes it, by an
    /// API too. Source: Salesforce Help 000385115 (72 hours).
    pub(super) fn mail_link(&mut self, old: &Row, changes: &mut Row) {
        let is_new = |new: &Value| *new != Value::Null && Some(new) != old.get("Email");
        if let Some(new) = changes.remove("Email").filter(is_new) {
            self.mailed.insert(text(old, "Id").to_owned(), new);
        }
    }

    /// The owner of a new address opens the link; whether there was one.
    pub fn confirm_email(&mut self, user: &str) -> bool {
        let (Some(new), Some(mut row)) = (self.mailed.remove(user), self.row("User", user).cloned()) else {
            return false;
        };
        row.insert("Email".into(), new);
        self.put("User", row);
        true
    }

    pub(super) fn before_freeze(&self, actor: &Actor, old: &Row, changes: &Row) -> Result<(), Refused> {
        if changes.get("IsFrozen") == Some(&json!(true)) && text(old, "UserId") == actor.user_id {
            return refusal("CANNOT_FREEZE_SELF", "You can't freeze your own user account.", &["IsFrozen"]);
        }
        // Locking is what failed passwords do; a request only unlocks.
        if changes.get("IsPasswordLocked") == Some(&json!(true)) {
            let message = "IsPasswordLocked can only be set to false";
            return refusal("FIELD_INTEGRITY_EXCEPTION", message, &["IsPasswordLocked"]);
        }
        Ok(())
    }

    fn check_username(&self, id: Option<&str>, row: &Row) -> Result<(), Refused> {
        let Some(username) = row.get("Username").and_then(Value::as_str) else { return Ok(()) };
        if !is_email(username) {
            let message = format!("Username: invalid email address: {username}");
            return refusal("INVALID_EMAIL_ADDRESS", message, &["Username"]);
        }
        if self.rows_by("User", "Username", username).iter().any(|row| Some(text(row, "Id")) != id) {
            return refusal("DUPLICATE_USERNAME", TAKEN, &["Username"]);
        }
        Ok(())
    }

    /// A user of one kind does not become one of another.
    fn check_user_type(&self, user: &Row, profile: &str) -> Result<(), Refused> {
        let kind = |profile: &str| {
            self.row("Profile", profile).map(|row| text(row, "UserType").to_owned()).unwrap_or_default()
        };
        let (from, to) = (kind(text(user, "ProfileId")), kind(profile));
        if from == to || from.is_empty() || to.is_empty() {
            return Ok(());
        }
        let message = format!(
            "You can only assign profiles that are compatible with the user's license. It is not permitted to change user type from {from} to {to}."
        );
        refusal("FIELD_INTEGRITY_EXCEPTION", message, &["ProfileId"])
    }

    fn check_last_administrator(&self, leaving: &str) -> Result<(), Refused> {
        let others = self.rows("User").any(|row| {
            text(row, "Id") != leaving
                && row.get("IsActive") != Some(&json!(false))
                && self.is_administrators(text(row, "ProfileId"))
        });
        if others {
            return Ok(());
        }
        refusal("CANNOT_DISABLE_LAST_ADMIN", "You must have at least one active administrator user.", &[])
    }

    /// The standard administrators' profile.
    fn is_administrators(&self, profile: &str) -> bool {
        self.row("Profile", profile).is_some_and(|row| text(row, "Name") == "System Administrator")
    }
}

/// The full name follows its parts.
pub(super) fn rename(row: &mut Row, changes: &Row) {
    if changes.contains_key("FirstName") || changes.contains_key("LastName") {
        let name = [text(row, "FirstName"), text(row, "LastName")].join(" ").trim().to_owned();
        row.insert("Name".into(), json!(name));
    }
}
