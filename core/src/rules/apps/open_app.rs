//! The rule `open-app`: the apps that act as this user let in only users whom an admin approved.
//!
//! It never reads an app's scopes or IP policy: this is about who may use it.
use crate::rules::apps_in_use::{self, Directory, Used};
use crate::classification::{Classification, is_own_app};
use crate::text::listed;
use crate::facts::{AppKind, Apps, Grants, Known, Shared, SignIns, Tokens, User};
use crate::salesforce::error::OrgError;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule, unknown};
use crate::facts::subject::{AppKey, Subject};

declare_rule! {
    /// An app that acts as this user is open to any user
    ///
    /// ## Check
    /// Its apps accept approved users only
    ///
    /// ## Why it matters
    /// With “All users may self-authorize”, one tricked person is enough to give the app, or somebody who imitates it,
    /// their access; the thefts of 2025 went that way. An app that is not installed has no policy at all. Where only
    /// admin-approved users may use it, the list of approved profiles and permission sets is the list of who can.
    ///
    /// ## Fix
    /// Install the app if it is not. Add the integration's profile or permission set to it first; only then set
    /// Permitted Users to “Admin approved users are pre-authorized”: the other way round the integration stops.
    ///
    /// ## Source
    /// Salesforce Help, "Manage OAuth Access Policies for a Connected App"
    /// <https://help.salesforce.com/s/articleView?id=xcloud.connected_app_manage_oauth.htm&type=5>;
    /// Security Benchmark for Salesforce, SBS-OAUTH-001 and SBS-OAUTH-002
    /// <https://docs.securitybenchmark.org/controls-at-a-glance.html>
    "open-app", integration: High, person: Some(Severity::Low), check
}

fn check(
    user: &User,
    tokens: &Known<Tokens>,
    sign_ins: &Known<SignIns>,
    apps: &Known<Apps>,
    grants: &Known<Grants>,
    classification: &Known<Classification>,
) -> Outcome {
    let person = classification.known().is_some_and(Classification::is_of_people);
    let mut used = apps_in_use::apps(Directory::new(user, tokens, apps), sign_ins.known());
    // People's own apps are theirs to authorise; an integration user has no business with an open one either.
    used.retain(|app| !person || !is_own_app(&app.label));
    let (mut findings, mut doubts, mut notes) = (vec![], vec![], vec![]);
    for app in &used {
        match judge(app, apps, grants) {
            Verdict::Finding(finding) => findings.push(finding),
            Verdict::Doubt(doubt) => doubts.push(doubt),
            Verdict::Fine(note) => notes.push(note),
        }
    }
    Outcome::of(findings, || {
        if let Some(doubt) = apps_in_use::doubt(tokens, sign_ins, apps).or(doubts.into_iter().next()) {
            return doubt;
        }
        if notes.is_empty() {
            return Outcome::not_applicable("It signs in through no connected or external client app.");
        }
        Outcome::pass(notes.join(" "))
    })
}

enum Verdict {
    Finding(Finding),
    Doubt(Outcome),
    Fine(String),
}

/// What is wrong with one app.
fn judge(app: &Used, apps: &Known<Apps>, grants: &Known<Grants>) -> Verdict {
    if app.key == AppKey::Deleted {
        return Verdict::Finding(deleted(app));
    }
    let Known::Is(apps) = apps else { return Verdict::Doubt(unknown(apps)) };
    if let Some(doubt) = app.doubt() {
        return Verdict::Doubt(doubt);
    }
    let shown = &app.shown;
    let cannot_tell = |missing, what: &str| {
        let why = OrgError::RowLimit { what: what.into() };
        Verdict::Doubt(Outcome::CannotTell { missing, why })
    };
    let installed = match &app.key {
        AppKey::MenuItem(id) => apps.rows.iter().find(|own| own.menu_item == *id),
        AppKey::Name(_) | AppKey::Deleted => None,
    };
    let subject = Subject::App(app.key.clone());
    let Some(installed) = installed else {
        if apps.cut {
            return cannot_tell(format!("whether {shown} is installed"), "AppMenuItem");
        }
        if let AppKey::MenuItem(id) = &app.key {
            let what = format!("what kind of item {id} of the app menu is");
            let why = OrgError::Unreadable { what };
            return Verdict::Doubt(Outcome::CannotTell { missing: format!("the policy of {shown}"), why });
        }
        let evidence =
            vec![app.evidence(), "No installed app has that name, so no policy of this org holds it.".into()];
        return Verdict::Finding(Finding::new(
            subject,
            format!("{shown} is not installed in this org"),
            evidence,
        ));
    };
    if !installed.admin_approved {
        let evidence =
            vec![app.evidence(), "Its policy is that all users may authorise it themselves.".into()];
        let title = format!("Any user may authorise {shown} themselves");
        return Verdict::Finding(Finding::new(subject, title, evidence));
    }
    if installed.kind == AppKind::ExternalClient {
        return Verdict::Fine(format!(
            "Only approved users may use {shown}; which profile or set approves this one is shown in Setup alone."
        ));
    }
    let Known::Is(grants) = grants else { return Verdict::Doubt(unknown(grants)) };
    let admits = |ids: &Shared<Vec<_>>| installed.id.as_ref().is_some_and(|id| ids.contains(id));
    let by: Vec<String> = grants
        .sets
        .iter()
        .filter(|set| set.apps.as_ref().is_some_and(admits))
        .map(|set| match &set.reach {
            Some(reach) => format!("{} (which reaches {reach})", set.shown()),
            None => set.shown(),
        })
        .collect();
    if !by.is_empty() {
        return Verdict::Fine(format!("Only approved users may use {shown}; this one by {}.", listed(&by)));
    }
    if grants.cut || installed.id.is_none() || grants.sets.iter().any(|set| set.apps.is_none()) {
        let why = OrgError::NoPermission { what: "SetupEntityAccess".into() };
        return Verdict::Doubt(Outcome::CannotTell {
            missing: format!("what approves this user for {shown}"),
            why,
        });
    }
    let evidence = vec![
        app.evidence(),
        "Only approved users may use it, and no profile, permission set or group of this user is approved for it.".into(),
    ];
    let title = format!("Nothing approves this user for {shown}");
    Verdict::Finding(Finding::new(subject, title, evidence).with(Severity::Medium))
}

