//! Connected and external client apps, the tokens they hold, and jobs that run by themselves.
//!
//! It never holds a token's secret: only names, dates and counts are asked for.

use crate::facts::subject::AppKey;
use crate::salesforce::id::Id;
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};

/// OAuth tokens, grouped by app and user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tokens {
    /// One entry for each app and user.
    pub rows: Vec<Token>,
    /// Whether only the most recently used were given: then other users' tokens may be missing, this user's not.
    pub cut: bool,
}

/// What one app holds for one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// `AppName`: the app's label.
    pub app: String,
    /// `AppMenuItemId`, when the app is installed and in the menu.
    pub menu_item: Option<Id>,
    /// `UserId`.
    pub user_id: Id,
    /// The user's name.
    pub user_name: String,
    /// How many tokens there are, counted by `UseCount` (`Id` is null in every row); 0 where that was not counted.
    pub held: u64,
    /// `UseCount`, summed.
    pub uses: u64,
    /// `LastUsedDate` of the most recently used.
    pub last_used: Option<Timestamp>,
}

impl Token {
    /// Which app holds it, as far as the token says.
    pub fn key(&self) -> AppKey {
        match &self.menu_item {
            Some(id) => AppKey::MenuItem(id.clone()),
            None if self.app.trim().is_empty() => AppKey::Deleted,
            None => AppKey::Name(self.app.clone()),
        }
    }
}

impl Tokens {
    /// What apps hold for this user.
    pub fn of<'a>(&'a self, user: &'a Id) -> impl Iterator<Item = &'a Token> {
        self.rows.iter().filter(move |token| token.user_id == *user)
    }
}

/// The apps of the app menu: every installed connected app, and external client apps.
/// Source: Object Reference, AppMenuItem (`IsUsingAdminAuthorization`: "the app is pre-authorized for certain users by
/// the administrator"); `ApplicationId` `0H4…` a connected app, `0xI…` an external client app.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Apps {
    /// One entry an app.
    pub rows: Vec<App>,
    /// Whether there are more than were read.
    pub cut: bool,
}

/// One app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// The menu item's id.
    pub menu_item: Id,
    /// `ApplicationId`.
    pub id: Option<Id>,
    /// `Label`.
    pub label: String,
    /// `Name`.
    pub name: String,
    /// Which kind.
    pub kind: AppKind,
    /// Only users whom an admin approved may use it.
    pub admin_approved: bool,
}

/// Kinds of app that hold tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppKind {
    /// A connected app.
    Connected,
    /// An external client app.
    ExternalClient,
}

impl Apps {
    /// An app's label in quotation marks, with its API name where another app has that label too.
    pub fn shown(&self, app: &App) -> String {
        let label = |app: &App| app.label.trim().to_lowercase();
        let is_shared = self.rows.iter().filter(|other| label(other) == label(app)).count() > 1;
        if is_shared {
            format!("“{}” ({})", app.label.trim(), app.name)
        } else {
            format!("“{}”", app.label.trim())
        }
    }
}

/// Scheduled jobs that run as the user (`CronTrigger.OwnerId`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Jobs {
    /// One entry a job.
    pub rows: Vec<Job>,
}

/// A scheduled job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// `OwnerId`.
    pub owner_id: Id,
    /// `CronJobDetail.Name`.
    pub name: String,
}
