//! The machine: which request is under way, what its answer is for, and what is known so far.

use super::part::Part;
use super::planner::{Plan, is_user_form};
use super::{queries, requests};
use crate::facts::assignment::Assignment;
use crate::facts::{AdminAnswer, CheckSettings, Fact, Facts, Known, Labels, LoginIpRanges, Record};
use crate::rules;
use crate::rules::rule::Rule;
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{
    API_VERSION, Answer, Failure, Request, Response, composite_path, encoded, query_path,
};
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use crate::salesforce::setup_url::{Page, PageKind};
use crate::salesforce::soql::{Query, literal};
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// What an answer will be for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Waiting {
    /// The first composite, on which the panel waits.
    First(Vec<Part>),
    /// Another one, or parts of one that are asked for again.
    Again(Vec<Part>),
    /// A page of a query's rows.
    More(Part),
    /// The next page of a list inside a row.
    Child(ChildPage),
    OwnTokens,
    Metadata,
    Policy(PolicyCall),
}

/// Which list inside a row a page belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ChildPage {
    pub(super) part: Part,
    /// The row's place among those read of the part.
    pub(super) row: usize,
    /// The relationship, a key of the row.
    pub(super) list: String,
    /// Whether the list of rows itself is cut.
    pub(super) cut: bool,
}

/// The calls that tell whether a profile has a password policy, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum PolicyCall {
    /// Which policies there are.
    List,
    /// What stands in them.
    Read,
}

/// Reads one page's facts. Serializable, so that a worker which is stopped can go on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Collector {
    pub(super) page: Page,
    pub(super) facts: Facts,
    pub(super) labels: Labels,
    /// What the admin said of this user.
    pub(super) answer: Option<AdminAnswer>,
    ready: VecDeque<Request>,
    waiting: BTreeMap<u32, Waiting>,
    last_request: u32,
    pub(super) queries: BTreeMap<Part, Query>,
    /// Rows of lists that are not whole yet.
    pub(super) rows: BTreeMap<Part, Vec<Value>>,
    /// Follow-up pages that were asked for, of each list, and of all lists inside rows.
    pub(super) pages: BTreeMap<Part, u32>,
    pub(super) child_pages: u32,
    /// The user's own assignments, once they were read.
    pub(super) assignments: Option<Vec<Assignment>>,
    pub(super) retries: u32,
    refusal: Option<OrgError>,
    /// The objects that profiles let delete, and whether there are more.
    pub(super) objects: Option<(Vec<Value>, bool)>,
    needs_metadata: bool,
    /// Whether the profile's password policy was asked for.
    pub(super) policy_requested: bool,
}

impl Collector {
    /// Reads `page` for all rules. `labels` are those kept from before; without them they are read along. `answer` is what
    /// the admin said of the user.
    pub fn new(
        page: &Page,
        now: Timestamp,
        labels: Option<Labels>,
        answer: Option<AdminAnswer>,
    ) -> Collector {
        Collector::for_rules(page, now, labels, answer, rules::all())
    }

    /// The same with what an admin chose of the checks.
    #[must_use]
    pub fn with_checks(mut self, checks: CheckSettings) -> Collector {
        self.facts.checks = checks;
        self
    }

    /// Reads what these rules need. A fact that none of them needs stays pending, and no rule can take it for fine.
    pub fn for_rules(
        page: &Page,
        now: Timestamp,
        labels: Option<Labels>,
        answer: Option<AdminAnswer>,
        rules: &[&Rule],
    ) -> Collector {
        let plan = Plan::new(page, rules, labels.as_ref());
        let mut collector = Collector {
            page: page.clone(),
            facts: Facts { record: Known::Is(Record::default()), ..Facts::pending(now) },
            labels: labels.unwrap_or_default(),
            answer,
            ready: VecDeque::new(),
            waiting: BTreeMap::new(),
            last_request: 0,
            queries: plan.queries,
            rows: BTreeMap::new(),
            pages: BTreeMap::new(),
            child_pages: 0,
            assignments: None,
            retries: 0,
            refusal: None,
            objects: None,
            needs_metadata: plan.metadata,
            policy_requested: false,
        };
        let mut composites = plan.composites.into_iter();
        let first = composites.next().unwrap_or_default();
        collector.request_composite(Waiting::First(first));
        composites.for_each(|parts| collector.request_again(parts));
        collector.set_absent();
        if page.kind == PageKind::Profile {
            collector.request_metadata(&page.id);
            collector.request_section();
        }
        collector.derive();
        collector
    }

    /// Says what such a page does not have.
    fn set_absent(&mut self) {
        let why = match self.page.kind {
            PageKind::User => return,
            PageKind::Profile => "Open one of the profile's users to see this.",
            PageKind::PermissionSet => "Open one of the permission set's users to see this.",
        };
        self.facts.user = Known::Absent(why.into());
        self.facts.frozen = Known::Absent(why.into());
        self.facts.expirations = Known::Absent(why.into());
        if self.page.kind == PageKind::PermissionSet {
            self.facts.profile = Known::Absent(why.into());
            self.facts.license = Known::Absent(why.into());
            self.facts.login_ip_ranges = Known::Absent(why.into());
        }
    }

    /// The next request to carry out; call until `None`. Several may be under way at once.
    #[expect(clippy::should_implement_trait, reason = "an iterator would be borrowed while its answers come")]
    pub fn next(&mut self) -> Option<Request> {
        self.ready.pop_front()
    }

