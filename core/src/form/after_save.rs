//! What a save was expected to leave, held against what the org says afterwards.
//!
//! It never says a save went well by what the form said: only by what was read.

use super::Edit;
use super::pending_edit::own;
use crate::facts::Labels;
use crate::facts::{Facts, Known, Names};
use crate::salesforce::setup_url::PageKind;
use serde::{Deserialize, Serialize};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// What was expected of a save: ids and words alone, so that it can be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// A line a thing, of which the first letter says the kind: a permission, an object, a range, a user's field.
    lines: Names,
    changed: usize,
}

impl Edit {
    /// What a save of this is expected to leave.
    pub fn expected(&self, facts: &Facts) -> Expected {
        let lines = lines(&self.sheet.overlay(facts, self.kind), self.kind).unwrap_or_default();
        Expected { changed: differing(&self.saved, &lines).len(), lines }
    }
}

impl Expected {
    /// How what the org says after the save differs from what was expected: none when it does not, or nothing changed.
    pub fn compare(&self, facts: &Facts, kind: PageKind, labels: &Labels) -> Option<Vec<String>> {
        let now = lines(facts, kind)?;
        let tell = |key: &str| {
            let (what, name) = key.split_at_checked(1).unwrap_or_default();
            match what {
                "p" => {
                    let is = if now.contains(key) { "on" } else { "off" };
                    let label = labels.get(name).map_or(name, String::as_str);
                    format!("{label} is {is}, but you entered the opposite")
                }
                "o" => "The object permissions differ from what you entered".into(),
                "r" => "The login IP ranges differ from what you entered".into(),
                _ => format!("{name} differs from what you entered"),
            }
        };
        (self.changed > 0).then(|| differing(&self.lines, &now).into_iter().map(tell).collect())
    }

    /// How many things the form changed.
    pub fn changed(&self) -> usize {
        self.changed
    }
}

/// 64 bits that tell a text from others and do not tell it. They are compared within one version of the extension only:
/// what is stored for the session goes when it is updated (chrome.storage.session).
fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// What a page's form can change, as the facts say it; none where that was not read. Objects and ranges begin with their
/// letter alone, which says that they were read.
pub(super) fn lines(facts: &Facts, kind: PageKind) -> Option<Names> {
    let mut all: Vec<String> = vec![];
    if let (PageKind::User, Known::Is(user)) = (kind, &facts.user) {
        let profile = user.profile_id.as_ref().map_or("", |id| id.as_str());
        all.push(format!("uThe profile {profile}"));
        all.push(format!("uActive {}", if user.is_active { "1" } else { "0" }));
        for (name, text) in [
            ("uThe email address ", &user.email),
            ("uThe username ", &user.username),
            ("uThe name ", &user.name),
        ] {
            // No name or address of a person is stored: only whether it is the same one is asked after the save.
            all.push(format!("{name}{:016x}", digest(text)));
        }
        return Some(all.into_iter().collect());
    }
    let set = own(facts, kind)?;
    all.extend(set.permissions.iter().map(|name| format!("p{name}")));
    if let Some(objects) = &set.deletes {
        all.push("o".into());
        for object in objects {
            let is = [
                (object.delete, "d"),
                (object.modify_all, "m"),
                (object.view_all, "v"),
                (object.view_fields, "f"),
            ];
            let granted = is.iter().filter(|(is, _)| *is);
            all.extend(granted.map(|(_, what)| format!("o{}{what}", object.object)));
        }
    }
    if let Known::Is(ranges) = &facts.login_ip_ranges {
        all.push("r".into());
        all.extend(ranges.ranges.iter().map(|range| format!("r{}-{}", range.start, range.end)));
    }
    Some(all.into_iter().collect())
}

/// What differs: each permission, each field, the objects as one and the ranges as one, where both lists have them.
fn differing<'a>(a: &'a Names, b: &'a Names) -> Vec<&'a str> {
    let mut keys: Vec<&str> = vec![];
    for (own, other) in [(a, b), (b, a)] {
        for line in own.iter().filter(|line| !other.contains(line)) {
            let key = match line.get(..1) {
                Some(what @ ("o" | "r")) if a.contains(what) && b.contains(what) => what,
                Some("p") => line,
                Some("u") => line.rsplit_once(' ').map_or(line, |(key, _)| key),
                _ => continue,
            };
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}
