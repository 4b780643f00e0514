//! From a click on a fix to what was done: preview, approval, one write at a time, and what the journal keeps of it.
//!
//! What is written was shown by a preview and approved by a person, in a page of the extension and by the token that only that
//! preview's markup there held; and the journal is on disk before.

use super::context::Context;
use super::effect::{Effect, Event, Step};
use super::organization;
use super::previewed::{compare_with_journal, is_as_previewed};
use super::resolve::{self, inputs};
use crate::state::plans::{self, FRESH, PlanState, SharedPlan, Stage};
use crate::storage::record::ReadOnly;
use leastwise_core::execute::{self, Executor, Preview, Stop};
use leastwise_core::journal::{Intent, Offer, State};
use leastwise_core::plan::Plan;
use leastwise_core::protocol::{Command, Surface, WIDER};
use leastwise_core::salesforce::http::Response;

const JOURNAL_UNREAD: &str = "Leastwise couldn't read earlier changes from this browser, so it stopped. Nothing more was changed. Try again.";
const JOURNAL_UNSAVED: &str = "Leastwise couldn't save its undo record, so it stopped. Nothing more was changed. Make room: export the history and clear it, then continue.";

/// Where a command about a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    /// There is none, or it is over.
    #[default]
    Idle,
    /// The plan has to be found in what was read.
    Resolve,
    /// What it would change is read.
    Preview,
    /// Waits until nobody else writes to this org.
    Lock,
    /// The journal is read again.
    ReadJournal,
    /// It is carried out.
    Apply,
}

/// What the panel has to do after a step or an event of a plan.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing.
    Nothing,
    /// Draw what is known.
    Draw,
    /// Read the page again: nothing more is written.
    Reload,
    /// Read what other entries than this one left open.
    RecheckOthers(String),
}

/// A command about a plan.
#[derive(Debug, Default)]
pub(crate) struct PlanController {
    phase: Phase,
    preview: Option<Preview>,
    /// What stood in the form controls.
    fields: Vec<(String, String)>,
    /// A plan that is asked for with what depends on it.
    wider: Option<Plan>,
}

