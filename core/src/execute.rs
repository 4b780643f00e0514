//! Carries out a plan: look, put away, write, read again, compare; one request at a time, and no further at the first
//! surprise.
//!
//! It never writes what was not put away first, never repeats a write whose answer did not come before it has looked,
//! and never goes on where the org is not as the preview said. Sans I/O, and serializable after every step: a machine
//! that was put away and read back goes on by looking.

mod component;
mod look;
mod preview;
mod proof;
mod record;
mod records;
pub use crate::salesforce::metadata_api::SESSION;
pub use preview::Preview;
pub(crate) use record::needs_made;
pub(crate) use record::text_literal as literal;
pub(crate) use record::tokens_of;

use crate::plan::{Place, Plan, Step, Term, Undo, Way};
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{Answer, Failure, Request, Response};
use crate::salesforce::id::Id;
use crate::salesforce::json::Value;
use serde::{Deserialize, Serialize};

/// Pauses before a refused or unanswered request is settled again, in milliseconds: growing, and then no more.
const PAUSES: [u32; 4] = [500, 2_000, 5_000, 10_000];

/// How often the platform's own work is looked at, before a person is asked to come back later.
const WAITS: usize = 14;

/// What a step that revokes tokens says of how many there were.
const TOKENS: &str = "Tokens";

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
        #[serde(deserialize_with = "Option::deserialize")]
        id: Option<Id>,
    },
    /// It was so already: nothing was written, and undo leaves it alone.
    Already {
        /// The row's id.
        #[serde(deserialize_with = "Option::deserialize")]
        id: Option<Id>,
    },
    /// A person's step that no API tells of: passed over, and not known to be done.
    Untold,
    /// It is as it is to be, but the write that it takes back was never answered, and may still arrive.
    Late,
    /// Of many rows, those up to a place: a part is written at a time, and takes place as a whole or not at all.
    Rows {
        /// Rows that are as they are to be, from the first on.
        done: usize,
        /// Rows in all.
        of: usize,
        /// Rows after those, put away, and perhaps written.
        writing: usize,
        /// The places of those that were so already: undo leaves them alone.
        skipped: Vec<usize>,
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
    Refused(OrgError),
    /// The platform refused because other permissions depend on one that was to go: their names or labels.
    Dependents(Vec<String>),
    /// The write was answered, but the org does not show it.
    NotTaken {
        /// What was found instead.
        found: Vec<String>,
    },
    /// No answer came, and nothing can arrive any more: what is there is what was there before.
    Unanswered,
    /// What came does not prove that nothing was written, and a reading does not show it yet.
    Perhaps {
        /// What the platform said; none when no answer came.
        said: Option<OrgError>,
    },
    /// It is taken back, but what was never answered may still arrive.
    Late,
    /// What was never answered has arrived, and is not taken back yet.
    Arrived,
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
                    "It is no longer as the preview said: {}. Nothing more was written.",
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
            Stop::Perhaps { said } => {
                let said = said.as_ref().map_or_else(|| "No answer came.".to_owned(), OrgError::sentence);
                format!(
                    "{said} So it was perhaps written: a reading does not show it yet, and it may still arrive. Check again in a minute, or undo it."
                )
            }
            Stop::Late => {
                "It is as it was before. But a change of which no answer came may still arrive: check again in some minutes.".into()
            }
            Stop::Arrived => {
                "A change of which no answer came has arrived after all. Continue, and it is taken back.".into()
            }
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
    /// What was sent and never settled: the step, and when, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unsettled: Vec<(usize, i64)>,
}

impl From<Executor> for Stored {
    fn from(apply: Executor) -> Stored {
        Stored { plan: apply.plan, progress: apply.progress, unsettled: apply.unsettled }
    }
}

impl TryFrom<Stored> for Executor {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Executor, String> {
        // Steps of which nothing is said would be taken for steps that were not begun.
        if stored.plan.steps.len() != stored.progress.len() {
            return Err("the plan and its progress are of different lengths".to_owned());
        }
        Ok(Executor { unsettled: stored.unsettled, ..Executor::again(stored.plan, stored.progress) })
    }
}

/// What goes on with a machine that was put away, or that stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
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
    plan: Plan,
    progress: Vec<Progress>,
    /// What was sent and never settled: the step, and when, in seconds since 1970.
    unsettled: Vec<(usize, i64)>,
    at: usize,
    phase: Phase,
    tries: usize,
    asked: u32,
    waiting: Option<u32>,
    /// The row found by the last look.
    row: Option<Id>,
    /// What the last look found that the write needs: never put away.
    raw: String,
    /// Of many rows, what the last reading found.
    seen: Vec<records::Seen>,
    /// Whether a part of the step that cannot be told from the rest was written: one of several tokens.
    is_begun: bool,
    mode: Mode,
    /// What the platform said to a write that may have taken place.
    said: Option<OrgError>,
    /// Seconds since 1970, as whoever drives it says.
    now: i64,
    stop: Option<Stop>,
}

