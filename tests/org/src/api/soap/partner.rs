//! The Partner and Enterprise APIs: the operations of REST's resources, in the other contract.
//!
//! It never writes or queries by itself: what it asks for is what REST would ask for.

use super::envelope::{Dialect, Fault};
use super::records::{record, sobjects};
use super::{Api, ApiRequest, Call};
use crate::contract::Contract;
use crate::error::ApiError;
use crate::identity::soap::user_info;
use crate::store::Actor;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Rows of a page when the header says nothing, the fewest and the most. Source: SOAP API guide, QueryOptions.
const PAGE: (usize, usize, usize) = (500, 200, 2_000);
/// The most records of a write, and objects of a describe.
const MOST: usize = 200;
const MOST_DESCRIBED: usize = 100;

/// The answer's body; none for an operation that is not here.
pub(super) fn answer(api: &mut Api<'_>, actor: &Actor, call: &Call<'_>) -> Result<Option<String>, Fault> {
    let given = call.given()?;
    let string = |key: &str| given.get(key).and_then(Value::as_str).unwrap_or_default();
    let base = format!("/services/data/v{}.0", call.version);
    let body = match call.name() {
        "query" | "queryAll" => {
            let size = page_size(call);
            let all = call.name() == "queryAll";
            let page = api.query(actor, &base, string("queryString"), Some(size), all).map_err(fault)?;
            page_of(api, call.dialect, &page)
        }
        "queryMore" => {
            let reply = api.more(&base, string("queryLocator")).map_err(fault)?;
            page_of(api, call.dialect, &reply.body)
        }
        "retrieve" => retrieve(api, actor, call, &given, &base)?,
        "create" | "update" | "upsert" => write(api, actor, call, &given, &base)?,
        "delete" => {
            let ids = list(&given, "ids");
            at_most(ids.len(), MOST)?;
            let query = vec![
                ("ids".to_owned(), ids.join(",")),
                ("allOrNone".to_owned(), call.is_all_or_none().to_string()),
            ];
            outcomes(api, actor, &[], &base, &request("DELETE", query, Value::Null), "DeleteResult")?
        }
        "describeGlobal" => {
            let reply = api.describe_global(actor, call.version, &base, &request("GET", vec![], Value::Null));
            result("DescribeGlobalResult", &reply.body)
        }
        "describeSObject" => described(api, actor, call, string("sObjectType"), &base)?,
        "describeSObjects" => {
            let names = list(&given, "sObjectType");
            at_most(names.len(), MOST_DESCRIBED)?;
            let mut body = String::new();
            for name in names {
                body.push_str(&described(api, actor, call, &name, &base)?);
            }
            body
        }
        "getUserInfo" => result("GetUserInfoResult", &user_info(api.org, &actor.user_id)),
        "getServerTimestamp" => {
            let now = api.org.stamp().replace("+0000", "Z");
            result("GetServerTimestampResult", &json!({ "timestamp": now }))
        }
        "getDeleted" | "getUpdated" => {
            let query = [("start", "startDate"), ("end", "endDate")]
                .map(|(key, said)| (key.to_owned(), string(said).to_owned()));
            let gone = call.name() == "getDeleted";
            let asked = request("GET", query.into(), Value::Null);
            let reply = api.changed(actor, string("sObjectType"), &asked, gone).map_err(fault)?;
            result(if gone { "GetDeletedResult" } else { "GetUpdatedResult" }, &in_utc(reply.body))
        }
        "setPassword" => {
            let id = string("userId").to_owned();
            let asked = request("POST", vec![], json!({ "NewPassword": string("password") }));
            api.password(actor, &id, &asked).map_err(fault)?;
            "<result/>".to_owned()
        }
        "changeOwnPassword" => {
            if !api.org.is_password(&actor.user_id, string("oldPassword")) {
                return Err(Fault::of("INVALID_OLD_PASSWORD", "invalid old password"));
            }
            let asked = request("POST", vec![], json!({ "NewPassword": string("newPassword") }));
            let id = actor.user_id.clone();
            api.password(actor, &id, &asked).map_err(fault)?;
            "<result/>".to_owned()
        }
        "resetPassword" => {
            let id = string("userId").to_owned();
            let reply = api.password(actor, &id, &request("DELETE", vec![], Value::Null)).map_err(fault)?;
            result("ResetPasswordResult", &json!({ "password": reply.body.get("NewPassword") }))
        }
        "undelete" | "emptyRecycleBin" => {
            let ids = list(&given, "ids");
            at_most(ids.len(), MOST)?;
            let back = call.name() == "undelete";
            let kind = if back { "UndeleteResult" } else { "EmptyRecycleBinResult" };
            let one = |id: &String| {
                let done = if back { api.org.undelete(actor, id) } else { api.org.forget(actor, id) };
                let errors = done.as_ref().err().map(Vec::as_slice).unwrap_or_default();
                let told: Vec<Value> = errors
                    .iter()
                    .map(|error| json!({ "fields": error.fields, "message": error.message, "statusCode": error.code }))
                    .collect();
                result(
                    kind,
                    &json!({ "errors": told, "id": done.is_ok().then_some(id), "success": done.is_ok() }),
                )
            };
            ids.iter().map(one).collect()
        }
        "search" => {
            let asked =
                request("GET", vec![("q".to_owned(), string("searchString").to_owned())], Value::Null);
            let reply = api.search(actor, &base, &asked).map_err(fault)?;
            let found =
                reply.body.get("searchRecords").and_then(Value::as_array).cloned().unwrap_or_default();
            let records: String = found
                .iter()
                .map(|one| {
                    format!("<searchRecords>{}</searchRecords>", record(api.org, call.dialect, "record", one))
                })
                .collect();
            format!("<result><queryId></queryId>{records}</result>")
        }
        "describeTabs" | "describeAllTabs" => String::new(),
        "logout" => {
            end_session(api, &call.header("SessionHeader", "sessionId").unwrap_or_default());
            String::new()
        }
        "invalidateSessions" => {
            let mut body = String::new();
            for sid in list(&given, "sessionIds") {
                let done = end_session(api, &sid);
                body.push_str(&format!("<result><success>{done}</success></result>"));
            }
            body
        }
        _ => return Ok(None),
    };
    Ok(Some(body))
}

