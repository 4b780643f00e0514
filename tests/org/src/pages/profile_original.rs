//! A profile in the original user interface: one long page, labels only; and the list of profiles.
//!
//! It never writes an API name beside a user permission: none is known to stand there.

use super::classic::{
    action, address, block, check, details, leads, on, redirect, related, save_buttons, section, short, title,
};
use super::restrictions::{self, PASSWORD, SESSION};
use super::user::name_of;
use super::{View, missing, objects, page};
use crate::error::ApiError;
use crate::page::PageResponse;
use crate::platform::dependencies;
use crate::store::{Org, Row, text};
use maud::{Markup, html};
use serde_json::{Map, json};

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

/// Apps whose visibility the page sets, with the id that is in the name of each box.
const APPS: &[(&str, &str)] = &[
    ("02u5g000000AbC1", "Sales"),
    ("02u5g000000AbC2", "Service"),
    ("02u5g000000AbC3", "Marketing"),
    ("02u5g000000AbC4", "Platform"),
];

/// Tabs whose setting the page has.
const TABS: &[&str] = &["Account", "Campaign", "Case", "Contact", "Lead", "Opportunity"];
const TAB_SETTINGS: &[(&str, &str)] = &[("0", "Default On"), ("1", "Default Off"), ("2", "Tab Hidden")];

