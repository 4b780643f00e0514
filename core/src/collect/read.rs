//! From rows of JSON to facts.
//!
//! It never fails on a field that is not there: what is required makes the row no fact, the rest stays empty.

use crate::collect::CHOICE_REACH;
use crate::facts::{
    App, AppKind, Assignee, Choice, FROZEN, Flow, Grant, Job, Known, License, LoginIpRanges, Names,
    ObjectGrant, Password, Profile, Reach, SignIn, Source, Token, Unavailable, User, WEEK, Week,
};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::ip_range::IpRange;
use crate::salesforce::json::Value;
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};

pub(super) fn rows(page: &Value) -> &[Value] {
    page.get("records").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The text at a path of keys; empty when it is null or not there.
fn text<'a>(row: &'a Value, path: &str) -> &'a str {
    at(row, path).and_then(Value::as_str).unwrap_or_default()
}

fn at<'a>(row: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(row, |value, key| value.get(key))
}

fn flag(row: &Value, key: &str) -> bool {
    row.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn id(row: &Value, key: &str) -> Option<Id> {
    Id::parse(text(row, key))
}

fn time(row: &Value, key: &str) -> Option<Timestamp> {
    Timestamp::parse(text(row, key))
}

/// A count, which JSON may write as `12` or `12.0`.
fn number(row: &Value, key: &str) -> u64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    row.get(key).and_then(crate::salesforce::json::count).unwrap_or(0)
}

/// The `Permissions…` fields that are true, without that prefix.
fn permissions(row: &Value) -> Names {
    row.as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| value.as_bool() == Some(true))
        .filter_map(|(key, _)| key.strip_prefix("Permissions").map(str::to_owned))
        .collect()
}

pub(super) fn user(row: &Value) -> Option<User> {
    Some(User {
        id: id(row, "Id")?,
        name: text(row, "Name").into(),
        username: text(row, "Username").into(),
        email: text(row, "Email").into(),
        is_active: flag(row, "IsActive"),
        user_type: text(row, "UserType").into(),
        profile_id: id(row, "ProfileId"),
        created: time(row, "CreatedDate"),
        last_login: time(row, "LastLoginDate"),
        last_password_change: time(row, "LastPasswordChangeDate"),
        has_manager: !text(row, "ManagerId").is_empty(),
        employee_number: text(row, "EmployeeNumber").into(),
        title: text(row, "Title").into(),
        department: text(row, "Department").into(),
    })
}

/// Whether the user is frozen, from the rows of `UserLogin`: there is one once somebody tried to sign in (public code
/// that freezes users looks for it). Of a user who did sign in, no row is an org that hides it: Object Reference,
/// UserLogin, is read with Manage Users or Freeze Users.
pub(super) fn frozen(page: &Value, user: Option<&User>) -> Known<bool> {
    let missing = |why| Known::unavailable(FROZEN, why);
    match (rows(page).first(), user) {
        (Some(row), _) => match row.get("IsFrozen").and_then(Value::as_bool) {
            Some(is) => Known::Is(is),
            None => missing(OrgError::NotInThisOrg { what: "UserLogin.IsFrozen".into() }),
        },
        (None, Some(user)) if user.last_login.is_none() => Known::Is(false),
        (None, _) => missing(OrgError::NoPermission { what: "UserLogin".into() }),
    }
}

pub(super) fn profile(row: &Value) -> Option<Profile> {
    Some(Profile {
        id: id(row, "Id")?,
        name: text(row, "Name").into(),
        user_type: text(row, "UserType").into(),
        permissions: permissions(row),
    })
}

pub(super) fn license(row: &Value) -> Option<License> {
    let name = text(row, "Name");
    (!name.is_empty()).then(|| License { name: name.into() })
}

/// One assignment of a permission set, as far as it tells whether it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Assigned {
    set: Option<Id>,
    group: Option<Id>,
    /// `IsActive` is false, or `IsRevoked` true.
    is_off: bool,
    expires: Option<Timestamp>,
}

