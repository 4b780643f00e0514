//! The machine that carries out a plan: looks, is stored, writes, reads again and compares, one request at a time, and goes
//! no further at the first surprise.
//!
//! What was not stored first is never written, and a write whose answer did not come is never repeated before a reading.

use super::exchange::Draft;
use super::progress::{Progress, Said};
use super::said::UNTOLD;
use super::stop::Stop;
use super::stored::Stored;
use super::{records, target};
use crate::plan::{Place, Plan, Way};
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{Request, Response};
use crate::salesforce::id::Id;
use serde::{Deserialize, Serialize};

/// Pauses before a refused or unanswered request is settled again, in milliseconds: growing, and then no more.
pub(super) const PAUSES: [u32; 4] = [500, 2_000, 5_000, 10_000];

/// How long, in seconds, a write of which no answer came may still take place. Source: Apex Developer Guide, "Execution
/// Governors and Limits": a transaction runs for 10 minutes at the most.
pub const LATEST: i64 = 600;

/// What the driver is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Put the machine away (serialized), then call [`Executor::stored`]. No write goes out before.
    Persist,
    /// Send this, then call [`Executor::feed`].
    Send(Request),
    /// Wait that many milliseconds, then call [`Executor::paused`].
    Wait(u32),
    /// Nothing: it is finished, or stopped.
    Idle,
}

/// What is being waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Phase {
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

/// What goes on with a machine that was stored, or that stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A person approved the preview.
    Fresh,
    /// A person said to go on: what turns out not to have taken place is written.
    Resumed,
    /// What is open is read again, and nothing is written.
    Check,
}

/// A plan being carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Executor {
    pub(super) plan: Plan,
    pub(super) progress: Vec<Progress>,
    /// What was sent and never settled: the step, and when, in seconds since 1970.
    pub(super) unsettled: Vec<(usize, i64)>,
    /// What a person said of steps that no API tells of.
    pub(super) said: Vec<Said>,
    pub(super) at: usize,
    pub(super) phase: Phase,
    pub(super) tries: usize,
    pub(super) requests: u32,
    pub(super) waiting: Option<u32>,
    /// The row found by the last look.
    pub(super) row: Option<Id>,
    /// What the last look found that the write needs: never stored.
    pub(super) raw: String,
    /// Of many rows, what the last reading found.
    pub(super) seen: Vec<records::RowRead>,
    /// Whether a part of the step that cannot be told from the rest was written: one of several tokens.
    pub(super) is_begun: bool,
    pub(super) mode: Mode,
    /// What the platform said to a write that may have taken place.
    pub(super) write_error: Option<OrgError>,
    /// Seconds since 1970, as whoever drives it says.
    pub(super) now: i64,
    pub(super) stop: Option<Stop>,
}

impl Executor {
    /// A plan whose preview a person has approved.
    pub fn new(plan: Plan) -> Executor {
        let progress = vec![Progress::Planned; plan.steps.len()];
        let mut apply = Executor {
            plan,
            progress,
            unsettled: vec![],
            said: vec![],
            at: 0,
            phase: Phase::Rest,
            tries: 0,
            requests: 0,
            waiting: None,
            row: None,
            raw: String::new(),
            seen: vec![],
            is_begun: false,
            mode: Mode::Fresh,
            write_error: None,
            now: 0,
            stop: None,
        };
        match apply.plan.unset() {
            Some(message) => {
                let why = OrgError::Other { code: String::new(), message };
                apply.stop = Some(Stop::Refused(why));
            }
            None if !apply.plan.steps.is_empty() => apply.begin(),
            None => {}
        }
        apply
    }

    /// A machine that was stored, from its plan and where each step stood: [`Executor::resume`] goes on with it.
    pub fn from_progress(plan: Plan, mut progress: Vec<Progress>) -> Executor {
        progress.resize(plan.steps.len(), Progress::Planned);
        Executor { progress, phase: Phase::Rest, ..Executor::new(plan) }
    }

