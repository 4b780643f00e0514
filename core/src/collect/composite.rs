//! The answer to a composite request, part by part.

use super::collector::{Collector, body};
use super::part::Part;
use super::{labels, queries};
use crate::facts::table::Rows;
use crate::facts::{Fact, Known, LoginIpRanges, Unavailable};
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{Answer, Failure};
use crate::salesforce::json;
use crate::salesforce::setup_url::PageKind;
use serde::Deserialize;

/// So often a query is asked again without a field that the org lacks.
const RETRIES: u32 = 6;

/// The answer to a composite request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Composite<'a> {
    #[serde(borrow)]
    composite_response: Vec<Subresponse<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subresponse<'a> {
    #[serde(borrow)]
    body: Option<&'a serde_json::value::RawValue>,
    http_status_code: u16,
    reference_id: String,
}

impl Collector {
    /// Takes the answer to a composite of `parts`.
    pub(super) fn feed_composite(
        &mut self,
        parts: &[Part],
        is_first: bool,
        answer: &Result<Answer, Failure>,
    ) {
        if let Ok(Answer { status: 200..=299, body }) = answer {
            let text = json::mended(body);
            if let Ok(composite) = serde_json::from_str::<Composite<'_>>(&text) {
                return self.read_composite(&composite.composite_response, parts, is_first);
            }
        }
        let error = match body(answer) {
            Ok(body) => OrgError::from_error(200, &body),
            Err(error) => error,
        };
        if is_first {
            return self.fail(&error);
        }
        parts.iter().for_each(|part| part.set_unavailable(&mut self.facts, error.clone()));
    }

    /// Takes the answers to a composite of `expected` parts.
    fn read_composite(&mut self, answers: &[Subresponse<'_>], expected: &[Part], is_first: bool) {
        let is_there = |part: &Part| answers.iter().any(|answer| answer.reference_id == part.reference());
        // What was requested and is not in the answer was not read. Where nothing is, that is one error.
        if is_first && !expected.iter().any(is_there) {
            self.fail(&OrgError::LeftOut);
            return;
        }
        for part in expected.iter().filter(|part| !is_there(part)) {
            part.set_unavailable(&mut self.facts, OrgError::LeftOut);
        }
        let mut again = vec![];
        for part in Part::ALL {
            let answer = answers.iter().find(|answer| answer.reference_id == part.reference());
            if answer.is_some_and(|answer| self.read_part(part, answer)) {
                again.push(part);
            }
        }
        if !again.is_empty() {
            self.retries += 1;
            self.request_again(again);
        }
        if is_first && self.page.kind == PageKind::User {
            self.request_more_of_profile();
        }
    }

    /// Takes the answer to one part; whether it is to be asked for again, by another query.
    fn read_part(&mut self, part: Part, answer: &Subresponse<'_>) -> bool {
        let status = answer.http_status_code;
        let raw = answer.body.map_or("null", serde_json::value::RawValue::get);
        let is_fine = (200..300).contains(&status);
        if let (Part::Labels | Part::Features, true) = (part, is_fine) {
            labels::add(&mut self.labels, part, raw);
            return false;
        }
        let body = json::parse(raw).unwrap_or_default();
        if is_fine && part.is_record() {
            part.read_record(&mut self.facts, &body);
            return false;
        }
        if is_fine {
            self.read_rows(part, body);
            return false;
        }
        let body = &body;
        let error = json::first(body).unwrap_or(body);
        let (code, message) = (json::text(error, "errorCode"), json::text(error, "message"));
        let other = match self.queries.get(&part) {
            // A field that the org lacks is left out.
            Some(query) => {
                (code == "INVALID_FIELD" && self.retries < RETRIES).then(|| query.without(message)).flatten()
            }
            // An org that does not give the list by its relationship is asked by a query.
            None => part
                .table()
                .filter(|table| matches!(table.rows, Rows::Related { .. }))
                .and_then(|table| queries::query(&self.page, &[table])),
        };
        if let Some(query) = other {
            self.queries.insert(part, query);
            return true;
        }
        let why =
            if code == "PROCESSING_HALTED" { self.cause(part) } else { OrgError::from_error(status, body) };
        let why = self.with_object(part, why);
        part.set_unavailable(&mut self.facts, why);
        false
    }

    /// What is read once the user's profile is known.
    fn request_more_of_profile(&mut self) {
        match self.facts.profile.known().map(|profile| profile.id.clone()) {
            Some(id) => {
                self.request_metadata(&id);
                self.request_choices();
            }
            None => {
                let why = self.cause(Part::License);
                self.facts.login_ip_ranges = Known::unavailable(LoginIpRanges::NAME, why);
            }
        }
    }

    /// Why a part was halted: the part that it refers to failed.
    fn cause(&self, part: Part) -> OrgError {
        let (user, profile) = (why(&self.facts.user), why(&self.facts.profile));
        match part {
            Part::Profile => user,
            _ => profile.or(user),
        }
        .unwrap_or(OrgError::NotFound)
    }

    /// Puts the object's name into an error that the platform words without it.
    fn with_object(&self, part: Part, error: OrgError) -> OrgError {
        match (error, self.queries.get(&part)) {
            (OrgError::NoPermission { .. }, Some(query)) => {
                OrgError::NoPermission { what: query.object().into() }
            }
            (OrgError::RowLimit { .. }, Some(query)) => OrgError::RowLimit { what: query.object().into() },
            (other, _) => other,
        }
    }
}

fn why<T>(known: &Known<T>) -> Option<OrgError> {
    match known {
        Known::Unavailable(Unavailable { why, .. }) => Some(why.clone()),
        _ => None,
    }
}