impl Assigned {
    /// Whether it is one of this set, or of the group whose aggregate the set is.
    pub(super) fn is_of(&self, set: &Grant) -> bool {
        self.set.as_ref() == Some(&set.id) || (self.group.is_some() && self.group == set.group)
    }

    /// Whether it no longer counts. Source: Object Reference, PermissionSetAssignment: `IsActive`, `IsRevoked` (by a user
    /// access policy) and `ExpirationDate`, any of which ends it.
    fn is_over(&self, now: Timestamp) -> bool {
        self.is_off || self.expires.is_some_and(|expires| expires <= now)
    }
}

/// A row of `PermissionSetAssignment`. A column that the org lacks ends nothing.
pub(super) fn assigned(row: &Value) -> Option<Assigned> {
    row.as_object()?;
    Some(Assigned {
        set: id(row, "PermissionSetId"),
        group: id(row, "PermissionSetGroupId"),
        is_off: row.get("IsActive").and_then(Value::as_bool) == Some(false) || flag(row, "IsRevoked"),
        expires: time(row, "ExpirationDate"),
    })
}

/// What the list of who has a set says of one user.
pub(super) fn assigned_in(row: &Value, user: &Id) -> Vec<Assigned> {
    let list = children(row, "Assignments").map_or(&[][..], |list| list.rows);
    list.iter().filter(|row| id(row, "AssigneeId").as_ref() == Some(user)).filter_map(assigned).collect()
}

/// Whether there are assignments, and none of them counts any more.
pub(super) fn lapsed(all: &[Assigned], now: Timestamp) -> bool {
    !all.is_empty() && all.iter().all(|one| one.is_over(now))
}

/// Whether a row is the one of this permission set.
pub(super) fn is_set(row: &Value, set: &Id) -> bool {
    id(row, "Id").as_ref() == Some(set)
}

/// Where a list that is not whole goes on.
pub(super) fn next_page(list: &Value) -> Option<&str> {
    list.get("records")?;
    list.get("nextRecordsUrl").and_then(Value::as_str).filter(|url| url.starts_with("/services/data/"))
}

/// The set that a profile owns, with the profile and its licence, which stand in the same row.
pub(super) fn choice(row: &Value, now: Timestamp) -> Option<Choice> {
    let set = grant(row, None, CHOICE_REACH, now)?;
    let profile = Profile {
        id: id(row, "ProfileId")?,
        name: text(row, "Profile.Name").into(),
        user_type: text(row, "Profile.UserType").into(),
        permissions: set.permissions.clone(),
    };
    Some(Choice { profile, license: license(at(row, "Profile.UserLicense")?)?, set })
}

/// A permission set with its children. `own` is the user shown, who is not one of the others; beyond `limit` users "or
/// more" is said.
pub(super) fn grant(row: &Value, own: Option<&Id>, limit: usize, now: Timestamp) -> Option<Grant> {
    let profile = text(row, "Profile.Name");
    let group = text(row, "PermissionSetGroup.MasterLabel");
    let owned = flag(row, "IsOwnedByProfile") || !text(row, "ProfileId").is_empty();
    let label = text(row, "Label");
    let source = if owned {
        Source::Profile { name: first(&[profile, label, text(row, "Name")]) }
    } else if !text(row, "PermissionSetGroupId").is_empty() {
        Source::Group {
            name: first(&[group, label, text(row, "Name")]),
            status: text(row, "PermissionSetGroup.Status").into(),
        }
    } else {
        Source::PermissionSet { name: first(&[label, text(row, "Name")]) }
    };
    let objects = children(row, "ObjectPerms");
    Some(Grant {
        id: id(row, "Id")?,
        // A group's aggregate is called after an id; the group has a name of its own.
        api_name: match text(row, "PermissionSetGroup.DeveloperName") {
            "" => text(row, "Name").into(),
            of_group => of_group.into(),
        },
        source,
        custom: flag(row, "IsCustom"),
        session_based: flag(row, "HasActivationRequired"),
        namespace: Some(text(row, "NamespacePrefix")).filter(|n| !n.is_empty()).map(str::to_owned),
        permissions: permissions(row),
        deletes: objects
            .as_ref()
            .map(|list| list.rows.iter().map(object).filter(ObjectGrant::is_any).collect()),
        objects_cut: objects.is_some_and(|list| list.cut),
        // Of a list that is not whole it is not known which apps are missing: none of it is taken for all.
        apps: children(row, "SetupEntityAccessItems")
            .filter(|list| !list.cut)
            .map(|list| list.rows.iter().filter_map(|row| id(row, "SetupEntityId")).collect()),
        reach: children(row, "Assignments").map(|list| reach(&list, own, limit, now)),
        group: id(row, "PermissionSetGroupId"),
        told_apart: None,
    })
}

