//! The OAuth tokens that apps hold.
//!
//! It never holds a token's secret: only names, dates and counts are asked for.

use crate::facts::Shared;
use crate::facts::app_key::AppKey;
use crate::facts::table::{Rows, Table};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Tokens by app and user, those used last first. (`Id` of OauthToken is null in every row, so it counts nothing.)
pub(crate) const TABLE: Table = Table {
    group: &["AppName", "AppMenuItemId", "UserId", "User.Name userName"],
    fields: &[
        "COUNT(UseCount) held",
        "SUM(UseCount) uses",
        "MIN(CreatedDate) oldest",
        "MAX(LastUsedDate) newest",
    ],
    order: "ORDER BY MAX(LastUsedDate) DESC NULLS LAST LIMIT 2000",
    ..Table::new("OauthToken", Rows::All(""))
};

/// OAuth tokens, grouped by app and user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tokens {
    /// One entry for each app and user.
    pub rows: Shared<Vec<Token>>,
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
    /// `CreatedDate` of the oldest.
    #[serde(default)]
    pub created: Option<Timestamp>,
    /// `LastUsedDate` of the most recently used.
    pub last_used: Option<Timestamp>,
}

impl Token {
    /// From a row of the grouped query.
    pub(crate) fn from_row(row: &Value) -> Option<Token> {
        Some(Token {
            app: json::text(row, "AppName").into(),
            menu_item: json::id(row, "AppMenuItemId"),
            user_id: json::id(row, "UserId")?,
            user_name: json::text(row, "userName").into(),
            held: json::number(row, "held"),
            uses: json::number(row, "uses"),
            created: json::time(row, "oldest"),
            last_used: json::time(row, "newest"),
        })
    }

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
    /// From the rows of the grouped query; `cut` where there are more.
    pub(crate) fn from_rows(rows: &[Value], cut: bool) -> Tokens {
        let mut rows: Vec<Token> = rows.iter().filter_map(Token::from_row).collect();
        rows.sort_by(|a, b| (&a.app, &a.user_id, b.uses).cmp(&(&b.app, &b.user_id, a.uses)));
        // This user's may have been read twice: with all, and alone where the list of all was cut.
        rows.dedup_by(|a, b| a.app == b.app && a.user_id == b.user_id && a.menu_item == b.menu_item);
        Tokens { rows: rows.into(), cut }
    }

    /// What apps hold for this user.
    pub fn of<'a>(&'a self, user: &'a Id) -> impl Iterator<Item = &'a Token> {
        self.rows.iter().filter(move |token| token.user_id == *user)
    }
}
