//! Accepted risks, and notes: what a company lives with, who answers for it, why and until when. In the file format
//! (`leastwise-waivers/1`, docs/accepted-risks.md) an accepted risk is called a waiver; people read "accepted".
//!
//! It changes no outcome of a rule: a finding that is accepted stays a finding, and is told apart. What could not be checked
//! cannot be accepted. Nothing here is ever written to an org.

mod day;
mod file;
mod merge;
mod standing;
mod subject;
mod terms;
#[cfg(test)]
mod tests;
mod waiver;

pub use day::Day;
pub use file::{FileError, Problem, Read};
pub use merge::{Conflict, Merged};
pub use standing::{Count, Lapse, Standing, WaiverStatus, counts, counts_in_words};
pub use subject::{ANYTHING, Matched, SubjectId, SubjectKind, about};
pub use terms::{BASELINE, BASELINE_DAYS, MOST_DAYS, MOST_DAYS_CRITICAL, REASON, Terms};
pub use waiver::{Criticality, Fault, Note, Waiver, fingerprint};

use crate::facts::Record;
use crate::rules::rule::{Finding, Outcome, Rule, Severity};
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use waiver::is_reason;

/// The format of the file; a later number is for what this version cannot read.
pub const FORMAT: u64 = 1;

/// What was removed is remembered so many times.
const REMOVED: usize = 1_000;

/// What was accepted and is no longer, with who ended it and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Removed {
    /// As it was.
    #[serde(flatten)]
    pub waiver: Waiver,
    /// When it was ended.
    pub removed: Day,
    /// Who ended it, by username.
    #[serde(default)]
    pub removed_by: String,
}

/// All that is accepted and noted in an org, with what its company decided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waivers {
    waivers: Vec<Waiver>,
    notes: Vec<Note>,
    removed: Vec<Removed>,
    /// Entries that this version cannot read: they are kept as they stand, and accept nothing.
    unreadable: Vec<Value>,
    unreadable_notes: Vec<Value>,
    /// Further keys of the file.
    more: Map<String, Value>,
    /// Accepted by the company, in its policy: nobody changes them here.
    company: Vec<Waiver>,
    terms: Terms,
}

/// What somebody enters to accept a risk.
#[derive(Debug, Clone, Copy)]
pub struct Entered<'a> {
    /// Why.
    pub reason: &'a str,
    /// Who answers for it.
    pub owner: &'a str,
    /// The ticket; may be empty.
    pub ticket: &'a str,
    /// The last day, as `2027-02-28`.
    pub until: &'a str,
}

impl Waivers {
    /// The same under what the company decided: its own accepted risks, and the terms for all others.
    #[must_use]
    pub fn with_policy(mut self, company: Vec<Waiver>, terms: Terms) -> Waivers {
        self.company = company;
        self.terms = terms;
        self
    }

    /// What admins accepted, in the order of the file.
    pub fn all(&self) -> &[Waiver] {
        &self.waivers
    }

    /// What the company accepted in its policy.
    pub fn of_company(&self) -> &[Waiver] {
        &self.company
    }

    /// All notes.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// What was accepted and is no longer, the newest first.
    pub fn removed(&self) -> &[Removed] {
        &self.removed
    }

    /// What holds for those that admins accept.
    pub fn terms(&self) -> Terms {
        self.terms
    }

    /// How many entries this version cannot read.
    pub fn unreadable(&self) -> usize {
        self.unreadable.len() + self.unreadable_notes.len()
    }

    /// Whether there is nothing to store.
    pub fn is_empty(&self) -> bool {
        self.waivers.is_empty()
            && self.notes.is_empty()
            && self.removed.is_empty()
            && self.unreadable() == 0
            && self.more.is_empty()
    }

