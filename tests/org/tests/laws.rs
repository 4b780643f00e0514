//! Three laws of the org, over every seed: no field that may not be null is null in a row; every operation of the published
//! contracts is answered; every relationship of the published describes is understood.
//!
//! It never looks at one object by name: a new object is held to them as it is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test"
)]

#[path = "laws/asked.rs"]
mod asked;
#[path = "laws/operations.rs"]
mod operations;
#[path = "laws/relations.rs"]
mod relations;
#[path = "laws/rows.rs"]
mod rows;
#[path = "soap/world.rs"]
mod world;

/// A text of the published truth that lies beside the project; `None`, and a word, where it is not there.
fn truth(name: &str) -> Option<String> {
    let beside = || std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("LEASTWISE_SHARED").map_or_else(beside, std::path::PathBuf::from);
    let path = folder.join("truth").join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {name} is not there");
    }
    text
}
