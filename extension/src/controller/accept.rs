//! Accepts findings of a page, ends that, and notes something about its record: under a lock, on what is on disk then, for
//! another tab may have stored something meanwhile. Nothing is written to the org, and nothing is asked of it.

use super::context::Context;
use super::effect::{Event, Step};
use crate::state::Draft;
use crate::storage::waivers;
use leastwise_core::protocol::Command;
use leastwise_core::waivers::{Day, Entered, Fault, Note, Waivers};

/// What is asked for.
#[derive(Debug, Clone)]
enum Ask {
    Accept { rule: String, fields: Vec<(String, String)> },
    Stop { fingerprint: String },
    Note { fields: Vec<(String, String)> },
}

/// Where it stands.
#[derive(Debug, Default)]
enum Stage {
    /// Nothing is asked for.
    #[default]
    Idle,
    /// Waits until nobody else changes what is accepted in this org.
    Lock,
    /// What is stored is read.
    Read,
    /// This is stored; what it was before.
    Store(Box<Waivers>),
    /// It came to an end, which is yet to be drawn.
    Over,
}

/// A command that accepts, or notes, something.
#[derive(Debug, Default)]
pub(crate) struct AcceptController {
    ask: Option<Ask>,
    stage: Stage,
}

const UNREAD: &str = "The browser couldn't read what was accepted before, so nothing was saved. Try again.";
const UNREADABLE: &str = "What is stored of accepted risks in this org can't be read by this version, so nothing was saved. Export your data in Settings.";
const POLICY_UNREAD: &str =
    "Leastwise couldn't read your company's policy from this browser, so nothing was saved. Try again.";
const VIEWER_UNKNOWN: &str =
    "Leastwise couldn't confirm who you're logged in as, so nothing was saved. Reload and try again.";
const NOT_STORED: &str = "The browser couldn't save this. Its storage may be full.";
const NOT_FOUND: &str = "This finding is no longer there: the org changed in the meantime.";

impl AcceptController {
    pub(crate) fn new(command: &Command) -> AcceptController {
        let ask = match command {
            Command::Accept { rule, fields, .. } => {
                Ask::Accept { rule: rule.clone(), fields: fields.clone() }
            }
            Command::StopAccepting { fingerprint, .. } => Ask::Stop { fingerprint: fingerprint.clone() },
            Command::Note { fields, .. } => Ask::Note { fields: fields.clone() },
            _ => return AcceptController::default(),
        };
        AcceptController { ask: Some(ask), stage: Stage::Lock }
    }

    /// The next step, and whether it came to an end just now.
    pub(crate) fn next(&mut self, context: &mut Context) -> (Option<Step>, bool) {
        if matches!(self.stage, Stage::Lock)
            && let Err(why) = is_possible(context)
        {
            self.end(context, vec![], why);
        }
        match &self.stage {
            Stage::Idle => (None, false),
            Stage::Lock => (Some(Step::Lock(waivers::lock(context.org()))), false),
            Stage::Read => (Some(Step::Read(context.stored.waivers_key())), false),
            Stage::Store(_) => (Some(Step::Store(context.stored.put_waivers())), false),
            Stage::Over => {
                self.stage = Stage::Idle;
                (None, true)
            }
        }
    }

    /// Takes what came of a step.
    pub(crate) fn handle(&mut self, event: Event, context: &mut Context) {
        match (std::mem::take(&mut self.stage), event) {
            (Stage::Lock, Event::Done) => self.stage = Stage::Read,
            (Stage::Read, Event::Read(Some(local))) => {
                if context.stored.reload_waivers(&local).is_err() {
                    return self.end(context, vec![], UNREADABLE);
                }
                let before = Box::new(context.stored.waivers.clone());
                match self.ask.as_ref().map_or(Ok(()), |ask| carry_out(ask, context)) {
                    Ok(()) => self.stage = Stage::Store(before),
                    Err((faults, why)) => self.end(context, faults, why),
                }
            }
            (Stage::Read, _) => self.end(context, vec![], UNREAD),
            (Stage::Store(_), Event::Stored(true)) => {
                if let Some(tab_state) = &context.tab_state {
                    tab_state.borrow_mut().draft = None;
                }
                context.store_name(context.tab_state.clone().as_ref());
                self.stage = Stage::Over;
            }
            (Stage::Store(before), _) => {
                // What is not stored is not accepted.
                context.stored.waivers = *before;
                self.end(context, vec![], NOT_STORED);
            }
            _ => self.stage = Stage::Over,
        }
    }

    /// Ends without anything stored: what was entered stays in its form, with what is wrong.
    fn end(&mut self, context: &Context, faults: Vec<Fault>, why: &str) {
        let (rule, fields) = match self.ask.take() {
            Some(Ask::Accept { rule, fields }) => (rule, fields),
            Some(Ask::Note { fields }) => (String::new(), fields),
            Some(Ask::Stop { .. }) | None => Default::default(),
        };
        if let Some(tab_state) = &context.tab_state {
            tab_state.borrow_mut().draft = Some(Draft { rule, fields, faults, trouble: why.to_owned() });
        }
        self.stage = Stage::Over;
    }
}

/// Whether it is known who asks, and what their company allows.
fn is_possible(context: &Context) -> Result<(), &'static str> {
    let Some(tab_state) = &context.tab_state else { return Err(VIEWER_UNKNOWN) };
    if context.session.is_none() || tab_state.borrow().viewer.is_none() {
        return Err(VIEWER_UNKNOWN);
    }
    if context.stored.waiver_policy.is_none() {
        return Err(POLICY_UNREAD);
    }
    Ok(())
}

fn carry_out(ask: &Ask, context: &mut Context) -> Result<(), (Vec<Fault>, &'static str)> {
    let shared = context.tab_state.clone().ok_or((vec![], VIEWER_UNKNOWN))?;
    let tab_state = shared.borrow();
    let by = tab_state.viewer.as_ref().map(|viewer| viewer.username.clone()).unwrap_or_default();
    let subject = context.subject(&tab_state).ok_or((vec![], VIEWER_UNKNOWN))?;
    let (report, now) = (context.report(&tab_state), context.now);
    let waivers = &mut context.stored.waivers;
    match ask {
        Ask::Accept { rule, fields } => {
            let row = report.rows.iter().find(|row| row.rule.id == rule).ok_or((vec![], NOT_FOUND))?;
            let abouts: Vec<String> =
                fields.iter().filter(|(name, _)| name == "about").map(|(_, about)| about.clone()).collect();
            if abouts.is_empty() {
                return Err((vec![], "Select at least one finding."));
            }
            let of = |name: &str| field(fields, name);
            let entered = Entered {
                reason: of("reason"),
                owner: of("owner"),
                ticket: of("ticket"),
                until: of("until"),
            };
            waivers.accept((row.rule, &row.outcome), &subject, &abouts, entered, &by, now).map_err(|faults| {
                let why = if faults == [Fault::NothingFound] { NOT_FOUND } else { "" };
                (faults, why)
            })
        }
        Ask::Stop { fingerprint } => {
            // Where another tab ended it before, it is as was asked for.
            waivers.remove(fingerprint, &by, Day::of(now));
            Ok(())
        }
        Ask::Note { fields } => {
            let mut note = waivers.note(&subject).cloned().unwrap_or_else(|| Note::new(subject.clone()));
            // One that was of another org becomes this one's.
            note.subject = subject;
            let of = |name: &str| field(fields, name).trim().to_owned();
            (note.purpose, note.owner, note.vendor) = (of("purpose"), of("owner"), of("vendor"));
            waivers.set_note(note, Day::of(now));
            Ok(())
        }
    }
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
}
