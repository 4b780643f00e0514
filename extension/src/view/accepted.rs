//! Accepted risks on the options page: each org's with who answers for them and until when, import and export, and what the
//! company decided.

use super::accept::words;
use super::options::{LOCKED, Options, section};
use crate::storage::waivers::{self, Policy};
use leastwise_core::rules;
use leastwise_core::salesforce::id::Id;
use leastwise_core::text::counted;
use leastwise_core::waivers::{Day, Merged, Note, Problem, Read, SubjectId, Terms, Waiver, Waivers};
use maud::{Markup, html};

/// Entries shown of an org; a file has them all.
const SHOWN: usize = 200;

/// Conflicts and problems told one by one.
const TOLD: usize = 20;

/// What came of a file, or what is asked before it is taken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Import {
    pub(crate) org: String,
    /// Why nothing of it can be taken.
    refused: String,
    merged: Merged,
    problems: Vec<Problem>,
    remarks: Vec<String>,
    /// Entries of other orgs, and those orgs.
    of_others: usize,
    orgs: Vec<String>,
    /// Whether it is taken.
    pub(crate) is_done: bool,
}

impl Import {
    /// A file of which nothing can be taken.
    pub(crate) fn refused(org: &str, why: String) -> Import {
        Import { org: org.to_owned(), refused: why, ..Import::default() }
    }

    /// What would come of a file.
    pub(crate) fn new(org: &str, id: &Id, file: Read, merged: Merged) -> Import {
        Import {
            org: org.to_owned(),
            of_others: file.waivers.of_others(id),
            orgs: file.waivers.orgs().into_iter().filter(|own| *own != id).map(ToString::to_string).collect(),
            problems: file.problems,
            remarks: file.remarks,
            merged,
            ..Import::default()
        }
    }

    /// The same, once it is taken.
    pub(crate) fn done(self) -> Import {
        Import { is_done: true, ..self }
    }

    /// Whether it is asked first: of another org's file, of entries that take the place of others, and of a file with
    /// something wrong in it.
    pub(crate) fn is_to_be_asked(&self) -> bool {
        self.of_others > 0 || !self.merged.conflicts.is_empty() || !self.problems.is_empty()
    }
}

/// The section.
pub(super) fn accepted(options: &Options) -> Markup {
    let policy = &options.waiver_policy;
    let known = options.orgs.iter().map(|org| org.id.as_str());
    let others = waivers::orgs(&options.local).filter(|id| options.orgs.iter().all(|org| org.id != *id));
    let all: Vec<&str> = known.chain(others).collect();
    section(
        "accepted",
        "Accepted risks",
        &html! {
            p .small { "Findings that you accept, with a reason, who is responsible, and until when; and your notes on users. They stay findings and count separately. Nothing is written to any org." }
            (terms(policy))
            (of_company(policy, options))
            @if all.is_empty() { p { "No orgs yet. An org appears here once you open a user or profile in it." } }
            @for id in all { (of_org(id, options)) }
        },
    )
}

fn terms(policy: &Policy) -> Markup {
    let terms = policy.terms;
    html! {
        @if !terms.is_allowed { p .note data-locked { b { "Accepting risks is off." } " " (LOCKED) } }
        @else {
            @if terms.most_days < leastwise_core::waivers::MOST_DAYS {
                p .note data-locked { "A risk can be accepted for " (counted(terms.most_days, "day")) " at most. " (LOCKED) }
            }
            @if terms.needs_ticket { p .note data-locked { "Each accepted risk needs a ticket. " (LOCKED) } }
        }
    }
}

fn of_company(policy: &Policy, options: &Options) -> Markup {
    html! {
        @if !policy.waivers.is_empty() || !policy.problems.is_empty() {
            h3 { "By your company" }
            p .small { (LOCKED) }
            (problems(&policy.problems))
            ul .list { @for waiver in policy.waivers.iter().take(SHOWN) { (row(waiver, (waiver.last_day(Terms::default()), options.today), None)) } }
        }
    }
}

