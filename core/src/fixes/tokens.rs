//! OAuth tokens that an app holds for the user, revoked.
//!
//! It never revokes what was used within 30 days without saying so, and never what another app holds.

use super::{Context, plan};
use crate::facts::User;
use crate::facts::subject::AppKey;
use crate::plan::{Look, Plan, Safety, Step, Undo};
use crate::rules::apps_in_use::{self, Directory};

/// A plan for each of the apps that a finding is about, the least used first.
pub(super) fn plans(found: &[AppKey], user: &User, context: Context<'_>) -> Vec<Plan> {
    let facts = context.facts;
    let directory = Directory::new(user, &facts.tokens, &facts.apps);
    let mut own = apps_in_use::apps(directory, facts.sign_ins.known());
    own.retain(|app| !app.tokens.is_empty() && found.contains(&app.key));
    own.sort_by_key(|app| app.last_used);
    own.into_iter()
        .map(|app| {
            let title = match app.key {
                AppKey::Deleted => format!("Revoke the OAuth tokens of a deleted app for {}", user.name),
                _ => format!("Revoke what {} holds for {}", app.shown, user.name),
            };
            // Tokens of one app may name it by its menu item and by its name.
            let steps =
                app.tokens.iter().map(|key| Step::revoke(title.clone(), &user.id, key.clone())).collect();
            let is_used = app.last_used.is_some_and(|last| last.days_until(facts.now) <= 30);
            let breaks = vec![match app.last_used {
                Some(last) if is_used => {
                    format!("It is in use, last on {last}: the app cannot act as this user any more.")
                }
                Some(last) => format!("It was used last on {last}."),
                None => "It was never used.".into(),
            }];
            let mut revoke =
                plan("revoke-token", title, steps, None, breaks).about([user.id.as_str(), app.key.id()]);
            revoke.safety = Safety::Confirm;
            revoke.undo = Undo::Never(
                "A revoked token does not come back: the app has to be authorized as this user anew.".into(),
            );
            // Under "OAuth Connected Apps" on the user's own page a person revokes them, whatever they look like.
            revoke.link =
                format!("/lightning/setup/ManageUsers/page?address=%2F{}%3Fnoredirect%3D1", user.id);
            let of: Vec<String> =
                app.tokens.iter().map(|key| format!("({})", crate::plan::tokens_of(&user.id, key))).collect();
            let soql = format!(
                "SELECT CreatedDate, LastUsedDate, UseCount FROM OauthToken WHERE {}",
                of.join(" OR ")
            );
            revoke.looks.push(Look::depends("Tokens: made on, used last, and how often", soql));
            revoke
        })
        .collect()
}
