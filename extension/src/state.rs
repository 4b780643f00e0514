//! What the worker keeps in memory about each tab. All of it is lost when the browser stops the worker, and read again when
//! somebody asks.

pub(crate) mod forms;
pub(crate) mod plans;

use crate::controller::badge::Badge;
use leastwise_core::collect::Collector;
use leastwise_core::form::Marking;
use leastwise_core::report::Viewer;
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::waivers::Fault;
use std::cell::RefCell;
use std::rc::Rc;

/// Tabs whose report is kept.
const TABS: usize = 20;

/// What is known of the page in a tab: enough to draw it again without asking the org.
#[derive(Debug)]
pub(crate) struct TabState {
    /// The command of the page that its panel answers.
    pub(crate) number: u32,
    /// What was read.
    pub(crate) gather: Collector,
    /// Who was signed in.
    pub(crate) viewer: Option<Viewer>,
    /// Who was signed in before, in this org and since the browser started, when that was somebody else.
    pub(crate) earlier_viewer: Option<String>,
    /// Which of its forms have markers.
    pub(crate) marking: Marking,
    /// Whether the panel is hidden, and the markers with it.
    pub(crate) is_hidden: bool,
    /// What was entered to accept a finding, or to note something, and was not taken.
    pub(crate) draft: Option<Draft>,
    /// What the toolbar's button was last told.
    pub(crate) badge: Option<Badge>,
}

/// What was entered in a form of the panel and not taken, with what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Draft {
    /// The rule whose findings were to be accepted; empty for a note.
    pub(crate) rule: String,
    /// What was entered, by the name of its control.
    pub(crate) fields: Vec<(String, String)>,
    /// What is wrong with it.
    pub(crate) faults: Vec<Fault>,
    /// Why it could not be stored, in a sentence; empty where that was not tried.
    pub(crate) trouble: String,
}

/// What a reading and the commands in the middle of it share; never borrowed over a wait.
pub(crate) type SharedTab = Rc<RefCell<TabState>>;

thread_local! {
    /// The page of each tab.
    static TAB_STATES: RefCell<Vec<(i32, SharedTab)>> = const { RefCell::new(vec![]) };
    /// The number of the command that each tab waits for.
    static PENDING: RefCell<Vec<(i32, u32)>> = const { RefCell::new(vec![]) };
}

/// What is known of the page in a tab.
fn of_tab(tab: i32) -> Option<SharedTab> {
    TAB_STATES.with_borrow(|all| all.iter().find(|(own, _)| *own == tab).map(|(_, state)| state.clone()))
}

/// What is known of the page in a tab, when it is this page.
pub(crate) fn of_page(tab: i32, page: &Page) -> Option<SharedTab> {
    of_tab(tab).filter(|state| state.borrow().gather.page() == page)
}

/// Keeps what is known of the page in a tab.
pub(crate) fn keep(tab: i32, state: &SharedTab) {
    TAB_STATES.with_borrow_mut(|all| {
        all.retain(|(other, _)| *other != tab);
        all.push((tab, state.clone()));
        all.drain(..all.len().saturating_sub(TABS));
    });
}

/// Does something with what is known of the page in a tab, for a form there; none where the panel is hidden.
pub(crate) fn with_tab<T>(tab: i32, then: impl FnOnce(&mut TabState) -> Option<T>) -> Option<T> {
    let state = of_tab(tab)?;
    let mut state = state.borrow_mut();
    if state.is_hidden { None } else { then(&mut state) }
}

/// Whether the page of a tab is being read, or not wanted.
pub(crate) fn is_settled(tab: i32) -> bool {
    PENDING.with_borrow(|all| all.iter().any(|(own, _)| *own == tab))
        || of_tab(tab).is_some_and(|state| state.borrow().is_hidden)
}

/// Whether anything is known of the page in a tab.
pub(crate) fn is_known(tab: i32) -> bool {
    of_tab(tab).is_some()
}

/// From now on a tab waits for the answer to the command `number`, or for none.
pub(crate) fn set_pending(tab: i32, number: Option<u32>) {
    PENDING.with_borrow_mut(|all| {
        all.retain(|(other, _)| *other != tab);
        all.extend(number.map(|number| (tab, number)));
    });
}

/// Whether a tab waits for the answer to the command `number`: otherwise its page has moved on.
pub(crate) fn is_pending(tab: i32, number: u32) -> bool {
    PENDING.with_borrow(|all| all.contains(&(tab, number)))
}

/// The worker is stopped, and another one starts: nothing is known.
#[cfg(test)]
pub(crate) fn restart() {
    TAB_STATES.with_borrow_mut(Vec::clear);
    plans::restart();
    forms::restart();
}
