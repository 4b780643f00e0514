//! The screens, as markup: a pure function of what is known, which touches no browser.
//!
//! There is never a `style` attribute (Firefox refuses those under a page's policy). Whatever comes from an org is text: maud
//! escapes it, and `names` keeps it from changing how anything else reads.

mod accept;
pub(crate) mod accepted;
pub(crate) mod approval;
mod areas;
mod changed;
mod changes;
mod chip;
pub(crate) mod csv;
pub(crate) mod edit;
pub(crate) mod history;
pub(crate) mod hosts;
pub(crate) mod options;
pub(crate) mod panel;
pub(crate) mod plan;
pub(crate) mod popup;
mod remedies;
#[cfg(any(test, feature = "review"))]
pub(crate) mod review;
mod rows;
pub(crate) mod screen;
mod sources;
mod ticket;
pub(crate) mod welcome;
mod who;
pub(crate) mod words;

pub(crate) use leastwise_core::names;

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;
