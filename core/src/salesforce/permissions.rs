//! The permissions that Salesforce publishes, by API name without `Permissions`, and which of them are broad.
//!
//! It never decides what is asked of the org: rows are read whole, and names that are not here are counted in a finding.

use crate::rules::rule::Severity::{self, Critical, High, Low, Medium};
use crate::salesforce::permission_names;

/// A permission that is too broad for most integrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broad {
    /// Its API name without `Permissions`.
    pub name: &'static str,
    /// For an integration user.
    pub integration: Severity,
    /// For a person.
    pub person: Severity,
    /// What its holder can do, after "can".
    pub lets: &'static str,
}

const fn row(name: &'static str, integration: Severity, person: Severity, lets: &'static str) -> Broad {
    Broad { name, integration, person, lets }
}

/// Tiers after the Security Benchmark for Salesforce (SBS-ACS-003, -006, -008) and the public audit tools that rank
/// permissions (sfdx-hardis, Jetstream, sf-cli-security-audit). What other rules judge is not here.
#[rustfmt::skip]
const BROAD: &[Broad] = &[
    row("ModifyAllData", Critical, High, "view, edit and delete every record, regardless of sharing"),
    row("AuthorApex", Critical, High, "write Apex code, which can run in system mode"),
    row("CustomizeApplication", Critical, High, "change objects, fields, automation and most of Setup"),
    row("ModifyMetadata", Critical, High, "deploy metadata through the Metadata API"),
    row("ManageInteraction", Critical, High, "create and activate flows, which can run in system mode"),
    row("ManageProfilesPermissionsets", Critical, High, "edit any profile or permission set, including its own"),
    row("AssignPermissionSets", Critical, High, "assign any permission set to any user, including itself"),
    row("ManageRoles", Critical, High, "change the role hierarchy, which controls who sees which records"),
    row("ManageSharing", Critical, High, "change org-wide defaults and sharing rules"),
    row("CanApproveUninstalledApps", Critical, Critical, "authorize connected apps that aren't installed"),
    row("UseAnyApiClient", Critical, Critical, "use any app, bypassing API Access Control"),
    row("ViewAllData", High, Medium, "view every record, regardless of sharing"),
    row("ViewAllUsers", High, Medium, "view every user"),
    row("ViewAllFieldsGlobal", High, Medium, "view every field of the objects it can read"),
    row("QueryAllFiles", High, Medium, "query every file, including private ones"),
    row("ManageRemoteAccess", High, Medium, "create connected apps and change their policies"),
    row("ExternalClientAppDeveloper", High, Medium, "create, edit and delete external client apps"),
    row("ExternalClientAppAdmin", High, Medium, "change the policies of external client apps"),
    row("ViewClientSecret", High, Medium, "view apps' consumer secrets"),
    row("ClientSecretRotation", High, Medium, "rotate apps' consumer keys and secrets"),
    row("ManageNamedCredentials", High, Medium, "change named credentials, which give access to other systems"),
    row("CanDoActAsUser", High, Medium, "act as other users"),
    row("BypassMFAForUiLogins", High, High, "log in to the UI without multi-factor authentication"),
    row("TransactionSecurityExempt", High, Medium, "bypass transaction security policies"),
    row("ManagePasswordPolicies", High, Medium, "change password policies of the org and of profiles"),
    row("ManageLoginAccessPolicies", High, Medium, "change who can log in as another user"),
    row("ManageTwoFactor", High, Medium, "manage other users' MFA through the API"),
    row("ManageAuthProviders", High, Medium, "create and edit auth. providers (single sign-on)"),
    row("ManageCertificates", High, Medium, "create and replace the org's certificates and keys"),
    row("ManageIpAddresses", High, Medium, "change the org's trusted IP ranges"),
    row("DataExport", High, Medium, "export all data with Data Export"),
    row("ExportReport", High, Medium, "export reports"),
    row("ManageEncryptionKeys", High, Medium, "rotate and destroy encryption keys"),
    row("ViewEncryptedData", High, Medium, "view encrypted fields in plain text"),
    row("ViewEventLogFiles", High, Medium, "view event log files (what every user does)"),
    row("InstallPackaging", High, Medium, "install AppExchange packages, including their code"),
    row("UseAnyApiAuth", Medium, Low, "log in with SOAP login() and a password"),
    row("ActivateSystemModeFlows", Medium, Low, "activate flows that run in system mode"),
    row("CreateAuditFields", Medium, Low, "set audit fields (Created By, Created Date) on new records"),
    row("EditReadonlyFields", Medium, Low, "edit fields that page layouts make read-only"),
    row("ManageCustomPermissions", Medium, Low, "create and edit custom permissions, which code and flows check"),
    row("ManageExternalConnections", Medium, Low, "change private connections to other systems"),
    row("ManageHealthCheck", Medium, Low, "edit Health Check baselines and settings"),
    row("ManageNetworks", Medium, Low, "create and set up Experience Cloud sites"),
    row("ManageSecurityCommandCenter", Medium, Low, "change what Security Center monitors in connected orgs"),
    row("ManageSessionPermissionSets", Medium, Low, "activate session-based permission sets"),
    row("MonitorLoginHistory", Medium, Low, "view every user's login history"),
    row("PrivacyDataAccess", Medium, Low, "view data collected by Privacy Center"),
    row("SkipIdentityConfirmation", Medium, Medium, "log in from a new device without verifying it"),
    row("TransferAnyEntity", Medium, Low, "transfer records owned by others"),
    row("ViewAllCustomSettings", Medium, Low, "view all custom settings, which often contain secrets"),
];

