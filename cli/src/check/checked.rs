//! What is told of a folder: findings with their places, what could not be told, and what needs an org.

use super::Looked;
use super::walk::{Found, Problem};
use leastwise_core::folder::{Judged, Located, Place, Verdict};
use leastwise_core::rules::rule::{Rule, Severity};
use std::collections::{BTreeMap, HashMap};

/// A finding.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    pub(crate) subject: &'a Judged,
    pub(crate) rule: &'static Rule,
    pub(crate) severity: Severity,
    pub(crate) located: &'a Located,
    /// Who accepted it, why and until when.
    pub(crate) accepted: Option<String>,
    /// Why an acceptance no longer holds.
    pub(crate) lapsed: Option<String>,
}

/// A check that could not be done.
#[derive(Debug)]
pub(crate) struct Unread<'a> {
    pub(crate) subject: &'a Judged,
    pub(crate) rule: &'static Rule,
    pub(crate) why: &'a str,
}

/// What is told.
#[derive(Debug)]
pub(crate) struct Checked<'a> {
    pub(crate) found: &'a [Found],
    pub(crate) problems: &'a [Problem],
    pub(crate) subjects: &'a [Judged],
    /// The worst first; then by file and line.
    pub(crate) items: Vec<Item<'a>>,
    pub(crate) unread: Vec<Unread<'a>>,
    /// Rules that need an org, and for how many subjects.
    pub(crate) needs_org: BTreeMap<&'static str, usize>,
    /// Profiles and sets that the configuration leaves out.
    pub(crate) skipped: usize,
    /// Rules that are off.
    pub(crate) off: Vec<&'a str>,
    /// Findings that were there before the branch, where they are not told.
    pub(crate) earlier: Option<usize>,
}

impl<'a> Checked<'a> {
    pub(super) fn new(looked: &'a Looked) -> Checked<'a> {
        let before = looked.before.as_ref().map(|before| severities(before));
        let mut checked = Checked {
            found: &looked.found,
            problems: &looked.problems,
            subjects: &looked.judged,
            items: vec![],
            unread: vec![],
            needs_org: BTreeMap::new(),
            skipped: looked.skipped,
            off: looked.judging.checks.off.iter().map(String::as_str).collect(),
            earlier: before.as_ref().map(|_| 0),
        };
        for subject in &looked.judged {
            for row in &subject.rows {
                let rule = row.rule;
                match &row.verdict {
                    Verdict::Findings(all) => {
                        for located in all {
                            let severity = located.finding.severity.unwrap_or(rule.integration);
                            let was = before.as_ref().and_then(|before| before.get(&*located.fingerprint));
                            if was.is_some_and(|was| *was <= severity) {
                                checked.earlier = checked.earlier.map(|count| count + 1);
                                continue;
                            }
                            checked.items.push(item(looked, subject, rule, severity, located));
                        }
                    }
                    Verdict::CannotTell(why) => checked.unread.push(Unread { subject, rule, why }),
                    Verdict::NeedsOrg => *checked.needs_org.entry(rule.id).or_default() += 1,
                    Verdict::Pass(_) | Verdict::NotApplicable(_) => {}
                }
            }
        }
        checked.items.sort_by_key(|item| {
            (item.severity, item.located.place, item.rule.id, item.located.about.clone())
        });
        checked
    }

    /// The file of a place.
    pub(crate) fn path(&self, place: Place) -> String {
        let found = usize::try_from(place.file).ok().and_then(|at| self.found.get(at));
        found.map(|found| shown(&found.path)).unwrap_or_default()
    }

    /// Findings that nobody accepted.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Item<'a>> {
        self.items.iter().filter(|item| item.accepted.is_none())
    }

    /// The worst of them.
    pub(crate) fn worst(&self) -> Option<Severity> {
        self.open().map(|item| item.severity).min()
    }

    /// Whether something could not be read.
    pub(crate) fn is_unread(&self) -> bool {
        !self.unread.is_empty() || !self.problems.is_empty()
    }
}

/// A path as it is shown everywhere: with slashes.
pub(crate) fn shown(path: &std::path::Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// What was found, by fingerprint, with the worst severity of each.
fn severities(judged: &[Judged]) -> HashMap<&str, Severity> {
    let mut all = HashMap::new();
    for row in judged.iter().flat_map(|one| &one.rows) {
        let Verdict::Findings(findings) = &row.verdict else { continue };
        for located in findings {
            let severity = located.finding.severity.unwrap_or(row.rule.integration);
            let own = all.entry(located.fingerprint.as_str()).or_insert(severity);
            *own = severity.min(*own);
        }
    }
    all
}

fn item<'a>(
    looked: &'a Looked,
    subject: &'a Judged,
    rule: &'static Rule,
    severity: Severity,
    located: &'a Located,
) -> Item<'a> {
    let status = looked.waivers.status(rule, &subject.id, &located.finding, looked.judging.now);
    let (accepted, lapsed) = status.told(looked.waivers.terms());
    Item { subject, rule, severity, located, accepted, lapsed }
}
