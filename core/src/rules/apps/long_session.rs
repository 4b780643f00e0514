//! The rule `long-session`: a session that the app no longer uses ends soon.
//!
//! It never blames an app for the org's own timeout: that is one setting for all, and stands in the list of org settings.

use crate::facts::subject::Subject;
use crate::facts::{AppSettings, Known, OrgSettings};
use crate::rules::rule::{Finding, Outcome, declare_rule, read, unknown};

declare_rule! {
    /// The app's sessions live for hours without use
    ///
    /// ## Check
    /// The app's sessions end within two hours
    ///
    /// ## Why it matters
    /// An access token is a session. One that is copied from a log or a proxy works until the session times out, and each use
    /// extends it. An integration can ask for a new one at any time, so it needs no long ones.
    ///
    /// ## Fix
    /// Set Timeout Value in the app's session policies to 2 hours or less, 15 minutes for a tool such as the Salesforce CLI.
    /// First ask the integration's owner whether it gets a new token when one has ended.
    ///
    /// ## Source
    /// Metadata API Developer Guide, "ConnectedApp" (ConnectedAppSessionPolicy, `sessionTimeout`)
    /// <https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_connectedapp.htm>;
    /// Security Benchmark for Salesforce, SBS-DEP-006
    /// <https://docs.securitybenchmark.org/controls-at-a-glance.html>
    "long-session", integration: Medium, person: None, check
}

/// Minutes without use after which a session ends at the latest.
const MOST: u32 = 120;

fn check(app: &AppSettings, org: &Known<OrgSettings>) -> Outcome {
    let own = match &app.session_minutes {
        Known::Is(minutes) => *minutes,
        Known::Absent(_) => return of_org(org),
        unread @ Known::Unavailable(_) => {
            return read(unread).err().unwrap_or_else(|| unknown(org));
        }
    };
    let line = format!("Timeout Value of the app: {}.", shown(own));
    if own <= MOST {
        return Outcome::pass(line);
    }
    let title = format!("Sessions of {} last {} without use", app.shown(), shown(own));
    Outcome::Findings(vec![Finding::new(Subject::metadata("sessionTimeout"), title, vec![line])])
}

/// Of an app without a timeout of its own that of the user's profile or of the org holds.
fn of_org(org: &Known<OrgSettings>) -> Outcome {
    let Known::Is(org) = org else { return unknown(org) };
    match read(&org.session_minutes) {
        Err(outcome) => outcome,
        Ok(minutes) if *minutes <= MOST => {
            Outcome::pass(format!("The org's timeout of {} holds for it, unless a profile has another.", shown(*minutes)))
        }
        Ok(minutes) => Outcome::not_applicable(format!(
            "The org's timeout of {} holds for it. See Session timeout in the list of org settings.",
            shown(*minutes)
        )),
    }
}

fn shown(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (1, 0) => "1 hour".to_owned(),
        (hours, 0) => format!("{hours} hours"),
        _ => format!("{minutes} minutes"),
    }
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{of_app, of_app_and_org, unread};
    let with = |minutes| of_app(|app| app.session_minutes = Known::Is(minutes));
    vec![
        Example { name: "12 hours", facts: with(720), outcome: "finding" },
        Example { name: "2 hours", facts: with(120), outcome: "pass" },
        Example { name: "the org's 2 hours", facts: of_app(|_| {}), outcome: "pass" },
        Example {
            name: "the org's 24 hours, which is the org's setting",
            facts: of_app_and_org(|_, org| org.session_minutes = Known::Is(1440)),
            outcome: "not-applicable",
        },
        Example {
            name: "a timeout that couldn't be read",
            facts: of_app(|app| app.session_minutes = unread("the app's session timeout")),
            outcome: "cannot-tell",
        },
        Example {
            name: "the org's, which couldn't be read",
            facts: of_app_and_org(|_, org| org.session_minutes = unread("the org's session timeout")),
            outcome: "cannot-tell",
        },
    ]
}
