//! What a finding is about: a record, a permission, objects, an app or a setting, by id.
//!
//! It never holds words that are shown: a fix acts on what stands here, so that no title, label or translation decides
//! which record is written.

pub use crate::facts::app_key::AppKey;

use crate::facts::ObjectGrant;
use crate::salesforce::id::Id;
use serde::{Deserialize, Serialize};

/// What a finding is about. Set by the rule; read by the fixes, and by whoever asks whether two findings are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// A setting, or a field, of the user or profile that the report is about.
    Setting(Setting),
    /// A user permission.
    Permission {
        /// Its API name without `Permissions` (`ModifyAllData`).
        name: String,
        /// The permission sets that grant it, by `PermissionSet.Id`: those that profiles own and the aggregates of
        /// groups among them.
        granted_by: Vec<Id>,
    },
    /// What one permission set lets its holders do with objects.
    Objects {
        /// `PermissionSet.Id`.
        granted_by: Id,
        /// The objects, and what is granted on each.
        objects: Vec<ObjectGrant>,
    },
    /// Several permissions that come to something together, by API name without `Permissions`.
    Permissions(Vec<String>),
    /// A permission set, the one that a profile owns, or a group's aggregate.
    Set {
        /// `PermissionSet.Id`.
        id: Id,
        /// What the API calls it, with its package's prefix: the same in every org that has it.
        name: String,
    },
    /// An app that acts as the user.
    App(AppKey),
    /// Several apps that act as the same user.
    Apps(Vec<AppKey>),
    /// How somebody, or something, signs in as the user.
    SignIns(SignInsBy),
    /// Granted permissions that are in no published list, whichever they are: there is nothing to fix in them.
    UnknownPermissions,
    /// A setting of the app, or of the org, that the report is about, by its name in the Metadata API
    /// (`refreshTokenPolicy`).
    Metadata(String),
}

/// A setting of the user or profile that the report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Setting {
    /// Fields of `User` that say who it is: name, user name, email, manager, title.
    Identity,
    /// The user license.
    License,
    /// The profile that the user has (`User.ProfileId`).
    Profile,
    /// API Only User, which is not granted.
    ApiOnly,
    /// The profile's login IP ranges, and what is wrong with them.
    LoginIpRanges(RangeFault),
    /// The user's password, and how old it may become.
    Password,
    /// What is noted about it.
    Record,
    /// Whether the user may log in at all (`User.IsActive`, `UserLogin.IsFrozen`).
    Active,
}

/// What is wrong with login IP ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RangeFault {
    /// There are none.
    None,
    /// They restrict nothing.
    Meaningless,
    /// They are wide.
    Wide,
    /// Sign-ins came from outside of them.
    SignInsOutside,
}

/// Who or what signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SignInsBy {
    /// People, by browser.
    Browser,
    /// People, with a tool made for people.
    Tools,
    /// Several programs.
    Programs,
    /// Programs, with a username and password.
    Password,
    /// Programs, with SOAP `login()`.
    Soap,
    /// Programs, from many addresses.
    Addresses,
    /// Programs, from a country that is new.
    Countries,
}

impl Subject {
    /// A setting of the app or org that the report is about.
    pub(crate) fn metadata(name: &str) -> Subject {
        Subject::Metadata(name.to_owned())
    }

    /// The permission that it is about, by API name without `Permissions`.
    pub fn permission(&self) -> Option<&str> {
        match self {
            Subject::Permission { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The app that it is about, where it is about one.
    pub const fn app(&self) -> Option<&AppKey> {
        match self {
            Subject::App(app) => Some(app),
            _ => None,
        }
    }

    /// The apps that it is about.
    pub fn apps(&self) -> &[AppKey] {
        match self {
            Subject::App(app) => std::slice::from_ref(app),
            Subject::Apps(apps) => apps,
            _ => &[],
        }
    }
}
