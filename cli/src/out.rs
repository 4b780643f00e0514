//! What is written: data to standard output, and what is said beside it to standard error.

use crate::end::Failure;
use std::io::{self, IsTerminal, Write};

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

/// Says something beside the data. Where nobody listens it is not worth ending for.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Whether standard output is a terminal: no place for a workbook.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}
