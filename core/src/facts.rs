//! What was read from the org, one type a fact, and what could not be.
//!
//! It never guesses: a fact that was not read is [`Known::Unavailable`] with the reason, and no rule can take it for fine.

pub(crate) mod app_files;
mod app_key;
pub mod app_settings;
pub(crate) mod apps;
pub(crate) mod assignment;
mod check_settings;
pub(crate) mod choice;
mod classification;
mod doubt;
pub(crate) mod frozen;
pub(crate) mod grants;
pub(crate) mod jobs;
mod known;
mod labels;
pub(crate) mod license;
pub(crate) mod login_ip_ranges;
mod names;
pub(crate) mod objects;
mod org;
pub mod org_settings;
pub(crate) mod password_policy;
pub(crate) mod passwords;
pub(crate) mod profile;
mod reach;
mod record;
mod shared;
pub(crate) mod sign_ins;
pub mod subject;
pub(crate) mod table;
pub(crate) mod tokens;
pub(crate) mod user;
pub(crate) mod week;

pub use app_settings::AppSettings;
pub use apps::{App, AppKind, Apps};
pub use assignment::Expirations;
pub use check_settings::CheckSettings;
pub use choice::Choice;
pub use classification::{AdminAnswer, Classification, Reason, Who};
pub use frozen::Frozen;
pub use grants::{Grant, Grants, Source};
pub use jobs::{Job, Jobs};
pub use known::{Known, NotKnown, Unavailable};
pub(crate) use labels::FEATURE;
pub use labels::{Labels, NO_LABELS};
pub use license::License;
pub use login_ip_ranges::LoginIpRanges;
pub use names::Names;
pub use objects::ObjectGrant;
pub use org::{OrgFacts, OrgTables, TableRows};
pub use org_settings::OrgSettings;
pub use password_policy::{POLICY, PasswordPolicy};
pub use passwords::Password;
pub use profile::Profile;
pub use reach::{Assignee, REACH_LIMIT, Reach};
pub use record::Record;
pub use shared::Shared;
pub use sign_ins::{Flow, SignIn, SignIns};
pub use tokens::{Token, Tokens};
pub use user::User;
pub use week::{WEEK, Week};

use crate::salesforce::error::OrgError;
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};
use table::Table;

/// Everything that rules may ask for about one user or profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The moment the report is for.
    pub now: Timestamp,
    /// What an admin chose of the checks.
    #[serde(default)]
    pub checks: CheckSettings,
    /// The user shown.
    pub user: Known<User>,
    /// Whether the user is frozen: who is may not sign in, though the record says active.
    pub frozen: Known<Frozen>,
    /// Their profile, or the profile shown.
    pub profile: Known<Profile>,
    /// The profile's user licence.
    pub license: Known<License>,
    /// What is granted, and by what.
    pub grants: Known<Grants>,
    /// What is assigned to the user and grants nothing: revoked, expired or not active.
    pub lapsed: Vec<Source>,
    /// When assigned permission sets and groups stop being assigned.
    pub expirations: Known<Expirations>,
    /// How they signed in over the six months that the org keeps.
    pub sign_ins: Known<SignIns>,
    /// OAuth tokens of this org's users.
    pub tokens: Known<Tokens>,
    /// Connected and external client apps, with their policy.
    pub apps: Known<Apps>,
    /// Scheduled jobs that run as the user.
    pub jobs: Known<Jobs>,
    /// The profile's login IP ranges.
    pub login_ip_ranges: Known<LoginIpRanges>,
    /// The password policy of the user's profile: read only where software signs in with an old password.
    pub password_policy: Known<PasswordPolicy>,
    /// What admins noted about the user.
    pub record: Known<Record>,
    /// Whether this is an integration user.
    pub classification: Known<Classification>,
    /// Where it is about an app: what that is set to.
    #[serde(default = "no_app")]
    pub app: Known<AppSettings>,
    /// Where it is about an app, or about the org itself: what the org is set to.
    #[serde(default = "no_org")]
    pub org: Known<OrgSettings>,
    /// Where a user is edited: the profiles that could be chosen, as far as they were read.
    pub choices: Shared<Vec<Choice>>,
    /// Where a profile's login hours are edited: when software signs in; none when it was not read.
    pub week: Option<Week>,
    /// Where a profile's password policies are edited: passwords of its users, as far as they were read.
    pub passwords: Shared<Vec<Password>>,
}

/// On the page of a user, a profile or a permission set, no app and no setting of the org is read.
fn no_app() -> Known<AppSettings> {
    Known::Absent("This check is about apps. Review the org to see it.".into())
}

fn no_org() -> Known<OrgSettings> {
    Known::Absent("This check is about the org's settings. Review the org to see it.".into())
}

