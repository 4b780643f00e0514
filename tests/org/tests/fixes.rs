//! Every fix that the core proposes for the users of the seed acme: previewed, applied, verified and undone against the
//! org's own API, with the state compared, a fault at every request, and the machine put away after every step.
//!
//! It never opens a socket: requests and answers are handed over as values.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test"
)]

use leastwise_core::collect::Collector;
use leastwise_core::execute::{Effect, Executor, LATEST, Preview, Progress, SESSION, Stop};
use leastwise_core::fixes::{self, Context};
use leastwise_core::plan::{Place, Plan, Undo};
use leastwise_core::report::Report;
use leastwise_core::rules::rule::Severity;
use leastwise_core::salesforce::http::{Answer, Failure, Request, Response};
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use leastwise_org::api::{Api, ApiRequest};
use leastwise_org::fault::Faults;
use leastwise_org::seed;
use leastwise_org::store::{Org, text};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

#[path = "fixes/causes.rs"]
mod causes;
#[path = "fixes/components.rs"]
mod components;
#[path = "fixes/people.rs"]
mod people;
#[path = "fixes/policies.rs"]
mod policies;
#[path = "fixes/rows.rs"]
mod rows;
#[path = "fixes/same.rs"]
mod same;
#[path = "fixes/seeds.rs"]
mod seeds;

/// What goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// It never arrives.
    Lost,
    /// It takes place, and its answer never comes.
    Unanswered,
    /// It takes place, and its answer breaks off.
    Torn,
    /// A gateway answers in its place.
    Busy,
    /// Another transaction holds the row.
    Locked,
    /// It takes place, and the answer is this error, as JSON or as a page.
    After(u16, &'static str),
    /// No answer comes, and it takes place after so many readings more.
    Late(usize),
}

/// Answers that do not say whether a write took place.
const AFTER: [(u16, &str); 9] = [
    (500, "UNKNOWN_EXCEPTION"),
    (503, "SERVER_UNAVAILABLE"),
    (503, "<html>"),
    (502, "<html>"),
    (401, "INVALID_SESSION_ID"),
    (429, "REQUEST_LIMIT_EXCEEDED"),
    (403, "REQUEST_LIMIT_EXCEEDED"),
    (200, "<html>"),
    (400, "A_CODE_OF_A_LATER_RELEASE"),
];

/// What goes wrong at which request, and at which turn the worker is killed.
type Case = (Option<(usize, Trouble)>, Option<usize>);

/// Whether a request writes: a reading of the Metadata API is a POST too.
fn is_write(request: &Request) -> bool {
    let reads = request
        .body
        .as_ref()
        .is_some_and(|body| ["<readMetadata>", "<listMetadata>"].iter().any(|own| body.contains(own)));
    request.method != "GET" && !request.path.ends_with("/composite") && !reads
}

#[derive(Clone)]
struct World {
    org: Org,
    sid: String,
    sent: usize,
    writes: usize,
    trouble: Option<(usize, Trouble)>,
    /// What is left of lists that came in pages.
    cursors: HashMap<String, (usize, Vec<Value>)>,
    /// Seconds since 1970.
    now: i64,
    /// A write that takes place after so many readings more.
    late: Option<(usize, Request)>,
}

impl World {
    fn new(org: &Org, admin: &str) -> World {
        let mut org = org.clone();
        let sid = org.start_session(admin, true).sid;
        World {
            org,
            sid,
            sent: 0,
            writes: 0,
            trouble: None,
            now: 1_800_000_000,
            late: None,
            cursors: HashMap::new(),
        }
    }

    /// What is on its way arrives.
    fn land(&mut self) {
        if let Some((_, request)) = self.late.take() {
            self.carry_out(&request);
        }
    }

