//! The journals of all orgs, from all that is on disk.

use super::keys;
use leastwise_core::journal::{Entry, Journal, State};
use leastwise_core::salesforce::setup_url::api_host;
use serde_json::Value;
use std::cmp::Reverse;

/// Where the journal of a record is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JournalKey {
    /// The key: `journal:ORG:RECORD`.
    pub(crate) key: String,
    /// The org.
    pub(crate) org: String,
    /// The record.
    subject: String,
}

impl JournalKey {
    fn parse(key: &str) -> Option<JournalKey> {
        let mut parts = key.strip_prefix("journal:")?.split(':');
        let org = parts.next()?.to_owned();
        let subject = parts.next().unwrap_or_default().to_owned();
        Some(JournalKey { key: key.to_owned(), org, subject })
    }

    /// The keys that have to be read to read the journal.
    pub(crate) fn needed(&self) -> [String; 2] {
        [self.key.clone(), keys::host(&self.org)]
    }

    /// The journal, out of what is on disk. An entry of another org or record is unreadable, and so is one that names
    /// another host than the org has: the history links to it.
    pub(crate) fn journal(&self, local: &Value) -> Journal {
        let host = local.get(keys::host(&self.org)).and_then(Value::as_str);
        Journal::of(local.get(&self.key).unwrap_or(&Value::Null), |entry| {
            entry.org.as_str() == self.org
                && entry.subject.as_str() == self.subject
                && host.is_none_or(|host| entry.host == host)
                && api_host(&entry.host).as_deref() == Some(entry.host.as_str())
        })
    }
}

/// The journals that are on disk.
pub(crate) fn keys(local: &Value) -> Vec<JournalKey> {
    local.as_object().into_iter().flatten().filter_map(|(key, _)| JournalKey::parse(key)).collect()
}

/// The entries of all journals.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// Each entry and how far it came, the newest first.
    pub(crate) entries: Vec<(Entry, State)>,
    /// How many cannot be read.
    pub(crate) unreadable: usize,
}

impl History {
    /// The history, out of all that is on disk.
    pub(crate) fn new(local: &Value) -> History {
        let mut history = History::default();
        for journal in keys(local).iter().map(|key| key.journal(local)) {
            history.unreadable += journal.unreadable();
            history.entries.extend(journal.entries().map(|entry| (entry.clone(), journal.state(entry))));
        }
        history.entries.sort_by_key(|(entry, _)| Reverse(entry.at));
        history
    }

    /// What was begun and is to be finished: changes that stopped half way, and checklists; of several checklists for the same
    /// thing the newest.
    pub(crate) fn to_finish(&self) -> impl Iterator<Item = &(Entry, State)> {
        self.entries
            .iter()
            .enumerate()
            .filter(|(at, (entry, state))| match state {
                State::Unfinished => true,
                State::Nothing if entry.apply.plan().is_guided() => {
                    let is_same = |(newer, _): &(Entry, State)| {
                        newer.org == entry.org
                            && newer.subject == entry.subject
                            && newer.apply.plan().title == entry.apply.plan().title
                    };
                    !entry.apply.is_done() && !self.entries.iter().take(*at).any(is_same)
                }
                _ => false,
            })
            .map(|(_, open)| open)
    }
}
