//! A component of the Metadata API as requests: read, changed, made, deleted, one at a time.
//!
//! It never writes what is left out of a component as empty: all but a profile are written as they were read, with what
//! changes put in its place.

use super::Found;
use super::proof;
use super::record::{Asked, Unwritten, dependents};
use crate::plan::{COPY, MOST, Place, Step};
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{API_VERSION, Answer, Failure};
use crate::salesforce::json::Value;
use crate::salesforce::metadata_xml;

/// What stands for the session id in a SOAP body: who sends the request puts it in.
pub const SESSION: &str = "{{session}}";

/// What a copy has of its own.
const OWN: [&str; 3] = ["custom", "fullName", "label"];

fn envelope(operation: &str, inner: &str) -> Asked {
    let body = [
        r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://soap.sforce.com/2006/04/metadata"><soapenv:Header><SessionHeader><sessionId>"#,
        SESSION,
        "</sessionId></SessionHeader></soapenv:Header><soapenv:Body><",
        operation,
        ">",
        inner,
        "</",
        operation,
        "></soapenv:Body></soapenv:Envelope>",
    ];
    ("POST", ["/services/Soap/m/", API_VERSION.trim_start_matches('v')].concat(), Some(body.concat()))
}

fn names(kind: &str, names: &[&str]) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| ["<fullNames>", &metadata_xml::escaped(name), "</fullNames>"].concat())
        .collect::<Vec<_>>();
    ["<type>", kind, "</type>", &names.join("")].concat()
}

/// The names that are said one by one, or as a list.
fn texts(all: &[Value]) -> impl Iterator<Item = &str> {
    all.iter()
        .flat_map(|one| one.as_array().map_or(std::slice::from_ref(one), Vec::as_slice))
        .filter_map(Value::as_str)
}

/// Those of these names; without any, the list of what there is.
pub(super) fn read(kind: &str, all: &[Value]) -> Asked {
    if all.is_empty() {
        let version = API_VERSION.trim_start_matches('v');
        let queries =
            ["<queries><type>", kind, "</type></queries><asOfVersion>", version, "</asOfVersion>"].concat();
        return envelope("listMetadata", &queries);
    }
    envelope("readMetadata", &names(kind, &texts(all).collect::<Vec<_>>()))
}

/// A profile without a policy of its own, or with one that could not be told among so many.
fn none(kind: &str, profile: &str) -> OrgError {
    let message = [
        "The profile “",
        profile,
        "” has no ",
        kind,
        " of its own, as far as the Metadata API shows: what the org has set holds for it. Set it in Setup, on the profile; the steps by hand lead there.",
    ];
    OrgError::Other { code: String::new(), message: message.concat() }
}

/// A name as those of policies begin: letters and digits alone, and these small.
fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The names in a list of policies; where there are more than one request reads, those that are called after the profile.
/// (They are called after it as it was named when they were made, or `PT1`, or `null`.)
fn listed(body: &str, kind: &str, profile: &str) -> Result<Found, OrgError> {
    let response = metadata_xml::inner(body, "listMetadataResponse").ok_or(OrgError::NotJson)?;
    let all = metadata_xml::elements(response);
    let all: Vec<String> = all
        .iter()
        .filter_map(|one| Some(metadata_xml::unescaped(metadata_xml::inner(one.inner, "fullName")?)))
        .collect::<Vec<_>>();
    let (of, end) = (bare(&plain(profile)), bare(kind));
    let is = |name: &String| bare(name).strip_prefix(&*of).is_some_and(|rest| rest.starts_with(&*end));
    let few = all.len() <= MOST;
    let names: Vec<Value> =
        all.into_iter().filter(|name| few || is(name)).take(MOST).map(Value::String).collect::<Vec<_>>();
    if names.is_empty() {
        return Err(none(kind, profile));
    }
    Ok(Found { fields: Some(vec![("fullName".to_owned(), Value::Array(names))]), ..Found::default() })
}

