//! Accepting a risk: the form under a failed check, and what is accepted, apart from what counts. The note on a user is the
//! same kind of form.

use super::screen::{Accepting, Screen};
use crate::state::Draft;
use leastwise_core::protocol::Surface;
use leastwise_core::report::{Acceptance, FailedCheck};
use leastwise_core::rules::rule::{Finding, Rule, Severity};
use leastwise_core::waivers::{Day, Note, Waiver, about};
use maud::{Markup, html};

/// Days that are proposed.
const PROPOSED: u32 = 90;

/// What can be accepted here: on a page alone, by somebody who is known.
fn accepting<'a>(screen: &Screen<'a>) -> Option<Accepting<'a>> {
    screen.accepting.filter(|_| screen.changes.surface == Surface::Page && screen.viewer.is_some())
}

/// The form under a failed check.
pub(super) fn form(check: &FailedCheck<'_>, screen: &Screen<'_>) -> Markup {
    let Some(accepting) = accepting(screen).filter(|own| own.terms.is_allowed) else {
        return Markup::default();
    };
    let rule = check.rule.id;
    let draft = accepting.draft.filter(|draft| draft.rule == rule);
    // What was taken is not entered again in the next form: that is another one.
    let id = format!("accept-{rule}-{}-{}", accepting.ended, screen.report.accepted().len());
    let today = Day::of(screen.changes.now);
    let most = accepting.terms.days(check.severity);
    let owner = screen.viewer.map_or("", |viewer| &viewer.username);
    let entry = Entry { id: &id, draft };
    html! {
        details #(id) .entry .accept open[draft.is_some()] {
            summary #{ (id) "-open" } { "Accept the risk…" }
            fieldset {
                legend .hush { "Accept the risk: " (check.headline(false)) }
                p .small { "The finding stays, marked as accepted, and counts separately. Nothing changes in Salesforce." }
                @if let [item] = check.items.as_slice() {
                    input type="hidden" name="about" value=(about(&item.finding.subject));
                } @else {
                    ul .parts {
                        @for (at, item) in check.items.iter().enumerate() {
                            @let about = about(&item.finding.subject);
                            li { label dir="auto" {
                                input #{ (id) "-" (at) } type="checkbox" name="about" value=(about)
                                    checked[entry.has("about", &about)];
                                " " (item.finding.title)
                            } }
                        }
                    }
                }
                (entry.area("reason", "Reason"))
                (entry.line("owner", "Who is responsible", owner, true))
                (entry.line("ticket", if accepting.terms.needs_ticket { "Ticket" } else { "Ticket (optional)" }, "",
                    accepting.terms.needs_ticket))
                (entry.day("until", "Accept until", today.plus(most.min(PROPOSED)), (today.plus(1), today.plus(most))))
                (entry.trouble())
                button #{ (id) "-accept" } type="button" data-command="Accept" data-rule=(rule) { "Accept risk" }
            }
        }
    }
}

/// That something was accepted once and counts again, and why.
pub(super) fn lapsed(check: &FailedCheck<'_>, screen: &Screen<'_>) -> Markup {
    let of = |finding: &Finding| {
        screen.report.acceptance(check.rule, finding).and_then(|own| Some((own, own.lapse?)))
    };
    html! {
        @for item in &check.items {
            @if let Some((own, lapse)) = of(item.finding) {
                p .small.lapsed data-lapsed=(own.waiver.about) dir="auto" {
                    @if check.items.len() > 1 { b { (item.finding.title) } ": " }
                    b { (lapse.sentence()) } " "
                    (words(&own.waiver))
                }
            }
        }
    }
}

/// What is accepted: folded, each with who answers for it and until when.
pub(super) fn accepted(screen: &Screen<'_>) -> Markup {
    let accepted = screen.report.accepted();
    let gone = &screen.report.acceptances.gone;
    html! {
        @if !accepted.is_empty() || !gone.is_empty() {
            details #accepted .group {
                summary { "Accepted " span .count { (accepted.len()) } }
                ul {
                    @for (rule, finding, own) in &accepted { (one(rule, finding, own, screen)) }
                    @for waiver in gone { (no_longer_needed(waiver, screen)) }
                }
            }
        }
    }
}

