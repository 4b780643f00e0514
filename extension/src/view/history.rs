//! The history: every change in every org, from all that is on disk.
//!
//! It never shows an org's data but what was changed, and never clears what is unfinished.

use super::changes::{so_far, state, when};
use super::plan::{difference, standing, term_text};
use leastwise_core::journal::{Entry, Journal, State};
use leastwise_core::plan::{Fields, Place, Step, Way};
use leastwise_core::salesforce::json::Value;
use leastwise_core::salesforce::setup_url::api_host;
use maud::{Markup, html};

/// The orgs that have a journal, and under which keys.
pub(crate) fn keys(all: &Value) -> Vec<(String, String)> {
    let keys = all.as_object().into_iter().flatten();
    keys.filter_map(|(key, _)| {
        Some((key.strip_prefix("journal:")?.split(':').next()?.to_owned(), key.clone()))
    })
    .collect::<Vec<_>>()
}

/// The journal under a key of all that is on disk (`journal:ORG:RECORD`). An entry of another org or record is unreadable,
/// and so is one that names another host than the org has: this page links to it.
fn journal(all: &Value, key: &str) -> Journal {
    let mut of = key.split(':').skip(1);
    let (org, subject) = (of.next().unwrap_or_default(), of.next().unwrap_or_default());
    let host = all.get(["host:", org].concat()).and_then(Value::as_str);
    Journal::of(all.get(key).unwrap_or(&Value::Null), |entry| {
        entry.org.as_str() == org
            && entry.subject.as_str() == subject
            && host.is_none_or(|host| entry.host == host)
            && api_host(&entry.host).as_deref() == Some(entry.host.as_str())
    })
}

/// What is left under a key when what is settled is taken away: none when that is all that is there. `all` is what is on
/// disk under the key and the org's host.
pub(crate) fn cleared(all: &Value, key: &str) -> Option<String> {
    let mut journal = journal(all, key);
    journal.clear();
    (!journal.is_empty()).then(|| journal.text())
}

/// Where the host of the org is kept, whose journal is under a key.
pub(crate) fn host_key(key: &str) -> String {
    ["host:", key.split(':').nth(1).unwrap_or_default()].concat()
}

/// What is said where what is on disk could not be read, or not be cleared.
pub(crate) fn trouble(words: &str) -> Markup {
    html! {
        div .panel {
            div .note data-storage="unread" {
                p { b { (words) } " Nothing was lost by that." }
                button #again type="button" data-ask="History" { "Try again" }
            }
        }
    }
}

/// Every entry and how far it came, the newest first; and how many cannot be read.
fn entries(all: &Value) -> (Vec<(Entry, State)>, usize) {
    let mut rows: Vec<(Entry, State)> = vec![];
    let mut unreadable = 0;
    for (_, key) in keys(all) {
        let journal = journal(all, &key);
        unreadable += journal.unreadable();
        rows.extend(journal.entries().map(|entry| (entry.clone(), journal.state(entry))));
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.0.at));
    (rows, unreadable)
}

/// What was begun and not finished, each with the page where it goes on.
pub(crate) fn unfinished(all: &Value) -> Markup {
    html! {
        @for (entry, _) in entries(all).0.iter().filter(|(_, how)| *how == State::Unfinished) {
            p .note.unfinished data-entry=(entry.id) data-state="unfinished" {
                b { (so_far(entry)) } " " (entry.apply.plan().title) ": " (subject(entry))
            }
        }
    }
}

/// The user or profile, as a link to its page.
fn subject(entry: &Entry) -> Markup {
    html! { a href={ "https://" (entry.host) "/" (entry.subject.as_str()) "?noredirect=1" } target="_blank" { bdi { (entry.name) } } }
}

