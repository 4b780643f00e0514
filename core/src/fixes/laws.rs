//! What holds for the fixes of every rule, and what docs/rules.md says of them.
//!
//! It never asks an org: the facts of the rules' examples are rewritten as a plan says.

use super::{Context, emergency, plans};
use crate::classification::Who;
use crate::facts::subject::{AppKey, Setting, Subject};
use crate::facts::*;
use crate::plan::{Fields, Place, Plan, Safety, Step, Term, Undo, Way};
use crate::rules::rule::{Finding, Judges, Outcome, Rule, Severity};
use crate::rules::{SOAP_LOGIN, all, example, run};
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{Answer, Response};
use crate::salesforce::id::Id;
use crate::salesforce::ip_range::IpRange;
use crate::salesforce::json::Value;
use crate::text::times;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Rules that a rewriting of facts does not satisfy, each with its reason.
const NOT_REWRITTEN: &[(&str, &str)] = &[
    ("browser-automation-under-mfa", "who logged in to the UI is history"),
    ("escalation-path", "which of the permissions goes is for people to say"),
    ("expiring-grant", "whether it is still needed is for people to say"),
    ("frozen-integration", "why it was frozen is found out before anything is undone"),
    ("new-country", "where it logged in from is history"),
    ("orphan-token", "which app signed in is history; people install it"),
    ("overreaching-agent", "what an agent needs is for people to say"),
    ("password-sign-in", "that a password was used is history"),
    ("scattered-addresses", "where it logged in from is history"),
    ("soap-login-without-api-auth", "the integration moves to another way of login"),
    ("standard-profile", "another profile takes its place"),
    ("unrecorded-owner", "who owns it is for people to find out"),
    ("standing-grant", "the app is authorized anew first"),
    ("undescribed-set", "what a set is for is for people to say"),
    ("app-shared-by-integration-users", "which app signed in is history; people make the other app"),
    ("non-integration-license", "another user takes its place"),
    ("open-app", "who is let in is a row; that others are kept out is the app's policy"),
    ("several-apps-on-one-user", "which apps signed in is history; another user takes the place of one"),
    ("shared-profile", "another profile takes its place"),
    ("stale-secret", "that a password was used is history"),
    ("unattributable-activity", "who signed in is history"),
];

fn acting() -> Id {
    example::id("005", 9)
}

fn findings(rule: &Rule, facts: &Facts) -> Vec<Finding> {
    match rule.run(facts) {
        Outcome::Findings(all) => all,
        _ => vec![],
    }
}

/// The plans of all findings of a rule, as somebody who enters what has to be entered has them.
fn of(rule: &Rule, facts: &Facts) -> Vec<Plan> {
    let acting = acting();
    let context = Context { facts, acting: &acting, labels: &NO_LABELS };
    let mut all: Vec<Plan> =
        findings(rule, facts).iter().flat_map(|finding| plans(rule, finding, context)).collect();
    for plan in all.iter_mut().filter(|plan| plan.fix == "rename-user") {
        plan.set(1, "erp.integration@acme.example").unwrap();
        plan.set(0, "ERP Integration").unwrap();
        plan.set(2, "integrations@acme.example").unwrap();
    }
    all
}

fn flags(after: &Fields) -> Vec<(&str, bool)> {
    after
        .iter()
        .filter_map(|(name, term)| match term {
            Term::Is(Value::Bool(is)) => Some((name.strip_prefix("Permissions")?, *is)),
            _ => None,
        })
        .collect()
}

fn tick(own: &mut Names, after: &Fields) {
    let mut names: Vec<String> = own.iter().map(str::to_owned).collect();
    for (name, is) in flags(after) {
        names.retain(|other| other != name);
        if is {
            names.push(name.to_owned());
        }
    }
    *own = names.into_iter().collect();
}

