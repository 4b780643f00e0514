//! Deploys and retrieves over SOAP: asked for, looked after, stopped.
//!
//! It never answers for a job before the job has an answer.

use super::envelope::{Fault, from_base64};
use super::metadata::result;
use super::{Api, Call};
use crate::metadata::deploy::{Options, Work};
use crate::store::{Actor, set, text};
use serde_json::{Value, json};

/// The most bytes of a zip. Source: Metadata API guide, limits.
const ZIP: usize = 39 * 1024 * 1024;

pub(super) fn answer(api: &mut Api<'_>, actor: &Actor, call: &Call<'_>) -> Result<String, Fault> {
    let given = call.given()?;
    let string = |key: &str| given.get(key).and_then(Value::as_str).unwrap_or_default().trim();
    match call.name() {
        "deploy" => {
            let Some(zip) = from_base64(string("ZipFile")) else {
                return Err(Fault::client("The zip file is not base64"));
            };
            if zip.len() > ZIP {
                let message =
                    format!("Maximum size of request reached. Maximum size of request is {ZIP} bytes.");
                return Err(Fault::of("LIMIT_EXCEEDED", message));
            }
            let options = options(given.get("DeployOptions").unwrap_or(&Value::Null));
            let id = api.org.ask_deploy(actor, zip, options);
            Ok(asked(&id))
        }
        "retrieve" => {
            let request = given.get("retrieveRequest").cloned().unwrap_or_default();
            let packages =
                request.get("packageNames").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
            if packages {
                return Err(Fault::of("INVALID_CROSS_REFERENCE_KEY", "No package named so found"));
            }
            let id = api.org.ask_retrieve(actor, request);
            Ok(asked(&id))
        }
        "deployRecentValidation" => {
            // Nothing can be deployed on the strength of a validation: no Apex tests are run here, and it takes some.
            looked_up(api, string("validationId"), "0Af")?;
            Err(Fault::of("INVALID_ID_FIELD", "Validation ID is not valid for a quick deploy"))
        }
        "checkStatus" => {
            let ids = given.get("asyncProcessId").and_then(Value::as_array).cloned().unwrap_or_default();
            let mut all = String::new();
            for id in ids.iter().filter_map(Value::as_str).map(str::trim) {
                let known = crate::id::long(id).filter(|id| api.org.deploys.contains_key(id));
                let Some(id) = known else {
                    let message = format!("invalid cross reference id: {id}");
                    return Err(Fault::of("INVALID_CROSS_REFERENCE_KEY", message));
                };
                all.push_str(&result(
                    "AsyncResult",
                    &json!({ "done": true, "id": id, "state": "Completed" }),
                ));
            }
            Ok(all)
        }
        "cancelDeploy" => cancel(api, actor, string("String")),
        "checkDeployStatus" => {
            let mut value = looked_up(api, string("asyncProcessId"), "0Af")?;
            if given.get("includeDetails") != Some(&json!(true)) {
                set(&mut value, "details", json!({}));
            }
            Ok(result("DeployResult", &value))
        }
        _ => {
            let mut value = looked_up(api, string("asyncProcessId"), "09S")?;
            if given.get("includeZip") == Some(&json!(false)) {
                set(&mut value, "zipFile", Value::Null);
            }
            Ok(result("RetrieveResult", &value))
        }
    }
}

/// The options of a deploy, as either API names them.
pub(in crate::api) fn options(given: &Value) -> Options {
    let on = |key: &str| given.get(key) == Some(&json!(true));
    let level = given.get("testLevel").and_then(Value::as_str).unwrap_or_default();
    Options {
        check_only: on("checkOnly"),
        rollback: on("rollbackOnError"),
        single_package: on("singlePackage"),
        ignore_warnings: on("ignoreWarnings"),
        allow_missing: on("allowMissingFiles"),
        run_tests: !matches!(level, "" | "NoTestRun"),
    }
}

fn asked(id: &str) -> String {
    result("AsyncResult", &json!({ "done": false, "id": id, "state": "Queued" }))
}

fn looked_up(api: &Api<'_>, id: &str, prefix: &str) -> Result<Value, Fault> {
    let job = crate::id::long(id).filter(|id| id.starts_with(prefix)).and_then(|id| api.org.deploys.get(&id));
    job.map(|job| job.result.clone())
        .ok_or_else(|| Fault::of("INVALID_CROSS_REFERENCE_KEY", format!("invalid cross reference id: {id}")))
}

/// Stops a deploy that has not begun; one that is done stays done.
fn cancel(api: &mut Api<'_>, actor: &Actor, id: &str) -> Result<String, Fault> {
    looked_up(api, id, "0Af")?;
    let id = crate::id::long(id).unwrap_or_default();
    let name =
        api.org.row("User", &actor.user_id).map(|row| text(row, "Name").to_owned()).unwrap_or_default();
    let now = api.org.stamp().replace("+0000", "Z");
    let Some(job) = api.org.deploys.get_mut(&id) else { return Err(Fault::client("no such job")) };
    if !matches!(job.work, Some(Work::Deploy(..))) {
        let message = "Deployment already completed. It can't be canceled.";
        return Err(Fault::of("INVALID_ID_FIELD", message));
    }
    job.work = None;
    for (key, value) in [
        ("status", json!("Canceled")),
        ("done", json!(true)),
        ("canceledBy", json!(actor.user_id)),
        ("canceledByName", json!(name)),
        ("completedDate", json!(now)),
    ] {
        set(&mut job.result, key, value);
    }
    Ok(result("CancelDeployResult", &json!({ "done": true, "id": id })))
}
