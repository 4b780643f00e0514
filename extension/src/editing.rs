//! Forms that are being edited, a frame each: what is said beside their boxes, and in the panel of their tab.
//!
//! It never asks the org anything: the reading of the tab's page does, and what it read is used for every change. A form
//! that a new worker knows nothing of is asked for anew, and so is the reading.

use crate::reading::{self, Asked, Effect};
use crate::storage::{Area, form_key};
use crate::view::{self, names};
use leastwise_core::collect::Collector;
use leastwise_core::form::{Edit, Expected, Form, State};
use leastwise_core::protocol::Ask;
use leastwise_core::salesforce::json::{Value, quoted};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::text::joined;
use std::cell::RefCell;
use std::rc::Rc;

/// What a form would change; drawn while it is not being weighed.
pub(crate) type Shared = Rc<RefCell<Edit>>;

/// Forms that are kept; beyond, the oldest is forgotten, and asked for when something is entered there.
const FORMS: usize = 20;

/// A form of a tab.
#[derive(Debug)]
struct Open {
    tab: i32,
    frame: i32,
    /// Which description of the form it is.
    number: u32,
    page: Page,
    form: Form,
    state: State,
    /// Places of the markers that are open.
    open: Vec<usize>,
    /// What it would change, once facts are there.
    edit: Option<Shared>,
    /// The markers that the frame was told last (JSON).
    markers: String,
    /// What a save is expected to leave, as it was put away last.
    expected: String,
    /// Whether the tab's top frame was asked to have its page read.
    called: bool,
}

thread_local! {
    static OPEN: RefCell<Vec<Open>> = const { RefCell::new(vec![]) };
}

/// Reads an ask about a form: `form` is `[boxes, fields, object]`, a line each, `open` the places with spaces between.
pub(crate) fn ask(message: &Value, number: u32) -> Option<Ask> {
    let text = |key: &str| message.get(key).and_then(Value::as_str);
    let lines = |text: &str| text.split_terminator('\n').map(str::to_owned).collect();
    let form = message.get("form").and_then(Value::as_array).map(|parts| {
        let part = |at: usize| parts.get(at).and_then(Value::as_str).unwrap_or_default();
        Form { boxes: lines(part(0)), fields: lines(part(1)), object: part(2).to_owned() }
    });
    let state = State { on: text("on")?.to_owned(), values: lines(text("values")?) };
    let open = text("open").unwrap_or_default().split(' ').filter_map(|at| at.parse().ok()).collect();
    Some(Ask::Edit { number, form, state, open })
}

/// Answers an ask about a form (JSON), and says what else is to be done; `None` for any other ask.
pub(crate) fn answer(asked: &mut Asked) -> Option<(String, Vec<Effect>)> {
    let ask = asked.take_edit()?;
    Some(
        asked.form_page().and_then(|(tab, page)| answered(ask, tab, asked.frame(), page)).unwrap_or_default(),
    )
}

