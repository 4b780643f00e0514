//! How a finding stands: open, accepted, or accepted once and back again.

use super::day::Day;
use super::subject::covers;
use super::terms::Terms;
use super::waiver::Waiver;
use crate::rules::rule::Severity;
use serde::Serialize;
use std::collections::BTreeMap;

/// An accepted risk that fits a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// What was accepted.
    pub waiver: &'a Waiver,
    /// Whether it fits by name alone: it was accepted in another org, or in metadata.
    pub is_by_name: bool,
    /// Whether the company accepted it, in its policy.
    pub is_company: bool,
}

/// Why something that was accepted no longer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lapse {
    /// This was its last day.
    Expired(Day),
    /// The finding is worse than it was.
    Worse {
        /// When it was accepted.
        then: Severity,
        /// Now.
        now: Severity,
    },
    /// The company asks for a ticket, and it has none.
    NoTicket,
    /// The company does not let admins accept risks.
    Forbidden,
}

impl Lapse {
    /// What is said of it beside the finding.
    pub fn sentence(self) -> String {
        match self {
            Lapse::Expired(day) => format!("Acceptance expired on {}.", day.words()),
            Lapse::Worse { then, now } => {
                format!("Accepted as {}, but it's {} now.", then.label(), now.label())
            }
            Lapse::NoTicket => "Accepted without a ticket, which your company's policy asks for.".to_owned(),
            Lapse::Forbidden => {
                "Accepted earlier, but your company's policy doesn't allow accepting risks.".to_owned()
            }
        }
    }
}

/// What becomes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaiverStatus<'a> {
    /// Nobody accepted it.
    Open,
    /// It is accepted.
    Accepted(Standing<'a>),
    /// It was accepted, and counts again.
    Lapsed(Standing<'a>, Lapse),
}

impl WaiverStatus<'_> {
    /// Whether it is accepted now.
    pub const fn is_accepted(&self) -> bool {
        matches!(self, WaiverStatus::Accepted(_))
    }

    /// In words: who accepted it and until when; or why an acceptance no longer holds.
    pub fn told(&self, terms: Terms) -> (Option<String>, Option<String>) {
        match self {
            WaiverStatus::Open => (None, None),
            WaiverStatus::Accepted(standing) => {
                let waiver = standing.waiver;
                let until = standing.last_day(terms).words();
                (Some(format!("Accepted until {until} by {}: {}", waiver.owner, waiver.reason)), None)
            }
            WaiverStatus::Lapsed(_, lapse) => (None, Some(lapse.sentence())),
        }
    }
}

impl Standing<'_> {
    /// Whether it is about what is found.
    pub(super) fn fits(&self, rule: &str, about: &str) -> bool {
        self.waiver.rule == rule && covers(&self.waiver.about, about)
    }

    /// Why it no longer holds for a finding that is so bad now. A count that changed is no reason.
    pub(super) fn lapse(&self, now: Severity, terms: Terms, today: Day) -> Option<Lapse> {
        let Waiver { severity: then, ticket, .. } = self.waiver;
        // The company's own stand above the terms that it sets for admins.
        let terms = if self.is_company { Terms::default() } else { terms };
        let last_day = self.waiver.last_day(terms);
        if !terms.is_allowed {
            return Some(Lapse::Forbidden);
        }
        if last_day < today {
            return Some(Lapse::Expired(last_day));
        }
        // The worst is the least.
        if now < *then {
            return Some(Lapse::Worse { then: *then, now });
        }
        (terms.needs_ticket && ticket.trim().is_empty()).then_some(Lapse::NoTicket)
    }

    /// The last day that it holds, under the terms that hold for it.
    pub fn last_day(&self, terms: Terms) -> Day {
        self.waiver.last_day(if self.is_company { Terms::default() } else { terms })
    }
}

/// How many findings of a severity are open, and how many are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The severity.
    pub severity: Severity,
    /// Those that count.
    pub open: usize,
    /// Those that are accepted.
    pub accepted: usize,
}

/// Counts findings by severity, the worst first; severities without any are left out.
pub fn counts(findings: impl IntoIterator<Item = (Severity, bool)>) -> Vec<Count> {
    let mut all: BTreeMap<Severity, Count> = BTreeMap::new();
    for (severity, is_accepted) in findings {
        let count = all.entry(severity).or_insert(Count { severity, open: 0, accepted: 0 });
        if is_accepted {
            count.accepted += 1;
        } else {
            count.open += 1;
        }
    }
    all.into_values().collect()
}

/// "3 critical, 1 high, 2 accepted": both counts, always.
pub fn counts_in_words(counts: &[Count]) -> String {
    let mut parts: Vec<String> = counts
        .iter()
        .filter(|count| count.open > 0)
        .map(|count| format!("{} {}", count.open, count.severity.word()))
        .collect();
    let accepted: usize = counts.iter().map(|count| count.accepted).sum();
    if accepted > 0 {
        parts.push(format!("{accepted} accepted"));
    }
    parts.join(", ")
}
