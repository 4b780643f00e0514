//! What a form can change of the facts, and the facts as they would be with it: a copy that shares all else with those
//! that were read.
//!
//! It never changes the facts that were read.

use super::recognize::{self, Meaning};
use super::{Edit, State};
use crate::classification::Classification;
use crate::facts::{
    Choice, Fact, Facts, Grant, Grants, Known, License, LoginIpRanges, Names, ObjectGrant, Profile, Reach,
    Shared, Source, User,
};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::ip_range::IpRange;
use crate::salesforce::setup_url::PageKind;

/// What a profile says of its users.
type Hidden = (Known<Profile>, Known<Grants>, Known<LoginIpRanges>);

/// What a form can change.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Of the set that the page's boxes are of.
    pub(super) permissions: Names,
    pub(super) deletes: Option<Shared<Vec<ObjectGrant>>>,
    /// Nobody has a copy.
    is_clone: bool,
    pub(super) ranges: Option<Shared<Vec<IpRange>>>,
    user: Option<User>,
    license: Option<License>,
    pub(super) classification: Known<Classification>,
    /// Of a user who is to have another profile: what is known of that.
    hidden: Option<Box<Hidden>>,
    /// Nothing is: it was not read.
    unread: bool,
    /// The objects that it lets delete were not.
    unlisted: bool,
}

impl Sheet {
    /// What is there now.
    pub(super) fn new(facts: &Facts, kind: PageKind, is_clone: bool) -> Sheet {
        let set = own(facts, kind);
        let on_user = kind == PageKind::User;
        Sheet {
            permissions: set.map(|set| set.permissions.clone()).unwrap_or_default(),
            // A list that is not whole says nothing of an object that it does not name.
            deletes: set.filter(|set| !set.objects_cut).and_then(|set| set.deletes.clone()),
            is_clone,
            ranges: facts.login_ip_ranges.known().map(|ranges| ranges.ranges.clone()),
            user: facts.user.known().filter(|_| on_user).cloned(),
            license: facts.license.known().filter(|_| on_user).cloned(),
            classification: facts.classification.clone(),
            hidden: None,
            unread: false,
            unlisted: false,
        }
    }

    /// Whether the form chose another profile.
    pub(super) fn is_hidden(&self) -> bool {
        self.hidden.is_some()
    }

    /// Whether it chose one that was not read.
    pub(super) fn is_unread(&self) -> bool {
        self.is_hidden() && self.unread
    }

    /// Whether the objects that it lets delete were not read.
    pub(super) fn is_unlisted(&self) -> bool {
        self.is_hidden() && self.unlisted
    }

    /// The facts as they would be saved.
    pub(super) fn overlay(&self, facts: &Facts, kind: PageKind) -> Facts {
        let mut facts = facts.clone();
        if let Some(set) = own_mut(&mut facts, kind) {
            set.permissions = self.permissions.clone();
            set.deletes = self.deletes.clone();
            if self.is_clone {
                set.reach = Some(Reach::default());
            }
        }
        if let (Known::Is(own), Some(ranges)) = (&mut facts.login_ip_ranges, &self.ranges) {
            own.ranges = ranges.clone();
        }
        if let (Known::Is(own), Some(user)) = (&mut facts.user, &self.user) {
            *own = user.clone();
        }
        if let (Known::Is(own), Some(license)) = (&mut facts.license, &self.license) {
            *own = license.clone();
        }
        facts.classification = self.classification.clone();
        if let Some(hidden) = &self.hidden {
            (facts.profile, facts.grants, facts.login_ip_ranges) = (**hidden).clone();
        }
        facts
    }
}

impl Edit {
    /// Takes the boxes' permissions and objects; `facts` are what is there now.
    pub(super) fn take_boxes(&mut self, state: &State, facts: &Facts, changed: &mut Vec<&'static str>) {
        let Some(saved) = own(facts, self.kind) else { return };
        let (mut names, mut deletes) = (saved.permissions.clone(), saved.deletes.clone());
        for (at, meaning) in self.meanings.iter().enumerate() {
            let Some(on) = state.is_on(at) else { continue };
            match meaning {
                Meaning::Permission(name) => names.put(name, on),
                Meaning::Object(object, column) => {
                    set_object(deletes.get_or_insert_default(), object, *column, on)
                }
                Meaning::Unknown | Meaning::Other => {}
            }
        }
        // A list that could not be read does not become one by a form that says nothing of it.
        if saved.deletes.is_none() && deletes.as_ref().is_some_and(|all| all.is_empty()) {
            deletes = None;
        }
        if self.sheet.permissions != names || self.sheet.deletes != deletes {
            changed.push(Grants::NAME);
            self.sheet.deletes = deletes;
            self.sheet.permissions = names;
        }
    }

