//! The rule `open-app`: the apps that act as this user let in only users whom an admin approved.
//!
//! It never reads an app's scopes or IP policy: this is about who may use it.
use crate::rules::apps_in_use::{self, Directory, Used};
use crate::classification::{Classification, is_first_party_app, is_own_app};
use crate::text::listed;
use crate::facts::{AppKind, Apps, Grants, Known, Shared, SignIns, Tokens, User};
use crate::salesforce::error::OrgError;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule, unknown};
use crate::facts::subject::{AppKey, Subject};

declare_rule! {
    /// An app this user logs in with is open to all users
    ///
    /// ## Check
    /// Its apps accept approved users only
    ///
    /// ## Several
    /// {n} apps it logs in with are open to all users
    ///
    /// ## Why it matters
    /// With “All users may self-authorize”, tricking one person is enough to give the app, or a fake of it, their
    /// access. The 2025 data thefts through connected apps worked this way. With “Admin approved users are
    /// pre-authorized”, the assigned profiles and permission sets show exactly who can use it.
    ///
    /// ## Fix
    /// First assign the integration's profile or permission set to it, then set Permitted Users to “Admin approved
    /// users are pre-authorized”. In the other order, the integration stops.
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
    // People's own apps are theirs to authorize; an integration user has no business with an open one either.
    used.retain(|app| !person || !is_own_app(&app.label));
    let (mut findings, mut doubts, mut notes, mut elsewhere) = (vec![], vec![], vec![], 0);
    for app in &used {
        match judge(app, apps, grants) {
            Verdict::Finding(finding) => findings.push(finding),
            Verdict::Doubt(doubt) => doubts.push(doubt),
            Verdict::Fine(note) => notes.push(note),
            Verdict::Elsewhere => elsewhere += 1,
        }
    }
    Outcome::of(findings, || {
        if let Some(doubt) = apps_in_use::doubt(tokens, sign_ins, apps).or(doubts.into_iter().next()) {
            return doubt;
        }
        if notes.is_empty() && elsewhere > 0 {
            return Outcome::not_applicable("Its apps aren't installed. See “Its apps are installed in this org”.");
        }
        if notes.is_empty() {
            return Outcome::not_applicable("It doesn't log in through a connected app or external client app.");
        }
        Outcome::pass(notes.join(" "))
    })
}

enum Verdict {
    Finding(Finding),
    Doubt(Outcome),
    Fine(String),
    /// Another rule says what is wrong with it.
    Elsewhere,
}

/// What is wrong with one app.
fn judge(app: &Used, apps: &Known<Apps>, grants: &Known<Grants>) -> Verdict {
    if app.key == AppKey::Deleted {
        return Verdict::Elsewhere;
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
            let what = format!("which app stands behind app menu item {id}");
            let why = OrgError::Unreadable { what };
            return Verdict::Doubt(Outcome::CannotTell { missing: format!("the policy of {shown}"), why });
        }
        // No app menu lists Salesforce's own tools: whether their policy was changed, nothing tells.
        if is_first_party_app(&app.label) {
            let what = format!("the policy of {shown}, which is Salesforce's own");
            return Verdict::Doubt(Outcome::unreadable(what));
        }
        return Verdict::Elsewhere;
    };
    if !installed.admin_approved {
        let evidence =
            vec![app.evidence(), "Permitted Users: All users may self-authorize.".into()];
        let title = format!("{shown} is set to “All users may self-authorize”");
        return Verdict::Finding(Finding::new(subject, title, evidence));
    }
    if installed.kind == AppKind::ExternalClient {
        return Verdict::Fine(format!(
            "{shown} accepts approved users only. Only Setup shows which profile or permission set pre-authorizes this user."
        ));
    }
    let Known::Is(grants) = grants else { return Verdict::Doubt(unknown(grants)) };
    let admits = |ids: &Shared<Vec<_>>| installed.id.as_ref().is_some_and(|id| ids.contains(id));
    let by: Vec<String> = grants
        .sets
        .iter()
        .filter(|set| set.apps.as_ref().is_some_and(admits))
        .map(|set| match &set.reach {
            Some(reach) => format!("{} ({})", set.shown(), reach.assigned()),
            None => set.shown(),
        })
        .collect();
    if !by.is_empty() {
        return Verdict::Fine(format!("{shown} accepts approved users only. This user is pre-authorized by {}.", listed(&by)));
    }
    if grants.cut || installed.id.is_none() || grants.sets.iter().any(|set| set.apps.is_none()) {
        let why = OrgError::NoPermission { what: "SetupEntityAccess".into() };
        return Verdict::Doubt(Outcome::CannotTell {
            missing: format!("what pre-authorizes this user for {shown}"),
            why,
        });
    }
    let evidence = vec![
        app.evidence(),
        "Only approved users may use it, and no profile, permission set or group of this user is assigned to it.".into(),
    ];
    let title = format!("This user isn't pre-authorized for {shown}");
    Verdict::Finding(Finding::new(subject, title, evidence).with(Severity::Medium))
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
            name: "all users may self-authorize",
            facts: with(vec![open], admitted()),
            outcome: "finding",
        },
        Example {
            name: "an app that isn't installed, which another check reports",
            facts: with(vec![], admitted()),
            outcome: "not-applicable",
        },
        Example {
            name: "approved users only, and this one isn't pre-authorized",
            facts: with(vec![app(1, "Acme ERP")], grant().profile("Acme ERP")),
            outcome: "finding",
        },
        Example { name: "open, though its permissions couldn't be read", facts: no_grants, outcome: "finding" },
        Example {
            name: "pre-authorized by its profile",
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
        Example { name: "what pre-authorizes it couldn't be read", facts: half, outcome: "cannot-tell" },
        Example { name: "apps that couldn't be read", facts: unread, outcome: "cannot-tell" },
    ]
}
