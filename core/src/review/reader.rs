//! The machine that reads an org: which request is next, and what an answer was for.
//!
//! It does no I/O: requests and responses are data. It is deterministic: the same answers in the same order make the same
//! review, so whoever keeps the answers can go on after a closed tab, and nothing is read twice.

use super::Options;
use super::metadata::{self, Metadata, Retrieve};
use super::rows::Rows;
use super::stage::{self, Stage};
use super::table::{Chunk, Context, GROUPS, Table};
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{
    API_VERSION, Answer, Request, Response, composite_body, composite_path, query_path,
};
use crate::salesforce::json::{self, Value};
use crate::salesforce::soql;
use crate::salesforce::time::Timestamp;
use serde::Deserialize;
use std::collections::{BTreeMap, VecDeque};

/// Requests under way at once.
const IN_FLIGHT: usize = 3;

/// Queries in one composite (REST API guide, "Composite").
const QUERIES: usize = 5;

/// So often a request is sent again that got no answer, or that the org was too busy for.
const TRIES: u32 = 3;

/// One thing to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Job {
    /// `/limits`.
    Limits,
    Query(Chunk),
    /// The next page of a query's rows.
    Page(Chunk, String),
    Metadata(Retrieve),
}

/// A request that is under way.
#[derive(Debug, Clone)]
struct Sent {
    jobs: Vec<Job>,
    tries: u32,
}

/// Why reading stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pause {
    /// It was read what a review will cost; it goes on when it is told to.
    Start,
    /// The subjects are counted, and the rest is dear: it goes on when it is told to.
    Dear,
    /// The org, or the way to it, refuses everything; it goes on when it is told to.
    Refused(OrgError),
}

/// Requests that were made, and what came of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Requests, each one API call.
    pub calls: u32,
    /// Characters of answers.
    pub bytes: u64,
    /// The biggest answer.
    pub biggest: u64,
}

