//! API Only User: turned on on the profile when nobody else is on it, else by a permission set of the integration's own.
//!
//! It never turns it on on a profile that people share: it shuts the browser to all of them.

use super::{Context, is_editable, own_copy, plan, used};
use crate::facts::{Flow, Source, User};
use crate::plan::{Described, Plan, Shown, Step, Term, fields};

/// What its button says.
const BUTTON: &str = "Turn on API Only…";

fn described() -> Described {
    Described::change("API Only User", Shown::text("Off"), Shown::text("On"))
}

pub(super) fn plans(user: &User, context: Context<'_>) -> Vec<Plan> {
    let Some(grants) = context.facts.grants.known() else { return vec![] };
    // It is on already: who signed in by browser did so before, and nothing is left to switch on.
    if grants.at_login("ApiUserOnly").next().is_some() {
        return vec![];
    }
    let words = "Logins in a browser will be refused";
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
        let title = format!("Turn on API Only User on profile “{name}”");
        let undone = format!("Turn off API Only User on profile “{name}”");
        let step =
            Step::update(title.clone(), "Profile", profile, on()).says(described()).undone_by(undone.clone());
        plans.push(
            plan("api-only", title, vec![step], Some(grant), breaks.clone())
                .about([profile.as_str()])
                .called(BUTTON, undone),
        );
    }
    // Called after the integration: what is left in the org says whose it is.
    let name = &user.name;
    let (api_name, label) = own_copy::named(name, "API Only", &user.id);
    let called = || fields([("Name", Term::text(api_name.as_str()))]);
    let mut set = called();
    set.push(("Label".to_owned(), Term::text(label.as_str())));
    set.push((
        "Description".to_owned(),
        Term::text(format!("API Only User and API Enabled for {name}. Made by Leastwise.")),
    ));
    set.extend(on());
    let words = format!("Create permission set “{label}” with API Only User and API Enabled");
    let made = Step::create(words, "PermissionSet", called(), set)
        .says(described())
        .undone_by(format!("Delete permission set “{label}”"));
    let key = || fields([("AssigneeId", Term::id(&user.id)), ("PermissionSetId", Term::Made(0))]);
    let given = Step::create(format!("Assign it to {name}"), "PermissionSetAssignment", key(), key())
        .says(Described::change("Permission set", Shown::Nothing, Shown::text(format!("{label} (new)"))))
        .undone_by(format!("Remove permission set “{label}” from {name}"));
    let title = format!("Turn on API Only User for {name} with a permission set");
    plans.push(
        plan("api-only-set", title, vec![made, given], None, breaks)
            .about([user.id.as_str()])
            .called(BUTTON, format!("Turn off API Only User for {name}")),
    );
    plans
}
