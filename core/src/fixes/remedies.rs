//! Remedies: the plans of many findings, put together by what causes them, so that one approval ends all that one can.
//!
//! It makes no plans of its own: each part is a plan that answers a finding, and can be chosen by itself.

use crate::plan::Plan;
use crate::plan::merge::{OF_PERMISSIONS, permissions, together};
use crate::rules::rule::{Finding, Rule};
use crate::text::counted;

/// One approval, and the findings that it answers.
#[derive(Debug, Clone)]
pub struct Remedy {
    /// All its parts as one plan.
    pub plan: Plan,
    /// A plan for each part that can be chosen by itself, in the order of the findings; one where there is no choice.
    pub parts: Vec<Plan>,
    /// The findings that it answers, by their places in the report.
    pub answers: Vec<usize>,
    /// Those of them that are over once it is done: what two sources grant is still granted by the other.
    pub ends: Vec<usize>,
    /// Other ways to answer some of them.
    pub others: Vec<Remedy>,
}

/// The remedies for the findings of a report, each with its plans, in the order of the findings.
pub fn remedies(findings: &[(&Rule, &Finding)], plans: &[Vec<Plan>]) -> Vec<Remedy> {
    let (mut first, mut others) = (vec![], vec![]);
    for (place, ((_, finding), plans)) in findings.iter().zip(plans).enumerate() {
        let sources = by_source(finding, plans);
        let is_ended = sources.len() == 1;
        for plans in sources {
            let preferred = preferred(&plans);
            for (at, plan) in plans.into_iter().enumerate() {
                let groups = if at == preferred { &mut first } else { &mut others };
                add(groups, plan, place, is_ended);
            }
        }
    }
    // A way that is the first one somewhere is no other way elsewhere.
    others.retain(|group: &Group<'_>| first.iter().all(|own: &Group<'_>| own.cause != group.cause));
    let mut all: Vec<Remedy> = first.iter().flat_map(Group::remedies).collect();
    for other in others.iter().flat_map(Group::remedies) {
        // Offered once, beside the first whose findings it is about.
        let is_beside =
            |remedy: &&mut Remedy| remedy.answers.iter().any(|place| other.answers.contains(place));
        if let Some(remedy) = all.iter_mut().find(is_beside) {
            remedy.others.push(other);
        }
    }
    all
}

/// What plans have in common that can be carried out as one: the fix, and the records that they change.
#[derive(Debug, PartialEq, Eq)]
struct Cause<'a> {
    fix: &'a str,
    records: &'a [String],
}

impl Cause<'_> {
    fn of(plan: &Plan) -> Cause<'_> {
        let records = plan.ids.first().map(|id| id.records.as_slice()).unwrap_or_default();
        match &*plan.fix {
            // A user has one profile: whatever it is to be without, it is the same copy.
            "own-profile" | "own-profile-without" => Cause { fix: "own-profile", records: &[] },
            // Of a permission and what grants it, by what grants it.
            fix if OF_PERMISSIONS.contains(&fix) => {
                Cause { fix, records: records.get(1..).unwrap_or_default() }
            }
            // Whatever the app: the same is done to each.
            fix @ ("close-app" | "guide-app" | "guide-closed-app") => Cause { fix, records: &[] },
            fix => Cause { fix, records },
        }
    }
}

/// Plans of the same cause, each once.
struct Group<'a> {
    cause: Cause<'a>,
    parts: Vec<&'a Plan>,
    answers: Vec<usize>,
    ends: Vec<usize>,
}

impl Group<'_> {
    /// The group as one remedy; as one each, where its plans contradict each other.
    fn remedies(&self) -> Vec<Remedy> {
        let remedy = |plan: Plan, parts: Vec<Plan>| {
            let (answers, ends) = (self.answers.clone(), self.ends.clone());
            Remedy { plan, parts, answers, ends, others: vec![] }
        };
        let parts: Vec<Plan> = self.parts.iter().map(|plan| (*plan).clone()).collect();
        match (parts.as_slice(), together(parts.clone())) {
            ([one], _) => vec![remedy(one.clone(), parts)],
            (_, Ok(all)) => vec![remedy(all, parts)],
            (_, Err(_)) => parts.into_iter().map(|one| remedy(one.clone(), vec![one])).collect(),
        }
    }
}

fn add<'a>(groups: &mut Vec<Group<'a>>, plan: &'a Plan, place: usize, is_ended: bool) {
    let cause = Cause::of(plan);
    let at = groups.iter().position(|group| group.cause == cause).unwrap_or_else(|| {
        groups.push(Group { cause, parts: vec![], answers: vec![], ends: vec![] });
        groups.len() - 1
    });
    let Some(group) = groups.get_mut(at) else { return };
    let records = |plan: &Plan| plan.ids.first().map(|id| (id.fix.clone(), id.records.clone()));
    // Several rules can lead to the same steps.
    if group.parts.iter().all(|own| records(own) != records(plan)) {
        group.parts.push(plan);
    }
    group.answers.push(place);
    if is_ended {
        group.ends.push(place);
    }
}

