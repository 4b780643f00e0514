//! A plan on the screen: what it changes, before it is approved, while it is carried out, and what came of it.
//!
//! No record that would change is left out, nor anybody whom it reaches.

use super::changes::{actions, button, checklist_actions, progress};
use super::screen::Changes;
use crate::state::plans::{PlanState, Stage};
use crate::storage::record::ReadOnly;
use leastwise_core::execute::Progress;
use leastwise_core::journal::{Entry, Intent, State};
use leastwise_core::plan::{Input, InputKind, Line, Place, Plan, Step, Term, Undo, Way};
use leastwise_core::protocol::{Surface, WIDER};
use leastwise_core::salesforce::json::Value;
use leastwise_core::salesforce::time::Timestamp;
use maud::{Markup, html};

/// Others whom a plan reaches, shown at once; the rest is behind a click.
const OTHERS: usize = 10;

/// Things of a list, shown at once.
const LISTED: usize = 5;

/// What is previewed or carried out, or what came of it.
pub(super) fn plan(changes: &Changes<'_>) -> Markup {
    let Some(state) = changes.plan else { return Markup::default() };
    let title = state.entry.as_ref().map(|entry| entry.apply.plan().title.as_str());
    html! {
        section #plan .plan aria-labelledby="plan-name" data-stage=(state.stage.name()) {
            h2 #plan-name tabindex="-1" dir="auto" { (title.unwrap_or("Fix")) }
            @for note in &state.notes { p .note dir="auto" { (note) } }
            @if state.stage == Stage::Reading { p .reading { "Checking the current settings…" } }
            @if let Some(entry) = state.entry.as_ref().filter(|_| !matches!(state.stage, Stage::Reading | Stage::Refused)) {
                @match state.stage {
                    Stage::Ended => (ended(changes, state, entry)),
                    Stage::Running => {
                        p { b { (progress(entry)) } }
                        @if state.pause > 0 {
                            p .reading { "No proper answer from Salesforce. Trying again in a few seconds…" }
                        }
                    },
                    _ => {}
                }
                @let plan = entry.apply.plan();
                @if state.stage == Stage::Offered {
                    (will_change(entry))
                    @if matches!(state.intent, Intent::Fix(_) | Intent::FixWider) {
                        @if changes.surface == Surface::Page { (given(plan)) } @else { (inputs(state, plan)) }
                    }
                    (effects(entry))
                    (how_to_undo(entry))
                    (details(entry))
                    (consent(changes, state, entry))
                } @else { (steps(entry)) }
            }
            @if state.stage != Stage::Running {
                button #leave type="button" data-command="Leave" {
                    (if state.stage == Stage::Offered { "Cancel" } else { "Back" })
                }
            }
        }
    }
}

/// What a screen reader is told of it.
pub(super) fn status(state: &PlanState) -> String {
    let entry = state.entry.as_ref();
    let so_far = || entry.map(progress);
    match state.stage {
        Stage::Reading => "checking the current settings…".to_owned(),
        Stage::Refused => state.notes.join(" "),
        Stage::Offered => "preview: nothing is changed yet".to_owned(),
        Stage::Running => so_far().unwrap_or_default(),
        Stage::Ended => {
            format!("{}. {}", so_far().unwrap_or_default(), entry.map_or("", |entry| &entry.stop))
        }
    }
}

/// The name of the form control of a plan's input.
pub(crate) fn control(at: usize) -> String {
    format!("in-{at}")
}

/// What [`leastwise_core::protocol::Command::Fix`] calls the plan of an intent.
fn plan_name(intent: &Intent) -> String {
    match intent {
        Intent::Fix(keys) => keys.join(","),
        Intent::FixWider => WIDER.to_owned(),
        Intent::Undo(entry) | Intent::Continue(entry) => entry.clone(),
    }
}

