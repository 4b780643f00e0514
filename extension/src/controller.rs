//! What becomes of each command: a handler a kind, without a browser. `crate::worker` carries out what they say.
//!
//! `incoming` judges who sent a command, `effect` has what a handler has done. A form is answered by `form`. A command about
//! a page is one machine, [`panel::PageController`]: it is asked for its next step and told what came of it. It reads the
//! page, and hands what belongs to a plan to `plan`, to what earlier plans left open to `recheck`, and what a person
//! says of a checklist to `checklist`.

mod accept;
pub(crate) mod badge;
mod checklist;
pub(crate) mod context;
pub(crate) mod drawing;
pub(crate) mod effect;
pub(crate) mod form;
pub(crate) mod incoming;
mod organization;
pub(crate) mod panel;
pub(crate) mod plan;
pub(crate) mod popup;
mod previewed;
pub(crate) mod recheck;
pub(crate) mod resolve;
pub(crate) mod viewer;

#[cfg(target_arch = "wasm32")]
pub(crate) mod accepted;
#[cfg(target_arch = "wasm32")]
pub(crate) mod history;
#[cfg(target_arch = "wasm32")]
pub(crate) mod options;
#[cfg(target_arch = "wasm32")]
pub(crate) mod save_check;
#[cfg(target_arch = "wasm32")]
pub(crate) mod welcome;

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;
