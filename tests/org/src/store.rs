//! The org: rows in memory, who may do what, and what a write does.
//!
//! It never answers HTTP, and a write that is refused changes nothing.

use crate::error::ApiError;
use crate::id;
use crate::schema::{Field, Schema};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use time::OffsetDateTime;
use time::macros::format_description;

/// A record: API field names to values as REST presents them. Sparse: what is not there is null, or false for a
/// boolean.
pub type Row = Map<String, Value>;

/// Who acts.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Their user id.
    pub user_id: String,
}

/// A signed-in session.
#[derive(Debug, Clone)]
pub struct Session {
    /// The session id, as in the cookie.
    pub sid: String,
    /// Whose it is.
    pub user_id: String,
    /// The API takes it: sessions of the setup and Lightning hosts it does not.
    pub api: bool,
    /// It has ended.
    pub expired: bool,
}

#[derive(Debug, Clone, Default)]
struct Table {
    rows: BTreeMap<String, Row>,
    /// Field, value, ids.
    index: HashMap<&'static str, HashMap<String, BTreeSet<String>>>,
}

/// Reference fields that queries join on.
const INDEXED: &[&str] = &[
    "ProfileId",
    "AssigneeId",
    "PermissionSetId",
    "PermissionSetGroupId",
    "ParentId",
    "UserId",
    "OwnerId",
    "Username",
    "SetupEntityId",
    "CronJobDetailId",
];

/// A whole org.
#[derive(Debug, Clone)]
pub struct Org {
    /// What objects and fields there are.
    pub schema: Schema,
    tables: BTreeMap<String, Table>,
    /// Login IP ranges, login hours and whatever else lives in a profile's metadata, by profile id.
    pub profile_metadata: BTreeMap<String, Value>,
    /// Sessions by session id.
    pub sessions: HashMap<String, Session>,
    passwords: HashMap<String, String>,
    counter: u64,
    org_id: String,
    my_domain: String,
}

/// The password of every seeded user.
pub const PASSWORD: &str = "leastwise-1";

/// Standard profiles have names of their own in metadata. Source: recorded retrieves of public repositories.
pub const STANDARD_PROFILES: &[(&str, &str, &str)] = &[
    ("Admin", "System Administrator", "Salesforce"),
    ("Standard", "Standard User", "Salesforce"),
    ("ReadOnly", "Read Only", "Salesforce"),
    ("Minimum Access - Salesforce", "Minimum Access - Salesforce", "Salesforce"),
    (
        "Minimum Access - API Only Integrations",
        "Minimum Access - API Only Integrations",
        "Salesforce Integration",
    ),
    (
        "Salesforce API Only System Integrations",
        "Salesforce API Only System Integrations",
        "Salesforce Integration",
    ),
];

impl Org {
    /// An org with its Organization row, licences and standard profiles, and nobody in it.
    pub fn new(my_domain: &str) -> Org {
        let mut org = Org {
            schema: Schema::load(),
            tables: BTreeMap::new(),
            profile_metadata: BTreeMap::new(),
            sessions: HashMap::new(),
            passwords: HashMap::new(),
            counter: 0,
            org_id: id::numbered("00D", 77),
            my_domain: my_domain.to_owned(),
        };
        let organization = json!({ "Id": org.org_id, "Name": "Acme", "OrganizationType": "Enterprise Edition",
            "IsSandbox": false, "InstanceName": "EU99", "IsReadOnly": false, "LanguageLocaleKey": "en_US" });
        org.put("Organization", object(organization));
        for license in [
            "Salesforce",
            "Salesforce Platform",
            "Salesforce Integration",
            "Chatter Free",
            "Guest User License",
        ] {
            org.license(license);
        }
        for (_, name, license) in STANDARD_PROFILES {
            let all: Vec<String> = match *name {
                "System Administrator" => ADMIN.split_whitespace().map(str::to_owned).collect(),
                "Standard User" => {
                    words("RunReports ApiEnabled EditTask EditEvent ViewHelpLink ConvertLeads")
                }
                "Minimum Access - API Only Integrations" | "Salesforce API Only System Integrations" => {
                    words("ApiEnabled ApiUserOnly PasswordNeverExpires LightningConsoleAllowedForUser")
                }
                _ => words("ViewHelpLink"),
            };
            org.add_profile(name, license, false, &all);
        }
        org
    }

    /// The org's id.
    pub fn org_id(&self) -> &str {
        &self.org_id
    }

    /// `acme` of `acme.my.salesforce.com`.
    pub fn my_domain(&self) -> &str {
        &self.my_domain
    }

    /// A record by its id, of 15 or 18 characters.
    pub fn row(&self, object: &str, id: &str) -> Option<&Row> {
        self.tables.get(&object.to_lowercase())?.rows.get(&id::long(id)?)
    }