fn answered(ask: Ask, tab: i32, frame: i32, page: Page) -> Option<(String, Vec<Effect>)> {
    if ask == Ask::Submitted {
        // What a copy is saved as is another record.
        let is_copy = page.section.as_deref() == Some(Page::CLONE);
        let saved = Effect::Write(Area::Session, form_key("saved:", tab, &page), Some("true".to_owned()));
        return Some(("null".to_owned(), if is_copy { vec![] } else { vec![saved] }));
    }
    let Ask::Edit { number, form, state, open } = ask else { return None };
    let shown = reading::number_of(tab);
    let mut effects = vec![];
    let check = || Effect::Tell(tab, reading::CHECK.to_owned());
    let is_new = form.is_some();
    if is_new {
        // The save before, if there was one, was refused, or is another's.
        effects.push(Effect::Write(Area::Session, form_key("saved:", tab, &page), None));
    }
    OPEN.with_borrow_mut(|all| {
        let at = all.iter().position(|own| (own.tab, own.frame, own.number) == (tab, frame, number));
        if let Some(form) = form {
            all.retain(|own| (own.tab, own.frame) != (tab, frame));
            let (edit, markers, called, expected) = (None, String::new(), false, String::new());
            all.push(Open { tab, frame, number, page, form, state, open, edit, markers, expected, called });
            let from = all.len().saturating_sub(FORMS);
            all.drain(..from);
        } else if let Some(own) = at.and_then(|at| all.get_mut(at)) {
            own.state = state;
            own.open = open;
        } else {
            // A new worker: what was read of the page is lost too.
            if shown.is_none() && !reading::is_settled(tab) {
                effects.push(check());
            }
            return Some((r#"{"again":true}"#.to_owned(), effects));
        }
        let own = all.iter_mut().find(|own| (own.tab, own.frame) == (tab, frame))?;
        let json = reading::with_gather(tab, |gather| {
            if own.edit.is_none() {
                own.read(gather)?;
            }
            own.take(gather);
            let edit = own.edit.clone()?;
            let parts = |number| Effect::Tell(tab, view::edit_parts(number, &edit.borrow()));
            effects.extend(shown.map(parts));
            // At each change, not at the save: the worker may be stopped in between.
            let expected = edit.borrow_mut().expected(gather.lend().0).text();
            if expected != own.expected {
                own.expected.clone_from(&expected);
                effects.push(Effect::Write(
                    Area::Session,
                    form_key("expected:", tab, &own.page),
                    Some(expected),
                ));
            }
            Some(own.json(gather))
        });
        // A page that was just opened asks by itself: only one that is still not read a second later is asked to.
        if json.is_none() && !is_new && !own.called && !reading::is_settled(tab) {
            own.called = true;
            effects.push(check());
        }
        let waiting = || ["{\"number\":", &own.number.to_string(), "}"].concat();
        Some((json.unwrap_or_else(waiting), effects))
    })
}

/// Facts of the page in a tab came: forms there are weighed anew, and their frames told.
pub(crate) fn refresh(tab: i32, gather: &mut Collector) -> Vec<Effect> {
    OPEN.with_borrow_mut(|all| {
        all.iter_mut()
            .filter(|own| own.tab == tab)
            .filter_map(|own| {
                own.read(gather)?;
                own.edit.as_ref()?;
                own.take(gather);
                Some(Effect::TellFrame(tab, own.frame, own.json(gather)))
            })
            .collect()
    })
}

/// The panel of a tab was hidden: its markers are too, also those that a worker before this one had drawn.
pub(crate) fn hide(tab: i32) -> Effect {
    OPEN.with_borrow_mut(|all| all.retain(|own| own.tab != tab));
    Effect::TellFrames(tab, r#"{"over":true}"#)
}

/// What the form of a tab's page would change.
pub(crate) fn of(tab: i32, page: &Page) -> Option<Shared> {
    OPEN.with_borrow(|all| {
        let own = all.iter().rfind(|own| own.tab == tab && own.is_of(page) && page.editing)?;
        own.edit.clone()
    })
}

/// After a save: how many things were changed, and how what the org says differs from what was expected.
pub(crate) fn saved(expected: Option<&Expected>, gather: &Collector) -> Option<(usize, Vec<String>)> {
    let page = gather.page();
    let expected = expected.filter(|_| !page.editing && gather.is_complete())?;
    Some((expected.changed(), expected.compare(gather.facts(), page.kind, gather.labels())?))
}

impl Open {
    fn is_of(&self, page: &Page) -> bool {
        (&self.page.api_host, &self.page.id) == (&page.api_host, &page.id)
    }

    /// Weighs the form by what was read; `None` when that is about another record.
    fn read(&mut self, gather: &mut Collector) -> Option<()> {
        if !self.is_of(gather.page()) {
            return None;
        }
        if gather.has_first() {
            let (facts, labels) = gather.lend();
            let edit = Edit::new(&self.page, facts, labels, self.form.clone());
            self.edit = Some(Rc::new(RefCell::new(edit)));
            self.markers.clear();
        }
        Some(())
    }

    fn take(&mut self, gather: &mut Collector) {
        if let Some(edit) = &self.edit {
            let (facts, labels) = gather.lend();
            edit.borrow_mut().take(self.state.clone(), facts, labels);
        }
    }

    /// What the frame is to draw. Markers are named when they are others than before.
    fn json(&mut self, gather: &Collector) -> String {
        let number = self.number.to_string();
        let Some(edit) = &self.edit else { return ["{\"number\":", &number, "}"].concat() };
        let edit = edit.borrow();
        let each = edit.markers().iter().map(|marker| {
            let severity = quoted(marker.severity.word());
            ["[", &marker.at.to_string(), ",", &severity, ",", &quoted(&names::plain(&marker.words)), "]"]
                .concat()
        });
        let markers = ["[", &joined(&each.collect::<Vec<_>>(), ","), "]"].concat();
        let is_new = markers != self.markers;
        let details = self.open.iter().map(|at| {
            let words = edit.markers().iter().find(|marker| marker.at == *at).map_or("", |own| &own.words);
            let html = view::marker(&edit.detail(*at, gather.facts()), words).0;
            [&*quoted(&at.to_string()), ":", &quoted(&names::screen(&html))].concat()
        });
        let details = joined(&details.collect::<Vec<_>>(), ",");
        let note = quoted(&names::plain(&edit.note()));
        let told = if is_new { [",\"markers\":", &markers].concat() } else { String::new() };
        let json =
            ["{\"number\":", &number, ",\"note\":", &note, ",\"details\":{", &details, "}", &told, "}"]
                .concat();
        drop(edit);
        if is_new {
            self.markers = markers;
        }
        json
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;
