//! What may be done, and which profile, permission set or group grants it.
//!
//! It never holds a fixed list of permissions: whatever `Permissions…` fields the org has are there by name.

use crate::facts::subject::Subject;
use crate::facts::table::{Children, Rows, Table};
use crate::facts::{Fact, Known, Names, ObjectGrant, REACH_LIMIT, Reach, Shared, assignment, objects};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `FIELDS(STANDARD)` gives whatever permission fields the org has: no list of ours can be out of date.
pub(crate) const TABLE: Table = Table {
    fields: &[
        "FIELDS(STANDARD)",
        "Profile.Name",
        "PermissionSetGroup.MasterLabel",
        "PermissionSetGroup.DeveloperName",
        "PermissionSetGroup.Status",
    ],
    children: &[HOLDERS_OF_SET, objects::OF_SET, APPS_OF_SET],
    ..Table::new("PermissionSet", Rows::Sets)
};

/// One more than is said, so that "or more" is known.
const HOLDERS_OF_SET: Children = Children {
    relationship: "Assignments",
    fields: assignment::ASSIGNEE,
    any: &[],
    filter: "WHERE Assignee.IsActive = true LIMIT 201",
};

/// Of a set that was put together out of an org's tables: how many have it who were counted and not read by name. The org
/// itself gives no such field.
pub(crate) const BEYOND: &str = "leastwise.beyond";

/// Which of what a permission set opens are apps.
pub(crate) const APPS_OF_SET: Children = Children {
    relationship: "SetupEntityAccessItems",
    fields: &["SetupEntityId"],
    any: &[],
    filter: "WHERE SetupEntityType = 'ConnectedApplication'",
};

/// All permission sets that reach the user: the profile's own, those assigned, and the aggregate of each group.
/// Source: every profile owns a permission set; a group's aggregate set (`Type` `Group`) has muting applied while the
/// group's `Status` is `Updated` (Object Reference, PermissionSet and PermissionSetGroup).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Grants {
    /// One entry a permission set.
    pub sets: Vec<Grant>,
    /// Whether there are more sets than were read.
    pub cut: bool,
}

/// One permission set, and who else has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The permission set's `Id`.
    pub id: Id,
    /// `Name`: what the API calls it.
    pub api_name: String,
    /// What it belongs to.
    pub source: Source,
    /// `Description`; `None` where it was not read.
    #[serde(default)]
    pub description: Option<String>,
    /// `IsCustom`: whether an admin may edit it. The permissions of a standard profile are fixed.
    pub custom: bool,
    /// `HasActivationRequired`: counts only in sessions that activate it.
    pub session_based: bool,
    /// `NamespacePrefix`: the managed package it came with.
    pub namespace: Option<String>,
    /// The `Permissions…` fields that are true, without that prefix.
    pub permissions: Names,
    /// Objects whose records it lets the user delete, or see all of; `None` when they could not be read.
    pub deletes: Option<Shared<Vec<ObjectGrant>>>,
    /// Whether it has permissions on more objects than were read.
    pub objects_cut: bool,
    /// Connected and external client apps it admits to; `None` when they could not be read.
    pub apps: Option<Shared<Vec<Id>>>,
    /// Who else has it; `None` when it could not be read.
    pub reach: Option<Reach>,
    /// The group whose aggregate it is.
    pub group: Option<Id>,
    /// What the API calls it, where another one of the same user has the same label: then the label alone does not tell
    /// which is meant. See [`Grants::tell_apart`].
    #[serde(default)]
    pub told_apart: Option<String>,
}

/// What a permission set belongs to, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// The permission set that a profile owns.
    Profile {
        /// The profile's name.
        name: String,
    },
    /// A permission set on its own.
    PermissionSet {
        /// Its label.
        name: String,
    },
    /// The aggregate of a permission set group, muting applied.
    Group {
        /// The group's label.
        name: String,
        /// `PermissionSetGroup.Status`: `Updated` when the aggregate is right (else `Outdated`, `Updating`, `Failed`);
        /// empty when the group could not be read.
        status: String,
    },
}

impl Source {
    fn from_row(row: &Value) -> Source {
        let of = |path| json::text(row, path);
        let first =
            |names: &[&str]| names.iter().find(|name| !name.is_empty()).copied().unwrap_or("?").to_owned();
        if json::flag(row, "IsOwnedByProfile") || !of("ProfileId").is_empty() {
            Source::Profile { name: first(&[of("Profile.Name"), of("Label"), of("Name")]) }
        } else if !of("PermissionSetGroupId").is_empty() {
            Source::Group {
                name: first(&[of("PermissionSetGroup.MasterLabel"), of("Label"), of("Name")]),
                status: of("PermissionSetGroup.Status").into(),
            }
        } else {
            Source::PermissionSet { name: first(&[of("Label"), of("Name")]) }
        }
    }
}

impl Grants {
    /// From the rows of permission sets. Every profile owns a set and every user has their profile's: no row at all means
    /// that the signed-in user may not see them. A row that is no fact is a row not read: the list counts as cut.
    pub(crate) fn from_rows(rows: &[Value], cut: bool, own: Option<&Id>, now: Timestamp) -> Known<Grants> {
        if rows.is_empty() {
            let why = OrgError::NoPermission { what: assignment::TABLE.object.into() };
            return Known::unavailable(Grants::NAME, why);
        }
        let sets: Vec<_> =
            rows.iter().filter_map(|row| Grant::from_row(row, own, REACH_LIMIT, now)).collect();
        Known::Is(Grants { cut: cut || sets.len() < rows.len(), sets })
    }

