//! The rule `never-signed-in`: a user that was made for an integration is used by it.
//!
//! It never looks at an agent's user, which has no logins, nor at one that is new.
use crate::facts::subject::{Setting, Subject};
use crate::facts::{Jobs, Known, License, Tokens, User};
use crate::rules::rule::{Finding, Outcome, declare_rule, unknown};
use crate::salesforce::time::Timestamp;

declare_rule! {
    /// This user never logged in
    ///
    /// ## Check
    /// Logged in at least once
    ///
    /// ## Why it matters
    /// A user that nothing uses still has a license, a profile and permissions, and often a password that was emailed to
    /// someone. If it's used one day, nobody knows whether that was meant.
    ///
    /// ## Fix
    /// Ask who created it whether the integration is still planned. If not, deactivate the user. Salesforce can't freeze a
    /// user before its first login.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-ACS-007
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "never-signed-in", integration: Medium, person: None, check
}

/// Days that a new user has for its first login.
const NEW: i64 = 30;

fn check(
    user: &User,
    license: &Known<License>,
    tokens: &Known<Tokens>,
    jobs: &Known<Jobs>,
    now: &Timestamp,
) -> Outcome {
    if !user.is_active {
        return Outcome::not_applicable("The user is inactive.");
    }
    if license.known().is_some_and(License::is_agent) {
        return Outcome::not_applicable("An Agentforce agent's user doesn't log in.");
    }
    if let Some(last) = user.last_login {
        return Outcome::pass(format!("It last logged in on {last}."));
    }
    let Some(created) = user.created else {
        return Outcome::unreadable("when the user was created");
    };
    let days = created.days_until(*now);
    if days < NEW {
        return Outcome::not_applicable(format!("It was created on {created}, less than {NEW} days ago."));
    }
    match (tokens, jobs) {
        (Known::Is(tokens), Known::Is(jobs)) => {
            if tokens.of(&user.id).any(|token| token.last_used.is_some()) {
                return Outcome::pass("It never logged in by itself. An app uses a token of it.");
            }
            if !jobs.rows.is_empty() {
                return Outcome::not_applicable("It never logged in. Scheduled jobs run as this user.");
            }
        }
        (Known::Is(_), _) => return unknown(jobs),
        _ => return unknown(tokens),
    }
    let title = format!("It never logged in since it was created {days} days ago");
    let evidence = vec![
        format!("Created on {created}. No login is recorded since."),
        "No app has used a token of it, and no scheduled job runs as this user.".to_owned(),
    ];
    Outcome::Findings(vec![Finding::new(Subject::Setting(Setting::Active), title, evidence)])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{days_ago, facts};
    use crate::salesforce::error::OrgError;
    let with = |created: i64, last: Option<Timestamp>| {
        let mut facts = facts();
        if let Known::Is(user) = &mut facts.user {
            user.created = Some(days_ago(created));
            user.last_login = last;
        }
        facts
    };
    let mut agent = with(400, None);
    agent.license = Known::Is(License { name: "Einstein Agent".into() });
    let mut unread = with(400, None);
    unread.tokens = Known::unavailable("the OAuth tokens", OrgError::Timeout);
    vec![
        Example { name: "created 400 days ago", facts: with(400, None), outcome: "finding" },
        Example { name: "a login yesterday", facts: with(400, Some(days_ago(1))), outcome: "pass" },
        Example { name: "created last week", facts: with(7, None), outcome: "not-applicable" },
        Example { name: "an agent's user", facts: agent, outcome: "not-applicable" },
        Example { name: "tokens that could not be read", facts: unread, outcome: "cannot-tell" },
    ]
}
