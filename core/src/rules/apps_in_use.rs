//! The apps that act as the user, from their tokens, their sign-ins and the app menu together: what several rules share.
//!
//! It never says that there are no others: that takes every list, whole, and is the rule's to judge.
//!
//! An app is the same by the id of its item in the app menu (`OauthToken.AppMenuItemId`, `AppMenuItem.Id`). `LoginHistory`
//! has a name alone (`Application`), and so have tokens without a menu item (`AppName`): a name is looked up among the labels
//! and API names of the menu and among the names that tokens with an id have. Where two apps have it, nobody knows which one
//! is meant, and it is said so.

use crate::facts::subject::AppKey;
use crate::facts::{App, Apps, Flow, Known, SignIns, Token, Tokens, User};
use crate::rules::rule::{Outcome, unknown};
use crate::salesforce::error::OrgError;
use crate::salesforce::id::Id;
use crate::salesforce::time::Timestamp;
use crate::text::times;
use std::collections::{BTreeMap, BTreeSet};

/// An app that holds a token for the user, or signed in as them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Used {
    /// Which app it is.
    pub(crate) key: AppKey,
    /// Its label; empty for an app that was deleted.
    pub(crate) label: String,
    /// What it is called in a sentence: its label in quotation marks, and its API name where another has that label too.
    pub(crate) shown: String,
    /// How its tokens for this user name it: by its menu item, by a name, or not at all.
    pub(crate) tokens: BTreeSet<AppKey>,
    /// How many tokens it holds for this user; 0 where that was not counted.
    pub(crate) held: u64,
    /// When the oldest of its tokens was created; none when that is not known.
    pub(crate) created: Option<Timestamp>,
    /// When a token of it was used last; none when no token was ever used.
    pub(crate) last_used: Option<Timestamp>,
    /// How often it signed in.
    pub(crate) sign_ins: u64,
    /// Whether several apps of this org are called so, and it is not known which of them it is.
    pub(crate) is_ambiguous: bool,
    /// The app, as it is shown, of which this may be an earlier name: it went on where this one ended, from the same
    /// addresses.
    pub(crate) perhaps: Option<String>,
    first_sign_in: Option<Timestamp>,
    last_sign_in: Option<Timestamp>,
    addresses: BTreeSet<String>,
}

impl Used {
    /// What shows it, in a sentence.
    pub(crate) fn evidence(&self) -> String {
        let mut parts = vec![];
        if !self.tokens.is_empty() {
            parts.push(match (self.held, self.last_used) {
                (2.., Some(last)) => format!("has {} tokens (last used on {last})", self.held),
                (2.., None) => format!("has {} tokens (never used)", self.held),
                (_, Some(last)) => format!("has a token (last used on {last})"),
                (_, None) => "has a token (never used)".into(),
            });
        }
        match (self.sign_ins, self.last_sign_in) {
            (0, _) => {}
            (n, Some(last)) => {
                parts.push(format!("logged in {} in the last 6 months (last on {last})", times(n)))
            }
            (n, None) => parts.push(format!("logged in {} in the last 6 months", times(n))),
        }
        format!("{} {}.", self.shown, parts.join(" and "))
    }

    /// Why nothing can be said of it by itself, if that is so: it may be another app, under another name.
    pub(crate) fn doubt(&self) -> Option<Outcome> {
        let (missing, what) = match &self.perhaps {
            _ if self.is_ambiguous => (
                format!("which of the apps called {} it is", self.shown),
                "which of several apps with the same name logged in",
            ),
            Some(other) => (
                format!("whether {} is an earlier name of {other}", self.shown),
                "what an app was called before",
            ),
            None => return None,
        };
        Some(Outcome::CannotTell { missing, why: OrgError::Unreadable { what: what.into() } })
    }
}

/// What is known of this org's apps, to find the one that a name means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Directory<'a> {
    user: &'a Id,
    tokens: Option<&'a Tokens>,
    apps: Option<&'a Apps>,
}

impl<'a> Directory<'a> {
    pub(crate) fn new(user: &'a User, tokens: &'a Known<Tokens>, apps: &'a Known<Apps>) -> Directory<'a> {
        Directory { user: &user.id, tokens: tokens.known(), apps: apps.known() }
    }

    fn tokens(&self) -> impl Iterator<Item = &'a Token> {
        self.tokens.into_iter().flat_map(|tokens| &tokens.rows)
    }