    fn send(&mut self, request: &Request) -> Response {
        let trouble = self.trouble.filter(|(at, _)| *at == self.sent).map(|(_, trouble)| trouble);
        self.sent += 1;
        if !is_write(request)
            && let Some((readings, _)) = &mut self.late
        {
            if *readings == 0 {
                self.land();
            } else {
                *readings -= 1;
            }
        }
        let answer = |status: u16, body: &str| Ok(Answer { status, body: body.to_owned() });
        let answer = match trouble {
            Some(Trouble::Lost) => Err(Failure::Timeout),
            Some(Trouble::Busy) => answer(503, "<html>Service not available</html>"),
            Some(Trouble::Locked) => answer(
                400,
                r#"[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"unable to obtain exclusive access to this record"}]"#,
            ),
            Some(Trouble::Unanswered) => {
                self.carry_out(request);
                Err(Failure::Timeout)
            }
            Some(Trouble::After(status, code)) => {
                self.carry_out(request);
                match code {
                    "<html>" => answer(status, "<html>Service not available</html>"),
                    code => answer(status, &format!(r#"[{{"errorCode":"{code}","message":"{code}: ?"}}]"#)),
                }
            }
            Some(Trouble::Late(readings)) => {
                self.late = Some((readings, request.clone()));
                Err(Failure::Timeout)
            }
            Some(Trouble::Torn) => {
                let mut answer = self.carry_out(request);
                let half = answer.body.len() / 2;
                answer.body.truncate(half);
                Ok(answer)
            }
            None => Ok(self.carry_out(request)),
        };
        Response { id: request.id, answer }
    }

    fn carry_out(&mut self, request: &Request) -> Answer {
        if is_write(request) {
            self.writes += 1;
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let query = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, value)| {
            let value = percent_encoding::percent_decode_str(&value.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned();
            (key.to_owned(), value)
        });
        // As the worker sends it: XML says so, and has an action.
        let soap = request.body.as_ref().is_some_and(|body| body.starts_with('<'));
        let kind = if soap { "text/xml" } else { "application/json" };
        let mut headers = HashMap::from([
            ("authorization".to_owned(), format!("Bearer {}", self.sid)),
            ("content-type".to_owned(), kind.to_owned()),
        ]);
        if soap {
            headers.insert("soapaction".to_owned(), "\"\"".to_owned());
        }
        let asked = ApiRequest {
            method: request.method.clone(),
            path: path.to_owned(),
            query: query.collect(),
            headers,
            body: request.body.clone().unwrap_or_default().replace(SESSION, &self.sid),
        };
        let mut faults = Faults::default();
        let mut api = Api {
            org: &mut self.org,
            faults: &mut faults,
            cursors: &mut self.cursors,
            parts: vec![],
            user: String::new(),
        };
        let answer = api.answer(&asked);
        Answer { status: answer.status, body: answer.body }
    }

    fn gather(&mut self, id: &str) -> Collector {
        let page = Page::from_url(&format!("https://acme.my.salesforce.com/{id}")).unwrap();
        let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let mut gather = Collector::new(&page, Timestamp(i64::try_from(seconds).unwrap()), None, None);
        while let Some(request) = gather.next() {
            let response = self.send(&request);
            gather.feed(response);
        }
        gather
    }

    fn preview(&mut self, plan: &Plan) -> Result<Plan, String> {
        let mut preview = Preview::new(plan.clone());
        while let Some(request) = preview.next() {
            let response = self.send(&request);
            preview.feed(&response);
        }
        preview.plan().cloned().map_err(|refusal| refusal.sentence())
    }

    /// What is left to do, previewed as "Continue" does.
    fn preview_rest(&mut self, apply: &Executor) -> Plan {
        let mut preview = Preview::of_rest(apply);
        while let Some(request) = preview.next() {
            let response = self.send(&request);
            preview.feed(&response);
        }
        let read = preview.plan().unwrap_or_else(|why| panic!("{}: {apply:?}", why.sentence()));
        apply.rest_of(read.clone())
    }

    /// Runs the machine until it rests. After each turn it is put away and read back; after `kill` turns it is killed:
    /// what was put away last goes on.
    fn run(&mut self, apply: Executor, kill: Option<usize>) -> Executor {
        let mut apply = apply;
        let mut kept = serde_json::to_string(&apply).unwrap();
        for turn in 0..400 {
            if kill == Some(turn) {
                apply = serde_json::from_str(&kept).unwrap();
                apply.resume();
            }
            apply.set_now(self.now);
            match apply.next() {
                Effect::Idle => return apply,
                Effect::Persist => {
                    apply.stored();
                    kept = serde_json::to_string(&apply).unwrap();
                }
                Effect::Wait(ms) => {
                    assert!(ms <= 10_000);
                    self.now += i64::from(ms) / 1_000;
                    apply.paused();
                }
                Effect::Send(request) => {
                    assert_eq!(apply.next(), Effect::Send(request.clone()), "the same until it is answered");
                    if is_write(&request) {
                        let journal: Executor = serde_json::from_str(&kept).unwrap();
                        assert!(journal.is_unsure(), "no write before its journal");
                    }
                    let response = self.send(&request);
                    apply.feed(&response);
                }
            }
        }
        panic!("no end: {apply:?}");
    }

    /// What an account leaves open is read again, as the panel does when it is opened.
    fn check(&mut self, apply: &Executor) -> Executor {
        let mut apply: Executor = serde_json::from_str(&serde_json::to_string(apply).unwrap()).unwrap();
        apply.set_now(self.now);
        apply.check();
        let writes = self.writes;
        let apply = self.run(apply, None);
        assert_eq!(self.writes, writes, "a check writes nothing");
        apply
    }

    /// Undoes it, to the end: what may still arrive is waited for, and taken back.
    fn undone(&mut self, apply: &Executor) -> Option<Executor> {
        let mut undone = self.run(Executor::new(apply.undo()?), None);
        for _ in 0..3 {
            if undone.is_done() || !matches!(undone.stop(), Some(Stop::Late | Stop::Perhaps { .. })) {
                break;
            }
            self.now += LATEST;
            undone.resume();
            undone = self.run(undone, None);
        }
        Some(undone)
    }

    /// Everything in the org less what time and the audit trail add; rows that come and go by what they say.
    fn state(&self) -> State {
        // What a group grants is worked out a moment later.
        let mut org = self.org.clone();
        (0..20).for_each(|_| org.tick());
        let stamps = [
            "LastModifiedDate",
            "LastModifiedById",
            "SystemModstamp",
            "CreatedDate",
            "CreatedById",
            "LastReferencedDate",
            "LastViewedDate",
        ];
        let mut all = BTreeMap::new();
        for object in org.schema.objects() {
            if matches!(object.name.as_str(), "SetupAuditTrail" | "LoginHistory" | "AuthSession") {
                continue;
            }
            let mut rows: Vec<String> = org
                .rows(&object.name)
                .map(|row| {
                    let mut row = row.clone();
                    stamps.iter().for_each(|name| drop(row.remove(*name)));
                    if matches!(object.name.as_str(), "PermissionSetAssignment" | "ObjectPermissions") {
                        row.remove("Id");
                    }
                    row.retain(|_, value| !value.is_null());
                    let sorted: BTreeMap<&String, &Value> = row.iter().collect();
                    serde_json::to_string(&sorted).unwrap()
                })
                .collect();
            rows.sort();
            all.insert(object.name.clone(), rows);
        }
        let metadata = org.profile_metadata.iter().map(|(id, metadata)| format!("{id} {metadata}"));
        all.insert("metadata".into(), metadata.collect());
        let documents = org.documents.iter().map(|(of, document)| {
            let mut document = document.clone();
            document.as_object_mut().into_iter().for_each(|all| drop(all.remove("#row")));
            format!("{of:?} {document}")
        });
        all.insert("documents".into(), documents.collect());
        all
    }
}

/// A plan that was previewed, approved, carried out, and undone after its own preview: the same state.
fn there_and_back(world: &mut World, plan: &Plan) -> Executor {
    let before = world.state();
    let apply = world.run(Executor::new(plan.clone()), None);
    assert!(apply.is_done(), "{:?}", apply.stop());
    // As a person sees it: what stands there then is not yet what earlier steps of the undo leave.
    let undo = world.preview(&apply.undo().unwrap()).unwrap();
    let undone = world.run(Executor::new(undo), None);
    assert!(undone.is_done(), "{:?}", undone.stop());
    alike(&world.state(), &before, &plan.title);
    apply
}

type State = BTreeMap<String, Vec<String>>;

/// Two states alike; else only what differs is shown.
fn alike(own: &State, other: &State, told: &str) {
    if own == other {
        return;
    }
    let mut differs = vec![];
    for (object, rows) in own {
        let others = &other[object];
        differs
            .extend(rows.iter().filter(|row| !others.contains(row)).map(|row| format!("+ {object} {row}")));
        differs
            .extend(others.iter().filter(|row| !rows.contains(row)).map(|row| format!("- {object} {row}")));
        if rows.len() != others.len() {
            differs.push(format!("{object}: {} and {} rows", rows.len(), others.len()));
        }
    }
    let short: Vec<String> = differs.iter().map(|line| line.chars().take(400).collect()).collect();
    assert!(differs.is_empty(), "{told}\n{}", short.join("\n"));
}

fn seeded() -> (Org, String) {
    let mut org = Org::new("acme");
    let acme = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/acme");
    let admin = seed::load(&mut org, &[acme]).unwrap();
    (org, admin.id)
}

/// How bad each rule's findings are: those of each severity, the worst first, and how much shows them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Badness {
    counts: [usize; 5],
    evidence: usize,
}

fn badness(gather: &Collector) -> BTreeMap<&'static str, Badness> {
    let mut all: BTreeMap<&'static str, Badness> = BTreeMap::new();
    for (rule, finding) in Report::new(gather).findings() {
        let own = all.entry(rule.id).or_default();
        let severity = finding.severity.unwrap_or(rule.integration);
        own.counts[Severity::ALL.iter().position(|other| *other == severity).unwrap()] += 1;
        own.evidence += finding.evidence.len();
    }
    all
}

