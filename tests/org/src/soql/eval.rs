//! Queries over the org's rows.
//!
//! It never shows a viewer what their permissions hide: rows are filtered as the platform filters them.

use super::parse::{Expr, Item, Literal, Operand, Order, Query};
use super::{Answer, malformed, no_column};
use crate::error::ApiError;
use crate::platform::is_business;
use crate::schema::{CHILDREN, Object};
use crate::store::{Org, Row, object as as_row, text};
use serde_json::{Map, Value, json};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use time::{Duration, OffsetDateTime};

/// What a query runs against.
pub struct Eval<'a> {
    /// The org.
    pub org: &'a Org,
    /// Who asks.
    pub viewer: &'a str,
    /// The query's text, for errors.
    pub text: &'a str,
    /// `/services/data/vNN.0`, for the records' urls.
    pub base: &'a str,
}

/// Fields of LoginHistory that group and sort, but do not filter. Source: Object Reference, LoginHistory.
const NO_FILTER: &[&str] =
    &["Status", "Application", "ApiType", "ApiVersion", "Browser", "Platform", "ClientVersion"];

/// OauthToken gives so many rows in all. Source: Object Reference, OauthToken.
const TOKEN_ROWS: usize = 2_500;

impl Eval<'_> {
    /// Runs it.
    pub fn run(&self, query: &Query) -> Result<Answer, ApiError> {
        let object = self.object(&query.from)?;
        let mut rows = self.filtered(object, query, None)?;
        let aggregate =
            query.select.iter().any(|item| matches!(item, Item::Aggregate(..))) || !query.group.is_empty();
        if aggregate {
            return self.aggregated(object, query, &rows);
        }
        self.sort(object, &mut rows, &query.order)?;
        let rows = cut(rows, query);
        let rows: Vec<_> =
            if object.name == "OauthToken" { rows.into_iter().take(TOKEN_ROWS).collect() } else { rows };
        let fields = self.fields(object, query)?;
        let records =
            rows.iter().map(|row| self.record(object, row, query, &fields)).collect::<Result<Vec<_>, _>>()?;
        let page = if object.name == "OauthToken" { 500 } else { 2_000 };
        Ok(Answer { total: records.len(), records, page })
    }

    fn object(&self, name: &str) -> Result<&Object, ApiError> {
        let seen = |object: &&Object| {
            !is_business(&object.name) || self.org.may_touch(self.viewer, &object.name, "PermissionsRead")
        };
        self.org.schema.object(name).filter(seen).ok_or_else(|| {
            let at = self.text.find(name).unwrap_or(0);
            let line: String = self.text.chars().take(200).collect();
            let message = format!("\n{line}\n{}^\nERROR at Row:1:Column:{}\nsObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.", " ".repeat(at.min(200)), at + 1);
            ApiError::new(400, "INVALID_TYPE", message)
        })
    }

    /// The rows of an object that the viewer sees and the filter takes. `of`: a child list's field and parent.
    fn filtered(
        &self,
        object: &Object,
        query: &Query,
        of: Option<(&str, &str)>,
    ) -> Result<Vec<&Row>, ApiError> {
        if let Some(filter) = &query.filter {
            self.check(object, filter, true)?;
        }
        // The first condition on an indexed field narrows what is looked at.
        let narrow = of.map(|(field, id)| (field.to_owned(), vec![id.to_owned()])).or_else(|| {
            let mut found = None;
            for part in query.filter.iter().flat_map(conjuncts) {
                match part {
                    Expr::Compare(Operand::Field(field), operator, Literal::Text(value))
                        if operator == "=" && Org::is_indexed(field) =>
                    {
                        found = Some((
                            field.clone(),
                            vec![crate::id::long(value).unwrap_or_else(|| value.clone())],
                        ));
                        break;
                    }
                    _ => {}
                }
            }
            found
        });
        let candidates: Vec<&Row> = match (&narrow, self.by_id(object, query)?) {
            (_, Some(rows)) if of.is_none() => rows,
            (Some((field, values)), _) => {
                values.iter().flat_map(|value| self.org.rows_by(&object.name, field, value)).collect()
            }
            _ => self.org.rows(&object.name).collect(),
        };
        let semi = self.prepare(object, query.filter.as_ref())?;
        let mut rows = vec![];
        for row in candidates {
            if !self.visible(object, row) {
                continue;
            }
            if let Some(filter) = &query.filter
                && !self.holds(object, row, filter, &semi)?
            {
                continue;
            }
            rows.push(row);
        }
        Ok(rows)
    }

    /// Rows by `Id = …` or `Id IN (SELECT …)` without looking at all.
    fn by_id(&self, object: &Object, query: &Query) -> Result<Option<Vec<&Row>>, ApiError> {
        for part in query.filter.iter().flat_map(conjuncts) {
            match part {
                Expr::Compare(Operand::Field(field), operator, Literal::Text(value))
                    if operator == "=" && field.eq_ignore_ascii_case("Id") =>
                {
                    return Ok(Some(self.org.row(&object.name, value).into_iter().collect()));
                }
                Expr::Semi(field, false, inner) if field.eq_ignore_ascii_case("Id") => {
                    let ids = self.semi(object, inner)?;
                    return Ok(Some(ids.iter().filter_map(|id| self.org.row(&object.name, id)).collect()));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// What the viewer's permissions leave to be seen.
    fn visible(&self, object: &Object, row: &Row) -> bool {
        let own = |field: &str| text(row, field) == self.viewer;
        let has = |permission: &str| self.org.has_permission(self.viewer, permission);
        match object.name.as_str() {
            "LoginHistory" => own("UserId") || has("ManageUsers") || has("MonitorLoginHistory"),
            "OauthToken" => own("UserId") || has("CustomizeApplication"),
            "PermissionSetAssignment" => {
                own("AssigneeId") || has("ViewSetup") || has("AssignPermissionSets") || has("ManageUsers")
            }
            "UserLogin" => has("ManageUsers"),
            "SetupAuditTrail" | "CronTrigger" | "ConnectedApplication" => has("ViewSetup"),
            _ => true,
        }
    }

    fn conjunct_error(&self, name: &str) -> ApiError {
        let at = self.text.find(name).unwrap_or(0);
        let line: String = self.text.chars().take(200).collect();
        let message = format!(
            "\n{line}\n{}^\nERROR at Row:1:Column:{}\nfield '{name}' can not be filtered in a query call",
            " ".repeat(at.min(200)),
            at + 1
        );
        ApiError::new(400, "INVALID_FIELD", message)
    }

    /// Every field of a condition must be there, and be one that filters.
    fn check(&self, object: &Object, expr: &Expr, filter: bool) -> Result<(), ApiError> {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                parts.iter().try_for_each(|part| self.check(object, part, filter))
            }
            Expr::Not(inner) => self.check(object, inner, filter),
            Expr::Compare(Operand::Field(path), ..) | Expr::In(path, ..) | Expr::Semi(path, ..) => {
                self.typed(object, path)?;
                let is_history = object.name == "LoginHistory" && filter;
                if is_history
                    && let Some(name) = NO_FILTER.iter().find(|name| name.eq_ignore_ascii_case(path))
                {
                    return Err(self.conjunct_error(name));
                }
                Ok(())
            }
            Expr::Compare(Operand::Aggregate(_, field), ..) => {
                field.as_ref().map_or(Ok(()), |path| self.typed(object, path).map(drop))
            }
        }
    }

    /// The type of the field at the end of a path.
    fn typed(&self, object: &Object, path: &str) -> Result<String, ApiError> {
        let mut current = object;
        let mut parts = path.split('.').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return match current.field(part) {
                    Some(field) => Ok(field.kind.clone()),
                    None => Err(no_column(self.text, part, &current.name)),
                };
            }
            if current.name.eq_ignore_ascii_case(part) && std::ptr::eq(current, object) {
                continue;
            }
            let Some((_, to)) = current.relation(part) else {
                let message = format!(
                    "Didn't understand relationship '{part}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names."
                );
                return Err(ApiError {
                    code: "INVALID_FIELD".into(),
                    ..malformed(self.text, self.text.find(part).unwrap_or(0), &message)
                });
            };
            current = self.object(to)?;
        }
        Err(malformed(self.text, 0, "unexpected token"))
    }

    /// A field's value by its path.
    fn get(&self, object: &Object, row: &Row, path: &str) -> Value {
        let mut current = object;
        let mut row = Some(row);
        let mut parts = path.split('.').peekable();
        while let (Some(part), Some(here)) = (parts.next(), row) {
            if parts.peek().is_none() {
                return current.field(part).map_or(Value::Null, |field| Org::value(field, here));
            }
            if current.name.eq_ignore_ascii_case(part) {
                continue;
            }
            let Some((field, to)) = current.relation(part) else { return Value::Null };
            row = here.get(&field.name).and_then(Value::as_str).and_then(|id| self.org.row(to, id));
            let Some(next) = self.org.schema.object(to) else { return Value::Null };
            current = next;
        }
        Value::Null
    }

    /// The rows of each semi-join in a condition, in the order they stand.
    fn prepare(&self, object: &Object, expr: Option<&Expr>) -> Result<Vec<BTreeSet<String>>, ApiError> {
        let mut sets = vec![];
        let mut stack: Vec<&Expr> = expr.into_iter().collect();
        while let Some(expr) = stack.pop() {
            match expr {
                Expr::And(parts) | Expr::Or(parts) => stack.extend(parts.iter().rev()),
                Expr::Not(inner) => stack.push(inner),
                Expr::Semi(_, _, inner) => sets.push(self.semi(object, inner)?),
                _ => {}
            }
        }
        if sets.len() > 2 {
            return Err(malformed(self.text, 0, "maximum 2 semi join sub-selects are allowed"));
        }
        Ok(sets)
    }

    fn semi(&self, outer: &Object, inner: &Query) -> Result<BTreeSet<String>, ApiError> {
        let object = self.object(&inner.from)?;
        if object.name == outer.name {
            return Err(malformed(
                self.text,
                self.text.rfind(&inner.from).unwrap_or(0),
                "The inner and outer selects should not be on the same object type",
            ));
        }
        if inner.filter.iter().flat_map(conjuncts).any(|part| matches!(part, Expr::Semi(..))) {
            return Err(malformed(self.text, 0, "Nesting of semi join sub-selects is not supported"));
        }
        let [Item::Field(field, None)] = inner.select.as_slice() else {
            return Err(malformed(self.text, 0, "semi join sub-selects can only query id fields"));
        };
        if !matches!(self.typed(object, field)?.as_str(), "id" | "reference") {
            let message = format!("semi join sub-selects can only query id fields, cannot use: '{field}'");
            return Err(malformed(self.text, self.text.find(field.as_str()).unwrap_or(0), &message));
        }
        let rows = self.filtered(object, inner, None)?;
        Ok(rows.iter().filter_map(|row| self.get(object, row, field).as_str().map(str::to_owned)).collect())
    }

    fn holds(
        &self,
        object: &Object,
        row: &Row,
        expr: &Expr,
        semi: &[BTreeSet<String>],
    ) -> Result<bool, ApiError> {
        let mut next = semi.iter();
        self.is(object, row, expr, &mut next)
    }

    fn is<'s>(
        &self,
        object: &Object,
        row: &Row,
        expr: &Expr,
        semi: &mut impl Iterator<Item = &'s BTreeSet<String>>,
    ) -> Result<bool, ApiError> {
        // Every part is looked at, so that the semi-joins stay in step.
        Ok(match expr {
            Expr::And(parts) => {
                let mut all = true;
                for part in parts {
                    all &= self.is(object, row, part, semi)?;
                }
                all
            }
            Expr::Or(parts) => {
                let mut any = false;
                for part in parts {
                    any |= self.is(object, row, part, semi)?;
                }
                any
            }
            Expr::Not(inner) => !self.is(object, row, inner, semi)?,
            Expr::Compare(Operand::Field(path), operator, literal) => {
                compare(&self.get(object, row, path), operator, literal, &self.typed(object, path)?)
            }
            Expr::Compare(Operand::Aggregate(..), ..) => {
                return Err(malformed(self.text, 0, "aggregates are only allowed in HAVING"));
            }
            Expr::In(path, negated, list) => {
                let (value, kind) = (self.get(object, row, path), self.typed(object, path)?);
                list.iter().any(|literal| compare(&value, "=", literal, &kind)) != *negated
            }
            Expr::Semi(path, negated, _) => {
                let value = self.get(object, row, path);
                let set = semi.next();
                value.as_str().is_some_and(|id| set.is_some_and(|set| set.contains(id))) != *negated
            }
        })
    }

    fn sort(&self, object: &Object, rows: &mut [&Row], order: &[Order]) -> Result<(), ApiError> {
        for order in order {
            match &order.by {
                Operand::Field(path) => drop(self.typed(object, path)?),
                Operand::Aggregate(..) => {
                    return Err(malformed(self.text, 0, "Ordered field must be grouped or aggregated"));
                }
            }
        }
        rows.sort_by(|a, b| {
            order
                .iter()
                .map(|order| match &order.by {
                    Operand::Field(path) => {
                        ordered(&self.get(object, a, path), &self.get(object, b, path), order)
                    }
                    Operand::Aggregate(..) => Ordering::Equal,
                })
                .find(|ordering| ordering.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        Ok(())
    }

    /// The paths selected, `FIELDS()` written out.
    fn fields(&self, object: &Object, query: &Query) -> Result<Vec<String>, ApiError> {
        let mut paths = vec![];
        for item in &query.select {
            match item {
                Item::Field(path, None) => {
                    self.typed(object, path)?;
                    paths.push(path.clone());
                }
                Item::Field(path, Some(_)) => {
                    return Err(malformed(
                        self.text,
                        self.text.find(path.as_str()).unwrap_or(0),
                        "only aggregate expressions use field aliasing",
                    ));
                }
                Item::Fields(which) => match which.as_str() {
                    "STANDARD" => paths.extend(object.fields.iter().map(|field| field.name.clone())),
                    "ALL" | "CUSTOM" if query.limit.is_none_or(|limit| limit > 200) => {
                        return Err(malformed(
                            self.text,
                            0,
                            "The SOQL FIELDS function must have a LIMIT of at most 200",
                        ));
                    }
                    "ALL" => paths.extend(object.fields.iter().map(|field| field.name.clone())),
                    "CUSTOM" => paths.extend(
                        object.fields.iter().filter(|f| f.name.ends_with("__c")).map(|f| f.name.clone()),
                    ),
                    other => return Err(malformed(self.text, 0, &format!("unexpected token: '{other}'"))),
                },
                Item::Aggregate(..) | Item::Child(_) => {}
            }
        }
        Ok(paths)
    }

    fn record(&self, object: &Object, row: &Row, query: &Query, paths: &[String]) -> Result<Value, ApiError> {
        let mut record = attributes(object, row, self.base);
        for path in paths {
            self.place(&mut record, object, row, path);
        }
        for item in &query.select {
            let Item::Child(child) = item else { continue };
            let Some((_, name, kind, field)) = CHILDREN
                .iter()
                .find(|(parent, name, ..)| *parent == object.name && name.eq_ignore_ascii_case(&child.from))
            else {
                let message = format!(
                    "Didn't understand relationship '{}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.",
                    child.from
                );
                return Err(ApiError {
                    code: "INVALID_TYPE".into(),
                    ..malformed(self.text, self.text.find(&child.from).unwrap_or(0), &message)
                });
            };
            let of = self.object(kind)?;
            let mut rows = self.filtered(of, child, Some((field, text(row, "Id"))))?;
            self.sort(of, &mut rows, &child.order)?;
            let rows = cut(rows, child);
            let fields = self.fields(of, child)?;
            let records =
                rows.iter().map(|row| self.record(of, row, child, &fields)).collect::<Result<Vec<_>, _>>()?;
            let list = if records.is_empty() {
                Value::Null
            } else {
                json!({ "totalSize": records.len(), "done": true, "records": records })
            };
            record.insert((*name).into(), list);
        }
        Ok(Value::Object(record))
    }

    /// Puts the value of a path into a record, with the records on the way.
    fn place(&self, record: &mut Map<String, Value>, object: &Object, row: &Row, path: &str) {
        match path.split_once('.') {
            None => {
                if let Some(field) = object.field(path) {
                    record.insert(field.name.clone(), Org::value(field, row));
                }
            }
            Some((first, rest)) if object.name.eq_ignore_ascii_case(first) => {
                self.place(record, object, row, rest)
            }
            Some((first, rest)) => {
                let Some((field, to)) = object.relation(first) else { return };
                let name = field.relation.as_ref().map_or(first, |(name, _)| name.as_str()).to_owned();
                let target = row.get(&field.name).and_then(Value::as_str).and_then(|id| self.org.row(to, id));
                let (Some(target), Some(object)) = (target, self.org.schema.object(to)) else {
                    record.entry(name).or_insert(Value::Null);
                    return;
                };
                let inner = record.entry(name).or_insert(Value::Null);
                if !inner.is_object() {
                    *inner = Value::Object(attributes(object, target, self.base));
                }
                if let Value::Object(inner) = inner {
                    self.place(inner, object, target, rest);
                }
            }
        }
    }

    fn aggregated(&self, object: &Object, query: &Query, rows: &[&Row]) -> Result<Answer, ApiError> {
        if let ([Item::Aggregate(function, None, _)], true) =
            (query.select.as_slice(), query.group.is_empty())
        {
            if function != "COUNT" {
                return Err(malformed(self.text, 0, &format!("unexpected function: {function}")));
            }
            return Ok(Answer { total: rows.len(), records: vec![], page: 2_000 });
        }
        for path in &query.group {
            self.typed(object, path)?;
        }
        let mut groups: Vec<(Vec<Value>, Vec<&Row>)> = vec![];
        let mut at = std::collections::HashMap::new();
        for row in rows {
            let key: Vec<Value> = query.group.iter().map(|path| self.get(object, row, path)).collect();
            let index = *at.entry(format!("{key:?}")).or_insert_with(|| {
                groups.push((key, vec![]));
                groups.len() - 1
            });
            if let Some((_, group)) = groups.get_mut(index) {
                group.push(row);
            }
        }
        if query.group.is_empty() && groups.is_empty() {
            groups.push((vec![], vec![]));
        }
        let mut records = vec![];
        let mut unnamed = 0;
        let mut names: Vec<String> = vec![];
        for item in &query.select {
            match item {
                Item::Field(path, alias) => {
                    if !query.group.iter().any(|grouped| grouped.eq_ignore_ascii_case(path)) {
                        let message = format!("Field must be grouped or aggregated: {path}");
                        return Err(malformed(
                            self.text,
                            self.text.find(path.as_str()).unwrap_or(0),
                            &message,
                        ));
                    }
                    names.push(
                        alias.clone().unwrap_or_else(|| path.rsplit('.').next().unwrap_or(path).to_owned()),
                    );
                }
                Item::Aggregate(_, field, alias) => {
                    if let Some(path) = field {
                        self.typed(object, path)?;
                        if query.group.iter().any(|grouped| grouped.eq_ignore_ascii_case(path)) {
                            return Err(malformed(
                                self.text,
                                0,
                                &format!("Grouped field should not be aggregated: {path}"),
                            ));
                        }
                    }
                    names.push(alias.clone().unwrap_or_else(|| {
                        unnamed += 1;
                        format!("expr{}", unnamed - 1)
                    }));
                }
                Item::Fields(_) | Item::Child(_) => {
                    return Err(malformed(self.text, 0, "FIELDS and subqueries cannot be grouped"));
                }
            }
        }
        let value = |operand: &Operand, key: &[Value], group: &[&Row]| match operand {
            Operand::Field(path) => {
                let grouped = query.group.iter().position(|grouped| grouped.eq_ignore_ascii_case(path));
                grouped.and_then(|at| key.get(at).cloned()).unwrap_or(Value::Null)
            }
            Operand::Aggregate(function, field) => self.fold(object, function, field.as_deref(), group),
        };
        if let Some(having) = &query.having {
            self.check(object, having, false)?;
            groups.retain(|(key, group)| having_holds(having, &|operand| value(operand, key, group)));
        }
        groups.sort_by(|(a, group_a), (b, group_b)| {
            query
                .order
                .iter()
                .map(|order| ordered(&value(&order.by, a, group_a), &value(&order.by, b, group_b), order))
                .find(|ordering| ordering.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        let groups: Vec<_> =
            groups.into_iter().skip(query.offset).take(query.limit.unwrap_or(usize::MAX)).collect();
        if groups.len() > 2_000 {
            return Err(ApiError::new(
                400,
                "EXCEEDED_ID_LIMIT",
                "EXCEEDED_ID_LIMIT: Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch",
            ));
        }
        for (key, group) in &groups {
            let mut record = as_row(json!({ "attributes": { "type": "AggregateResult" } }));
            for (item, name) in query.select.iter().zip(&names) {
                let found = match item {
                    Item::Field(path, _) => value(&Operand::Field(path.clone()), key, group),
                    Item::Aggregate(function, field, _) => {
                        self.fold(object, function, field.as_deref(), group)
                    }
                    _ => Value::Null,
                };
                record.insert(name.clone(), found);
            }
            records.push(Value::Object(record));
        }
        Ok(Answer { total: records.len(), records, page: 2_000 })
    }

    fn fold(&self, object: &Object, function: &str, field: Option<&str>, group: &[&Row]) -> Value {
        let values = || {
            group
                .iter()
                .map(|row| field.map_or(json!(true), |path| self.get(object, row, path)))
                .filter(|v| !v.is_null())
        };
        match function {
            "COUNT" => json!(values().count()),
            "COUNT_DISTINCT" => json!(values().map(|v| v.to_string()).collect::<BTreeSet<_>>().len()),
            "MAX" => values().max_by(rank).unwrap_or(Value::Null),
            "MIN" => values().min_by(rank).unwrap_or(Value::Null),
            "SUM" | "AVG" => {
                let numbers: Vec<f64> = values().filter_map(|v| v.as_f64()).collect();
                #[expect(clippy::cast_precision_loss, reason = "counts are small")]
                let by = if function == "AVG" { numbers.len().max(1) as f64 } else { 1.0 };
                if numbers.is_empty() { Value::Null } else { json!(numbers.iter().sum::<f64>() / by) }
            }
            _ => Value::Null,
        }
    }
}

fn attributes(object: &Object, row: &Row, base: &str) -> Map<String, Value> {
    as_row(
        json!({ "attributes": { "type": object.name, "url": format!("{base}/sobjects/{}/{}", object.name, text(row, "Id")) } }),
    )
}

fn cut<'r>(rows: Vec<&'r Row>, query: &Query) -> Vec<&'r Row> {
    rows.into_iter().skip(query.offset).take(query.limit.unwrap_or(usize::MAX)).collect()
}

/// The parts that must all hold.
fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        other => vec![other],
    }
}

fn having_holds(expr: &Expr, value: &dyn Fn(&Operand) -> Value) -> bool {
    match expr {
        Expr::And(parts) => parts.iter().all(|part| having_holds(part, value)),
        Expr::Or(parts) => parts.iter().any(|part| having_holds(part, value)),
        Expr::Not(inner) => !having_holds(inner, value),
        Expr::Compare(operand, operator, literal) => compare(&value(operand), operator, literal, ""),
        Expr::In(path, negated, list) => {
            let found = value(&Operand::Field(path.clone()));
            list.iter().any(|literal| compare(&found, "=", literal, "")) != *negated
        }
        Expr::Semi(..) => false,
    }
}

fn rank(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        _ => Ordering::Equal,
    }
}

