//! Which user permissions need which others, as far as it is known.
//!
//! It never is the whole truth: no API tells it, lists vary by org and release, and what the platform names when it
//! refuses is added to the plan.

use crate::facts::Names;

/// `A B,C`: A needs B and C. Source: public code that reads Setup's own hints (Jetstream), and refusals of deployments.
const NEEDS: &str = "\
AuthorApex ViewSetup,ModifyMetadata
CustomizeApplication ViewSetup,ManageCustomPermissions
ModifyMetadata ViewSetup
ResetPasswords ViewSetup
ViewHealthCheck ViewSetup
ManageHealthCheck ViewHealthCheck
ViewAllData ViewSetup,ViewEventLogFiles,ViewPublicDashboards,ViewPublicReports,ViewPlatformEvents,ViewDataLeakageEvents
ModifyAllData ViewAllData,ViewSetup,RunReports,EditPublicFilters,EditPublicTemplates,EditPublicDocuments,TransferAnyEntity,TransferAnyLead,ImportLeads,ConvertLeads,ManageCategories,UseTeamReassignWizards,SolutionImport,ManageNetworks,ManageDashbdsInPubFolders,ManageReportsInPubFolders,CreateTopics,EditTopics,DeleteTopics,AssignTopics,ModifyMetadata,EditTask,EditEvent
ManageUsers ResetPasswords,ViewAllUsers,FreezeUsers,ManageProfilesPermissionsets,AssignPermissionSets,ManageRoles,ManageIpAddresses,ManageSharing,MonitorLoginHistory,ViewSetup,ManageInternalUsers,ManagePasswordPolicies,ManageLoginAccessPolicies,DelegatedTwoFactor
ManageTwoFactor ManageUsers
ManageAuthProviders ManageUsers,AuthorApex
CreatePackaging EditHtmlTemplates,ViewAllData,CustomizeApplication,ManageUsers
InstallPackaging EditHtmlTemplates,ModifyAllData,CustomizeApplication,ManageUsers
PublishPackaging CreatePackaging
ManageSessionPermissionSets ApiEnabled
TwoFactorApi ForceTwoFactor
ExternalClientAppDeveloper ExternalClientAppAdmin
ExternalClientAppAdmin ExternalClientAppViewer
ManageDataCategories ViewDataCategories
ExportReport RunReports
CreateCustomizeReports RunReports
ManageReportsInPubFolders ViewPublicReports,CreateReportFolders,EditMyReports
ManageDashbdsInPubFolders ViewPublicDashboards,EditMyDashboards,CreateDashboardFolders
CreateReportFolders CreateCustomizeReports
EditMyReports CreateCustomizeReports
ManageAnalyticSnapshots ViewSetup,RunReports";

/// The permissions among those `granted` that need `permission`, directly or by way of others.
pub fn dependents(permission: &str, granted: &Names) -> Vec<String> {
    let mut gone: Vec<&str> = vec![permission];
    let mut at = 0;
    while let Some(needed) = gone.get(at).copied() {
        for line in NEEDS.split('\n') {
            let Some((name, needs)) = line.split_once(' ') else { continue };
            if granted.contains(name) && !gone.contains(&name) && needs.split(',').any(|need| need == needed)
            {
                gone.push(name);
            }
        }
        at += 1;
    }
    gone.into_iter().skip(1).map(str::to_owned).collect::<Vec<_>>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(names: &[&str]) -> Names {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_needs_it_goes_along_and_nothing_else() {
        let own = granted(&["ViewSetup", "ViewAllData", "ModifyAllData", "ApiEnabled", "RunReports"]);
        assert_eq!(dependents("ViewAllData", &own), ["ModifyAllData"]);
        assert_eq!(dependents("ViewSetup", &own), ["ViewAllData", "ModifyAllData"]);
        assert!(dependents("ModifyAllData", &own).is_empty());
        assert_eq!(
            dependents("ManageUsers", &granted(&["ManageUsers", "ManageTwoFactor"])),
            ["ManageTwoFactor"]
        );
    }
}