/// What may be changed in it before it is approved.
fn inputs(state: &PlanState, plan: &Plan) -> Markup {
    let entered = |name: &str| state.entered.iter().find(|(own, _)| own == name).map(|(_, value)| value);
    html! {
        @for (at, input) in plan.inputs.iter().enumerate() {
            (control_of(at, input, entered(&control(at)).unwrap_or(&input.value)))
            @if !input.notes.is_empty() { ul .evidence { @for note in &input.notes { li dir="auto" { (note) } } } }
        }
        @if !plan.inputs.is_empty() {
            button #again type="button" data-command="Fix" data-plan=(plan_name(&state.intent)) {
                "Update preview"
            }
        }
    }
}

/// One of the things that may be changed. What cannot be so is marked where it stands: nothing is approved before.
pub(super) fn control_of(at: usize, input: &Input, value: &str) -> Markup {
    let name = control(at);
    let fault = Input { value: value.to_owned(), ..input.clone() }.value().err();
    let fault_id = fault.is_some().then(|| format!("{name}-fault"));
    let invalid = fault.is_some().then_some("true");
    html! {
        label for=(name) { (input.label) }
        @match &input.kind {
            InputKind::Ranges { .. } => textarea id=(name) name=(name) rows="5" spellcheck="false" required
                aria-invalid=[invalid] aria-describedby=[&fault_id] { (value) },
            InputKind::Text(most) => input id=(name) name=(name) maxlength=(most) value=(value) required
                aria-invalid=[invalid] aria-describedby=[&fault_id];,
            InputKind::Email => input id=(name) name=(name) type="email" value=(value) required
                aria-invalid=[invalid] aria-describedby=[&fault_id];,
        }
        @if let (Some(fault), Some(id)) = (&fault, &fault_id) { p .fault id=(id) dir="auto" { (fault) } }
    }
}

/// What would be entered, where it cannot be changed.
fn given(plan: &Plan) -> Markup {
    html! {
        @for input in &plan.inputs {
            h3 { (input.label) }
            ul .evidence { @for line in input.value.lines() { li dir="auto" { (line) } } }
        }
    }
}

/// What will change, in the words of Salesforce's own pages. What only looks is no change.
fn will_change(entry: &Entry) -> Markup {
    let plan = entry.apply.plan();
    let (lines, is_undo) = (plan.lines(), !entry.undoes.is_empty());
    let is_said = |(step, progress): &(&Step, &Progress)| {
        (step.is_write() || matches!(step.way, Way::Hand(_))) && !progress.is_done()
    };
    let steps: Vec<(&Step, &Progress)> =
        plan.steps.iter().zip(entry.apply.progress()).filter(is_said).collect();
    html! {
        h3 { "What will change" }
        // What undo does is said step by step: what it deletes has no other line.
        @if is_undo || lines.is_empty() {
            ul .evidence.does { @for (step, _) in &steps { li dir="auto" { (step.words) } } }
        }
        @if !lines.is_empty() { dl .changes { @for line in &lines { (self::line(line)) } } }
    }
}

/// A label with what was there and what is to be there, or with the things that are listed.
fn line(line: &Line) -> Markup {
    let (shown, more) =
        line.after.split_at(if line.after.len() > LISTED + 1 { LISTED } else { line.after.len() });
    html! {
        div data-change=(line.label) {
            dt dir="auto" { (line.label) }
            dd dir="auto" {
                @if let Some(before) = &line.before { del { (before.join(", ")) } " → " ins { (line.after.join(", ")) } }
                @else {
                    (shown.join(", "))
                    @if !more.is_empty() {
                        details .more { summary { "show all " (line.after.len()) } (more.join(", ")) }
                    }
                }
            }
        }
    }
}

/// The steps and where each stands. What only looks is not told, and what Salesforce itself does only while it is waited for.
fn steps(entry: &Entry) -> Markup {
    html! {
        ol .steps {
            @for (at, (step, progress)) in entry.apply.plan().steps.iter().zip(entry.apply.progress()).enumerate() {
                @let (mark, words) = standing(progress, step);
                @if step.way != Way::Read {
                    li data-step=(mark) {
                        p dir="auto" { (step.words) @if !words.is_empty() { " " b .mark { (words) } } }
                        @if !step.found.is_empty() { p .small dir="auto" { "Found: " (step.found) } }
                        @if *progress == Progress::Untold { (word(entry, at)) }
                        @if let Way::Hand(path) = &step.way { p { (link(entry, path)) } }
                    }
                }
            }
        }
    }
}

