//! Fixes on the page of a profile, a permission set or a group: they change it for everyone who has it, and name them all.
//!
//! It never offers what would take the acting admin's own access, nor a change of what cannot be edited: it says why instead.

use super::untick_permission::untick;
use super::user_state::administrator;
use super::{Context, is_editable, login_ip_ranges, mute_permission, named, object_access, plan};
use crate::classification::Who;
use crate::facts::subject::{Setting, SignInsBy, Subject};
use crate::facts::{Grant, Source};
use crate::plan::{Described, Plan, Reached, Shown, Step, Term, fields};
use crate::rules::SOAP_LOGIN;
use crate::rules::rule::{Finding, Rule};

/// The profile, the permission set or the group whose page it is.
fn shown(context: Context<'_>) -> Option<&Grant> {
    context.facts.grants.known()?.sets.iter().find(|set| set.reach.as_ref().is_some_and(|reach| reach.all))
}

/// Everyone who has it, as far as they were read: whom findings about users are about.
pub(super) fn users(context: Context<'_>) -> Vec<Reached> {
    let reach = shown(context).and_then(|grant| grant.reach.as_ref());
    let all = reach.into_iter().flat_map(|reach| &reach.others);
    all.map(|own| Reached { id: own.id.clone(), name: named(own, reach) }).collect()
}

/// Whether the admin who is signed in has it.
fn is_of_acting(grant: &Grant, context: Context<'_>) -> bool {
    grant.reach.iter().flat_map(|reach| &reach.others).any(|own| own.id == *context.acting)
}

/// Why what it grants cannot be changed here, in a sentence; none where something can.
pub(super) fn refusal(context: Context<'_>) -> Option<String> {
    let grant = shown(context)?;
    if is_of_acting(grant, context) {
        return Some(format!(
            "You have {} yourself. Leastwise doesn't change your own access.",
            grant.shown()
        ));
    }
    match (&grant.source, &grant.namespace) {
        (_, Some(namespace)) => Some(format!(
            "It belongs to the managed package {namespace}, which decides what it grants. Move its users to one of your own."
        )),
        (Source::Group { .. }, None) => None,
        (Source::Profile { .. }, None) if !grant.custom => Some(
            "Salesforce doesn't let anyone edit the permissions of a standard profile. Clone it and move its users to the copy.".to_owned(),
        ),
        (_, None) if !grant.custom => {
            Some("Salesforce's own permission sets can't be edited. Clone it and assign the copy.".to_owned())
        }
        _ => None,
    }
}

/// The plans that answer a finding on such a page.
pub(super) fn plans(rule: &Rule, finding: &Finding, context: Context<'_>) -> Vec<Plan> {
    let Some(grant) = shown(context).filter(|own| !is_of_acting(own, context)) else { return vec![] };
    // A standard profile's permissions are fixed, its ranges are not.
    if matches!(finding.subject, Subject::Setting(Setting::LoginIpRanges(_))) {
        return login_ip_ranges::of_profile(grant, context).into_iter().collect();
    }
    if refusal(context).is_some() {
        return vec![];
    }
    match &finding.subject {
        Subject::Permission { name, .. } if name == SOAP_LOGIN => vec![],
        Subject::Permission { name, .. } if grant.permissions.contains(name) => {
            permission(name, grant, context).into_iter().collect()
        }
        Subject::Objects { granted_by, .. } if *granted_by == grant.id && is_editable(grant) => {
            // What lets it delete, or see all of them: each rule is answered by what it is about.
            match rule.id {
                "whole-object-access" => object_access::whole(granted_by, context),
                _ => object_access::plans(granted_by, context),
            }
        }
        Subject::Setting(Setting::ApiOnly) | Subject::SignIns(SignInsBy::Browser) => {
            api_only(grant, context).into_iter().collect()
        }
        _ => vec![],
    }
}

fn permission(name: &str, grant: &Grant, context: Context<'_>) -> Option<Plan> {
    let mut plan = match &grant.source {
        Source::Group { .. } => mute_permission::mute(&grant.quoted(), name, grant, context)?,
        Source::Profile { .. } => {
            let profile = context.facts.profile.known()?;
            untick("Profile", &profile.id, name, grant, context)
        }
        Source::PermissionSet { .. } => untick("PermissionSet", &grant.id, name, grant, context),
    };
    if matches!(name, "ManageUsers" | "ModifyAllData") {
        plan.first(administrator(None, Some(&grant.id)));
    }
    Some(plan.about([name, grant.id.as_str()]))
}

