//! The org: its rows, its people and their sessions, in memory.
//!
//! It never answers HTTP, and never says what a person may write: `platform` has those rules.

mod definitions;
mod people;
mod rows;

use crate::id;
use crate::identity::Identity;
use crate::schema::Schema;
use rows::{Change, Table};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use time::OffsetDateTime;
use time::macros::format_description;

/// A record: API field names to values as REST presents them. Sparse: what is not there is null, or false for a
/// boolean.
pub type Row = Map<String, Value>;

/// Who acts.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Their user id.
    pub user_id: String,
}

/// A signed-in session.
#[derive(Debug, Clone)]
pub struct Session {
    /// The session id, as in the cookie.
    pub sid: String,
    /// Whose it is.
    pub user_id: String,
    /// The API takes it: sessions of the setup and Lightning hosts it does not.
    pub api: bool,
    /// It has ended.
    pub expired: bool,
    /// The address that it began at; empty when none is known.
    pub address: String,
    /// Its row of AuthSession; empty for none.
    pub row: String,
    /// The session that it came from; empty for none.
    pub parent: String,
    /// The app that it was given to, by id; empty for none.
    pub app: String,
    /// Scopes of its token.
    pub scopes: Vec<String>,
    /// Its row of OauthToken; empty for none.
    pub token: String,
    /// When it was last used, as far as the platform takes note.
    pub used: OffsetDateTime,
}

/// A row that was deleted.
#[derive(Debug, Clone)]
pub(crate) struct Deleted {
    /// Its object.
    pub(crate) object: String,
    /// As it was.
    pub(crate) row: Row,
    /// When, as the API writes it.
    pub(crate) at: String,
}

/// A whole org.
#[derive(Debug, Clone)]
pub struct Org {
    /// What objects and fields there are. Copies of an org share it, and its tables, until one of them writes.
    pub schema: Arc<Schema>,
    tables: BTreeMap<String, Arc<Table>>,
    /// What was there before each write since the oldest open mark.
    journal: Vec<Change>,
    /// Open marks.
    marks: usize,
    /// Login IP ranges, login hours and whatever else lives in a profile's metadata, by profile id.
    pub profile_metadata: BTreeMap<String, Value>,
    /// What metadata components say beyond what rows hold, by type and full name. Keys that begin with `#` are ours.
    pub documents: BTreeMap<(String, String), Value>,
    /// Deploys and retrieves, by id.
    pub(crate) deploys: BTreeMap<String, crate::metadata::deploy::Job>,
    /// Sessions by session id.
    pub sessions: HashMap<String, Session>,
    passwords: HashMap<String, String>,
    /// Users who cannot be deactivated, with Salesforce's sentence for it: default owners and their like.
    pub needed_users: BTreeMap<String, String>,
    /// API requests from a change to a group's being `Updated`; 0 for at once.
    pub group_delay: u32,
    /// What becomes of groups instead of `Updated`: a fault.
    pub group_outcome: Option<String>,
    /// What the org knows of signing in besides its rows.
    pub identity: Identity,
    pub(crate) pending_groups: BTreeMap<String, u32>,
    /// New e-mail addresses that wait for their link to be opened, by user.
    pub(crate) mailed: BTreeMap<String, Value>,
    /// The recycle bin, and what else was deleted: by id.
    pub(crate) deleted: BTreeMap<String, Deleted>,
    /// Query jobs of Bulk API 2.0, by id.
    pub jobs: BTreeMap<String, crate::api::bulk::QueryJob>,
    /// Ingest jobs of Bulk API 2.0, by id.
    pub ingests: BTreeMap<String, crate::api::ingest::IngestJob>,
    /// Jobs of Bulk API 1, by id.
    pub(crate) async_jobs: BTreeMap<String, crate::api::async_api::AsyncJob>,
    /// API requests since the start.
    pub api_requests: u64,
    /// Since when the objects and fields are as they are.
    pub(crate) described_at: OffsetDateTime,
    /// Sets of profiles whose metadata says something of an object's fields: set, object.
    pub(crate) field_profiles: BTreeSet<(String, String)>,
    counter: u64,
    org_id: String,
    my_domain: String,
    /// When it began, and who was there first: what rows have that say nothing of who and when.
    founded: Value,
    founder: Value,
}

/// How old an org is: older than whatever a seed's history goes back to.
const FOUNDED: time::Duration = time::Duration::days(1_000);

/// The password of every seeded user.
pub const PASSWORD: &str = "leastwise-1";

