//! The options page: every setting with a line of explanation, what is stored, and what a company decided.

use super::accepted::{self, Import};
use super::hosts::{self, Hosts};
use super::words;
use crate::storage::company::Company;
use crate::storage::inventory::{self, Record};
use crate::storage::orgs::{self, Org, Writing};
use crate::storage::settings::{Chosen, SAVE_CHECK};
use crate::storage::waivers::Policy;
use leastwise_core::classification::AdminAnswer;
use leastwise_core::facts::CheckSettings;
use leastwise_core::protocol::{Markers, PanelPlace, Theme, Until};
use leastwise_core::rules;
use leastwise_core::rules::rule::Rule;
use leastwise_core::salesforce::time::Timestamp;
use leastwise_core::text::counted;
use leastwise_core::waivers::Day;
use maud::{Markup, html};
use serde_json::Value;

/// What the options page is drawn from.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) chosen: Chosen,
    /// Whether the company's policy allows no changes at all; none where it could not be read.
    pub(crate) is_read_only: Option<bool>,
    /// What the company decided about Leastwise as a whole; none where that could not be read.
    pub(crate) company: Option<Company>,
    pub(crate) orgs: Vec<Org>,
    /// All that is on disk.
    pub(crate) local: Value,
    /// The addresses that few orgs have.
    pub(crate) hosts: Vec<Hosts>,
    /// What the company decided of accepted risks.
    pub(crate) waiver_policy: Policy,
    /// What came of a file of accepted risks.
    pub(crate) import: Option<Import>,
    pub(crate) today: Day,
    /// What could not be done, in a sentence; empty when all was.
    pub(crate) trouble: String,
}

impl Options {
    /// What it is drawn from, as it is stored.
    pub(crate) fn new(local: Value, session: &Value, managed: Option<&Value>, now: Timestamp) -> Options {
        let is_read_only = managed.map(|managed| managed.get("readOnly").is_some_and(|value| value != false));
        Options {
            chosen: Chosen::new(&local, managed.unwrap_or(&Value::Null)),
            is_read_only,
            company: managed.map(Company::new),
            orgs: orgs::all(&local, session),
            local,
            hosts: Hosts::none_allowed(),
            waiver_policy: managed.map(Policy::new).unwrap_or_default(),
            import: None,
            today: Day::of(now),
            trouble: String::new(),
        }
    }
}

/// Why a setting cannot be changed here.
pub(super) const LOCKED: &str = "Set by your company's policy.";

/// The page where what is on disk could not be read.
pub(crate) fn unread() -> Markup {
    html! {
        h1 #name { "Settings" }
        div .note data-storage="unread" {
            p { b { "The settings could not be read from this browser." } " Nothing was lost." }
            button #again type="button" data-command="Options" { "Try again" }
        }
    }
}

/// The page.
pub(crate) fn page(options: &Options) -> Markup {
    html! {
        h1 #name { "Settings" }
        @if !options.trouble.is_empty() { p .note { (options.trouble) } }
        p .search {
            label for="search" { "Search settings" }
            input #search type="search" autocomplete="off" spellcheck="false";
        }
        p #nothing .note hidden { "No setting has these words." }
        (on_pages(&options.chosen))
        (changes(options))
        (checks(&options.chosen))
        (answers(options))
        (hidden_panels(options))
        (accepted::accepted(options))
        (section("hosts", "Other Salesforce addresses", &hosts::list(&options.hosts)))
        (data(options))
    }
}

pub(super) fn section(id: &str, name: &str, body: &Markup) -> Markup {
    html! {
        section #(id) .group aria-labelledby={ (id) "-name" } {
            h2 #{ (id) "-name" } { (name) }
            (body)
        }
    }
}

/// A setting: its control, its line of explanation, and whether it is locked.
fn setting(id: &str, label: &Markup, explanation: &str, is_locked: bool, more: &Markup) -> Markup {
    html! {
        div .setting data-setting-row=(id) data-locked[is_locked] {
            (label)
            p .small #{ (id) "-why" } { (explanation) @if is_locked { " " b .locked { (LOCKED) } } }
            (more)
        }
    }
}

fn checkbox(id: &str, name: &str, is_on: bool, label: &str, explanation: &str, is_locked: bool) -> Markup {
    let label = html! {
        label .check {
            input #(id) type="checkbox" data-setting=(name) checked[is_on] disabled[is_locked] aria-describedby={ (id) "-why" };
            span { (label) }
        }
    };
    setting(id, &label, explanation, is_locked, &Markup::default())
}

