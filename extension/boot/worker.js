// The background worker's way in: registers its listener at once, and starts the Wasm when a first message comes.
// It never answers by itself, and never starts anything for a page that did not ask.

import init, { answer } from "../../target/bound/leastwise.js";
import css from "../../target/bound/panel.css";

// One name for the browser's API, here and in the Wasm: Firefox has it, Chromium calls it `chrome`.
const { runtime } = (globalThis.browser ??= chrome);

let started;
// A file of this package, not of the network.
const start = () => (started ??= init({ module_or_path: runtime.getURL("leastwise.wasm") }));

runtime.onMessage.addListener((message, sender, respond) => {
  start()
    .then(() => answer(JSON.stringify(message), JSON.stringify(sender), runtime.id, runtime.getURL(""), css))
    .then((text) => respond(text && JSON.parse(text)))
    .catch((error) => {
      // A panic leaves the instance as it stood: the next message starts a new worker's worth of state.
      console.error("Leastwise:", error);
      respond();
    });
  return true; // answered later, and kept alive until then
});
