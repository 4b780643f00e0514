//! How it ends: the exit codes, and what can go wrong. docs/ci.md has the same table.

use leastwise_core::rules::rule::Severity;
use leastwise_core::salesforce::error::OrgError;
use std::io;
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Nothing at or above the level.
    Clean = 0,
    /// Findings at or above the level.
    Findings = 1,
    /// Wrong use, or a configuration that cannot be read.
    WrongUse = 2,
    /// Something could not be read and `--strict` asks for all, or nothing was read at all.
    NotRead = 3,
    /// The org refused.
    Refused = 4,
}

impl From<End> for ExitCode {
    fn from(end: End) -> ExitCode {
        ExitCode::from(end as u8)
    }
}

impl End {
    /// What findings come to, the worst of them given: one that is bad enough wins over what could not be read.
    pub(crate) fn of(worst: Option<Severity>, level: Option<Severity>, is_unread: bool) -> End {
        match (worst, level) {
            (Some(worst), Some(level)) if worst <= level => End::Findings,
            _ if is_unread => End::NotRead,
            _ => End::Clean,
        }
    }
}

/// What went wrong, in a sentence or two that say what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Nobody reads the output any more.
    #[error("the output was closed")]
    ClosedPipe,
    /// Wrong use, or a configuration that cannot be read.
    #[error("{0}")]
    WrongUse(String),
    /// A file that is needed.
    #[error("{path}: {why}")]
    File {
        /// As it was given.
        path: String,
        /// What the system says.
        why: io::Error,
    },
    /// The output could not be written.
    #[error("the output couldn't be written: {0}")]
    Output(io::Error),
    /// The org, or the way to it.
    #[error("{} {}{kept}", .why.sentence(), .why.advice().replace(" in this browser", ""))]
    Refused {
        /// What it said.
        why: OrgError,
        /// Where what was read is kept, in a sentence with a space before it; else empty.
        kept: String,
    },
    /// No session could be had.
    #[error("{0}")]
    NoSession(String),
}

impl Failure {
    pub(crate) fn end(&self) -> End {
        match self {
            Failure::ClosedPipe => End::Clean,
            Failure::WrongUse(_) | Failure::File { .. } | Failure::Output(_) => End::WrongUse,
            Failure::Refused { .. } | Failure::NoSession(_) => End::Refused,
        }
    }

    /// A file that could not be read or written.
    pub(crate) fn file(path: &std::path::Path, why: io::Error) -> Failure {
        Failure::File { path: path.display().to_string(), why }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::Output(error),
        }
    }
}
