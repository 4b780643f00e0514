//! The components of a folder, put together: one profile may stand in several package directories, in parts.

use super::component::{Component, Flag, Kind, OnObject, Reference};
use super::lines::Place;
use super::settings::{App, Org};
use crate::salesforce::ip_range::IpRange;
use std::collections::BTreeMap;

/// What is granted by a profile, a set or a group, after its parts were put together.
#[derive(Debug, Clone, Default)]
pub(super) struct Access {
    /// Each permission that a file names, on or off: the last word counts.
    pub(super) permissions: BTreeMap<String, (bool, Place)>,
    pub(super) objects: BTreeMap<String, OnObject>,
}

impl Access {
    fn take(&mut self, permissions: &[Flag], objects: &[OnObject]) {
        for flag in permissions {
            self.permissions.insert(flag.name.clone(), (flag.on, flag.place));
        }
        for own in objects {
            self.objects.insert(own.grant.object.clone(), own.clone());
        }
    }
}

/// A profile, permission set or group.
#[derive(Debug, Clone)]
pub(super) struct Merged {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) label: String,
    pub(super) description: String,
    pub(super) root: Place,
    pub(super) license: Option<Reference>,
    pub(super) is_custom: bool,
    pub(super) is_session_based: bool,
    pub(super) access: Access,
    /// Of a profile the ranges of the last part that has any: a list of a later part replaces that of an earlier one.
    pub(super) ranges: Vec<(Option<IpRange>, Place)>,
    /// Of a group.
    pub(super) sets: Vec<Reference>,
    pub(super) muting: Vec<Reference>,
    /// Why what it does not grant is not known, in a sentence.
    pub(super) lacking: Option<String>,
}

/// All that a folder says of who may do what.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    pub(super) subjects: Vec<Merged>,
    /// Names of profiles, and of sets, that apps let in, in small letters, with the apps' labels.
    pub(super) profiles_of_apps: BTreeMap<String, Vec<String>>,
    pub(super) sets_of_apps: BTreeMap<String, Vec<String>>,
    pub(super) apps: Vec<App>,
    pub(super) org: Option<Org>,
}

/// Names are the same in capitals and in small letters, as the platform compares them.
pub(super) fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

impl Folder {
    /// Puts components together, which are in the order of their package directories: a later part's word counts.
    pub fn new(components: impl IntoIterator<Item = Component>) -> Folder {
        let mut all: BTreeMap<(Kind, String), Merged> = BTreeMap::new();
        let mut folder = Folder::default();
        let mut apps = vec![];
        for own in components {
            if own.kind.is_of_app() {
                folder.take_app(&own);
                apps.push(own);
                continue;
            }
            if own.kind == Kind::OrgSettings {
                folder.org.get_or_insert_default().add(own);
                continue;
            }
            let key = (own.kind, folded(&own.name));
            match all.get_mut(&key) {
                Some(merged) => merged.add(own),
                None => drop(all.insert(key, Merged::new(own))),
            }
        }
        for merged in all.values_mut().filter(|one| one.kind == Kind::Profile) {
            // A retrieve of a profile always has its user permissions: a file without any is a part of one.
            // Source: Metadata API Developer Guide, Profile.
            if merged.access.permissions.is_empty() {
                merged.lacking =
                    Some("The file has no user permissions, so it's a part of the profile.".to_owned());
            }
        }
        let groups: Vec<(Kind, String)> =
            all.keys().filter(|(kind, _)| *kind == Kind::PermissionSetGroup).cloned().collect();
        for key in groups {
            let Some(group) = all.get(&key) else { continue };
            let (access, lacking) = granted_by_group(group, &all);
            if let Some(group) = all.get_mut(&key) {
                (group.access, group.lacking) = (access, lacking);
            }
        }
        folder.apps = App::all(&apps);
        folder.subjects = all.into_values().filter(|one| one.kind != Kind::MutingPermissionSet).collect();
        folder
    }

