//! Faults on demand, so that tests see what a bad day looks like.
//!
//! It never happens by itself: each is asked for at the control address.

use serde_json::Value;

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
    /// The object, for `no-access` and `no-field`.
    pub object: String,
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
        }
    }
}

impl Faults {
    /// The fault that strikes this request, counted.
    pub fn strike(&mut self, path: &str, body: &str) -> Option<Fault> {
        for fault in &mut self.0 {
            let lasting = matches!(fault.kind.as_str(), "no-access" | "no-field");
            if lasting || !(path.contains(&fault.part) || body.contains(&fault.part)) {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            match &mut fault.times {
                Some(0) => continue,
                Some(times) => *times -= 1,
                None => {}
            }
            return Some(fault.clone());
        }
        None
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
