//! What the extension remembers, and under which keys: all of it about one page of one org is looked up at once.
//!
//! It never keeps a session id, nor what was read from an org but for a few things, in memory and until the browser is
//! closed: who a session belongs to, what permissions are called, whether the org is a sandbox, and the preview that is
//! shown. What an admin said, or changed, stays on disk.

use crate::reading::Effect;
use crate::wire;
use leastwise_core::classification::Word;
use leastwise_core::collect::Labels;
use leastwise_core::form::Expected;
use leastwise_core::journal::{Entry, Journal, Offer};
use leastwise_core::protocol::{Corner, Until};
use leastwise_core::report::Viewer;
use leastwise_core::salesforce::json::{Value, quoted};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::text::joined;

/// Records whose panel was closed, an org: beyond, the oldest is forgotten.
const CLOSED: usize = 500;

/// Where something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    /// On disk, until the extension is removed.
    Local,
    /// In memory, until the browser is closed; content scripts cannot read it.
    Session,
    /// What the company that runs the browser decides.
    Managed,
}

/// What was found on disk, in memory, and of the company's; none of an area that could not be read.
pub(crate) type Found<'a> = [Option<&'a Value>; 3];

/// What is remembered of a user or profile, its org, and the session.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    keys: Vec<String>,
    id: String,
    /// What an admin said of it.
    pub(crate) word: Option<Word>,
    /// The corner where the org's panels stand.
    pub(crate) corner: Corner,
    /// The records of this org whose panel was closed.
    closed: Vec<String>,
    /// Who the session belongs to.
    pub(crate) viewer: Option<Viewer>,
    /// Who was signed in to the org first, since the browser was started.
    first: Option<Viewer>,
    /// What permissions are called.
    pub(crate) labels: Option<Labels>,
    /// What was changed on this page.
    pub(crate) journal: Journal,
    /// The preview that the tab shows.
    pub(crate) offer: Option<Offer>,
    /// What the save of this page's form was expected to leave, when it was saved.
    pub(crate) expected: Option<Expected>,
    /// Whether an admin allowed writing to this org.
    pub(crate) allowed: bool,
    /// Whether an earlier version kept that they did, for ever.
    was_allowed: bool,
    /// Whether what is on disk could not be read: then nothing is known of what was changed.
    pub(crate) unread: bool,
    /// Whether the preview that is shown could not be looked up.
    pub(crate) offer_unread: bool,
    /// Whether something that was to be kept could not be.
    pub(crate) unsaved: bool,
    /// The host that answers the org's API, as it was when somebody was signed in there.
    host: Option<String>,
    /// The org, and the host of the page.
    org: String,
    page_host: String,
    /// Whether the org is a sandbox, once that was read.
    pub(crate) sandbox: Option<bool>,
    /// What the org is called, once that was read.
    pub(crate) org_name: String,
    /// Whether the company that runs the browser allows no writing at all; none as long as that could not be read.
    policy: Option<bool>,
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

/// The places in the list of keys: what is on disk comes first.
const WORD: usize = 0;
const CORNER: usize = 1;
const SHUT: usize = 2;
const JOURNAL: usize = 3;
const ALLOWED: usize = 4;
const HOST: usize = 5;
const VIEWER: usize = 6;
const FIRST: usize = 7;
const LABELS: usize = 8;
const SANDBOX: usize = 9;
const OFFER: usize = 10;
const POLICY: usize = 11;
/// Of a form: what its save is expected to leave, and that it was saved.
const EXPECTED: usize = 12;
const SAVED: usize = 13;
/// Whether writing to the org is allowed until the browser is closed. Earlier versions kept it under the same key on disk,
/// for ever, after one click: found there it allows nothing, and is forgotten.
const ALLOWED_NOW: usize = 14;

/// Where something is kept of the form on a record's page in a tab.
pub(crate) fn form_key(what: &str, tab: i32, page: &Page) -> String {
    [what, &tab.to_string(), ":", &page.api_host, ":", page.id.as_str()].concat()
}

/// Whether an entry is of a record of an org whose API a host answers.
fn is_of(entry: &Entry, org: &str, host: &str, subject: &str) -> bool {
    entry.org.as_str() == org && entry.host == host && entry.subject.as_str() == subject
}

/// What stands on disk where an admin allowed writing to an org.
fn allows(org: &str, host: &str) -> Value {
    serde_json::json!({ "org": org, "host": host })
}

