//! The Metadata API as SOAP calls and answers: envelopes, reads and lists, faults, and how names of components compare.
//!
//! Source: Metadata API Developer Guide. It decides nothing: which component is read or written, and what an error means
//! for that, is its callers'.

use crate::salesforce::error::OrgError;
use crate::salesforce::http::{API_VERSION, Answer, Failure};
use crate::salesforce::metadata_xml::{self, elements, inner, unescaped};

/// What stands for the session id in a SOAP body: who sends the request puts it in.
pub const SESSION: &str = "{{session}}";

/// Components in one `readMetadata`. Source: Metadata API Developer Guide, "readMetadata()".
pub(crate) const READ_LIMIT: usize = 10;

/// A call to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) path: String,
    /// The SOAP envelope, with [`SESSION`] in it.
    pub(crate) body: String,
}

/// A call of an operation with these elements in it.
pub(crate) fn call(operation: &str, inner: &str) -> Call {
    let path = format!("/services/Soap/m/{}", version());
    let body = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://soap.sforce.com/2006/04/metadata"><soapenv:Header><SessionHeader><sessionId>{SESSION}</sessionId></SessionHeader></soapenv:Header><soapenv:Body><{operation}>{inner}</{operation}></soapenv:Body></soapenv:Envelope>"#
    );
    Call { path, body }
}

fn version() -> &'static str {
    API_VERSION.trim_start_matches('v')
}

fn full_names(kind: &str, names: &[&str]) -> String {
    let names: String =
        names.iter().map(|name| format!("<fullNames>{}</fullNames>", metadata_xml::escaped(name))).collect();
    format!("<type>{kind}</type>{names}")
}

/// Reads the components of a type that have these names, at most [`READ_LIMIT`].
pub(crate) fn read(kind: &str, names: &[&str]) -> Call {
    call("readMetadata", &full_names(kind, names))
}

/// Lists the components of a type.
pub(crate) fn list(kind: &str) -> Call {
    let version = version();
    call(
        "listMetadata",
        &format!("<queries><type>{kind}</type></queries><asOfVersion>{version}</asOfVersion>"),
    )
}

/// Makes a component of the elements in `inner`.
pub(crate) fn create(kind: &str, inner: &str) -> Call {
    call("createMetadata", &metadata(kind, inner))
}

/// Changes a component to the elements in `inner`.
pub(crate) fn update(kind: &str, inner: &str) -> Call {
    call("updateMetadata", &metadata(kind, inner))
}

/// Deletes a component.
pub(crate) fn delete(kind: &str, name: &str) -> Call {
    call("deleteMetadata", &full_names(kind, &[name]))
}

fn metadata(kind: &str, inner: &str) -> String {
    format!(r#"<metadata xsi:type="{kind}">{inner}</metadata>"#)
}

/// An error in an answer: a SOAP fault, or that of one result. Either text may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    /// The code, without the prefix that a fault's has (`sf:INVALID_SESSION_ID`).
    pub(crate) code: String,
    pub(crate) message: String,
}

impl ApiError {
    /// What stands in the elements called `code` and `message`.
    fn new(xml: &str, code: &str, message: &str) -> ApiError {
        let text = |name| inner(xml, name).map(unescaped).unwrap_or_default();
        let code = text(code).rsplit(':').next().unwrap_or_default().to_owned();
        ApiError { code, message: text(message) }
    }
}

impl From<ApiError> for OrgError {
    fn from(ApiError { code, message }: ApiError) -> OrgError {
        if code == "INVALID_SESSION_ID" {
            return OrgError::SessionExpired;
        }
        let message = if message.is_empty() { "Salesforce gave no reason".into() } else { message };
        OrgError::Other { code, message }
    }
}

/// What stands in the body of an answer: a fault, or the operation's response. `None`: it is no SOAP envelope.
pub(crate) fn response(answer: &Answer) -> Option<Result<&str, ApiError>> {
    let body = inner(&answer.body, "Envelope.Body")?;
    Some(match inner(body, "Fault") {
        Some(fault) => Err(ApiError::new(fault, "faultcode", "faultstring")),
        None => Ok(body),
    })
}

/// The body of an answer to a reading.
///
/// # Errors
/// Why there is none.
pub(crate) fn read_response(answer: &Result<Answer, Failure>) -> Result<&str, OrgError> {
    let answer = answer.as_ref().map_err(|failure| OrgError::from(*failure))?;
    match response(answer) {
        Some(body) => Ok(body?),
        None if answer.status >= 500 => Err(OrgError::Unavailable { status: answer.status }),
        // It began as an answer and broke off.
        None if answer.body.starts_with('<') => Err(OrgError::Timeout),
        None => Err(OrgError::NotJson),
    }
}

/// The names in the body of an answer to [`list`].
///
/// # Errors
/// It is no such answer.
pub(crate) fn listed_names(body: &str) -> Result<Vec<String>, OrgError> {
    let response = inner(body, "listMetadataResponse").ok_or(OrgError::NotJson)?;
    let all = elements(response);
    Ok(all.iter().filter_map(|one| inner(one.inner, "fullName")).map(unescaped).collect())
}