/// Rewrites the facts as a step says; whether it can be.
fn carry_out(step: &Step, facts: &mut Facts) -> bool {
    if let Place::Rows { object, shared, by } = &step.place {
        // As many steps as rows.
        return step.rows.iter().all(|row| {
            let mut key = shared.clone();
            key.push((by.clone(), Term::text(row.as_str())));
            let place = Place::Row { object: object.clone(), key };
            carry_out(&Step { place, rows: vec![], ..step.clone() }, facts)
        });
    }
    let Facts { grants: Known::Is(grants), user: Known::Is(user), .. } = facts else { return false };
    let (object, key) = match &step.place {
        Place::Component { kind, from: None, .. } if kind == "Profile" => {
            let Some((_, Term::Is(Value::Array(list)))) = step.after.as_ref().and_then(|after| after.first())
            else {
                return false;
            };
            let text = |range: &Value, key: &str| range.get(key).unwrap().as_str().unwrap().to_owned();
            let ranges = list.iter().map(|r| {
                IpRange::parse(&text(r, "startAddress"), &text(r, "endAddress"), &text(r, "description"))
                    .unwrap()
            });
            facts.login_ip_ranges =
                Known::Is(LoginIpRanges { ranges: ranges.collect(), full_name: "Acme ERP".into() });
            return true;
        }
        Place::Row { object, key } => (object.as_str(), key),
        Place::Tokens { user: of, app } => {
            let Known::Is(tokens) = &mut facts.tokens else { return false };
            tokens.rows.retain(|token| token.user_id != *of || token.key() != *app);
            return true;
        }
        Place::Query { .. } => return true,
        Place::Component { .. } | Place::Rows { .. } => return false,
    };
    let told = |name: &str| {
        key.iter().chain(step.after.iter().flatten()).find(|(own, _)| own == name).and_then(|(_, term)| {
            match term {
                Term::Is(value) => Some(value.as_str().unwrap_or_default().to_owned()),
                _ => None,
            }
        })
    };
    let id = |name: &str| told(name).and_then(|text| Id::parse(&text));
    match (object, &step.after) {
        ("Profile", Some(after)) if id("Id") == user.profile_id => {
            let own =
                grants.sets.iter_mut().find(|set| matches!(set.source, Source::Profile { .. })).unwrap();
            tick(&mut own.permissions, after);
        }
        ("PermissionSet", Some(after)) if step.makes => {
            let mut own = example::grant().set(99, "Made");
            tick(&mut own.permissions, after);
            grants.sets.push(own);
        }
        ("PermissionSet", Some(after)) => {
            let own = grants.sets.iter_mut().find(|set| Some(&set.id) == id("Id").as_ref()).unwrap();
            tick(&mut own.permissions, after);
        }
        ("PermissionSetAssignment", None) => {
            let gone = id("PermissionSetId").unwrap();
            grants.sets.retain(|set| set.id != gone);
        }
        ("PermissionSetAssignment", Some(_)) => {}
        ("ObjectPermissions", Some(after)) => {
            let own = grants.sets.iter_mut().find(|set| Some(&set.id) == id("ParentId").as_ref()).unwrap();
            let object = told("SobjectType").unwrap();
            assert!(flags(after).iter().all(|(_, is)| !is));
            let objects = own.deletes.as_mut().unwrap();
            for own in objects.iter_mut().filter(|own| own.object == object) {
                for (name, _) in after {
                    match name.as_str() {
                        "PermissionsDelete" => own.delete = false,
                        "PermissionsModifyAllRecords" => own.modify_all = false,
                        "PermissionsViewAllRecords" => own.view_all = false,
                        "PermissionsViewAllFields" => own.view_fields = false,
                        other => panic!("{other}"),
                    }
                }
            }
            objects.retain(ObjectGrant::is_any);
        }
        ("SetupEntityAccess", Some(_)) => {
            let own = grants.sets.iter_mut().find(|set| Some(&set.id) == id("ParentId").as_ref()).unwrap();
            own.apps.as_mut().unwrap().push(id("SetupEntityId").unwrap());
        }
        ("UserLogin", Some(after)) => {
            let is = after.iter().any(|(_, term)| *term == Term::flag(true));
            facts.frozen = Known::Is(Frozen(is));
        }
        ("User", Some(after)) => {
            for (name, term) in after {
                if name == "IsActive" {
                    user.is_active = *term == Term::flag(true);
                    continue;
                }
                let value = told(name).unwrap();
                match name.as_str() {
                    "LastName" => user.name = value,
                    "FirstName" => {}
                    "Username" => user.username = value,
                    "Email" => user.email = value,
                    "Title" => user.title = value,
                    "EmployeeNumber" => user.employee_number = value,
                    "ManagerId" => user.has_manager = !value.is_empty(),
                    _ => return false,
                }
            }
        }
        _ => return false,
    }
    true
}