/// The box for a person's word that a step is done which no API tells of, with whose word it is and when.
fn word(entry: &Entry, at: usize) -> Markup {
    let (said, id) = (entry.apply.said(at), format!("did-{}-{at}", entry.id));
    html! {
        p .did {
            label {
                input #(id) type="checkbox" checked[said.is_some()] data-command="ConfirmStep" data-entry=(entry.id)
                    data-step=(at) data-word=(if said.is_some() { "open" } else { "done" });
                " I did this"
            }
            @if let Some(said) = said { " " span .small { bdi { (said.by) } ", " (Timestamp(said.at)) } }
        }
    }
}

/// What a change ticket asks for: each step with its records and fields, as the API calls them.
fn details(entry: &Entry) -> Markup {
    html! {
        details #ticket {
            summary { "Details for the change ticket" }
            ol .steps {
                @for (step, progress) in entry.apply.plan().steps.iter().zip(entry.apply.progress()) {
                    @if step.way != Way::Read {
                        li data-step=(standing(progress, step).0) {
                            p dir="auto" { (step.words) }
                            @if !step.is_write() { p .small { "Read only." } }
                            @else { p .small dir="auto" { (place(step)) } (difference(step)) (records(step)) }
                        }
                    }
                }
            }
        }
    }
}

/// The record or component of a step, as the API calls it.
fn place(step: &Step) -> String {
    match &step.place {
        Place::Row { object, key } => {
            let key: Vec<String> =
                key.iter().map(|(name, term)| format!("{name} {}", term_text(term))).collect();
            format!("{object}, {}", key.join(", "))
        }
        Place::Rows { object, shared, .. } => {
            let key: Vec<String> =
                shared.iter().map(|(name, term)| format!("{name} {}", term_text(term))).collect();
            format!("{object}, {}", key.join(", "))
        }
        Place::Component { kind, names, .. } => {
            format!("{kind} {}", names.first().map(term_text).unwrap_or_default())
        }
        Place::Tokens { user, .. } => format!("OauthToken, UserId {user}"),
        Place::Query { .. } => String::new(),
    }
}

/// The value of `data-step`, and how it stands in words.
pub(super) fn standing(progress: &Progress, step: &Step) -> (&'static str, String) {
    let (mark, words) = match progress {
        Progress::Planned => ("planned", ""),
        Progress::Writing => ("writing", "Sent. Checking whether it worked…"),
        Progress::Verified { .. } => ("verified", "Done"),
        Progress::Already { .. } => ("already", "Already in place"),
        Progress::Untold => ("untold", "Salesforce's API doesn't show whether this is done."),
        Progress::Late => ("late", "As it was before. A change without an answer may still arrive."),
        Progress::Rows { done, of, writing, skipped } => {
            let mark = match (done == of, *writing > 0) {
                (true, _) => "verified",
                (false, true) => "writing",
                (false, false) => "begun",
            };
            let mut words = format!("{done} of {of} {} done.", plural(step));
            if *writing > 0 {
                words.push_str(&format!(" Checking the next {writing}."));
            }
            if !skipped.is_empty() {
                words.push_str(&format!(" Already in place: {}.", skipped.len()));
            }
            return (mark, words);
        }
    };
    (mark, words.to_owned())
}

/// What the many rows of a step are called.
fn plural(step: &Step) -> &'static str {
    match &step.place {
        Place::Rows { object, .. } if object == "ObjectPermissions" => "objects",
        _ => "records",
    }
}

/// Of many rows, each by its name, behind a click.
fn records(step: &Step) -> Markup {
    html! {
        @if !step.rows.is_empty() {
            details .records {
                summary { (step.rows.len()) " " (plural(step)) }
                ul .evidence { @for row in &step.rows { li dir="auto" { (row) } } }
            }
        }
    }
}

