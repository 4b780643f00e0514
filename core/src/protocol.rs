//! What the surfaces of the extension may ask of its worker, declared once.
//!
//! It never believes what a message says of its sender: what the browser says of it decides (see [`Sender`]).

use crate::classification::Word;
use crate::form::{Form, State};
use crate::salesforce::setup_url::Page;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What [`Command::Fix`] names the plan with that was stopped, together with what the platform said depends on it.
pub const WIDER: &str = "wider";

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

/// For how long writing to an org is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    /// Until the browser is closed: who needed it in March has not left production unlocked in November.
    #[default]
    Closed,
    /// Until somebody takes it back.
    Always,
}

/// What a surface asks of the worker. On the wire: `{"ask":"Check","url":…,"number":…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask")]
pub enum Command {
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
    /// The form of the edit page that sends it: what stands in it, and what it would change (`crate::form`).
    Edit {
        /// Which description of the form it goes with; a form that is described anew has another.
        number: u32,
        /// What the form has, the first time; none when the worker was told before.
        #[serde(default)]
        form: Option<FormDescription>,
        /// A `1` for each box that is ticked, a `0` for each that is not.
        on: String,
        /// What stands in each field, a line each; of a choice its value, a tab, and what is shown of it.
        values: String,
        /// The markers that are open, by the place of what they mark, with spaces between.
        #[serde(default)]
        open: String,
    },
    /// The popup: what is known of the tab in front. The window that approves: what waits there for a person's word.
    Front,
    /// The edit page that sends it is being saved: its form was submitted.
    Submitted,
    /// Whether a save of something critical is asked about once, on edit pages.
    SaveCheck {
        /// What an admin chose; none only asks what holds.
        #[serde(default)]
        on: Option<bool>,
    },
    /// Show the window where the preview is approved.
    ShowApproval {
        /// The ask whose report is shown.
        number: u32,
    },
    /// Preview a plan. Nothing is written.
    Fix {
        /// The ask whose report is shown.
        number: u32,
        /// The plan, as the report names it; empty: those that `fields` name.
        #[serde(default)]
        plan: String,
        /// What stands in the preview's form controls, by name.
        #[serde(default)]
        fields: Vec<(String, String)>,
    },
    /// Preview what takes an entry of the journal back. Nothing is written.
    Undo {
        /// The ask whose report is shown.
        number: u32,
        /// The entry.
        #[serde(default)]
        entry: String,
    },
    /// Preview what is left of an entry of the journal. Nothing is written.
    Continue {
        /// The ask whose report is shown.
        number: u32,
        /// The entry.
        #[serde(default)]
        entry: String,
    },
    /// Read again what an entry of the journal left open: it was perhaps written. Nothing is written to the org.
    Verify {
        /// The ask whose report is shown.
        number: u32,
        /// The entry.
        #[serde(default)]
        entry: String,
    },
    /// Carry out what is previewed: the one ask that writes to an org. A page of the extension alone may send it.
    Apply {
        /// The ask whose report is shown.
        number: u32,
        /// What only the markup of that preview in a page of the extension says, once.
        #[serde(default)]
        token: String,
        /// What stands in its form controls, by name: not carried out when it is not what was previewed.
        #[serde(default)]
        fields: Vec<(String, String)>,
    },
    /// Allow writing to the org of the preview that shows `token`. A page of the extension alone may send it.
    Allow {
        /// The ask whose report is shown.
        number: u32,
        /// What only the markup of that preview in a page of the extension says, once.
        #[serde(default)]
        token: String,
        /// For how long.
        #[serde(default)]
        until: Until,
    },
    /// Writing to this org is no longer allowed.
    Forbid {
        /// The ask whose report is shown.
        number: u32,
    },
    /// Leave the preview, or what is said of a plan that ended.
    Leave {
        /// The ask whose report is shown.
        number: u32,
    },
    /// The whole journal.
    History,
    /// The whole journal as a table for a spreadsheet.
    Export,
    /// Clear what is settled from the journal.
    Clear,
}

/// The boxes and fields of a form, a line each, and the object that its address names.
///
/// Texts and not lists of objects: a page of 409 boxes would cross into Wasm property by property otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FormDescription(pub String, pub String, pub String);

impl FormDescription {
    /// What it describes.
    pub fn form(&self) -> Form {
        Form { boxes: lines(&self.0), fields: lines(&self.1), object: self.2.clone() }
    }
}

/// The state of a form, from the fields of [`Command::Edit`].
pub fn form_state(on: String, values: &str) -> State {
    State { on, values: lines(values) }
}

/// The places in [`Command::Edit`]'s `open`.
pub fn places(text: &str) -> Vec<usize> {
    text.split(' ').filter_map(|at| at.parse().ok()).collect()
}

fn lines(text: &str) -> Vec<String> {
    text.split_terminator('\n').map(str::to_owned).collect()
}

