//! From what is asked for to the plan: the entry that would be put into the journal.

use super::context::Context;
use crate::state::TabState;
use crate::state::plans::PlanState;
use crate::view::plan::control;
use leastwise_core::execute::Executor;
use leastwise_core::fixes::{self, Context as FixContext};
use leastwise_core::journal::{Entry, FORMAT, Intent};
use leastwise_core::plan::merge::together;
use leastwise_core::plan::{Plan, Reached};
use leastwise_core::report::{Report, Viewer};

const NOT_OFFERED: &str = "This fix no longer applies: the org changed in the meantime.";
const VIEWER_UNKNOWN: &str =
    "Leastwise couldn't confirm who you're logged in as, so it won't change anything. Reload and try again.";

/// Who is acting, and on what: none before it is known who is logged in, nor where everything was refused.
fn acting<'a>(tab_state: &'a TabState, report: &Report) -> Option<FixContext<'a>> {
    let viewer = tab_state.viewer.as_ref().filter(|_| report.refusal.is_none())?;
    let gather = &tab_state.gather;
    Some(FixContext { facts: gather.facts(), acting: &viewer.user_id, labels: gather.labels() })
}

/// The plans that are offered: for each finding of the report, and those that answer none. Nothing before it is known who is
/// signed in.
pub(crate) fn offered(tab_state: &TabState, report: &Report) -> (Vec<Vec<Plan>>, Vec<Plan>) {
    let Some(context) = acting(tab_state, report) else { return Default::default() };
    let of_findings =
        report.findings().into_iter().map(|(rule, finding)| fixes::plans(rule, finding, context));
    (of_findings.collect(), fixes::emergency(context))
}

/// Everyone whom a profile's, set's or group's page is about, and why nothing is offered on a page, if nothing is.
pub(crate) fn about(tab_state: &TabState, report: &Report) -> (Vec<Reached>, Option<String>) {
    let Some(context) = acting(tab_state, report) else { return Default::default() };
    (fixes::users(context), fixes::refusal(context))
}

/// The entry for what is asked for. `wider` is the plan that was stopped, with what depends on it.
///
/// # Errors
/// Why there is none, in a sentence.
pub(crate) fn entry(context: &Context, intent: &Intent, wider: Option<&Plan>) -> Result<Entry, String> {
    let tab_state = context.tab_state.as_ref().ok_or(NOT_OFFERED)?.borrow();
    let (Some(viewer), Some(_)) = (&tab_state.viewer, &context.session) else {
        return Err(VIEWER_UNKNOWN.to_owned());
    };
    let report = context.report(&tab_state);
    let new = |plan: Plan, undoes: &str| new_entry(context, viewer, &report.subject.name, plan, undoes);
    let find = |id: &str| context.stored.journal.find(id).ok_or(NOT_OFFERED);
    match intent {
        Intent::Fix(keys) => {
            let (of_findings, emergency) = offered(&tab_state, &report);
            let all = of_findings.into_iter().flatten().chain(emergency).collect();
            let plan = chosen(keys, all)?;
            // A checklist that was begun goes on; another start makes no second one of it.
            match context.stored.journal.checklist(&plan).filter(|_| plan.is_guided()) {
                Some(begun) => Ok(Entry { stop: String::new(), ..begun.clone() }),
                None => new(plan, ""),
            }
        }
        Intent::FixWider => new(wider.ok_or(NOT_OFFERED)?.clone(), ""),
        Intent::Undo(id) => {
            let undone = find(id)?;
            new(undone.undo().ok_or(NOT_OFFERED)?, &undone.id)
        }
        Intent::Continue(id) => Ok(Entry { stop: String::new(), ..find(id)?.clone() }),
    }
}

/// The plans that were chosen, as one.
fn chosen(keys: &[String], all: Vec<Plan>) -> Result<Plan, String> {
    if keys.is_empty() {
        return Err("Select at least one first.".to_owned());
    }
    let mut chosen: Vec<Plan> =
        keys.iter().filter_map(|key| all.iter().find(|plan| plan.key() == *key)).cloned().collect();
    match chosen.len() {
        0 => Err(NOT_OFFERED.to_owned()),
        1 => Ok(chosen.remove(0)),
        _ => together(chosen).map_err(|conflicts| conflicts.join(" ")),
    }
}

fn new_entry(
    context: &Context,
    viewer: &Viewer,
    name: &str,
    plan: Plan,
    undoes: &str,
) -> Result<Entry, String> {
    let session = context.session.as_ref().ok_or(VIEWER_UNKNOWN)?;
    Ok(Entry {
        format: FORMAT,
        id: context.random.clone(),
        at: context.now.0,
        org: session.org_id.clone(),
        host: context.page.api_host.clone(),
        user: viewer.user_id.clone(),
        username: viewer.username.clone(),
        subject: context.page.id.clone(),
        name: name.to_owned(),
        undoes: undoes.to_owned(),
        stop: String::new(),
        apply: Executor::new(plan),
    })
}

/// Puts what was entered into an entry's plan; what cannot be is said, and stays in the form.
pub(crate) fn enter(state: &mut PlanState, entry: &mut Entry, fields: &[(String, String)]) {
    if entry.apply.plan().inputs.is_empty() || matches!(state.intent, Intent::Continue(_)) {
        return;
    }
    let mut plan = entry.apply.plan().clone();
    for at in 0..plan.inputs.len() {
        let name = control(at);
        let value = fields.iter().find(|(own, _)| *own == name).map(|(_, value)| value);
        if let Some(Err(why)) = value.map(|value| plan.set(at, value)) {
            let label = plan.inputs.get(at).map_or("", |input| &input.label);
            state.notes.push(format!("{label}: {why}"));
            state.entered = fields.to_vec();
        }
    }
    entry.apply = Executor::new(plan);
}

/// What stands in a plan's form controls, by name.
pub(crate) fn inputs(plan: &Plan) -> Vec<(String, String)> {
    plan.inputs.iter().enumerate().map(|(at, input)| (control(at), input.value.clone())).collect()
}
