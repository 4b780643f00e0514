//! The tables that a review reads, and the query of each.
//!
//! Ids go in lists of at most [`Table::chunk`]: five queries share one API call, so a query of many rows is made smaller
//! rather than read on page by page. Source of what filters and groups: Object Reference, "LoginHistory", "OauthToken",
//! "SetupAuditTrail"; measured plan: 15 calls for 2,000 users.

use crate::facts::objects;
use crate::salesforce::id::Id;
use crate::salesforce::permissions;
use crate::salesforce::soql::{literal, text_literal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One table of the org, of which a review reads some rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Table {
    /// What the viewer may see: one row of their own permissions (API 41.0 and later).
    Viewer,
    Organization,
    UserLicenses,
    Profiles,
    /// One permission set, whole: which permissions this org has.
    PermissionNames,
    /// Apps with how many users they hold tokens for.
    TokenApps,
    /// The ways of login that occur, in the org's own words.
    LoginKinds,
    ApiOnly,
    IntegrationLicensed,
    JobOwners,
    Privileged,
    ClientPolicies,
    Agents,
    PermissionSetLicenses,
    ActiveByProfile,
    /// Every active user's id.
    Everyone,
    SoapLogins,
    SecretLogins,
    JwtLogins,
    /// Tokens of apps that few use.
    Tokens,
    /// Tokens of the subjects for apps that many use.
    OwnTokens,
    Users,
    Frozen,
    Assignments,
    Jobs,
    LicenseSeats,
    Logins,
    LoginMonths,
    LoginDays,
    MenuItems,
    ConnectedApps,
    ClientApps,
    AuditTrail,
    EventLogs,
    AppAccess,
    Sets,
    Permissions,
    Objects,
    Edits,
    Holders,
    HolderNames,
    /// Users whose email is the contact of an app.
    Contacts,
}

/// What queries are made with that is read, or chosen, first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Context {
    /// Fields of PermissionSet that are permissions and that some rule looks at.
    pub(super) judged: Vec<String>,
    /// All of those fields.
    pub(super) permissions: BTreeSet<String>,
    /// Labels of SOAP logins in this org.
    pub(super) soap: Vec<String>,
    /// Labels of OAuth 2.0 logins in this org.
    pub(super) oauth: Vec<String>,
    /// Names of apps that many use.
    pub(super) big_apps: Vec<String>,
}

impl Context {
    /// Takes the names of permissions from a whole row of PermissionSet.
    pub(super) fn read_names(&mut self, row: &serde_json::Value) {
        let names = row.as_object().into_iter().flatten().map(|(name, _)| name);
        self.permissions = names.filter(|name| name.starts_with("Permissions")).cloned().collect();
        let is_judged = |field: &&String| {
            let name = field.trim_start_matches("Permissions");
            permissions::is_judged(name) || USED_BESIDES.contains(&name)
        };
        self.judged = self.permissions.iter().filter(is_judged).cloned().collect();
    }
}

/// Permissions that no rule judges and some look at.
const USED_BESIDES: &[&str] = &["ApiEnabled"];

/// The permissions of somebody who could take over the org.
const PRIVILEGES: &[&str] = &[
    "ModifyAllData",
    "ManageUsers",
    "ViewAllData",
    "AuthorApex",
    "CustomizeApplication",
    "AssignPermissionSets",
    "ManageProfilesPermissionsets",
];

/// Fields of a user that rules look at.
const USER: &[&str] = &[
    "Id",
    "Name",
    "Username",
    "Email",
    "IsActive",
    "UserType",
    "ProfileId",
    "ManagerId",
    "EmployeeNumber",
    "Title",
    "Department",
    "CreatedDate",
    "LastLoginDate",
    "LastPasswordChangeDate",
];

const SET: &[&str] = &[
    "Id",
    "Name",
    "Label",
    "Description",
    "IsCustom",
    "IsOwnedByProfile",
    "ProfileId",
    "Profile.Name",
    "NamespacePrefix",
    "HasActivationRequired",
    "PermissionSetGroupId",
    "PermissionSetGroup.MasterLabel",
    "PermissionSetGroup.DeveloperName",
    "PermissionSetGroup.Status",
];

