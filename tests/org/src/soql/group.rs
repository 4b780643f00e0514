//! Aggregates: groups, their totals, and what is computed of them.
//!
//! It never mixes a field into a group that the query does not group by.

use super::eval::Eval;
use super::filter::written;
use super::parse::{Expr, Item, Literal, Operand, Query, Totals};
use super::path::{Left, Path};
use super::value::{Op, holds, op, ordered, rank, right};
use super::{Answer, at_name, malformed};
use crate::error::ApiError;
use crate::schema::Object;
use crate::store::{Row, object as as_row};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

/// Functions of groups.
pub(super) const AGGREGATES: &[&str] = &["COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX", "GROUPING"];

/// One group: its key (null where it is a total over the field), which fields it is a total over, its rows.
struct Group<'r> {
    key: Vec<Value>,
    total: Vec<bool>,
    rows: Vec<&'r Row>,
}

impl<'a> Eval<'a> {
    /// Whether a query gives groups instead of rows.
    pub(super) fn is_aggregate(query: &Query) -> bool {
        !query.group.is_empty()
            || query
                .select
                .iter()
                .any(|item| matches!(item, Item::Call(name, ..) if AGGREGATES.contains(&name.as_str())))
    }

    /// The groups of rows.
    pub(super) fn aggregated(
        &self,
        object: &'a Object,
        query: &Query,
        rows: &[&'a Row],
    ) -> Result<Answer, ApiError> {
        let all_by_itself = query.group.is_empty();
        if let [Item::Call(function, None, None)] = query.select.as_slice() {
            if function != "COUNT" || !all_by_itself {
                return Err(at_name(
                    self.text,
                    function,
                    "MALFORMED_QUERY",
                    &format!("unexpected token: '{function}'"),
                ));
            }
            let total = rows.len().saturating_sub(query.offset).min(query.limit.unwrap_or(usize::MAX));
            return Ok(Answer { total, records: vec![], page: 2_000 });
        }
        if all_by_itself && query.limit.is_some() {
            let message = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT";
            return Err(malformed(self.text, 0, message));
        }
        let by: Vec<Left<'a>> = query
            .group
            .iter()
            .map(|operand| self.left(object, query, operand, "grouped"))
            .collect::<Result<_, _>>()?;
        let names = self.names(object, query)?;
        for operand in query.order.iter().map(|order| &order.by) {
            self.in_group(object, query, operand, "Ordered field must be grouped or aggregated")?;
        }
        let mut groups = self.groups(query, &by, rows);
        if let Some(having) = &query.having {
            if all_by_itself {
                return Err(malformed(self.text, 0, "HAVING needs GROUP BY"));
            }
            self.check_having(object, query, having)?;
            groups.retain(|group| self.having(object, query, having, group));
        }
        let sorted_by: Vec<Vec<Value>> = groups
            .iter()
            .map(|group| {
                query.order.iter().map(|order| self.of_group(object, query, &order.by, group)).collect()
            })
            .collect();
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by(|a, b| {
            let (a, b) = (sorted_by.get(*a), sorted_by.get(*b));
            let pairs = a.into_iter().flatten().zip(b.into_iter().flatten()).zip(&query.order);
            pairs
                .map(|((a, b), order)| ordered(a, b, order))
                .find(|ordering| ordering.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let chosen: Vec<&Group<'_>> = order
            .into_iter()
            .filter_map(|at| groups.get(at))
            .skip(query.offset)
            .take(query.limit.unwrap_or(usize::MAX))
            .collect();
        if chosen.len() > 2_000 {
            return Err(ApiError::new(
                400,
                "EXCEEDED_ID_LIMIT",
                "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch",
            ));
        }
        let records: Vec<Value> = chosen
            .into_iter()
            .map(|group| {
                let mut record = as_row(json!({ "attributes": { "type": "AggregateResult" } }));
                for (item, name) in query.select.iter().zip(&names) {
                    let value = match item {
                        Item::Field(path, _) => {
                            self.of_group(object, query, &Operand::Field(path.clone()), group)
                        }
                        Item::Call(function, field, _) => self.of_group(
                            object,
                            query,
                            &Operand::Call(function.clone(), field.clone()),
                            group,
                        ),
                        _ => Value::Null,
                    };
                    record.insert(name.clone(), value);
                }
                Value::Object(record)
            })
            .collect();
        Ok(Answer { total: records.len(), records, page: 2_000 })
    }

    /// What each item is called in the answer.
    fn names(&self, object: &'a Object, query: &Query) -> Result<Vec<String>, ApiError> {
        let mut unnamed = 0;
        let mut names: Vec<String> = vec![];
        for item in &query.select {
            let name = match item {
                Item::Field(path, alias) => {
                    self.in_group(
                        object,
                        query,
                        &Operand::Field(path.clone()),
                        "Field must be grouped or aggregated",
                    )?;
                    let found = self.path(object, &query.aliases, path)?;
                    alias.clone().unwrap_or_else(|| found.field.name.clone())
                }
                Item::Call(function, field, alias) => {
                    let operand = Operand::Call(function.clone(), field.clone());
                    self.in_group(object, query, &operand, "Field must be grouped or aggregated")?;
                    alias.clone().unwrap_or_else(|| {
                        unnamed += 1;
                        format!("expr{}", unnamed - 1)
                    })
                }
                Item::Fields(_) | Item::Child(_) | Item::TypeOf(..) => {
                    let message = "The SOQL FIELDS function, TYPEOF and subqueries are not supported in aggregate queries";
                    return Err(malformed(self.text, 0, message));
                }
            };
            if names.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
                return Err(at_name(
                    self.text,
                    &name,
                    "MALFORMED_QUERY",
                    &format!("duplicate alias: {name}"),
                ));
            }
            names.push(name);
        }
        Ok(names)
    }

    /// Refuses what is neither grouped by nor computed of a group.
    fn in_group(
        &self,
        object: &'a Object,
        query: &Query,
        operand: &Operand,
        otherwise: &str,
    ) -> Result<(), ApiError> {
        let grouped = |operand: &Operand| query.group.iter().any(|other| same(other, operand));
        if grouped(operand) {
            return Ok(());
        }
        let Operand::Call(function, field) = operand else {
            self.path(object, &query.aliases, written(operand))?;
            let message = format!("{otherwise}: {}", written(operand));
            return Err(at_name(self.text, written(operand), "MALFORMED_QUERY", &message));
        };
        let Some(field) = field.as_ref().filter(|_| AGGREGATES.contains(&function.as_str())) else {
            let message = format!("{otherwise}: {}", written(operand));
            return Err(at_name(self.text, written(operand), "MALFORMED_QUERY", &message));
        };
        let path = self.path(object, &query.aliases, field)?;
        let by_itself = grouped(&Operand::Field(field.clone()));
        match function.as_str() {
            "GROUPING" if by_itself && query.totals != Totals::None => return Ok(()),
            "GROUPING" => {
                let message = format!("GROUPING needs a field of ROLLUP or CUBE: {field}");
                return Err(at_name(self.text, field, "MALFORMED_QUERY", &message));
            }
            _ if by_itself => {
                let message = format!("Grouped field should not be aggregated: {field}");
                return Err(at_name(self.text, field, "MALFORMED_QUERY", &message));
            }
            _ => {}
        }
        let kind = path.field.kind.as_str();
        let takes = match function.as_str() {
            "SUM" | "AVG" => matches!(kind, "int" | "double" | "currency" | "percent"),
            "MIN" | "MAX" => !matches!(kind, "boolean" | "address" | "base64"),
            _ => !matches!(kind, "boolean" | "address" | "base64"),
        };
        if takes {
            return Ok(());
        }
        let message = format!("field {field} does not support aggregate operator {function}");
        Err(at_name(self.text, field, "MALFORMED_QUERY", &message))
    }

    fn groups(&self, query: &Query, by: &[Left<'a>], rows: &[&'a Row]) -> Vec<Group<'a>> {
        let every = vec![false; by.len()];
        // Which fields are totalled over, in each level.
        let levels: Vec<Vec<bool>> = match query.totals {
            Totals::None => vec![every],
            Totals::Rollup => {
                (0..=by.len()).rev().map(|kept| (0..by.len()).map(|at| at >= kept).collect()).collect()
            }
            Totals::Cube => (0..1_usize << by.len())
                .map(|bits| (0..by.len()).map(|at| bits >> at & 1 == 1).collect())
                .collect(),
        };
        let keys: Vec<Vec<Value>> =
            rows.iter().map(|row| by.iter().map(|left| left.of(self.org, row)).collect()).collect();
        let mut groups: Vec<Group<'a>> = vec![];
        for total in levels {
            let mut at: HashMap<String, usize> = HashMap::new();
            let first = groups.len();
            for (row, key) in rows.iter().zip(&keys) {
                let key: Vec<Value> = key
                    .iter()
                    .zip(&total)
                    .map(|(value, total)| if *total { Value::Null } else { value.clone() })
                    .collect();
                let index = *at.entry(format!("{key:?}").to_lowercase()).or_insert_with(|| {
                    groups.push(Group { key, total: total.clone(), rows: vec![] });
                    groups.len() - 1
                });
                if let Some(group) = groups.get_mut(index) {
                    group.rows.push(row);
                }
            }
            if by.is_empty() && groups.len() == first {
                groups.push(Group { key: vec![], total: vec![], rows: vec![] });
            }
        }
        groups
    }

    fn of_group(&self, object: &'a Object, query: &Query, operand: &Operand, group: &Group<'_>) -> Value {
        if let Some(at) = query.group.iter().position(|other| same(other, operand)) {
            return group.key.get(at).cloned().unwrap_or(Value::Null);
        }
        let Operand::Call(function, Some(field)) = operand else { return Value::Null };
        if function == "GROUPING" {
            let at = query.group.iter().position(|other| same(other, &Operand::Field(field.clone())));
            let total = at.and_then(|at| group.total.get(at)).copied().unwrap_or(false);
            return json!(u8::from(total));
        }
        match self.path(object, &query.aliases, field) {
            Ok(path) => self.fold(function, &path, &group.rows),
            Err(_) => Value::Null,
        }
    }

    fn fold(&self, function: &str, path: &Path<'_>, rows: &[&Row]) -> Value {
        let values = || rows.iter().map(|row| path.of(self.org, row)).filter(|value| !value.is_null());
        match function {
            "COUNT" => json!(values().count()),
            "COUNT_DISTINCT" => {
                json!(values().map(|v| v.to_string().to_lowercase()).collect::<BTreeSet<_>>().len())
            }
            "MAX" => values().max_by(|a, b| rank(a, b)).cloned().unwrap_or(Value::Null),
            "MIN" => values().min_by(|a, b| rank(a, b)).cloned().unwrap_or(Value::Null),
            "SUM" | "AVG" => {
                let numbers: Vec<f64> = values().filter_map(Value::as_f64).collect();
                #[expect(clippy::cast_precision_loss, reason = "counts are small")]
                let by = if function == "AVG" { numbers.len().max(1) as f64 } else { 1.0 };
                if numbers.is_empty() { Value::Null } else { json!(numbers.iter().sum::<f64>() / by) }
            }
            _ => Value::Null,
        }
    }

    fn check_having(&self, object: &'a Object, query: &Query, expr: &Expr) -> Result<(), ApiError> {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                parts.iter().try_for_each(|part| self.check_having(object, query, part))
            }
            Expr::Not(inner) => self.check_having(object, query, inner),
            Expr::Compare(operand, _, literal) => {
                self.in_group(object, query, operand, "Field must be grouped or aggregated")?;
                self.right(&self.kind_in_group(object, query, operand), operand, literal).map(drop)
            }
            Expr::In(operand, _, list) => {
                self.in_group(object, query, operand, "Field must be grouped or aggregated")?;
                let kind = self.kind_in_group(object, query, operand);
                list.iter().try_for_each(|literal| self.right(&kind, operand, literal).map(drop))
            }
            Expr::Includes(..) | Expr::Semi(..) => {
                Err(malformed(self.text, 0, "semi joins are not allowed in HAVING"))
            }
        }
    }

