//! What is said of a form: what is new and solved, what stands beside its boxes and fields, and what a marker says in full.
//!
//! It never judges: the rules did.

use super::recognize::{self, Meaning};
use super::{API_ONLY, Detail, Edit, Entry, InForm, Key, Marker};
use crate::facts::Labels;
use crate::facts::subject::Subject;
use crate::facts::{Fact, Facts, Grants, LoginIpRanges, ObjectGrant, Profile};
use crate::rules;
use crate::rules::rule::{Finding, Outcome, Rule, Severity};
use crate::salesforce::id::Id;
use crate::salesforce::setup_url::PageKind;

/// Fields of a user's form, with the rules whose findings stand beside them.
const FIELDS: &[(&str, &str)] = &[
    ("Email", "personal-identity"),
    ("user_license_id", "non-integration-license"),
    ("Profile", "shared-profile"),
];

/// What another profile would change, and is not known before the save.
const HIDDEN: [&str; 3] = [Grants::NAME, Profile::NAME, LoginIpRanges::NAME];

/// Rules whose findings name objects instead of a permission.
const OF_OBJECTS: [&str; 2] = ["record-deletion", "whole-object-access"];

impl Edit {
    /// Findings that the save would bring, the worst first.
    pub fn new_findings(&self) -> Vec<&Entry> {
        let mut all = lacking(&self.after, &self.before);
        all.retain(|entry| entry.rule.is_none_or(|rule| !self.is_untold(rule)));
        all.extend(self.notes.iter().map(|note| &note.entry));
        all.sort_by_key(|entry| entry.severity);
        all
    }

    /// Findings that it would take away.
    pub fn solved(&self) -> Vec<&Entry> {
        let mut gone = lacking(&self.before, &self.after);
        // What is no longer known is not solved.
        gone.retain(|entry| entry.rule.is_none_or(|rule| !self.is_untold(rule)));
        gone
    }

