//! SOAP under `/services/Soap`: the Partner API (`u`), the Enterprise API (`c`) and the Metadata API (`m`).
//!
//! It never reads a document type: what XML could blow up with is refused before it is looked at.

mod envelope;
mod jobs;
mod login;
mod metadata;
mod partner;
mod records;
mod refused;

pub(super) use jobs::options;

use super::{Api, ApiAnswer, ApiRequest, VERSIONS};
use crate::contract::{Contract, Misread};
use crate::error::ApiError;
use crate::identity::Source;
use crate::store::Actor;
use envelope::{Dialect, Fault};
use roxmltree::Node;
use serde_json::Value;

/// A request's operation, with whose it is.
struct Call<'d> {
    dialect: Dialect,
    version: u32,
    /// The operation's element.
    operation: Node<'d, 'd>,
    header: Option<Node<'d, 'd>>,
}

impl Call<'_> {
    fn name(&self) -> &str {
        self.operation.tag_name().name()
    }

    /// The text of an element in a header.
    fn header(&self, header: &str, element: &str) -> Option<String> {
        let header = self.header?.children().find(|node| node.tag_name().name() == header)?;
        let element = header.children().find(|node| node.tag_name().name() == element)?;
        Some(element.text().unwrap_or_default().trim().to_owned())
    }

    fn is_all_or_none(&self) -> bool {
        self.header("AllOrNoneHeader", "allOrNone").is_some_and(|on| matches!(on.as_str(), "true" | "1"))
    }

    /// What the operation is given, by its contract.
    fn given(&self) -> Result<Value, Fault> {
        let contract = self.dialect.contract();
        contract
            .read(&format!("@{}", self.name()), self.operation)
            .map_err(|misread| Fault::client(misread.message))
    }
}

/// Takes a request apart and answers it.
pub(super) fn answer(api: &mut Api<'_>, request: &ApiRequest) -> ApiAnswer {
    let Some((dialect, version)) = endpoint(&request.path) else {
        return super::Reply::errors(&[ApiError::not_found()]).written(false);
    };
    let done = version
        .ok_or_else(|| {
            Fault::plain(
                "UNSUPPORTED_API_VERSION",
                "UNSUPPORTED_API_VERSION: Invalid Api version specified on URL",
            )
        })
        .and_then(|version| answered(api, dialect, version, request));
    match done {
        Ok(answer) => answer,
        Err(fault) => ApiAnswer::of(500, envelope::KIND, dialect.fault(&fault)),
    }
}

/// `/services/Soap/u/66.0/00D…` as the dialect and the version, when there is such a version.
fn endpoint(path: &str) -> Option<(Dialect, Option<u32>)> {
    let mut parts = path.strip_prefix("/services/Soap/")?.split('/');
    let dialect = match parts.next()? {
        "u" => Dialect::Partner,
        "c" => Dialect::Enterprise,
        "m" => Dialect::Metadata,
        _ => return None,
    };
    let version = parts.next().and_then(|text| text.strip_suffix(".0").unwrap_or(text).parse::<u32>().ok());
    Some((dialect, version.filter(|version| VERSIONS.contains(version))))
}

fn answered(
    api: &mut Api<'_>,
    dialect: Dialect,
    version: u32,
    request: &ApiRequest,
) -> Result<ApiAnswer, Fault> {
    if request.method != "POST" {
        return Err(Fault::client(format!("HTTP Method '{}' not supported", request.method)));
    }
    if request.headers.get("content-type").is_some_and(|kind| !kind.to_lowercase().contains("xml")) {
        return Err(Fault::client("The request's content type must be text/xml"));
    }
    if !request.headers.contains_key("soapaction") {
        return Err(Fault::client("SOAPAction HTTP header missing"));
    }
    let document =
        roxmltree::Document::parse(&request.body).map_err(|error| Fault::client(error.to_string()))?;
    let (header, operation) = envelope::opened(document.root_element())?;
    let call = Call { dialect, version, operation, header };
    let name = call.name().to_owned();
    if operation.tag_name().namespace() != Some(dialect.namespace()) {
        return Err(unknown(&call));
    }
    if name == "login" && dialect != Dialect::Metadata {
        let body = login::answer(api, &call, request)?;
        return Ok(ApiAnswer::of(200, envelope::KIND, dialect.answer(&name, &body)));
    }
    let actor = signed_in(api, &call, request)?;
    // What waits is done before the next request, save for one that would stop it.
    if name != "cancelDeploy" {
        api.org.run_jobs();
    }
    if let Some(refused) = refused::of(dialect, &name) {
        return Err(refused);
    }
    let body = match dialect {
        Dialect::Metadata => metadata::answer(api, &actor, &call, request)?,
        Dialect::Partner | Dialect::Enterprise => partner::answer(api, &actor, &call)?,
    };
    let body = body.ok_or_else(|| unknown(&call))?;
    Ok(ApiAnswer::of(200, envelope::KIND, dialect.answer(&name, &body)))
}

/// Source: recorded faults of the platform's web services.
fn unknown(call: &Call<'_>) -> Fault {
    let ns = call.operation.tag_name().namespace().unwrap_or_default();
    let name = call.name();
    Fault::client(format!(
        "No operation available for request {{{ns}}}{name}, please check the WSDL for the service."
    ))
}

/// Whose session the header names, when the API takes it.
fn signed_in(api: &mut Api<'_>, call: &Call<'_>, request: &ApiRequest) -> Result<Actor, Fault> {
    let sid = call.header("SessionHeader", "sessionId").unwrap_or_default();
    let source = Source::of(request, api.org);
    let session = api.org.api_session(&sid, &source).map_err(|_| illegal_session(&sid))?;
    api.org.tick();
    api.user.clone_from(&session.user_id);
    if !api.org.has_permission(&session.user_id, "ApiEnabled") {
        return Err(Fault::of("API_CURRENTLY_DISABLED", "API is disabled for this User"));
    }
    api.org.count_request()?;
    Ok(Actor { user_id: session.user_id })
}

/// Source: recorded faults; the hash is of our own making.
fn illegal_session(sid: &str) -> Fault {
    let hash = sid.bytes().fold([7u8; 32], |mut hash, byte| {
        hash.rotate_left(1);
        if let Some(first) = hash.first_mut() {
            *first = first.wrapping_mul(31).wrapping_add(byte);
        }
        hash
    });
    let hash = envelope::base64(&hash);
    Fault::of(
        "INVALID_SESSION_ID",
        format!(
            "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash: {hash}\nThis error usually occurs after a session expires or a user logs out."
        ),
    )
}

impl From<Misread> for Fault {
    fn from(misread: Misread) -> Fault {
        Fault::client(misread.message)
    }
}

impl Dialect {
    fn contract(self) -> &'static Contract {
        match self {
            Dialect::Metadata => Contract::metadata(),
            Dialect::Partner | Dialect::Enterprise => Contract::partner(),
        }
    }
}