fn one(rule: &Rule, finding: &Finding, own: &Acceptance, screen: &Screen<'_>) -> Markup {
    let severity = finding.severity.unwrap_or(rule.integration);
    html! {
        li data-rule=(rule.id) data-outcome="accepted" data-about=(own.waiver.about) {
            p { (pill(severity)) " " b dir="auto" { (finding.title) } }
            p .small {
                "Accepted until " (own.last_day.words()) @if own.is_company { " by your company" }
                @else if own.is_by_name { " in another org, matched by name" }
            }
            p .small dir="auto" { (words(&own.waiver)) }
            @if !finding.evidence.is_empty() {
                ul .evidence { @for line in &finding.evidence { li dir="auto" { (line) } } }
            }
            @if !own.is_company { (stop(&own.waiver, &finding.title, screen)) }
        }
    }
}

fn pill(severity: Severity) -> Markup {
    html! { span .pill .(severity.word()) { (severity.label()) } }
}

fn no_longer_needed(waiver: &Waiver, screen: &Screen<'_>) -> Markup {
    html! {
        li data-gone=(waiver.about) {
            p { b dir="auto" { (waiver.rule) ", " (waiver.about) } }
            p .small { "No longer needed: this isn't found any more." }
            p .small dir="auto" { (words(waiver)) }
            (stop(waiver, &waiver.about, screen))
        }
    }
}

fn stop(waiver: &Waiver, name: &str, screen: &Screen<'_>) -> Markup {
    html! {
        @if accepting(screen).is_some() {
            button #{ "stop-" (waiver.fingerprint.trim_start_matches("lw1:")) } type="button" data-command="StopAccepting"
                data-fingerprint=(waiver.fingerprint) { "Stop accepting" span .hush { ": " (name) } }
        }
    }
}

/// Why, who answers for it, and under which ticket.
pub(super) fn words(waiver: &Waiver) -> String {
    let mut words = format!("“{}” {} is responsible.", waiver.reason.trim(), waiver.owner.trim());
    if !waiver.ticket.trim().is_empty() {
        words.push_str(&format!(" Ticket {}.", waiver.ticket.trim()));
    }
    words
}

/// What is noted of a user, and the form that notes it.
pub(super) fn note(screen: &Screen<'_>) -> Markup {
    let Some(accepting) = accepting(screen).filter(|_| screen.report.subject.kind == "User") else {
        return Markup::default();
    };
    let note = accepting.note;
    let parts: Vec<String> = note
        .map(|note| [("Purpose", &note.purpose), ("Owner", &note.owner), ("Vendor", &note.vendor)])
        .into_iter()
        .flatten()
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(name, text)| format!("{name}: {}", text.trim()))
        .collect();
    let of = |text: fn(&Note) -> &String| note.map_or("", |note| text(note));
    let draft = accepting.draft.filter(|draft| draft.rule.is_empty() && !draft.fields.is_empty());
    let entry = Entry { id: "note", draft };
    html! {
        details #note .entry .note-of open[draft.is_some()] {
            summary #note-open {
                @if parts.is_empty() { "Note…" }
                @else { span dir="auto" { (parts.join(" · ")) } " " span .more { "Change" } }
            }
            fieldset {
                legend .hush { "Note on this user" }
                (entry.line("purpose", "What it's for", of(|note| &note.purpose), false))
                (entry.line("owner", "Owner", of(|note| &note.owner), false))
                (entry.line("vendor", "Vendor", of(|note| &note.vendor), false))
                p .small { "Kept in this browser, for this org. Nothing changes in Salesforce." }
                (entry.trouble())
                button #note-save type="button" data-command="Note" { "Save note" }
            }
        }
    }
}

