//! Faults on demand, so that tests see what a bad day looks like.
//!
//! It never happens by itself: each is asked for, at start or at the control address, and strikes the requests it names.

use crate::api::ApiAnswer;
use crate::error::ApiError;
use crate::store::{Org, Row, object};
use serde_json::{Value, json};
use std::sync::Arc;

/// A fault that was asked for.
#[derive(Debug, Clone, Default)]
pub struct Fault {
    /// Which: `expired-session`, `no-answer`, `no-access`, …
    pub kind: String,
    /// Only requests whose path, or whose body, has this in it.
    pub part: String,
    /// Requests let through first.
    pub after: u64,
    /// How often; for ever when none.
    pub times: Option<u64>,
    /// Milliseconds, for `slow`.
    pub ms: u64,
    /// The object, for `no-access`, `no-field` and `somebody-else`.
    pub object: String,
    /// The field, for `no-field`.
    pub field: String,
    /// Seconds of a `Retry-After`.
    pub retry_after: Option<u64>,
    /// How likely it strikes, from 0 to 1; certainly when none.
    pub chance: Option<f64>,
    /// What the chances follow from: the same seed strikes the same requests.
    state: u64,
    /// `errorCode`, for `part`.
    pub code: String,
    /// `message`, for `part`.
    pub message: String,
    /// The record, for `somebody-else`; a new one when none.
    pub id: String,
    /// What it becomes.
    pub fields: Row,
    /// `somebody-else` acts after the request instead of before it.
    pub afterwards: bool,
}

/// All that were asked for.
#[derive(Debug, Clone, Default)]
pub struct Faults(pub Vec<Fault>);

impl Fault {
    /// Reads what was posted.
    pub fn from_json(value: &Value) -> Fault {
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let number = |key: &str| value.get(key).and_then(Value::as_u64);
        Fault {
            kind: text("kind"),
            part: text("match"),
            after: number("after").unwrap_or(0),
            times: number("times"),
            ms: number("ms").unwrap_or(1_000),
            object: text("object"),
            field: text("field"),
            retry_after: number("retryAfter"),
            chance: value.get("chance").and_then(Value::as_f64),
            state: number("seed").unwrap_or(1),
            code: text("code"),
            message: text("message"),
            id: text("id"),
            fields: value.get("fields").cloned().map(object).unwrap_or_default(),
            afterwards: value.get("when").and_then(Value::as_str) == Some("after"),
        }
    }

    /// Lasts for as long as it is there, and strikes no request.
    fn lasts(&self) -> bool {
        matches!(self.kind.as_str(), "no-access" | "no-field" | "group-stuck" | "group-failed")
    }

    /// Strikes one part of a composite, or a request that is no composite, as an error of its own.
    fn is_of_parts(&self) -> bool {
        matches!(self.kind.as_str(), "part" | "locked-row")
    }

    /// Whether it leaves a request of this method alone: only a write can land late, and only what it is asked for by path.
    fn spares(&self, method: &str, path: &str) -> bool {
        self.kind == "late" && (method == "GET" || !path.contains(&self.part))
    }

    /// Whether this request is struck, counted.
    fn strikes(&mut self, path: &str, body: &str) -> bool {
        if !(path.contains(&self.part) || body.contains(&self.part)) {
            return false;
        }
        if self.after > 0 {
            self.after -= 1;
            return false;
        }
        if self.times == Some(0) {
            return false;
        }
        if self.chance.is_some_and(|chance| self.next_chance() >= chance) {
            return false;
        }
        self.times = self.times.map(|times| times - 1);
        true
    }

