//! Metadata components: what there is of each type, each as its file has it, and writes of them.
//!
//! It never leaves half a component behind: rows and documents of a refused write are as they were.

mod apps;
pub(crate) mod archive;
pub(crate) mod deploy;
mod entries;
mod groups;
mod manifest;
mod objects;
mod policies;
mod profiles;
mod retrieve;
mod sets;

use crate::contract::Contract;
use crate::error::ApiError;
use crate::platform::Refused;
use crate::store::{Actor, Org, Row, standard_file, text};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

/// A type of metadata.
#[derive(Debug)]
pub struct Kind {
    /// Its name in a manifest.
    pub name: &'static str,
    /// Where a retrieve puts its files.
    pub folder: &'static str,
    /// How their names end.
    pub suffix: &'static str,
    /// Key prefix of its components' ids.
    prefix: &'static str,
}

const fn kind(name: &'static str, folder: &'static str, suffix: &'static str, prefix: &'static str) -> Kind {
    Kind { name, folder, suffix, prefix }
}

/// Every type that the org has, in the order in which they may refer to each other. Source: the registry of
/// `@salesforce/source-deploy-retrieve`; prefixes of policies and settings assumed.
pub const KINDS: &[Kind] = &[
    kind("Profile", "profiles", "profile", "00e"),
    kind("PermissionSet", "permissionsets", "permissionset", "0PS"),
    kind("MutingPermissionSet", "mutingpermissionsets", "mutingpermissionset", "0QM"),
    kind("PermissionSetGroup", "permissionsetgroups", "permissionsetgroup", "0PG"),
    kind("ConnectedApp", "connectedApps", "connectedApp", "0H4"),
    kind("ExternalClientApplication", "externalClientApps", "eca", "0xI"),
    kind("ExtlClntAppOauthSettings", "extlClntAppOauthSettings", "ecaOauth", "0xJ"),
    kind("ExtlClntAppGlobalOauthSettings", "extlClntAppGlobalOauthSets", "ecaGlblOauth", "0xN"),
    kind("ExtlClntAppConfigurablePolicies", "extlClntAppPolicies", "ecaPlcy", "0xK"),
    kind("ExtlClntAppOauthConfigurablePolicies", "extlClntAppOauthPolicies", "ecaOauthPlcy", "0xO"),
    kind("ProfilePasswordPolicy", "profilePasswordPolicies", "profilePasswordPolicy", "7PP"),
    kind("ProfileSessionSetting", "profileSessionSettings", "profileSessionSetting", "0Nt"),
    kind("CustomObject", "objects", "object", "01I"),
    kind("Certificate", "certs", "crt", "0P1"),
    kind("TransactionSecurityPolicy", "transactionSecurityPolicies", "transactionSecurityPolicy", "0NI"),
    kind("Settings", "settings", "settings", "000"),
];

/// What no document of a component keeps: its key, its type, and lists that are rows of SetupEntityAccess.
const HELD_ELSEWHERE: &[&str] = &[
    "fullName",
    "#type",
    "profileName",
    "permissionSetName",
    "commaSeparatedProfile",
    "commaSeparatedPermissionSet",
];

/// Types of settings, with their full names.
pub const SETTINGS: &[(&str, &str)] = &[
    ("SecuritySettings", "Security"),
    ("ConnectedAppSettings", "ConnectedApp"),
    ("MyDomainSettings", "MyDomain"),
    ("OauthOidcSettings", "OauthOidc"),
];

/// A component, as a list has it.
#[derive(Debug, Clone)]
pub struct Component {
    /// Its full name.
    pub full_name: String,
    /// Its id; empty for settings.
    pub id: String,
    /// Who made and changed it, and when, as far as its row says.
    pub row: Row,
}

/// How a component is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// There is none.
    Create,
    /// There is one.
    Update,
    /// Whether or not.
    Upsert,
}

/// A refusal as the Metadata API words it.
pub(crate) fn refused<T>(code: &str, message: impl Into<String>) -> Result<T, Refused> {
    Err(vec![ApiError::new(400, code, message)])
}

/// A type by its name in a manifest, or by that of settings.
pub fn kind_of(name: &str) -> Option<&'static Kind> {
    let name = if SETTINGS.iter().any(|(kind, _)| *kind == name) { "Settings" } else { name };
    KINDS.iter().find(|kind| kind.name == name)
}

