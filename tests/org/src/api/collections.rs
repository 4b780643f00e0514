//! Collections: up to 200 records in one request, each with its own outcome.
//!
//! It never keeps some of them when all or none were asked for.

use super::{Api, ApiRequest, Reply, Result, one, parameter, reply};
use crate::error::ApiError;
use crate::schema::Field;
use crate::store::{Actor, Row};
use serde_json::{Value, json};

/// Records of one request.
const MOST: usize = 200;

/// Records that a retrieve takes.
const MOST_READ: usize = 2_000;

/// One record's outcome: its id and whether it is new, or why not.
pub(super) type Saved = std::result::Result<(String, Option<bool>), Vec<ApiError>>;

impl Api<'_> {
    /// `composite/sobjects`, also with an object and a key field behind it.
    pub(super) fn collection(
        &mut self,
        actor: &Actor,
        rest: &[&str],
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        match (request.method.as_str(), rest) {
            ("POST", []) => {
                let (records, strict) = records(request)?;
                self.saved(actor, records, strict, |api, actor, kind, _, fields| {
                    api.org.create(actor, &kind, fields).map(|id| (id, None))
                })
            }
            ("PATCH", []) => {
                let (records, strict) = records(request)?;
                self.saved(actor, records, strict, |api, actor, kind, id, fields| {
                    let Some(id) = id else {
                        return Err(one(ApiError::new(
                            400,
                            "MISSING_ARGUMENT",
                            "Id not specified in an update call",
                        )));
                    };
                    api.org.update(actor, &kind, &id, fields).map(|()| (id, None))
                })
            }
            ("PATCH", [name, key]) => {
                let (records, strict) = records(request)?;
                let object = self.object(name)?.clone();
                let field = self.key_field(actor, &object, key)?;
                let mut reply = self.saved(actor, records, strict, move |api, actor, kind, id, fields| {
                    api.upserted(actor, &kind, &field, id, fields)
                })?;
                // Recorded: what an upsert could not write it has not created either.
                for outcome in reply.body.as_array_mut().into_iter().flatten() {
                    if outcome.get("created").is_none() {
                        crate::store::set(outcome, "created", json!(false));
                    }
                }
                Ok(reply)
            }
            ("DELETE", []) => {
                let ids = parameter(&request.query, "ids").unwrap_or_default();
                let ids: Vec<String> =
                    ids.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
                let strict = parameter(&request.query, "allOrNone") == Some("true");
                at_most(ids.len(), MOST)?;
                let outcomes = self.together(actor, ids, strict, |api, actor, id| {
                    let kind = api.org.schema.object_of(&id).map(|object| object.name.clone());
                    let kind = kind.filter(|_| crate::id::long(&id).is_some()).ok_or_else(|| {
                        one(ApiError::new(400, "MALFORMED_ID", format!("malformed id {id}")))
                    })?;
                    api.org.delete(actor, &kind, &id).map(|()| (id, None))
                });
                Ok(Reply::ok("DeleteResults", json!(outcomes)))
            }
            ("GET" | "POST", [name]) => self.retrieved(actor, name, base, request),
            (_, [] | [_] | [_, _]) => {
                reply::allowed(request, if rest.len() == 1 { "GET,HEAD,POST" } else { "DELETE,PATCH,POST" })?;
                Err(one(ApiError::not_found()))
            }
            _ => Err(one(ApiError::not_found())),
        }
    }

    pub(super) fn upserted(
        &mut self,
        actor: &Actor,
        kind: &str,
        field: &Field,
        id: Option<String>,
        mut fields: Row,
    ) -> Saved {
        let key = fields.keys().find(|key| key.eq_ignore_ascii_case(&field.name)).cloned();
        let value = match (&key, field.kind.as_str()) {
            (_, "id") => id.map(Value::from),
            (Some(key), _) => fields.remove(key),
            _ => None,
        };
        let value = value
            .filter(|value| !value.is_null())
            .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
        let Some(value) = value else {
            if field.kind == "id" {
                return self.org.create(actor, kind, fields).map(|id| (id, Some(true)));
            }
            let message = format!("{} not specified", field.name);
            return Err(one(ApiError::new(400, "MISSING_ARGUMENT", message)));
        };
        let reply = self.upsert(actor, kind, field, &value, fields, "")?;
        if reply.status == 300 {
            let message = format!(
                "{}: more than one record found for external id field: [{}]",
                field.label,
                reply.body.as_array().map_or(0, Vec::len)
            );
            return Err(one(ApiError::new(400, "DUPLICATE_EXTERNAL_ID", message)));
        }
        let id = reply.body.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok((id, reply.body.get("created").and_then(Value::as_bool)))
    }

    /// Writes records of a body, each as its type says.
    fn saved(
        &mut self,
        actor: &Actor,
        records: Vec<Row>,
        strict: bool,
        write: impl Fn(&mut Api<'_>, &Actor, String, Option<String>, Row) -> Saved,
    ) -> Result<Reply> {
        let outcomes = self.together(actor, records, strict, |api, actor, mut fields| {
            let kind = fields
                .get("attributes")
                .and_then(|attributes| attributes.get("type"))
                .and_then(Value::as_str);
            let Some(kind) = kind.map(str::to_owned) else {
                let message = "The type of an sObject must be specified in its attributes";
                return Err(one(ApiError::new(400, "INVALID_INPUT", message)));
            };
            if api.object(&kind).is_err() {
                let message = format!("sObject type '{kind}' is not supported.");
                return Err(one(ApiError::new(400, "INVALID_TYPE", message)));
            }
            let id = fields.keys().find(|key| key.eq_ignore_ascii_case("id")).cloned();
            let id = id.and_then(|key| fields.remove(&key)).and_then(|id| id.as_str().map(str::to_owned));
            write(api, actor, kind, id, fields)
        });
        Ok(Reply::ok("SaveResults", json!(outcomes)))
    }

    /// Does the same to each; where all or none are wanted, undoes all when one is refused.
    fn together<T>(
        &mut self,
        actor: &Actor,
        all: Vec<T>,
        strict: bool,
        mut work: impl FnMut(&mut Api<'_>, &Actor, T) -> Saved,
    ) -> Vec<Value> {
        let mark = self.org.mark();
        let mut outcomes: Vec<Saved> = all.into_iter().map(|one| work(self, actor, one)).collect();
        let failed = strict && outcomes.iter().any(std::result::Result::is_err);
        if failed {
            self.org.undo(mark);
            for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_ok()) {
                let message = "Record rolled back because not all records were valid and the request was using AllOrNone header";
                *outcome = Err(one(ApiError::new(400, "ALL_OR_NONE_OPERATION_ROLLED_BACK", message)));
            }
        } else {
            self.org.keep(mark);
        }
        outcomes.into_iter().map(told).collect()
    }

    /// `GET composite/sobjects/Account?ids=…&fields=…`, and the same by POST.
    fn retrieved(&mut self, actor: &Actor, name: &str, base: &str, request: &ApiRequest) -> Result<Reply> {
        let (ids, fields): (Vec<String>, Vec<String>) = if request.method == "POST" {
            let body = reply::body(request)?;
            let list = |key: &str| {
                let all = body.get(key).and_then(Value::as_array).into_iter().flatten();
                all.filter_map(Value::as_str).map(str::to_owned).collect()
            };
            (list("ids"), list("fields"))
        } else {
            let list = |key: &str| {
                let said = parameter(&request.query, key).unwrap_or_default();
                said.split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
            };
            (list("ids"), list("fields"))
        };
        at_most(ids.len(), MOST_READ)?;
        if ids.is_empty() || fields.is_empty() {
            let lacks = if ids.is_empty() { "ids" } else { "fields" };
            let message = format!("The required parameter '{lacks}' is missing");
            return Err(one(ApiError::new(400, "MISSING_ARGUMENT", message)));
        }
        let object = self.object(name)?;
        let fields = fields.join(",");
        let rows = ids.iter().map(|id| match self.org.row(name, id) {
            Some(row) => self.shown(actor, object, row, base, Some(&fields)),
            None => Ok(Value::Null),
        });
        Ok(Reply::ok("Records", json!(rows.collect::<Result<Vec<_>>>()?)))
    }
}