/// Whether something lets the user see the records of every object.
fn sees_all(gather: &Collector) -> bool {
    let grants = gather.facts().grants.known().unwrap();
    ["ViewAllData", "ModifyAllData"].iter().any(|name| grants.granting(name).next().is_some())
}

/// Who it is, and how sure that is: a user who was a guess is judged more mildly.
fn certainty(gather: &Collector) -> String {
    let who = gather.facts().classification.known().unwrap();
    format!("{:?} {} {}", who.who, who.sure, who.is_a_guess())
}

/// Fixes after which what was found still shows, each with the reason.
const STILL_SHOWN: &[(&str, &str)] = &[
    ("admit-to-app", "who is let in is one half: that others are kept out is the app's policy"),
    ("revoke-token", "which apps signed in is history, shown for six months"),
    ("expire-password", "how old the password is does not change before somebody sets another"),
    ("enforce-ip-ranges", "holds the ranges that are there on every request: how wide they are stays"),
];

/// A plan with what an admin has to enter in it.
fn entered(mut plan: Plan) -> Plan {
    if plan.fix == "rename-user" {
        let to = ["Nightly jobs", "nightly.jobs.9@acme.example", "integrations@acme.example"];
        to.iter().enumerate().for_each(|(at, value)| plan.set(at, value).unwrap());
    }
    plan
}

