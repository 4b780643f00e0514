//! Settings of the org, and the password and session policies of profiles: kept as their documents.
//!
//! It never forgets what a write of settings leaves out.

use super::{Component, Kind, refused, string};
use crate::error::ApiError;
use crate::platform::Refused;
use crate::store::{Actor, Org, set};
use serde_json::{Value, json};

impl Org {
    pub(super) fn may_write_policies(&self, actor: &Actor) -> Result<(), Refused> {
        if self.has_permission(&actor.user_id, "ManagePasswordPolicies")
            || self.has_permission(&actor.user_id, "ManageProfilesPermissionsets")
        {
            return Ok(());
        }
        let message = "insufficient access rights on object id";
        Err(vec![ApiError::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", message)])
    }

    pub(super) fn write_document(
        &mut self,
        actor: &Actor,
        kind: &Kind,
        found: Option<&Component>,
        value: &Value,
    ) -> Result<(), Refused> {
        let key = found.map_or_else(|| string(value, "fullName").to_owned(), |found| found.full_name.clone());
        let old =
            self.documents.get(&(kind.name.to_owned(), key.clone())).cloned().unwrap_or_else(|| json!({}));
        let mut new = match kind.name {
            "Settings" => {
                if !self.has_permission(&actor.user_id, "CustomizeApplication") {
                    let message = "insufficient access rights on object id";
                    return Err(vec![ApiError::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", message)]);
                }
                overlaid(&old, value)
            }
            "ProfilePasswordPolicy" | "ProfileSessionSetting" => {
                self.may_write_policies(actor)?;
                self.check_policy(kind, &key, value)?;
                value.clone()
            }
            _ => {
                self.may_write_app_document(actor, value)?;
                value.clone()
            }
        };
        let id = match found {
            Some(found) if !found.id.is_empty() => found.id.clone(),
            _ => self.component_id(kind),
        };
        let (now, who) = (self.stamp(), actor.user_id.clone());
        let mut row =
            old.get("#row").cloned().unwrap_or_else(|| json!({ "CreatedDate": now, "CreatedById": who }));
        set(&mut row, "LastModifiedDate", json!(now));
        set(&mut row, "LastModifiedById", json!(who));
        set(&mut new, "#row", row);
        if kind.name != "Settings" {
            set(&mut new, "#id", json!(id));
        }
        self.documents.insert((kind.name.to_owned(), key), new);
        Ok(())
    }

    /// A policy is of a profile that is there, and of no other one's.
    fn check_policy(&self, kind: &Kind, name: &str, value: &Value) -> Result<(), Refused> {
        let profile = string(value, "profile");
        let known = super::kind_of("Profile").and_then(|kind| self.component_of(kind, profile));
        if known.is_none() {
            return super::not_referred("profile", "Profile", profile);
        }
        let twin = self.documents.iter().find(|((other, full), document)| {
            other == kind.name && full != name && string(document, "profile").eq_ignore_ascii_case(profile)
        });
        match twin {
            Some(((_, full), _)) => refused(
                "DUPLICATE_VALUE",
                format!("duplicate value found: ProfileId duplicates value on {full}"),
            ),
            None => Ok(()),
        }
    }

    fn may_write_app_document(&self, actor: &Actor, value: &Value) -> Result<(), Refused> {
        if !self.has_permission(&actor.user_id, "CustomizeApplication") {
            let message = "insufficient access rights on object id";
            return Err(vec![ApiError::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", message)]);
        }
        let app = string(value, "externalClientApplication");
        let known = super::kind_of("ExternalClientApplication").and_then(|kind| self.component_of(kind, app));
        match known {
            None => super::not_referred("externalClientApplication", "ExternalClientApplication", app),
            Some(_) => Ok(()),
        }
    }

    /// The settings that every org has.
    pub(crate) fn default_settings(&mut self) {
        for (full_name, document) in [("Security", security()), ("ConnectedApp", connected_apps())] {
            self.documents.insert(("Settings".to_owned(), full_name.to_owned()), document);
        }
    }
}

/// `old` with what `new` says, objects in each other.
pub(super) fn overlaid(old: &Value, new: &Value) -> Value {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let mut all = old.clone();
            for (key, value) in new {
                let under = all.get(key).cloned().unwrap_or(Value::Null);
                all.insert(key.clone(), overlaid(&under, value));
            }
            Value::Object(all)
        }
        _ => new.clone(),
    }
}

/// Security settings of a new org. Source: published retrieves; the values are the defaults of Setup's pages.
fn security() -> Value {
    json!({
        "canUsersGrantLoginAccess": true,
        "enableAdminLoginAsAnyUser": false,
        "enableAuditFieldsInactiveOwner": false,
        // From here no security token is asked for: where a client is that names no address.
        "networkAccess": { "ipRanges": [{ "description": "Office", "end": "192.0.2.255", "start": "192.0.2.0" }] },
        "passwordPolicies": { "complexity": "AlphaNumeric", "expiration": "NinetyDays", "historyRestriction": "3",
            "lockoutInterval": "FifteenMinutes", "maxLoginAttempts": "TenAttempts", "minimumPasswordLength": 8,
            "minimumPasswordLifetime": false, "obscureSecretAnswer": false, "questionRestriction": "DoesNotContainPassword" },
        "sessionSettings": { "disableTimeoutWarning": false, "enableCSPOnEmail": true, "enableCSRFOnGet": true,
            "enableCSRFOnPost": true, "enableCacheAndAutocomplete": true, "enableClickjackNonsetupSFDC": true,
            "enableClickjackSetup": true, "enableSMSIdentity": true, "enforceIpRangesEveryRequest": false,
            "forceLogoutOnSessionTimeout": false, "forceRelogin": true, "lockSessionsToDomain": true,
            "lockSessionsToIp": false, "sessionTimeout": "TwoHours" }
    })
}

fn connected_apps() -> Value {
    json!({ "enableAdminApprovedAppsOnly": false, "enableAdminApprovedAppsOnlyForExternalUser": false })
}
