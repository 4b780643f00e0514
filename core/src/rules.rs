//! The rules, a folder a family, one file a rule; and the run over them.

use crate::facts::subject::{Setting, Subject};
use crate::facts::{Facts, User};
use rule::{Finding, Judges, Outcome, Rule};
use std::sync::LazyLock;

/// Declares the rules of a family, a line each: the only line outside a rule's own file.
macro_rules! rules {
    ($($rule:ident),* $(,)?) => {
        $(pub(super) mod $rule;)*
        /// The rules of this family.
        pub(super) const RULES: &[&super::rule::Rule] = &[$(&$rule::RULE),*];
    };
}
use rules;

mod access;
mod apps;
pub(crate) mod apps_in_use;
#[cfg(test)]
pub(crate) mod example;
mod granted;
mod identity;
#[cfg(test)]
mod laws;
mod login;
mod org;
pub mod rule;

pub(crate) use access::SOAP_LOGIN;
pub(crate) use apps::look_alike_app::looks_alike;
pub(crate) use identity::personal_identity::is_private_mailbox;

const FAMILIES: &[&[&Rule]] = &[access::RULES, apps::RULES, identity::RULES, login::RULES, org::RULES];

/// Every rule, in the order of the ids.
pub fn all() -> &'static [&'static Rule] {
    static ALL: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
        let mut all: Vec<&Rule> = FAMILIES.iter().flat_map(|rules| rules.iter().copied()).collect();
        all.sort_by_key(|rule| rule.id);
        all
    });
    &ALL
}

/// Whether a user's email or username, and whether their title, look like a person's, by the rule that says so.
pub(crate) fn personal(user: &User) -> (bool, bool) {
    use identity::personal_identity::{has_personal_address, has_personal_title};
    (has_personal_address(user), has_personal_title(user))
}

/// Whether the user's password is old, by the rule that says so.
pub(crate) fn has_old_password(facts: &Facts) -> bool {
    let is_old = |finding: &Finding| finding.subject == Subject::Setting(Setting::Password);
    matches!(login::stale_secret::RULE.run(facts), Outcome::Findings(all) if all.iter().any(is_old))
}

/// Runs every rule.
pub fn run(facts: &Facts) -> Vec<(&'static Rule, Outcome)> {
    all().iter().map(|rule| (*rule, rule.run(facts))).collect()
}

/// Runs the rules that judge users, apps or the org.
pub fn run_those(judges: Judges, facts: &Facts) -> Vec<(&'static Rule, Outcome)> {
    all().iter().filter(|rule| rule.judges() == judges).map(|rule| (*rule, rule.run(facts))).collect()
}
