//! The page that reviews an org: what it asks the core, and what it shows. Its script sends what this says, keeps the answers,
//! and passes on clicks.
//!
//! It never writes to an org: the core's review has no writes in it.

use crate::browser::{platform, storage};
use crate::controller::viewer;
use crate::salesforce_client::{Org, SessionChanged};
use crate::session::Session;
use crate::storage::company::Company;
use crate::storage::settings::Chosen;
use crate::storage::waivers;
use crate::storage::{Area, Write, keys};
use crate::view::names;
use crate::view::review::{self, Screen};
use leastwise_core::classification::AdminAnswer;
use leastwise_core::facts::Labels;
use leastwise_core::report::Viewer;
use leastwise_core::review::result::RunBy;
use leastwise_core::review::{About, Judge, Options, Pause, Reader, Review, export};
use leastwise_core::salesforce::http::{Request, Response};
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::time::Timestamp;
use leastwise_core::waivers::Waivers;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// What happened to a reader, in order: the same events make the same review again.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Event {
    /// An answer came.
    Response(Response),
    /// It was told to go on.
    GoOn,
    /// What was under way was broken off.
    Broken,
}

/// A review that was begun: what it was begun with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Begun {
    now: Timestamp,
    options: Options,
    host: String,
    org: Id,
    user: Id,
}

#[derive(Debug)]
enum Reading {
    /// Nothing was asked yet.
    Not,
    Reading(Box<Reader>),
    Judging(Box<Judge>),
    Done,
}

struct State {
    org: Org,
    session: Option<Session>,
    viewer: Option<Viewer>,
    labels: Labels,
    company: Company,
    waivers: Waivers,
    begun: Option<Begun>,
    reading: Reading,
    review: Option<Review>,
    earlier: Option<Review>,
    is_canceled: bool,
    trouble: String,
}

/// The page.
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "wasm-bindgen exports what is pub")]
pub struct ReviewPage(Rc<RefCell<State>>);

fn bound(host: &str, store: Option<String>) -> Org {
    Org { url: format!("https://{host}/"), api_host: host.to_owned(), cookie_store: store }
}

/// Who is signed in, as the org says.
async fn read_viewer(org: &Org, session: &Session) -> Option<Viewer> {
    viewer::read(org.send(&viewer::request(), Some(session)).await.ok()?, session)
}

#[wasm_bindgen]
impl ReviewPage {
    /// The page of an org, by the host that answers its API. `store` is the container whose cookies hold (Firefox).
    pub async fn open(host: String, store: Option<String>) -> Result<ReviewPage, JsValue> {
        let host = leastwise_core::salesforce::setup_url::api_host(&host)
            .ok_or_else(|| JsValue::from_str("This is no Salesforce org."))?;
        let org = bound(&host, store);
        let session = org.session().await;
        let viewer = match &session {
            Some(session) => read_viewer(&org, session).await,
            None => None,
        };
        let managed = storage::read_all(Area::Managed).await.unwrap_or_default();
        let company = Company::new(&managed);
        let viewer = viewer.filter(|viewer| company.allows(viewer.org_id.as_str()));
        let trouble = match &session {
            Some(session) if !company.allows(session.org_id.as_str()) => {
                "Your company's policy doesn't allow Leastwise in this org.".to_owned()
            }
            _ => String::new(),
        };
        let local = storage::read_all(Area::Local).await.unwrap_or_default();
        let waivers = match &viewer {
            Some(viewer) => accepted(&local, &managed, &viewer.org_id),
            None => Waivers::default(),
        };
        let labels = match &session {
            Some(session) => labels(session).await,
            None => Labels::default(),
        };
        Ok(ReviewPage(Rc::new(RefCell::new(State {
            org,
            session,
            viewer,
            labels,
            company,
            waivers,
            begun: None,
            reading: Reading::Not,
            review: None,
            earlier: None,
            is_canceled: false,
            trouble,
        }))))
    }

    /// The org's id; empty where nobody is signed in.
    #[wasm_bindgen(getter)]
    pub fn org(&self) -> String {
        self.0.borrow().viewer.as_ref().map(|viewer| viewer.org_id.to_string()).unwrap_or_default()
    }

