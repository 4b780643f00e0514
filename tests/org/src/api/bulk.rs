//! Query jobs of Bulk API 2.0: created, looked after, read as CSV.
//!
//! It never shows one user the jobs of another who may not see them.

use super::{Api, ApiRequest, Reply, Result, csv, one, parameter, reply};
use crate::error::ApiError;
use crate::soql::{self, parse};
use crate::store::{Actor, set};
use serde_json::{Value, json};

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Taken.
    UploadComplete,
    /// Its results can be read.
    JobComplete,
    /// Somebody ended it.
    Aborted,
}

/// A query job.
#[derive(Debug, Clone)]
pub struct QueryJob {
    /// What the API tells of it from the start.
    pub told: Value,
    /// What became of it.
    pub state: State,
    /// The API version that it was created with.
    pub version: u32,
    /// Between the columns, and at the end of a line.
    pub signs: (char, &'static str),
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows, as records.
    pub records: Vec<Value>,
    /// Whose it is.
    pub owner: String,
}

impl QueryJob {
    fn shown(&self) -> Value {
        let mut told = self.told.clone();
        set(&mut told, "state", json!(format!("{:?}", self.state)));
        if self.state == State::JobComplete {
            set(&mut told, "numberRecordsProcessed", json!(self.records.len()));
            set(&mut told, "retries", json!(0));
            set(&mut told, "totalProcessingTime", json!(self.records.len() / 100 + 40));
            set(&mut told, "isPkChunkingSupported", json!(true));
        }
        told
    }
}

impl Api<'_> {
    /// `jobs/query` and what is below it.
    pub(super) fn query_jobs(
        &mut self,
        actor: &Actor,
        rest: &[&str],
        version: u32,
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        match (request.method.as_str(), rest) {
            ("POST", []) => self.new_job(actor, version, base, request),
            ("GET", []) => {
                let mine = self.org.jobs.values().filter(|job| self.may_see(actor, job));
                let records: Vec<Value> = mine.map(QueryJob::shown).collect();
                let body = json!({ "done": true, "nextRecordsUrl": null, "records": records });
                Ok(Reply::ok("JobInfoList", body))
            }
            ("GET", [id]) => {
                let state = self.job(actor, id)?.state;
                let Some(job) = self.org.jobs.get_mut(*id) else { return Err(one(ApiError::not_found())) };
                // It is done by the first look, as a small job is.
                if state == State::UploadComplete {
                    job.state = State::JobComplete;
                }
                Ok(Reply::ok("jobInfo", job.shown()))
            }
            ("PATCH", [id]) => {
                let state = self.job(actor, id)?.state;
                let wanted = reply::body(request)?;
                if wanted.get("state").and_then(Value::as_str) != Some("Aborted") {
                    let message = "Only the state Aborted is supported";
                    return Err(one(ApiError::new(400, "INVALIDJOBSTATE", message)));
                }
                if state != State::UploadComplete {
                    let message = "Aborting already Completed Job not allowed";
                    return Err(one(ApiError::new(400, "INVALIDJOBSTATE", message)));
                }
                let Some(job) = self.org.jobs.get_mut(*id) else { return Err(one(ApiError::not_found())) };
                job.state = State::Aborted;
                Ok(Reply::ok("jobInfo", job.shown()))
            }
            ("DELETE", [id]) => {
                if self.job(actor, id)?.state == State::UploadComplete {
                    let message = "The job must be in the state JobComplete, Aborted or Failed to be deleted";
                    return Err(one(ApiError::new(400, "INVALIDJOBSTATE", message)));
                }
                self.org.jobs.remove(*id);
                Ok(Reply::empty())
            }
            ("GET", [id, "results"]) => self.results(actor, id, version, request),
            (_, []) => reply::allowed(request, "GET,HEAD,POST").map(|()| Reply::empty()),
            (_, [_]) => reply::allowed(request, "DELETE,GET,HEAD,PATCH").map(|()| Reply::empty()),
            (_, [_, "results"]) => reply::allowed(request, "GET,HEAD").map(|()| Reply::empty()),
            _ => Err(one(ApiError::not_found())),
        }
    }

