//! What the boxes of a user's form that stand for features would mean for an integration: one line for all of them.
//!
//! It never takes one for a permission: none of them lets its holder read or change what it could not otherwise, so none is a
//! finding.

use crate::classification::Who;
use crate::facts::Labels;
use crate::form::recognize::Meaning;
use crate::form::{Detail, Edit, Marker, Standing};
use crate::rules::rule::Severity::Info;
use crate::salesforce::setup_url::PageKind;

/// A field of User, and when an integration needs it. Those that are for a person at a screen tie up a license for nothing;
/// the others are needed where the integration does what they are for.
/// Source: Salesforce Help, "User Fields" and "Feature Licenses Overview"; field names: Object Reference, User.
const FEATURES: &[(&str, &str)] = &[
    ("UserPermissionsMarketingUser", "only needed to create and edit campaigns"),
    ("UserPermissionsKnowledgeUser", "only needed to write Knowledge articles, not to read them"),
    ("UserPermissionsInteractionUser", "only needed to run flows, as Run Flows is"),
    ("UserPermissionsSFContentUser", "only needed for Salesforce CRM Content, not for files"),
    ("UserPermissionsOfflineUser", NOT_NEEDED),
    ("UserPermissionsSupportUser", "not needed for cases, only for the Service Console"),
    ("UserPermissionsLiveAgentUser", NOT_NEEDED),
    ("UserPermissionsCallCenterAutoLogin", NOT_NEEDED),
    ("UserPermissionsJigsawProspectingUser", NOT_NEEDED),
    ("UserPermissionsSiteforceContributorUser", NOT_NEEDED),
    ("UserPermissionsSiteforcePublisherUser", NOT_NEEDED),
];
const NOT_NEEDED: &str = "not needed for an integration";

fn purpose(meaning: &Meaning) -> Option<&'static str> {
    let Meaning::Permission(name) = meaning else { return None };
    FEATURES.iter().find(|(own, _)| own == name).map(|(_, purpose)| *purpose)
}

impl Edit {
    /// The features that are selected, each with when it is needed.
    fn features(&self) -> impl DoubleEndedIterator<Item = (usize, &'static str)> {
        let known = self.meanings.iter().enumerate().filter_map(|(at, own)| Some((at, purpose(own)?)));
        known.filter(|(at, _)| self.is_on(*at))
    }

    /// One line beside the last of the features, of an integration user that has any; to a person they are everyday.
    pub(in crate::form) fn features_marker(&self) -> Option<Marker> {
        let who = self.sheet.classification.known()?.who;
        if self.kind != PageKind::User || who != Who::Integration {
            return None;
        }
        self.features().next()?;
        let at = self.meanings.iter().rposition(|meaning| purpose(meaning).is_some())?;
        Some(Marker {
            at,
            severity: Info,
            standing: Standing::On,
            words: "Integrations rarely need these features".to_owned(),
            note: String::new(),
            undo: String::new(),
            in_column: false,
        })
    }

    /// Whether a place is a feature's box.
    pub(in crate::form) fn is_feature(&self, at: usize) -> bool {
        self.meanings.get(at).is_some_and(|meaning| purpose(meaning).is_some())
    }

    /// What the line says when it is opened: each feature that is selected, and when it is needed.
    pub(in crate::form) fn feature_lines(&self, labels: &Labels, detail: &mut Detail) {
        detail
            .lines
            .extend(self.features().map(|(at, purpose)| format!("{}: {purpose}.", self.name_of(at, labels))));
    }
}
