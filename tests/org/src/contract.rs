//! The types of the SOAP contracts: XML read by them, and values written as XML in their order.
//!
//! It never takes an element that the type does not have, and never leaves out one that it must.

use roxmltree::Node;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

const METADATA: &str = include_str!("contract/metadata.tsv");
const PARTNER: &str = include_str!("contract/partner.tsv");

/// The namespace of the Metadata API and of its files.
pub const METADATA_NS: &str = "http://soap.sforce.com/2006/04/metadata";
/// The namespace of `xsi:type` and `xsi:nil`.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// An element of a type.
#[derive(Debug, Clone)]
pub struct Element {
    /// Its name.
    pub name: String,
    /// Its type, of this contract or of XML Schema.
    pub kind: String,
    /// It may be left out.
    pub optional: bool,
    /// It may stand more than once.
    pub list: bool,
    /// It may be nil.
    pub nillable: bool,
}

/// One published contract.
#[derive(Debug, Default)]
pub struct Contract {
    /// Type, what it extends, own elements.
    types: BTreeMap<String, (Option<String>, Vec<Element>)>,
    /// Restricted texts.
    values: BTreeMap<String, Vec<String>>,
}

/// Why XML is not of a type: Salesforce's words, without the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// The sentence.
    pub message: String,
    /// Where in the text, in bytes.
    pub at: usize,
}

