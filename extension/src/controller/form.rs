//! Forms that are being edited: what is said beside their boxes, and in the panel of their tab.
//!
//! Nothing is asked of the org for it: the reading of the tab's page does, and what it read is used for every change. A form
//! that a new worker knows nothing of is described again, and its page read again.

use super::effect::Effect;
use super::incoming::Incoming;
use crate::state::{self, TabState, forms, forms::OpenForm};
use crate::storage::{Area, Write, keys};
use crate::view::{edit as edit_view, names};
use leastwise_core::collect::Collector;
use leastwise_core::form::{self, Expected, Marking};
use leastwise_core::protocol::{
    Command, FormAnswer, Marker, MarkerDetail, Markers, PushedMessage, SaveNote, form_state,
};
use leastwise_core::salesforce::setup_url::Page;

/// Answers what a form says of itself, and says what else is to be done.
pub(crate) fn edit(incoming: Incoming) -> (Option<FormAnswer>, Vec<Effect>) {
    let Some((tab, page)) = incoming.form_page() else { return (None, vec![]) };
    let Command::Edit { number, form, on, values, open, clicks } = incoming.command else {
        return (None, vec![]);
    };
    let frame = incoming.frame;
    let mut effects = vec![];
    let is_new = form.is_some();
    if let Some(description) = form {
        // The save before, if there was one, was refused, or is another's.
        effects.push(Effect::Store(Write::remove(Area::Session, &keys::saved(tab, &page))));
        let is_again = description.is_again;
        forms::keep(OpenForm::new(tab, frame, number, page, description.form()), is_again);
    }
    let answer = forms::with(tab, frame, number, |form| {
        form.state = form_state(on, &values, clicks);
        form.open = open;
        let verdict = state::with_tab(tab, |shown| verdict(form, shown, &mut effects));
        // A page that was just opened asks by itself: only one that is still not read a second later is asked to.
        if verdict.is_none()
            && !is_new
            && !std::mem::take(&mut form.awaits_check)
            && !form.has_asked_page
            && !state::is_settled(tab)
        {
            form.has_asked_page = true;
            effects.push(Effect::TellPanel(tab, PushedMessage::CheckAgain));
        }
        verdict.unwrap_or(FormAnswer::Waiting { number })
    });
    if answer.is_none() && !state::is_known(tab) && !state::is_settled(tab) {
        // A new worker: what was read of the page is lost too.
        forms::set_asked(tab);
        effects.push(Effect::TellPanel(tab, PushedMessage::CheckAgain));
    }
    (Some(answer.unwrap_or(FormAnswer::Unknown { number })), effects)
}

/// A form was submitted: what it was expected to leave is compared with what the page shows next.
pub(crate) fn submitted(incoming: &Incoming) -> Vec<Effect> {
    match incoming.form_page() {
        // What a copy is saved as is another record.
        Some((tab, page)) if page.section.as_deref() != Some(Page::CLONE) => {
            forms::of_tab(tab, |form| {
                form.is_submitted |= form.frame == incoming.frame;
                None::<()>
            });
            vec![Effect::Store(Write::put(Area::Session, &keys::saved(tab, &page), &true))]
        }
        _ => vec![],
    }
}

/// What a button of the panel asks of the form in its tab; the panel is drawn anew, so that its button is no longer busy.
pub(crate) fn act(incoming: &Incoming) -> Vec<Effect> {
    let Some(tab) = incoming.tab.as_ref().and_then(|tab| tab.id) else { return vec![] };
    let effects = forms::of_tab(tab, |form| {
        let number = form.number;
        let message = match &incoming.command {
            Command::ShowField { place, .. } => {
                PushedMessage::ShowField { number, place: place.parse().ok()? }
            }
            Command::PutBack { .. } => PushedMessage::PutBack { number },
            _ => return None,
        };
        let edit = form.edit.clone()?;
        let parts = edit_view::panel_parts(incoming.command.number()?, &edit.borrow());
        Some([
            Effect::TellFrame(tab, form.frame, message),
            Effect::TellPanel(tab, PushedMessage::Parts(parts)),
        ])
    });
    effects.into_iter().flatten().collect()
}

