//! Seeds: a folder of Salesforce source, and records as `sf data export tree` writes them.
//!
//! It never needs a format of its own: any project's metadata can stand behind the pages.

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
            // Profiles without users: one for each, so that there is somebody to look at.
            for profile in made {
                one_user(org, &profile);
            }
        }
    }
    let groups: Vec<String> = org.rows("PermissionSetGroup").map(|row| text(row, "Id").to_owned()).collect();
    groups.iter().for_each(|group| org.recalculate(group));
    let admin = admin(org);
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

fn one_user(org: &mut Org, profile: &str) {
    let name = org.row("Profile", profile).map(|row| text(row, "Name").to_owned()).unwrap_or_default();
    let slug: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '.' }).collect();
    let now = org.stamp();
    org.add_user(object(json!({ "Name": format!("User of {name}"), "LastName": format!("User of {name}"), "Username": format!("{slug}@seed.example"),
        "Email": format!("{slug}@seed.example"), "Alias": "user", "IsActive": true, "UserType": "Standard", "ProfileId": profile,
        "LanguageLocaleKey": "en_US", "LocaleSidKey": "en_US", "TimeZoneSidKey": "Europe/Berlin", "CreatedDate": now })));
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
