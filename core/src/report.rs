//! What a panel, a popup or a file shows of a user or profile: who it is, and what every rule says.
//!
//! It never draws: the extension's views do, from this.

mod accepted;
mod area;
mod check;
mod verdict;

pub use accepted::{Acceptance, Acceptances};
pub use area::Area;
pub use check::{FailedCheck, Item};

use crate::classification::Classification;
use crate::collect::Collector;
use crate::facts::{AppSettings, Facts, Frozen, Grant, Known, Labels, NO_LABELS, Source, User};
use crate::rules;
use crate::rules::rule::{Finding, Judges, Outcome, Rule, Severity};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::setup_url::PageKind;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// One rule and what it says.
#[derive(Debug, Clone)]
pub struct Row {
    /// The rule.
    pub rule: &'static Rule,
    /// Its outcome, severities filled in.
    pub outcome: Outcome,
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Row", 3)?;
        row.serialize_field("rule", self.rule.id)?;
        row.serialize_field("outcome", self.outcome.word())?;
        row.serialize_field("detail", &self.outcome)?;
        row.end()
    }
}

/// Whom or what the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// A user, a profile, an app.
    pub kind: &'static str,
    /// Its id; none of an app that is not installed.
    pub id: Option<Id>,
    /// Its name; the id where the name could not be read.
    pub name: String,
    /// The user name and profile, or the licence.
    pub detail: String,
}

/// Who is signed in, as `/services/oauth2/userinfo` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// `organization_id`.
    pub org_id: Id,
    /// `user_id`.
    pub user_id: Id,
    /// `name`.
    pub name: String,
    /// `preferred_username`.
    pub username: String,
    /// `language`, as `en_US`.
    pub language: String,
}

impl Viewer {
    /// Reads the body of `/services/oauth2/userinfo`.
    pub fn from_userinfo(body: &str) -> Option<Viewer> {
        let value = crate::salesforce::json::parse(body)?;
        let text = |key: &str| value.get(key).and_then(|v| v.as_str()).unwrap_or_default();
        Some(Viewer {
            org_id: Id::parse(text("organization_id"))?,
            user_id: Id::parse(text("user_id"))?,
            name: text("name").to_owned(),
            username: text("preferred_username").to_owned(),
            language: text("language").to_owned(),
        })
    }
}

/// The whole answer for one page.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Whom it is about.
    pub subject: Subject,
    /// Who that is.
    pub classification: Option<Classification>,
    /// Every rule, in the order of the list.
    pub rows: Vec<Row>,
    /// What struck everything alike; then the rows say nothing more than it.
    pub refusal: Option<OrgError>,
    /// Whether more is being read.
    pub pending: bool,
    /// What is accepted of its findings.
    #[serde(skip)]
    pub acceptances: Acceptances,
}

impl Report {
    /// What is known so far of the gather's page.
    pub fn new(gather: &Collector) -> Report {
        Report::of_facts(gather, gather.facts())
    }

    /// The same of facts that something was added to which the org does not know.
    pub fn of_facts(gather: &Collector, facts: &Facts) -> Report {
        let rows = rules::run(facts)
            .into_iter()
            .map(|(rule, outcome)| Row { rule, outcome: labelled(outcome, gather.labels()) })
            .collect::<Vec<_>>();
        Report {
            subject: subject(gather),
            classification: facts.classification.known().cloned(),
            rows,
            refusal: gather.refusal().cloned(),
            pending: !gather.is_complete(),
            acceptances: Acceptances::default(),
        }
    }

    /// What is known of a user whose facts were taken out of the org's tables.
    pub fn of_user(user: &User, facts: &Facts, labels: &Labels) -> Report {
        let subject = Subject {
            kind: "User",
            id: Some(user.id.clone()),
            name: user.name.clone(),
            detail: user.username.clone(),
        };
        Report::about(subject, Judges::Users, facts, labels)
    }

    /// What the checks of apps say of an app.
    pub fn of_app(app: &AppSettings, facts: &Facts) -> Report {
        let subject =
            Subject { kind: "App", id: app.id.clone(), name: app.label.clone(), detail: app.name.clone() };
        Report::about(subject, Judges::Apps, facts, &NO_LABELS)
    }

    /// What the checks of the org's settings say of it.
    pub fn of_org(id: Option<Id>, name: &str, facts: &Facts) -> Report {
        let subject = Subject { kind: "Org", id, name: name.to_owned(), detail: String::new() };
        Report::about(subject, Judges::Org, facts, &NO_LABELS)
    }

    /// What the rules about such a subject say.
    fn about(subject: Subject, judges: Judges, facts: &Facts, labels: &Labels) -> Report {
        let row = |(rule, outcome)| Row { rule, outcome: labelled(outcome, labels) };
        Report {
            subject,
            classification: facts.classification.known().cloned(),
            rows: rules::run_those(judges, facts).into_iter().map(row).collect(),
            refusal: None,
            pending: false,
            acceptances: Acceptances::default(),
        }
    }

    /// Whether it is about a person, or about what only people have.
    pub fn is_of_people(&self) -> bool {
        self.classification.as_ref().is_some_and(Classification::is_of_people)
    }

    /// Every finding with its rule, in the order of the list.
    fn every_finding(&self) -> impl Iterator<Item = (&'static Rule, &Finding)> {
        self.rows
            .iter()
            .filter_map(|row| match &row.outcome {
                Outcome::Findings(findings) => Some(findings.iter().map(|finding| (row.rule, finding))),
                _ => None,
            })
            .flatten()
    }

