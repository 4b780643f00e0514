//! Under which keys something is stored about a page, its org, the session and the tab.

use super::{company, settings};
use leastwise_core::salesforce::setup_url::Page;

/// The lock under which an org is written to, and its journals with it: whoever holds it is the only one who does.
pub(crate) fn write_lock(org: &str) -> String {
    format!("write:{org}")
}

/// The keys of one page in one tab. They are part of what earlier versions stored: a key is never given another meaning.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    /// On disk: what an admin said of the user or profile.
    pub(crate) admin_answer: String,
    /// On disk: the corner of the org's panels.
    pub(crate) corner: String,
    /// On disk: the org's records whose panel was closed.
    pub(crate) closed: String,
    /// On disk: what was changed on the record's page.
    pub(crate) journal: String,
    /// On disk: that writing to the org is allowed until it is taken back.
    pub(crate) always_allowed: String,
    /// On disk: the host that answers the org's API.
    pub(crate) host: String,
    /// In memory: who the session belongs to.
    pub(crate) viewer: String,
    /// In memory: who was signed in to the org first.
    pub(crate) first_viewer: String,
    /// In memory: what permissions are called.
    pub(crate) labels: String,
    /// In memory: what the org is called, and whether it is a sandbox.
    pub(crate) organization: String,
    /// In memory: the preview that the tab shows.
    pub(crate) offer: String,
    /// In memory: whether the tab's panel is open.
    pub(crate) open: String,
    /// Of the company: whether nothing is written at all.
    pub(crate) policy: String,
    /// In memory: what a save of the tab's form is expected to leave.
    pub(crate) expected: String,
    /// In memory: that the tab's form was saved.
    pub(crate) saved: String,
    /// In memory: that writing to the org is allowed until the browser is closed. Earlier versions stored it under this key
    /// on disk, for ever, after one click: found there it allows nothing, and is removed.
    pub(crate) allowed: String,
    /// On disk: what the org is called, and when it was used.
    pub(crate) org: String,
    /// In memory: the preview that the tab was opened for.
    pub(crate) begin: String,
    /// On disk: what records are called of which something is stored.
    pub(crate) names: String,
    /// On disk: what is accepted and noted in the org.
    pub(crate) waivers: String,
}

impl Keys {
    /// The keys for a page's record and its form in `org`, for a session by the hash of its id, and for a tab.
    pub(crate) fn new(org: &str, page: &Page, session: &str, tab: i32) -> Keys {
        let record = format!("{org}:{}", page.id);
        Keys {
            admin_answer: answer(org, page.id.as_str()),
            corner: format!("corner:{org}"),
            closed: closed(org),
            journal: format!("journal:{record}"),
            always_allowed: always_allowed(org),
            host: host(org),
            viewer: format!("viewer:{session}"),
            first_viewer: format!("first:{org}"),
            labels: labels(session),
            organization: format!("sandbox:{org}"),
            offer: format!("offer:{tab}"),
            open: format!("open:{tab}"),
            policy: "readOnly".to_owned(),
            expected: expected(tab, page),
            saved: saved(tab, page),
            allowed: allowed(org),
            org: self::org(org),
            begin: begin(tab),
            names: names(org),
            waivers: waivers(org),
        }
    }

    /// All of them, to be read at once.
    pub(crate) fn all(&self) -> Vec<String> {
        [
            &self.admin_answer,
            &self.corner,
            &self.closed,
            &self.journal,
            &self.always_allowed,
            &self.host,
            &self.viewer,
            &self.first_viewer,
            &self.labels,
            &self.organization,
            &self.offer,
            &self.open,
            &self.policy,
            &self.expected,
            &self.saved,
            &self.allowed,
            &self.org,
            &self.begin,
            &self.names,
            &self.waivers,
        ]
        .into_iter()
        .map(String::as_str)
        .chain(settings::KEYS)
        .chain(company::KEYS)
        .chain(super::waivers::POLICY)
        .map(str::to_owned)
        .collect()
    }
}

/// Where it is stored, in memory, what the org calls its permissions, by the hash of a session's id.
pub(crate) fn labels(session: &str) -> String {
    format!("labels:{session}")
}

/// Where it is stored that an org may be written to until that is taken back.
pub(crate) fn always_allowed(org: &str) -> String {
    format!("always:{org}")
}

/// Where it is stored, in memory, that an org may be written to until the browser is closed.
pub(crate) fn allowed(org: &str) -> String {
    format!("write:{org}")
}

/// Where it is stored what an org is called.
pub(crate) fn org(org: &str) -> String {
    format!("org:{org}")
}

/// Where it is stored what an admin said of a record.
pub(crate) fn answer(org: &str, record: &str) -> String {
    format!("word:{org}:{record}")
}

/// Where the records of an org are stored whose panel was closed.
pub(crate) fn closed(org: &str) -> String {
    format!("closed:{org}")
}

/// Where it is stored what records of an org are called that an admin spoke of or whose panel they hid.
pub(crate) fn names(org: &str) -> String {
    format!("names:{org}")
}

/// Where it is stored what is accepted and noted in an org.
pub(crate) fn waivers(org: &str) -> String {
    format!("waivers:{org}")
}

/// Where the preview is stored that a tab was opened for.
pub(crate) fn begin(tab: i32) -> String {
    format!("begin:{tab}")
}

/// Where the host of an org is stored.
pub(crate) fn host(org: &str) -> String {
    format!("host:{org}")
}

/// Where it is stored what the save of a form in a tab is expected to leave.
pub(crate) fn expected(tab: i32, page: &Page) -> String {
    format!("expected:{tab}:{}:{}", page.api_host, page.id)
}

/// Where it is stored that the form in a tab was saved.
pub(crate) fn saved(tab: i32, page: &Page) -> String {
    format!("saved:{tab}:{}:{}", page.api_host, page.id)
}
