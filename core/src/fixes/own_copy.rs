//! A profile, or a permission set, of the user's own: a copy of the one that they share, and the move to it.
//!
//! It never changes what it copies, and never moves a user before the copy was read back like the original.

use super::{Context, dependents, plan};
use crate::facts::{Grant, Source, User};
use crate::plan::{Plan, Safety, Step, Term, fields};

/// A name for a copy that a full name says as it is: letters, digits, and single spaces or underscores.
fn name(of: &str, end: &str, gap: char) -> String {
    let mut out = String::new();
    for c in of.chars() {
        if c.is_alphanumeric() && (gap == ' ' || c.is_ascii()) {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(gap) && out.chars().count() < 50 {
            out.push(gap);
        }
        if out.chars().count() == 60 {
            break;
        }
    }
    if gap == '_' && !out.starts_with(|c: char| c.is_ascii_alphabetic()) {
        out.insert_str(0, "Own_");
    }
    [out.trim_end_matches(gap), end].concat()
}

/// What a copy leaves out: a permission, and whatever needs it.
fn without(permission: Option<&str>, grant: &Grant) -> Vec<String> {
    let Some(permission) = permission else { return vec![] };
    let needing = dependents(permission, &grant.permissions);
    std::iter::once(permission.to_owned()).chain(needing).collect::<Vec<_>>()
}

/// What is left out is unticked on the copy, before anybody has it.
fn untick(object: &str, less: &str, without: &[String]) -> Option<Step> {
    let off =
        without.iter().map(|name| (format!("Permissions{name}"), Term::flag(false))).collect::<Vec<_>>();
    let step = Step::change(format!("Leave it{less}"), object, fields([("Id", Term::Made(1))]), off);
    (!without.is_empty()).then_some(step)
}

/// The words of what is left out.
fn less(without: &[String]) -> String {
    if without.is_empty() {
        return String::new();
    }
    format!(" without {}", crate::text::listed(without))
}

/// The apps that the original lets in, let in by the set that step `made` made or found: no copy has them.
fn apps(grant: &Grant, made: usize) -> Option<Vec<Step>> {
    let own = grant.apps.as_ref()?.iter().map(|app| {
        let key = || fields([("ParentId", Term::Made(made)), ("SetupEntityId", Term::id(app))]);
        Step::create("Let it use an app that the original may use", "SetupEntityAccess", key(), key())
    });
    Some(own.collect::<Vec<_>>())
}

/// A profile of the user's own, equal to the one that they have, less a permission; and the move.
pub(super) fn profile(user: &User, context: Context<'_>, permission: Option<&str>) -> Option<Plan> {
    let facts = context.facts;
    let grant = facts.grants.known()?.profile()?;
    let Source::Profile { name: shared } = &grant.source else { return None };
    let original = &facts.login_ip_ranges.known()?.full_name;
    if original.is_empty() || !user.is_active {
        return None;
    }
    let without = without(permission, grant);
    let (own, less) = (name(&user.name, " Profile", ' '), less(&without));
    let title = format!("Give {} a profile of their own, like “{shared}”{less}", user.name);
    let called = || fields([("Name", Term::text(own.as_str()))]);
    let mut steps = vec![
        Step::copy(
            format!("Make the profile “{own}”, a copy of “{shared}”, with the same licence"),
            "Profile",
            Term::text(own.as_str()),
            Term::text(original.as_str()),
            vec![],
        ),
        Step::wait(format!("Find the profile “{own}”"), "Profile", called(), called()),
    ];
    let apps = apps(grant, 2)?;
    if !apps.is_empty() {
        let key = fields([("ProfileId", Term::Made(1))]);
        let is = fields([("IsOwnedByProfile", Term::flag(true))]);
        steps.push(Step::wait("Find what it grants", "PermissionSet", key, is));
        steps.extend(apps);
    }
    steps.extend(untick("Profile", &less, &without));
    let moved = fields([("ProfileId", Term::Made(1))]);
    steps.push(Step::update(format!("Move {} to it", user.name), "User", &user.id, moved));
    let breaks = vec![
        format!("Formulas, flows, code and list views that name the profile “{shared}” no longer mean {}.", user.name),
        "The password and session policies that are set on the profile itself are not copied: the org's own hold until you set them.".into(),
    ];
    let fix = if permission.is_some() { "own-profile-without" } else { "own-profile" };
    Some(Plan { safety: Safety::Confirm, ..plan(fix, title, steps, None, breaks).about([user.id.as_str()]) })
}

/// A permission set of the user's own in place of one that they share: equal to it, less a permission.
pub(super) fn set(user: &User, grant: &Grant, permission: &str) -> Option<Plan> {
    let Source::PermissionSet { name: shared } = &grant.source else { return None };
    let (without, shown) = (without(Some(permission), grant), grant.quoted());
    // A set that holds nothing else is only taken away.
    let is_all = grant.permissions.iter().all(|name| without.iter().any(|gone| gone == name))
        && grant.apps.as_ref()?.is_empty();
    if !super::is_editable(grant) || grant.api_name.is_empty() || is_all {
        return None;
    }
    let less = less(&without);
    let own = [&name(&grant.api_name, "_", '_'), user.id.as_str()].concat();
    let label: String = format!("{shared} for {}", user.name).chars().take(80).collect();
    let title = format!("Give {} a permission set of their own in place of {shown},{less}", user.name);
    let called = || fields([("Name", Term::text(own.as_str()))]);
    let mut steps = vec![
        Step::copy(
            format!("Make the permission set “{label}”, a copy of {shown}"),
            "PermissionSet",
            Term::text(own.as_str()),
            Term::text(grant.api_name.as_str()),
            fields([("label", Term::text(label.as_str()))]),
        ),
        Step::wait(format!("Find the permission set “{label}”"), "PermissionSet", called(), called()),
    ];
    steps.extend(apps(grant, 1)?);
    steps.extend(untick("PermissionSet", &less, &without));
    let assigned = || fields([("AssigneeId", Term::id(&user.id)), ("PermissionSetId", Term::Made(1))]);
    steps.push(Step::create(
        format!("Assign it to {}", user.name),
        "PermissionSetAssignment",
        assigned(),
        assigned(),
    ));
    let key = fields([("AssigneeId", Term::id(&user.id)), ("PermissionSetId", Term::id(&grant.id))]);
    let keep = ["PermissionSetGroupId", "ExpirationDate"];
    steps.push(Step::delete(
        format!("Take {shown} from {}", user.name),
        "PermissionSetAssignment",
        key,
        &keep,
    ));
    let breaks = vec![format!("What is changed in {shown} later no longer reaches {}.", user.name)];
    Some(Plan { safety: Safety::Confirm, ..plan("own-set-without", title, steps, None, breaks) })
}
