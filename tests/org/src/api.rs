//! The API under `/services`: who may use it, and each resource.
//!
//! It never looks at the network: a request is a value, and so is its answer.

pub(crate) mod composite;
mod soap;

use crate::error::ApiError;
use crate::fault::Faults;
use crate::soql;
use crate::store::{Actor, Org, Row, Session, set, text};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A request to the API.
#[derive(Debug, Clone)]
pub struct ApiRequest {
    /// HTTP method.
    pub method: String,
    /// Path, decoded.
    pub path: String,
    /// Query parameters, decoded.
    pub query: Vec<(String, String)>,
    /// Headers, names in lower case.
    pub headers: HashMap<String, String>,
    /// Body.
    pub body: String,
}

/// An answer of the API.
#[derive(Debug, Clone)]
pub struct ApiAnswer {
    /// HTTP status.
    pub status: u16,
    /// Content type.
    pub kind: &'static str,
    /// Body.
    pub body: String,
}

/// One part of a composite, for the record that tests count with.
#[derive(Debug, Clone)]
pub struct Part {
    /// Method, url, status, reference id.
    pub method: String,
    /// Its url.
    pub url: String,
    /// Its status.
    pub status: u16,
    /// Its reference id.
    pub reference: String,
}

/// What the API is given besides the request.
pub struct Api<'a> {
    /// The org.
    pub org: &'a mut Org,
    /// Faults on demand.
    pub faults: &'a mut Faults,
    /// Rows kept for the next page, by locator.
    pub cursors: &'a mut HashMap<String, (usize, Vec<Value>)>,
    /// Parts of the composite answered, filled in.
    pub parts: Vec<Part>,
    /// Whose request it was, filled in.
    pub user: String,
}

/// API versions answered.
pub const VERSIONS: std::ops::RangeInclusive<u32> = 50..=66;

impl ApiAnswer {
    /// JSON.
    pub fn json(status: u16, body: &Value) -> ApiAnswer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        ApiAnswer { status, kind: "application/json;charset=UTF-8", body }
    }

    fn errors(errors: &[ApiError]) -> ApiAnswer {
        let status = errors.first().map_or(500, |error| error.status);
        let all: Vec<Value> = errors.iter().filter_map(|error| error.body().get(0).cloned()).collect();
        ApiAnswer::json(status, &json!(all))
    }
}

type Result<T> = std::result::Result<T, Vec<ApiError>>;

fn one(error: ApiError) -> Vec<ApiError> {
    vec![error]
}

