//! What a review comes to, as data: what is shown, kept, compared and handed over.
//!
//! It never holds a token, a secret, a consumer key or a session id. Names of fields are a format of their own,
//! `leastwise-review/1`, whose JSON Schema stands in docs/.

use super::viewer::Missing;
use crate::classification::Who;
use crate::controls::ControlResult;
use crate::rules::rule::Severity;
use crate::salesforce::id::Id;
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The format's name and number.
pub const FORMAT: &str = "leastwise-review/1";

/// A review of an org.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// [`FORMAT`].
    pub format: String,
    /// The version of Leastwise that made it.
    pub tool: String,
    /// The org.
    pub org: Org,
    /// Who ran it.
    pub viewer: RunBy,
    /// When it was run.
    #[serde(with = "moment")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub taken: Timestamp,
    /// Days of logins that were read.
    pub days: u32,
    /// API calls that it took.
    pub calls: u32,
    /// What could not be told, and what to do about it.
    #[serde(default)]
    pub missing: Vec<Missing>,
    /// Who was looked at, the worst first.
    pub subjects: Vec<Subject>,
    /// What would end the most findings, the worst first.
    #[serde(default)]
    pub causes: Vec<Cause>,
    /// Apps, those with the most users first.
    #[serde(default)]
    pub apps: Vec<App>,
    /// Privileged people, by what makes them so.
    #[serde(default)]
    pub privileged: Vec<Privileged>,
    /// Settings of the org.
    #[serde(default)]
    pub settings: Vec<OrgSetting>,
    /// What each check of the org's settings says.
    #[serde(default)]
    pub org_rows: Vec<Row>,
    /// Logins by week and way, the oldest first.
    #[serde(default)]
    pub weeks: Vec<Week>,
    /// The controls of the Security Benchmark for Salesforce, and how each stands.
    #[serde(default)]
    pub controls: Vec<ControlResult>,
    /// Names of others that stand in what shows a finding.
    #[serde(default)]
    pub mentioned: Vec<String>,
}

/// An org.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Org {
    /// Its id, of 18 characters.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The host of its My Domain.
    pub host: String,
    /// Whether it is a sandbox; none where that was not read.
    pub is_sandbox: Option<bool>,
    /// The edition.
    pub edition: String,
    /// The instance.
    pub instance: String,
    /// Active users, by what licenses are used.
    pub active_users: u64,
}

impl Org {
    /// What kind of org it is, as people say it.
    pub const fn kind(&self) -> &'static str {
        match self.is_sandbox {
            Some(true) => "Sandbox",
            Some(false) => "Production",
            None => "Production or sandbox: couldn't read",
        }
    }
}

/// Who ran a review.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RunBy {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their user name.
    pub username: String,
}

/// What a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Software logs in as this user.
    Integration,
    /// An Agentforce agent works as this user.
    Agent,
    /// A person works as this user.
    Person,
    /// Salesforce's own, or a site's visitors.
    Platform,
}

impl Kind {
    /// Whether software logs in as such a user.
    pub const fn is_integration(self) -> bool {
        matches!(self, Kind::Integration | Kind::Agent)
    }

    /// The word for people.
    pub const fn label(self) -> &'static str {
        match self {
            Kind::Integration => "Integration user",
            Kind::Agent => "Agent",
            Kind::Person => "Person",
            Kind::Platform => "Platform user",
        }
    }

    pub(super) fn new(who: Who, is_agent: bool) -> Kind {
        match who {
            _ if is_agent => Kind::Agent,
            Who::Integration | Who::Mixed { .. } => Kind::Integration,
            Who::Person => Kind::Person,
            Who::Platform => Kind::Platform,
        }
    }
}

/// A user who was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// The user's id.
    #[cfg_attr(test, schemars(with = "String"))]
    pub id: Id,
    /// Their name.
    pub name: String,
    /// Their user name.
    pub username: String,
    /// What they are.
    pub kind: Kind,
    /// Whether that is certain.
    pub is_sure: bool,
    /// What shows it, a sentence each.
    pub reasons: Vec<String>,
    /// Whether software logs in as this user, whatever they are: a person who acts as an integration.
    pub acts_as_integration: bool,
    /// Whether the user is active.
    pub is_active: bool,
    /// Whether the user is frozen; none where that could not be read.
    pub is_frozen: Option<bool>,
    /// The profile's name.
    pub profile: String,
    /// The profile's id.
    pub profile_id: String,
    /// The user license.
    pub license: String,
    /// When the user was created.
    #[serde(with = "moment::option", default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub created: Option<Timestamp>,
    /// The last login of any kind.
    #[serde(with = "moment::option", default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub last_login: Option<Timestamp>,
    /// What is wrong, in a sentence; none where nothing is.
    pub verdict: Option<String>,
    /// What the user can do, and from where.
    pub reach: Vec<Power>,
    /// From where the user can log in, in a few words.
    pub from: String,
    /// What each check says.
    pub rows: Vec<Row>,
    /// Apps that act as this user.
    pub apps: Vec<UsedApp>,
    /// Logins by way.
    pub logins: Vec<Logins>,
    /// Logins by month and way, the oldest first.
    #[serde(default)]
    pub months: Vec<Month>,
    /// Where logins came from, the most first.
    pub addresses: Vec<Address>,
    /// What grants permissions.
    pub grants: Vec<Granted>,
    /// Who answers for the integration, as somebody noted; empty where nobody did.
    #[serde(default)]
    pub owner: String,
    /// What it is for, as somebody noted.
    #[serde(default)]
    pub purpose: String,
}

