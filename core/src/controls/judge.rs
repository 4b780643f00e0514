//! From rules' outcomes to how each control stands, one subject after another: none of them is kept.

use super::table::{By, CONTROLS};
use super::{ControlResult, ControlRow, ControlStatus};
use crate::classification::Who;
use crate::facts::subject::AppKey;
use crate::facts::{AppSettings, Facts, Known};
use crate::rules;
use crate::rules::rule::{Finding, Judges, Outcome, Rule, Severity, TURNED_OFF};
use crate::waivers::{Day, Note};

/// A subject whose rules were run.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    /// What it is called where it is named.
    pub name: &'a str,
    /// What was read of it.
    pub facts: &'a Facts,
    /// What every rule says, as [`crate::rules::run`] gives it.
    pub outcomes: &'a [(&'static Rule, Outcome)],
    /// What is noted of it.
    pub note: Option<&'a Note>,
    /// Whether a finding is accepted now.
    pub is_accepted: &'a dyn Fn(&Rule, &Finding) -> bool,
}

/// How the controls stand, after the subjects so far.
#[derive(Debug)]
pub struct Controls {
    today: Day,
    /// As [`CONTROLS`]: of how many subjects each was judged, the worst of them, and what says so.
    all: Vec<(usize, ControlStatus, Vec<ControlRow>)>,
}

/// Rows kept of a control; what decides is counted all the same.
const ROWS: usize = 500;

/// How a rule, or a note, stands to a control for one subject.
struct Row<'a> {
    rule: &'a str,
    status: ControlStatus,
    why: String,
}

impl Row<'_> {
    fn new(rule: &str, status: ControlStatus, why: impl Into<String>) -> Row<'_> {
        Row { rule, status, why: why.into() }
    }
}

impl Controls {
    /// Nothing judged yet.
    pub fn new(today: Day) -> Controls {
        let all = CONTROLS.iter().map(|_| (0, ControlStatus::Met, vec![])).collect();
        Controls { today, all }
    }

    /// Judges one more subject.
    pub fn add(&mut self, judged: &Judged<'_>) {
        let who = judged.facts.classification.known().map(|own| own.who);
        // The controls are about integrations; whoever is a person, or Salesforce's own, is not one.
        if matches!(who, Some(Who::Person | Who::Platform)) {
            return;
        }
        for (control, (subjects, worst, rows)) in CONTROLS.iter().zip(&mut self.all) {
            let own = judged.rows(&control.by, self.today);
            let Some(status) = own.iter().map(|row| row.status).min() else { continue };
            *subjects += 1;
            *worst = status.min(*worst);
            let telling = own.into_iter().filter(|row| row.status != ControlStatus::Met);
            let telling = telling.map(|row| ControlRow {
                subject: judged.name.to_owned(),
                rule: row.rule.to_owned(),
                status: row.status,
                why: row.why,
            });
            rows.extend(telling.take(ROWS.saturating_sub(rows.len())));
        }
    }

    /// How each stands, in the order of the ids. One that nobody was judged by was not looked at.
    pub fn finish(self) -> Vec<ControlResult> {
        let result =
            |(control, (subjects, worst, mut rows)): (&super::Control, (usize, _, Vec<ControlRow>))| {
                rows.sort_by_key(|row| row.status);
                ControlResult {
                    id: control.id.to_owned(),
                    name: control.name.to_owned(),
                    status: if subjects == 0 { ControlStatus::NotLookedAt } else { worst },
                    subjects,
                    rows,
                    note: control.note.to_owned(),
                }
            };
        CONTROLS.iter().zip(self.all).map(result).collect()
    }
}