/// Every plan for every finding of every user: (user, rule, plan).
fn every_plan(org: &Org, admin: &str) -> Vec<(String, &'static str, Plan)> {
    let acting = Id::parse(admin).unwrap();
    let mut world = World::new(org, admin);
    let users: Vec<String> = org.rows("User").map(|row| text(row, "Id").to_owned()).collect();
    every_plan_of(&mut world, &acting, users)
}

/// The same of the pages of these records.
fn every_plan_of(world: &mut World, acting: &Id, records: Vec<String>) -> Vec<(String, &'static str, Plan)> {
    let mut all: Vec<(String, &'static str, Plan)> = vec![];
    for user in records {
        let gather = world.gather(&user);
        let context = Context { facts: gather.facts(), acting, labels: gather.labels() };
        for (rule, finding) in Report::new(&gather).findings() {
            let plans = fixes::plans(rule, finding, context).into_iter().map(entered);
            for plan in plans {
                // Several rules lead to the same steps by hand, and to the same token.
                let again = plan.is_guided() || plan.fix == "revoke-token";
                if !again
                    || !all.iter().any(|(own, _, other)| {
                        *own == user && other.fix == plan.fix && other.title == plan.title
                    })
                {
                    all.push((user.clone(), rule.id, plan));
                }
            }
        }
        all.extend(fixes::emergency(context).into_iter().map(|plan| (user.clone(), "", plan)));
    }
    all
}

/// What came of plans: how many of each fix were done, and what the org or the preview refused.
#[derive(Debug, Default)]
struct Tally {
    kinds: BTreeMap<String, usize>,
    refused: BTreeMap<String, String>,
}

/// What a person reads of a preview: no id, no field as the API calls it, no truth value, in any plan of any user.
fn is_read_by_people(plan: &Plan, user: &str) {
    let lines = plan.lines();
    assert_eq!(lines.is_empty(), plan.is_guided(), "{user} {}", plan.title);
    let lines = lines.into_iter();
    let shown =
        lines.flat_map(|line| [vec![line.label], line.before.unwrap_or_default(), line.after].concat());
    let own = [plan.title.clone(), plan.undone.clone()];
    let texts = shown.chain(own).chain(plan.undo_words().into_iter().map(str::to_owned));
    for text in texts.chain(plan.breaks.iter().cloned()).chain(plan.depends.iter().cloned()) {
        for word in text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '@'))) {
            let is_id = word.contains(|c: char| c.is_ascii_digit()) && Id::parse(word).is_some();
            let is_field = ["Permissions", "oauthConfig.", "sessionSettings."]
                .iter()
                .any(|own| word.strip_prefix(own).is_some_and(|rest| !rest.is_empty()));
            // An object whose label the org does not tell goes by its API name.
            let is_raw = is_id || is_field || matches!(word, "true" | "false" | "null");
            assert!(!is_raw, "{user} {}: {text}", plan.title);
        }
    }
}

