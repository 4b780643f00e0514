//! From a click on a fix to what was done: preview, approval, one write at a time, and what the journal keeps of it.
//!
//! It never writes but what a preview showed and a person approved, in a page of the extension and by the token that only
//! that preview's markup there held; and never before the journal is on disk.

use crate::reading::{Effect, Kept, Reading};
use crate::storage::ReadOnly;
use leastwise_core::execute::{self, Executor, Preview, Progress, Stop};
use leastwise_core::fixes::{self, Context};
use leastwise_core::journal::{Entry, FORMAT, Offer, State};
use leastwise_core::plan::merge::together;
use leastwise_core::plan::{COPY, Fields, Plan};
use leastwise_core::protocol::{Ask, Surface};
use leastwise_core::report::Report;
use leastwise_core::salesforce::http::{API_VERSION, Request, Response};
use leastwise_core::salesforce::json::Value;
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::text::joined;
use std::cell::RefCell;
use std::rc::Rc;

/// The number of the request that asks whether the org is a sandbox.
const ORG: u32 = u32::MAX - 1;

/// What names the plan with what depends on it, where that stopped it.
pub(crate) const WIDER: &str = "wider";

/// What is said where the journal cannot be read.
const UNREAD: &str = "What was changed here before could not be read from this browser, so nothing more was written to the org. Try again.";

/// A preview older than this, in seconds, is read again before anything is written.
pub(crate) const FRESH: i64 = 300;

/// What the driver does next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Sends this.
    Send(Request),
    /// Keeps JSON on disk under a key, and waits until it is there.
    Store(String, String),
    /// Reads what is on disk under a key.
    Find(String),
    /// Waits so many milliseconds.
    Wait(u32),
    /// Waits until nobody else writes to this org, and keeps others from it until the ask is answered.
    Hold(String),
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Came {
    /// An answer, or none.
    Answer(Response),
    /// Nothing was sent: the session is another one.
    Changed,
    /// Whether it is on disk.
    Stored(bool),
    /// What is on disk; none when it could not be read.
    Found(Option<Value>),
    /// It is over.
    Done,
}

/// Where an ask about a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum At {
    /// There is none, or it is over.
    #[default]
    Nowhere,
    /// The plan has to be found in what was read.
    Resolve,
    /// What it would change is read.
    Preview,
    /// Others write to this org.
    Hold,
    /// The journal is read again.
    Find,
    /// It is carried out.
    Carry,
}

/// What a preview, or a plan that is carried out, is drawn from.
#[derive(Debug)]
pub(crate) struct Work {
    page: Page,
    /// What was asked for: `Fix` and the plans, `Undo` or `Continue` and the entry.
    pub(crate) of: String,
    /// How far it is.
    pub(crate) stage: Stage,
    /// What has to be said of it, a sentence each.
    pub(crate) notes: Vec<String>,
    /// What approves it; empty where nothing does.
    pub(crate) token: String,
    /// The plan, once it is known.
    pub(crate) entry: Option<Entry>,
    /// Milliseconds until it is tried again.
    pub(crate) pause: u32,
    /// What was entered and cannot be: it stands in the form still.
    pub(crate) entered: Entered,
    /// The plan with what the platform said depends on it, where that stopped it.
    pub(crate) wider: Option<Plan>,
}

/// What stood in form controls, by name.
type Entered = Vec<(String, String)>;

/// The name of the form control of a plan's input.
pub(crate) fn control(at: usize) -> String {
    ["in-", &at.to_string()].concat()
}

/// What is given for a plan's inputs, as its form controls have it.
fn given(plan: &Plan) -> Entered {
    plan.inputs.iter().enumerate().map(|(at, input)| (control(at), input.value.clone())).collect::<Vec<_>>()
}

/// Whether the form still says what was previewed.
fn says(fields: &Entered, previewed: &Entered) -> bool {
    previewed
        .iter()
        .all(|(name, value)| fields.iter().any(|(own, now)| own == name && now.trim() == value.trim()))
}