impl Command {
    /// The number that it has, or the one of the command whose report is shown.
    pub const fn number(&self) -> Option<u32> {
        match self {
            Command::Check { number, .. }
            | Command::Retry { number }
            | Command::Say { number, .. }
            | Command::Close { number }
            | Command::Edit { number, .. }
            | Command::ShowApproval { number }
            | Command::Fix { number, .. }
            | Command::Undo { number, .. }
            | Command::Continue { number, .. }
            | Command::Verify { number, .. }
            | Command::Apply { number, .. }
            | Command::Allow { number, .. }
            | Command::Forbid { number }
            | Command::Leave { number } => Some(*number),
            Command::Place { .. }
            | Command::Front
            | Command::Submitted
            | Command::SaveCheck { .. }
            | Command::History
            | Command::Export
            | Command::Clear => None,
        }
    }

    /// The surfaces that may send it.
    pub const fn from(&self) -> &'static [Surface] {
        match self {
            Command::Check { .. } | Command::Place { .. } | Command::Close { .. } => &[Surface::Page],
            Command::Edit { .. } | Command::Submitted | Command::SaveCheck { .. } => {
                &[Surface::Page, Surface::Frame]
            }
            Command::Front => &[Surface::Popup, Surface::Approval],
            Command::History | Command::Export | Command::Clear => &[Surface::History],
            Command::ShowApproval { .. } => &[Surface::Page],
            // A page is not where anything is approved: what runs there may be somebody else's.
            Command::Apply { .. } | Command::Allow { .. } | Command::Forbid { .. } => {
                &[Surface::Popup, Surface::Approval]
            }
            Command::Fix { .. } | Command::Leave { .. } => {
                &[Surface::Page, Surface::Popup, Surface::Approval]
            }
            Command::Retry { .. }
            | Command::Say { .. }
            | Command::Undo { .. }
            | Command::Continue { .. }
            | Command::Verify { .. } => &[Surface::Page, Surface::Popup],
        }
    }
}

/// What the worker answers a command with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// What a page of the extension draws.
    Drawing(Box<Drawing>),
    /// What is said beside the boxes of the form that asked.
    Form(FormAnswer),
    /// Whether a save of something critical is asked about.
    SaveCheck(SaveCheck),
    /// The history as a file.
    Export(Export),
}

/// What the worker tells a page without being asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Message {
    /// The panel is drawn anew.
    Drawing(Box<Drawing>),
    /// Parts of the panel are drawn anew: what a form would change.
    Parts(PanelParts),
    /// What is said beside the boxes of a form.
    Form(FormAnswer),
    /// Ask anew what there is to show: what was read for this page is lost.
    Check {
        /// Always true.
        check: bool,
    },
    /// The panel was hidden: take the markers away.
    Over {
        /// Always true.
        over: bool,
    },
}

/// What a surface draws.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Drawing {
    /// The command that it answers.
    pub number: u32,
    /// The markup; empty when there is nothing to show.
    pub html: String,
    /// What a screen reader is told.
    pub status: String,
    /// The style sheet.
    pub css: String,
    /// Where the panel stands.
    pub corner: Corner,
    /// Whether more is coming.
    pub pending: bool,
}

/// Parts of the panel that are drawn anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PanelParts {
    /// The command whose panel is shown.
    pub number: u32,
    /// The markup, by the id of what it goes into.
    pub parts: BTreeMap<&'static str, String>,
    /// The chip's class: its color.
    pub tone: &'static str,
    /// What a screen reader is told.
    pub status: String,
}

/// What is said beside the boxes of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum FormAnswer {
    /// The worker knows nothing of the form: it is to be described again.
    Unknown {
        /// Always true.
        again: bool,
    },
    /// What the rules say of it.
    Verdict {
        /// The description of the form that it is about.
        number: u32,
        /// What stands beside the save button; empty when nothing does.
        note: String,
        /// What open markers say, by the place of what they mark.
        details: BTreeMap<String, String>,
        /// All markers; none when they are the same as before.
        #[serde(skip_serializing_if = "Option::is_none")]
        markers: Option<Vec<Marker>>,
    },
    /// The facts are on their way.
    Waiting {
        /// The description of the form that it is about.
        number: u32,
    },
}

/// A marker beside a box or field: its place, the severity, and its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Marker(pub usize, pub &'static str, pub String);

/// Whether a save of something critical is asked about once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SaveCheck {
    /// Whether it is.
    pub on: bool,
    /// Whether the company that runs the browser decided so.
    pub decided: bool,
}

