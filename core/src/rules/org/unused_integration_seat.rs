//! The rule `unused-integration-seat`: licenses that are there for integrations are used by them.
//!
//! It never names who is to get one: `non-integration-license` does, for each user.

use crate::facts::OrgSettings;
use crate::facts::subject::Subject;
use crate::rules::rule::{Finding, Outcome, declare_rule, read};
use crate::text::counted;

declare_rule! {
    /// Integration licenses are free while integrations use full ones
    ///
    /// ## Check
    /// Integrations use the integration licenses
    ///
    /// ## Why it matters
    /// The Salesforce Integration license allows API access and nothing else, and costs a fraction of a full one. Each
    /// integration on a full license could do more than it needs, and pays for a person's seat.
    ///
    /// ## Fix
    /// See which integration users have another license. Create a user with the Salesforce Integration license for each, give
    /// it what the integration needs, and switch the integration over. A license can't be changed on an existing user of
    /// another kind.
    ///
    /// ## Source
    /// Salesforce Help, "Give Integration Users API Only Access"
    /// <https://help.salesforce.com/s/articleView?id=platform.integration_user.htm>
    "unused-integration-seat", integration: Info, person: None, check
}

fn check(org: &OrgSettings) -> Outcome {
    let seats = match read(&org.seats) {
        Ok(seats) => seats,
        Err(outcome) => return outcome,
    };
    let used = format!("Salesforce Integration licenses: {} of {} in use.", seats.total.saturating_sub(seats.free), seats.total);
    if seats.free == 0 {
        return Outcome::pass(used);
    }
    if seats.elsewhere == 0 {
        return Outcome::pass(format!("{used} No integration user was found on another license."));
    }
    let line = format!("{} on other licenses.", counted(seats.elsewhere, "integration user"));
    let verb = if seats.free == 1 { "is" } else { "are" };
    let title = format!("{} {verb} free", counted(seats.free, "integration license"));
    Outcome::Findings(vec![Finding::new(Subject::metadata("UserLicense"), title, vec![used, line])])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::facts::org_settings::Seats;
    use crate::rules::example::{of_org, unread};
    let with = |free, elsewhere| of_org(|org| org.seats = Known::Is(Seats { total: 5, free, elsewhere }));
    vec![
        Example { name: "3 are free, 2 integrations have others", facts: with(3, 2), outcome: "finding" },
        Example { name: "one is free", facts: with(1, 1), outcome: "finding" },
        Example { name: "all are in use", facts: with(0, 2), outcome: "pass" },
        Example { name: "nobody needs one", facts: with(5, 0), outcome: "pass" },
        Example {
            name: "an org without such licenses",
            facts: of_org(|org| org.seats = Known::Absent("This org has no Salesforce Integration licenses.".into())),
            outcome: "not-applicable",
        },
        Example {
            name: "licenses that couldn't be read",
            facts: of_org(|org| org.seats = unread("the org's integration licenses")),
            outcome: "cannot-tell",
        },
    ]
}
