//! The rule `frozen-integration`: an integration that is in use is not frozen.
//!
//! It never says why it was frozen: no object tells, and the audit trail is the admin's to read.
use crate::facts::subject::{Setting, Subject};
use crate::facts::{Frozen, Jobs, Known, SignIns, Tokens, User};
use crate::rules::rule::{Finding, Outcome, declare_rule, unknown};
use crate::salesforce::time::Timestamp;
use crate::text::counted;

declare_rule! {
    /// It's frozen, and something still uses it
    ///
    /// ## Check
    /// Not frozen while it's in use
    ///
    /// ## Why it matters
    /// The integration is down. Since 24 April 2026 Salesforce itself freezes a user, and revokes its refresh tokens, when
    /// API traffic comes from an anonymizing VPN, a proxy or another high-risk address. So either someone froze it, or
    /// Salesforce suspects where it calls from.
    ///
    /// ## Fix
    /// Find out who froze it: View Setup Audit Trail, and the email Salesforce sends to users with Modify All Data. If it was
    /// Salesforce, find out whose address it is, replace the credentials, and only then unfreeze the user.
    ///
    /// ## Source
    /// Salesforce Help, "Salesforce Automatic Security Containment"
    /// <https://help.salesforce.com/s/articleView?id=005318944&type=1>
    "frozen-integration", integration: High, person: None, check
}

/// Days that are looked back.
const RECENT: i64 = 30;

fn check(
    user: &User,
    frozen: &Frozen,
    sign_ins: &Known<SignIns>,
    tokens: &Known<Tokens>,
    jobs: &Known<Jobs>,
    now: &Timestamp,
) -> Outcome {
    if !frozen.0 {
        return Outcome::pass("The user isn't frozen.");
    }
    let is_recent = |last: &Timestamp| last.days_until(*now) <= RECENT;
    let login = sign_ins.known().into_iter().flat_map(SignIns::successes).filter_map(|row| row.last).max();
    let own = tokens.known().into_iter().flat_map(|tokens| tokens.of(&user.id));
    let token = own.filter_map(|token| token.last_used).max();
    let mut evidence = vec![];
    evidence.extend(login.filter(is_recent).map(|last| format!("Last login on {last}.")));
    evidence.extend(token.filter(is_recent).map(|last| format!("A token of it was last used on {last}.")));
    if let Some(jobs) = jobs.known().filter(|jobs| !jobs.rows.is_empty()) {
        evidence.push(format!("{} scheduled as this user.", counted(jobs.rows.len() as u64, "job")));
    }
    if !evidence.is_empty() {
        evidence.insert(0, "The user is frozen, so Salesforce refuses its logins.".to_owned());
        return Outcome::Findings(vec![Finding::new(Subject::Setting(Setting::Active), RULE.title(), evidence)]);
    }
    match (sign_ins, tokens, jobs) {
        (Known::Is(_), Known::Is(_), Known::Is(_)) => {
            Outcome::pass(format!("It's frozen, and nothing has used it for {RECENT} days."))
        }
        (Known::Is(_), Known::Is(_), _) => unknown(jobs),
        (Known::Is(_), ..) => unknown(tokens),
        _ => unknown(sign_ins),
    }
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::rules::example::{days_ago, facts, sign_in};
    let frozen = |days: i64| {
        let mut facts = facts();
        facts.frozen = Known::Is(Frozen(true));
        let row = crate::facts::SignIn { last: Some(days_ago(days)), ..sign_in("Remote Access 2.0", "", "Acme ERP") };
        facts.sign_ins = Known::Is(SignIns { rows: vec![row].into(), cut: false });
        facts
    };
    let mut unread = frozen(60);
    unread.tokens = Known::unavailable("the OAuth tokens", crate::salesforce::error::OrgError::Timeout);
    vec![
        Example { name: "frozen, with a login last week", facts: frozen(7), outcome: "finding" },
        Example { name: "frozen and unused", facts: frozen(60), outcome: "pass" },
        Example { name: "not frozen", facts: facts(), outcome: "pass" },
        Example { name: "frozen, and tokens were not read", facts: unread, outcome: "cannot-tell" },
    ]
}
