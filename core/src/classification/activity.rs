//! What one user's logins and tokens show: a person, software, or both.
//!
//! It never adds up different users, and it never takes a tool's name for a person: people's tools run on servers too.

use super::apps::{Client, client};
use super::{MEDIUM, Reason, STRONG, WEAK};
use crate::facts::{Flow, Known, SignIn, SignIns, Token, Tokens};
use crate::salesforce::id::Id;
use crate::salesforce::time::Timestamp;
use crate::text::{listed, times};
use std::collections::{BTreeMap, BTreeSet};

/// A token that was used in so many days is in use.
const IN_USE: i64 = 30;

/// An app that holds tokens of so many other users is one that each of them authorized for themselves.
const MANY: usize = 3;

/// What one user's rows come to. Failed logins are left out: they let nobody in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Activity {
    /// Logins by browser, single sign-on among them.
    pub(crate) browser: u64,
    /// Logins by apps that run on a person's phone.
    devices: BTreeMap<String, u64>,
    /// Logins by tools that people use, and scripts too.
    tools: BTreeMap<String, u64>,
    /// Logins by apps that a person lets act for them: add-ins, apps that many users authorized, and what signs in from
    /// where this user's browser does.
    own_apps: BTreeMap<String, u64>,
    /// Logins by other apps that somebody consented to once.
    apps: BTreeMap<String, u64>,
    /// Logins by a password or key that software holds.
    unattended: BTreeMap<String, u64>,
    /// Of those, by the client-credentials flow.
    credentials: u64,
}

/// Who holds tokens of an app, by its name in small letters.
#[derive(Debug, Default)]
pub(crate) struct Holders<'a>(BTreeMap<String, BTreeSet<&'a Id>>);

impl<'a> Holders<'a> {
    pub(crate) fn new(tokens: &'a Known<Tokens>) -> Holders<'a> {
        let mut all = Holders::default();
        for token in tokens.known().into_iter().flat_map(|tokens| &tokens.rows) {
            all.0.entry(token.app.trim().to_lowercase()).or_default().insert(&token.user_id);
        }
        all
    }

    /// Whether many others than `user` hold tokens of `app`.
    fn many(&self, app: &str, user: Option<&Id>) -> bool {
        let holders = self.0.get(&app.trim().to_lowercase());
        holders.is_some_and(|all| all.iter().filter(|holder| Some(**holder) != user).count() >= MANY)
    }
}

fn sum(logins: &BTreeMap<String, u64>) -> u64 {
    logins.values().fold(0, |sum, n| sum.saturating_add(*n))
}

/// "1 API login", "60 API logins".
pub(super) fn logins(n: u64, kind: &str) -> String {
    format!("{n}{kind} login{}", if n == 1 { "" } else { "s" })
}

/// "“Salesforce CLI”, “Workbench” and 2 more".
fn named<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let all: Vec<String> = names
        .map(|name| if name.is_empty() { "unnamed software".to_owned() } else { format!("“{name}”") })
        .collect();
    match all.get(..3) {
        Some(first) if all.len() > 3 => {
            let more = all.len() - first.len();
            listed(&[first, &[format!("{more} more")]].concat())
        }
        _ => listed(&all),
    }
}

