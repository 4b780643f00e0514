//! OAuth tokens that an app holds for the user, revoked.
//!
//! It never revokes what was used within 30 days without saying so.

use super::{Context, plan};
use crate::fact::User;
use crate::plan::{Look, Plan, Safety, Step, Undo};
use crate::subject::AppKey;

pub(super) fn plans(apps: &[AppKey], user: &User, context: Context<'_>) -> Vec<Plan> {
    let Some(tokens) = context.facts.tokens.known() else { return vec![] };
    // The least used first.
    let mut own: Vec<_> = tokens.of(&user.id).filter(|token| apps.contains(&token.key())).collect();
    own.sort_by_key(|token| token.last_used);
    own.into_iter()
        .map(|token| {
            let title = ["Revoke what “", &token.app, "” holds for ", &user.name].concat();
            let app = token.key();
            let step = Step::revoke(title.clone(), &user.id, app.clone());
            let is_used = token.last_used.is_some_and(|last| last.days_until(context.facts.now) <= 30);
            let last = token.last_used.map(|last| last.to_string()).unwrap_or_default();
            let breaks = vec![match (is_used, last.is_empty()) {
                (true, _) => {
                    ["It is in use, last on ", &last, ": the app cannot act as this user any more."].concat()
                }
                (false, true) => "It was never used.".into(),
                (false, false) => ["It was used last on ", &last, "."].concat(),
            }];
            let mut revoke =
                plan("revoke-token", title, vec![step], None, breaks).about([user.id.as_str(), app.id()]);
            revoke.safety = Safety::Confirm;
            revoke.undo = Undo::Never(
                "A revoked token does not come back: the app has to be authorized as this user anew.".into(),
            );
            let soql = [
                "SELECT CreatedDate, LastUsedDate, UseCount FROM OauthToken WHERE ",
                &crate::apply::tokens_of(&user.id, &app),
            ]
            .concat();
            revoke.looks.push(Look::depends("Tokens: made on, used last, and how often", soql));
            revoke
        })
        .collect::<Vec<_>>()
}
