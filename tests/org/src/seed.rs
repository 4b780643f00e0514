//! Seeds: a folder of Salesforce source, and records as `sf data export tree` writes them.
//!
//! It never needs a format of its own: any project's metadata can stand behind the pages.

mod access;
mod apps;
mod metadata;
mod objects;
mod tree;

use crate::store::{Org, object, text};
use anyhow::{Context, Result};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Who signs in to look around.
pub struct Admin {
    /// Their id.
    pub id: String,
    /// Their user name.
    pub username: String,
}

/// Loads folders into an org, in order, and sees to it that there is an admin.
pub fn load(org: &mut Org, folders: &[PathBuf]) -> Result<Admin> {
    for folder in folders {
        let mut files = vec![];
        walk(folder, &mut files).with_context(|| format!("reading {}", folder.display()))?;
        files.sort();
        objects::load(org, &files)?;
        let made = metadata::load(org, &files)?;
        let users = org.rows("User").count();
        tree::load(org, &files)?;
        if org.rows("User").count() == users {
            users_for(org, &made);
        }
    }
    access::take_as_they_are(org);
    let groups: Vec<String> = org.rows("PermissionSetGroup").map(|row| text(row, "Id").to_owned()).collect();
    groups.iter().for_each(|group| org.recalculate(group));
    let admin = admin(org);
    org.found_by(&admin.id);
    org.own_orphans(&admin.id);
    // Seats are counted from the rows, as the platform does after every change.
    org.count_user_licenses();
    let psls: Vec<String> = org.rows("PermissionSetLicense").map(|row| text(row, "Id").to_owned()).collect();
    psls.iter().for_each(|psl| org.count_license(psl));
    Ok(admin)
}

fn walk(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { walk(&path, into)? } else { into.push(path) }
    }
    Ok(())
}

/// Says on standard error what of a seed could not be taken.
fn left_out(path: &Path, why: &str) {
    eprintln!("seed: {} is left out: {why}", path.display());
}

/// A file's text; nothing, and a word on standard error, when it is not UTF-8, as all metadata is.
fn text_of(path: &Path) -> Result<Option<String>> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(_) => {
            left_out(path, "it is not UTF-8");
            Ok(None)
        }
    }
}

/// Somebody to look at in a folder without users: one for each profile; where there are no profiles either, one for each
/// permission set and each group, who has that and no more.
fn users_for(org: &mut Org, made: &metadata::Made) {
    for profile in &made.profiles {
        let name = org.row("Profile", profile).map(|row| text(row, "Name").to_owned()).unwrap_or_default();
        one_user(org, &name, profile);
    }
    if !made.profiles.is_empty() {
        return;
    }
    let least = org.rows_by("Profile", "Name", "Minimum Access - Salesforce");
    let Some(least) = least.first().map(|row| text(row, "Id").to_owned()) else { return };
    for (kind, ids) in [("PermissionSet", &made.sets), ("PermissionSetGroup", &made.groups)] {
        for id in ids {
            let label = if kind == "PermissionSet" { "Label" } else { "MasterLabel" };
            let name = org.row(kind, id).map(|row| text(row, label).to_owned()).unwrap_or_default();
            let user = one_user(org, &name, &least);
            let mut row = object(json!({ "AssigneeId": user, "PermissionSetId": id }));
            if kind == "PermissionSetGroup" {
                row = object(json!({ "AssigneeId": user, "PermissionSetGroupId": id }));
            }
            tree::put(org, "PermissionSetAssignment", row);
        }
    }
}

fn one_user(org: &mut Org, name: &str, profile: &str) -> String {
    let slug: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '.' }).collect();
    // Names in other letters than these are told apart by a number, as two folders' profiles of one name are.
    let slug = if slug.trim_matches('.').is_empty() { "user".to_owned() } else { slug };
    let taken = |name: &str| !org.rows_by("User", "Username", name).is_empty();
    let mut username = format!("{slug}@seed.example");
    let mut number = 1;
    while taken(&username) {
        number += 1;
        username = format!("{slug}.{number}@seed.example");
    }
    let kind = org.row("Profile", profile).map(|row| text(row, "UserType").to_owned());
    let kind = kind.filter(|kind| !kind.is_empty()).unwrap_or_else(|| "Standard".to_owned());
    let now = org.stamp();
    org.add_user(object(json!({ "Name": format!("User of {name}"), "LastName": format!("User of {name}"), "Username": username,
        "Email": username, "Alias": "user", "IsActive": true, "UserType": kind, "ProfileId": profile,
        "LanguageLocaleKey": "en_US", "LocaleSidKey": "en_US", "TimeZoneSidKey": "Europe/Berlin", "CreatedDate": now })))
}

/// The first active user of the System Administrator profile; made when there is none.
fn admin(org: &mut Org) -> Admin {
    let profile = org
        .rows_by("Profile", "Name", "System Administrator")
        .first()
        .map(|row| text(row, "Id").to_owned())
        .unwrap_or_default();
    let found = org
        .rows_by("User", "ProfileId", &profile)
        .into_iter()
        .filter(|row| row.get("IsActive") == Some(&json!(true)))
        .find(|row| text(row, "Username").starts_with("admin"))
        .map(|row| (text(row, "Id").to_owned(), text(row, "Username").to_owned()));
    let (id, username) = found.unwrap_or_else(|| {
        let username = "admin@acme.example".to_owned();
        let now = org.stamp();
        let id = org.add_user(object(json!({ "Name": "Ada Admin", "FirstName": "Ada", "LastName": "Admin", "Username": username, "Email": username,
            "Alias": "admin", "IsActive": true, "UserType": "Standard", "ProfileId": profile, "LanguageLocaleKey": "en_US",
            "LocaleSidKey": "en_US", "TimeZoneSidKey": "Europe/Berlin", "CreatedDate": now, "LastLoginDate": now })));
        (id, username)
    });
    Admin { id, username }
}
