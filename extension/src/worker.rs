//! What the worker does with each ask: it reads the org, runs the core, and answers with markup.
//!
//! It never relies on living longer than one ask: the browser may stop it at any moment, and what it then no longer
//! knows is read again. It never believes a page about who it is.

use crate::browser::{self, Tab};
use crate::salesforce::{Bound, Changed, Org};
use crate::storage;
use crate::view::{self, Screen};
use crate::wire;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use leastwise_core::classification::Word;
use leastwise_core::gather::Gather;
use leastwise_core::json::Value;
use leastwise_core::message::{Ask, Corner, Surface};
use leastwise_core::page::Page;
use leastwise_core::report::{Report, Viewer};
use leastwise_core::request::{Failure, Request, Response};
use serde::Serialize;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// What a surface is to draw.
#[derive(Debug, Serialize)]
struct Draw<'a> {
    /// The ask that it answers.
    number: u32,
    /// The markup; empty when there is nothing to show.
    html: String,
    /// Its style sheet.
    css: &'a str,
    /// What a screen reader is told.
    status: String,
    /// Where it stands.
    corner: Corner,
    /// Whether more is coming.
    pending: bool,
}

/// The number of the one request that is not the core’s: who is signed in.
const WHO: u32 = u32::MAX;

/// What is known of the page in a tab: enough to draw it again without asking the org.
#[derive(Debug)]
struct Kept {
    /// The ask of the page that it answers.
    number: u32,
    /// What was read.
    gather: Gather,
    /// Who was signed in.
    viewer: Option<Viewer>,
    /// Who was signed in before, in this org and since the browser started, when that was somebody else.
    before: Option<String>,
}

/// What a reading and the asks in the middle of it share; never borrowed over an `await`.
type Shared = Rc<RefCell<Kept>>;

/// Tabs whose report is kept.
const TABS: usize = 20;

thread_local! {
    /// The page of each tab. Lost with the worker: then it is read again, when somebody asks.
    static KEPT: RefCell<Vec<(i32, Shared)>> = const { RefCell::new(vec![]) };
    /// The ask that each tab waits for.
    static READING: RefCell<Vec<(i32, u32)>> = const { RefCell::new(vec![]) };
}

/// Answers a message (JSON) of one of the extension's surfaces; `css` is the style sheet of the panel.
///
/// # Errors
/// When the browser refuses something that cannot be done without. The surface is then told nothing.
#[wasm_bindgen]
#[expect(unreachable_pub, reason = "wasm-bindgen exports what is pub")]
pub async fn answer(message: String, sender: JsValue, css: String) -> Result<JsValue, JsValue> {
    let ask = Value::parse(&message).and_then(|message| wire::ask(&message));
    let (Some(ask), Some((sender, tab))) = (ask, browser::sender(&sender)) else { return Ok(JsValue::FALSE) };
    let (id, origin) = browser::own()?;
    if !sender.may(&ask, &id, &origin) {
        return Ok(JsValue::FALSE);
    }
    match sender.surface(&id, &origin) {
        Some(Surface::Page) => {
            from_page(ask, &tab, &sender.url, &css).await;
            Ok(JsValue::TRUE)
        }
        Some(Surface::Popup) => browser::to_js(&from_popup(ask, &css).await),
        None => Ok(JsValue::FALSE),
    }
}

async fn from_page(ask: Ask, tab: &Tab, document: &str, css: &str) {
    let Some(at) = Place::new(tab, css) else { return };
    match ask {
        // A page may name its own address (that of its document does not change with in-page navigation), but of no
        // other host than the browser says it is from.
        Ask::Check { url, number } => {
            if origin(&url) == origin(document) {
                check(&Place { url, ..at }, number, false).await;
            }
        }
        Ask::Retry { number } => drop(check(&at, number, true).await),
        Ask::Say { number, word } => drop(say(&at, number, word).await),
        Ask::Place { corner } => {
            if let Some((org, _)) = at.subject().await {
                storage::place(&org, corner).await;
            }
        }
        Ask::Close { .. } => {
            if let Some((org, page)) = at.subject().await {
                storage::close(&org, &page.id, true).await;
            }
        }
        Ask::Front => {}
    }
}

