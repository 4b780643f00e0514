//! What `leastwise check` is measured beside (`./build.sh bench`): the same files read, parsed by roxmltree, and each node
//! looked at; nothing else.

use std::io::Write;
use std::path::{Path, PathBuf};

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            files(&path, into);
        } else if leastwise_core::folder::Kind::of_file(&name).is_some() {
            into.push(path);
        }
    }
}

fn main() {
    let mut all = vec![];
    std::env::args_os().skip(1).for_each(|folder| files(Path::new(&folder), &mut all));
    let (mut elements, mut bytes) = (0, 0);
    for path in &all {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        bytes += text.len();
        let Ok(document) = roxmltree::Document::parse(&text) else { continue };
        elements +=
            document.descendants().filter(|node| node.is_element() && node.text() != Some("?")).count();
    }
    let _ = writeln!(
        std::io::stdout(),
        "{} files ({:.1} MB, {elements} elements)",
        all.len(),
        f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1e6
    );
}
