//! Whose session something was read with.

use leastwise_core::salesforce::id::Id;

/// A session of Salesforce, without its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// The org that the session id names.
    pub(crate) org_id: Id,
    /// The SHA-256 of the session id: tells that it is another, not what it is.
    pub(crate) hash: String,
}
