//! The review of a whole org: what is read, in which order, and what comes of it.
//!
//! It never writes: every request is a reading, but for the `retrieve` that asks the org to collect its metadata.

mod apps;
mod causes;
pub mod compare;
pub mod export;
pub mod html;
mod judge;
mod metadata;
mod options;
mod org;
mod power;
mod rank;
mod reader;
pub mod result;
mod rows;
#[cfg(test)]
mod schema;
mod stage;
mod table;
mod tables;
mod viewer;

pub use judge::{About, Judge};
pub use options::{Options, PEOPLE, Scope};
pub use reader::{Pause, Reader, Traffic};
pub use result::Review;
pub use stage::Stage;
pub use viewer::Missing;