/// Where the reading of what earlier plans left open stands: it is read again before anything else of the record is
/// written, and whenever the page is.
#[derive(Debug, Default)]
pub(crate) enum Open {
    /// Nothing is read.
    #[default]
    Nothing,
    /// Others write to this org.
    Hold,
    /// The journal is read again.
    Find,
    /// These entries are read, the first of them now.
    Read(Vec<Entry>),
    /// All was read.
    Done,
}

/// How far a plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// What is there is read.
    Reading,
    /// There is nothing to preview: the notes say why.
    Refused,
    /// It waits for a person.
    Offered,
    /// It is carried out.
    Running,
    /// It is done, or went no further.
    Ended,
}

impl Stage {
    /// The value of `data-stage`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Stage::Reading => "reading",
            Stage::Refused => "refused",
            Stage::Offered => "offered",
            Stage::Running => "running",
            Stage::Ended => "ended",
        }
    }
}

thread_local! {
    /// What is previewed or carried out, by tab. Lost with the worker: the offer and the journal are not.
    pub(crate) static WORKS: RefCell<Vec<(i32, Rc<RefCell<Work>>)>> = const { RefCell::new(vec![]) };
    /// The tokens of previews that this worker saw approved or left. Another ask may have read one from the browser's memory
    /// just before it was taken away there: it is not shown again.
    static SPENT: RefCell<Vec<String>> = const { RefCell::new(vec![]) };
}

/// Tokens that are remembered as spent; beyond, the oldest is forgotten.
const SPENDS: usize = 100;

fn spend(token: &str) {
    SPENT.with_borrow_mut(|all| {
        all.push(token.to_owned());
        let from = all.len().saturating_sub(SPENDS);
        all.drain(..from);
    });
}

/// The plans for each finding of a report, and those that answer none; nothing before it is known who is signed in.
pub(crate) fn plans(kept: &Kept, report: &Report) -> (Vec<Vec<Plan>>, Vec<Plan>) {
    let Some(viewer) = kept.viewer.as_ref().filter(|_| report.refusal.is_none()) else {
        return Default::default();
    };
    let context = Context { facts: kept.gather.facts(), acting: &viewer.user_id };
    let of_findings =
        report.findings().into_iter().map(|(rule, finding)| fixes::plans(rule, finding, context));
    (of_findings.collect::<Vec<_>>(), fixes::emergency(context))
}

/// Whether what was read has every field that was said, as it was said.
fn is_as(said: &Option<Fields>, read: &Option<Fields>) -> bool {
    said.is_some() == read.is_some()
        && said.iter().flatten().all(|field| read.iter().flatten().any(|own| own == field))
}

impl Reading {
    /// What is previewed or carried out on this page.
    pub(crate) fn work(&self) -> Option<Rc<RefCell<Work>>> {
        WORKS.with_borrow(|all| {
            all.iter()
                .find(|(tab, work)| *tab == self.tab && work.borrow().page == self.page)
                .map(|(_, work)| work.clone())
        })
    }

    pub(crate) fn stage(&self) -> Option<Stage> {
        Some(self.work()?.borrow().stage)
    }

    /// Whether writes of this ask, or the reading of what is open, may be under way.
    pub(crate) fn is_applying(&self) -> bool {
        matches!(self.at, At::Hold | At::Find | At::Carry) || self.is_opening()
    }

    /// Whether what earlier plans left open is read.
    pub(crate) fn is_opening(&self) -> bool {
        matches!(self.open, Open::Hold | Open::Find | Open::Read(_))
    }

    /// The page was read: what earlier plans left open is, too.
    pub(crate) fn begin_open(&mut self) -> bool {
        let begins = matches!(self.open, Open::Nothing)
            && self.bound.is_some()
            && self.remembered.journal.unsure().any(|entry| self.is_ours(entry));
        if begins {
            self.open = Open::Hold;
        }
        begins
    }