    /// The sets that grant a user permission (`ModifyAllData`, without the `Permissions` prefix).
    pub fn granting<'a>(&'a self, permission: &'a str) -> impl Iterator<Item = &'a Grant> {
        self.sets.iter().filter(move |set| set.permissions.contains(permission))
    }

    /// Those that grant it at the login: a set that a session has to activate does not hold then.
    pub fn at_login<'a>(&'a self, permission: &'a str) -> impl Iterator<Item = &'a Grant> {
        self.granting(permission).filter(|set| !set.session_based)
    }

    /// Whether anything grants it.
    pub fn has(&self, permission: &str) -> bool {
        self.granting(permission).next().is_some()
    }

    /// Finds the sets, and the groups, whose labels are not theirs alone (labels need not be unique, API names are).
    pub fn tell_apart(&mut self) {
        let label = |set: &Grant| match &set.source {
            Source::Profile { name } => (0, name.trim().to_lowercase()),
            Source::PermissionSet { name } => (1, name.trim().to_lowercase()),
            Source::Group { name, .. } => (2, name.trim().to_lowercase()),
        };
        let mut counts: BTreeMap<_, usize> = BTreeMap::new();
        for set in &self.sets {
            *counts.entry(label(set)).or_default() += 1;
        }
        for set in &mut self.sets {
            let is_shared = counts.get(&label(set)).is_some_and(|count| *count > 1);
            set.told_apart = is_shared.then(|| match &set.namespace {
                Some(namespace) => format!("{namespace}__{}", set.api_name),
                None => set.api_name.clone(),
            });
        }
    }

    /// The set that the profile owns.
    pub fn profile(&self) -> Option<&Grant> {
        self.sets.iter().find(|set| matches!(set.source, Source::Profile { .. }))
    }

    /// Groups whose aggregate is out of date, by label, with their status: what they grant is not known for certain.
    pub fn unsettled(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sets.iter().filter_map(|set| match &set.source {
            Source::Group { name, status } if status != "Updated" => Some((name.as_str(), status.as_str())),
            _ => None,
        })
    }

    /// Groups whose aggregate is out of date, by label.
    pub fn unsettled_groups(&self) -> impl Iterator<Item = &str> {
        self.unsettled().map(|(name, _)| name)
    }
}

impl Grant {
    /// A permission set with its children. `own` is the user shown, who is not one of the others; beyond `limit` users
    /// "or more" is said.
    pub(crate) fn from_row(row: &Value, own: Option<&Id>, limit: usize, now: Timestamp) -> Option<Grant> {
        let objects = json::children(row, objects::OF_SET.relationship);
        Some(Grant {
            id: json::id(row, "Id")?,
            // A group's aggregate is called after an id; the group has a name of its own.
            api_name: match json::text(row, "PermissionSetGroup.DeveloperName") {
                "" => json::text(row, "Name").into(),
                of_group => of_group.into(),
            },
            source: Source::from_row(row),
            description: row.get("Description").map(|text| text.as_str().unwrap_or_default().to_owned()),
            custom: json::flag(row, "IsCustom"),
            session_based: json::flag(row, "HasActivationRequired"),
            namespace: Some(json::text(row, "NamespacePrefix")).filter(|n| !n.is_empty()).map(str::to_owned),
            permissions: Names::from_row(row),
            deletes: objects.as_ref().map(|list| {
                list.rows.iter().map(ObjectGrant::from_row).filter(ObjectGrant::is_any).collect()
            }),
            objects_cut: objects.is_some_and(|list| list.cut),
            // Of a list that is not whole it is not known which apps are missing: none of it is taken for all.
            apps: json::children(row, APPS_OF_SET.relationship)
                .filter(|list| !list.cut)
                .map(|list| list.rows.iter().filter_map(|row| json::id(row, "SetupEntityId")).collect()),
            reach: json::children(row, "Assignments").map(|list| Reach {
                beyond: usize::try_from(json::number(row, BEYOND)).unwrap_or(usize::MAX),
                ..Reach::from_rows(&list, own, limit, now)
            }),
            group: json::id(row, "PermissionSetGroupId"),
            told_apart: None,
        })
    }

    /// What a finding about the set itself is about.
    pub(crate) fn subject(&self) -> Subject {
        let prefix = self.namespace.iter().map(|namespace| format!("{namespace}__"));
        let name = prefix.chain([self.api_name.clone()]).collect();
        Subject::Set { id: self.id.clone(), name }
    }

    /// Its name in quotation marks, with what the API calls it where the name alone does not tell which is meant.
    pub fn quoted(&self) -> String {
        let (Source::Profile { name } | Source::PermissionSet { name } | Source::Group { name, .. }) =
            &self.source;
        match &self.told_apart {
            Some(api_name) => format!("“{name}” ({api_name})"),
            None => format!("“{name}”"),
        }
    }

    /// What it is, and [what it is called](Grant::quoted): “permission set “ERP” (Acme__ERP)”.
    pub fn shown(&self) -> String {
        match &self.source {
            Source::Profile { .. } => format!("profile {}", self.quoted()),
            Source::PermissionSet { .. } => format!("permission set {}", self.quoted()),
            Source::Group { .. } => format!("permission set group {}", self.quoted()),
        }
    }

    /// Where it comes from and who else has it, in a line of evidence.
    pub fn evidence(&self) -> String {
        let mut line = format!("Granted by {}", self.shown());
        if matches!(self.source, Source::Group { .. }) {
            line.push_str(", muting applied");
        }
        match &self.reach {
            Some(reach) => line.push_str(&format!(", {}", reach.assigned())),
            None => line.push_str("; Leastwise couldn't read who else has it"),
        }
        if self.session_based {
            line.push_str("; only in sessions where it's activated (session-based)");
        }
        line.push('.');
        line
    }
}
