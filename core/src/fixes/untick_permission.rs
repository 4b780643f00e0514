//! A user permission removed where it is granted: deselected where nobody else is touched, else by removing the
//! assignment.
//!
//! It never writes a permission set that a profile owns, nor a standard profile, whose permissions are fixed: there the
//! user gets a profile of their own.

use super::user_state::administrator;
use super::{Context, dependents, is_editable, mute_permission, own_copy, plan};
use crate::facts::{Grant, Source, User};
use crate::plan::{Described, Fields, Plan, Shown, Step, Term, fields};
use crate::rules::SOAP_LOGIN;
use crate::salesforce::id::Id;

pub(super) fn plans(permission: &str, granted_by: &[Id], user: &User, context: Context<'_>) -> Vec<Plan> {
    let Some(grants) = context.facts.grants.known() else { return vec![] };
    let mut all = vec![];
    for grant in grants.granting(permission).filter(|grant| granted_by.contains(&grant.id)) {
        let mut plans = of_grant(permission, grant, user, context);
        if matches!(permission, "ManageUsers" | "ModifyAllData") {
            for plan in &mut plans {
                // Where this user alone loses it, whoever else has it from the same place stays an administrator.
                let others = !plan.fix.starts_with("own-") && plan.fix != "remove-assignment";
                plan.first(administrator(Some(user), Some(&grant.id).filter(|_| others)));
            }
        }
        // One permission can be granted by many records, and one record grants many permissions.
        all.extend(plans.into_iter().map(|plan| plan.about([permission, grant.id.as_str()])));
    }
    all
}

fn of_grant(permission: &str, grant: &Grant, user: &User, context: Context<'_>) -> Vec<Plan> {
    let shared = grant.reach.as_ref().is_none_or(|reach| reach.more || !reach.others.is_empty());
    let shown = &*grant.quoted();
    match &grant.source {
        Source::Profile { .. } => {
            let profile = user.profile_id.as_ref().filter(|_| is_editable(grant));
            let own = if shared || !grant.custom {
                own_copy::profile(user, context, Some(permission))
            } else {
                None
            };
            own.into_iter()
                .chain(profile.map(|id| untick("Profile", id, permission, grant, context)))
                .collect::<Vec<_>>()
        }
        // The narrowest way first: nobody else's set is edited where taking it from this user is enough.
        Source::PermissionSet { .. } if shared || !is_editable(grant) => {
            unassign(shown, grant, user, context)
                .into_iter()
                .chain(own_copy::set(user, grant, permission, context))
                .collect::<Vec<_>>()
        }
        Source::PermissionSet { .. } => {
            std::iter::once(untick("PermissionSet", &grant.id, permission, grant, context))
                .chain(unassign(shown, grant, user, context))
                .collect::<Vec<_>>()
        }
        Source::Group { .. } => unassign(shown, grant, user, context)
            .into_iter()
            .chain(mute_permission::mute(shown, permission, grant, context))
            .collect::<Vec<_>>(),
    }
}

/// Deselects a permission, and whatever requires it, in one request: the platform does not cascade.
pub(super) fn untick(object: &str, id: &Id, permission: &str, grant: &Grant, context: Context<'_>) -> Plan {
    let needing = dependents(permission, &grant.permissions);
    let off = |name: &str| (format!("Permissions{name}"), Term::flag(false));
    let after: Fields =
        std::iter::once(permission).chain(needing.iter().map(String::as_str)).map(off).collect::<Vec<_>>();
    let (label, shown) = (context.label(permission), grant.shown());
    let mut labels = vec![label.clone()];
    labels.extend(context.labels(&needing));
    // Source: Salesforce Help 000386101: it stands above the policies.
    let breaks = if permission == "PasswordNeverExpires" {
        vec!["The password then expires as the password policy says. Change it on a day you choose, or anything that logs in with it stops.".to_owned()]
    } else {
        vec![]
    };
    let needing = labels.get(1..).unwrap_or_default().to_vec();
    let step = Step::update(format!("Remove permissions from {shown}"), object, id, after)
        .says(Described::list("Removed", "Given back", labels))
        .undone_by(format!("Give the removed permissions back to {shown}"));
    let mut plan =
        plan("untick-permission", format!("Remove {label} from {shown}"), vec![step], Some(grant), breaks)
            .called("Remove permission…", format!("Give {label} back to {shown}"));
    match needing.as_slice() {
        [] => {}
        [one] => plan.breaks.push(format!("{one} requires {label}, so it's removed too.")),
        all => {
            plan.breaks.push(format!("{} require {label}, so they're removed too.", crate::text::listed(all)))
        }
    }
    plan
}

/// Takes the set, or the group, from this user alone; nothing when it also lets them use an app: without it the app is
/// closed to them, or open to all; nor when it keeps them to the API: without it they could sign in by browser; nor when it
/// alone lets them sign in by SOAP `login()`, which they do or may do.
fn unassign(shown: &str, grant: &Grant, user: &User, context: Context<'_>) -> Option<Plan> {
    let keeps = grant.permissions.contains("ApiUserOnly");
    let by_soap = super::may_use_soap(context) && grant.permissions.contains(SOAP_LOGIN) && {
        let grants = context.facts.grants.known();
        grants.is_none_or(|grants| grants.granting(SOAP_LOGIN).count() < 2)
    };
    if keeps || by_soap || grant.apps.as_ref().is_none_or(|apps| !apps.is_empty()) {
        return None;
    }
    let key = fields([("AssigneeId", Term::id(&user.id)), ("PermissionSetId", Term::id(&grant.id))]);
    let kind = if grant.group.is_some() { "permission set group" } else { "permission set" };
    let title = format!("Remove {kind} {shown} from {}", user.name);
    let undone = format!("Assign {kind} {shown} to {} again", user.name);
    let keep = ["PermissionSetGroupId", "ExpirationDate"];
    let (Source::Profile { name } | Source::PermissionSet { name } | Source::Group { name, .. }) =
        &grant.source;
    let label = if grant.group.is_some() { "Permission set group" } else { "Permission set" };
    let step = Step::delete(title.clone(), "PermissionSetAssignment", key, &keep)
        .says(Described::change(label, Shown::text(name), Shown::Nothing))
        .undone_by(undone.clone());
    let others: Vec<String> = grant.permissions.iter().take(12).map(|name| context.label(name)).collect();
    let more = grant.permissions.iter().count().saturating_sub(others.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let breaks = vec![format!(
        "{} loses everything {shown} grants: {}{more}, and its objects and fields.",
        user.name,
        others.join(", ")
    )];
    Some(plan("remove-assignment", title, vec![step], None, breaks).called("Remove assignment…", undone))
}
