//! From a finding to plans: what can be done about it, the narrowest way first.
//!
//! It never writes, never touches the acting admin's own access, and offers nothing where it cannot say what will change.

mod api_only;
mod app_access;
mod dependency;
mod guided;
mod identity;
#[cfg(test)]
pub(crate) mod laws;
mod login_ip_ranges;
mod mute_permission;
mod object_access;
mod of_set;
mod own_copy;
mod password_policy;
mod remedies;
mod setup_links;
mod tokens;
mod untick_permission;
mod usage;
mod user_state;
pub use dependency::dependents;
pub(crate) use login_ip_ranges::{are_changing, proposals, seen};
pub use remedies::{Remedy, remedies};

use crate::classification::{Classification, Who};
use crate::facts::subject::{AppKey, Setting, SignInsBy, Subject};
use crate::facts::{Assignee, Facts, Grant, Known, Labels, Reach, SignIns, Source, User};
use crate::plan::{Place, Plan, Reached, Safety, Step};
use crate::rules::SOAP_LOGIN;
use crate::rules::rule::{Finding, Rule};
use crate::salesforce::id::Id;

/// Who is acting, and what stands behind a plan.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What was read.
    pub facts: &'a Facts,
    /// The admin who is signed in.
    pub acting: &'a Id,
    /// What the org calls its permissions.
    pub labels: &'a Labels,
}

impl Context<'_> {
    /// What the org calls a permission; its API name as words, where that is not known.
    fn label(self, permission: &str) -> String {
        match self.labels.get(permission) {
            Some(label) if !label.is_empty() => label.clone(),
            _ => crate::text::spaced(permission),
        }
    }

    /// The same of several.
    fn labels(self, permissions: &[String]) -> Vec<String> {
        permissions.iter().map(|name| self.label(name)).collect()
    }
}

/// The user whom fixes may change: not the admin who is signed in, and not one of Salesforce's own (a site's guest,
/// Automated Process, the users that CRM Analytics works as), whatever an admin said of them: changed or stopped, they take
/// the site or the product along (Salesforce Help 005385258, 000384569).
fn changeable(context: Context<'_>) -> Option<&User> {
    let user = context.facts.user.known().filter(|user| user.id != *context.acting)?;
    (Classification::new(context.facts, None).who != Who::Platform).then_some(user)
}

fn is_person(context: Context<'_>) -> bool {
    context.facts.classification.known().is_some_and(|is| is.who == Who::Person)
}

/// Whether the user signs in by SOAP `login()`, or may, as far as sign-ins were read.
fn may_use_soap(context: Context<'_>) -> bool {
    context.facts.sign_ins.known().and_then(SignIns::by_soap) != Some(false)
}

/// The plans that answer a finding of a rule; none where people must decide.
pub fn plans(rule: &Rule, finding: &Finding, context: Context<'_>) -> Vec<Plan> {
    if matches!(context.facts.user, Known::Absent(_)) {
        return of_page_without_user(rule, finding, context);
    }
    let Some(user) = changeable(context) else { return vec![] };
    let plans = match (rule.id, &finding.subject) {
        // Nobody knows what they do; and what SOAP login() needs is taken from nobody who may sign in that way.
        (_, Subject::UnknownPermissions) => return vec![],
        // An app's own settings, and the org's, are told with what to do by hand.
        (_, Subject::Metadata(_)) => return vec![],
        (_, Subject::Permission { name, .. }) if name == SOAP_LOGIN && may_use_soap(context) => return vec![],
        (_, Subject::Permission { name, granted_by }) => {
            untick_permission::plans(name, granted_by, user, context)
        }
        ("record-deletion", Subject::Objects { granted_by, .. }) => object_access::plans(granted_by, context),
        ("whole-object-access", Subject::Objects { granted_by, .. }) => {
            object_access::whole(granted_by, context)
        }
        ("open-app", Subject::App(app)) if *app != AppKey::Deleted => {
            app_access::plans(app, user, context).into_iter().collect::<Vec<_>>()
        }
        // What is in use is authorized anew before it is taken away: by hand, see the checklist.
        ("standing-grant", _) => vec![],
        (_, Subject::App(_) | Subject::Apps(_)) => tokens::plans(finding.subject.apps(), user, context),
        (_, Subject::Setting(Setting::ApiOnly) | Subject::SignIns(SignInsBy::Browser)) => {
            api_only::plans(user, context)
        }
        // People move about: a list of where they were shuts them out of where they will be.
        (_, Subject::Setting(Setting::LoginIpRanges(_))) if is_person(context) => return vec![],
        (_, Subject::Setting(Setting::LoginIpRanges(_))) => login_ip_ranges::plans(user, context),
        (_, Subject::Setting(Setting::Profile)) => {
            own_copy::profile(user, context, None).into_iter().collect::<Vec<_>>()
        }
        (_, Subject::Setting(Setting::Identity)) => identity::plans(user, context),
        (_, Subject::Setting(Setting::Password)) => password_policy::password(finding, user, context),
        // Whoever froze a user in use had a reason: it is found out before anything is undone.
        ("dormant-integration" | "never-signed-in", Subject::Setting(Setting::Active)) => {
            user_state::plans(user, context)
        }
        (
            _,
            Subject::Setting(Setting::License | Setting::Active | Setting::Record)
            | Subject::SignIns(_)
            | Subject::Objects { .. }
            | Subject::Permissions(_)
            | Subject::Set { .. },
        ) => vec![],
    };
    let mut plans = of_others(plans, context);
    usage::add(&mut plans, user, context);
    guided::add(&mut plans, rule.id, finding, user, context.facts);
    if rule.id == "unrestricted-login-ip" {
        plans.extend(password_policy::session(context));
    }
    plans.iter_mut().for_each(|plan| plan.answers(rule.id));
    plans
}

