//! Many users and profiles, made up, for measuring.
//!
//! It never touches what a seed brought.

use crate::store::{Org, object, text};
use serde_json::json;

/// Adds so many users on so many profiles, each profile with one permission set beside it.
pub fn add(org: &mut Org, users: usize, profiles: usize) {
    let mut made = vec![];
    for n in 0..profiles.max(1) {
        let name = format!("Scale Profile {n}");
        let granted = if n % 10 == 0 {
            vec!["ApiEnabled".to_owned(), "ViewAllData".to_owned()]
        } else {
            vec!["ApiEnabled".to_owned()]
        };
        let profile = org.add_profile(&name, "Salesforce", true, &granted);
        let set = org.put("PermissionSet", object(json!({ "Name": format!("Scale_{n}"), "Label": format!("Scale Set {n}"), "IsOwnedByProfile": false,
            "IsCustom": true, "Type": "Regular", "PermissionsRunReports": true, "PermissionsExportReport": n % 5 == 0 })));
        made.push((profile, set));
    }
    for n in 0..users {
        let Some((profile, set)) = made.get(n % made.len()).cloned() else { return };
        let id = org.add_user(object(json!({ "Name": format!("Scale User {n}"), "LastName": format!("Scale User {n}"), "Username": format!("scale.{n}@acme.example"),
            "Email": format!("scale.{n}@acme.example"), "IsActive": true, "UserType": "Standard", "ProfileId": profile, "LanguageLocaleKey": "en_US" })));
        org.put(
            "PermissionSetAssignment",
            object(json!({ "AssigneeId": id, "PermissionSetId": set, "IsActive": true })),
        );
        if n % 4 == 0 {
            let now = org.stamp();
            org.put("OauthToken", object(json!({ "AppName": "Salesforce for iOS", "UserId": id, "UseCount": n, "LastUsedDate": now })));
        }
    }
    // What is said of the org's licences follows.
    let used = org.rows("User").filter(|row| !text(row, "ProfileId").is_empty()).count();
    if let Some(mut row) = org.rows_by("UserLicense", "Name", "Salesforce").first().map(|row| (*row).clone())
    {
        row.insert("UsedLicenses".into(), json!(used));
        row.insert("TotalLicenses".into(), json!(used + 100));
        org.put("UserLicense", row);
    }
}
