//! Files that are read and written whole.

use crate::end::Failure;
use leastwise_core::review::Review;
use std::path::{Path, PathBuf};

/// Reads a text.
///
/// # Errors
/// It is not there, no file, or no UTF-8.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|why| Failure::file(path, why))
}

/// Writes a file in one piece: what broke off leaves what was there before.
///
/// # Errors
/// It cannot be written there.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let write = || {
        std::fs::write(&part, bytes)?;
        std::fs::rename(&part, path)
    };
    write().map_err(|why| Failure::file(path, why))
}

/// Reads a review.
///
/// # Errors
/// The file cannot be read, or is none.
pub(crate) fn review(path: &Path) -> Result<Review, Failure> {
    let text = read(path)?;
    serde_json::from_str(&text).map_err(|why| {
        let path = path.display();
        Failure::WrongUse(format!(
            "{path} is no review of Leastwise, or of a version that this one can't read ({why})."
        ))
    })
}

/// The file of this name in the folder or above it, up to the root of the git repository (or of the disk).
pub(crate) fn upwards(from: &Path, name: &str) -> Option<PathBuf> {
    for folder in from.ancestors() {
        let file = folder.join(name);
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}
