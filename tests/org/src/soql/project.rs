//! What of a row goes into the answer: its fields, those of the rows it refers to, and the lists of its children.
//!
//! It never gives a field twice: a query that selects one twice is refused.

use super::eval::Eval;
use super::filter::Test;
use super::parse::{Item, Query};
use super::{at_name, malformed};
use crate::error::ApiError;
use crate::schema::{ChildRelation, Field, Object};
use crate::store::{Org, Row, object as as_row, text};
use serde_json::{Map, Value, json};

/// How a value is written.
#[derive(Clone, Copy, PartialEq)]
enum How {
    Plain,
    /// toLabel(): picklists here have their values for labels.
    Label,
    /// FORMAT(), by the American locale.
    Format,
}

/// The fields wanted of an object.
pub(super) struct Tree<'a> {
    object: &'a Object,
    fields: Vec<(&'a Field, String, How)>,
    relations: Vec<Relation<'a>>,
}

struct Relation<'a> {
    name: String,
    field: &'a Field,
    to: String,
    /// Trees by the type of the row; one without a type for all others.
    trees: Vec<(Option<String>, Tree<'a>)>,
}

/// A child list, made ready.
pub(super) struct Child<'a, 'q> {
    name: &'a str,
    field: &'a str,
    plan: Plan<'a, 'q>,
}

/// A query over rows, made ready.
pub(super) struct Plan<'a, 'q> {
    pub(super) object: &'a Object,
    pub(super) query: &'q Query,
    pub(super) test: Option<Test<'a>>,
    tree: Tree<'a>,
    children: Vec<Child<'a, 'q>>,
}