/// A page of Setup.
fn link(entry: &Entry, path: &str) -> Markup {
    html! {
        @if !path.is_empty() {
            a href={ "https://" (entry.host) (path) } target="_blank" rel="noopener noreferrer" {
                "Open it in Setup" span .hush { " (in a new tab)" }
            }
        }
    }
}

/// Each field before and after.
pub(super) fn difference(step: &Step) -> Markup {
    let find = |name: &str| step.before.iter().flatten().find(|(own, _)| own == name).map(|(_, term)| term);
    html! {
        ul .change {
            @match &step.after {
                None => @for (name, term) in step.before.iter().flatten() {
                    li dir="auto" data-field=(name) { (name) ": " del { (term_text(term)) } }
                },
                Some(after) => @for (name, term) in after {
                    @let before = find(name);
                    @if before != Some(term) {
                        li dir="auto" data-field=(name) {
                            (name) ": "
                            @if let Some(before) = before { del { (term_text(before)) } " → " }
                            ins { (term_text(term)) }
                        }
                    }
                },
            }
        }
    }
}

pub(super) fn term_text(term: &Term) -> String {
    match term {
        Term::Is(value) => text(value),
        Term::Made(step) => format!("the record of step {}", step + 1),
        Term::Read { step, field } => format!("{field} of step {}", step + 1),
        Term::Input(_) => "(your entry)".to_owned(),
        Term::Within(bound) => bound.abs().to_string(),
    }
}

fn text(value: &Value) -> String {
    let all =
        |items: &mut dyn Iterator<Item = &Value>, mark: &str| items.map(text).collect::<Vec<_>>().join(mark);
    match value {
        Value::Null => "(empty)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => all(&mut items.iter(), "; "),
        // A login IP range: the first address before the last, and what it is for.
        Value::Object(members) if members.contains_key("startAddress") => {
            let part = |name: &str| members.get(name).map(text).unwrap_or_default();
            let description = part("description");
            let (start, end) = (part("startAddress"), part("endAddress"));
            let range = if start == end { start } else { format!("{start} – {end}") };
            if description.is_empty() { range } else { format!("{range} ({description})") }
        }
        Value::Object(members) => all(&mut members.iter().map(|(_, value)| value), " – "),
        other => other.to_string(),
    }
}