impl Executor {
    /// A plan whose preview a person has approved.
    pub fn new(plan: Plan) -> Executor {
        let progress = vec![Progress::Planned; plan.steps.len()];
        let mut apply = Executor {
            plan,
            progress,
            unsettled: vec![],
            at: 0,
            phase: Phase::Rest,
            tries: 0,
            asked: 0,
            waiting: None,
            row: None,
            raw: String::new(),
            seen: vec![],
            is_begun: false,
            mode: Mode::Fresh,
            said: None,
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

    /// A machine that was put away, from its plan and where each step stood: [`Executor::go_on`] goes on with it.
    pub fn again(plan: Plan, mut progress: Vec<Progress>) -> Executor {
        progress.resize(plan.steps.len(), Progress::Planned);
        Executor { progress, phase: Phase::Rest, ..Executor::new(plan) }
    }

    /// The same machine with its plan as a new preview read it.
    #[must_use]
    pub fn with_plan(&self, plan: Plan) -> Executor {
        let unsettled = self.unsettled.clone();
        Executor { unsettled, now: self.now, ..Executor::again(plan, self.progress.clone()) }
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

    /// Goes on with a machine that was put away, or that stopped: whatever was under way is looked at first.
    pub fn go_on(&mut self) {
        self.restart(Mode::Resumed);
    }

    /// Reads again what is open, and writes nothing: what turns out to be done is verified, and what can no longer
    /// arrive was not written.
    pub fn check(&mut self) {
        self.restart(Mode::Check);
    }

    fn restart(&mut self, mode: Mode) {
        self.waiting = None;
        self.stop = None;
        self.said = None;
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
                let (method, path, body) = match &step.place {
                    Place::Rows { .. } => records::read(&step, self.rows_done(), &self.made()),
                    _ => record::read(&step, &self.made()),
                };
                Effect::Send(self.request(method, path, body))
            }
            Phase::Write => {
                let (method, path, body) = match &step.place {
                    Place::Rows { .. } => records::write(&step, &self.part(), &self.made()),
                    _ => record::write(&step, self.row.as_ref(), &self.raw, &self.made()),
                };
                Effect::Send(self.request(method, path, body))
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

    /// It could not be put away: nothing goes out, and what was to be written was not.
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
                let came = if is_many {
                    records::written(&step, &self.part(), answer).map(|()| None)
                } else {
                    record::written(answer)
                };
                self.wrote(came, is_many);
            }
            Phase::Settle { answered } if is_many => self.settled_rows(&step, &response.answer, answered),
            Phase::Settle { answered } => self.settled(&step, &response.answer, answered),
            _ => {}
        }
    }

    /// Whether a write of this step was sent that nobody knows to have taken place or not.
    fn is_unsettled(&self) -> bool {
        self.unsettled.iter().any(|(at, _)| *at == self.at)
    }

    /// Until when a write of the step at place `at` that was never answered may still arrive; none when there is none.
    fn latest(&self, at: usize) -> Option<i64> {
        let sent = self.unsettled.iter().filter(|(own, _)| *own == at).map(|(_, sent)| sent);
        sent.max().map(|sent| sent.saturating_add(LATEST))
    }

    /// The last write of this step is settled: it took place, or did not.
    fn settle(&mut self) {
        if let Some(last) = self.unsettled.iter().rposition(|(at, _)| *at == self.at) {
            self.unsettled.remove(last);
        }
    }

    /// The write did not take place; an earlier one may have.
    fn not_written(&mut self) {
        self.settle();
        if !self.is_unsettled() && !self.is_begun {
            self.set_planned();
        }
    }

    fn set_planned(&mut self) {
        let progress = match self.progress.get(self.at) {
            Some(Progress::Rows { done, of, skipped, .. }) if *done > 0 || !skipped.is_empty() => {
                Progress::Rows { done: *done, of: *of, writing: 0, skipped: skipped.clone() }
            }
            _ => Progress::Planned,
        };
        self.set(progress);
    }

    /// What is to be written goes out once it was put away.
    fn store(&mut self) {
        self.unsettled.push((self.at, self.now));
        self.phase = Phase::Store;
    }

    fn looked(&mut self, step: Step, answer: &Result<Answer, Failure>) {
        let made = self.made();
        let found = match record::found(&step, answer, &made) {
            Ok(found) => found,
            Err(refusal) => return self.again_or(false, false, refusal),
        };
        self.row = found.id.clone();
        self.raw.clone_from(&found.raw);
        let is_there = record::is(&found, step.after.as_ref(), &made);
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
                self.end(Stop::Waits { found: record::differences(&found, step.after.as_ref(), &made) })
            }
            Way::Write => {
                // What an earlier step made could not be read for the preview: it is as it was made.
                if step.before.is_none()
                    && !step.makes
                    && needs_made(&step)
                    && let Some(own) = self.plan.steps.get_mut(self.at)
                {
                    own.before = found.fields.as_deref().map(record::solid);
                }
                let before = self.plan.steps.get(self.at).and_then(|step| step.before.as_ref());
                if !record::is(&found, before, &made) {
                    self.end(Stop::Differs { found: record::differences(&found, before, &made) });
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

    fn wrote(&mut self, came: Result<Option<Id>, record::Unwritten>, is_many: bool) {
        self.mode = Mode::Fresh;
        self.said = None;
        match came {
            Ok(id) => {
                self.settle();
                self.row = id.or(self.row.take());
                self.tries = 0;
                self.phase = Phase::Settle { answered: true };
            }
            // Nobody knows whether it took place: a reading does.
            Err(record::Unwritten::Unknown(said)) => {
                self.said = said;
                self.tries += 1;
                self.phase = Phase::Pause { after: true, answered: false };
            }
            // Some are as they should be: which, a reading tells.
            Err(record::Unwritten::There) if is_many => {
                self.not_written();
                if self.tries < PAUSES.len() {
                    self.tries += 1;
                    self.phase = Phase::Pause { after: false, answered: false };
                } else {
                    self.end(Stop::Refused(OrgError::NotFound));
                }
            }
            Err(record::Unwritten::There) => {
                self.settle();
                self.phase = Phase::Settle { answered: true };
            }
            Err(record::Unwritten::Dependents(names)) => {
                self.not_written();
                self.end(Stop::Dependents(names));
            }
            Err(record::Unwritten::Refused(refusal)) => {
                self.not_written();
                self.again_or(false, false, refusal);
            }
        }
    }

    fn settled(&mut self, step: &Step, answer: &Result<Answer, Failure>, answered: bool) {
        let made = self.made();
        let found = match record::found(step, answer, &made) {
            Ok(found) => found,
            Err(refusal) => return self.again_or(true, answered, refusal),
        };
        if record::is(&found, step.after.as_ref(), &made) {
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
        if answered && record::is_mailed(step, &found) {
            return self.end(Stop::Confirmation);
        }
        let differs =
            if record::is(&found, step.before.as_ref(), &made) { None } else { Some(step.before.as_ref()) };
        let differs = differs.map(|before| record::differences(&found, before, &made));
        // Of several tokens some may be gone.
        let tokens = step.before.iter().flatten().find(|(name, _)| name == TOKENS);
        let is_all = tokens.is_some_and(|(_, count)| *count == Term::Is(Value::from(found.count)));
        self.not_shown(answered, is_tokens && !is_all, differs, || {
            record::differences(&found, step.after.as_ref(), &made)
        });
    }

    /// A reading after a write does not show it: what was written may show a moment later, and what was not answered may
    /// arrive a moment later.
    fn not_shown(
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
        let said = self.said.take();
        self.end(Stop::Perhaps { said });
    }

    /// Tries again after a pause where that can help, a few times; then stops.
    fn again_or(&mut self, after: bool, answered: bool, refusal: OrgError) {
        if record::may_pass(&refusal) && self.tries < PAUSES.len() {
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

    fn is_check(&self) -> bool {
        self.mode == Mode::Check
    }

    /// A part of the step was checked; the rest of it is not begun.
    fn done_checking(&mut self) {
        self.at += 1;
        self.begin();
    }

    /// Whether what this step wrote, or perhaps wrote, is not settled.
    fn is_open(&self) -> bool {
        self.progress.get(self.at).is_some_and(Progress::is_open)
    }

    /// Begins with the step that it has come to, or with the next that is not done, or ends: what stands for a row that
    /// was found is done already.
    fn begin(&mut self) {
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
            } else if !self.progress.is_empty() && self.progress.iter().all(|own| *own == Progress::Untold) {
                let words = "No API tells whether this was done: the check of the finding does.".to_owned();
                self.stop = Some(Stop::ByHand { words, link: self.plan.link.clone() });
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
        if record::is_open(step, &made) {
            return self.end(Stop::Refused(OrgError::NotFound));
        }
        self.phase = Phase::Look;
    }

    fn end(&mut self, stop: Stop) {
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

    /// Whether every step is done and verified.
    pub fn is_done(&self) -> bool {
        self.progress.iter().all(Progress::is_done)
            && self.progress.iter().any(|progress| *progress != Progress::Untold)
    }

    /// Whether something was written, or may have been.
    pub fn has_written(&self) -> bool {
        self.progress.iter().any(Progress::has_written)
    }

    /// Whether something was perhaps written, or may still arrive: a reading will tell.
    pub fn is_unsure(&self) -> bool {
        self.progress.iter().any(Progress::is_open)
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
        // A component that arrives late brings its lists along, and with them rows under new ids: then rows are told by
        // what they say.
        let is_whole = |(step, progress): (&Step, &Progress)| {
            matches!(step.place, Place::Component { .. }) && *progress == Progress::Writing
        };
        let by_key = self.plan.steps.iter().zip(&self.progress).any(is_whole);
        for (at, (step, progress)) in self.plan.steps.iter().zip(&self.progress).enumerate().rev() {
            if step.way == Way::Wait && progress.is_done() {
                waits.push(record::reversed(step, progress.id(), &made)?);
            } else if matches!(step.place, Place::Rows { .. }) {
                steps.extend(records::reversed(step, progress, self.latest(at), &made)?);
            } else if progress.has_written() {
                let late = self.latest(at).filter(|_| *progress == Progress::Writing);
                let id = progress.id().filter(|_| !(by_key && step.makes));
                steps.push(Step { late, ..record::reversed(step, id, &made)? });
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
    pub fn widened(&self, labels: &crate::collect::Labels) -> Option<Plan> {
        let Some(Stop::Dependents(names)) = &self.stop else { return None };
        let mut plan = self.plan.clone();
        let step = plan.steps.get_mut(self.at)?;
        for name in names {
            // The platform names them by label alone: where two permissions have it, nobody knows which one is meant.
            let mut named = labels.iter().filter(|(own, label)| *label == name || *own == name);
            let (Some((own, _)), None) = (named.next(), named.next()) else { return None };
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
        match self {
            Progress::Planned | Progress::Writing | Progress::Late => false,
            Progress::Rows { done, of, .. } => *done == *of,
            Progress::Verified { .. } | Progress::Already { .. } | Progress::Untold => true,
        }
    }

    /// Of many rows, where the one at a place stands by itself.
    #[must_use]
    pub fn of_row(&self, at: usize) -> Progress {
        match self {
            Progress::Rows { skipped, .. } if skipped.contains(&at) => Progress::Already { id: None },
            Progress::Rows { done, .. } if at < *done => Progress::Verified { id: None },
            Progress::Rows { done, writing, .. } if at < done + writing => Progress::Writing,
            Progress::Rows { .. } => Progress::Planned,
            own => own.clone(),
        }
    }

    /// Whether something was written, or may have been.
    fn has_written(&self) -> bool {
        match self {
            Progress::Writing | Progress::Verified { .. } => true,
            Progress::Rows { done, writing, skipped, .. } => *writing > 0 || *done > skipped.len(),
            _ => false,
        }
    }

    /// Whether a reading will tell what became of it.
    fn is_open(&self) -> bool {
        match self {
            Progress::Writing | Progress::Late => true,
            Progress::Rows { writing, .. } => *writing > 0,
            _ => false,
        }
    }

    fn id(&self) -> Option<&Id> {
        match self {
            Progress::Verified { id } | Progress::Already { id } => id.as_ref(),
            Progress::Planned
            | Progress::Writing
            | Progress::Untold
            | Progress::Late
            | Progress::Rows { .. } => None,
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
    /// How many tokens there are.
    count: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Step, fields};

    #[test]
    fn a_label_that_two_permissions_have_widens_nothing() {
        let id = Id::parse("0PS5g00000AbCdE").unwrap();
        let off = fields([("PermissionsViewSetup", Term::flag(false))]);
        let step = Step::update("Off", "PermissionSet", &id, off);
        let mut apply = Executor::new(Plan::new("untick-permission", "Off".into(), vec![step]));
        apply.stop = Some(Stop::Dependents(vec!["Manage Things".into()]));
        let labels = |all: &[(&str, &str)]| -> crate::collect::Labels {
            all.iter().map(|(name, label)| ((*name).to_owned(), (*label).to_owned())).collect()
        };
        let one = labels(&[("ManageThings", "Manage Things"), ("ViewSetup", "View Setup")]);
        let wider = apply.widened(&one).unwrap();
        let names: Vec<&str> = wider.steps[0].after.iter().flatten().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["PermissionsViewSetup", "PermissionsManageThings"]);
        let two = labels(&[("ManageThings", "Manage Things"), ("ManageThingsToo", "Manage Things")]);
        assert_eq!(apply.widened(&two), None);
    }
}