    /// The next turn of reading what earlier plans left open; none when all was read.
    pub(crate) fn next_open(&mut self) -> Option<Turn> {
        loop {
            match &mut self.open {
                Open::Nothing | Open::Done => return None,
                Open::Hold => {
                    let org = self.bound.as_ref()?.org_id.as_str();
                    return Some(Turn::Hold(["write:", org].concat()));
                }
                Open::Find => return Some(Turn::Find(self.remembered.journal_key())),
                Open::Read(entries) => {
                    let Some(entry) = entries.first_mut() else {
                        self.opened();
                        return None;
                    };
                    entry.apply.set_now(self.now.0);
                    match entry.apply.next() {
                        execute::Effect::Send(request) => return Some(Turn::Send(request)),
                        execute::Effect::Wait(milliseconds) => return Some(Turn::Wait(milliseconds)),
                        execute::Effect::Persist if !self.is_journal_fresh => {
                            return Some(Turn::Find(self.remembered.journal_key()));
                        }
                        execute::Effect::Persist => {
                            self.is_journal_fresh = false;
                            self.remembered.journal.put(entry);
                            let (key, text) = (self.remembered.journal_key(), self.remembered.journal.text());
                            return Some(Turn::Store(key, text));
                        }
                        execute::Effect::Idle => {
                            entries.remove(0);
                        }
                    }
                }
            }
        }
    }

    /// Takes what came of a turn of [`Reading::next_open`].
    pub(crate) fn took_open(&mut self, came: Came) {
        match (&mut self.open, came) {
            (Open::Hold, Came::Done) => self.open = Open::Find,
            // What could not be read is not empty: it is read another time.
            (Open::Find, Came::Found(Some(found))) => {
                self.remembered.journal = self.remembered.journal_in(&found);
                self.is_journal_fresh = true;
                self.read_open("");
            }
            (Open::Read(_), Came::Found(Some(found))) => {
                self.remembered.journal = self.remembered.journal_in(&found);
                self.is_journal_fresh = true;
            }
            (Open::Read(entries), came) => {
                let Some(entry) = entries.first_mut() else { return };
                match came {
                    Came::Answer(response) => entry.apply.feed(&response),
                    Came::Stored(true) => entry.apply.stored(),
                    // What was read is read again another time.
                    Came::Stored(false) | Came::Changed | Came::Found(_) => entries.clear(),
                    Came::Done => entry.apply.paused(),
                }
                if let Some(entry) = entries.first_mut() {
                    entry.stop = entry.apply.stop().map(Stop::sentence).unwrap_or_default();
                }
            }
            _ => self.open = Open::Done,
        }
    }

    /// Begins to read what is open but for the entry `but`, whose own plan looks for itself.
    fn read_open(&mut self, but: &str) {
        let mut entries: Vec<Entry> = self
            .remembered
            .journal
            .unsure()
            .filter(|own| own.id != but && self.is_ours(own))
            .cloned()
            .collect();
        for entry in &mut entries {
            entry.apply.set_now(self.now.0);
            entry.apply.check();
        }
        self.open = Open::Read(entries);
    }

    /// All that was open was read. Where that is all that was to be done, the page is read again, for it may have changed.
    fn opened(&mut self) {
        self.open = Open::Done;
        if self.at == At::Nowhere {
            self.again();
        }
    }

    /// Leaves the preview. What is carried out goes on.
    pub(crate) fn drop_work(&mut self) {
        if self.stage() != Some(Stage::Running) {
            WORKS.with_borrow_mut(|all| {
                all.retain(|(tab, work)| *tab != self.tab || work.borrow().page != self.page)
            });
            if let Some(offer) = &self.remembered.offer {
                spend(&offer.token);
                self.effects.push(self.remembered.offer(None));
            }
        }
    }

    fn set_work(&mut self, of: String, stage: Stage, notes: Vec<String>, entry: Option<Entry>) {
        let (page, token) = (self.page.clone(), String::new());
        let work = Work { page, of, stage, notes, token, entry, pause: 0, entered: vec![], wider: None };
        WORKS.with_borrow_mut(|all| {
            all.retain(|(tab, work)| *tab != self.tab || work.borrow().page != self.page);
            all.push((self.tab, Rc::new(RefCell::new(work))));
        });
    }

    /// Whether an entry is of this page, in the org that the session is of.
    pub(crate) fn is_ours(&self, entry: &Entry) -> bool {
        self.bound.as_ref().is_some_and(|bound| bound.org_id == entry.org)
            && entry.host == self.page.api_host
            && entry.subject == self.page.id
    }

