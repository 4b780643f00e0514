//! API Only: ticked on the profile when nobody else is on it, else by a permission set of its own.
//!
//! It never ticks it on a profile that people share: it shuts the browser to all of them.

use super::{Context, is_editable, plan, used};
use crate::facts::{Flow, Source, User};
use crate::plan::{Plan, Step, Term, fields};

/// The permission set that the fix makes.
const NAME: &str = "Leastwise_API_Only";

pub(super) fn plans(user: &User, context: Context<'_>) -> Vec<Plan> {
    let Some(grants) = context.facts.grants.known() else { return vec![] };
    // It is on already: who signed in by browser did so before, and nothing is left to switch on.
    if grants.granting("ApiUserOnly").any(|set| !set.session_based) {
        return vec![];
    }
    let words = "Sign-ins by browser will be refused";
    let breaks: Vec<String> =
        used(user, context.facts, words, |row| row.flow() == Flow::Browser).into_iter().collect();
    let on = || {
        fields([("PermissionsApiEnabled", Term::flag(true)), ("PermissionsApiUserOnly", Term::flag(true))])
    };
    let mut plans = vec![];
    let own = grants.profile().filter(|grant| is_editable(grant));
    if let (Some(grant), Some(profile)) = (own, &user.profile_id)
        && grant.reach.as_ref().is_some_and(|reach| reach.others.is_empty() && !reach.more)
        && let Source::Profile { name } = &grant.source
    {
        let title = format!("Tick API Only on the profile “{name}”");
        let step = Step::update(title.clone(), "Profile", profile, on());
        plans
            .push(plan("api-only", title, vec![step], Some(grant), breaks.clone()).about([profile.as_str()]));
    }
    let mut set = fields([("Name", Term::text(NAME)), ("Label", Term::text("Leastwise: API Only"))]);
    set.extend(on());
    let made = Step::create(
        "Make the permission set “Leastwise: API Only”, with API Only and API Enabled",
        "PermissionSet",
        fields([("Name", Term::text(NAME))]),
        set,
    );
    let key = || fields([("AssigneeId", Term::id(&user.id)), ("PermissionSetId", Term::Made(0))]);
    let given = Step::create(format!("Assign it to {}", user.name), "PermissionSetAssignment", key(), key());
    let title = format!("Make {} API Only by a permission set", user.name);
    plans.push(plan("api-only-set", title, vec![made, given], None, breaks).about([user.id.as_str()]));
    plans
}
