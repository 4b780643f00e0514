//! What a surface draws: the screen of what is known, as markup.

use super::badge::{self, Badge};
use super::context::Context;
use super::{form, resolve};
use crate::state::forms;
use crate::state::plans::Stage;
use crate::view::screen::{Accepting, Changes, Screen};
use crate::view::{self, names};
use leastwise_core::fixes;
use leastwise_core::protocol::{Corner, Drawing, PanelPlace, Surface};

/// A drawing of markup alone, which answers no command of a page.
#[cfg(target_arch = "wasm32")]
pub(crate) fn of_markup(html: &maud::Markup, css: &str) -> Drawing {
    Drawing { html: names::screen(&html.0), css: css.to_owned(), ..Drawing::default() }
}

/// That there is nothing to show, for the command `number`.
pub(crate) fn nothing(number: u32, css: &str, corner: Corner) -> Drawing {
    Drawing { number, css: css.to_owned(), corner, ..Drawing::default() }
}

/// What is known of the page, on a surface, and what the toolbar's button says of it; `more` says whether what is pending is
/// on its way. None where nothing is.
pub(crate) fn of_page(context: &Context, surface: Surface, more: bool) -> Option<(Drawing, Badge)> {
    let Context { stored, tab_state, page, .. } = context;
    let tab_state = tab_state.as_ref()?.borrow();
    let report = context.report(&tab_state);
    let subject = context.subject(&tab_state);
    let edit = forms::edit_of(context.tab, page);
    let edit = edit.as_ref().map(|edit| edit.borrow());
    let saved = form::saved(stored.expected.as_ref(), &tab_state.gather);
    let (plans, emergency) = resolve::offered(&tab_state, &report);
    let (users, refusal) = resolve::about(&tab_state, &report);
    let findings = report.findings();
    let remedies = fixes::remedies(&findings, &plans);
    let plan = context.plan();
    let plan = plan.as_ref().map(|plan| plan.borrow());
    let is_running = plan.as_ref().is_some_and(|plan| matches!(plan.stage, Stage::Reading | Stage::Running));
    let changes = Changes {
        plans: &plans,
        remedies: &remedies,
        users: &users,
        refusal: refusal.as_deref(),
        emergency: &emergency,
        now: context.now,
        journal: &stored.journal,
        plan: plan.as_deref(),
        surface,
        read_only: stored.read_only(),
        is_allowed: stored.is_allowed,
        org: stored.organization.as_ref().map_or("", |organization| &organization.name),
        host: &page.api_host,
        is_sandbox: stored.is_sandbox(),
        is_unread: stored.is_unread,
        is_unsaved: stored.is_unsaved,
    };
    let screen = Screen {
        report: &report,
        findings: &findings,
        edit: edit.as_deref(),
        saved: saved.as_ref(),
        is_reading: !tab_state.gather.has_first(),
        viewer: tab_state.viewer.as_ref(),
        earlier_viewer: tab_state.earlier_viewer.as_deref(),
        accepting: subject.as_ref().map(|subject| Accepting {
            terms: stored.waivers.terms(),
            note: stored.waivers.note(subject),
            draft: tab_state.draft.as_ref(),
            ended: stored.waivers.removed().len(),
        }),
        is_docked: stored.chosen.settings.place == PanelPlace::Docked,
        changes,
    };
    let html = match surface {
        Surface::Approval => view::approval::approval(&screen),
        _ => view::panel::panel(&screen),
    };
    let badge = badge::of(&report, screen.is_reading);
    let drawing = Drawing {
        number: tab_state.number,
        html: names::screen(&html.0),
        status: names::plain(&view::panel::status(&screen)),
        css: context.css.clone(),
        corner: stored.corner,
        settings: stored.chosen.settings,
        open: stored.is_open,
        pending: is_running || report.pending && more,
    };
    Some((drawing, badge))
}
