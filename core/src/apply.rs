//! Carries out a plan: look, put away, write, read again, compare; one request at a time, and no further at the first
//! surprise.
//!
//! It never writes what was not put away first, never repeats a write whose answer did not come before it has looked,
//! and never goes on where the org is not as the preview said. Sans I/O, and serializable after every step: a machine
//! that was put away and read back goes on by looking.

mod row;

pub use row::SESSION;

use crate::id::Id;
use crate::json::Value;
use crate::plan::{Fields, Plan, Step, Term, Undo};
use crate::refusal::Refusal;
use crate::request::{Answer, Failure, Request, Response};
use serde::{Deserialize, Serialize};

/// Pauses before a refused or unanswered request is settled again, in milliseconds: growing, and then no more.
const PAUSES: [u32; 4] = [500, 2_000, 5_000, 10_000];

/// What the driver is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Put the machine away (serialized), then call [`Apply::stored`]. No write goes out before.
    Store,
    /// Send this, then call [`Apply::feed`].
    Send(Request),
    /// Wait that many milliseconds, then call [`Apply::paused`].
    Pause(u32),
    /// Nothing: it is finished, or stopped.
    Rest,
}

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Not begun.
    Planned,
    /// Put away, and perhaps written: a reading will tell.
    Writing,
    /// Written, and read back as it should be.
    Verified {
        /// The row's id, where it was made or changed.
        id: Option<Id>,
    },
    /// It was so already: nothing was written, and undo leaves it alone.
    Already {
        /// The row's id.
        id: Option<Id>,
    },
}

/// Why it went no further.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// The org is not as the preview said: somebody else changed it, or the fields differ.
    Differs {
        /// What was found, in words (`Field: value`), and what was expected.
        found: Vec<String>,
    },
    /// The platform refused.
    Refused(Refusal),
    /// The platform refused because other permissions depend on one that was to go: their names or labels.
    Dependents(Vec<String>),
    /// The write was answered, but the org does not show it.
    NotTaken {
        /// What was found instead.
        found: Vec<String>,
    },
    /// No answer came, and what is there is what was there before.
    Unanswered,
    /// The session is no longer the one of the preview, or another org's or user's.
    OtherSession,
}

impl Stop {
    /// What happened, in a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Stop::Differs { found } => {
                format!(
                    "It is no longer as the preview said: {}. Nothing was written.",
                    crate::classification::listed(found)
                )
            }
            Stop::Refused(refusal) => refusal.sentence(),
            Stop::Dependents(names) => {
                format!("Salesforce says that these depend on it: {}.", crate::classification::listed(names))
            }
            Stop::NotTaken { found } => {
                format!(
                    "Salesforce accepted it, but shows something else: {}.",
                    crate::classification::listed(found)
                )
            }
            Stop::Unanswered => "No answer came, and nothing has changed as far as a reading tells.".into(),
            Stop::OtherSession => "You are signed in as somebody else now. Nothing more was written.".into(),
        }
    }
}

/// What is being waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Phase {
    /// Look at what is there before anything is written.
    Look,
    /// Put away before the write.
    Store,
    /// Write.
    Write,
    /// Look at what is there after the write; whether its answer came.
    Settle { answered: bool },
    /// Wait, then go on with looking (before the write, or after it).
    Pause { after: bool, answered: bool },
    /// Put away at the end, so that what was done is on record.
    Close,
    /// At rest.
    Rest,
}

/// A plan being carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apply {
    plan: Plan,
    progress: Vec<Progress>,
    at: usize,
    phase: Phase,
    tries: usize,
    asked: u32,
    waiting: Option<u32>,
    /// The row found by the last look.
    row: Option<Id>,
    /// Whether a person said to go on: then what turns out not to have taken place is written.
    resumed: bool,
    stop: Option<Stop>,
}

impl Apply {
    /// A plan whose preview a person has approved.
    pub fn new(plan: Plan) -> Apply {
        let progress = vec![Progress::Planned; plan.steps.len()];
        let phase = if plan.steps.is_empty() { Phase::Rest } else { Phase::Look };
        Apply {
            plan,
            progress,
            at: 0,
            phase,
            tries: 0,
            asked: 0,
            waiting: None,
            row: None,
            resumed: false,
            stop: None,
        }
    }

    /// Goes on with a machine that was put away, or that stopped: whatever was under way is looked at first.
    pub fn go_on(&mut self) {
        self.waiting = None;
        self.tries = 0;
        self.stop = None;
        self.resumed = true;
        self.at = self.progress.iter().position(|p| !p.is_done()).unwrap_or(self.progress.len());
        self.phase = match self.progress.get(self.at) {
            Some(Progress::Writing) => Phase::Settle { answered: false },
            Some(_) => Phase::Look,
            None => Phase::Rest,
        };
    }