/// A choice of several: each with its value, its words, and whether it holds.
fn choice(id: &str, name: &str, values: &[(&str, &str, bool)], explanation: &str, is_locked: bool) -> Markup {
    let label = html! {
        label for=(id) { (name) }
        select #(id) data-setting=(id) disabled[is_locked] aria-describedby={ (id) "-why" } {
            @for (value, words, is_chosen) in values { option value=(value) selected[*is_chosen] { (words) } }
        }
    };
    setting(id, &label, explanation, is_locked, &Markup::default())
}

fn on_pages(chosen: &Chosen) -> Markup {
    let Chosen { settings, .. } = chosen;
    let is = |name: &str| chosen.is_locked(name);
    let markers = |value: Markers| settings.markers == value;
    let place = |value: PanelPlace| settings.place == value;
    let theme = |value: Theme| settings.theme == value;
    section(
        "on-pages",
        "On pages",
        &html! {
            (checkbox("findings-on", "findings-on", settings.findings_on, "Show findings",
                "On user, profile and permission set pages of Setup. Off, Leastwise reads nothing and shows nothing.", is("findingsOn")))
            (choice("markers", "Markers", &[
                ("integrations", "On profiles used by integrations only", markers(Markers::Integrations)),
                ("all", "On all profiles, people's too", markers(Markers::All)),
                ("off", "Off", markers(Markers::Off)),
            ], "Notes beside risky checkboxes while you edit.", is("markers")))
            (checkbox("ask-before-critical", "ask-before-critical", settings.ask_before_critical, "Ask me before saving critical changes",
                "The first click on Save shows what is critical, the second one saves.", is(SAVE_CHECK)))
            (choice("place", "Panel", &[
                ("floating", "Floating in a corner", place(PanelPlace::Floating)),
                ("docked", "Docked at the right; the page makes room", place(PanelPlace::Docked)),
            ], "Where the panel opens.", is("place")))
            (choice("theme", "Theme", &[
                ("salesforce", "Like Salesforce Setup (light)", theme(Theme::Salesforce)),
                ("system", "Like my system (light or dark)", theme(Theme::System)),
            ], "How the panel and the markers look.", is("theme")))
        },
    )
}

fn changes(options: &Options) -> Markup {
    section(
        "changes",
        "Changes",
        &html! {
            p .small { "Sandboxes can be changed. Production orgs are read-only until you allow changes from a preview." }
            @match options.is_read_only {
                Some(true) => p .note data-locked { b { "All orgs are read-only." } " " (LOCKED) },
                Some(false) => {},
                None => p .note { "Your company's policy could not be read. Until it can, nothing is changed in any org." },
            }
            @if options.orgs.is_empty() { p { "No orgs yet. An org appears here once you open a user or profile in it." } }
            @else { ul .list { @for org in &options.orgs { (org_row(org, options)) } } }
        },
    )
}

fn org_row(org: &Org, options: &Options) -> Markup {
    let is_read_only = options.is_read_only != Some(false);
    let is_allowed = options.company.as_ref().is_none_or(|company| company.allows(&org.id));
    let kind = match org.record.sandbox {
        Some(true) => "Sandbox",
        Some(false) => "Production",
        None => "Production or sandbox: not read yet",
    };
    html! {
        li data-org=(org.id) {
            p { b { bdi { (org.label()) } } " · " (kind)
                @if org.label() != org.host { br; span .small { (org.host) } } }
            @match &org.writing {
                _ if !is_allowed => p { "Leastwise isn't allowed in this org. " b .locked { (LOCKED) } },
                _ if is_read_only => p { "Read-only. " b .locked { (LOCKED) } },
                Writing::ReadOnly => p { "Read-only" },
                Writing::Sandbox => p { "Changes are allowed, because it is a sandbox" },
                Writing::Allowed { until, by, at } => {
                    p { "Changes are allowed "
                        (match until { Until::Closed => "until the browser is closed", Until::Always => "always" })
                        @if !by.is_empty() { ", by " bdi { (by) } }
                        @if *at > 0 { ", since " (words::moment(*at)) } }
                    button type="button" data-command="ForbidOrg" data-org=(org.id) {
                        "Make read-only" span .hush { ": " (org.label()) }
                    }
                },
            }
        }
    }
}

/// The areas of checks, as they are shown everywhere, by the families of their rules.
const AREAS: [(&str, &str); 5] = [
    ("access", "Access"),
    ("login", "Login"),
    ("apps", "Apps"),
    ("identity", "Identity and audit"),
    ("org", "Org settings"),
];

fn checks(chosen: &Chosen) -> Markup {
    section(
        "checks",
        "Checks",
        &html! {
            p .small { "A check that is off is listed as “Turned off in settings” on each page. It never counts as passed." }
            @for (family, name) in AREAS {
                h3 { (name) }
                @for rule in rules::all().iter().filter(|rule| rule.family() == family) { (check(rule, chosen)) }
            }
        },
    )
}

