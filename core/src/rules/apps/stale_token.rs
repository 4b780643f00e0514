//! The rule `stale-token`: no app keeps access that it does not use.
//!
//! It never judges a token that is in use, however old: see `standing-grant`; nor one of an app that isn't installed, or was
//! deleted: see `orphan-token`.
use crate::facts::subject::{AppKey, Subject};
use crate::facts::{Apps, Known, Tokens, User};
use crate::rules::apps_in_use;
use crate::rules::rule::{Finding, Outcome, declare_rule};
use crate::salesforce::time::Timestamp;

declare_rule! {
    /// An app has a token it no longer uses
    ///
    /// ## Check
    /// Its apps use the tokens they have
    ///
    /// ## Several
    /// {n} apps have tokens they no longer use
    ///
    /// ## Why it matters
    /// A refresh token is a password that never has to be entered. One that lies unused in some system for months still
    /// opens the org for anyone who finds it, as with the vendors whose stored tokens were stolen in 2025 and 2026.
    ///
    /// ## Fix
    /// Revoke the token. An app that still needs it can be authorized again. Set its refresh token policy to expire after a
    /// time without use.
    ///
    /// ## Source
    /// Salesforce Help, "Manage OAuth Access Policies for a Connected App"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.connected_app_manage_oauth.htm&type=5>;
    /// Object Reference, OauthToken (LastUsedDate)
    /// <https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_oauthtoken.htm>
    "stale-token", integration: Medium, person: None, check
}

/// Days without use.
const STALE: i64 = 90;

fn check(user: &User, tokens: &Tokens, apps: &Known<Apps>, now: &Timestamp) -> Outcome {
    let used = apps_in_use::holding(user, tokens, apps);
    let mut findings = vec![];
    for app in used.iter().filter(|app| app.key != AppKey::Deleted) {
        // A token that was never used is as old as it is; one without any date tells nothing.
        let Some(since) = app.last_used.or(app.created) else { continue };
        let days = since.days_until(*now);
        if days >= STALE {
            let title = match app.last_used {
                Some(_) => format!("{} hasn't used its token for {days} days", app.shown),
                None => format!("{} never used its token, {days} days old", app.shown),
            };
            findings.push(Finding::new(Subject::App(app.key.clone()), title, vec![app.evidence()]));
        }
    }
    Outcome::of(findings, || match used.len() {
        0 => Outcome::not_applicable("No app has a token of this user."),
        _ => Outcome::pass(format!("Every app with a token has used it in the last {STALE} days.")),
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
    let used = |days: Option<i64>| Token {
        last_used: days.map(days_ago),
        created: Some(days_ago(200)),
        ..token("Acme ERP", 1)
    };
    vec![
        Example { name: "last used 120 days ago", facts: with(vec![used(Some(120))]), outcome: "finding" },
        Example { name: "never used", facts: with(vec![used(None)]), outcome: "finding" },
        Example { name: "used last week", facts: with(vec![used(Some(7))]), outcome: "pass" },
        Example { name: "another user's", facts: with(vec![token("Acme ERP", 2)]), outcome: "not-applicable" },
    ]
}
