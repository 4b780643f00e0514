//! The pages of the enhanced user interface that profiles and permission sets share: JSF ids, sections by `s`.
//!
//! It never promises the numbers in its ids: `j_idNN` differ from release to release (and here from record to
//! record), the endings do not.

use super::classic::{action, address, check, on, redirect, short};
use super::{View, missing, objects, page, restrictions};
use crate::error::ApiError;
use crate::page::PageResponse;
use crate::platform::dependencies;
use crate::store::{Org, Row, text};
use maud::{Markup, html};
use serde_json::{Map, Value, json};

/// Permissions that stand under "Users" on the page of system permissions; the rest stand under "System".
const USERS: &[&str] = &[
    "AssignPermissionSets",
    "DelegatedTwoFactor",
    "FreezeUsers",
    "ManageInternalUsers",
    "ManageIpAddresses",
    "ManageLoginAccessPolicies",
    "ManagePasswordPolicies",
    "ManageProfilesPermissionsets",
    "ManageRoles",
    "ManageSharing",
    "ManageUsers",
    "MonitorLoginHistory",
    "ResetPasswords",
    "ViewAllUsers",
    "ViewRoles",
    "ViewSetup",
];

/// Headings of the overview, with the sections under each. Spellings of `s`: as public code has them.
const PROFILE: &[(&str, &[&str])] = &[
    (
        "Apps",
        &[
            "AssignedApps",
            "ConnectedApps",
            "ObjectsAndTabs",
            "AppPermissions",
            "ClassAccess",
            "PageAccess",
            "FlowAccess",
            "CustomPermissions",
        ],
    ),
    ("System", &["SystemPermissions", "LoginHours", "LoginIPRanges", "SessionSettings", "PasswordPolicies"]),
];
const PERMISSION_SET: &[(&str, &[&str])] = &[
    (
        "Apps",
        &[
            "AssignedApps",
            "ConnectedApps",
            "EntityPermissions",
            "AppPermissions",
            "ClassAccess",
            "PageAccess",
            "FlowAccess",
            "CustomPermissions",
        ],
    ),
    ("System", &["SystemPermissions", "ServiceProviders"]),
];

/// A record's pages.
struct Console<'a> {
    kind: &'static str,
    row: &'a Row,
}

/// Answers a page of a profile or a permission set (`kind`).
pub(super) fn respond(
    org: &mut Org,
    view: &View<'_>,
    kind: &'static str,
    id: &str,
    editing: bool,
) -> PageResponse {
    let Some(row) = org.row(kind, id).cloned() else { return missing(view) };
    let console = Console { kind, row: &row };
    if editing && view.request.method == "POST" {
        console.save(org, view)
    } else {
        console.show(org, view, editing, None)
    }
}

/// What a section is, whatever the case of `s`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Overview,
    System,
    Objects,
    Ranges,
    Hours,
    Session,
    Password,
}

impl Section {
    fn of(kind: &str, s: &str) -> Section {
        match (s.to_lowercase().as_str(), kind) {
            ("systempermissions", _) => Section::System,
            ("objectsandtabs" | "entitypermissions", _) => Section::Objects,
            ("loginipranges", "Profile") => Section::Ranges,
            ("loginhours", "Profile") => Section::Hours,
            ("sessionsettings", "Profile") => Section::Session,
            ("passwordpolicies", "Profile") => Section::Password,
            _ => Section::Overview,
        }
    }
}

/// The `n`th generated id of a record's pages.
fn jid(id: &str, n: usize) -> String {
    format!("j_id{}", 70 + id.bytes().map(usize::from).sum::<usize>() % 29 + n)
}

/// What every generated id of a record's page begins with.
fn prefix(id: &str) -> String {
    format!("page:console:{}:{}:{}", jid(id, 0), jid(id, 1), jid(id, 2))
}