/// API Only User turned on for all of a profile's users: only where all of them are integrations.
fn api_only(grant: &Grant, context: Context<'_>) -> Option<Plan> {
    let (facts, Source::Profile { name }) = (context.facts, &grant.source) else { return None };
    let is_integration = facts.classification.known().is_some_and(|is| is.who == Who::Integration);
    if !is_integration || grant.permissions.contains("ApiUserOnly") {
        return None;
    }
    let profile = facts.profile.known()?;
    let title = format!("Turn on API Only User on profile “{name}”");
    let undone = format!("Turn off API Only User on profile “{name}”");
    let on =
        fields([("PermissionsApiEnabled", Term::flag(true)), ("PermissionsApiUserOnly", Term::flag(true))]);
    let step = Step::update(title.clone(), "Profile", &profile.id, on)
        .says(Described::change("API Only User", Shown::text("Off"), Shown::text("On")))
        .undone_by(undone.clone());
    let breaks = vec!["Logins in a browser will be refused for everyone on this profile.".to_owned()];
    let own = plan("api-only", title, vec![step], Some(grant), breaks);
    Some(own.about([profile.id.as_str()]).called("Turn on API Only…", undone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Assignee, Facts, Grants, Known, NO_LABELS, Profile, Reach};
    use crate::plan::{Safety, Undo};
    use crate::rules::example;
    use crate::rules::rule::Outcome;
    use crate::salesforce::id::Id;

    /// The page of what grants these permissions, which users 1 and 2 have.
    fn page(grant: Grant, change: impl FnOnce(&mut Grant)) -> Facts {
        let mut facts = example::facts();
        facts.user = Known::Absent("Open one of its users to see this.".into());
        let one = |n: u32, name: &str| {
            Assignee { id: example::id("005", n), name: name.into(), username: format!("{n}@acme.example") }
                .into()
        };
        let mut grant = grant.permissions(&["ManageUsers", "ApiEnabled"]);
        let others = vec![one(1, "ERP Sync"), one(2, "Legacy Middleware")];
        grant.reach = Some(Reach { others, all: true, ..Reach::default() });
        change(&mut grant);
        facts.grants = Known::Is(Grants { sets: vec![grant], cut: false });
        facts.profile = Known::Is(Profile {
            id: example::id("00e", 7),
            name: "Acme ERP".into(),
            user_type: "Standard".into(),
            permissions: example::facts().profile.known().unwrap().permissions.clone(),
        });
        facts
    }

    fn offered(facts: &Facts, acting: &Id) -> Vec<Plan> {
        let context = Context { facts, acting, labels: &NO_LABELS };
        let rules = crate::rules::all().iter();
        let all = rules.filter(|rule| rule.id == "manage-users-permission").flat_map(|rule| {
            let Outcome::Findings(findings) = rule.run(facts) else { return vec![] };
            findings.iter().flat_map(|finding| super::super::plans(rule, finding, context)).collect()
        });
        all.collect()
    }

    fn admin() -> Id {
        example::id("005", 9)
    }

    #[test]
    fn everyone_who_is_affected_is_named_and_it_can_be_undone() {
        for (grant, fix) in [
            (example::grant().profile("Acme ERP"), "untick-permission"),
            (example::grant().set(3, "Set"), "untick-permission"),
            (example::grant().group(4, "Group", "Updated"), "mute-permission"),
        ] {
            let facts = page(grant, |grant| {
                if matches!(grant.source, Source::Group { .. }) {
                    grant.group = Some(example::id("0PG", 4));
                }
            });
            let plans = offered(&facts, &admin());
            let fixes: Vec<&str> = plans.iter().map(|plan| plan.fix.as_str()).collect();
            assert_eq!(fixes, [fix]);
            let names: Vec<&str> = plans[0].reaches.iter().map(|own| own.name.as_str()).collect();
            assert_eq!(names, ["ERP Sync", "Legacy Middleware"]);
            assert_eq!((plans[0].safety, &plans[0].undo), (Safety::Confirm, &Undo::Exact));
            // The org keeps an administrator.
            assert!(plans[0].steps[0].words.contains("must keep at least one"), "{fix}");
            let context = Context { facts: &facts, acting: &admin(), labels: &NO_LABELS };
            assert_eq!((users(context).len(), refusal(context)), (2, None));
        }
    }

    #[test]
    fn what_cannot_be_edited_is_not_offered_and_it_is_said_why() {
        let why = |facts: &Facts, acting: &Id| {
            assert!(offered(facts, acting).is_empty());
            refusal(Context { facts, acting, labels: &NO_LABELS }).unwrap()
        };
        let profile = || example::grant().profile("Acme ERP");
        let standard = page(profile(), |grant| grant.custom = false);
        assert!(why(&standard, &admin()).contains("standard profile"));
        let managed = page(example::grant().set(3, "Set"), |grant| grant.namespace = Some("acme".into()));
        assert!(why(&managed, &admin()).contains("managed package acme"));
        // The admin who is logged in is among them.
        assert!(why(&page(profile(), |_| {}), &example::id("005", 2)).contains("your own access"));
    }
}
