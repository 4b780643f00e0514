//! Several plans made one, so that they are previewed, applied, continued and undone as one.
//!
//! It never puts plans together that contradict each other, and never writes the same thing twice.
use crate::plan::{Fields, Plan, Step, Term, Undo};

/// The plans as one, in their order: steps about the same row become one step.
///
/// # Errors
/// Where two of them want different things, a sentence each.
pub fn together(plans: Vec<Plan>) -> Result<Plan, Vec<String>> {
    let mut all = Plan::new("several", String::new(), vec![]);
    let mut conflicts = vec![];
    let title = title(&plans);
    all.ids.clear();
    for plan in plans {
        let mut places = vec![];
        // What two of them ask for in the same words is entered once.
        let mut inputs = vec![];
        for input in plan.inputs {
            let same = all.inputs.iter().position(|own| *own == input);
            inputs.push(same.unwrap_or(all.inputs.len()));
            if same.is_none() {
                all.inputs.push(input);
            }
        }
        for step in plan.steps {
            let step = moved(step, &places, &inputs);
            // Rows of the same kind that become something else are another step, as long as no row is in both.
            let is_many = !step.rows.is_empty();
            let meets = |other: &Step| {
                !is_many || agree(other, &step) || step.rows.iter().any(|row| other.rows.contains(row))
            };
            let same = all.steps.iter().position(|other| other.place == step.place && meets(other));
            let at = same.unwrap_or(all.steps.len());
            places.push(at);
            match all.steps.get_mut(at) {
                None => all.steps.push(step),
                Some(own) if agree(own, &step) => join(own, step),
                Some(own) => {
                    conflicts.push(format!("“{}” and “{}” want different things.", own.words, step.words))
                }
            }
        }
        add(&mut all.ids, plan.ids);
        all.safety = all.safety.max(plan.safety);
        all.reaches_more |= plan.reaches_more;
        all.in_use |= plan.in_use;
        all.is_destructive |= plan.is_destructive;
        // What several say is said, and asked, once.
        add(&mut all.breaks, plan.breaks);
        add(&mut all.looks, plan.looks);
        add(&mut all.reaches, plan.reaches);
        if plan.undo != Undo::Exact {
            all.undo = plan.undo;
        }
    }
    all.title = title;
    if conflicts.is_empty() { Ok(all) } else { Err(conflicts) }
}

/// Fixes that take a permission from somebody: the first record that they are about is its name.
pub(crate) const OF_PERMISSIONS: &[&str] =
    &["own-profile-without", "own-set-without", "untick-permission", "mute-permission", "remove-assignment"];

/// How many permissions plans take away; none where one of them does something else besides.
pub(crate) fn permissions(plans: &[Plan]) -> usize {
    let mut names: Vec<&str> = vec![];
    for plan in plans {
        match plan.ids.first().and_then(|id| id.records.first()) {
            Some(name) if OF_PERMISSIONS.contains(&&*plan.fix) => names.push(name),
            // The copy is made for the permissions anyway.
            _ if plan.fix == "own-profile" => {}
            _ => return 0,
        }
    }
    names.sort_unstable();
    names.dedup();
    names.len()
}

/// What several plans do, in a few words: a list of their titles is no title.
fn title(plans: &[Plan]) -> String {
    let n = plans.len();
    match (plans.first(), permissions(plans)) {
        (_, 1) => "Remove 1 permission".to_owned(),
        (_, n) if n > 1 => format!("Remove {n} permissions"),
        (Some(first), _) if plans.iter().all(|plan| plan.fix == "close-app") => match n {
            1 => first.title.clone(),
            _ => format!("Let only approved users use {n} apps"),
        },
        (Some(first), _) => match n {
            1 => first.title.clone(),
            2 => format!("{}, and 1 more change", first.title),
            _ => format!("{}, and {} more changes", first.title, n - 1),
        },
        (None, _) => String::new(),
    }
}

fn add<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}

