//! The browser's extension API, as far as it is used: the one place that names it.
//!
//! The bindings are our own: `web-extensions-sys` (0.4.2) has no `cookies.getAll` and no errors of cookies, and gives and takes
//! plain objects for the rest, which would have to be typed here all the same.

pub(crate) mod types;

#[cfg(target_arch = "wasm32")]
pub(crate) mod action;
#[cfg(target_arch = "wasm32")]
pub(crate) mod cookies;
#[cfg(target_arch = "wasm32")]
pub(crate) mod fetch;
#[cfg(target_arch = "wasm32")]
mod js;
#[cfg(target_arch = "wasm32")]
pub(crate) mod locks;
#[cfg(target_arch = "wasm32")]
pub(crate) mod permissions;
#[cfg(target_arch = "wasm32")]
pub(crate) mod platform;
#[cfg(target_arch = "wasm32")]
pub(crate) mod storage;
#[cfg(target_arch = "wasm32")]
pub(crate) mod tabs;
#[cfg(target_arch = "wasm32")]
pub(crate) mod windows;