/// Permissions that administer users without being Manage Users, and what each lets its holder do.
pub const USER_ADMINISTRATION: &[(&str, &str)] = &[
    ("FreezeUsers", "freeze users"),
    ("ResetPasswords", "reset users' passwords and unlock users"),
    ("DelegatedTwoFactor", "remove and reset other users' MFA methods"),
    ("ManageCssUsers", "create, edit and deactivate customer users"),
    ("ManagePartners", "create, edit and deactivate external users"),
    ("ManageMyExternalUsers", "create and edit some external users"),
    ("DelegatedPortalUserAdmin", "create and edit external users of its account"),
    ("ModerateNetworkUsers", "freeze Experience Cloud members"),
];

/// Permissions that delete regardless of the objects' own, and what each lets its holder do.
pub const DELETING: &[(&str, &str)] = &[
    ("BulkApiHardDelete", "can hard delete records (no Recycle Bin)"),
    ("DeleteActivatedContract", "can delete activated contracts"),
    ("DeleteCrMemoAndInvoice", "can delete credit memos and invoices"),
];

/// Judged by rules of their own.
const JUDGED_ELSEWHERE: &[&str] = &[
    "ManageUsers",
    "ManageInternalUsers",
    "BulkApiHardDelete",
    "PasswordNeverExpires",
    "ApiUserOnly",
    "ViewSetup",
];

/// What is said of a broad permission; `None` of any other.
pub fn broad(name: &str) -> Option<&'static Broad> {
    BROAD.iter().find(|broad| broad.name == name)
}

/// Whether the name is documented by Salesforce, or granted in metadata that others published.
pub fn is_published(name: &str) -> bool {
    permission_names::known(name).is_some()
}

/// Whether anything is known of the name here.
pub fn is_known(name: &str) -> bool {
    broad(name).is_some()
        || JUDGED_ELSEWHERE.contains(&name)
        || USER_ADMINISTRATION.iter().any(|(known, _)| *known == name)
        || is_published(name)
}

/// Whether some rule looks at it, or would because nobody has weighed it yet.
pub fn is_judged(name: &str) -> bool {
    broad(name).is_some()
        || JUDGED_ELSEWHERE.contains(&name)
        || DELETING.iter().chain(USER_ADMINISTRATION).any(|(judged, _)| *judged == name)
        || !is_known(name)
}

/// Every published name.
#[cfg(test)]
pub(crate) fn published() -> impl Iterator<Item = &'static str> {
    permission_names::all()
}

/// Those whose holder owns the org, the most powerful first.
const STRONGEST: &[&str] =
    &["ModifyAllData", "ManageUsers", "AuthorApex", "AssignPermissionSets", "CustomizeApplication"];

/// The place of a permission among all, by what its holder can do: the most powerful has the least.
pub fn power(name: &str) -> usize {
    let broad = || BROAD.iter().map(|row| row.name);
    let all = STRONGEST.iter().copied().chain(broad());
    all.enumerate().find(|(_, own)| *own == name).map_or(usize::MAX, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        assert!(
            is_published("ApiEnabled")
                && is_published("AIViewInsightObjects")
                && is_published("WorkDotComUserPerm")
        );
        assert!(!is_published("ApiEnable") && !is_published("") && !is_published("ApiEnabled ApiUserOnly"));
        assert!(is_known("UseAnyApiClient") && !is_published("UseAnyApiClient"));
        assert!(!is_known("FlyToTheMoon"));
    }

    #[test]
    fn a_permission_is_judged_once() {
        let mut names: Vec<&str> = BROAD.iter().map(|broad| broad.name).collect();
        names.extend(USER_ADMINISTRATION.iter().map(|(name, _)| name));
        names.extend(JUDGED_ELSEWHERE);
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn a_person_s_is_never_worse() {
        assert!(BROAD.iter().all(|broad| broad.person >= broad.integration));
    }
}
