//! Findings as a compiler shows them: the element in its file, what is wrong with it, what to do; then a summary.

use crate::arguments::Color;
use crate::check::checked::{Checked, Item};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use leastwise_core::folder::Place;
use leastwise_core::names;
use leastwise_core::rules::rule::Severity;
use leastwise_core::text::counted;
use leastwise_core::waivers::SubjectKind;
use std::collections::BTreeMap;
use std::fmt::Write;

pub(super) fn text(checked: &Checked<'_>, color: Color) -> String {
    let renderer = if color.is_on() { Renderer::styled() } else { Renderer::plain() };
    let mut files = Files::default();
    let mut out = String::new();
    for item in checked.open() {
        out.push_str(&renderer.render(&[group(checked, item, &mut files)]));
        out.push_str("\n\n");
    }
    // Writing into a text never fails.
    let _ = summary(checked, &mut out);
    out
}

/// Texts of files: findings of one file stand together mostly.
#[derive(Default)]
struct Files {
    last: Option<(u32, Vec<String>)>,
}

impl Files {
    /// A line of a file; what is hidden in it is named.
    fn line(&mut self, checked: &Checked<'_>, place: Place) -> String {
        if self.last.as_ref().is_none_or(|(file, _)| *file != place.file) {
            let bytes = std::fs::read(checked.path(place)).unwrap_or_default();
            let text = crate::check::walk::text(&bytes).unwrap_or_default();
            self.last = Some((place.file, text.lines().map(without_secrets).collect()));
        }
        let lines = self.last.as_ref().map(|(_, lines)| lines.as_slice()).unwrap_or_default();
        let at = usize::try_from(place.line).unwrap_or_default().saturating_sub(1);
        lines.get(at).cloned().unwrap_or_default()
    }
}

/// A line of a file with stars in place of an app's key and secret, so that nothing else moves.
fn without_secrets(line: &str) -> String {
    let mut line = line.to_owned();
    for name in ["consumerKey", "consumerSecret"] {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let Some((start, end)) = line.find(&open).map(|at| at + open.len()).zip(line.find(&close)) else {
            continue;
        };
        if let Some(secret) = line.get(start..end) {
            line.replace_range(start..end, &"*".repeat(secret.chars().count()));
        }
    }
    line
}

const fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Critical | Severity::High => Level::ERROR,
        Severity::Medium => Level::WARNING,
        Severity::Low | Severity::Info => Level::NOTE,
    }
}

fn group<'a>(checked: &Checked<'_>, item: &Item<'_>, files: &mut Files) -> Group<'a> {
    let place = item.located.place;
    let line = files.line(checked, place);
    let (start, end) = span(&line, place.column);
    let subject = item.subject.called();
    let title = names::plain(&format!("{} ({subject})", item.located.finding.sentence()));
    let at = usize::try_from(place.line).unwrap_or(1).max(1);
    let snippet = Snippet::source(line)
        .line_start(at)
        .path(checked.path(place))
        .annotation(AnnotationKind::Primary.span(start..end));
    let mut group = level(item.severity)
        .with_name(item.severity.word())
        .primary_title(title)
        .id(item.rule.id)
        .element(snippet);
    if !item.located.also.is_empty() {
        let places = item.located.also.iter().take(5).map(|place| place.line.to_string());
        let more = item.located.also.len().saturating_sub(5);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let lines: Vec<String> = places.collect();
        group = group.element(Level::NOTE.message(format!("also in line {}{more}", lines.join(", "))));
    }
    if let Some(lapsed) = &item.lapsed {
        group = group.element(Level::NOTE.message(names::plain(lapsed)));
    }
    group.element(Level::HELP.message(first_sentence(&item.rule.section("Fix"))))
}

/// The first sentence of a text: the rest is told by `leastwise explain`.
fn first_sentence(text: &str) -> String {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.').to_owned() + "."
}

