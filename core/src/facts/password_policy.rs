//! The password policy that a profile has of its own, against what Leastwise would set.

use crate::salesforce::metadata_api;
use crate::salesforce::metadata_xml;
use serde::{Deserialize, Serialize};

/// What [`crate::facts::Facts::password_policy`] is called when it is unavailable.
pub const POLICY: &str = "the profile's password policy";

/// The metadata type.
pub(crate) const KIND: &str = "ProfilePasswordPolicy";

/// Days after which a password is to expire (SBS-ACS-009).
const DAYS: i64 = 90;

/// What a policy is to have: at least so much, or, where it is negative, at most so much and not 0, which is no limit.
/// Passwords expire only where some are remembered (Metadata API guide, ProfilePasswordPolicy).
pub(crate) const BOUNDS: [(&str, i64); 4] = [
    ("maxLoginAttempts", -10),
    ("minimumPasswordLength", 8),
    ("passwordExpiration", -DAYS),
    ("passwordHistory", 3),
];

/// What a profile's own password policy comes to (`ProfilePasswordPolicy` of the Metadata API).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordPolicy {
    /// The profile has none: the org's policy holds for it.
    None,
    /// It is less strict than what Leastwise would set.
    Loose,
    /// There is nothing in it that Leastwise would change.
    Strict,
}

impl PasswordPolicy {
    /// Of the policies that were read, what that of the profile comes to.
    pub(crate) fn from_records(records: &[&str], profile: &str) -> PasswordPolicy {
        let Some(own) = metadata_api::policy_of(records, profile) else { return PasswordPolicy::None };
        let number = |name: &str| -> i64 {
            let text = metadata_xml::inner(own, name).unwrap_or_default();
            text.trim().parse().unwrap_or_default()
        };
        let is_within = |(name, bound): &(&str, i64)| match number(name) {
            there if *bound < 0 => there > 0 && there <= -bound,
            there => there >= *bound,
        };
        if BOUNDS.iter().all(is_within) { PasswordPolicy::Strict } else { PasswordPolicy::Loose }
    }
}