impl PlanController {
    /// Whether there is nothing to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.phase == Phase::Idle
    }

    /// Whether writes may be under way.
    pub(crate) fn is_applying(&self) -> bool {
        matches!(self.phase, Phase::Lock | Phase::ReadJournal | Phase::Apply)
    }

    /// Goes no further.
    pub(crate) fn stop(&mut self) {
        self.phase = Phase::Idle;
    }

    /// Begins with a command about a plan; what it needs of the page may have to be read first.
    pub(crate) fn begin(&mut self, command: Command, context: &mut Context) {
        // What an approval takes up is gone then, whatever comes of it: said again it approves nothing.
        let offer = match &command {
            Command::Apply { token, .. } | Command::Allow { token, .. } => take_offer(token, context),
            _ => None,
        };
        if context.stage() == Some(Stage::Running) {
            return;
        }
        match command {
            Command::Fix { plan, fields, .. } => {
                let intent = match &*plan {
                    WIDER => Intent::FixWider,
                    "" => Intent::Fix(fields.iter().map(|(name, _)| name.clone()).collect()),
                    keys => Intent::Fix(keys.split(',').map(str::to_owned).collect()),
                };
                if intent == Intent::FixWider {
                    self.wider = context.plan().and_then(|plan| plan.borrow_mut().wider.take());
                }
                self.preview(intent, fields, vec![], context);
            }
            Command::Undo { entry, .. } => self.preview(Intent::Undo(entry), vec![], vec![], context),
            Command::Continue { entry, .. } => self.preview(Intent::Continue(entry), vec![], vec![], context),
            Command::Apply { fields, .. } => match offer {
                Some(offer) => self.approve(offer, fields, context),
                None => self.approve_nothing(context),
            },
            Command::Allow { until, .. } => match offer {
                Some(offer) => {
                    let write = context.stored.allow(until, &offer.entry.username, context.now);
                    context.store([write]);
                    self.preview(offer.intent, offer.fields, vec![], context);
                }
                None => self.approve_nothing(context),
            },
            Command::Forbid { .. } => {
                context.leave_plan();
                let writes = context.stored.forbid();
                context.store(writes);
            }
            _ => context.leave_plan(),
        }
    }

    /// Carries out what was previewed, or previews it again where something is in the way: a person looks at it once more
    /// before anything is written.
    fn approve(&mut self, offer: Offer, fields: Vec<(String, String)>, context: &mut Context) {
        let is_same_session = context.session.as_ref().is_some_and(|session| session.hash == offer.session);
        let plan = offer.entry.apply.plan();
        let obstacle = if !is_same_session {
            "You logged in again since this preview, so it was refreshed. Check it and apply."
        } else if context.now.0 - offer.at > FRESH {
            "This preview was more than 5 minutes old, so it was refreshed. Check it and apply."
        } else if !is_as_previewed(&fields, &offer.fields) {
            "Preview updated with your entries. Check it and apply."
        } else if plan.unset().is_some() {
            "Fill in the marked fields first."
        } else if context.stored.read_only().is_some() && !plan.is_guided() {
            "Changes aren't allowed in this org."
        } else {
            let running = context.start_plan(offer.intent, Stage::Running);
            running.borrow_mut().entry = Some(offer.entry);
            self.phase = Phase::Lock;
            return;
        };
        context.tab_state = None;
        self.preview(offer.intent, fields, vec![obstacle.to_owned()], context);
    }

    /// There is no preview with the token of an approval.
    fn approve_nothing(&mut self, context: &mut Context) {
        // What ended is not said anew by a second click.
        if context.stored.is_offer_unread {
            self.withdraw(
                "The browser couldn't read this preview back, so nothing was changed. Try again.",
                context,
            );
        } else if context.stage() == Some(Stage::Offered) && context.stored.offer.is_none() {
            self.withdraw("This preview is no longer valid, so nothing was changed. Open it again.", context);
        }
    }

    /// The preview that is shown approves nothing any more.
    pub(crate) fn withdraw(&mut self, why: &str, context: &mut Context) {
        self.phase = Phase::Idle;
        let shown = context.plan().map(|plan| plan.borrow().intent.clone());
        let refused = context.start_plan(shown.unwrap_or(Intent::Fix(vec![])), Stage::Refused);
        refused.borrow_mut().notes.push(why.to_owned());
    }

    fn preview(
        &mut self,
        intent: Intent,
        fields: Vec<(String, String)>,
        notes: Vec<String>,
        context: &mut Context,
    ) {
        context.leave_plan();
        context.start_plan(intent, Stage::Reading).borrow_mut().notes = notes;
        self.fields = fields;
        self.phase = Phase::Resolve;
    }

    /// The next step, and what the panel has to do.
    pub(crate) fn next(&mut self, context: &mut Context) -> (Option<Step>, Then) {
        let Some(plan) = context.plan() else { return (None, Then::Nothing) };
        match self.phase {
            Phase::Idle => (None, Then::Nothing),
            Phase::Resolve => {
                if let Err(why) = self.resolve(&plan, context) {
                    return (None, self.refuse(&plan, why));
                }
                match &context.stored.organization {
                    Some(_) => self.next_of_preview(&plan, context),
                    None => (Some(Step::Send(organization::request())), Then::Nothing),
                }
            }
            Phase::Preview => self.next_of_preview(&plan, context),
            Phase::Lock => (self.lock(context), Then::Nothing),
            Phase::ReadJournal => (Some(Step::Read(context.stored.journal_key())), Then::Nothing),
            Phase::Apply => self.next_of_apply(&plan, context),
        }
    }

    /// Finds the plan, and begins to read what it would change.
    fn resolve(&mut self, plan: &SharedPlan, context: &Context) -> Result<(), String> {
        self.phase = Phase::Preview;
        let mut state = plan.borrow_mut();
        let mut entry = resolve::entry(context, &state.intent, self.wider.as_ref())?;
        resolve::enter(&mut state, &mut entry, &std::mem::take(&mut self.fields));
        self.preview = Some(match state.intent {
            Intent::Continue(_) => Preview::of_rest(&entry.apply),
            _ => Preview::new(entry.apply.plan().clone()),
        });
        state.entry = Some(entry);
        Ok(())
    }

    fn next_of_preview(&mut self, plan: &SharedPlan, context: &mut Context) -> (Option<Step>, Then) {
        match self.preview.as_mut().and_then(Preview::next) {
            Some(request) => (Some(Step::Send(request)), Then::Nothing),
            None => {
                let then = self.offer(plan, context);
                // A checklist goes on at once.
                (self.lock(context), then)
            }
        }
    }

    /// Waits for the lock, where that comes next.
    fn lock(&mut self, context: &Context) -> Option<Step> {
        let is_next = self.phase == Phase::Lock;
        is_next.then(|| {
            self.phase = Phase::ReadJournal;
            Step::Lock(context.write_lock())
        })
    }

    fn next_of_apply(&mut self, plan: &SharedPlan, context: &mut Context) -> (Option<Step>, Then) {
        let mut state = plan.borrow_mut();
        let Some(entry) = state.entry.as_mut() else { return (None, Then::Nothing) };
        entry.apply.set_now(context.now.0);
        let step = match entry.apply.next() {
            execute::Effect::Send(request) => Step::Send(request),
            execute::Effect::Wait(milliseconds) => {
                state.pause = milliseconds;
                return (Some(Step::Wait(milliseconds)), Then::Draw);
            }
            // Another tab, or another worker, may have written there since.
            execute::Effect::Persist if !context.stored.is_journal_fresh => {
                Step::Read(context.stored.journal_key())
            }
            execute::Effect::Persist => Step::Store(context.stored.put_entry(entry)),
            execute::Effect::Idle => {
                drop(state);
                return (None, self.end(plan, context));
            }
        };
        (Some(step), Then::Nothing)
    }

    /// Takes what came of a step; what the panel has to do.
    pub(crate) fn handle(&mut self, event: Event, context: &mut Context) -> Then {
        let Some(plan) = context.plan() else { return Then::Nothing };
        if let Event::Read(Some(local)) = &event {
            context.stored.set_journal(local);
        }
        match (self.phase, event) {
            (Phase::Preview, Event::Response(response)) => {
                self.handle_preview(&response, context);
                Then::Nothing
            }
            (Phase::ReadJournal, Event::Read(Some(_))) => self.take_up(&plan, context),
            // What cannot be read is not empty: written now, it would be lost.
            (Phase::ReadJournal, Event::Read(None)) => {
                plan.borrow_mut().notes.push(JOURNAL_UNREAD.to_owned());
                self.end(&plan, context)
            }
            (Phase::Apply, Event::Read(Some(_))) => {
                plan.borrow_mut().pause = 0;
                Then::Nothing
            }
            (Phase::Apply, event) => self.handle_apply(event, &plan, context),
            _ => Then::Nothing,
        }
    }

    fn handle_preview(&mut self, response: &Response, context: &mut Context) {
        if response.id == organization::ORGANIZATION {
            let writes = organization::read(response)
                .map(|organization| context.stored.set_organization(organization));
            context.store(writes.into_iter().flatten());
        } else if let Some(preview) = &mut self.preview {
            preview.feed(response);
        }
    }

    fn handle_apply(&mut self, event: Event, plan: &SharedPlan, context: &mut Context) -> Then {
        let mut state = plan.borrow_mut();
        state.pause = 0;
        let PlanState { entry: Some(entry), notes, .. } = &mut *state else { return Then::Nothing };
        let mut is_stopped = false;
        match event {
            Event::Response(response) => entry.apply.feed(&response),
            Event::SessionChanged => entry.apply.leave(),
            Event::Stored(true) => entry.apply.stored(),
            Event::Stored(false) => {
                entry.apply.not_stored();
                context.stored.journal.put(entry);
                notes.push(JOURNAL_UNSAVED.to_owned());
                is_stopped = true;
            }
            Event::Done => entry.apply.paused(),
            Event::Read(_) => {
                notes.push(JOURNAL_UNREAD.to_owned());
                is_stopped = true;
            }
        }
        entry.stop = entry.apply.stop().map(Stop::sentence).unwrap_or_default();
        drop(state);
        if is_stopped { self.end(plan, context) } else { Then::Draw }
    }

    fn refuse(&mut self, plan: &SharedPlan, why: String) -> Then {
        self.phase = Phase::Idle;
        let mut state = plan.borrow_mut();
        state.stage = Stage::Refused;
        state.notes.push(why);
        Then::Draw
    }

    /// Shows what was read, with the token that approves it.
    fn offer(&mut self, plan: &SharedPlan, context: &mut Context) -> Then {
        self.phase = Phase::Idle;
        let Some(preview) = self.preview.take() else { return Then::Nothing };
        let read = match preview.plan() {
            Ok(plan) => plan.clone(),
            Err(refusal) => {
                return self.refuse(plan, format!("{} {}", refusal.sentence(), refusal.advice()));
            }
        };
        let mut state = plan.borrow_mut();
        let PlanState { entry: Some(entry), notes, intent, token, stage, entered, .. } = &mut *state else {
            return Then::Nothing;
        };
        let is_rest = matches!(intent, Intent::Continue(_));
        let mut plan = if is_rest { entry.apply.rest_of(read) } else { read };
        if !entry.undoes.is_empty() {
            notes.extend(compare_with_journal(&mut plan, entry));
        }
        entry.apply = entry.apply.with_plan(plan);
        *stage = Stage::Offered;
        if !entered.is_empty() {
            // What was entered has to be put right first: there is nothing to approve.
            return Then::Draw;
        }
        if entry.apply.plan().is_guided() {
            // What people do writes nothing to the org: there is nothing to approve.
            *stage = Stage::Running;
            self.phase = Phase::Lock;
            return Then::Draw;
        }
        token.clone_from(&context.random);
        let offer = Offer {
            token: token.clone(),
            at: context.now.0,
            session: context.session.as_ref().map(|session| session.hash.clone()).unwrap_or_default(),
            number: context.tab_state.as_ref().map(|state| state.borrow().number).unwrap_or_default(),
            intent: intent.clone(),
            fields: inputs(entry.apply.plan()),
            entry: entry.clone(),
        };
        let write = context.stored.set_offer(Some(offer));
        context.store([write]);
        // What runs in a page may be somebody else's: what it asked for is approved outside it.
        if matches!(context.surface, Surface::Page | Surface::Popup)
            && matches!(context.stored.read_only(), None | Some(ReadOnly::Production))
        {
            context.effects.push(Effect::ShowApproval(context.tab));
        }
        Then::Draw
    }

    /// Takes up what was approved, as the journal has it now: another tab may have been faster.
    fn take_up(&mut self, plan: &SharedPlan, context: &mut Context) -> Then {
        self.phase = Phase::Apply;
        let mut state = plan.borrow_mut();
        let PlanState { entry: Some(entry), notes, .. } = &mut *state else {
            return Then::RecheckOthers(String::new());
        };
        let journal = &context.stored.journal;
        let approved = entry.apply.plan().clone();
        entry.apply = match journal.find(&entry.id) {
            Some(begun) => {
                let mut apply = begun.apply.with_plan(approved);
                apply.set_now(context.now.0);
                apply.resume();
                apply
            }
            None => Executor::new(approved),
        };
        entry.at = context.now.0;
        let id = entry.id.clone();
        if journal.find(&entry.undoes).is_some_and(|undone| journal.state(undone) == State::Undone) {
            notes.push("Already undone.".to_owned());
            drop(state);
            return self.end(plan, context);
        }
        Then::RecheckOthers(id)
    }

    /// Nothing more is written: what the page shows is read again.
    fn end(&mut self, plan: &SharedPlan, context: &Context) -> Then {
        self.phase = Phase::Idle;
        let mut state = plan.borrow_mut();
        state.stage = Stage::Ended;
        let tab_state = context.tab_state.as_ref().map(|state| state.borrow());
        let labels = tab_state.as_ref().map(|state| state.gather.labels());
        state.wider =
            state.entry.as_ref().zip(labels).and_then(|(entry, labels)| entry.apply.widened(labels));
        Then::Reload
    }
}

/// Takes the stored preview that a token approves away; none when there is no such one, or it is of another org or record
/// than the tab's page.
fn take_offer(token: &str, context: &mut Context) -> Option<Offer> {
    let offer = context.stored.offer.take_if(|offer| offer.token == token)?;
    plans::spend(&offer.token);
    let write = context.stored.set_offer(None);
    context.store([write]);
    Some(offer).filter(|offer| context.is_ours(&offer.entry))
}
