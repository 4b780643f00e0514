//! CSV, as Bulk API 2.0 reads and writes it.
//!
//! It never guesses a delimiter: the job names it.

use crate::store::Row;
use serde_json::{Value, json};

/// The sign that a delimiter's name stands for.
pub(super) fn delimiter(name: &str) -> Option<char> {
    Some(match name {
        "COMMA" => ',',
        "BACKQUOTE" => '`',
        "CARET" => '^',
        "PIPE" => '|',
        "SEMICOLON" => ';',
        "TAB" => '\t',
        _ => return None,
    })
}

/// The end of a line that a name stands for.
pub(super) fn ending(name: &str) -> Option<&'static str> {
    match name {
        "LF" => Some("\n"),
        "CRLF" => Some("\r\n"),
        _ => None,
    }
}

/// One line: every value in quotes.
pub(super) fn line<'t>(cells: impl Iterator<Item = &'t str>, between: char, end: &str) -> String {
    let quoted: Vec<String> = cells.map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    format!("{}{end}", quoted.join(&between.to_string()))
}

/// The fields of a record: what stands empty is left out, `#N/A` is null, and `Account.Number__c` is another object's key.
pub(super) fn fields(names: &[String], cells: &[String]) -> Row {
    let mut fields = Row::new();
    for (name, cell) in names.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        let value = if cell == "#N/A" { Value::Null } else { json!(cell) };
        match name.split_once('.') {
            Some((relation, key)) => fields.insert(relation.to_owned(), json!({ key: value })),
            None => fields.insert(name.clone(), value),
        };
    }
    fields
}

/// The lines of a text; `None` where a quote has no end.
pub(super) fn lines(text: &str, between: char) -> Option<Vec<Vec<String>>> {
    let (mut all, mut row, mut cell) = (vec![], vec![], String::new());
    let (mut inside, mut begun) = (false, false);
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if inside && chars.peek() == Some(&'"') => {
                cell.push('"');
                chars.next();
            }
            '"' if inside || cell.is_empty() => {
                inside = !inside;
                begun = true;
            }
            c if inside => cell.push(c),
            c if c == between => {
                row.push(std::mem::take(&mut cell));
                begun = true;
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => {
                if begun || !cell.is_empty() {
                    row.push(std::mem::take(&mut cell));
                    all.push(std::mem::take(&mut row));
                }
                begun = false;
            }
            c => cell.push(c),
        }
    }
    if begun || !cell.is_empty() {
        row.push(cell);
        all.push(row);
    }
    (!inside).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        let cells = ["a", "b \"c\"", "d,e", "f\ng", ""];
        let text = line(cells.into_iter(), ',', "\r\n");
        assert_eq!(lines(&text, ',').unwrap(), [cells.map(str::to_owned).to_vec()]);
        assert_eq!(
            lines("a,b\n\n1,\n", ',').unwrap(),
            [["a", "b"], ["1", ""]].map(|row| row.map(str::to_owned).to_vec())
        );
        assert_eq!(lines("\"a", ','), None);
        assert_eq!(lines("", ',').unwrap(), Vec::<Vec<String>>::new());
    }
}
