//! The step that takes another one back.

use super::target::needs_made;
use super::terms::value;
use crate::plan::{Described, Fields, Place, Step, Term, Way};
use crate::salesforce::id::Id;

/// The step that takes this one back: before and after changed places, on the very row.
pub(super) fn reversed(step: &Step, row: Option<&Id>, made: &[Option<Id>]) -> Option<Step> {
    let solid = |fields: &Fields| -> Option<Fields> {
        fields.iter().map(|(name, term)| Some((name.clone(), Term::Is(value(term, made)?)))).collect()
    };
    let changed = |fields: &Fields, other: Option<&Fields>| -> Option<Fields> {
        let names: Vec<&String> = other.into_iter().flatten().map(|(name, _)| name).collect();
        let kept = fields.iter().filter(|(name, _)| names.is_empty() || names.contains(&name)).cloned();
        solid(&kept.collect::<Vec<_>>())
    };
    // What a step found was made by an earlier one, and is gone with it: there is no row to wait for.
    let is_find = step.way == Way::Wait && (needs_made(step) || is_key(step));
    let after = match (&step.before, &step.after) {
        _ if is_find => None,
        // A change: only the fields that it changed go back.
        (Some(before), Some(after)) => Some(changed(before, Some(after))?),
        (before, _) => before.as_ref().and_then(solid),
    };
    let before = step.after.as_ref().map(solid).unwrap_or_default();
    let place = match (&step.place, row) {
        // A row that was made is told by its id; one that was taken away comes back with another.
        (Place::Row { object, .. }, Some(id)) if after.is_some() || step.after.is_some() => {
            Place::Row { object: object.clone(), key: vec![("Id".to_owned(), Term::id(id))] }
        }
        (Place::Row { object, key }, _) => Place::Row { object: object.clone(), key: solid(key)? },
        // A copy is compared with its original: what somebody has made of it since is not taken away. Where it was taken
        // away, it is made again in the same way.
        (Place::Component { kind, names, from, of }, _) => {
            let is = |name: &Term| Some(Term::Is(value(name, made)?));
            let names: Option<_> = names.iter().map(is).collect();
            let from = from.as_ref().and_then(is);
            Place::Component { kind: kind.clone(), names: names?, from, of: of.clone() }
        }
        (tokens, _) => tokens.clone(),
    };
    let makes = after.is_some() && before.is_none();
    let words = words(step);
    let described = step.described.iter().map(Described::reversed).collect();
    let (rows, late, undone) = (vec![], None, String::new());
    Some(Step {
        words,
        place,
        way: step.way.clone(),
        makes,
        unless: None,
        keep: vec![],
        before,
        after,
        rows,
        late,
        described,
        found: String::new(),
        undone,
    })
}

/// What taking a step back does. Steps of earlier versions have no words for it.
pub(super) fn words(step: &Step) -> String {
    match step.undone.as_str() {
        "" => format!("Undo: {}", step.words),
        words => words.to_owned(),
    }
}

/// Whether what is to be there is no more than what tells the row: it is only looked for.
pub(super) fn is_key(step: &Step) -> bool {
    let Place::Row { key, .. } = &step.place else { return false };
    step.after.iter().flatten().all(|field| key.contains(field))
}
