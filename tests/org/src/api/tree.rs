//! `composite/tree`: records with their children, created together.
//!
//! It never keeps some of them: one refused record undoes all.

use super::collections::save_errors;
use super::{Api, ApiRequest, Reply, Result, one, reply};
use crate::error::ApiError;
use crate::store::{Actor, Row};
use serde_json::{Value, json};

/// Records of a request, levels below one another, and objects. Source: REST API guide, "sObject Tree".
const RECORDS: usize = 200;
const LEVELS: usize = 5;
const OBJECTS: usize = 5;

/// One record of the tree.
struct Node {
    kind: String,
    reference: String,
    fields: Row,
    /// The node it hangs on, and the field that says so.
    parent: Option<(usize, String)>,
}

pub(super) fn answer(api: &mut Api<'_>, actor: &Actor, name: &str, request: &ApiRequest) -> Result<Reply> {
    api.object(name)?;
    let body = reply::body(request)?;
    let Some(Value::Array(records)) = body.get("records") else {
        return Err(one(ApiError::new(
            400,
            "JSON_PARSER_ERROR",
            "The request body must have a list of records",
        )));
    };
    let mut nodes = vec![];
    for record in records {
        collect(api, name, record, None, 1, &mut nodes)?;
    }
    check(&nodes)?;
    let mark = api.org.mark();
    let (mut ids, mut refused): (Vec<String>, Vec<Value>) = (vec![], vec![]);
    for node in &nodes {
        let mut fields = node.fields.clone();
        if let Some((at, field)) = &node.parent {
            fields.insert(field.clone(), json!(ids.get(*at)));
        }
        // A child of a refused record is not tried: it would be refused for its parent's sake.
        let orphan = node.parent.as_ref().is_some_and(|(at, _)| ids.get(*at).is_none_or(String::is_empty));
        if orphan {
            ids.push(String::new());
            continue;
        }
        match api.org.create(actor, &node.kind, fields) {
            Ok(id) => ids.push(id),
            Err(errors) => {
                ids.push(String::new());
                refused.push(json!({ "referenceId": node.reference, "errors": save_errors(&errors) }));
            }
        }
    }
    if !refused.is_empty() {
        api.org.undo(mark);
        return Ok(Reply {
            status: 400,
            ..Reply::ok("SObjectTreeResponse", json!({ "hasErrors": true, "results": refused }))
        });
    }
    api.org.keep(mark);
    let made: Vec<Value> =
        nodes.iter().zip(&ids).map(|(node, id)| json!({ "referenceId": node.reference, "id": id })).collect();
    Ok(Reply {
        status: 201,
        ..Reply::ok("SObjectTreeResponse", json!({ "hasErrors": false, "results": made }))
    })
}

/// A record and, below it, its children.
fn collect(
    api: &Api<'_>,
    kind: &str,
    record: &Value,
    parent: Option<(usize, String)>,
    level: usize,
    nodes: &mut Vec<Node>,
) -> Result<()> {
    let attribute = |key: &str| {
        let value =
            record.get("attributes").and_then(|attributes| attributes.get(key)).and_then(Value::as_str);
        value.filter(|value| !value.is_empty()).map(str::to_owned).ok_or_else(|| {
            let message = format!("Include attributes with a {key} in each record");
            one(ApiError::new(400, "INVALID_INPUT", message))
        })
    };
    let (said, reference) = (attribute("type")?, attribute("referenceId")?);
    if !said.eq_ignore_ascii_case(kind) {
        let message = format!("A record of type {said} stands where {kind} is expected: {reference}");
        return Err(one(ApiError::new(400, "INVALID_INPUT", message)));
    }
    if level > LEVELS {
        let message = format!("The tree has more than {LEVELS} levels");
        return Err(one(ApiError::new(400, "LIMIT_EXCEEDED", message)));
    }
    let object = api.object(kind)?;
    let at = nodes.len();
    let mut node = Node { kind: object.name.clone(), reference, fields: Row::new(), parent };
    let mut below = vec![];
    for (key, value) in record.as_object().into_iter().flatten().filter(|(key, _)| *key != "attributes") {
        let list = value.get("records").and_then(Value::as_array);
        let relation = api
            .org
            .schema
            .children(&object.name)
            .find(|child| child.name.eq_ignore_ascii_case(key) && !child.name.is_empty());
        match (relation, list) {
            (Some(relation), Some(list)) => {
                below.push((relation.child.clone(), relation.field.clone(), list))
            }
            _ => drop(node.fields.insert(key.clone(), value.clone())),
        }
    }
    nodes.push(node);
    for (child, field, list) in below {
        for record in list {
            collect(api, &child, record, Some((at, field.clone())), level + 1, nodes)?;
        }
    }
    Ok(())
}

fn check(nodes: &[Node]) -> Result<()> {
    let refused = |message: String| Err(one(ApiError::new(400, "LIMIT_EXCEEDED", message)));
    if nodes.len() > RECORDS {
        return refused(format!(
            "Record count exceeds the limit. Maximum: {RECORDS}, Requested: {}",
            nodes.len()
        ));
    }
    let kinds: std::collections::BTreeSet<&str> = nodes.iter().map(|node| node.kind.as_str()).collect();
    if kinds.len() > OBJECTS {
        return refused(format!(
            "Number of object types exceeds the limit. Maximum: {OBJECTS}, Requested: {}",
            kinds.len()
        ));
    }
    let mut seen = std::collections::BTreeSet::new();
    match nodes.iter().find(|node| !seen.insert(node.reference.as_str())) {
        Some(twice) => {
            let message = format!("Duplicate ReferenceId provided in the request: {}", twice.reference);
            Err(one(ApiError::new(400, "DUPLICATE_VALUE", message)))
        }
        None => Ok(()),
    }
}
