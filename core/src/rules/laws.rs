//! What holds for every rule, and the documentation made from them.
//!
//! It never tests what one rule says: its examples do, in its own file.

use super::example::{NOW, facts, grant, id, of_app, of_org, person, sign_in, token};
use super::{all, run};
use crate::classification::{Classification, Who};
use crate::facts::*;
use crate::rules::rule::{Finding, Judges, Outcome, Rule, Severity, TURNED_OFF};
use crate::salesforce::error::OrgError;
use crate::salesforce::ip_range::IpRange;
use crate::salesforce::time::{DAY, Timestamp};
use crate::text::spaced;
use proptest::prelude::*;
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[path = "../../tests/drawn/mod.rs"]
mod drawn;

/// Facts without which a rule may still pass, each with its reason.
const OPTIONAL: &[(&str, &str, &str)] = &[
    (
        "broad-permission",
        Classification::NAME,
        "without it the user is judged as an integration, the stricter",
    ),
    (
        "broad-permission",
        SignIns::NAME,
        "without it what SOAP login() needs is told, and no fix takes it: nothing else depends on it",
    ),
    (
        "record-deletion",
        Classification::NAME,
        "without it the user is judged as an integration, the stricter",
    ),
    (
        "unrestricted-login-ip",
        Classification::NAME,
        "without it the user is judged as an integration, the stricter",
    ),
    ("open-app", Classification::NAME, "without it the user is judged as an integration, the stricter"),
    ("browser-sign-in-allowed", SignIns::NAME, "evidence beside the permission, which decides"),
    (
        "browser-sign-in-allowed",
        User::NAME,
        "tells the page of a user from that of a profile; the grants decide",
    ),
    (
        "browser-sign-in-allowed",
        License::NAME,
        "tells an agent's user, who cannot sign in by browser; the grants decide",
    ),
    ("shared-profile", Classification::NAME, "words a finding that the profile's users make"),
    ("non-integration-license", User::NAME, "makes a finding worse; the license decides"),
    ("stale-secret", Tokens::NAME, "evidence beside the password, which decides"),
    ("shared-profile", User::NAME, "tells the page of a user from that of a profile; the grants decide"),
    ("non-integration-license", SignIns::NAME, "makes a finding worse; the license decides"),
    ("non-integration-license", Grants::NAME, "makes a finding worse; the license decides"),
    (
        "unrestricted-login-ip",
        SignIns::NAME,
        "compared with the ranges, which decide; the note says when it was not",
    ),
    ("dormant-integration", Frozen::NAME, "who is frozen is left alone; the signs of use decide"),
    ("never-signed-in", License::NAME, "tells an agent's user, which never logs in"),
    (
        "escalation-path",
        Classification::NAME,
        "without it the user is judged as an integration, the stricter",
    ),
    ("orphan-token", Classification::NAME, "without it the user is judged as an integration, the stricter"),
    ("scattered-addresses", LoginIpRanges::NAME, "makes a finding milder; the addresses decide"),
    ("stale-token", Apps::NAME, "names the app; the tokens decide"),
    ("standing-grant", Apps::NAME, "names the app; the tokens decide"),
    ("stale-secret", Grants::NAME, "asked only where a password is used"),
    ("open-app", Grants::NAME, "asked only for connected apps, not for external client apps"),
    (
        "long-session",
        <OrgSettings as Fact>::NAME,
        "the org's timeout is asked only where the app has none of its own",
    ),
    (
        "weak-oauth-flow",
        <OrgSettings as Fact>::NAME,
        "the org's own switch is asked only where the app doesn't require PKCE itself",
    ),
];

/// Facts that a rule asks for only where it would fail: then what it says without them is "cannot tell".
const BEFORE_A_FINDING: &[(&str, &str)] = &[
    ("dormant-integration", Tokens::NAME),
    ("dormant-integration", Jobs::NAME),
    ("never-signed-in", Tokens::NAME),
    ("never-signed-in", Jobs::NAME),
    ("standard-profile", License::NAME),
    ("frozen-integration", SignIns::NAME),
    ("frozen-integration", Tokens::NAME),
    ("frozen-integration", Jobs::NAME),
];

