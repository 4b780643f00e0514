//! The toolbar's popup: what it says of the page in front and of its org; and, in the browser, of all orgs.

use super::context::Context;
use crate::view::popup::{OrgPart, PagePart, PageState};
use leastwise_core::report::Report;

#[cfg(target_arch = "wasm32")]
pub(crate) use browser::*;

/// The page and its org, and whether more of it is on its way.
pub(crate) fn parts(context: &Context) -> (PagePart, Option<OrgPart>, bool) {
    let Context { page, stored, session, tab_state, .. } = context;
    let shown = tab_state.as_ref().map(|state| state.borrow());
    let shown = shown.as_ref().filter(|state| !state.is_hidden);
    let report = shown.map(|state| context.report(state));
    let state = match (&report, shown) {
        _ if !stored.is_org_allowed() => PageState::NotAllowed,
        _ if !stored.chosen.settings.findings_on => PageState::Off,
        _ if stored.is_closed() => PageState::Hidden,
        (Some(report), Some(state)) if state.gather.has_first() => found(report),
        _ => PageState::Reading,
    };
    let is_pending = match (&state, &report) {
        (PageState::Reading, _) => true,
        (PageState::Found { .. }, Some(report)) => {
            report.pending && shown.is_some_and(|state| context.is_pending(state.number))
        }
        _ => false,
    };
    let org = session.as_ref().map(|session| OrgPart {
        id: session.org_id.to_string(),
        name: stored.organization.as_ref().map(|found| found.name.clone()).unwrap_or_default(),
        host: page.api_host.clone(),
        is_sandbox: stored.is_sandbox(),
        read_only: stored.read_only(),
        is_allowed: stored.is_allowed,
    });
    (PagePart { host: page.api_host.clone(), id: page.id.clone(), state }, org, is_pending)
}

fn found(report: &Report) -> PageState {
    match &report.refusal {
        Some(refusal) => {
            PageState::Refused { sentence: refusal.sentence(), advice: refusal.advice().to_owned() }
        }
        None => PageState::Found {
            kind: report.subject.kind,
            name: report.subject.name.clone(),
            worst: report.worst(),
            summary: report.in_short(),
        },
    }
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use crate::browser::types::Tab;
    use crate::browser::{permissions, platform, storage, tabs};
    use crate::controller::drawing;
    use crate::controller::panel::PageController;
    use crate::storage::{Area, Write, journals::History, keys, orgs, record::Begin};
    use crate::view::popup::{self, Popup};
    use crate::view::words;
    use leastwise_core::protocol::{Drawing, EntryPreview, PushedMessage};
    use leastwise_core::salesforce::hosts::HostGroup;
    use leastwise_core::salesforce::setup_url::{Page, api_host, host_of};

    /// The popup, with what its command about the page in front came to.
    pub(crate) async fn popup(controller: Option<&PageController>, css: &str) -> Drawing {
        of(controller, None, css).await
    }

    /// The popup over a page of Salesforce that Leastwise may not look at yet; none over all others. The browser tells the
    /// address of the tab in front while its button was clicked (`activeTab`).
    pub(crate) async fn not_allowed(url: &str, css: &str) -> Option<Drawing> {
        let group = HostGroup::of(url)?;
        if permissions::are_allowed(group).await {
            return None;
        }
        Some(of(None, Some(group), css).await)
    }

    async fn of(
        controller: Option<&PageController>,
        not_allowed: Option<&'static HostGroup>,
        css: &str,
    ) -> Drawing {
        let (local, session) =
            futures_util::join!(storage::read_all(Area::Local), storage::read_all(Area::Session));
        let (page, org, pending) = match controller.map(PageController::for_popup) {
            Some((page, org, pending)) => (Some(page), org, pending),
            None => (None, None, false),
        };
        let local = local.ok();
        let orgs = local.as_ref().map(|local| orgs::all(local, &session.unwrap_or_default()));
        let drawn = Popup {
            page,
            not_allowed,
            org,
            history: local.as_ref().map(History::new),
            orgs: orgs.unwrap_or_default(),
            version: platform::version(),
        };
        let number = controller.map_or(0, PageController::number);
        Drawing { number, pending, ..drawing::of_markup(&popup::popup(&drawn), css) }
    }

    /// Opens the page that reviews the org of a tab, in a tab of its own.
    pub(crate) async fn open_review(tab: Option<&Tab>) -> Option<()> {
        let tab = tab?;
        let host = api_host(host_of(&tab.url)?)?;
        let store = tab.cookie_store_id.as_deref().map(|store| format!("&store={store}")).unwrap_or_default();
        tabs::open(&format!("review.html?host={host}{store}")).await.map(drop)
    }

    /// Opens the panel of the tab in front.
    pub(crate) async fn open_panel() {
        if let Some(tab) = tabs::front().await.and_then(|tab| tab.id) {
            tabs::send(tab, Some(0), &PushedMessage::OpenPanel);
        }
    }

    /// Opens the page of an entry of the journal in a tab, which then shows the preview. Nothing where there is no such entry.
    pub(crate) async fn open_entry(id: &str, preview: EntryPreview) -> Option<()> {
        let history = History::new(&storage::read_all(Area::Local).await.ok()?);
        let (entry, _) = history.entries.iter().find(|(entry, _)| entry.id == id)?;
        let address = words::page_of(entry);
        // As its page is told in Salesforce's address, so it will be checked.
        let subject = Page::from_url(&address)?.id.to_string();
        let tab = tabs::open(&address).await?;
        let begin = Begin { entry: id.to_owned(), subject, preview };
        storage::write(&Write::put(Area::Session, &keys::begin(tab), &begin)).await.ok()
    }
}
