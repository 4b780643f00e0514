//! The tables of a whole org, and the facts of each of its users out of them.
//!
//! What users share is there once: permission sets with their permissions, who has them, tokens and apps. A user's facts
//! point to it. Who somebody is, is not said here: that is weighed from the facts (`crate::classification`), with what the
//! admin said of the user.

use crate::facts::assignment::{self, Assignment};
use crate::facts::{
    Apps, Expirations, Fact, Facts, Frozen, Grant, Grants, Job, Jobs, Known, License, LoginIpRanges, Profile,
    REACH_LIMIT, Reach, Record, SignIn, SignIns, Source, Tokens, User, frozen,
};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use crate::salesforce::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The rows of one table.
#[derive(Debug, Clone, Default)]
pub struct TableRows {
    /// Those that were read.
    pub rows: Vec<Value>,
    /// Whether there are more, it is not known whose.
    pub cut: bool,
    /// Of whom there are more: users, of permission sets the sets.
    pub cut_of: BTreeSet<Id>,
    /// Whose could not be read, and why.
    pub lost: BTreeMap<Id, OrgError>,
}

/// The rows of an org's tables as its API gives them; of each, why it could not be read.
#[derive(Debug, Clone)]
pub struct OrgTables {
    /// `User`, whole rows.
    pub users: Result<TableRows, OrgError>,
    /// `UserLogin`: `UserId`, `IsFrozen`.
    pub logins: Result<TableRows, OrgError>,
    /// `Profile`, whole rows.
    pub profiles: Result<TableRows, OrgError>,
    /// `UserLicense`: `Id`, `Name`.
    pub licenses: Result<TableRows, OrgError>,
    /// `PermissionSet`, with the same fields and child lists as a user's page reads.
    pub sets: Result<TableRows, OrgError>,
    /// `PermissionSetAssignment`: who has which, and whether it counts.
    pub assignments: Result<TableRows, OrgError>,
    /// `LoginHistory`, grouped as on a user's page.
    pub sign_ins: Result<TableRows, OrgError>,
    /// `OauthToken`, grouped by app and user.
    pub tokens: Result<TableRows, OrgError>,
    /// `AppMenuItem`.
    pub apps: Result<TableRows, OrgError>,
    /// `CronTrigger`.
    pub jobs: Result<TableRows, OrgError>,
    /// By `Profile.Id`, the login IP ranges that the profile's metadata has.
    pub ranges: BTreeMap<Id, Known<LoginIpRanges>>,
    /// Why no metadata was read, where that is so.
    pub ranges_why: Option<OrgError>,
}

/// What is known of an org.
#[derive(Debug, Clone)]
pub struct OrgFacts {
    now: Timestamp,
    users: BTreeMap<Id, User>,
    frozen: Known<BTreeMap<Id, Value>>,
    /// With the id of the user license.
    profiles: Known<BTreeMap<Id, (Profile, Option<Id>)>>,
    licenses: Known<BTreeMap<Id, License>>,
    /// In the org's order, each reaching all who have it.
    sets: Known<Grants>,
    set_places: BTreeMap<Id, usize>,
    assignments: Known<BTreeMap<Id, Vec<Assignment>>>,
    sign_ins: Known<BTreeMap<Id, SignIns>>,
    /// Whether some of the org's sign-ins were not read: whose, is not known.
    sign_ins_cut: bool,
    lost: Lost,
    tokens: Known<Tokens>,
    apps: Known<Apps>,
    jobs: Known<BTreeMap<Id, Jobs>>,
    ranges: BTreeMap<Id, Known<LoginIpRanges>>,
    ranges_why: Option<OrgError>,
}

/// Whose rows could not be read, by table.
#[derive(Debug, Clone, Default)]
struct Lost {
    frozen: BTreeMap<Id, OrgError>,
    assignments: BTreeMap<Id, OrgError>,
    sign_ins: BTreeMap<Id, OrgError>,
    jobs: BTreeMap<Id, OrgError>,
    tokens: BTreeMap<Id, OrgError>,
    /// By permission set.
    sets: BTreeMap<Id, OrgError>,
}

impl Lost {
    fn new(tables: &OrgTables) -> Lost {
        let of = |table: &Result<TableRows, OrgError>| {
            table.as_ref().map(|table| table.lost.clone()).unwrap_or_default()
        };
        Lost {
            frozen: of(&tables.logins),
            assignments: of(&tables.assignments),
            sign_ins: of(&tables.sign_ins),
            jobs: of(&tables.jobs),
            tokens: of(&tables.tokens),
            sets: of(&tables.sets),
        }
    }
}

/// A fact of one user, unless just theirs could not be read.
fn unless_lost<T>(fact: Known<T>, name: &str, lost: &BTreeMap<Id, OrgError>, user: &Id) -> Known<T> {
    match (lost.get(user), &fact) {
        (Some(why), Known::Is(_)) => Known::unavailable(name, why.clone()),
        _ => fact,
    }
}

