//! Which permissions need which: the table, and what a set of permissions lacks by it.
//!
//! It never ticks anything itself: the API does not cascade, and the edit pages do so by their own script.

use crate::error::ApiError;
use crate::schema::Schema;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A permission, and what it needs. Source: tooltips of Setup as public code has collected them; lists vary from org
/// to org. That of ManageUsers is confirmed by a recorded deploy error.
const NEEDS: &[(&str, &str)] = &[
    ("AuthorApex", "ViewSetup ModifyMetadata"),
    ("BotManageBots", "ViewSetup"),
    ("BotManageBotsTrainingData", "ViewSetup"),
    ("CanEditPrompts", "ViewSetup"),
    ("CreateCustomizeReports", "RunReports"),
    ("CreateDashboardFolders", "CreateCustomizeDashboards"),
    ("CreatePackaging", "EditHtmlTemplates ViewAllData CustomizeApplication ManageUsers EditBrandTemplates"),
    ("CreateReportFolders", "CreateCustomizeReports"),
    ("CreateReportInLightning", "CreateCustomizeReports"),
    ("CustomizeApplication", "ViewSetup ManageCustomPermissions"),
    ("EditBillingInfo", "ViewSetup"),
    ("EditBrandTemplates", "ViewSetup"),
    ("EditMyDashboards", "CreateCustomizeDashboards"),
    ("EditMyReports", "CreateCustomizeReports"),
    ("EditPublicFilters", "CreateCustomizeFilters"),
    ("EditPublicTemplates", "ViewSetup"),
    ("EmailMass", "EmailSingle"),
    ("EmailSingle", "EditTask"),
    ("ExportReport", "RunReports"),
    ("ExternalClientAppAdmin", "ExternalClientAppViewer"),
    ("ExternalClientAppDeveloper", "ExternalClientAppAdmin"),
    (
        "InstallPackaging",
        "EditHtmlTemplates ModifyAllData CustomizeApplication ManageUsers EditBrandTemplates",
    ),
    ("ListEmailSend", "EmailMass"),
    ("ManageAnalyticSnapshots", "ViewSetup RunReports"),
    ("ManageAuthProviders", "ManageUsers AuthorApex"),
    ("ManageCustomDomains", "ViewSetup"),
    ("ManageCustomReportTypes", "ViewSetup"),
    ("ManageDashbdsInPubFolders", "ViewPublicDashboards EditMyDashboards CreateDashboardFolders"),
    ("ManageDataCategories", "ViewDataCategories"),
    ("ManageEmailClientConfig", "ViewSetup"),
    ("ManageExchangeConfig", "ViewSetup"),
    ("ManageHealthCheck", "ViewHealthCheck"),
    ("ManageMobile", "ViewSetup"),
    ("ManageReportsInPubFolders", "ViewPublicReports CreateReportFolders EditMyReports"),
    ("ManageSessionPermissionSets", "ApiEnabled"),
    ("ManageSynonyms", "ViewSetup"),
    ("ManageTwoFactor", "ManageUsers"),
    (
        "ManageUsers",
        "ResetPasswords ViewAllUsers FreezeUsers ManageProfilesPermissionsets AssignPermissionSets ManageRoles \
        ManageIpAddresses ManageSharing MonitorLoginHistory ViewSetup ManageInternalUsers ManagePasswordPolicies \
        ManageLoginAccessPolicies DelegatedTwoFactor",
    ),
    ("MergeTopics", "DeleteTopics"),
    (
        "ModifyAllData",
        "ViewAllData ViewSetup RunReports EditPublicFilters EditPublicTemplates EditPublicDocuments TransferAnyEntity \
        TransferAnyLead ImportLeads ConvertLeads ManageCategories UseTeamReassignWizards SolutionImport ManageNetworks \
        ManageDashbdsInPubFolders ManageReportsInPubFolders ConnectOrgToEnvironmentHub CreateTopics EditTopics \
        DeleteTopics AssignTopics ModifyMetadata EditTask EditEvent",
    ),
    ("ModifyMetadata", "ViewSetup"),
    ("PreventClassicExperience", "LightningExperienceUser"),
    ("PublishPackaging", "CreatePackaging"),
    ("ResetPasswords", "ViewSetup"),
    ("SubscribeDashboardRolesGrps", "SubscribeDashboardToOtherUsers"),
    ("SubscribeDashboardToOtherUsers", "SubscribeToLightningDashboards"),
    ("SubscribeReportRolesGrps", "SubscribeReportToOtherUsers"),
    ("SubscribeReportToOtherUsers", "SubscribeToLightningReports"),
    ("SubscribeReportsRunAsUser", "SubscribeToLightningReports"),
    ("SubscribeToLightningDashboards", "RunReports"),
    ("SubscribeToLightningReports", "RunReports"),
    ("TerritoryOperations", "ViewSetup"),
    ("TransactionalEmailSend", "EmailSingle"),
    ("TwoFactorApi", "ForceTwoFactor"),
    (
        "ViewAllData",
        "ViewSetup ViewEventLogFiles ViewPublicDashboards ViewPublicReports ViewPlatformEvents ViewDataLeakageEvents",
    ),
    ("ViewDataCategories", "ViewSetup"),
    ("ViewHealthCheck", "ViewSetup"),
];