/// Who else is affected, and what could stop working.
fn effects(entry: &Entry) -> Markup {
    let plan = entry.apply.plan();
    let (shown, more) = plan.reaches.split_at(plan.reaches.len().min(OTHERS));
    let others = |all: &[leastwise_core::plan::Reached]| {
        html! {
            ul .evidence { @for other in all { li dir="auto" { (other.name) } } }
        }
    };
    html! {
        h3 { "Who else is affected" }
        @if plan.reaches.is_empty() && !plan.reaches_more { p { "Nobody else." } }
        @else if plan.reaches.is_empty() { p { b { "Possibly other users. Leastwise couldn't read who." } } }
        @else {
            p { b { (plan.reaches.len()) @if plan.reaches_more { " or more" } @if plan.reaches.len() == 1 { " user" } @else { " users" } } }
            (others(shown))
            @if !more.is_empty() { details #others { summary { (more.len()) " more" } (others(more)) } }
        }
        div .risks {
            h3 { "What could stop working" }
            @if plan.breaks.is_empty() && plan.depends.is_empty() { p { "Nothing that Leastwise knows of." } }
            @else {
                ul .evidence { @for line in plan.breaks.iter().chain(&plan.depends) { li dir="auto" { (line) } } }
            }
        }
    }
}

/// How it is undone, in its own words; of an undo, what is true of it.
fn how_to_undo(entry: &Entry) -> Markup {
    let plan = entry.apply.plan();
    let words = plan.undo_words();
    html! {
        h3 { "How to undo" }
        @if !entry.undoes.is_empty() { p { "You can make the change again from the finding." } }
        @else {
            @match &plan.undo {
                Undo::Exact | Undo::Partly(_) => {
                    p { "One click, here or from History, any time. " @if words.is_empty() { "It puts back exactly what is there now." } @else { "Undo will:" } }
                    @if !words.is_empty() { ul .evidence.undoes { @for words in &words { li dir="auto" { (words) } } } }
                    @if let Undo::Partly(why) = &plan.undo { p { b { (why) } } }
                },
                Undo::Never(why) => p { b { "This can't be undone. " } (why) },
            }
            @if !plan.link.is_empty() { p { (link(entry, &plan.link)) } }
        }
    }
}

/// The button that approves it, or why there is none.
fn consent(changes: &Changes<'_>, state: &PlanState, entry: &Entry) -> Markup {
    let plan = entry.apply.plan();
    html! {
        @match changes.read_only {
            _ if state.token.is_empty() => {},
            None if changes.surface == Surface::Page => (elsewhere("apply")),
            None if plan.unset().is_some() => div .consent {
                p .note { "Fill in the marked fields first." }
                button #apply type="button" disabled { (approve(plan)) }
            },
            None => div .consent {
                button #apply .(if plan.is_destructive { "danger" } else { "primary" }) type="button" data-command="Apply"
                    data-token=(state.token) data-guard { (approve(plan)) }
            },
            Some(why) => {
                div .note.read-only data-read-only {
                    p { b { "Read-only. " } (match why {
                        ReadOnly::Policy => "Your company's policy makes Leastwise read-only. You can make the change by hand:".to_owned(),
                        ReadOnly::PolicyUnread => "Leastwise couldn't read your company's policy from this browser. Go back and try again, or make the change by hand:".to_owned(),
                        ReadOnly::Unread => "Leastwise couldn't read earlier changes from this browser. Go back and try again, or make the change by hand:".to_owned(),
                        ReadOnly::Production => format!("Changes are off in {} ({}). Allow them here, or make the change by hand:", if changes.org.is_empty() { changes.host } else { changes.org }, if changes.is_sandbox == Some(false) { "production" } else { "may be production" }),
                    }) }
                    label for="by-hand" { "Steps by hand" }
                    textarea #by-hand readonly rows="8" { (plan.text()) }
                    @if why == ReadOnly::Production && changes.surface == Surface::Page { (elsewhere("allow")) }
                    @else if why == ReadOnly::Production {
                        div .consent {
                            button #allow type="button" data-command="Allow" data-token=(state.token) data-guard {
                                "Allow changes until the browser closes"
                            }
                            button #allow-always type="button" data-command="Allow" data-until="always" data-token=(state.token) data-guard {
                                "Always allow changes here"
                            }
                        }
                    }
                }
            },
        }
    }
}

/// What the button that approves it says.
fn approve(plan: &Plan) -> String {
    match plan.changes() {
        1 => "Apply change".to_owned(),
        n => format!("Apply {n} changes"),
    }
}

/// What a Salesforce page shows instead of a button that approves: what runs in the page may be somebody else's, so that it
/// is approved in a window of the extension.
fn elsewhere(what: &str) -> Markup {
    html! {
        div .consent data-waits=(what) {
            p { b {
                @if what == "allow" { "Allow changes to this org in the Leastwise window." }
                @else { "Waiting for your approval in the Leastwise window." }
            } }
            button #window type="button" data-command="ShowApproval" { "Show the window" }
        }
    }
}

/// What came of it.
fn ended(changes: &Changes<'_>, state: &PlanState, entry: &Entry) -> Markup {
    let how = changes.journal.state(entry);
    html! {
        div .note data-entry=(entry.id) data-state=(how.word()) {
            p { b { (match how {
                State::Verified if !entry.undoes.is_empty() => "Undone. Salesforce confirms it.".to_owned(),
                how => super::changes::state(entry, how),
            }) } }
            // Of a checklist the step that is next stands below.
            @let is_step = entry.apply.plan().steps.iter().any(|step| step.words == entry.stop);
            @if !entry.stop.is_empty() && !is_step { p dir="auto" { (entry.stop) } }
            @if state.wider.is_some() { (button("wider", "Fix", "it with what depends on it", WIDER, "")) }
            @if entry.apply.plan().is_guided() { (checklist_actions("now", entry)) }
            @else { (actions("now", entry, how)) }
        }
    }
}