/// Standard profiles have names of their own in metadata. Source: recorded retrieves of public repositories.
pub const STANDARD_PROFILES: &[(&str, &str, &str)] = &[
    ("Admin", "System Administrator", "Salesforce"),
    ("Standard", "Standard User", "Salesforce"),
    ("ReadOnly", "Read Only", "Salesforce"),
    ("Minimum Access - Salesforce", "Minimum Access - Salesforce", "Salesforce"),
    (
        "Minimum Access - API Only Integrations",
        "Minimum Access - API Only Integrations",
        "Salesforce Integration",
    ),
    (
        "Salesforce API Only System Integrations",
        "Salesforce API Only System Integrations",
        "Salesforce Integration",
    ),
];

/// Standard profiles that an org has only where a seed brings them: name in metadata, name, licence. Source: the same.
const FURTHER_PROFILES: &[(&str, &str, &str)] = &[
    ("StandardAul", "Standard Platform User", "Salesforce Platform"),
    ("ContractManager", "Contract Manager", "Salesforce"),
    ("MarketingProfile", "Marketing User", "Salesforce"),
    ("SolutionManager", "Solution Manager", "Salesforce"),
];

/// The name and the licence of the standard profile that metadata calls `file`.
pub fn standard_profile(file: &str) -> Option<(&'static str, &'static str)> {
    let mut all = STANDARD_PROFILES.iter().chain(FURTHER_PROFILES);
    all.find(|(name, ..)| *name == file).map(|(_, label, license)| (*label, *license))
}

/// What metadata calls the standard profile `label`.
pub(crate) fn standard_file(label: &str) -> Option<&'static str> {
    let mut all = STANDARD_PROFILES.iter().chain(FURTHER_PROFILES);
    all.find(|(_, name, _)| *name == label).map(|(file, ..)| *file)
}

impl Org {
    /// An org with its Organization row, licences and standard profiles, and nobody in it.
    pub fn new(my_domain: &str) -> Org {
        let mut org = Org {
            schema: Arc::new(Schema::load()),
            tables: BTreeMap::new(),
            journal: vec![],
            marks: 0,
            profile_metadata: BTreeMap::new(),
            documents: BTreeMap::new(),
            deploys: BTreeMap::new(),
            sessions: HashMap::new(),
            passwords: HashMap::new(),
            needed_users: BTreeMap::new(),
            group_delay: 2,
            group_outcome: None,
            identity: Identity::default(),
            pending_groups: BTreeMap::new(),
            mailed: BTreeMap::new(),
            deleted: BTreeMap::new(),
            jobs: BTreeMap::new(),
            ingests: BTreeMap::new(),
            async_jobs: BTreeMap::new(),
            api_requests: 0,
            described_at: OffsetDateTime::now_utc(),
            field_profiles: BTreeSet::new(),
            counter: 0,
            org_id: id::numbered("00D", 77),
            my_domain: my_domain.to_owned(),
            founded: json!(stamp(OffsetDateTime::now_utc() - FOUNDED)),
            founder: Value::Null,
        };
        let organization = json!({ "Id": org.org_id, "Name": "Acme", "OrganizationType": "Enterprise Edition",
            "IsSandbox": false, "InstanceName": "EU99", "IsReadOnly": false, "LanguageLocaleKey": "en_US" });
        org.put("Organization", object(organization));
        for license in [
            "Salesforce",
            "Salesforce Platform",
            "Salesforce Integration",
            "Chatter Free",
            "Guest User License",
        ] {
            org.license(license);
        }
        org.put("PermissionSetLicense", object(json!({ "DeveloperName": "SalesforceAPIIntegrationPsl", "MasterLabel": "Salesforce API Integration",
            "Language": "en_US", "Status": "Active", "TotalLicenses": 5, "UsedLicenses": 0, "IsAvailableForIntegrations": true })));
        for (_, name, license) in STANDARD_PROFILES {
            let all: Vec<String> = match *name {
                "System Administrator" => ADMIN.split_whitespace().map(str::to_owned).collect(),
                "Standard User" => {
                    words("RunReports ApiEnabled EditTask EditEvent ViewHelpLink ConvertLeads")
                }
                "Minimum Access - API Only Integrations" | "Salesforce API Only System Integrations" => {
                    words("ApiEnabled ApiUserOnly PasswordNeverExpires LightningConsoleAllowedForUser")
                }
                _ => words("ViewHelpLink"),
            };
            let id = org.add_profile(name, license, false, &all);
            if matches!(*name, "Standard User" | "Read Only") {
                org.standard_access(&id, *name == "Standard User");
            }
        }
        org.define_objects();
        org.put("SecuritySettings", object(json!({ "DurableId": "Security" })));
        org.default_settings();
        org
    }

