// The background worker's way in: registers its listener at once, and starts the Wasm when a first message comes.
// It never answers by itself, and never starts anything for a page that did not ask.

import { initSync, answer, __wbg_reset_state as anew } from "../../target/bound/leastwise.js";
import css from "../../target/bound/panel.css";

// One name for the browser's API, here and in the Wasm: Firefox has it, Chromium calls it `chrome`.
const { runtime } = (globalThis.browser ??= chrome);

// What the Wasm asks of JavaScript: that nothing comes of a promise.
globalThis.ignore = (promised) => void promised.catch(() => {});

// The Wasm frees nothing (see `HEAP` in extension/src/lib.rs): past so many bytes its memory is thrown away, when nobody
// waits for an answer. What was known of the tabs is then read again when it is asked for.
const ENOUGH = 64 << 20;

let started;
let waiting = 0;
let broken = false;

// A file of this package, not of the network.
const start = async () => initSync({ module: await WebAssembly.compileStreaming(fetch(runtime.getURL("leastwise.wasm"))) });

const answered = async (message, sender) => {
  waiting++;
  try {
    await (started ??= start());
    const text = await answer(JSON.stringify(message), JSON.stringify(sender), runtime.id, runtime.getURL(""), css);
    return text && JSON.parse(text);
  } catch (error) {
    // A panic leaves the instance as it stood.
    broken = true;
    console.error("Leastwise:", error);
  } finally {
    if (!--waiting && (broken || initSync().memory.buffer.byteLength > ENOUGH)) {
      anew();
      broken = false;
    }
  }
};

runtime.onMessage.addListener((message, sender, respond) => {
  answered(message, sender).then(respond);
  return true; // answered later, and kept alive until then
});
