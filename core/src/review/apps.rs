//! The apps of an org, with what each is set to, who uses them and who answers for them.

use super::reader::Reader;
use super::result::{App, Review};
use super::table::Table;
use crate::classification::is_first_party_app;
use crate::facts::app_settings::{Approval, IpRelaxation, RefreshTokens, RunAs};
use crate::facts::subject::AppKey;
use crate::facts::{AppKind, AppSettings, Apps, Flow, Known};
use crate::rules::looks_alike;
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::json::{self, Value};
use crate::salesforce::metadata_api;
use std::collections::{BTreeMap, BTreeSet};

/// Every installed app, and every app that holds tokens, those with the most users first: what is shown of it, and what it
/// is set to as far as that was read.
pub(super) fn apps(reader: &Reader) -> Vec<(App, AppSettings)> {
    let menu = Apps::from_rows(reader.rows.of(Table::MenuItems), reader.rows.is_cut(Table::MenuItems));
    let mut files: Vec<AppSettings> = reader.metadata.apps.apps().cloned().collect();
    let sources = Sources::new(reader);
    let mut all: BTreeMap<String, (App, AppSettings)> = BTreeMap::new();
    for app in &menu.rows {
        let is_its = |own: &AppSettings| {
            own.kind == Known::Is(app.kind) && (own.id.is_some() && own.id == app.id || own.name == app.name)
        };
        let file = files.iter().position(is_its).map(|at| files.swap_remove(at));
        let key = AppKey::MenuItem(app.menu_item.clone());
        let is_managed = sources.managed.contains(&app.menu_item);
        let why = sources.why_unread(is_managed);
        let mut settings = file.unwrap_or_else(|| AppSettings::unread(key.clone(), &app.label, &why));
        settings.key = key;
        settings.id.clone_from(&app.id);
        settings.name.clone_from(&app.name);
        settings.label.clone_from(&app.label);
        settings.kind = Known::Is(app.kind);
        settings.is_managed = is_managed;
        // The menu says how it is now.
        settings.admin_approved = Known::Is(app.admin_approved);
        if let Known::Is(contact) = &mut settings.contact {
            contact.users = sources.users_with(&contact.email);
        }
        sources.complete(&mut settings);
        let kind = match app.kind {
            AppKind::Connected => "Connected app",
            AppKind::ExternalClient => "External client app",
        };
        let shown = App {
            label: app.label.clone(),
            kind: kind.into(),
            id: app.id.as_ref().map(ToString::to_string).unwrap_or_default(),
            owner: settings.contact.known().map(|own| own.email.clone()).unwrap_or_default(),
            is_restricted: Some(app.admin_approved),
            scopes: settings.scopes.known().cloned().unwrap_or_default(),
            refresh_policy: settings.refresh_tokens.known().map(ToString::to_string).unwrap_or_default(),
            ..App::default()
        };
        all.insert(format!("{} {}", app.label.to_lowercase(), app.name), (shown, settings));
    }
    for row in reader.rows.of(Table::TokenApps) {
        let label = json::text(row, "AppName");
        let item = json::id(row, "AppMenuItemId");
        let is_its = |(_, own): &&mut (App, AppSettings)| match (&item, &own.key) {
            (Some(item), AppKey::MenuItem(own)) => item == own,
            _ => own.label.trim().eq_ignore_ascii_case(label.trim()),
        };
        let own = match all.values_mut().find(is_its) {
            Some((own, _)) => own,
            None => {
                let new = sources.not_in_menu(label);
                let (own, _) = all.entry(label.to_lowercase()).or_insert(new);
                own
            }
        };
        own.users += json::number(row, "users");
        own.tokens += json::number(row, "held");
        own.uses += json::number(row, "uses");
        own.last_used = own.last_used.max(json::time(row, "newest"));
    }
    let mut all: Vec<(App, AppSettings)> = all.into_values().collect();
    for (shown, settings) in &mut all {
        sources.add_ways(settings, shown.tokens);
    }
    all.sort_by(|(a, _), (b, _)| b.users.cmp(&a.users).then_with(|| a.label.cmp(&b.label)));
    all
}