/// A finding's plans by what they take it from: of a permission that several sets grant, those of each set.
fn by_source<'a>(finding: &Finding, plans: &'a [Plan]) -> Vec<Vec<&'a Plan>> {
    let mut sources: Vec<(Option<&str>, Vec<&Plan>)> = vec![];
    for plan in plans {
        let records = plan.ids.first().map(|id| id.records.as_slice()).unwrap_or_default();
        let source = match (finding.permission(), records) {
            (Some(permission), [own, grant]) if own == permission => Some(grant.as_str()),
            _ => None,
        };
        match sources.iter_mut().find(|(own, _)| *own == source) {
            Some((_, all)) => all.push(plan),
            None => sources.push((source, vec![plan])),
        }
    }
    sources.into_iter().map(|(_, plans)| plans).collect()
}

/// The place of the plan that is offered first: the narrowest, which is the first; but nothing that stops an app, where
/// there is another way.
fn preferred(plans: &[&Plan]) -> usize {
    plans.iter().position(|plan| plan.fix != "revoke-token").unwrap_or_default()
}

impl Remedy {
    /// What its button says on a user's page: of a single plan what that calls itself, of several how many there are.
    pub fn button(&self) -> String {
        self.called(self.plan.reaches.len() + 1)
    }

    /// The same on the page of a profile, a permission set or a group: whom it affects is everyone who has it.
    pub fn button_of_set(&self) -> String {
        self.called(self.plan.reaches.len())
    }

    fn called(&self, users: usize) -> String {
        let plan = &self.plan;
        match (self.parts.as_slice(), permissions(&self.parts)) {
            _ if plan.is_guided() => "Start checklist".to_owned(),
            // Who else loses them is the first thing to know.
            (_, 1..) if !plan.reaches.is_empty() => format!("Remove for {}…", counted(users, "user")),
            (_, n @ 1..) => format!("Remove {}…", counted(n, "permission")),
            ([one], _) => one.button.clone(),
            (all, _) if all.iter().all(|plan| plan.fix == "close-app") => {
                format!("Restrict {} apps…", all.len())
            }
            (all, _) => format!("Make {} changes…", all.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::subject::Subject;
    use crate::plan::{Reached, Step, Term, fields};
    use crate::rules;

    fn plan(fix: &str, records: [&str; 2]) -> Plan {
        let key = fields([("Id", Term::text(records[1]))]);
        let off = vec![(format!("Permissions{}", records[0]), Term::flag(false))];
        Plan::new(fix, fix.into(), vec![Step::change("x", "PermissionSet", key, off)]).about(records)
    }

    fn of(permission: &str) -> Finding {
        Finding::new(Subject::Permission { name: permission.into(), granted_by: vec![] }, permission, vec![])
    }

    fn rule() -> &'static Rule {
        rules::all().iter().find(|rule| rule.id == "broad-permission").unwrap()
    }

    #[test]
    fn whom_it_affects_is_counted_as_the_page_is_a_user_s_or_everybody_s() {
        let user = |n: u32| Reached { id: rules::example::id("005", n), name: format!("{n}") };
        let mut plan = plan("untick-permission", ["ManageUsers", "0PS1"]);
        plan.reaches = vec![user(1), user(2)];
        let mut own =
            Remedy { parts: vec![plan.clone()], plan, answers: vec![], ends: vec![], others: vec![] };
        assert_eq!([own.button(), own.button_of_set()], ["Remove for 3 users…", "Remove for 2 users…"]);
        own.plan.reaches.pop();
        assert_eq!(own.button_of_set(), "Remove for 1 user…");
    }

    #[test]
    fn what_one_set_grants_is_one_remedy_and_each_permission_a_part() {
        let findings = [of("A"), of("B"), of("C")];
        let findings: Vec<_> = findings.iter().map(|finding| (rule(), finding)).collect();
        let untick = |permission| plan("untick-permission", [permission, "0PS1"]);
        let plans = vec![
            vec![untick("A"), plan("remove-assignment", ["A", "0PS1"])],
            vec![
                untick("B"),
                plan("remove-assignment", ["B", "0PS1"]),
                plan("untick-permission", ["B", "0PS2"]),
            ],
            vec![untick("C")],
        ];
        let all = remedies(&findings, &plans);
        let shown: Vec<_> =
            all.iter().map(|one| (one.button(), one.answers.clone(), one.ends.clone())).collect();
        assert_eq!(
            shown,
            [
                ("Remove 3 permissions…".to_owned(), vec![0, 1, 2], vec![0, 2]),
                ("Remove 1 permission…".to_owned(), vec![1], vec![]),
            ]
        );
        assert_eq!(all[0].parts.len(), 3);
        assert_eq!(all[0].others.len(), 1, "the assignment is another way, said once");
    }

    #[test]
    fn plans_that_contradict_each_other_stay_apart() {
        let findings = [of("A"), of("B")];
        let findings: Vec<_> = findings.iter().map(|finding| (rule(), finding)).collect();
        let mut other = plan("untick-permission", ["A", "0PS1"]).about(["B", "0PS1"]);
        other.steps[0].after = Some(fields([("PermissionsA", Term::flag(true))]));
        let all = remedies(&findings, &[vec![plan("untick-permission", ["A", "0PS1"])], vec![other]]);
        assert_eq!(all.len(), 2);
    }
}
