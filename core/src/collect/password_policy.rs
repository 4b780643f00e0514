//! Whether the user's profile has a password policy of its own: only that can be changed, and what is called after the
//! profile it may not be.
//!
//! Two requests, where software signs in with an old password and nowhere else.

use super::collector::{Collector, PolicyCall, Waiting};
use crate::facts::{Known, POLICY, PasswordPolicy, password_policy};
use crate::rules;
use crate::salesforce::error::OrgError;
use crate::salesforce::http::{Answer, Failure};
use crate::salesforce::metadata_api::{self, Call};
use crate::salesforce::setup_url::PageKind;

impl Collector {
    /// Asks for it, where a rule found an old password and nothing else is under way.
    pub(super) fn request_policy(&mut self) {
        let is_needed = self.page.kind == PageKind::User
            && !self.page.editing
            && !self.policy_requested
            && self.is_complete()
            && self.facts.profile.known().is_some()
            && self.facts.login_ip_ranges.known().is_some_and(|ranges| !ranges.full_name.is_empty())
            && rules::has_old_password(&self.facts);
        if is_needed {
            self.policy_requested = true;
            self.request_policy_call(PolicyCall::List, metadata_api::list(password_policy::KIND));
        }
    }

    fn request_policy_call(&mut self, which: PolicyCall, call: Call) {
        self.request("POST", call.path, Some(call.body), Waiting::Policy(which));
    }

    /// Takes the answer to one of the calls.
    pub(super) fn read_policy(&mut self, which: PolicyCall, answer: &Result<Answer, Failure>) {
        match self.policy_after(which, answer) {
            Ok(Some(policy)) => self.facts.password_policy = Known::Is(policy),
            Ok(None) => {}
            Err(why) => self.facts.password_policy = Known::unavailable(POLICY, why),
        }
    }

    /// What the answer tells; none where another call follows.
    fn policy_after(
        &mut self,
        which: PolicyCall,
        answer: &Result<Answer, Failure>,
    ) -> Result<Option<PasswordPolicy>, OrgError> {
        let profile = match self.facts.login_ip_ranges.known() {
            Some(ranges) => ranges.full_name.clone(),
            None => return Ok(None),
        };
        let body = metadata_api::read_response(answer)?;
        if which == PolicyCall::Read {
            let records = metadata_api::read_records(body)?;
            return Ok(Some(PasswordPolicy::from_records(&records, &profile)));
        }
        let listed = metadata_api::listed_names(body)?;
        let names = metadata_api::policies_to_read(listed, password_policy::KIND, &profile);
        if names.is_empty() {
            return Ok(Some(PasswordPolicy::None));
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.request_policy_call(PolicyCall::Read, metadata_api::read(password_policy::KIND, &names));
        Ok(None)
    }
}
