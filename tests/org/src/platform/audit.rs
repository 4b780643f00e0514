//! What SetupAuditTrail says of a write.
//!
//! It never invents an action's name: these are of published lists; where none is known, nothing is written.

use super::permissions::ticked;
use crate::store::{Actor, Org, Row, object, text};
use serde_json::json;

/// Fields of User whose change the trail knows by a name of its own.
const USER_CHANGES: &[(&str, &str, &str)] = &[
    ("Email", "changedemail", "email"),
    ("ManagerId", "changedManager", "manager"),
    ("FederationIdentifier", "changedfederationid", "federation identifier"),
    ("CommunityNickname", "changedcommunitynickname", "nickname"),
];

impl Org {
    /// The entries of a write, by the row before and after.
    pub(super) fn audit_write(&mut self, actor: &Actor, kind: &str, old: Option<&Row>, new: Option<&Row>) {
        let entries = match kind {
            "User" => self.of_user(old, new),
            "UserLogin" => self.of_sign_in(old, new),
            "Profile" => self.of_profile(old, new),
            "PermissionSet" => self.of_set(old, new),
            "PermissionSetAssignment" => self.of_assignment(old, new),
            "PermissionSetLicenseAssign" => self.of_license(old, new),
            "PermissionSetGroup" => of_group(old, new),
            "PermissionSetGroupComponent" => self.of_component(old, new),
            "SetupEntityAccess" => self.of_app(old, new),
            "ObjectPermissions" => self.of_objects(old, new),
            "FieldPermissions" => self.of_fields(old, new),
            _ => vec![],
        };
        for (action, display) in entries {
            let section = if action.starts_with("PermissionSetGroup") {
                "Permission Set Group"
            } else {
                "Manage Users"
            };
            self.audit(&actor.user_id, &action, section, &display);
        }
    }

    /// One entry.
    pub fn audit(&mut self, user: &str, action: &str, section: &str, display: &str) {
        let row = json!({ "Action": action, "Section": section, "CreatedDate": self.stamp(), "CreatedById": user, "Display": display });
        self.put("SetupAuditTrail", object(row));
    }

    fn name_of(&self, kind: &str, id: &str, field: &str) -> String {
        self.row(kind, id).map(|row| text(row, field).to_owned()).unwrap_or_default()
    }

    fn of_user(&self, old: Option<&Row>, new: Option<&Row>) -> Vec<(String, String)> {
        let Some(new) = new else { return vec![] };
        let name = text(new, "Name");
        let Some(old) = old else {
            return vec![("createduser".into(), format!("Created new user {name}"))];
        };
        let mut entries = vec![];
        let mut say = |action: &str, display: String| entries.push((action.to_owned(), display));
        let active = |row: &Row| row.get("IsActive") != Some(&json!(false));
        match (active(old), active(new)) {
            (true, false) => say("deactivateduser", format!("Deactivated user {name}")),
            (false, true) => say("activateduser", format!("Activated user {name}")),
            _ => {}
        }
        let (from, to) = (text(old, "ProfileId"), text(new, "ProfileId"));
        if from != to {
            let action = match (self.is_standard_profile(from), self.is_standard_profile(to)) {
                (true, false) => "changedprofileforuserstdtocust",
                (false, true) => "changedprofileforusercusttostd",
                _ => "changedprofileforuser",
            };
            let of = |id: &str| self.name_of("Profile", id, "Name");
            say(action, format!("Changed profile for user {name} from {} to {}", of(from), of(to)));
        }
        let (from, to) = (text(old, "UserRoleId"), text(new, "UserRoleId"));
        if from != to {
            let action = match (from.is_empty(), to.is_empty()) {
                (true, _) => "changedroleforuserfromnone",
                (_, true) => "changedroleforusertonone",
                _ => "changedroleforuser",
            };
            let of = |id: &str| {
                Some(self.name_of("UserRole", id, "Name"))
                    .filter(|n| !n.is_empty())
                    .unwrap_or_else(|| "None".into())
            };
            say(action, format!("Changed role for user {name} from {} to {}", of(from), of(to)));
        }
        for (field, action, word) in USER_CHANGES {
            let (from, to) = (text(old, field), text(new, field));
            if from != to {
                say(action, format!("Changed {word} for user {name} from {from} to {to}"));
            }
        }
        entries
    }

    fn of_sign_in(&self, old: Option<&Row>, new: Option<&Row>) -> Vec<(String, String)> {
        let (Some(old), Some(new)) = (old, new) else { return vec![] };
        let name = self.name_of("User", text(new, "UserId"), "Name");
        let frozen = |row: &Row| row.get("IsFrozen") == Some(&json!(true));
        match (frozen(old), frozen(new)) {
            (false, true) => vec![("frozeuser".into(), format!("Froze user {name}"))],
            (true, false) => vec![("unfrozeuser".into(), format!("Unfroze user {name}"))],
            _ => vec![],
        }
    }