fn ordered(a: &Value, b: &Value, order: &Order) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) => {
            if order.nulls_last {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (false, true) => {
            if order.nulls_last {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (false, false) => {
            if order.down {
                rank(b, a)
            } else {
                rank(a, b)
            }
        }
    }
}

fn compare(value: &Value, operator: &str, literal: &Literal, kind: &str) -> bool {
    let ordering = match literal {
        Literal::Null => {
            return match operator {
                "=" => value.is_null(),
                "!=" | "<>" => !value.is_null(),
                _ => false,
            };
        }
        _ if value.is_null() => return matches!(operator, "!=" | "<>"),
        Literal::Bool(b) => value.as_bool().map(|v| v.cmp(b)),
        Literal::Number(n) => value.as_f64().and_then(|v| v.partial_cmp(n)),
        Literal::Text(t) => {
            if operator == "LIKE" {
                return value.as_str().is_some_and(|v| like(&v.to_lowercase(), &t.to_lowercase()));
            }
            let wanted = if matches!(kind, "id" | "reference") {
                crate::id::long(t).unwrap_or_else(|| t.clone())
            } else {
                t.clone()
            };
            value.as_str().map(|v| {
                if matches!(kind, "id" | "reference") {
                    v.cmp(&wanted)
                } else {
                    v.to_lowercase().cmp(&wanted.to_lowercase())
                }
            })
        }
        Literal::Date(written) => {
            let (from, to) = span(written);
            let Some(v) = value.as_str() else { return false };
            return match operator {
                "=" => from.as_str() <= v && v < to.as_str(),
                "!=" | "<>" => !(from.as_str() <= v && v < to.as_str()),
                ">" => v >= to.as_str(),
                ">=" => v >= from.as_str(),
                "<" => v < from.as_str(),
                "<=" => v < to.as_str(),
                _ => false,
            };
        }
    };
    match (ordering, operator) {
        (Some(o), "=") => o.is_eq(),
        (Some(o), "!=" | "<>") => o.is_ne(),
        (Some(o), "<") => o.is_lt(),
        (Some(o), "<=") => o.is_le(),
        (Some(o), ">") => o.is_gt(),
        (Some(o), ">=") => o.is_ge(),
        _ => false,
    }
}

/// `%` any text, `_` any character. Matched without backtracking into exponential time.
fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut t, mut p, mut star, mut mark) = (0, 0, None, 0);
    while let Some(c) = text.get(t) {
        match pattern.get(p) {
            Some('%') => {
                star = Some(p);
                mark = t;
                p += 1;
            }
            Some(q) if *q == '_' || q == c => {
                t += 1;
                p += 1;
            }
            _ => match star {
                Some(s) => {
                    p = s + 1;
                    mark += 1;
                    t = mark;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|c| *c == '%')
}

/// What a date literal covers: from, and up to but without.
fn span(written: &str) -> (String, String) {
    let upper = written.to_uppercase();
    let today = OffsetDateTime::now_utc().replace_time(time::Time::MIDNIGHT);
    let days = |from: i64, to: i64| {
        (crate::store::stamp(today + Duration::days(from)), crate::store::stamp(today + Duration::days(to)))
    };
    let n = upper.split(':').nth(1).and_then(|n| n.parse::<i64>().ok()).unwrap_or(1).clamp(0, 100_000);
    match upper.split(':').next().unwrap_or_default() {
        "TODAY" => days(0, 1),
        "YESTERDAY" => days(-1, 0),
        "TOMORROW" => days(1, 2),
        "LAST_N_DAYS" => days(-n, 1),
        "NEXT_N_DAYS" => days(1, n + 1),
        "LAST_90_DAYS" => days(-90, 1),
        "LAST_WEEK" | "THIS_WEEK" => days(-7, 1),
        "LAST_MONTH" | "THIS_MONTH" => days(-31, 1),
        "LAST_YEAR" | "THIS_YEAR" => days(-365, 1),
        _ => {
            let at = if written.contains('T') {
                written.replace('Z', ".000+0000")
            } else {
                format!("{written}T00:00:00.000+0000")
            };
            let end =
                if written.contains('T') { format!("{at}~") } else { format!("{written}T23:59:59.999+0000") };
            (at, end)
        }
    }
}