const CLIENT_POLICY: &[&str] = &[
    "Id",
    "ExternalClientApplicationId",
    "PermittedUsersPolicyType",
    "RefreshTokenPolicyType",
    "IpRelaxationPolicyType",
    "IsClientCredentialsFlowEnabled",
    "ClientCredentialsFlowUser",
];

/// What the viewer may see, by the permission that shows it.
pub(super) const VIEWER: &[&str] = &[
    "PermissionsViewSetup",
    "PermissionsManageUsers",
    "PermissionsMonitorLoginHistory",
    "PermissionsFreezeUsers",
    "PermissionsCustomizeApplication",
    "PermissionsModifyAllData",
    "PermissionsModifyMetadata",
    "PermissionsAssignPermissionSets",
    "PermissionsViewEventLogFiles",
];

/// What logins are grouped by.
const LOGIN: &str = "UserId, LoginType, LoginSubType, Application, ApiType, Status, SourceIp, CountryIso";

/// Groups that an aggregate gives at most (SOQL reference, "GROUP BY").
pub(super) const GROUPS: usize = 2_000;

impl Table {
    /// Ids in one query; none where it is asked once for all.
    pub(super) const fn chunk(self) -> Option<usize> {
        Some(match self {
            Table::Users | Table::Frozen | Table::LicenseSeats | Table::Jobs | Table::OwnTokens => 500,
            Table::Sets | Table::Permissions | Table::Objects | Table::Edits | Table::Holders => 500,
            Table::Assignments => 250,
            Table::Logins => 150,
            Table::LoginMonths => 200,
            Table::HolderNames => 300,
            _ => return None,
        })
    }

    /// Whether it is read from LoginHistory, which is asked one request at a time.
    pub(super) fn is_login_history(self) -> bool {
        self.object() == "LoginHistory"
    }

    /// Whether it is an aggregate, which has no second page: one that fills 2,000 groups is cut.
    pub(super) fn is_aggregate(self) -> bool {
        self.is_login_history()
            || matches!(
                self,
                Table::TokenApps
                    | Table::JobOwners
                    | Table::ActiveByProfile
                    | Table::Tokens
                    | Table::OwnTokens
                    | Table::EventLogs
                    | Table::Edits
                    | Table::Holders
                    | Table::Contacts
            )
    }