    /// The type of what a group has.
    fn kind_in_group(&self, object: &'a Object, query: &Query, operand: &Operand) -> String {
        match operand {
            Operand::Call(name, _) if matches!(name.as_str(), "COUNT" | "COUNT_DISTINCT" | "GROUPING") => {
                "int".into()
            }
            Operand::Call(name, _) if matches!(name.as_str(), "SUM" | "AVG") => "double".into(),
            Operand::Call(_, Some(field)) if query.group.iter().all(|other| !same(other, operand)) => self
                .path(object, &query.aliases, field)
                .map(|path| path.field.kind.clone())
                .unwrap_or_default(),
            _ => self
                .left(object, query, operand, "filtered")
                .map(|left| left.kind().to_owned())
                .unwrap_or_default(),
        }
    }

    fn having(&self, object: &'a Object, query: &Query, expr: &Expr, group: &Group<'_>) -> bool {
        let stands = |operand: &Operand, op: Op, literal: &Literal| {
            let kind = self.kind_in_group(object, query, operand);
            let value = self.of_group(object, query, operand, group);
            right(&kind, literal).is_ok_and(|right| holds(&value, op, &right))
        };
        match expr {
            Expr::And(parts) => parts.iter().all(|part| self.having(object, query, part, group)),
            Expr::Or(parts) => parts.iter().any(|part| self.having(object, query, part, group)),
            Expr::Not(inner) => !self.having(object, query, inner, group),
            Expr::Compare(operand, sign, literal) => stands(operand, op(sign), literal),
            Expr::In(operand, negated, list) => {
                list.iter().any(|literal| stands(operand, Op::Equal, literal)) != *negated
            }
            Expr::Includes(..) | Expr::Semi(..) => false,
        }
    }
}

fn same(a: &Operand, b: &Operand) -> bool {
    match (a, b) {
        (Operand::Field(a), Operand::Field(b)) => a.eq_ignore_ascii_case(b),
        (Operand::Call(f, Some(a)), Operand::Call(g, Some(b))) => f == g && a.eq_ignore_ascii_case(b),
        _ => false,
    }
}
