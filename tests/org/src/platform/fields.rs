//! What each value of a write may be: known, writable, of its type, not too long, of the list, and there.
//!
//! It never changes a row: it gives back the values by the fields' own names, or the first refusal.

use super::{Refused, Write, refusal};
use crate::error::ApiError;
use crate::id;
use crate::schema::{Field, Object};
use crate::store::{Actor, Org, Row, text};
use serde_json::Value;

/// Fields that the platform fills in where a create leaves them out. Source: defaultedOnCreate of published describes.
const DEFAULTED: &[(&str, &str)] = &[
    ("User", "CommunityNickname"),
    ("User", "DigestFrequency"),
    ("User", "DefaultGroupNotificationFrequency"),
    ("User", "IsActive"),
    ("UserRole", "OpportunityAccessForAccountOwner"),
    ("UserRole", "CaseAccessForAccountOwner"),
];

impl Org {
    /// The fields of a write, by their own names, when each exists, may be written and has a value that fits.
    pub(super) fn checked(
        &self,
        actor: &Actor,
        kind: &str,
        fields: Row,
        write: Write,
    ) -> Result<Row, Refused> {
        let Some(object) = self.schema.object(kind) else { return Err(vec![ApiError::not_found()]) };
        let mut checked = Row::new();
        for (key, value) in fields {
            if key == "attributes" {
                continue;
            }
            if key.eq_ignore_ascii_case("Id") {
                return refusal(
                    "INVALID_FIELD",
                    "The Id field should not be specified in the sobject data.",
                    &[],
                );
            }
            let seen = |field: &&Field| self.may_read(&actor.user_id, object, field);
            let by_key = self.referred(object, &key, &value)?;
            let (key, value) = by_key.unwrap_or((key, value));
            let Some(field) = object.field(&key).filter(seen) else {
                let message = format!("No such column '{key}' on sobject of type {}", object.name);
                return refusal("INVALID_FIELD", message, &[]);
            };
            let open = if write == Write::Create { field.createable } else { field.updateable };
            if !open || !self.field_access(&actor.user_id, object, field).1 {
                let message = format!(
                    "Unable to create/update fields: {}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.",
                    field.name
                );
                return refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, &[&field.name]);
            }
            checked.insert(field.name.clone(), self.fitting(object, field, value, write)?);
        }
        if write == Write::Create {
            required(object, &checked)?;
        }
        Ok(checked)
    }

    fn fitting(&self, object: &Object, field: &Field, value: Value, write: Write) -> Result<Value, Refused> {
        let name = field.name.as_str();
        let empty = value.is_null() || value.as_str() == Some("");
        if empty && field.kind != "boolean" {
            if !field.nillable && write == Write::Update {
                return refusal(
                    "REQUIRED_FIELD_MISSING",
                    format!("Required fields are missing: [{name}]"),
                    &[name],
                );
            }
            return Ok(Value::Null);
        }
        let value = match (field.kind.as_str(), value) {
            ("boolean", Value::Bool(yes)) => return Ok(Value::Bool(yes)),
            // Recorded (verbb/formie issue 1173): the two words are taken, a number is not.
            ("boolean", Value::String(text)) if matches!(text.as_str(), "true" | "false") => {
                return Ok(Value::Bool(text == "true"));
            }
            ("int", Value::Number(n)) if n.is_i64() => return Ok(Value::Number(n)),
            ("double" | "currency" | "percent", Value::Number(n)) => {
                return Ok(serde_json::json!(n.as_f64()));
            }
            // A number in quotes is one, as recorded exchanges show.
            ("int", Value::String(text)) => {
                return match text.trim().parse::<i64>() {
                    Ok(n) => Ok(Value::from(n)),
                    Err(_) => misread("int", &Value::String(text)),
                };
            }
            ("double" | "currency" | "percent", Value::String(text)) => {
                return match text.trim().parse::<f64>() {
                    Ok(n) if n.is_finite() => Ok(Value::from(n)),
                    _ => misread(&field.kind, &Value::String(text)),
                };
            }
            ("boolean" | "int" | "double" | "currency" | "percent" | "address", other) => {
                return misread(&field.kind, &other);
            }
            (_, Value::String(text)) => text,
            // Numbers and booleans are taken as the text of a text field.
            (_, other @ (Value::Number(_) | Value::Bool(_))) => other.to_string(),
            (kind, other) => return misread(kind, &other),
        };
        let label = &field.label;
        match field.kind.as_str() {
            "reference" | "id" => return self.reference(field, &value),
            "date" | "datetime" => {
                // Kept as the API writes it, whatever zone it was said in.
                return match crate::soql::dates::moment(&value) {
                    None => misread(&field.kind, &Value::String(value)),
                    Some(at) if field.kind == "date" => {
                        Ok(Value::String(crate::store::stamp(at).chars().take(10).collect()))
                    }
                    Some(at) => Ok(Value::String(crate::store::stamp(at))),
                };
            }
            "email" if !is_email(&value) => {
                let message = format!("{label}: invalid email address: {value}");
                return refusal("INVALID_EMAIL_ADDRESS", message, &[name]);
            }
            _ => {}
        }
        if let Some(limit) = self.schema.limit(&object.name, name) {
            if limit.length > 0 && value.chars().count() > limit.length {
                let message = format!("{label}: data value too large: {value} (max length={})", limit.length);
                return refusal("STRING_TOO_LONG", message, &[name]);
            }
            if !limit.values.is_empty() && !limit.values.contains(&value) {
                let message = format!("{label}: bad value for restricted picklist field: {value}");
                return refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, &[name]);
            }
        }
        Ok(Value::String(value))
    }

    /// A reference by an external id of the other record: `"Account": {"Number__c": "7"}`.
    fn referred(
        &self,
        object: &Object,
        key: &str,
        value: &Value,
    ) -> Result<Option<(String, Value)>, Refused> {
        let (Some((field, to)), Value::Object(by)) = (object.relation(key), value) else { return Ok(None) };
        let mut keys = by.iter().filter(|(key, _)| *key != "attributes");
        let Some((key, value)) = keys.next() else { return Ok(None) };
        let id_field = self.schema.object(to).and_then(|object| object.field(key));
        let Some(id_field) = id_field.filter(|field| field.is('x') || field.is('i')) else {
            let message = format!("No such column '{key}' on sobject of type {to}");
            return refusal("INVALID_FIELD", message, &[]);
        };
        let wanted = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let found = self.rows(to).find(|row| same_key(row.get(&id_field.name), &wanted));
        let Some(id) = found.map(|row| text(row, "Id").to_owned()) else {
            let message =
                format!("Foreign key external ID: {wanted} not found for field {key} in entity {to}");
            return refusal("INVALID_FIELD", message, &[]);
        };
        Ok(Some((field.name.clone(), Value::String(id))))
    }

    fn reference(&self, field: &Field, value: &str) -> Result<Value, Refused> {
        let name = field.name.as_str();
        let wrong = || {
            refusal("MALFORMED_ID", format!("{}: id value of incorrect type: {value}", field.label), &[name])
        };
        let Some(long) = id::long(value) else { return wrong() };
        if field.traits.targets.is_empty() {
            return Ok(Value::String(long));
        }
        // A group's component is a permission set or a muting one, and a set's licence of either kind.
        let also = match name {
            "PermissionSetId" | "ParentId" => Some("MutingPermissionSet"),
            "LicenseId" => Some("PermissionSetLicense"),
            _ => None,
        };
        let targets = field.traits.targets.iter().map(String::as_str).chain(also);
        let known: Vec<&Object> = targets.filter_map(|to| self.schema.object(to)).collect();
        if known.is_empty() {
            return Ok(Value::String(long));
        }
        let fits = |object: &&&Object| !object.prefix.is_empty() && long.starts_with(&object.prefix);
        let Some(target) = known.iter().find(fits) else { return wrong() };
        if self.row(&target.name, &long).is_none() {
            if self.deleted.contains_key(&long) {
                return refusal("ENTITY_IS_DELETED", "entity is deleted", &[]);
            }
            return refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", &[name]);
        }
        Ok(Value::String(long))
    }
}

