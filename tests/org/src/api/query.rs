//! Queries, page by page.
//!
//! It never runs a query twice: the pages of one are cut from what it gave, and each can be read again.

use super::{Api, ApiRequest, Reply, Result, one, parameter};
use crate::error::ApiError;
use crate::soql;
use crate::store::{Actor, set};
use serde_json::{Value, json};

/// Rows of a request, those of the lists inside rows among them. Source: REST API guide, "Query".
const MOST_ROWS: usize = 2_000;

/// Rows of the first page of a list inside a row, with the row itself: 499 were given of a list in a narrow row (jsforce
/// issue 577, simple-salesforce issue 311), 199 in a wide one (jsforce pull request 1752).
const BATCH: usize = 500;
const WIDE_BATCH: usize = 200;

/// Columns beyond which a row is wide here: the platform says "several fields" (Salesforce Help 000386264).
const WIDE: usize = 100;

impl Api<'_> {
    /// `query?q=…` and `queryAll?q=…`.
    pub(super) fn query_resource(
        &mut self,
        actor: &Actor,
        base: &str,
        request: &ApiRequest,
        all: bool,
    ) -> Result<Reply> {
        if let Some(q) = parameter(&request.query, "explain").filter(|q| !q.trim().is_empty() && !all) {
            return self.explain(actor, base, q);
        }
        let q = parameter(&request.query, "q").filter(|q| !q.trim().is_empty()).ok_or_else(|| {
            one(ApiError::new(400, "MALFORMED_QUERY", "A query string has to be specified"))
        })?;
        if parameter(&request.query, "columns").is_some_and(|on| on == "true") {
            return self.columns(q);
        }
        let body = self.query(actor, base, q, page_size(request), all)?;
        Ok(Reply::ok("QueryResult", body))
    }

    /// `query?explain=…`: how a query would be run: over the whole table here, whatever it filters by. Source: REST API
    /// guide, "Query Performance Feedback"; the cost assumed.
    fn explain(&mut self, actor: &Actor, base: &str, q: &str) -> Result<Reply> {
        let answer = soql::run(self.org, &actor.user_id, q, base).map_err(one)?;
        let from = soql::parse::query(q).map_err(one)?.from;
        let object = self.object(&from)?;
        let all = self.org.rows(&object.name).count();
        let plan = json!({ "cardinality": answer.total, "fields": [], "leadingOperationType": "TableScan", "notes": [],
            "relativeCost": 1.0, "sobjectCardinality": all, "sobjectType": object.name });
        Ok(Reply::ok("QueryPlans", json!({ "plans": [plan], "sourceQuery": q })))
    }

    /// The first page of a query.
    pub(super) fn query(
        &mut self,
        actor: &Actor,
        base: &str,
        q: &str,
        size: Option<usize>,
        all: bool,
    ) -> Result<Value> {
        if let Some(object) = self.faults.hidden_in(q) {
            let message =
                format!("\n{q}\n^\nERROR at Row:1:Column:1\nsObject type '{object}' is not supported.");
            return Err(one(ApiError::new(400, "INVALID_TYPE", message)));
        }
        if q.to_ascii_lowercase().contains("userpermissionaccess") {
            self.org.note_access(&actor.user_id);
        }
        self.org.define_fields(q);
        let answer = soql::run_over(self.org, &actor.user_id, q, base, all).map_err(one)?;
        let size = size.unwrap_or(answer.page);
        let first = self.page(base, &answer.records, size);
        let at = first.len();
        let mut body = json!({ "totalSize": answer.total, "done": at >= answer.records.len() });
        if at < answer.records.len() {
            let cursor = self.org.numbered("0r8");
            set(&mut body, "nextRecordsUrl", json!(format!("{base}/query/{cursor}-{at}")));
            self.cursors.insert(cursor, (size, answer.records));
        }
        set(&mut body, "records", Value::Array(first));
        Ok(body)
    }

    /// The records of a page that begins with the first of `rest`: at most `size`, and at most 2,000 with the records of
    /// the lists inside them, but one in any case. Lists inside are cut to pages of their own.
    fn page(&mut self, base: &str, rest: &[Value], size: usize) -> Vec<Value> {
        let (mut page, mut rows) = (vec![], 0);
        for record in rest.iter().take(size) {
            let mut record = record.clone();
            let inside = self.cut_children(base, &mut record, size);
            if !page.is_empty() && rows + 1 + inside > MOST_ROWS {
                break;
            }
            rows += 1 + inside;
            page.push(record);
        }
        page
    }

    /// Cuts the lists inside a record to their first page; how many rows are left in them.
    fn cut_children(&mut self, base: &str, record: &mut Value, size: usize) -> usize {
        let Some(record) = record.as_object_mut() else { return 0 };
        let batch = size.min(if record.len() > WIDE { WIDE_BATCH } else { BATCH });
        let mut rows = 0;
        for (_, list) in record.iter_mut().filter(|(name, _)| *name != "attributes") {
            let Some(all) = list.get("records").and_then(Value::as_array).cloned() else {
                // A record that this one refers to has no lists.
                continue;
            };
            // The record itself is one row of the batch.
            let first = batch.saturating_sub(1).max(1);
            let mut shown: Vec<Value> = all.iter().take(first).cloned().collect();
            rows += shown.len();
            for one in &mut shown {
                rows += self.cut_children(base, one, size);
            }
            set(list, "records", Value::Array(shown));
            if all.len() > first {
                let cursor = self.org.numbered("0r8");
                set(list, "done", json!(false));
                set(list, "nextRecordsUrl", json!(format!("{base}/query/{cursor}-{first}")));
                self.cursors.insert(cursor, (batch, all));
            }
        }
        rows
    }

    /// The page of a query that begins at the place in its locator.
    pub(super) fn more(&mut self, base: &str, locator: &str) -> Result<Reply> {
        let unknown = || one(ApiError::new(400, "INVALID_QUERY_LOCATOR", "invalid query locator"));
        let (cursor, at) = locator.rsplit_once('-').ok_or_else(unknown)?;
        let at: usize = at.parse().map_err(|_| unknown())?;
        let (size, all) = self.cursors.get(cursor).cloned().ok_or_else(unknown)?;
        let rest = all.get(at..).ok_or_else(unknown)?;
        let page = self.page(base, rest, size);
        let next = at + page.len();
        let mut body = json!({ "totalSize": all.len(), "done": next == all.len() });
        if next < all.len() {
            set(&mut body, "nextRecordsUrl", json!(format!("{base}/query/{cursor}-{next}")));
        }
        set(&mut body, "records", Value::Array(page));
        Ok(Reply::ok("QueryResult", body))
    }
}

/// Rows a page as the client asks for them: from 200 to 2,000.
pub(super) fn page_size(request: &ApiRequest) -> Option<usize> {
    let options = request.headers.get("sforce-query-options")?;
    let size = options.split(',').find_map(|option| option.trim().strip_prefix("batchSize="))?;
    size.trim().parse::<usize>().ok().map(|size| size.clamp(200, 2_000))
}
