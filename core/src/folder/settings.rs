//! The apps and the org's settings of a folder: what they are set to, where that stands, and what the rules say of them.

use super::component::{Component, Kind};
use super::judge::{Judged, Judging, Located, Row, Verdict, unread};
use super::lines::Place;
use super::merged::{Folder, folded};
use crate::facts::app_files::AppFiles;
use crate::facts::subject::Subject;
use crate::facts::{AppSettings, Facts, Known, OrgSettings};
use crate::rules;
use crate::rules::rule::{Judges, Outcome, Rule};
use crate::salesforce::error::OrgError;
use crate::salesforce::metadata_xml;
use crate::waivers::{SubjectId, SubjectKind};
use roxmltree::Document;
use std::collections::BTreeMap;

/// What the settings of an org are called where no org is.
const ORG: &str = "Org settings";

/// Where the elements of an app's files, or of settings, stand.
#[derive(Debug, Clone, Default)]
struct Places {
    root: Place,
    elements: BTreeMap<String, Place>,
}

/// An app of a folder.
#[derive(Debug, Clone)]
pub(super) struct App {
    settings: AppSettings,
    places: Places,
}

/// What a folder says of the org's settings.
#[derive(Debug, Clone, Default)]
pub(super) struct Org {
    settings: BTreeMap<String, String>,
    places: Places,
}

/// Elements that stand for a setting of a connected app in the files of external client apps, or for a list in both.
/// Source: Metadata API Developer Guide, ConnectedApp, ExtlClntAppOauthSettings, ExtlClntAppOauthConfigurablePolicies.
const ALSO_CALLED: [(&str, &[&str]); 7] = [
    (
        "approved",
        &["profileName", "permissionSetName", "commaSeparatedProfile", "commaSeparatedPermissionSet"],
    ),
    ("certificate", &["clientAssertionCertificate"]),
    ("clientCredentialsFlowUser", &["oauthClientCredentialUser"]),
    ("ipRelaxation", &["ipRelaxationPolicyType"]),
    ("refreshTokenPolicy", &["refreshTokenPolicyType"]),
    ("scopes", &["commaSeparatedOauthScopes"]),
    ("sessionTimeout", &["sessionTimeoutInMinutes"]),
];

impl Places {
    fn add(&mut self, own: &Component, is_main: bool) {
        if is_main || self.root == Place::default() {
            self.root = own.root;
        }
        self.elements.extend(own.elements.iter().map(|(name, place)| (name.clone(), *place)));
    }

    /// Where a finding shows; nowhere where it is about what no file says.
    fn of(&self, subject: &Subject) -> Vec<Place> {
        let Subject::Metadata(name) = subject else { return vec![] };
        let others = ALSO_CALLED.iter().find(|(own, _)| own == name).map_or(&[][..], |(_, others)| others);
        [name.as_str()]
            .iter()
            .chain(others)
            .find_map(|name| self.elements.get(*name))
            .copied()
            .into_iter()
            .collect()
    }
}

impl App {
    /// The apps that files name, in the order of their package directories: the file of a later one replaces an earlier.
    pub(super) fn all(components: &[Component]) -> Vec<App> {
        let last: BTreeMap<(Kind, String), &Component> =
            components.iter().map(|own| ((own.kind, folded(&own.name)), own)).collect();
        let mut files = AppFiles::default();
        let mut places: BTreeMap<(bool, String), Places> = BTreeMap::new();
        for own in last.into_values() {
            // It was read once: that it is well-formed is known.
            let Ok(document) = Document::parse(&own.app.0) else { continue };
            let root = document.root_element();
            files.read(own.kind.root(), &own.name, None, &root);
            let is_connected = own.kind == Kind::ConnectedApp;
            let app = metadata_xml::text(&root, "externalClientApplication").filter(|_| !is_connected);
            let key = (is_connected, app.unwrap_or(&own.name).to_owned());
            places.entry(key).or_default().add(own, own.kind == Kind::ExternalApp);
        }
        files
            .apps()
            .map(|app| App {
                settings: AppSettings {
                    ways: Known::unavailable("how the app logs in", OrgError::NeedsOrg),
                    ..app.clone()
                },
                places: places.remove(&(app.is_connected(), app.name.clone())).unwrap_or_default(),
            })
            .collect()
    }

    /// Whether what a rule could not tell is only which users there are: metadata has none.
    fn lacks_users(&self, rule: &Rule) -> bool {
        match rule.id {
            "widely-approved-app" => self.settings.approved.known().is_some(),
            "client-credentials-as-person" => self.settings.run_as.known().is_some(),
            "app-contact-gone" => self.settings.contact.known().is_some(),
            _ => false,
        }
    }
}

impl Org {
    /// Takes a file: what it says replaces what an earlier one said.
    pub(super) fn add(&mut self, own: Component) {
        self.places.add(&own, false);
        self.settings.extend(own.settings);
    }
}

impl Folder {
    /// Judges an app, by its number, or the org's settings after the last of them.
    pub(super) fn judge_settings(&self, number: usize, judging: &Judging) -> Option<Judged> {
        let none = BTreeMap::new();
        let said = self.org.as_ref().map_or(&none, |org| &org.settings);
        let mut settings = OrgSettings::from_files(said, Some(&OrgError::NeedsOrg));
        // Of users and licenses no file says anything.
        settings.password_users =
            Known::unavailable("which integrations log in with a password", OrgError::NeedsOrg);
        settings.seats = Known::unavailable("the org's integration licenses", OrgError::NeedsOrg);
        let (judges, app, places) = match (self.apps.get(number), &self.org) {
            (Some(app), _) => (Judges::Apps, Some(app), &app.places),
            (None, Some(org)) if number == self.apps.len() => (Judges::Org, None, &org.places),
            _ => return None,
        };
        let (kind, name) = match app {
            Some(app) => (SubjectKind::App, app.settings.name.clone()),
            None => (SubjectKind::Org, ORG.to_owned()),
        };
        let id = SubjectId::new(kind, name.clone(), None, None);
        let of_app = app.map(|app| app.settings.clone());
        let facts = Facts::of_org(judging.now, judging.checks.clone(), settings, of_app);
        let rows = rules::run_those(judges, &facts)
            .into_iter()
            .map(|(rule, outcome)| {
                let needs_org = app.is_some_and(|app| app.lacks_users(rule));
                Row { rule, verdict: verdict(places, rule, outcome, &id, needs_org) }
            })
            .collect();
        Some(Judged { id, name, who: None, place: places.root, lacking: None, rows })
    }
}

fn verdict(
    places: &Places,
    rule: &'static Rule,
    outcome: Outcome,
    id: &SubjectId,
    needs_org: bool,
) -> Verdict {
    match outcome {
        Outcome::Findings(findings) => {
            let located = findings.into_iter().map(|finding| {
                let own = places.of(&finding.subject);
                Located::new(rule, finding, id, own, places.root)
            });
            Verdict::Findings(located.collect())
        }
        Outcome::Pass { note } => Verdict::Pass(note),
        Outcome::NotApplicable { why } => Verdict::NotApplicable(why),
        Outcome::CannotTell { .. } if needs_org => Verdict::NeedsOrg,
        Outcome::CannotTell { missing, why: OrgError::LeftOut } => unread(&missing, &OrgError::LeftOutOfFile),
        Outcome::CannotTell { missing, why } => unread(&missing, &why),
    }
}
