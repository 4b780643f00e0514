//! XML as the Metadata API answers it: elements found, read and replaced in the text, so that a component which is
//! written as a whole keeps what is not understood of it.
//!
//! It never is a general reader: no comments inside a component, no entities but XML's own five and numbers.

use crate::salesforce::json::Value;

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

/// The elements at the top of a piece of XML, in order; what does not close is left out.
pub(crate) fn elements(xml: &str) -> Vec<Element<'_>> {
    let mut all = vec![];
    let (mut at, mut depth, mut open) = (0, 0_usize, ("", 0, 0));
    while let Some(start) = from(xml, at, '<') {
        let Some(end) = from(xml, start, '>') else { break };
        at = end + 1;
        let tag = xml.get(start + 1..end).unwrap_or_default();
        if tag.starts_with(['?', '!']) {
            continue;
        }
        let closes = tag.starts_with('/');
        if closes {
            depth = depth.saturating_sub(1);
        } else if depth == 0 {
            let name = tag.split([' ', '/', '\n', '\t']).next().unwrap_or_default();
            open = (name.split_once(':').map_or(name, |(_, own)| own), start, at);
        }
        let empty = !closes && tag.ends_with('/');
        if depth == 0 && (closes || empty) {
            let inner = if empty { "" } else { xml.get(open.2..start).unwrap_or_default() };
            all.push(Element { name: open.0, inner, start: open.1, end: at });
        }
        if !closes && !empty {
            depth += 1;
        }
    }
    all
}

fn from(xml: &str, at: usize, mark: char) -> Option<usize> {
    xml.get(at..)?.find(mark).map(|found| at + found)
}

/// What is in the first element at the end of a path (`Envelope.Body`).
pub(crate) fn inner<'a>(xml: &'a str, path: &str) -> Option<&'a str> {
    path.split('.').try_fold(xml, |xml, name| Some(elements(xml).into_iter().find(|e| e.name == name)?.inner))
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
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// Text out of XML.
pub(crate) fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').unwrap_or((part, ""));
        let code = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let c = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => name.strip_prefix("#x").map_or_else(
                || name.strip_prefix('#').and_then(|digits| code(digits, 10)),
                |digits| code(digits, 16),
            ),
        };
        match c {
            Some(c) => out.push(c),
            None => out.extend(["&", name, ";"]),
        }
        out.push_str(rest);
    }
    out
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
        assert_eq!(inner("<?xml version=\"1.0\"?><s:A x=\"1\"><B><B/>c</B></s:A>", "A.B"), Some("<B/>c"));
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
