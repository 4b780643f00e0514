//! A component of the Metadata API as requests: read, changed, made, deleted, one at a time.
//!
//! It never writes what is left out of a component as empty: all but a profile are written as they were read, with what
//! changes put in its place.

use super::Found;
use super::exchange::{Draft, NotWritten, dependents};
use super::proof;
use crate::plan::{COPY, Place, Step};
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{Answer, Failure};
use crate::salesforce::json::Value;
use crate::salesforce::metadata_api::{self, ApiError};
use crate::salesforce::metadata_xml;

/// What a copy has of its own.
const OWN: [&str; 3] = ["custom", "fullName", "label"];

fn sent(call: metadata_api::Call) -> Draft {
    Draft::post(call.path, Some(call.body))
}

/// The names that are said one by one, or as a list.
fn texts(all: &[Value]) -> impl Iterator<Item = &str> {
    all.iter()
        .flat_map(|one| one.as_array().map_or(std::slice::from_ref(one), Vec::as_slice))
        .filter_map(Value::as_str)
}

/// Those of these names; without any, the list of what there is.
pub(super) fn read(kind: &str, all: &[Value]) -> Draft {
    sent(if all.is_empty() {
        metadata_api::list(kind)
    } else {
        metadata_api::read(kind, &texts(all).collect::<Vec<_>>())
    })
}

/// A profile without a policy of its own, or with one that could not be told among so many: which of the two is not known.
fn none(profile: &str) -> OrgError {
    let message = format!(
        "Leastwise found no password policy on profile “{profile}” itself. If it has none, the org's policy applies. Set it in Setup, on the profile."
    );
    OrgError::Other { code: String::new(), message }
}

/// The names of the policies to read for a profile, out of the list of all.
fn listed(body: &str, kind: &str, profile: &str) -> Result<Found, OrgError> {
    let names = metadata_api::policies_to_read(metadata_api::listed_names(body)?, kind, profile);
    if names.is_empty() {
        return Err(none(profile));
    }
    let names = names.into_iter().map(Value::String).collect();
    Ok(Found { fields: Some(vec![("fullName".to_owned(), Value::Array(names))]), ..Found::default() })
}

/// Changed, made equal to `raw`, or deleted where nothing is to be there.
pub(super) fn write(
    kind: &str,
    name: &str,
    copies: bool,
    raw: &str,
    after: Option<Vec<(String, Value)>>,
) -> Draft {
    let Some(after) = after else { return sent(metadata_api::delete(kind, name)) };
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
    sent(if copies { metadata_api::create(kind, &body) } else { metadata_api::update(kind, &body) })
}

/// What an error says of a write.
fn refused(error: ApiError) -> NotWritten {
    match error.code.as_str() {
        "INVALID_SESSION_ID" => NotWritten::Unknown(Some(OrgError::SessionExpired)),
        "DUPLICATE_VALUE" | "DUPLICATE_DEVELOPER_NAME" => NotWritten::There,
        code => match dependents(&error.message) {
            names if !names.is_empty() => NotWritten::Dependents(names),
            _ if proof::has(code) => NotWritten::Refused(error.into()),
            _ => NotWritten::Unknown(Some(error.into())),
        },
    }
}

/// What was read: the component by its name, and the one that it is to be equal to.
pub(super) fn found(
    step: &Step,
    names: &[Value],
    answer: &Result<Answer, Failure>,
) -> Result<Found, OrgError> {
    let body = metadata_api::read_response(answer)?;
    let Place::Component { kind, from, of, .. } = &step.place else { return Err(OrgError::NotFound) };
    if let (Some(of), true) = (of, names.is_empty()) {
        return listed(body, kind, of);
    }
    let records = metadata_api::read_records(body)?;
    let called = |name: &Value| {
        let name = name.as_str()?;
        let is = |inner: &&str| {
            metadata_xml::inner(inner, "fullName")
                .is_some_and(|own| metadata_api::is_same_name(&metadata_xml::unescaped(own), name))
        };
        records.iter().copied().find(is)
    };
    let copies = from.is_some();
    let original = names.last().filter(|_| copies).and_then(called);
    let own = match of {
        Some(of) => metadata_api::policy_of(&records, of),
        None => names.iter().take(names.len() - usize::from(copies)).find_map(called),
    };
    // It may be a package's, which this API does not show.
    if copies && original.is_none() || own.is_none() && step.after.is_some() && !step.makes {
        if let Some(of) = of {
            return Err(none(of));
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

/// What came of a write.
pub(super) fn written(answer: &Answer) -> Result<Option<crate::salesforce::id::Id>, NotWritten> {
    let body = metadata_api::response(answer).ok_or(NotWritten::Unknown(None))?.map_err(refused)?;
    metadata_api::write_result(body).ok_or(NotWritten::Unknown(None))?.map_err(refused)?;
    Ok(None)
}
