//! What is said of a form: what is new and solved, what stands beside its boxes and fields, and what a marker says in full.
//!
//! It never judges: the rules did.

use super::recognize::{self, Meaning};
use super::{API_ONLY, Detail, Edit, Entry, FIELDS, InForm, Key};
use crate::facts::Labels;
use crate::facts::subject::{Setting, Subject};
use crate::facts::{Fact, Facts, Grants, LoginIpRanges, ObjectGrant, Profile};
use crate::rules;
use crate::rules::rule::{Finding, Outcome, Rule, Severity};
use crate::salesforce::id::Id;
use crate::salesforce::setup_url::PageKind;

/// What another profile would change, and is not known before the save.
const HIDDEN: [&str; 3] = [Grants::NAME, Profile::NAME, LoginIpRanges::NAME];

/// Rules about what a profile's login IP ranges allow.
const OF_RANGES: &[&str] = &["unrestricted-login-ip"];

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
            self.sheet.is_hidden() && OF_RANGES.contains(&rule.id)
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

    /// How many findings are there today and stay.
    pub fn already_here(&self) -> usize {
        self.after.len() - lacking(&self.after, &self.before).len()
    }

    /// "This edit adds 2 critical · fixes 1"; "No new risks · 29 already here".
    pub fn summary(&self) -> String {
        let new = self.new_findings();
        let counts: Vec<String> = Severity::ALL
            .into_iter()
            .map(|severity| (severity, new.iter().filter(|entry| entry.severity == severity).count()))
            .filter(|(_, n)| *n > 0)
            .map(|(severity, n)| format!("{n} {}", severity.word()))
            .collect();
        let mut parts = vec![match (self.is_clone, counts.is_empty()) {
            (true, true) => return "The copy has no risks".into(),
            (true, false) => return format!("The copy has {}", counts.join(", ")),
            (false, true) => "No new risks".to_owned(),
            (false, false) => format!("This edit adds {}", counts.join(", ")),
        }];
        match self.solved().len() {
            0 => {}
            n => parts.push(format!("fixes {n}")),
        }
        if let (true, n @ 1..) = (counts.is_empty(), self.already_here()) {
            parts.push(format!("{n} already here"));
        }
        parts.join(" · ")
    }

    /// What the marker at a place says when it is opened.
    pub fn detail(&self, at: usize, facts: &Facts, labels: &Labels) -> Detail {
        let mut detail = Detail { reach: self.reach.clone(), ..Detail::default() };
        if let Some(click) = self.click_on(at) {
            detail.others = click.others.iter().map(|other| self.name_of(*other, labels)).collect();
        }
        let api_only = self.permission_box(API_ONLY);
        match self.meanings.get(at) {
            Some(Meaning::Permission(name)) if name == API_ONLY => {
                self.outcome_lines("browser-sign-in-allowed", &mut detail);
                if !self.is_on(at) {
                    detail.fixes.push(InForm::Click(at, "Select".into()));
                }
            }
            Some(_) if self.is_feature(at) => self.feature_lines(labels, &mut detail),
            Some(_) => {
                for verdict in self.verdicts.iter().filter(|verdict| verdict.at == at) {
                    detail.lines.push(format!("{}.", verdict.words));
                    detail.rules.extend(&verdict.rules);
                }
                // What a click brought along is undone with it: deselecting this box alone would leave the others.
                if self.is_on(at) && detail.others.is_empty() {
                    detail.fixes.push(InForm::Click(at, "Deselect".into()));
                }
                // A permission held by an API-only user is out of a browser's reach at least.
                if let Some(place) = api_only.filter(|place| !self.is_on(*place)) {
                    detail.fixes.push(InForm::Click(place, "Also select API Only User".into()));
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
                let entry = |title: String, key: Key| {
                    let place = self.place_of(&key.subject);
                    Entry { severity, title, rule: Some(rule), place, key: Some(key) }
                };
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

    /// The box or field that a finding comes from.
    fn place_of(&self, subject: &Subject) -> Option<usize> {
        let field = |id: &str| self.field(id).map(|at| self.meanings.len() + at);
        // On a user's page permissions come with the profile.
        let chosen = || field("Profile").filter(|_| self.kind == PageKind::User);
        match subject {
            Subject::Permission { name, .. } => self.permission_box(name).or_else(chosen),
            Subject::Objects { objects, .. } => {
                let [own] = objects.as_slice() else { return chosen() };
                let column = match own {
                    _ if own.modify_all => recognize::MODIFY_ALL,
                    _ if own.delete => recognize::DELETE,
                    _ if own.view_all => recognize::VIEW_ALL,
                    _ => recognize::VIEW_ALL_FIELDS,
                };
                let is = |m: &Meaning| matches!(m, Meaning::Object(name, at) if *name == own.object && *at == column);
                self.meanings.iter().position(is).or_else(chosen)
            }
            Subject::Setting(Setting::ApiOnly) => self.permission_box(API_ONLY).or_else(chosen),
            Subject::Setting(Setting::LoginIpRanges(_)) => field("IpEndAddress").or_else(chosen),
            Subject::Setting(Setting::Identity) => field("Email"),
            Subject::Setting(Setting::License) => field("user_license_id").or_else(chosen),
            Subject::Setting(Setting::Profile) => field("Profile"),
            _ => None,
        }
    }

    /// Why a finding is there that nobody clicked for: "because of Modify All Data".
    pub fn cause(&self, entry: &Entry) -> Option<String> {
        self.because(entry.place?)
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

    /// Why something is not known before the save; empty when everything is.
    pub fn unknown(&self) -> &'static str {
        match (self.untold().is_empty(), self.sheet.is_unread()) {
            (true, _) => "",
            (_, true) => "Leastwise didn't read this profile.",
            _ if self.sheet.is_unlisted() => {
                "Leastwise checks this profile's login IP ranges and object permissions after you save."
            }
            _ if self.sheet.is_hidden() => "Leastwise checks this profile's login IP ranges after you save.",
            _ => "It couldn't be read.",
        }
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

impl Entry {
    /// What it is about: the permission's label, or its words.
    pub fn short(&self) -> &str {
        match &self.key {
            Some(Key { subject: Subject::Permission { .. }, .. }) => {
                self.title.split_once(": ").map_or(self.title.as_str(), |(label, _)| label)
            }
            _ => &self.title,
        }
    }
}
