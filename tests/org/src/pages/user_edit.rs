//! A user's edit page.
//!
//! It never writes past the store's rules: what the form has goes through `Org::update` as the person signed in.

use super::classic::{action, block, details, on, redirect, save_buttons, section, select, short, title};
use super::user::{DETAIL, name_of};
use super::{View, page};
use crate::page::PageResponse;
use crate::store::{Org, Row, text};
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Text fields: element id and name, API field, label. Ids: as public code and page objects have them.
const TEXTS: &[(&str, &str, &str)] = &[
    ("name_firstName", "FirstName", "First Name"),
    ("name_lastName", "LastName", "Last Name"),
    ("Alias", "Alias", "Alias"),
    ("Email", "Email", "Email"),
    ("Username", "Username", "Username"),
    ("CommunityNickname", "CommunityNickname", "Nickname"),
    ("Title", "Title", "Title"),
    ("CompanyName", "CompanyName", "Company"),
    ("Department", "Department", "Department"),
    ("Division", "Division", "Division"),
    ("EmployeeNumber", "EmployeeNumber", "Employee Number"),
];

/// Feature boxes. Only the first one's place is known; the order of the others is a guess.
const FEATURES: &[(&str, &str)] = &[
    ("UserPermissionsMarketingUser", "Marketing User"),
    ("UserPermissionsOfflineUser", "Offline User"),
    ("UserPermissionsKnowledgeUser", "Knowledge User"),
    ("UserPermissionsInteractionUser", "Flow User"),
    ("UserPermissionsSupportUser", "Service Cloud User"),
    ("UserPermissionsSFContentUser", "Salesforce CRM Content User"),
    ("UserPermissionsCallCenterAutoLogin", "Auto-login To Call Center"),
    ("UserPermissionsJigsawProspectingUser", "Data.com User"),
    ("UserPermissionsSiteforceContributorUser", "Site.com Contributor User"),
    ("UserPermissionsSiteforcePublisherUser", "Site.com Publisher User"),
    ("UserPermissionsWorkDotComUserFeature", "WDC User"),
];

