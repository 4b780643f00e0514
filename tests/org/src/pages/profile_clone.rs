//! A new profile as the copy of another.
//!
//! It never gives the copy to anybody: permissions, objects, apps, ranges and hours are the original's, its users none.

use super::classic::{action, block, details, redirect, save_buttons, section, short, title};
use super::user::name_of;
use super::{View, missing, objects, page};
use crate::page::PageResponse;
use crate::store::{Org, Row, text};
use maud::html;
use serde_json::{Value, json};

pub(super) fn respond(org: &mut Org, view: &View<'_>) -> PageResponse {
    let id = view.request.parameter("id").unwrap_or_default();
    let Some(row) = org.row("Profile", id).cloned() else { return missing(view) };
    if view.request.method != "POST" {
        return show(org, view, &row, None);
    }
    if view.request.field("cancel").is_some() {
        return redirect(view, &format!("/{}", short(text(&row, "Id"))), &[]);
    }
    let name = view.request.field("name").unwrap_or_default().trim().to_owned();
    if name.is_empty() {
        return show(org, view, &row, Some(view.words.say("Error: You must enter a value")));
    }
    if !org.has_permission(&view.actor.user_id, "ManageProfilesPermissionsets") {
        return show(org, view, &row, Some("insufficient access rights on object id"));
    }
    if org.rows("Profile").any(|other| text(other, "Name").eq_ignore_ascii_case(&name)) {
        return show(org, view, &row, Some(&format!("The profile name is already in use: {name}")));
    }
    let new = copy(org, &row, &name);
    redirect(view, &format!("/{}", short(&new)), &[])
}

fn copy(org: &mut Org, row: &Row, name: &str) -> String {
    let id = text(row, "Id").to_owned();
    let license = name_of(org, "UserLicense", text(row, "UserLicenseId"));
    let granted: Vec<String> = row
        .iter()
        .filter(|(_, value)| **value == json!(true))
        .filter_map(|(field, _)| field.strip_prefix("Permissions").map(str::to_owned))
        .collect();
    let new = org.add_profile(name, &license, true, &granted);
    if let Some(metadata) = org.profile_metadata.get(&id).cloned() {
        let metadata = match metadata {
            Value::Object(mut map) => {
                map.insert("custom".into(), json!(true));
                Value::Object(map)
            }
            other => other,
        };
        org.profile_metadata.insert(new.clone(), metadata);
    }
    let from = objects::parent(org, "Profile", row);
    let to = org.profile_set(&new).map(|set| text(set, "Id").to_owned()).unwrap_or_default();
    for kind in ["ObjectPermissions", "SetupEntityAccess"] {
        let rows: Vec<Row> = org.rows_by(kind, "ParentId", &from).into_iter().cloned().collect();
        for mut row in rows {
            row.remove("Id");
            row.insert("ParentId".into(), json!(to));
            org.put(kind, row);
        }
    }
    new
}

fn show(org: &Org, view: &View<'_>, row: &Row, error: Option<&str>) -> PageResponse {
    let say = |word: &str| html! { (view.words.say(word)) };
    let pairs = [
        (say("Existing Profile"), html! { (text(row, "Name")) }),
        (say("User License"), html! { (name_of(org, "UserLicense", text(row, "UserLicenseId"))) }),
        (
            html! { label for="name" { (view.words.say("Profile Name")) } },
            html! { input #name name="name" type="text" size="40" maxlength="255" value=(view.request.field("name").unwrap_or_default()); },
        ),
    ];
    let markup = html! {
        (title(view.words.say("Clone Profile"), text(row, "Name")))
        form #editPage name="editPage" method="post" action=(action(view)) {
            (block(view.words.say("Clone Profile"), &save_buttons(view), &html! { (section(1, view.words.say("General Information"))) (details(&pairs)) }, error))
        }
    };
    page(view, 200, view.words.say("Clone Profile"), markup)
}
