//! What the browser says of tabs and of who sent a message.

use leastwise_core::protocol::Sender;
use serde::Deserialize;

/// A tab of the browser (`tabs.Tab`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Tab {
    /// Its number; none for a devtools window and the like.
    pub(crate) id: Option<i32>,
    /// Its address, where the extension may know it.
    pub(crate) url: String,
    /// Firefox: the container whose cookies it uses.
    pub(crate) cookie_store_id: Option<String>,
    /// The window that it stands in.
    pub(crate) window_id: Option<i32>,
}

/// Who sent a message (`runtime.MessageSender`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct MessageSender {
    /// The extension.
    id: String,
    /// The document.
    url: String,
    /// The tab; none for a popup.
    tab: Option<Tab>,
    /// The frame of the tab; 0 is the top one.
    frame_id: i32,
}

impl MessageSender {
    /// The same as the core judges it, and the tab that the message comes from.
    pub(crate) fn split(self) -> (Sender, Tab) {
        let tab = self.tab.unwrap_or_default();
        let sender = Sender {
            id: self.id,
            url: self.url,
            tab: tab.id,
            tab_url: tab.url.clone(),
            frame: self.frame_id,
        };
        (sender, tab)
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;

    fn sender(json: &str) -> (Sender, Tab) {
        serde_json::from_str::<MessageSender>(json).unwrap().split()
    }

    #[test]
    fn a_sender_as_the_browser_writes_it() {
        let (of_tab, tab) = sender(
            r#"{"id":"abc","url":"https://acme.my.salesforce.com/005","origin":"https://acme.my.salesforce.com",
            "frameId":0,"documentId":"51D9","tab":{"id":898589408,"active":true,"lastAccessed":1795520651570.192,
            "url":"https://acme.my.salesforce.com/005?x","cookieStoreId":"firefox-container-1"}}"#,
        );
        assert_eq!((of_tab.id.as_str(), of_tab.frame, of_tab.tab), ("abc", 0, Some(898_589_408)));
        assert_eq!(of_tab.tab_url, "https://acme.my.salesforce.com/005?x");
        assert_eq!(tab.cookie_store_id.as_deref(), Some("firefox-container-1"));
        let (popup, tab) = sender(r#"{"id":"abc","url":"moz-extension://abc/popup.html"}"#);
        assert_eq!((popup.tab, popup.frame, tab.id), (None, 0, None));
    }
}