/// Tokens that have neither an app's name nor its menu item. Source: sfdx-hardis, pull 1635 and issue 1813 ("ghost" tokens).
fn deleted(app: &Used) -> Finding {
    let title = match app.held {
        1 => "An OAuth token of an app that was deleted is still there".to_owned(),
        0 => "OAuth tokens of an app that was deleted are still there".to_owned(),
        n => format!("{n} OAuth tokens of an app that was deleted are still there"),
    };
    let evidence = vec![
        app.evidence(),
        "They have neither a name nor an item in the app menu, so no policy of this org holds them.".into(),
    ];
    Finding::new(Subject::App(AppKey::Deleted), title, evidence)
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{app, facts, grant, person, token};
    let with = |rows: Vec<_>, set| {
        let mut facts = facts();
        facts.tokens = Known::Is(Tokens { rows: vec![token("Acme ERP", 1)].into(), cut: false });
        facts.apps = Known::Is(Apps { rows: rows.into(), cut: false });
        facts.grants = Known::Is(Grants { sets: vec![set], cut: false });
        facts
    };
    let admitted = || grant().profile("Acme ERP").app(1);
    let mut open = app(1, "Acme ERP");
    open.admin_approved = false;
    let mut client = app(1, "Acme ERP");
    client.kind = AppKind::ExternalClient;
    let mut none = with(vec![], grant());
    none.tokens = Known::Is(Tokens::default());
    none.sign_ins = Known::Is(SignIns::default());
    let mut unread = with(vec![], admitted());
    unread.apps = Known::unavailable("the connected and external client apps", OrgError::Timeout);
    let mut no_grants = with(vec![open.clone()], admitted());
    no_grants.grants = Known::unavailable("the permissions and what grants them", OrgError::Timeout);
    let mut half = with(vec![app(1, "Acme ERP")], admitted());
    half.grants = no_grants.grants.clone();
    let mut phone = person();
    phone.tokens = Known::Is(Tokens { rows: vec![token("Salesforce for iOS", 1)].into(), cut: false });
    phone.sign_ins = Known::Is(SignIns::default());
    vec![
        Example {
            name: "any user may authorise the app",
            facts: with(vec![open], admitted()),
            outcome: "finding",
        },
        Example { name: "the app is not installed", facts: with(vec![], admitted()), outcome: "finding" },
        Example {
            name: "approved users only, and nothing approves this one",
            facts: with(vec![app(1, "Acme ERP")], grant().profile("Acme ERP")),
            outcome: "finding",
        },
        Example { name: "open, whatever could not be read beside", facts: no_grants, outcome: "finding" },
        Example {
            name: "approved by its profile",
            facts: with(vec![app(1, "Acme ERP")], admitted()),
            outcome: "pass",
        },
        Example {
            name: "an external client app for approved users",
            facts: with(vec![client], grant()),
            outcome: "pass",
        },
        Example { name: "no app", facts: none, outcome: "not-applicable" },
        Example { name: "a person with the mobile app", facts: phone, outcome: "not-applicable" },
        Example { name: "what approves it could not be read", facts: half, outcome: "cannot-tell" },
        Example { name: "apps that could not be read", facts: unread, outcome: "cannot-tell" },
    ]
}
