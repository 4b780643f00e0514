//! The platform's rules: what a write is refused for, and what else it changes.
//!
//! It never leaves half a write behind: what is refused is undone whole.

mod groups;
mod old_writes;
