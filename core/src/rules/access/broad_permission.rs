//! The rule `broad-permission`: each broad permission, with everything that grants it.
//!
//! It never judges what has its own rule: user administration, deleting, passwords.
use crate::rules::granted;
use crate::classification::Classification;
use crate::text::listed;
use crate::facts::{Grant, Grants, Known, SignIns};
use crate::salesforce::permissions;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule};
use crate::facts::subject::Subject;

declare_rule! {
    /// It has permissions that most integrations don't need
    ///
    /// ## Check
    /// Only the permissions it needs
    ///
    /// ## Several
    /// {n} permissions most integrations don't need
    ///
    /// ## Several, of people
    /// {n} powerful permissions
    ///
    /// ## Why it matters
    /// Anyone who gets this user's credentials can do everything it can. Most integrations need a few objects and
    /// fields; an org-wide permission turns a leak in one system into the leak, or the loss, of all data. Permissions
    /// that Leastwise doesn't know yet are listed in one line. “Use Any API Auth” is what SOAP login() requires, so
    /// it's only too much for a user that logs in another way.
    ///
    /// ## Fix
    /// Remove each permission where it's granted. The profile, permission set or group is named with it, and so are the
    /// other users who would lose it. If they need it, give the integration its own permission set instead, with the
    /// objects and fields it uses.
    ///
    /// ## Source
    /// Salesforce Admins blog, "Best Practices for Configuring Your Integration User"
    /// <https://admin.salesforce.com/blog/2023/best-practices-for-configuring-your-integration-user>;
    /// Security Benchmark for Salesforce, SBS-ACS-008 (also SBS-ACS-003 and SBS-ACS-006)
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "broad-permission", integration: Critical, person: Some(Severity::Critical), check
}

/// What SOAP `login()` needs of whoever signs in by it, where the org enforces it (Salesforce Help 005132110): new orgs
/// since Summer '26, others by choice, and later all.
pub(crate) const SOAP_LOGIN: &str = "UseAnyApiAuth";

fn check(
    grants: &Grants,
    classification: &Known<Classification>,
    sign_ins: &Known<SignIns>,
) -> Outcome {
    // A name alone makes nothing of a permission that it wouldn't be for a person.
    let as_person = |c: &Classification| c.is_of_people() || c.is_a_guess();
    let person = classification.known().is_some_and(as_person);
    let by_soap = sign_ins.known().and_then(SignIns::by_soap);
    let mut unknown = vec![];
    let mut findings: Vec<Finding> = vec![];
    for (name, sets) in granted::by_permission(grants) {
        match permissions::broad(name) {
            // Whoever signs in by SOAP login() needs it: that this ends is said by `stale-secret`.
            Some(_) if name == SOAP_LOGIN && by_soap == Some(true) => {}
            Some(_) if name == SOAP_LOGIN && by_soap.is_none() => {
                let lets = "is what SOAP login() requires; Leastwise couldn't check whether it logs in that way";
                findings.push(granted::finding(name, lets, &sets).with(Severity::Info));
            }
            Some(broad) => {
                let severity = if person { broad.person } else { broad.integration };
                findings.push(granted::finding(name, format!("can {}", broad.lets), &sets).with(severity));
            }
            None if permissions::is_known(name) => {}
            None => unknown.push((name, sets)),
        }
    }
    findings.sort_by_key(|finding| finding.severity);
    // Nobody has weighed them: for an integration that is worth knowing, of a person it says nothing.
    if !person {
        findings.extend(unweighed(&unknown));
    }
    granted::judged(
        findings,
        grants,
        "No profile, permission set or group grants a broad user permission. Object permissions have their own checks.",
    )
}

