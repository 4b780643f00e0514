//! The rule `relaxed-ip-policy`: login IP ranges hold for the app too.
//!
//! It never asks whether the profiles have ranges: `unrestricted-login-ip` does, for each user.

use crate::facts::AppSettings;
use crate::facts::app_settings::IpRelaxation;
use crate::facts::subject::Subject;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule, read};

declare_rule! {
    /// The app may be used from any address
    ///
    /// ## Check
    /// Login IP ranges hold for the app
    ///
    /// ## Why it matters
    /// With “Relax IP restrictions” the login IP ranges of the user's profile don't hold for this app: a token that was
    /// stolen works from anywhere. That is how the stolen tokens of 2025 were used. JWT and SAML bearer logins obey the
    /// ranges whatever the app relaxes, so there it is only untidy.
    ///
    /// ## Fix
    /// See from which addresses the integration logs in, and add them as login IP ranges to its profile first. Then set IP
    /// Relaxation to “Enforce IP restrictions” in the app's policies. In the other order, the integration may stop.
    ///
    /// ## Source
    /// Salesforce Help, "Manage OAuth Access Policies for a Connected App"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.connected_app_manage_oauth.htm&type=5>;
    /// Salesforce Help, "Connected App IP Relaxation and Continuous IP Enforcement"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.connected_app_continuous_ip.htm&type=5>
    "relaxed-ip-policy", integration: High, person: None, check
}

fn check(app: &AppSettings) -> Outcome {
    let policy = match read(&app.ip_relaxation) {
        Ok(policy) => policy,
        Err(outcome) => return outcome,
    };
    let (title, line) = match policy {
        IpRelaxation::Enforced => return Outcome::pass("IP Relaxation: Enforce IP restrictions."),
        IpRelaxation::Other(name) => {
            return Outcome::unreadable(format!("what the IP policy {name} means"));
        }
        IpRelaxation::Relaxed => ("ignores login IP ranges", "IP Relaxation: Relax IP restrictions."),
        IpRelaxation::RelaxedForRefreshTokens => (
            "ignores login IP ranges when it refreshes tokens",
            "IP Relaxation: Enforce IP restrictions, but relax for refresh tokens.",
        ),
        IpRelaxation::RelaxedWithSecondFactor => (
            "ignores login IP ranges after a second factor",
            "IP Relaxation: Relax IP restrictions with second factor.",
        ),
    };
    let mut evidence = vec![line.to_owned()];
    let mut finding = Finding::new(Subject::metadata("ipRelaxation"), format!("{} {title}", app.shown()), vec![]);
    if app.is_jwt_alone() {
        evidence.push("It was seen to log in with JWTs alone, which obey the ranges all the same.".into());
        finding = finding.with(Severity::Low);
    }
    Outcome::Findings(vec![Finding { evidence, ..finding }])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::{Flow, Known};
    use crate::rules::example::{NOW, of_app, unread};
    let with = |policy: &str| {
        let policy = IpRelaxation::named(policy);
        of_app(|app| app.ip_relaxation = Known::Is(policy))
    };
    vec![
        Example { name: "ranges don't hold", facts: with("BYPASS"), outcome: "finding" },
        Example { name: "not for refresh tokens", facts: with("Enforce_RelaxRefresh"), outcome: "finding" },
        Example { name: "not after a second factor", facts: with("BYPASS_2FACTOR"), outcome: "finding" },
        Example {
            name: "ranges don't hold, and it logs in with JWTs alone",
            facts: of_app(|app| {
                app.ip_relaxation = Known::Is(IpRelaxation::Relaxed);
                app.certificate_ends = Known::Is(NOW);
                app.ways = Known::Is([Flow::OauthOther].into());
            }),
            outcome: "finding",
        },
        Example { name: "ranges hold", facts: with("ENFORCE"), outcome: "pass" },
        Example { name: "a policy that nobody knows", facts: with("ON_SUNDAYS"), outcome: "cannot-tell" },
        Example {
            name: "a policy that couldn't be read",
            facts: of_app(|app| app.ip_relaxation = unread("the app's IP relaxation policy")),
            outcome: "cannot-tell",
        },
    ]
}
