//! What a rule is: its text, its severities, its check, and the four outcomes.
//!
//! It never fetches and never formats for a screen: a check is a function of facts.

use crate::classification::{Classification, Who};
use crate::facts::subject::Subject;
use crate::facts::{AppSettings, CheckSettings, Fact, Facts, Known, NotKnown, OrgSettings};
use crate::salesforce::error::OrgError;
use crate::salesforce::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How much a finding matters. Worded for readers in docs/rules.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Anyone with this user's credentials can take over the org, or everything in it.
    Critical,
    /// A missing protection that attackers rely on, or broad access to data.
    High,
    /// Makes another mistake worse, or hides it.
    Medium,
    /// Worth tidying.
    Low,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Severity; 5] =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

    /// The value of `data-severity`.
    pub const fn word(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
            Severity::Info => "info",
        }
    }

    /// The word as people read it, with a capital.
    pub const fn label(self) -> &'static str {
        match self {
            Severity::Critical => "Critical",
            Severity::High => "High",
            Severity::Medium => "Medium",
            Severity::Low => "Low",
            Severity::Info => "Info",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about, by id: what fixes act on.
    pub subject: Subject,
    /// What is wrong, in a sentence without a period, with the names in it; of a finding about a permission its label, or
    /// its API name where the org's label is not known.
    pub title: String,
    /// What shows it, a sentence each.
    pub evidence: Vec<String>,
    /// Worse or less bad than the rule's own severity.
    pub severity: Option<Severity>,
    /// Of a finding about a permission, what the permission lets its holder do ("can export reports"), which the title
    /// does not say.
    pub lets: Option<String>,
}

impl Finding {
    /// A finding of the rule's own severity.
    pub fn new(subject: Subject, title: impl Into<String>, evidence: Vec<String>) -> Finding {
        Finding { subject, title: title.into(), evidence, severity: None, lets: None }
    }

    /// The title with what a permission lets its holder do: "Export Reports: can export reports".
    pub fn sentence(&self) -> String {
        match &self.lets {
            Some(lets) => format!("{}: {lets}", self.title),
            None => self.title.clone(),
        }
    }

    /// The permission that it is about, by API name without `Permissions`: the report puts the org's label for it in the
    /// title.
    pub fn permission(&self) -> Option<&str> {
        self.subject.permission()
    }

    /// The same with a severity of its own.
    #[must_use]
    pub fn with(mut self, severity: Severity) -> Finding {
        self.severity = Some(severity);
        self
    }
}

/// What a rule says of a user, a profile, an app or an org.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Something is wrong; at least one finding.
    Findings(Vec<Finding>),
    /// Read, and fine.
    Pass {
        /// What was looked at, in a sentence.
        note: String,
    },
    /// The rule has nothing to say here.
    NotApplicable {
        /// Why, in a sentence.
        why: String,
    },
    /// Not read, so not known.
    CannotTell {
        /// What is missing, in words.
        missing: String,
        /// Why it could not be read.
        why: OrgError,
    },
}

impl Outcome {
    /// Read, and fine.
    pub fn pass(note: impl Into<String>) -> Outcome {
        Outcome::Pass { note: note.into() }
    }

    /// Nothing to say here.
    pub fn not_applicable(why: impl Into<String>) -> Outcome {
        Outcome::NotApplicable { why: why.into() }
    }

    /// Not known, for no API of Salesforce shows it; `what` is a noun phrase.
    pub(crate) fn unreadable(what: impl Into<String>) -> Outcome {
        let what = what.into();
        Outcome::CannotTell { missing: what.clone(), why: OrgError::Unreadable { what } }
    }

    /// Findings when there are any; otherwise what `fine` says.
    pub fn of(findings: Vec<Finding>, fine: impl FnOnce() -> Outcome) -> Outcome {
        if findings.is_empty() { fine() } else { Outcome::Findings(findings) }
    }

    /// The value of `data-outcome`.
    pub const fn word(&self) -> &'static str {
        match self {
            Outcome::Findings(_) => "finding",
            Outcome::Pass { .. } => "pass",
            Outcome::NotApplicable { .. } => "not-applicable",
            Outcome::CannotTell { .. } => "cannot-tell",
        }
    }
}

/// What [`Known`] says when it is not [`Known::Is`], as an outcome: the way a rule gives up on an optional fact.
pub fn unknown<T: Fact>(fact: &Known<T>) -> Outcome {
    fact.not_known().map_or_else(
        || {
            let what = || T::NAME.to_owned();
            Outcome::CannotTell { missing: what(), why: OrgError::RowLimit { what: what() } }
        },
        not_known_outcome,
    )
}

/// What comes of a fact that is not there.
fn not_known_outcome(why: NotKnown<'_>) -> Outcome {
    match why {
        NotKnown::Unavailable(missing) => {
            Outcome::CannotTell { missing: missing.what.clone(), why: missing.why.clone() }
        }
        NotKnown::Absent(why) => Outcome::not_applicable(why),
    }
}

