//! The history as a table for a spreadsheet.

use super::plan::{standing, term_text};
use super::words::moment_text;
use super::words::status;
use super::{changed, names};
use crate::storage::journals::History;
use leastwise_core::journal::{Entry, State};
use leastwise_core::plan::{Place, Step, Term, Way};

/// The columns.
const HEADS: [&str; 18] = [
    "Date (UTC)",
    "Org ID",
    "Org",
    "User",
    "Record Type",
    "Record",
    "Record ID",
    "Field",
    "Before",
    "After",
    "Status",
    "Undone At (UTC)",
    "Entry ID",
    "Page Of",
    "Page Of ID",
    "Change",
    "Step",
    "Undo Of",
];

/// All of it as a table for a spreadsheet (RFC 4180), the newest change first: a line for each field that a step changes,
/// with what was there before and after it.
pub(crate) fn csv(history: &History) -> String {
    let rows = &history.entries;
    let mut lines = vec![line(&HEADS)];
    for (entry, how) in rows {
        let undone = rows
            .iter()
            .find(|(other, _)| *how == State::Undone && other.undoes == entry.id && other.apply.is_done());
        let undone = undone.map(|(other, _)| moment_text(other.at)).unwrap_or_default();
        let plan = entry.apply.plan();
        let status = format!("{} {}", status(entry, *how), entry.stop);
        for (step, progress) in
            plan.steps.iter().zip(entry.apply.progress()).filter(|(step, _)| step.way != Way::Read)
        {
            let (object, row) = place(&step.place);
            // Of many rows each has its lines.
            let of_row =
                |(at, own): (usize, &String)| (format!("{row}{own}"), standing(&progress.of_row(at), step).1);
            let records = if step.rows.is_empty() {
                vec![(row.clone(), standing(progress, step).1)]
            } else {
                step.rows.iter().enumerate().map(of_row).collect()
            };
            for (record, standing) in &records {
                for [field, before, after] in values(step) {
                    lines.push(line(&[
                        &moment_text(entry.at),
                        entry.org.as_str(),
                        &entry.host,
                        &entry.username,
                        &object,
                        &name_of(entry, step, record),
                        record,
                        &field,
                        &before,
                        &after,
                        if standing.is_empty() { status.trim_end() } else { standing },
                        &undone,
                        &entry.id,
                        &entry.name,
                        entry.subject.as_str(),
                        &plan.title,
                        &step.words,
                        &entry.undoes,
                    ]));
                }
            }
        }
    }
    // The mark by which a spreadsheet knows that it is UTF-8.
    format!("\u{feff}{}\r\n", lines.join("\r\n"))
}

/// What the record of a step is called, as far as the entry tells: the user or profile whose page it is, or a component.
fn name_of(entry: &Entry, step: &Step, record: &str) -> String {
    match &step.place {
        Place::Component { .. } => record.to_owned(),
        _ if record == entry.subject.as_str() => entry.name.clone(),
        _ => {
            let names = &entry.apply.plan().names;
            names.iter().find(|(key, _)| key == record).map(|(_, name)| name.clone()).unwrap_or_default()
        }
    }
}

/// A step's fields with what was there before and after; a step that has none of its own is one line without a field.
fn values(step: &Step) -> Vec<[String; 3]> {
    let value = |term: Option<&Term>| term.map(term_text).unwrap_or_default();
    let pairs = changed::pairs(step);
    if pairs.is_empty() {
        return vec![Default::default()];
    }
    let row = |pair: changed::Pair<'_>| [pair.field.to_owned(), value(pair.before), value(pair.after)];
    pairs.into_iter().map(row).collect()
}

