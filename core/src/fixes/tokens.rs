//! OAuth tokens that an app holds for the user, revoked.
//!
//! It never revokes what was used within 30 days without saying so, and never what another app holds.

use super::{Context, plan};
use crate::facts::User;
use crate::facts::subject::AppKey;
use crate::plan::{Described, Look, Plan, Safety, Step, Undo};
use crate::rules::apps_in_use::{self, Directory};
use crate::salesforce::id::Id;

/// The steps that revoke all tokens of a user, an app each; none where they were not all read.
pub(super) fn all(user: &User, context: Context<'_>) -> Vec<Step> {
    let facts = context.facts;
    if facts.tokens.known().is_none_or(|tokens| tokens.cut) {
        return vec![];
    }
    let directory = Directory::new(user, &facts.tokens, &facts.apps);
    let apps = apps_in_use::apps(directory, facts.sign_ins.known());
    let of = |app: &apps_in_use::Used| match app.key {
        AppKey::Deleted => "OAuth tokens of a deleted app".to_owned(),
        _ => format!("OAuth tokens of {}", app.shown),
    };
    let revoke = |app: apps_in_use::Used| {
        let of = of(&app);
        let step = move |key: &AppKey| {
            Step::revoke(format!("Revoke the {of}"), &user.id, key.clone()).says(Described::list(
                "Revoked",
                "Authorized again",
                vec![of.clone()],
            ))
        };
        app.tokens.iter().map(step).collect::<Vec<_>>()
    };
    apps.into_iter().flat_map(revoke).collect()
}

/// The user's own page, where a person revokes them under "OAuth Connected Apps".
pub(super) fn page(user: &Id) -> String {
    format!("/lightning/setup/ManageUsers/page?address=%2F{user}%3Fnoredirect%3D1")
}

/// Why tokens are not given back.
pub(super) const NOT_BACK: &str =
    "A revoked token can't be restored. The app has to be authorized as this user again.";

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
                _ => format!("Revoke the OAuth tokens of {} for {}", app.shown, user.name),
            };
            // Tokens of one app may name it by its menu item and by its name.
            let of = match app.key {
                AppKey::Deleted => "OAuth tokens of a deleted app".to_owned(),
                _ => format!("OAuth tokens of {}", app.shown),
            };
            let revoke = |key: &AppKey| {
                Step::revoke(title.clone(), &user.id, key.clone()).says(Described::list(
                    "Revoked",
                    "Authorized again",
                    vec![of.clone()],
                ))
            };
            let steps = app.tokens.iter().map(revoke).collect();
            let is_used = app.last_used.is_some_and(|last| last.days_until(facts.now) <= 30);
            let breaks = vec![match app.last_used {
                Some(last) if is_used => {
                    format!("The app is in use, last on {last}. It can't act as this user any more.")
                }
                Some(last) => format!("The app last used them on {last}."),
                None => "The app never used them.".into(),
            }];
            let mut revoke = plan("revoke-token", title.clone(), steps, None, breaks)
                .about([user.id.as_str(), app.key.id()])
                .called("Revoke tokens…", "");
            revoke.safety = Safety::Confirm;
            revoke.is_destructive = true;
            revoke.in_use = is_used;
            revoke.undo = Undo::Never(NOT_BACK.into());
            // Under "OAuth Connected Apps" on the user's own page a person revokes them, whatever they look like.
            revoke.link = page(&user.id);
            let of: Vec<String> =
                app.tokens.iter().map(|key| format!("({})", crate::plan::tokens_of(&user.id, key))).collect();
            let soql = format!(
                "SELECT CreatedDate, LastUsedDate, UseCount FROM OauthToken WHERE {}",
                of.join(" OR ")
            );
            revoke.looks.push(Look::depends("Tokens (created, last used, number of uses)", soql));
            revoke
        })
        .collect()
}