/// Which pages have markers, by the settings.
pub(crate) const fn marking(chosen: Markers) -> Marking {
    match chosen {
        Markers::Integrations => Marking::Integrations,
        Markers::All => Marking::All,
        Markers::Off => Marking::Off,
    }
}

/// What the rules say of a form, and what its tab is told; none before the facts of its page are there.
fn verdict(form: &mut OpenForm, shown: &mut TabState, effects: &mut Vec<Effect>) -> Option<FormAnswer> {
    let TabState { number, gather, marking, .. } = shown;
    if form.edit.is_none() {
        form.set_facts(gather)?;
    }
    form.judge(gather);
    let changes = form.edit.clone()?;
    let parts = edit_view::panel_parts(*number, &changes.borrow());
    effects.push(Effect::TellPanel(form.tab, PushedMessage::Parts(parts)));
    // At each change, not at the save: the worker may be stopped in between.
    let expected = changes.borrow_mut().expected(gather.facts());
    if form.expected.as_ref() != Some(&expected) {
        let key = keys::expected(form.tab, &form.page);
        effects.push(Effect::Store(Write::put(Area::Session, &key, &expected)));
        form.expected = Some(expected);
    }
    Some(answer(form, gather, *marking))
}

/// Facts of the page in a tab came: forms there are judged anew, and their frames told.
pub(crate) fn refresh(tab: i32, shown: &mut TabState) -> Vec<Effect> {
    let TabState { gather, marking, .. } = shown;
    forms::of_tab(tab, |form| {
        form.set_facts(gather)?;
        form.edit.as_ref()?;
        form.judge(gather);
        Some(Effect::TellFrame(tab, form.frame, PushedMessage::Form(answer(form, gather, *marking))))
    })
}

/// The panel of a tab was hidden: its markers are too, also those that a worker before this one had drawn.
pub(crate) fn hide(tab: i32) -> Effect {
    forms::remove(tab);
    Effect::TellFrames(tab, PushedMessage::Hidden)
}

/// After a save: how many things were changed, and how what the org says differs from what was expected.
pub(crate) fn saved(expected: Option<&Expected>, gather: &Collector) -> Option<(usize, Vec<String>)> {
    let page = gather.page();
    let expected = expected.filter(|_| !page.editing && gather.is_complete())?;
    Some((expected.changed(), expected.compare(gather.facts(), page.kind, gather.labels())?))
}

/// What the frame draws. All markers are named when they are others than before.
fn answer(form: &mut OpenForm, gather: &Collector, marking: Marking) -> FormAnswer {
    let Some(edit) = &form.edit else { return FormAnswer::Waiting { number: form.number } };
    let edit = edit.borrow();
    let markers: Vec<Marker> = edit.markers(marking).map(plain).collect();
    let details = form.open.iter().map(|at| {
        let words = edit.markers(Marking::All).find(|marker| marker.at == *at).map_or("", |own| &own.words);
        let html = edit_view::marker(&edit.detail(*at, gather.facts(), gather.labels()), words).0;
        MarkerDetail { place: *at, html: names::screen(&html) }
    });
    let details = details.collect();
    let note = edit.note().map(|note| SaveNote {
        lead: note.lead,
        words: names::plain(&note.words),
        place: note.place,
        put_back: note.put_back,
        is_critical: note.is_critical,
    });
    drop(edit);
    let is_new = form.markers.as_ref() != Some(&markers);
    let new_markers = is_new.then(|| markers.clone());
    form.markers = Some(markers);
    FormAnswer::Judged { number: form.number, note, details, markers: new_markers }
}

/// A marker as the frame is told it.
fn plain(marker: &form::Marker) -> Marker {
    Marker {
        place: marker.at,
        severity: marker.severity,
        standing: marker.standing,
        label: marker.label(),
        words: names::plain(&marker.words),
        note: names::plain(&marker.note),
        undo: marker.undo.clone(),
        in_column: marker.in_column,
    }
}