/// The elements of each component in the body of an answer to [`read`]: a name that does not exist gives an empty one.
///
/// # Errors
/// It is no such answer.
pub(crate) fn read_records(body: &str) -> Result<Vec<&str>, OrgError> {
    let result = inner(body, "readMetadataResponse.result").ok_or(OrgError::NotJson)?;
    Ok(elements(result).into_iter().map(|record| record.inner).collect())
}

/// Whether the result of a write says that it took place; `None` when there is no result.
/// `success=false` without an errors element occurs, and so does success without any: only `true` is success.
pub(crate) fn write_result(body: &str) -> Option<Result<(), ApiError>> {
    let response = elements(body).first().map_or("", |response| response.inner);
    let success = inner(response, "result.success")?;
    if success == "true" {
        return Some(Ok(()));
    }
    let result = inner(response, "result").unwrap_or_default();
    Some(Err(ApiError::new(inner(result, "errors").unwrap_or_default(), "statusCode", "message")))
}

/// Of the policies that a list names, those to read for a profile: all, or where one request does not read so many,
/// those that are called after the profile. (They are called after it as it was named when they were made, or `PT1`, or
/// `null`.)
pub(crate) fn policies_to_read(names: Vec<String>, kind: &str, profile: &str) -> Vec<String> {
    let (profile, kind) = (alphanumeric(&decoded(profile)), alphanumeric(kind));
    let is_after = |name: &String| {
        alphanumeric(name).strip_prefix(profile.as_str()).is_some_and(|rest| rest.starts_with(&kind))
    };
    let are_few = names.len() <= READ_LIMIT;
    names.into_iter().filter(|name| are_few || is_after(name)).take(READ_LIMIT).collect()
}

/// Of the policies that were read, the one of a profile; what a deleted profile has left behind names none.
pub(crate) fn policy_of<'a>(records: &[&'a str], profile: &str) -> Option<&'a str> {
    // A policy names its profile in small letters (published retrieves), of whatever alphabet: as Unicode has them, where
    // every `İ` becomes an `i` with a dot above it.
    records.iter().copied().find(|record| {
        let own = inner(record, "profile").map(unescaped).unwrap_or_default();
        is_same_name(&own.to_lowercase(), &profile.to_lowercase())
    })
}

/// Whether two names are of the same component: with some characters as `%28`, or without.
pub(crate) fn is_same_name(a: &str, b: &str) -> bool {
    a == b || decoded(a) == decoded(b)
}

/// A name without the `%28` that the Metadata API writes for some characters, byte by byte of their UTF-8.
fn decoded(name: &str) -> String {
    let mut parts = name.split('%');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let code = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (code, part.get(2..)) {
            (Some(code), Some(rest)) => {
                out.push(code);
                out.extend(rest.bytes());
            }
            _ => out.extend(["%", part].concat().bytes()),
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| name.to_owned())
}

/// A name as those of policies begin: letters and digits alone, and these small.
fn alphanumeric(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Result<Answer, Failure> {
        Ok(Answer { status, body: body.to_owned() })
    }

    fn enveloped(inner: &str) -> String {
        format!("<e:Envelope xmlns:e=\"x\"><e:Body>{inner}</e:Body></e:Envelope>")
    }

    #[test]
    fn what_is_no_answer_says_why() {
        assert_eq!(read_response(&Err(Failure::Offline)), Err(OrgError::Offline));
        assert_eq!(read_response(&answer(503, "down")), Err(OrgError::Unavailable { status: 503 }));
        assert_eq!(read_response(&answer(200, "<e:Envelope><e:Bo")), Err(OrgError::Timeout));
        assert_eq!(read_response(&answer(200, "{}")), Err(OrgError::NotJson));
        let fault = enveloped(
            "<e:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode><faultstring>x</faultstring></e:Fault>",
        );
        assert_eq!(read_response(&answer(500, &fault)), Err(OrgError::SessionExpired));
        let fault = enveloped("<e:Fault><faultcode>sf:INSUFFICIENT_ACCESS</faultcode></e:Fault>");
        let error = OrgError::Other {
            code: "INSUFFICIENT_ACCESS".into(),
            message: "Salesforce gave no reason".into(),
        };
        assert_eq!(read_response(&answer(500, &fault)), Err(error));
    }

    #[test]
    fn a_policy_is_found_by_the_profile_that_it_names() {
        let records = ["<profile>other</profile>", "<profile>acme (erp) i\u{307}</profile>", ""];
        assert_eq!(policy_of(&records, "Acme %28ERP%29 İ"), Some(records[1]));
        assert_eq!(policy_of(&records, "Acme"), None);
        let many: Vec<String> = (0..11).map(|n| format!("X{n}")).collect();
        let few = many[..10].to_vec();
        assert_eq!(policies_to_read(few.clone(), "ProfilePasswordPolicy", "Acme"), few);
        assert!(policies_to_read(many.clone(), "ProfilePasswordPolicy", "Acme").is_empty());
        let own = "Acme_ERP_profilePasswordPolicy1671051777049".to_owned();
        let more = [many, vec![own.clone()]].concat();
        assert_eq!(policies_to_read(more, "ProfilePasswordPolicy", "Acme %28ERP%29"), [own]);
    }
}
