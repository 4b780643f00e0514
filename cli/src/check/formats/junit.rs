//! JUnit: a suite a file, a case a check; what could not be checked is skipped, with the reason.
//!
//! Source: the schema that Jenkins publishes (xunit-plugin, `junit-10.xsd`). Written by maud, which escapes text: a crate
//! for this format brings nine packages.

use crate::check::checked::Checked;
use leastwise_core::folder::{Judged, Verdict};
use leastwise_core::names::plain;
use maud::{Markup, html};
use std::collections::BTreeMap;

pub(super) fn text(checked: &Checked<'_>) -> String {
    let mut files: BTreeMap<String, Vec<&Judged>> = BTreeMap::new();
    for subject in checked.subjects {
        files.entry(checked.path(subject.place)).or_default().push(subject);
    }
    let suites: Vec<(String, Vec<Case>)> = files
        .into_iter()
        .map(|(path, subjects)| (path, subjects.iter().flat_map(|one| cases(checked, one)).collect()))
        .collect();
    let count = |test: fn(&Case) -> bool| -> usize {
        suites.iter().flat_map(|(_, cases)| cases).filter(|case| test(case)).count()
    };
    let problems = checked.problems.len();
    let page = html! {
        testsuites name="leastwise" tests=(count(|_| true) + problems) failures=(count(Case::failed)) errors=(problems) {
            @for (path, cases) in &suites {
                testsuite name=(path) tests=(cases.len()) failures=(cases.iter().filter(|case| case.failed()).count())
                    errors="0" skipped=(cases.iter().filter(|case| case.skipped.is_some()).count()) {
                    @for case in cases { (drawn(case)) }
                }
            }
            @for problem in checked.problems {
                @let path = crate::check::checked::shown(&problem.path);
                testsuite name=(path) tests="1" failures="0" errors="1" skipped="0" {
                    testcase name="read" classname=(path) { error message=(plain(&problem.why)) {} }
                }
            }
        }
    };
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", page.0)
}

/// A check of a profile, set or group.
struct Case {
    rule: &'static str,
    class: String,
    failure: Option<(String, String)>,
    skipped: Option<String>,
}

impl Case {
    fn failed(&self) -> bool {
        self.failure.is_some()
    }
}

fn drawn(case: &Case) -> Markup {
    html! {
        testcase name=(case.rule) classname=(case.class) {
            @if let Some((message, lines)) = &case.failure {
                // The text of an element, in which lines stay lines.
                failure message=(message) type=(case.rule) { (lines) }
            }
            @if let Some(why) = &case.skipped { skipped message=(why) {} }
        }
    }
}

fn cases(checked: &Checked<'_>, subject: &Judged) -> Vec<Case> {
    let class = plain(&format!("{}: {}", subject.id.kind.name(), subject.name));
    let rows = subject.rows.iter().filter_map(|row| {
        let mut case = Case { rule: row.rule.id, class: class.clone(), failure: None, skipped: None };
        match &row.verdict {
            Verdict::Findings(_) => {
                // Those that are told: accepted ones are no failure, nor are those from before the branch.
                let own = checked
                    .open()
                    .filter(|item| std::ptr::eq(item.subject, subject) && item.rule.id == row.rule.id);
                let lines: Vec<String> = own
                    .map(|item| {
                        let place = item.located.place;
                        let path = checked.path(place);
                        let severity = item.severity.word();
                        let title = item.located.finding.sentence();
                        plain(&format!("{path}:{}:{} {severity}: {title}", place.line, place.column))
                    })
                    .collect();
                case.failure = (!lines.is_empty()).then(|| (row.rule.title().to_owned(), lines.join("\n")));
            }
            Verdict::CannotTell(why) => case.skipped = Some(plain(why)),
            Verdict::Pass(_) => {}
            Verdict::NotApplicable(_) | Verdict::NeedsOrg => return None,
        }
        Some(case)
    });
    rows.collect()
}
