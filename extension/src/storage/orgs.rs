//! The orgs that somebody was signed in to while Leastwise looked: their host, what they are called, whether they are a
//! sandbox, and whether they may be written to.

use super::keys;
use super::record::Allowance;
use leastwise_core::protocol::Until;
use leastwise_core::salesforce::setup_url::api_host;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cmp::Reverse;

/// What is kept of an org on disk, beside its host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct OrgRecord {
    /// What it is called; empty when that was never read.
    pub(crate) name: String,
    /// Whether it is a sandbox, once that was read.
    pub(crate) sandbox: Option<bool>,
    /// When somebody was first seen signed in by the last session, in seconds since 1970.
    pub(crate) used: i64,
}

/// An org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Org {
    pub(crate) id: String,
    pub(crate) host: String,
    pub(crate) record: OrgRecord,
    pub(crate) writing: Writing,
}

/// Whether an org may be written to, as far as its admins are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Writing {
    /// Somebody allowed it: who, by user name, and when; earlier versions stored neither.
    Allowed { until: Until, by: String, at: i64 },
    /// It is a sandbox: nobody is asked.
    Sandbox,
    /// Nobody allowed it.
    ReadOnly,
}

impl Org {
    /// What people know it by.
    pub(crate) fn label(&self) -> &str {
        if self.record.name.is_empty() { &self.host } else { &self.record.name }
    }
}

/// All orgs, the one used last first. `session` is what is kept until the browser is closed.
pub(crate) fn all(local: &Value, session: &Value) -> Vec<Org> {
    let hosts = local.as_object().into_iter().flatten().filter_map(|(key, host)| {
        let (id, host) = (key.strip_prefix("host:")?, host.as_str()?);
        // It is linked to: a host that is none of Salesforce's is not.
        (api_host(host).as_deref() == Some(host)).then_some((id, host))
    });
    let mut all: Vec<Org> = hosts
        .map(|(id, host)| {
            let record: OrgRecord = of(local, &keys::org(id)).unwrap_or_default();
            let writing = writing(id, host, &record, local, session);
            Org { id: id.to_owned(), host: host.to_owned(), record, writing }
        })
        .collect();
    all.sort_by_key(|org| Reverse(org.record.used));
    all
}

fn writing(id: &str, host: &str, record: &OrgRecord, local: &Value, session: &Value) -> Writing {
    let ways =
        [(local, keys::always_allowed(id), Until::Always), (session, keys::allowed(id), Until::Closed)];
    let allowed = ways.into_iter().find_map(|(area, key, until)| {
        let Allowance { org, host: own, by, at } = of(area, &key)?;
        (org == id && own == host).then_some(Writing::Allowed { until, by, at })
    });
    match (allowed, record.sandbox) {
        (Some(allowed), _) => allowed,
        (None, Some(true)) => Writing::Sandbox,
        (None, _) => Writing::ReadOnly,
    }
}

fn of<T: serde::de::DeserializeOwned>(area: &Value, key: &str) -> Option<T> {
    super::read(area, key).ok().flatten()
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn orgs_are_told_with_who_allowed_what() {
        let local = json!({
            "host:00DA": "acme.my.salesforce.com",
            "host:00DB": "acme--dev.sandbox.my.salesforce.com",
            "host:00DC": "evil.example",
            "host:00DD": "old.my.salesforce.com",
            "org:00DA": { "name": "Acme", "sandbox": false, "used": 5 },
            "org:00DB": { "name": "Acme", "sandbox": true, "used": 9 },
            "always:00DA": { "org": "00DA", "host": "acme.my.salesforce.com", "by": "ada@acme.example", "at": 7 },
            // Of another org: it allows nothing.
            "always:00DD": { "org": "00DA", "host": "old.my.salesforce.com" },
        });
        let session = json!({ "write:00DD": { "org": "00DD", "host": "old.my.salesforce.com" } });
        let all = all(&local, &session);
        let told: Vec<_> = all.iter().map(|org| (org.id.as_str(), org.label(), &org.writing)).collect();
        let allowed = |until, by: &str, at| Writing::Allowed { until, by: by.into(), at };
        assert_eq!(
            told,
            [
                ("00DB", "Acme", &Writing::Sandbox),
                ("00DA", "Acme", &allowed(Until::Always, "ada@acme.example", 7)),
                ("00DD", "old.my.salesforce.com", &allowed(Until::Closed, "", 0)),
            ]
        );
        assert_eq!(super::all(&local, &Value::Null)[2].writing, Writing::ReadOnly);
    }
}
