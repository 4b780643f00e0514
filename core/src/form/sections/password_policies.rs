//! Password policies in a form: what they would mean for the software on the profile that signs in with a password.
//!
//! It never speaks of users who sign in without one, of what became no weaker, or of session settings: no source says what
//! these would do to software.

use crate::facts::{Facts, Flow, Password};
use crate::form::{Edit, InForm, State, recognize};
use crate::rules::rule::Severity::{High, Low, Medium};
use crate::salesforce::time::DAY;
use crate::text::listed;

/// Days after which a password is to be changed (SBS-ACS-009).
const DAYS: i64 = 90;

/// What a policy is to have at least, and what is so where it has less (a number of attempts that is 0 is no limit).
/// Source: SalesforceLabs/OrgCheck, rules of password policies. Names: Metadata API guide, ProfilePasswordPolicy.
const LEAST: &[(&str, i64, &str)] = &[
    ("minimumPasswordLength", 8, "Integration passwords could be shorter than 8 characters"),
    ("passwordComplexity", 3, "Integration passwords could lack numbers, or uppercase or lowercase letters"),
    ("passwordHistory", 3, "Integration passwords could repeat one of the last three"),
    ("maxLoginAttempts", 1, "Integration users would never be locked out after wrong passwords"),
];

impl Edit {
    /// Says what is wrong with the form's password policies.
    pub(in crate::form) fn take_policies(&mut self, state: &State, facts: &Facts) {
        let users = software(facts);
        if users.is_empty() {
            return;
        }
        for (name, least, words) in LEAST {
            if let Some((at, ..)) = self.chosen(state, name).filter(|(_, was, now)| now < was && now < least)
            {
                let back = self.restore(at);
                self.remark(at, Medium, (*words).to_owned(), back);
            }
        }
        let Some((at, was, days)) =
            self.chosen(state, "passwordExpiration").filter(|(_, was, now)| was != now)
        else {
            return;
        };
        // "Password Never Expires" stands above the policy (Salesforce Help 000386101); the profile's box may be in this form.
        if self.sheet.permissions.contains("PasswordNeverExpires") {
            return;
        }
        let expiring: Vec<(&str, i64)> = users
            .iter()
            .filter(|user| !user.never_expires)
            .map(|user| (user.name.as_str(), user.changed.days_until(facts.now)))
            .collect();
        let Some(oldest) = expiring.iter().map(|(_, age)| *age).max() else { return };
        // A term that is shorter counts at once, one that is longer from the next change on (Salesforce Help 001094362).
        let shorter = days > 0 && (was == 0 || days < was);
        let mut over: Vec<String> = expiring
            .iter()
            .filter(|(_, age)| *age >= days)
            .map(|(name, age)| format!("{name} ({age} days old)"))
            .collect();
        let (severity, words) = if shorter && !over.is_empty() {
            let more = over.len().saturating_sub(3);
            over.truncate(3);
            if more > 0 {
                over.push(format!("{more} more"));
            }
            (High, format!("This expires the password of {} right away", listed(&over)))
        } else if days == 0 {
            (Low, "Integration passwords would never expire".to_owned())
        } else if days > DAYS && days > was {
            (Low, format!("Integrations could keep a password for {days} days; the benchmark is 90"))
        } else {
            return;
        };
        // What would end at once what works today is no fix.
        let fix = if oldest < DAYS {
            Some(InForm::Enter(vec![(self.meanings.len() + at, DAYS.to_string())], "Set to 90 days".into()))
        } else {
            self.restore(at)
        };
        self.remark(at, severity, words, fix);
    }

    fn restore(&self, at: usize) -> Option<InForm> {
        let was = recognize::part(self.form.fields.get(at)?, 1).to_owned();
        Some(InForm::Enter(vec![(self.meanings.len() + at, was)], "Put it back".into()))
    }

    /// The place of a choice, what it was when the page came, and what it is; none where that is no number, or what is
    /// shown is another one (a year may be shown as 1, and what is shown may have none).
    fn chosen(&self, state: &State, name: &str) -> Option<(usize, i64, i64)> {
        let at = self.field(name)?;
        let number = |line: &str, from: usize| {
            let value: i64 = recognize::part(line, from).parse().ok()?;
            let shown = recognize::number(recognize::part(line, from + 1)).map(i64::from);
            shown
                .is_none_or(|shown| shown == value || name == "passwordExpiration" && value == 365)
                .then_some(value)
        };
        Some((at, number(self.form.fields.get(at)?, 1)?, number(state.values.get(at)?, 0)?))
    }
}

/// The users of the profile as whom software signed in with a password within ninety days, as far as they were read.
fn software(facts: &Facts) -> Vec<&Password> {
    let Some(sign_ins) = facts.sign_ins.known() else { return vec![] };
    let with = |user: &&Password| {
        sign_ins.successes().any(|row| {
            row.user_id == user.user_id
                && matches!(row.flow(), Flow::SoapPassword | Flow::OauthPassword)
                && row.last.is_some_and(|last| facts.now.0 - last.0 <= 90 * DAY)
        })
    };
    facts.passwords.iter().filter(with).collect()
}
