//! A user's detail page, and the list of users.
//!
//! It never shows a name as markup: whatever a user is called is text.

use super::classic::{
    address, block, check, details, leads, on, redirect, related, section, short, submit, title,
};
use super::{View, missing, page, user_edit};
use crate::error::ApiError;
use crate::page::PageResponse;
use crate::store::{Org, Row, text};
use maud::{Markup, html};
use serde_json::{Map, json};

/// What a user's detail page is asked with, so that it does not give way to Lightning's own page.
pub(super) const DETAIL: [(&str, &str); 2] = [("noredirect", "1"), ("isUserEntityOverride", "1")];

/// All users, or those of the profile or permission set that `id` names.
pub(super) fn list(org: &Org, view: &View<'_>) -> PageResponse {
    let wanted = view.request.parameter("id").and_then(crate::id::long);
    let of = |row: &&Row| match wanted.as_deref() {
        None => true,
        Some(id) if id.starts_with("00e") => text(row, "ProfileId") == id,
        Some(id) => org.sets_of(text(row, "Id")).iter().any(|set| text(set, "Id") == id),
    };
    let mut rows: Vec<&Row> = org.rows("User").filter(of).take(2_000).collect();
    rows.sort_by_key(|row| text(row, "Name").to_lowercase());
    let body = html! {
        (title(view.words.say("Users"), view.words.say("All Users")))
        table .list { tbody {
            tr .headerRow {
                th .actionColumn scope="col" { (view.words.say("Action")) } th scope="col" { (view.words.say("Full Name")) } th scope="col" { (view.words.say("Alias")) } th scope="col" { (view.words.say("Username")) }
                th scope="col" { (view.words.say("Last Login")) } th scope="col" { (view.words.say("Active")) } th scope="col" { (view.words.say("Profile")) }
            }
            @for row in rows.iter().take(300) {
                @let id = short(text(row, "Id"));
                tr .dataRow {
                    td .actionColumn { a .actionLink href=(address(view, &format!("/{id}/e"), &[])) { (view.words.say("Edit")) } }
                    th .dataCell scope="row" { a href=(address(view, &format!("/{id}"), &DETAIL)) { (text(row, "Name")) } }
                    td .dataCell { (text(row, "Alias")) }
                    td .dataCell { (text(row, "Username")) }
                    td .dataCell { (moment(text(row, "LastLoginDate"))) }
                    td .dataCell { (check(view, on(row, "IsActive"))) }
                    td .dataCell { a href=(address(view, &format!("/{}", short(text(row, "ProfileId"))), &[])) { (name_of(org, "Profile", text(row, "ProfileId"))) } }
                }
            }
        } }
    };
    page(view, 200, view.words.say("Users"), body)
}

pub(super) fn respond(org: &mut Org, view: &View<'_>, id: &str, editing: bool) -> PageResponse {
    let Some(row) = org.row("User", id).cloned() else { return missing(view) };
    if editing {
        return user_edit::respond(org, view, &row);
    }
    if view.request.method == "POST" {
        return match freeze(org, view, &row) {
            Ok(()) => redirect(view, &format!("/{}", short(text(&row, "Id"))), &DETAIL),
            Err(errors) => detail(org, view, &row, errors.first().map(|error| error.message.as_str())),
        };
    }
    detail(org, view, &row, None)
}

/// The buttons that post: Freeze and Unfreeze. A user who never tried to sign in has nothing to freeze.
fn freeze(org: &mut Org, view: &View<'_>, row: &Row) -> Result<(), Vec<ApiError>> {
    let Some(login) = login_of(org, row).map(|login| text(login, "Id").to_owned()) else { return Ok(()) };
    let frozen = match (view.request.field("freeze"), view.request.field("unfreeze")) {
        (Some(_), _) => true,
        (None, Some(_)) => false,
        (None, None) => return Ok(()),
    };
    let mut fields = Map::new();
    fields.insert("IsFrozen".into(), json!(frozen));
    org.update(&view.actor, "UserLogin", &login, fields)
}

fn login_of<'a>(org: &'a Org, row: &Row) -> Option<&'a Row> {
    org.rows_by("UserLogin", "UserId", text(row, "Id")).into_iter().next()
}

