//! The binder: from a compiled Wasm to the module and its JavaScript side.
//!
//! It never packs, shrinks or runs anything: `scripts/pack.mjs` and `scripts/wasm-tests.mjs` do.
//!
//! - `leastwise-bind web WASM OUT`: `OUT/leastwise.js` and `OUT/leastwise_bg.wasm`, as a module for a browser
//! - `leastwise-bind tests WASM OUT`: the same for Node, with what a run of `#[wasm_bindgen_test]` calls by name

use anyhow::{Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [purpose, wasm, out] = args.as_slice() else { bail!("leastwise-bind web|tests WASM OUT") };
    let mut bindgen = Bindgen::new();
    match purpose.as_str() {
        // After a panic the worker makes a new instance of the same module; what the old one still waits for is not its.
        "web" => bindgen.web(true)?.reset_state_function(true),
        // As wasm-bindgen's own test runner asks for it.
        "tests" => bindgen.nodejs(true)?.debug(true).export_wasm(true).emit_start(false),
        _ => bail!("{purpose} is neither web nor tests"),
    };
    bindgen.input_path(wasm).out_name("leastwise").generate(out)
}
