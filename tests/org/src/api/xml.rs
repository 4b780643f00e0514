//! Answers as XML, and XML bodies of requests.
//!
//! It never reads a document type: entities of its own do not exist here.

use crate::error::ApiError;
use serde_json::{Map, Value};

/// A value as a document.
pub(super) fn written(root: &str, value: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    match (root, value) {
        // A list has a root around its elements: `<Errors><Error>`.
        (root, Value::Array(all)) => {
            let name = root.strip_suffix('s').filter(|name| !name.is_empty()).unwrap_or("item");
            out.push_str(&format!("<{root}>"));
            all.iter().for_each(|one| element(&mut out, name, one));
            out.push_str(&format!("</{root}>"));
        }
        ("", value) => element(&mut out, "Result", value),
        (root, value) => element(&mut out, root, value),
    }
    out
}

fn element(out: &mut String, name: &str, value: &Value) {
    // A name that is no name of XML (a key of the client's own) stands in an element that is.
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let name = if plain { name } else { "entry" };
    match value {
        Value::Null => out.push_str(&format!(
            "<{name} xsi:nil=\"true\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"/>"
        )),
        Value::Array(all) => all.iter().for_each(|one| element(out, name, one)),
        Value::Object(map) => {
            out.push_str(&format!("<{name}"));
            for (key, value) in map.get("attributes").and_then(Value::as_object).into_iter().flatten() {
                out.push_str(&format!(" {key}=\"{}\"", escaped(value.as_str().unwrap_or_default())));
            }
            out.push('>');
            map.iter()
                .filter(|(key, _)| *key != "attributes")
                .for_each(|(key, value)| element(out, key, value));
            out.push_str(&format!("</{name}>"));
        }
        Value::String(text) => out.push_str(&format!("<{name}>{}</{name}>", escaped(text))),
        other => out.push_str(&format!("<{name}>{other}</{name}>")),
    }
}

fn escaped(text: &str) -> String {
    let fits = |c: &char| matches!(c, '\t' | '\n' | '\r') || *c >= ' ';
    let mut out = String::new();
    for c in text.chars().filter(fits) {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// What is in a document's root, as a JSON object with text for values.
pub(super) fn read(text: &str) -> Result<Value, ApiError> {
    let document = roxmltree::Document::parse(text).map_err(|error| {
        let at = error.pos();
        let message = format!("ParseError at [row,col]:[{},{}]\nMessage: {error}", at.row, at.col);
        ApiError::new(400, "XML_PARSER_ERROR", message)
    })?;
    let root = document.root_element();
    // So deep goes no body of the API; what is deeper is not read by recursion.
    if root.descendants().any(|node| node.ancestors().take(70).count() > 64) {
        return Err(ApiError::new(400, "XML_PARSER_ERROR", "the document is nested too deeply"));
    }
    Ok(value(root))
}

fn value(node: roxmltree::Node<'_, '_>) -> Value {
    let mut map = Map::new();
    for child in node.children().filter(roxmltree::Node::is_element) {
        let (name, value) = (child.tag_name().name().to_owned(), value(child));
        match map.get_mut(&name) {
            Some(Value::Array(all)) => all.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None => drop(map.insert(name, value)),
        }
    }
    if !map.is_empty() {
        return Value::Object(map);
    }
    let nil = node.attributes().any(|attribute| attribute.name() == "nil" && attribute.value() == "true");
    if nil { Value::Null } else { node.text().unwrap_or_default().into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_ways() {
        let record = json!({ "attributes": { "type": "Account", "url": "/a?b&c" }, "Name": "A<B", "Phone": null, "N": 1.5 });
        let text = written("Account", &record);
        assert!(text.contains("<Account type=\"Account\" url=\"/a?b&amp;c\"><Name>A&lt;B</Name>"), "{text}");
        let back = read(&text).unwrap();
        assert_eq!(back, json!({ "Name": "A<B", "Phone": null, "N": "1.5" }));
        assert_eq!(
            written("Errors", &json!([{ "a": 1 }])).split_once("?>").unwrap().1,
            "<Errors><Error><a>1</a></Error></Errors>"
        );
        assert!(read("<!DOCTYPE x [<!ENTITY e \"boom\">]><x>&e;</x>").is_err());
        assert!(read(&format!("{}{}", "<a>".repeat(80), "</a>".repeat(80))).is_err());
    }
}
