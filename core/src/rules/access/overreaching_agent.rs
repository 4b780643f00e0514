//! The rule `overreaching-agent`: an Agentforce agent can delete nothing and sees no object whole.
//!
//! It never looks at other users: for them `record-deletion` and `whole-object-access` say it.
use crate::facts::subject::Subject;
use crate::facts::{Grant, Grants, License, ObjectGrant};
use crate::rules::granted;
use crate::rules::rule::{Finding, Outcome, declare_rule};
use crate::text::{counted, listed};

declare_rule! {
    /// An Agentforce agent can delete records or see whole objects
    ///
    /// ## Check
    /// The agent sees only the records it needs
    ///
    /// ## Several
    /// {n} permission sets let the agent delete records or see whole objects
    ///
    /// ## Why it matters
    /// An agent does what the text in front of it says, and that text can come from a stranger: an email, a case, a web page.
    /// Whatever its user may do, a well-written message can make it do.
    ///
    /// ## Fix
    /// Give the agent's user only Read on the objects its topics need, with sharing deciding which records. Take Delete, View
    /// All Records and Modify All Records away from its permission sets.
    ///
    /// ## Source
    /// Salesforce Help, "Agent User"
    /// <https://help.salesforce.com/s/articleView?id=ai.agent_user.htm>;
    /// Security Benchmark for Salesforce, SBS-ACS-008
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "overreaching-agent", integration: High, person: None, check
}

/// So many objects are named of each set.
const NAMED: usize = 10;

fn check(license: &License, grants: &Grants) -> Outcome {
    if !license.is_agent() {
        return Outcome::not_applicable("This isn't an Agentforce agent's user.");
    }
    let all = ["ModifyAllData", "ViewAllData"].into_iter().filter(|name| grants.has(name)).map(|name| {
        let sets: Vec<&Grant> = grants.granting(name).collect();
        let title = format!("The agent has “{}”", crate::text::spaced(name));
        Finding::new(Subject::Permissions(vec![name.to_owned()]), title, granted::lines(&sets))
    });
    let findings: Vec<Finding> = all.chain(grants.sets.iter().filter_map(of_set)).collect();
    if findings.is_empty()
        && let Some(why) = granted::unread_objects(grants)
    {
        return Outcome::CannotTell { missing: "what it may do with each object".into(), why };
    }
    granted::judged(findings, grants, "It can't delete records, and sees no object whole.")
}

fn of_set(set: &Grant) -> Option<Finding> {
    let objects: Vec<ObjectGrant> = set.deletes.iter().flat_map(|all| all.iter()).cloned().collect();
    if objects.is_empty() {
        return None;
    }
    let lines = [
        ("Can delete records of", objects.iter().filter(|one| one.deletes()).collect::<Vec<_>>()),
        ("Sees all records or fields of", objects.iter().filter(|one| one.view_all || one.view_fields).collect()),
    ];
    let evidence = lines.into_iter().filter(|(_, all)| !all.is_empty()).map(|(words, all)| {
        let mut names: Vec<String> = all.iter().take(NAMED).map(|one| one.object.clone()).collect();
        if all.len() > names.len() {
            names.push(format!("{} more", all.len() - names.len()));
        }
        format!("{words} {}.", listed(&names))
    });
    let evidence = evidence.chain([set.evidence()]).collect();
    let title = format!("The agent has too much on {}", counted(objects.len() as u64, "object"));
    Some(Finding::new(Subject::Objects { granted_by: set.id.clone(), objects }, title, evidence))
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::{facts, grant};
    let agent = |sets: Vec<Grant>| {
        let mut facts = facts();
        facts.license = Known::Is(License { name: "Einstein Agent".into() });
        facts.grants = Known::Is(Grants { sets, cut: false });
        facts
    };
    vec![
        Example {
            name: "an agent that may delete cases",
            facts: agent(vec![grant().set(2, "Agent").deleting("Case", false)]),
            outcome: "finding",
        },
        Example {
            name: "an agent with View All Data",
            facts: agent(vec![grant().set(2, "Agent").permissions(&["ViewAllData"])]),
            outcome: "finding",
        },
        Example { name: "an agent that reads", facts: agent(vec![grant()]), outcome: "pass" },
        Example {
            name: "objects that were not read",
            facts: agent(vec![Grant { deletes: None, ..grant() }]),
            outcome: "cannot-tell",
        },
        Example { name: "another integration", facts: facts(), outcome: "not-applicable" },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::salesforce::error::OrgError;

    #[test]
    fn a_missing_list_is_a_reason() {
        let Outcome::CannotTell { why, .. } = RULE.run(&(RULE.examples)()[3].facts) else { panic!() };
        assert!(matches!(why, OrgError::NoPermission { .. }));
    }
}
