//! The list of rules, and the run over them.
//!
//! It never orders by severity: that is the report's.

use crate::fact::{Facts, User};
use crate::rule::{Finding, Outcome, Rule};
use crate::subject::{Setting, Subject};

macro_rules! rules {
    ($($rule:ident),* $(,)?) => {
        $(mod $rule;)*
        /// Every rule, by id.
        pub const ALL: &[&Rule] = &[$(&$rule::RULE),*];
    };
}

#[cfg(test)]
pub(crate) mod example;
mod granted;
#[cfg(test)]
mod laws;
pub(crate) mod used;

// One line a rule, in the order of their names: the only line outside a rule's own file.
rules! {
    app_shared_by_integration_users,
    broad_permission,
    browser_sign_in_allowed,
    manage_users_permission,
    non_integration_license,
    open_app,
    personal_identity,
    record_deletion,
    several_apps_on_one_user,
    shared_profile,
    stale_secret,
    unattributable_activity,
    unrestricted_login_ip,
    user_administration_permission,
    whole_object_access,
}

pub(crate) use broad_permission::SOAP_LOGIN;

/// Whether a user's e-mail address or user name, and whether their title, look like a person's, by the rule that says so.
pub(crate) fn personal(user: &User) -> (bool, bool) {
    (personal_identity::has_personal_address(user), personal_identity::has_personal_title(user))
}

/// Whether the user's password is old, by the rule that says so.
pub(crate) fn has_old_password(facts: &Facts) -> bool {
    let is_old = |finding: &Finding| finding.subject == Subject::Setting(Setting::Password);
    matches!(stale_secret::RULE.run(facts), Outcome::Findings(all) if all.iter().any(is_old))
}

/// Runs every rule.
pub fn run(facts: &Facts) -> Vec<(&'static Rule, Outcome)> {
    ALL.iter().map(|rule| (*rule, rule.run(facts))).collect::<Vec<_>>()
}
