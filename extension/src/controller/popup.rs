//! The extension's own pages, where the tab shows nothing of ours.

use super::drawing;
use crate::browser::storage;
use crate::storage::{Area, journals::History};
use crate::view::{history, popup};
use leastwise_core::protocol::{Corner, Drawing, Surface};

/// What a page of the extension draws where its tab shows no user or profile.
pub(crate) async fn without_page(surface: Surface, css: &str) -> Drawing {
    if surface == Surface::Approval {
        // The tab was closed, or shows something else: there is nothing to approve.
        return drawing::nothing(0, css, Corner::default());
    }
    let html = match storage::read_all(Area::Local).await {
        Ok(local) => popup::no_page(&History::new(&local)),
        Err(_) => history::unread("What was changed before could not be read from this browser."),
    };
    drawing::of_markup(&html, css)
}
