//! A review as text for a terminal: what it looked at, the integration users with what is wrong, and what it could not tell.

use leastwise_core::names;
use leastwise_core::review::compare;
use leastwise_core::review::result::{Review, Row, Subject};
use leastwise_core::rules::rule::Severity;
use leastwise_core::text::counted;
use std::fmt::Write;

/// The whole text. What an org calls things cannot change how the rest reads.
pub(super) fn text(review: &Review) -> String {
    let mut out = String::new();
    // Writing into a text never fails.
    let _ = write(review, &mut out);
    names::plain(&out)
}

fn write(review: &Review, out: &mut String) -> std::fmt::Result {
    let org = &review.org;
    writeln!(out, "{} · {} · org {} · {}", org.name, org.kind(), org.id, org.host)?;
    writeln!(
        out,
        "Logins of {} days · {} · as {} · {}\n",
        review.days,
        counted(review.calls, "API call"),
        review.viewer.name,
        review.moment()
    )?;
    let subjects = review.subjects.iter().filter(|one| one.is_integration() || one.acts_as_integration);
    for subject in subjects {
        write_subject(subject, out)?;
    }
    for app in review.apps.iter().filter(|app| app.rows.iter().any(|row| row.outcome == "finding")) {
        writeln!(out, "{} · {}", app.label, app.kind)?;
        write_rows(&app.rows, out)?;
        writeln!(out)?;
    }
    if review.org_rows.iter().any(|row| row.outcome == "finding") {
        writeln!(out, "Org settings")?;
        write_rows(&review.org_rows, out)?;
        writeln!(out)?;
    }
    if !review.causes.is_empty() {
        writeln!(out, "Fix first:")?;
        for cause in review.causes.iter().take(5) {
            let findings = counted(cause.findings, "finding");
            writeln!(out, "  {:<9} {} ({findings})", cause.severity.word(), cause.title)?;
        }
        writeln!(out)?;
    }
    if !review.missing.is_empty() {
        writeln!(out, "Couldn't be told:")?;
        for missing in &review.missing {
            writeln!(out, "  {}: {} {}", missing.what, missing.why, missing.grant)?;
        }
        writeln!(out)?;
    }
    let all = review.integrations().count();
    let good =
        review.integrations().filter(|one| one.worst().is_none_or(|worst| worst > Severity::High)).count();
    writeln!(out, "{good} of {} without a critical or high finding.", counted(all, "integration user"))?;
    writeln!(out, "{}.", counts(&compare::counts(review)))
}

/// "3 critical, 2 high, 0 medium, 1 low, 0 info".
fn counts(all: &[(Severity, usize)]) -> String {
    let parts: Vec<String> =
        all.iter().map(|(severity, count)| format!("{count} {}", severity.word())).collect();
    parts.join(", ")
}

fn write_subject(subject: &Subject, out: &mut String) -> std::fmt::Result {
    writeln!(out, "{} ({}) · {}", subject.name, subject.username, subject.kind.label())?;
    if let Some(verdict) = &subject.verdict {
        writeln!(out, "  {verdict}")?;
    }
    write_rows(&subject.rows, out)?;
    let unread: Vec<&str> =
        subject.rows.iter().filter(|row| row.outcome == "cannot-tell").map(|row| row.rule.as_str()).collect();
    if !unread.is_empty() {
        writeln!(out, "  Couldn't check: {}", unread.join(", "))?;
    }
    writeln!(out)
}

/// What failed, with what shows it.
fn write_rows(rows: &[Row], out: &mut String) -> std::fmt::Result {
    for row in rows.iter().filter(|row| row.outcome == "finding") {
        match row.worst() {
            Some(severity) => {
                writeln!(out, "  {:<9} {} [{}]", severity.word(), row.headline, row.rule)?;
            }
            None => writeln!(out, "  accepted  {} [{}]", row.headline, row.rule)?,
        }
        for found in row.findings.iter().filter(|_| row.findings.len() > 1) {
            let accepted = found.accepted.as_ref().map(|how| format!(" ({how})")).unwrap_or_default();
            writeln!(out, "            {:<9} {}{accepted}", found.severity.word(), found.title)?;
        }
        if let [one] = row.findings.as_slice() {
            if let Some(how) = &one.accepted {
                writeln!(out, "            {how}")?;
            }
            for line in &one.evidence {
                writeln!(out, "            {line}")?;
            }
        }
    }
    Ok(())
}
