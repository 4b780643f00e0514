//! What is stored about one page's record, its org and the session, typed.
//!
//! No session id is ever stored, nor what was read from an org but for a few things, in memory and until the browser is
//! closed: who a session belongs to, what permissions are called, whether the org is a sandbox, and the preview that is
//! shown. What an admin said, or changed, stays on disk.

use super::company::Company;
use super::keys::Keys;
use super::orgs::OrgRecord;
use super::settings::Chosen;
use super::{Area, Found, Unreadable, Write, read, waivers};
use leastwise_core::classification::AdminAnswer;
use leastwise_core::collect::Labels;
use leastwise_core::form::Expected;
use leastwise_core::journal::{Entry, Journal, Offer};
use leastwise_core::protocol::{Corner, EntryPreview, Until};
use leastwise_core::report::Viewer;
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use leastwise_core::waivers::Waivers;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Records of an org whose panel was closed; beyond, the oldest is forgotten.
const CLOSED: usize = 500;

/// What the org says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Organization {
    /// Whether it is a sandbox.
    pub(crate) sandbox: bool,
    /// What it is called.
    pub(crate) name: String,
}

/// That writing to an org is allowed. It is bound to what it is about: stored under another org's key it allows nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Allowance {
    pub(super) org: String,
    pub(super) host: String,
    /// Who allowed it, by user name, and when, in seconds since 1970; earlier versions stored neither.
    #[serde(default)]
    pub(super) by: String,
    #[serde(default)]
    pub(super) at: i64,
}

/// The preview that a tab was opened for, by the history or the popup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Begin {
    /// The entry of the journal.
    pub(crate) entry: String,
    /// The record whose page it is.
    pub(crate) subject: String,
    /// Which preview.
    pub(crate) preview: EntryPreview,
}

/// Why nothing is written to an org.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadOnly {
    /// The company that runs the browser says so.
    Policy,
    /// What the company that runs the browser says could not be read.
    PolicyUnread,
    /// What was changed before could not be read, nor what is allowed.
    Unread,
    /// It is no sandbox, or may be none, and nobody has allowed it.
    Production,
}

/// What is stored about a user or profile, its org, and the session.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    keys: Keys,
    /// The org: its id, or its host where nobody is signed in.
    org: String,
    host_of_page: String,
    id: String,
    /// What an admin said of it.
    pub(crate) admin_answer: Option<AdminAnswer>,
    /// The corner where the org's panels stand.
    pub(crate) corner: Corner,
    /// Whether the tab's panel is open.
    pub(crate) is_open: bool,
    /// The records of this org whose panel was closed.
    closed: Vec<String>,
    /// Who the session belongs to.
    pub(crate) viewer: Option<Viewer>,
    /// Who was signed in to the org first, since the browser was started.
    first_viewer: Option<Viewer>,
    /// What permissions are called.
    pub(crate) labels: Option<Labels>,
    /// What was changed on this page.
    pub(crate) journal: Journal,
    /// Whether the journal was read from disk since it was written last: another tab may have written there.
    pub(crate) is_journal_fresh: bool,
    /// The preview that the tab shows.
    pub(crate) offer: Option<Offer>,
    /// What the save of this page's form was expected to leave, when it was saved.
    pub(crate) expected: Option<Expected>,
    /// Whether an admin allowed writing to this org.
    pub(crate) is_allowed: bool,
    /// Whether an earlier version stored on disk that they did.
    has_outdated_allowance: bool,
    /// Whether what is on disk could not be read: then nothing is known of what was changed.
    pub(crate) is_unread: bool,
    /// Whether the preview that is shown could not be looked up.
    pub(crate) is_offer_unread: bool,
    /// Whether something could not be stored.
    pub(crate) is_unsaved: bool,
    /// The host that answers the org's API, as it was when somebody was signed in there.
    host: Option<String>,
    /// What the org says of itself, once that was read.
    pub(crate) organization: Option<Organization>,
    /// Whether the company that runs the browser allows no writing at all; none where that could not be read.
    policy: Option<bool>,
    /// What the company decided about Leastwise as a whole.
    company: Company,
    /// What records of the org are called of which something is stored.
    names: BTreeMap<String, String>,
    /// What is kept of the org on disk.
    record: OrgRecord,
    /// The preview that the tab was opened for.
    begin: Option<Begin>,
    /// What is accepted and noted in the org, under what its company decided.
    pub(crate) waivers: Waivers,
    /// What the company decided of accepting; none where that could not be read.
    pub(crate) waiver_policy: Option<waivers::Policy>,
    /// The settings.
    pub(crate) chosen: Chosen,
    /// What is stored and is not what this version writes there.
    pub(crate) unreadable: Vec<Unreadable>,
}

