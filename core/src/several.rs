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
    let mut titles = vec![];
    for plan in plans {
        let mut places = vec![];
        let inputs = all.inputs.len();
        for step in plan.steps {
            let step = moved(step, &places, inputs);
            let same = all.steps.iter().position(|other| other.place == step.place);
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
        titles.push(plan.title);
        all.safety = all.safety.max(plan.safety);
        all.reaches_more |= plan.reaches_more;
        all.breaks.extend(plan.breaks);
        all.inputs.extend(plan.inputs);
        all.looks.extend(plan.looks);
        for other in plan.reaches {
            if !all.reaches.contains(&other) {
                all.reaches.push(other);
            }
        }
        if plan.undo != Undo::Exact {
            all.undo = plan.undo;
        }
    }
    all.title = format!("{} fixes: {}", titles.len(), crate::text::joined(&titles, "; "));
    if conflicts.is_empty() { Ok(all) } else { Err(conflicts) }
}

/// The step as it stands in the whole: what earlier steps make or have is told by their new places, and so are inputs.
fn moved(mut step: Step, places: &[usize], inputs: usize) -> Step {
    let place = |at: usize| places.get(at).copied().unwrap_or(at);
    step.unless = step.unless.map(place);
    step.each_term(&mut |term| match term {
        Term::Made(at) | Term::Read { step: at, .. } => *at = place(*at),
        Term::Input(at) => *at += inputs,
        Term::Is(_) | Term::Added(_) => {}
    });
    step
}

/// Whether two steps about the same row want the same of it, as far as both say.
fn agree(a: &Step, b: &Step) -> bool {
    match (&a.after, &b.after) {
        (None, None) => true,
        (Some(a), Some(b)) => b.iter().all(|(name, term)| a.iter().all(|(n, t)| n != name || t == term)),
        _ => false,
    }
}

fn join(own: &mut Step, other: Step) {
    let fresh = |own: &Fields, all: Fields| -> Fields {
        all.into_iter().filter(|(name, _)| own.iter().all(|(n, _)| n != name)).collect()
    };
    if let (Some(own), Some(after)) = (&mut own.after, other.after) {
        let after = fresh(own, after);
        own.extend(after);
    }
    if own.words != other.words {
        own.words = [&own.words, "; ", &*other.words].concat();
    }
    own.makes |= other.makes;
}
