//! Manifests: package.xml and destructiveChanges.xml.
//!
//! It never guesses at a manifest that is not one.

use super::string;
use crate::contract::Contract;
use serde_json::Value;

/// A manifest: type, members.
pub(crate) type Manifest = Vec<(String, Vec<String>)>;

/// What a value of the contract's `Package` names.
pub(crate) fn named(package: &Value) -> Manifest {
    let types = package.get("types").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    types.iter().map(|one| (string(one, "name").trim().to_owned(), super::texts(one, "members"))).collect()
}

/// A manifest's file.
pub(crate) fn read(content: &[u8]) -> Result<Manifest, String> {
    let text = std::str::from_utf8(content).map_err(|error| error.to_string())?;
    let document = roxmltree::Document::parse(text).map_err(|error| error.to_string())?;
    let root = document.root_element();
    if root.tag_name().name() != "Package" {
        return Err(format!("Element {} invalid at this location", root.tag_name().name()));
    }
    Contract::metadata()
        .read("Package", root)
        .map(|package| named(&package))
        .map_err(|misread| misread.message)
}

/// A manifest's file of members by type.
pub(crate) fn file(manifest: &Manifest, version: &str) -> String {
    let types: Vec<Value> = manifest
        .iter()
        .map(|(name, members)| serde_json::json!({ "name": name, "members": members }))
        .collect();
    Contract::metadata().file("Package", &serde_json::json!({ "types": types, "version": version }))
}
