//! What the surfaces ask of the worker, and which surface may ask what.

use super::settings::SettingChange;
use super::surface::Surface;
use crate::classification::AdminAnswer;
use crate::form::{Click, Form, State};
use serde::{Deserialize, Serialize};

/// What [`Command::Fix`] names the plan with that was stopped, together with what the platform said depends on it.
pub const WIDER: &str = "wider";

/// A corner of the page where the panel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
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
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    /// Until the browser is closed: who needed it in March has not left production unlocked in November.
    #[default]
    Closed,
    /// Until somebody takes it back.
    Always,
}

/// What a person says of a step of a checklist that no API tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum StepWord {
    /// It is done.
    Done,
    /// It is not, after all.
    Open,
}

/// What a surface asks of the worker. On the wire: `{"command":"Check","url":…,"number":…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "command")]
pub enum Command {
    /// Show what is known of the page at `url`. `number` tells the checks of one page apart, so that a late answer to
    /// an earlier one is dropped.
    Check {
        /// The address of the top frame.
        url: String,
        /// Which check of this page it is.
        number: u32,
    },
    /// Read everything again.
    Retry {
        /// The check whose report is shown.
        number: u32,
    },
    /// The admin's own answer to who the user shown is; none takes it back.
    Answer {
        /// The check whose report is shown.
        number: u32,
        /// What they said.
        #[serde(default)]
        #[cfg_attr(test, ts(optional))]
        answer: Option<AdminAnswer>,
    },
    /// Accept findings of the record that the page shows. It is stored on this computer; nothing is written to the org.
    Accept {
        /// The check whose report is shown.
        number: u32,
        /// The rule that found them.
        rule: String,
        /// What stands in the form's controls, by name: `about` for each finding, `reason`, `owner`, `ticket`, `until`.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        fields: Vec<(String, String)>,
    },
    /// Accept a finding of the record that the page shows no longer.
    StopAccepting {
        /// The check whose report is shown.
        number: u32,
        /// What was accepted.
        fingerprint: String,
    },
    /// Note something about the record that the page shows.
    Note {
        /// The check whose report is shown.
        number: u32,
        /// What stands in the form's controls, by name: `purpose`, `owner`, `vendor`.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        fields: Vec<(String, String)>,
    },
    /// Put the panel in another corner, for this org.
    Place {
        /// Which.
        corner: Corner,
    },
    /// The panel was opened, or folded: on the tab's next pages it stands so from the start.
    Fold {
        /// Whether it is open.
        open: bool,
    },
    /// Take the panel off this page, and keep it off.
    Close {
        /// The check whose report is shown.
        number: u32,
    },
    /// The form of the edit page that sends it: what stands in it, and what it would change (`crate::form`).
    Edit {
        /// Which description of the form it goes with; a form that is described anew has another.
        number: u32,
        /// What the form has, the first time; none when the worker was told before.
        #[serde(default)]
        #[cfg_attr(test, ts(optional))]
        form: Option<FormDescription>,
        /// A `1` for each box that is selected, a `0` for each that is not.
        on: String,
        /// What stands in each field, a line each; of a choice its value, a tab, and what is shown of it.
        values: String,
        /// The markers that are open, by the place of what they mark.
        #[serde(default)]
        open: Vec<usize>,
        /// What each click brought along that is still so.
        #[serde(default)]
        clicks: Vec<Click>,
    },
    /// Scroll to a box or field of the form that is being edited, and put the focus there.
    ShowField {
        /// The check whose report is shown.
        number: u32,
        /// Its place, as a button's attribute says it.
        place: String,
    },
    /// Put the form that is being edited back as its page brought it. Nothing is written.
    PutBack {
        /// The check whose report is shown.
        number: u32,
    },
    /// The popup: what is known of the tab in front. The window that approves: what waits there for approval.
    Front,
    /// The edit page that sends it is being saved: its form was submitted.
    Submitted,
    /// Whether a save of something critical is asked about once, on edit pages.
    SaveCheck {
        /// What an admin chose; none only asks what holds.
        #[serde(default)]
        #[cfg_attr(test, ts(optional))]
        on: Option<bool>,
    },
    /// Show the window where the preview is approved.
    ShowApproval {
        /// The check whose report is shown.
        number: u32,
    },
    /// Preview a plan. Nothing is written.
    Fix {
        /// The check whose report is shown.
        number: u32,
        /// The plan, as the report names it; empty: those that `fields` name.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        plan: String,
        /// What stands in the preview's form controls, by name.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        fields: Vec<(String, String)>,
    },
    /// Preview what takes an entry of the journal back. Nothing is written.
    Undo {
        /// The check whose report is shown.
        number: u32,
        /// The entry.
        #[serde(default)]
        entry: String,
    },
    /// Preview what is left of an entry of the journal. Nothing is written.
    Continue {
        /// The check whose report is shown.
        number: u32,
        /// The entry.
        #[serde(default)]
        entry: String,
    },
    /// Read again what an entry of the journal left open: it was perhaps written. Nothing is written to the org.
    Verify {
        /// The check whose report is shown.
        number: u32,
        /// The entry.
        #[serde(default)]
        entry: String,
    },
    /// Take a person's word on a step of a checklist that no API tells of. Nothing is written to the org.
    ConfirmStep {
        /// The check whose report is shown.
        number: u32,
        /// The entry of the journal.
        entry: String,
        /// The step's place, as an attribute of its box says it.
        step: String,
        /// What they say.
        word: StepWord,
    },
    /// Take a checklist out of the journal that nobody wants to go on with. Nothing is written to the org.
    Dismiss {
        /// The check whose report is shown.
        number: u32,
        /// The entry of the journal.
        entry: String,
    },
    /// Carry out what is previewed: the one command that writes to an org. A page of the extension alone may send it.
    Apply {
        /// The check whose report is shown.
        number: u32,
        /// What only the markup of that preview in a page of the extension says, once.
        #[serde(default)]
        token: String,
        /// What stands in its form controls, by name: not carried out when it is not what was previewed.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        fields: Vec<(String, String)>,
    },
    /// Allow writing to the org of the preview that shows `token`. A page of the extension alone may send it.
    Allow {
        /// The check whose report is shown.
        number: u32,
        /// What only the markup of that preview in a page of the extension says, once.
        #[serde(default)]
        token: String,
        /// For how long.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        until: Until,
    },
    /// Writing to this org is no longer allowed.
    Forbid {
        /// The check whose report is shown.
        number: u32,
    },
    /// Leave the preview, or what is said of a plan that ended.
    Leave {
        /// The check whose report is shown.
        number: u32,
    },
    /// The whole journal.
    History,
    /// The whole journal as a table for a spreadsheet.
    Export,
    /// Clear what is settled from the journal.
    Clear,
    /// Open the page of an entry of the journal in a tab, with the preview of what takes it back, or of what is left of it.
    /// Nothing is written: that is approved where every preview is.
    OpenEntry {
        /// The entry.
        entry: String,
        /// Which preview.
        preview: EntryPreview,
    },
    /// Open the panel of the tab in front, and move the focus there; one that is hidden is shown again.
    OpenPanel,
    /// Open the page that reviews the org of the tab, in a tab of its own. Nothing is asked of the org yet.
    OpenReview {
        /// The check whose report is shown.
        number: u32,
    },
    /// The options page: every setting, and what is stored.
    Options,
    /// Change a setting.
    Configure {
        /// Which, and what it becomes.
        change: SettingChange,
    },
    /// Writing to an org is no longer allowed.
    ForbidOrg {
        /// The org's id.
        org: String,
    },
    /// Forget what an admin said of a user or profile, or of all.
    ForgetAnswers {
        /// The org, and the record; none for all.
        #[serde(default)]
        #[cfg_attr(test, ts(optional))]
        of: Option<(String, String)>,
    },
    /// Show hidden panels again: one, or all.
    ShowPanels {
        /// The org, and the record; none for all.
        #[serde(default)]
        #[cfg_attr(test, ts(optional))]
        of: Option<(String, String)>,
    },
    /// What is accepted and noted in an org, as a file.
    ExportAccepted {
        /// The org's id.
        org: String,
    },
    /// Take what a file has of accepted risks and notes.
    ImportAccepted {
        /// The org's id.
        org: String,
        /// The file.
        text: String,
        /// Whether it was asked about, and confirmed.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        confirmed: bool,
    },
    /// Accept something in an org no longer: one finding, or all that has expired.
    ForgetAccepted {
        /// The org's id.
        org: String,
        /// What was accepted; none for all that has expired.
        #[serde(default)]
        #[cfg_attr(test, ts(optional))]
        fingerprint: Option<String>,
    },
    /// Erase all that is stored on this computer. Nothing is written to any org.
    Erase,
    /// The page that is shown once, after the extension was installed.
    Welcome,
    /// Reload the tabs that show Salesforce: what was open before the extension was installed knows nothing of it.
    ReloadTabs,
}

