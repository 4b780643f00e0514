//! The page that reviews an org.

use leastwise_core::review::html::{self as parts, Output};
use leastwise_core::review::result::{Review, Subject};
use leastwise_core::review::{Pause, Reader, Stage};
use leastwise_core::rules::rule::Severity;
use leastwise_core::text::counted;
use maud::{Markup, html};
use serde::Deserialize;

/// A review that is kept in this browser.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Kept {
    /// What it is kept under.
    pub(crate) id: String,
    /// When it was run, as ISO 8601 says it.
    pub(crate) taken: String,
    /// How many integration users it found.
    pub(crate) integrations: usize,
}

/// What the page shows.
#[derive(Debug)]
pub(crate) struct Screen<'a> {
    pub(crate) host: &'a str,
    /// Name and user name of who is signed in.
    pub(crate) viewer: Option<(&'a str, &'a str)>,
    /// What reads, while it does.
    pub(crate) reader: Option<&'a Reader>,
    /// Users that are still to be judged, while that is so.
    pub(crate) left: Option<usize>,
    pub(crate) review: Option<&'a Review>,
    pub(crate) earlier: Option<&'a Review>,
    pub(crate) kept: &'a [Kept],
    /// Whether a review was begun and not finished.
    pub(crate) unfinished: bool,
    pub(crate) is_canceled: bool,
    pub(crate) trouble: &'a str,
    /// Whether a company decided that nothing is given out as a file.
    pub(crate) hides_exports: bool,
    /// The view, with what it is of behind a slash.
    pub(crate) view: &'a str,
}

/// The page.
pub(crate) fn screen(screen: &Screen<'_>) -> Markup {
    html! {
        (head(screen))
        @if !screen.trouble.is_empty() { p .note role="alert" { (screen.trouble) } }
        @match (screen.review, screen.reader, screen.left) {
            (Some(review), ..) => (finished(screen, review)),
            (None, Some(reader), _) => (reading(screen, reader)),
            (None, None, Some(left)) => section aria-labelledby="step" {
                h2 #step { "Checking" }
                p { "Everything was read. " (counted(left, "user")) " left to check." }
            },
            (None, None, None) => (start(screen)),
        }
    }
}

fn head(screen: &Screen<'_>) -> Markup {
    html! {
        header .head {
            (super::popup::SHIELD)
            h1 { "Integration user review" }
            p .of {
                @match screen.review {
                    Some(review) => {
                        b { bdi { (if review.org.name.is_empty() { &review.org.host } else { &review.org.name }) } }
                        " · " (review.org.kind()) " · " bdi { (review.org.host) } " · " (review.org.id)
                        " · " time datetime=(review.moment()) { (review.taken) } " · by " bdi { (review.viewer.name) } " · " (counted(review.calls, "API call"))
                    },
                    None => { b { bdi { (screen.host) } } @if let Some((name, username)) = screen.viewer { " · logged in as " bdi { (name) } " (" bdi { (username) } ")" } },
                }
            }
            p .read-only { "Read only: this page changes nothing in Salesforce." }
        }
    }
}

