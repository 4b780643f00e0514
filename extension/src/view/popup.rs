//! The popup of the toolbar's button: this page, this org, and what is to be finished. It is no second panel.

use super::{hosts, words};
use crate::storage::journals::History;
use crate::storage::orgs::Org;
use crate::storage::record::ReadOnly;
use leastwise_core::journal::{Entry, State};
use leastwise_core::rules::rule::Severity;
use leastwise_core::salesforce::hosts::HostGroup;
use leastwise_core::salesforce::id::Id;
use maud::{Markup, PreEscaped, html};

/// What the popup is drawn from.
#[derive(Debug, Default)]
pub(crate) struct Popup {
    /// The page of the tab in front; none where it shows none of ours.
    pub(crate) page: Option<PagePart>,
    /// Of a page on an address that Leastwise may not use yet: what that belongs to.
    pub(crate) not_allowed: Option<&'static HostGroup>,
    /// The org of the page.
    pub(crate) org: Option<OrgPart>,
    /// What was changed; none where that could not be read.
    pub(crate) history: Option<History>,
    /// The orgs, the one used last first.
    pub(crate) orgs: Vec<Org>,
    /// The extension's version.
    pub(crate) version: String,
}

/// The page of the tab in front.
#[derive(Debug)]
pub(crate) struct PagePart {
    /// The host and the record.
    pub(crate) host: String,
    pub(crate) id: Id,
    pub(crate) state: PageState,
}

