//! From an org's tables to what is said of each of its users, a few at a time so that a page stays responsive.

mod others;

use super::causes::Causes;
use super::reader::Reader;
use super::result::{
    Address, App, FORMAT, Found, Granted, Kind, Logins, Month, Review, Row, RunBy, Subject, UsedApp,
};
use super::table::Table;
use super::{apps, org, power};
use crate::classification::Classification;
use crate::controls::{Controls, Judged};
use crate::facts::{
    AdminAnswer, AppSettings, CheckSettings, Facts, Flow, Grants, Known, Labels, OrgFacts, OrgSettings,
    SignIns, User,
};
use crate::report::{Area, FailedCheck, Report};
use crate::rules::apps_in_use::{self, Directory};
use crate::rules::rule::{Finding, Outcome, Rule};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::json;
use crate::salesforce::permissions;
use crate::salesforce::time::Timestamp;
use crate::waivers::{Day, SubjectId, SubjectKind, Waivers, about, fingerprint};
use std::collections::{BTreeMap, BTreeSet};

/// What the page that runs a review knows of the org and of its viewer.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Who runs it.
    pub viewer: RunBy,
    /// The host of the org's My Domain.
    pub host: String,
    /// What the org calls its permissions.
    pub labels: Labels,
    /// The version of Leastwise.
    pub version: String,
    /// What is accepted and noted in the org.
    pub waivers: Waivers,
}

/// Judges what a reader read.
#[derive(Debug)]
pub struct Judge {
    facts: OrgFacts,
    about: About,
    answers: BTreeMap<Id, AdminAnswer>,
    checks: CheckSettings,
    agents: BTreeSet<Id>,
    edits: Option<BTreeMap<Id, u64>>,
    months: BTreeMap<Id, Vec<Month>>,
    to_do: Vec<Id>,
    causes: Causes,
    /// Names of all for whom an app holds a token.
    holders: BTreeSet<String>,
    mentioned: BTreeSet<String>,
    controls: Controls,
    now: Timestamp,
    /// The org's apps with what each is set to.
    apps: Vec<(App, AppSettings)>,
    org: OrgSettings,
    /// How many integration users log in with a password; why that is not known, where logins of one could not be read.
    password_users: Result<usize, OrgError>,
    review: Review,
}

impl Judge {
    /// Takes everything that was read.
    pub fn new(mut reader: Reader, about: About) -> Judge {
        let missing = reader.missing();
        let agents =
            reader.rows.of(Table::Agents).iter().filter_map(|row| json::id(row, "BotUserId")).collect();
        let edits = reader.rows.refused(Table::Edits).is_none().then(|| {
            let rows = reader.rows.of(Table::Edits).iter();
            rows.filter_map(|row| Some((json::id(row, "ParentId")?, json::number(row, "total")))).collect()
        });
        let review = Review {
            format: FORMAT.to_owned(),
            tool: about.version.clone(),
            org: org::organization(&reader, &about.host),
            viewer: about.viewer.clone(),
            taken: reader.now,
            days: reader.options.days,
            calls: reader.traffic().calls,
            missing,
            subjects: vec![],
            causes: vec![],
            apps: vec![],
            privileged: org::privileged(&reader),
            settings: org::settings(&reader),
            org_rows: vec![],
            weeks: org::weeks(&reader),
            mentioned: vec![],
            controls: vec![],
        };
        let mut to_do = reader.rows.subjects.clone();
        to_do.reverse();
        let months = months(&reader);
        let (answers, checks) = (reader.options.answers.clone(), reader.options.checks.clone());
        let tokens = [Table::Tokens, Table::OwnTokens].into_iter().flat_map(|table| reader.rows.of(table));
        let holders = tokens.map(|row| json::text(row, "userName")).filter(|name| !name.is_empty());
        let holders = holders.map(str::to_owned).collect();
        let now = reader.now;
        let (apps, org) = (apps::apps(&reader), org::org_settings(&reader));
        let facts = OrgFacts::new(now, &reader.tables());
        Judge {
            facts,
            about,
            answers,
            checks,
            agents,
            edits,
            months,
            to_do,
            causes: Causes::default(),
            holders,
            mentioned: BTreeSet::new(),
            controls: Controls::new(Day::of(now)),
            now,
            apps,
            org,
            password_users: Ok(0),
            review,
        }
    }