    fn apps(&self) -> impl Iterator<Item = &'a App> {
        self.apps.into_iter().flat_map(|apps| &apps.rows)
    }

    /// The menu items of the apps that have, or had, this name.
    fn called(&self, name: &str) -> BTreeSet<&'a Id> {
        let listed = self
            .apps()
            .filter(|app| same(&app.label, name) || same(&app.name, name))
            .map(|app| &app.menu_item);
        let held = self.tokens().filter(|token| same(&token.app, name)).filter_map(|t| t.menu_item.as_ref());
        listed.chain(held).collect()
    }

    /// The app that a name means, and whether several could be meant.
    fn by_name(&self, name: &str) -> (AppKey, bool) {
        let mut all = self.called(name);
        if all.len() > 1 {
            // Of several, the one that holds tokens for this user.
            let own = self.tokens().filter(|token| token.user_id == *self.user);
            let held: BTreeSet<&Id> = own.filter_map(|token| token.menu_item.as_ref()).collect();
            if let [one] = all.intersection(&held).collect::<Vec<_>>().as_slice() {
                all = BTreeSet::from([**one]);
            }
        }
        match all.first() {
            Some(one) if all.len() == 1 => (AppKey::MenuItem((*one).clone()), false),
            one => (AppKey::Name(name.trim().to_owned()), one.is_some()),
        }
    }

    /// The app that holds a token, and whether several could.
    pub(crate) fn of_token(&self, token: &Token) -> (AppKey, bool) {
        match token.key() {
            AppKey::Name(name) => self.by_name(&name),
            key => (key, false),
        }
    }

    /// The label of an app, and how it is shown.
    fn words(&self, key: &AppKey, name: &str) -> (String, String) {
        let app = match key {
            AppKey::MenuItem(id) => self.apps().find(|app| app.menu_item == *id),
            AppKey::Name(_) => None,
            AppKey::Deleted => return (String::new(), "A deleted app".to_owned()),
        };
        let label = app.map_or(name, |app| &app.label).trim();
        let shown = app.zip(self.apps).map(|(app, apps)| apps.shown(app));
        let shown = shown.unwrap_or_else(|| format!("“{label}”"));
        (label.to_owned(), shown)
    }
}

/// Names are the same in capitals and in small letters, as the platform compares them.
fn same(a: &str, b: &str) -> bool {
    a.trim() == b.trim() || a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// The apps that hold a token for `user`, by name, whether or not they sign in.
pub(super) fn holding(user: &User, tokens: &Tokens, listed: &Known<Apps>) -> Vec<Used> {
    apps(Directory { user: &user.id, tokens: Some(tokens), apps: listed.known() }, None)
}

/// The apps known to act as `user`, by name; whichever list is missing adds none.
pub(crate) fn apps(directory: Directory<'_>, sign_ins: Option<&SignIns>) -> Vec<Used> {
    let mut all: BTreeMap<String, Used> = BTreeMap::new();
    for token in directory.tokens().filter(|token| token.user_id == *directory.user) {
        let (key, is_ambiguous) = directory.of_token(token);
        let app = put(&mut all, directory, key, is_ambiguous, &token.app);
        app.tokens.insert(token.key());
        app.held = app.held.saturating_add(token.held);
        app.created = [app.created, token.created].into_iter().flatten().min();
        app.last_used = app.last_used.max(token.last_used);
    }
    for row in sign_ins.into_iter().flat_map(SignIns::successes) {
        let Some(name) = row.app().filter(|name| !name.trim().is_empty()) else { continue };
        let (key, is_ambiguous) = directory.by_name(name);
        let app = put(&mut all, directory, key, is_ambiguous, name);
        app.sign_ins = app.sign_ins.saturating_add(row.count);
        app.last_sign_in = app.last_sign_in.max(row.last);
        app.first_sign_in = [app.first_sign_in, row.first].into_iter().flatten().min();
        app.addresses.insert(row.source_ip.clone());
    }
    let mut all: Vec<Used> = all.into_values().collect();
    let perhaps: Vec<Option<String>> = all.iter().map(|app| later_name(app, &all)).collect();
    for (app, perhaps) in all.iter_mut().zip(perhaps) {
        app.perhaps = perhaps;
    }
    all
}

fn put<'a>(
    all: &'a mut BTreeMap<String, Used>,
    directory: Directory<'_>,
    key: AppKey,
    is_ambiguous: bool,
    name: &str,
) -> &'a mut Used {
    let (label, shown) = directory.words(&key, name);
    // In the order of their labels.
    let place = format!(
        "{}\0{}",
        label.to_lowercase(),
        if let AppKey::MenuItem(id) = &key { id.as_str() } else { "" }
    );
    all.entry(place).or_insert_with(|| Used {
        key,
        label,
        shown,
        tokens: BTreeSet::new(),
        held: 0,
        created: None,
        last_used: None,
        sign_ins: 0,
        is_ambiguous,
        perhaps: None,
        first_sign_in: None,
        last_sign_in: None,
        addresses: BTreeSet::new(),
    })
}

