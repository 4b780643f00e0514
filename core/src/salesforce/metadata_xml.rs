//! A component of the Metadata API as the XML text that it was read as: elements found and replaced in the text, so that a
//! component which is written as a whole keeps what is not understood of it.

use crate::salesforce::json::Value;
use roxmltree::{Document, Node};
use std::collections::BTreeMap;

/// An element: its name without a prefix, where it stands in the text, and what is in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) name: &'a str,
    pub(crate) inner: &'a str,
    start: usize,
    end: usize,
}

impl Element<'_> {
    /// All of it, out of the text that it was found in.
    pub(crate) fn whole<'x>(&self, xml: &'x str) -> &'x str {
        xml.get(self.start..self.end).unwrap_or_default()
    }
}

/// The elements at the top of a document, or of a piece of one, in order; none where it is not well-formed (it broke off).
pub(crate) fn elements(xml: &str) -> Vec<Element<'_>> {
    let look =
        |top: Node<'_, '_>, offset| top.children().filter_map(|node| element(xml, offset, node)).collect();
    parsed(xml, look).unwrap_or_default()
}

/// Parses a document, or a piece of one. `look` is given what stands above its elements, and how many bytes stand before it.
/// `None` where it is not well-formed.
fn parsed<T>(xml: &str, look: impl Fn(Node<'_, '_>, usize) -> T) -> Option<T> {
    if xml.trim_start().starts_with("<?xml") {
        return Document::parse(xml).ok().map(|document| look(document.root(), 0));
    }
    in_piece(xml, |document, offset| look(document.root_element(), offset))
}

/// Parses a piece of a document inside an element that declares its prefixes: the document declares them further up.
/// `look` is given the parsed piece, and how many bytes stand before it. `None` where it is not well-formed.
fn in_piece<T>(xml: &str, look: impl Fn(&Document<'_>, usize) -> T) -> Option<T> {
    /// More prefixes than any answer has.
    const MOST: usize = 8;
    let mut open = "<piece xmlns:xsi=\"urn:xsi\">".to_owned();
    for _ in 0..MOST {
        let text = format!("{open}{xml}</piece>");
        match Document::parse(&text) {
            Ok(document) => return Some(look(&document, open.len())),
            Err(roxmltree::Error::UnknownNamespace(prefix, _)) => {
                open = open.replace('>', &format!(" xmlns:{prefix}=\"urn:{prefix}\">"));
            }
            Err(_) => return None,
        }
    }
    None
}

/// An element as the place in `xml` that it has; `offset` bytes stood before `xml` when it was parsed.
fn element<'a>(xml: &'a str, offset: usize, node: Node<'_, '_>) -> Option<Element<'a>> {
    if !node.is_element() {
        return None;
    }
    let own = node.range();
    let (start, end) = (own.start - offset, own.end - offset);
    let name =
        xml.get(start + 1..end)?.split(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).next()?;
    let inner = match (node.first_child(), node.last_child()) {
        (Some(first), Some(last)) => xml.get(first.range().start - offset..last.range().end - offset)?,
        _ => "",
    };
    Some(Element { name: name.rsplit(':').next()?, inner, start, end })
}

/// What is in the first element at the end of a path (`Envelope.Body`).
pub(crate) fn inner<'a>(xml: &'a str, path: &str) -> Option<&'a str> {
    parsed(xml, |top, offset| {
        let end = path.split('.').try_fold(top, |above, name| {
            above.children().find(|node| node.is_element() && node.tag_name().name() == name)
        })?;
        Some(element(xml, offset, end)?.inner)
    })?
}

/// What an element says: a truth value, a text, or its elements by name.
fn value(inner: &str) -> Value {
    let own = elements(inner);
    match inner {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ if own.is_empty() => Value::String(unescaped(inner)),
        _ => Value::Object(own.iter().map(|e| (e.name.to_owned(), value(e.inner))).collect()),
    }
}

/// What stands at the end of a path: all of them as a list, or the one; null when there is none.
pub(crate) fn found(xml: &str, path: &str, list: bool) -> Value {
    let (above, name) = path
        .rsplit_once('.')
        .map_or((xml, path), |(above, name)| (inner(xml, above).unwrap_or_default(), name));
    let mut all = elements(above).into_iter().filter(|e| e.name == name).map(|e| value(e.inner));
    if list { Value::Array(all.collect::<Vec<_>>()) } else { all.next().unwrap_or(Value::Null) }
}

/// The XML with these elements in the place of those at the end of `path`; new ones stand in the order of names, which
/// is that of the WSDL's sequences, after `fullName`. Null, and an empty list, take them away.
pub(crate) fn set(xml: &str, path: &str, value: &Value) -> String {
    let (name, below) = path.split_once('.').map_or((path, None), |(name, below)| (name, Some(below)));
    let own = elements(xml);
    let mut new = String::new();
    match (below, value) {
        (Some(below), _) => {
            let inner = own.iter().find(|e| e.name == name).map_or("", |e| e.inner);
            put(&mut new, name, &set(inner, below, value));
        }
        (None, Value::Array(items)) => items.iter().for_each(|item| put(&mut new, name, &written(item))),
        (None, Value::Null) => {}
        _ => put(&mut new, name, &written(value)),
    }
    let before = own.iter().find(|e| e.name == name || (e.name > name && e.name != "fullName"));
    let at = before.map_or(own.last().map_or(0, |e| e.end), |e| e.start);
    let mut out = String::new();
    let mut upto = 0;
    let keep = |out: &mut String, from: usize, to: usize| out.push_str(xml.get(from..to).unwrap_or_default());
    let mut put_in = false;
    for e in own.iter().filter(|e| e.name == name || e.start == at) {
        keep(&mut out, upto, e.start);
        if !put_in {
            out.push_str(&new);
            put_in = true;
        }
        upto = if e.name == name { e.end } else { e.start };
    }
    if !put_in {
        keep(&mut out, upto, at);
        out.push_str(&new);
        upto = at;
    }
    keep(&mut out, upto, xml.len());
    out
}

