//! A command, who sent it, and the tab that it is about.

use crate::browser::types::{MessageSender, Tab};
use crate::state;
use leastwise_core::protocol::{Command, Surface};
use leastwise_core::salesforce::setup_url::Page;

/// A command of a surface that may send it.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) command: Command,
    /// The tab; that of a page of the extension is yet to be found.
    pub(crate) tab: Option<Tab>,
    /// For the window that approves: the number of the tab that it is for. For others it is the one in front.
    pub(crate) approves_tab: Option<i32>,
    pub(crate) surface: Surface,
    /// The frame that it comes from, and its document.
    pub(crate) frame: i32,
    url: String,
}

impl Incoming {
    /// A command and who the browser says has sent it; `None` when they may not. `id` and `origin` are the extension's own.
    pub(crate) fn new(command: Command, sender: MessageSender, id: &str, origin: &str) -> Option<Incoming> {
        let (sender, mut tab) = sender.split();
        if !sender.may(&command, id, origin) {
            return None;
        }
        let surface = sender.surface(id, origin)?;
        if !matches!(surface, Surface::Page | Surface::Frame) {
            let approves_tab = match surface {
                // A window that approves and does not say for which tab is none.
                Surface::Approval => Some(sender.approves()?),
                _ => None,
            };
            return Some(Incoming {
                command,
                tab: None,
                approves_tab,
                surface,
                frame: 0,
                url: String::new(),
            });
        }
        if let Command::Check { url, number } = &command {
            // A page may name its own address (that of its document does not change with in-page navigation), but of
            // no other host than the browser says it is from.
            if host(url) != host(&sender.url) {
                return None;
            }
            tab.url.clone_from(url);
            // At once, before anything is waited for: what an earlier page of this tab still waits for is late now.
            state::set_pending(tab.id?, Some(*number));
        }
        let (frame, url) = (sender.frame, sender.url);
        Some(Incoming { command, tab: Some(tab), approves_tab: None, surface, frame, url })
    }

    /// The tab, and the edit page that the browser says the form stands on.
    pub(crate) fn form_page(&self) -> Option<(i32, Page)> {
        Some((self.tab.as_ref()?.id?, Page::from_url(&self.url).filter(|page| page.editing)?))
    }

    /// Whether it is of a page of the extension, and about a tab that shows no page of ours.
    pub(crate) fn is_nowhere(&self) -> bool {
        let page = self.tab.as_ref().filter(|tab| tab.id.is_some()).and_then(|tab| Page::from_url(&tab.url));
        matches!(self.surface, Surface::Popup | Surface::Approval) && page.is_none()
    }
}

/// The host (with its port) of an address.
fn host(url: &str) -> Option<&str> {
    url.strip_prefix("https://")?.split_once('/').map(|(host, _)| host)
}
