//! A user's detail and edit page, and the list.
//!
//! It never shows a name as markup: whatever a user is called is text.

use super::classic::{block, check, details, section, title};
use super::{View, missing, page};
use crate::page::PageResponse;
use crate::store::{Org, Row, text};
use maud::{Markup, html};
use serde_json::{Value, json};

pub(super) fn list(org: &Org, view: &View<'_>) -> PageResponse {
    let mut rows: Vec<&Row> = org.rows("User").take(2_000).collect();
    rows.sort_by_key(|row| text(row, "Name").to_lowercase());
    let body = html! {
        (title(view.words.say("Users"), view.words.say("All Users")))
        table .list { tbody {
            tr .headerRow { th { (view.words.say("Name")) } th { (view.words.say("Username")) } th { (view.words.say("Profile")) } th { (view.words.say("Active")) } }
            @for row in rows.iter().take(300) {
                tr .dataRow {
                    th .dataCell { a href={ "/" (short(text(row, "Id"))) "?noredirect=1&isUserEntityOverride=1" } { (text(row, "Name")) } }
                    td .dataCell { (text(row, "Username")) }
                    td .dataCell { (name_of(org, "Profile", text(row, "ProfileId"))) }
                    td .dataCell { (check(view, on(row, "IsActive"))) }
                }
            }
        } }
    };
    page(view, 200, view.words.say("Users"), body)
}

pub(super) fn respond(org: &mut Org, view: &View<'_>, id: &str, editing: bool) -> PageResponse {
    let Some(row) = org.row("User", id).cloned() else { return missing(view) };
    if !editing {
        return detail(org, view, &row);
    }
    if view.request.method != "POST" {
        return edit(org, view, &row, None);
    }
    if view.request.field("cancel").is_some() {
        return PageResponse::redirect(back(view, &row));
    }
    let field = |name: &str| json!(view.request.field(name).unwrap_or_default());
    let optional =
        |name: &str| view.request.field(name).filter(|v| !v.is_empty()).map_or(Value::Null, |v| json!(v));
    let changes = json!({ "FirstName": optional("name_firstName"), "LastName": field("name_lastName"), "Email": field("Email"), "Username": field("Username"),
        "Alias": field("Alias"), "Title": optional("Title"), "Department": optional("Department"), "EmployeeNumber": optional("EmployeeNumber"),
        "ProfileId": field("Profile"), "IsActive": view.request.field("active").is_some(), "UserPermissionsMarketingUser": view.request.field("UserPermissions_0").is_some() });
    match org.update(&view.actor, "User", id, crate::store::object(changes)) {
        Ok(()) => {
            if let Some(mut saved) = org.row("User", id).cloned() {
                let name = [text(&saved, "FirstName"), text(&saved, "LastName")].join(" ").trim().to_owned();
                saved.insert("Name".into(), json!(name));
                org.put("User", saved);
            }
            PageResponse::redirect(back(view, &row))
        }
        Err(errors) => {
            let message = errors.first().map(|error| error.message.clone()).unwrap_or_default();
            edit(org, view, &row, Some(&message))
        }
    }
}

/// The detail page, with what tells a frame that it is one.
fn back(view: &View<'_>, row: &Row) -> String {
    let id = short(text(row, "Id"));
    match view.request.parameter("sfdcIFrameOrigin") {
        Some(origin) => {
            format!("/{id}?noredirect=1&isUserEntityOverride=1&appLayout=setup&sfdcIFrameOrigin={origin}")
        }
        None => format!("/{id}?noredirect=1&isUserEntityOverride=1"),
    }
}

pub(super) fn short(id: &str) -> &str {
    id.get(..15).unwrap_or(id)
}

fn on(row: &Row, field: &str) -> bool {
    row.get(field) == Some(&json!(true))
}

pub(super) fn name_of(org: &Org, object: &str, id: &str) -> String {
    org.row(object, id).map(|row| text(row, "Name").to_owned()).unwrap_or_default()
}

fn detail(org: &Org, view: &View<'_>, row: &Row) -> PageResponse {
    let say = |word: &str| html! { (view.words.say(word)) };
    let value = |field: &str| html! { (text(row, field)) };
    let id = short(text(row, "Id"));
    let profile = short(text(row, "ProfileId"));
    let license = org
        .row("Profile", profile)
        .map(|p| name_of(org, "UserLicense", text(p, "UserLicenseId")))
        .unwrap_or_default();
    let pairs = vec![
        (say("Name"), value("Name")),
        (say("Role"), html! {}),
        (say("Alias"), value("Alias")),
        (say("User License"), html! { (license) }),
        (say("Email"), html! { a href={ "mailto:" (text(row, "Email")) } { (text(row, "Email")) } }),
        (say("Profile"), html! { a href={ "/" (profile) } { (name_of(org, "Profile", profile)) } }),
        (say("Username"), value("Username")),
        (say("Active"), check(view, on(row, "IsActive"))),
        (say("Title"), value("Title")),
        (say("Marketing User"), check(view, on(row, "UserPermissionsMarketingUser"))),
        (say("Department"), value("Department")),
        (say("Last Login"), value("LastLoginDate")),
    ];
    let buttons = html! {
        input .btn type="button" name="edit" title=(view.words.say("Edit")) value={ " " (view.words.say("Edit")) " " } data-href={ "/" (id) "/e" };
        input .btn type="button" name="login" title=(view.words.say("Login")) value={ " " (view.words.say("Login")) " " };
    };
    let sets: Vec<(String, String)> = org
        .sets_of(text(row, "Id"))
        .into_iter()
        .filter(|set| text(set, "ProfileId").is_empty())
        .map(|set| (text(set, "Id").to_owned(), text(set, "Label").to_owned()))
        .collect();
    let mut history: Vec<&Row> = org.rows_by("LoginHistory", "UserId", text(row, "Id"));
    history.sort_by(|a, b| text(b, "LoginTime").cmp(text(a, "LoginTime")));
    let body = html! {
        (title(view.words.say("User"), text(row, "Name")))
        (block(view.words.say("User Detail"), &buttons, &html! { (section(1, view.words.say("General Information"))) (details(&pairs)) }, None))
        iframe #RLPanelFrame name="RLPanelFrame" src="/emptyHtmlDoc.html" title="" hidden {}
        (related(&format!("{id}_RelatedPermsetAssignmentList"), view.words.say("Permission Set Assignments"), &html! {
            @for (set, label) in &sets { tr .dataRow { th .dataCell { a href={ "/" (short(set)) } { (label) } } } }
        }))
        (related(&format!("{id}_RelatedUserLoginHistoryList"), view.words.say("Login History"), &html! {
            @for row in history.iter().take(10) {
                tr .dataRow { td .dataCell { (text(row, "LoginTime")) } td .dataCell { (text(row, "SourceIp")) } td .dataCell { (text(row, "LoginType")) } td .dataCell { (text(row, "Status")) } td .dataCell { (text(row, "Application")) } }
            }
        }))
    };
    page(view, 200, &format!("{}: {}", view.words.say("User"), text(row, "Name")), body)
}

