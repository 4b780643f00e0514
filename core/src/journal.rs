//! The journal: what was to be changed, for whom, by whom, and how far it came.
//!
//! It never drops what it cannot read, and never says that something was done which no reading showed.

use crate::execute::{Executor, Progress};
use crate::plan::{Plan, Undo, Way};
use crate::salesforce::id::Id;
use crate::salesforce::json::Value;
use crate::salesforce::time::DAY;
use serde::{Deserialize, Serialize, Serializer};

/// How entries are written: a later number is for what this version cannot read, and keeps as it stands.
pub const FORMAT: usize = 1;

/// One plan that a person approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The [`FORMAT`] that it was written in.
    pub format: usize,
    /// Tells it from all others.
    pub id: String,
    /// When it was approved, in seconds since 1970.
    pub at: i64,
    /// The org.
    pub org: Id,
    /// The host that answers the org's API.
    pub host: String,
    /// Who approved it.
    pub user: Id,
    /// Their user name.
    pub username: String,
    /// The user or profile whose page it was approved on.
    pub subject: Id,
    /// What that is called.
    pub name: String,
    /// The entry that this one takes back; empty when none.
    pub undoes: String,
    /// Why it went no further, in a sentence; empty when it did not stop.
    pub stop: String,
    /// The plan, and how far it came.
    pub apply: Executor,
}

/// What a preview is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Intent {
    /// To carry out these plans as one, each by its key.
    Fix(Vec<String>),
    /// To carry out the plan that was stopped, with what the platform said depends on it.
    FixWider,
    /// To take this entry of the journal back.
    Undo(String),
    /// To carry out what is left of this entry of the journal.
    Continue(String),
}

/// A preview that is shown, and waits for a person's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What only its markup in a page of the extension says, once.
    pub token: String,
    /// The ask of the tab's page whose panel it goes with.
    pub number: u32,
    /// When it was read, in seconds since 1970.
    pub at: i64,
    /// The session that it was read with: the SHA-256 of its id.
    pub session: String,
    /// What was asked for.
    pub intent: Intent,
    /// What stood in its form controls, by name.
    pub fields: Vec<(String, String)>,
    /// What will be put into the journal.
    pub entry: Entry,
}

/// How far an entry came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing was written.
    Nothing,
    /// Something was, or may have been, and something is left to do.
    Unfinished,
    /// Every step is as it should be, read back.
    Verified,
    /// It was done, or in part, and taken back.
    Undone,
}

impl State {
    /// The value of `data-state`.
    pub const fn word(self) -> &'static str {
        match self {
            State::Nothing => "nothing",
            State::Unfinished => "unfinished",
            State::Verified => "verified",
            State::Undone => "undone",
        }
    }
}

impl Entry {
    /// How many steps are done, and of how many, those that only look left out. Of many rows each counts.
    pub fn count(&self) -> (usize, usize) {
        let (mut done, mut all) = (0, 0);
        let steps = self.apply.plan().steps.iter().zip(self.apply.progress());
        for (at, (step, progress)) in steps.enumerate() {
            let of = if step.way == Way::Read { 0 } else { step.rows.len().max(1) };
            all += of;
            done += match progress {
                Progress::Rows { done, .. } => *done,
                Progress::Untold if self.apply.said(at).is_none() => 0,
                own if own.is_done() => of,
                _ => 0,
            };
        }
        (done, all)
    }

    /// Written as JSON.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Entry::text`] wrote, by this version or another; `None` when it cannot be told.
    pub fn from_json(value: &Value) -> Option<Entry> {
        serde_json::from_value(value.clone()).ok().filter(|entry: &Entry| entry.format <= FORMAT)
    }

    /// The plan that takes back what was written; `None` when nothing was, or when it cannot be.
    ///
    /// Nor is there one for an undo: the finding is back, and its fix, which finds the rows as they are now. (What comes back
    /// has another id than what went.)
    pub fn undo(&self) -> Option<Plan> {
        self.undoes.is_empty().then(|| self.apply.undo())?
    }

    /// Why it cannot be undone, when that is so.
    pub fn never(&self) -> Option<&str> {
        match &self.apply.plan().undo {
            Undo::Never(why) => Some(why),
            Undo::Exact | Undo::Partly(_) => None,
        }
    }
}

/// What was approved on one user's or profile's page, the oldest first; a line that cannot be read stays as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Journal(Vec<Result<Box<Entry>, Value>>);

/// As it is stored: what could not be read goes back as it was found.
impl Serialize for Journal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Line<'a> {
            Entry(&'a Entry),
            Unreadable(&'a Value),
        }
        serializer.collect_seq(self.0.iter().map(|line| match line {
            Ok(entry) => Line::Entry(entry),
            Err(value) => Line::Unreadable(value),
        }))
    }
}