    /// Shows the preview that waits for a person's word again, where the worker that made it was stopped.
    pub(crate) fn take_up_offer(&mut self) {
        let Some(offer) = self.remembered.offer.clone().filter(|_| self.work().is_none()) else { return };
        let is_spent = SPENT.with_borrow(|all| all.contains(&offer.token));
        if is_spent || !self.is_ours(&offer.entry) || self.now.0 - offer.at > FRESH {
            return;
        }
        self.set_work(offer.of, Stage::Offered, vec![], Some(offer.entry));
        if let Some(work) = self.work() {
            work.borrow_mut().token = offer.token;
        }
    }

    /// Begins with an ask about a plan; what it needs of the page may have to be read first.
    pub(crate) fn begin_fix(&mut self) {
        let offer = match &self.ask {
            // Once: whoever says it again, or says another, approves nothing.
            Ask::Apply { token, .. } | Ask::Allow { token, .. } => {
                let token = token.clone();
                let offer = self.remembered.offer.take_if(|offer| offer.token == token);
                if let Some(offer) = &offer {
                    spend(&offer.token);
                    self.effects.push(self.remembered.offer(None));
                }
                // Of another org or record than the tab's page it approves nothing.
                offer.filter(|offer| self.is_ours(&offer.entry))
            }
            _ => None,
        };
        if self.stage() == Some(Stage::Running) {
            return;
        }
        let approves = matches!(self.ask, Ask::Apply { .. } | Ask::Allow { .. });
        if approves && offer.is_none() {
            // What ended is not said anew by a second click.
            if self.remembered.offer_unread {
                self.withdraw(
                    "The browser could not read this preview back, so nothing was changed. Try again.",
                );
            } else if self.stage() == Some(Stage::Offered) && self.remembered.offer.is_none() {
                self.withdraw("This preview is no longer valid, so nothing was changed. Ask for it again.");
            }
            return;
        }
        match self.ask.clone() {
            Ask::Fix { plan, fields, .. } => {
                let several = || joined(&fields.iter().map(|(name, _)| name).collect::<Vec<_>>(), ",");
                let plan = if plan.is_empty() { several() } else { plan };
                if plan == WIDER {
                    self.wider = self.work().and_then(|work| work.borrow_mut().wider.take());
                }
                self.want(["Fix ", &plan].concat(), fields, vec![]);
            }
            Ask::Undo { entry, .. } => self.want(["Undo ", &entry].concat(), vec![], vec![]),
            Ask::Continue { entry, .. } => self.want(["Continue ", &entry].concat(), vec![], vec![]),
            Ask::Verify { .. } => {
                self.drop_work();
                self.begin_open();
            }
            Ask::Apply { fields, .. } => {
                let Some(offer) = offer else { return };
                let session = self.bound.as_ref().is_some_and(|bound| bound.hash == offer.session);
                let note = if !session {
                    "You have signed in anew since the preview: it was read again."
                } else if self.now.0 - offer.at > FRESH {
                    "The preview was some minutes old: it was read again."
                } else if !says(&fields, &offer.fields) {
                    "This is the preview of what you entered."
                } else if offer.entry.apply.plan().unset().is_some() {
                    "Something has to be entered first."
                } else if self.remembered.read_only().is_some() && !offer.entry.apply.plan().is_guided() {
                    "Writing is not allowed."
                } else {
                    self.set_work(offer.of, Stage::Running, vec![], Some(offer.entry));
                    self.at = At::Hold;
                    return;
                };
                // A person looks at it again before anything is written.
                self.kept = None;
                self.want(offer.of, fields, vec![note.to_owned()]);
            }
            Ask::Allow { until, .. } => {
                let Some(offer) = offer else { return };
                self.effects.push(self.remembered.allow(until));
                self.want(offer.of, offer.fields, vec![]);
            }
            Ask::Forbid { .. } => {
                self.drop_work();
                self.effects.extend(self.remembered.forbid());
            }
            _ => self.drop_work(),
        }
    }

    /// The preview that is shown approves nothing any more.
    pub(crate) fn withdraw(&mut self, why: &str) {
        self.at = At::Nowhere;
        let of = self.work().map(|work| work.borrow().of.clone()).unwrap_or_default();
        self.set_work(of, Stage::Refused, vec![why.to_owned()], None);
    }

