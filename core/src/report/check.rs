//! A failed check as one row: what is wrong, what shows it, and each thing said once.

use super::{Area, Report};
use crate::rules::rule::{Finding, Rule, Severity};
use crate::salesforce::permissions;

/// A check that failed.
#[derive(Debug, Clone)]
pub struct FailedCheck<'a> {
    /// The rule.
    pub rule: &'static Rule,
    /// That of its worst finding.
    pub severity: Severity,
    /// Its findings: of permissions the most powerful first, else the worst first.
    pub items: Vec<Item<'a>>,
    /// Evidence that all its findings have.
    pub shared: Vec<&'a str>,
}

/// A finding of a failed check.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    /// Its place in [`Report::findings`].
    pub place: usize,
    /// The finding.
    pub finding: &'a Finding,
    /// The evidence that only this one has.
    pub own: Vec<&'a str>,
}

impl FailedCheck<'_> {
    /// What is wrong, in one line: of a single finding its title, of several what the rule says of several.
    pub fn headline(&self, of_people: bool) -> String {
        let [first, rest @ ..] = self.items.as_slice() else { return self.rule.title().to_owned() };
        if rest.is_empty() {
            return first.finding.title.clone();
        }
        let of_people =
            Some(self.rule.section("Several, of people")).filter(|text| of_people && !text.is_empty());
        match of_people.unwrap_or_else(|| self.rule.section("Several")) {
            text if text.is_empty() => format!("{}, and {} more", first.finding.title, rest.len()),
            text => text.replace("{n}", &self.items.len().to_string()),
        }
    }

    /// Whether all of it is about permissions.
    pub fn is_of_permissions(&self) -> bool {
        self.items.iter().all(|item| item.finding.permission().is_some())
    }
}

impl Report {
    /// The failed checks of an area, the worst first.
    pub fn failed(&self, area: Area) -> Vec<FailedCheck<'_>> {
        let findings = self.findings();
        let mut checks: Vec<FailedCheck<'_>> = vec![];
        for (place, (rule, finding)) in findings.into_iter().enumerate() {
            if Area::of(rule) != area {
                continue;
            }
            let item = Item { place, finding, own: vec![] };
            match checks.iter_mut().find(|check| check.rule.id == rule.id) {
                Some(check) => check.items.push(item),
                None => checks.push(FailedCheck {
                    rule,
                    severity: finding.severity.unwrap_or(rule.integration),
                    items: vec![item],
                    shared: vec![],
                }),
            }
        }
        for check in &mut checks {
            check.items.sort_by_key(|item| {
                let power = item.finding.permission().map(permissions::power);
                (item.finding.severity, power)
            });
            check.share();
        }
        checks
    }

    /// How many checks failed, and how many gave an answer or should have. One whose findings are all accepted has not failed,
    /// nor has it passed.
    pub fn failed_of(&self) -> (usize, usize) {
        let mut failed: Vec<&str> = self.findings().into_iter().map(|(rule, _)| rule.id).collect();
        failed.sort_unstable();
        failed.dedup();
        let of = ["finding", "pass", "cannot-tell"].map(|word| self.with_outcome(word).count());
        (failed.len(), of.iter().sum())
    }
}

impl<'a> FailedCheck<'a> {
    /// Finds what all findings have in common, so that it is said once.
    fn share(&mut self) {
        let [first, rest @ ..] = self.items.as_slice() else { return };
        let lines = |finding: &'a Finding| finding.evidence.iter().map(String::as_str);
        let is_shared =
            |line: &&str| rest.iter().all(|item| item.finding.evidence.iter().any(|own| own == line));
        let shared: Vec<&str> = lines(first.finding).filter(is_shared).collect();
        for item in &mut self.items {
            item.own = lines(item.finding).filter(|line| !shared.contains(line)).collect();
        }
        self.shared = shared;
    }
}
