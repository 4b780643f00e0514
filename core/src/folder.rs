//! Metadata in folders: profiles, permission sets, groups, apps and the org's settings as they stand in a repository, as facts,
//! and what the rules say of them.
//!
//! It does no I/O: whoever reads files hands over their text. What metadata does not tell (who has a profile, who logs in)
//! is "needs an org", and what a file leaves out is "cannot tell": neither is ever a pass.

mod component;
mod facts;
mod judge;
mod lines;
mod merged;
mod settings;
#[cfg(test)]
mod tests;

pub use component::{Component, Kind, Unreadable, decoded};
pub use judge::{Judged, Judging, Located, Row, Verdict};
pub use lines::Place;
pub use merged::Folder;
