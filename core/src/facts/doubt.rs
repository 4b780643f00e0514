//! Lists whose emptiness is no fact.

use crate::facts::{Fact, Facts, Flow, Known, SignIns, Tokens};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::time::DAY;

impl Facts {
    /// An empty list can be an org that shows nothing to this viewer: then it is no fact. `own` is the user shown.
    ///
    /// `LoginHistory` gives others' rows only with Manage Users or Monitor Login History, `OauthToken` only with
    /// Customize Application; without, both answer the viewer's own rows and no error (Object Reference).
    pub(crate) fn doubt_empty_lists(&mut self, own: Option<&Id>) {
        if let (Known::Is(user), Known::Is(sign_ins)) = (&self.user, &self.sign_ins) {
            let is_recent = user.last_login.is_some_and(|last| self.now.0 - last.0 < 170 * DAY);
            if sign_ins.rows.is_empty() && is_recent {
                let what = "LoginHistory".into();
                self.sign_ins = Known::unavailable(SignIns::NAME, OrgError::NoPermission { what });
            }
        }
        if let (Some(own), Known::Is(tokens), Known::Is(sign_ins)) = (own, &self.tokens, &self.sign_ins) {
            let mut users = tokens.rows.iter().map(|token| &token.user_id);
            let first = users.next();
            let is_one_user = users.all(|user| Some(user) == first);
            let has_used_tokens = sign_ins.count(&[Flow::OauthToken]).0 > 0;
            if is_one_user && first != Some(own) && has_used_tokens {
                let what = "OauthToken".into();
                self.tokens = Known::unavailable(Tokens::NAME, OrgError::NoPermission { what });
            }
        }
    }
}
