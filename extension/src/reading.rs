//! One ask of a surface, from what the browser says to what is drawn: a machine without a browser, given each answer and
//! asked what is next.
//!
//! It never waits, and never relies on living longer than one ask: the browser may stop the worker at any moment, and
//! what it then no longer knows is read again.

use crate::editing;
use crate::fixing::{At, Came, FRESH, Open, Stage, Turn, plans};
use crate::storage::{Area, Found, Remembered};
use crate::view::{self, Desk, Screen};
use crate::wire;
use leastwise_core::collect::Collector;
use leastwise_core::execute::Preview;
use leastwise_core::plan::Plan;
use leastwise_core::protocol::{Ask, Corner, Sender, Surface};
use leastwise_core::report::{Report, Viewer};
use leastwise_core::salesforce::http::{Request, Response};
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::json::{Value, quoted};
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use maud::Markup;
use std::cell::RefCell;
use std::rc::Rc;

/// The number of the one request that is not the core’s: who is signed in.
const WHO: u32 = u32::MAX;

/// Tells a page to ask anew what there is to show: what was read for it is lost.
pub(crate) const CHECK: &str = r#"{"check":true}"#;

/// Tabs whose report is kept.
const TABS: usize = 20;

/// What the browser is to do, at once and in this order; nobody waits for what comes of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Send this (JSON) to the page in the tab.
    Tell(i32, String),
    /// Send this (JSON) to a frame of the tab.
    TellFrame(i32, i32, String),
    /// Send this (JSON) to every frame of the tab.
    TellFrames(i32, &'static str),
    /// Keep this (JSON) under a key, or forget what is kept there.
    Write(Area, String, Option<String>),
    /// Show the window where what the tab's page asked for is approved.
    ShowApproval(i32),
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

/// An ask, who sent it, and the tab that it is about: none as long as the browser has to be asked for it.
#[derive(Debug)]
pub(crate) struct Asked {
    ask: Ask,
    /// The tab; that of a page of the extension is yet to be found.
    pub(crate) tab: Option<Tab>,
    /// The number of that tab, where it is not the one in front.
    pub(crate) of: Option<i32>,
    surface: Surface,
    /// The frame that it comes from, and its document.
    frame: i32,
    url: String,
}

impl Asked {
    /// Reads `message` and its `sender` (both JSON, the latter the browser's own word); `None` when this sender may not
    /// ask this. `id` and `origin` are the extension's own.
    pub(crate) fn new(message: &Value, sender: &Value, id: &str, origin: &str) -> Option<Asked> {
        let ask = wire::ask(message)?;
        let (sender, mut tab) = sent(sender);
        if !sender.may(&ask, id, origin) {
            return None;
        }
        let surface = sender.surface(id, origin)?;
        if !matches!(surface, Surface::Page | Surface::Frame) {
            let of = (surface == Surface::Approval).then(|| sender.approves());
            // A window that approves and does not say for which tab is none.
            let of = match of {
                Some(None) => return None,
                of => of.flatten(),
            };
            return Some(Asked { ask, tab: None, of, surface, frame: 0, url: String::new() });
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
        Some(Asked { ask, tab: Some(tab), of: None, surface, frame: sender.frame, url: sender.url })
    }

    /// The frame that it comes from.
    pub(crate) fn frame(&self) -> i32 {
        self.frame
    }

    /// The ask itself, when it is about a form; taken, for a form's description is long.
    pub(crate) fn take_edit(&mut self) -> Option<Ask> {
        let is = matches!(self.ask, Ask::Edit { .. } | Ask::Submitted);
        is.then(|| std::mem::replace(&mut self.ask, Ask::Front))
    }

    /// Whether it is about the question before a save, and what was chosen.
    pub(crate) fn save_check(&self) -> Option<Option<bool>> {
        match self.ask {
            Ask::SaveCheck { on } if self.form_page().is_some() => Some(on),
            _ => None,
        }
    }

    /// The tab, and the edit page that the browser says the form stands on.
    pub(crate) fn form_page(&self) -> Option<(i32, Page)> {
        Some((self.tab.as_ref()?.id?, Page::from_url(&self.url).filter(|page| page.editing)?))
    }

    /// The surface that it comes from.
    pub(crate) const fn surface(&self) -> Surface {
        self.surface
    }

    /// Whether it is of a page of the extension, and about a tab that shows no page of ours.
    pub(crate) fn is_nowhere(&self) -> bool {
        let page = self.tab.as_ref().filter(|tab| tab.id.is_some()).and_then(|tab| Page::from_url(&tab.url));
        matches!(self.surface, Surface::Popup | Surface::Approval) && page.is_none()
    }

    /// For the history: what is asked.
    pub(crate) fn history(&self) -> Option<&Ask> {
        (self.surface == Surface::History).then_some(&self.ask)
    }
}

/// What is known of the page in a tab: enough to draw it again without asking the org.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The ask of the page that it answers.
    pub(crate) number: u32,
    /// What was read.
    pub(crate) gather: Collector,
    /// Who was signed in.
    pub(crate) viewer: Option<Viewer>,
    /// Who was signed in before, in this org and since the browser started, when that was somebody else.
    before: Option<String>,
    /// Whether the panel is hidden, and the markers with it.
    hidden: bool,
}

/// What a reading and the asks in the middle of it share; never borrowed over a wait.
type Shared = Rc<RefCell<Kept>>;

thread_local! {
    /// The page of each tab. Lost with the worker: then it is read again, when somebody asks.
    static KEPT: RefCell<Vec<(i32, Shared)>> = const { RefCell::new(vec![]) };
    /// The ask that each tab waits for.
    static READING: RefCell<Vec<(i32, u32)>> = const { RefCell::new(vec![]) };
}

/// What is known of the page in a tab.
fn kept(tab: i32) -> Option<Shared> {
    KEPT.with_borrow(|all| all.iter().find(|(own, _)| *own == tab).map(|(_, kept)| kept.clone()))
}

/// What was read of the page in a tab, for a form there; none where the panel is hidden.
pub(crate) fn with_gather<T>(tab: i32, look: impl FnOnce(&mut Collector) -> Option<T>) -> Option<T> {
    let kept = kept(tab)?;
    let mut kept = kept.borrow_mut();
    if kept.hidden { None } else { look(&mut kept.gather) }
}

/// Whether the page of a tab is being read, or not wanted.
pub(crate) fn is_settled(tab: i32) -> bool {
    READING.with_borrow(|all| all.iter().any(|(own, _)| *own == tab))
        || kept(tab).is_some_and(|kept| kept.borrow().hidden)
}

/// The ask that the panel of a tab answers.
pub(crate) fn number_of(tab: i32) -> Option<u32> {
    kept(tab).map(|kept| kept.borrow().number)
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
pub(crate) fn draw(
    number: u32,
    html: &Markup,
    status: &str,
    css: &str,
    corner: Corner,
    pending: bool,
) -> String {
    let [html, status, css] = [&*view::names::screen(&html.0), &*view::names::plain(status), css].map(quoted);
    let corner = wire::corner_text(corner);
    format!(
        r#"{{"number":{number},"html":{html},"status":{status},"css":{css},"corner":"{corner}","pending":{pending}}}"#
    )
}

/// An ask about a page, its org and session, and what is remembered of it.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) ask: Ask,
    pub(crate) surface: Surface,
    pub(crate) tab: i32,
    pub(crate) page: Page,
    css: String,
    pub(crate) bound: Option<Bound>,
    pub(crate) remembered: Remembered,
    pub(crate) kept: Option<Shared>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) now: Timestamp,
    /// What nobody can guess.
    pub(crate) random: String,
    /// Of an ask about a plan: where it stands, what is read for it, and what stood in its form controls.
    pub(crate) at: At,
    pub(crate) preview: Option<Preview>,
    pub(crate) fields: Vec<(String, String)>,
    /// A plan that is asked for with what depends on it.
    pub(crate) wider: Option<Plan>,
    /// Whether the journal was read from disk since it was written last.
    pub(crate) is_journal_fresh: bool,
    /// Whether it is this ask that reads the page, not another in the middle of it.
    reads: bool,
    /// Where the reading of what earlier plans left open stands.
    pub(crate) open: Open,
    /// Whether what is waited for is for a plan.
    is_fixing: bool,
    /// Whether it could not be read who is signed in.
    is_nobody: bool,
}