    /// What becomes of a finding. Of several that fit, one that holds wins, then one of this very org, then the newest.
    pub fn status(
        &self,
        rule: &Rule,
        subject: &SubjectId,
        finding: &Finding,
        now: Timestamp,
    ) -> WaiverStatus<'_> {
        self.of(subject).status(rule, finding, now)
    }

    /// Those of one subject: to be asked of all its findings.
    pub fn of<'a>(&'a self, subject: &SubjectId) -> OfSubject<'a> {
        let own = |waivers: &'a [Waiver], is_company: bool| {
            waivers.iter().filter_map(move |waiver| {
                let matched = waiver.subject.matches(subject)?;
                Some(Standing { waiver, is_by_name: matched == Matched::ByName, is_company })
            })
        };
        let all = own(&self.company, true).chain(own(&self.waivers, false)).collect();
        OfSubject { all, terms: self.terms }
    }

    /// The note on a subject.
    pub fn note(&self, subject: &SubjectId) -> Option<&Note> {
        let found = |how: Matched| self.notes.iter().find(|note| note.subject.matches(subject) == Some(how));
        found(Matched::ById).or_else(|| found(Matched::ByName))
    }

    /// What is noted on a subject, as a fact.
    pub fn record(&self, subject: &SubjectId) -> Record {
        let note = self.note(subject);
        Record {
            is_kept: !self.notes.is_empty(),
            owner: note.map(|note| note.owner.clone()).unwrap_or_default(),
            purpose: note.map(|note| note.purpose.clone()).unwrap_or_default(),
        }
    }

    /// Writes a note, in place of the one on the same subject; one that says nothing removes it.
    pub fn set_note(&mut self, mut note: Note, today: Day) {
        self.notes.retain(|own| own.subject.matches(&note.subject) != Some(Matched::ById));
        if !note.is_empty() {
            note.changed = Some(today);
            self.notes.push(note);
        }
    }

    /// Accepts findings of a rule's outcome, by what each is about, with the same reason. Those of the same fingerprint
    /// are replaced, and remembered as ended.
    ///
    /// # Errors
    /// All that is wrong with what was entered; then nothing is accepted.
    pub fn accept(
        &mut self,
        (rule, outcome): (&Rule, &Outcome),
        subject: &SubjectId,
        abouts: &[String],
        entered: Entered<'_>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Vec<Fault>> {
        if !self.terms.is_allowed {
            return Err(vec![Fault::Forbidden]);
        }
        // What could not be checked has no findings.
        let Outcome::Findings(findings) = outcome else { return Err(vec![Fault::NothingFound]) };
        let is_meant = |finding: &&Finding| abouts.contains(&about(&finding.subject));
        let meant: Vec<&Finding> = findings.iter().filter(is_meant).collect();
        if meant.is_empty() || abouts.iter().any(|own| meant.iter().all(|one| about(&one.subject) != *own)) {
            return Err(vec![Fault::NothingFound]);
        }
        let severity = |finding: &Finding| finding.severity.unwrap_or(rule.integration);
        let worst = meant.iter().map(|finding| severity(finding)).min().unwrap_or(rule.integration);
        let today = Day::of(now);
        let expires = check(entered, worst, self.terms, today)?;
        for finding in meant {
            let about = about(&finding.subject);
            let waiver = Waiver {
                fingerprint: fingerprint(rule.id, subject, &about),
                rule: rule.id.to_owned(),
                subject: subject.clone(),
                about,
                reason: entered.reason.trim().to_owned(),
                owner: entered.owner.trim().to_owned(),
                ticket: entered.ticket.trim().to_owned(),
                created: today,
                expires,
                severity: severity(finding),
                by: by.to_owned(),
                more: Map::new(),
            };
            self.remove(&waiver.fingerprint, by, today);
            self.waivers.push(waiver);
        }
        Ok(())
    }

    /// Ends what was accepted, by its fingerprint; whether there was any. What the company accepted stays.
    pub fn remove(&mut self, fingerprint: &str, by: &str, today: Day) -> bool {
        let is_meant = |waiver: &mut Waiver| waiver.fingerprint == fingerprint;
        let ended: Vec<Removed> = self
            .waivers
            .extract_if(.., is_meant)
            .map(|waiver| Removed { waiver, removed: today, removed_by: by.to_owned() })
            .collect();
        let is_any = !ended.is_empty();
        self.removed.splice(..0, ended);
        self.removed.truncate(REMOVED);
        is_any
    }

    /// Ends all that no longer holds; how many those were.
    pub fn prune(&mut self, by: &str, now: Timestamp) -> usize {
        let today = Day::of(now);
        let over = |waiver: &&Waiver| waiver.last_day(self.terms) < today;
        let over: Vec<String> = self.waivers.iter().filter(over).map(|own| own.fingerprint.clone()).collect();
        over.iter().filter(|fingerprint| self.remove(fingerprint, by, today)).count()
    }
}

