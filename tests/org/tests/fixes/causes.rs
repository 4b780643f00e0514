//! One fix for a cause: what a panel offers first for the worst user of the seed.

use super::*;

/// The user of the seed with this username.
fn user(org: &Org, username: &str) -> String {
    let found = org.rows("User").find(|row| text(row, "Username") == username).unwrap();
    text(found, "Id").to_owned()
}

#[test]
fn one_approval_takes_the_worst_user_to_a_third_and_back() {
    let (org, admin) = seeded();
    let erp = user(&org, "erp.sync@acme.example");
    let mut world = World::new(&org, &admin);
    let acting = Id::parse(&admin).unwrap();

    let gather = world.gather(&erp);
    let report = Report::new(&gather);
    let findings = report.findings();
    let context = Context { facts: gather.facts(), acting: &acting, labels: gather.labels() };
    let plans: Vec<Vec<Plan>> =
        findings.iter().map(|(rule, finding)| fixes::plans(rule, finding, context)).collect();
    let remedies = fixes::remedies(&findings, &plans);
    assert_eq!(remedies[0].button(), "Remove 23 permissions…");
    assert!(remedies.len() <= 10, "{:?}", remedies.iter().map(fixes::Remedy::button).collect::<Vec<_>>());
    // Each finding for which there is something to do is answered by one of them.
    for (place, plans) in plans.iter().enumerate().filter(|(_, plans)| !plans.is_empty()) {
        assert!(
            remedies.iter().any(|remedy| remedy.answers.contains(&place)),
            "{}: {plans:?}",
            findings[place].1.title
        );
    }

    let before = world.state();
    let previewed = world.preview(&remedies[0].plan).unwrap();
    let apply = world.run(Executor::new(previewed), None);
    assert!(apply.is_done(), "{:?}", apply.stop());
    let gather = world.gather(&erp);
    let report = Report::new(&gather);
    let left = report.findings();
    for place in &remedies[0].ends {
        let (rule, ended) = findings[*place];
        let is_left = left.iter().any(|(own, finding)| own.id == rule.id && finding.subject == ended.subject);
        assert!(!is_left, "it ends what it says that it ends: {}", ended.title);
    }
    // What was covered by a greater permission shows now: records that an object's own permissions let it see.
    // How it logs in, and what its sets are called, no permission is behind.
    let of_use = ["password-sign-in", "soap-login-without-api-auth", "undescribed-set"];
    let left: Vec<_> = left.into_iter().filter(|(rule, _)| !of_use.contains(&rule.id)).collect();
    assert!(left.len() <= 13, "{} of {} are left", left.len(), findings.len());
    let undo = world.preview(&apply.undo().unwrap()).unwrap();
    let undone = world.run(Executor::new(undo), None);
    assert!(undone.is_done(), "{:?}", undone.stop());
    alike(&world.state(), &before, "undone");
    assert_eq!(Report::new(&world.gather(&erp)).findings().len(), findings.len());
}
