//! The rule `dormant-integration`: what nothing uses any more cannot be used by anyone.
//!
//! It never says so of a user whose jobs still run, nor of one that never logged in: see `never-signed-in`.
use crate::facts::subject::{Setting, Subject};
use crate::facts::{Frozen, Jobs, Known, SignIns, Tokens, User};
use crate::rules::rule::{Finding, Outcome, declare_rule, unknown};
use crate::salesforce::time::Timestamp;
use crate::text::counted;

declare_rule! {
    /// Nothing has used this user for 90 days
    ///
    /// ## Check
    /// Used in the last 90 days
    ///
    /// ## Why it matters
    /// A forgotten integration user keeps its access, and nobody would notice if someone else began to use it. Old
    /// credentials of systems that were retired long ago are where several of the 2025 and 2026 data thefts began.
    ///
    /// ## Fix
    /// Ask its owner whether the integration is still needed; some run only once a quarter. If nobody knows, freeze the
    /// user. If nothing breaks in a few weeks, deactivate it.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-ACS-007
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>;
    /// Salesforce Help, "Freeze or Unfreeze User Accounts"
    /// <https://help.salesforce.com/s/articleView?id=platform.users_freeze.htm>
    "dormant-integration", integration: High, person: None, check
}

/// Days without a sign of use.
const DORMANT: i64 = 90;

fn check(
    user: &User,
    sign_ins: &SignIns,
    tokens: &Known<Tokens>,
    jobs: &Known<Jobs>,
    frozen: &Known<Frozen>,
    now: &Timestamp,
) -> Outcome {
    if !user.is_active {
        return Outcome::not_applicable("The user is inactive, so nothing can use it.");
    }
    let login = sign_ins.successes().filter_map(|row| row.last).max().max(user.last_login);
    let own = tokens.known().into_iter().flat_map(|tokens| tokens.of(&user.id));
    let token = own.filter_map(|token| Some((token.last_used?, token.app.trim()))).max();
    let Some(last) = login.max(token.map(|(used, _)| used)) else {
        return Outcome::not_applicable("It never logged in. See “Logged in at least once”.");
    };
    let days = last.days_until(*now);
    if days < DORMANT {
        return Outcome::pass(format!("It was last used on {last}."));
    }
    if frozen.known().is_some_and(|frozen| frozen.0) {
        return Outcome::pass(format!("It was last used on {last}, and is frozen."));
    }
    let (Known::Is(_), Known::Is(jobs)) = (tokens, jobs) else {
        return if tokens.known().is_none() { unknown(tokens) } else { unknown(jobs) };
    };
    if !jobs.rows.is_empty() {
        let jobs = counted(jobs.rows.len() as u64, "scheduled job");
        return Outcome::pass(format!("No login for {days} days, but it has {jobs}."));
    }
    let mut evidence = vec![match login {
        Some(login) => format!("Last login on {login}."),
        None => "No login is recorded.".to_owned(),
    }];
    evidence.push(match token {
        Some((used, app)) if !app.is_empty() => format!("A token was last used on {used}, by “{app}”."),
        Some((used, _)) => format!("A token was last used on {used}, by an app that was deleted."),
        None => "No app has used a token of it.".to_owned(),
    });
    evidence.push("No scheduled job runs as this user.".to_owned());
    let title = format!("Nothing has used this user for {days} days");
    Outcome::Findings(vec![Finding::new(Subject::Setting(Setting::Active), title, evidence)])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Job;
    use crate::rules::example::{days_ago, facts, id, sign_in, token};
    let last = |days: i64| {
        let mut facts = facts();
        if let Known::Is(user) = &mut facts.user {
            user.last_login = Some(days_ago(days));
        }
        let row = crate::facts::SignIn {
            last: Some(days_ago(days)),
            ..sign_in("Remote Access 2.0", "OauthClientCredentials", "Acme ERP")
        };
        facts.sign_ins = Known::Is(SignIns { rows: vec![row].into(), cut: false });
        facts
    };
    let mut with_job = last(100);
    let job = Job { owner_id: id("005", 1), name: "Nightly".into() };
    with_job.jobs = Known::Is(Jobs { rows: vec![job].into() });
    let mut with_token = last(100);
    with_token.tokens = Known::Is(Tokens { rows: vec![token("Acme ERP", 1)].into(), cut: false });
    let mut frozen = last(100);
    frozen.frozen = Known::Is(Frozen(true));
    let mut unread = last(100);
    unread.jobs = Known::unavailable("the scheduled jobs", crate::salesforce::error::OrgError::Timeout);
    let mut never = last(100);
    never.sign_ins = Known::Is(SignIns::default());
    if let Known::Is(user) = &mut never.user {
        user.last_login = None;
    }
    vec![
        Example { name: "the last login 100 days ago", facts: last(100), outcome: "finding" },
        Example { name: "a login 89 days ago", facts: last(89), outcome: "pass" },
        Example { name: "a job that runs as the user", facts: with_job, outcome: "pass" },
        Example { name: "a token used yesterday", facts: with_token, outcome: "pass" },
        Example { name: "a frozen user", facts: frozen, outcome: "pass" },
        Example { name: "jobs that could not be read", facts: unread, outcome: "cannot-tell" },
        Example { name: "no login ever", facts: never, outcome: "not-applicable" },
    ]
}