    fn want(&mut self, of: String, fields: Vec<(String, String)>, notes: Vec<String>) {
        self.drop_work();
        self.set_work(of, Stage::Reading, notes, None);
        self.fields = fields;
        self.at = At::Resolve;
    }

    /// The next turn of an ask about a plan.
    pub(crate) fn next_fix(&mut self) -> Option<Turn> {
        let work = self.work()?;
        loop {
            match self.at {
                At::Nowhere => return None,
                At::Resolve => {
                    self.at = At::Preview;
                    let of = work.borrow().of.clone();
                    match self.resolve(&of) {
                        Ok(mut entry) => {
                            self.enter(&work, &mut entry);
                            self.preview = Some(if of.starts_with("Continue ") {
                                Preview::of_rest(&entry.apply)
                            } else {
                                Preview::new(entry.apply.plan().clone())
                            });
                            work.borrow_mut().entry = Some(entry);
                        }
                        Err(why) => {
                            self.refuse(&work, why);
                            return None;
                        }
                    }
                    if self.remembered.sandbox.is_none() {
                        let path = format!(
                            "/services/data/{API_VERSION}/query?q=SELECT+Name,IsSandbox+FROM+Organization"
                        );
                        return Some(Turn::Send(Request {
                            id: ORG,
                            method: "GET".to_owned(),
                            path,
                            body: None,
                        }));
                    }
                }
                At::Preview => match self.preview.as_mut().and_then(Preview::next) {
                    Some(request) => return Some(Turn::Send(request)),
                    None => self.offer(&work),
                },
                At::Hold => {
                    self.at = At::Find;
                    return Some(Turn::Hold(["write:", self.bound.as_ref()?.org_id.as_str()].concat()));
                }
                At::Find => return Some(Turn::Find(self.remembered.journal_key())),
                At::Carry => {
                    let mut own = work.borrow_mut();
                    let entry = own.entry.as_mut()?;
                    entry.apply.set_now(self.now.0);
                    match entry.apply.next() {
                        execute::Effect::Send(request) => return Some(Turn::Send(request)),
                        execute::Effect::Wait(milliseconds) => {
                            own.pause = milliseconds;
                            drop(own);
                            self.show();
                            return Some(Turn::Wait(milliseconds));
                        }
                        // Another tab, or another worker, may have written there since.
                        execute::Effect::Persist if !self.is_journal_fresh => {
                            return Some(Turn::Find(self.remembered.journal_key()));
                        }
                        execute::Effect::Persist => {
                            self.is_journal_fresh = false;
                            self.remembered.journal.put(entry);
                            return Some(Turn::Store(
                                self.remembered.journal_key(),
                                self.remembered.journal.text(),
                            ));
                        }
                        execute::Effect::Idle => {
                            drop(own);
                            self.end(&work);
                        }
                    }
                }
            }
        }
    }

    /// Takes what came of a turn of [`Reading::next_fix`].
    pub(crate) fn took_fix(&mut self, came: Came) {
        let Some(work) = self.work() else { return };
        if let (At::Preview, Came::Answer(response)) = (self.at, &came) {
            if response.id == ORG {
                let row = response.answer.as_ref().ok().and_then(|answer| {
                    leastwise_core::salesforce::json::parse(&answer.body)?.get("records")?.get(0).cloned()
                });
                let is = row.as_ref().and_then(|row| row.get("IsSandbox")?.as_bool());
                let name = row.as_ref().and_then(|row| row.get("Name")?.as_str()).unwrap_or_default();
                self.effects.extend(is.map(|is| self.remembered.is_sandbox(is, name)));
            } else if let Some(preview) = &mut self.preview {
                preview.feed(response);
            }
        }
        if let Came::Found(Some(found)) = &came {
            self.remembered.journal = self.remembered.journal_in(found);
            self.is_journal_fresh = true;
        }
        if self.at == At::Find {
            if matches!(came, Came::Found(Some(_))) {
                self.at = At::Carry;
                self.take_up(&work);
                if self.at == At::Carry {
                    let own = work.borrow().entry.as_ref().map(|entry| entry.id.clone());
                    self.read_open(&own.unwrap_or_default());
                }
            } else if matches!(came, Came::Found(None)) {
                // What cannot be read is not empty: written now, it would be lost.
                work.borrow_mut().notes.push(UNREAD.to_owned());
                self.end(&work);
            }
        } else if self.at == At::Carry {
            let mut own = work.borrow_mut();
            own.pause = 0;
            let Work { entry: Some(entry), notes, .. } = &mut *own else { return };
            match came {
                Came::Answer(response) => entry.apply.feed(&response),
                Came::Changed => entry.apply.leave(),
                Came::Stored(true) => entry.apply.stored(),
                Came::Stored(false) => {
                    entry.apply.not_stored();
                    self.remembered.journal.put(entry);
                    notes.push("The journal could not be written, so nothing more was written to the org. Make room: export the history and clear it, then continue.".to_owned());
                    self.at = At::Nowhere;
                }
                Came::Done => entry.apply.paused(),
                Came::Found(Some(_)) => return,
                Came::Found(None) => {
                    notes.push(UNREAD.to_owned());
                    self.at = At::Nowhere;
                }
            }
            entry.stop = entry.apply.stop().map(|stop| stop.sentence()).unwrap_or_default();
            drop(own);
            if self.at == At::Nowhere { self.end(&work) } else { self.show() }
        }
    }