fn end_session(api: &mut Api<'_>, sid: &str) -> bool {
    let there = api.org.sessions.get(sid).is_some_and(|session| !session.expired);
    api.org.end_session(sid);
    there
}

/// A value as an answer's `result`.
fn result(kind: &str, value: &Value) -> String {
    let mut xml = String::from("<result>");
    Contract::partner().write(kind, value, &mut xml);
    xml.push_str("</result>");
    xml
}

fn fault(errors: Vec<ApiError>) -> Fault {
    errors.into_iter().next().map_or_else(|| Fault::of("UNKNOWN_EXCEPTION", "unknown"), Fault::from)
}

/// Moments as SOAP writes them.
fn in_utc(value: Value) -> Value {
    match value {
        Value::String(text) => json!(text.strip_suffix("+0000").map_or(text.clone(), |at| format!("{at}Z"))),
        Value::Array(all) => all.into_iter().map(in_utc).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, in_utc(value))).collect(),
        other => other,
    }
}

/// A request as REST has it, for what is the same in both.
fn request(method: &str, query: Vec<(String, String)>, body: Value) -> ApiRequest {
    let headers = HashMap::from([("content-type".to_owned(), "application/json".to_owned())]);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    ApiRequest { method: method.to_owned(), path: String::new(), query, headers, body }
}

fn list(given: &Value, key: &str) -> Vec<String> {
    let all = given.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(Value::as_str).map(|one| one.trim().to_owned()).collect()
}

fn at_most(count: usize, most: usize) -> Result<(), Fault> {
    if count <= most {
        return Ok(());
    }
    let message = format!("record limit reached. cannot submit more than {most} records into this call");
    Err(Fault::of("EXCEEDED_ID_LIMIT", message))
}

