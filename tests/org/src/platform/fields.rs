//! What each value of a write may be: known, writable, of its type, not too long, of the list, and there.
//!
//! It never changes a row: it gives back the values by the fields' own names, or the first refusal.

use super::{Refused, Write, refusal};
use crate::error::ApiError;
use crate::id;
use crate::schema::{Field, Object};
use crate::store::{Org, Row};
use serde_json::Value;

/// Fields that the platform fills in where a create leaves them out. Source: defaultedOnCreate of published describes.
const DEFAULTED: &[(&str, &str)] = &[
    ("User", "CommunityNickname"),
    ("User", "DigestFrequency"),
    ("User", "DefaultGroupNotificationFrequency"),
    ("User", "IsActive"),
    ("UserRole", "OpportunityAccessForAccountOwner"),
    ("UserRole", "CaseAccessForAccountOwner"),
    ("Account", "OwnerId"),
];

impl Org {
    /// The fields of a write, by their own names, when each exists, may be written and has a value that fits.
    pub(super) fn checked(&self, kind: &str, fields: Row, write: Write) -> Result<Row, Refused> {
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
            let Some(field) = object.field(&key) else {
                let message = format!("No such column '{key}' on sobject of type {}", object.name);
                return refusal("INVALID_FIELD", message, &[]);
            };
            let open = if write == Write::Create { field.createable } else { field.updateable };
            if !open {
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
            ("int", Value::Number(n)) if n.is_i64() => return Ok(Value::Number(n)),
            ("double" | "currency" | "percent", Value::Number(n)) => return Ok(Value::Number(n)),
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
            "date" | "datetime" if !is_moment(&value) => return misread(&field.kind, &Value::String(value)),
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

    fn reference(&self, field: &Field, value: &str) -> Result<Value, Refused> {
        let name = field.name.as_str();
        let wrong = || {
            refusal("MALFORMED_ID", format!("{}: id value of incorrect type: {value}", field.label), &[name])
        };
        let Some(long) = id::long(value) else { return wrong() };
        let Some((_, to)) = &field.relation else { return Ok(Value::String(long)) };
        let Some(target) = self.schema.object(to) else { return Ok(Value::String(long)) };
        // A group's component is a permission set or a muting one, and a set's licence of either kind.
        let also = match name {
            "PermissionSetId" => Some("MutingPermissionSet"),
            "LicenseId" => Some("PermissionSetLicense"),
            "ParentId" => Some("MutingPermissionSet"),
            _ => None,
        };
        let target = also
            .and_then(|other| self.schema.object(other))
            .filter(|other| long.starts_with(other.prefix))
            .unwrap_or(target);
        if target.prefix != "000" && !long.starts_with(target.prefix) {
            return wrong();
        }
        if self.row(&target.name, &long).is_none() {
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

/// A date, or a date and time, as the API reads them.
fn is_moment(text: &str) -> bool {
    crate::soql::dates::moment(text).is_some()
}