impl Api<'_> {
    /// Answers a request.
    pub fn answer(&mut self, request: &ApiRequest) -> ApiAnswer {
        let path = request.path.trim_end_matches('/');
        if path == "/services/data" {
            let versions: Vec<Value> = VERSIONS
                .map(|n| json!({ "label": label(n), "url": format!("/services/data/v{n}.0"), "version": format!("{n}.0") }))
                .collect();
            return ApiAnswer::json(200, &json!(versions));
        }
        if path.starts_with("/services/Soap/") {
            return soap::answer(self, request);
        }
        let session = match self.session(request) {
            Ok(session) => session,
            Err(error) => return ApiAnswer::errors(&[error]),
        };
        self.org.tick();
        self.user.clone_from(&session.user_id);
        if path == "/services/oauth2/userinfo" {
            return self.userinfo(&session.user_id);
        }
        if !self.org.has_permission(&session.user_id, "ApiEnabled") {
            // Seen for users without API Enabled as well as for editions without the API.
            return ApiAnswer::errors(&[ApiError::new(
                403,
                "API_DISABLED_FOR_ORG",
                "The REST API is not enabled for this Organization.",
            )]);
        }
        let Some((version, rest)) = versioned(path) else {
            return ApiAnswer::errors(&[ApiError::not_found()]);
        };
        let actor = Actor { user_id: session.user_id };
        match self.resource(&actor, version, rest, request) {
            Ok((status, body)) => ApiAnswer::json(status, &body),
            Err(errors) => ApiAnswer::errors(&errors),
        }
    }

    fn session(&self, request: &ApiRequest) -> std::result::Result<Session, ApiError> {
        let header = request.headers.get("authorization").map(String::as_str).unwrap_or_default();
        let sid = header
            .strip_prefix("Bearer ")
            .or_else(|| header.strip_prefix("OAuth "))
            .unwrap_or_default()
            .trim();
        let expired = || ApiError::new(401, "INVALID_SESSION_ID", "Session expired or invalid");
        let session = self.org.sessions.get(sid).ok_or_else(expired)?;
        if session.expired {
            return Err(expired());
        }
        if !session.api {
            return Err(ApiError::new(
                401,
                "INVALID_SESSION_ID",
                "This session is not valid for use with the REST API",
            ));
        }
        Ok(session.clone())
    }

    /// A resource below `/services/data/vNN.0`.
    fn resource(
        &mut self,
        actor: &Actor,
        version: u32,
        rest: &str,
        request: &ApiRequest,
    ) -> Result<(u16, Value)> {
        let base = format!("/services/data/v{version}.0");
        let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
        let get = request.method == "GET";
        if !rest.starts_with("composite")
            && let Some(error) = self.faults.strike_part(&request.path, &request.body)
        {
            return Err(one(error));
        }
        match parts.as_slice() {
            [] => Ok((
                200,
                json!({ "sobjects": format!("{base}/sobjects"), "query": format!("{base}/query"), "queryAll": format!("{base}/queryAll"),
                "composite": format!("{base}/composite"), "limits": format!("{base}/limits"), "tooling": format!("{base}/tooling"),
                "identity": format!("https://login.salesforce.com/id/{}/{}", self.org.org_id(), actor.user_id) }),
            )),
            ["limits"] if get => {
                Ok((200, json!({ "DailyApiRequests": { "Max": 100_000, "Remaining": 99_000 } })))
            }
            ["query" | "queryAll"] if get => {
                let q = parameter(&request.query, "q").ok_or_else(|| {
                    one(ApiError::new(400, "MALFORMED_QUERY", "A query string has to be specified"))
                })?;
                self.query(
                    actor,
                    &base,
                    q,
                    request.headers.get("sforce-query-options").map(String::as_str),
                    false,
                )
                .map(|body| (200, body))
            }
            ["query" | "queryAll", locator] if get => self.more(&base, locator).map(|body| (200, body)),
            ["tooling", "query"] if get => {
                let q = parameter(&request.query, "q").unwrap_or_default().to_owned();
                self.tooling(actor, &base, &q).map(|body| (200, body))
            }
            ["tooling", "sobjects", "Profile", id] if get => {
                let row = self.org.row("Profile", id).cloned().ok_or_else(|| one(ApiError::not_found()))?;
                Ok((200, self.profile_with_metadata(&row, &base)))
            }
            ["tooling", "sobjects", "Profile", _] => Err(one(ApiError::new(
                405,
                "METHOD_NOT_ALLOWED",
                "HTTP Method not allowed. Allowed are HEAD,GET",
            ))),
            ["composite"] if request.method == "POST" => composite::answer(self, actor, version, request),
            ["sobjects"] if get => Ok((
                200,
                json!({ "encoding": "UTF-8", "maxBatchSize": 200,
                "sobjects": self.org.schema.objects().map(|o| json!({ "name": o.name, "keyPrefix": o.prefix, "queryable": true, "custom": false })).collect::<Vec<_>>() }),
            )),
            ["sobjects", name] if request.method == "POST" => {
                let fields = self.fields(request)?;
                self.found(name)?;
                let id = self.org.create(actor, name, fields)?;
                Ok((201, json!({ "id": id, "success": true, "errors": [] })))
            }
            ["sobjects", name, "describe"] if get => {
                let language = self
                    .org
                    .row("User", &actor.user_id)
                    .map(|user| text(user, "LanguageLocaleKey").to_owned())
                    .unwrap_or_default();
                self.describe(name, &language).map(|body| (200, body))
            }
            ["sobjects", name, id] => self.record(actor, name, id, &base, request),
            _ => Err(one(ApiError::not_found())),
        }
    }

    fn found(&self, name: &str) -> Result<()> {
        match self.org.schema.object(name) {
            Some(object) if self.faults.hides(&object.name) => Err(one(ApiError::not_found())),
            Some(_) => Ok(()),
            None => Err(one(ApiError::not_found())),
        }
    }

    fn fields(&self, request: &ApiRequest) -> Result<Row> {
        match serde_json::from_str::<Value>(&request.body) {
            Ok(Value::Object(map)) => Ok(map),
            Ok(_) => Err(one(ApiError::new(400, "JSON_PARSER_ERROR", "Expected a JSON object"))),
            Err(error) => Err(one(ApiError::new(400, "JSON_PARSER_ERROR", format!("{error}")))),
        }
    }

    fn record(
        &mut self,
        actor: &Actor,
        name: &str,
        id: &str,
        base: &str,
        request: &ApiRequest,
    ) -> Result<(u16, Value)> {
        self.found(name)?;
        match request.method.as_str() {
            "GET" => {
                let object = self.org.schema.object(name).ok_or_else(|| one(ApiError::not_found()))?;
                if crate::id::long(id).is_none() || id.get(..3) != Some(object.prefix) {
                    return Err(one(ApiError::new(
                        404,
                        "NOT_FOUND",
                        format!("Provided external ID field does not exist or is not accessible: {id}"),
                    )));
                }
                let row = self.org.row(name, id).ok_or_else(|| one(ApiError::not_found()))?;
                let mut body = json!({ "attributes": { "type": object.name, "url": format!("{base}/sobjects/{}/{}", object.name, text(row, "Id")) } });
                let wanted: Option<Vec<&str>> =
                    parameter(&request.query, "fields").map(|list| list.split(',').collect());
                if let Some(missing) = wanted.iter().flatten().find(|name| object.field(name).is_none()) {
                    return Err(one(ApiError::new(
                        400,
                        "INVALID_FIELD",
                        format!("\nNo such column '{missing}' on sobject of type {}", object.name),
                    )));
                }
                for field in &object.fields {
                    if wanted
                        .as_ref()
                        .is_none_or(|wanted| wanted.iter().any(|name| name.eq_ignore_ascii_case(&field.name)))
                    {
                        set(&mut body, &field.name, Org::value(field, row));
                    }
                }
                Ok((200, body))
            }
            "PATCH" => {
                let fields = self.fields(request)?;
                self.org.update(actor, name, id, fields)?;
                Ok((204, Value::Null))
            }
            "DELETE" => {
                self.org.delete(actor, name, id)?;
                Ok((204, Value::Null))
            }
            other => Err(one(ApiError::new(
                405,
                "METHOD_NOT_ALLOWED",
                format!("HTTP Method '{other}' not allowed. Allowed are HEAD,GET,PATCH,DELETE"),
            ))),
        }
    }

    fn query(
        &mut self,
        actor: &Actor,
        base: &str,
        q: &str,
        options: Option<&str>,
        tooling: bool,
    ) -> Result<Value> {
        if let Some(object) = self.faults.hidden_in(q) {
            let message =
                format!("\n{q}\n^\nERROR at Row:1:Column:1\nsObject type '{object}' is not supported.");
            return Err(one(ApiError::new(400, "INVALID_TYPE", message)));
        }
        let answer = soql::run(self.org, &actor.user_id, q, base).map_err(one)?;
        let size = options
            .and_then(|options| options.split("batchSize=").nth(1))
            .and_then(|size| size.split(',').next()?.trim().parse::<usize>().ok())
            .map_or(answer.page, |size| size.clamp(200, 2_000));
        let mut records = answer.records;
        let rest = if records.len() > size { records.split_off(size) } else { vec![] };
        let mut body = json!({ "totalSize": answer.total, "done": rest.is_empty(), "records": records });
        if tooling {
            set(&mut body, "size", json!(answer.total));
        }
        if !rest.is_empty() {
            let cursor = self.org.next_id("QueryLocator").replace("000", "01g");
            self.cursors.insert(cursor.clone(), (size, rest));
            set(&mut body, "nextRecordsUrl", json!(format!("{base}/query/{cursor}-{size}")));
        }
        Ok(body)
    }

    fn more(&mut self, base: &str, locator: &str) -> Result<Value> {
        let (cursor, at) = locator.split_once('-').unwrap_or((locator, "0"));
        let Some((size, mut records)) = self.cursors.remove(cursor) else {
            return Err(one(ApiError::new(400, "INVALID_QUERY_LOCATOR", "invalid query locator")));
        };
        let rest = if records.len() > size { records.split_off(size) } else { vec![] };
        let at: usize = at.parse().unwrap_or(0);
        let mut body = json!({ "totalSize": at + records.len() + rest.len(), "done": rest.is_empty(), "records": records });
        if !rest.is_empty() {
            self.cursors.insert(cursor.to_owned(), (size, rest));
            set(&mut body, "nextRecordsUrl", json!(format!("{base}/query/{cursor}-{}", at + size)));
        }
        Ok(body)
    }

    /// Tooling queries: `Metadata` for one row a query, and otherwise as SOQL.
    fn tooling(&mut self, actor: &Actor, base: &str, q: &str) -> Result<Value> {
        let parsed = soql::parse::query(q).map_err(one)?;
        let wants = parsed.select.iter().any(|item| matches!(item, soql::parse::Item::Field(name, _) if name == "Metadata" || name == "FullName"));
        if !wants {
            return self.query(actor, &format!("{base}/tooling"), q, None, true);
        }
        if let Some(object) = self.faults.hidden_in(q) {
            return Err(one(ApiError::new(
                400,
                "INVALID_TYPE",
                format!("sObject type '{object}' is not supported."),
            )));
        }
        let plain = q.replacen("Metadata", "Id", 1).replacen("FullName", "Name", 1);
        let answer = soql::run(self.org, &actor.user_id, &plain, &format!("{base}/tooling")).map_err(one)?;
        if answer.total > 1 {
            return Err(one(ApiError::new(400, "MALFORMED_QUERY", "When retrieving results with Metadata or FullName fields, the query qualifications must specify no more than one row for retrieval. Result size: ".to_owned() + &answer.total.to_string())));
        }
        if !self.org.has_permission(&actor.user_id, "ViewSetup") {
            return Err(one(ApiError::new(
                403,
                "INSUFFICIENT_ACCESS",
                "insufficient access rights on cross-reference id",
            )));
        }
        let mut records = vec![];
        for record in &answer.records {
            let id = record
                .pointer("/attributes/url")
                .and_then(Value::as_str)
                .and_then(|url| url.rsplit('/').next())
                .unwrap_or_default();
            if let Some(row) = self.org.row("Profile", id).cloned() {
                let full = self.profile_with_metadata(&row, base);
                records
                    .push(json!({ "attributes": full.get("attributes"), "Metadata": full.get("Metadata") }));
            }
        }
        Ok(
            json!({ "size": records.len(), "totalSize": records.len(), "done": true, "queryLocator": null, "entityTypeName": "Profile", "records": records }),
        )
    }

    fn profile_with_metadata(&self, row: &Row, base: &str) -> Value {
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
            "Id": id, "Name": text(row, "Name"), "FullName": text(row, "Name"), "Metadata": metadata })
    }

    /// An object's describe, labels in the viewer's language.
    fn describe(&self, name: &str, language: &str) -> Result<Value> {
        self.found(name)?;
        let object = self.org.schema.object(name).ok_or_else(|| one(ApiError::not_found()))?;
        let fields: Vec<Value> = object
            .fields
            .iter()
            .map(|field| {
                let label = match field.name.strip_prefix("Permissions") {
                    Some(permission) if field.kind == "boolean" && object.name.starts_with('P') => self.org.schema.label(permission, language),
                    _ => field.label.clone(),
                };
                json!({ "name": field.name, "label": label, "type": field.kind, "nillable": field.nillable, "updateable": field.updateable,
                    "createable": field.createable, "referenceTo": field.relation.iter().map(|(_, to)| to).collect::<Vec<_>>(),
                    "relationshipName": field.relation.as_ref().map(|(name, _)| name), "custom": field.name.ends_with("__c"), "filterable": true })
            })
            .collect();
        Ok(
            json!({ "name": object.name, "keyPrefix": object.prefix, "label": object.name, "queryable": true, "custom": false, "fields": fields }),
        )
    }

    fn userinfo(&self, user: &str) -> ApiAnswer {
        let Some(row) = self.org.row("User", user) else {
            return ApiAnswer::errors(&[ApiError::not_found()]);
        };
        let host = format!("https://{}.my.salesforce.com", self.org.my_domain());
        ApiAnswer::json(
            200,
            &json!({ "sub": format!("https://login.salesforce.com/id/{}/{user}", self.org.org_id()), "user_id": user,
            "organization_id": self.org.org_id(), "preferred_username": text(row, "Username"), "name": text(row, "Name"),
            "email": text(row, "Email"), "zoneinfo": "Europe/Berlin", "language": language(row), "locale": language(row),
            "user_type": "STANDARD", "active": true, "is_app_installed": true, "urls": { "rest": format!("{host}/services/data/v{{version}}/") } }),
        )
    }
}

/// The user's language, English where none is set.
pub fn language(user: &Row) -> String {
    Some(text(user, "LanguageLocaleKey")).filter(|l| !l.is_empty()).unwrap_or("en_US").to_owned()
}

/// The first parameter of a name.
pub fn parameter<'q>(query: &'q [(String, String)], name: &str) -> Option<&'q str> {
    query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// `/services/data/v62.0/query` as 62 and `/query`.
fn versioned(path: &str) -> Option<(u32, &str)> {
    let rest = path.strip_prefix("/services/data/v")?;
    let (version, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let version: u32 = version.strip_suffix(".0")?.parse().ok()?;
    VERSIONS.contains(&version).then_some((version, rest))
}

/// "Summer '24" for 61, "Winter '25" for 62, "Spring '25" for 63: three releases a year, winter and spring named after
/// the year in which they end.
fn label(version: u32) -> String {
    let (season, ahead) = match version % 3 {
        1 => ("Summer", 0),
        2 => ("Winter", 1),
        _ => ("Spring", 1),
    };
    let year = 24 + (version.saturating_sub(61)) / 3 + ahead - (61u32.saturating_sub(version)).div_ceil(3);
    format!("{season} '{year}")
}
