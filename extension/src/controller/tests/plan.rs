//! Commands about plans: what is sent and stored, in which order, and what approves nothing.

use super::*;
use crate::state::{self, plans::FRESH};
use crate::storage::journals::{self, History};
use crate::view;

pub(super) const USER: &str = "0055g000001Abcd";
const CLEO: &str = "0055g000001Cccc";

/// The page of a user in a tab, read to the end; and the plan that freezes the user, as the markup names it.
pub(super) fn panel(tab: i32) -> String {
    let (mut reading, mut next) = begun(check(tab, ANN, 1), &json!({}), &json!({}));
    while let Some(request) = next {
        next = took(&mut reading, answer(&request));
    }
    let html = told(&reading.take_effects(), tab).pop().unwrap().html;
    let before = html.split("title=\"Freeze").next().unwrap();
    before.rsplit("data-plan=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

/// Somebody at work for an integration; Cleo looks on.
fn answer(request: &Request) -> Response {
    if request.id == VIEWER {
        return answered(request, &userinfo("00D5g000000AAAA", CLEO, "Cleo"));
    }
    let Some(asked) = request.body.as_ref().map(|body| serde_json::from_str::<Value>(body).unwrap()) else {
        return refused(request);
    };
    let parts = asked["compositeRequest"].as_array().unwrap().iter().map(|part| {
        let body = match part["referenceId"].as_str().unwrap() {
            "user" => json!({ "Id": USER, "Name": "Ann", "Username": "ann@acme.example", "IsActive": true, "LastLoginDate": "2026-11-20T00:00:00.000+0000",
                "UserType": "Standard" }),
            "frozen" => json!({ "records": [{ "Id": "0Yw5g00000AbCdE", "IsFrozen": false }] }),
            _ => json!({ "records": [] }),
        };
        json!({ "referenceId": part["referenceId"], "httpStatusCode": 200, "body": body, "httpHeaders": {} })
    });
    answered(request, &json!({ "compositeResponse": parts.collect::<Vec<_>>() }))
}

/// The same with a profile and a person's license.
fn with_license(mut response: Response) -> Response {
    let Ok(answer) = &mut response.answer else { return response };
    let mut body: Value = serde_json::from_str(&answer.body).unwrap();
    for part in body["compositeResponse"].as_array_mut().into_iter().flatten() {
        let name = part["referenceId"].as_str().unwrap_or_default().to_owned();
        match name.as_str() {
            "user" => part["body"]["ProfileId"] = json!("00e5g000002AbCd"),
            "profile" => {
                part["body"] = json!({ "Id": "00e5g000002AbCd", "Name": "Sync", "UserType": "Standard", "UserLicenseId": "1005g000000AAAA" });
            }
            "license" => {
                part["body"] =
                    json!({ "Id": "1005g000000AAAA", "Name": "Salesforce", "LicenseDefinitionKey": "SFDC" });
            }
            _ => {}
        }
    }
    answer.body = body.to_string();
    response
}

/// A small org: one row, whether it is a sandbox, and who is signed in.
pub(super) struct World {
    frozen: bool,
    sandbox: bool,
    pub(super) local: Value,
    session: Value,
    pub(super) managed: Value,
    /// What was done, in order.
    pub(super) log: Vec<String>,
    /// Whose session it is.
    hash: &'static str,
    pub(super) now: i64,
    /// Whether the disk is full.
    pub(super) full: bool,
    /// Whether somebody else signs in before a write.
    left: bool,
    /// What cannot be read.
    pub(super) unread: Vec<Area>,
    /// How often the journal can be read.
    pub(super) finds: usize,
    /// Whether there is no room in memory.
    forgets: bool,
    /// An entry that another worker writes in the middle.
    other: Option<Value>,
    /// Whether the write has no answer, and takes place when somebody says so.
    late: bool,
    /// Whether the user has a person's license, which is found.
    pub(super) licensed: bool,
}

impl World {
    pub(super) fn new(sandbox: bool) -> World {
        let first = viewer(CLEO, "Cleo");
        World {
            frozen: false,
            sandbox,
            local: json!({}),
            session: json!({ "viewer:ab12": first }),
            managed: json!({}),
            log: vec![],
            hash: "ab12",
            now: NOW.0,
            full: false,
            left: false,
            unread: vec![],
            finds: usize::MAX,
            forgets: false,
            other: None,
            late: false,
            licensed: false,
        }
    }

    /// Carries an ask out; the last markup that the tab was told.
    pub(super) fn ask(&mut self, command: Incoming, tab: i32) -> String {
        let (effects, _) = self.carry(command);
        told(&effects, tab).pop().map(|drawing| drawing.html).unwrap_or_default()
    }

    /// What the window that approves shows.
    fn window(&mut self, tab: i32) -> String {
        self.carry(approval(tab, ANN, &json!({ "command": "Front" }))).1
    }

    /// What approves the preview of a tab, as that window's markup has it.
    fn token(&mut self, tab: i32) -> String {
        let html = self.window(tab);
        token(&html).unwrap_or_else(|| panic!("{html}"))
    }

    /// Carries an ask out; what the browser was to do, and the markup of the answer.
    pub(super) fn carry(&mut self, command: Incoming) -> (Vec<Effect>, String) {
        let mut controller = PageController::new(command, "css".into()).unwrap();
        controller.bind(Some(Session { hash: self.hash.into(), ..session() }));
        let [local, session, managed] = [Area::Local, Area::Session, Area::Managed]
            .map(|area| (!self.unread.contains(&area)).then(|| self.place(area).clone()));
        self.log.clear();
        let random = format!("random-{}", self.now);
        controller.begin(&Found { local, session, managed }, random, Timestamp(self.now));
        let (mut all, mut lost) = (vec![], vec![]);
        for _ in 0..100 {
            let step = controller.next();
            for effect in controller.take_effects() {
                match effect {
                    Effect::Store(write) if write.area == Area::Session && self.forgets => {
                        lost.push(write.key)
                    }
                    Effect::Store(write) => self.store(write),
                    effect => all.push(effect),
                }
            }
            controller.not_stored(&std::mem::take(&mut lost));
            all.extend(controller.take_effects());
            // Whatever a page is told, what approves is not in it.
            for effect in &all {
                if let Effect::TellPanel(_, message) | Effect::TellFrame(_, _, message) = effect {
                    let json = serde_json::to_string(message).unwrap();
                    assert!(
                        !json.contains("data-token") && !json.contains("data-command=\\\"Apply"),
                        "{json}"
                    );
                    assert!(!json.contains("data-command=\\\"Allow") && !json.contains("Forbid"), "{json}");
                }
            }
            let Some(step) = step else {
                return (all, controller.answer().map(|drawing| drawing.html).unwrap_or_default());
            };
            let event = self.step(step);
            controller.handle(event, Timestamp(self.now));
        }
        panic!("no end: {:?}", self.log);
    }

    fn place(&mut self, area: Area) -> &mut Value {
        match area {
            Area::Local => &mut self.local,
            Area::Session => &mut self.session,
            Area::Managed => &mut self.managed,
        }
    }

    fn store(&mut self, write: Write) {
        self.place(write.area)[write.key] = write.value.unwrap_or_default();
    }

    fn step(&mut self, step: Step) -> Event {
        match step {
            Step::Lock(name) => self.log.push(name.split(':').next().unwrap().into()),
            Step::Wait(_) => self.log.push("wait".into()),
            Step::Read(_) => {
                self.log.push("find".into());
                let is_read = self.finds > 0;
                self.finds = self.finds.saturating_sub(1);
                return Event::Read(is_read.then(|| self.local.clone()));
            }
            Step::Store(write) => {
                let is_writing =
                    write.value.as_ref().is_some_and(|value| value.to_string().contains("\"Writing\""));
                self.log.push(if is_writing { "journal writing" } else { "journal" }.into());
                if !self.full {
                    self.store(write);
                }
                return Event::Stored(!self.full);
            }
            Step::Send(request) if self.left && request.method == "PATCH" => return Event::SessionChanged,
            Step::Send(request) => return Event::Response(self.send(&request)),
        }
        Event::Done
    }

    fn send(&mut self, request: &Request) -> Response {
        if request.path.contains("Organization") {
            return answered(request, &json!({ "records": [{ "IsSandbox": self.sandbox }] }));
        }
        if request.path.contains("PermissionSetAssignment") {
            // Another administrator: without one nobody is frozen.
            let row = json!({ "Id": "0Pa5g000000AAAA", "Assignee": { "Name": "Cleo" } });
            return answered(request, &json!({ "totalSize": 1, "done": true, "records": [row] }));
        }
        if request.path.contains("UserLogin") {
            self.log.push(request.method.clone());
            if request.method != "GET" && self.late {
                let failure = Failure::Timeout;
                return Response { id: request.id, answer: Err(failure) };
            }
            if request.method != "GET" {
                if let Some(entry) = self.other.take() {
                    // Another worker's, written between two of ours.
                    let key = format!("journal:{}:{}", session().org_id, Id::parse(USER).unwrap());
                    self.local[&key].as_array_mut().unwrap().push(entry);
                }
                self.frozen = request.body.as_ref().unwrap().contains("true");
                return Response { id: request.id, answer: Ok(Answer { status: 204, body: String::new() }) };
            }
            let row = json!({ "Id": "0Yw5g000000AAAA", "UserId": Id::parse(USER).unwrap().as_str(), "IsFrozen": self.frozen });
            return answered(request, &json!({ "totalSize": 1, "done": true, "records": [row] }));
        }
        if self.licensed { with_license(answer(request)) } else { answer(request) }
    }

    pub(super) fn journal(&self) -> &Value {
        let key = format!("journal:{}:{}", session().org_id, Id::parse(USER).unwrap());
        &self.local[key]
    }
}

fn token(html: &str) -> Option<String> {
    Some(html.split("data-token=\"").nth(1)?.split('"').next()?.to_owned())
}

fn fix(tab: i32, plan: &str) -> Incoming {
    page(tab, &json!({ "command": "Fix", "number": 1, "plan": plan, "fields": [] })).unwrap()
}

fn apply(tab: i32, token: &str) -> Incoming {
    approval(tab, ANN, &json!({ "command": "Apply", "number": 1, "token": token, "fields": [] }))
}

#[test]
fn a_write_comes_after_the_lock_the_journal_and_a_look() {
    let mut world = World::new(true);
    let plan = panel(30);
    let html = world.ask(fix(30, &plan), 30);
    assert_eq!(world.log, ["GET"], "a preview reads");
    assert!(html.contains("data-stage=\"offered\""), "{html}");
    let token = world.token(30);
    let html = world.ask(apply(30, &token), 30);
    assert_eq!(world.log, ["write", "find", "GET", "journal writing", "PATCH", "GET", "find", "journal"]);
    assert!(world.frozen && html.contains("data-state=\"verified\""), "{html}");
    let entry = world.journal()[0]["id"].as_str().unwrap().to_owned();
    // And back, by a preview and an approval of its own.
    world.now += 100_000;
    panel(30);
    let undo = page(30, &json!({ "command": "Undo", "number": 1, "entry": entry })).unwrap();
    world.ask(undo, 30);
    let token = world.token(30);
    let html = world.ask(apply(30, &token), 30);
    assert!(!world.frozen && html.contains("Undone. Salesforce confirms it."), "{html}");
    assert_eq!(world.journal()[1]["undoes"].as_str(), Some(entry.as_str()));
    // Which itself is not undone: what it made again has another id. The finding has its fix.
    let undo = world.journal()[1]["id"].as_str().unwrap().to_owned();
    assert!(!html.contains("data-command=\"Undo\""), "{html}");
    let again = page(30, &json!({ "command": "Undo", "number": 1, "entry": undo })).unwrap();
    assert!(world.ask(again, 30).contains("data-stage=\"refused\""));
}

#[test]
fn what_approves_nothing() {
    let mut world = World::new(true);
    let plan = panel(31);
    world.ask(fix(31, &plan), 31);
    let token = world.token(31);
    let none = |world: &mut World, asked: Incoming, why: &str| {
        world.ask(asked, 31);
        assert!(!world.frozen && !world.log.iter().any(|turn| turn == "PATCH" || turn == "write"), "{why}");
    };
    none(&mut world, apply(31, "guessed"), "a guess");
    none(&mut world, apply(31, ""), "nothing");
    let said = json!({ "command": "Apply", "token": token, "number": 1 });
    assert!(page(31, &said).is_none(), "a page may not say it");
    none(&mut world, apply(99, &token), "another tab");
    let kept = world.session.clone();
    none(&mut world, approval(31, BOB, &said), "another record in the same tab");
    for (what, other) in [("host", "other.my.salesforce.com"), ("org", "00D5g000000BBBBEA4")] {
        world.session.clone_from(&kept);
        world.session["offer:31"]["entry"][what] = json!(other);
        none(&mut world, apply(31, &token), what);
    }
    world.session.clone_from(&kept);
    // Another session, an old preview: it is previewed again, with a new token.
    world.hash = "cd34";
    none(&mut world, apply(31, &token), "another session");
    world.hash = "ab12";
    world.session.clone_from(&kept);
    world.now += FRESH + 1;
    none(&mut world, apply(31, &token), "an old preview");
    assert_eq!(world.log, ["GET"], "it is read again");
    none(&mut world, apply(31, &token), "the old preview's token, again");
    world.session.clone_from(&kept);
    world.now = NOW.0;
    world.managed = json!({ "readOnly": true });
    none(&mut world, apply(31, &token), "the company's policy");
    world.session = kept;
    world.managed = json!({});
    world.ask(approval(31, ANN, &said), 31);
    assert!(world.frozen, "the one thing that does approve it");
}

#[test]
fn production_is_read_only_until_it_is_allowed_there() {
    let mut world = World::new(false);
    let plan = panel(32);
    let html = world.ask(fix(32, &plan), 32);
    assert!(html.contains("data-read-only") && html.contains("data-waits=\"allow\""), "{html}");
    let html = world.window(32);
    assert!(html.contains("data-read-only") && !html.contains("id=\"apply\""), "{html}");
    assert!(html.contains("Production"), "{html}");
    world.ask(apply(32, &token(&html).unwrap()), 32);
    assert!(!world.frozen && world.journal().is_null());
    world.ask(fix(32, &plan), 32);
    let allow = json!({ "command": "Allow", "number": 1, "token": world.token(32) });
    assert!(page(32, &allow).is_none(), "a page may not say it");
    let html = world.ask(approval(32, ANN, &allow), 32);
    assert!(html.contains("data-waits=\"apply\""), "{html}");
    assert!(world.window(32).contains("id=\"apply\""));
    let token = world.token(32);
    world.ask(apply(32, &token), 32);
    assert!(world.frozen);
    // A company's word stands above an admin's.
    world.managed = json!({ "readOnly": true });
    let html = world.ask(fix(32, &plan), 32);
    assert!(html.contains("data-read-only") && !html.contains("data-waits"), "{html}");
    assert!(!world.window(32).contains("id=\"allow\""));
}

#[test]
fn writing_is_allowed_until_the_browser_is_closed_unless_somebody_says_always() {
    let (now, always) = (format!("write:{}", session().org_id), format!("always:{}", session().org_id));
    let is = json!({ "org": session().org_id, "host": "acme.my.salesforce.com", "by": "a@b.example", "at": NOW.0 });
    let allow = |token: &str, until: Option<&str>| {
        let mut ask = json!({ "command": "Allow", "number": 1, "token": token });
        if let Some(until) = until {
            ask["until"] = json!(until);
        }
        approval(43, ANN, &ask)
    };
    let mut world = World::new(false);
    let plan = panel(43);
    world.ask(fix(43, &plan), 43);
    let window = world.window(43);
    assert!(window.contains("id=\"allow\"") && window.contains("data-until=\"always\""), "{window}");
    let token = world.token(43);
    let html = world.ask(allow(&token, None), 43);
    assert!(html.contains("data-waits=\"apply\""), "{html}");
    assert_eq!(
        (&world.session[&now], &world.local[&always], &world.local[&now]),
        (&is, &Value::Null, &Value::Null)
    );
    // The browser is closed: what was kept in memory is gone, and it is asked again.
    world.session = json!({});
    let html = world.ask(fix(43, &plan), 43);
    assert!(html.contains("data-waits=\"allow\""), "{html}");
    let token = world.token(43);
    world.ask(allow(&token, Some("always")), 43);
    assert_eq!(world.local[&always], is);
    world.session = json!({});
    let html = world.ask(fix(43, &plan), 43);
    assert!(html.contains("data-waits=\"apply\""), "{html}");
    // Taken back, both are gone.
    world.session[&now] = is;
    world.ask(approval(43, ANN, &json!({ "command": "Forbid", "number": 1 })), 43);
    assert!(
        world.session[&now].is_null() && world.local[&always].is_null(),
        "{} {}",
        world.session,
        world.local
    );
}

#[test]
fn what_an_earlier_version_allowed_for_ever_is_asked_again() {
    let key = format!("write:{}", session().org_id);
    for kept in [json!(true), json!({ "org": session().org_id, "host": "acme.my.salesforce.com" })] {
        let mut world = World::new(false);
        world.local[&key] = kept;
        let plan = panel(44);
        let html = world.ask(fix(44, &plan), 44);
        assert!(html.contains("data-waits=\"allow\""), "{html}");
        assert!(world.local[&key].is_null(), "it is forgotten: {}", world.local);
    }
}

/// How often the window that approves was to be shown.
fn shows(effects: &[Effect], tab: i32) -> usize {
    effects.iter().filter(|effect| **effect == Effect::ShowApproval(tab)).count()
}

#[test]
fn what_a_page_asks_for_waits_in_a_window_of_the_extension_also_for_a_new_worker() {
    let mut world = World::new(true);
    let plan = panel(37);
    let (effects, _) = world.carry(fix(37, &plan));
    assert_eq!(shows(&effects, 37), 1);
    let html = world.window(37);
    for part in ["Approve a change", "Ann", "Sandbox", "acme.my.salesforce.com", "Freeze Ann", "Cleo"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let first = token(&html).unwrap();
    // The worker is stopped: the next one draws the same preview, and the page's panel still goes with it.
    state::restart();
    let show = || page(37, &json!({ "command": "ShowApproval", "number": 1 })).unwrap();
    let (effects, _) = world.carry(show());
    assert_eq!(shows(&effects, 37), 1);
    state::restart();
    assert_eq!(world.token(37), first);
    let (effects, html) = world.carry(apply(37, &first));
    assert!(world.frozen);
    assert!(told(&effects, 37).iter().all(|drawing| drawing.number == 1), "the panel's own command");
    assert!(html.is_empty(), "the window has nothing more to show: {html}");
    assert!(world.window(37).is_empty());
    // In the popup nothing is approved, nor asked for but to go on with what was begun.
    let sender = json!({ "id": ID, "url": format!("{ORIGIN}popup.html") });
    for command in ["Apply", "Allow", "Fix", "Undo", "Forbid"] {
        let ask = json!({ "command": command, "number": 1, "plan": plan, "token": first, "entry": "e", "fields": [] });
        assert!(incoming(&ask, &sender).is_none(), "{command}");
    }
    panel(37);
    world.frozen = false;
    world.ask(fix(37, &plan), 37);
    // What was left is not shown again by an ask that read it from memory just before.
    let kept = world.session.clone();
    world.ask(page(37, &json!({ "command": "Leave", "number": 1 })).unwrap(), 37);
    world.session = kept;
    assert!(world.window(37).is_empty());
    // Five minutes later, or on another record's page, there is nothing to approve.
    world.now += FRESH + 1;
    state::restart();
    assert!(world.window(37).is_empty());
    assert_eq!(shows(&world.carry(show()).0, 37), 0);
}

#[test]
fn without_a_journal_nothing_is_written() {
    let mut world = World::new(true);
    let plan = panel(33);
    world.ask(fix(33, &plan), 33);
    let token = world.token(33);
    world.full = true;
    let html = world.ask(apply(33, &token), 33);
    assert!(!world.frozen && html.contains("undo record"), "{html}");
    assert!(!world.log.contains(&"PATCH".to_owned()));
}

#[test]
fn what_cannot_be_read_is_not_empty() {
    let mut world = World::new(true);
    let plan = panel(38);
    world.ask(fix(38, &plan), 38);
    let token = world.token(38);
    world.ask(apply(38, &token), 38);
    let kept = world.journal().clone();
    assert_eq!(kept.as_array().unwrap().len(), 1);
    world.frozen = false;
    // At the look: a sentence, nothing to approve, and a way to try again.
    world.unread = vec![Area::Local];
    panel(38);
    let html = world.ask(fix(38, &plan), 38);
    assert!(
        html.contains("data-read-only") && html.contains("couldn't read earlier changes from this browser"),
        "{html}"
    );
    assert!(!html.contains("data-waits") && !world.window(38).contains("data-token"));
    // Under the lock, and once more before the journal is written again.
    for finds in 0..2 {
        world.unread.clear();
        world.finds = usize::MAX;
        world.now += 1;
        panel(38);
        world.frozen = false;
        world.ask(fix(38, &plan), 38);
        let token = world.token(38);
        world.finds = finds;
        let html = world.ask(apply(38, &token), 38);
        assert!(html.contains("couldn't read earlier changes from this browser"), "{finds}: {html}");
        assert!(world.journal().as_array().unwrap().starts_with(kept.as_array().unwrap()));
        assert_eq!(world.frozen, finds == 1, "nothing after it");
    }
    // A page's first drawing does not wait for the policy; what is asked about a plan does.
    let waits = |command| PageController::new(command, String::new()).unwrap().needs_policy();
    assert!(!waits(check(38, ANN, 1)) && waits(fix(38, &plan)) && waits(apply(38, "t")));
    // A policy that is not known allows nothing; a preview that cannot be looked up approves nothing, and it is said.
    let mut world = World::new(true);
    let plan = panel(39);
    world.unread = vec![Area::Managed];
    let html = world.ask(fix(39, &plan), 39);
    assert!(html.contains("couldn't read your company's policy") && !html.contains("data-waits"), "{html}");
    world.unread.clear();
    world.ask(fix(39, &plan), 39);
    let token = world.token(39);
    for area in [Area::Managed, Area::Local, Area::Session] {
        let session = world.session.clone();
        world.unread = vec![area];
        let (_, html) = world.carry(apply(39, &token));
        assert!(!world.frozen && html.contains("class=\"note\""), "{area:?}: {html}");
        world.unread.clear();
        world.session = session;
    }
}

#[test]
fn a_preview_that_cannot_be_kept_says_so() {
    let mut world = World::new(true);
    let plan = panel(40);
    world.forgets = true;
    let html = world.ask(fix(40, &plan), 40);
    assert!(html.contains("data-stage=\"refused\"") && html.contains("no room left"), "{html}");
    assert!(!html.contains("data-waits"), "{html}");
}

#[test]
fn another_worker_s_entry_is_not_lost() {
    let mut world = World::new(true);
    let plan = panel(41);
    world.ask(fix(41, &plan), 41);
    let token = world.token(41);
    world.ask(apply(41, &token), 41);
    let mut entry = world.journal()[0].clone();
    entry["id"] = json!("another");
    world.other = Some(entry);
    world.now += 1;
    world.frozen = false;
    panel(41);
    world.ask(fix(41, &plan), 41);
    let token = world.token(41);
    world.ask(apply(41, &token), 41);
    let ids = world.journal().as_array().unwrap().iter().map(|entry| entry["id"].clone());
    assert_eq!(ids.collect::<Vec<_>>(), ["random-1795478400", "random-1795478401", "another"]);
}

#[test]
fn what_stands_under_another_name_is_unreadable_and_allows_nothing() {
    let mut world = World::new(false);
    world.local[format!("host:{}", session().org_id)] = json!("acme.my.salesforce.com");
    let key = format!("journal:{}:{}", session().org_id, Id::parse(USER).unwrap());
    let switch = format!("always:{}", session().org_id);
    let plan = panel(42);
    for (forged, is) in [
        (json!(true), false),
        (json!({ "org": "00D5g000000BBBBEA4", "host": "acme.my.salesforce.com" }), false),
        (json!({ "org": session().org_id, "host": "other.my.salesforce.com" }), false),
        (json!({ "org": session().org_id, "host": "acme.my.salesforce.com" }), true),
    ] {
        world.local[&switch] = forged;
        let html = world.ask(fix(42, &plan), 42);
        assert_eq!(html.contains("data-waits=\"apply\""), is, "{html}");
    }
    let token = world.token(42);
    world.ask(apply(42, &token), 42);
    let real = world.journal()[0].clone();
    for (what, other) in [
        ("host", json!("other.my.salesforce.com")),
        ("host", json!("evil.example/x?")),
        ("org", json!("00D5g000000BBBBEA4")),
        ("subject", json!("0055g000001BbcdAAM")),
    ] {
        let mut forged = real.clone();
        forged[what] = other;
        forged["id"] = json!("forged");
        world.local[&key] = json!([real, forged]);
        panel(42);
        for verb in ["Undo", "Continue"] {
            let ask = json!({ "command": verb, "number": 1, "entry": "forged" });
            let html = world.ask(page(42, &ask).unwrap(), 42);
            assert!(html.contains("data-stage=\"refused\""), "{what}: {html}");
        }
        let html = view::history::page(&History::new(&world.local), false).into_string();
        assert!(html.contains("1 entry cannot be read") && !html.contains("forged"), "{what}: {html}");
        assert!(html.contains("href=\"https://acme.my.salesforce.com/"), "{html}");
        assert!(!html.contains("other.my") && !html.contains("evil"), "{html}");
        let journal = journals::keys(&world.local).into_iter().find(|own| own.key == key).unwrap();
        let mut left = journal.journal(&world.local);
        left.clear();
        assert!(left.text().contains("forged"), "it stays as it stands");
    }
}

#[test]
fn another_session_in_the_middle_stops_it() {
    let mut world = World::new(true);
    let plan = panel(36);
    world.ask(fix(36, &plan), 36);
    let token = world.token(36);
    world.left = true;
    let html = world.ask(apply(36, &token), 36);
    assert!(!world.frozen && html.contains("logged in as someone else"), "{html}");
    assert!(!html.contains("Perhaps written"), "it was journaled, and then not sent: {html}");
}

#[test]
fn the_history_is_asked_for_by_its_own_page_only() {
    let ask = |path: &str, ask: &str| {
        let sender = json!({ "id": ID, "url": format!("{ORIGIN}{path}") });
        incoming(&json!({ "command": ask }), &sender)
    };
    assert_eq!(ask("history.html", "History").unwrap().surface, Surface::History);
    assert_eq!(ask("history.html", "Clear").unwrap().command, Command::Clear);
    assert!(ask("history.html", "Front").is_none());
    assert!(ask("popup.html", "Clear").is_none() && page(1, &json!({ "command": "Clear" })).is_none());
}

#[test]
fn what_was_begun_is_found_by_a_new_worker_and_done_once() {
    let mut world = World::new(true);
    let plan = panel(34);
    world.ask(fix(34, &plan), 34);
    let token = world.token(34);
    world.ask(apply(34, &token), 34);
    // As if the worker had been stopped right after the write, and right before it.
    for frozen in [true, false] {
        world.frozen = frozen;
        let key = format!("journal:{}:{}", session().org_id, Id::parse(USER).unwrap());
        world.local[&key][0]["apply"]["progress"] = json!([{ "Already": { "id": null } }, "Writing"]);
        let entry = world.local[&key][0]["id"].as_str().unwrap().to_owned();
        panel(34);
        let go_on = page(34, &json!({ "command": "Continue", "number": 1, "entry": entry })).unwrap();
        let html = world.ask(go_on, 34);
        assert!(html.contains("data-stage=\"offered\""), "{html}");
        let token = world.token(34);
        world.ask(apply(34, &token), 34);
        assert_eq!(world.log.iter().filter(|turn| *turn == "PATCH").count(), usize::from(!frozen));
        assert!(world.frozen);
        assert_eq!(world.journal().as_array().unwrap().len(), 1, "it is the same entry");
    }
}

#[test]
fn what_was_perhaps_written_is_read_again_when_the_page_is_and_when_somebody_asks() {
    let mut world = World::new(true);
    let plan = panel(35);
    world.ask(fix(35, &plan), 35);
    let token = world.token(35);
    world.late = true;
    let html = world.ask(apply(35, &token), 35);
    assert!(html.contains("Perhaps") && html.contains("data-command=\"Verify\""), "{html}");
    assert!(!html.contains("Nothing was written"), "{html}");
    let undo = html.contains("<b>Undo</b> Freeze");
    assert!(undo, "{html}");
    world.late = false;
    // Not there yet: it stays open, and nothing is written.
    let entry = world.journal()[0]["id"].as_str().unwrap().to_owned();
    let verify = || page(35, &json!({ "command": "Verify", "number": 1, "entry": entry })).unwrap();
    world.now += 60;
    let html = world.ask(verify(), 35);
    assert_eq!(world.log, ["write", "find", "GET", "journal writing"]);
    assert!(html.contains("data-state=\"unfinished\""), "{html}");
    // It arrives, and the page is opened anew: that is seen without a click.
    world.frozen = true;
    let html = world.ask(check(35, ANN, 2), 35);
    assert!(
        html.contains("data-state=\"verified\"") && !html.contains("data-state=\"unfinished\""),
        "{html}"
    );
    assert!(world.log.contains(&"GET".to_owned()) && !world.log.contains(&"PATCH".to_owned()));
    // What has not arrived after ten minutes never will: then nothing was written.
    world.frozen = false;
    let key = format!("journal:{}:{}", session().org_id, Id::parse(USER).unwrap());
    world.local[&key][0]["apply"]["progress"] = json!([{ "Already": { "id": null } }, "Writing"]);
    world.local[&key][0]["apply"]["unsettled"] = json!([[1, world.now]]);
    world.now += 599;
    world.ask(check(35, ANN, 3), 35);
    assert_eq!(world.journal()[0]["apply"]["progress"][1], "Writing");
    world.now += 1;
    let html = world.ask(check(35, ANN, 4), 35);
    assert!(html.contains("data-state=\"nothing\""), "{html}");
    assert_eq!(world.journal()[0]["apply"]["progress"][1], "Planned");
}

#[test]
fn what_was_perhaps_written_is_read_before_anything_else_of_the_record_is() {
    let mut world = World::new(true);
    let plan = panel(36);
    world.ask(fix(36, &plan), 36);
    let token = world.token(36);
    world.late = true;
    world.ask(apply(36, &token), 36);
    world.late = false;
    let entry = world.journal()[0]["id"].as_str().unwrap().to_owned();
    world.now += 5;
    panel(36);
    let undo = page(36, &json!({ "command": "Undo", "number": 1, "entry": entry })).unwrap();
    world.ask(undo, 36);
    let token = world.token(36);
    // It has arrived meanwhile: the undo finds it, and takes it back.
    world.frozen = true;
    let html = world.ask(apply(36, &token), 36);
    let first: Vec<&str> = world.log.iter().map(String::as_str).take(4).collect();
    assert_eq!(first, ["write", "find", "GET", "journal"], "{:?}", world.log);
    assert!(!world.frozen && html.contains("data-state=\"undone\""), "{html}");
}

#[test]
fn the_history_shows_every_org_and_clears_only_what_is_settled() {
    use crate::view::{csv, history};
    let mut world = World::new(true);
    let plan = panel(35);
    world.ask(fix(35, &plan), 35);
    let token = world.token(35);
    world.ask(apply(35, &token), 35);
    let html = history::page(&History::new(&world.local), false).into_string();
    for part in [
        "a@b.example",
        "Freeze Ann",
        "acme.my.salesforce.com",
        "Done and verified",
        "Frozen",
        "data-preview=\"Undo\"",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let file = csv::csv(&History::new(&world.local));
    let lines: Vec<&str> = file.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 2, "the names of the columns, and the one field that was changed: {file}");
    assert!(lines[0].contains(r#""Field","Before","After""#), "{file}");
    assert!(lines[1].contains(r#""IsFrozen","false","true""#), "{file}");
    assert_eq!(csv::csv(&History::default()).trim_end().split("\r\n").count(), 1);
    let keys = journals::keys(&world.local);
    assert_eq!(keys.len(), 1);
    let left = |local: &Value| {
        let mut journal = keys[0].journal(local);
        journal.clear();
        journal
    };
    assert!(left(&world.local).is_empty());
    world.local[&keys[0].key][0]["apply"]["progress"] = json!([{ "Already": { "id": null } }, "Writing"]);
    let history = Some(History::new(&world.local));
    let popup = view::popup::popup(&view::popup::Popup { history, ..Default::default() }).into_string();
    assert!(
        popup.contains("Unfinished: 0 of 1 done") && popup.contains("data-command=\"OpenEntry\""),
        "{popup}"
    );
    assert!(left(&world.local).text().contains("Writing"));
    assert!(history::page(&History::default(), false).into_string().contains("No changes yet"));
    assert_eq!(keys[0].needed()[1], format!("host:{}", session().org_id));
    let html = history::unread("It could not be read.").into_string();
    assert!(html.contains("could not be read") && html.contains("Try again"), "{html}");
}
