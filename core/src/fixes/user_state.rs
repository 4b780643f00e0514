//! Freezing, unfreezing and deactivating a user.
//!
//! It never deactivates without a look at what depends on the user, nor the last administrator.

use super::{Context, plan, used};
use crate::facts::User;
use crate::plan::{Look, Plan, Safety, Step, Term, fields};

/// What is known to break, or to refuse, when a user goes: words, fields, object and condition; `?` is the user.
/// Source: Salesforce Help 000384586 and 000003585; fields: Object Reference.
const DEPENDS: &[(&str, &str)] = &[
    ("Scheduled jobs", "CronJobDetail.Name, NextFireTime FROM CronTrigger WHERE OwnerId = ?"),
    (
        "Apex jobs that are under way",
        "JobType, Status FROM AsyncApexJob WHERE Status IN ('Queued', 'Processing', 'Preparing') AND CreatedById = ?",
    ),
    ("OAuth tokens", "AppName, LastUsedDate FROM OauthToken WHERE UserId = ?"),
    ("Dashboards that run as this user", "Title FROM Dashboard WHERE RunningUserId = ?"),
    ("Queues and public groups", "Group.Type, Group.Name FROM GroupMember WHERE UserOrGroupId = ?"),
    ("Approvals that wait for this user", "CreatedDate FROM ProcessInstanceWorkitem WHERE ActorId = ?"),
    ("Users whose manager it is", "Name FROM User WHERE IsActive = true AND ManagerId = ?"),
    ("Paused flows", "InterviewLabel FROM FlowInterview WHERE OwnerId = ?"),
    ("E-mail services that run as this user", "LocalPart FROM EmailServicesAddress WHERE RunAsUserId = ?"),
    ("Sites that it administers", "Name FROM Site WHERE AdminId = ?"),
];

/// The looks at what depends on the user.
fn depends(user: &User) -> Vec<Look> {
    let id = format!("'{}' LIMIT 50", user.id);
    DEPENDS
        .iter()
        .map(|(words, rest)| {
            Look::depends(words, format!("SELECT {}{id}", rest.strip_suffix('?').unwrap_or(rest)))
        })
        .collect::<Vec<_>>()
}

/// The step that finds another active administrator, by something else than `but`.
pub(super) fn administrator(user: &User, but: Option<&crate::salesforce::id::Id>) -> Step {
    let mut soql = format!(
        "SELECT Assignee.Name FROM PermissionSetAssignment WHERE PermissionSet.PermissionsModifyAllData = true AND PermissionSet.PermissionsManageUsers = true AND Assignee.IsActive = true AND IsRevoked = false AND (ExpirationDate = null OR ExpirationDate > TODAY) AND AssigneeId != '{}'",
        user.id
    );
    if let Some(set) = but {
        soql.push_str(&format!(" AND PermissionSetId != '{set}'"));
    }
    soql.push_str(" LIMIT 1");
    Step::needs("Another active administrator was not found: the org must keep one.", soql)
}

pub(super) fn plans(user: &User, context: Context<'_>) -> Vec<Plan> {
    let breaks = || -> Vec<String> {
        used(user, context.facts, "Whatever signs in as this user is refused from then on", |_| true)
            .into_iter()
            .collect::<Vec<_>>()
    };
    // The row exists once somebody tried to sign in, and cannot be made.
    let frozen = |verb: &str, is: bool| {
        let key = fields([("UserId", Term::id(&user.id))]);
        let title = [verb, &user.name].concat();
        let step = Step::change(title.clone(), "UserLogin", key, fields([("IsFrozen", Term::flag(is))]));
        (title, vec![step])
    };
    let (title, steps) = frozen("Freeze ", true);
    let mut freeze = plan("freeze", title, steps, None, breaks());
    freeze.first(administrator(user, None));
    let (title, steps) = frozen("Unfreeze ", false);
    let mut unfreeze = plan(
        "unfreeze",
        title,
        steps,
        None,
        vec!["Whatever knows its password or holds a token signs in again.".into()],
    );
    let soql = format!("SELECT Id FROM UserLogin WHERE IsFrozen = true AND UserId = '{}'", user.id);
    unfreeze.first(Step::needs("The user is not frozen.", soql));
    let title = format!("Deactivate {}", user.name);
    let step = Step::update(title.clone(), "User", &user.id, fields([("IsActive", Term::flag(false))]));
    let mut deactivate = plan("deactivate", title, vec![step], None, breaks());
    deactivate.looks = depends(user);
    deactivate.first(administrator(user, None));
    // No element of the Metadata API and no object holds these.
    deactivate.breaks.push("Whether it is the default workflow user, the default lead owner or the Web-to-Lead creator, no API tells: where it is, Salesforce refuses.".into());
    // Who is not active has nothing left to be stopped. Only who is frozen is unfrozen, and nobody is frozen twice; there
    // is no row to freeze before somebody signed in.
    let is_frozen = context.facts.frozen.known();
    let mut all = vec![];
    if user.is_active {
        match is_frozen {
            Some(true) => all.push(unfreeze),
            Some(false) if user.last_login.is_some() => all.push(freeze),
            // The row is not there, or not shown to the admin: nothing can be written to it.
            _ => {}
        }
        all.push(deactivate);
    }
    all.iter_mut().for_each(|plan| plan.safety = Safety::Confirm);
    all.into_iter().map(|plan| plan.about([user.id.as_str()])).collect()
}

#[cfg(test)]
mod tests {
    use crate::classification::AdminAnswer;
    use crate::facts::{Facts, Known};
    use crate::fixes::{Context, emergency};
    use crate::rules::example;
    use crate::salesforce::error::OrgError;

    fn offered(change: impl FnOnce(&mut Facts)) -> Vec<String> {
        let mut facts = example::facts();
        change(&mut facts);
        let acting = example::id("005", 9);
        emergency(Context { facts: &facts, acting: &acting }).into_iter().map(|plan| plan.fix).collect()
    }

    fn user(facts: &mut Facts) -> &mut crate::facts::User {
        let Known::Is(user) = &mut facts.user else { panic!() };
        user
    }

    #[test]
    fn only_who_is_frozen_is_unfrozen() {
        assert_eq!(offered(|facts| facts.frozen = Known::Is(false)), ["freeze", "deactivate"]);
        assert_eq!(offered(|facts| facts.frozen = Known::Is(true)), ["unfreeze", "deactivate"]);
        let unread = |facts: &mut Facts| facts.frozen = Known::unavailable("x", OrgError::Timeout);
        assert_eq!(offered(unread), ["deactivate"]);
        assert_eq!(offered(|facts| user(facts).last_login = None), ["deactivate"]);
        assert!(offered(|facts| user(facts).is_active = false).is_empty());
    }

    #[test]
    fn salesforce_s_own_users_are_nobody_s_to_stop() {
        for user_type in ["Guest", "AutomatedProcess", "CloudIntegrationUser"] {
            for said in [None, Some(AdminAnswer::Integration)] {
                let own = |facts: &mut Facts| {
                    user(facts).user_type = user_type.into();
                    // Nor where an admin says that it is an integration.
                    facts.classification = Known::Is(crate::classification::Classification::new(facts, said));
                };
                assert!(offered(own).is_empty(), "{user_type} {said:?}");
            }
        }
    }
}
