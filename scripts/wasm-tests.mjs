// Runs the tests of a Wasm in Node: cargo calls it with the path of what it compiled, and perhaps a part of a name.
// It never stands in for a browser: tests that want one fail here and say so.
//
// It does what wasm-bindgen's own runner does for Node, without building that (150 packages more than the binder's).

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const [file, filter = ""] = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const binder = process.env.LEASTWISE_BIND;
if (!file || !binder) throw new Error("LEASTWISE_BIND=PATH wasm-tests.mjs WASM [PART OF A NAME]");
const module = new WebAssembly.Module(fs.readFileSync(file));
const [wants] = WebAssembly.Module.customSections(module, "__wasm_bindgen_test_unstable");
if (wants && !new Uint8Array(wants).includes(5)) throw new Error(`${file} wants a browser, and there is only Node here`);

// A test is exported as `__wbgt_…_crate::its::name`; what stands between says if it is ignored.
const all = WebAssembly.Module.exports(module)
  .map(({ name }) => name)
  .filter((name) => name.startsWith("__wbgt_") && name.includes("::"));
const tests = all.filter((name) => name.slice(name.indexOf("::") + 2).includes(filter));
if (!tests.length) {
  console.log("no tests to run");
  process.exit(0);
}

const out = fs.mkdtempSync(path.join(os.tmpdir(), "leastwise-wasm-tests-"));
process.on("exit", () => fs.rmSync(out, { recursive: true, force: true }));
execFileSync(binder, ["tests", file, out], { stdio: "inherit" });
// The bindings for Node are CommonJS, whatever the package.json above says.
fs.writeFileSync(path.join(out, "package.json"), '{"type":"commonjs"}');
const wasm = createRequire(import.meta.url)(path.join(out, "leastwise.js"));

// What a test prints is shown when it fails: the Wasm's side is told of each call, and says it then.
const METHODS = /** @type {const} */ (["debug", "log", "info", "warn", "error"]);
/** @type {Record<string, (args: unknown[]) => void>} */
const handlers = {};
/** What the Wasm's side looks for among the globals. */
const scope = /** @type {Record<string, Function>} */ (/** @type {unknown} */ (globalThis));
for (const method of METHODS) {
  if (method === "log" || method === "error") scope[`__wbgtest_og_console_${method}`] = console[method];
  console[method] = (...args) => handlers[method]?.(args);
}
const context = new wasm.WasmBindgenTestContext(false);
for (const method of METHODS) handlers[method] = wasm[`__wbgtest_console_${method}`];
scope.__wbg_test_invoke = (/** @type {() => unknown} */ f) => f();
context.include_ignored(false);
context.filtered_count(all.length - tests.length);
try {
  process.exit((await context.run(tests.map((name) => wasm.__wasm[name]))) ? 0 : 1);
} catch (error) {
  scope.__wbgtest_og_console_error?.(error);
  process.exit(1);
}
