//! The browser side of Leastwise: what runs in the extension's worker, and the markup of its screens.
//!
//! What is wrong with a user is decided by the core, and nothing of this runs in a page: Wasm there would stand under the
//! page's own policy. Handlers and views know no browser and compile for the host too, where their tests run.

#![cfg_attr(
    feature = "review",
    allow(dead_code, unused_imports, reason = "of what both programs share, the review's page uses a part")
)]

#[cfg(any(test, target_arch = "wasm32"))]
mod browser;
#[cfg(any(test, target_arch = "wasm32"))]
mod controller;
#[cfg(any(test, target_arch = "wasm32"))]
mod session;
#[cfg(any(test, target_arch = "wasm32"))]
mod state;
#[cfg(any(test, target_arch = "wasm32"))]
mod storage;
#[cfg(any(test, target_arch = "wasm32"))]
mod view;

#[cfg(all(target_arch = "wasm32", feature = "review"))]
mod review_page;
#[cfg(target_arch = "wasm32")]
mod salesforce_client;
#[cfg(all(target_arch = "wasm32", not(feature = "review")))]
mod worker;

#[cfg(all(target_arch = "wasm32", not(test)))]
#[wasm_bindgen::prelude::wasm_bindgen]
extern "C" {
    /// Of the worker's shim: nothing more is answered; whoever waits is told the message.
    #[wasm_bindgen(js_name = leastwiseBroke)]
    fn broke(message: &str);
}

/// A panic ends this instance: its message goes to whoever waits for an answer, before the trap that says nothing.
#[cfg(all(target_arch = "wasm32", not(test)))]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        broke(&panic.to_string());
    }));
}
