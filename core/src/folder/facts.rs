//! From a profile, a set or a group of a folder to the facts that rules ask for.

use super::component::Kind;
use super::merged::{Folder, Merged, folded};
use crate::classification::Classification;
use crate::facts::{
    AdminAnswer, Apps, CheckSettings, Fact, Facts, Grant, Grants, Jobs, Known, License, LoginIpRanges,
    POLICY, Profile, Shared, SignIns, Source, Tokens,
};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::ip_range::IpRange;
use crate::salesforce::time::Timestamp;

/// Why a rule about a user has nothing to say of metadata.
pub(super) const NO_USERS: &str = "Metadata doesn't tell which users there are.";

/// What only a profile has.
const OF_PROFILES: &str = "Only profiles have this.";

/// An id that stands for a component: none is given in metadata, and none is shown.
fn stand_in(prefix: &str, number: usize) -> Option<Id> {
    let number = u64::try_from(number).unwrap_or_default() % 1_000_000_000_000;
    Id::parse(&format!("{prefix}{number:012}"))
}

/// The facts of one of the folder's subjects; `answer` is what the configuration says of it.
pub(super) fn facts(
    folder: &Folder,
    number: usize,
    own: &Merged,
    answer: Option<AdminAnswer>,
    checks: &CheckSettings,
    now: Timestamp,
) -> Facts {
    let mut facts = Facts::pending(now);
    facts.checks = checks.clone();
    facts.user = Known::Absent(NO_USERS.into());
    facts.frozen = Known::Absent(NO_USERS.into());
    facts.sign_ins = Known::unavailable(SignIns::NAME, OrgError::NeedsOrg);
    facts.tokens = Known::unavailable(Tokens::NAME, OrgError::NeedsOrg);
    facts.apps = Known::unavailable(Apps::NAME, OrgError::NeedsOrg);
    facts.jobs = Known::unavailable(Jobs::NAME, OrgError::NeedsOrg);
    facts.expirations = Known::Absent(NO_USERS.into());
    facts.record = Known::Absent(NO_USERS.into());
    facts.password_policy = Known::unavailable(POLICY, OrgError::NeedsOrg);
    if let Some(grant) = grant(number, own) {
        facts.grants = Known::Is(Grants { sets: vec![grant], cut: false });
    }
    if own.kind == Kind::Profile {
        of_profile(&mut facts, number, own);
    } else {
        facts.profile = Known::Absent(OF_PROFILES.into());
        facts.license = Known::Absent(OF_PROFILES.into());
        facts.login_ip_ranges = Known::Absent(OF_PROFILES.into());
    }
    let apps = match own.kind {
        // A standard profile is people's too, whichever apps let it in.
        Kind::Profile if !own.is_custom => None,
        Kind::Profile => folder.profiles_of_apps.get(&folded(&own.name)),
        _ => [&own.name, &own.label].into_iter().find_map(|name| folder.sets_of_apps.get(&folded(name))),
    };
    let license = own.license.as_ref().map(|license| license.name.as_str());
    let apps = apps.map_or(&[][..], Vec::as_slice);
    facts.classification = Known::Is(Classification::of_metadata(&facts, license, apps, answer));
    facts
}

fn grant(number: usize, own: &Merged) -> Option<Grant> {
    let name = own.label.clone();
    let on = own.access.permissions.iter().filter(|(_, (on, _))| *on).map(|(name, _)| name.as_str());
    let objects = own.access.objects.values().map(|own| own.grant.clone()).filter(|grant| grant.is_any());
    Some(Grant {
        id: stand_in("0PS", number)?,
        api_name: own.name.clone(),
        description: Some(own.description.clone()),
        source: match own.kind {
            Kind::Profile => Source::Profile { name },
            Kind::PermissionSetGroup => Source::Group { name, status: "Updated".into() },
            _ => Source::PermissionSet { name },
        },
        custom: own.is_custom,
        session_based: own.is_session_based,
        namespace: None,
        permissions: on.collect(),
        deletes: Some(objects.collect()),
        objects_cut: false,
        apps: None,
        reach: None,
        group: None,
        told_apart: None,
    })
}

fn of_profile(facts: &mut Facts, number: usize, own: &Merged) {
    let on = own.access.permissions.iter().filter(|(_, (on, _))| *on).map(|(name, _)| name.as_str());
    if let Some(id) = stand_in("00e", number) {
        facts.profile = Known::Is(Profile {
            id,
            name: own.label.clone(),
            user_type: String::new(),
            permissions: on.collect(),
        });
    }
    facts.license = match &own.license {
        Some(license) => Known::Is(License { name: license.name.clone() }),
        None => Known::unavailable(License::NAME, OrgError::LeftOutOfFile),
    };
    let ranges: Option<Shared<Vec<IpRange>>> = own.ranges.iter().map(|(range, _)| range.clone()).collect();
    facts.login_ip_ranges = match ranges {
        None => Known::unavailable(
            LoginIpRanges::NAME,
            OrgError::Other {
                code: String::new(),
                message: "Leastwise couldn't read one of the login IP ranges.".into(),
            },
        ),
        Some(ranges) if ranges.is_empty() && own.lacking.is_some() => {
            Known::unavailable(LoginIpRanges::NAME, OrgError::LeftOutOfFile)
        }
        Some(ranges) => Known::Is(LoginIpRanges { ranges, full_name: own.name.clone() }),
    };
}
