//! What stands beside boxes, fields and the save buttons: how grave, in which words, and whether it is new with this edit.
//!
//! It never judges, and never says where on the page there is room: the content script sees that.

use super::recognize::{self, Meaning};
use super::{API_ONLY, Edit, FIELDS};
use crate::classification::Who;
use crate::rules::rule::{Outcome, Severity};
use crate::salesforce::setup_url::PageKind;
use serde::{Deserialize, Serialize};

/// Which pages have markers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Marking {
    /// Those of integrations; on what only people have, what is new with the edit alone.
    #[default]
    Integrations,
    /// All.
    All,
    /// None.
    Off,
}

/// How a marker's box stands, which decides how much of it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Not selected: a dot, unless there is a note.
    Off,
    /// As it was before this edit: words.
    On,
    /// Because of this edit: words on a ground of their own.
    New,
}

/// What is said beside a box or a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Which: boxes first, then fields, in the order of the form's description.
    pub at: usize,
    /// How much it matters.
    pub severity: Severity,
    /// How its box stands.
    pub standing: Standing,
    /// A few words.
    pub words: String,
    /// What else is to be known: "also selected 36 others", "because of Modify All Data".
    pub note: String,
    /// What puts back all that a click on the box changed: "Undo all 37"; empty where there is nothing to.
    pub undo: String,
    /// Whether its box is one of a column of a table of objects.
    pub in_column: bool,
}

impl Marker {
    /// What stands before its words: how grave, and whether that is new.
    pub fn label(&self) -> String {
        match self.standing {
            Standing::New => format!("New · {}", self.severity.label()),
            _ => self.severity.label().to_owned(),
        }
    }
}

/// What stands beside the save buttons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveNote {
    /// What matters: "This save adds 2 critical risks:".
    pub lead: String,
    /// The rest: which they are.
    pub words: String,
    /// The place of the first box that it is about.
    pub place: Option<usize>,
    /// What puts the page back: "Put the page back (37 changes)"; empty where nothing is changed.
    pub put_back: String,
    /// Whether it is about something critical: a save may be asked about then.
    pub is_critical: bool,
}

/// "37 changes".
pub(super) fn counted(n: usize, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}

impl Edit {
    /// What is said beside boxes and fields, on the pages that are to have markers.
    pub fn markers(&self, marking: Marking) -> impl Iterator<Item = &Marker> {
        // Where no user was read nobody knows who it is for: what speaks for people has a weight below zero.
        let of_people = self.sheet.classification.known().is_some_and(|c| {
            c.who == Who::Person && (c.answer.is_some() || c.reasons.iter().any(|r| r.weight < 0))
        });
        self.markers.iter().filter(move |marker| match marking {
            Marking::All => true,
            Marking::Integrations => !of_people || marker.standing == Standing::New,
            Marking::Off => false,
        })
    }

    /// What puts the page back; empty where nothing is changed.
    pub fn put_back(&self) -> String {
        match self.changes() {
            0 => String::new(),
            n => format!("Put the page back ({})", counted(n, "change", "changes")),
        }
    }

    /// What stands beside the save buttons; none when nothing critical is new and nothing was refused.
    pub fn note(&self) -> Option<SaveNote> {
        let critical: Vec<_> =
            self.new_findings().into_iter().filter(|e| e.severity == Severity::Critical).collect();
        let put_back = self.put_back();
        let (lead, words) = match critical.as_slice() {
            [] if self.is_refused => (
                "Not saved.".to_owned(),
                "Salesforce refused the last save. The message on this page says why.".to_owned(),
            ),
            [] => return None,
            [one] => ("This save adds a critical risk:".to_owned(), one.short().to_owned()),
            [first, second, rest @ ..] => {
                let more = match rest.len() {
                    0 => String::new(),
                    n => format!(" and {n} more"),
                };
                let words = if more.is_empty() {
                    format!("{} and {}", first.short(), second.short())
                } else {
                    format!("{}, {}{more}", first.short(), second.short())
                };
                (format!("This save adds {} critical risks:", critical.len()), words)
            }
        };
        let place = critical.first().and_then(|entry| entry.place);
        Some(SaveNote { lead, words, place, put_back, is_critical: !critical.is_empty() })
    }

    /// How a place stands whose finding is there now.
    fn standing(&self, at: usize) -> Standing {
        if self.is_changed(at) { Standing::New } else { Standing::On }
    }

