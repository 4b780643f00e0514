//! A command about a page, from what the browser says to what is drawn: a machine without a browser, told each event and
//! asked for the next step.
//!
//! It lives no longer than one command: the browser may stop the worker at any moment, and what it then no longer knows is
//! read again.

mod drawn;
mod reading;

use super::accept::AcceptController;
use super::checklist::Checklist;
use super::context::Context;
use super::effect::{Effect, Event, Step};
use super::incoming::Incoming;
use super::plan::{PlanController, Then};
use super::recheck::Recheck;
use super::{badge, drawing, form};
use crate::browser::types::Tab;
use crate::session::Session;
use crate::state::plans::{FRESH, Stage};
use crate::state::{self, SharedTab, TabState};
use crate::storage::Found;
use crate::storage::keys::Keys;
use crate::storage::record::{Begin, Stored};
use leastwise_core::collect::Collector;
use leastwise_core::protocol::{Command, Corner, EntryPreview, PushedMessage, Surface};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use std::cell::RefCell;
use std::rc::Rc;

/// Who waits for what came of the last step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Reading,
    Plan,
    Accept,
    Organization,
}

/// A command about a page, its org and session, and what is stored about it.
#[derive(Debug)]
pub(crate) struct PageController {
    command: Command,
    context: Context,
    keys: Keys,
    plan: PlanController,
    recheck: Recheck,
    checklist: Checklist,
    accept: AcceptController,
    /// Whether it is this command that reads the page, not another in the middle of it.
    reads: bool,
    waiting: Waiting,
    /// Whether it could not be read who is signed in.
    is_viewer_unreadable: bool,
    /// Whether it was asked what the org is.
    has_asked_organization: bool,
}

impl PageController {
    /// The controller of a command about the page in its tab, drawn with the style sheet `css`.
    ///
    /// # Errors
    /// What to tell that tab, where it shows no page of ours.
    pub(crate) fn new(incoming: Incoming, css: String) -> Result<Box<PageController>, Vec<Effect>> {
        let Incoming { command, tab, surface, .. } = incoming;
        let Tab { id: Some(tab), url, .. } = tab.unwrap_or_default() else { return Err(vec![]) };
        let Some(page) = Page::from_url(&url) else {
            let effect = match command {
                Command::Check { number, .. } => {
                    state::set_pending(tab, None);
                    let nothing = drawing::nothing(number, &css, Corner::default());
                    vec![
                        Effect::TellPanel(tab, PushedMessage::Drawing(Box::new(nothing))),
                        Effect::SetBadge(tab, badge::none()),
                    ]
                }
                _ => vec![],
            };
            return Err(effect);
        };
        let context = Context::new(surface, tab, page, css);
        Ok(Box::new(PageController {
            command,
            context,
            keys: Keys::default(),
            plan: PlanController::default(),
            recheck: Recheck::default(),
            checklist: Checklist::default(),
            accept: AcceptController::default(),
            reads: false,
            waiting: Waiting::Reading,
            is_viewer_unreadable: false,
            has_asked_organization: false,
        }))
    }

    /// The page that it is about.
    pub(crate) fn page(&self) -> &Page {
        &self.context.page
    }

    /// The session that it is bound to.
    pub(crate) fn session(&self) -> Option<&Session> {
        self.context.session.as_ref()
    }

    /// Binds it to a session, or to none; the keys under which something may be stored about it.
    pub(crate) fn bind(&mut self, session: Option<Session>) -> Vec<String> {
        let hash = session.as_ref().map_or_else(String::new, |session| session.hash.clone());
        self.context.session = session;
        let Context { page, tab, .. } = &self.context;
        self.keys = Keys::new(self.context.org(), page, &hash, *tab);
        self.keys.all()
    }

    /// Whether a plan is asked about: what the company that runs the browser allows has to be known. A page's first drawing
    /// does not wait for that: after a start the browser answers it seconds late.
    pub(crate) const fn needs_policy(&self) -> bool {
        !matches!(
            self.command,
            Command::Check { .. }
                | Command::Retry { .. }
                | Command::Place { .. }
                | Command::Fold { .. }
                | Command::Close { .. }
        )
    }

