//! A profile or permission set in the enhanced user interface: sections by `s`, JSF ids.
//!
//! It never promises the numbers in its ids: `j_idNN` differ from release to release, the endings do not.

use super::user::{action, name_of, short};
use super::{View, missing, page};
use crate::page::PageResponse;
use crate::store::{Org, Row, object, text};
use maud::{Markup, html};
use serde_json::{Value, json};

/// Where a record's page is, framed or not.
pub(super) fn detail_url(view: &View<'_>, id: &str, section: &str) -> String {
    let mut url = format!("/{}", short(id));
    let mut join = '?';
    if !section.is_empty() {
        url.push_str(&format!("{join}s={section}"));
        join = '&';
    }
    if let Some(origin) = view.request.parameter("sfdcIFrameOrigin") {
        url.push_str(&format!("{join}appLayout=setup&sfdcIFrameOrigin={origin}"));
    }
    url
}

pub(super) fn respond(org: &mut Org, view: &View<'_>, id: &str, editing: bool) -> PageResponse {
    let kind = if id.starts_with("00e") { "Profile" } else { "PermissionSet" };
    let Some(row) = org.row(kind, id).cloned() else { return missing(view) };
    let section = view.request.parameter("s").unwrap_or_default().to_owned();
    if editing && view.request.method == "POST" {
        return save(org, view, kind, &row, &section);
    }
    show(org, view, kind, &row, &section, editing, None)
}

fn save(org: &mut Org, view: &View<'_>, kind: &str, row: &Row, section: &str) -> PageResponse {
    let id = text(row, "Id").to_owned();
    let back = detail_url(view, &id, section);
    if view.request.form.iter().any(|(name, _)| name.ends_with(":button_pc_cancel")) {
        return PageResponse::redirect(back);
    }
    let result = match section.to_lowercase().as_str() {
        "systempermissions" => {
            let mut changes = serde_json::Map::new();
            let names: Vec<String> = org.schema.permissions().map(|(name, _)| name.to_owned()).collect();
            for (at, name) in names.iter().enumerate() {
                let now =
                    view.request.form.iter().any(|(field, _)| field.ends_with(&format!(":{at}:userPerm")));
                let field = format!("Permissions{name}");
                if now != (row.get(&field) == Some(&json!(true))) {
                    changes.insert(field, json!(now));
                }
            }
            org.update(&view.actor, kind, &id, object(Value::Object(changes)))
        }
        "loginipranges" => {
            let (start, end) = (
                view.request.field("IpStartAddress").unwrap_or_default(),
                view.request.field("IpEndAddress").unwrap_or_default(),
            );
            if start.parse::<std::net::IpAddr>().is_err() || end.parse::<std::net::IpAddr>().is_err() {
                return show(org, view, kind, row, section, true, Some("Invalid IP address."));
            }
            let metadata = org.profile_metadata.entry(id.clone()).or_insert_with(|| json!({}));
            let mut ranges =
                metadata.get("loginIpRanges").and_then(Value::as_array).cloned().unwrap_or_default();
            ranges.push(json!({ "startAddress": start, "endAddress": end, "description": view.request.field("Description").filter(|d| !d.is_empty()) }));
            metadata["loginIpRanges"] = json!(ranges);
            Ok(())
        }
        _ => Ok(()),
    };
    match result {
        Ok(()) => PageResponse::redirect(back),
        Err(errors) => {
            show(org, view, kind, row, section, true, errors.first().map(|error| error.message.as_str()))
        }
    }
}

