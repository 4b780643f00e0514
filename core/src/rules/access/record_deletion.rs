//! The rule `record-deletion`: no deleting of records, on an object or for good.
//!
//! It never counts records, nor knows whether the integration deletes any: it says what it could do. Modify All Data, which
//! deletes everywhere, is told by `broad-permission`: here it is never a pass.
use crate::rules::granted;
use crate::classification::Classification;
use crate::text::listed;
use crate::facts::{CheckSettings, Grant, Grants, Known, ObjectGrant};
use crate::salesforce::permissions::DELETING;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule};
use crate::facts::subject::Subject;

declare_rule! {
    /// It can delete records
    ///
    /// ## Check
    /// Can't delete records
    ///
    /// ## Several
    /// Can delete records in {n} ways
    ///
    /// ## Why it matters
    /// Integrations that write data rarely need to delete it. A bug, or someone who has its credentials, can empty an
    /// object in minutes. Modify All ignores sharing, and hard-deleted records don't go to the Recycle Bin. For people,
    /// Delete on an object is everyday work, so only permissions beyond that are reported.
    ///
    /// ## Fix
    /// Remove Delete and Modify All from each object named, where it's granted, and the hard delete permission too. If
    /// the integration must delete (for erasure requests, say), keep Delete on those objects only, in its own
    /// permission set, and have it mark records as deleted everywhere else.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-ACS-008
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>;
    /// Object Reference, ObjectPermissions
    /// <https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_objectpermissions.htm>
    "record-deletion", integration: High, person: Some(Severity::Medium), check
}

/// Deletes every record of every object, and is told by `broad-permission` unless that is off.
const EVERYWHERE: &str = "ModifyAllData";
const TOLD: &str = "Modify All Data lets it delete every record. See “Only the permissions it needs”.";

/// So many objects are named of each profile, permission set or group.
const NAMED: usize = 10;

fn check(grants: &Grants, classification: &Known<Classification>, checks: &CheckSettings) -> Outcome {
    let person = classification.known().is_some_and(Classification::is_of_people);
    let mut findings: Vec<Finding> = DELETING
        .iter()
        .filter(|(name, _)| grants.has(name))
        .map(|(name, lets)| granted::finding(name, *lets, &grants.granting(name).collect::<Vec<_>>()))
        .collect();
    findings.extend(grants.sets.iter().filter_map(|set| of_objects(set, person)));
    if grants.has(EVERYWHERE) {
        if !checks.is_on("broad-permission") {
            let sets = grants.granting(EVERYWHERE).collect::<Vec<_>>();
            findings.insert(0, granted::finding(EVERYWHERE, "can delete every record of every object", &sets));
        } else if let Some(first) = findings.first_mut() {
            first.evidence.push(TOLD.to_owned());
        } else {
            return Outcome::not_applicable(TOLD);
        }
    }
    if let (true, Some(why)) = (findings.is_empty(), granted::unread_objects(grants)) {
        return Outcome::CannotTell { missing: "which objects' records it can delete".into(), why };
    }
    let note = if person {
        "Nothing lets it delete records beyond what sharing allows."
    } else {
        "Nothing lets it delete records."
    };
    granted::judged(findings, grants, note)
}

