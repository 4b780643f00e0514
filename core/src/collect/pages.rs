//! Lists that come in pages: rows, and the lists inside them.

use super::collector::{ChildPage, Collector, Waiting};
use super::part::Part;
use super::queries;
use crate::salesforce::http::query_path;
use crate::salesforce::json::{self, Value};
use crate::salesforce::setup_url::PageKind;

/// Rows of an aggregate query, which has no second page (SOQL reference, "queryMore() with aggregate functions").
const AGGREGATE_LIMIT: usize = 2_000;

/// Follow-up pages of one list; beyond, the list is said to be cut.
const MORE_PAGES: u32 = 10;

/// Follow-up pages of the lists inside all rows of a page, together; beyond, what is left is said to be cut. Enough for
/// the permissions on 2,000 objects in the smallest pages that were seen, of 199 rows (jsforce pull request 1752).
const CHILD_PAGES: u32 = 20;

impl Collector {
    /// One page of a query's rows; asks for the next while there is one.
    pub(super) fn read_rows(&mut self, part: Part, mut page: Value) {
        let rows = self.rows.entry(part).or_default();
        rows.append(&mut json::take_rows(&mut page));
        let count = rows.len();
        let next = json::next_page(&page).map(str::to_owned);
        match next {
            Some(url) if *self.pages.entry(part).or_default() < MORE_PAGES => {
                *self.pages.entry(part).or_default() += 1;
                self.request("GET", url, None, Waiting::More(part));
            }
            // Aggregates have no next page: a full one is a cut one. Of tokens, this user's are then asked for alone.
            _ if part == Part::Tokens && count >= AGGREGATE_LIMIT && self.page.kind == PageKind::User => {
                let Some(query) = queries::tokens_of(&self.page, &self.page.id) else { return };
                let path = query_path(&query.soql());
                self.request("GET", path, None, Waiting::OwnTokens);
            }
            Some(_) => self.read_children(part, true),
            None => {
                let cut = part.is_aggregate() && count >= AGGREGATE_LIMIT;
                // Not done, and no address to go on at: cut.
                let done = page.get("done").and_then(Value::as_bool).unwrap_or(true);
                self.read_children(part, cut || !done);
            }
        }
    }

    /// This user's tokens, where the list of all was cut.
    pub(super) fn read_own_tokens(&mut self, mut page: Value) {
        self.rows.entry(Part::Tokens).or_default().append(&mut json::take_rows(&mut page));
        self.finish(Part::Tokens, true);
    }

    /// Asks for the next page of a list inside one of the part's rows, while there is one; then all are there.
    ///
    /// A list inside a row has its own `done` and `nextRecordsUrl`, whatever LIMIT it was asked with: the platform gives
    /// 2,000 rows a request with those of the lists, fewer where rows are wide (REST API guide, "Query"; jsforce issue
    /// 577 and pull request 1752, simple-salesforce issue 311).
    pub(super) fn read_children(&mut self, part: Part, cut: bool) {
        let rows = self.rows.get(&part).map_or(&[][..], Vec::as_slice);
        let next = rows.iter().enumerate().find_map(|(row, value)| {
            json::as_fields(value).find_map(|(list, child)| {
                let url = json::next_page(child)?.to_owned();
                Some((ChildPage { part, row, list: list.clone(), cut }, url))
            })
        });
        match next {
            Some((of, url)) if self.child_pages < CHILD_PAGES => {
                self.child_pages += 1;
                self.request("GET", url, None, Waiting::Child(of));
            }
            _ => self.finish(part, cut),
        }
    }

    /// Adds a page to its list; without one, the list stays cut.
    pub(super) fn read_child(&mut self, of: &ChildPage, page: Option<Value>) {
        let row = self.rows.get_mut(&of.part).and_then(|rows| rows.get_mut(of.row));
        let Some(list) = row.and_then(|row| row.get_mut(&of.list)).and_then(Value::as_object_mut) else {
            return;
        };
        list.remove("nextRecordsUrl");
        let Some(mut page) = page else { return };
        if let Some(records) = list.get_mut("records").and_then(Value::as_array_mut) {
            records.append(&mut json::take_rows(&mut page));
        }
        for key in ["done", "nextRecordsUrl"] {
            if let Some(value) = page.get_mut(key) {
                list.insert(key.to_owned(), value.take());
            }
        }
    }

    /// All rows of a part are there (or as many as there will be, when `cut`).
    fn finish(&mut self, part: Part, cut: bool) {
        let rows = self.rows.remove(&part).unwrap_or_default();
        match part {
            Part::Sets => self.read_sets(&rows, cut),
            Part::Assigned => self.read_assignments(&rows),
            Part::Choices => self.read_choices(&rows),
            Part::Objects => self.read_objects(rows, cut),
            _ => part.read_rows(&mut self.facts, &rows, cut),
        }
    }
}