/// Reads values of one area, and collects what cannot be read.
struct Reader<'a> {
    area: &'a Value,
    unreadable: &'a mut Vec<Unreadable>,
}

impl Reader<'_> {
    fn get<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        read(self.area, key).unwrap_or_else(|error| {
            self.unreadable.push(error);
            None
        })
    }
}

impl Stored {
    /// What was found under `keys` for a page of an org (its id, or its host where nobody is signed in).
    pub(crate) fn new(keys: Keys, org: &str, page: &Page, found: &Found) -> Stored {
        let nothing = Value::Null;
        let mut unreadable = vec![];

        let local = found.local.as_ref().unwrap_or(&nothing);
        let mut reader = Reader { area: local, unreadable: &mut unreadable };
        let admin_answer = reader.get(&keys.admin_answer);
        let corner = reader.get(&keys.corner).unwrap_or_default();
        let closed = reader.get(&keys.closed).unwrap_or_default();
        let host = reader.get(&keys.host);
        let record = reader.get(&keys.org).unwrap_or_default();
        let names = reader.get(&keys.names).unwrap_or_default();
        let always = reader.get::<Allowance>(&keys.always_allowed);

        let session = found.session.as_ref().unwrap_or(&nothing);
        let mut reader = Reader { area: session, unreadable: &mut unreadable };
        let viewer = reader.get(&keys.viewer);
        let first_viewer = reader.get(&keys.first_viewer);
        let labels = reader.get(&keys.labels);
        let organization = reader.get(&keys.organization);
        let expected = reader.get(&keys.expected);
        let begin = reader.get(&keys.begin);
        let is_open = reader.get(&keys.open) == Some(true);
        let is_saved = reader.get(&keys.saved) == Some(true);
        let until_closed = reader.get::<Allowance>(&keys.allowed);
        let offer: Result<Option<Offer>, Unreadable> = read(session, &keys.offer);

        let policy = found.managed.as_ref().and_then(|managed| match read(managed, &keys.policy) {
            Ok(policy) => Some(policy == Some(true)),
            // What is decided and cannot be understood is as good as unread: nothing is written.
            Err(error) => {
                unreadable.push(error);
                None
            }
        });
        let own = waivers::stored(local, org).unwrap_or_else(|error| {
            unreadable.push(error);
            Waivers::default()
        });
        let waiver_policy = found.managed.as_ref().map(waivers::Policy::new);
        let mut stored = Stored {
            org: org.to_owned(),
            host_of_page: page.api_host.clone(),
            id: page.id.to_string(),
            admin_answer,
            corner,
            is_open,
            closed,
            viewer,
            first_viewer,
            labels,
            journal: Journal::new(),
            is_journal_fresh: false,
            is_offer_unread: found.session.is_none() || offer.is_err(),
            offer: offer.unwrap_or_default(),
            expected: expected.filter(|_| is_saved),
            is_allowed: [always, until_closed]
                .into_iter()
                .flatten()
                .any(|allowance| allowance.org == org && allowance.host == page.api_host),
            has_outdated_allowance: local.get(&keys.allowed).is_some_and(|value| !value.is_null()),
            is_unread: found.local.is_none(),
            is_unsaved: false,
            host,
            organization,
            policy,
            company: Company::new(found.managed.as_ref().unwrap_or(&nothing)),
            names,
            record,
            begin,
            waivers: waiver_policy.clone().unwrap_or_default().over(own),
            waiver_policy,
            chosen: Chosen::new(local, found.managed.as_ref().unwrap_or(&nothing)),
            unreadable,
            keys,
        };
        stored.journal = stored.journal_in(local);
        stored
    }