fn page_size(call: &Call<'_>) -> usize {
    let (usual, least, most) = PAGE;
    let said = call.header("QueryOptions", "batchSize").and_then(|size| size.parse::<usize>().ok());
    said.map_or(usual, |size| size.clamp(least, most))
}

fn page_of(api: &Api<'_>, dialect: Dialect, page: &Value) -> String {
    format!(
        "<result{}>{}</result>",
        " xsi:type=\"QueryResult\"",
        super::records::page(api.org, dialect, page)
    )
}

fn retrieve(
    api: &mut Api<'_>,
    actor: &Actor,
    call: &Call<'_>,
    given: &Value,
    base: &str,
) -> Result<String, Fault> {
    let kind = given.get("sObjectType").and_then(Value::as_str).unwrap_or_default();
    if api.object(kind).is_err() {
        return Err(no_type(kind));
    }
    let fields: Vec<String> = given
        .get("fieldList")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .split(',')
        .map(|field| field.trim().to_owned())
        .collect();
    let asked = request("POST", vec![], json!({ "ids": list(given, "ids"), "fields": fields }));
    let reply = api.collection(actor, &[kind], base, &asked).map_err(fault)?;
    let rows = reply.body.as_array().cloned().unwrap_or_default();
    let one = |row: &Value| match row {
        Value::Null => "<result xsi:nil=\"true\"/>".to_owned(),
        row => record(api.org, call.dialect, "result", row),
    };
    Ok(rows.iter().map(one).collect())
}

fn write(
    api: &mut Api<'_>,
    actor: &Actor,
    call: &Call<'_>,
    given: &Value,
    base: &str,
) -> Result<String, Fault> {
    let records = sobjects(api, call)?;
    at_most(records.len(), MOST)?;
    let kinds: Vec<&str> =
        records.iter().filter_map(|row| row.pointer("/attributes/type").and_then(Value::as_str)).collect();
    let kind = kinds.first().copied().unwrap_or_default().to_owned();
    if records.is_empty() {
        return Ok(String::new());
    }
    let body = json!({ "allOrNone": call.is_all_or_none(), "records": records });
    match call.name() {
        "create" => outcomes(api, actor, &[], base, &request("POST", vec![], body), "SaveResult"),
        "update" => outcomes(api, actor, &[], base, &request("PATCH", vec![], body), "SaveResult"),
        _ => {
            let key = given.get("externalIDFieldName").and_then(Value::as_str).unwrap_or_default().to_owned();
            if kinds.iter().any(|other| *other != kind) {
                return Err(Fault::of(
                    "INVALID_TYPE",
                    "All the records of an upsert must be of the same type",
                ));
            }
            if api.object(&kind).is_err() {
                return Err(no_type(&kind));
            }
            let asked = request("PATCH", vec![], body);
            outcomes(api, actor, &[&kind, &key], base, &asked, "UpsertResult")
        }
    }
}

/// What came of each record.
fn outcomes(
    api: &mut Api<'_>,
    actor: &Actor,
    rest: &[&str],
    base: &str,
    asked: &ApiRequest,
    kind: &str,
) -> Result<String, Fault> {
    let reply = api.collection(actor, rest, base, asked).map_err(fault)?;
    let all = reply.body.as_array().cloned().unwrap_or_default();
    Ok(all.iter().map(|one| result(kind, one)).collect())
}

fn no_type(kind: &str) -> Fault {
    Fault::of("INVALID_TYPE", format!("sObject type '{kind}' is not supported."))
}

fn described(api: &Api<'_>, actor: &Actor, call: &Call<'_>, name: &str, base: &str) -> Result<String, Fault> {
    let asked = request("GET", vec![], Value::Null);
    let reply = api.describe(actor, call.version, name, base, &asked).map_err(|_| no_type(name))?;
    Ok(result("DescribeSObjectResult", &reply.body))
}
