//! Signing in, by browser and by API, with the history that it writes.
//!
//! It never lets an inactive or frozen user in.

use crate::store::{Org, Session, object, set, text};
use serde_json::json;

/// Why a sign-in was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInError {
    /// User name or password.
    Wrong,
    /// Frozen or locked.
    Locked,
    /// API Only: the browser is refused.
    ApiOnly,
}

impl Org {
    /// Signs in by browser.
    pub fn sign_in_browser(
        &mut self,
        username: &str,
        password: &str,
        address: &str,
    ) -> Result<Session, SignInError> {
        let user = self.let_in(username, password)?;
        if self.has_permission(&user, "ApiUserOnly") {
            return Err(SignInError::ApiOnly);
        }
        self.remember(&user, "Application", "UsernamePasswordUiLogin", "Browser", "", address);
        Ok(self.start_session(&user, true))
    }

    /// Signs in by an API with user name and password.
    pub fn sign_in_api(
        &mut self,
        username: &str,
        password: &str,
        api: &str,
        address: &str,
    ) -> Result<Session, SignInError> {
        let user = self.let_in(username, password)?;
        self.remember(&user, "Other Apex API", "", "N/A", api, address);
        Ok(self.start_session(&user, true))
    }

    fn let_in(&self, username: &str, password: &str) -> Result<String, SignInError> {
        let rows = self.rows_by("User", "Username", username);
        let user = rows.first().ok_or(SignInError::Wrong)?;
        let id = text(user, "Id").to_owned();
        if !self.is_password(&id, password) || user.get("IsActive") == Some(&json!(false)) {
            return Err(SignInError::Wrong);
        }
        let frozen = self
            .rows_by("UserLogin", "UserId", &id)
            .iter()
            .any(|row| row.get("IsFrozen") == Some(&json!(true)));
        if frozen { Err(SignInError::Locked) } else { Ok(id) }
    }

    fn remember(&mut self, user: &str, kind: &str, sub: &str, application: &str, api: &str, address: &str) {
        let now = self.stamp();
        let mut row = json!({ "UserId": user, "LoginTime": now, "LoginType": kind, "Application": application, "Status": "Success",
            "SourceIp": address, "LoginUrl": format!("{}.my.salesforce.com", self.my_domain()) });
        if !sub.is_empty() {
            set(&mut row, "LoginSubType", json!(sub));
        }
        if !api.is_empty() {
            set(&mut row, "ApiType", json!(api));
        }
        self.put("LoginHistory", object(row));
        if let Some(mut user) = self.row("User", user).cloned() {
            user.insert("LastLoginDate".into(), json!(now));
            self.put("User", user);
        }
    }
}