impl Activity {
    /// The rows of one user. `is_named_so`: the user's name says that it is software; then what signs in from where its
    /// browser does is no tool of a person's, but beside them in the same building.
    pub(crate) fn new<'a>(
        rows: impl Iterator<Item = &'a SignIn>,
        holders: &Holders<'_>,
        user: Option<&Id>,
        is_named_so: bool,
    ) -> Activity {
        let rows: Vec<&SignIn> = rows.filter(|row| row.succeeded()).collect();
        let mut activity = Activity::default();
        let mut desks = BTreeSet::new();
        for row in rows.iter().filter(|row| row.flow() == Flow::Browser) {
            activity.browser = activity.browser.saturating_add(row.count);
            if !is_named_so && !row.source_ip.is_empty() {
                desks.insert(row.source_ip.as_str());
            }
        }
        for row in rows {
            let flow = row.flow();
            let name = match row.application.trim() {
                "N/A" => "",
                name => name,
            };
            // An app of the mail or spreadsheet can be told by the type alone: "Outlook Integration", "Excel Integration".
            let kind = match client(name) {
                Client::System if flow == Flow::Other => client(&row.login_type),
                kind => kind,
            };
            let list = match (flow, kind) {
                (Flow::Browser, _) | (Flow::Other, Client::System) => continue,
                (_, Client::Device) => &mut activity.devices,
                (Flow::ClientCredentials, _) => {
                    activity.credentials = activity.credentials.saturating_add(row.count);
                    &mut activity.unattended
                }
                (_, Client::Tool) => &mut activity.tools,
                (_, Client::AddIn) => &mut activity.own_apps,
                (Flow::OauthToken, Client::System) => {
                    let own = desks.contains(row.source_ip.as_str()) || holders.many(name, user);
                    if own { &mut activity.own_apps } else { &mut activity.apps }
                }
                _ => &mut activity.unattended,
            };
            let name = if flow == Flow::Other { row.login_type.as_str() } else { name };
            let count = list.entry(name.to_owned()).or_default();
            *count = count.saturating_add(row.count);
        }
        activity
    }

    /// Logins that a person makes: by browser and on a phone.
    pub(crate) fn by_people(&self) -> u64 {
        self.browser.saturating_add(sum(&self.devices))
    }

    /// Logins by anything else.
    pub(crate) fn by_software(&self) -> u64 {
        [&self.tools, &self.own_apps, &self.apps, &self.unattended]
            .into_iter()
            .fold(0, |all, list| all.saturating_add(sum(list)))
    }

    /// Logins by software that no person sits before, as far as can be told: beside a browser the tools and apps of a
    /// person are theirs.
    pub(crate) fn unaided(&self) -> u64 {
        let by_people = self.by_people();
        let tools = sum(&self.tools).saturating_add(sum(&self.own_apps));
        let all = sum(&self.apps).saturating_add(sum(&self.unattended));
        // Somebody who signed in by browser once or twice set up what runs since.
        if by_people == 0 || by_people <= 5 && tools >= by_people.saturating_mul(5) {
            all.saturating_add(tools)
        } else {
            all
        }
    }

    /// Whether people and software share the user, so that neither is a slip of the other: an admin's own user that an
    /// integration works as.
    pub(crate) fn is_shared(&self) -> bool {
        let (people, unattended) = (self.by_people(), sum(&self.unattended));
        people > 0 && unattended.saturating_mul(9) >= people && !self.is_nearly_software()
    }

    /// Whether at most every tenth login is a person's.
    fn is_nearly_software(&self) -> bool {
        self.by_people().saturating_mul(10) <= self.unaided()
    }

    fn is_empty(&self) -> bool {
        self.by_people() == 0 && self.by_software() == 0
    }

    fn software(&self) -> String {
        let lists = [&self.unattended, &self.apps, &self.tools, &self.own_apps];
        named(lists.into_iter().flat_map(BTreeMap::keys))
    }

    /// What the logins say, the sentence with what was looked at.
    fn reason(&self) -> Vec<Reason> {
        let reason = |weight: i32, text: String| Reason { text, weight };
        let (people, browser, software) = (self.by_people(), self.browser, self.by_software());
        let unaided = self.unaided();
        let api = logins(software, " API");
        let devices = named(self.devices.keys());
        let by_people = match (browser, sum(&self.devices)) {
            (n, 0) => logins(n, " UI"),
            (0, n) => format!("{} by {devices}", logins(n, "")),
            (n, m) => format!("{} and {m} by {devices}", logins(n, " UI")),
        };
        if people == 0 {
            let by = self.software();
            let text = format!("{api} by {by} and no UI login in the last 6 months.");
            // A few by a tool may be somebody who tried it.
            let few = unaided < 10 && sum(&self.tools) == unaided;
            return vec![reason(if few { WEAK } else { MEDIUM + WEAK }, text)];
        }
        if software == 0 {
            let text = if browser == 0 {
                format!("{by_people} in the last 6 months, all on a phone.")
            } else {
                format!("{by_people} and no API login in the last 6 months.")
            };
            return vec![reason(-MEDIUM - WEAK, text)];
        }
        if unaided == 0 {
            let by = named(self.tools.keys().chain(self.own_apps.keys()));
            let text = format!("{by_people} in the last 6 months, and {api} by {by}, which people use.");
            return vec![reason(-MEDIUM - WEAK, text)];
        }
        let by = self.software();
        if self.is_nearly_software() {
            let text = format!("{api} by {by} in the last 6 months, and only {by_people}.");
            let mut all = vec![reason(MEDIUM + WEAK, text)];
            if people > 10 {
                all.push(reason(-WEAK, "Someone keeps logging in to the UI as this user.".into()));
            }
            return all;
        }
        if self.is_shared() || people < unaided {
            return vec![
                reason(MEDIUM, format!("{api} by {by} in the last 6 months.")),
                reason(-MEDIUM, format!("{by_people} in the last 6 months.")),
            ];
        }
        let text = format!("{by_people} in the last 6 months, far more than the {api} by {by}.");
        vec![reason(-MEDIUM, text)]
    }
}