/// What an object permission needs of the same object. Source: Setup's own ticking, and recorded deploy errors
/// (`Permission Modify All X depends on permission(s): Delete`).
pub(crate) const OBJECT_NEEDS: &[(&str, &[&str])] = &[
    ("PermissionsCreate", &["PermissionsRead"]),
    ("PermissionsEdit", &["PermissionsRead"]),
    ("PermissionsDelete", &["PermissionsRead", "PermissionsEdit"]),
    ("PermissionsViewAllRecords", &["PermissionsRead"]),
    (
        "PermissionsModifyAllRecords",
        &["PermissionsRead", "PermissionsEdit", "PermissionsDelete", "PermissionsViewAllRecords"],
    ),
];

/// A permission that lacks others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// API name, without `Permissions`; of an object permission the words Setup has (`Edit Account`).
    pub permission: String,
    /// What it lacks, likewise.
    pub lacks: Vec<String>,
}

/// What a set of user permissions (API names without `Permissions`) lacks, in an org that has `schema`'s: a permission
/// that the org does not have is not needed.
pub fn user_permissions(schema: &Schema, granted: &BTreeSet<String>) -> Vec<Violation> {
    let lacking = |(permission, needs): &(&str, &str)| {
        if !granted.contains(*permission) {
            return None;
        }
        let lacks: Vec<String> = needs
            .split_whitespace()
            .filter(|need| !granted.contains(*need) && schema.has_permission(need))
            .map(str::to_owned)
            .filter(|need| !schema.not_needed.contains(&((*permission).to_owned(), need.clone())))
            .collect();
        (!lacks.is_empty()).then(|| Violation { permission: (*permission).to_owned(), lacks })
    };
    NEEDS.iter().filter_map(lacking).collect()
}

/// What a write makes lacking that was not before: what a seed brought in is not held against a later write.
pub fn new_user_permissions(
    schema: &Schema,
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
) -> Vec<Violation> {
    let old = user_permissions(schema, before);
    user_permissions(schema, after)
        .into_iter()
        .filter_map(|mut violation| {
            let known = old.iter().find(|old| old.permission == violation.permission);
            violation.lacks.retain(|need| known.is_none_or(|old| !old.lacks.contains(need)));
            (!violation.lacks.is_empty()).then_some(violation)
        })
        .collect()
}

/// What the permissions on one object lack. `on`: whether a `Permissions…` field of ObjectPermissions is ticked.
pub fn object_permissions(object: &str, on: &dyn Fn(&str) -> bool) -> Vec<Violation> {
    OBJECT_NEEDS
        .iter()
        .filter(|(permission, _)| on(permission))
        .filter_map(|(permission, needs)| {
            let lacks: Vec<String> =
                needs.iter().filter(|need| !on(need)).map(|need| object_words(need, object)).collect();
            (!lacks.is_empty()).then(|| Violation { permission: object_words(permission, object), lacks })
        })
        .collect()
}

