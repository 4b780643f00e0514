//! What is stored on this computer, as a person asks about it: of which kinds, how many, how large; what admins said of users,
//! and which panels are hidden.

use super::orgs::Org;
use super::{keys, read, waivers};
use leastwise_core::classification::AdminAnswer;
use leastwise_core::salesforce::id::Id;
use serde_json::Value;
use std::collections::BTreeMap;

/// A kind of what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) explanation: &'static str,
    pub(crate) count: usize,
    pub(crate) bytes: usize,
}

/// The kinds, by what their keys begin with; whatever another version stored is told too.
const KINDS: &[(&str, &[&str], &str)] = &[
    (
        "History",
        &["journal:"],
        "Each change: who made it, when, and the values before and after. Undo needs it.",
    ),
    (
        "Accepted risks",
        &["waivers:"],
        "Which findings you accepted, why and until when, and your notes on users.",
    ),
    ("Your answers", &["word:"], "Which users you said are integrations or people."),
    ("Hidden panels", &["closed:"], "For which users and profiles the panel is hidden."),
    ("Names", &["names:"], "What those users and profiles are called, for the lists above."),
    ("Orgs", &["org:", "host:", "first:"], "Each org's name, host, and when you last used it."),
    (
        "Changes allowed",
        &["always:", "write:"],
        "Orgs where someone always allows changes: who, and since when.",
    ),
    (
        "Settings",
        &["settings", "checks", "askBeforeSave", "corner:"],
        "What you chose on this page, and where the panel stands.",
    ),
    ("Other", &[""], "Stored by another version. It is kept as it is."),
];

/// What is stored, by kind; kinds of which there is nothing are left out.
pub(crate) fn kinds(local: &Value) -> Vec<Kind> {
    let mut counts: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (key, value) in local.as_object().into_iter().flatten() {
        let of = |(_, prefixes, _): &(_, &[&str], _)| prefixes.iter().any(|prefix| key.starts_with(prefix));
        let Some(at) = KINDS.iter().position(of) else { continue };
        let (count, bytes) = counts.entry(at).or_default();
        *count += match value {
            Value::Array(all) => all.len(),
            value if key.starts_with("waivers:") => waivers::count(value),
            _ => 1,
        };
        *bytes += key.len() + value.to_string().len();
    }
    let kind = |(at, (count, bytes)): (usize, (usize, usize))| {
        let (name, _, explanation) = KINDS.get(at)?;
        Some(Kind { name, explanation, count, bytes })
    };
    counts.into_iter().filter_map(kind).collect()
}

/// A user or profile of which something is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) org: String,
    /// The org's host; empty where it is not known.
    pub(crate) host: String,
    /// What the org is called.
    pub(crate) label: String,
    pub(crate) id: String,
    /// What it is called; none where that was not stored.
    pub(crate) name: Option<String>,
}

/// What was said of users and profiles.
pub(crate) fn answers(local: &Value, orgs: &[Org]) -> Vec<(Record, AdminAnswer)> {
    let own = local.as_object().into_iter().flatten().filter_map(|(key, value)| {
        let (org, id) = key.strip_prefix("word:")?.split_once(':')?;
        let answer = serde_json::from_value(value.clone()).ok()?;
        Some((record(local, orgs, org, id)?, answer))
    });
    own.collect()
}

/// The users and profiles whose panel is hidden.
pub(crate) fn hidden(local: &Value, orgs: &[Org]) -> Vec<Record> {
    let all = local.as_object().into_iter().flatten().filter_map(|(key, value)| {
        let org = key.strip_prefix("closed:")?;
        let ids: Vec<String> = serde_json::from_value(value.clone()).ok()?;
        Some(ids.into_iter().filter_map(|id| record(local, orgs, org, &id)).collect::<Vec<_>>())
    });
    all.flatten().collect()
}

/// A record of an org; none where what is stored is no record's id.
fn record(local: &Value, orgs: &[Org], org: &str, id: &str) -> Option<Record> {
    let id = Id::parse(id)?.to_string();
    let own = orgs.iter().find(|own| own.id == org);
    let names: Option<BTreeMap<String, String>> = read(local, &keys::names(org)).ok().flatten();
    Some(Record {
        org: org.to_owned(),
        host: own.map(|own| own.host.clone()).unwrap_or_default(),
        label: own.map_or_else(|| org.to_owned(), |own| own.label().to_owned()),
        name: names.and_then(|names| names.get(&id).cloned()),
        id,
    })
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::orgs;
    use serde_json::json;

    #[test]
    fn what_is_stored_is_told_by_kind_and_by_name() {
        let (ann, bob) = ("0055g000001AbcdAAC", "0055g000001BbcdAAC");
        let local = json!({
            "host:00DA": "acme.my.salesforce.com",
            "org:00DA": { "name": "Acme", "sandbox": false, "used": 5 },
            (format!("word:00DA:{ann}")): "Integration",
            "word:00DA:nobody": "Person",
            "closed:00DA": [bob, "x"],
            "names:00DA": { (ann): "Ann" },
            "journal:00DA:005": [{}, {}],
            "settings": {},
            "of-another-version": 1,
        });
        let orgs = orgs::all(&local, &Value::Null);
        let answers = answers(&local, &orgs);
        assert_eq!(answers.len(), 1);
        assert_eq!((answers[0].0.name.as_deref(), answers[0].1), (Some("Ann"), AdminAnswer::Integration));
        let hidden = hidden(&local, &orgs);
        assert_eq!((hidden[0].id.as_str(), hidden[0].name.as_deref(), hidden.len()), (bob, None, 1));
        assert_eq!(hidden[0].label, "Acme");
        let kinds = kinds(&local);
        let told: Vec<_> = kinds.iter().map(|kind| (kind.name, kind.count)).collect();
        assert_eq!(
            told,
            [
                ("History", 2),
                ("Your answers", 2),
                ("Hidden panels", 2),
                ("Names", 1),
                ("Orgs", 2),
                ("Settings", 1),
                ("Other", 1)
            ]
        );
        let bytes: usize = kinds.iter().map(|kind| kind.bytes).sum();
        let all = local.as_object().unwrap();
        assert_eq!(bytes, all.iter().map(|(key, value)| key.len() + value.to_string().len()).sum::<usize>());
    }
}