impl Facts {
    /// About an org's own settings, or about one of its apps: nothing is said of a user.
    pub fn of_org(
        now: Timestamp,
        checks: CheckSettings,
        org: OrgSettings,
        app: Option<AppSettings>,
    ) -> Facts {
        fn nobodys<T>() -> Known<T> {
            Known::Absent("This is not about a user.".into())
        }
        Facts {
            checks,
            user: nobodys(),
            frozen: nobodys(),
            profile: nobodys(),
            license: nobodys(),
            grants: nobodys(),
            sign_ins: nobodys(),
            tokens: nobodys(),
            apps: nobodys(),
            jobs: nobodys(),
            login_ip_ranges: nobodys(),
            password_policy: nobodys(),
            expirations: nobodys(),
            record: nobodys(),
            classification: nobodys(),
            app: app.map_or_else(no_app, Known::Is),
            org: Known::Is(org),
            ..Facts::pending(now)
        }
    }

    /// Nothing read yet.
    pub fn pending(now: Timestamp) -> Facts {
        Facts {
            now,
            checks: CheckSettings::default(),
            user: Known::unavailable(User::NAME, OrgError::Pending),
            frozen: Known::unavailable(Frozen::NAME, OrgError::Pending),
            profile: Known::unavailable(Profile::NAME, OrgError::Pending),
            license: Known::unavailable(License::NAME, OrgError::Pending),
            grants: Known::unavailable(Grants::NAME, OrgError::Pending),
            lapsed: vec![],
            expirations: Known::unavailable(Expirations::NAME, OrgError::Pending),
            sign_ins: Known::unavailable(SignIns::NAME, OrgError::Pending),
            tokens: Known::unavailable(Tokens::NAME, OrgError::Pending),
            apps: Known::unavailable(Apps::NAME, OrgError::Pending),
            jobs: Known::unavailable(Jobs::NAME, OrgError::Pending),
            login_ip_ranges: Known::unavailable(LoginIpRanges::NAME, OrgError::Pending),
            password_policy: Known::unavailable(POLICY, OrgError::Pending),
            record: Known::unavailable(Record::NAME, OrgError::Pending),
            classification: Known::unavailable(Classification::NAME, OrgError::Pending),
            app: no_app(),
            org: no_org(),
            choices: Shared::default(),
            week: None,
            passwords: Shared::default(),
        }
    }
}

/// A fact that a rule can name as a parameter.
pub trait Fact: Sized + 'static {
    /// What it is called when it is unavailable.
    const NAME: &'static str;
    /// Where it stands.
    fn of(facts: &Facts) -> &Known<Self>;
}

/// What is read for a fact.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// [`Fact::NAME`].
    pub(crate) fact: &'static str,
    /// What it is read from.
    pub(crate) tables: &'static [Table],
    /// Facts that it is made of, by name.
    pub(crate) from: &'static [&'static str],
}

macro_rules! facts {
    ($($type:ty: $field:ident = $name:literal, $tables:expr, $from:expr;)*) => {
        $(
            impl Fact for $type {
                const NAME: &'static str = $name;
                fn of(facts: &Facts) -> &Known<Self> {
                    &facts.$field
                }
            }
        )*

        /// What is read for each fact.
        pub(crate) const READINGS: &[Reading] =
            &[$(Reading { fact: $name, tables: $tables, from: $from }),*];
    };
}

// A line a fact: its type, where it stands in [`Facts`], what it is called, what it is read from, what it is made of.
facts! {
    User: user = "the user's record", &[user::TABLE], &[];
    Frozen: frozen = "whether the user is frozen", &[frozen::TABLE], &[User::NAME];
    Expirations: expirations = "when its assignments expire", &[assignment::TABLE], &[];
    Profile: profile = "the profile", &[profile::TABLE], &[];
    License: license = "the user license", &[license::TABLE], &[];
    Grants: grants = "the permissions and what grants them", &[grants::TABLE, assignment::TABLE], &[];
    SignIns: sign_ins = "the login history", &[sign_ins::TABLE], &[];
    Tokens: tokens = "the OAuth tokens", &[tokens::TABLE], &[];
    Apps: apps = "the connected and external client apps", &[apps::TABLE], &[];
    Jobs: jobs = "the scheduled jobs", &[jobs::TABLE], &[];
    LoginIpRanges: login_ip_ranges = "the profile's login IP ranges", &[login_ip_ranges::TABLE], &[];
    Record: record = "what is noted about it", &[], &[User::NAME];
    Classification: classification = "whether this is an integration user", &[], &[
        User::NAME, Profile::NAME, License::NAME, Grants::NAME, SignIns::NAME, Tokens::NAME, Jobs::NAME,
    ];
    AppSettings: app = "the app's settings", &[], &[];
    OrgSettings: org = "the org's settings", &[], &[];
}
