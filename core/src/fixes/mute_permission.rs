//! A permission muted where a group grants it.
//!
//! It never touches the sets that the group is made of: others may have them by other ways.

use super::{Context, dependents, own_copy, plan};
use crate::facts::{Grant, Source};
use crate::plan::{Described, Fields, Plan, Step, Term, fields};
use crate::salesforce::id::Id;

/// Mutes a permission, and whatever needs it, in a group, and waits until the group was worked out anew.
/// Source: Object Reference, `MutingPermissionSet` and `PermissionSetGroupComponent` (createable, `Permissions…`
/// updateable); `PermissionSetGroup.Status`.
pub(super) fn mute(shown: &str, permission: &str, grant: &Grant, context: Context<'_>) -> Option<Plan> {
    let group = grant.group.as_ref()?;
    let needing = dependents(permission, &grant.permissions);
    let all = || std::iter::once(permission).chain(needing.iter().map(String::as_str));
    let muted: Fields =
        all().map(|name| (format!("Permissions{name}"), Term::flag(true))).collect::<Vec<_>>();
    let labels: Vec<String> = all().map(|name| context.label(name)).collect();
    let mut steps = muting_set(group, grant);
    let words = format!("Mute permissions in permission set group {shown}");
    steps.push(
        Step::change(words, "MutingPermissionSet", fields([("Id", Term::Made(1))]), muted)
            .says(Described::list("Muted", "No longer muted", labels))
            .undone_by(format!("Stop muting the permissions in permission set group {shown}")),
    );
    let key = fields([("Id", Term::id(group))]);
    let done = fields([("Status", Term::text("Updated"))]);
    let words = format!("Wait until Salesforce has recalculated permission set group {shown}");
    steps.push(Step::wait(words, "PermissionSetGroup", key, done));
    let label = context.label(permission);
    let title = format!("Mute {label} in permission set group {shown}");
    let undone = format!("Stop muting {label} in permission set group {shown}");
    Some(plan("mute-permission", title, steps, Some(grant), vec![]).called("Mute permission…", undone))
}

/// The group's muting set, which step 1 has: the one that it has, or one that is made, called after the group.
fn muting_set(group: &Id, grant: &Grant) -> Vec<Step> {
    let of = fields([("PermissionSetGroupId", Term::id(group))]);
    let (Source::Profile { name } | Source::PermissionSet { name } | Source::Group { name, .. }) =
        &grant.source;
    let (api_name, label) = own_copy::named(name, "Muting", group);
    let called = || fields([("DeveloperName", Term::text(api_name.as_str()))]);
    let mut set = called();
    set.push(("MasterLabel".to_owned(), Term::text(label.as_str())));
    let member = || fields([("PermissionSetGroupId", Term::id(group)), ("PermissionSetId", Term::Made(1))]);
    let unless = Some(0);
    vec![
        Step {
            makes: true,
            ..Step::find("Look for the group's muting permission set", MEMBER, of, &["PermissionSetId"])
        },
        Step {
            unless,
            ..Step::create(
                format!("Create muting permission set “{label}”"),
                "MutingPermissionSet",
                called(),
                set,
            )
            .undone_by(format!("Delete muting permission set “{label}”"))
        },
        Step {
            unless,
            ..Step::create("Add it to the group", MEMBER, member(), member())
                .undone_by("Remove it from the group")
        },
    ]
}

/// What ties a set to a group. A group has one muting set at most (Salesforce Help, "Mute Permissions in Permission Set
/// Groups"); its id begins with `0QM`.
const MEMBER: &str = "PermissionSetGroupComponent";