/// One finding for all permissions that are in no published list.
fn unweighed(unknown: &[(&str, Vec<&Grant>)]) -> Option<Finding> {
    let title = match unknown.len() {
        0 => return None,
        1 => "1 permission Leastwise doesn't know".to_owned(),
        n => format!("{n} permissions Leastwise doesn't know"),
    };
    let names: Vec<&str> = unknown.iter().map(|(name, _)| *name).collect();
    let mut sets: Vec<String> =
        unknown.iter().flat_map(|(_, sets)| sets).map(|set| set.shown()).collect();
    sets.sort();
    sets.dedup();
    let evidence = vec![
        format!("Not in any published list: {}. Look {} up in Setup.", names.join(", "), if names.len() == 1 { "it" } else { "them" }),
        format!("Granted by {}.", listed(&sets)),
    ];
    Some(Finding::new(Subject::UnknownPermissions, title, evidence).with(Severity::Info))
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, grant, sign_in};
    let by_soap = |mut facts: crate::facts::Facts| {
        facts.sign_ins = Known::Is(SignIns { rows: vec![sign_in("Other Apex API", "", "N/A")].into(), cut: false });
        facts
    };
    let with = |sets| {
        let mut facts = facts();
        facts.grants = Known::Is(Grants { sets, cut: false });
        facts
    };
    let cut = |mut facts: crate::facts::Facts| {
        if let Known::Is(grants) = &mut facts.grants {
            grants.cut = true;
        }
        facts
    };
    vec![
        Example {
            name: "Modify All Data from the profile and from a group",
            facts: with(vec![
                grant().profile("Acme ERP").permissions(&["ApiEnabled", "ModifyAllData"]),
                grant()
                    .group(2, "Data team", "Updated")
                    .permissions(&["ModifyAllData"])
                    .shared_with(&["Ann Lee"]),
            ]),
            outcome: "finding",
        },
        Example {
            name: "a permission that no published list has",
            facts: with(vec![grant().set(2, "Beta").permissions(&["FlyToTheMoon"])]),
            outcome: "finding",
        },
        Example {
            name: "what SOAP login() requires, and the user logs in another way",
            facts: with(vec![grant().set(2, "Login").permissions(&["UseAnyApiAuth"])]),
            outcome: "finding",
        },
        Example {
            name: "what SOAP login() requires, and the user logs in with it",
            facts: by_soap(with(vec![grant().set(2, "Login").permissions(&["UseAnyApiAuth"])])),
            outcome: "pass",
        },
        Example {
            name: "API Enabled and API Only User",
            facts: with(vec![grant().profile("Acme ERP").permissions(&["ApiEnabled", "ApiUserOnly"])]),
            outcome: "pass",
        },
        Example {
            name: "a group that is being recalculated",
            facts: with(vec![grant().profile("Acme ERP"), grant().group(2, "Data team", "Outdated")]),
            outcome: "cannot-tell",
        },
        Example { name: "more sets than were read", facts: cut(with(vec![grant()])), outcome: "cannot-tell" },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::example::{facts, grant, person};

    fn findings(outcome: Outcome) -> Vec<Finding> {
        match outcome {
            Outcome::Findings(findings) => findings,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_grant_is_named_with_its_reach() {
        let all = findings(RULE.run(&(RULE.examples)()[0].facts));
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].severity, Some(Severity::Critical));
        assert_eq!(
            all[0].evidence,
            [
                "Granted by profile “Acme ERP”, not assigned to anyone else.",
                "Granted by permission set group “Data team”, muting applied, also assigned to Ann Lee.",
            ]
        );
    }

    #[test]
    fn the_worst_comes_first_and_people_are_judged_more_mildly() {
        let sets =
            vec![grant().permissions(&["ExportReport", "ModifyAllData", "FlyToTheMoon", "UseAnyApiClient"])];
        let mut integration = facts();
        integration.grants = Known::Is(Grants { sets, cut: true });
        let mut human = person();
        human.grants = integration.grants.clone();
        let severities =
            |facts| findings(RULE.run(&facts)).into_iter().filter_map(|f| f.severity).collect::<Vec<_>>();
        assert_eq!(
            severities(integration),
            [Severity::Critical, Severity::Critical, Severity::High, Severity::Info]
        );
        // What nobody knows says nothing of a person.
        assert_eq!(severities(human), [Severity::Critical, Severity::High, Severity::Medium]);
    }

    #[test]
    fn what_nobody_knows_is_one_line_with_a_count() {
        let mut facts = facts();
        let sets = vec![
            grant().set(2, "Beta").permissions(&["FlyToTheMoon", "SwimToTheMoon"]),
            grant().set(3, "Gamma").permissions(&["FlyToTheMoon", "ApiEnabled"]),
        ];
        facts.grants = Known::Is(Grants { sets, cut: false });
        let all = findings(RULE.run(&facts));
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].title, "2 permissions Leastwise doesn't know");
        assert_eq!(
            all[0].evidence,
            [
                "Not in any published list: FlyToTheMoon, SwimToTheMoon. Look them up in Setup.",
                "Granted by permission set “Beta” and permission set “Gamma”.",
            ]
        );
        assert_eq!((all[0].severity, all[0].permission()), (Some(Severity::Info), None));
        // And there is nothing to fix in it.
        let acting = crate::rules::example::id("005", 9);
        let context = crate::fixes::Context { facts: &facts, acting: &acting, labels: &crate::facts::NO_LABELS };
        assert!(crate::fixes::plans(&RULE, &all[0], context).is_empty());
    }

    #[test]
    fn what_soap_login_needs_is_taken_from_nobody_who_may_sign_in_that_way() {
        use crate::facts::SignIns;
        use crate::salesforce::error::OrgError;
        use crate::rules::example::sign_in;
        let mut facts = facts();
        let sets = vec![grant().set(2, "Login").permissions(&["UseAnyApiAuth", "ModifyAllData"])];
        facts.grants = Known::Is(Grants { sets, cut: false });
        let acting = crate::rules::example::id("005", 9);
        // Every plan for every finding, as what it takes away.
        let plans = |facts: &crate::facts::Facts| -> Vec<(Option<String>, String)> {
            let context = crate::fixes::Context { facts, acting: &acting, labels: &crate::facts::NO_LABELS };
            let Outcome::Findings(all) = RULE.run(facts) else { panic!() };
            let of = |finding: &Finding| {
                let name = finding.permission().map(str::to_owned);
                crate::fixes::plans(&RULE, finding, context).into_iter().map(move |plan| (name.clone(), plan.fix))
            };
            all.iter().flat_map(of).collect()
        };
        let is_soap = |(name, _): &&(Option<String>, String)| name.as_deref() == Some("UseAnyApiAuth");
        let takes_the_set = |(_, fix): &(Option<String>, String)| fix == "remove-assignment";
        // By JWT alone: it is too much, and can be taken.
        let by_jwt = plans(&facts);
        assert!(by_jwt.iter().any(|plan| is_soap(&plan)) && by_jwt.iter().any(takes_the_set), "{by_jwt:?}");
        let soap = SignIns { rows: vec![sign_in("Other Apex API", "", "N/A")].into(), cut: false };
        let jwt = SignIns { rows: vec![sign_in("Remote Access 2.0", "", "ERP")].into(), cut: true };
        for sign_ins in
            [Known::Is(soap), Known::Is(jwt), Known::unavailable("the login history", OrgError::Timeout)]
        {
            let mut facts = facts.clone();
            facts.sign_ins = sign_ins;
            let all = plans(&facts);
            assert!(!all.iter().any(|plan| is_soap(&plan)), "{all:?}");
            // Nor together with something else: the set that grants it stays assigned.
            assert!(!all.iter().any(takes_the_set), "{all:?}");
            assert!(all.iter().any(|(_, fix)| fix == "untick-permission"), "{all:?}");
        }
    }

    #[test]
    fn an_unsettled_group_is_said_beside_what_it_grants() {
        let mut facts = facts();
        let sets = vec![grant().group(2, "Data team", "Updating").permissions(&["ViewAllData"])];
        facts.grants = Known::Is(Grants { sets, cut: false });
        let all = findings(RULE.run(&facts));
        assert!(all[0].evidence[1].contains("being recalculated"), "{:?}", all[0].evidence);
    }
}