impl Contract {
    /// The Metadata API's.
    pub fn metadata() -> &'static Contract {
        static ONE: OnceLock<Contract> = OnceLock::new();
        ONE.get_or_init(|| Contract::parse(METADATA))
    }

    /// The Partner API's.
    pub fn partner() -> &'static Contract {
        static ONE: OnceLock<Contract> = OnceLock::new();
        ONE.get_or_init(|| Contract::parse(PARTNER))
    }

    fn parse(table: &str) -> Contract {
        let mut contract = Contract::default();
        let mut current = String::new();
        for line in table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if let Some(element) = line.strip_prefix('\t') {
                let mut parts = element.split('\t');
                let mut next = || parts.next().unwrap_or_default();
                let (name, kind, often) = (next().to_owned(), next().to_owned(), next());
                let list = often.contains(['*', '+']);
                let optional = often.contains(['*', '?']);
                let element = Element { name, kind, optional, list, nillable: often.contains('~') };
                if let Some((_, elements)) = contract.types.get_mut(&current) {
                    elements.push(element);
                }
            } else if let Some((name, values)) = line.split_once(" = ") {
                contract.values.insert(name.to_owned(), values.split('|').map(str::to_owned).collect());
            } else {
                let (name, base) =
                    line.split_once(" < ").map_or((line, None), |(name, base)| (name, Some(base.to_owned())));
                current = name.to_owned();
                contract.types.insert(current.clone(), (base, vec![]));
            }
        }
        contract
    }

    /// Whether there is a type with elements of this name.
    pub fn is_type(&self, kind: &str) -> bool {
        self.types.contains_key(kind)
    }

    /// The values of a restricted text.
    pub fn values(&self, kind: &str) -> Option<&[String]> {
        self.values.get(kind).map(Vec::as_slice)
    }

    /// The elements of a type in order: those of what it extends come first.
    pub fn elements(&self, kind: &str) -> Vec<&Element> {
        let Some((base, own)) = self.types.get(kind) else { return vec![] };
        let mut all = base.as_ref().map(|base| self.elements(base)).unwrap_or_default();
        // MutingPermissionSet says again that it has a label.
        all.extend(
            own.iter().filter(|element| element.name != "label" || base.as_deref() != Some("PermissionSet")),
        );
        all
    }

    /// What stands below `node` as a value of the type: lists as arrays, an element without any as an empty object.
    ///
    /// # Errors
    /// An element that the type does not have, has once and finds twice, or must have and does not; a text that is
    /// not of its type.
    pub fn read(&self, kind: &str, node: Node<'_, '_>) -> Result<Value, Misread> {
        let elements = self.elements(kind);
        let mut map = Map::new();
        let mut last = "";
        for child in node.children().filter(Node::is_element) {
            let name = child.tag_name().name();
            let misread = |message: String| Misread { message, at: child.range().start };
            // jsforce and the command line name a retrieve's part `request`: what an operation is given goes by place.
            let by_place = || elements.iter().find(|e| kind.starts_with('@') && !map.contains_key(&e.name));
            let found = elements.iter().find(|element| element.name == name).or_else(by_place);
            let Some(element) = found else {
                let ns = child.tag_name().namespace().map(|ns| format!("{{{ns}}}")).unwrap_or_default();
                return Err(misread(format!("Element {ns}{name} invalid at this location in type {kind}")));
            };
            let name = element.name.as_str();
            // The same elements stand together.
            if map.contains_key(name) && !(element.list && last == name) {
                return Err(misread(format!("Element {name} is duplicated at this location in type {kind}")));
            }
            last = name;
            let nil = child.attribute((XSI, "nil")).is_some_and(|nil| matches!(nil, "true" | "1"));
            let value = if nil { Value::Null } else { self.read_value(&element.kind, child)? };
            match (element.list, map.get_mut(name)) {
                (true, Some(Value::Array(all))) => all.push(value),
                (true, _) => drop(map.insert(name.to_owned(), json!([value]))),
                (false, _) => drop(map.insert(name.to_owned(), value)),
            }
        }
        let missing = elements.iter().filter(|_| !is_lenient(kind)).find(|element| {
            !element.optional && !element.nillable && map.get(&element.name).is_none_or(Value::is_null)
        });
        match missing {
            Some(element) => {
                let message = format!("Required field is missing: {}", element.name);
                Err(Misread { message, at: node.range().start })
            }
            None => Ok(Value::Object(map)),
        }
    }

    fn read_value(&self, kind: &str, node: Node<'_, '_>) -> Result<Value, Misread> {
        if kind == "Metadata" {
            return self.read_component(node);
        }
        // A record's elements are its fields: who writes it reads them.
        if kind == "sObject" {
            return Ok(Value::Null);
        }
        if self.is_type(kind) {
            return self.read(kind, node);
        }
        let text: String = node.children().filter_map(|child| child.text()).collect();
        let misread = |message: String| Misread { message, at: node.range().start };
        if let Some(child) = node.children().find(Node::is_element) {
            let name = child.tag_name().name();
            return Err(misread(format!("Element {name} invalid at this location in type {kind}")));
        }
        let word = text.trim();
        let wrong = || misread(format!("'{word}' is not a valid value for the type xsd:{kind}"));
        match kind {
            "boolean" => match word {
                "true" | "1" => Ok(json!(true)),
                "false" | "0" => Ok(json!(false)),
                _ => Err(wrong()),
            },
            "int" | "long" => word.parse::<i64>().map(|n| json!(n)).map_err(|_| wrong()),
            "double" => word.parse::<f64>().map(|n| json!(n)).map_err(|_| wrong()),
            _ => match self.values(kind) {
                Some(values) if !values.iter().any(|value| value == word) => {
                    Err(misread(format!("'{word}' is not a valid value for the enum '{kind}'")))
                }
                Some(_) => Ok(json!(word)),
                None => Ok(json!(text)),
            },
        }
    }

    /// A component of the type that `xsi:type` names; the value has that type as `#type`.
    fn read_component(&self, node: Node<'_, '_>) -> Result<Value, Misread> {
        let misread = |message: String| Misread { message, at: node.range().start };
        let Some(named) = node.attribute((XSI, "type")) else {
            let message = format!(
                "Must specify a {{{XSI}}}type attribute value for the {{{METADATA_NS}}}metadata element"
            );
            return Err(misread(message));
        };
        let (prefix, name) =
            named.split_once(':').map_or((None, named), |(prefix, name)| (Some(prefix), name));
        let ns = node.lookup_namespace_uri(prefix).unwrap_or_default();
        let is_component = |name: &str| {
            self.elements(name).first().is_some_and(|first| first.name == "fullName")
                && name != "FileProperties"
        };
        if ns != METADATA_NS || !is_component(name) {
            return Err(misread(format!("The type {{{ns}}}{name} is not available")));
        }
        let mut value = self.read(name, node)?;
        crate::store::set(&mut value, "#type", json!(name));
        Ok(value)
    }

    /// A value of the type as XML: elements in the contract's order, those that must stand and were not given as
    /// false, 0, empty or nil.
    pub fn write(&self, kind: &str, value: &Value, xml: &mut String) {
        for element in self.elements(kind) {
            let given = value.get(&element.name).filter(|given| !given.is_null());
            match given {
                Some(Value::Array(all)) => all.iter().for_each(|one| self.write_element(element, one, xml)),
                Some(one) => self.write_element(element, one, xml),
                None if element.optional => {}
                None if element.nillable => {
                    xml.push_str(&format!("<{} xsi:nil=\"true\"/>", element.name));
                }
                None => self.write_element(element, &self.nothing(&element.kind), xml),
            }
        }
    }

    fn nothing(&self, kind: &str) -> Value {
        match kind {
            "boolean" => json!(false),
            "int" | "long" | "double" => json!(0),
            _ if self.is_type(kind) => json!({}),
            _ => json!(""),
        }
    }

    fn write_element(&self, element: &Element, value: &Value, xml: &mut String) {
        let name = &element.name;
        if self.is_type(&element.kind) {
            xml.push_str(&format!("<{name}>"));
            self.write(&element.kind, value, xml);
            xml.push_str(&format!("</{name}>"));
            return;
        }
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        xml.push_str(&format!("<{name}>{}</{name}>", escaped(&text)));
    }

    /// A value of a metadata type as the file that a retrieve has: without its full name, four spaces a level.
    pub fn file(&self, kind: &str, value: &Value) -> String {
        let mut xml =
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{kind} xmlns=\"{METADATA_NS}\">\n");
        self.write_lines(kind, value, 1, &mut xml);
        xml.push_str(&format!("</{kind}>\n"));
        xml
    }

    fn write_lines(&self, kind: &str, value: &Value, depth: usize, xml: &mut String) {
        let indent = "    ".repeat(depth);
        for element in self.elements(kind).into_iter().filter(|e| depth > 1 || e.name != "fullName") {
            let name = &element.name;
            let all = match value.get(name) {
                None | Some(Value::Null) => continue,
                Some(Value::Array(all)) => all.clone(),
                Some(one) => vec![one.clone()],
            };
            for one in &all {
                if self.is_type(&element.kind) {
                    xml.push_str(&format!("{indent}<{name}>\n"));
                    self.write_lines(&element.kind, one, depth + 1, xml);
                    xml.push_str(&format!("{indent}</{name}>\n"));
                } else {
                    xml.push_str(&indent);
                    self.write_element(element, one, xml);
                    xml.push('\n');
                }
            }
        }
    }
}

