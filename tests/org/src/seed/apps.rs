//! Connected apps, external client apps and their policies of a seed's metadata, and whom they let in by name.
//!
//! It never makes an app twice: of two files with one name the first counts, and the other is named on standard error.

use super::metadata::{called, child, children};
use crate::store::{Org, Row, object, standard_profile, text};
use roxmltree::Node;
use serde_json::json;

fn menu_item(org: &mut Org, app: &str, label: &str, name: &str, approved: bool) {
    let order = org.rows("AppMenuItem").count() + 1;
    org.put("AppMenuItem", object(json!({ "ApplicationId": app, "Label": label, "Name": name, "Type": "ConnectedApplication",
        "IsUsingAdminAuthorization": approved, "IsVisible": true, "IsAccessible": true, "SortOrder": order })));
}

/// Whether an app of this name is there already: two with one name cannot be in an org.
fn is_there(org: &Org, kind: &str, name: &str) -> bool {
    let there = org.documents.contains_key(&(kind.to_owned(), name.to_owned()));
    if there {
        eprintln!("seed: a second {kind} called {name} is left out");
    }
    there
}

/// Who is let in by name, written as access of a permission set to the app.
fn admit(org: &mut Org, app: &str, kind: &str, profiles: &[String], sets: &[String]) {
    let mut parents: Vec<String> = vec![];
    for name in profiles {
        let label = standard_profile(name).map_or(name.as_str(), |(label, _)| label);
        let profile = org
            .rows("Profile")
            .find(|row| text(row, "Name").eq_ignore_ascii_case(label))
            .map(|row| text(row, "Id").to_owned());
        parents.extend(profile.and_then(|id| org.profile_set(&id)).map(|set| text(set, "Id").to_owned()));
    }
    parents.extend(sets.iter().filter_map(|name| called(org, "PermissionSet", name)));
    for parent in parents {
        org.put(
            "SetupEntityAccess",
            object(json!({ "ParentId": parent, "SetupEntityId": app, "SetupEntityType": kind })),
        );
    }
}

pub(super) fn connected_app(org: &mut Org, name: &str, root: Node<'_, '_>) {
    if is_there(org, "ConnectedApp", name) {
        return;
    }
    let label = Some(child(root, "label")).filter(|l| !l.is_empty()).unwrap_or(name).to_owned();
    let oauth = children(root, "oauthConfig").next();
    let approved = oauth.is_some_and(|oauth| child(oauth, "isAdminApproved") == "true");
    let now = org.stamp();
    let id = org.put("ConnectedApplication", object(json!({ "Name": label, "OptionsAllowAdminApprovedUsersOnly": approved, "CreatedDate": now, "LastModifiedDate": now })));
    menu_item(org, &id, &label, name, approved);
    org.keep_document("ConnectedApp", name, &id, root);
    let names = |tag: &str| {
        children(root, tag).map(|n| n.text().unwrap_or_default().trim().to_owned()).collect::<Vec<_>>()
    };
    admit(org, &id, "ConnectedApplication", &names("profileName"), &names("permissionSetName"));
}

pub(super) fn external_app(org: &mut Org, name: &str, root: Node<'_, '_>) {
    if is_there(org, "ExternalClientApplication", name) {
        return;
    }
    let label = Some(child(root, "label")).filter(|l| !l.is_empty()).unwrap_or(name).to_owned();
    let id = org.put(
        "ExternalClientApplication",
        object(
            json!({ "DeveloperName": name, "MasterLabel": label, "Description": child(root, "description") }),
        ),
    );
    menu_item(org, &id, &label, name, false);
    org.keep_document("ExternalClientApplication", name, &id, root);
}

pub(super) fn external_policy(org: &mut Org, name: &str, root: Node<'_, '_>) {
    let app = child(root, "externalClientApplication");
    let Some(id) = org
        .rows_by("ExternalClientApplication", "DeveloperName", app)
        .first()
        .map(|row| text(row, "Id").to_owned())
    else {
        eprintln!("seed: the policy {name} is left out: there is no external client app called {app}");
        return;
    };
    if is_there(org, "ExtlClntAppOauthConfigurablePolicies", name) {
        return;
    }
    let approved = child(root, "permittedUsersPolicyType") == "AdminApprovedPreAuthorized";
    let said = |tag: &str, default: &str| {
        Some(child(root, tag)).filter(|text| !text.is_empty()).unwrap_or(default).to_owned()
    };
    let policy = org.put("ExtlClntAppOauthPlcyCnfg", object(json!({ "ExternalClientApplicationId": id,
        "PermittedUsersPolicyType": said("permittedUsersPolicyType", "AllSelfAuthorized"),
        "IpRelaxationPolicyType": said("ipRelaxationPolicyType", "Enforce"),
        "RefreshTokenPolicyType": said("refreshTokenPolicyType", "Infinite"),
        "RequiredSessionLevel": said("requiredSessionLevel", "STANDARD"), "IsClientCredentialsFlowEnabled": child(root, "isClientCredentialsFlowEnabled") == "true",
        "ClientCredentialsFlowUser": Some(child(root, "clientCredentialsFlowUser")).filter(|u| !u.is_empty()) })));
    org.keep_document("ExtlClntAppOauthConfigurablePolicies", name, &policy, root);
    let item: Option<Row> = org.rows("AppMenuItem").find(|row| text(row, "ApplicationId") == id).cloned();
    if let Some(mut item) = item {
        item.insert("IsUsingAdminAuthorization".into(), json!(approved));
        org.put("AppMenuItem", item);
    }
    let list = |tag: &str| {
        child(root, tag)
            .split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>()
    };
    admit(
        org,
        &id,
        "ExternalClientApplication",
        &list("commaSeparatedProfile"),
        &list("commaSeparatedPermissionSet"),
    );
}
