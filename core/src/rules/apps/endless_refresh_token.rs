//! The rule `endless-refresh-token`: a refresh token that nobody uses, or that was stolen, ends by itself.
//!
//! It never judges how long a limited token lives: what is right depends on how often the integration runs.

use crate::facts::AppSettings;
use crate::facts::app_settings::RefreshTokens;
use crate::facts::subject::Subject;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule, read};

declare_rule! {
    /// The app's refresh tokens never expire
    ///
    /// ## Check
    /// The app's refresh tokens expire
    ///
    /// ## Why it matters
    /// A refresh token gives new sessions without a login. With “Refresh token is valid until revoked”, one that leaks from a
    /// backup, a log or a vendor still works years later. The vendor breaches of 2025 and 2026 began with such tokens. With
    /// the scope “Full access” it opens everything that the user can do.
    ///
    /// ## Fix
    /// In the app's policies choose “Expire refresh token if not used for” with a time that is longer than the longest pause
    /// of the integration, such as 30 days. Tokens that are in use go on. Salesforce applies the policy to tokens that were
    /// given before, so tell the owner of an integration that runs rarely first.
    ///
    /// ## Source
    /// Salesforce Help, "Manage OAuth Access Policies for a Connected App"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.connected_app_manage_oauth.htm&type=5>;
    /// Salesforce Help, "Limit the Idle Refresh Token TTL in Connected Apps"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.connected_app_limit_idle_ttl.htm&type=5>;
    /// Google Cloud, "UNC6040 Proactive Hardening Recommendations"
    /// <https://cloud.google.com/blog/topics/threat-intelligence/unc6040-proactive-hardening-recommendations>
    "endless-refresh-token", integration: Critical, person: None, check
}

fn check(app: &AppSettings) -> Outcome {
    // Without the scope there are no refresh tokens, whatever the policy says of them.
    if app.may_refresh() == Some(false) {
        return Outcome::pass("The app gets no refresh tokens: it doesn't have their scope.");
    }
    let policy = match read(&app.refresh_tokens) {
        Ok(policy) => policy,
        Err(outcome) => return outcome,
    };
    match policy {
        RefreshTokens::Endless => Outcome::Findings(vec![endless(app)]),
        RefreshTokens::Other(name) => {
            Outcome::unreadable(format!("what the refresh token policy {name} means"))
        }
        RefreshTokens::None | RefreshTokens::Lifetime(_) | RefreshTokens::Inactivity(_) => {
            Outcome::pass(format!("Refresh token policy: {policy}."))
        }
    }
}

fn endless(app: &AppSettings) -> Finding {
    let mut evidence = vec!["Refresh token policy: Valid until revoked.".to_owned()];
    let (severity, title) = match app.has_full_scope() {
        Some(true) => {
            evidence.push("Scope: Full access (full).".into());
            (Severity::Critical, format!("{} keeps full access until it is revoked", app.shown()))
        }
        Some(false) => (Severity::Medium, format!("Refresh tokens of {} never expire", app.shown())),
        None => {
            evidence.push("What they may be used for couldn't be read.".into());
            (Severity::Medium, format!("Refresh tokens of {} never expire", app.shown()))
        }
    };
    Finding::new(Subject::metadata("refreshTokenPolicy"), title, evidence).with(severity)
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::{of_app, unread};
    let with = |policy: &str, scopes: &[&str]| {
        let policy = RefreshTokens::of_connected_app(policy);
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        of_app(|app| {
            app.refresh_tokens = Known::Is(policy);
            app.scopes = Known::Is(scopes);
        })
    };
    vec![
        Example {
            name: "until revoked, with full access",
            facts: with("infinite", &["Full", "RefreshToken"]),
            outcome: "finding",
        },
        Example {
            name: "until revoked, with the API alone",
            facts: with("infinite", &["Api", "OfflineAccess"]),
            outcome: "finding",
        },
        Example {
            name: "until revoked, and nobody knows what for",
            facts: of_app(|app| {
                app.refresh_tokens = Known::Is(RefreshTokens::Endless);
                app.scopes = unread("the app's OAuth scopes");
            }),
            outcome: "finding",
        },
        Example {
            name: "until not used for a week",
            facts: with("specific_inactivity:7:DAYS", &["Full", "RefreshToken"]),
            outcome: "pass",
        },
        Example { name: "no scope for refresh tokens", facts: with("infinite", &["Api"]), outcome: "pass" },
        Example {
            name: "a policy that nobody knows",
            facts: with("until_christmas", &["RefreshToken"]),
            outcome: "cannot-tell",
        },
        Example {
            name: "a policy that couldn't be read",
            facts: of_app(|app| app.refresh_tokens = unread("the app's refresh token policy")),
            outcome: "cannot-tell",
        },
    ]
}
