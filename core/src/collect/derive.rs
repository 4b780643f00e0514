//! What follows from several facts at once.

use super::collector::Collector;
use crate::classification::Classification;
use crate::facts::assignment::{self, Assignment};
use crate::facts::{Choice, Expirations, Grant, Grants, Known, objects};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use crate::salesforce::setup_url::PageKind;
use std::collections::{BTreeMap, BTreeSet};

impl Collector {
    /// Works out anew what follows from what is known by now.
    pub(super) fn derive(&mut self) {
        let own = (self.page.kind == PageKind::User).then_some(&self.page.id);
        self.facts.doubt_empty_lists(own);
        self.facts.classification = Known::Is(Classification::new(&self.facts, self.answer));
        self.request_policy();
    }

    /// What is granted, from the rows of permission sets.
    pub(super) fn read_sets(&mut self, rows: &[Value], cut: bool) {
        let now = self.facts.now;
        let own = (self.page.kind == PageKind::User).then_some(&self.page.id);
        self.facts.grants = Grants::from_rows(rows, cut, own, now);
        // What the list of who has a set says of this user, where their own assignments are not known.
        if let (Some(own), None) = (own, &self.assignments) {
            let is_over = |row: &&Value| assignment::are_over(&Assignment::in_set(row, own), now);
            let over: BTreeSet<Id> =
                rows.iter().filter(is_over).filter_map(|row| json::id(row, "Id")).collect();
            self.remove_lapsed(|set| over.contains(&set.id));
        }
        if let Known::Is(grants) = &mut self.facts.grants {
            grants.tell_apart();
        }
        self.apply_assignments();
    }

    /// The user's own assignments. A list that is not whole says nothing of the sets that it does not name, which then
    /// count.
    pub(super) fn read_assignments(&mut self, rows: &[Value]) {
        let all: Vec<Assignment> = rows.iter().filter_map(Assignment::from_row).collect();
        self.facts.expirations = Known::Is(Expirations::new(&all, self.facts.now));
        self.assignments = Some(all);
        self.apply_assignments();
    }

    /// Takes out of the grants what the user's own assignments no longer give: revoked, expired or not active.
    fn apply_assignments(&mut self) {
        let Some(assignments) = self.assignments.take() else { return };
        let now = self.facts.now;
        let mut of: BTreeMap<&Id, Vec<&Assignment>> = BTreeMap::new();
        for one in &assignments {
            one.targets().for_each(|id| of.entry(id).or_default().push(one));
        }
        self.remove_lapsed(|set| {
            let own = [Some(&set.id), set.group.as_ref()].into_iter().flatten();
            assignment::are_over(own.filter_map(|id| of.get(id)).flatten().copied(), now)
        });
        self.assignments = Some(assignments);
    }

    fn remove_lapsed(&mut self, has_lapsed: impl Fn(&Grant) -> bool) {
        let Known::Is(grants) = &mut self.facts.grants else { return };
        let (lapsed, sets): (Vec<Grant>, Vec<Grant>) =
            std::mem::take(&mut grants.sets).into_iter().partition(has_lapsed);
        grants.sets = sets;
        self.facts.lapsed.extend(lapsed.into_iter().map(|set| set.source));
    }

    /// The profiles that could be chosen.
    pub(super) fn read_choices(&mut self, rows: &[Value]) {
        let now = self.facts.now;
        self.facts.choices = rows.iter().filter_map(|row| Choice::from_row(row, now)).collect();
        self.attach_objects();
    }

    /// The objects that those let delete.
    pub(super) fn read_objects(&mut self, rows: Vec<Value>, cut: bool) {
        self.objects = Some((rows, cut));
        self.attach_objects();
    }

    fn attach_objects(&mut self) {
        let Some((rows, cut)) = &self.objects else { return };
        for choice in self.facts.choices.iter_mut() {
            choice.set.deletes = objects::of_set(rows, *cut, &choice.set.id);
        }
    }
}
