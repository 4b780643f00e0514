//! What a save was expected to leave, held against what the org says afterwards.
//!
//! It never says a save went well by what the form said: only by what was read.

use super::Edit;
use super::sheet::own;
use crate::fact::{Facts, Known, Names, ObjectGrant};
use crate::gather::Labels;
use crate::ip::IpRange;
use crate::page::PageKind;

/// What was expected of a save.
#[derive(Debug)]
pub struct Expected {
    permissions: Names,
    deletes: Option<Vec<ObjectGrant>>,
    ranges: Option<Vec<IpRange>>,
    changed: usize,
}

impl Edit {
    /// What a save of this is expected to leave.
    pub fn expected(&self, facts: &Facts) -> Expected {
        let (permissions, deletes) = (self.sheet.permissions.clone(), self.sheet.deletes.clone());
        let ranges = self.sheet.ranges.clone();
        let was = facts.login_ip_ranges.known().map(|ranges| &ranges.ranges);
        let changed = own(facts, self.kind).map_or(0, |before| {
            differing(&permissions, &before.permissions).count() + usize::from(before.deletes != deletes)
        }) + usize::from(ranges.as_ref() != was);
        Expected { permissions, deletes, ranges, changed }
    }
}

impl Expected {
    /// How what the org says after the save differs from what was expected: none when it does not, or nothing changed.
    pub fn compare(&self, facts: &Facts, kind: PageKind, labels: &Labels) -> Option<Vec<String>> {
        let set = own(facts, kind)?;
        if self.changed == 0 {
            return None;
        }
        let mut all: Vec<String> = differing(&self.permissions, &set.permissions)
            .map(|name| {
                let now = if set.permissions.contains(name) { " is on" } else { " is off" };
                [labels.get(name).map_or(name.as_str(), String::as_str), now, ", which the form did not say"]
                    .concat()
            })
            .collect();
        let sorted = |deletes: &Option<Vec<ObjectGrant>>| {
            let all = deletes.iter().flatten().filter(|o| o.delete || o.modify_all);
            all.map(|o| (o.object.clone(), o.delete, o.modify_all)).collect::<Vec<_>>()
        };
        let (mut wanted, mut now) = (sorted(&self.deletes), sorted(&set.deletes));
        wanted.sort();
        now.sort();
        if self.deletes.is_some() && wanted != now {
            all.push("The objects whose records can be deleted are not those of the form".into());
        }
        if let (Some(wanted), Known::Is(now)) = (&self.ranges, &facts.login_ip_ranges) {
            let same = |a: &IpRange, b: &IpRange| (a.start, a.end) == (b.start, b.end);
            let within =
                |a: &[IpRange], b: &[IpRange]| a.iter().all(|range| b.iter().any(|other| same(range, other)));
            if !within(wanted, &now.ranges) || !within(&now.ranges, wanted) {
                all.push("The login IP ranges are not those of the form".into());
            }
        }
        Some(all)
    }

    /// How many things the form changed.
    pub fn changed(&self) -> usize {
        self.changed
    }
}

/// Names that stand in one of two lists only.
fn differing<'a>(a: &'a Names, b: &'a Names) -> impl Iterator<Item = &'a String> {
    let only = |own: &'a Names, other: &'a Names| own.iter().filter(move |name| !other.contains(name));
    only(a, b).chain(only(b, a))
}
