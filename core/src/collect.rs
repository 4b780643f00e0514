//! The machine that reads what a page needs: requests out, responses in, facts at any time.
//!
//! It never sends anything itself, and it never asks twice for what it has: one composite for the first panel, one
//! request for the profile's metadata, and more only where the org cut a list or lacks a field.

mod read;

use crate::classification::{AdminAnswer, Classification};
use crate::execute::Preview;
use crate::facts::{
    Apps, FROZEN, Fact, Facts, Grant, Grants, Jobs, Known, License, LoginIpRanges, POLICY, PasswordPolicy,
    Profile, SignIns, Tokens, User,
};
use crate::fixes;
use crate::plan::Plan;
use crate::rules;
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{API_VERSION, Answer, Request, Response, encoded};
use crate::salesforce::id::Id;
use crate::salesforce::json::{Value, quoted};
use crate::salesforce::permissions;
use crate::salesforce::setup_url::{Page, PageKind};
use crate::salesforce::soql::{Query, literal};
use crate::salesforce::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// At most so many other users are read of each permission set; beyond, "or more" is said.
pub const REACH_LIMIT: usize = 200;

/// So many users are read of each profile that could be chosen.
const CHOICE_REACH: usize = 5;

/// Profiles that are read, where one could be chosen.
const CHOICES: &str = "LIMIT 2000";

/// What the labels of a user's feature boxes stand under: the fields' names, whole.
pub(crate) const FEATURE: &str = "UserPermissions";

/// Rows of an aggregate query, which has no second page (SOQL reference, "queryMore() with aggregate functions").
const AGGREGATE_LIMIT: usize = 2_000;

/// Follow-up pages of one list; beyond, the list is said to be cut.
const MORE_PAGES: u32 = 10;

/// Follow-up pages of the lists inside all rows of a page, together; beyond, what is left is said to be cut. Enough for
/// the permissions on 2,000 objects in the smallest pages that were seen, of 199 rows (jsforce pull request 1752).
const CHILD_PAGES: u32 = 20;

/// Labels of permissions by API name without `Permissions`, in the signed-in user's language; those of a user's features by
/// the whole name of the field.
pub type Labels = BTreeMap<String, String>;

/// One part of the first composite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Part {
    User,
    /// Whether the user is frozen.
    Frozen,
    Profile,
    License,
    /// The user's own assignments: which of them still count.
    Assigned,
    Sets,
    SignIns,
    Tokens,
    Apps,
    Jobs,
    Labels,
    Features,
    /// The profiles that could be chosen: a sixth query, which a composite does not take.
    Choices,
    /// The objects that those let delete.
    Objects,
    /// When software signs in.
    Week,
    /// How old passwords are.
    Passwords,
}

impl Part {
    const ALL: [Part; 14] = [
        Part::User,
        Part::Frozen,
        Part::Profile,
        Part::License,
        Part::Assigned,
        Part::Sets,
        Part::SignIns,
        Part::Tokens,
        Part::Apps,
        Part::Jobs,
        Part::Labels,
        Part::Features,
        Part::Choices,
        Part::Objects,
    ];

    const fn reference(self) -> &'static str {
        match self {
            Part::User => "user",
            Part::Frozen => "frozen",
            Part::Profile => "profile",
            Part::License => "license",
            Part::Assigned => "assigned",
            Part::Sets => "sets",
            Part::SignIns => "signIns",
            Part::Tokens => "tokens",
            Part::Apps => "apps",
            Part::Jobs => "jobs",
            Part::Labels => "labels",
            Part::Features => "features",
            Part::Choices => "choices",
            Part::Objects => "objects",
            Part::Week => "week",
            Part::Passwords => "passwords",
        }
    }
}

/// What an answer will be for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Waiting {
    Composite(Vec<Part>),
    Again(Vec<Part>),
    More(Part),
    /// The next page of a list inside a row.
    Child(ChildPage),
    OwnTokens,
    Metadata,
    Policy,
}

/// Which list inside a row a page belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ChildPage {
    part: Part,
    /// The row's place among those read of the part.
    row: usize,
    /// The relationship, a key of the row.
    list: String,
    /// Whether the list of rows itself is cut.
    cut: bool,
}

/// Reads one page's facts. Serializable, so that a worker which is stopped can go on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Collector {
    page: Page,
    facts: Facts,
    labels: Labels,
    said: Option<AdminAnswer>,
    ready: Vec<Request>,
    waiting: BTreeMap<u32, Waiting>,
    asked: u32,
    queries: BTreeMap<Part, Query>,
    rows: BTreeMap<Part, Vec<Value>>,
    pages: BTreeMap<Part, u32>,
    child_pages: u32,
    /// The user's own assignments, once they were read.
    assigned: Option<Vec<read::Assigned>>,
    retries: u32,
    refusal: Option<OrgError>,
    objects: Option<(Vec<Value>, bool)>,
    /// Under way where software signs in with an old password: whether the profile has a password policy of its own.
    policy: Option<Preview>,
}

