//! Permission set groups: the list, and each one's page.
//!
//! It never shows a form: what a group's form has (its name, its description) is nothing that the rules read.

use super::classic::{address, details, related, short, title};
use super::{View, missing, page};
use crate::page::PageResponse;
use crate::store::{Org, Row, text};
use maud::{Markup, html};

pub(super) fn list(org: &Org, view: &View<'_>) -> PageResponse {
    let say = |word: &'static str| view.words.say(word);
    let mut rows: Vec<&Row> = org.rows("PermissionSetGroup").collect();
    rows.sort_by_key(|row| text(row, "MasterLabel").to_lowercase());
    let body = html! {
        (title(say("Permission Set Groups"), say("All Permission Set Groups")))
        table .list { tbody {
            tr .headerRow { th scope="col" { (say("Permission Set Group Label")) } th scope="col" { (say("API Name")) } th scope="col" { (say("Status")) } }
            @for row in rows.iter().take(600) {
                tr .dataRow { th .dataCell scope="row" { a href=(address(view, &format!("/{}", short(text(row, "Id"))), &[])) { (text(row, "MasterLabel")) } } td .dataCell { (text(row, "DeveloperName")) } td .dataCell { (text(row, "Status")) } }
            }
        } }
    };
    page(view, 200, say("Permission Set Groups"), body)
}

pub(super) fn respond(org: &Org, view: &View<'_>, id: &str, editing: bool) -> PageResponse {
    let Some(row) = org.row("PermissionSetGroup", id).filter(|_| !editing) else { return missing(view) };
    let say = |word: &'static str| view.words.say(word);
    let id = text(row, "Id");
    let components = org.rows_by("PermissionSetGroupComponent", "PermissionSetGroupId", id);
    let parts = |object: &str| -> Vec<&Row> {
        components.iter().filter_map(|one| org.row(object, text(one, "PermissionSetId"))).collect()
    };
    let muting = parts("MutingPermissionSet");
    let users = address(
        view,
        "/005",
        &[("id", short(id)), ("isUserEntityOverride", "1"), ("SetupNode", "PermSetGroups")],
    );
    let value = |field: &str| html! { (text(row, field)) };
    let label = |word: &'static str| html! { (say(word)) };
    let body = html! {
        (title(say("Permission Set Group"), text(row, "MasterLabel")))
        div .pc_overviewHeader {
            input .btn type="button" name="manageAssignments" value=(say("Manage Assignments")) data-href=(users);
        }
        (details(&[
            (label("Description"), value("Description")),
            (label("API Name"), value("DeveloperName")),
            (label("Status"), value("Status")),
            (label("Namespace Prefix"), value("NamespacePrefix")),
        ]))
        (related(&format!("{id}_RelatedPermsetList"), say("Permission Sets in Group"), &html! {}, &sets(view, &parts("PermissionSet"), "Label")))
        (related(&format!("{id}_RelatedMutingPermsetList"), say("Muting Permission Set in Group"), &html! {}, &sets(view, &muting, "MasterLabel")))
    };
    page(view, 200, text(row, "MasterLabel"), body)
}

/// Rows of a related list; a muting set has no page of its own here.
fn sets(view: &View<'_>, rows: &[&Row], label: &str) -> Markup {
    html! {
        tr .headerRow { th scope="col" { (view.words.say("Permission Set Label")) } }
        @for row in rows {
            tr .dataRow { th .dataCell scope="row" {
                @if text(row, "Id").starts_with("0PS") { a href=(address(view, &format!("/{}", short(text(row, "Id"))), &[])) { (text(row, label)) } }
                @else { (text(row, label)) }
            } }
        }
    }
}
