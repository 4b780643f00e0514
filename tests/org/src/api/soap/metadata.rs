//! The Metadata API's operations on components: describe, list, read, create, update, upsert, delete, rename.
//!
//! It never takes more components than the platform does, and never hides which of them was refused.

use super::envelope::Fault;
use super::{Api, ApiRequest, Call};
use crate::contract::Contract;
use crate::error::ApiError;
use crate::metadata::{KINDS, Kind, Mode, SETTINGS, contract_of, kind_of};
use crate::platform::Refused;
use crate::store::{Actor, Org};
use serde_json::{Value, json};

/// The most components of one call, and the most queries of a list. Source: Metadata API guide.
const MOST: usize = 10;
const MOST_QUERIES: usize = 3;

/// The answer's body; none for an operation that there is not.
pub(super) fn answer(
    api: &mut Api<'_>,
    actor: &Actor,
    call: &Call<'_>,
    request: &ApiRequest,
) -> Result<Option<String>, Fault> {
    // Source: recorded faults.
    if !["ModifyMetadata", "ModifyAllData"].iter().any(|name| api.org.has_permission(&actor.user_id, name)) {
        let message =
            "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions";
        return Err(Fault::of("INSUFFICIENT_ACCESS", message));
    }
    let body = match call.name() {
        "describeMetadata" => result("DescribeMetadataResult", &describe(api.org)),
        "describeValueType" => value_type(&call.given()?)?,
        "listMetadata" => list(api, &call.given()?)?,
        "readMetadata" => read(api, &call.given()?)?,
        "createMetadata" => write(api, actor, call, request, Mode::Create)?,
        "updateMetadata" => write(api, actor, call, request, Mode::Update)?,
        "upsertMetadata" => write(api, actor, call, request, Mode::Upsert)?,
        "deleteMetadata" => delete(api, actor, call, request)?,
        "renameMetadata" => rename(api, actor, &call.given()?)?,
        "deploy"
        | "deployRecentValidation"
        | "checkStatus"
        | "checkDeployStatus"
        | "cancelDeploy"
        | "retrieve"
        | "checkRetrieveStatus" => super::jobs::answer(api, actor, call)?,
        _ => return Ok(None),
    };
    Ok(Some(body))
}

/// A value as an answer's `result`.
pub(super) fn result(kind: &str, value: &Value) -> String {
    let mut xml = String::from("<result>");
    Contract::metadata().write(kind, value, &mut xml);
    xml.push_str("</result>");
    xml
}

fn string<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn known(name: &str) -> Result<&'static Kind, Fault> {
    kind_of(name).ok_or_else(|| {
        Fault::of(
            "INVALID_TYPE",
            format!("This type of metadata is not available for this organization: {name}"),
        )
    })
}

fn counted<T>(all: &[T], most: usize) -> Result<(), Fault> {
    if all.len() <= most {
        return Ok(());
    }
    let message = format!("record limit reached. cannot submit more than {most} records into this call");
    Err(Fault::of("EXCEEDED_ID_LIMIT", message))
}

/// What describeMetadata says of the org.
pub(super) fn describe(org: &Org) -> Value {
    let sandbox = org.rows("Organization").any(|row| row.get("IsSandbox") == Some(&json!(true)));
    let objects: Vec<Value> = KINDS
        .iter()
        .map(|kind| {
            json!({ "directoryName": kind.folder, "inFolder": false, "metaFile": false, "suffix": kind.suffix, "xmlName": kind.name })
        })
        .collect();
    json!({ "metadataObjects": objects, "organizationNamespace": "", "partialSaveAllowed": sandbox, "testRequired": !sandbox })
}

/// What a type's value has, from the contract. The type is said as `{namespace}Name`.
fn value_type(given: &Value) -> Result<String, Fault> {
    let said = string(given, "type");
    let name = said.rsplit('}').next().unwrap_or_default();
    known(name)?;
    let value = json!({ "apiCreatable": true, "apiDeletable": true, "apiReadable": true, "apiUpdatable": true,
        "valueTypeFields": value_fields(name) });
    Ok(result("DescribeValueTypeResult", &value))
}

fn value_fields(kind: &str) -> Vec<Value> {
    let contract = Contract::metadata();
    let one = |element: &crate::contract::Element| {
        let picklist = contract.values(&element.kind).unwrap_or_default();
        let picklist: Vec<Value> = picklist
            .iter()
            .map(|value| json!({ "active": true, "defaultValue": false, "label": value, "value": value }))
            .collect();
        let least = u8::from(!element.optional);
        json!({ "fields": value_fields(&element.kind), "isForeignKey": false, "isNameField": element.name == "fullName",
            "minOccurs": least, "name": element.name, "picklistValues": picklist, "soapType": element.kind,
            "valueRequired": !element.optional })
    };
    contract.elements(kind).into_iter().filter(|element| element.name != "module").map(one).collect()
}

fn list(api: &Api<'_>, given: &Value) -> Result<String, Fault> {
    let queries = given.get("queries").and_then(Value::as_array).cloned().unwrap_or_default();
    counted(&queries, MOST_QUERIES)?;
    let mut body = String::new();
    for query in &queries {
        let kind = known(string(query, "type"))?;
        api.org
            .component_properties(kind)
            .iter()
            .for_each(|one| body.push_str(&result("FileProperties", one)));
    }
    Ok(body)
}