    /// The entry that would be put into the journal for what was asked.
    fn resolve(&self, of: &str) -> Result<Entry, String> {
        let none = || "This is no longer offered: the org has changed since the panel was drawn.".to_owned();
        let kept = self.kept.as_ref().ok_or_else(none)?.borrow();
        let (Some(viewer), Some(bound)) = (&kept.viewer, &self.bound) else {
            return Err(
                "It could not be read who is signed in, so nothing can be done in their name.".to_owned()
            );
        };
        let report = Report::new(&kept.gather);
        let entry = |plan: Plan, undoes: &str| Entry {
            format: FORMAT,
            id: self.random.clone(),
            at: self.now.0,
            org: bound.org_id.clone(),
            host: self.page.api_host.clone(),
            user: viewer.user_id.clone(),
            username: viewer.username.clone(),
            subject: self.page.id.clone(),
            name: report.subject.name.clone(),
            undoes: undoes.to_owned(),
            stop: String::new(),
            apply: Executor::new(plan),
        };
        let (verb, what) = of.split_once(' ').ok_or_else(none)?;
        if verb == "Fix" {
            if let Some(plan) = self.wider.clone().filter(|_| what == WIDER) {
                return Ok(entry(plan, ""));
            }
            if what.is_empty() {
                return Err("Select at least one of them first.".to_owned());
            }
            let (of_findings, emergency) = plans(&kept, &report);
            let all: Vec<Plan> = of_findings.into_iter().flatten().chain(emergency).collect::<Vec<_>>();
            let mut chosen =
                what.split(',').filter_map(|own| all.iter().find(|plan| plan.key() == own)).cloned();
            let plan = match (chosen.next(), chosen.collect::<Vec<_>>()) {
                (None, _) => return Err(none()),
                (Some(one), more) if more.is_empty() => one,
                (Some(one), mut more) => {
                    more.insert(0, one);
                    together(more).map_err(|conflicts| joined(&conflicts, " "))?
                }
            };
            return Ok(entry(plan, ""));
        }
        let own = self.remembered.journal.find(what).ok_or_else(none)?;
        if verb == "Undo" {
            return Ok(entry(own.undo().ok_or_else(none)?, &own.id));
        }
        Ok(Entry { stop: String::new(), ..own.clone() })
    }

    /// Puts what was entered into a plan; what cannot be is said, and stays in the form.
    fn enter(&mut self, work: &Rc<RefCell<Work>>, entry: &mut Entry) {
        let mut own = work.borrow_mut();
        if entry.apply.plan().inputs.is_empty() || own.of.starts_with("Continue ") {
            return;
        }
        let mut plan = entry.apply.plan().clone();
        let fields = std::mem::take(&mut self.fields);
        for at in 0..plan.inputs.len() {
            let name = control(at);
            let value = fields.iter().find(|(own, _)| *own == name).map(|(_, value)| value);
            if let Some(Err(why)) = value.map(|value| plan.set(at, value)) {
                let label = plan.inputs.get(at).map_or("", |input| &input.label);
                own.notes.push([label, ": ", &*why].concat());
                own.entered.clone_from(&fields);
            }
        }
        entry.apply = Executor::new(plan);
    }

