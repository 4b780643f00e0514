//! What describe says of one field.
//!
//! It never tells that a viewer may write what their permissions keep from them.

use super::Api;
use crate::schema::{Field, Object};
use crate::store::Actor;
use serde_json::{Value, json};

impl Api<'_> {
    /// A field's describe, its label in a language.
    pub(super) fn field(&self, actor: &Actor, object: &Object, field: &Field, language: &str) -> Value {
        let limit = self.org.schema.limit(&object.name, &field.name);
        let label = match field.name.strip_prefix("Permissions") {
            Some(permission) if field.kind == "boolean" && object.name.starts_with('P') => {
                self.org.schema.label(permission, language)
            }
            _ if field.name.starts_with("UserPermissions") => {
                crate::pages::Words::of(language).say(&field.label).to_owned()
            }
            _ => field.label.clone(),
        };
        let kind = field.kind.as_str();
        let length = limit
            .map(|limit| limit.length)
            .filter(|length| *length > 0)
            .unwrap_or_else(|| usual_length(kind));
        let bytes = if matches!(kind, "id" | "reference") || field.is('B') { length } else { length * 3 };
        let listed = limit.map(|limit| limit.values.as_slice()).unwrap_or_default();
        let values: Vec<Value> = if field.traits.values.is_empty() {
            listed.iter().map(|value| pick(value, value, false)).collect()
        } else {
            field.traits.values.iter().map(|value| pick(&value.value, &value.label, value.default)).collect()
        };
        let may_write = self.org.field_access(&actor.user_id, object, field).1;
        // Published fields say for themselves what can be done with them; of others the type decides.
        let told = crate::platform::is_business(&object.name);
        let usable =
            |flag: char, used: &str| !field.is(flag) && (told || crate::soql::is_usable(field, limit, used));
        let name_field = object.name_field().is_some_and(|name| name.name == field.name);
        let defaulted = match &field.traits.default {
            Value::Null if kind == "boolean" => json!(false),
            default => default.clone(),
        };
        let whole = matches!(kind, "boolean" | "textarea" | "address" | "location" | "base64");
        let aggregatable = if told { field.is('A') } else { !whole };
        let all = [
            ("aggregatable", json!(aggregatable)),
            ("aiPredictionField", json!(false)),
            ("autoNumber", json!(field.is('a'))),
            ("byteLength", json!(bytes)),
            ("calculated", json!(field.is('k'))),
            ("calculatedFormula", Value::Null),
            ("cascadeDelete", json!(false)),
            ("caseSensitive", json!(field.is('C'))),
            ("compoundFieldName", json!(field.traits.compound)),
            ("controllerName", Value::Null),
            ("createable", json!(field.createable && may_write)),
            ("custom", json!(field.is_custom())),
            ("defaultValue", json!(defaulted)),
            ("defaultValueFormula", Value::Null),
            ("defaultedOnCreate", json!(field.is('d') || (kind == "boolean" && !field.nillable))),
            ("dependentPicklist", json!(field.is('D'))),
            ("deprecatedAndHidden", json!(false)),
            ("digits", json!(field.traits.digits)),
            ("displayLocationInDecimal", json!(field.is('L'))),
            ("encrypted", json!(field.is('e'))),
            ("externalId", json!(field.is('x'))),
            ("extraTypeInfo", json!(field.traits.extra)),
            ("filterable", json!(usable('f', "filtered"))),
            ("filteredLookupInfo", Value::Null),
            ("formulaTreatNullNumberAsZero", json!(false)),
            ("groupable", json!(usable('g', "grouped"))),
            ("highScaleNumber", json!(false)),
            ("htmlFormatted", json!(field.is('h'))),
            ("idLookup", json!(field.is('i') || matches!(kind, "id"))),
            ("inlineHelpText", Value::Null),
            ("label", json!(label)),
            ("length", json!(length)),
            ("mask", Value::Null),
            ("maskType", Value::Null),
            ("name", json!(field.name)),
            ("nameField", json!(name_field)),
            ("namePointing", json!(field.is('W'))),
            ("nillable", json!(field.nillable)),
            ("permissionable", json!(field.is_permissionable())),
            ("picklistValues", json!(values)),
            ("polymorphicForeignKey", json!(field.is('P'))),
            ("precision", json!(field.traits.precision.0)),
            ("queryByDistance", json!(field.is('Q'))),
            ("referenceTargetField", Value::Null),
            ("referenceTo", json!(field.traits.targets)),
            ("relationshipName", json!(field.relation.as_ref().map(|(name, _)| name))),
            ("relationshipOrder", Value::Null),
            ("restrictedDelete", json!(false)),
            (
                "restrictedPicklist",
                json!(field.is('r') || (field.traits.values.is_empty() && !listed.is_empty())),
            ),
            ("scale", json!(field.traits.precision.1)),
            ("searchPrefilterable", json!(field.is('S'))),
            ("soapType", json!(soap_type(kind))),
            ("sortable", json!(usable('s', "sorted"))),
            ("type", json!(kind)),
            ("unique", json!(field.is('U'))),
            ("updateable", json!(field.updateable && may_write)),
            ("writeRequiresMasterRead", json!(false)),
        ];
        Value::Object(all.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }
}

fn pick(value: &str, label: &str, default: bool) -> Value {
    json!({ "active": true, "defaultValue": default, "label": label, "validFor": null, "value": value })
}

/// Lengths where the tables say nothing, by type.
fn usual_length(kind: &str) -> usize {
    match kind {
        "id" | "reference" => 18,
        "string" | "url" | "textarea" | "combobox" | "encryptedstring" => 255,
        "picklist" | "phone" => 40,
        "email" => 80,
        "multipicklist" => 4_099,
        _ => 0,
    }
}

fn soap_type(kind: &str) -> &'static str {
    match kind {
        "id" | "reference" => "tns:ID",
        "boolean" => "xsd:boolean",
        "int" => "xsd:int",
        "double" | "currency" | "percent" => "xsd:double",
        "date" => "xsd:date",
        "datetime" => "xsd:dateTime",
        "time" => "xsd:time",
        "base64" => "xsd:base64Binary",
        "address" => "urn:address",
        "location" => "urn:location",
        "anyType" => "xsd:anyType",
        _ => "xsd:string",
    }
}
