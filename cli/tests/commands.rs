//! What needs no org and no folder: lists, texts, schemas, completions, and how wrong use ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

use leastwise_core::rules;
use serde_json::Value;
use std::io::Read;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leastwise")).args(arguments).output().unwrap()
}

fn text(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn every_check_is_listed_and_explained_in_the_cores_words() {
    let (code, list, _) = text(&run(&["rules", "--format", "json"]));
    assert_eq!(code, Some(0));
    let list: Value = serde_json::from_str(&list).unwrap();
    let ids: Vec<&str> = list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, rules::all().iter().map(|rule| rule.id).collect::<Vec<_>>());
    let human = text(&run(&["rules"])).1;
    for rule in rules::all() {
        assert!(human.contains(rule.id) && human.contains(rule.title()), "{}", rule.id);
        let (code, explained, _) = text(&run(&["explain", rule.id]));
        assert_eq!(code, Some(0));
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
        for heading in ["Check", "Why it matters", "Fix", "Source"] {
            assert!(words(&explained).contains(&words(&rule.section(heading))), "{} {heading}", rule.id);
        }
    }
}

#[test]
fn wrong_use_ends_with_2_and_says_what_to_do() {
    for (arguments, part) in [
        (&["explain", "no-such-check"][..], "leastwise rules"),
        (&["review", "--rules", "no-such-check"], "leastwise rules"),
        (&["review", "--format", "json,html"], "--output DIR"),
        (&["review", "--since", "/nowhere/old.json"], "/nowhere/old.json"),
        (&["diff", "/nowhere/old.json", "/nowhere/new.json"], "/nowhere/old.json"),
        (&["diff", "Cargo.toml", "Cargo.toml"], "is no review"),
        (&["review", "--days", "0"], "--days"),
        (&["no-such-command"], "no-such-command"),
        (&[], "Usage"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
        let output = command.args(arguments).env_remove("SF_ACCESS_TOKEN").output().unwrap();
        let (code, out, err) = text(&output);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}: {err}");
        assert!(err.contains(part), "{arguments:?}: {err}");
    }
    assert_eq!(text(&run(&["--version"])).0, Some(0));
    assert!(text(&run(&["--help"])).1.contains("Exit codes: 0 nothing at or above"));
}

#[test]
fn schemas_and_completions_are_printed() {
    let (code, schema, _) = text(&run(&["schema", "review"]));
    assert_eq!(code, Some(0));
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert!(schema["properties"]["subjects"].is_object());
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, script, _) = text(&run(&["completions", shell]));
        assert!(code == Some(0) && script.contains("target-org"), "{shell}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_leastwise"))
        .args(["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Nobody reads: the pipe is closed before anything is written to it, or while it is.
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
}