/// So long may a title be, with names as the examples have them.
const TITLE: usize = 70;

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The facts with one of them not read.
fn without(facts: &Facts, name: &str) -> Facts {
    let mut facts = facts.clone();
    let mut found = false;
    macro_rules! unread {
        ($($field:ident: $type:ty),*) => {$(
            if <$type>::NAME == name {
                facts.$field = Known::unavailable(name, OrgError::Timeout);
                found = true;
            }
        )*};
    }
    unread!(user: User, frozen: Frozen, expirations: Expirations, record: Record, profile: Profile,
        license: License, grants: Grants, sign_ins: SignIns, tokens: Tokens, apps: Apps, jobs: Jobs,
        login_ip_ranges: LoginIpRanges, classification: Classification, app: AppSettings, org: OrgSettings);
    assert!(found, "no fact is called {name}");
    facts
}

fn is_optional(rule: &Rule, name: &str) -> bool {
    let is = |id: &str, fact: &str| id == rule.id && fact == name;
    OPTIONAL.iter().any(|(id, fact, _)| is(id, fact))
        || BEFORE_A_FINDING.iter().any(|(id, fact)| is(id, fact))
}

fn findings(outcome: &Outcome) -> &[Finding] {
    match outcome {
        Outcome::Findings(findings) => findings,
        _ => &[],
    }
}

#[test]
fn a_rule_is_a_file_of_its_name() {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut files: Vec<(String, String)> = entries(&source("src/rules"))
        .iter()
        .filter(|path| path.is_dir())
        .flat_map(|family| {
            entries(family).into_iter().map(|file| (name(&file).replace('_', "-"), name(family)))
        })
        .collect();
    files.sort();
    let rules: Vec<_> = all().iter().map(|rule| (rule.id.to_owned(), rule.family().to_owned())).collect();
    assert_eq!(rules, files, "each file is a rule of its name, of the family that its folder is");
}

#[test]
fn a_rule_says_what_why_what_to_do_and_who_says_so() {
    for rule in all() {
        let title = rule.title();
        assert!(
            !title.is_empty() && title.chars().count() <= TITLE && !title.ends_with('.'),
            "{}: {title}",
            rule.id
        );
        for heading in ["Why it matters", "Fix", "Source"] {
            assert!(rule.section(heading).len() > 20, "{}: {heading}", rule.id);
        }
        let sources = rule.sources();
        assert!(
            !sources.is_empty() && sources.iter().all(|link| link.starts_with("https://")),
            "{}",
            rule.id
        );
        assert!(rule.person.is_none_or(|person| person >= rule.integration), "{}: worse for people", rule.id);
        assert!(!(rule.needs)().is_empty(), "{} needs nothing", rule.id);
    }
}

#[test]
fn a_check_is_named_by_the_state_that_passes_it() {
    let mut names = std::collections::BTreeSet::new();
    for rule in all() {
        let name = rule.name();
        assert!((5..=60).contains(&name.chars().count()), "{}: {name}", rule.id);
        assert!(!name.ends_with(['.', '?', '!', ':']), "{}: {name}", rule.id);
        assert!(name.starts_with(char::is_uppercase), "{}: {name}", rule.id);
        assert!(
            !name.starts_with("No ") && !name.starts_with("The user can "),
            "{}: say what is so: {name}",
            rule.id
        );
        assert_ne!(name, rule.title(), "{}: the title names the failing state", rule.id);
        assert!(names.insert(name), "{}: two checks have one name", rule.id);
    }
}

#[test]
fn examples_have_their_outcomes() {
    for rule in all() {
        let examples = (rule.examples)();
        assert_eq!(examples[0].outcome, "finding", "{}: the first example fails", rule.id);
        assert!(examples.iter().any(|example| example.outcome == "pass"), "{}: none passes", rule.id);
        for example in examples {
            let outcome = rule.run(&example.facts);
            assert_eq!(outcome.word(), example.outcome, "{}, {}: {outcome:?}", rule.id, example.name);
            for finding in findings(&outcome) {
                assert!(
                    !finding.title.is_empty() && !finding.title.ends_with('.'),
                    "{}: {finding:?}",
                    rule.id
                );
                assert!(finding.title.chars().count() <= TITLE, "{}: {}", rule.id, finding.title);
                assert!(!finding.evidence.is_empty(), "{}: {finding:?}", rule.id);
                assert!(finding.evidence.iter().all(|line| line.ends_with('.')), "{}: {finding:?}", rule.id);
            }
            if let Outcome::Pass { note } | Outcome::NotApplicable { why: note } = &outcome {
                assert!(note.ends_with('.'), "{}: {note}", rule.id);
            }
        }
    }
}