/// What a check goes on with: a setting that was read; else what comes of its not being there.
pub(crate) fn read<T>(setting: &Known<T>) -> Result<&T, Outcome> {
    match (setting.known(), setting.not_known()) {
        (Some(value), _) => Ok(value),
        (None, Some(why)) => Err(not_known_outcome(why)),
        (None, None) => Err(Outcome::not_applicable("")),
    }
}

/// What a rule judges, by the facts that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Judges {
    /// A user; or what users have: a profile, a permission set.
    Users,
    /// An app of the org.
    Apps,
    /// The org's own settings.
    Org,
}

/// A rule: one file, one documentation, one check.
#[derive(Debug)]
pub struct Rule {
    /// A noun phrase that names the failing state; the file's name with `-` for `_`.
    pub id: &'static str,
    /// The module that declares it, whose parent is its family.
    pub module: &'static str,
    /// The doc comment: a title, then `## Check`, `## Why it matters`, `## Fix`, `## Source`.
    pub docs: &'static str,
    /// Severity for an integration user.
    pub integration: Severity,
    /// Severity for a person; none when the rule does not apply to people.
    pub person: Option<Severity>,
    /// Facts in, outcome out.
    pub check: fn(&Facts) -> Outcome,
    /// The names of the facts that the check names as parameters.
    pub needs: fn() -> Vec<&'static str>,
    /// Facts with the outcome they must have; the first fails, one passes.
    #[cfg(test)]
    pub examples: fn() -> Vec<Example>,
}

/// Facts that show a rule, for tests and the documentation.
#[cfg(test)]
pub struct Example {
    /// What they show, in a few words.
    pub name: &'static str,
    /// The facts.
    pub facts: Facts,
    /// `finding`, `pass`, `not-applicable` or `cannot-tell`.
    pub outcome: &'static str,
}

impl Rule {
    /// What it judges.
    pub fn judges(&self) -> Judges {
        let needs = (self.needs)();
        if needs.contains(&<AppSettings as Fact>::NAME) {
            Judges::Apps
        } else if needs.contains(&<OrgSettings as Fact>::NAME) {
            Judges::Org
        } else {
            Judges::Users
        }
    }

    /// Its family: `access`, `apps`, `identity`, `login` or `org`, as the folder that its file is in.
    pub fn family(&self) -> &'static str {
        self.module.rsplit("::").nth(1).unwrap_or_default()
    }

    /// The failing state, in a sentence.
    pub fn title(&self) -> &'static str {
        self.docs.trim_start().split('\n').next().unwrap_or_default().trim()
    }

    /// What the check is called, by the state that passes it: "API Only User is on". It reads as true beside "passed" and
    /// as a plain subject beside any other outcome.
    pub fn name(&self) -> String {
        self.section("Check")
    }

    /// The text under a `## ` heading, lines joined.
    pub fn section(&self, heading: &str) -> String {
        let (mut lines, mut is_under) = (vec![], false);
        for line in self.docs.split('\n').map(str::trim) {
            match line.strip_prefix("## ") {
                Some(other) => is_under = other == heading,
                None if is_under && !line.is_empty() => lines.push(line),
                None => {}
            }
        }
        lines.join(" ")
    }

    /// The links under `## Source`.
    pub fn sources(&self) -> Vec<String> {
        let text = self.section("Source");
        text.split('<')
            .filter_map(|part| part.split_once('>'))
            .map(|(link, _)| link.to_owned())
            .collect::<Vec<_>>()
    }

    /// Runs the check for what the facts show, with severities filled in.
    pub fn run(&self, facts: &Facts) -> Outcome {
        // What nobody looked at did not pass.
        if !facts.checks.is_on(self.id) {
            return Outcome::not_applicable(TURNED_OFF);
        }
        // Who a user is, says nothing of an app or of the org.
        let classification = facts.classification.known().filter(|_| self.judges() == Judges::Users);
        let who = classification.map_or(Who::Integration, |c: &Classification| c.who);
        let is_a_guess = classification.is_some_and(Classification::is_a_guess);
        let severity = match who {
            Who::Integration => self.integration,
            Who::Person => match self.person {
                Some(severity) => severity,
                None => {
                    return doubt(facts).unwrap_or_else(|| {
                        Outcome::not_applicable("This check is for integration users. This is a person.")
                    });
                }
            },
            // What people and software have together is judged as what people have; that they have it together is what is
            // wrong, and each integration's own page says the rest.
            Who::Mixed { .. } => match self.person {
                Some(severity) => severity,
                None if self.id == SHARED_PROFILE => self.integration,
                None => {
                    return Outcome::not_applicable(
                        "People and integration users share this. Open an integration user to see it.",
                    );
                }
            },
            Who::Platform => {
                return Outcome::not_applicable("Salesforce or a site's visitors use this user.");
            }
        };
        match (self.check)(facts) {
            Outcome::Findings(findings) if findings.is_empty() => Outcome::pass(""),
            Outcome::Findings(findings) => Outcome::Findings(
                findings
                    .into_iter()
                    .map(|finding| {
                        // A person's finding is never worse than the rule says of people; nor is one worse than
                        // medium where nothing but a name says that this is an integration.
                        let own = finding.severity.unwrap_or(severity);
                        let own = match who {
                            Who::Person => own.max(severity),
                            Who::Integration if is_a_guess => {
                                own.max(self.person.unwrap_or(Severity::Medium).min(Severity::Medium))
                            }
                            _ => own,
                        };
                        finding.with(own)
                    })
                    .collect::<Vec<_>>(),
            ),
            other => other,
        }
    }
}

