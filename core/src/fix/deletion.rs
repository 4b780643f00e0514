//! Delete and Modify All, or View All, taken away, object by object, where they are granted.
//!
//! It never takes Read or Edit away: the integration goes on writing what is shared with it.

use super::{Context, is_editable, plan};
use crate::fact::{Grant, ObjectGrant};
use crate::id::Id;
use crate::plan::{Plan, Step, Term, fields};

pub(super) fn plans(granted_by: &Id, context: Context<'_>) -> Vec<Plan> {
    let Some(grants) = context.facts.grants.known() else { return vec![] };
    let mut plans = vec![];
    for grant in grants.sets.iter().filter(|grant| grant.id == *granted_by && is_editable(grant)) {
        let objects: Vec<_> = grant.deletes.iter().flatten().filter(|object| object.deletes()).collect();
        let steps = objects
            .iter()
            .map(|object| {
                let key =
                    fields([("ParentId", Term::id(&grant.id)), ("SobjectType", Term::text(&object.object))]);
                let mut off = fields([("PermissionsDelete", Term::flag(false))]);
                if object.modify_all {
                    off.push(("PermissionsModifyAllRecords".into(), Term::flag(false)));
                }
                let words = format!("Untick Delete on {} in the {}", object.object, grant.source);
                Step::change(words, "ObjectPermissions", key, off)
            })
            .collect::<Vec<_>>();
        if !steps.is_empty() {
            let title = format!("Take Delete off {} object(s) in the {}", steps.len(), grant.source);
            let mut breaks = vec![
                "What the integration deletes today will be refused (INSUFFICIENT_ACCESS_OR_READONLY)."
                    .into(),
            ];
            if grant.objects_cut {
                breaks.push(
                    "It has permissions on more objects than could be read, which stay as they are.".into(),
                );
            }
            plans.push(
                plan("remove-object-delete", title, steps, Some(grant), breaks).about([grant.id.as_str()]),
            );
        }
    }
    plans
}

/// View All Records, View All Fields and Modify All Records, which brings View All along.
pub(super) fn whole(granted_by: &Id, context: Context<'_>) -> Vec<Plan> {
    let Some(grants) = context.facts.grants.known() else { return vec![] };
    let of = |grant: &&Grant| grant.id == *granted_by && is_editable(grant);
    let Some(grant) = grants.sets.iter().find(of) else { return vec![] };
    let is_whole = |object: &&ObjectGrant| object.view_all || object.view_fields || object.modify_all;
    let steps: Vec<Step> = grant
        .deletes
        .iter()
        .flatten()
        .filter(is_whole)
        .map(|object| {
            let key =
                fields([("ParentId", Term::id(&grant.id)), ("SobjectType", Term::text(&object.object))]);
            let off = [
                (object.view_all || object.modify_all, "PermissionsViewAllRecords"),
                (object.modify_all, "PermissionsModifyAllRecords"),
                (object.view_fields, "PermissionsViewAllFields"),
            ];
            let off = off.into_iter().filter(|(is, _)| *is);
            let off = off.map(|(_, name)| (name.to_owned(), Term::flag(false))).collect();
            let words = format!("Deselect View All on {} in the {}", object.object, grant.source);
            Step::change(words, "ObjectPermissions", key, off)
        })
        .collect();
    if steps.is_empty() {
        return vec![];
    }
    let title = format!("Deselect View All on {} object(s) in the {}", steps.len(), grant.source);
    let mut breaks = vec![
        "The integration no longer sees records that are not shared with it, and fields it was not given."
            .into(),
    ];
    if grant.objects_cut {
        breaks.push("It has permissions on more objects than could be read, which stay as they are.".into());
    }
    vec![plan("remove-object-view-all", title, steps, Some(grant), breaks).about([grant.id.as_str()])]
}