#[test]
fn a_missing_fact_is_never_a_pass() {
    for rule in all() {
        for example in (rule.examples)().into_iter().filter(|example| example.outcome == "pass") {
            for name in (rule.needs)().into_iter().filter(|name| !is_optional(rule, name)) {
                let outcome = rule.run(&without(&example.facts, name));
                assert_ne!(outcome.word(), "pass", "{}, {}, without {name}", rule.id, example.name);
            }
        }
    }
    for (rule, outcome) in run(&Facts::pending(NOW)) {
        // On a user's page nobody reads apps and org settings: that is said, and where they are.
        match (rule.judges(), &outcome) {
            (Judges::Users, _) => {
                assert_eq!(outcome.word(), "cannot-tell", "{}: nothing was read", rule.id);
            }
            (_, Outcome::NotApplicable { why }) => {
                assert!(why.ends_with("Review the org to see it."), "{}: {why}", rule.id);
            }
            (_, other) => panic!("{}: {other:?}", rule.id),
        }
    }
}

#[test]
fn a_rule_that_is_off_says_so_and_never_passes() {
    for rule in all() {
        for example in (rule.examples)() {
            let mut facts = example.facts;
            facts.checks.off = [rule.id.to_owned()].into();
            assert_eq!(
                rule.run(&facts),
                Outcome::not_applicable(TURNED_OFF),
                "{}, {}",
                rule.id,
                example.name
            );
            facts.checks.off = ["of-another-version".to_owned()].into();
            assert_eq!(rule.run(&facts).word(), example.outcome, "{}, {}", rule.id, example.name);
        }
    }
}

#[test]
fn an_optional_fact_is_one_that_the_rule_needs() {
    for (id, fact, reason) in OPTIONAL {
        let rule = all().iter().find(|rule| rule.id == *id).unwrap();
        assert!((rule.needs)().contains(fact) && !reason.is_empty(), "{id}: {fact}");
    }
}

#[test]
fn a_missing_fact_hides_no_finding_that_stands_without_it() {
    for rule in all() {
        let examples = (rule.examples)();
        for (_, name, _) in
            OPTIONAL.iter().filter(|(id, name, _)| *id == rule.id && *name != Classification::NAME)
        {
            let outcome = rule.run(&without(&examples[0].facts, name));
            assert_eq!(outcome.word(), "finding", "{} without {name}", rule.id);
        }
    }
}

#[test]
fn a_well_kept_integration_user_has_no_findings_nor_has_a_well_kept_app_or_org() {
    for facts in [facts(), of_app(|_| {}), of_org(|_| {})] {
        for (rule, outcome) in run(&facts) {
            assert!(findings(&outcome).is_empty(), "{}: {outcome:?}", rule.id);
        }
    }
}

#[test]
fn what_is_about_apps_or_the_org_says_nothing_of_a_user_and_the_other_way_round() {
    let kinds = [(Judges::Users, facts()), (Judges::Apps, of_app(|_| {})), (Judges::Org, of_org(|_| {}))];
    for (judges, facts) in kinds {
        let mut own = 0;
        for (rule, outcome) in run(&facts) {
            own += usize::from(rule.judges() == judges && outcome.word() == "pass");
            // An app is judged in its org: what the org is set to is known there too.
            let is_beside = judges == Judges::Apps && rule.judges() == Judges::Org;
            if rule.judges() != judges && !is_beside {
                assert_eq!(outcome.word(), "not-applicable", "{}: {outcome:?}", rule.id);
            }
        }
        assert!(own >= 2, "{judges:?}: {own} rules pass");
    }
    // Whoever the user is, and however unsure that is.
    let mut unsure = person();
    unsure.grants = Known::unavailable(<Grants as Fact>::NAME, OrgError::Timeout);
    if let Known::Is(classification) = &mut unsure.classification {
        classification.sure = false;
    }
    for (rule, outcome) in run(&unsure).iter().filter(|(rule, _)| rule.judges() != Judges::Users) {
        assert_eq!(outcome.word(), "not-applicable", "{}", rule.id);
    }
}