/// The element's bytes in its line: to the end of its closing tag, or of the line.
fn span(line: &str, column: u32) -> (usize, usize) {
    let skip = usize::try_from(column).unwrap_or_default().saturating_sub(1);
    let start = line.char_indices().nth(skip).map_or(line.len(), |(at, _)| at);
    let rest = line.get(start..).unwrap_or_default();
    let name: String = rest.chars().skip(1).take_while(|c| c.is_alphanumeric()).collect();
    let closing = format!("</{name}>");
    let end = match (rest.find(&closing), rest.find('>')) {
        (Some(at), _) if !name.is_empty() => start + at + closing.len(),
        (_, Some(at)) => start + at + 1,
        _ => line.trim_end().len().max(start),
    };
    (start, end)
}

fn summary(checked: &Checked<'_>, out: &mut String) -> std::fmt::Result {
    for problem in checked.problems {
        let place =
            problem.place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        let path = crate::check::checked::shown(&problem.path);
        writeln!(out, "couldn't read {path}{place}: {}", names::plain(&problem.why))?;
    }
    let mut unread: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for one in &checked.unread {
        let subject = one.subject.called();
        *unread.entry((names::plain(&subject), one.why)).or_default() += 1;
    }
    for ((subject, why), checks) in &unread {
        writeln!(out, "couldn't check {subject}: {} ({})", names::plain(why), counted(*checks, "check"))?;
    }
    if !checked.problems.is_empty() || !unread.is_empty() {
        writeln!(out)?;
    }
    let integrations = checked.subjects.iter().filter(|one| one.is_of_integrations()).count();
    let of = |kind| checked.subjects.iter().filter(|one| one.id.kind == kind).count();
    writeln!(
        out,
        "{}, {}, {} and {} in {}; {integrations} used by integrations.",
        counted(of(SubjectKind::Profile), "profile"),
        counted(of(SubjectKind::PermissionSet), "permission set"),
        counted(of(SubjectKind::PermissionSetGroup), "group"),
        counted(of(SubjectKind::App), "app"),
        counted(checked.found.len(), "file")
    )?;
    let count = |severity| checked.open().filter(|item| item.severity == severity).count();
    let counts: Vec<String> =
        Severity::ALL.iter().map(|one| format!("{} {}", count(*one), one.word())).collect();
    let accepted = checked.items.len() - checked.open().count();
    writeln!(out, "{}; {accepted} accepted.", counts.join(", "))?;
    if let Some(earlier) = checked.earlier.filter(|count| *count > 0) {
        writeln!(out, "{} that this branch doesn't bring.", counted(earlier, "finding"))?;
    }
    if !checked.needs_org.is_empty() {
        let rules: Vec<&str> = checked.needs_org.keys().copied().collect();
        writeln!(out, "Needs an org (leastwise review): {}.", rules.join(", "))?;
    }
    if checked.skipped > 0 {
        writeln!(out, "{} left out by leastwise.toml.", checked.skipped)?;
    }
    if !checked.off.is_empty() {
        writeln!(out, "Turned off: {}.", checked.off.join(", "))?;
    }
    Ok(())
}

impl Color {
    /// Whether colors are written.
    fn is_on(self) -> bool {
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_of_an_app_is_shown_as_stars() {
        let line = "<a/><consumerKey>3MVG9é</consumerKey><consumerSecret>42</consumerSecret> <b>1</b>";
        let shown = "<a/><consumerKey>******</consumerKey><consumerSecret>**</consumerSecret> <b>1</b>";
        assert_eq!(without_secrets(line), shown);
        assert_eq!(without_secrets("</consumerKey>x<consumerKey>"), "</consumerKey>x<consumerKey>");
    }

    #[test]
    fn an_element_is_underlined_whole() {
        for (line, column, is) in [
            ("    <name>ModifyAllData</name>", 5, "<name>ModifyAllData</name>"),
            ("<Profile xmlns=\"x\">", 1, "<Profile xmlns=\"x\">"),
            ("é<name>É</name> <b/>", 2, "<name>É</name>"),
            ("<name", 1, "<name"),
            ("", 9, ""),
        ] {
            let (start, end) = span(line, column);
            assert_eq!(line.get(start..end), Some(is), "{line}");
        }
    }
}
