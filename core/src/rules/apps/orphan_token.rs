//! The rule `orphan-token`: every app that acts as this user is installed in the org.
//!
//! It never says so of Salesforce's own tools, which no app menu lists; what an installed app allows is `open-app`'s.
use crate::classification::{Classification, is_first_party_app, is_own_app};
use crate::facts::subject::{AppKey, Subject};
use crate::facts::{Apps, Known, SignIns, Tokens, User};
use crate::rules::apps_in_use::{self, Directory, Used};
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule, unknown};
use crate::salesforce::error::OrgError;
use crate::text::listed;

declare_rule! {
    /// An app that isn't installed acts as this user
    ///
    /// ## Check
    /// Its apps are installed in this org
    ///
    /// ## Several
    /// {n} apps that aren't installed act as this user
    ///
    /// ## Why it matters
    /// An app that isn't installed, or was deleted, has no policy in this org: who may use it, from where and for how long is
    /// up to its maker. Since September 2025 most users can't authorize such apps any more, but what was authorized
    /// before goes on working.
    ///
    /// ## Fix
    /// If the integration needs the app, install it, limit it to approved users, and assign the integration's profile or
    /// permission set to it. If not, revoke its tokens.
    ///
    /// ## Source
    /// Salesforce Help, "Prepare for Connected App Usage Restrictions Change"
    /// <https://help.salesforce.com/s/articleView?id=005132365&type=1>;
    /// Security Benchmark for Salesforce, SBS-OAUTH-001
    /// <https://docs.securitybenchmark.org/controls-at-a-glance.html>
    "orphan-token", integration: High, person: Some(Severity::Low), check
}

fn check(
    user: &User,
    tokens: &Known<Tokens>,
    sign_ins: &Known<SignIns>,
    apps: &Known<Apps>,
    classification: &Known<Classification>,
) -> Outcome {
    let person = classification.known().is_some_and(Classification::is_of_people);
    let mut used = apps_in_use::apps(Directory::new(user, tokens, apps), sign_ins.known());
    used.retain(|app| !(is_first_party_app(&app.label) || person && is_own_app(&app.label)));
    let (mut findings, mut doubts, mut installed) = (vec![], vec![], vec![]);
    for app in &used {
        match judge(app, apps) {
            Ok(Some(finding)) => findings.push(finding),
            Ok(None) => installed.push(app.shown.clone()),
            Err(doubt) => doubts.push(doubt),
        }
    }
    Outcome::of(findings, || {
        if let Some(doubt) = apps_in_use::doubt(tokens, sign_ins, apps).or(doubts.into_iter().next()) {
            return doubt;
        }
        match installed.as_slice() {
            [] => Outcome::not_applicable("It doesn't log in through a connected app or external client app."),
            [one] => Outcome::pass(format!("{one} is installed.")),
            all => Outcome::pass(format!("{} are installed.", listed(all))),
        }
    })
}

/// What is wrong with an app; none where it is installed; why that cannot be told.
fn judge(app: &Used, apps: &Known<Apps>) -> Result<Option<Finding>, Outcome> {
    if app.key == AppKey::Deleted {
        return Ok(Some(deleted(app)));
    }
    let Known::Is(apps) = apps else { return Err(unknown(apps)) };
    if let Some(doubt) = app.doubt() {
        return Err(doubt);
    }
    // An item of the app menu is an installed app's, also where the menu was not read to its end.
    let AppKey::Name(_) = &app.key else { return Ok(None) };
    if apps.cut {
        let missing = format!("whether {} is installed", app.shown);
        return Err(Outcome::CannotTell { missing, why: OrgError::RowLimit { what: "AppMenuItem".into() } });
    }
    let evidence =
        vec![app.evidence(), "No installed app has this name, so the org has no policy for it.".into()];
    let title = format!("{} isn't installed in this org", app.shown);
    Ok(Some(Finding::new(Subject::App(app.key.clone()), title, evidence)))
}

/// Tokens that have neither an app's name nor its menu item. Source: sfdx-hardis, pull 1635 and issue 1813 ("ghost" tokens).
fn deleted(app: &Used) -> Finding {
    let title = match app.held {
        1 => "1 OAuth token of a deleted app is still there".to_owned(),
        0 => "OAuth tokens of a deleted app are still there".to_owned(),
        n => format!("{n} OAuth tokens of a deleted app are still there"),
    };
    let evidence = vec![
        app.evidence(),
        "They have no app name and no app menu item, so no policy of this org applies to them.".into(),
    ];
    Finding::new(Subject::App(AppKey::Deleted), title, evidence)
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::App;
    use crate::rules::example::{app, facts, person, token};
    let with = |name: &str, rows: Vec<App>| {
        let mut facts = facts();
        facts.tokens = Known::Is(Tokens { rows: vec![token(name, 1)].into(), cut: false });
        facts.sign_ins = Known::Is(SignIns::default());
        facts.apps = Known::Is(Apps { rows: rows.into(), cut: false });
        facts
    };
    let mut unread = with("Acme ERP", vec![]);
    unread.apps = Known::unavailable("the connected and external client apps", OrgError::Timeout);
    let mut phone = person();
    phone.tokens = Known::Is(Tokens { rows: vec![token("Salesforce for iOS", 1)].into(), cut: false });
    phone.sign_ins = Known::Is(SignIns::default());
    vec![
        Example { name: "the app isn't installed", facts: with("Acme ERP", vec![]), outcome: "finding" },
        Example { name: "tokens of a deleted app", facts: with("", vec![app(1, "Acme ERP")]), outcome: "finding" },
        Example {
            name: "the app is installed",
            facts: with("Acme ERP", vec![app(1, "Acme ERP")]),
            outcome: "pass",
        },
        Example {
            name: "Salesforce's own command line",
            facts: with("Salesforce CLI", vec![]),
            outcome: "not-applicable",
        },
        Example { name: "a person with the mobile app", facts: phone, outcome: "not-applicable" },
        Example { name: "apps that couldn't be read", facts: unread, outcome: "cannot-tell" },
    ]
}