fn full_names(given: &Value) -> Vec<&str> {
    let all = given.get("fullNames").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(Value::as_str).map(str::trim).collect()
}

fn read(api: &Api<'_>, given: &Value) -> Result<String, Fault> {
    let asked = string(given, "type");
    let kind = known(asked)?;
    let names = full_names(given);
    counted(&names, MOST)?;
    let mut body = String::from("<result>");
    for name in names {
        // Settings are asked for by their own type.
        let contract =
            contract_of(kind, name).filter(|contract| kind.name != "Settings" || *contract == asked);
        match contract.zip(api.org.component(kind, name)) {
            Some((contract, value)) => {
                body.push_str(&format!("<records xsi:type=\"{contract}\">"));
                Contract::metadata().write(contract, &value, &mut body);
                body.push_str("</records>");
            }
            None => body.push_str("<records xsi:nil=\"true\"/>"),
        }
    }
    body.push_str("</result>");
    Ok(body)
}

/// An error of a component's result.
fn errors(refused: &[ApiError]) -> Vec<Value> {
    let one = |error: &ApiError| json!({ "fields": error.fields, "message": error.message, "statusCode": error.code });
    refused.iter().map(one).collect()
}

/// Does the work for each, all of it or, where the header says so, nothing when one is refused.
fn each<T>(
    api: &mut Api<'_>,
    call: &Call<'_>,
    request: &ApiRequest,
    all: &[T],
    work: &dyn Fn(&mut Org, &T) -> Result<bool, Refused>,
) -> Vec<Result<bool, Refused>> {
    let mut results: Vec<Result<bool, Refused>> = vec![];
    let whole = api.org.whole_component(|org| {
        for one in all {
            let done = match api.faults.strike_part(&request.path, &request.body) {
                Some(error) => Err(vec![error]),
                None => work(org, one),
            };
            results.push(done);
        }
        let refused = results.iter().any(Result::is_err);
        if call.is_all_or_none() && refused { Err(vec![]) } else { Ok(()) }
    });
    if whole.is_err() {
        for done in results.iter_mut().filter(|done| done.is_ok()) {
            let message = "Record rolled back because not all records were valid and the request was using AllOrNone header";
            *done = Err(vec![ApiError::new(400, "ALL_OR_NONE_OPERATION_ROLLED_BACK", message)]);
        }
    }
    results
}

fn write(
    api: &mut Api<'_>,
    actor: &Actor,
    call: &Call<'_>,
    request: &ApiRequest,
    mode: Mode,
) -> Result<String, Fault> {
    let given = call.given()?;
    let all = given.get("metadata").and_then(Value::as_array).cloned().unwrap_or_default();
    counted(&all, MOST)?;
    let mut kinds = all.iter().map(|one| string(one, "#type"));
    let first = kinds.next().unwrap_or_default();
    if kinds.any(|other| other != first) {
        return Err(Fault::of("INVALID_TYPE", "All the components of a call must be of the same type"));
    }
    let kind = if all.is_empty() { None } else { Some(known(first)?) };
    let results = each(api, call, request, &all, &|org, one| {
        let Some(kind) = kind else { return Ok(false) };
        // Settings have one full name for each type.
        if let Some((_, name)) = SETTINGS.iter().find(|(settings, _)| *settings == first)
            && string(one, "fullName") != *name
        {
            return crate::metadata::not_found(kind, string(one, "fullName"));
        }
        org.write_component(actor, kind, one, mode)
    });
    let mut body = String::new();
    for (one, done) in all.iter().zip(&results) {
        let refused = done.as_ref().err().map(Vec::as_slice).unwrap_or_default();
        let value = json!({ "created": done == &Ok(true), "errors": errors(refused), "fullName": string(one, "fullName"),
            "success": done.is_ok() });
        body.push_str(&result(if mode == Mode::Upsert { "UpsertResult" } else { "SaveResult" }, &value));
    }
    Ok(body)
}

fn delete(api: &mut Api<'_>, actor: &Actor, call: &Call<'_>, request: &ApiRequest) -> Result<String, Fault> {
    let given = call.given()?;
    let kind = known(string(&given, "type"))?;
    let names = full_names(&given);
    counted(&names, MOST)?;
    let results =
        each(api, call, request, &names, &|org, name| org.delete_component(actor, kind, name).map(|()| true));
    let mut body = String::new();
    for (name, done) in names.iter().zip(&results) {
        let refused = done.as_ref().err().map(Vec::as_slice).unwrap_or_default();
        let value = json!({ "errors": errors(refused), "fullName": name, "success": done.is_ok() });
        body.push_str(&result("DeleteResult", &value));
    }
    Ok(body)
}

fn rename(api: &mut Api<'_>, actor: &Actor, given: &Value) -> Result<String, Fault> {
    let kind = known(string(given, "type"))?;
    let (old, new) = (string(given, "oldFullName"), string(given, "newFullName"));
    let done = api.org.rename_component(actor, kind, old, new);
    let refused = done.as_ref().err().map(Vec::as_slice).unwrap_or_default();
    let value = json!({ "errors": errors(refused), "fullName": if done.is_ok() { new } else { old }, "success": done.is_ok() });
    Ok(result("SaveResult", &value))
}
