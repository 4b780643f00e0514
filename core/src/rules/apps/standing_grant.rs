//! The rule `standing-grant`: what an app was once allowed is allowed anew from time to time.
//!
//! It never judges a token that nobody uses: see `stale-token`; and it never knows how long the app's policy lets a token
//! live: a review of the org reads that.
use crate::facts::subject::{AppKey, Subject};
use crate::facts::{Apps, Known, Tokens, User};
use crate::rules::apps_in_use;
use crate::rules::rule::{Finding, Outcome, declare_rule};
use crate::salesforce::time::Timestamp;

declare_rule! {
    /// An app still uses a token from more than a year ago
    ///
    /// ## Check
    /// Its apps were authorized within a year
    ///
    /// ## Several
    /// {n} apps still use tokens from more than a year ago
    ///
    /// ## Why it matters
    /// Anyone who copied the token at any time since can still use it: nothing about it has changed. The theft through Klue (June
    /// 2026) began with such a forgotten credential, and tokens stolen from Drift were used five months later.
    ///
    /// ## Fix
    /// Have the app authorized again with a new token, then revoke the old one, at a time you choose. Set its refresh token
    /// policy so that tokens expire, and turn on refresh token rotation.
    ///
    /// ## Source
    /// Salesforce Help, "Manage OAuth Access Policies for a Connected App"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.connected_app_manage_oauth.htm&type=5>;
    /// Google Threat Intelligence Group, "Widespread Data Theft Targets Salesforce Instances via Salesloft Drift"
    /// <https://cloud.google.com/blog/topics/threat-intelligence/data-theft-salesforce-instances-via-salesloft-drift>
    "standing-grant", integration: Medium, person: None, check
}

/// Days after which a token is old.
const OLD: i64 = 365;
/// Days within which it is in use.
const IN_USE: i64 = 30;

fn check(user: &User, tokens: &Tokens, apps: &Known<Apps>, now: &Timestamp) -> Outcome {
    let used = apps_in_use::holding(user, tokens, apps);
    let is_in_use = |last: Timestamp| last.days_until(*now) <= IN_USE;
    let mut findings = vec![];
    let mut undated = None;
    for app in used.iter().filter(|app| app.last_used.is_some_and(is_in_use) && app.key != AppKey::Deleted) {
        match app.created {
            Some(created) if created.days_until(*now) > OLD => {
                let days = created.days_until(*now);
                let title = format!("{} uses a token that is {days} days old", app.shown);
                let evidence = vec![format!("Its oldest token was created on {created}."), app.evidence()];
                findings.push(Finding::new(Subject::App(app.key.clone()), title, evidence));
            }
            Some(_) => {}
            None => undated = Some(format!("when {} was authorized", app.shown)),
        }
    }
    Outcome::of(findings, || match (undated, used.is_empty()) {
        (Some(what), _) => Outcome::unreadable(what),
        (None, true) => Outcome::not_applicable("No app has a token of this user."),
        (None, false) => Outcome::pass("No app uses a token that is more than a year old."),
    })
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Token;
    use crate::rules::example::{days_ago, facts, token};
    let with = |rows: Vec<Token>| {
        let mut facts = facts();
        facts.tokens = Known::Is(Tokens { rows: rows.into(), cut: false });
        facts
    };
    let created = |days: Option<i64>| Token { created: days.map(days_ago), ..token("Acme ERP", 1) };
    vec![
        Example { name: "a token of 400 days", facts: with(vec![created(Some(400))]), outcome: "finding" },
        Example { name: "a token of 100 days", facts: with(vec![created(Some(100))]), outcome: "pass" },
        Example { name: "a token without a date", facts: with(vec![created(None)]), outcome: "cannot-tell" },
        Example { name: "no token", facts: with(vec![]), outcome: "not-applicable" },
    ]
}
