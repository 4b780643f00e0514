//! `composite` and `composite/graph`: several requests in one, with references between them.
//!
//! It never runs a part whose reference has no value: such a part is halted, as the platform does.

use super::{Api, ApiRequest, Part, Reply, Result, one, reply};
use crate::error::ApiError;
use crate::store::Actor;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Parts of a composite.
const PARTS: usize = 25;

/// Parts of a composite that are queries or collections.
const QUERIES: usize = 5;

/// Parts of all graphs of a request, and graphs.
const NODES: usize = 500;
const GRAPHS: usize = 75;

/// Bytes of an address or a text with its references replaced.
const FILLED: usize = 1_000_000;

/// What is said of a part whose fellows failed, when all or none were asked for.
const ROLLED_BACK: &str =
    "The transaction was rolled back since another operation in the same transaction failed.";

/// `POST composite`.
pub(super) fn answer(api: &mut Api<'_>, actor: &Actor, version: u32, request: &ApiRequest) -> Result<Reply> {
    let body = reply::body(request)?;
    let parts = parts_of(&body)?;
    if parts.len() > PARTS {
        return Err(limit("subrequests", PARTS, parts.len()));
    }
    let is_query = |part: &&Value| {
        let url = part.get("url").and_then(Value::as_str).unwrap_or_default();
        url.contains("/query") || url.contains("/composite/sobjects")
    };
    let queries = parts.iter().filter(is_query).count();
    if queries > QUERIES {
        return Err(limit("query operations", QUERIES, queries));
    }
    let strict = body.get("allOrNone").and_then(Value::as_bool).unwrap_or(false);
    let (answers, _) = run_all(api, actor, version, parts, strict)?;
    let body = Map::from_iter([("compositeResponse".to_owned(), Value::Array(answers))]);
    Ok(Reply::ok("CompositeResult", Value::Object(body)))
}

/// `POST composite/graph`: each graph is kept whole or not at all.
pub(super) fn graphs(api: &mut Api<'_>, actor: &Actor, version: u32, request: &ApiRequest) -> Result<Reply> {
    let body = reply::body(request)?;
    let Some(graphs) = body.get("graphs").and_then(Value::as_array) else {
        return Err(one(ApiError::new(400, "JSON_PARSER_ERROR", "Missing required field: graphs")));
    };
    let nodes = graphs.iter().map(|graph| parts_of(graph).map_or(0, <[Value]>::len)).sum();
    if graphs.len() > GRAPHS {
        return Err(limit("graphs", GRAPHS, graphs.len()));
    }
    if nodes > NODES {
        return Err(limit("nodes", NODES, nodes));
    }
    let mut answers = vec![];
    for graph in graphs {
        let Some(id) = graph.get("graphId").and_then(Value::as_str) else {
            return Err(one(ApiError::new(400, "JSON_PARSER_ERROR", "Missing required field: graphId")));
        };
        let (parts, good) = run_all(api, actor, version, parts_of(graph)?, true)?;
        answers.push(
            json!({ "graphId": id, "graphResponse": { "compositeResponse": parts }, "isSuccessful": good }),
        );
    }
    Ok(Reply::ok("CompositeGraphResult", json!({ "graphs": answers })))
}

fn parts_of(body: &Value) -> Result<&[Value]> {
    let parts = body.get("compositeRequest").and_then(Value::as_array);
    parts.map(Vec::as_slice).ok_or_else(|| {
        one(ApiError::new(400, "JSON_PARSER_ERROR", "Missing required field: compositeRequest"))
    })
}

fn limit(what: &str, most: usize, count: usize) -> Vec<ApiError> {
    let message = format!("Limit exceeded for number of {what}. Maximum: {most}, Requested: {count}");
    one(ApiError::new(400, "LIMIT_EXCEEDED", message))
}

