//! Permission sets: the list, and each one's pages in the enhanced user interface.
//!
//! It never shows the hidden sets that profiles own or groups add up to.

use super::classic::{address, short, title};
use super::{View, console, missing, page};
use crate::page::PageResponse;
use crate::store::{Org, Row, text};
use maud::html;
use serde_json::json;

pub(super) fn list(org: &Org, view: &View<'_>) -> PageResponse {
    let mut rows: Vec<&Row> = org.rows("PermissionSet").filter(|row| is_shown(row)).collect();
    rows.sort_by_key(|row| text(row, "Label").to_lowercase());
    let body = html! {
        (title(view.words.say("Permission Sets"), view.words.say("All Permission Sets")))
        table .list { tbody {
            tr .headerRow { th scope="col" { (view.words.say("Permission Set Label")) } th scope="col" { (view.words.say("API Name")) } th scope="col" { (view.words.say("Description")) } }
            @for row in rows.iter().take(600) {
                tr .dataRow { th .dataCell scope="row" { a href=(address(view, &format!("/{}", short(text(row, "Id"))), &[])) { (text(row, "Label")) } } td .dataCell { (text(row, "Name")) } td .dataCell { (text(row, "Description")) } }
            }
        } }
    };
    page(view, 200, view.words.say("Permission Sets"), body)
}

fn is_shown(row: &Row) -> bool {
    row.get("IsOwnedByProfile") != Some(&json!(true)) && text(row, "Type") != "Group"
}

pub(super) fn respond(org: &mut Org, view: &View<'_>, id: &str, editing: bool) -> PageResponse {
    if !org.row("PermissionSet", id).is_some_and(is_shown) {
        return missing(view);
    }
    console::respond(org, view, "PermissionSet", id, editing)
}