fn check(rule: &Rule, chosen: &Chosen) -> Markup {
    let id = format!("rule-{}", rule.id);
    let is_locked = chosen.is_locked("off");
    let label = html! {
        label .check {
            input #(id) type="checkbox" data-setting="rule" data-of=(rule.id) checked[chosen.checks.is_on(rule.id)]
                disabled[is_locked] aria-describedby={ (id) "-why" };
            span { (rule.name()) } " "
            span .pill .(rule.integration.word()) { (rule.integration.label()) }
        }
    };
    let checks = &chosen.checks;
    let more = match rule.id {
        "stale-secret" => number(
            "old-password-days",
            "Old after this many days",
            checks.old_password_days,
            CheckSettings::DAYS,
            chosen.is_locked("oldPasswordDays"),
        ),
        "unrestricted-login-ip" => number(
            "wide-range-addresses",
            "Broad above this many IP addresses",
            checks.wide_range_addresses,
            CheckSettings::ADDRESSES,
            chosen.is_locked("wideRangeAddresses"),
        ),
        _ => Markup::default(),
    };
    setting(&id, &label, &first_sentence(&rule.section("Why it matters")), is_locked, &more)
}

fn number(id: &str, label: &str, value: u32, (least, most): (u32, u32), is_locked: bool) -> Markup {
    html! {
        p .number {
            label for=(id) { (label) }
            input #(id) type="number" inputmode="numeric" required min=(least) max=(most) step="1" value=(value)
                data-setting=(id) disabled[is_locked];
            @if is_locked { " " b .locked { (LOCKED) } }
        }
    }
}

/// One line of explanation.
fn first_sentence(text: &str) -> String {
    text.split_once(". ").map_or_else(|| text.to_owned(), |(first, _)| format!("{first}."))
}

/// A user or profile, as a link to its page where its org's host is known.
fn record(record: &Record) -> Markup {
    let kind = match record.id.get(..3) {
        Some("005") => "User",
        Some("00e") => "Profile",
        Some("0PS") => "Permission set",
        Some("0PG") => "Permission set group",
        _ => "Record",
    };
    let name = record.name.clone().unwrap_or_else(|| format!("{kind} {}", record.id));
    html! {
        @if record.host.is_empty() { b { bdi { (name) } } }
        @else { a href={ "https://" (record.host) "/" (record.id) "?noredirect=1" } target="_blank" rel="noopener noreferrer" { bdi { (name) } } }
        span .small { " " (kind) " in " bdi { (record.label) } }
    }
}

