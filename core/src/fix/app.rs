//! An app that acts as this user: its access granted through the user's own profile, before it is closed to others.
//!
//! It never closes an app before this user is let in.

use super::{Context, is_editable, plan};
use crate::fact::User;
use crate::plan::{Plan, Step, Term, fields};

pub(super) fn plans(user: &User, context: Context<'_>) -> Vec<Plan> {
    let facts = context.facts;
    let (Some(apps), Some(tokens), Some(grants)) =
        (facts.apps.known(), facts.tokens.known(), facts.grants.known())
    else {
        return vec![];
    };
    let Some(grant) = grants.profile().filter(|grant| is_editable(grant)) else { return vec![] };
    let mut plans = vec![];
    for token in tokens.of(&user.id) {
        let Some((app, id)) =
            apps.find(token.menu_item.as_ref(), &token.app).and_then(|app| Some((app, app.id.as_ref()?)))
        else {
            continue;
        };
        let admits = grants.sets.iter().any(|set| set.apps.iter().flatten().any(|own| own == id));
        if admits || plans.iter().any(|plan: &Plan| plan.title.ends_with(&format!("“{}”", app.label))) {
            continue;
        }
        let key = || fields([("ParentId", Term::id(&grant.id)), ("SetupEntityId", Term::id(id))]);
        let title = format!("Let the {} use the app “{}”", grant.source, app.label);
        let step = Step::create(title.clone(), "SetupEntityAccess", key(), key());
        plans.push(plan("admit-to-app", title, vec![step], Some(grant), vec![]));
    }
    plans
}