    /// Whether writes of this command, or the reading of what is open, may be under way.
    pub(crate) fn is_applying(&self) -> bool {
        self.plan.is_applying() || self.recheck.is_active()
    }

    /// Takes what to do.
    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.context.effects)
    }

    /// What was to be stored under these keys could not be: it is said.
    pub(crate) fn not_stored(&mut self, keys: &[String]) {
        if keys.is_empty() {
            return;
        }
        let offers = keys.iter().filter(|key| self.context.stored.is_offer(key)).count();
        if offers > 0 {
            self.plan.withdraw("The browser has no room left to keep this preview, so it can't be approved. Nothing was changed. Restart the browser, then try again.", &mut self.context);
        }
        self.context.stored.is_unsaved |= offers < keys.len();
        self.draw();
    }

    /// Begins, with what was found under the keys. `random` is what nobody can guess.
    pub(crate) fn begin(&mut self, found: &Found, random: String, now: Timestamp) {
        let context = &mut self.context;
        (context.random, context.now) = (random, now);
        context.stored = Stored::new(self.keys.clone(), context.org(), &context.page, found);
        let unreadable = std::mem::take(&mut context.stored.unreadable);
        let warning = |key| format!("Leastwise: what is stored under {key} can't be read.");
        context.effects.extend(unreadable.into_iter().map(|error| Effect::Warn(warning(error.key))));
        let outdated = context.stored.remove_outdated();
        context.store(outdated);

        let shown = state::of_page(context.tab, &context.page);
        let shown_number = shown.as_ref().map(|shown| shown.borrow().number);
        let has_first = shown.as_ref().is_some_and(|shown| shown.borrow().gather.has_first());
        // A new worker still knows which command of its page the preview goes with.
        let offered = context.stored.offer.as_ref().map(|offer| offer.number);
        let own_number = shown_number.or(offered).unwrap_or_default();
        let number = match (&self.command, context.surface) {
            (Command::Check { number, .. }, _) if !context.is_pending(*number) => return,
            (command, Surface::Page) => command.number().unwrap_or_default(),
            _ => own_number,
        };
        match self.command.clone() {
            Command::Check { .. } => {
                context.leave_plan();
                match context.stored.take_begin() {
                    Some((begin, write)) => {
                        context.store([write]);
                        self.begin_entry(begin, number);
                    }
                    None => self.read(number, false),
                }
            }
            Command::Retry { .. } => {
                context.leave_plan();
                if context.stored.is_closed() {
                    // Asked for, it is wanted on the page again.
                    let write = context.stored.set_closed(false);
                    context.store([write]);
                    if shown.is_none() {
                        // A new worker knows no number that the page listens for: the page asks by itself.
                        context.effects.push(Effect::TellPanel(context.tab, PushedMessage::CheckAgain));
                        return;
                    }
                }
                self.read(number, true);
            }
            Command::Place { corner } => {
                let write = context.stored.set_corner(corner);
                context.store([write]);
            }
            Command::Fold { open } => {
                let write = context.stored.set_open(open);
                context.store([write]);
            }
            Command::Close { .. } => {
                // Hidden here, it is folded on the next page too.
                let writes = [context.stored.set_closed(true), context.stored.set_open(false)];
                context.store(writes);
                context.store_name(shown.as_ref());
                if let Some(shown) = shown {
                    shown.borrow_mut().is_hidden = true;
                }
                context.effects.push(form::hide(context.tab));
                context.effects.push(Effect::SetBadge(context.tab, badge::none()));
            }
            Command::Answer { answer, .. } => {
                let write = context.stored.set_admin_answer(answer);
                context.store([write]);
                context.store_name(shown.as_ref());
                // What another command is still reading is shown with this answer: a reading beside it, under the same
                // number, could end later and show the answer before.
                let is_known = own_number == number && (has_first || context.is_pending(number));
                match shown.filter(|_| is_known) {
                    Some(shown) => {
                        shown.borrow_mut().gather.set_answer(answer);
                        context.tab_state = Some(shown);
                        self.draw();
                    }
                    None => self.read(number, true),
                }
            }
            Command::Accept { .. } | Command::StopAccepting { .. } | Command::Note { .. } => {
                self.accept = AcceptController::new(&self.command);
                // It is judged by what is found: where the worker was stopped meanwhile, the page is read again first.
                match shown.filter(|_| own_number == number && has_first) {
                    Some(shown) => context.tab_state = Some(shown),
                    None => self.read(number, true),
                }
            }
            Command::Front => self.show(shown, number, has_first),
            Command::ShowApproval { .. } => {
                // Lost with the worker: it is drawn from what was stored of it.
                self.context.take_up_offer();
                let context = &mut self.context;
                match context.stage() {
                    Some(Stage::Offered) => context.effects.push(Effect::ShowApproval(context.tab)),
                    _ if shown.is_none() => self.read(number, true),
                    _ => {}
                }
            }
            command @ (Command::Fix { .. }
            | Command::Undo { .. }
            | Command::Continue { .. }
            | Command::Verify { .. }
            | Command::ConfirmStep { .. }
            | Command::Dismiss { .. }
            | Command::Apply { .. }
            | Command::Allow { .. }
            | Command::Forbid { .. }
            | Command::Leave { .. }) => {
                let oldest = now.0 - FRESH;
                context.tab_state = shown
                    .filter(|shown| own_number == number && shown.borrow().gather.facts().now.0 > oldest);
                self.begin_plan(command);
                // What is carried out waits for no reading.
                if self.context.tab_state.is_some() { self.draw() } else { self.read(number, true) }
            }
            // The worker hands these to other handlers.
            Command::Edit { .. }
            | Command::Submitted
            | Command::SaveCheck { .. }
            | Command::ShowField { .. }
            | Command::PutBack { .. }
            | Command::History
            | Command::Export
            | Command::Clear
            | Command::OpenEntry { .. }
            | Command::OpenPanel
            | Command::OpenReview { .. }
            | Command::Options
            | Command::Configure { .. }
            | Command::ForbidOrg { .. }
            | Command::ForgetAnswers { .. }
            | Command::ShowPanels { .. }
            | Command::ExportAccepted { .. }
            | Command::ImportAccepted { .. }
            | Command::ForgetAccepted { .. }
            | Command::Erase
            | Command::Welcome
            | Command::ReloadTabs => {}
        }
    }

    fn begin_plan(&mut self, command: Command) {
        if self.checklist.begin(&command) {
            return;
        }
        match command {
            Command::Verify { .. } if self.context.stage() != Some(Stage::Running) => {
                self.context.leave_plan();
                self.recheck.begin(&self.context);
            }
            Command::Verify { .. } => {}
            command => self.plan.begin(command, &mut self.context),
        }
    }

    /// The tab was opened for a preview: that is what its page shows first.
    fn begin_entry(&mut self, begin: Begin, number: u32) {
        let entry = begin.entry;
        let command = match begin.preview {
            EntryPreview::Undo => Command::Undo { number, entry },
            EntryPreview::Continue => Command::Continue { number, entry },
        };
        self.begin_plan(command);
        self.read(number, true);
        self.context.effects.push(Effect::TellPanel(self.context.tab, PushedMessage::OpenPanel));
    }

    /// A page of the extension shows what its tab has.
    fn show(&mut self, shown: Option<SharedTab>, number: u32, has_first: bool) {
        self.context.take_up_offer();
        let context = &mut self.context;
        match shown.filter(|_| has_first || context.is_pending(number)) {
            Some(shown) => context.tab_state = Some(shown),
            // Nothing waits for approval, and the page's panel may still say so: it is to ask anew.
            None if context.surface == Surface::Approval && context.plan().is_none() => {
                context.effects.push(Effect::TellPanel(context.tab, PushedMessage::CheckAgain));
            }
            // The popup says that the panel is hidden, or off; it brings nothing back by that.
            None if context.surface == Surface::Popup && context.is_off() => {}
            None => self.read(number, true),
        }
    }

    /// Reads what the page needs. A page whose panel was closed is read only when it is `wanted`.
    fn read(&mut self, number: u32, wanted: bool) {
        let context = &mut self.context;
        if context.plan().is_none() {
            context.leave_plan();
        }
        let Stored { viewer, labels, admin_answer, .. } = &context.stored;
        let is_hidden = context.is_silent() || !wanted && context.stored.is_closed();
        let tab_state = Rc::new(RefCell::new(TabState {
            number,
            gather: Collector::new(&context.page, context.now, labels.clone(), *admin_answer)
                .with_checks(context.stored.chosen.checks.clone()),
            viewer: viewer.clone(),
            earlier_viewer: context.stored.earlier_viewer().map(str::to_owned),
            marking: form::marking(context.stored.chosen.settings.markers),
            is_hidden,
            draft: None,
            badge: None,
        }));
        state::keep(context.tab, &tab_state);
        self.reads = true;
        if is_hidden {
            state::set_pending(context.tab, None);
            context.tab_state = None;
            context.effects.push(Effect::SetBadge(context.tab, badge::none()));
            if context.is_silent() {
                // What stood there before goes.
                let nothing = drawing::nothing(number, &context.css, context.stored.corner);
                let nothing = PushedMessage::Drawing(Box::new(nothing));
                context.effects.extend([Effect::TellPanel(context.tab, nothing), form::hide(context.tab)]);
            }
            return;
        }
        context.tab_state = Some(tab_state);
        state::set_pending(context.tab, Some(number));
        self.draw();
    }

    /// Reads the page again where the tab still shows it.
    fn reload(&mut self) {
        let shown = state::of_page(self.context.tab, &self.context.page);
        match shown.map(|shown| shown.borrow().number) {
            Some(number) => self.read(number, true),
            None => self.context.tab_state = None,
        }
    }

    /// The next step: what is carried out comes first, then what is wrong, who is signed in, what is previewed, and what the
    /// org is called, where the popup says so.
    pub(crate) fn next(&mut self) -> Option<Step> {
        self.next_of_page().or_else(|| self.next_organization())
    }

    fn next_of_page(&mut self) -> Option<Step> {
        self.waiting = Waiting::Plan;
        if let Some(step) = self.checklist.next(&self.context).filter(|_| self.context.tab_state.is_some()) {
            return Some(step);
        }
        if self.recheck.is_active()
            && let Some(step) = self.next_recheck()
        {
            return Some(step);
        }
        if self.is_applying()
            && let Some(step) = self.next_plan()
        {
            return Some(step);
        }
        self.context.tab_state.as_ref()?;
        if self.reads {
            if let Some(request) = self.next_request() {
                self.waiting = Waiting::Reading;
                return Some(Step::Send(request));
            }
            state::set_pending(self.context.tab, None);
            if self.recheck.begin(&self.context)
                && let Some(step) = self.next_recheck()
            {
                return Some(step);
            }
        }
        if let Some(step) = self.next_accept() {
            return Some(step);
        }
        self.next_plan()
    }

    fn next_accept(&mut self) -> Option<Step> {
        let (step, is_over) = self.accept.next(&mut self.context);
        if is_over {
            self.draw();
        }
        self.waiting = if step.is_some() { Waiting::Accept } else { Waiting::Plan };
        step
    }

    fn next_recheck(&mut self) -> Option<Step> {
        let step = self.recheck.next(&mut self.context);
        // Where that is all that was to be done, the page is read again, for it may have changed.
        if step.is_none() && self.plan.is_idle() {
            self.reload();
        }
        step
    }

    fn next_plan(&mut self) -> Option<Step> {
        let (step, then) = self.plan.next(&mut self.context);
        self.follow(then);
        step
    }

    fn follow(&mut self, then: Then) {
        match then {
            Then::Nothing => {}
            Then::Draw => self.draw(),
            Then::Reload => self.reload(),
            Then::RecheckOthers(id) => self.recheck.begin_but(&id, &self.context),
        }
    }

    /// Takes what came of a step.
    pub(crate) fn handle(&mut self, event: Event, now: Timestamp) {
        self.context.now = now;
        match (self.waiting, event) {
            (Waiting::Reading, Event::Response(response)) => self.handle_response(response),
            (Waiting::Organization, Event::Response(response)) => self.handle_organization(&response),
            (Waiting::Accept, event) => self.accept.handle(event, &mut self.context),
            (_, event) if self.checklist.is_active() => {
                self.checklist.handle(event, &mut self.context);
                if !self.checklist.is_active() {
                    self.draw();
                }
            }
            (_, event) if self.recheck.is_active() => self.recheck.handle(event, &mut self.context),
            (_, event) => {
                let then = self.plan.handle(event, &mut self.context);
                self.follow(then);
            }
        }
    }
}
