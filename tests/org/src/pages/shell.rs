//! The Lightning shell: navigation, and Classic pages in a frame inside an open shadow root.
//!
//! It never shows a record itself, but for the few pages that are Lightning's own.

use super::{View, html_headers};
use crate::page::{Host, PageResponse};
use crate::store::{Org, Row, text};
use maud::{DOCTYPE, Markup, html};

/// The tree on the left: a node and its label.
const NODES: &[(&str, &str)] = &[
    ("SetupOneHome", "Home"),
    ("ManageUsers", "Users"),
    ("EnhancedProfiles", "Profiles"),
    ("PermSets", "Permission Sets"),
    ("PermSetGroups", "Permission Set Groups"),
    ("CompanyProfileInfo", "Company Information"),
];

/// What a native page is about.
enum Subject<'a> {
    /// A Classic page in a frame, or a page of Setup without a record.
    Setup,
    Record(&'a Row),
    Gone,
}

pub(super) fn respond(org: &Org, view: &View<'_>) -> PageResponse {
    let request = view.request;
    let parts: Vec<&str> =
        request.path.trim_start_matches("/lightning/").trim_matches('/').split('/').collect();
    let subject = match parts.as_slice() {
        ["r", object @ ("User" | "Profile"), id, ..] => {
            org.row(object, id).map_or(Subject::Gone, Subject::Record)
        }
        ["setup", _, id, "summary" | "view" | "detail"] => {
            let object = org.schema.object_of(id).map(|object| object.name.clone());
            object.and_then(|object| org.row(&object, id)).map_or(Subject::Gone, Subject::Record)
        }
        _ => Subject::Setup,
    };
    let heading = match subject {
        Subject::Record(row) => text(row, "Name").to_owned(),
        _ => node_title(view, &parts).to_owned(),
    };
    // Outer setup host: inner the same. Outer Lightning host: inner on the core host, another origin.
    let inner = match request.host {
        Host::Lightning => &request.hosts.core,
        _ => &request.hosts.setup,
    };
    let in_setup = parts.first() != Some(&"r");
    let markup = html! {
        (DOCTYPE)
        html lang=(view.words.lang()) dir=(view.words.dir()) {
            head {
                meta charset="utf-8"; meta name="viewport" content="width=device-width, initial-scale=1";
                title { (heading) " | Salesforce" }
                link rel="stylesheet" href="/sCSS/shell.css";
                script src="/jslibrary/sfdc/shell.js" defer {}
            }
            body data-inner-host=(inner) {
                (header(org, view))
                section .tabsetBody {
                    @if in_setup {
                        nav .onesetupSetupNavTree aria-label=(view.words.say("Setup")) {
                            @for (node, label) in NODES { a .onesetupNavTreeNode data-nav data-node=(node) aria-label=(view.words.say(label)) href={ "/lightning/setup/" (node) "/home" } { (view.words.say(label)) } }
                        }
                    }
                    div .windowViewMode-normal.oneContent.active.lafPageHost {
                        div #brandBand_1 .brandBand { div .slds-template__container { div .component.onesetupSetupComponent {
                            div #setupComponent {
                                div .onesetupSetupHeader { div .onesetupBreadcrumbs { @if in_setup { a .breadcrumb data-nav href="/lightning/setup/SetupOneHome/home" { (view.words.say("Setup")) } } h1 .breadcrumbDetail { (heading) } } }
                                div .setupcontent { div #content { (content(view, &subject)) } }
                            }
                        } } }
                    }
                }
                div .DESKTOP.uiContainerManager {}
                // There before the app is, and hidden after it: what public extensions know a Lightning page by.
                div #auraLoadingBox .auraLoadingBox.oneLoadingBox hidden {}
            }
        }
    };
    let status = if matches!(subject, Subject::Gone) { 404 } else { 200 };
    PageResponse { status, headers: html_headers(request, true), body: markup.into_string() }
}

fn header(org: &Org, view: &View<'_>) -> Markup {
    let viewer = org.row("User", &view.actor.user_id).map_or("", |row| text(row, "Name"));
    html! {
        header .slds-global-header {
            span .logo aria-hidden="true" { "☁" }
            div .search { input type="search" placeholder=(view.words.say("Search Setup")) aria-label=(view.words.say("Search Setup")); }
            span .viewer { (viewer) }
        }
        div .slds-context-bar { strong { (view.words.say("Setup")) } ul .pinnedItems.slds-grid { li { a data-nav href="/lightning/setup/SetupOneHome/home" { (view.words.say("Home")) } } } }
    }
}

fn content(view: &View<'_>, subject: &Subject<'_>) -> Markup {
    match subject {
        // The script puts a frame here when the address names a Classic page.
        Subject::Setup => html! {},
        Subject::Record(row) => html! {
            div .record-card {
                h2 { (text(row, "Name")) }
                dl {
                    @for field in ["Username", "Email", "Title", "Department", "LastLoginDate"] {
                        @if !text(row, field).is_empty() { dt { (view.words.say(field)) } dd { (text(row, field)) } }
                    }
                }
            }
        },
        Subject::Gone => {
            html! { div .record-card { p role="alert" { "Looks like there's a problem. This record doesn't exist or you don't have access to it." } } }
        }
    }
}

fn node_title<'v>(view: &View<'v>, parts: &[&str]) -> &'v str {
    match parts {
        ["setup", node, ..] if node.starts_with("ManageUsers") => view.words.say("Users"),
        ["setup", "EnhancedProfiles" | "Profiles", ..] => view.words.say("Profiles"),
        ["setup", "PermSets" | "PermissionSetListView", ..] => view.words.say("Permission Sets"),
        ["setup", "PermSetGroups", ..] => view.words.say("Permission Set Groups"),
        ["setup", "CompanyProfileInfo", ..] => view.words.say("Company Information"),
        ["r", "Account", ..] => view.words.say("Account"),
        _ => view.words.say("Home"),
    }
}