/// Reads an org for a review.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(super) now: Timestamp,
    pub(super) options: Options,
    pub(super) context: Context,
    pub(super) stage: Stage,
    pub(super) rows: Rows,
    pub(super) metadata: Metadata,
    pub(super) limits: Option<Value>,
    queue: VecDeque<(Job, u32)>,
    waiting: BTreeMap<u32, Sent>,
    last_request: u32,
    pause: Option<Pause>,
    /// Requests of this stage that were answered, and all that are known of.
    answered: u32,
    traffic: Traffic,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Composite {
    composite_response: Vec<Subresponse>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subresponse {
    #[serde(default)]
    body: Value,
    http_status_code: u16,
    reference_id: String,
}

impl Reader {
    /// Begins to read; the first requests say what the rest will cost, then it waits for [`Reader::go_on`].
    pub fn new(now: Timestamp, options: Options) -> Reader {
        let mut reader = Reader {
            now,
            options,
            context: Context::default(),
            stage: Stage::Preview,
            rows: Rows::default(),
            metadata: Metadata::default(),
            limits: None,
            queue: VecDeque::new(),
            waiting: BTreeMap::new(),
            last_request: 0,
            pause: None,
            answered: 0,
            traffic: Traffic::default(),
        };
        reader.begin(Stage::Preview);
        reader
    }

    /// The next request to carry out; none while three are under way, while it is paused, and at the end.
    #[expect(clippy::should_implement_trait, reason = "an iterator would be borrowed while its answers come")]
    pub fn next(&mut self) -> Option<Request> {
        if self.pause.is_some() || self.waiting.len() >= IN_FLIGHT {
            return None;
        }
        let (jobs, tries) = self.take_jobs()?;
        self.last_request += 1;
        let id = self.last_request;
        let request = self.request(id, &jobs)?;
        self.waiting.insert(id, Sent { jobs, tries });
        Some(request)
    }

    /// Takes the answer to a request. An answer that nobody waits for is dropped.
    ///
    /// Whoever keeps answers to go on from them later asks for the [next](Reader::next) requests after each one, as often as
    /// there are any: what a request asks depends on what was answered before it.
    pub fn feed(&mut self, response: &Response) {
        let Some(sent) = self.waiting.remove(&response.id) else { return };
        self.traffic.calls += 1;
        if let Ok(answer) = &response.answer {
            let bytes = answer.body.len() as u64;
            self.traffic.bytes += bytes;
            self.traffic.biggest = self.traffic.biggest.max(bytes);
        }
        match self.read(&sent, response) {
            Ok(()) => self.answered += 1,
            Err(why) => self.again(sent, why),
        }
        if self.queue.is_empty() && self.waiting.is_empty() && self.pause.is_none() {
            self.advance();
        }
    }

    /// Goes on after a pause.
    pub fn go_on(&mut self) {
        self.pause = None;
        if self.queue.is_empty() && self.waiting.is_empty() {
            self.advance();
        }
    }

    /// What was under way was broken off (the review was canceled, or its page closed): it is asked again.
    pub fn forget_requests(&mut self) {
        for (_, sent) in std::mem::take(&mut self.waiting) {
            sent.jobs.into_iter().rev().for_each(|job| self.queue.push_front((job, sent.tries)));
        }
    }

    /// Why it stands still, if it does.
    pub fn pause(&self) -> Option<&Pause> {
        self.pause.as_ref()
    }

    /// Whether everything was read that will be.
    pub fn is_complete(&self) -> bool {
        self.stage == Stage::Done
    }

    /// What was asked so far.
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// API calls that the review takes in all, as far as that is known, and how many the org has left today.
    pub fn estimate(&self) -> (u32, Option<u64>) {
        let made = self.traffic.calls;
        let to_come = match self.stage {
            Stage::Preview | Stage::Signals | Stage::Candidates => {
                // Measured on orgs of four sizes: a fifth of the users of a small org are looked at, one in sixty of a large one.
                let users = self.active_users();
                let subjects = usize::try_from(users.min(40 + users / 15)).unwrap_or(usize::MAX);
                stage::calls_to_come(subjects, subjects / 2) + 4
            }
            _ => stage::calls_to_come(self.rows.subjects.len(), self.rows.candidates.len()),
        };
        (made + to_come, stage::calls_left(self))
    }

    /// Active users, by what licenses are used.
    pub(super) fn active_users(&self) -> u64 {
        self.rows.of(Table::UserLicenses).iter().map(|row| json::number(row, "UsedLicenses")).sum()
    }

    /// Milliseconds to wait before the next request: the org needs time to collect metadata.
    pub fn wait(&self) -> u32 {
        match (self.waiting.is_empty(), self.queue.front()) {
            (true, Some((Job::Metadata(retrieve), _))) => retrieve.wait(),
            (true, Some((_, tries @ 1..))) => 1_000 << (*tries).min(4),
            _ => 0,
        }
    }

    /// The step that it is at, and how many of its requests are answered, of how many.
    pub fn progress(&self) -> (Stage, u32, u32) {
        let waiting = self.waiting.len() + self.queue.len().div_ceil(QUERIES);
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        (self.stage, self.answered, self.answered.saturating_add(waiting))
    }

    /// Jobs for one request: five queries, or one of anything else.
    fn take_jobs(&mut self) -> Option<(Vec<Job>, u32)> {
        let is_of_logins = |job: &Job| matches!(job, Job::Query(chunk) | Job::Page(chunk, _) if chunk.table.is_login_history());
        let logins_under_way = self.waiting.values().flat_map(|sent| &sent.jobs).any(is_of_logins);
        let may = |job: &Job| !(logins_under_way && is_of_logins(job));
        // What stands alone goes first: it is what the others wait for longest.
        let alone = self.queue.iter().position(|(job, _)| !matches!(job, Job::Query(_)) && may(job));
        if let Some((job, tries)) = alone.and_then(|at| self.queue.remove(at)) {
            return Some((vec![job], tries));
        }
        let mut jobs = vec![];
        let mut most = 0;
        let mut kept = VecDeque::new();
        while let Some((job, tries)) = self.queue.pop_front() {
            // A query that was refused is asked anew with few others.
            if jobs.len() < QUERIES && may(&job) {
                most = most.max(tries);
                jobs.push(job);
            } else {
                kept.push_back((job, tries));
            }
        }
        self.queue = kept;
        (!jobs.is_empty()).then_some((jobs, most))
    }

    fn request(&self, id: u32, jobs: &[Job]) -> Option<Request> {
        let get = |path| Request { id, method: "GET".into(), path, body: None };
        let query = |chunk: &Chunk| query_path(&chunk.soql(&self.context));
        Some(match jobs {
            [Job::Limits] => get(format!("/services/data/{API_VERSION}/limits")),
            [Job::Page(_, url)] => get(url.clone()),
            [Job::Metadata(retrieve)] => {
                let call = retrieve.call();
                Request { id, method: "POST".into(), path: call.path, body: Some(call.body) }
            }
            all => {
                let parts = all.iter().enumerate().filter_map(|(at, job)| match job {
                    Job::Query(chunk) => Some((query(chunk), reference(at))),
                    _ => None,
                });
                Request {
                    id,
                    method: "POST".into(),
                    path: composite_path(),
                    body: Some(composite_body(parts)),
                }
            }
        })
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// It is none: everything is refused, or nothing came.
    fn read(&mut self, sent: &Sent, response: &Response) -> Result<(), OrgError> {
        if let [Job::Metadata(retrieve)] = sent.jobs.as_slice() {
            return self.read_metadata(retrieve, &response.answer);
        }
        let answer = response.answer.as_ref().map_err(|failure| OrgError::from(*failure))?;
        let Answer { status, body } = answer;
        let value = json::parse(body);
        match (sent.jobs.as_slice(), value) {
            (_, None) if *status >= 500 => Err(OrgError::Unavailable { status: *status }),
            (_, None) => Err(OrgError::NotJson),
            ([Job::Limits], Some(value)) => {
                // Without them it is not known how many calls are left; everything else is.
                self.limits = (200..300).contains(status).then_some(value);
                Ok(())
            }
            ([Job::Page(chunk, _)], Some(value)) => self.read_part(chunk, *status, value, true),
            (jobs, Some(value)) if (200..300).contains(status) => {
                let parts = serde_json::from_value::<Composite>(value).map_err(|_| OrgError::LeftOut)?;
                self.read_composite(jobs, parts.composite_response)
            }
            (jobs, Some(value)) => {
                let why = OrgError::from_error(*status, &value);
                // A composite that is too long for the org: each of its queries alone, and shorter.
                if matches!(status, 413 | 414 | 431) {
                    jobs.iter().for_each(|job| self.shorten(job, &why));
                    return Ok(());
                }
                Err(why)
            }
        }
    }

    fn read_composite(&mut self, jobs: &[Job], parts: Vec<Subresponse>) -> Result<(), OrgError> {
        let mut parts: BTreeMap<String, Subresponse> =
            parts.into_iter().map(|part| (part.reference_id.clone(), part)).collect();
        if parts.is_empty() {
            return Err(OrgError::LeftOut);
        }
        for (at, job) in jobs.iter().enumerate() {
            let Job::Query(chunk) = job else { continue };
            match parts.remove(&reference(at)) {
                Some(part) => self.read_part(chunk, part.http_status_code, part.body, false)?,
                None => self.rows.lose(chunk, &OrgError::LeftOut),
            }
        }
        Ok(())
    }

    /// Takes rows of a query, or what became of it.
    ///
    /// # Errors
    /// Everything is refused.
    fn read_part(
        &mut self,
        chunk: &Chunk,
        status: u16,
        mut body: Value,
        is_page: bool,
    ) -> Result<(), OrgError> {
        if (200..300).contains(&status) {
            let next = json::next_page(&body).map(str::to_owned);
            let is_whole = body.get("done").and_then(Value::as_bool) != Some(false);
            let rows = json::take_rows(&mut body);
            let is_full = chunk.table.is_aggregate() && rows.len() >= GROUPS;
            match (next, is_full.then(|| chunk.halves()).flatten()) {
                // An aggregate has no second page: what fills it is asked for in halves.
                (_, Some(halves)) => halves.into_iter().for_each(|half| self.push(Job::Query(half))),
                (Some(url), None) => {
                    self.rows.add(chunk, rows, false);
                    self.push(Job::Page(chunk.clone(), url));
                }
                (None, None) => self.rows.add(chunk, rows, is_full || !is_whole),
            }
            return Ok(());
        }
        let error = json::first(&body).unwrap_or(&body);
        let (code, message) = (json::text(error, "errorCode"), json::text(error, "message"));
        let why = OrgError::from_error(status, &body);
        match code {
            // A field that the org lacks is left out, and the rest asked again.
            "INVALID_FIELD" if chunk.without.len() < 8 => match soql::lacking(message) {
                Some(column) if !chunk.without.iter().any(|own| own == column) => {
                    let mut less = chunk.clone();
                    less.without.push(column.to_owned());
                    self.push(Job::Query(less));
                }
                _ => self.rows.lose(chunk, &why),
            },
            // A page that the org no longer keeps (two days; REST API guide, "Query"): the query is asked anew.
            "INVALID_QUERY_LOCATOR" if is_page => {
                self.rows.forget(chunk);
                self.push(Job::Query(chunk.clone()));
            }
            "QUERY_TIMEOUT" | "EXCEEDED_ID_LIMIT" | "MALFORMED_QUERY" | "URI_TOO_LONG" => {
                self.shorten(&Job::Query(chunk.clone()), &why);
            }
            _ if matches!(status, 413 | 414 | 431) => self.shorten(&Job::Query(chunk.clone()), &why),
            _ if why.is_total() => return Err(why),
            _ => {
                let why = match why {
                    OrgError::NoPermission { .. } => {
                        OrgError::NoPermission { what: chunk.table.object().into() }
                    }
                    other => other,
                };
                self.rows.lose(chunk, &why);
            }
        }
        Ok(())
    }

    /// Asks for less: half of the ids, or fewer days; else it is not read.
    fn shorten(&mut self, job: &Job, why: &OrgError) {
        let (Job::Query(chunk) | Job::Page(chunk, _)) = job else { return };
        if let Some(halves) = chunk.halves() {
            halves.into_iter().for_each(|half| self.push(Job::Query(half)));
        } else if let Some(fewer) = chunk.of_fewer_days() {
            self.rows.shortened(fewer.days);
            self.push(Job::Query(fewer));
        } else {
            self.rows.lose(chunk, why);
        }
    }

    fn read_metadata(
        &mut self,
        retrieve: &Retrieve,
        answer: &Result<Answer, crate::salesforce::http::Failure>,
    ) -> Result<(), OrgError> {
        match retrieve.read(answer) {
            Ok(metadata::Read::Next(next)) => {
                self.push(Job::Metadata(next));
                Ok(())
            }
            Ok(metadata::Read::Names(names)) => {
                self.metadata.profile_names = names;
                Ok(())
            }
            Ok(metadata::Read::Files(files)) => {
                self.metadata.read(files);
                Ok(())
            }
            Err(why) if why.is_total() && !matches!(why, OrgError::LeftOut) => Err(why),
            Err(why) => {
                self.metadata.lose(why);
                Ok(())
            }
        }
    }

    /// A request that got no answer is sent again, three times; then the review stands still.
    fn again(&mut self, sent: Sent, why: OrgError) {
        let passes = matches!(
            why,
            OrgError::ConcurrentLimit | OrgError::Unavailable { .. } | OrgError::Timeout | OrgError::LeftOut
        );
        let tries = sent.tries + 1;
        if passes
            && tries >= TRIES
            && sent.jobs.iter().any(|job| matches!(job, Job::Query(_)))
            && !matches!(why, OrgError::ConcurrentLimit)
        {
            // It is too much for the org: each query alone, and shorter.
            match sent.jobs.as_slice() {
                [one] => self.shorten(one, &why),
                all => all.iter().for_each(|job| self.queue.push_back((job.clone(), 1))),
            }
            return;
        }
        let tries = if passes && tries < TRIES { tries } else { 0 };
        sent.jobs.into_iter().rev().for_each(|job| self.queue.push_front((job, tries)));
        if tries == 0 {
            self.pause = Some(Pause::Refused(why));
        }
    }

    pub(super) fn push(&mut self, job: Job) {
        self.queue.push_back((job, 0));
    }

    /// Begins the next step that has anything to ask.
    fn advance(&mut self) {
        while let Some(next) = self.stage.next() {
            self.begin(next);
            if next == Stage::Signals && self.pause.is_none() {
                // Nothing of it was asked yet.
                self.pause = Some(Pause::Start);
                return;
            }
            if next == Stage::Subjects && stage::is_dear(self) {
                self.pause = Some(Pause::Dear);
                return;
            }
            if !self.queue.is_empty() {
                return;
            }
        }
    }

    fn begin(&mut self, stage: Stage) {
        self.stage = stage;
        self.answered = 0;
        for job in stage::jobs(self) {
            self.push(job);
        }
    }
}

/// What a composite calls the query at this place.
fn reference(at: usize) -> String {
    format!("q{at}")
}