    /// Judges at most so many users; whether there are more.
    pub fn step(&mut self, most: usize) -> bool {
        for _ in 0..most {
            let Some(id) = self.to_do.pop() else { break };
            if let Some(facts) = self.facts_of(&id) {
                let subject = self.subject(&facts);
                self.review.subjects.extend(subject);
            }
        }
        !self.to_do.is_empty()
    }

    /// Users that are still to be judged.
    pub fn left(&self) -> usize {
        self.to_do.len()
    }

    /// The facts of one user, as their page has them.
    pub fn facts_of(&self, id: &Id) -> Option<Facts> {
        let mut facts = self.facts.of_user(id)?;
        facts.checks = self.checks.clone();
        let subject = facts.user.known().map(|user| self.subject_id(user));
        if let Some(subject) = subject {
            facts.record = Known::Is(self.about.waivers.record(&subject));
        }
        facts.classification = Known::Is(Classification::new(&facts, self.answers.get(id).copied()));
        Some(facts)
    }

    /// The review, once all were judged.
    pub fn finish(mut self) -> Review {
        self.step(usize::MAX);
        self.judge_org();
        self.judge_apps();
        let mut review = self.review;
        super::rank::sort(&mut review.subjects);
        review.causes = self.causes.ranked();
        review.mentioned = self.mentioned.into_iter().collect();
        review.controls = self.controls.finish();
        apps::count_integrations(&mut review);
        review
    }

