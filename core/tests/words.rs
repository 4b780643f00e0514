//! The words of the product: nothing that people read has a word that words/banned.tsv bans.
//!
//! It reads the sources, as they are. It never reads tests, comments or names of things: those are not read by an admin.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test"
)]

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Folders and files whose texts people read, from the project's folder.
const READ: &[&str] = &[
    "cli/src",
    "core/src/classification",
    "core/src/classification.rs",
    "core/src/collect",
    "core/src/controls",
    "core/src/controls.rs",
    "core/src/execute",
    "core/src/facts",
    "core/src/facts.rs",
    "core/src/fixes",
    "core/src/fixes.rs",
    "core/src/form",
    "core/src/form.rs",
    "core/src/journal",
    "core/src/journal.rs",
    "core/src/plan",
    "core/src/review",
    "core/src/review.rs",
    "core/src/plan.rs",
    "core/src/report.rs",
    "core/src/rules",
    "core/src/salesforce",
    "core/src/text.rs",
    "core/src/waivers",
    "core/src/waivers.rs",
    "docs/accepted-risks.md",
    "docs/ci.md",
    "docs/data-flow.md",
    "docs/enterprise.md",
    "docs/privacy.md",
    "docs/rules.md",
    "docs/store/listing.md",
    "extension/policy.json",
    "extension/src",
    "extension/web",
    "manifest.json",
    "README.md",
    "SECURITY.md",
];

/// Those among them, or beside them, that are still to be said anew.
const NOT_YET: &[&str] = &[];

/// What has a banned word and may have it, and why.
const ALLOWED: &[(&str, &str)] = &[
    ("browser-sign-in-allowed", "a rule's id, which settings and stored answers keep"),
    ("password-sign-in", "a rule's id, as its specification has it"),
];

struct Banned {
    word: String,
    is_start: bool,
    instead: String,
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn banned() -> Vec<Banned> {
    let text = std::fs::read_to_string(project().join("core/tests/words/banned.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (word, instead) = line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line}"));
            let (word, is_start) = word.strip_suffix('*').map_or((word, false), |word| (word, true));
            Banned { word: word.to_owned(), is_start, instead: instead.to_owned() }
        })
        .collect()
}

/// The first banned word in a text, and what is said instead.
fn fault(text: &str, banned: &[Banned]) -> Option<String> {
    let text = ALLOWED.iter().fold(text.to_lowercase(), |text, (part, _)| text.replace(part, "…"));
    let is_letter = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric());
    let stands = |own: &Banned| {
        text.match_indices(&own.word).any(|(at, _)| {
            let end = at + own.word.len();
            !is_letter(text[..at].chars().next_back())
                && (own.is_start || !is_letter(text[end..].chars().next()))
        })
    };
    // "3×" is said "3 times"; a size ("34 × 34") has spaces.
    let counts =
        text.match_indices('×').any(|(at, _)| text[..at].ends_with(|c: char| c.is_numeric() || c == '}'));
    // One apostrophe, the one that Salesforce's own pages have.
    let curly = text.match_indices('’').any(|(at, _)| is_letter(text[..at].chars().next_back()));
    let word = banned.iter().find(|own| stands(own));
    word.map(|own| format!("“{}” (say: {})", own.word, own.instead))
        .or_else(|| counts.then(|| "“×” (say: times)".to_owned()))
        .or_else(|| curly.then(|| "“’” (say: ')".to_owned()))
}

/// Whether a literal is a text for people: words with spaces, and no query, markup or path.
fn is_text(literal: &str) -> bool {
    let is_word = |part: &str| part.len() > 1 && part.chars().all(|letter| letter.is_ascii_lowercase());
    let is_query =
        ["SELECT ", "WHERE ", " = true", " FROM ", "ORDER BY"].iter().any(|mark| literal.contains(mark));
    let is_markup = literal.trim_start().starts_with('<');
    literal.contains(' ')
        && !is_query
        && !is_markup
        && literal.split(|c: char| !c.is_alphanumeric()).any(is_word)
}

/// The string literals of a source, with their lines. What comes after the first `#[cfg(test)]` is a test.
fn literals(source: &str, is_rust: bool) -> Vec<(usize, String)> {
    let source = if is_rust { source.split("#[cfg(test)]").next().unwrap_or_default() } else { source };
    let (mut all, mut line) = (vec![], 1);
    let letters: Vec<char> = source.chars().collect();
    let at = |place: usize| letters.get(place).copied().unwrap_or('\0');
    let mut place = 0;
    while place < letters.len() {
        match (at(place), at(place + 1)) {
            ('/', '/') => {
                while place < letters.len() && at(place) != '\n' {
                    place += 1;
                }
                continue;
            }
            ('/', '*') => {
                while place < letters.len() && (at(place), at(place + 1)) != ('*', '/') {
                    line += usize::from(at(place) == '\n');
                    place += 1;
                }
                place += 1;
            }
            // A character, and no lifetime.
            ('\'', '\\') if is_rust => place += 3,
            ('\'', _) if is_rust && at(place + 2) == '\'' => place += 2,
            ('r', '#') if is_rust && at(place + 2) == '"' => {
                let (start, begun) = (place + 3, line);
                place = start;
                while place < letters.len() && (at(place), at(place + 1)) != ('"', '#') {
                    line += usize::from(at(place) == '\n');
                    place += 1;
                }
                all.push((begun, letters[start..place].iter().collect()));
            }
            (quote @ ('"' | '`' | '\''), _) if quote == '"' || !is_rust => {
                let begun = line;
                let mut text = String::new();
                place += 1;
                while place < letters.len() && at(place) != quote {
                    if at(place) == '\\' {
                        place += 1;
                        // A line that goes on below.
                        if at(place) == '\n' {
                            line += 1;
                            while at(place + 1) == ' ' {
                                place += 1;
                            }
                            place += 1;
                            continue;
                        }
                    }
                    line += usize::from(at(place) == '\n');
                    text.push(at(place));
                    place += 1;
                }
                all.push((begun, text));
            }
            ('\n', _) => line += 1,
            _ => {}
        }
        place += 1;
    }
    all
}

