//! What a command about a page asks of the org: what its facts need, who is signed in, and for the popup what the org is.

use super::{PageController, Waiting};
use crate::controller::effect::Step;
use crate::controller::{organization, viewer};
use crate::state::TabState;
use leastwise_core::protocol::Surface;
use leastwise_core::salesforce::http::{Request, Response};

impl PageController {
    /// What the page's facts need, then who is signed in.
    pub(super) fn next_request(&mut self) -> Option<Request> {
        let mut tab_state = self.context.tab_state.as_ref()?.borrow_mut();
        tab_state.gather.next().or_else(|| {
            let is_wanted = tab_state.viewer.is_none()
                && tab_state.gather.refusal().is_none()
                && !self.is_viewer_unreadable;
            is_wanted.then(viewer::request)
        })
    }

    /// The popup says which org it is: asked once a session.
    pub(super) fn next_organization(&mut self) -> Option<Step> {
        let context = &self.context;
        let is_wanted = context.surface == Surface::Popup
            && context.session.is_some()
            && context.stored.organization.is_none()
            && !context.is_refused();
        if !is_wanted || std::mem::replace(&mut self.has_asked_organization, true) {
            return None;
        }
        self.waiting = Waiting::Organization;
        Some(Step::Send(organization::request()))
    }

    /// Takes the response to what the org is.
    pub(super) fn handle_organization(&mut self, response: &Response) {
        let stored = &mut self.context.stored;
        let writes = organization::read(response).map(|found| stored.set_organization(found));
        self.context.store(writes.into_iter().flatten());
    }

    /// Takes the response to a request of the page's reading.
    pub(super) fn handle_response(&mut self, response: Response) {
        let Some(shared) = self.context.tab_state.clone() else { return };
        let mut tab_state = shared.borrow_mut();
        if !self.context.is_pending(tab_state.number) {
            self.context.tab_state = None;
            self.plan.stop();
            return;
        }
        if response.id == viewer::VIEWER {
            self.is_viewer_unreadable = self.set_viewer(&mut tab_state, response).is_none();
        } else {
            tab_state.gather.feed(response);
        }
        let has_first = tab_state.gather.has_first();
        drop(tab_state);
        if has_first {
            self.draw();
        }
    }

    /// Takes the response to who is signed in; none when it says nothing of this org.
    pub(super) fn set_viewer(&mut self, tab_state: &mut TabState, response: Response) -> Option<()> {
        let viewer = viewer::read(response, self.context.session.as_ref()?)?;
        let writes = self.context.stored.set_viewer(&viewer, tab_state.gather.labels(), self.context.now);
        self.context.store(writes);
        tab_state.earlier_viewer = self.context.stored.earlier_viewer().map(str::to_owned);
        tab_state.viewer = Some(viewer);
        Some(())
    }
}
