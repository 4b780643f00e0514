//! Annotations of GitHub Actions, for where code scanning is not to be had.
//!
//! Source: GitHub Docs, "Workflow commands for GitHub Actions"; actions/toolkit, `packages/core/src/command.ts` (escaping).

use crate::check::checked::{Checked, shown};
use leastwise_core::names;
use leastwise_core::rules::rule::Severity;

pub(super) fn text(checked: &Checked<'_>) -> String {
    let mut out = String::new();
    for item in checked.open() {
        let command = match item.severity {
            Severity::Critical | Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low | Severity::Info => "notice",
        };
        let place = item.located.place;
        let title = format!("{} ({})", item.rule.title(), item.severity.label());
        let subject = item.subject.shown();
        out.push_str(&format!(
            "::{command} file={},line={},col={},title={}::{}\n",
            property(&checked.path(place)),
            place.line,
            place.column,
            property(&title),
            data(&format!("{subject}: {}. {}", item.located.finding.sentence(), item.rule.section("Fix")))
        ));
    }
    for problem in checked.problems {
        let line = problem.place.map_or(1, |place| place.line);
        let path = property(&shown(&problem.path));
        out.push_str(&format!(
            "::error file={path},line={line},title=Couldn't read::{}\n",
            data(&problem.why)
        ));
    }
    out
}

/// What stands behind the colons.
fn data(text: &str) -> String {
    names::plain(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_its_property_or_begins_a_command() {
        assert_eq!(property("a:b,c\n::error::x%"), "a%3Ab%2Cc%0A%3A%3Aerror%3A%3Ax%25");
    }
}