/// What a check says of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The rule's id.
    pub rule: String,
    /// `finding`, `pass`, `not-applicable` or `cannot-tell`.
    pub outcome: String,
    /// `access`, `login`, `apps` or `identity`.
    pub area: String,
    /// What is wrong, or what was looked at, in a line.
    pub headline: String,
    /// What is wrong, the worst first.
    #[serde(default)]
    pub findings: Vec<Found>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// What tells it from others, and is the same in the next review.
    pub fingerprint: String,
    /// How bad it is.
    #[cfg_attr(test, schemars(with = "String"))]
    pub severity: Severity,
    /// What is wrong.
    pub title: String,
    /// What shows it, a sentence each.
    pub evidence: Vec<String>,
    /// What it is about: a permission, an object, an app or a setting, by API name or id.
    pub about: String,
    /// Who accepted the risk, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

/// Something that a user can do to the whole org.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Power {
    /// Which column of the table of reach it is.
    pub what: Ability,
    /// How bad it is.
    #[cfg_attr(test, schemars(with = "String"))]
    pub severity: Severity,
    /// What gives it, a line each.
    pub by: Vec<String>,
}

/// The columns of the table of reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Ability {
    /// Sees every record.
    ReadsAll,
    /// Changes and deletes every record.
    ChangesAll,
    /// Sees every field.
    AllFields,
    /// Sees all records of some objects.
    WholeObjects,
    /// Deletes records.
    Deletes,
    /// Creates and edits users.
    Users,
    /// Gives permissions.
    Permissions,
    /// Changes code and metadata.
    Metadata,
    /// Changes apps.
    Apps,
    /// Changes keys, or reads what others do.
    KeysAndLogs,
}

impl Ability {
    /// All, in the order of columns.
    pub const ALL: [Ability; 10] = [
        Ability::ReadsAll,
        Ability::ChangesAll,
        Ability::AllFields,
        Ability::WholeObjects,
        Ability::Deletes,
        Ability::Users,
        Ability::Permissions,
        Ability::Metadata,
        Ability::Apps,
        Ability::KeysAndLogs,
    ];

    /// The head of the column.
    pub const fn label(self) -> &'static str {
        match self {
            Ability::ReadsAll => "Views all records",
            Ability::ChangesAll => "Edits all records",
            Ability::AllFields => "Views all fields",
            Ability::WholeObjects => "Whole objects",
            Ability::Deletes => "Deletes",
            Ability::Users => "Users",
            Ability::Permissions => "Permissions",
            Ability::Metadata => "Metadata and code",
            Ability::Apps => "Apps",
            Ability::KeysAndLogs => "Keys and logs",
        }
    }
}

/// An app that acts as a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsedApp {
    /// Its label.
    pub label: String,
    /// Tokens that it holds for this user.
    pub tokens: u64,
    /// How often they were used.
    pub uses: u64,
    /// When one of them was used last.
    #[serde(with = "moment::option", default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub last_used: Option<Timestamp>,
    /// Logins by it.
    pub logins: u64,
}

/// Logins by one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Logins {
    /// The way, in a few words.
    pub way: String,
    /// How many got in.
    pub count: u64,
    /// How many were refused.
    pub refused: u64,
    /// The last that got in.
    #[serde(with = "moment::option", default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub last: Option<Timestamp>,
}

/// Logins of one month by one way, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Month {
    /// `2026-11`.
    pub month: String,
    /// The way, in a few words.
    pub way: String,
    /// How many.
    pub count: u64,
}

/// An address that logins came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Address {
    /// The address.
    pub address: String,
    /// How many logins came from it.
    pub count: u64,
    /// The last of them.
    #[serde(with = "moment::option", default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub last: Option<Timestamp>,
}

/// A profile, permission set or group of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Granted {
    /// The permission set's id, which a profile and a group have too.
    #[cfg_attr(test, schemars(with = "String"))]
    pub id: Id,
    /// What it is and what it is called.
    pub name: String,
    /// Who else has it, in a few words.
    pub others: String,
    /// What it grants that a check looks at, the most powerful first; API names.
    pub permissions: Vec<String>,
    /// Objects whose records it lets be deleted; none where that could not be read.
    pub deletes: Option<usize>,
    /// Objects whose records it lets be edited; none where that was not read.
    pub edits: Option<u64>,
}

/// Something that would end findings of several users, or several findings of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// What to do, in a line.
    pub title: String,
    /// The record whose Setup page leads to the fix.
    pub record: String,
    /// The worst that it ends.
    #[cfg_attr(test, schemars(with = "String"))]
    pub severity: Severity,
    /// How many findings it ends.
    pub findings: usize,
    /// The users that it concerns, by id.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub subjects: Vec<Id>,
}

