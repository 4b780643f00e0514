//! What was read from the org, one type a fact, and what could not be.
//!
//! It never guesses: a fact that was not read is [`Known::Unavailable`] with the reason, and no rule can take it for fine.

mod access;
mod apps;
mod identity;
mod sections;
mod sign_ins;
pub mod subject;

pub use access::{Assignee, Choice, Grant, Grants, LoginIpRanges, Names, ObjectGrant, Reach, Source};
pub use apps::{App, AppKind, Apps, Job, Jobs, Token, Tokens};
pub use identity::{License, Profile, User};
pub use sections::{Password, PasswordPolicy, WEEK, Week};
pub use sign_ins::{Flow, SignIn, SignIns};

use crate::classification::Classification;
use crate::salesforce::error::OrgError;
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A fact as far as it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Known<T> {
    /// It was read.
    Is(T),
    /// It could not be read.
    Unavailable(Unavailable),
    /// It does not exist for what this page shows (a profile has no e-mail address).
    Absent(String),
}

/// A fact that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unavailable {
    /// What is missing, in words ("the sign-in history").
    pub what: String,
    /// Why.
    pub why: OrgError,
}

/// Why a fact is not there, whichever fact it is.
#[derive(Debug, Clone, Copy)]
pub enum NotKnown<'a> {
    /// It could not be read.
    Unavailable(&'a Unavailable),
    /// It does not exist for what this page shows.
    Absent(&'a str),
}

impl<T> Known<T> {
    /// Unavailable, because of `why`.
    pub fn unavailable(what: &str, why: OrgError) -> Known<T> {
        Known::Unavailable(Unavailable { what: what.to_owned(), why })
    }

    /// Why it is not there, when it is not.
    pub fn not_known(&self) -> Option<NotKnown<'_>> {
        match self {
            Known::Is(_) => None,
            Known::Unavailable(missing) => Some(NotKnown::Unavailable(missing)),
            Known::Absent(why) => Some(NotKnown::Absent(why)),
        }
    }

    /// The fact, when it was read.
    pub fn known(&self) -> Option<&T> {
        match self {
            Known::Is(fact) => Some(fact),
            _ => None,
        }
    }
}

/// Everything that rules may ask for about one user or profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The moment the report is for.
    pub now: Timestamp,
    /// The user shown.
    pub user: Known<User>,
    /// Whether the user is frozen (`UserLogin.IsFrozen`): somebody who may not sign in, though the record says active.
    pub frozen: Known<bool>,
    /// Their profile, or the profile shown.
    pub profile: Known<Profile>,
    /// The profile's user licence.
    pub license: Known<License>,
    /// What is granted, and by what.
    pub grants: Known<Grants>,
    /// What is assigned to the user and grants nothing: revoked, expired or not active.
    pub lapsed: Vec<Source>,
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
    /// Whether this is an integration user.
    pub classification: Known<Classification>,
    /// Where a user is edited: the profiles that could be chosen, as far as they were read.
    pub choices: Vec<Choice>,
    /// Where a profile's login hours are edited: when software signs in; none when it was not read.
    pub week: Option<Week>,
    /// Where a profile's password policies are edited: passwords of its users, as far as they were read.
    pub passwords: Vec<Password>,
}

impl Facts {
    /// Nothing read yet.
    pub fn pending(now: Timestamp) -> Facts {
        Facts {
            now,
            user: Known::unavailable(User::NAME, OrgError::Pending),
            frozen: Known::unavailable(FROZEN, OrgError::Pending),
            profile: Known::unavailable(Profile::NAME, OrgError::Pending),
            license: Known::unavailable(License::NAME, OrgError::Pending),
            grants: Known::unavailable(Grants::NAME, OrgError::Pending),
            lapsed: vec![],
            sign_ins: Known::unavailable(SignIns::NAME, OrgError::Pending),
            tokens: Known::unavailable(Tokens::NAME, OrgError::Pending),
            apps: Known::unavailable(Apps::NAME, OrgError::Pending),
            jobs: Known::unavailable(Jobs::NAME, OrgError::Pending),
            login_ip_ranges: Known::unavailable(LoginIpRanges::NAME, OrgError::Pending),
            password_policy: Known::unavailable(POLICY, OrgError::Pending),
            classification: Known::unavailable(Classification::NAME, OrgError::Pending),
            choices: vec![],
            week: None,
            passwords: vec![],
        }
    }
}

/// What [`Facts::password_policy`] is called when it is missing.
pub const POLICY: &str = "the profile's password policy";

/// What [`Facts::frozen`] is called when it is missing.
pub const FROZEN: &str = "whether the user is frozen";

/// A fact that a rule can name as a parameter.
pub trait Fact: Sized + 'static {
    /// What it is called when it is missing.
    const NAME: &'static str;
    /// Where it stands.
    fn of(facts: &Facts) -> &Known<Self>;
}

macro_rules! facts {
    ($($type:ty: $field:ident = $name:literal;)*) => {$(
        impl Fact for $type {
            const NAME: &'static str = $name;
            fn of(facts: &Facts) -> &Known<Self> {
                &facts.$field
            }
        }
    )*};
}

facts! {
    User: user = "the user's record";
    Profile: profile = "the profile";
    License: license = "the user licence";
    Grants: grants = "the permissions and what grants them";
    SignIns: sign_ins = "the sign-in history";
    Tokens: tokens = "the OAuth tokens";
    Apps: apps = "the connected and external client apps";
    Jobs: jobs = "the scheduled jobs";
    LoginIpRanges: login_ip_ranges = "the profile's login IP ranges";
    Classification: classification = "whether this is an integration user";
}
