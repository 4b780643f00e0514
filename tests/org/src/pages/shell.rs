//! The Lightning shell: navigation, and Classic pages in a frame inside an open shadow root.
//!
//! It never shows a record itself, but for the few pages that are Lightning's own.

use super::{View, html_headers};
use crate::page::{Host, PageResponse};
use crate::store::{Org, text};
use maud::{DOCTYPE, html};

pub(super) fn respond(org: &Org, view: &View<'_>) -> PageResponse {
    let request = view.request;
    let parts: Vec<&str> =
        request.path.trim_start_matches("/lightning/").trim_matches('/').split('/').collect();
    let record = match parts.as_slice() {
        ["r", _, id, ..] | ["setup", _, id, "summary" | "view" | "detail"] => {
            org.schema.object_of(id).and_then(|o| org.row(&o.name, id))
        }
        _ => None,
    };
    let heading = record.map_or_else(|| node_title(view, &parts), |row| text(row, "Name").to_owned());
    // Outer setup host: inner the same. Outer Lightning host: inner on the core host, another origin.
    let inner_host = if request.host == Host::Lightning { &request.hosts.core } else { &request.hosts.setup };
    let outer = if request.host == Host::Lightning { &request.hosts.lightning } else { &request.hosts.setup };
    let users = "/lightning/setup/ManageUsers/page?address=%2F005%3FisUserEntityOverride%3D1";
    let profiles = "/lightning/setup/EnhancedProfiles/page?address=%2F00e";
    let viewer =
        org.row("User", &view.actor.user_id).map(|row| text(row, "Name").to_owned()).unwrap_or_default();
    let markup = html! {
        (DOCTYPE)
        html lang=(view.words.lang()) dir=(view.words.dir()) {
            head {
                meta charset="utf-8"; meta name="viewport" content="width=device-width, initial-scale=1";
                title { (heading) " | Salesforce" }
                link rel="stylesheet" href="/sCSS/shell.css";
                script src="/jslibrary/sfdc/shell.js" defer {}
            }
            body data-inner-host=(inner_host) data-outer=(outer) {
                header .slds-global-header {
                    span .logo aria-hidden="true" { "☁" }
                    div .search { input type="search" placeholder=(view.words.say("Search Setup")) aria-label=(view.words.say("Search Setup")); }
                    span .viewer { (viewer) }
                }
                div .slds-context-bar { strong { (view.words.say("Setup")) } ul .pinnedItems.slds-grid { li { a href="/lightning/setup/SetupOneHome/home" { (view.words.say("Home")) } } } }
                section .tabsetBody {
                    nav .onesetupSetupNavTree aria-label=(view.words.say("Setup")) {
                        a .onesetupNavTreeNode data-nav href="/lightning/setup/SetupOneHome/home" { (view.words.say("Home")) }
                        a .onesetupNavTreeNode data-nav href=(users) { (view.words.say("Users")) }
                        a .onesetupNavTreeNode data-nav href=(profiles) { (view.words.say("Profiles")) }
                        a .onesetupNavTreeNode data-nav href="/lightning/setup/CompanyProfileInfo/home" { (view.words.say("Company Information")) }
                    }
                    div .windowViewMode-normal.oneContent.active.lafPageHost {
                        div #setupComponent .onesetupSetupComponent {
                            div .onesetupSetupHeader { div .onesetupBreadcrumbs { span .breadcrumb { (view.words.say("Setup")) } h1 .breadcrumbDetail { (heading) } } }
                            div .setupcontent {
                                div #content {
                                    @if let Some(row) = record {
                                        div .record-card {
                                            h2 { (text(row, "Name")) }
                                            dl {
                                                @for field in ["Username", "Email", "Title", "Department", "LastLoginDate"] {
                                                    @if !text(row, field).is_empty() { dt { (view.words.say(field)) } dd { (text(row, field)) } }
                                                }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    PageResponse { status: 200, headers: html_headers(request, true), body: markup.into_string() }
}

fn node_title(view: &View<'_>, parts: &[&str]) -> String {
    match parts {
        ["setup", node, ..] if node.starts_with("ManageUsers") => view.words.say("Users").into(),
        ["setup", "EnhancedProfiles" | "Profiles", ..] => view.words.say("Profiles").into(),
        ["setup", "PermSets", ..] => view.words.say("Permission Sets").into(),
        _ => view.words.say("Home").into(),
    }
}