    fn subject(&mut self, facts: &Facts) -> Option<Subject> {
        let user = facts.user.known()?;
        let classification = facts.classification.known()?;
        let license = facts.license.known();
        let is_agent = self.agents.contains(&user.id) || license.is_some_and(|license| license.is_agent());
        let report = Report::of_user(user, facts, &self.about.labels);
        let kind = Kind::new(classification.who, is_agent);
        let acts_as_integration = acts_as_integration(facts);
        if kind.is_integration() {
            self.count_password(facts);
        }
        let subject_id = self.subject_id(user);
        let (now, terms) = (self.now, self.about.waivers.terms());
        let accepted = self.about.waivers.of(&subject_id);
        let note = self.about.waivers.note(&subject_id);
        let is_accepted = |rule: &Rule, finding: &Finding| accepted.status(rule, finding, now).is_accepted();
        let outcomes: Vec<(&'static Rule, Outcome)> =
            report.rows.iter().map(|row| (row.rule, row.outcome.clone())).collect();
        self.controls.add(&Judged {
            name: &user.name,
            facts,
            outcomes: &outcomes,
            note,
            is_accepted: &is_accepted,
        });
        if kind.is_integration() || acts_as_integration {
            self.causes.add(facts, user, &report, &is_accepted);
        }
        let status = |rule: &Rule, finding: &Finding| accepted.status(rule, finding, now).told(terms);
        let rows = rows(&report, &subject_id, &status);
        let (owner, purpose) =
            note.map(|note| (note.owner.clone(), note.purpose.clone())).unwrap_or_default();
        self.mention(facts, &report);
        let grants = facts.grants.known();
        let reach = grants.map(power::reach).unwrap_or_default();
        Some(Subject {
            id: user.id.clone(),
            name: user.name.clone(),
            username: user.username.clone(),
            kind,
            is_sure: classification.sure,
            reasons: classification.reasons.iter().map(|reason| reason.text.clone()).collect(),
            acts_as_integration,
            is_active: user.is_active,
            is_frozen: facts.frozen.known().map(|frozen| frozen.0),
            profile: facts.profile.known().map(|profile| profile.name.clone()).unwrap_or_default(),
            profile_id: user.profile_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            license: license.map(|license| license.name.clone()).unwrap_or_default(),
            created: user.created,
            last_login: user.last_login,
            verdict: report.verdict(),
            reach,
            from: power::from(facts),
            rows,
            owner,
            purpose,
            apps: used_apps(facts, user),
            logins: facts.sign_ins.known().map(logins).unwrap_or_default(),
            months: self.months.remove(&user.id).unwrap_or_default(),
            addresses: facts.sign_ins.known().map(addresses).unwrap_or_default(),
            grants: grants.map(|grants| self.granted(grants)).unwrap_or_default(),
        })
    }

    /// Counts an integration user that logs in with a password.
    fn count_password(&mut self, facts: &Facts) {
        let Ok(count) = &mut self.password_users else { return };
        let why = match &facts.sign_ins {
            Known::Is(own) => {
                let by_password = |flow| matches!(flow, Flow::SoapPassword | Flow::OauthPassword);
                if own.successes().any(|row| by_password(row.flow())) {
                    *count += 1;
                    return;
                }
                own.cut.then(|| OrgError::RowLimit { what: "LoginHistory".into() })
            }
            Known::Unavailable(missing) => Some(missing.why.clone()),
            Known::Absent(_) => None,
        };
        // One that is known to be there is enough; else the one that is not known may be.
        if let (0, Some(why)) = (*count, why) {
            self.password_users = Err(why);
        }
    }

    /// Notes the names of others that stand in the evidence: a report without names has to know them.
    fn mention(&mut self, facts: &Facts, report: &Report) {
        let grants = facts.grants.known().into_iter().flat_map(|grants| &grants.sets);
        let others = grants.flat_map(|set| &set.reach).flat_map(|reach| &reach.others);
        let others = others.flat_map(|other| [other.name.as_str(), other.username.as_str()]);
        let holders = self.holders.iter().map(String::as_str);
        let names: BTreeSet<&str> = others.chain(holders).filter(|name| !name.is_empty()).collect();
        let findings = report.findings().into_iter();
        let texts = findings.flat_map(|(_, finding)| finding.evidence.iter().chain([&finding.title]));
        let text = texts.map(String::as_str).collect::<Vec<_>>().join("\n");
        let new: Vec<String> =
            names.into_iter().filter(|name| text.contains(name)).map(str::to_owned).collect();
        self.mentioned.extend(new);
    }

    /// What tells a user from others where risks are accepted.
    fn subject_id(&self, user: &User) -> SubjectId {
        match Id::parse(&self.review.org.id) {
            Some(org) => SubjectId::user(&user.username, user.id.clone(), org, &self.about.host),
            None => SubjectId::new(SubjectKind::User, user.username.clone(), Some(user.id.clone()), None),
        }
    }

    fn granted(&self, grants: &Grants) -> Vec<Granted> {
        let mut all: Vec<Granted> = grants
            .sets
            .iter()
            .map(|set| {
                let mut judged: Vec<&str> =
                    set.permissions.iter().filter(|name| permissions::is_judged(name)).collect();
                judged.sort_by_key(|name| (permissions::power(name), *name));
                Granted {
                    id: set.id.clone(),
                    name: crate::text::capitalized(&set.shown()),
                    others: set.reach.as_ref().map(ToString::to_string).unwrap_or_default(),
                    permissions: judged.into_iter().map(str::to_owned).collect(),
                    deletes: set
                        .deletes
                        .as_ref()
                        .filter(|_| !set.objects_cut)
                        .map(|objects| objects.iter().filter(|one| one.deletes()).count()),
                    edits: self.edits.as_ref().map(|edits| edits.get(&set.id).copied().unwrap_or_default()),
                }
            })
            .collect();
        all.sort_by_key(|set| std::cmp::Reverse(set.permissions.len()));
        all
    }
}

/// Whether software logs in as a user who is a person.
fn acts_as_integration(facts: &Facts) -> bool {
    let is_person = facts.classification.known().is_some_and(Classification::is_of_people);
    is_person
        && facts.sign_ins.known().is_some_and(|sign_ins| crate::classification::divide(sign_ins).unaided > 0)
}

/// Who accepted a finding, and until when; or why an acceptance no longer holds.
type Status<'a> = dyn Fn(&Rule, &Finding) -> (Option<String>, Option<String>) + 'a;

/// What each check says, failed ones as the panel words them.
fn rows(report: &Report, subject: &SubjectId, status: &Status<'_>) -> Vec<Row> {
    let of_people = report.is_of_people();
    let failed: Vec<FailedCheck<'_>> = Area::ALL.into_iter().flat_map(|area| report.failed(area)).collect();
    let mut rows: Vec<Row> = report
        .rows
        .iter()
        .map(|row| {
            let check = failed.iter().find(|check| check.rule.id == row.rule.id);
            let headline = match (&row.outcome, check) {
                (_, Some(check)) => check.headline(of_people),
                (Outcome::Pass { note }, _) => note.clone(),
                (Outcome::NotApplicable { why }, _) => why.clone(),
                (Outcome::CannotTell { missing, why }, _) => {
                    format!("Couldn't read {missing}. {} {}", why.sentence(), why.advice())
                }
                (Outcome::Findings(_), None) => String::new(),
            };
            let findings = check.into_iter().flat_map(|check| &check.items).map(|item| {
                let about = about(&item.finding.subject);
                let (accepted, lapsed) = status(row.rule, item.finding);
                Found {
                    fingerprint: fingerprint(row.rule.id, subject, &about),
                    severity: item.finding.severity.unwrap_or(row.rule.integration),
                    title: item.finding.sentence(),
                    evidence: item.finding.evidence.iter().cloned().chain(lapsed).collect(),
                    about,
                    accepted,
                }
            });
            Row {
                rule: row.rule.id.to_owned(),
                outcome: row.outcome.word().to_owned(),
                area: Area::of(row.rule).id().to_owned(),
                headline: headline.trim().to_owned(),
                findings: findings.collect(),
            }
        })
        .collect();
    // The worst first; what found nothing stays in the order of the rules.
    let worst = |row: &Row| {
        row.findings
            .iter()
            .filter(|found| found.accepted.is_none())
            .map(|found| found.severity as usize)
            .min()
            .unwrap_or(usize::MAX)
    };
    rows.sort_by_key(worst);
    rows
}

fn used_apps(facts: &Facts, user: &User) -> Vec<UsedApp> {
    let directory = Directory::new(user, &facts.tokens, &facts.apps);
    let used = apps_in_use::apps(directory, facts.sign_ins.known());
    let uses = |tokens: &BTreeSet<crate::facts::subject::AppKey>| -> u64 {
        let own = facts.tokens.known().into_iter().flat_map(|all| all.of(&user.id));
        own.filter(|token| tokens.contains(&token.key())).map(|token| token.uses).sum()
    };
    used.iter()
        .map(|app| UsedApp {
            label: if app.label.is_empty() { "A deleted app".into() } else { app.label.clone() },
            tokens: app.held,
            uses: uses(&app.tokens),
            last_used: app.last_used,
            logins: app.sign_ins,
        })
        .collect()
}

/// A way of login, as people say it.
pub(super) const fn way(flow: Flow) -> &'static str {
    match flow {
        Flow::Browser => "Browser",
        Flow::SoapPassword => "SOAP login() with a password",
        Flow::OauthPassword => "OAuth with a password",
        Flow::ClientCredentials => "OAuth client credentials",
        Flow::OauthToken => "OAuth token",
        Flow::OauthOther => "OAuth, JWT and others",
        Flow::Api => "API of a site",
        Flow::Other => "Other",
    }
}