fn answers(options: &Options) -> Markup {
    let answers = inventory::answers(&options.local, &options.orgs);
    section(
        "answers",
        "Your answers",
        &html! {
            p .small { "What you said about who a user or profile is for. It is above every guess." }
            @if answers.is_empty() { p { "No answers yet." } }
            @else {
                ul .list { @for (of, answer) in &answers {
                    li data-record=(of.id) {
                        p { (record(of)) br; (match answer { AdminAnswer::Integration => "Integration", AdminAnswer::Person => "Person" }) }
                        button type="button" data-command="ForgetAnswers" data-org=(of.org) data-of=(of.id) {
                            "Reset" span .hush { ": " (of.name.as_deref().unwrap_or(&of.id)) }
                        }
                    }
                } }
                @if answers.len() > 1 { button #forget-all type="button" data-command="ForgetAnswers" { "Reset all answers" } }
            }
        },
    )
}

fn hidden_panels(options: &Options) -> Markup {
    let hidden = inventory::hidden(&options.local, &options.orgs);
    section(
        "hidden",
        "Hidden panels",
        &html! {
            p .small { "Users and profiles where you chose “Hide”. Nothing is read or marked there." }
            @if hidden.is_empty() { p { "No panels are hidden." } }
            @else {
                ul .list { @for of in &hidden {
                    li data-record=(of.id) {
                        p { (record(of)) }
                        button type="button" data-command="ShowPanels" data-org=(of.org) data-of=(of.id) {
                            "Show again" span .hush { ": " (of.name.as_deref().unwrap_or(&of.id)) }
                        }
                    }
                } }
                @if hidden.len() > 1 { button #show-all type="button" data-command="ShowPanels" { "Show all again" } }
            }
        },
    )
}

fn data(options: &Options) -> Markup {
    let kinds = inventory::kinds(&options.local);
    let bytes = kinds.iter().map(|kind| kind.bytes).sum();
    // What was not read may forbid it.
    let hides_exports = options.company.as_ref().is_none_or(|company| company.hides_exports);
    let review_days = options.company.as_ref().and_then(|company| company.review_days);
    section(
        "data",
        "Your data",
        &html! {
            p { "Everything stays in this browser. Nothing is sent to anyone but your own org. The session you are logged in with is never stored." }
            @if kinds.is_empty() { p { "Nothing is stored." } }
            @else {
                table .data {
                    caption .hush { "What is stored on this computer" }
                    thead { tr { th scope="col" { "What" } th scope="col" { "Entries" } th scope="col" { "Size" } } }
                    tbody { @for kind in &kinds {
                        tr { th scope="row" { (kind.name) span .small { " " (kind.explanation) } }
                            td { (kind.count) } td { (size(kind.bytes)) } }
                    } }
                    tfoot { tr { th scope="row" { "Together" } td { (kinds.iter().map(|kind| kind.count).sum::<usize>()) } td #size { (size(bytes)) } } }
                }
            }
            @if hides_exports { p #no-exports data-locked { "Nothing can be exported. " b .locked {
                (if options.company.is_some() { LOCKED } else { "Your company's policy could not be read." }) } } }
            @if let Some(days) = review_days { p #review-days data-locked { "A review of an org is kept for " (counted(days, "day")) ". " b .locked { (LOCKED) } } }
            p .buttons {
                @if !hides_exports { button #export type="button" data-command="data" { "Export as JSON" } }
                button #erase type="button" data-command="confirm" aria-expanded="false" aria-controls="confirm" { "Erase everything…" }
            }
            div #confirm .note .danger hidden {
                p { b { "Erase everything that Leastwise stored on this computer?" }
                    " The history goes too, and with it Undo. Nothing changes in any org. This can't be undone." }
                p .buttons {
                    button #erase-now .danger type="button" data-command="Erase" { "Erase everything" }
                    button #keep type="button" data-command="keep" { "Cancel" }
                }
            }
        },
    )
}

/// "512 bytes", "3.4 KB"
fn size(bytes: usize) -> String {
    match bytes {
        0..=999 => format!("{bytes} bytes"),
        1_000..=999_999 => format!("{}.{} KB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_rule_and_threshold_is_there_and_what_a_company_decides_is_locked() {
        let managed = json!({ "readOnly": true, "checks": { "off": ["stale-secret"] }, "settings": { "markers": "off" } });
        let html = page(&Options::new(json!({}), &json!({}), Some(&managed), Timestamp(1_795_478_400))).0;
        for rule in rules::all() {
            assert!(html.contains(&format!("data-of=\"{}\"", rule.id)), "{}", rule.id);
        }
        assert!(html.contains("id=\"rule-stale-secret\" type=\"checkbox\" data-setting=\"rule\" data-of=\"stale-secret\" disabled"), "{html}");
        assert!(
            html.contains("All orgs are read-only.")
                && html.contains("<select id=\"markers\" data-setting=\"markers\" disabled")
        );
        assert!(
            html.contains("id=\"old-password-days\"")
                && !html.contains("id=\"theme\" data-setting=\"theme\" disabled")
        );
        // What was not read may forbid it.
        let html = page(&Options::new(json!({}), &json!({}), None, Timestamp(1_795_478_400))).0;
        assert!(html.contains("could not be read. Until it can, nothing is changed"));
        assert!(html.contains("id=\"no-exports\"") && !html.contains("id=\"export\""), "{html}");
    }

    #[test]
    fn what_a_company_decided_about_exports_reviews_and_orgs_is_said() {
        let org = json!({ "name": "Acme", "sandbox": true, "used": 1 });
        let local =
            json!({ "org:00D5g000004abcdEAA": org, "host:00D5g000004abcdEAA": "acme.my.salesforce.com" });
        let html =
            page(&Options::new(local.clone(), &json!({}), Some(&json!({})), Timestamp(1_795_478_400))).0;
        assert!(html.contains("id=\"export\"") && !html.contains("id=\"review-days\""), "{html}");
        assert!(!html.contains("isn't allowed in this org"));
        let managed =
            json!({ "hideExports": true, "keepReviewDays": 30, "allowedOrgs": ["00D5g000004other"] });
        let html = page(&Options::new(local, &json!({}), Some(&managed), Timestamp(1_795_478_400))).0;
        assert!(!html.contains("id=\"export\"") && html.contains("Nothing can be exported."), "{html}");
        assert!(html.contains("kept for 30 days") && html.contains("isn't allowed in this org"), "{html}");
    }

    #[test]
    fn what_could_not_be_read_is_said() {
        assert!(unread().0.contains("could not be read") && !unread().0.contains("data-setting"));
    }

    #[test]
    fn sizes_are_readable() {
        assert_eq!([999, 3_449, 2_150_000].map(size), ["999 bytes", "3.4 KB", "2.1 MB"]);
    }
}
