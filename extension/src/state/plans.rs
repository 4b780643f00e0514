//! What is previewed or carried out in each tab.

use leastwise_core::journal::{Entry, Intent};
use leastwise_core::plan::Plan;
use leastwise_core::salesforce::setup_url::Page;
use std::cell::RefCell;
use std::rc::Rc;

/// A preview older than this, in seconds, is read again before anything is written.
pub(crate) const FRESH: i64 = 300;

/// Tokens that are remembered as spent; beyond, the oldest is forgotten.
const SPENT_TOKENS: usize = 100;

/// A preview, or a plan that is carried out.
#[derive(Debug)]
pub(crate) struct PlanState {
    page: Page,
    /// What was asked for.
    pub(crate) intent: Intent,
    /// How far it is.
    pub(crate) stage: Stage,
    /// What has to be said of it, a sentence each.
    pub(crate) notes: Vec<String>,
    /// What approves it; empty where nothing does.
    pub(crate) token: String,
    /// The plan, once it is known.
    pub(crate) entry: Option<Entry>,
    /// Milliseconds until it is tried again.
    pub(crate) pause: u32,
    /// What was entered and cannot be: it stands in the form still.
    pub(crate) entered: Vec<(String, String)>,
    /// The plan with what the platform said depends on it, where that stopped it.
    pub(crate) wider: Option<Plan>,
}

impl PlanState {
    /// Whether it is what came of an entry of the journal.
    pub(crate) fn is_of(&self, id: &str) -> bool {
        self.stage == Stage::Ended && self.entry.as_ref().is_some_and(|own| own.id == id)
    }
}

/// How far a plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// What is there is read.
    Reading,
    /// There is nothing to preview: the notes say why.
    Refused,
    /// It waits for approval.
    Offered,
    /// It is carried out.
    Running,
    /// It is done, or went no further.
    Ended,
}

impl Stage {
    /// The value of `data-stage`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Stage::Reading => "reading",
            Stage::Refused => "refused",
            Stage::Offered => "offered",
            Stage::Running => "running",
            Stage::Ended => "ended",
        }
    }
}

/// A plan that the steps of its command and the drawings in the middle of it share; never borrowed over a wait.
pub(crate) type SharedPlan = Rc<RefCell<PlanState>>;

thread_local! {
    /// The plan of each tab. Lost with the worker: the preview that waits and the journal are stored.
    static PLANS: RefCell<Vec<(i32, SharedPlan)>> = const { RefCell::new(vec![]) };
    /// The tokens of previews that this worker saw approved or left. Another command may have read one from the browser's
    /// memory just before it was taken away there: it is not shown again.
    static SPENT: RefCell<Vec<String>> = const { RefCell::new(vec![]) };
}

/// What is previewed or carried out on a page.
pub(crate) fn of_page(tab: i32, page: &Page) -> Option<SharedPlan> {
    PLANS.with_borrow(|all| {
        let own = all.iter().find(|(own, plan)| *own == tab && plan.borrow().page == *page);
        own.map(|(_, plan)| plan.clone())
    })
}

/// Begins with another plan on a page.
pub(crate) fn start(tab: i32, page: &Page, intent: Intent, stage: Stage) -> SharedPlan {
    remove(tab, page);
    let plan = PlanState {
        page: page.clone(),
        intent,
        stage,
        notes: vec![],
        token: String::new(),
        entry: None,
        pause: 0,
        entered: vec![],
        wider: None,
    };
    let plan = Rc::new(RefCell::new(plan));
    PLANS.with_borrow_mut(|all| all.push((tab, plan.clone())));
    plan
}

/// Forgets what is previewed on a page.
pub(crate) fn remove(tab: i32, page: &Page) {
    PLANS.with_borrow_mut(|all| all.retain(|(own, plan)| *own != tab || plan.borrow().page != *page));
}

/// The preview with this token approves nothing any more.
pub(crate) fn spend(token: &str) {
    SPENT.with_borrow_mut(|all| {
        all.push(token.to_owned());
        all.drain(..all.len().saturating_sub(SPENT_TOKENS));
    });
}

/// Whether the preview with this token was approved or left.
pub(crate) fn is_spent(token: &str) -> bool {
    SPENT.with_borrow(|all| all.iter().any(|own| own == token))
}

/// The worker is stopped, and another one starts: no plan is known.
#[cfg(test)]
pub(crate) fn restart() {
    PLANS.with_borrow_mut(Vec::clear);
}