fn put(out: &mut String, name: &str, inner: &str) {
    for part in ["<", name, ">", inner, "</", name, ">"] {
        out.push_str(part);
    }
}

/// The elements of this name in another.
pub(crate) fn children<'a, 'x: 'a>(
    node: &Node<'a, 'x>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'x>> {
    node.children().filter(move |child| is_called(child, name))
}

/// The text of the first of them; none where there is none, or it is empty.
pub(crate) fn text<'a>(node: &Node<'a, '_>, name: &str) -> Option<&'a str> {
    let own = node.children().find(|child| is_called(child, name))?.text()?.trim();
    Some(own).filter(|text| !text.is_empty())
}

/// The truth value of the first of them.
pub(crate) fn flag(node: &Node<'_, '_>, name: &str) -> Option<bool> {
    match text(node, name)? {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Whether a node is an element of this name.
pub(crate) fn is_called(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// The elements that hold text alone, by the path to them (`sessionSettings.sessionTimeout`).
pub(crate) fn leaves(node: &Node<'_, '_>) -> BTreeMap<String, String> {
    fn walk(node: &Node<'_, '_>, path: &str, into: &mut BTreeMap<String, String>) {
        for child in node.children().filter(Node::is_element) {
            let name = child.tag_name().name();
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            if child.children().any(|below| below.is_element()) {
                walk(&child, &path, into);
            } else {
                into.insert(path, child.text().unwrap_or_default().to_owned());
            }
        }
    }
    let mut all = BTreeMap::new();
    walk(node, "", &mut all);
    all
}

/// A value as it stands in an element; empty members are left out.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => escaped(text),
        Value::Object(members) => {
            let mut out = String::new();
            for (name, value) in members {
                if *value != Value::Null && *value != Value::String(String::new()) {
                    put(&mut out, name, &written(value));
                }
            }
            out
        }
        other => other.to_string(),
    }
}

/// `text` as it stands in XML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What an element without elements says, from what is in it; as it stands where it is not well-formed.
pub(crate) fn unescaped(inner: &str) -> String {
    in_piece(inner, |document, _| document.root_element().text().unwrap_or_default().to_owned())
        .unwrap_or_else(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: &str = "<fullName>A</fullName><contactEmail>a@b.c</contactEmail><oauthConfig><callbackUrl>x</callbackUrl><isAdminApproved>false</isAdminApproved></oauthConfig><profileName>P</profileName><profileName>Q &amp; R</profileName>";

    #[test]
    fn finds_by_path() {
        assert_eq!(found(APP, "oauthConfig.isAdminApproved", false), Value::Bool(false));
        assert_eq!(found(APP, "fullName", false), Value::String("A".into()));
        assert_eq!(found(APP, "nothing", false), Value::Null);
        let all = ["P", "Q & R"].map(|name| Value::String(name.into()));
        assert_eq!(found(APP, "profileName", true), Value::Array(all.into()));
        assert_eq!(
            inner("<?xml version=\"1.0\"?><s:A xmlns:s=\"urn:s\" x=\"1\"><B><B/>c</B></s:A>", "A.B"),
            Some("<B/>c")
        );
    }

    #[test]
    fn what_is_not_well_formed_says_nothing_and_no_entity_is_expanded() {
        assert!(elements("<a>1</a><b>").is_empty());
        assert!(elements("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bb\">]><a>&b;</a>").is_empty());
        assert_eq!(unescaped("&b;"), "&b;");
        assert_eq!(unescaped("Q &amp; R &#xe4;&#228; &lt;<![CDATA[<&]]>"), "Q & R ää <<&");
        let typed = "<fullName>A</fullName><values xsi:type=\"xsd:string\">x</values><sf:Id/>";
        let names: Vec<_> = elements(typed).iter().map(|e| (e.name, e.inner, e.whole(typed))).collect();
        assert_eq!(
            names,
            [
                ("fullName", "A", "<fullName>A</fullName>"),
                ("values", "x", "<values xsi:type=\"xsd:string\">x</values>"),
                ("Id", "", "<sf:Id/>")
            ]
        );
    }

    #[test]
    fn sets_in_place_and_keeps_the_rest() {
        let on = set(APP, "oauthConfig.isAdminApproved", &Value::Bool(true));
        assert_eq!(on, APP.replace(">false<", ">true<"));
        assert_eq!(set(&on, "oauthConfig.isAdminApproved", &Value::Bool(false)), APP);
        let label = set(APP, "label", &Value::String("<L>".into()));
        assert_eq!(label, APP.replace("<oauthConfig>", "<label>&lt;L&gt;</label><oauthConfig>"));
        assert_eq!(set(&label, "label", &Value::Null), APP);
        let none = set(APP, "profileName", &Value::Array(vec![]));
        assert_eq!(none, APP.split("<profileName>").next().unwrap());
        let one = set(&none, "profileName", &Value::Array(vec![Value::String("P".into())]));
        assert_eq!(one, format!("{none}<profileName>P</profileName>"));
        assert_eq!(set("", "a.b", &Value::Bool(true)), "<a><b>true</b></a>");
    }
}
