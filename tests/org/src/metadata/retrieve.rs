//! Retrieves: components as a zip of files, with a manifest of what is in it.
//!
//! It never says of a profile's objects what was not asked for with it.

use super::archive::{Files, packed};
use super::deploy::{Job, Work};
use super::manifest::{self, Manifest};
use super::{KINDS, contract_of, same_name, string};
use crate::contract::Contract;
use crate::store::{Actor, Org, Row, set, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

impl Org {
    /// Puts a retrieve in the queue; its id.
    pub(crate) fn ask_retrieve(&mut self, actor: &Actor, request: Value) -> String {
        let id = self.numbered("09S");
        let result = json!({ "id": id, "status": "Pending", "done": false, "success": false });
        self.deploys
            .insert(id.clone(), Job { actor: actor.clone(), work: Some(Work::Retrieve(request)), result });
        id
    }

    pub(super) fn retrieve(&mut self, job: &mut Job, request: &Value) {
        let manifest = request.get("unpackaged").map(manifest::named).unwrap_or_default();
        let folder = if request.get("singlePackage") == Some(&json!(true)) { "" } else { "unpackaged/" };
        let version =
            request.get("apiVersion").and_then(Value::as_f64).unwrap_or(f64::from(crate::api::NEWEST));
        let mut files = Files::new();
        let (mut properties, mut messages): (Vec<Value>, Vec<Value>) = (vec![], vec![]);
        let mut listed = Manifest::new();
        let objects: Vec<&str> = manifest
            .iter()
            .filter(|(kind, _)| kind == "CustomObject")
            .flat_map(|(_, names)| names.iter().map(String::as_str))
            .collect();
        for (name, members) in &manifest {
            let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else {
                let problem = format!("Entity type: '{name}' is unknown");
                messages.push(json!({ "fileName": "unpackaged/package.xml", "problem": problem }));
                continue;
            };
            let all = self.component_properties(kind);
            let wanted: Vec<&Value> = if members.iter().any(|one| one == "*") {
                // Of objects a wildcard means those of the org's own. Source: Metadata API guide, CustomObject.
                let own = |one: &&Value| name != "CustomObject" || string(one, "fullName").ends_with("__c");
                all.iter().filter(own).collect()
            } else {
                let mut wanted = vec![];
                for member in members {
                    match all.iter().find(|one| same_name(string(one, "fullName"), member)) {
                        Some(one) => wanted.push(one),
                        None => {
                            let problem = format!("Entity of type '{name}' named '{member}' cannot be found");
                            messages
                                .push(json!({ "fileName": "unpackaged/package.xml", "problem": problem }));
                        }
                    }
                }
                wanted
            };
            let mut names = vec![];
            for one in wanted {
                let full_name = string(one, "fullName");
                let (Some(contract), Some(mut value)) =
                    (contract_of(kind, full_name), self.component(kind, full_name))
                else {
                    continue;
                };
                if kind.name == "Profile" {
                    only_of(&mut value, &objects);
                }
                let path = format!("unpackaged/{}", string(one, "fileName"));
                files.insert(
                    format!("{folder}{}", string(one, "fileName")),
                    Contract::metadata().file(contract, &value).into_bytes(),
                );
                let mut line = one.clone();
                set(&mut line, "fileName", json!(path));
                properties.push(line);
                names.push(full_name.to_owned());
            }
            listed.push((name.clone(), names));
        }
        let package = manifest::file(&listed, &format!("{version:.1}"));
        files.insert(format!("{folder}package.xml"), package.into_bytes());
        properties.push(self.package_properties(&job.actor));
        for (key, value) in [
            ("status", json!("Succeeded")),
            ("done", json!(true)),
            ("success", json!(true)),
            ("fileProperties", json!(properties)),
            ("messages", json!(messages)),
            ("zipFile", json!(STANDARD.encode(packed(&files)))),
        ] {
            set(&mut job.result, key, value);
        }
    }

    fn package_properties(&self, actor: &Actor) -> Value {
        let who = actor.user_id.as_str();
        let name = self.row("User", who).map(|row| text(row, "Name").to_owned()).unwrap_or_default();
        let now = self.stamp().replace("+0000", "Z");
        json!({ "createdById": who, "createdByName": name, "createdDate": now, "fileName": "unpackaged/package.xml",
            "fullName": "unpackaged/package.xml", "id": "", "lastModifiedById": who, "lastModifiedByName": name,
            "lastModifiedDate": now, "manageableState": "unmanaged", "type": "Package" })
    }

    /// What a list, or a retrieve, says of each component of a type.
    pub(crate) fn component_properties(&self, kind: &super::Kind) -> Vec<Value> {
        let person = |id: &str| match self.row("User", id) {
            Some(row) => text(row, "Name").to_owned(),
            // The platform's own are nobody's.
            None => "Automated Process".to_owned(),
        };
        // What says nothing of who and when is as old as the org, as in its rows.
        let (founded, founder) = self.beginning();
        let said = |row: &Row, fields: &[&str], otherwise: &str| {
            fields
                .iter()
                .map(|field| text(row, field))
                .find(|text| !text.is_empty())
                .unwrap_or(otherwise)
                .to_owned()
        };
        let moment =
            |row: &Row, field: &str| said(row, &[field, "CreatedDate"], founded).replace("+0000", "Z");
        let property = |one: super::Component| {
            let maker = said(&one.row, &["CreatedById"], founder);
            let changer = said(&one.row, &["LastModifiedById", "CreatedById"], founder);
            let namespace = text(&one.row, "NamespacePrefix");
            json!({ "createdById": maker, "createdByName": person(&maker), "createdDate": moment(&one.row, "CreatedDate"),
                "fileName": format!("{}/{}.{}", kind.folder, one.full_name, kind.suffix), "fullName": one.full_name, "id": one.id,
                "lastModifiedById": changer, "lastModifiedByName": person(&changer),
                "lastModifiedDate": moment(&one.row, "LastModifiedDate"),
                "manageableState": if namespace.is_empty() { "unmanaged" } else { "installed" },
                "namespacePrefix": Some(namespace).filter(|n| !n.is_empty()), "type": kind.name })
        };
        self.components(kind).into_iter().map(property).collect()
    }
}

/// Leaves of a profile's object and field permissions those of `objects`. Source: Metadata API guide, Profile.
fn only_of(profile: &mut Value, objects: &[&str]) {
    for (list, key) in [("objectPermissions", "object"), ("fieldPermissions", "field")] {
        let Some(Value::Array(entries)) = profile.get_mut(list) else { continue };
        entries.retain(|entry| {
            let object = string(entry, key).split('.').next().unwrap_or_default().to_owned();
            objects.contains(&object.as_str()) || (objects.contains(&"*") && object.ends_with("__c"))
        });
    }
}
