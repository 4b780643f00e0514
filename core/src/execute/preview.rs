//! A plan read before it is shown: what is there, what depends on it, and whom it spares.
//!
//! It never writes, and a plan that could not be read in full is not ready.

use super::{Executor, Found, Progress, look, records, target, terms};
use crate::plan::{Place, Plan, Step, Term, Way};
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{Answer, Failure, Request, Response};
use crate::salesforce::id::Id;
use crate::salesforce::json::Value;
use serde::{Deserialize, Serialize};

/// What is said where nothing is found of what a plan is to take away.
const NOT_FOUND: &str =
    "What this would remove wasn't found. Someone may have removed it already, or you can't see it.";

/// The same of OAuth tokens, with the place in Setup. Source: Salesforce Help, "Manage OAuth-Enabled Connected Apps Access
/// to Your Data": a user's page lists them under OAuth Connected Apps.
const TOKENS_NOT_FOUND: &str = "The OAuth tokens weren't found. Someone may have revoked them already, or you can't see them. In Setup they're on the user's page, under OAuth Connected Apps.";

/// Reads what a plan's steps will change, so that the preview shows what is there: the plan comes out with each `before`,
/// and with values in the place of what its inputs and earlier steps say. A step about a row that an earlier step makes
/// is not read: there is none yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    plan: Plan,
    /// The rows found so far, step by step.
    found: Vec<Option<Id>>,
    at: usize,
    waiting: bool,
    refusal: Option<OrgError>,
    /// Where the steps stood that were done, or begun, before: they are as the journal says, and are not read again.
    #[serde(default)]
    progress: Vec<Progress>,
    /// Of many rows, those that were read so far.
    #[serde(skip)]
    rows: Vec<Found>,
}

impl Preview {
    /// A preview of a plan whose `before`s are not known.
    pub fn new(plan: Plan) -> Preview {
        Preview::of(plan.filled(), vec![])
    }

    /// A preview of what is left to do of a plan that was carried out in part: what was done, or begun, is not read.
    pub fn of_rest(apply: &Executor) -> Preview {
        Preview::of(apply.plan().clone(), apply.progress().to_vec())
    }

    fn of(plan: Plan, progress: Vec<Progress>) -> Preview {
        let mut preview =
            Preview { plan, found: vec![], at: 0, waiting: false, refusal: None, progress, rows: vec![] };
        preview.skip();
        preview
    }

    fn skip(&mut self) {
        while let Some(step) = self.plan.steps.get(self.at) {
            if let Some(begun) = self.progress.get(self.at).filter(|own| **own != Progress::Planned) {
                self.found.push(begun.id().cloned());
                self.at += 1;
                continue;
            }
            // What stands for it was found: there is nothing to read.
            let stands = step.unless.and_then(|at| self.found.get(at).cloned().flatten());
            if stands.is_none() && !target::is_skipped(step, &self.found) {
                return;
            }
            self.found.push(stands);
            self.at += 1;
        }
    }

    /// The request to send; none when it is complete.
    #[expect(clippy::should_implement_trait, reason = "an iterator would be borrowed while its answers come")]
    pub fn next(&mut self) -> Option<Request> {
        if self.refusal.is_some() {
            return None;
        }
        let draft = match self.plan.steps.get(self.at) {
            Some(step) if matches!(step.place, Place::Rows { .. }) => {
                records::read(step, self.rows.len(), &self.found)
            }
            Some(step) => target::read(step, &self.found),
            None => {
                let looks = self.plan.looks.get(self.at - self.plan.steps.len()..)?;
                if looks.is_empty() {
                    return None;
                }
                look::request(looks.get(..look::PARTS).unwrap_or(looks))
            }
        };
        self.waiting = true;
        let id = u32::try_from(self.at).unwrap_or_default() + 1;
        Some(draft.numbered(id))
    }

    /// Takes what came of it.
    pub fn feed(&mut self, response: &Response) {
        if !std::mem::take(&mut self.waiting) {
            return;
        }
        match self.plan.steps.get(self.at).cloned() {
            Some(step) => {
                let read = match step.place {
                    Place::Rows { .. } => self.read_rows(&step, &response.answer),
                    _ => self.read(&step, &response.answer).map(|()| true),
                };
                match read {
                    // There are more rows.
                    Ok(false) => {}
                    Ok(true) => {
                        self.at += 1;
                        self.skip();
                    }
                    Err(refusal) => self.refusal = Some(refusal),
                }
            }
            None => {
                for at in 0..look::PARTS {
                    self.looked(&response.answer, at);
                    self.at += 1;
                }
            }
        }
    }

