//! Who this is, as data; how it is found out stands in [`crate::classification`].

use serde::{Deserialize, Serialize};

/// The kinds of user that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Who {
    /// Software signs in as this user.
    Integration,
    /// A person works as this user.
    Person,
    /// Of a profile or permission set: some of its users are people, others software.
    Mixed {
        /// How many of the users that were read are integration users.
        integrations: usize,
        /// How many are people.
        people: usize,
    },
    /// The platform's own: a site's guest, Automated Process, the users that Salesforce makes for its products.
    Platform,
}

/// What an admin said of a user; kept per org and user, and stronger than every sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum AdminAnswer {
    /// "This is an integration user."
    Integration,
    /// "This is a person."
    Person,
}

/// One sign, and which way it points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The sign, in a sentence.
    pub text: String,
    /// How strongly it points to an integration; negative: to a person; 0: what was looked at, and tells nothing.
    pub weight: i32,
}

/// The verdict and its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// Who it is.
    pub who: Who,
    /// Whether the signs agree and are strong; always when an admin said so.
    pub sure: bool,
    /// The strongest first.
    pub reasons: Vec<Reason>,
    /// The admin's own answer, when there is one.
    pub answer: Option<AdminAnswer>,
}