/// One finding a profile, permission set or group: there can be hundreds of objects, and they are fixed there.
fn of_objects(set: &Grant, person: bool) -> Option<Finding> {
    let mut objects: Vec<&ObjectGrant> =
        set.deletes.iter().flatten().filter(|o| o.modify_all || (o.delete && !person)).collect();
    objects.sort_by_key(|o| (!o.modify_all, o.object.as_str()));
    objects.dedup_by(|a, b| a.object == b.object);
    let count = objects.len();
    let what = match objects.as_slice() {
        [] => return None,
        _ if set.objects_cut => format!("{count} or more objects"),
        [one] => one.object.clone(),
        _ => format!("{count} objects"),
    };
    let mut evidence = vec![];
    for (modify_all, words) in [(true, "Modify All on"), (false, "Delete on")] {
        let names: Vec<&str> =
            objects.iter().filter(|o| o.modify_all == modify_all).map(|o| o.object.as_str()).collect();
        let more = names.len().saturating_sub(NAMED);
        match names.get(..NAMED) {
            Some(first) if more > 0 => {
                evidence.push(format!("{words} {} and {more} more.", first.join(", ")))
            }
            _ if names.is_empty() => {}
            _ => evidence.push(format!("{words} {}.", listed(&names))),
        }
    }
    if set.objects_cut {
        evidence.push("Leastwise couldn't read all of its object permissions.".to_owned());
    }
    evidence.extend(granted::lines(&[set]));
    let subject = Subject::Objects {
        granted_by: set.id.clone(),
        objects: objects.into_iter().cloned().collect(),
    };
    Some(Finding::new(subject, format!("Can delete records of {what} ({})", set.shown()), evidence))
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, grant, person};
    let with = |set: Grant| {
        let mut facts = facts();
        facts.grants = Known::Is(Grants { sets: vec![set], cut: false });
        facts
    };
    let profile = || grant().profile("Acme ERP").permissions(&["ApiEnabled"]);
    let mut unread = profile();
    unread.deletes = None;
    let mut cut = profile();
    cut.objects_cut = true;
    let mut human = person();
    human.grants = Known::Is(Grants { sets: vec![profile().deleting("Account", false)], cut: false });
    vec![
        Example {
            name: "Delete and Modify All on two objects",
            facts: with(profile().deleting("Invoice__c", false).deleting("Account", true)),
            outcome: "finding",
        },
        Example {
            name: "Modify All Data, which another check reports",
            facts: with(grant().permissions(&["ModifyAllData"])),
            outcome: "not-applicable",
        },
        Example {
            name: "hard delete",
            facts: with(grant().permissions(&["BulkApiHardDelete"])),
            outcome: "finding",
        },
        Example { name: "no Delete anywhere", facts: with(profile()), outcome: "pass" },
        Example { name: "a person with Delete on an object", facts: human, outcome: "pass" },
        Example {
            name: "permissions on more objects than were read",
            facts: with(cut),
            outcome: "cannot-tell",
        },
        Example {
            name: "object permissions that could not be read",
            facts: with(unread),
            outcome: "cannot-tell",
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::example::grant;

    #[test]
    fn objects_are_grouped_by_what_grants_them() {
        let mut set = grant().set(2, "ERP").deleting("Case", true);
        for n in 10..32 {
            set = set.deleting(&format!("Thing{n}__c"), false);
        }
        let finding = of_objects(&set, false).unwrap();
        assert_eq!(finding.title, "Can delete records of 23 objects (permission set “ERP”)");
        assert_eq!(finding.evidence[0], "Modify All on Case.");
        assert!(finding.evidence[1].ends_with("Thing19__c and 12 more."), "{}", finding.evidence[1]);
        assert_eq!(finding.evidence.len(), 3);
        assert!(of_objects(&set, true).unwrap().title.contains("of Case ("));
    }

    #[test]
    fn modify_all_data_is_told_once_and_never_passes() {
        let said = |set: Grant, checks: CheckSettings| {
            let grants = Grants { sets: vec![set.permissions(&[EVERYWHERE])], cut: false };
            check(&grants, &crate::rules::example::facts().classification, &checks)
        };
        let all_on = CheckSettings::default();
        assert_eq!(said(grant(), all_on.clone()), Outcome::not_applicable(TOLD));
        let Outcome::Findings(all) = said(grant().deleting("Case", false), all_on.clone()) else { panic!() };
        assert_eq!((all.len(), all[0].permission()), (1, None));
        assert_eq!(all[0].evidence.last().map(String::as_str), Some(TOLD));
        // Where the other check is off, it is told here.
        let off = CheckSettings { off: ["broad-permission".to_owned()].into(), ..all_on };
        let Outcome::Findings(all) = said(grant(), off) else { panic!() };
        assert_eq!((all.len(), all[0].permission()), (1, Some(EVERYWHERE)));
    }
}
