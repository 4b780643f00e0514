//! The apps of a review and the org's own checks.

use super::{Output, check, date, marks, name, others, setup};
use crate::report::Area;
use crate::review::result::{App, Review, Row};
use crate::text::counted;
use maud::{Markup, html};

const fn access(is: Option<bool>) -> &'static str {
    match is {
        Some(true) => "Approved users only",
        Some(false) => "Anyone may authorize it",
        None => "Couldn't tell",
    }
}

/// The org's apps.
pub fn apps(review: &Review, output: Output) -> Markup {
    html! {
        div .wide {
            table {
                thead { tr {
                    th scope="col" { "App" } th scope="col" { "Checks" } th scope="col" { "Who may use it" } th scope="col" { "Users" } th scope="col" { "Tokens" }
                    th scope="col" { "Last used" } th scope="col" { "Integration users" } th scope="col" { "Contact" } th scope="col" { "Scopes" }
                } }
                tbody { @for app in &review.apps {
                    tr {
                        th scope="row" data-head="App" {
                            // A report has a part only for what is wrong.
                            @if output == Output::Page || app.worst().is_some() { a href=(output.app(app)) { (name(&app.label)) } }
                            @else { (name(&app.label)) }
                            " " span .small { (app.kind) }
                        }
                        td .area data-head="Checks" { (marks(&app.rows)) }
                        td data-head="Who may use it" { (access(app.is_restricted)) }
                        td data-head="Users" { (app.users) }
                        td data-head="Tokens" { (app.tokens) }
                        td data-head="Last used" { (date(app.last_used)) }
                        td data-head="Integration users" { @for (at, one) in app.integrations.iter().enumerate() { @if at > 0 { ", " } (name(one)) } }
                        td data-head="Contact" { @if app.owner.is_empty() { span .quiet { "not known" } } @else { (name(&app.owner)) } }
                        td data-head="Scopes" { @if app.scopes.is_empty() { span .quiet { "not known" } } @else { (app.scopes.join(", ")) } }
                    }
                } }
            }
        }
    }
}

/// An app: who uses it, what it is set to, and what is wrong.
pub fn app(review: &Review, app: &App, output: Output) -> Markup {
    html! {
        p .who {
            (app.kind) " · " (access(app.is_restricted)) " · " (counted(app.users, "user")) " · " (counted(app.tokens, "token"))
            " · last used " (date(app.last_used))
        }
        @if !app.owner.is_empty() { p { "Contact: " (name(&app.owner)) } }
        @if !app.scopes.is_empty() { p { "Scopes: " (app.scopes.join(", ")) } }
        @if !app.refresh_policy.is_empty() { p { "Refresh tokens: " (app.refresh_policy) } }
        @if !app.integrations.is_empty() {
            p { "Integration users: " @for (at, one) in app.integrations.iter().enumerate() { @if at > 0 { ", " } (name(one)) } }
        }
        @if !app.id.is_empty() {
            p { a href=(setup(review, &app.id)) target="_blank" rel="noopener noreferrer" { "Open this app in Setup" } }
        }
        (checks(&app.rows, output))
    }
}

/// What the checks of the org's settings say.
pub fn org_checks(review: &Review, output: Output) -> Markup {
    checks(&review.org_rows, output)
}

/// Failed checks by area, then the others.
fn checks(rows: &[Row], output: Output) -> Markup {
    let of = |area: Area| rows.iter().filter(move |row| row.area == area.id() && row.outcome == "finding");
    html! {
        @if !rows.is_empty() && rows.iter().all(|row| row.outcome != "finding") {
            p .verdict { b .fine { "Nothing was found." } }
        }
        @for area in Area::ALL { @if of(area).next().is_some() {
            section .area data-area=(area.id()) { h3 { (area.name()) } @for row in of(area) { (check(row, output)) } }
        } }
        (others(rows, output))
    }
}
