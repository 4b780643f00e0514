//! The permissions that Salesforce publishes, by API name without `Permissions`, and which of them reach far.
//!
//! It never decides what is asked of the org: rows are read whole, and names that are not here are counted in a finding.

use crate::rules::rule::Severity::{self, Critical, High, Low, Medium};
use crate::salesforce::permission_names;

/// A permission that reaches far.
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
    row("ModifyAllData", Critical, High, "read, change and delete every record, whatever sharing says"),
    row("AuthorApex", Critical, High, "write code that runs without the limits of its own access"),
    row("CustomizeApplication", Critical, High, "change objects, fields, automation and most of Setup"),
    row("ModifyMetadata", Critical, High, "deploy changes to the org's set-up through the Metadata API"),
    row("ManageInteraction", Critical, High, "build and switch on flows, which can run with full access"),
    row("ManageProfilesPermissionsets", Critical, High, "change what any profile or permission set grants, its own too"),
    row("AssignPermissionSets", Critical, High, "give any permission set to anybody, itself included"),
    row("ManageRoles", Critical, High, "move people in the role hierarchy, and so decide who sees which records"),
    row("ManageSharing", Critical, High, "change the sharing rules of the whole org"),
    row("CanApproveUninstalledApps", Critical, Critical, "let in apps that no admin has installed"),
    row("UseAnyApiClient", Critical, Critical, "use any app with the API, past API Access Control"),
    row("ViewAllData", High, Medium, "read every record, whatever sharing says"),
    row("ViewAllUsers", High, Medium, "read every user's record"),
    row("ViewAllFieldsGlobal", High, Medium, "read every field of every object that it may read"),
    row("QueryAllFiles", High, Medium, "read every file in the org, private ones too"),
    row("ManageRemoteAccess", High, Medium, "create connected apps and change their policies"),
    row("ExternalClientAppDeveloper", High, Medium, "create, change and delete external client apps"),
    row("ExternalClientAppAdmin", High, Medium, "change the policies of external client apps"),
    row("ViewClientSecret", High, Medium, "see the secrets of apps"),
    row("ClientSecretRotation", High, Medium, "replace the keys and secrets of apps"),
    row("ManageNamedCredentials", High, Medium, "change named credentials, which hold access to other systems"),
    row("CanDoActAsUser", High, Medium, "act as other users"),
    row("BypassMFAForUiLogins", High, High, "sign in by browser without multi-factor authentication"),
    row("TransactionSecurityExempt", High, Medium, "do what transaction security policies stop for everybody else"),
    row("ManagePasswordPolicies", High, Medium, "weaken the password policies of the org and of profiles"),
    row("ManageLoginAccessPolicies", High, Medium, "decide who may sign in as whom"),
    row("ManageTwoFactor", High, Medium, "manage multi-factor authentication of others through the API"),
    row("ManageAuthProviders", High, Medium, "change who vouches for people that sign in"),
    row("ManageCertificates", High, Medium, "replace the certificates that the org trusts and signs with"),
    row("ManageIpAddresses", High, Medium, "change the org's trusted IP ranges"),
    row("DataExport", High, Medium, "export all data of the org by the weekly export"),
    row("ExportReport", High, Medium, "export what reports show"),
    row("ManageEncryptionKeys", High, Medium, "replace or destroy the keys of encrypted data"),
    row("ViewEncryptedData", High, Medium, "read encrypted fields in plain text"),
    row("ViewEventLogFiles", High, Medium, "read the log of what everybody does in the org"),
    row("InstallPackaging", High, Medium, "install packages, with the code in them"),
    row("UseAnyApiAuth", Medium, Low, "sign in with user name and password by SOAP login()"),
    row("ActivateSystemModeFlows", Medium, Low, "switch on flows that run without regard to sharing and permissions"),
    row("CreateAuditFields", Medium, Low, "write who created a record and when, in place of the platform"),
    row("EditReadonlyFields", Medium, Low, "change fields that page layouts hold read-only"),
    row("ManageCustomPermissions", Medium, Low, "create and change custom permissions, which code and flows rely on"),
    row("ManageExternalConnections", Medium, Low, "change private connections to other systems"),
    row("ManageHealthCheck", Medium, Low, "change the security baseline and the settings it compares"),
    row("ManageNetworks", Medium, Low, "create sites and set them up, for visitors from outside too"),
    row("ManageSecurityCommandCenter", Medium, Low, "change what Security Center watches in connected orgs"),
    row("ManageSessionPermissionSets", Medium, Low, "activate session-based permission sets"),
    row("MonitorLoginHistory", Medium, Low, "read the sign-ins of every user"),
    row("PrivacyDataAccess", Medium, Low, "read what the privacy tools collect about people"),
    row("SkipIdentityConfirmation", Medium, Medium, "sign in from a new device without confirming it"),
    row("TransferAnyEntity", Medium, Low, "give records of others to new owners"),
    row("ViewAllCustomSettings", Medium, Low, "read all custom settings, where secrets are often kept"),
];

/// Permissions that administer users without being Manage Users, and what each lets its holder do.
pub const USER_ADMINISTRATION: &[(&str, &str)] = &[
    ("FreezeUsers", "freeze users, so that they cannot sign in"),
    ("ResetPasswords", "reset the passwords of others and unlock them"),
    ("DelegatedTwoFactor", "disconnect and reset the multi-factor authentication of others"),
    ("ManageCssUsers", "create, change and deactivate customer users"),
    ("ManagePartners", "create, change and deactivate users from outside the company"),
    ("ManageMyExternalUsers", "create and change some users from outside the company"),
    ("DelegatedPortalUserAdmin", "create and change external users of its own account"),
    ("ModerateNetworkUsers", "freeze members of sites"),
];

/// Permissions that delete whatever the objects' own say, and what each lets its holder do.
pub const DELETING: &[(&str, &str)] = &[
    ("ModifyAllData", "can delete every record of every object"),
    ("BulkApiHardDelete", "can delete for good, past the recycle bin"),
    ("DeleteActivatedContract", "can delete contracts that are in force"),
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

/// What is said of a permission that reaches far; `None` of any other.
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