    /// Every finding that nobody accepted with its rule, the worst first, then in the order of the list.
    pub fn findings(&self) -> Vec<(&'static Rule, &Finding)> {
        let mut all: Vec<(&'static Rule, &Finding)> =
            self.every_finding().filter(|(rule, finding)| !self.is_accepted(rule, finding)).collect();
        let rank = |(rule, finding): &(&Rule, &Finding)| finding.severity.unwrap_or(rule.integration);
        all.sort_by_key(rank);
        all
    }

    /// How many findings there are of each severity, the worst first; severities without any are left out.
    pub fn counts(&self) -> Vec<(Severity, usize)> {
        let findings = self.findings();
        let of = |s: Severity| {
            findings.iter().filter(|(rule, f)| f.severity.unwrap_or(rule.integration) == s).count()
        };
        Severity::ALL.into_iter().map(|s| (s, of(s))).filter(|(_, n)| *n > 0).collect::<Vec<_>>()
    }

    /// Rows whose outcome is the one that `word` names (`pass`, `not-applicable`, `cannot-tell`).
    pub fn with_outcome<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |row| row.outcome.word() == word)
    }

    /// The severity of the worst finding; none where there is none, or nothing could be read.
    pub fn worst(&self) -> Option<Severity> {
        let counts = if self.refusal.is_none() { self.counts() } else { vec![] };
        counts.first().map(|(severity, _)| *severity)
    }

    /// The whole in a few words: "Critical · 14 of 14 checks failed", "All 14 checks passed", "Couldn't check".
    pub fn summary(&self) -> String {
        match self.worst() {
            Some(worst) => format!("{} · {}", worst.label(), self.in_short()),
            None => self.in_short(),
        }
    }

    /// The same without the severity, where that is told by other means. What could not be checked never counts as passed.
    pub fn in_short(&self) -> String {
        if self.refusal.is_some() {
            return "Couldn't check".into();
        }
        let (failed, of) = self.failed_of();
        let waiting = self.with_outcome("cannot-tell").filter(|row| row.is_waiting()).count();
        let passed = self.with_outcome("pass").count();
        let accepted = self.accepted().len();
        match of {
            _ if self.worst().is_some() => format!("{failed} of {of} checks failed"),
            _ if self.pending || waiting > 0 => "checking…".into(),
            0 => "Nothing to check".into(),
            _ if passed == of => format!("All {of} checks passed"),
            _ if accepted > 0 && passed == 0 => format!("{accepted} accepted"),
            _ if accepted > 0 => format!("{passed} of {of} checks passed, {accepted} accepted"),
            _ if passed == 0 => "Couldn't check".into(),
            _ => format!("{passed} of {of} checks passed"),
        }
    }
}

impl Row {
    /// Whether what it needs is still being read.
    pub fn is_waiting(&self) -> bool {
        matches!(&self.outcome, Outcome::CannotTell { why: OrgError::Pending, .. })
    }
}

fn subject(gather: &Collector) -> Subject {
    let (page, facts) = (gather.page(), gather.facts());
    let profile = facts.profile.known().map(|p| p.name.clone());
    let license = facts.license.known().map(|l| format!("license {}", l.name));
    match page.kind {
        PageKind::User => {
            let user = facts.user.known();
            let inactive = user.filter(|u| !u.is_active).map(|_| "inactive".to_owned());
            let frozen =
                matches!(facts.frozen, Known::Is(Frozen(true))).then(|| "frozen: it can't log in".to_owned());
            let lapsed = match facts.lapsed.len() {
                0 => None,
                1 => Some("1 assignment is revoked or has expired".to_owned()),
                n => Some(format!("{n} assignments are revoked or have expired")),
            };
            let parts = [
                user.map(|u| u.username.clone()),
                profile.map(|p| format!("profile {p}")),
                license,
                inactive,
                frozen,
                lapsed,
            ];
            Subject {
                kind: "User",
                id: Some(page.id.clone()),
                name: user.map_or_else(|| page.id.to_string(), |u| u.name.clone()),
                detail: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            }
        }
        PageKind::PermissionSet => {
            let set = facts.grants.known().and_then(|grants| grants.sets.first());
            let name = set.map(|set| match &set.source {
                Source::PermissionSet { name } | Source::Group { name, .. } | Source::Profile { name } => {
                    name.clone()
                }
            });
            Subject {
                kind: if page.id.prefix() == "0PG" { "Permission set group" } else { "Permission set" },
                id: Some(page.id.clone()),
                name: name.unwrap_or_else(|| page.id.to_string()),
                detail: set.and_then(reach).unwrap_or_default(),
            }
        }
        PageKind::Profile => Subject {
            kind: "Profile",
            id: Some(page.id.clone()),
            name: profile.unwrap_or_else(|| page.id.to_string()),
            detail: [license, facts.grants.known().and_then(|grants| reach(grants.profile()?))]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
        },
    }
}

fn reach(set: &Grant) -> Option<String> {
    let reach = set.reach.as_ref()?;
    Some(match (reach.others.len(), reach.more) {
        (1, false) => "1 active user".into(),
        (n, false) => format!("{n} active users"),
        (n, true) => format!("{n} or more active users"),
    })
}

/// Findings about a permission by what the org calls it, in the viewer's language; by its API name where nothing calls it
/// anything.
fn labelled(outcome: Outcome, labels: &Labels) -> Outcome {
    let Outcome::Findings(mut findings) = outcome else { return outcome };
    for finding in &mut findings {
        let label = finding.permission().and_then(|name| labels.get(name));
        if let Some(label) = label.map(|label| label.trim()).filter(|label| !label.is_empty()) {
            finding.title = label.to_owned();
        }
    }
    Outcome::Findings(findings)
}
