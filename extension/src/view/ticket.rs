//! A change as text for a change ticket: with the ids and API names that somebody needs who has to find it again.

use super::plan::term_text;
use super::words::{self, status};
use super::{changed, names};
use leastwise_core::journal::{Entry, State};
use leastwise_core::plan::Way;
use leastwise_core::text::counted;

/// The text.
pub(super) fn text(entry: &Entry, state: State) -> String {
    let plan = entry.apply.plan();
    let mut lines = vec![
        format!("Change: {}", plan.title),
        format!("Org: {} ({})", entry.host, entry.org.as_str()),
        format!("Record: {} ({})", entry.name, entry.subject.as_str()),
        format!("Page: {}", words::page_of(entry)),
        format!("Changed by: {}", entry.username),
        format!("Date: {}", words::moment_text(entry.at)),
        format!("Status: {}", status(entry, state)),
        "What changed:".to_owned(),
    ];
    for step in plan.steps.iter().filter(|step| step.way != Way::Read) {
        lines.push(format!("- {}", step.words));
        for pair in changed::pairs(step) {
            let value = |term| Option::map_or(term, "(none)".to_owned(), term_text);
            lines.push(format!("    {}: {} → {}", pair.field, value(pair.before), value(pair.after)));
        }
        lines.extend(step.rows.iter().map(|row| format!("    {row}")));
    }
    if !plan.reaches.is_empty() {
        lines.push(format!("Also affects {}", counted(plan.reaches.len(), "other user")));
    }
    lines.push(match (entry.never(), entry.undo()) {
        (Some(why), _) => format!("Undo: not possible. {why}"),
        (None, Some(_)) => "Undo: in the history of Leastwise, in the browser where it was made".to_owned(),
        (None, None) => "Undo: nothing to undo".to_owned(),
    });
    lines.push(format!("Entry: {}", entry.id));
    names::plain(&lines.join("\n"))
}