/// The contract's type of a component: settings have one each.
pub fn contract_of(kind: &Kind, full_name: &str) -> Option<&'static str> {
    if kind.name != "Settings" {
        return Some(kind.name);
    }
    SETTINGS.iter().find(|(_, name)| *name == full_name).map(|(kind, _)| *kind)
}

/// A name as a full name has it: what file systems and URLs do not take is percent-encoded. Source: names of files in
/// published retrieves (`Custom%3A Support Profile`, `Task %28Marketing%29 Layout`).
pub fn encoded_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || " -_".contains(c) || !c.is_ascii() {
            out.push(c);
        } else {
            out.push_str(&format!("%{:02X}", u32::from(c)));
        }
    }
    out
}

/// The name that a full name stands for.
pub fn decoded_name(full_name: &str) -> String {
    percent_decode_str(full_name).decode_utf8_lossy().into_owned()
}

fn same_name(a: &str, b: &str) -> bool {
    a == b || decoded_name(a).to_lowercase() == decoded_name(b).to_lowercase()
}

/// The texts of a list; those that stand empty are none.
fn texts(value: &Value, key: &str) -> Vec<String> {
    let all = value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter()
        .filter_map(Value::as_str)
        .map(|one| one.trim().to_owned())
        .filter(|one| !one.is_empty())
        .collect()
}