/// The history as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Export {
    /// The table for a spreadsheet.
    pub csv: String,
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
                _ => None,
            };
        }
        let host = self.url.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
        if self.tab.is_none() || crate::salesforce::setup_url::api_host(host).is_none() {
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
    fn of_frames_only_forms_may_speak() {
        let url = "https://acme.my.salesforce.com/00e5g000002AbCd/e?s=SystemPermissions";
        let form = Sender { url: url.into(), frame: 3, ..page() };
        assert_eq!(form.surface(ID, ORIGIN), Some(Surface::Frame));
        let edit = Command::Edit {
            number: 1,
            form: None,
            on: String::new(),
            values: String::new(),
            open: String::new(),
        };
        assert!(form.may(&edit, ID, ORIGIN) && page().may(&edit, ID, ORIGIN));
        assert!(!form.may(&Command::Retry { number: 1 }, ID, ORIGIN));
        assert!(!form.may(&Command::Check { url: String::new(), number: 1 }, ID, ORIGIN));
        let elsewhere = Sender { url: url.replace("salesforce", "example"), ..form.clone() };
        assert_eq!(elsewhere.surface(ID, ORIGIN), None);
        assert_eq!(Sender { tab: None, ..form }.surface(ID, ORIGIN), None);
    }

    #[test]
    fn strangers_are_nobody() {
        for sender in [
            Sender { id: "other".into(), ..page() },
            Sender { url: "https://example.com/popup.html".into(), ..page() },
            Sender { frame: 3, ..page() },
            Sender { tab: None, ..page() },
            Sender { url: format!("{ORIGIN}popup.html"), frame: 2, tab: Some(1), ..page() },
            Sender { url: format!("{ORIGIN}approve.html?tab=1"), frame: 2, ..page() },
            Sender { url: format!("{ORIGIN}approve.html?tab=1"), tab_url: page().url, ..page() },
            Sender { url: format!("{ORIGIN}other.html"), ..page() },
            Sender::default(),
        ] {
            assert_eq!(sender.surface(ID, ORIGIN), None, "{sender:?}");
        }
    }

    #[test]
    fn commands_only_from_where_they_may_come() {
        assert!(page().may(&Command::Check { url: String::new(), number: 1 }, ID, ORIGIN));
        assert!(!page().may(&Command::Front, ID, ORIGIN));
        let history = Sender { url: format!("{ORIGIN}history.html"), tab: Some(3), ..page() };
        assert!(history.may(&Command::Clear, ID, ORIGIN) && !page().may(&Command::Clear, ID, ORIGIN));
    }

    #[test]
    fn what_writes_is_asked_by_the_extension_s_own_pages_alone() {
        let own = |path: &str| Sender { url: format!("{ORIGIN}{path}"), tab: Some(3), ..page() };
        let edit =
            Sender { url: "https://acme.my.salesforce.com/00e5g000002AbCd/e".into(), frame: 3, ..page() };
        assert_eq!(edit.surface(ID, ORIGIN), Some(Surface::Frame));
        for ask in [
            Command::Apply { number: 1, token: "t".into(), fields: vec![] },
            Command::Allow { number: 1, token: "t".into(), until: Until::Closed },
            Command::Forbid { number: 1 },
        ] {
            assert!(
                own("popup.html").may(&ask, ID, ORIGIN) && own("approve.html?tab=7").may(&ask, ID, ORIGIN)
            );
            // The history shows; it is not where anything is approved.
            for sender in [page(), edit.clone(), own("history.html")] {
                assert!(!sender.may(&ask, ID, ORIGIN), "{ask:?} of {sender:?}");
            }
        }
        assert_eq!(own("approve.html?tab=7").approves(), Some(7));
        assert_eq!(own("approve.html?tab=7#tab=8").approves(), Some(7));
        assert_eq!(own("approve.html").approves(), None);
    }

    #[test]
    fn what_is_no_command_is_not_read() {
        for text in [
            "null",
            r#"{"ask":"ApplyEverything"}"#,
            r#"{"ask":"Check","number":1}"#,
            r#"{"ask":"Check","url":"x","number":-1}"#,
            r#"{"ask":"Say","number":1,"word":"Robot"}"#,
            r#"{"ask":"Place","corner":"middle"}"#,
        ] {
            assert!(serde_json::from_str::<Command>(text).is_err(), "{text}");
        }
        let command = serde_json::from_str::<Command>(r#"{"ask":"Say","number":2}"#).unwrap();
        assert_eq!(command, Command::Say { number: 2, word: None });
        let text = r#"{"ask":"Edit","number":7,"on":"01","values":"a\nb\n","form":["x\ny\n","",""]}"#;
        let Command::Edit { form, on, values, .. } = serde_json::from_str(text).unwrap() else {
            panic!("{text}")
        };
        assert_eq!(form.unwrap().form().boxes, ["x", "y"]);
        assert_eq!(form_state(on, &values).values, ["a", "b"]);
    }

    #[test]
    fn the_wire_is_plain() {
        let command: Command = serde_json::from_str(r#"{"ask":"Say","number":3,"word":"Person"}"#).unwrap();
        assert_eq!(command, Command::Say { number: 3, word: Some(Word::Person) });
        assert!(serde_json::from_str::<Command>(r#"{"ask":"ApplyEverything"}"#).is_err());
    }
}