/// What a step changes: the kind of thing, and which.
fn place(place: &Place) -> (String, String) {
    let fields = |key: &[(String, Term)]| {
        let all = key.iter().map(|(name, term)| format!("{name}={}", term_text(term)));
        all.collect::<Vec<_>>().join(" ")
    };
    match place {
        Place::Rows { object, shared, by } => (object.clone(), format!("{} {by}=", fields(shared))),
        Place::Row { object, key } => match key.as_slice() {
            [(name, id)] if name == "Id" => (object.clone(), term_text(id)),
            key => (object.clone(), fields(key)),
        },
        Place::Component { kind, names, .. } => {
            (kind.clone(), names.first().map(term_text).unwrap_or_default())
        }
        Place::Tokens { user, app } => {
            ("OauthToken".to_owned(), format!("UserId={} app={}", user.as_str(), app.id()))
        }
        Place::Query { .. } => Default::default(),
    }
}

fn line(cells: &[&str]) -> String {
    cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",")
}

/// A cell that is a text in every spreadsheet. One would take it for a formula when it begins with `=`, `+`, `-` or `@`, in
/// full width too; where `;` or a tab stands between cells (a German Excel opens a file with commas so), or a line ends
/// inside, a cell begins in the middle of it. Source: OWASP, "CSV Injection".
fn cell(text: &str) -> String {
    let mut out = String::from("\"");
    let mut begins = true;
    for char in names::plain(text).chars() {
        if begins && matches!(char, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r' | '\n')
        {
            out.push('\'');
        }
        begins = matches!(char, ';' | ',' | '|' | '\t' | '\r' | '\n' | '"') || begins && char == ' ';
        if char == '"' {
            out.push('"');
        }
        out.push(char);
    }
    out.push('"');
    out
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, cell_text) in [
            ("=1+1", "\"'=1+1\""),
            ("x;=cmd|' /C calc'!A0", "\"x;'=cmd|' /C calc'!A0\""),
            ("a\n=1", "\"a\n'=1\""),
            ("a;  ＝1", "\"a;  '＝1\""),
            ("＋1", "\"'＋1\""),
            ("\t=1", "\"'\t'=1\""),
            ("say \"=1\"", "\"say \"\"'=1\"\"\""),
            ("ERP – 3 of 5, done; well", "\"ERP – 3 of 5, done; well\""),
        ] {
            assert_eq!(cell(text), cell_text);
        }
    }

    /// Read with each separator that a spreadsheet may take, by one that knows of quotes at a cell's beginning alone: no
    /// cell begins as a formula. The names are drawn from a fixed seed.
    #[test]
    fn no_cell_is_a_formula_by_any_separator() {
        let letters: Vec<char> = "a=+-@＝＋－＠;,\t\n\r\"' |".chars().collect();
        let mut seed: u32 = 11;
        for _ in 0..3_000 {
            let mut name = || -> String {
                (0..8)
                    .map(|_| {
                        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        letters[(seed >> 16) as usize % letters.len()]
                    })
                    .collect()
            };
            let (one, two) = (name(), name());
            let text = line(&[&one, &two]);
            for separator in [',', ';', '\t', '|'] {
                let mut quoted = false;
                let mut start = true;
                let mut chars = text.chars().peekable();
                while let Some(char) = chars.next() {
                    if start && char == '"' {
                        (quoted, start) = (true, false);
                        // The first of a quoted cell.
                        let first = chars.peek().copied().unwrap_or('x');
                        assert!(
                            !"=+-@＝＋－＠".contains(first),
                            "{one:?} {two:?} by {separator:?}: {text:?}"
                        );
                    } else if quoted && char == '"' {
                        if chars.peek() == Some(&'"') {
                            chars.next();
                        } else {
                            quoted = false;
                        }
                    } else if !quoted && (char == separator || char == '\n' || char == '\r') {
                        start = true;
                    } else {
                        assert!(
                            !(start && "=+-@＝＋－＠".contains(char)),
                            "{one:?} {two:?} by {separator:?}: {text:?}"
                        );
                        start = start && char == ' ';
                    }
                }
            }
        }
    }
}