    fn marker(&self, at: usize, severity: Severity, words: String, standing: Standing) -> Marker {
        let (note, undo) = (String::new(), String::new());
        let in_column = matches!(self.meanings.get(at), Some(Meaning::Object(..)));
        Marker { at, severity, standing, words, note, undo, in_column }
    }

    /// What stands beside the boxes and fields now.
    pub(super) fn mark(&mut self) {
        let mut markers: Vec<Marker> = vec![];
        for verdict in &self.verdicts {
            let standing = match self.is_on(verdict.at) {
                true => self.standing(verdict.at),
                false => Standing::Off,
            };
            markers.push(self.marker(verdict.at, verdict.severity, verdict.words.clone(), standing));
        }
        if let Some((severity, words)) = self.first_of("browser-sign-in-allowed")
            && let Some(at) = self.permission_box(API_ONLY)
        {
            markers.push(self.marker(at, severity, words, self.standing(at)));
        }
        markers.extend(self.features_marker());
        for (field, line) in self.form.fields.iter().enumerate() {
            let id = recognize::part(line, 0);
            // Of two with one id it is not certain which is meant.
            if self.field(id.rsplit(':').next().unwrap_or_default()) != Some(field) {
                continue;
            }
            let at = self.meanings.len() + field;
            // What is wrong with what was entered is new, also beside the other end of what was changed.
            let is_note = self.notes.iter().any(|note| note.at == field);
            let standing = if is_note { Standing::New } else { self.standing(at) };
            let found = self.of_field(field, id);
            markers.extend(found.map(|(severity, words)| self.marker(at, severity, words, standing)));
        }
        self.tell_clicks(&mut markers);
        self.markers = markers;
    }

    /// What a click brought along, beside its box; and beside what it brought along, why.
    fn tell_clicks(&self, markers: &mut [Marker]) {
        for marker in markers {
            if let Some(click) = self.click_on(marker.at) {
                let n = click.others.len();
                // A box that was clicked back leaves behind what it had selected.
                let is_back = !self.is_changed(marker.at);
                let others = counted(n, "other", "others");
                marker.note = match (is_back, self.is_on(marker.at)) {
                    (false, true) => format!("also selected {others}"),
                    (false, false) => format!("also deselected {others}"),
                    (true, false) => format!("{others} that it selected stay selected"),
                    (true, true) => format!("{others} that it deselected stay deselected"),
                };
                let all = n + usize::from(!is_back);
                marker.undo = if all == 1 { "Undo".to_owned() } else { format!("Undo all {all}") };
            } else if marker.standing == Standing::New {
                marker.note = self.because(marker.at).unwrap_or_default();
            }
        }
    }

    /// The first finding of a rule, as it would be after the save.
    fn first_of(&self, rule: &str) -> Option<(Severity, String)> {
        match self.outcomes.iter().find(|(own, _)| own.id == rule)? {
            (rule, Outcome::Findings(findings)) => {
                findings.first().map(|f| (f.severity.unwrap_or(rule.integration), f.title.clone()))
            }
            _ => None,
        }
    }

    /// What stands beside a field.
    fn of_field(&self, field: usize, id: &str) -> Option<(Severity, String)> {
        if let Some(note) = self.notes.iter().find(|note| note.at == field) {
            return Some((note.entry.severity, note.entry.title.clone()));
        }
        match id {
            "IpEndAddress" => self.first_of("unrestricted-login-ip"),
            "name" if self.is_clone => {
                self.new_findings().first().map(|worst| (worst.severity, self.summary()))
            }
            "Profile" if self.kind == PageKind::User && self.sheet.is_hidden() => Some(self.profile()),
            id if self.kind == PageKind::User => {
                FIELDS.iter().find(|(own, _)| *own == id).and_then(|(_, rule)| self.first_of(rule))
            }
            _ => None,
        }
    }

    /// What stands beside the choice of another profile.
    fn profile(&self) -> (Severity, String) {
        match self.new_findings().first() {
            _ if self.sheet.is_unread() => {
                (Severity::Info, "Can't check this profile until you save".to_owned())
            }
            Some(worst) => (worst.severity, self.summary()),
            None => (Severity::Info, "No new risks found so far".to_owned()),
        }
    }
}
