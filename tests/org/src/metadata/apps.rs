//! Connected apps, external client apps and their OAuth policies as metadata.
//!
//! It never gives a consumer secret away, and never changes a consumer key.

use super::{Component, Kind, kind_of, refused, string, texts};
use crate::error::ApiError;
use crate::platform::Refused;
use crate::store::{Actor, Org, Row, object, set, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a connected app that is not there is refused with. Source: recorded deploys since Winter '26.
const CLOSED: &str = "You can't create a connected app. To enable connected app creation, contact Salesforce Customer Support.";

impl Org {
    fn may_manage_apps(&self, actor: &Actor, with_people: bool) -> Result<(), Refused> {
        let has = |name: &str| self.has_permission(&actor.user_id, name);
        // Source: Salesforce Help, "Manage Other Access Settings for a Connected App".
        let settings = has("CustomizeApplication") && (has("ModifyAllData") || has("ManageRemoteAccess"));
        let people = has("ModifyAllData") && has("ManageProfilesPermissionsets");
        if settings && (people || !with_people) {
            return Ok(());
        }
        let message = "insufficient access rights on object id";
        Err(vec![ApiError::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", message)])
    }

    /// Full names of the profiles and permission sets that an app lets in.
    fn admitted(&self, app: &str) -> (Vec<String>, Vec<String>) {
        let (mut profiles, mut sets) = (BTreeSet::new(), BTreeSet::new());
        for access in self.rows_by("SetupEntityAccess", "SetupEntityId", app) {
            let Some(set) = self.row("PermissionSet", text(access, "ParentId")) else { continue };
            match (text(set, "ProfileId"), text(set, "Type")) {
                (_, "Group") => {}
                ("", _) => drop(sets.insert(text(set, "Name").to_owned())),
                (profile, _) => {
                    let name = self.row("Profile", profile).map(|row| text(row, "Name").to_owned());
                    profiles.extend(name.map(|name| super::profile_full_name(&name)));
                }
            }
        }
        (profiles.into_iter().collect(), sets.into_iter().collect())
    }

    /// Ids of the sets behind names of profiles and permission sets; the first name that leads nowhere is refused.
    fn sets_named(
        &self,
        profiles: &[String],
        sets: &[String],
        wrong: &dyn Fn(&str, &str) -> ApiError,
    ) -> Result<BTreeSet<String>, Refused> {
        let mut ids = BTreeSet::new();
        let kind = kind_of("Profile");
        for name in profiles {
            let found = kind
                .and_then(|kind| self.component_of(kind, name))
                .and_then(|found| self.profile_set(&found.id));
            match found {
                Some(set) => ids.insert(text(set, "Id").to_owned()),
                None => return Err(vec![wrong("profile", name)]),
            };
        }
        for name in sets {
            match self
                .rows("PermissionSet")
                .find(|row| text(row, "Name") == name && text(row, "Type") != "Group")
            {
                Some(set) => ids.insert(text(set, "Id").to_owned()),
                None => return Err(vec![wrong("permission set", name)]),
            };
        }
        Ok(ids)
    }

    /// Makes exactly these sets be let in. `of_profiles`: whether sets of profiles, and whether others, are looked at.
    fn admit_exactly(
        &mut self,
        actor: &Actor,
        app: &str,
        wanted: &BTreeSet<String>,
        of_profiles: &dyn Fn(bool) -> bool,
    ) -> Result<(), Refused> {
        let old: Vec<(String, String)> = self
            .rows_by("SetupEntityAccess", "SetupEntityId", app)
            .iter()
            .filter(|row| {
                let set = self.row("PermissionSet", text(row, "ParentId"));
                set.is_some_and(|set| {
                    text(set, "Type") != "Group" && of_profiles(!text(set, "ProfileId").is_empty())
                })
            })
            .map(|row| (text(row, "ParentId").to_owned(), text(row, "Id").to_owned()))
            .collect();
        for (_, id) in old.iter().filter(|(set, _)| !wanted.contains(set)) {
            self.delete(actor, "SetupEntityAccess", id)?;
        }
        for set in wanted.iter().filter(|set| !old.iter().any(|(own, _)| own == *set)) {
            let mut row = Row::new();
            row.insert("ParentId".into(), json!(set));
            row.insert("SetupEntityId".into(), json!(app));
            self.create(actor, "SetupEntityAccess", row)?;
        }
        Ok(())
    }

    /// Sets whether only approved users are let in, on the app's menu item.
    fn approved_only(&mut self, app: &str, approved: bool) {
        let item = self.rows("AppMenuItem").find(|row| text(row, "ApplicationId") == app).cloned();
        if let Some(mut item) = item {
            item.insert("IsUsingAdminAuthorization".into(), json!(approved));
            self.put("AppMenuItem", item);
        }
    }

    fn stamp_row(&self, actor: &Actor, row: &mut Row, new: bool) {
        let (now, who) = (json!(self.stamp()), json!(actor.user_id));
        if new {
            row.insert("CreatedDate".into(), now.clone());
            row.insert("CreatedById".into(), who.clone());
        }
        row.insert("LastModifiedDate".into(), now.clone());
        row.insert("LastModifiedById".into(), who);
        row.insert("SystemModstamp".into(), now);
    }

    pub(super) fn connected_app_value(&self, found: &Component) -> Value {
        let key = ("ConnectedApp".to_owned(), found.full_name.clone());
        let mut value = self.documents.get(&key).cloned().unwrap_or_default();
        set(&mut value, "label", json!(text(&found.row, "Name")));
        let approved = found.row.get("OptionsAllowAdminApprovedUsersOnly") == Some(&json!(true));
        if let Some(oauth) = value.get_mut("oauthConfig") {
            set(oauth, "isAdminApproved", json!(approved));
            if let Value::Object(oauth) = oauth {
                oauth.remove("consumerSecret");
            }
        }
        let (profiles, sets) = self.admitted(&found.id);
        for (list, names) in [("profileName", profiles), ("permissionSetName", sets)] {
            match (&mut value, names.is_empty()) {
                (Value::Object(map), true) => drop(map.remove(list)),
                (value, _) => set(value, list, json!(names)),
            }
        }
        value
    }

    pub(super) fn write_connected_app(
        &mut self,
        actor: &Actor,
        found: Option<&Component>,
        value: &Value,
    ) -> Result<(), Refused> {
        let people = value.get("profileName").is_some() || value.get("permissionSetName").is_some();
        self.may_manage_apps(actor, people)?;
        let Some(found) = found else { return refused("INSUFFICIENT_ACCESS_OR_READONLY", CLOSED) };
        let key = ("ConnectedApp".to_owned(), found.full_name.clone());
        let old = self.documents.get(&key).cloned().unwrap_or_default();
        let mut new = value.clone();
        let own = old.pointer("/oauthConfig/consumerKey").cloned();
        if let Some(oauth) = new.get_mut("oauthConfig") {
            if let Some(wanted) = oauth.get("consumerKey").filter(|wanted| Some(*wanted) != own.as_ref()) {
                let message =
                    format!("The consumer key can't be changed: {}", wanted.as_str().unwrap_or_default());
                return refused("FIELD_INTEGRITY_EXCEPTION", message);
            }
            if let Some(own) = own {
                set(oauth, "consumerKey", own);
            }
        }
        set(&mut new, "#id", json!(found.id));
        let approved = value.pointer("/oauthConfig/isAdminApproved").map(|on| on == &json!(true));
        let was = found.row.get("OptionsAllowAdminApprovedUsersOnly") == Some(&json!(true));
        let approved = approved.unwrap_or(was);
        let (profiles, sets) = (texts(value, "profileName"), texts(value, "permissionSetName"));
        let names_somebody = !profiles.is_empty() || !sets.is_empty();
        if names_somebody && !approved {
            let message = "profileName and permissionSetName need isAdminApproved to be true.";
            return refused("FIELD_INTEGRITY_EXCEPTION", message);
        }
        let mut row = found.row.clone();
        row.insert("Name".into(), json!(string(value, "label")));
        row.insert("OptionsAllowAdminApprovedUsersOnly".into(), json!(approved));
        self.stamp_row(actor, &mut row, false);
        self.put("ConnectedApplication", row);
        self.approved_only(&found.id, approved);
        let wrong = |what: &str, name: &str| {
            let (field, kind) = if what == "profile" {
                ("profileName", "Profile")
            } else {
                ("permissionSetName", "PermissionSet")
            };
            super::unreferred(field, kind, name)
        };
        // A list that is not said stays; an empty element clears it. Source: Metadata API guide, ConnectedApp.
        if value.get("profileName").is_some() {
            let wanted = self.sets_named(&profiles, &[], &wrong)?;
            self.admit_exactly(actor, &found.id, &wanted, &|profile| profile)?;
        }
        if value.get("permissionSetName").is_some() {
            let wanted = self.sets_named(&[], &sets, &wrong)?;
            self.admit_exactly(actor, &found.id, &wanted, &|profile| !profile)?;
        }
        self.documents.insert(key, new);
        Ok(())
    }

    pub(super) fn external_app_value(&self, row: &Row) -> Value {
        let name = text(row, "DeveloperName").to_owned();
        let mut value =
            self.documents.get(&("ExternalClientApplication".to_owned(), name)).cloned().unwrap_or_default();
        for (element, field) in [("label", "MasterLabel"), ("description", "Description")] {
            if !text(row, field).is_empty() {
                set(&mut value, element, json!(text(row, field)));
            }
        }
        value
    }

    pub(super) fn write_external_app(
        &mut self,
        actor: &Actor,
        found: Option<&Component>,
        value: &Value,
    ) -> Result<(), Refused> {
        self.may_manage_apps(actor, false)?;
        let name = string(value, "fullName").to_owned();
        let mut row = found.map(|found| found.row.clone()).unwrap_or_default();
        if found.is_none() && !crate::platform::is_api_name(&name) {
            let message = format!("The External Client App API Name {}", crate::platform::API_NAME);
            return refused("FIELD_INTEGRITY_EXCEPTION", message);
        }
        let label = Some(string(value, "label")).filter(|label| !label.is_empty()).unwrap_or(&name);
        row.insert(
            "DeveloperName".into(),
            json!(found.map_or(name.as_str(), |found| found.full_name.as_str())),
        );
        row.insert("MasterLabel".into(), json!(label));
        row.insert("Description".into(), value.get("description").cloned().unwrap_or(Value::Null));
        self.stamp_row(actor, &mut row, found.is_none());
        let id = self.put("ExternalClientApplication", row);
        if found.is_none() {
            let order = self.rows("AppMenuItem").count() + 1;
            self.put("AppMenuItem", object(json!({ "ApplicationId": id, "Label": label, "Name": name, "Type": "ConnectedApplication",
                "IsUsingAdminAuthorization": false, "IsVisible": true, "IsAccessible": true, "SortOrder": order })));
        }
        let key = found.map_or(name, |found| found.full_name.clone());
        self.documents.insert(("ExternalClientApplication".to_owned(), key), value.clone());
        Ok(())
    }

    pub(super) fn external_policy_value(&self, found: &Component) -> Value {
        let kind = "ExtlClntAppOauthConfigurablePolicies".to_owned();
        let mut value = self.documents.get(&(kind, found.full_name.clone())).cloned().unwrap_or_default();
        let app = text(&found.row, "ExternalClientApplicationId").to_owned();
        let (profiles, sets) = self.admitted(&app);
        for (element, names) in [("commaSeparatedProfile", profiles), ("commaSeparatedPermissionSet", sets)] {
            match (&mut value, names.is_empty()) {
                (Value::Object(map), true) => drop(map.remove(element)),
                (value, _) => set(value, element, json!(names.join(","))),
            }
        }
        value
    }

    /// Replaces an app's policy whole: what is left out has its default. Source: recorded writes.
    pub(super) fn write_external_policy(
        &mut self,
        actor: &Actor,
        found: Option<&Component>,
        value: &Value,
    ) -> Result<(), Refused> {
        self.may_manage_apps(actor, true)?;
        let (name, app) = (string(value, "fullName").to_owned(), string(value, "externalClientApplication"));
        let app_row =
            self.rows("ExternalClientApplication").find(|row| text(row, "DeveloperName") == app).cloned();
        let Some(app_row) = app_row else {
            return super::not_referred("externalClientApplication", "ExternalClientApplication", app);
        };
        let app_id = text(&app_row, "Id").to_owned();
        let kind = "ExtlClntAppOauthConfigurablePolicies";
        let twin = self.documents.iter().find(|((other, full), document)| {
            other == kind
                && string(document, "externalClientApplication") == app
                && found.is_none_or(|found| *full != found.full_name)
        });
        if let Some(((_, twin), _)) = twin {
            let message =
                format!("duplicate value found: ExtlClntAppOauthSettingsId duplicates value on {twin}");
            return refused("DUPLICATE_VALUE", message);
        }
        let names = |element: &str| -> Vec<String> {
            let all = string(value, element).split(',').map(|one| one.trim().to_owned());
            all.filter(|one| !one.is_empty()).collect()
        };
        let wrong = |what: &str, name: &str| {
            ApiError::new(400, "INVALID_FIELD", format!("We couldn't find {what}s called {name}"))
        };
        let wanted =
            self.sets_named(&names("commaSeparatedProfile"), &names("commaSeparatedPermissionSet"), &wrong)?;
        let user = string(value, "clientCredentialsFlowUser");
        if !user.is_empty() && self.rows_by("User", "Username", user).is_empty() {
            return super::not_referred("clientCredentialsFlowUser", "User", user);
        }
        let text_or = |element: &str, default: &str| {
            Some(string(value, element)).filter(|text| !text.is_empty()).unwrap_or(default).to_owned()
        };
        let permitted = text_or("permittedUsersPolicyType", "AllSelfAuthorized");
        let mut row = found.map(|found| found.row.clone()).unwrap_or_default();
        for (field, one) in [
            ("ExternalClientApplicationId", json!(app_id)),
            ("PermittedUsersPolicyType", json!(permitted)),
            ("IpRelaxationPolicyType", json!(text_or("ipRelaxationPolicyType", "Enforce"))),
            ("RefreshTokenPolicyType", json!(text_or("refreshTokenPolicyType", "Infinite"))),
            ("RequiredSessionLevel", json!(text_or("requiredSessionLevel", "STANDARD"))),
            (
                "IsClientCredentialsFlowEnabled",
                json!(value.get("isClientCredentialsFlowEnabled") == Some(&json!(true))),
            ),
            ("ClientCredentialsFlowUser", if user.is_empty() { Value::Null } else { json!(user) }),
        ] {
            row.insert(field.into(), one);
        }
        self.stamp_row(actor, &mut row, found.is_none());
        let id = self.put("ExtlClntAppOauthPlcyCnfg", row);
        self.approved_only(&app_id, permitted == "AdminApprovedPreAuthorized");
        self.admit_exactly(actor, &app_id, &wanted, &|_| true)?;
        let mut document = value.clone();
        set(&mut document, "#id", json!(id));
        set(&mut document, "permittedUsersPolicyType", json!(permitted));
        self.documents
            .insert((kind.to_owned(), found.map_or(name, |found| found.full_name.clone())), document);
        Ok(())
    }

    /// Takes an app, or what belongs to one, away; apps with what belongs to them.
    pub(super) fn delete_app_part(
        &mut self,
        actor: &Actor,
        kind: &Kind,
        found: &Component,
    ) -> Result<(), Refused> {
        if matches!(kind.name, "ProfilePasswordPolicy" | "ProfileSessionSetting") {
            return self.may_write_policies(actor);
        }
        self.may_manage_apps(actor, true)?;
        let object = match kind.name {
            "ConnectedApp" => "ConnectedApplication",
            "ExtlClntAppOauthConfigurablePolicies" => "ExtlClntAppOauthPlcyCnfg",
            _ => kind.name,
        };
        self.take(object, &found.id);
        if matches!(kind.name, "ConnectedApp" | "ExternalClientApplication") {
            let gone = |row: &&Row| text(row, "ApplicationId") == found.id;
            let item = self.rows("AppMenuItem").find(gone).map(|row| text(row, "Id").to_owned());
            let access: Vec<String> = self
                .rows_by("SetupEntityAccess", "SetupEntityId", &found.id)
                .iter()
                .map(|row| text(row, "Id").to_owned())
                .collect();
            access.iter().for_each(|id| drop(self.take("SetupEntityAccess", id)));
            if let Some(item) = item {
                self.take("AppMenuItem", &item);
            }
            self.documents.retain(|(other, _), document| {
                !(other.starts_with("ExtlClntApp")
                    && string(document, "externalClientApplication") == found.full_name)
            });
        }
        Ok(())
    }
}
