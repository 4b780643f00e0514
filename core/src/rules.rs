//! The list of rules, and the run over them.
//!
//! It never orders by severity: that is the report's.

use crate::fact::Facts;
use crate::rule::{Outcome, Rule};

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

/// Runs every rule.
pub fn run(facts: &Facts) -> Vec<(&'static Rule, Outcome)> {
    ALL.iter().map(|rule| (*rule, rule.run(facts))).collect::<Vec<_>>()
}
