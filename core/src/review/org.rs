//! What a review says of the org as a whole.

use super::judge::way;
use super::reader::Reader;
use super::result::{Org, OrgSetting, Privileged, Week};
use super::table::Table;
use crate::facts::org_settings::Seats;
use crate::facts::{Flow, Known, OrgSettings};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use crate::salesforce::time::{DAY, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The org, as its record says; of one that could not be read nothing is known but its host.
pub(super) fn organization(reader: &Reader, host: &str) -> Org {
    let row = reader.rows.of(Table::Organization).first().unwrap_or(&Value::Null);
    let text = |key| json::text(row, key).to_owned();
    Org {
        id: text("Id"),
        name: text("Name"),
        host: host.to_owned(),
        is_sandbox: row.get("IsSandbox").and_then(Value::as_bool),
        edition: text("OrganizationType"),
        instance: text("InstanceName"),
        active_users: reader.active_users(),
    }
}

/// People named of those who share a source.
const NAMED: usize = 20;

/// Privileged people by what makes them so.
pub(super) fn privileged(reader: &Reader) -> Vec<Privileged> {
    let names: BTreeMap<Id, &str> = reader
        .rows
        .of(Table::Users)
        .iter()
        .filter_map(|row| Some((json::id(row, "Id")?, json::text(row, "Name"))))
        .collect();
    let mut by: BTreeMap<String, BTreeSet<Id>> = BTreeMap::new();
    for row in reader.rows.of(Table::Privileged) {
        let Some(user) = json::id(row, "AssigneeId") else { continue };
        by.entry(source(row)).or_default().insert(user);
    }
    let mut all: Vec<Privileged> = by
        .into_iter()
        .map(|(by, users)| Privileged {
            by,
            count: users.len(),
            names: users
                .iter()
                .filter_map(|id| names.get(id))
                .take(NAMED)
                .map(|name| (*name).to_owned())
                .collect(),
        })
        .collect();
    all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.by.cmp(&b.by)));
    all
}

/// What an assignment is of, by name.
fn source(row: &Value) -> String {
    let of = |path| json::text(row, path);
    match (of("PermissionSet.Profile.Name"), of("PermissionSetGroup.MasterLabel"), of("PermissionSet.Label"))
    {
        ("", "", "") => "A permission set".into(),
        ("", "", label) => format!("Permission set “{label}”"),
        ("", group, _) => format!("Permission set group “{group}”"),
        (profile, ..) => format!("Profile “{profile}”"),
    }
}

/// The way of a row of logins that are grouped by less than a user's own.
pub(super) fn flow(row: &Value) -> Flow {
    Flow::of_login(json::text(row, "LoginType"), json::text(row, "LoginSubType"))
}

/// Logins by week and way.
pub(super) fn weeks(reader: &Reader) -> Vec<Week> {
    let mut all: BTreeMap<(Timestamp, &'static str), u64> = BTreeMap::new();
    for row in reader.rows.of(Table::LoginDays) {
        let Some(day) = json::time(row, "day") else { continue };
        // 1970-01-01 was a Thursday: weeks begin on Monday.
        let days = day.0.div_euclid(DAY);
        let monday = Timestamp((days - (days + 3).rem_euclid(7)) * DAY);
        *all.entry((monday, way(flow(row)))).or_default() += json::number(row, "total");
    }
    all.into_iter()
        .map(|((week, way), count)| Week { week: week.to_string(), way: way.to_owned(), count })
        .collect()
}

/// A setting of the org, and when it is as advised.
struct Advice {
    name: &'static str,
    /// Where it stands in the metadata, and how else it was called.
    paths: &'static [&'static str],
    is_advised: fn(&str) -> bool,
    why: &'static str,
}

