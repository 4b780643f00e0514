//! `navigator.locks`: one at a time, over all workers of the extension.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "locks"])]
    fn request(name: &str, callback: &Closure<dyn FnMut(JsValue) -> js_sys::Promise>);
}

/// A lock that is held: it is let go of when this is dropped.
pub(crate) struct Lock(Option<js_sys::Function>);

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.0 {
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

/// Waits until nobody else holds the lock called `name`. The browser lets go of it when the worker ends.
pub(crate) async fn hold(name: &str) -> Option<Lock> {
    let held = js_sys::Promise::new(&mut |held, _| {
        let callback = Closure::once(move |_: JsValue| {
            js_sys::Promise::new(&mut |release, _| {
                let _ = held.call1(&JsValue::NULL, &release);
            })
        });
        request(name, &callback);
        callback.forget();
    });
    let release = JsFuture::from(held).await.ok()?;
    Some(Lock(release.dyn_into().ok()))
}
