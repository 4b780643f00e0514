//! What is held against a preview: what was entered since, and what the journal has of what is undone.

use leastwise_core::execute::Progress;
use leastwise_core::journal::Entry;
use leastwise_core::plan::{COPY, Fields, Plan};

/// Whether the form still says what was previewed.
pub(super) fn is_as_previewed(fields: &[(String, String)], previewed: &[(String, String)]) -> bool {
    previewed
        .iter()
        .all(|(name, value)| fields.iter().any(|(own, now)| own == name && now.trim() == value.trim()))
}

/// What somebody else has changed since the entry that is undone, a sentence each.
pub(super) fn compare_with_journal(plan: &mut Plan, entry: &Entry) -> Vec<String> {
    let mut changed = vec![];
    let steps = plan.steps.iter_mut().zip(&entry.apply.plan().steps).zip(entry.apply.progress());
    for ((step, journaled), _) in steps.filter(|(_, progress)| **progress == Progress::Planned) {
        if journaled.before.iter().flatten().any(|(name, _)| name == COPY) {
            // A copy is as the original once the steps before have taken back what makes it another.
            step.clone_from(journaled);
        } else if !is_as(&journaled.before, &step.before) {
            changed.push(format!("Someone else changed this since: {}", step.words));
        }
    }
    changed
}

/// Whether what was read has every field of what was expected, with its value.
fn is_as(expected: &Option<Fields>, read: &Option<Fields>) -> bool {
    expected.is_some() == read.is_some()
        && expected.iter().flatten().all(|field| read.iter().flatten().any(|own| own == field))
}
