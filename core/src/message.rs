//! What the surfaces of the extension may ask of its worker, declared once.
//!
//! It never believes what a message says of its sender: what the browser says of it decides (see [`Sender`]).

use crate::classification::Word;
use serde::{Deserialize, Serialize};

/// From where a message comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Surface {
    /// The content script in the top frame of a Salesforce page.
    Page,
    /// The toolbar popup, a page of the extension itself.
    Popup,
}

/// A corner of the page where the panel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Corner {
    /// Bottom right.
    #[default]
    BottomRight,
    /// Bottom left.
    BottomLeft,
    /// Top left.
    TopLeft,
    /// Top right.
    TopRight,
}

/// Everything that may be asked. On the wire: `{"ask":"Check","url":…,"number":…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask")]
pub enum Ask {
    /// Show what is known of the page at `url`. `number` counts the asks of one page, so that a late answer to an
    /// earlier one is dropped.
    Check {
        /// The address of the top frame.
        url: String,
        /// Which ask of this page it is.
        number: u32,
    },
    /// Read everything again.
    Retry {
        /// The ask whose report is shown.
        number: u32,
    },
    /// The admin's own word on the user shown; none takes it back.
    Say {
        /// The ask whose report is shown.
        number: u32,
        /// What they said.
        word: Option<Word>,
    },
    /// Put the panel in another corner, for this org.
    Place {
        /// Which.
        corner: Corner,
    },
    /// Take the panel off this page, and keep it off.
    Close {
        /// The ask whose report is shown.
        number: u32,
    },
    /// The popup: what is known of the tab in front.
    Front,
}

impl Ask {
    /// The surfaces that may send it.
    pub const fn from(&self) -> &'static [Surface] {
        match self {
            Ask::Check { .. } | Ask::Place { .. } | Ask::Close { .. } => &[Surface::Page],
            Ask::Retry { .. } | Ask::Say { .. } => &[Surface::Page, Surface::Popup],
            Ask::Front => &[Surface::Popup],
        }
    }
}

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
    /// `tab.url`: the tab's own address.
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
            let popup = path.split(['?', '#']).next() == Some("popup.html") && self.frame == 0;
            return popup.then_some(Surface::Popup);
        }
        let host = self.url.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
        (self.tab.is_some() && self.frame == 0 && crate::page::api_host(host).is_some())
            .then_some(Surface::Page)
    }

    /// Whether this sender may send `ask`.
    pub fn may(&self, ask: &Ask, own_id: &str, own_origin: &str) -> bool {
        self.surface(own_id, own_origin).is_some_and(|surface| ask.from().contains(&surface))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "abcdefghijklmnop";
    const ORIGIN: &str = "chrome-extension://abcdefghijklmnop/";

    fn page() -> Sender {
        Sender {
            id: ID.into(),
            url: "https://acme.my.salesforce-setup.com/lightning/setup/ManageUsers/home".into(),
            tab: Some(1),
            ..Sender::default()
        }
    }

    #[test]
    fn surfaces_by_what_the_browser_says() {
        let popup = Sender { id: ID.into(), url: format!("{ORIGIN}popup.html"), ..Sender::default() };
        assert_eq!(popup.surface(ID, ORIGIN), Some(Surface::Popup));
        assert_eq!(page().surface(ID, ORIGIN), Some(Surface::Page));
        let named_alike = Sender { url: "https://acme.my.salesforce.com/popup.html".into(), ..page() };
        assert_eq!(named_alike.surface(ID, ORIGIN), Some(Surface::Page));
    }

    #[test]
    fn strangers_are_nobody() {
        for sender in [
            Sender { id: "other".into(), ..page() },
            Sender { url: "https://example.com/popup.html".into(), ..page() },
            Sender { frame: 3, ..page() },
            Sender { tab: None, ..page() },
            Sender { url: format!("{ORIGIN}popup.html"), frame: 2, tab: Some(1), ..page() },
            Sender { url: format!("{ORIGIN}other.html"), ..page() },
            Sender::default(),
        ] {
            assert_eq!(sender.surface(ID, ORIGIN), None, "{sender:?}");
        }
    }

    #[test]
    fn asks_only_from_where_they_may_come() {
        assert!(page().may(&Ask::Check { url: String::new(), number: 1 }, ID, ORIGIN));
        assert!(!page().may(&Ask::Front, ID, ORIGIN));
    }

    #[test]
    fn the_wire_is_plain() {
        let ask: Ask = serde_json::from_str(r#"{"ask":"Say","number":3,"word":"Person"}"#).unwrap();
        assert_eq!(ask, Ask::Say { number: 3, word: Some(Word::Person) });
        assert!(serde_json::from_str::<Ask>(r#"{"ask":"ApplyEverything"}"#).is_err());
    }
}