    /// The same machine with its plan as a new preview read it.
    #[must_use]
    pub fn with_plan(&self, plan: Plan) -> Executor {
        let (unsettled, said) = (self.unsettled.clone(), self.said.clone());
        Executor { unsettled, said, now: self.now, ..Executor::from_progress(plan, self.progress.clone()) }
    }

    /// The plan with what a preview of the rest ([`Preview::of_rest`]) has read: what was done, or begun, goes back to what
    /// was there before that, and what was waited for to what was there when it was approved.
    #[must_use]
    pub fn rest_of(&self, read: Plan) -> Plan {
        let mut plan = read;
        for ((step, own), progress) in plan.steps.iter_mut().zip(&self.plan.steps).zip(&self.progress) {
            if *progress != Progress::Planned {
                step.clone_from(own);
            } else if step.way == Way::Wait {
                step.before.clone_from(&own.before);
            }
        }
        plan
    }

    /// Says what time it is, in seconds since 1970: how long a write of which no answer came may still arrive follows
    /// from it.
    pub fn set_now(&mut self, now: i64) {
        self.now = now;
    }

    /// Goes on with a machine that was stored, or that stopped: whatever was under way is looked at first.
    pub fn resume(&mut self) {
        self.restart(Mode::Resumed);
    }

    /// Reads again what is open, and writes nothing: what turns out to be done is verified, and what can no longer
    /// arrive was not written.
    pub fn check(&mut self) {
        self.restart(Mode::Check);
    }

    pub(super) fn restart(&mut self, mode: Mode) {
        self.waiting = None;
        self.stop = None;
        self.write_error = None;
        self.mode = mode;
        self.at = 0;
        self.begin();
    }

    /// What is to be done now. The same again until it is done.
    #[expect(clippy::should_implement_trait, reason = "an iterator would be borrowed while its answers come")]
    pub fn next(&mut self) -> Effect {
        if self.stop.is_some() && self.phase != Phase::Close {
            return Effect::Idle;
        }
        let Some(step) = self.plan.steps.get(self.at).cloned().or_else(|| self.plan.steps.last().cloned())
        else {
            return Effect::Idle;
        };
        match self.phase {
            Phase::Rest => Effect::Idle,
            Phase::Store | Phase::Close => Effect::Persist,
            Phase::Pause { .. } => {
                Effect::Wait(PAUSES.get(self.tries.saturating_sub(1)).copied().unwrap_or(10_000))
            }
            Phase::Look | Phase::Settle { .. } => {
                let draft = match &step.place {
                    Place::Rows { .. } => records::read(&step, self.rows_done(), &self.made()),
                    _ => target::read(&step, &self.made()),
                };
                Effect::Send(self.request(draft))
            }
            Phase::Write => {
                let draft = match &step.place {
                    Place::Rows { .. } => records::write(&step, &self.part(), &self.made()),
                    _ => target::write(&step, self.row.as_ref(), &self.raw, &self.made()),
                };
                Effect::Send(self.request(draft))
            }
        }
    }

    pub(super) fn request(&mut self, draft: Draft) -> Request {
        let id = self.waiting.unwrap_or_else(|| {
            self.requests += 1;
            self.requests
        });
        self.waiting = Some(id);
        draft.numbered(id)
    }

    /// It was stored: the write may go out.
    pub fn stored(&mut self) {
        match self.phase {
            Phase::Store => self.phase = Phase::Write,
            Phase::Close => self.phase = Phase::Rest,
            _ => {}
        }
    }

    /// It could not be stored: nothing goes out, and what was to be written was not.
    pub fn not_stored(&mut self) {
        if self.phase == Phase::Store {
            self.not_written();
        }
        self.phase = Phase::Rest;
    }

    /// The pause is over.
    pub fn paused(&mut self) {
        if let Phase::Pause { after, answered } = self.phase {
            self.phase = if after { Phase::Settle { answered } } else { Phase::Look };
        }
    }

    /// Stops it: the session became another one, and what [`Executor::next`] gave last was not sent.
    pub fn leave(&mut self) {
        self.waiting = None;
        if self.phase == Phase::Write {
            self.not_written();
        }
        self.end(Stop::OtherSession);
    }