/// A preview of what can be done with an entry of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum EntryPreview {
    /// Of what takes it back.
    Undo,
    /// Of what is left of it.
    Continue,
}

/// The boxes and fields of a form, a line each.
///
/// One text, and not a list of objects: those of a page with 409 boxes would cross into Wasm property by property.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct FormDescription {
    /// The boxes, a line each.
    pub boxes: String,
    /// The fields, a line each.
    pub fields: String,
    /// The object that the address names.
    pub object: String,
    /// Whether the page came from itself: the form was posted, or left by a link to another part of it.
    #[serde(default)]
    pub is_again: bool,
}

impl FormDescription {
    /// The form that it describes.
    pub fn form(self) -> Form {
        Form { boxes: lines(&self.boxes), fields: lines(&self.fields), object: self.object }
    }
}

/// What stands in a form, from the fields of [`Command::Edit`].
pub fn form_state(on: String, values: &str, clicks: Vec<Click>) -> State {
    State { on, values: lines(values), clicks }
}

fn lines(text: &str) -> Vec<String> {
    text.split_terminator('\n').map(str::to_owned).collect()
}

impl Command {
    /// The number that it has, or the one of the check whose report is shown.
    pub const fn number(&self) -> Option<u32> {
        match self {
            Command::Check { number, .. }
            | Command::Retry { number }
            | Command::Answer { number, .. }
            | Command::Accept { number, .. }
            | Command::StopAccepting { number, .. }
            | Command::Note { number, .. }
            | Command::Close { number }
            | Command::Edit { number, .. }
            | Command::ShowField { number, .. }
            | Command::PutBack { number }
            | Command::ShowApproval { number }
            | Command::Fix { number, .. }
            | Command::Undo { number, .. }
            | Command::Continue { number, .. }
            | Command::Verify { number, .. }
            | Command::ConfirmStep { number, .. }
            | Command::Dismiss { number, .. }
            | Command::Apply { number, .. }
            | Command::Allow { number, .. }
            | Command::Forbid { number }
            | Command::Leave { number } => Some(*number),
            Command::Place { .. }
            | Command::Fold { .. }
            | Command::Front
            | Command::Submitted
            | Command::SaveCheck { .. }
            | Command::History
            | Command::Export
            | Command::Clear
            | Command::OpenEntry { .. }
            | Command::OpenPanel
            | Command::OpenReview { .. }
            | Command::Options
            | Command::Configure { .. }
            | Command::ForbidOrg { .. }
            | Command::ForgetAnswers { .. }
            | Command::ShowPanels { .. }
            | Command::ExportAccepted { .. }
            | Command::ImportAccepted { .. }
            | Command::ForgetAccepted { .. }
            | Command::Erase
            | Command::Welcome
            | Command::ReloadTabs => None,
        }
    }

