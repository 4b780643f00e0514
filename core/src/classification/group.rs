//! Who uses a profile or permission set: each of its users judged by what they did themselves, then counted.
//!
//! It never adds up the logins of different users: one who logs in to the UI and one that software logs in as are a
//! person and an integration, not an integration that a person works as.

use super::activity::Holders;
use super::words::{NameOf, telling};
use super::{MEDIUM, Reason, STRONG, Subject, WEAK, Weighed, Who, of_license};
use crate::facts::{Facts, Grant, Known, Reach, Source};
use crate::text::listed;

/// So many users are named.
const NAMED: usize = 3;

/// The profile or permission set shown.
fn shown(facts: &Facts) -> Option<&Grant> {
    let grants = facts.grants.known()?;
    grants.profile().or_else(|| grants.sets.first())
}

/// The verdict on a page that shows no user.
pub(super) fn weigh(facts: &Facts) -> (Who, bool, Vec<Reason>) {
    let mut reasons = of_license(facts);
    let reach = shown(facts).and_then(|set| set.reach.as_ref());
    let holders = Holders::new(&facts.tokens);
    let all: Vec<(&str, Weighed)> = reach
        .into_iter()
        .flat_map(|reach| &reach.others)
        .map(|user| (user.name.as_str(), Subject::of_assignee(user).weigh(facts, &holders)))
        .collect();
    // What nobody can get around by a login decides for all: the license, API Only.
    if !reasons.is_empty() {
        reasons.extend(unread(facts, reach));
        return (Who::Integration, true, reasons);
    }
    let of = |who: Who| all.iter().filter(move |(_, weighed)| weighed.who == who);
    let (integrations, people) = (of(Who::Integration).count(), of(Who::Person).count());
    let sure = |who: Who| of(who).any(|(_, weighed)| weighed.sure);
    let more = reach.is_some_and(|reach| reach.more);
    // A guess about its users is one about the profile.
    let weight = |who: Who| {
        let strong = |weighed: &Weighed| weighed.reasons.iter().any(|reason| reason.weight.abs() >= MEDIUM);
        if of(who).any(|(_, weighed)| strong(weighed)) { STRONG } else { WEAK }
    };
    if integrations > 0 {
        let names = of(Who::Integration).map(|(name, _)| *name);
        reasons.push(say(names, "integration user", "integration users", weight(Who::Integration)));
    }
    if people > 0 {
        reasons.push(say(of(Who::Person).map(|(name, _)| *name), "person", "people", -weight(Who::Person)));
    }
    let verdict = match (integrations, people) {
        (0, 0) => {
            let named = name(facts).and_then(|name| telling(name, NameOf::Profile));
            reasons.extend(named.map(|word| Reason {
                text: format!("The name contains “{word}” (a weak sign)."),
                weight: WEAK,
            }));
            let who = if reasons.is_empty() { Who::Person } else { Who::Integration };
            (who, false)
        }
        (_, 0) => (Who::Integration, sure(Who::Integration) && !more),
        (0, _) => (Who::Person, sure(Who::Person) && !more),
        _ => (Who::Mixed { integrations, people }, sure(Who::Integration) && sure(Who::Person)),
    };
    // What tells of its only user is what there is to tell of the profile.
    if let [(_, only)] = all.as_slice() {
        reasons.extend(only.reasons.iter().cloned());
    } else {
        reasons.extend(unread(facts, reach));
    }
    (verdict.0, verdict.1, reasons)
}

/// "Assigned to 2 integration users: ERP Feed and Mailer."
fn say<'a>(names: impl Iterator<Item = &'a str>, one: &str, several: &str, weight: i32) -> Reason {
    let all: Vec<&str> = names.collect();
    let shown: Vec<String> = all.iter().take(NAMED).map(|name| (*name).to_owned()).collect();
    let rest = all.len() - shown.len();
    let more = if rest > 0 { vec![format!("{rest} more")] } else { vec![] };
    let names = listed(&[shown, more].concat());
    let text = match all.len() {
        1 => format!("Assigned to 1 {one}: {names}."),
        n => format!("Assigned to {n} {several}: {names}."),
    };
    Reason { text, weight }
}

/// What could not be looked at, or had nothing to tell.
fn unread(facts: &Facts, reach: Option<&Reach>) -> Vec<Reason> {
    let mut all = vec![];
    let mut add = |text: &str| all.push(Reason { text: text.to_owned(), weight: 0 });
    match reach {
        None => add("Leastwise couldn't read who has it."),
        Some(reach) if reach.others.is_empty() => add("No active user has it."),
        Some(reach) if reach.more => add("It has more users than Leastwise reads."),
        Some(_) => {}
    }
    match &facts.sign_ins {
        Known::Unavailable(missing) if missing.why == crate::salesforce::error::OrgError::Pending => {
            add("Still reading the login history.");
        }
        Known::Unavailable(_) => add("Leastwise couldn't read the login history."),
        Known::Is(sign_ins) if sign_ins.cut => add("There are more logins than Leastwise could read."),
        _ => {}
    }
    all
}

/// The name of the profile or permission set.
fn name(facts: &Facts) -> Option<&str> {
    if let Known::Is(profile) = &facts.profile {
        return Some(&profile.name);
    }
    shown(facts).map(|set| match &set.source {
        Source::Profile { name } | Source::PermissionSet { name } | Source::Group { name, .. } => {
            name.as_str()
        }
    })
}
