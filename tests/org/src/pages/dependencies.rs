//! Which permissions the edit pages tick together.
//!
//! It never changes a row: the page's script does the ticking, and what is posted is what is saved.

use serde_json::{Map, Value, json};

/// A permission, and what it needs. Source: tooltips of Setup as public code has collected them; lists vary from org
/// to org, and these are the ones that matter here.
const NEEDS: &[(&str, &str)] = &[
    ("AuthorApex", "ViewSetup ModifyMetadata"),
    ("CreateCustomizeReports", "RunReports"),
    ("CreatePackaging", "EditHtmlTemplates ViewAllData CustomizeApplication ManageUsers EditBrandTemplates"),
    ("CustomizeApplication", "ViewSetup ManageCustomPermissions"),
    ("EditMyReports", "CreateCustomizeReports"),
    ("EmailMass", "EmailSingle"),
    ("EmailSingle", "EditTask"),
    ("ExportReport", "RunReports"),
    (
        "InstallPackaging",
        "EditHtmlTemplates ModifyAllData CustomizeApplication ManageUsers EditBrandTemplates",
    ),
    ("ManageAuthProviders", "ManageUsers AuthorApex"),
    ("ManageCustomReportTypes", "ViewSetup"),
    ("ManageDashbdsInPubFolders", "ViewPublicDashboards EditMyDashboards CreateDashboardFolders"),
    ("ManageReportsInPubFolders", "ViewPublicReports CreateReportFolders EditMyReports"),
    ("ManageTwoFactor", "ManageUsers"),
    (
        "ManageUsers",
        "ResetPasswords ViewAllUsers FreezeUsers ManageProfilesPermissionsets AssignPermissionSets ManageRoles \
        ManageIpAddresses ManageSharing MonitorLoginHistory ViewSetup ManageInternalUsers ManagePasswordPolicies \
        ManageLoginAccessPolicies DelegatedTwoFactor",
    ),
    (
        "ModifyAllData",
        "ViewAllData ViewSetup RunReports EditPublicFilters EditPublicTemplates EditPublicDocuments TransferAnyEntity \
        TransferAnyLead ImportLeads ConvertLeads ManageCategories UseTeamReassignWizards SolutionImport ManageNetworks \
        ManageDashbdsInPubFolders ManageReportsInPubFolders CreateTopics EditTopics DeleteTopics AssignTopics \
        ModifyMetadata EditTask EditEvent",
    ),
    ("ModifyMetadata", "ViewSetup"),
    ("PreventClassicExperience", "LightningExperienceUser"),
    ("ResetPasswords", "ViewSetup"),
    ("TwoFactorApi", "ForceTwoFactor"),
    (
        "ViewAllData",
        "ViewSetup ViewEventLogFiles ViewPublicDashboards ViewPublicReports ViewPlatformEvents ViewDataLeakageEvents",
    ),
    ("ViewHealthCheck", "ViewSetup"),
];

/// For the page's script: a box's element id to those of the boxes that it needs. Only boxes that the page has.
pub(super) fn of_boxes(boxes: &[(String, String)]) -> String {
    let id_of = |permission: &str| boxes.iter().find(|(name, _)| name == permission).map(|(_, id)| id);
    let mut map = Map::new();
    for (permission, needs) in NEEDS {
        let Some(id) = id_of(permission) else { continue };
        let ids: Vec<Value> = needs.split_whitespace().filter_map(id_of).map(|id| json!(id)).collect();
        map.insert(id.clone(), json!(ids));
    }
    Value::Object(map).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;

    #[test]
    fn the_table_names_permissions_that_exist() {
        let schema = Schema::load();
        let known: Vec<&str> = schema.permissions().map(|(name, _)| name).collect();
        for (permission, needs) in NEEDS {
            assert!(known.contains(permission), "{permission}");
            for need in needs.split_whitespace() {
                assert!(known.contains(&need), "{permission} needs {need}");
            }
        }
    }

    #[test]
    fn boxes_are_named_by_their_ids_and_absent_ones_left_out() {
        let boxes = [("ViewAllData", "up1"), ("ViewSetup", "up2")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(of_boxes(&boxes), r#"{"up1":["up2"]}"#);
    }
}