    /// The surfaces that may send it.
    pub const fn from(&self) -> &'static [Surface] {
        match self {
            Command::Check { .. } | Command::Place { .. } | Command::Fold { .. } | Command::Close { .. } => {
                &[Surface::Page]
            }
            Command::Edit { .. } | Command::Submitted | Command::SaveCheck { .. } => {
                &[Surface::Page, Surface::Frame]
            }
            Command::Front => &[Surface::Popup, Surface::Approval],
            Command::History | Command::Export | Command::Clear => &[Surface::History],
            Command::OpenEntry { .. } => &[Surface::History, Surface::Popup],
            Command::OpenPanel => &[Surface::Popup],
            Command::OpenReview { .. } => &[Surface::Page],
            Command::Configure { change } if change.is_of_place() => &[Surface::Options, Surface::Page],
            Command::ForbidOrg { .. } => &[Surface::Options, Surface::Popup],
            Command::Options
            | Command::Configure { .. }
            | Command::ForgetAnswers { .. }
            | Command::ShowPanels { .. }
            | Command::ExportAccepted { .. }
            | Command::ImportAccepted { .. }
            | Command::ForgetAccepted { .. }
            | Command::Erase => &[Surface::Options],
            Command::Welcome | Command::ReloadTabs => &[Surface::Welcome],
            Command::ShowApproval { .. }
            | Command::ShowField { .. }
            | Command::PutBack { .. }
            | Command::ConfirmStep { .. }
            | Command::Dismiss { .. } => &[Surface::Page],
            // A page is not where anything is approved: what runs there may be somebody else's.
            Command::Apply { .. } | Command::Allow { .. } => &[Surface::Approval],
            Command::Forbid { .. } => &[Surface::Approval],
            Command::Fix { .. } | Command::Leave { .. } => &[Surface::Page, Surface::Approval],
            Command::Retry { .. } | Command::Continue { .. } => &[Surface::Page, Surface::Popup],
            Command::Answer { .. } | Command::Undo { .. } | Command::Verify { .. } => &[Surface::Page],
            Command::Accept { .. } | Command::StopAccepting { .. } | Command::Note { .. } => &[Surface::Page],
        }
    }
}
