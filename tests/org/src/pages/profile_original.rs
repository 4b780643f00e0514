//! A profile in the original user interface: one long page, labels only.
//!
//! It never writes an API name beside a user permission: none is known to stand there.

use super::classic::{block, check, details, section, title};
use super::user::{action, name_of, save_buttons, short};
use super::{View, missing, page};
use crate::page::PageResponse;
use crate::store::{Org, Row, object, text};
use maud::{Markup, html};
use serde_json::json;

/// Permissions that this page shows under "Administrative Permissions"; the rest are general.
const ADMINISTRATIVE: &[&str] = &[
    "ApiEnabled",
    "ApiUserOnly",
    "AssignPermissionSets",
    "AuthorApex",
    "BulkApiHardDelete",
    "CustomizeApplication",
    "DataExport",
    "ManageInternalUsers",
    "ManageIpAddresses",
    "ManagePasswordPolicies",
    "ManageProfilesPermissionsets",
    "ManageRoles",
    "ManageSharing",
    "ManageUsers",
    "ModifyAllData",
    "ModifyMetadata",
    "PasswordNeverExpires",
    "ResetPasswords",
    "ViewAllData",
    "ViewAllUsers",
    "ViewEncryptedData",
    "ViewSetup",
];

pub(super) fn list(org: &Org, view: &View<'_>) -> PageResponse {
    let mut rows: Vec<&Row> = org.rows("Profile").collect();
    rows.sort_by_key(|row| text(row, "Name").to_lowercase());
    let body = html! {
        (title(view.words.say("Profiles"), view.words.say("All Profiles")))
        table .list { tbody {
            tr .headerRow { th { (view.words.say("Name")) } th { (view.words.say("User License")) } }
            @for row in rows.iter().take(600) {
                tr .dataRow { th .dataCell { a href={ "/" (short(text(row, "Id"))) } { (text(row, "Name")) } } td .dataCell { (name_of(org, "UserLicense", text(row, "UserLicenseId"))) } }
            }
        } }
    };
    page(view, 200, view.words.say("Profiles"), body)
}

pub(super) fn respond(org: &mut Org, view: &View<'_>, id: &str, editing: bool) -> PageResponse {
    let Some(row) = org.row("Profile", id).cloned() else { return missing(view) };
    if !editing {
        return show(org, view, &row, false, None);
    }
    if view.request.method != "POST" {
        return show(org, view, &row, true, None);
    }
    let back = super::profile_enhanced::detail_url(view, text(&row, "Id"), "");
    if view.request.field("cancel").is_some() {
        return PageResponse::redirect(back);
    }
    let changes: serde_json::Map<_, _> = permissions(org)
        .iter()
        .enumerate()
        .map(|(at, (name, _))| {
            (format!("Permissions{name}"), json!(view.request.field(&format!("up{at}")).is_some()))
        })
        .filter(|(field, value)| row.get(field).unwrap_or(&json!(false)) != value)
        .collect();
    match org.update(&view.actor, "Profile", id, object(json!(changes))) {
        Ok(()) => PageResponse::redirect(back),
        Err(errors) => show(org, view, &row, true, errors.first().map(|error| error.message.as_str())),
    }
}

fn permissions(org: &Org) -> Vec<(String, bool)> {
    let all: Vec<(String, bool)> =
        org.schema.permissions().map(|(name, _)| (name.to_owned(), ADMINISTRATIVE.contains(&name))).collect();
    all
}

fn show(org: &Org, view: &View<'_>, row: &Row, editing: bool, error: Option<&str>) -> PageResponse {
    let language = view.words.language();
    let all = permissions(org);
    let group = |administrative: bool| -> Vec<(Markup, Markup)> {
        let mut chosen: Vec<(usize, &String, String)> = all
            .iter()
            .enumerate()
            .filter(|(_, (_, a))| *a == administrative)
            .map(|(at, (name, _))| (at, name, org.schema.label(name, language)))
            .collect();
        chosen.sort_by(|a, b| a.2.cmp(&b.2));
        chosen
            .into_iter()
            .map(|(at, name, label)| {
                let on = row.get(&format!("Permissions{name}")) == Some(&json!(true));
                let id = format!("up{at}");
                if editing {
                    // `onclick` as the page has it: the script ticks what depends on the box, without a change event.
                    (html! { label for=(id) { (label) } }, html! { input type="checkbox" id=(id) name=(id) value="1" checked[on] data-permission-index=(at); })
                } else {
                    (html! { (label) }, check(view, on))
                }
            })
            .collect()
    };
    let set = org.profile_set(text(row, "Id")).map(|set| text(set, "Id").to_owned()).unwrap_or_default();
    let mut objects: Vec<&Row> = org.rows_by("ObjectPermissions", "ParentId", &set);
    objects.sort_by_key(|row| text(row, "SobjectType").to_owned());
    let ranges = org
        .profile_metadata
        .get(text(row, "Id"))
        .and_then(|m| m.get("loginIpRanges")?.as_array().cloned())
        .unwrap_or_default();
    let head = vec![
        (html! { (view.words.say("Name")) }, html! { (text(row, "Name")) }),
        (
            html! { (view.words.say("User License")) },
            html! { (name_of(org, "UserLicense", text(row, "UserLicenseId"))) },
        ),
    ];
    let body = html! {
        (details(&head))
        (section(1, view.words.say("Administrative Permissions"))) (details(&group(true)))
        (section(2, view.words.say("General User Permissions"))) (details(&group(false)))
        (section(3, view.words.say("Standard Object Permissions")))
        div .pbSubsection { table .crudTable { tbody {
            @for object in &objects {
                tr { th .labelCol scope="row" { (text(object, "SobjectType")) }
                    @for (at, field) in ["PermissionsRead", "PermissionsCreate", "PermissionsEdit", "PermissionsDelete", "PermissionsViewAllRecords", "PermissionsModifyAllRecords"].into_iter().enumerate() {
                        td .(if at < 4 { "crudCol" } else { "marvarCol" }) { (check(view, object.get(field) == Some(&json!(true)))) }
                    }
                }
            }
        } } }
        (section(4, view.words.say("Login IP Ranges")))
        div .pbSubsection { table .list { tbody {
            @for range in &ranges { tr .dataRow { td { (range["startAddress"].as_str().unwrap_or_default()) } td { (range["endAddress"].as_str().unwrap_or_default()) } td { (range["description"].as_str().unwrap_or_default()) } } }
            @if ranges.is_empty() { tr { td { (view.words.say("No Login IP Ranges specified.")) } } }
        } } }
    };
    let id = short(text(row, "Id"));
    let markup = if editing {
        html! {
            (title(view.words.say("Profile Edit"), text(row, "Name")))
            form #editPage name="editPage" method="post" action=(action(view)) { (block(view.words.say("Profile Edit"), &save_buttons(view), &body, error)) }
        }
    } else {
        let buttons = html! { input .btn type="button" name="edit" title=(view.words.say("Edit")) value={ " " (view.words.say("Edit")) " " } data-href={ "/" (id) "/e" }; };
        html! { (title(view.words.say("Profile"), text(row, "Name"))) (block(view.words.say("Profile Detail"), &buttons, &body, None)) }
    };
    page(view, 200, &format!("{}: {}", view.words.say("Profile"), text(row, "Name")), markup)
}
