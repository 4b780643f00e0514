//! The core against real metadata and recorded answers of public repositories, where that collection lies beside the
//! project.
//!
//! It never copies any of it into the project; where the folder is absent it says so and tests nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test"
)]

use leastwise_core::classification::{Classification, Who};
use leastwise_core::collect::Collector;
use leastwise_core::facts::{
    Facts, Grant, Grants, Known, License, LoginIpRanges, ObjectGrant, Profile, Reach, Source,
};
use leastwise_core::report::Report;
use leastwise_core::rules;
use leastwise_core::rules::rule::Outcome;
use leastwise_core::salesforce::error::OrgError;
use leastwise_core::salesforce::http::{Answer, Response};
use leastwise_core::salesforce::id::Id;
use leastwise_core::salesforce::ip_range::IpRange;
use leastwise_core::salesforce::permissions;
use leastwise_core::salesforce::setup_url::Page;
use leastwise_core::salesforce::time::Timestamp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: ../shared/corpus is not there");
    None
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
}

fn all(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    files(folder, &mut found);
    found.sort();
    found
}

/// One profile or permission set as facts of an integration user who has nothing else.
fn facts(path: &Path) -> Option<Facts> {
    let name = path.file_name()?.to_str()?;
    let is_profile =
        name.contains(".profile") && !name.contains("PasswordPolic") && !name.contains("SessionSetting");
    if !is_profile && !name.contains(".permissionset") || name.contains("permissionsetgroup") {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    let document = roxmltree::Document::parse(&text).ok()?;
    let root = document.root_element();
    let children = |tag: &'static str| root.children().filter(move |node| node.has_tag_name(tag));
    let text_of = |node: roxmltree::Node<'_, '_>, tag: &str| {
        node.children()
            .find(|c| c.has_tag_name(tag))
            .and_then(|c| c.text())
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let on = |node: roxmltree::Node<'_, '_>, tag: &str| text_of(node, tag) == "true";

    let mut facts = Facts::pending(Timestamp(1_795_478_400));
    let label = name.split('.').next()?.to_owned();
    let permissions =
        children("userPermissions").filter(|n| on(*n, "enabled")).map(|n| text_of(n, "name")).collect();
    let deletes = children("objectPermissions")
        .map(|n| ObjectGrant {
            object: text_of(n, "object"),
            delete: on(n, "allowDelete"),
            modify_all: on(n, "modifyAllRecords"),
            view_all: on(n, "viewAllRecords"),
            view_fields: on(n, "viewAllFields"),
        })
        .filter(ObjectGrant::is_any)
        .collect();
    let id = |text: &str| Id::parse(text).unwrap();
    // A partial retrieve has no user permissions at all: unknown, not false.
    facts.grants = if is_profile && children("userPermissions").next().is_none() {
        Known::unavailable("the permissions and what grants them", OrgError::NotFound)
    } else {
        let source = if is_profile {
            Source::Profile { name: label.clone() }
        } else {
            Source::PermissionSet { name: label.clone() }
        };
        Known::Is(Grants {
            sets: vec![Grant {
                description: Some(
                    children("description").next().and_then(|n| n.text()).unwrap_or_default().into(),
                ),
                id: id("0PS5g0000000001"),
                api_name: "X".into(),
                source,
                custom: true,
                session_based: false,
                namespace: None,
                permissions,
                objects_cut: false,
                deletes: Some(deletes),
                apps: Some(vec![].into()),
                reach: Some(Reach::default()),
                group: None,
                told_apart: None,
            }],
            cut: false,
        })
    };
    if is_profile {
        facts.profile = Known::Is(Profile {
            id: id("00e5g0000000001"),
            name: label,
            user_type: "Standard".into(),
            permissions: Default::default(),
        });
        let ranges: Option<Vec<IpRange>> = children("loginIpRanges")
            .map(|n| {
                IpRange::parse(
                    &text_of(n, "startAddress"),
                    &text_of(n, "endAddress"),
                    &text_of(n, "description"),
                )
            })
            .collect();
        facts.login_ip_ranges =
            Known::Is(LoginIpRanges { ranges: ranges?.into(), ..LoginIpRanges::default() });
        if let Some(license) = children("userLicense").next().and_then(|n| n.text()) {
            facts.license = Known::Is(License { name: license.into() });
        }
    }
    facts.classification =
        Known::Is(Classification { who: Who::Integration, sure: true, reasons: vec![], answer: None });
    Some(facts)
}

/// `rule id -> outcome` of one file.
fn verdicts(path: &Path) -> BTreeMap<&'static str, Outcome> {
    rules::run(&facts(path).unwrap()).into_iter().map(|(rule, outcome)| (rule.id, outcome)).collect()
}

#[test]
fn every_profile_and_permission_set_has_a_verdict_from_every_rule() {
    let Some(corpus) = corpus() else { return };
    let (mut read, mut fired) = (0, BTreeMap::<&str, [usize; 3]>::new());
    for path in all(&corpus) {
        let Some(facts) = facts(&path) else { continue };
        read += 1;
        for (rule, outcome) in rules::run(&facts) {
            let counts = fired.entry(rule.id).or_default();
            match &outcome {
                Outcome::Findings(_) => counts[0] += 1,
                Outcome::Pass { .. } => counts[1] += 1,
                Outcome::CannotTell { .. } => counts[2] += 1,
                Outcome::NotApplicable { .. } => {}
            }
            if facts.grants.known().is_none()
                && (rule.needs)().contains(&"the permissions and what grants them")
            {
                assert!(
                    !matches!(outcome, Outcome::Pass { .. }),
                    "{}: {} passes unread",
                    path.display(),
                    rule.id
                );
            }
            if let Outcome::Findings(findings) = outcome {
                assert!(!findings.is_empty() && findings.iter().all(|f| f.severity.is_some()), "{}", rule.id);
            }
        }
    }
    assert!(read > 150, "only {read} files were read");
    // How often each check of metadata finds something: what would alarm everybody says nothing.
    let mut table = format!(
        "# How often each check finds something\n\n<!-- Generated by core/tests/corpus.rs (UPDATE=1) from metadata that others published. Do not edit. -->\n\n\
        Each of {read} profiles and permission sets of public repositories, judged as an integration's, the stricter. Checks that need \
        logins, tokens, apps or the org's settings have nothing to say of files and are left out.\n\n\
        | check | finds something | nothing wrong | couldn't be told |\n|---|---|---|---|\n"
    );
    for (rule, [found, passed, unknown]) in fired.iter().filter(|(_, counts)| counts[0] + counts[1] > 0) {
        let share = found * 100 / read;
        table.push_str(&format!("| `{rule}` | {found} ({share} %) | {passed} | {unknown} |\n"));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/noise.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == table,
        "docs/noise.md is stale: run this test with UPDATE=1"
    );
}

#[test]
fn recorded_answers_never_stop_a_gather() {
    let Some(corpus) = corpus() else { return };
    let page = Page::from_url("https://acme.my.salesforce.com/0055g000001Abcd").unwrap();
    for path in all(&corpus) {
        let Ok(body) = std::fs::read_to_string(&path) else { continue };
        for status in [200, 400, 401, 500] {
            let mut gather = Collector::new(&page, Timestamp(0), None, None);
            while let Some(request) = gather.next() {
                gather.feed(Response { id: request.id, answer: Ok(Answer { status, body: body.clone() }) });
            }
            assert!(gather.is_complete(), "{}", path.display());
            assert_eq!(
                Report::new(&gather).with_outcome("pass").count(),
                0,
                "{}: a pass out of nothing",
                path.display()
            );
        }
    }
}

/// Permissions that the list did not have when it held the describes of API 64 alone, counted as they are granted; and
/// those that it still does not have. (Before: 42 findings over 185 files of the collection.)
#[test]
fn permissions_that_nobody_knows_are_few() {
    let Some(corpus) = corpus() else { return };
    let labels = std::fs::read_to_string(corpus.join("../truth/permission-labels.tsv")).unwrap();
    let described: Vec<&str> = labels.lines().skip(1).filter_map(|line| line.split('\t').nth(1)).collect();
    assert!(described.len() > 400);
    // What a describe names is known.
    let lacking: Vec<_> = described.iter().filter(|name| !permissions::is_known(name)).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
    let (mut granted, mut before, mut after) = (0, 0, BTreeMap::<String, usize>::new());
    for path in all(&corpus) {
        let Some(facts) = facts(&path) else { continue };
        for name in
            facts.grants.known().iter().flat_map(|grants| &grants.sets).flat_map(|set| set.permissions.iter())
        {
            granted += 1;
            let judged = permissions::broad(name).is_some()
                || permissions::USER_ADMINISTRATION.iter().any(|(own, _)| *own == name);
            let old = ["ApproveContract", "ChatterEnabledForUser", "IsSsoEnabled"].contains(&name);
            before += usize::from(!described.contains(&name) && !judged && !old);
            if !permissions::is_known(name) {
                *after.entry(name.to_owned()).or_default() += 1;
            }
        }
    }
    let now: usize = after.values().sum();
    println!("{granted} permissions granted; unknown before: {before}, now: {now} {after:?}");
    assert!(before > 40 && now == 0, "{after:?}");
}

/// Verdicts that surprise at first, each looked at in its file.
#[test]
fn verdicts_that_surprise_are_explained() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("GSA__SF_WorkSpace/force-app/main/default");
    let of = |file: &str, rule: &str| verdicts(&folder.join(file)).remove(rule).unwrap().word();
    let api_only = "browser-sign-in-allowed";

    // Called integration profiles, and not API Only: 22 and 66 permissions, none of them ApiUserOnly.
    assert_eq!(of("profiles/Anypoint Integration.profile-meta.xml", api_only), "finding");
    assert_eq!(of("profiles/G-REX Integration.profile-meta.xml", api_only), "finding");
    // Salesforce's own, with three permissions.
    assert_eq!(of("profiles/Minimum Access - API Only Integrations.profile-meta.xml", api_only), "pass");

    // An admin profile with 17 login IP ranges, of single addresses up to whole /24s: restricted, and still an admin's.
    let admin = "profiles/GSA System Administrator.profile-meta.xml";
    assert_eq!(of(admin, "unrestricted-login-ip"), "pass");
    assert_eq!(of(admin, "broad-permission"), "finding");

    // "API Only User" by its label, and it grants that and nothing else.
    let set = "permissionsets/OrgWide_API_Only_User_System.permissionset-meta.xml";
    assert_eq!(of(set, api_only), "pass");
    // Nobody knows a range of a permission set: ranges live on profiles.
    assert_eq!(of(set, "unrestricted-login-ip"), "cannot-tell");
    // "Manage Users - API Only User" grants both: the one is fine, the other critical.
    let both = "permissionsets/OrgWide_Manage_Users_API_Only_User_System.permissionset-meta.xml";
    assert_eq!(of(both, api_only), "pass");
    assert_eq!(of(both, "manage-users-permission"), "finding");
}
