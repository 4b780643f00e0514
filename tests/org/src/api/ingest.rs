//! Ingest jobs of Bulk API 2.0: opened, given CSV, closed, and read for what became of each record.
//!
//! It never keeps half a record: each is written by itself, and its refusal is told.

use super::{Api, ApiRequest, Reply, Result, csv, one, reply};
use crate::error::ApiError;
use crate::store::{Actor, Row, set};
use serde_json::{Value, json};

/// An ingest job.
#[derive(Debug, Clone)]
pub struct IngestJob {
    told: Value,
    state: &'static str,
    object: String,
    operation: String,
    key: String,
    signs: (char, &'static str),
    data: Vec<Vec<String>>,
    /// One for each record: its id and whether it is new, or why not.
    outcomes: Vec<std::result::Result<(String, bool), String>>,
    owner: String,
}

impl IngestJob {
    fn shown(&self) -> Value {
        let mut told = self.told.clone();
        set(&mut told, "state", json!(self.state));
        if self.state == "JobComplete" {
            let failed = self.outcomes.iter().filter(|outcome| outcome.is_err()).count();
            for (key, value) in [
                ("jobType", json!("V2Ingest")),
                ("numberRecordsProcessed", json!(self.outcomes.len())),
                ("numberRecordsFailed", json!(failed)),
                ("retries", json!(0)),
                ("totalProcessingTime", json!(self.outcomes.len() / 10 + 60)),
                ("apiActiveProcessingTime", json!(self.outcomes.len() / 10 + 20)),
                ("apexProcessingTime", json!(0)),
            ] {
                set(&mut told, key, value);
            }
        }
        told
    }
}

fn refused<T>(code: &str, message: impl Into<String>) -> Result<T> {
    Err(one(ApiError::new(400, code, message)))
}

impl Api<'_> {
    /// `jobs/ingest` and what is below it.
    pub(super) fn ingest_jobs(
        &mut self,
        actor: &Actor,
        rest: &[&str],
        version: u32,
        request: &ApiRequest,
    ) -> Result<Reply> {
        if let [id, ..] = rest
            && self.org.ingests.get(*id).is_none_or(|job| job.owner != actor.user_id)
        {
            return Err(one(ApiError::not_found()));
        }
        match (request.method.as_str(), rest) {
            ("POST", []) => self.open(actor, version, request),
            ("GET", []) => {
                let mine = self.org.ingests.values().filter(|job| job.owner == actor.user_id);
                let records: Vec<Value> = mine.map(IngestJob::shown).collect();
                Ok(Reply::ok(
                    "JobInfoList",
                    json!({ "done": true, "nextRecordsUrl": null, "records": records }),
                ))
            }
            ("PUT", [id, "batches"]) => {
                let Some(job) = self.org.ingests.get_mut(*id) else { return Err(one(ApiError::not_found())) };
                if job.state != "Open" || !job.data.is_empty() {
                    return refused(
                        "INVALIDJOBSTATE",
                        format!(
                            "Found multiple contents for job: <{id}>, please 'Close' / 'Abort' / 'Delete' the current Job then create a new Job and make sure you only do 'PUT' once on a given Job."
                        ),
                    );
                }
                match csv::lines(&request.body, job.signs.0) {
                    Some(data) => job.data = data,
                    _ => return refused("INVALIDBATCH", "InvalidBatch : The CSV data could not be read"),
                }
                Ok(Reply { status: 201, ..Reply::default() })
            }
            ("PATCH", [id]) => {
                let wanted = reply::body(request)?;
                self.close(actor, id, wanted.get("state").and_then(Value::as_str).unwrap_or_default())
            }
            ("GET", [id]) => {
                let Some(job) = self.org.ingests.get_mut(*id) else { return Err(one(ApiError::not_found())) };
                // Done by the first look, as a small job is.
                if job.state == "UploadComplete" {
                    job.state = "JobComplete";
                }
                Ok(Reply::ok("jobInfo", job.shown()))
            }
            ("DELETE", [id]) => {
                self.org.ingests.remove(*id);
                Ok(Reply::empty())
            }
            ("GET", [id, which @ ("successfulResults" | "failedResults" | "unprocessedrecords")]) => {
                self.outcomes(id, which)
            }
            (_, [] | [_] | [_, "batches" | "successfulResults" | "failedResults" | "unprocessedrecords"]) => {
                let allowed = match rest {
                    [] => "GET,HEAD,POST",
                    [_] => "DELETE,GET,HEAD,PATCH",
                    [_, "batches"] => "PUT",
                    _ => "GET,HEAD",
                };
                reply::allowed(request, allowed).map(|()| Reply::empty())
            }
            _ => Err(one(ApiError::not_found())),
        }
    }

