//! The folder as it was before a branch: unchanged files as they were read, the others as git has them.

use super::git::Base;
use super::walk::{self, Found};
use leastwise_core::folder::{Component, Kind};
use std::collections::HashMap;
use std::path::PathBuf;

/// The components of the base, in the order of the files. What could not be read then says nothing of then.
pub(super) fn before(base: &Base, found: &[Found], now: &[Component], paths: &[PathBuf]) -> Vec<Component> {
    let by_file: HashMap<u32, &Component> = now.iter().map(|own| (own.file(), own)).collect();
    let mut all = vec![];
    let mut there = std::collections::HashSet::new();
    for (number, one) in found.iter().enumerate() {
        let Some(place) = base.place(&one.path) else { continue };
        if base.is_unchanged(&place) {
            let own = u32::try_from(number).ok().and_then(|number| by_file.get(&number));
            all.extend(own.map(|own| (*own).clone()));
        } else {
            all.extend(base.text(&place).and_then(|bytes| walk::parse(number, one, &bytes).ok()));
        }
        there.insert(place);
    }
    // Those that are gone, or renamed.
    let roots: Vec<PathBuf> = paths.iter().filter_map(|path| base.place(path)).collect();
    for place in base.changed().filter(|place| !there.contains(*place)) {
        let Some((kind, name)) = place.file_name().and_then(|name| name.to_str()).and_then(Kind::of_file)
        else {
            continue;
        };
        if !roots.iter().any(|root| place.starts_with(root)) {
            continue;
        }
        let gone = Found { path: base.shown(place), kind, name };
        all.extend(base.text(place).and_then(|bytes| walk::parse(usize::MAX, &gone, &bytes).ok()));
    }
    all
}
