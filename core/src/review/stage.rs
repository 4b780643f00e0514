//! The steps of a review, in order, and what each asks.

use super::metadata::Retrieve;
use super::options::{PEOPLE, Scope};
use super::reader::{Job, Reader};
use super::table::{Chunk, Table};
use crate::facts::{Flow, REACH_LIMIT};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A step. Its requests are asked together; the next one needs their answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// What the rest will cost, and what the viewer may see.
    Preview,
    /// Which apps hold tokens, which ways of login occur, who may only use the API.
    Signals,
    /// Who signs in by those ways, and for whom those apps hold tokens.
    Candidates,
    /// The users to look at: their records, logins and assignments; the org's apps.
    Subjects,
    /// Their profiles and permission sets; the org's metadata.
    Sets,
    /// Who else has those.
    Holders,
    /// Everything was read.
    Done,
}

impl Stage {
    /// All, in order.
    pub const ALL: [Stage; 7] = [
        Stage::Preview,
        Stage::Signals,
        Stage::Candidates,
        Stage::Subjects,
        Stage::Sets,
        Stage::Holders,
        Stage::Done,
    ];

    pub(super) fn next(self) -> Option<Stage> {
        Stage::ALL.into_iter().find(|one| *one > self)
    }

    /// What is read, in a word or two.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Preview => "What you can see",
            Stage::Signals => "Apps and ways of login",
            Stage::Candidates => "Who logs in by them",
            Stage::Subjects => "Users, logins and assignments",
            Stage::Sets => "Profiles, permission sets and settings",
            Stage::Holders => "Who else has them",
            Stage::Done => "Done",
        }
    }
}

/// Apps for which more users hold tokens are people's own: only how many is read of them.
pub(super) const FEW_USERS: u64 = 200;

/// Rows or groups that are asked for in one query where their number is known.
const PACKED: u64 = 1_900;

/// What the step that the reader is at asks.
pub(super) fn jobs(reader: &mut Reader) -> Vec<Job> {
    let days = reader.options.days;
    let once = |tables: &[Table]| -> Vec<Job> {
        tables.iter().map(|table| Job::Query(Chunk::new(*table, days))).collect()
    };
    match reader.stage {
        Stage::Preview => {
            let mut all = vec![Job::Limits];
            all.extend(once(&[
                Table::Viewer,
                Table::Organization,
                Table::UserLicenses,
                Table::Profiles,
                Table::PermissionNames,
            ]));
            all
        }
        Stage::Signals => signals(reader, once),
        Stage::Candidates => candidates(reader),
        Stage::Subjects => subjects(reader, once),
        Stage::Sets => sets(reader),
        Stage::Holders => {
            let mut all = holders(reader);
            all.extend(contacts(reader));
            all
        }
        Stage::Done => vec![],
    }
}

fn signals(reader: &mut Reader, once: impl Fn(&[Table]) -> Vec<Job>) -> Vec<Job> {
    if let Some(row) = reader.rows.of(Table::PermissionNames).first() {
        reader.context.read_names(row);
    }
    let mut all = once(&[
        Table::TokenApps,
        Table::LoginKinds,
        Table::ApiOnly,
        Table::IntegrationLicensed,
        Table::JobOwners,
        Table::ClientPolicies,
        Table::Agents,
        Table::PermissionSetLicenses,
        Table::ActiveByProfile,
    ]);
    match reader.options.scope {
        Scope::Integrations => {}
        Scope::Privileged => all.extend(once(&[Table::Privileged])),
        Scope::Everyone => all.extend(once(&[Table::Everyone])),
    }
    all
}

/// The way that a row's login type names by itself.
fn flow_of(row: &Value) -> Flow {
    Flow::of(json::text(row, "LoginType"))
}

fn candidates(reader: &mut Reader) -> Vec<Job> {
    let labels = |rows: &[Value], flow: Flow| -> Vec<String> {
        let all: BTreeSet<&str> =
            rows.iter().filter(|row| flow_of(row) == flow).map(|row| json::text(row, "LoginType")).collect();
        all.into_iter().map(str::to_owned).collect()
    };
    let kinds = reader.rows.of(Table::LoginKinds);
    reader.context.soap = labels(kinds, Flow::SoapPassword);
    reader.context.oauth = labels(kinds, Flow::OauthOther);
    let days = reader.options.days;
    let has = |sub: &str| kinds.iter().any(|row| json::text(row, "LoginSubType") == sub);
    let by_secret =
        ["OauthClientCredentials", "OauthUsernamePassword", "OauthTokenExchange"].into_iter().any(has);
    let by_jwt = kinds
        .iter()
        .any(|row| flow_of(row) == Flow::OauthOther && json::text(row, "LoginSubType").is_empty());
    let logins = [
        (!reader.context.soap.is_empty(), Table::SoapLogins),
        (by_secret, Table::SecretLogins),
        (by_jwt, Table::JwtLogins),
    ];
    let mut all: Vec<Job> = logins
        .into_iter()
        .filter(|(occurs, _)| *occurs)
        .map(|(_, table)| Job::Query(Chunk::new(table, days)))
        .collect();
    let (few, many) = packed(reader.rows.of(Table::TokenApps));
    reader.context.big_apps = many;
    all.extend(few.into_iter().map(|apps| Job::Query(Chunk { apps, ..Chunk::new(Table::Tokens, days) })));
    all
}