impl Journal {
    /// Nothing yet.
    pub const fn new() -> Journal {
        Journal(vec![])
    }

    /// What was kept; null when nothing was.
    pub fn from_json(value: &Value) -> Journal {
        Journal::of(value, |_| true)
    }

    /// What was kept for one record of one org; null when nothing was. An entry that is not that record's (`is_own`) is as
    /// unreadable as what is none: whoever may write to where it is kept may have forged it, so that it is kept as it
    /// stands, and nothing is undone or linked to by it.
    pub fn of(value: &Value, is_own: impl Fn(&Entry) -> bool) -> Journal {
        let line = |value: &Value| {
            Entry::from_json(value).filter(&is_own).map(Box::new).ok_or_else(|| value.clone())
        };
        match value {
            Value::Null => Journal::default(),
            Value::Array(lines) => Journal(lines.iter().map(line).collect::<Vec<_>>()),
            // Whatever it is, it is not thrown away.
            other => Journal(vec![Err(other.clone())]),
        }
    }

    /// Written as JSON.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Puts an entry in, in place of what it was before.
    pub fn put(&mut self, entry: &Entry) {
        let own = self.0.iter_mut().flatten().find(|own| own.id == entry.id);
        match own {
            Some(own) => **own = entry.clone(),
            None => self.0.push(Ok(Box::new(entry.clone()))),
        }
    }

    /// The entries that can be read, the oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.0.iter().flatten().map(|entry| &**entry)
    }

    /// How many lines cannot be read.
    pub fn unreadable(&self) -> usize {
        self.0.iter().filter(|line| line.is_err()).count()
    }

    /// The entry called `id`.
    pub fn find(&self, id: &str) -> Option<&Entry> {
        self.entries().find(|entry| entry.id == id)
    }

    /// How far an entry came, and whether another one took it back.
    pub fn state(&self, entry: &Entry) -> State {
        match entry.apply.is_done() {
            _ if self.entries().any(|other| other.undoes == entry.id && other.apply.is_done()) => {
                State::Undone
            }
            _ if !entry.apply.has_written() && !entry.apply.is_unsure() => State::Nothing,
            true => State::Verified,
            false => State::Unfinished,
        }
    }

    /// The entries of which something was perhaps written, or may still arrive: a reading will tell.
    pub fn unsure(&self) -> impl Iterator<Item = &Entry> {
        self.entries().filter(|entry| entry.apply.is_unsure() && self.state(entry) == State::Unfinished)
    }

    /// The checklists that are begun and not done, the newest first.
    pub fn checklists(&self) -> impl Iterator<Item = &Entry> {
        self.entries().rev().filter(|entry| entry.apply.plan().is_guided() && !entry.apply.is_done())
    }

    /// The checklist of this plan that is begun and not done: a second start goes on with it.
    pub fn checklist(&self, plan: &Plan) -> Option<&Entry> {
        let is_same = |entry: &&Entry| !plan.ids.is_empty() && entry.apply.plan().ids == plan.ids;
        self.checklists().find(is_same)
    }

    /// The newest change of the last day, where it can be undone.
    pub fn last_change(&self, now: i64) -> Option<&Entry> {
        let newest = self.entries().rfind(|entry| self.state(entry) != State::Nothing)?;
        let is_new = now.saturating_sub(newest.at) <= DAY;
        (is_new && self.state(newest) == State::Verified && newest.undo().is_some()).then_some(newest)
    }

    /// Takes an entry away that wrote nothing: a checklist that nobody wants to go on with. Whether it did.
    pub fn dismiss(&mut self, id: &str) -> bool {
        let is_own = |line: &Result<Box<Entry>, Value>| {
            line.as_ref().is_ok_and(|entry| {
                entry.id == id && entry.apply.plan().is_guided() && !entry.apply.has_written()
            })
        };
        let before = self.0.len();
        self.0.retain(|line| !is_own(line));
        self.0.len() < before
    }

    /// Takes away all that is settled; what is unfinished, or cannot be read, stays.
    pub fn clear(&mut self) {
        let settled: Vec<String> = self
            .entries()
            .filter(|entry| self.state(entry) != State::Unfinished)
            // A checklist is begun, though nothing was written.
            .filter(|entry| !entry.apply.plan().is_guided() || entry.apply.is_done())
            .map(|entry| entry.id.clone())
            .collect();
        self.0.retain(|line| line.as_ref().map_or(true, |entry| !settled.contains(&entry.id)));
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests;