    /// All records of an object, by id.
    pub fn rows(&self, object: &str) -> impl Iterator<Item = &Row> {
        self.tables.get(&object.to_lowercase()).into_iter().flat_map(|table| table.rows.values())
    }

    /// Records whose `field` is `value`; quick where the field is a reference that queries join on.
    pub fn rows_by<'a>(&'a self, object: &str, field: &str, value: &str) -> Vec<&'a Row> {
        let Some(table) = self.tables.get(&object.to_lowercase()) else { return vec![] };
        if let Some(name) = INDEXED.iter().find(|name| name.eq_ignore_ascii_case(field)) {
            let ids = table.index.get(name).and_then(|index| index.get(value));
            return ids.into_iter().flatten().filter_map(|id| table.rows.get(id)).collect();
        }
        table.rows.values().filter(|row| text(row, field) == value).collect()
    }

    /// Whether [`Org::rows_by`] has an index on the field.
    pub fn is_indexed(field: &str) -> bool {
        INDEXED.iter().any(|name| name.eq_ignore_ascii_case(field))
    }

    /// A new id for an object.
    pub fn next_id(&mut self, object: &str) -> String {
        self.counter += 1;
        id::numbered(self.schema.object(object).map_or("000", |o| o.prefix), self.counter)
    }

    /// Puts a record in place as the platform itself does: without rules. Gives it an id when it has none.
    pub fn put(&mut self, object: &str, mut row: Row) -> String {
        let id = match row.get("Id").and_then(Value::as_str).and_then(id::long) {
            Some(id) => id,
            None => self.next_id(object),
        };
        row.insert("Id".into(), json!(id));
        let table = self.tables.entry(object.to_lowercase()).or_default();
        if let Some(old) = table.rows.remove(&id) {
            table.unindex(&old, &id);
        }
        table.index_row(&row, &id);
        table.rows.insert(id.clone(), row);
        id
    }

    /// Takes a record away, without rules.
    pub fn take(&mut self, object: &str, id: &str) -> Option<Row> {
        let table = self.tables.get_mut(&object.to_lowercase())?;
        let row = table.rows.remove(&id::long(id)?)?;
        let id = text(&row, "Id").to_owned();
        table.unindex(&row, &id);
        Some(row)
    }

    /// A field's value as REST presents it: what a sparse row lacks is null, or false for a boolean.
    pub fn value(field: &Field, row: &Row) -> Value {
        match row.get(&field.name) {
            Some(value) => value.clone(),
            None if field.kind == "boolean" => json!(false),
            None => Value::Null,
        }
    }

    /// The licence called `name`, made when it is not there.
    pub fn license(&mut self, name: &str) -> String {
        if let Some(row) = self.rows_by("UserLicense", "Name", name).first() {
            return text(row, "Id").to_owned();
        }
        let row = json!({ "Name": name, "MasterLabel": name, "Status": "Active", "TotalLicenses": 100, "UsedLicenses": 1,
            "LicenseDefinitionKey": name.to_uppercase().replace(' ', "_") });
        self.put("UserLicense", object(row))
    }

    /// A profile and the permission set that it owns.
    pub fn add_profile(&mut self, name: &str, license: &str, custom: bool, permissions: &[String]) -> String {
        if let Some(row) = self.rows_by("Profile", "Name", name).first() {
            let id = text(row, "Id").to_owned();
            if custom {
                self.set_profile_permissions(&id, permissions);
            }
            return id;
        }
        let license_id = self.license(license);
        let now = self.stamp();
        let kind = if license == "Guest User License" { "Guest" } else { "Standard" };
        let row = json!({ "Name": name, "UserLicenseId": license_id, "UserType": kind, "CreatedDate": now, "LastModifiedDate": now, "SystemModstamp": now });
        let id = self.put("Profile", object(row));
        let set = json!({ "Name": format!("X{}", &id.get(..15).unwrap_or(&id)), "Label": format!("X{}", id.get(..15).unwrap_or(&id)), "ProfileId": id,
            "IsOwnedByProfile": true, "IsCustom": custom, "Type": "Profile", "LicenseId": license_id, "CreatedDate": now, "LastModifiedDate": now, "SystemModstamp": now });
        self.put("PermissionSet", object(set));
        self.set_profile_permissions(&id, permissions);
        id
    }

    /// Makes the `Permissions…` fields of a profile and of its set exactly `permissions`.
    pub fn set_profile_permissions(&mut self, profile: &str, permissions: &[String]) {
        permissions.iter().for_each(|name| self.schema.add_permission(name));
        let set = self.profile_set(profile).map(|row| text(row, "Id").to_owned());
        for (object, id) in [("Profile", Some(profile.to_owned())), ("PermissionSet", set)] {
            let Some(mut row) = id.and_then(|id| self.row(object, &id).cloned()) else { continue };
            row.retain(|key, _| !key.starts_with("Permissions"));
            for name in permissions {
                row.insert(format!("Permissions{name}"), json!(true));
            }
            self.put(object, row);
        }
    }

    /// The permission set that a profile owns.
    pub fn profile_set(&self, profile: &str) -> Option<&Row> {
        self.rows_by("PermissionSet", "ProfileId", profile).into_iter().next()
    }

    /// A user, with the assignment to their profile's set that every user has.
    pub fn add_user(&mut self, row: Row) -> String {
        let profile = text(&row, "ProfileId").to_owned();
        let id = self.put("User", row);
        let set = self.profile_set(&profile).map(|set| text(set, "Id").to_owned());
        if let Some(set) = set {
            self.put(
                "PermissionSetAssignment",
                object(json!({ "AssigneeId": id, "PermissionSetId": set, "IsActive": true })),
            );
        }
        id
    }

    /// Works a group's aggregate permission set out anew: its members' permissions less what its muting sets mute.
    pub fn recalculate(&mut self, group: &str) {
        let Some(row) = self.row("PermissionSetGroup", group).cloned() else { return };
        let mut on: BTreeSet<String> = BTreeSet::new();
        let mut off: BTreeSet<String> = BTreeSet::new();
        let mut objects: BTreeMap<String, Row> = BTreeMap::new();
        let mut access: BTreeSet<(String, String)> = BTreeSet::new();
        let members: Vec<String> = self
            .rows_by("PermissionSetGroupComponent", "PermissionSetGroupId", group)
            .iter()
            .map(|component| text(component, "PermissionSetId").to_owned())
            .collect();
        let mut muted_objects: Vec<Row> = vec![];
        for member in &members {
            let muting = member.starts_with("0QM");
            let from = if muting { "MutingPermissionSet" } else { "PermissionSet" };
            let Some(set) = self.row(from, member) else { continue };
            let into = if muting { &mut off } else { &mut on };
            into.extend(
                set.iter()
                    .filter(|(key, value)| key.starts_with("Permissions") && **value == json!(true))
                    .map(|(key, _)| key.clone()),
            );
            for permission in self.rows_by("ObjectPermissions", "ParentId", member) {
                if muting {
                    muted_objects.push(permission.clone());
                    continue;
                }
                let merged = objects.entry(text(permission, "SobjectType").to_owned()).or_default();
                for (key, value) in permission
                    .iter()
                    .filter(|(key, value)| key.starts_with("Permissions") && **value == json!(true))
                {
                    merged.insert(key.clone(), value.clone());
                }
            }
            for item in self.rows_by("SetupEntityAccess", "ParentId", member) {
                access.insert((
                    text(item, "SetupEntityId").to_owned(),
                    text(item, "SetupEntityType").to_owned(),
                ));
            }
        }
        for muted in muted_objects {
            if let Some(merged) = objects.get_mut(text(&muted, "SobjectType")) {
                merged.retain(|key, _| muted.get(key) != Some(&json!(true)));
            }
        }
        let old = self
            .rows("PermissionSet")
            .find(|set| text(set, "PermissionSetGroupId") == group)
            .map(|set| text(set, "Id").to_owned());
        let mut set = object(
            json!({ "Name": text(&row, "DeveloperName"), "Label": text(&row, "MasterLabel"), "Type": "Group",
            "IsOwnedByProfile": false, "IsCustom": true, "PermissionSetGroupId": group }),
        );
        if let Some(id) = &old {
            set.insert("Id".into(), json!(id));
        }
        on.difference(&off).for_each(|key| {
            set.insert(key.clone(), json!(true));
        });
        let id = self.put("PermissionSet", set);
        for (kind, ids) in [
            (
                "ObjectPermissions",
                self.rows_by("ObjectPermissions", "ParentId", &id)
                    .iter()
                    .map(|r| text(r, "Id").to_owned())
                    .collect::<Vec<_>>(),
            ),
            (
                "SetupEntityAccess",
                self.rows_by("SetupEntityAccess", "ParentId", &id)
                    .iter()
                    .map(|r| text(r, "Id").to_owned())
                    .collect(),
            ),
        ] {
            ids.iter().for_each(|old| drop(self.take(kind, old)));
        }
        for (name, mut merged) in objects {
            merged.insert("ParentId".into(), json!(id));
            merged.insert("SobjectType".into(), json!(name));
            self.put("ObjectPermissions", merged);
        }
        for (entity, kind) in access {
            self.put(
                "SetupEntityAccess",
                object(json!({ "ParentId": id, "SetupEntityId": entity, "SetupEntityType": kind })),
            );
        }
    }

    /// The permission sets that reach a user.
    pub fn sets_of(&self, user: &str) -> Vec<&Row> {
        self.rows_by("PermissionSetAssignment", "AssigneeId", user)
            .into_iter()
            .filter(|assignment| assignment.get("IsActive") != Some(&json!(false)))
            .filter_map(|assignment| self.row("PermissionSet", text(assignment, "PermissionSetId")))
            .collect()
    }

    /// Whether anything grants the user a permission (`ManageUsers`, without the prefix).
    pub fn has_permission(&self, user: &str, permission: &str) -> bool {
        let key = format!("Permissions{permission}");
        self.sets_of(user).iter().any(|set| set.get(&key) == Some(&json!(true)))
    }

    /// Sets a user's password.
    pub fn set_password(&mut self, user: &str, password: &str) {
        self.passwords.insert(user.to_owned(), password.to_owned());
    }

    /// Whether it is the user's password.
    pub fn is_password(&self, user: &str, password: &str) -> bool {
        self.passwords.get(user).map_or(PASSWORD, String::as_str) == password
    }

    /// Now, as the API writes it.
    pub fn stamp(&self) -> String {
        stamp(OffsetDateTime::now_utc())
    }

    /// Starts a session. `api`: of the core host, which the API takes.
    pub fn start_session(&mut self, user: &str, api: bool) -> Session {
        self.counter += 1;
        let token: String = (0..3)
            .map(|part| id::numbered("AQE", self.counter * 31 + part).get(3..).unwrap_or_default().to_owned())
            .collect();
        let sid = format!("{}!{token}", self.org_id.get(..15).unwrap_or_default());
        let session = Session { sid: sid.clone(), user_id: user.to_owned(), api, expired: false };
        self.sessions.insert(sid, session.clone());
        session
    }
}

