//! The rule `app-contact-gone`: somebody at the company gets what is written to the app's contact.
//!
//! It never takes an address for somebody's because of its spelling alone: a team's mailbox has no user.

use crate::classification::{is_a_person_s, parts};
use crate::facts::AppSettings;
use crate::facts::subject::Subject;
use crate::rules::is_private_mailbox;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule, read};
use crate::salesforce::error::OrgError;

declare_rule! {
    /// Nobody at the company gets the app's mail
    ///
    /// ## Check
    /// The app's contact is still there
    ///
    /// ## Why it matters
    /// The contact email is the only owner that Salesforce knows of an app. When it belongs to someone who left, or to a
    /// private mailbox, nobody answers for the app when its secret leaks or its certificate ends.
    ///
    /// ## Fix
    /// Find out who uses the app now, and enter a team's mailbox as its contact email. Record the owner.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-OAUTH-003 and SBS-OAUTH-004
    /// <https://docs.securitybenchmark.org/controls-at-a-glance.html>;
    /// Metadata API Developer Guide, "ConnectedApp" (`contactEmail`)
    /// <https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_connectedapp.htm>
    "app-contact-gone", integration: Medium, person: None, check
}

fn check(app: &AppSettings) -> Outcome {
    if app.is_managed {
        return Outcome::not_applicable("A package installed the app: its contact is its maker's.");
    }
    let contact = match read(&app.contact) {
        Ok(contact) => contact,
        Err(outcome) => return outcome,
    };
    let found = |title: String, line: String, severity| {
        let subject = Subject::metadata("contactEmail");
        let evidence = vec![format!("Contact email: {}.", contact.email), line];
        Outcome::Findings(vec![Finding::new(subject, title, evidence).with(severity)])
    };
    let (local, domain) = parts(&contact.email);
    if is_private_mailbox(&domain) {
        let title = format!("The contact of {} is a private mailbox", app.shown());
        return found(title, format!("Your company doesn't control {domain}."), Severity::Medium);
    }
    match contact.users {
        Some((0, 1..)) => {
            let title = format!("The contact of {} is no active user any more", app.shown());
            found(title, "Every user with this email is inactive.".into(), Severity::Medium)
        }
        Some((0, 0)) if is_a_person_s(&local, &domain, "") => {
            let title = format!("The contact of {} is a person without a user", app.shown());
            found(title, "No user has this email, and it looks like a person's.".into(), Severity::Low)
        }
        Some((0, 0)) => Outcome::pass(format!("{} is no user's: it looks like a team's mailbox.", contact.email)),
        Some(_) => Outcome::pass(format!("{} is an active user's.", contact.email)),
        None => {
            let missing = format!("whether {} is an active user's", contact.email);
            Outcome::CannotTell { missing, why: OrgError::LeftOut }
        }
    }
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::facts::app_settings::Contact;
    use crate::rules::example::{of_app, unread};
    let with = |email: &str, users| {
        let email = email.to_owned();
        of_app(|app| app.contact = Known::Is(Contact { email, users }))
    };
    vec![
        Example {
            name: "its only user is inactive",
            facts: with("jane.roe@acme.example", Some((0, 1))),
            outcome: "finding",
        },
        Example { name: "a private mailbox", facts: with("acmeerp@gmail.com", None), outcome: "finding" },
        Example {
            name: "a person's address that no user has",
            facts: with("jane.roe@acme.example", Some((0, 0))),
            outcome: "finding",
        },
        Example { name: "an active user's", facts: with("jane.roe@acme.example", Some((1, 2))), outcome: "pass" },
        Example { name: "a team's mailbox", facts: of_app(|_| {}), outcome: "pass" },
        Example {
            name: "an app of a package",
            facts: of_app(|app| app.is_managed = true),
            outcome: "not-applicable",
        },
        Example { name: "users that couldn't be read", facts: with("it@acme.example", None), outcome: "cannot-tell" },
        Example {
            name: "a contact that couldn't be read",
            facts: of_app(|app| app.contact = unread("the app's contact email")),
            outcome: "cannot-tell",
        },
    ]
}