    fn open(&mut self, actor: &Actor, version: u32, request: &ApiRequest) -> Result<Reply> {
        let body = reply::body(request)?;
        let said = |key: &str, usual: &str| body.get(key).and_then(Value::as_str).unwrap_or(usual).to_owned();
        let (operation, named, key) =
            (said("operation", ""), said("object", ""), said("externalIdFieldName", ""));
        if !["insert", "update", "upsert", "delete", "hardDelete"].contains(&operation.as_str()) {
            return refused("INVALIDOPERATION", format!("Unsupported operation: {operation}"));
        }
        if operation == "hardDelete" && !self.org.has_permission(&actor.user_id, "BulkApiHardDelete") {
            return refused(
                "FEATURENOTENABLED",
                "hardDelete operation requires special user profile permission, please contact your system administrator",
            );
        }
        let seen = |object: &&crate::schema::Object| self.org.sees(&actor.user_id, object);
        let Some(object) = self.org.schema.object(&named).filter(seen).map(|object| object.name.clone())
        else {
            return refused("INVALIDENTITY", format!("InvalidEntity : Unable to find object: {named}"));
        };
        if operation == "upsert" {
            let object = self.object(&object)?.clone();
            if key.is_empty() {
                return refused("INVALIDJOB", "InvalidJob : externalIdFieldName is required for upsert");
            }
            if self.key_field(actor, &object, &key).is_err() {
                return refused(
                    "INVALIDJOB",
                    format!(
                        "InvalidJob : Field name provided, {key} does not match an External ID, Salesforce Id, or indexed field for {}",
                        object.name
                    ),
                );
            }
        }
        let (delimiter, ending) = (said("columnDelimiter", "COMMA"), said("lineEnding", "LF"));
        let (Some(between), Some(end)) = (csv::delimiter(&delimiter), csv::ending(&ending)) else {
            return refused(
                "INVALIDJOB",
                format!("InvalidJob : Unsupported columnDelimiter or lineEnding: {delimiter}, {ending}"),
            );
        };
        let id = self.org.numbered("750");
        let now = self.org.stamp();
        let mut told = json!({ "id": id, "operation": operation, "object": object, "createdById": actor.user_id, "createdDate": now,
            "systemModstamp": now, "state": "Open", "concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": f64::from(version),
            "contentUrl": format!("services/data/v{version}.0/jobs/ingest/{id}/batches"), "lineEnding": ending, "columnDelimiter": delimiter });
        if operation == "upsert" {
            set(&mut told, "externalIdFieldName", json!(key));
        }
        let job = IngestJob {
            told,
            state: "Open",
            object,
            operation,
            key,
            signs: (between, end),
            data: vec![],
            outcomes: vec![],
            owner: actor.user_id.clone(),
        };
        let shown = job.shown();
        self.org.ingests.insert(id, job);
        Ok(Reply::ok("jobInfo", shown))
    }

    /// Closes a job, and writes its records, or ends it.
    fn close(&mut self, actor: &Actor, id: &str, wanted: &str) -> Result<Reply> {
        let Some(job) = self.org.ingests.get(id).cloned() else { return Err(one(ApiError::not_found())) };
        let (state, outcomes) = match (job.state, wanted) {
            ("Open", "Aborted") => ("Aborted", vec![]),
            ("Open", "UploadComplete") => ("UploadComplete", self.write(actor, &job)),
            (state, _) => {
                return refused(
                    "INVALIDJOBSTATE",
                    format!("A job in the state {state} does not become {wanted}"),
                );
            }
        };
        let Some(job) = self.org.ingests.get_mut(id) else { return Err(one(ApiError::not_found())) };
        (job.state, job.outcomes) = (state, outcomes);
        Ok(Reply::ok("jobInfo", job.shown()))
    }

