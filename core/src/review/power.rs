//! What a user can do to the whole org, and from where.

use super::result::{Ability, Power};
use crate::facts::{Facts, Grant, Grants, Known};
use crate::rules::rule::Severity;
use crate::salesforce::permissions::USER_ADMINISTRATION;
use crate::text::{counted, spaced};

/// The permissions behind each column, the worst first.
const BY_PERMISSION: &[(Ability, Severity, &[&str])] = &[
    (Ability::ReadsAll, Severity::High, &["ModifyAllData", "ViewAllData"]),
    (Ability::ChangesAll, Severity::Critical, &["ModifyAllData"]),
    (Ability::AllFields, Severity::High, &["ViewAllFieldsGlobal"]),
    (Ability::Deletes, Severity::High, &["ModifyAllData", "BulkApiHardDelete"]),
    (Ability::Users, Severity::Critical, &["ManageUsers", "ManageInternalUsers"]),
    (
        Ability::Permissions,
        Severity::Critical,
        &["AssignPermissionSets", "ManageProfilesPermissionsets", "ManageRoles", "ManageSharing"],
    ),
    (
        Ability::Metadata,
        Severity::Critical,
        &["AuthorApex", "CustomizeApplication", "ModifyMetadata", "ManageInteraction"],
    ),
    (
        Ability::Apps,
        Severity::High,
        &[
            "ManageRemoteAccess",
            "ExternalClientAppDeveloper",
            "ExternalClientAppAdmin",
            "CanApproveUninstalledApps",
        ],
    ),
    (
        Ability::KeysAndLogs,
        Severity::High,
        &["ManageCertificates", "ManageEncryptionKeys", "ViewClientSecret", "ViewEventLogFiles"],
    ),
];

/// What a user can do to the whole org, and what gives it.
pub(super) fn reach(grants: &Grants) -> Vec<Power> {
    let mut all: Vec<Power> = BY_PERMISSION
        .iter()
        .filter_map(|(what, severity, names)| {
            let by: Vec<String> =
                names.iter().flat_map(|name| grants.granting(name).map(move |set| line(name, set))).collect();
            (!by.is_empty()).then_some(Power { what: *what, severity: *severity, by })
        })
        .collect();
    let objects = |test: fn(&crate::facts::ObjectGrant) -> bool, verb: &str| -> Vec<String> {
        let of = |set: &Grant| {
            let count = set.deletes.as_ref()?.iter().filter(|one| test(one)).count();
            (count > 0).then(|| format!("{verb} {} by {}", counted(count, "object"), set.shown()))
        };
        grants.sets.iter().filter_map(of).collect()
    };
    add(
        &mut all,
        Ability::WholeObjects,
        Severity::Medium,
        objects(|one| one.view_all || one.modify_all, "all records of"),
    );
    add(&mut all, Ability::Deletes, Severity::Medium, objects(|one| one.deletes(), "records of"));
    let administers = USER_ADMINISTRATION
        .iter()
        .flat_map(|(name, _)| grants.granting(name).map(move |set| line(name, set)));
    add(&mut all, Ability::Users, Severity::High, administers.collect());
    all.sort_by_key(|power| power.what);
    all
}

fn line(name: &str, set: &Grant) -> String {
    format!("{} by {}", spaced(name), set.shown())
}

fn add(all: &mut Vec<Power>, what: Ability, severity: Severity, by: Vec<String>) {
    if by.is_empty() {
        return;
    }
    match all.iter_mut().find(|power| power.what == what) {
        Some(power) => power.by.extend(by),
        None => all.push(Power { what, severity, by }),
    }
}

/// From where a user can log in, in a few words.
pub(super) fn from(facts: &Facts) -> String {
    match &facts.login_ip_ranges {
        Known::Is(ranges) if ranges.ranges.is_empty() => "Any address".into(),
        Known::Is(ranges) => counted(ranges.ranges.len(), "login IP range"),
        Known::Unavailable(_) | Known::Absent(_) => "Couldn't read".into(),
    }
}