/// The step as it stands in the whole: what earlier steps make or have is told by their new places, and so are inputs.
fn moved(mut step: Step, places: &[usize], inputs: &[usize]) -> Step {
    let place = |at: usize| places.get(at).copied().unwrap_or(at);
    step.unless = step.unless.map(place);
    step.each_term(&mut |term| match term {
        Term::Made(at) | Term::Read { step: at, .. } => *at = place(*at),
        Term::Input(at) => *at = inputs.get(*at).copied().unwrap_or(*at),
        Term::Is(_) | Term::Within(_) => {}
    });
    step
}

/// Whether two steps about the same row want the same of it, as far as both say.
fn agree(a: &Step, b: &Step) -> bool {
    match (&a.after, &b.after) {
        // All rows of a step become the same.
        _ if !a.rows.is_empty() => a.after == b.after,
        (None, None) => true,
        (Some(a), Some(b)) => b.iter().all(|(name, term)| a.iter().all(|(n, t)| n != name || t == term)),
        _ => false,
    }
}

fn join(own: &mut Step, other: Step) {
    let fresh = |own: &Fields, all: Fields| -> Fields {
        all.into_iter().filter(|(name, _)| own.iter().all(|(n, _)| n != name)).collect::<Vec<_>>()
    };
    if let (Some(own), Some(after)) = (&mut own.after, other.after) {
        let after = fresh(own, after);
        own.extend(after);
    }
    if own.words != other.words {
        own.words = format!("{}; {}", own.words, other.words);
    }
    super::described::join(&mut own.described, other.described);
    own.makes |= other.makes;
    for row in other.rows {
        if !own.rows.contains(&row) {
            own.rows.push(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Input, InputKind, fields};

    fn freeze(is: bool) -> Plan {
        let key = fields([("UserId", Term::text("005"))]);
        let step = Step::change("Freeze", "UserLogin", key, fields([("IsFrozen", Term::flag(is))]));
        Plan::new("freeze", "Freeze".into(), vec![step])
    }

    /// A profile made under the name that is entered, without a permission, and the move to it.
    fn own_profile(permission: &str) -> Plan {
        let steps = vec![
            Step::copy("Copy", "Profile", Term::Input(0), Term::text("Shared"), vec![]),
            Step::change(
                format!("Leave it without {permission}"),
                "Profile",
                fields([("Id", Term::Made(0))]),
                fields([(permission, Term::flag(false))]),
            ),
            Step::change(
                "Move",
                "User",
                fields([("Id", Term::text("005"))]),
                fields([("ProfileId", Term::Made(0))]),
            ),
        ];
        let input =
            Input { label: "Name".into(), kind: InputKind::Text(40), value: "Own".into(), notes: vec![] };
        let breaks = vec!["Formulas".to_owned()];
        Plan { inputs: vec![input], breaks, ..Plan::new("own-profile-without", permission.into(), steps) }
    }

    #[test]
    fn two_that_want_different_things_are_told_before_anything_is_written() {
        let why = together(vec![freeze(true), freeze(false)]).unwrap_err();
        assert_eq!(why, ["“Freeze” and “Freeze” want different things."]);
        assert!(together(vec![freeze(true), freeze(true)]).unwrap().steps.len() == 1);
    }

    #[test]
    fn two_profiles_of_ones_own_are_one() {
        let all = together(vec![freeze(true), own_profile("PermissionsA"), own_profile("PermissionsB")]);
        let all = all.unwrap();
        let words: Vec<&str> = all.steps.iter().map(|step| step.words.as_str()).collect();
        let less = "Leave it without PermissionsA; Leave it without PermissionsB";
        assert_eq!(words, ["Freeze", "Copy", less, "Move"]);
        assert_eq!((all.inputs.len(), all.breaks.len()), (1, 1));
        let after = |at: usize| all.steps[at].after.clone().unwrap();
        assert_eq!(
            after(2),
            fields([("PermissionsA", Term::flag(false)), ("PermissionsB", Term::flag(false))])
        );
        assert_eq!(after(3), fields([("ProfileId", Term::Made(1))]));
        let mut other = own_profile("PermissionsC");
        other.inputs[0].value = "Another".into();
        let why = together(vec![own_profile("PermissionsA"), other]).unwrap_err();
        assert_eq!(why, ["“Move” and “Move” want different things."], "a user has one profile");
    }
}