/// The app that a name without any id or token may have become.
fn later_name(app: &Used, all: &[Used]) -> Option<String> {
    let last = app.last_sign_in.filter(|_| app.tokens.is_empty() && matches!(app.key, AppKey::Name(_)))?;
    let later = all.iter().find(|other| {
        matches!(other.key, AppKey::MenuItem(_))
            && other.first_sign_in.is_some_and(|first| last <= first)
            && app.addresses.is_subset(&other.addresses)
    });
    later.map(|other| other.shown.clone())
}

/// What a program that logs in with username and password and gives no name is called.
pub(super) const UNNAMED: &str = "an unnamed SOAP client";

/// Programs that logged in with username and password: by the name they gave, or `None` for those that gave none.
pub(super) fn by_password(sign_ins: &SignIns) -> BTreeMap<Option<&str>, (u64, Option<Timestamp>)> {
    let mut programs: BTreeMap<Option<&str>, (u64, Option<Timestamp>)> = BTreeMap::new();
    for row in sign_ins.successes().filter(|row| row.flow() == Flow::SoapPassword) {
        let name = Some(row.application.trim()).filter(|name| !name.is_empty() && *name != "N/A");
        let sum = programs.entry(name).or_default();
        *sum = (sum.0.saturating_add(row.count), sum.1.max(row.last));
    }
    programs
}

/// Whether a program that signs in with a password gave the name of this app.
pub(super) fn is_called(app: &Used, name: &str) -> bool {
    same(&app.label, name)
}

/// Why the list of apps may not be whole, or may have one app under two names, if that is so.
pub(super) fn doubt(
    tokens: &Known<Tokens>,
    sign_ins: &Known<SignIns>,
    apps: &Known<Apps>,
) -> Option<Outcome> {
    match (tokens, sign_ins, apps) {
        (Known::Is(_), Known::Is(sign_ins), Known::Is(_)) => cut(sign_ins),
        (Known::Is(_), Known::Is(_), _) => Some(unknown(apps)),
        (Known::Is(_), ..) => Some(unknown(sign_ins)),
        _ => Some(unknown(tokens)),
    }
}

/// Whether two of these may be one app: without the app menu nobody knows which item a name means.
pub(super) fn may_be_one(used: &[&Used], apps: &Known<Apps>) -> bool {
    let by_id = used.iter().filter(|app| matches!(app.key, AppKey::MenuItem(_))).count();
    apps.known().is_none_or(|apps| apps.cut) && by_id > 0 && by_id < used.len()
}