/// Why a rule that is off has nothing to say.
pub const TURNED_OFF: &str = "Turned off in settings.";

/// The rule that tells of people and software on one profile.
const SHARED_PROFILE: &str = "shared-profile";

/// "A person" is no verdict while what would show otherwise was not read, unless the signs are strong.
fn doubt(facts: &Facts) -> Option<Outcome> {
    if facts.classification.known().is_some_and(|classification| classification.sure) {
        return None;
    }
    let why = match (&facts.grants, &facts.sign_ins) {
        (Known::Unavailable(missing), _) | (_, Known::Unavailable(missing)) => missing.why.clone(),
        _ => return None,
    };
    Some(Outcome::CannotTell { missing: <Classification as Fact>::NAME.to_owned(), why })
}

/// Something that a check can take by reference.
pub trait Argument {
    /// What the parameter needs; empty when it needs nothing that is fetched.
    const NAME: &'static str;
    /// The argument, when it is there.
    fn find(facts: &Facts) -> Option<&Self>;
    /// Why it is not.
    fn not_known(_: &Facts) -> Option<NotKnown<'_>> {
        None
    }
}

/// A fact that must be there: missing, the outcome is `CannotTell`; absent, `NotApplicable`.
impl<T: Fact> Argument for T {
    const NAME: &'static str = T::NAME;
    fn find(facts: &Facts) -> Option<&T> {
        T::of(facts).known()
    }
    fn not_known(facts: &Facts) -> Option<NotKnown<'_>> {
        T::of(facts).not_known()
    }
}

/// A fact that may be missing: the check looks for itself.
impl<T: Fact> Argument for Known<T> {
    const NAME: &'static str = T::NAME;
    fn find(facts: &Facts) -> Option<&Known<T>> {
        Some(T::of(facts))
    }
}

/// What an admin chose of the checks: always there.
impl Argument for CheckSettings {
    const NAME: &'static str = "";
    fn find(facts: &Facts) -> Option<&CheckSettings> {
        Some(&facts.checks)
    }
}

/// Now.
impl Argument for Timestamp {
    const NAME: &'static str = "";
    fn find(facts: &Facts) -> Option<&Timestamp> {
        Some(&facts.now)
    }
}

/// What comes of arguments that are not all there: what does not exist here wins over what could not be read, for it
/// needs no reading.
fn given_up(unknown: &[Option<NotKnown<'_>>]) -> Outcome {
    let absent = unknown.iter().flatten().find(|one| matches!(one, NotKnown::Absent(_)));
    let first = absent.or_else(|| unknown.iter().flatten().next());
    first.map_or_else(|| Outcome::not_applicable(""), |one| not_known_outcome(*one))
}

fn named(names: &[&'static str]) -> Vec<&'static str> {
    names.iter().copied().filter(|name| !name.is_empty()).collect::<Vec<_>>()
}

/// A function whose parameter types are the facts it needs: they drive what is fetched, and an undeclared fact cannot
/// be read.
pub trait Check<Arguments> {
    /// Finds the arguments and calls it.
    fn run(&self, facts: &Facts) -> Outcome;
    /// The names of what it needs.
    fn needs(&self) -> Vec<&'static str>;
}

macro_rules! check {
    ($($argument:ident),+) => {
        impl<Function, $($argument: Argument),+> Check<($($argument,)+)> for Function
        where
            Function: Fn($(&$argument),+) -> Outcome,
        {
            #[allow(non_snake_case)]
            fn run(&self, facts: &Facts) -> Outcome {
                match ($($argument::find(facts),)+) {
                    ($(Some($argument),)+) => self($($argument),+),
                    _ => given_up(&[$($argument::not_known(facts)),+]),
                }
            }

            fn needs(&self) -> Vec<&'static str> {
                named(&[$($argument::NAME),+])
            }
        }
    };
}

check!(A);
check!(A, B);
check!(A, B, C);
check!(A, B, C, D);
check!(A, B, C, D, E);
check!(A, B, C, D, E, G);

/// Declares the rule of a file: its doc comment is what the user reads, its check's parameters are what is fetched.
macro_rules! declare_rule {
    ($(#[doc = $doc:literal])+ $id:literal, integration: $integration:ident, person: $person:expr, $check:path) => {
        $(#[doc = $doc])+
        pub(crate) const RULE: $crate::rules::rule::Rule = $crate::rules::rule::Rule {
            id: $id,
            module: module_path!(),
            docs: concat!($($doc, "\n"),+),
            integration: $crate::rules::rule::Severity::$integration,
            person: $person,
            check: |facts| $crate::rules::rule::Check::run(&$check, facts),
            needs: || $crate::rules::rule::Check::needs(&$check),
            #[cfg(test)]
            examples,
        };
    };
}
pub(crate) use declare_rule;
