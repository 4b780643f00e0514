//! The tables of a review, which the workbook and the CSV files both have.

use crate::report::Area;
use crate::review::result::Review;
use crate::rules;
use crate::salesforce::time::Timestamp;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Text(String),
    Number(u64),
    /// A day; none is an empty cell.
    Day(Option<Timestamp>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Cell {
        Cell::Number(number)
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Cell {
        Cell::Number(number as u64)
    }
}

/// A table.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) heads: &'static [&'static str],
    pub(super) rows: Vec<Vec<Cell>>,
}

fn yes(is: bool) -> Cell {
    if is { "yes" } else { "no" }.into()
}

fn maybe(is: Option<bool>) -> Cell {
    match is {
        Some(is) => yes(is),
        None => "couldn't tell".into(),
    }
}

/// All tables.
pub(super) fn tables(review: &Review) -> Vec<Table> {
    vec![
        users(review),
        findings(review),
        causes(review),
        apps(review),
        tokens(review),
        grants(review),
        logins(review),
        addresses(review),
        reach(review),
        settings(review),
        controls(review),
        missing(review),
    ]
}

fn users(review: &Review) -> Table {
    let rows = review.subjects.iter().map(|one| {
        let mut row: Vec<Cell> = vec![
            one.name.as_str().into(),
            one.username.as_str().into(),
            one.kind.label().into(),
            yes(one.is_sure),
            yes(one.acts_as_integration),
            yes(one.is_active),
            maybe(one.is_frozen),
            one.profile.as_str().into(),
            one.license.as_str().into(),
            Cell::Day(one.created),
            Cell::Day(one.last_login),
            one.worst().map_or("", |worst| worst.label()).into(),
            one.verdict.as_deref().unwrap_or_default().into(),
        ];
        row.extend(
            Area::ALL.map(|area| one.failed(area.id()).map(|row| row.findings.len()).sum::<usize>().into()),
        );
        row.push(one.from.as_str().into());
        row.push(one.id.as_str().into());
        row
    });
    Table {
        name: "Users",
        heads: &[
            "Name",
            "Username",
            "Kind",
            "Sure",
            "Acts as integration",
            "Active",
            "Frozen",
            "Profile",
            "License",
            "Created",
            "Last login",
            "Worst",
            "In short",
            "Access findings",
            "Login findings",
            "Apps findings",
            "Identity findings",
            "Logs in from",
            "User ID",
        ],
        rows: rows.collect(),
    }
}

fn findings(review: &Review) -> Table {
    let mut rows = vec![];
    let users = review.subjects.iter().map(|one| (&one.name, one.username.as_str(), &one.rows));
    let apps = review.apps.iter().map(|one| (&one.label, "", &one.rows));
    let org = [(&review.org.name, "", &review.org_rows)];
    for (name, username, own) in users.chain(apps).chain(org) {
        for row in own {
            let title = rules::all()
                .iter()
                .find(|rule| rule.id == row.rule)
                .map_or(row.rule.as_str(), |rule| rule.title());
            rows.extend(row.findings.iter().map(|found| {
                vec![
                    found.severity.label().into(),
                    name.as_str().into(),
                    title.into(),
                    found.title.as_str().into(),
                    found.evidence.join(" ").into(),
                    found.accepted.as_deref().unwrap_or_default().into(),
                    row.rule.as_str().into(),
                    found.about.as_str().into(),
                    username.into(),
                    found.fingerprint.as_str().into(),
                ]
            }));
        }
    }
    Table {
        name: "Findings",
        heads: &[
            "Severity",
            "User or app",
            "Check",
            "Finding",
            "Evidence",
            "Accepted",
            "Rule",
            "About",
            "Username",
            "Fingerprint",
        ],
        rows,
    }
}

fn causes(review: &Review) -> Table {
    let rows = review.causes.iter().enumerate().map(|(at, cause)| {
        vec![
            (at + 1).into(),
            cause.severity.label().into(),
            cause.title.as_str().into(),
            cause.findings.into(),
            cause.subjects.len().into(),
            crate::review::html::setup(review, &cause.record).into(),
        ]
    });
    Table {
        name: "Fix first",
        heads: &["Place", "Severity", "What to do", "Findings", "Users", "In Setup"],
        rows: rows.collect(),
    }
}

fn apps(review: &Review) -> Table {
    let rows = review.apps.iter().map(|app| {
        vec![
            app.label.as_str().into(),
            app.kind.as_str().into(),
            match app.is_restricted {
                Some(true) => "Approved users only",
                Some(false) => "Anyone may authorize it",
                None => "couldn't tell",
            }
            .into(),
            app.users.into(),
            app.tokens.into(),
            app.uses.into(),
            Cell::Day(app.last_used),
            app.integrations.join(", ").into(),
            app.owner.as_str().into(),
            app.scopes.join(", ").into(),
            app.refresh_policy.as_str().into(),
            app.worst().map_or("", |worst| worst.label()).into(),
        ]
    });
    Table {
        name: "Apps",
        heads: &[
            "App",
            "Kind",
            "Who may use it",
            "Users",
            "Tokens",
            "Uses",
            "Last used",
            "Integration users",
            "Contact",
            "Scopes",
            "Refresh token policy",
            "Worst",
        ],
        rows: rows.collect(),
    }
}

