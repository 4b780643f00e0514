//! `composite/batch`: up to 25 requests in one, each for itself.
//!
//! It never undoes one for the failure of another.

use super::composite::{decoded, pairs};
use super::{Api, ApiRequest, Part, Reply, Result, VERSIONS, one, reply};
use crate::error::ApiError;
use crate::store::Actor;
use serde_json::{Value, json};

/// Requests of a batch.
const MOST: usize = 25;

pub(super) fn answer(api: &mut Api<'_>, actor: &Actor, request: &ApiRequest) -> Result<Reply> {
    let body = reply::body(request)?;
    let Some(parts) = body.get("batchRequests").and_then(Value::as_array) else {
        return Err(one(ApiError::new(400, "JSON_PARSER_ERROR", "Missing required field: batchRequests")));
    };
    if parts.len() > MOST {
        let message = format!(
            "Limit exceeded for number of batch requests. Maximum: {MOST}, Requested: {}",
            parts.len()
        );
        return Err(one(ApiError::new(400, "LIMIT_EXCEEDED", message)));
    }
    let halts = body.get("haltOnError").and_then(Value::as_bool).unwrap_or(false);
    let (mut results, mut failed) = (vec![], false);
    for part in parts {
        let field = |name: &str| part.get(name).and_then(Value::as_str).unwrap_or_default();
        let reply = if failed && halts {
            let message = "Batch processing halted per user request as a result of failures in the batch";
            Reply::errors(&one(ApiError::new(412, "BATCH_PROCESSING_HALTED", message)))
        } else {
            run(api, actor, part, request)
        };
        failed |= reply.status >= 400;
        let (method, url) = (field("method").to_owned(), decoded(field("url")));
        api.parts.push(Part { method, url, status: reply.status, reference: String::new() });
        results.push(json!({ "statusCode": reply.status, "result": reply.body }));
    }
    Ok(Reply::ok("BatchResult", json!({ "hasErrors": failed, "results": results })))
}

fn run(api: &mut Api<'_>, actor: &Actor, part: &Value, outer: &ApiRequest) -> Reply {
    let field = |name: &str| part.get(name).and_then(Value::as_str).unwrap_or_default();
    let url = field("url").trim_start_matches('/').trim_start_matches("services/data/");
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let path = decoded(path);
    let (version, rest) = path.split_once('/').unwrap_or((&path, ""));
    let number =
        version.strip_prefix('v').and_then(|version| version.strip_suffix(".0")?.parse::<u32>().ok());
    let Some(number) = number.filter(|number| VERSIONS.contains(number)) else {
        return Reply::errors(&one(ApiError::not_found()));
    };
    // A batch takes no composites, batches or trees. Source: REST API guide, "Batch".
    if rest.starts_with("composite") {
        let message = "This resource is not supported in a batch request";
        return Reply::errors(&one(ApiError::new(400, "INVALID_INPUT", message)));
    }
    let mut headers = outer.headers.clone();
    headers.remove("content-type");
    headers.remove("accept");
    let inner = ApiRequest {
        method: field("method").to_uppercase(),
        path: format!("/services/data/{path}"),
        query: pairs(query),
        headers,
        body: part.get("richInput").map(Value::to_string).unwrap_or_default(),
    };
    match api.resource(actor, number, rest, &inner) {
        Ok(reply) => reply,
        Err(errors) => Reply::errors(&errors),
    }
}