/// A table as a fact, or why it could not be read.
fn known<T>(name: &str, table: &Result<TableRows, OrgError>, read: impl FnOnce(&TableRows) -> T) -> Known<T> {
    match table {
        Ok(table) => Known::Is(read(table)),
        Err(why) => Known::unavailable(name, why.clone()),
    }
}

/// Rows by the id in one of their fields.
fn by_id<T>(table: &TableRows, key: &str, read: impl Fn(&Value) -> Option<T>) -> BTreeMap<Id, T> {
    table.rows.iter().filter_map(|row| Some((json::id(row, key)?, read(row)?))).collect()
}

/// Facts by whose they are, each list in its order.
fn grouped<T>(all: impl IntoIterator<Item = T>, of: impl Fn(&T) -> &Id) -> BTreeMap<Id, Vec<T>> {
    let mut groups: BTreeMap<Id, Vec<T>> = BTreeMap::new();
    for one in all {
        groups.entry(of(&one).clone()).or_default().push(one);
    }
    groups
}

impl OrgFacts {
    /// What the tables say, at a moment.
    pub fn new(now: Timestamp, tables: &OrgTables) -> OrgFacts {
        let sets = match &tables.sets {
            Ok(table) => Grants::from_rows(&table.rows, table.cut, None, now),
            Err(why) => Known::unavailable(Grants::NAME, why.clone()),
        };
        let all_sets = sets.known().into_iter().flat_map(|grants| &grants.sets);
        let set_places = all_sets.enumerate().map(|(place, set)| (set.id.clone(), place)).collect();
        OrgFacts {
            now,
            users: tables.users.iter().flat_map(|table| by_id(table, "Id", User::from_row)).collect(),
            frozen: known(Frozen::NAME, &tables.logins, |table| {
                by_id(table, "UserId", |row| Some(row.clone()))
            }),
            profiles: known(Profile::NAME, &tables.profiles, |table| {
                by_id(table, "Id", |row| Some((Profile::from_row(row)?, json::id(row, "UserLicenseId"))))
            }),
            licenses: known(License::NAME, &tables.licenses, |table| by_id(table, "Id", License::from_row)),
            sets,
            set_places,
            assignments: known(Grants::NAME, &tables.assignments, |table| {
                let mut all: BTreeMap<Id, Vec<Assignment>> = BTreeMap::new();
                for row in &table.rows {
                    if let (Some(user), Some(one)) = (json::id(row, "AssigneeId"), Assignment::from_row(row))
                    {
                        all.entry(user).or_default().push(one);
                    }
                }
                all
            }),
            sign_ins: known(SignIns::NAME, &tables.sign_ins, |table| {
                let rows = grouped(table.rows.iter().filter_map(SignIn::from_row), |row| &row.user_id);
                let list = |user: &Id, mut rows: Vec<SignIn>| {
                    // The newest first, as on a user's page.
                    rows.sort_by_key(|row| std::cmp::Reverse(row.last));
                    SignIns { rows: rows.into(), cut: table.cut || table.cut_of.contains(user) }
                };
                rows.into_iter().map(|(user, rows)| (user.clone(), list(&user, rows))).collect()
            }),
            sign_ins_cut: tables.sign_ins.as_ref().is_ok_and(|table| table.cut),
            tokens: known(Tokens::NAME, &tables.tokens, |table| Tokens::from_rows(&table.rows, table.cut)),
            apps: known(Apps::NAME, &tables.apps, |table| Apps::from_rows(&table.rows, table.cut)),
            jobs: known(Jobs::NAME, &tables.jobs, |table| {
                let rows = grouped(table.rows.iter().filter_map(Job::from_row), |row| &row.owner_id);
                rows.into_iter().map(|(user, rows)| (user, Jobs { rows: rows.into() })).collect()
            }),
            ranges: tables.ranges.clone(),
            ranges_why: tables.ranges_why.clone(),
            lost: Lost::new(tables),
        }
    }

