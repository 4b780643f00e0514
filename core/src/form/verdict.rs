//! What each box of a form would mean when selected: the rules, run on facts in which it is.
//!
//! It never says anything of what stands in the form now.

use super::pending_edit::{bare, own, own_mut, set_object};
use super::recognize::{self, Meaning};
use super::{API_ONLY, Edit, Verdict};
use crate::classification::Classification;
use crate::facts::subject::Subject;
use crate::facts::{Fact, Facts, Grants, Known, Names};
use crate::rules;
use crate::rules::rule::{Outcome, Rule, Severity};
use crate::salesforce::error::OrgError;
use crate::salesforce::setup_url::PageKind;

impl Edit {
    /// What each box would mean when ticked, whatever stands there now; `facts` are those that would be saved.
    pub(super) fn weigh(&mut self, facts: &mut Facts) {
        self.verdicts.clear();
        if self.kind == PageKind::User {
            return;
        }
        if own(facts, self.kind).is_some() {
            return self.weigh_set(facts);
        }
        // Whose it is and what else it holds could not be read: a box means what it means.
        let bare = Known::Is(Grants { sets: vec![bare(self.kind, self.id.clone())], cut: false });
        let grants = std::mem::replace(&mut facts.grants, bare);
        let unknown = Known::unavailable(Classification::NAME, OrgError::Pending);
        let who = std::mem::replace(&mut facts.classification, unknown);
        self.weigh_set(facts);
        facts.grants = grants;
        facts.classification = who;
    }

    fn weigh_set(&mut self, facts: &mut Facts) {
        let Some(set) = own_mut(facts, self.kind) else { return };
        let mut all: Vec<String> = vec![];
        for meaning in &self.meanings {
            if let Meaning::Permission(name) = meaning
                && (name != API_ONLY || set.permissions.contains(name))
            {
                all.push(name.clone());
            }
        }
        all.extend(set.permissions.iter().map(str::to_owned));
        let permissions = std::mem::replace(&mut set.permissions, Names::from_iter(all));
        let deletes = set.deletes.take();
        // One run for all: what is said of a permission does not depend on the others.
        let mut found: Vec<(String, Verdict)> = vec![];
        for (rule, outcome) in rules::run(facts) {
            let Outcome::Findings(findings) = outcome else { continue };
            for finding in findings {
                let Some(name) = finding.permission().map(str::to_owned) else { continue };
                let severity = finding.severity.unwrap_or(rule.integration);
                match found.iter_mut().find(|(other, _)| *other == name) {
                    Some((_, verdict)) => {
                        verdict.severity = severity.min(verdict.severity);
                        verdict.rules.push(rule);
                    }
                    None => {
                        let words = finding.lets.unwrap_or(finding.title);
                        found.push((name, Verdict { at: 0, severity, words, rules: vec![rule] }));
                    }
                }
            }
        }
        // Of an object's boxes it is asked beside the permissions that there are.
        if let Some(set) = own_mut(facts, self.kind) {
            set.permissions = permissions;
        }
        let objects: Vec<_> =
            (0..=recognize::VIEW_ALL_FIELDS).map(|column| object_verdict(facts, self.kind, column)).collect();
        for (at, meaning) in self.meanings.iter().enumerate() {
            let verdict = match meaning {
                Meaning::Permission(name) => {
                    let place = found.iter().position(|(other, _)| other == name);
                    place.map(|place| Verdict { at, ..found.swap_remove(place).1 })
                }
                // One object is as good as another.
                Meaning::Object(_, column) => {
                    objects.get(*column).copied().flatten().map(|(severity, words, rule)| Verdict {
                        at,
                        severity,
                        words: words.into(),
                        rules: vec![rule],
                    })
                }
                Meaning::Unknown | Meaning::Other => None,
            };
            self.verdicts.extend(verdict);
        }
        if let Some(set) = own_mut(facts, self.kind) {
            set.deletes = deletes;
        }
    }
}

/// What `record-deletion`, or else `whole-object-access`, says of one of an object's boxes.
fn object_verdict(
    facts: &mut Facts,
    kind: PageKind,
    column: usize,
) -> Option<(Severity, &'static str, &'static Rule)> {
    let mut deletes = vec![];
    set_object(&mut deletes, "", column, true);
    if deletes.is_empty() {
        return None;
    }
    own_mut(facts, kind)?.deletes = Some(deletes.into());
    let words = match column {
        recognize::DELETE => "can delete records of this object",
        recognize::VIEW_ALL => "can view all records of this object, regardless of sharing",
        recognize::VIEW_ALL_FIELDS => {
            "can view all fields of this object, regardless of field-level security"
        }
        _ => "can edit and delete all records of this object, regardless of sharing",
    };
    ["record-deletion", "whole-object-access"].into_iter().find_map(|id| {
        let rule = rules::all().iter().find(|rule| rule.id == id)?;
        let Outcome::Findings(findings) = rule.run(facts) else { return None };
        let finding = findings.iter().find(|finding| matches!(finding.subject, Subject::Objects { .. }))?;
        Some((finding.severity.unwrap_or(rule.integration), words, *rule))
    })
}
