//! Records as SOAP has them: each with its type, an id that may be nil, and what was asked for.
//!
//! It never tells a record of a relationship from a list of them by its name: the value says it.

use super::envelope::{Dialect, Fault};
use super::{Api, Call};
use crate::contract::{XSI, escaped};
use crate::store::{Org, Row};
use roxmltree::Node;
use serde_json::{Map, Value, json};

fn kind_of(record: &Value) -> &str {
    record.pointer("/attributes/type").and_then(Value::as_str).unwrap_or_default()
}

/// The inside of a `QueryResult`.
pub(super) fn page(org: &Org, dialect: Dialect, page: &Value) -> String {
    let done = page.get("done").and_then(Value::as_bool).unwrap_or(true);
    let locator = page.get("nextRecordsUrl").and_then(Value::as_str).and_then(|url| url.rsplit('/').next());
    let locator = match locator {
        Some(locator) => format!("<queryLocator>{locator}</queryLocator>"),
        None => "<queryLocator xsi:nil=\"true\"/>".to_owned(),
    };
    let all = page.get("records").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let records: String = all.iter().map(|one| record(org, dialect, "records", one)).collect();
    let size = page.get("totalSize").and_then(Value::as_u64).unwrap_or_default();
    format!("<done>{done}</done>{locator}{records}<size>{size}</size>")
}

/// A record as an element of the name.
pub(super) fn record(org: &Org, dialect: Dialect, name: &str, record: &Value) -> String {
    let kind = kind_of(record);
    let (own, inside) = match dialect {
        // The type's contract has the id before what was asked for, so a record that was asked for it has it twice.
        Dialect::Partner | Dialect::Metadata => {
            let id = match record.get("Id").and_then(Value::as_str) {
                Some(id) => format!("<sf:Id>{id}</sf:Id>"),
                None => "<sf:Id xsi:nil=\"true\"/>".to_owned(),
            };
            ("sf:sObject".to_owned(), format!("<sf:type>{kind}</sf:type>{id}"))
        }
        Dialect::Enterprise => (format!("sf:{kind}"), String::new()),
    };
    let fields: String = record
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| *key != "attributes")
        .map(|(key, value)| field(org, dialect, kind, key, value))
        .collect();
    format!("<{name} xsi:type=\"{own}\">{inside}{fields}</{name}>")
}

fn field(org: &Org, dialect: Dialect, kind: &str, key: &str, value: &Value) -> String {
    let name = format!("sf:{key}");
    match value {
        Value::Null => format!("<{name} xsi:nil=\"true\"/>"),
        Value::Object(map) if map.contains_key("records") => {
            format!("<{name} xsi:type=\"QueryResult\">{}</{name}>", page(org, dialect, value))
        }
        Value::Object(map) if map.contains_key("attributes") => record(org, dialect, &name, value),
        Value::Object(map) => {
            let parts: String = map.iter().map(|(key, value)| field(org, dialect, "", key, value)).collect();
            format!("<{name} xsi:type=\"address\">{parts}</{name}>")
        }
        Value::String(text) => format!("<{name}>{}</{name}>", escaped(&moment(org, kind, key, text))),
        // A total's type is told: no describe has it.
        Value::Number(number) if kind == "AggregateResult" => {
            let of = if number.is_f64() { "double" } else { "int" };
            format!("<{name} xsi:type=\"xsd:{of}\">{number}</{name}>")
        }
        other => format!("<{name}>{other}</{name}>"),
    }
}

/// Moments have another zone here than in REST.
fn moment(org: &Org, kind: &str, key: &str, text: &str) -> String {
    let of = org.schema.object(kind).and_then(|object| object.field(key)).map(|field| field.kind.as_str());
    if of == Some("datetime") { text.replace("+0000", "Z") } else { text.to_owned() }
}

/// The records of a write, as REST has them.
pub(super) fn sobjects(api: &Api<'_>, call: &Call<'_>) -> Result<Vec<Value>, Fault> {
    let all = call.operation.children().filter(|node| node.tag_name().name() == "sObjects");
    all.map(|node| sobject(api, call.dialect, node)).collect()
}

fn sobject(api: &Api<'_>, dialect: Dialect, node: Node<'_, '_>) -> Result<Value, Fault> {
    let local = |name: &str| name.rsplit(':').next().unwrap_or_default().to_owned();
    let said = match dialect {
        Dialect::Enterprise => node.attribute((XSI, "type")).map(local),
        // By its element, or by the type of the record itself, as CumulusCI sends it.
        _ => node
            .children()
            .find(|child| child.tag_name().name() == "type")
            .and_then(|child| child.text())
            .map(|kind| local(kind.trim()))
            .or_else(|| node.attribute((XSI, "type")).map(local).filter(|kind| kind != "sObject")),
    };
    let Some(kind) = said.filter(|kind| !kind.is_empty()) else {
        let message = match dialect {
            Dialect::Enterprise => format!(
                "Must specify a {{{XSI}}}type attribute value for the {{{}}}sObjects element",
                dialect.namespace()
            ),
            _ => "sObject type must be specified".to_owned(),
        };
        return Err(Fault::client(message));
    };
    let mut row = Row::new();
    let mut nulls = vec![];
    for child in node.children().filter(Node::is_element) {
        let name = child.tag_name().name();
        let text = child.text().unwrap_or_default();
        match name {
            "type" if dialect != Dialect::Enterprise => {}
            "fieldsToNull" => nulls.push(text.trim().to_owned()),
            // A nil of an element says nothing: what becomes null is listed.
            _ if child.attribute((XSI, "nil")).is_some_and(|nil| matches!(nil, "true" | "1")) => {}
            _ if child.children().any(|inside| inside.is_element()) => {
                let inside = child
                    .children()
                    .filter(Node::is_element)
                    .filter(|inside| inside.tag_name().name() != "type");
                let key: Map<String, Value> = inside
                    .map(|inside| {
                        (inside.tag_name().name().to_owned(), json!(inside.text().unwrap_or_default()))
                    })
                    .collect();
                row.insert(name.to_owned(), Value::Object(key));
            }
            _ => drop(row.insert(name.to_owned(), json!(text))),
        }
    }
    let mut row = api.typed(&kind, row);
    nulls.into_iter().for_each(|name| drop(row.insert(name, Value::Null)));
    row.insert("attributes".into(), json!({ "type": kind }));
    Ok(Value::Object(row))
}
