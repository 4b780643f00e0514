//! Bulk API 1 below `/services/async`: jobs, their batches, and what came of them. Source: Bulk API guide.
//!
//! It never writes or queries by itself: what it asks for is what Bulk API 2.0 would ask for.

mod form;

use super::ingest::told;
use super::{Api, ApiAnswer, ApiRequest, VERSIONS, csv};
use crate::error::ApiError;
use crate::identity::Source;
use crate::soql;
use crate::store::{Actor, Row};
use form::{Form, Refusal, refused};
use serde_json::{Value, json};

/// The most records and bytes of a batch. Source: Bulk API guide, "Bulk API Limits".
const MOST: usize = 10_000;
const BYTES: usize = 10_000_000;

/// What a job does, by its `operation`.
const OPERATIONS: &[&str] = &["insert", "update", "upsert", "delete", "hardDelete", "query", "queryAll"];

/// A job.
#[derive(Debug, Clone)]
pub struct AsyncJob {
    id: String,
    operation: String,
    object: String,
    key: String,
    /// CSV, JSON or XML.
    content: String,
    mode: String,
    state: &'static str,
    version: u32,
    created: String,
    changed: String,
    owner: String,
    batches: Vec<Batch>,
}

/// A part of a job's data, and what came of it.
#[derive(Debug, Clone)]
struct Batch {
    id: String,
    created: String,
    request: String,
    /// Why it was not processed as a whole.
    failed: Option<String>,
    /// What was found.
    records: Vec<Value>,
    columns: Vec<String>,
    /// One for each record: its id and whether it is new, or why not.
    outcomes: Vec<Result<(String, bool), Vec<ApiError>>>,
}

impl AsyncJob {
    fn reads(&self) -> bool {
        self.operation.starts_with("query")
    }

    fn shown(&self) -> Value {
        let failed = self.batches.iter().filter(|batch| batch.failed.is_some()).count();
        let records: usize =
            self.batches.iter().map(|batch| batch.records.len() + batch.outcomes.len()).sum();
        let wrong: usize = self.batches.iter().map(Batch::wrong).sum();
        let mut all = json!({ "id": self.id, "operation": self.operation, "object": self.object, "createdById": self.owner,
            "createdDate": self.created, "systemModstamp": self.changed, "state": self.state, "concurrencyMode": self.mode,
            "contentType": self.content, "numberBatchesQueued": 0, "numberBatchesInProgress": 0,
            "numberBatchesCompleted": self.batches.len() - failed, "numberBatchesFailed": failed,
            "numberBatchesTotal": self.batches.len(), "numberRecordsProcessed": records, "numberRetries": 0,
            "apiVersion": f64::from(self.version), "numberRecordsFailed": wrong, "totalProcessingTime": records / 10,
            "apiActiveProcessingTime": records / 20, "apexProcessingTime": 0 });
        if !self.key.is_empty() {
            crate::store::set(&mut all, "externalIdFieldName", json!(self.key));
        }
        all
    }
}

impl Batch {
    fn wrong(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.is_err()).count()
    }

    fn shown(&self, job: &str, state: &str) -> Value {
        let records = self.records.len() + self.outcomes.len();
        let mut all = json!({ "id": self.id, "jobId": job, "state": state, "createdDate": self.created,
            "systemModstamp": self.created, "numberRecordsProcessed": records, "numberRecordsFailed": self.wrong(),
            "totalProcessingTime": records / 10, "apiActiveProcessingTime": records / 20, "apexProcessingTime": 0 });
        if let Some(why) = &self.failed {
            crate::store::set(&mut all, "stateMessage", json!(why));
        }
        all
    }

    fn state(&self) -> &'static str {
        if self.failed.is_some() { "Failed" } else { "Completed" }
    }
}

type Answered = Result<(u16, Answer), Refusal>;

