//! What is chosen of the checks on the command line.

use crate::end::Failure;
use leastwise_core::facts::CheckSettings;
use leastwise_core::rules;
use std::collections::BTreeSet;

/// Reads `--rules`: "-a,-b" turns checks off, "+a" on again, and "a,b" without a sign leaves these alone.
///
/// # Errors
/// There is no such check, or none is left.
pub(crate) fn checks(list: Option<&str>, mut checks: CheckSettings) -> Result<CheckSettings, Failure> {
    let all: BTreeSet<String> = rules::all().iter().map(|rule| rule.id.to_owned()).collect();
    let words =
        || list.into_iter().flat_map(|list| list.split(',')).map(str::trim).filter(|word| !word.is_empty());
    if words().any(|word| !word.starts_with(['+', '-'])) {
        checks.off = all.clone();
    }
    for word in words() {
        let id = word.trim_start_matches(['+', '-']);
        if !all.contains(id) {
            return Err(Failure::WrongUse(format!(
                "No check is called “{id}”. List them with: leastwise rules"
            )));
        }
        if word.starts_with('-') {
            checks.off.insert(id.to_owned());
        } else {
            checks.off.remove(id);
        }
    }
    if checks.off.is_superset(&all) {
        return Err(Failure::WrongUse("All checks are turned off: nothing would be looked at.".into()));
    }
    Ok(checks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn off(list: &str) -> Option<usize> {
        checks(Some(list), CheckSettings::default()).ok().map(|checks| checks.off.len())
    }

    #[test]
    fn checks_are_named_by_themselves_or_with_a_sign() {
        let all = rules::all().len();
        assert_eq!(off(""), Some(0));
        assert_eq!(off("-open-app,-stale-secret,+open-app"), Some(1));
        assert_eq!(off("open-app, stale-secret"), Some(all - 2));
        assert_eq!(off("open-app,-open-app"), None, "nothing is left");
        assert_eq!(off("no-such-check"), None);
    }
}