    /// How many days a review is kept, where a company decided that.
    #[wasm_bindgen(getter)]
    pub fn keep_days(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand days")]
        self.0.borrow().company.review_days.map(|days| days as f64)
    }

    /// Begins a review; what it was begun with, to be kept.
    pub async fn begin(&self, days: u32, scope: String) -> Option<String> {
        let (org, user, host) = {
            let state = self.0.borrow();
            let viewer = state.viewer.as_ref()?;
            (viewer.org_id.clone(), viewer.user_id.clone(), state.org.api_host.clone())
        };
        let local = storage::read_all(Area::Local).await.unwrap_or_default();
        let answers = answers(&local, &org);
        let managed = storage::read_all(Area::Managed).await.unwrap_or_default();
        let checks = Chosen::new(&local, &managed).checks;
        let scope = serde_json::from_value(scope.into()).unwrap_or_default();
        let options = Options { days, scope, answers, checks, ..Options::default() };
        let begun = Begun { now: Timestamp(platform::now()), options, host, org, user };
        let text = serde_json::to_string(&begun).ok();
        self.start(begun);
        text
    }

    /// Takes up a review that was begun by the same user of the same org; whether it is one.
    pub fn take_up(&self, begun: &str) -> bool {
        let Ok(begun) = serde_json::from_str::<Begun>(begun) else { return false };
        let is_same = self
            .0
            .borrow()
            .viewer
            .as_ref()
            .is_some_and(|viewer| viewer.org_id == begun.org && viewer.user_id == begun.user);
        if is_same {
            self.start(begun);
        }
        is_same
    }

    fn start(&self, begun: Begun) {
        let mut state = self.0.borrow_mut();
        state.reading = Reading::Reading(Box::new(Reader::new(begun.now, begun.options.clone())));
        state.begun = Some(begun);
        state.review = None;
        state.is_canceled = false;
        state.trouble.clear();
    }

    /// Replays an event that was kept.
    pub fn replay(&self, event: &str) {
        let Ok(event) = serde_json::from_str::<Event>(event) else { return };
        let mut state = self.0.borrow_mut();
        let Some(reader) = state.reader_mut() else { return };
        while reader.next().is_some() {}
        match event {
            Event::Response(response) => reader.feed(&response),
            Event::GoOn => reader.go_on(),
            Event::Broken => reader.forget_requests(),
        }
    }

    /// The next request, as text; none while enough are under way, while it stands still, and at the end.
    pub fn next(&self) -> Option<String> {
        serde_json::to_string(&self.0.borrow_mut().reader_mut()?.next()?).ok()
    }

    /// Milliseconds to wait before the next request.
    pub fn wait(&self) -> u32 {
        self.0.borrow().reader().map_or(0, Reader::wait)
    }

    /// Sends a request; the event that came of it, or nothing where the session is another one.
    pub fn send(&self, request: &str) -> js_sys::Promise {
        let (org, session) = {
            let state = self.0.borrow();
            (state.org.clone(), state.session.clone())
        };
        let request = serde_json::from_str::<Request>(request);
        future_to_promise(async move {
            let Ok(request) = request else { return Ok(JsValue::UNDEFINED) };
            match org.send(&request, session.as_ref()).await {
                Ok(response) => {
                    let text = serde_json::to_string(&Event::Response(response)).unwrap_or_default();
                    Ok(JsValue::from_str(&text))
                }
                Err(SessionChanged) => Ok(JsValue::UNDEFINED),
            }
        })
    }

    /// Takes an event.
    pub fn feed(&self, event: &str) {
        let Ok(Event::Response(response)) = serde_json::from_str::<Event>(event) else { return };
        if let Some(reader) = self.0.borrow_mut().reader_mut() {
            reader.feed(&response);
        }
    }

    /// Goes on after a pause; the event, to be kept.
    pub fn go_on(&self) -> Option<String> {
        let mut state = self.0.borrow_mut();
        state.is_canceled = false;
        state.trouble.clear();
        state.reader_mut()?.go_on();
        serde_json::to_string(&Event::GoOn).ok()
    }

    /// What was under way was broken off, by the user or by the browser; the event, to be kept.
    pub fn break_off(&self, by_user: bool) -> Option<String> {
        let mut state = self.0.borrow_mut();
        state.is_canceled = by_user;
        state.reader_mut()?.forget_requests();
        serde_json::to_string(&Event::Broken).ok()
    }