    fn write(&mut self, actor: &Actor, job: &IngestJob) -> Vec<std::result::Result<(String, bool), String>> {
        let Some((names, rows)) = job.data.split_first() else { return vec![] };
        rows.iter()
            .map(|cells| {
                let fields = self.typed(&job.object, csv::fields(names, cells));
                let how = (job.object.as_str(), job.operation.as_str(), job.key.as_str());
                self.write_row(actor, how, fields).map_err(|errors| told(&errors))
            })
            .collect()
    }

    /// Writes one record of a job: of an object, by an operation, and by a key where that is an upsert.
    pub(super) fn write_row(
        &mut self,
        actor: &Actor,
        (object, operation, key): (&str, &str, &str),
        mut fields: Row,
    ) -> Result<(String, bool)> {
        fields.remove("attributes");
        let id = fields
            .keys()
            .find(|key| key.eq_ignore_ascii_case("Id"))
            .cloned()
            .and_then(|key| fields.remove(&key));
        let id = id.and_then(|id| id.as_str().map(str::to_owned));
        let named = || {
            id.clone().ok_or_else(|| {
                one(ApiError::new(400, "MISSING_ARGUMENT", "Id not specified in an update call"))
            })
        };
        match operation {
            "insert" => self.org.create(actor, object, fields).map(|id| (id, true)),
            "update" => {
                let id = named()?;
                self.org.update(actor, object, &id, fields)?;
                Ok((id, false))
            }
            "upsert" => {
                let described = self.object(object)?.clone();
                let field = self.key_field(actor, &described, key)?;
                let (id, created) = self.upserted(actor, object, &field, id, fields)?;
                Ok((id, created.unwrap_or(false)))
            }
            _ => {
                let id = named()?;
                self.org.delete(actor, object, &id)?;
                if operation == "hardDelete" {
                    self.org.forget(actor, &id)?;
                }
                Ok((id, false))
            }
        }
    }

    fn outcomes(&self, id: &str, which: &str) -> Result<Reply> {
        let Some(job) = self.org.ingests.get(id) else { return Err(one(ApiError::not_found())) };
        if job.state != "JobComplete" && job.state != "Aborted" {
            return refused(
                "INVALIDJOBSTATE",
                format!("Job results not available: the job is in the state {}", job.state),
            );
        }
        let (names, rows) =
            job.data.split_first().map_or((&[][..], &[][..]), |(names, rows)| (names.as_slice(), rows));
        let (first, second) = match which {
            "successfulResults" => (Some("sf__Id"), Some("sf__Created")),
            "failedResults" => (Some("sf__Id"), Some("sf__Error")),
            _ => (None, None),
        };
        let head = first.into_iter().chain(second).chain(names.iter().map(String::as_str));
        let mut text = csv::line(head, job.signs.0, job.signs.1);
        for (at, row) in rows.iter().enumerate() {
            let own = match (which, job.outcomes.get(at)) {
                ("successfulResults", Some(Ok((id, created)))) => Some([id.clone(), created.to_string()]),
                ("failedResults", Some(Err(why))) => Some([String::new(), why.clone()]),
                ("unprocessedrecords", None) => None,
                _ => continue,
            };
            let cells = own.iter().flatten().chain(row).map(String::as_str);
            text.push_str(&csv::line(cells, job.signs.0, job.signs.1));
        }
        Ok(Reply { status: 200, raw: Some(("text/csv", text)), ..Reply::default() })
    }
}

/// A refusal as a result's `sf__Error`: `REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --`.
pub(super) fn told(errors: &[ApiError]) -> String {
    let all: Vec<String> = errors
        .iter()
        .map(|error| format!("{}:{}:{} --", error.code, error.message, error.fields.join(" ")))
        .collect();
    all.join(";")
}