    /// The org's id.
    pub fn org_id(&self) -> &str {
        &self.org_id
    }

    /// `acme` of `acme.my.salesforce.com`.
    pub fn my_domain(&self) -> &str {
        &self.my_domain
    }

    /// Gives it another My Domain name.
    pub(crate) fn rename(&mut self, my_domain: &str) {
        my_domain.clone_into(&mut self.my_domain);
    }

    /// When it began, and who was there first.
    pub(crate) fn beginning(&self) -> (&str, &str) {
        (self.founded.as_str().unwrap_or_default(), self.founder.as_str().unwrap_or_default())
    }

    /// Says who was there first.
    pub fn found_by(&mut self, user: &str) {
        self.founder = json!(user);
    }

    /// Sets a user's password.
    pub fn set_password(&mut self, user: &str, password: &str) {
        self.passwords.insert(user.to_owned(), password.to_owned());
    }

    /// Whether it is the user's password.
    pub fn is_password(&self, user: &str, password: &str) -> bool {
        self.passwords.get(user).map_or(PASSWORD, String::as_str) == password
    }

    /// Now, by the org's clock.
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + time::Duration::seconds(self.identity.ahead)
    }

    /// Now, as the API writes it.
    pub fn stamp(&self) -> String {
        stamp(self.now())
    }

    /// Starts a session. `api`: of the core host, which the API takes.
    pub fn start_session(&mut self, user: &str, api: bool) -> Session {
        self.counter += 1;
        let token: String = (0..3)
            .map(|part| id::numbered("AQE", self.counter * 31 + part).get(3..).unwrap_or_default().to_owned())
            .collect();
        let sid = format!("{}!{token}", self.org_id.get(..15).unwrap_or_default());
        let session = Session {
            sid: sid.clone(),
            user_id: user.to_owned(),
            api,
            expired: false,
            address: String::new(),
            row: String::new(),
            parent: String::new(),
            app: String::new(),
            scopes: vec![],
            token: String::new(),
            used: self.now(),
        };
        self.sessions.insert(sid, session.clone());
        session
    }
}

/// The text of a field; empty when it is null or not there.
pub fn text<'a>(row: &'a Row, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Sets a key of a JSON object.
pub fn set(body: &mut Value, key: &str, value: Value) {
    if let Value::Object(map) = body {
        map.insert(key.to_owned(), value);
    }
}

/// A JSON object as a row.
pub fn object(value: Value) -> Row {
    match value {
        Value::Object(map) => map,
        _ => Row::new(),
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// A moment as the API writes it: `2026-11-24T10:31:00.000+0000`.
pub fn stamp(at: OffsetDateTime) -> String {
    at.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].000+0000"))
        .unwrap_or_default()
}

/// What the standard System Administrator profile grants, as far as it matters here.
const ADMIN: &str = "\
    ApiEnabled AssignPermissionSets AssignTopics AuthorApex ConnectOrgToEnvironmentHub ConvertLeads \
    CreateCustomizeDashboards CreateCustomizeFilters CreateCustomizeReports CreateDashboardFolders \
    CreateReportFolders CreateTopics CustomizeApplication DataExport DelegatedTwoFactor DeleteTopics \
    EditBrandTemplates EditEvent EditHtmlTemplates EditMyDashboards EditMyReports \
    EditPublicDocuments EditPublicFilters EditPublicTemplates EditTask EditTopics ExportReport \
    FreezeUsers ImportLeads InstallPackaging ManageAuthProviders ManageCategories ManageCertificates \
    ManageCustomPermissions ManageDashbdsInPubFolders ManageInternalUsers ManageIpAddresses \
    ManageLoginAccessPolicies ManageNetworks ManagePasswordPolicies ManageProfilesPermissionsets \
    ManageRemoteAccess ManageReportsInPubFolders ManageRoles ManageSharing ManageTwoFactor \
    ManageUsers ModifyAllData ModifyMetadata MonitorLoginHistory ResetPasswords RunReports \
    ScheduleReports SolutionImport TransferAnyEntity TransferAnyLead UseTeamReassignWizards \
    ViewAllData ViewAllUsers ViewDataLeakageEvents ViewEventLogFiles ViewHealthCheck \
    ViewPlatformEvents ViewPublicDashboards ViewPublicReports ViewRoles ViewSetup";