    fn refuse(&mut self, work: &Rc<RefCell<Work>>, why: String) {
        self.at = At::Nowhere;
        let mut own = work.borrow_mut();
        own.stage = Stage::Refused;
        own.notes.push(why);
        drop(own);
        self.show();
    }

    /// Shows what was read, with the token that approves it.
    fn offer(&mut self, work: &Rc<RefCell<Work>>) {
        let Some(preview) = self.preview.take() else { return self.at = At::Nowhere };
        let read = match preview.plan() {
            Ok(plan) => plan.clone(),
            Err(refusal) => return self.refuse(work, [&refusal.sentence(), " ", refusal.advice()].concat()),
        };
        self.at = At::Nowhere;
        let mut own = work.borrow_mut();
        let Work { entry: Some(entry), notes, of, token, stage, entered, .. } = &mut *own else { return };
        let mut plan = if of.starts_with("Continue ") { entry.apply.rest_of(read) } else { read };
        let both = plan.steps.iter_mut().zip(&entry.apply.plan().steps).zip(entry.apply.progress());
        for ((step, own), _) in both.filter(|(_, own)| !entry.undoes.is_empty() && **own == Progress::Planned)
        {
            if own.before.iter().flatten().any(|(name, _)| name == COPY) {
                // A copy is as the original once the steps before have taken back what makes it another.
                step.clone_from(own);
            } else if !is_as(&own.before, &step.before) {
                notes.push(["Somebody changed this since: ", &*step.words].concat());
            }
        }
        entry.apply = entry.apply.with_plan(plan);
        *stage = Stage::Offered;
        if !entered.is_empty() {
            // What was entered has to be put right first: there is nothing to approve.
            drop(own);
            return self.show();
        }
        token.clone_from(&self.random);
        let offer = Offer {
            token: token.clone(),
            at: self.now.0,
            session: self.bound.as_ref().map(|bound| bound.hash.clone()).unwrap_or_default(),
            number: self.kept.as_ref().map(|kept| kept.borrow().number).unwrap_or_default(),
            of: of.clone(),
            fields: given(entry.apply.plan()),
            entry: entry.clone(),
        };
        self.effects.push(self.remembered.offer(Some(offer)));
        drop(own);
        self.show();
        // What runs in a page may be somebody else's: what it asked for is approved outside it.
        if self.surface == Surface::Page
            && matches!(self.remembered.read_only(), None | Some(ReadOnly::Production))
        {
            self.effects.push(Effect::ShowApproval(self.tab));
        }
    }

    /// Takes up what was approved, as the journal has it now: another tab may have been faster.
    fn take_up(&mut self, work: &Rc<RefCell<Work>>) {
        let mut own = work.borrow_mut();
        let Some(entry) = own.entry.as_mut() else { return };
        let journal = &self.remembered.journal;
        let plan = entry.apply.plan().clone();
        entry.apply = match journal.find(&entry.id) {
            Some(kept) => {
                let mut apply = kept.apply.with_plan(plan);
                apply.set_now(self.now.0);
                apply.go_on();
                apply
            }
            None => Executor::new(plan),
        };
        entry.at = self.now.0;
        let undone = journal.find(&entry.undoes).is_some_and(|own| journal.state(own) == State::Undone);
        if undone {
            own.notes.push("It was undone already.".to_owned());
            self.at = At::Nowhere;
            drop(own);
            self.end(work);
        }
    }

    /// Nothing more is written: what the page shows is read again.
    fn end(&mut self, work: &Rc<RefCell<Work>>) {
        self.at = At::Nowhere;
        let mut own = work.borrow_mut();
        own.stage = Stage::Ended;
        let kept = self.kept.as_ref().map(|kept| kept.borrow());
        let labels = kept.as_ref().map(|kept| kept.gather.labels());
        own.wider = own.entry.as_ref().zip(labels).and_then(|(entry, labels)| entry.apply.widened(labels));
        drop((own, kept));
        self.again();
    }
}
