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
        let steps = objects
            .iter()
            .map(|object| {
                let key =
                    fields([("ParentId", Term::id(&grant.id)), ("SobjectType", Term::text(&object.object))]);
                let mut off = fields([("PermissionsDelete", Term::flag(false))]);
                if object.modify_all {
                    off.push(("PermissionsModifyAllRecords".into(), Term::flag(false)));
                }
                let words = format!("Untick Delete on {} in the {}", object.object, grant.shown());
                Step::change(words, "ObjectPermissions", key, off)
            })
            .collect::<Vec<_>>();
        if !steps.is_empty() {
            let title = format!("Take Delete off {} object(s) in the {}", steps.len(), grant.shown());
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
