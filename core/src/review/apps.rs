//! The apps of an org, with who uses them and who answers for them.

use super::reader::Reader;
use super::result::{App, Review};
use super::table::Table;
use crate::facts::{AppKind, Apps};
use crate::salesforce::json;
use std::collections::BTreeMap;

/// Every installed app, and every app that holds tokens.
pub(super) fn apps(reader: &Reader) -> Vec<App> {
    let menu = Apps::from_rows(reader.rows.of(Table::MenuItems), reader.rows.is_cut(Table::MenuItems));
    let mut all: BTreeMap<String, App> = BTreeMap::new();
    for app in &menu.rows {
        let settings = reader.metadata.apps.iter().find(|own| own.name == app.name || own.label == app.label);
        let kind = match app.kind {
            AppKind::Connected => "Connected app",
            AppKind::ExternalClient => "External client app",
        };
        all.insert(
            app.label.to_lowercase(),
            App {
                label: app.label.clone(),
                kind: kind.into(),
                id: app.id.as_ref().map(ToString::to_string).unwrap_or_default(),
                owner: settings.map(|own| own.contact.clone()).unwrap_or_default(),
                is_restricted: Some(app.admin_approved),
                scopes: settings.map(|own| own.scopes.clone()).unwrap_or_default(),
                refresh_policy: settings.map(|own| own.refresh_policy.clone()).unwrap_or_default(),
                ..App::default()
            },
        );
    }
    for row in reader.rows.of(Table::TokenApps) {
        let label = json::text(row, "AppName");
        let own = all.entry(label.to_lowercase()).or_insert_with(|| App {
            label: if label.is_empty() { "A deleted app".into() } else { label.to_owned() },
            kind: "Not installed".into(),
            ..App::default()
        });
        own.users += json::number(row, "users");
        own.tokens += json::number(row, "held");
        own.uses += json::number(row, "uses");
        own.last_used = own.last_used.max(json::time(row, "newest"));
    }
    let mut all: Vec<App> = all.into_values().collect();
    all.sort_by(|a, b| b.users.cmp(&a.users).then_with(|| a.label.cmp(&b.label)));
    all
}

/// Says of each app for which integration users it acts.
pub(super) fn count_integrations(review: &mut Review) {
    let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for subject in review.subjects.iter().filter(|subject| subject.is_integration()) {
        for app in &subject.apps {
            of.entry(app.label.to_lowercase()).or_default().push(subject.name.clone());
        }
    }
    for app in &mut review.apps {
        app.integrations = of.remove(&app.label.to_lowercase()).unwrap_or_default();
    }
}