    fn read(&mut self, step: &Step, answer: &Result<Answer, Failure>) -> Result<(), OrgError> {
        let at = self.at;
        let mut found = target::found(step, answer, &self.found)?;
        let (is_there, wanted) = (found.fields.is_some(), step.after.is_some());
        // Waited for, or done by hand: it may be there or not.
        let open = step.makes || matches!(step.way, Way::Wait | Way::Hand(_));
        // What is there under the name of a copy is somebody's, unless it is that copy.
        let copies = matches!(step.place, Place::Component { from: Some(_), .. });
        if copies && is_there && wanted && !terms::is(&found, step.after.as_ref(), &self.found) {
            let message = "the name is already in use".to_owned();
            return Err(OrgError::Other { code: "DUPLICATE_DEVELOPER_NAME".to_owned(), message });
        }
        let is_query = matches!(step.place, Place::Query { .. });
        if step.way == Way::Read && is_there != wanted && (is_query || is_there) {
            return Err(OrgError::Other { code: String::new(), message: step.words.clone() });
        }
        // A finding said that it is there. What was read before, or made by us, may be gone by now; what is looked at for
        // the first time and is not found was looked for in the wrong way, or is hidden: it is not "so already".
        if !is_there && !wanted && step.is_write() && step.before.is_none() {
            let message = match &step.place {
                Place::Tokens { .. } => TOKENS_NOT_FOUND,
                _ => NOT_FOUND,
            };
            return Err(OrgError::Other { code: String::new(), message: message.to_owned() });
        }
        if !is_there && wanted && !open {
            return Err(match &step.place {
                // A package's app is no component here.
                Place::Component { kind, .. } => OrgError::NotInThisOrg { what: kind.clone() },
                // The row is made by the first attempt to sign in, and by nothing else (public code that freezes users).
                Place::Row { object, .. } if object == "UserLogin" => {
                    let message = "This user has never tried to log in, so Salesforce can't freeze it yet, or you can't see it. Deactivate the user instead.";
                    OrgError::Other { code: String::new(), message: message.to_owned() }
                }
                _ => OrgError::NotFound,
            });
        }
        if let (Some(fields), Place::Tokens { .. }) = (&mut found.fields, &step.place) {
            fields.push((super::TOKENS.to_owned(), Value::from(found.count)));
        }
        if let (Some(fields), Some(id)) = (&mut found.fields, &found.id) {
            fields.push(("Id".to_owned(), Value::String(id.to_string())));
        }
        let fields = found.fields.as_ref();
        let of = |name: &str| fields?.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
        // What later steps take of it has a value now.
        self.plan.each_term(|term| {
            if let Term::Read { step, field } = term
                && *step == at
                && let Some(value) = of(field)
            {
                *term = Term::Is(value);
            }
        });
        self.found.push(found.id.clone());
        let Some(own) = self.plan.steps.get_mut(at) else { return Ok(()) };
        if matches!(own.way, Way::Hand(_)) {
            own.found.clone_from(&found.raw);
        }
        for (name, term) in own.after.iter_mut().flatten() {
            if let Term::Within(bound) = term {
                let there = of(name).as_ref().and_then(Value::as_str).and_then(|text| text.parse().ok());
                let there: i64 = there.unwrap_or_default();
                let most = bound.abs();
                let is_kept = if *bound < 0 { there > 0 && there <= most } else { there >= most };
                *term = Term::text(if is_kept { there } else { most }.to_string());
            }
        }
        // A copy that is taken back is to be like its original by then: what earlier steps still take back is in it now.
        if copies && is_there && !wanted {
            return Ok(());
        }
        // What may still arrive is taken back whether it is there now or not.
        if step.late.is_some() {
            return Ok(());
        }
        own.before = found.fields.map(|fields| {
            fields
                .into_iter()
                .filter(|(name, _)| name != "Id")
                .map(|(name, value)| (name, Term::Is(value)))
                .collect::<Vec<_>>()
        });
        Ok(())
    }

    /// Reads on in many rows; whether all were read.
    fn read_rows(&mut self, step: &Step, answer: &Result<Answer, Failure>) -> Result<bool, OrgError> {
        self.rows.extend(records::found(step, self.rows.len(), answer, &self.found)?);
        if self.rows.len() < step.rows.len() {
            return Ok(false);
        }
        let all = std::mem::take(&mut self.rows);
        if let Some(own) = self.plan.steps.get_mut(self.at) {
            let other = records::previewed(own, &all, &self.found)?;
            if !other.is_empty() {
                let names = crate::text::listed(&other);
                self.plan.depends.push(format!("Changed by someone else since: {names}."));
            }
        }
        self.found.push(None);
        Ok(true)
    }

    /// What depends on it, or whom it spares; what could not be read is said.
    fn looked(&mut self, answer: &Result<Answer, Failure>, at: usize) {
        let Some(look) = self.plan.looks.get(self.at - self.plan.steps.len()) else { return };
        match look::rows(answer, at) {
            // What has no name is said not to have one.
            Err(_) if look.names.is_some() => {}
            Ok(rows) if let Some(fields) = &look.names => {
                self.plan.names.extend(rows.iter().filter_map(|row| look::name(row, fields)));
            }
            Err(refusal) => {
                let line = format!("{}: couldn't be read. {}", look.words, refusal.sentence());
                self.plan.depends.push(line);
            }
            Ok(rows) if look.spares => {
                let id = |row: &Value| row.get("AssigneeId").and_then(Value::as_str).and_then(Id::parse);
                let ids: Vec<Id> = rows.iter().filter_map(id).collect();
                self.plan.reaches.retain(|other| !ids.contains(&other.id));
            }
            Ok(rows) if rows.is_empty() => {}
            Ok(rows) => {
                let names: Vec<String> = rows.iter().map(look::row_text).collect();
                let line = format!("{}: {}.", look.words, names.join("; "));
                self.plan.depends.push(line);
            }
        }
    }

    /// The plan with what is there, once everything was read.
    ///
    /// # Errors
    /// Why it could not be read; a plan that is not ready is not to be applied.
    pub fn plan(&self) -> Result<&Plan, OrgError> {
        match &self.refusal {
            Some(refusal) => Err(refusal.clone()),
            None if self.at < self.plan.steps.len() + self.plan.looks.len() => Err(OrgError::Pending),
            None => Ok(&self.plan),
        }
    }
}
