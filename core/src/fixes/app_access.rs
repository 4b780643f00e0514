//! An app that acts as this user: its access granted through the user's own profile, and only then the app closed to
//! whom nobody approved.
//!
//! It never closes an app before this user is let in.

use super::{Context, plan};
use crate::facts::subject::AppKey;
use crate::facts::{App, AppKind, Grant, Tokens, User};
use crate::plan::{Described, Look, Plan, Reached, Safety, Shown, Step, Term, fields};
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
        let words = format!("Let {} use {shown}", own.shown());
        let step = Step::create(words, "SetupEntityAccess", key(), key())
            .says(Described::list(
                format!("Allowed on {}", own.shown()),
                format!("No longer allowed on {}", own.shown()),
                vec![plain(&shown)],
            ))
            .undone_by(format!("Stop letting {} use {shown}", own.shown()));
        steps.push(step);
        grant = Some(own);
    }
    if app.admin_approved {
        let title = steps.first()?.words.clone();
        return Some(
            plan("admit-to-app", title.clone(), steps, grant, vec![])
                .about([id.as_str(), user.id.as_str()])
                .called("Allow app…", format!("Undo: {title}")),
        );
    }
    steps.push(closed(app, &shown));
    let title = format!("Limit {shown} to approved users, including {}", user.name);
    let mut plan = plan("close-app", title, steps, grant, vec![])
        .about([id.as_str()])
        .called("Restrict app…", format!("Let all users authorize {shown} themselves again"));
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
        [] => "Anyone else who uses it is refused, unless their profile or a permission set allows the app."
            .to_owned(),
        names => format!(
            "{} can't use it any more, unless their profile or a permission set allows the app. It has tokens for them.",
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
        names: None,
    }
}

/// The switch to approved users: of a connected app in its own component, of an external client app in its policy's.
fn closed(app: &App, shown: &str) -> Step {
    let words = format!("Limit {shown} to approved users");
    let step = match app.kind {
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
    };
    step.says(Described::change(
        format!("Permitted Users of {shown}"),
        Shown::text("All users may self-authorize"),
        Shown::text("Admin approved users are pre-authorized"),
    ))
    .undone_by(format!("Let all users authorize {shown} themselves again"))
}

/// A name without the quotation marks that it stands in.
fn plain(shown: &str) -> String {
    shown.trim_start_matches('“').trim_end_matches('”').to_owned()
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