impl Collector {
    /// A gather for `page`. `labels` are those kept from before; without them they are read along.
    pub fn new(page: &Page, now: Timestamp, labels: Option<Labels>, said: Option<AdminAnswer>) -> Collector {
        let mut gather = Collector {
            page: page.clone(),
            facts: Facts::pending(now),
            labels: Labels::new(),
            said,
            ready: vec![],
            waiting: BTreeMap::new(),
            asked: 0,
            queries: BTreeMap::new(),
            rows: BTreeMap::new(),
            pages: BTreeMap::new(),
            child_pages: 0,
            assigned: None,
            retries: 0,
            refusal: None,
            objects: None,
            policy: None,
        };
        for (part, query) in queries(page) {
            gather.queries.insert(part, query);
        }
        let with_labels = labels.is_none();
        gather.labels = labels.unwrap_or_default();
        let with_features = is_user_form(page) && !gather.labels.keys().any(|name| name.starts_with(FEATURE));
        let parts: Vec<Part> = Part::ALL
            .into_iter()
            .filter(|part| match part {
                Part::User | Part::Frozen | Part::Assigned => page.kind == PageKind::User,
                Part::Profile | Part::License => page.kind != PageKind::PermissionSet,
                Part::Labels => with_labels,
                Part::Features => with_features,
                Part::Choices | Part::Objects => false,
                _ => true,
            })
            .collect::<Vec<_>>();
        let body = gather.composite(&parts);
        let path = format!("/services/data/{API_VERSION}/composite");
        gather.ask("POST", path, Some(body), Waiting::Composite(parts));
        match page.kind {
            PageKind::User => {}
            PageKind::Profile => {
                gather.facts.user = Known::Absent("Open one of the profile's users to see this.".into());
                gather.facts.frozen = Known::Absent("Open one of the profile's users to see this.".into());
                gather.ask_metadata(&page.id);
                gather.ask_section();
            }
            PageKind::PermissionSet => {
                let why = || "Open one of the permission set's users to see this.".to_owned();
                gather.facts.user = Known::Absent(why());
                gather.facts.frozen = Known::Absent(why());
                gather.facts.profile = Known::Absent(why());
                gather.facts.license = Known::Absent(why());
                gather.facts.login_ip_ranges = Known::Absent(why());
            }
        }
        gather.settle();
        gather
    }

    /// The next request to carry out; call until `None`. Several may be under way at once.
    #[expect(clippy::should_implement_trait, reason = "an iterator would be borrowed while its answers come")]
    pub fn next(&mut self) -> Option<Request> {
        (!self.ready.is_empty()).then(|| self.ready.remove(0))
    }

    /// Takes what came of a request. An answer that nobody waits for is dropped.
    pub fn feed(&mut self, response: Response) {
        let Some(waiting) = self.waiting.remove(&response.id) else { return };
        self.ready.retain(|request| request.id != response.id);
        let text = response
            .answer
            .as_ref()
            .map_or(Cow::Borrowed(""), |answer| crate::salesforce::json::mended(&answer.body));
        let composite = match (&waiting, &response.answer) {
            (Waiting::Composite(_) | Waiting::Again(_), Ok(answer))
                if (200..300).contains(&answer.status) =>
            {
                serde_json::from_str::<Composite<'_>>(&text).ok()
            }
            _ => None,
        };
        if let Some(composite) = composite {
            let (expected, is_first) = match &waiting {
                Waiting::Composite(parts) => (parts.as_slice(), true),
                Waiting::Again(parts) => (parts.as_slice(), false),
                _ => (&[][..], false),
            };
            self.read_composite(&composite.composite_response, expected, is_first);
            self.settle();
            return;
        }
        if waiting == Waiting::Policy {
            self.read_policy(&response);
            return;
        }
        let answer = body(&response.answer);
        match (waiting, answer) {
            (Waiting::Policy, _) => {}
            (Waiting::Composite(_), Ok(body)) => self.refuse(&OrgError::from_error(200, &body)),
            (Waiting::Composite(_), Err(refusal)) => self.refuse(&refusal),
            (Waiting::Again(parts), Ok(body)) => {
                let refusal = OrgError::from_error(200, &body);
                parts.into_iter().for_each(|part| self.miss(part, refusal.clone()));
            }
            (Waiting::Again(parts), Err(refusal)) => {
                parts.into_iter().for_each(|part| self.miss(part, refusal.clone()))
            }
            (Waiting::More(part), Ok(page)) => self.read_rows(part, &page),
            (Waiting::More(part), Err(_)) => self.read_children(part, true),
            (Waiting::Child(of), answer) => {
                self.read_child(&of, answer.ok().as_ref());
                self.read_children(of.part, of.cut);
            }
            (Waiting::OwnTokens, Ok(page)) => {
                read::rows(&page)
                    .iter()
                    .for_each(|row| self.rows.entry(Part::Tokens).or_default().push(row.clone()));
                self.finish(Part::Tokens, true);
            }
            (Waiting::OwnTokens, Err(refusal)) => self.miss(Part::Tokens, refusal),
            (Waiting::Metadata, Ok(body)) => self.facts.login_ip_ranges = read::login_ip_ranges(&body),
            (Waiting::Metadata, Err(refusal)) => {
                self.facts.login_ip_ranges = Known::unavailable(LoginIpRanges::NAME, refusal);
            }
        }
        self.settle();
    }