    fn of_profile(&self, old: Option<&Row>, new: Option<&Row>) -> Vec<(String, String)> {
        match (old, new) {
            (None, Some(new)) => {
                vec![("createdprofile".into(), format!("Created profile {}", text(new, "Name")))]
            }
            (Some(old), None) => {
                vec![("deletedprofile".into(), format!("Deleted profile {}", text(old, "Name")))]
            }
            (Some(old), Some(new)) => changed(old, new)
                .map(|(permission, from, to)| {
                    let label = self.schema.label(&permission, "en_US");
                    let display = format!(
                        "Changed profile {}: general user permission {label} was changed from {from} to {to}",
                        text(new, "Name")
                    );
                    ("profilePermChangedCustom".to_owned(), display)
                })
                .collect(),
            (None, None) => vec![],
        }
    }

    fn of_set(&self, old: Option<&Row>, new: Option<&Row>) -> Vec<(String, String)> {
        match (old, new) {
            (None, Some(new)) => {
                let label = text(new, "Label");
                let license = self.name_of("UserLicense", text(new, "LicenseId"), "Name");
                if license.is_empty() {
                    vec![(
                        "PermSetCreateNoLicense".into(),
                        format!("Created permission set {label}: with no license"),
                    )]
                } else {
                    vec![(
                        "PermSetCreate".into(),
                        format!("Created permission set {label}: with User License {license}"),
                    )]
                }
            }
            (Some(old), None) => {
                vec![("PermSetDelete".into(), format!("Deleted permission set {}", text(old, "Label")))]
            }
            (Some(old), Some(new)) => {
                let label = text(new, "Label");
                let mut entries: Vec<(String, String)> = changed(old, new)
                    .map(|(permission, from, to)| {
                        let action = if to == "enabled" { "PermSetEnableUserPerm" } else { "PermSetDisableUserPerm" };
                        let name = self.schema.label(&permission, "en_US");
                        (action.to_owned(), format!("Changed permission set {label}: {name} permission was changed from {from} to {to}"))
                    })
                    .collect();
                if text(old, "Label") != label {
                    entries.push((
                        "PermSetLabelChange".into(),
                        format!(
                            "Changed permission set {label}: Master Label was changed from {} to {label}",
                            text(old, "Label")
                        ),
                    ));
                }
                if text(old, "Name") != text(new, "Name") {
                    entries.push((
                        "PermSetDeveloperNameChange".into(),
                        format!(
                            "Changed permission set {label}: API name was changed from {} to {}",
                            text(old, "Name"),
                            text(new, "Name")
                        ),
                    ));
                }
                if text(old, "Description") != text(new, "Description") {
                    entries.push((
                        "PermSetDescriptionChange".into(),
                        format!("Changed permission set {label}: description was changed"),
                    ));
                }
                entries
            }
            (None, None) => vec![],
        }
    }

    fn of_assignment(&self, old: Option<&Row>, new: Option<&Row>) -> Vec<(String, String)> {
        let Some(row) = new.or(old) else { return vec![] };
        let user = self.name_of("User", text(row, "AssigneeId"), "Name");
        let group = text(row, "PermissionSetGroupId");
        let (action, what) = if group.is_empty() {
            (
                "PermSet",
                format!(
                    "Permission set {}",
                    self.name_of("PermissionSet", text(row, "PermissionSetId"), "Label")
                ),
            )
        } else {
            (
                "PermSetGroup",
                format!("Permission set group {}", self.name_of("PermissionSetGroup", group, "MasterLabel")),
            )
        };
        match (old, new) {
            (None, _) => vec![(format!("{action}Assign"), format!("{what}: assigned to user {user}"))],
            (_, None) => vec![(format!("{action}Unassign"), format!("{what}: unassigned from user {user}"))],
            _ => vec![],
        }
    }

    fn of_license(&self, old: Option<&Row>, new: Option<&Row>) -> Vec<(String, String)> {
        let Some(row) = new.or(old) else { return vec![] };
        let user = self.name_of("User", text(row, "AssigneeId"), "Name");
        let license =
            self.name_of("PermissionSetLicense", text(row, "PermissionSetLicenseId"), "MasterLabel");
        let (action, done) = if new.is_some() {
            ("PermSetLicenseAssign", "assigned to")
        } else {
            ("PermSetLicenseUnassign", "unassigned from")
        };
        vec![(action.into(), format!("Permission set license {license}: {done} user {user}"))]
    }

    fn of_component(&self, old: Option<&Row>, new: Option<&Row>) -> Vec<(String, String)> {
        let Some(row) = new.or(old) else { return vec![] };
        let group = self.name_of("PermissionSetGroup", text(row, "PermissionSetGroupId"), "MasterLabel");
        let member = self.name_of("PermissionSet", text(row, "PermissionSetId"), "Label");
        let (action, done) = if new.is_some() {
            ("PermissionSetGroupComponentAdd", "added")
        } else {
            ("PermissionSetGroupComponentRemoved", "removed")
        };
        vec![(
            action.into(),
            format!("Changed permission set group {group}: group member {member} was {done}"),
        )]
    }