impl Judged<'_> {
    /// What says how a control stands here; nothing where it has nothing to say.
    fn rows(&self, by: &By, today: Day) -> Vec<Row<'static>> {
        match by {
            By::App { name, rules } => {
                let is_it = |app: &AppSettings| app.label.trim().eq_ignore_ascii_case(name);
                let is_it = self.facts.app.known().is_some_and(is_it);
                let own = rules.iter().filter(|_| is_it);
                own.filter_map(|rule| self.of_rule(rule, false, &|_| true)).collect()
            }
            // Of an app, or of the org, only a rule about it says something.
            By::Nothing => vec![],
            _ if self.judges() != Judges::Users && !matches!(by, By::Rules { .. }) => vec![],
            By::Rules { rules, is_justifiable } => {
                rules.iter().filter_map(|rule| self.of_rule(rule, *is_justifiable, &|_| true)).collect()
            }
            By::Permission { rule, name } => {
                let is_it = |finding: &Finding| finding.permission() == Some(name);
                self.of_rule(rule, true, &is_it).into_iter().map(|row| self.unless_cut(row)).collect()
            }
            By::Together(all) => self.together(all).into_iter().collect(),
            By::Apps { rule, are_installed } => self.apps(rule, *are_installed).into_iter().collect(),
            By::Compensated { privileged_by, by, needed, others } => {
                self.compensated(privileged_by, by, *needed, *others).into_iter().collect()
            }
            By::Owner => vec![match self.note.map(|note| note.owner.trim()) {
                Some(owner) if !owner.is_empty() => Row::new("", ControlStatus::Met, ""),
                _ => Row::new("", ControlStatus::CannotTell, "No owner is noted."),
            }],
            By::Reviewed { days } => vec![match self.note.and_then(|note| note.reviewed) {
                Some(day) if (0..=*days).contains(&day.days_until(today)) => {
                    Row::new("", ControlStatus::Met, "")
                }
                Some(day) => {
                    let why = format!("Last reviewed on {}.", day.words());
                    Row::new("", ControlStatus::NotMet, why)
                }
                None => Row::new("", ControlStatus::CannotTell, "No review is noted."),
            }],
        }
    }

    /// What the subject is.
    fn judges(&self) -> Judges {
        match (self.facts.app.known(), self.facts.org.known()) {
            (Some(_), _) => Judges::Apps,
            (None, Some(_)) => Judges::Org,
            (None, None) => Judges::Users,
        }
    }

    fn outcome(&self, rule: &str) -> Option<(&'static Rule, &Outcome)> {
        self.outcomes.iter().find(|(own, _)| own.id == rule).map(|(own, outcome)| (*own, outcome))
    }

    /// What a rule says, of the findings that are `relevant`. None where it has nothing to say here.
    fn of_rule(
        &self,
        rule: &'static str,
        is_justifiable: bool,
        relevant: &dyn Fn(&Finding) -> bool,
    ) -> Option<Row<'static>> {
        // Nobody expects a rule about apps to say something of a user.
        if rules::all().iter().any(|own| own.id == rule && own.judges() != self.judges()) {
            return None;
        }
        let Some((own, outcome)) = self.outcome(rule) else {
            return Some(Row::new(rule, ControlStatus::NotLookedAt, "This check wasn't run."));
        };
        match outcome {
            Outcome::Findings(findings) => {
                // What is only worth knowing is no breach of anything.
                let counts = |finding: &&Finding| {
                    relevant(finding)
                        && finding.severity != Some(Severity::Info)
                        && !(is_justifiable && (self.is_accepted)(own, finding))
                };
                let titles: Vec<&str> =
                    findings.iter().filter(counts).map(|finding| finding.title.as_str()).collect();
                Some(if titles.is_empty() {
                    Row::new(rule, ControlStatus::Met, "")
                } else {
                    Row::new(rule, ControlStatus::NotMet, format!("{}.", titles.join("; ")))
                })
            }
            Outcome::Pass { .. } => Some(Row::new(rule, ControlStatus::Met, "")),
            Outcome::NotApplicable { why } if why == TURNED_OFF => {
                Some(Row::new(rule, ControlStatus::NotLookedAt, TURNED_OFF))
            }
            Outcome::NotApplicable { .. } => None,
            Outcome::CannotTell { missing, why } => {
                let why = format!("Couldn't read {missing}. {}", why.sentence());
                Some(Row::new(rule, ControlStatus::CannotTell, why))
            }
        }
    }

    /// A rule with findings says nothing of what it could not read besides: without all of what is granted, a permission that
    /// was not found may be there.
    fn unless_cut<'r>(&self, row: Row<'r>) -> Row<'r> {
        let is_whole = matches!(&self.facts.grants, Known::Is(grants) if !grants.cut);
        if row.status == ControlStatus::Met && !is_whole {
            return Row::new(row.rule, ControlStatus::CannotTell, "Not all permissions could be read.");
        }
        row
    }

    fn together(&self, all: &[(&'static str, &'static str)]) -> Option<Row<'static>> {
        let (mut names, mut is_known) = (vec![], true);
        for (rule, name) in all {
            let is_it = |finding: &Finding| finding.permission() == Some(name);
            let row = self.unless_cut(self.of_rule(rule, true, &is_it)?);
            match row.status {
                // One that is not there, or is accepted with a reason, ends it.
                ControlStatus::Met => return Some(row),
                ControlStatus::NotMet => names.push(row.why.trim_end_matches('.').to_owned()),
                ControlStatus::CannotTell | ControlStatus::NotLookedAt => is_known = false,
            }
        }
        let rule = all.first().map_or("", |(rule, _)| rule);
        Some(if is_known {
            Row::new(rule, ControlStatus::NotMet, format!("Has all of: {}.", names.join("; ")))
        } else {
            Row::new(rule, ControlStatus::CannotTell, "Not all permissions could be read.")
        })
    }

    fn apps(&self, rule: &'static str, are_installed: bool) -> Option<Row<'static>> {
        let is_it =
            |finding: &Finding| matches!(finding.subject.app(), Some(AppKey::MenuItem(_))) == are_installed;
        let row = self.of_rule(rule, false, &is_it)?;
        // It found something else, and says nothing of the apps that it could not judge.
        let found_else = matches!(self.outcome(rule), Some((_, Outcome::Findings(_))));
        if row.status == ControlStatus::Met && found_else {
            let why = "Other findings of this check hide whether every app could be judged.";
            return Some(Row::new(rule, ControlStatus::CannotTell, why));
        }
        Some(row)
    }

    fn compensated(
        &self,
        privileged_by: &'static [&'static str],
        by: &'static [&'static str],
        needed: usize,
        others: usize,
    ) -> Option<Row<'static>> {
        let powers: Vec<Row<'_>> =
            privileged_by.iter().filter_map(|rule| self.of_rule(rule, false, &|_| true)).collect();
        if powers.iter().all(|row| row.status != ControlStatus::NotMet) {
            // Of what has no broad permission it asks nothing; whether it has one may not be known.
            let unknown = powers.into_iter().find(|row| row.status != ControlStatus::Met)?;
            return Some(Row::new(unknown.rule, unknown.status, unknown.why));
        }
        let all: Vec<Option<Row<'_>>> = by.iter().map(|rule| self.of_rule(rule, false, &|_| true)).collect();
        let count = |status: ControlStatus| all.iter().flatten().filter(|row| row.status == status).count();
        // A rule that has nothing to say protects nothing.
        let (passes, fails) = (count(ControlStatus::Met), count(ControlStatus::NotMet));
        let open = others + all.iter().flatten().count() - passes - fails;
        let first = by.first().map_or("", |rule| rule);
        let why = format!("{passes} of the {needed} protections that are needed were found.");
        Some(if passes >= needed {
            Row::new(first, ControlStatus::Met, "")
        } else if passes + open >= needed {
            Row::new(first, ControlStatus::CannotTell, why)
        } else {
            Row::new(first, ControlStatus::NotMet, why)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::table::Control;
    use crate::salesforce::error::OrgError;
    use crate::salesforce::time::Timestamp;
    use crate::waivers::{SubjectId, SubjectKind};
    use std::collections::BTreeMap;

    const TODAY: &str = "2026-12-01";

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    /// Rules that a control names.
    fn named(control: &Control) -> Vec<&'static str> {
        match &control.by {
            By::App { rules, .. } => rules.to_vec(),
            By::Nothing | By::Owner | By::Reviewed { .. } => vec![],
            By::Rules { rules, .. } => rules.to_vec(),
            By::Permission { rule, .. } | By::Apps { rule, .. } => vec![rule],
            By::Together(all) => all.iter().map(|(rule, _)| *rule).collect(),
            By::Compensated { privileged_by, by, .. } => [*privileged_by, *by].concat(),
        }
    }

    #[test]
    fn every_id_is_one_of_the_benchmark_and_every_rule_exists() {
        let listed: Vec<&str> = include_str!("sbs-0.4.1.txt")
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .collect();
        let own: Vec<&str> = CONTROLS.iter().map(|control| control.id).collect();
        assert_eq!(own, listed);
        for control in CONTROLS {
            for rule in named(control) {
                assert!(rules::all().iter().any(|own| own.id == rule), "{}: {rule}", control.id);
            }
        }
        let looked_at = CONTROLS.iter().filter(|control| !matches!(control.by, By::Nothing)).count();
        assert_eq!(looked_at, 11);
    }

    /// Facts of an integration, all of whose grants were read.
    fn facts() -> Facts {
        let mut facts = Facts::pending(Timestamp::parse(TODAY).unwrap());
        facts.grants = Known::Is(crate::facts::Grants::default());
        facts
    }

    /// Outcomes, all of them passes but for the named.
    fn outcomes(but: Vec<(&str, Outcome)>) -> Vec<(&'static Rule, Outcome)> {
        let mut but: BTreeMap<&str, Outcome> = but.into_iter().collect();
        let own = |rule: &&'static Rule| (*rule, but.remove(rule.id).unwrap_or_else(|| Outcome::pass("")));
        rules::all().iter().map(own).collect()
    }

    fn permission(name: &str) -> Finding {
        let subject = crate::facts::subject::Subject::Permission { name: name.into(), granted_by: vec![] };
        Finding::new(subject, name, vec![]).with(Severity::High)
    }

    fn app(key: AppKey) -> Finding {
        Finding::new(crate::facts::subject::Subject::App(key), "App", vec![]).with(Severity::High)
    }

    fn cannot_tell() -> Outcome {
        Outcome::CannotTell { missing: "login history".into(), why: OrgError::Pending }
    }

    fn judged(
        facts: &Facts,
        but: Vec<(&str, Outcome)>,
        accepted: &[&str],
        note: Option<&Note>,
    ) -> Vec<ControlResult> {
        let mut controls = Controls::new(day(TODAY));
        let is_accepted =
            |_: &Rule, finding: &Finding| accepted.contains(&finding.permission().unwrap_or_default());
        controls.add(&Judged {
            name: "ERP",
            facts,
            outcomes: &outcomes(but),
            note,
            is_accepted: &is_accepted,
        });
        controls.finish()
    }

    fn status(all: &[ControlResult], id: &str) -> ControlStatus {
        all.iter().find(|own| own.id == id).unwrap().status
    }

    fn found(findings: Vec<Finding>) -> Outcome {
        Outcome::Findings(findings)
    }

    use ControlStatus::{CannotTell, Met, NotLookedAt, NotMet};

    #[test]
    fn nothing_looked_at_is_nothing_met() {
        for own in Controls::new(day(TODAY)).finish() {
            assert_eq!((own.status, own.rows.len()), (NotLookedAt, 0), "{}", own.id);
        }
    }

    #[test]
    fn what_was_read_and_is_so_is_met() {
        let mut note = Note::new(SubjectId::new(SubjectKind::User, "erp", None, None));
        note.owner = "Jane".into();
        note.reviewed = Some(day("2026-01-01"));
        let all = judged(&facts(), vec![], &[], Some(&note));
        for own in &all {
            let control = CONTROLS.iter().find(|control| control.id == own.id).unwrap();
            // Who has no broad permission needs no protection for it: nobody was judged by ACS-009.
            // And one that asks for something of apps is not judged by a user.
            let is_of_apps = matches!(control.by, By::App { .. });
            let is_open = matches!(control.by, By::Nothing) || is_of_apps || own.id == "SBS-ACS-009";
            assert_eq!(own.status, if is_open { NotLookedAt } else { Met }, "{}", own.id);
            assert!(own.rows.is_empty());
        }
        note.reviewed = Some(day("2025-11-30"));
        let all = judged(&facts(), vec![], &[], Some(&note));
        assert_eq!(status(&all, "SBS-ACS-010"), NotMet);
        let all = judged(&facts(), vec![], &[], None);
        assert_eq!([status(&all, "SBS-ACS-007"), status(&all, "SBS-ACS-010")], [CannotTell; 2]);
    }

    #[test]
    fn what_was_not_read_is_never_met() {
        let every = || rules::all().iter().map(|rule| (rule.id, cannot_tell())).collect::<Vec<_>>();
        for own in judged(&facts(), every(), &[], None) {
            assert!(matches!(own.status, CannotTell | NotLookedAt), "{own:?}");
        }
        let off = || rules::all().iter().map(|rule| (rule.id, Outcome::not_applicable(TURNED_OFF))).collect();
        for own in judged(&facts(), off(), &[], None) {
            assert!(matches!(own.status, CannotTell | NotLookedAt), "{own:?}");
        }
        // Other findings hide what was cut.
        let mut cut = facts();
        cut.grants = Known::Is(crate::facts::Grants { cut: true, ..Default::default() });
        let broad = || vec![("broad-permission", found(vec![permission("AuthorApex")]))];
        assert_eq!(status(&judged(&facts(), broad(), &[], None), "SBS-ACS-003"), Met);
        for id in ["SBS-ACS-003", "SBS-ACS-004", "SBS-ACS-006"] {
            assert_eq!(status(&judged(&cut, broad(), &[], None), id), CannotTell, "{id}");
        }
        // A rule that was not run at all says nothing.
        let mut controls = Controls::new(day(TODAY));
        let facts = facts();
        controls.add(&Judged {
            name: "ERP",
            facts: &facts,
            outcomes: &[],
            note: None,
            is_accepted: &|_, _| false,
        });
        assert!(controls.finish().iter().all(|own| own.status != Met));
    }

    #[test]
    fn permissions_count_by_name_and_a_recorded_reason_justifies_them() {
        let but = || vec![("broad-permission", found(vec![permission("CanApproveUninstalledApps")]))];
        let all = judged(&facts(), but(), &[], None);
        assert_eq!(
            ["SBS-ACS-003", "SBS-ACS-006", "SBS-ACS-008"].map(|id| status(&all, id)),
            [NotMet, Met, NotMet]
        );
        let row = &all.iter().find(|own| own.id == "SBS-ACS-003").unwrap().rows[0];
        assert_eq!(
            (row.subject.as_str(), row.rule.as_str(), row.why.as_str()),
            ("ERP", "broad-permission", "CanApproveUninstalledApps.")
        );
        let all = judged(&facts(), but(), &["CanApproveUninstalledApps"], None);
        assert_eq!(["SBS-ACS-003", "SBS-ACS-008"].map(|id| status(&all, id)), [Met, Met]);
    }

    #[test]
    fn full_admin_rights_are_all_three_at_once() {
        let with = |broad: &[&str], users: bool| {
            let broad = broad.iter().map(|name| permission(name)).collect::<Vec<_>>();
            let mut but = vec![("broad-permission", found(broad))];
            if users {
                but.push(("manage-users-permission", found(vec![permission("ManageUsers")])));
            }
            but
        };
        let of = |but, accepted: &[&str]| status(&judged(&facts(), but, accepted, None), "SBS-ACS-004");
        assert_eq!(of(with(&["ViewAllData", "ModifyAllData"], true), &[]), NotMet);
        assert_eq!(of(with(&["ViewAllData", "ModifyAllData"], true), &["ModifyAllData"]), Met);
        assert_eq!(of(with(&["ViewAllData"], true), &[]), Met);
        assert_eq!(of(with(&["ViewAllData", "ModifyAllData"], false), &[]), Met);
        let mut but = with(&["ViewAllData", "ModifyAllData"], false);
        but.push(("manage-users-permission", cannot_tell()));
        assert_eq!(of(but, &[]), CannotTell);
    }

    #[test]
    fn an_app_counts_as_installed_or_not_and_no_acceptance_changes_that() {
        let menu = AppKey::MenuItem(crate::salesforce::id::Id::parse("0DS5g000000AAAA").unwrap());
        let of = |keys: Vec<AppKey>| {
            let found = || found(keys.iter().cloned().map(app).collect());
            let but = vec![("open-app", found()), ("orphan-token", found())];
            let all = judged(&facts(), but, &[""], None);
            ["SBS-OAUTH-001", "SBS-OAUTH-002"].map(|id| status(&all, id))
        };
        assert_eq!(of(vec![AppKey::Name("x".into())]), [NotMet, CannotTell]);
        assert_eq!(of(vec![AppKey::Deleted, menu.clone()]), [NotMet, NotMet]);
        assert_eq!(of(vec![menu]), [CannotTell, NotMet]);
    }

    #[test]
    fn broad_permissions_need_two_protections() {
        let of = |but: Vec<(&str, Outcome)>| {
            let mut all = vec![("broad-permission", found(vec![permission("ModifyAllData")]))];
            all.extend(but);
            status(&judged(&facts(), all, &["ModifyAllData"], None), "SBS-ACS-009")
        };
        let fails = |rule| (rule, found(vec![permission("x")]));
        assert_eq!(of(vec![]), Met);
        assert_eq!(of(vec![fails("stale-secret")]), Met);
        // Scopes and monitoring are not looked at: they may be the second one.
        assert_eq!(of(vec![fails("stale-secret"), fails("several-apps-on-one-user")]), CannotTell);
        assert_eq!(of(vec![("stale-secret", cannot_tell()), fails("unrestricted-login-ip")]), CannotTell);
    }

    /// How the control stands that asks for something of the Salesforce CLI, judged by one app.
    fn of_cli(label: &str, policy: Known<crate::facts::app_settings::RefreshTokens>) -> ControlStatus {
        let facts = rules::example::of_app(|app| {
            app.label = label.into();
            app.refresh_tokens = policy;
        });
        let outcomes = rules::run_those(Judges::Apps, &facts);
        let mut controls = Controls::new(day(TODAY));
        let is_accepted = |_: &Rule, _: &Finding| false;
        let own =
            Judged { name: "A", facts: &facts, outcomes: &outcomes, note: None, is_accepted: &is_accepted };
        controls.add(&own);
        let all = controls.finish();
        // An app says nothing of what is asked of users.
        assert_eq!([status(&all, "SBS-ACS-007"), status(&all, "SBS-ACS-003")], [NotLookedAt; 2]);
        status(&all, "SBS-DEP-006")
    }

    #[test]
    fn what_is_asked_of_an_app_is_said_by_that_app_alone() {
        use crate::facts::app_settings::RefreshTokens;
        let limited = || Known::Is(RefreshTokens::Inactivity("7 days".into()));
        assert_eq!(of_cli("Salesforce CLI", limited()), Met);
        assert_eq!(of_cli("Salesforce CLI", Known::Is(RefreshTokens::Endless)), NotMet);
        assert_eq!(of_cli("Salesforce CLI", rules::example::unread("policy")), CannotTell);
        assert_eq!(of_cli("Another", Known::Is(RefreshTokens::Endless)), NotLookedAt);
    }

    #[test]
    fn one_that_is_not_met_decides_and_people_are_not_asked() {
        let facts = facts();
        let mut controls = Controls::new(day(TODAY));
        let (good, bad) =
            (outcomes(vec![]), outcomes(vec![("unrestricted-login-ip", found(vec![permission("x")]))]));
        for (name, outcomes) in [("A", &good), ("B", &bad), ("C", &good)] {
            controls.add(&Judged { name, facts: &facts, outcomes, note: None, is_accepted: &|_, _| true });
        }
        let all = controls.finish();
        let own = all.iter().find(|own| own.id == "SBS-AUTH-003").unwrap();
        assert_eq!((own.status, own.subjects, own.rows.len()), (NotMet, 3, 1));
        assert_eq!(own.rows[0].subject, "B");
        let mut controls = Controls::new(day(TODAY));
        let (mut person, is) = (facts.clone(), crate::classification::AdminAnswer::Person);
        person.classification = Known::Is(crate::classification::Classification {
            who: Who::Person,
            sure: true,
            answer: Some(is),
            reasons: vec![],
        });
        controls.add(&Judged {
            name: "P",
            facts: &person,
            outcomes: &bad,
            note: None,
            is_accepted: &|_, _| false,
        });
        assert!(controls.finish().iter().all(|own| own.status == NotLookedAt));
    }
}