    /// What is to be done now. The same again until it is done.
    #[expect(clippy::should_implement_trait, reason = "an iterator would be borrowed while its answers come")]
    pub fn next(&mut self) -> Next {
        if self.stop.is_some() && self.phase != Phase::Close {
            return Next::Rest;
        }
        let Some(step) = self.plan.steps.get(self.at).cloned().or_else(|| self.plan.steps.last().cloned())
        else {
            return Next::Rest;
        };
        match self.phase {
            Phase::Rest => Next::Rest,
            Phase::Store | Phase::Close => Next::Store,
            Phase::Pause { .. } => {
                Next::Pause(PAUSES.get(self.tries.saturating_sub(1)).copied().unwrap_or(10_000))
            }
            Phase::Look | Phase::Settle { .. } => {
                let (method, path, body) = row::read(&step, &self.made());
                Next::Send(self.request(method, path, body))
            }
            Phase::Write => {
                let (method, path, body) = row::write(&step, self.row.as_ref(), &self.made());
                Next::Send(self.request(method, path, body))
            }
        }
    }

    fn request(&mut self, method: &str, path: String, body: Option<String>) -> Request {
        let id = self.waiting.unwrap_or_else(|| {
            self.asked += 1;
            self.asked
        });
        self.waiting = Some(id);
        Request { id, method: method.to_owned(), path, body }
    }

    /// It was put away: the write may go out.
    pub fn stored(&mut self) {
        match self.phase {
            Phase::Store => self.phase = Phase::Write,
            Phase::Close => self.phase = Phase::Rest,
            _ => {}
        }
    }

    /// The pause is over.
    pub fn paused(&mut self) {
        if let Phase::Pause { after, answered } = self.phase {
            self.phase = if after { Phase::Settle { answered } } else { Phase::Look };
        }
    }

    /// Stops it: the session became another one.
    pub fn leave(&mut self) {
        self.waiting = None;
        self.end(Stop::OtherSession);
    }

    /// Takes what came of a request. An answer that nobody waits for is dropped.
    pub fn feed(&mut self, response: &Response) {
        if self.waiting != Some(response.id) {
            return;
        }
        self.waiting = None;
        match self.phase {
            Phase::Look => self.looked(&response.answer),
            Phase::Write => self.wrote(&response.answer),
            Phase::Settle { answered } => self.settled(&response.answer, answered),
            _ => {}
        }
    }

    fn looked(&mut self, answer: &Result<Answer, Failure>) {
        let Some(step) = self.plan.steps.get(self.at).cloned() else { return };
        match row::found(&step, answer) {
            Err(refusal) => self.again_or(false, false, refusal),
            Ok(found) => {
                let made = self.made();
                self.row = found.id.clone();
                if row::is(&found, step.after.as_ref(), &made) {
                    self.done(Progress::Already { id: found.id });
                } else if row::is(&found, step.before.as_ref(), &made) {
                    self.set(Progress::Writing);
                    self.phase = Phase::Store;
                } else {
                    self.end(Stop::Differs { found: row::differences(&found, step.before.as_ref(), &made) });
                }
            }
        }
    }

    fn wrote(&mut self, answer: &Result<Answer, Failure>) {
        self.resumed = false;
        match row::written(answer) {
            Ok(id) => {
                self.row = id.or(self.row.take());
                self.tries = 0;
                self.phase = Phase::Settle { answered: true };
            }
            // Nobody knows whether it took place: a reading does.
            Err(row::Unwritten::Unknown) => self.phase = Phase::Pause { after: true, answered: false },
            Err(row::Unwritten::There) => self.phase = Phase::Settle { answered: true },
            Err(row::Unwritten::Dependents(names)) => {
                self.set(Progress::Planned);
                self.end(Stop::Dependents(names));
            }
            Err(row::Unwritten::Refused(refusal)) => {
                self.set(Progress::Planned);
                self.again_or(false, false, refusal);
            }
        }
        if matches!(self.phase, Phase::Pause { after: true, .. }) {
            self.tries += 1;
        }
    }

    fn settled(&mut self, answer: &Result<Answer, Failure>, answered: bool) {
        let Some(step) = self.plan.steps.get(self.at).cloned() else { return };
        let found = match row::found(&step, answer) {
            Ok(found) => found,
            Err(refusal) => return self.again_or(true, answered, refusal),
        };
        let made = self.made();
        if row::is(&found, step.after.as_ref(), &made) {
            return self.done(Progress::Verified { id: found.id });
        }
        // What was written may show a moment later; what was not answered may arrive a moment later.
        if self.tries < PAUSES.len() - 1 {
            self.tries += 1;
            self.phase = Phase::Pause { after: true, answered };
            return;
        }
        let is_as_before = row::is(&found, step.before.as_ref(), &made);
        if answered {
            return self.end(Stop::NotTaken { found: row::differences(&found, step.after.as_ref(), &made) });
        }
        if is_as_before {
            self.set(Progress::Planned);
            if self.resumed {
                self.tries = 0;
                self.phase = Phase::Look;
                return;
            }
            return self.end(Stop::Unanswered);
        }
        self.end(Stop::Differs { found: row::differences(&found, step.before.as_ref(), &made) });
    }

    /// Tries again after a pause where that can help, a few times; then stops.
    fn again_or(&mut self, after: bool, answered: bool, refusal: Refusal) {
        if row::may_pass(&refusal) && self.tries < PAUSES.len() {
            self.tries += 1;
            self.phase = Phase::Pause { after, answered };
        } else {
            self.end(Stop::Refused(refusal));
        }
    }