    /// The session became another one: it is bound anew where the same user signed in again. Whether it goes on.
    pub async fn bind_again(&self) -> bool {
        let org = self.0.borrow().org.clone();
        let session = org.session().await;
        let now = match &session {
            Some(session) => read_viewer(&org, session).await,
            None => None,
        };
        let mut state = self.0.borrow_mut();
        let is_same = match (&now, &state.viewer) {
            (Some(now), Some(before)) => now.org_id == before.org_id && now.user_id == before.user_id,
            (Some(_), None) => true,
            _ => false,
        };
        if is_same {
            state.session = session;
            state.viewer = now;
            state.trouble.clear();
        } else {
            state.trouble = match (&now, &state.viewer) {
                (Some(now), Some(before)) => format!(
                    "You're now logged in as {}, and this review was started by {}. Log in as {} to go on. What was read is kept.",
                    now.name, before.name, before.name
                ),
                _ => "You're not logged in to this org in this browser. Log in, then continue. What was read is kept.".to_owned(),
            };
        }
        is_same
    }

    /// Whether it stands still: nothing is asked until somebody says so.
    pub fn is_paused(&self) -> bool {
        self.0.borrow().reader().is_some_and(|reader| reader.pause().is_some())
    }

    /// Whether the org refuses everything.
    pub fn is_refused(&self) -> bool {
        self.0.borrow().reader().is_some_and(|reader| matches!(reader.pause(), Some(Pause::Refused(_))))
    }

    /// Whether everything was read that will be.
    pub fn is_read(&self) -> bool {
        match &self.0.borrow().reading {
            Reading::Reading(reader) => reader.is_complete(),
            Reading::Judging(_) | Reading::Done => true,
            Reading::Not => false,
        }
    }

    /// Judges some users; whether there are more. Called again and again, so that the page stays responsive.
    pub fn judge(&self, most: usize) -> bool {
        let mut state = self.0.borrow_mut();
        let state = &mut *state;
        match std::mem::replace(&mut state.reading, Reading::Done) {
            Reading::Reading(reader) => {
                state.reading = Reading::Judging(Box::new(Judge::new(*reader, state.about())));
                true
            }
            Reading::Judging(mut judge) => {
                if judge.step(most) {
                    state.reading = Reading::Judging(judge);
                    true
                } else {
                    state.review = Some(judge.finish());
                    false
                }
            }
            other => {
                state.reading = other;
                false
            }
        }
    }

    /// When the review was run, as ISO 8601 says it; empty while there is none.
    #[wasm_bindgen(getter)]
    pub fn taken(&self) -> String {
        self.0.borrow().review.as_ref().map(Review::moment).unwrap_or_default()
    }

    /// How many integration users the review found.
    #[wasm_bindgen(getter)]
    pub fn integrations(&self) -> usize {
        self.0.borrow().review.as_ref().map_or(0, |review| review.integrations().count())
    }

    /// The review as it is kept and handed over: `leastwise-review/1`.
    pub fn json(&self) -> Option<String> {
        serde_json::to_string(self.0.borrow().review.as_ref()?).ok()
    }

    /// The review as a file of a kind (`html`, `xlsx`, `csv`, `json`), with pseudonyms where that is asked for.
    pub fn file(&self, kind: &str, pseudonyms: bool) -> Option<Vec<u8>> {
        let state = self.0.borrow();
        if state.company.hides_exports {
            return None;
        }
        let change = |review: &Review| if pseudonyms { export::pseudonymous(review) } else { review.clone() };
        let review = change(state.review.as_ref()?);
        let earlier = state.earlier.as_ref().map(change);
        match kind {
            "html" => Some(export::html(&review, earlier.as_ref()).into_bytes()),
            "xlsx" => export::xlsx(&review).ok(),
            "csv" => export::csv(&review).ok(),
            "json" => export::json(&review).ok().map(String::into_bytes),
            _ => None,
        }
    }

    /// Shows a review that was kept; whether it could be read.
    pub fn show(&self, json: &str) -> bool {
        let Ok(review) = serde_json::from_str::<Review>(json) else { return false };
        let mut state = self.0.borrow_mut();
        state.review = Some(review);
        state.reading = Reading::Done;
        true
    }

