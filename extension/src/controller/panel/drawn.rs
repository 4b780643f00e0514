//! What becomes of a command about a page on each surface: the page's panel, its forms and the toolbar's button are told; a page
//! of the extension is answered.

use super::PageController;
use crate::controller::effect::Effect;
use crate::controller::{drawing, form, popup};
use crate::view::popup::{OrgPart, PagePart};
use leastwise_core::protocol::{Drawing, PushedMessage, Surface};

impl PageController {
    /// Draws the panel, and what stands beside the boxes of the tab's forms.
    pub(super) fn draw(&mut self) {
        let Some(tab_state) = self.context.tab_state.clone() else { return };
        let tab = self.context.tab;
        self.context.effects.extend(form::refresh(tab, &mut tab_state.borrow_mut()));
        let Some((drawing, badge)) = drawing::of_page(&self.context, Surface::Page, true) else { return };
        self.context.effects.push(Effect::TellPanel(tab, PushedMessage::Drawing(Box::new(drawing))));
        let mut tab_state = tab_state.borrow_mut();
        if tab_state.badge.as_ref() != Some(&badge) {
            tab_state.badge = Some(badge.clone());
            self.context.effects.push(Effect::SetBadge(tab, badge));
        }
    }

    /// What the popup says of the page and its org, and whether more of it is on its way.
    pub(crate) fn for_popup(&self) -> (PagePart, Option<OrgPart>, bool) {
        popup::parts(&self.context)
    }

    /// The number that a page of the extension answers with.
    pub(crate) fn number(&self) -> u32 {
        self.context.tab_state.as_ref().map_or(0, |state| state.borrow().number)
    }

    /// What the window that approves draws. A Salesforce page is answered with nothing: it is told, and never what approves.
    pub(crate) fn answer(&self) -> Option<Drawing> {
        let context = &self.context;
        match (&context.tab_state, context.surface) {
            (Some(tab_state), Surface::Approval) => {
                let more = context.is_pending(tab_state.borrow().number);
                drawing::of_page(context, context.surface, more).map(|(drawing, _)| drawing)
            }
            // Nothing waits there: the window is closed by its own script.
            (None, Surface::Approval) => Some(drawing::nothing(0, &context.css, context.stored.corner)),
            _ => None,
        }
    }
}
