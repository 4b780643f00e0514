//! Many users, profiles, sets and integrations, made up, for measuring.
//!
//! It never touches what a seed brought, and makes the same of the same numbers.

mod integrations;

use crate::store::{Org, object, text};
use serde_json::json;

/// How much is added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scale {
    /// People.
    pub users: usize,
    /// Profiles, each with a permission set beside it.
    pub profiles: usize,
    /// Further permission sets.
    pub sets: usize,
    /// Users that software signs in as, with tokens and sign-ins.
    pub integrations: usize,
}

impl std::str::FromStr for Scale {
    type Err = String;

    /// `USERS,PROFILES[,SETS[,INTEGRATIONS]]`.
    fn from_str(text: &str) -> Result<Scale, String> {
        let number = |part: &str| part.trim().parse::<usize>().map_err(|_| format!("{part} is no number"));
        let parts = text.split(',').map(number).collect::<Result<Vec<_>, _>>()?;
        let at = |n: usize| parts.get(n).copied().unwrap_or(0);
        if !(2..=4).contains(&parts.len()) {
            return Err("USERS,PROFILES[,SETS[,INTEGRATIONS]]".to_owned());
        }
        Ok(Scale { users: at(0), profiles: at(1), sets: at(2), integrations: at(3) })
    }
}

/// Adds so many users on so many profiles, each profile with one permission set beside it.
pub fn add(org: &mut Org, users: usize, profiles: usize) {
    add_all(org, Scale { users, profiles, ..Scale::default() });
}

/// Adds all of it.
pub fn add_all(org: &mut Org, scale: Scale) {
    let mut made = vec![];
    for n in 0..scale.profiles.max(1) {
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
    for n in 0..scale.users {
        let Some((profile, set)) = made.get(n % made.len()).cloned() else { return };
        let id = org.add_user(object(json!({ "Name": format!("Scale User {n}"), "LastName": format!("Scale User {n}"), "Username": format!("scale.{n}@acme.example"),
            "Email": format!("scale.{n}@acme.example"), "IsActive": true, "UserType": "Standard", "ProfileId": profile })));
        org.put(
            "PermissionSetAssignment",
            object(json!({ "AssigneeId": id, "PermissionSetId": set, "IsActive": true })),
        );
        if n % 4 == 0 {
            let now = org.stamp();
            org.put("OauthToken", object(json!({ "AppName": "Salesforce for iOS", "UserId": id, "UseCount": n, "LastUsedDate": now })));
        }
    }
    integrations::add(org, scale);
    // What is said of the org's licences follows.
    let used = org.rows("User").filter(|row| !text(row, "ProfileId").is_empty()).count();
    if let Some(mut row) = org.rows_by("UserLicense", "Name", "Salesforce").first().map(|row| (*row).clone())
    {
        row.insert("UsedLicenses".into(), json!(used));
        row.insert("TotalLicenses".into(), json!(used + 100));
        org.put("UserLicense", row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let all = Scale { users: 100, profiles: 5, sets: 7, integrations: 9 };
        assert_eq!("100,5,7,9".parse(), Ok(all));
        assert_eq!("100, 5".parse(), Ok(Scale { sets: 0, integrations: 0, ..all }));
        assert!(
            "100".parse::<Scale>().is_err()
                && "1,2,3,4,5".parse::<Scale>().is_err()
                && "a,b".parse::<Scale>().is_err()
        );
    }
}