fn of_org(id: &str, options: &Options) -> Markup {
    let label = options.orgs.iter().find(|org| org.id == id).map_or(id, |org| org.label());
    let import = options.import.as_ref().filter(|import| import.org == id);
    html! {
        div .of-org data-org=(id) {
            h3 { bdi { (label) } }
            @match waivers::stored(&options.local, id) {
                Err(_) => p .note { b { "What is stored for this org can't be read by this version." } " It's kept as it is, and nothing is accepted by it." },
                Ok(own) => (list(id, label, &options.waiver_policy.over(own), import, options)),
            }
        }
    }
}

fn list(id: &str, label: &str, own: &Waivers, import: Option<&Import>, options: &Options) -> Markup {
    let today = options.today;
    // What was not read may forbid it.
    let hides_exports = options.company.as_ref().is_none_or(|company| company.hides_exports);
    let is_over = |waiver: &&Waiver| waiver.last_day(own.terms()) < today;
    let over = own.all().iter().filter(is_over).count();
    html! {
        p .buttons {
            button #{ "import-" (id) } type="button" data-command="file" data-org=(id) disabled[!own.terms().is_allowed] {
                "Import…" span .hush { " accepted risks of " (label) }
            }
            @if !(hides_exports || own.all().is_empty() && own.notes().is_empty()) {
                button #{ "export-" (id) } type="button" data-command="ExportAccepted" data-org=(id) {
                    "Export" span .hush { " accepted risks of " (label) }
                }
            }
            @if over > 0 {
                button #{ "prune-" (id) } type="button" data-command="ForgetAccepted" data-org=(id) {
                    "Remove " (over) " expired" span .hush { " of " (label) }
                }
            }
        }
        @if let Some(import) = import { (told(import, label)) }
        @if own.unreadable() > 0 { p .note { (entries(own.unreadable())) " can't be read by this version. What is stored is kept." } }
        @if own.all().is_empty() { p { "No accepted risks." } }
        @else {
            ul .list { @for waiver in own.all().iter().take(SHOWN) { (row(waiver, (waiver.last_day(own.terms()), today), Some(id))) } }
            @if own.all().len() > SHOWN { p .small { "And " (own.all().len() - SHOWN) " more. Export shows them all." } }
        }
        @if !own.notes().is_empty() {
            details #{ "notes-" (id) } {
                summary { (counted(own.notes().len(), "note")) }
                ul .list { @for note in own.notes().iter().take(SHOWN) { (self::note(note)) } }
            }
        }
        @if !own.removed().is_empty() {
            details #{ "ended-" (id) } {
                summary { (own.removed().len()) " no longer accepted" }
                ul .list { @for ended in own.removed().iter().take(SHOWN) {
                    li data-ended=(ended.waiver.fingerprint) {
                        p { (what(&ended.waiver)) br;
                            span .small { "Accepted on " (ended.waiver.created.words()) " by " bdi { (by(&ended.waiver)) }
                                ", ended on " (ended.removed.words()) " by " bdi { (ended.removed_by) } }
                            br; span .small dir="auto" { (words(&ended.waiver)) } }
                    }
                } }
            }
        }
    }
}

fn row(waiver: &Waiver, (last_day, today): (Day, Day), org: Option<&str>) -> Markup {
    let is_over = last_day < today;
    html! {
        li data-fingerprint=(waiver.fingerprint) data-expired[is_over] {
            p { (what(waiver)) br;
                span .small {
                    @if is_over { b { "Expired on " (last_day.words()) ". " } }
                    "Accepted on " (waiver.created.words()) " by " bdi { (by(waiver)) } " until " (last_day.words())
                }
                br; span .small dir="auto" { (words(waiver)) } }
            @if let Some(org) = org {
                button #{ "forget-" (waiver.fingerprint.trim_start_matches("lw1:")) } type="button" data-command="ForgetAccepted"
                    data-org=(org) data-fingerprint=(waiver.fingerprint) {
                    "Stop accepting" span .hush { ": " (waiver.about) " of " (waiver.subject.label()) }
                }
            }
        }
    }
}

fn by(waiver: &Waiver) -> &str {
    if waiver.by.is_empty() { &waiver.owner } else { &waiver.by }
}

/// What is accepted, of whom.
fn what(waiver: &Waiver) -> Markup {
    let rule = rules::all().iter().find(|rule| rule.id == waiver.rule);
    html! {
        span .pill .(waiver.severity.word()) { (waiver.severity.label()) } " "
        b { (rule.map_or(waiver.rule.as_str(), |rule| rule.title())) } ": " bdi { (about(waiver)) }
        span .small { " " (subject(&waiver.subject)) }
    }
}