impl Console<'_> {
    fn id(&self) -> &str {
        text(self.row, "Id")
    }

    fn section<'v>(&self, view: &View<'v>) -> (Section, &'v str) {
        let s = view.request.parameter("s").unwrap_or_default();
        (Section::of(self.kind, s), s)
    }

    /// The parameters of a section's page. Without a section `enhanced` says which user interface it is.
    fn own<'v>(&self, view: &View<'v>) -> Vec<(&'v str, &'v str)> {
        let (_, s) = self.section(view);
        let mut own: Vec<(&str, &str)> = vec![];
        if !s.is_empty() {
            own.push(("s", s));
        } else if self.kind == "Profile" {
            own.push(("enhanced", "1"));
        }
        own.extend(view.request.parameter("o").map(|o| ("o", o)));
        own
    }

    fn save(&self, org: &mut Org, view: &View<'_>) -> PageResponse {
        let path = format!("/{}", short(self.id()));
        if view.request.form.iter().any(|(name, _)| name.ends_with(":button_pc_cancel")) {
            return redirect(view, &path, &self.own(view));
        }
        let result = match self.section(view).0 {
            Section::System => self.save_system(org, view),
            Section::Objects => self.save_objects(org, view),
            Section::Ranges => restrictions::save_range(org, view, self.id()),
            Section::Hours => restrictions::save_hours(org, view, self.id()),
            Section::Session => restrictions::save_settings(org, view, self.id(), restrictions::SESSION),
            Section::Password => restrictions::save_settings(org, view, self.id(), restrictions::PASSWORD),
            Section::Overview => Ok(()),
        };
        match result {
            Ok(()) => redirect(view, &path, &self.own(view)),
            Err(errors) => self.show(org, view, true, errors.first().map(|error| error.message.as_str())),
        }
    }

    fn save_system(&self, org: &mut Org, view: &View<'_>) -> Result<(), Vec<ApiError>> {
        if self.is_fixed(org) {
            return Ok(());
        }
        let names: Vec<String> = org.schema.permissions().map(|(name, _)| name.to_owned()).collect();
        let mut changes = Map::new();
        for (at, name) in names.iter().enumerate() {
            let ending = format!(":{at}:userPerm");
            let wanted = view.request.form.iter().any(|(field, _)| field.ends_with(&ending));
            let field = format!("Permissions{name}");
            if wanted != on(self.row, &field) {
                changes.insert(field, json!(wanted));
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        org.update(&view.actor, self.kind, self.id(), changes)
    }

    fn save_objects(&self, org: &mut Org, view: &View<'_>) -> Result<(), Vec<ApiError>> {
        let Some(name) = view.request.parameter("o") else { return Ok(()) };
        if self.is_fixed(org) || !objects::names(org).iter().any(|known| known == name) {
            return Ok(());
        }
        let mut wanted = [false; 6];
        for (at, slot) in wanted.iter_mut().enumerate() {
            let ending = format!(":{at}:olp_check");
            *slot = view.request.form.iter().any(|(field, _)| field.ends_with(&ending));
        }
        let parent = objects::parent(org, self.kind, self.row);
        objects::save(org, &view.actor, &parent, name, wanted)
    }

    /// A standard profile's permissions: shown, not for ticking.
    fn is_fixed(&self, org: &Org) -> bool {
        self.kind == "Profile"
            && org.profile_set(self.id()).is_some_and(|set| set.get("IsCustom") == Some(&json!(false)))
    }

    fn show(&self, org: &Org, view: &View<'_>, editing: bool, error: Option<&str>) -> PageResponse {
        let say = |word: &'static str| view.words.say(word);
        let (section, s) = self.section(view);
        // An object's own page has a form; the list of objects has none.
        let editable = section != Section::Overview
            && (section != Section::Objects || view.request.parameter("o").is_some());
        let editing = editing && editable;
        let profile = self.kind == "Profile";
        let label = Some(text(self.row, "Label")).filter(|label| !label.is_empty());
        let name = label.unwrap_or(text(self.row, "Name"));
        let path = format!("/{}", short(self.id()));
        let body = match section {
            Section::Overview => self.overview(org, view),
            Section::System => self.system(org, view, editing),
            Section::Objects => self.objects(org, view, editing),
            Section::Ranges => restrictions::ranges(org, view, self.id(), editing),
            Section::Hours => restrictions::hours(org, view, self.id(), editing),
            Section::Session => restrictions::settings(
                org,
                view,
                self.id(),
                restrictions::SESSION,
                editing,
                &self.form_id(section),
            ),
            Section::Password => restrictions::settings(
                org,
                view,
                self.id(),
                restrictions::PASSWORD,
                editing,
                &self.form_id(section),
            ),
        };
        let users = address(
            view,
            "/005",
            &[
                ("id", short(self.id())),
                ("isUserEntityOverride", "1"),
                ("SetupNode", if profile { "EnhancedProfiles" } else { "PermSets" }),
            ],
        );
        let markup = html! {
            form id="page:console:pc_form" name="page:console:pc_form" method="post" action=(address(view, &path, &self.own(view))) {
                div .bPageTitle { div .ptBody { div .content {
                    h1 .pageType { (say(if profile { "Profile" } else { "Permission Set" })) } h2 .pageDescription { (name) }
                } } }
                div .pc_overviewHeader {
                    input id="page:console:pc_form:find:findComponent:input" name="page:console:pc_form:find:findComponent:input" type="text" placeholder=(say("Find Settings...")) aria-label=(say("Find Settings..."));
                    @if profile {
                        a .btn.pc_buttonLink href={ "/setup/ui/profileclone.jsp?id=" (short(self.id())) } { (say("Clone")) }
                        input .btn type="button" id={ "page:console:" (jid(self.id(), 0)) ":" (jid(self.id(), 1)) ":overview_header:" (jid(self.id(), 4)) ":button_assigned_users" } value=(say("Assigned Users")) data-href=(users);
                    } @else {
                        input .btn type="button" id="page:console:pc_form:button_manage_assignments" value=(say("Manage Assignments")) data-href=(users);
                    }
                    @if section != Section::Overview {
                        p .pc_breadcrumb { a href=(address(view, &path, if profile { &[("enhanced", "1")] } else { &[] })) { (say(if profile { "Profile Overview" } else { "Permission Set Overview" })) } " › " (view.words.say(s)) @if let Some(object) = view.request.parameter("o") { " › " (object) } }
                    }
                    @if editable && !editing { a .btn.pc_buttonLink href=(address(view, &format!("{path}/e"), &self.own(view))) { (say("Edit")) } }
                }
            }
            @if let Some(error) = error { div .errorMsg role="alert" { strong { (say("Error")) ": " } (error) } }
            @if editing {
                @let id = self.form_id(section);
                form id=(id) name=(id) method="post" action=(action(view)) data-dependencies=(self.dependencies(org, section)) {
                    div .pbButton { (self.buttons(view)) }
                    (body)
                    div .pbButtonb { (self.buttons(view)) }
                }
            } @else { (body) }
        };
        page(view, 200, name, markup)
    }

    fn form_id(&self, section: Section) -> String {
        let name = match section {
            Section::Overview | Section::System => "permissions_form",
            Section::Objects => "objects_tabs_detail",
            Section::Ranges => "login_ip_form",
            Section::Hours => "login_hours_form",
            Section::Session => "session_form",
            Section::Password => "password_form",
        };
        format!("{}:{name}", prefix(self.id()))
    }

    fn buttons(&self, view: &View<'_>) -> Markup {
        let button = |ending: &str, word: &'static str| {
            let id = format!("page:console:{}:{}:{ending}", jid(self.id(), 4), jid(self.id(), 5));
            html! { input .btn type="submit" id=(id) name=(id) value=(view.words.say(word)); }
        };
        html! { (button("button_pc_save", "Save")) (button("button_pc_cancel", "Cancel")) }
    }

    /// The id of a user permission's box.
    fn box_id(&self, group: usize, at: usize) -> String {
        let id = self.id();
        format!(
            "{}:permissions_form:permissions_pb:{}:{}:{}:{group}:{}:{}:{at}:userPerm",
            prefix(id),
            jid(id, 20),
            jid(id, 21),
            jid(id, 27),
            jid(id, 28),
            jid(id, 29)
        )
    }

    fn dependencies(&self, org: &Org, section: Section) -> String {
        if section != Section::System {
            return "{}".into();
        }
        let boxes: Vec<(String, String)> = org
            .schema
            .permissions()
            .enumerate()
            .map(|(at, (name, _))| (name.to_owned(), self.box_id(usize::from(USERS.contains(&name)), at)))
            .collect();
        dependencies::of_boxes(&boxes)
    }

    fn overview(&self, org: &Org, view: &View<'_>) -> Markup {
        let groups = if self.kind == "Profile" { PROFILE } else { PERMISSION_SET };
        let path = format!("/{}", short(self.id()));
        let license = org
            .row(
                "UserLicense",
                text(self.row, if self.kind == "Profile" { "UserLicenseId" } else { "LicenseId" }),
            )
            .map(|row| text(row, "Name").to_owned());
        html! {
            div .overviewDetail {
                table .detailList { tbody {
                    tr { td .labelCol { (view.words.say("Description")) } td .dataCol.col02 { (text(self.row, "Description")) } td .labelCol { (view.words.say(if self.kind == "Profile" { "User License" } else { "License" })) } td .dataCol { (license.unwrap_or_default()) } }
                    @if self.kind == "PermissionSet" { tr { td .labelCol { (view.words.say("API Name")) } td .dataCol.col02 { (text(self.row, "Name")) } td .labelCol { (view.words.say("Namespace Prefix")) } td .dataCol { (text(self.row, "NamespacePrefix")) } } }
                } }
            }
            @for (heading, sections) in groups {
                div .pc_overviewGroup {
                    h3 { (view.words.say(heading)) }
                    ul { @for s in *sections { li { a href=(address(view, &path, &[("s", s)])) { (view.words.say(s)) } } } }
                }
            }
        }
    }

    fn system(&self, org: &Org, view: &View<'_>, editing: bool) -> Markup {
        let mut all: Vec<(usize, String, String)> = org
            .schema
            .permissions()
            .enumerate()
            .map(|(at, (name, _))| (at, name.to_owned(), org.schema.label(name, view.words.language())))
            .collect();
        all.sort_by(|a, b| a.2.cmp(&b.2));
        let fixed = self.is_fixed(org);
        let group = |group: usize, heading: &str| {
            html! {
                div .pbSubheader.brandTertiaryBgr.first[group == 0].tertiaryPalette { h3 { (view.words.say(heading)) } }
                table .detailList.permissions { tbody {
                    tr { th scope="col" { (view.words.say("Permission Name")) } th scope="col" { (view.words.say("Enabled")) } }
                    @for (at, name, label) in all.iter().filter(|(_, name, _)| usize::from(USERS.contains(&name.as_str())) == group) {
                        @let on = on(self.row, &format!("Permissions{name}"));
                        tr {
                            td .labelCol { (label) }
                            td .dataCol {
                                @if editing {
                                    @let id = self.box_id(group, *at);
                                    input type="checkbox" id=(id) name=(id) title=(name) value="true" checked[on] disabled[fixed];
                                } @else { (check(view, on)) }
                            }
                        }
                    }
                } }
            }
        };
        html! { (group(0, "System")) (group(1, "Users")) }
    }

    fn objects(&self, org: &Org, view: &View<'_>, editing: bool) -> Markup {
        let parent = objects::parent(org, self.kind, self.row);
        let path = format!("/{}", short(self.id()));
        let (_, s) = self.section(view);
        let Some(name) = view.request.parameter("o") else {
            return html! {
                table .list { tbody {
                    tr .headerRow { th scope="col" { (view.words.say("Object Name")) } th scope="col" { (view.words.say("API Name")) } th scope="col" { (view.words.say("Object Permissions")) } }
                    @for name in objects::names(org) {
                        @let granted: Vec<&str> = objects::SIX.iter().zip(objects::granted(org, &parent, &name)).filter(|(_, on)| *on).map(|((_, word, _), _)| view.words.say(word)).collect();
                        tr .dataRow { th .dataCell scope="row" { a href=(address(view, &path, &[("s", s), ("o", &name)])) { (view.words.say(&name)) } } td .dataCell { (name) } td .dataCell { @if granted.is_empty() { (view.words.say("No Access")) } @else { (granted.join(", ")) } } }
                    }
                } }
            };
        };
        let id = self.id();
        let granted = objects::granted(org, &parent, name);
        let fixed = self.is_fixed(org);
        html! {
            div .pbSubheader.brandTertiaryBgr.first.tertiaryPalette { h3 { (view.words.say("Object Permissions")) } }
            table .detailList.objectPermissions { tbody {
                tr { th scope="col" { (view.words.say("Permission Name")) } th scope="col" { (view.words.say("Enabled")) } }
                @for (at, ((_, word, key), on)) in objects::SIX.iter().zip(granted).enumerate() {
                    tr {
                        td .labelCol { (view.words.say(word)) }
                        td .dataCol {
                            @if editing {
                                @let id = format!("{}:objects_tabs_detail:{}:0:{}:{}:{}:{at}:olp_check", prefix(id), jid(id, 43), jid(id, 45), jid(id, 46), jid(id, 47));
                                input type="checkbox" id=(id) name=(id) value="true" checked[on] disabled[fixed] data-crud=(key) data-object=(name);
                            } @else { (check(view, on)) }
                        }
                    }
                }
            } }
        }
    }
}

/// The value of a form field called `name`, or with it as the ending of a JSF id.
pub(super) fn posted<'v>(view: &View<'v>, name: &str) -> Option<&'v str> {
    let ending = format!(":{name}");
    let found = view.request.form.iter().find(|(field, _)| field == name || field.ends_with(&ending));
    found.map(|(_, value)| value.as_str())
}

/// A JSON value's text; empty when it has none.
pub(super) fn string(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
