//! The rule `look-alike-app`: no app that holds tokens pretends to be a tool of Salesforce.
//!
//! It never says that an app is a fake: a name is a weak sign, so it says "looks like". Names that Salesforce's own apps
//! have exactly are passed over, for nothing tells them from the real ones.

use crate::classification::is_first_party_app;
use crate::facts::{AppSettings, Known};
use crate::facts::subject::{AppKey, Subject};
use crate::rules::rule::{Finding, Outcome, declare_rule, read};

declare_rule! {
    /// An app that isn't installed looks like a tool of Salesforce
    ///
    /// ## Check
    /// The app doesn't pretend to be a Salesforce tool
    ///
    /// ## Why it matters
    /// In 2025 attackers called employees and had them authorize a changed Data Loader, sometimes under another name such as
    /// “My Ticket Portal”. It then copied everything that the employee could see. The real Data Loader holds its tokens as
    /// “Dataloader Bulk” or “Dataloader Partner”.
    ///
    /// ## Fix
    /// Ask the users who hold its tokens when and why they authorized it. Unless they can say, revoke the tokens and block
    /// the app in Connected Apps OAuth Usage, and look at what was exported since.
    ///
    /// ## Source
    /// Google Cloud, "UNC6040 Proactive Hardening Recommendations"
    /// <https://cloud.google.com/blog/topics/threat-intelligence/unc6040-proactive-hardening-recommendations>
    "look-alike-app", integration: High, person: None, check
}

/// What stands in names of Salesforce's tools, without spaces, and what attackers called theirs.
const SIGNS: &[&str] = &["dataloader", "ticketportal", "salesforcecli", "salesforceinspector"];

/// Exact names of tools that hold tokens and stand in no app menu, beside Salesforce's own.
const GENUINE: &[&str] = &["dataloaderbulk", "dataloaderpartner", "dataloaderio", "salesforcecli"];

/// Whether a name looks like that of a tool of Salesforce, and is none.
pub(crate) fn looks_alike(label: &str) -> bool {
    let plain: String = label.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let is_sign = SIGNS.iter().any(|sign| plain.contains(sign));
    is_sign && !GENUINE.contains(&plain.as_str())
}

fn check(app: &AppSettings) -> Outcome {
    match &app.kind {
        Known::Is(_) => return Outcome::not_applicable("The app is installed: an admin looked at it."),
        Known::Absent(_) => {}
        unread @ Known::Unavailable(_) => {
            if let Err(outcome) = read(unread) {
                return outcome;
            }
        }
    }
    if app.key == AppKey::Deleted {
        return Outcome::not_applicable("The app was deleted: nothing tells its name.");
    }
    if looks_alike(&app.label) {
        let evidence = vec![
            format!("It holds tokens as {}, and isn't installed in this org.", app.shown()),
            "Its name looks like that of a tool of Salesforce, or one that attackers used.".into(),
        ];
        let title = format!("{} looks like a tool of Salesforce", app.shown());
        return Outcome::Findings(vec![Finding::new(Subject::App(app.key.clone()), title, evidence)]);
    }
    Outcome::pass(if is_first_party_app(&app.label) {
        "It's called exactly as Salesforce's own app is."
    } else {
        "Its name isn't like that of a tool of Salesforce."
    })
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{of_app, unread};
    let called = |label: &str| {
        let label = label.to_owned();
        of_app(|app| {
            app.key = AppKey::Name(label.clone());
            app.label = label;
            app.kind = Known::Absent("The app isn't installed in this org.".into());
        })
    };
    vec![
        Example { name: "“Data Loader”", facts: called("Data Loader"), outcome: "finding" },
        Example { name: "“My Ticket Portal”", facts: called("My Ticket Portal"), outcome: "finding" },
        Example { name: "“Salesforce Dataloader 2”", facts: called("Salesforce Dataloader 2"), outcome: "finding" },
        Example { name: "“Dataloader Bulk”", facts: called("Dataloader Bulk"), outcome: "pass" },
        Example { name: "“Salesforce for iOS”", facts: called("Salesforce for iOS"), outcome: "pass" },
        Example { name: "another vendor's", facts: called("Old Reporting Tool"), outcome: "pass" },
        Example {
            name: "whether it is installed couldn't be read",
            facts: of_app(|app| app.kind = unread("whether the app is installed")),
            outcome: "cannot-tell",
        },
        Example { name: "an app that is installed", facts: of_app(|_| {}), outcome: "not-applicable" },
    ]
}
