//! The rule `legacy-connected-app`: an app of this org is an external client app.
//!
//! It is about every connected app that this org made, for none can be made any more: worth knowing, not wrong. Apps that a
//! package installed are their maker's to replace.

use crate::facts::subject::Subject;
use crate::facts::{AppKind, AppSettings};
use crate::rules::rule::{Finding, Outcome, declare_rule, read};

declare_rule! {
    /// The app is a connected app, which can't be created any more
    ///
    /// ## Check
    /// The app is an external client app
    ///
    /// ## Why it matters
    /// Since Spring '26 Salesforce creates no new connected apps. Existing ones go on, without a date for their end. Once one
    /// is deleted, or a sandbox needs a second one, it can't be made again.
    ///
    /// ## Fix
    /// Plan the change for when the integration is worked on anyway: create an external client app with the same scopes and
    /// policies, switch the integration, then delete the connected app. External client apps have no username-password flow,
    /// so an integration that logs in with a password needs the client credentials flow first.
    ///
    /// ## Source
    /// Salesforce Help, "New connected apps can no longer be created in Spring '26"
    /// <https://help.salesforce.com/s/articleView?id=005228017&type=1>
    "legacy-connected-app", integration: Info, person: None, check
}

fn check(app: &AppSettings) -> Outcome {
    let kind = match read(&app.kind) {
        Ok(kind) => kind,
        Err(outcome) => return outcome,
    };
    match kind {
        _ if app.is_managed => {
            Outcome::not_applicable("A package installed the app: its maker replaces it.")
        }
        AppKind::ExternalClient => Outcome::pass("It's an external client app."),
        AppKind::Connected => {
            let title = format!("{} is a connected app", app.shown());
            let evidence =
                vec!["Every connected app of this org is listed so: new ones can't be created.".to_owned()];
            Outcome::Findings(vec![Finding::new(Subject::metadata("ConnectedApp"), title, evidence)])
        }
    }
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::{of_app, unread};
    vec![
        Example {
            name: "a connected app of this org",
            facts: of_app(|app| app.kind = Known::Is(AppKind::Connected)),
            outcome: "finding",
        },
        Example { name: "an external client app", facts: of_app(|_| {}), outcome: "pass" },
        Example {
            name: "a connected app of a package",
            facts: of_app(|app| {
                app.kind = Known::Is(AppKind::Connected);
                app.is_managed = true;
            }),
            outcome: "not-applicable",
        },
        Example {
            name: "an app that isn't installed",
            facts: of_app(|app| app.kind = Known::Absent("The app isn't installed in this org.".into())),
            outcome: "not-applicable",
        },
        Example {
            name: "whether it is installed couldn't be read",
            facts: of_app(|app| app.kind = unread("whether the app is installed")),
            outcome: "cannot-tell",
        },
    ]
}