/// Choices: element id, which is the API field, with its label and values.
const CHOICES: &[(&str, &str, &[&str])] = &[
    (
        "TimeZoneSidKey",
        "Time Zone",
        &["Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "GMT"],
    ),
    ("LocaleSidKey", "Locale", &["en_US", "en_GB", "de_DE", "fr_FR", "ja_JP"]),
    ("LanguageLocaleKey", "Language", &["en_US", "de", "fr", "ja", "zh_CN", "iw", "es", "it", "pt_BR"]),
    ("EmailEncodingKey", "Email Encoding", &["UTF-8", "ISO-8859-1", "Shift_JIS"]),
];

pub(super) fn respond(org: &mut Org, view: &View<'_>, row: &Row) -> PageResponse {
    if view.request.method != "POST" {
        return show(org, view, row, None);
    }
    let id = text(row, "Id").to_owned();
    let back = redirect(view, &format!("/{}", short(&id)), &DETAIL);
    if view.request.field("cancel").is_some() {
        return back;
    }
    match org.update(&view.actor, "User", &id, changes(org, view, row)) {
        Ok(()) => {
            if let Some(mut saved) = org.row("User", &id).cloned() {
                let name = [text(&saved, "FirstName"), text(&saved, "LastName")].join(" ").trim().to_owned();
                saved.insert("Name".into(), json!(name));
                org.put("User", saved);
            }
            back
        }
        Err(errors) => {
            let message = errors.first().map(|error| error.message.clone()).unwrap_or_default();
            show(org, view, row, Some(&message))
        }
    }
}

/// What the form changes. A box that is not posted is off; any other field that the form lacks stays as it is.
fn changes(org: &Org, view: &View<'_>, row: &Row) -> Row {
    let mut changes: Row = Map::new();
    let mut set = |field: &str, value: Value| {
        let same = match row.get(field) {
            Some(now) => *now == value,
            None => value.is_null() || value == json!(false) || value == json!(""),
        };
        if !same {
            changes.insert(field.to_owned(), value);
        }
    };
    let nillable = |field: &str| {
        org.schema.object("User").and_then(|o| o.field(field)).is_some_and(|field| field.nillable)
    };
    let or_null = |field: &str, value: &str| {
        if value.is_empty() && nillable(field) { Value::Null } else { json!(value) }
    };
    for (id, field, _) in TEXTS {
        if let Some(value) = view.request.field(id) {
            set(field, or_null(field, value.trim()));
        }
    }
    for (field, ..) in CHOICES {
        if let Some(value) = view.request.field(field) {
            set(field, json!(value));
        }
    }
    for (element, field) in [("Profile", "ProfileId"), ("role", "UserRoleId")] {
        if let Some(value) = view.request.field(element) {
            let long = crate::id::long(value).unwrap_or_else(|| value.to_owned());
            set(field, or_null(field, &long));
        }
    }
    set("IsActive", json!(view.request.field("active").is_some()));
    for (at, (field, _)) in FEATURES.iter().enumerate() {
        set(field, json!(view.request.field(&format!("UserPermissions_{at}")).is_some()));
    }
    changes
}

fn show(org: &Org, view: &View<'_>, row: &Row, error: Option<&str>) -> PageResponse {
    let label = |id: &str, word: &str| html! { label for=(id) { (view.words.say(word)) } };
    let typed = |id: &str, field: &str| view.request.field(id).unwrap_or(text(row, field)).to_owned();
    let texts = |(id, field, word): &(&str, &str, &str)| {
        (
            label(id, word),
            html! { input id=(id) name=(id) type="text" maxlength="80" size="20" value=(typed(id, field)); },
        )
    };
    let features = FEATURES.iter().enumerate().map(|(at, (field, word))| {
        let id = format!("UserPermissions_{at}");
        (
            label(&id, word),
            html! { input id=(id) name=(id) type="checkbox" value="1" checked[on(row, field)]; },
        )
    });
    let left = TEXTS.iter().map(texts);
    let right = access(org, view, row).into_iter().chain(features);
    // Two columns, as on the page: identity on the left, access on the right.
    let mut pairs = vec![];
    let (mut left, mut right) = (left.peekable(), right.peekable());
    while left.peek().is_some() || right.peek().is_some() {
        pairs.push(left.next().unwrap_or_default());
        pairs.push(right.next().unwrap_or_default());
    }
    let locale: Vec<(Markup, Markup)> = CHOICES
        .iter()
        .map(|(field, word, values)| {
            let now = typed(field, field);
            let mut choices: Vec<(String, String)> =
                values.iter().map(|value| ((*value).to_owned(), (*value).to_owned())).collect();
            if !now.is_empty() && !values.contains(&now.as_str()) {
                choices.push((now.clone(), now.clone()));
            }
            (label(field, word), select(field, &now, &choices))
        })
        .collect();
    let body = html! {
        (section(1, view.words.say("General Information"))) (details(&pairs))
        (section(2, view.words.say("Locale Settings"))) (details(&locale))
        div .pbSubsection { input #new_password name="new_password" type="checkbox" value="1"; label for="new_password" { (view.words.say("Generate new password and notify user immediately")) } }
    };
    let markup = html! {
        (title(view.words.say("User Edit"), text(row, "Name")))
        form #editPage name="editPage" method="post" action=(action(view)) {
            (block(view.words.say("User Edit"), &save_buttons(view), &body, error))
        }
    };
    page(view, 200, &format!("{}: {}", view.words.say("User Edit"), text(row, "Name")), markup)
}

/// Role, licence, profile and whether the user is active.
fn access(org: &Org, view: &View<'_>, row: &Row) -> Vec<(Markup, Markup)> {
    let label = |id: &str, word: &str| html! { label for=(id) { (view.words.say(word)) } };
    let profile = text(row, "ProfileId");
    let license =
        org.row("Profile", profile).map(|p| text(p, "UserLicenseId").to_owned()).unwrap_or_default();
    let mut by_license: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for row in org.rows("Profile").take(3_000) {
        let of = by_license.entry(short(text(row, "UserLicenseId"))).or_default();
        of.push((short(text(row, "Id")), text(row, "Name")));
    }
    by_license.values_mut().for_each(|profiles| profiles.sort_by_key(|(_, name)| name.to_lowercase()));
    let own = |(id, name): &(&str, &str)| ((*id).to_owned(), (*name).to_owned());
    let profiles: Vec<(String, String)> =
        by_license.get(short(&license)).into_iter().flatten().map(own).collect();
    let mut roles = vec![(String::new(), format!("<{}>", view.words.say("None Specified")))];
    roles.extend(org.rows("UserRole").map(|role| own(&(short(text(role, "Id")), text(role, "Name")))));
    vec![
        (label("role", "Role"), select("role", short(text(row, "UserRoleId")), &roles)),
        (
            label("user_license_id", "User License"),
            html! { select #user_license_id name="user_license_id" data-profiles=(json!(by_license)) { @for l in by_license.keys() { option value=(l) selected[*l == short(&license)] { (name_of(org, "UserLicense", l)) } } } },
        ),
        (label("Profile", "Profile"), select("Profile", short(profile), &profiles)),
        (
            label("active", "Active"),
            html! { input #active name="active" type="checkbox" value="1" checked[on(row, "IsActive")]; },
        ),
    ]
}
