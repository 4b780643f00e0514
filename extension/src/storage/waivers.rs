//! What is accepted and noted in an org, on disk as the file that Export gives out, and what its company decided of that.
//!
//! It is one text, and not a list of objects: ten thousand entries would cross into Wasm property by property.

use super::{Area, Unreadable, Write, keys, read};
use leastwise_core::waivers::{Day, MOST_DAYS, Problem, Terms, Waiver, Waivers};
use serde_json::{Value, json};

/// The keys of what a company decided: its own accepted risks, for how long admins may accept, whether at all, and whether
/// they need a ticket. These keys are part of what companies store: none is ever given another meaning.
pub(crate) const POLICY: [&str; 4] = ["waivers", "maxWaiverDays", "allowWaivers", "requireTicket"];

/// The lock under which what is accepted in an org is changed.
pub(crate) fn lock(org: &str) -> String {
    keys::waivers(org)
}

/// What is stored of an org, under no policy.
///
/// # Errors
/// What is stored cannot be read: it is not to be written over.
pub(crate) fn stored(local: &Value, org: &str) -> Result<Waivers, Unreadable> {
    let key = keys::waivers(org);
    match read::<String>(local, &key)? {
        None => Ok(Waivers::default()),
        Some(text) => Waivers::stored(&text).map_err(|_| Unreadable { key }),
    }
}

/// Stores what is accepted and noted in an org.
pub(crate) fn put(org: &str, waivers: &Waivers) -> Write {
    let key = keys::waivers(org);
    if waivers.is_empty() {
        Write::remove(Area::Local, &key)
    } else {
        Write::put(Area::Local, &key, &waivers.to_stored())
    }
}

/// What a company decided of accepted risks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    pub(crate) waivers: Vec<Waiver>,
    pub(crate) terms: Terms,
    /// What is wrong with its own entries.
    pub(crate) problems: Vec<Problem>,
}

impl Policy {
    /// Out of all that the company decided. What is decided and cannot be understood is as strict as it can be.
    pub(crate) fn new(managed: &Value) -> Policy {
        let of = |key: &str| managed.get(key).filter(|value| !value.is_null());
        let is_allowed = of("allowWaivers").is_none_or(|value| *value == true);
        let days = of("maxWaiverDays").map(|value| value.as_u64().and_then(|days| u32::try_from(days).ok()));
        let terms = Terms {
            is_allowed: is_allowed && days != Some(None) && days != Some(Some(0)),
            most_days: days.flatten().unwrap_or(MOST_DAYS),
            needs_ticket: of("requireTicket").is_some_and(|value| *value != false),
        };
        let text = of("waivers").map(|list| json!({ "version": 1, "waivers": list }).to_string());
        // Those of a company are not entered here: on which day they were accepted is its own affair.
        let today = Day::parse("9999-01-01").unwrap_or(Day::MAX);
        match text.map(|text| Waivers::import(&text, Terms::default(), today)) {
            None => Policy { terms, ..Policy::default() },
            Some(Ok(read)) => Policy { waivers: read.waivers.all().to_vec(), terms, problems: read.problems },
            Some(Err(error)) => {
                let what = vec![error.to_string()];
                let problem = Problem { entry: "Accepted risks of the policy".to_owned(), what };
                Policy { terms, problems: vec![problem], ..Policy::default() }
            }
        }
    }

    /// What holds in an org.
    pub(crate) fn over(&self, waivers: Waivers) -> Waivers {
        waivers.with_policy(self.waivers.clone(), self.terms)
    }
}

/// The orgs of which something is stored.
pub(crate) fn orgs(local: &Value) -> impl Iterator<Item = &str> {
    local.as_object().into_iter().flatten().filter_map(|(key, _)| key.strip_prefix("waivers:"))
}

/// How many are accepted and noted in what is stored under a key, as its file has a line each.
pub(crate) fn count(value: &Value) -> usize {
    value.as_str().map_or(1, |text| {
        text.lines().filter(|line| line.starts_with("{\"rule\"") || line.starts_with("{\"subject\"")).count()
    })
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_cannot_be_understood_is_as_strict_as_it_can_be() {
        let terms = |managed: &Value| Policy::new(managed).terms;
        assert_eq!(terms(&json!({})), Terms::default());
        assert_eq!(terms(&Value::Null), Terms::default());
        for managed in [
            json!({ "allowWaivers": false }),
            json!({ "allowWaivers": "no" }),
            json!({ "maxWaiverDays": "30" }),
            json!({ "maxWaiverDays": -1 }),
            json!({ "maxWaiverDays": 0 }),
        ] {
            assert!(!terms(&managed).is_allowed, "{managed}");
        }
        let managed = json!({ "allowWaivers": true, "maxWaiverDays": 30, "requireTicket": "yes" });
        assert_eq!(terms(&managed), Terms { is_allowed: true, most_days: 30, needs_ticket: true });
    }

    #[test]
    fn each_key_stands_in_the_schema_that_browsers_read() {
        let schema: Value = serde_json::from_str(include_str!("../../policy.json")).unwrap();
        for key in POLICY {
            assert!(schema["properties"][key]["description"].is_string(), "{key}");
        }
    }

    #[test]
    fn what_a_company_accepts_is_read_as_a_file_is() {
        let entry = json!({ "rule": "shared-profile", "subject": { "kind": "user", "key": "erp@acme.example" },
            "about": "*", "reason": "Agreed with security.", "owner": "security@acme.example",
            "created": "2026-11-01", "expires": "2027-10-01", "severity": "high" });
        let policy = Policy::new(&json!({ "waivers": [entry, { "rule": "x" }] }));
        assert_eq!((policy.waivers.len(), policy.problems.len()), (1, 1));
        assert_eq!(Policy::new(&json!({ "waivers": "x" })).problems.len(), 1);
    }

    #[test]
    fn what_is_stored_is_read_back_and_what_is_broken_is_not_written_over() {
        let org = "00D5g000000AAAAEA4";
        assert_eq!(stored(&json!({}), org), Ok(Waivers::default()));
        let broken = json!({ "waivers:00D5g000000AAAAEA4": "{" });
        assert_eq!(stored(&broken, org).unwrap_err().key, "waivers:00D5g000000AAAAEA4");
        assert!(stored(&json!({ "waivers:00D5g000000AAAAEA4": [] }), org).is_err());
        assert_eq!(put(org, &Waivers::default()).value, None);
        let text = "{\"version\":1,\n\"waivers\":[],\n\"notes\":[\n{\"subject\":{\"kind\":\"user\",\"key\":\"a\"},\"purpose\":\"p\"}\n]}\n";
        let local = json!({ "waivers:00D5g000000AAAAEA4": text });
        let read = stored(&local, org).unwrap();
        assert_eq!(put(org, &read).value, Some(json!(text)));
        assert_eq!((count(&json!(text)), orgs(&local).collect::<Vec<_>>()), (1, vec![org]));
    }
}