    /// The journal of this page, as it is found on disk.
    fn journal_in(&self, local: &Value) -> Journal {
        let is_of_page = |entry: &Entry| {
            entry.org.as_str() == self.org
                && entry.host == self.host_of_page
                && entry.subject.as_str() == self.id
        };
        Journal::of(local.get(&self.keys.journal).unwrap_or(&Value::Null), is_of_page)
    }

    /// Takes the journal that is on disk now.
    pub(crate) fn set_journal(&mut self, local: &Value) {
        self.journal = self.journal_in(local);
        self.is_journal_fresh = true;
    }

    /// Puts an entry into the journal: what is to be stored.
    pub(crate) fn put_entry(&mut self, entry: &Entry) -> Write {
        self.is_journal_fresh = false;
        self.journal.put(entry);
        Write::put(Area::Local, &self.keys.journal, &self.journal)
    }

    /// Takes a checklist out of the journal: what is to be stored, where it was there.
    pub(crate) fn dismiss_entry(&mut self, id: &str) -> Option<Write> {
        self.is_journal_fresh = false;
        let is_gone = self.journal.dismiss(id);
        is_gone.then(|| Write::put(Area::Local, &self.keys.journal, &self.journal))
    }

    /// Where the journal of this page is stored.
    pub(crate) fn journal_key(&self) -> String {
        self.keys.journal.clone()
    }

    /// Whether a key is that of the preview that the tab shows.
    pub(crate) fn is_offer(&self, key: &str) -> bool {
        self.keys.offer == key
    }

    /// Stores the preview that the tab shows, or removes it.
    pub(crate) fn set_offer(&mut self, offer: Option<Offer>) -> Write {
        self.offer = offer;
        match &self.offer {
            Some(offer) => Write::put(Area::Session, &self.keys.offer, offer),
            None => Write::remove(Area::Session, &self.keys.offer),
        }
    }

    /// Allows writing to the org: who does, by user name, and when.
    pub(crate) fn allow(&mut self, until: Until, by: &str, now: Timestamp) -> Write {
        self.is_allowed = true;
        let (org, host) = (self.org.clone(), self.host_of_page.clone());
        let allowance = Allowance { org, host, by: by.to_owned(), at: now.0 };
        match until {
            Until::Always => Write::put(Area::Local, &self.keys.always_allowed, &allowance),
            Until::Closed => Write::put(Area::Session, &self.keys.allowed, &allowance),
        }
    }

    /// Allows writing to the org no longer.
    pub(crate) fn forbid(&mut self) -> [Write; 2] {
        self.is_allowed = false;
        [
            Write::remove(Area::Local, &self.keys.always_allowed),
            Write::remove(Area::Session, &self.keys.allowed),
        ]
    }

    /// Removes what an earlier version stored for ever: it is asked for again.
    pub(crate) fn remove_outdated(&mut self) -> Option<Write> {
        std::mem::take(&mut self.has_outdated_allowance)
            .then(|| Write::remove(Area::Local, &self.keys.allowed))
    }

    /// Stores what the org says of itself.
    pub(crate) fn set_organization(&mut self, organization: Organization) -> [Write; 2] {
        self.record.name.clone_from(&organization.name);
        self.record.sandbox = Some(organization.sandbox);
        let writes = [
            Write::put(Area::Session, &self.keys.organization, &organization),
            Write::put(Area::Local, &self.keys.org, &self.record),
        ];
        self.organization = Some(organization);
        writes
    }

    /// Takes the preview that the tab was opened for, and what removes it; none where the tab shows another record.
    pub(crate) fn take_begin(&mut self) -> Option<(Begin, Write)> {
        let begin = self.begin.take().filter(|begin| begin.subject == self.id)?;
        Some((begin, Write::remove(Area::Session, &self.keys.begin)))
    }

    /// Whether the org is a sandbox, once that was read.
    pub(crate) fn is_sandbox(&self) -> Option<bool> {
        self.organization.as_ref().map(|organization| organization.sandbox)
    }

    /// Whether the company allows Leastwise in this org.
    pub(crate) fn is_org_allowed(&self) -> bool {
        self.company.allows(&self.org)
    }

