//! A review as one file to read, print and hand over.

use crate::names;
use crate::review::html::{self as parts, Output};
use crate::review::result::{App, Review, Subject};
use crate::rules;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const CSS: &str = include_str!("report.css");

/// The report. With an earlier review of the same org it says what changed.
pub fn html(review: &Review, earlier: Option<&Review>) -> String {
    let subjects: Vec<&Subject> =
        review.subjects.iter().filter(|one| one.is_integration() || one.acts_as_integration).collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { "Integration user review: " (review.org.name) }
                style { (PreEscaped(CSS)) }
            }
            body {
                (cover(review))
                section { h2 { "In short" } (parts::numbers(review)) h3 { "Fix first" } (parts::causes(review, 5)) }
                @if let Some(earlier) = earlier {
                    section { h2 { "Since " (earlier.taken) } (parts::comparison(review, earlier, Output::File)) }
                }
                (method(review))
                section { h2 { "Integration users" } (parts::integrations(review, Output::File)) }
                section { h2 { "Who can do what" } (parts::reach_table(review, Output::File)) }
                section { h2 { "Logins by week" } (parts::weeks_chart(review)) }
                @for subject in &subjects { (user(review, subject)) }
                section { h2 { "People who act as integrations" } (parts::people(review, Output::File)) }
                section { h2 { "Apps" } (parts::apps_by_user(review, Output::File)) (parts::apps(review, Output::File)) }
                @for app in review.apps.iter().filter(|app| app.worst().is_some()) { (one_app(review, app)) }
                section { h2 { "Privileged people" } (parts::privileged(review)) }
                section #org-settings { h2 { "Org settings" } (parts::org_checks(review, Output::File)) (parts::settings(review)) }
                section { h2 { "Controls" } (parts::controls(review)) }
                section { h2 { "Couldn't be told" } (parts::missing(review)) }
                (glossary())
                (sign_off())
            }
        }
    };
    names::screen(&page.0)
}

fn cover(review: &Review) -> Markup {
    html! {
        header {
            h1 { "Integration user review" }
            p { b { (parts::name(&review.org.name)) } " · " (review.org.kind()) " · " (review.org.edition) }
            p .small {
                (review.org.host) " · org " (review.org.id) " · " (review.taken) " · by " (parts::name(&review.viewer.name))
                " · logins of " (review.days) " days · " (review.calls) " API calls · Leastwise " (review.tool)
            }
        }
    }
}

fn method(review: &Review) -> Markup {
    html! {
        section { h2 { "How this was found, and its limits" }
            p { "Leastwise read users, logins, OAuth tokens, apps, profiles, permission sets, scheduled jobs and metadata of this org with the session of " (parts::name(&review.viewer.name)) ", and changed nothing. Salesforce keeps logins for six months, and doesn't tell which permissions an integration uses." }
            p { (review.subjects.len()) " users were looked at: those that software logs in as by any sign (API-only users, integration licenses, API logins, OAuth tokens, scheduled jobs), and people with broad permissions. What could not be read is listed under “Couldn't be told”, and never counts as passed." }
        }
    }
}

fn user(review: &Review, subject: &Subject) -> Markup {
    html! {
        section .user #{ "user-" (subject.id) } {
            h2 { (parts::name(&subject.name)) }
            (parts::subject(review, subject, Output::File))
        }
    }
}

fn one_app(review: &Review, app: &App) -> Markup {
    html! {
        section .user #{ "app-" (parts::fragment(&app.key())) } {
            h2 { (parts::name(&app.label)) }
            (parts::app(review, app, Output::File))
        }
    }
}

fn glossary() -> Markup {
    html! {
        section { h2 { "What the checks look for" }
            dl { @for rule in rules::all() { dt { b { (rule.name()) } } dd { (rule.section("Why it matters")) " " b { "Fix: " } (rule.section("Fix")) } } }
        }
    }
}

fn sign_off() -> Markup {
    html! {
        section { h2 { "Sign-off" }
            table .sign {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Role" } th scope="col" { "Date" } th scope="col" { "Signature" } } }
                tbody { @for _ in 0..3 { tr { td {} td {} td {} td {} } } }
            }
        }
    }
}
