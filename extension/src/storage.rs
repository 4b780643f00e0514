//! What the extension remembers, and under which keys: all of it about one page of one org is looked up at once.
//!
//! It never keeps a session id, nor what was read from an org but for two things, in memory and until the browser is
//! closed: who a session belongs to, and what permissions are called. What an admin said stays on disk.

use crate::reading::Effect;
use crate::wire;
use leastwise_core::classification::Word;
use leastwise_core::gather::Labels;
use leastwise_core::id::Id;
use leastwise_core::json::{Value, quoted};
use leastwise_core::message::Corner;
use leastwise_core::report::Viewer;
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
}

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
}

/// The places in the list of keys.
const WORD: usize = 0;
const CORNER: usize = 1;
const SHUT: usize = 2;
const VIEWER: usize = 3;
const FIRST: usize = 4;
const LABELS: usize = 5;

impl Remembered {
    /// The keys of what is kept of the record `id` in `org`, and of a session by the hash of its id.
    pub(crate) fn keys(org: &str, id: &str, session: &str) -> Vec<String> {
        let word = [org, ":", id].concat();
        [
            ("word:", &*word),
            ("corner:", org),
            ("closed:", org),
            ("viewer:", session),
            ("first:", org),
            ("labels:", session),
        ]
        .into_iter()
        .map(|(kind, of)| [kind, of].concat())
        .collect()
    }

    /// What was found under `keys`: the first three on disk, the others in memory.
    pub(crate) fn new(keys: Vec<String>, id: &Id, local: &Value, session: &Value) -> Remembered {
        let found = |area: &Value, key: usize| area.get(keys.get(key)?).cloned();
        let named = |key| Viewer::from_userinfo(found(session, key)?.as_str()?);
        let closed = match found(local, SHUT) {
            Some(Value::List(all)) => all.iter().filter_map(|id| Some(id.as_str()?.to_owned())).collect(),
            _ => vec![],
        };
        let labels = found(session, LABELS).and_then(|labels| {
            let mut all = Labels::new();
            for (name, label) in labels.as_object()? {
                all.insert(name.clone(), label.as_str()?.to_owned());
            }
            Some(all)
        });
        Remembered {
            word: found(local, WORD).as_ref().and_then(wire::word),
            corner: found(local, CORNER).as_ref().and_then(wire::corner).unwrap_or_default(),
            closed,
            viewer: named(VIEWER),
            first: named(FIRST),
            labels,
            id: id.to_string(),
            keys,
        }
    }

    fn write(&self, key: usize, json: Option<String>) -> Effect {
        let area = if key < VIEWER { Area::Local } else { Area::Session };
        Effect::Write(area, self.keys.get(key).cloned().unwrap_or_default(), json)
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
        let closed: Vec<String> = self.closed.iter().skip(from).map(|id| quoted(id)).collect();
        self.write(SHUT, Some(["[", &joined(&closed, ","), "]"].concat()))
    }

    /// Remembers who the session belongs to, by the answer of `/services/oauth2/userinfo`, who was the first of the
    /// org, and what permissions are called in this person's language.
    pub(crate) fn saw(&mut self, viewer: &Viewer, userinfo: &str, labels: &Labels) -> Vec<Effect> {
        let userinfo = Some(quoted(userinfo));
        let mut effects = vec![self.write(VIEWER, userinfo.clone())];
        if self.first.is_none() {
            effects.push(self.write(FIRST, userinfo));
            self.first = Some(viewer.clone());
        }
        if !labels.is_empty() {
            let all: Vec<String> =
                labels.iter().map(|(name, label)| [&*quoted(name), ":", &quoted(label)].concat()).collect();
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