/// One plan against an org of its own: previewed, applied, verified, judged anew, undone, and the state compared.
fn law(org: &Org, admin: &str, (user, rule, plan): &(String, &'static str, Plan), tally: &mut Tally) {
    let mut world = World::new(org, admin);
    let before = world.state();
    let gather = world.gather(user);
    let (gathered, who, saw_all) = (badness(&gather), certainty(&gather), sees_all(&gather));
    // What is offered works: nothing that the org as it stands refuses.
    let plan = match world.preview(plan) {
        Ok(plan) => plan,
        Err(why) => {
            panic!("{user} {rule} {} {}: offered, and refused by its preview: {why}", plan.fix, plan.title)
        }
    };
    is_read_by_people(&plan, user);
    if plan.is_guided() {
        assert_eq!((world.writes, world.state()), (0, before), "{}", plan.title);
        *tally.kinds.entry(plan.fix.clone()).or_default() += 1;
        return;
    }
    let mut apply = world.run(Executor::new(plan.clone()), None);
    if apply.stop() == Some(&Stop::Confirmation) {
        assert!(world.org.confirm_email(user));
        apply.resume();
        apply = world.run(apply, None);
    }
    if let Some(stop) = apply.stop() {
        // The platform's own no: nothing may have changed.
        alike(&world.state(), &before, &format!("{user} {rule} {}: {}", plan.title, stop.sentence()));
        tally.refused.insert(format!("{user} {} {}", plan.fix, plan.title), stop.sentence());
        return;
    }
    assert!(apply.is_done(), "{apply:?}");
    let verified = apply.progress().iter().filter(|p| matches!(p, Progress::Verified { .. })).count();
    // Of an app's tokens each takes a write.
    assert!(world.writes == verified || plan.fix == "revoke-token", "{}", plan.title);
    assert!(world.writes > 0, "{user} {rule} {}: it does nothing", plan.title);
    let gather = world.gather(user);
    let (now, is_as_before) = (badness(&gather), certainty(&gather) == who);
    // Who signed in is history: it ends with what is done, and is shown for six months.
    let is_history = *rule == "unattributable-activity";
    if !rule.is_empty() && !is_history && !STILL_SHOWN.iter().any(|(fix, _)| *fix == plan.fix) {
        let (was, is) = (gathered.get(rule), now.get(rule));
        assert!(is < was, "{user} {rule}: {} left what was found: {now:?}", plan.title);
    }
    // Nothing becomes as bad or worse that was not so before. (Who is API Only is an integration for certain, and then judged
    // as one.)
    for (other, is) in now.iter().filter(|_| is_as_before) {
        let was = gathered.get(other).cloned().unwrap_or_default();
        // Of single objects it is said only where nothing lets the user see the records of all.
        if *other == "whole-object-access" && saw_all && !sees_all(&gather) {
            continue;
        }
        // Who freezes an integration that is in use is told that it is down: that was the purpose. And who is frozen is not
        // told to be dormant, until somebody unfreezes them.
        let is_meant = match *other {
            "frozen-integration" => plan.fix.starts_with("freeze"),
            "dormant-integration" => plan.fix == "unfreeze",
            _ => false,
        };
        if is_meant {
            continue;
        }
        for worst in 0..5 {
            let so_far = |of: &Badness| of.counts[..=worst].iter().sum::<usize>();
            assert!(so_far(is) <= so_far(&was), "{user}: {} made {other} worse: {was:?} {is:?}", plan.title);
        }
    }
    *tally.kinds.entry(plan.fix.clone()).or_default() += 1;
    if matches!(plan.undo, Undo::Never(_)) {
        // Login IP ranges: nobody knows how the last one is removed by an API.
        assert_eq!(apply.undo(), None, "{}", plan.title);
        return;
    }
    let Some(undo) = apply.undo() else {
        assert_eq!(world.writes, 0, "it was so already: {}", plan.title);
        return;
    };
    let mut undone = world.run(Executor::new(undo), None);
    if undone.stop() == Some(&Stop::Confirmation) {
        assert!(world.org.confirm_email(user));
        undone.resume();
        undone = world.run(undone, None);
    }
    // A seed can hold what the platform would not have let anybody assign: then it is not assigned again.
    if let Some(Stop::Refused(refusal)) = undone.stop()
        && refusal.sentence().contains("The user license doesn't allow")
    {
        tally.refused.insert(format!("{user} {} {}", plan.fix, plan.title), refusal.sentence());
        return;
    }
    assert!(undone.is_done(), "{user} {}: {:?} {:?}", plan.title, undone.stop(), undone.plan());
    alike(
        &comes_back(&plan, world.state()),
        &comes_back(&plan, before),
        &format!("{user} {rule} {}", plan.title),
    );
}

/// Of a state what an undo of the plan brings back: revoked tokens are gone for good.
fn comes_back(plan: &Plan, mut state: State) -> State {
    if matches!(plan.undo, Undo::Partly(_)) {
        state.insert("OauthToken".into(), vec![]);
    }
    state
}

#[test]
fn every_fix_is_applied_verified_and_undone() {
    let (org, admin) = seeded();
    let mut tally = Tally::default();
    for one in &every_plan(&org, &admin) {
        // Copies are much the same for each permission that they leave out.
        let fix = &one.2.fix;
        if fix == "own-profile-without" && tally.kinds.get(fix).is_some_and(|tried| *tried >= 25) {
            continue;
        }
        law(&org, &admin, one, &mut tally);
    }
    println!("{tally:#?}");
    assert!(tally.refused.is_empty(), "offered, and refused: {:?}", tally.refused);
    for kind in [
        "untick-permission",
        "remove-assignment",
        "api-only-set",
        "remove-object-delete",
        "freeze",
        "deactivate",
        "login-ip-ranges",
        "rename-user",
        "clear-personal",
        "revoke-token",
        "guide-user",
        "guide-rotation",
        "close-app",
        "own-profile",
        "own-profile-without",
        "own-set-without",
        "mute-permission",
        "expire-password",
        "guide-password-policy",
        "enforce-ip-ranges",
    ] {
        assert!(tally.kinds.contains_key(kind), "{kind} was never tried: {tally:?}");
    }
}

#[test]
fn every_fix_of_a_profile_a_set_or_a_group_is_applied_verified_and_undone() {
    let (org, admin) = seeded();
    let mut tally = Tally::default();
    let tried = law_of_sets(&org, &admin, 12, &mut tally);
    println!("{tally:#?}");
    assert!(tally.refused.is_empty(), "offered, and refused: {:?}", tally.refused);
    for kind in [
        "profile untick-permission",
        "profile login-ip-ranges",
        "set untick-permission",
        "group mute-permission",
    ] {
        assert!(tried.contains_key(kind), "{kind} was never tried: {tried:?}");
    }
}

/// The law of what pages of profiles, permission sets and groups offer: at most `most` plans of each fix on each kind of page.
/// How many were offered, by kind of page and fix.
fn law_of_sets(org: &Org, admin: &str, most: usize, tally: &mut Tally) -> BTreeMap<String, usize> {
    let acting = Id::parse(admin).unwrap();
    let ids = |object: &str| org.rows(object).map(|row| text(row, "Id").to_owned()).collect::<Vec<_>>();
    // What a profile has, and what a group adds up to, has no page of its own.
    let has_page = |id: &String| {
        let set = org.row("PermissionSet", id).unwrap();
        text(set, "Type") != "Group" && text(set, "ProfileId").is_empty()
    };
    let sets: Vec<String> = ids("PermissionSet").into_iter().filter(has_page).collect();
    let mut offered: BTreeMap<String, usize> = BTreeMap::new();
    for (kind, records) in [("profile", ids("Profile")), ("set", sets), ("group", ids("PermissionSetGroup"))]
    {
        let mut world = World::new(org, admin);
        for one in &every_plan_of(&mut world, &acting, records) {
            // Everyone is named, and never the admin who acts; what cannot be undone is the one thing that no API takes back.
            let (_, _, plan) = one;
            assert!(plan.reaches.iter().all(|own| own.id != acting), "{}", plan.title);
            let can_be_undone = plan.undo == Undo::Exact || plan.fix == "login-ip-ranges";
            assert!(!plan.is_guided() && can_be_undone, "{}", plan.title);
            // One permission is much like another of the same place.
            let tried = offered.entry(format!("{kind} {}", plan.fix)).or_default();
            *tried += 1;
            if *tried <= most {
                law(org, admin, one, tally);
            }
        }
    }
    offered
}

#[test]
fn a_fault_at_any_request_ends_in_one_of_three_ways() {
    let (org, admin) = seeded();
    let mut tried = 0;
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    let mut one_of_each: BTreeMap<String, Plan> = BTreeMap::new();
    for (_, _, plan) in every_plan(&org, &admin) {
        one_of_each.entry(format!("{} {}", plan.fix, plan.steps.len())).or_insert(plan);
    }
    for plan in one_of_each.values() {
        let mut world = World::new(&org, &admin);
        let before = world.state();
        let Ok(plan) = world.preview(plan) else { continue };
        let first = world.sent;
        let apply = world.run(Executor::new(plan.clone()), None);
        if apply.stop().is_some() {
            continue;
        }
        let (last, after) = (world.sent, world.state());
        // Each trouble at each request, with a worker that is killed at a turn which moves on; and a kill at every turn.
        let troubles = [Trouble::Lost, Trouble::Unanswered, Trouble::Torn, Trouble::Busy, Trouble::Locked];
        let mut cases: Vec<Case> = vec![];
        for at in first..last {
            for (n, trouble) in troubles.into_iter().enumerate() {
                cases.push((Some((at, trouble)), None));
                cases.push((Some((at, trouble)), Some((at - first + n) % (2 * (last - first)))));
            }
        }
        cases.extend((0..2 * (last - first)).map(|turn| (None, Some(turn))));
        println!("{}: {} cases", plan.title, cases.len());
        *counted.entry(plan.fix.clone()).or_default() += cases.len();
        for (trouble, kill) in cases {
            tried += 1;
            let mut world = World::new(&org, &admin);
            world.sent = first;
            world.trouble = trouble;
            let apply = world.run(Executor::new(plan.clone()), kill);
            let told = format!("{} {trouble:?} killed {kill:?}: {apply:?}", plan.title);
            if apply.is_done() {
                alike(&world.state(), &after, &told);
            } else {
                assert!(apply.stop().is_some(), "{told}");
            }
            // Whatever came of it, it goes on, or back.
            let mut on = apply.clone();
            on.resume();
            let mut forth = World { sent: 1_000, trouble: None, ..world.clone() };
            let on = forth.run(on, None);
            assert!(on.is_done(), "{told}\n{on:?}");
            alike(&forth.state(), &after, &told);
            world.trouble = None;
            if let Some(undone) = world.undone(&apply) {
                assert!(undone.is_done(), "{told}\n{undone:?}");
            }
            let now = world.state();
            if !(matches!(plan.undo, Undo::Never(_)) && now == after) {
                alike(&comes_back(&plan, now), &comes_back(&plan, before.clone()), &told);
            }
        }
    }
    println!("{tried} tried, by fix: {counted:#?}");
    assert!(tried > 400, "{tried}");
}

/// What an account says of the org: that nothing was written, that all was, or that it is not finished.
#[derive(Debug, PartialEq, Eq)]
enum Account {
    Nothing,
    Done,
    Open,
}

fn account(apply: &Executor) -> Account {
    match (apply.is_done(), apply.has_written() || apply.is_unsure()) {
        (_, false) => Account::Nothing,
        (true, _) => Account::Done,
        (false, _) => Account::Open,
    }
}

#[test]
fn no_account_is_false_whatever_came_of_a_write_that_took_place() {
    let (org, admin) = seeded();
    let mut one_of_each: BTreeMap<String, Plan> = BTreeMap::new();
    for (_, _, plan) in every_plan(&org, &admin) {
        one_of_each.entry(format!("{} {}", plan.fix, plan.steps.len())).or_insert(plan);
    }
    let mut table: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for plan in one_of_each.values() {
        let mut world = World::new(&org, &admin);
        let before = world.state();
        let Ok(plan) = world.preview(plan) else { continue };
        if plan.is_guided() {
            continue;
        }
        // Which requests write.
        let first = world.sent;
        let mut writing = vec![];
        let mut apply = Executor::new(plan.clone());
        loop {
            apply.set_now(world.now);
            match apply.next() {
                Effect::Idle => break,
                Effect::Persist => apply.stored(),
                Effect::Wait(_) => apply.paused(),
                Effect::Send(request) => {
                    if is_write(&request) {
                        writing.push(world.sent);
                    }
                    let response = world.send(&request);
                    apply.feed(&response);
                }
            }
        }
        if apply.stop().is_some() {
            continue;
        }
        let after = world.state();
        let troubles = AFTER.map(|(status, code)| Trouble::After(status, code));
        let late = [0, 1, 2, 3, 4, usize::MAX].map(Trouble::Late);
        let others = [Trouble::Lost, Trouble::Unanswered, Trouble::Torn, Trouble::Busy];
        for at in writing {
            for trouble in troubles.into_iter().chain(late).chain(others) {
                let mut world = World::new(&org, &admin);
                world.sent = first;
                world.trouble = Some((at, trouble));
                let apply = world.run(Executor::new(plan.clone()), None);
                let told = format!("{} {trouble:?} at {at}: {:?} {apply:?}", plan.title, apply.stop());
                let now = world.state();
                match account(&apply) {
                    Account::Nothing => alike(&now, &before, &told),
                    Account::Done => alike(&now, &after, &told),
                    Account::Open => assert!(apply.stop().is_some(), "{told}"),
                }
                // What never comes is not there in ten minutes either; what comes late comes now.
                world.land();
                world.trouble = None;
                let mut checked = world.check(&apply);
                if account(&checked) == Account::Open && checked.is_unsure() {
                    world.now += LATEST;
                    checked = world.check(&checked);
                    assert!(!checked.is_unsure(), "{told}\n{checked:?}");
                }
                let now = world.state();
                match account(&checked) {
                    Account::Nothing => alike(&now, &before, &told),
                    Account::Done => alike(&now, &after, &told),
                    Account::Open => {}
                }
                let kind = match trouble {
                    Trouble::After(status, code) => format!("{status} {code} after it took place"),
                    Trouble::Late(usize::MAX) => "arrives when all is at rest".to_owned(),
                    Trouble::Late(readings) => format!("arrives {readings} readings late"),
                    other => format!("{other:?}"),
                };
                let row = table.entry(kind).or_default();
                row[match account(&checked) {
                    Account::Nothing => 0,
                    Account::Done => 1,
                    Account::Open => 2,
                }] += 1;
                // Continued, it is as if nothing had happened; undone, too.
                let mut forth = world.clone();
                let mut on = checked.with_plan(forth.preview_rest(&checked));
                on.set_now(forth.now);
                on.resume();
                let on = forth.run(on, None);
                assert!(on.is_done(), "{told}\n{on:?}");
                alike(&forth.state(), &after, &told);
                if let Some(undo) = on.undo() {
                    let undo = forth.preview(&undo).unwrap();
                    let undone = forth.run(Executor::new(undo), None);
                    assert!(undone.is_done(), "{told}\n{undone:?}");
                    alike(&comes_back(&plan, forth.state()), &comes_back(&plan, before.clone()), &told);
                }
                if let Some(undone) = world.undone(&checked) {
                    assert!(undone.is_done(), "{told}\n{undone:?}");
                    alike(&comes_back(&plan, world.state()), &comes_back(&plan, before.clone()), &told);
                } else if !matches!(plan.undo, Undo::Never(_)) {
                    alike(&comes_back(&plan, world.state()), &comes_back(&plan, before.clone()), &told);
                }
            }
        }
    }
    println!("{:45} nothing   done   open", "after one more check, the accounts (none false):");
    for (kind, [nothing, done, open]) in &table {
        println!("{kind:45} {nothing:7} {done:6} {open:6}");
    }
    assert!(table.len() >= 19, "{table:?}");
}

#[test]
fn an_undo_before_what_is_on_its_way_has_arrived_says_so_and_takes_it_back() {
    let (org, admin) = seeded();
    let mut tried = 0;
    let mut one_of_each: BTreeMap<String, Plan> = BTreeMap::new();
    for (_, _, plan) in every_plan(&org, &admin) {
        one_of_each.entry(plan.fix.clone()).or_insert(plan);
    }
    for plan in one_of_each.values().filter(|plan| plan.undo == Undo::Exact) {
        let mut world = World::new(&org, &admin);
        let before = world.state();
        let Ok(plan) = world.preview(plan) else { continue };
        if plan.is_guided() || !world.run(Executor::new(plan.clone()), None).is_done() {
            continue;
        }
        // The first write, and the last: it arrives only when it was undone already.
        for skip in [0, 1, 2, 3] {
            let mut world = World::new(&org, &admin);
            let mut apply = Executor::new(plan.clone());
            let mut left: usize = skip;
            loop {
                apply.set_now(world.now);
                match apply.next() {
                    Effect::Idle => break,
                    Effect::Persist => apply.stored(),
                    Effect::Wait(_) => apply.paused(),
                    Effect::Send(request) => {
                        if is_write(&request) && world.late.is_none() {
                            if left == 0 {
                                world.trouble = Some((world.sent, Trouble::Late(usize::MAX)));
                            }
                            left = left.saturating_sub(1);
                        }
                        let response = world.send(&request);
                        apply.feed(&response);
                    }
                }
            }
            if apply.is_done() {
                continue;
            }
            tried += 1;
            let told = format!("{} at {skip}: {:?}", plan.title, apply.stop());
            assert!(matches!(apply.stop(), Some(Stop::Perhaps { .. })), "{told}");
            let undone = world.run(Executor::new(apply.undo().unwrap()), None);
            assert!(!undone.is_done() && undone.is_unsure(), "{told} {undone:?}");
            assert_eq!(undone.stop(), Some(&Stop::Late), "{told}");
            world.land();
            let checked = world.check(&undone);
            let mut undone = checked.clone();
            if checked.stop() == Some(&Stop::Arrived) {
                undone.resume();
                undone = world.run(undone, None);
            } else {
                // What it needs is gone by then: it can never arrive.
                world.now += LATEST;
                undone = world.check(&undone);
            }
            assert!(undone.is_done(), "{told} {undone:?}");
            alike(&world.state(), &before, &told);
        }
    }
    assert!(tried >= 10, "{tried}");
}

#[test]
fn what_somebody_else_changed_is_never_written_over() {
    let (org, admin) = seeded();
    let (_, _, plan) =
        every_plan(&org, &admin).into_iter().find(|(_, _, plan)| plan.fix == "untick-permission").unwrap();
    let mut world = World::new(&org, &admin);
    let plan = world.preview(&plan).unwrap();
    let Place::Row { object, key } = &plan.steps[0].place else { panic!() };
    let leastwise_core::plan::Term::Is(id) = &key[0].1 else { panic!() };
    let id = id.as_str().unwrap().to_owned();
    // One of the dependents, or the permission itself, is changed by somebody else between preview and Apply.
    let field = plan.steps[0].after.as_ref().unwrap()[0].0.clone();
    let mut row = world.org.row(object, &id).unwrap().clone();
    row.insert(field.clone(), Value::Bool(false));
    world.org.put(object, row);
    let before = world.state();
    let apply = world.run(Executor::new(plan.clone()), None);
    if plan.steps[0].after.as_ref().unwrap().len() == 1 {
        // It is as it should be already: nothing to write, and nothing to undo.
        assert!(apply.is_done() && apply.undo().is_none());
    } else {
        assert!(matches!(apply.stop(), Some(Stop::Differs { .. })), "{apply:?}");
    }
    assert_eq!((world.writes, world.state()), (0, before));
    // The session is another one: nothing is sent at all.
    let mut apply = Executor::new(plan);
    assert!(matches!(apply.next(), Effect::Send(_)));
    apply.leave();
    let apply = world.run(apply, None);
    assert_eq!((apply.stop(), world.writes), (Some(&Stop::OtherSession), 0));
}
