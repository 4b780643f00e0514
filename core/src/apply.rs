//! Carries out a plan: look, put away, write, read again, compare; one request at a time, and no further at the first
//! surprise.
//!
//! It never writes what was not put away first, never repeats a write whose answer did not come before it has looked,
//! and never goes on where the org is not as the preview said. Sans I/O, and serializable after every step: a machine
//! that was put away and read back goes on by looking.

mod component;
mod look;
mod preview;
mod row;
pub use component::SESSION;
pub use preview::Preview;
pub(crate) use row::needs_made;
pub(crate) use row::text_literal as literal;
pub(crate) use row::tokens_of;

use crate::id::Id;
use crate::json::Value;
use crate::plan::{Place, Plan, Term, Undo, Way};
use crate::refusal::Refusal;
use crate::request::{Answer, Failure, Request, Response};
use serde::{Deserialize, Serialize};

/// Pauses before a refused or unanswered request is settled again, in milliseconds: growing, and then no more.
const PAUSES: [u32; 4] = [500, 2_000, 5_000, 10_000];

/// How often the platform's own work is looked at, before a person is asked to come back later.
const WAITS: usize = 14;

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
    /// A person's step that no API tells of: passed over, and not known to be done.
    Untold,
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
    /// The platform has not come to it yet.
    Waits {
        /// What was found instead.
        found: Vec<String>,
    },
    /// A person has something to do in Setup first; a reading tells when it is done.
    ByHand {
        /// What, in a sentence.
        words: String,
        /// Where: a path in Setup.
        link: String,
    },
    /// The session is no longer the one of the preview, or another org's or user's.
    OtherSession,
    /// Salesforce took it, and waits until somebody opens the link that it has sent to the new address.
    Confirmation,
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
            Stop::Waits { found } => format!(
                "Salesforce has not finished its own part: {}. Nothing more was written: continue later.",
                crate::classification::listed(found)
            ),
            Stop::ByHand { words, .. } => words.clone(),
            Stop::Unanswered => "No answer came, and nothing has changed as far as a reading tells.".into(),
            Stop::Confirmation => {
                "Salesforce took it, and has sent a link to the new address. Until somebody opens it, the old address stays: open it, then continue.".into()
            }
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

/// A machine as it is put away: its plan, and where each step stood.
#[derive(Serialize, Deserialize)]
struct Stored {
    plan: Plan,
    progress: Vec<Progress>,
}

impl From<Apply> for Stored {
    fn from(apply: Apply) -> Stored {
        Stored { plan: apply.plan, progress: apply.progress }
    }
}

impl From<Stored> for Apply {
    fn from(stored: Stored) -> Apply {
        Apply::again(stored.plan, stored.progress)
    }
}

/// A plan being carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
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
    /// What the last look found that the write needs: never put away.
    raw: String,
    /// Whether a person said to go on: then what turns out not to have taken place is written.
    resumed: bool,
    stop: Option<Stop>,
}

impl Apply {
    /// A plan whose preview a person has approved.
    pub fn new(plan: Plan) -> Apply {
        let progress = vec![Progress::Planned; plan.steps.len()];
        let mut apply = Apply {
            plan,
            progress,
            at: 0,
            phase: Phase::Rest,
            tries: 0,
            asked: 0,
            waiting: None,
            row: None,
            raw: String::new(),
            resumed: false,
            stop: None,
        };
        match apply.plan.unset() {
            Some(message) => {
                let why = Refusal::Other { code: String::new(), message };
                apply.stop = Some(Stop::Refused(why));
            }
            None if !apply.plan.steps.is_empty() => apply.begin(),
            None => {}
        }
        apply
    }

    /// A machine that was put away, from its plan and where each step stood: [`Apply::go_on`] goes on with it.
    pub fn again(plan: Plan, mut progress: Vec<Progress>) -> Apply {
        progress.resize(plan.steps.len(), Progress::Planned);
        Apply { progress, phase: Phase::Rest, ..Apply::new(plan) }
    }