pub(super) fn name_of(org: &Org, object: &str, id: &str) -> String {
    org.row(object, id).map(|row| text(row, "Name").to_owned()).unwrap_or_default()
}

/// `2026-11-24T10:31:00.000+0000` as `2026-11-24 10:31`.
fn moment(stamp: &str) -> String {
    let day = stamp.get(..10).unwrap_or(stamp);
    stamp.get(11..16).map_or_else(|| day.to_owned(), |time| format!("{day} {time}"))
}

fn detail(org: &Org, view: &View<'_>, row: &Row, error: Option<&str>) -> PageResponse {
    let id = short(text(row, "Id"));
    let buttons = buttons(org, view, row);
    let body = html! {
        (title(view.words.say("User"), text(row, "Name")))
        div .listHoverLinks {
            @for (list, name) in [("RelatedPermsetAssignmentList", "Permission Set Assignments"), ("RelatedPermsetGroupAssignmentList", "Permission Set Group Assignments"), ("RelatedUserLoginHistoryList", "Login History")] {
                a .linklet href={ "#" (id) "_" (list) } { span .listTitle { (view.words.say(name)) } }
            }
        }
        form #detailPage name="detailPage" method="post" action=(address(view, &format!("/{id}"), &DETAIL)) {
            (block(view.words.say("User Detail"), &buttons, &html! { (details(&pairs(org, view, row))) (section(1, view.words.say("Additional Information"))) (details(&more(view, row))) }, error))
        }
        iframe #RLPanelFrame name="RLPanelFrame" src="/emptyHtmlDoc.html" title="" hidden {}
        (sets(org, view, row))
        (history(org, view, row))
    };
    page(view, 200, &format!("{}: {}", view.words.say("User"), text(row, "Name")), body)
}

fn buttons(org: &Org, view: &View<'_>, row: &Row) -> Markup {
    let id = short(text(row, "Id"));
    let login = login_of(org, row);
    html! {
        (leads(view, "edit", "Edit", &address(view, &format!("/{id}/e"), &[])))
        (leads(view, "login", "Login", &format!("/servlet/servlet.su?oid={}&suorgadminid={id}", short(org.org_id()))))
        (leads(view, "summary", "View Summary", &format!("/lightning/setup/ManageUsers/{}/summary", text(row, "Id"))))
        @match login {
            Some(login) if on(login, "IsFrozen") => { (submit(view, "unfreeze", "Unfreeze")) }
            Some(_) => { (submit(view, "freeze", "Freeze")) }
            None => {}
        }
    }
}