/// The apps that few use, in packs of which each has few enough groups for one query; and those that many use. One name
/// can be that of several apps.
fn packed(rows: &[Value]) -> (Vec<Vec<String>>, Vec<String>) {
    let mut users: BTreeMap<&str, u64> = BTreeMap::new();
    for row in rows {
        *users.entry(json::text(row, "AppName")).or_default() += json::number(row, "users");
    }
    let mut apps: Vec<(&str, u64)> = users.into_iter().collect();
    apps.sort_by_key(|(name, users)| (std::cmp::Reverse(*users), *name));
    let (many, few): (Vec<_>, Vec<_>) = apps.into_iter().partition(|(_, users)| *users > FEW_USERS);
    let few = few.into_iter().map(|(name, users)| (name.to_owned(), users));
    (packs(few, NAMES), many.into_iter().map(|(name, _)| name.to_owned()).collect())
}

/// Names of apps in one query.
const NAMES: usize = 300;

/// What is asked for, each with how many rows or groups it has, in packs of at most `most` of which each has few enough for
/// one query.
fn packs<T>(all: impl IntoIterator<Item = (T, u64)>, most: usize) -> Vec<Vec<T>> {
    let mut packs: Vec<Vec<T>> = vec![];
    let mut rows = 0;
    for (one, count) in all {
        match packs.last_mut() {
            Some(pack) if rows + count <= PACKED && pack.len() < most => {
                rows += count;
                pack.push(one);
            }
            _ => {
                rows = count;
                packs.push(vec![one]);
            }
        }
    }
    packs
}

/// Chunks of ids for a table.
fn chunks(table: Table, ids: &[Id], days: u32) -> impl Iterator<Item = Job> {
    let size = table.chunk().unwrap_or(usize::MAX).max(1);
    ids.chunks(size).map(move |ids| Job::Query(Chunk { ids: ids.to_vec(), ..Chunk::new(table, days) }))
}

fn subjects(reader: &mut Reader, once: impl Fn(&[Table]) -> Vec<Job>) -> Vec<Job> {
    let days = reader.options.days;
    choose(reader);
    let (ids, integrations) = (&reader.rows.subjects, &reader.rows.candidates);
    let integrations: Vec<Id> = integrations.iter().cloned().collect();
    let mut all: Vec<Job> = vec![Job::Metadata(Retrieve::Profiles)];
    for table in [Table::Users, Table::Frozen, Table::Assignments, Table::Jobs, Table::Logins] {
        all.extend(chunks(table, ids, days));
    }
    for table in [Table::LicenseSeats, Table::LoginMonths] {
        all.extend(chunks(table, &integrations, days));
    }
    if !reader.context.big_apps.is_empty() {
        all.extend(chunks(Table::OwnTokens, ids, days));
    }
    all.extend(once(&[
        Table::LoginDays,
        Table::MenuItems,
        Table::ConnectedApps,
        Table::ClientApps,
        Table::AuditTrail,
        Table::EventLogs,
        Table::AppAccess,
    ]));
    all
}

/// Chooses the users to look at: those whom any sign names, those whom the admin named, and privileged people.
fn choose(reader: &mut Reader) {
    let rows = &reader.rows;
    let ids = |table: Table, field: &'static str| {
        rows.of(table).iter().filter_map(move |row| json::id(row, field)).filter(|id| id.prefix() == "005")
    };
    let mut candidates: BTreeSet<Id> = BTreeSet::new();
    for (table, field) in [
        (Table::ApiOnly, "AssigneeId"),
        (Table::IntegrationLicensed, "Id"),
        (Table::JobOwners, "OwnerId"),
        (Table::Agents, "BotUserId"),
        (Table::ClientPolicies, "ClientCredentialsFlowUser"),
        (Table::SoapLogins, "UserId"),
        (Table::SecretLogins, "UserId"),
        (Table::JwtLogins, "UserId"),
        (Table::Tokens, "UserId"),
    ] {
        candidates.extend(ids(table, field));
    }
    candidates.extend(reader.options.answers.keys().chain(&reader.options.also).cloned());
    let people: BTreeSet<Id> = match reader.options.scope {
        Scope::Integrations => BTreeSet::new(),
        Scope::Privileged => ids(Table::Privileged, "AssigneeId").collect(),
        Scope::Everyone => ids(Table::Everyone, "Id").collect(),
    };
    let others: Vec<Id> = people.difference(&candidates).cloned().collect();
    let limit = if reader.options.scope == Scope::Everyone { usize::MAX } else { PEOPLE };
    reader.rows.people_left_out = others.len().saturating_sub(limit);
    let mut subjects: Vec<Id> = candidates.iter().cloned().chain(others.into_iter().take(limit)).collect();
    subjects.sort_unstable();
    reader.rows.subjects = subjects;
    reader.rows.candidates = candidates;
}

