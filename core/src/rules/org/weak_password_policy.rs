//! The rule `weak-password-policy`: passwords that software logs in with are long, limited in tries, and end.
//!
//! It never judges a profile's own password policy, which stands above the org's: the fix for an old password looks there.
//! Where no integration logs in with a password, it has nothing to say.

use crate::facts::subject::Subject;
use crate::facts::{Known, OrgSettings};
use crate::rules::rule::{Finding, Outcome, declare_rule, read};
use crate::text::counted;

declare_rule! {
    /// The org's password policy is weak, and integrations use passwords
    ///
    /// ## Check
    /// The org's password policy is strong
    ///
    /// ## Several
    /// {n} settings of the org's password policy are weak
    ///
    /// ## Why it matters
    /// A password that software logs in with is guarded by nothing else: there is no second factor, and nobody notices when
    /// someone tries a thousand others. What is short, never changes or may be tried without limit will be found.
    ///
    /// ## Fix
    /// Move the integrations to the client credentials flow: then they need no password. Until then set at least 8
    /// characters, 10 attempts or fewer, and 90 days in Password Policies. Users whose password is older have to change it at
    /// their next login, and an integration stops: change its password first.
    ///
    /// ## Source
    /// Metadata API Developer Guide, "SecuritySettings" (PasswordPolicies)
    /// <https://developer.salesforce.com/docs/platform/api-metadata/references/meta-types/metadata-securitysettings.html>;
    /// Security Benchmark for Salesforce, SBS-ACS-009
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "weak-password-policy", integration: Medium, person: None, check
}

const LENGTH: u32 = 8;
const ATTEMPTS: u32 = 10;
const DAYS: u32 = 90;

/// A setting of the policy, and when it is weak.
struct Setting<'a> {
    value: &'a Known<u32>,
    name: &'static str,
    is_weak: fn(u32) -> bool,
    title: &'static str,
    line: fn(u32) -> String,
}

fn check(org: &OrgSettings) -> Outcome {
    let users = match read(&org.password_users) {
        Ok(0) => return Outcome::not_applicable("No integration user was seen logging in with a password."),
        Ok(users) => *users,
        Err(outcome) => return outcome,
    };
    let weak = [
        Setting {
            value: &org.password_length,
            name: "minimumPasswordLength",
            is_weak: |n| n < LENGTH,
            title: "Passwords may be shorter than 8 characters",
            line: |n| format!("Minimum password length: {n}."),
        },
        Setting {
            value: &org.login_attempts,
            name: "maxLoginAttempts",
            is_weak: |n| n == 0 || n > ATTEMPTS,
            title: "Passwords may be tried without limit",
            line: |n| format!("Maximum invalid login attempts: {}.", if n == 0 { "no limit".into() } else { n.to_string() }),
        },
        Setting {
            value: &org.password_days,
            name: "expiration",
            is_weak: |n| n == 0 || n > DAYS,
            title: "Passwords live for more than 90 days",
            line: |n| format!("User passwords expire in: {}.", if n == 0 { "never".into() } else { counted(n, "day") }),
        },
    ];
    let who = format!("{} log in with a password.", counted(users, "integration user"));
    let who = if users == 1 { "1 integration user logs in with a password.".to_owned() } else { who };
    let findings = weak.iter().filter_map(|own| {
        let value = *own.value.known().filter(|value| (own.is_weak)(**value))?;
        let evidence = vec![(own.line)(value), who.clone()];
        Some(Finding::new(Subject::metadata(own.name), own.title, evidence))
    });
    Outcome::of(findings.collect(), || {
        let unread = weak.iter().find_map(|own| read(own.value).err());
        unread.unwrap_or_else(|| Outcome::pass("8 characters or more, 10 attempts or fewer, 90 days or fewer."))
    })
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{of_org, unread};
    vec![
        Example {
            name: "short, endless and without limit",
            facts: of_org(|org| {
                org.password_users = Known::Is(2);
                org.password_length = Known::Is(5);
                org.login_attempts = Known::Is(0);
                org.password_days = Known::Is(0);
            }),
            outcome: "finding",
        },
        Example {
            name: "a year, and another setting that couldn't be read",
            facts: of_org(|org| {
                org.password_users = Known::Is(1);
                org.password_days = Known::Is(365);
                org.login_attempts = unread("how many login attempts are allowed");
            }),
            outcome: "finding",
        },
        Example {
            name: "a strong policy",
            facts: of_org(|org| org.password_users = Known::Is(2)),
            outcome: "pass",
        },
        Example { name: "nobody logs in with a password", facts: of_org(|_| {}), outcome: "not-applicable" },
        Example {
            name: "a setting that couldn't be read",
            facts: of_org(|org| {
                org.password_users = Known::Is(2);
                org.password_length = unread("how long passwords must be");
            }),
            outcome: "cannot-tell",
        },
        Example {
            name: "logins that couldn't be read",
            facts: of_org(|org| org.password_users = unread("which integrations log in with a password")),
            outcome: "cannot-tell",
        },
    ]
}
