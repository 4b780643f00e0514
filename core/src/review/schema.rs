//! The schema of what a review comes to, made from its types.

use super::result::Review;

/// It stands in docs/, for whoever reads a review by a program of their own.
#[test]
fn the_review_s_schema_is_fresh() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/leastwise-review.schema.json");
    let made = serde_json::to_value(schemars::schema_for!(Review)).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&made).unwrap())).unwrap();
    }
    // Compared as values: the order of keys is the package's that is built along, and says nothing.
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let there: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    assert!(there == made, "docs/leastwise-review.schema.json is stale: run ./build.sh docs");
}