/// Before anything is asked.
fn start(screen: &Screen<'_>) -> Markup {
    html! {
        @if screen.viewer.is_none() {
            section .note {
                p { b { "You're not logged in to this org in this browser." } }
                p { "Log in to Salesforce, then try again." }
                p .buttons { a href=(format!("https://{}/", screen.host)) target="_blank" rel="noopener noreferrer" { "Open " (screen.host) } button type="button" data-command="Reload" { "Try again" } }
            }
        } @else {
            @if screen.unfinished {
                section .note {
                    p { b { "A review of this org was started and not finished." } " What was read is kept." }
                    p .buttons { button .primary type="button" data-command="TakeUp" { "Continue it" } button type="button" data-command="Discard" { "Discard it" } }
                }
            }
            form .choices {
                fieldset { legend { "Whom to look at" }
                    (choice("scope", "integrations", "Integration users only", false))
                    (choice("scope", "privileged", "Integration users and privileged people (at most 500)", true))
                    (choice("scope", "everyone", "Every active user", false))
                }
                fieldset { legend { "Logins" }
                    (choice("days", "180", "Six months, which is all that Salesforce keeps", true))
                    (choice("days", "90", "90 days", false))
                    (choice("days", "30", "30 days", false))
                }
            }
            p .buttons { button #begin .primary type="button" data-command="Begin" { "See what it takes" } }
            p .small { "Two API calls tell what will be read, how many calls that takes, and what you can't see. Nothing else is read before you start." }
        }
        (kept(screen))
    }
}

fn choice(name: &str, value: &str, label: &str, is_checked: bool) -> Markup {
    html! { label { input type="radio" name=(name) value=(value) #{ (name) "-" (value) } checked[is_checked]; " " (label) } }
}

/// Reviews that are kept in this browser, and the way to read one from a file.
fn kept(screen: &Screen<'_>) -> Markup {
    html! {
        section aria-labelledby="kept" {
            h2 #kept { "Earlier reviews of this org" }
            @if screen.kept.is_empty() { p .small { "None are kept in this browser." } }
            ul .kept { @for one in screen.kept {
                li {
                    button type="button" data-command="Show" data-review=(one.id) { time datetime=(one.taken) { (one.taken) } }
                    " " span .small { (counted(one.integrations, "integration user")) } " "
                    @if screen.review.is_some() { button type="button" data-command="CompareKept" data-review=(one.id) { "Compare" span .hush { " with " (one.taken) } } }
                    button type="button" data-command="Forget" data-review=(one.id) { "Forget" span .hush { " " (one.taken) } }
                }
            } }
        }
    }
}

/// While an org is read: what it will take, how far it is, or why it stands still.
fn reading(screen: &Screen<'_>, reader: &Reader) -> Markup {
    let (stage, answered, all) = reader.progress();
    html! {
        @match reader.pause() {
            Some(Pause::Start) => (cost(reader)),
            Some(Pause::Dear) => section .note {
                p { b { "This review takes more of today's API calls than usual." } }
                p { (estimate_words(reader)) }
                p .buttons { button .primary type="button" data-command="Continue" { "Read the rest" } button type="button" data-command="Cancel" { "Stop here" } }
            },
            Some(Pause::Refused(why)) => section .note role="alert" {
                p { b { (why.sentence()) } }
                p { (why.advice()) " What was read is kept." }
                p .buttons { button .primary type="button" data-command="Continue" { "Continue" } button type="button" data-command="Discard" { "Discard it" } }
            },
            None if screen.is_canceled => section .note {
                p { b { "You stopped this review." } " What was read is kept, and nothing is read twice." }
                p .buttons { button .primary type="button" data-command="Continue" { "Continue" } button type="button" data-command="Discard" { "Discard it" } }
            },
            None => section aria-labelledby="step" {
                h2 #step { (stage.name()) }
                ol .steps { @for one in Stage::ALL.into_iter().filter(|one| *one != Stage::Done) {
                    li aria-current=[(one == stage).then_some("step")] .is-done[one < stage] {
                        (one.name()) @if one == stage { ": " (answered) " of " (all) " requests" } @else if one < stage { " ✓" }
                    }
                } }
                progress max=(all.max(1)) value=(answered) aria-label=(stage.name()) {}
                p .small { (counted(reader.traffic().calls, "API call")) " so far." }
                p .buttons { button type="button" data-command="Cancel" { "Stop" } }
            },
        }
    }
}

fn cost(reader: &Reader) -> Markup {
    let missing = reader.cannot_see();
    html! {
        section aria-labelledby="cost" {
            h2 #cost { "What this review reads" }
            p { "Users, logins, OAuth tokens, apps, profiles, permission sets, scheduled jobs, and the metadata of profiles, apps and security settings. Nothing is changed, and nothing leaves your org and this browser." }
            p #estimate { (estimate_words(reader)) }
            @if missing.is_empty() { p { "You can see everything that it reads." } }
            @else {
                h3 { "What you can't see" }
                ul .missing { @for one in &missing { li { b { (one.what) } ": " (one.why) " " (one.grant) } } }
                p .small { "Checks that need it will say “couldn't check”, never “passed”." }
            }
            p .buttons { button #start .primary type="button" data-command="Continue" { "Start review" } button type="button" data-command="Discard" { "Cancel" } }
        }
    }
}

fn estimate_words(reader: &Reader) -> String {
    let (calls, left) = reader.estimate();
    let calls = format!("It takes about {}", counted(calls, "API call"));
    match left {
        Some(left) => format!("{calls}, of {left} that this org has left today."),
        None => format!("{calls}. How many this org has left today couldn't be read."),
    }
}

/// The views, by what stands behind `#`.
const VIEWS: [(&str, &str); 11] = [
    ("summary", "Summary"),
    ("users", "Integration users"),
    ("people", "People who act as integrations"),
    ("agents", "Agents"),
    ("apps", "Apps"),
    ("privileged", "Privileged people"),
    ("settings", "Org settings"),
    ("rules", "By rule"),
    ("controls", "Controls"),
    ("missing", "Couldn't be told"),
    ("compare", "Compare"),
];

fn finished(screen: &Screen<'_>, review: &Review) -> Markup {
    let (view, of) = screen.view.split_once('/').unwrap_or((screen.view, ""));
    if view == "present" {
        return present(review, of.parse().unwrap_or(0));
    }
    let view = if matches!(view, "user" | "app") || VIEWS.iter().any(|(own, _)| *own == view) {
        view
    } else {
        "summary"
    };
    html! {
        nav .views aria-label="Views" {
            @for (id, label) in VIEWS { a href=(format!("#{id}")) aria-current=[(id == view).then_some("page")] { (label) } }
        }
        div .tools {
            a .button href="#present/0" { "Present" }
            button type="button" data-command="Again" { "Review again" }
            @if screen.hides_exports { p .small { "Your company's policy doesn't allow exports." } } @else { (exports()) }
        }
        @match view {
            "users" => { (filters(review)) (parts::integrations(review, Output::Page)) },
            "people" => { h2 { "People who act as integrations" } p { "Software logs in as these people's users. Each integration needs a separate user." } (parts::people(review, Output::Page)) },
            "agents" => { h2 { "Agents" } (parts::agents(review, Output::Page)) },
            "apps" => { h2 { "Apps" } (parts::apps_by_user(review, Output::Page)) (parts::apps(review, Output::Page)) },
            "privileged" => { h2 { "Privileged people" } p { "People who can change users, permissions, code or every record, by what makes them so." } (parts::privileged(review)) },
            "settings" => { h2 { "Org settings" } (parts::org_checks(review, Output::Page)) (parts::settings(review)) },
            "rules" => { h2 { "By rule" } (parts::by_rule(review, Output::Page)) },
            "controls" => { h2 { "Controls" } (parts::controls(review)) },
            "missing" => { h2 { "Couldn't be told" } (parts::missing(review)) },
            "compare" => (compare(screen, review)),
            "user" => (user(review, of)),
            "app" => (app(review, of)),
            _ => (summary(review)),
        }
    }
}

fn exports() -> Markup {
    html! {
        details .export { summary { "Export" }
            p .buttons {
                button type="button" data-command="Html" { "Report (HTML)" }
                button type="button" data-command="Xlsx" { "Workbook (XLSX)" }
                button type="button" data-command="Csv" { "Tables (CSV)" }
                button type="button" data-command="Json" { "Data (JSON)" }
            }
            label { input type="checkbox" name="pseudonyms" #pseudonyms; " Replace names and shorten addresses" }
        }
    }
}

fn summary(review: &Review) -> Markup {
    html! {
        section aria-labelledby="numbers" { h2 #numbers .hush { "In numbers" } (parts::numbers(review)) }
        section aria-labelledby="first" { h2 #first { "Fix first" } p .small { "One change, most risk." } (parts::causes(review, 5)) }
        section aria-labelledby="worst" { h2 #worst { "Integration users" } (filters(review)) (parts::integrations(review, Output::Page)) }
        section aria-labelledby="reach" { h2 #reach { "Who can do what" } (parts::reach_table(review, Output::Page)) }
        section aria-labelledby="weeks" { h2 #weeks { "Logins by week" } (parts::weeks_chart(review)) }
        @if !review.missing.is_empty() { p .note { (counted(review.missing.len(), "part")) " of this org couldn't be read. " a href="#missing" { "See which" } } }
    }
}

/// Buttons that show some of the users, each with how many, and a field that finds them by any text.
fn filters(review: &Review) -> Markup {
    let all: Vec<&Subject> = review.integrations().collect();
    let worst = |severity| all.iter().filter(|subject| subject.worst() == Some(severity)).count();
    let unsure = all.iter().filter(|subject| !subject.is_sure).count();
    html! {
        div .filters {
            button type="button" data-command="Filter" data-show="" aria-pressed="true" { "All " (all.len()) }
            @for severity in [Severity::Critical, Severity::High] {
                @if worst(severity) > 0 { button type="button" data-command="Filter" data-show=(severity.word()) aria-pressed="false" { (severity.label()) " " (worst(severity)) } }
            }
            @if unsure > 0 { button type="button" data-command="Filter" data-show="unsure" aria-pressed="false" { "Not sure who " (unsure) } }
            label { span .hush { "Filter users, profiles, apps" } input type="search" #filter placeholder="Filter users, profiles, apps"; }
        }
        p #nothing hidden { "No user fits. Clear the filter to see all." }
    }
}

fn user(review: &Review, id: &str) -> Markup {
    html! {
        @match review.subjects.iter().find(|subject| subject.id.as_str() == id) {
            Some(subject) => {
                p { a href="#users" { "All integration users" } }
                h2 { (parts::name(&subject.name)) }
                (parts::subject(review, subject, Output::Page))
            },
            None => p { "This user is not in this review. " a href="#users" { "All integration users" } },
        }
    }
}

fn app(review: &Review, key: &str) -> Markup {
    html! {
        @match review.apps.iter().find(|app| parts::fragment(&app.key()) == key) {
            Some(app) => {
                p { a href="#apps" { "All apps" } }
                h2 { (parts::name(&app.label)) }
                (parts::app(review, app, Output::Page))
            },
            None => p { "This app is not in this review. " a href="#apps" { "All apps" } },
        }
    }
}

fn compare(screen: &Screen<'_>, review: &Review) -> Markup {
    html! {
        h2 { "Compare" }
        @match screen.earlier {
            Some(earlier) => {
                p { "With the review of " time datetime=(earlier.moment()) { (earlier.taken) } ", by " bdi { (earlier.viewer.name) } "." }
                (parts::comparison(review, earlier, Output::Page))
            },
            None => p { "Choose an earlier review below, or open one from a file." },
        }
        p .buttons { label .button { "Open a file…" input .hush type="file" accept=".json,application/json" #earlier; } }
        (kept(screen))
    }
}

/// One user a screen, large, names only; with keys.
fn present(review: &Review, at: usize) -> Markup {
    let all: Vec<&Subject> = review.integrations().collect();
    let at = at.min(all.len().saturating_sub(1));
    html! {
        section .present {
            @match all.get(at) {
                Some(subject) => {
                    p .small { (at + 1) " of " (all.len()) }
                    h2 { (parts::name(&subject.name)) }
                    @if let Some(worst) = subject.worst() { p { (parts::pill(worst)) } }
                    p .verdict { (subject.verdict.as_deref().unwrap_or("Nothing was found.")) }
                    ul { @for row in subject.rows.iter().filter(|row| row.outcome == "finding").take(6) { li { (parts::name(&row.headline)) } } }
                },
                None => p { "No integration user was found." },
            }
            nav .buttons aria-label="Users" {
                @if at > 0 { a .button #previous href=(format!("#present/{}", at - 1)) { "Previous" } }
                @if at + 1 < all.len() { a .button #following href=(format!("#present/{}", at + 1)) { "Next" } }
                a .button #leave href="#summary" { "Leave" }
            }
            p .small { "Arrow keys move, Escape leaves." }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use leastwise_core::review::{Options, Reader};
    use leastwise_core::salesforce::time::Timestamp;

    fn drawn<'a>(change: impl FnOnce(&mut Screen<'a>)) -> String {
        let mut own = Screen {
            host: "acme.my.salesforce.com",
            viewer: Some(("Ada Admin", "ada@acme.example")),
            reader: None,
            left: None,
            review: None,
            earlier: None,
            kept: &[],
            unfinished: false,
            is_canceled: false,
            trouble: "",
            hides_exports: false,
            view: "",
        };
        change(&mut own);
        screen(&own).0
    }

    #[test]
    fn it_is_read_only_and_says_so_before_anything_is_asked() {
        let html = drawn(|_| {});
        assert!(
            html.contains("this page changes nothing in Salesforce") && html.contains("See what it takes")
        );
        assert!(!html.contains("style=") && !html.contains("data-token"), "{html}");
        assert!(drawn(|screen| screen.viewer = None).contains("You're not logged in to this org"));
    }

    #[test]
    fn what_was_begun_can_be_gone_on_with() {
        let reader = Reader::new(Timestamp(0), Options::default());
        let html = drawn(|screen| {
            screen.reader = Some(&reader);
            screen.is_canceled = true;
        });
        assert!(
            html.contains("nothing is read twice") && html.contains("data-command=\"Continue\""),
            "{html}"
        );
        let html = drawn(|screen| screen.reader = Some(&reader));
        assert!(html.contains("What you can see") && html.contains("data-command=\"Cancel\""), "{html}");
        assert!(drawn(|screen| screen.unfinished = true).contains("Continue it"));
    }
}