/// `PermissionsModifyAllRecords` of Account as `Modify All Account`.
pub fn object_words(field: &str, object: &str) -> String {
    let verb = match field {
        "PermissionsViewAllRecords" => "View All",
        "PermissionsModifyAllRecords" => "Modify All",
        "PermissionsViewAllFields" => "View All Fields",
        other => other.strip_prefix("Permissions").unwrap_or(other),
    };
    format!("{verb} {object}")
}

/// The words with API names, as a deploy reports them.
pub fn by_names(violations: &[Violation]) -> String {
    let one = |violation: &Violation| {
        format!(
            "Permission {} depends on permission(s): {}",
            violation.permission,
            violation.lacks.join(", ")
        )
    };
    violations.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The words with labels, as a write of a row reports them.
pub fn by_labels(schema: &Schema, violations: &[Violation]) -> String {
    let label = |name: &String| {
        if schema.has_permission(name) { schema.label(name, "en_US") } else { name.clone() }
    };
    let labelled: Vec<Violation> = violations
        .iter()
        .map(|violation| Violation {
            permission: label(&violation.permission),
            lacks: violation.lacks.iter().map(label).collect(),
        })
        .collect();
    by_names(&labelled)
}

/// The refusal of a write, with labels.
pub fn refused(schema: &Schema, violations: &[Violation]) -> Result<(), Vec<ApiError>> {
    if violations.is_empty() {
        return Ok(());
    }
    Err(vec![ApiError::new(400, "FIELD_INTEGRITY_EXCEPTION", by_labels(schema, violations))])
}

/// For an edit page's script: a box's element id to those of the boxes that it needs. Only boxes that the page has.
pub(crate) fn of_boxes(boxes: &[(String, String)]) -> String {
    let id_of = |permission: &str| boxes.iter().find(|(name, _)| name == permission).map(|(_, id)| id);
    let mut map = Map::new();
    for (permission, needs) in NEEDS {
        let Some(id) = id_of(permission) else { continue };
        let ids: Vec<Value> = needs.split_whitespace().filter_map(id_of).map(|id| json!(id)).collect();
        if !ids.is_empty() {
            map.insert(id.clone(), json!(ids));
        }
    }
    Value::Object(map).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_named_by_their_ids_and_absent_ones_left_out() {
        let boxes = [("ViewAllData", "up1"), ("ViewSetup", "up2")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(of_boxes(&boxes), r#"{"up1":["up2"]}"#);
    }

    #[test]
    fn unticking_what_another_needs_is_a_violation_and_what_was_lacking_before_is_not() {
        let schema = Schema::load();
        let set = |names: &str| names.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
        let found = new_user_permissions(&schema, &set("RunReports ExportReport"), &set("ExportReport"));
        assert_eq!(by_names(&found), "Permission ExportReport depends on permission(s): RunReports");
        assert_eq!(
            by_labels(&schema, &found),
            "Permission Export Reports depends on permission(s): Run Reports"
        );
        assert!(
            new_user_permissions(&schema, &set("ExportReport"), &set("ExportReport ApiEnabled")).is_empty()
        );
        let found = object_permissions("Account", &|field| field == "PermissionsDelete");
        assert_eq!(
            by_names(&found),
            "Permission Delete Account depends on permission(s): Read Account, Edit Account"
        );
    }

    #[test]
    fn the_table_is_mostly_of_permissions_that_a_describe_lists() {
        let schema = Schema::load();
        let known = |name: &&str| schema.has_permission(name);
        let all: Vec<&str> = NEEDS
            .iter()
            .flat_map(|(name, needs)| [*name].into_iter().chain(needs.split_whitespace()))
            .collect();
        let unknown: BTreeSet<&str> = all.iter().copied().filter(|name| !known(name)).collect();
        assert!(unknown.len() < 12, "{unknown:?}");
    }
}
