//! What people do where no request can, or ought to: numbered steps, each with its place in Setup and the query that
//! tells that it is done.
//!
//! It never takes a click for a step that was done, and says so where no API tells.

use super::plan;
use super::setup_links::{app_page, granting};
use crate::facts::subject::{AppKey, Setting, SignInsBy, Subject};
use crate::facts::{Facts, Flow, User};
use crate::plan::{Plan, Safety, Step, Undo};
use crate::rules::rule::Finding;

/// A step: what is done, where, the query that tells, and whether it is to find something. In the query stand `:u` for the user, `:p`
/// for their profile, `:x` for the permission, `:i` for what tells the app's item in the app menu, `:t` for what tells the
/// tokens that it holds for the user, and `:n` for a user who was made for it; in the place `:g` for what grants it, and `:a`
/// for the app.
type Hand = (&'static str, &'static str, &'static str, bool);

/// The fix, its title, its steps.
pub(super) type Guide = (&'static str, &'static str, &'static [Hand]);

/// What the button of a plan that people carry out says.
const START: &str = "Start checklist";

/// Whom [`NEW_USER`] makes.
const NEW: &str = "IsActive = true AND Profile.UserLicense.Name = 'Salesforce Integration' AND CreatedDate = LAST_N_DAYS:30 AND Id != ':u'";

/// The page of the user.
const USER: &str = "/lightning/setup/ManageUsers/page?address=%2F:u%3Fnoredirect%3D1";
const CLIENTS: &str = "/lightning/setup/ManageExternalClientApplication/home";
const USAGE: &str = "/lightning/setup/ConnectedAppsUsage/home";

/// The page of the user's profile.
pub(super) const PROFILE: &str = "/lightning/setup/EnhancedProfiles/page?address=%2F:p";

/// The page of what grants the permission, and that of the app.
const GRANTED: &str = "/lightning/setup/:g";
const APP: &str = "/lightning/setup/:a";

/// The old way in is no longer used.
const QUIET: &str =
    "SELECT LoginTime FROM LoginHistory WHERE UserId = ':u' AND LoginTime = LAST_N_DAYS:7 LIMIT 1";

// Names of license, profile and permission set license: Salesforce Help, "Give Integration Users API Only Access".
const NEW_USER: &[Hand] = &[
    (
        "Check that a Salesforce Integration license is available",
        "/lightning/setup/CompanyProfileInfo/home",
        "SELECT TotalLicenses, UsedLicenses FROM UserLicense WHERE Name = 'Salesforce Integration' AND TotalLicenses > 0",
        true,
    ),
    (
        "Create a user only for this integration, with that license and the profile Minimum Access - API Only Integrations",
        "/lightning/setup/ManageUsers/page?address=%2F005%2Fe",
        "SELECT Name, Username FROM User WHERE :n LIMIT 5",
        true,
    ),
    (
        "Assign it the permission set license Salesforce API Integration, and a permission set with what the integration needs",
        "/lightning/setup/PermissionSetListView/page?address=%2F0PS",
        "SELECT Assignee.Name, PermissionSet.Label FROM PermissionSetAssignment WHERE PermissionSet.IsOwnedByProfile = false AND AssigneeId IN (SELECT Id FROM User WHERE :n) LIMIT 5",
        true,
    ),
    (
        "Switch the integration to the new user",
        CLIENTS,
        "SELECT Name, LastLoginDate FROM User WHERE LastLoginDate != null AND :n LIMIT 5",
        true,
    ),
    ("Wait until the old user has had no logins for 7 days", USER, QUIET, false),
    (
        "Freeze or deactivate the old user",
        USER,
        "SELECT Name FROM User WHERE Id = ':u' AND IsActive = true",
        false,
    ),
];

const OWN_APP: &[Hand] = &[
    (
        "Create an external client app only for this integration, limited to approved users",
        CLIENTS,
        "SELECT MasterLabel FROM ExternalClientApplication WHERE CreatedDate = LAST_N_DAYS:30 LIMIT 5",
        true,
    ),
    (
        "Switch the integration to its own app, as this user",
        USAGE,
        "SELECT AppName FROM OauthToken WHERE UserId = ':u' AND CreatedDate = LAST_N_DAYS:30 LIMIT 5",
        true,
    ),
    (
        "Revoke the shared app's tokens for this user",
        USAGE,
        "SELECT AppName FROM OauthToken WHERE :t LIMIT 5",
        false,
    ),
];

const ROTATE: &[Hand] = &[
    (
        "Create an external client app with the client credentials flow that runs as this user, or a second secret for its app. The old one keeps working",
        CLIENTS,
        "SELECT MasterLabel FROM ExternalClientApplication WHERE CreatedDate = LAST_N_DAYS:30 LIMIT 5",
        true,
    ),
    ("Put the new secret into the integration", "", "", true),
    (
        "Check that it logs in with the new secret",
        "/lightning/setup/OrgLoginHistory/home",
        "SELECT LoginTime FROM LoginHistory WHERE UserId = ':u' AND LoginSubType = 'OauthClientCredentials' AND LoginTime = LAST_N_DAYS:30 LIMIT 1",
        true,
    ),
    (
        "Wait until nothing has logged in with the password for 7 days",
        "/lightning/setup/OrgLoginHistory/home",
        "SELECT LoginTime FROM LoginHistory WHERE UserId = ':u' AND LoginSubType IN ('OauthUsernamePassword', 'SoapApiLogin') AND LoginTime = LAST_N_DAYS:7 LIMIT 1",
        false,
    ),
    (
        "Set a random password that nobody stores",
        USER,
        "SELECT LastPasswordChangeDate FROM User WHERE Id = ':u' AND LastPasswordChangeDate = LAST_N_DAYS:30",
        true,
    ),
];

const OWN_PROFILE: &[Hand] = &[
    (
        "Clone the profile under a new name",
        PROFILE,
        "SELECT Name FROM Profile WHERE CreatedDate = LAST_N_DAYS:30 LIMIT 5",
        true,
    ),
    (
        "Move the user to it, and remove what the integration doesn't need",
        USER,
        "SELECT Profile.Name FROM User WHERE Id = ':u' AND ProfileId = ':p'",
        false,
    ),
];

const PERMISSION: &[Hand] = &[(
    "Remove the permission where it's granted. A standard profile can't be changed: clone it for this user first",
    GRANTED,
    "SELECT PermissionSet.Label FROM PermissionSetAssignment WHERE AssigneeId = ':u' AND PermissionSet.Permissions:x = true LIMIT 5",
    false,
)];

const DELETION: &[Hand] = &[(
    "Deselect Delete and Modify All on each object. A standard profile can't be changed: clone it for this user first",
    GRANTED,
    "SELECT SobjectType, Parent.Label FROM ObjectPermissions WHERE PermissionsDelete = true AND ParentId IN (SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = ':u') LIMIT 20",
    false,
)];

const RANGES: &[Hand] = &[
    ("Ask the integration's owner or vendor for its outbound IP ranges", "", "", true),
    ("Enter them on the profile, under Login IP Ranges", PROFILE, "", true),
];

/// A password that nobody uses.
const UNUSED: &[Hand] = &[(
    "Set a random password that nobody stores, or deactivate the user",
    USER,
    "SELECT LastPasswordChangeDate FROM User WHERE Id = ':u' AND (LastPasswordChangeDate = LAST_N_DAYS:30 OR IsActive = false)",
    true,
)];

/// Passwords expire by the profile.
pub(super) const EXPIRY: Guide = (
    "guide-password-policy",
    "Let the profile's passwords expire in Setup",
    &[
        ("Choose a date: an expired password stops the integration", "", "", true),
        (
            "On the profile, under Password Policies, set User passwords expire in to 90 days or less",
            PROFILE,
            "SELECT PasswordExpirationDate FROM User WHERE Id = ':u' AND PasswordExpirationDate != null",
            true,
        ),
    ],
);

const CLOSED_APP: &[Hand] = &[
    (
        "Allow the app on the user's profile or a permission set",
        APP,
        "SELECT Parent.Label FROM SetupEntityAccess WHERE SetupEntityId IN (SELECT ApplicationId FROM AppMenuItem WHERE :i) AND ParentId IN (SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = ':u') LIMIT 5",
        true,
    ),
    (
        "Install the app if it isn't, and set Permitted Users to Admin approved users are pre-authorized",
        APP,
        "SELECT Label FROM AppMenuItem WHERE :i AND IsUsingAdminAuthorization = true",
        true,
    ),
];

const OBJECTS: &[Hand] = &[(
    "Deselect View All Records, View All Fields and Modify All Records on each object where it needs only shared records",
    GRANTED,
    "SELECT SobjectType, Parent.Label FROM ObjectPermissions WHERE PermissionsViewAllRecords = true AND ParentId IN (SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = ':u') LIMIT 5",
    false,
)];

const PEOPLE: &[Hand] = &[(
    "Have people use their own users, until there are no UI logins here for 7 days",
    "/lightning/setup/OrgLoginHistory/home",
    "SELECT LoginTime FROM LoginHistory WHERE UserId = ':u' AND LoginType = 'Application' AND LoginTime = LAST_N_DAYS:7 LIMIT 1",
    false,
)];

const REAUTHORIZE: &[Hand] = &[
    (
        "Have the app authorized again as this user, so that it gets a new token",
        USAGE,
        "SELECT AppName FROM OauthToken WHERE UserId = ':u' AND CreatedDate = LAST_N_DAYS:30 LIMIT 5",
        true,
    ),
    (
        "Revoke the old token",
        USAGE,
        "SELECT AppName FROM OauthToken WHERE :t AND CreatedDate < LAST_N_DAYS:365 LIMIT 5",
        false,
    ),
];

const SOAP_PERMISSION: &[Hand] = &[
    (
        "Create a permission set with only Use Any API Auth, and assign it to this user",
        "/lightning/setup/PermSets/home",
        // Not every org has the permission yet: no query could tell in all of them.
        "",
        true,
    ),
    ("Plan the move to OAuth: SOAP login() ends in Summer '27", "", "", true),
];

const UNFREEZE: &[Hand] = &[
    ("Find out who froze the user, and why", "/lightning/setup/SecurityEvents/home", "", true),
    ("Replace its password, secrets and tokens if someone else may have them", USER, "", true),
    (
        "Unfreeze the user",
        USER,
        "SELECT UserId FROM UserLogin WHERE UserId = ':u' AND IsFrozen = true",
        false,
    ),
];

const OWNER: &[Hand] = &[
    (
        "Find out which system logs in with this user",
        "/lightning/setup/OrgLoginHistory/home",
        "SELECT Application FROM LoginHistory WHERE UserId = ':u' LIMIT 1",
        true,
    ),
    ("Note its owner and purpose under “Notes” on the panel", USER, "", true),
];

const STRANGE: &[Hand] = &[
    (
        "Ask the integration's owner or vendor which systems log in from there",
        "/lightning/setup/OrgLoginHistory/home",
        "",
        true,
    ),
    ("If nobody knows, freeze the user and revoke its tokens", USER, "", true),
];

/// The guided plan for a finding of a rule, and whether it is offered beside others; none where there is nothing to do by
/// hand that the rule's own text does not say.
fn of(
    rule: &str,
    finding: &Finding,
    facts: &Facts,
) -> Option<(&'static str, &'static str, &'static [Hand], bool)> {
    let is_used = || {
        let sign_ins = facts.sign_ins.known();
        sign_ins.is_none_or(|sign_ins| sign_ins.count(&[Flow::SoapPassword, Flow::OauthPassword]).0 > 0)
    };
    Some(match (rule, &finding.subject) {
        ("password-sign-in", _) => ("guide-rotation", "Change the secret without downtime", ROTATE, true),
        ("soap-login-without-api-auth", _) => {
            ("guide-soap", "Keep its SOAP logins working until it moves to OAuth", SOAP_PERMISSION, true)
        }
        ("frozen-integration", _) => ("guide-unfreeze", "Get the integration running again", UNFREEZE, true),
        ("standing-grant", _) => ("guide-token", "Replace the old token with a new one", REAUTHORIZE, true),
        ("orphan-token", Subject::App(AppKey::Name(_))) => {
            ("guide-closed-app", "Limit the app to approved users in Setup", CLOSED_APP, true)
        }
        ("unrecorded-owner", _) => ("guide-owner", "Find out who is responsible for it", OWNER, true),
        ("new-country", _) => ("guide-country", "Find out who logs in from there", STRANGE, true),
        ("scattered-addresses", _) => {
            ("guide-addresses", "Find out whose addresses these are", STRANGE, true)
        }
        (
            "browser-automation-under-mfa"
            | "dormant-integration"
            | "never-signed-in"
            | "orphan-token"
            | "stale-token",
            _,
        )
        // Each of the permissions has a finding that is fixed; what a set is for, and until when, the rule's text says.
        | (_, Subject::Permissions(_) | Subject::Set { .. }) => return None,
        (_, Subject::Permission { .. }) => {
            ("guide-permission", "Remove the permission in Setup", PERMISSION, false)
        }
        ("whole-object-access", _) => {
            ("guide-objects", "Deselect View All on each object in Setup", OBJECTS, false)
        }
        (_, Subject::Objects { .. }) => ("guide-deletion", "Remove Delete in Setup", DELETION, false),
        (_, Subject::Setting(Setting::Profile)) => {
            ("guide-profile", "Give it its own profile in Setup", OWN_PROFILE, false)
        }
        (_, Subject::Setting(Setting::LoginIpRanges(_))) => {
            ("guide-ranges", "Enter login IP ranges in Setup", RANGES, false)
        }
        ("open-app", _) => {
            ("guide-closed-app", "Limit the app to approved users in Setup", CLOSED_APP, false)
        }
        ("app-shared-by-integration-users", _) => {
            ("guide-app", "Give this integration its own app", OWN_APP, true)
        }
        (_, Subject::Setting(Setting::Password)) if !is_used() => {
            ("guide-unused-password", "Replace the unused password", UNUSED, true)
        }
        (_, Subject::Setting(Setting::Password)) => {
            ("guide-rotation", "Change the secret without downtime", ROTATE, true)
        }
        (_, Subject::SignIns(SignInsBy::Browser | SignInsBy::Tools)) => {
            ("guide-people", "Have people use their own users", PEOPLE, true)
        }
        _ => (
            "guide-user",
            "Give this integration its own user (Salesforce Integration license)",
            NEW_USER,
            true,
        ),
    })
}

/// Adds the guided plan, where there is no other or where it is the better one.
pub(super) fn add(plans: &mut Vec<Plan>, rule: &str, finding: &Finding, user: &User, facts: &Facts) {
    let Some((fix, title, hands, always)) = of(rule, finding, facts) else { return };
    if !always && !plans.is_empty() {
        return;
    }
    // Where an integration would stop, it is moved first.
    let first = matches!(rule, "app-shared-by-integration-users" | "stale-secret") && always;
    let mut own = plan_of((fix, title, hands), finding, user, facts);
    if fix == "guide-ranges" {
        own.steps.splice(0..0, own_first(user, facts));
    }
    plans.insert(if first { 0 } else { plans.len() }, own);
}

/// Ranges hold for everybody on the profile: where there are others, who would be shut out by this user's, it gets one of its
/// own before.
fn own_first(user: &User, facts: &Facts) -> Option<Step> {
    let grant = facts.grants.known()?.profile()?;
    let profile = user.profile_id.as_ref()?;
    let others = match &grant.reach {
        Some(reach) if reach.others.is_empty() && !reach.more => return None,
        Some(reach) => {
            let mut names: Vec<String> =
                reach.others.iter().take(5).map(|other| other.name.clone()).collect();
            match (reach.others.len().saturating_sub(names.len()), reach.more) {
                (0, false) => {}
                (n, false) => names.push(format!("{n} more")),
                (_, true) => names.push("others".to_owned()),
            }
            crate::text::listed(&names)
        }
        None => "others, perhaps,".to_owned(),
    };
    let name = &user.name;
    let words = format!(
        "Give {name} its own profile first: the ranges apply to everyone on this one, and {others} would be locked out"
    );
    let soql = format!("SELECT Profile.Name FROM User WHERE Id = '{}' AND ProfileId = '{profile}'", user.id);
    Some(Step::hand(words, &filled(USER, 'u', user.id.as_str()), soql, false))
}

/// The guided plan with what it is about in the place of its marks.
pub(super) fn plan_of((fix, title, hands): Guide, finding: &Finding, user: &User, facts: &Facts) -> Plan {
    let app = finding.subject.app().unwrap_or(&AppKey::Deleted);
    let item = match app {
        AppKey::MenuItem(id) => format!("Id = '{id}'"),
        // It has to be installed first: then it has an item of this label.
        AppKey::Name(name) => format!("Label = {}", crate::salesforce::soql::text_literal(name)),
        AppKey::Deleted => "Label = null".to_owned(),
    };
    let tokens = crate::plan::tokens_of(&user.id, app);
    let (granting, app_page) = (granting(finding, user, facts), app_page(app, facts));
    let with = |text: &str| {
        let profile = user.profile_id.as_ref().map_or("", |id| id.as_str());
        let text = filled(text, 'n', NEW);
        let text = filled(&text, 'x', finding.permission().unwrap_or_default());
        let text = filled(&text, 'u', user.id.as_str());
        let text = filled(&text, 'p', profile);
        let text = filled(&text, 'g', &granting);
        let text = filled(&text, 'a', &app_page);
        // What a name may say for itself is not filled in any more.
        let by = if text.contains(":i") { ('i', &item) } else { ('t', &tokens) };
        filled(&text, by.0, by.1)
    };
    let about = match &finding.subject {
        Subject::Permission { name, .. } => name.as_str(),
        Subject::Objects { granted_by, .. } => granted_by.as_str(),
        Subject::App(app) => app.id(),
        Subject::Permissions(_)
        | Subject::Set { .. }
        | Subject::Setting(_)
        | Subject::Apps(_)
        | Subject::SignIns(_)
        | Subject::UnknownPermissions
        | Subject::Metadata(_) => "",
    };
    let mut own =
        plan(fix, title.to_owned(), vec![], None, vec![]).about([user.id.as_str(), about]).called(START, "");
    own.safety = Safety::ByHand;
    own.undo = Undo::Never("You make these changes yourself in Setup.".to_owned());
    own.steps = hands
        .iter()
        .map(|(words, link, soql, is)| Step::hand(*words, &with(link), with(soql), *is))
        .collect::<Vec<_>>();
    own
}

/// `text` with `:` and `mark`, wherever it stands as a word, replaced.
pub(super) fn filled(text: &str, mark: char, by: &str) -> String {
    let parts: Vec<&str> = text.split(':').collect();
    let mut out: Vec<&str> = vec![];
    for (at, part) in parts.iter().enumerate() {
        let rest = part
            .strip_prefix(mark)
            .filter(|rest| at > 0 && !rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
        match rest {
            Some(rest) => out.extend([by, rest]),
            None if at > 0 => out.extend([":", part]),
            None => out.push(part),
        }
    }
    out.join("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Place, Way};

    #[test]
    fn words_are_filled_in_and_nothing_else() {
        assert_eq!(
            filled("WHERE Id = ':u' AND X:x = LAST_N_DAYS:7", 'u', "005"),
            "WHERE Id = '005' AND X:x = LAST_N_DAYS:7"
        );
        assert_eq!(filled("Permissions:x = true", 'x', "ManageUsers"), "PermissionsManageUsers = true");
        assert_eq!(filled("a:user :n LIMIT", 'n', "b"), "a:user b LIMIT");
    }

    #[test]
    fn no_mark_is_left_over() {
        let user = crate::rules::example::user();
        for rule in crate::rules::all() {
            for finding in [
                Finding::new(Subject::App(AppKey::Name("A'pp".into())), "A", vec![]),
                Finding::new(Subject::App(AppKey::MenuItem(user.id.clone())), "A", vec![]),
                Finding::new(Subject::App(AppKey::Deleted), "A", vec![]),
                Finding::new(Subject::SignIns(SignInsBy::Programs), "2 programs “A”", vec![]),
                Finding::new(Subject::SignIns(SignInsBy::Browser), "P", vec![]),
                Finding::new(
                    Subject::Permission { name: "ManageUsers".into(), granted_by: vec![] },
                    "P",
                    vec![],
                ),
            ] {
                let mut plans = vec![];
                add(&mut plans, rule.id, &finding, &user, &crate::rules::example::facts());
                for step in plans.iter().flat_map(|plan| &plan.steps) {
                    let (Place::Query { soql }, Way::Hand(link)) = (&step.place, &step.way) else { panic!() };
                    assert!(soql.is_empty() || soql.starts_with("SELECT "), "{step:?}");
                    let left = soql.replace("LAST_N_DAYS:", "").contains(':') || link.contains(':');
                    assert!(!left && !step.words.ends_with('.'), "{step:?}");
                }
            }
        }
    }
}
