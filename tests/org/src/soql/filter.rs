//! Conditions: checked against the schema and made ready once, then asked of each row.
//!
//! It never lets a semi-join through that the platform does not take.

use super::eval::Eval;
use super::parse::{Expr, Item, Operand, Query};
use super::path::Left;
use super::value::{Op, Right, holds, op, right};
use super::{at_name, dates, malformed};
use crate::error::ApiError;
use crate::id;
use crate::schema::Object;
use crate::store::{Org, Row};
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

/// A condition made ready.
pub(super) enum Test<'a> {
    All(Vec<Test<'a>>),
    Any(Vec<Test<'a>>),
    Not(Box<Test<'a>>),
    Compare(Left<'a>, Op, Right),
    /// One of: texts and ids in a set of their own, the rest one by one.
    In(Left<'a>, bool, HashSet<String>, Vec<Right>),
    Semi(Left<'a>, bool, BTreeSet<String>),
}

impl Test<'_> {
    /// Whether a row passes.
    pub(super) fn passes(&self, org: &Org, row: &Row) -> bool {
        let value = |left: &Left<'_>, use_it: &dyn Fn(&Value) -> bool| match &left.function {
            None => use_it(left.path.of(org, row)),
            Some(_) => use_it(&left.of(org, row)),
        };
        match self {
            Test::All(parts) => parts.iter().all(|part| part.passes(org, row)),
            Test::Any(parts) => parts.iter().any(|part| part.passes(org, row)),
            Test::Not(inner) => !inner.passes(org, row),
            Test::Compare(left, op, right) => value(left, &|value| holds(value, *op, right)),
            Test::In(left, negated, set, rest) => {
                let ids = matches!(left.kind(), "id" | "reference");
                value(left, &|value| {
                    let known = value.as_str().is_some_and(|text| {
                        if ids { set.contains(text) } else { set.contains(&text.to_lowercase()) }
                    });
                    (known || rest.iter().any(|right| holds(value, Op::Equal, right))) != *negated
                })
            }
            Test::Semi(left, negated, set) => {
                value(left, &|value| value.as_str().is_some_and(|id| set.contains(id)) != *negated)
            }
        }
    }
}

impl<'a> Eval<'a> {
    /// Makes a condition ready.
    pub(super) fn test(&self, object: &'a Object, query: &Query, expr: &Expr) -> Result<Test<'a>, ApiError> {
        let mut joins = 0;
        self.part(object, query, expr, true, &mut joins)
    }

    fn part(
        &self,
        object: &'a Object,
        query: &Query,
        expr: &Expr,
        top: bool,
        joins: &mut usize,
    ) -> Result<Test<'a>, ApiError> {
        let mut all = |parts: &[Expr], top: bool| -> Result<Vec<Test<'a>>, ApiError> {
            parts.iter().map(|part| self.part(object, query, part, top, joins)).collect()
        };
        Ok(match expr {
            Expr::And(parts) => Test::All(all(parts, top)?),
            Expr::Or(parts) => {
                if parts.iter().any(|part| matches!(part, Expr::Semi(..))) {
                    let message = "Semi join sub-selects are not allowed with the 'OR' operator";
                    return Err(malformed(self.text, 0, message));
                }
                Test::Any(all(parts, false)?)
            }
            Expr::Not(inner) => Test::Not(Box::new(self.part(object, query, inner, false, joins)?)),
            Expr::Compare(operand, sign, literal) => {
                let left = self.left(object, query, operand, "filtered")?;
                let op = op(sign);
                self.operator(&left, operand, op)?;
                let right = self.right(left.kind(), operand, literal)?;
                Test::Compare(left, op, right)
            }
            Expr::In(operand, negated, list) => {
                let left = self.left(object, query, operand, "filtered")?;
                let (mut set, mut rest) = (HashSet::new(), vec![]);
                for literal in list {
                    match self.right(left.kind(), operand, literal)? {
                        Right::Text(text, _) | Right::Id(text) => drop(set.insert(text)),
                        other => rest.push(other),
                    }
                }
                Test::In(left, *negated, set, rest)
            }
            Expr::Includes(field, ..) => {
                self.path(object, &query.aliases, field)?;
                let message =
                    format!("includes or excludes operator only valid on multipicklist field: {field}");
                return Err(at_name(self.text, field, "INVALID_QUERY_FILTER_OPERATOR", &message));
            }
            Expr::Semi(field, negated, inner) => {
                *joins += 1;
                if *joins > 2 {
                    return Err(malformed(self.text, 0, "maximum 2 semi join sub-selects are allowed"));
                }
                if !top {
                    let message = "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE expressions.";
                    return Err(malformed(self.text, 0, message));
                }
                let left = self.left(object, query, &Operand::Field(field.clone()), "filtered")?;
                if !matches!(left.kind(), "id" | "reference") {
                    let message = format!(
                        "The left operand field in the where expression for outer query should be an id field, cannot use: '{field}'"
                    );
                    return Err(at_name(self.text, field, "MALFORMED_QUERY", &message));
                }
                Test::Semi(left, *negated, self.semi(object, inner)?)
            }
        })
    }

    /// The left side of a comparison, a grouping or an order.
    pub(super) fn left(
        &self,
        object: &'a Object,
        query: &Query,
        operand: &Operand,
        used: &str,
    ) -> Result<Left<'a>, ApiError> {
        match operand {
            Operand::Field(written) => {
                let path = self.path(object, &query.aliases, written)?;
                self.usable(&path, written, used)?;
                Ok(Left { path, function: None })
            }
            Operand::Call(name, Some(written)) if dates::is_function(name) => {
                let path = self.path(object, &query.aliases, written)?;
                if !matches!(path.field.kind.as_str(), "date" | "datetime") {
                    let message = format!("field {written} does not support the function {name}");
                    return Err(at_name(self.text, written, "MALFORMED_QUERY", &message));
                }
                Ok(Left { path, function: Some(name.clone()) })
            }
            Operand::Call(name, _) => {
                let message = format!("unexpected token: '{name}'");
                Err(at_name(self.text, name, "MALFORMED_QUERY", &message))
            }
        }
    }

    fn operator(&self, left: &Left<'_>, operand: &Operand, op: Op) -> Result<(), ApiError> {
        let invalid = match left.kind() {
            "boolean" => !matches!(op, Op::Equal | Op::Unequal),
            "id" | "reference" | "int" | "double" | "date" | "datetime" => op == Op::Like,
            _ => false,
        };
        if !invalid {
            return Ok(());
        }
        let message = format!("invalid operator on {} field", left.kind());
        Err(at_name(self.text, written(operand), "INVALID_QUERY_FILTER_OPERATOR", &message))
    }

    pub(super) fn right(
        &self,
        kind: &str,
        operand: &Operand,
        literal: &super::parse::Literal,
    ) -> Result<Right, ApiError> {
        let found = right(kind, literal).map_err(|wanted| {
            let message = format!("value of filter criterion for field '{}' {wanted}", written(operand));
            at_name(self.text, written(operand), "INVALID_FIELD", &message)
        })?;
        match &found {
            Right::Id(text) if id::long(text).is_none() && !looks_like_id(text) => {
                let message = format!("invalid ID field: {text}");
                Err(super::at_condition(
                    self.text,
                    written(operand),
                    "INVALID_QUERY_FILTER_OPERATOR",
                    &message,
                ))
            }
            _ => Ok(found),
        }
    }

    /// The ids that a semi-join gives.
    fn semi(&self, outer: &Object, inner: &Query) -> Result<BTreeSet<String>, ApiError> {
        let object = self.object(&inner.from)?;
        let refused =
            |message: &str| Err(malformed(self.text, super::place(self.text, &inner.from, true), message));
        if object.name == outer.name {
            return refused("The inner and outer selects should not be on the same object type");
        }
        if inner.filter.as_ref().is_some_and(has_semi) {
            return refused("Nesting of semi join sub-selects is not supported");
        }
        if inner.limit.is_some() || !inner.order.is_empty() || inner.offset > 0 || !inner.group.is_empty() {
            return refused("semi join sub-selects cannot use ORDER BY, GROUP BY, LIMIT or OFFSET");
        }
        let [Item::Field(field, None)] = inner.select.as_slice() else {
            return refused("semi join sub-selects can only query one id field");
        };
        let path = self.path(object, &inner.aliases, field)?;
        if !matches!(path.field.kind.as_str(), "id" | "reference") {
            return refused(&format!(
                "semi join sub-selects can only query id fields, cannot use: '{field}'"
            ));
        }
        let rows = self.filtered(object, inner, None)?;
        Ok(rows.iter().filter_map(|row| path.of(self.org, row).as_str().map(str::to_owned)).collect())
    }
}

fn has_semi(expr: &Expr) -> bool {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(has_semi),
        Expr::Not(inner) => has_semi(inner),
        Expr::Semi(..) => true,
        _ => false,
    }
}

/// Eighteen letters and digits, whatever their ending says: an id of nothing.
fn looks_like_id(text: &str) -> bool {
    matches!(text.len(), 15 | 18) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// What an operand is called in the query.
pub(super) fn written(operand: &Operand) -> &str {
    match operand {
        Operand::Field(path) | Operand::Call(_, Some(path)) => path,
        Operand::Call(name, None) => name,
    }
}
