//! What the org says of itself: what it is called, and whether it is a sandbox.

use crate::storage::record::Organization;
use leastwise_core::salesforce::http::{API_VERSION, Request, Response};

/// The number of the request that asks what the org is; the core numbers its own from 0.
pub(super) const ORGANIZATION: u32 = u32::MAX - 1;

/// Asks for it.
pub(super) fn request() -> Request {
    let path = format!("/services/data/{API_VERSION}/query?q=SELECT+Name,IsSandbox+FROM+Organization");
    Request { id: ORGANIZATION, method: "GET".to_owned(), path, body: None }
}

/// Reads the response; none where it says nothing.
pub(super) fn read(response: &Response) -> Option<Organization> {
    let body = leastwise_core::salesforce::json::parse(&response.answer.as_ref().ok()?.body)?;
    let row = body.get("records")?.get(0)?;
    let sandbox = row.get("IsSandbox")?.as_bool()?;
    let name = row.get("Name").and_then(|name| name.as_str()).unwrap_or_default().to_owned();
    Some(Organization { sandbox, name })
}
