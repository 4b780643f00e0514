//! What is chosen before a review starts.

use crate::facts::{AdminAnswer, CheckSettings};
use crate::salesforce::id::Id;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whom a review looks at beside the users that software signs in as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// Nobody else.
    Integrations,
    /// People who could take over the org as well, at most [`PEOPLE`] of them.
    #[default]
    Privileged,
    /// Every active user.
    Everyone,
}

/// So many people at most are looked at one by one; beyond, they are counted.
pub const PEOPLE: usize = 500;

/// What is chosen before a review starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// Days of logins that are read: 180 (all that Salesforce keeps), 90 or 30.
    pub days: u32,
    /// Whom it looks at.
    pub scope: Scope,
    /// Users to look at besides.
    pub also: Vec<Id>,
    /// What the admin said of users.
    pub answers: BTreeMap<Id, AdminAnswer>,
    /// What is chosen of the checks.
    pub checks: CheckSettings,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            days: Options::ALL_DAYS,
            scope: Scope::default(),
            also: vec![],
            answers: BTreeMap::new(),
            checks: CheckSettings::default(),
        }
    }
}

impl Options {
    /// All logins that Salesforce keeps: six months (Object Reference, LoginHistory).
    pub const ALL_DAYS: u32 = 180;
}
