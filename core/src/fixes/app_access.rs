//! An app that acts as this user: its access granted through the user's own profile, and only then the app closed to
//! whom nobody approved.
//!
//! It never closes an app before this user is let in.

use super::{Context, plan};
use crate::facts::subject::AppKey;
use crate::facts::{App, AppKind, Grant, Tokens, User};
use crate::plan::{Look, Plan, Reached, Safety, Step, Term, fields};
use crate::salesforce::id::Id;

pub(super) fn plans(found: &AppKey, user: &User, context: Context<'_>) -> Option<Plan> {
    let facts = context.facts;
    let (apps, grants) = (facts.apps.known()?, facts.grants.known()?);
    // What is not installed has no policy to change.
    let AppKey::MenuItem(found) = found else { return None };
    let app = apps.rows.iter().find(|app| app.menu_item == *found)?;
    let (id, shown) = (app.id.as_ref()?, apps.shown(app));
    let admits = |set: &&Grant| set.apps.iter().flatten().any(|own| own == id);
    let mut steps = vec![];
    let mut grant = None;
    if !grants.sets.iter().any(|set| admits(&set)) {
        // What is not known to be closed to them is not opened: the apps of every set must have been read.
        if grants.cut || grants.sets.iter().any(|set| set.apps.is_none()) {
            return None;
        }
        // The apps of a standard profile are an admin's to choose, its permissions are not.
        let own = grants.profile()?;
        let key = || fields([("ParentId", Term::id(&own.id)), ("SetupEntityId", Term::id(id))]);
        let words = format!("Let the {} use the app {}", own.shown(), shown);
        steps.push(Step::create(words, "SetupEntityAccess", key(), key()));
        grant = Some(own);
    }
    if app.admin_approved {
        let title = steps.first()?.words.clone();
        return Some(
            plan("admit-to-app", title, steps, grant, vec![]).about([id.as_str(), user.id.as_str()]),
        );
    }
    steps.push(closed(app, &shown));
    let title = format!("Let only approved users use the app {shown}, {} among them", user.name);
    let mut plan = plan("close-app", title, steps, grant, vec![]).about([id.as_str()]);
    // Whom the profile lets in keeps their access.
    let by_profile = grants.profile().filter(|set| grant.is_some() || admits(set));
    let stays = |id: &Id| {
        let reach = by_profile.and_then(|set| set.reach.as_ref());
        *id == user.id || reach.is_some_and(|reach| reach.others.iter().any(|other| other.id == *id))
    };
    let tokens = facts.tokens.known();
    let mut losing: Vec<Reached> = vec![];
    for held in tokens.into_iter().flat_map(|tokens| holders(tokens, app)) {
        if !stays(&held.id) && !losing.contains(&held) {
            losing.push(held);
        }
    }
    plan.reaches_more |= tokens.is_none_or(|tokens| tokens.cut);
    plan.safety = Safety::Confirm;
    let names: Vec<String> = losing.iter().map(|held| held.name.clone()).collect();
    plan.breaks = vec![match names.as_slice() {
        [] => "Whoever else uses it is refused from then on, unless their profile or a permission set lets them in.".to_owned(),
        names => format!(
            "Refused from then on, unless their own profile or a permission set lets them in, though the app holds tokens of theirs: {}.",
            crate::text::listed(names)
        ),
    }];
    if !losing.is_empty() {
        plan.looks = vec![let_in(id, &losing)];
    }
    for held in losing {
        if !plan.reaches.contains(&held) {
            plan.reaches.push(held);
        }
    }
    Some(plan)
}

/// Whom of these the app lets in by a profile or a permission set of their own: they keep their access.
fn let_in(app: &Id, losing: &[Reached]) -> Look {
    let ids: Vec<&str> = losing.iter().map(|held| held.id.as_str()).collect();
    Look {
        words: "Who is let in already".to_owned(),
        soql: [
            "SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSetId IN (SELECT ParentId FROM SetupEntityAccess WHERE SetupEntityId = '",
            app.as_str(),
            "') AND AssigneeId IN ('",
            &ids.join("','"),
            "')",
        ]
        .concat(),
        spares: true,
    }
}

/// The switch to approved users: of a connected app in its own component, of an external client app in its policy's.
fn closed(app: &App, shown: &str) -> Step {
    let words = format!("Let only approved users use the app {shown}");
    match app.kind {
        AppKind::Connected => Step::component(
            words,
            "ConnectedApp",
            vec![Term::text(app.name.as_str())],
            fields([("oauthConfig.isAdminApproved", Term::flag(true))]),
        ),
        // Its policy is called after it, in one way or the other (recorded retrieves).
        AppKind::ExternalClient => Step::component(
            words,
            "ExtlClntAppOauthConfigurablePolicies",
            ["_oauthPlcy", "_oauth_defaultPolicy"].map(|end| Term::text([&app.name, end].concat())).into(),
            fields([("permittedUsersPolicyType", Term::text("AdminApprovedPreAuthorized"))]),
        ),
    }
}

/// Who holds tokens for an app.
fn holders(tokens: &Tokens, app: &App) -> impl Iterator<Item = Reached> {
    tokens
        .rows
        .iter()
        .filter(|token| match &token.menu_item {
            Some(item) => *item == app.menu_item,
            None => token.app == app.label || token.app == app.name,
        })
        .map(|token| Reached { id: token.user_id.clone(), name: token.user_name.clone() })
}
