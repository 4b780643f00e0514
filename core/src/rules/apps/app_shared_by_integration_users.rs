//! The rule `app-shared-by-integration-users`: one app per integration.
//!
//! It never says who those others are, only that the same app holds tokens for them.
use crate::rules::apps_in_use::{self, Directory, Used};
use crate::classification::is_peoples_app;
use crate::facts::{Apps, Known, SignIns, Token, Tokens, User};
use crate::salesforce::error::OrgError;
use crate::rules::rule::{Finding, Outcome, declare_rule, unknown};
use crate::facts::subject::{AppKey, Subject};
use std::collections::BTreeSet;

declare_rule! {
    /// Its app is also used by other users
    ///
    /// ## Check
    /// Each integration has its own app
    ///
    /// ## Several
    /// {n} of its apps are also used by other users
    ///
    /// ## Why it matters
    /// An app's secret, scopes, IP policy and token lifetime apply to every integration that uses it. If the secret
    /// leaks, it leaks for all of them, and you can't rotate or block it for just one.
    ///
    /// ## Fix
    /// Create an external client app for each integration, with only the scopes it needs, and revoke the tokens of the
    /// old one. If the other users are people, use one app for people and one for the integration.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-OAUTH-003
    /// <https://docs.securitybenchmark.org/controls-at-a-glance.html>;
    /// Lovalto, "Give each Salesforce integration its own user"
    /// <https://www.lovalto.com/blog/salesforce-integration-user-per-system/>
    "app-shared-by-integration-users", integration: Medium, person: None, check
}

fn check(
    user: &User,
    tokens: &Known<Tokens>,
    sign_ins: &Known<SignIns>,
    apps: &Known<Apps>,
) -> Outcome {
    let Known::Is(all) = tokens else { return unknown(tokens) };
    let directory = Directory::new(user, tokens, apps);
    let mut used = apps_in_use::apps(directory, sign_ins.known());
    used.retain(|app| app.key != AppKey::Deleted);
    let tools = used.iter().filter(|app| is_peoples_app(&app.label)).count();
    used.retain(|app| !is_peoples_app(&app.label));
    let doubt = used.iter().find_map(Used::doubt);
    let findings: Vec<Finding> = used
        .iter()
        .filter(|app| app.doubt().is_none())
        .filter_map(|app| {
            // One a user, those used last first, as they came.
            let mut seen = BTreeSet::new();
            let others: Vec<&Token> = all
                .rows
                .iter()
                .filter(|token| token.user_id != user.id && directory.of_token(token).0.is(&app.key))
                .filter(|token| seen.insert(&token.user_id))
                .collect();
            (!others.is_empty()).then(|| finding(app, &others, all.cut))
        })
        .collect();
    Outcome::of(findings, || {
        if let Some(doubt) = apps_in_use::doubt(tokens, sign_ins, apps).or(doubt) {
            return doubt;
        }
        if used.is_empty() && tools > 0 {
            return Outcome::not_applicable(
                "Only tools that people also use have a token for this user or logged in.",
            );
        }
        if used.is_empty() {
            return Outcome::not_applicable(
                "No app has a token for this user or logged in with OAuth.",
            );
        }
        if all.cut {
            let why = OrgError::RowLimit { what: "OauthToken".into() };
            return Outcome::CannotTell { missing: "the OAuth tokens of all users".into(), why };
        }
        Outcome::pass("No other user has a token for this user's app.")
    })
}

fn finding(app: &Used, others: &[&Token], cut: bool) -> Finding {
    let subject = Subject::App(app.key.clone());
    let app = &app.shown;
    let mut evidence: Vec<String> = others
        .iter()
        .take(5)
        .map(|token| match token.last_used {
            Some(last) => format!("{app} has a token for {}, last used on {last}.", token.user_name),
            None => format!("{app} has a token for {}.", token.user_name),
        })
        .collect();
    let more = others.len().saturating_sub(5);
    if more > 0 {
        evidence.push(format!("It has tokens for {more} more."));
    }
    if cut {
        evidence.push("There may be others: Salesforce doesn't return all tokens.".into());
    }
    let whom = match others {
        [one] => one.user_name.clone(),
        _ => format!("{} other users", others.len()),
    };
    Finding::new(subject, format!("{app} is also used by {whom}"), evidence)
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{facts, token};
    let with = |rows: Vec<_>, cut| {
        let mut facts = facts();
        facts.tokens = Known::Is(Tokens { rows: rows.into(), cut });
        facts
    };
    let mut none = with(vec![token("Acme ERP", 2)], false);
    none.sign_ins = Known::Is(SignIns::default());
    vec![
        Example {
            name: "the app has tokens for two others",
            facts: with(vec![token("Acme ERP", 1), token("Acme ERP", 2), token("Acme ERP", 3)], false),
            outcome: "finding",
        },
        Example {
            name: "logs in with client credentials through an app that another user authorized",
            facts: with(vec![token("Acme ERP", 2)], false),
            outcome: "finding",
        },
        Example {
            name: "its own app",
            facts: with(vec![token("Acme ERP", 1), token("Mailer", 2)], false),
            outcome: "pass",
        },
        Example {
            name: "not all tokens were returned",
            facts: with(vec![token("Acme ERP", 1)], true),
            outcome: "cannot-tell",
        },
        Example { name: "no app at all", facts: none, outcome: "not-applicable" },
    ]
}
