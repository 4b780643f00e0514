//! A permission muted where a group grants it.
//!
//! It never touches the sets that the group is made of: others may have them by other ways.

use super::{dependents, plan};
use crate::facts::Grant;
use crate::plan::{Fields, Plan, Step, Term, fields};
use crate::salesforce::id::Id;

/// Mutes a permission, and whatever needs it, in a group, and waits until the group was worked out anew.
/// Source: Object Reference, `MutingPermissionSet` and `PermissionSetGroupComponent` (createable, `Permissions…`
/// updateable); `PermissionSetGroup.Status`.
pub(super) fn mute(shown: &str, permission: &str, grant: &Grant) -> Option<Plan> {
    let group = grant.group.as_ref()?;
    let needing = dependents(permission, &grant.permissions);
    let all = || std::iter::once(permission).chain(needing.iter().map(String::as_str));
    let muted: Fields =
        all().map(|name| (format!("Permissions{name}"), Term::flag(true))).collect::<Vec<_>>();
    let words = format!(
        "Mute {} in the group {shown}",
        crate::text::listed(&all().map(str::to_owned).collect::<Vec<_>>())
    );
    let mut steps = muting_set(group);
    steps.push(Step::change(words, "MutingPermissionSet", fields([("Id", Term::Made(1))]), muted));
    let key = fields([("Id", Term::id(group))]);
    let done = fields([("Status", Term::text("Updated"))]);
    let words = format!("Wait until Salesforce has worked out anew what {shown} grants");
    steps.push(Step::wait(words, "PermissionSetGroup", key, done));
    let title = format!("Mute {permission} in the group {shown}");
    Some(plan("mute-permission", title, steps, Some(grant), vec![]))
}

/// The group's muting set, which step 1 has: the one that it has, or one that is made, called after the group's id.
fn muting_set(group: &Id) -> Vec<Step> {
    let of = fields([("PermissionSetGroupId", Term::id(group))]);
    let called = || fields([("DeveloperName", Term::text(format!("Leastwise_Muting_{group}")))]);
    let mut set = called();
    set.push(("MasterLabel".to_owned(), Term::text("Leastwise: Muting")));
    let member = || fields([("PermissionSetGroupId", Term::id(group)), ("PermissionSetId", Term::Made(1))]);
    let unless = Some(0);
    vec![
        Step {
            makes: true,
            ..Step::find("See what mutes the group already", MEMBER, of, &["PermissionSetId"])
        },
        Step { unless, ..Step::create("Make a muting permission set", "MutingPermissionSet", called(), set) },
        Step { unless, ..Step::create("Put it into the group", MEMBER, member(), member()) },
    ]
}

/// What ties a set to a group. A group has one muting set at most (Salesforce Help, "Mute Permissions in Permission Set
/// Groups"); its id begins with `0QM`.
const MEMBER: &str = "PermissionSetGroupComponent";