    fn set(&mut self, progress: Progress) {
        if let Some(own) = self.progress.get_mut(self.at) {
            *own = progress;
        }
    }

    fn done(&mut self, progress: Progress) {
        self.set(progress);
        self.at += 1;
        self.tries = 0;
        self.row = None;
        self.phase = if self.at < self.plan.steps.len() { Phase::Look } else { Phase::Close };
    }

    fn end(&mut self, stop: Stop) {
        self.stop = Some(stop);
        self.phase = Phase::Close;
    }

    /// The ids of the rows that steps made or found, by their place.
    fn made(&self) -> Vec<Option<Id>> {
        self.progress.iter().map(|progress| progress.id().cloned()).collect()
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Where each step stands.
    pub fn progress(&self) -> &[Progress] {
        &self.progress
    }

    /// Why it went no further, if it stopped.
    pub fn stop(&self) -> Option<&Stop> {
        self.stop.as_ref()
    }

    /// Whether every step is done and verified.
    pub fn is_done(&self) -> bool {
        self.progress.iter().all(Progress::is_done)
    }

    /// Whether something was written, or may have been.
    pub fn has_written(&self) -> bool {
        self.progress.iter().any(|p| matches!(p, Progress::Writing | Progress::Verified { .. }))
    }

    /// The plan that restores what was there before: the steps that were written, the last first. `None` when nothing
    /// was, or when it cannot be undone.
    ///
    /// A step whose write was never settled is undone too: where it did not take place, the undo finds it so already.
    pub fn undo(&self) -> Option<Plan> {
        if matches!(self.plan.undo, Undo::Never(_)) || !self.has_written() {
            return None;
        }
        let made = self.made();
        let mut steps = vec![];
        for (step, progress) in self.plan.steps.iter().zip(&self.progress).rev() {
            if matches!(progress, Progress::Writing | Progress::Verified { .. }) {
                steps.push(row::reversed(step, progress.id(), &made)?);
            }
        }
        Some(Plan {
            fix: self.plan.fix.clone(),
            title: format!("Undo: {}", self.plan.title),
            steps,
            breaks: vec![],
            ..self.plan.clone()
        })
    }
}

impl Progress {
    /// Whether nothing is left to do.
    pub const fn is_done(&self) -> bool {
        matches!(self, Progress::Verified { .. } | Progress::Already { .. })
    }

    fn id(&self) -> Option<&Id> {
        match self {
            Progress::Verified { id } | Progress::Already { id } => id.as_ref(),
            Progress::Planned | Progress::Writing => None,
        }
    }
}

/// Reads what a plan's steps will change, so that the preview shows what is there: the plan comes out with each `before`.
/// A step about a row that an earlier step makes is not read: there is none yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    plan: Plan,
    at: usize,
    waiting: bool,
    refusal: Option<Refusal>,
}

impl Preview {
    /// A preview of a plan whose `before`s are not known.
    pub fn new(plan: Plan) -> Preview {
        let mut preview = Preview { plan, at: 0, waiting: false, refusal: None };
        preview.skip();
        preview
    }

    fn skip(&mut self) {
        let is_new = |step: &Step| row::needs_made(step);
        while self.plan.steps.get(self.at).is_some_and(is_new) {
            self.at += 1;
        }
    }

    /// The request to send; none when it is complete.
    #[expect(clippy::should_implement_trait, reason = "an iterator would be borrowed while its answers come")]
    pub fn next(&mut self) -> Option<Request> {
        if self.refusal.is_some() {
            return None;
        }
        let step = self.plan.steps.get(self.at)?;
        self.waiting = true;
        let (method, path, body) = row::read(step, &[]);
        let id = u32::try_from(self.at).unwrap_or_default() + 1;
        Some(Request { id, method: method.to_owned(), path, body })
    }

    /// Takes what came of it.
    pub fn feed(&mut self, response: &Response) {
        let at = self.at;
        let Some(step) = self.plan.steps.get_mut(at).filter(|_| self.waiting) else { return };
        self.waiting = false;
        match row::found(step, &response.answer) {
            Ok(found) if found.fields.is_none() && step.after.is_some() && !step.makes => {
                self.refusal = Some(Refusal::NotFound);
            }
            Ok(found) => {
                step.before = found.fields.map(|fields| {
                    fields.into_iter().map(|(name, value)| (name, Term::Is(value))).collect::<Fields>()
                });
                self.at += 1;
                self.skip();
            }
            Err(refusal) => self.refusal = Some(refusal),
        }
    }

    /// The plan with what is there, once everything was read.
    ///
    /// # Errors
    /// Why it could not be read; a plan that is not ready is not to be applied.
    pub fn plan(&self) -> Result<&Plan, Refusal> {
        match &self.refusal {
            Some(refusal) => Err(refusal.clone()),
            None if self.at < self.plan.steps.len() => Err(Refusal::Pending),
            None => Ok(&self.plan),
        }
    }
}

/// What is in the org: a row's fields and id, or that there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    id: Option<Id>,
    fields: Option<Vec<(String, Value)>>,
}
