//! What the answers to the machine's requests mean, and where it goes from there.

use super::exchange::{NotWritten, may_pass};
use super::executor::{Executor, LATEST, Mode, PAUSES, Phase};
use super::progress::Progress;
use super::stop::Stop;
use super::{TOKENS, target, terms};
use crate::plan::{Place, Step, Term, Way};
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{Answer, Failure};
use crate::salesforce::id::Id;
use crate::salesforce::json::Value;

/// How often the platform's own work is looked at, before a person is asked to come back later.
const WAITS: usize = 14;

impl Executor {
    /// Whether a write of this step was sent that nobody knows to have taken place or not.
    pub(super) fn is_unsettled(&self) -> bool {
        self.unsettled.iter().any(|(at, _)| *at == self.at)
    }

    /// Until when a write of the step at place `at` that was never answered may still arrive; none when there is none.
    pub(super) fn latest(&self, at: usize) -> Option<i64> {
        let sent = self.unsettled.iter().filter(|(own, _)| *own == at).map(|(_, sent)| sent);
        sent.max().map(|sent| sent.saturating_add(LATEST))
    }

    /// The last write of this step is settled: it took place, or did not.
    pub(super) fn settle(&mut self) {
        if let Some(last) = self.unsettled.iter().rposition(|(at, _)| *at == self.at) {
            self.unsettled.remove(last);
        }
    }

    /// The write did not take place; an earlier one may have.
    pub(super) fn not_written(&mut self) {
        self.settle();
        if !self.is_unsettled() && !self.is_begun {
            self.set_planned();
        }
    }

    pub(super) fn set_planned(&mut self) {
        let progress = match self.progress.get(self.at) {
            Some(Progress::Rows { done, of, skipped, .. }) if *done > 0 || !skipped.is_empty() => {
                Progress::Rows { done: *done, of: *of, writing: 0, skipped: skipped.clone() }
            }
            _ => Progress::Planned,
        };
        self.set(progress);
    }

    /// What is to be written goes out once it was stored.
    pub(super) fn store(&mut self) {
        self.unsettled.push((self.at, self.now));
        self.phase = Phase::Store;
    }

    pub(super) fn looked(&mut self, step: Step, answer: &Result<Answer, Failure>) {
        let made = self.made();
        let found = match target::found(&step, answer, &made) {
            Ok(found) => found,
            Err(refusal) => return self.again_or(false, false, refusal),
        };
        self.row = found.id.clone();
        self.raw.clone_from(&found.raw);
        let is_there = terms::is(&found, step.after.as_ref(), &made);
        if is_there {
            // What was perhaps written was: whoever else made it so, nobody can tell.
            if self.progress.get(self.at) == Some(&Progress::Writing) {
                self.settle();
                return self.done(Progress::Verified { id: found.id });
            }
            if step.late.is_some_and(|until| self.now < until) {
                return self.done(Progress::Late);
            }
            return self.done(Progress::Already { id: found.id });
        }
        // What it was about was taken back meanwhile: nothing can arrive there any more.
        let is_gone = found.fields.is_none() && step.before.is_some();
        if is_gone && self.progress.get(self.at) == Some(&Progress::Late) {
            return self.done(Progress::Already { id: None });
        }
        match &step.way {
            Way::Read if step.makes && step.after.is_some() => self.done(Progress::Already { id: None }),
            Way::Read => self.end(Stop::Differs { found: vec![step.words] }),
            Way::Hand(link) => self.end(Stop::ByHand { words: step.words, link: link.clone() }),
            Way::Wait if self.tries < WAITS => {
                self.tries += 1;
                self.phase = Phase::Pause { after: false, answered: false };
            }
            Way::Wait => {
                self.end(Stop::Waits { found: terms::differences(&step, &found, step.after.as_ref(), &made) })
            }
            Way::Write => {
                // What an earlier step made could not be read for the preview: it is as it was made.
                if step.before.is_none()
                    && !step.makes
                    && target::needs_made(&step)
                    && let Some(own) = self.plan.steps.get_mut(self.at)
                {
                    own.before = found.fields.as_deref().map(terms::solid);
                }
                let before = self.plan.steps.get(self.at).and_then(|step| step.before.as_ref());
                if !terms::is(&found, before, &made) {
                    self.end(Stop::Differs { found: terms::differences(&step, &found, before, &made) });
                } else if self.mode == Mode::Check {
                    self.set_planned();
                    self.end(Stop::Arrived);
                } else {
                    self.set(Progress::Writing);
                    self.store();
                }
            }
        }
    }

