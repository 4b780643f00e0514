// The background worker: registers its listener at once, and starts the Wasm when a first message comes.

import init, { answer } from "../../target/bound/leastwise.js";
import css from "../../target/bound/panel.css";

globalThis.chrome ??= globalThis.browser;
const { runtime } = chrome;
let started;

// A content script runs in a page's process: what is kept of other orgs is none of its business. (Firefox: session only.)
for (const area of ["local", "session", "managed"]) {
  chrome.storage[area]?.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" }).catch?.((error) => console.warn("Leastwise:", error));
}

runtime.onMessage.addListener((message, sender, respond) => {
  started ??= init({ module_or_path: runtime.getURL("leastwise.wasm") });
  started
    .then(() => answer(message, sender, runtime.id, runtime.getURL(""), css))
    .then(respond, (error) => {
      console.error("Leastwise:", error);
      started = undefined;
      respond();
    });
  return true; // answered later, and kept alive until then
});