#[test]
fn what_is_about_integrations_says_nothing_of_people_and_nothing_speaks_of_the_platform() {
    for rule in all().iter().filter(|rule| rule.judges() == Judges::Users) {
        let mut facts = (rule.examples)().remove(0).facts;
        facts.classification = person().classification;
        let outcome = rule.run(&facts);
        match rule.person {
            None => assert_eq!(outcome.word(), "not-applicable", "{}", rule.id),
            Some(worst) => {
                assert!(findings(&outcome).iter().all(|f| f.severity >= Some(worst)), "{}", rule.id)
            }
        }
        let platform = Classification { who: Who::Platform, sure: true, reasons: vec![], answer: None };
        facts.classification = Known::Is(platform);
        assert_eq!(rule.run(&facts).word(), "not-applicable", "{}", rule.id);
    }
}

#[test]
fn a_profile_s_page_has_no_rule_that_guesses_at_a_user() {
    for rule in all() {
        for example in (rule.examples)() {
            let mut facts = example.facts;
            facts.user = Known::Absent("Open one of the profile's users to see this.".into());
            let outcome = rule.run(&facts);
            let needs_user = [
                "app-shared-by-integration-users",
                "open-app",
                "personal-identity",
                "dormant-integration",
                "frozen-integration",
                "never-signed-in",
                "new-country",
                "orphan-token",
                "password-sign-in",
                "scattered-addresses",
                "several-apps-on-one-user",
                "soap-login-without-api-auth",
                "stale-secret",
                "stale-token",
                "standing-grant",
                "unattributable-activity",
                "unrecorded-owner",
            ];
            if needs_user.contains(&rule.id)
                && facts.classification.known().is_some_and(|c| c.who == Who::Integration)
            {
                assert_eq!(outcome.word(), "not-applicable", "{}, {}", rule.id, example.name);
            }
        }
    }
}

#[test]
fn names_stay_as_they_are() {
    const HOSTILE: &str = "<img src=x onerror=alert(1)>";
    let mut facts = facts();
    facts.grants = Known::Is(Grants {
        sets: vec![
            grant()
                .profile(HOSTILE)
                .permissions(&["ModifyAllData"])
                .shared_with(&[HOSTILE])
                .deleting(HOSTILE, true),
            grant().group(2, HOSTILE, "Outdated").permissions(&["ManageUsers", HOSTILE]),
        ],
        cut: false,
    });
    facts.license = Known::Is(License { name: HOSTILE.into() });
    facts.tokens =
        Known::Is(Tokens { rows: vec![token(HOSTILE, 1), token("B", 1), token("B", 2)].into(), cut: false });
    facts.sign_ins =
        Known::Is(SignIns { rows: vec![sign_in("Other Apex API", "", HOSTILE)].into(), cut: false });
    if let Known::Is(user) = &mut facts.user {
        user.title = HOSTILE.into();
    }
    let mut seen = 0;
    for (rule, outcome) in run(&facts) {
        for finding in findings(&outcome) {
            let text = format!("{} {}", finding.title, finding.evidence.join(" "));
            assert!(!text.contains("&lt;"), "{} escapes; that is the view's", rule.id);
            seen += usize::from(text.contains(HOSTILE));
        }
    }
    assert!(seen >= 7, "only {seen} findings carry the name");
}

// Arbitrary facts: every part read, missing or absent, with odd texts and numbers.

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("N/A".to_owned()),
        Just("Browser".to_owned()),
        Just("Acme ERP".to_owned()),
        Just("Dataloader Bulk".to_owned()),
        Just("jane.roe@acme.example".to_owned()),
        Just("<img src=x onerror=alert(1)>".to_owned()),
        Just("ﷺ́ß İ\u{202e}\u{0}".to_owned()),
        "\\PC{0,12}",
    ]
}

fn known<T: Fact + std::fmt::Debug + Clone + 'static>(
    fact: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Known<T>> {
    prop_oneof![
        5 => fact.prop_map(Known::Is),
        1 => Just(Known::unavailable(T::NAME, OrgError::Timeout)),
        1 => Just(Known::unavailable(T::NAME, OrgError::Pending)),
        1 => Just(Known::Absent("Not here.".into())),
    ]
}