impl Table {
    fn index_row(&mut self, row: &Row, id: &str) {
        for field in INDEXED {
            if let Some(value) = row.get(*field).and_then(Value::as_str) {
                self.index
                    .entry(field)
                    .or_default()
                    .entry(value.to_owned())
                    .or_default()
                    .insert(id.to_owned());
            }
        }
    }

    fn unindex(&mut self, row: &Row, id: &str) {
        for field in INDEXED {
            if let Some(value) = row.get(*field).and_then(Value::as_str)
                && let Some(ids) = self.index.get_mut(field).and_then(|index| index.get_mut(value))
            {
                ids.remove(id);
            }
        }
    }
}

/// The text of a field; empty when it is null or not there.
pub fn text<'a>(row: &'a Row, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Sets a key of a JSON object.
pub fn set(body: &mut Value, key: &str, value: Value) {
    if let Value::Object(map) = body {
        map.insert(key.to_owned(), value);
    }
}

/// A JSON object as a row.
pub fn object(value: Value) -> Row {
    match value {
        Value::Object(map) => map,
        _ => Row::new(),
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// A moment as the API writes it: `2026-11-24T10:31:00.000+0000`.
pub fn stamp(at: OffsetDateTime) -> String {
    at.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].000+0000"))
        .unwrap_or_default()
}

/// What the standard System Administrator profile grants, as far as it matters here.
const ADMIN: &str = "ApiEnabled ModifyAllData ViewAllData ManageUsers ManageInternalUsers ViewSetup ViewRoles \
    CustomizeApplication AuthorApex ModifyMetadata ManageProfilesPermissionsets AssignPermissionSets ManageRoles \
    ManageSharing ResetPasswords ManagePasswordPolicies ManageLoginAccessPolicies ManageIpAddresses FreezeUsers \
    MonitorLoginHistory DelegatedTwoFactor ViewAllUsers ManageRemoteAccess ManageCustomPermissions DataExport RunReports \
    ExportReport ScheduleReports EditTask EditEvent ViewEventLogFiles ManageAuthProviders ManageCertificates \
    InstallPackaging ManageTwoFactor ViewHealthCheck ConvertLeads EditPublicFilters ViewPublicReports ViewPublicDashboards";
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

    fn move_user(&mut self, user: &str, from: &str, to: &str) {
        let old = self.profile_set(from).map(|set| text(set, "Id").to_owned()).unwrap_or_default();
        let new = self.profile_set(to).map(|set| text(set, "Id").to_owned());
        let assignment = self
            .rows_by("PermissionSetAssignment", "AssigneeId", user)
            .into_iter()
            .find(|assignment| text(assignment, "PermissionSetId") == old)
            .cloned();
        if let (Some(mut assignment), Some(new)) = (assignment, new) {
            assignment.insert("PermissionSetId".into(), json!(new));
            self.put("PermissionSetAssignment", assignment);
        }
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
