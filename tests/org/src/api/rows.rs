//! Rows of objects: by id, by external id, by relationship; and which changed of late.
//!
//! It never writes by itself: the platform's rules do.

use super::{Api, ApiRequest, Reply, Result, conditional, one, parameter, reply};
use crate::error::ApiError;
use crate::id;
use crate::platform::same_key;
use crate::schema::{Field, Object};
use crate::store::{Actor, Org, Row, set, text};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// Methods of a row.
const ROW: &str = "HEAD,GET,PATCH,DELETE";

impl Api<'_> {
    /// The object that an address names, when it is there.
    pub(super) fn object(&self, name: &str) -> Result<&Object> {
        let object = self.org.schema.object(name).filter(|object| !self.faults.hides(&object.name));
        object.ok_or_else(|| one(ApiError::not_found()))
    }

    /// The fields in the body of a write.
    pub(super) fn fields(&self, name: &str, request: &ApiRequest) -> Result<Row> {
        let kind = request.headers.get("content-type").map(String::as_str).unwrap_or_default();
        match reply::body(request)? {
            Value::Object(map) if kind.contains("xml") => Ok(self.typed(name, map)),
            Value::Object(map) => Ok(map),
            other => {
                let what = if other.is_array() { "START_ARRAY" } else { "VALUE_STRING" };
                let message = format!(
                    "Cannot deserialize instance of SObject from {what} value or request may be missing a required field at [line:1, column:1]"
                );
                Err(one(ApiError::new(400, "JSON_PARSER_ERROR", message)))
            }
        }
    }

    /// Text of an XML body or of CSV, as the types of the fields have it.
    pub(super) fn typed(&self, name: &str, map: Row) -> Row {
        let Some(object) = self.org.schema.object(name) else { return map };
        let typed = |(key, value): (String, Value)| {
            let kind = object.field(&key).map(|field| field.kind.as_str()).unwrap_or_default();
            let read = match (kind, value.as_str()) {
                ("boolean", Some("true" | "1")) => Some(json!(true)),
                ("boolean", Some("false" | "0")) => Some(json!(false)),
                ("int", Some(text)) => text.parse::<i64>().ok().map(|n| json!(n)),
                ("double" | "currency" | "percent", Some(text)) => text.parse::<f64>().ok().map(|n| json!(n)),
                (_, Some("")) => Some(Value::Null),
                _ => None,
            };
            (key, read.unwrap_or(value))
        };
        map.into_iter().map(typed).collect()
    }

    /// `POST sobjects/Account`.
    pub(super) fn create(
        &mut self,
        actor: &Actor,
        name: &str,
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        let fields = self.fields(name, request)?;
        let id = self.org.create(actor, name, fields)?;
        Ok(created(self.object(name)?, base, id))
    }

    /// `sobjects/Account/001…`.
    pub(super) fn record(
        &mut self,
        actor: &Actor,
        name: &str,
        id: &str,
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        reply::allowed(request, ROW)?;
        match request.method.as_str() {
            "GET" | "HEAD" => {
                let object = self.object(name)?;
                if id::long(id).is_none() || id.get(..3) != Some(object.prefix.as_str()) {
                    return Err(one(unknown_key(id)));
                }
                let Some(row) = self.org.row(name, id) else {
                    return Err(one(match id::long(id).filter(|id| self.org.deleted.contains_key(id)) {
                        Some(_) => ApiError::new(404, "ENTITY_IS_DELETED", "entity is deleted"),
                        None => ApiError::not_found(),
                    }));
                };
                let body = self.shown(actor, object, row, base, parameter(&request.query, "fields"))?;
                let at = ["SystemModstamp", "LastModifiedDate"]
                    .iter()
                    .find_map(|field| crate::soql::dates::moment(text(row, field)))
                    .unwrap_or(self.org.described_at);
                Ok(conditional::judged(request, Reply::ok(&object.name, body), at))
            }
            "PATCH" => {
                let fields = self.fields(name, request)?;
                self.org.update(actor, name, id, fields)?;
                Ok(Reply::empty())
            }
            _ => {
                self.org.delete(actor, name, id)?;
                Ok(Reply::empty())
            }
        }
    }

    /// A row with the fields that were asked for, or all that the viewer reads.
    pub(super) fn shown(
        &self,
        actor: &Actor,
        object: &Object,
        row: &Row,
        base: &str,
        fields: Option<&str>,
    ) -> Result<Value> {
        let wanted: Option<Vec<&str>> = fields.map(|list| list.split(',').map(str::trim).collect());
        let seen = |field: &&Field| self.org.may_read(&actor.user_id, object, field);
        let missing = wanted.iter().flatten().find(|name| object.field(name).filter(seen).is_none());
        if let Some(missing) = missing {
            let message = format!("\nNo such column '{missing}' on sobject of type {}", object.name);
            return Err(one(ApiError::new(400, "INVALID_FIELD", message)));
        }
        let mut body = json!({ "attributes": { "type": object.name, "url": format!("{base}/sobjects/{}/{}", object.name, text(row, "Id")) } });
        let asked = |field: &&Field| {
            wanted.as_ref().is_none_or(|all| all.iter().any(|name| name.eq_ignore_ascii_case(&field.name)))
        };
        for field in object.fields.iter().filter(asked).filter(seen) {
            let value = self.org.value(field, row);
            let value = if field.kind == "base64" && !value.is_null() {
                json!(format!("{base}/sobjects/{}/{}/{}", object.name, text(row, "Id"), field.name))
            } else {
                value.clone()
            };
            set(&mut body, &field.name, value);
        }
        // The id comes along whatever the fields, as in the guide's own examples.
        if wanted.is_some() {
            set(&mut body, "Id", json!(text(row, "Id")));
        }
        Ok(body)
    }

    /// `sobjects/Account/Number__c/7`, or a relationship of a record: `sobjects/Contact/003…/Account`.
    pub(super) fn by_key(
        &mut self,
        actor: &Actor,
        name: &str,
        key: &str,
        value: &str,
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        let object = self.object(name)?;
        if id::long(key).is_some() && self.org.row(name, key).is_some() {
            return self.related(actor, name, key, value, base, request);
        }
        let field = self.key_field(actor, object, key)?;
        let found = self.rows_with(&object.name, &field, value);
        match (request.method.as_str(), found.as_slice()) {
            ("PATCH", _) => {
                let fields = self.fields(name, request)?;
                self.upsert(actor, name, &field, value, fields, base)
            }
            (_, []) => Err(one(ApiError::not_found())),
            (_, [one]) => self.record(actor, name, one, base, request),
            _ => Ok(choices(name, &found, base)),
        }
    }

    /// The field that a row is looked up by, when it is one that rows are looked up by.
    pub(super) fn key_field(&self, actor: &Actor, object: &Object, key: &str) -> Result<Field> {
        let usable = |field: &&Field| {
            (field.is('x') || field.is('i') || field.kind == "id")
                && self.org.may_read(&actor.user_id, object, field)
        };
        object.field(key).filter(usable).cloned().ok_or_else(|| one(unknown_key(key)))
    }

    /// Ids of the rows that have a key.
    pub(super) fn rows_with(&self, name: &str, field: &Field, value: &str) -> Vec<String> {
        let row_id = |row: &Row| text(row, "Id").to_owned();
        if field.kind == "id" {
            return self.org.row(name, value).map(row_id).into_iter().collect();
        }
        if Org::is_indexed(&field.name) {
            return self.org.rows_by(name, &field.name, value).into_iter().map(row_id).collect();
        }
        self.org.rows(name).filter(|row| same_key(row.get(&field.name), value)).map(row_id).collect()
    }

    /// Creates a row with an external id, or changes the one that has it.
    pub(super) fn upsert(
        &mut self,
        actor: &Actor,
        name: &str,
        field: &Field,
        value: &str,
        mut fields: Row,
        base: &str,
    ) -> Result<Reply> {
        if fields.keys().any(|key| key.eq_ignore_ascii_case(&field.name)) {
            let message = format!("The {} field should not be specified in the sobject data.", field.name);
            return Err(one(ApiError::new(400, "INVALID_FIELD", message)));
        }
        let found = self.rows_with(name, field, value);
        match found.as_slice() {
            [] if field.kind == "id" => Err(one(ApiError::not_found())),
            [] => {
                let number = matches!(field.kind.as_str(), "double" | "int")
                    .then(|| value.parse::<f64>().ok())
                    .flatten();
                fields
                    .insert(field.name.clone(), number.map_or_else(|| json!(value), |number| json!(number)));
                let id = self.org.create(actor, name, fields)?;
                let mut reply = created(self.object(name)?, base, id);
                set(&mut reply.body, "created", json!(true));
                Ok(reply)
            }
            [id] => {
                self.org.update(actor, name, id, fields)?;
                Ok(Reply::ok("Result", json!({ "id": id, "success": true, "errors": [], "created": false })))
            }
            _ => Ok(choices(name, &found, base)),
        }
    }

    /// A record that a record refers to, or the records that refer to it.
    fn related(
        &mut self,
        actor: &Actor,
        name: &str,
        id: &str,
        relation: &str,
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        let object = self.object(name)?;
        if let Some((field, to)) = object.relation(relation) {
            let target =
                self.org.row(name, id).map(|row| text(row, &field.name).to_owned()).unwrap_or_default();
            let to = if to == "Name" {
                self.org.schema.object_of(&target).map_or("", |to| to.name.as_str())
            } else {
                to
            };
            let to = to.to_owned();
            if self.org.row(&to, &target).is_none() {
                return Err(one(ApiError::not_found()));
            }
            return self.record(actor, &to, &target, base, request);
        }
        reply::allowed(request, "HEAD,GET")?;
        // A file of a record, as it was before base64.
        if let Some(field) = object.field(relation).filter(|field| field.kind == "base64") {
            use base64::Engine;
            let row = self.org.row(name, id).cloned().unwrap_or_default();
            let bytes = base64::engine::general_purpose::STANDARD.decode(text(&row, &field.name));
            let file = String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
            return Ok(Reply {
                status: 200,
                raw: Some(("application/octet-stream", file)),
                ..Reply::default()
            });
        }
        let child = self
            .org
            .schema
            .children(&object.name)
            .find(|child| !child.name.is_empty() && child.name.eq_ignore_ascii_case(relation));
        let child = child.ok_or_else(|| one(ApiError::not_found()))?;
        let fields = parameter(&request.query, "fields").unwrap_or("FIELDS(STANDARD)");
        let q = format!("SELECT {fields} FROM {} WHERE {} = '{id}'", child.child, child.field);
        let body = self.query(actor, base, &q, None, false)?;
        Ok(Reply::ok("QueryResult", body))
    }

    /// `deleted?start=…&end=…` and `updated?…`.
    pub(super) fn changed(
        &self,
        actor: &Actor,
        name: &str,
        request: &ApiRequest,
        gone: bool,
    ) -> Result<Reply> {
        let object = self.object(name)?;
        if !(object.is('R') && self.org.sees(&actor.user_id, object)) {
            let message = format!("object type {} is not replicable", object.name);
            return Err(one(ApiError::new(400, "INVALID_TYPE", message)));
        }
        let moment = |key: &str| {
            let said = parameter(&request.query, key).unwrap_or_default();
            crate::soql::dates::moment(said).ok_or_else(|| {
                let message = format!("{key}: invalid date: {said}");
                one(ApiError::new(400, "INVALID_REPLICATION_DATE", message))
            })
        };
        let (start, end) = (moment("start")?, moment("end")?);
        if end - start < time::Duration::minutes(1) {
            let message = "endDate must be at least one minute greater than startDate";
            return Err(one(ApiError::new(400, "INVALID_REPLICATION_DATE", message)));
        }
        if start < OffsetDateTime::now_utc() - time::Duration::days(30) {
            let message = "startDate before org replication enabled date";
            return Err(one(ApiError::new(400, "INVALID_REPLICATION_DATE", message)));
        }
        let within = |at: &str| crate::soql::dates::moment(at).is_some_and(|at| start <= at && at <= end);
        let now = self.org.stamp();
        if gone {
            let records: Vec<Value> = self
                .org
                .deleted
                .iter()
                .filter(|(_, deleted)| deleted.object == object.name && within(&deleted.at))
                .map(|(id, deleted)| json!({ "deletedDate": deleted.at, "id": id }))
                .collect();
            let earliest = crate::store::stamp(self.org.described_at);
            let body = json!({ "deletedRecords": records, "earliestDateAvailable": earliest, "latestDateCovered": now });
            return Ok(Reply::ok("GetDeletedResult", body));
        }
        let changed = |row: &&Row| {
            let at = object.field("SystemModstamp").map(|field| self.org.value(field, row));
            at.and_then(Value::as_str).is_some_and(within)
        };
        let rows = self.org.rows(&object.name).filter(changed);
        let ids: Vec<&str> = rows.map(|row| text(row, "Id")).collect();
        Ok(Reply::ok("GetUpdatedResult", json!({ "ids": ids, "latestDateCovered": now })))
    }
}

/// 201 with the address of the new record.
fn created(object: &Object, base: &str, id: String) -> Reply {
    let at = format!("{base}/sobjects/{}/{id}", object.name);
    let mut reply = Reply::ok("Result", json!({ "id": id, "success": true, "errors": [] }));
    reply.status = 201;
    reply.with("Location", at)
}

/// 300: several records have the key.
fn choices(name: &str, ids: &[String], base: &str) -> Reply {
    let all: Vec<String> = ids.iter().map(|id| format!("{base}/sobjects/{name}/{id}")).collect();
    Reply::from((300, json!(all)))
}

/// What is said of an id or a key field that is none.
pub(super) fn unknown_key(key: &str) -> ApiError {
    let message = format!("Provided external ID field does not exist or is not accessible: {key}");
    ApiError::new(404, "NOT_FOUND", message)
}