/// What completes the files of apps.
struct Sources<'a> {
    reader: &'a Reader,
    /// Menu items of apps that a package installed.
    managed: BTreeSet<Id>,
    /// What the Metadata API calls each profile, and how many active users have it; none where they were not counted.
    profiles: Vec<(&'a str, Option<u64>)>,
    /// Ways of login by the app's name in small letters.
    ways: Known<BTreeMap<String, BTreeSet<Flow>>>,
}

impl Sources<'_> {
    fn new(reader: &Reader) -> Sources<'_> {
        let rows = |table| reader.rows.of(table).iter();
        let managed = rows(Table::MenuItems).filter(|row| !json::text(row, "NamespacePrefix").is_empty());
        let counted: BTreeMap<Id, u64> = rows(Table::ActiveByProfile)
            .filter_map(|row| Some((json::id(row, "ProfileId")?, json::number(row, "total"))))
            .collect();
        let is_counted = reader.rows.refused(Table::ActiveByProfile).is_none()
            && !reader.rows.is_cut(Table::ActiveByProfile);
        let users = |id| is_counted.then(|| counted.get(id).copied().unwrap_or_default());
        let mut ways: BTreeMap<String, BTreeSet<Flow>> = BTreeMap::new();
        for row in rows(Table::Logins).filter(|row| json::text(row, "Status") == "Success") {
            let app = json::text(row, "Application").trim().to_lowercase();
            let way = Flow::of_login(json::text(row, "LoginType"), json::text(row, "LoginSubType"));
            ways.entry(app).or_default().insert(way);
        }
        let losses = reader.rows.losses().find(|(table, ..)| *table == Table::Logins).map(|(.., why)| why);
        let is_cut = reader.rows.is_cut(Table::Logins) || !reader.rows.cut_of(Table::Logins).is_empty();
        let limit = OrgError::RowLimit { what: "LoginHistory".into() };
        let why = reader.sees().logins.err().or(losses.cloned()).or(is_cut.then_some(limit));
        Sources {
            reader,
            managed: managed.filter_map(|row| json::id(row, "Id")).collect(),
            profiles: reader
                .metadata
                .profile_names
                .iter()
                .map(|(id, name)| (name.as_str(), users(id)))
                .collect(),
            ways: match why {
                Some(why) => Known::unavailable("how apps log in", why),
                None => Known::Is(ways),
            },
        }
    }

    /// How many active and inactive users have an email address; none where that was not asked.
    fn users_with(&self, email: &str) -> Option<(usize, usize)> {
        let is_read = self.reader.rows.losses().all(|(table, ..)| table != Table::Contacts)
            && !self.reader.rows.is_cut(Table::Contacts);
        let mut count = (0, 0);
        for row in self.reader.rows.of(Table::Contacts) {
            if json::text(row, "Email").eq_ignore_ascii_case(email.trim()) {
                let own = if json::flag(row, "IsActive") { &mut count.0 } else { &mut count.1 };
                *own += usize::try_from(json::number(row, "total")).unwrap_or(usize::MAX);
            }
        }
        is_read.then_some(count)
    }

    /// An app that holds tokens and stands in no list of installed apps. Salesforce's own tools never do.
    fn not_in_menu(&self, label: &str) -> (App, AppSettings) {
        let rows = &self.reader.rows;
        let limit = OrgError::RowLimit { what: "AppMenuItem".into() };
        let cut = rows.is_cut(Table::MenuItems).then_some(limit);
        let unknown = rows.refused(Table::MenuItems).cloned().or(cut);
        let is_absent = unknown.is_none();
        let kind = match &unknown {
            _ if is_first_party_app(label) && !looks_alike(label) => "Salesforce's own",
            Some(_) => "Couldn't tell whether it's installed",
            None => "Not installed",
        };
        let key = if label.is_empty() { AppKey::Deleted } else { AppKey::Name(label.to_owned()) };
        let shown = if label.is_empty() { "A deleted app" } else { label };
        let why = unknown.unwrap_or_else(|| OrgError::Unreadable {
            what: "the settings of an app that isn't installed".into(),
        });
        let mut settings = AppSettings::unread(key, shown, &why);
        if is_absent {
            settings.kind = Known::Absent("The app isn't installed in this org.".into());
        }
        (App { label: shown.to_owned(), kind: kind.into(), ..App::default() }, settings)
    }

    /// Why an installed app has no file.
    fn why_unread(&self, is_managed: bool) -> OrgError {
        match &self.reader.metadata.why {
            _ if is_managed => {
                OrgError::Unreadable { what: "the settings of apps that a package installed".into() }
            }
            Some(why) => why.clone(),
            None => OrgError::LeftOut,
        }
    }

    /// Adds what rows say where files say nothing.
    fn complete(&self, app: &mut AppSettings) {
        let policy = self
            .reader
            .rows
            .of(Table::ClientPolicies)
            .iter()
            .find(|row| app.id.is_some() && json::id(row, "ExternalClientApplicationId") == app.id);
        if let Some(row) = policy {
            of_policy(app, row);
        }
        if let (Known::Unavailable(_), Known::Is(AppKind::Connected), Some(id)) =
            (&app.approved, &app.kind, &app.id)
            && self.reader.rows.refused(Table::AppAccess).is_none()
            && !self.reader.rows.is_cut(Table::AppAccess)
        {
            app.approved = Known::Is(self.admitted(id));
        }
        if let Known::Is(approved) = &mut app.approved {
            for one in approved.iter_mut().filter(|one| one.is_profile) {
                let own = self.profiles.iter().find(|(name, _)| metadata_api::is_same_name(name, &one.name));
                one.users = one.users.or(own.and_then(|(_, users)| *users));
            }
        }
    }

    /// The profiles and permission sets whose users a connected app lets in, as rows say it: of a set that nobody who is
    /// looked at has, only that it is one.
    fn admitted(&self, app: &Id) -> Vec<Approval> {
        let sets: BTreeMap<Id, &Value> = self
            .reader
            .rows
            .of(Table::Sets)
            .iter()
            .filter_map(|row| Some((json::id(row, "Id")?, row)))
            .collect();
        let own = self.reader.rows.of(Table::AppAccess).iter();
        own.filter(|row| json::id(row, "SetupEntityId").as_ref() == Some(app))
            .map(|row| {
                let set = json::id(row, "ParentId").and_then(|id| sets.get(&id).copied());
                let profile = set.map(|set| json::text(set, "Profile.Name")).unwrap_or_default();
                let label = set.map(|set| json::text(set, "Label")).unwrap_or_default();
                let name = if profile.is_empty() { label } else { profile };
                Approval { name: name.to_owned(), is_profile: !profile.is_empty(), users: None }
            })
            .collect()
    }

    /// Says how an app was seen to log in. Whoever holds tokens of it came by a flow that gives them.
    fn add_ways(&self, app: &mut AppSettings, tokens: u64) {
        app.ways = self.ways.map(|ways| {
            let names = [app.label.trim(), app.name.trim()].map(str::to_lowercase);
            let mut own: BTreeSet<Flow> =
                names.iter().filter_map(|name| ways.get(name)).flatten().copied().collect();
            if tokens > 0 {
                own.insert(Flow::OauthToken);
            }
            own
        });
    }
}

/// What the row of an external client app's policy says, where its file does not.
fn of_policy(app: &mut AppSettings, row: &Value) {
    let said = |field| Some(json::text(row, field)).filter(|text| !text.is_empty());
    if let (Known::Unavailable(_), Some(policy)) = (&app.refresh_tokens, said("RefreshTokenPolicyType")) {
        app.refresh_tokens = Known::Is(RefreshTokens::of_client_app(policy, "", ""));
    }
    if let (Known::Unavailable(_), Some(policy)) = (&app.ip_relaxation, said("IpRelaxationPolicyType")) {
        app.ip_relaxation = Known::Is(IpRelaxation::named(policy));
    }
    if let (Known::Unavailable(_), Some(is_on)) =
        (&app.run_as, row.get("IsClientCredentialsFlowEnabled").and_then(Value::as_bool))
    {
        match said("ClientCredentialsFlowUser") {
            Some(user) => app.run_as = Known::Is(RunAs { named: user.to_owned(), user: None }),
            None if !is_on => app.run_as = Known::Absent("The app's client credentials flow is off.".into()),
            None => {}
        }
    }
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