    /// How many profiles, permission sets, groups and apps there are; and the org's settings, where there are any.
    pub fn len(&self) -> usize {
        self.subjects.len() + self.apps.len() + usize::from(self.org.is_some())
    }

    /// Whether there is none of them.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn take_app(&mut self, app: &Component) {
        let shown = app.shown().to_owned();
        for (into, names) in
            [(&mut self.profiles_of_apps, &app.profiles), (&mut self.sets_of_apps, &app.sets)]
        {
            for own in names {
                into.entry(folded(&own.name)).or_default().push(shown.clone());
            }
        }
    }
}

impl Merged {
    fn new(own: Component) -> Merged {
        let mut merged = Merged {
            kind: own.kind,
            name: own.name.clone(),
            label: own.shown().to_owned(),
            description: String::new(),
            root: own.root,
            license: None,
            is_custom: own.is_custom,
            is_session_based: false,
            access: Access::default(),
            ranges: vec![],
            sets: vec![],
            muting: vec![],
            lacking: None,
        };
        merged.add(own);
        merged
    }

    fn add(&mut self, own: Component) {
        self.access.take(&own.permissions, &own.objects);
        if !own.description.is_empty() {
            self.description = own.description;
        }
        self.license = own.license.or(self.license.take());
        self.is_session_based |= own.is_session_based;
        self.is_custom &= own.is_custom;
        self.sets.extend(own.sets);
        self.muting.extend(own.muting);
        if !own.ranges.is_empty() {
            self.ranges = own.ranges;
        }
        // The part that says the most is the one to look at for what is said nowhere.
        if !own.permissions.is_empty() {
            self.root = own.root;
        }
    }
}

/// What the sets of a group grant together, less what is muted; each at the element that names the set in the group's file.
/// Why that is not all, where a set or what mutes is not in the folder.
/// Source: Object Reference, PermissionSetGroup; Salesforce Help, "Mute Permissions in a Permission Set Group".
fn granted_by_group(group: &Merged, all: &BTreeMap<(Kind, String), Merged>) -> (Access, Option<String>) {
    let find = |kind, own: &Reference| all.get(&(kind, folded(&own.name)));
    let mut access = Access::default();
    let mut absent: Vec<&str> = vec![];
    for own in &group.sets {
        let Some(set) = find(Kind::PermissionSet, own) else {
            absent.push(&own.name);
            continue;
        };
        for (name, _) in set.access.permissions.iter().filter(|(_, (on, _))| *on) {
            access.permissions.entry(name.clone()).or_insert((true, own.place));
        }
        for (object, granted) in &set.access.objects {
            let here = access.objects.entry(object.clone()).or_insert_with(|| OnObject {
                grant: crate::facts::ObjectGrant { object: object.clone(), ..Default::default() },
                deletes: own.place,
                opens: own.place,
            });
            let (from, grant) = (&granted.grant, &mut here.grant);
            grant.delete |= from.delete;
            grant.modify_all |= from.modify_all;
            grant.view_all |= from.view_all;
            grant.view_fields |= from.view_fields;
        }
    }
    for own in &group.muting {
        let Some(muting) = find(Kind::MutingPermissionSet, own) else {
            absent.push(&own.name);
            continue;
        };
        access.permissions.retain(|name, _| !muting.access.permissions.get(name).is_some_and(|(on, _)| *on));
        for (object, muted) in &muting.access.objects {
            if let Some(here) = access.objects.get_mut(object) {
                let (muted, grant) = (&muted.grant, &mut here.grant);
                grant.delete &= !muted.delete;
                grant.modify_all &= !muted.modify_all;
                grant.view_all &= !muted.view_all;
                grant.view_fields &= !muted.view_fields;
            }
        }
    }
    let lacking = (!absent.is_empty())
        .then(|| format!("Not in this folder: {}, which the group has.", crate::text::listed(&absent)));
    (access, lacking)
}
