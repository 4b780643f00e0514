//! A profile, or a permission set, of the user's own: a copy of the one that they share, and the move to it.
//!
//! It never changes what it copies, and never moves a user before the copy was read back like the original.

use super::{Context, dependents, plan};
use crate::facts::{Grant, Source, User};
use crate::plan::{Described, Plan, Safety, Shown, Step, Term, fields};
use crate::salesforce::id::Id;

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

/// What something made for a record is called: its API name, which no other has, and its label. 80 characters are what
/// Salesforce takes of each.
pub(super) fn named(of: &str, what: &str, id: &Id) -> (String, String) {
    let short: String = of.chars().take(40).collect();
    let api_name = [&name(&short, "_", '_'), &name(what, "_", '_'), id.as_str()].concat();
    (api_name, format!("{of}: {what}").chars().take(80).collect())
}

/// What a copy leaves out: a permission, and whatever needs it.
fn without(permission: Option<&str>, grant: &Grant) -> Vec<String> {
    let Some(permission) = permission else { return vec![] };
    let needing = dependents(permission, &grant.permissions);
    std::iter::once(permission.to_owned()).chain(needing).collect::<Vec<_>>()
}

/// What is left out is deselected on the copy, before anybody has it.
fn untick(object: &str, copy: &str, without: &[String], context: Context<'_>) -> Option<Step> {
    let off =
        without.iter().map(|name| (format!("Permissions{name}"), Term::flag(false))).collect::<Vec<_>>();
    let step = Step::change(
        format!("Remove permissions from “{copy}”"),
        object,
        fields([("Id", Term::Made(1))]),
        off,
    )
    .says(Described::list("Removed", "Given back", context.labels(without)))
    .undone_by(format!("Give the removed permissions back to “{copy}”"));
    (!without.is_empty()).then_some(step)
}

/// The apps that the original lets in, let in by the set that step `made` made or found: no copy has them.
fn apps(grant: &Grant, made: usize) -> Option<Vec<Step>> {
    let own = grant.apps.as_ref()?.iter().map(|app| {
        let key = || fields([("ParentId", Term::Made(made)), ("SetupEntityId", Term::id(app))]);
        Step::create("Let it use an app that the original allows", "SetupEntityAccess", key(), key())
            .undone_by("Stop letting it use the apps that the original allows")
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
    let own = name(&user.name, " Profile", ' ');
    let user_name = &user.name;
    let (title, button) = match permission {
        None => (format!("Give {user_name} its own copy of profile “{shared}”"), "Use own profile…"),
        Some(permission) => {
            let label = context.label(permission);
            (format!("Remove {label} from {user_name} only, with its own profile"), "Remove permission…")
        }
    };
    let undone = format!("Move {user_name} back to profile “{shared}”");
    let called = || fields([("Name", Term::text(own.as_str()))]);
    let mut steps = vec![
        Step::copy(
            format!("Create profile “{own}” as a copy of “{shared}”, with the same license"),
            "Profile",
            Term::text(own.as_str()),
            Term::text(original.as_str()),
            vec![],
        )
        .undone_by(format!("Delete profile “{own}”")),
        Step::wait(format!("Wait until profile “{own}” is there"), "Profile", called(), called()),
    ];
    let apps = apps(grant, 2)?;
    if !apps.is_empty() {
        let key = fields([("ProfileId", Term::Made(1))]);
        let is = fields([("IsOwnedByProfile", Term::flag(true))]);
        steps.push(Step::wait("Wait until its permissions are there", "PermissionSet", key, is));
        steps.extend(apps);
    }
    steps.extend(untick("Profile", &own, &without, context));
    let moved = fields([("ProfileId", Term::Made(1))]);
    steps.push(
        Step::update(format!("Move {user_name} to profile “{own}”"), "User", &user.id, moved)
            .says(Described::change("Profile", Shown::text(shared), Shown::text(format!("{own} (new copy)"))))
            .undone_by(undone.clone()),
    );
    let breaks = vec![
        format!("Formulas, flows, code and list views that check for the profile name “{shared}” stop matching {user_name}."),
        "Password and session policies set on the profile itself aren't copied. The org's own policies apply until you set them.".into(),
    ];
    let fix = if permission.is_some() { "own-profile-without" } else { "own-profile" };
    Some(Plan {
        safety: Safety::Confirm,
        ..plan(fix, title, steps, None, breaks).about([user.id.as_str()]).called(button, undone)
    })
}

/// A permission set of the user's own in place of one that they share: equal to it, less a permission.
pub(super) fn set(user: &User, grant: &Grant, permission: &str, context: Context<'_>) -> Option<Plan> {
    let Source::PermissionSet { name: shared } = &grant.source else { return None };
    let (without, shown) = (without(Some(permission), grant), grant.quoted());
    // A set that holds nothing else is only taken away.
    let is_all = grant.permissions.iter().all(|name| without.iter().any(|gone| gone == name))
        && grant.apps.as_ref()?.is_empty();
    if !super::is_editable(grant) || grant.api_name.is_empty() || is_all {
        return None;
    }
    let own = [&name(&grant.api_name, "_", '_'), user.id.as_str()].concat();
    let label: String = format!("{shared} for {}", user.name).chars().take(80).collect();
    let permission = context.label(permission);
    let title = format!("Remove {permission} from {} only, with its own permission set", user.name);
    let undone = format!("Assign permission set {shown} to {} again", user.name);
    let called = || fields([("Name", Term::text(own.as_str()))]);
    let mut steps = vec![
        Step::copy(
            format!("Create permission set “{label}” as a copy of {shown}"),
            "PermissionSet",
            Term::text(own.as_str()),
            Term::text(grant.api_name.as_str()),
            fields([("label", Term::text(label.as_str()))]),
        )
        .undone_by(format!("Delete permission set “{label}”")),
        Step::wait(
            format!("Wait until permission set “{label}” is there"),
            "PermissionSet",
            called(),
            called(),
        ),
    ];
    steps.extend(apps(grant, 1)?);
    steps.extend(untick("PermissionSet", &label, &without, context));
    let assigned = || fields([("AssigneeId", Term::id(&user.id)), ("PermissionSetId", Term::Made(1))]);
    steps.push(
        Step::create(
            format!("Assign permission set “{label}” to {}", user.name),
            "PermissionSetAssignment",
            assigned(),
            assigned(),
        )
        .says(Described::change(
            "Permission set",
            Shown::text(shared),
            Shown::text(format!("{label} (new copy)")),
        ))
        .undone_by(format!("Remove permission set “{label}” from {}", user.name)),
    );
    let key = fields([("AssigneeId", Term::id(&user.id)), ("PermissionSetId", Term::id(&grant.id))]);
    let keep = ["PermissionSetGroupId", "ExpirationDate"];
    steps.push(
        Step::delete(
            format!("Remove permission set {shown} from {}", user.name),
            "PermissionSetAssignment",
            key,
            &keep,
        )
        .undone_by(undone.clone()),
    );
    let breaks = vec![format!("Later changes to permission set {shown} no longer apply to {}.", user.name)];
    let own = plan("own-set-without", title, steps, None, breaks).called("Remove permission…", undone);
    Some(Plan { safety: Safety::Confirm, ..own })
}
