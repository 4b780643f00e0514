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
mod turn;
#[cfg(target_arch = "wasm32")]
mod worker;

/// Nothing is freed: `boot/worker.js` throws the whole memory away instead, when it has grown. All that would give memory
/// back is then no code (measured: 6.5 KB gzipped of 98).
#[cfg(all(target_arch = "wasm32", not(test)))]
#[global_allocator]
#[expect(unsafe_code, reason = "a worker's Wasm has one thread")]
// SAFETY: Wasm without the threads proposal has one thread.
static HEAP: lol_alloc::AssumeSingleThreaded<lol_alloc::LeakingAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::LeakingAllocator::new()) };
