//! Field paths: from an object over its relationships to a field, and along them from a row to a value.
//!
//! It never guesses at a name: what the schema does not have is the platform's own error.

use super::eval::Eval;
use super::{at_name, dates, no_column};
use crate::error::ApiError;
use crate::schema::{Field, Limit, Object};
use crate::store::{Org, Row};
use serde_json::Value;

static NULL: Value = Value::Null;

/// A path that was found.
pub(super) struct Path<'a> {
    /// The reference, and the object that it leads to, in lower case.
    hops: Vec<(&'a Field, String)>,
    /// The object that has the field.
    pub(super) object: &'a Object,
    /// The field.
    pub(super) field: &'a Field,
}

/// A path, or a function of one.
pub(super) struct Left<'a> {
    pub(super) path: Path<'a>,
    /// A function of dates, in capitals.
    pub(super) function: Option<String>,
}

impl Path<'_> {
    /// A field of the object itself.
    pub(super) fn is_direct(&self) -> bool {
        self.hops.is_empty()
    }

    /// The value at the end of the path from a row.
    pub(super) fn of<'r>(&'r self, org: &'r Org, row: &'r Row) -> &'r Value {
        let mut here = row;
        for (field, to) in &self.hops {
            let next = org.value(field, here).as_str().and_then(|id| org.reached(to, id));
            let Some(next) = next else { return &NULL };
            here = next;
        }
        // `Who.Type` and its like: which object it is.
        if self.object.name == "Name" && self.field.name == "Type" {
            let id = here.get("Id").and_then(Value::as_str).unwrap_or_default();
            return org.schema.object_of(id).map_or(&NULL, |object| &object.kind);
        }
        // Polymorphic references lead to what each object calls its rows.
        if self.object.name == "Name" && self.field.name == "Name" && !here.contains_key("Name") {
            let id = here.get("Id").and_then(Value::as_str).unwrap_or_default();
            let name = org.schema.object_of(id).and_then(Object::name_field);
            return name.and_then(|name| here.get(&name.name)).unwrap_or(&NULL);
        }
        org.value(self.field, here)
    }
}

impl Left<'_> {
    /// The value of the left side.
    pub(super) fn of(&self, org: &Org, row: &Row) -> Value {
        match &self.function {
            Some(name) => dates::function(name, self.path.of(org, row)),
            None => self.path.of(org, row).clone(),
        }
    }

    /// Its type.
    pub(super) fn kind(&self) -> &str {
        match self.function.as_deref() {
            Some("DAY_ONLY") => "date",
            Some(_) => "int",
            None => &self.path.field.kind,
        }
    }
}

/// Whether a field can be `filtered`, `sorted` or `grouped`.
pub(crate) fn is_usable(field: &Field, limit: Option<&Limit>, used: &str) -> bool {
    let listed = limit.is_some_and(|limit| match used {
        "filtered" => limit.no_filter,
        "sorted" => limit.no_sort,
        _ => limit.no_group,
    });
    // Long text areas; the short ones behave like text.
    let long = field.kind == "textarea" && limit.is_some_and(|limit| limit.length > 255);
    let by_kind = match field.kind.as_str() {
        "address" | "location" | "base64" | "encryptedstring" => true,
        "multipicklist" => used != "filtered",
        "datetime" | "double" | "currency" | "percent" => used == "grouped",
        _ => false,
    };
    !(listed || long || by_kind)
}

impl<'a> Eval<'a> {
    /// The field at the end of a path.
    pub(super) fn path(
        &self,
        object: &'a Object,
        aliases: &[(String, String)],
        path: &str,
    ) -> Result<Path<'a>, ApiError> {
        let mut full = path.to_owned();
        if let Some((first, rest)) = path.split_once('.') {
            let named = aliases.iter().find(|(name, _)| name.eq_ignore_ascii_case(first));
            if let Some((_, stands)) = named {
                full = if stands.is_empty() { rest.to_owned() } else { format!("{stands}.{rest}") };
            } else if first.eq_ignore_ascii_case(&object.name) && object.relation(first).is_none() {
                full = rest.to_owned();
            }
        }
        let parts: Vec<&str> = full.split('.').collect();
        let (last, way) = parts.split_last().map_or(("", &[][..]), |(last, way)| (*last, way));
        if way.len() > 5 {
            let message = format!("only 5 levels of child-to-parent relationships are supported: {path}");
            return Err(at_name(self.text, path, "INVALID_FIELD", &message));
        }
        let (mut current, mut hops) = (object, vec![]);
        for part in way {
            let seen = |(field, _): &(&'a Field, &str)| self.field(current, &field.name).is_some();
            let Some((field, to)) = current.relation(part).filter(seen) else {
                let message = format!(
                    "Didn't understand relationship '{part}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names."
                );
                return Err(at_name(self.text, path, "INVALID_FIELD", &message));
            };
            current = self.object(to)?;
            hops.push((field, to.to_lowercase()));
        }
        let field = self.field(current, last).ok_or_else(|| no_column(self.text, last, &current.name))?;
        Ok(Path { hops, object: current, field })
    }

    /// Refuses a use of a field that it does not have: `filtered`, `sorted`, `grouped`.
    pub(super) fn usable(&self, path: &Path<'_>, written: &str, used: &str) -> Result<(), ApiError> {
        let limit = self.org.schema.limit(&path.object.name, &path.field.name);
        if is_usable(path.field, limit, used) {
            return Ok(());
        }
        let code = if used == "filtered" { "INVALID_FIELD" } else { "MALFORMED_QUERY" };
        let message = format!("field '{}' can not be {used} in a query call", path.field.name);
        Err(at_name(self.text, written, code, &message))
    }
}
