//! Delete and Modify All, or View All, removed, object by object, where they are granted.
//!
//! It never takes Read or Edit away: the integration goes on writing what is shared with it.

use super::{Context, is_editable, plan};
use crate::facts::{Grant, ObjectGrant};
use crate::plan::{Described, Look, Plan, Step, Term, fields};
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
                ("Delete and Modify All", vec!["PermissionsDelete", "PermissionsModifyAllRecords"])
            } else {
                ("Delete", vec!["PermissionsDelete"])
            }
        });
        if !steps.is_empty() {
            let many = if objects.len() == 1 { "object" } else { "objects" };
            let title = format!("Remove Delete on {} {many} from {}", objects.len(), grant.shown());
            let undone = format!("Give Delete on {} {many} back to {}", objects.len(), grant.shown());
            let mut breaks =
                vec!["If the integration deletes records of these objects, that will be refused.".into()];
            if grant.objects_cut {
                breaks.push(MORE.into());
            }
            let mut own = plan("remove-object-delete", title, steps, Some(grant), breaks)
                .about([grant.id.as_str()])
                .called("Remove delete access…", undone);
            own.looks.push(names(&objects));
            plans.push(own);
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
        ("View All", fields.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect())
    });
    if steps.is_empty() {
        return vec![];
    }
    let many = if objects.len() == 1 { "object" } else { "objects" };
    let title = format!("Remove View All on {} {many} from {}", objects.len(), grant.shown());
    let undone = format!("Give View All on {} {many} back to {}", objects.len(), grant.shown());
    let mut breaks = vec![
        "The integration no longer sees records that aren't shared with it, and fields it wasn't given."
            .into(),
    ];
    if grant.objects_cut {
        breaks.push(MORE.into());
    }
    let mut own = plan("remove-object-view-all", title, steps, Some(grant), breaks)
        .about([grant.id.as_str()])
        .called("Remove View All…", undone);
    own.looks.push(names(&objects));
    vec![own]
}

const MORE: &str = "It has permissions on more objects than could be read. Those stay as they are.";

/// What the org calls these objects, as many as a query's address takes.
fn names(objects: &[&ObjectGrant]) -> Look {
    let all: Vec<&str> = objects.iter().take(100).map(|own| own.object.as_str()).collect();
    let soql = format!(
        "SELECT QualifiedApiName, Label FROM EntityDefinition WHERE QualifiedApiName IN ('{}')",
        all.join("','")
    );
    Look::called(soql, "QualifiedApiName", "Label")
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
            let many = match rows.len() {
                1 => "1 object".to_owned(),
                n => format!("{n} objects"),
            };
            let words = format!("Remove {what} on {many} from {}", grant.shown());
            let shared = fields([("ParentId", Term::id(&grant.id))]);
            let off = names.into_iter().map(|name| (name.to_owned(), Term::flag(false))).collect();
            let items = rows.clone();
            Step::change_all(words, "ObjectPermissions", shared, "SobjectType", rows, off)
                .says(Described::list(format!("{what} removed on"), format!("{what} given back on"), items))
                .undone_by(format!("Give {what} on {many} back to {}", grant.shown()))
        })
        .collect()
}
