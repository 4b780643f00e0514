//! What ARCHITECTURE.md promises of the source itself, held by reading it.
//!
//! It never looks at behaviour: the other tests do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test"
)]

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Files below `folder` with one of the endings, with their text.
fn sources(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, endings: &[&str], into: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | "node_modules") {
                    walk(&path, endings, into);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                into.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut found = vec![];
    walk(&root().join(folder), endings, &mut found);
    found.sort();
    assert!(!found.is_empty(), "{folder} has no sources");
    found
}

fn named(files: &[(PathBuf, String)], part: &str) -> Vec<String> {
    files
        .iter()
        .filter(|(_, text)| {
            text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(part))
        })
        .map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

/// Nothing that opens a socket, reads a clock or binds a browser may come in by a dependency.
#[test]
fn the_core_depends_on_data_alone() {
    let manifest = std::fs::read_to_string(root().join("core/Cargo.toml")).unwrap();
    let section = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let names: Vec<&str> = section
        .lines()
        .filter_map(|line| line.split([' ', '.', '=']).next())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(
        names,
        [
            "base64",
            "der",
            "hmac-sha256",
            "jiff",
            "maud",
            "roxmltree",
            "rust_xlsxwriter",
            "serde",
            "serde_json",
            "zip"
        ],
        "a new one needs its reason in ARCHITECTURE.md, and a line here"
    );
}

#[test]
fn the_core_reads_no_clock() {
    let files = sources("core/src", &[".rs"]);
    for part in ["SystemTime", "Instant::", "std::net::Tcp", "std::fs", "std::env::var", "std::process"] {
        let named: Vec<String> = named(&files, part)
            .into_iter()
            .filter(|name| !matches!(name.as_str(), "laws.rs" | "schema.rs" | "typescript.rs"))
            .collect();
        assert!(named.is_empty(), "{part} in {named:?}");
    }
}

/// Adding a fact touches three files, as CONTRIBUTING.md says: its own, the list, and the part that reads it; and the
/// org's tables, where a user's facts are to come out of those too.
#[test]
fn a_fact_stands_in_three_files() {
    let files = [sources("core/src/facts", &[".rs"]), sources("core/src/collect", &[".rs"])].concat();
    let list = std::fs::read_to_string(root().join("core/src/facts.rs")).unwrap();
    let names: Vec<String> = files
        .iter()
        .filter(|(_, text)| {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
                .any(|word| word == "Jobs")
        })
        .map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    // A page's reading, and what an org's tables give of it.
    assert_eq!(names, ["jobs.rs", "org.rs", "part.rs"]);
    assert!(list.contains("    Jobs: jobs = "));
}

#[test]
fn one_file_says_what_is_fetched() {
    let files = sources("extension/src", &[".rs"]);
    assert_eq!(named(&files, "fetch::send("), ["salesforce_client.rs"]);
    for (path, text) in sources("extension/web", &[".ts"]) {
        assert!(!text.contains("XMLHttpRequest"), "{}", path.display());
        assert!(!text.contains("fetch("), "{}", path.display());
    }
}

#[test]
fn one_folder_names_the_browser() {
    let files = sources("extension/src", &[".rs"]);
    let outside: Vec<_> = files
        .into_iter()
        .filter(|(path, _)| !path.components().any(|part| part.as_os_str() == "browser"))
        .collect();
    for part in ["chrome", "js_namespace", "\"tabs.", "\"cookies.", "\"storage."] {
        let names = named(&outside, part);
        assert!(names.is_empty(), "{part} in {names:?}");
    }
}

#[test]
fn every_file_says_what_it_is() {
    for folder in ["cli/src", "cli/tests", "core/src", "core/tests", "extension/src", "tests/org/src"] {
        for (path, text) in sources(folder, &[".rs"]) {
            let head: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
            assert!(head.len() > 20, "{}: no //!", path.display());
        }
    }
}

/// A test that draws other cases at each run fails for somebody else than who broke it.
#[test]
fn what_is_drawn_is_drawn_from_the_one_seed() {
    let mut seen = 0;
    for folder in ["core", "extension/src", "tests/org/src", "tests/org/tests"] {
        let files = sources(folder, &[".rs"]).into_iter();
        for (path, text) in files.filter(|(path, _)| !path.ends_with("tests/invariants.rs")) {
            let runs = text.matches("proptest! {").count() + text.matches("TestRunner::").count();
            let from_seed = text.matches("drawn::config(").count();
            assert_eq!(runs, from_seed, "{}: see core/tests/drawn/mod.rs", path.display());
            seen += runs;
        }
    }
    assert!(seen > 4, "{seen}");
}

#[test]
fn every_invariant_names_a_test_that_exists() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let section = text.split("## Invariants").nth(1).unwrap().split("\n## ").next().unwrap();
    let code: String = ["cli/tests", "core", "extension/src", "tests/browser", "tests/org/tests"]
        .iter()
        .flat_map(|folder| sources(folder, &[".rs", ".mjs"]))
        .map(|(path, text)| format!("{}\n{text}", path.display()))
        .collect();
    let names = section.split('`').skip(1).step_by(2);
    let mut seen = 0;
    for name in names {
        let name = name.rsplit([':', ' ']).next().unwrap();
        if name.contains('_') && !name.contains('.') && name != "web_accessible_resources" {
            seen += 1;
            assert!(code.contains(&format!("fn {name}")), "no test {name}");
        }
    }
    assert!(seen >= 8, "only {seen} tests are named");
}

/// The browser itself keeps the worker from sending anything anywhere but to the hosts that it may read; and private
/// windows stay private, for a journal is kept on disk.
#[test]
fn the_manifest_names_the_hosts_once_and_everywhere_the_same() {
    let manifest: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(root().join("manifest.json")).unwrap()).unwrap();
    let policy = manifest["content_security_policy"]["extension_pages"].as_str().unwrap();
    let connect = policy.split("; ").find_map(|part| part.strip_prefix("connect-src ")).unwrap();
    let list = |key: &str| -> Vec<&str> {
        manifest[key].as_array().unwrap().iter().map(|host| host.as_str().unwrap()).collect()
    };
    let (hosts, optional) = (list("host_permissions"), list("optional_host_permissions"));
    // Nothing is fetched from behind Microsoft Defender: it is only said that it stands there.
    let all = hosts.iter().chain(&optional).map(|host| host.trim_end_matches("/*"));
    let asked = all.filter(|host| !host.ends_with(".mcas.ms")).collect();
    assert_eq!(connect.split(' ').collect::<Vec<_>>(), [vec!["'self'"], asked].concat());
    for scripts in manifest["content_scripts"].as_array().unwrap() {
        assert_eq!(scripts["matches"], manifest["host_permissions"]);
    }
    let groups = leastwise_core::salesforce::hosts::HOST_GROUPS.iter();
    assert_eq!(optional, groups.flat_map(|group| group.origins).copied().collect::<Vec<_>>());
    for part in ["default-src 'none'", "base-uri 'none'", "form-action 'none'"] {
        assert!(policy.contains(part), "{part}");
    }
    assert_eq!(manifest["incognito"], "not_allowed");
}
