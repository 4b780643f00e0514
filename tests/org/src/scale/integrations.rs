//! Users that software signs in as: a fifth by SOAP, the others by one to three apps, with half a year of sign-ins; and the
//! sets that they and people have.
//!
//! It never draws anything: who has what follows from their number.

use super::Scale;
use crate::store::{Org, object, stamp};
use serde_json::json;
use time::Duration;

/// Apps that integrations use, by label.
const APPS: &[&str] =
    &["Warehouse Loader", "Billing Bridge", "Support Relay", "Marketing Pipe", "Ledger Sync"];

/// Permissions of which a further set grants one.
const GRANTED: &[&str] =
    &["ApiEnabled", "ViewAllData", "ModifyAllData", "ManageUsers", "RunReports", "ExportReport"];

/// Profiles that integrations share.
const PROFILES: usize = 20;

/// Weeks of sign-ins.
const WEEKS: i64 = 26;

pub(super) fn add(org: &mut Org, scale: Scale) {
    let sets: Vec<String> = (0..scale.sets)
        .map(|n| {
            let granted = GRANTED.get(n % GRANTED.len()).copied().unwrap_or("ApiEnabled");
            let mut set =
                object(json!({ "Name": format!("Scale_Set_{n}"), "Label": format!("Scale Further Set {n}"),
                "IsOwnedByProfile": false, "IsCustom": true, "Type": "Regular" }));
            set.insert(format!("Permissions{granted}"), json!(true));
            org.put("PermissionSet", set)
        })
        .collect();
    let profiles: Vec<String> = (0..scale.integrations.min(PROFILES))
        .map(|n| {
            let mut granted = vec!["ApiEnabled".to_owned()];
            granted.extend((n % 3 == 0).then(|| "ApiUserOnly".to_owned()));
            org.add_profile(&format!("Scale Integration {n}"), "Salesforce Integration", true, &granted)
        })
        .collect();
    for n in 0..scale.integrations {
        let Some(profile) = profiles.get(n % PROFILES) else { return };
        let name = format!("Scale Integration {n}");
        let id = org.add_user(object(json!({ "Name": name, "LastName": name, "Username": format!("scale.sync.{n}@acme.example"),
            "Email": format!("scale.sync.{n}@acme.example"), "IsActive": true, "UserType": "Standard", "ProfileId": profile })));
        org.put("UserLogin", object(json!({ "UserId": id, "IsFrozen": false, "IsPasswordLocked": false })));
        // Two further sets each, and each set somebody's.
        for set in [n, n * 7 + 3].iter().filter_map(|at| sets.get(at % sets.len().max(1))) {
            org.put(
                "PermissionSetAssignment",
                object(json!({ "AssigneeId": id, "PermissionSetId": set, "IsActive": true })),
            );
        }
        let by_soap = n % 5 == 0;
        let apps = if by_soap { 0 } else { 1 + n % 3 };
        for app in 0..apps {
            let used = stamp(org.now() - Duration::hours(i64::try_from(n % 700).unwrap_or(0)));
            let label = APPS.get((n + app) % APPS.len()).copied().unwrap_or_default();
            org.put(
                "OauthToken",
                object(json!({ "AppName": label, "UserId": id, "UseCount": n + 1, "LastUsedDate": used })),
            );
        }
        sign_ins(org, &id, n, by_soap);
    }
}

/// One sign-in a week.
fn sign_ins(org: &mut Org, user: &str, n: usize, by_soap: bool) {
    let hour = i64::try_from(n % 168).unwrap_or(0);
    for week in 0..WEEKS {
        let at = stamp(org.now() - Duration::weeks(week) - Duration::hours(hour));
        let address = format!("203.0.113.{}", n % 200 + 1);
        let row = if by_soap {
            json!({ "UserId": user, "LoginTime": at, "LoginType": "Other Apex API", "Application": "N/A", "Status": "Success",
                "SourceIp": address, "CountryIso": "US", "ApiType": "SOAP Partner", "ApiVersion": "62.0" })
        } else {
            json!({ "UserId": user, "LoginTime": at, "LoginType": "Remote Access 2.0", "LoginSubType": "OauthClientCredentials",
                "Application": APPS.get(n % APPS.len()), "Status": "Success", "SourceIp": address, "CountryIso": "US" })
        };
        org.put("LoginHistory", object(row));
    }
}