fn carried_out(plan: &Plan, facts: &Facts) -> Option<Facts> {
    let (mut facts, plan) = (facts.clone(), plan.clone().filled());
    (!plan.is_guided() && plan.steps.iter().all(|step| carry_out(step, &mut facts))).then_some(facts)
}

/// How bad it is, rule by rule: the number of findings of each severity.
fn badness(facts: &Facts) -> BTreeMap<&'static str, BTreeMap<Severity, usize>> {
    let mut all = BTreeMap::new();
    for (rule, outcome) in run(facts) {
        let of: &mut BTreeMap<Severity, usize> = all.entry(rule.id).or_default();
        if let Outcome::Findings(findings) = outcome {
            findings.iter().for_each(|f| *of.entry(f.severity.unwrap()).or_default() += 1);
        }
    }
    all
}

/// What is told and not fixed: permissions that nobody knows, where people may sign in from, and what SOAP `login()` needs
/// of whoever may sign in by it.
fn is_left_alone(finding: &Finding, facts: &Facts) -> bool {
    let is_person = facts.classification.known().is_some_and(|is| is.who == Who::Person);
    match &finding.subject {
        // Each of them has a finding that is fixed; what a set is for, and until when, people say.
        Subject::UnknownPermissions | Subject::Permissions(_) | Subject::Set { .. } => true,
        Subject::Setting(Setting::LoginIpRanges(_)) => is_person,
        Subject::Permission { name, .. } => name == SOAP_LOGIN && finding.severity == Some(Severity::Info),
        _ => false,
    }
}

#[test]
fn every_rule_has_a_way_out_of_each_failing_example() {
    for rule in all() {
        for example in (rule.examples)().iter().filter(|example| example.outcome == "finding") {
            if example.facts.user.known().is_none() {
                continue;
            }
            let acting = acting();
            let context = Context { facts: &example.facts, acting: &acting, labels: &NO_LABELS };
            for finding in findings(rule, &example.facts) {
                let all = plans(rule, &finding, context);
                assert!(
                    !all.is_empty() || is_left_alone(&finding, &example.facts),
                    "{}, {}: {}",
                    rule.id,
                    example.name,
                    finding.title
                );
                for plan in &all {
                    assert!(!plan.title.is_empty() && !plan.title.ends_with('.'), "{}", plan.title);
                    assert_eq!(plan.is_guided(), plan.safety == Safety::ByHand, "{}", plan.title);
                    assert!(!plan.steps.is_empty(), "{}", plan.title);
                    assert!(plan.breaks.iter().all(|line| line.ends_with('.')), "{:?}", plan.breaks);
                    let safe = plan.safety == Safety::Safe;
                    assert!(!safe || plan.undo == Undo::Exact && plan.reaches.is_empty(), "{}", plan.title);
                }
            }
        }
    }
}

#[test]
fn fixes_make_the_rule_pass_and_no_other_rule_worse() {
    let mut rewritten = 0;
    // What apps and the org are set to is changed by people.
    for rule in all().iter().filter(|rule| rule.judges() == Judges::Users) {
        for example in (rule.examples)().iter().filter(|example| example.outcome == "finding") {
            let mut facts = example.facts.clone();
            for _ in 0..20 {
                let next = of(rule, &facts)
                    .iter()
                    .find_map(|plan| Some((carried_out(plan, &facts)?, plan.title.clone())));
                let Some((then, title)) = next.filter(|(then, _)| *then != facts) else { break };
                let (was, is) = (badness(&facts), badness(&then));
                for (id, counts) in &is {
                    for (severity, count) in counts {
                        let worse_before: usize =
                            was[id].iter().filter(|(own, _)| *own <= severity).map(|(_, n)| n).sum();
                        assert!(*count <= worse_before, "{}: {title}: {id} got worse", rule.id);
                    }
                }
                facts = then;
                rewritten += 1;
            }
            let left = findings(rule, &facts);
            let excused = NOT_REWRITTEN.iter().any(|(id, _)| *id == rule.id);
            let by_hand = of(rule, &facts).iter().all(Plan::is_guided);
            assert!(left.is_empty() || excused || by_hand, "{}, {}: {left:?}", rule.id, example.name);
        }
        let first = &(rule.examples)()[0];
        let excused = NOT_REWRITTEN.iter().find(|(id, _)| *id == rule.id);
        assert!(excused.is_none_or(|(_, why)| !why.is_empty()));
        let can = of(rule, &first.facts).iter().any(|plan| carried_out(plan, &first.facts).is_some());
        assert!(can || excused.is_some(), "{}: nothing of it is carried out", rule.id);
    }
    assert!(rewritten >= 10, "{rewritten}");
}