impl<'a> Tree<'a> {
    fn new(object: &'a Object) -> Tree<'a> {
        Tree { object, fields: vec![], relations: vec![] }
    }

    fn add(&mut self, eval: &Eval<'a>, path: &str, alias: Option<&str>, how: How) -> Result<(), ApiError> {
        let Some((first, rest)) = path.split_once('.') else {
            let field = eval
                .field(self.object, path)
                .ok_or_else(|| super::no_column(eval.text, path, &self.object.name))?;
            let name = alias.unwrap_or(&field.name).to_owned();
            if self.fields.iter().any(|(_, other, _)| other.eq_ignore_ascii_case(&name)) {
                let message = format!("duplicate field selected: {name}");
                return Err(at_name(eval.text, path, "INVALID_FIELD", &message));
            }
            self.fields.push((field, name, how));
            return Ok(());
        };
        let seen = |(field, _): &(&'a Field, &str)| eval.field(self.object, &field.name).is_some();
        let Some((field, to)) = self.object.relation(first).filter(seen) else {
            // The whole path's own error, as in a condition.
            return eval.path(self.object, &[], path).map(drop);
        };
        let target = eval.object(to)?;
        let known = self.relations.iter().position(|relation| relation.field.name == field.name);
        let at = known.unwrap_or_else(|| {
            let name = field.relation.as_ref().map_or(first, |(name, _)| name.as_str()).to_owned();
            let trees = vec![(None, Tree::new(target))];
            self.relations.push(Relation { name, field, to: to.to_lowercase(), trees });
            self.relations.len() - 1
        });
        match self.relations.get_mut(at).and_then(|relation| relation.trees.last_mut()) {
            Some((_, tree)) => tree.add(eval, rest, alias, how),
            None => Ok(()),
        }
    }

    /// A row's record.
    fn record(&self, org: &Org, base: &str, row: &Row) -> Map<String, Value> {
        let kind = match self.object.name.as_str() {
            "Name" => org.schema.object_of(text(row, "Id")).unwrap_or(self.object),
            _ => self.object,
        };
        let mut record = attributes(kind, row, base);
        for (field, name, how) in &self.fields {
            let value = match (self.object.name.as_str(), field.name.as_str()) {
                ("Name", "Type") => kind.kind.clone(),
                ("Name", "Name") if !row.contains_key("Name") => {
                    kind.name_field().and_then(|name| row.get(&name.name)).cloned().unwrap_or_default()
                }
                _ if field.kind == "base64" && !org.value(field, row).is_null() => {
                    json!(format!("{base}/sobjects/{}/{}/{}", kind.name, text(row, "Id"), field.name))
                }
                _ => org.value(field, row).clone(),
            };
            record.insert(
                name.clone(),
                if *how == How::Format { formatted(&field.kind, value) } else { value },
            );
        }
        for relation in &self.relations {
            let id = org.value(relation.field, row).as_str();
            let target = id.and_then(|id| org.reached(&relation.to, id));
            let to = match relation.to.as_str() {
                "name" => {
                    id.and_then(|id| org.schema.object_of(id)).map_or("name", |object| object.name.as_str())
                }
                to => to,
            };
            let tree = relation
                .trees
                .iter()
                .find(|(kind, _)| kind.as_ref().is_none_or(|kind| kind.eq_ignore_ascii_case(to)));
            let value = match (target, tree) {
                (Some(row), Some((_, tree))) => Value::Object(tree.record(org, base, row)),
                _ => Value::Null,
            };
            record.insert(relation.name.clone(), value);
        }
        record
    }
}

impl<'a> Eval<'a> {
    /// Makes a query over rows ready.
    pub(super) fn plan<'q>(&self, object: &'a Object, query: &'q Query) -> Result<Plan<'a, 'q>, ApiError> {
        let test = query.filter.as_ref().map(|filter| self.test(object, query, filter)).transpose()?;
        let mut tree = Tree::new(object);
        let mut children = vec![];
        for item in &query.select {
            match item {
                Item::Field(path, None) => {
                    tree.add(self, &self.plain(object, query, path), None, How::Plain)?
                }
                Item::Field(path, Some(_)) => {
                    let message = "only aggregate expressions use field aliasing";
                    return Err(at_name(self.text, path, "MALFORMED_QUERY", message));
                }
                Item::Fields(which) => {
                    for name in self.all_fields(object, query, which)? {
                        tree.add(self, &name, None, How::Plain)?;
                    }
                }
                Item::Call(name, Some(path), alias) if name == "TOLABEL" || name == "FORMAT" => {
                    let how = if name == "FORMAT" { How::Format } else { How::Label };
                    tree.add(self, &self.plain(object, query, path), alias.as_deref(), how)?;
                }
                Item::Call(name, field, _) => {
                    let shown = field.as_deref().unwrap_or(name);
                    let message = format!("unexpected token: '{name}'");
                    return Err(at_name(self.text, shown, "MALFORMED_QUERY", &message));
                }
                Item::Child(child) => children.push(self.child(object, child)?),
                Item::TypeOf(relation, cases, otherwise) => {
                    self.type_of(&mut tree, relation, cases, otherwise)?
                }
            }
        }
        Ok(Plan { object, query, test, tree, children })
    }

    /// A path without an alias before it, nor the object's own name.
    fn plain(&self, object: &Object, query: &Query, path: &str) -> String {
        let Some((first, rest)) = path.split_once('.') else { return path.to_owned() };
        match query.aliases.iter().find(|(name, _)| name.eq_ignore_ascii_case(first)) {
            Some((_, stands)) if stands.is_empty() => rest.to_owned(),
            Some((_, stands)) => format!("{stands}.{rest}"),
            None if first.eq_ignore_ascii_case(&object.name) && object.relation(first).is_none() => {
                rest.to_owned()
            }
            None => path.to_owned(),
        }
    }

    fn all_fields(&self, object: &Object, query: &Query, which: &str) -> Result<Vec<String>, ApiError> {
        let custom = |field: &Field| field.name.ends_with("__c");
        if matches!(which, "ALL" | "CUSTOM") && query.limit.is_none_or(|limit| limit > 200) {
            let message = "The SOQL FIELDS function must have a LIMIT of at most 200";
            return Err(malformed(self.text, super::place(self.text, "FIELDS", false), message));
        }
        let wanted = |field: &&Field| match which {
            "STANDARD" => !custom(field),
            "CUSTOM" => custom(field),
            _ => true,
        };
        if !matches!(which, "ALL" | "STANDARD" | "CUSTOM") {
            return Err(at_name(
                self.text,
                which,
                "MALFORMED_QUERY",
                &format!("unexpected token: '{which}'"),
            ));
        }
        Ok(object
            .fields
            .iter()
            .filter(wanted)
            .filter(|field| self.field(object, &field.name).is_some())
            .map(|field| field.name.clone())
            .collect())
    }

    fn child<'q>(&self, object: &'a Object, child: &'q Query) -> Result<Child<'a, 'q>, ApiError> {
        let found =
            self.org.schema.children(&object.name).find(|relation| {
                !relation.name.is_empty() && relation.name.eq_ignore_ascii_case(&child.from)
            });
        let Some(ChildRelation { name, child: kind, field, .. }) = found else {
            let message = format!(
                "Didn't understand relationship '{}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.",
                child.from
            );
            return Err(at_name(self.text, &child.from, "INVALID_TYPE", &message));
        };
        if Eval::is_aggregate(child) {
            return Err(malformed(self.text, 0, "aggregate functions are not allowed in a child subquery"));
        }
        Ok(Child { name, field, plan: self.plan(self.object(kind)?, child)? })
    }