/// Source: Metadata API Developer Guide, SecuritySettings, ConnectedAppSettings, MyDomainSettings, OauthOidcSettings.
const SETTINGS: &[Advice] = &[
    Advice {
        name: "Enforce login IP ranges on every request",
        paths: &["sessionSettings.enforceIpRangesEveryRequest"],
        is_advised: |value| value == "true",
        why: "Without it, an address is checked at login alone, and a stolen session works from anywhere.",
    },
    Advice {
        name: "Lock sessions to the IP address from which they originated",
        paths: &["sessionSettings.lockSessionsToIp"],
        is_advised: |value| value == "true",
        why: "A session that is copied to another network stops there.",
    },
    Advice {
        name: "Session timeout",
        paths: &["sessionSettings.sessionTimeout"],
        is_advised: |value| matches!(value, "FifteenMinutes" | "ThirtyMinutes" | "SixtyMinutes" | "TwoHours"),
        why: "The longer a session lives without use, the longer a stolen one does.",
    },
    Advice {
        name: "Limit API access to installed connected apps (API Access Control)",
        paths: &["enableAdminApprovedAppsOnly"],
        is_advised: |value| value == "true",
        why: "Without it, any program may use the API with a user's password or token.",
    },
    Advice {
        name: "Block the OAuth username-password flow",
        paths: &["blockOAuthUnPwFlow"],
        is_advised: |value| value == "true",
        why: "Integrations that log in with a password can't use multi-factor authentication.",
    },
    Advice {
        name: "Block the OAuth user-agent flow",
        paths: &["blockOAuthUsrAgtFlow"],
        is_advised: |value| value == "true",
        why: "It puts tokens into addresses, where others can read them.",
    },
    Advice {
        name: "Require the My Domain login address for API logins",
        paths: &["doesApiLoginRequireOrgDomain"],
        is_advised: |value| value == "true",
        why: "Without it, software may log in at login.salesforce.com, past the org's own login policy.",
    },
];

/// What the org is set to, as far as it was read.
pub(super) fn org_settings(reader: &Reader) -> OrgSettings {
    let metadata = &reader.metadata;
    let mut all = OrgSettings::from_files(&metadata.settings, metadata.why.as_ref());
    let ranges: Vec<_> = metadata.ranges.values().collect();
    // One profile that could not be read may be the one that has some.
    let unread = ranges.iter().find_map(|own| own.as_ref().err());
    let count =
        ranges.iter().filter_map(|own| own.as_ref().ok()).filter(|own| !own.ranges.is_empty()).count();
    all.profiles_with_ranges = match (count, unread, ranges.is_empty()) {
        (0, Some(why), _) => Known::unavailable("login IP ranges of profiles", why.clone()),
        (0, None, true) => all.profiles_with_ranges,
        _ => Known::Is(count),
    };
    all.seats = seats(reader);
    all
}

/// Licenses for integrations, by their name in the API, which is not translated. Who else could have one is counted when
/// the users were judged.
fn seats(reader: &Reader) -> Known<Seats> {
    if let Some(why) = reader.rows.refused(Table::UserLicenses) {
        return Known::unavailable("the org's integration licenses", why.clone());
    }
    let row = reader.rows.of(Table::UserLicenses).iter().find(|row| {
        json::text(row, "Name") == "Salesforce Integration" && json::number(row, "TotalLicenses") > 0
    });
    match row {
        None => Known::Absent("This org has no Salesforce Integration licenses.".into()),
        Some(row) => {
            let (total, used) = (json::number(row, "TotalLicenses"), json::number(row, "UsedLicenses"));
            Known::Is(Seats { total, free: total.saturating_sub(used), elsewhere: 0 })
        }
    }
}

/// The org's settings that integrations depend on, as they are listed.
pub(super) fn settings(reader: &Reader) -> Vec<OrgSetting> {
    let read = &reader.metadata.settings;
    SETTINGS
        .iter()
        .map(|advice| {
            let value = advice.paths.iter().find_map(|path| read.get(*path));
            OrgSetting {
                name: advice.name.to_owned(),
                value: value.cloned().unwrap_or_default(),
                is_advised: value.map(|value| (advice.is_advised)(value)),
                why: advice.why.to_owned(),
            }
        })
        .collect()
}
