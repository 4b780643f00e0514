//! `leastwise diff`: what became of the findings of one review in a later one of the same org.

use crate::arguments::{Diff, TextFormat};
use crate::end::{End, Failure};
use crate::{files, out};
use leastwise_core::names;
use leastwise_core::review::compare::{Change, Compared, compare, counts};
use serde::Serialize;
use std::fmt::Write;

/// One finding, as data.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    change: &'static str,
    subject: String,
    name: &'a str,
    rule: &'a str,
    severity: &'static str,
    title: &'a str,
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    why: &'a str,
}

/// # Errors
/// A file is no review, or they are of two orgs.
pub(crate) fn run(options: &Diff) -> Result<End, Failure> {
    let (old, new) = (files::review(&options.old)?, files::review(&options.new)?);
    if old.org.id != new.org.id {
        return Err(Failure::WrongUse(format!(
            "These are reviews of two orgs, {} and {}: there is nothing to compare.",
            old.org.id, new.org.id
        )));
    }
    let all = compare(&old, &new);
    let text = match options.format {
        TextFormat::Json => {
            let lines: Vec<Line<'_>> = all.iter().map(line).collect();
            serde_json::to_string_pretty(&lines).map_err(|why| Failure::Output(why.into()))? + "\n"
        }
        TextFormat::Human => {
            let mut text = format!("{}: {} to {}\n", new.org.name, old.moment(), new.moment());
            for (severity, now) in counts(&new) {
                let before = counts(&old).into_iter().find(|(own, _)| *own == severity).map_or(0, |(_, n)| n);
                let _ = writeln!(text, "  {:<9} {before} to {now}", severity.word());
            }
            for change in Change::ALL.into_iter().filter(|change| *change != Change::Still) {
                let _ = human(&mut text, change, &all);
            }
            let still = all.iter().filter(|one| one.change == Change::Still).count();
            let _ = writeln!(text, "\n{}: {still}", Change::Still.label());
            names::plain(&text)
        }
    };
    out::write(text.as_bytes())?;
    let worse = all.iter().filter(|one| {
        matches!(one.change, Change::New | Change::Worse | Change::NewRule) && one.found.accepted.is_none()
    });
    Ok(End::of(worse.map(|one| one.found.severity).min(), options.fail_on.severity(), false))
}

fn human(out: &mut String, change: Change, all: &[Compared]) -> std::fmt::Result {
    let mut own = all.iter().filter(|one| one.change == change).peekable();
    if own.peek().is_some() {
        writeln!(out, "\n{}", change.label())?;
    }
    for one in own {
        writeln!(out, "  {:<9} {}: {} [{}]", one.found.severity.word(), one.name, one.found.title, one.rule)?;
        if !one.why.is_empty() {
            writeln!(out, "            {}", one.why)?;
        }
    }
    Ok(())
}

fn line(one: &Compared) -> Line<'_> {
    Line {
        change: match one.change {
            Change::New => "new",
            Change::Worse => "worse",
            Change::Still => "still",
            Change::Solved => "solved",
            Change::NewRule => "new-rule",
            Change::CannotCompare => "cannot-compare",
        },
        subject: one.whose.to_string(),
        name: &one.name,
        rule: &one.rule,
        severity: one.found.severity.word(),
        title: &one.found.title,
        fingerprint: &one.found.fingerprint,
        why: &one.why,
    }
}