/// Changed, made equal to `raw`, or deleted where nothing is to be there.
pub(super) fn write(
    kind: &str,
    name: &str,
    copies: bool,
    raw: &str,
    after: Option<Vec<(String, Value)>>,
) -> Asked {
    let Some(after) = after else { return envelope("deleteMetadata", &names(kind, &[name])) };
    let is_part = (kind == "Profile" || kind == "SecuritySettings") && !copies;
    let mut body = if is_part { String::new() } else { raw.to_owned() };
    // What was found has its own name; a copy, and a part, are told by the first.
    if copies || body.is_empty() {
        body = metadata_xml::set(&body, "fullName", &Value::String(name.to_owned()));
    }
    if copies && kind == "Profile" {
        body = metadata_xml::set(&body, "custom", &Value::Bool(true));
    }
    for (path, value) in after.iter().filter(|(path, _)| path != COPY) {
        body = metadata_xml::set(&body, path, value);
    }
    // Whom an app lets in may be said only while it lets in nobody else (Metadata API guide, ConnectedApp).
    if metadata_xml::inner(&body, "oauthConfig.isAdminApproved") == Some("false") {
        body = ["profileName", "permissionSetName"]
            .iter()
            .fold(body, |body, list| metadata_xml::set(&body, list, &Value::Null));
    }
    let metadata = ["<metadata xsi:type=\"", kind, "\">", &body, "</metadata>"].concat();
    envelope(if copies { "createMetadata" } else { "updateMetadata" }, &metadata)
}

/// What stands in the body of an answer.
fn answered(answer: &Answer) -> Result<&str, Unwritten> {
    let body = metadata_xml::inner(&answer.body, "Envelope.Body").ok_or(Unwritten::Unknown(None))?;
    let Some(fault) = metadata_xml::inner(body, "Fault") else { return Ok(body) };
    Err(refused(fault, "faultcode", "faultstring"))
}

fn refused(xml: &str, code: &str, message: &str) -> Unwritten {
    let text = |name| metadata_xml::inner(xml, name).map(metadata_xml::unescaped).unwrap_or_default();
    let (code, message) = (text(code), text(message));
    let code = code.rsplit(':').next().unwrap_or_default().to_owned();
    match code.as_str() {
        "INVALID_SESSION_ID" => Unwritten::Unknown(Some(OrgError::SessionExpired)),
        "DUPLICATE_VALUE" | "DUPLICATE_DEVELOPER_NAME" => Unwritten::There,
        _ => match dependents(&message) {
            names if !names.is_empty() => Unwritten::Dependents(names),
            // `success=false` without an errors element occurs.
            _ => {
                let is_proof = proof::has(&code);
                let message = if message.is_empty() { "Salesforce did not say why".into() } else { message };
                let refusal = OrgError::Other { code, message };
                if is_proof { Unwritten::Refused(refusal) } else { Unwritten::Unknown(Some(refusal)) }
            }
        },
    }
}

/// What was read: the component by its name, and the one that it is to be equal to.
pub(super) fn found(
    step: &Step,
    names: &[Value],
    answer: &Result<Answer, Failure>,
) -> Result<Found, OrgError> {
    let answer = answer.as_ref().map_err(|failure| OrgError::from(*failure))?;
    let body = match answered(answer) {
        Ok(body) => body,
        Err(Unwritten::Refused(refusal) | Unwritten::Unknown(Some(refusal))) => return Err(refusal),
        Err(_) if answer.status >= 500 => return Err(OrgError::Unavailable { status: answer.status }),
        // It began as an answer and broke off.
        Err(_) if answer.body.starts_with('<') => return Err(OrgError::Timeout),
        Err(_) => return Err(OrgError::NotJson),
    };
    let Place::Component { kind, from, of, .. } = &step.place else { return Err(OrgError::NotFound) };
    if let (Some(of), true) = (of, names.is_empty()) {
        return listed(body, kind, of);
    }
    let result = metadata_xml::inner(body, "readMetadataResponse.result").ok_or(OrgError::NotJson)?;
    let records = metadata_xml::elements(result);
    let called = |name: &Value| {
        let name = name.as_str()?;
        let is = |inner: &&str| {
            metadata_xml::inner(inner, "fullName")
                .is_some_and(|own| same(&metadata_xml::unescaped(own), name))
        };
        records.iter().map(|record| record.inner).find(is)
    };
    let copies = from.is_some();
    let original = names.last().filter(|_| copies).and_then(called);
    let own = match of {
        // What a profile that is gone has left behind names none.
        Some(of) => records.iter().map(|record| record.inner).find(|inner| {
            let profile =
                metadata_xml::inner(inner, "profile").map(metadata_xml::unescaped).unwrap_or_default();
            same(&small(&profile), &small(of))
        }),
        None => names.iter().take(names.len() - usize::from(copies)).find_map(called),
    };
    // It may be a package's, which this API does not show.
    if copies && original.is_none() || own.is_none() && step.after.is_some() && !step.makes {
        if let Some(of) = of {
            return Err(none(kind, of));
        }
        let name =
            if copies { names.last() } else { names.first() }.and_then(Value::as_str).unwrap_or_default();
        return Err(OrgError::NotInThisOrg { what: [kind, " “", name, "”"].concat() });
    }
    let is_policy = of.is_some();
    let raw = original.or(own).unwrap_or_default().to_owned();
    let less = |inner: &str| {
        OWN.iter().fold(inner.to_owned(), |inner, name| metadata_xml::set(&inner, name, &Value::Null))
    };
    let fields = own.map(|own| {
        let of = |path: &str| {
            if path == COPY {
                // Alike, or how it is not: that is shown.
                let unlike = original.map(|other| unlike(&less(own), &less(other))).unwrap_or_default();
                return if unlike.is_empty() { Value::Bool(true) } else { Value::String(unlike) };
            }
            let lists = |(name, term): &&(String, crate::plan::Term)| {
                name == path
                    && matches!(term, crate::plan::Term::Is(Value::Array(_)) | crate::plan::Term::Input(_))
            };
            let list = path == "loginIpRanges"
                || step.after.iter().chain(&step.before).flatten().find(lists).is_some();
            metadata_xml::found(own, path, list)
        };
        let mut all: Vec<(String, Value)> =
            step.names().into_iter().map(|path| (path.to_owned(), of(path))).collect::<Vec<_>>();
        // A policy is kept as it is, whatever there is to it.
        for one in metadata_xml::elements(own).iter().filter(|_| is_policy) {
            if all.iter().all(|(name, _)| name != one.name) {
                all.push((one.name.to_owned(), of(one.name)));
            }
        }
        all
    });
    Ok(Found { fields, raw, ..Found::default() })
}