pub(super) fn list(org: &Org, view: &View<'_>) -> PageResponse {
    let mut rows: Vec<&Row> = org.rows("Profile").collect();
    rows.sort_by_key(|row| text(row, "Name").to_lowercase());
    let body = html! {
        (title(view.words.say("Profiles"), view.words.say("All Profiles")))
        table .list { tbody {
            tr .headerRow { th .actionColumn scope="col" { (view.words.say("Action")) } th scope="col" { (view.words.say("Profile Name")) } th scope="col" { (view.words.say("User License")) } th scope="col" { (view.words.say("Custom")) } }
            @for row in rows.iter().take(600) {
                @let id = short(text(row, "Id"));
                tr .dataRow {
                    td .actionColumn { a .actionLink href=(address(view, &format!("/{id}/e"), &[])) { (view.words.say("Edit")) } " | " a .actionLink href={ "/setup/ui/profileclone.jsp?id=" (id) } { (view.words.say("Clone")) } }
                    th .dataCell scope="row" { div id={ (id) "_ProfileName" } { a href=(address(view, &format!("/{id}"), &[])) { span { (text(row, "Name")) } } } }
                    td .dataCell { (name_of(org, "UserLicense", text(row, "UserLicenseId"))) }
                    td .dataCell { (check(view, is_custom(org, row))) }
                }
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
    let back = redirect(view, &format!("/{}", short(text(&row, "Id"))), &[]);
    if view.request.field("cancel").is_some() {
        return back;
    }
    match save(org, view, &row) {
        Ok(()) => back,
        Err(errors) => show(org, view, &row, true, errors.first().map(|error| error.message.as_str())),
    }
}

fn is_custom(org: &Org, row: &Row) -> bool {
    org.profile_set(text(row, "Id")).is_some_and(|set| on(set, "IsCustom"))
}

/// The element id of a user permission's box: an index, as nothing better is known.
fn box_id(at: usize) -> String {
    format!("up{at}")
}

/// The element id of an object permission's box.
fn crud_id(object: usize, at: usize) -> String {
    format!("crud{object}_{at}")
}

fn save(org: &mut Org, view: &View<'_>, row: &Row) -> Result<(), Vec<ApiError>> {
    let id = text(row, "Id").to_owned();
    let posted = |name: &str| view.request.field(name).is_some();
    // A standard profile's permissions are shown, not for ticking: what the form lacks is then no wish.
    if is_custom(org, row) {
        let names: Vec<String> = org.schema.permissions().map(|(name, _)| name.to_owned()).collect();
        let changes: Map<_, _> = names
            .iter()
            .enumerate()
            .map(|(at, name)| (format!("Permissions{name}"), posted(&box_id(at))))
            .filter(|(field, wanted)| on(row, field) != *wanted)
            .map(|(field, wanted)| (field, json!(wanted)))
            .collect();
        let parent = objects::parent(org, "Profile", row);
        let wanted: Vec<(String, [bool; 6])> = objects::names(org)
            .into_iter()
            .enumerate()
            .map(|(object, name)| (name, std::array::from_fn(|at| posted(&crud_id(object, at)))))
            .collect();
        if !changes.is_empty() {
            org.update(&view.actor, "Profile", &id, changes)?;
        }
        for (name, six) in wanted {
            objects::save(org, &view.actor, &parent, &name, six)?;
        }
    }
    restrictions::save_settings(org, view, &id, SESSION)?;
    restrictions::save_settings(org, view, &id, PASSWORD)?;
    let apps = APPS.iter().map(|(app, _)| format!("tabSet_visible___{app}"));
    let mut kept: Vec<(String, String)> = apps
        .map(|name| {
            let on = posted(&name);
            (name, if on { "1" } else { "0" }.to_owned())
        })
        .collect();
    for tab in TABS {
        let name = format!("tab__{tab}");
        let value = view.request.field(&name).unwrap_or("0").to_owned();
        kept.push((name, value));
    }
    restrictions::keep(org, view, &id, kept)
}

fn show(org: &Org, view: &View<'_>, row: &Row, editing: bool, error: Option<&str>) -> PageResponse {
    let id = short(text(row, "Id"));
    let name = text(row, "Name");
    let settings = |settings| restrictions::setting_pairs(org, view, text(row, "Id"), settings, editing, "");
    let body = html! {
        (details(&head(org, view, row)))
        (section(1, view.words.say("Custom App Settings"))) (apps(org, view, row, editing))
        (section(2, view.words.say("Tab Settings"))) (details(&tabs(org, view, row, editing)))
        (section(3, view.words.say("Administrative Permissions"))) (details(&permissions(org, view, row, editing, true)))
        (section(4, view.words.say("General User Permissions"))) (details(&permissions(org, view, row, editing, false)))
        (section(5, view.words.say("Standard Object Permissions"))) (object_table(org, view, row, editing, false))
        (section(6, view.words.say("Custom Object Permissions"))) (object_table(org, view, row, editing, true))
        (section(7, view.words.say("SessionSettings"))) (details(&settings(SESSION)))
        (section(8, view.words.say("PasswordPolicies"))) (details(&settings(PASSWORD)))
    };
    let markup = if editing {
        let boxes: Vec<(String, String)> = org
            .schema
            .permissions()
            .enumerate()
            .map(|(at, (name, _))| (name.to_owned(), box_id(at)))
            .collect();
        html! {
            (title(view.words.say("Profile Edit"), name))
            form #editPage name="editPage" method="post" action=(action(view)) data-dependencies=(dependencies::of_boxes(&boxes)) {
                (block(view.words.say("Profile Edit"), &save_buttons(view), &body, error))
            }
        }
    } else {
        let users = address(
            view,
            "/005",
            &[("id", id), ("isUserEntityOverride", "1"), ("SetupNode", "EnhancedProfiles")],
        );
        let buttons = html! {
            (leads(view, "edit", "Edit", &address(view, &format!("/{id}/e"), &[])))
            (leads(view, "clone", "Clone", &format!("/setup/ui/profileclone.jsp?id={id}")))
            (leads(view, "viewusers", "View Users", &users))
        };
        let to = |section: &str| address(view, &format!("/{id}/e"), &[("s", section)]);
        html! {
            (title(view.words.say("Profile"), name))
            (block(view.words.say("Profile Detail"), &buttons, &body, None))
            (related(&format!("{id}_LoginHours"), view.words.say("LoginHours"), &leads(view, "edit_hours", "Edit", &to("LoginHours")), &html! { tr { td { (restrictions::hours(org, view, text(row, "Id"), false)) } } }))
            (related(&format!("{id}_LoginIpRanges"), view.words.say("Login IP Ranges"), &leads(view, "new", "New", &to("LoginIPRanges")), &restrictions::range_rows(org, view, text(row, "Id"))))
        }
    };
    page(view, 200, &format!("{}: {name}", view.words.say("Profile")), markup)
}

fn head(org: &Org, view: &View<'_>, row: &Row) -> Vec<(Markup, Markup)> {
    let say = |word: &str| html! { (view.words.say(word)) };
    vec![
        (say("Name"), html! { (text(row, "Name")) }),
        (say("User License"), html! { (name_of(org, "UserLicense", text(row, "UserLicenseId"))) }),
        (say("Custom Profile"), check(view, is_custom(org, row))),
        (say("Description"), html! { (text(row, "Description")) }),
    ]
}

fn permissions(
    org: &Org,
    view: &View<'_>,
    row: &Row,
    editing: bool,
    administrative: bool,
) -> Vec<(Markup, Markup)> {
    let fixed = !is_custom(org, row);
    let mut chosen: Vec<(usize, &str, String)> = org
        .schema
        .permissions()
        .enumerate()
        .filter(|(_, (name, _))| ADMINISTRATIVE.contains(name) == administrative)
        .map(|(at, (name, _))| (at, name, org.schema.label(name, view.words.language())))
        .collect();
    chosen.sort_by(|a, b| a.2.cmp(&b.2));
    let pair = |(at, name, label): (usize, &str, String)| {
        let on = on(row, &format!("Permissions{name}"));
        let id = box_id(at);
        if editing {
            (
                html! { label for=(id) { (label) } },
                html! { input type="checkbox" id=(id) name=(id) value="1" checked[on] disabled[fixed]; },
            )
        } else {
            (html! { (label) }, check(view, on))
        }
    };
    chosen.into_iter().map(pair).collect()
}

fn object_table(org: &Org, view: &View<'_>, row: &Row, editing: bool, custom: bool) -> Markup {
    let parent = objects::parent(org, "Profile", row);
    let fixed = !is_custom(org, row);
    // `onclick` as the page has it, where a policy allows that; the script listens by itself where not.
    let inline = |name: &str, key: &str| {
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (plain && !view.request.options.strict_csp)
            .then(|| format!("ProfileDependentCheckboxes.handleClick(this, '{name}', '{key}')"))
    };
    html! {
        div .pbSubsection { table .crudTable border="0" cellpadding="0" cellspacing="0" { tbody {
            tr { td .labelCol {} th .crudCols colspan="4" scope="colgroup" { (view.words.say("Basic Access")) } th .marvarCols colspan="2" scope="colgroup" { (view.words.say("Data Administration")) } }
            tr { td .labelCol {} @for (at, (_, word, _)) in objects::SIX.iter().enumerate() { th .(if at < 4 { "crudCol" } else { "marvarCol" }) scope="col" { (view.words.say(word)) } } }
            @for (object, name) in objects::names(org).iter().enumerate().filter(|(_, name)| objects::is_custom(name) == custom) {
                tr {
                    th .labelCol scope="row" { (view.words.say(name)) }
                    @for (at, ((_, word, key), on)) in objects::SIX.iter().zip(objects::granted(org, &parent, name)).enumerate() {
                        td .(if at < 4 { "crudCol" } else { "marvarCol" }) {
                            @if editing {
                                @let id = crud_id(object, at);
                                input type="checkbox" id=(id) name=(id) value="1" checked[on] disabled[fixed] title={ (view.words.say(name)) " " (view.words.say(word)) } data-crud=(key) data-object=(name) onclick=[inline(name, key)];
                            } @else { (check(view, on)) }
                        }
                    }
                }
            }
        } } }
    }
}

fn apps(org: &Org, view: &View<'_>, row: &Row, editing: bool) -> Markup {
    html! {
        div .pbSubsection { table .detailList border="0" cellpadding="0" cellspacing="0" { tbody { tr { td .labelCol.last { (view.words.say("Custom App Settings")) } td .dataCol.col02.last {
            table .tabSetTable border="0" cellpadding="0" cellspacing="0" { tbody {
                tr { th scope="col" {} th scope="col" { (view.words.say("Visible")) } }
                @for (app, name) in APPS {
                    @let field = format!("tabSet_visible___{app}");
                    @let on = restrictions::kept(org, text(row, "Id"), &field).as_deref() == Some("1");
                    tr { td { (name) } td { @if editing { input type="checkbox" id=(field) name=(field) value="1" title={ "/" (name) " " (view.words.say("Visible")) } checked[on]; } @else { (check(view, on)) } } }
                }
            } }
        } } } } }
    }
}

fn tabs(org: &Org, view: &View<'_>, row: &Row, editing: bool) -> Vec<(Markup, Markup)> {
    let pair = |tab: &&str| {
        let field = format!("tab__{tab}");
        let now = restrictions::kept(org, text(row, "Id"), &field).unwrap_or_else(|| "0".into());
        let label = html! { (view.words.say(tab)) };
        if editing {
            let choices: Vec<(String, String)> = TAB_SETTINGS
                .iter()
                .map(|(value, word)| ((*value).to_owned(), view.words.say(word).to_owned()))
                .collect();
            return (html! { label for=(field) { (label) } }, super::classic::select(&field, &now, &choices));
        }
        let word = TAB_SETTINGS.iter().find(|(value, _)| *value == now).map_or("", |(_, word)| *word);
        (label, html! { (view.words.say(word)) })
    };
    TABS.iter().map(pair).collect()
}
