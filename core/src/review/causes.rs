//! What would end the most findings: one change to a profile, a permission set or an app that several findings come from.

use super::result::Cause;
use crate::facts::subject::{AppKey, Setting, Subject};
use crate::facts::{Facts, Grant, User};
use crate::report::Report;
use crate::rules::rule::{Finding, Rule, Severity};
use crate::salesforce::id::Id;
use crate::text::{counted, listed};
use std::collections::{BTreeMap, BTreeSet};

/// Where the fix of a finding is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A permission set, or the one that a profile or a group owns.
    Set(Id),
    /// The profile's login IP ranges.
    Ranges(Id),
    App(String),
    /// The user alone, by the rule.
    User(Id, &'static str),
    /// An app's own settings, by the rule.
    Settings(String, &'static str),
}

#[derive(Debug, Clone)]
struct Gathered {
    /// What it is called in a sentence.
    name: String,
    record: String,
    severity: Severity,
    findings: usize,
    permissions: BTreeSet<String>,
    /// Whether nobody may edit it: the permissions of a standard profile are fixed.
    is_fixed: bool,
    subjects: BTreeMap<Id, String>,
    rule: &'static Rule,
}

/// Findings by where they are fixed.
#[derive(Debug, Default)]
pub(super) struct Causes(BTreeMap<Place, Gathered>);

impl Causes {
    /// Adds the findings of a user that nobody accepted.
    pub(super) fn add(
        &mut self,
        facts: &Facts,
        user: &User,
        report: &Report,
        is_accepted: &dyn Fn(&Rule, &Finding) -> bool,
    ) {
        for (rule, finding) in
            report.findings().into_iter().filter(|(rule, finding)| !is_accepted(rule, finding))
        {
            for (place, name, record) in places(facts, user, rule, finding) {
                let severity = finding.severity.unwrap_or(rule.integration);
                let is_fixed = matches!(&place, Place::Set(id) if is_fixed(facts, id));
                let own = self.0.entry(place).or_insert_with(|| Gathered {
                    name,
                    record,
                    severity,
                    findings: 0,
                    permissions: BTreeSet::new(),
                    is_fixed,
                    subjects: BTreeMap::new(),
                    rule,
                });
                own.findings += 1;
                own.severity = own.severity.min(severity);
                own.permissions.extend(finding.permission().map(str::to_owned));
                own.subjects.insert(user.id.clone(), user.name.clone());
            }
        }
    }

    /// Adds the findings of an app that nobody accepted; `record` is whose Setup page has its settings.
    pub(super) fn add_app(
        &mut self,
        report: &Report,
        record: &str,
        is_accepted: &dyn Fn(&Rule, &Finding) -> bool,
    ) {
        let open = report.findings().into_iter().filter(|(rule, finding)| !is_accepted(rule, finding));
        for (rule, finding) in open {
            let severity = finding.severity.unwrap_or(rule.integration);
            let place = Place::Settings(format!("{record} {}", report.subject.name), rule.id);
            let own = self.0.entry(place).or_insert_with(|| Gathered {
                name: finding.title.clone(),
                record: record.to_owned(),
                severity,
                findings: 0,
                permissions: BTreeSet::new(),
                is_fixed: false,
                subjects: BTreeMap::new(),
                rule,
            });
            own.findings += 1;
            own.severity = own.severity.min(severity);
        }
    }

    /// Those that end more than one finding, or a critical one; the worst first.
    pub(super) fn ranked(self) -> Vec<Cause> {
        let mut all: Vec<Cause> = self
            .0
            .into_iter()
            .filter(|(place, cause)| {
                let is_shared = !matches!(place, Place::User(..) | Place::Settings(..));
                let is_bad_app = matches!(place, Place::Settings(..)) && cause.severity <= Severity::High;
                is_bad_app
                    || is_shared && (cause.findings > 1 || cause.severity <= Severity::High)
                    || cause.severity == Severity::Critical
            })
            .map(|(place, cause)| cause.told(&place))
            .collect();
        all.sort_by(|a, b| {
            let key = |cause: &Cause| (cause.severity, std::cmp::Reverse(cause.findings));
            key(a).cmp(&key(b)).then_with(|| a.title.cmp(&b.title))
        });
        all
    }
}

fn is_fixed(facts: &Facts, set: &Id) -> bool {
    let all = facts.grants.known().into_iter().flat_map(|grants| &grants.sets);
    all.filter(|own| own.id == *set)
        .any(|own| matches!(own.source, crate::facts::Source::Profile { .. }) && !own.custom)
}

/// Where a finding is fixed, what that is called, and the record whose page has the fix.
fn places(
    facts: &Facts,
    user: &User,
    rule: &'static Rule,
    finding: &Finding,
) -> Vec<(Place, String, String)> {
    let sets = |ids: &[Id]| -> Vec<(Place, String, String)> {
        let all = facts.grants.known().into_iter().flat_map(|grants| &grants.sets);
        all.filter(|set| ids.contains(&set.id))
            .map(|set| (Place::Set(set.id.clone()), set.shown(), page(set, user)))
            .collect()
    };
    let profile =
        || facts.profile.known().map(|profile| (profile.id.clone(), format!("profile “{}”", profile.name)));
    let own = || vec![(Place::User(user.id.clone(), rule.id), String::new(), user.id.to_string())];
    let found = match &finding.subject {
        Subject::Permission { granted_by, .. } => sets(granted_by),
        Subject::Objects { granted_by, .. } => sets(std::slice::from_ref(granted_by)),
        Subject::App(app) if matches!(rule.id, "open-app" | "orphan-token") => {
            vec![app_place(facts, app, user)]
        }
        Subject::Setting(Setting::LoginIpRanges(_)) => profile()
            .map(|(id, name)| (Place::Ranges(id.clone()), name, id.to_string()))
            .into_iter()
            .collect(),
        _ => vec![],
    };
    if found.is_empty() { own() } else { found }
}

/// The record whose Setup page shows a set: the profile's own, the group's, or the set's.
fn page(set: &Grant, user: &User) -> String {
    match (&set.source, &set.group, &user.profile_id) {
        (crate::facts::Source::Profile { .. }, _, Some(profile)) => profile.to_string(),
        (_, Some(group), _) => group.to_string(),
        _ => set.id.to_string(),
    }
}

fn app_place(facts: &Facts, key: &AppKey, user: &User) -> (Place, String, String) {
    let app = facts.apps.known().into_iter().flat_map(|apps| &apps.rows).find(|app| match key {
        AppKey::MenuItem(id) => app.menu_item == *id,
        AppKey::Name(name) => app.label == *name,
        AppKey::Deleted => false,
    });
    let name = match (app, key) {
        (Some(app), _) => app.label.clone(),
        (None, AppKey::Name(name)) => name.clone(),
        _ => "a deleted app".into(),
    };
    let record = app.and_then(|app| app.id.as_ref()).map_or_else(|| user.id.to_string(), ToString::to_string);
    (Place::App(key.id().to_owned()), format!("“{name}”"), record)
}

/// So many users are named in a line.
const NAMED: usize = 3;

impl Gathered {
    fn told(self, place: &Place) -> Cause {
        let names: Vec<&str> = self.subjects.values().map(String::as_str).take(NAMED).collect();
        let rest = self.subjects.len() - names.len();
        let users = if rest > 0 {
            format!("{} and {}", names.join(", "), counted(rest, "more user"))
        } else {
            listed(&names)
        };
        let title = match place {
            Place::Set(_) if self.is_fixed => format!(
                "Take {users} off {}, which grants {} that can't be removed from it",
                self.name,
                counted(self.permissions.len(), "permission")
            ),
            Place::Set(_) if self.permissions.is_empty() => {
                format!("Remove object permissions from {} ({users})", self.name)
            }
            Place::Set(_) => {
                format!(
                    "Remove {} from {} ({users})",
                    counted(self.permissions.len(), "permission"),
                    self.name
                )
            }
            Place::Ranges(_) => format!("Restrict login IP ranges on {} ({users})", self.name),
            Place::App(_) => format!("Let only approved users use {} ({users})", self.name),
            Place::User(..) => format!("{}: {}", users, self.rule.title()),
            Place::Settings(..) => self.name.clone(),
        };
        Cause {
            title,
            record: self.record,
            severity: self.severity,
            findings: self.findings,
            subjects: self.subjects.into_keys().collect(),
        }
    }
}