    /// Why nothing may be written here; none when it may.
    pub(crate) fn read_only(&self) -> Option<ReadOnly> {
        match (self.policy, self.is_allowed, self.is_sandbox()) {
            (Some(true), ..) => Some(ReadOnly::Policy),
            (Some(false), ..) if !self.is_org_allowed() => Some(ReadOnly::Policy),
            (None, ..) => Some(ReadOnly::PolicyUnread),
            _ if self.is_unread => Some(ReadOnly::Unread),
            (_, true, _) | (.., Some(true)) => None,
            // What could not be read counts as production.
            _ => Some(ReadOnly::Production),
        }
    }

    /// Stores, or removes, what an admin says of it.
    pub(crate) fn set_admin_answer(&mut self, answer: Option<AdminAnswer>) -> Write {
        self.admin_answer = answer;
        match answer {
            Some(answer) => Write::put(Area::Local, &self.keys.admin_answer, &answer),
            None => Write::remove(Area::Local, &self.keys.admin_answer),
        }
    }

    /// Stores what the record is called: something of it was stored.
    pub(crate) fn set_name(&mut self, name: &str) -> Write {
        if self.names.len() >= CLOSED {
            self.names.pop_first();
        }
        self.names.insert(self.id.clone(), name.to_owned());
        Write::put(Area::Local, &self.keys.names, &self.names)
    }

    /// The tab's panel is open, or folded.
    pub(crate) fn set_open(&mut self, open: bool) -> Write {
        self.is_open = open;
        Write::put(Area::Session, &self.keys.open, &open)
    }

    /// Puts the org's panels in a corner.
    pub(crate) fn set_corner(&mut self, corner: Corner) -> Write {
        self.corner = corner;
        Write::put(Area::Local, &self.keys.corner, &corner)
    }

    /// Takes what is accepted and noted in the org as it is on disk now.
    ///
    /// # Errors
    /// What is stored cannot be read: it is not to be written over.
    pub(crate) fn reload_waivers(&mut self, local: &Value) -> Result<(), Unreadable> {
        let own = waivers::stored(local, &self.org)?;
        self.waivers = self.waiver_policy.clone().unwrap_or_default().over(own);
        Ok(())
    }

    /// Where that is stored.
    pub(crate) fn waivers_key(&self) -> String {
        self.keys.waivers.clone()
    }

    /// What stores it as it is now.
    pub(crate) fn put_waivers(&self) -> Write {
        waivers::put(&self.org, &self.waivers)
    }

    /// Whether its panel was closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.contains(&self.id)
    }

    /// Closes its panel, or opens it again.
    pub(crate) fn set_closed(&mut self, yes: bool) -> Write {
        self.closed.retain(|other| *other != self.id);
        if yes {
            self.closed.push(self.id.clone());
        }
        self.closed.drain(..self.closed.len().saturating_sub(CLOSED));
        Write::put(Area::Local, &self.keys.closed, &self.closed)
    }

    /// Stores, once a session, who it belongs to, who was the first of the org, and what permissions are called in this person's
    /// language.
    pub(crate) fn set_viewer(&mut self, viewer: &Viewer, labels: &Labels, now: Timestamp) -> Vec<Write> {
        self.record.used = now.0;
        let mut writes = vec![
            Write::put(Area::Session, &self.keys.viewer, viewer),
            Write::put(Area::Local, &self.keys.org, &self.record),
        ];
        // Somebody is signed in to this org on this host: the org's own answer says so.
        if self.host.as_ref() != Some(&self.host_of_page) {
            writes.push(Write::put(Area::Local, &self.keys.host, &self.host_of_page));
            self.host = Some(self.host_of_page.clone());
        }
        if self.first_viewer.is_none() {
            writes.push(Write::put(Area::Session, &self.keys.first_viewer, viewer));
            self.first_viewer = Some(viewer.clone());
        }
        if !labels.is_empty() {
            writes.push(Write::put(Area::Session, &self.keys.labels, labels));
        }
        self.viewer = Some(viewer.clone());
        writes
    }

    /// The name of whoever was signed in to the org first, when that was somebody else.
    pub(crate) fn earlier_viewer(&self) -> Option<&str> {
        let (first, viewer) = (self.first_viewer.as_ref()?, self.viewer.as_ref()?);
        (first.user_id != viewer.user_id).then_some(first.name.as_str())
    }
}