    /// The users, by id.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// The facts of one user, as their page has them but for [`Facts::classification`], which is pending; none when there
    /// is no such user.
    pub fn of_user(&self, id: &Id) -> Option<Facts> {
        let user = self.users.get(id)?;
        let own_profile = user.profile_id.as_ref();
        let not_found = || OrgError::NotFound;
        let profile = self.profiles.map(|all| own_profile.and_then(|id| all.get(id)));
        let license = profile.known().copied().flatten().and_then(|(_, license)| license.as_ref());
        let (grants, lapsed) = self.grants(id);
        let mut facts = Facts {
            user: Known::Is(user.clone()),
            frozen: match (&self.frozen, self.lost.frozen.get(id)) {
                (Known::Is(_), Some(why)) => Known::unavailable(Frozen::NAME, why.clone()),
                (Known::Is(all), None) => frozen::from_row(all.get(id), Some(user)),
                (unavailable, _) => unavailable.map(|_| Frozen(false)),
            },
            license: flattened(
                self.licenses.map(|all| license.and_then(|id| all.get(id)).cloned()),
                License::NAME,
                not_found(),
            ),
            profile: flattened(
                profile.map(|own| own.map(|(profile, _)| profile.clone())),
                Profile::NAME,
                not_found(),
            ),
            grants,
            lapsed,
            expirations: self.expirations(id),
            record: Known::Is(Record::default()),
            sign_ins: unless_lost(
                self.sign_ins.map(|all| {
                    let none = || SignIns { cut: self.sign_ins_cut, ..SignIns::default() };
                    all.get(id).cloned().unwrap_or_else(none)
                }),
                SignIns::NAME,
                &self.lost.sign_ins,
                id,
            ),
            tokens: unless_lost(self.tokens.clone(), Tokens::NAME, &self.lost.tokens, id),
            apps: self.apps.clone(),
            jobs: unless_lost(
                self.jobs.map(|all| all.get(id).cloned().unwrap_or_default()),
                Jobs::NAME,
                &self.lost.jobs,
                id,
            ),
            login_ip_ranges: own_profile.and_then(|id| self.ranges.get(id)).cloned().unwrap_or_else(|| {
                let why = self.ranges_why.clone().unwrap_or_else(not_found);
                Known::unavailable(LoginIpRanges::NAME, why)
            }),
            ..Facts::pending(self.now)
        };
        facts.doubt_empty_lists(Some(id));
        Some(facts)
    }

    /// When what is assigned to a user stops being so.
    fn expirations(&self, user: &Id) -> Known<Expirations> {
        if let Some(why) = self.lost.assignments.get(user) {
            return Known::unavailable(Expirations::NAME, why.clone());
        }
        match &self.assignments {
            Known::Is(all) => Known::Is(Expirations::new(all.get(user).into_iter().flatten(), self.now)),
            Known::Unavailable(missing) => Known::unavailable(Expirations::NAME, missing.why.clone()),
            Known::Absent(why) => Known::Absent(why.clone()),
        }
    }

    /// What reaches a user, and what is assigned to them and grants nothing any more.
    fn grants(&self, user: &Id) -> (Known<Grants>, Vec<Source>) {
        let (Known::Is(all), Known::Is(assignments)) = (&self.sets, &self.assignments) else {
            let why = if self.sets.known().is_none() {
                self.sets.clone()
            } else {
                self.assignments.map(|_| Grants::default())
            };
            return (why, vec![]);
        };
        let mut of: BTreeMap<&Id, Vec<&Assignment>> = BTreeMap::new();
        for one in assignments.get(user).into_iter().flatten() {
            one.targets().for_each(|id| of.entry(id).or_default().push(one));
        }
        let lost = self.lost.assignments.get(user);
        if let Some(why) = lost.or_else(|| of.keys().find_map(|set| self.lost.sets.get(*set))) {
            return (Known::unavailable(Grants::NAME, why.clone()), vec![]);
        }
        let places: BTreeSet<usize> = of.keys().filter_map(|id| self.set_places.get(*id)).copied().collect();
        let own = places.into_iter().filter_map(|place| all.sets.get(place));
        let (lapsed, counting): (Vec<&Grant>, Vec<&Grant>) = own.partition(|set| {
            let targets = [Some(&set.id), set.group.as_ref()].into_iter().flatten();
            assignment::are_over(targets.filter_map(|id| of.get(id)).flatten().copied(), self.now)
        });
        let sets = counting.into_iter().map(|set| of_holder(set, user)).collect();
        let mut grants = Grants { sets, cut: all.cut };
        // Every profile owns a set and every user has their profile's: none at all is an org that shows none.
        if grants.sets.is_empty() && lapsed.is_empty() {
            let why = OrgError::NoPermission { what: assignment::TABLE.object.into() };
            return (Known::unavailable(Grants::NAME, why), vec![]);
        }
        grants.tell_apart();
        (Known::Is(grants), lapsed.into_iter().map(|set| set.source.clone()).collect())
    }
}

/// A set as one of its holders sees it: whom else it reaches.
fn of_holder(set: &Grant, user: &Id) -> Grant {
    let reach = set.reach.as_ref().map(|reach| Reach {
        others: reach.others.iter().filter(|other| other.id != *user).take(REACH_LIMIT).cloned().collect(),
        more: reach.more,
        beyond: reach.beyond,
        all: false,
    });
    Grant { reach, ..set.clone() }
}

fn flattened<T>(known: Known<Option<T>>, name: &str, why: OrgError) -> Known<T> {
    match known {
        Known::Is(Some(fact)) => Known::Is(fact),
        Known::Is(None) => Known::unavailable(name, why),
        Known::Unavailable(missing) => Known::Unavailable(missing),
        Known::Absent(why) => Known::Absent(why),
    }
}
