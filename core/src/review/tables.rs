//! From the rows of a review to the tables of an org, out of which each user's facts are taken.

use super::reader::Reader;
use super::rows::Rows;
use super::table::Table;
use crate::facts::{Known, OrgTables, REACH_LIMIT, TableRows, grants, objects};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use serde_json::{Map, json};
use std::collections::BTreeMap;

impl Reader {
    /// The org's tables; takes the rows out of the reader.
    pub(super) fn tables(&mut self) -> OrgTables {
        let sees = self.sees();
        let rows = &mut self.rows;
        let sets = sets(rows);
        let frozen = table(rows, &[Table::Frozen]);
        let tokens = table(rows, &[Table::Tokens, Table::OwnTokens]);
        let tokens = tokens.map(|table| TableRows {
            cut: table.cut || rows.is_cut(Table::TokenApps) || !self.context.big_apps.is_empty(),
            ..table
        });
        OrgTables {
            users: table(rows, &[Table::Users]),
            logins: frozen,
            profiles: table(rows, &[Table::Profiles]),
            licenses: table(rows, &[Table::UserLicenses]),
            sets,
            assignments: sees.assignments.and_then(|()| table(rows, &[Table::Assignments])),
            sign_ins: sees.logins.and_then(|()| table(rows, &[Table::Logins])),
            tokens: sees.tokens.and(tokens),
            apps: table(rows, &[Table::MenuItems]),
            jobs: table(rows, &[Table::Jobs]),
            ranges: std::mem::take(&mut self.metadata.ranges)
                .into_iter()
                .map(|(profile, read)| {
                    let known = match read {
                        Ok(ranges) => Known::Is(ranges),
                        Err(why) => Known::unavailable(RANGES, why),
                    };
                    (profile, known)
                })
                .collect(),
            ranges_why: self.metadata.why.clone(),
        }
    }
}

const RANGES: &str = <crate::facts::LoginIpRanges as crate::facts::Fact>::NAME;

/// The rows of tables that are one fact.
fn table(rows: &mut Rows, tables: &[Table]) -> Result<TableRows, OrgError> {
    let mut all = TableRows::default();
    for table in tables {
        if let Some(why) = rows.refused(*table) {
            return Err(why.clone());
        }
        all.rows.append(&mut rows.take(*table));
        all.cut |= rows.is_cut(*table);
        all.cut_of.extend(rows.cut_of(*table));
        all.lost.extend(rows.lost(*table));
    }
    Ok(all)
}

/// Rows by the id in a field, each list in its order.
fn by(rows: Vec<Value>, key: &str) -> BTreeMap<Id, Vec<Value>> {
    let mut all: BTreeMap<Id, Vec<Value>> = BTreeMap::new();
    for row in rows {
        if let Some(id) = json::id(&row, key) {
            all.entry(id).or_default().push(row);
        }
    }
    all
}

fn list(records: Vec<Value>, done: bool) -> Value {
    json!({ "done": done, "records": records })
}

/// The rows of permission sets, put together out of several queries, as one query of a user's page gives them.
fn sets(rows: &mut Rows) -> Result<TableRows, OrgError> {
    let mut all = table(rows, &[Table::Sets])?;
    let lost_permissions = rows.lost(Table::Permissions);
    let mut permissions: BTreeMap<Id, Value> = rows
        .take(Table::Permissions)
        .into_iter()
        .filter_map(|row| Some((json::id(&row, "Id")?, row)))
        .collect();
    let (lost_objects, cut_objects) = (rows.lost(Table::Objects), rows.cut_of(Table::Objects));
    let mut objects = by(rows.take(Table::Objects), "ParentId");
    let has_apps = rows.refused(Table::AppAccess).is_none();
    let apps_cut = rows.is_cut(Table::AppAccess);
    let mut apps = by(rows.take(Table::AppAccess), "ParentId");
    let mut holders = Holders::new(rows);
    for row in &mut all.rows {
        let (Some(id), Some(fields)) = (json::id(row, "Id"), row.as_object_mut()) else { continue };
        if let Some(Value::Object(own)) = permissions.remove(&id) {
            own.into_iter().filter(|(name, _)| name.starts_with("Permissions")).for_each(|(name, value)| {
                fields.insert(name, value);
            });
        }
        if !lost_objects.contains_key(&id) {
            let own = objects.remove(&id).unwrap_or_default();
            fields.insert(objects::OF_SET.relationship.into(), list(own, !cut_objects.contains(&id)));
        }
        if has_apps {
            let own = apps.remove(&id).unwrap_or_default();
            fields.insert("SetupEntityAccessItems".into(), list(own, !apps_cut));
        }
        holders.add(&id, fields);
    }
    all.lost.extend(lost_permissions);
    Ok(all)
}

/// Who has each set.
struct Holders {
    lost: BTreeMap<Id, OrgError>,
    counts: BTreeMap<Id, u64>,
    named: BTreeMap<Id, Vec<Value>>,
    /// Of sets whose holders are not read by name: those of them who are looked at, by what was read of them.
    subjects: BTreeMap<Id, Vec<Value>>,
}

impl Holders {
    fn new(rows: &mut Rows) -> Holders {
        let users: BTreeMap<Id, &Value> = rows
            .of(Table::Users)
            .iter()
            .filter(|row| json::flag(row, "IsActive"))
            .filter_map(|row| Some((json::id(row, "Id")?, row)))
            .collect();
        let mut subjects: BTreeMap<Id, Vec<Value>> = BTreeMap::new();
        for row in rows.of(Table::Assignments) {
            let (Some(user), Some(set)) = (json::id(row, "AssigneeId"), json::id(row, "PermissionSetId"))
            else {
                continue;
            };
            let Some(record) = users.get(&user).filter(|_| !rows.named_sets.contains(&set)) else { continue };
            let mut holder = row.clone();
            if let Some(fields) = holder.as_object_mut() {
                let own =
                    json!({ "Name": json::text(record, "Name"), "Username": json::text(record, "Username") });
                fields.insert("Assignee".into(), own);
            }
            subjects.entry(set).or_default().push(holder);
        }
        let counts = rows.of(Table::Holders).iter();
        let counts = counts
            .filter_map(|row| Some((json::id(row, "PermissionSetId")?, json::number(row, "total"))))
            .collect();
        let mut lost = rows.lost(Table::Holders);
        lost.extend(rows.lost(Table::HolderNames));
        Holders { lost, counts, named: by(rows.take(Table::HolderNames), "PermissionSetId"), subjects }
    }

    /// Adds the list of who has a set, as far as it is known.
    fn add(&mut self, set: &Id, fields: &mut Map<String, Value>) {
        if self.lost.contains_key(set) {
            return;
        }
        let count = self.counts.get(set).copied().unwrap_or_default();
        let holders = self.named.remove(set).or_else(|| self.subjects.remove(set)).unwrap_or_default();
        let beyond = count.saturating_sub(holders.len() as u64);
        // Where they are too many to be named, those of them who are looked at stand for all.
        let is_many = count > REACH_LIMIT as u64 + 1;
        fields.insert("Assignments".into(), list(holders, beyond == 0 && !is_many));
        if is_many {
            fields.insert(grants::BEYOND.into(), json!(beyond));
        }
    }
}