    /// "profile X" or "permission set X", and the end that a profile's action has.
    fn parent_words(&self, parent: &str) -> (bool, String, &'static str) {
        let Some(set) = self.row("PermissionSet", parent) else { return (false, String::new(), "") };
        let profile = text(set, "ProfileId");
        if profile.is_empty() {
            return (false, format!("permission set {}", text(set, "Label")), "");
        }
        let end = if self.is_standard_profile(profile) { "Standard" } else { "Custom" };
        (true, format!("profile {}", self.name_of("Profile", profile, "Name")), end)
    }

    fn of_app(&self, old: Option<&Row>, new: Option<&Row>) -> Vec<(String, String)> {
        let Some(row) = new.or(old) else { return vec![] };
        let kind = text(row, "SetupEntityType");
        let (profile, parent, end) = self.parent_words(text(row, "ParentId"));
        let (done, word) = if new.is_some() { ("Enabled", "enabled") } else { ("Disabled", "disabled") };
        let owner = if profile { "Profile" } else { "PermissionSet" };
        let id = text(row, "SetupEntityId");
        let name = self
            .row(kind, id)
            .map_or_else(|| id.to_owned(), |row| [text(row, "Name"), text(row, "MasterLabel")].concat());
        let what = if kind == "ConnectedApplication" {
            format!("{name} connected app is {word}")
        } else {
            format!("{name} {kind} access was {word}")
        };
        vec![(
            format!("SetupEntityAccessAudit_{owner}_{kind}_{done}{end}"),
            format!("Changed {parent}: {what}"),
        )]
    }

    fn of_objects(&self, old: Option<&Row>, new: Option<&Row>) -> Vec<(String, String)> {
        let Some(row) = new.or(old) else { return vec![] };
        let (profile, parent, end) = self.parent_words(text(row, "ParentId"));
        let words = |row: Option<&Row>| {
            let all = ["Read", "Create", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords"];
            let names = ["Read", "Create", "Edit", "Delete", "View All", "Modify All"];
            let on: Vec<&str> = all
                .iter()
                .zip(names)
                .filter(|(key, _)| {
                    row.is_some_and(|row| row.get(&format!("Permissions{key}")) == Some(&json!(true)))
                })
                .map(|(_, name)| name)
                .collect();
            if on.is_empty() { "No Access".to_owned() } else { on.join(", ") }
        };
        let action =
            if profile { format!("profileOlpChanged{end}") } else { "PermSetEntityPermChanged".into() };
        vec![(
            action,
            format!(
                "Changed {parent}: {} object permissions were changed from {} to {}",
                text(row, "SobjectType"),
                words(old),
                words(new)
            ),
        )]
    }

    fn of_fields(&self, old: Option<&Row>, new: Option<&Row>) -> Vec<(String, String)> {
        let Some(row) = new.or(old) else { return vec![] };
        let (profile, parent, end) = self.parent_words(text(row, "ParentId"));
        let words = |row: Option<&Row>| {
            let on = |key: &str| row.is_some_and(|row| row.get(key) == Some(&json!(true)));
            if on("PermissionsEdit") {
                "Read/Write"
            } else if on("PermissionsRead") {
                "Read Only"
            } else {
                "No Access"
            }
        };
        let action = if profile { format!("profileFlsChanged{end}") } else { "PermSetFlsChanged".into() };
        let field = text(row, "Field").replacen('.', ": ", 1);
        vec![(
            action,
            format!(
                "Changed {parent}: field-level security for {field} was changed from {} to {}",
                words(old),
                words(new)
            ),
        )]
    }
}

fn of_group(old: Option<&Row>, new: Option<&Row>) -> Vec<(String, String)> {
    match (old, new) {
        (None, Some(new)) => vec![(
            "PermissionSetGroupCreate".into(),
            format!("Created permission set group {}", text(new, "DeveloperName")),
        )],
        (Some(old), None) => vec![(
            "PermissionSetGroupDelete".into(),
            format!("Deleted permission set group {}", text(old, "DeveloperName")),
        )],
        _ => vec![],
    }
}

/// Permissions that two rows differ in, with what they were and are.
fn changed(old: &Row, new: &Row) -> impl Iterator<Item = (String, &'static str, &'static str)> {
    let (before, after) = (ticked(old), ticked(new));
    let word = |on: bool| if on { "enabled" } else { "disabled" };
    let differ: Vec<_> = before.symmetric_difference(&after).cloned().collect();
    differ
        .into_iter()
        .map(move |name| (name.clone(), word(before.contains(&name)), word(after.contains(&name))))
}
