//! The password policy of the user's profile made to expire passwords, and the org's session settings made to hold login
//! IP ranges on every request.
//!
//! It never makes a policy stricter or laxer where it is within bounds already, and never makes one for a profile that
//! has none: no source says that an API takes it away again.

use super::{Context, guided, plan};
use crate::facts::password_policy::{BOUNDS, KIND};
use crate::facts::{PasswordPolicy, Source, User};
use crate::plan::{Described, Look, Plan, Safety, Shown, Step, Term, fields};
use crate::rules::rule::Finding;
use crate::salesforce::ip_range::IpRange;

/// Whose "Password Never Expires" stands above the policy. Source: Salesforce Help 000386101.
const NEVER: &str = "SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSet.PermissionsPasswordNeverExpires = true AND AssigneeId IN (SELECT Id FROM User WHERE ProfileId = ':p')";

const OLD: &str = "SELECT Name, LastPasswordChangeDate FROM User WHERE ProfileId = ':p' AND IsActive = true AND LastPasswordChangeDate < LAST_N_DAYS:90 LIMIT 50";

/// The steps that make a profile's own policy expire passwords: it is found, then changed. Read as a preview they tell
/// whether there is one, and whether there is anything to change in it.
fn expiry(profile: &str, full_name: &str) -> Vec<Step> {
    let words = [
        format!("Look for the password policy of profile “{profile}”"),
        format!("Let passwords on profile “{profile}” expire after 90 days"),
    ];
    let after = BOUNDS.iter().map(|(name, bound)| ((*name).to_owned(), Term::Within(*bound))).collect();
    let [find, set] = Step::policy(words, KIND, full_name, after);
    let days = Shown::Days("passwordExpiration".to_owned());
    let set = set
        .says(Described::change("User passwords expire in", days.clone(), days))
        .says(Described::field("Maximum invalid login attempts", "maxLoginAttempts"))
        .says(Described::field("Minimum password length", "minimumPasswordLength"))
        .says(Described::field("Enforce password history", "passwordHistory"))
        .undone_by(format!("Put the password policy of profile “{profile}” back as it was"));
    vec![find, set]
}

/// Lets the passwords of the user's profile expire; and the steps by hand, where the profile has no policy of its own.
pub(super) fn password(finding: &Finding, user: &User, context: Context<'_>) -> Vec<Plan> {
    let facts = context.facts;
    let (Some(grants), Some(ranges), Some(profile)) =
        (facts.grants.known(), facts.login_ip_ranges.known(), &user.profile_id)
    else {
        return vec![];
    };
    let own = grants.profile().filter(|grant| grant.namespace.is_none() && !ranges.full_name.is_empty());
    let Some(grant) = own else { return vec![] };
    let Source::Profile { name } = &grant.source else { return vec![] };
    match facts.password_policy.known() {
        // Nothing to change: it is within bounds already.
        Some(PasswordPolicy::Strict) => return vec![],
        Some(PasswordPolicy::Loose) => {}
        // None of its own, or none that could be read: the org's holds, and people set one in Setup.
        Some(PasswordPolicy::None) | None => {
            return vec![guided::plan_of(guided::EXPIRY, finding, user, context.facts)];
        }
    }
    let steps = expiry(name, &ranges.full_name);
    let title = steps.last().map(|step| step.words.clone()).unwrap_or_default();
    let mut breaks = vec![
        "Older passwords expire right away. An integration that logs in with one is refused until someone changes it.".to_owned(),
        "Undo restores the policy. An expiration date that was moved up stays until the next password change, unless passwords never expired before.".to_owned(),
    ];
    if let Some(changed) = user.last_password_change {
        let days = changed.days_until(facts.now).to_string();
        breaks.insert(0, format!("The password of {} is {days} days old.", user.name));
    }
    if grants.granting("PasswordNeverExpires").next().is_some() {
        let line =
            ["Password Never Expires is on for ", &user.name, " and overrides the policy. Remove it too."];
        breaks.insert(0, line.concat());
    }
    let with = |soql: &str| guided::filled(soql, 'p', profile.as_str());
    let mut write =
        plan("expire-password", title, steps, Some(grant), breaks).about([profile.as_str()]).called(
            "Set password expiration…",
            format!("Put the password policy of profile “{name}” back as it was"),
        );
    write.looks = vec![
        Look { words: "Password Never Expires".into(), soql: with(NEVER), spares: true, names: None },
        Look::depends("Older passwords, and when they were last changed", with(OLD)),
    ];
    write.link = with(guided::PROFILE);
    vec![write, guided::plan_of(guided::EXPIRY, finding, user, context.facts)]
}

/// Holds login IP ranges on every request, where the profile's restrict something. It is the org's: a profile's own
/// session settings know no such thing, and their timeout ends only what nobody uses.
pub(super) fn session(context: Context<'_>) -> Option<Plan> {
    let ranges = &context.facts.login_ip_ranges.known()?.ranges;
    if ranges.is_empty() || ranges.iter().any(IpRange::is_meaningless) {
        return None;
    }
    // Who comes from outside today would be signed out at their next request; what was not read may come from there.
    let sign_ins = context.facts.sign_ins.known().filter(|sign_ins| !sign_ins.cut)?;
    let is_outside = |(address, ..): &(std::net::IpAddr, u64, String)| {
        !ranges.iter().any(|range| range.contains(*address))
    };
    if super::seen(sign_ins, None, context.facts.now).iter().any(is_outside) {
        return None;
    }
    let title = "Enforce login IP ranges on every request".to_owned();
    let after = fields([("sessionSettings.enforceIpRangesEveryRequest", Term::flag(true))]);
    let names = vec![Term::text("Security")];
    let undone = "Enforce login IP ranges only at login again";
    let step = Step::component(title.clone(), "SecuritySettings", names, after)
        .says(Described::change(
            "Enforce login IP ranges on every request",
            Shown::text("Off"),
            Shown::text("On"),
        ))
        .undone_by(undone);
    // Source: Salesforce Help, "Connected App IP Relaxation and Continuous IP Enforcement".
    let breaks = vec![
        "This setting is for the whole org. Every user whose profile has login IP ranges is logged out when a request comes from outside them, including you.".to_owned(),
        "Where an app relaxes IP restrictions, its users can't change their password or use login flow pages in it.".to_owned(),
    ];
    let mut plan = plan("enforce-ip-ranges", title, vec![step], None, breaks)
        .about(["SecuritySettings"])
        .called("Enforce IP ranges…", undone);
    plan.safety = Safety::Confirm;
    plan.reaches_more = true;
    plan.link = "/lightning/setup/SecuritySession/home".to_owned();
    Some(plan)
}
