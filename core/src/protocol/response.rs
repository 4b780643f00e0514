//! What the worker answers, and what it tells pages by itself.

use super::command::Corner;
use super::settings::Settings;
use crate::form::Standing;
use crate::rules::rule::Severity;
use serde::Serialize;
use std::collections::BTreeMap;

/// What the worker answers a command with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Response {
    /// What a page of the extension draws.
    Drawing(Box<Drawing>),
    /// What is said beside the boxes of the form that asked.
    Form(FormAnswer),
    /// Whether a save of something critical is asked about.
    SaveCheck(SaveCheck),
    /// The history as a file.
    Export(Export),
    /// What is accepted in an org as a file.
    Accepted(AcceptedFile),
    /// The worker broke off. Its shim answers so (`extension/web/worker.ts`), for the Wasm can say nothing then.
    Broken(Broken),
}

/// What the worker tells a page without being asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum PushedMessage {
    /// The panel is drawn anew.
    Drawing(Box<Drawing>),
    /// Parts of the panel are drawn anew: what a form would change.
    Parts(PanelParts),
    /// What is said beside the boxes of a form.
    Form(FormAnswer),
    /// The page is to be checked again: what was read for it is lost.
    CheckAgain,
    /// A box or field of the form is scrolled to, and has the focus.
    ShowField {
        /// The description of the form.
        number: u32,
        /// Its place.
        place: usize,
    },
    /// The form is put back as its page brought it.
    PutBack {
        /// The description of the form.
        number: u32,
    },
    /// The panel was hidden, and the markers of its page go with it.
    Hidden,
    /// The panel is to be opened, and the focus moved there.
    OpenPanel,
}

/// What a surface shows from now on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Drawing {
    /// The check that it answers.
    pub number: u32,
    /// The markup; empty when there is nothing to show.
    pub html: String,
    /// What a screen reader is told.
    pub status: String,
    /// The style sheet.
    pub css: String,
    /// Where the panel stands.
    pub corner: Corner,
    /// What was chosen of how the panel and the markers show themselves.
    pub settings: Settings,
    /// Whether it was left open on the tab's last page.
    pub open: bool,
    /// Whether another drawing follows.
    pub pending: bool,
}

/// What changes of a panel while a form is edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PanelParts {
    /// The check whose panel is shown.
    pub number: u32,
    /// Markup, by the id of the element that it goes into.
    #[cfg_attr(test, ts(type = "Record<string, string>"))]
    pub parts: BTreeMap<&'static str, String>,
    /// The color of the chip.
    pub tone: &'static str,
    /// What a screen reader is told.
    pub status: String,
}

/// What is said beside the boxes and fields of a form. Its number is that of the description that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum FormAnswer {
    /// The worker knows nothing of the form: it is to be described.
    Unknown {
        /// The description.
        number: u32,
    },
    /// What is needed is still being read.
    Waiting {
        /// The description.
        number: u32,
    },
    /// What the rules say of it.
    Judged {
        /// The description.
        number: u32,
        /// What stands beside the save buttons.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        note: Option<SaveNote>,
        /// What the open markers say.
        details: Vec<MarkerDetail>,
        /// All markers, when they are others than before.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        markers: Option<Vec<Marker>>,
    },
}

/// A marker beside a box or field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Marker {
    /// The place of what it stands beside: boxes first, then fields.
    pub place: usize,
    /// How bad it is.
    pub severity: Severity,
    /// How its box stands: how much of it is seen.
    pub standing: Standing,
    /// How bad it is, and whether it is new, in words.
    pub label: String,
    /// What it says.
    pub words: String,
    /// What else is to be known; empty for nothing.
    pub note: String,
    /// What puts back all that a click on the box changed; empty where there is nothing to.
    pub undo: String,
    /// Whether its box is one of a column of a table of objects: the column's head says it once.
    pub in_column: bool,
}

/// What stands beside the save buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SaveNote {
    /// What matters.
    pub lead: String,
    /// The rest.
    pub words: String,
    /// The place of the first box that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub place: Option<usize>,
    /// What puts the page back; empty where nothing is changed.
    pub put_back: String,
    /// Whether it is about something critical: a save may be asked about then.
    pub is_critical: bool,
}

/// What an open marker says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MarkerDetail {
    /// The place of what it stands beside.
    pub place: usize,
    /// The markup.
    pub html: String,
}

/// Whether a save of something critical is asked about once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SaveCheck {
    /// Whether it is.
    pub on: bool,
    /// Whether the company that runs the browser decided so.
    pub decided: bool,
}

/// The history as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Export {
    /// The table for a spreadsheet.
    pub csv: String,
}

/// What is accepted and noted in an org, as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AcceptedFile {
    /// What the file is called.
    pub name: String,
    /// What stands in it (docs/accepted-risks.md).
    pub text: String,
}

/// The worker's own code broke off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Broken {
    /// The error's message.
    pub error: String,
    /// The style sheet.
    pub css: String,
}
