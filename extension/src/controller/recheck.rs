//! Reads again what earlier plans of a page left open: it was perhaps written. It is read before anything else of the record
//! is written, and whenever the page is. Nothing is written to the org.

use super::context::Context;
use super::effect::{Event, Step};
use leastwise_core::execute::{self, Stop};
use leastwise_core::journal::Entry;

/// Where it stands.
#[derive(Debug, Default)]
pub(crate) enum Recheck {
    /// Not begun.
    #[default]
    Idle,
    /// Waits until nobody else writes to this org.
    Lock,
    /// The journal is read again.
    ReadJournal,
    /// These entries are read, the first of them now.
    Check(Vec<Entry>),
    /// All was read.
    Done,
}

impl Recheck {
    /// Whether it is under way.
    pub(crate) fn is_active(&self) -> bool {
        matches!(self, Recheck::Lock | Recheck::ReadJournal | Recheck::Check(_))
    }

    /// Begins, where there is anything to read; whether it did.
    pub(crate) fn begin(&mut self, context: &Context) -> bool {
        let begins = matches!(self, Recheck::Idle)
            && context.session.is_some()
            && context.stored.journal.unsure().any(|entry| context.is_ours(entry));
        if begins {
            *self = Recheck::Lock;
        }
        begins
    }

    /// Begins under a lock that is held, for all but the entry `but`, whose own plan looks for itself.
    pub(crate) fn begin_but(&mut self, but: &str, context: &Context) {
        let unsure = context.stored.journal.unsure();
        let mut entries: Vec<Entry> =
            unsure.filter(|own| own.id != but && context.is_ours(own)).cloned().collect();
        for entry in &mut entries {
            entry.apply.set_now(context.now.0);
            entry.apply.check();
        }
        *self = Recheck::Check(entries);
    }

    /// The next step; none when all was read.
    pub(crate) fn next(&mut self, context: &mut Context) -> Option<Step> {
        loop {
            match self {
                Recheck::Idle | Recheck::Done => return None,
                Recheck::Lock => return Some(Step::Lock(context.write_lock())),
                Recheck::ReadJournal => return Some(Step::Read(context.stored.journal_key())),
                Recheck::Check(entries) => {
                    let Some(entry) = entries.first_mut() else {
                        *self = Recheck::Done;
                        return None;
                    };
                    entry.apply.set_now(context.now.0);
                    match entry.apply.next() {
                        execute::Effect::Send(request) => return Some(Step::Send(request)),
                        execute::Effect::Wait(milliseconds) => return Some(Step::Wait(milliseconds)),
                        execute::Effect::Persist if !context.stored.is_journal_fresh => {
                            return Some(Step::Read(context.stored.journal_key()));
                        }
                        execute::Effect::Persist => {
                            return Some(Step::Store(context.stored.put_entry(entry)));
                        }
                        execute::Effect::Idle => drop(entries.remove(0)),
                    }
                }
            }
        }
    }

    /// Takes what came of a step.
    pub(crate) fn handle(&mut self, event: Event, context: &mut Context) {
        match (&mut *self, event) {
            (Recheck::Lock, Event::Done) => *self = Recheck::ReadJournal,
            (Recheck::ReadJournal, Event::Read(Some(local))) => {
                context.stored.set_journal(&local);
                self.begin_but("", context);
            }
            (Recheck::Check(_), Event::Read(Some(local))) => context.stored.set_journal(&local),
            (Recheck::Check(entries), event) => {
                let Some(entry) = entries.first_mut() else { return };
                match event {
                    Event::Response(response) => entry.apply.feed(&response),
                    Event::Stored(true) => entry.apply.stored(),
                    Event::Done => entry.apply.paused(),
                    // What was read is read again another time.
                    Event::Stored(false) | Event::SessionChanged | Event::Read(_) => return entries.clear(),
                }
                entry.stop = entry.apply.stop().map(Stop::sentence).unwrap_or_default();
            }
            // What could not be read is not empty: it is read another time.
            _ => *self = Recheck::Done,
        }
    }
}
