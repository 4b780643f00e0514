//! The rule `client-credentials-as-person`: what an app does with its own secret, it does as an integration's user.

use crate::classification::Who;
use crate::facts::AppSettings;
use crate::facts::subject::Subject;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule, read};
use crate::salesforce::error::OrgError;

declare_rule! {
    /// The app acts as a person, with its own secret alone
    ///
    /// ## Check
    /// The app runs as an API-only integration user
    ///
    /// ## Why it matters
    /// With the client credentials flow, anyone who has the app's secret is its run-as user: no password, no second factor, no
    /// question. When that user is a person, the app can do what the person can, and the audit trail blames the person.
    /// Salesforce asks for a user with API Only, who can't log in to the UI.
    ///
    /// ## Fix
    /// Create a user for the integration with API Only User and the permissions that it needs. Choose it as the run-as user in
    /// the app's policies, and watch that the integration works. Then rotate the app's secret.
    ///
    /// ## Source
    /// Metadata API Developer Guide, "ExtlClntAppOauthConfigurablePolicies"
    /// <https://developer.salesforce.com/docs/atlas.en-us.250.0.api_meta.meta/api_meta/meta_extlclntappoauthconfigurablepolicies.htm>;
    /// Salesforce Help, "Give Integration Users API Only Access"
    /// <https://help.salesforce.com/s/articleView?id=platform.integration_user.htm>
    "client-credentials-as-person", integration: High, person: None, check
}

fn check(app: &AppSettings) -> Outcome {
    let run_as = match read(&app.run_as) {
        Ok(run_as) => run_as,
        Err(outcome) => return outcome,
    };
    let cannot_tell = |missing: String| Outcome::CannotTell {
        missing,
        why: OrgError::Other {
            code: String::new(),
            message: "This user was not looked at in this review, or not all of its permissions could be read.".into(),
        },
    };
    let Some(user) = &run_as.user else {
        return cannot_tell(format!("who {} is, whom the app runs as", run_as.named));
    };
    let mut evidence = vec![format!("Client credentials flow, run as: {} ({}).", user.name, run_as.named)];
    let subject = || Subject::metadata("clientCredentialsFlowUser");
    if let Some((Who::Person, is_sure)) = user.who {
        let probably = if is_sure { "" } else { "probably " };
        evidence.push(format!("This user is {probably}a person."));
        let severity = if is_sure { Severity::High } else { Severity::Medium };
        let title = format!("{} acts as {}, a person", app.shown(), user.name);
        return Outcome::Findings(vec![Finding::new(subject(), title, evidence).with(severity)]);
    }
    match (user.is_api_only, user.who) {
        (Some(false), _) => {
            evidence.push("API Only User is not granted to this user.".into());
            let title = format!("The user of {} isn't API-only", app.shown());
            Outcome::Findings(vec![Finding::new(subject(), title, evidence).with(Severity::Medium)])
        }
        (Some(true), Some(_)) => {
            Outcome::pass(format!("It runs as {}, an integration user with API Only User.", user.name))
        }
        (None, _) | (_, None) => cannot_tell(format!("whether {} is an API-only integration user", user.name)),
    }
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::facts::app_settings::{RunAs, RunAsUser};
    use crate::rules::example::{of_app, unread};
    let with = |user: Option<RunAsUser>| {
        of_app(|app| app.run_as = Known::Is(RunAs { named: "jane@acme.example".into(), user }))
    };
    let user = |who, is_api_only| Some(RunAsUser { name: "Jane Roe".into(), who, is_api_only });
    vec![
        Example {
            name: "it runs as a person",
            facts: with(user(Some((Who::Person, true)), Some(false))),
            outcome: "finding",
        },
        Example {
            name: "it probably runs as a person",
            facts: with(user(Some((Who::Person, false)), Some(true))),
            outcome: "finding",
        },
        Example {
            name: "an integration's user who may use the UI",
            facts: with(user(Some((Who::Integration, true)), Some(false))),
            outcome: "finding",
        },
        Example {
            name: "an integration's user with API Only",
            facts: with(user(Some((Who::Integration, true)), Some(true))),
            outcome: "pass",
        },
        Example { name: "the flow is off", facts: of_app(|_| {}), outcome: "not-applicable" },
        Example { name: "a user who wasn't looked at", facts: with(None), outcome: "cannot-tell" },
        Example {
            name: "a user whose permissions couldn't be read",
            facts: with(user(Some((Who::Integration, true)), None)),
            outcome: "cannot-tell",
        },
        Example {
            name: "the user it runs as couldn't be read",
            facts: of_app(|app| app.run_as = unread("which user the app runs as")),
            outcome: "cannot-tell",
        },
    ]
}