/// What the logins and tokens of one user say. `rows` are theirs alone.
pub(super) fn reasons<'a>(
    known: &Known<SignIns>,
    activity: &Activity,
    tokens: impl Iterator<Item = &'a Token>,
    holders: &Holders<'_>,
    now: Timestamp,
) -> Vec<Reason> {
    let mut all = vec![];
    if activity.credentials > 0 {
        let n = logins(activity.credentials, "");
        let text = format!("{n} with the OAuth client credentials flow, which only software uses.");
        all.push(Reason { text, weight: STRONG });
    }
    let read = matches!(known, Known::Is(_));
    let cut = known.known().is_some_and(|sign_ins| sign_ins.cut);
    if !activity.is_empty() {
        all.extend(activity.reason());
    }
    let held: Vec<&Token> = tokens.collect();
    let is_used = |token: &&Token| token.last_used.is_some_and(|last| last.days_until(now) <= IN_USE);
    let used: Vec<&Token> = held.iter().copied().filter(is_used).collect();
    all.extend(of_tokens(&used, activity, holders, read));
    if all.is_empty() {
        all.extend(held.iter().max_by_key(|token| token.last_used).map(|token| {
            let last = token
                .last_used
                .map_or_else(|| "never used".to_owned(), |last| format!("last used on {last}"));
            Reason { text: format!("{} has a token that isn't in use ({last}).", app_of(token)), weight: 0 }
        }));
    }
    let note = match known {
        Known::Is(_) if cut => Some("There are more logins than Leastwise could read."),
        Known::Is(_) if activity.is_empty() => Some("No login in the last 6 months."),
        Known::Is(_) | Known::Absent(_) => None,
        Known::Unavailable(missing) if missing.why == crate::salesforce::error::OrgError::Pending => {
            Some("Still reading the login history.")
        }
        Known::Unavailable(_) => Some("Leastwise couldn't read the login history."),
    };
    all.extend(note.map(|text| Reason { text: text.to_owned(), weight: 0 }));
    all
}

/// What tokens in use add to the logins: an app that holds a refresh token goes on without a new login.
/// Source: OAuth 2.0 refresh token flow; logins of 2025's thefts stood in no login history.
fn of_tokens(used: &[&Token], activity: &Activity, holders: &Holders<'_>, read: bool) -> Option<Reason> {
    let say = |token: &Token, weight: i32| {
        let often = if token.uses > 1 { format!(", used {}", times(token.uses)) } else { String::new() };
        let last = token.last_used.map(|last| format!(", last on {last}")).unwrap_or_default();
        Reason { text: format!("{} has a token in use{often}{last}.", app_of(token)), weight }
    };
    // The one that is used most, of those that `is` holds for.
    let most = |is: &dyn Fn(&Token) -> bool| {
        used.iter().copied().filter(|token| is(token)).max_by_key(|token| (token.uses, token.last_used))
    };
    let (people, software) = (activity.by_people(), activity.by_software());
    let nothing = people == 0 && software == 0;
    let of_a_system = |token: &Token| {
        client(&token.app) == Client::System && !holders.many(&token.app, Some(&token.user_id))
    };
    if let Some(token) = most(&of_a_system) {
        let weight = match people {
            // Whether a browser is used as well is not known.
            0 if nothing && !read => WEAK,
            0 if nothing => MEDIUM,
            // Somebody set it up by browser, and it has gone on since.
            1..=5 if software == 0 && token.uses >= people.saturating_mul(50) => MEDIUM + MEDIUM,
            // The logins say it already.
            _ => 0,
        };
        return Some(say(token, weight));
    }
    if let Some(token) = most(&|token| client(&token.app) == Client::Device) {
        return Some(say(token, if nothing { -MEDIUM } else { 0 }));
    }
    // Tools, add-ins and apps that many hold: a person's beside a browser, and otherwise a tool is as likely a script's.
    let token = most(&|_| true)?;
    let tool = client(&token.app) == Client::Tool;
    Some(say(token, if nothing && read && tool { WEAK } else { 0 }))
}

/// An app's name in quotes, where it has one.
fn app_of(token: &Token) -> String {
    match token.app.trim() {
        "" => "An unnamed app".to_owned(),
        name => format!("“{name}”"),
    }
}