    fn type_of(
        &self,
        tree: &mut Tree<'a>,
        relation: &str,
        cases: &[(String, Vec<String>)],
        otherwise: &[String],
    ) -> Result<(), ApiError> {
        let Some((field, to)) = tree.object.relation(relation) else {
            let message = format!("Didn't understand relationship '{relation}' in field path.");
            return Err(at_name(self.text, relation, "INVALID_FIELD", &message));
        };
        let mut trees = vec![];
        for (kind, paths) in cases {
            let mut case = Tree::new(self.object(kind)?);
            paths.iter().try_for_each(|path| case.add(self, path, None, How::Plain))?;
            trees.push((Some(kind.clone()), case));
        }
        let mut rest = Tree::new(self.object(to)?);
        otherwise.iter().try_for_each(|path| rest.add(self, path, None, How::Plain))?;
        trees.push((None, rest));
        let name = field.relation.as_ref().map_or(relation, |(name, _)| name.as_str()).to_owned();
        tree.relations.push(Relation { name, field, to: to.to_lowercase(), trees });
        Ok(())
    }

    /// The record of a row, with the lists of its children.
    pub(super) fn record(&self, plan: &Plan<'a, '_>, row: &'a Row) -> Result<Value, ApiError> {
        let mut record = plan.tree.record(self.org, self.base, row);
        for Child { name, field, plan } in &plan.children {
            let rows = self.rows(plan, Some((field, text(row, "Id"))))?;
            let records = rows.iter().map(|row| self.record(plan, row)).collect::<Result<Vec<_>, _>>()?;
            let list = if records.is_empty() {
                Value::Null
            } else {
                json!({ "totalSize": records.len(), "done": true, "records": records })
            };
            record.insert((*name).into(), list);
        }
        Ok(Value::Object(record))
    }
}

fn attributes(object: &Object, row: &Row, base: &str) -> Map<String, Value> {
    as_row(
        json!({ "attributes": { "type": object.name, "url": format!("{base}/sobjects/{}/{}", object.name, text(row, "Id")) } }),
    )
}

/// A value as the American locale shows it.
fn formatted(kind: &str, value: Value) -> Value {
    let at = value.as_str().and_then(super::dates::moment);
    match (kind, at) {
        ("date", Some(at)) => json!(format!("{}/{}/{}", u8::from(at.month()), at.day(), at.year())),
        ("datetime", Some(at)) => {
            let (hour, half) = (at.hour() % 12, if at.hour() < 12 { "AM" } else { "PM" });
            let hour = if hour == 0 { 12 } else { hour };
            let day = format!("{}/{}/{}", u8::from(at.month()), at.day(), at.year());
            json!(format!("{day}, {hour}:{:02} {half}", at.minute()))
        }
        ("int" | "double", _) => match value.as_i64() {
            Some(n) => {
                let digits = n.unsigned_abs().to_string();
                let mut out = String::new();
                for (at, digit) in digits.chars().enumerate() {
                    if at > 0 && (digits.len() - at).is_multiple_of(3) {
                        out.push(',');
                    }
                    out.push(digit);
                }
                json!(if n < 0 { format!("-{out}") } else { out })
            }
            None => value,
        },
        _ => value,
    }
}
