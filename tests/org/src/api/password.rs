//! `sobjects/User/ID/password`: whether it is expired, a new one, and one that the platform makes.
//!
//! It never tells a password that somebody has: only the new one that it made.

use super::{Api, ApiRequest, Reply, Result, one, reply};
use crate::error::ApiError;
use crate::store::{Actor, text};
use serde_json::{Value, json};

/// The shortest password that every policy takes. Source: Salesforce Help, "Set Password Policies".
const SHORTEST: usize = 8;

impl Api<'_> {
    pub(super) fn password(&mut self, actor: &Actor, id: &str, request: &ApiRequest) -> Result<Reply> {
        reply::allowed(request, "DELETE,GET,HEAD,POST")?;
        let Some(mut row) = self.org.row("User", id).cloned() else { return Err(one(ApiError::not_found())) };
        let id = text(&row, "Id").to_owned();
        let reads = matches!(request.method.as_str(), "GET" | "HEAD");
        let may = ["ResetPasswords", "ManageUsers", "ManageInternalUsers"]
            .iter()
            .any(|permission| self.org.has_permission(&actor.user_id, permission));
        // One's own is changed, but not made anew, without a permission.
        let own = id == actor.user_id && request.method != "DELETE";
        if !(may || own) {
            let message = "You do not have permission to view this record.";
            return Err(one(ApiError::new(403, "INSUFFICIENT_ACCESS", message)));
        }
        if reads {
            return Ok(Reply::ok("Password", json!({ "isExpired": false })));
        }
        let new = if request.method == "POST" {
            let body = reply::body(request)?;
            let new = body.get("NewPassword").and_then(Value::as_str).unwrap_or_default().to_owned();
            let mixed = new.chars().any(|c| c.is_ascii_digit()) && new.chars().any(char::is_alphabetic);
            if new.chars().count() < SHORTEST || !mixed {
                let message =
                    "Your password must be at least 8 characters long and have a mix of letters and numbers.";
                return Err(one(ApiError::new(400, "INVALID_NEW_PASSWORD", message)));
            }
            if self.org.is_password(&id, &new) {
                let message = "invalid repeated password";
                return Err(one(ApiError::new(400, "INVALID_NEW_PASSWORD", message)));
            }
            new
        } else {
            let made = self.org.numbered("pwd");
            made.get(7..17).unwrap_or(&made).to_owned() + "a1"
        };
        self.org.set_password(&id, &new);
        row.insert("LastPasswordChangeDate".into(), json!(self.org.stamp()));
        self.org.put("User", row);
        match request.method.as_str() {
            "POST" => Ok(Reply::empty()),
            _ => Ok(Reply::ok("Password", json!({ "NewPassword": new }))),
        }
    }
}