    /// What is known so far.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The facts, lent to a form that puts into them what would be saved, and takes it out again (`crate::form`); with
    /// the labels.
    pub fn lend(&mut self) -> (&mut Facts, &Labels) {
        (&mut self.facts, &self.labels)
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
    pub fn say(&mut self, said: Option<AdminAnswer>) {
        self.said = said;
        self.settle();
    }

    /// Whether there is something to show: the composite was answered, or refused.
    pub fn has_first(&self) -> bool {
        !self.waiting.values().any(|waiting| match waiting {
            Waiting::Composite(_) => true,
            // What could be chosen comes after, and whether somebody is frozen may.
            Waiting::Again(parts) => {
                let late = [Part::Choices, Part::Objects, Part::Frozen, Part::Assigned];
                parts.iter().any(|part| !late.contains(part))
            }
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

    fn ask(&mut self, method: &str, path: String, body: Option<String>, waiting: Waiting) {
        self.asked += 1;
        self.waiting.insert(self.asked, waiting);
        self.ready.push(Request { id: self.asked, method: method.into(), path, body });
    }

    fn ask_metadata(&mut self, profile: &Id) {
        // `Metadata` and `FullName` are given for one row a query. Source: Tooling API, Profile.
        let soql = format!("SELECT FullName, Metadata FROM Profile WHERE Id = {}", literal(profile));
        let path = format!("/services/data/{API_VERSION}/tooling/query?q={}", encoded(&soql));
        self.ask("GET", path, None, Waiting::Metadata);
    }

    /// Asks for the profiles that could be chosen, where a user is edited: of their permissions those that a rule looks
    /// at and the org has. Without the org's list of them nothing is asked: each may be one that it lacks.
    fn ask_choices(&mut self) {
        if !is_user_form(&self.page) {
            return;
        }
        let judged = |name: &&String| !name.starts_with(FEATURE) && permissions::is_judged(name);
        let fields: Vec<String> =
            self.labels.keys().filter(judged).map(|name| ["Permissions", name].concat()).collect::<Vec<_>>();
        if fields.is_empty() {
            return;
        }
        let mut select: Vec<&str> = vec![
            "Id",
            "Name",
            "Label",
            "IsCustom",
            "ProfileId",
            "Profile.Name",
            "Profile.UserType",
            "Profile.UserLicense.Name",
        ];
        select.extend(fields.iter().map(String::as_str));
        let limit = format!("WHERE Assignee.IsActive = true LIMIT {}", CHOICE_REACH + 1);
        let query = Query::from("PermissionSet")
            .select(&select)
            .child("Assignments", ASSIGNEE, &limit)
            .child("SetupEntityAccessItems", &["SetupEntityId"], ADMITS)
            .filter("IsOwnedByProfile = true".into())
            .order(CHOICES);
        let objects = Query::from("ObjectPermissions")
            .select(&["ParentId", "SobjectType"])
            .select(ON_OBJECTS)
            .filter(format!("Parent.IsOwnedByProfile = true AND ({})", BEYOND.join(" OR ")))
            .order("ORDER BY ParentId LIMIT 2000");
        self.queries.insert(Part::Choices, query);
        self.queries.insert(Part::Objects, objects);
        self.ask_again(vec![Part::Choices, Part::Objects]);
    }

    fn ask_again(&mut self, parts: Vec<Part>) {
        let body = self.composite(&parts);
        let path = format!("/services/data/{API_VERSION}/composite");
        self.ask("POST", path, Some(body), Waiting::Again(parts));
    }

    /// Asks for what the section of a profile's form is weighed by; the original user interface has password policies on
    /// its one page.
    fn ask_section(&mut self) {
        let id = literal(&self.page.id);
        let (part, query) = match self.page.section.as_deref() {
            _ if !self.page.editing => return,
            Some("loginhours") => (
                Part::Week,
                // Hours are those of UTC (SOQL reference, "Date Functions"). What did not succeed is left out when it
                // is read: `Status` does not filter.
                Query::from("LoginHistory")
                    .group(&["Status", "LoginType", "DAY_IN_WEEK(LoginTime) weekday", "HOUR_IN_DAY(LoginTime) hour"])
                    .select(&["COUNT(Id) total"])
                    .filter(format!("UserId IN (SELECT Id FROM User WHERE ProfileId = {id} AND IsActive = true) AND LoginTime = LAST_N_DAYS:90"))
                    .order("ORDER BY COUNT(Id) DESC LIMIT 2000"),
            ),
            None | Some("passwordpolicies") => (
                Part::Passwords,
                Query::from("User")
                    .select(&["Id", "Name", "LastPasswordChangeDate"])
                    .child("PermissionSetAssignments", COUNTS, NEVER_EXPIRES)
                    .filter(format!("ProfileId = {id} AND IsActive = true AND LastPasswordChangeDate != null"))
                    .order("ORDER BY LastPasswordChangeDate LIMIT 200"),
            ),
            _ => return,
        };
        let path = format!("/services/data/{API_VERSION}/query?q={}", encoded(&query.soql()));
        self.ask("GET", path, None, Waiting::More(part));
    }

    /// The body of a composite request for `parts`.
    fn composite(&self, parts: &[Part]) -> String {
        let base = format!("/services/data/{API_VERSION}");
        let id = &self.page.id;
        let requests: Vec<String> = parts
            .iter()
            .filter_map(|part| {
                let url = match (part, self.page.kind) {
                    (Part::User, _) => format!("{base}/sobjects/User/{id}"),
                    // A list by its relationship is no query, of which a composite takes five. Sources: REST API
                    // guide, "sObject Relationships" (API 36.0 and later) and "Composite" ("all sObject resources").
                    (Part::Frozen, _) if !self.queries.contains_key(part) => {
                        format!("{base}/sobjects/User/{id}/UserLogins?fields=Id,IsFrozen")
                    }
                    // Without `fields`, so that no column is asked for that an org lacks.
                    (Part::Assigned, _) if !self.queries.contains_key(part) => {
                        format!("{base}/sobjects/User/{id}/PermissionSetAssignments")
                    }
                    (Part::Profile, PageKind::User) => format!("{base}/sobjects/Profile/@{{user.ProfileId}}"),
                    (Part::Profile, _) => format!("{base}/sobjects/Profile/{id}"),
                    (Part::License, _) => format!("{base}/sobjects/UserLicense/@{{profile.UserLicenseId}}"),
                    (Part::Labels, _) => format!("{base}/sobjects/PermissionSet/describe"),
                    (Part::Features, _) => format!("{base}/sobjects/User/describe"),
                    _ => format!("{base}/query?q={}", encoded(&self.queries.get(part)?.soql())),
                };
                Some(format!(
                    r#"{{"method":"GET","url":{},"referenceId":{}}}"#,
                    quoted(&url),
                    quoted(part.reference())
                ))
            })
            .collect::<Vec<_>>();
        format!(r#"{{"allOrNone":false,"compositeRequest":[{}]}}"#, requests.join(","))
    }

    fn read_composite(&mut self, answers: &[Subresponse<'_>], expected: &[Part], is_first: bool) {
        let is_there = |part: &Part| answers.iter().any(|answer| answer.reference_id == part.reference());
        // What was asked and is not in the answer was not read. Where nothing is, that is one refusal.
        if is_first && !expected.iter().any(is_there) {
            self.refuse(&OrgError::LeftOut);
            return;
        }
        for part in expected.iter().filter(|part| !is_there(part)) {
            self.miss(*part, OrgError::LeftOut);
        }
        let mut again = vec![];
        for part in Part::ALL {
            let Some(answer) = answers.iter().find(|answer| answer.reference_id == part.reference()) else {
                continue;
            };
            let status = answer.http_status_code;
            let raw = answer.body.map_or("null", serde_json::value::RawValue::get);
            let is_fine = (200..300).contains(&status);
            if let (Part::Labels | Part::Features, true) = (part, is_fine) {
                let (prefix, cut) = if part == Part::Labels { ("Permissions", 11) } else { (FEATURE, 0) };
                if let Ok(describe) = serde_json::from_str::<Describe>(raw) {
                    for field in describe.fields {
                        if let Some(short) = field.name.get(cut..).filter(|_| field.name.starts_with(prefix))
                        {
                            self.labels.insert(short.to_owned(), field.label.into_owned());
                        }
                    }
                }
                continue;
            }
            let body = &crate::salesforce::json::parse(raw).unwrap_or_default();
            if is_fine {
                self.read_part(part, body);
                continue;
            }
            // An org that does not give the list by its relationship is asked by a query.
            if let (false, Some(query)) = (self.queries.contains_key(&part), self.by_query(part)) {
                self.queries.insert(part, query);
                again.push(part);
                continue;
            }
            let error = crate::salesforce::json::first(body).unwrap_or(body);
            let text = |key| error.get(key).and_then(Value::as_str).unwrap_or_default();
            let less = (text("errorCode") == "INVALID_FIELD" && self.retries < 6)
                .then(|| self.queries.get(&part)?.without(text("message")))
                .flatten();
            if let Some(query) = less {
                self.queries.insert(part, query);
                again.push(part);
            } else {
                let halted = text("errorCode") == "PROCESSING_HALTED";
                let refusal = if halted { self.cause(part) } else { OrgError::from_error(status, body) };
                self.miss(part, self.named(part, refusal));
            }
        }
        if !again.is_empty() {
            self.retries += 1;
            self.ask_again(again);
        }
        if is_first
            && self.page.kind == PageKind::User
            && let Known::Is(Profile { id, .. }) = &self.facts.profile
        {
            let id = id.clone();
            self.ask_metadata(&id);
            self.ask_choices();
        } else if is_first && self.page.kind == PageKind::User {
            let why = self.cause(Part::License);
            self.facts.login_ip_ranges = Known::unavailable(LoginIpRanges::NAME, why);
        }
    }

    /// The query for a list that is asked for by its relationship at first.
    fn by_query(&self, part: Part) -> Option<Query> {
        let id = literal(&self.page.id);
        match part {
            Part::Frozen => {
                Some(Query::from("UserLogin").select(&["Id", "IsFrozen"]).filter(format!("UserId = {id}")))
            }
            Part::Assigned => Some(
                Query::from("PermissionSetAssignment")
                    .select(&["PermissionSetId", "PermissionSetGroupId"])
                    .select(COUNTS)
                    .filter(format!("AssigneeId = {id}")),
            ),
            _ => None,
        }
    }

    /// Why a part was halted: the part that it refers to failed.
    fn cause(&self, part: Part) -> OrgError {
        let of = |known: Option<&crate::facts::Unavailable>| known.map(|missing| missing.why.clone());
        let user = match &self.facts.user {
            Known::Unavailable(missing) => Some(missing),
            _ => None,
        };
        let profile = match &self.facts.profile {
            Known::Unavailable(missing) => Some(missing),
            _ => None,
        };
        match part {
            Part::Profile => of(user),
            _ => of(profile).or_else(|| of(user)),
        }
        .unwrap_or(OrgError::NotFound)
    }

    /// Puts the object's name into a refusal that the platform words without it.
    fn named(&self, part: Part, refusal: OrgError) -> OrgError {
        match (refusal, self.queries.get(&part)) {
            (OrgError::NoPermission { .. }, Some(query)) => {
                OrgError::NoPermission { what: query.object().into() }
            }
            (OrgError::RowLimit { .. }, Some(query)) => OrgError::RowLimit { what: query.object().into() },
            (other, _) => other,
        }
    }

    fn read_part(&mut self, part: Part, body: &Value) {
        match part {
            Part::User => {
                self.facts.user = read::user(body)
                    .map_or_else(|| Known::unavailable(User::NAME, OrgError::NotJson), Known::Is)
            }
            Part::Profile => {
                self.facts.profile = read::profile(body)
                    .map_or_else(|| Known::unavailable(Profile::NAME, OrgError::NotJson), Known::Is)
            }
            Part::License => {
                self.facts.license = read::license(body)
                    .map_or_else(|| Known::unavailable(License::NAME, OrgError::NotJson), Known::Is)
            }
            Part::Frozen => self.facts.frozen = read::frozen(body, self.facts.user.known()),
            Part::Labels | Part::Features => {}
            _ => self.read_rows(part, body),
        }
    }

    /// One page of a query's rows; asks for the next while there is one.
    fn read_rows(&mut self, part: Part, page: &Value) {
        let rows = self.rows.entry(part).or_default();
        rows.extend(read::rows(page).iter().cloned());
        let next = page
            .get("nextRecordsUrl")
            .and_then(Value::as_str)
            .filter(|url| url.starts_with("/services/data/"));
        match next {
            Some(url) if *self.pages.entry(part).or_default() < MORE_PAGES => {
                *self.pages.entry(part).or_default() += 1;
                self.ask("GET", url.to_owned(), None, Waiting::More(part));
            }
            // Aggregates have no next page: a full one is a cut one. Of tokens, this user's are then asked for alone.
            _ if part == Part::Tokens
                && rows.len() >= AGGREGATE_LIMIT
                && self.page.kind == PageKind::User =>
            {
                let soql = tokens().filter(format!("UserId = {}", literal(&self.page.id))).soql();
                let path = format!("/services/data/{API_VERSION}/query?q={}", encoded(&soql));
                self.ask("GET", path, None, Waiting::OwnTokens);
            }
            Some(_) => self.read_children(part, true),
            None => {
                let cut = matches!(part, Part::Tokens | Part::SignIns | Part::Objects)
                    && rows.len() >= AGGREGATE_LIMIT;
                // Not done, and no address to go on at: cut.
                let done = page.get("done").and_then(Value::as_bool).unwrap_or(true);
                self.read_children(part, cut || !done);
            }
        }
    }

    /// Asks for the next page of a list inside one of the part's rows, while there is one; then all are there.
    ///
    /// A list inside a row has its own `done` and `nextRecordsUrl`, whatever LIMIT it was asked with: the platform gives
    /// 2,000 rows a request with those of the lists, fewer where rows are wide (REST API guide, "Query"; jsforce issue
    /// 577 and pull request 1752, simple-salesforce issue 311).
    fn read_children(&mut self, part: Part, cut: bool) {
        let rows = self.rows.get(&part).map_or(&[][..], Vec::as_slice);
        let next = rows.iter().enumerate().find_map(|(row, value)| {
            value.as_object()?.iter().find_map(|(list, child)| {
                let url = read::next_page(child)?.to_owned();
                Some((ChildPage { part, row, list: list.clone(), cut }, url))
            })
        });
        match next {
            Some((of, url)) if self.child_pages < CHILD_PAGES => {
                self.child_pages += 1;
                self.ask("GET", url, None, Waiting::Child(of));
            }
            _ => self.finish(part, cut),
        }
    }

    /// Puts a page to its list; without one, the list stays cut.
    fn read_child(&mut self, of: &ChildPage, page: Option<&Value>) {
        let row = self.rows.get_mut(&of.part).and_then(|rows| rows.get_mut(of.row));
        let Some(list) = row.and_then(|row| row.get_mut(&of.list)).and_then(Value::as_object_mut) else {
            return;
        };
        list.remove("nextRecordsUrl");
        let Some(page) = page else { return };
        if let Some(records) = list.get_mut("records").and_then(Value::as_array_mut) {
            records.extend(read::rows(page).iter().cloned());
        }
        for key in ["done", "nextRecordsUrl"] {
            if let Some(value) = page.get(key) {
                list.insert(key.to_owned(), value.clone());
            }
        }
    }

    /// All rows of a part are there (or as many as there will be, when `cut`).
    fn finish(&mut self, part: Part, cut: bool) {
        let rows = self.rows.remove(&part).unwrap_or_default();
        let own = (self.page.kind == PageKind::User).then_some(&self.page.id);
        match part {
            Part::Sets => {
                // Every profile owns a set and every user has their profile's: no row at all means that the signed-in
                // user may not see them.
                self.facts.grants = if rows.is_empty() {
                    Known::unavailable(
                        Grants::NAME,
                        OrgError::NoPermission { what: "PermissionSetAssignment".into() },
                    )
                } else {
                    let now = self.facts.now;
                    let sets: Vec<_> =
                        rows.iter().filter_map(|row| read::grant(row, own, REACH_LIMIT, now)).collect();
                    // A row that is no fact is a row not read: the list counts as cut.
                    let cut = cut || sets.len() < rows.len();
                    // What the list of who has the set says of this user, where their own assignments are not known.
                    let lapsed = |row: &Value, own: &Id| read::lapsed(&read::assigned_in(row, own), now);
                    if let (Some(own), None) = (own, &self.assigned) {
                        let is_lapsed =
                            |id: &Id| rows.iter().any(|row| read::is_set(row, id) && lapsed(row, own));
                        let (gone, sets) = sets.into_iter().partition(|set: &Grant| is_lapsed(&set.id));
                        self.lapse(gone);
                        told_apart(Grants { cut, sets })
                    } else {
                        told_apart(Grants { cut, sets })
                    }
                };
                self.join_assigned();
            }
            Part::Assigned => {
                // A list that is not whole says nothing of the sets that it does not name, which then count.
                self.assigned = Some(rows.iter().filter_map(read::assigned).collect());
                self.join_assigned();
            }
            Part::SignIns => {
                let read: Vec<_> = rows.iter().filter_map(read::sign_in).collect::<Vec<_>>();
                self.facts.sign_ins = Known::Is(SignIns { cut: cut || read.len() < rows.len(), rows: read });
            }
            Part::Tokens => {
                let mut rows: Vec<_> = rows.iter().filter_map(read::token).collect::<Vec<_>>();
                rows.sort_by(|a, b| (&a.app, &a.user_id, b.uses).cmp(&(&b.app, &b.user_id, a.uses)));
                rows.dedup_by(|a, b| a.app == b.app && a.user_id == b.user_id && a.menu_item == b.menu_item);
                self.facts.tokens = Known::Is(Tokens { rows, cut });
            }
            Part::Apps => {
                self.facts.apps =
                    Known::Is(Apps { rows: rows.iter().filter_map(read::app).collect::<Vec<_>>(), cut });
            }
            Part::Jobs => {
                self.facts.jobs =
                    Known::Is(Jobs { rows: rows.iter().filter_map(read::job).collect::<Vec<_>>() });
            }
            Part::Choices => {
                let now = self.facts.now;
                self.facts.choices = rows.iter().filter_map(|row| read::choice(row, now)).collect();
                self.join();
            }
            Part::Objects => {
                self.objects = Some((rows, cut));
                self.join();
            }
            // None at all may be those that this viewer may not see.
            Part::Week => self.facts.week = Some(read::week(&rows)).filter(|week| week.total() > 0),
            Part::Passwords => {
                let now = self.facts.now;
                self.facts.passwords = rows.iter().filter_map(|row| read::password(row, now)).collect();
            }
            Part::User | Part::Frozen | Part::Profile | Part::License | Part::Labels | Part::Features => {}
        }
    }

    fn miss(&mut self, part: Part, why: OrgError) {
        match part {
            Part::User => self.facts.user = Known::unavailable(User::NAME, why),
            Part::Frozen => self.facts.frozen = Known::unavailable(FROZEN, why),
            Part::Profile => self.facts.profile = Known::unavailable(Profile::NAME, why),
            Part::License => self.facts.license = Known::unavailable(License::NAME, why),
            // The list of who has a set may still tell it; what nothing tells counts as granted.
            Part::Assigned => {}
            Part::Sets => self.facts.grants = Known::unavailable(Grants::NAME, why),
            Part::SignIns => self.facts.sign_ins = Known::unavailable(SignIns::NAME, why),
            Part::Tokens => self.facts.tokens = Known::unavailable(Tokens::NAME, why),
            Part::Apps => self.facts.apps = Known::unavailable(Apps::NAME, why),
            Part::Jobs => self.facts.jobs = Known::unavailable(Jobs::NAME, why),
            _ => {}
        }
    }

    /// The composite as a whole was refused.
    fn refuse(&mut self, refusal: &OrgError) {
        for part in Part::ALL {
            let exists = match part {
                Part::User | Part::Frozen => self.page.kind == PageKind::User,
                Part::Profile | Part::License => self.page.kind != PageKind::PermissionSet,
                _ => true,
            };
            if exists {
                self.miss(part, refusal.clone());
            }
        }
        if self.page.kind != PageKind::PermissionSet
            && !self.waiting.values().any(|waiting| *waiting == Waiting::Metadata)
        {
            self.facts.login_ip_ranges = Known::unavailable(LoginIpRanges::NAME, refusal.clone());
        }
        self.refusal = Some(refusal.clone());
    }

    /// Takes out of the grants what the user's own assignments no longer give: revoked, expired or not active.
    fn join_assigned(&mut self) {
        let (Known::Is(grants), Some(assigned)) = (&mut self.facts.grants, &self.assigned) else { return };
        let now = self.facts.now;
        let (gone, sets) = std::mem::take(&mut grants.sets).into_iter().partition(|set| {
            let own: Vec<_> = assigned.iter().filter(|one| one.is_of(set)).cloned().collect();
            read::lapsed(&own, now)
        });
        grants.sets = sets;
        self.lapse(gone);
    }

    fn lapse(&mut self, gone: Vec<Grant>) {
        self.facts.lapsed.extend(gone.into_iter().map(|set| set.source));
    }

    /// Puts the objects that profiles let delete to those that could be chosen.
    fn join(&mut self) {
        let Some((rows, cut)) = &self.objects else { return };
        for choice in &mut self.facts.choices {
            choice.set.deletes = read::objects_of(rows, *cut, &choice.set.id);
        }
    }

    /// What follows from several facts at once.
    fn settle(&mut self) {
        self.doubt_silence();
        self.facts.classification = Known::Is(Classification::new(&self.facts, self.said));
        self.ask_policy();
    }

    /// Asks for the password policy of the user's profile, where software signs in with an old password: only a policy of
    /// its own can be changed, and what is called after the profile it may not be. Two requests, in such orgs only.
    fn ask_policy(&mut self) {
        let (Known::Is(profile), Known::Is(ranges)) = (&self.facts.profile, &self.facts.login_ip_ranges)
        else {
            return;
        };
        let is_wanted = self.page.kind == PageKind::User
            && !self.page.editing
            && self.policy.is_none()
            && self.waiting.is_empty()
            && !ranges.full_name.is_empty()
            && rules::has_old_password(&self.facts);
        if is_wanted {
            let steps = fixes::expiry(&profile.name, &ranges.full_name);
            let mut preview = Preview::new(Plan::new("expire-password", String::new(), steps));
            if let Some(request) = preview.next() {
                self.ask(&request.method, request.path, request.body, Waiting::Policy);
            }
            self.policy = Some(preview);
        }
    }

    fn read_policy(&mut self, response: &Response) {
        let Some(preview) = &mut self.policy else { return };
        preview.feed(response);
        if let Some(request) = preview.next() {
            self.ask(&request.method, request.path, request.body, Waiting::Policy);
            return;
        }
        self.facts.password_policy = match preview.plan() {
            Ok(plan) => {
                let change = plan.steps.last();
                let is = change.is_some_and(|step| {
                    let before = |name| step.before.iter().flatten().find(|(own, _)| own == name);
                    step.after
                        .iter()
                        .flatten()
                        .all(|(name, term)| before(name).is_some_and(|(_, is)| is == term))
                });
                Known::Is(if is { PasswordPolicy::Strict } else { PasswordPolicy::Loose })
            }
            Err(OrgError::Other { code, .. }) if code.is_empty() => Known::Is(PasswordPolicy::None),
            Err(why) => Known::unavailable(POLICY, why),
        };
    }

    /// An empty list can be an org that shows nothing to this viewer: then it is no fact.
    ///
    /// `LoginHistory` gives others' rows only with Manage Users or Monitor Login History, `OauthToken` only with
    /// Customize Application; without, both answer the viewer's own rows and no error (Object Reference).
    fn doubt_silence(&mut self) {
        let now = self.facts.now;
        if let (Known::Is(user), Known::Is(sign_ins)) = (&self.facts.user, &self.facts.sign_ins) {
            let recent = user.last_login.is_some_and(|last| now.0 - last.0 < 170 * DAY);
            if sign_ins.rows.is_empty() && recent {
                let what = "the sign-ins of others (Manage Users or Monitor Login History)".into();
                self.facts.sign_ins = Known::unavailable(SignIns::NAME, OrgError::NoPermission { what });
            }
        }
        if let (PageKind::User, Known::Is(tokens), Known::Is(sign_ins)) =
            (self.page.kind, &self.facts.tokens, &self.facts.sign_ins)
        {
            let mut users = tokens.rows.iter().map(|token| &token.user_id);
            let first = users.next();
            let one = users.all(|user| Some(user) == first);
            let by_token = sign_ins.count(&[crate::facts::Flow::OauthToken]).0 > 0;
            if one && first != Some(&self.page.id) && by_token {
                let what = "the OAuth tokens of others (Customize Application)".into();
                self.facts.tokens = Known::unavailable(Tokens::NAME, OrgError::NoPermission { what });
            }
        }
    }
}

/// The answer to a composite request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Composite<'a> {
    #[serde(borrow)]
    composite_response: Vec<Subresponse<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subresponse<'a> {
    #[serde(borrow)]
    body: Option<&'a serde_json::value::RawValue>,
    http_status_code: u16,
    reference_id: String,
}

/// A describe, as far as labels go.
#[derive(Deserialize)]
struct Describe<'a> {
    #[serde(borrow)]
    fields: Vec<Field<'a>>,
}

#[derive(Deserialize)]
struct Field<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    label: Cow<'a, str>,
}

/// What grants something, with what tells those of one label apart.
fn told_apart(mut grants: Grants) -> Known<Grants> {
    grants.tell_apart();
    Known::Is(grants)
}

/// Whether a page is a user's form.
fn is_user_form(page: &Page) -> bool {
    page.kind == PageKind::User && page.editing
}

/// Who has a permission set, and whether the assignment counts.
const ASSIGNEE: &[&str] =
    &["AssigneeId", "Assignee.Name", "Assignee.Username", "IsActive", "IsRevoked", "ExpirationDate"];

/// Whether an assignment counts. Source: Object Reference, PermissionSetAssignment. What `IsActive` says of a revoked one
/// is not documented, so all three are read and judged here.
const COUNTS: &[&str] = &["IsActive", "IsRevoked", "ExpirationDate"];

/// Whose password never expires by something else than the profile.
const NEVER_EXPIRES: &str = "WHERE PermissionSet.IsOwnedByProfile = false AND PermissionSet.PermissionsPasswordNeverExpires = true LIMIT 50";

/// What is read of the permissions on an object.
const ON_OBJECTS: &[&str] = &[
    "PermissionsDelete",
    "PermissionsModifyAllRecords",
    "PermissionsViewAllRecords",
    "PermissionsViewAllFields",
];

/// Which permissions on objects are read: those beyond reading and writing what is shared. Modify All brings Delete and
/// View All along (Object Reference, ObjectPermissions).
const BEYOND: &[&str] =
    &["PermissionsDelete = true", "PermissionsViewAllRecords = true", "PermissionsViewAllFields = true"];

/// Which of what a permission set opens are apps.
const ADMITS: &str = "WHERE SetupEntityType = 'ConnectedApplication'";

/// The queries of a page: five at the most, which is what one composite takes.
fn queries(page: &Page) -> [(Part, Query); 5] {
    let id = literal(&page.id);
    let (sets, of_users, owners) = match page.kind {
        PageKind::User => (
            format!("Id IN (SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = {id})"),
            format!("UserId = {id}"),
            format!("OwnerId = {id}"),
        ),
        PageKind::PermissionSet => {
            let of = format!("(SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSetId = {id})");
            (format!("Id = {id}"), format!("UserId IN {of}"), format!("OwnerId IN {of}"))
        }
        PageKind::Profile => (
            format!("ProfileId = {id}"),
            format!("UserId IN (SELECT Id FROM User WHERE ProfileId = {id} AND IsActive = true)"),
            format!("OwnerId IN (SELECT Id FROM User WHERE ProfileId = {id} AND IsActive = true)"),
        ),
    };
    let limit = format!("WHERE Assignee.IsActive = true LIMIT {}", REACH_LIMIT + 1);
    [
        (
            Part::Sets,
            // FIELDS(STANDARD) gives whatever permission fields the org has: no list of ours can be out of date.
            Query::from("PermissionSet")
                .select(&[
                    "FIELDS(STANDARD)",
                    "Profile.Name",
                    "PermissionSetGroup.MasterLabel",
                    "PermissionSetGroup.DeveloperName",
                    "PermissionSetGroup.Status",
                ])
                .child("Assignments", ASSIGNEE, &limit)
                .child_with_any("ObjectPerms", &[&["SobjectType"], ON_OBJECTS].concat(), BEYOND)
                .child("SetupEntityAccessItems", &["SetupEntityId"], ADMITS)
                .filter(sets),
        ),
        (
            Part::SignIns,
            Query::from("LoginHistory")
                .group(&[
                    "UserId",
                    "LoginType",
                    "LoginSubType",
                    "Application",
                    "ApiType",
                    "Status",
                    "SourceIp",
                ])
                .select(&["COUNT(Id) total", "MIN(LoginTime) oldest", "MAX(LoginTime) newest"])
                .filter(of_users)
                .order("ORDER BY MAX(LoginTime) DESC LIMIT 2000"),
        ),
        (Part::Tokens, tokens()),
        (
            Part::Apps,
            Query::from("AppMenuItem")
                .select(&["Id", "ApplicationId", "Label", "Name", "IsUsingAdminAuthorization"])
                .filter("Type NOT IN ('TabSet', 'Network')".into()),
        ),
        (
            Part::Jobs,
            Query::from("CronTrigger").select(&["OwnerId", "State", "CronJobDetail.Name"]).filter(owners),
        ),
    ]
}

/// Tokens by app and user, those used last first. (`Id` of OauthToken is null in every row, so it counts nothing.)
fn tokens() -> Query {
    Query::from("OauthToken")
        .group(&["AppName", "AppMenuItemId", "UserId", "User.Name userName"])
        .select(&["COUNT(UseCount) held", "SUM(UseCount) uses", "MAX(LastUsedDate) newest"])
        .order("ORDER BY MAX(LastUsedDate) DESC NULLS LAST LIMIT 2000")
}

/// A response's JSON, or why there is none.
fn body(answer: &Result<Answer, crate::salesforce::http::Failure>) -> Result<Value, OrgError> {
    let &Answer { status, ref body } = answer.as_ref().map_err(|failure| OrgError::from(*failure))?;
    match crate::salesforce::json::parse(body) {
        Some(value) if (200..300).contains(&status) => Ok(value),
        Some(value) => Err(OrgError::from_error(status, &value)),
        None if status >= 500 || status == 429 || status == 420 => Err(OrgError::Unavailable { status }),
        None if status == 401 => Err(OrgError::SessionExpired),
        None => Err(OrgError::NotJson),
    }
}