    /// Rules that can tell today, and could not tell of what the form has before it is saved.
    pub fn untold(&self) -> Vec<&'static Rule> {
        let before = rules::all().iter().filter(|rule| self.told.contains(&rule.id));
        before.copied().filter(|rule| self.is_untold(rule)).collect()
    }

    fn is_untold(&self, rule: &Rule) -> bool {
        // A rule that looks at what is not known may say something all the same: less than it would.
        let needs = (rule.needs)();
        let blind = if self.sheet.is_unread() {
            needs.iter().any(|need| HIDDEN.contains(need))
        } else {
            // Of a profile that was read these are not known.
            self.sheet.is_hidden() && needs.contains(&LoginIpRanges::NAME)
                || self.sheet.is_unlisted() && OF_OBJECTS.contains(&rule.id)
        };
        let mut own = self.outcomes.iter().filter(|(own, _)| own.id == rule.id);
        blind || own.any(|(_, outcome)| matches!(outcome, Outcome::CannotTell { .. }))
    }

    /// Whether the form makes a new profile of another.
    pub fn is_clone(&self) -> bool {
        self.is_clone
    }

    /// Boxes that may be permissions, and could not be told with certainty.
    pub fn unrecognised(&self) -> usize {
        self.meanings.iter().filter(|meaning| **meaning == Meaning::Unknown).count()
    }

    /// What is said beside boxes and fields.
    pub fn markers(&self) -> &[Marker] {
        &self.markers
    }

    /// "New with this edit: 2 critical; solved: 1".
    pub fn summary(&self) -> String {
        let new = self.new_findings();
        let counts: Vec<String> = Severity::ALL
            .into_iter()
            .map(|severity| (severity, new.iter().filter(|entry| entry.severity == severity).count()))
            .filter(|(_, n)| *n > 0)
            .map(|(severity, n)| format!("{n} {}", severity.word()))
            .collect();
        let solved = self.solved().len();
        let new = match (self.is_clone, counts.is_empty()) {
            (true, true) => return "the copy has no findings".into(),
            (true, false) => return format!("the copy would have {}", counts.join(", ")),
            (false, true) => "nothing new with this edit".into(),
            (false, false) => format!("new with this edit: {}", counts.join(", ")),
        };
        if solved == 0 { new } else { format!("{new}; solved: {solved}") }
    }

    /// What stands beside the save button; empty when nothing critical is new.
    pub fn note(&self) -> String {
        let new = self.new_findings();
        let critical: Vec<&str> = new
            .iter()
            .filter(|entry| entry.severity == Severity::Critical)
            .map(|entry| entry.title.as_str())
            .collect();
        match critical.as_slice() {
            [] => String::new(),
            [one] => format!("Critical with this save: {one}"),
            [one, ..] => {
                ["Critical with this save: ", &critical.len().to_string(), " findings (", one, ", …)"]
                    .concat()
            }
        }
    }

    /// What the marker at a place says when it is opened.
    pub fn detail(&self, at: usize, facts: &Facts) -> Detail {
        let mut detail = Detail { reach: self.reach.clone(), ..Detail::default() };
        let api_only =
            self.meanings.iter().position(|m| matches!(m, Meaning::Permission(name) if name == API_ONLY));
        match self.meanings.get(at) {
            Some(Meaning::Permission(name)) if name == API_ONLY => {
                self.outcome_lines("browser-sign-in-allowed", &mut detail);
                detail.fixes.push(InForm::Click(at, "Tick"));
            }
            Some(_) => {
                for verdict in self.verdicts.iter().filter(|verdict| verdict.at == at) {
                    detail.lines.push(format!("{}.", verdict.words));
                    detail.rules.extend(&verdict.rules);
                }
                if self.is_on(at) {
                    detail.fixes.push(InForm::Click(at, "Untick"));
                }
                // A permission held by an API-only user is out of a browser's reach at least.
                if let Some(place) = api_only.filter(|place| !self.is_on(*place)) {
                    detail.fixes.push(InForm::Click(place, "Tick API Only too"));
                }
            }
            None if self.is_range(at) => {
                self.note_lines(at, &mut detail);
                self.outcome_lines("unrestricted-login-ip", &mut detail);
                detail.fixes.extend(self.tightest(facts));
            }
            None if self.note_lines(at, &mut detail) => {}
            None => {
                let field = self.form.fields.get(at.saturating_sub(self.meanings.len()));
                let id = field.map(|line| recognize::part(line, 0));
                if let Some((_, rule)) = FIELDS.iter().find(|(field, _)| Some(*field) == id) {
                    self.outcome_lines(rule, &mut detail);
                }
                if id == Some("Profile") && self.sheet.is_hidden() {
                    detail.rules.clear();
                    detail.lines =
                        self.new_findings().iter().map(|entry| format!("{}.", entry.title)).collect();
                    detail.lines.extend(Some(self.unknown().to_owned()).filter(|why| !why.is_empty()));
                }
                if id == Some("name") {
                    detail.lines.extend(self.new_findings().iter().map(|entry| format!("{}.", entry.title)));
                }
            }
        }
        detail
    }

    /// What is wrong with the field at a place, into `detail`; whether anything is.
    fn note_lines(&self, at: usize, detail: &mut Detail) -> bool {
        let own = self.notes.iter().filter(|note| self.meanings.len() + note.at == at);
        for note in own {
            detail.lines.push(format!("{}.", note.entry.title));
            detail.fixes.extend(note.fix.clone());
        }
        !detail.lines.is_empty()
    }

    /// Everything that the rules say now, with what tells one finding from another.
    pub(super) fn entries(&self, labels: &Labels) -> Vec<Entry> {
        let mut all = vec![];
        for (rule, outcome) in &self.outcomes {
            let Outcome::Findings(findings) = outcome else { continue };
            for finding in findings {
                let severity = finding.severity.unwrap_or(rule.integration);
                let entry =
                    |title: String, key: Key| Entry { severity, title, rule: Some(rule), key: Some(key) };
                match &finding.subject {
                    Subject::Objects { granted_by, .. } if self.kind != PageKind::User => {
                        let own = self.objects(rule.id, granted_by).into_iter();
                        all.extend(own.map(|(title, subject)| entry(title, Key { subject, severity: None })));
                    }
                    // Whoever grants it, it is the same permission.
                    Subject::Permission { name, .. } => {
                        let subject = Subject::Permission { name: name.clone(), granted_by: vec![] };
                        all.push(entry(titled(finding, labels), Key { subject, severity: None }));
                    }
                    subject => {
                        let key = Key { subject: subject.clone(), severity: Some(severity) };
                        all.push(entry(finding.title.clone(), key));
                    }
                }
            }
        }
        all
    }

    /// The objects behind a finding about the page's own set, one a finding.
    fn objects(&self, rule: &str, granted_by: &Id) -> Vec<(String, Subject)> {
        let mut all = vec![];
        for object in self.sheet.deletes.iter().flatten() {
            let name = || ObjectGrant { object: object.object.clone(), ..ObjectGrant::default() };
            // Modify All with Delete, or with View All, is no more than Modify All; what record-deletion says of Modify All
            // is not said twice.
            let granted = if rule == "record-deletion" {
                [
                    (object.modify_all, "Modify All on", ObjectGrant { modify_all: true, ..name() }),
                    (
                        object.delete && !object.modify_all,
                        "Delete on",
                        ObjectGrant { delete: true, ..name() },
                    ),
                ]
            } else {
                [
                    (
                        object.view_all && !object.modify_all,
                        "View All on",
                        ObjectGrant { view_all: true, ..name() },
                    ),
                    (object.view_fields, "View All Fields on", ObjectGrant { view_fields: true, ..name() }),
                ]
            };
            for (_, verb, own) in granted.into_iter().filter(|(is, ..)| *is) {
                let subject = Subject::Objects { granted_by: granted_by.clone(), objects: vec![own] };
                all.push((format!("{verb} {}", object.object), subject));
            }
        }
        all
    }

    /// What stands beside the choice of another profile.
    fn profile(&self) -> (Severity, String) {
        match self.new_findings().first() {
            _ if self.sheet.is_unread() => (
                Severity::Info,
                "what this profile grants could not be read: it is after the save".to_owned(),
            ),
            Some(worst) => (worst.severity, self.summary()),
            None => (Severity::Info, "nothing new as far as it is known before the save".to_owned()),
        }
    }

    /// Why something is not known before the save; empty when everything is.
    pub fn unknown(&self) -> &'static str {
        match (self.untold().is_empty(), self.sheet.is_unread()) {
            (true, _) => "",
            (_, true) => "This profile is not among those that were read.",
            _ if self.sheet.is_unlisted() => {
                "Salesforce tells the login IP ranges of one profile at a time, and the objects that this profile lets \
                 delete were not among those that were read."
            }
            _ if self.sheet.is_hidden() => "Salesforce tells the login IP ranges of one profile at a time.",
            _ => "It could not be read.",
        }
    }

    /// What stands beside the boxes and fields now.
    pub(super) fn mark(&mut self) {
        let mut markers: Vec<Marker> = self
            .verdicts
            .iter()
            .map(|own| Marker { at: own.at, severity: own.severity, words: own.words.clone() })
            .collect();
        let first = |rule: &str| {
            let outcome = self.outcomes.iter().find(|(own, _)| own.id == rule);
            match outcome {
                Some((rule, Outcome::Findings(findings))) => {
                    findings.first().map(|f| (f.severity.unwrap_or(rule.integration), f.title.clone()))
                }
                _ => None,
            }
        };
        if let Some((severity, words)) = first("browser-sign-in-allowed") {
            let off =
                self.meanings.iter().position(|m| matches!(m, Meaning::Permission(name) if name == API_ONLY));
            markers.extend(off.map(|at| Marker { at, severity, words }));
        }
        let boxes = self.meanings.len();
        for (at, line) in self.form.fields.iter().enumerate() {
            let id = recognize::part(line, 0);
            // Of two with one id it is not certain which is meant.
            if self.field(id.rsplit(':').next().unwrap_or_default()) != Some(at) {
                continue;
            }
            let own = self.notes.iter().find(|note| note.at == at).map(|note| &note.entry);
            let found = match id {
                _ if own.is_some() => own.map(|own| (own.severity, own.title.clone())),
                "IpEndAddress" => first("unrestricted-login-ip"),
                "name" if self.is_clone => {
                    self.new_findings().first().map(|worst| (worst.severity, self.summary()))
                }
                "Profile" if self.kind == PageKind::User && self.sheet.is_hidden() => Some(self.profile()),
                id if self.kind == PageKind::User => {
                    FIELDS.iter().find(|(own, _)| *own == id).and_then(|(_, rule)| first(rule))
                }
                _ => None,
            };
            markers.extend(found.map(|(severity, words)| Marker { at: boxes + at, severity, words }));
        }
        self.markers = markers;
    }
}

/// Those of `all` that are not among `others`.
fn lacking<'a>(all: &'a [Entry], others: &[Entry]) -> Vec<&'a Entry> {
    let is = |entry: &Entry, other: &Entry| {
        entry.key == other.key && entry.rule.map(|r| r.id) == other.rule.map(|r| r.id)
    };
    all.iter().filter(|entry| !others.iter().any(|other| is(entry, other))).collect()
}

/// A finding's title, with the org's own label for the permission.
fn titled(finding: &Finding, labels: &Labels) -> String {
    let label = finding.permission().and_then(|name| labels.get(name));
    match (label, &finding.lets) {
        (Some(label), Some(lets)) => format!("{label}: {lets}"),
        _ => finding.sentence(),
    }
}