/// The popup's asks are about the tab in front, and answered to the popup; the page is kept in step.
async fn from_popup<'a>(ask: Ask, css: &'a str) -> Draw<'a> {
    let tab = browser::front_tab().await.unwrap_or_default();
    let Some(at) = Place::new(&tab, css) else { return Draw::nothing(css) };
    let Some((org, page)) = at.subject().await else { return Draw::nothing(css) };
    let kept = at.kept().filter(|kept| *kept.borrow().gather.page() == page);
    let number = kept.as_ref().map_or(0, |kept| kept.borrow().number);
    let is_reading = !at.is_late(number);
    let kept = match ask {
        Ask::Retry { .. } => {
            // Asked for in the popup, it is wanted on the page too.
            storage::close(&org, &page.id, false).await;
            check(&at, number, true).await
        }
        Ask::Say { word, .. } => say(&at, number, word).await,
        _ if kept.as_ref().is_some_and(|kept| is_reading || kept.borrow().gather.has_first()) => kept,
        _ => check(&at, number, true).await,
    };
    let Some(kept) = kept else { return Draw::nothing(css) };
    let closed = storage::is_closed(&org, &page.id).await;
    let kept = kept.borrow();
    let report = Report::new(&kept.gather);
    let screen = Screen { closed, ..screen(&kept, &report) };
    let (html, status) = (view::popup(&screen).into(), view::status(&screen));
    Draw { html, status, number, pending: report.pending && is_reading, ..Draw::nothing(css) }
}

/// Remembers what an admin said of whom the page shows, and draws what follows from it.
async fn say(at: &Place<'_>, number: u32, word: Option<Word>) -> Option<Shared> {
    let (org, page) = at.subject().await?;
    storage::say(&org, &page.id, word).await;
    let corner = storage::corner(&org).await;
    match at.kept().filter(|kept| kept.borrow().number == number && kept.borrow().gather.has_first()) {
        Some(kept) => {
            kept.borrow_mut().gather.say(word);
            at.show(&kept, corner);
            Some(kept)
        }
        None => check(at, number, true).await,
    }
}

/// The tab whose page a report is about, and is drawn on.
#[derive(Debug, Clone)]
struct Place<'a> {
    /// Its number.
    tab: i32,
    /// Its address.
    url: String,
    /// Firefox: the container whose cookies it uses.
    store: Option<String>,
    /// The style sheet of what is drawn.
    css: &'a str,
}