    pub(super) fn wrote(&mut self, result: Result<Option<Id>, NotWritten>, is_many: bool) {
        self.mode = Mode::Fresh;
        self.write_error = None;
        match result {
            Ok(id) => {
                self.settle();
                self.row = id.or(self.row.take());
                self.tries = 0;
                self.phase = Phase::Settle { answered: true };
            }
            // Nobody knows whether it took place: a reading does.
            Err(NotWritten::Unknown(error)) => {
                self.write_error = error;
                self.tries += 1;
                self.phase = Phase::Pause { after: true, answered: false };
            }
            // Some are as they should be: which, a reading tells.
            Err(NotWritten::There) if is_many => {
                self.not_written();
                if self.tries < PAUSES.len() {
                    self.tries += 1;
                    self.phase = Phase::Pause { after: false, answered: false };
                } else {
                    self.end(Stop::Refused(OrgError::NotFound));
                }
            }
            Err(NotWritten::There) => {
                self.settle();
                self.phase = Phase::Settle { answered: true };
            }
            Err(NotWritten::Dependents(names)) => {
                self.not_written();
                self.end(Stop::Dependents(names));
            }
            Err(NotWritten::Refused(refusal)) => {
                self.not_written();
                self.again_or(false, false, refusal);
            }
        }
    }

    pub(super) fn settled(&mut self, step: &Step, answer: &Result<Answer, Failure>, answered: bool) {
        let made = self.made();
        let found = match target::found(step, answer, &made) {
            Ok(found) => found,
            Err(refusal) => return self.again_or(true, answered, refusal),
        };
        if terms::is(&found, step.after.as_ref(), &made) {
            if !answered {
                self.settle();
            }
            return self.done(Progress::Verified { id: found.id });
        }
        let is_tokens = matches!(step.place, Place::Tokens { .. });
        // One token is gone: the next one.
        if is_tokens && !self.raw.is_empty() && found.raw != self.raw && self.mode != Mode::Check {
            if !answered {
                self.settle();
            }
            self.is_begun = true;
            self.phase = Phase::Look;
            return;
        }
        if answered && target::is_mailed(step, &found) {
            return self.end(Stop::Confirmation);
        }
        let differs =
            if terms::is(&found, step.before.as_ref(), &made) { None } else { Some(step.before.as_ref()) };
        let differs = differs.map(|before| terms::differences(step, &found, before, &made));
        // Of several tokens some may be gone.
        let tokens = step.before.iter().flatten().find(|(name, _)| name == TOKENS);
        let is_all = tokens.is_some_and(|(_, count)| *count == Term::Is(Value::from(found.count)));
        self.not_shown(answered, is_tokens && !is_all, differs, || {
            terms::differences(step, &found, step.after.as_ref(), &made)
        });
    }

    /// A reading after a write does not show it: what was written may show a moment later, and what was not answered may
    /// arrive a moment later.
    pub(super) fn not_shown(
        &mut self,
        answered: bool,
        is_partial: bool,
        differs: Option<Vec<String>>,
        lacks: impl FnOnce() -> Vec<String>,
    ) {
        if self.mode != Mode::Check && self.tries < PAUSES.len() {
            self.tries += 1;
            self.phase = Phase::Pause { after: true, answered };
            return;
        }
        if answered {
            return self.end(Stop::NotTaken { found: lacks() });
        }
        if let Some(found) = differs {
            return self.end(Stop::Differs { found });
        }
        // What is not known to have been sent at some time was sent just now.
        if !self.is_unsettled() {
            self.unsettled.push((self.at, self.now));
        }
        self.is_begun = is_partial;
        if !is_partial && self.latest(self.at).is_none_or(|latest| self.now >= latest) {
            let at = self.at;
            self.unsettled.retain(|(own, _)| *own != at);
            self.set_planned();
            if self.mode != Mode::Resumed {
                return self.end(Stop::Unanswered);
            }
        }
        if self.mode == Mode::Resumed {
            self.tries = 0;
            self.phase = Phase::Look;
            return;
        }
        let error = self.write_error.take();
        self.end(Stop::Perhaps { error });
    }

    /// Tries again after a pause where that can help, a few times; then stops.
    pub(super) fn again_or(&mut self, after: bool, answered: bool, refusal: OrgError) {
        if may_pass(&refusal) && self.tries < PAUSES.len() {
            self.tries += 1;
            self.phase = Phase::Pause { after, answered };
        } else {
            self.end(Stop::Refused(refusal));
        }
    }

    pub(super) fn done(&mut self, progress: Progress) {
        // What arrived late may have brought back what was taken back meanwhile: that is looked at again.
        let is_late = self.plan.steps.get(self.at).is_some_and(|step| step.late.is_some());
        if is_late && matches!(progress, Progress::Verified { .. }) {
            let later = self.progress.iter_mut().skip(self.at + 1).filter(|own| own.is_done());
            later.for_each(|own| *own = Progress::Planned);
        }
        self.set(progress);
        self.at += 1;
        self.begin();
    }

    /// A part of the step was checked; the rest of it is not begun.
    pub(super) fn done_checking(&mut self) {
        self.at += 1;
        self.begin();
    }
}