fn tokens(review: &Review) -> Table {
    let mut rows = vec![];
    for subject in &review.subjects {
        rows.extend(subject.apps.iter().map(|app| {
            vec![
                subject.name.as_str().into(),
                app.label.as_str().into(),
                app.tokens.into(),
                app.uses.into(),
                Cell::Day(app.last_used),
                app.logins.into(),
            ]
        }));
    }
    Table { name: "Tokens", heads: &["User", "App", "Tokens", "Uses", "Last used", "Logins"], rows }
}

fn grants(review: &Review) -> Table {
    let number = |n: Option<u64>| n.map_or_else(|| "couldn't tell".into(), Cell::Number);
    let mut rows = vec![];
    for subject in &review.subjects {
        rows.extend(subject.grants.iter().map(|set| {
            vec![
                subject.name.as_str().into(),
                set.name.as_str().into(),
                set.permissions.join(", ").into(),
                number(set.deletes.map(|n| n as u64)),
                number(set.edits),
                set.others.as_str().into(),
                set.id.as_str().into(),
            ]
        }));
    }
    Table {
        name: "Grants",
        heads: &[
            "User",
            "Granted by",
            "Permissions (API names)",
            "Objects it deletes",
            "Objects it edits",
            "Who else has it",
            "Permission set ID",
        ],
        rows,
    }
}

fn logins(review: &Review) -> Table {
    let mut rows = vec![];
    for subject in &review.subjects {
        rows.extend(subject.logins.iter().map(|one| {
            vec![
                subject.name.as_str().into(),
                one.way.as_str().into(),
                one.count.into(),
                one.refused.into(),
                Cell::Day(one.last),
            ]
        }));
    }
    Table { name: "Logins", heads: &["User", "Way", "Logins", "Refused", "Last"], rows }
}

fn addresses(review: &Review) -> Table {
    let mut rows = vec![];
    for subject in &review.subjects {
        rows.extend(subject.addresses.iter().map(|one| {
            vec![
                subject.name.as_str().into(),
                one.address.as_str().into(),
                one.count.into(),
                Cell::Day(one.last),
            ]
        }));
    }
    Table { name: "Addresses", heads: &["User", "Address", "Logins", "Last"], rows }
}

fn reach(review: &Review) -> Table {
    let mut rows = vec![];
    for subject in &review.subjects {
        rows.extend(subject.reach.iter().map(|power| {
            vec![
                subject.name.as_str().into(),
                power.what.label().into(),
                power.severity.label().into(),
                power.by.join("; ").into(),
            ]
        }));
    }
    Table { name: "Reach", heads: &["User", "Can", "Severity", "By"], rows }
}

fn settings(review: &Review) -> Table {
    let rows = review.settings.iter().map(|one| {
        vec![
            one.name.as_str().into(),
            one.value.as_str().into(),
            maybe(one.is_advised),
            one.why.as_str().into(),
        ]
    });
    Table {
        name: "Org settings",
        heads: &["Setting", "Is", "As advised", "Why it matters"],
        rows: rows.collect(),
    }
}

fn controls(review: &Review) -> Table {
    let rows = review.controls.iter().map(|control| {
        let reasons: Vec<String> =
            control.rows.iter().map(|row| format!("{}: {}", row.subject, row.why)).collect();
        vec![
            control.id.as_str().into(),
            control.name.as_str().into(),
            control.status.words().into(),
            control.subjects.into(),
            reasons.join(" ").into(),
            control.note.as_str().into(),
        ]
    });
    Table {
        name: "Controls",
        heads: &["Control", "Asks for", "Stands", "Users", "What shows it", "Note"],
        rows: rows.collect(),
    }
}

fn missing(review: &Review) -> Table {
    let mut rows: Vec<Vec<Cell>> = review
        .missing
        .iter()
        .map(|one| {
            vec![one.what.as_str().into(), "".into(), one.why.as_str().into(), one.grant.as_str().into()]
        })
        .collect();
    for subject in &review.subjects {
        let unknown = subject.rows.iter().filter(|row| row.outcome == "cannot-tell");
        rows.extend(unknown.map(|row| {
            let name = rules::all().iter().find(|rule| rule.id == row.rule).map(|rule| rule.name());
            vec![
                name.unwrap_or_default().into(),
                subject.name.as_str().into(),
                row.headline.as_str().into(),
                "".into(),
            ]
        }));
    }
    Table { name: "Couldn't tell", heads: &["What", "User", "Why", "What to do"], rows }
}

/// A cell as CSV has it (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it.
fn csv_cell(cell: &Cell) -> String {
    let text = match cell {
        Cell::Number(number) => return number.to_string(),
        Cell::Day(day) => return day.map(|day| day.to_string()).unwrap_or_default(),
        Cell::Text(text) => text,
    };
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{text}") } else { text.clone() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn csv_of(table: &Table) -> String {
    // With a mark of its encoding: spreadsheets take it for another one else.
    let mut out = String::from("\u{FEFF}");
    out.push_str(&table.heads.join(","));
    out.push_str("\r\n");
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(csv_cell).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

/// A zip with a CSV file a table.
///
/// # Errors
/// None that is known: it is written to memory.
pub fn csv(review: &Review) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut archive = zip::ZipWriter::new(Cursor::new(vec![]));
    for table in tables(review) {
        let name = format!("{}.csv", table.name.to_lowercase().replace([' ', '\''], "-"));
        archive.start_file(name, SimpleFileOptions::default())?;
        archive.write_all(csv_of(&table).as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for (text, is) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("a, b", "\"a, b\""),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            ("=A1,B", "\"'=A1,B\""),
            ("plain", "plain"),
        ] {
            assert_eq!(csv_cell(&text.into()), is);
        }
    }
}