/// Whether clients leave out what the contract says must be there, and the platform answers all the same: jsforce and
/// the command line send the options that they know.
fn is_lenient(kind: &str) -> bool {
    kind.starts_with('@') || matches!(kind, "DeployOptions" | "RetrieveRequest" | "ListMetadataQuery")
}

/// Text as it stands in XML; what XML cannot hold is left out.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' => out.push(c),
            '\r' => out.push_str("&#13;"),
            c if c < ' ' || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use roxmltree::Document;

    fn read(kind: &str, xml: &str) -> Result<Value, String> {
        let text = format!("<{kind} xmlns=\"{METADATA_NS}\">{xml}</{kind}>");
        let document = Document::parse(&text).unwrap();
        Contract::metadata().read(kind, document.root_element()).map_err(|misread| misread.message)
    }

    #[test]
    fn what_is_read_is_what_is_written() {
        let xml = "<fullName>A &amp; B</fullName><loginIpRanges><description>x</description><endAddress>192.0.2.5</endAddress><startAddress>192.0.2.1</startAddress></loginIpRanges><userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>";
        let value = read("Profile", xml).unwrap();
        assert_eq!(value["userPermissions"][0]["enabled"], json!(true));
        let mut out = String::new();
        Contract::metadata().write("Profile", &value, &mut out);
        assert_eq!(out, xml);
    }

    #[test]
    fn what_the_type_does_not_have_is_refused_in_salesforces_words() {
        for (kind, xml, told) in [
            (
                "Profile",
                "<sessionSettings/>",
                "Element {http://soap.sforce.com/2006/04/metadata}sessionSettings invalid at this location in type Profile",
            ),
            ("PermissionSet", "<description>x</description>", "Required field is missing: label"),
            (
                "PermissionSet",
                "<label>a</label><label>b</label>",
                "Element label is duplicated at this location in type PermissionSet",
            ),
            (
                "PermissionSetGroup",
                "<label>a</label><permissionSets>a</permissionSets><description>d</description><permissionSets>b</permissionSets>",
                "Element permissionSets is duplicated at this location in type PermissionSetGroup",
            ),
            ("Profile", "<custom>yes</custom>", "'yes' is not a valid value for the type xsd:boolean"),
            (
                "Profile",
                "<tabVisibilities><tab>x</tab><visibility>On</visibility></tabVisibilities>",
                "'On' is not a valid value for the enum 'TabVisibility'",
            ),
        ] {
            assert_eq!(read(kind, xml), Err(told.to_owned()));
        }
    }
}