/// The way to the history, from the popup.
pub(crate) fn link() -> Markup {
    html! { p .foot { a #history href="history.html" target="_blank" { "History of all orgs" } } }
}

/// All of it, the newest first.
pub(crate) fn page(all: &Value) -> Markup {
    let (rows, unreadable) = entries(all);
    html! {
      div .panel {
        h1 #name { "History" }
        @if rows.is_empty() { p { "No changes yet. Changes that you make with Leastwise in this browser appear here." } }
        @else {
            p .say {
                button #json type="button" data-ask="json" { "Export as JSON" }
                button #csv type="button" data-ask="csv" { "Export as CSV" }
                button #clear type="button" data-ask="Clear" { "Clear finished entries" }
            }
            div .table tabindex="0" role="region" aria-label="Changes" {
                table .history {
                    thead { tr { @for name in ["Date", "Changed by", "Org", "Record", "Change", "Status"] {
                        th scope="col" { (name) }
                    } } }
                    tbody { @for (entry, how) in &rows { (row(entry, *how)) } }
                }
            }
        }
        @if unreadable > 0 { p { (unreadable) " entries cannot be read by this version. They are kept." } }
      }
    }
}

fn row(entry: &Entry, how: State) -> Markup {
    let plan = entry.apply.plan();
    let steps = plan.steps.iter().zip(entry.apply.progress()).filter(|(step, _)| step.way != Way::Read);
    let steps = steps.collect::<Vec<_>>();
    html! {
        tr data-entry=(entry.id) data-state=(how.word()) {
            td .when { (when(entry)) }
            td { bdi { (entry.username) } }
            td { bdi { (entry.host) } br; span .small { (entry.org.as_str()) } }
            td { (subject(entry)) br; span .small { (entry.subject.as_str()) } }
            td .what {
                details #{ "what-" (entry.id) } {
                    summary { (plan.title) }
                    ul { @for (step, progress) in &steps {
                        li {
                            (step.words)
                            @let words = standing(progress, step).1;
                            @if !words.is_empty() { " " span .small { (words) } }
                            (difference(step))
                        }
                    } }
                    p .small { "Entry " (entry.id) @if !entry.undoes.is_empty() { ", takes back " (entry.undoes) } }
                }
            }
            td { (state(entry, how)) " " (entry.stop) }
        }
    }
}

/// All of it as a table for a spreadsheet (RFC 4180), the newest change first: a line for each field that a step changes,
/// with what was there before and after it.
pub(crate) fn csv(all: &Value) -> String {
    let (rows, _) = entries(all);
    let head = [
        "Date (UTC)",
        "Org Id",
        "Org",
        "Changed by",
        "Record",
        "Record Id",
        "Change",
        "Step",
        "Object",
        "Row",
        "Field",
        "Before",
        "After",
        "Step status",
        "Status",
        "Undone at (UTC)",
        "Takes back",
        "Entry Id",
    ];
    let mut lines = vec![line(&head)];
    for (entry, how) in &rows {
        let undone = rows
            .iter()
            .find(|(other, _)| *how == State::Undone && other.undoes == entry.id && other.apply.is_done());
        let undone = undone.map(|(other, _)| when(other)).unwrap_or_default();
        let plan = entry.apply.plan();
        for (step, progress) in
            plan.steps.iter().zip(entry.apply.progress()).filter(|(step, _)| step.way != Way::Read)
        {
            let (object, row) = place(&step.place);
            // Of many rows each has its lines.
            let rows = if step.rows.is_empty() {
                vec![(row, standing(progress, step).1)]
            } else {
                let told = |(at, own): (usize, &String)| {
                    ([&*row, own].concat(), standing(&progress.of_row(at), step).1)
                };
                step.rows.iter().enumerate().map(told).collect()
            };
            for (row, standing, [field, before, after]) in rows
                .iter()
                .flat_map(|(row, words)| changed(step).into_iter().map(move |field| (row, words, field)))
            {
                lines.push(line(&[
                    &when(entry),
                    entry.org.as_str(),
                    &entry.host,
                    &entry.username,
                    &entry.name,
                    entry.subject.as_str(),
                    &plan.title,
                    &step.words,
                    &object,
                    row,
                    &field,
                    &before,
                    &after,
                    standing,
                    &[&*state(entry, *how), " ", &entry.stop].concat(),
                    &undone,
                    &entry.undoes,
                    &entry.id,
                ]));
            }
        }
    }
    // The mark by which a spreadsheet knows that it is UTF-8.
    format!("\u{feff}{}\r\n", lines.join("\r\n"))
}

/// A step's fields with what was there before and after; a step that has none of its own is one line without a field.
fn changed(step: &Step) -> Vec<[String; 3]> {
    let told = |all: &Option<Fields>, name: &str| {
        let found = all.iter().flatten().find(|(own, _)| own == name);
        found.map(|(_, term)| term_text(term)).unwrap_or_default()
    };
    let names = step.before.iter().filter(|_| step.after.is_none()).chain(&step.after).flatten();
    let all: Vec<[String; 3]> = names
        .map(|(name, _)| [name.clone(), told(&step.before, name), told(&step.after, name)])
        .filter(|[_, before, after]| before != after)
        .collect();
    if all.is_empty() { vec![Default::default()] } else { all }
}

/// What a step changes: the kind of thing, and which.
fn place(place: &Place) -> (String, String) {
    let told = |key: &Fields| {
        let all = key.iter().map(|(name, term)| format!("{name}={}", term_text(term)));
        all.collect::<Vec<_>>().join(" ")
    };
    match place {
        Place::Rows { object, shared, by } => (object.clone(), [&told(shared), " ", by, "="].concat()),
        Place::Row { object, key } => (object.clone(), told(key)),
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
    for char in super::names::plain(text).chars() {
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
