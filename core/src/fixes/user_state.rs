//! Freezing, unfreezing and deactivating a user.
//!
//! It never deactivates without a look at what depends on the user, nor the last administrator.

use super::{Context, plan, tokens, used};
use crate::facts::User;
use crate::plan::{Described, Look, Plan, Safety, Shown, Step, Term, Undo, fields};

/// What is known to break, or to refuse, when a user goes: words, fields, object and condition; `?` is the user.
/// Source: Salesforce Help 000384586 and 000003585; fields: Object Reference.
const DEPENDS: &[(&str, &str)] = &[
    ("Scheduled jobs", "CronJobDetail.Name, NextFireTime FROM CronTrigger WHERE OwnerId = ?"),
    (
        "Running Apex jobs",
        "JobType, Status FROM AsyncApexJob WHERE Status IN ('Queued', 'Processing', 'Preparing') AND CreatedById = ?",
    ),
    ("OAuth tokens", "AppName, LastUsedDate FROM OauthToken WHERE UserId = ?"),
    ("Dashboards that run as this user", "Title FROM Dashboard WHERE RunningUserId = ?"),
    ("Queues and public groups", "Group.Type, Group.Name FROM GroupMember WHERE UserOrGroupId = ?"),
    ("Pending approvals", "CreatedDate FROM ProcessInstanceWorkitem WHERE ActorId = ?"),
    ("Users who report to this user", "Name FROM User WHERE IsActive = true AND ManagerId = ?"),
    ("Paused flows", "InterviewLabel FROM FlowInterview WHERE OwnerId = ?"),
    ("Email services that run as this user", "LocalPart FROM EmailServicesAddress WHERE RunAsUserId = ?"),
    ("Sites where it's the administrator", "Name FROM Site WHERE AdminId = ?"),
];

/// What freezing does not do.
const SESSIONS: &str =
    "Freezing doesn't end sessions that are already running. To stop those too, revoke its OAuth tokens.";

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
pub(super) fn administrator(user: Option<&User>, but: Option<&crate::salesforce::id::Id>) -> Step {
    let mut soql = "SELECT Assignee.Name FROM PermissionSetAssignment WHERE PermissionSet.PermissionsModifyAllData = true AND PermissionSet.PermissionsManageUsers = true AND Assignee.IsActive = true AND IsRevoked = false AND (ExpirationDate = null OR ExpirationDate > TODAY)".to_owned();
    if let Some(user) = user {
        soql.push_str(&format!(" AND AssigneeId != '{}'", user.id));
    }
    if let Some(set) = but {
        soql.push_str(&format!(" AND PermissionSetId != '{set}'"));
    }
    soql.push_str(" LIMIT 1");
    Step::needs("No other active administrator found. The org must keep at least one.", soql)
}

pub(super) fn plans(user: &User, context: Context<'_>) -> Vec<Plan> {
    let breaks = || -> Vec<String> {
        used(user, context.facts, "Nothing can log in as this user any more", |_| true)
            .into_iter()
            .collect::<Vec<_>>()
    };
    // The row exists once somebody tried to sign in, and cannot be made.
    let name = &user.name;
    let (to_freeze, to_unfreeze) = (format!("Freeze {name}"), format!("Unfreeze {name}"));
    let frozen = |is: bool| {
        let key = fields([("UserId", Term::id(&user.id))]);
        let (words, undone) = if is { (&to_freeze, &to_unfreeze) } else { (&to_unfreeze, &to_freeze) };
        let shown = |is: bool| Shown::text(if is { "Frozen" } else { "Not frozen" });
        Step::change(words.clone(), "UserLogin", key, fields([("IsFrozen", Term::flag(is))]))
            .says(Described::change("Login", shown(!is), shown(is)))
            .undone_by(undone.clone())
    };
    let mut freeze = plan("freeze", to_freeze.clone(), vec![frozen(true)], None, breaks())
        .called("Freeze user…", to_unfreeze.clone());
    // Source: Salesforce Help, "Freeze or Unfreeze User Accounts": it keeps a user from logging in, and ends no session.
    freeze.breaks.push(SESSIONS.into());
    freeze.first(administrator(Some(user), None));
    let revokes = tokens::all(user, context);
    let both = (!revokes.is_empty()).then(|| {
        let title = format!("Freeze {name} and revoke its OAuth tokens");
        let steps = std::iter::once(frozen(true)).chain(revokes).collect();
        let mut both = plan("freeze-and-revoke", title, steps, None, breaks())
            .called("Freeze and revoke…", to_unfreeze.clone());
        both.undo = Undo::Partly(tokens::NOT_BACK.into());
        both.link = tokens::page(&user.id);
        both.first(administrator(Some(user), None));
        both
    });
    let mut unfreeze = plan(
        "unfreeze",
        to_unfreeze.clone(),
        vec![frozen(false)],
        None,
        vec!["Anything that has its password or a token can log in again.".into()],
    )
    .called("Unfreeze user…", to_freeze.clone());
    let soql = format!("SELECT Id FROM UserLogin WHERE IsFrozen = true AND UserId = '{}'", user.id);
    unfreeze.first(Step::needs("The user is not frozen.", soql));
    let title = format!("Deactivate {name}");
    let undone = format!("Activate {name} again");
    let step = Step::update(title.clone(), "User", &user.id, fields([("IsActive", Term::flag(false))]))
        .says(Described::change("User", Shown::text("Active"), Shown::text("Inactive")))
        .undone_by(undone.clone());
    let mut deactivate =
        plan("deactivate", title, vec![step], None, breaks()).called("Deactivate user…", undone);
    deactivate.looks = depends(user);
    deactivate.first(administrator(Some(user), None));
    // No element of the Metadata API and no object holds these.
    deactivate.breaks.push("It could be the default workflow user, the default lead owner or the Web-to-Lead creator. Leastwise can't check this; if it is, Salesforce refuses.".into());
    // Who is not active has nothing left to be stopped. Only who is frozen is unfrozen, and nobody is frozen twice; there
    // is no row to freeze before somebody signed in.
    let is_frozen = context.facts.frozen.known().map(|frozen| frozen.0);
    let mut all = vec![];
    if user.is_active {
        match is_frozen {
            Some(true) => all.push(unfreeze),
            Some(false) if user.last_login.is_some() => {
                all.push(freeze);
                all.extend(both);
            }
            // The row is not there, or not shown to the admin: nothing can be written to it.
            _ => {}
        }
        all.push(deactivate);
    }
    for plan in &mut all {
        plan.safety = Safety::Confirm;
        plan.is_destructive = plan.fix != "unfreeze";
    }
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
        emergency(Context { facts: &facts, acting: &acting, labels: &crate::facts::NO_LABELS })
            .into_iter()
            .map(|plan| plan.fix)
            .collect()
    }

    fn user(facts: &mut Facts) -> &mut crate::facts::User {
        let Known::Is(user) = &mut facts.user else { panic!() };
        user
    }

    #[test]
    fn only_who_is_frozen_is_unfrozen() {
        assert_eq!(
            offered(|facts| facts.frozen = Known::Is(crate::facts::Frozen(false))),
            ["freeze", "deactivate"]
        );
        assert_eq!(
            offered(|facts| facts.frozen = Known::Is(crate::facts::Frozen(true))),
            ["unfreeze", "deactivate"]
        );
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
