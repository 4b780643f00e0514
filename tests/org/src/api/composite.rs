//! `composite`: up to 25 requests in one, of which five queries, with references between them.
//!
//! It never runs a part whose reference has no value: such a part is halted, as the platform does.

use super::{Api, ApiAnswer, ApiRequest, Part, Result, one};
use crate::error::ApiError;
use crate::store::Actor;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

pub(super) fn answer(
    api: &mut Api<'_>,
    actor: &Actor,
    version: u32,
    request: &ApiRequest,
) -> Result<(u16, Value)> {
    let body: Value = serde_json::from_str(&request.body)
        .map_err(|error| one(ApiError::new(400, "JSON_PARSER_ERROR", error.to_string())))?;
    let Some(parts) = body.get("compositeRequest").and_then(Value::as_array) else {
        return Err(one(ApiError::new(400, "JSON_PARSER_ERROR", "Missing required field: compositeRequest")));
    };
    if parts.len() > 25 {
        return Err(one(ApiError::new(
            400,
            "LIMIT_EXCEEDED",
            format!("Limit exceeded for number of subrequests. Maximum: 25, Requested: {}", parts.len()),
        )));
    }
    let is_query = |part: &&Value| {
        part.get("url")
            .and_then(Value::as_str)
            .is_some_and(|url| url.contains("/query") || url.contains("/composite/sobjects"))
    };
    let queries = parts.iter().filter(is_query).count();
    if queries > 5 {
        return Err(one(ApiError::new(
            400,
            "LIMIT_EXCEEDED",
            format!("Limit exceeded for number of query operations. Maximum: 5, Requested: {queries}"),
        )));
    }
    let strict = body.get("allOrNone").and_then(Value::as_bool).unwrap_or(false);
    let before = strict.then(|| api.org.clone());
    let mut answers: Vec<Value> = vec![];
    let mut known: Map<String, Value> = Map::new();
    let mut failed = false;
    for part in parts {
        let field = |name: &str| part.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (method, url, reference) = (field("method"), field("url"), field("referenceId"));
        if reference.is_empty() || !reference.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Err(one(ApiError::new(
                400,
                "INVALID_FIELD",
                "Provided referenceId isn't valid. Must start with a letter or a number, and it can contain only letters, numbers and underscores.",
            )));
        }
        let (status, answer) = match filled(&url, &known) {
            Err(message) => (400, ApiError::new(400, "PROCESSING_HALTED", message).body()),
            Ok(url) => {
                let inner = ApiRequest {
                    method: method.to_uppercase(),
                    path: decoded(url.split('?').next().unwrap_or_default()),
                    query: pairs(url.split_once('?').map_or("", |(_, query)| query)),
                    headers: part
                        .get("httpHeaders")
                        .and_then(Value::as_object)
                        .map(headers)
                        .unwrap_or_default(),
                    body: part
                        .get("body")
                        .map(|body| filled(&body.to_string(), &known).unwrap_or_default())
                        .unwrap_or_default(),
                };
                run(api, actor, version, &inner)
            }
        };
        failed |= status >= 400;
        if status < 300 {
            known.insert(reference.clone(), answer.clone());
        }
        api.parts.push(Part { method, url: decoded(&url), status, reference: reference.clone() });
        answers.push(
            json!({ "body": answer, "httpHeaders": {}, "httpStatusCode": status, "referenceId": reference }),
        );
        if failed && strict {
            break;
        }
    }
    if let (true, Some(before)) = (failed, before) {
        *api.org = before;
        let halted = ApiError::new(
            400,
            "PROCESSING_HALTED",
            "The transaction was rolled back since another operation in the same transaction failed.",
        )
        .body();
        for answer in &mut answers {
            if answer["httpStatusCode"].as_u64().is_some_and(|status| status < 300) {
                answer["httpStatusCode"] = json!(400);
                answer["body"] = halted.clone();
            }
        }
    }
    Ok((200, json!({ "compositeResponse": answers })))
}

fn run(api: &mut Api<'_>, actor: &Actor, version: u32, inner: &ApiRequest) -> (u16, Value) {
    let prefix = "/services/data/v";
    let rest = inner.path.strip_prefix(prefix).and_then(|rest| rest.split_once('/')).map(|(_, rest)| rest);
    let refused = |message: &str| (400, ApiError::new(400, "INVALID_INPUT", message).body());
    match rest {
        None => refused("The url of a subrequest must start with /services/data/"),
        Some(rest) if rest.starts_with("sobjects") || rest.starts_with("query") => {
            match api.resource(actor, version, rest, inner) {
                Ok(answer) => answer,
                Err(errors) => {
                    let answer = ApiAnswer::errors(&errors);
                    (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
                }
            }
        }
        Some(_) => refused("This resource is not supported in a composite request"),
    }
}

/// `text` with each `@{reference.path}` replaced; the platform's sentence where one has no value.
fn filled(text: &str, known: &Map<String, Value>) -> std::result::Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@{") {
        out.push_str(before);
        let Some((path, tail)) = after.split_once('}') else {
            return Err(format!("Invalid reference specified: {after}"));
        };
        let (reference, field) = path.split_once('.').unwrap_or((path, ""));
        let mut value = known.get(reference);
        for step in field.split('.') {
            let (name, index) = step.split_once('[').unwrap_or((step, ""));
            value = value.and_then(|value| value.get(name));
            if let Ok(at) = index.trim_end_matches(']').parse::<usize>() {
                value = value.and_then(|value| value.get(at));
            }
        }
        match value {
            Some(Value::String(text)) => out.push_str(text),
            Some(Value::Number(number)) => out.push_str(&number.to_string()),
            _ => {
                return Err(format!("Invalid reference specified. No value for {path} found in {reference}"));
            }
        }
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

fn headers(map: &Map<String, Value>) -> std::collections::HashMap<String, String> {
    map.iter().filter_map(|(key, value)| Some((key.to_lowercase(), value.as_str()?.to_owned()))).collect()
}

/// Percent-decoded, `+` as a space.
pub(crate) fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// The parameters of a query string.
pub(crate) fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key), decoded(value))
        })
        .collect()
}