impl Reading {
    /// A reading for what `asked` of the page in its tab, drawn with the style sheet `css`.
    ///
    /// # Errors
    /// What to answer at once, where the tab shows no page of ours; and what to tell that tab.
    pub(crate) fn new(asked: Asked, css: String) -> Result<Box<Reading>, (String, Option<Effect>)> {
        let Asked { ask, tab, surface, .. } = asked;
        let tab = tab.unwrap_or_default();
        if let (Some(tab), Some(page)) = (tab.id, Page::from_url(&tab.url)) {
            return Ok(Box::new(Reading {
                ask,
                surface,
                tab,
                page,
                css,
                bound: None,
                remembered: Remembered::default(),
                kept: None,
                effects: vec![],
                now: Timestamp(0),
                random: String::new(),
                at: At::Nowhere,
                preview: None,
                fields: vec![],
                wider: None,
                is_journal_fresh: false,
                reads: false,
                open: Open::Nothing,
                is_fixing: false,
                is_nobody: false,
            }));
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
        let session = self.bound.as_ref().map_or("", |bound| &bound.hash);
        Remembered::keys(&self.org(), &self.page, session, self.tab)
    }

    /// The org's id; one where nobody is signed in goes by its host's name.
    fn org(&self) -> String {
        let id = self.bound.as_ref().map(|bound| bound.org_id.as_str());
        id.unwrap_or(&self.page.api_host).to_owned()
    }

    /// Whether a plan is asked about: what the company that runs the browser allows has to be known. A page's first drawing
    /// does not wait for that: after a start the browser answers it seconds late.
    pub(crate) const fn is_about_a_plan(&self) -> bool {
        !matches!(self.ask, Ask::Check { .. } | Ask::Retry { .. } | Ask::Place { .. } | Ask::Close { .. })
    }

    /// What was to be kept under these keys could not be: it is said.
    pub(crate) fn lost(&mut self, keys: &[String]) {
        if keys.is_empty() {
            return;
        }
        let (offers, others): (Vec<&String>, Vec<_>) =
            keys.iter().partition(|key| self.remembered.is_offer(key));
        if !offers.is_empty() {
            self.withdraw("The browser has no room left to keep this preview, so it can’t be approved. Nothing was changed. Restart the browser, then try again.");
        }
        self.remembered.unsaved |= !others.is_empty();
        self.show();
    }

    /// Takes what was found under `keys`, and begins. `random` is what nobody can guess.
    pub(crate) fn begin(&mut self, keys: Vec<String>, found: Found<'_>, random: String, now: Timestamp) {
        (self.random, self.now) = (random, now);
        self.remembered = Remembered::new(keys, &self.org(), &self.page, found);
        self.effects.extend(self.remembered.outdated());
        let shown = kept(self.tab).filter(|kept| *kept.borrow().gather.page() == self.page);
        let own = shown.as_ref().map(|kept| (kept.borrow().number, kept.borrow().gather.has_first()));
        // A new worker still knows which ask of its page the preview goes with.
        let offered = || self.remembered.offer.as_ref().map(|offer| (offer.number, false));
        let (own, has_first) = own.or_else(offered).unwrap_or_default();
        let number = match self.ask {
            Ask::Check { number, .. } if self.is_late(number) => return,
            _ if self.surface != Surface::Page => own,
            Ask::Check { number, .. }
            | Ask::Retry { number }
            | Ask::Say { number, .. }
            | Ask::Fix { number, .. }
            | Ask::Undo { number, .. }
            | Ask::Continue { number, .. }
            | Ask::Verify { number, .. }
            | Ask::Apply { number, .. }
            | Ask::Allow { number, .. }
            | Ask::Forbid { number }
            | Ask::ShowApproval { number }
            | Ask::Leave { number } => number,
            _ => 0,
        };
        match self.ask {
            // Answered before, by `editing`.
            Ask::Edit { .. } | Ask::Submitted | Ask::SaveCheck { .. } => {}
            Ask::ShowApproval { .. } => {
                // Lost with the worker: it is drawn from what was kept of it.
                self.take_up_offer();
                match self.stage() {
                    Some(Stage::Offered) => self.effects.push(Effect::ShowApproval(self.tab)),
                    _ if shown.is_none() => self.start(number, true),
                    _ => {}
                }
            }
            Ask::Place { corner } => self.effects.push(self.remembered.place(corner)),
            Ask::Close { .. } => {
                self.effects.push(self.remembered.close(true));
                if let Some(kept) = shown {
                    kept.borrow_mut().hidden = true;
                }
                self.effects.push(editing::hide(self.tab));
            }
            Ask::Check { .. } => {
                self.drop_work();
                self.start(number, false);
            }
            Ask::Retry { .. } => {
                self.drop_work();
                if self.surface == Surface::Popup {
                    // Asked for in the popup, it is wanted on the page too.
                    self.effects.push(self.remembered.close(false));
                }
                self.start(number, true);
            }
            Ask::Say { word, .. } => {
                self.effects.push(self.remembered.say(word));
                match shown.filter(|_| own == number && has_first) {
                    Some(kept) => {
                        kept.borrow_mut().gather.say(word);
                        self.kept = Some(kept);
                        self.show();
                    }
                    None => self.start(number, true),
                }
            }
            Ask::Front => {
                self.take_up_offer();
                match shown.filter(|_| has_first || !self.is_late(number)) {
                    Some(kept) => self.kept = Some(kept),
                    // Nothing waits for a word, and the page's panel may still say so: it is to ask anew.
                    None if self.surface == Surface::Approval && self.work().is_none() => {
                        self.effects.push(Effect::Tell(self.tab, CHECK.to_owned()));
                    }
                    None => self.start(number, true),
                }
            }
            _ => {
                let old = now.0 - FRESH;
                self.kept = shown.filter(|kept| own == number && kept.borrow().gather.facts().now.0 > old);
                self.begin_fix();
                // What is carried out waits for no reading.
                if self.kept.is_some() { self.show() } else { self.start(number, true) }
            }
        }
    }

    /// Reads what the page needs. A page whose panel was closed is read only when it is `wanted`.
    fn start(&mut self, number: u32, wanted: bool) {
        if self.work().is_none() {
            self.drop_work();
        }
        let Remembered { viewer, labels, word, .. } = &self.remembered;
        let gather = Collector::new(&self.page, self.now, labels.clone(), *word);
        let before = self.remembered.before().map(str::to_owned);
        let hidden = !wanted && self.remembered.is_closed();
        let kept = Rc::new(RefCell::new(Kept { number, gather, viewer: viewer.clone(), before, hidden }));
        KEPT.with_borrow_mut(|all| {
            all.retain(|(tab, _)| *tab != self.tab);
            all.push((self.tab, kept.clone()));
            let from = all.len().saturating_sub(TABS);
            all.drain(..from);
        });
        self.kept = Some(kept);
        self.reads = true;
        if hidden {
            expect(self.tab, None);
            self.kept = None;
            return;
        }
        expect(self.tab, Some(number));
        self.show();
    }

    /// Reads the page again where the tab still shows it.
    pub(crate) fn again(&mut self) {
        let shown = kept(self.tab)
            .filter(|kept| *kept.borrow().gather.page() == self.page)
            .map(|kept| kept.borrow().number);
        match shown {
            Some(number) => self.start(number, true),
            None => self.kept = None,
        }
    }

    /// One turn after another: what is carried out, then what is wrong, who is signed in, and what is previewed.
    pub(crate) fn next(&mut self) -> Option<Turn> {
        self.is_fixing = true;
        if self.is_opening()
            && let Some(turn) = self.next_open()
        {
            return Some(turn);
        }
        if self.is_applying()
            && let Some(turn) = self.next_fix()
        {
            return Some(turn);
        }
        let mut kept = self.kept.as_ref()?.borrow_mut();
        let mut request = if self.reads { kept.gather.next() } else { None };
        if self.reads
            && request.is_none()
            && kept.viewer.is_none()
            && kept.gather.refusal().is_none()
            && !self.is_nobody
        {
            let path = "/services/oauth2/userinfo".to_owned();
            request = Some(Request { id: WHO, method: "GET".to_owned(), path, body: None });
        }
        drop(kept);
        if let Some(request) = request {
            self.is_fixing = false;
            return Some(Turn::Send(request));
        }
        if self.reads {
            expect(self.tab, None);
            if self.begin_open()
                && let Some(turn) = self.next_open()
            {
                return Some(turn);
            }
        }
        self.next_fix()
    }

    /// Takes what came of a turn.
    pub(crate) fn took(&mut self, came: Came, now: Timestamp) {
        self.now = now;
        let response = match came {
            Came::Answer(response) if !self.is_fixing => response,
            came if self.is_opening() => return self.took_open(came),
            came => return self.took_fix(came),
        };
        let Some(kept) = self.kept.clone() else { return };
        if self.is_late(kept.borrow().number) {
            (self.kept, self.at) = (None, At::Nowhere);
            return;
        }
        if response.id != WHO {
            kept.borrow_mut().gather.feed(response);
        } else {
            self.is_nobody = self.saw(&mut kept.borrow_mut(), response).is_none();
        }
        if kept.borrow().gather.has_first() {
            self.show();
        }
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

    /// What a page of the extension draws. A Salesforce page is answered with nothing: it is told, and never what approves.
    pub(crate) fn answer(&self) -> String {
        match (&self.kept, self.surface) {
            (Some(kept), Surface::Popup | Surface::Approval) => {
                let more = !self.is_late(kept.borrow().number);
                self.drawn(self.surface, more)
            }
            // Nothing waits there: the window is closed by its own script.
            (None, Surface::Approval) => {
                draw(0, &Markup::default(), "", &self.css, self.remembered.corner, false)
            }
            _ => String::new(),
        }
    }

    pub(crate) fn show(&mut self) {
        if let Some(kept) = &self.kept {
            self.effects.extend(editing::refresh(self.tab, &mut kept.borrow_mut().gather));
            self.effects.push(Effect::Tell(self.tab, self.drawn(Surface::Page, true)));
        }
    }

    /// What is known, on a surface; `more` says whether what is pending is on its way.
    fn drawn(&self, surface: Surface, more: bool) -> String {
        let Some(kept) = &self.kept else { return String::new() };
        let kept = kept.borrow();
        let report = Report::new(&kept.gather);
        let (edit, saved) = (
            editing::of(self.tab, &self.page),
            editing::saved(self.remembered.expected.as_ref(), &kept.gather),
        );
        let edit = edit.as_ref().map(|edit| edit.borrow());
        let (plans, emergency) = plans(&kept, &report);
        let work = self.work();
        let work = work.as_ref().map(|work| work.borrow());
        let is_running =
            work.as_ref().is_some_and(|work| matches!(work.stage, Stage::Reading | Stage::Running));
        let desk = Desk {
            plans: &plans,
            emergency: &emergency,
            journal: &self.remembered.journal,
            work: work.as_deref(),
            surface,
            read_only: self.remembered.read_only(),
            allowed: self.remembered.allowed,
            org: &self.remembered.org_name,
            host: &self.page.api_host,
            sandbox: self.remembered.sandbox,
            unread: self.remembered.unread,
            unsaved: self.remembered.unsaved,
        };
        let screen = Screen {
            report: &report,
            edit: edit.as_deref(),
            saved: saved.as_ref(),
            is_reading: !kept.gather.has_first(),
            viewer: kept.viewer.as_ref(),
            before: kept.before.as_deref(),
            closed: self.remembered.is_closed(),
            desk,
        };
        let html = match surface {
            Surface::Popup => view::popup(&screen),
            Surface::Approval => view::approval(&screen),
            _ => view::panel(&screen),
        };
        let (corner, pending) = (self.remembered.corner, is_running || report.pending && more);
        draw(kept.number, &html, &view::status(&screen), &self.css, corner, pending)
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