fn pairs(org: &Org, view: &View<'_>, row: &Row) -> Vec<(Markup, Markup)> {
    let say = |word: &str| html! { (view.words.say(word)) };
    let value = |field: &str| html! { (text(row, field)) };
    let profile = short(text(row, "ProfileId"));
    let license = org
        .row("Profile", profile)
        .map(|p| name_of(org, "UserLicense", text(p, "UserLicenseId")))
        .unwrap_or_default();
    let manager = text(row, "ManagerId");
    vec![
        (say("Name"), value("Name")),
        (say("Role"), html! { (name_of(org, "UserRole", text(row, "UserRoleId"))) }),
        (say("Alias"), value("Alias")),
        (say("User License"), html! { (license) }),
        (say("Email"), html! { a href={ "mailto:" (text(row, "Email")) } { (text(row, "Email")) } }),
        (
            say("Profile"),
            html! { a href=(address(view, &format!("/{profile}"), &[])) { (name_of(org, "Profile", profile)) } },
        ),
        (say("Username"), value("Username")),
        (say("Active"), check(view, on(row, "IsActive"))),
        (say("Nickname"), value("CommunityNickname")),
        (say("Marketing User"), check(view, on(row, "UserPermissionsMarketingUser"))),
        (say("Title"), value("Title")),
        (say("Flow User"), check(view, on(row, "UserPermissionsInteractionUser"))),
        (say("Company"), value("CompanyName")),
        (say("Service Cloud User"), check(view, on(row, "UserPermissionsSupportUser"))),
        (say("Department"), value("Department")),
        (
            say("Manager"),
            html! { @if !manager.is_empty() { a href=(address(view, &format!("/{}", short(manager)), &DETAIL)) { (name_of(org, "User", manager)) } } },
        ),
        (say("Division"), value("Division")),
        // The platform's own names for these two, in every language.
        (
            say("Security Key (U2F or WebAuthn)"),
            html! { a #AddU2FOrWebAuthn href="/_ui/identity/verification/method/AddU2FOrWebAuthn" { "[" (view.words.say("Register")) "]" } },
        ),
    ]
}

fn more(view: &View<'_>, row: &Row) -> Vec<(Markup, Markup)> {
    let say = |word: &str| html! { (view.words.say(word)) };
    let value = |field: &str| html! { (text(row, field)) };
    let date = |field: &str| html! { (moment(text(row, field))) };
    vec![
        (say("Employee Number"), value("EmployeeNumber")),
        (say("Time Zone"), value("TimeZoneSidKey")),
        (say("Phone"), value("Phone")),
        (say("Locale"), value("LocaleSidKey")),
        (say("Last Login"), date("LastLoginDate")),
        (say("Language"), value("LanguageLocaleKey")),
        (say("Last Password Change or Reset"), date("LastPasswordChangeDate")),
        (say("Created Date"), date("CreatedDate")),
    ]
}

/// Permission sets and groups, each in its list.
fn sets(org: &Org, view: &View<'_>, row: &Row) -> Markup {
    let id = short(text(row, "Id"));
    let assigned = org.sets_of(text(row, "Id"));
    let edit = |name: &str, path: &str| leads(view, name, "Edit Assignments", &format!("{path}?userId={id}"));
    let header = |word: &'static str| {
        html! { tr .headerRow { th scope="col" { (view.words.say(word)) } th scope="col" { (view.words.say("API Name")) } } }
    };
    html! {
        (related(&format!("{id}_RelatedPermsetAssignmentList"), view.words.say("Permission Set Assignments"), &edit("editPermSetAssignments", "/udd/PermissionSet/assignPermissionSet.apexp"), &html! {
            (header("Permission Set Label"))
            @for set in assigned.iter().filter(|set| text(set, "ProfileId").is_empty() && text(set, "PermissionSetGroupId").is_empty()) {
                tr .dataRow { th .dataCell scope="row" { a href=(address(view, &format!("/{}", short(text(set, "Id"))), &[])) { (text(set, "Label")) } } td .dataCell { (text(set, "Name")) } }
            }
        }))
        (related(&format!("{id}_RelatedPermsetGroupAssignmentList"), view.words.say("Permission Set Group Assignments"), &edit("editPermSetGroupAssignments", "/udd/PermissionSetGroup/assignPermissionSet.apexp"), &html! {
            (header("Permission Set Group Label"))
            @for set in assigned.iter().filter(|set| !text(set, "PermissionSetGroupId").is_empty()) {
                tr .dataRow { th .dataCell scope="row" { a href=(address(view, &format!("/{}", short(text(set, "PermissionSetGroupId"))), &[])) { (text(set, "Label")) } } td .dataCell { (text(set, "Name")) } }
            }
        }))
    }
}

fn history(org: &Org, view: &View<'_>, row: &Row) -> Markup {
    let id = short(text(row, "Id"));
    let mut history: Vec<&Row> = org.rows_by("LoginHistory", "UserId", text(row, "Id"));
    history.sort_by(|a, b| text(b, "LoginTime").cmp(text(a, "LoginTime")));
    related(
        &format!("{id}_RelatedUserLoginHistoryList"),
        view.words.say("Login History"),
        &html! {},
        &html! {
            tr .headerRow { @for word in ["Login Time", "Source IP", "Login Type", "Status", "Application"] { th scope="col" { (view.words.say(word)) } } }
            @for row in history.iter().take(10) {
                tr .dataRow { td .dataCell { (moment(text(row, "LoginTime"))) } td .dataCell { (text(row, "SourceIp")) } td .dataCell { (text(row, "LoginType")) } td .dataCell { (text(row, "Status")) } td .dataCell { (text(row, "Application")) } }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_short() {
        assert_eq!(moment("2026-11-24T10:31:00.000+0000"), "2026-11-24 10:31");
        assert_eq!(moment(""), "");
    }
}
