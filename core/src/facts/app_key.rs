//! Which app it is, in every list that names apps.

use crate::salesforce::id::Id;
use serde::{Deserialize, Serialize};

/// Which app it is. The same app has the same key in every list: by the id of its item in the app menu wherever that is
/// known, for a label can be changed and two apps can have the same one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "by", content = "is")]
pub enum AppKey {
    /// `AppMenuItem.Id`: the app is installed in this org (`OauthToken.AppMenuItemId`).
    MenuItem(Id),
    /// No id is known: what tokens (`OauthToken.AppName`) and sign-ins (`LoginHistory.Application`) call it.
    Name(String),
    /// The app was deleted: its tokens have neither a name nor a menu item.
    Deleted,
}

impl AppKey {
    /// Whether it is the same app as another. Names are the same in capitals and in small letters, as the platform
    /// compares them.
    pub fn is(&self, other: &AppKey) -> bool {
        match (self, other) {
            (AppKey::Name(a), AppKey::Name(b)) => a.trim().to_lowercase() == b.trim().to_lowercase(),
            _ => self == other,
        }
    }

    /// What tells it from others in a [`crate::plan::PlanId`].
    pub fn id(&self) -> &str {
        match self {
            AppKey::MenuItem(id) => id.as_str(),
            AppKey::Name(name) => name,
            AppKey::Deleted => "",
        }
    }
}