/// What could not be stored, where no form says it.
pub(super) fn trouble(screen: &Screen<'_>) -> Markup {
    let draft = screen.accepting.and_then(|own| own.draft);
    let trouble = draft.filter(|draft| draft.fields.is_empty()).map_or("", |draft| &draft.trouble);
    html! { @if !trouble.is_empty() { p .note data-storage="accepted" { (trouble) } } }
}

/// What a screen reader is told of a form that was not taken.
pub(super) fn status(screen: &Screen<'_>) -> Option<String> {
    let draft = screen.accepting?.draft?;
    let faults = draft.faults.iter().map(|fault| fault.sentence());
    let all: Vec<String> = faults.chain((!draft.trouble.is_empty()).then(|| draft.trouble.clone())).collect();
    (!all.is_empty()).then(|| format!("Not saved. {}", all.join(" ")))
}

/// The controls of a form, with what was entered and is wrong.
struct Entry<'a> {
    id: &'a str,
    draft: Option<&'a Draft>,
}

impl Entry<'_> {
    fn has(&self, name: &str, value: &str) -> bool {
        self.draft.is_some_and(|draft| draft.fields.iter().any(|(own, text)| own == name && text == value))
    }

    fn value<'a>(&'a self, name: &str, otherwise: &'a str) -> &'a str {
        let entered = self.draft.and_then(|draft| draft.fields.iter().find(|(own, _)| own == name));
        entered.map_or(otherwise, |(_, text)| text)
    }

    fn fault(&self, name: &str) -> Option<(String, String)> {
        let fault = self.draft?.faults.iter().find(|fault| fault.field() == name)?;
        Some((format!("{}-{name}-fault", self.id), fault.sentence()))
    }

    fn around(&self, name: &str, label: &str, control: &Markup) -> Markup {
        html! {
            label for={ (self.id) "-" (name) } { (label) }
            (control)
            @if let Some((id, text)) = self.fault(name) { p .fault id=(id) { (text) } }
        }
    }

    fn line(&self, name: &str, label: &str, value: &str, is_needed: bool) -> Markup {
        let (fault, value) = (self.fault(name), self.value(name, value));
        let invalid = fault.is_some().then_some("true");
        let control = html! {
            input id={ (self.id) "-" (name) } name=(name) value=(value) maxlength="200" autocomplete="off" required[is_needed]
                aria-invalid=[invalid] aria-describedby=[fault.map(|(id, _)| id)];
        };
        self.around(name, label, &control)
    }

    fn area(&self, name: &str, label: &str) -> Markup {
        let (fault, value) = (self.fault(name), self.value(name, ""));
        let invalid = fault.is_some().then_some("true");
        let control = html! {
            textarea id={ (self.id) "-" (name) } name=(name) rows="2" maxlength="2000" required
                aria-invalid=[invalid] aria-describedby=[fault.map(|(id, _)| id)] { (value) }
        };
        self.around(name, label, &control)
    }

    fn day(&self, name: &str, label: &str, day: Day, (first, last): (Day, Day)) -> Markup {
        let (fault, day) = (self.fault(name), day.to_string());
        let invalid = fault.is_some().then_some("true");
        let control = html! {
            input id={ (self.id) "-" (name) } name=(name) type="date" value=(self.value(name, &day)) min=(first) max=(last)
                required aria-invalid=[invalid] aria-describedby=[fault.map(|(id, _)| id)];
        };
        self.around(name, label, &control)
    }

    fn trouble(&self) -> Markup {
        let draft = self.draft;
        let own = draft.into_iter().flat_map(|draft| &draft.faults).filter(|fault| fault.field().is_empty());
        let mut all: Vec<String> = own.map(|fault| fault.sentence()).collect();
        all.extend(draft.map(|draft| draft.trouble.clone()).filter(|text| !text.is_empty()));
        html! { @for text in &all { p .fault dir="auto" { (text) } } }
    }
}