/// The answers of the parts, and whether all of them are good. `strict`: what was done is undone when one is not.
fn run_all(
    api: &mut Api<'_>,
    actor: &Actor,
    version: u32,
    parts: &[Value],
    strict: bool,
) -> Result<(Vec<Value>, bool)> {
    let mut seen: Vec<&str> = vec![];
    for part in parts {
        let reference = part.get("referenceId").and_then(Value::as_str).unwrap_or_default();
        let fits = reference.starts_with(char::is_alphanumeric)
            && reference.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !fits {
            return Err(one(ApiError::new(
                400,
                "INVALID_FIELD",
                "Provided referenceId isn't valid. Must start with a letter or a number, and it can contain only letters, numbers and underscores.",
            )));
        }
        if seen.contains(&reference) {
            let message = format!("Duplicate ReferenceId provided in the request: {reference}");
            return Err(one(ApiError::new(400, "DUPLICATE_VALUE", message)));
        }
        seen.push(reference);
    }
    let mark = strict.then(|| (api.org.mark(), api.org.sessions.clone()));
    let text = Value::Array(parts.to_vec()).to_string();
    let mut answers: Vec<Value> = vec![];
    let mut known: Map<String, Value> = Map::new();
    let mut good = true;
    for part in parts {
        let field = |name: &str| part.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (method, url, reference) = (field("method"), field("url"), field("referenceId"));
        let reply =
            if strict && !good { halted(ROLLED_BACK) } else { run(api, actor, version, part, &known) };
        good &= reply.status < 400;
        // An answer is kept only where a part refers to it: a describe is large.
        if reply.status < 300 && text.contains(&format!("@{{{reference}")) {
            known.insert(reference.clone(), reply.body.clone());
        }
        api.parts.push(Part {
            method,
            url: decoded(&url),
            status: reply.status,
            reference: reference.clone(),
        });
        let headers: Map<String, Value> =
            reply.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        // Put together by hand: json!() would copy the body.
        answers.push(Value::Object(Map::from_iter([
            ("body".to_owned(), reply.body),
            ("httpHeaders".to_owned(), Value::Object(headers)),
            ("httpStatusCode".to_owned(), json!(reply.status)),
            ("referenceId".to_owned(), json!(reference)),
        ])));
    }
    match mark {
        Some((mark, sessions)) if !good => {
            api.org.undo(mark);
            api.org.sessions = sessions;
            for answer in &mut answers {
                if answer["httpStatusCode"].as_u64().is_some_and(|status| status < 300) {
                    answer["httpStatusCode"] = json!(400);
                    answer["httpHeaders"] = json!({});
                    answer["body"] = halted(ROLLED_BACK).body;
                }
            }
        }
        Some((mark, _)) => api.org.keep(mark),
        None => {}
    }
    Ok((answers, good))
}

fn halted(message: &str) -> Reply {
    Reply::errors(&one(ApiError::new(400, "PROCESSING_HALTED", message)))
}

/// One part, its references replaced.
fn run(api: &mut Api<'_>, actor: &Actor, version: u32, part: &Value, known: &Map<String, Value>) -> Reply {
    let field = |name: &str| part.get(name).and_then(Value::as_str).unwrap_or_default();
    let url = match filled(field("url"), known) {
        Ok(url) => url,
        Err(message) => return halted(&message),
    };
    let body = match part.get("body").map(|body| replaced(body, known)).transpose() {
        Ok(body) => body.map(|body| body.to_string()).unwrap_or_default(),
        Err(message) => return halted(&message),
    };
    let inner = ApiRequest {
        method: field("method").to_uppercase(),
        path: decoded(url.split('?').next().unwrap_or_default()),
        query: pairs(url.split_once('?').map_or("", |(_, query)| query)),
        headers: part.get("httpHeaders").and_then(Value::as_object).map(headers).unwrap_or_default(),
        body,
    };
    let refused = |message: &str| Reply::errors(&one(ApiError::new(400, "INVALID_INPUT", message)));
    let rest = inner
        .path
        .strip_prefix("/services/data/v")
        .and_then(|rest| rest.split_once('/'))
        .map(|(_, rest)| rest);
    let resources =
        ["sobjects", "query", "queryAll", "composite/sobjects", "tooling/sobjects", "tooling/query"];
    match rest {
        None => refused("The url of a subrequest must start with /services/data/"),
        Some(rest) if resources.iter().any(|name| rest == *name || rest.starts_with(&format!("{name}/"))) => {
            match api.resource(actor, version, rest, &inner) {
                Ok(reply) => reply,
                Err(errors) => Reply::errors(&errors),
            }
        }
        Some(_) => refused("This resource is not supported in a composite request"),
    }
}

/// A body with the references in its texts replaced.
fn replaced(body: &Value, known: &Map<String, Value>) -> std::result::Result<Value, String> {
    Ok(match body {
        Value::String(text) if text.contains("@{") => Value::String(filled(text, known)?),
        Value::Array(all) => {
            all.iter().map(|one| replaced(one, known)).collect::<std::result::Result<_, _>>()?
        }
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| Ok((key.clone(), replaced(value, known)?)))
                .collect::<std::result::Result<_, String>>()?,
        ),
        other => other.clone(),
    })
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
        let (reference, first) =
            reference.split_once('[').map_or((reference, ""), |(name, index)| (name, index));
        let mut value = known.get(reference);
        if let Ok(at) = first.trim_end_matches(']').parse::<usize>() {
            value = value.and_then(|value| value.get(at));
        }
        for step in field.split('.') {
            let (name, index) = step.split_once('[').unwrap_or((step, ""));
            value = value.and_then(|value| value.get(name));
            if let Ok(at) = index.trim_end_matches(']').parse::<usize>() {
                value = value.and_then(|value| value.get(at));
            }
        }
        match value {
            Some(Value::String(text)) => out.push_str(text),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => out.push_str(&value.to_string()),
            _ => {
                return Err(format!("Invalid reference specified. No value for {path} found in {reference}"));
            }
        }
        if out.len() > FILLED {
            return Err("The request is too large with its references replaced".into());
        }
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

/// Headers of a part, names in lower case.
fn headers(map: &Map<String, Value>) -> HashMap<String, String> {
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
