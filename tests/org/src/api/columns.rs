//! `query?columns=true`: what the columns of a query are, for clients that draw tables.
//!
//! It never runs the query.

use super::{Api, Reply, Result, one};
use crate::soql::parse::{self, Item, Query};
use crate::store::set;
use serde_json::{Value, json};

impl Api<'_> {
    /// The columns of a query. Source: what the command line reads of the answer (`@salesforce/plugin-data`).
    pub(super) fn columns(&self, q: &str) -> Result<Reply> {
        let query = parse::query(q).map_err(one)?;
        let object = self.org.schema.object(&query.from);
        let columns = of_query(&query);
        let is_id = |column: &Value| {
            column
                .get("columnName")
                .and_then(Value::as_str)
                .is_some_and(|name| name.eq_ignore_ascii_case("Id"))
        };
        let body = json!({
            "columnMetadata": columns,
            "entityName": object.map(|object| object.name.clone()),
            "groupBy": !query.group.is_empty(),
            "idSelected": columns.iter().any(is_id),
            "keyPrefix": object.map(|object| object.prefix.clone()),
        });
        Ok(Reply::ok("QueryResult", body))
    }
}

fn of_query(query: &Query) -> Vec<Value> {
    let mut columns: Vec<Value> = vec![];
    let mut calls = 0;
    for item in &query.select {
        match item {
            Item::Field(path, alias) => {
                let mut parts: Vec<&str> = path.split('.').collect();
                if query.from.eq_ignore_ascii_case(parts.first().copied().unwrap_or_default())
                    && parts.len() > 1
                {
                    parts.remove(0);
                }
                let mut column = nested(&parts);
                if let Some(alias) = alias {
                    set(&mut column, "displayName", json!(alias));
                }
                columns.push(column);
            }
            Item::Call(function, _, alias) => {
                let name = alias.clone().unwrap_or_else(|| format!("expr{calls}"));
                calls += 1;
                let shown = alias.clone().unwrap_or_else(|| function.to_lowercase());
                columns.push(column(&name, &shown, true, vec![]));
            }
            Item::Child(child) => columns.push(column(&child.from, &child.from, true, of_query(child))),
            Item::Fields(_) | Item::TypeOf(..) => {}
        }
    }
    columns
}

fn nested(parts: &[&str]) -> Value {
    match parts.split_first() {
        Some((name, rest)) if !rest.is_empty() => column(name, name, false, vec![nested(rest)]),
        Some((name, _)) => column(name, name, false, vec![]),
        None => Value::Null,
    }
}

fn column(name: &str, shown: &str, aggregate: bool, joined: Vec<Value>) -> Value {
    json!({ "aggregate": aggregate, "apexType": null, "booleanType": false, "columnName": name, "custom": name.ends_with("__c"),
        "displayName": shown, "foreignKeyName": null, "insertable": false, "joinColumns": joined, "numberType": false,
        "textType": false, "updatable": false })
}
