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
