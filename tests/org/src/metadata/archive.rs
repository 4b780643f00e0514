//! Zips of metadata: what a deploy brings and a retrieve gives.
//!
//! It never unpacks more than the platform takes: what a zip claims is not believed.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The most files of a deploy, and the most bytes of them all. Source: Metadata API guide, limits.
const FILES: usize = 10_000;
const BYTES: u64 = 400 * 1024 * 1024;

/// Files by path.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// The files of a zip, or why it is none.
pub(crate) fn unpacked(bytes: &[u8]) -> Result<Files, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("The zip file could not be read: {error}");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| wrong(&error))?;
    if zip.len() > FILES {
        return Err(format!("Maximum number of files reached: {FILES}"));
    }
    let mut files = Files::new();
    let mut left = BYTES;
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).map_err(|error| wrong(&error))?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().map_err(|error| wrong(&error))?.into_owned();
        if entry.enclosed_name().is_none() {
            return Err(format!("Invalid path in the zip file: {name}"));
        }
        let mut content = vec![];
        let read = (&mut entry).take(left + 1).read_to_end(&mut content).map_err(|error| wrong(&error))?;
        left = left.checked_sub(read as u64).ok_or("Maximum size of the unzipped files reached")?;
        files.insert(name, content);
    }
    Ok(files)
}

/// Files as a zip; empty when it could not be written.
pub(crate) fn packed(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(vec![]));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in files {
        if zip.start_file(name, options).is_err() || zip.write_all(content).is_err() {
            return vec![];
        }
    }
    zip.finish().map(Cursor::into_inner).unwrap_or_default()
}