    /// Compares with an earlier review; why not, where that cannot be.
    pub fn compare(&self, json: &str) -> Option<String> {
        let earlier = match serde_json::from_str::<Review>(json) {
            Ok(earlier) => earlier,
            Err(_) => {
                return Some(
                    "This file is no review of Leastwise, or of a version that this one can't read.".into(),
                );
            }
        };
        let mut state = self.0.borrow_mut();
        let is_other = state.review.as_ref().is_some_and(|own| own.org.id != earlier.org.id);
        if is_other {
            return Some("This review is of another org.".into());
        }
        state.earlier = Some(earlier);
        None
    }

    /// What the page shows, by what stands behind `#` in its address. `kept` are the reviews that are kept, newest first.
    pub fn html(&self, hash: &str, kept: &str, unfinished: bool) -> String {
        let state = self.0.borrow();
        let left = match &state.reading {
            Reading::Judging(judge) => Some(judge.left()),
            _ => None,
        };
        let kept: Vec<review::Kept> = serde_json::from_str(kept).unwrap_or_default();
        let drawn = review::screen(&Screen {
            host: &state.org.api_host,
            viewer: state.viewer.as_ref().map(|viewer| (viewer.name.as_str(), viewer.username.as_str())),
            reader: state.reader(),
            left,
            review: state.review.as_ref(),
            earlier: state.earlier.as_ref(),
            kept: &kept,
            unfinished,
            is_canceled: state.is_canceled,
            trouble: &state.trouble,
            hides_exports: state.company.hides_exports,
            view: hash.trim_start_matches('#'),
        });
        names::screen(&drawn.0)
    }

    /// Keeps what somebody said of a user, beside what they said on pages.
    pub async fn answer(&self, user: String, is_person: bool) -> bool {
        let (Some(user), Some(org)) =
            (Id::parse(&user), self.0.borrow().viewer.as_ref().map(|viewer| viewer.org_id.clone()))
        else {
            return false;
        };
        let said = if is_person { AdminAnswer::Person } else { AdminAnswer::Integration };
        storage::write(&Write::put(Area::Local, &keys::answer(org.as_str(), user.as_str()), &said))
            .await
            .is_ok()
    }
}

impl State {
    /// What reads, while it does.
    fn reader(&self) -> Option<&Reader> {
        match &self.reading {
            Reading::Reading(reader) => Some(reader),
            _ => None,
        }
    }

    fn reader_mut(&mut self) -> Option<&mut Reader> {
        match &mut self.reading {
            Reading::Reading(reader) => Some(reader),
            _ => None,
        }
    }

    fn about(&self) -> About {
        let viewer = self.viewer.as_ref().map(|viewer| RunBy {
            id: viewer.user_id.to_string(),
            name: viewer.name.clone(),
            username: viewer.username.clone(),
        });
        About {
            viewer: viewer.unwrap_or_default(),
            host: self.org.api_host.clone(),
            labels: self.labels.clone(),
            version: platform::version(),
            waivers: self.waivers.clone(),
        }
    }
}

/// What the org calls its permissions, where a page of it was open in this session.
async fn labels(session: &Session) -> Labels {
    let key = keys::labels(&session.hash);
    let found = storage::read(Area::Session, std::slice::from_ref(&key)).await.unwrap_or_default();
    crate::storage::read(&found, &key).ok().flatten().unwrap_or_default()
}

/// What is accepted and noted in the org. What is stored and cannot be read accepts nothing.
fn accepted(local: &serde_json::Value, managed: &serde_json::Value, org: &Id) -> Waivers {
    let stored = waivers::stored(local, org.as_str()).unwrap_or_default();
    waivers::Policy::new(managed).over(stored)
}

/// What admins said of users of the org.
fn answers(local: &serde_json::Value, org: &Id) -> BTreeMap<Id, AdminAnswer> {
    let prefix = keys::answer(org.as_str(), "");
    let all = local.as_object().into_iter().flatten();
    all.filter_map(|(key, said)| {
        let id = Id::parse(key.strip_prefix(&prefix)?).filter(|id| id.prefix() == "005")?;
        Some((id, serde_json::from_value(said.clone()).ok()?))
    })
    .collect()
}