    fn may_see(&self, actor: &Actor, job: &QueryJob) -> bool {
        job.owner == actor.user_id || self.org.has_permission(&actor.user_id, "ManageDataIntegrations")
    }

    fn job(&self, actor: &Actor, id: &str) -> Result<&QueryJob> {
        let job = self.org.jobs.get(id).filter(|job| self.may_see(actor, job));
        job.ok_or_else(|| one(ApiError::not_found()))
    }

    fn new_job(&mut self, actor: &Actor, version: u32, base: &str, request: &ApiRequest) -> Result<Reply> {
        let body = reply::body(request)?;
        let said = |key: &str, usual: &str| body.get(key).and_then(Value::as_str).unwrap_or(usual).to_owned();
        let (operation, q) = (said("operation", ""), said("query", ""));
        let refused = |code: &str, message: String| Err(one(ApiError::new(400, code, message)));
        if !["query", "queryAll"].contains(&operation.as_str()) {
            return refused("INVALIDOPERATION", format!("Unsupported operation: {operation}"));
        }
        let delimiter = said("columnDelimiter", "COMMA");
        let Some(between) = csv::delimiter(&delimiter) else {
            return refused("InvalidJob", format!("Unsupported column delimiter: {delimiter}"));
        };
        let ending = said("lineEnding", "LF");
        let Some(end) = csv::ending(&ending) else {
            return refused("InvalidJob", format!("Unsupported line ending: {ending}"));
        };
        if said("contentType", "CSV") != "CSV" {
            return refused(
                "InvalidJob",
                format!("Unsupported content type: {}", said("contentType", "CSV")),
            );
        }
        let parsed = parse::query(&q).map_err(one)?;
        let plain = |item: &parse::Item| matches!(item, parse::Item::Field(..) | parse::Item::Fields(_));
        if !parsed.group.is_empty() || parsed.offset > 0 || !parsed.select.iter().all(plain) {
            // Source: Bulk API 2.0 guide, "SOQL Considerations".
            let message = "GROUP BY, OFFSET, TYPEOF, aggregate functions and child queries are not supported in a bulk query";
            return refused("API_ERROR", message.to_owned());
        }
        let answer =
            soql::run_over(self.org, &actor.user_id, &q, base, operation == "queryAll").map_err(one)?;
        let object = self.object(&parsed.from)?.name.clone();
        let columns = match answer.records.first() {
            Some(record) => columns(record, &parsed),
            None => selected(&parsed),
        };
        let id = self.org.numbered("750");
        let now = self.org.stamp();
        let told = json!({ "id": id, "operation": operation, "object": object, "createdById": actor.user_id, "createdDate": now,
            "systemModstamp": now, "state": "", "concurrencyMode": "Parallel", "contentType": "CSV",
            "apiVersion": f64::from(version), "jobType": "V2Query", "lineEnding": ending, "columnDelimiter": delimiter });
        let job = QueryJob {
            told,
            state: State::UploadComplete,
            version,
            signs: (between, end),
            columns,
            records: answer.records,
            owner: actor.user_id.clone(),
        };
        let shown = job.shown();
        self.org.jobs.insert(id, job);
        Ok(Reply::ok("jobInfo", shown))
    }