    /// The field that says whose a row is.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Table::Frozen | Table::Logins | Table::LoginMonths | Table::OwnTokens => "UserId",
            Table::Assignments | Table::LicenseSeats => "AssigneeId",
            Table::Jobs => "OwnerId",
            Table::Objects | Table::Edits | Table::AppAccess => "ParentId",
            Table::Holders | Table::HolderNames => "PermissionSetId",
            _ => "Id",
        }
    }

    /// What it is read from.
    pub(super) const fn object(self) -> &'static str {
        match self {
            Table::Viewer => "UserPermissionAccess",
            Table::Organization => "Organization",
            Table::UserLicenses => "UserLicense",
            Table::Profiles => "Profile",
            Table::PermissionNames | Table::Sets | Table::Permissions => "PermissionSet",
            Table::TokenApps | Table::Tokens | Table::OwnTokens => "OauthToken",
            Table::LoginKinds
            | Table::SoapLogins
            | Table::SecretLogins
            | Table::JwtLogins
            | Table::Logins
            | Table::LoginMonths
            | Table::LoginDays => "LoginHistory",
            Table::ApiOnly | Table::Privileged | Table::Assignments | Table::Holders | Table::HolderNames => {
                "PermissionSetAssignment"
            }
            Table::IntegrationLicensed
            | Table::ActiveByProfile
            | Table::Everyone
            | Table::Users
            | Table::Contacts => "User",
            Table::JobOwners | Table::Jobs => "CronTrigger",
            Table::ClientPolicies => "ExtlClntAppOauthPlcyCnfg",
            Table::Agents => "BotDefinition",
            Table::PermissionSetLicenses => "PermissionSetLicense",
            Table::Frozen => "UserLogin",
            Table::LicenseSeats => "PermissionSetLicenseAssign",
            Table::MenuItems => "AppMenuItem",
            Table::ConnectedApps => "ConnectedApplication",
            Table::ClientApps => "ExternalClientApplication",
            Table::AuditTrail => "SetupAuditTrail",
            Table::EventLogs => "EventLogFile",
            Table::AppAccess => "SetupEntityAccess",
            Table::Objects | Table::Edits => "ObjectPermissions",
        }
    }

    /// What it is called in a sentence ("the logins of 12 users").
    pub(super) const fn name(self) -> &'static str {
        match self {
            Table::Viewer => "your own permissions",
            Table::Organization => "the org's name and edition",
            Table::UserLicenses => "user licenses",
            Table::Profiles => "profiles",
            Table::PermissionNames => "the permissions that this org has",
            Table::TokenApps | Table::Tokens | Table::OwnTokens => "OAuth tokens",
            Table::LoginKinds
            | Table::SoapLogins
            | Table::SecretLogins
            | Table::JwtLogins
            | Table::Logins
            | Table::LoginMonths
            | Table::LoginDays => "logins",
            Table::ApiOnly | Table::Assignments => "permission set assignments",
            Table::Privileged => "privileged users",
            Table::IntegrationLicensed | Table::Everyone | Table::Users => "users",
            Table::ActiveByProfile => "users of each profile",
            Table::Contacts => "users whom apps name as contacts",
            Table::JobOwners | Table::Jobs => "scheduled jobs",
            Table::ClientPolicies => "policies of external client apps",
            Table::Agents => "Agentforce agents",
            Table::PermissionSetLicenses => "permission set licenses",
            Table::Frozen => "who is frozen",
            Table::LicenseSeats => "permission set license assignments",
            Table::MenuItems => "apps",
            Table::ConnectedApps => "connected apps",
            Table::ClientApps => "external client apps",
            Table::AuditTrail => "the setup audit trail",
            Table::EventLogs => "event log files",
            Table::AppAccess => "who is preapproved for apps",
            Table::Sets | Table::Permissions => "profiles and permission sets",
            Table::Objects => "object permissions",
            Table::Edits => "how many objects can be edited",
            Table::Holders | Table::HolderNames => "who else has each permission set",
        }
    }

    /// Whether an org may lack the object altogether, which then says nothing of what is missing.
    pub(super) const fn is_optional(self) -> bool {
        matches!(self, Table::Agents | Table::ClientPolicies | Table::ClientApps | Table::EventLogs)
    }
}

/// A query: of which rows of a table, without the columns that the org lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chunk {
    pub(super) table: Table,
    /// Ids of users or permission sets; of tokens none.
    pub(super) ids: Vec<Id>,
    /// Names of apps, where tokens are asked for by them; email addresses, where users are.
    pub(super) apps: Vec<String>,
    /// Days of logins.
    pub(super) days: u32,
    /// Columns that the org lacks.
    pub(super) without: Vec<String>,
}

impl Chunk {
    pub(super) fn new(table: Table, days: u32) -> Chunk {
        Chunk { table, ids: vec![], apps: vec![], days, without: vec![] }
    }

    fn has(&self, column: &str) -> bool {
        let names =
            |path: &str, column: &String| path.split('.').any(|part| part.eq_ignore_ascii_case(column));
        !self.without.iter().any(|lacking| names(column, lacking))
    }