    /// Takes the answer to a request. An answer that nobody waits for is dropped.
    pub fn feed(&mut self, response: Response) {
        let Some(waiting) = self.waiting.remove(&response.id) else { return };
        self.ready.retain(|request| request.id != response.id);
        match waiting {
            Waiting::Policy(which) => return self.read_policy(which, &response.answer),
            Waiting::First(parts) => self.feed_composite(&parts, true, &response.answer),
            Waiting::Again(parts) => self.feed_composite(&parts, false, &response.answer),
            other => self.feed_page(other, body(&response.answer)),
        }
        self.derive();
    }

    fn feed_page(&mut self, waiting: Waiting, answer: Result<Value, OrgError>) {
        match (waiting, answer) {
            (Waiting::More(part), Ok(page)) => self.read_rows(part, page),
            (Waiting::More(part), Err(_)) => self.read_children(part, true),
            (Waiting::Child(of), answer) => {
                self.read_child(&of, answer.ok());
                self.read_children(of.part, of.cut);
            }
            (Waiting::OwnTokens, Ok(page)) => self.read_own_tokens(page),
            (Waiting::OwnTokens, Err(error)) => Part::Tokens.set_unavailable(&mut self.facts, error),
            (Waiting::Metadata, Ok(body)) => {
                self.facts.login_ip_ranges = LoginIpRanges::from_answer(&body);
            }
            (Waiting::Metadata, Err(error)) => {
                self.facts.login_ip_ranges = Known::unavailable(LoginIpRanges::NAME, error);
            }
            (Waiting::First(_) | Waiting::Again(_) | Waiting::Policy(_), _) => {}
        }
    }

    /// What is known so far.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Labels read, or those given.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The page that it reads for.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// What the admin said of this user changed.
    pub fn set_answer(&mut self, answer: Option<AdminAnswer>) {
        self.answer = answer;
        self.derive();
    }

    /// Whether there is something to show: the composite was answered, or refused.
    pub fn has_first(&self) -> bool {
        !self.waiting.values().any(|waiting| match waiting {
            Waiting::First(_) => true,
            Waiting::Again(parts) => parts.iter().any(|part| !part.is_late()),
            _ => false,
        })
    }

    /// Whether nothing more is to come.
    pub fn is_complete(&self) -> bool {
        self.ready.is_empty() && self.waiting.is_empty()
    }

    /// The refusal that struck everything alike, if one did.
    pub fn refusal(&self) -> Option<&OrgError> {
        self.refusal.as_ref()
    }

    pub(super) fn request(&mut self, method: &str, path: String, body: Option<String>, waiting: Waiting) {
        self.last_request += 1;
        let id = self.last_request;
        self.waiting.insert(id, waiting);
        self.ready.push_back(Request { id, method: method.into(), path, body });
    }

    fn request_composite(&mut self, waiting: Waiting) {
        let (Waiting::First(parts) | Waiting::Again(parts)) = &waiting else { return };
        let body = requests::composite_body(&self.page, parts, &self.queries);
        self.request("POST", composite_path(), Some(body), waiting);
    }

    pub(super) fn request_again(&mut self, parts: Vec<Part>) {
        self.request_composite(Waiting::Again(parts));
    }

    pub(super) fn request_metadata(&mut self, profile: &Id) {
        if self.needs_metadata {
            let soql = format!("SELECT FullName, Metadata FROM Profile WHERE Id = {}", literal(profile));
            let path = format!("/services/data/{API_VERSION}/tooling/query?q={}", encoded(&soql));
            self.request("GET", path, None, Waiting::Metadata);
        }
    }

    /// Asks for the profiles that could be chosen, where a user is edited.
    pub(super) fn request_choices(&mut self) {
        let query = is_user_form(&self.page).then(|| queries::choices(&self.page, &self.labels)).flatten();
        if let (Some(choices), Some(objects)) = (query, queries::of_part(&self.page, Part::Objects)) {
            self.queries.insert(Part::Choices, choices);
            self.queries.insert(Part::Objects, objects);
            self.request_again(vec![Part::Choices, Part::Objects]);
        }
    }

    /// Asks for what the section of a profile's form is weighed by; the original user interface has password policies on
    /// its one page.
    fn request_section(&mut self) {
        let part = match self.page.section.as_deref() {
            _ if !self.page.editing => return,
            Some("loginhours") => Part::Week,
            None | Some("passwordpolicies") => Part::Passwords,
            _ => return,
        };
        if let Some(query) = queries::of_part(&self.page, part) {
            let path = query_path(&query.soql());
            self.request("GET", path, None, Waiting::More(part));
        }
    }

    /// The composite as a whole was refused.
    pub(super) fn fail(&mut self, error: &OrgError) {
        for part in Part::ALL.into_iter().filter(|part| part.is_on(self.page.kind)) {
            part.set_unavailable(&mut self.facts, error.clone());
        }
        if self.page.kind != PageKind::PermissionSet
            && !self.waiting.values().any(|waiting| *waiting == Waiting::Metadata)
        {
            self.facts.login_ip_ranges = Known::unavailable(LoginIpRanges::NAME, error.clone());
        }
        self.refusal = Some(error.clone());
    }
}

/// A response's JSON, or why there is none.
pub(super) fn body(answer: &Result<Answer, Failure>) -> Result<Value, OrgError> {
    let &Answer { status, ref body } = answer.as_ref().map_err(|failure| OrgError::from(*failure))?;
    match json::parse(body) {
        Some(value) if (200..300).contains(&status) => Ok(value),
        Some(value) => Err(OrgError::from_error(status, &value)),
        None if status >= 500 || status == 429 || status == 420 => Err(OrgError::Unavailable { status }),
        None if status == 401 => Err(OrgError::SessionExpired),
        None => Err(OrgError::NotJson),
    }
}
