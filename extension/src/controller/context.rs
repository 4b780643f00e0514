//! What the parts of a command about a page share: the page, the session, what is stored, and what was done so far.

use super::effect::Effect;
use crate::session::Session;
use crate::state::plans::{self, FRESH, SharedPlan, Stage};
use crate::state::{self, SharedTab, TabState};
use crate::storage::record::Stored;
use crate::storage::{Write, keys};
use leastwise_core::facts::{Facts, Known};
use leastwise_core::journal::{Entry, Intent};
use leastwise_core::protocol::Surface;
use leastwise_core::report::{Report, Subject};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use leastwise_core::waivers::SubjectId;

/// A command about a page.
#[derive(Debug)]
pub(crate) struct Context {
    /// Where the command comes from.
    pub(crate) surface: Surface,
    /// The tab that shows the page.
    pub(crate) tab: i32,
    pub(crate) page: Page,
    /// The style sheet of what is drawn.
    pub(crate) css: String,
    /// The session that it is bound to; none where nobody is signed in.
    pub(crate) session: Option<Session>,
    pub(crate) stored: Stored,
    /// What is known of the page, and drawn.
    pub(crate) tab_state: Option<SharedTab>,
    /// What is to be done.
    pub(crate) effects: Vec<Effect>,
    pub(crate) now: Timestamp,
    /// A text that nobody can guess.
    pub(crate) random: String,
}

impl Context {
    /// The context of a command before its session and what is stored are known.
    pub(crate) fn new(surface: Surface, tab: i32, page: Page, css: String) -> Context {
        Context {
            surface,
            tab,
            page,
            css,
            session: None,
            stored: Stored::default(),
            tab_state: None,
            effects: vec![],
            now: Timestamp(0),
            random: String::new(),
        }
    }

    /// The org's id; one where nobody is signed in goes by its host's name.
    pub(crate) fn org(&self) -> &str {
        self.session.as_ref().map_or(&*self.page.api_host, |session| session.org_id.as_str())
    }

    /// The lock under which this org is written to.
    pub(crate) fn write_lock(&self) -> String {
        keys::write_lock(self.org())
    }

    /// Has something stored.
    pub(crate) fn store(&mut self, writes: impl IntoIterator<Item = Write>) {
        self.effects.extend(writes.into_iter().map(Effect::Store));
    }

    /// What is previewed or carried out on this page.
    pub(crate) fn plan(&self) -> Option<SharedPlan> {
        plans::of_page(self.tab, &self.page)
    }

    /// How far that is.
    pub(crate) fn stage(&self) -> Option<Stage> {
        Some(self.plan()?.borrow().stage)
    }

    /// Begins with another plan on this page.
    pub(crate) fn start_plan(&self, intent: Intent, stage: Stage) -> SharedPlan {
        plans::start(self.tab, &self.page, intent, stage)
    }

    /// Leaves the preview. What is carried out goes on.
    pub(crate) fn leave_plan(&mut self) {
        if self.stage() == Some(Stage::Running) {
            return;
        }
        plans::remove(self.tab, &self.page);
        if let Some(offer) = &self.stored.offer {
            plans::spend(&offer.token);
            let write = self.stored.set_offer(None);
            self.store([write]);
        }
    }

    /// Shows the preview that waits for approval again, where the worker that made it was stopped.
    pub(crate) fn take_up_offer(&self) {
        let Some(offer) = self.stored.offer.clone().filter(|_| self.plan().is_none()) else { return };
        let is_old = self.now.0 - offer.at > FRESH;
        if plans::is_spent(&offer.token) || !self.is_ours(&offer.entry) || is_old {
            return;
        }
        let plan = self.start_plan(offer.intent, Stage::Offered);
        let mut plan = plan.borrow_mut();
        plan.entry = Some(offer.entry);
        plan.token = offer.token;
    }

    /// Whether an entry is of this page, in the org that the session is of.
    pub(crate) fn is_ours(&self, entry: &Entry) -> bool {
        self.session.as_ref().is_some_and(|session| session.org_id == entry.org)
            && entry.host == self.page.api_host
            && entry.subject == self.page.id
    }

    /// What is known of the page, with what is accepted of it.
    pub(crate) fn report(&self, tab_state: &TabState) -> Report {
        let gather = &tab_state.gather;
        let Some(subject) = self.subject(tab_state) else { return Report::new(gather) };
        let waivers = &self.stored.waivers;
        let facts = Facts { record: Known::Is(waivers.record(&subject)), ..gather.facts().clone() };
        Report::of_facts(gather, &facts).with_waivers(waivers, &subject, self.now)
    }

    /// Whose page it is, as accepted risks and notes name it; none where nobody is signed in.
    pub(crate) fn subject(&self, tab_state: &TabState) -> Option<SubjectId> {
        let session = self.session.as_ref()?;
        Some(SubjectId::of_page(&tab_state.gather, &session.org_id))
    }

    /// Has it stored what the record is called, where that was read.
    pub(crate) fn store_name(&mut self, shown: Option<&SharedTab>) {
        let name = shown.and_then(|shown| {
            let report = Report::new(&shown.borrow().gather);
            let Subject { id, name, .. } = report.subject;
            id.as_ref().is_none_or(|id| *name != *id.as_str()).then_some(name)
        });
        let write = name.map(|name| self.stored.set_name(&name));
        self.store(write);
    }

    /// Whether nothing is shown in this org: findings are off, or the company does not allow Leastwise here.
    pub(crate) fn is_silent(&self) -> bool {
        !self.stored.chosen.settings.findings_on || !self.stored.is_org_allowed()
    }

    /// Whether nothing is shown of this page: its panel is hidden, or nothing is shown in this org.
    pub(crate) fn is_off(&self) -> bool {
        self.stored.is_closed() || self.is_silent()
    }

    /// Whether the org answers nothing.
    pub(crate) fn is_refused(&self) -> bool {
        self.tab_state.as_ref().is_some_and(|state| state.borrow().gather.refusal().is_some())
    }

    /// Whether the tab waits for the answer to the command `number`: otherwise its page has moved on.
    pub(crate) fn is_pending(&self, number: u32) -> bool {
        state::is_pending(self.tab, number)
    }
}