/// What is known of it.
#[derive(Debug)]
pub(crate) enum PageState {
    /// Somebody hid the panel here.
    Hidden,
    /// Findings are off in the settings.
    Off,
    /// The company does not allow Leastwise in this org.
    NotAllowed,
    /// Nothing was answered yet.
    Reading,
    /// It could not be read: why, and what to do.
    Refused { sentence: String, advice: String },
    /// What was found.
    Found { kind: &'static str, name: String, worst: Option<Severity>, summary: String },
}

/// The org of the page.
#[derive(Debug)]
pub(crate) struct OrgPart {
    pub(crate) id: String,
    /// What it is called; empty until that was read.
    pub(crate) name: String,
    pub(crate) host: String,
    pub(crate) is_sandbox: Option<bool>,
    pub(crate) read_only: Option<ReadOnly>,
    /// Whether somebody allowed changes.
    pub(crate) is_allowed: bool,
}

/// The shield, drawn so that nothing is loaded.
pub(super) const SHIELD: PreEscaped<&str> = PreEscaped(
    r#"<svg class="shield" viewBox="0 0 16 16" width="18" height="18" aria-hidden="true" focusable="false"><path d="M8 1 2.5 3v4.4c0 3.4 2.3 6.2 5.5 7.6 3.2-1.4 5.5-4.2 5.5-7.6V3z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/><path d="m5.3 8 2 2 3.5-4" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/></svg>"#,
);

/// The popup.
pub(crate) fn popup(popup: &Popup) -> Markup {
    html! {
        header .head { (SHIELD) h1 #name { "Leastwise" } }
        section aria-labelledby="this-page" {
            h2 #this-page { "This page" }
            @match (&popup.page, popup.not_allowed) {
                (Some(page), _) => (this_page(&page.state)),
                (None, Some(group)) => (hosts::this_page(group)),
                (None, None) => { p { "Open a user, profile or permission set in Salesforce Setup to see what Leastwise finds." }
                    p .small { "If such a page is open already, reload it once. Does your org's address end in .mil, .cn or .mcas.ms? "
                        a href="options.html#hosts" target="_blank" { "Allow it in Settings" } "." } },
            }
        }
        @match &popup.org {
            Some(org) => section aria-labelledby="this-org" { h2 #this-org { "This org" } (this_org(org)) },
            None => (recent(&popup.orgs)),
        }
        (to_finish(popup))
        footer .foot {
            nav aria-label="Leastwise" {
                a href="history.html" target="_blank" { "History" }
                a href="options.html" target="_blank" { "Settings" }
                a href="welcome.html" target="_blank" { "Help" }
            }
            span .small #version { "v" (popup.version) }
        }
    }
}

fn this_page(page: &PageState) -> Markup {
    html! {
        @match page {
            PageState::Hidden => {
                p { "You hid the panel for this user or profile." }
                button #again type="button" data-command="Retry" { "Show again" }
            },
            PageState::Off => p { "Findings are turned off in " a href="options.html" target="_blank" { "Settings" } "." },
            PageState::NotAllowed => p { "Your company's policy doesn't allow Leastwise in this org. Nothing is read here." },
            PageState::Reading => p .reading { "Reading from Salesforce…" },
            PageState::Refused { sentence, advice } => {
                p { b { (sentence) } }
                p .small { (advice) }
                button #again type="button" data-command="Retry" { "Try again" }
            },
            PageState::Found { kind, name, worst, summary } => {
                p .verdict {
                    @if let Some(severity) = worst { span .pill .(severity.word()) { (severity.label()) } " " }
                    b { bdi { (name) } } " · " (summary)
                }
                p .small { (kind) }
                button #open .primary type="button" data-command="OpenPanel" { "Open the panel" }
            },
        }
    }
}

fn this_org(org: &OrgPart) -> Markup {
    let kind = match org.is_sandbox {
        Some(true) => "Sandbox",
        Some(false) => "Production",
        None => "Production or sandbox: not read yet",
    };
    html! {
        p { b { bdi { (if org.name.is_empty() { &org.host } else { &org.name }) } } " · " span .kind-of-org { (kind) } }
        p { a #review .button href=(review_of(&org.host)) target="_blank" { "Review this org" } }
        @match &org.read_only {
            Some(ReadOnly::Policy) => p { "Read-only: your company's policy doesn't allow changes." },
            Some(ReadOnly::PolicyUnread) => p { "Read-only until the browser tells your company's policy." },
            Some(ReadOnly::Unread) => p { "Read-only: the browser could not read what was changed before." },
            Some(ReadOnly::Production) => p { "Read-only. A preview asks before anything is changed." },
            None => {
                p { "Changes are allowed. Each one is previewed and approved first." }
                @if org.is_allowed {
                    button #forbid type="button" data-command="ForbidOrg" data-org=(org.id) { "Make read-only" }
                }
            },
        }
    }
}

/// The orgs that were used last, with the way to their users.
pub(super) fn recent(orgs: &[Org]) -> Markup {
    html! {
        @if !orgs.is_empty() {
            section aria-labelledby="orgs" {
                h2 #orgs { "Your orgs" }
                ul .orgs { @for org in orgs.iter().take(5) {
                    li { a href=(users_of(&org.host)) target="_blank" rel="noopener noreferrer" { bdi { (org.label()) } " users" }
                        @if org.record.sandbox == Some(true) { span .small { " Sandbox" } }
                        " · " a href=(review_of(&org.host)) target="_blank" { "Review" span .hush { " " (org.label()) } } }
                } }
            }
        }
    }
}

/// The page that reviews an org.
fn review_of(host: &str) -> String {
    format!("review.html?host={host}")
}

/// The list of an org's users in Setup.
pub(super) fn users_of(host: &str) -> String {
    format!("https://{host}/lightning/setup/ManageUsers/home")
}

fn to_finish(popup: &Popup) -> Markup {
    let Some(history) = &popup.history else {
        return html! {
            p .note data-storage="unread" { "What was changed before could not be read from this browser. Nothing was lost." }
        };
    };
    let open: Vec<&(Entry, State)> = history.to_finish().collect();
    html! {
        @if !open.is_empty() {
            section aria-labelledby="to-finish" {
                h2 #to-finish { "To finish" }
                ul .finish { @for (entry, state) in open { (open_entry(popup, entry, *state)) } }
            }
        }
    }
}

/// Something to finish: on its own page where that is open, else in a tab of its own.
fn open_entry(popup: &Popup, entry: &Entry, state: State) -> Markup {
    let is_here = popup.page.as_ref().is_some_and(|page| page.host == entry.host && page.id == entry.subject);
    let command = if is_here { "Continue" } else { "OpenEntry" };
    html! {
        li .unfinished data-entry=(entry.id) data-state=(state.word()) {
            p { b { bdi { (entry.name) } } ": " bdi { (entry.apply.plan().title) } }
            p .small { (words::status(entry, state)) }
            button #{ "continue-" (entry.id) } type="button" data-command=(command) data-entry=(entry.id) data-preview="Continue" {
                "Continue…" span .hush { " " (entry.apply.plan().title) }
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::super::names;
    use super::*;

    fn of(state: PageState, org: Option<OrgPart>) -> String {
        let page = PagePart { host: "a".into(), id: Id::parse("0055g000001Abcd").unwrap(), state };
        let drawn =
            popup(&Popup { page: Some(page), org, history: Some(History::default()), ..Popup::default() });
        names::screen(&drawn.0)
    }

    #[test]
    fn this_page_is_said_in_one_line_and_names_are_text() {
        let found = PageState::Found {
            kind: "User",
            name: "<img src=x>\u{202E}".into(),
            worst: Some(Severity::Critical),
            summary: "14 checks failed".into(),
        };
        let html = of(found, None);
        assert!(html.contains("<span class=\"pill critical\">Critical</span>"), "{html}");
        assert!(html.contains("&lt;img src=x&gt;[U+202E]") && html.contains("14 checks failed"), "{html}");
        assert!(!html.contains("style=") && !html.contains("data-rule") && !html.contains("data-token"));
        assert!(
            of(PageState::Hidden, None).contains("Show again")
                && of(PageState::Off, None).contains("turned off")
                && of(PageState::NotAllowed, None).contains("Nothing is read here")
        );
    }

    #[test]
    fn this_org_says_whether_it_may_be_changed() {
        let org = |read_only, is_allowed| OrgPart {
            id: "00D".into(),
            name: "Acme".into(),
            host: "acme.my.salesforce.com".into(),
            is_sandbox: Some(false),
            read_only,
            is_allowed,
        };
        let html = of(PageState::Reading, Some(org(None, true)));
        assert!(html.contains("Production") && html.contains("data-command=\"ForbidOrg\""), "{html}");
        for why in [ReadOnly::Policy, ReadOnly::PolicyUnread, ReadOnly::Unread, ReadOnly::Production] {
            let html = of(PageState::Reading, Some(org(Some(why), false)));
            assert!(html.contains("Read-only") && !html.contains("ForbidOrg"), "{why:?}");
        }
    }

    #[test]
    fn what_was_changed_and_cannot_be_read_is_not_nothing() {
        assert!(popup(&Popup::default()).0.contains("data-storage=\"unread\""));
    }
}