    /// A number from 0 up to 1 that follows from the seed (SplitMix64).
    fn next_chance(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    /// What it does to the org when it is asked for.
    pub fn begin(&self, org: &mut Org) {
        match self.kind.as_str() {
            "no-field" => Arc::make_mut(&mut org.schema).remove_field(&self.object, &self.field),
            "group-stuck" => org.group_outcome = Some("Updating".into()),
            "group-failed" => org.group_outcome = Some("Failed".into()),
            _ => {}
        }
    }

    /// What somebody else does, before or after the request that it strikes.
    pub fn somebody_else(&self, org: &mut Org, afterwards: bool) {
        if self.kind != "somebody-else" || self.afterwards != afterwards {
            return;
        }
        if self.fields.is_empty() {
            org.take(&self.object, &self.id);
            return;
        }
        let mut row = org.row(&self.object, &self.id).cloned().unwrap_or_default();
        row.extend(self.fields.clone());
        let now = json!(org.stamp());
        for key in ["LastModifiedDate", "SystemModstamp"] {
            if org.schema.object(&self.object).is_some_and(|object| object.field(key).is_some()) {
                row.insert(key.into(), now.clone());
            }
        }
        org.put(&self.object, row);
    }

    /// The answer that comes instead, where the request is not even looked at.
    pub fn answer(&self) -> Option<ApiAnswer> {
        let error = |status: u16, code: &str, message: &str| {
            Some(ApiAnswer::json(status, &ApiError::new(status, code, message).body()))
        };
        match self.kind.as_str() {
            "expired-session" => error(401, "INVALID_SESSION_ID", "Session expired or invalid"),
            "session-not-valid" => {
                error(401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API")
            }
            "api-disabled" => {
                error(403, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.")
            }
            "request-limit" => error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
            "concurrent-limit" => {
                error(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.")
            }
            "server-unavailable" => error(503, "SERVER_UNAVAILABLE", "Server Unavailable"),
            "html" => Some(page(200, "<!DOCTYPE html><title>Login | Salesforce</title>")),
            kind => {
                let status: u16 = kind.strip_prefix("status:")?.parse().ok()?;
                (200..600)
                    .contains(&status)
                    .then(|| page(status, "<html><body>Service not available</body></html>"))
            }
        }
    }

    /// The answer that comes in place of its own to a request that took place: an error as JSON where a `code` was said, else
    /// a page of a gateway.
    pub fn after(&self) -> Option<ApiAnswer> {
        let status: u16 = self.kind.strip_prefix("after:")?.parse().ok()?;
        (200..600).contains(&status).then(|| match self.code.as_str() {
            "" => page(status, "<html><body>Service not available</body></html>"),
            code => ApiAnswer::json(status, &ApiError::new(status, code, self.message.clone()).body()),
        })
    }

    /// After how many milliseconds the request takes place, whose connection breaks off at once.
    pub fn late(&self) -> Option<u64> {
        (self.kind == "late").then_some(self.ms)
    }

    /// Whether the connection breaks off instead of an answer, and whether the request took place before.
    pub fn drops(&self) -> Option<bool> {
        match self.kind.as_str() {
            "drop-before" => Some(false),
            "drop" | "drop-after" => Some(true),
            _ => None,
        }
    }
}

fn page(status: u16, body: &str) -> ApiAnswer {
    ApiAnswer::of(status, "text/html;charset=UTF-8", body.into())
}

/// Half of a text, cut where a character begins.
pub fn half(text: &str) -> String {
    text.chars().take(text.chars().count() / 2).collect()
}

impl Faults {
    /// The fault that strikes this request, counted.
    pub fn strike(&mut self, method: &str, path: &str, body: &str) -> Option<Fault> {
        self.0
            .iter_mut()
            .filter(|fault| !fault.lasts() && !fault.is_of_parts() && !fault.spares(method, path))
            .find_map(|fault| fault.strikes(path, body).then(|| fault.clone()))
    }

    /// The error that strikes this part of a composite (or this request, when it is no composite), counted.
    pub fn strike_part(&mut self, path: &str, body: &str) -> Option<ApiError> {
        let fault = self
            .0
            .iter_mut()
            .filter(|fault| fault.is_of_parts())
            .find_map(|fault| fault.strikes(path, body).then_some(&*fault))?;
        if fault.kind == "locked-row" {
            let message = "unable to obtain exclusive access to this record";
            return Some(ApiError::new(400, "UNABLE_TO_LOCK_ROW", message));
        }
        Some(ApiError::new(400, &fault.code, fault.message.clone()))
    }

    /// Ends all of them, and what they did to the org, as far as it can be undone.
    pub fn end(&mut self, org: &mut Org) {
        self.0.clear();
        org.group_outcome = None;
    }

    /// Whether an object is hidden from everybody.
    pub fn hides(&self, object: &str) -> bool {
        self.0.iter().any(|fault| fault.kind == "no-access" && fault.object.eq_ignore_ascii_case(object))
    }

    /// The hidden object that a query is about.
    pub fn hidden_in(&self, soql: &str) -> Option<&str> {
        self.0.iter().filter(|fault| fault.kind == "no-access").map(|fault| fault.object.as_str()).find(
            |object| soql.contains(&format!("FROM {object} ")) || soql.ends_with(&format!("FROM {object}")),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(value: Value) -> Faults {
        Faults(vec![Fault::from_json(&value)])
    }

    #[test]
    fn a_fault_strikes_the_requests_it_names_from_a_number_on_and_so_many() {
        let mut faults = faults(json!({ "kind": "status:503", "match": "query", "after": 1, "times": 2 }));
        let struck: Vec<bool> = ["/query", "/limits", "/query", "/query", "/query"]
            .iter()
            .map(|path| faults.strike("GET", path, "").is_some())
            .collect();
        assert_eq!(struck, [false, false, true, true, false]);
    }

    #[test]
    fn a_chance_follows_from_its_seed() {
        let run = |seed: u64| -> Vec<bool> {
            let mut faults = faults(json!({ "kind": "html", "chance": 0.5, "seed": seed }));
            (0..200).map(|_| faults.strike("GET", "/", "").is_some()).collect()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        let often = run(7).into_iter().filter(|struck| *struck).count();
        assert!((70..130).contains(&often), "{often}");
    }

    #[test]
    fn parts_are_struck_by_themselves() {
        let mut faults = faults(json!({ "kind": "locked-row", "match": "User", "times": 1 }));
        assert!(faults.strike("GET", "/sobjects/User/1", "").is_none());
        assert_eq!(faults.strike_part("/sobjects/User/1", "").unwrap().code, "UNABLE_TO_LOCK_ROW");
        assert!(faults.strike_part("/sobjects/User/1", "").is_none());
    }

    #[test]
    fn somebody_else_changes_a_row_and_takes_it_away() {
        let mut org = Org::new("acme");
        let id = org.put("UserRole", object(json!({ "Name": "before" })));
        let fault = Fault::from_json(
            &json!({ "kind": "somebody-else", "object": "UserRole", "id": id, "fields": { "Name": "theirs" } }),
        );
        fault.somebody_else(&mut org, true);
        assert_eq!(crate::store::text(org.row("UserRole", &id).unwrap(), "Name"), "before");
        fault.somebody_else(&mut org, false);
        assert_eq!(crate::store::text(org.row("UserRole", &id).unwrap(), "Name"), "theirs");
        let fault = Fault::from_json(
            &json!({ "kind": "somebody-else", "object": "UserRole", "id": id, "when": "after" }),
        );
        fault.somebody_else(&mut org, true);
        assert!(org.row("UserRole", &id).is_none());
    }

    #[test]
    fn answers_have_the_platforms_shape() {
        let answer = |kind: &str| Fault::from_json(&json!({ "kind": kind })).answer();
        assert!(answer("server-unavailable").unwrap().body.contains("SERVER_UNAVAILABLE"));
        assert_eq!(answer("status:420").unwrap().status, 420);
        assert!(answer("status:9").is_none() && answer("drop").is_none());
        let after =
            Fault::from_json(&json!({ "kind": "after:500", "code": "UNKNOWN_EXCEPTION", "message": "?" }));
        let answer = after.after().unwrap();
        assert!(
            answer.status == 500 && answer.body.contains("UNKNOWN_EXCEPTION") && after.answer().is_none()
        );
        let gateway = Fault::from_json(&json!({ "kind": "after:502" })).after().unwrap();
        assert!(gateway.status == 502 && gateway.body.starts_with("<html>"));
        let late = Fault::from_json(&json!({ "kind": "late", "ms": 7 }));
        assert_eq!((late.late(), late.drops()), (Some(7), None));
        let mut faults = Faults(vec![Fault::from_json(&json!({ "kind": "late", "match": "/sobjects" }))]);
        assert!(faults.strike("GET", "/sobjects/User/1", "").is_none(), "what is only read is not late");
        assert!(
            faults.strike("POST", "/composite", "/sobjects/User/1").is_none(),
            "nor what is about something else"
        );
        assert!(faults.strike("PATCH", "/sobjects/User/1", "").is_some());
        assert_eq!(half("äöü!"), "äö");
    }
}
