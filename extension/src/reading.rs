//! One ask of a surface, from what the browser says to what is drawn: a machine without a browser, given each answer and
//! asked what is next.
//!
//! It never waits, and never relies on living longer than one ask: the browser may stop the worker at any moment, and
//! what it then no longer knows is read again.

use crate::storage::{Area, Remembered};
use crate::view::{self, Screen};
use crate::wire;
use leastwise_core::gather::Gather;
use leastwise_core::id::Id;
use leastwise_core::json::{Value, quoted};
use leastwise_core::message::{Ask, Corner, Sender, Surface};
use leastwise_core::page::Page;
use leastwise_core::report::{Report, Viewer};
use leastwise_core::request::{Request, Response};
use leastwise_core::time::Timestamp;
use maud::Markup;
use std::cell::RefCell;
use std::rc::Rc;

/// The number of the one request that is not the core’s: who is signed in.
const WHO: u32 = u32::MAX;

/// Tabs whose report is kept.
const TABS: usize = 20;

/// What the browser is to do, at once and in this order; nobody waits for what comes of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Send this (JSON) to the page in the tab.
    Tell(i32, String),
    /// Keep this (JSON) under a key, or forget what is kept there.
    Write(Area, String, Option<String>),
}

/// Whose session it is, without the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    /// The org that the session id names.
    pub(crate) org_id: Id,
    /// The SHA-256 of the session id: tells that it is another, not what it is.
    pub(crate) hash: String,
}

/// A tab of the browser.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tab {
    /// Its number; none for a devtools window and the like.
    pub(crate) id: Option<i32>,
    /// Its address, where the extension may know it.
    pub(crate) url: String,
    /// Firefox: the container whose cookies it uses.
    pub(crate) cookie_store: Option<String>,
}

impl Tab {
    /// As the browser writes it (`tabs.Tab`).
    pub(crate) fn from_json(tab: &Value) -> Tab {
        let store = tab.get("cookieStoreId").and_then(Value::as_str);
        Tab { id: number(tab, "id"), url: text(tab, "url"), cookie_store: store.map(str::to_owned) }
    }
}