impl Remembered {
    /// The keys of what is kept of a page's record and its form in `org`, of a session by the hash of its id, and of a tab.
    pub(crate) fn keys(org: &str, page: &Page, session: &str, tab: i32) -> Vec<String> {
        let record = [org, ":", page.id.as_str()].concat();
        let form =
            [form_key("expected:", tab, page), form_key("saved:", tab, page), ["write:", org].concat()];
        [
            ("word:", &*record),
            ("corner:", org),
            ("closed:", org),
            ("journal:", &*record),
            ("always:", org),
            ("host:", org),
            ("viewer:", session),
            ("first:", org),
            ("labels:", session),
            ("sandbox:", org),
            ("offer:", &tab.to_string()),
            ("readOnly", ""),
        ]
        .into_iter()
        .map(|(kind, of)| [kind, of].concat())
        .chain(form)
        .collect::<Vec<_>>()
    }

    /// What was found under `keys` for a page of an org (its id, or its host where nobody is signed in).
    pub(crate) fn new(keys: Vec<String>, org: &str, page: &Page, found: Found<'_>) -> Remembered {
        let [local, session, managed] = found.map(|area| area.unwrap_or(&Value::Null));
        let [unread, offer_unread, policy_unread] = found.map(|area| area.is_none());
        let found = |area: &Value, key: usize| area.get(keys.get(key)?).cloned();
        let is = |area: &Value, key: usize| found(area, key)?.as_bool();
        let named = |key| Viewer::from_userinfo(found(session, key)?.as_str()?);
        let closed = match found(local, SHUT) {
            Some(Value::Array(all)) => {
                all.iter().filter_map(|id| Some(id.as_str()?.to_owned())).collect::<Vec<_>>()
            }
            _ => vec![],
        };
        let labels = found(session, LABELS).and_then(|labels| {
            let mut all = Labels::new();
            for (name, label) in labels.as_object()? {
                all.insert(name.clone(), label.as_str()?.to_owned());
            }
            Some(all)
        });
        let about = found(session, SANDBOX);
        let journal = found(local, JOURNAL).unwrap_or(Value::Null);
        let journal = Journal::of(&journal, |entry| is_of(entry, org, &page.api_host, page.id.as_str()));
        // It is bound to what it is about: one that was put under another org's name allows nothing.
        let allows =
            |switch: Option<Value>| switch.is_some_and(|switch| switch == allows(org, &page.api_host));
        let allowed = allows(found(local, ALLOWED)) || allows(found(session, ALLOWED_NOW));
        let was_allowed = found(local, ALLOWED_NOW).is_some();
        Remembered {
            word: found(local, WORD).as_ref().and_then(wire::word),
            corner: found(local, CORNER).as_ref().and_then(wire::corner).unwrap_or_default(),
            closed,
            viewer: named(VIEWER),
            first: named(FIRST),
            labels,
            journal,
            offer: found(session, OFFER).as_ref().and_then(Offer::from_json),
            expected: found(session, EXPECTED)
                .filter(|_| is(session, SAVED) == Some(true))
                .and_then(|expected| Expected::from_json(&expected)),
            allowed,
            was_allowed,
            unread,
            offer_unread,
            unsaved: false,
            host: found(local, HOST).and_then(|host| Some(host.as_str()?.to_owned())),
            org: org.to_owned(),
            page_host: page.api_host.clone(),
            sandbox: about.as_ref().and_then(|org| org.get("sandbox")?.as_bool()),
            org_name: about.as_ref().and_then(|org| org.get("name")?.as_str()).unwrap_or_default().to_owned(),
            policy: (!policy_unread).then(|| is(managed, POLICY) == Some(true)),
            id: page.id.to_string(),
            keys,
        }
    }

    fn write(&self, key: usize, json: Option<String>) -> Effect {
        let area = if key < VIEWER { Area::Local } else { Area::Session };
        Effect::Write(area, self.keys.get(key).cloned().unwrap_or_default(), json)
    }

    /// The journal of this page, as it is found on disk.
    pub(crate) fn journal_in(&self, local: &Value) -> Journal {
        let kept = local.get(self.journal_key()).cloned().unwrap_or(Value::Null);
        Journal::of(&kept, |entry| is_of(entry, &self.org, &self.page_host, &self.id))
    }

    /// Where the journal of this page is kept.
    pub(crate) fn journal_key(&self) -> String {
        self.keys.get(JOURNAL).cloned().unwrap_or_default()
    }

    /// Whether a key is that of the preview that the tab shows.
    pub(crate) fn is_offer(&self, key: &str) -> bool {
        self.keys.get(OFFER).is_some_and(|own| own == key)
    }

