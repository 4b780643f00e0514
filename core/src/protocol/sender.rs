//! Who sent a message: what the browser says of it, never what the message says.

use super::command::Command;
use super::surface::Surface;
use crate::salesforce::setup_url::{Page, api_host};
use serde::{Deserialize, Serialize};

/// What the browser says of a message's sender (`runtime.MessageSender`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sender {
    /// `id`: the extension that sent it.
    pub id: String,
    /// `url`: the document that sent it.
    pub url: String,
    /// `tab.id`, when it is a tab's.
    pub tab: Option<i32>,
    /// `tab.url`: the tab's own address, where the browser says it.
    pub tab_url: String,
    /// `frameId`: 0 is the top frame.
    pub frame: i32,
}

impl Sender {
    /// Which surface it is; `None` when it is none of ours. `own_id` is this extension's id, `own_origin` its origin
    /// with a slash at the end (`runtime.getURL("")`).
    pub fn surface(&self, own_id: &str, own_origin: &str) -> Option<Surface> {
        if self.id != own_id {
            return None;
        }
        if let Some(path) = self.url.strip_prefix(own_origin) {
            // A page of ours in a frame of somebody else's would have a tab and a frame number.
            let is_framed =
                self.frame != 0 || !self.tab_url.is_empty() && !self.tab_url.starts_with(own_origin);
            return match path.split(['?', '#']).next() {
                _ if is_framed => None,
                Some("popup.html") => Some(Surface::Popup),
                Some("approve.html") => Some(Surface::Approval),
                Some("history.html") => Some(Surface::History),
                Some("options.html") => Some(Surface::Options),
                Some("welcome.html") => Some(Surface::Welcome),
                _ => None,
            };
        }
        let host = self.url.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
        if self.tab.is_none() || api_host(host).is_none() {
            return None;
        }
        match self.frame {
            0 => Some(Surface::Page),
            // Of frames, those with a form alone have anything to say.
            _ => Page::from_url(&self.url).filter(|page| page.editing).map(|_| Surface::Frame),
        }
    }

    /// The tab whose preview a window that approves is for: the window's own address names it (`?tab=12`).
    pub fn approves(&self) -> Option<i32> {
        let (_, query) = self.url.split_once("approve.html?")?;
        query.split(['&', '#']).find_map(|part| part.strip_prefix("tab="))?.parse().ok()
    }

    /// Whether this sender may send `command`.
    pub fn may(&self, command: &Command, own_id: &str, own_origin: &str) -> bool {
        self.surface(own_id, own_origin).is_some_and(|surface| command.from().contains(&surface))
    }
}