    /// Takes a user's fields; with another profile, what was read of that.
    pub(super) fn take_user(&mut self, state: &State, facts: &Facts, changed: &mut Vec<&'static str>) {
        let text = |id: &str| self.value(state, id);
        let Known::Is(saved) = &facts.user else { return };
        let mut user = saved.clone();
        for (id, field) in [
            ("Email", &mut user.email),
            ("Username", &mut user.username),
            ("Title", &mut user.title),
            ("Department", &mut user.department),
            ("EmployeeNumber", &mut user.employee_number),
        ] {
            if let Some(value) = text(id) {
                *field = value.to_owned();
            }
        }
        // A name has more than these two where an org turned that on: one that nobody changed is as it was read.
        let names = ["name_firstName", "name_lastName"];
        if names.iter().any(|id| text(id) != self.first(id, 1)) {
            let names: Vec<&str> =
                names.iter().filter_map(|id| text(id)).filter(|name| !name.is_empty()).collect();
            user.name = names.join(" ");
        }
        let active = self.form.boxes.iter().position(|own| recognize::part(own, 0) == "active");
        if let Some(on) = active.and_then(|at| state.is_on(at)) {
            user.is_active = on;
        }
        // A field that is no choice has a name, and a name can have the form of an id.
        if let Some(chosen) = text("Profile").and_then(Id::parse).filter(|id| id.prefix() == "00e") {
            user.profile_id = Some(chosen);
        }
        let hidden = user.profile_id != saved.profile_id;
        let choice =
            facts.choices.iter().find(|one| hidden && Some(&one.profile.id) == user.profile_id.as_ref());
        let at = self.field("user_license_id");
        let shown = at
            .and_then(|at| state.values.get(at))
            .map(|line| (recognize::part(line, 0), recognize::part(line, 1)));
        // The choice's text is the licence's name; that of the first is known better.
        let license = match shown {
            _ if choice.is_some() => choice.map(|choice| choice.license.clone()),
            Some((value, name)) if self.first("user_license_id", 1) != Some(value) => {
                Some(License { name: name.to_owned() })
            }
            _ => facts.license.known().cloned(),
        };
        let license = license.filter(|_| self.sheet.license.is_some());
        if self.sheet.user.as_ref() == Some(&user)
            && self.sheet.license == license
            && self.sheet.hidden.is_some() == hidden
        {
            return;
        }
        changed.extend([User::NAME, License::NAME, Grants::NAME, Profile::NAME, LoginIpRanges::NAME]);
        self.sheet.user = Some(user);
        self.sheet.license = license;
        self.sheet.unread = choice.is_none() || facts.grants.known().is_none();
        self.sheet.unlisted = choice.is_none_or(|choice| choice.set.deletes.is_none());
        self.sheet.hidden = hidden.then(|| Box::new(chosen(choice, &facts.grants)));
    }
}

/// What is known of a user who has a profile, and else what is granted today.
fn chosen(choice: Option<&Choice>, today: &Known<Grants>) -> Hidden {
    let unread = || OrgError::Pending;
    let ranges = Known::unavailable(LoginIpRanges::NAME, unread());
    let (Some(choice), Known::Is(today)) = (choice, today) else {
        return (
            Known::unavailable(Profile::NAME, unread()),
            Known::unavailable(Grants::NAME, unread()),
            ranges,
        );
    };
    let mut grants = today.clone();
    grants.sets.retain(|set| !matches!(set.source, Source::Profile { .. }));
    grants.sets.push(choice.set.clone());
    (Known::Is(choice.profile.clone()), Known::Is(grants), ranges)
}

/// The set whose boxes a page has: the profile's own, or the permission set itself.
pub(super) fn own(facts: &Facts, kind: PageKind) -> Option<&Grant> {
    let grants = facts.grants.known()?;
    match kind {
        PageKind::User => None,
        PageKind::Profile => grants.profile(),
        PageKind::PermissionSet => grants.sets.first(),
    }
}

/// A set of which nothing is known.
pub(super) fn bare(kind: PageKind, id: Id) -> Grant {
    let name = String::new();
    let source =
        if kind == PageKind::Profile { Source::Profile { name } } else { Source::PermissionSet { name } };
    let (permissions, deletes, apps) = (Names::default(), Some(Shared::default()), Some(Shared::default()));
    let (custom, session_based, namespace, reach, group, told_apart) = (true, false, None, None, None, None);
    let api_name = String::new();
    let objects_cut = false;
    Grant {
        description: None,
        id,
        api_name,
        source,
        custom,
        session_based,
        namespace,
        permissions,
        deletes,
        objects_cut,
        apps,
        reach,
        group,
        told_apart,
    }
}

pub(super) fn own_mut(facts: &mut Facts, kind: PageKind) -> Option<&mut Grant> {
    let id = own(facts, kind)?.id.clone();
    match &mut facts.grants {
        Known::Is(grants) => grants.sets.iter_mut().find(|set| set.id == id),
        _ => None,
    }
}

/// Ticks or unticks one of an object's boxes, as far as it goes beyond reading and writing what is shared.
pub(super) fn set_object(deletes: &mut Vec<ObjectGrant>, object: &str, column: usize, on: bool) {
    let at = match deletes.iter().position(|own| own.object == object) {
        Some(at) => at,
        None if !on => return,
        None => {
            deletes.push(ObjectGrant { object: object.to_owned(), ..ObjectGrant::default() });
            deletes.len() - 1
        }
    };
    if let Some(own) = deletes.get_mut(at) {
        match column {
            recognize::DELETE => own.delete = on,
            recognize::VIEW_ALL => own.view_all = on,
            recognize::MODIFY_ALL => own.modify_all = on,
            recognize::VIEW_ALL_FIELDS => own.view_fields = on,
            _ => {}
        }
        if !own.is_any() {
            deletes.remove(at);
        }
    }
}
