//! The forms of Bulk API 1: what jobs and batches are told in, and the data of batches, as XML, JSON or CSV.
//!
//! It never knows what a job does.

use super::super::{ApiRequest, bulk, csv, xml};
use super::outcome_line;
use crate::error::ApiError;
use crate::soql::parse;
use crate::store::Row;
use serde_json::{Value, json};

/// The namespace of everything here.
const NS: &str = "http://www.force.com/2009/06/asyncapi/dataload";

/// A refusal: `exceptionCode`, `exceptionMessage`.
pub(super) struct Refusal(&'static str, String);

pub(super) fn refused<T>(code: &'static str, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(code, message.into()))
}

/// What jobs and batches are told in.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    Xml,
    Json,
}

impl Form {
    /// As the request is written, or asks for.
    pub(super) fn of(request: &ApiRequest) -> Form {
        let says = |name: &str| request.headers.get(name).is_some_and(|kind| kind.contains("json"));
        if says("accept") || says("content-type") { Form::Json } else { Form::Xml }
    }

    pub(super) fn kind(self) -> &'static str {
        kind_of(if self == Form::Json { "JSON" } else { "XML" })
    }

    pub(super) fn info(self, root: &str, value: &Value) -> String {
        if self == Form::Json {
            return value.to_string();
        }
        let text = xml::written(root, value);
        text.replacen(&format!("<{root}>"), &format!("<{root}\n   xmlns=\"{NS}\">"), 1)
    }

    pub(super) fn refusal(self, Refusal(code, message): &Refusal) -> String {
        self.info("error", &json!({ "exceptionCode": code, "exceptionMessage": message }))
    }
}

/// The content type of a form's name.
pub(super) fn kind_of(content: &str) -> &'static str {
    match content {
        "JSON" => "application/json;charset=UTF-8",
        "CSV" => "text/csv",
        _ => "application/xml",
    }
}

/// The body of a request about a job.
pub(super) fn read(request: &ApiRequest) -> Result<Value, Refusal> {
    let json = Form::of(request) == Form::Json && request.body.trim_start().starts_with('{');
    let read = if json { serde_json::from_str(&request.body).ok() } else { xml::read(&request.body).ok() };
    read.ok_or_else(|| Refusal("InvalidJob", "Unable to parse Job".into()))
}

/// The records of a batch.
pub(super) fn rows(content: &str, body: &str) -> Result<Vec<Row>, String> {
    let nothing = || Err("Records not found".to_owned());
    match content {
        "CSV" => {
            let lines = csv::lines(body, ',').ok_or("Failed to parse CSV")?;
            let Some((names, rows)) = lines.split_first() else { return nothing() };
            Ok(rows.iter().map(|cells| csv::fields(names, cells)).collect())
        }
        "JSON" => match serde_json::from_str(body) {
            Ok(Value::Array(all)) => Ok(all.into_iter().map(crate::store::object).collect()),
            _ => Err("Failed to parse JSON".to_owned()),
        },
        _ => {
            let read = xml::read(body).map_err(|error| error.message)?;
            match read.get("sObject") {
                Some(Value::Array(all)) => Ok(all.iter().cloned().map(crate::store::object).collect()),
                Some(one) => Ok(vec![crate::store::object(one.clone())]),
                None => nothing(),
            }
        }
    }
}

/// The columns of a query: as they were written, or every field of the first record.
pub(super) fn columns(query: &str, first: Option<&Value>) -> Vec<String> {
    let Ok(parsed) = parse::query(query.trim()) else { return vec![] };
    first.map_or_else(|| bulk::selected(&parsed), |record| bulk::columns(record, &parsed))
}

/// The list of a query batch's files.
pub(super) fn list(file: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><result-list xmlns=\"{NS}\"><result>{file}</result></result-list>"
    )
}

/// What a query found.
pub(super) fn found(content: &str, object: &str, columns: &[String], records: &[Value]) -> String {
    match content {
        "CSV" if records.is_empty() => "Records not found for this query".to_owned(),
        "CSV" => {
            let mut text = csv::line(columns.iter().map(String::as_str), ',', "\n");
            for record in records {
                let cells: Vec<String> = columns.iter().map(|name| bulk::cell(record, name)).collect();
                text.push_str(&csv::line(cells.iter().map(String::as_str), ',', "\n"));
            }
            text
        }
        "JSON" => Value::from(records.to_vec()).to_string(),
        _ => {
            let one = |record: &Value| {
                let mut row = json!({ "type": object });
                for (key, value) in
                    record.as_object().into_iter().flatten().filter(|(key, _)| *key != "attributes")
                {
                    crate::store::set(&mut row, key, value.clone());
                }
                row
            };
            let all: Vec<Value> = records.iter().map(one).collect();
            Form::Xml.info("queryResult", &json!({ "records": all }))
        }
    }
}

/// What came of each record.
pub(super) fn outcomes(content: &str, all: &[Result<(String, bool), Vec<ApiError>>]) -> String {
    if content == "CSV" {
        let head = csv::line(["Id", "Success", "Created", "Error"].into_iter(), ',', "\n");
        return head + &all.iter().map(outcome_line).collect::<String>();
    }
    let errors = |refused: &[ApiError]| -> Vec<Value> {
        let one = |error: &ApiError| json!({ "fields": error.fields, "message": error.message, "statusCode": error.code });
        refused.iter().map(one).collect()
    };
    let one = |outcome: &Result<(String, bool), Vec<ApiError>>| match outcome {
        Ok((id, created)) => json!({ "success": true, "created": created, "id": id, "errors": [] }),
        Err(refused) => json!({ "success": false, "created": false, "id": null, "errors": errors(refused) }),
    };
    let all: Vec<Value> = all.iter().map(one).collect();
    if content == "JSON" {
        Value::from(all).to_string()
    } else {
        Form::Xml.info("results", &json!({ "result": all }))
    }
}
