//! What the boxes of a user's form that stand for features would mean for software.
//!
//! It never takes one for a permission: none of them lets its holder read or change what it could not otherwise, so none is a
//! finding.

use crate::classification::Who;
use crate::facts::Facts;
use crate::form::recognize::Meaning;
use crate::form::{Edit, Verdict};
use crate::rules::rule::Severity::{self, Info, Low};

/// A field of User, how much it matters on an integration user, and what it is for. Those that are for a person at a
/// screen tie up a licence for nothing; the others are needed where the software does what they are for.
/// Source: Salesforce Help, "User Fields" and "Feature Licenses Overview"; field names: Object Reference, User.
const FEATURES: &[(&str, Severity, &str)] = &[
    ("UserPermissionsMarketingUser", Info, "only needed to create and change campaigns"),
    ("UserPermissionsKnowledgeUser", Info, "only needed to write Knowledge articles, not to read them"),
    ("UserPermissionsInteractionUser", Info, "only needed to run flows itself, as Run Flows is"),
    ("UserPermissionsSFContentUser", Info, "only needed for Salesforce CRM Content, not for files"),
    (
        "UserPermissionsOfflineUser",
        Low,
        "for a person who works offline in a client: software does not need it",
    ),
    (
        "UserPermissionsSupportUser",
        Low,
        "for a person at the service console: software does not need it for cases",
    ),
    ("UserPermissionsLiveAgentUser", Low, "for a person who answers chats: software does not need it"),
    ("UserPermissionsCallCenterAutoLogin", Low, "for a person at a telephone: software does not need it"),
    (
        "UserPermissionsJigsawProspectingUser",
        Low,
        "for a person who searches Data.com: software does not need it",
    ),
    (
        "UserPermissionsSiteforceContributorUser",
        Low,
        "for a person in Site.com Studio: software does not need it",
    ),
    (
        "UserPermissionsSiteforcePublisherUser",
        Low,
        "for a person in Site.com Studio: software does not need it",
    ),
];

impl Edit {
    /// What each feature box means, of an integration user; to a person they are everyday.
    pub(in crate::form) fn weigh_features(&mut self, facts: &Facts) {
        if facts.classification.known().is_none_or(|c| c.who != Who::Integration) {
            return;
        }
        for (at, meaning) in self.meanings.iter().enumerate() {
            let Meaning::Permission(name) = meaning else { continue };
            let known = FEATURES.iter().find(|(own, ..)| own == name);
            self.verdicts.extend(known.map(|(_, severity, words)| Verdict {
                at,
                severity: *severity,
                words: (*words).to_owned(),
                rules: vec![],
            }));
        }
    }
}
