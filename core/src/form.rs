//! A form that is being edited: the facts as they would be saved, what that changes, and what is said beside each box.
//!
//! It never asks the org anything, and never takes a box for what it may not be: see `recognize`.

mod after_save;
mod clicks;
mod markers;
mod messages;
mod pending_edit;
mod reach;
mod recognize;
mod sections;
mod verdict;

pub use after_save::Expected;
pub use clicks::Click;
pub use markers::{Marker, Marking, SaveNote, Standing};
pub use recognize::Form;

use crate::classification::Classification;
use crate::facts::Labels;
use crate::facts::subject::Subject;
use crate::facts::{Fact, Facts, Known, Names};
use crate::rules;
use crate::rules::rule::{Outcome, Rule, Severity};
use crate::salesforce::id::Id;
use crate::salesforce::setup_url::{Page, PageKind};
use pending_edit::Sheet;
use recognize::Meaning;
use serde::{Deserialize, Serialize};

/// What stands in a form, in the order of its description.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    /// A `1` for each box that is ticked, another mark for each that is not.
    pub on: String,
    /// What stands in each field; of a choice its value, a tab, and what is shown of it.
    pub values: Vec<String>,
    /// What each click brought along that is still so.
    #[serde(default)]
    pub clicks: Vec<Click>,
}

impl State {
    /// Whether a box is ticked; none when nothing is said of it.
    fn is_on(&self, at: usize) -> Option<bool> {
        self.on.as_bytes().get(at).map(|mark| *mark == b'1')
    }
}

/// A finding that a save would bring or take away.
#[derive(Debug)]
pub struct Entry {
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong.
    pub title: String,
    /// Its rule; none for what is only wrong in a form (a range that is reversed).
    pub rule: Option<&'static Rule>,
    /// The place of the box or field that it comes from, where one is known.
    pub place: Option<usize>,
    /// What tells it from others of its rule; none for what is only wrong in a form.
    key: Option<Key>,
}

/// What tells findings of one rule apart, before an edit and after it: never their words.
#[derive(Debug, PartialEq, Eq)]
struct Key {
    subject: Subject,
    /// A setting that gets worse is another finding; a permission is the same one, whoever has it.
    severity: Option<Severity>,
}

/// What a button of a marker does to the form, as a click by hand would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InForm {
    /// Click the box at a place.
    Click(usize, String),
    /// Enter texts into fields, by their places; of a choice a value.
    Enter(Vec<(usize, String)>, String),
}

/// What a marker says when it is opened.
#[derive(Debug, Default)]
pub struct Detail {
    /// What is wrong, in sentences.
    pub lines: Vec<String>,
    /// Who uses the profile or permission set.
    pub reach: String,
    /// What a click on this box selected besides, by label.
    pub others: Vec<String>,
    /// The rules it comes from.
    pub rules: Vec<&'static Rule>,
    /// What can be done in the form.
    pub fixes: Vec<InForm>,
}

/// What is wrong with a field of the form, whatever the rules say.
#[derive(Debug)]
struct Note {
    /// Which of the fields.
    at: usize,
    entry: Entry,
    fix: Option<InForm>,
}

/// What a box would mean when ticked: its place, how grave, in words, by which rules.
#[derive(Debug)]
struct Verdict {
    at: usize,
    severity: Severity,
    words: String,
    rules: Vec<&'static Rule>,
}

/// A form, what the facts would be with it, and what the rules say of them.
#[derive(Debug)]
pub struct Edit {
    form: Form,
    meanings: Vec<Meaning>,
    state: State,
    id: Id,
    kind: PageKind,
    is_clone: bool,
    sheet: Sheet,
    /// What the page's form can change, as it is now.
    saved: Names,
    before: Vec<Entry>,
    told: Vec<&'static str>,
    outcomes: Vec<(&'static Rule, Outcome)>,
    after: Vec<Entry>,
    notes: Vec<Note>,
    verdicts: Vec<Verdict>,
    markers: Vec<Marker>,
    reach: String,
    /// What the box of each click is called.
    click_names: Vec<String>,
    /// Whether the page came back without having saved what was entered before.
    is_refused: bool,
}

/// Fields of a user's form, with the rules whose findings stand beside them.
const FIELDS: &[(&str, &str)] = &[
    ("Email", "personal-identity"),
    ("user_license_id", "non-integration-license"),
    ("Profile", "shared-profile"),
];

/// The permission that weighs less for being selected: what is wrong is that it is not.
const API_ONLY: &str = "ApiUserOnly";

impl Edit {
    /// A form on `page`, of which `facts` were read; `labels` are what permissions are called in the viewer's language.
    pub fn new(page: &Page, facts: &Facts, labels: &Labels, form: Form) -> Edit {
        let is_clone = page.section.as_deref() == Some(Page::CLONE);
        let deletes = pending_edit::own(facts, page.kind)
            .filter(|set| !set.objects_cut)
            .and_then(|set| set.deletes.as_deref().map(Vec::as_slice));
        let meanings = recognize::of(&form, labels, page.kind, is_clone, deletes);
        let mut edit = Edit {
            meanings,
            form,
            state: State::default(),
            id: page.id.clone(),
            kind: page.kind,
            is_clone,
            sheet: Sheet::new(facts, page.kind, is_clone),
            saved: after_save::lines(facts, page.kind).unwrap_or_default(),
            before: vec![],
            told: vec![],
            after: vec![],
            notes: vec![],
            verdicts: vec![],
            markers: vec![],
            reach: reach::words(facts, page.kind),
            outcomes: vec![],
            click_names: vec![],
            is_refused: false,
        };
        let mut facts = edit.sheet.overlay(facts, edit.kind);
        edit.outcomes = rules::run(&facts);
        let told = |(_, outcome): &&(_, Outcome)| !matches!(outcome, Outcome::CannotTell { .. });
        edit.told = edit.outcomes.iter().filter(told).map(|(rule, _)| rule.id).collect();
        if !is_clone {
            edit.before = edit.entries(labels);
        }
        edit.weigh(&mut facts);
        edit
    }