#[test]
fn what_is_carried_out_changes_something() {
    let mut tried = 0;
    for rule in all() {
        for example in (rule.examples)().iter().filter(|example| example.outcome == "finding") {
            for plan in of(rule, &example.facts) {
                if let Some(then) = carried_out(&plan, &example.facts) {
                    assert_ne!(
                        then, example.facts,
                        "{}, {}: {} does nothing",
                        rule.id, example.name, plan.title
                    );
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn nothing_is_offered_for_salesforce_s_own_users() {
    for rule in all() {
        for example in (rule.examples)().iter().filter(|example| example.outcome == "finding") {
            let all = findings(rule, &example.facts);
            for user_type in ["Guest", "AutomatedProcess", "CloudIntegrationUser", "OrgUser"] {
                let mut facts = example.facts.clone();
                let Known::Is(user) = &mut facts.user else { continue };
                user.user_type = user_type.into();
                let acting = acting();
                let context = Context { facts: &facts, acting: &acting, labels: &NO_LABELS };
                assert!(emergency(context).is_empty(), "{user_type}");
                // Not even where an admin says that it is an integration, and the rules speak.
                assert!(all.iter().all(|finding| plans(rule, finding, context).is_empty()), "{user_type}");
            }
        }
    }
}

/// Whether a person can read it: no id, no field as the API calls it, no truth value.
fn is_plain(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '@');
    text.split(|c: char| !is_word(c)).all(|word| {
        let word = word.trim_end_matches('.');
        let is_id = word.contains(|c: char| c.is_ascii_digit()) && Id::parse(word).is_some();
        let is_path = !word.contains('@')
            && word.split_once('.').is_some_and(|(a, b)| {
                [a, b].iter().all(|part| part.starts_with(|c: char| c.is_ascii_alphabetic()))
            });
        let is_field = word.strip_prefix("Permissions").is_some_and(|rest| !rest.is_empty());
        !is_id && !is_path && !is_field && !matches!(word, "true" | "false" | "null")
    })
}

/// What a person reads of a plan before it is applied.
fn read_by_people(plan: &Plan) -> Vec<String> {
    let lines = plan.lines().into_iter();
    let words =
        lines.flat_map(|line| [vec![line.label], line.before.unwrap_or_default(), line.after].concat());
    let never = if let Undo::Never(why) = &plan.undo { why.clone() } else { String::new() };
    let own = [plan.title.clone(), plan.button.clone(), plan.undone.clone(), never];
    let steps = plan.steps.iter().filter(|step| step.way != Way::Read).map(|step| step.words.clone());
    let undone = plan.undo_words().into_iter().map(str::to_owned).collect::<Vec<_>>();
    let looks = plan.looks.iter().map(|look| look.words.clone());
    words.chain(own).chain(steps).chain(undone).chain(looks).chain(plan.breaks.iter().cloned()).collect()
}

#[test]
fn what_people_read_of_a_plan_is_plain_and_says_what_changes_and_how_it_is_undone() {
    for (text, plain) in [
        ("Manager: Ada Admin → (none)", true),
        ("Email: erp@acme.example", true),
        ("198.51.100.7 – 198.51.100.9", true),
        ("ProfileId 00e5g000002AbCd", false),
        ("oauthConfig.isAdminApproved", false),
        ("as the original: true", false),
        ("PermissionsModifyAllData", false),
    ] {
        assert_eq!(is_plain(text), plain, "{text}");
    }
    let mut looked_at = 0;
    for rule in all() {
        for example in (rule.examples)() {
            let acting = acting();
            let context = Context { facts: &example.facts, acting: &acting, labels: &NO_LABELS };
            for plan in of(rule, &example.facts).into_iter().chain(emergency(context)) {
                let title = &plan.title;
                for text in read_by_people(&plan) {
                    assert!(is_plain(&text), "{}: {title}: {text}", rule.id);
                }
                // A few words on its button, which ends so where a preview follows.
                let words = plan.button.split_whitespace().count();
                assert!((1..=4).contains(&words), "{title}: {}", plan.button);
                assert_eq!(plan.button.ends_with('…'), !plan.is_guided(), "{title}: {}", plan.button);
                assert_eq!(plan.is_guided(), plan.lines().is_empty(), "{title}");
                // Whatever can be undone says how.
                let writes: Vec<&Step> = plan.steps.iter().filter(|step| step.is_write()).collect();
                if plan.undo == Undo::Exact {
                    assert!(!plan.undone.is_empty() && !plan.undo_words().is_empty(), "{title}");
                    assert!(writes.iter().all(|step| !step.undone.is_empty()), "{title}: {writes:?}");
                }
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 200, "{looked_at}");
}

#[test]
fn what_stops_something_looks_like_it() {
    let facts = example::facts();
    let acting = acting();
    let context = Context { facts: &facts, acting: &acting, labels: &NO_LABELS };
    let mut all: Vec<Plan> = emergency(context);
    for rule in crate::rules::all() {
        all.extend((rule.examples)().iter().flat_map(|example| of(rule, &example.facts)));
    }
    for plan in all {
        let stops = ["freeze", "freeze-and-revoke", "deactivate", "revoke-token"].contains(&&*plan.fix);
        assert_eq!(plan.is_destructive, stops, "{}", plan.title);
    }
}

#[test]
fn nobody_takes_from_themselves() {
    for rule in all() {
        for example in (rule.examples)() {
            let Known::Is(user) = &example.facts.user else { continue };
            let own = Context { facts: &example.facts, acting: &user.id, labels: &NO_LABELS };
            assert!(emergency(own).is_empty(), "{}", rule.id);
            for finding in findings(rule, &example.facts) {
                assert!(plans(rule, &finding, own).is_empty(), "{}, {}", rule.id, example.name);
            }
            // Nor as one of those whom a shared set reaches.
            let Known::Is(grants) = &example.facts.grants else { continue };
            for other in grants.sets.iter().flat_map(|set| &set.reach).flat_map(|reach| &reach.others) {
                let context = Context { facts: &example.facts, acting: &other.id, labels: &NO_LABELS };
                for finding in findings(rule, &example.facts) {
                    for plan in plans(rule, &finding, context) {
                        assert!(!plan.reaches.iter().any(|own| own.id == other.id), "{}", plan.title);
                    }
                }
            }
        }
    }
}

#[test]
fn whom_nobody_could_read_may_be_the_admin() {
    let mut facts = example::facts();
    let mut grant = example::grant().profile("Acme ERP").permissions(&["ManageUsers", "ModifyAllData"]);
    grant.reach = Some(Reach { more: true, ..Reach::default() });
    facts.grants = Known::Is(Grants { sets: vec![grant], cut: false });
    let rule = all().iter().find(|rule| rule.id == "manage-users-permission").unwrap();
    let plan = of(rule, &facts).into_iter().find(|plan| plan.fix == "untick-permission").unwrap();
    let bars = plan.steps.iter().filter(|step| step.way == Way::Read && step.after.is_none());
    let of = |step: &Step| if let Place::Query { soql } = &step.place { soql.clone() } else { String::new() };
    let own: Vec<String> = bars.map(of).collect();
    assert!(own.len() == 1 && own[0].ends_with(&format!("AssigneeId = '{}'", acting())), "{own:?}");
}

#[test]
fn the_last_administrator_stays() {
    let facts = example::facts();
    let acting = acting();
    for plan in emergency(Context { facts: &facts, acting: &acting, labels: &NO_LABELS }) {
        // What must be found first is looked for before anything else, in the preview and again before the write.
        let first = &plan.steps[0];
        assert!(matches!(first.place, Place::Query { .. }) && first.after.is_some(), "{}", plan.title);
        for (body, is_refused) in [("[]", true), ("[{}]", false)] {
            let mut preview = crate::execute::Preview::new(plan.clone());
            let id = preview.next().unwrap().id;
            let body = format!(r#"{{"records":{body}}}"#);
            preview.feed(&Response { id, answer: Ok(Answer { status: 200, body }) });
            assert_eq!(preview.plan() != Err(OrgError::Pending), is_refused, "{}", plan.title);
        }
    }
}

/// Everything called "Same": users, profiles, sets, groups, apps, tokens and sign-ins; and beside each set and each app
/// another one of that label, which has an id of its own.
fn all_called_the_same(facts: &Facts) -> Facts {
    const SAME: &str = "Same";
    let mut facts = facts.clone();
    if let Known::Is(user) = &mut facts.user {
        user.name = SAME.into();
    }
    if let Known::Is(profile) = &mut facts.profile {
        profile.name = SAME.into();
    }
    if let Known::Is(grants) = &mut facts.grants {
        let mut twins = vec![];
        for (set, n) in grants.sets.iter_mut().zip(700..) {
            match &mut set.source {
                Source::Profile { name } | Source::PermissionSet { name } | Source::Group { name, .. } => {
                    *name = SAME.into();
                }
            }
            set.reach.iter_mut().flat_map(|reach| &mut reach.others).for_each(|own| own.name = SAME.into());
            // A user has one profile.
            if !matches!(set.source, Source::Profile { .. }) {
                let group = set.group.as_ref().map(|_| example::id("0PG", n));
                twins.push(Grant {
                    id: example::id("0PS", n),
                    api_name: format!("Twin_{n}"),
                    group,
                    ..set.clone()
                });
            }
        }
        grants.sets.extend(twins);
        grants.tell_apart();
    }
    if let Known::Is(apps) = &mut facts.apps {
        let mut twins = vec![];
        for (app, n) in apps.rows.iter_mut().zip(700..) {
            app.label = SAME.into();
            let id = app.id.as_ref().map(|_| example::id("0H4", n));
            twins.push(App {
                menu_item: example::id("0DS", n),
                id,
                name: format!("Twin_{n}"),
                ..app.clone()
            });
        }
        // Both act as the user: each has a token.
        if let (Known::Is(tokens), Known::Is(user)) = (&mut facts.tokens, &facts.user) {
            tokens.rows.iter_mut().for_each(|token| token.app = SAME.into());
            for app in apps.rows.iter().chain(&twins) {
                let menu_item = Some(app.menu_item.clone());
                tokens.rows.push(Token { menu_item, user_id: user.id.clone(), ..example::token(SAME, 1) });
            }
        }
        apps.rows.extend(twins);
    }
    if let Known::Is(sign_ins) = &mut facts.sign_ins {
        let named = sign_ins.rows.iter_mut().filter(|row| row.app().is_some());
        named.for_each(|row| row.application = SAME.into());
    }
    facts
}

/// What a plan for a finding may write: the ids, and the names that the API knows things by.
fn own_records(finding: &Finding, facts: &Facts) -> Vec<String> {
    let user = facts.user.known().unwrap();
    let profile = facts.grants.known().and_then(|grants| grants.profile());
    let mut all = vec![user.id.to_string()];
    all.extend(user.profile_id.iter().map(Id::to_string));
    all.extend(profile.map(|grant| grant.id.to_string()));
    let grants = |ids: &[Id]| -> Vec<Grant> {
        let sets = facts.grants.known().into_iter().flat_map(|grants| &grants.sets);
        sets.filter(|set| ids.contains(&set.id)).cloned().collect()
    };
    let granting = match &finding.subject {
        Subject::Permission { granted_by, .. } => grants(granted_by),
        Subject::Objects { granted_by, .. } => grants(std::slice::from_ref(granted_by)),
        _ => vec![],
    };
    for grant in granting {
        all.extend([grant.id.to_string(), grant.api_name]);
        all.extend(grant.group.iter().map(Id::to_string));
        // What the set admits to stays admitted to.
        all.extend(grant.apps.iter().flatten().map(Id::to_string));
    }
    all.extend(profile.iter().flat_map(|grant| grant.apps.iter().flatten()).map(Id::to_string));
    for key in finding.subject.apps() {
        let apps = facts.apps.known().into_iter().flat_map(|apps| &apps.rows);
        for app in apps.filter(|app| *key == AppKey::MenuItem(app.menu_item.clone())) {
            all.extend([app.menu_item.to_string(), app.name.clone()]);
            all.extend(app.id.iter().map(Id::to_string));
        }
    }
    all
}

#[test]
fn with_everything_called_the_same_each_plan_writes_the_records_of_its_own_finding() {
    let (mut looked_at, mut fixes) = (0, std::collections::BTreeSet::new());
    // A group, and a set that others have too: the ways out of them that no example needs.
    let mut more = example::facts();
    let mut group = example::grant().group(4, "Group", "Updated").permissions(&["ViewAllData"]);
    group.group = Some(example::id("0PG", 4));
    let shared =
        example::grant().set(5, "Set").permissions(&["ViewAllData", "ApiEnabled"]).shared_with(&["Ann"]);
    let profile = example::grant().profile("Profile").permissions(&["ViewAllData"]).shared_with(&["Ann"]);
    more.grants = Known::Is(Grants { sets: vec![profile, group, shared], cut: false });
    let mut all = vec![("more", more)];
    for rule in crate::rules::all() {
        all.extend((rule.examples)().into_iter().map(|example| (rule.id, example.facts)));
    }
    for (of, facts) in all {
        if facts.user.known().is_none() {
            continue;
        }
        let facts = all_called_the_same(&facts);
        let (acting, mut seen) = (acting(), std::collections::BTreeSet::new());
        let context = Context { facts: &facts, acting: &acting, labels: &NO_LABELS };
        for (rule, outcome) in run(&facts) {
            let Outcome::Findings(findings) = outcome else { continue };
            for finding in findings {
                let own = own_records(&finding, &facts);
                for plan in plans(rule, &finding, context) {
                    assert_eq!(plan.ids.len(), 1, "{}", plan.title);
                    let key = plan.key();
                    assert!(seen.insert(key.clone()), "{of}: two plans are {key}");
                    assert!(key.starts_with(&format!("{}:{}:", rule.id, plan.fix)), "{key}");
                    let is_own = |id: &str| own.iter().any(|own| own == id);
                    for step in plan.steps.iter().filter(|step| step.is_write()) {
                        match &step.place {
                            Place::Row { key, .. } => {
                                for (field, term) in key.iter().chain(step.after.iter().flatten()) {
                                    let Term::Is(Value::String(text)) = term else { continue };
                                    let id = Id::parse(text).filter(|_| field.ends_with("Id"));
                                    assert!(
                                        id.is_none_or(|id| is_own(id.as_str())),
                                        "{key:?}: {}",
                                        plan.title
                                    );
                                }
                            }
                            Place::Component { names, from: None, .. } if plan.fix == "close-app" => {
                                let all = names.iter().all(|name| matches!(name, Term::Is(Value::String(name)) if own.iter().any(|own| name.strip_prefix(own.as_str()).is_some_and(|end| end.is_empty() || end.starts_with("_oauth")))));
                                assert!(all, "{names:?}: {}", plan.title);
                            }
                            Place::Component { from: Some(Term::Is(Value::String(from))), kind, .. } => {
                                assert!(kind == "Profile" || is_own(from), "{from}: {}", plan.title);
                            }
                            Place::Tokens { user, app } => {
                                assert!(is_own(user.as_str()), "{}", plan.title);
                                // Of two apps of one name, what names neither belongs to neither.
                                let is = |key: &AppKey| key.is(app);
                                assert!(finding.subject.apps().iter().any(is), "{app:?}: {}", plan.title);
                            }
                            _ => {}
                        }
                    }
                    looked_at += 1;
                    fixes.insert(plan.fix);
                }
            }
        }
        for plan in emergency(context) {
            assert!(seen.insert(plan.key()), "two plans are {}", plan.key());
        }
    }
    assert!(looked_at > 200, "{looked_at}");
    for fix in [
        "admit-to-app",
        "api-only",
        "api-only-set",
        "close-app",
        "login-ip-ranges",
        "mute-permission",
        "own-profile",
        "own-profile-without",
        "own-set-without",
        "remove-assignment",
        "remove-object-delete",
        "rename-user",
        "revoke-token",
        "untick-permission",
    ] {
        assert!(fixes.contains(fix), "{fix} is not tried: {fixes:?}");
    }
}

#[test]
fn two_sets_of_one_label_are_shown_with_their_api_names_and_each_button_is_its_own() {
    let mut facts = example::facts();
    let set = |n, api_name: &str, namespace: Option<&str>| Grant {
        api_name: api_name.into(),
        namespace: namespace.map(str::to_owned),
        ..example::grant().set(n, "Log Keeper: Admin").permissions(&["ViewAllData"])
    };
    let alone = example::grant().set(9, "Alone").permissions(&["ViewAllData"]);
    let mut grants = Grants {
        sets: vec![set(2, "KeeperAdmin", None), set(3, "KeeperAdmins", Some("Lgk")), alone],
        cut: false,
    };
    grants.tell_apart();
    facts.grants = Known::Is(grants);
    let rule = all().iter().find(|rule| rule.id == "broad-permission").unwrap();
    let evidence = findings(rule, &facts).remove(0).evidence;
    assert_eq!(
        evidence[0],
        "Granted by permission set “Log Keeper: Admin” (KeeperAdmin), not assigned to anyone else."
    );
    assert_eq!(
        evidence[1],
        "Granted by permission set “Log Keeper: Admin” (Lgk__KeeperAdmins), not assigned to anyone else."
    );
    assert_eq!(evidence[2], "Granted by permission set “Alone”, not assigned to anyone else.");
    let taken: Vec<(String, String)> = of(rule, &facts)
        .into_iter()
        .filter(|plan| plan.fix == "remove-assignment")
        .map(|plan| (plan.title, plan.ids[0].records[1].clone()))
        .collect();
    let user = &facts.user.known().unwrap().name;
    let title = |name: &str| format!("Remove permission set “{name} from {user}");
    assert_eq!(
        taken,
        [
            (title("Log Keeper: Admin” (KeeperAdmin)"), example::id("0PS", 2).to_string()),
            (title("Log Keeper: Admin” (Lgk__KeeperAdmins)"), example::id("0PS", 3).to_string()),
            (title("Alone”"), example::id("0PS", 9).to_string()),
        ]
    );
}

/// The fixes of a rule's examples, as docs/rules.md has them: each once, with what it takes.
pub(crate) fn table(rule: &Rule) -> String {
    let mut text = String::from(
        "| fix | what it does, by example | safety | undo | requests |\n|---|---|---|---|---|\n",
    );
    let mut seen = vec![];
    for example in (rule.examples)().iter().filter(|example| example.outcome == "finding") {
        for plan in of(rule, &example.facts) {
            if !seen.contains(&plan.fix) {
                writeln!(text, "{}", line(&plan)).unwrap();
                seen.push(plan.fix);
            }
        }
    }
    text
}

/// The same for what answers no finding.
pub(crate) fn emergencies() -> String {
    let acting = acting();
    let facts = example::facts();
    let mut text = String::from(
        "| fix | what it does, by example | safety | undo | requests |\n|---|---|---|---|---|\n",
    );
    for plan in emergency(Context { facts: &facts, acting: &acting, labels: &NO_LABELS }) {
        writeln!(text, "{}", line(&plan)).unwrap();
    }
    text
}

fn line(plan: &Plan) -> String {
    let undo = match &plan.undo {
        Undo::Exact => "restores what was there",
        Undo::Partly(why) | Undo::Never(why) => why,
    };
    // What a policy is called is known by then.
    let is_policy = |step: &Step| matches!(step.place, Place::Component { of: Some(_), .. });
    let reads = plan.steps.iter().filter(|step| is_policy(step) || !crate::execute::needs_made(step)).count()
        + plan.looks.len().div_ceil(5);
    let n = plan.steps.iter().filter(|step| step.is_write()).count();
    let looks = plan.steps.len() - n;
    let writes = match (n, looks) {
        (0, _) => String::new(),
        (n, 0) => format!("; apply {}: look, write and verify {}", 3 * n, times(n as u64)),
        (n, looks) => format!(
            "; apply {}: look, write and verify {}, look only {}",
            3 * n + looks,
            times(n as u64),
            times(looks as u64)
        ),
    };
    format!(
        "| `{}` | {} | {} | {undo} | preview {reads}{writes} |",
        plan.fix,
        plan.title,
        plan.safety.words()
    )
}
