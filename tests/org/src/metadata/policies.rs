//! Settings of the org, and the password and session policies of profiles: kept as their documents.
//!
//! It never forgets what a write of settings leaves out.

use super::{Component, Kind, refused, string};
use crate::error::ApiError;
use crate::platform::Refused;
use crate::store::{Actor, Org, set};
use serde_json::{Value, json};

/// What a field of a policy may be. Source: Metadata API guide, ProfilePasswordPolicy and ProfileSessionSetting.
const VALUES: &[(&str, &[i64])] = &[
    ("lockoutInterval", &[0, 15, 30, 60]),
    ("maxLoginAttempts", &[0, 3, 5, 10]),
    ("passwordComplexity", &[0, 1, 2, 3, 4, 5]),
    ("passwordExpiration", &[0, 30, 60, 90, 180, 365]),
    ("passwordQuestion", &[0, 1]),
    ("sessionTimeout", &[0, 15, 30, 60, 90, 120, 240, 480, 720, 1440]),
];

/// A profile as its policies name it.
fn small(profile: &str) -> String {
    super::encoded_name(&super::decoded_name(profile)).to_lowercase()
}

impl Org {
    pub(super) fn may_write_policies(&self, actor: &Actor) -> Result<(), Refused> {
        let has = |name: &str| self.has_permission(&actor.user_id, name);
        if has("ManagePasswordPolicies") && has("ManageProfilesPermissionsets") {
            return Ok(());
        }
        let message = "insufficient access rights on object id";
        Err(vec![ApiError::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", message)])
    }

    /// The policy of a kind that a profile has, with its full name.
    pub(crate) fn policy_of_profile(&self, kind: &str, profile: &str) -> Option<(&str, &Value)> {
        let label = self.row("Profile", profile).map(|row| crate::store::text(row, "Name"))?;
        let name = super::profile_full_name(label);
        let mut own = self.documents.iter().filter(|((other, _), _)| other == kind);
        let own = own.find(|(_, document)| super::same_name(string(document, "profile"), &name))?;
        Some((own.0.1.as_str(), own.1))
    }

    /// What a page of Setup says of a profile's policy: the one that is there, or a new one.
    pub(crate) fn put_policy(
        &mut self,
        actor: &Actor,
        kind: &str,
        profile: &str,
        fields: Value,
    ) -> Result<(), Refused> {
        let label = self.row("Profile", profile).map(|row| crate::store::text(row, "Name").to_owned());
        let name = super::profile_full_name(&label.unwrap_or_default());
        let old =
            self.policy_of_profile(kind, profile).map(|(key, document)| (key.to_owned(), document.clone()));
        let (key, old) = old.unwrap_or_else(|| {
            let end = if kind == "ProfilePasswordPolicy" {
                "profilePasswordPolicy"
            } else {
                "profileSessionSetting"
            };
            let new = match kind {
                "ProfilePasswordPolicy" => json!({}),
                _ => json!({ "externalCommunityUserIdentityVerif": false, "forceLogout": false,
                    "sessionPersistence": false, "sessionTimeoutWarning": false }),
            };
            let moment = self.now().unix_timestamp_nanos() / 1_000_000;
            (format!("{}_{end}{moment}", small(&name).replace(['%', ' '], "_")), new)
        });
        let mut value = overlaid(&old, &fields);
        set(&mut value, "profile", json!(name));
        set(&mut value, "fullName", json!(key));
        if let Value::Object(map) = &mut value {
            map.retain(|_, value| !value.is_null());
        }
        let Some(kind) = super::kind_of(kind) else { return Ok(()) };
        let found = Component {
            full_name: key,
            id: string(&old, "#id").to_owned(),
            row: crate::store::Row::default(),
        };
        self.write_document(actor, kind, Some(&found), &value)
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
                // What is switched here holds for the next sign-in.
                if let Some(blocked) = value.get("blockOAuthUnPwFlow").and_then(Value::as_bool) {
                    self.identity.password_flow = !blocked;
                }
                overlaid(&old, value)
            }
            "Certificate" | "TransactionSecurityPolicy" => {
                if !self.has_permission(&actor.user_id, "CustomizeApplication") {
                    let message = "insufficient access rights on object id";
                    return Err(vec![ApiError::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", message)]);
                }
                value.clone()
            }
            "ProfilePasswordPolicy" | "ProfileSessionSetting" => {
                self.may_write_policies(actor)?;
                self.check_policy(kind, &key, value)?;
                // It is a reference: however it was written.
                let mut own = value.clone();
                set(&mut own, "profile", json!(small(string(value, "profile"))));
                own
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

    /// A policy is of a profile that is there, of no other one's, and has the values that the guide lists.
    fn check_policy(&self, kind: &Kind, name: &str, value: &Value) -> Result<(), Refused> {
        let profile = string(value, "profile");
        let known = super::kind_of("Profile").and_then(|kind| self.component_of(kind, profile));
        if known.is_none() {
            return super::not_referred("profile", "Profile", profile);
        }
        let number = |field: &str| value.get(field).and_then(Value::as_i64);
        for (field, values) in VALUES {
            let wrong = number(field).filter(|number| !values.contains(number));
            if let Some(wrong) = wrong {
                return refused("FIELD_INTEGRITY_EXCEPTION", format!("{field}: invalid value: {wrong}"));
            }
        }
        for (field, least, most) in [("minimumPasswordLength", 5, 50), ("passwordHistory", 0, 24)] {
            if let Some(wrong) = number(field).filter(|number| *number < least || *number > most) {
                return refused("FIELD_INTEGRITY_EXCEPTION", format!("{field}: invalid value: {wrong}"));
            }
        }
        // Source: Metadata API guide, `passwordHistory`; the words are those of Setup (Salesforce Help 000387773).
        if number("passwordHistory") == Some(0) && number("passwordExpiration").is_some_and(|days| days > 0) {
            let message = "Can't set password expiration because your org's password history is set to \"No passwords remembered\".";
            return refused("FIELD_INTEGRITY_EXCEPTION", message);
        }
        let twin = self.documents.iter().any(|((other, full), document)| {
            other == kind.name && full != name && super::same_name(string(document, "profile"), profile)
        });
        // Source: notes on deploys of the first; of the second assumed.
        match (twin, kind.name) {
            (false, _) => Ok(()),
            (true, "ProfilePasswordPolicy") => {
                refused("DUPLICATE_VALUE", "A password policy with this profile already exists.")
            }
            (true, _) => refused("DUPLICATE_VALUE", "A session setting with this profile already exists."),
        }
    }

    /// A policy as it is read: its profile in small letters; none, where the profile is gone and the policy is not.
    /// Source: published retrieves; SalesforceLabs/OrgCheck issue 249.
    pub(super) fn policy_value(&self, kind: &Kind, found: &Component) -> Value {
        let key = (kind.name.to_owned(), found.full_name.clone());
        let mut value = self.documents.get(&key).cloned().unwrap_or_default();
        let profile = string(&value, "profile").to_owned();
        let known = super::kind_of("Profile").and_then(|kind| self.component_of(kind, &profile));
        let name = known.map_or(Value::Null, |known| json!(small(&known.full_name)));
        set(&mut value, "profile", name);
        value
    }

    /// Policies stay those of a profile that is called otherwise now; they keep their own names.
    pub(super) fn follow(&mut self, old: &str, new: &str) {
        let policies = self.documents.iter_mut().filter(|((kind, _), document)| {
            matches!(kind.as_str(), "ProfilePasswordPolicy" | "ProfileSessionSetting")
                && super::same_name(string(document, "profile"), old)
        });
        policies.for_each(|(_, document)| set(document, "profile", json!(small(new))));
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
        let all = [
            ("Security", security()),
            ("ConnectedApp", connected_apps()),
            ("MyDomain", my_domain(self.my_domain())),
            ("OauthOidc", oauth()),
        ];
        for (full_name, document) in all {
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

/// The same of the domain and of OAuth: published types, values assumed.
fn my_domain(name: &str) -> Value {
    json!({ "canOnlyLoginWithMyDomainUrl": false, "doesApiLoginRequireOrgDomain": false, "doesWarnOnRedirect": false,
        "enableLegacyRedirections": false, "isFirstPartyCookieUseRequired": false, "logRedirections": true, "myDomainName": name,
        "myDomainSuffix": "MySalesforce", "redirectForceComSiteUrls": true, "useEdge": true,
        "useStabilizedMyDomainHostnames": true, "useStabilizedSandboxMyDomainHostnames": true })
}

fn oauth() -> Value {
    json!({ "blockOAuthUnPwFlow": false, "blockOAuthUsrAgtFlow": false, "isPkceRequired": false, "oAuthCdCrdtFlowEnable": false })
}

fn connected_apps() -> Value {
    json!({ "enableAdminApprovedAppsOnly": false, "enableAdminApprovedAppsOnlyForExternalUser": false })
}