fn string<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A value without what is null, false by default, or an empty list: as a file has it.
fn compact(pairs: Vec<(&str, Value)>) -> Value {
    let kept = pairs.into_iter().filter(|(_, value)| {
        !value.is_null() && value.as_str() != Some("") && value.as_array().is_none_or(|all| !all.is_empty())
    });
    Value::Object(kept.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

impl Org {
    /// The components of a type, by full name.
    pub fn components(&self, kind: &Kind) -> Vec<Component> {
        let of = |object: &str, name: &str, keep: &dyn Fn(&Row) -> bool| -> Vec<Component> {
            let rows = self.rows(object).filter(|row| keep(row));
            rows.map(|row| Component {
                full_name: text(row, name).to_owned(),
                id: text(row, "Id").to_owned(),
                row: row.clone(),
            })
            .collect()
        };
        let mut all = match kind.name {
            "Profile" => {
                let mut all = of("Profile", "Name", &|_| true);
                all.iter_mut().for_each(|one| one.full_name = profile_full_name(&one.full_name));
                all
            }
            "PermissionSet" => of("PermissionSet", "Name", &|row| {
                row.get("IsOwnedByProfile") != Some(&json!(true)) && text(row, "Type") != "Group"
            }),
            "CustomObject" => self.object_components(),
            "MutingPermissionSet" => of("MutingPermissionSet", "DeveloperName", &|_| true),
            "PermissionSetGroup" => of("PermissionSetGroup", "DeveloperName", &|_| true),
            "ExternalClientApplication" => of("ExternalClientApplication", "DeveloperName", &|_| true),
            _ => self.documents_of(kind),
        };
        all.sort_by(|a, b| a.full_name.cmp(&b.full_name));
        all
    }

    fn documents_of(&self, kind: &Kind) -> Vec<Component> {
        let own = self.documents.iter().filter(|((name, _), _)| name == kind.name);
        own.map(|((_, full_name), document)| {
            let id = string(document, "#id").to_owned();
            let row = document.get("#row").and_then(Value::as_object).cloned().unwrap_or_default();
            let row = self
                .row(
                    if kind.name == "ConnectedApp" {
                        "ConnectedApplication"
                    } else {
                        "ExtlClntAppOauthPlcyCnfg"
                    },
                    &id,
                )
                .cloned()
                .unwrap_or(row);
            Component { full_name: full_name.clone(), id, row }
        })
        .collect()
    }

    /// A component by its full name.
    pub fn component_of(&self, kind: &Kind, full_name: &str) -> Option<Component> {
        self.components(kind).into_iter().find(|one| same_name(&one.full_name, full_name))
    }

    /// A component as a value of its contract's type, with its full name; a profile with all that it grants.
    pub fn component(&self, kind: &Kind, full_name: &str) -> Option<Value> {
        let found = self.component_of(kind, full_name)?;
        let mut value = match kind.name {
            "Profile" => self.profile_value(&found.row),
            "PermissionSet" | "MutingPermissionSet" => self.set_value(kind.name, &found.row),
            "CustomObject" => self.object_value(&found.full_name),
            "PermissionSetGroup" => self.group_value(&found.row),
            "ConnectedApp" => self.connected_app_value(&found),
            "ExternalClientApplication" => self.external_app_value(&found.row),
            "ExtlClntAppOauthConfigurablePolicies" => self.external_policy_value(&found),
            "ProfilePasswordPolicy" | "ProfileSessionSetting" => self.policy_value(kind, &found),
            _ => self
                .documents
                .get(&(kind.name.to_owned(), found.full_name.clone()))
                .cloned()
                .unwrap_or_default(),
        };
        if found.full_name == "OauthOidc" {
            crate::store::set(&mut value, "blockOAuthUnPwFlow", json!(!self.identity.password_flow));
        }
        if let Value::Object(map) = &mut value {
            map.retain(|key, _| !key.starts_with('#'));
            map.insert("fullName".into(), json!(found.full_name));
        }
        Some(value)
    }

    /// Writes a component; whether it was made.
    ///
    /// # Errors
    /// The platform's, with the status code and the words of a deploy.
    pub fn write_component(
        &mut self,
        actor: &Actor,
        kind: &Kind,
        value: &Value,
        mode: Mode,
    ) -> Result<bool, Refused> {
        let full_name = string(value, "fullName").trim().to_owned();
        if full_name.is_empty() {
            return refused("REQUIRED_FIELD_MISSING", "Required field is missing: fullName");
        }
        let found = self.component_of(kind, &full_name);
        match (mode, &found) {
            (Mode::Update, None) => return not_found(kind, &full_name),
            (Mode::Create, Some(_)) => {
                let message = format!("This {} already exists in your organization: {full_name}", kind.name);
                return refused("DUPLICATE_DEVELOPER_NAME", message);
            }
            _ => {}
        }
        let found = found.as_ref();
        let key = (kind.name.to_owned(), found.map_or(full_name.clone(), |found| found.full_name.clone()));
        self.whole_component(|org| match kind.name {
            "Profile" => org.write_profile(actor, found, value),
            "PermissionSet" | "MutingPermissionSet" => org.write_set(actor, kind.name, found, value),
            "CustomObject" => org.check_object(found, value),
            "PermissionSetGroup" => org.write_group(actor, found, value),
            "ConnectedApp" => org.write_connected_app(actor, found, value),
            "ExternalClientApplication" => org.write_external_app(actor, found, value),
            "ExtlClntAppOauthConfigurablePolicies" => org.write_external_policy(actor, found, value),
            _ => org.write_document(actor, kind, found, value),
        })?;
        // What rows hold, and what the key says, is not kept twice.
        if let Some(Value::Object(document)) = self.documents.get_mut(&key) {
            document.retain(|name, _| !HELD_ELSEWHERE.contains(&name.as_str()));
        }
        Ok(found.is_none())
    }

    /// Takes a component away.
    ///
    /// # Errors
    /// As [`Org::write_component`].
    pub fn delete_component(&mut self, actor: &Actor, kind: &Kind, full_name: &str) -> Result<(), Refused> {
        let Some(found) = self.component_of(kind, full_name) else { return not_found(kind, full_name) };
        self.whole_component(|org| {
            match kind.name {
                "Profile" | "PermissionSet" | "MutingPermissionSet" | "PermissionSetGroup" => {
                    org.delete(actor, kind.name, &found.id)?;
                }
                "CustomObject" => {
                    return refused("CANNOT_DELETE_MANAGED_OBJECT", "Objects of this org cannot be deleted");
                }
                "Settings" => {
                    return refused("CANNOT_DELETE", "Settings cannot be deleted");
                }
                _ => org.delete_app_part(actor, kind, &found)?,
            }
            org.documents.remove(&(kind.name.to_owned(), found.full_name.clone()));
            org.profile_metadata.remove(&found.id);
            Ok(())
        })
    }

    /// Gives a component another full name.
    ///
    /// # Errors
    /// As [`Org::write_component`].
    pub fn rename_component(
        &mut self,
        actor: &Actor,
        kind: &Kind,
        old: &str,
        new: &str,
    ) -> Result<(), Refused> {
        let Some(found) = self.component_of(kind, old) else { return not_found(kind, old) };
        let field = match kind.name {
            "Profile" | "PermissionSet" => "Name",
            "PermissionSetGroup" | "MutingPermissionSet" => "DeveloperName",
            _ => return refused("INVALID_TYPE", format!("{} cannot be renamed", kind.name)),
        };
        let name = if kind.name == "Profile" { decoded_name(new) } else { new.to_owned() };
        let mut changes = Row::new();
        changes.insert(field.to_owned(), json!(name));
        self.whole_component(|org| {
            org.update(actor, kind.name, &found.id, changes)?;
            if kind.name == "Profile" {
                org.follow(&found.full_name, new);
            }
            if let Some(document) = org.documents.remove(&(kind.name.to_owned(), found.full_name.clone())) {
                org.documents.insert((kind.name.to_owned(), new.to_owned()), document);
            }
            Ok(())
        })
    }

    /// Does all of it, rows and documents, or, when it is refused, nothing.
    pub(crate) fn whole_component<T>(
        &mut self,
        work: impl FnOnce(&mut Org) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let before = (self.profile_metadata.clone(), self.documents.clone(), self.field_profiles.clone());
        let mark = self.mark();
        let done = work(self);
        if done.is_ok() {
            self.keep(mark);
        } else {
            self.undo(mark);
            (self.profile_metadata, self.documents, self.field_profiles) = before;
        }
        done
    }

    /// Keeps what a seed's file says of a component beyond what rows hold.
    pub(crate) fn keep_document(
        &mut self,
        kind: &str,
        full_name: &str,
        id: &str,
        root: roxmltree::Node<'_, '_>,
    ) {
        let Some(kind) = kind_of(kind) else { return };
        let Some(contract) = contract_of(kind, full_name) else { return };
        let Ok(mut document) = Contract::metadata().read(contract, root) else { return };
        if !id.is_empty() {
            crate::store::set(&mut document, "#id", json!(id));
        } else if !matches!(kind.name, "Settings" | "PermissionSet" | "MutingPermissionSet") {
            let id = self.component_id(kind);
            crate::store::set(&mut document, "#id", json!(id));
        }
        let key = (kind.name.to_owned(), full_name.to_owned());
        // Settings that a file leaves out stay as they are, as with a deploy.
        if let Some(old) = self.documents.get(&key).filter(|_| kind.name == "Settings") {
            document = policies::overlaid(old, &document);
        }
        // A further part of a set has its own lists beside those of the others.
        if let (Some(Value::Object(old)), "PermissionSet" | "MutingPermissionSet") =
            (self.documents.get(&key), kind.name)
        {
            let mut all = old.clone();
            entries::add_lists(&mut all, &document);
            document = Value::Object(all);
        }
        self.documents.insert(key, document);
    }

    /// Keeps the lists of a seed's profile that no rows hold; those of a further part of it after the others.
    pub(crate) fn keep_profile_lists(&mut self, id: &str, root: roxmltree::Node<'_, '_>) {
        let Ok(value) = Contract::metadata().read("Profile", root) else { return };
        let Some(Value::Object(kept)) = self.profile_metadata.get_mut(id) else { return };
        entries::add_lists(kept, &value);
    }

    /// An id for a component that has no row.
    fn component_id(&mut self, kind: &Kind) -> String {
        self.numbered(kind.prefix)
    }
}

/// What is said of a component that is not there. Source: recorded answers of deleteMetadata and of deploys.
pub(crate) fn not_found<T>(kind: &Kind, full_name: &str) -> Result<T, Refused> {
    refused("INVALID_CROSS_REFERENCE_KEY", format!("no {} named {full_name} found", kind.name))
}

/// What is said of a name that leads nowhere. Source: recorded deploys.
fn unreferred(field: &str, kind: &str, name: &str) -> ApiError {
    let message = format!("In field: {field} - no {kind} named {name} found");
    ApiError::new(400, "INVALID_CROSS_REFERENCE_KEY", message)
}

fn not_referred<T>(field: &str, kind: &str, name: &str) -> Result<T, Refused> {
    Err(vec![unreferred(field, kind, name)])
}

/// The full name of the profile called `label`.
pub fn profile_full_name(label: &str) -> String {
    standard_file(label).map_or_else(|| encoded_name(label), str::to_owned)
}