    /// Keeps the preview that the tab shows, or forgets it.
    pub(crate) fn offer(&mut self, offer: Option<Offer>) -> Effect {
        let text = offer.as_ref().map(Offer::text);
        self.offer = offer;
        self.write(OFFER, text)
    }

    /// Allows writing to the org.
    pub(crate) fn allow(&mut self, until: Until) -> Effect {
        self.allowed = true;
        let key = if until == Until::Always { ALLOWED } else { ALLOWED_NOW };
        self.write(key, Some(allows(&self.org, &self.page_host).to_string()))
    }

    /// Allows writing to the org no longer.
    pub(crate) fn forbid(&mut self) -> [Effect; 2] {
        self.allowed = false;
        [self.write(ALLOWED, None), self.write(ALLOWED_NOW, None)]
    }

    /// Forgets what an earlier version kept for ever: it is asked for again.
    pub(crate) fn outdated(&mut self) -> Option<Effect> {
        let key = self.keys.get(ALLOWED_NOW).cloned().unwrap_or_default();
        std::mem::take(&mut self.was_allowed).then_some(Effect::Write(Area::Local, key, None))
    }

    /// Remembers whether the org is a sandbox, and what it is called.
    pub(crate) fn is_sandbox(&mut self, yes: bool, name: &str) -> Effect {
        self.sandbox = Some(yes);
        name.clone_into(&mut self.org_name);
        self.write(SANDBOX, Some(format!(r#"{{"sandbox":{yes},"name":{}}}"#, quoted(name))))
    }

    /// Why nothing may be written here; none when it may.
    pub(crate) fn read_only(&self) -> Option<ReadOnly> {
        match (self.policy, self.allowed, self.sandbox) {
            (Some(true), ..) => Some(ReadOnly::Policy),
            (None, ..) => Some(ReadOnly::PolicyUnread),
            _ if self.unread => Some(ReadOnly::Unread),
            (_, true, _) | (.., Some(true)) => None,
            // What could not be read counts as production.
            _ => Some(ReadOnly::Production),
        }
    }

    /// Remembers, or forgets, what an admin says of it.
    pub(crate) fn say(&mut self, word: Option<Word>) -> Effect {
        self.word = word;
        self.write(WORD, word.map(|word| quoted(wire::word_text(word))))
    }

    /// Puts the org's panels in a corner.
    pub(crate) fn place(&mut self, corner: Corner) -> Effect {
        self.corner = corner;
        self.write(CORNER, Some(quoted(wire::corner_text(corner))))
    }

    /// Whether its panel was closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.contains(&self.id)
    }

    /// Closes its panel, or opens it again.
    pub(crate) fn close(&mut self, yes: bool) -> Effect {
        self.closed.retain(|other| *other != self.id);
        if yes {
            self.closed.push(self.id.clone());
        }
        let from = self.closed.len().saturating_sub(CLOSED);
        let closed: Vec<String> = self.closed.iter().skip(from).map(|id| quoted(id)).collect::<Vec<_>>();
        self.write(SHUT, Some(["[", &joined(&closed, ","), "]"].concat()))
    }

    /// Remembers who the session belongs to, by the answer of `/services/oauth2/userinfo`, who was the first of the
    /// org, and what permissions are called in this person's language.
    pub(crate) fn saw(&mut self, viewer: &Viewer, userinfo: &str, labels: &Labels) -> Vec<Effect> {
        let userinfo = Some(quoted(userinfo));
        let mut effects = vec![self.write(VIEWER, userinfo.clone())];
        // Somebody is signed in to this org on this host: the org's own answer says so.
        if self.host.as_ref() != Some(&self.page_host) {
            effects.push(self.write(HOST, Some(quoted(&self.page_host))));
            self.host = Some(self.page_host.clone());
        }
        if self.first.is_none() {
            effects.push(self.write(FIRST, userinfo));
            self.first = Some(viewer.clone());
        }
        if !labels.is_empty() {
            let all: Vec<String> = labels
                .iter()
                .map(|(name, label)| [&*quoted(name), ":", &quoted(label)].concat())
                .collect::<Vec<_>>();
            effects.push(self.write(LABELS, Some(["{", &joined(&all, ","), "}"].concat())));
        }
        self.viewer = Some(viewer.clone());
        effects
    }

    /// The name of whoever was signed in to the org first, when that was somebody else.
    pub(crate) fn before(&self) -> Option<&str> {
        let (first, viewer) = (self.first.as_ref()?, self.viewer.as_ref()?);
        (first.user_id != viewer.user_id).then_some(first.name.as_str())
    }
}
