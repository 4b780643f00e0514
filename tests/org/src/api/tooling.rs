//! The Tooling API, as far as a set-up tool reads it.
//!
//! It never writes.

use super::query::page_size;
use super::{Api, ApiRequest, Reply, Result, one, parameter, reply};
use crate::error::ApiError;
use crate::soql;
use crate::store::{Actor, Row, object, set, text};
use serde_json::{Value, json};

impl Api<'_> {
    /// What is below `tooling`.
    pub(super) fn tooling_resource(
        &mut self,
        actor: &Actor,
        version: u32,
        rest: &[&str],
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        let tooling = format!("{base}/tooling");
        let only_read = || reply::allowed(request, "HEAD,GET");
        match rest {
            ["query"] => {
                only_read()?;
                let q = parameter(&request.query, "q").filter(|q| !q.trim().is_empty()).ok_or_else(|| {
                    one(ApiError::new(400, "MALFORMED_QUERY", "A query string has to be specified"))
                })?;
                if parameter(&request.query, "columns").is_some_and(|on| on == "true") {
                    return self.columns(q);
                }
                let body = self.tooling(actor, base, q, request)?;
                Ok(Reply::ok("QueryResult", body))
            }
            ["query", locator] => only_read().and_then(|()| self.more(&tooling, locator)),
            ["sobjects"] => {
                only_read()?;
                let mut reply = self.describe_global(actor, version, &tooling, request);
                if let Some(all) = reply.body.get_mut("sobjects").and_then(Value::as_array_mut) {
                    all.retain(|object| {
                        object.get("name").and_then(Value::as_str).is_some_and(|name| self.is_tooling(name))
                    });
                }
                Ok(reply)
            }
            ["composite"] => {
                reply::allowed(request, "POST")?;
                super::composite::answer(self, actor, version, request)
            }
            ["sobjects", name, ..] if !self.is_tooling(name) => Err(one(ApiError::not_found())),
            ["sobjects", name] => only_read().and_then(|()| self.object_info(actor, name, &tooling)),
            ["sobjects", name, "describe"] => {
                only_read()?;
                let mut reply = self.describe(actor, version, name, &tooling, request)?;
                // A profile has its metadata here, one row at a time.
                if name.eq_ignore_ascii_case("Profile")
                    && let Some(fields) = reply.body.get_mut("fields").and_then(Value::as_array_mut)
                {
                    fields.extend(["FullName", "Metadata"].map(|name| {
                        let (kind, soap) = if name == "Metadata" { ("complexvalue", "mns:Profile") } else { ("string", "xsd:string") };
                        json!({ "name": name, "label": if name == "FullName" { "Full Name" } else { name }, "type": kind, "soapType": soap,
                            "createable": false, "updateable": false, "nillable": true, "filterable": false, "sortable": false,
                            "groupable": false, "custom": false, "referenceTo": [], "picklistValues": [] })
                    }));
                }
                Ok(reply)
            }
            ["sobjects", name, id] if name.eq_ignore_ascii_case("Profile") => {
                only_read()?;
                let row = self.org.row("Profile", id).cloned().ok_or_else(|| one(ApiError::not_found()))?;
                self.sees_metadata(actor)?;
                Ok(Reply::ok("Profile", self.profile_with_metadata(&row, base)))
            }
            ["sobjects", name, id] => {
                only_read()?;
                self.record(actor, name, id, &tooling, request)
            }
            _ => Err(one(ApiError::not_found())),
        }
    }

    /// Whether the Tooling API describes an object.
    fn is_tooling(&self, name: &str) -> bool {
        SHARED.iter().any(|known| known.eq_ignore_ascii_case(name))
            || self.org.schema.object(name).is_some_and(|object| object.is('T'))
    }

    /// What a profile's metadata holds takes View Setup.
    fn sees_metadata(&self, actor: &Actor) -> Result<()> {
        if self.org.has_permission(&actor.user_id, "ViewSetup") {
            return Ok(());
        }
        let message = "insufficient access rights on cross-reference id";
        Err(one(ApiError::new(403, "INSUFFICIENT_ACCESS", message)))
    }

    /// Tooling queries: `Metadata` for one row a query, and otherwise as SOQL.
    fn tooling(&mut self, actor: &Actor, base: &str, q: &str, request: &ApiRequest) -> Result<Value> {
        let parsed = soql::parse::query(q).map_err(one)?;
        let wants = parsed.select.iter().any(|item| matches!(item, soql::parse::Item::Field(name, _) if name == "Metadata" || name == "FullName"));
        if !wants {
            let page = self.query(actor, &format!("{base}/tooling"), q, page_size(request), false)?;
            let rows = page.get("records").and_then(Value::as_array).map_or(0, Vec::len);
            let kind = page.pointer("/records/0/attributes/type").cloned().unwrap_or(Value::Null);
            let next = page.get("nextRecordsUrl").and_then(Value::as_str);
            let next = next.and_then(|url| url.rsplit('/').next()).map(str::to_owned);
            let mut body = json!({ "size": rows });
            for (key, value) in object(page) {
                let records = key == "records";
                if records {
                    set(&mut body, "queryLocator", json!(next));
                    set(&mut body, "entityTypeName", kind.clone());
                }
                set(&mut body, &key, value);
            }
            return Ok(body);
        }
        if let Some(object) = self.faults.hidden_in(q) {
            return Err(one(ApiError::new(
                400,
                "INVALID_TYPE",
                format!("sObject type '{object}' is not supported."),
            )));
        }
        let answer = soql::run(self.org, &actor.user_id, &without_metadata(q), &format!("{base}/tooling"))
            .map_err(one)?;
        if answer.total > 1 {
            return Err(one(ApiError::new(400, "MALFORMED_QUERY", "When retrieving results with Metadata or FullName fields, the query qualifications must specify no more than one row for retrieval. Result size: ".to_owned() + &answer.total.to_string())));
        }
        self.sees_metadata(actor)?;
        let mut records = answer.records;
        let wants_id = parsed
            .select
            .iter()
            .any(|item| matches!(item, soql::parse::Item::Field(name, _) if name.eq_ignore_ascii_case("Id")));
        for record in &mut records {
            let id = record
                .pointer("/attributes/url")
                .and_then(Value::as_str)
                .and_then(|url| url.rsplit('/').next())
                .unwrap_or_default();
            let full = match parsed.from.to_lowercase().as_str() {
                "profile" => {
                    self.org.row("Profile", id).cloned().map(|row| self.profile_with_metadata(&row, base))
                }
                "securitysettings" => Some(self.settings_with_metadata(id, base)),
                _ => None,
            };
            let Some(full) = full else { continue };
            set(record, "attributes", full.get("attributes").cloned().unwrap_or_default());
            for item in &parsed.select {
                if let soql::parse::Item::Field(name, _) = item
                    && let Some(value) = full.get(name)
                {
                    set(record, name, value.clone());
                }
            }
            if let (false, Value::Object(fields)) = (wants_id, record) {
                fields.remove("Id");
            }
        }
        Ok(json!({ "size": records.len(), "totalSize": records.len(), "done": true, "queryLocator": null,
                "entityTypeName": self.org.schema.object(&parsed.from).map(|object| object.name.clone()), "records": records }))
    }

    /// The org's security settings as the one row that there is of them.
    fn settings_with_metadata(&self, id: &str, base: &str) -> Value {
        let kind = crate::metadata::kind_of("SecuritySettings");
        let metadata = kind.and_then(|kind| self.org.component(kind, "Security")).unwrap_or_default();
        json!({ "attributes": { "type": "SecuritySettings", "url": format!("{base}/tooling/sobjects/SecuritySettings/{id}") },
            "Id": id, "DurableId": "Security", "FullName": "Security", "Metadata": metadata })
    }

    pub(super) fn profile_with_metadata(&self, row: &Row, base: &str) -> Value {
        let id = text(row, "Id");
        let mut metadata = self.org.profile_metadata.get(id).cloned().unwrap_or_else(|| json!({}));
        let permissions: Vec<Value> = row
            .iter()
            .filter(|(_, value)| **value == json!(true))
            .filter_map(|(key, _)| key.strip_prefix("Permissions"))
            .map(|name| json!({ "name": name, "enabled": true }))
            .collect();
        set(&mut metadata, "userPermissions", json!(permissions));
        if metadata.get("loginIpRanges").is_none() {
            set(&mut metadata, "loginIpRanges", json!([]));
        }
        json!({ "attributes": { "type": "Profile", "url": format!("{base}/tooling/sobjects/Profile/{id}") },
            "Id": id, "Name": text(row, "Name"), "FullName": crate::metadata::profile_full_name(text(row, "Name")), "Metadata": metadata })
    }
}