fn related(id: &str, name: &str, rows: &Markup) -> Markup {
    html! {
        div id=(id) .listRelatedObject.setupBlock {
            div .bPageBlock { div .pbHeader { table { tbody { tr { td .pbTitle { h3 { (name) } } } } } } div id={ (id) "_body" } .pbBody { table .list { tbody { (rows) } } } }
        }
    }
}

fn edit(org: &Org, view: &View<'_>, row: &Row, error: Option<&str>) -> PageResponse {
    let label = |id: &str, word: &str| html! { label for=(id) { (view.words.say(word)) } };
    let input = |id: &str, field: &str| html! { input id=(id) name=(id) type="text" maxlength="80" size="20" value=(text(row, field)); };
    let box_ = |id: &str, field: &str| html! { input id=(id) name=(id) type="checkbox" value="1" checked[on(row, field)]; };
    let license = org
        .row("Profile", text(row, "ProfileId"))
        .map(|p| text(p, "UserLicenseId").to_owned())
        .unwrap_or_default();
    let mut profiles: Vec<&Row> =
        org.rows("Profile").filter(|p| text(p, "UserLicenseId") == license).take(500).collect();
    profiles.sort_by_key(|p| text(p, "Name").to_lowercase());
    let pairs = vec![
        (label("name_firstName", "First Name"), input("name_firstName", "FirstName")),
        (
            label("role", "Role"),
            html! { select #role name="role" { option value="" { "<" (view.words.say("None Specified")) ">" } } },
        ),
        (label("name_lastName", "Last Name"), input("name_lastName", "LastName")),
        (
            label("user_license_id", "User License"),
            html! { select #user_license_id name="user_license_id" { @for l in org.rows("UserLicense") { option value=(short(text(l, "Id"))) selected[text(l, "Id") == license] { (text(l, "Name")) } } } },
        ),
        (label("Alias", "Alias"), input("Alias", "Alias")),
        (
            label("Profile", "Profile"),
            html! { select #Profile name="Profile" { @for p in &profiles { option value=(short(text(p, "Id"))) selected[text(p, "Id") == text(row, "ProfileId")] { (text(p, "Name")) } } } },
        ),
        (label("Email", "Email"), input("Email", "Email")),
        (label("active", "Active"), box_("active", "IsActive")),
        (label("Username", "Username"), input("Username", "Username")),
        (
            label("UserPermissions_0", "Marketing User"),
            box_("UserPermissions_0", "UserPermissionsMarketingUser"),
        ),
        (label("Title", "Title"), input("Title", "Title")),
        (label("EmployeeNumber", "Employee Number"), input("EmployeeNumber", "EmployeeNumber")),
        (label("Department", "Department"), input("Department", "Department")),
    ];
    let buttons = save_buttons(view);
    let body = html! {
        (title(view.words.say("User Edit"), text(row, "Name")))
        form #editPage name="editPage" method="post" action=(action(view)) {
            (block(view.words.say("User Edit"), &buttons, &html! { (section(1, view.words.say("General Information"))) (details(&pairs)) }, error))
        }
    };
    page(view, 200, view.words.say("User Edit"), body)
}

/// A form is posted where it came from.
pub(super) fn action(view: &View<'_>) -> String {
    let query: Vec<String> = view
        .request
        .query
        .iter()
        .map(|(k, v)| {
            format!("{k}={}", percent_encoding::utf8_percent_encode(v, percent_encoding::NON_ALPHANUMERIC))
        })
        .collect();
    if query.is_empty() {
        view.request.path.clone()
    } else {
        format!("{}?{}", view.request.path, query.join("&"))
    }
}

pub(super) fn save_buttons(view: &View<'_>) -> Markup {
    html! {
        input .btn type="submit" name="save" title=(view.words.say("Save")) value={ " " (view.words.say("Save")) " " };
        input .btn type="submit" name="cancel" title=(view.words.say("Cancel")) value={ " " (view.words.say("Cancel")) " " };
    }
}
