//! Carries out a plan: look, store, write, read again, compare; one request at a time, and no further at the first surprise.
//!
//! Nothing is written that was not stored first, and no write whose answer did not come is repeated before a reading told
//! what came of it. Sans I/O, and serializable after every step: a machine that was stored and read back goes on by looking.

mod component;
mod exchange;
mod executor;
mod look;
mod preview;
mod progress;
mod proof;
mod records;
mod reverse;
mod said;
mod settle;
mod settle_rows;
mod stop;
mod stored;
mod target;
mod terms;
mod undo;

pub use crate::salesforce::metadata_api::SESSION;
pub use executor::{Effect, Executor, LATEST};
pub use preview::Preview;
pub use progress::{Progress, Said};
pub use stop::Stop;
#[cfg(test)]
pub(crate) use target::needs_made;

use crate::salesforce::id::Id;
use crate::salesforce::json::Value;

/// What a step that revokes tokens says of how many there were.
const TOKENS: &str = "Tokens";

/// What is in the org: a row's fields and id, or that there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Found {
    id: Option<Id>,
    fields: Option<Vec<(String, Value)>>,
    /// What the write needs of it: a component's XML, or a token.
    raw: String,
    /// How many tokens there are.
    count: usize,
}
