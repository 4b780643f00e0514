//! The rows that a review read, and what of them could not be.

use super::table::{Chunk, Table};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Rows by table; whose were not read, or not all.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    tables: BTreeMap<Table, Vec<Value>>,
    /// Tables of which there are more rows, it is not known whose.
    cut: BTreeSet<Table>,
    /// Of whom there are more rows.
    cut_of: BTreeMap<Table, BTreeSet<Id>>,
    lost: Vec<(Table, Vec<Id>, OrgError)>,
    /// The fewest days of logins that were read of anybody, where it is fewer than was chosen.
    pub(super) fewest_days: Option<u32>,
    /// The users to look at, in order.
    pub(super) subjects: Vec<Id>,
    /// Those of them whom a sign of software names.
    pub(super) candidates: BTreeSet<Id>,
    /// Privileged people who are counted and not looked at.
    pub(super) people_left_out: usize,
    /// The permission sets that reach the subjects.
    pub(super) sets: Vec<Id>,
    /// Those of them whose holders are read by name.
    pub(super) named_sets: BTreeSet<Id>,
}

impl Rows {
    /// The rows of a table that were read.
    pub(super) fn of(&self, table: Table) -> &[Value] {
        self.tables.get(&table).map_or(&[], Vec::as_slice)
    }

    /// The rows of a table, taken out.
    pub(super) fn take(&mut self, table: Table) -> Vec<Value> {
        self.tables.remove(&table).unwrap_or_default()
    }

    /// Adds rows of a query; `cut` where there are more.
    pub(super) fn add(&mut self, chunk: &Chunk, mut rows: Vec<Value>, cut: bool) {
        self.tables.entry(chunk.table).or_default().append(&mut rows);
        if !cut {
            return;
        }
        if chunk.ids.is_empty() {
            self.cut.insert(chunk.table);
        } else {
            self.cut_of.entry(chunk.table).or_default().extend(chunk.ids.iter().cloned());
        }
    }

    /// Takes the rows of a query out again: it is asked anew.
    pub(super) fn forget(&mut self, chunk: &Chunk) {
        let Some(rows) = self.tables.get_mut(&chunk.table) else { return };
        if chunk.ids.is_empty() && chunk.apps.is_empty() {
            rows.clear();
        } else if chunk.ids.is_empty() {
            let key = if chunk.table == Table::Contacts { "Email" } else { "AppName" };
            rows.retain(|row| !chunk.apps.iter().any(|app| app.eq_ignore_ascii_case(json::text(row, key))));
        } else {
            rows.retain(|row| json::id(row, chunk.table.key()).is_none_or(|id| !chunk.ids.contains(&id)));
        }
    }

    /// A query could not be read.
    pub(super) fn lose(&mut self, chunk: &Chunk, why: &OrgError) {
        self.lost.push((chunk.table, chunk.ids.clone(), why.clone()));
    }

    /// Logins of fewer days were read than was chosen.
    pub(super) fn shortened(&mut self, days: u32) {
        self.fewest_days = Some(self.fewest_days.map_or(days, |fewest| fewest.min(days)));
    }

    /// Why none of a table was read, where that is so.
    pub(super) fn refused(&self, table: Table) -> Option<&OrgError> {
        let is_whole = |(own, ids, _): &&(Table, Vec<Id>, OrgError)| *own == table && ids.is_empty();
        self.lost.iter().find(is_whole).map(|(_, _, why)| why)
    }

    /// Whose rows of a table were not read, and why.
    pub(super) fn lost(&self, table: Table) -> BTreeMap<Id, OrgError> {
        let own = self.lost.iter().filter(|(own, ..)| *own == table);
        own.flat_map(|(_, ids, why)| ids.iter().map(move |id| (id.clone(), why.clone()))).collect()
    }

    /// What was not read: the table, of how many, why.
    pub(super) fn losses(&self) -> impl Iterator<Item = (Table, usize, &OrgError)> {
        self.lost.iter().map(|(table, ids, why)| (*table, ids.len(), why))
    }

    /// Whether there are more rows of a table, it is not known whose.
    pub(super) fn is_cut(&self, table: Table) -> bool {
        self.cut.contains(&table)
    }

    /// Of whom there are more rows of a table.
    pub(super) fn cut_of(&self, table: Table) -> BTreeSet<Id> {
        self.cut_of.get(&table).cloned().unwrap_or_default()
    }
}