    /// Goes on with a machine that was put away, or that stopped: whatever was under way is looked at first.
    pub fn go_on(&mut self) {
        self.waiting = None;
        self.tries = 0;
        self.stop = None;
        self.resumed = true;
        self.at = self.progress.iter().position(|p| !p.is_done()).unwrap_or(self.progress.len());
        match self.progress.get(self.at) {
            Some(Progress::Writing) => self.phase = Phase::Settle { answered: false },
            Some(_) => self.begin(),
            None => self.phase = Phase::Rest,
        }
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
                let (method, path, body) = row::write(&step, self.row.as_ref(), &self.raw, &self.made());
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

    /// Stops it: the session became another one, and what [`Apply::next`] gave last was not sent.
    pub fn leave(&mut self) {
        self.waiting = None;
        if self.phase == Phase::Write {
            self.set(Progress::Planned);
        }
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
        let made = self.made();
        let found = match row::found(&step, answer, &made) {
            Ok(found) => found,
            Err(refusal) => return self.again_or(false, false, refusal),
        };
        self.row = found.id.clone();
        self.raw.clone_from(&found.raw);
        let is_there = row::is(&found, step.after.as_ref(), &made);
        match &step.way {
            _ if is_there => self.done(Progress::Already { id: found.id }),
            Way::Read if step.makes && step.after.is_some() => self.done(Progress::Already { id: None }),
            Way::Read => self.end(Stop::Differs { found: vec![step.words] }),
            Way::Hand(link) => self.end(Stop::ByHand { words: step.words, link: link.clone() }),
            Way::Wait if self.tries < WAITS => {
                self.tries += 1;
                self.phase = Phase::Pause { after: false, answered: false };
            }
            Way::Wait => {
                self.end(Stop::Waits { found: row::differences(&found, step.after.as_ref(), &made) })
            }
            Way::Write => {
                // What an earlier step made could not be read for the preview: it is as it was made.
                if step.before.is_none()
                    && !step.makes
                    && needs_made(&step)
                    && let Some(own) = self.plan.steps.get_mut(self.at)
                {
                    own.before = found.fields.as_deref().map(row::solid);
                }
                let before = self.plan.steps.get(self.at).and_then(|step| step.before.as_ref());
                if row::is(&found, before, &made) {
                    self.set(Progress::Writing);
                    self.phase = Phase::Store;
                } else {
                    self.end(Stop::Differs { found: row::differences(&found, before, &made) });
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
        let made = self.made();
        let found = match row::found(&step, answer, &made) {
            Ok(found) => found,
            Err(refusal) => return self.again_or(true, answered, refusal),
        };
        if row::is(&found, step.after.as_ref(), &made) {
            return self.done(Progress::Verified { id: found.id });
        }
        // One token is gone: the next one.
        if answered && matches!(step.place, Place::Tokens { .. }) && found.raw != self.raw {
            self.phase = Phase::Look;
            return;
        }
        if answered && row::is_mailed(&step, &found) {
            return self.end(Stop::Confirmation);
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
        self.begin();
    }

    /// Begins with the step that it has come to, or ends: what stands for a row that was found is done already.
    fn begin(&mut self) {
        self.tries = 0;
        self.row = None;
        self.phase = Phase::Close;
        let made = self.made();
        let Some(step) = self.plan.steps.get(self.at) else {
            if self.progress.iter().all(|progress| *progress == Progress::Untold) {
                let words = "No API tells whether this was done: the check of the finding does.".to_owned();
                self.stop = Some(Stop::ByHand { words, link: self.plan.link.clone() });
            }
            return;
        };
        if let Some(id) = step.unless.and_then(|at| made.get(at).cloned().flatten()) {
            return self.done(Progress::Already { id: Some(id) });
        }
        if matches!(&step.place, Place::Query { soql } if soql.is_empty()) {
            return self.done(Progress::Untold);
        }
        if row::is_open(step, &made) {
            return self.end(Stop::Refused(Refusal::NotFound));
        }
        self.phase = Phase::Look;
    }

    fn end(&mut self, stop: Stop) {
        self.stop = Some(stop);
        self.phase = Phase::Close;
    }

    /// The ids of the rows that steps made or found, by their place.
    fn made(&self) -> Vec<Option<Id>> {
        self.progress.iter().map(|progress| progress.id().cloned()).collect::<Vec<_>>()
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
            && self.progress.iter().any(|progress| *progress != Progress::Untold)
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
        let (mut steps, mut waits) = (vec![], vec![]);
        for (step, progress) in self.plan.steps.iter().zip(&self.progress).rev() {
            if step.way == Way::Wait && progress.is_done() {
                waits.push(row::reversed(step, progress.id(), &made)?);
            } else if matches!(progress, Progress::Writing | Progress::Verified { .. }) {
                steps.push(row::reversed(step, progress.id(), &made)?);
            }
        }
        // What the platform works out follows what was taken back.
        steps.append(&mut waits);
        Some(Plan {
            fix: self.plan.fix.clone(),
            title: format!("Undo: {}", self.plan.title),
            steps,
            breaks: vec![],
            inputs: vec![],
            looks: vec![],
            depends: vec![],
            ..self.plan.clone()
        })
    }

    /// The plan with what the platform said depends on what was to go, switched off along with it; none when it
    /// stopped for another reason, or named something that has no API name among `labels` (by API name).
    pub fn widened(&self, labels: &crate::gather::Labels) -> Option<Plan> {
        let Some(Stop::Dependents(names)) = &self.stop else { return None };
        let mut plan = self.plan.clone();
        let step = plan.steps.get_mut(self.at)?;
        for name in names {
            let named = |(own, label): &(&String, &String)| *label == name || *own == name;
            let (own, _) = labels.iter().find(named)?;
            let field = ["Permissions", own.strip_prefix("Permissions").unwrap_or(own)].concat();
            step.words.push_str(&[", and ", name].concat());
            step.after.get_or_insert_default().push((field, Term::flag(false)));
        }
        Some(plan)
    }
}

impl Progress {
    /// Whether nothing is left to do.
    pub const fn is_done(&self) -> bool {
        !matches!(self, Progress::Planned | Progress::Writing)
    }

    fn id(&self) -> Option<&Id> {
        match self {
            Progress::Verified { id } | Progress::Already { id } => id.as_ref(),
            Progress::Planned | Progress::Writing | Progress::Untold => None,
        }
    }
}

/// What is in the org: a row's fields and id, or that there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Found {
    id: Option<Id>,
    fields: Option<Vec<(String, Value)>>,
    /// What the write needs of it: a component's XML, or a token.
    raw: String,
}