fn logins(sign_ins: &SignIns) -> Vec<Logins> {
    let mut all: BTreeMap<Flow, Logins> = BTreeMap::new();
    for row in &sign_ins.rows {
        let flow = row.flow();
        let own = all.entry(flow).or_insert_with(|| Logins {
            way: way(flow).to_owned(),
            count: 0,
            refused: 0,
            last: None,
        });
        if row.succeeded() {
            own.count += row.count;
            own.last = own.last.max(row.last);
        } else {
            own.refused += row.count;
        }
    }
    let mut all: Vec<Logins> = all.into_values().collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.count));
    all
}

/// Addresses that are shown at most; their number is in the text of the checks.
const ADDRESSES: usize = 50;

fn addresses(sign_ins: &SignIns) -> Vec<Address> {
    let mut all: BTreeMap<&str, Address> = BTreeMap::new();
    for row in sign_ins.successes() {
        let own = all.entry(&row.source_ip).or_insert_with(|| Address {
            address: row.source_ip.clone(),
            count: 0,
            last: None,
        });
        own.count += row.count;
        own.last = own.last.max(row.last);
    }
    let mut all: Vec<Address> = all.into_values().collect();
    all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.address.cmp(&b.address)));
    all.truncate(ADDRESSES);
    all
}

fn months(reader: &Reader) -> BTreeMap<Id, Vec<Month>> {
    let mut counts: BTreeMap<(Id, String, &'static str), u64> = BTreeMap::new();
    for row in reader.rows.of(Table::LoginMonths) {
        let Some(user) = json::id(row, "UserId") else { continue };
        let month = format!("{:04}-{:02}", json::number(row, "year"), json::number(row, "month"));
        *counts.entry((user, month, way(org::flow(row)))).or_default() += json::number(row, "total");
    }
    let mut all: BTreeMap<Id, Vec<Month>> = BTreeMap::new();
    for ((user, month, way), count) in counts {
        all.entry(user).or_default().push(Month { month, way: way.to_owned(), count });
    }
    all
}
