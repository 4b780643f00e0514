//! Queries, page by page.
//!
//! It never runs a query twice: the pages of one are cut from what it gave, and each can be read again.

use super::{Api, ApiRequest, Reply, Result, one, parameter};
use crate::error::ApiError;
use crate::soql;
use crate::store::{Actor, set};
use serde_json::{Value, json};

impl Api<'_> {
    /// `query?q=…` and `queryAll?q=…`.
    pub(super) fn query_resource(
        &mut self,
        actor: &Actor,
        base: &str,
        request: &ApiRequest,
        all: bool,
    ) -> Result<Reply> {
        let q = parameter(&request.query, "q").filter(|q| !q.trim().is_empty()).ok_or_else(|| {
            one(ApiError::new(400, "MALFORMED_QUERY", "A query string has to be specified"))
        })?;
        if parameter(&request.query, "columns").is_some_and(|on| on == "true") {
            return self.columns(q);
        }
        let body = self.query(actor, base, q, page_size(request), all)?;
        Ok(Reply::ok("QueryResult", body))
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
        let answer = soql::run_over(self.org, &actor.user_id, q, base, all).map_err(one)?;
        let size = size.unwrap_or(answer.page);
        if answer.records.len() <= size {
            let mut body = json!({ "totalSize": answer.total, "done": true });
            set(&mut body, "records", Value::Array(answer.records));
            return Ok(body);
        }
        let cursor = self.org.numbered("01g");
        let first: Vec<Value> = answer.records.iter().take(size).cloned().collect();
        self.cursors.insert(cursor.clone(), (size, answer.records));
        let next = format!("{base}/query/{cursor}-{size}");
        let mut body = json!({ "totalSize": answer.total, "done": false, "nextRecordsUrl": next });
        set(&mut body, "records", Value::Array(first));
        Ok(body)
    }

    /// The page of a query that begins at the place in its locator.
    pub(super) fn more(&mut self, base: &str, locator: &str) -> Result<Reply> {
        let unknown = || one(ApiError::new(400, "INVALID_QUERY_LOCATOR", "invalid query locator"));
        let (cursor, at) = locator.rsplit_once('-').ok_or_else(unknown)?;
        let at: usize = at.parse().map_err(|_| unknown())?;
        let (size, all) = self.cursors.get(cursor).ok_or_else(unknown)?;
        if at > all.len() {
            return Err(unknown());
        }
        let page: Vec<Value> = all.iter().skip(at).take(*size).cloned().collect();
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
