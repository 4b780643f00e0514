//! What the rules say of a folder's profiles, permission sets, groups, apps and settings, each finding with the place that
//! shows it.

use super::component::{Kind, OnObject};
use super::facts::{NO_USERS, facts};
use super::lines::Place;
use super::merged::{Folder, Merged};
use crate::facts::subject::{Setting, Subject};
use crate::facts::{AdminAnswer, CheckSettings, Classification, Fact, Grants, Who};
use crate::rules;
use crate::rules::rule::{Finding, Judges, Outcome, Rule};
use crate::salesforce::error::OrgError;
use crate::salesforce::time::Timestamp;
use crate::text::capitalized;
use crate::waivers::{SubjectId, SubjectKind, about, fingerprint};

/// What is chosen before it is judged.
#[derive(Debug, Clone)]
pub struct Judging {
    /// What is chosen of the checks.
    pub checks: CheckSettings,
    /// The moment it is for.
    pub now: Timestamp,
}

/// A profile, permission set, group or app, or the org's settings, and what every rule that judges such says of it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What tells it from others where risks are accepted.
    pub id: SubjectId,
    /// What the Metadata API calls it.
    pub name: String,
    /// Who uses it; none of apps and settings.
    pub who: Option<Classification>,
    /// Where its file begins.
    pub place: Place,
    /// Why what it does not grant is not known, in a sentence.
    pub lacking: Option<String>,
    /// Every rule that judges such, in the order of the ids.
    pub rows: Vec<Row>,
}

/// A rule, and what it says.
#[derive(Debug, Clone)]
pub struct Row {
    /// The rule.
    pub rule: &'static Rule,
    /// What it says.
    pub verdict: Verdict,
}

/// What a rule says of metadata.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Something is wrong; at least one.
    Findings(Vec<Located>),
    /// Read, and fine: what was looked at.
    Pass(String),
    /// It has nothing to say here, and why.
    NotApplicable(String),
    /// It was not read, and why not.
    CannotTell(String),
    /// Metadata alone does not tell it.
    NeedsOrg,
}

/// A finding, and where it shows.
#[derive(Debug, Clone)]
pub struct Located {
    /// The finding, its severity filled in.
    pub finding: Finding,
    /// Where it shows first.
    pub place: Place,
    /// Where else.
    pub also: Vec<Place>,
    /// What it is about, in one word.
    pub about: String,
    /// What tells it from others, and is the same at the next look.
    pub fingerprint: String,
}

impl Folder {
    /// Judges one of the subjects, by its number. `answer` says of a name whether the configuration takes it for an
    /// integration's or for people's. None where there is no such number.
    pub fn judge(
        &self,
        number: usize,
        judging: &Judging,
        answer: impl Fn(&str) -> Option<AdminAnswer>,
    ) -> Option<Judged> {
        let Some(own) = self.subjects.get(number) else {
            return self.judge_settings(number - self.subjects.len(), judging);
        };
        let said = answer(&own.name).or_else(|| answer(&own.label));
        let facts = facts(self, number, own, said, &judging.checks, judging.now);
        let id = subject_id(own);
        let who = Some(facts.classification.known().cloned()?);
        let rows = rules::run_those(Judges::Users, &facts)
            .into_iter()
            .map(|(rule, outcome)| Row { rule, verdict: verdict(own, rule, outcome, &id) })
            .collect();
        Some(Judged { id, name: own.name.clone(), who, place: own.root, lacking: own.lacking.clone(), rows })
    }
}

impl Judged {
    /// What it is and what it is called: "Permission set “Sync”".
    pub fn shown(&self) -> String {
        capitalized(&self.called())
    }

    /// The same inside a sentence: "permission set “Sync”".
    pub fn called(&self) -> String {
        match self.id.kind {
            SubjectKind::Org => self.name.to_lowercase(),
            kind => format!("{} “{}”", kind.name().to_lowercase(), self.name),
        }
    }

    /// Whether software uses it, as far as metadata tells.
    pub fn is_of_integrations(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.who == Who::Integration)
    }
}

/// By the name that it has in every org.
fn subject_id(own: &Merged) -> SubjectId {
    let (kind, key) = match own.kind {
        Kind::Profile => (SubjectKind::Profile, &own.name),
        // A group is known by its label, as on its page.
        Kind::PermissionSetGroup => (SubjectKind::PermissionSetGroup, &own.label),
        _ => (SubjectKind::PermissionSet, &own.name),
    };
    SubjectId::new(kind, key.clone(), None, None)
}

