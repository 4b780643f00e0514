//! The browser side of Leastwise: what runs in the extension's worker, and the markup of its screens.
//!
//! It never decides what is wrong with a user (the core does), and nothing of it runs in a page: Wasm there would
//! stand under the page's own policy. The views are pure and compile for the host too, where their tests run.

#[cfg(any(test, target_arch = "wasm32"))]
mod editing;
#[cfg(any(test, target_arch = "wasm32"))]
mod fixing;
#[cfg(any(test, target_arch = "wasm32"))]
mod reading;
#[cfg(any(test, target_arch = "wasm32"))]
mod storage;
#[cfg(any(test, target_arch = "wasm32"))]
mod view;
#[cfg(any(test, target_arch = "wasm32"))]
mod wire;

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod salesforce;
#[cfg(target_arch = "wasm32")]
mod worker;

#[cfg(all(target_arch = "wasm32", not(test)))]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}
