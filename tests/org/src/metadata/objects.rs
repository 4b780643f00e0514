//! CustomObject: the objects with records of business, and the fields that somebody made of them.
//!
//! It never writes one: objects and fields come with a seed. A write that changes nothing is taken.

use super::{Component, compact, refused};
use crate::platform::{Refused, is_business};
use crate::schema::{Field, Object};
use crate::store::{Org, Row};
use serde_json::{Value, json};

impl Org {
    /// The objects, as a list has them.
    pub(super) fn object_components(&self) -> Vec<Component> {
        let of = |object: &Object| Component {
            full_name: object.name.clone(),
            id: String::new(),
            row: Row::new(),
        };
        self.schema.objects().filter(|object| is_business(&object.name)).map(of).collect()
    }

    /// An object as its file has it.
    pub(super) fn object_value(&self, name: &str) -> Value {
        let Some(object) = self.schema.object(name) else { return json!({}) };
        let own = |said: &str| if object.is_custom() { json!(said) } else { Value::Null };
        let fields: Vec<Value> =
            object.fields.iter().filter(|field| field.is_custom()).map(field_value).collect();
        let named = object.name_field().filter(|_| object.is_custom());
        compact(vec![
            ("deploymentStatus", own("Deployed")),
            ("externalSharingModel", json!("Private")),
            ("fields", Value::Array(fields)),
            ("label", own(&object.label)),
            ("nameField", named.map_or(Value::Null, |field| json!({ "label": field.label, "type": "Text" }))),
            ("pluralLabel", own(&object.plural)),
            ("sharingModel", json!("ReadWrite")),
        ])
    }

    /// Takes an object whose values are those that there are, and refuses every other.
    pub(super) fn check_object(&self, found: Option<&Component>, value: &Value) -> Result<(), Refused> {
        let old = found.map(|found| self.object_value(&found.full_name)).unwrap_or_default();
        let own = |key: &str| matches!(key, "fullName" | "#type" | "fields" | "nameField");
        let changed = value
            .as_object()
            .into_iter()
            .flatten()
            .find(|(key, new)| !own(key) && old.get(*key) != Some(new));
        match (found, changed) {
            (Some(_), None) => Ok(()),
            _ => refused(
                "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                "entity type cannot be updated: Custom Object Definition",
            ),
        }
    }
}

/// A field of the org's own as its object's file has it.
fn field_value(field: &Field) -> Value {
    let (precision, scale) = field.traits.precision;
    let some = |n: u8| if n > 0 { json!(n) } else { Value::Null };
    let kind = match field.kind.as_str() {
        "boolean" => "Checkbox",
        "currency" => "Currency",
        "date" => "Date",
        "datetime" => "DateTime",
        "double" | "int" => "Number",
        "email" => "Email",
        "multipicklist" => "MultiselectPicklist",
        "percent" => "Percent",
        "phone" => "Phone",
        "picklist" => "Picklist",
        "reference" => "Lookup",
        "textarea" => "TextArea",
        "url" => "Url",
        _ => "Text",
    };
    let lookup = field.relation.as_ref().filter(|_| field.kind == "reference");
    compact(vec![
        ("fullName", json!(field.name)),
        ("externalId", if field.is('x') { json!(true) } else { Value::Null }),
        ("label", json!(field.label)),
        (
            "length",
            if kind == "Text" && field.traits.length > 0 { json!(field.traits.length) } else { Value::Null },
        ),
        ("precision", some(precision)),
        ("referenceTo", lookup.map_or(Value::Null, |(_, to)| json!(to))),
        ("scale", if precision > 0 { json!(scale) } else { Value::Null }),
        ("type", json!(kind)),
        ("unique", if field.is('U') { json!(true) } else { Value::Null }),
    ])
}
