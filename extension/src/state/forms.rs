//! Forms that are being edited, a frame each, and what each would change.

use leastwise_core::collect::Collector;
use leastwise_core::form::{Edit, Expected, Form, State};
use leastwise_core::protocol::Marker;
use leastwise_core::salesforce::setup_url::Page;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Forms that are kept; beyond, the oldest is forgotten, and described again when something is entered there.
const FORMS: usize = 20;

/// What a form would change; drawn while it is not being judged.
pub(crate) type SharedEdit = Rc<RefCell<Edit>>;

/// A form of a tab.
#[derive(Debug)]
pub(crate) struct OpenForm {
    pub(crate) tab: i32,
    pub(crate) frame: i32,
    /// Which description of the form it is.
    pub(crate) number: u32,
    pub(crate) page: Page,
    form: Form,
    /// Whether it was submitted; and whether the page came back after that: Salesforce saved nothing.
    pub(crate) is_submitted: bool,
    is_refused: bool,
    /// What stands in it.
    pub(crate) state: State,
    /// Places of the markers that are open.
    pub(crate) open: Vec<usize>,
    /// What it would change, once facts are there.
    pub(crate) edit: Option<SharedEdit>,
    /// The markers that the frame was told last.
    pub(crate) markers: Option<Vec<Marker>>,
    /// What a save is expected to leave, as it was stored last.
    pub(crate) expected: Option<Expected>,
    /// Whether the tab's top frame was asked to have its page read.
    pub(crate) has_asked_page: bool,
    /// Whether it was asked to before this description came, by a worker that knew nothing of the form: its check may still
    /// be on its way.
    pub(crate) awaits_check: bool,
}

impl OpenForm {
    /// A form that was just described.
    pub(crate) fn new(tab: i32, frame: i32, number: u32, page: Page, form: Form) -> OpenForm {
        OpenForm {
            tab,
            frame,
            number,
            page,
            form,
            is_submitted: false,
            is_refused: false,
            state: State::default(),
            open: vec![],
            edit: None,
            markers: None,
            expected: None,
            has_asked_page: false,
            awaits_check: take_asked(tab),
        }
    }

    fn is_of(&self, page: &Page) -> bool {
        (&self.page.api_host, &self.page.id) == (&page.api_host, &page.id)
    }

    /// Prepares to judge the form by what was read; `None` when that is about another record.
    pub(crate) fn set_facts(&mut self, gather: &mut Collector) -> Option<()> {
        if !self.is_of(gather.page()) {
            return None;
        }
        if gather.has_first() {
            let (facts, labels) = (gather.facts(), gather.labels());
            let mut edit = Edit::new(&self.page, facts, labels, self.form.clone());
            if self.is_refused {
                edit.set_refused();
            }
            self.edit = Some(Rc::new(RefCell::new(edit)));
            self.markers = None;
        }
        Some(())
    }

    /// Judges what stands in the form.
    pub(crate) fn judge(&mut self, gather: &mut Collector) {
        if let Some(edit) = &self.edit {
            let (facts, labels) = (gather.facts(), gather.labels());
            edit.borrow_mut().take(self.state.clone(), facts, labels);
        }
    }
}

thread_local! {
    static FORMS_OPEN: RefCell<Vec<OpenForm>> = const { RefCell::new(vec![]) };
    /// Tabs whose page was asked to be read again, for a form that nothing was known of.
    static ASKED: RefCell<BTreeSet<i32>> = const { RefCell::new(BTreeSet::new()) };
}

/// A tab's page was asked to be read again, for a form that nothing is known of.
pub(crate) fn set_asked(tab: i32) {
    ASKED.with_borrow_mut(|all| all.insert(tab));
}

fn take_asked(tab: i32) -> bool {
    ASKED.with_borrow_mut(|all| all.remove(&tab))
}

/// Does something with the form of a frame that was described as `number`; `None` when there is none.
pub(crate) fn with<T>(tab: i32, frame: i32, number: u32, then: impl FnOnce(&mut OpenForm) -> T) -> Option<T> {
    FORMS_OPEN.with_borrow_mut(|all| {
        all.iter_mut().find(|own| (own.tab, own.frame, own.number) == (tab, frame, number)).map(then)
    })
}

/// Does something with each form of a tab.
pub(crate) fn of_tab<T>(tab: i32, then: impl FnMut(&mut OpenForm) -> Option<T>) -> Vec<T> {
    FORMS_OPEN.with_borrow_mut(|all| all.iter_mut().filter(|own| own.tab == tab).filter_map(then).collect())
}

/// Keeps a form in place of what its frame had before. One whose page came from itself (`is_again`) after it was submitted
/// was refused.
pub(crate) fn keep(mut form: OpenForm, is_again: bool) {
    FORMS_OPEN.with_borrow_mut(|all| {
        for own in all.iter_mut().filter(|own| own.tab == form.tab && own.is_of(&form.page)) {
            form.is_refused |= std::mem::take(&mut own.is_submitted) && is_again;
        }
        all.retain(|own| (own.tab, own.frame) != (form.tab, form.frame));
        all.push(form);
        all.drain(..all.len().saturating_sub(FORMS));
    });
}

/// Forgets the forms of a tab.
pub(crate) fn remove(tab: i32) {
    FORMS_OPEN.with_borrow_mut(|all| all.retain(|own| own.tab != tab));
}

/// What the form of a tab's page would change.
pub(crate) fn edit_of(tab: i32, page: &Page) -> Option<SharedEdit> {
    FORMS_OPEN.with_borrow(|all| {
        let own = all.iter().rfind(|own| own.tab == tab && own.is_of(page) && page.editing)?;
        own.edit.clone()
    })
}

/// The worker is stopped, and another one starts: no form is known.
#[cfg(test)]
pub(crate) fn restart() {
    FORMS_OPEN.with_borrow_mut(Vec::clear);
    ASKED.with_borrow_mut(BTreeSet::clear);
}
