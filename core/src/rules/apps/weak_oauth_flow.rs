//! The rule `weak-oauth-flow`: an app's logins can't be taken over by whoever sees a code, a token or a password.
//!
//! It never asks for what an app doesn't use: of one that was seen to log in from server to server alone, what protects
//! logins of people says nothing.

use crate::facts::subject::Subject;
use crate::facts::{AppSettings, Flow, Known, OrgSettings};
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule, read, unknown};

declare_rule! {
    /// The app allows OAuth logins that are easily intercepted
    ///
    /// ## Check
    /// The app's OAuth logins are protected
    ///
    /// ## Several
    /// {n} protections of the app's OAuth logins are off
    ///
    /// ## Why it matters
    /// Without PKCE a login code that leaks from an address or a log is enough for a token. Without rotation a refresh token
    /// that was copied works beside the real one, and nobody notices. Without the app's secret, anyone who knows its public key can
    /// redeem a code. The device flow is what attackers used in 2025: a person reads a code aloud, and the app is in.
    ///
    /// ## Fix
    /// Ask the app's maker whether it sends a code challenge and keeps the newest refresh token. Then turn on “Require Proof
    /// Key for Code Exchange (PKCE)”, “Enable Refresh Token Rotation” and “Require Secret for Web Server Flow” in its OAuth
    /// settings, and turn off the device flow. An app that can't follow stops, so try it in a sandbox first.
    ///
    /// ## Source
    /// Salesforce, "Secure Your Connected Apps and External Client Apps"
    /// <https://developer.salesforce.com/docs/atlas.en-us.packagingGuide.meta/packagingGuide/secure_code_ac_eca.htm>;
    /// Google Cloud, "UNC6040 Proactive Hardening Recommendations"
    /// <https://cloud.google.com/blog/topics/threat-intelligence/unc6040-proactive-hardening-recommendations>
    "weak-oauth-flow", integration: High, person: None, check
}

fn check(app: &AppSettings, org: &Known<OrgSettings>) -> Outcome {
    let mut findings = vec![];
    let mut add = |setting: &str, title: String, line: &str, severity| {
        findings.push(Finding::new(Subject::metadata(setting), title, vec![line.to_owned()]).with(severity));
    };
    let shown = app.shown();
    if app.device_flow.known() == Some(&true) {
        let title = format!("{shown} allows the device flow");
        add("isDeviceFlowEnabled", title, "“Enable for Device Flow” is on.", Severity::High);
    }
    if app.ways.known().is_some_and(|ways| ways.contains(&Flow::OauthPassword)) {
        let title = format!("{shown} logs in with usernames and passwords");
        let line = "Logins by the OAuth username-password flow were seen.";
        add("OauthUsernamePassword", title, line, Severity::High);
    }
    let is_server_to_server = app.is_server_to_server();
    // The org can require PKCE of every app.
    let of_org = org.known().and_then(|org| org.pkce_required.known()).copied();
    let may_refresh = app.may_refresh() != Some(false);
    if !is_server_to_server {
        if app.pkce_required.known() == Some(&false) && of_org == Some(false) {
            let title = format!("{shown} doesn't require PKCE");
            let line = "“Require Proof Key for Code Exchange (PKCE)” is off, in the app and in the org.";
            add("isPkceRequired", title, line, Severity::Medium);
        }
        if app.rotates_refresh_tokens.known() == Some(&false) && may_refresh {
            let title = format!("Refresh tokens of {shown} aren't rotated");
            let line = "“Enable Refresh Token Rotation” is off.";
            add("isRefreshTokenRotationEnabled", title, line, Severity::Medium);
        }
        if app.secret_optional.known() == Some(&true) {
            let title = format!("{shown} doesn't need its secret to log in");
            let line = "“Require Secret for Web Server Flow” is off.";
            add("isConsumerSecretOptional", title, line, Severity::Medium);
        }
    }
    Outcome::of(findings, || {
        // Without the logins nobody knows whether one was by a password.
        if let Err(outcome) = read(&app.ways) {
            return outcome;
        }
        if is_server_to_server {
            return Outcome::pass("It was seen to log in from server to server alone, with its secret or a certificate.");
        }
        let pkce = match (of_org, app.pkce_required.known()) {
            (Some(true), _) | (_, Some(true)) => None,
            (_, None) => read(&app.pkce_required).err(),
            // Where the org does not require it either, that was found above.
            (_, Some(false)) => match org {
                Known::Is(org) => read(&org.pkce_required).err(),
                unread => Some(unknown(unread)),
            },
        };
        let rotation = if may_refresh { read(&app.rotates_refresh_tokens).err() } else { None };
        let unread = pkce.or(rotation).or_else(|| read(&app.secret_optional).err());
        unread.unwrap_or_else(|| {
            let note = if of_org == Some(true) { "The org requires PKCE." } else { "The app requires PKCE." };
            Outcome::pass(format!("{note} It needs its secret, and what it keeps is rotated."))
        })
    })
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{of_app, of_app_and_org, unread};
    let open = |app: &mut AppSettings| {
        app.pkce_required = Known::Is(false);
        app.rotates_refresh_tokens = Known::Is(false);
        app.secret_optional = Known::Is(true);
    };
    let no_org = |org: &mut OrgSettings| org.pkce_required = Known::Is(false);
    vec![
        Example {
            name: "nothing protects its logins",
            facts: of_app_and_org(|app, org| {
                open(app);
                no_org(org);
            }),
            outcome: "finding",
        },
        Example {
            name: "the device flow is on",
            facts: of_app(|app| app.device_flow = Known::Is(true)),
            outcome: "finding",
        },
        Example {
            name: "logins with a password",
            facts: of_app(|app| app.ways = Known::Is([Flow::OauthPassword].into())),
            outcome: "finding",
        },
        Example { name: "everything is on", facts: of_app(|_| {}), outcome: "pass" },
        Example {
            name: "the org requires PKCE of every app",
            facts: of_app(|app| app.pkce_required = Known::Is(false)),
            outcome: "pass",
        },
        Example {
            name: "it logs in with client credentials alone",
            facts: of_app_and_org(|app, org| {
                open(app);
                no_org(org);
                app.ways = Known::Is([Flow::ClientCredentials].into());
            }),
            outcome: "pass",
        },
        Example {
            name: "everything is on, and logins couldn't be read",
            facts: of_app(|app| app.ways = unread("how the app logs in")),
            outcome: "cannot-tell",
        },
        Example {
            name: "settings that stand beside a secret, which nobody reads",
            facts: of_app(|app| {
                app.rotates_refresh_tokens = unread("whether the app rotates refresh tokens");
                app.secret_optional = unread("whether the app needs its secret");
            }),
            outcome: "cannot-tell",
        },
    ]
}
