//! `metadata/deployRequest`: deploys over REST. Source: Metadata API guide, "Deploy Metadata with Apex Testing Using REST".
//!
//! It never deploys by itself: it asks for what SOAP asks for.

use super::{Api, ApiRequest, Reply, Result, one, parameter, reply};
use crate::error::ApiError;
use crate::store::{Actor, set};
use serde_json::{Value, json};

impl Api<'_> {
    pub(super) fn deploy_requests(
        &mut self,
        actor: &Actor,
        rest: &[&str],
        base: &str,
        request: &ApiRequest,
    ) -> Result<Reply> {
        if !["ModifyMetadata", "ModifyAllData"]
            .iter()
            .any(|name| self.org.has_permission(&actor.user_id, name))
        {
            let message = "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions";
            return Err(one(ApiError::new(403, "INSUFFICIENT_ACCESS", message)));
        }
        match (request.method.as_str(), rest) {
            ("POST", []) => {
                let (options, zip) = parts(request).ok_or_else(|| {
                    one(ApiError::new(
                        400,
                        "INVALID_MULTIPART_REQUEST",
                        "Request is not a valid multipart request",
                    ))
                })?;
                let options = options.get("deployOptions").cloned().unwrap_or_default();
                let id = self.org.ask_deploy(actor, zip, super::soap::options(&options));
                let body = json!({ "id": id, "url": format!("{base}/metadata/deployRequest/{id}"), "deployOptions": options,
                    "deployResult": null, "validatedDeployRequestId": null });
                let mut reply = Reply::ok("DeployRequest", body);
                reply.status = 201;
                Ok(reply)
            }
            ("GET" | "HEAD", [id]) => {
                let known = crate::id::long(id)
                    .and_then(|id| self.org.deploys.get(&id))
                    .filter(|_| id.starts_with("0Af"));
                let Some(job) = known else { return Err(one(ApiError::not_found())) };
                let mut result = job.result.clone();
                if parameter(&request.query, "includeDetails") != Some("true") {
                    set(&mut result, "details", Value::Null);
                }
                let body = json!({ "id": id, "url": format!("{base}/metadata/deployRequest/{id}"), "deployResult": result });
                Ok(Reply::ok("DeployRequest", body))
            }
            ("PATCH", [_]) => {
                let message = "Deployment already completed. It can't be canceled.";
                Err(one(ApiError::new(400, "INVALID_ID_FIELD", message)))
            }
            (_, []) => reply::allowed(request, "POST").map(|()| Reply::empty()),
            _ => reply::allowed(request, "GET,HEAD,PATCH").map(|()| Reply::empty()),
        }
    }
}

/// The JSON and the zip of a request in parts.
fn parts(request: &ApiRequest) -> Option<(Value, Vec<u8>)> {
    let kind = request.headers.get("content-type")?;
    let boundary = kind.split("boundary=").nth(1)?.split(';').next()?.trim().trim_matches('"');
    let (mut options, mut zip) = (None, None);
    for part in request.body.split(&format!("--{boundary}")) {
        let Some((head, body)) = part.split_once("\r\n\r\n") else { continue };
        let body = body.strip_suffix("\r\n").unwrap_or(body);
        let bytes = || body.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(0)).collect::<Vec<u8>>();
        if head.to_lowercase().contains("json") {
            options = serde_json::from_slice(&bytes()).ok();
        } else {
            zip = Some(bytes());
        }
    }
    Some((options?, zip?))
}
