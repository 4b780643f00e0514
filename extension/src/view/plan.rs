//! A plan on the screen: what it changes, before it is approved, while it is carried out, and what came of it.
//!
//! No record that would change is left out, nor anybody whom it reaches.

use super::changes::{actions, button, progress};
use super::screen::Changes;
use crate::state::plans::{PlanState, Stage};
use crate::storage::record::ReadOnly;
use leastwise_core::execute::{Progress, Stop};
use leastwise_core::journal::{Entry, Intent, State};
use leastwise_core::plan::{Input, InputKind, Place, Plan, Step, Term, Undo, Way};
use leastwise_core::protocol::{Surface, WIDER};
use leastwise_core::salesforce::json::Value;
use maud::{Markup, html};

/// Others whom a plan reaches, shown at once; the rest is behind a click.
const OTHERS: usize = 10;

/// What is previewed or carried out, or what came of it.
pub(super) fn plan(changes: &Changes<'_>) -> Markup {
    let Some(state) = changes.plan else { return Markup::default() };
    let title = state.entry.as_ref().map(|entry| entry.apply.plan().title.as_str());
    html! {
        section #plan .plan aria-labelledby="plan-name" data-stage=(state.stage.name()) {
            h2 #plan-name tabindex="-1" dir="auto" { (title.unwrap_or("Fix")) }
            @for note in &state.notes { p .note dir="auto" { (note) } }
            @if state.stage == Stage::Reading { p .reading { "Reading what is there now…" } }
            @if let Some(entry) = state.entry.as_ref().filter(|_| !matches!(state.stage, Stage::Reading | Stage::Refused)) {
                @match state.stage {
                    Stage::Ended => (ended(changes, state, entry)),
                    Stage::Running => {
                        p { b { (progress(entry)) } }
                        @if state.pause > 0 {
                            p .reading { "Not answered as it should be: looked at again in a few seconds." }
                        }
                    },
                    _ => {}
                }
                (steps(entry, state.stage))
                @if state.stage == Stage::Offered && matches!(state.intent, Intent::Fix(_) | Intent::FixWider) {
                    @if changes.surface == Surface::Page { (given(entry.apply.plan())) } @else { (inputs(state, entry.apply.plan())) }
                }
                @if state.stage == Stage::Offered { (effects(entry)) (consent(changes, state, entry)) }
            }
            @if state.stage != Stage::Running {
                button #leave type="button" data-command="Leave" {
                    (if changes.surface == Surface::Approval { "Cancel" } else { "Back to the findings" })
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
        Stage::Reading => "reading what is there now…".to_owned(),
        Stage::Refused => state.notes.join(" "),
        Stage::Offered => "preview: nothing is written yet".to_owned(),
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
                "Preview what you entered"
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

fn steps(entry: &Entry, stage: Stage) -> Markup {
    html! {
        ol .steps {
            @for (step, progress) in entry.apply.plan().steps.iter().zip(entry.apply.progress()) {
                @let (mark, words) = standing(progress, step);
                // What only looks is told when it does not find what it must.
                @if step.way != Way::Read {
                    li data-step=(mark) {
                        p dir="auto" { (step.words) @if !words.is_empty() { " " b .mark { (words) } } }
                        @if let Way::Hand(path) = &step.way { p { (link(entry, path)) } }
                        @if *progress == Progress::Planned { (difference(step)) }
                        @if stage == Stage::Offered { (records(step)) }
                    }
                }
            }
        }
    }
}

/// The value of `data-step`, and how it stands in words.
pub(super) fn standing(progress: &Progress, step: &Step) -> (&'static str, String) {
    let (mark, words) = match progress {
        Progress::Planned => ("planned", ""),
        Progress::Writing => ("writing", "Perhaps written: a reading will tell."),
        Progress::Verified { .. } => ("verified", "Done, and read back."),
        Progress::Already { .. } => ("already", "It is so already."),
        Progress::Untold => ("untold", "No API tells whether it is done."),
        Progress::Late => ("late", "As it was before. What was not answered may still arrive."),
        Progress::Rows { done, of, writing, skipped } => {
            let mark = match (done == of, *writing > 0) {
                (true, _) => "verified",
                (false, true) => "writing",
                (false, false) => "begun",
            };
            let mut words = format!("{done} of {of} {} done, and read back.", plural(step));
            if *writing > 0 {
                words.push_str(&format!(" Perhaps written: the next {writing}."));
            }
            if !skipped.is_empty() {
                words.push_str(&format!(" So already: {}.", skipped.len()));
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
        Term::Made(step) => format!("what step {} makes or finds", step + 1),
        Term::Read { step, field } => format!("{field} of step {}", step + 1),
        Term::Input(_) => "what you enter".to_owned(),
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

/// Whom it reaches, what it may break, and the way back.
fn effects(entry: &Entry) -> Markup {
    let plan = entry.apply.plan();
    let (shown, more) = plan.reaches.split_at(plan.reaches.len().min(OTHERS));
    let others = |all: &[leastwise_core::plan::Reached]| {
        html! {
            ul .evidence { @for other in all { li dir="auto" { (other.name) } } }
        }
    };
    html! {
        h3 { "Whom it reaches" }
        @if plan.reaches.is_empty() && !plan.reaches_more { p { "Nobody else." } }
        @else if plan.reaches.is_empty() { p { b { "Perhaps others: who they are could not be read." } } }
        @else {
            p { b { (plan.reaches.len()) @if plan.reaches_more { " or more" } @if plan.reaches.len() == 1 { " other user" } @else { " other users" } } }
            (others(shown))
            @if !more.is_empty() { details #others { summary { (more.len()) " more" } (others(more)) } }
        }
        @if !plan.breaks.is_empty() {
            h3 { "What it may break" }
            ul .evidence { @for line in &plan.breaks { li dir="auto" { (line) } } }
        }
        @if !plan.depends.is_empty() {
            h3 { "What depends on it" }
            ul .evidence { @for line in &plan.depends { li dir="auto" { (line) } } }
        }
        h3 { "The way back" }
        p { @match &plan.undo {
            Undo::Exact => "Undo restores exactly what is there now.",
            Undo::Never(why) => b { "It cannot be undone. " (why) },
        } " " (link(entry, &plan.link)) }
    }
}

/// The button that approves it, or why there is none.
fn consent(changes: &Changes<'_>, state: &PlanState, entry: &Entry) -> Markup {
    let plan = entry.apply.plan();
    html! {
        // What people do writes nothing: only what they did is read.
        @match changes.read_only.filter(|_| !plan.is_guided()) {
            _ if state.token.is_empty() => {},
            None if changes.surface == Surface::Page => (elsewhere("apply")),
            None if plan.unset().is_some() => div .consent {
                p .note { "Something has to be entered first: it is marked above." }
                button #apply type="button" disabled { b { "Apply" } " " (plan.title) }
            },
            None => div .consent {
                button #apply type="button" data-command="Apply" data-token=(state.token) data-guard {
                    b { "Apply" } " " (plan.title)
                }
            },
            Some(why) => {
                div .note.read-only data-read-only {
                    p { b { "Read-only." } " " (match why {
                        ReadOnly::Policy => "Whoever runs this browser allows no writing. You can do it by hand:",
                        ReadOnly::PolicyUnread => "Whether whoever runs this browser allows writing could not be read from it. Go back and try again, or do it by hand:",
                        ReadOnly::Unread => "What was changed here before could not be read from this browser. Go back and try again, or do it by hand:",
                        ReadOnly::Production => "This is a production org, or may be one. You can do it by hand:",
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

/// What a Salesforce page shows instead of a button that approves: what runs in the page may be somebody else's, so that it
/// is approved in a window of the extension.
fn elsewhere(what: &str) -> Markup {
    html! {
        div .consent data-waits=(what) {
            p { b {
                @if what == "allow" { "You can allow changes to this org in the Leastwise window." }
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
                State::Verified if !entry.undoes.is_empty() => "Undone, and read back as it was.".to_owned(),
                how => super::changes::state(entry, how),
            }) } }
            @if !entry.stop.is_empty() { p dir="auto" { (entry.stop) } }
            @if state.wider.is_some() { (button("wider", "Fix", "it with what depends on it", WIDER, "")) }
            @if how != State::Unfinished && matches!(entry.apply.stop(), Some(Stop::ByHand { .. })) {
                (button("hand", "Continue", &entry.apply.plan().title, "", &entry.id))
            }
            (actions("now", entry, how))
        }
    }
}
