//! Operations of the contracts that this org does not carry out, each with the platform's own refusal.
//!
//! It never answers as if it had done something.

use super::envelope::{Dialect, Fault};

/// Operations of features that are not switched on here: data categories, Knowledge, offline and mobile clients, email,
/// quick actions, flows, packages, duplicate rules, leads' conversion by API.
const FEATURES: &[&str] = &[
    "describeDataCategoryGroups",
    "describeDataCategoryGroupStructures",
    "describeDataCategoryMappings",
    "describeKnowledgeSettings",
    "describeFlexiPages",
    "describeAppMenu",
    "describeGlobalTheme",
    "describeTheme",
    "describeLayout",
    "describeMiniLayout",
    "describeSearchLayouts",
    "describeListViews",
    "describeLookupLayouts",
    "describeSearchableEntities",
    "describeSearchScopeOrder",
    "describeCompactLayouts",
    "describePathAssistants",
    "describeApprovalLayout",
    "describeLayoutByUiType",
    "describeSoqlListViews",
    "executeListView",
    "describeSObjectListViews",
    "describePrimaryCompactLayouts",
    "getAccessInfo",
    "generateJwtToken",
    "merge",
    "retrieveDefaultValues",
    "process",
    "convertLead",
    "impersonateUser",
    "setupBriefcase",
    "outlookSearch",
    "outlookDescribe",
    "addCampaignMember",
    "deleteByExample",
    "activate",
    "updateSettings",
    "sendEmailMessage",
    "sendEmail",
    "renderEmailTemplate",
    "renderStoredEmailTemplate",
    "emailMerge",
    "createSnapshot",
    "moreSnapshot",
    "ackSnapshot",
    "syncOfflineData",
    "ackSyncOfflineData",
    "describeMobile",
    "describeWorkitemActions",
    "performQuickActions",
    "describeQuickActions",
    "describeQuickActionsForRecordType",
    "describeAvailableQuickActions",
    "retrieveQuickActionTemplates",
    "retrieveMassQuickActionTemplates",
    "describeVisualForce",
    "match",
    "describeDuplicateRules",
    "findDuplicates",
    "findDuplicatesByIds",
    "ftestPatch",
    "ftestPatchPreviousVersion",
    "describeNouns",
    "describePicklists",
    "captureCommonEvent",
    "navigateFlowInterview",
    "startFlowInterview",
    "resumeFlowInterview",
    "getFlowInterviewHistory",
    "canViewFlow",
    "generateFlowTest",
    "runFlowTest",
    "describeSchema",
    "discoverSchemas",
];

/// The components' calls of before version 31, which the contract still has. Source: Metadata API guide, "create()":
/// "available in API version 30.0 and earlier".
const RETIRED: &[&str] = &["create", "update", "delete"];

/// What is said of an operation that the contract has and the org has not; none of one that no contract has.
pub(super) fn of(dialect: Dialect, operation: &str) -> Option<Fault> {
    match (dialect, operation) {
        (Dialect::Metadata, retired) if RETIRED.contains(&retired) => Some(Fault::of(
            "INVALID_OPERATION",
            format!("{retired}() isn't available in API version 31.0 and later; use {retired}Metadata()"),
        )),
        (Dialect::Metadata, _) => None,
        (_, "describeSoftphoneLayout") => {
            Some(Fault::of("NO_SOFTPHONE_LAYOUT", "There is no softphone layout for this user"))
        }
        // Its only caller is a client of Salesforce's own.
        (_, "loginXi") => Some(Fault::of("CLIENT_NOT_ACCESSIBLE_FOR_USER", "client not accessible for user")),
        (_, feature) if FEATURES.contains(&feature) => Some(Fault::of(
            "FUNCTIONALITY_NOT_ENABLED",
            "This feature is not currently enabled for this user type or org",
        )),
        _ => None,
    }
}