/// How a copy is unlike its original, in words: what it lacks, and what it grants or refuses besides; empty when it is
/// not. (Which tabs and layouts a new profile shows besides is the platform's to say.)
fn unlike(own: &str, original: &str) -> String {
    let (own, original) = (metadata_xml::elements(own), metadata_xml::elements(original));
    let told = |words: &str,
                all: &[metadata_xml::Element<'_>],
                others: &[metadata_xml::Element<'_>],
                of: fn(&str) -> bool| {
        // Most often they stand in the same order: the next is looked at first.
        let mut next = 0;
        let them = all.iter().filter(|it| {
            let is = |other: &metadata_xml::Element<'_>| other.name == it.name && other.inner == it.inner;
            let at = if others.get(next).is_some_and(is) { Some(next) } else { others.iter().position(is) };
            next = at.map_or(next, |at| at + 1);
            // An empty element (`<loginHours/>`, where there are none any more) says nothing.
            of(it.name) && at.is_none() && !it.inner.trim().is_empty()
        });
        let names = them.map(|it| {
            let parts = metadata_xml::elements(it.inner);
            let says = parts.iter().find(|part| !matches!(part.inner, "true" | "false"));
            [it.name, " ", says.map_or(it.inner, |part| part.inner)].concat()
        });
        let names: Vec<String> = names.take(5).collect::<Vec<_>>();
        if names.is_empty() { String::new() } else { [words, &names.join(", ")].concat() }
    };
    let lacks = told("it lacks ", &original, &own, |_| true);
    let has = told("it has besides ", &own, &original, |name| {
        name.ends_with("Permissions") || name.ends_with("Accesses") || name.starts_with("login")
    });
    [lacks, has].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("; ")
}

/// A policy names its profile in small letters (published retrieves), of whatever alphabet: as Unicode has them, where
/// every `İ` becomes an `i` with a dot above it.
fn small(name: &str) -> String {
    name.to_lowercase()
}

/// Names in the Metadata API are written with some characters as `%28`, byte by byte of their UTF-8.
fn plain(name: &str) -> String {
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

fn same(a: &str, b: &str) -> bool {
    a == b || plain(a) == plain(b)
}

/// What came of a write. Success without an error element is not success.
pub(super) fn written(answer: &Answer) -> Result<Option<crate::salesforce::id::Id>, Unwritten> {
    let body = answered(answer)?;
    let response = metadata_xml::elements(body).first().map_or("", |response| response.inner);
    match metadata_xml::inner(response, "result.success") {
        Some("true") => Ok(None),
        Some(_) => {
            let result = metadata_xml::inner(response, "result").unwrap_or_default();
            Err(refused(metadata_xml::inner(result, "errors").unwrap_or_default(), "statusCode", "message"))
        }
        None => Err(Unwritten::Unknown(None)),
    }
}
