//! What the toolbar's button says of the page in a tab: the worst severity, and in its title of whom and how many.

use crate::view::names;
use leastwise_core::report::Report;
use leastwise_core::rules::rule::Severity;

/// The toolbar's button of a tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Badge {
    /// What stands on it: four letters have room.
    pub(crate) text: &'static str,
    /// What it is called.
    pub(crate) title: String,
    /// Of which color it is.
    pub(crate) severity: Option<Severity>,
}

/// What it is called where there is nothing to say, as in the manifest.
const NAME: &str = "Leastwise: integration user security";

/// What it says where there is nothing to say.
pub(crate) fn none() -> Badge {
    Badge { text: "", title: NAME.to_owned(), severity: None }
}

/// What it says of a report; nothing while it is read.
pub(crate) fn of(report: &Report, is_reading: bool) -> Badge {
    if is_reading {
        return none();
    }
    let name = names::plain(&report.subject.name);
    let summary = report.in_short();
    let severity = report.worst();
    let text = match severity {
        Some(Severity::Critical) => "Crit",
        Some(Severity::High) => "High",
        Some(Severity::Medium) => "Med",
        Some(Severity::Low) => "Low",
        Some(Severity::Info) => "Info",
        None => "",
    };
    let title = match severity {
        Some(severity) => format!("{name}: {}, {summary} – Leastwise", severity.label()),
        None => format!("{name}: {summary} – Leastwise"),
    };
    Badge { text, title, severity }
}