/// On the page of a profile, a permission set or a group: what changes it for everyone who has it.
fn of_page_without_user(rule: &Rule, finding: &Finding, context: Context<'_>) -> Vec<Plan> {
    let mut plans = of_others(of_set::plans(rule, finding, context), context);
    usage::add_of_all(&mut plans, context);
    plans.iter_mut().for_each(|plan| plan.answers(rule.id));
    plans
}

/// Everyone who has the profile, the permission set or the group whose page it is, as far as they were read: findings there
/// that are about users are about these.
pub fn users(context: Context<'_>) -> Vec<Reached> {
    of_set::users(context)
}

/// Why nothing is offered on a page, or what of it cannot be changed, in a sentence; none where everything can.
pub fn refusal(context: Context<'_>) -> Option<String> {
    match &context.facts.user {
        Known::Is(user) if user.id == *context.acting => Some(
            "These are your own permissions. Leastwise doesn't change the user you're logged in as."
                .to_owned(),
        ),
        Known::Is(user) => changeable(context)
            .is_none()
            .then(|| format!("{} is one of Salesforce's own users. Leastwise doesn't change it.", user.name)),
        Known::Absent(_) => of_set::refusal(context),
        Known::Unavailable(_) => None,
    }
}

/// The plans that take nothing from the acting admin: what an admin loses by their own fix they cannot give back.
fn of_others(plans: Vec<Plan>, context: Context<'_>) -> Vec<Plan> {
    let mut plans: Vec<Plan> = plans
        .into_iter()
        .filter(|plan| !plan.reaches.iter().any(|other| other.id == *context.acting))
        .collect();
    for plan in &mut plans {
        for step in &mut plan.steps {
            if let Place::Query { soql } = &mut step.place
                && soql.ends_with(ACTING)
            {
                soql.truncate(soql.len() - ACTING.len());
                soql.push_str(&format!("'{}'", context.acting));
            }
        }
    }
    plans
}

/// What stands at the end of a query for the admin who is signed in.
const ACTING: &str = ":acting";

/// Plans that answer no finding but stop an integration at once.
pub fn emergency(context: Context<'_>) -> Vec<Plan> {
    let mut plans = changeable(context).map(|user| user_state::plans(user, context)).unwrap_or_default();
    plans.iter_mut().for_each(|plan| plan.answers("emergency"));
    plans
}

/// A plan of `steps` that reaches whoever else has `grant`.
fn plan(fix: &str, title: String, steps: Vec<Step>, grant: Option<&Grant>, breaks: Vec<String>) -> Plan {
    let reach = grant.and_then(|grant| grant.reach.as_ref());
    let reaches: Vec<Reached> = reach
        .iter()
        .flat_map(|reach| &reach.others)
        .map(|other| Reached { id: other.id.clone(), name: named(other, reach) })
        .collect();
    // Whom a set reaches could not be read: it may be anybody.
    let reaches_more = grant.is_some_and(|grant| grant.reach.as_ref().is_none_or(|reach| reach.more));
    let is_safe = reaches.is_empty() && !reaches_more && breaks.is_empty();
    let safety = if is_safe { Safety::Safe } else { Safety::Confirm };
    // The admin may be among those who were not read.
    let mut plan = Plan { safety, reaches, reaches_more, breaks, ..Plan::new(fix, title, steps) };
    if let (true, Some(grant)) = (reaches_more, grant) {
        let soql = [
            "SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = '",
            grant.id.as_str(),
            "' AND AssigneeId = ",
            ACTING,
        ];
        plan.first(Step::bars("This would remove your own access, so Leastwise won't do it.", soql.concat()));
    }
    plan
}

/// Somebody's name, with their user name where another has that name too.
fn named(one: &Assignee, reach: Option<&Reach>) -> String {
    let all = reach.into_iter().flat_map(|reach| &reach.others);
    match all.filter(|other| other.name == one.name).count() {
        0 | 1 => one.name.clone(),
        _ => format!("{} ({})", one.name, one.username),
    }
}

/// Whether an admin may change what this set holds: not a package's, not a standard one's, not a group's aggregate.
fn is_editable(grant: &Grant) -> bool {
    grant.custom && grant.namespace.is_none() && !matches!(grant.source, Source::Group { .. })
}

/// The successful logins of the last 30 days that `of` picks, in a sentence about what depends on them.
fn used(
    user: &User,
    facts: &Facts,
    words: &str,
    of: impl Fn(&crate::facts::SignIn) -> bool,
) -> Option<String> {
    let sign_ins = facts.sign_ins.known()?;
    let recent = |row: &&crate::facts::SignIn| row.last.is_some_and(|last| last.days_until(facts.now) <= 30);
    let count: u64 = sign_ins
        .successes()
        .filter(|row| row.user_id == user.id)
        .filter(recent)
        .filter(|row| of(row))
        .map(|row| row.count)
        .sum();
    let logins = if count == 1 { "login" } else { "logins" };
    (count > 0).then(|| format!("{words} ({count} {logins} in the last 30 days)."))
}