    /// Takes what stands in the form now; what the page may not have sent is as it was read.
    pub fn take(&mut self, state: State, facts: &Facts, labels: &Labels) {
        let mut changed: Vec<&'static str> = vec![];
        self.take_boxes(&state, facts, &mut changed);
        if self.kind == PageKind::User {
            self.take_user(&state, facts, &mut changed);
        }
        self.notes.clear();
        self.take_ranges(&state, facts, &mut changed);
        if self.kind == PageKind::Profile && !self.is_clone {
            self.take_hours(&state, facts);
            self.take_policies(&state, facts);
        }
        self.click_names = state.clicks.iter().map(|click| self.name_of(click.place, labels)).collect();
        self.state = state;
        if !changed.is_empty() {
            let overlay = self.sheet.overlay(facts, self.kind);
            self.judge(overlay, changed);
        }
        self.after = self.entries(labels);
        self.mark();
    }

    /// The page came back after its form was posted: Salesforce saved nothing.
    pub fn set_refused(&mut self) {
        self.is_refused = true;
    }

    /// Whether Salesforce refused the save before this form.
    pub fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// How many boxes and fields are not as the page brought them.
    pub fn changes(&self) -> usize {
        (0..self.form.boxes.len() + self.form.fields.len()).filter(|at| self.is_changed(*at)).count()
    }

    /// Whether a box or field is not as the page brought it; not where nothing is said of it.
    fn is_changed(&self, at: usize) -> bool {
        if let Some(line) = self.form.boxes.get(at) {
            return self.state.is_on(at).is_some_and(|on| on != (recognize::part(line, 4) == "1"));
        }
        let field = at - self.form.boxes.len();
        let now = self.state.values.get(field).map(|line| recognize::part(line, 0));
        let was = self.form.fields.get(field).map(|line| recognize::part(line, 1));
        now.is_some() && now != was
    }

    /// The box of a permission.
    fn permission_box(&self, name: &str) -> Option<usize> {
        self.meanings.iter().position(|m| matches!(m, Meaning::Permission(own) if own == name))
    }

    /// Runs the rules that look at what changed, on the facts as they would be saved.
    fn judge(&mut self, mut facts: Facts, mut changed: Vec<&'static str>) {
        let who = |facts: &Facts| facts.classification.known().map(|c| c.who);
        let answer = facts.classification.known().and_then(|c| c.answer);
        let before = who(&facts);
        let classification = Known::Is(Classification::new(&facts, answer));
        // What could not be read says nothing of who it is.
        if !self.sheet.is_unread() && classification != facts.classification {
            self.sheet.classification = classification.clone();
            facts.classification = classification;
            changed.push(Classification::NAME);
        }
        // Who it is decides how much everything matters.
        let all = before != who(&facts);
        for (rule, outcome) in &mut self.outcomes {
            if all || (rule.needs)().iter().any(|need| changed.contains(need)) {
                *outcome = rule.run(&facts);
            }
        }
        if all {
            self.weigh(&mut facts);
        }
    }

    fn is_on(&self, at: usize) -> bool {
        self.state.is_on(at) == Some(true)
    }

    /// The place of a field among the fields, by the end of its id; none where two have it.
    fn field(&self, id: &str) -> Option<usize> {
        let is = |line: &String| recognize::part(line, 0).rsplit(':').next() == Some(id);
        let at = self.form.fields.iter().position(is);
        at.filter(|at| self.form.fields.iter().rposition(is) == Some(*at))
    }

    fn remark(&mut self, at: usize, severity: Severity, title: String, fix: Option<InForm>) {
        let place = Some(self.meanings.len() + at);
        let entry = Entry { severity, key: None, title, rule: None, place };
        self.notes.push(Note { at, entry, fix });
    }

    /// What stood in a field when the page came: a part of its line.
    fn first(&self, id: &str, part: usize) -> Option<&str> {
        Some(recognize::part(self.form.fields.get(self.field(id)?)?, part))
    }

    fn value<'a>(&self, state: &'a State, id: &str) -> Option<&'a str> {
        Some(recognize::part(state.values.get(self.field(id)?)?, 0))
    }

    fn outcome_lines(&self, id: &str, detail: &mut Detail) {
        for (rule, outcome) in self.outcomes.iter().filter(|(rule, _)| rule.id == id) {
            if let Outcome::Findings(findings) = outcome {
                for finding in findings {
                    detail.lines.push(format!("{}.", finding.title));
                    detail.lines.extend(finding.evidence.iter().cloned());
                }
                detail.rules.push(rule);
            }
        }
    }
}

#[cfg(test)]
mod tests;