fn verdict(own: &Merged, rule: &'static Rule, outcome: Outcome, id: &SubjectId) -> Verdict {
    let is_of_grants = || (rule.needs)().contains(&Grants::NAME);
    match outcome {
        Outcome::Findings(findings) => {
            let is_told = |finding: &Finding| !is_of_what_lacks(finding) || is_whole(own);
            let told = findings.into_iter().filter(is_told);
            let all: Vec<Located> = told.map(|finding| located(own, rule, finding, id)).collect();
            match &own.lacking {
                _ if !all.is_empty() => Verdict::Findings(all),
                Some(why) => Verdict::CannotTell(why.clone()),
                // Whoever has this set has others, which may grant it.
                None => Verdict::NeedsOrg,
            }
        }
        Outcome::NotApplicable { why } if why == NO_USERS => Verdict::NeedsOrg,
        Outcome::NotApplicable { why } => Verdict::NotApplicable(why),
        // Who has a profile is in no metadata.
        Outcome::CannotTell { why: OrgError::NotInThisOrg { what }, .. }
            if what == "PermissionSetAssignment" =>
        {
            Verdict::NeedsOrg
        }
        Outcome::CannotTell { missing, why } => unread(&missing, &why),
        Outcome::Pass { note } => match &own.lacking {
            Some(why) if is_of_grants() => Verdict::CannotTell(why.clone()),
            _ => Verdict::Pass(note),
        },
    }
}

/// What a rule could not be told.
pub(super) fn unread(missing: &str, why: &OrgError) -> Verdict {
    match why {
        // What no API tells is in no metadata either: it's for Setup.
        OrgError::NeedsOrg | OrgError::Unreadable { .. } => Verdict::NeedsOrg,
        why => {
            let text = format!("Couldn't read {missing}. {} {}", why.sentence(), why.advice());
            Verdict::CannotTell(text.trim_end().to_owned())
        }
    }
}

/// Whether what it does not grant is known to be granted by nothing of it: of a profile that was read whole. A user has one
/// profile, and any number of sets.
fn is_whole(own: &Merged) -> bool {
    own.kind == Kind::Profile && own.lacking.is_none()
}

/// Whether it is found because something is not granted.
fn is_of_what_lacks(finding: &Finding) -> bool {
    matches!(finding.subject, Subject::Setting(Setting::ApiOnly))
}

fn located(own: &Merged, rule: &Rule, finding: Finding, id: &SubjectId) -> Located {
    let places = places(own, rule, &finding.subject);
    Located::new(rule, finding, id, places, own.root)
}

impl Located {
    /// At the first of its places; at `root` where it has none.
    pub(super) fn new(
        rule: &Rule,
        finding: Finding,
        id: &SubjectId,
        mut places: Vec<Place>,
        root: Place,
    ) -> Located {
        places.sort_unstable();
        places.dedup();
        let mut places = places.into_iter();
        let about = about(&finding.subject);
        Located {
            place: places.next().unwrap_or(root),
            also: places.collect(),
            fingerprint: fingerprint(rule.id, id, &about),
            about,
            finding,
        }
    }
}

/// Where a finding shows; nowhere where it is about what the file does not say.
fn places(own: &Merged, rule: &Rule, subject: &Subject) -> Vec<Place> {
    let permission = |name: &str| own.access.permissions.get(name).map(|(_, place)| *place);
    match subject {
        Subject::Permission { name, .. } => permission(name).into_iter().collect(),
        Subject::UnknownPermissions => {
            let is_unknown = |name: &str| !crate::salesforce::permissions::is_known(name);
            let on = own.access.permissions.iter().filter(|(name, (on, _))| *on && is_unknown(name));
            on.map(|(_, (_, place))| *place).collect()
        }
        Subject::Objects { objects, .. } => {
            let place = |own: &OnObject| if rule.id == DELETION { own.deletes } else { own.opens };
            objects.iter().filter_map(|one| own.access.objects.get(&one.object)).map(place).collect()
        }
        Subject::Setting(Setting::LoginIpRanges(_)) => own.ranges.iter().map(|(_, place)| *place).collect(),
        Subject::Setting(Setting::License) => own.license.iter().map(|license| license.place).collect(),
        _ => vec![],
    }
}

/// The rule whose findings stand where deleting is granted.
const DELETION: &str = "record-deletion";