/// Why the sign-ins may not be whole, if they may not.
pub(super) fn cut(sign_ins: &SignIns) -> Option<Outcome> {
    sign_ins.cut.then(|| Outcome::CannotTell {
        missing: "some of the logins".into(),
        why: OrgError::RowLimit { what: "LoginHistory".into() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Facts, SignIn};
    use crate::fixes::{self, Context};
    use crate::plan::{Place, Plan};
    use crate::rules::example::{app, days_ago, facts, id, sign_in, token};
    use crate::rules::rule::Finding;
    use crate::rules::run;

    fn by_oauth(application: &str) -> SignIn {
        sign_in("Remote Access 2.0", "OauthClientCredentials", application)
    }

    fn with(tokens: Vec<Token>, sign_ins: Vec<SignIn>, apps: Vec<App>) -> Facts {
        let mut facts = facts();
        facts.tokens = Known::Is(Tokens { rows: tokens.into(), cut: false });
        facts.sign_ins = Known::Is(SignIns { rows: sign_ins.into(), cut: false });
        facts.apps = Known::Is(Apps { rows: apps.into(), cut: false });
        facts
    }

    fn of_item(name: &str, user: u32, item: u32) -> Token {
        Token { menu_item: Some(id("0DS", item)), ..token(name, user) }
    }

    fn of(facts: &Facts) -> Vec<Used> {
        let user = facts.user.known().unwrap();
        apps(Directory::new(user, &facts.tokens, &facts.apps), facts.sign_ins.known())
    }

    fn outcome(facts: &Facts, rule: &str) -> Outcome {
        run(facts).into_iter().find(|(own, _)| own.id == rule).unwrap().1
    }

    fn findings(facts: &Facts, rule: &str) -> Vec<Finding> {
        match outcome(facts, rule) {
            Outcome::Findings(all) => all,
            _ => vec![],
        }
    }

    fn plans(facts: &Facts, rule: &str) -> Vec<(Finding, Vec<Plan>)> {
        let acting = id("005", 9);
        let rule = crate::rules::all().iter().find(|own| own.id == rule).unwrap();
        let context = Context { facts, acting: &acting, labels: &crate::facts::NO_LABELS };
        findings(facts, rule.id).into_iter().map(|f| (f.clone(), fixes::plans(rule, &f, context))).collect()
    }

    #[test]
    fn a_token_and_sign_ins_of_one_menu_item_are_one_app() {
        let facts = with(
            vec![of_item("ERP Connector", 1, 1)],
            vec![by_oauth("ERP Connector (SAP)")],
            vec![App { admin_approved: false, ..app(1, "ERP Connector (SAP)") }],
        );
        let all = of(&facts);
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(all[0].key, AppKey::MenuItem(id("0DS", 1)));
        assert_eq!((all[0].label.as_str(), all[0].sign_ins), ("ERP Connector (SAP)", 10));
        assert_eq!(outcome(&facts, "several-apps-on-one-user").word(), "pass");
        // Nor are they two programs, nor is the token's name one that is not installed.
        assert_eq!(outcome(&facts, "unattributable-activity").word(), "pass");
        assert_eq!(findings(&facts, "open-app").len(), 1);
        // By the API name too, and by the name that a token has for the item.
        for name in ["ERP_Connector_(SAP)", "erp connector"] {
            let facts = Facts {
                sign_ins: Known::Is(SignIns { rows: vec![by_oauth(name)].into(), cut: false }),
                ..facts.clone()
            };
            assert_eq!(of(&facts).len(), 1, "{name}");
        }
    }

    #[test]
    fn a_name_that_ended_where_another_began_is_a_doubt() {
        let was =
            |last: i64| SignIn { first: Some(days_ago(90)), last: Some(days_ago(last)), ..by_oauth("ERP") };
        let is = SignIn { first: Some(days_ago(50)), ..by_oauth("ERP (SAP)") };
        let of_old = |old: SignIn| {
            with(vec![of_item("ERP (SAP)", 1, 1)], vec![old, is.clone()], vec![app(1, "ERP (SAP)")])
        };
        let facts = of_old(was(60));
        let perhaps: Vec<Option<String>> = of(&facts).into_iter().map(|app| app.perhaps).collect();
        assert_eq!(perhaps, [Some("“ERP (SAP)”".to_owned()), None]);
        for rule in ["several-apps-on-one-user", "unattributable-activity"] {
            let Outcome::CannotTell { missing, .. } = outcome(&facts, rule) else { panic!("{rule}") };
            assert_eq!(missing, "whether “ERP” is an earlier name of “ERP (SAP)”");
        }
        assert!(findings(&facts, "open-app").iter().all(|f| !f.title.contains("“ERP”")));
        // Another one at the same time, or from another address, is another app.
        let elsewhere = SignIn { source_ip: "203.0.113.9".into(), ..was(60) };
        for old in [was(10), elsewhere] {
            assert_eq!(findings(&of_old(old), "several-apps-on-one-user").len(), 1);
        }
    }

    #[test]
    fn two_apps_of_one_label_are_told_apart_by_their_api_names_or_not_at_all() {
        let twins = || {
            let second = App { name: "Payroll_EU".into(), ..app(2, "Payroll") };
            vec![App { admin_approved: false, ..app(1, "Payroll") }, App { admin_approved: false, ..second }]
        };
        // A name alone means either.
        let facts = with(vec![], vec![by_oauth("Payroll")], twins());
        assert!(of(&facts)[0].is_ambiguous);
        let Outcome::CannotTell { missing, .. } = outcome(&facts, "open-app") else { panic!() };
        assert_eq!(missing, "which of the apps called “Payroll” it is");
        // The one that holds a token of this user is meant, and is shown with what the API calls it.
        let facts = with(vec![of_item("Payroll", 1, 2)], vec![by_oauth("Payroll")], twins());
        let found = plans(&facts, "open-app");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0.title, "“Payroll” (Payroll_EU) is set to “All users may self-authorize”");
        let closed: Vec<&Place> = found[0].1[0].steps.iter().map(|step| &step.place).collect();
        let is_second = |place: &&&Place| matches!(place, Place::Component { names, .. } if names == &[crate::plan::Term::text("Payroll_EU")]);
        assert_eq!(closed.iter().filter(is_second).count(), 1, "{closed:?}");
    }

    /// The two apps of the issue: the label of one is quoted in the label of the other.
    #[test]
    fn a_fix_closes_the_app_of_its_finding_whatever_the_labels_quote() {
        let open =
            |n, label: &str, name: &str| App { admin_approved: false, name: name.into(), ..app(n, label) };
        let apps = vec![open(1, "Payroll", "Payroll"), open(2, "Old “Payroll” bridge", "Old_bridge")];
        let facts = with(vec![of_item("Old “Payroll” bridge", 1, 2)], vec![], apps);
        let found = plans(&facts, "open-app");
        assert_eq!(found.len(), 1);
        let plan = &found[0].1[0];
        assert_eq!(plan.ids[0].records, [id("0H4", 2).to_string()]);
        let names: Vec<_> = plan
            .steps
            .iter()
            .filter_map(|step| match &step.place {
                Place::Component { names, .. } => Some(names.clone()),
                _ => None,
            })
            .collect();
        assert_eq!(names, [vec![crate::plan::Term::text("Old_bridge")]]);
    }

    #[test]
    fn what_is_left_of_a_deleted_app_is_revoked_and_signs_in_no_more() {
        let ghost = Token { app: String::new(), held: 2, ..token("", 1) };
        let facts = with(
            vec![ghost, of_item("Stock Hub", 1, 1)],
            vec![by_oauth("Stock Hub")],
            vec![app(1, "Stock Hub")],
        );
        assert_eq!(outcome(&facts, "several-apps-on-one-user").word(), "pass");
        let found = plans(&facts, "orphan-token");
        let (finding, plans) = found.iter().find(|(f, _)| f.subject.app() == Some(&AppKey::Deleted)).unwrap();
        assert_eq!(finding.title, "2 OAuth tokens of a deleted app are still there");
        assert_eq!(plans.len(), 1);
        let user = id("005", 1);
        assert_eq!(plans[0].steps[0].place, Place::Tokens { user, app: AppKey::Deleted });
        assert!(
            plans[0].link.contains(id("005", 1).as_str())
                && plans[0].looks[0].soql.contains("AppName = null")
        );
    }

    #[test]
    fn tokens_that_name_the_app_and_tokens_that_have_its_item_are_revoked_together() {
        let facts =
            with(vec![of_item("ERP", 1, 1), token("ERP", 1), token("Other", 1)], vec![], vec![app(1, "ERP")]);
        let found = plans(&facts, "several-apps-on-one-user");
        let revokes: Vec<&Plan> = found[0].1.iter().filter(|plan| plan.fix == "revoke-token").collect();
        let erp = revokes.iter().find(|plan| plan.ids[0].records[1] == id("0DS", 1).to_string()).unwrap();
        let keys: Vec<&Place> = erp.steps.iter().map(|step| &step.place).collect();
        let of = |app| Place::Tokens { user: id("005", 1), app };
        assert_eq!(keys, [&of(AppKey::MenuItem(id("0DS", 1))), &of(AppKey::Name("ERP".into()))]);
    }
}
