//! One accepted risk, one note, and what is wrong with one.

use super::day::Day;
use super::subject::{ANYTHING, SubjectId};
use super::terms::{BASELINE, BASELINE_DAYS, REASON, Terms};
use crate::rules::rule::Severity;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt::Write;

/// A finding that somebody accepts, for a reason and for a time. The keys are those of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// The rule, by id.
    pub rule: String,
    /// Whose finding it is.
    pub subject: SubjectId,
    /// What it is about ([`super::about`]), or `*` for all that the rule finds of the subject.
    pub about: String,
    /// Tells it from others; made of the three above.
    #[serde(default)]
    pub fingerprint: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The ticket of a change or risk register.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ticket: String,
    /// When it was accepted.
    pub created: Day,
    /// The last day that it holds.
    pub expires: Day,
    /// How bad the finding was then.
    pub severity: Severity,
    /// Who accepted it, by username.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// What another version wrote, or somebody by hand.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// The fingerprint of a finding: the first 16 bytes of the SHA-256 of its rule's id, its subject's 18-character id (or name,
/// where there is no id) and what it is about, with a line feed after each of the first two, in hexadecimal.
///
/// What shows it and how often is not in it, so that a count that changed makes no new finding of an old one.
pub fn fingerprint(rule: &str, subject: &SubjectId, about: &str) -> String {
    let hash = hmac_sha256::Hash::hash(format!("{rule}\n{}\n{about}", subject.identity()).as_bytes());
    hash.iter().take(16).fold("lw1:".to_owned(), |mut text, byte| {
        // Writing into a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What is wrong with an accepted risk, or with what was entered to accept one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Admins may not accept any.
    Forbidden,
    /// It was not found, or could not be checked: then there is nothing to accept.
    NothingFound,
    /// It is not said which rule, or whose finding.
    WholeRule,
    /// The reason is too short.
    Reason,
    /// Nobody answers for it.
    Owner,
    /// The ticket is missing.
    Ticket,
    /// The last day cannot be read.
    NoDay,
    /// The last day is before the first, or over.
    Past,
    /// It would hold for longer than so many days.
    TooLong(u32),
    /// It was accepted on a day that is yet to come.
    Future,
}

impl Fault {
    /// The field of the form that it is about.
    pub const fn field(self) -> &'static str {
        match self {
            Fault::Reason => "reason",
            Fault::Owner => "owner",
            Fault::Ticket => "ticket",
            Fault::NoDay | Fault::Past | Fault::TooLong(_) | Fault::Future => "until",
            Fault::Forbidden | Fault::NothingFound | Fault::WholeRule => "",
        }
    }

    /// What is said of it.
    pub fn sentence(self) -> String {
        match self {
            Fault::Forbidden => "Your company's policy doesn't allow accepting risks.".to_owned(),
            Fault::NothingFound => {
                "There is nothing to accept: only a finding can be accepted, not a check that couldn't be done."
                    .to_owned()
            }
            Fault::WholeRule => "It has to name a check, and a user, profile, set or app.".to_owned(),
            Fault::Reason => format!("Give a reason of at least {REASON} characters."),
            Fault::Owner => "Enter who is responsible.".to_owned(),
            Fault::Ticket => "Enter a ticket. Your company's policy asks for one.".to_owned(),
            Fault::NoDay => "Enter a date.".to_owned(),
            Fault::Past => "Enter a date that is still to come.".to_owned(),
            Fault::TooLong(days) => format!("Enter a date within {days} days."),
            Fault::Future => "It was accepted on a date that is still to come.".to_owned(),
        }
    }
}

impl Waiver {
    /// Makes its fingerprint of what it says.
    pub(super) fn stamp(&mut self) {
        self.fingerprint = fingerprint(&self.rule, &self.subject, &self.about);
    }

    /// Whether it was made for all that was there when somebody began to look.
    pub fn is_baseline(&self) -> bool {
        self.reason == BASELINE
    }

    /// The last day that it holds under these terms, which may be shorter than when it was accepted.
    pub fn last_day(&self, terms: Terms) -> Day {
        let most = if self.is_baseline() { BASELINE_DAYS } else { terms.days(self.severity) };
        self.expires.min(self.created.plus(most.min(terms.days(self.severity))))
    }

    /// What is wrong with it, whoever wrote it. One whose last day is over is not wrong: it has lapsed.
    pub fn faults(&self, terms: Terms, today: Day) -> Vec<Fault> {
        let most = terms.days(self.severity).min(if self.is_baseline() { BASELINE_DAYS } else { u32::MAX });
        let days = self.created.days_until(self.expires);
        let is_nobodys = self.subject.key.trim().is_empty() && self.subject.id.is_none();
        let tests = [
            (self.rule.trim().is_empty() || self.rule == ANYTHING || is_nobodys, Fault::WholeRule),
            (self.about.is_empty() || self.subject.key == ANYTHING, Fault::WholeRule),
            (!self.is_baseline() && !is_reason(&self.reason), Fault::Reason),
            (self.owner.trim().is_empty(), Fault::Owner),
            (terms.needs_ticket && self.ticket.trim().is_empty(), Fault::Ticket),
            (days < 0, Fault::Past),
            (days > i64::from(most), Fault::TooLong(most)),
            // Somebody further east may be a day ahead.
            (today.plus(1) < self.created, Fault::Future),
        ];
        let mut faults: Vec<Fault> =
            tests.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, fault)| fault).collect();
        faults.dedup();
        faults
    }
}

/// Whether a text is long enough to be a reason.
pub(super) fn is_reason(text: &str) -> bool {
    text.trim().chars().count() >= REASON
}

/// How much depends on an integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Criticality {
    /// The business stops without it.
    High,
    /// Work is held up.
    Medium,
    /// It can wait.
    Low,
}

/// What an admin knows of a user, an app or a profile, and no API tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// Whom it is about.
    pub subject: SubjectId,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub purpose: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Whose software it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vendor: String,
    /// How much depends on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criticality: Option<Criticality>,
    /// When somebody last looked whether it still needs what it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<Day>,
    /// When its secret was last changed, where no API shows that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_rotated: Option<Day>,
    /// When the note was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Day>,
    /// What another version wrote, or somebody by hand.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Note {
    /// A note without words.
    pub fn new(subject: SubjectId) -> Note {
        Note {
            subject,
            purpose: String::new(),
            owner: String::new(),
            vendor: String::new(),
            criticality: None,
            reviewed: None,
            secret_rotated: None,
            changed: None,
            more: Map::new(),
        }
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        let words = [&self.purpose, &self.owner, &self.vendor];
        words.iter().all(|text| text.trim().is_empty())
            && self.criticality.is_none()
            && self.reviewed.is_none()
            && self.secret_rotated.is_none()
            && self.more.is_empty()
    }
}