/// What it is about, where a list is long its beginning.
fn about(waiver: &Waiver) -> String {
    let parts: Vec<&str> = waiver.about.split(',').collect();
    match parts.as_slice() {
        ["*"] => "everything".to_owned(),
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        parts => parts.join(", "),
    }
}

fn subject(subject: &SubjectId) -> Markup {
    html! { (subject.kind.name()) " " bdi { (subject.label()) } }
}

fn note(note: &Note) -> Markup {
    let parts = [("Purpose", &note.purpose), ("Owner", &note.owner), ("Vendor", &note.vendor)];
    html! {
        li { p { b { (subject(&note.subject)) }
            @for (name, text) in parts { @if !text.is_empty() { br; span .small { (name) ": " bdi { (text) } } } } } }
    }
}

/// What came of a file, or what is asked.
fn told(import: &Import, label: &str) -> Markup {
    let Merged { added, same, notes, conflicts } = &import.merged;
    html! {
        div .note #imported role="group" aria-label="Import" tabindex="-1" data-import=(if import.is_done { "done" } else if import.refused.is_empty() { "asked" } else { "refused" }) {
            @if !import.refused.is_empty() { p { b { "Nothing was imported." } " " (import.refused) } }
            @else {
                p { b { (if import.is_done { "Imported." } else { "Import this file?" }) } " "
                    (counted(*added, "new accepted risk")) ", " (counted(*notes, "note")) ", " (same) " already here." }
                @if import.of_others > 0 {
                    p { b { "This file is of another org" } " (" bdi { (import.orgs.join(", ")) } "): "
                        (entries(import.of_others)) " of it, matched to users and profiles of " bdi { (label) } " by name." }
                }
                @for remark in &import.remarks { p .small { (remark) } }
                @if !conflicts.is_empty() {
                    p { (conflicts.len()) " on findings that are accepted here too:" }
                    ul .evidence { @for one in conflicts.iter().take(TOLD) { li dir="auto" { (one.sentence()) } } }
                    @if conflicts.len() > TOLD { p .small { "And " (conflicts.len() - TOLD) " more." } }
                }
                (problems(&import.problems))
                @if !import.is_done {
                    p .buttons {
                        button #import-now .primary type="button" data-command="import" data-org=(import.org) { "Import" }
                        button #import-not type="button" data-command="Options" { "Cancel" }
                    }
                }
            }
        }
    }
}

fn problems(problems: &[Problem]) -> Markup {
    html! {
        @if !problems.is_empty() {
            p { (entries(problems.len())) " left out:" }
            ul .evidence { @for one in problems.iter().take(TOLD) { li dir="auto" { b { (one.entry) } ": " (one.what.join(" ")) } } }
            @if problems.len() > TOLD { p .small { "And " (problems.len() - TOLD) " more." } }
        }
    }
}

