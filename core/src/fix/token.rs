//! OAuth tokens that an app holds for the user, revoked.
//!
//! It never revokes what was used within 30 days without saying so.

use super::{Context, plan};
use crate::fact::User;
use crate::plan::{Look, Plan, Safety, Step, Undo};

pub(super) fn plans(user: &User, context: Context<'_>) -> Vec<Plan> {
    let Some(tokens) = context.facts.tokens.known() else { return vec![] };
    // The least used first.
    let mut own: Vec<_> = tokens.of(&user.id).collect::<Vec<_>>();
    crate::order::put(&mut own, |a, b| a.last_used < b.last_used);
    own.dedup_by(|a, b| a.app == b.app);
    own.into_iter()
        .map(|token| {
            let title = ["Revoke what “", &token.app, "” holds for ", &user.name].concat();
            let step = Step::revoke(title.clone(), &user.id, &token.app);
            let is_used = token.last_used.is_some_and(|last| last.days_until(context.facts.now) <= 30);
            let last = token.last_used.map(|last| last.to_string()).unwrap_or_default();
            let breaks = vec![match (is_used, last.is_empty()) {
                (true, _) => {
                    ["It is in use, last on ", &last, ": the app cannot act as this user any more."].concat()
                }
                (false, true) => "It was never used.".into(),
                (false, false) => ["It was used last on ", &last, "."].concat(),
            }];
            let mut revoke = plan("revoke-token", title, vec![step], None, breaks);
            revoke.safety = Safety::Confirm;
            revoke.undo = Undo::Never(
                "A revoked token does not come back: the app has to be authorized as this user anew.".into(),
            );
            let mut soql = [
                "SELECT CreatedDate, LastUsedDate, UseCount FROM OauthToken WHERE UserId = '",
                user.id.as_str(),
                "' AND AppName = ",
            ]
            .concat();
            soql.push_str(&crate::apply::literal(&token.app));
            revoke.looks.push(Look::depends("Tokens: made on, used last, and how often", soql));
            revoke
        })
        .collect::<Vec<_>>()
}
