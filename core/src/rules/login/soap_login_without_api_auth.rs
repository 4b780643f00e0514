//! The rule `soap-login-without-api-auth`: who logs in with SOAP `login()` has the permission that it takes.
//!
//! It never asks for the permission where nobody logs in that way: there it is too much, see `broad-permission`.
use crate::facts::subject::{SignInsBy, Subject};
use crate::facts::{Flow, Grants, SignIns, User};
use crate::rules::access::SOAP_LOGIN;
use crate::rules::rule::{Finding, Outcome, Severity, declare_rule};
use crate::rules::{apps_in_use, granted};
use crate::text::counted;

declare_rule! {
    /// Salesforce will refuse its SOAP logins
    ///
    /// ## Check
    /// Its SOAP logins keep working
    ///
    /// ## Why it matters
    /// SOAP login() needs the permission “Use Any API Auth”: in orgs created since Summer '26 already, in all others with a
    /// release update of Winter '27. Without it this integration, or this person's tool, stops on that day. In Summer '27
    /// SOAP login() ends for everyone.
    ///
    /// ## Fix
    /// Move to OAuth before Summer '27. Until then, create a permission set with only “Use Any API Auth” and assign it to
    /// this user. The permission says how a user may log in, and gives no access to data.
    ///
    /// ## Source
    /// Salesforce Help, "Platform SOAP API login() Retirement"
    /// <https://help.salesforce.com/s/articleView?id=005132110&type=1>
    "soap-login-without-api-auth", integration: High, person: Some(Severity::Medium), check
}

fn check(_: &User, sign_ins: &SignIns, grants: &Grants) -> Outcome {
    let (count, last) = sign_ins.count(&[Flow::SoapPassword]);
    if count == 0 {
        return apps_in_use::cut(sign_ins)
            .unwrap_or_else(|| Outcome::not_applicable("It doesn't log in with SOAP login()."));
    }
    if let Some(set) = grants.at_login(SOAP_LOGIN).next() {
        return Outcome::pass(format!("“Use Any API Auth” is granted by {}.", set.shown()));
    }
    if let Some(doubt) = granted::doubt(grants) {
        return doubt;
    }
    let last = last.map(|last| format!(" (last on {last})")).unwrap_or_default();
    let evidence = vec![
        format!("{} with SOAP login() in the last 6 months{last}.", counted(count, "login")),
        "No profile, permission set or group of this user grants “Use Any API Auth”.".to_owned(),
    ];
    Outcome::Findings(vec![Finding::new(Subject::SignIns(SignInsBy::Soap), RULE.title(), evidence)])
}

#[cfg(test)]
use crate::rules::rule::Example;

#[cfg(test)]
fn examples() -> Vec<Example> {
    use crate::facts::Known;
    use crate::rules::example::{facts, grant, sign_in};
    let with = |permissions: &[&str], cut| {
        let mut facts = facts();
        let rows = vec![sign_in("Other Apex API", "", "N/A")];
        facts.sign_ins = Known::Is(SignIns { rows: rows.into(), cut: false });
        facts.grants = Known::Is(Grants { sets: vec![grant().permissions(permissions)], cut });
        facts
    };
    vec![
        Example { name: "SOAP login() without it", facts: with(&["ApiEnabled"], false), outcome: "finding" },
        Example { name: "SOAP login() with it", facts: with(&["UseAnyApiAuth"], false), outcome: "pass" },
        Example { name: "more sets than were read", facts: with(&[], true), outcome: "cannot-tell" },
        Example { name: "no SOAP login", facts: facts(), outcome: "not-applicable" },
    ]
}