impl<'a> Place<'a> {
    fn new(tab: &Tab, css: &'a str) -> Option<Place<'a>> {
        Some(Place { tab: tab.id?, url: tab.url.clone(), store: tab.cookie_store.clone(), css })
    }

    /// The org (its id, or its host's name when nobody is signed in) and the page.
    async fn subject(&self) -> Option<(String, Page)> {
        let page = Page::from_url(&self.url)?;
        let bound = Org::new(&page, &self.url, self.store.clone()).bound().await;
        Some((key(bound.as_ref(), &page), page))
    }

    fn show(&self, kept: &Shared, corner: Corner) {
        let kept = kept.borrow();
        let report = Report::new(&kept.gather);
        let screen = screen(&kept, &report);
        let (html, status) = (view::panel(&screen).into(), view::status(&screen));
        let pending = report.pending;
        browser::tell(self.tab, &Draw { number: kept.number, html, css: self.css, status, corner, pending });
    }

    fn keep(&self, kept: &Shared) {
        KEPT.with_borrow_mut(|all| {
            all.retain(|(tab, _)| *tab != self.tab);
            all.push((self.tab, kept.clone()));
            let from = all.len().saturating_sub(TABS);
            all.drain(..from);
        });
    }

    fn kept(&self) -> Option<Shared> {
        KEPT.with_borrow(|all| all.iter().find(|(tab, _)| *tab == self.tab).map(|(_, kept)| kept.clone()))
    }

    /// From now on the tab waits for the answer to `number`, or for none.
    fn expect(&self, number: Option<u32>) {
        READING.with_borrow_mut(|all| {
            all.retain(|(tab, _)| *tab != self.tab);
            all.extend(number.map(|number| (self.tab, number)));
        });
    }

    /// Whether the tab does not wait for the answer to `number`: its page has moved on.
    fn is_late(&self, number: u32) -> bool {
        READING.with_borrow(|all| !all.contains(&(self.tab, number)))
    }
}

/// Under which name what is said of an org is kept.
fn key(bound: Option<&Bound>, page: &Page) -> String {
    bound.map_or_else(|| page.api_host.clone(), |bound| bound.org_id.to_string())
}

impl<'a> Draw<'a> {
    /// The popup, where there is no page of ours in front.
    fn nothing(css: &'a str) -> Draw<'a> {
        let (html, status) = (view::no_page().into(), String::new());
        Draw { number: 0, html, css, status, corner: Corner::default(), pending: false }
    }
}

fn screen<'a>(kept: &'a Kept, report: &'a Report) -> Screen<'a> {
    Screen {
        report,
        is_reading: !kept.gather.has_first(),
        viewer: kept.viewer.as_ref(),
        before: kept.before.as_deref(),
        closed: false,
    }
}

/// Reads what the page needs, and draws it as it comes; what was read at the end. A page whose panel was closed is
/// read only when it is `wanted`.
async fn check(at: &Place<'_>, number: u32, wanted: bool) -> Option<Shared> {
    let Some(page) = Page::from_url(&at.url) else {
        browser::tell(at.tab, &Draw { number, html: String::new(), ..Draw::nothing(at.css) });
        return None;
    };
    at.expect(Some(number));
    let org = Org::new(&page, &at.url, at.store.clone());
    // A session that becomes another one in the middle: everything is read anew, once.
    for _ in 0..2 {
        let kept = read(at, &org, &page, number, wanted).await;
        if at.is_late(number) {
            return None;
        }
        if let Ok(kept) = kept {
            at.expect(None);
            return Some(kept);
        }
    }
    at.expect(None);
    None
}

async fn read(at: &Place<'_>, org: &Org, page: &Page, number: u32, wanted: bool) -> Result<Shared, Changed> {
    let bound = org.bound().await;
    let key = key(bound.as_ref(), page);
    let viewer = match &bound {
        Some(bound) => storage::viewer(&bound.hash).await,
        None => None,
    };
    let (labels, before) = match &viewer {
        Some(viewer) => (storage::labels(viewer).await, storage::before(viewer).await),
        None => (None, None),
    };
    let said = storage::word(&key, &page.id).await;
    let corner = storage::corner(&key).await;
    let is_closed = !wanted && storage::is_closed(&key, &page.id).await;
    let knows_viewer = viewer.is_some();
    let gather = Gather::new(page, browser::now(), labels, said);
    let kept = Rc::new(RefCell::new(Kept { number, gather, viewer, before }));
    at.keep(&kept);
    if is_closed {
        return Ok(kept);
    }
    at.show(&kept, corner);

    // One request after another only where the core waits; who is signed in comes after what is wrong.
    let send = async |request: Request| match &bound {
        Some(bound) => org.send(request, bound).await,
        None => Ok(Response { id: request.id, answer: Err(Failure::NotSignedIn) }),
    };
    let mut flying = FuturesUnordered::new();
    let mut who = (!knows_viewer).then(|| Request {
        id: WHO,
        method: "GET".to_owned(),
        path: "/services/oauth2/userinfo".to_owned(),
        body: None,
    });
    loop {
        let next = || kept.borrow_mut().gather.next();
        while let Some(request) = next() {
            flying.push(send(request));
        }
        let (has_first, is_refused) = {
            let gather = &kept.borrow().gather;
            (gather.has_first(), gather.refusal().is_some())
        };
        if has_first {
            at.show(&kept, corner);
            if let Some(request) = who.take().filter(|_| !is_refused) {
                flying.push(send(request));
            }
        }
        let Some(response) = flying.next().await else { return Ok(kept) };
        let response = response?;
        if at.is_late(number) {
            return Ok(kept);
        }
        let is_who = response.id == WHO;
        if !is_who {
            kept.borrow_mut().gather.feed(response);
        } else if let (Ok(answer), Some(bound)) = (response.answer, &bound)
            && let Some(viewer) =
                Viewer::from_userinfo(&answer.body).filter(|viewer| viewer.org_id == bound.org_id)
        {
            storage::saw(&bound.hash, &viewer, &answer.body).await;
            let labels = kept.borrow().gather.labels().clone();
            storage::learn(&viewer, &labels).await;
            let before = storage::before(&viewer).await;
            let mut kept = kept.borrow_mut();
            kept.before = before;
            kept.viewer = Some(viewer);
        }
    }
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> Option<&str> {
    let host = url.strip_prefix("https://")?.find('/')?;
    url.get(..host + "https://".len())
}