fn required(object: &Object, row: &Row) -> Result<(), Refused> {
    let missing: Vec<&str> = object
        .fields
        .iter()
        .filter(|field| field.createable && !field.nillable && field.kind != "boolean")
        .filter(|field| !field.is('d'))
        .filter(|field| !DEFAULTED.contains(&(object.name.as_str(), field.name.as_str())))
        .filter(|field| row.get(&field.name).is_none_or(Value::is_null))
        .map(|field| field.name.as_str())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    refusal(
        "REQUIRED_FIELD_MISSING",
        format!("Required fields are missing: [{}]", missing.join(", ")),
        &missing,
    )
}

/// Whether a value is the external id `wanted`: text is compared without case, as ids of this kind are by default.
pub(crate) fn same_key(value: Option<&Value>, wanted: &str) -> bool {
    match value {
        Some(Value::String(text)) => text.eq_ignore_ascii_case(wanted),
        Some(Value::Number(number)) => {
            wanted.parse::<f64>().is_ok_and(|wanted| number.as_f64() == Some(wanted))
        }
        _ => false,
    }
}

/// What the JSON reader says of a value of another type.
fn misread<T>(kind: &str, value: &Value) -> Result<T, Refused> {
    let (token, shown) = match value {
        Value::String(text) => ("VALUE_STRING", text.clone()),
        Value::Bool(yes) => (if *yes { "VALUE_TRUE" } else { "VALUE_FALSE" }, yes.to_string()),
        Value::Number(n) => {
            (if n.is_f64() { "VALUE_NUMBER_FLOAT" } else { "VALUE_NUMBER_INT" }, n.to_string())
        }
        Value::Array(_) => ("START_ARRAY", "[".into()),
        Value::Object(_) => ("START_OBJECT", "{".into()),
        Value::Null => ("VALUE_NULL", "null".into()),
    };
    let message = format!(
        "Cannot deserialize instance of {kind} from {token} value {shown} or request may be missing a required field at [line:1, column:2]"
    );
    refusal("JSON_PARSER_ERROR", message, &[])
}

/// One `@`, something before it, and a domain with a dot in it.
pub(super) fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let plain =
        |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || "@,;<>()\"".contains(c));
    plain(name)
        && plain(domain)
        && !name.starts_with('.')
        && !name.ends_with('.')
        && domain.contains('.')
        && domain
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
}
