//! The TypeScript types of all messages, made from the Rust ones.

use super::{
    AcceptedFile, Broken, Command, Corner, Drawing, EntryPreview, Export, FormAnswer, FormDescription,
    Marker, MarkerDetail, Markers, PanelParts, PanelPlace, PushedMessage, Response, SaveCheck, SaveNote,
    SettingChange, Settings, StepWord, Theme, Until,
};
use crate::classification::AdminAnswer;
use crate::form::{Click, Standing};
use crate::rules::rule::Severity;
use ts_rs::{Config, TS};

const HEAD: &str = "\
// The messages between the extension's parts: what the worker takes, what it answers, and what it sends by itself.
// Made from core/src/protocol by `./build.sh docs`. Do not edit. Types alone: nothing here is in what is shipped.
";

/// A type with its comments, a member and a variant a line.
fn declared<T: TS>(config: &Config) -> String {
    let comment = T::docs().unwrap_or_default();
    let declared = T::decl(config)
        .replace("\n/**\n * ", "\n    /** ")
        .replace("\n */\n", " */\n    ")
        .replace(" \n", "\n")
        .replace(" } | { ", " }\n  | { ");
    format!("\n{}export {declared}\n", comment.replace("/**\n * ", "/** ").replace("\n */", " */"))
}

fn protocol() -> String {
    let config = Config::new().with_large_int("number");
    let types = [
        declared::<Command>,
        declared::<FormDescription>,
        declared::<Click>,
        declared::<Corner>,
        declared::<Until>,
        declared::<StepWord>,
        declared::<AdminAnswer>,
        declared::<EntryPreview>,
        declared::<SettingChange>,
        declared::<Settings>,
        declared::<Markers>,
        declared::<PanelPlace>,
        declared::<Theme>,
        declared::<Response>,
        declared::<PushedMessage>,
        declared::<Drawing>,
        declared::<PanelParts>,
        declared::<FormAnswer>,
        declared::<Marker>,
        declared::<Standing>,
        declared::<SaveNote>,
        declared::<MarkerDetail>,
        declared::<Severity>,
        declared::<SaveCheck>,
        declared::<Export>,
        declared::<AcceptedFile>,
        declared::<Broken>,
    ];
    types.into_iter().fold(HEAD.to_owned(), |text, declared| text + &declared(&config))
}

#[test]
fn the_scripts_types_are_fresh() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../extension/web/protocol.ts");
    let made = protocol();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == made, "extension/web/protocol.ts is stale: run ./build.sh docs");
}