/// An app of the org.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct App {
    /// Its label.
    pub label: String,
    /// `Connected app`, `External client app`, or `Not installed`.
    pub kind: String,
    /// Its record's id; empty where it has none.
    pub id: String,
    /// Who answers for it: the contact email of its settings; empty where that is not known.
    pub owner: String,
    /// Users that it holds tokens for.
    pub users: u64,
    /// Tokens.
    pub tokens: u64,
    /// How often they were used.
    pub uses: u64,
    /// When one was used last.
    #[serde(with = "moment::option", default)]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub last_used: Option<Timestamp>,
    /// Whether only approved users may use it; none where that could not be read.
    pub is_restricted: Option<bool>,
    /// What it may be granted (OAuth scopes); empty where that could not be read.
    pub scopes: Vec<String>,
    /// How long its refresh tokens live; empty where that could not be read.
    pub refresh_policy: String,
    /// The integration users for whom it acts, by name.
    pub integrations: Vec<String>,
    /// What each check of apps says of it.
    #[serde(default)]
    pub rows: Vec<Row>,
}

/// People who could take over the org, by what makes them so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Privileged {
    /// The profile, permission set or group.
    pub by: String,
    /// How many people have it.
    pub count: usize,
    /// The first of them by name, as far as names were read.
    pub names: Vec<String>,
}

/// A setting of the org.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrgSetting {
    /// What it is called in Setup.
    pub name: String,
    /// What it is set to; empty where that could not be read.
    pub value: String,
    /// Whether that is what is advised; none where it could not be told.
    pub is_advised: Option<bool>,
    /// Why it matters, in a sentence.
    pub why: String,
}

/// Logins of one week by one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Week {
    /// Its first day, in UTC.
    pub week: String,
    /// The way, in a few words.
    pub way: String,
    /// How many.
    pub count: u64,
}

/// Everything that rows say is wrong and nobody accepted.
pub(super) fn open(rows: &[Row]) -> impl Iterator<Item = &Found> {
    rows.iter().flat_map(|row| &row.findings).filter(|found| found.accepted.is_none())
}

impl Row {
    /// The worst severity of what is wrong and not accepted.
    pub fn worst(&self) -> Option<Severity> {
        open(std::slice::from_ref(self)).map(|found| found.severity).min()
    }
}

impl App {
    /// What tells it from the org's other apps: its id; of one that is not installed what it is called.
    pub fn key(&self) -> String {
        if self.id.is_empty() { self.label.trim().to_lowercase() } else { self.id.clone() }
    }

    /// The worst severity of what is wrong with it.
    pub fn worst(&self) -> Option<Severity> {
        open(&self.rows).map(|found| found.severity).min()
    }
}

impl Subject {
    /// The rows of an area that say something is wrong.
    pub fn failed<'a>(&'a self, area: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |row| row.area == area && row.outcome == "finding")
    }

    /// Everything that is wrong and not accepted.
    pub fn findings(&self) -> impl Iterator<Item = &Found> {
        open(&self.rows)
    }

    /// How many findings there are of a severity, without those that are accepted.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings().filter(|found| found.severity == severity).count()
    }

    /// The worst severity.
    pub fn worst(&self) -> Option<Severity> {
        self.findings().map(|found| found.severity).min()
    }

    /// Whether software logs in as this user, surely or probably.
    pub fn is_integration(&self) -> bool {
        self.kind.is_integration()
    }

    /// Whether a check of this id found something.
    pub fn fails(&self, rule: &str) -> bool {
        self.rows.iter().any(|row| row.rule == rule && row.outcome == "finding")
    }
}

impl Review {
    /// When it was run, as ISO 8601 says it.
    pub fn moment(&self) -> String {
        moment::text(self.taken)
    }

    /// The users that software logs in as.
    pub fn integrations(&self) -> impl Iterator<Item = &Subject> {
        self.subjects.iter().filter(|subject| subject.is_integration())
    }
}

/// Moments as text, `2026-11-29T23:15:00Z`.
pub(crate) mod moment {
    use crate::salesforce::time::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn text(moment: Timestamp) -> String {
        jiff::Timestamp::from_second(moment.0)
            .map_or_else(|_| moment.0.to_string(), |moment| moment.to_string())
    }

    pub(crate) fn serialize<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&text(*moment))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse(&text).ok_or_else(|| D::Error::custom(format!("no moment: {text}")))
    }

    pub(crate) mod option {
        use super::{Deserialize, Deserializer, Error, Serializer, Timestamp, text};

        #[expect(clippy::ref_option, reason = "serde gives it so")]
        pub(crate) fn serialize<S: Serializer>(
            moment: &Option<Timestamp>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match moment {
                Some(moment) => serializer.serialize_str(&text(*moment)),
                None => serializer.serialize_none(),
            }
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Timestamp>, D::Error> {
            let text: Option<String> = Option::deserialize(deserializer)?;
            text.map(|text| {
                Timestamp::parse(&text).ok_or_else(|| D::Error::custom(format!("no moment: {text}")))
            })
            .transpose()
        }
    }
}