/// The texts of a document: without code, links, and the tables of fixes, which say what the fixes' own texts say.
fn prose(text: &str) -> Vec<(usize, String)> {
    let mut is_code = false;
    let mut all = vec![];
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            is_code = !is_code;
        }
        let is_fix = line.starts_with("| `") && line.matches(" | ").count() >= 4;
        if is_code || (is_fix && NOT_YET.contains(&"core/src/fixes")) {
            continue;
        }
        let outside: Vec<&str> = line.split('`').step_by(2).collect();
        all.push((number + 1, outside.join("…")));
    }
    all
}

fn files(path: &Path, all: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        entries.iter().for_each(|entry| files(entry, all));
    } else if path
        .extension()
        .is_some_and(|kind| kind == "rs" || kind == "ts" || kind == "md" || kind == "json")
    {
        all.push(path.to_owned());
    }
}

/// The texts of a file that people read, with their lines.
fn texts(path: &Path) -> Vec<(usize, String)> {
    let name = path.file_name().unwrap().to_string_lossy();
    // Laws and examples are tests; the generated types are no texts.
    if ["laws.rs", "example.rs", "tests.rs", "protocol.ts"].contains(&&*name)
        || path.components().any(|part| part.as_os_str() == "tests")
    {
        return vec![];
    }
    let text = std::fs::read_to_string(path).unwrap();
    if path.extension().is_some_and(|kind| kind == "md") {
        return prose(&text);
    }
    let is_rust = path.extension().is_some_and(|kind| kind == "rs");
    let mut all = literals(&text, is_rust);
    all.retain(|(line, literal)| {
        // A reason for a lint is not shown.
        let is_reason = text.lines().nth(line - 1).is_some_and(|own| own.contains("reason = \""));
        is_text(literal) && !is_reason
    });
    all
}

#[test]
fn nothing_that_people_read_has_a_banned_word() {
    let (banned, mut wrong, mut count) = (banned(), String::new(), 0);
    for own in READ {
        assert!(!NOT_YET.contains(own), "{own} is in both lists");
        let mut all = vec![];
        files(&project().join(own), &mut all);
        assert!(!all.is_empty(), "there is nothing at {own}");
        for path in all.into_iter().filter(|path| !NOT_YET.iter().any(|own| path.ends_with(own))) {
            for (line, text) in texts(&path) {
                count += 1;
                if let Some(fault) = fault(&text, &banned) {
                    let path = path.strip_prefix(project()).unwrap().display();
                    writeln!(wrong, "{path}:{line}: {fault} in: {text}").unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 400, "only {count} texts were looked at");
    for own in NOT_YET {
        assert!(project().join(own).exists(), "there is nothing at {own}");
    }
}

#[test]
fn a_banned_word_is_found_where_it_stands_and_nowhere_else() {
    let banned = banned();
    for text in [
        "Its licence is “X”.",
        "It Signs in by browser.",
        "2 sign-ins by SOAP",
        "Somebody changed it.",
        "signed in 3× today",
        "It can’t be undone.",
        "A profile of its own.",
        "An app that any user may authorise",
    ] {
        assert!(fault(text, &banned).is_some(), "{text}");
    }
    for text in [
        "Single sign-on is set up.",
        "It designs in CAD.",
        "The ticket is open.",
        "34 × 34 pixels",
        "the certificates that the org signs with",
        "A sticky note.",
    ] {
        assert_eq!(fault(text, &banned), None, "{text}");
    }
    for own in &banned {
        assert!(fault(&own.instead, &banned).is_none(), "instead of {} stands one that is banned", own.word);
    }
}

#[test]
fn literals_are_found_among_comments_and_characters() {
    let source = r##"
        // "a comment has none"
        const A: &str = "one \"text\" here"; // 'x
        fn f<'a>(c: char) -> bool { c == '"' || c == '\'' }
        let b = r#"raw "text" there"#;
        let c = "goes \
                 on below";
        #[cfg(test)]
        const D: &str = "in a test";
    "##;
    let found: Vec<(usize, String)> = literals(source, true);
    assert_eq!(
        found,
        [
            (3, "one \"text\" here".to_owned()),
            (5, "raw \"text\" there".to_owned()),
            (6, "goes on below".to_owned())
        ]
    );
    let script = "const a = `a ${b} text`; /* \"none\" */ const c = 'single one';";
    let found: Vec<String> = literals(script, false).into_iter().map(|(_, text)| text).collect();
    assert_eq!(found, ["a ${b} text", "single one"]);
}