fn object(row: &Value) -> ObjectGrant {
    ObjectGrant {
        object: text(row, "SobjectType").into(),
        delete: flag(row, "PermissionsDelete"),
        modify_all: flag(row, "PermissionsModifyAllRecords"),
        view_all: flag(row, "PermissionsViewAllRecords"),
        view_fields: flag(row, "PermissionsViewAllFields"),
    }
}

/// The objects that one of many sets lets delete; none where that is not certain: rows are in the order of sets, so where
/// they were cut the last set may have more, and one without a row may have had its rows behind.
pub(super) fn objects_of(rows: &[Value], cut: bool, set: &Id) -> Option<Vec<ObjectGrant>> {
    let of = |row: &Value| id(row, "ParentId").as_ref() == Some(set);
    let own: Vec<_> = rows.iter().filter(|row| of(row)).map(object).collect();
    // In every org some profile lets delete: no row at all means that the viewer may not see them.
    let whole = if cut { !own.is_empty() && !rows.last().is_some_and(of) } else { !rows.is_empty() };
    whole.then_some(own)
}

/// The first that is not empty.
fn first(names: &[&str]) -> String {
    names.iter().find(|name| !name.is_empty()).copied().unwrap_or("?").to_owned()
}

/// A list inside a row, as far as it was read.
struct Children<'a> {
    rows: &'a [Value],
    /// Whether there are more.
    cut: bool,
}

/// A child list: `null` when it has no rows, not there when it was left out of the query.
fn children<'a>(row: &'a Value, relation: &str) -> Option<Children<'a>> {
    let list = row.get(relation)?;
    Some(Children { rows: rows(list), cut: list.get("done").and_then(Value::as_bool) == Some(false) })
}

fn reach(list: &Children<'_>, own: Option<&Id>, limit: usize, now: Timestamp) -> Reach {
    let mut others: Vec<Assignee> = list
        .rows
        .iter()
        .filter(|row| assigned(row).is_none_or(|one| !one.is_over(now)))
        .filter_map(|row| {
            let id = id(row, "AssigneeId")?;
            (own != Some(&id)).then(|| Assignee {
                id,
                name: text(row, "Assignee.Name").into(),
                username: text(row, "Assignee.Username").into(),
            })
        })
        .collect::<Vec<_>>();
    others.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    others.dedup_by(|a, b| a.id == b.id);
    let more = list.cut || list.rows.len() > limit;
    others.truncate(limit);
    // On a profile's or permission set's own page nobody is shown whose others they could be.
    Reach { others, more, all: own.is_none() }
}

pub(super) fn sign_in(row: &Value) -> Option<SignIn> {
    Some(SignIn {
        user_id: id(row, "UserId")?,
        login_type: text(row, "LoginType").into(),
        sub_type: text(row, "LoginSubType").into(),
        application: text(row, "Application").into(),
        api_type: text(row, "ApiType").into(),
        status: text(row, "Status").into(),
        source_ip: text(row, "SourceIp").into(),
        count: number(row, "total"),
        first: time(row, "oldest"),
        last: time(row, "newest"),
    })
}

