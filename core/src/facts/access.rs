//! What may be done, and which profile, permission set or group grants it.
//!
//! It never holds a fixed list of permissions: whatever `Permissions…` fields the org has are there by name.

use crate::facts::{License, Profile};
use crate::salesforce::id::Id;
use crate::salesforce::ip_range::IpRange;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Names, each once and in order. (A list: a tree of texts costs 4 KB of the shipped Wasm.)
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Names(Vec<String>);

impl Names {
    /// Whether `name` is one of them.
    pub fn contains(&self, name: &str) -> bool {
        self.0.binary_search_by(|own| own.as_str().cmp(name)).is_ok()
    }

    /// Puts `name` among them, or takes it away.
    pub fn put(&mut self, name: &str, on: bool) {
        match (self.0.binary_search_by(|own| own.as_str().cmp(name)), on) {
            (Err(at), true) => self.0.insert(at, name.to_owned()),
            (Ok(at), false) => drop(self.0.remove(at)),
            _ => {}
        }
    }

    /// Each, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, String> {
        self.0.iter()
    }
}

impl FromIterator<String> for Names {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Names {
        let mut names: Vec<String> = names.into_iter().collect::<Vec<_>>();
        names.sort_unstable();
        names.dedup();
        Names(names)
    }
}

impl<const N: usize> From<[String; N]> for Names {
    fn from(names: [String; N]) -> Names {
        names.into_iter().collect()
    }
}

impl<'a> IntoIterator for &'a Names {
    type Item = &'a String;
    type IntoIter = std::slice::Iter<'a, String>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

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

/// A profile that a user could be given: what rules would look at, but for its login IP ranges, which are told of one
/// profile at a time. Of the objects that it lets delete nothing is known where they were too many to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The profile.
    pub profile: Profile,
    /// Its user licence.
    pub license: License,
    /// The permission set that it owns: of its permissions those that a rule looks at.
    pub set: Grant,
}

/// One permission set, and whom else it reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The permission set's `Id`.
    pub id: Id,
    /// `Name`: what the API calls it.
    pub api_name: String,
    /// What it belongs to.
    pub source: Source,
    /// `IsCustom`: whether an admin may edit it. The permissions of a standard profile are fixed.
    pub custom: bool,
    /// `HasActivationRequired`: counts only in sessions that activate it.
    pub session_based: bool,
    /// `NamespacePrefix`: the managed package it came with.
    pub namespace: Option<String>,
    /// The `Permissions…` fields that are true, without that prefix.
    pub permissions: Names,
    /// Objects whose records it lets the user delete, or see all of; `None` when they could not be read.
    pub deletes: Option<Vec<ObjectGrant>>,
    /// Whether it has permissions on more objects than were read.
    pub objects_cut: bool,
    /// Connected and external client apps it admits to; `None` when they could not be read.
    pub apps: Option<Vec<Id>>,
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

/// `ObjectPermissions` on one object, as far as it goes beyond reading and writing what is shared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct ObjectGrant {
    /// `SobjectType`.
    pub object: String,
    /// `PermissionsDelete`.
    pub delete: bool,
    /// `PermissionsModifyAllRecords`.
    pub modify_all: bool,
    /// `PermissionsViewAllRecords`.
    pub view_all: bool,
    /// `PermissionsViewAllFields`, which API 63.0 and later have.
    pub view_fields: bool,
}

impl ObjectGrant {
    /// Whether it grants any of these.
    pub fn is_any(&self) -> bool {
        self.deletes() || self.view_all || self.view_fields
    }

    /// Whether it lets records be deleted.
    pub fn deletes(&self) -> bool {
        self.delete || self.modify_all
    }
}

/// The other active users who have the same permission set; on a profile's or permission set's own page all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reach {
    /// Those who were read.
    pub others: Vec<Assignee>,
    /// Whether there are more.
    pub more: bool,
    /// Whether nobody is shown whose others they would be: they are all who have it.
    #[serde(default)]
    pub all: bool,
}

/// An active user who has a permission set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignee {
    /// The user's id.
    pub id: Id,
    /// Their name.
    pub name: String,
    /// Their user name.
    pub username: String,
}

impl Reach {
    /// "nobody else", "2 other active users", "200 or more other active users"; `other` is `other ` or nothing.
    pub(crate) fn words(&self, other: &str) -> String {
        let (n, more) = (self.others.len(), if self.more { " or more" } else { "" });
        match n {
            0 if !self.more && self.all => "nobody".into(),
            0 if !self.more => "nobody else".into(),
            _ => format!("{n}{more} {other}active user{}", if n == 1 && !self.more { "" } else { "s" }),
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(if self.all { "" } else { "other " }))
    }
}

impl Grants {
    /// The sets that grant a user permission (`ModifyAllData`, without the `Permissions` prefix).
    pub fn granting<'a>(&'a self, permission: &'a str) -> impl Iterator<Item = &'a Grant> {
        self.sets.iter().filter(move |set| set.permissions.contains(permission))
    }

    /// Whether anything grants it.
    pub fn has(&self, permission: &str) -> bool {
        self.granting(permission).next().is_some()
    }

    /// Finds the sets, and the groups, whose labels are not theirs alone (labels need not be unique, API names are).
    pub fn tell_apart(&mut self) {
        let kind = |set: &Grant| match &set.source {
            Source::Profile { name } => (0, name.trim().to_lowercase()),
            Source::PermissionSet { name } => (1, name.trim().to_lowercase()),
            Source::Group { name, .. } => (2, name.trim().to_lowercase()),
        };
        let kinds: Vec<_> = self.sets.iter().map(kind).collect();
        for (set, own) in self.sets.iter_mut().zip(&kinds) {
            let is_shared = kinds.iter().filter(|other| *other == own).count() > 1;
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
            Source::Group { .. } => format!("permission set group {} (after muting)", self.quoted()),
        }
    }

    /// Where it comes from and how far it reaches, in a line of evidence.
    pub fn evidence(&self) -> String {
        let mut line = format!("Granted by {}", self.shown());
        match &self.reach {
            Some(reach) => line.push_str(&format!(", which reaches {reach}")),
            None => line.push_str("; who else has it could not be read"),
        }
        if self.session_based {
            line.push_str("; counts only in sessions that activate it");
        }
        line.push('.');
        line
    }
}

/// `loginIpRanges` of Metadata `Profile`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LoginIpRanges {
    /// The ranges, in the org's order.
    pub ranges: Vec<IpRange>,
    /// `FullName`: what the Metadata API calls the profile (a standard one's is not its name); empty when it was not
    /// given.
    pub full_name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_others_only_beside_somebody() {
        let reach = |n: u32, more, all| {
            let id = |n| crate::rules::example::id("005", n);
            let others = (1..=n).map(|n| Assignee { id: id(n), name: "Ann".into(), username: "ann".into() });
            Reach { others: others.collect(), more, all }.to_string()
        };
        assert_eq!(reach(1, false, false), "1 other active user");
        assert_eq!(reach(1, false, true), "1 active user");
        assert_eq!(reach(2, false, true), "2 active users");
        assert_eq!(reach(1, true, true), "1 or more active users");
        assert_eq!((reach(0, false, false), reach(0, false, true)), ("nobody else".into(), "nobody".into()));
    }
}
