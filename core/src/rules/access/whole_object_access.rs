//! The rule `whole-object-access`: no View All, Modify All or View All Fields on an object.
//!
//! It never repeats View All Data and Modify All Data, which cover every object: see `broad-permission`.
use crate::rules::granted;
use crate::text::listed;
use crate::facts::{Grant, Grants, ObjectGrant};
use crate::rules::rule::{Finding, Outcome, declare_rule};
use crate::facts::subject::Subject;

declare_rule! {
    /// It can see all records or all fields of an object
    ///
    /// ## Check
    /// Sees only the records and fields it needs
    ///
    /// ## Several
    /// {n} profiles or permission sets let it see all records of some objects
    ///
    /// ## Why it matters
    /// View All Records and Modify All Records on an object ignore sharing, and View All Fields ignores field-level
    /// security. Anyone who gets this user's credentials can copy the whole object, including fields that are added
    /// later. They're often granted in place of View All Data, and are easy to overlook because they aren't user
    /// permissions.
    ///
    /// ## Fix
    /// Deselect View All Records, View All Fields and Modify All Records on each object where the integration needs
    /// only what is shared with it. Where it must read everything, keep the permission on those objects only, in its
    /// own permission set.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-ACS-008
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>;
    /// Object Reference, ObjectPermissions
    /// <https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_objectpermissions.htm>
    "whole-object-access", integration: Medium, person: None, check
}

/// So many objects are named of each profile, permission set or group.
const NAMED: usize = 10;

/// Whether an object is granted in a certain way.
type Is = fn(&ObjectGrant) -> bool;

fn check(grants: &Grants) -> Outcome {
    let all = [("ModifyAllData", "Modify All Data"), ("ViewAllData", "View All Data")];
    if let Some((_, all)) = all.into_iter().find(|(name, _)| grants.has(name)) {
        return Outcome::not_applicable(format!("{all} covers every object. See “Only the permissions it needs”."));
    }
    let findings: Vec<Finding> = grants.sets.iter().filter_map(of_set).collect();
    if let (true, Some(why)) = (findings.is_empty(), granted::unread_objects(grants)) {
        return Outcome::CannotTell { missing: "which objects it can see all of".into(), why };
    }
    granted::judged(findings, grants, "It can't see all records or all fields of any object.")
}

/// One finding a profile, permission set or group.
fn of_set(set: &Grant) -> Option<Finding> {
    let objects: Vec<&ObjectGrant> = set.deletes.iter().flatten().filter(|object| is_whole(object)).collect();
    let mut names: Vec<&str> = objects.iter().map(|object| object.object.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let what = match names.as_slice() {
        [] => return None,
        _ if set.objects_cut => format!("{} or more objects", names.len()),
        [one] => (*one).to_owned(),
        _ => format!("{} objects", names.len()),
    };
    let records = objects.iter().any(|object| object.view_all || object.modify_all);
    let kinds: [(&str, Is); 3] = [
        ("Modify All Records on", |object| object.modify_all),
        ("View All Records on", |object| object.view_all && !object.modify_all),
        ("View All Fields on", |object| object.view_fields),
    ];
    let mut evidence = vec![];
    for (words, is) in kinds {
        let mut names: Vec<&str> =
            objects.iter().filter(|object| is(object)).map(|object| object.object.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        match names.get(..NAMED) {
            Some(first) if names.len() > NAMED => {
                evidence.push(format!("{words} {} and {} more.", first.join(", "), names.len() - NAMED));
            }
            _ if names.is_empty() => {}
            _ => evidence.push(format!("{words} {}.", listed(&names))),
        }
    }
    if set.objects_cut {
        evidence.push("Leastwise couldn't read all of its object permissions.".to_owned());
    }
    evidence.extend(granted::lines(&[set]));
    let part = if records { "records" } else { "fields" };
    let subject = Subject::Objects {
        granted_by: set.id.clone(),
        objects: objects.into_iter().cloned().collect(),
    };
    Some(Finding::new(subject, format!("Can see all {part} of {what} ({})", set.shown()), evidence))
}

/// Whether it opens all of an object.
fn is_whole(object: &ObjectGrant) -> bool {
    object.view_all || object.modify_all || object.view_fields
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, grant, person};
    use crate::facts::Known;
    let with = |set: Grant| {
        let mut facts = facts();
        facts.grants = Known::Is(Grants { sets: vec![set], cut: false });
        facts
    };
    let profile = || grant().profile("Acme Copy").permissions(&["ApiEnabled"]);
    let mut unread = profile();
    unread.deletes = None;
    let mut cut = profile();
    cut.objects_cut = true;
    let mut human = person();
    human.grants = Known::Is(Grants { sets: vec![profile().viewing("Account", true)], cut: false });
    vec![
        Example {
            name: "View All Records on one object and View All Fields on another",
            facts: with(profile().viewing("Account", true).viewing("Contact", false)),
            outcome: "finding",
        },
        Example {
            name: "Modify All Records on an object",
            facts: with(profile().deleting("Account", true)),
            outcome: "finding",
        },
        Example {
            name: "Delete on an object, and no more",
            facts: with(profile().deleting("Account", false)),
            outcome: "pass",
        },
        Example { name: "a person", facts: human, outcome: "not-applicable" },
        Example {
            name: "View All Data, which another check reports",
            facts: with(profile().permissions(&["ViewAllData"]).viewing("Account", true)),
            outcome: "not-applicable",
        },
        Example {
            name: "object permissions that could not be read",
            facts: with(unread),
            outcome: "cannot-tell",
        },
        Example {
            name: "permissions on more objects than were read",
            facts: with(cut),
            outcome: "cannot-tell",
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::example::grant;

    #[test]
    fn each_kind_is_named_with_its_objects() {
        let set = grant().set(2, "Copy").deleting("Case", true).viewing("Lead", true).viewing("Asset", false);
        let finding = of_set(&set).unwrap();
        assert_eq!(finding.title, "Can see all records of 3 objects (permission set “Copy”)");
        assert_eq!(
            finding.evidence.get(..3).unwrap(),
            ["Modify All Records on Case.", "View All Records on Lead.", "View All Fields on Asset."]
        );
        let fields = of_set(&grant().set(2, "Copy").viewing("Asset", false)).unwrap();
        assert_eq!(fields.title, "Can see all fields of Asset (permission set “Copy”)");
        let mut many = (10..30).fold(grant(), |set, n| set.viewing(&format!("Thing{n}__c"), true));
        many.objects_cut = true;
        let finding = of_set(&many).unwrap();
        assert!(finding.title.contains("20 or more objects"), "{}", finding.title);
        assert!(finding.evidence.iter().any(|line| line.ends_with("Thing19__c and 10 more.")));
    }
}
