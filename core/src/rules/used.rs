//! The apps that act as the user, from their tokens and their sign-ins together: what several rules share.
//!
//! It never says that there are no others: that takes both lists, whole, and is the rule's to judge.

use crate::fact::{Flow, Known, SignIns, Tokens, User};
use crate::id::Id;
use crate::refusal::Refusal;
use crate::rule::{Outcome, unknown};
use crate::subject::AppKey;
use crate::text::joined;
use crate::time::Timestamp;
use std::collections::BTreeMap;

const NAMELESS: &str = "an app without a name";

/// An app that holds a token for the user, or signed in as them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Used {
    /// Its name.
    pub(super) label: String,
    /// Its item in the app menu, where the token says it.
    pub(super) menu_item: Option<Id>,
    /// Whether it holds a token, and when that was used last.
    token: Option<Option<Timestamp>>,
    /// How often it signed in, and when last.
    sign_ins: (u64, Option<Timestamp>),
}

impl Used {
    /// Which app it is.
    pub(super) fn key(&self) -> AppKey {
        match &self.menu_item {
            Some(id) => AppKey::MenuItem(id.clone()),
            None if self.label == NAMELESS => AppKey::Deleted,
            None => AppKey::Name(self.label.clone()),
        }
    }

    /// What shows it, in a sentence.
    pub(super) fn evidence(&self) -> String {
        let mut parts = vec![];
        match self.token {
            Some(Some(last)) => parts.push(format!("holds a token, last used on {last}")),
            Some(None) => parts.push("holds a token, never used".into()),
            None => {}
        }
        match self.sign_ins {
            (0, _) => {}
            (n, Some(last)) => {
                parts.push(format!("signed in {n}× in the last six months, the last on {last}"))
            }
            (n, None) => parts.push(format!("signed in {n}× in the last six months")),
        }
        format!("“{}” {}.", self.label, joined(&parts, " and "))
    }
}

/// The apps known to act as `user`, by name; whichever list is missing adds none.
pub(super) fn apps(user: &User, tokens: &Known<Tokens>, sign_ins: &Known<SignIns>) -> Vec<Used> {
    let mut apps: BTreeMap<String, Used> = BTreeMap::new();
    for token in tokens.known().into_iter().flat_map(|tokens| tokens.of(&user.id)) {
        let app = named(&mut apps, &token.app);
        app.menu_item = app.menu_item.take().or_else(|| token.menu_item.clone());
        app.token = Some(app.token.flatten().max(token.last_used));
    }
    for row in sign_ins.known().into_iter().flat_map(SignIns::successes) {
        if let Some(label) = row.app() {
            let app = named(&mut apps, label);
            app.sign_ins = (app.sign_ins.0.saturating_add(row.count), app.sign_ins.1.max(row.last));
        }
    }
    apps.into_values().collect()
}

fn named<'a>(apps: &'a mut BTreeMap<String, Used>, label: &str) -> &'a mut Used {
    let label = if label.trim().is_empty() { NAMELESS } else { label.trim() };
    apps.entry(label.to_ascii_lowercase()).or_insert_with(|| Used { label: label.into(), ..Used::default() })
}

/// Programs that signed in with user name and password: by the name they gave, or `None` for those that gave none.
pub(super) fn by_password(sign_ins: &SignIns) -> BTreeMap<Option<&str>, (u64, Option<Timestamp>)> {
    let mut programs: BTreeMap<Option<&str>, (u64, Option<Timestamp>)> = BTreeMap::new();
    for row in sign_ins.successes().filter(|row| row.flow() == Flow::SoapPassword) {
        let name = Some(row.application.trim()).filter(|name| !name.is_empty() && *name != "N/A");
        let sum = programs.entry(name).or_default();
        *sum = (sum.0.saturating_add(row.count), sum.1.max(row.last));
    }
    programs
}

/// Why the list of apps may not be whole, if it may not.
pub(super) fn doubt(tokens: &Known<Tokens>, sign_ins: &Known<SignIns>) -> Option<Outcome> {
    match (tokens, sign_ins) {
        (Known::Is(_), Known::Is(sign_ins)) => cut(sign_ins),
        (Known::Is(_), _) => Some(unknown(sign_ins)),
        _ => Some(unknown(tokens)),
    }
}

/// Why the sign-ins may not be whole, if they may not.
pub(super) fn cut(sign_ins: &SignIns) -> Option<Outcome> {
    sign_ins.cut.then(|| Outcome::CannotTell {
        missing: "some of the sign-ins".into(),
        why: Refusal::RowLimit { what: "LoginHistory".into() },
    })
}
