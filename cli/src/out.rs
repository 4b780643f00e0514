//! What is written: data to standard output, and what is said beside it to standard error.

use crate::end::Failure;
use crate::files;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

/// Writes data to standard output.
///
/// # Errors
/// It was closed, or could not be written to.
pub(crate) fn write(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(())
}

/// Writes a format: into a file of this name in the folder, which is made where it lacks; without one to standard output.
///
/// # Errors
/// It cannot be written there.
pub(crate) fn put(folder: Option<&Path>, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let Some(folder) = folder else { return write(bytes) };
    std::fs::create_dir_all(folder).map_err(|why| Failure::file(folder, why))?;
    files::write(&folder.join(name), bytes)
}

/// Whether so many formats have a place: standard output takes one.
///
/// # Errors
/// There are several, and no folder for them.
pub(crate) fn has_place(folder: Option<&Path>, formats: usize) -> Result<(), Failure> {
    if folder.is_none() && formats > 1 {
        return Err(Failure::WrongUse("Several formats need a folder: --output DIR.".into()));
    }
    Ok(())
}

/// Says something beside the data. Where nobody listens it is not worth ending for.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Whether standard output is a terminal: no place for a workbook.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}
