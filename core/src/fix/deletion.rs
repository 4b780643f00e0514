//! Delete and Modify All taken away, object by object, where they are granted.
//!
//! It never takes Read or Edit away: the integration goes on writing.

use super::{Context, is_editable, plan};
use crate::id::Id;
use crate::plan::{Plan, Step, Term, fields};

pub(super) fn plans(granted_by: &Id, context: Context<'_>) -> Vec<Plan> {
    let Some(grants) = context.facts.grants.known() else { return vec![] };
    let mut plans = vec![];
    for grant in grants.sets.iter().filter(|grant| grant.id == *granted_by && is_editable(grant)) {
        let objects: Vec<_> = grant.deletes.iter().flatten().collect::<Vec<_>>();
        // Those that become the same are written as one.
        let mut steps = vec![];
        for modify_all in [false, true] {
            let of = objects.iter().filter(|object| object.modify_all == modify_all);
            let rows: Vec<String> = of.map(|object| object.object.clone()).collect();
            let mut off = fields([("PermissionsDelete", Term::flag(false))]);
            if modify_all {
                off.push(("PermissionsModifyAllRecords".into(), Term::flag(false)));
            }
            let what = if modify_all { "Delete and Modify All" } else { "Delete" };
            let words = match rows.as_slice() {
                [] => continue,
                [one] => format!("Untick {what} on {one} in the {}", grant.source),
                all => format!("Untick {what} on {} objects in the {}", all.len(), grant.source),
            };
            let shared = fields([("ParentId", Term::id(&grant.id))]);
            steps.push(Step::change_all(words, "ObjectPermissions", shared, "SobjectType", rows, off));
        }
        if !steps.is_empty() {
            let title = format!("Take Delete off {} object(s) in the {}", objects.len(), grant.source);
            let breaks = vec![
                "What the integration deletes today will be refused (INSUFFICIENT_ACCESS_OR_READONLY)."
                    .into(),
            ];
            plans.push(
                plan("remove-object-delete", title, steps, Some(grant), breaks).about([grant.id.as_str()]),
            );
        }
    }
    plans
}
