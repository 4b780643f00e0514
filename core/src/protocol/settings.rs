//! What an admin, or their company, chose of how Leastwise shows itself on pages of Salesforce.

use serde::{Deserialize, Serialize};

/// Beside which boxes of a form there are markers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Markers {
    /// On profiles, sets and users of integrations only.
    #[default]
    Integrations,
    /// On those of people too.
    All,
    /// Nowhere.
    Off,
}

/// Where the panel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum PanelPlace {
    /// Over the page, in a corner.
    #[default]
    Floating,
    /// At its right edge: the page makes room.
    Docked,
}

/// How the panel and the markers look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As Salesforce Setup: light.
    #[default]
    Salesforce,
    /// As the system: light or dark.
    System,
}

/// What holds on pages of Salesforce. It goes to the page with each drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Whether anything is found, and shown, at all.
    pub findings_on: bool,
    /// Beside which boxes of a form there are markers.
    pub markers: Markers,
    /// Whether a save of something critical is asked about once. What is stored of it stands where earlier versions put it.
    pub ask_before_critical: bool,
    /// Where the panel stands.
    pub place: PanelPlace,
    /// How wide it is, in pixels.
    pub width: u32,
    /// How it looks.
    pub theme: Theme,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            findings_on: true,
            markers: Markers::default(),
            ask_before_critical: false,
            place: PanelPlace::default(),
            width: 400,
            theme: Theme::default(),
        }
    }
}

impl Settings {
    /// The narrowest and the widest panel, in pixels.
    pub const WIDTH: (u32, u32) = (320, 960);

    /// The same with its numbers inside of what can be chosen: what is stored may be another version's.
    #[must_use]
    pub fn bounded(mut self) -> Settings {
        self.width = self.width.clamp(Self::WIDTH.0, Self::WIDTH.1);
        self
    }
}

/// A setting, and what it becomes. On the wire: `{"setting":"rule","rule":"stale-secret","value":false}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "setting", rename_all = "kebab-case")]
pub enum SettingChange {
    /// Whether anything is found, and shown.
    FindingsOn {
        /// Whether it is.
        value: bool,
    },
    /// Beside which boxes there are markers.
    Markers {
        /// Which.
        value: Markers,
    },
    /// Whether a save of something critical is asked about once.
    AskBeforeCritical {
        /// Whether it is.
        value: bool,
    },
    /// Where the panel stands.
    Place {
        /// Where.
        value: PanelPlace,
    },
    /// How wide the panel is.
    Width {
        /// In pixels.
        value: u32,
    },
    /// How the panel and the markers look.
    Theme {
        /// How.
        value: Theme,
    },
    /// Whether a rule runs.
    Rule {
        /// The rule, by id.
        rule: String,
        /// Whether it does.
        value: bool,
    },
    /// From how many days on a password is old.
    OldPasswordDays {
        /// Days.
        value: u32,
    },
    /// From how many addresses on login IP ranges are broad.
    WideRangeAddresses {
        /// Addresses.
        value: u32,
    },
}

impl SettingChange {
    /// Whether it is about where the panel stands: the panel is moved on the page.
    pub const fn is_of_place(&self) -> bool {
        matches!(self, SettingChange::Place { .. } | SettingChange::Width { .. })
    }
}