fn show(
    org: &Org,
    view: &View<'_>,
    kind: &str,
    row: &Row,
    section: &str,
    editing: bool,
    error: Option<&str>,
) -> PageResponse {
    let name = Some(text(row, "Label")).filter(|l| !l.is_empty()).unwrap_or(text(row, "Name")).to_owned();
    let id = short(text(row, "Id"));
    let sections = [
        "SystemPermissions",
        if kind == "Profile" { "ObjectsAndTabs" } else { "EntityPermissions" },
        "LoginIPRanges",
        "LoginHours",
        "SessionSettings",
        "PasswordPolicies",
    ];
    let body = match section.to_lowercase().as_str() {
        "systempermissions" => system_permissions(org, view, row, editing),
        "objectsandtabs" | "entitypermissions" => objects(org, view, kind, row),
        "loginipranges" => ranges(org, view, row, editing),
        _ => html! {
            ul .overview { @for s in sections { li { a href={ "/" (id) "?s=" (s) } { (view.words.say(s)) } } } }
            @if kind == "Profile" { p { (view.words.say("User License")) ": " (name_of(org, "UserLicense", text(row, "UserLicenseId"))) } }
        },
    };
    let editable =
        !editing && matches!(section.to_lowercase().as_str(), "systempermissions" | "loginipranges");
    let markup = html! {
        form id="page:console:pc_form" name="page:console:pc_form" method="post" action="#" {
            h1 .pageType { (view.words.say(if kind == "Profile" { "Profile" } else { "Permission Set" })) } h2 .pageDescription { (name) }
            input id="page:console:pc_form:find:findComponent:input" type="text" aria-label=(view.words.say("Find Settings..."));
            @if editable { a .btn.pc_buttonLink href={ "/" (id) "/e?s=" (section) } { (view.words.say("Edit")) } }
        }
        @if let Some(error) = error { div .errorMsg { (error) } }
        @if editing {
            form id="page:console:j_id81:j_id82:j_id83:permissions_form" method="post" action=(action(view)) {
                div .pbButton { (buttons(view)) }
                (body)
                div .pbButtonb { (buttons(view)) }
            }
        } @else { (body) }
    };
    page(view, 200, &name, markup)
}

fn buttons(view: &View<'_>) -> Markup {
    html! {
        input .btn type="submit" id="page:console:j_id81:button_pc_save" name="page:console:j_id81:button_pc_save" value=(view.words.say("Save"));
        input .btn type="submit" id="page:console:j_id81:button_pc_cancel" name="page:console:j_id81:button_pc_cancel" value=(view.words.say("Cancel"));
    }
}

fn system_permissions(org: &Org, view: &View<'_>, row: &Row, editing: bool) -> Markup {
    let mut all: Vec<(usize, String, String)> = org
        .schema
        .permissions()
        .enumerate()
        .map(|(at, (name, _))| (at, name.to_owned(), org.schema.label(name, view.words.language())))
        .collect();
    all.sort_by(|a, b| a.2.cmp(&b.2));
    html! {
        table .detailList.permissions { tbody {
            tr { th { (view.words.say("Permission Name")) } th { (view.words.say("Enabled")) } }
            @for (at, name, label) in &all {
                @let on = row.get(&format!("Permissions{name}")) == Some(&json!(true));
                tr {
                    td .labelCol { (label) }
                    td .dataCol {
                        @if editing {
                            @let id = format!("page:console:j_id81:j_id82:j_id83:permissions_form:permissions_pb:j_id101:j_id102:j_id108:0:j_id109:j_id110:{at}:userPerm");
                            input type="checkbox" id=(id) name=(id) title=(name) value="true" checked[on];
                        } @else { (super::classic::check(view, on)) }
                    }
                }
            }
        } }
    }
}

fn objects(org: &Org, view: &View<'_>, kind: &str, row: &Row) -> Markup {
    let parent = if kind == "Profile" {
        org.profile_set(text(row, "Id")).map(|set| text(set, "Id").to_owned()).unwrap_or_default()
    } else {
        text(row, "Id").to_owned()
    };
    let wanted = view.request.parameter("o");
    html! {
        table .list { tbody {
            @for object in org.rows_by("ObjectPermissions", "ParentId", &parent).into_iter().filter(|o| wanted.is_none_or(|w| w == text(o, "SobjectType"))) {
                tr .dataRow { th { (text(object, "SobjectType")) }
                    @for field in ["PermissionsRead", "PermissionsCreate", "PermissionsEdit", "PermissionsDelete", "PermissionsViewAllRecords", "PermissionsModifyAllRecords"] {
                        td { (super::classic::check(view, object.get(field) == Some(&json!(true)))) }
                    }
                }
            }
        } }
    }
}

fn ranges(org: &Org, view: &View<'_>, row: &Row, editing: bool) -> Markup {
    let ranges = org
        .profile_metadata
        .get(text(row, "Id"))
        .and_then(|m| m.get("loginIpRanges")?.as_array().cloned())
        .unwrap_or_default();
    html! {
        table .list { tbody {
            @for range in &ranges { tr .dataRow { td { (range["startAddress"].as_str().unwrap_or_default()) } td { (range["endAddress"].as_str().unwrap_or_default()) } } }
            @if ranges.is_empty() { tr { td { (view.words.say("No Login IP Ranges specified.")) } } }
        } }
        @if editing {
            label for="IpStartAddress" { (view.words.say("Start IP Address")) } input #IpStartAddress name="IpStartAddress" type="text";
            label for="IpEndAddress" { (view.words.say("End IP Address")) } input #IpEndAddress name="IpEndAddress" type="text";
        }
    }
}