/// Set-up objects that the Tooling API has beside those that it has alone. Source: Tooling API guide, "Tooling API
/// Objects".
const SHARED: &[&str] = &[
    "ApexClass",
    "ApexComponent",
    "ApexLog",
    "ApexPage",
    "ApexTrigger",
    "AsyncApexJob",
    "ConnectedApplication",
    "EntityDefinition",
    "EntityParticle",
    "FieldDefinition",
    "Group",
    "Name",
    "Organization",
    "PermissionSet",
    "PermissionSetGroup",
    "PermissionSetGroupComponent",
    "Profile",
    "RecordType",
    "SetupAuditTrail",
    "TransactionSecurityPolicy",
    "User",
    "UserRole",
];

/// A query without the fields that no row holds.
fn without_metadata(q: &str) -> String {
    let from = q.to_ascii_lowercase().find(" from ").unwrap_or(q.len());
    let (select, rest) = q.split_at(from);
    let fields = select.trim_start().get("select".len()..).unwrap_or_default();
    let mut kept: Vec<&str> =
        fields.split(',').map(str::trim).filter(|name| !["Metadata", "FullName"].contains(name)).collect();
    if kept.is_empty() {
        kept.push("Id");
    }
    format!("SELECT {}{rest}", kept.join(", "))
}
