//! The rule `full-scope`: an app asks for what it needs, not for everything that its user can do.
//!
//! It never says what an app that a package installed may do: its scopes are its maker's, and no API tells them.

use crate::facts::AppSettings;
use crate::facts::app_settings::is_known_scope;
use crate::facts::subject::Subject;
use crate::rules::rule::{Finding, Outcome, declare_rule, read};

declare_rule! {
    /// The app may use everything that its user can
    ///
    /// ## Check
    /// The app's scopes are limited
    ///
    /// ## Why it matters
    /// With the scope “Full access” a token is worth as much as its user: every API, every record the user sees, and the
    /// UI. Anyone who steals such a token has all of it. Most integrations need “Manage user data via APIs” and nothing else.
    ///
    /// ## Fix
    /// Ask the integration's owner which APIs it calls. Add the scopes for these, remove “Full access (full)”, then have the
    /// integration log in again: tokens keep the scopes they were given.
    ///
    /// ## Source
    /// Salesforce Help, "OAuth Tokens and Scopes"
    /// <https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_tokens_scopes.htm&type=5>;
    /// Security Benchmark for Salesforce, SBS-ACS-009
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "full-scope", integration: High, person: None, check
}

fn check(app: &AppSettings) -> Outcome {
    let scopes = match read(&app.scopes) {
        Ok(scopes) => scopes,
        Err(outcome) => return outcome,
    };
    let line = format!("Its scopes: {}.", scopes.join(", "));
    if app.has_full_scope() == Some(true) {
        let title = format!("{} has the scope “Full access”", app.shown());
        return Outcome::Findings(vec![Finding::new(Subject::metadata("scopes"), title, vec![line])]);
    }
    if let Some(unknown) = scopes.iter().find(|scope| !is_known_scope(scope)) {
        return Outcome::unreadable(format!("what the scope {unknown} allows"));
    }
    Outcome::pass(line)
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::{of_app, unread};
    let with = |scopes: &[&str]| {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        of_app(|app| app.scopes = Known::Is(scopes))
    };
    vec![
        Example { name: "full access beside others", facts: with(&["Api", "Full"]), outcome: "finding" },
        Example { name: "as tokens spell it", facts: with(&["refresh_token", "full"]), outcome: "finding" },
        Example { name: "the API alone", facts: with(&["Api", "RefreshToken"]), outcome: "pass" },
        Example { name: "a scope that nobody knows", facts: with(&["Api", "Warp"]), outcome: "cannot-tell" },
        Example {
            name: "an app without OAuth",
            facts: of_app(|app| app.scopes = Known::Absent("The app doesn't use OAuth.".into())),
            outcome: "not-applicable",
        },
        Example {
            name: "scopes that couldn't be read",
            facts: of_app(|app| app.scopes = unread("the app's OAuth scopes")),
            outcome: "cannot-tell",
        },
    ]
}