    fn results(&self, actor: &Actor, id: &str, version: u32, request: &ApiRequest) -> Result<Reply> {
        let job = self.job(actor, id)?;
        if job.version != version {
            let message = "Use the API version that the job was created with";
            return Err(one(ApiError::new(409, "INVALID_API_VERSION", message)));
        }
        if job.state != State::JobComplete {
            let message = format!("Job results not available: the job is in the state {:?}", job.state);
            return Err(one(ApiError::new(400, "INVALIDJOBSTATE", message)));
        }
        let most = parameter(&request.query, "maxRecords")
            .map_or(Some(job.records.len().max(1)), |n| n.parse().ok().filter(|n| *n > 0));
        let from = parameter(&request.query, "locator").map_or(Some(0), from_locator);
        let (Some(most), Some(from)) = (most, from.filter(|from| *from <= job.records.len())) else {
            return Err(one(ApiError::new(400, "INVALID_QUERY_LOCATOR", "invalid query locator")));
        };
        let (between, end) = job.signs;
        let page: Vec<&Value> = job.records.iter().skip(from).take(most).collect();
        let mut text = csv::line(job.columns.iter().map(String::as_str), between, end);
        for record in &page {
            let cells: Vec<String> = job.columns.iter().map(|name| cell(record, name)).collect();
            text.push_str(&csv::line(cells.iter().map(String::as_str), between, end));
        }
        let next = from + page.len();
        let locator = if next < job.records.len() { locator(next) } else { "null".into() };
        let reply = Reply { status: 200, raw: Some(("text/csv", text)), ..Reply::default() };
        Ok(reply.with("Sforce-Locator", locator).with("Sforce-NumberOfRecords", page.len().to_string()))
    }
}

/// A place among the rows, as letters: base64 of its number, as the platform's own look.
fn locator(at: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = at.to_string();
    text.as_bytes()
        .chunks(3)
        .flat_map(|three| {
            let bits = three.iter().fold(0usize, |bits, byte| (bits << 8) | usize::from(*byte))
                << (8 * (3 - three.len()));
            (0..=three.len())
                .map(move |at| LETTERS.get((bits >> (18 - 6 * at)) & 63).copied().map_or('A', char::from))
        })
        .collect()
}

/// The place that a locator stands for.
fn from_locator(text: &str) -> Option<usize> {
    // There are as many places as rows: the one whose letters these are.
    let digits = text.bytes().map(|byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        _ => None,
    });
    let digits: Vec<u8> = digits.collect::<Option<_>>()?;
    let mut bytes = vec![];
    for four in digits.chunks(4) {
        let bits =
            four.iter().fold(0u32, |bits, digit| (bits << 6) | u32::from(*digit)) << (6 * (4 - four.len()));
        bytes.extend(
            (0..four.len().saturating_sub(1))
                .map(|at| u8::try_from((bits >> (16 - 8 * at)) & 255).unwrap_or(0)),
        );
    }
    String::from_utf8(bytes).ok()?.parse().ok()
}

pub(super) fn selected(query: &parse::Query) -> Vec<String> {
    let name = |item: &parse::Item| match item {
        parse::Item::Field(name, _) => Some(name.clone()),
        _ => None,
    };
    query.select.iter().filter_map(name).collect()
}

/// The columns: the paths as they were written, or every field of the record where FIELDS() was.
pub(super) fn columns(record: &Value, query: &parse::Query) -> Vec<String> {
    let all = query.select.iter().any(|item| matches!(item, parse::Item::Fields(_)));
    if !all {
        return selected(query);
    }
    record
        .as_object()
        .into_iter()
        .flat_map(|map| map.keys())
        .filter(|key| *key != "attributes")
        .cloned()
        .collect()
}

/// A record's value at a path, as text.
pub(super) fn cell(record: &Value, path: &str) -> String {
    let mut here = record;
    for step in path.split('.') {
        let found =
            here.as_object().and_then(|map| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(step)));
        match found {
            Some((_, value)) => here = value,
            None => return String::new(),
        }
    }
    match here {
        Value::Null => String::new(),
        // Bulk writes moments with a Z.
        Value::String(text) => {
            text.strip_suffix(".000+0000").map_or_else(|| text.clone(), |at| format!("{at}.000Z"))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locators_lead_back() {
        for at in [1, 9, 10, 99, 100, 2_000, 50_000, 1_234_567] {
            assert_eq!(from_locator(&locator(at)), Some(at), "{}", locator(at));
        }
        assert_eq!(locator(1), "MQ");
        assert_eq!((from_locator("!"), from_locator("QUJD")), (None, None));
    }
}
