//! Connected and external client apps, with who may use them.

use crate::facts::Shared;
use crate::facts::table::{Rows, Table};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use serde::{Deserialize, Serialize};

/// The app menu, without what is no app.
pub(crate) const TABLE: Table = Table {
    fields: &["Id", "ApplicationId", "Label", "Name", "IsUsingAdminAuthorization"],
    ..Table::new("AppMenuItem", Rows::All("Type NOT IN ('TabSet', 'Network')"))
};

/// The apps of the app menu: every installed connected app, and external client apps.
/// Source: Object Reference, AppMenuItem (`IsUsingAdminAuthorization`: "the app is pre-authorized for certain users by
/// the administrator"); `ApplicationId` `0H4…` a connected app, `0xI…` an external client app.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Apps {
    /// One entry an app.
    pub rows: Shared<Vec<App>>,
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

impl App {
    /// Connected apps (`0H4`) and external client apps (`0xI`); menu items of other kinds are none.
    pub(crate) fn from_row(row: &Value) -> Option<App> {
        let application = json::id(row, "ApplicationId");
        let kind = match application.as_ref().map(Id::prefix) {
            Some("0H4") => AppKind::Connected,
            Some("0xI") => AppKind::ExternalClient,
            _ => return None,
        };
        Some(App {
            menu_item: json::id(row, "Id")?,
            id: application,
            label: json::text(row, "Label").into(),
            name: json::text(row, "Name").into(),
            kind,
            admin_approved: json::flag(row, "IsUsingAdminAuthorization"),
        })
    }
}

impl Apps {
    /// From the rows of the app menu.
    pub(crate) fn from_rows(rows: &[Value], cut: bool) -> Apps {
        Apps { rows: rows.iter().filter_map(App::from_row).collect(), cut }
    }

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