fn moment() -> impl Strategy<Value = Option<Timestamp>> {
    prop_oneof![
        Just(None),
        (-2_000i64..400).prop_map(|days| Some(Timestamp(NOW.0 + days * DAY))),
        Just(Some(Timestamp(0)))
    ]
}

fn any_user() -> impl Strategy<Value = User> {
    (text(), text(), text(), any::<(bool, bool)>(), moment(), moment(), text(), text()).prop_map(
        |(name, username, email, (is_active, has_manager), created, changed, number, title)| User {
            name,
            username,
            email,
            is_active,
            has_manager,
            created,
            last_password_change: changed,
            employee_number: number,
            title,
            ..super::example::user()
        },
    )
}

fn any_grant() -> impl Strategy<Value = Grant> {
    let permission = prop_oneof![
        Just("ModifyAllData"),
        Just("ManageUsers"),
        Just("ApiUserOnly"),
        Just("PasswordNeverExpires"),
        Just("FreezeUsers"),
        Just("BulkApiHardDelete"),
        Just("ApiEnabled"),
        Just("FlyToTheMoon"),
        Just(""),
    ];
    let deletes = prop::option::of(prop::collection::vec(
        (text(), any::<[bool; 4]>()).prop_map(|(object, [delete, modify_all, view_all, view_fields])| {
            ObjectGrant { object, delete, modify_all, view_all, view_fields }
        }),
        0..15,
    ));
    let reach = prop::option::of((prop::collection::vec(text(), 0..8), any::<bool>()));
    (
        0..4u8,
        text(),
        text(),
        prop::collection::btree_set(permission, 0..5),
        deletes,
        prop::option::of(0..3u32),
        reach,
        any::<bool>(),
    )
        .prop_map(|(kind, name, status, permissions, deletes, app, reach, session_based)| Grant {
            source: match kind {
                0 => Source::Profile { name },
                1 => Source::Group { name, status: "Updated".into() },
                2 => Source::Group { name, status },
                _ => Source::PermissionSet { name },
            },
            permissions: permissions.into_iter().map(str::to_owned).collect(),
            deletes: deletes.map(Into::into),
            objects_cut: kind == 3 && session_based,
            apps: app.map(|n| vec![id("0H4", n)].into()),
            reach: reach.map(|(names, more)| Reach {
                others: names
                    .into_iter()
                    .zip(50..)
                    .map(|(name, n)| Assignee { id: id("005", n), username: name.clone(), name }.into())
                    .collect(),
                more,
                ..Reach::default()
            }),
            session_based,
            ..grant()
        })
}

fn any_sign_in() -> impl Strategy<Value = SignIn> {
    let kind = prop_oneof![
        Just(("Application", "")),
        Just(("Other Apex API", "")),
        Just(("Remote Access 2.0", "OauthClientCredentials")),
        Just(("Remote Access 2.0", "")),
        Just(("Remote Access 2.0", "OauthRefreshToken")),
        Just(("?", "OauthUsernamePassword")),
        Just(("Certificate", "")),
        Just(("", "")),
    ];
    let address = prop_oneof![Just("198.51.100.7".to_owned()), Just("2001:db8::1".to_owned()), text()];
    (kind, text(), address, any::<bool>(), prop_oneof![0u64..5, Just(u64::MAX / 64)], moment()).prop_map(
        |((login_type, sub_type), application, source_ip, failed, count, last)| {
            let status = if failed { "Invalid Password" } else { "Success" };
            SignIn {
                source_ip,
                count,
                last,
                status: status.into(),
                ..sign_in(login_type, sub_type, &application)
            }
        },
    )
}

