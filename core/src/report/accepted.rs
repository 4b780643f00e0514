//! Findings that are accepted: they stay findings, are shown apart, and count apart.

use super::Report;
use crate::rules::rule::{Finding, Outcome, Rule};
use crate::salesforce::time::Timestamp;
use crate::waivers::{Day, Lapse, SubjectId, Waiver, WaiverStatus, Waivers, about};
use std::collections::BTreeMap;

/// How a finding stands that somebody accepted, now or once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// What was accepted.
    pub waiver: Waiver,
    /// Whether it fits by name alone.
    pub is_by_name: bool,
    /// Whether the company accepted it, in its policy.
    pub is_company: bool,
    /// The last day that it holds.
    pub last_day: Day,
    /// Why it no longer holds; none where it does.
    pub lapse: Option<Lapse>,
}

/// What is accepted of a report's findings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Acceptances {
    /// By rule and what the finding is about.
    of: BTreeMap<(&'static str, String), Acceptance>,
    /// What was accepted and is not found any more.
    pub gone: Vec<Waiver>,
}

impl Report {
    /// The same with what is accepted of its findings.
    #[must_use]
    pub fn with_waivers(mut self, waivers: &Waivers, subject: &SubjectId, now: Timestamp) -> Report {
        let own = waivers.of(subject);
        let mut all = Acceptances::default();
        for row in &self.rows {
            let Outcome::Findings(findings) = &row.outcome else { continue };
            for finding in findings {
                let (standing, lapse) = match own.status(row.rule, finding, now) {
                    WaiverStatus::Open => continue,
                    WaiverStatus::Accepted(standing) => (standing, None),
                    WaiverStatus::Lapsed(standing, lapse) => (standing, Some(lapse)),
                };
                let acceptance = Acceptance {
                    waiver: standing.waiver.clone(),
                    is_by_name: standing.is_by_name,
                    is_company: standing.is_company,
                    last_day: standing.last_day(waivers.terms()),
                    lapse,
                };
                all.of.insert((row.rule.id, about(&finding.subject)), acceptance);
            }
        }
        let outcomes = self.rows.iter().map(|row| (row.rule, &row.outcome));
        all.gone = own.no_longer_needed(outcomes).into_iter().cloned().collect();
        self.acceptances = all;
        self
    }

    /// How a finding stands that somebody accepted, now or once.
    pub fn acceptance(&self, rule: &Rule, finding: &Finding) -> Option<&Acceptance> {
        // Most reports have none, and what a finding is about is put together.
        if self.acceptances.of.is_empty() {
            return None;
        }
        self.acceptances.of.get(&(rule.id, about(&finding.subject)))
    }

    /// Whether a finding is accepted now.
    pub(super) fn is_accepted(&self, rule: &Rule, finding: &Finding) -> bool {
        self.acceptance(rule, finding).is_some_and(|own| own.lapse.is_none())
    }

    /// The findings that are accepted, in the order of the list.
    pub fn accepted(&self) -> Vec<(&'static Rule, &Finding, &Acceptance)> {
        self.every_finding()
            .filter_map(|(rule, finding)| {
                let own = self.acceptance(rule, finding).filter(|own| own.lapse.is_none())?;
                Some((rule, finding, own))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::classification::AdminAnswer;
    use crate::collect::Collector;
    use crate::report::Report;
    use crate::rules::rule::{Outcome, Severity};
    use crate::salesforce::id::Id;
    use crate::salesforce::setup_url::Page;
    use crate::salesforce::time::Timestamp;
    use crate::waivers::{Entered, SubjectId, Waivers, about};

    /// A report with what two rules' own examples find.
    fn report() -> Report {
        let page = Page::from_url("https://acme.my.salesforce.com/0055g000001Abcd").unwrap();
        let gather = Collector::new(&page, Timestamp(1_795_478_400), None, Some(AdminAnswer::Integration));
        let mut report = Report { pending: false, ..Report::new(&gather) };
        for row in &mut report.rows {
            if matches!(row.rule.id, "shared-profile" | "broad-permission") {
                row.outcome = row.rule.run(&(row.rule.examples)()[0].facts);
            } else {
                row.outcome = Outcome::pass("");
            }
        }
        report
    }

    #[test]
    fn what_is_accepted_leaves_the_counts_and_both_are_told() {
        let (org, now) = (Id::parse("00D5g000000AAAA").unwrap(), Timestamp(1_795_478_400));
        let page = Page::from_url("https://acme.my.salesforce.com/0055g000001Abcd").unwrap();
        let gather = Collector::new(&page, now, None, None);
        let subject = SubjectId::of_page(&gather, &org);
        let before = report();
        let of = before.rows.len();
        assert_eq!(before.failed_of(), (2, of));
        let all = before.findings().len();
        let row = before.rows.iter().find(|row| row.rule.id == "shared-profile").unwrap();
        let Outcome::Findings(found) = &row.outcome else { panic!() };
        let abouts: Vec<String> = found.iter().map(|own| about(&own.subject)).collect();
        let mut waivers = Waivers::default();
        let entered =
            Entered { reason: "It moves in spring.", owner: "jane", ticket: "", until: "2027-01-31" };
        waivers.accept((row.rule, &row.outcome), &subject, &abouts, entered, "admin", now).unwrap();
        let after = report().with_waivers(&waivers, &subject, now);
        assert_eq!(after.failed_of(), (1, of), "it failed no longer, and has not passed");
        assert_eq!((after.findings().len(), after.accepted().len()), (all - found.len(), found.len()));
        assert!(after.rows.iter().any(|own| own.rule.id == "shared-profile" && own.outcome == row.outcome));
        assert!(after.findings().iter().all(|(rule, _)| rule.id == "broad-permission"));
        assert!(!after.verdict().unwrap().contains("shares its profile"));
        assert!(after.acceptances.gone.is_empty());
        // All that is wrong is accepted: that is not "passed".
        let mut rest = report();
        rest.rows.retain(|own| own.rule.id != "broad-permission");
        let rest = rest.with_waivers(&waivers, &subject, now);
        assert_eq!((rest.counts(), rest.verdict()), (vec![], None));
        assert_eq!(rest.summary(), format!("{} of {} checks passed, 1 accepted", of - 2, of - 1));
        let mut only = report();
        only.rows.retain(|own| own.rule.id == "shared-profile");
        assert_eq!(only.clone().with_waivers(&waivers, &subject, now).summary(), "1 accepted");
        // Expired, it is back, and says so.
        let later = Timestamp(Timestamp::parse("2027-02-01").unwrap().0);
        let back = report().with_waivers(&waivers, &subject, later);
        assert_eq!((back.failed_of(), back.accepted().len()), ((2, of), 0));
        let (rule, finding) =
            back.findings().into_iter().find(|(rule, _)| rule.id == "shared-profile").unwrap();
        assert!(back.acceptance(rule, finding).unwrap().lapse.is_some());
        // It passes now: what was accepted is no longer needed.
        let mut fixed = report();
        for row in &mut fixed.rows {
            row.outcome = Outcome::pass("");
        }
        assert_eq!(fixed.with_waivers(&waivers, &subject, now).acceptances.gone.len(), abouts.len());
        assert!(back.findings().iter().any(|(_, own)| own.severity <= Some(Severity::High)));
    }
}
