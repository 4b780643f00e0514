//! Rows by object and id, with indexes on the references that queries join on.
//!
//! It never asks who writes, nor whether it may be: that is the platform's.

use super::{Deleted, Org, Row, text};
use crate::id;
use crate::schema::Field;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    rows: BTreeMap<String, Row>,
    /// Field, value, ids.
    index: HashMap<&'static str, HashMap<String, BTreeSet<String>>>,
}

static NULL: Value = Value::Null;
static FALSE: Value = Value::Bool(false);

/// Reference fields that queries join on.
const INDEXED: &[&str] = &[
    "ProfileId",
    "AssigneeId",
    "PermissionSetId",
    "PermissionSetGroupId",
    "ParentId",
    "UserId",
    "OwnerId",
    "Username",
    "SetupEntityId",
    "CronJobDetailId",
    "DurableId",
    "EntityDefinitionId",
    "AccountId",
    "ContactId",
    "OpportunityId",
    "WhatId",
    "WhoId",
];

/// What a row was before a write.
#[derive(Debug, Clone)]
pub(super) struct Change {
    object: String,
    id: String,
    before: Option<Row>,
}

/// The index's key of a value: what is text is compared without case.
fn folded<'v>(field: &str, value: &'v str) -> Cow<'v, str> {
    if matches!(field, "Username" | "DurableId" | "EntityDefinitionId") {
        Cow::Owned(value.to_lowercase())
    } else {
        Cow::Borrowed(value)
    }
}

impl Org {
    /// From here on each write of a row can be undone, until the mark is kept or undone. Marks nest.
    pub fn mark(&mut self) -> usize {
        self.marks += 1;
        self.journal.len()
    }

    /// Keeps what was written since the mark.
    pub fn keep(&mut self, _mark: usize) {
        self.marks = self.marks.saturating_sub(1);
        if self.marks == 0 {
            self.journal.clear();
        }
    }

    /// Undoes what was written since the mark.
    pub fn undo(&mut self, mark: usize) {
        while self.journal.len() > mark {
            let Some(Change { object, id, before }) = self.journal.pop() else { break };
            let marks = std::mem::take(&mut self.marks);
            match before {
                Some(row) => drop(self.put(&object, row)),
                None => drop(self.take(&object, &id)),
            }
            self.marks = marks;
        }
        self.keep(mark);
    }

    fn remember_change(&mut self, object: &str, id: &str, before: Option<Row>) {
        if self.marks > 0 {
            self.journal.push(Change { object: object.to_owned(), id: id.to_owned(), before });
        }
    }

    /// A record by its id, of 15 or 18 characters.
    pub fn row(&self, object: &str, id: &str) -> Option<&Row> {
        self.tables.get(&object.to_lowercase())?.rows.get(&id::long(id)?)
    }

    /// A record by an id of 18 characters, of an object in lower case: what references lead along.
    pub(crate) fn reached(&self, object: &str, id: &str) -> Option<&Row> {
        if object == "name" {
            return self.row(&self.schema.object_of(id)?.name, id);
        }
        // An object's definition is referred to by its name.
        if object == "entitydefinition" {
            return self.rows_by(object, "DurableId", id).into_iter().next();
        }
        self.tables.get(object)?.rows.get(id)
    }

    /// A new id with a key prefix, of something that is no record.
    pub(crate) fn numbered(&mut self, prefix: &str) -> String {
        self.counter += 1;
        id::numbered(prefix, self.counter)
    }

    /// All records of an object, by id.
    pub fn rows(&self, object: &str) -> impl Iterator<Item = &Row> {
        self.tables.get(&object.to_lowercase()).into_iter().flat_map(|table| table.rows.values())
    }

    /// Deleted records of an object.
    pub(crate) fn binned<'a>(&'a self, object: &'a str) -> impl Iterator<Item = &'a Row> {
        self.deleted.values().filter(move |deleted| deleted.object == object).map(|deleted| &deleted.row)
    }