fn any_app() -> impl Strategy<Value = App> {
    (0..3u32, text(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(n, label, client, admin_approved, has_id)| App {
            kind: if client { AppKind::ExternalClient } else { AppKind::Connected },
            admin_approved,
            id: has_id.then(|| id("0H4", n)),
            ..super::example::app(n, &label)
        },
    )
}

fn any_range() -> impl Strategy<Value = IpRange> {
    let v6 = |n: u128| std::net::IpAddr::from(std::net::Ipv6Addr::from_bits(n));
    let v4 = |n: u32| std::net::IpAddr::from(std::net::Ipv4Addr::from_bits(n));
    prop_oneof![
        any::<(u32, u32)>().prop_map(move |(a, b)| (v4(a.min(b)), v4(a.max(b)))),
        any::<u32>().prop_map(move |a| (v4(a), v4(a.saturating_add(200)))),
        any::<(u128, u128)>().prop_map(move |(a, b)| (v6(a.min(b)), v6(a.max(b)))),
        Just((v6(0), v6(u128::MAX))),
    ]
    .prop_map(|(start, end)| IpRange { start, end, description: String::new() })
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let who = prop_oneof![Just(Who::Integration), Just(Who::Person), Just(Who::Platform)];
    let grants = (prop::collection::vec(any_grant(), 0..5), any::<bool>())
        .prop_map(|(sets, cut)| Grants { sets, cut });
    let sign_ins = (prop::collection::vec(any_sign_in(), 0..7), any::<bool>())
        .prop_map(|(rows, cut)| SignIns { rows: rows.into(), cut });
    let row =
        (text(), 0..4u32, prop::option::of(0..3u32), moment()).prop_map(|(app, user, item, last_used)| {
            Token { menu_item: item.map(|n| id("0DS", n)), last_used, ..token(&app, user) }
        });
    let tokens = (prop::collection::vec(row, 0..7), any::<bool>())
        .prop_map(|(rows, cut)| Tokens { rows: rows.into(), cut });
    let apps = (prop::collection::vec(any_app(), 0..4), any::<bool>())
        .prop_map(|(rows, cut)| Apps { rows: rows.into(), cut });
    let ranges = prop::collection::vec(any_range(), 0..4)
        .prop_map(|ranges| LoginIpRanges { ranges: ranges.into(), ..LoginIpRanges::default() });
    (
        known(any_user()),
        known(text().prop_map(|name| License { name })),
        known(grants),
        known(sign_ins),
        known(tokens),
        known(apps),
        known(ranges),
        known(who.prop_map(|who| Classification { who, sure: true, reasons: vec![], answer: None })),
    )
        .prop_map(|(user, license, grants, sign_ins, tokens, apps, login_ip_ranges, classification)| {
            Facts {
                user,
                license,
                grants,
                sign_ins,
                tokens,
                apps,
                login_ip_ranges,
                classification,
                ..facts()
            }
        })
}

proptest! {
    #![proptest_config(drawn::config(400))]

    #[test]
    fn drawn_facts_have_one_of_four_outcomes(facts in any_facts()) {
        for (rule, outcome) in run(&facts) {
            if let Outcome::Findings(findings) = &outcome {
                prop_assert!(!findings.is_empty(), "{}", rule.id);
                for finding in findings {
                    prop_assert!(!finding.title.is_empty(), "{}", rule.id);
                    let worst = finding.severity.unwrap() >= rule.integration;
                    prop_assert!(worst, "{} gives worse than the table says: {}", rule.id, finding.title);
                    prop_assert!(!finding.evidence.is_empty(), "{}: {}", rule.id, finding.title);
                    prop_assert!(finding.evidence.iter().all(|line| !line.is_empty()), "{}", rule.id);
                }
            }
            if let Outcome::Pass { note } = &outcome {
                prop_assert!(!note.is_empty(), "{}", rule.id);
            }
        }
    }

    #[test]
    fn drawn_facts_never_pass_unread(facts in any_facts()) {
        for rule in all() {
            for name in (rule.needs)().into_iter().filter(|name| !is_optional(rule, name)) {
                let outcome = rule.run(&without(&facts, name));
                prop_assert!(!matches!(outcome, Outcome::Pass { .. }), "{} without {name}: {outcome:?}", rule.id);
            }
        }
    }
}

#[test]
fn docs_are_fresh() {
    let path = source("../docs/rules.md");
    let written = document();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &written).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == written, "docs/rules.md is stale: run ./build.sh docs");
}

const INTRODUCTION: &str = "\
# Rules

<!-- Generated from the rules' own texts and examples in core/src/rules by `./build.sh docs`. Do not edit. -->