fn records(request: &ApiRequest) -> Result<(Vec<Row>, bool)> {
    let body = reply::body(request)?;
    let strict = match body.get("allOrNone") {
        Some(Value::String(text)) => text == "true",
        other => other.and_then(Value::as_bool).unwrap_or(false),
    };
    let Some(Value::Array(records)) = body.get("records") else {
        let message = "The request body must have a list of records";
        return Err(one(ApiError::new(400, "JSON_PARSER_ERROR", message)));
    };
    at_most(records.len(), MOST)?;
    let row = |record: &Value| {
        record
            .as_object()
            .cloned()
            .ok_or_else(|| one(ApiError::new(400, "JSON_PARSER_ERROR", "A record must be a JSON object")))
    };
    Ok((records.iter().map(row).collect::<Result<_>>()?, strict))
}

fn at_most(count: usize, most: usize) -> Result<()> {
    if count <= most {
        return Ok(());
    }
    let message = format!("Number of records exceeds the limit. Maximum: {most}, Requested: {count}");
    Err(one(ApiError::new(400, "LIMIT_EXCEEDED", message)))
}

/// An outcome as a save result.
fn told(outcome: Saved) -> Value {
    match outcome {
        Ok((id, None)) => json!({ "id": id, "success": true, "errors": [] }),
        Ok((id, Some(created))) => json!({ "id": id, "success": true, "errors": [], "created": created }),
        Err(errors) => json!({ "success": false, "errors": save_errors(&errors) }),
    }
}

/// Errors as a save result has them: `statusCode` for `errorCode`, and always fields.
pub(super) fn save_errors(errors: &[ApiError]) -> Vec<Value> {
    let one = |error: &ApiError| json!({ "statusCode": error.code, "message": error.message, "fields": error.fields });
    errors.iter().map(one).collect()
}