fn entries(count: usize) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::options;
    use leastwise_core::salesforce::time::Timestamp;
    use serde_json::{Value, json};

    const ORG: &str = "00D5g000000AAAAEA4";
    const NOW: Timestamp = Timestamp(1_795_478_400);

    fn entry(about: &str, org: &str, created: &str) -> Value {
        json!({ "rule": "broad-permission", "subject": { "kind": "user", "key": "erp@acme.example", "id": "0055g000001AbcdAAC", "org": org },
            "about": about, "reason": "<b>Agreed</b> with security", "owner": "jane@acme.example",
            "created": created, "expires": "2027-01-20", "severity": "high" })
    }

    fn file(entries: &[Value]) -> String {
        json!({ "version": 1, "waivers": entries }).to_string()
    }

    fn import(text: &str, own: &mut Waivers) -> Import {
        let file = Waivers::import(text, Terms::default(), Day::of(NOW)).unwrap();
        let merged = own.merge(file.waivers.clone());
        Import::new(ORG, &Id::parse(ORG).unwrap(), file, merged)
    }

    fn page(local: Value, import: Option<Import>, managed: &Value) -> String {
        let drawn = Options::new(local, &json!({}), Some(managed), NOW);
        options::page(&Options { import, ..drawn }).0
    }

    #[test]
    fn it_is_asked_only_where_there_is_something_to_ask() {
        let mut own = Waivers::default();
        let plain = import(&file(&[entry("ViewAllData", ORG, "2026-11-01")]), &mut own);
        assert!(!plain.is_to_be_asked());
        assert!(
            !import(&file(&[entry("ViewAllData", ORG, "2026-11-01")]), &mut own).is_to_be_asked(),
            "the same"
        );
        assert!(
            import(&file(&[entry("ViewAllData", ORG, "2026-11-02")]), &mut own).is_to_be_asked(),
            "newer"
        );
        assert!(import(&file(&[json!({})]), &mut own).is_to_be_asked(), "something is wrong");
        let other = import(&file(&[entry("AuthorApex", "00D5g000000BBBB", "2026-11-01")]), &mut own);
        assert!(other.is_to_be_asked());
        let local = json!({ (format!("host:{ORG}")): "acme.my.salesforce.com" });
        let html = page(local.clone(), Some(other), &json!({}));
        assert!(html.contains("Import this file?") && html.contains("This file is of another org"), "{html}");
        let taken = import(&file(&[entry("X", ORG, "2026-11-01")]), &mut own).done();
        assert!(page(local.clone(), Some(taken), &json!({})).contains("data-import=\"done\""));
        let html = page(local, Some(Import::refused(ORG, "Why.".into())), &json!({}));
        assert!(html.contains("Nothing was imported.") && !html.contains("id=\"import-now\""), "{html}");
    }

    #[test]
    fn each_is_told_with_who_why_and_until_when() {
        let long = "Account,Asset,Case,Contact,Lead";
        let stored = file(&[
            entry(long, ORG, "2026-11-01"),
            json!({ "rule": "of-another-version", "subject": { "kind": "profile", "key": "Sync" }, "about": "*",
                "reason": "It was there before", "owner": "bob", "created": "2026-01-01", "expires": "2026-02-01", "severity": "low" }),
            json!("of another version"),
        ]);
        let key = format!("waivers:{ORG}");
        let html = page(json!({ (key.clone()): stored }), None, &json!({}));
        for part in [
            "Account, Asset, Case and 2 more",
            "User <bdi>erp@acme.example</bdi>",
            "“&lt;b&gt;Agreed&lt;/b&gt; with security” jane@acme.example is responsible.",
            "Expired on Feb 1, 2026.",
            "of-another-version",
            "Remove 1 expired",
            "1 entry can't be read by this version",
            "ExportAccepted",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let stored = json!({ (key.clone()): file(&[entry(long, ORG, "2026-11-01")]) });
        assert!(!page(stored, None, &json!({ "hideExports": true })).contains("ExportAccepted"));
        let broken = page(json!({ (key): "{" }), None, &json!({}));
        assert!(broken.contains("What is stored for this org can't be read"), "{broken}");
    }

    #[test]
    fn ten_thousand_are_not_drawn_one_by_one() {
        let all: Vec<Value> = (0..10_000).map(|at| entry(&format!("P{at}"), ORG, "2026-11-01")).collect();
        let html = page(json!({ (format!("waivers:{ORG}")): file(&all) }), None, &json!({}));
        assert_eq!(html.matches("data-fingerprint").count(), SHOWN * 2, "a row and its button each");
        assert!(html.contains("And 9800 more. Export shows them all."));
    }

    #[test]
    fn what_a_company_decides_is_said() {
        let managed = json!({ "allowWaivers": true, "requireTicket": true, "maxWaiverDays": 1, "waivers": [entry("*", ORG, "2026-11-01"), {}] });
        let html = page(json!({}), None, &managed);
        for part in
            ["for 1 day at most", "needs a ticket", "By your company", "everything", "1 entry left out"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("ForgetAccepted"));
        let off = page(
            json!({ (format!("host:{ORG}")): "acme.my.salesforce.com" }),
            None,
            &json!({ "allowWaivers": false }),
        );
        assert!(
            off.contains("Accepting risks is off.")
                && off.contains("data-command=\"file\" data-org=\"00D5g000000AAAAEA4\" disabled"),
            "{off}"
        );
    }
}