What Leastwise checks for a user, profile or permission set, and in a review of an org for its apps and its settings too. Each
rule has one of four outcomes:

- **finding**: something is wrong, and the evidence shows it.
- **pass**: checked, no problem found.
- **not applicable**: doesn't apply to this user, or another check reports it.
- **cannot tell** (“Couldn't check”): something couldn't be read; Leastwise says what and why. It never counts as passed.

How often each finds something in published metadata is in [noise.md](noise.md).

A finding has a severity. The table gives the worst that a rule gives; some cases of a rule are milder.

";

const FIXES: &str = "
## Fixes

Every fix is previewed, applied, verified and can be undone, unless the preview says otherwise. Each rule about users lists its
fixes, as its failing examples have them; rules about apps and org settings say what to do in Setup. Nothing is changed before you approve the preview and the undo record is stored.

- **only affects this user** (`safe`): can be undone, and affects nobody else. The integration can still stop: if it logged in as
  the user recently, the preview says how often, and nothing is selected beforehand.
- **confirm**: affects others or can stop an integration; the preview says whether it can be undone.
- **by hand**: a checklist with links to Setup. Leastwise checks each step off when the org shows it's done.

Requests: the preview reads each record once, and what it depends on with five lookups a request; once for each org it asks
whether that is a sandbox. Applying takes three requests a record (a look, the write, and the reading that verifies it), and one
for each thing that is only looked at. Undo takes as many. Each of an app's tokens takes a write and a reading.

Available for every user:

";

fn meaning(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => {
            "anyone with this user's credentials can take over the org, or everything in it."
        }
        Severity::High => "a missing protection that attackers rely on, or broad access to data.",
        Severity::Medium => "makes another mistake worse, or hides it.",
        Severity::Low => "worth tidying.",
        Severity::Info => "worth knowing.",
    }
}

fn document() -> String {
    let mut text = INTRODUCTION.to_owned();
    for severity in Severity::ALL {
        writeln!(text, "- **{}**: {}", severity.word(), meaning(severity)).unwrap();
    }
    text.push_str(
        "\n| rule | check | what is wrong | integration user | person | reads |\n|---|---|---|---|---|---|\n",
    );
    for rule in all() {
        let (id, name, title, needs) = (rule.id, rule.name(), rule.title(), (rule.needs)().join(", "));
        let person = rule.person.map_or("–", Severity::word);
        writeln!(
            text,
            "| [{id}](#{id}) | {name} | {title} | {} | {person} | {needs} |",
            rule.integration.word()
        )
        .unwrap();
    }
    text.push_str(FIXES);
    text.push_str(&crate::fixes::laws::emergencies());
    for rule in all() {
        write!(text, "\n## {}\n\n**{}**\n", rule.id, rule.title()).unwrap();
        write!(text, "\n### Check\n\n{}\n", rule.name()).unwrap();
        write!(text, "\n### Why it matters\n\n{}\n", rule.section("Why it matters")).unwrap();
        write!(text, "\n### Fix\n\n{}\n", rule.section("Fix")).unwrap();
        if rule.judges() == Judges::Users {
            write!(text, "\n{}", crate::fixes::laws::table(rule)).unwrap();
        }
        text.push_str("\n### Examples\n\n");
        let examples = (rule.examples)();
        for example in &examples {
            writeln!(text, "- {}: {}", example.name, example.outcome.replace('-', " ")).unwrap();
        }
        let first = rule.run(&examples[0].facts);
        writeln!(text, "\nThe first of them says:").unwrap();
        for finding in findings(&first) {
            // By its label, as a report of an org has it.
            let mut finding = finding.clone();
            finding.title = finding.permission().map_or_else(|| finding.title.clone(), spaced);
            let severity = finding.severity.unwrap_or(rule.integration).word();
            write!(text, "\n> **{}** ({severity})\n>\n", finding.sentence()).unwrap();
            finding.evidence.iter().for_each(|line| writeln!(text, "> - {line}").unwrap());
        }
        write!(text, "\n### Source\n\n{}\n", rule.section("Source")).unwrap();
        let file = format!("core/src/rules/{}/{}.rs", rule.family(), rule.id.replace('-', "_"));
        writeln!(text, "\nThe rule itself: [{file}](../{file})").unwrap();
    }
    text
}