fn sets(reader: &mut Reader) -> Vec<Job> {
    let days = reader.options.days;
    let assignments = reader.rows.of(Table::Assignments);
    let sets: BTreeSet<Id> = assignments.iter().filter_map(|row| json::id(row, "PermissionSetId")).collect();
    let sets: Vec<Id> = sets.into_iter().collect();
    let profiles: BTreeSet<Id> =
        reader.rows.of(Table::Users).iter().filter_map(|row| json::id(row, "ProfileId")).collect();
    let mut all = vec![Job::Metadata(reader.metadata.retrieve(&profiles))];
    for table in [Table::Sets, Table::Permissions, Table::Objects, Table::Edits, Table::Holders] {
        all.extend(chunks(table, &sets, days));
    }
    reader.rows.sets = sets;
    all
}

/// Email addresses in one query.
const EMAILS: usize = 200;

/// Whether somebody has the email addresses that apps name as their contacts.
fn contacts(reader: &Reader) -> Vec<Job> {
    let emails: BTreeSet<String> = reader
        .metadata
        .apps
        .apps()
        .filter_map(|app| app.contact.known())
        .map(|own| own.email.trim().to_lowercase())
        .collect();
    let emails: Vec<String> = emails.into_iter().collect();
    let chunk = |emails: &[String]| Chunk {
        apps: emails.to_vec(),
        ..Chunk::new(Table::Contacts, reader.options.days)
    };
    emails.chunks(EMAILS).map(|emails| Job::Query(chunk(emails))).collect()
}

/// Who else has the sets: by name where there are few, and where they are not all known already.
fn holders(reader: &mut Reader) -> Vec<Job> {
    let days = reader.options.days;
    let active: BTreeSet<Id> = reader
        .rows
        .of(Table::Users)
        .iter()
        .filter(|row| json::flag(row, "IsActive"))
        .filter_map(|row| json::id(row, "Id"))
        .collect();
    let mut known: BTreeMap<Id, u64> = BTreeMap::new();
    for row in reader.rows.of(Table::Assignments) {
        if let (Some(user), Some(set)) = (json::id(row, "AssigneeId"), json::id(row, "PermissionSetId"))
            && active.contains(&user)
        {
            *known.entry(set).or_default() += 1;
        }
    }
    let counts = reader.rows.of(Table::Holders).iter();
    let counts =
        counts.filter_map(|row| Some((json::id(row, "PermissionSetId")?, json::number(row, "total"))));
    let is_named = |(set, count): &(Id, u64)| {
        *count <= REACH_LIMIT as u64 + 1 && known.get(set).is_none_or(|known| known < count)
    };
    let packs = packs(counts.filter(is_named), Table::HolderNames.chunk().unwrap_or(1));
    reader.rows.named_sets = packs.iter().flatten().cloned().collect();
    packs.into_iter().map(|ids| Job::Query(Chunk { ids, ..Chunk::new(Table::HolderNames, days) })).collect()
}

/// The calls that the steps after the subjects were counted will take, as far as that can be said before.
pub(super) fn calls_to_come(subjects: usize, integrations: usize) -> u32 {
    let chunks = |table: Table, n: usize| n.div_ceil(table.chunk().unwrap_or(1).max(1));
    let users = [Table::Users, Table::Frozen, Table::Assignments, Table::Jobs, Table::Logins];
    let queries: usize = users.into_iter().map(|table| chunks(table, subjects)).sum::<usize>()
        + chunks(Table::LicenseSeats, integrations)
        + chunks(Table::LoginMonths, integrations)
        + 7;
    // Measured: about 1.5 sets a user beside those that many share.
    let sets = subjects + subjects / 2;
    let of_sets = 5 * chunks(Table::Sets, sets) + sets.div_ceil(300);
    let composites = queries.div_ceil(5) + of_sets.div_ceil(5);
    // The list of profiles, the retrieve, and the polls until it is done.
    u32::try_from(composites + 2 + 6).unwrap_or(u32::MAX)
}

/// The requests that the org may still make in these 24 hours; none where that was not told.
/// Source: REST API guide, "Limits" (`DailyApiRequests`).
pub(super) fn calls_left(reader: &Reader) -> Option<u64> {
    let limits = reader.limits.as_ref()?.get("DailyApiRequests")?;
    limits.get("Remaining").and_then(json::count)
}

/// Whether what is to come is so much of what is left that it is asked for again: a tenth, or fewer than 1,000 left.
pub(super) fn is_dear(reader: &Reader) -> bool {
    let to_come = u64::from(calls_to_come(reader.rows.subjects.len(), reader.rows.candidates.len()));
    calls_left(reader).is_some_and(|left| left < 1_000 || to_come * 10 > left)
}
