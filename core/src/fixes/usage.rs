//! Whether software signs in as a user today: what is said beside a fix that takes something from them.
//!
//! It never says what is used: Salesforce tells that somebody signed in, not which permission it took.

use super::Context;
use crate::facts::{Flow, Known, User};
use crate::plan::{Plan, Undo};
use crate::salesforce::id::Id;

/// Fixes that take access from the user.
const TAKES: &[&str] = &[
    "untick-permission",
    "remove-assignment",
    "remove-object-delete",
    "mute-permission",
    "own-profile-without",
    "own-set-without",
];

/// Days within which software that signed in counts as running.
const RUNNING: i64 = 30;

/// Says in the plans that take access what signs in as the user, and leaves those of a running integration unticked.
pub(super) fn add(plans: &mut [Plan], user: &User, context: Context<'_>) {
    for plan in plans.iter_mut().filter(|plan| TAKES.contains(&&*plan.fix)) {
        let (line, in_use) = line(&user.id, &user.name, context);
        plan.in_use = in_use;
        if let Some(mut line) = line {
            if plan.undo == Undo::Exact {
                line.push_str(" You can undo it in one click.");
            }
            plan.breaks.insert(0, line);
        }
    }
}

/// Users who are told one by one; of the others only how many there are.
const TOLD: usize = 5;

/// The same of everyone who loses access by a plan.
pub(super) fn add_of_all(plans: &mut [Plan], context: Context<'_>) {
    for plan in plans.iter_mut().filter(|plan| TAKES.contains(&&*plan.fix)) {
        let lines: Vec<(Option<String>, bool)> =
            plan.reaches.iter().map(|own| line(&own.id, &own.name, context)).collect();
        // Who was not read may be in use.
        plan.in_use = plan.reaches_more || lines.iter().any(|(_, in_use)| *in_use);
        let mut told: Vec<String> = lines.into_iter().filter_map(|(line, _)| line).collect();
        told.dedup();
        let more = told.len().saturating_sub(TOLD);
        told.truncate(TOLD);
        if more > 0 {
            told.push(format!("{} more are in use.", crate::text::counted(more as u64, "user")));
        }
        plan.breaks.splice(0..0, told);
    }
}

/// What is said of it, if anything, and whether software runs as this user today. What could not be read may be running.
fn line(user: &Id, name: &str, context: Context<'_>) -> (Option<String>, bool) {
    let facts = context.facts;
    let Known::Is(sign_ins) = &facts.sign_ins else {
        let line = format!(
            "Leastwise couldn't read whether {name} is in use. Try it in a sandbox first, or when the owner can watch."
        );
        return (Some(line), true);
    };
    let recent = |last: Option<crate::salesforce::time::Timestamp>| {
        last.is_some_and(|last| last.days_until(facts.now) <= RUNNING)
    };
    let tokens = facts.tokens.known().into_iter().flat_map(|tokens| tokens.of(user));
    let by_token = tokens.filter_map(|token| token.last_used).max();
    let own = || sign_ins.successes().filter(|row| row.user_id == *user && row.flow() != Flow::Browser);
    let (count, last) = (own().map(|row| row.count).sum::<u64>(), own().filter_map(|row| row.last).max());
    let in_use = recent(last) || recent(by_token) || sign_ins.cut;
    let used = match (count, last, by_token) {
        (0, _, None) => return (None, in_use),
        (0, _, Some(used)) => format!("a token of its was used on {used}"),
        (count, Some(last), _) => {
            let logins = if count == 1 { "login" } else { "logins" };
            format!("{count} API {logins} in 6 months, last {last}")
        }
        (count, None, _) => format!("{count} API logins in 6 months"),
    };
    let line = format!(
        "{name} is in use: {used}. Salesforce can't tell which of these permissions it uses. Try it in a sandbox first, or when the owner can watch."
    );
    (Some(line), in_use)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Grants, SignIns, Tokens};
    use crate::fixes::plans;
    use crate::rules::rule::Outcome;
    use crate::rules::{all, example};
    use crate::salesforce::error::OrgError;

    /// The first plan for Modify All Data on a profile of the user's own, with these API logins.
    fn plan(change: impl FnOnce(&mut crate::facts::Facts)) -> Plan {
        let mut facts = example::facts();
        let grant = example::grant().profile("Acme ERP").permissions(&["ModifyAllData"]);
        facts.grants = Known::Is(Grants { sets: vec![grant], cut: false });
        change(&mut facts);
        let rule = all().iter().find(|rule| rule.id == "broad-permission").unwrap();
        let Outcome::Findings(findings) = rule.run(&facts) else { panic!() };
        let acting = example::id("005", 9);
        plans(
            rule,
            &findings[0],
            Context { facts: &facts, acting: &acting, labels: &crate::facts::NO_LABELS },
        )
        .remove(0)
    }

    fn signed_in(days: i64) -> impl FnOnce(&mut crate::facts::Facts) {
        move |facts| {
            let mut row = example::sign_in("Remote Access 2.0", "", "Acme ERP");
            row.last = Some(example::days_ago(days));
            facts.sign_ins = Known::Is(SignIns { rows: vec![row].into(), cut: false });
        }
    }

    #[test]
    fn what_runs_is_said_and_is_not_ticked_beforehand() {
        let running = plan(signed_in(1));
        assert!(running.in_use);
        assert!(
            running.breaks[0]
                .starts_with("ERP Integration is in use: 10 API logins in 6 months, last 2026-11-23")
                && running.breaks[0].ends_with("You can undo it in one click."),
            "{:?}",
            running.breaks
        );
        let resting = plan(signed_in(31));
        assert!(!resting.in_use && resting.breaks[0].contains("10 API logins"), "{:?}", resting.breaks);
        let by_token = plan(|facts| {
            signed_in(31)(facts);
            facts.tokens = Known::Is(Tokens { rows: vec![example::token("Acme ERP", 1)].into(), cut: false });
        });
        assert!(by_token.in_use);
    }

    #[test]
    fn what_was_not_read_may_be_running_and_browsers_are_not_software() {
        let unread =
            plan(|facts| facts.sign_ins = Known::unavailable("the sign-in history", OrgError::Timeout));
        assert!(unread.in_use && unread.breaks[0].contains("couldn't read"), "{:?}", unread.breaks);
        let never = plan(|facts| facts.sign_ins = Known::Is(SignIns::default()));
        assert!(!never.in_use && never.breaks.is_empty(), "{:?}", never.breaks);
        let by_browser = plan(|facts| {
            let rows = vec![example::sign_in("Application", "UsernamePasswordUiLogin", "Browser")];
            facts.sign_ins = Known::Is(SignIns { rows: rows.into(), cut: false });
        });
        assert!(!by_browser.in_use && by_browser.breaks.is_empty());
    }
}