/// Looks at what was entered to accept a finding of this severity; the last day.
///
/// # Errors
/// All that is wrong with it.
pub fn check(entered: Entered<'_>, severity: Severity, terms: Terms, today: Day) -> Result<Day, Vec<Fault>> {
    let mut faults = vec![];
    if !is_reason(entered.reason) {
        faults.push(Fault::Reason);
    }
    if entered.owner.trim().is_empty() {
        faults.push(Fault::Owner);
    }
    if terms.needs_ticket && entered.ticket.trim().is_empty() {
        faults.push(Fault::Ticket);
    }
    let day = Day::parse(entered.until.trim());
    let most = terms.days(severity);
    match day.map(|day| today.days_until(day)) {
        None => faults.push(Fault::NoDay),
        Some(days) if days < 1 => faults.push(Fault::Past),
        Some(days) if days > i64::from(most) => faults.push(Fault::TooLong(most)),
        Some(_) => {}
    }
    day.filter(|_| faults.is_empty()).ok_or(faults)
}

/// What is accepted of one subject.
#[derive(Debug, Clone)]
pub struct OfSubject<'a> {
    all: Vec<Standing<'a>>,
    terms: Terms,
}

impl<'a> OfSubject<'a> {
    /// What becomes of a finding of this subject.
    pub fn status(&self, rule: &Rule, finding: &Finding, now: Timestamp) -> WaiverStatus<'a> {
        let about = about(&finding.subject);
        let severity = finding.severity.unwrap_or(rule.integration);
        let fits = self.all.iter().filter(|own| own.fits(rule.id, &about));
        let judged = fits.map(|own| (own.lapse(severity, self.terms, Day::of(now)), *own));
        let best = judged
            .min_by_key(|(lapse, own)| (lapse.is_some(), own.is_by_name, -own.waiver.created.start().0));
        match best {
            None => WaiverStatus::Open,
            Some((None, standing)) => WaiverStatus::Accepted(standing),
            Some((Some(lapse), standing)) => WaiverStatus::Lapsed(standing, lapse),
        }
    }

    /// What was accepted and is not found any more: of rules that looked, and found nothing of it. Of a rule that could not
    /// look, was off, or has nothing to say here, nothing is known.
    pub fn no_longer_needed<'r>(
        &self,
        outcomes: impl IntoIterator<Item = (&'r Rule, &'r Outcome)>,
    ) -> Vec<&'a Waiver> {
        let mut gone = vec![];
        for (rule, outcome) in outcomes {
            let findings = match outcome {
                Outcome::Pass { .. } => &[][..],
                Outcome::Findings(findings) => findings,
                Outcome::NotApplicable { .. } | Outcome::CannotTell { .. } => continue,
            };
            let own = self.all.iter().filter(|own| !own.is_company && own.waiver.rule == rule.id);
            let is_gone =
                |own: &&Standing<'a>| !findings.iter().any(|one| own.fits(rule.id, &about(&one.subject)));
            gone.extend(own.filter(is_gone).map(|own| own.waiver));
        }
        gone
    }
}
