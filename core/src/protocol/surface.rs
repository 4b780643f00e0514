//! The surfaces of the extension: from where a message may come.

use serde::{Deserialize, Serialize};

/// From where a message comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Surface {
    /// The content script in the top frame of a Salesforce page.
    Page,
    /// The content script in a frame of a tab, on an edit page of Salesforce.
    Frame,
    /// The toolbar popup, a page of the extension itself.
    Popup,
    /// The window where what a page asked for is approved, a page of the extension itself.
    Approval,
    /// The history, another page of the extension itself.
    History,
    /// The options, another page of the extension itself.
    Options,
    /// The page that is shown once, after the extension was installed.
    Welcome,
}