    /// Takes what came of a request. An answer that nobody waits for is dropped.
    pub fn feed(&mut self, response: &Response) {
        if self.waiting != Some(response.id) {
            return;
        }
        self.waiting = None;
        let Some(step) = self.plan.steps.get(self.at).cloned() else { return };
        let is_many = matches!(step.place, Place::Rows { .. });
        match self.phase {
            Phase::Look if is_many => self.looked_rows(&step, &response.answer),
            Phase::Look => self.looked(step, &response.answer),
            Phase::Write => {
                let answer = &response.answer;
                let result = if is_many {
                    records::written(&step, &self.part(), answer).map(|()| None)
                } else {
                    target::written(answer)
                };
                self.wrote(result, is_many);
            }
            Phase::Settle { answered } if is_many => self.settled_rows(&step, &response.answer, answered),
            Phase::Settle { answered } => self.settled(&step, &response.answer, answered),
            _ => {}
        }
    }

    pub(super) fn set(&mut self, progress: Progress) {
        if let Some(own) = self.progress.get_mut(self.at) {
            *own = progress;
        }
    }

    pub(super) fn is_check(&self) -> bool {
        self.mode == Mode::Check
    }

    /// Whether what this step wrote, or perhaps wrote, is not settled.
    pub(super) fn is_open(&self) -> bool {
        self.progress.get(self.at).is_some_and(Progress::is_open)
    }

    /// Begins with the step that it has come to, or with the next that is not done, or ends: what stands for a row that
    /// was found is done already.
    pub(super) fn begin(&mut self) {
        self.tries = 0;
        self.row = None;
        self.raw.clear();
        self.seen.clear();
        self.is_begun = false;
        self.phase = Phase::Close;
        let is_check = self.mode == Mode::Check;
        let is_next = |own: &Progress| if is_check { own.is_open() } else { !own.is_done() };
        let next = self.progress.iter().skip(self.at).position(is_next);
        self.at += next.unwrap_or(self.progress.len().saturating_sub(self.at));
        let made = self.made();
        let Some(step) = self.plan.steps.get(self.at) else {
            if self.progress.contains(&Progress::Late) {
                self.stop = Some(Stop::Late);
            } else if self.untold().next().is_some() {
                self.stop = Some(Stop::ByHand { words: UNTOLD.to_owned(), link: self.plan.link.clone() });
            }
            return;
        };
        if self.is_open() && self.progress.get(self.at) != Some(&Progress::Late) {
            self.is_begun = matches!(step.place, Place::Tokens { .. });
            self.phase = Phase::Settle { answered: false };
            return;
        }
        if let Some(id) = step.unless.and_then(|at| made.get(at).cloned().flatten()) {
            return self.done(Progress::Already { id: Some(id) });
        }
        if matches!(&step.place, Place::Query { soql } if soql.is_empty()) {
            return self.done(Progress::Untold);
        }
        if matches!(step.place, Place::Rows { .. }) && step.rows.is_empty() {
            return self.done(Progress::Already { id: None });
        }
        if target::is_open(step, &made) {
            return self.end(Stop::Refused(OrgError::NotFound));
        }
        self.phase = Phase::Look;
    }

    pub(super) fn end(&mut self, stop: Stop) {
        self.stop = Some(stop);
        self.phase = Phase::Close;
    }

    /// The ids of the rows that steps made or found, by their place.
    pub(crate) fn made(&self) -> Vec<Option<Id>> {
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

    /// Whether every step is done: verified, or by a person's word where no API tells.
    pub fn is_done(&self) -> bool {
        !self.progress.is_empty()
            && self.progress.iter().all(Progress::is_done)
            && self.untold().next().is_none()
    }

    /// Whether something was written, or may have been.
    pub fn has_written(&self) -> bool {
        self.progress.iter().any(Progress::has_written)
    }

    /// Whether something was perhaps written, or may still arrive: a reading will tell.
    pub fn is_unsure(&self) -> bool {
        self.progress.iter().any(Progress::is_open)
    }
}
