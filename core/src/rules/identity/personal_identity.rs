//! The rule `personal-identity`: nothing about the user is one person's, who may leave.
//!
//! It never takes a name for proof: it says what looks like a person's.
use crate::classification::{is_a_person_s, is_no_person_s_title, is_of_a_system, parts};
use crate::facts::User;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule};
use crate::facts::subject::{Setting, Subject};

declare_rule! {
    /// This looks like one person's user
    ///
    /// ## Check
    /// Belongs to a team, not to one person
    ///
    /// ## Why it matters
    /// Password resets, warnings and certificate notices go to this email. When that person leaves, their mailbox is
    /// closed or read by someone else, their user is deactivated, and the integration stops without anyone knowing
    /// whose it was.
    ///
    /// ## Fix
    /// Give the user a team email (integrations@…), a name that says which system it is, no manager, and no employee
    /// number or title. Salesforce emails the new address for confirmation before the change takes effect. Record who
    /// owns the integration.
    ///
    /// ## Source
    /// Security Benchmark for Salesforce, SBS-ACS-007
    /// <https://docs.securitybenchmark.org/benchmark/access-controls.html>
    "personal-identity", integration: Medium, person: None, check
}

/// Providers of mailboxes for private people.
const FREE: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "live.com",
    "msn.com",
    "icloud.com",
    "me.com",
    "aol.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "mail.ru",
    "qq.com",
    "163.com",
    "proton.me",
    "protonmail.com",
];

fn check(user: &User) -> Outcome {
    let mut strong = of_addresses(user);
    let mut weak = vec![];
    if user.has_manager {
        strong.push("It has a manager.".into());
    }
    if !user.employee_number.is_empty() {
        strong.push(format!("Employee number: {}.", user.employee_number));
    }
    if has_personal_title(user) {
        weak.push(format!("Title: {}.", user.title));
    }
    if strong.is_empty() && weak.is_empty() {
        return Outcome::pass("Email, username and user record don't look like a person's.");
    }
    let severity = if strong.is_empty() { Severity::Low } else { Severity::Medium };
    strong.extend(weak);
    Outcome::Findings(vec![Finding::new(Subject::Setting(Setting::Identity), RULE.title(), strong).with(severity)])
}

/// What of the email and the username looks like a person's: what another address and name end.
fn of_addresses(user: &User) -> Vec<String> {
    let mut strong = vec![];
    let (local, domain) = parts(&user.email);
    if is_a_person_s(&local, &domain, &user.name) {
        strong.push(format!("Email {} looks like a person's.", user.email));
    }
    if is_private_mailbox(&domain) {
        strong.push(format!("The email is at {domain}, which your company doesn't control."));
    }
    let (own, own_domain) = parts(&user.username);
    // "nightly.jobs" is spelt like a name: with a team's mailbox beside it, it is taken for what it says.
    if own != local && !is_of_a_system(&local) && is_a_person_s(&own, &own_domain, &user.name) {
        strong.push(format!("Username {} looks like a person's.", user.username));
    }
    strong
}

/// Whether a domain is one of private people's mailboxes.
pub(crate) fn is_private_mailbox(domain: &str) -> bool {
    FREE.contains(&domain)
}

/// Whether the email or the username looks like a person's.
pub(crate) fn has_personal_address(user: &User) -> bool {
    !of_addresses(user).is_empty()
}

/// Whether the title looks like a person's.
pub(crate) fn has_personal_title(user: &User) -> bool {
    !user.title.is_empty() && !is_no_person_s_title(&user.title)
}

/// Every sign there is, for tests.
#[cfg(test)]
fn signs(user: &User) -> String {
    match check(user) {
        Outcome::Findings(findings) => findings[0].evidence.join(" "),
        _ => String::new(),
    }
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::facts;
    use crate::facts::Known;
    let with = |change: fn(&mut User)| {
        let mut facts = facts();
        if let Known::Is(user) = &mut facts.user {
            change(user);
        }
        facts
    };
    vec![
        Example {
            name: "a person's email and a manager",
            facts: with(|user| {
                user.email = "jane.roe@acme.example".into();
                user.has_manager = true;
            }),
            outcome: "finding",
        },
        Example {
            name: "a private mailbox",
            facts: with(|user| user.email = "acmeerp@gmail.com".into()),
            outcome: "finding",
        },
        Example {
            name: "an employee number",
            facts: with(|user| user.employee_number = "4711".into()),
            outcome: "finding",
        },
        Example { name: "a team's mailbox", facts: with(|_| {}), outcome: "pass" },
        Example {
            name: "a no-reply mailbox",
            facts: with(|user| user.email = "no-reply@acme.example".into()),
            outcome: "pass",
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::example::user;

    #[test]
    fn addresses_of_people() {
        for (name, email) in [
            ("ERP Integration", "jane.roe@acme.example"),
            ("ERP Integration", "j.roe@acme.example"),
            ("ERP Integration", "jane_b_roe+erp@acme.example"),
            ("ERP Integration", "jane.roe=acme.example@example.com"),
            ("ERP Integration", "jane.roe@acme.example.invalid"),
            ("Jane Roe", "jroe@acme.example"),
            ("Jane Roe", "roej@acme.example"),
        ] {
            let user = User { name: name.into(), email: email.into(), ..user() };
            assert!(signs(&user).contains("looks like a person's"), "{email}");
        }
    }

    #[test]
    fn addresses_of_teams_and_systems() {
        for email in [
            "integrations@acme.example",
            "erp.prod@acme.example",
            "acme.billing@acme.example",
            "acme-corp@acme.example",
            "svc-mulesoft@acme.example",
            "salesforce_admin@acme.example",
            "data-team@acme.example",
            "kafka@acme.example",
            "",
            "@",
        ] {
            let user = User { name: "Kafka".into(), email: email.into(), ..user() };
            assert_eq!(signs(&user), "", "{email}");
        }
    }
}