/// When software signed in. Source: Object Reference, LoginHistory; SOQL reference, "Date Functions" (days from 1, Sunday).
pub(super) fn week(rows: &[Value]) -> Week {
    let mut all = vec![0; WEEK];
    for row in rows {
        let day = number(row, "weekday").wrapping_sub(1);
        let at = day.checked_mul(24).and_then(|hours| usize::try_from(hours + number(row, "hour")).ok());
        let software = text(row, "Status").eq_ignore_ascii_case("success")
            && Flow::of(text(row, "LoginType")) != Flow::Browser;
        if let Some(count) = at.and_then(|at| all.get_mut(at)).filter(|_| software) {
            *count += number(row, "total");
        }
    }
    Week(all)
}

pub(super) fn password(row: &Value, now: Timestamp) -> Option<Password> {
    Some(Password {
        user_id: id(row, "Id")?,
        name: text(row, "Name").into(),
        changed: time(row, "LastPasswordChangeDate")?,
        // Where more of them were not read than counted, one that counts may be behind: the password may never expire.
        never_expires: children(row, "PermissionSetAssignments").is_some_and(|list| {
            list.cut || list.rows.iter().filter_map(assigned).any(|one| !one.is_over(now))
        }),
    })
}

pub(super) fn token(row: &Value) -> Option<Token> {
    Some(Token {
        app: text(row, "AppName").into(),
        menu_item: id(row, "AppMenuItemId"),
        user_id: id(row, "UserId")?,
        user_name: text(row, "userName").into(),
        held: number(row, "held"),
        uses: number(row, "uses"),
        last_used: time(row, "newest"),
    })
}

/// Connected apps (`0H4`) and external client apps (`0xI`); menu items of other kinds are none.
pub(super) fn app(row: &Value) -> Option<App> {
    let application = id(row, "ApplicationId");
    let kind = match application.as_ref().map(Id::prefix) {
        Some("0H4") => AppKind::Connected,
        Some("0xI") => AppKind::ExternalClient,
        _ => return None,
    };
    Some(App {
        menu_item: id(row, "Id")?,
        id: application,
        label: text(row, "Label").into(),
        name: text(row, "Name").into(),
        kind,
        admin_approved: flag(row, "IsUsingAdminAuthorization"),
    })
}

/// A job that will run again.
pub(super) fn job(row: &Value) -> Option<Job> {
    let over = matches!(text(row, "State"), "COMPLETE" | "DELETED" | "ERROR");
    let owner_id = id(row, "OwnerId")?;
    (!over).then(|| Job { owner_id, name: text(row, "CronJobDetail.Name").into() })
}

/// The login IP ranges out of a Tooling query for `Metadata` of one profile.
pub(super) fn login_ip_ranges(body: &Value) -> Known<LoginIpRanges> {
    let missing = |why| Known::Unavailable(Unavailable { what: "the profile's login IP ranges".into(), why });
    let Some(row) = rows(body).first() else { return missing(OrgError::NotFound) };
    let Some(metadata) = row.get("Metadata").filter(|m| m.as_object().is_some()) else {
        return missing(OrgError::NotInThisOrg { what: "the profile's metadata".into() });
    };
    let ranges = metadata.get("loginIpRanges").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let read: Option<Vec<IpRange>> = ranges
        .iter()
        .map(|r| IpRange::parse(text(r, "startAddress"), text(r, "endAddress"), text(r, "description")))
        .collect();
    match read {
        Some(ranges) => Known::Is(LoginIpRanges { ranges, full_name: text(row, "FullName").into() }),
        None => missing(OrgError::Other {
            code: "range".into(),
            message: "a login IP range could not be understood".into(),
        }),
    }
}