    /// Those of the columns that the org has.
    fn columns<'a>(&self, all: impl IntoIterator<Item = &'a str>) -> String {
        all.into_iter().filter(|column| self.has(column)).collect::<Vec<_>>().join(", ")
    }

    fn any<'a>(&self, tests: impl IntoIterator<Item = &'a str>) -> String {
        let is_there = |test: &&str| test.split(' ').next().is_some_and(|column| self.has(column));
        tests.into_iter().filter(is_there).collect::<Vec<_>>().join(" OR ")
    }

    fn ids(&self) -> String {
        let ids: Vec<String> = self.ids.iter().map(literal).collect();
        format!("({})", ids.join(","))
    }

    fn window(&self) -> String {
        match self.days {
            super::Options::ALL_DAYS.. => String::new(),
            days => format!("LoginTime = LAST_N_DAYS:{days}"),
        }
    }

    /// Conditions that are not empty, behind WHERE.
    fn filter(conditions: &[&str]) -> String {
        let all: Vec<&str> = conditions.iter().copied().filter(|text| !text.is_empty()).collect();
        if all.is_empty() { String::new() } else { format!(" WHERE {}", all.join(" AND ")) }
    }

    /// The SOQL.
    pub(super) fn soql(&self, context: &Context) -> String {
        let (object, ids, window) = (self.table.object(), self.ids(), self.window());
        let texts = |all: &[String]| {
            let all: Vec<String> = all.iter().map(|text| text_literal(text)).collect();
            format!("({})", all.join(","))
        };
        let select = |columns: &[&str], conditions: &[&str]| {
            let columns = self.columns(columns.iter().copied());
            format!("SELECT {columns} FROM {object}{}", Chunk::filter(conditions))
        };
        let of_ids = |columns: &[&str]| select(columns, &[&format!("{} IN {ids}", self.table.key())]);
        let logins = |groups: &str, counts: &str, conditions: &[&str]| {
            let filter = Chunk::filter(&[conditions, &[&window]].concat());
            let limit = GROUPS;
            format!("SELECT {groups}, {counts} FROM LoginHistory{filter} GROUP BY {groups} LIMIT {limit}")
        };
        let privileges = || {
            let all = PRIVILEGES.iter().map(|name| format!("Permissions{name}"));
            let all = all.filter(|field| context.permissions.contains(field));
            all.map(|field| format!("PermissionSet.{field} = true")).collect::<Vec<_>>().join(" OR ")
        };
        const TOKENS: &str = "AppName, AppMenuItemId, UserId, User.Name";
        const TOKEN_ROW: &str = "AppName, AppMenuItemId, UserId, User.Name userName, COUNT(UseCount) held, SUM(UseCount) uses, MIN(CreatedDate) oldest, MAX(LastUsedDate) newest";
        match self.table {
            Table::Viewer => format!("{} LIMIT 1", select(VIEWER, &[])),
            Table::Organization => select(
                &["Id", "Name", "IsSandbox", "OrganizationType", "InstanceName", "TrialExpirationDate"],
                &[],
            ),
            Table::UserLicenses => select(&["Id", "Name", "TotalLicenses", "UsedLicenses"], &[]),
            Table::Profiles => select(&["Id", "Name", "UserType", "UserLicenseId"], &[]),
            Table::PermissionNames => "SELECT FIELDS(STANDARD) FROM PermissionSet LIMIT 1".into(),
            Table::TokenApps => "SELECT AppName, AppMenuItemId, COUNT(UserId) held, COUNT_DISTINCT(UserId) users, SUM(UseCount) uses, MAX(LastUsedDate) newest FROM OauthToken GROUP BY AppName, AppMenuItemId LIMIT 2000".into(),
            Table::LoginKinds => logins("LoginType, LoginSubType, ApiType", "COUNT(Id) total, COUNT_DISTINCT(UserId) users", &[]),
            Table::ApiOnly => select(
                &["AssigneeId"],
                &["PermissionSet.PermissionsApiUserOnly = true", "Assignee.IsActive = true"],
            ),
            Table::IntegrationLicensed => select(
                &["Id"],
                &["IsActive = true", "(Profile.UserLicense.Name LIKE 'Salesforce Integration%' OR Profile.UserLicense.Name LIKE '%API Only%' OR Profile.UserLicense.Name LIKE '%Einstein Agent%')"],
            ),
            // Data exports, flows, Apex and batches; not the dashboards and reports of which half of a company has some.
            // Source: Object Reference, CronJobDetail (JobType).
            Table::JobOwners => "SELECT OwnerId, COUNT(Id) total FROM CronTrigger WHERE CronJobDetail.JobType IN ('1','6','7','9') GROUP BY OwnerId LIMIT 2000".into(),
            Table::Privileged => select(
                &["AssigneeId", "PermissionSetId", "PermissionSet.Label", "PermissionSet.Profile.Name", "PermissionSetGroup.MasterLabel"],
                &["Assignee.IsActive = true", &format!("({})", privileges())],
            ),
            Table::ClientPolicies => select(CLIENT_POLICY, &[]),
            Table::Agents => select(&["Id", "DeveloperName", "BotUserId"], &["BotUserId != null"]),
            Table::PermissionSetLicenses => select(&["Id", "DeveloperName", "MasterLabel", "TotalLicenses", "UsedLicenses"], &[]),
            Table::ActiveByProfile => "SELECT ProfileId, COUNT(Id) total FROM User WHERE IsActive = true GROUP BY ProfileId LIMIT 2000".into(),
            Table::Everyone => select(&["Id"], &["IsActive = true"]),
            Table::SoapLogins => logins("UserId", "COUNT(Id) total", &[&format!("LoginType IN {}", texts(&context.soap))]),
            Table::SecretLogins => logins("UserId, LoginSubType", "COUNT(Id) total", &["LoginSubType IN ('OauthClientCredentials','OauthUsernamePassword','OauthTokenExchange')"]),
            Table::JwtLogins => logins("UserId", "COUNT(Id) total", &[&format!("LoginType IN {}", texts(&context.oauth)), "LoginSubType = null"]),
            Table::Tokens => format!(
                "SELECT {TOKEN_ROW} FROM OauthToken WHERE AppName IN {} GROUP BY {TOKENS} LIMIT 2000",
                texts(&self.apps)
            ),
            Table::OwnTokens => format!(
                "SELECT {TOKEN_ROW} FROM OauthToken WHERE UserId IN {ids} AND AppName IN {} GROUP BY {TOKENS} LIMIT 2000",
                texts(&context.big_apps)
            ),
            Table::Users => of_ids(USER),
            Table::Frozen => of_ids(&["UserId", "IsFrozen"]),
            Table::Assignments => of_ids(&["AssigneeId", "PermissionSetId", "PermissionSetGroupId", "IsActive", "IsRevoked", "ExpirationDate"]),
            Table::Jobs => of_ids(&["OwnerId", "State", "CronJobDetail.Name"]),
            Table::LicenseSeats => of_ids(&["AssigneeId", "PermissionSetLicense.MasterLabel"]),
            Table::Logins => logins(LOGIN, "COUNT(Id) total, MIN(LoginTime) oldest, MAX(LoginTime) newest", &[&format!("UserId IN {ids}")]),
            Table::LoginMonths => logins("UserId, CALENDAR_YEAR(LoginTime), CALENDAR_MONTH(LoginTime), LoginType, LoginSubType", "COUNT(Id) total", &[&format!("UserId IN {ids}")])
                .replacen("CALENDAR_YEAR(LoginTime), CALENDAR_MONTH(LoginTime)", "CALENDAR_YEAR(LoginTime) year, CALENDAR_MONTH(LoginTime) month", 1),
            Table::LoginDays => logins("DAY_ONLY(LoginTime), LoginType", "COUNT(Id) total", &[])
                .replacen("DAY_ONLY(LoginTime)", "DAY_ONLY(LoginTime) day", 1),
            Table::MenuItems => select(
                &["Id", "ApplicationId", "Label", "Name", "IsUsingAdminAuthorization", "NamespacePrefix"],
                &["Type NOT IN ('TabSet', 'Network')"],
            ),
            Table::ConnectedApps => select(&["Id", "Name", "OptionsAllowAdminApprovedUsersOnly", "RefreshTokenValidityPeriod", "CreatedDate", "LastModifiedDate"], &[]),
            Table::ClientApps => select(&["Id", "DeveloperName", "MasterLabel", "NamespacePrefix"], &[]),
            Table::AuditTrail => format!("{} ORDER BY CreatedDate DESC LIMIT 2000", select(&["Id", "Action", "Section", "CreatedDate", "CreatedById", "DelegateUser"], &["CreatedDate = LAST_N_DAYS:180"])),
            Table::EventLogs => "SELECT EventType, COUNT(Id) total, MIN(LogDate) oldest FROM EventLogFile GROUP BY EventType".into(),
            Table::AppAccess => select(&["ParentId", "SetupEntityId"], &["SetupEntityType = 'ConnectedApplication'"]),
            Table::Sets => of_ids(SET),
            // Only of sets that grant something that is looked at: most grant nothing of it, and each row has 60 columns.
            Table::Permissions => {
                let columns = std::iter::once("Id").chain(context.judged.iter().map(String::as_str));
                let tests: Vec<String> = context
                    .judged
                    .iter()
                    .filter(|field| *field != "PermissionsApiEnabled")
                    .map(|field| format!("{field} = true"))
                    .collect();
                let (columns, any) = (self.columns(columns), self.any(tests.iter().map(String::as_str)));
                format!("SELECT {columns} FROM PermissionSet WHERE Id IN {ids} AND ({any})")
            }
            Table::Objects => {
                let columns = std::iter::once("ParentId").chain(objects::FIELDS.iter().copied());
                let (columns, any) = (self.columns(columns), self.any(objects::BEYOND.iter().copied()));
                format!("SELECT {columns} FROM ObjectPermissions WHERE ParentId IN {ids} AND ({any})")
            }
            Table::Edits => format!("SELECT ParentId, COUNT(Id) total FROM ObjectPermissions WHERE ParentId IN {ids} AND PermissionsEdit = true GROUP BY ParentId"),
            Table::Holders => format!("SELECT PermissionSetId, COUNT(Id) total FROM PermissionSetAssignment WHERE Assignee.IsActive = true AND PermissionSetId IN {ids} GROUP BY PermissionSetId"),
            Table::Contacts => format!(
                "SELECT Email, IsActive, COUNT(Id) total FROM User WHERE Email IN {} GROUP BY Email, IsActive LIMIT 2000",
                texts(&self.apps)
            ),
            Table::HolderNames => select(
                &["PermissionSetId", "AssigneeId", "Assignee.Name", "Assignee.Username", "IsActive", "IsRevoked", "ExpirationDate"],
                &["Assignee.IsActive = true", &format!("PermissionSetId IN {ids}")],
            ),
        }
    }

    /// The two halves of its ids, or of its apps; none where there is one at most.
    pub(super) fn halves(&self) -> Option<[Chunk; 2]> {
        let halves = |all: usize| all.div_ceil(2);
        let by_ids = self.ids.len() > 1;
        let by_apps = self.ids.is_empty() && self.apps.len() > 1;
        if !by_ids && !by_apps {
            return None;
        }
        let (ids, more_ids) = self.ids.split_at(if by_ids { halves(self.ids.len()) } else { 0 });
        let (apps, more_apps) =
            self.apps.split_at(if by_apps { halves(self.apps.len()) } else { self.apps.len() });
        let first = Chunk { ids: ids.to_vec(), apps: apps.to_vec(), ..self.clone() };
        let apps = if by_ids { apps } else { more_apps };
        Some([first, Chunk { ids: more_ids.to_vec(), apps: apps.to_vec(), ..self.clone() }])
    }

    /// The same of fewer days, where it is of logins and can be.
    pub(super) fn of_fewer_days(&self) -> Option<Chunk> {
        let days = match self.days {
            0..=30 => return None,
            31..=90 => 30,
            _ => 90,
        };
        self.table.is_login_history().then(|| Chunk { days, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u32) -> Id {
        crate::rules::example::id("005", n)
    }

    #[test]
    fn a_chunk_is_halved_by_its_ids_and_else_by_its_apps() {
        let mut chunk = Chunk { ids: vec![id(1), id(2), id(3)], ..Chunk::new(Table::Logins, 180) };
        let [a, b] = chunk.halves().unwrap();
        assert_eq!((a.ids.len(), b.ids.len()), (2, 1));
        assert_eq!(b.halves(), None);
        chunk = Chunk { apps: vec!["A".into(), "B".into()], ..Chunk::new(Table::Tokens, 180) };
        let [a, b] = chunk.halves().unwrap();
        assert_eq!((a.apps, b.apps), (vec!["A".to_owned()], vec!["B".to_owned()]));
    }

    #[test]
    fn a_column_that_the_org_lacks_is_left_out_of_columns_and_tests() {
        let mut chunk = Chunk { ids: vec![id(1)], ..Chunk::new(Table::Objects, 180) };
        chunk.without.push("PermissionsViewAllFields".into());
        let soql = chunk.soql(&Context::default());
        assert!(!soql.contains("ViewAllFields") && soql.contains("PermissionsDelete = true OR"), "{soql}");
    }

    #[test]
    fn logins_are_of_all_days_unless_fewer_are_chosen() {
        let chunk = Chunk { ids: vec![id(1)], ..Chunk::new(Table::Logins, 180) };
        assert!(!chunk.soql(&Context::default()).contains("LAST_N_DAYS"));
        let fewer = chunk.of_fewer_days().unwrap();
        assert!(fewer.soql(&Context::default()).contains("LoginTime = LAST_N_DAYS:90"));
        assert_eq!(fewer.of_fewer_days().and_then(|one| one.of_fewer_days()), None);
    }
}