/// What is answered, before it is written.
enum Answer {
    /// Its root element, and the value.
    Info(&'static str, Value),
    /// Data of the job's own form.
    Data(&'static str, String),
}

/// Answers a request below `/services/async`.
pub(super) fn answer(api: &mut Api<'_>, path: &str, request: &ApiRequest) -> ApiAnswer {
    let form = Form::of(request);
    match answered(api, path, request) {
        Ok((status, Answer::Info(root, value))) => {
            ApiAnswer::of(status, form.kind(), form.info(root, &value))
        }
        Ok((status, Answer::Data(kind, text))) => ApiAnswer::of(status, kind, text),
        Err(refusal) => ApiAnswer::of(400, form.kind(), form.refusal(&refusal)),
    }
}

fn answered(api: &mut Api<'_>, path: &str, request: &ApiRequest) -> Answered {
    let rest = path.trim_start_matches("/services/async").trim_matches('/');
    let (version, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let version = version.strip_suffix(".0").and_then(|version| version.parse::<u32>().ok());
    let Some(version) = version.filter(|version| VERSIONS.contains(version)) else {
        return refused("InvalidVersion", "Api version not supported");
    };
    let source = Source::of(request, api.org);
    let sid = request.headers.get("x-sfdc-session").map(String::as_str).unwrap_or_default();
    let Ok(session) = api.org.api_session(sid, &source) else {
        return refused("InvalidSessionId", "Invalid session id");
    };
    api.org.tick();
    api.org.run_jobs();
    api.user.clone_from(&session.user_id);
    if !api.org.has_permission(&session.user_id, "ApiEnabled") {
        return refused("FeatureNotEnabled", "Async API not enabled");
    }
    if let Err(error) = api.org.count_request() {
        return refused("ExceededQuota", error.message);
    }
    let actor = Actor { user_id: session.user_id };
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    let (head, below) = match parts.as_slice() {
        ["job"] if request.method == "POST" => return api.open_async(&actor, version, request),
        ["job", id, below @ ..] => (crate::id::long(id), below),
        _ => {
            return refused(
                "InvalidUrl",
                format!("Destination URL not reset. The URL returned from login must be set: {path}"),
            );
        }
    };
    let known = head.filter(|id| api.org.async_jobs.get(id).is_some_and(|job| job.owner == actor.user_id));
    let Some(id) = known else { return refused("InvalidJob", "Invalid job id") };
    match (request.method.as_str(), below) {
        ("GET", []) => api.shown_async(&id, 200),
        ("POST", []) => api.turn_async(&id, request),
        ("POST", ["batch"]) => api.batch_async(&actor, &id, version, request),
        ("GET", ["batch"]) => {
            let all: Vec<Value> =
                api.async_batches(&id).iter().map(|batch| batch.shown(&id, batch.state())).collect();
            Ok((200, Answer::Info("batchInfoList", json!({ "batchInfo": all }))))
        }
        ("GET", ["batch", batch, below @ ..]) => api.batch_of(&id, batch, below),
        _ => refused("InvalidUrl", "The requested resource does not exist"),
    }
}

impl Api<'_> {
    fn open_async(&mut self, actor: &Actor, version: u32, request: &ApiRequest) -> Answered {
        let body = form::read(request)?;
        let said = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (operation, named, content) = (said("operation"), said("object"), said("contentType"));
        if !OPERATIONS.contains(&operation.as_str()) {
            return refused("InvalidJob", format!("Unsupported operation: {operation}"));
        }
        let content = if content.is_empty() { "XML".to_owned() } else { content };
        if !["CSV", "JSON", "XML"].contains(&content.as_str()) {
            return refused("InvalidJob", format!("Unsupported content type: {content}"));
        }
        let Ok(object) = self.object(&named).map(|object| object.name.clone()) else {
            return refused("InvalidJob", format!("Unable to find object: {named}"));
        };
        if operation == "hardDelete" && !self.org.has_permission(&actor.user_id, "BulkApiHardDelete") {
            let message = "hardDelete operation requires special user profile permission, please contact your system administrator";
            return refused("FeatureNotEnabled", message);
        }
        let key = said("externalIdFieldName");
        if operation == "upsert" && key.is_empty() {
            return refused("InvalidJob", "External ID was blank for upsert operation");
        }
        let mode = Some(said("concurrencyMode"))
            .filter(|mode| !mode.is_empty())
            .unwrap_or_else(|| "Parallel".into());
        let id = self.org.numbered("750");
        let now = self.org.stamp();
        let job = AsyncJob {
            id: id.clone(),
            operation,
            object,
            key,
            content,
            mode,
            state: "Open",
            version,
            created: now.clone(),
            changed: now,
            owner: actor.user_id.clone(),
            batches: vec![],
        };
        self.org.async_jobs.insert(id.clone(), job);
        self.shown_async(&id, 201)
    }

    fn shown_async(&self, id: &str, status: u16) -> Answered {
        let job = self.org.async_jobs.get(id).map(AsyncJob::shown).unwrap_or_default();
        Ok((status, Answer::Info("jobInfo", job)))
    }

    fn async_batches(&self, id: &str) -> &[Batch] {
        self.org.async_jobs.get(id).map_or(&[], |job| job.batches.as_slice())
    }

    /// Closes or aborts a job.
    fn turn_async(&mut self, id: &str, request: &ApiRequest) -> Answered {
        let body = form::read(request)?;
        let now = self.org.stamp();
        let Some(job) = self.org.async_jobs.get_mut(id) else {
            return refused("InvalidJob", "Invalid job id");
        };
        let state = match body.get("state").and_then(Value::as_str) {
            Some("Closed") => "Closed",
            Some("Aborted") => "Aborted",
            _ => return refused("InvalidJobState", "Unsupported job state"),
        };
        if job.state != "Open" {
            return refused(
                "InvalidJobState",
                format!("{} job is not allowed to change to {state}", job.state),
            );
        }
        (job.state, job.changed) = (state, now);
        self.shown_async(id, 200)
    }

    fn batch_async(&mut self, actor: &Actor, id: &str, version: u32, request: &ApiRequest) -> Answered {
        let Some(job) = self.org.async_jobs.get(id).cloned() else {
            return refused("InvalidJob", "Invalid job id");
        };
        if job.state != "Open" {
            return refused("InvalidJobState", format!("Job is not open: {}", job.state));
        }
        if request.body.len() > BYTES {
            return refused("InvalidBatch", "Batch size exceeds the limit of 10 MB");
        }
        let id_of = self.org.numbered("751");
        let mut batch = Batch {
            id: id_of,
            created: self.org.stamp(),
            request: request.body.clone(),
            failed: None,
            records: vec![],
            columns: vec![],
            outcomes: vec![],
        };
        if job.reads() {
            let base = format!("/services/data/v{version}.0");
            self.org.define_fields(&request.body);
            match soql::run_over(
                self.org,
                &actor.user_id,
                request.body.trim(),
                &base,
                job.operation == "queryAll",
            ) {
                Ok(answer) => {
                    batch.columns = form::columns(&request.body, answer.records.first());
                    batch.records = answer.records;
                }
                Err(error) => {
                    batch.failed = Some(format!(
                        "InvalidBatch : Failed to process query: {}: {}",
                        error.code, error.message
                    ));
                }
            }
        } else {
            match form::rows(&job.content, &request.body) {
                Ok(rows) if rows.len() <= MOST => {
                    for row in rows {
                        let row: Row = self.typed(&job.object, row);
                        batch.outcomes.push(self.write_row(
                            actor,
                            (&job.object, &job.operation, &job.key),
                            row,
                        ));
                    }
                }
                Ok(_) => batch.failed = Some(format!("InvalidBatch : More than {MOST} records in a batch")),
                Err(why) => batch.failed = Some(format!("InvalidBatch : {why}")),
            }
        }
        let shown = batch.shown(id, "Queued");
        if let Some(job) = self.org.async_jobs.get_mut(id) {
            job.batches.push(batch);
        }
        Ok((201, Answer::Info("batchInfo", shown)))
    }

    fn batch_of(&self, id: &str, batch: &str, below: &[&str]) -> Answered {
        let Some(job) = self.org.async_jobs.get(id) else { return refused("InvalidJob", "Invalid job id") };
        let wanted = crate::id::long(batch);
        let found = job.batches.iter().find(|own| Some(&own.id) == wanted.as_ref());
        let Some(batch) = found else { return refused("InvalidBatch", "Invalid batch id") };
        let kind = form::kind_of(&job.content);
        match below {
            [] => Ok((200, Answer::Info("batchInfo", batch.shown(id, batch.state())))),
            ["request"] => Ok((200, Answer::Data(kind, batch.request.clone()))),
            ["result", ..] if batch.failed.is_some() => refused("InvalidBatch", "Batch not completed"),
            // The list has one file for each batch: its id is the batch's with another prefix.
            ["result"] if job.reads() => {
                let file = format!("752{}", batch.id.get(3..).unwrap_or_default());
                let text = if job.content == "JSON" { json!([file]).to_string() } else { form::list(&file) };
                let kind = if job.content == "JSON" { form::kind_of("JSON") } else { form::kind_of("XML") };
                Ok((200, Answer::Data(kind, text)))
            }
            ["result", file] if job.reads() && file.get(3..) == batch.id.get(3..) => Ok((
                200,
                Answer::Data(kind, form::found(&job.content, &job.object, &batch.columns, &batch.records)),
            )),
            ["result"] => Ok((200, Answer::Data(kind, form::outcomes(&job.content, &batch.outcomes)))),
            _ => refused("InvalidUrl", "The requested resource does not exist"),
        }
    }
}

/// The lines of an outcome as CSV has them.
fn outcome_line(outcome: &Result<(String, bool), Vec<ApiError>>) -> String {
    let cells = match outcome {
        Ok((id, created)) => [id.clone(), "true".into(), created.to_string(), String::new()],
        Err(errors) => [String::new(), "false".into(), "false".into(), told(errors)],
    };
    csv::line(cells.iter().map(String::as_str), ',', "\n")
}
