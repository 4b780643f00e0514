//! What a review says of what is no user: the org's apps, and its own settings.

use super::{Judge, rows};
use crate::controls::Judged;
use crate::facts::app_settings::RunAsUser;
use crate::facts::{Facts, Known, User};
use crate::report::Report;
use crate::review::result::{Row, Subject};
use crate::rules::rule::{Finding, Outcome, Rule};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::waivers::{SubjectId, SubjectKind};

/// Where Setup shows apps that are not installed.
const USAGE: &str = "lightning/setup/ConnectedAppsUsage/home";

impl Judge {
    /// Counts the integration users that could have an integration license. That there are none is said only where everything
    /// could be read.
    fn count_seats(&mut self) {
        let Known::Is(seats) = &mut self.org.seats else { return };
        const RULE: &str = "non-integration-license";
        let is_unknown =
            |one: &Subject| one.rows.iter().any(|row| row.rule == RULE && row.outcome == "cannot-tell");
        seats.elsewhere = self.review.integrations().filter(|one| one.fails(RULE)).count();
        let is_whole = self.review.missing.is_empty() && !self.review.integrations().any(is_unknown);
        if seats.elsewhere == 0 && !is_whole {
            self.org.seats = Known::unavailable("the licenses of all integration users", OrgError::LeftOut);
        }
    }

    /// What the checks of the org's settings say.
    pub(super) fn judge_org(&mut self) {
        self.count_seats();
        let org = &self.review.org;
        let id = Id::parse(&org.id);
        // What the users' own checks said.
        self.org.password_users = match self.password_users.clone() {
            Ok(count) => Known::Is(count),
            Err(why) => Known::unavailable("which integrations log in with a password", why),
        };
        let facts = Facts::of_org(self.now, self.checks.clone(), self.org.clone(), None);
        let report = Report::of_org(id.clone(), &org.name, &facts);
        let subject = SubjectId::new(SubjectKind::Org, org.name.clone(), id.clone(), id);
        self.review.org_rows = self.rows_of("Org settings", &facts, &report, &subject);
    }

    /// What the checks of apps say of each.
    pub(super) fn judge_apps(&mut self) {
        let org = Id::parse(&self.review.org.id);
        for (mut shown, mut settings) in std::mem::take(&mut self.apps) {
            if let Known::Is(run_as) = &mut settings.run_as {
                run_as.user = self.run_as(&run_as.named);
            }
            let key = if settings.name.is_empty() { &settings.label } else { &settings.name };
            let subject = SubjectId::new(SubjectKind::App, key.clone(), settings.id.clone(), org.clone());
            let facts =
                Facts::of_org(self.now, self.checks.clone(), self.org.clone(), Some(settings.clone()));
            let report = Report::of_app(&settings, &facts);
            shown.rows = self.rows_of(&shown.label, &facts, &report, &subject);
            // They stand in what shows a finding, and may be nobody's who was looked at.
            let named = settings.run_as.known().map(|own| own.named.clone());
            let contact = settings.contact.known().map(|own| own.email.clone());
            self.mentioned.extend(named.into_iter().chain(contact));
            self.review.apps.push(shown);
        }
    }

    /// What is known of a user whom an app acts as, by username or id; none where they were not looked at.
    fn run_as(&self, named: &str) -> Option<RunAsUser> {
        let is_it = |user: &&User| {
            user.username.eq_ignore_ascii_case(named.trim()) || Id::parse(named).as_ref() == Some(&user.id)
        };
        let user = self.facts.users().find(is_it)?;
        let facts = self.facts_of(&user.id)?;
        let classification = facts.classification.known();
        let is_api_only = facts.grants.known().and_then(|grants| {
            let has = grants.granting("ApiUserOnly").next().is_some();
            // It may be granted by what was not read.
            (has || !grants.cut).then_some(has)
        });
        Some(RunAsUser {
            name: user.name.clone(),
            who: classification.map(|own| (own.who, own.sure)),
            is_api_only,
        })
    }

    /// The rows of what is no user, with what is accepted of them; the controls are told.
    fn rows_of(&mut self, name: &str, facts: &Facts, report: &Report, subject: &SubjectId) -> Vec<Row> {
        let (now, terms) = (self.now, self.about.waivers.terms());
        let accepted = self.about.waivers.of(subject);
        let is_accepted = |rule: &Rule, finding: &Finding| accepted.status(rule, finding, now).is_accepted();
        let outcomes: Vec<(&'static Rule, Outcome)> =
            report.rows.iter().map(|row| (row.rule, row.outcome.clone())).collect();
        let note = self.about.waivers.note(subject);
        self.controls.add(&Judged { name, facts, outcomes: &outcomes, note, is_accepted: &is_accepted });
        if let Known::Is(app) = &facts.app {
            let record = app.id.as_ref().map_or(USAGE, Id::as_str);
            self.causes.add_app(report, record, &is_accepted);
        }
        rows(report, subject, &|rule, finding| accepted.status(rule, finding, now).told(terms))
    }
}
