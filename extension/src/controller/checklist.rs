//! What a person says of a checklist: that a step is done of which no API tells, or that they no longer want the whole.
//!
//! Nothing is sent to the org: what changes is the journal, which is read again under the lock before.

use super::context::Context;
use super::effect::{Event, Step};
use crate::storage::Write;
use leastwise_core::execute::Said;
use leastwise_core::protocol::{Command, StepWord};

/// What was said, and of which entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    /// Of a step, by its place.
    Step { entry: String, step: usize, is_done: bool },
    /// Of the whole.
    Dismiss { entry: String },
}

/// Where it stands.
#[derive(Debug, Default)]
enum Phase {
    /// There is nothing to do, or it is over.
    #[default]
    Idle,
    /// Waits until nobody else writes to this org.
    Lock(Word),
    /// The journal is read again.
    ReadJournal(Word),
    /// It is stored.
    Store(Write),
}

/// A person's word on a checklist.
#[derive(Debug, Default)]
pub(crate) struct Checklist(Phase);

impl Checklist {
    /// Begins with a command, where it is about a checklist; whether it is.
    pub(crate) fn begin(&mut self, command: &Command) -> bool {
        let word = match command {
            Command::ConfirmStep { entry, step, word, .. } => {
                let Ok(step) = step.parse() else { return false };
                Word::Step { entry: entry.clone(), step, is_done: *word == StepWord::Done }
            }
            Command::Dismiss { entry, .. } => Word::Dismiss { entry: entry.clone() },
            _ => return false,
        };
        self.0 = Phase::Lock(word);
        true
    }

    /// Whether it is under way.
    pub(crate) fn is_active(&self) -> bool {
        !matches!(self.0, Phase::Idle)
    }

    /// The next step; none when it is over.
    pub(crate) fn next(&self, context: &Context) -> Option<Step> {
        match &self.0 {
            Phase::Idle => None,
            Phase::Lock(_) => Some(Step::Lock(context.write_lock())),
            Phase::ReadJournal(_) => Some(Step::Read(context.stored.journal_key())),
            Phase::Store(write) => Some(Step::Store(write.clone())),
        }
    }

    /// Takes what came of a step.
    pub(crate) fn handle(&mut self, event: Event, context: &mut Context) {
        self.0 = match (std::mem::take(&mut self.0), event) {
            (Phase::Lock(word), Event::Done) => Phase::ReadJournal(word),
            (Phase::ReadJournal(word), Event::Read(Some(local))) => {
                context.stored.set_journal(&local);
                take(word, context).map_or(Phase::Idle, Phase::Store)
            }
            (Phase::Store(_), Event::Stored(is_stored)) => {
                context.stored.is_unsaved |= !is_stored;
                Phase::Idle
            }
            // What cannot be read is not empty: nothing is put in its place.
            _ => Phase::Idle,
        };
    }
}

/// Takes a word into the journal; what is to be stored, where the entry is there and the word is one for it.
fn take(word: Word, context: &mut Context) -> Option<Write> {
    match word {
        Word::Step { entry, step, is_done } => {
            let by = context.tab_state.as_ref()?.borrow().viewer.as_ref()?.username.clone();
            let mut entry = context.stored.journal.find(&entry).filter(|own| context.is_ours(own))?.clone();
            let is_taken = entry.apply.say(Said { step, at: context.now.0, by }, is_done);
            if !is_taken {
                return None;
            }
            if entry.apply.is_done() {
                entry.stop.clear();
            }
            let write = context.stored.put_entry(&entry);
            if let Some(plan) = context.plan().filter(|plan| plan.borrow().is_of(&entry.id)) {
                plan.borrow_mut().entry = Some(entry);
            }
            Some(write)
        }
        Word::Dismiss { entry } => {
            context.stored.journal.find(&entry).filter(|own| context.is_ours(own))?;
            let write = context.stored.dismiss_entry(&entry)?;
            if context.plan().is_some_and(|plan| plan.borrow().is_of(&entry)) {
                context.leave_plan();
            }
            Some(write)
        }
    }
}