    /// Records whose `field` is `value`; quick where the field is a reference that queries join on.
    pub fn rows_by<'a>(&'a self, object: &str, field: &str, value: &str) -> Vec<&'a Row> {
        let Some(table) = self.tables.get(&object.to_lowercase()) else { return vec![] };
        if let Some(name) = INDEXED.iter().find(|name| name.eq_ignore_ascii_case(field)) {
            let ids = table.index.get(name).and_then(|index| index.get(folded(name, value).as_ref()));
            return ids.into_iter().flatten().filter_map(|id| table.rows.get(id)).collect();
        }
        table.rows.values().filter(|row| text(row, field) == value).collect()
    }

    /// Whether [`Org::rows_by`] has an index on the field.
    pub fn is_indexed(field: &str) -> bool {
        INDEXED.iter().any(|name| name.eq_ignore_ascii_case(field))
    }

    /// A new id for an object.
    pub fn next_id(&mut self, object: &str) -> String {
        self.counter += 1;
        id::numbered(self.schema.object(object).map_or("000", |o| o.prefix.as_str()), self.counter)
    }

    /// Puts a record in place as the platform itself does: without rules. Gives it an id when it has none.
    pub fn put(&mut self, object: &str, mut row: Row) -> String {
        let id = match row.get("Id").and_then(Value::as_str).and_then(id::long) {
            Some(id) => id,
            None => self.next_id(object),
        };
        row.insert("Id".into(), json!(id));
        if object == "OauthToken" {
            // No seed has one: it is a secret of the platform's, which ends the token and nothing else.
            row.entry("DeleteToken".to_owned()).or_insert_with(|| json!(format!("{id}/end+")));
        }
        let table = Arc::make_mut(self.tables.entry(object.to_lowercase()).or_default());
        let old = table.rows.remove(&id);
        if let Some(old) = &old {
            table.unindex(old, &id);
        }
        table.index_row(&row, &id);
        table.rows.insert(id.clone(), row);
        self.deleted.remove(&id);
        self.remember_change(object, &id, old);
        id
    }

    /// Deletes a record, without rules, and keeps what it was.
    pub(crate) fn bin(&mut self, object: &str, id: &str) {
        let at = self.stamp();
        if let Some(mut row) = self.take(object, id) {
            let object = self.schema.object(object).map_or(object, |object| object.name.as_str()).to_owned();
            row.insert("IsDeleted".into(), json!(true));
            self.deleted.insert(text(&row, "Id").to_owned(), Deleted { object, row, at });
        }
    }

    /// Takes a record away, without rules.
    pub fn take(&mut self, object: &str, id: &str) -> Option<Row> {
        let id = id::long(id)?;
        let table = Arc::make_mut(self.tables.get_mut(&object.to_lowercase())?);
        let row = table.rows.remove(&id)?;
        let id = text(&row, "Id").to_owned();
        table.unindex(&row, &id);
        self.remember_change(object, &id, Some(row.clone()));
        Some(row)
    }

    /// A field's value as every API presents it. What a sparse row lacks is false for a boolean and null where the
    /// field may be null; else it is what the platform gives such rows: the org's beginning and who founded it for
    /// who and when, a default of the field's own for the others.
    pub fn value<'r>(&'r self, field: &'r Field, row: &'r Row) -> &'r Value {
        let said = |name: &str| row.get(name).filter(|value| !value.is_null());
        if let Some(value) = row.get(&field.name).filter(|value| field.nillable || !value.is_null()) {
            return value;
        }
        if field.kind == "boolean" {
            return &FALSE;
        }
        if field.nillable {
            return &NULL;
        }
        let (before, last): (&[&str], _) = match field.name.as_str() {
            "CreatedDate" => (&[], &self.founded),
            "LastModifiedDate" => (&["CreatedDate"], &self.founded),
            "SystemModstamp" => (&["LastModifiedDate", "CreatedDate"], &self.founded),
            "CreatedById" | "OwnerId" => (&[], &self.founder),
            "LastModifiedById" => (&["CreatedById"], &self.founder),
            _ => (&[], &field.traits.standing),
        };
        match &field.traits.after {
            Some(after) if after == "SystemModstamp" => said(after).unwrap_or(&self.founded),
            Some(after) => said(after).unwrap_or(last),
            None => before.iter().find_map(|name| said(name)).unwrap_or(last),
        }
    }
}

impl Table {
    fn index_row(&mut self, row: &Row, id: &str) {
        for field in INDEXED {
            if let Some(value) = row.get(*field).and_then(Value::as_str) {
                self.index
                    .entry(field)
                    .or_default()
                    .entry(folded(field, value).into_owned())
                    .or_default()
                    .insert(id.to_owned());
            }
        }
    }

    fn unindex(&mut self, row: &Row, id: &str) {
        for field in INDEXED {
            if let Some(value) = row.get(*field).and_then(Value::as_str)
                && let Some(ids) =
                    self.index.get_mut(field).and_then(|index| index.get_mut(folded(field, value).as_ref()))
            {
                ids.remove(id);
            }
        }
    }
}
