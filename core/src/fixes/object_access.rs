//! Delete and Modify All, or View All, taken away, object by object, where they are granted.
//!
//! It never takes Read or Edit away: the integration goes on writing what is shared with it.

use super::{Context, is_editable, plan};
use crate::facts::{Grant, ObjectGrant};
use crate::plan::{Plan, Step, Term, fields};
use crate::salesforce::id::Id;
use std::collections::BTreeMap;

pub(super) fn plans(granted_by: &Id, context: Context<'_>) -> Vec<Plan> {
    let Some(grants) = context.facts.grants.known() else { return vec![] };
    let mut plans = vec![];
    for grant in grants.sets.iter().filter(|grant| grant.id == *granted_by && is_editable(grant)) {
        let objects: Vec<&ObjectGrant> =
            grant.deletes.iter().flatten().filter(|object| object.deletes()).collect();
        let steps = off(grant, &objects, |object| {
            if object.modify_all {
                ("Untick Delete and Modify All", vec!["PermissionsDelete", "PermissionsModifyAllRecords"])
            } else {
                ("Untick Delete", vec!["PermissionsDelete"])
            }
        });
        if !steps.is_empty() {
            let title = format!("Take Delete off {} object(s) in the {}", objects.len(), grant.shown());
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
    let objects: Vec<&ObjectGrant> = grant.deletes.iter().flatten().filter(is_whole).collect();
    let steps = off(grant, &objects, |object| {
        let fields = [
            (object.view_all || object.modify_all, "PermissionsViewAllRecords"),
            (object.modify_all, "PermissionsModifyAllRecords"),
            (object.view_fields, "PermissionsViewAllFields"),
        ];
        ("Deselect View All", fields.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect())
    });
    if steps.is_empty() {
        return vec![];
    }
    let title = format!("Deselect View All on {} object(s) in the {}", objects.len(), grant.shown());
    let mut breaks = vec![
        "The integration no longer sees records that are not shared with it, and fields it was not given."
            .into(),
    ];
    if grant.objects_cut {
        breaks.push("It has permissions on more objects than could be read, which stay as they are.".into());
    }
    vec![plan("remove-object-view-all", title, steps, Some(grant), breaks).about([grant.id.as_str()])]
}

/// The steps that switch off what `fields` names of each object, and calls so: objects of which the same fields go are
/// written together.
fn off(
    grant: &Grant,
    objects: &[&ObjectGrant],
    fields_of: impl Fn(&ObjectGrant) -> (&'static str, Vec<&'static str>),
) -> Vec<Step> {
    let mut groups: BTreeMap<(&str, Vec<&str>), Vec<String>> = BTreeMap::new();
    for object in objects {
        groups.entry(fields_of(object)).or_default().push(object.object.clone());
    }
    groups
        .into_iter()
        .map(|((what, names), rows)| {
            let words = match rows.as_slice() {
                [one] => format!("{what} on {one} in the {}", grant.shown()),
                all => format!("{what} on {} objects in the {}", all.len(), grant.shown()),
            };
            let shared = fields([("ParentId", Term::id(&grant.id))]);
            let off = names.into_iter().map(|name| (name.to_owned(), Term::flag(false))).collect();
            Step::change_all(words, "ObjectPermissions", shared, "SobjectType", rows, off)
        })
        .collect()
}