fn text(object: &Value, key: &str) -> String {
    object.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn number(object: &Value, key: &str) -> Option<i32> {
    i32::try_from(object.get(key)?.as_i64()?).ok()
}

/// What the browser says of a message's sender (`runtime.MessageSender`), and the tab it comes from.
fn sent(sender: &Value) -> (Sender, Tab) {
    let tab = sender.get("tab").map(Tab::from_json).unwrap_or_default();
    let frame = number(sender, "frameId").unwrap_or(0);
    (
        Sender {
            id: text(sender, "id"),
            url: text(sender, "url"),
            tab: tab.id,
            tab_url: tab.url.clone(),
            frame,
        },
        tab,
    )
}

/// An ask, who sent it, and the tab that it is about: none when that is the one in front of the popup.
#[derive(Debug)]
pub(crate) struct Asked {
    ask: Ask,
    /// The tab; the popup's is yet to be found.
    pub(crate) tab: Option<Tab>,
    is_popup: bool,
}

impl Asked {
    /// Reads `message` and its `sender` (both JSON, the latter the browser's own word); `None` when this sender may not
    /// ask this. `id` and `origin` are the extension's own.
    pub(crate) fn new(message: &str, sender: &str, id: &str, origin: &str) -> Option<Asked> {
        let ask = wire::ask(&Value::parse(message)?)?;
        let (sender, mut tab) = sent(&Value::parse(sender)?);
        if !sender.may(&ask, id, origin) {
            return None;
        }
        if sender.surface(id, origin)? == Surface::Popup {
            return Some(Asked { ask, tab: None, is_popup: true });
        }
        if let Ask::Check { url, number } = &ask {
            // A page may name its own address (that of its document does not change with in-page navigation), but of
            // no other host than the browser says it is from.
            if host(url) != host(&sender.url) {
                return None;
            }
            tab.url.clone_from(url);
            // At once, before anything is waited for: what an earlier page of this tab still waits for is late now.
            expect(tab.id?, Some(*number));
        }
        Some(Asked { ask, tab: Some(tab), is_popup: false })
    }
}

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

/// What a reading and the asks in the middle of it share; never borrowed over a wait.
type Shared = Rc<RefCell<Kept>>;

thread_local! {
    /// The page of each tab. Lost with the worker: then it is read again, when somebody asks.
    static KEPT: RefCell<Vec<(i32, Shared)>> = const { RefCell::new(vec![]) };
    /// The ask that each tab waits for.
    static READING: RefCell<Vec<(i32, u32)>> = const { RefCell::new(vec![]) };
}

/// From now on a tab waits for the answer to `number`, or for none.
fn expect(tab: i32, number: Option<u32>) {
    READING.with_borrow_mut(|all| {
        all.retain(|(other, _)| *other != tab);
        all.extend(number.map(|number| (tab, number)));
    });
}

/// What a surface is to draw: the ask that it answers, the markup (none when there is nothing to show), what a screen
/// reader is told, the style sheet, where it stands, and whether more is coming.
fn draw(number: u32, html: &Markup, status: &str, css: &str, corner: Corner, pending: bool) -> String {
    let [html, status, css] = [&html.0, status, css].map(quoted);
    let corner = wire::corner_text(corner);
    format!(
        r#"{{"number":{number},"html":{html},"status":{status},"css":{css},"corner":"{corner}","pending":{pending}}}"#
    )
}

/// An ask about a page, its org and session, and what is remembered of it.
#[derive(Debug)]
pub(crate) struct Reading {
    ask: Ask,
    is_popup: bool,
    tab: i32,
    page: Page,
    css: String,
    bound: Option<Bound>,
    remembered: Remembered,
    kept: Option<Shared>,
    effects: Vec<Effect>,
}

impl Reading {
    /// A reading for what `asked` of the page in its tab, drawn with the style sheet `css`.
    ///
    /// # Errors
    /// What to answer at once, where the tab shows no page of ours; and what to tell that tab.
    pub(crate) fn new(asked: Asked, css: String) -> Result<Box<Reading>, (String, Option<Effect>)> {
        let Asked { ask, tab, is_popup } = asked;
        let tab = tab.unwrap_or_default();
        if let (Some(tab), Some(page)) = (tab.id, Page::from_url(&tab.url)) {
            let remembered = Remembered::default();
            let (bound, kept, effects) = (None, None, vec![]);
            return Ok(Box::new(Reading { ask, is_popup, tab, page, css, bound, remembered, kept, effects }));
        }
        if is_popup {
            return Err((draw(0, &view::no_page(), "", &css, Corner::default(), false), None));
        }
        let nothing = match (tab.id, ask) {
            (Some(tab), Ask::Check { number, .. }) => {
                let nothing = draw(number, &Markup::default(), "", &css, Corner::default(), false);
                Some(Effect::Tell(tab, nothing))
            }
            _ => None,
        };
        Err((String::new(), nothing))
    }

    /// The page that it is about.
    pub(crate) fn page(&self) -> &Page {
        &self.page
    }

    /// Whose session it is read with.
    pub(crate) fn bound(&self) -> Option<&Bound> {
        self.bound.as_ref()
    }

    /// Binds it to a session, or to none; says under which keys what is remembered has to be looked up, in both areas.
    pub(crate) fn bind(&mut self, bound: Option<Bound>) -> Vec<String> {
        self.bound = bound;
        // An org where nobody is signed in goes by its host's name.
        let (org, session) = match &self.bound {
            Some(bound) => (bound.org_id.as_str(), bound.hash.as_str()),
            None => (self.page.api_host.as_str(), ""),
        };
        Remembered::keys(org, self.page.id.as_str(), session)
    }

    /// Takes what was found under `keys`, and begins: the first request, if there is one.
    pub(crate) fn begin(
        &mut self,
        keys: Vec<String>,
        local: &Value,
        session: &Value,
        now: Timestamp,
    ) -> Option<Request> {
        self.remembered = Remembered::new(keys, &self.page.id, local, session);
        let shown = KEPT
            .with_borrow(|all| all.iter().find(|(tab, _)| *tab == self.tab).map(|(_, kept)| kept.clone()));
        let shown = shown.filter(|kept| *kept.borrow().gather.page() == self.page);
        let (own, has_first) = shown
            .as_ref()
            .map_or((0, false), |kept| (kept.borrow().number, kept.borrow().gather.has_first()));
        let number = match self.ask {
            Ask::Check { number, .. } if self.is_late(number) => return None,
            _ if self.is_popup => own,
            Ask::Check { number, .. } | Ask::Retry { number } | Ask::Say { number, .. } => number,
            _ => 0,
        };
        match self.ask {
            Ask::Place { corner } => {
                self.effects.push(self.remembered.place(corner));
                None
            }
            Ask::Close { .. } => {
                self.effects.push(self.remembered.close(true));
                None
            }
            Ask::Check { .. } => self.start(number, false, now),
            Ask::Retry { .. } => {
                if self.is_popup {
                    // Asked for in the popup, it is wanted on the page too.
                    self.effects.push(self.remembered.close(false));
                }
                self.start(number, true, now)
            }
            Ask::Say { word, .. } => {
                self.effects.push(self.remembered.say(word));
                match shown.filter(|_| own == number && has_first) {
                    Some(kept) => {
                        kept.borrow_mut().gather.say(word);
                        self.kept = Some(kept);
                        self.show();
                        None
                    }
                    None => self.start(number, true, now),
                }
            }
            Ask::Front => match shown.filter(|_| has_first || !self.is_late(number)) {
                Some(kept) => {
                    self.kept = Some(kept);
                    None
                }
                None => self.start(number, true, now),
            },
        }
    }

    /// Reads what the page needs. A page whose panel was closed is read only when it is `wanted`.
    fn start(&mut self, number: u32, wanted: bool, now: Timestamp) -> Option<Request> {
        let Remembered { viewer, labels, word, .. } = &self.remembered;
        let gather = Gather::new(&self.page, now, labels.clone(), *word);
        let before = self.remembered.before().map(str::to_owned);
        let kept = Rc::new(RefCell::new(Kept { number, gather, viewer: viewer.clone(), before }));
        KEPT.with_borrow_mut(|all| {
            all.retain(|(tab, _)| *tab != self.tab);
            all.push((self.tab, kept.clone()));
            let from = all.len().saturating_sub(TABS);
            all.drain(..from);
        });
        self.kept = Some(kept);
        if !wanted && self.remembered.is_closed() {
            expect(self.tab, None);
            return None;
        }
        expect(self.tab, Some(number));
        self.show();
        self.next()
    }

    /// One request after another; who is signed in comes after what is wrong.
    fn next(&mut self) -> Option<Request> {
        let mut kept = self.kept.as_ref()?.borrow_mut();
        let request = kept.gather.next();
        if request.is_none() && kept.viewer.is_none() && kept.gather.refusal().is_none() {
            let path = "/services/oauth2/userinfo".to_owned();
            return Some(Request { id: WHO, method: "GET".to_owned(), path, body: None });
        }
        if request.is_none() {
            expect(self.tab, None);
        }
        request
    }

    /// Takes what came of a request; the next one, if there is one.
    pub(crate) fn took(&mut self, response: Response) -> Option<Request> {
        let kept = self.kept.clone()?;
        if self.is_late(kept.borrow().number) {
            self.kept = None;
            return None;
        }
        if response.id != WHO {
            kept.borrow_mut().gather.feed(response);
        } else if self.saw(&mut kept.borrow_mut(), response).is_none() {
            expect(self.tab, None);
            return None;
        }
        if kept.borrow().gather.has_first() {
            self.show();
        }
        self.next()
    }

    /// Takes the answer to who is signed in; none when it says nothing of this org.
    fn saw(&mut self, kept: &mut Kept, response: Response) -> Option<()> {
        let userinfo = response.answer.ok()?.body;
        let viewer = Viewer::from_userinfo(&userinfo)?;
        if viewer.org_id != self.bound.as_ref()?.org_id {
            return None;
        }
        self.effects.extend(self.remembered.saw(&viewer, &userinfo, kept.gather.labels()));
        kept.before = self.remembered.before().map(str::to_owned);
        kept.viewer = Some(viewer);
        Some(())
    }

    /// What the browser is to do now.
    pub(crate) fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// What the popup draws; nothing where a page asked.
    pub(crate) fn answer(&self) -> String {
        match &self.kept {
            _ if !self.is_popup => String::new(),
            Some(kept) => {
                let more = !self.is_late(kept.borrow().number);
                self.drawn(view::popup, more)
            }
            None => draw(0, &view::no_page(), "", &self.css, Corner::default(), false),
        }
    }

    fn show(&mut self) {
        self.effects.push(Effect::Tell(self.tab, self.drawn(view::panel, true)));
    }

    /// What is known, on a surface; `more` says whether what is pending is on its way.
    fn drawn(&self, surface: fn(&Screen<'_>) -> Markup, more: bool) -> String {
        let Some(kept) = &self.kept else { return String::new() };
        let kept = kept.borrow();
        let report = Report::new(&kept.gather);
        let screen = Screen {
            report: &report,
            is_reading: !kept.gather.has_first(),
            viewer: kept.viewer.as_ref(),
            before: kept.before.as_deref(),
            closed: self.remembered.is_closed(),
        };
        let (corner, pending) = (self.remembered.corner, report.pending && more);
        draw(kept.number, &surface(&screen), &view::status(&screen), &self.css, corner, pending)
    }

    /// Whether the tab does not wait for the answer to `number`: its page has moved on.
    fn is_late(&self, number: u32) -> bool {
        READING.with_borrow(|all| !all.contains(&(self.tab, number)))
    }
}

/// The host (with its port) of an address.
fn host(url: &str) -> Option<&str> {
    url.strip_prefix("https://")?.split_once('/').map(|(host, _)| host)
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;
